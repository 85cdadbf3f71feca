//! CL305: the same event came again within the time in which Meta drops it.

use std::collections::BTreeMap;
use std::io;

use crate::ledger::event_ids::{Use, judge};
use crate::ledger::{Evidence, LogFindings, Needs};
use crate::report::count;
use crate::rule::{Check, Rule};

/// See `rules/duplicate-event.md`.
pub static RULE: Rule = crate::rule!("duplicate-event", Check::Log, conclude, Needs::IDS);

/// The copies of the events of one name.
struct Copies {
    /// The first copied event, and its first copy.
    first: (u64, u64),
    ids: u64,
    copies: u64,
}

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    let mut names: BTreeMap<u32, Copies> = BTreeMap::new();
    log.ids(|group| {
        let Use::Copies(copies) = judge(group, log.sightings_of(group[0].name)) else {
            return;
        };
        let first = (group[0].at, group[1].at);
        let so_far = names.entry(group[0].name).or_insert(Copies {
            first,
            ids: 0,
            copies: 0,
        });
        so_far.first = so_far.first.min(first);
        so_far.ids += 1;
        so_far.copies += copies;
    })?;
    for (name, copies) in names {
        let name = log.event_name(name);
        let message = format!(
            "{} named {name} came again under the same event_id within 48 hours, {} in all",
            count(copies.ids, "event"),
            match copies.copies {
                1 => "1 copy".to_owned(),
                more => format!("{more} copies"),
            }
        );
        out.at(copies.first.0, "/event_id", message)
            .related(copies.first.1, "its first copy")
            .events(copies.copies);
    }
    Ok(())
}
