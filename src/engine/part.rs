//! What one block amounts to, counted by one thread. Places are relative to the block until the
//! parts are joined in order.

use std::sync::{Arc, Mutex};

use hashbrown::{HashMap, HashSet};

use crate::ages::Ages;
use crate::envelope::when::{Logged, Trust};
use crate::facts::Facts;
use crate::finding::{Finding, Fold, Place, Reach, Severity, Subject};
use crate::fix::Safety;
use crate::json::{Pointer, tree};
use crate::ledger::{Entries, Lessons, Needs};
use crate::output::Fixing;
use crate::pixel::index::Tie;
use crate::pixel::pairs::ServerTally;
use crate::policy::{Decision, Policy};
use crate::report::{
    AnswerTally, ClockTally, EventRow, Excerpt, Located, LocatedChange, Location, RuleTally,
    UnreadTally,
};
use crate::resend::{Body, Parcel};
use crate::rules;
use crate::score::Tally;
use crate::values::printable;

/// How a name is kept: as it is when it may be printed, else as a number that tells it from others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum NameKey {
    Printable(String),
    /// Hash of the name, keyed for this run.
    Hidden(u64),
    Missing,
}

/// What groups of findings are told apart by.
pub(super) type GroupKey = (usize, Severity, String);

/// A group within one block.
#[derive(Debug)]
pub(super) struct PartGroup {
    pub key: GroupKey,
    pub findings: u64,
    pub examples: Vec<Pending>,
}

/// A finding whose place is relative to the block.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub located: Located,
    /// Index of the event in the block.
    pub event: Option<u64>,
    pub event_name: Option<NameKey>,
}

/// Folded findings within one block.
#[derive(Debug)]
pub(super) struct PartFold {
    pub rule: usize,
    pub severity: Severity,
    pub name: Option<NameKey>,
    pub first: Pending,
    pub message: fn(u64) -> String,
    pub number: u64,
}

/// Something to be told in input order.
#[derive(Debug)]
pub(super) enum Told {
    Finding(Pending),
    Event(EventRow, Option<NameKey>),
}

/// Findings that are not told yet.
#[derive(Debug)]
pub(super) struct Said {
    suppressed: u64,
    /// The rules that speak.
    rules: Vec<(usize, RuleTally)>,
    groups: Vec<PartGroup>,
    folds: Vec<PartFold>,
    told: Vec<Told>,
}

impl Said {
    /// The findings of a part that holds nothing else.
    pub fn of(part: Part) -> Said {
        let spoke = |(_, tally): &(usize, RuleTally)| tally.findings.iter().any(|&n| n > 0);
        Said {
            suppressed: part.suppressed,
            rules: part.rules.into_iter().enumerate().filter(spoke).collect(),
            groups: part.groups,
            folds: part.folds,
            told: part.told,
        }
    }
}

/// An answer whose request may stand in a block before.
#[derive(Debug)]
pub(super) struct Answered {
    /// What there is to say of it if so.
    pub said: Option<Said>,
    /// The hash of what ties it to its request.
    pub trace: Option<u64>,
    /// Whether its record is the first thing in its block: then the last request before may be its
    /// own.
    pub is_first: bool,
    /// Which of how many answers in its record it is: those to a batch stand together.
    pub number: usize,
    pub of: usize,
    /// When it was logged.
    pub logged: Option<Logged>,
    /// Whether it refuses what was sent, so that the same must not be sent again.
    pub forbids: bool,
}

