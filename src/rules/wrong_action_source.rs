//! wrong-action-source: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/wrong-action-source.md`.
pub static RULE: Rule = crate::rule!("wrong-action-source", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
