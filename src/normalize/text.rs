//! What all normal forms share: which characters of a text count.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::Unusable;

/// `text` without white space and invisible characters around it.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

/// Characters that show nothing and come along when text is copied: marks of the byte order, of
/// the direction of writing, of places where a word may break.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\0' | '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
    )
}

/// A trimmed text with composed letters, as the samples of Meta's documentation have them, with
/// full-width characters in their usual width and without invisible ones.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    let text = trim(text);
    if text.is_ascii() && !text.contains('\0') {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().filter(|&c| !is_invisible(c)).map(narrow);
    Cow::Owned(trim(&shown.nfc().collect::<String>()).to_owned())
}

/// The usual width of a full-width character.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    }
}

/// Composes what stands apart because something between was taken away.
pub(super) fn composed(text: String) -> String {
    if text.is_ascii() || is_nfc(&text) {
        text
    } else {
        text.nfc().collect()
    }
}

pub(super) fn filled(text: String) -> Result<String, Unusable> {
    if text.is_empty() {
        Err(Unusable::NOTHING_LEFT)
    } else {
        Ok(text)
    }
}

/// The characters of `text` that `keep` names.
pub(super) fn only(text: &str, keep: impl Fn(char) -> bool) -> String {
    text.chars().filter(|&c| keep(c)).collect()
}

pub(super) fn is_letter(c: char) -> bool {
    c.is_alphabetic() || is_mark(c)
}

/// Accents and vowel signs that stand as characters of their own.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e4e}' | '\u{3099}' | '\u{309a}')
}

/// The decimal digits, of whatever script, as ASCII.
pub(super) fn digits_of(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter_map(digit)
}

/// The decimal digit that `c` is.
pub(super) fn digit(c: char) -> Option<char> {
    /// Where runs of ten digits begin: Arabic, Persian, Devanagari, Bengali, Thai, full-width.
    const ZEROS: [u32; 6] = [0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10];
    if c.is_ascii_digit() {
        return Some(c);
    }
    let code = c as u32;
    let zero = ZEROS
        .iter()
        .find(|&&zero| (zero..zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

pub(super) fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `text` without the `.0` that a number with a fraction gets when it is printed.
pub(super) fn without_fraction(text: &str) -> &str {
    match text.split_once(['.', ',']) {
        Some((whole, "0" | "00"))
            if whole.len() >= 3 && all_digits(whole.strip_prefix('+').unwrap_or(whole)) =>
        {
            whole
        }
        _ => text,
    }
}
