//! Birth dates in the layouts in which senders hash them.

use std::ops::{Range, RangeInclusive};

use once_cell::sync::Lazy;

use super::dress::{DRESSES, Dress, FLOAT, QUOTED, SPACED};
use super::fixed::DATES;
use super::forms::{Context, Fault, Right, Spelled, WrongForm};
use super::short;
use super::table::Source;
use crate::normalize::birth;

/// The last year in the table of right dates that `build.rs` makes: that of the last event_time
/// which is plausible. The table cannot hang on the year in which it is made, because the program is
/// run for years.
const END_OF_TABLE: u16 = 2039;

/// The years of birth that Meta takes, up to this year.
pub(super) fn years() -> RangeInclusive<u16> {
    birth::FIRST_YEAR as u16..=birth::last_year() as u16
}

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A way to write a day. In the pattern `Y` is the year, `y` its last two digits, `M` and `D` are
/// month and day in two digits, `m` and `d` as they are, `N` and `n` the month's name whole and
/// cut, `s` the Unix time of midnight; all else stands for itself.
struct Layout {
    pattern: &'static str,
    what: &'static str,
    /// Meta's page speaks of dates "with or without punctuation" in the order of the normal form.
    disputed: bool,
    /// Only with `--deep`.
    rare: bool,
}

const fn layout(pattern: &'static str, what: &'static str) -> Layout {
    Layout {
        pattern,
        what,
        disputed: false,
        rare: false,
    }
}

const fn disputed(pattern: &'static str, what: &'static str) -> Layout {
    Layout {
        disputed: true,
        ..layout(pattern, what)
    }
}

const fn rare(pattern: &'static str, what: &'static str) -> Layout {
    Layout {
        rare: true,
        ..layout(pattern, what)
    }
}

const ISO: &str = "an ISO date instead of YYYYMMDD";
const YEAR_FIRST: &str = "a date with signs between year, month and day";
const DAY_FIRST: &str = "a date that begins with the day";
const MONTH_FIRST: &str = "a date that begins with the month";
const TIMED: &str = "a date with a time";
const SHORT: &str = "a date without its century";
const WORDY: &str = "a date with the name of a month";
const EPOCH: &str = "a Unix time instead of a date";

const LAYOUTS: [Layout; 43] = [
    disputed("Y-M-D", ISO),
    disputed("Y/M/D", YEAR_FIRST),
    disputed("Y.M.D", YEAR_FIRST),
    layout("D/M/Y", DAY_FIRST),
    layout("D-M-Y", DAY_FIRST),
    layout("D.M.Y", DAY_FIRST),
    layout("DMY", DAY_FIRST),
    layout("d/m/Y", DAY_FIRST),
    layout("d.m.Y", DAY_FIRST),
    layout("M/D/Y", MONTH_FIRST),
    layout("M-D-Y", MONTH_FIRST),
    layout("MDY", MONTH_FIRST),
    layout("m/d/Y", MONTH_FIRST),
    layout("Y-M-DT00:00:00.000Z", TIMED),
    layout("Y-M-DT00:00:00Z", TIMED),
    layout("Y-M-D 00:00:00", TIMED),
    layout("yMD", SHORT),
    layout("YMD\n", SPACED),
    layout("YMD\r\n", SPACED),
    layout("\"YMD\"", QUOTED),
    layout("YMD.0", FLOAT),
    rare("YMD ", SPACED),
    rare("Y-m-d", YEAR_FIRST),
    rare("Y M D", YEAR_FIRST),
    rare("Y/m/d", YEAR_FIRST),
    rare("d-m-Y", DAY_FIRST),
    rare("D M Y", DAY_FIRST),
    rare("m-d-Y", MONTH_FIRST),
    rare("M.D.Y", MONTH_FIRST),
    rare("Y-M-DT00:00:00", TIMED),
    rare("Y-M-DT00:00:00+00:00", TIMED),
    rare("Y-M-D\n", SPACED),
    rare("DMy", SHORT),
    rare("MDy", SHORT),
    rare("D/M/y", SHORT),
    rare("M/D/y", SHORT),
    rare("d N Y", WORDY),
    rare("N d, Y", WORDY),
    rare("n d, Y", WORDY),
    rare("d n Y", WORDY),
    rare("D-n-Y", WORDY),
    rare("s", EPOCH),
    rare("s000", EPOCH),
];
const LAYOUT_SHIFT: u32 = 7;

