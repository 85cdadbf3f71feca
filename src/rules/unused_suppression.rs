//! CL008: a suppression that hides nothing. The command tells of it at the end of a run.

use crate::rule::{Check, Rule};

/// See `rules/unused-suppression.md`.
pub static RULE: Rule = crate::rule!("unused-suppression", Check::Reading);
