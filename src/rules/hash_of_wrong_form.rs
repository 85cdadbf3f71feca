//! CL112: the digest of the right value in another spelling.

use std::io;

use crate::digest::forms::Fault;
use crate::digest::known::NATIONAL;
use crate::digest::mistakes;
use crate::event::Event;
use crate::finding::Findings;
use crate::fix::Safety;
use crate::ledger::{Evidence, LogFindings, Needs, plains};
use crate::rule::{Check, Rule};
use crate::signs::Signs;

/// See `rules/hash-of-wrong-form.md`.
pub static RULE: Rule = crate::rule!(
    "hash-of-wrong-form",
    Check::Event(check),
    conclude,
    Needs::DIGESTS.and(Needs::STANDINGS),
    Safety::Safe
)
.when(Signs::MISTAKE);

/// By plain values that stand elsewhere in the log; they also show what is right.
fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    plains::acquit(log, out);
    plains::tell(log, out, |_, class| {
        class.fault == Fault::Spelling && class.what != NATIONAL
    });
    Ok(())
}

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    mistakes::tell(event, out, |mistake| {
        mistake.fault == Fault::Spelling && mistake.what != NATIONAL
    });
}
