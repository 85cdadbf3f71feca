//! What Meta's terms forbid to send about people: health, money, children, and the numbers of cards
//! and accounts.
//!
//! Words are weak evidence, so the lists are short and hold what has no everyday second meaning:
//! `bank` is also a holiday and `cancer` a zodiac sign. Numbers with check digits are strong.

use std::collections::HashMap;

use once_cell::sync::Lazy;
use serde::Deserialize;

/// `rules/tables/sensitive.json`.
#[derive(Deserialize)]
struct Table {
    phrases: HashMap<String, Vec<String>>,
    keys: HashMap<String, Vec<String>>,
    iban: HashMap<String, usize>,
}

static TABLE: Lazy<Table> = Lazy::new(|| {
    serde_json::from_str(include_str!("../../rules/tables/sensitive.json"))
        .expect("the embedded table is read by a test")
});

/// What a text is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    Health,
    Finance,
    Children,
    /// A payment card, of which the key speaks.
    Card,
}

impl Topic {
    fn of(word: &str) -> Topic {
        match word {
            "health" => Topic::Health,
            "finance" => Topic::Finance,
            "children" => Topic::Children,
            "card" => Topic::Card,
            other => panic!("rules/tables/sensitive.json has the topic {other}"),
        }
    }

    /// What it is, for messages.
    pub const fn phrase(self) -> &'static str {
        match self {
            Topic::Health => "somebody's health",
            Topic::Finance => "somebody's finances",
            Topic::Children => "a child",
            Topic::Card => "a payment card",
        }
    }
}

/// The words of the phrases, by the first of them.
struct Phrases {
    by_first: HashMap<&'static str, Vec<(Vec<&'static str>, Topic)>>,
    /// By the first two letters, one bit for each length that a first word has: most words of most
    /// texts are told by it to be none.
    lengths: [u32; 32 * 32],
}

static PHRASES: Lazy<Phrases> = Lazy::new(|| {
    let mut phrases = Phrases {
        by_first: HashMap::new(),
        lengths: [0; 32 * 32],
    };
    for (topic, list) in &TABLE.phrases {
        for phrase in list {
            let mut words = phrase.split(' ');
            let first = words.next().unwrap_or_default();
            phrases.lengths[beginning(first)] |= 1 << first.len();
            let of_first = phrases.by_first.entry(first).or_default();
            of_first.push((words.collect(), Topic::of(topic)));
        }
    }
    phrases
});

static KEYS: Lazy<HashMap<&'static str, Topic>> = Lazy::new(|| {
    let lists = TABLE.keys.iter();
    lists
        .flat_map(|(topic, list)| list.iter().map(move |key| (key.as_str(), Topic::of(topic))))
        .collect()
});

/// A number of ten bits for the first two letters of a word, whatever their case.
#[inline]
fn beginning(word: &str) -> usize {
    match word.as_bytes() {
        [first, second, ..] => usize::from(first & 31) << 5 | usize::from(second & 31),
        [first] => usize::from(first & 31) << 5,
        [] => 0,
    }
}

/// What a byte is to a word: nothing, a part of it, or a part with case. Bytes of letters beyond
/// ASCII belong to words.
const OF_WORDS: [u8; 256] = {
    let (mut table, mut byte) = ([0; 256], 0);
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' => SMALL,
            b'A'..=b'Z' => CAPITAL,
            b'0'..=b'9' | 0x80.. => 1,
            _ => 0,
        };
        byte += 1;
    }
    table
};
const SMALL: u8 = 2;
const CAPITAL: u8 = 3;

/// The words of a text: runs of letters and digits, which also begin at a capital after a small
/// letter, as in `LoanApproved`.
fn words(text: &str) -> impl Iterator<Item = &str> + Clone {
    let mut rest = text;
    std::iter::from_fn(move || {
        let bytes = rest.as_bytes();
        let kind = |byte: u8| OF_WORDS[usize::from(byte)];
        let start = bytes.iter().position(|&byte| kind(byte) != 0)?;
        let (mut end, mut last) = (start + 1, kind(bytes[start]));
        while let Some(next) = bytes.get(end).map(|&byte| kind(byte)) {
            if next == 0 || next == CAPITAL && last == SMALL {
                break;
            }
            (end, last) = (end + 1, next);
        }
        let word = &rest[start..end];
        rest = &rest[end..];
        Some(word)
    })
}

