//! CL406: one stale event takes the whole request with it.

use crate::ages::Ages;
use crate::clock::Source;
use crate::event::Request;
use crate::finding::{Certainty, Findings, Severity};
use crate::rule::{Check, Rule};
use crate::values::name::Name;

/// See `rules/batch-poisoned.md`.
pub static RULE: Rule = crate::rule!("batch-poisoned", Check::Request(check));

fn check(request: &Request<'_, '_>, out: &mut Findings) {
    if request.events < 2 {
        return;
    }
    let Some(data) = request.get(Name::Data) else {
        return;
    };
    let mut of_list = Ages::default();
    let ages = request.read_before.unwrap_or_else(|| {
        let events = data.each().filter(|event| event.is_object());
        events.for_each(|event| of_list.see(event));
        &of_list
    });
    let latest = ages.latest();
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
    let (all, stale) = (ages.events(), ages.stale(sent));
    // Where all are too old none takes another with it.
    if stale == 0 || stale == all {
        return;
    }
    let are = if stale == 1 { "is" } else { "are" };
    let finding = out.at(
        data,
        format!("{stale} of {all} events {are} older than Meta takes, for which it refuses the whole request"),
    );
    if supported.is_none_or(|supported| ages.stale(supported) == 0) {
        finding
            .severity(Severity::Warning)
            .certainty(Certainty::Strong);
    }
}
