//! Other algorithms than SHA-256, told by the length of their digests.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha384, Sha512};

/// An algorithm that senders take in place of SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Md5,
    Sha1,
    Sha224,
    Sha384,
    Sha512,
}

impl Algorithm {
    pub const ALL: [Algorithm; 5] = [
        Algorithm::Md5,
        Algorithm::Sha1,
        Algorithm::Sha224,
        Algorithm::Sha384,
        Algorithm::Sha512,
    ];

    /// The one whose digests have so many hex digits.
    pub fn of_length(digits: usize) -> Option<Algorithm> {
        Algorithm::ALL
            .into_iter()
            .find(|one| one.digits() == digits)
    }

    /// The hex digits of a digest.
    pub const fn digits(self) -> usize {
        match self {
            Algorithm::Md5 => 32,
            Algorithm::Sha1 => 40,
            Algorithm::Sha224 => 56,
            Algorithm::Sha384 => 96,
            Algorithm::Sha512 => 128,
        }
    }

    /// Its name.
    pub const fn word(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha1 => "SHA-1",
            Algorithm::Sha224 => "SHA-224",
            Algorithm::Sha384 => "SHA-384",
            Algorithm::Sha512 => "SHA-512",
        }
    }

    /// The first eight bytes of the digest of a text.
    pub fn prefix_of(self, text: &str) -> u64 {
        let begin = |digest: &[u8]| {
            let bytes: [u8; 8] = digest[..8].try_into().expect("every digest is longer");
            u64::from_be_bytes(bytes)
        };
        match self {
            Algorithm::Md5 => begin(&Md5::digest(text)),
            Algorithm::Sha1 => begin(&Sha1::digest(text)),
            Algorithm::Sha224 => begin(&Sha224::digest(text)),
            Algorithm::Sha384 => begin(&Sha384::digest(text)),
            Algorithm::Sha512 => begin(&Sha512::digest(text)),
        }
    }

    /// The digest of a text, as hex in lower case.
    pub fn hex_of(self, text: &str) -> String {
        match self {
            Algorithm::Md5 => hex::encode(Md5::digest(text)),
            Algorithm::Sha1 => hex::encode(Sha1::digest(text)),
            Algorithm::Sha224 => hex::encode(Sha224::digest(text)),
            Algorithm::Sha384 => hex::encode(Sha384::digest(text)),
            Algorithm::Sha512 => hex::encode(Sha512::digest(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::prefix_of_hex;

    #[test]
    fn the_length_tells_the_algorithm() {
        for algorithm in Algorithm::ALL {
            let hex = algorithm.hex_of("abc");
            assert_eq!(Algorithm::of_length(hex.len()), Some(algorithm));
            assert_eq!(algorithm.prefix_of("abc"), prefix_of_hex(&hex));
        }
        assert!(Algorithm::of_length(64).is_none());
        // The example of FIPS 180-4.
        assert_eq!(
            Algorithm::Sha1.hex_of("abc"),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
    }
}
