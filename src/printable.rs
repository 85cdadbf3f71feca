//! What may be printed of a payload's own words: names that look like identifiers.

use crate::json::Pointer;
use crate::name::Name;

/// The longest event_name or key that is printed.
const LONGEST: usize = 50;
/// A run of digits this long may be a phone, an order or a person.
const DIGIT_RUN: usize = 6;

/// Whether an event_name or a key looks like an identifier: letters, digits, `_ . -` and spaces,
/// at most 50 of them, and nothing that could be an e-mail, a phone or a long number.
pub fn is_printable(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b' ' | b'.' | b'-');
    let mut run = 0;
    !text.is_empty()
        && text.len() <= LONGEST
        && text.bytes().all(|b| {
            run = match b {
                b'0'..=b'9' => run + 1,
                // Separators inside a phone do not end it.
                b' ' | b'.' | b'-' if run > 0 => run,
                _ => 0,
            };
            allowed(b) && run < DIGIT_RUN
        })
}

/// A pointer with keys that may not be printed written as `*`.
pub fn pointer(pointer: &Pointer) -> String {
    let mut out = String::with_capacity(pointer.as_str().len());
    for step in pointer.steps() {
        out.push('/');
        let index = !step.is_empty() && step.len() < 9 && step.bytes().all(|b| b.is_ascii_digit());
        if index || Name::of(&step).is_some() || is_printable(&step) {
            out.push_str(&step);
        } else {
            out.push('*');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_identifiers_are_printed() {
        for text in ["Purchase", "add_to_cart", "Lead v2.1", "utm-source"] {
            assert!(is_printable(text), "{text}");
        }
        for text in [
            "",
            "a@b.example",
            "order 4917112345",
            "+49",
            "30 12 34 56",
            "é",
            &"a".repeat(51),
        ] {
            assert!(!is_printable(text), "{text}");
        }
        let shown = pointer(
            &Pointer::root()
                .key("custom_data")
                .key("ana@b.example")
                .index(1),
        );
        assert_eq!(shown, "/custom_data/*/1");
    }
}
