//! Click and browser ids: `fb.<sub-domain index>.<creation time>.<tail>`, the form of the cookies
//! `_fbc` and `_fbp`, with Meta's appendix behind it or not.
//!
//! Sources: the page on fbp and fbc; facebook/capi-param-builder@b0b6f0b and its tests.

use std::ops::Range;

use memchr::memmem::Finder;
use once_cell::sync::Lazy;

use crate::clock::PLAUSIBLE;
use crate::digest;
use crate::values::percent;

/// The browser ids that Meta's own pages show.
pub const FBP_SAMPLES: [&str; 2] = [
    "fb.1.1558571054389.1098115397",
    "fb.1.1596403881668.1116446470",
];

/// The click ids that Meta's own pages show.
const FBCLID_SAMPLES: [&str; 2] = [
    "AbCdEfGhIjKlMnOpQrStUvWxYz1234567890",
    "IwAR2F4-dbP0l7Mn1IawQQGCINEz7PYXQvwjNwB_qa2ofrHyiLjcbCRxTDMgk",
];

/// How click ids of Meta begin, as far as they were seen in the field.
const BEGINNINGS: [&str; 9] = [
    "IwAR", "IwY2", "IwZX", "IwQ0", "IwdG", "PAZX", "PAY2", "PAAa", "PAQ0",
];

/// No click id of Meta was seen with fewer characters; the oldest have 61.
pub const SHORTEST: usize = 20;

/// Days that the cookie `_fbc` lives, and a click counts.
pub const DAYS_OF_A_CLICK: i64 = 90;

/// A value in the form of a click or browser id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamped<'a> {
    text: &'a str,
    /// Where the digits of the creation time start and end.
    time: StampedAt,
}

/// The unit of a creation time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Seconds,
    /// As Meta writes it.
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

impl Unit {
    /// Its name, for messages.
    pub const fn phrase(self) -> &'static str {
        match self {
            Unit::Seconds => "seconds",
            Unit::Milliseconds => "milliseconds",
            Unit::Microseconds => "microseconds",
            Unit::Nanoseconds => "nanoseconds",
        }
    }
}

/// Where a creation time lies that is none of our years in any unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// Before there were click ids.
    Before,
    /// Years from now.
    After,
}

/// Where a creation time starts and ends in its text.
pub type StampedAt = (usize, usize);

impl<'a> Stamped<'a> {
    /// The value that `text` spells. The tail of a click id may hold dots and may be anything; the
    /// index counts the labels of a domain, so that sites under `.co.uk` have 2.
    #[inline]
    pub fn parse(text: &'a str) -> Option<Stamped<'a>> {
        let bytes = text.as_bytes();
        let digits = |from: usize| {
            let rest = bytes.get(from..).unwrap_or_default();
            from + rest.iter().take_while(|b| b.is_ascii_digit()).count()
        };
        if !bytes.starts_with(b"fb.") {
            return None;
        }
        let index = digits(3);
        let end = digits(index + 1);
        let whole = (4..=5).contains(&index)
            && bytes.get(index) == Some(&b'.')
            && end > index + 1
            && bytes.get(end) == Some(&b'.')
            && bytes.len() > end + 1;
        whole.then_some(Stamped {
            text,
            time: (index + 1, end),
        })
    }

    /// Whether the text is of the usual form as far as its creation time: one digit of index and
    /// thirteen of milliseconds. A quick look that settles nearly all values.
    #[inline]
    pub fn is_usual(text: &str) -> bool {
        let Some(head) = text.as_bytes().first_chunk::<19>() else {
            return false;
        };
        head.starts_with(b"fb.")
            && head[3].is_ascii_digit()
            && head[4] == b'.'
            && head[18] == b'.'
            && head[5..18]
                .iter()
                .fold(true, |all, digit| all & digit.is_ascii_digit())
    }

    /// The digits of the creation time.
    pub fn time(&self) -> &'a str {
        &self.text[self.time.0..self.time.1]
    }

