//! CL302: an event_id that looks minted at random.

use std::collections::BTreeMap;
use std::io;

use super::order_sent_twice::{are_copies, sent_twice};
use crate::event::Event;
use crate::finding::{Certainty, Findings, Reach, Severity};
use crate::ledger::sighting;
use crate::ledger::{Evidence, LogFindings, Needs};
use crate::pixel::index::{Bond, RANDOM_ID, Relation};
use crate::pixel::pairs::Pair;
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::values::blank::trimmed;
use crate::values::deduplication;
use crate::values::name::Name;

/// See `rules/random-event-id.md`.
pub static RULE: Rule = crate::rule!(
    "random-event-id",
    Check::Event(check),
    conclude,
    Needs::ORDERS
);

/// Ids of one side of which the other shows none, when there are so many on both.
const LEAST: u64 = 20;

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some((item, id)) = event
        .get(Name::EventId)
        .and_then(|id| Some((id, trimmed(id.text()?))))
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
    // What the browser was seen to send too is shared, whoever minted it.
    if let (Some(pixel), Some(name)) = (&event.witnesses.pixel, event.name())
        && pixel.has_id(name, id)
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
    if order.is_some() && deduplication::is_once_an_order(event) {
        out.at(
            item,
            "event_id looks random though the event has an order_id that it could be made of",
        )
        .fix_if(deduplication::id_from_order(event))
        .fold(Reach::EventName, |events| match events {
            1 => "event_id looks random though the event has an order_id that it could be made of".to_owned(),
            _ => format!("{events} events have an event_id that looks random though each has an order_id that it could be made of"),
        });
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
        let Some(ids) = sent_twice(group).filter(|ids| are_copies(ids)) else {
            return;
        };
        let mut random = ids.iter().filter(|row| row.has(sighting::RANDOM_ID));
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
    beside_pixel(log, out);
    Ok(())
}

/// What a capture of the browser's requests shows.
fn beside_pixel(log: &Evidence<'_>, out: &mut LogFindings) {
    // Where nothing at all ties the log to the capture, they may be of other visitors.
    let are_tied = log.pixel().iter().any(|pairs| !pairs.pairs.is_empty());
    for pairs in log.pixel() {
        let ids_differ = |pair: &&Pair| {
            let own = pair.tie.relation == Relation::Other && pair.tie.flags & RANDOM_ID != 0;
            own && pair.shows_ids()
        };
        let events: Vec<&Pair> = pairs.pairs.iter().filter(ids_differ).collect();
        if let Some(first) = events.first() {
            let number = events.len() as u64;
            let finding = out.at(
                first.tie.at,
                "/event_id",
                format!(
                    "{} named {} {} an event_id that looks random, and the browser's {} another",
                    count(number, "event"),
                    pairs.name,
                    if number == 1 { "has" } else { "have" },
                    if number == 1 {
                        "copy has"
                    } else {
                        "copies have"
                    },
                ),
            );
            finding
                .places(events.iter().map(|pair| pair.tie.at), "such event")
                .events_again(number);
            // Two orders of one browser and one value may be taken for one.
            match events.iter().any(|pair| pair.tie.bond == Bond::Order) {
                true => finding
                    .severity(Severity::Error)
                    .certainty(Certainty::Proof),
                false if !pairs.are_a_habit(events.len()) => finding
                    .severity(Severity::Info)
                    .certainty(Certainty::Heuristic),
                false if number >= 5 => finding
                    .severity(Severity::Error)
                    .certainty(Certainty::Strong),
                false => finding,
            };
            continue;
        }
        let (server, with_id) = (&pairs.server, pairs.browser - pairs.without_id);
        if are_tied
            && pairs.deduplicated() == 0
            && with_id >= LEAST
            && server.random >= LEAST
            && server.random * 10 >= server.with_id * 9
        {
            let message = format!(
                "{} named {} have an event_id that looks random, and none of the browser's {with_id} has any of them",
                count(server.random, "event"),
                pairs.name
            );
            out.at(server.first, "/event_id", message)
                .severity(Severity::Error)
                .certainty(Certainty::Strong)
                .events(0);
        }
    }
}
