//! Deduplication: how Meta tells that the browser's and the server's copy of an event are one.
//!
//! Source: deduplicate-pixel-and-server-events. Same dataset, event_name and event_id within 48
//! hours: the later copy is dropped. Offline events, CRM stages and messages are matched otherwise.

use std::borrow::Cow;

use hashbrown::HashSet;
use once_cell::sync::Lazy;
use serde::Deserialize;

use crate::clock::PLAUSIBLE;
use crate::digest::{self, Shape};
use crate::event::Event;
use crate::fix::{Fix, quote};
use crate::json::{Item, Pointer, Val};
use crate::values::blank::trimmed;
use crate::values::name::Name;

/// `rules/tables/event-ids.json`; all entries are in lower case.
struct Table {
    /// Never an id of one event.
    words: HashSet<String>,
    /// Samples, unless the event's own order bears that number.
    samples: HashSet<String>,
    /// By first byte, the lengths of the entries that begin with it: a bit each.
    lengths: [u64; 256],
}

impl Table {
    /// Whether any entry has this length and this first byte in lower case.
    #[inline]
    fn has_like(&self, first: u8, length: usize) -> bool {
        length < 64 && self.lengths[first as usize] & (1 << length) != 0
    }
}

static TABLE: Lazy<Table> = Lazy::new(|| {
    #[derive(Deserialize)]
    struct Lists {
        words: Vec<String>,
        samples: Vec<String>,
    }
    let lists: Lists = serde_json::from_str(include_str!("../../rules/tables/event-ids.json"))
        .expect("the embedded table is read by a test");
    let mut lengths = [0; 256];
    for entry in lists.words.iter().chain(&lists.samples) {
        if let Some(&first) = entry.as_bytes().first() {
            lengths[first as usize] |= 1 << entry.len();
        }
    }
    Table {
        lengths,
        words: lists.words.into_iter().collect(),
        samples: lists.samples.into_iter().collect(),
    }
});

/// The length of the longest entry of the table.
const LONGEST_PLACEHOLDER: usize = 36;

/// Whether Meta pairs the event with a copy from the browser or from the app by its event_id.
pub fn is_paired(event: &Event<'_, '_>) -> bool {
    matches!(event.action_source(), Some("website" | "app"))
}

/// Whether the id is a word that somebody left in the code instead of an id.
#[inline]
pub fn is_placeholder(id: &str, order: impl FnOnce() -> Option<String>) -> bool {
    let id = trimmed(id);
    let first = id
        .as_bytes()
        .first()
        .map_or(0, |first| first.to_ascii_lowercase());
    if id.len() <= LONGEST_PLACEHOLDER && TABLE.has_like(first, id.len()) {
        let mut lower = [0; LONGEST_PLACEHOLDER];
        let lower = &mut lower[..id.len()];
        lower.copy_from_slice(id.as_bytes());
        lower.make_ascii_lowercase();
        let Ok(lower) = std::str::from_utf8(lower) else {
            return false;
        };
        if TABLE.words.contains(lower) {
            return !digest::is_hidden(id);
        }
        if TABLE.samples.contains(lower) {
            return !order().is_some_and(|order| holds(id, &order));
        }
    }
    id.starts_with(['{', '$', '%', '<', '[', '#', '(']) && Shape::of(id) == Shape::Template
}

/// Whether a placeholder is a word with a number, as code samples have it: a shop that counts its
/// events comes by it as well.
pub fn is_sample(id: &str) -> bool {
    let id = trimmed(id);
    id.len() <= LONGEST_PLACEHOLDER && TABLE.samples.contains(id.to_ascii_lowercase().as_str())
}

/// Whether an id says no more than the event's name: it has the same letters and digits, in whatever
/// case.
#[inline]
pub fn repeats_name(id: &str, name: &str) -> bool {
    // Most ids are told apart from a name by their last sign, which is a digit, or by their first.
    let last = |word: &str| word.bytes().last().filter(u8::is_ascii_alphanumeric);
    if let (Some(a), Some(b)) = (last(id), last(name))
        && !a.eq_ignore_ascii_case(&b)
    {
        return false;
    }
    letters(id).next() == letters(name).next()
        && letters(id).eq(letters(name))
        && letters(id).next().is_some()
}

