//! no-events-found: not written yet.

use crate::rule::{Check, Rule};

/// See `rules/no-events-found.md`.
pub static RULE: Rule = crate::rule!("no-events-found", Check::Reading);
