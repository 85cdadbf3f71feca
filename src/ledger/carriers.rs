//! Browsers and the identifiers that their events carry.

use super::table::{Numbers, Row};
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

impl Row for Carrier {
    const SIZE: usize = 32;
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

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.key.to_le_bytes());
        out.extend(self.at.to_le_bytes());
        for number in [self.email, self.keys.bits(), self.bad.bits(), self.count] {
            out.extend(number.to_le_bytes());
        }
    }

    fn read(bytes: &[u8]) -> Self {
        let mut n = Numbers(bytes);
        let (key, at) = (n.long(), n.long());
        Carrier {
            key,
            at,
            email: n.short(),
            keys: Keys::from_bits(n.short()),
            bad: Keys::from_bits(n.short()),
            count: n.short(),
        }
    }
}