    /// What follows the creation time: the fbclid or the browser's number, without appendix.
    pub fn tail(&self) -> &'a str {
        digest::strip_appendix(&self.text[self.time.1 + 1..])
    }

    /// The value that stands behind the creation time in place of a click id, when a cookie was
    /// taken for one and got a head of its own, once or several times.
    #[inline]
    fn inside(&self) -> Option<Stamped<'a>> {
        let inside = Stamped::parse(&self.text[self.time.1 + 1..])?;
        Some(inside.inside().unwrap_or(inside))
    }

    /// The unit in which the creation time is one of our years; `None` when it is so in no unit.
    #[inline]
    pub fn unit(&self) -> Option<Unit> {
        let number: i64 = self.time().parse().ok()?;
        [
            (Unit::Milliseconds, 1_000),
            (Unit::Seconds, 1),
            (Unit::Microseconds, 1_000_000),
            (Unit::Nanoseconds, 1_000_000_000),
        ]
        .into_iter()
        .find(|(_, in_second)| PLAUSIBLE.contains(&(number / in_second)))
        .map(|(unit, _)| unit)
    }

    /// Which way the creation time lies outside of our years.
    pub fn beyond(&self) -> Option<Beyond> {
        match self.time().parse::<i64>() {
            _ if self.unit().is_some() => None,
            Ok(number) if number / 1_000 < PLAUSIBLE.start => Some(Beyond::Before),
            _ => Some(Beyond::After),
        }
    }

    /// Whether a fraction of a second follows the creation time, as when `microtime(true)` was
    /// glued in: then a dot too many stands there.
    pub fn has_fraction(&self) -> bool {
        self.tail().split_once('.').is_some_and(|(fraction, rest)| {
            fraction.len() <= 6 && all_digits(fraction) && !rest.is_empty()
        })
    }

    /// The creation time in Unix milliseconds, when it is a plausible one; other units are taken
    /// for what they are.
    #[inline]
    pub fn millis(&self) -> Option<i64> {
        let number: i64 = self.time().parse().ok()?;
        Some(match self.unit()? {
            Unit::Milliseconds => number,
            Unit::Seconds => number * 1_000,
            Unit::Microseconds => number / 1_000,
            Unit::Nanoseconds => number / 1_000_000,
        })
    }

    /// Where the creation time begins and ends in the text.
    pub fn at(&self) -> StampedAt {
        self.time
    }

    /// The value that this text was found to be before.
    pub fn again(text: &'a str, time: StampedAt) -> Stamped<'a> {
        Stamped { text, time }
    }

    /// The whole value.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The value with another id behind the creation time; the appendix stays.
    pub fn with_tail(&self, tail: &str) -> String {
        let appendix = &self.text[digest::strip_appendix(self.text).len()..];
        format!("{}{tail}{appendix}", &self.text[..self.time.1 + 1])
    }

    /// The value with another creation time, in Unix milliseconds.
    pub fn with_millis(&self, millis: i64) -> String {
        let (before, behind) = (&self.text[..self.time.0], &self.text[self.time.1..]);
        format!("{before}{millis}{behind}")
    }

    /// The value with its creation time written in milliseconds; nothing else changes.
    pub fn in_milliseconds(&self) -> Option<String> {
        self.millis().map(|millis| self.with_millis(millis))
    }
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether `text` is right by the letter as fbc.
#[inline]
pub fn is_fbc(text: &str) -> bool {
    fbc(text).is_some()
}

/// The parts of an fbc that is right by the letter.
#[inline]
pub fn fbc(text: &str) -> Option<Stamped<'_>> {
    Stamped::parse(text).filter(|stamped| stands_alone(text) && stamped.inside().is_none())
}

/// Whether `text` is the usual form of a browser id to its end, of a time that may be: a quick look,
/// right when it says yes.
#[inline]
pub fn is_usual_fbp(text: &str) -> bool {
    /// How the milliseconds begin from 2014 to 2039, years that are all [`PLAUSIBLE`].
    const YEARS: std::ops::RangeInclusive<[u8; 2]> = *b"14"..=*b"21";
    Stamped::is_usual(text)
        && YEARS.contains(&[text.as_bytes()[5], text.as_bytes()[6]])
        && all_digits(&text[19..])
}

