//! CL115: digests of gender or country that are none of any known spelling.

use std::io;

use crate::finding::Certainty;
use crate::ledger::people::Events;
use crate::ledger::{Evidence, LEAST_EVENTS, LogFindings, Needs, Spelling};
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::score::ScoreKey;
use crate::values::name::Name;

/// See `rules/salted-hash.md`.
pub static RULE: Rule = crate::rule!(
    "salted-hash",
    Check::Log,
    conclude,
    Needs::SPELLINGS.and(Needs::STANDINGS)
);

/// No pipeline has as many genders, or as many countries, in whatever spelling.
const MOST: [(Name, u64); 2] = [(Name::Ge, 6), (Name::Country, 60)];

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    log.spellings(|pipeline| {
        let unknown: Vec<(Name, u64, Events)> = MOST
            .into_iter()
            .filter_map(|(name, most)| {
                let (distinct, events) = unknown(pipeline, name)?;
                (events.number >= LEAST_EVENTS && distinct <= most).then_some((name, distinct, events))
            })
            .collect();
        let both = unknown.len() == MOST.len();
        let mut most = unknown.iter().map(|(.., events)| events.number).max().unwrap_or(0);
        for (name, distinct, events) in unknown {
            // One digest on all events may be one word that nobody thought of.
            let is_sure = distinct > 1 || both;
            if is_sure && let Some(key) = ScoreKey::from_name(name) {
                out.convict().sender(pipeline[0].pipeline, key);
            }
            let what = match name {
                Name::Ge => "genders",
                _ => "countries",
            };
            let of = count(events.number, "event");
            let message = match distinct {
                1 => format!("{of} have one digest for {name} that is of none of the {what} in any known spelling"),
                _ => format!("{of} have {distinct} digests for {name}, none of which is of any known spelling of {what}"),
            };
            let finding = out.at(events.first(), pointer(name), message);
            finding.places_of(&events, "event with such a digest");
            // An event with both is one event: the key counts that more have.
            finding.events(std::mem::take(&mut most));
            if !is_sure {
                finding.certainty(Certainty::Heuristic);
            }
        }
    })
}

/// How many different digests of no known spelling a key has in a pipeline, and on which events;
/// `None` when there is none, or one of a known spelling beside them.
fn unknown(pipeline: &[Spelling], name: Name) -> Option<(u64, Events)> {
    let (mut distinct, mut events) = (0, Events::default());
    for row in pipeline.iter().filter(|row| row.name == name as u32) {
        if row.digest == 0 {
            return None;
        }
        distinct += 1;
        events.add(row.at, row.count.into());
    }
    (distinct > 0).then_some((distinct, events))
}

fn pointer(name: Name) -> &'static str {
    match name {
        Name::Ge => "/user_data/ge",
        _ => "/user_data/country",
    }
}
