//! CL803: no IPv6 address in the whole log.

use std::io;

use crate::ledger::{Evidence, LogFindings, Needs};
use crate::rule::{Check, Rule};

/// See `rules/ipv4-only.md`.
pub static RULE: Rule = crate::rule!("ipv4-only", Check::Log, conclude, Needs::NONE);

/// Among fewer addresses there may be none by chance.
const LEAST: u64 = 50;

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    let counts = log.counts();
    if counts.ipv6.events == 0 && counts.ipv4.events >= LEAST {
        let message = format!("none of {} addresses is an IPv6 one", counts.ipv4.events);
        out.at(counts.ipv4.first, "/user_data/client_ip_address", message)
            .events(counts.ipv4.events);
    }
    Ok(())
}
