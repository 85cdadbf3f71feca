//! internal-error: not written yet.

use crate::rule::{Check, Rule};

/// See `rules/internal-error.md`.
pub static RULE: Rule = crate::rule!("internal-error", Check::Reading);
