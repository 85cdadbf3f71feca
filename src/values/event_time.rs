//! event_time: in which of many ways it is written, and which moment it means.
//!
//! Meta documents whole Unix seconds. Everything else that senders write is told apart here once,
//! for the rules about type, unit, placeholders and age.

use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use jiff::{Timestamp, fmt::strtime};

use crate::clock::PLAUSIBLE;
use crate::event::Event;
use crate::json::{Item, Val};
use crate::values::action_source::Reading;
use crate::values::name::Name;

/// How an event_time is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Written {
    /// As documented.
    Seconds(i64),
    /// The same as a string of digits.
    Digits(i64),
    /// Seconds with a decimal point or an exponent, rounded down, and whether nothing was lost.
    Decimal { seconds: i64, whole: bool },
    /// A power of ten with a few digits in front, as a spreadsheet or `%g` prints a number: the rest
    /// of them is lost.
    Shortened,
    /// A finer unit, and the seconds it makes, rounded down.
    Finer(Unit, i64),
    /// A date with its zone.
    Zoned(i64),
    /// A date and a time of day without a zone.
    Local(DateTime),
    /// A date alone.
    Day,
    /// A time at which nothing can have happened.
    Impossible(Impossible),
    /// Text with digits in it that is none of these.
    Text,
    /// Text without digits, or a value that is neither text nor a number.
    NoTime,
    /// Null or blank.
    Missing,
}

/// A unit finer than the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Milliseconds,
    Microseconds,
    Nanoseconds,
    /// Of 100 nanoseconds, since the year 1: `DateTime.Ticks` of .NET.
    Ticks,
}

/// Ticks from the year 1 to 1970.
const TICKS_OF_1970: i64 = 621_355_968_000_000_000;
const TICKS_PER_SECOND: i64 = 10_000_000;

impl Unit {
    const ALL: [Unit; 4] = [
        Unit::Milliseconds,
        Unit::Microseconds,
        Unit::Nanoseconds,
        Unit::Ticks,
    ];

    /// The seconds that so many of the unit make, rounded down.
    const fn seconds(self, number: i64) -> i64 {
        match self {
            Unit::Milliseconds => number.div_euclid(1_000),
            Unit::Microseconds => number.div_euclid(1_000_000),
            Unit::Nanoseconds => number.div_euclid(1_000_000_000),
            Unit::Ticks => number
                .saturating_sub(TICKS_OF_1970)
                .div_euclid(TICKS_PER_SECOND),
        }
    }

    /// The unit's name in the plural.
    pub const fn word(self) -> &'static str {
        match self {
            Unit::Milliseconds => "milliseconds",
            Unit::Microseconds => "microseconds",
            Unit::Nanoseconds => "nanoseconds",
            Unit::Ticks => "ticks of .NET",
        }
    }
}

/// Why nothing can have happened at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impossible {
    Zero,
    Negative,
    /// Before server events existed.
    Early,
    /// Decades ahead.
    Late,
}

/// Times that Meta's documentation and well-known libraries use in samples, and that were found
/// copied into production code (field reports).
const SAMPLES: [i64; 4] = [1_675_999_999, 1_754_305_923, 1_601_673_450, 1_701_093_151];

/// Whether these seconds stand in the samples that people copy.
pub fn is_sample(seconds: i64) -> bool {
    SAMPLES.contains(&seconds)
}

/// The moment of an event, when its event_time leaves no doubt: seconds in any notation, or a date
/// with a zone. A time in another unit is not in doubt either, but wrong enough to be settled first.
#[inline]
pub fn moment(event: &Event<'_, '_>) -> Option<i64> {
    let item = event.get(Name::EventTime)?;
    match item.val() {
        Val::Int(seconds) if PLAUSIBLE.contains(&seconds) => Some(seconds),
        _ => Written::of(item).seconds(),
    }
}

/// The moment that an event_time means, as [`moment`] does.
pub fn moment_of(item: Item<'_, '_>) -> Option<i64> {
    Written::of(item).seconds()
}

/// Days after which Meta refuses an event with this action_source. One that Meta does not know may
/// stand for a shop, which has the longer time.
pub fn days_taken(action_source: Option<&str>) -> i64 {
    match action_source.map(Reading::of) {
        None => 62,
        Some(reading) => match reading.certain() {
            None | Some("physical_store") => 62,
            Some(_) => 7,
        },
    }
}

/// How the event_time is written when that is not as documented, which a clean event pays for with
/// one comparison.
#[inline]
pub fn oddity<'t, 'a>(event: &Event<'t, 'a>) -> Option<(Item<'t, 'a>, Written)> {
    let item = event.get(Name::EventTime)?;
    match item.val() {
        Val::Int(seconds) if PLAUSIBLE.contains(&seconds) => None,
        _ => Some((item, Written::of(item))),
    }
}

