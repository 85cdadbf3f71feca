//! hashed-raw-key: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/hashed-raw-key.md`.
pub static RULE: Rule = crate::rule!("hashed-raw-key", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
