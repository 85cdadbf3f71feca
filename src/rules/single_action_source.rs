//! CL506: all events are said to be of a website, also those that no browser made.

use std::io;

use crate::ledger::series::Seen;
use crate::ledger::{Evidence, LEAST_EVENTS, LogFindings, Needs};
use crate::rule::{Check, Rule};

/// See `rules/single-action-source.md`.
pub static RULE: Rule = crate::rule!("single-action-source", Check::Log, conclude, Needs::SERIES);

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    let (mut all, mut website) = (0, 0);
    let mut traceless = Seen::default();
    for (_, series) in log.series() {
        all += series.events.events;
        website += series.sources.website;
        traceless.add(&series.sources.traceless);
    }
    // Where no event has a trace, it is the sender that leaves them out.
    if website < all || traceless.events < LEAST_EVENTS || website - traceless.events < LEAST_EVENTS
    {
        return Ok(());
    }
    let message = format!(
        "all {all} events are said to be of a website, though {} have no page, browser, address or cookie",
        traceless.events
    );
    out.at(traceless.first, "/action_source", message)
        .related(traceless.last, "the last of them")
        .events(traceless.events);
    Ok(())
}