/// The outcome of one block.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub records: u64,
    pub requests: u64,
    pub events: u64,
    /// Events that the filters left out; `events` does not count them.
    pub filtered: u64,
    pub skipped_lines: u64,
    pub other_records: u64,
    pub suppressed: u64,
    pub fixable_safe: u64,
    pub fixable_unsafe: u64,
    pub internal_errors: u64,
    pub clocks: ClockTally,
    pub facts: Facts,
    /// Events with a time of capture, by whose clock it is from.
    pub captured: [u64; Trust::ALL.len()],
    /// Texts that were cut off or printed in a form that cannot be read, and name an event.
    pub unread: UnreadTally,
    pub answers: AnswerTally,
    /// Answers whose request may stand in a block before.
    pub answered: Vec<Answered>,
    /// The hashes of what ties requests of the block to their answers, in the order of the text.
    pub traces: Vec<u64>,
    /// The same of the last of them.
    pub trace: Option<u64>,
    /// Whether the last request of the block waits for its answer; `None` without any request or
    /// answer.
    pub asks: Option<bool>,
    /// When that request was logged.
    pub asked_at: Option<Logged>,
    /// How many requests the last record with any holds, when none of them was answered in it.
    pub waiting: usize,
    /// How many parcels at the end are of each of them: the answers may come in the next block.
    pub asking: Vec<usize>,
    pub rules: Vec<RuleTally>,
    pub names: Vec<NameKey>,
    pub tally: Tally,
    pub groups: Vec<PartGroup>,
    pub group_index: HashMap<GroupKey, usize>,
    pub folds: Vec<PartFold>,
    pub told: Vec<Told>,
    /// Events among `told`.
    pub rows: usize,
    pub changes: Vec<LocatedChange>,
    pub withheld: Vec<LocatedChange>,
    /// Events whose fixes were all withheld.
    pub left: u64,
    pub not_written: Vec<&'static str>,
    /// Events to be sent again, or not, in the order of the text.
    pub parcels: Vec<Parcel>,
    /// What the body says whose events were read before, in pieces.
    pub body: Option<Body>,
    /// When the events happened of a body that is read in pieces.
    pub ages: Ages,
    /// Newlines in the block, and characters behind the last of them.
    pub newlines: u64,
    pub last_line: u64,
    /// What the beginning of a file without events looks like.
    pub looks_like: Option<&'static str>,
    /// What the events leave in the ledger.
    pub entries: Entries,
    /// Hits of a pixel that may be copies of the events.
    pub ties: Vec<Tie>,
    /// The events of websites, by the number of their name; only beside a capture.
    pub server: Vec<ServerTally>,
    /// The names of events that share an id with a hit of another name.
    pub tied_names: Vec<(u64, u32)>,
}

/// What is still wanted of examples: known from the parts that were joined so far, so that later
/// blocks need not make excerpts that nobody will see.
#[derive(Debug, Default)]
pub(super) struct Sated {
    /// Groups with enough examples.
    pub groups: HashSet<GroupKey>,
    /// No group needs more than a few examples any more.
    pub few: bool,
    /// No event rows are wanted any more.
    pub rows: bool,
}

/// How a group's examples are counted out.
pub(super) const FEW_EXAMPLES: usize = 3;

/// Makes excerpts; given by the output side, which alone shows payload text.
#[derive(Clone, Copy)]
pub struct Excerpts {
    /// Of an event and a place in it.
    pub event: fn(&str, &Pointer, bool) -> Excerpt,
    /// Of text that is no JSON and some bytes of it.
    pub text: fn(&str, std::ops::Range<usize>, bool) -> Excerpt,
}

/// What a part is told to do.
pub(super) struct Orders {
    /// What to do with fixes of this stream.
    pub fixing: Fixing,
    /// Every finding is told with its place.
    pub findings: bool,
    /// Every event is told.
    pub events: bool,
    pub examples: usize,
    pub excerpts: Option<Excerpts>,
    pub show_values: bool,
    pub sated: Arc<Sated>,
    /// The tables of the ledger in which events are entered, when there is one.
    pub ledger: Option<Needs>,
    /// Entries that were taken in, to be used again.
    pub spare: Arc<Mutex<Vec<Entries>>>,
    /// What a first pass has learned for the fixes.
    pub lessons: Option<Arc<Lessons>>,
    /// For what the values of the log are fetched.
    pub fetches: Option<Arc<Lessons>>,
    /// Whether events are made ready to be sent again, and whether as test traffic.
    pub resend: bool,
    pub as_test: bool,
}

impl Orders {
    /// Entries that hold nothing.
    pub fn entries(&self) -> Entries {
        let spare = self.spare.lock().ok().and_then(|mut spare| spare.pop());
        spare.unwrap_or_default()
    }
}

