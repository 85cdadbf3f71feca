//! unused-suppression: not written yet.

use crate::rule::{Check, Rule};

/// See `rules/unused-suppression.md`.
pub static RULE: Rule = crate::rule!("unused-suppression", Check::Reading);