/// The topic of the first telling phrase in a text.
pub fn topic_in(text: &str) -> Option<Topic> {
    let phrases = &*PHRASES;
    let mut rest = words(text);
    while let Some(word) = rest.next() {
        if word.len() > 31 || phrases.lengths[beginning(word)] >> word.len() & 1 == 0 {
            continue;
        }
        let Some(list) = phrases.by_first.get(word.to_ascii_lowercase().as_str()) else {
            continue;
        };
        for (others, topic) in list {
            let mut next = rest.clone();
            let follows = |other: &&str| next.next().is_some_and(|w| w.eq_ignore_ascii_case(other));
            if others.iter().all(follows) {
                return Some(*topic);
            }
        }
    }
    None
}

/// Length of the longest key of the table.
const LONGEST: usize = 20;

/// The topic that a key announces.
pub fn topic_of_key(key: &str) -> Option<Topic> {
    let (mut folded, mut length) = ([0u8; LONGEST], 0);
    for byte in key.bytes().filter(|b| !b"_-.[] ".contains(b)) {
        *folded.get_mut(length)? = byte.to_ascii_lowercase();
        length += 1;
    }
    let folded = std::str::from_utf8(&folded[..length]).ok()?;
    KEYS.get(folded).copied()
}

/// A number with check digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// The number of a payment card, in groups as on the card.
    GroupedCard,
    /// As many digits as a card has, in one run.
    BareCard,
    Iban,
}

/// The first number of a card or an account in a text.
pub fn number_in(text: &str) -> Option<Number> {
    if text.len() < 15 || text.bytes().filter(u8::is_ascii_digit).take(11).count() < 11 {
        return None;
    }
    iban_in(text).or_else(|| card_in(text))
}

/// Whether the digits are those of a card: a length and prefix that issuers use, and Luhn's check
/// digit. Lengths of 13 and 14 are left out, because every article number of those lengths that
/// begins right would be one time in ten.
pub fn is_card(digits: &[u8]) -> bool {
    let number = |length: usize| {
        digits[..length]
            .iter()
            .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'))
    };
    let known = match digits.len() {
        15 => matches!(number(2), 34 | 37),
        16 => {
            digits[0] == b'4'
                || matches!(number(2), 51..=55 | 65)
                || matches!(number(4), 2221..=2720 | 6011 | 3528..=3589)
                || matches!(number(3), 644..=649)
        }
        _ => false,
    };
    let varied = digits
        .iter()
        .any(|digit| *digit != digits[digits.len() - 1]);
    known && varied && luhn(digits)
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match u32::from(digit - b'0') {
            digit if at % 2 == 0 => digit,
            digit if digit > 4 => digit * 2 - 9,
            digit => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Runs of digits with single blanks or dashes inside, not grown together with other letters.
fn card_in(text: &str) -> Option<Number> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        let (mut digits, mut length, mut groups) = ([0u8; 17], 0, vec![0usize]);
        while at < bytes.len() {
            match bytes[at] {
                digit if digit.is_ascii_digit() => {
                    if length < digits.len() {
                        digits[length] = digit;
                    }
                    length += 1;
                    *groups.last_mut().expect("one group at least") += 1;
                }
                b' ' | b'-' if bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => groups.push(0),
                _ => break,
            }
            at += 1;
        }
        let joined = |byte: Option<&u8>| {
            byte.is_some_and(|b| b.is_ascii_alphanumeric() || b"_.-+".contains(b))
        };
        let alone = !joined(start.checked_sub(1).map(|before| &bytes[before]))
            && !joined(
                bytes
                    .get(at)
                    .filter(|b| b.is_ascii_alphanumeric() || **b == b'_'),
            );
        if alone && length <= 16 && is_card(&digits[..length]) {
            match groups[..] {
                [_] => return Some(Number::BareCard),
                [4, 4, 4, 4] | [4, 6, 5] => return Some(Number::GroupedCard),
                _ => {}
            }
        }
    }
    None
}

