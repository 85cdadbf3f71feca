//! CL804: digests that are well formed, and that nothing here can prove right.

use std::io;

use crate::ledger::{Evidence, LogFindings, Needs};
use crate::rule::{Check, Rule};
use crate::score::ScoreKey;

/// See `rules/unverifiable-identity.md`.
pub static RULE: Rule = crate::rule!("unverifiable-identity", Check::Log, conclude, Needs::SCORES);

/// In a shorter log the coverage of the report says it as well.
const LEAST: u64 = 50;

/// Keys of which nobody can list the right digests. `external_id` has no form that would be right.
const KEYS: [ScoreKey; 5] = [
    ScoreKey::Em,
    ScoreKey::Ph,
    ScoreKey::Fn,
    ScoreKey::Ln,
    ScoreKey::Ct,
];

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    if log.events() < LEAST {
        return Ok(());
    }
    let counted = log
        .names()
        .map(|(name, score)| (name, score.usable_and_proven()));
    let names: Vec<_> = counted.collect();
    let firsts = log.firsts();
    let (mut first, mut parts) = (None, Vec::new());
    let (mut usable, mut open, mut most) = (0, 0, 0);
    for key in KEYS {
        let mut lacking = 0;
        for (name, count) in &names {
            let (all, proven) = count(key);
            usable += all;
            if all > proven {
                lacking += all - proven;
                let at = firsts.get(name).copied();
                first = first.into_iter().chain(at).min();
            }
        }
        if lacking > 0 {
            open += lacking;
            most = most.max(lacking);
            parts.push(format!("{} ({lacking})", key.name()));
        }
    }
    let Some(at) = first else { return Ok(()) };
    let message = format!(
        "{open} of {usable} usable identifiers are well-formed digests that cannot be proven right: {}",
        parts.join(", ")
    );
    // As many events at least.
    out.at(at, "/user_data", message).events(most);
    Ok(())
}
