//! Access tokens of the Graph API: where they stand in a text, and the text without them.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem::Finder;
use once_cell::sync::Lazy;

/// What is written in place of a token.
pub const MASK: &str = "REDACTED";

/// Tokens of users, system users and pages start with these letters.
const PREFIX: &str = "EAA";

/// Letters and digits that follow at least; real tokens have well over a hundred.
const LEAST: usize = 20;

static FINDER: Lazy<Finder<'static>> = Lazy::new(|| Finder::new(PREFIX));

/// Runs of letters and digits that hold `EAA` and enough after it, from there on.
fn runs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + FINDER.find(&bytes[from..])?;
            let length = bytes[start..]
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric())
                .count();
            from = start + length;
            if length >= PREFIX.len() + LEAST {
                return Some(start..from);
            }
        }
    })
}

/// Whether a token may stand in the text. Quick, and right when it says no.
#[inline]
pub fn may_hold_token(text: &str) -> bool {
    runs(text).next().is_some()
}

/// The tokens in a text: whole words that look drawn at random, so neither a piece of base64 nor
/// `EAAxxxxxxxxxxxxxxxxxxxx` out of a guide.
pub fn tokens(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    runs(text).filter(move |run| {
        let joined = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-+/.".contains(byte);
        let escape = run.start >= 3
            && bytes[run.start - 3] == b'%'
            && bytes[run.start - 2..run.start]
                .iter()
                .all(u8::is_ascii_hexdigit);
        let starts = escape || !bytes[..run.start].last().is_some_and(joined);
        let ends = !bytes.get(run.end).is_some_and(|b| b"_-+/=".contains(b));
        starts
            && ends
            && is_varied(&bytes[run.start + PREFIX.len()..run.end])
            && !bytes[run.clone()].iter().all(u8::is_ascii_hexdigit)
            && !is_digest(text, run)
    })
}

/// Whether the run is a piece of a digest in base64, which can begin like a token.
fn is_digest(text: &str, run: &Range<usize>) -> bool {
    let of_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_-".contains(byte);
    let bytes = text.as_bytes();
    let before = bytes[..run.start]
        .iter()
        .rev()
        .take_while(|byte| of_base64(byte))
        .count();
    let behind = bytes[run.end..]
        .iter()
        .take_while(|byte| of_base64(byte))
        .count();
    let word = text.get(run.start - before..run.end + behind);
    word.is_some_and(|word| crate::digest::from_base64_digest(word).is_some())
}

/// Whether some letters and digits are many different ones.
fn is_varied(word: &[u8]) -> bool {
    let seen = word.iter().fold(0u128, |seen, &byte| seen | 1 << byte);
    seen.count_ones() >= 8
}

/// The text with every run that may be a token masked, whatever stands around it.
pub fn masked(text: &str) -> Cow<'_, str> {
    replace(text, runs(text))
}

/// The text with its tokens, as [`tokens`] finds them, masked.
pub fn without_tokens(text: &str) -> Cow<'_, str> {
    replace(text, tokens(text))
}

fn replace(text: &str, ranges: impl Iterator<Item = Range<usize>>) -> Cow<'_, str> {
    let (mut out, mut done) = (String::new(), 0);
    for range in ranges {
        out.push_str(&text[done..range.start]);
        out.push_str(MASK);
        done = range.end;
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "EAAJq4ZCv81bMBO7kTz2nXw9Rf5sYhLd3uGePm6";

    #[test]
    fn tokens_are_found_as_whole_words() {
        for (before, after) in [
            ("", ""),
            ("access_token=", "&x=1"),
            ("access_token%3D", "%26x"),
            ("Bearer ", "\n"),
            ("{\"access_token\":\"", "\"}"),
        ] {
            let text = format!("{before}{TOKEN}{after}");
            let range = tokens(&text).next().expect(before);
            assert_eq!(&text[range], TOKEN);
            assert_eq!(without_tokens(&text), format!("{before}REDACTED{after}"));
        }
    }

    #[test]
    fn digests_click_ids_and_samples_are_none() {
        for text in [
            format!("fb.1.1782390000123.{TOKEN}"),
            format!("IwAR0abc_aem_{TOKEN}"),
            format!("x{TOKEN}"),
            format!("{TOKEN}=="),
            format!("EAA{}", "x".repeat(40)),
            "EAABsbCS1iHg".to_owned(),
            "<ACCESS_TOKEN>".to_owned(),
        ] {
            assert_eq!(tokens(&text).next(), None, "{text}");
        }
        assert_eq!(masked(&format!("x{TOKEN}")), "xREDACTED");
        assert!(matches!(masked("EAA and more"), Cow::Borrowed(_)));
    }
}
