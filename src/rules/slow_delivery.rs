//! CL411: an event that was sent long after it happened.

use crate::clock::Source;
use crate::event::Event;
use crate::finding::{Findings, Reach};
use crate::rule::{Check, Rule};
use crate::values::event_time;
use crate::values::name::Name;

/// See `rules/slow-delivery.md`.
pub static RULE: Rule = crate::rule!("slow-delivery", Check::Event(check));

/// Meta asks for events within the hour.
const PROMPT: i64 = 3_600;

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    // Only the log knows when an event was sent: a moment that the user names is when a fixture is
    // judged, and the newest event of a request says when it was sent at the earliest.
    if event.clock.source != Source::Capture {
        return;
    }
    // Tills, calls and CRM stages are sent in batches, as Meta's guides for them say.
    let at_once = matches!(event.action_source(), Some("website" | "app" | "chat"));
    if !at_once || event.name() == Some("AppendAttribution") {
        return;
    }
    let Some(time) = event_time::moment(event) else {
        return;
    };
    let late = event.clock.now - time;
    let limit = event_time::days_taken(event.action_source()) * crate::clock::DAY;
    if late <= PROMPT || late > limit {
        return;
    }
    let Some(item) = event.get(Name::EventTime) else {
        return;
    };
    out.at(item, "the event was sent over an hour after it happened")
        .fold(Reach::File, |events| match events {
            1 => "1 event was sent over an hour after it happened".to_owned(),
            _ => format!("{events} events were sent over an hour after they happened"),
        });
}
