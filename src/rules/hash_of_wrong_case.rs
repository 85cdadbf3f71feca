//! hash-of-wrong-case: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/hash-of-wrong-case.md`.
pub static RULE: Rule = crate::rule!("hash-of-wrong-case", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
