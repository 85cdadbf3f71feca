//! not-sha256: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/not-sha256.md`.
pub static RULE: Rule = crate::rule!("not-sha256", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
