//! value-without-currency: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/value-without-currency.md`.
pub static RULE: Rule = crate::rule!("value-without-currency", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
