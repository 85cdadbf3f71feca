//! CL003: bytes that are not UTF-8. The engine tells of it while it reads.

use crate::rule::{Check, Rule};

/// See `rules/invalid-utf8.md`.
pub static RULE: Rule = crate::rule!("invalid-utf8", Check::Reading);
