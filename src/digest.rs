//! Digests: their syntax, Meta's appendix, and what a value of a hashed key looks like.

use sha2::{Digest as _, Sha256};

use crate::values::blank::trimmed;
pub use redaction::is_masked_email;
use redaction::is_redacted;

mod dates;
mod dialled;
mod dress;
mod fixed;
pub mod forms;
pub mod known;
pub mod mistakes;
pub mod other;
mod postcodes;
mod redaction;
pub mod shop;
mod short;
mod table;
mod words;
pub mod worthless;

/// SHA-256 of some bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// SHA-256 of some text, as Meta wants it: 64 lower-case hex digits.
pub fn sha256_hex(text: &str) -> String {
    hex::encode(sha256(text.as_bytes()))
}

/// The first eight bytes of a digest, by which it is looked up before it is compared in full.
pub fn prefix_of(digest: &[u8; 32]) -> u64 {
    u64::from_be_bytes(digest[..8].try_into().expect("32 bytes hold 8"))
}

/// The 32 bytes of a digest as numbers, the first in front.
pub type Digest = [u64; 4];

/// The digest that 64 lower-case hex digits spell.
#[inline]
pub fn digest_of_hex(hex: &str) -> Digest {
    let word = |at: usize| prefix_of_hex(&hex[at..at + 16]);
    [word(0), word(16), word(32), word(48)]
}

/// A digest as numbers.
#[inline]
pub fn digest_of(bytes: &[u8; 32]) -> Digest {
    let word = |at: usize| u64::from_be_bytes(bytes[at..at + 8].try_into().expect("8 bytes"));
    [word(0), word(8), word(16), word(24)]
}

/// The bytes of a digest.
pub fn bytes_of(digest: &Digest) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (chunk, word) in bytes.chunks_exact_mut(8).zip(digest) {
        chunk.copy_from_slice(&word.to_be_bytes());
    }
    bytes
}

/// The first eight bytes of 64 hex digits.
#[inline]
pub fn prefix_of_hex(hex: &str) -> u64 {
    let bytes = hex.as_bytes();
    let half = |at: usize| {
        let digits: [u8; 8] = bytes[at..at + 8].try_into().expect("8 bytes");
        // Eight digits at once: each letter is 9 more than its low half byte, then the half bytes
        // move together.
        let digits = u64::from_be_bytes(digits);
        let letters = (digits >> 6) & 0x0101_0101_0101_0101;
        let halves = (digits & 0x0F0F_0F0F_0F0F_0F0F) + letters * 9;
        let pairs = (halves | halves >> 4) & 0x00FF_00FF_00FF_00FF;
        let fours = (pairs | pairs >> 8) & 0x0000_FFFF_0000_FFFF;
        (fours | fours >> 16) & 0xFFFF_FFFF
    };
    half(0) << 32 | half(8)
}

/// The 32 bytes that 64 hex digits spell.
pub fn decode(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(hex, &mut bytes).ok()?;
    Some(bytes)
}

/// The digest that 64 hex digits in any case spell, with or without appendix.
pub fn decode_digest(text: &str) -> Option<Digest> {
    let hex = strip_appendix(text);
    let is_whole = hex.len() == 64;
    is_whole
        .then(|| decode(hex))
        .flatten()
        .map(|bytes| digest_of(&bytes))
}

/// What the value of a key that wants a digest looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Shape {
    /// 64 lower-case hex digits, with or without Meta's appendix: right by the letter.
    Sha256,
    /// 64 hex digits with capitals, with or without appendix.
    UpperHex,
    /// 32 hex digits: MD5 by its length.
    Md5,
    /// Hex of the length of another algorithm, or several digests glued together.
    OtherHash,
    /// A password hash or tagged hash: bcrypt, Argon2, `{SSHA}` ….
    PasswordHash,
    /// 48 to 63 or 65 to 71 hex digits, or hex with an ellipsis: a digest that lost a part.
    TruncatedHex,
    /// The 32 bytes of a digest as base64 or base64url.
    Base64Digest,
    /// A whole digest behind a prefix, in quotes, with separators or white space.
    DressedHex,
    /// A digest as a list of 32 numbers or as a dumped `Buffer`.
    Bytes,
    /// Base64, hex or percent encoding of plain text.
    EncodedText,
    /// `{{email}}`, `${…}`, `%EMAIL%`, `(not set)`: a template that nobody filled in.
    Template,
    /// Stars, `[Filtered]`, `REDACTED`: the logger hid the value.
    Redacted,
    /// null, blank text or a word such as `undefined` that stands for nothing.
    Nothing,
    /// A number, a boolean or an object where text belongs.
    WrongType,
    /// Anything else: plain text.
    Plain,
}

