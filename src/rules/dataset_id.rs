//! CL711: the address has a placeholder where the id of the dataset belongs, or another dataset than
//! the pixel's.

use std::io;

use crate::event::Record;
use crate::exchange;
use crate::finding::{Certainty, Effect, Findings};
use crate::json::Item;
use crate::ledger::{Evidence, LogFindings, Needs};
use crate::pixel::index::Bond;
use crate::rule::{Check, Rule};

/// See `rules/dataset-id.md`.
pub static RULE: Rule = crate::rule!("dataset-id", Check::Record(check), conclude, Needs::NONE);

/// So many copies that all went to another dataset are no accident.
const LEAST: usize = 5;

/// The server sends to one dataset and the pixel to another, and never to the same.
fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    let pairs = || log.pixel().iter().flat_map(|pairs| &pairs.pairs);
    let mut events: Vec<u64> = pairs()
        .filter(|pair| pair.tie.bond == Bond::OtherDataset)
        .map(|pair| pair.tie.at)
        .collect();
    let is_same = |bond: Bond| !matches!(bond, Bond::OtherDataset | Bond::OtherName);
    if events.len() < LEAST || pairs().any(|pair| is_same(pair.tie.bond)) {
        return Ok(());
    }
    events.sort_unstable();
    events.dedup();
    let number = events.len() as u64;
    let message = format!(
        "all {number} events of which the browser sent a copy went to another dataset than that"
    );
    out.at(events[0], "", message)
        .effect(Effect::Duplicated)
        .certainty(Certainty::Strong)
        .help("send both copies to one dataset: Meta compares ids within one only")
        .places(events.iter().copied(), "event of such a pair")
        .events(number);
    Ok(())
}

fn check(record: &Record<'_, '_>, out: &mut Findings) {
    let sent = exchange::sent_to(record);
    if !sent
        .iter()
        .any(|found| exchange::is_placeholder(found.endpoint.dataset))
    {
        return;
    }
    for found in sent {
        // Where Meta took it, the id was right and the log hides it.
        let hidden = found.item.is_some_and(|item| was_received(part_of(item)));
        if !exchange::is_placeholder(found.endpoint.dataset) || hidden {
            continue;
        }
        let message = "the address has a placeholder where the id of the dataset belongs";
        match found.item {
            Some(item) => out.at(item, message),
            None => out.at_bytes(found.endpoint.range.clone(), message),
        };
    }
}

/// The outermost value in which a value stands, or the element of the outermost list.
fn part_of<'t, 'a>(item: Item<'t, 'a>) -> Item<'t, 'a> {
    let mut part = item;
    while let Some(above) = part.parent() {
        if above.is_list() && above.parent().is_none() {
            break;
        }
        part = above;
    }
    part
}

fn was_received(root: Item<'_, '_>) -> bool {
    root.descendants().any(|item| {
        item.key() == "events_received"
            || (item.text()).is_some_and(|text| text.contains("events_received"))
    })
}
