//! CL121: external_id names no person: it is the event, the order, the address, the browser, or
//! the same for everybody.

use std::io::{self, Write as _};
use std::net::IpAddr;

use once_cell::sync::Lazy;

use crate::digest::worthless::Standing;
use crate::digest::{self, Shape, looks_like_email, prefix_of, prefix_of_hex, sha256};
use crate::event::{Event, Identifier};
use crate::finding::{Certainty, Effect, Findings};
use crate::fix::{Fix, Safety};
use crate::json::{Item, Val};
use crate::ledger::people::{self, Crowd};
use crate::ledger::{Evidence, LogFindings, Needs, Visit};
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::score::ScoreKey;
use crate::values::click_id::Stamped;
use crate::values::name::Name;
use crate::values::plain::{self, Reading};

use super::identifier_never_repeats::never_repeats;

/// See `rules/external-id-not-a-person.md`.
pub static RULE: Rule = crate::rule!(
    "external-id-not-a-person",
    Check::Event(check),
    conclude,
    Needs::VISITS.and(Needs::STANDINGS),
    Safety::Unsafe
);

/// What shops send for visitors who have no account.
const NOBODY: [&str; 20] = [
    "0",
    "-1",
    "00",
    "guest",
    "guest_user",
    "guestuser",
    "anonymous",
    "anon",
    "not_logged_in",
    "notloggedin",
    "logged_out",
    "loggedout",
    "visitor",
    "unknown",
    "default",
    "user_id",
    "userid",
    "customer_id",
    "external_id",
    "no_id",
];

/// The digests of [`NOBODY`], as they are and in their usual capitals.
static NOBODY_DIGESTS: Lazy<Vec<[u8; 32]>> = Lazy::new(|| {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    let words = NOBODY
        .iter()
        .flat_map(|word| [(*word).to_owned(), word.to_uppercase(), capital(word)]);
    words.map(|word| sha256(word.as_bytes())).collect()
});

const NIL_UUID: &str = "00000000-0000-0000-0000-000000000000";

/// What an external_id is instead of a person.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Instead {
    Nobody,
    Address,
    EventId,
    OrderId,
    Browser,
    Url,
    Email,
    Phone,
}

impl Instead {
    const fn what(self) -> &'static str {
        match self {
            Instead::Nobody => "what shops send for everybody without an account",
            Instead::Address => "an IP address",
            Instead::EventId => "the event_id",
            Instead::OrderId => "the order_id",
            Instead::Browser => "a browser or click id",
            Instead::Url => "a URL",
            Instead::Email => "an e-mail in plain",
            Instead::Phone => "a phone number in plain",
        }
    }
}

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    if event.names().1 & Name::ExternalId.bit() == 0 {
        return;
    }
    for identifier in event.identifiers() {
        if identifier.name != Name::ExternalId {
            continue;
        }
        let item = event.item(identifier.place);
        if let Some(lessons) = &event.witnesses.lessons
            && lessons.is_of_everybody(event, identifier)
        {
            let pointer = item.pointer_from(event.root().place());
            let fix = Fix::needs_consent("remove the value that stands for everybody in the log");
            out.at(
                item,
                "external_id is the one that the log has for everybody",
            )
            .certainty(Certainty::Strong)
            .effect(Effect::Misattributed)
            .fix(fix.remove(pointer));
            continue;
        }
        match (identifier.shape, item.val()) {
            (Shape::Sha256 | Shape::UpperHex, _) => {
                if let Some(instead) = behind_digest(event, identifier) {
                    report(event, item, instead, true, out);
                }
            }
            (Shape::Nothing | Shape::Template | Shape::Redacted, _) => {}
            (_, Val::Text(text)) => {
                if let Some(instead) = in_plain(event, digest::strip_appendix(text).trim()) {
                    report(event, item, instead, false, out);
                }
            }
            (_, Val::Int(number)) => {
                let mut buffer = [0; 24];
                if let Some(instead) = in_plain(event, digits_of(number, &mut buffer)) {
                    report(event, item, instead, false, out);
                }
            }
            (Shape::WrongType, value) => wrong_type(event, item, value, out),
            _ => {}
        }
    }
}