impl Shape {
    /// The shapes of a whole SHA-256 digest in hex, in whatever case.
    pub const IN_HEX: u32 = Shape::Sha256.bit() | Shape::UpperHex.bit();

    /// The bit of this shape in a set of shapes.
    pub const fn bit(self) -> u32 {
        1 << self as u8
    }

    /// The shape of a text under a key that wants a digest.
    #[inline]
    pub fn of(text: &str) -> Shape {
        let core = strip_appendix(text);
        if let Ok(bytes) = <&[u8; 64]>::try_from(core.as_bytes()) {
            let (lower, any) = hex_letters(bytes);
            // 32 letters in hex are as long as a digest.
            if any && spells_text(bytes) {
                return Shape::EncodedText;
            }
            if lower {
                return Shape::Sha256;
            }
            if any {
                return Shape::UpperHex;
            }
        }
        shape_of_the_rest(text)
    }

    /// What it is, for messages.
    pub const fn phrase(self) -> &'static str {
        match self {
            Shape::Sha256 => "64 hex digits in lower case",
            Shape::UpperHex => "64 hex digits with capitals",
            Shape::Md5 => "32 hex digits",
            Shape::OtherHash => "hex digits of another length",
            Shape::PasswordHash => "a password hash",
            Shape::TruncatedHex => "a cut digest",
            Shape::Base64Digest => "a digest in base64",
            Shape::DressedHex => "a digest with something around it",
            Shape::Bytes => "a digest as a list of bytes",
            Shape::EncodedText => "encoded text",
            Shape::Template => "an unfilled template",
            Shape::Redacted => "a redacted value",
            Shape::Nothing => "a value that stands for nothing",
            Shape::WrongType => "a value of another type",
            Shape::Plain => "text",
        }
    }
}

/// Whether all 64 bytes are lower-case hex digits, and whether they are hex digits at all.
/// Without a branch in the loop, and in lanes that the compiler can keep in vector registers: more
/// than ten times as fast as a loop that stops early.
#[inline]
fn hex_letters(bytes: &[u8; 64]) -> (bool, bool) {
    let (mut not_lower, mut not_hex) = ([0u8; 16], [0u8; 16]);
    for chunk in bytes.as_chunks::<16>().0 {
        for lane in 0..16 {
            let byte = chunk[lane];
            let no_digit = u8::from(byte.wrapping_sub(b'0') > 9);
            let no_lower = u8::from(byte.wrapping_sub(b'a') > 5);
            let no_upper = u8::from(byte.wrapping_sub(b'A') > 5);
            not_lower[lane] |= no_digit & no_lower;
            not_hex[lane] |= no_digit & no_lower & no_upper;
        }
    }
    (
        u128::from_ne_bytes(not_lower) == 0,
        u128::from_ne_bytes(not_hex) == 0,
    )
}

/// Whether the hex digits spell an e-mail address or a number. Of the bytes of a digest hardly one
/// pair in five hundred begins as letters and digits do, so that this ends at once.
#[inline]
fn spells_text(hex: &[u8]) -> bool {
    hex.iter().step_by(2).all(|b| (b'2'..=b'7').contains(b))
        && std::str::from_utf8(hex).is_ok_and(|hex| decode_text(hex).is_some())
}

/// The tokens that Meta's parameter builder appended before its version 2 appendix: PHP, Python,
/// Java, Node, Ruby, client JavaScript. Source: facebook/capi-param-builder@b0b6f0b.
const APPENDIX_TOKENS: [&str; 6] = ["AQ", "Ag", "Aw", "BA", "BQ", "Bg"];

