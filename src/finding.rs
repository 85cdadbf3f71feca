//! What a rule says: where, what, how bad, how sure, and how to put it right.
//!
//! A finding holds no payload value. Its message speaks of classes ("looks like an e-mail,
//! 23 characters"); only a [`Fix`] may carry new text, and that text leaves the program only where
//! fixed payloads are asked for.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::fix::{Fix, Op};
use crate::json::{Item, Pointer};
use crate::rules;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Advice, or legal but unusual.
    Info,
    /// Strong evidence that it costs matching, deduplication or attribution.
    Warning,
    /// Refused, ignored or never matched by Meta, documented as required, or a leak.
    Error,
}

/// What Meta does with it, or what it does to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    Refused,
    Ignored,
    Unmatched,
    Duplicated,
    Misattributed,
    Leaked,
    Unknown,
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// A shape that is usually wrong.
    Heuristic,
    /// Evidence that leaves little room.
    Strong,
    /// Byte equality, arithmetic, or a documented hard rule.
    Proof,
}

macro_rules! word {
    ($($type:ident { $($variant:ident = $text:literal,)* })*) => {$(
        impl $type {
            /// The word in reports and pages.
            pub const fn word(self) -> &'static str {
                match self { $($type::$variant => $text,)* }
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.pad(self.word()) }
        }
    )*};
}
word! {
    Severity { Info = "info", Warning = "warning", Error = "error", }
    Effect {
        Refused = "refused", Ignored = "ignored", Unmatched = "unmatched",
        Duplicated = "duplicated", Misattributed = "misattributed", Leaked = "leaked",
        Unknown = "unknown",
    }
    Certainty { Heuristic = "heuristic", Strong = "strong", Proof = "proof", }
}

/// What the pointer of a finding starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The event that was checked.
    Event,
    /// The request body around the events.
    Request,
    /// The whole JSON text, or text that is no JSON.
    Record,
    /// The input file.
    File,
}

/// Where a finding points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A value, named from the finding's [`Subject`].
    Pointer(Pointer),
    /// Bytes of the record, for text that no pointer can name.
    Bytes(Range<usize>),
}

/// Findings that say the same of many events, told once with their number.
#[derive(Clone, Copy)]
pub struct Fold {
    /// How far one telling reaches.
    pub reach: Reach,
    /// The message for that many events or records.
    pub message: fn(u64) -> String,
}

impl fmt::Debug for Fold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fold({:?})", self.reach)
    }
}

/// How far one telling of folded findings reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Once a file.
    File,
    /// Once an event_name in a file.
    EventName,
}

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Index of the rule in [`rules::ALL`].
    pub rule: usize,
    pub severity: Severity,
    pub effect: Effect,
    pub certainty: Certainty,
    pub subject: Subject,
    pub place: Place,
    /// One sentence without a full stop and without any payload value.
    pub message: String,
    /// What to do, when it differs from what the page says.
    pub help: Option<String>,
    pub fix: Option<Fix>,
    /// Whether the value pointed at can match nobody, so that the score must not count it.
    pub spoils: bool,
    pub fold: Option<Fold>,
}

impl Finding {
    /// Sets the severity, when it differs from the page's.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }

    /// Sets the certainty, when it differs from the page's.
    pub fn certainty(&mut self, certainty: Certainty) -> &mut Self {
        self.certainty = certainty;
        self
    }

    /// Sets the effect, when it differs from the page's.
    pub fn effect(&mut self, effect: Effect) -> &mut Self {
        self.effect = effect;
        self
    }

    /// Says what to do, when the page's help does not fit.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Offers a fix.
    pub fn fix(&mut self, fix: Fix) -> &mut Self {
        self.fix = Some(fix);
        self
    }

    /// Offers a fix when there is one.
    pub fn fix_if(&mut self, fix: Option<Fix>) -> &mut Self {
        self.fix = fix;
        self
    }

    /// Says whether the value can match nobody, when it differs from the page's `spoils`.
    pub fn spoils(&mut self, spoils: bool) -> &mut Self {
        self.spoils = spoils;
        self
    }

    /// Lets the report tell this once with a count.
    pub fn fold(&mut self, reach: Reach, message: fn(u64) -> String) -> &mut Self {
        self.fold = Some(Fold { reach, message });
        self
    }

    /// The pointer, when the finding has one.
    pub fn pointer(&self) -> Option<&Pointer> {
        match &self.place {
            Place::Pointer(pointer) => Some(pointer),
            Place::Bytes(_) => None,
        }
    }
}

/// Where rules put what they find.
#[derive(Debug, Default)]
pub struct Findings {
    list: Vec<Finding>,
    rule: usize,
    base: u32,
    subject: Option<Subject>,
}

impl Findings {
    /// An empty list.
    pub fn new() -> Findings {
        Findings::default()
    }

    /// Says on whose behalf the next findings are, what they are about, and at which place of the
    /// tape their pointers start.
    pub fn begin(&mut self, rule: usize, subject: Subject, base: u32) {
        (self.rule, self.subject, self.base) = (rule, Some(subject), base);
    }

    /// Reports a fault of a value.
    pub fn at(&mut self, item: Item<'_, '_>, message: impl Into<String>) -> &mut Finding {
        let pointer = item.pointer_from(self.base);
        self.at_pointer(pointer, message)
    }

    /// Reports a fault of a place that need not exist, as seen from the event or request: a
    /// missing key is reported at the object that should have it.
    pub fn at_pointer(&mut self, pointer: Pointer, message: impl Into<String>) -> &mut Finding {
        self.push(Place::Pointer(pointer), message.into())
    }

    /// Reports a fault of the whole event or request.
    pub fn here(&mut self, message: impl Into<String>) -> &mut Finding {
        self.at_pointer(Pointer::root(), message)
    }

    /// Reports a fault of some bytes of the record.
    pub fn at_bytes(&mut self, bytes: Range<usize>, message: impl Into<String>) -> &mut Finding {
        self.push(Place::Bytes(bytes), message.into())
    }

    fn push(&mut self, place: Place, message: String) -> &mut Finding {
        let meta = rules::ALL[self.rule].meta();
        self.list.push(Finding {
            rule: self.rule,
            severity: meta.severity,
            effect: meta.effect,
            certainty: meta.certainty,
            subject: self.subject.unwrap_or(Subject::Record),
            place,
            message,
            help: None,
            fix: None,
            spoils: meta.spoils,
            fold: None,
        });
        self.list.last_mut().expect("just pushed")
    }

    /// What was found so far.
    pub fn list(&self) -> &[Finding] {
        &self.list
    }

    /// Takes what was found and leaves nothing.
    pub fn take(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.list)
    }

    /// Puts findings back that were taken.
    pub fn put(&mut self, list: Vec<Finding>) {
        self.list = list;
    }

    /// Takes away the fixes of the findings from `first` on that `is_unclear` says of one of the
    /// places they read or write.
    pub fn withhold_fixes(&mut self, first: usize, is_unclear: impl Fn(&Pointer) -> bool) {
        for finding in &mut self.list[first..] {
            let unclear = |fix: &Fix| {
                let mut places = fix.ops.iter().flat_map(Op::places);
                places.any(|place| is_unclear(&place))
            };
            if finding.fix.as_ref().is_some_and(unclear) {
                finding.fix = None;
            }
        }
    }

    /// The number of findings.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Forgets everything after the first `len` findings.
    pub fn truncate(&mut self, len: usize) {
        self.list.truncate(len);
    }
}
