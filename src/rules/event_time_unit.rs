//! CL403: an event_time in milliseconds or finer.

use crate::event::Event;
use crate::finding::Findings;
use crate::fix::Fix;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::event_time::{self, Unit, Written};

/// See `rules/event-time-unit.md`.
pub static RULE: Rule = crate::rule!("event-time-unit", Check::Event(check)).when(Signs::ODD_TIME);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some((item, Written::Finer(unit, seconds))) = event_time::oddity(event) else {
        return;
    };
    let at = item.pointer_from(event.root().place());
    let fix = match unit {
        // They do not tell whether they were counted by the clock on the wall.
        Unit::Ticks => Fix::needs_consent("write the time, taken as UTC, in seconds"),
        _ => Fix::safe("write the time in seconds"),
    };
    out.at(
        item,
        format!("event_time is in {}, not seconds", unit.word()),
    )
    .fix(fix.replace(at, seconds.to_string()));
}
