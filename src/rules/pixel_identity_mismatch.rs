//! CL313: the browser's digests of a key differ from the server's, pair after pair.

use std::io;

use crate::ledger::{Evidence, LEAST_EVENTS, LogFindings};
use crate::pixel::index::KEYS;
use crate::report::count;
use crate::rule::{Check, Rule};

/// See `rules/pixel-identity-mismatch.md`.
pub static RULE: Rule = crate::rule!("pixel-identity-mismatch", Check::Log, conclude);

/// People have two addresses, but not nearly all of them.
const LEAST_SHARE: f64 = 0.8;

const POINTERS: [&str; KEYS.len()] = [
    "/user_data/em",
    "/user_data/ph",
    "/user_data/fn",
    "/user_data/ln",
    "/user_data/ge",
    "/user_data/db",
    "/user_data/ct",
    "/user_data/st",
    "/user_data/zp",
    "/user_data/country",
    "/user_data/external_id",
];

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    for pairs in log.pixel() {
        for (key, pointer) in POINTERS.into_iter().enumerate() {
            let (compared, mixed, events) = pairs.identity(key);
            let number = events.len() as u64;
            if compared < LEAST_EVENTS || (number as f64) < LEAST_SHARE * compared as f64 {
                continue;
            }
            let how = if mixed * 2 > number {
                "one side hashes it and the other does not"
            } else {
                "the pixel hashes for itself, so the server's form must be suspected"
            };
            out.at(
                events[0],
                pointer,
                format!(
                    "{} differs in {number} of {} of browser and server named {}: {how}",
                    KEYS[key],
                    count(compared, "pair"),
                    pairs.name
                ),
            )
            .places(events.iter().copied(), "event of such a pair")
            .events(number);
        }
    }
    Ok(())
}
