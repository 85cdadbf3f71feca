//! click-time-in-seconds: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/click-time-in-seconds.md`.
pub static RULE: Rule = crate::rule!("click-time-in-seconds", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
