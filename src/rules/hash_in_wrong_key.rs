//! CL113: the digest of a value that belongs to another key.

use crate::digest::forms::{self, Fault};
use crate::digest::mistakes::Mistake;
use crate::event::Event;
use crate::finding::Findings;
use crate::fix::{Fix, quote};
use crate::json::Pointer;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::Name;

/// See `rules/hash-in-wrong-key.md`.
pub static RULE: Rule = crate::rule!("hash-in-wrong-key", Check::Event(check)).when(Signs::MISTAKE);

const EXCHANGE: &str = "exchange the two digests";

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let mut filled: Vec<Name> = Vec::new();
    for mistake in event.mistakes() {
        if mistake.fault != Fault::WrongKey {
            continue;
        }
        let Some(key) = mistake.belongs else { continue };
        let item = event.item(mistake.place);
        let pointer = item.pointer_from(event.root().place());
        let message = format!(
            "{} is the digest of {}, not of {}",
            mistake.name,
            mistake.what,
            thing(mistake.name)
        );
        let user_data = Pointer::root().key(Name::UserData.text());
        let fix = if let Some((place, other)) = exchanged(event, mistake, key)
            && let Some(right) = mistake.right()
        {
            Fix::safe(EXCHANGE)
                .replace_text(pointer, &other)
                .replace_text(place, &right)
        } else if let Some((place, other)) = state_in(event, mistake, key)
            && let Some(right) = mistake.right()
        {
            Fix::needs_consent(EXCHANGE)
                .replace_text(pointer, &other)
                .replace_text(place, &right)
        } else if mistake.is_there() {
            Fix::safe("remove the digest").remove(pointer)
        } else if event.user(key).is_some() || filled.contains(&key) {
            Fix::needs_consent("remove the digest").remove(pointer)
        } else if let Some(right) = mistake.right() {
            // Nothing stands there, and this is the first of several.
            filled.push(key);
            Fix::safe(format!("move the digest to {key}"))
                .remove(pointer)
                .insert(user_data, key.text(), quote(&right))
        } else {
            Fix::needs_consent("remove the digest").remove(pointer)
        };
        out.at(item, message)
            .help(format!("send it as {key}"))
            .fix(fix);
    }
}

/// Where the value of `mistake`'s own key stands and what it should be, when the two have changed
/// places and each is the only value of its key.
fn exchanged(event: &Event<'_, '_>, mistake: &Mistake, key: Name) -> Option<(Pointer, String)> {
    let alone = |name| {
        event
            .identifiers()
            .iter()
            .filter(|it| it.name == name)
            .count()
            == 1
    };
    let other = event
        .mistakes()
        .iter()
        .find(|other| other.name == key && other.belongs == Some(mistake.name))?;
    if !alone(key) || !alone(mistake.name) {
        return None;
    }
    let place = event.item(other.place).pointer_from(event.root().place());
    Some((place, other.right()?))
}

/// Where the code of a state stands in the place of the town that stands in place of the state, and
/// the code. There are towns of two letters, so that the code alone is no mistake.
fn state_in(event: &Event<'_, '_>, mistake: &Mistake, key: Name) -> Option<(Pointer, String)> {
    if (mistake.name, key) != (Name::St, Name::Ct) {
        return None;
    }
    let only = |name| {
        let mut all = event.identifiers().iter().filter(|it| it.name == name);
        all.next().filter(|_| all.next().is_none())
    };
    only(Name::St)?;
    let city = only(key)?;
    let digits = city.digits()?;
    let place = event.item(city.place).pointer_from(event.root().place());
    let code = format!("{digits}{}", city.appendix());
    forms::is_right(Name::St, &digits).then_some((place, code))
}

/// What belongs into a key.
fn thing(name: Name) -> &'static str {
    match name {
        Name::Ge => "a gender",
        Name::Country => "a country code",
        Name::St => "a state",
        Name::Ct => "a city",
        Name::Zp => "a postcode",
        Name::Db => "a birth date",
        _ => "a name",
    }
}
