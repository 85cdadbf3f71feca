//! hash-of-empty: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/hash-of-empty.md`.
pub static RULE: Rule = crate::rule!("hash-of-empty", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
