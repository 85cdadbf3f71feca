//! missing-action-source: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/missing-action-source.md`.
pub static RULE: Rule = crate::rule!("missing-action-source", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
