//! What one event_id was used for, judged from all its sightings.
//!
//! Meta drops the later of two events of one dataset, name and id within 48 hours. So an id that
//! names two different events costs one of them, and one that names a copy does its work. Which it
//! is has to be told from what the events carry; where that leaves doubt, they are taken for copies.

use super::LEAST_EVENTS;
use super::sighting::{PAIRED, PLACEHOLDER_ID, Person, Sighting};
use crate::finding::Certainty;

/// How long Meta remembers an id, in seconds.
pub const WINDOW: u32 = 48 * 3600;

/// Copies of one event come within this time of each other, in seconds; senders stamp them when
/// the order is made, paid or shown.
const CLOSE: u32 = 3600;

/// More different events under one id are not told apart.
const MOST: usize = 64;

/// An id is the same for everybody when it has been on so many people.
const MANY_PEOPLE: usize = 10;

/// What the events under one id have that one event cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Differ {
    /// They lie further apart than Meta remembers.
    Days,
    /// One person's events that differ in value or contents, three or more of them.
    Contents,
    /// They are of people who share no identifier.
    People,
    /// They are of different orders.
    Orders,
}

/// What an id was used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Nothing to be told: one event, or one of a kind that Meta does not pair by its id, or a
    /// placeholder, which is told of each event.
    Unremarkable,
    /// One event, sent so many times more within 48 hours.
    Copies(u64),
    /// Different events.
    Reused {
        why: Differ,
        /// How many different events, [`MOST`] at most.
        events: usize,
        certainty: Certainty,
    },
    /// Nearly all events of that name, whoever caused them.
    Constant,
}

/// Judges the sightings of one id. `of_name` is the number of sightings of all ids under the same
/// event_name.
pub fn judge(group: &[Sighting], of_name: u64) -> Use {
    let [first, _, ..] = group else {
        return Use::Unremarkable;
    };
    if first.has(PLACEHOLDER_ID) || !group.iter().all(|row| row.has(PAIRED)) {
        return Use::Unremarkable;
    }
    let told = tell_apart(group);
    let number = group.len() as u64;
    if told.people >= MANY_PEOPLE && number >= LEAST_EVENTS && number * 2 >= of_name {
        return Use::Constant;
    }
    match told.why {
        Some((why, certainty)) => Use::Reused {
            why,
            events: told.events,
            certainty,
        },
        None if has_many_contents(group) => Use::Reused {
            why: Differ::Contents,
            events: group.len(),
            certainty: Certainty::Strong,
        },
        None => Use::Copies(number - 1),
    }
}

/// The different events among some sightings.
struct Told {
    events: usize,
    people: usize,
    why: Option<(Differ, Certainty)>,
}

fn tell_apart(group: &[Sighting]) -> Told {
    // The first sighting of each different event.
    let mut events: Vec<Sighting> = Vec::new();
    let mut people: Vec<Sighting> = Vec::new();
    let mut why: Option<(Differ, Certainty)> = None;
    for row in group {
        if people.len() < MOST && people.iter().all(|one| is_other_person(one, row)) {
            people.push(*row);
        }
        if events.len() >= MOST {
            break;
        }
        let mut reason: Option<(Differ, Certainty)> = None;
        let is_new = events.iter().all(|event| match difference(event, row) {
            Some(differ) => {
                reason = reason.max(Some(differ));
                true
            }
            None => false,
        });
        if is_new {
            events.push(*row);
            why = why.max(reason);
        }
    }
    if let Some((differ, certainty)) = &mut why
        // Two senders of one event may disagree on much; three different events are three events.
        && (people.len() >= 3 && *differ == Differ::People || events.len() >= 3 && *differ == Differ::Orders)
    {
        *certainty = Certainty::Proof;
    }
    Told {
        events: events.len(),
        people: people.len(),
        why,
    }
}

fn is_other_person(a: &Sighting, b: &Sighting) -> bool {
    matches!(a.person(b), Person::Different { .. })
}

/// Why two sightings cannot be of one event, and how sure that is.
fn difference(a: &Sighting, b: &Sighting) -> Option<(Differ, Certainty)> {
    let (person, gap) = (a.person(b), a.gap(b));
    let other_person = matches!(person, Person::Different { .. });
    let same_order = a.other != 0 && a.other == b.other;
    // One sender may give the number that the customer sees and another that of the database: of
    // one event all the rest is alike.
    if a.other_differs(b) && (other_person || a.content_differs(b) || gap > CLOSE) {
        let sure = other_person || gap > WINDOW;
        return Some((Differ::Orders, certainty(sure)));
    }
    // Of one order, billing and account address are two persons to us; on another browser and of
    // other contents it is another order of the same number.
    let is_recounted = person == Person::Different { browser: true } && a.content_differs(b);
    if other_person && (is_recounted || !(same_order && gap <= WINDOW)) {
        // A page that is opened again on another device sends its event again: that device has
        // another cookie, address and nameless account, but nobody has another e-mail there.
        let may_be_copy = gap <= WINDOW && a.content_agrees(b) && !a.email_differs(b);
        let sure = person == Person::Different { browser: true } && !may_be_copy;
        return Some((Differ::People, certainty(sure)));
    }
    // Meta counts from one receipt to the next: a copy of the same time may come days later.
    (gap.max(a.sent_gap(b)) > WINDOW).then_some((Differ::Days, Certainty::Strong))
}

fn certainty(sure: bool) -> Certainty {
    if sure {
        Certainty::Proof
    } else {
        Certainty::Strong
    }
}

