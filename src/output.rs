//! How reports are shown: one file per format. This is the only place that shows payload text,
//! and only when asked; it knows nothing of what counts as a failure.

pub mod concise;
pub mod diff;
pub mod excerpt;
mod fixes;
pub mod human;
pub mod json;
pub mod ndjson;
pub mod page;
pub mod rules_table;
pub mod scores;
pub mod table;
pub mod tee;

use std::io;

use crate::report::{EventRow, Located, Report, Verdict};

/// What a format wants to be told while the run goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wants {
    /// Every finding with its place, in input order; otherwise only the examples of the groups.
    pub findings: bool,
    /// Every event; otherwise the first few rows of the report.
    pub events: bool,
    /// Excerpts for the examples of the groups.
    pub excerpts: bool,
}

/// What every format may use beside the report.
#[derive(Clone, Debug, Default)]
pub struct Style {
    /// Whether to use colours.
    pub colour: bool,
    /// Columns of the terminal, or a fixed number when the output is no terminal.
    pub width: usize,
    /// Whether payload values may be printed.
    pub show_values: bool,
    /// Findings shown in full by the human format.
    pub max_findings: usize,
    /// Whether totals come before findings (`--profile audit`).
    pub totals_first: bool,
    /// Only the verdict line.
    pub quiet: bool,
    /// More detail: fixes one by one, clocks, timings.
    pub verbose: bool,
    /// Rows of events in machine-readable output; `None` for all.
    pub max_events: Option<usize>,
    /// How `--as-of` was given: `auto`, `now`, `newest`, or a time in RFC 3339.
    pub as_of: String,
    /// Whether fixes were made (`--fix`) or only shown (`--diff`).
    pub fixing: Fixing,
}

/// What happens with fixes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fixing {
    /// They are only offered.
    #[default]
    Off,
    /// They are shown and not made.
    Diff,
    /// They are made.
    Write,
}

/// One output format. Broken pipes are the caller's business: any error is passed on.
pub trait Reporter {
    /// What it wants to be told before the end.
    fn wants(&self) -> Wants;

    /// One finding, in input order; called only when wanted.
    fn finding(&mut self, finding: &Located) -> io::Result<()>;

    /// One event, in input order; called only when wanted.
    fn event(&mut self, row: &EventRow) -> io::Result<()>;

    /// The end of the run.
    fn finish(&mut self, report: &Report, verdict: &Verdict) -> io::Result<()>;
}

#[cfg(test)]
mod tests;
