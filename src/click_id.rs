//! Click and browser ids: `fb.<sub-domain index>.<creation time>.<tail>`, the form of the cookies
//! `_fbc` and `_fbp`, with Meta's appendix behind it or not.
//!
//! Sources: the page on fbp and fbc; facebook/capi-param-builder@b0b6f0b and its tests.

use crate::clock::PLAUSIBLE;
use crate::digest;

/// The browser ids that Meta's own pages show.
pub const FBP_SAMPLES: [&str; 2] = [
    "fb.1.1558571054389.1098115397",
    "fb.1.1596403881668.1116446470",
];

/// A value in the form of a click or browser id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamped<'a> {
    text: &'a str,
    /// Where the digits of the creation time start and end.
    time: (usize, usize),
}

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

    /// Whether the creation time is in seconds where milliseconds belong.
    #[inline]
    pub fn is_in_seconds(&self) -> bool {
        self.time.1 - self.time.0 == 10
            && self
                .time()
                .parse()
                .is_ok_and(|seconds| PLAUSIBLE.contains(&seconds))
    }

    /// Whether a fraction of a second follows the creation time, as when `microtime(true)` was
    /// glued in: then a dot too many stands there.
    pub fn has_fraction(&self) -> bool {
        self.tail().split_once('.').is_some_and(|(fraction, rest)| {
            fraction.len() <= 6 && all_digits(fraction) && !rest.is_empty()
        })
    }

    /// The value with its seconds written as milliseconds; nothing else changes.
    pub fn in_milliseconds(&self) -> String {
        let (before, behind) = self.text.split_at(self.time.1);
        format!("{before}000{behind}")
    }
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether `text` is right by the letter as fbc.
#[inline]
pub fn is_fbc(text: &str) -> bool {
    Stamped::parse(text).is_some() && stands_alone(text)
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
    const BEGINNINGS: [&str; 9] = [
        "IwAR", "IwY2", "IwZX", "IwQ0", "IwdG", "PAZX", "PAY2", "PAAa", "PAQ0",
    ];
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
    fn seconds_and_milliseconds() {
        let text = format!("fb.1.1782390000.{FBCLID}.AQYCAQIB");
        let stamped = Stamped::parse(&text).unwrap();
        assert!(stamped.is_in_seconds() && !stamped.has_fraction());
        assert_eq!(stamped.tail(), FBCLID);
        let fixed = stamped.in_milliseconds();
        assert_eq!(fixed, format!("fb.1.1782390000000.{FBCLID}.AQYCAQIB"));
        assert!(!Stamped::parse(&fixed).unwrap().is_in_seconds());
        assert!(!Stamped::parse("fb.1.2.a").unwrap().is_in_seconds());
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