/// Whether a browser id holds a click id in place of its number.
pub fn holds_click(fbp: &str) -> bool {
    Stamped::parse(fbp).is_some_and(|stamped| looks_like_fbclid(stamped.tail()))
}

/// Whether `text` is right by the letter as fbp: its tail is a number.
#[inline]
pub fn is_fbp(text: &str) -> bool {
    Stamped::parse(text).is_some_and(|stamped| all_digits(stamped.tail()))
}

/// Whether nothing of a cookie header or of a JSON text hangs on the value.
fn stands_alone(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr2(b';', b'"', bytes).is_none() && bytes.last().is_some_and(|&last| last > b' ')
}

/// What stands in place of a click id or browser id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misformed<'a> {
    /// A right value with white space around it.
    Spaced(&'a str),
    /// A right value inside cookie text or quotes.
    Wrapped(&'a str),
    /// A click id without the parts before it.
    Bare(&'a str),
    /// A right value behind an index and a creation time that were put before it.
    Twice(&'a str),
    /// As that, with a browser id in place of the right value.
    BrowserId(&'a str),
    /// The parts before a click id, and no click id.
    Empty,
    /// An fbc: its tail is a click id.
    ClickId,
    /// Anything else.
    Other,
}

/// What is wrong with an fbc that [`is_fbc`] refuses.
pub fn misformed_fbc(text: &str) -> Misformed<'_> {
    if let Some(wrapped) = wrapped(text, "_fbc=", is_fbc) {
        return wrapped;
    }
    let bare = text.trim();
    if let Some(inside) = Stamped::parse(bare).and_then(|outer| outer.inside()) {
        return match inside.text() {
            browser_id if is_fbp(browser_id) => Misformed::BrowserId(browser_id),
            right if is_fbc(right) => Misformed::Twice(right),
            _ => Misformed::Other,
        };
    }
    if let Some(rest) = bare.strip_prefix("fb.") {
        let mut parts = rest.splitn(2, '.');
        let index = parts.next().unwrap_or_default();
        let rest = parts.next().unwrap_or_default();
        return match rest.strip_suffix('.').unwrap_or(rest) {
            _ if !all_digits(index) => Misformed::Other,
            time if time.is_empty() || all_digits(time) => Misformed::Empty,
            _ if looks_like_fbclid(rest) => Misformed::Bare(rest),
            _ => Misformed::Other,
        };
    }
    let of_query = bare
        .split_once("fbclid=")
        .map(|(_, rest)| rest.split(['&', '#', ';']).next().unwrap_or_default());
    let fbclid = of_query.unwrap_or(bare);
    if looks_like_fbclid(fbclid) {
        Misformed::Bare(fbclid)
    } else {
        Misformed::Other
    }
}

/// What is wrong with an fbp that [`is_fbp`] refuses.
pub fn misformed_fbp(text: &str) -> Misformed<'_> {
    if let Some(wrapped) = wrapped(text, "_fbp=", is_fbp) {
        return wrapped;
    }
    match Stamped::parse(text) {
        Some(stamped) if looks_like_fbclid(stamped.tail()) => Misformed::ClickId,
        _ => Misformed::Other,
    }
}

fn wrapped<'a>(text: &'a str, cookie: &str, is_right: fn(&str) -> bool) -> Option<Misformed<'a>> {
    let trimmed = text.trim();
    if trimmed.len() < text.len() && is_right(trimmed) {
        return Some(Misformed::Spaced(trimmed));
    }
    let value = match text.split_once(cookie) {
        Some((_, rest)) => rest.trim_start_matches(['"', '\\']),
        None => text.trim_start_matches([' ', '"', '\'', '\\', '`']),
    };
    let value = value.split([';', ' ', '"', '\'', '\\', '`']).next()?;
    (value.len() < text.len() && is_right(value)).then_some(Misformed::Wrapped(value))
}