/// Finds lines and columns in a block.
pub(super) struct Lines<'a> {
    text: &'a str,
    /// Byte order mark in front of the first line.
    skip: usize,
    ends: Option<Vec<u32>>,
    /// The place that was asked for last, its line, and the characters before it on that.
    last: (usize, usize, usize),
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str, skip: usize) -> Lines<'a> {
        Lines {
            text,
            skip,
            ends: None,
            last: (0, usize::MAX, 0),
        }
    }

    /// The text of the block.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    fn ends(&mut self) -> &[u32] {
        self.ends.get_or_insert_with(|| {
            memchr::memchr_iter(b'\n', self.text.as_bytes())
                .map(|at| at as u32)
                .collect()
        })
    }

    /// The place of `length` bytes at `at`, lines and columns from 1.
    pub(super) fn locate(&mut self, at: usize, length: usize) -> Location {
        let at = at.min(self.text.len());
        let (text, skip) = (self.text, self.skip);
        let ends = self.ends();
        let line = ends.partition_point(|&end| (end as usize) < at);
        let start = match line {
            0 => skip,
            _ => ends[line - 1] as usize + 1,
        };
        let start = start.min(at);
        // Findings come nearly in order, many of them on one long line.
        let (last, of_line, column) = self.last;
        let between = |from, to| characters(&text.as_bytes()[from..to]);
        let column = match of_line == line {
            true if last <= at => column + between(last, at),
            true if last - at < at - start => column - between(at, last),
            _ => between(start, at),
        };
        self.last = (at, line, column);
        Location {
            line: line as u64 + 1,
            column: column as u64 + 1,
            offset: at as u64,
            length: length as u64,
        }
    }
}

/// The number of characters in some bytes of text.
fn characters(bytes: &[u8]) -> usize {
    let is_continuation = |byte: &u8| byte & 0xC0 == 0x80;
    bytes.iter().filter(|byte| !is_continuation(byte)).count()
}

/// Newlines in a text, and characters behind the last of them.
pub(super) fn measure(bytes: &[u8]) -> (u64, u64) {
    let newlines = memchr::memchr_iter(b'\n', bytes).count() as u64;
    let last = memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1);
    (newlines, characters(&bytes[last..]) as u64)
}

/// The text whose findings are reported, and how.
pub(super) struct Scene<'s, 'a> {
    pub file: &'s str,
    /// The name as suppressions see it.
    pub key: &'s str,
    pub policy: &'s Policy,
    pub orders: &'s Orders,
    /// The JSON text, or the text that is none.
    pub text: &'a str,
    /// Its first byte in the block.
    pub at: usize,
    /// The pointer of its root, for elements of a larger text.
    pub prefix: Pointer,
    pub lines: &'s mut Lines<'a>,
    /// The exact parse of the text, made when the first place is asked for.
    pub tree: Option<tree::Tree>,
    /// Where the text was taken from, when it does not stand in the block as it is: the bytes of
    /// the block, and the way in words.
    pub anchor: Option<(tree::Span, Vec<String>)>,
}

/// The event that findings are about: its index in the block and its name.
pub(super) type About<'n> = Option<(u64, &'n NameKey)>;

impl Part {
    /// Every finding that is kept with its place.
    pub(super) fn pending(&mut self) -> impl Iterator<Item = &mut Pending> {
        let told = self.told.iter_mut().filter_map(|told| match told {
            Told::Finding(pending) => Some(pending),
            Told::Event(..) => None,
        });
        let examples = self.groups.iter_mut().flat_map(|group| &mut group.examples);
        let folds = self.folds.iter_mut().map(|fold| &mut fold.first);
        told.chain(examples).chain(folds)
    }

    pub(super) fn new() -> Part {
        Part {
            rules: vec![RuleTally::default(); rules::ALL.len()],
            ..Part::default()
        }
    }

    /// Counts an answer whose request is found, and tells what there is to say of both.
    pub(super) fn pair(&mut self, said: Option<Said>) {
        self.answers.paired += 1;
        if let Some(said) = said {
            self.take_findings(said);
        }
    }

    /// Takes over findings that were not told yet.
    fn take_findings(&mut self, other: Said) {
        self.suppressed += other.suppressed;
        for (rule, tally) in other.rules {
            for (sum, number) in self.rules[rule].findings.iter_mut().zip(tally.findings) {
                *sum += number;
            }
        }
        for group in other.groups {
            match self.group_index.get(&group.key) {
                Some(&index) => {
                    self.groups[index].findings += group.findings;
                    self.groups[index].examples.extend(group.examples);
                }
                None => {
                    self.group_index
                        .insert(group.key.clone(), self.groups.len());
                    self.groups.push(group);
                }
            }
        }
        self.folds.extend(other.folds);
        self.told.extend(other.told);
    }

