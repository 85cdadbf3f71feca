//! When the events of one request happened: tells whether a stale one takes others with it, also
//! when the request is so large that it is read in pieces.

use crate::clock::{DAY, Latest, plausible_time};
use crate::event::is_listed_event;
use crate::json::Item;
use crate::values::event_time;
use crate::values::name::Name;

/// More different times are not kept: a request of so many events is no request that Meta takes,
/// and nothing is said of their ages then.
const MOST: usize = 1 << 21;

/// Times that are not yet put together, at least.
const LEAST: usize = 1 << 12;

/// Events of one request that happened at one second and may be sent for as long as each other.
#[derive(Clone, Copy, Debug)]
struct Age {
    /// Seconds since 1970.
    time: i64,
    /// Days that Meta takes such an event for.
    days: i64,
    events: u64,
}

/// The times of the events of one request.
#[derive(Debug, Default)]
pub struct Ages {
    /// All events, also those without a time that can be read.
    events: u64,
    /// Whether any of them has more of an event than a time.
    are_of_events: bool,
    times: Vec<Age>,
    /// So many were left when they were put together last.
    settled: usize,
    /// There were too many to keep.
    are_lost: bool,
}

impl Ages {
    /// Takes in one more event, an object.
    pub fn see(&mut self, event: Item<'_, '_>) {
        self.events += 1;
        self.are_of_events = self.are_of_events || is_listed_event(event);
        let time = event.get(Name::EventTime);
        let time =
            time.and_then(|time| plausible_time(time).or_else(|| event_time::moment_of(time)));
        let action_source = || event.get(Name::ActionSource).and_then(Item::text);
        if let Some(time) = time {
            self.add(Age {
                time,
                days: event_time::days_taken(action_source()),
                events: 1,
            });
        }
    }

    /// Takes in more events of the same request.
    pub fn merge(&mut self, other: Ages) {
        self.events += other.events;
        self.are_of_events |= other.are_of_events;
        self.are_lost |= other.are_lost;
        other.times.into_iter().for_each(|age| self.add(age));
    }

    fn add(&mut self, age: Age) {
        if self.are_lost {
            return;
        }
        self.times.push(age);
        if self.times.len() >= LEAST.max(2 * self.settled) {
            self.settle();
        }
    }

    /// Puts events together that are alike.
    fn settle(&mut self) {
        self.times.sort_unstable_by_key(|age| (age.time, age.days));
        self.times.dedup_by(|age, before| {
            let same = (age.time, age.days) == (before.time, before.days);
            before.events += if same { age.events } else { 0 };
            same
        });
        self.settled = self.times.len();
        if self.settled > MOST {
            (self.times, self.are_lost) = (Vec::new(), true);
        }
    }

    /// Whether the list that they stand in is one of events at all.
    pub fn are_of_events(&self) -> bool {
        self.are_of_events
    }

    /// The number of events.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The newest times.
    pub fn latest(&self) -> Latest {
        let mut latest = Latest::default();
        for age in &self.times {
            for _ in 0..age.events.min(2) {
                latest.see(age.time);
            }
        }
        latest
    }

    /// How many are too old for a request that was sent then, in seconds since 1970.
    pub fn stale(&self, sent: i64) -> u64 {
        let is_stale = |age: &&Age| sent - age.time > age.days * DAY;
        self.times
            .iter()
            .filter(is_stale)
            .map(|age| age.events)
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::*;
    use crate::json::Tape;

    fn ages(times: impl Iterator<Item = i64>) -> Ages {
        let mut ages = Ages::default();
        for time in times {
            let (arena, mut tape) = (Bump::new(), Tape::new());
            let text = format!("{{\"action_source\":\"website\",\"event_time\":{time}}}");
            tape.parse(arena.alloc_str(&text), &arena).unwrap();
            ages.see(tape.root());
        }
        ages
    }

    #[test]
    fn pieces_count_as_the_whole() {
        let times = |n: i64| 1_782_000_000 + (n * 7919) % 3_000_000;
        let whole = ages((0..20_000).map(times));
        let mut pieces = Ages::default();
        for piece in 0..20 {
            pieces.merge(ages((piece * 1000..(piece + 1) * 1000).map(times)));
        }
        assert_eq!(pieces.events(), 20_000);
        assert_eq!(pieces.latest(), whole.latest());
        for sent in [1_782_000_000, 1_783_000_000, 1_785_000_000] {
            let stale = (0..20_000).filter(|&n| sent - times(n) > 7 * DAY).count();
            assert_eq!(pieces.stale(sent), stale as u64);
            assert_eq!(whole.stale(sent), stale as u64);
        }
    }

    #[test]
    fn copies_take_no_room() {
        let mut all = Ages::default();
        for _ in 0..40 {
            all.merge(ages((0..1000).map(|n| 1_782_000_000 + n % 10)));
        }
        assert_eq!((all.events(), all.stale(1_800_000_000)), (40_000, 40_000));
        assert!(all.times.len() < LEAST);
        let newest = Some(1_782_000_009);
        assert_eq!((all.latest().first, all.latest().second), (newest, newest));
    }

    #[test]
    fn of_too_many_nothing_is_said() {
        let mut all = Ages::default();
        for time in 0..2 * MOST as i64 + 2 {
            let (days, events) = (7, 1);
            all.add(Age { time, days, events });
        }
        assert!(all.times.is_empty());
        assert_eq!(all.stale(i64::MAX), 0);
    }
}
