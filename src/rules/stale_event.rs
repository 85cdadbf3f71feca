//! CL404: an event older than Meta takes.

use crate::clock::{self, DAY, Source};
use crate::event::Event;
use crate::finding::{Certainty, Effect, Findings, Reach, Severity};
use crate::rule::{Check, Rule};
use crate::values::event_time;
use crate::values::name::Name;

/// See `rules/stale-event.md`.
pub static RULE: Rule = crate::rule!("stale-event", Check::Event(check));

/// Seconds after the original event in which Meta takes a passback.
const PASSBACK: i64 = 2 * DAY;

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(time) = event_time::moment(event) else {
        return;
    };
    if event.names().0 & Name::OriginalEventData.bit() != 0
        && event.name() == Some("AppendAttribution")
    {
        check_passback(event, time, out);
    }
    let age = event.clock.now - time;
    if age <= 7 * DAY {
        return;
    }
    let days = event_time::days_taken(event.action_source());
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
    if event.clock.source == Source::File {
        out.at(
            item,
            format!("the event is over {days} days older than the day in the file's name: refused if sent then"),
        )
        .severity(Severity::Info)
        .certainty(Certainty::Heuristic)
        .effect(Effect::Unknown)
        .fold(Reach::File, by_name_of_file);
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

/// A passback has a window of its own: it follows its original event within two days.
fn check_passback(event: &Event<'_, '_>, time: i64, out: &mut Findings) {
    let original = event
        .get(Name::OriginalEventData)
        .and_then(|original| original.get(Name::EventTime))
        .and_then(event_time::moment_of);
    let Some(delay) = original.map(|original| time - original) else {
        return;
    };
    if delay <= PASSBACK {
        return;
    }
    let Some(item) = event.get(Name::EventTime) else {
        return;
    };
    out.at(
        item,
        format!(
            "event_time is over {} after the original event; Meta takes passbacks for 2 days",
            clock::span(delay)
        ),
    )
    .severity(Severity::Warning)
    .certainty(Certainty::Strong)
    .effect(Effect::Unknown)
    .help("send AppendAttribution within 48 hours of the event that it speaks of");
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

fn by_name_of_file(events: u64) -> String {
    let are = if events == 1 {
        "event is"
    } else {
        "events are"
    };
    format!(
        "{events} {are} over 7 days older than the day in the file's name: refused if sent then"
    )
}