/// In which order somebody writes day and month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DateOrder {
    DayFirst,
    MonthFirst,
}

impl DateOrder {
    pub const ALL: [DateOrder; 2] = [DateOrder::DayFirst, DateOrder::MonthFirst];

    const fn what(self) -> &'static str {
        match self {
            DateOrder::DayFirst => DAY_FIRST,
            DateOrder::MonthFirst => MONTH_FIRST,
        }
    }

    /// The order that a date in a wrong form shows: one of a day that is no month. `right` are the hex
    /// digits of its right form.
    pub(super) fn shown(what: &str, right: &str) -> Option<DateOrder> {
        let order = DateOrder::ALL
            .into_iter()
            .find(|order| order.what() == what)?;
        let number = DATES.number(super::prefix_of_hex(right))?;
        let (_, _, day) = *DAYS.get(number as usize)?;
        (day > 12).then_some(order)
    }
}

static DAYS: Lazy<Vec<(u16, u8, u8)>> = Lazy::new(days);

/// Every day of the [`years`] that the table of right dates has: year, month, day.
fn days() -> Vec<(u16, u8, u8)> {
    let mut list = Vec::with_capacity(48_000);
    for year in years().take_while(|&year| year <= END_OF_TABLE) {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        for month in 1..=12 {
            let last = match month {
                4 | 6 | 9 | 11 => 30,
                2 if leap => 29,
                2 => 28,
                _ => 31,
            };
            list.extend((1..=last).map(|day| (year, month, day)));
        }
    }
    list
}

fn two(number: u8, out: &mut Vec<u8>) {
    out.extend_from_slice(&[b'0' + number / 10, b'0' + number % 10]);
}

fn one_or_two(number: u8, out: &mut Vec<u8>) {
    if number >= 10 {
        out.push(b'0' + number / 10);
    }
    out.push(b'0' + number % 10);
}

/// Writes a day; false when another layout gives the same text.
fn write(pattern: &str, (year, month, day): (u16, u8, u8), out: &mut Vec<u8>) -> bool {
    out.clear();
    let name = || MONTHS[usize::from(month) - 1];
    let mut shortened = true;
    for byte in pattern.bytes() {
        match byte {
            b'Y' => {
                two((year / 100) as u8, out);
                two((year % 100) as u8, out);
            }
            b'y' => two((year % 100) as u8, out),
            b'M' => two(month, out),
            b'D' => two(day, out),
            b'm' => {
                shortened = month < 10 || day < 10;
                one_or_two(month, out);
            }
            b'd' => one_or_two(day, out),
            b'N' => out.extend_from_slice(name().as_bytes()),
            b'n' => out.extend_from_slice(&name().as_bytes()[..3]),
            b's' => {
                // Days since 1970 of the proleptic Gregorian calendar, from 1 March on.
                let (y, m) = (i64::from(year), i64::from(month));
                let y = if m <= 2 { y - 1 } else { y };
                let since_march = (m + 9) % 12;
                let of_year = (153 * since_march + 2) / 5 + i64::from(day) - 1;
                let days = y * 365 + y / 4 - y / 100 + y / 400 + of_year - 719_468;
                // Zero stands for nothing, and so does "0000".
                shortened = days != 0;
                out.extend_from_slice((days * 86_400).to_string().as_bytes());
            }
            _ => out.push(byte),
        }
    }
    shortened
}

/// The day with this number, counted from 1900-01-01, as YYYYMMDD.
pub(super) fn nth(number: u32) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(8);
    write("YMD", *DAYS.get(number as usize)?, &mut text);
    Some(text)
}

/// The days in wrong forms. Behind the numbers of the layouts come those of the dresses, which are
/// tried on the right form.
pub(super) struct Days {
    deep: bool,
    /// By their number in [`DRESSES`].
    dresses: Vec<usize>,
}

impl Days {
    pub(super) fn new(deep: bool) -> Days {
        let is_layout = |dress: &Dress| match dress {
            Dress::Around(before, after, _) => {
                let pattern = format!("{before}YMD{after}");
                LAYOUTS.iter().any(|layout| layout.pattern == pattern)
            }
            _ => false,
        };
        let dresses = DRESSES.iter().enumerate().filter(|(_, dress)| match dress {
            Dress::None => false,
            Dress::TwiceHex => true,
            _ => deep && !is_layout(dress),
        });
        Days {
            deep,
            dresses: dresses.map(|(at, _)| at).collect(),
        }
    }

