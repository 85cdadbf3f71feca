//! What happens to a value between the form field and the hash function: other case, white space,
//! quotes, other encodings, a second hashing.

use std::borrow::Cow;

use super::forms::Fault;
use super::other::Algorithm;
use super::sha256;
use super::short::{self, Words};

/// How the letters of a text are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    AsListed,
    Lower,
    Upper,
    Capital,
    /// Lower case without anything that is no letter or digit.
    Bare,
}

pub(super) const CASES: [Case; 5] = [
    Case::AsListed,
    Case::Lower,
    Case::Upper,
    Case::Capital,
    Case::Bare,
];

impl Case {
    pub(super) fn write(self, text: &str) -> Cow<'_, str> {
        Cow::Owned(match self {
            Case::AsListed => return Cow::Borrowed(text),
            Case::Upper
                if text
                    .bytes()
                    .all(|b| b.is_ascii() && !b.is_ascii_lowercase()) =>
            {
                return Cow::Borrowed(text);
            }
            Case::Lower => text.to_lowercase(),
            Case::Upper => text.to_uppercase(),
            Case::Capital if text.is_ascii() => {
                let mut text = text.to_ascii_lowercase();
                if let Some(first) = text.get_mut(..1) {
                    first.make_ascii_uppercase();
                }
                text
            }
            Case::Capital => {
                let mut chars = text.chars();
                let first = chars.next().into_iter().flat_map(char::to_uppercase);
                first.chain(chars.flat_map(char::to_lowercase)).collect()
            }
            Case::Bare => bare(text),
        })
    }
}

