//! CL614: health, money, children, cards and accounts.

use crate::digest;
use crate::event::Event;
use crate::finding::{Certainty, Findings};
use crate::json::{Item, Val};
use crate::rule::{Check, Rule};
use crate::values::event_name::STANDARD;
use crate::values::name::Name;
use crate::values::percent::decoded;
use crate::values::sensitive::{self, Number, Topic};
use crate::values::web_address::WebAddress;

/// See `rules/sensitive-data.md`.
pub static RULE: Rule = crate::rule!(
    "sensitive-data",
    Check::Several(&[Check::Addresses(in_addresses), Check::Event(check)])
);

/// Meta's own keys that hold what people read, write and choose.
const OF_TEXT: u128 =
    Name::ContentName.bit() | Name::ContentCategory.bit() | Name::SearchString.bit();

fn in_addresses(event: &Event<'_, '_>, out: &mut Findings) {
    for name in [Name::EventSourceUrl, Name::ReferrerUrl] {
        if let Some(item) = event.get(name)
            && let Some(text) = item.text()
        {
            address(name, item, text, out);
        }
    }
}

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    if let Some(name) = event.name()
        && !STANDARD.contains(name)
        && let (Some(topic), Some(item)) = (sensitive::topic_in(name), event.get(Name::EventName))
    {
        out.at(item, format!("event_name may speak of {}", topic.phrase()));
    }
    let (_, _, custom) = event.names();
    if custom & (OF_TEXT | Name::OrderId.bit()) == 0 && !event.has_unnamed_custom_keys() {
        return;
    }
    let members = event.custom_data().into_iter().flat_map(Item::children);
    for member in members {
        match member.name() {
            Some(name) if name.bit() & OF_TEXT != 0 => {
                if let Some(text) = member.text() {
                    words(member, name.text(), text, out);
                    number(member, text, || true, out);
                }
            }
            Some(Name::OrderId) => {
                if let Some(text) = member.text() {
                    number(member, text, || false, out);
                }
            }
            Some(_) => {}
            None => property(member, out),
        }
    }
}

/// A page's address: the words of its path and query, and numbers of accounts in its query.
fn address(name: Name, item: Item<'_, '_>, text: &str, out: &mut Findings) {
    let url = WebAddress::of(text);
    let rest = &text[url.path_at()..];
    if rest.len() <= 1 {
        return;
    }
    let topic = sensitive::topic_in(&decoded(rest, true))
        .and_then(|_| sensitive::topic_in(&decoded(&without_click_ids(&url, text), true)));
    if let Some(topic) = topic {
        out.at(item, format!("{name} may speak of {}", topic.phrase()));
        return;
    }
    if !url.has_more_than_path() {
        return;
    }
    for parameter in url.parameters().filter(|one| !one.is_click_id()) {
        let value = decoded(parameter.value, true);
        let name = decoded(parameter.name, true);
        let of_card = sensitive::topic_of_key(&name) == Some(Topic::Card);
        if number(item, &value, || of_card, out) {
            return;
        }
    }
}

/// Path and query without the ids of clicks: among millions of them there is one with any letters.
fn without_click_ids(url: &WebAddress<'_>, text: &str) -> String {
    let (mut kept, mut from) = (String::new(), url.path_at());
    for parameter in url.parameters().filter(|one| one.is_click_id()) {
        kept.push_str(&text[from..parameter.at.start]);
        from = parameter.at.end;
    }
    kept.push_str(&text[from..]);
    kept
}

/// A property of the sender's own, with all that is in it.
fn property(member: Item<'_, '_>, out: &mut Findings) {
    for item in member.descendants() {
        if item.key().is_empty() && !item.parent().is_some_and(Item::is_list) {
            continue;
        }
        let topic = sensitive::topic_of_key(item.key());
        let written;
        let text = match item.val() {
            Val::Text(text) => text,
            Val::Int(number) => {
                written = number.to_string();
                &written
            }
            _ => continue,
        };
        if digest::is_hidden(text) || digest::is_digest(text) || digest::is_nothing_word(text) {
            continue;
        }
        if topic == Some(Topic::Card) && card(item, text, out) {
            continue;
        }
        // A number of an account says more than the key that announces it.
        let is_plain_number = topic.is_none() && item.text().is_none();
        let may_be_bare = || topic.is_none() && !is_id(item.key());
        if is_plain_number || text.trim().is_empty() || number(item, text, may_be_bare, out) {
            continue;
        }
        match topic {
            // A key `card` alone says nothing of its value.
            Some(Topic::Card) => words(item, "a text of custom_data", text, out),
            Some(topic) => {
                let message = format!("a key of custom_data speaks of {}", topic.phrase());
                out.at(item, message);
            }
            None => words(item, "a text of custom_data", text, out),
        }
    }
}

/// Sixteen digits under such a key are nobody's card.
fn is_id(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    [
        "id", "ids", "number", "no", "nr", "ref", "code", "sku", "gtin", "ean", "key", "token",
    ]
    .iter()
    .any(|end| key.ends_with(end))
}

/// A value under a key that announces a card, and whether it is made as one.
fn card(item: Item<'_, '_>, text: &str, out: &mut Findings) -> bool {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_digit() || b" -".contains(&b));
    if plain && sensitive::is_card(&digits) {
        out.at(
            item,
            "a value of custom_data is the number of a payment card",
        )
        .certainty(Certainty::Proof);
    } else if plain && matches!(digits.len(), 3 | 4) && is_security_code(item.key()) {
        out.at(item, "a value of custom_data may be a card's security code");
    }
    plain
}

/// Four digits under `card_number` are its last ones, which receipts show too.
fn is_security_code(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.contains("cv") || key.contains("security")
}

/// Says when a text holds the number of a card or an account, and whether it did.
fn number(
    item: Item<'_, '_>,
    text: &str,
    may_be_bare: impl FnOnce() -> bool,
    out: &mut Findings,
) -> bool {
    let (what, certainty) = match sensitive::number_in(text) {
        Some(Number::Iban) => ("a bank account (IBAN)", Certainty::Proof),
        Some(Number::GroupedCard) => ("a payment card", Certainty::Proof),
        Some(Number::BareCard) if may_be_bare() => ("a payment card", Certainty::Strong),
        _ => return false,
    };
    out.at(item, format!("a value holds the number of {what}"))
        .certainty(certainty);
    true
}

fn words(item: Item<'_, '_>, what: &str, text: &str, out: &mut Findings) {
    if let Some(topic) = sensitive::topic_in(text) {
        out.at(item, format!("{what} may speak of {}", topic.phrase()));
    }
}