    /// The number of an event_name within this part. `hide` turns a name that may not be printed
    /// into a number.
    pub(super) fn name_index(&mut self, name: Option<&str>, hide: impl Fn(&str) -> u64) -> u32 {
        // Logs have few names, and mostly the same ones again.
        let known = |key: &NameKey| match (key, name) {
            (NameKey::Printable(key), Some(name)) => key == name,
            (NameKey::Missing, None) => true,
            _ => false,
        };
        if let Some(at) = self.names.iter().position(known) {
            return at as u32;
        }
        let key = match name {
            None => NameKey::Missing,
            Some(name) if printable::is_printable(name) => NameKey::Printable(name.to_owned()),
            Some(name) => NameKey::Hidden(hide(name)),
        };
        if let Some(at) = self.names.iter().position(|old| *old == key) {
            return at as u32;
        }
        self.names.push(key);
        self.names.len() as u32 - 1
    }

    /// Counts the findings about one event, request or text and keeps those that will be shown.
    /// `base` is where their pointers start.
    pub(super) fn report(
        &mut self,
        scene: &mut Scene<'_, '_>,
        findings: &[Finding],
        base: &Pointer,
        about: About<'_>,
    ) {
        let mut worst: Vec<(usize, Severity)> = Vec::new();
        let told_before = self.told.len();
        for finding in findings {
            if finding.rule == rules::index_of_internal_error() {
                self.internal_errors += 1;
            }
            let severity = match scene.policy.decide(scene.key, finding) {
                Decision::Ignore => continue,
                Decision::Suppress => {
                    self.suppressed += 1;
                    continue;
                }
                Decision::Report(severity) => severity,
            };
            match worst.iter_mut().find(|(rule, _)| *rule == finding.rule) {
                Some((_, so_far)) => *so_far = severity.max(*so_far),
                None => worst.push((finding.rule, severity)),
            }
            if let Some(fix) = &finding.fix {
                self.rules[finding.rule].fixable[fix.safety as usize] += 1;
            }
            match finding.fix.as_ref().map(|fix| fix.safety) {
                Some(Safety::Safe) => self.fixable_safe += 1,
                Some(Safety::Unsafe) => self.fixable_unsafe += 1,
                None => {}
            }
            if let Some(fold) = finding.fold {
                self.fold(scene, finding, fold, severity, base, about);
            } else {
                self.keep(scene, finding, severity, base, about);
            }
        }
        // Rules speak in the order of their ids; a reader follows the text.
        self.told[told_before..].sort_by_key(|told| match told {
            Told::Finding(pending) => pending.located.location.offset,
            Told::Event(..) => 0,
        });
        if about.is_some() {
            for (rule, severity) in worst {
                self.rules[rule].events[severity as usize] += 1;
            }
        }
    }

    fn fold(
        &mut self,
        scene: &mut Scene<'_, '_>,
        finding: &Finding,
        fold: Fold,
        severity: Severity,
        base: &Pointer,
        about: About<'_>,
    ) {
        let name = (fold.reach == Reach::EventName)
            .then(|| about.map_or(NameKey::Missing, |(_, name)| name.clone()));
        let rule = finding.rule;
        let same =
            |old: &&mut PartFold| old.rule == rule && old.severity == severity && old.name == name;
        if let Some(old) = self.folds.iter_mut().find(same) {
            old.number += 1;
            return;
        }
        let first = locate(scene, finding, severity, base, about);
        let message = fold.message;
        self.folds.push(PartFold {
            rule,
            severity,
            name,
            first,
            message,
            number: 1,
        });
    }

    fn keep(
        &mut self,
        scene: &mut Scene<'_, '_>,
        finding: &Finding,
        severity: Severity,
        base: &Pointer,
        about: About<'_>,
    ) {
        self.rules[finding.rule].findings[severity as usize] += 1;
        let key = (finding.rule, severity, pattern_of(finding));
        let wanted = if scene.orders.sated.groups.contains(&key) {
            0
        } else if scene.orders.sated.few {
            FEW_EXAMPLES.min(scene.orders.examples)
        } else {
            scene.orders.examples
        };
        let index = match self.group_index.get(&key) {
            Some(&index) => index,
            None => {
                let index = self.groups.len();
                self.groups.push(PartGroup {
                    key: key.clone(),
                    findings: 0,
                    examples: Vec::new(),
                });
                self.group_index.insert(key, index);
                index
            }
        };
        self.groups[index].findings += 1;
        let as_example = self.groups[index].examples.len() < wanted;
        if !as_example && !scene.orders.findings {
            return;
        }
        let pending = locate(scene, finding, severity, base, about);
        if scene.orders.findings {
            self.told.push(Told::Finding(pending.clone()));
        }
        if as_example {
            self.groups[index].examples.push(pending);
        }
    }
}

