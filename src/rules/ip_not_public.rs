//! ip-not-public: not written yet.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/ip-not-public.md`.
pub static RULE: Rule = crate::rule!("ip-not-public", Check::Event(check));

fn check(_: &Event<'_, '_>, _: &mut Findings) {}
