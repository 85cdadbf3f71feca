//! CL701: test_event_code was left on.

use std::io;

use crate::clock::{DAY, span};
use crate::event::{Event, Request};
use crate::finding::{Certainty, Effect, Findings, Severity};
use crate::fix::Fix;
use crate::json::{Item, Pointer};
use crate::ledger::{Evidence, LEAST_EVENTS, LogFindings, Needs};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::Name;

/// See `rules/test-event-code.md`.
pub static RULE: Rule = crate::rule!(
    "test-event-code",
    Check::RequestAndEvent(in_request, in_event),
    conclude,
    Needs::NONE
)
.when(Signs::RARE_KEYS);

/// A trial takes a moment and a few events.
const TRIAL: u64 = 200;

fn in_request(request: &Request<'_, '_>, out: &mut Findings) {
    let message = "the request carries test_event_code: its events go to the test view";
    if let Some(code) = code(request.get(Name::TestEventCode)) {
        out.at(code, message).fix(removal());
    } else if request.is_test {
        // It stands in the text around.
        out.at(request.body, message);
    }
}

fn in_event(event: &Event<'_, '_>, out: &mut Findings) {
    if let Some(code) = code(event.get(Name::TestEventCode)) {
        // Moving it up would turn every event of the request into test traffic.
        out.at(
            code,
            "test_event_code stands inside the event, where Meta ignores it",
        )
        .severity(Severity::Error)
        .effect(Effect::Ignored)
        .certainty(Certainty::Proof)
        .help("write test_event_code beside `data`, and only while testing")
        .fix(removal());
    }
}

/// What goes on for days, or is on hundreds of events, is no trial.
fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    let tests = &log.counts().tests;
    let lasted = i64::from(tests.times.1 - tests.times.0);
    // Two trials on two days are two trials.
    if tests.events > TRIAL || lasted > DAY && tests.events >= LEAST_EVENTS {
        let message = format!(
            "test_event_code is on {} events, over {}: that is no trial",
            tests.events,
            span(lasted)
        );
        // The requests have been spoken of one by one.
        out.at(tests.first, "", message)
            .severity(Severity::Error)
            .events(0);
    }
    Ok(())
}

fn code<'t, 'a>(item: Option<Item<'t, 'a>>) -> Option<Item<'t, 'a>> {
    item.filter(|code| !code.is_blank())
}

fn removal() -> Fix {
    let pointer = Pointer::root().key(Name::TestEventCode.text());
    Fix::needs_consent("remove test_event_code").remove(pointer)
}