/// Whether `text` is an appendix: a token of two characters, or eight of base64url whose first
/// bytes are version 1 and a language from 1 to 6.
pub fn is_appendix(text: &str) -> bool {
    match text.len() {
        2 => APPENDIX_TOKENS.contains(&text),
        // The bytes 1, a language of 1 to 6 and a kind of 0 to 3 leave these letters in front.
        8 => {
            text.starts_with("AQ")
                && b"EIMQUY".contains(&text.as_bytes()[2])
                && b"ABCD".contains(&text.as_bytes()[3])
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        }
        _ => false,
    }
}

/// `text` without the appendix that Meta's parameter builder and SDKs write behind digests, click
/// ids, browser ids and addresses. Strip it to compare, never to fix.
/// Source: parameter-builder-library page; facebook/capi-param-builder@b0b6f0b.
#[inline]
pub fn strip_appendix(text: &str) -> &str {
    let bytes = text.as_bytes();
    for length in [9, 3] {
        if bytes.len() > length && bytes[bytes.len() - length] == b'.' {
            let at = bytes.len() - length;
            if is_appendix(&text[at + 1..]) {
                return &text[..at];
            }
        }
    }
    text
}

/// Whether the text is a short id such as `c-48213`: letters, digits, `-` and `_`, and under eight
/// of them or with a `-` among them. Such a text is none of the shapes that take longer to tell: no
/// digest, no template; and base64 of contact data holds no `-`, which stands for six bits that
/// letters, digits and `@ + . -` never give.
#[inline]
fn is_plain_id(text: &str) -> bool {
    let (mut allowed, mut dash, mut cross) = (true, false, false);
    for byte in text.bytes() {
        allowed &= byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        dash |= byte == b'-';
        cross |= byte | 0x20 == b'x';
    }
    let short = text.len() < 8 || (text.len() < 32 && dash);
    // A row of `x` is a mask, and `redacted` says so.
    allowed
        && short
        && !text.starts_with(['-', 'x', 'X'])
        && !((cross || text.ends_with(['d', 'D']) || text.starts_with(['r', 'R']))
            && redaction::is_plain_mark(text))
}

