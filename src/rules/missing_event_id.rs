//! CL301: no event_id on an event that Meta pairs by it.

use crate::event::Event;
use crate::finding::Findings;
use crate::fix::{Fix, quote};
use crate::json::Pointer;
use crate::pixel::index::Bond;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::deduplication;
use crate::values::name::Name;

/// See `rules/missing-event-id.md`.
pub static RULE: Rule = crate::rule!("missing-event-id", Check::Event(check)).when(Signs::LACK);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let id = event.get(Name::EventId);
    if id.is_some_and(|id| !id.is_blank()) || !deduplication::is_paired(event) {
        return;
    }
    let finding = match id {
        Some(id) => out.at(id, "event_id is blank"),
        None => out.here("the event has no event_id"),
    };
    let from_pixel = event.witnesses.pixel.as_ref().and_then(|pixel| {
        let (eid, bond, hit) = pixel.id_of(event)?;
        let learned = event.witnesses.learned.as_ref();
        // The order number is the pair; a browser and a value may be those of two events.
        let is_sure = bond == Bond::Order || learned.is_some_and(|learned| learned.is_only(hit));
        let title = "take the eid of the browser's copy";
        let fix = match is_sure {
            true => Fix::safe(title),
            false => Fix::needs_consent(title),
        };
        Some(match id {
            Some(_) => fix.replace_text(Pointer::root().key("event_id"), eid),
            None => fix.insert(Pointer::root(), "event_id", quote(eid)),
        })
    });
    finding.fix_if(from_pixel.or_else(|| deduplication::id_from_order(event)));
}
