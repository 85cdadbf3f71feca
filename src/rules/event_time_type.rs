//! event-time-type: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/event-time-type.md`.
pub static RULE: Rule = crate::rule!("event-time-type", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