/// Whether `text` looks like Meta's click id: a known beginning, or long and in three kinds of
/// characters, and not the click id of Google.
pub fn looks_like_fbclid(text: &str) -> bool {
    const OTHERS: [&str; 4] = ["Cj0K", "CjwK", "EAIa", "eyJ"];
    let word = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    let starts = |list: &[&str]| list.iter().any(|head| text.starts_with(head));
    let holds = |kind: fn(&u8) -> bool| text.bytes().any(|b| kind(&b));
    word && (text.len() >= 20 && starts(&BEGINNINGS)
        || text.len() >= 40
            && !starts(&OTHERS)
            && !text.contains('.')
            && holds(u8::is_ascii_uppercase)
            && holds(u8::is_ascii_lowercase)
            && holds(u8::is_ascii_digit))
}

/// Where the click id stands behind `fbclid=` in an address. Meta asks for it letter for letter.
pub fn fbclid_in(url: &str) -> Option<Range<usize>> {
    static FINDER: Lazy<Finder<'static>> = Lazy::new(|| Finder::new("fbclid="));
    let bytes = url.as_bytes();
    let mut from = 0;
    loop {
        let at = from + FINDER.find(&bytes[from..])?;
        from = at + "fbclid=".len();
        if at > 0 && !matches!(bytes[at - 1], b'?' | b'&' | b'#' | b';') {
            continue;
        }
        let length = bytes[from..]
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || b"-_.+%=~".contains(b))
            .count();
        let hidden = url[from + length..].starts_with(['*', '…', '[', '{']);
        if length > 0 && !hidden {
            return Some(from..from + length);
        }
    }
}

/// What was done to a click id on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Altered {
    /// All letters were made small, or all capital.
    Case,
    /// Its end is missing.
    Cut,
    /// A space stands for each `+`.
    Spaces,
    /// `%` and two digits were replaced by the character that they mean.
    Decoded,
    /// Characters were replaced by `%` and two digits.
    Encoded,
    /// The rest of an address stands behind it.
    Glued,
    /// Its signs are missing, and its letters and digits are all there.
    Stripped,
}

/// Whether all letters of a long id are small, or all capital: in base64 both are mixed.
fn has_one_case(id: &str) -> bool {
    let upper = id.bytes().any(|b| b.is_ascii_uppercase());
    let lower = id.bytes().any(|b| b.is_ascii_lowercase());
    upper != lower
}

/// How `id` differs from the click id in the address of the same event, when it was made of it.
/// Another click's id is no change.
pub fn altered(id: &str, in_url: &str) -> Option<Altered> {
    if id == in_url || in_url.len() < SHORTEST || id.is_empty() {
        return None;
    }
    if in_url.starts_with(id) && (id.len() >= 4) {
        return Some(Altered::Cut);
    }
    let same_letters = in_url
        .get(..id.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(id));
    if same_letters && id.len() >= SHORTEST && has_one_case(id) && !has_one_case(in_url) {
        return Some(Altered::Case);
    }
    if in_url.contains('+') && in_url.replace('+', " ").trim() == id.trim() {
        return Some(Altered::Spaces);
    }
    if in_url.contains('%') && percent::decode(in_url).as_deref() == Some(id) {
        // An address that was encoded once too often is itself what was changed.
        let plain = id.bytes().all(is_of_id);
        return (!plain).then_some(Altered::Decoded);
    }
    if id.contains('%') && percent::decode(id).as_deref() == Some(in_url) {
        return Some(Altered::Encoded);
    }
    let rest = id.strip_prefix(in_url).unwrap_or_default();
    if rest.starts_with(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c)) {
        return Some(Altered::Glued);
    }
    (id.len() >= SHORTEST && id.len() < in_url.len() && is_without_signs(id, in_url))
        .then_some(Altered::Stripped)
}

/// Whether `id` is `whole` without some of its `-` and `_`, and the same otherwise.
fn is_without_signs(id: &str, whole: &str) -> bool {
    let mut rest = id.bytes().peekable();
    let kept = whole
        .bytes()
        .all(|byte| rest.next_if_eq(&byte).is_some() || matches!(byte, b'-' | b'_'));
    kept && rest.next().is_none()
}

