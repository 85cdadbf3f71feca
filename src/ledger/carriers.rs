//! Browsers and the identifiers that their events carry.

use super::table::{Number, Row, numbers};
use crate::score::Keys;

/// Events of one browser with the same keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Carrier {
    /// Dataset, and fbp or else external_id.
    pub key: u64,
    /// The e-mail address; 0 when there is none.
    pub email: u32,
    /// The keys that can match somebody.
    pub keys: Keys,
    /// The keys that are there but cannot: they are not missing.
    pub bad: Keys,
    /// The first of them.
    pub at: u64,
    pub count: u32,
}

impl Number for Keys {
    const SIZE: usize = u32::SIZE;

    fn put(self, out: &mut Vec<u8>) {
        self.bits().put(out);
    }

    fn take(bytes: &mut &[u8]) -> Self {
        Keys::from_bits(u32::take(bytes))
    }
}

impl Row for Carrier {
    const REPEATS: bool = true;

    type Group = u64;

    fn group(&self) -> u64 {
        self.key
    }

    fn absorb(&mut self, other: &Self) -> bool {
        let of = |row: &Self| (row.key, row.email, row.keys, row.bad);
        let same = of(self) == of(other);
        if same {
            self.count = self.count.saturating_add(other.count);
            self.at = self.at.min(other.at);
        }
        same
    }

    fn shift(&mut self, events: u64) {
        self.at += events;
    }

    numbers! {
        key: u64,
        at: u64,
        email: u32,
        keys: Keys,
        bad: Keys,
        count: u32,
    }
}
