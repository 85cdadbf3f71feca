//! purchase-without-value: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/purchase-without-value.md`.
pub static RULE: Rule = crate::rule!("purchase-without-value", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
