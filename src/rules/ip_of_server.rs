//! CL215: one address on unrelated people.

use std::io;

use crate::finding::Certainty;
use crate::ledger::people;
use crate::ledger::{Evidence, LogFindings, Needs};
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::score::ScoreKey;

/// See `rules/ip-of-server.md`.
pub static RULE: Rule = crate::rule!(
    "ip-of-server",
    Check::Log,
    conclude,
    Needs::VISITS.and(Needs::STANDINGS)
);

/// An office, a school or a shop floor has less of all that a log saw.
const SHARE: f64 = 0.3;

/// Beyond this share of all visits, no group of people is left that could be meant.
const NEARLY_ALL: f64 = 0.6;

/// So many browsers at one address, and so many kinds of browser, are no office.
const BROWSERS: usize = 50;
const AGENTS: usize = 10;

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    for crowd in people::constants(log, |visit| visit.address.into(), SHARE)? {
        if crowd.browsers.number() < BROWSERS || crowd.agents.number() < AGENTS {
            continue;
        }
        let is_sure = crowd.share >= NEARLY_ALL;
        if is_sure {
            out.convict().value(ScoreKey::Ip, crowd.value, crowd.scope);
        }
        let finding = out.at(
            crowd.events.first(),
            "/user_data/client_ip_address",
            format!(
                "one address stands on {}, {} % of those that have one, of {} browsers with {} user agents",
                count(crowd.events.number, "event"),
                crowd.percent(),
                crowd.browsers.words(),
                crowd.agents.words()
            ),
        );
        finding
            .places_of(&crowd.events, "visitor with it")
            .events(crowd.events.number);
        if !is_sure {
            finding.certainty(Certainty::Heuristic);
        }
    }
    Ok(())
}