/// Where the rest of an address begins that stands behind a click id.
#[inline]
pub fn glued_at(id: &str) -> Option<usize> {
    let bytes = id.as_bytes();
    memchr::memchr3(b'&', b'?', b'#', bytes).or_else(|| memchr::memchr2(b'/', b'\\', bytes))
}

fn is_of_id(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

/// Whether a click id alone shows that its letters were changed.
pub fn looks_altered(id: &str) -> Option<Altered> {
    let bytes = id.as_bytes();
    // Nearly every id begins with a capital and a small letter.
    let mixed = matches!(bytes, [a, b, ..] if a.is_ascii_uppercase() && b.is_ascii_lowercase())
        || id.bytes().take(16).any(|b| b.is_ascii_lowercase())
            && id.bytes().take(32).any(|b| b.is_ascii_uppercase());
    if !mixed && has_one_case(id) {
        let begins = BEGINNINGS
            .iter()
            .any(|head| id.get(..4).is_some_and(|b| b.eq_ignore_ascii_case(head)));
        let long = id.len() >= 40 && bytes.iter().all(|&b| is_of_id(b));
        if begins && id.len() >= SHORTEST || long {
            return Some(Altered::Case);
        }
    }
    if glued_at(id).is_some() {
        return Some(Altered::Glued);
    }
    if let Some(at) = memchr::memchr2(b'%', b' ', bytes) {
        if bytes[at] == b' ' {
            return Some(Altered::Spaces);
        }
        let code = bytes.get(at + 1..at + 3);
        if code.is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit)) {
            return Some(Altered::Encoded);
        }
    }
    None
}

/// Why an id behind a right beginning is none that Meta gave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fabricated {
    /// A word that somebody wrote in place of an id.
    Word,
    /// A template that was not filled in.
    Template,
    /// The sample of Meta's documentation.
    Sample,
    /// The click id of another company.
    Foreign,
    /// A number, as in a browser id.
    Number,
    /// A UUID or hex digits.
    Hex,
    /// Too short.
    Short,
}

/// Words in lower case, without digits, `-` and `_` at their ends.
const WORDS: [&str; 40] = [
    "fallback",
    "random",
    "unknown",
    "undefined",
    "null",
    "none",
    "nan",
    "nil",
    "false",
    "true",
    "test",
    "testing",
    "testclick",
    "testclickid",
    "test-click-id",
    "test_click_id",
    "testfbclid",
    "test_fbclid",
    "dummy",
    "sample",
    "example",
    "placeholder",
    "default",
    "string",
    "value",
    "fbclid",
    "your_fbclid",
    "fbclid_here",
    "click_id",
    "clickid",
    "click",
    "fbc",
    "direct",
    "organic",
    "facebook",
    "server",
    "noclick",
    "no_click_id",
    "n/a",
    "abc",
];

