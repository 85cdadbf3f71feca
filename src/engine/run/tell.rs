//! Tells findings that have their place.

use std::io;

use crate::finding::{Finding, Findings, Severity, Subject};
use crate::policy::Decision;
use crate::report::{FileTally, Group, Located, Location};
use crate::rules;

use super::Run;

impl Run<'_> {
    /// Reports something about a whole file, or about a line of the configuration.
    pub fn tell_of_file(
        &mut self,
        tally: &mut FileTally,
        rule: &str,
        message: String,
        line: Option<u64>,
    ) -> io::Result<()> {
        let mut findings = Findings::new();
        findings.begin(rules::index_of(rule), Subject::File, 0);
        findings.here(message);
        let finding = findings.take().remove(0);
        let Some(severity) = self.decided(&tally.name, &finding) else {
            return Ok(());
        };
        let meta = rules::ALL[finding.rule].meta();
        let located = Located {
            rule: finding.rule,
            severity,
            effect: finding.effect,
            certainty: finding.certainty,
            message: finding.message,
            help: meta.help.clone(),
            file: tally.name.clone(),
            location: Location {
                line: line.unwrap_or(1),
                column: 1,
                offset: 0,
                length: 0,
            },
            event: None,
            event_name: None,
            pointer: None,
            pattern: String::new(),
            fix: None,
            excerpt: None,
            via: Vec::new(),
            related: Vec::new(),
        };
        self.tell(tally, severity, located)
    }

    /// How loudly a finding is told about the file that suppressions know as `key`; `None` when it is
    /// not.
    pub(super) fn decided(&mut self, key: &str, finding: &Finding) -> Option<Severity> {
        match self.linter.settings.policy.decide(key, finding) {
            Decision::Report(severity) => Some(severity),
            Decision::Suppress => {
                self.report.suppressed += 1;
                None
            }
            Decision::Ignore => None,
        }
    }

    /// Passes a finding on to whoever wants them.
    pub(super) fn tell_finding(&mut self, located: &Located) -> io::Result<()> {
        if let Some(part) = &mut self.part {
            part.finding(located);
        }
        match self.reporter.wants().findings {
            true => self.reporter.finding(located),
            false => Ok(()),
        }
    }

    /// Counts and tells a finding that has its place already.
    pub(super) fn tell(
        &mut self,
        tally: &mut FileTally,
        severity: Severity,
        located: Located,
    ) -> io::Result<()> {
        tally.findings += 1;
        self.report.rules[located.rule].findings[severity as usize] += 1;
        self.tell_finding(&located)?;
        let key = (located.rule, severity, located.pattern.clone());
        let index = *self.groups.entry(key).or_insert_with(|| {
            self.report.groups.push(Group {
                rule: located.rule,
                severity,
                pattern: located.pattern.clone(),
                findings: 0,
                examples: Vec::new(),
            });
            self.report.groups.len() - 1
        });
        let group = &mut self.report.groups[index];
        group.findings += 1;
        if group.examples.len() < self.linter.settings.examples {
            group.examples.push(located);
            self.shown += 1;
        }
        Ok(())
    }
}
