//! White space around texts, of which nearly all have none.

/// The text without the white space around it, as [`str::trim`] has it.
#[inline]
pub fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_trim_does() {
        for text in [
            "",
            " ",
            "a",
            " a",
            "a b ",
            "ab",
            "\u{a0}ü\u{3000}",
            "a\u{2003}",
            "\u{b}a",
        ] {
            assert_eq!(trimmed(text), text.trim(), "{text:?}");
        }
    }
}
