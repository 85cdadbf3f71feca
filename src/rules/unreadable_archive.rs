//! unreadable-archive: not written yet.

use crate::rule::{Check, Rule};

/// See `rules/unreadable-archive.md`.
pub static RULE: Rule = crate::rule!("unreadable-archive", Check::Reading);
