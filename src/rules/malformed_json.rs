//! CL001: text that is meant to be JSON and is none. The engine tells of it while it reads.

use crate::rule::{Check, Rule};

/// See `rules/malformed-json.md`.
pub static RULE: Rule = crate::rule!("malformed-json", Check::Reading);