    fn right(&self, mark: u32) -> Vec<u8> {
        let mut text = Vec::with_capacity(8);
        let day = DAYS[mark as usize >> LAYOUT_SHIFT];
        write("YMD", day, &mut text);
        text
    }
}

impl Source for Days {
    fn items(&self) -> usize {
        DAYS.len()
    }

    fn digests(&self, items: Range<usize>, tell: &mut dyn FnMut(u64, u32)) {
        let (mut text, mut room) = (Vec::with_capacity(32), Vec::with_capacity(64));
        for index in items {
            let day = DAYS[index];
            let mark = |at: usize| (index << LAYOUT_SHIFT | at) as u32;
            for (at, layout) in LAYOUTS.iter().enumerate() {
                if (self.deep || !layout.rare) && write(layout.pattern, day, &mut text) {
                    tell(short::prefix(&text), mark(at));
                }
            }
            write("YMD", day, &mut text);
            let Ok(right) = std::str::from_utf8(&text) else {
                continue;
            };
            for &at in &self.dresses {
                if let Some(prefix) = DRESSES[at].prefix(right, &mut room) {
                    tell(prefix, mark(LAYOUTS.len() + at));
                }
            }
        }
    }
}

impl Spelled for Days {
    fn text(&self, mark: u32, out: &mut Vec<u8>) -> bool {
        let at = mark as usize & ((1 << LAYOUT_SHIFT) - 1);
        match LAYOUTS.get(at) {
            Some(layout) => write(layout.pattern, DAYS[mark as usize >> LAYOUT_SHIFT], out),
            None => String::from_utf8(self.right(mark))
                .is_ok_and(|right| DRESSES[at - LAYOUTS.len()].write(&right, out)),
        }
    }

    fn form(&self, mark: u32, _: &Context) -> Option<WrongForm> {
        let right = Right::Digest(hex::encode(super::sha256(&self.right(mark))));
        let at = mark as usize & ((1 << LAYOUT_SHIFT) - 1);
        let (fault, what, disputed) = match LAYOUTS.get(at) {
            Some(layout) => (Fault::Spelling, layout.what, layout.disputed),
            None => {
                let dress = DRESSES[at - LAYOUTS.len()];
                (dress.fault(), dress.what().unwrap_or_default(), false)
            }
        };
        Some(WrongForm {
            fault,
            what,
            right,
            sure: true,
            disputed,
            belongs: None,
        })
    }

    fn clash(&self, first: &mut WrongForm, other: WrongForm, about: &Context) {
        if let Some(order) = about.dates
            && first.right != Right::Open
        {
            let is_usual = |form: &WrongForm| form.what == order.what();
            if is_usual(first) != is_usual(&other) {
                if is_usual(&other) {
                    *first = other;
                }
                first.sure = false;
                return;
            }
        }
        first.right = Right::Open;
        first.what = "a date that can be read as more than one day";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::PLAUSIBLE;

    #[test]
    fn the_table_ends_with_the_plausible_times() {
        let last = jiff::Timestamp::from_second(PLAUSIBLE.end - 1).unwrap();
        let last = last.to_zoned(jiff::tz::TimeZone::UTC);
        assert_eq!(last.year(), END_OF_TABLE as i16);
        let day = last.strftime("%Y%m%d").to_string();
        let number = DATES.number(short::prefix(day.as_bytes())).unwrap();
        assert_eq!(number as usize + 1, DATES.len());
    }

    #[test]
    fn the_table_holds_every_day() {
        let days = days();
        // It reaches into the future.
        assert!(days.len() <= DATES.len());
        assert_eq!(
            days.last(),
            Some(&(*years().end().min(&END_OF_TABLE), 12, 31))
        );
        let mut text = Vec::new();
        for (number, day) in days.iter().enumerate() {
            write("YMD", *day, &mut text);
            assert_eq!(DATES.number(short::prefix(&text)), Some(number as u32));
        }
        assert_eq!(nth(0).unwrap(), b"19000101");
        assert_eq!(DATES.number(short::prefix(b"19000229")), None);
    }
}
