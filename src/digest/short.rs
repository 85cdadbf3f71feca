//! SHA-256 of the short texts that candidates are: most fit one block, and what is looked at first
//! is only the beginning of the digest.

use sha2::block_api::compress256;

use super::{Digest, sha256};

/// The state before the first block (FIPS 180-4, 5.3.3).
const START: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// The longest text that fits one block beside its end mark and its length.
const ONE_BLOCK: usize = 55;

/// The second block of every text of 64 bytes.
const AFTER_64: [u8; 64] = {
    let mut block = [0; 64];
    block[0] = 0x80;
    block[62] = 2;
    block
};

/// A digest as the algorithm leaves it.
pub(super) type Words = [u32; 8];

/// The digest of some parts behind one another.
pub(super) fn digest(parts: &[&[u8]]) -> Words {
    let mut block = [0; 64];
    let mut length = 0;
    for part in parts {
        let end = length + part.len();
        if end > ONE_BLOCK {
            let words = sha256(&parts.concat());
            return std::array::from_fn(|at| {
                let bytes = [0, 1, 2, 3].map(|byte| words[4 * at + byte]);
                u32::from_be_bytes(bytes)
            });
        }
        // A call that copies costs as much as the half of a round of hashing: most parts are nothing or
        // one sign, such as a line break.
        match **part {
            [] => {}
            [sign] => block[length] = sign,
            _ => block[length..end].copy_from_slice(part),
        }
        length = end;
    }
    block[length] = 0x80;
    block[56..].copy_from_slice(&(length as u64 * 8).to_be_bytes());
    let mut state = START;
    compress256(&mut state, &[block]);
    state
}

/// The first eight bytes of the digest of `text`.
pub(super) fn prefix(text: &[u8]) -> u64 {
    begin(&digest(&[text]))
}

/// The first eight bytes of the digest of the hex digits of a digest. `ten` is the letter for 10.
pub(super) fn prefix_of_hex(digest: &Words, ten: u8) -> u64 {
    begin(&digest_of_hex(digest, ten))
}

/// The digest of the hex digits of a digest. `ten` is the letter for 10.
pub(super) fn digest_of_hex(digest: &Words, ten: u8) -> Words {
    let mut digits = [0; 64];
    for (eight, word) in digits.as_chunks_mut::<8>().0.iter_mut().zip(digest) {
        for (at, digit) in eight.iter_mut().enumerate() {
            let half = (word >> (28 - 4 * at) & 15) as u8;
            *digit = half + if half < 10 { b'0' } else { ten - 10 };
        }
    }
    let mut state = START;
    compress256(&mut state, &[digits, AFTER_64]);
    state
}

/// The first eight bytes of the digest of the bytes of a digest.
pub(super) fn prefix_of_bytes(digest: &Words) -> u64 {
    begin(&digest_of_bytes(digest))
}

/// The digest of the bytes of a digest.
pub(super) fn digest_of_bytes(digest: &Words) -> Words {
    let mut bytes = [0; 32];
    for (four, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(digest) {
        *four = word.to_be_bytes();
    }
    self::digest(&[&bytes])
}

/// A digest as the numbers by which it is looked up.
pub(super) fn numbers(digest: &Words) -> Digest {
    let pairs = digest.as_chunks::<2>().0;
    std::array::from_fn(|at| u64::from(pairs[at][0]) << 32 | u64::from(pairs[at][1]))
}

/// The first eight bytes of a digest.
pub(super) fn begin(digest: &Words) -> u64 {
    u64::from(digest[0]) << 32 | u64::from(digest[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{digest_of, prefix_of};

    #[test]
    fn the_short_way_gives_the_same_digests() {
        for length in [0, 1, 8, 54, 55, 56, 63, 64, 65, 200] {
            let text = vec![b'x'; length];
            let (half, rest) = text.split_at(length / 2);
            let own = sha256(&text);
            assert_eq!(prefix(&text), prefix_of(&own), "{length}");
            let words = digest(&[half, b"", rest]);
            let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
            assert_eq!(bytes, own, "{length}");
            assert_eq!(numbers(&words), digest_of(&own), "{length}");
            let hex = hex::encode(own);
            let of = |text: &[u8]| prefix_of(&sha256(text));
            assert_eq!(prefix_of_hex(&words, b'a'), of(hex.as_bytes()), "{length}");
            let upper = hex.to_uppercase();
            assert_eq!(
                prefix_of_hex(&words, b'A'),
                of(upper.as_bytes()),
                "{length}"
            );
            assert_eq!(prefix_of_bytes(&words), of(&own), "{length}");
        }
    }
}
