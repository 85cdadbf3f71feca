//! `concise`: one line a finding, then what became of fixes, and the verdict.

use std::io::{self, Write};

use super::table::paint;
use super::{Reporter, Style, Wants, fixes};
use crate::finding::Severity;
use crate::report::{EventRow, Located, Report, Verdict};
use crate::values::printable::visible;

/// `file:line:col: error CL102 hash-of-empty: message [/pointer] [fix: safe]`.
pub struct Concise<W> {
    out: W,
    style: Style,
}

impl<W: Write> Concise<W> {
    /// Writes to `out`.
    pub fn new(out: W, style: Style) -> Self {
        Concise { out, style }
    }
}

impl<W: Write> Reporter for Concise<W> {
    fn wants(&self) -> Wants {
        Wants {
            findings: !self.style.quiet,
            ..Wants::default()
        }
    }

    fn finding(&mut self, finding: &Located) -> io::Result<()> {
        let code = match finding.severity {
            Severity::Error => "31",
            Severity::Warning => "33",
            Severity::Info => "36",
        };
        write!(
            self.out,
            "{}: {} {} {}: {}",
            place(finding),
            paint(&self.style, code, finding.severity.word()),
            finding.rule_id(),
            finding.rule_name(),
            finding.message
        )?;
        if let Some(pointer) = finding.pointer.as_deref().filter(|p| !p.is_empty()) {
            write!(self.out, " [{pointer}]")?;
        }
        if let Some((safety, _)) = &finding.fix {
            write!(self.out, " [fix: {}]", safety.word())?;
        }
        writeln!(self.out)
    }

    fn event(&mut self, _: &EventRow) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, report: &Report, verdict: &Verdict) -> io::Result<()> {
        for error in &report.errors {
            writeln!(self.out, "{}: {}", visible(&error.path), error.told())?;
        }
        if !self.style.quiet {
            write!(
                self.out,
                "{}",
                fixes::lines(report, self.style.fixing, false)
            )?;
        }
        writeln!(self.out, "{verdict}")?;
        self.out.flush()
    }
}

/// `file:line:col`, or the file alone when the finding is about all of it.
pub fn place(finding: &Located) -> String {
    let location = finding.location;
    if location.line == 0 {
        visible(&finding.file).into_owned()
    } else {
        let file = visible(&finding.file);
        format!("{file}:{}:{}", location.line, location.column)
    }
}
