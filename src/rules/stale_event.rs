//! stale-event: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/stale-event.md`.
pub static RULE: Rule = crate::rule!("stale-event", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
