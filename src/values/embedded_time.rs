//! Times inside ids: when an order or an event was given its number.
//!
//! UUIDs of version 1, 6 and 7 and ULIDs say of themselves that they hold a time. An ObjectId, a
//! Snowflake and a number of ten or thirteen digits only look as if they did: of those a single one
//! shows nothing, and whoever counts them has to see that nearly all of a kind make sense.
//!
//! Sources: RFC 9562 (UUID); github.com/ulid/spec; the BSON specification of ObjectId; the layouts
//! of Snowflake ids as Twitter and Discord publish them.

use crate::clock::DAY;

/// How a time stands in an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A UUID of version 1, 6 or 7.
    Uuid,
    Ulid,
    /// 24 hex digits, of which the first eight are seconds.
    ObjectId,
    /// 17 to 19 digits, of which the upper bits are milliseconds.
    Snowflake,
    /// 13 digits.
    Milliseconds,
    /// 10 digits.
    Seconds,
}

impl Kind {
    /// Whether the form itself says that a time is in it.
    pub const fn is_declared(self) -> bool {
        matches!(self, Kind::Uuid | Kind::Ulid)
    }
}

/// What an id of a kind holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmbeddedTime {
    pub kind: Kind,
    /// Unix seconds, when they are plausible beside the event; else it is no time, or not the
    /// event's.
    pub seconds: Option<i64>,
}

/// An id may be older than its event by so much: carts and offers last.
const OLDER: i64 = 400 * DAY;
/// And younger by so much: that is what zones can do, and more.
const YOUNGER: i64 = 2 * DAY;

/// The time that an id holds, seen from an event of the time `beside`.
#[inline]
pub fn of(id: &str, beside: i64) -> Option<EmbeddedTime> {
    let id = id.as_bytes();
    if id.len() < 10 || id.len() > 128 {
        return None;
    }
    let (kind, seconds) = uuid(id)
        .map(|seconds| (Kind::Uuid, seconds))
        .or_else(|| in_parts(id, beside))?;
    let plausible = beside - OLDER..=beside + YOUNGER;
    Some(EmbeddedTime {
        kind,
        seconds: Some(seconds).filter(|seconds| plausible.contains(seconds)),
    })
}

/// The seconds in a UUID that holds a time, alone or with something before or behind it.
fn uuid(id: &[u8]) -> Option<i64> {
    if id.len() < 36 {
        return None;
    }
    let hyphens = |uuid: &[u8]| [8, 13, 18, 23].iter().all(|&at| uuid[at] == b'-');
    let (first, last) = (&id[..36], &id[id.len() - 36..]);
    let uuid = [first, last].into_iter().find(|uuid| hyphens(uuid))?;
    let mut number: u128 = 0;
    for byte in uuid.iter().filter(|&&byte| byte != b'-') {
        number = number << 4 | u128::from(char::from(*byte).to_digit(16)?);
    }
    // The variant of RFC 9562.
    if number >> 62 & 3 != 2 {
        return None;
    }
    let (high, mid, low) = (
        (number >> 96) as u64,
        (number >> 80 & 0xFFFF) as u64,
        (number >> 64 & 0xFFFF) as u64,
    );
    // Steps of 100 ns since 1582-10-15.
    let gregorian = |steps: u64| (steps / 10_000_000) as i64 - 12_219_292_800;
    match low >> 12 {
        1 => Some(gregorian((low & 0xFFF) << 48 | mid << 32 | high)),
        6 => Some(gregorian(high << 28 | mid << 12 | low & 0xFFF)),
        7 => Some(((high << 16 | mid) / 1_000) as i64),
        _ => None,
    }
}

/// The first part between other signs that can hold a time; a plausible one goes first.
fn in_parts(id: &[u8], beside: i64) -> Option<(Kind, i64)> {
    let mut found: Option<(Kind, i64)> = None;
    for part in id.split(|byte| !byte.is_ascii_alphanumeric()) {
        if part.len() < 10 {
            continue;
        }
        for (kind, seconds) in [whole(part), digits(part, beside)].into_iter().flatten() {
            if (beside - OLDER..=beside + YOUNGER).contains(&seconds) {
                return Some((kind, seconds));
            }
            found.get_or_insert((kind, seconds));
        }
    }
    found
}

