//! CL323: one event under several spellings of its name.

use std::collections::BTreeMap;
use std::io;

use crate::event::Event;
use crate::finding::Findings;
use crate::fix::{Fix, Safety};
use crate::json::Pointer;
use crate::ledger::{Evidence, LEAST_EVENTS, LogFindings, Needs};
use crate::rule::{Check, Rule};
use crate::values::event_name::STANDARD;
use crate::values::name::Name;

/// See `rules/event-name-split.md`.
pub static RULE: Rule = crate::rule!(
    "event-name-split",
    Check::Event(check),
    conclude,
    Needs::NONE,
    Safety::Unsafe
);

/// In a second pass, when the first has found the usual spelling.
fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(lessons) = &event.witnesses.lessons else {
        return;
    };
    let (Some(name), Some(item)) = (event.name(), event.get(Name::EventName)) else {
        return;
    };
    if let Some(usual) = lessons.usual_name(name) {
        let fix = Fix::needs_consent("write the name as most events do, or as Meta does");
        out.at(item, "event_name has another spelling in the log")
            .fix(fix.replace_text(Pointer::root().key("event_name"), usual));
    }
}

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    if log.events() < LEAST_EVENTS {
        return Ok(());
    }
    let mut spellings: BTreeMap<String, Vec<(&str, u64)>> = BTreeMap::new();
    for (name, score) in log.names() {
        let letters = letters(name);
        // Names that may not be printed are numbered, not spelled.
        if !letters.is_empty() && !name.starts_with(['(', '#']) && !name.contains('#') {
            spellings
                .entry(letters)
                .or_default()
                .push((name, score.events()));
        }
    }
    let firsts = log.firsts();
    for mut names in spellings.into_values().filter(|names| names.len() > 1) {
        // The right one is Meta's, else the usual one.
        names.sort_by_key(|&(name, events)| (!STANDARD.contains(name), u64::MAX - events, name));
        let (right, most) = names[0];
        let others = &names[1..];
        let Some(first) = others
            .iter()
            .filter_map(|(name, _)| firsts.get(name).copied())
            .min()
        else {
            continue;
        };
        if let Some(lessons) = out.lessons(Safety::Unsafe) {
            others
                .iter()
                .for_each(|(name, _)| lessons.name(name, right));
        }
        let list: Vec<String> = others
            .iter()
            .map(|(name, events)| format!("{name} ({events})"))
            .collect();
        let message = format!(
            "one event has several names, and Meta takes each for another event: {right} ({most}), {}",
            list.join(", ")
        );
        let finding = out.at(first, "/event_name", message);
        finding.events(others.iter().map(|(_, events)| events).sum());
        if let Some(&at) = firsts.get(right) {
            finding.related(at, "the first event of the usual name");
        }
    }
    Ok(())
}

/// The letters and digits of a name in lower case.
fn letters(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
