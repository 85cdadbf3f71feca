//! When a request was sent or logged: the times that logs write beside it, in any unit, notation
//! and zone.

use std::borrow::Cow;

use jiff::civil::DateTime;
use jiff::fmt::{rfc2822, strtime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::clock::PLAUSIBLE;
use crate::json::{Item, Val};

/// Who wrote a time down. The earlier in this list, the nearer to the sending it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trust {
    /// What carried the request: a proxy, a server's access log.
    Proxy,
    /// The logger of the program that sent it.
    Sender,
    /// A queue on the way.
    Broker,
    /// What collected the log: it may lag by minutes.
    Collector,
}

impl Trust {
    /// All, in the order of trust.
    pub const ALL: [Trust; 4] = [Trust::Proxy, Trust::Sender, Trust::Broker, Trust::Collector];

    /// The word in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Trust::Proxy => "proxy",
            Trust::Sender => "sender log",
            Trust::Broker => "broker",
            Trust::Collector => "collector",
        }
    }
}

/// What a time without a zone means.
#[derive(Clone, Copy, Debug)]
pub enum Naive<'z> {
    /// Nothing: it could be off by hours.
    Unknown,
    /// The field is documented to be in UTC.
    Utc,
    /// The user named the zone.
    In(&'z TimeZone),
}

impl<'z> Naive<'z> {
    /// The zone that the user named, if any.
    pub fn of(zone: Option<&'z TimeZone>) -> Naive<'z> {
        zone.map_or(Naive::Unknown, Naive::In)
    }

    fn millis(self, time: DateTime) -> Option<i64> {
        match self {
            Naive::Unknown => None,
            Naive::Utc => millis_of(time.to_zoned(TimeZone::UTC).ok()?.timestamp()),
            // An hour that the clocks skipped or struck twice is no certain time.
            Naive::In(zone) => {
                let zoned = zone.to_ambiguous_zoned(time).unambiguous().ok()?;
                millis_of(zoned.timestamp())
            }
        }
    }
}

/// A value as Unix milliseconds, when it is a time at which a request can have been sent.
pub fn of_item(item: Item<'_, '_>, naive: Naive<'_>) -> Option<i64> {
    match item.val() {
        Val::Int(number) => of_number(number as f64),
        Val::Float(number) => of_number(number),
        Val::Text(text) => of_text(text, naive),
        Val::Object => of_typed(item, naive),
        _ => None,
    }
}

/// A time that spells out its type, as stores export it: `{"$date": …}`; or in two members, as
/// loggers write it.
fn of_typed(item: Item<'_, '_>, naive: Naive<'_>) -> Option<i64> {
    if let Some(number) = in_two(item) {
        return of_item(number, naive);
    }
    let only = |item: Item<'_, '_>| item.len() == 1;
    let mut value = Some(item).filter(|&item| only(item))?.children().next()?;
    let is_type = |key: &str| {
        matches!(
            key,
            "$date" | "$numberLong" | "timestampValue" | "stringValue" | "integerValue" | "S" | "N"
        )
    };
    // Milliseconds before 1970 and after 9999 stand one deeper.
    if value.key() == "$date" && value.is_object() && only(value) {
        value = value.children().next()?;
    }
    match value.val() {
        Val::Object | Val::List => None,
        _ if is_type(value.key()) => of_item(value, naive),
        _ => None,
    }
}

/// The number in `{"epochSecond": …, "nanoOfSecond": …}` (Log4j) and in
/// `{"repr": …, "timestamp": …}` (loguru).
fn in_two<'t, 'a>(item: Item<'t, 'a>) -> Option<Item<'t, 'a>> {
    let pair = |number: &str, other: &str| {
        item.member(other)?;
        item.member(number)
            .filter(|number| matches!(number.val(), Val::Int(_) | Val::Float(_)))
    };
    (item.len() == 2)
        .then(|| pair("epochSecond", "nanoOfSecond").or_else(|| pair("timestamp", "repr")))?
}

/// A number in seconds, milliseconds, microseconds or nanoseconds, told apart by its size.
pub fn of_number(number: f64) -> Option<i64> {
    let millis = match number {
        _ if !number.is_finite() || number <= 0.0 => return None,
        // The third digit behind the point is a whole millisecond.
        _ if number < 1e11 => (number * 1e3).round(),
        _ if number < 1e14 => number,
        _ if number < 1e17 => number / 1e3,
        _ => number / 1e6,
    };
    plausible(millis.floor() as i64)
}

fn plausible(millis: i64) -> Option<i64> {
    PLAUSIBLE
        .contains(&millis.div_euclid(1_000))
        .then_some(millis)
}

fn millis_of(time: Timestamp) -> Option<i64> {
    plausible(time.as_millisecond())
}

/// A text as Unix milliseconds.
pub fn of_text(text: &str, naive: Naive<'_>) -> Option<i64> {
    let text = text.trim();
    if text.is_empty() || text.len() > 48 {
        return None;
    }
    let first = text.as_bytes()[0];
    if first.is_ascii_digit() {
        if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            return of_number(text.parse().ok()?);
        }
        if let Some(stamp) = iso(text).filter(|stamp| stamp.end == text.len()) {
            return stamp.millis(text, naive);
        }
        return access_log(text);
    }
    if first.is_ascii_alphabetic() {
        let time: Zoned = rfc2822::parse(text).ok()?;
        return millis_of(time.timestamp());
    }
    None
}

