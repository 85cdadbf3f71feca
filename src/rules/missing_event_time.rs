//! missing-event-time: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/missing-event-time.md`.
pub static RULE: Rule = crate::rule!("missing-event-time", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
