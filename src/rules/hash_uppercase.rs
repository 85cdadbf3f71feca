//! hash-uppercase: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/hash-uppercase.md`.
pub static RULE: Rule = crate::rule!("hash-uppercase", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
