//! One JSON text and what comes of it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bumpalo::Bump;

use super::Group;
use crate::clock::Clock;
use crate::envelope::search::{Found, Kind, Origin};
use crate::event::{Envelope, Payloads};
use crate::finding::{Certainty, Finding, Findings, Place, Severity, Subject};
use crate::json::quick::Guesses;
use crate::json::{Item, Pointer, Tape, tree};
use crate::rules;

/// What came of reading one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// Bytes up to the end of the JSON value.
    pub end: usize,
    /// Where the first comment or superfluous comma stands.
    pub relaxed_at: Option<usize>,
}

/// A JSON text, where its requests and events lie, and what rules said of it. Used again for the
/// next text.
#[derive(Default)]
pub(super) struct Sheet<'a> {
    pub text: &'a str,
    pub tape: Tape<'a>,
    pub payloads: Payloads,
    /// What was found deeper in the text.
    pub found: Found<'a>,
    /// What stands around the text.
    pub outer: Envelope<'a>,
    /// Where the text stands in its record, when that may hold the same events more than once.
    pub origin: Option<Origin>,
    /// Whether its events were seen in another text of its record.
    pub is_copy: bool,
    /// The clock of the event that it is, when it is read as an element of `data`.
    pub element: Option<Clock>,
    /// The number of events and of request bodies that were looked at.
    pub events: usize,
    pub requests: usize,
    pub findings: Findings,
    pub groups: Vec<Group>,
    /// How many events stand before each group of another kind.
    before: Vec<usize>,
    /// What was said of events, until it is put between the rest: their number and their place.
    told: Vec<(usize, u32, Vec<Finding>)>,
}

impl<'a> Sheet<'a> {
    pub fn new() -> Self {
        Sheet {
            tape: Tape::roomy(),
            ..Sheet::default()
        }
    }

    /// Reads the JSON value at the start of `text` if it is plain.
    pub fn read_plain(
        &mut self,
        text: &'a str,
        arena: &'a Bump,
        guesses: &mut Guesses,
    ) -> Option<Read> {
        let end = self.tape.parse_plain(text, arena, guesses)?;
        Some(self.has_read(text, end, None))
    }

    /// Reads the JSON value at the start of `text`.
    pub fn read(
        &mut self,
        text: &'a str,
        arena: &'a Bump,
        guesses: &mut Guesses,
    ) -> Result<Read, tree::SyntaxError> {
        if let Some(read) = self.read_plain(text, arena, guesses) {
            return Ok(read);
        }
        if let Ok(end) = self.tape.parse(text, arena) {
            return Ok(self.has_read(text, end, None));
        }
        // Comments, huge numbers, lone surrogates, or no JSON at all.
        let tree = tree::Tree::parse(text, tree::Syntax::Relaxed)?;
        self.tape.fill(&tree, text, arena);
        Ok(self.has_read(text, tree.end(), tree.relaxed_at()))
    }

    fn has_read(&mut self, text: &'a str, end: usize, relaxed_at: Option<usize>) -> Read {
        self.text = &text[..end];
        Read { end, relaxed_at }
    }

    /// Forgets what was said and counted.
    pub fn start(&mut self) {
        self.findings.truncate(0);
        self.groups.clear();
        self.before.clear();
        self.told.clear();
        (self.events, self.requests) = (0, 0);
        self.is_copy = false;
    }

    /// Notes what was said of a record or a request since there were `first` findings.
    pub fn group(&mut self, subject: Subject, place: u32, first: usize) {
        if self.findings.len() == first {
            return;
        }
        withhold_unclear(&mut self.findings, first, self.tape.at(place));
        self.add_group(subject, place, first);
    }

    pub fn add_group(&mut self, subject: Subject, place: u32, first: usize) {
        self.groups.push(Group {
            subject,
            place,
            event: None,
            findings: first..self.findings.len(),
        });
        self.before.push(self.events);
    }

    /// Takes what was said of one of its events.
    pub fn tell(&mut self, number: usize, place: u32, findings: Vec<Finding>) {
        self.told.push((number, place, findings));
    }

