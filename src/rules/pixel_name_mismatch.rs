//! CL309: browser and server send one id under two event_names.

use std::collections::BTreeMap;
use std::io;

use crate::event::Event;
use crate::finding::{Certainty, Findings, Severity};
use crate::fix::{Fix, Safety};
use crate::json::Pointer;
use crate::ledger::{Evidence, LogFindings, Needs};
use crate::pixel::index::{Bond, event_id};
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::values::event_name::STANDARD;
use crate::values::name::Name;

/// See `rules/pixel-name-mismatch.md`.
pub static RULE: Rule = crate::rule!(
    "pixel-name-mismatch",
    Check::Event(check),
    conclude,
    Needs::NONE
)
.with_pixel_lessons(Safety::Unsafe);

/// An order number may be the id of two steps of one order; so many pairs without any partner of
/// their own name are no such chance.
const LEAST: usize = 3;

/// In a second pass over the log, when the first has paired the events.
fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let (Some(learned), Some(pixel)) = (&event.witnesses.learned, &event.witnesses.pixel) else {
        return;
    };
    let (Some(item), Some(id)) = (event.get(Name::EventName), event_id(event)) else {
        return;
    };
    let Some(name) = event
        .name()
        .and_then(|name| learned.renamed(pixel, name, &id))
    else {
        return;
    };
    if event.name().is_some_and(|own| is_right(own, name)) {
        return;
    }
    let fix = Fix::needs_consent("take the event_name of the browser's copy");
    out.at(item, "event_name differs from that of the browser's copy")
        .fix(fix.replace_text(Pointer::root().key("event_name"), name));
}

/// Whether the server's name is Meta's and the browser's is none: then the browser's is the wrong one.
fn is_right(of_server: &str, of_browser: &str) -> bool {
    STANDARD.contains(of_server) && !STANDARD.contains(of_browser)
}

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    for pairs in log.pixel() {
        let mut by_name: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        for pair in pairs
            .pairs
            .iter()
            .filter(|pair| pair.tie.bond == Bond::OtherName)
        {
            let name = pairs.other_names.get(&pair.tie.at);
            let name = name.map_or("otherwise", String::as_str);
            by_name.entry(name).or_default().push(pair.tie.at);
        }
        for (name, events) in by_name {
            let number = events.len() as u64;
            let finding = out.at(
                events[0],
                "/event_name",
                format!(
                    "{} named {name} share their event_id with the browser's {}, which has no other copy",
                    count(number, "event"),
                    pairs.name
                ),
            );
            finding
                .places(events.iter().copied(), "event of such a pair")
                .events(number);
            if is_right(name, &pairs.name) {
                finding.without_fix();
            }
            if !is_one_name(name, &pairs.name) && events.len() < LEAST {
                finding
                    .severity(Severity::Warning)
                    .certainty(Certainty::Strong);
            }
        }
    }
    Ok(())
}

/// Whether two names have the same letters and digits.
fn is_one_name(one: &str, other: &str) -> bool {
    let letters = |text: &str| -> String {
        let kept = text.chars().filter(char::is_ascii_alphanumeric);
        kept.map(|c| c.to_ascii_lowercase()).collect()
    };
    letters(one) == letters(other)
}
