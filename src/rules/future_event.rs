//! CL405: an event that has not happened yet.

use crate::clock::{self, Source};
use crate::event::Event;
use crate::finding::{Certainty, Findings, Reach, Severity};
use crate::rule::{Check, Rule};
use crate::values::event_time;
use crate::values::name::Name;

/// See `rules/future-event.md`.
pub static RULE: Rule = crate::rule!("future-event", Check::Event(check));

/// Clocks differ, and Google Tag Manager's server templates round the second up.
const TOLERATED: i64 = 60;

/// Meta documents no limit; reports of lost events begin between a minute and an hour.
const SURELY_WRONG: i64 = 3_600;

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(time) = event_time::moment(event) else {
        return;
    };
    // The day in a file's name only tells how early it was written; today is late enough.
    let (now, of_today) = match (event.clock.source, event.clock.supported) {
        (Source::File, Some(wall)) => (wall, true),
        _ => (event.clock.now, event.clock.is_makeshift()),
    };
    let ahead = time - now;
    if ahead <= TOLERATED {
        return;
    }
    // Other events only show when a request was sent at the earliest.
    if matches!(event.clock.source, Source::Request | Source::Newest) {
        return;
    }
    let Some(item) = event.get(Name::EventTime) else {
        return;
    };
    if of_today {
        out.at(
            item,
            "the event lies ahead of today's clock; for a capture, give --as-of",
        )
        .severity(Severity::Info)
        .certainty(Certainty::Heuristic)
        .fold(Reach::File, by_todays_clock);
        return;
    }
    let finding = out.at(
        item,
        format!(
            "event_time is over {} after {}",
            clock::span(ahead),
            event.clock.reference()
        ),
    );
    if ahead <= SURELY_WRONG {
        finding.severity(Severity::Warning);
    }
}

fn by_todays_clock(events: u64) -> String {
    let lie = if events == 1 {
        "event lies"
    } else {
        "events lie"
    };
    format!("{events} {lie} ahead of today's clock; for a capture, give --as-of")
}
