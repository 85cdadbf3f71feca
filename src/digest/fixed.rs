//! Tables of digests that `build.rs` makes, so that they cost nothing at the start: a page of the
//! program is read where a digest is looked up.

use std::ops::Range;

const NUMBER_BITS: u32 = 17;
const BUCKET_BITS: u32 = 13;

/// The beginnings of the digests of numbered values: 47 bits each, by which another digest passes
/// for one of them once in 10^9 look-ups.
pub(super) struct Fixed {
    /// Where each bucket begins.
    starts: &'static [[u8; 4]],
    /// The beginning of a digest and, in the low bits, the number of its value; sorted.
    entries: &'static [[u8; 8]],
}

/// Five digits, as numbers.
pub(super) static POSTCODES: Fixed =
    Fixed::of(include_bytes!(concat!(env!("OUT_DIR"), "/postcodes.bin")));
/// The days from 1900-01-01 on, counted from 0.
pub(super) static DATES: Fixed = Fixed::of(include_bytes!(concat!(env!("OUT_DIR"), "/dates.bin")));

impl Fixed {
    const fn of(bytes: &'static [u8]) -> Fixed {
        let (starts, entries) = bytes.split_at(4 * ((1 << BUCKET_BITS) + 1));
        Fixed {
            starts: starts.as_chunks().0,
            entries: entries.as_chunks().0,
        }
    }

    #[inline]
    fn bucket(&self, prefix: u64) -> Range<usize> {
        let at = (prefix >> (64 - BUCKET_BITS)) as usize;
        let start = |at: usize| u32::from_le_bytes(self.starts[at]) as usize;
        start(at)..start(at + 1)
    }

    #[inline]
    pub(super) fn has(&self, prefix: u64) -> bool {
        self.number(prefix).is_some()
    }

    /// The number of the value whose digest begins so.
    #[inline]
    pub(super) fn number(&self, prefix: u64) -> Option<u32> {
        self.entries[self.bucket(prefix)]
            .iter()
            .map(|entry| u64::from_le_bytes(*entry))
            .find(|entry| (entry ^ prefix) >> NUMBER_BITS == 0)
            .map(|entry| (entry & ((1 << NUMBER_BITS) - 1)) as u32)
    }

    /// The beginnings of all digests; the low bits are something else.
    pub(super) fn iter(&self) -> impl Iterator<Item = u64> {
        self.entries.iter().map(|entry| u64::from_le_bytes(*entry))
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}
