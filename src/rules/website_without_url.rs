//! website-without-url: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/website-without-url.md`.
pub static RULE: Rule = crate::rule!("website-without-url", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
