//! What becomes of a finding: which rules speak, how loudly, and what is suppressed.

use std::sync::atomic::{AtomicBool, Ordering};

use globset::GlobSet;

use crate::finding::{Finding, Severity, Subject};
use crate::rules;

/// A suppression of the configuration.
#[derive(Debug)]
pub struct Suppression {
    /// Index of the rule in [`rules::ALL`].
    pub rule: usize,
    /// Files it holds for; `None` for all.
    pub files: Option<GlobSet>,
    /// Pointer from the event, or after `request:` from the request; `None` for every place.
    pub pointer: Option<String>,
    /// Whether its day has come: it hides nothing any more.
    pub expired: bool,
    /// Line of the configuration on which it begins, from 1.
    pub line: u64,
    /// Whether a file was read in this run of those that it names.
    pub asked: AtomicBool,
    /// Whether it hid anything in this run.
    pub used: AtomicBool,
}

/// What becomes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is reported with this severity.
    Report(Severity),
    /// It is counted as suppressed.
    Suppress,
    /// Its rule does not speak in this run.
    Ignore,
}

/// The user's wishes about findings.
#[derive(Debug)]
pub struct Policy {
    /// By index in [`rules::ALL`].
    selected: Vec<bool>,
    severity: Vec<Option<Severity>>,
    suppressions: Vec<Suppression>,
}

impl Default for Policy {
    /// Every rule with the severity of its page, nothing suppressed.
    fn default() -> Policy {
        Policy {
            selected: vec![true; rules::ALL.len()],
            severity: vec![None; rules::ALL.len()],
            suppressions: Vec::new(),
        }
    }
}

/// Rules that are about the reading itself: a run that could not read must not look clean.
const ALWAYS: [&str; 3] = ["record-too-large", "unreadable-archive", "internal-error"];

/// Whether a rule tells of input that was not read, or not all of it.
pub fn tells_of_reading(rule: usize) -> bool {
    ALWAYS.contains(&rules::ALL[rule].name())
}

impl Policy {
    /// Lets only these rules speak, and those that tell of input that could not be read.
    pub fn select(&mut self, selected: Vec<bool>) {
        self.selected = selected;
        for name in ALWAYS {
            self.selected[rules::index_of(name)] = true;
        }
    }

    /// Reports a rule with another severity; `None` switches it off.
    pub fn remap(&mut self, rule: usize, severity: Option<Severity>) {
        match severity {
            Some(severity) => self.severity[rule] = Some(severity),
            None => self.selected[rule] = false,
        }
    }

    /// Adds a suppression.
    pub fn suppress(&mut self, suppression: Suppression) {
        self.suppressions.push(suppression);
    }

    /// The severity that a rule was given in place of its page's.
    pub fn severity_of(&self, rule: usize) -> Option<Severity> {
        self.severity[rule]
    }

    /// Whether a rule speaks at all.
    pub fn speaks(&self, rule: usize) -> bool {
        self.selected[rule]
    }

    /// What becomes of a finding in a file.
    pub fn decide(&self, file: &str, finding: &Finding) -> Decision {
        if !self.selected[finding.rule] {
            return Decision::Ignore;
        }
        for suppression in &self.suppressions {
            if suppression.rule == finding.rule
                && !suppression.expired
                && suppression.covers(file, finding)
            {
                suppression.used.store(true, Ordering::Relaxed);
                return Decision::Suppress;
            }
        }
        Decision::Report(self.severity[finding.rule].unwrap_or(finding.severity))
    }

    /// Notes that a file is read, by its name as patterns see it.
    pub fn begin_file(&self, file: &str) {
        for suppression in &self.suppressions {
            if suppression.files.is_some() && suppression.holds_for(file) {
                suppression.asked.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Suppressions that hid nothing of what was read, or whose day has come, with the reason. Where
    /// the user names other files than the configuration does (`is_partial`), those for every file may
    /// have hid something in the others.
    pub fn idle_suppressions(
        &self,
        is_partial: bool,
    ) -> impl Iterator<Item = (&Suppression, &'static str)> {
        self.suppressions.iter().filter_map(move |suppression| {
            let was_asked = match &suppression.files {
                Some(_) => suppression.asked.load(Ordering::Relaxed),
                None => !is_partial,
            };
            if suppression.expired {
                Some((suppression, "has expired"))
            } else if was_asked && !suppression.used.load(Ordering::Relaxed) {
                Some((suppression, "hid nothing"))
            } else {
                None
            }
        })
    }
}

impl Suppression {
    fn holds_for(&self, file: &str) -> bool {
        let file = file.strip_prefix("./").unwrap_or(file);
        self.files.as_ref().is_none_or(|files| files.is_match(file))
    }

    fn covers(&self, file: &str, finding: &Finding) -> bool {
        if !self.holds_for(file) {
            return false;
        }
        let Some(wanted) = &self.pointer else {
            return true;
        };
        let (subject, wanted) = match wanted.strip_prefix("request:") {
            Some(rest) => (Subject::Request, rest),
            None => (Subject::Event, wanted.as_str()),
        };
        let Some(pointer) = finding.pointer() else {
            return false;
        };
        let same_subject = finding.subject == subject
            || (finding.subject == Subject::Record && subject == Subject::Request);
        same_subject && matches(&pointer.pattern(), wanted)
    }
}

/// Whether a pattern such as `/user_data/em/*` is or lies below the wanted one.
fn matches(pattern: &str, wanted: &str) -> bool {
    let mut steps = pattern.split('/');
    wanted.trim_end_matches('/').split('/').all(|want| {
        steps.next().is_some_and(|step| {
            want == step || want == "*" || (step == "*" && want.bytes().all(|b| b.is_ascii_digit()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suppression_covers_its_place_and_all_below() {
        assert!(matches("/user_data/em/*", "/user_data/em"));
        assert!(matches("/user_data/em/*", "/user_data/em/0"));
        assert!(matches("/user_data/em/*", "/user_data/*"));
        assert!(!matches("/user_data", "/user_data/em"));
        assert!(!matches("/user_data/ph", "/user_data/em"));
        assert!(matches("", ""));
    }
}
