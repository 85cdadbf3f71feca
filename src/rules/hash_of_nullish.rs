//! hash-of-nullish: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/hash-of-nullish.md`.
pub static RULE: Rule = crate::rule!("hash-of-nullish", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
