//! malformed-json: not written yet.

use crate::rule::{Check, Rule};

/// See `rules/malformed-json.md`.
pub static RULE: Rule = crate::rule!("malformed-json", Check::Reading);
