//! CL406: one stale event takes the whole request with it.

use crate::clock::{DAY, Latest, Source, plausible_time};
use crate::event::Request;
use crate::event_time;
use crate::finding::{Certainty, Findings, Severity};
use crate::json::Item;
use crate::name::Name;
use crate::rule::{Check, Rule};

/// See `rules/batch-poisoned.md`.
pub static RULE: Rule = crate::rule!("batch-poisoned", Check::Request(check));

fn check(request: &Request<'_, '_>, out: &mut Findings) {
    if request.events < 2 {
        return;
    }
    let Some(data) = request.get(Name::Data) else {
        return;
    };
    let events = || data.each().filter(|event| event.is_object());
    let mut latest = Latest::default();
    for time in events().filter_map(time_of) {
        latest.see(time);
    }
    // A clock that knows when the request was sent decides alone; else it was sent no earlier than
    // its newest event happened, if a second event shows that the newest is no mistake.
    let clock = request.clock;
    let known = match clock.source {
        Source::Given | Source::Capture => true,
        Source::Wall => clock.asked,
        Source::Request | Source::Newest | Source::File => false,
    };
    let (sent, supported) = match (known, latest.first) {
        (true, _) => (clock.now, Some(clock.now)),
        (false, Some(first)) => (first, latest.second),
        (false, None) => return,
    };
    let (mut all, mut stale, mut proven) = (0, 0, false);
    for event in events() {
        all += 1;
        let Some(time) = time_of(event) else { continue };
        let limit =
            event_time::days_taken(event.get(Name::ActionSource).and_then(Item::text)) * DAY;
        if sent - time > limit {
            stale += 1;
            proven |= supported.is_some_and(|supported| supported - time > limit);
        }
    }
    // Where all are too old none takes another with it.
    if stale == 0 || stale == all {
        return;
    }
    let are = if stale == 1 { "is" } else { "are" };
    let finding = out.at(
        data,
        format!("{stale} of {all} events {are} older than Meta takes, for which it refuses the whole request"),
    );
    if !proven {
        finding
            .severity(Severity::Warning)
            .certainty(Certainty::Strong);
    }
}

fn time_of(event: Item<'_, '_>) -> Option<i64> {
    let time = event.get(Name::EventTime)?;
    plausible_time(time).or_else(|| event_time::moment_of(time))
}