fn letters(word: &str) -> impl Iterator<Item = u8> {
    word.bytes()
        .filter(|b| b.is_ascii_alphanumeric() || !b.is_ascii())
        .map(|b| b.to_ascii_lowercase())
}

/// The order number of the event, as an id can be made of it.
pub fn order_id<'a>(event: &Event<'_, 'a>) -> Option<Cow<'a, str>> {
    match event.custom(Name::OrderId)?.val() {
        Val::Int(number) if number > 0 => Some(Cow::Owned(number.to_string())),
        Val::Text(text) => {
            let text = trimmed(text);
            let usable = !text.is_empty()
                && text.len() <= 64
                && !text.contains('@')
                && !digest::is_hidden(text)
                && !is_placeholder(text, || None);
            usable.then_some(Cow::Borrowed(text))
        }
        _ => None,
    }
}

/// Whether the order number can be the event's id: an order has one such event. What is done several
/// times on the way to it has not, nor have its rows, each of which is sent as an event.
pub fn is_once_an_order(event: &Event<'_, '_>) -> bool {
    let is_row = event
        .custom(Name::ItemNumber)
        .is_some_and(|number| !number.is_blank());
    let happens_once = matches!(
        event.name(),
        Some("Purchase" | "Donate" | "Subscribe" | "StartTrial" | "SubmitApplication")
    );
    happens_once && !is_row
}

/// A fix that takes the order number as event_id, for those who let the browser do the same.
pub fn id_from_order(event: &Event<'_, '_>) -> Option<Fix> {
    if !is_once_an_order(event) {
        return None;
    }
    let json = quote(&order_id(event)?);
    let fix = Fix::needs_consent("take order_id as event_id");
    Some(match event.get(Name::EventId) {
        Some(_) => fix.replace(Pointer::root().key("event_id"), json),
        None => fix.insert(Pointer::root(), "event_id", json),
    })
}

/// Whether one of the two is made of the other: letters and digits alone count, their case does
/// not, and a number of three digits or more may stand among other signs.
pub fn holds(id: &str, order: &str) -> bool {
    let keep = |text: &str, keep: fn(&char) -> bool| -> String {
        text.chars()
            .filter(keep)
            .map(|c| c.to_ascii_lowercase())
            .collect()
    };
    let (id_letters, order_letters) = (
        keep(id, |c| c.is_alphanumeric()),
        keep(order, |c| c.is_alphanumeric()),
    );
    let (id_digits, order_digits) = (
        keep(id, char::is_ascii_digit),
        keep(order, char::is_ascii_digit),
    );
    id_letters.contains(&order_letters)
        || order_letters.contains(&id_letters)
        || order_digits.len() >= 3 && id_digits.contains(&order_digits)
}

/// Whether the id looks as if chance had made it: a random UUID, a ULID, a long mixture of
/// letters and digits, or a clock and a random number. Digests, UUIDs made of a name (versions 3
/// and 5), numbers and plain clocks do not.
#[inline]
pub fn looks_random(id: &str) -> bool {
    let bytes = id.as_bytes();
    if bytes.len() < 18 {
        return false;
    }
    holds_random_uuid(bytes) || is_ulid(bytes) || is_mixture(bytes) || is_clock_and_chance(id)
}

/// A UUID of version 1, 4, 6 or 7, alone or with a word before or behind it.
fn holds_random_uuid(id: &[u8]) -> bool {
    let Some(rest) = id.len().checked_sub(36) else {
        return false;
    };
    let is_random = |uuid: &[u8]| {
        uuid.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            14 => matches!(byte, b'1' | b'4' | b'6' | b'7'),
            19 => matches!(byte, b'8' | b'9' | b'a' | b'b' | b'A' | b'B'),
            _ => byte.is_ascii_hexdigit(),
        })
    };
    let stands_apart = |byte: u8| !byte.is_ascii_alphanumeric();
    is_random(&id[rest..]) && (rest == 0 || stands_apart(id[rest - 1]))
        || rest > 0 && is_random(&id[..36]) && stands_apart(id[36])
}

