//! CL401: an event without a time.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::Name;

/// See `rules/missing-event-time.md`.
pub static RULE: Rule = crate::rule!("missing-event-time", Check::Event(check)).when(Signs::LACK);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    match event.get(Name::EventTime) {
        None => {
            out.here("the event has no event_time");
        }
        Some(item) if item.is_blank() => {
            out.at(item, "event_time is blank");
        }
        Some(_) => {}
    }
}
