//! CL104: the digest of a placeholder or of a documentation sample.

use crate::digest::worthless::{Class, Standing};
use crate::event::Event;
use crate::finding::Findings;
use crate::fix::Fix;
use crate::rule::{Check, Rule};

/// See `rules/hash-of-placeholder.md`.
pub static RULE: Rule = crate::rule!("hash-of-placeholder", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    for (identifier, entry) in event.worthless() {
        let what = match entry.class {
            Class::Placeholder => "a placeholder",
            Class::Sample => "a sample value of Meta's documentation",
            _ => continue,
        };
        if entry.standing(identifier.name) == Standing::Right {
            continue;
        }
        let item = event.item(identifier.place);
        let pointer = item.pointer_from(event.root().place());
        let twice = if entry.twice { "the digest of " } else { "" };
        out.at(
            item,
            format!("{} is the digest of {twice}{what}", identifier.name),
        )
        .fix(Fix::safe("remove the digest of nobody's data").remove(pointer));
    }
}
