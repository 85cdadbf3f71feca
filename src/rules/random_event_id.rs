//! CL302: an event_id that looks minted at random.

use std::collections::BTreeMap;
use std::io;

use super::order_sent_twice::sent_twice;
use crate::deduplication;
use crate::event::Event;
use crate::finding::{Certainty, Findings, Reach, Severity};
use crate::ledger::sighting::RANDOM_ID;
use crate::ledger::{Evidence, LogFindings};
use crate::name::Name;
use crate::rule::{Check, Rule};

/// See `rules/random-event-id.md`.
pub static RULE: Rule = crate::rule!("random-event-id", Check::Event(check), conclude);

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

/// One order under several ids that look random shows how the ids come about: anew for every send.
fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    let mut names: BTreeMap<u32, (u64, [u64; 2])> = BTreeMap::new();
    log.orders(|group| {
        let Some(ids) = sent_twice(group) else { return };
        let mut random = ids.iter().filter(|row| row.has(RANDOM_ID));
        let (Some(first), Some(second)) = (random.next(), random.next()) else {
            return;
        };
        let places = [first.at, second.at];
        let (orders, so_far) = names.entry(first.name).or_insert((0, places));
        *orders += 1;
        *so_far = places.min(*so_far);
    })?;
    for (name, (orders, [first, second])) in names {
        let name = log.event_name(name);
        let message = match orders {
            1 => format!(
                "the random event_id of {name} is minted anew for every send: 1 order carries several"
            ),
            _ => format!(
                "the random event_id of {name} is minted anew for every send: {orders} orders carry several each"
            ),
        };
        // The events have been spoken of one by one.
        out.at(first, "/event_id", message)
            .severity(Severity::Error)
            .certainty(Certainty::Proof)
            .related(second, "the same order under another random id")
            .events(0);
    }
    Ok(())
}
