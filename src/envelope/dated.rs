//! When a file was written, by its name or by the folders of a store that files by time. Loggers
//! name a file after the day that it begins with, rotation after the day that it ends with, and
//! neither says in which zone: it is the weakest of all times, and only tells how early at most.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// The zone in which a day begins first is so many hours ahead of UTC.
const MOST_AHEAD: i64 = 14;

/// The first moment, in Unix seconds, at which a file of this path can have been written, when its
/// name or the folders above it name a day. `zone` is the one of the log, when the user named it.
pub(crate) fn earliest(path: &str, zone: Option<&TimeZone>) -> Option<i64> {
    let begin = begin_of(path)?;
    let seconds = match zone {
        Some(zone) => zone.to_zoned(begin).ok()?.timestamp().as_second(),
        None => {
            let begin = begin.checked_sub(MOST_AHEAD.hours()).ok()?;
            begin.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second()
        }
    };
    crate::clock::PLAUSIBLE
        .contains(&seconds)
        .then_some(seconds)
}

/// The day that a path names, or the hour.
fn begin_of(path: &str) -> Option<DateTime> {
    let mut steps = path.rsplit(['/', '\\']);
    if let Some(begin) = in_name(steps.next()?) {
        return Some(begin);
    }
    // `…/dt=2026-11-24/hour=13/part-0.json`, `…/2026/11/24/13/part-0.json`: from the inside out.
    let mut smaller: Vec<u8> = Vec::new();
    for step in steps {
        let (key, value) = match step.split_once('=') {
            Some((key, value)) => (Some(key), value),
            None => (None, step),
        };
        if key.is_some()
            && let Some(day) = whole_day(value)
        {
            let hour = smaller.last().filter(|_| smaller.len() == 1);
            return at_hour(day, hour.copied());
        }
        if !value.bytes().all(|b| b.is_ascii_digit()) {
            // A folder that is no part of a time may stand between.
            if smaller.is_empty() && key.is_some() {
                continue;
            }
            return None;
        }
        match (value.len(), value.parse::<u16>()) {
            (1 | 2, Ok(number)) if smaller.len() < 3 => smaller.push(number as u8),
            (4, Ok(year)) => {
                smaller.reverse();
                let (&month, rest) = smaller.split_first()?;
                let (&day, rest) = rest.split_first()?;
                let day = day_of(year, month, day)?;
                return at_hour(day, rest.first().copied());
            }
            _ => return None,
        }
    }
    None
}

/// The last day in a file's name, with the hour behind it.
fn in_name(name: &str) -> Option<DateTime> {
    let bytes = name.as_bytes();
    let mut found = None;
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let digits = run(bytes, at);
        let (day, end) = match digits {
            4 => (spelt_out(bytes, at), at + 10),
            8 => (whole_day(&name[at..at + 8]), at + 8),
            _ => (None, at),
        };
        match day {
            Some(day) => {
                found = Some((day, hour_behind(bytes, end)));
                at = end;
            }
            None => at += digits,
        }
    }
    let (day, hour) = found?;
    at_hour(day, hour)
}

/// How many digits stand there.
fn run(bytes: &[u8], at: usize) -> usize {
    bytes[at..]
        .iter()
        .take_while(|b| b.is_ascii_digit())
        .count()
}

fn number(digits: &[u8]) -> u16 {
    digits
        .iter()
        .fold(0, |number, b| number * 10 + u16::from(b - b'0'))
}

/// `2026-11-24`, with one of the signs that stand between.
fn spelt_out(bytes: &[u8], at: usize) -> Option<Date> {
    let text = bytes.get(at..at + 10)?;
    let between = text[4];
    let fits = matches!(between, b'-' | b'_' | b'.')
        && text[7] == between
        && run(text, 5) == 2
        && run(bytes, at + 8) == 2;
    let part = |range: std::ops::Range<usize>| number(&text[range]);
    fits.then(|| day_of(part(0..4), part(5..7) as u8, part(8..10) as u8))?
}

