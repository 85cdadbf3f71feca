//! Several formats at once.

use std::io;

use super::{Reporter, Wants};
use crate::report::{EventRow, Located, Report, Verdict};

/// Tells everything to several reporters. One that fails is not told any more; its error comes
/// back at the end, after the others are complete.
pub struct Tee {
    reporters: Vec<(Box<dyn Reporter>, Wants)>,
    failed: Option<io::Error>,
}

impl Tee {
    /// One reporter out of several.
    pub fn new(reporters: Vec<Box<dyn Reporter>>) -> Tee {
        let reporters = reporters
            .into_iter()
            .map(|reporter| {
                let wants = reporter.wants();
                (reporter, wants)
            })
            .collect();
        Tee {
            reporters,
            failed: None,
        }
    }

    fn tell(
        &mut self,
        wanted: impl Fn(&Wants) -> bool,
        mut tell: impl FnMut(&mut dyn Reporter) -> io::Result<()>,
    ) -> io::Result<()> {
        let failed = &mut self.failed;
        self.reporters.retain_mut(|(reporter, wants)| {
            if !wanted(wants) {
                return true;
            }
            match tell(reporter.as_mut()) {
                Ok(()) => true,
                Err(error) => {
                    failed.get_or_insert(error);
                    false
                }
            }
        });
        match (&self.failed, self.reporters.is_empty()) {
            // Nobody listens any more.
            (Some(_), true) => Err(self.failed.take().expect("just seen")),
            _ => Ok(()),
        }
    }
}

impl Reporter for Tee {
    fn wants(&self) -> Wants {
        self.reporters
            .iter()
            .fold(Wants::default(), |sum, (_, wants)| Wants {
                findings: sum.findings || wants.findings,
                events: sum.events || wants.events,
                excerpts: sum.excerpts || wants.excerpts,
            })
    }

    fn finding(&mut self, finding: &Located) -> io::Result<()> {
        self.tell(|wants| wants.findings, |reporter| reporter.finding(finding))
    }

    fn event(&mut self, row: &EventRow) -> io::Result<()> {
        self.tell(|wants| wants.events, |reporter| reporter.event(row))
    }

    fn finish(&mut self, report: &Report, verdict: &Verdict) -> io::Result<()> {
        self.tell(|_| true, |reporter| reporter.finish(report, verdict))?;
        match self.failed.take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}
