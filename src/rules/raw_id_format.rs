//! CL221: an id of Meta or of a device that has the wrong type or shape.

use crate::digest::{self, Shape};
use crate::event::Event;
use crate::finding::{Certainty, Effect, Findings, Severity};
use crate::fix::{Fix, quote};
use crate::json::{Item, Val};
use crate::rule::{Check, Rule};
use crate::values::name::Name;
use crate::values::single;

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

/// Ids of which Meta documents no more than that they are text.
const OPAQUE: [Name; 2] = [Name::AnonId, Name::SubscriptionId];

const BITS: u128 = {
    let (mut bits, mut at) = (Name::Madid.bit() | Name::CtwaClid.bit(), 0);
    bits |= Name::AnonId.bit() | Name::SubscriptionId.bit();
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
    let others = [Name::Madid, Name::CtwaClid].into_iter().chain(OPAQUE);
    for name in NUMBERS.into_iter().chain(others) {
        let Some(value) = event.user(name) else {
            continue;
        };
        let told = out.len();
        for value in value.each() {
            match name {
                Name::Madid => check_device(event, value, out),
                Name::CtwaClid => check_click(event, value, out),
                Name::AnonId | Name::SubscriptionId => check_opaque(value, name, out),
                _ => check_number(event, value, name, out),
            }
        }
        single::tell_list(event, name, told, out);
    }
}

/// Whether other rules speak of the value, or a log hides it.
fn is_of_others(text: &str) -> bool {
    digest::is_nothing_word(text)
        || digest::is_hidden(text)
        || digest::is_raw_template(text)
        || matches!(Shape::of(text), Shape::Sha256 | Shape::UpperHex)
}

/// What the value of a number's key is.
enum Number {
    /// This many digits, and nothing else.
    Digits(usize),
    /// The digits that are meant, written otherwise in a way that loses none of them.
    Dressed(&'static str, String),
    /// No id, for a reason.
    Wrong(&'static str),
    /// A lead's id behind a label.
    Labelled,
    /// Blank, or another rule's.
    Passed,
}

fn read_number(value: Item<'_, '_>) -> Number {
    match value.val() {
        _ if value.is_blank() => Number::Passed,
        Val::Int(0) => Number::Wrong("is 0, which is nobody's id"),
        Val::Int(..0) => Number::Wrong("is a negative number"),
        Val::Int(number) => Number::Digits(number.ilog10() as usize + 1),
        Val::Float(number) => match whole(number) {
            Some(number) => Number::Dressed(
                "is written with a decimal point or an exponent",
                number.to_string(),
            ),
            None => Number::Wrong("was turned into a floating-point number, which loses digits"),
        },
        Val::Text(text) => match text.trim() {
            bare if is_of_others(bare) => Number::Passed,
            bare if bare.bytes().all(|b| b == b'0') => {
                Number::Wrong("is all zeros, which is nobody's id")
            }
            bare if bare.bytes().all(|b| b.is_ascii_digit()) => match bare == text {
                true => Number::Digits(text.len()),
                false => Number::Dressed("has white space around it", quote(bare)),
            },
            bare if labelled(bare) => Number::Labelled,
            _ => Number::Wrong("is not a number"),
        },
        _ => Number::Wrong("is not a number"),
    }
}

/// The whole number that a float is, where nothing was lost: below 2^53, and not rounded to the
/// fifteen digits that spreadsheets keep.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() != 0.0 || !(1.0..EXACT).contains(&number) {
        return None;
    }
    let number = number as i64;
    (number < 1_000_000_000_000_000 || number % 10 != 0).then_some(number)
}

fn check_number(event: &Event<'_, '_>, value: Item<'_, '_>, name: Name, out: &mut Findings) {
    let of_lead = name == Name::LeadId;
    let digits = match read_number(value) {
        Number::Passed => return,
        Number::Digits(digits) => digits,
        Number::Dressed(how, json) => {
            let digits = json.bytes().filter(u8::is_ascii_digit).count();
            if !of_lead || LEAD_DIGITS.contains(&digits) {
                dressed(event, value, &format!("{name} {how}"), json, out);
            }
            digits
        }
        Number::Labelled if of_lead => {
            let message = "lead_id has a label before its digits, as Meta's exports write it";
            out.at(value, message)
                .help("send the digits behind the colon alone");
            return;
        }
        Number::Labelled => return wrong(value, name, "is not a number", out),
        Number::Wrong(why) => return wrong(value, name, why, out),
    };
    if of_lead && !LEAD_DIGITS.contains(&digits) {
        let plural = if digits == 1 { "" } else { "s" };
        out.at(
            value,
            format!("lead_id has {digits} digit{plural}; Meta's have 15 to 17"),
        );
    }
}

fn wrong(value: Item<'_, '_>, name: Name, why: &str, out: &mut Findings) {
    let finding = out.at(value, format!("{name} {why}"));
    if name != Name::LeadId {
        finding.effect(Effect::Ignored).certainty(Certainty::Strong);
    }
}

/// The right id, written otherwise than Meta gives it: whether Meta reads it all the same, nobody
/// knows.
fn dressed(
    event: &Event<'_, '_>,
    value: Item<'_, '_>,
    message: &str,
    json: String,
    out: &mut Findings,
) {
    let at = value.pointer_from(event.root().place());
    let title = match value.val() {
        Val::Float(_) => "write it as a whole number",
        _ => "remove the white space",
    };
    out.at(value, message)
        .severity(Severity::Warning)
        .certainty(Certainty::Strong)
        .effect(Effect::Unknown)
        .spoils(false)
        .fix(Fix::safe(title).replace(at, json));
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

fn check_device(event: &Event<'_, '_>, value: Item<'_, '_>, out: &mut Findings) {
    let message = match value.val() {
        _ if value.is_blank() => return,
        Val::Text(text) if is_of_others(text) => return,
        Val::Text(text) if !is_uuid(text.trim()) => {
            "madid is not an advertising id, which is a UUID with its dashes"
        }
        Val::Text(text) if text.trim().bytes().all(|b| matches!(b, b'0' | b'-')) => {
            "madid is all zeros: the person has switched the advertising id off"
        }
        Val::Text(text) => return spaced(event, value, text, Name::Madid, out),
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

/// White space around an id that is right otherwise.
fn spaced(event: &Event<'_, '_>, value: Item<'_, '_>, text: &str, name: Name, out: &mut Findings) {
    if text.trim() != text {
        let message = format!("{name} has white space around it");
        dressed(event, value, &message, quote(text.trim()), out);
    }
}

fn check_click(event: &Event<'_, '_>, value: Item<'_, '_>, out: &mut Findings) {
    let message = match value.val() {
        _ if value.is_blank() => return,
        Val::Text(text) if is_of_others(text) => return,
        Val::Text(whole) => {
            let text = whole.trim();
            let is_token = text.bytes().all(|b| {
                b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'=' | b'+')
            });
            if is_token && !text.contains("ctwa_clid=") {
                return spaced(event, value, whole, Name::CtwaClid, out);
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

/// A number may be such an id, where a program did not write it as text.
fn check_opaque(value: Item<'_, '_>, name: Name, out: &mut Findings) {
    if matches!(value.val(), Val::Object | Val::List | Val::Bool(_)) && !value.is_blank() {
        let kind = value.val().kind();
        wrong(value, name, &format!("is {kind}, not text"), out);
    }
}
