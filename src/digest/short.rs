//! SHA-256 of the short texts that candidates are: most fit one block, and what is looked at first
//! is only the beginning of the digest.

use sha2::block_api::compress256;

use super::{prefix_of, sha256};

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

/// The first eight bytes of the digest of `text`.
pub(super) fn prefix(text: &[u8]) -> u64 {
    if text.len() > ONE_BLOCK {
        return prefix_of(&sha256(text));
    }
    begin(&one_block(text))
}

/// The first eight bytes of the digest of the hex digits of the digest of `text`.
pub(super) fn prefix_twice(text: &[u8]) -> u64 {
    if text.len() > ONE_BLOCK {
        return prefix_of(&sha256(hex::encode(sha256(text)).as_bytes()));
    }
    let mut digits = [0; 64];
    for (eight, word) in digits
        .as_chunks_mut::<8>()
        .0
        .iter_mut()
        .zip(one_block(text))
    {
        for (at, digit) in eight.iter_mut().enumerate() {
            let half = (word >> (28 - 4 * at) & 15) as u8;
            *digit = half + if half < 10 { b'0' } else { b'a' - 10 };
        }
    }
    let mut state = START;
    compress256(&mut state, &[digits, AFTER_64]);
    begin(&state)
}

fn one_block(text: &[u8]) -> [u32; 8] {
    let mut block = [0; 64];
    block[..text.len()].copy_from_slice(text);
    block[text.len()] = 0x80;
    block[56..].copy_from_slice(&(text.len() as u64 * 8).to_be_bytes());
    let mut state = START;
    compress256(&mut state, &[block]);
    state
}

fn begin(state: &[u32; 8]) -> u64 {
    u64::from(state[0]) << 32 | u64::from(state[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_gives_the_same_digests() {
        for length in [0, 1, 8, 54, 55, 56, 63, 64, 65, 200] {
            let text = vec![b'x'; length];
            let digest = sha256(&text);
            assert_eq!(prefix(&text), prefix_of(&digest), "{length}");
            let twice = sha256(hex::encode(digest).as_bytes());
            assert_eq!(prefix_twice(&text), prefix_of(&twice), "{length}");
        }
    }
}
