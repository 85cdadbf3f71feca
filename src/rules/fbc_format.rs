//! fbc-format: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/fbc-format.md`.
pub static RULE: Rule = crate::rule!("fbc-format", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
