//! access-token-leaked: not written yet.

use crate::event::Record;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/access-token-leaked.md`.
pub static RULE: Rule = crate::rule!("access-token-leaked", Check::Record(check));

fn check(_: &Record<'_, '_>, _: &mut Findings) {}
