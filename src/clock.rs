//! Time: which moments are plausible, and against which one an event's age is measured.

use crate::finding::Certainty;
use crate::json::{Item, Val};

/// Where the reference time of an event came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// The user named a moment (`--as-of TIME`).
    Given,
    /// The log says when the record was written or sent.
    Capture,
    /// The largest plausible event_time of the same request: it was sent no earlier.
    Request,
    /// The largest plausible event_time of the file (`--as-of newest`).
    Newest,
    /// The day in the file's name: no event in it was sent before, if the name is true.
    File,
    /// This machine's clock, which knows nothing of when a log was captured.
    Wall,
}

/// The time against which an event's age is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Unix seconds.
    pub now: i64,
    pub source: Source,
    /// For [`Source::Request`]: the second-largest event_time of the request. A maximum that
    /// stands alone may be the one that is wrong. For [`Source::File`]: this machine's clock, which
    /// no capture is ahead of.
    pub supported: Option<i64>,
    /// Whether the user asked for this clock by `--as-of now`, `newest` or a time.
    pub asked: bool,
}

impl Clock {
    /// How sure it is that an event of this time was sent more than `limit` seconds later, when it
    /// is older than that by [`Clock::now`].
    pub fn certainty_of_age(&self, time: i64, limit: i64) -> Certainty {
        match self.source {
            Source::Given | Source::Capture => Certainty::Proof,
            Source::Wall if self.asked => Certainty::Proof,
            Source::Request => match self.supported {
                Some(second) if second - time > limit => Certainty::Proof,
                _ => Certainty::Strong,
            },
            Source::Newest | Source::File | Source::Wall => Certainty::Heuristic,
        }
    }

    /// Whether this is the clock of the machine, and only for want of a better one.
    pub fn is_makeshift(&self) -> bool {
        self.source == Source::Wall && !self.asked
    }

    /// What the clock is, for messages: an event is older than this.
    pub const fn reference(&self) -> &'static str {
        match self.source {
            Source::Given => "the given time",
            Source::Capture => "the time of the capture",
            Source::Request => "the newest event of its request",
            Source::Newest => "the newest event of the file",
            Source::File => "the day in the file's name",
            Source::Wall => "this machine's clock",
        }
    }
}

/// A length of time in its largest whole unit, rounded down: `12 days`.
pub fn span(seconds: i64) -> String {
    let (unit, size) = [("day", DAY), ("hour", 3_600), ("minute", 60)]
        .into_iter()
        .find(|&(_, size)| seconds >= size)
        .unwrap_or(("second", 1));
    let count = seconds / size;
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// Seconds in a day.
pub const DAY: i64 = 86_400;

/// The first and last moment that an event_time in seconds can plausibly mean: 2012-01-01, before
/// server events existed at Meta, to 2040-01-01. Fixed, so that a verdict does not change with age.
pub const PLAUSIBLE: std::ops::Range<i64> = 1_325_376_000..2_208_988_800;

/// Unix seconds that a number or a string of digits means, when they are plausible.
pub fn plausible_time(item: Item<'_, '_>) -> Option<i64> {
    let seconds = match item.val() {
        Val::Int(seconds) => seconds,
        Val::Float(seconds) if seconds.is_finite() => seconds as i64,
        Val::Text(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    PLAUSIBLE.contains(&seconds).then_some(seconds)
}

/// The largest and the second-largest of some times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Latest {
    pub first: Option<i64>,
    pub second: Option<i64>,
}

impl Latest {
    /// Takes one more time into account.
    pub fn see(&mut self, time: i64) {
        if Some(time) > self.first {
            self.second = self.first;
            self.first = Some(time);
        } else if Some(time) > self.second {
            self.second = Some(time);
        }
    }
}