/// A part that is a ULID or an ObjectId as a whole.
fn whole(part: &[u8]) -> Option<(Kind, i64)> {
    let has_letters = || part.iter().any(u8::is_ascii_alphabetic);
    match part.len() {
        26 if part[0] <= b'7' && has_letters() => {
            const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
            let mut number: u64 = 0;
            for (at, byte) in part.iter().enumerate() {
                let byte = byte.to_ascii_uppercase();
                let digit = CROCKFORD.iter().position(|&one| one == byte)?;
                if at < 10 {
                    number = number << 5 | digit as u64;
                }
            }
            Some((Kind::Ulid, (number / 1_000) as i64))
        }
        24 if has_letters() && part.iter().all(u8::is_ascii_hexdigit) => {
            let head = std::str::from_utf8(&part[..8]).ok()?;
            let seconds = i64::from_str_radix(head, 16).ok()?;
            Some((Kind::ObjectId, seconds))
        }
        _ => None,
    }
}

/// Digits in a part that can be a clock: at its start or its end, and no more of them than that.
fn digits(part: &[u8], beside: i64) -> Option<(Kind, i64)> {
    let is_digit = |byte: &&u8| byte.is_ascii_digit();
    let front = part.iter().take_while(is_digit).count();
    let back = part.iter().rev().take_while(is_digit).count();
    let run = if front >= 10 {
        &part[..front]
    } else {
        &part[part.len() - back..]
    };
    let number: i64 = std::str::from_utf8(run).ok()?.parse().ok()?;
    match run.len() {
        10 => Some((Kind::Seconds, number)),
        13 => Some((Kind::Milliseconds, number / 1_000)),
        17..=19 => {
            // Twitter's and Discord's beginnings; others count like one of them or from 1970.
            let seconds = [1_288_834_974_657, 1_420_070_400_000, 0]
                .map(|epoch| ((number >> 22) + epoch) / 1_000);
            let near = seconds
                .iter()
                .min_by_key(|&&seconds| (seconds - beside).abs());
            Some((Kind::Snowflake, *near?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-06-25T15:00:00Z.
    const T: i64 = 1_782_399_600;

    fn time(id: &str) -> Option<(Kind, Option<i64>)> {
        of(id, T).map(|time| (time.kind, time.seconds))
    }

    #[test]
    fn every_kind_gives_its_time() {
        let ms = (T * 1_000) as u64;
        let uuid7 = format!(
            "{:08x}-{:04x}-7abc-9def-0123456789ab",
            ms >> 16,
            ms & 0xFFFF
        );
        let steps = (T as u64 + 12_219_292_800) * 10_000_000;
        let uuid1 = format!(
            "{:08x}-{:04x}-1{:03x}-9def-0123456789ab",
            steps & 0xFFFF_FFFF,
            steps >> 32 & 0xFFFF,
            steps >> 48
        );
        let uuid6 = format!(
            "{:08x}-{:04x}-6{:03x}-9def-0123456789ab",
            steps >> 28,
            steps >> 12 & 0xFFFF,
            steps & 0xFFF
        );
        let ulid: String = (0..10)
            .rev()
            .map(|at| {
                char::from(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[(ms >> (5 * at) & 31) as usize])
            })
            .chain("ZX3K9QWERTYN0P8S".chars())
            .collect();
        let snowflake = ((ms - 1_288_834_974_657) << 22 | 77).to_string();
        for (id, kind) in [
            (uuid7.as_str(), Kind::Uuid),
            (&format!("order-{uuid7}"), Kind::Uuid),
            (&format!("{uuid1}-purchase"), Kind::Uuid),
            (&uuid6, Kind::Uuid),
            (&ulid, Kind::Ulid),
            (&ulid.to_ascii_lowercase(), Kind::Ulid),
            (&format!("{T:x}a1b2c3d4e5f60718"), Kind::ObjectId),
            (&snowflake, Kind::Snowflake),
            (&format!("{ms}-k3j9x2"), Kind::Milliseconds),
            (&format!("evt{ms}"), Kind::Milliseconds),
            (&format!("{ms}k3j9x2"), Kind::Milliseconds),
            (&format!("purchase_{T}_58213"), Kind::Seconds),
        ] {
            assert_eq!(time(id), Some((kind, Some(T))), "{id}");
        }
    }

    #[test]
    fn what_holds_no_time_is_not_said_to() {
        for id in [
            "order-58213",
            "1000058213",
            "b3f1c2d4-5e6f-4a7b-8c9d-0e1f2a3b4c5d",
            "5501234567890",
            "9f86d081884c7d659a2feaa0",
            "till-4-20260625-118",
            "4111111111111111",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "",
        ] {
            assert_eq!(time(id).and_then(|(_, seconds)| seconds), None, "{id}");
        }
    }

    #[test]
    fn random_ids_rarely_look_like_a_time() {
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let mut timed = 0;
        for _ in 0..2_000 {
            let id = format!("{:016x}{:08x}", next(), next() as u32);
            timed += u32::from(of(&id, T).is_some_and(|time| time.seconds.is_some()));
        }
        // 402 days of the 136 years that 32 bits count.
        assert!(timed < 40, "{timed} of 2,000");
    }
}