fn is_ulid(id: &[u8]) -> bool {
    id.len() == 26
        && matches!(id[0], b'0'..=b'7')
        && id
            .iter()
            .all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'Z') && !b"ILOU".contains(b))
        && id.iter().filter(|b| b.is_ascii_uppercase()).count() >= 6
        && id.iter().filter(|b| b.is_ascii_digit()).count() >= 3
}

/// 20 to 24 characters of base64url in which capitals, small letters and digits change places far
/// more often than in anything that a person composed.
fn is_mixture(id: &[u8]) -> bool {
    let kind = |byte: u8| match byte {
        b'A'..=b'Z' => Some(0),
        b'a'..=b'z' => Some(1),
        b'0'..=b'9' => Some(2),
        b'-' | b'_' => Some(3),
        _ => None,
    };
    if !(20..=24).contains(&id.len()) || id.iter().any(|&byte| kind(byte).is_none()) {
        return false;
    }
    let count = |wanted| {
        id.iter()
            .filter(|&&byte| kind(byte) == Some(wanted))
            .count()
    };
    let changes = id
        .windows(2)
        .filter(|pair| kind(pair[0]) != kind(pair[1]))
        .count();
    count(0) >= 3 && count(1) >= 3 && count(2) >= 1 && changes >= 11
}

/// `Date.now()` with `Math.random()` behind it, whatever word stands before.
fn is_clock_and_chance(id: &str) -> bool {
    let Some(start) = id.find(|c: char| c.is_ascii_digit()) else {
        return false;
    };
    let digits = &id[start..];
    let Some(clock) = digits
        .get(..13)
        .filter(|head| head.bytes().all(|b| b.is_ascii_digit()))
    else {
        return false;
    };
    let is_time = clock
        .parse::<i64>()
        .is_ok_and(|time| PLAUSIBLE.contains(&(time / 1000)));
    let chance = digits[13..].trim_start_matches(['.', '_', '-']);
    let is_fraction = chance
        .strip_prefix("0.")
        .is_some_and(|rest| rest.len() >= 4 && rest.bytes().all(|b| b.is_ascii_alphanumeric()));
    let is_base36 = chance.len() >= 5
        && chance.bytes().all(|b| b.is_ascii_alphanumeric())
        && chance.bytes().filter(u8::is_ascii_digit).count() >= 2
        && chance.bytes().filter(u8::is_ascii_alphabetic).count() >= 2;
    is_time && (is_fraction || is_base36)
}

/// Whether an e-mail address stands in the id, alone or between other parts. An id in the manner of
/// a mail's `Message-ID`, a number or a UUID before the host, is none.
pub fn holds_email(id: &str) -> bool {
    let Some(at) = memchr::memchr(b'@', id.as_bytes()) else {
        return false;
    };
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '+');
    let local = id[..at].rsplit(|c| !is_part(c)).next().unwrap_or_default();
    let domain = id[at + 1..]
        .split(|c| !is_part(c))
        .next()
        .unwrap_or_default();
    let is_number = local.bytes().all(|b| b.is_ascii_digit() || b == b'-')
        || local.len() >= 16 && local.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let ends_in_letters = domain.rsplit_once('.').is_some_and(|(host, top)| {
        let letters = top.bytes().take_while(u8::is_ascii_alphabetic).count();
        // Another part of the id may hang on the domain.
        !host.is_empty() && letters >= 2 && matches!(top.as_bytes().get(letters), None | Some(b'-'))
    });
    !is_number && ends_in_letters
}

