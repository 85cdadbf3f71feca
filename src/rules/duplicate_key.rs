//! duplicate-key: not written yet.

use crate::event::Record;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/duplicate-key.md`.
pub static RULE: Rule = crate::rule!("duplicate-key", Check::Record(check));

fn check(_: &Record<'_, '_>, _: &mut Findings) {}