impl Written {
    /// Reads an event_time.
    pub fn of(item: Item<'_, '_>) -> Written {
        match item.val() {
            _ if item.is_blank() => Written::Missing,
            Val::Int(number) => Written::of_int(number),
            Val::Float(number) => Written::of_float(number),
            Val::Text(text) => Written::of_text(text.trim()),
            Val::Null | Val::Bool(_) | Val::List | Val::Object => Written::NoTime,
        }
    }

    /// The seconds of a time that needs no change but of notation.
    fn seconds(self) -> Option<i64> {
        match self {
            Written::Seconds(seconds)
            | Written::Digits(seconds)
            | Written::Decimal { seconds, .. }
            | Written::Zoned(seconds) => Some(seconds),
            _ => None,
        }
    }

    fn of_int(number: i64) -> Written {
        if PLAUSIBLE.contains(&number) {
            return Written::Seconds(number);
        }
        // The plausible years are so few that no number is plausible in two units.
        Unit::ALL
            .into_iter()
            .map(|unit| (unit, unit.seconds(number)))
            .find(|(_, seconds)| PLAUSIBLE.contains(seconds))
            .map_or_else(
                || Written::Impossible(Impossible::of(number)),
                |(unit, seconds)| Written::Finer(unit, seconds),
            )
    }

    fn of_float(number: f64) -> Written {
        match Written::of_int(number.floor() as i64) {
            Written::Seconds(seconds) => Written::Decimal {
                seconds,
                whole: number.fract() == 0.0,
            },
            other => other,
        }
    }

    fn of_text(text: &str) -> Written {
        if let Ok(number) = text.parse::<i64>() {
            return match Written::of_int(number) {
                Written::Seconds(seconds) => Written::Digits(seconds),
                other => other,
            };
        }
        if !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return Written::NoTime;
        }
        // The first test keeps out `inf` and `nan`, which Rust reads as numbers.
        if let Ok(number) = text.parse::<f64>() {
            return match Written::of_float(number) {
                Written::Decimal { .. } | Written::Finer(..) if has_few_digits(text) => {
                    Written::Shortened
                }
                other => other,
            };
        }
        match milliseconds_of_dot_net(text) {
            Some(number) => Written::of_int(number),
            None => Written::of_date(text),
        }
    }

    fn of_date(text: &str) -> Written {
        if let Some(time) = zoned(text) {
            let seconds = time.as_second();
            return match Written::of_int(seconds) {
                Written::Seconds(_) => Written::Zoned(seconds),
                _ => Written::Impossible(Impossible::of(seconds)),
            };
        }
        let Ok(local) = text.parse::<DateTime>() else {
            return Written::Text;
        };
        // A year is enough to see that no zone can make it plausible.
        match local.year() {
            ..2012 => Written::Impossible(Impossible::Early),
            2041.. => Written::Impossible(Impossible::Late),
            _ if text.contains(':') => Written::Local(local),
            _ => Written::Day,
        }
    }
}

impl Impossible {
    fn of(seconds: i64) -> Impossible {
        match seconds {
            0 => Impossible::Zero,
            ..0 => Impossible::Negative,
            _ if seconds < PLAUSIBLE.start => Impossible::Early,
            _ => Impossible::Late,
        }
    }
}

/// Whether a number is a power of ten with no more digits in front than `%e` prints, which is one
/// more than spreadsheets and `%g` do. With nine of ten digits the last was a zero.
fn has_few_digits(text: &str) -> bool {
    const DIGITS_OF_E: usize = 7;
    let mantissa = text.split_once(['e', 'E']).map(|(mantissa, _)| mantissa);
    mantissa
        .is_some_and(|mantissa| mantissa.bytes().filter(u8::is_ascii_digit).count() <= DIGITS_OF_E)
}

/// `/Date(1782399600000)/`, as the older serializers of .NET write a date in JSON. An offset behind
/// the number is where the sender was, and changes nothing.
fn milliseconds_of_dot_net(text: &str) -> Option<i64> {
    let number = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    let offset = number.get(1..)?.find(['+', '-']).map(|at| at + 1);
    number[..offset.unwrap_or(number.len())].parse().ok()
}

