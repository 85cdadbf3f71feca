//! insufficient-user-data: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/insufficient-user-data.md`.
pub static RULE: Rule = crate::rule!("insufficient-user-data", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
