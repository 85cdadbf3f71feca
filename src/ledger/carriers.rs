//! Browsers and the identifiers that their events carry.

use super::table::{Number, Row, numbers};
use crate::score::Keys;

/// An event of a browser, in 32 bytes. The rows of a browser come in the order of their times, those
/// without a time first and in the order of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Carrier {
    /// Dataset, and fbp or else external_id.
    pub key: [u32; 2],
    /// Unix seconds; 0 when they are not known.
    pub time: u32,
    /// The number of the event.
    at: [u32; 2],
    /// The e-mail address; 0 when there is none.
    pub email: u32,
    /// The keys that can match somebody.
    pub keys: Keys,
    /// The keys that are there but cannot: they are not missing.
    pub bad: Keys,
}

impl Carrier {
    /// An event of a browser that carries nothing.
    pub fn new(browser: u64, time: u32, at: u64) -> Carrier {
        Carrier {
            key: halves(browser),
            time,
            at: halves(at),
            email: 0,
            keys: Keys::NONE,
            bad: Keys::NONE,
        }
    }

    /// The number of the event.
    pub fn at(&self) -> u64 {
        u64::from(self.at[0]) << 32 | u64::from(self.at[1])
    }
}

fn halves(number: u64) -> [u32; 2] {
    [(number >> 32) as u32, number as u32]
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
    type Group = [u32; 2];

    fn group(&self) -> [u32; 2] {
        self.key
    }

    fn shift(&mut self, events: u64) {
        self.at = halves(self.at() + events);
    }

    numbers! {
        key: [u32; 2],
        time: u32,
        at: [u32; 2],
        email: u32,
        keys: Keys,
        bad: Keys,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::ScoreKey;

    #[test]
    fn a_row_comes_back_from_disk_as_it_went() {
        let mut row = Carrier {
            email: 9,
            keys: Keys::of(&[ScoreKey::Em, ScoreKey::Fbp]),
            bad: Keys::of(&[ScoreKey::Ph]),
            ..Carrier::new(3 << 32 | 5, 7, 11)
        };
        row.shift(u64::from(u32::MAX));
        let mut bytes = Vec::new();
        row.write(&mut bytes);
        assert_eq!((bytes.len(), size_of::<Carrier>()), (Carrier::SIZE, 32));
        let read = Carrier::read(&bytes);
        assert_eq!(read, row);
        assert_eq!(read.at(), u64::from(u32::MAX) + 11);
    }
}