/// The letters and digits of a text in lower case.
pub(super) fn bare(text: &str) -> String {
    // Most lists are of ASCII letters, for which the tables of Unicode need not be asked.
    if text.is_ascii() {
        let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
        return letters
            .map(|b| char::from(b.to_ascii_lowercase()))
            .collect();
    }
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// What a sender's code leaves around or does to a text before it hashes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dress {
    None,
    /// Text before and after.
    Around(&'static str, &'static str, &'static str),
    /// The hex of the digest, its capitals, or its bytes.
    TwiceHex,
    TwiceUpperHex,
    TwiceBytes,
    /// The hex of an MD5, which an older part of the program left.
    Md5,
    Utf16Le,
    Utf16Be,
    /// With a byte order mark in front.
    MarkedUtf16Le,
    MarkedUtf16Be,
    Latin1,
    /// UTF-8 read as Latin-1 and written as UTF-8 again.
    Mojibake,
}

const BYTE_ORDER_MARK: u16 = 0xFEFF;

pub(super) const SPACED: &str = "a value with white space or a line break around it";
pub(super) const QUOTED: &str = "a value in quotes";
pub(super) const LITERAL: &str = "a value in the brackets of a program or of JSON";
pub(super) const CHARSET: &str = "a value in another character encoding than UTF-8";
pub(super) const TWICE: &str = "the digest of a digest";
pub(super) const OF_MD5: &str = "the SHA-256 of an MD5";
pub(super) const FLOAT: &str = "a number with decimals";

/// The usual ones stand in front.
pub(super) const DRESSES: [Dress; 38] = [
    Dress::None,
    Dress::TwiceHex,
    Dress::Around("", "\n", SPACED),
    Dress::Around("", " ", SPACED),
    Dress::Around("\"", "\"", QUOTED),
    Dress::Latin1,
    Dress::Mojibake,
    Dress::Around(" ", "", SPACED),
    Dress::Around("", "\r\n", SPACED),
    Dress::Around("", "\t", SPACED),
    Dress::Around(" ", " ", SPACED),
    Dress::Around("\u{feff}", "", SPACED),
    Dress::Around("", "\0", SPACED),
    Dress::Around("'", "'", QUOTED),
    Dress::Around("`", "`", QUOTED),
    Dress::Around("\\\"", "\\\"", QUOTED),
    Dress::Around("[\"", "\"]", LITERAL),
    Dress::Around("['", "']", LITERAL),
    Dress::Around("b'", "'", LITERAL),
    Dress::Around("[", "]", LITERAL),
    Dress::Around("{", "}", LITERAL),
    Dress::Around("('", "',)", LITERAL),
    Dress::Around("", ",", LITERAL),
    Dress::Utf16Le,
    Dress::Utf16Be,
    Dress::TwiceUpperHex,
    Dress::TwiceBytes,
    Dress::Around("\n", "", SPACED),
    Dress::Around("\r\n", "", SPACED),
    Dress::Around("\t", "", SPACED),
    Dress::Around("", "\u{feff}", SPACED),
    Dress::Around("\0", "", SPACED),
    Dress::Md5,
    // Copied from a page or a mail.
    Dress::Around("", "\u{a0}", SPACED),
    Dress::Around("", "\u{200b}", SPACED),
    Dress::Around("\u{200b}", "", SPACED),
    // What Python's `encode("utf-16")` makes, and the other order.
    Dress::MarkedUtf16Le,
    Dress::MarkedUtf16Be,
];
/// So many of [`DRESSES`] are tried on long lists: white space, quotes and a second hashing.
pub(super) const USUAL: usize = 5;
/// And so many where letters with accents are common.
pub(super) const WITH_CHARSETS: usize = 7;

impl Dress {
    /// Writes the dressed text to `out`; false when it would be the bare text again.
    pub(super) fn write(self, text: &str, out: &mut Vec<u8>) -> bool {
        out.clear();
        match self {
            Dress::None => out.extend_from_slice(text.as_bytes()),
            Dress::Around(before, after, _) => {
                for part in [before, text, after] {
                    out.extend_from_slice(part.as_bytes());
                }
            }
            Dress::TwiceBytes => out.extend_from_slice(&sha256(text.as_bytes())),
            Dress::Md5 => out.extend_from_slice(Algorithm::Md5.hex_of(text).as_bytes()),
            Dress::TwiceHex | Dress::TwiceUpperHex => {
                out.resize(64, 0);
                let digest = sha256(text.as_bytes());
                if hex::encode_to_slice(digest, out).is_err() {
                    return false;
                }
                if self == Dress::TwiceUpperHex {
                    out.make_ascii_uppercase();
                }
            }
            Dress::Utf16Le => out.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
            Dress::Utf16Be => out.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
            Dress::MarkedUtf16Le => {
                let units = std::iter::once(BYTE_ORDER_MARK).chain(text.encode_utf16());
                out.extend(units.flat_map(u16::to_le_bytes));
            }
            Dress::MarkedUtf16Be => {
                let units = std::iter::once(BYTE_ORDER_MARK).chain(text.encode_utf16());
                out.extend(units.flat_map(u16::to_be_bytes));
            }
            Dress::Latin1 => {
                if text.is_ascii() {
                    return false;
                }
                for c in text.chars() {
                    let Ok(byte) = u8::try_from(c) else {
                        return false;
                    };
                    out.push(byte);
                }
            }
            Dress::Mojibake => {
                if text.is_ascii() {
                    return false;
                }
                let mut buffer = [0; 2];
                for byte in text.bytes() {
                    let wrong = char::from(byte).encode_utf8(&mut buffer);
                    out.extend_from_slice(wrong.as_bytes());
                }
            }
        }
        true
    }

    /// The first eight bytes of the digest of the dressed text. `room` is room to write in.
    pub(super) fn prefix(self, text: &str, room: &mut Vec<u8>) -> Option<u64> {
        self.prefix_beside(text, || short::digest(&[text.as_bytes()]), room)
    }

    /// The same; `bare` gives the digest of the text itself, which several dresses need.
    pub(super) fn prefix_beside(
        self,
        text: &str,
        bare: impl FnOnce() -> Words,
        room: &mut Vec<u8>,
    ) -> Option<u64> {
        Some(match self {
            Dress::None => short::begin(&bare()),
            Dress::TwiceHex => short::prefix_of_hex(&bare(), b'a'),
            Dress::TwiceUpperHex => short::prefix_of_hex(&bare(), b'A'),
            Dress::TwiceBytes => short::prefix_of_bytes(&bare()),
            Dress::Around(before, after, _) => {
                let parts = [before, text, after].map(str::as_bytes);
                short::begin(&short::digest(&parts))
            }
            _ => return self.write(text, room).then(|| short::prefix(room)),
        })
    }

    pub(super) fn is_twice(self) -> bool {
        matches!(
            self,
            Dress::TwiceHex | Dress::TwiceUpperHex | Dress::TwiceBytes | Dress::Md5
        )
    }

    /// Which rule speaks of a right value in this dress.
    pub(super) fn fault(self) -> Fault {
        match self.is_twice() {
            true => Fault::Twice,
            false => Fault::Spelling,
        }
    }

    /// What a text in this dress is.
    pub(super) fn what(self) -> Option<&'static str> {
        match self {
            Dress::None => None,
            Dress::Around(_, _, what) => Some(what),
            Dress::Utf16Le
            | Dress::Utf16Be
            | Dress::MarkedUtf16Le
            | Dress::MarkedUtf16Be
            | Dress::Latin1
            | Dress::Mojibake => Some(CHARSET),
            Dress::Md5 => Some(OF_MD5),
            _ => Some(TWICE),
        }
    }
}
