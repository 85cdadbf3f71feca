//! CL111: the digest of the right value in the wrong case.

use std::io;

use crate::digest::forms::Fault;
use crate::digest::mistakes;
use crate::event::Event;
use crate::finding::Findings;
use crate::fix::Safety;
use crate::ledger::{Evidence, LogFindings, Needs, plains};
use crate::rule::{Check, Rule};
use crate::signs::Signs;

/// See `rules/hash-of-wrong-case.md`.
pub static RULE: Rule = crate::rule!(
    "hash-of-wrong-case",
    Check::Event(check),
    conclude,
    Needs::DIGESTS.and(Needs::STANDINGS),
    Safety::Safe
)
.when(Signs::MISTAKE);

/// By plain values that stand elsewhere in the log.
fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    plains::tell(log, out, |_, class| class.fault == Fault::Case);
    Ok(())
}

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    mistakes::tell(event, out, |mistake| mistake.fault == Fault::Case);
}
