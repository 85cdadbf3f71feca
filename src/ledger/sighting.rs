//! One event under an id or an order number, and whether two of them can be the same event.

use std::cmp::Ordering;

use super::table::Row;
use super::table::numbers;

/// An event as the ledger remembers it under one of its keys. Numbers that are 0 are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Under `ids`: dataset, event_name and event_id. Under `orders`: dataset, event_name, order_id,
    /// item_number and status.
    pub key: [u64; 2],
    /// The number of the event in the run.
    pub at: u64,
    /// Under `ids` the order_id, under `orders` the event_id.
    pub other: u64,
    /// event_time in Unix seconds.
    pub time: u32,
    /// Dataset and event_name.
    pub name: u32,
    pub browser: u32,
    pub email: u32,
    pub external_id: u32,
    /// The address; the last bit tells IPv4 from IPv6, which are never compared.
    pub address: u32,
    /// Value, currency and contents; of a view that has none, the page.
    pub content: u32,
    /// A union of the flags below.
    pub flags: u32,
}

/// Meta pairs the event with a copy from the browser or the app by its event_id.
pub const PAIRED: u32 = 1;
/// The event_id looks minted at random.
pub const RANDOM_ID: u32 = 1 << 1;
/// The event_id is a word that somebody left in the code, which was told of the event itself.
pub const PLACEHOLDER_ID: u32 = 1 << 2;

/// The flags' upper bits hold how many minutes after event_time the event was sent, and one more;
/// 0 when the log does not tell. Taken up to 30 years.
const SENT_SHIFT: u32 = 8;
const LONGEST_DELAY: i64 = (1 << 24) - 2;

/// What the flags hold of an event of this time in Unix seconds that was sent at another, if that is
/// known.
pub fn sent_flags(time: u32, sent: Option<i64>) -> u32 {
    let Some(sent) = sent.filter(|_| time != 0) else {
        return 0;
    };
    let minutes = (sent - i64::from(time)).div_euclid(60);
    // What comes before its time was sent at once, by another clock.
    let minutes = minutes.clamp(0, LONGEST_DELAY) as u32;
    (minutes + 1) << SENT_SHIFT
}

/// Whether two events are of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// They share an e-mail or an external_id; or the browser, and neither of those differs.
    Same,
    /// They share none of these, and two or more kinds of identifier differ, whatever address they
    /// have in common: offices have one. On one browser both e-mail and external_id must differ, as
    /// at a kiosk. The browser is one of those that differ, or not.
    Different { browser: bool },
    /// There is too little to compare.
    Unknown,
}

impl Sighting {
    /// Whether the two events are of one person. One identifier that differs shows nothing: people
    /// have two addresses, and two senders may spell one of them differently.
    pub fn person(&self, other: &Sighting) -> Person {
        let compare = |a: u32, b: u32| (a != 0 && b != 0).then_some(a == b);
        let browser = compare(self.browser, other.browser);
        let email = compare(self.email, other.email);
        let account = compare(self.external_id, other.external_id);
        let address =
            compare(self.address, other.address).filter(|_| self.address & 1 == other.address & 1);
        if email == Some(true) || account == Some(true) {
            return Person::Same;
        }
        let differ = |all: &[Option<bool>]| all.iter().filter(|one| **one == Some(false)).count();
        match (browser, differ(&[email, account])) {
            (Some(true), 0) => Person::Same,
            (Some(true), 1) => Person::Unknown,
            (Some(true), _) => Person::Different { browser: false },
            _ if differ(&[browser, email, account, address]) > 1 => Person::Different {
                browser: browser == Some(false),
            },
            _ => Person::Unknown,
        }
    }

    /// Seconds between the two; 0 when a time is not known.
    pub fn gap(&self, other: &Sighting) -> u32 {
        match (self.time, other.time) {
            (0, _) | (_, 0) => 0,
            (a, b) => a.abs_diff(b),
        }
    }

    /// Seconds between their sendings, to the minute; 0 when one is not known.
    pub fn sent_gap(&self, other: &Sighting) -> u32 {
        match (self.sent(), other.sent()) {
            (Some(a), Some(b)) => a.abs_diff(b).try_into().unwrap_or(u32::MAX),
            _ => 0,
        }
    }

