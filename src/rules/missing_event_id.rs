//! CL301: no event_id on an event that Meta pairs by it.

use crate::deduplication;
use crate::event::Event;
use crate::finding::Findings;
use crate::name::Name;
use crate::rule::{Check, Rule};

/// See `rules/missing-event-id.md`.
pub static RULE: Rule = crate::rule!("missing-event-id", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let id = event.get(Name::EventId);
    if id.is_some_and(|id| !id.is_blank()) || !deduplication::is_paired(event) {
        return;
    }
    let finding = match id {
        Some(id) => out.at(id, "event_id is blank"),
        None => out.here("the event has no event_id"),
    };
    finding.fix_if(deduplication::id_from_order(event));
}
