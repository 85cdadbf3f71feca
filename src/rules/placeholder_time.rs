//! placeholder-time: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/placeholder-time.md`.
pub static RULE: Rule = crate::rule!("placeholder-time", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
