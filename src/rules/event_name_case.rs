//! event-name-case: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/event-name-case.md`.
pub static RULE: Rule = crate::rule!("event-name-case", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