/// Whether one person's events under one id differ in what they are about, as when the id of the
/// cart or of the session is taken: two senders may disagree, three different contents at three
/// times are three events.
fn has_many_contents(group: &[Sighting]) -> bool {
    let distinct = |of: fn(&Sighting) -> u32| {
        let mut seen: Vec<u32> = Vec::new();
        for number in group.iter().map(of).filter(|&number| number != 0) {
            if !seen.contains(&number) {
                seen.push(number);
            }
            if seen.len() >= 3 {
                return true;
            }
        }
        false
    };
    let same_order = |row: &Sighting| row.other != 0;
    distinct(|row| row.content) && distinct(|row| row.time) && !group.iter().any(same_order)
}

#[cfg(test)]
mod tests {
    use super::super::sighting::{sent_flags, tests::sighting};
    use super::*;

    const OF_NAME: u64 = 1_000;

    fn rows(number: u64, change: impl Fn(u32, &mut Sighting)) -> Vec<Sighting> {
        (0..number)
            .map(|at| {
                let mut row = sighting(at);
                change(at as u32, &mut row);
                row
            })
            .collect()
    }

    fn person(row: &mut Sighting, number: u32) {
        (row.browser, row.email) = (100 + number, 200 + number);
    }

    #[test]
    fn copies_are_copies() {
        let same = rows(3, |_, _| {});
        assert_eq!(judge(&same, OF_NAME), Use::Copies(2));
        let two_senders = rows(2, |n, row| {
            (row.other, row.time) = (7, row.time + n * 40);
            (row.email, row.address, row.content) = (n + 1, 2 + n * 2, n + 1);
        });
        assert_eq!(judge(&two_senders, OF_NAME), Use::Copies(1));
        let two_numbers = rows(2, |n, row| {
            person(row, 1);
            row.other = u64::from(n) + 1;
        });
        assert_eq!(judge(&two_numbers, OF_NAME), Use::Copies(1));
        let one_kind_differs = rows(2, |n, row| row.email = n + 1);
        assert_eq!(judge(&one_kind_differs, OF_NAME), Use::Copies(1));
    }

    #[test]
    fn one_event_or_an_unpaired_one_is_unremarkable() {
        assert_eq!(judge(&rows(1, |_, _| {}), OF_NAME), Use::Unremarkable);
        let store = rows(2, |n, row| {
            person(row, n);
            row.flags = 0;
        });
        assert_eq!(judge(&store, OF_NAME), Use::Unremarkable);
    }

    #[test]
    fn other_people_orders_and_days_are_other_events() {
        let reused = |rows: &[Sighting]| match judge(rows, OF_NAME) {
            Use::Reused {
                why,
                events,
                certainty,
            } => (why, events, certainty),
            other => panic!("{other:?}"),
        };
        let people = rows(4, |n, row| person(row, n % 2));
        assert_eq!(reused(&people), (Differ::People, 2, Certainty::Proof));
        let no_browser = rows(2, |n, row| (row.email, row.address) = (n + 1, 2 + 2 * n));
        assert_eq!(reused(&no_browser), (Differ::People, 2, Certainty::Strong));
        let three = rows(3, |n, row| (row.email, row.address) = (n + 1, 2 + 2 * n));
        // The thank-you page on another device: one purchase, as far as it can be seen.
        let device = |n: u32, row: &mut Sighting| {
            (row.browser, row.external_id, row.content) = (100 + n, 200 + n, 7);
        };
        let two_devices = rows(2, device);
        assert_eq!(reused(&two_devices), (Differ::People, 2, Certainty::Strong));
        let three_devices = rows(3, device);
        assert_eq!(
            reused(&three_devices),
            (Differ::People, 3, Certainty::Proof)
        );
        for change in [
            |n: u32, row: &mut Sighting| row.email = 300 + n,
            |n: u32, row: &mut Sighting| row.content = 7 + n,
            |n: u32, row: &mut Sighting| row.time += n * 3 * 86_400,
        ] {
            let other = rows(2, |n, row| {
                device(n, row);
                change(n, row);
            });
            assert_eq!(reused(&other), (Differ::People, 2, Certainty::Proof));
        }
        assert_eq!(reused(&three), (Differ::People, 3, Certainty::Proof));
        let orders = rows(2, |n, row| {
            person(row, n);
            row.other = u64::from(n) + 1;
        });
        assert_eq!(reused(&orders), (Differ::Orders, 2, Certainty::Proof));
        let sent_late = rows(2, |n, row| {
            row.flags |= sent_flags(row.time, Some(i64::from(row.time + n * 3 * 86_400)));
        });
        assert_eq!(reused(&sent_late), (Differ::Days, 2, Certainty::Strong));
        // A counter that begins anew gives out order and id twice.
        let recounted = rows(2, |n, row| {
            person(row, n);
            (row.other, row.content, row.time) = (7, n + 1, row.time + n * 86_400);
        });
        assert_eq!(reused(&recounted), (Differ::People, 2, Certainty::Proof));
        let days = rows(2, |n, row| row.time += n * 3 * 86_400);
        assert_eq!(reused(&days), (Differ::Days, 2, Certainty::Strong));
        let cart = rows(3, |n, row| {
            person(row, 1);
            (row.content, row.time) = (n + 1, row.time + n * 60);
        });
        assert_eq!(reused(&cart), (Differ::Contents, 3, Certainty::Strong));
    }

    #[test]
    fn one_id_on_most_events_is_constant() {
        let all = rows(30, |n, row| person(row, n));
        assert_eq!(judge(&all, 40), Use::Constant);
        assert!(matches!(judge(&all, 400), Use::Reused { .. }));
        assert!(matches!(judge(&all[..19], 19), Use::Reused { .. }));
    }
}
