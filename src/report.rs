//! What a run amounts to: totals that can be merged, the gate, and the one verdict that is both
//! printed and returned as exit code.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::envelope::when::Trust;
use crate::facts::Facts;
use crate::finding::{Certainty, Effect, Severity};
use crate::fix::Safety;
use crate::known::ListTally;
use crate::pixel::Pairing;
use crate::repair::Change;
use crate::resend::ResendTally;
use crate::rules;
use crate::score::{Estimate, NameScore, Presence};

/// A place in a file as it lies on disk; inside a compressed file, in the unpacked text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// From 1.
    pub line: u64,
    /// From 1, in characters.
    pub column: u64,
    /// Bytes from the start.
    pub offset: u64,
    /// Bytes.
    pub length: u64,
}

/// A piece of an event for people to read: the value in question and its neighbours, values
/// hidden unless asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// A few lines of JSON.
    pub text: String,
    /// The bytes of `text` that the finding is about.
    pub mark: Range<usize>,
}

/// A finding with its place, ready to be shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Located {
    /// Index of the rule in [`rules::ALL`].
    pub rule: usize,
    pub severity: Severity,
    pub effect: Effect,
    pub certainty: Certainty,
    pub message: String,
    /// What to do.
    pub help: String,
    /// The name of the file as the user gave it, `<stdin>` for standard input.
    pub file: String,
    pub location: Location,
    /// Index of the event in the file, from 0.
    pub event: Option<u64>,
    /// The event's name, fit to be printed.
    pub event_name: Option<String>,
    /// The pointer from the root of the JSON text, fit to be printed.
    pub pointer: Option<String>,
    /// The pointer from the event or request with list indexes as `*`: what findings are grouped
    /// by.
    pub pattern: String,
    /// The fix on offer.
    pub fix: Option<(Safety, String)>,
    pub excerpt: Option<Excerpt>,
    /// How the payload was taken out of the text around it, from the outside in: `json string`,
    /// `base64` ….
    pub via: Vec<String>,
    /// Other places that belong to the evidence.
    pub related: Vec<Related>,
}

/// Another place that belongs to the evidence of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    pub file: String,
    /// From 1.
    pub line: u64,
    /// Index of the event in the file, from 0.
    pub event: Option<u64>,
    /// What it has to do with the finding: `the first event with this id`.
    pub what: String,
}

impl Located {
    /// The name of the rule.
    pub fn rule_name(&self) -> &'static str {
        rules::ALL[self.rule].name()
    }

    /// The id of the rule.
    pub fn rule_id(&self) -> &'static str {
        rules::ALL[self.rule].id()
    }
}

/// One event in a list of events.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EventRow {
    pub file: String,
    /// From 1.
    pub line: u64,
    /// Index of the event in the file, from 0.
    pub event: u64,
    /// From the root of the JSON text.
    pub pointer: String,
    /// Fit to be printed; `None` when the event has none.
    pub event_name: Option<String>,
    /// Only when values may be shown.
    pub event_id: Option<String>,
    /// `None` for events that have no Meta score.
    pub score: Option<Estimate>,
    pub presence: Presence,
}

/// How often a rule spoke.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleTally {
    /// Findings by severity: info, warning, error.
    pub findings: [u64; 3],
    /// Events with at least one of them, by the worst severity among them: info, warning, error.
    pub events: [u64; 3],
    /// Findings that have a fix, by its safety: unsafe, safe.
    #[serde(default)]
    pub fixable: [u64; 2],
}

impl RuleTally {
    /// Adds what another part of the log amounts to.
    pub fn add(&mut self, other: &RuleTally) {
        let sums = self.findings.iter_mut().chain(&mut self.events);
        let numbers = other.findings.iter().chain(&other.events);
        for (sum, number) in sums
            .chain(&mut self.fixable)
            .zip(numbers.chain(&other.fixable))
        {
            *sum += number;
        }
    }

    /// Counts events with a severity; with `again`, they were counted one by one before: those with
    /// a lesser severity move, and those with a greater one stay where they are.
    pub fn count_events(&mut self, severity: Severity, events: u64, again: bool) {
        let at = severity as usize;
        let mut rest = if again { events } else { 0 };
        for counted in &mut self.events[..at] {
            let moved = rest.min(*counted);
            *counted -= moved;
            rest -= moved;
        }
        let stay = rest.min(self.events[at + 1..].iter().sum());
        self.events[at] += events - stay;
    }

