//! What was read, beyond its size: whose events they are, from when, and how much of them is test
//! traffic. People misjudge what they captured more often than they misread a rule.

use std::collections::BTreeMap;

use once_cell::sync::Lazy;
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::finding::Finding;
use crate::ledger::Key;
use crate::rules;
use crate::values::printable;

/// Datasets and senders beyond this many are counted as others.
const MOST_NAMES: usize = 1_000;

/// Names with the number of their events, in the order in which they were first met: an order by
/// name would show something of those that may not be printed, and get lost with them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<(String, u64)>", into = "Vec<(String, u64)>")]
pub struct Names {
    list: Vec<(String, u64)>,
    /// Where each is in the list.
    places: BTreeMap<String, usize>,
}

impl Names {
    /// Each with its number of events.
    pub fn iter(&self) -> impl Iterator<Item = &(String, u64)> {
        self.list.iter()
    }

    /// Whether it is among them.
    pub fn has(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    /// Counts events of a name, from some number of names on under a heading for all others.
    pub fn count(&mut self, name: &str, events: u64) {
        let room = self.list.len() < MOST_NAMES;
        let name = match self.places.get(name) {
            None if !room => OTHERS,
            _ => name,
        };
        match self.places.get(name) {
            Some(&at) => self.list[at].1 += events,
            None => {
                self.places.insert(name.to_owned(), self.list.len());
                self.list.push((name.to_owned(), events));
            }
        }
    }
}

impl PartialEq for Names {
    fn eq(&self, other: &Names) -> bool {
        self.list == other.list
    }
}

impl Eq for Names {}

impl From<Vec<(String, u64)>> for Names {
    fn from(list: Vec<(String, u64)>) -> Names {
        let mut names = Names::default();
        for (name, events) in list {
            names.count(&name, events);
        }
        names
    }
}

impl From<Names> for Vec<(String, u64)> {
    fn from(names: Names) -> Vec<(String, u64)> {
        names.list
    }
}

/// Facts about some events; those of two parts add up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Events by the id of the dataset that they went to, as far as the log names it.
    pub datasets: Names,
    /// Events by partner_agent or pipeline, as far as the log names it.
    pub senders: Names,
    /// The earliest and the latest plausible event_time, in Unix seconds.
    pub event_times: Option<(i64, i64)>,
    /// The earliest and the latest time of capture, in Unix seconds.
    pub capture_times: Option<(i64, i64)>,
    /// Events of requests with a test_event_code.
    pub test_events: u64,
    /// Events of which the log hides or cuts values.
    pub redacted: u64,
    /// Events left out by `--dataset`: those that went elsewhere, and those of which the log does
    /// not say where they went.
    pub elsewhere: u64,
    pub nowhere: u64,
    /// Neighbours of which the second is the later one, and the earlier one.
    pub ascending: u64,
    pub descending: u64,
    /// The event_times of the first and the last event that has one.
    ends: Option<(i64, i64)>,
}

impl Facts {
    /// Takes over what an event tells, and what the rules say of it.
    pub fn see(&mut self, event: &Event<'_, '_>, findings: &[Finding]) {
        static HIDDEN: Lazy<usize> = Lazy::new(|| rules::index_of("lossy-capture"));
        let is_hidden = !findings.is_empty() && findings.iter().any(|one| one.rule == *HIDDEN);
        self.redacted += u64::from(is_hidden);
        let envelope = &event.envelope;
        if let Some(dataset) = envelope.dataset {
            self.datasets.count(dataset, 1);
        }
        if let Some(sender) = envelope.sender {
            self.senders.count(sender, 1);
        }
        self.test_events += u64::from(envelope.is_test);
        if let Some(time) = event.time() {
            self.step(time);
            self.ends = Some((self.ends.map_or(time, |(first, _)| first), time));
            widen(&mut self.event_times, (time, time));
        }
        if let Some(sent) = envelope.sent_at {
            let sent = sent.div_euclid(1_000);
            widen(&mut self.capture_times, (sent, sent));
        }
    }

    /// An event that `--dataset` leaves out.
    pub fn pass_over(&mut self, event: &Event<'_, '_>) {
        match event.envelope.dataset {
            Some(_) => self.elsewhere += 1,
            None => self.nowhere += 1,
        }
    }