/// Words that stand for nothing when they are sent as they are.
/// A lone `na` or `none` can be a name or a country code, so it is not here.
pub fn is_nothing_word(text: &str) -> bool {
    let text = trimmed(text);
    // `[object Object]` is the longest of them.
    if text.len() > 15 {
        return false;
    }
    let begins = |first: &u8| b"nu[{\"'\\".contains(&first.to_ascii_lowercase());
    if !text.as_bytes().first().is_none_or(begins) {
        return false;
    }
    text.is_empty()
        || [
            "null",
            "undefined",
            "none",
            "nan",
            "nil",
            "n/a",
            "[object object]",
            "[]",
            "{}",
            "\"\"",
            "''",
            "\\n",
        ]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn shape_of_the_rest(text: &str) -> Shape {
    if is_nothing_word(text) {
        return Shape::Nothing;
    }
    if is_plain_id(text) {
        return Shape::Plain;
    }
    let bare = text.trim();
    if is_redacted(bare) {
        return Shape::Redacted;
    }
    if is_template(bare) {
        return Shape::Template;
    }
    let core = strip_appendix(text);
    if is_hex(core) {
        if spells_text(core.as_bytes()) {
            return Shape::EncodedText;
        }
        match core.len() {
            32 => return Shape::Md5,
            40 | 56 | 96 | 128 => return Shape::OtherHash,
            48..=71 => return Shape::TruncatedHex,
            _ => {}
        }
    }
    if undress(text).is_some() {
        return Shape::DressedHex;
    }
    if is_password_hash(bare) {
        return Shape::PasswordHash;
    }
    if from_base64_digest(bare).is_some() {
        return Shape::Base64Digest;
    }
    let head = bare.trim_end_matches(['.', '…']);
    if head.len() >= 6 && head.len() < bare.len() && head.len() <= 64 && is_hex(head) {
        return Shape::TruncatedHex;
    }
    if decode_text(core.trim()).is_some() {
        return Shape::EncodedText;
    }
    Shape::Plain
}

/// Whether the text is a digest and nothing else: hex of the length that MD5, SHA-1 or one of the
/// SHA-2 family has, in any case, with or without appendix.
#[inline]
pub fn is_digest(text: &str) -> bool {
    matches!(text.len(), 32..=137) && {
        let core = strip_appendix(text);
        matches!(core.len(), 32 | 40 | 56 | 64 | 96 | 128) && is_hex(core)
    }
}

/// Whether a log shows only a mark or the beginning of a value that was longer.
pub fn is_hidden(text: &str) -> bool {
    let text = text.trim();
    text.ends_with('…') || text.ends_with("...") || is_redacted(text)
}

/// Whether a text is what a logger prints in place of an object that lies too deep, or of a value
/// that it hides.
pub fn is_logger_mark(text: &str) -> bool {
    let text = text.trim();
    // Node.js, Python and Ruby print the first; Monolog writes the last below its ninth level.
    ["[Object]", "[Array]", "[Circular]", "[Truncated]"]
        .iter()
        .any(|mark| text.eq_ignore_ascii_case(mark))
        || is_hidden(text)
        || text.starts_with("Over ") && text.contains(" levels deep")
}

/// The digest inside a dressed one, in lower case and without appendix: behind `0x`, `\x`,
/// `sha256:`, `sha256=`, `{SHA256}`, in quotes or brackets, in white space, or with `-`, `:` or
/// spaces between the digits.
pub fn undress(text: &str) -> Option<String> {
    let mut bare = strip_appendix(unwrap(text));
    for prefix in [
        "0x", "0X", "\\x", "sha256:", "sha256=", "sha256-", "{SHA256}", "sha-256:", "sha256(",
        "sha-256(",
    ] {
        if let Some(rest) = bare
            .get(..prefix.len())
            .filter(|head| head.eq_ignore_ascii_case(prefix))
            .map(|_| &bare[prefix.len()..])
        {
            bare = rest.trim();
            break;
        }
    }
    let digits: String = bare
        .chars()
        .filter(|c| !matches!(c, '-' | ':' | ' '))
        .collect();
    let dressed = digits.len() == 64 && is_hex(&digits) && text != digits;
    dressed.then(|| digits.to_ascii_lowercase())
}

/// `text` without the quotes, brackets and white space around it.
pub fn unwrap(text: &str) -> &str {
    let inner = text.trim();
    inner
        .strip_prefix("b'")
        .or_else(|| inner.strip_prefix("b\""))
        .unwrap_or(inner)
        .trim_matches(|c: char| c.is_whitespace() || "\"'`[]()<>".contains(c))
}

/// The digest that 43 or 44 characters of base64 or base64url spell, as hex; or its 64 hex digits
/// when those, and not the 32 bytes, went through base64.
pub fn from_base64_digest(text: &str) -> Option<String> {
    let text = without_algorithm(text);
    let body = text.trim_end_matches('=');
    if !matches!(body.len(), 43 | 86) || text.len() > body.len() + 2 {
        return None;
    }
    let bytes = from_base64(text)?;
    if let Ok(digits) = <&[u8; 64]>::try_from(&bytes[..]) {
        let hex = digits.iter().all(u8::is_ascii_hexdigit);
        return hex.then(|| String::from_utf8_lossy(digits).to_ascii_lowercase());
    }
    // 43 letters that are all hex digits are a cut digest, not base64; and 32 bytes that can all be
    // read are a text of that length, such as an e-mail address.
    let is_text = bytes.iter().all(|byte| (b' '..=b'~').contains(byte));
    (bytes.len() == 32 && !is_hex(body) && !is_text).then(|| hex::encode(bytes))
}

/// `text` without what stands before a digest in the integrity of a script, `sha256-…`, and in its
/// kin.
fn without_algorithm(text: &str) -> &str {
    let rest = text.get(7..).filter(|_| {
        let head = &text.as_bytes()[..7];
        head[..6].eq_ignore_ascii_case(b"sha256") && matches!(head[6], b'-' | b':' | b'=')
    });
    rest.unwrap_or(text)
}

/// Whether a text is a machine's token and not what a person types: a digest in an alphabet that
/// cannot be told, a UUID, a digest with something behind it. To hash such a text as if it were a
/// name would only bury the fault.
pub fn is_token(text: &str) -> bool {
    let bytes = unwrap(text).as_bytes();
    if bytes.len() > 64 && bytes[..64].iter().all(u8::is_ascii_hexdigit) {
        return true;
    }
    let count = |is: fn(&u8) -> bool| bytes.iter().filter(|b| is(b)).count();
    bytes.len() >= 22
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"+/=_-".contains(b))
        && count(u8::is_ascii_digit) >= 2
        && count(u8::is_ascii_alphabetic) >= 4
}

