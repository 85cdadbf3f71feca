//! CL308: the browser's and the server's copy of one conversion differ in id.

use std::io;

use crate::event::Event;
use crate::finding::{Certainty, Findings, Severity};
use crate::fix::{Fix, Safety};
use crate::json::Pointer;
use crate::ledger::{Evidence, LogFindings, Needs};
use crate::pixel::index::{Bond, RANDOM_ID, Relation, event_id, is_of_a_page};
use crate::pixel::pairs::Pair;
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::values::name::Name;

/// See `rules/pixel-id-mismatch.md`.
pub static RULE: Rule = crate::rule!(
    "pixel-id-mismatch",
    Check::Event(check),
    conclude,
    Needs::NONE
)
.with_pixel_lessons(Safety::Safe);

/// Pairs by browser and value alone are shown by as many.
const LEAST: usize = 5;

/// In a second pass over the log, when the first has learned how the ids differ.
fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let (Some(learned), Some(pixel)) = (&event.witnesses.learned, &event.witnesses.pixel) else {
        return;
    };
    let (Some(name), Some(item)) = (event.name(), event.get(Name::EventId)) else {
        return;
    };
    let Some(id) = event_id(event).filter(|_| is_of_a_page(event)) else {
        return;
    };
    // What the browser sends in the same way is right as it is.
    if pixel.has_id(name, &id) {
        return;
    }
    if let Some(new) = learned.rewrite(name, &id) {
        let pointer = Pointer::root().key("event_id");
        let fix = Fix::safe("write the event_id as the browser does");
        out.at(
            item,
            "event_id differs from the browser's in the same way as those of the pairs",
        )
        .fix(fix.replace_text(pointer, &new));
    }
}

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    for pairs in log.pixel() {
        let shown: Vec<&Pair> = pairs
            .pairs
            .iter()
            .filter(|pair| match pair.tie.bond {
                Bond::Likeness => pair.is_only && pairs.rule == Some(pair.tie.relation),
                _ => pair.shows_ids(),
            })
            .collect();
        let mut differ: Vec<&Pair> = shown
            .iter()
            .copied()
            .filter(|pair| is_other_id(pair))
            .collect();
        let (ruled, rest): (Vec<&Pair>, Vec<&Pair>) = differ
            .drain(..)
            .partition(|pair| pairs.rule == Some(pair.tie.relation));
        let all = count(shown.len() as u64, "pair");
        for group in [ruled, rest] {
            let Some(first) = group.first() else { continue };
            let relation = first.tie.relation;
            let how = match group.iter().all(|pair| pair.tie.relation == relation) {
                true => describe(relation),
                false => describe(Relation::Other),
            };
            let number = group.len() as u64;
            let has = if number == 1 { "has" } else { "have" };
            let finding = out.at(
                first.tie.at,
                "/event_id",
                format!(
                    "{number} of {all} of browser and server named {} {has} different ids: {how}",
                    pairs.name
                ),
            );
            finding
                .places(group.iter().map(|pair| pair.tie.at), "event of such a pair")
                .events(number);
            let by_order = group.iter().any(|pair| pair.tie.bond == Bond::Order);
            if !by_order {
                let is_habit = pairs.are_a_habit(group.len());
                match (group.len() >= LEAST, is_habit) {
                    (true, true) => finding.certainty(Certainty::Strong),
                    (false, true) => finding
                        .certainty(Certainty::Heuristic)
                        .severity(Severity::Warning),
                    (_, false) => finding
                        .certainty(Certainty::Heuristic)
                        .severity(Severity::Info),
                };
            }
            if pairs.rule.is_none_or(|rule| rule != relation) {
                finding.without_fix();
            } else {
                finding.help(
                    "make the id the same way on both sides; --fix writes the server's ids as the browser does",
                );
            }
        }
    }
    Ok(())
}

/// Whether a pair has two ids that are not one, and the server's was not made by chance: of those
/// another rule speaks.
fn is_other_id(pair: &Pair) -> bool {
    match pair.tie.relation {
        Relation::Same | Relation::ServerHasNone | Relation::PixelHasNone => false,
        Relation::Other => pair.tie.flags & RANDOM_ID == 0,
        _ => true,
    }
}

fn describe(rule: Relation) -> String {
    let characters = |length: u32| count(u64::from(length), "character");
    match rule {
        Relation::ServerPrefix(length, _) => {
            format!("the server puts {} in front", characters(length))
        }
        Relation::ServerSuffix(length, _) => format!("the server adds {}", characters(length)),
        Relation::PixelPrefix(length, _) => {
            format!("the browser puts {} in front", characters(length))
        }
        Relation::PixelSuffix(length, _) => format!("the browser adds {}", characters(length)),
        Relation::Lower => "the browser writes them in lower case".to_owned(),
        Relation::Upper => "the browser writes them in upper case".to_owned(),
        Relation::Case => "they are written in other cases".to_owned(),
        _ => "the two have ids of their own".to_owned(),
    }
}
