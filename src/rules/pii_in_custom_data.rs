//! CL613: personal data in custom_data, where nothing is hashed.

use crate::digest;
use crate::event::Event;
use crate::finding::{Certainty, Findings, Severity};
use crate::fix::{Fix, Safety};
use crate::json::{Item, Val};
use crate::rule::{Check, Rule};
use crate::values::name::Name;
use crate::values::personal::{self, Kind};
use crate::values::secret::{self, MASK};

/// See `rules/pii-in-custom-data.md`.
pub static RULE: Rule = crate::rule!("pii-in-custom-data", Check::Event(check));

/// Meta's own keys that may hold any text. Those of user_data are misplaced-key's, but for a phone,
/// which it leaves alone: `ph` is also a measure of acidity.
const OF_TEXT: u128 = Name::ContentName.bit()
    | Name::ContentCategory.bit()
    | Name::SearchString.bit()
    | Name::OrderId.bit()
    | Name::ItemNumber.bit()
    | Name::Status.bit()
    | Name::EventSource.bit()
    | Name::LeadEventSource.bit()
    | Name::Title.bit()
    | Name::Description.bit()
    | Name::Ph.bit();

/// Keys of user_data, and user_data itself, that are copies of what stands in its place: the others
/// are misplaced-key's.
const COPIES: u128 =
    Name::Em.bit() | Name::Fn.bit() | Name::Ln.bit() | Name::Db.bit() | Name::UserData.bit();

/// What was bought: ids, numbers and words of a catalogue, among which an e-mail can stand too.
const GOODS: u128 = Name::Contents.bit() | Name::ContentIds.bit();

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let (_, _, custom) = event.names();
    if custom & (OF_TEXT | GOODS | COPIES) == 0 && !event.has_unnamed_custom_keys() {
        return;
    }
    let Some(custom_data) = event.custom_data() else {
        return;
    };
    for member in custom_data.children() {
        match member.name() {
            Some(name) if name.bit() & GOODS != 0 => {
                goods(event, member, out);
                continue;
            }
            Some(name) if name.bit() & COPIES != 0 => {
                copy(event, member, name, out);
                continue;
            }
            Some(name) if name.bit() & OF_TEXT == 0 => continue,
            _ => {}
        }
        let is_list_or_object = matches!(member.val(), Val::List | Val::Object);
        if member.is_object()
            && personal::kind_of_key(member.key()) == Some(Kind::Address)
            && !member.is_blank()
        {
            report(event, member, Kind::Address, None, out);
        } else if is_list_or_object {
            for inner in member.descendants().skip(1) {
                value(event, inner, key_of(inner, member), out);
            }
        } else {
            value(event, member, member.key(), out);
        }
    }
}

/// A key of user_data, or the whole of it, that stands in its place as well. `fn` is a function and
/// `db` a database elsewhere: alone they count when they are the customer's.
fn copy(event: &Event<'_, '_>, member: Item<'_, '_>, name: Name, out: &mut Findings) {
    if name == Name::UserData {
        let is_there = event.user_data().is_some_and(|data| !data.is_blank());
        for inner in member.descendants().skip(1).filter(|_| is_there) {
            if let Some(kind) = personal::shown_by(inner) {
                report(event, inner, kind, inner.text().map(str::trim), out);
            }
        }
        return;
    }
    if name == Name::Em && event.user(name).is_none_or(Item::is_blank) {
        return;
    }
    let tells = |other: &Item<'_, '_>| {
        other
            .name()
            .is_some_and(|name| personal::kind_of_name(name).is_some())
            && other
                .each()
                .any(|value| personal::shown_by(value).is_some())
    };
    let beside = event.custom_data().into_iter().flat_map(Item::children);
    let in_company = beside.filter(tells).count() > 1;
    for value in member.each() {
        let (Some(kind), Some(text)) = (personal::shown_by(value), value.text()) else {
            continue;
        };
        let is_certain = kind == Kind::Email || in_company;
        if is_certain || personal::is_of_customer(event, kind, text) {
            report(event, value, kind, Some(text.trim()), out);
        }
    }
}

/// The items of contents, or content_ids: an e-mail anywhere, and what a key of the sender's own
/// announces.
fn goods(event: &Event<'_, '_>, member: Item<'_, '_>, out: &mut Findings) {
    // A street there is that of the hotel or the house that was sold.
    let is_of_person =
        |item: Item<'_, '_>| !personal::kind_of_key(item.key()).is_some_and(Kind::is_doubtful);
    for item in member.descendants() {
        if item.name().is_none() && !item.key().is_empty() && is_of_person(item) {
            value(event, item, item.key(), out);
        } else if let Some(email) = item.text().and_then(personal::email_inside) {
            report(event, item, Kind::Email, Some(email), out);
        }
    }
}

/// The key of a value, or of the list in which it stands.
fn key_of<'a>(item: Item<'_, 'a>, member: Item<'_, 'a>) -> &'a str {
    match item.parent() {
        Some(list) if list.is_list() => list.key(),
        Some(_) => item.key(),
        None => member.key(),
    }
}

