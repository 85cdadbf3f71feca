//! CL711: the address has a placeholder where the id of the dataset belongs.

use crate::event::Record;
use crate::exchange;
use crate::finding::Findings;
use crate::json::Item;
use crate::rule::{Check, Rule};

/// See `rules/dataset-id.md`.
pub static RULE: Rule = crate::rule!("dataset-id", Check::Record(check));

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
            None => out.at_bytes(found.endpoint.range, message),
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
