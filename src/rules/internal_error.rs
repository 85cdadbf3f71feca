//! CL009: a rule that failed; what the others say stands. The engine tells of it while it reads.

use crate::rule::{Check, Rule};

/// See `rules/internal-error.md`.
pub static RULE: Rule = crate::rule!("internal-error", Check::Reading);