/// A text that is a day and nothing else.
fn whole_day(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    match bytes.len() {
        8 if run(bytes, 0) == 8 => {
            let part = |range: std::ops::Range<usize>| number(&bytes[range]);
            day_of(part(0..4), part(4..6) as u8, part(6..8) as u8)
        }
        10 if run(bytes, 0) == 4 => spelt_out(bytes, 0),
        _ => None,
    }
}

fn day_of(year: u16, month: u8, day: u8) -> Option<Date> {
    if !(2012..2040).contains(&year) {
        return None;
    }
    Date::new(year as i16, month as i8, day as i8).ok()
}

/// `-13` or `T13` behind a day.
fn hour_behind(bytes: &[u8], at: usize) -> Option<u8> {
    let is_joined = matches!(bytes.get(at)?, b'-' | b'_' | b'.' | b'T');
    let digits = run(bytes, at + 1);
    // Four and six are the minute and the second as well.
    let is_over = |byte: &u8| !byte.is_ascii_alphanumeric() || *byte == b'Z';
    let is_time =
        is_joined && matches!(digits, 2 | 4 | 6) && bytes.get(at + 1 + digits).is_none_or(is_over);
    let hour = is_time.then(|| number(&bytes[at + 1..at + 3]) as u8)?;
    (hour < 24).then_some(hour)
}

fn at_hour(day: Date, hour: Option<u8>) -> Option<DateTime> {
    let hour = hour.unwrap_or(0);
    (hour < 24).then(|| day.at(hour as i8, 0, 0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn names_and_folders_tell_days_and_hours() {
        let day = date(2026, 11, 24);
        for (path, hour) in [
            ("2026-11-24.log", 0),
            ("logs/capi-2026-11-24.ndjson.gz", 0),
            ("laravel-2026_11_24.log", 0),
            ("app.log-20261124", 0),
            ("app.log-20261124.gz", 0),
            ("facebook_for_woocommerce-2026-11-24-0a1b2c3d4e.log", 0),
            ("facebook_for_woocommerce-2026-11-24-13ab5c.log", 0),
            ("capi-1-2026-11-24-13-05-09-0a1b", 13),
            ("2026-11-24T13.json", 13),
            ("access-20261124_1305.log", 13),
            ("lake/dt=2026-11-24/hour=13/part-00000.json", 13),
            ("lake/dt=2026-11-24/part-00000.json", 0),
            ("lake/day=20261124/region=eu/part-0.json", 0),
            ("lake/year=2026/month=11/day=24/hour=13/a.json", 13),
            ("s3/capi/2026/11/24/13/capi-1.gz", 13),
            (
                "run.googleapis.com/stdout/2026/11/24/13:00:00_13:59:59_S0.json",
                0,
            ),
            ("C:\\logs\\2026-11-24.log", 0),
        ] {
            assert_eq!(begin_of(path), Some(day.at(hour, 0, 0, 0)), "{path}");
        }
    }

    #[test]
    fn other_numbers_are_no_days() {
        for path in [
            "capi.log",
            "order-58213.json",
            "2026-11.log",
            "20261340.log",
            "app-1782396030123.log",
            "120261124.log",
            "2026-11-241.log",
            "1999-11-24.log",
            "backup-2026-11-24/capi.log",
            "2026/capi.log",
            "58/2026/11/24x/capi.log",
            "v1.2.3/4/capi.log",
            "",
        ] {
            assert_eq!(begin_of(path), None, "{path}");
        }
    }

    #[test]
    fn a_day_begins_where_it_begins_first() {
        let path = "2026-11-24.log";
        let midnight = 1_795_478_400;
        assert_eq!(earliest(path, None), Some(midnight - 14 * 3_600));
        let delhi = TimeZone::get("Asia/Kolkata").unwrap();
        assert_eq!(earliest(path, Some(&delhi)), Some(midnight - 19_800));
    }
}