/// Whole numbers are ids in the eyes of all; the rest is no text and will not be read as one.
fn wrong_type(event: &Event<'_, '_>, item: Item<'_, '_>, value: Val<'_>, out: &mut Findings) {
    let (is_blank, is_false) = (item.is_blank(), value == Val::Bool(false));
    if is_blank || is_false || item.is_list() {
        return;
    }
    let at = item.pointer_from(event.root().place());
    let fix = match value {
        Val::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => Some(
            Fix::needs_consent("write the whole number as text")
                .replace_text(at, &(number as i64).to_string()),
        ),
        _ => None,
    };
    out.at(item, format!("external_id is {}, not text", value.kind()))
        .certainty(Certainty::Strong)
        .fix_if(fix);
}

fn report(
    event: &Event<'_, '_>,
    item: Item<'_, '_>,
    instead: Instead,
    hashed: bool,
    out: &mut Findings,
) {
    let of = if hashed { "the digest of " } else { "" };
    let pointer = item.pointer_from(event.root().place());
    let finding = out.at(item, format!("external_id is {of}{}", instead.what()));
    let contact = match instead {
        Instead::Email => Some(Name::Em),
        Instead::Phone => Some(Name::Ph),
        _ => None,
    };
    if instead == Instead::Nobody {
        finding.effect(Effect::Misattributed);
    }
    // A contact is a person, after all; it only must not stand there for everybody to read.
    if let Some(name) = contact {
        finding
            .effect(Effect::Leaked)
            .certainty(Certainty::Strong)
            .spoils(false)
            .help(
                "send the id of the customer in your system, or the digest, here and in the pixel",
            );
        let text = item.text().unwrap_or_default();
        if let Reading::Digest(digest, _) = plain::read_text(name, text, event) {
            let title = "hash it, if the pixel sends the digest too";
            finding.fix(Fix::needs_consent(title).replace_text(pointer, &digest));
        }
        return;
    }
    finding.fix(Fix::needs_consent("remove the value, if it is nobody's id").remove(pointer));
}

/// Writes a number's digits into a buffer.
fn digits_of(number: i64, buffer: &mut [u8; 24]) -> &str {
    let mut rest = &mut buffer[..];
    // An i64 has at most 20 signs.
    let written = match write!(rest, "{number}") {
        Ok(()) => 24 - rest.len(),
        Err(_) => 0,
    };
    std::str::from_utf8(&buffer[..written]).unwrap_or_default()
}

pub(super) fn in_plain(event: &Event<'_, '_>, text: &str) -> Option<Instead> {
    // Numbers under 10 alone are such words and end with a digit, which most ids do.
    let may_be_word =
        text.len() <= 2 || (text.len() <= 13 && !text.ends_with(|c: char| c.is_ascii_digit()));
    let is = |word: &&str| text.eq_ignore_ascii_case(word);
    if may_be_word && NOBODY.iter().any(is) || text == NIL_UUID {
        return Some(Instead::Nobody);
    }
    if is_this_order(event, text) {
        return Some(Instead::OrderId);
    }
    if tells_of_the_event(event) && event.get(Name::EventId).and_then(Item::text) == Some(text) {
        return Some(Instead::EventId);
    }
    let bytes = text.as_bytes();
    if bytes.starts_with(b"fb.") && Stamped::parse(text).is_some() {
        return Some(Instead::Browser);
    }
    if bytes.starts_with(b"http") && text.contains("://") {
        return Some(Instead::Url);
    }
    if memchr::memchr2(b'.', b':', bytes).is_some() && text.parse::<IpAddr>().is_ok() {
        return Some(Instead::Address);
    }
    if memchr::memchr(b'@', bytes).is_some() && looks_like_email(text) {
        return Some(Instead::Email);
    }
    let is_phone = bytes.first() == Some(&b'+')
        && bytes
            .iter()
            .all(|b| b.is_ascii_digit() || b"+ -()./".contains(b))
        && (8..=15).contains(&bytes.iter().filter(|b| b.is_ascii_digit()).count());
    is_phone.then_some(Instead::Phone)
}

fn is_this_order(event: &Event<'_, '_>, text: &str) -> bool {
    match event.custom(Name::OrderId).map(Item::val) {
        Some(Val::Text(order)) => order.trim() == text && !text.is_empty(),
        Some(Val::Int(order)) => text.parse() == Ok(order),
        _ => false,
    }
}