/// Why Meta cannot have given out this click id; `None` when it may have.
pub fn fabricated(id: &str) -> Option<Fabricated> {
    let is_sample = || FBCLID_SAMPLES.contains(&id);
    if id.len() >= 40 && BEGINNINGS.iter().any(|head| id.starts_with(head)) {
        return is_sample().then_some(Fabricated::Sample);
    }
    if is_sample() {
        return Some(Fabricated::Sample);
    }
    if id.bytes().any(|b| b"{}$<>[]".contains(&b)) || id.starts_with('%') && id.ends_with('%') {
        return Some(Fabricated::Template);
    }
    if id.len() <= 32 {
        let word = id.trim_matches(|c: char| c.is_ascii_digit() || "-_. ()".contains(c));
        if WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)) {
            return Some(Fabricated::Word);
        }
    }
    // Google Ads (gclid, gbraid), Google Analytics, TikTok.
    const FOREIGN: [&str; 7] = [
        "Cj0KC", "CjwKC", "EAIaI", "0AAAAA", "GA1.", "E.C.P.", "E_C_P_",
    ];
    if FOREIGN.iter().any(|head| id.starts_with(head)) {
        return Some(Fabricated::Foreign);
    }
    if all_digits(id) {
        return Some(Fabricated::Number);
    }
    let hex = id.bytes().filter(u8::is_ascii_hexdigit).count();
    let dashes = id.bytes().filter(|&b| b == b'-').count();
    if id.len() >= SHORTEST && (hex == id.len() || dashes == 4 && hex == 32 && id.len() == 36) {
        return Some(Fabricated::Hex);
    }
    (id.len() < SHORTEST).then_some(Fabricated::Short)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FBCLID: &str = "IwAR3vQn8T_kX2mLr5bYc0ZpHs7WfGdJ1aEuV9oNtI6yRqMxC4lSjUzBPwKe1";

    #[test]
    fn right_by_the_letter() {
        for text in [
            "fb.1.1782390000123.IwAR3vQn8T".to_owned(),
            format!("fb.1.1782390000123.{FBCLID}.AQYCAQIB"),
            format!("fb.2.1782390000123.{FBCLID}.Bg"),
            "fb.0.1782390000123.a.b.c".to_owned(),
            "fb.1.1782390000.YWJjZA==".to_owned(),
            "fb.1.2.testpayload".to_owned(),
        ] {
            assert!(is_fbc(&text), "{text}");
        }
        for text in [
            "fb.1.1782390000123.774411908",
            "fb.3.1782390000123.7.AQYCAQIB",
        ] {
            assert!(is_fbp(text), "{text}");
        }
        for text in [
            "fb.1.2",
            "fb2.1.1533706565.someCl1ckID",
            "gclick.1.1533706565.someCl1ckID",
            "fb.1.pusheen.someCl1ckID",
            "fb.1.1533706565",
            "fb.1.1533706565.",
            "fb.1.123aa.abc",
            "fb..123.abc",
            "fb.1..abc",
            "fb",
            "",
            "fb.1.123.abc\n",
            "fb.1.123.abc; _ga=GA1.1.2.3",
        ] {
            assert!(!is_fbc(text), "{text}");
        }
        for text in [
            "fb.1.1782390000123.undefined",
            "fb.1.1782390000123.0.7283947",
            "fb.1.1782390000123.k3j9x2a1b",
            "fb.1.1782390000123.",
        ] {
            assert!(!is_fbp(text), "{text}");
        }
    }

    #[test]
    fn ids_in_addresses() {
        let shop = "https://shop.example.com/p";
        for (url, id) in [
            (format!("{shop}?a=1&fbclid={FBCLID}&b=2"), Some(FBCLID)),
            (format!("{shop}?fbclid={FBCLID}#top"), Some(FBCLID)),
            (format!("{shop}#/x?fbclid={FBCLID}"), Some(FBCLID)),
            (format!("{shop}?fbclid=IwAR%2Bx+y"), Some("IwAR%2Bx+y")),
            (format!("{shop}?my_fbclid=a&fbclid={FBCLID}"), Some(FBCLID)),
            (format!("{shop}?my_fbclid={FBCLID}"), None),
            (format!("{shop}?fbclid="), None),
            (format!("{shop}?fbclid=IwAR3v…"), None),
            (format!("{shop}?fbclid={{{{fbclid}}}}"), None),
            (shop.to_owned(), None),
        ] {
            assert_eq!(fbclid_in(&url).map(|at| &url[at]), id, "{url}");
        }
    }

    #[test]
    fn what_was_done_to_an_id() {
        let plus = "IwAR3vQn8T+kX2mLr5bYc0ZpHs7W";
        for (id, url, what) in [
            (FBCLID, FBCLID, None),
            (&FBCLID.to_ascii_lowercase(), FBCLID, Some(Altered::Case)),
            (&FBCLID.to_ascii_uppercase(), FBCLID, Some(Altered::Case)),
            (&FBCLID[..40], FBCLID, Some(Altered::Cut)),
            // The address is what was changed.
            (FBCLID, &FBCLID.to_ascii_lowercase()[..], None),
            (FBCLID, &FBCLID[..40], None),
            (&plus.replace('+', " "), plus, Some(Altered::Spaces)),
            (
                "IwAR3vQn8T/kX2mLr5bYc0",
                "IwAR3vQn8T%2FkX2mLr5bYc0",
                Some(Altered::Decoded),
            ),
            ("IwAR3vQn8T_kX2mLr5bYc0", "IwAR3vQn8T%5FkX2mLr5bYc0", None),
            (
                "IwAR3vQn8T%5FkX2mLr5bYc0",
                "IwAR3vQn8T_kX2mLr5bYc0",
                Some(Altered::Encoded),
            ),
            (
                &format!("{FBCLID}&utm_source=facebook"),
                FBCLID,
                Some(Altered::Glued),
            ),
            (&format!("{FBCLID}#top"), FBCLID, Some(Altered::Glued)),
            (&format!("{FBCLID}/"), FBCLID, Some(Altered::Glued)),
            (&format!("{FBCLID}1"), FBCLID, None),
            (&FBCLID.replace('_', ""), FBCLID, Some(Altered::Stripped)),
            (FBCLID, &FBCLID.replace('_', "")[..], None),
            // Another click.
            (
                "IwAR9zQn8T_kX2mLr5bYc0ZpHs7WfGdJ1aEuV9oNtI6yRqMxC4lSjUzBPwKe1",
                FBCLID,
                None,
            ),
        ] {
            assert_eq!(altered(id, url), what, "{id} {url}");
        }
        assert_eq!(looks_altered(FBCLID), None);
        assert_eq!(
            looks_altered(&FBCLID.to_ascii_lowercase()),
            Some(Altered::Case)
        );
        assert_eq!(
            looks_altered(&FBCLID.to_ascii_uppercase()),
            Some(Altered::Case)
        );
        assert_eq!(looks_altered("IwAR3vQn8T kX2m"), Some(Altered::Spaces));
        assert_eq!(looks_altered("IwAR3vQn8T%2BkX2m"), Some(Altered::Encoded));
        assert_eq!(looks_altered("IwAR3vQn8TkX2m?a=1"), Some(Altered::Glued));
    }

    #[test]
    fn ids_that_nobody_gave_out() {
        use Fabricated::*;
        for (id, why) in [
            ("FALLBACK", Some(Word)),
            ("test123", Some(Word)),
            ("(none)", Some(Word)),
            ("848213", Some(Number)),
            ("{{fbclid}}", Some(Template)),
            ("%FBCLID%", Some(Template)),
            (
                "Cj0KCQjwhL6pBhDjARIsAGx8D58aB3kq2LmNoPqRsTuVwXyZ",
                Some(Foreign),
            ),
            ("E.C.P.CrABk2vQn8TkX2mLr5bYc0ZpHs7Wf", Some(Foreign)),
            ("7f9c24e8-3b12-4fef-91e0-1b2c3d4e5f60", Some(Hex)),
            ("d41d8cd98f00b204e9800998ecf8427e", Some(Hex)),
            ("k3j9x2a1b", Some(Short)),
            (FBCLID_SAMPLES[0], Some(Sample)),
            (FBCLID_SAMPLES[1], Some(Sample)),
            (FBCLID, None),
            ("QmFzZTY0IHRleHQgb2YgYSBuZXcga2luZA", None),
        ] {
            assert_eq!(fabricated(id), why, "{id}");
        }
    }

    #[test]
    fn parts_and_times() {
        let text = format!("fb.2.1782390000123.{FBCLID}.AQYCAQIB");
        let stamped = fbc(&text).unwrap();
        assert_eq!(stamped.millis(), Some(1_782_390_000_123));
        assert_eq!(stamped.with_tail("x"), "fb.2.1782390000123.x.AQYCAQIB");
        let seconds = fbc("fb.1.1782390000.IwAR3vQn8T").unwrap();
        assert_eq!(seconds.millis(), Some(1_782_390_000_000));
        assert_eq!(fbc("fb.1.2.IwAR3vQn8T").unwrap().millis(), None);
        assert!(is_usual_fbp("fb.1.1782390000123.774411908"));
        assert!(!is_usual_fbp(&text));
        assert!(is_usual_fbp("fb.1.2199999999999.774411908"));
        // Thirteen digits reach from 2001 to 2286.
        for millis in ["1000000000000", "1200000000123", "2300000000123"] {
            let text = format!("fb.1.{millis}.774411908");
            assert!(!is_usual_fbp(&text), "{text}");
            assert!(is_fbp(&text) && fbc(&text).unwrap().beyond().is_some());
        }
        for bound in [PLAUSIBLE.start, PLAUSIBLE.end - 1] {
            let text = format!("fb.1.{bound}000.774411908");
            assert_eq!(fbc(&text).unwrap().beyond(), None);
        }
    }

    #[test]
    fn seconds_and_milliseconds() {
        let text = format!("fb.1.1782390000.{FBCLID}.AQYCAQIB");
        let stamped = Stamped::parse(&text).unwrap();
        assert_eq!(stamped.unit(), Some(Unit::Seconds));
        assert!(!stamped.has_fraction());
        assert_eq!(stamped.tail(), FBCLID);
        let fixed = stamped.in_milliseconds().unwrap();
        assert_eq!(fixed, format!("fb.1.1782390000000.{FBCLID}.AQYCAQIB"));
        let unit = |text: &str| Stamped::parse(text).unwrap().unit();
        assert_eq!(unit(&fixed), Some(Unit::Milliseconds));
        let micros = format!("fb.1.1782390000123456.{FBCLID}");
        assert_eq!(unit(&micros), Some(Unit::Microseconds));
        assert_eq!(
            Stamped::parse(&micros).unwrap().in_milliseconds().unwrap(),
            format!("fb.1.1782390000123.{FBCLID}")
        );
        for (time, beyond) in [
            ("0", Beyond::Before),
            ("123", Beyond::Before),
            ("178239000012", Beyond::Before),
            ("17823900001234", Beyond::After),
            ("99999999999999", Beyond::After),
            ("99999999999999999999", Beyond::After),
        ] {
            let text = format!("fb.1.{time}.{FBCLID}");
            let stamped = Stamped::parse(&text).unwrap();
            assert_eq!((stamped.unit(), stamped.beyond()), (None, Some(beyond)));
            assert_eq!(stamped.millis(), None);
        }
        let glued = Stamped::parse("fb.1.1782390000.1234.IwAR3vQn8T").unwrap();
        assert!(glued.has_fraction());
    }

    #[test]
    fn kinds_of_misformed_values() {
        let right = format!("fb.1.1782390000123.{FBCLID}");
        for (text, kind) in [
            (FBCLID.to_owned(), Misformed::Bare(FBCLID)),
            (format!("fbclid={FBCLID}&x=1"), Misformed::Bare(FBCLID)),
            (format!("fb.1.{FBCLID}"), Misformed::Bare(FBCLID)),
            ("fb.1.1782390000123.".to_owned(), Misformed::Empty),
            ("fb.1.1782390000123".to_owned(), Misformed::Empty),
            ("fb.1.".to_owned(), Misformed::Empty),
            (format!(" {right}\n"), Misformed::Spaced(&right)),
            (format!("\"{right}\""), Misformed::Wrapped(&right)),
            (
                format!("_ga=1; _fbc={right}; a=b"),
                Misformed::Wrapped(&right),
            ),
            (
                format!("{right}; _ga=GA1.1.2.3"),
                Misformed::Wrapped(&right),
            ),
            (format!("fb2.1.1782390000123.{FBCLID}"), Misformed::Other),
            (
                "Cj0KCQjwhL6pBhDjARIsAGx8D58aB3".to_owned(),
                Misformed::Other,
            ),
            ("{{fbc}}".to_owned(), Misformed::Other),
        ] {
            assert_eq!(misformed_fbc(&text), kind, "{text}");
        }
        assert_eq!(misformed_fbp(&right), Misformed::ClickId);
        assert_eq!(
            misformed_fbp("_fbp=fb.1.1782390000123.774411908; a=b"),
            Misformed::Wrapped("fb.1.1782390000123.774411908")
        );
        assert_eq!(
            misformed_fbp("fb.1.1782390000123.undefined"),
            Misformed::Other
        );
    }
}