fn pattern_of(finding: &Finding) -> String {
    match finding.pointer() {
        Some(pointer) => printable::pointer(&Pointer::from(pointer.pattern().as_str())),
        None => String::new(),
    }
}

/// Finds out where a finding stands, and what a reader needs to see of it.
fn locate(
    scene: &mut Scene<'_, '_>,
    finding: &Finding,
    severity: Severity,
    base: &Pointer,
    about: About<'_>,
) -> Pending {
    let (mut pointer, mut excerpt) = (None, None);
    let mut location = Location {
        line: 1,
        column: 1,
        ..Location::default()
    };
    let show = scene.orders.show_values;
    match &finding.place {
        Place::Bytes(bytes) => {
            location = scene.lines.locate(scene.at + bytes.start, bytes.len());
            if let Some((span, _)) = &scene.anchor {
                location = scene.lines.locate(span.start, span.len());
            }
            let excerpts = scene.orders.excerpts.filter(|_| !scene.text.is_empty());
            excerpt = excerpts.map(|make| (make.text)(scene.text, bytes.clone(), show));
        }
        Place::Pointer(_) if finding.subject == Subject::File => {}
        Place::Pointer(place) => {
            let full = base.join(place);
            if let Some((span, _)) = &scene.anchor {
                location = scene.lines.locate(span.start, span.len());
            } else if let Some(span) = scene.span(&full) {
                location = scene.lines.locate(scene.at + span.start, span.len());
            }
            if let Some(make) = scene.orders.excerpts {
                // Of one event, not of the whole body around it.
                excerpt = Some(match scene.span(base) {
                    Some(event) => (make.event)(event.of(scene.text), place, show),
                    None => (make.event)(scene.text, &full, show),
                });
            }
            pointer = Some(printable::pointer_below(&scene.prefix.join(base), place));
        }
    }
    let meta = rules::ALL[finding.rule].meta();
    Pending {
        located: Located {
            rule: finding.rule,
            severity,
            effect: finding.effect,
            certainty: finding.certainty,
            message: finding.message.clone(),
            help: finding.help.clone().unwrap_or_else(|| meta.help.clone()),
            file: scene.file.to_owned(),
            location,
            event: None,
            event_name: None,
            pointer,
            pattern: pattern_of(finding),
            fix: finding
                .fix
                .as_ref()
                .map(|fix| (fix.safety, fix.title.clone())),
            excerpt,
            via: scene
                .anchor
                .as_ref()
                .map_or_else(Vec::new, |(_, via)| via.clone()),
            related: Vec::new(),
        },
        event: about.map(|(index, _)| index),
        event_name: about.map(|(_, name)| name.clone()),
    }
}

impl Scene<'_, '_> {
    /// The place of what `pointer` names; of a missing key, of the object that should have it.
    pub(super) fn span(&mut self, pointer: &Pointer) -> Option<tree::Span> {
        if self.tree.is_none() {
            self.tree = tree::Tree::parse(self.text, tree::Syntax::Relaxed).ok();
        }
        let tree = self.tree.as_ref()?;
        let mut at = pointer.clone();
        loop {
            match tree.span(self.text, &at) {
                Some(span) => return Some(span),
                None => at = at.parent()?,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_the_same_in_any_order() {
        let text = "\u{feff}{\"é\":1}ä\nzwei €\n\n{\"x\":\"ö\"} – ende";
        let column_of = |at: usize| {
            let start = text[..at]
                .rfind('\n')
                .map_or(3.min(at), |newline| newline + 1);
            text[start..at].chars().count() as u64 + 1
        };
        let places: Vec<usize> = (3..=text.len())
            .filter(|at| text.is_char_boundary(*at))
            .collect();
        let mut lines = Lines::new(text, 3);
        // Every place after every other.
        for &first in &places {
            for &second in &places {
                for at in [first, second] {
                    let place = lines.locate(at, 0);
                    let line = text[..at].matches('\n').count() as u64 + 1;
                    assert_eq!((place.line, place.column), (line, column_of(at)));
                    assert_eq!(place.offset, at as u64);
                }
            }
        }
    }
}