/// Whether one person has many events of this kind. What happens once in a lifetime, such as an
/// account being made, may well have the person's id for its own.
fn tells_of_the_event(event: &Event<'_, '_>) -> bool {
    const OFTEN: [&str; 9] = [
        "Purchase",
        "PageView",
        "ViewContent",
        "AddToCart",
        "InitiateCheckout",
        "AddPaymentInfo",
        "AddToWishlist",
        "Search",
        "CustomizeProduct",
    ];
    event.name().is_some_and(|name| OFTEN.contains(&name))
}

/// What the digest is the digest of, when that is something else of the same event.
fn behind_digest(event: &Event<'_, '_>, identifier: &Identifier<'_>) -> Option<Instead> {
    // Other rules speak of those.
    if let Some(entry) = identifier.worthless
        && entry.standing(Name::ExternalId) > Standing::Right
    {
        return None;
    }
    let hex = &*identifier.digits()?;
    let prefix = prefix_of_hex(hex);
    let is =
        |digest: &[u8; 32]| prefix_of(digest) == prefix && digest::decode(hex) == Some(*digest);
    if NOBODY_DIGESTS.iter().any(is) {
        return Some(Instead::Nobody);
    }
    let mut buffer = [0; 24];
    let order = match event.custom(Name::OrderId).map(Item::val) {
        Some(Val::Text(order)) => Some(order.trim()),
        Some(Val::Int(order)) => Some(digits_of(order, &mut buffer)),
        _ => None,
    };
    let event_id = event.get(Name::EventId).and_then(Item::text);
    let address = event.user(Name::ClientIpAddress).and_then(Item::text);
    [
        (order, Instead::OrderId),
        (
            event_id.filter(|_| tells_of_the_event(event)),
            Instead::EventId,
        ),
        (address.map(digest::strip_appendix), Instead::Address),
        (event.user(Name::Fbp).and_then(Item::text), Instead::Browser),
        (
            event.get(Name::EventSourceUrl).and_then(Item::text),
            Instead::Url,
        ),
    ]
    .into_iter()
    .find(|(text, _)| text.is_some_and(|text| !text.is_empty() && is(&sha256(text.as_bytes()))))
    .map(|(_, instead)| instead)
}

/// A value on more of the visits than this is nobody's account, if it is on so many browsers at so
/// many addresses, too.
const SHARE: f64 = 0.2;
const CROWD: usize = 20;

/// The values that stand for everybody in a dataset or site.
pub(super) fn constants(log: &Evidence<'_>) -> io::Result<Vec<Crowd>> {
    let mut crowds = people::constants(log, |visit| visit.external_id, SHARE)?;
    crowds.retain(|crowd| crowd.browsers.number().min(crowd.addresses.number()) >= CROWD);
    Ok(crowds)
}

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    for crowd in constants(log)? {
        if let Some(lessons) = out.lessons(Safety::Unsafe) {
            lessons.of_everybody(Name::ExternalId, crowd.value, crowd.scope);
        }
        (out.convict()).value(ScoreKey::ExternalId, crowd.value, crowd.scope);
        let message = format!(
            "one external_id stands on {}, {} % of those that have one, of {} browsers at {} addresses",
            count(crowd.events.number, "event"),
            crowd.percent(),
            crowd.browsers.words(),
            crowd.addresses.words()
        );
        out.at(crowd.events.first(), "/user_data/external_id", message)
            .certainty(Certainty::Strong)
            .effect(Effect::Misattributed)
            .places_of(&crowd.events, "visitor with it")
            .events(crowd.events.number);
    }
    let others = [
        (|visit: &Visit| visit.email.into()) as fn(&Visit) -> u64,
        |visit: &Visit| visit.phone.into(),
    ];
    for found in never_repeats(log, |visit| visit.external_id, &others)? {
        if found.held {
            out.convict().fresh(ScoreKey::ExternalId, found.scope);
        }
        let message = format!(
            "external_id is new with every event of {}, {} in all",
            count(found.browsers, "browser"),
            count(found.events.number, "event")
        );
        out.at(found.events.first(), "/user_data/external_id", message)
            .certainty(match found.held {
                true => Certainty::Strong,
                false => Certainty::Heuristic,
            })
            .without_fix()
            .places_of(&found.events, "event with a new value")
            .events(found.events.number);
    }
    Ok(())
}
