//! CL302: an event_id that looks minted at random.

use crate::deduplication;
use crate::event::Event;
use crate::finding::{Findings, Reach, Severity};
use crate::name::Name;
use crate::rule::{Check, Rule};

/// See `rules/random-event-id.md`.
pub static RULE: Rule = crate::rule!("random-event-id", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some((item, id)) = event
        .get(Name::EventId)
        .and_then(|id| Some((id, id.text()?.trim())))
    else {
        return;
    };
    // Each passback of one order is to have an id of its own.
    if !deduplication::looks_random(id)
        || !deduplication::is_paired(event)
        || event.name() == Some("AppendAttribution")
        || deduplication::is_placeholder(id, || None)
    {
        return;
    }
    let order = deduplication::order_id(event);
    // What is made of the order number, or stands in the page's address, both sides can know.
    if order.as_deref().is_some_and(|order| {
        deduplication::holds(id, order) || deduplication::is_seen_elsewhere(event, id)
    }) {
        return;
    }
    if order.is_some() {
        out.at(
            item,
            "event_id looks random though the event has an order_id that it could be made of",
        )
        .fix_if(deduplication::id_from_order(event));
    } else {
        out.at(item, "event_id looks random: right only when the browser's copy carries the same one")
            .severity(Severity::Info)
            .fold(Reach::EventName, |events| match events {
                1 => "1 event has an event_id that looks random: right only when the browser's copy carries the same one".to_owned(),
                _ => format!("{events} events have an event_id that looks random: right only when the browser's copies carry the same ones"),
            });
    }
}
