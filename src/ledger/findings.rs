//! What the rules of the whole log say.

use std::borrow::Cow;

use super::lessons::Lessons;
use super::people::Events;
use super::standing::Convictions;
use crate::finding::{Certainty, Effect, Severity};
use crate::fix::Safety;
use crate::rules;

/// One thing that only the log shows: it stands at the first event of the evidence and names the
/// others.
#[derive(Clone, Debug)]
pub struct LogFinding {
    /// Index of the rule in [`rules::ALL`].
    pub rule: usize,
    /// The number of the first event of the evidence in the run.
    pub at: u64,
    /// Pointer from the event to the value in question, `""` for the event itself.
    pub pointer: Cow<'static, str>,
    pub severity: Severity,
    pub effect: Effect,
    pub certainty: Certainty,
    /// One sentence without a full stop and without any payload value.
    pub message: Cow<'static, str>,
    /// What to do, when it differs from what the page says.
    pub help: Option<Cow<'static, str>>,
    /// Other events of the evidence, and what they are to it.
    pub related: Vec<(u64, Cow<'static, str>)>,
    /// Events that the rule speaks of here, for rates; those that it spoke of already are not
    /// counted again.
    pub events: u64,
    /// Whether the rule counted these events already, with whatever severity.
    pub again: bool,
    /// How safely a second pass over the input puts it right, if it does.
    pub fix: Option<Safety>,
}

impl LogFinding {
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
    pub fn help(&mut self, help: impl Into<Cow<'static, str>>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Says that no second pass puts it right, though the rule has such fixes.
    pub fn without_fix(&mut self) -> &mut Self {
        self.fix = None;
        self
    }

    /// Says that a second pass puts it right with the user's word only.
    pub fn fix_needs_consent(&mut self) -> &mut Self {
        self.fix = self.fix.map(|_| Safety::Unsafe);
        self
    }

    /// Names another event of the evidence.
    pub fn related(&mut self, at: u64, what: impl Into<Cow<'static, str>>) -> &mut Self {
        self.related.push((at, what.into()));
        self
    }

    /// Names the second event of the evidence and, when there are more, the last with the number
    /// of those between. `all` are the events in input order, the first of them the finding's.
    pub fn places(&mut self, all: impl IntoIterator<Item = u64>, what: &'static str) -> &mut Self {
        let (mut second, mut last, mut more) = (None, 0, 0u64);
        for at in all.into_iter().skip(1) {
            match second {
                None => second = Some(at),
                Some(_) => (last, more) = (at, more + 1),
            }
        }
        if let Some(second) = second {
            self.related(second, format!("the second {what}"));
        }
        match more {
            0 => self,
            1 => self.related(last, format!("the third {what}")),
            _ => self.related(last, format!("the last of {more} more")),
        }
    }

    /// The same for events of which only these few are known.
    pub fn places_of(&mut self, events: &Events, what: &'static str) -> &mut Self {
        let (second, last) = events.others();
        if let Some(second) = second {
            self.related(second, format!("the second {what}"));
        }
        if let Some(last) = last {
            match events.more() {
                1 => self.related(last, format!("the third {what}")),
                more => self.related(last, format!("the last of {more} more")),
            };
        }
        self
    }

    /// Says of how many events this speaks of which the rule has spoken one by one: they count once,
    /// with this severity where the other was less.
    pub fn events_again(&mut self, events: u64) -> &mut Self {
        (self.events, self.again) = (events, true);
        self
    }

    /// Says of how many events this speaks; 1 otherwise.
    pub fn events(&mut self, events: u64) -> &mut Self {
        self.events = events;
        self
    }
}

/// Where the rules of the whole log put what they find.
#[derive(Debug, Default)]
pub struct LogFindings {
    list: Vec<LogFinding>,
    rule: usize,
    /// What fixes need, when this is the first of two passes.
    lessons: Option<Lessons>,
    convictions: Convictions,
}

impl LogFindings {
    /// Says on whose behalf the next findings are.
    pub(crate) fn begin(&mut self, rule: usize) {
        self.rule = rule;
    }

    /// For the first of two passes.
    pub(crate) fn to_learn(lessons: Lessons) -> LogFindings {
        LogFindings {
            lessons: Some(lessons),
            ..LogFindings::default()
        }
    }

    /// What was noted for the second pass.
    pub(crate) fn learned(self) -> Option<Lessons> {
        self.lessons
    }

    /// Where a rule notes what its fixes need, when fixes of this safety are to follow in a second
    /// pass.
    pub fn lessons(&mut self, safety: Safety) -> Option<&mut Lessons> {
        self.lessons
            .as_mut()
            .filter(|lessons| lessons.wants(safety))
    }

    /// Where a rule that needs [`super::Needs::STANDINGS`] notes what it proves worthless, or is as
    /// good as sure of: such values count no more for coverage and score.
    pub fn convict(&mut self) -> &mut Convictions {
        &mut self.convictions
    }

    /// What was noted there so far.
    pub(crate) fn convictions(&mut self) -> Convictions {
        std::mem::take(&mut self.convictions)
    }

    /// Reports a finding whose evidence begins at an event. `pointer` leads from the event to the
    /// value in question.
    pub fn at(
        &mut self,
        at: u64,
        pointer: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> &mut LogFinding {
        let meta = rules::ALL[self.rule].meta();
        self.list.push(LogFinding {
            rule: self.rule,
            at,
            pointer: pointer.into(),
            severity: meta.severity,
            effect: meta.effect,
            certainty: meta.certainty,
            message: message.into(),
            help: None,
            related: Vec::new(),
            events: 1,
            again: false,
            fix: rules::ALL[self.rule]
                .teaches()
                .max(rules::ALL[self.rule].learns_of_pixel()),
        });
        self.list.last_mut().expect("just pushed")
    }

    /// Takes in what another rule found.
    pub(crate) fn append(&mut self, mut other: LogFindings) {
        self.list.append(&mut other.list);
        self.convictions.append(other.convictions);
    }

    /// What was found, in the order of the input.
    pub(crate) fn in_order(mut self) -> Vec<LogFinding> {
        // Stable: one rule's findings at one event keep their order, which is that of hashes only
        // where a rule makes two of the same kind there.
        self.list
            .sort_by(|a, b| (a.at, a.rule, &a.message).cmp(&(b.at, b.rule, &b.message)));
        self.list
    }
}
