//! CL105: the digest of a digest.

use crate::digest::forms::Fault;
use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/double-hash.md`.
pub static RULE: Rule = crate::rule!("double-hash", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    for mistake in event.mistakes() {
        if mistake.fault != Fault::Twice {
            continue;
        }
        let item = event.item(mistake.place);
        let pointer = item.pointer_from(event.root().place());
        let message = format!("{} is {}", mistake.name, mistake.what);
        mistake.dress(pointer, out.at(item, message));
    }
}
