//! Syslog messages with their length in front, one behind another without a line break, as they
//! come over TCP.
//!
//! Source: RFC 6587, section 3.4.1, octet counting; RFC 5424 for the message.

use std::ops::Range;

/// Longer messages are none.
const MOST_DIGITS: usize = 7;

/// A message that says how many bytes it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The digits of its length.
    pub count: Range<usize>,
    /// The message, as far as that.
    pub message: Range<usize>,
}

impl Counted {
    /// Whether its length is true of the text at whose start it stands: the text ends behind it,
    /// or the next message begins there, or a line.
    pub fn is_true(&self, text: &str) -> bool {
        let Some(message) = text.get(self.message.clone()) else {
            return false;
        };
        let behind = &text[self.message.end..];
        behind.is_empty()
            || behind.starts_with(['\n', '\r'])
            || message.ends_with('\n')
            || at_start(behind).is_some()
    }
}

/// The message at the start of a text: `708 <134>1 2024-…`.
pub fn at_start(text: &str) -> Option<Counted> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let count = digits(text);
    if count == 0 || count > MOST_DIGITS {
        return None;
    }
    let priority = text[count..].strip_prefix(" <")?;
    let behind = priority[digits(priority)..].strip_prefix(">1 ")?;
    if priority.starts_with('>') || behind.is_empty() {
        return None;
    }
    let start = count + 1;
    let length: usize = text[..count].parse().ok()?;
    Some(Counted {
        count: 0..count,
        message: start..start + length,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_believed_when_it_is_right() {
        let text = "14 <134>1 - é {}14 <134>1 - é {}";
        let first = at_start(text).unwrap();
        assert_eq!(&text[first.message.clone()], "<134>1 - é {}");
        assert!(first.is_true(text));
        for (text, is_true) in [
            ("13 <134>1 - a {}", true),
            ("13 <134>1 - a {}\n", true),
            ("14 <134>1 - a {}\n13 <134>1 - b {}", true),
            ("12 <134>1 - a {}", false),
            ("99 <134>1 - a {}", false),
            ("10 <134>1 - é", false),
        ] {
            assert_eq!(at_start(text).unwrap().is_true(text), is_true, "{text}");
        }
        for text in [
            "<134>1 - x",
            "12 <>1 - x",
            "12 <134>2 - x",
            "12345678 <134>1 - x",
            "",
        ] {
            assert_eq!(at_start(text), None, "{text}");
        }
    }
}
