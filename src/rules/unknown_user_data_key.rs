//! unknown-user-data-key: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/unknown-user-data-key.md`.
pub static RULE: Rule = crate::rule!("unknown-user-data-key", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
