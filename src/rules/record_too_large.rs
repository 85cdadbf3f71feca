//! record-too-large: not written yet.

use crate::rule::{Check, Rule};

/// See `rules/record-too-large.md`.
pub static RULE: Rule = crate::rule!("record-too-large", Check::Reading);