    fn sent(&self) -> Option<u64> {
        let delay = (self.flags >> SENT_SHIFT).checked_sub(1)?;
        Some(u64::from(self.time) + u64::from(delay) * 60)
    }

    /// Whether both orders, or both ids, are known and differ.
    pub fn other_differs(&self, than: &Sighting) -> bool {
        self.other != 0 && than.other != 0 && self.other != than.other
    }

    /// Whether both contents are known and differ.
    pub fn content_differs(&self, than: &Sighting) -> bool {
        self.content != 0 && than.content != 0 && self.content != than.content
    }

    /// Whether both contents are known and alike.
    pub fn content_agrees(&self, with: &Sighting) -> bool {
        self.content != 0 && self.content == with.content
    }

    /// Whether both e-mail addresses are known and differ.
    pub fn email_differs(&self, than: &Sighting) -> bool {
        self.email != 0 && than.email != 0 && self.email != than.email
    }

    /// Whether all these flags are set.
    pub fn has(&self, flags: u32) -> bool {
        self.flags & flags == flags
    }
}

impl Ord for Sighting {
    /// By key and event: no event is twice under one key.
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        let [first, second] = self.key;
        let by_first = first.cmp(&other.key[0]);
        by_first.then_with(|| (second, self.at).cmp(&(other.key[1], other.at)))
    }
}

impl PartialOrd for Sighting {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Row for Sighting {
    type Group = [u64; 2];

    fn group(&self) -> [u64; 2] {
        self.key
    }

    fn shift(&mut self, events: u64) {
        self.at += events;
    }

    numbers! {
        key: [u64; 2],
        at: u64,
        other: u64,
        time: u32,
        name: u32,
        browser: u32,
        email: u32,
        external_id: u32,
        address: u32,
        content: u32,
        flags: u32,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn sighting(at: u64) -> Sighting {
        Sighting {
            key: [1, 1],
            at,
            other: 0,
            time: 1_782_399_600,
            name: 1,
            browser: 0,
            email: 0,
            external_id: 0,
            address: 0,
            content: 0,
            flags: PAIRED,
        }
    }

    #[test]
    fn a_row_comes_back_from_disk_as_it_went() {
        let row = Sighting {
            key: [3, 4],
            at: 5,
            other: 6,
            time: 7,
            name: 8,
            browser: 9,
            email: 10,
            external_id: 11,
            address: 12,
            content: 13,
            flags: 14,
        };
        let mut bytes = Vec::new();
        row.write(&mut bytes);
        assert_eq!(bytes.len(), Sighting::SIZE);
        assert_eq!(Sighting::read(&bytes), row);
    }

    #[test]
    fn the_flags_hold_when_it_was_sent() {
        let time = 1_782_399_600;
        let sent = |sent: Option<i64>| Sighting {
            flags: PAIRED | sent_flags(time, sent),
            ..sighting(0)
        };
        let (at_once, late) = (
            sent(Some(time.into())),
            sent(Some(i64::from(time) + 3 * 86_400)),
        );
        assert_eq!(at_once.sent_gap(&late), 3 * 86_400);
        assert_eq!(late.sent_gap(&sent(Some(i64::from(time) - 90))), 3 * 86_400);
        assert_eq!(late.sent_gap(&sent(None)), 0);
        assert!(late.has(PAIRED) && !late.has(RANDOM_ID));
    }

    #[test]
    fn it_takes_two_identifiers_to_tell_people_apart() {
        let mut a = sighting(0);
        let mut b = sighting(1);
        assert_eq!(a.person(&b), Person::Unknown);
        (a.email, b.email) = (1, 2);
        assert_eq!(a.person(&b), Person::Unknown);
        (a.address, b.address) = (2, 4);
        assert_eq!(a.person(&b), Person::Different { browser: false });
        b.address = 5; // the other kind of address
        assert_eq!(a.person(&b), Person::Unknown);
        (a.browser, b.browser) = (1, 2);
        assert_eq!(a.person(&b), Person::Different { browser: true });
        (a.external_id, b.external_id) = (7, 7);
        assert_eq!(a.person(&b), Person::Same);
    }
}