/// Whether a digest is followed by what may be an appendix of a version that is not known here:
/// no ground to call it wrong.
pub fn has_foreign_appendix(text: &str) -> bool {
    let Some((digest, tail)) = text.split_once('.') else {
        return false;
    };
    matches!(tail.len(), 2 | 8)
        && tail
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        && matches!(
            Shape::of(digest),
            Shape::Sha256 | Shape::UpperHex | Shape::Md5
        )
}

/// The bytes that base64 or base64url text spells, with or without padding.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    let body = text.trim_end_matches('=');
    if body.is_empty() || body.len() % 4 == 1 || text.len() - body.len() > 2 {
        return None;
    }
    let (mut bits, mut count) = (0u32, 0);
    let mut bytes = Vec::with_capacity(body.len() * 3 / 4);
    for byte in body.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Some(bytes)
}

/// The plain text behind base64 or hex, when it is one: printable, and an e-mail, a phone or a
/// date by its look, or any words when the text ends as only base64 does. Chance makes an e-mail
/// or a number out of random bytes less than once in 10^13.
pub fn decode_text(text: &str) -> Option<String> {
    let padded = text.ends_with('=') && text.len().is_multiple_of(4);
    let bytes = if text.len() >= 8 && text.len().is_multiple_of(2) && is_hex(text) {
        hex::decode(text).ok()
    } else if text.len() >= 8 || padded {
        from_base64(text)
    } else {
        None
    }?;
    let plain = String::from_utf8(bytes).ok()?;
    let is_word = |c: char| c.is_alphanumeric() || " .'’-".contains(c);
    if padded && plain.chars().all(is_word) && plain.contains(char::is_alphanumeric) {
        return Some(plain);
    }
    let printable = plain.len() >= 5 && plain.chars().all(|c| !c.is_control());
    let telling = looks_like_email(&plain)
        || (plain.len() >= 7
            && plain
                .bytes()
                .all(|b| b.is_ascii_digit() || b" +-()./".contains(&b)));
    (printable && telling).then_some(plain)
}

/// Whether the text has the shape of an e-mail address.
pub fn looks_like_email(text: &str) -> bool {
    let text = text.trim();
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    !local.is_empty()
        && !local.contains(char::is_whitespace)
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !domain.contains('@')
        && domain
            .chars()
            .all(|c| c.is_alphanumeric() || c == '.' || c == '-')
}

fn is_password_hash(text: &str) -> bool {
    const MARKS: [&str; 12] = [
        "$2a$",
        "$2b$",
        "$2y$",
        "$argon2",
        "$1$",
        "$5$",
        "$6$",
        "$pbkdf2",
        "$scrypt",
        "{SSHA}",
        "{SHA}",
        "pbkdf2_sha256$",
    ];
    MARKS.iter().any(|mark| text.starts_with(mark))
}

/// `*|EMAIL|*`, `%%email%%`, `{!Contact.Email}` and `{email}`: tags of mailing tools and of string
/// formats.
fn is_merge_tag(text: &str) -> bool {
    let inner = |open: &str, close: &str| text.strip_prefix(open)?.strip_suffix(close);
    let is_path = |inner: &str| {
        inner.len() >= 2
            && inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && inner
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':' | b' '))
    };
    inner("*|", "|*").is_some_and(|inner| !inner.is_empty())
        || inner("%%", "%%").is_some_and(is_path)
        || inner("{!", "}").is_some_and(is_path)
        // Digits would make it an id in braces.
        || inner("{", "}").is_some_and(|inner| {
            is_path(inner) && !inner.bytes().any(|b| b.is_ascii_digit())
        })
}

/// Whether a template can begin with this byte, or white space before one.
#[inline]
pub fn begins_as_template(first: u8) -> bool {
    matches!(first, b'{' | b'$' | b'%' | b'<' | b'[' | b'#' | b'(' | b'*')
        || !first.is_ascii_graphic()
}

