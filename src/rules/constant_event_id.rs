//! constant-event-id: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/constant-event-id.md`.
pub static RULE: Rule = crate::rule!("constant-event-id", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
