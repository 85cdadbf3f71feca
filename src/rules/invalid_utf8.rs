//! invalid-utf8: not written yet.

use crate::rule::{Check, Rule};

/// See `rules/invalid-utf8.md`.
pub static RULE: Rule = crate::rule!("invalid-utf8", Check::Reading);