/// Whether the whole of a raw value, which is no sentence, is a template that nobody filled in.
pub fn is_raw_template(text: &str) -> bool {
    let bare = trimmed(text);
    bare.bytes().next().is_some_and(begins_as_template) && Shape::of(bare) == Shape::Template
}

/// As [`is_raw_template`], for names and ids that people choose: `$SALE` may be one of them.
pub fn is_unfilled(text: &str) -> bool {
    is_raw_template(text) && (text.contains('{') || !trimmed(text).starts_with('$'))
}

fn is_template(text: &str) -> bool {
    let wrapped = |open: &str, close: &str| {
        text.find(open)
            .is_some_and(|at| text[at + open.len()..].contains(close))
    };
    wrapped("{{", "}}")
        || wrapped("${", "}")
        || wrapped("<%", "%>")
        || wrapped("[[", "]]")
        || wrapped("#{", "}")
        || (text.len() > 3
            && text.starts_with('%')
            && text.ends_with('%')
            && text[1..text.len() - 1]
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_'))
        || (text.len() > 4
            && text.starts_with('<')
            && text.ends_with('>')
            && text[1..text.len() - 1]
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b == b'_' || b == b' '))
        || (text.len() > 3
            && text.starts_with('$')
            && text[1..]
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b == b'_'))
        || is_merge_tag(text)
        || [
            "(not set)",
            "(none)",
            "(not provided)",
            "#n/a",
            "#ref!",
            "#value!",
            "#name?",
            "#null!",
            "#num!",
            "#div/0!",
        ]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const H: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn shapes_of_digests() {
        for (text, shape) in [
            (H.to_owned(), Shape::Sha256),
            (format!("{H}.AQYCAQIB"), Shape::Sha256),
            (format!("{H}.Bg"), Shape::Sha256),
            (format!("{H}.XX"), Shape::Plain),
            (H.to_uppercase(), Shape::UpperHex),
            (format!("{}.AQ", H.to_uppercase()), Shape::UpperHex),
            (H[..32].to_owned(), Shape::Md5),
            (H[..40].to_owned(), Shape::OtherHash),
            (format!("{H}{H}"), Shape::OtherHash),
            (H[..63].to_owned(), Shape::TruncatedHex),
            (format!("{}…", &H[..12]), Shape::TruncatedHex),
            (format!("{}...", &H[..12]), Shape::TruncatedHex),
            (
                "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".to_owned(),
                Shape::Base64Digest,
            ),
            (format!("0x{H}"), Shape::DressedHex),
            (format!("sha256:{H}"), Shape::DressedHex),
            (format!("SHA256({H})"), Shape::DressedHex),
            (format!(" {H}\n"), Shape::DressedHex),
            (format!("\"{H}\""), Shape::DressedHex),
            (format!("[\"{H}\"]"), Shape::DressedHex),
            (format!("b'{H}'"), Shape::DressedHex),
            (format!("b\"{H}\""), Shape::DressedHex),
            (format!(" 0x{H}.AQYCAQIB"), Shape::DressedHex),
            (format!("{}.AQYAAQIB", &H[..32]), Shape::Md5),
            (format!("{}.AQ", &H[..60]), Shape::TruncatedHex),
            // base64 of the hex digits
            (
                "ZTNiMGM0NDI5OGZjMWMxNDlhZmJmNGM4OTk2ZmI5MjQyN2FlNDFlNDY0OWI5MzRjYTQ5NTk5MWI3ODUyYjg1NQ==".to_owned(),
                Shape::Base64Digest,
            ),
            (
                "$2b$10$abcdefghijklmnopqrstuv".to_owned(),
                Shape::PasswordHash,
            ),
        ] {
            assert_eq!(Shape::of(&text), shape, "{text}");
        }
    }

    #[test]
    fn shapes_of_other_text() {
        for (text, shape) in [
            ("ana@shop.example", Shape::Plain),
            ("+49 171 1234567", Shape::Plain),
            ("YW5hQHNob3AuY29t", Shape::EncodedText),
            ("616e614073686f702e636f6d", Shape::EncodedText),
            (
                "616e612e6c6f70657a2e6761726369614073686f702e6578616d706c652e636f",
                Shape::EncodedText,
            ),
            ("616e6140616263642e636f2e756b2e61", Shape::EncodedText),
            ("dXM=", Shape::EncodedText),
            ("TWFyaWE=", Shape::EncodedText),
            ("*|EMAIL|*", Shape::Template),
            ("%%emailaddr%%", Shape::Template),
            ("{email}", Shape::Template),
            ("{!Contact.Email}", Shape::Template),
            ("{9B1DEB4D-3B7D-4BAD-9BDD-2B0D7B3DCB6D}", Shape::Plain),
            ("#DIV/0!", Shape::Template),
            ("{{ customer.email }}", Shape::Template),
            ("%EMAIL%", Shape::Template),
            ("(not set)", Shape::Template),
            ("$CLIENT_USER_AGENT", Shape::Template),
            ("***", Shape::Redacted),
            ("a***@shop.com", Shape::Redacted),
            ("[Filtered]", Shape::Redacted),
            ("a8f5…", Shape::Redacted),
            ("a8f5...", Shape::Redacted),
            ("9ff3…b97e", Shape::Redacted),
            ("[email]", Shape::Redacted),
            ("<EMAIL_ADDRESS>", Shape::Redacted),
            ("redacted-email", Shape::Redacted),
            ("650-XXX-1299", Shape::Redacted),
            ("xxx@xxx.xxx", Shape::Redacted),
            ("r**@…", Shape::Redacted),
            ("<MADID>", Shape::Template),
            ("[[email]]", Shape::Template),
            ("order-x-58213", Shape::Plain),
            ("null", Shape::Nothing),
            ("  ", Shape::Nothing),
            ("undefined", Shape::Nothing),
            ("Null Smith", Shape::Plain),
            ("Munich", Shape::Plain),
        ] {
            assert_eq!(Shape::of(text), shape, "{text}");
        }
    }

    #[test]
    fn tokens_are_told_from_what_people_type() {
        for token in [
            "2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
            "1B2M2Y8AsgTpgAmY7PhCfg==",
            "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d",
            &format!("{H}|{H}"),
            &format!("{H}.AQYCAQIB,"),
        ] {
            assert!(is_token(token), "{token}");
        }
        for typed in [
            "ana.maria.lopez.1990@mail.shop.example",
            "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
            "0049-171-1234567-00000000000",
            "1990-01-01T00:00:00Z",
            "29 Palms",
        ] {
            assert!(!is_token(typed), "{typed}");
        }
        assert!(has_foreign_appendix(&format!("{H}.AgYCAQIB")));
        assert!(!has_foreign_appendix(&format!("{H}.example")));
    }

    #[test]
    fn digests_come_out_of_base64_and_dress() {
        for text in [
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
            "ZTNiMGM0NDI5OGZjMWMxNDlhZmJmNGM4OTk2ZmI5MjQyN2FlNDFlNDY0OWI5MzRjYTQ5NTk5MWI3ODUyYjg1NQ==",
        ] {
            assert_eq!(from_base64_digest(text).as_deref(), Some(H), "{text}");
        }
        for text in [format!("['{H}']"), format!("{H}.AQYCAQIB\n")] {
            assert_eq!(undress(&text).as_deref(), Some(H), "{text}");
        }
    }

    #[test]
    fn an_appendix_is_told_from_other_tails() {
        assert!(is_appendix("AQYCAQIB"));
        assert!(is_appendix("AQEDAQIB"));
        assert!(is_appendix("BA"));
        assert!(!is_appendix("AQ8CAQIB"));
        assert!(!is_appendix("ABEDAQIB"));
        assert_eq!(strip_appendix("8.8.8.8.AQEDAQIB"), "8.8.8.8");
        assert_eq!(strip_appendix("8.8.8.88"), "8.8.8.88");
    }

    #[test]
    fn the_prefix_is_the_same_from_hex_and_bytes() {
        let digest = sha256(b"");
        assert_eq!(hex::encode(digest), H);
        assert_eq!(prefix_of(&digest), prefix_of_hex(H));
        assert_eq!(decode(H), Some(digest));
    }
}
