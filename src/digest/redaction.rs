//! What a logger writes in place of a value, and how it shows only a part of one.

use super::{is_hex, looks_like_email};

/// What the words around a hidden value say of it: `[redacted-email]`, `[Redacted by Datadog]`,
/// `<pii removed>`. They stand first or last.
const DONE: [&str; 16] = [
    "redacted",
    "filtered",
    "masked",
    "hidden",
    "removed",
    "scrubbed",
    "truncated",
    "obfuscated",
    "anonymized",
    "anonymised",
    "pseudonymized",
    "pseudonymised",
    "censored",
    "omitted",
    "suppressed",
    "stripped",
];

/// Words that hide a value when they stand alone in their brackets, or between stars.
const ALONE: [&str; 4] = ["sensitive", "pii", "hashed", "secret"];

/// What filters for personal data name in brackets in place of what they found, in lower case and
/// with `_` between the words: Sentry's `[email]`, Google DLP's `[EMAIL_ADDRESS]`, Presidio's
/// `<PHONE_NUMBER>`, Cloudflare's `[email protected]`.
const TYPES: [&str; 27] = [
    "address",
    "credit_card",
    "credit_card_number",
    "creditcard",
    "date_of_birth",
    "date_time",
    "digest",
    "e_mail",
    "email",
    "email_address",
    "email_protected",
    "hash",
    "ip",
    "ip_address",
    "ipaddress",
    "location",
    "mobile",
    "name",
    "person",
    "person_name",
    "personal_data",
    "phone",
    "phone_number",
    "sha256",
    "sha_256",
    "street_address",
    "telephone",
];

/// No mark of a logger is longer.
const LONGEST: usize = 48;

/// Whether a text without white space around it is a mark of a logger, or shows a part of a value
/// and marks where the rest stood.
pub(super) fn is_redacted(text: &str) -> bool {
    may_be_redacted(text) && is_surely_redacted(text)
}

/// A quick look at the letters, which settles ids and names.
fn may_be_redacted(text: &str) -> bool {
    let is_sign = |b: u8| {
        matches!(
            b,
            b'*' | b'#' | b'[' | b'<' | b'(' | b'{' | b'.' | b'x' | b'X' | 128..
        )
    };
    text.starts_with(['r', 'R', '_']) || text.ends_with(['d', 'D']) || text.bytes().any(is_sign)
}

fn is_surely_redacted(text: &str) -> bool {
    let stars = text.bytes().filter(|&b| b == b'*' || b == b'#').count();
    if stars >= 3 && (stars == text.len() || text.contains("***")) {
        return true;
    }
    if text == "…" {
        return true;
    }
    if text.chars().count() >= 4 && text.chars().all(|c| matches!(c, '•' | '█' | 'x' | 'X')) {
        return true;
    }
    text.len() <= LONGEST && is_mark(text)
        || is_cut_digest(text)
        || is_masked_email(text)
        || is_masked_number(text)
        || is_masked_word(text)
}

/// Whether the text, as plain as it is, says itself that it was hidden or is a number with its
/// digits crossed out: `redacted-email`, `650-XXX-XXXX`.
pub(super) fn is_plain_mark(text: &str) -> bool {
    says_redacted(text) || is_masked_number(text)
}

fn is_mark(text: &str) -> bool {
    const AROUND: [char; 10] = ['[', ']', '<', '>', '(', ')', '{', '}', '*', '_'];
    let inner = text.trim_matches(AROUND);
    let is_bare = inner.len() == text.len();
    if says_redacted(inner) && (is_bare || inner.len() < 10) {
        return true;
    }
    if is_bare {
        return false;
    }
    let is = |words: &[&str], text: &str| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&DONE, inner) || is(&ALONE, inner) || text.eq_ignore_ascii_case("[Object]") {
        return true;
    }
    // Braces, stars and two brackets in a row are templates of mailing tools.
    let between = |open: char, close: char| text.strip_prefix(open)?.strip_suffix(close);
    let Some(inner) = between('[', ']').or_else(|| between('<', '>')) else {
        return false;
    };
    // Other signs are those of templates: `<%= phone %>`.
    let is_of_words = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_-:.,".contains(c);
    if !inner.chars().all(is_of_words) {
        return false;
    }
    let words: Vec<&str> = inner
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    // `<PHONE NUMBER>` stands in documentation, to be replaced.
    let is_label = text.starts_with('[') || !inner.contains(' ');
    is_label && is(&TYPES, &words.join("_"))
        || words.first().is_some_and(|word| is(&DONE, word))
        || words.last().is_some_and(|word| is(&DONE, word))
}

/// `REDACTED`, `REDACTED_EMAIL`, `email-redacted`: no name and no id has that word in it.
fn says_redacted(text: &str) -> bool {
    const WORD: &str = "redacted";
    let is = |part: Option<&str>| part.is_some_and(|part| part.eq_ignore_ascii_case(WORD));
    let joins = |byte: Option<&u8>| byte.is_none_or(|b| !b.is_ascii_alphanumeric());
    let bytes = text.as_bytes();
    let plain = || {
        bytes
            .iter()
            .all(|b| b.is_ascii_alphabetic() || b"_-: ".contains(b))
    };
    let rest = text.len().wrapping_sub(WORD.len());
    is(text.get(..WORD.len())) && joins(bytes.get(WORD.len())) && plain()
        || is(text.get(rest..)) && joins(bytes.get(rest.wrapping_sub(1))) && plain()
}