/// An account number of ISO 13616: a country, the length that the country uses, and the rest of
/// the division by 97. One word, or groups of four as on paper.
fn iban_in(text: &str) -> Option<Number> {
    let bytes = text.as_bytes();
    let is_start = |at: usize| {
        let alone = at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
        alone
            && bytes[at..at + 2].iter().all(u8::is_ascii_uppercase)
            && bytes[at + 2..at + 4].iter().all(u8::is_ascii_digit)
    };
    for at in (0..bytes.len().saturating_sub(14)).filter(|&at| is_start(at)) {
        let country = std::str::from_utf8(&bytes[at..at + 2]).unwrap_or("");
        let Some(&wanted) = TABLE.iban.get(country) else {
            continue;
        };
        let (mut letters, mut length, mut end) = ([0u8; 34], 0, at);
        while end < bytes.len() && length < wanted {
            match bytes[end] {
                letter if letter.is_ascii_uppercase() || letter.is_ascii_digit() => {
                    letters[length] = letter;
                    length += 1;
                }
                b' ' if length % 4 == 0 => {}
                _ => break,
            }
            end += 1;
        }
        let ends = !bytes
            .get(end)
            .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        if length == wanted && ends && is_checked(&letters[..length]) {
            return Some(Number::Iban);
        }
    }
    None
}

fn is_checked(letters: &[u8]) -> bool {
    let turned = letters[4..].iter().chain(&letters[..4]);
    turned.fold(0u32, |rest, &letter| match letter {
        b'0'..=b'9' => (rest * 10 + u32::from(letter - b'0')) % 97,
        letter => (rest * 100 + u32::from(letter - b'A') + 10) % 97,
    }) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_dated_and_folded() {
        let whole: serde_json::Value =
            serde_json::from_str(include_str!("../../rules/tables/sensitive.json")).unwrap();
        assert!(whole["source"].is_string() && whole["date"].is_string());
        for (topic, list) in &TABLE.phrases {
            for phrase in list {
                assert_eq!(topic_in(phrase), Some(Topic::of(topic)), "{phrase}");
            }
        }
        for (key, topic) in KEYS.iter() {
            assert_eq!(topic_of_key(key), Some(*topic), "{key}");
        }
        assert!(TABLE.iban.values().all(|length| (15..=34).contains(length)));
    }

    #[test]
    fn topics_are_told_by_phrases_and_not_by_their_words() {
        for (text, topic) in [
            ("LoanApproved", Some(Topic::Finance)),
            ("hiv_test_booked", Some(Topic::Health)),
            ("/services/std-testing", Some(Topic::Health)),
            ("Payday Loans near you", Some(Topic::Finance)),
            ("bank holiday sale", None),
            ("Cancer zodiac mug", None),
            ("loan me a book", None),
            ("archived", None),
            ("Diabetes socks", None),
            ("Purchase", None),
            ("Über HIV", Some(Topic::Health)),
            ("", None),
        ] {
            assert_eq!(topic_in(text), topic, "{text}");
        }
    }

    #[test]
    fn numbers_with_check_digits() {
        for (text, number) in [
            ("4111 1111 1111 1111", Some(Number::GroupedCard)),
            ("card 5555-5555-5555-4444!", Some(Number::GroupedCard)),
            ("4242424242424242", Some(Number::BareCard)),
            ("3782 822463 10005", Some(Number::GroupedCard)),
            ("4242424242424241", None),
            ("SKU4242424242424242", None),
            ("4006381333931", None),
            ("0000000000000000", None),
            ("1782 3996 0017 8239", None),
            ("GB82WEST12345698765432", Some(Number::Iban)),
            (
                "pay to DE89 3704 0044 0532 0130 00 please",
                Some(Number::Iban),
            ),
            ("GB82WEST12345698765433", None),
            ("gb82west12345698765432", None),
            ("DE893704004405320130", None),
            ("order 2026-06-25 17:00:00 +02:00", None),
        ] {
            assert_eq!(number_in(text), number, "{text}");
        }
    }
}
