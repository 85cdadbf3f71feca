//! What may be printed although a stranger wrote it: names that look like identifiers, and text
//! in which access tokens are masked and control characters are visible.

use std::borrow::Cow;
use std::fmt::Write;

use once_cell::sync::Lazy;
use regex::Regex;

use crate::json::Pointer;
use crate::values::name::Name;
use crate::values::secret;

/// The longest name that is still taken for one.
const LONGEST: usize = 50;

/// From this many digits on they may be a phone number, a birthday or an account.
const DIGIT_RUN: usize = 6;

/// From this many hex digits on they may be a digest.
const HEX_RUN: usize = 16;

/// Digits of the largest index of a list.
const LONGEST_INDEX: usize = 9;

/// Whether a name looks like an identifier and like nobody's data: at most 50 of
/// `[A-Za-z0-9_ .-]`, and no phone, date, address, digest or token among them.
pub fn is_printable(name: &str) -> bool {
    let (mut digits, mut hex, mut hex_digits) = (0, 0, 0);
    for byte in name.bytes() {
        match byte {
            b'0'..=b'9' => digits += 1,
            // Digits on both sides of a separator may be one phone number, date or address.
            b' ' | b'.' | b'-' => {}
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => digits = 0,
            _ => return false,
        }
        if byte == b'-' {
            // As in a UUID.
        } else if byte.is_ascii_hexdigit() {
            hex += 1;
            hex_digits += usize::from(byte.is_ascii_digit());
        } else {
            (hex, hex_digits) = (0, 0);
        }
        if digits >= DIGIT_RUN || (hex >= HEX_RUN && hex_digits > 0) {
            return false;
        }
    }
    !name.trim().is_empty()
        && name.len() <= LONGEST
        && matches!(secret::masked(name), Cow::Borrowed(_))
}

/// A pointer with every key that must not be printed written `*`. A step of six digits and more
/// may be the key of a person: an index that long is printed by [`pointer_below`].
pub fn pointer(pointer: &Pointer) -> String {
    pointer_below(&Pointer::root(), pointer)
}

/// The pointer to `rest` below an event or request that stands at `base`. Lists lead there, so
/// the digits in `base` are indexes, if they are not as many as those of a phone number.
pub fn pointer_below(base: &Pointer, rest: &Pointer) -> String {
    let index =
        |step: &str| step.len() <= LONGEST_INDEX && step.bytes().all(|b| b.is_ascii_digit());
    let mut out = String::with_capacity(base.as_str().len() + rest.as_str().len());
    let steps = base.steps().map(|step| (index(&step), step));
    for (known, step) in steps.chain(rest.steps().map(|step| (false, step))) {
        out.push('/');
        // Names that may be printed hold nothing that a pointer would escape.
        if known || Name::of(&step).is_some() || is_printable(&step) {
            out.push_str(&step);
        } else {
            out.push('*');
        }
    }
    out
}

/// `text` with access tokens masked, and whatever is passed as `access_token`.
pub fn masked(text: &str) -> Cow<'_, str> {
    match secret::masked(text) {
        Cow::Borrowed(text) => ASSIGNED.replace_all(text, ASSIGNED_MASKED),
        Cow::Owned(text) => Cow::Owned(ASSIGNED.replace_all(&text, ASSIGNED_MASKED).into_owned()),
    }
}

/// `text` with control characters, and those that change the direction of writing, spelled out:
/// a payload must not speak to the terminal.
pub fn visible(text: &str) -> Cow<'_, str> {
    let speaks = |c: char| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
    };
    if !text.contains(speaks) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if speaks(c) {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// `access_token` with its value, in JSON, in a query or in prose.
static ASSIGNED: Lazy<Regex> = Lazy::new(|| {
    const PATTERN: &str =
        r#"(access_token(?:\\?["'])?\s*(?:[:=]|%3[Dd])\s*(?:\\?["'])?)[^"'&\s,}\\]+"#;
    Regex::new(PATTERN).expect("the pattern is part of this program")
});
const ASSIGNED_MASKED: &str = "${1}REDACTED";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_printed_and_data_is_not() {
        for name in [
            "Purchase",
            "my_event.v2",
            "Add to cart - step 3",
            "fb_mobile_purchase",
            "a1b2c3",
        ] {
            assert!(is_printable(name), "{name}");
        }
        for name in [
            "",
            "  ",
            "ana@shop.example",
            "4915112345678",
            "0171 12 34 56",
            "1984-02-29",
            "81.2.69.142",
            "d36dc3b5ff7c80b0e5bfcdc6a8ae9bd3",
            "d36dc3b5-ff7c-8ab0-e5bf-cdc6a8ae9bd3",
            "Käufe",
            "a/b",
            "EAAbcdefghijklmnopqrstuvwx",
            &"x".repeat(51),
        ] {
            assert!(!is_printable(name), "{name}");
        }
    }

    #[test]
    fn unknown_keys_become_stars() {
        let text = |p: &str| pointer(&Pointer::from(p));
        assert_eq!(text("/data/12/user_data/em/0"), "/data/12/user_data/em/0");
        assert_eq!(text("/custom_data/ana@shop.example"), "/custom_data/*");
        assert_eq!(text("/custom_data/my_key"), "/custom_data/my_key");
        assert_eq!(text("/4915112345678/a~1b"), "/*/*");
        assert_eq!(text(""), "");
        assert_eq!(
            pointer_below(
                &Pointer::from("/data/1234567"),
                &Pointer::from("/user_data")
            ),
            "/data/1234567/user_data"
        );
        assert_eq!(
            pointer_below(
                &Pointer::from("/4915112345678/0"),
                &Pointer::from("/19840229")
            ),
            "/*/0/*"
        );
    }

    #[test]
    fn tokens_and_control_characters_do_not_get_out() {
        assert_eq!(masked("x EAAbcdefghijklmnopqrstuvwx y"), "x REDACTED y");
        assert_eq!(
            masked(r#"{"access_token": "secret","a":1}"#),
            r#"{"access_token": "REDACTED","a":1}"#
        );
        assert_eq!(
            masked("https://x/?access_token=abc|def&a=1"),
            "https://x/?access_token=REDACTED&a=1"
        );
        assert_eq!(masked("access_token is missing"), "access_token is missing");
        assert_eq!(visible("a\u{1b}[31m\u{202e}b"), "a\\u001b[31m\\u202eb");
    }
}