    /// Puts what was said of events where it belongs in the order of the text.
    pub fn sort(&mut self) {
        if self.told.is_empty() {
            return;
        }
        let mut list: Vec<Finding> = Vec::new();
        let mut groups = Vec::with_capacity(self.groups.len() + self.told.len());
        let mut said = self.findings.take().into_iter();
        let others = std::mem::take(&mut self.groups).into_iter();
        let mut others = others.zip(self.before.drain(..)).peekable();
        let mut add = |mut group: Group, findings: &mut dyn Iterator<Item = Finding>| {
            let first = list.len();
            list.extend(findings);
            group.findings = first..list.len();
            groups.push(group);
        };
        for (number, place, findings) in self.told.drain(..) {
            while let Some((group, _)) = others.next_if(|&(_, before)| before <= number) {
                let length = group.findings.len();
                add(group, &mut said.by_ref().take(length));
            }
            let group = Group {
                subject: Subject::Event,
                place,
                event: Some(number),
                findings: 0..0,
            };
            add(group, &mut findings.into_iter());
        }
        for (group, _) in others {
            let length = group.findings.len();
            add(group, &mut said.by_ref().take(length));
        }
        self.findings.put(list);
        self.groups = groups;
    }

    /// What a rule says of a value that is read as a text of its own, it says there; but an answer
    /// says something of the request beside it, which only the whole record shows.
    pub fn leave_to_inner_texts(&mut self) {
        let of_pairs = rules::index_of("refused-by-meta");
        let findings: Vec<Finding> = self.findings.take();
        let kept = findings
            .into_iter()
            .filter(|finding| finding.rule == of_pairs || !self.is_wrapped_whole(finding));
        let kept = kept.collect();
        self.findings.put(kept);
        self.groups.clear();
        self.before.clear();
        if !self.findings.is_empty() {
            self.add_group(Subject::Record, 0, 0);
        }
    }

    /// Whether a value of the text stands there twice: also inside the value that is wrapped.
    fn is_wrapped_whole(&self, finding: &Finding) -> bool {
        let Place::Pointer(pointer) = &finding.place else {
            return false;
        };
        self.found.wrapped.iter().any(|wrapped| {
            let inside = || pointer.within(&self.tape.at(wrapped.place).pointer());
            match wrapped.kind {
                Kind::Capitals => return inside(),
                // Its keys are spelt as in memory.
                Kind::Dump => {
                    return finding.rule == rules::index_of("unknown-event-key") && inside();
                }
                _ => {}
            }
            let text = wrapped.text.trim();
            wrapped.kind == Kind::Text
                && text.starts_with(['{', '['])
                && text.ends_with(['}', ']'])
                && self.tape.at(wrapped.place).pointer() == *pointer
        })
    }
}

/// Runs checks one after the other. A panic costs the check that caused it and nothing else: it
/// becomes a finding that names the rule.
pub(super) fn check<C: Copy>(
    findings: &mut Findings,
    checks: &[(usize, C)],
    subject: Subject,
    base: u32,
    run: impl Fn(C, &mut Findings),
) {
    let mut next = 0;
    while next < checks.len() {
        let (out, at) = (&mut *findings, &mut next);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            while let Some(&(rule, check)) = checks.get(*at) {
                out.begin(rule, subject, base);
                run(check, out);
                *at += 1;
            }
        }));
        if outcome.is_err() {
            failed(findings, checks[next].0, subject, base);
            next += 1;
        }
    }
}

/// Says that a rule panicked, which costs its check and nothing else.
#[cold]
pub(super) fn failed(findings: &mut Findings, rule: usize, subject: Subject, base: u32) {
    let culprit = rules::ALL.get(rule).map_or("?", |rule| rule.name());
    let subject_word = match subject {
        Subject::Event => "event",
        Subject::Request => "request",
        Subject::Record => "record",
        Subject::File => "file",
    };
    findings.begin(rules::index_of_internal_error(), subject, base);
    findings
        .here(format!("the rule {culprit} failed on this {subject_word}"))
        .severity(Severity::Error)
        .certainty(Certainty::Proof);
}

/// Where a key stands twice in an object nobody knows which of the two counts, and a pointer means
/// both: no fix goes there. Pointers start from `base`.
#[inline]
pub(super) fn withhold_unclear(findings: &mut Findings, first: usize, base: Item<'_, '_>) {
    if base.has_duplicates() && findings.len() > first {
        findings.withhold_fixes(first, |place| is_unclear(base, place));
    }
}

/// Whether a step of the way from the root to the place is one of two members with the same key.
#[cold]
fn is_unclear(base: Item<'_, '_>, place: &Pointer) -> bool {
    let mut above = std::iter::successors(Some(base), |item| item.parent());
    let is_twin = |item: Item<'_, '_>| item.parent().is_some_and(|of| of.repeats(item.key()));
    if above.any(is_twin) {
        return true;
    }
    let mut at = base;
    for step in place.steps() {
        if at.repeats(&step) {
            return true;
        }
        let Some(next) = at.step(&step) else {
            return false;
        };
        at = next;
    }
    false
}
