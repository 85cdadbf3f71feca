//! CL007: an archive or a packed stream that is damaged or cut off. The engine tells of it while it reads.

use crate::rule::{Check, Rule};

/// See `rules/unreadable-archive.md`.
pub static RULE: Rule = crate::rule!("unreadable-archive", Check::Reading);
