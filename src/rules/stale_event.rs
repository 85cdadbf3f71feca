//! CL404: an event older than Meta takes.

use crate::action_source::Reading;
use crate::clock::{self, DAY};
use crate::event::Event;
use crate::event_time;
use crate::finding::{Certainty, Effect, Findings, Reach, Severity};
use crate::name::Name;
use crate::rule::{Check, Rule};

/// See `rules/stale-event.md`.
pub static RULE: Rule = crate::rule!("stale-event", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(time) = event_time::moment(event) else {
        return;
    };
    let age = event.clock.now - time;
    if age <= 7 * DAY {
        return;
    }
    let days = limit(event);
    let limit = days * DAY;
    if age <= limit || event_time::is_sample(time) {
        return;
    }
    let Some(item) = event.get(Name::EventTime) else {
        return;
    };
    if event.clock.is_makeshift() {
        out.at(
            item,
            format!("the event is over {days} days old by today's clock: refused if sent now; for a capture, give --as-of"),
        )
        .severity(Severity::Info)
        .certainty(Certainty::Heuristic)
        .effect(Effect::Unknown)
        .fold(Reach::File, by_todays_clock);
        return;
    }
    let certainty = event.clock.certainty_of_age(time, limit);
    let finding = out.at(
        item,
        format!(
            "event_time is over {} before {}; Meta takes {days}",
            clock::span(age),
            event.clock.reference(),
        ),
    );
    if certainty != Certainty::Proof {
        finding.severity(Severity::Warning).certainty(certainty);
    }
}

/// Days after which an event is refused. An action_source that Meta does not know may stand for a
/// shop, which has the longer time.
fn limit(event: &Event<'_, '_>) -> i64 {
    match event.action_source().map(Reading::of) {
        None => 62,
        Some(reading) => match reading.certain() {
            None | Some("physical_store") => 62,
            Some(_) => 7,
        },
    }
}

fn by_todays_clock(events: u64) -> String {
    let are = if events == 1 {
        "event is"
    } else {
        "events are"
    };
    format!(
        "{events} {are} over 7 days old by today's clock: refused if sent now; for a capture, give --as-of"
    )
}
