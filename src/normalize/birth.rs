//! db, and the parts of a birth date that Meta's SDKs still know.

use std::sync::OnceLock;

use super::Unusable;
use super::text::{all_digits, digit, without_fraction};

/// Meta takes the years from here to this year.
pub(crate) const FIRST_YEAR: u32 = 1900;

/// This year by the machine's clock. Whoever knows when an event happened can tell more.
pub(crate) fn last_year() -> u32 {
    static YEAR: OnceLock<u32> = OnceLock::new();
    *YEAR.get_or_init(|| {
        let year = jiff::Timestamp::now()
            .to_zoned(jiff::tz::TimeZone::UTC)
            .year();
        u32::try_from(year).unwrap_or(FIRST_YEAR)
    })
}

/// YYYYMMDD. A date whose day and month could change places is refused.
pub(super) fn date(value: &str) -> Result<String, Unusable> {
    let parts = DateParts::of(value)?;
    match parts {
        DateParts::Known(y, m, d) => calendar_date(y, m, d),
        DateParts::Open(y, a, b) if a == b => calendar_date(y, a, b),
        DateParts::Open(y, a, b) if a > 12 => calendar_date(y, b, a),
        DateParts::Open(y, a, b) if b > 12 => calendar_date(y, a, b),
        // Neither order is refused for its day: there is no month with fewer than twelve.
        DateParts::Open(y, a, b) => {
            calendar_date(y, a, b)?;
            Err(Unusable::TWO_READINGS)
        }
    }
}

/// What the parameter builder makes of a date whose order is open: month first.
pub(super) fn accepted(value: &str, forms: &mut Vec<String>) {
    if let Ok(DateParts::Open(y, m, d)) = DateParts::of(value)
        && m <= 12
        && d <= 12
    {
        forms.extend(calendar_date(y, m, d));
    }
}

enum DateParts {
    /// Year, month, day.
    Known(u32, u32, u32),
    /// Year, and day and month in the order of the text.
    Open(u32, u32, u32),
}

impl DateParts {
    fn of(value: &str) -> Result<DateParts, Unusable> {
        let value: String = value.chars().map(|c| digit(c).unwrap_or(c)).collect();
        let value = without_fraction(&value);
        if value.len() == 8 && value.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(in_a_row(value));
        }
        let day = without_time(value)?;
        Self::in_words(day).ok_or(Unusable::NOT_A_DATE)
    }

    fn in_words(day: &str) -> Option<DateParts> {
        let mut parts = day.split(|c: char| !c.is_alphanumeric()).filter(|part| {
            !part.is_empty() && !SAYS_NOTHING.contains(&part.to_lowercase().as_str())
        });
        let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let number = |text: &str| {
            let text = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == 'º');
            (text.len() <= 2 && !text.is_empty())
                .then(|| text.parse::<u32>().ok())
                .flatten()
        };
        if let Some(m) = month(a) {
            return Some(DateParts::Known(year(c)?, m, number(b)?));
        }
        if let Some(m) = month(b) {
            return Some(match year(a) {
                Some(y) => DateParts::Known(y, m, number(c)?),
                None => DateParts::Known(year(c)?, m, number(a)?),
            });
        }
        let short = |text: &str| {
            (text.len() <= 2)
                .then(|| text.parse::<u32>().ok())
                .flatten()
        };
        if let Some(y) = year(a) {
            return Some(DateParts::Known(y, short(b)?, short(c)?));
        }
        Some(DateParts::Open(year(c)?, short(a)?, short(b)?))
    }
}

/// Words between and in front of the parts of a date.
const SAYS_NOTHING: [&str; 11] = [
    "de", "del", "of", "the", "sun", "mon", "tue", "wed", "thu", "fri", "sat",
];

/// Eight digits begin or end with the year, never both: 19 and 20 are no month.
fn in_a_row(digits: &str) -> DateParts {
    let number = |range: std::ops::Range<usize>| digits[range].parse::<u32>().unwrap_or(0);
    let (y, m, d) = (number(0..4), number(4..6), number(6..8));
    let last = number(4..8);
    let years = FIRST_YEAR..=last_year();
    if calendar_date(y, m, d).is_err() && years.contains(&last) {
        DateParts::Open(last, number(0..2), number(2..4))
    } else {
        DateParts::Known(y, m, d)
    }
}

/// The day in front of a time. A time in the afternoon of another zone may stand for midnight of
/// the next day at the place of birth, so that such a date has two readings.
fn without_time(value: &str) -> Result<&str, Unusable> {
    let at = value
        .match_indices(':')
        .next()
        .map(|(colon, _)| colon)
        .and_then(|colon| value[..colon].rfind(['T', 't', ' ', ',']));
    let Some(at) = at else { return Ok(value) };
    let time = &value[at + 1..];
    let hour: u32 = time
        .split(':')
        .next()
        .and_then(|hour| hour.parse().ok())
        .ok_or(Unusable::NOT_A_DATE)?;
    let zoned = time.contains(['Z', 'z', '+']) || time.contains('-');
    if hour > 12 && zoned {
        return Err(Unusable::SHIFTED_DATE);
    }
    Ok(&value[..at])
}

fn year(text: &str) -> Option<u32> {
    (text.len() == 4).then(|| text.parse().ok()).flatten()
}

/// How the months begin in English, German, French, Spanish, Portuguese, Italian and Dutch.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän", "ene", "gen"],
    &["feb", "fév", "fev"],
    &["mar", "mär", "maer", "mrt", "maa"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mei", "mag"],
    &["jun", "juin", "giu"],
    &["jul", "juil", "lug"],
    &["aug", "aoû", "aou", "ago"],
    &["sep", "set"],
    &["oct", "okt", "out", "ott"],
    &["nov"],
    &["dec", "déc", "dez", "dic"],
];

/// The month that a word begins to spell.
fn month(text: &str) -> Option<u32> {
    let lower = text.to_lowercase();
    if lower.chars().count() > 10 || !lower.chars().all(char::is_alphabetic) {
        return None;
    }
    let at = MONTHS
        .iter()
        .position(|starts| starts.iter().any(|start| lower.starts_with(start)))?;
    u32::try_from(at + 1).ok()
}

fn calendar_date(year: u32, month: u32, day: u32) -> Result<String, Unusable> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    };
    let real = (FIRST_YEAR..=last_year()).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days).contains(&day);
    if real {
        Ok(format!("{year:04}{month:02}{day:02}"))
    } else {
        Err(Unusable::NOT_A_DATE)
    }
}

/// dobd.
pub(super) fn day(value: &str) -> Result<String, Unusable> {
    number_within(value, 1, 31, 2)
}

/// dobm.
pub(super) fn month_number(value: &str) -> Result<String, Unusable> {
    number_within(value, 1, 12, 2)
}

/// doby.
pub(super) fn year_number(value: &str) -> Result<String, Unusable> {
    number_within(value, FIRST_YEAR, last_year(), 4)
}

fn number_within(value: &str, least: u32, most: u32, width: usize) -> Result<String, Unusable> {
    let digits: String = value.chars().map(|c| digit(c).unwrap_or(c)).collect();
    match digits.parse::<u32>() {
        Ok(number)
            if (least..=most).contains(&number) && digits.len() <= width && all_digits(&digits) =>
        {
            Ok(format!("{number:0width$}"))
        }
        _ => Err(Unusable::NO_PART_OF_A_DATE),
    }
}
