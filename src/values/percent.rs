//! Percent encoding, as in URLs: `%` and two hex digits stand for a byte.

use std::borrow::Cow;

/// The text that `text` encodes; `None` when a code is broken or the bytes are no UTF-8.
pub fn decode(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte == b'%' {
            let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
            out.push((digit(at + 1)? * 16 + digit(at + 2)?) as u8);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    String::from_utf8(out).ok()
}

/// The text with its `%xx` resolved; with `plus`, a plus sign is a space, as forms send it.
/// Bytes that are no UTF-8 stay as they were written.
pub fn decoded(text: &str, plus: bool) -> Cow<'_, str> {
    let mut bytes = text.as_bytes();
    if memchr::memchr2(b'%', if plus { b'+' } else { b'%' }, bytes).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(bytes.len());
    while let Some((&byte, rest)) = bytes.split_first() {
        let escaped = || {
            let digit = |at: usize| char::from(*rest.get(at)?).to_digit(16);
            u8::try_from(digit(0)? * 16 + digit(1)?).ok()
        };
        bytes = rest;
        match byte {
            b'%' => match escaped() {
                Some(byte) => {
                    out.push(byte);
                    bytes = &rest[2..];
                }
                None => out.push(b'%'),
            },
            b'+' if plus => out.push(b' '),
            byte => out.push(byte),
        }
    }
    String::from_utf8(out).map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::{decode, decoded};

    #[test]
    fn codes() {
        assert_eq!(decode("a%2Fb%20c+d").as_deref(), Some("a/b c+d"));
        assert_eq!(decode("%c3%a9").as_deref(), Some("é"));
        for broken in ["%", "%2", "%zz", "%ff", "é%"] {
            assert_eq!(decode(broken), None, "{broken}");
            assert_eq!(decoded(broken, false), broken);
        }
    }

    #[test]
    fn escapes_are_resolved() {
        assert_eq!(decoded("a%40b+c", true), "a@b c");
        assert_eq!(decoded("a+b", false), "a+b");
        assert_eq!(decoded("%c3%bc%zz%4", true), "ü%zz%4");
        assert_eq!(decoded("%ff", true), "%ff");
    }
}
