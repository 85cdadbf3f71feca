//! hash-encoding: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/hash-encoding.md`.
pub static RULE: Rule = crate::rule!("hash-encoding", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
