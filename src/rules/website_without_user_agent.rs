//! website-without-user-agent: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/website-without-user-agent.md`.
pub static RULE: Rule = crate::rule!("website-without-user-agent", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
