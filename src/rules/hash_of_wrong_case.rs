//! CL111: the digest of the right value in the wrong case.

use crate::digest::forms::Fault;
use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};
use crate::signs::Signs;

/// See `rules/hash-of-wrong-case.md`.
pub static RULE: Rule =
    crate::rule!("hash-of-wrong-case", Check::Event(check)).when(Signs::MISTAKE);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    for mistake in event.mistakes() {
        if mistake.fault != Fault::Case {
            continue;
        }
        let item = event.item(mistake.place);
        let pointer = item.pointer_from(event.root().place());
        let message = format!("{} is the digest of {}", mistake.name, mistake.what);
        mistake.dress(pointer, out.at(item, message));
    }
}