    fn step(&mut self, time: i64) {
        if let Some((_, last)) = self.ends {
            self.ascending += u64::from(time > last);
            self.descending += u64::from(time < last);
        }
    }

    /// Adds the facts of what comes next in the same file.
    pub fn add(&mut self, next: &Facts) {
        for (dataset, events) in next.datasets.iter() {
            self.datasets.count(dataset, *events);
        }
        for (sender, events) in next.senders.iter() {
            self.senders.count(sender, *events);
        }
        self.test_events += next.test_events;
        self.redacted += next.redacted;
        self.elsewhere += next.elsewhere;
        self.nowhere += next.nowhere;
        if let Some((first, last)) = next.ends {
            self.step(first);
            self.ends = Some((self.ends.map_or(first, |(begin, _)| begin), last));
        }
        self.ascending += next.ascending;
        self.descending += next.descending;
        for (own, other) in [
            (&mut self.event_times, next.event_times),
            (&mut self.capture_times, next.capture_times),
        ] {
            if let Some(range) = other {
                widen(own, range);
            }
        }
    }

    /// A new file begins: its first event follows none.
    pub fn begin_file(&mut self) {
        self.ends = None;
    }

    /// The same without what may not be printed: keyed hashes stand for it.
    pub fn sealed(&self, key: &Key) -> Facts {
        let seal = |names: &Names, open: fn(&str) -> bool| {
            let mut sealed = Names::default();
            for (name, events) in names.iter() {
                let name = match open(name) || name == OTHERS {
                    true => name.clone(),
                    false => format!("#{:016x}", key.hash(name.as_bytes())),
                };
                sealed.count(&name, *events);
            }
            sealed
        };
        Facts {
            datasets: seal(&self.datasets, |_| false),
            senders: seal(&self.senders, printable::is_printable),
            ..self.clone()
        }
    }

    /// In which order the events stand; `None` when that does not show.
    pub fn order(&self) -> Option<&'static str> {
        match (self.ascending, self.descending) {
            (0, 0) => None,
            (_, 0) => Some("ascending"),
            (0, _) => Some("descending"),
            _ => Some("mixed"),
        }
    }
}

/// The heading for names beyond [`MOST_NAMES`].
pub const OTHERS: &str = "(others)";

fn widen(range: &mut Option<(i64, i64)>, other: (i64, i64)) {
    *range = Some(match *range {
        Some((first, last)) => (first.min(other.0), last.max(other.1)),
        None => other,
    });
}

/// Names and their numbers as they may be printed: a name that is not `open` gets a number.
pub fn named(names: &Names, what: &str, open: impl Fn(&str) -> bool) -> Vec<(String, u64)> {
    let mut hidden = 0;
    let mut list: Vec<(String, u64)> = Vec::new();
    for (name, events) in names.iter() {
        let shown = if name == OTHERS || open(name) {
            name.clone()
        } else {
            hidden += 1;
            format!("{what}#{hidden}")
        };
        list.push((shown, *events));
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(times: &[i64]) -> Facts {
        let mut facts = Facts::default();
        for &time in times {
            facts.step(time);
            facts.ends = Some((facts.ends.map_or(time, |(first, _)| first), time));
            widen(&mut facts.event_times, (time, time));
        }
        facts
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let times = [5, 7, 7, 6, 9, 1];
        for cut in 0..=times.len() {
            let mut sum = of(&times[..cut]);
            sum.add(&of(&times[cut..]));
            assert_eq!(sum, of(&times), "cut at {cut}");
        }
        assert_eq!(of(&times).order(), Some("mixed"));
        assert_eq!(of(&[3, 2, 2]).order(), Some("descending"));
        assert_eq!(of(&[3, 3]).order(), None);
    }

    #[test]
    fn names_that_look_like_values_are_numbered() {
        let names = Names::from(vec![
            ("ana@shop.example".to_owned(), 2),
            ("gtm".to_owned(), 1),
        ]);
        let shown = named(&names, "sender", printable::is_printable);
        assert_eq!(shown, [("sender#1".to_owned(), 2), ("gtm".to_owned(), 1)]);
    }
}
