//! CL311: how many of the browser's events have a copy on the server, and the reverse.

use std::io;

use crate::ledger::{Evidence, LogFindings, Needs};
use crate::report::count;
use crate::rule::{Check, Rule};

/// See `rules/pixel-coverage.md`.
pub static RULE: Rule = crate::rule!("pixel-coverage", Check::Log, conclude, Needs::NONE);

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    for pairs in log.pixel() {
        if pairs.server.events == 0 {
            continue;
        }
        let share = pairs.deduplicated() as f64 / pairs.browser as f64 * 100.0;
        let rest: Vec<String> = pairs
            .reasons()
            .list()
            .into_iter()
            .filter(|(.., number)| *number > 0)
            .map(|(_, what, number)| format!("{number} {what}"))
            .collect();
        let mut message = format!(
            "{}: {} of the browser, {} of the server in the same time, {}, {share:.1} % of the browser's deduplicated",
            pairs.name,
            count(pairs.browser, "event"),
            pairs.server.in_time,
            count(pairs.pairs.len() as u64, "pair"),
        );
        if !rest.is_empty() {
            message.push_str(&format!("; the rest: {}", rest.join(", ")));
        }
        out.at(pairs.server.first, "", message).events(0);
    }
    Ok(())
}
