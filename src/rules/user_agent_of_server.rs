//! user-agent-of-server: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/user-agent-of-server.md`.
pub static RULE: Rule = crate::rule!("user-agent-of-server", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
