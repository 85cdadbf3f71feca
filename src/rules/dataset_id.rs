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
    // Meta took it, so the id was right and the log hides it.
    let answered = record.tape.is_some_and(|tape| was_received(tape.root()));
    if answered {
        return;
    }
    for found in sent {
        if !exchange::is_placeholder(found.endpoint.dataset) {
            continue;
        }
        let message = "the address has a placeholder where the id of the dataset belongs";
        match found.item {
            Some(item) => out.at(item, message),
            None => out.at_bytes(found.endpoint.range, message),
        };
    }
}

fn was_received(root: Item<'_, '_>) -> bool {
    root.descendants().any(|item| {
        item.key() == "events_received"
            || (item.text()).is_some_and(|text| text.contains("events_received"))
    })
}
