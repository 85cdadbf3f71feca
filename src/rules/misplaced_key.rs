//! misplaced-key: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/misplaced-key.md`.
pub static RULE: Rule = crate::rule!("misplaced-key", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
