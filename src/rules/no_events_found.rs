//! CL006: an input in which there is no event. The engine tells of it while it reads.

use crate::rule::{Check, Rule};

/// See `rules/no-events-found.md`.
pub static RULE: Rule = crate::rule!("no-events-found", Check::Reading);