fn value(event: &Event<'_, '_>, item: Item<'_, '_>, key: &str, out: &mut Findings) {
    let kind = match Name::of(key) {
        Some(Name::Ph) => Some(Kind::Phone),
        Some(_) => None,
        None => personal::kind_of_key(key),
    };
    let kind = kind.filter(|kind| {
        !matches!(
            kind,
            Kind::PerhapsCredential | Kind::PerhapsPassword | Kind::OrderKey
        )
    });
    let of_business = || is_of_business(event, item);
    let text = match item.val() {
        Val::Text(text) => text,
        Val::Int(number) if number > 999_999_999 && kind == Some(Kind::Phone) => {
            if !of_business() {
                report(event, item, Kind::Phone, None, out);
            }
            return;
        }
        _ => return,
    };
    if let Some(email) = personal::email_inside(text) {
        report(event, item, Kind::Email, Some(email), out);
        in_note(event, item, key, text, out);
    } else if let Some(kind) = kind.filter(|kind| kind.fits(text) && !digest::is_digest(text)) {
        let may_be_business = matches!(
            kind,
            Kind::Phone | Kind::Address | Kind::PerhapsAddress | Kind::AnyAddress
        );
        let is_business = may_be_business && of_business();
        if !is_business && secret::tokens(text).next().is_none() {
            report(event, item, kind, Some(text.trim()), out);
        }
    } else if kind.is_none() && personal::is_international_phone(text) && !of_business() {
        let look = "a value looks like a phone number";
        out.at(item, look)
            .severity(Severity::Warning)
            .certainty(Certainty::Heuristic)
            .fix(removal(event, item, Safety::Unsafe));
    } else {
        in_note(event, item, key, text, out);
    }
}

/// A phone among the words of a note, which may be the one of a shop or of a courier.
fn in_note(event: &Event<'_, '_>, item: Item<'_, '_>, key: &str, text: &str, out: &mut Findings) {
    if !personal::is_note(key) || is_of_business(event, item) {
        return;
    }
    let Some(phone) = personal::phone_inside(text) else {
        return;
    };
    if personal::is_of_customer(event, Kind::Phone, phone) {
        report(event, item, Kind::Phone, Some(phone), out);
        return;
    }
    let at = item.pointer_from(event.root().place());
    let fix = Fix::needs_consent("write REDACTED in place of the phone, if it tells of a person");
    out.at(
        item,
        "a text of custom_data holds what looks like a phone number",
    )
    .severity(Severity::Warning)
    .certainty(Certainty::Heuristic)
    .fix(fix.replace_text(at, &text.replace(phone, MASK)));
}

/// Whether the key of the value, or of an object around it, speaks of who sells: a shop's phone and
/// a shop's street are on its door.
fn is_of_business(event: &Event<'_, '_>, item: Item<'_, '_>) -> bool {
    let custom_data = event.custom_data().map(Item::place);
    std::iter::successors(Some(item), |item| item.parent())
        .take_while(|item| Some(item.place()) != custom_data)
        .any(|item| personal::names_a_business(item.key()))
}

fn report(
    event: &Event<'_, '_>,
    item: Item<'_, '_>,
    kind: Kind,
    found: Option<&str>,
    out: &mut Findings,
) {
    let of_customer = found.is_some_and(|text| personal::is_of_customer(event, kind, text));
    let whose = if of_customer {
        ", the customer's own"
    } else {
        ""
    };
    let whole = item.text().map(str::trim);
    let part = found.filter(|found| whole.is_some_and(|whole| whole != *found));
    let message = match part {
        Some(_) => format!("a text of custom_data holds {}{whose}", kind.phrase()),
        None => format!("a value of custom_data is {}{whose}", kind.phrase()),
    };
    // An item of contents is nothing without an id.
    let masked = part.or(found.filter(|_| item.name() == Some(Name::Id)));
    let fix = match (masked, item.text()) {
        // The rest of a note or of a search may be of use.
        (Some(part), Some(text)) => {
            let at = item.pointer_from(event.root().place());
            Fix::safe("write REDACTED in place of what tells of a person")
                .replace_text(at, &text.replace(part, MASK))
        }
        _ if kind.is_doubtful() => removal(event, item, Safety::Unsafe),
        _ => removal(event, item, Safety::Safe),
    };
    let finding = out.at(item, message);
    finding.fix(fix);
    if of_customer {
        finding.certainty(Certainty::Proof);
    } else if kind.is_doubtful() {
        finding
            .severity(Severity::Warning)
            .certainty(Certainty::Heuristic);
    }
}

fn removal(event: &Event<'_, '_>, item: Item<'_, '_>, safety: Safety) -> Fix {
    let fix = match safety {
        Safety::Safe => Fix::safe("take the value away"),
        Safety::Unsafe => Fix::needs_consent("take the value away, if it tells of a person"),
    };
    fix.remove(item.pointer_from(event.root().place()))
}