/// The first digits of a digest, or its first and last ones, too few to be more than a hint for
/// whoever reads the log: `a8f5…`, `9ff3…b97e`.
fn is_cut_digest(text: &str) -> bool {
    let head = text.trim_end_matches(['.', '…']);
    let has_digit = |text: &str| text.bytes().any(|b| b.is_ascii_digit());
    if head.len() < text.len() {
        return (3..6).contains(&head.len()) && is_hex(head) && has_digit(head);
    }
    let halves = text.split_once('…').or_else(|| text.split_once("..."));
    halves.is_some_and(|(head, tail)| {
        head.len() + tail.len() >= 4
            && head.len() + tail.len() < 64
            && is_hex(head)
            && is_hex(tail)
            && (has_digit(head) || has_digit(tail))
    })
}

/// Whether an e-mail address shows only some of its characters: `r**@…`, `r•••@fastmail.com`,
/// `xxx@xxx.xxx`.
pub fn is_masked_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    if local.is_empty() || domain.is_empty() || domain.contains('@') {
        return false;
    }
    let hides = |part: &str| part.contains(['*', '…', '•', '█']) || part.contains("...");
    // What is hidden may hold any letter, what is shown is still an address.
    if hides(local) || hides(domain) {
        return !text.contains(char::is_whitespace);
    }
    let crossed = |part: &str| part.len() >= 2 && part.bytes().all(|b| b | 0x20 == b'x');
    // `xxx@xxx.com` is what somebody types who gives no address; a filter crosses out the ending.
    looks_like_email(text)
        && (domain.split('.').all(crossed) || has_row(local, 4) || has_row(domain, 4))
}

/// Whether a phone number, or another long one, shows only some of its digits: `XXX-XXX-1299`,
/// `+1650XXXXXXX`, `+49 *** 1299`.
fn is_masked_number(text: &str) -> bool {
    let (mut masks, mut digits, mut row, mut longest) = (0, 0, 0, 0);
    let (mut set_off, mut letters) = (false, false);
    for c in text.chars() {
        row = match c {
            'x' | 'X' | '*' | '•' | '█' | '…' => row + 1,
            '0'..='9' => 0,
            ' ' | '+' | '-' | '(' | ')' | '.' | '/' => {
                set_off = true;
                0
            }
            _ => return false,
        };
        masks += usize::from(row > 0);
        letters |= c.is_ascii_alphabetic();
        digits += usize::from(c.is_ascii_digit());
        longest = longest.max(row);
    }
    // Three of them before or inside a number can be the name of a product.
    let least = if set_off && !text.starts_with(['x', 'X']) {
        3
    } else {
        4
    };
    digits > 0 && longest >= 3 && (!letters || masks >= least && digits + masks >= 10)
}

/// A name of which only the beginning is shown: `A**`.
fn is_masked_word(text: &str) -> bool {
    let head = text.trim_end_matches('*');
    text.len() >= head.len() + 2 && !head.is_empty() && head.chars().all(char::is_alphabetic)
}

/// Whether `x` stands that often in a row.
fn has_row(text: &str, least: usize) -> bool {
    text.as_bytes()
        .chunk_by(|a, b| a.eq_ignore_ascii_case(b))
        .any(|run| run.len() >= least && run[0] | 0x20 == b'x')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_loggers_and_filters() {
        for text in [
            "[Filtered]",
            "__Filtered__",
            "**masked**",
            "{removed}",
            "REDACTED",
            "__REDACTED__",
            "REDACTED_EMAIL",
            "[redacted-email]",
            "[REDACTED:EMAIL]",
            "email-redacted",
            "[Redacted by Datadog]",
            "[MASKED_EMAIL]",
            "<pii removed>",
            "[truncated]",
            "(hidden)",
            "[email]",
            "[EMAIL_ADDRESS]",
            "<EMAIL_ADDRESS>",
            "<PHONE_NUMBER>",
            "[ip]",
            "[email protected]",
            "[email\u{a0}protected]",
            "<sha256>",
            "[Object]",
        ] {
            assert!(is_redacted(text), "{text}");
        }
    }

    #[test]
    fn parts_of_values() {
        for text in [
            "***",
            "a8f5…",
            "9ff3…b97e",
            "9ff3...b97e",
            "9ff3217679fd…f3b97e",
            "r**@fastmail.com",
            "r**@…",
            "r…@…",
            "r...@fastmail.com",
            "rosa@f*******.com",
            "xxx@xxx.xxx",
            "rxxxx@fastmail.com",
            "XXX-XXX-1299",
            "+1650XXXXXXX",
            "1650XXXXXXX",
            "+49 171 xxx 1299",
            "(•••) •••-1299",
            "650-XXX-1299",
            "A**",
            "•••1299",
            "…",
        ] {
            assert!(is_redacted(text), "{text}");
        }
    }

    #[test]
    fn what_a_sender_writes_itself() {
        for text in [
            "{{email}}",
            "{email}",
            "[[email]]",
            "*|EMAIL|*",
            "%EMAIL%",
            "${email}",
            "<MADID>",
            "<PHONE NUMBER>",
            "<%= phone %>",
            "<%email%>",
            "<HASHED_EMAIL>",
            "<YOUR_EMAIL>",
            "[your-email]",
            "<ACCESS_TOKEN>",
            "(not set)",
            "null",
            "test@test.com",
            "xxx@xxx.com",
            "xxx@gmail.com",
            "alexxx@gmail.com",
            "ana@exxxon.com",
            "hidden@shop.com",
            "ana lopez",
            "name",
            "email",
            "masked",
            "redactedly",
            "1234567890",
            "xx-1234567890",
            "XXX-1234567",
            "1234XXX567",
            "10x20x30x40x50",
            "+49 171 1234567",
            "cafe...bar",
            "face…",
            "a@b",
            "@",
            "",
        ] {
            assert!(!is_redacted(text), "{text}");
        }
    }
}
