//! The key of a ledger: whatever the ledger remembers of a payload is a hash under it.

use std::hash::{BuildHasher, Hasher, RandomState};

use siphasher::sip128::{Hasher128, SipHasher13 as Wide};

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
        Hash(Wide::new_with_keys(self.low, self.high))
    }
}

/// A hash of several parts. The border between two parts counts: `ab` and `c` are not `a` and `bc`.
#[derive(Clone)]
pub struct Hash(Wide);

impl Hash {
    /// One more part.
    #[inline]
    pub fn part(mut self, bytes: &[u8]) -> Hash {
        self.add(bytes);
        self
    }

    /// A number as one more part.
    #[inline]
    pub fn number(self, number: u64) -> Hash {
        self.part(&number.to_le_bytes())
    }

    /// One more part, in place.
    #[inline]
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
        // Bytes that no UTF-8 text holds, with the length: one short write.
        self.0.write(&[0xFF, bytes.len() as u8]);
    }

    /// 64 bits of it, never 0: 0 stands for what is not there.
    #[inline]
    pub fn end(self) -> u64 {
        self.0.finish128().h1.max(1)
    }

    /// All 128 bits of it: equal hashes mean equal parts, for all that proof needs.
    #[inline]
    pub fn wide(self) -> [u64; 2] {
        let hash = self.0.finish128();
        [hash.h1, hash.h2]
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
}