    /// All findings.
    pub fn total(&self) -> u64 {
        self.findings.iter().sum()
    }

    /// All events that the rule spoke of.
    pub fn all_events(&self) -> u64 {
        self.events.iter().sum()
    }

    /// The worst severity with which it spoke.
    pub fn worst(&self) -> Option<Severity> {
        [Severity::Error, Severity::Warning, Severity::Info]
            .into_iter()
            .find(|&severity| self.findings[severity as usize] > 0)
    }
}

/// Findings of one rule at one kind of place.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Group {
    pub rule: usize,
    pub severity: Severity,
    pub pattern: String,
    pub findings: u64,
    /// The first of them, as many as are wanted.
    pub examples: Vec<Located>,
}

/// An input that could not be read, or not be written. The run goes on; its exit code is 2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputError {
    /// As the user gave it.
    pub path: String,
    /// What went wrong, without any payload.
    pub message: String,
    /// What failed.
    pub doing: Doing,
}

/// What was being done with an input when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Doing {
    Reading,
    /// It was read, and only its fixes could not be written.
    Rewriting,
    /// What was made of it could not be written elsewhere.
    Writing,
}

impl Doing {
    const ALL: [Doing; 3] = [Doing::Reading, Doing::Rewriting, Doing::Writing];

    /// What is said of it.
    pub fn failed(self) -> &'static str {
        match self {
            Doing::Reading => "could not be read",
            Doing::Rewriting => "could not be rewritten",
            Doing::Writing => "could not be written",
        }
    }
}

impl InputError {
    /// What went wrong, for a line that says no more than the path.
    pub fn told(&self) -> Cow<'_, str> {
        match self.doing {
            Doing::Reading => Cow::Borrowed(&self.message),
            doing => Cow::Owned(format!("{}: {}", doing.failed(), self.message)),
        }
    }
}

/// What was found in one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileTally {
    pub name: String,
    pub bytes: u64,
    pub records: u64,
    pub requests: u64,
    pub events: u64,
    pub findings: u64,
    /// With `--fix`: whether it was rewritten.
    pub rewritten: bool,
}

/// How many events each clock was used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockTally {
    pub given: u64,
    pub capture: u64,
    pub request: u64,
    pub newest: u64,
    pub file: u64,
    pub wall: u64,
}

/// Texts that name an event and hold none that can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnreadTally {
    /// They were cut off.
    pub truncated: u64,
    /// They were printed in a form that leaves things out, or that is not read.
    pub printed: u64,
}

/// What Meta answered, as far as the log tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerTally {
    /// Answers that took events.
    pub taken: u64,
    /// Answers that refused, by code and subcode of the error.
    pub refused: BTreeMap<(i64, Option<i64>), u64>,
    /// Answers with their request in the same record, or right before them.
    pub paired: u64,
}

/// A fix that was made or would be, with its place.
#[derive(Clone, Debug)]
pub struct LocatedChange {
    pub file: String,
    pub line: u64,
    pub event: Option<u64>,
    /// From the root of the JSON text, fit to be printed.
    pub pointer: String,
    pub change: Change,
    /// What stood there, as a class, and what stands there now.
    pub before: String,
    pub after: String,
    /// The old and the new text of the event, only when values may be shown.
    pub texts: Option<(String, String)>,
}

/// Totals of `--fix` and `--diff`.
#[derive(Clone, Debug, Default)]
pub struct FixTally {
    /// Number of fixes made, by rule.
    pub made: BTreeMap<usize, u64>,
    /// Fixes withheld because something else would be refused or leak, by rule.
    pub withheld: BTreeMap<usize, u64>,
    /// Events left as they were, because nothing usable would remain of their user_data.
    pub left: u64,
    /// Fixes on offer that need `--unsafe-fixes`.
    pub needs_consent: u64,
    /// The first changes, as many as are wanted.
    pub examples: Vec<LocatedChange>,
    /// For the files of which `--diff` shows the values: what turns each into the fixed one.
    pub patches: Vec<(String, String)>,
    /// The first withheld ones.
    pub withheld_examples: Vec<LocatedChange>,
    /// Fixes that could not be written back and why: (reason, number).
    pub not_written: BTreeMap<String, u64>,
}

