//! CL004: a record larger than what is held in memory. The engine tells of it while it reads.

use crate::rule::{Check, Rule};

/// See `rules/record-too-large.md`.
pub static RULE: Rule = crate::rule!("record-too-large", Check::Reading);
