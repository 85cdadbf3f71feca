//! CL221: an id of Meta or of a device that has the wrong type or shape.

use crate::digest::{self, Shape};
use crate::event::Event;
use crate::finding::{Certainty, Effect, Findings};
use crate::json::{Item, Val};
use crate::rule::{Check, Rule};
use crate::values::name::Name;

/// See `rules/raw-id-format.md`.
pub static RULE: Rule = crate::rule!("raw-id-format", Check::Event(check));

/// Ids of accounts, pages and people at Meta: numbers.
const NUMBERS: [Name; 8] = [
    Name::LeadId,
    Name::FbLoginId,
    Name::PageId,
    Name::PageScopedUserId,
    Name::IgAccountId,
    Name::IgSid,
    Name::WhatsappBusinessAccountId,
    Name::InstagramBusinessAccountId,
];

const BITS: u128 = {
    let (mut bits, mut at) = (Name::Madid.bit() | Name::CtwaClid.bit(), 0);
    while at < NUMBERS.len() {
        bits |= NUMBERS[at].bit();
        at += 1;
    }
    bits
};

/// How many digits a lead's id has.
const LEAD_DIGITS: std::ops::RangeInclusive<usize> = 15..=17;

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    if event.names().1 & BITS == 0 {
        return;
    }
    let values = |name| event.user(name).into_iter().flat_map(Item::each);
    for name in NUMBERS {
        for value in values(name) {
            check_number(value, name, out);
        }
    }
    for value in values(Name::Madid) {
        check_device(value, out);
    }
    for value in values(Name::CtwaClid) {
        check_click(value, out);
    }
}

/// Whether other rules speak of the value, or a log hides it.
fn is_of_others(text: &str) -> bool {
    digest::is_nothing_word(text)
        || digest::is_hidden(text)
        || digest::is_raw_template(text)
        || matches!(Shape::of(text), Shape::Sha256 | Shape::UpperHex)
}

fn check_number(value: Item<'_, '_>, name: Name, out: &mut Findings) {
    let of_lead = name == Name::LeadId;
    let (message, digits) = match value.val() {
        _ if value.is_blank() => return,
        Val::Int(number) if number > 0 => (None, number.ilog10() as usize + 1),
        Val::Text(text) => match text.trim() {
            text if is_of_others(text) => return,
            text if text.bytes().all(|b| b.is_ascii_digit()) => (None, text.len()),
            text if of_lead && labelled(text) => (
                Some("lead_id has a label before its digits, as Meta's exports write it"),
                0,
            ),
            _ => (Some("is not a number"), 0),
        },
        Val::Float(_) => (
            Some("was turned into a floating-point number, which loses digits"),
            0,
        ),
        _ => (Some("is not a number"), 0),
    };
    match message {
        Some(message) if message.starts_with("lead_id") => {
            out.at(value, message)
                .help("send the digits behind the colon alone");
        }
        Some(message) => {
            let finding = out.at(value, format!("{name} {message}"));
            if !of_lead {
                finding.effect(Effect::Ignored).certainty(Certainty::Strong);
            }
        }
        None if of_lead && !LEAD_DIGITS.contains(&digits) => {
            let plural = if digits == 1 { "" } else { "s" };
            out.at(
                value,
                format!("lead_id has {digits} digit{plural}; Meta's have 15 to 17"),
            );
        }
        None => {}
    }
}

/// Whether letters and a colon stand before digits: `l:` is how exports of leads write the id.
fn labelled(text: &str) -> bool {
    text.split_once(':').is_some_and(|(label, digits)| {
        !label.is_empty()
            && label.bytes().all(|b| b.is_ascii_alphabetic())
            && !digits.is_empty()
            && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

fn check_device(value: Item<'_, '_>, out: &mut Findings) {
    let message = match value.val() {
        _ if value.is_blank() => return,
        Val::Text(text) if is_of_others(text) => return,
        Val::Text(text) if !is_uuid(text.trim()) => {
            "madid is not an advertising id, which is a UUID with its dashes"
        }
        Val::Text(text) if text.bytes().all(|b| matches!(b, b'0' | b'-' | b' ')) => {
            "madid is all zeros: the person has switched the advertising id off"
        }
        Val::Text(_) => return,
        _ => "madid is not an advertising id, which is a UUID as text",
    };
    out.at(value, message)
        .effect(Effect::Ignored)
        .help("send the advertising id as the system gives it, and nothing when it is all zeros");
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn check_click(value: Item<'_, '_>, out: &mut Findings) {
    let message = match value.val() {
        _ if value.is_blank() => return,
        Val::Text(text) if is_of_others(text) => return,
        Val::Text(text) => {
            let text = text.trim();
            let is_token = text.bytes().all(|b| {
                b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'=' | b'+')
            });
            if is_token && !text.contains("ctwa_clid=") {
                return;
            }
            "ctwa_clid holds more than the click id of the message"
        }
        _ => "ctwa_clid is not text",
    };
    out.at(value, message)
        .effect(Effect::Ignored)
        .certainty(Certainty::Strong)
        .help("send the value of ctwa_clid from the first message's referral as it is");
}
