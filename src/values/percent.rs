//! Percent encoding, as in URLs: `%` and two hex digits stand for a byte.

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

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn codes() {
        assert_eq!(decode("a%2Fb%20c+d").as_deref(), Some("a/b c+d"));
        assert_eq!(decode("%c3%a9").as_deref(), Some("é"));
        for broken in ["%", "%2", "%zz", "%ff", "é%"] {
            assert_eq!(decode(broken), None, "{broken}");
        }
    }
}
