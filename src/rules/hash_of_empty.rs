//! CL102: the digest of the empty string.

use crate::digest::worthless::Class;
use crate::event::Event;
use crate::finding::Findings;
use crate::fix::Fix;
use crate::rule::{Check, Rule};
use crate::signs::Signs;

/// See `rules/hash-of-empty.md`.
pub static RULE: Rule = crate::rule!("hash-of-empty", Check::Event(check)).when(Signs::WORTHLESS);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    for (identifier, entry) in event.worthless() {
        if entry.class != Class::Empty {
            continue;
        }
        let item = event.item(identifier.place);
        let twice = if entry.twice { "the digest of " } else { "" };
        let message = format!(
            "{} is the digest of {twice}the empty string or of white space",
            identifier.name
        );
        let pointer = item.pointer_from(event.root().place());
        out.at(item, message)
            .fix(Fix::safe("remove the digest of nothing").remove(pointer));
    }
}
