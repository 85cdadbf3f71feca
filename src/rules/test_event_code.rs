//! test-event-code: not written yet.

use crate::event::Request;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/test-event-code.md`.
pub static RULE: Rule = crate::rule!("test-event-code", Check::Request(check));

fn check(_: &Request<'_, '_>, _: &mut Findings) {}
