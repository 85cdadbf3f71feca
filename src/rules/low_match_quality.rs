//! CL801: the match quality to be expected is below the gate.

use std::io;

use crate::ledger::{Evidence, LogFindings, Needs};
use crate::rule::{Check, Rule};
use crate::score::tenth;

/// See `rules/low-match-quality.md`.
pub static RULE: Rule = crate::rule!("low-match-quality", Check::Log, conclude, Needs::SCORES);

/// What Meta calls good begins here.
const GATE: f64 = 6.0;
/// With fewer events the tables of the report say it as well.
const LEAST: u64 = 50;
/// So many ways to raise it are named.
const WAYS: usize = 3;

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    let firsts = log.firsts();
    for (name, score) in log.names() {
        if score
            .score()
            .map(tenth)
            .is_none_or(|estimate| estimate >= GATE)
        {
            continue;
        }
        let report = score.report(name);
        let (Some(estimate), Some(at)) = (report.score.map(tenth), firsts.get(name).copied())
        else {
            continue;
        };
        if report.scored_events < LEAST || estimate >= GATE {
            continue;
        }
        let gains = report.detail.iter().flat_map(|detail| &detail.gains);
        let ways: Vec<String> = gains
            .take(WAYS)
            .map(|gain| format!("{} +{:.1}", gain.label, gain.gain))
            .collect();
        let mut message =
            format!("the match quality of {name} is estimated at {estimate:.1} of 10");
        if !ways.is_empty() {
            message.push_str(&format!("; most would help: {}", ways.join(", ")));
        }
        out.at(at, "/user_data", message)
            .events(report.scored_events);
    }
    Ok(())
}
