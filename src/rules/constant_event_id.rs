//! CL303: an event_id that is the same for every event.

use std::io;

use crate::event::Event;
use crate::finding::{Certainty, Findings, Severity};
use crate::fix::{Fix, Safety};
use crate::json::Pointer;
use crate::ledger::event_ids::{Use, judge};
use crate::ledger::{Evidence, LogFindings, Needs};
use crate::rule::{Check, Rule};
use crate::values::deduplication;
use crate::values::name::Name;

/// See `rules/constant-event-id.md`.
pub static RULE: Rule = crate::rule!(
    "constant-event-id",
    Check::Event(check),
    conclude,
    Needs::IDS,
    Safety::Unsafe
);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(item) = event.get(Name::EventId) else {
        return;
    };
    let Some(id) = item.text() else { return };
    let order = || deduplication::order_id(event).map(|order| order.into_owned());
    let mut is_sample = false;
    let message = if deduplication::is_placeholder(id, order) {
        is_sample = deduplication::is_sample(id);
        match is_sample {
            true => "event_id looks like the sample of a manual, the same for every event",
            false => "event_id is a placeholder, the same for every event",
        }
    } else if event
        .name()
        .is_some_and(|name| deduplication::repeats_name(id, name))
    {
        "event_id repeats event_name, so it is the same for every such event"
    } else if let Some(lessons) = &event.witnesses.lessons
        && lessons.has_constant_id(event)
    {
        "event_id is one that the log has for most events of this name"
    } else {
        return;
    };
    let fix = deduplication::id_from_order(event).unwrap_or_else(|| {
        Fix::needs_consent("remove the placeholder").remove(Pointer::root().key("event_id"))
    });
    let finding = out.at(item, message).fix(fix);
    if is_sample {
        finding
            .severity(Severity::Warning)
            .certainty(Certainty::Heuristic);
    }
}

/// An id that no table knows shows in the log: most events of a name have it, whoever they are of.
fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    log.ids(|group| {
        let all = log.sightings_of(group[0].name);
        if judge(group, all) != Use::Constant {
            return;
        }
        if let Some(lessons) = out.lessons(Safety::Unsafe) {
            lessons.constant_id(group[0].key);
        }
        let name = log.event_name(group[0].name);
        let number = group.len() as u64;
        let message = format!(
            "one event_id stands on {number} of {all} events named {name}, whoever caused them"
        );
        out.at(group[0].at, "/event_id", message)
            .certainty(Certainty::Proof)
            .places(group.iter().map(|row| row.at), "event with this id")
            .events(number);
    })
}
