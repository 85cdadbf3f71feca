//! truncated-hash: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/truncated-hash.md`.
pub static RULE: Rule = crate::rule!("truncated-hash", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