impl FixTally {
    /// All fixes made.
    pub fn total(&self) -> u64 {
        self.made.values().sum()
    }
}

/// Everything that a run found out, in totals.
#[derive(Debug, Default)]
pub struct Report {
    pub files: Vec<FileTally>,
    pub errors: Vec<InputError>,
    pub bytes: u64,
    pub lines: u64,
    pub records: u64,
    pub requests: u64,
    pub events: u64,
    /// Events left out by `--dataset`, `--event-name`, `--since`, `--until`.
    pub filtered: u64,
    /// Lines that hold neither JSON nor an event: request lines, headers, comments.
    pub skipped_lines: u64,
    /// JSON texts without an event.
    pub other_records: u64,
    pub suppressed: u64,
    pub fixable_safe: u64,
    pub fixable_unsafe: u64,
    pub clocks: ClockTally,
    pub facts: Facts,
    /// Copies of events that came before; `None` when the whole log was not looked at for them.
    pub duplicates: Option<u64>,
    /// Datasets asked for by `--dataset` to which no event went, by their number in that list,
    /// from 1.
    pub missing_datasets: Vec<usize>,
    /// Events with a time of capture, by whose clock it is from: in the order of [`Trust::ALL`].
    pub captured: [u64; Trust::ALL.len()],
    /// Texts that name an event and hold none that can be read.
    pub unread: UnreadTally,
    pub answers: AnswerTally,
    /// By index in [`rules::ALL`].
    pub rules: Vec<RuleTally>,
    /// In the order in which they were first met.
    pub groups: Vec<Group>,
    /// By event_name, fit to be printed; `None` for events without one.
    pub names: BTreeMap<String, NameScore>,
    /// The first events, as many as are wanted.
    pub rows: Vec<EventRow>,
    pub fixes: FixTally,
    /// What a capture of the browser's requests shows beside the log.
    pub pixel: Option<Pairing>,
    /// What was read of the lists of known values.
    pub known: Option<ListTally>,
    /// What was written to be sent again (`--fix-to`).
    pub resent: Option<ResendTally>,
    /// Panics of rules: a fault of this program.
    pub internal_errors: u64,
    /// The run was stopped by a signal.
    pub interrupted: bool,
}

impl Report {
    /// All findings of a severity.
    pub fn count(&self, severity: Severity) -> u64 {
        self.rules
            .iter()
            .map(|tally| tally.findings[severity as usize])
            .sum()
    }

    /// The share of events of which a rule spoke.
    pub fn rate(&self, rule: usize) -> f64 {
        if self.events == 0 {
            0.0
        } else {
            self.rules[rule].all_events() as f64 / self.events as f64
        }
    }
}

/// What makes a run fail.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gate {
    /// Findings of this severity or worse; `None` for never.
    pub fail_on: Option<Severity>,
    /// Estimates of any event_name below this.
    pub min_score: Option<f64>,
    /// Findings count only for rules that speak of more than this share of events.
    pub max_rate: Option<f64>,
    /// An input without a single event is in order.
    pub allow_empty: bool,
    /// With `--diff`: fail when something would change.
    pub fail_on_change: bool,
}

/// How a run ended. The line that is printed and the exit code both come from here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing at or above the gate.
    Pass,
    /// Findings at the gate, with the reasons.
    Fail(Vec<String>),
    /// Something could not be read or went wrong, with the reasons.
    Broken(Vec<String>),
}

