//! Tables of digests that `build.rs` makes, so that they cost nothing at the start: a page of the
//! program is read where a digest is looked up.

use std::ops::Range;

const BUCKET_BITS: u32 = 13;

/// The beginnings of the digests of numbered values: 45 bits each, by which another digest passes
/// for one of them once in some 10^8 look-ups.
pub(super) struct Fixed {
    /// Where each bucket begins.
    starts: &'static [[u8; 4]],
    /// The bits of each digest that follow those of its bucket; sorted.
    rests: &'static [[u8; 4]],
    /// The numbers of the values, in the same order; only a hit looks here.
    numbers: &'static [[u8; 4]],
}

/// Five digits, as numbers.
pub(super) static POSTCODES: Fixed =
    Fixed::of(include_bytes!(concat!(env!("OUT_DIR"), "/postcodes.bin")));
/// The days from 1900-01-01 on, counted from 0.
pub(super) static DATES: Fixed = Fixed::of(include_bytes!(concat!(env!("OUT_DIR"), "/dates.bin")));

impl Fixed {
    const fn of(bytes: &'static [u8]) -> Fixed {
        let (starts, entries) = bytes.as_chunks().0.split_at((1 << BUCKET_BITS) + 1);
        let (rests, numbers) = entries.split_at(entries.len() / 2);
        Fixed {
            starts,
            rests,
            numbers,
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
        let rest = rest(prefix);
        let bucket = &self.rests[self.bucket(prefix)];
        // All of them, without a branch: they lie in one or two lines of the cache.
        bucket.iter().fold(false, |has, it| has | (*it == rest))
    }

    /// The number of the value whose digest begins so.
    pub(super) fn number(&self, prefix: u64) -> Option<u32> {
        let (bucket, rest) = (self.bucket(prefix), rest(prefix));
        let at = self.rests[bucket.clone()]
            .iter()
            .position(|it| *it == rest)?;
        Some(u32::from_le_bytes(self.numbers[bucket.start + at]))
    }

    /// The first bits of all digests; the others are zero.
    pub(super) fn iter(&self) -> impl Iterator<Item = u64> {
        (0..1_u64 << BUCKET_BITS).flat_map(move |bucket| {
            let first = bucket << (64 - BUCKET_BITS);
            self.rests[self.bucket(first)]
                .iter()
                .map(move |rest| first | u64::from(u32::from_le_bytes(*rest)) << (32 - BUCKET_BITS))
        })
    }

    pub(super) fn len(&self) -> usize {
        self.rests.len()
    }
}

#[inline]
fn rest(prefix: u64) -> [u8; 4] {
    ((prefix << BUCKET_BITS >> 32) as u32).to_le_bytes()
}