/// A date that names its zone: ISO 8601 as most languages write it, RFC 2822, a trailing `UTC`
/// (BigQuery), Ruby's `to_s` and JavaScript's `toString`.
fn zoned(text: &str) -> Option<Timestamp> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    if let Ok(time) = rfc2822::parse(text) {
        return Some(time.timestamp());
    }
    let utc = text
        .strip_suffix("UTC")
        .or_else(|| text.strip_suffix("GMT"))
        .and_then(|local| local.trim_end().parse::<DateTime>().ok());
    if let Some(local) = utc {
        return local.to_zoned(TimeZone::UTC).ok().map(|z| z.timestamp());
    }
    // JavaScript adds the zone's name in brackets.
    let text = text.split(" (").next().unwrap_or(text);
    ["%Y-%m-%d %H:%M:%S %z", "%a %b %d %Y %H:%M:%S GMT%z"]
        .iter()
        .find_map(|format| strtime::parse(format, text).ok()?.to_timestamp().ok())
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::*;
    use crate::json::Tape;

    /// 2026-06-25T15:00:00Z.
    const T: i64 = 1_782_399_600;

    fn read(json: &str) -> Written {
        let (mut tape, arena) = (Tape::new(), Bump::new());
        tape.parse(json, &arena).unwrap();
        Written::of(tape.root())
    }

    #[test]
    fn numbers() {
        use Unit::*;
        let decimal = |whole| Written::Decimal { seconds: T, whole };
        for (json, written) in [
            ("1782399600", Written::Seconds(T)),
            ("\"1782399600\"", Written::Digits(T)),
            ("\" 1782399600 \"", Written::Digits(T)),
            ("1782399600.0", decimal(true)),
            ("1.7823996e9", decimal(true)),
            ("\"1.7823996E9\"", decimal(true)),
            ("\"1.78239960E+09\"", decimal(true)),
            ("\"1.7824E+09\"", Written::Shortened),
            ("\"1.782400e+09\"", Written::Shortened),
            ("\"1.7824E+12\"", Written::Shortened),
            ("1782399600.999", decimal(false)),
            ("\"1782399600.123\"", decimal(false)),
            ("1782399600999", Written::Finer(Milliseconds, T)),
            ("1782399600999.5", Written::Finer(Milliseconds, T)),
            ("\"1782399600999\"", Written::Finer(Milliseconds, T)),
            ("1782399600999999", Written::Finer(Microseconds, T)),
            ("1782399600999999999", Written::Finer(Nanoseconds, T)),
            ("639179964000000000", Written::Finer(Ticks, T)),
            ("\"639179964009999999\"", Written::Finer(Ticks, T)),
            ("6.39179964e17", Written::Finer(Ticks, T)),
            ("\"/Date(1782399600000)/\"", Written::Finer(Milliseconds, T)),
            (
                "\"/Date(1782399600000+0200)/\"",
                Written::Finer(Milliseconds, T),
            ),
            ("\"/Date(now)/\"", Written::NoTime),
            ("\"/Date(é1)/\"", Written::Text),
            ("0", Written::Impossible(Impossible::Zero)),
            ("\"0\"", Written::Impossible(Impossible::Zero)),
            ("-1", Written::Impossible(Impossible::Negative)),
            ("20260625", Written::Impossible(Impossible::Early)),
            ("46198.625", Written::Impossible(Impossible::Early)),
            ("99999999999", Written::Impossible(Impossible::Late)),
            ("1e300", Written::Impossible(Impossible::Late)),
        ] {
            assert_eq!(read(json), written, "{json}");
        }
    }

    #[test]
    fn dates() {
        for text in [
            "2026-06-25T15:00:00Z",
            "2026-06-25T15:00:00.999Z",
            "2026-06-25t15:00:00z",
            "2026-06-25T17:00:00+02:00",
            "2026-06-25T17:00:00+0200",
            "2026-06-25 15:00:00+00",
            "2026-06-25T17:00:00+02:00[Europe/Berlin]",
            "2026-06-25 15:00:00 UTC",
            "2026-06-25 15:00:00.123456 UTC",
            "2026-06-25 17:00:00 +0200",
            "Thu, 25 Jun 2026 15:00:00 GMT",
            "Thu, 25 Jun 2026 17:00:00 +0200",
            "Thu Jun 25 2026 17:00:00 GMT+0200 (Central European Summer Time)",
        ] {
            assert_eq!(read(&format!("\"{text}\"")), Written::Zoned(T), "{text}");
        }
        for text in ["2026-06-25T17:00:00", "2026-06-25 17:00:00.250"] {
            assert!(
                matches!(read(&format!("\"{text}\"")), Written::Local(_)),
                "{text}"
            );
        }
        for (text, written) in [
            ("2026-06-25", Written::Day),
            ("25.06.2026 17:00", Written::Text),
            ("06/25/2026", Written::Text),
            (
                "1970-01-01T00:00:00Z",
                Written::Impossible(Impossible::Zero),
            ),
            (
                "0001-01-01T00:00:00",
                Written::Impossible(Impossible::Early),
            ),
            ("undefined", Written::NoTime),
            ("NaN", Written::NoTime),
            ("  ", Written::Missing),
        ] {
            assert_eq!(read(&format!("\"{text}\"")), written, "{text}");
        }
        assert_eq!(read("null"), Written::Missing);
        assert_eq!(read("[]"), Written::Missing);
        assert_eq!(read("true"), Written::NoTime);
        assert_eq!(read("[1782399600]"), Written::NoTime);
    }
}
