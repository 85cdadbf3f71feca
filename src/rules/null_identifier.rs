//! null-identifier: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/null-identifier.md`.
pub static RULE: Rule = crate::rule!("null-identifier", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
