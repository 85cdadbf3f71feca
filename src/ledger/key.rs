//! The key of a ledger: whatever the ledger remembers of a payload is a hash under it.

use std::hash::{BuildHasher, RandomState};

/// A secret of 128 bits, random in every run unless parts of one log are to be merged.
#[derive(Clone, Copy)]
pub struct Key {
    low: u64,
    high: u64,
}

impl std::fmt::Debug for Key {
    /// A key is as secret as what it hides.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// A key that nobody knows.
    pub fn random() -> Key {
        // Each state is keyed by the operating system's random numbers.
        let word = || RandomState::new().hash_one(0u8);
        Key {
            low: word(),
            high: word(),
        }
    }

    /// The key that some bytes stand for: those of a key file.
    pub fn of(secret: &[u8]) -> Key {
        let digest = crate::digest::sha256(secret);
        let word = |at: usize| u64::from_le_bytes(digest[at..at + 8].try_into().expect("8 bytes"));
        Key {
            low: word(0),
            high: word(8),
        }
    }

    /// What tells two keys apart without giving them away.
    pub fn fingerprint(&self) -> u64 {
        self.hash("the key of a ledger".as_bytes())
    }

    /// A hash of some bytes.
    #[inline]
    pub fn hash(&self, bytes: &[u8]) -> u64 {
        self.begin().part(bytes).end()
    }

    /// Begins a hash of several parts.
    #[inline]
    pub fn begin(&self) -> Hash {
        // As SipHash sets out, for 128 bits.
        Hash([
            self.low ^ 0x736f_6d65_7073_6575,
            self.high ^ 0x646f_7261_6e64_6f6d ^ 0xEE,
            self.low ^ 0x6c79_6765_6e65_7261,
            self.high ^ 0x7465_6462_7974_6573,
        ])
    }
}

/// A hash of several parts: SipHash-1-3 with 128 bits, of which each part is taken in as it takes in
/// a whole text. A short part ends in a word with its length, a long one in a word that says so behind
/// one with its length: read from the end the words have but one meaning, so the border between two
/// parts counts, and `ab` and `c` are not `a` and `bc`.
///
/// Faster hashes are no pseudo-random functions. What is hashed can often be listed (a country, an
/// order number, an address), and the rows may go to disk or into a part that is passed on.
#[derive(Clone, Debug, Default)]
pub struct Hash([u64; 4]);

/// From this length on a part is a long one.
const LONG: usize = 0xFF;

impl Hash {
    /// One more part.
    #[inline]
    pub fn part(mut self, bytes: &[u8]) -> Hash {
        self.add(bytes);
        self
    }

    /// A number as one more part, one of eight bytes.
    #[inline]
    pub fn number(mut self, number: u64) -> Hash {
        self.word(number);
        self.word(8 << 56);
        self
    }

    /// One more part, in place.
    #[inline]
    pub fn add(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        if bytes.len() >= LONG {
            self.word(bytes.len() as u64);
        }
        let last = match bytes.last_chunk::<8>() {
            // The bytes of the rest are the last of eight.
            Some(_) if rest.is_empty() => 0,
            Some(eight) => u64::from_le_bytes(*eight) >> (64 - 8 * rest.len()),
            None => rest
                .iter()
                .rev()
                .fold(0, |sum, &byte| sum << 8 | u64::from(byte)),
        };
        self.word((bytes.len().min(LONG) as u64) << 56 | last);
    }

    #[inline]
    fn word(&mut self, word: u64) {
        self.0[3] ^= word;
        self.round();
        self.0[0] ^= word;
    }

    #[inline]
    fn round(&mut self) {
        let [v0, v1, v2, v3] = &mut self.0;
        *v0 = v0.wrapping_add(*v1);
        *v1 = v1.rotate_left(13) ^ *v0;
        *v0 = v0.rotate_left(32);
        *v2 = v2.wrapping_add(*v3);
        *v3 = v3.rotate_left(16) ^ *v2;
        *v0 = v0.wrapping_add(*v3);
        *v3 = v3.rotate_left(21) ^ *v0;
        *v2 = v2.wrapping_add(*v1);
        *v1 = v1.rotate_left(17) ^ *v2;
        *v2 = v2.rotate_left(32);
    }

    #[inline]
    fn finish(&mut self) -> u64 {
        for _ in 0..3 {
            self.round();
        }
        self.0.iter().fold(0, |sum, word| sum ^ word)
    }

    /// 64 bits of it, never 0: 0 stands for what is not there.
    #[inline]
    pub fn end(mut self) -> u64 {
        self.0[2] ^= 0xEE;
        self.finish().max(1)
    }

    /// All 128 bits of it: equal hashes mean equal parts, for all that proof needs.
    #[inline]
    pub fn wide(mut self) -> [u64; 2] {
        self.0[2] ^= 0xEE;
        let first = self.finish();
        self.0[1] ^= 0xDD;
        [first, self.finish()]
    }
}

/// The upper half of a hash, never 0. Good enough to compare what stands in one group already.
#[inline]
pub fn short(hash: u64) -> u32 {
    ((hash >> 32) as u32).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_border_of_parts_counts_and_so_does_the_key() {
        let (one, other) = (Key::of(b"one"), Key::of(b"other"));
        let hash =
            |key: Key, a: &str, b: &str| key.begin().part(a.as_bytes()).part(b.as_bytes()).end();
        assert_eq!(hash(one, "ab", "c"), hash(one, "ab", "c"));
        assert_ne!(hash(one, "ab", "c"), hash(one, "a", "bc"));
        assert_ne!(hash(one, "ab", "c"), hash(other, "ab", "c"));
        assert_ne!(one.fingerprint(), other.fingerprint());
        assert_ne!(Key::random().fingerprint(), Key::random().fingerprint());
    }

    #[test]
    fn a_single_part_is_hashed_as_siphash_has_it() {
        use siphasher::sip128::{Hasher128, SipHasher13};
        let key = Key::of(b"a key");
        for length in 0..LONG {
            let bytes: Vec<u8> = (0..length).map(|n| n as u8).collect();
            let mut theirs = SipHasher13::new_with_keys(key.low, key.high);
            std::hash::Hasher::write(&mut theirs, &bytes);
            let theirs = theirs.finish128();
            assert_eq!(
                key.begin().part(&bytes).wide(),
                [theirs.h1, theirs.h2],
                "{length}"
            );
            assert_eq!(key.hash(&bytes), theirs.h1.max(1));
        }
    }

    #[test]
    fn parts_of_any_length_keep_their_borders() {
        let key = Key::of(b"a key");
        let text = [b'x'; 700];
        let mut seen = std::collections::HashSet::new();
        for first in (0..20).chain(240..270).chain(500..520) {
            for second in (0..20).chain(240..270).chain(500..520) {
                let hash = key.begin().part(&text[..first]).part(&text[..second]);
                assert!(seen.insert(hash.clone().wide()), "{first} {second}");
                assert!(
                    seen.insert(hash.number(first as u64).wide()),
                    "{first} {second}"
                );
            }
        }
    }
}