/// Whether the event holds the id in another place, such as the address of the page: then the
/// browser can know it too.
pub fn is_seen_elsewhere(event: &Event<'_, '_>, id: &str) -> bool {
    let holds = |item: Item<'_, '_>| {
        item.descendants()
            .filter_map(Item::text)
            .any(|text| text.contains(id))
    };
    event.get(Name::EventSourceUrl).is_some_and(holds)
        || event.get(Name::ReferrerUrl).is_some_and(holds)
        || event.custom_data().is_some_and(holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_in_lower_case_and_short() {
        let whole: serde_json::Value =
            serde_json::from_str(include_str!("../../rules/tables/event-ids.json")).unwrap();
        assert!(whole["source"].is_string() && whole["date"].is_string());
        for entry in TABLE.words.iter().chain(&TABLE.samples) {
            assert_eq!(*entry, entry.to_ascii_lowercase());
            assert!(entry.len() <= LONGEST_PLACEHOLDER, "{entry}");
        }
    }

    #[test]
    fn placeholders() {
        let none = || None;
        for id in [
            "event_id",
            "EVENT_ID",
            " undefined ",
            "[object Object]",
            "order_123",
            "event.id.123",
            "{{event_id}}",
            "${eventId}",
            "550e8400-e29b-41d4-a716-446655440000",
        ] {
            assert!(is_placeholder(id, none), "{id}");
        }
        for id in [
            "order-58213",
            "1",
            "12345",
            "A-1000",
            "#1001",
            "$58213",
            "",
            "ü",
            "7f9c24e8-3b12-4fef-91e0-1b2c3d4e5f60",
        ] {
            assert!(!is_placeholder(id, none), "{id}");
        }
        assert!(!is_placeholder("order_123", || Some("123".to_owned())));
        assert!(is_placeholder("order_123", || Some("58213".to_owned())));
    }

    #[test]
    fn random_looks() {
        for id in [
            "7f9c24e8-3b12-4fef-91e0-1b2c3d4e5f60",
            "7F9C24E8-3B12-4FEF-91E0-1B2C3D4E5F60",
            "purchase_7f9c24e8-3b12-4fef-91e0-1b2c3d4e5f60",
            "7f9c24e8-3b12-4fef-91e0-1b2c3d4e5f60-purchase",
            "01907b8e-2c41-7a3f-8b52-6d1e9f0a7c35",
            "01J1A2B3C4D5E6F7G8H9JAKBMC",
            "V1StGXR8_Z5jdHi6B-myT",
            "1782399600123_k3j9x2a1b",
            "event-1782399600123-0.8372641",
        ] {
            assert!(looks_random(id), "{id}");
        }
        for id in [
            "order-58213",
            "purchase_order-58213_2026-06-25",
            "21f7f8de-8051-5b89-8680-0195ef798b6a", // version 5: made of a name
            "a3bb189e-8bf9-3888-9912-ace4e6543002", // version 3
            "1782399600123",
            "1782399600-58213",
            "1782399600123-58213",
            "d41d8cd98f00b204e9800998ecf8427e",
            "d36dc3b5ff7c80b0e5bfcdc6a8ae9bd3fc33a03bf06a8e5f3cd6a5b1bd5ed9a7",
            "667ab1c2d3e4f5061728394a",
            "cs_live_a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6",
            "gid://shopify/Order/5820493824123",
            "Order-58213-Purchase-A1",
            "SHOP-2026-000000000123-DE",
        ] {
            assert!(!looks_random(id), "{id}");
        }
    }

    #[test]
    fn emails_in_ids() {
        for id in [
            "mara.lind@posteo.example.com",
            "purchase_mara@shop.example.com_1782399600",
            "ada@posteo.de-1782399600",
        ] {
            assert!(holds_email(id), "{id}");
        }
        for id in [
            "58213@shop.example.com",
            "7f9c24e8-3b12-4fef-91e0-1b2c3d4e5f60@shop.example.com",
            "order@58213",
            "order-58213",
        ] {
            assert!(!holds_email(id), "{id}");
        }
    }

    #[test]
    fn ids_made_of_orders() {
        for (id, order) in [
            ("order-58213", "58213"),
            ("ORD58213", "ord-58213"),
            ("58213", "SHOP-58213"),
            ("1782399600123-58213", "#58213"),
        ] {
            assert!(holds(id, order), "{id}");
        }
        assert!(!holds("7f9c24e8-3b12-4fef-91e0-1b2c3d4e5f60", "58213"));
    }
}
