//! CL314: a copy that comes too late, or to another dataset.

use std::io;

use crate::ledger::{Evidence, LogFindings, Needs};
use crate::pixel::index::Bond;
use crate::report::count;
use crate::rule::{Check, Rule};

/// See `rules/pixel-twin-too-late.md`.
pub static RULE: Rule = crate::rule!("pixel-twin-too-late", Check::Log, conclude, Needs::NONE);

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    for pairs in log.pixel() {
        for (bond, pointer, what) in [
            (
                Bond::Late,
                "/event_time",
                "more than 48 hours from the server's event",
            ),
            (
                Bond::OtherDataset,
                "",
                "on another dataset than the server's event",
            ),
        ] {
            let events: Vec<u64> = pairs
                .pairs
                .iter()
                .filter(|pair| pair.tie.bond == bond)
                .map(|pair| pair.tie.at)
                .collect();
            let Some(&first) = events.first() else {
                continue;
            };
            let number = events.len() as u64;
            let finding = out.at(
                first,
                pointer,
                format!(
                    "{} of the browser named {} with the same event_id came {what}",
                    count(number, "event"),
                    pairs.name
                ),
            );
            finding
                .places(events.iter().copied(), "event of such a pair")
                .events(number);
            if bond == Bond::OtherDataset {
                finding.help("send both copies to one dataset: Meta compares ids within one only");
            }
        }
    }
    Ok(())
}