/// Seconds with a fraction: its third digit is a whole millisecond.
fn of_seconds(text: &str) -> Option<i64> {
    of_number(text.parse().ok()?)
}

/// `6/24/2024, 10:11:12.345 AM`, as the portal of Azure writes times in exports for readers in
/// America. Without the last word nobody could tell the day from the month.
pub(super) fn of_portal(text: &str, naive: Naive<'_>) -> Option<i64> {
    let (day, clock) = text.split_once(", ")?;
    let (clock, half) = clock.split_once([' ', '\u{202f}'])?;
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    if !matches!(half, "AM" | "PM") || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let text = format!("{day} {whole} {half}");
    let parsed = strtime::parse("%m/%d/%Y %I:%M:%S %p", text).ok()?;
    let millis = naive.millis(parsed.to_datetime().ok()?)?;
    let fraction: f64 = format!("0.{fraction}").parse().ok()?;
    Some(millis + (fraction * 1e3).floor() as i64)
}

/// `24/Jun/2024:10:11:12 +0200`.
fn access_log(text: &str) -> Option<i64> {
    let parsed = strtime::parse("%d/%b/%Y:%H:%M:%S %z", text).ok()?;
    millis_of(parsed.to_timestamp().ok()?)
}

/// A time stamp in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Unix milliseconds; `None` when its zone is not known.
    pub millis: Option<i64>,
    /// One past its last byte.
    pub end: usize,
    /// Who writes it so.
    pub trust: Trust,
}