impl Verdict {
    /// The verdict on a report.
    pub fn of(report: &Report, gate: &Gate) -> Verdict {
        let mut broken = Vec::new();
        if report.interrupted {
            broken.push("it was interrupted".to_owned());
        }
        for doing in Doing::ALL {
            let errors = report.errors.iter().filter(|error| error.doing == doing);
            let number = errors.count() as u64;
            if number > 0 {
                let what = match doing {
                    Doing::Writing => "output",
                    Doing::Reading | Doing::Rewriting => "input",
                };
                broken.push(format!("{} {}", count(number, what), doing.failed()));
            }
        }
        if report.internal_errors > 0 {
            broken.push(count(report.internal_errors, "internal error"));
        }
        if report.events == 0 && !gate.allow_empty {
            broken.push(if report.facts.elsewhere + report.facts.nowhere == report.filtered
                && report.filtered > 0
            {
                format!(
                    "no event went to the dataset of --dataset (to others: {}; the log does not say where: {})",
                    report.facts.elsewhere, report.facts.nowhere
                )
            } else if report.filtered > 0 {
                "no event was left to look at by the filters".to_owned()
            } else {
                "no event was found".to_owned()
            });
        }
        if !broken.is_empty() {
            return Verdict::Broken(broken);
        }
        let reasons = gate.reasons(report);
        if reasons.is_empty() {
            Verdict::Pass
        } else {
            Verdict::Fail(reasons)
        }
    }

    /// 0, 1 or 2, as the contract has it.
    pub fn exit_code(&self) -> u8 {
        match self {
            Verdict::Pass => 0,
            Verdict::Fail(_) => 1,
            Verdict::Broken(_) => 2,
        }
    }

    /// The word in machine-readable output.
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail(_) => "fail",
            Verdict::Broken(_) => "error",
        }
    }

    /// Why, in the order of weight.
    pub fn reasons(&self) -> &[String] {
        match self {
            Verdict::Pass => &[],
            Verdict::Fail(reasons) | Verdict::Broken(reasons) => reasons,
        }
    }
}

impl std::fmt::Display for Verdict {
    /// The verdict line: `fail: 3 errors, 1 warning`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Verdict::Pass => f.write_str("pass: nothing at or above the gate"),
            Verdict::Fail(reasons) | Verdict::Broken(reasons) => {
                write!(f, "{}: {}", self.word(), reasons.join(", "))
            }
        }
    }
}

impl Gate {
    fn reasons(&self, report: &Report) -> Vec<String> {
        let mut reasons = Vec::new();
        if let Some(least) = self.fail_on {
            match self.max_rate {
                None => {
                    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
                        let found = report.count(severity);
                        if severity >= least && found > 0 {
                            reasons.push(match severity {
                                Severity::Info => format!("{found} info"),
                                _ => count(found, severity.word()),
                            });
                        }
                    }
                }
                Some(max) => {
                    for (index, tally) in report.rules.iter().enumerate() {
                        let events: u64 = tally.events[least as usize..].iter().sum();
                        let rate = events as f64 / report.events.max(1) as f64;
                        let findings: u64 = tally.findings[least as usize..].iter().sum();
                        // A fault of a whole request or file has no event to count by.
                        let name = rules::ALL[index].name();
                        if rate > max {
                            reasons.push(format!("{name} on {:.2} % of events", rate * 100.0));
                        } else if events == 0 && findings > 0 {
                            let findings = count(findings, "finding");
                            reasons.push(format!("{name}, {findings} not counted by event"));
                        }
                    }
                }
            }
        }
        if let Some(least) = self.min_score {
            for (name, score) in &report.names {
                // As it is printed, so that the reason can be seen in the report.
                let shown = score.score().map(crate::score::tenth);
                if let Some(mean) = shown.filter(|mean| *mean < least) {
                    reasons.push(format!("{name} scores {mean:.1}, below {least}"));
                }
            }
        }
        if self.fail_on_change && report.fixes.total() > 0 {
            reasons.push(count(report.fixes.total(), "fix") + " would be made");
        }
        reasons
    }
}

/// `1 error`, `2 errors`.
pub fn count(number: u64, word: &str) -> String {
    let plural = match word {
        _ if number == 1 => "",
        "fix" => "es",
        _ => "s",
    };
    format!("{number} {word}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_counts_once_a_rule() {
        let mut tally = RuleTally::default();
        tally.count_events(Severity::Info, 8, false);
        tally.count_events(Severity::Warning, 3, false);
        tally.count_events(Severity::Error, 9, true);
        assert_eq!(tally.events, [0, 2, 9]);
        tally.count_events(Severity::Info, 4, true);
        assert_eq!(tally.events, [0, 2, 9]);
        tally.count_events(Severity::Error, 4, false);
        assert_eq!(tally.all_events(), 15);
    }
}