/// The time stamp with which a line of a log begins, perhaps behind a priority, an address or a
/// bracket. `None` when it begins with none, so that it goes on with the record before.
pub fn at_start(line: &str, naive: Naive<'_>) -> Option<Stamp> {
    // Loggers that write to a terminal give the time a colour.
    let skip = match colours(line) {
        // Within the brackets of a time too.
        0 if line.starts_with("[\u{1b}[") => 1 + colours(&line[1..]),
        0 => service(line).max(label(line)),
        skip => skip,
    };
    if skip > 0 {
        let mut stamp = at_start(&line[skip..], naive)?;
        stamp.end += skip;
        return Some(stamp);
    }
    if let Some(stamp) = of_journal(line) {
        return Some(stamp);
    }
    let head = &line.as_bytes()[..line.len().min(120)];
    let first = *head.first()?;
    let at = match first {
        b'0'..=b'9' | b'[' | b'<' | b'A'..=b'Z' | b'a'..=b'z' | b':' => 0,
        _ => return None,
    };
    let mut starts = [Some(at), None, None];
    if let Some(bracket) = memchr::memchr(b'[', head) {
        starts[1] = Some(bracket + 1);
    }
    if first == b'<' {
        // Syslog: `<134>1 2024-…`.
        let close = memchr::memchr(b'>', head)?;
        let digits = head[close + 1..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        let space = usize::from(head.get(close + 1 + digits) == Some(&b' '));
        starts[2] = Some(
            close
                + 1
                + if space == 1 && digits < 3 {
                    digits + 1
                } else {
                    0
                },
        );
    } else if let Some(rest) = ["CreateTime:", "LogAppendTime:"]
        .iter()
        .find_map(|name| line.strip_prefix(name))
    {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let millis = of_number(rest[..digits].parse().ok()?);
        return Some(Stamp {
            millis,
            end: line.len() - rest.len() + digits,
            trust: Trust::Broker,
        });
    }
    let of_writer = of_php(line)
        .or_else(|| in_digits(line))
        .or_else(|| of_balancer(line))
        .or_else(|| of_fluent_bit(line))
        .or_else(|| of_workflow(line));
    if of_writer.is_some() {
        return of_writer;
    }
    for start in starts.into_iter().flatten() {
        let Some(text) = line.get(start..) else {
            continue;
        };
        if let Some(iso) = iso(text) {
            let is_of_proxy = start > 0 && is_request_of_proxy(&text[iso.end..]);
            return Some(Stamp {
                millis: iso.millis(&text[..iso.end], naive),
                end: start + iso.end,
                trust: match is_of_proxy {
                    true => Trust::Proxy,
                    false => Trust::Sender,
                },
            });
        }
        if let Some(text) = text.get(..26).filter(|_| start > 0)
            && let Some(millis) = access_log(text)
        {
            return Some(Stamp {
                millis: Some(millis),
                end: start + 26,
                trust: Trust::Proxy,
            });
        }
    }
    if let Some(rest) = line.strip_prefix("ts=") {
        let is_of_number = |b: &u8| b.is_ascii_digit() || *b == b'.';
        let length = rest.bytes().take_while(|b| is_of_number(b)).count();
        if length >= 10 && rest.as_bytes().get(length) == Some(&b' ') {
            let millis = of_number(rest[..length].parse().ok()?)?;
            return Some(Stamp {
                millis: Some(millis),
                end: 3 + length,
                trust: Trust::Sender,
            });
        }
    }
    let found = in_field(line, head.len()).or_else(|| in_cell(line, head.len()));
    if let Some((start, iso)) = found {
        let text = &line[start..start + iso.end];
        return Some(Stamp {
            millis: iso.millis(text, naive),
            end: start + iso.end,
            trust: Trust::Sender,
        });
    }
    in_words(line, naive)
}

/// The length of the escape sequences for colours with which a line begins.
fn colours(line: &str) -> usize {
    let mut at = 0;
    while let Some(rest) = line[at..].strip_prefix("\u{1b}[") {
        let of_colour = |b: u8| b.is_ascii_digit() || b == b';';
        let length = rest.bytes().take_while(|&b| of_colour(b)).count();
        if rest.as_bytes().get(length) != Some(&b'm') {
            break;
        }
        at += length + 3;
    }
    at
}

/// The length of the name of a container that Docker Compose writes before each line.
fn service(line: &str) -> usize {
    let of_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let name = line.bytes().take_while(|&b| of_name(b)).count();
    let rest = line[name..].trim_start_matches(' ');
    match rest.strip_prefix("| ") {
        Some(rest) if (1..=60).contains(&name) => line.len() - rest.len(),
        _ => 0,
    }
}

/// The length of a level, or of a name in brackets, that stands before the time of a line.
fn label(line: &str) -> usize {
    let Some((word, rest)) = line.split_once(' ') else {
        return 0;
    };
    let bare = word.trim_start_matches('[').trim_end_matches([']', ':']);
    let of_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let is_bracketed = word.starts_with('[') && word.ends_with(']');
    let is_name = (1..=40).contains(&bare.len())
        && bare.as_bytes()[0].is_ascii_alphabetic()
        && bare.bytes().all(of_name)
        && (is_bracketed || is_level(bare));
    let is_time = rest
        .trim_start_matches('[')
        .starts_with(|c: char| c.is_ascii_digit());
    match is_name && is_time {
        true => word.len() + 1,
        false => 0,
    }
}

/// Whether a word is the level of a line of a log.
pub(super) fn is_level(word: &str) -> bool {
    const LEVELS: [&str; 9] = [
        "TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "CRITICAL", "FATAL",
    ];
    LEVELS.contains(&word)
}

/// `[24-Jun-2024 10:11:12 UTC]`, as PHP writes it before what goes to its log of errors.
fn of_php(line: &str) -> Option<Stamp> {
    let text = line.strip_prefix('[')?;
    let (time, rest) = (text.get(..20)?, text.get(21..)?);
    if text.as_bytes()[2] != b'-' || text.as_bytes()[20] != b' ' {
        return None;
    }
    let zone = &rest[..rest.find(']').filter(|&end| end <= 40)?];
    let parsed = strtime::parse("%d-%b-%Y %H:%M:%S", time).ok()?;
    let zoned = parsed.to_datetime().ok()?.in_tz(zone).ok()?;
    Some(Stamp {
        millis: millis_of(zoned.timestamp()),
        end: 22 + zone.len(),
        trust: Trust::Sender,
    })
}

/// Whether a request line in quotes follows a time in brackets and nothing between, as in the
/// access logs of Envoy: `[2024-…] "POST /capi HTTP/2" 200`.
fn is_request_of_proxy(behind: &str) -> bool {
    const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    let Some(request) = behind.strip_prefix("] \"") else {
        return false;
    };
    let request = &request[..request.find('"').unwrap_or(request.len())];
    let method = request.split(' ').next().unwrap_or_default();
    let protocol = request.rsplit(' ').next().unwrap_or_default();
    // The head of a line may end in the address.
    let is_cut = request.len() + 3 == behind.len();
    METHODS.contains(&method) && (protocol.starts_with("HTTP/") || is_cut)
}

/// `https 2024-06-24T10:11:12.345678Z app/…`, as load balancers of AWS write it.
fn of_balancer(line: &str) -> Option<Stamp> {
    const TYPES: [&str; 6] = ["http", "https", "h2", "grpcs", "ws", "wss"];
    let (kind, rest) = line.split_once(' ')?;
    let iso = iso(rest).filter(|iso| TYPES.contains(&kind) && rest[..iso.end].ends_with('Z'))?;
    rest[iso.end..].starts_with(' ').then(|| Stamp {
        millis: iso.millis(&rest[..iso.end], Naive::Utc),
        end: line.len() - rest.len() + iso.end,
        trust: Trust::Proxy,
    })
}

/// `[0] capi.app: [1719223872.345000000, {…`, as Fluent Bit writes it to its output; newer ones put
/// the time and what else they know of the record into a list of their own: `[[1719223872.345, {}], …`.
fn of_fluent_bit(line: &str) -> Option<Stamp> {
    let rest = line.strip_prefix('[')?;
    let number = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (tag, rest) = rest.get(number..)?.strip_prefix("] ")?.split_once(": [")?;
    let is_prefix = (1..=9).contains(&number) && tag.len() <= 60 && !tag.contains([' ', '"']);
    let rest = rest.strip_prefix('[').unwrap_or(rest);
    let of_number = |b: &u8| b.is_ascii_digit() || *b == b'.';
    let length = rest.bytes().take_while(of_number).count();
    let is_time = is_prefix && rest.get(10..11) == Some(".") && rest[length..].starts_with(", {");
    let millis = of_seconds(&rest[..length]).filter(|_| is_time)?;
    Some(Stamp {
        millis: Some(millis),
        end: line.len() - rest.len() + length,
        trust: Trust::Sender,
    })
}

/// Whether a text begins as Fluent Bit writes a record, which is no list.
pub(crate) fn is_of_fluent_bit(text: &str) -> bool {
    let mut end = text.len().min(120);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    of_fluent_bit(&text[..end]).is_some()
}

/// `__REALTIME_TIMESTAMP=1719223872345678`, a field on a line of its own as `journalctl -o export`
/// writes it before those of the message.
fn of_journal(line: &str) -> Option<Stamp> {
    let micros = line.strip_prefix("__REALTIME_TIMESTAMP=")?.trim_end();
    let is_whole = micros.len() == 16 && micros.bytes().all(|b| b.is_ascii_digit());
    Some(Stamp {
        millis: Some(of_number(micros.parse().ok()?).filter(|_| is_whole)?),
        end: line.len(),
        trust: Trust::Sender,
    })
}

/// `job\tstep\t2024-06-24T10:11:12.3456789Z text`, as GitHub shows the log of a run: seven digits
/// behind the second.
fn of_workflow(line: &str) -> Option<Stamp> {
    let (_, rest) = line.split_once('\t')?;
    let (_, rest) = rest.split_once('\t')?;
    // Each step begins with a byte order mark.
    let rest = rest.trim_start_matches('\u{feff}');
    let iso = iso(rest)?;
    let is_of_run = iso.clock_end == "2024-06-24T10:11:12.3456789".len()
        && rest[..iso.end].ends_with('Z')
        && rest[iso.end..].starts_with(' ');
    is_of_run.then(|| Stamp {
        millis: iso.millis(&rest[..iso.end], Naive::Utc),
        end: line.len() - rest.len() + iso.end,
        trust: Trust::Sender,
    })
}

/// A time in milliseconds, or in seconds with a fraction, that stands alone at the start of a line.
/// Ten digits alone are as likely an id.
fn in_digits(line: &str) -> Option<Stamp> {
    let start = usize::from(line.starts_with('['));
    let bytes = &line.as_bytes()[start..];
    let run = |from: usize| {
        let digits = bytes[from..].iter().take_while(|b| b.is_ascii_digit());
        digits.count()
    };
    let whole = run(0);
    let fraction = match bytes.get(whole) {
        Some(b'.') => run(whole + 1),
        _ => 0,
    };
    let length = match (whole, fraction) {
        (13, 0) => 13,
        (10, 1..=9) => 11 + fraction,
        _ => return None,
    };
    let is_alone = match bytes.get(length) {
        Some(b' ') => start == 0,
        Some(b']') => start == 1,
        _ => false,
    };
    let end = start + length;
    let millis = of_number(line[start..end].parse().ok()?).filter(|_| is_alone)?;
    Some(Stamp {
        millis: Some(millis),
        end,
        trust: Trust::Sender,
    })
}

/// A time in a field of a line that is made of these: `level=info ts=2024-…`, `time="2024-…"`.
fn in_field(line: &str, within: usize) -> Option<(usize, Iso)> {
    let head = &line.as_bytes()[..within];
    for equals in memchr::memchr_iter(b'=', head) {
        let begin = memchr::memrchr(b' ', &head[..equals]).map_or(0, |space| space + 1);
        if !matches!(&head[begin..equals], b"time" | b"ts" | b"t" | b"timestamp") {
            continue;
        }
        let quoted = head.get(equals + 1) == Some(&b'"');
        let start = equals + 1 + usize::from(quoted);
        if let Some(iso) = line.get(start..).and_then(iso) {
            return Some((start, iso));
        }
    }
    // A row with each column on a line of its own: `created_at | 2024-…`, `sent_at: 2024-…`.
    let name = line.find([' ', ':']).filter(|&length| length <= 20)?;
    let is_time = matches!(
        &line[..name],
        "time" | "timestamp" | "created_at" | "sent_at" | "logged_at"
    );
    let value = line[name..].trim_start().strip_prefix([':', '|'])?;
    let start = line.len() - value.trim_start().len();
    let iso = iso(line.get(start..)?).filter(|iso| is_time && start + iso.end == line.len());
    Some((start, iso?))
}

/// A time that fills a cell of a table, in a row that begins with another cell.
fn in_cell(line: &str, within: usize) -> Option<(usize, Iso)> {
    let head = &line.as_bytes()[..within];
    let is_border = |byte: u8| matches!(byte, b',' | b';' | b'\t');
    for border in memchr::memchr3_iter(b',', b';', b'\t', head) {
        let quoted = head.get(border + 1) == Some(&b'"');
        let start = border + 1 + usize::from(quoted);
        let Some(iso) = line.get(start..).and_then(iso) else {
            continue;
        };
        let rest = &line.as_bytes()[start + iso.end..];
        let rest = match quoted {
            true => rest.strip_prefix(b"\"").unwrap_or_default(),
            false => rest,
        };
        if rest.first().is_some_and(|&byte| is_border(byte)) {
            return Some((start, iso));
        }
    }
    None
}

/// Time stamps in which the month comes first or is a word: without a year they tell no time, but
/// still that a record begins.
fn in_words(line: &str, naive: Naive<'_>) -> Option<Stamp> {
    let bytes = line.as_bytes();
    if bytes.len() >= 21 && bytes[2] == b'-' && line.get(10..13) == Some(" @ ") {
        let text = line.get(..21)?;
        let time = strtime::parse("%m-%d-%Y @ %H:%M:%S", text).ok()?;
        let millis = naive.millis(time.to_datetime().ok()?);
        return Some(Stamp {
            millis,
            end: 21,
            trust: Trust::Sender,
        });
    }
    let syslog = bytes.len() >= 15
        && bytes[3] == b' '
        && bytes[6] == b' '
        && bytes[9] == b':'
        && bytes[12] == b':'
        && bytes[..3].iter().all(u8::is_ascii_alphabetic)
        && bytes[13..15].iter().all(u8::is_ascii_digit);
    syslog.then_some(Stamp {
        millis: None,
        end: 15,
        trust: Trust::Sender,
    })
}

/// A date and a time of day as ISO 8601 has them, or with a space or a comma where it has none.
struct Iso {
    end: usize,
    /// Where the zone begins, spaces before it included.
    zone: Option<usize>,
    clock_end: usize,
}

fn iso(text: &str) -> Option<Iso> {
    let bytes = text.as_bytes();
    let shape = b"dddd-dd-ddTdd:dd:dd";
    if bytes.len() < shape.len() {
        return None;
    }
    let fits = shape
        .iter()
        .zip(bytes)
        .all(|(want, byte)| match (want, byte) {
            (b'd', byte) => byte.is_ascii_digit(),
            (b'-', byte) => matches!(byte, b'-' | b'/'),
            (b'T', byte) => matches!(byte, b'T' | b't' | b' '),
            (want, byte) => want == byte,
        });
    if !fits {
        return None;
    }
    let mut end = shape.len();
    if matches!(bytes.get(end), Some(b'.' | b','))
        && bytes.get(end + 1).is_some_and(u8::is_ascii_digit)
    {
        end += 1;
        end += bytes[end..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
    }
    let clock_end = end;
    let space = usize::from(bytes.get(end) == Some(&b' '));
    let rest = &bytes[end + space..];
    let zone = match rest {
        [b'Z' | b'z', ..] if space == 0 => Some(1),
        [b'U', b'T', b'C', ..] | [b'G', b'M', b'T', ..] => Some(3),
        [b'+' | b'-', a, b, b':', c, d, ..] if [a, b, c, d].iter().all(|b| b.is_ascii_digit()) => {
            Some(6)
        }
        [b'+' | b'-', a, b, c, d, ..] if [a, b, c, d].iter().all(|b| b.is_ascii_digit()) => Some(5),
        // Postgres writes whole hours so.
        [b'+' | b'-', a @ b'0'..=b'1', b, rest @ ..]
            if space == 0
                && b.is_ascii_digit()
                && !matches!(rest, [b'0'..=b'9' | b':' | b'-', ..])
                && (*a, *b) <= (b'1', b'4') =>
        {
            Some(3)
        }
        _ => None,
    };
    if let Some(length) = zone {
        end += space + length;
    }
    Some(Iso {
        end,
        zone: zone.map(|_| clock_end),
        clock_end,
    })
}

impl Iso {
    fn millis(&self, text: &str, naive: Naive<'_>) -> Option<i64> {
        let is_other = |c: char| matches!(c, ' ' | 't' | ',' | '/');
        let mut clock = Cow::Borrowed(&text[..self.clock_end]);
        if clock.contains(is_other) {
            let letters = clock.chars().map(|c| match c {
                ' ' | 't' => 'T',
                ',' => '.',
                '/' => '-',
                c => c,
            });
            clock = Cow::Owned(letters.collect());
        }
        let Some(zone) = self.zone else {
            return naive.millis(clock.parse().ok()?);
        };
        let zone = match text[zone..self.end].trim_start() {
            "UTC" | "GMT" | "z" => "Z",
            zone => zone,
        };
        // Nearly always it stands there as it is wanted.
        let whole = match &clock {
            Cow::Borrowed(_) if text[self.clock_end..self.end] == *zone => {
                Cow::Borrowed(&text[..self.end])
            }
            _ => Cow::Owned(format!("{clock}{zone}")),
        };
        millis_of(whole.parse().ok()?)
    }
}

/// When something was logged, by whose clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logged {
    pub trust: Trust,
    /// Unix milliseconds.
    pub millis: i64,
}

impl Logged {
    /// Whether this was logged before something else by the same clock. Where one of the times is
    /// that of a whole second, so is the comparison.
    pub fn is_before(self, other: Logged) -> bool {
        let is_whole = |one: Logged| one.millis % 1_000 == 0;
        let unit = if is_whole(self) || is_whole(other) {
            1_000
        } else {
            1
        };
        self.trust == other.trust && self.millis.div_euclid(unit) < other.millis.div_euclid(unit)
    }
}

/// Whether what was logged at the first time cannot answer what was logged at the second.
pub fn is_too_early(answer: Option<Logged>, request: Option<Logged>) -> bool {
    matches!((answer, request), (Some(answer), Some(request)) if answer.is_before(request))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Tape;
    use bumpalo::Bump;

    const MILLIS: i64 = 1_719_223_872_345;

    #[test]
    fn units_are_told_by_size() {
        for number in [
            1_719_223_872.345,
            1_719_223_872_345.0,
            1_719_223_872_345_678.0,
            1_719_223_872_345_678_901.0,
        ] {
            assert_eq!(of_number(number), Some(MILLIS), "{number}");
        }
        for number in [0.0, -1.0, 249.0, f64::NAN, 1e30] {
            assert_eq!(of_number(number), None, "{number}");
        }
    }

    #[test]
    fn notations_and_zones_are_read() {
        for text in [
            "2024-06-24T10:11:12.345Z",
            "2024-06-24 10:11:12.345 UTC",
            "2024-06-24T12:11:12.345+02:00",
            "2024-06-24 12:11:12.345+02",
            "2024-06-24 15:41:12.345+05:30",
            "2024-06-24 12:11:12,345 +0200",
            "2024-06-24T10:11:12.345678901Z",
            "1719223872345",
            "1719223872345678901",
        ] {
            assert_eq!(of_text(text, Naive::Unknown), Some(MILLIS), "{text}");
        }
        let whole = Some(MILLIS - 345);
        let text = "Mon, 24 Jun 2024 10:11:12 GMT";
        assert_eq!(of_text(text, Naive::Unknown), whole);
        let text = "24/Jun/2024:12:11:12 +0200";
        assert_eq!(of_text(text, Naive::Unknown), whole);
        let text = "2024-06-24 10:11:12";
        assert_eq!(of_text(text, Naive::Unknown), None);
        assert_eq!(of_text(text, Naive::Utc), whole);
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let text = "2024-06-24 12:11:12";
        assert_eq!(of_text(text, Naive::In(&berlin)), whole);
        // Struck twice that night.
        let text = "2024-10-27 02:30:00";
        assert_eq!(of_text(text, Naive::In(&berlin)), None);
        for text in ["", "10:11", "58213-1", "2024-13-45T99:99:99Z", "order 12"] {
            assert_eq!(of_text(text, Naive::Utc), None, "{text}");
        }
    }

    #[test]
    fn stores_spell_out_the_type_of_a_time() {
        for (text, millis) in [
            (
                r#"{"$date":"2024-06-24T10:11:12.345Z"}"#,
                Some(1_719_223_872_345),
            ),
            (
                r#"{"$date":{"$numberLong":"1719223872345"}}"#,
                Some(1_719_223_872_345),
            ),
            (
                r#"{"timestampValue":"2024-06-24T10:11:12.345Z"}"#,
                Some(1_719_223_872_345),
            ),
            (
                r#"{"epochSecond":1719223872,"nanoOfSecond":345000000}"#,
                Some(1_719_223_872_000),
            ),
            (
                r#"{"repr":"2024-06-24","timestamp":1719223872.345}"#,
                Some(1_719_223_872_345),
            ),
            (r#"{"epochSecond":1719223872,"name":"x"}"#, None),
            (r#"{"at":"2024-06-24T10:11:12.345Z"}"#, None),
            (r#"{"$date":"2024-06-24T10:11:12.345Z","x":1}"#, None),
            (r#"{"$date":{"$date":{"N":"1719223872345"}}}"#, None),
            ("{}", None),
        ] {
            let arena = Bump::new();
            let mut tape = Tape::new();
            tape.parse(text, &arena).unwrap();
            assert_eq!(of_item(tape.root(), Naive::Unknown), millis, "{text}");
        }
    }

    #[test]
    fn lines_begin_with_stamps_of_many_kinds() {
        for (line, known) in [
            ("2024-06-24T10:11:12.345Z {\"data\"", true),
            (
                "[2024-06-24T10:11:12.345678+00:00] app.DEBUG: CAPI {}",
                true,
            ),
            ("[2024-06-24 10:11:12] production.INFO: x", false),
            ("7,2024-06-24T10:11:12.345Z,sent,\"{\"\"data\"\"", true),
            ("7\t\"2024-06-24 10:11:12\"\tsent\t{}", false),
            ("I, [2024-06-24T10:11:12.345 #12] INFO -- : {}", false),
            (
                "10.0.0.1 - - [24/Jun/2024:10:11:12 +0000] \"POST /capi HTTP/1.1\" 200",
                true,
            ),
            ("<134>1 2024-06-24T10:11:12.345Z host app", true),
            ("time=\"2024-06-24T10:11:12Z\" level=info msg=capi", true),
            ("level=info ts=2024-06-24T10:11:12.345Z caller=a.go", true),
            ("time=2024-06-24T10:11:12.345 level=INFO msg=capi", false),
            ("CreateTime:1719223872345\tkey\t{}", true),
            ("LogAppendTime:1719223872345\tkey\t{}", true),
            ("[24-Jun-2024 10:11:12 UTC] CAPI {}", true),
            ("[24-Jun-2024 12:11:12 Europe/Berlin] CAPI {}", true),
            ("INFO 2024-06-24T10:11:12Z {}", true),
            ("[INFO] 2024-06-24 10:11:12 {}", false),
            ("[app] [2024-06-24T10:11:12.345Z] {}", true),
            ("\u{1b}[32m2024-06-24T10:11:12.345Z\u{1b}[0m INFO {}", true),
            ("\u{1b}[1;90m[2024-06-24 10:11:12]\u{1b}[0m {}", false),
            (
                "[\u{1b}[90m2024-06-24T10:11:12.345Z\u{1b}[0m] INFO {}",
                true,
            ),
            ("web_1  | 2024-06-24T10:11:12.345Z {}", true),
            ("ts=1719223872.345 level=info msg=capi", true),
            ("created_at | 2024-06-24 10:11:12.345+00", true),
            ("1719223872345 INFO {}", true),
            ("[1719223872345] {}", true),
            ("1719223872.345 {}", true),
            (
                "https 2024-06-24T10:11:12.345678Z app/lb/50dc 1.2.3.4:2817",
                true,
            ),
            (
                "h2 2024-06-24T10:11:12.345678Z app/lb/50dc 1.2.3.4:2817",
                true,
            ),
            (
                "[2024-06-24T10:11:12.345Z] \"POST /capi HTTP/2\" 200 - {}",
                true,
            ),
            (
                "[0] capi.app: [1719223872.345000000, {\"log\"=>\"{}\"}]",
                true,
            ),
            (
                "[12] capi: [[1719223872.345000000, {}], {\"log\"=>\"{}\"}]",
                true,
            ),
            ("__REALTIME_TIMESTAMP=1719223872345678", true),
            (
                "test\tRun tests\t2024-06-24T10:11:12.3456789Z capi {}",
                true,
            ),
            (
                "test\tRun\t\u{feff}2024-06-24T10:11:12.3456789Z capi {}",
                true,
            ),
            ("06-24-2024 @ 10:11:12 - body", false),
            ("Jun 24 10:11:12 host app[1]: {}", false),
        ] {
            let stamp = at_start(line, Naive::Unknown).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(stamp.millis.is_some(), known, "{line}");
            if let Some(millis) = stamp.millis {
                assert_eq!(millis / 1000, MILLIS / 1000, "{line}");
            }
        }
        for line in [
            "body: {}",
            "",
            "{\"a\":1}",
            "method: POST",
            "äöü [2",
            "1719223872 {}",
            "1719223872345,{}",
            "4512223872345 {}",
            "\u{1b}[2K{}",
            "event_time=2024-06-24T10:11:12Z data",
            "order 2024-06-24T10:11:12.345678Z app",
            "[0] capi.app: [1719223872, {\"log\"=>\"{}\"}]",
            "[0] capi app: [1719223872.345000000, {}]",
            "__REALTIME_TIMESTAMP=1719223872",
            "_SOURCE_REALTIME_TIMESTAMP=1719223872345678",
            "order\tevent\t2024-06-24T10:11:12Z paid {}",
        ] {
            assert_eq!(at_start(line, Naive::Unknown), None, "{line}");
        }
    }

    #[test]
    fn a_time_before_a_request_line_is_that_of_a_proxy() {
        let trust = |line: &str| at_start(line, Naive::Unknown).map(|stamp| stamp.trust);
        for (line, of_proxy) in [
            (
                "[2024-06-24T10:11:12.345Z] \"POST /capi HTTP/2\" 200 - {}",
                true,
            ),
            ("[2024-06-24T10:11:12.345Z] \"POST /capi?x=", true),
            ("https 2024-06-24T10:11:12.345678Z app/lb/50dc x", true),
            ("[2024-06-24T10:11:12.345Z] \"POST to Meta\" {}", false),
            ("[2024-06-24T10:11:12.345Z] \"sent\" {}", false),
            (
                "[2024-06-24T10:11:12.345Z] INFO \"POST /capi HTTP/2\" 200",
                false,
            ),
            (
                "2024-06-24T10:11:12.345Z DEBUG \"POST /capi HTTP/1.1\" 200",
                false,
            ),
        ] {
            let want = if of_proxy {
                Trust::Proxy
            } else {
                Trust::Sender
            };
            assert_eq!(trust(line), Some(want), "{line}");
        }
    }

    #[test]
    fn exports_of_a_portal_have_american_times() {
        for (text, millis) in [
            ("6/24/2024, 10:11:12.345 AM", Some(MILLIS)),
            ("6/24/2024, 10:11:12.345\u{202f}AM", Some(MILLIS)),
            ("6/24/2024, 10:11:12 PM", Some(MILLIS - 345 + 43_200_000)),
            ("24/6/2024, 10:11:12 AM", None),
            ("6/7/2024, 10:11:12", None),
            ("6/7/2024, 10:11:12 pm", None),
        ] {
            assert_eq!(of_portal(text, Naive::Utc), millis, "{text}");
        }
        assert_eq!(of_portal("6/24/2024, 10:11:12 AM", Naive::Unknown), None);
    }
}
