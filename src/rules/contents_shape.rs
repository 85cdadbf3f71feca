//! CL608: contents that are no list of items with id and quantity.

use crate::digest::{self, Shape};
use crate::event::Event;
use crate::finding::{Certainty, Effect, Finding, Findings, Severity};
use crate::fix::Fix;
use crate::json::{Item, Pointer, Val};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::money;
use crate::values::name::Name;

/// See `rules/contents-shape.md`.
pub static RULE: Rule = crate::rule!("contents-shape", Check::Event(check)).when(Signs::GOODS);

/// Other words for the keys of an item, folded to their letters and digits.
const ALIASES: [(&str, Name); 12] = [
    ("sku", Name::Id),
    ("itemid", Name::Id),
    ("productid", Name::Id),
    ("contentid", Name::Id),
    ("retailerid", Name::Id),
    ("variantid", Name::Id),
    ("id", Name::Id),
    ("qty", Name::Quantity),
    ("quantity", Name::Quantity),
    ("itemquantity", Name::Quantity),
    ("itemprice", Name::ItemPrice),
    ("unitprice", Name::ItemPrice),
];

/// Length of the longest of them.
const LONGEST: usize = 12;

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(contents) = event.custom(Name::Contents) else {
        return;
    };
    if contents.is_list() {
        for item in contents.children() {
            element(event, item, out);
        }
    } else if !contents.is_blank() {
        whole(event, contents, out);
    }
}

/// One element of the list.
fn element(event: &Event<'_, '_>, item: Item<'_, '_>, out: &mut Findings) {
    if !item.is_object() {
        no_object(event, item, out);
        return;
    }
    let (mut id, mut quantity, mut price, mut others) = (None, None, None, false);
    for member in item.children() {
        match member.name() {
            Some(Name::Id) => id = Some(member),
            Some(Name::Quantity) => quantity = Some(member),
            Some(Name::ItemPrice) => price = Some(member),
            Some(Name::Price) | None => others = true,
            _ => {}
        }
    }
    let is_unfilled = |id: Item<'_, '_>| id.text().is_some_and(digest::is_unfilled);
    let is_good = id.is_some_and(|id| is_scalar(id) && !id.is_blank() && !is_unfilled(id))
        && matches!(quantity.map(Item::val), Some(Val::Int(1..)))
        && price.is_none_or(|price| matches!(price.val(), Val::Int(0..) | Val::Float(_)));
    if is_good && !others {
        return;
    }
    let lacks = |member: Option<Item<'_, '_>>| member.is_none_or(Item::is_blank);
    if lacks(id) {
        missing(event, item, id, Name::Id, out);
    } else if let Some(id) = id.filter(|id| !is_scalar(*id)) {
        no_scalar(event, id, out);
    } else if let Some(id) = id.filter(|id| is_unfilled(*id)) {
        out.at(id, "id of an item is a template that nobody filled in")
            .severity(Severity::Warning);
    }
    match quantity.filter(|quantity| !quantity.is_blank()) {
        None => missing(event, item, quantity, Name::Quantity, out),
        Some(quantity) => number(event, quantity, Name::Quantity, out),
    }
    match price.filter(|price| !price.is_blank()) {
        None if others => missing_price(event, item, price, out),
        None => {}
        Some(price) => number(event, price, Name::ItemPrice, out),
    }
}

/// Whether a value can be the id of an article.
fn is_scalar(value: Item<'_, '_>) -> bool {
    matches!(value.val(), Val::Text(_) | Val::Int(_))
}

/// An id that is a list, an object, a boolean or a decimal number.
fn no_scalar(event: &Event<'_, '_>, id: Item<'_, '_>, out: &mut Findings) {
    if let Val::Float(_) = id.val() {
        // As content-ids-shape has it.
        out.at(id, "id of an item is a decimal number, not text")
            .severity(Severity::Warning)
            .effect(Effect::Unmatched)
            .certainty(Certainty::Strong);
        return;
    }
    let kind = id.val().kind();
    let finding = out.at(id, format!("id of an item is {kind}, not text"));
    let mut values = id.children().filter(|_| id.is_list());
    if let (Some(only), None) = (values.next(), values.next()) {
        let at = id.pointer_from(event.root().place());
        let fix = Fix::safe("take the id out of the list");
        match only.val() {
            Val::Text(text) => finding.fix(fix.replace_text(at, text)),
            Val::Int(number) => finding.fix(fix.replace(at, number.to_string())),
            _ => finding,
        };
    }
}

/// An item without a key that the documentation requires.
fn missing(
    event: &Event<'_, '_>,
    item: Item<'_, '_>,
    blank: Option<Item<'_, '_>>,
    name: Name,
    out: &mut Findings,
) {
    let other = alias_in(item, name);
    let message = match other {
        Some(_) => format!("an item of contents has another key in place of {name}"),
        None => format!("an item of contents has no {name}"),
    };
    let finding = out.at(other.or(blank).unwrap_or(item), message);
    if name != Name::Id {
        finding.effect(Effect::Ignored);
    }
    if let Some(other) = other {
        finding.fix(rename(event, other, blank, name));
    }
}

/// A price under another key: rows of a till have `price`, other events `item_price`.
fn missing_price(
    event: &Event<'_, '_>,
    item: Item<'_, '_>,
    blank: Option<Item<'_, '_>>,
    out: &mut Findings,
) {
    let of_till = event.action_source() != Some("website");
    let other = alias_in(item, Name::ItemPrice).or_else(|| {
        let price = item.get(Name::Price)?;
        (!of_till && price.number().is_some()).then_some(price)
    });
    if let Some(other) = other {
        out.at(
            other,
            "an item of contents has another key in place of item_price",
        )
        .severity(Severity::Info)
        .effect(Effect::Ignored)
        .certainty(Certainty::Strong)
        .fix(rename(event, other, blank, Name::ItemPrice));
    }
}

fn alias_in<'t, 'a>(item: Item<'t, 'a>, name: Name) -> Option<Item<'t, 'a>> {
    item.children().find(|member| {
        let (mut letters, mut length) = ([0u8; LONGEST], 0);
        for byte in member.key().bytes().filter(u8::is_ascii_alphanumeric) {
            let Some(place) = letters.get_mut(length) else {
                return false;
            };
            *place = byte.to_ascii_lowercase();
            length += 1;
        }
        let is_alias =
            |(alias, of): &(&str, Name)| *of == name && alias.as_bytes() == &letters[..length];
        let fits = match name {
            Name::Id => !matches!(member.val(), Val::List | Val::Object | Val::Bool(_)),
            _ => crate::values::contents::amount(*member).is_some(),
        };
        member.name() != Some(name) && ALIASES.iter().any(is_alias) && fits && !member.is_blank()
    })
}

fn rename(
    event: &Event<'_, '_>,
    member: Item<'_, '_>,
    blank: Option<Item<'_, '_>>,
    name: Name,
) -> Fix {
    let base = event.root().place();
    let mut fix = Fix::needs_consent(format!("rename the key to {name}"));
    if let Some(blank) = blank {
        fix = fix.remove(blank.pointer_from(base));
    }
    fix.rename(member.pointer_from(base), name.text())
}

/// A quantity or a price that is there.
fn number(event: &Event<'_, '_>, value: Item<'_, '_>, name: Name, out: &mut Findings) {
    let at = || value.pointer_from(event.root().place());
    let mild = |finding: &mut Finding, severity| {
        finding
            .severity(severity)
            .effect(Effect::Unknown)
            .certainty(Certainty::Strong);
    };
    match value.val() {
        Val::Int(_) | Val::Float(_) => {
            let least = crate::values::contents::amount(value);
            let wrong = match name {
                Name::Quantity => least.is_none_or(|number| number <= 0.0),
                _ => least.is_none_or(|number| number < 0.0),
            };
            if wrong {
                let message = format!("{name} of an item is not positive");
                mild(out.at(value, message), Severity::Warning);
            }
        }
        Val::Text(text) => {
            if let Some(json) = money::plain_number(text) {
                let finding = out.at(value, format!("{name} of an item is a number in quotes"));
                mild(finding, Severity::Info);
                finding.fix(Fix::safe("write the number without quotes").replace(at(), json));
                return;
            }
            if Shape::of(text) == Shape::Redacted {
                return;
            }
            let finding = out.at(
                value,
                format!("{name} of an item is text that is no number"),
            );
            mild(finding, Severity::Warning);
            let amount = money::read_amount(text).filter(|amount| amount.affix.is_empty());
            if let Some(amount) = amount.filter(|_| name == Name::ItemPrice) {
                let title = "write the amount as a number";
                let fix = match amount.sure {
                    true => Fix::safe(title),
                    false => Fix::needs_consent(title),
                };
                finding.fix(fix.replace(at(), amount.json));
            }
        }
        other => {
            let message = format!("{name} of an item is {}, not a number", other.kind());
            mild(out.at(value, message), Severity::Warning);
        }
    }
}

/// An element that is no object.
fn no_object(event: &Event<'_, '_>, item: Item<'_, '_>, out: &mut Findings) {
    let at = item.pointer_from(event.root().place());
    match item.text() {
        Some(text) if Shape::of(text) == Shape::Redacted => {}
        Some(text) if is_json(text, '{') => {
            out.at(item, "an item of contents is an object in quotes")
                .fix(Fix::safe("write the object without quotes").replace(at, text.trim()));
        }
        _ if item.is_blank() => {
            out.at(item, "an item of contents is empty")
                .fix(Fix::safe("take the empty item away").remove(at));
        }
        _ => {
            let kind = item.val().kind();
            out.at(
                item,
                format!("an item of contents is {kind}, not an object"),
            );
        }
    }
}

/// contents that are no list.
fn whole(event: &Event<'_, '_>, contents: Item<'_, '_>, out: &mut Findings) {
    let at = contents.pointer_from(event.root().place());
    match contents.val() {
        Val::Text(text) if Shape::of(text) == Shape::Redacted => {}
        Val::Text(text) if is_json(text, '[') => {
            out.at(contents, "contents are a list in quotes")
                .fix(Fix::safe("write the list without quotes").replace(at, text.trim()));
        }
        Val::Text(text) if is_json(text, '{') => {
            let list = format!("[{}]", text.trim());
            out.at(contents, "contents are an object in quotes, not a list")
                .fix(Fix::safe("write a list with the object in it").replace(at, list));
        }
        Val::Object => object(contents, at, out),
        other => {
            let kind = other.kind();
            out.at(
                contents,
                format!("contents are {kind}, not a list of items"),
            );
        }
    }
}

/// One item without its list, or PHP's list with a hole in its numbering.
fn object(contents: Item<'_, '_>, at: Pointer, out: &mut Findings) {
    let is_numbered = contents
        .children()
        .all(|member| !member.key().is_empty() && member.key().bytes().all(|b| b.is_ascii_digit()));
    let is_item = contents.get(Name::Id).is_some() || alias_in(contents, Name::Id).is_some();
    let finding = match is_numbered {
        true => out.at(
            contents,
            "contents are an object with numbers for keys, not a list",
        ),
        false => out.at(contents, "contents are an object, not a list of items"),
    };
    let items: Vec<Item<'_, '_>> = match (is_numbered, is_item) {
        (true, _) => contents.children().collect(),
        (false, true) => vec![contents],
        (false, false) => return,
    };
    let list: Option<Vec<String>> = items.iter().map(|item| written(*item, 0)).collect();
    if let Some(list) = list {
        let fix = Fix::safe("write a list of the items");
        finding.fix(fix.replace(at, format!("[{}]", list.join(","))));
    }
}

/// The value as JSON. Numbers that JSON may write in several ways keep their value, not their
/// letters, so a price of `18.90` becomes `18.9`.
fn written(item: Item<'_, '_>, depth: usize) -> Option<String> {
    if depth > 8 {
        return None;
    }
    let inner = |open: char, close: char, with_keys: bool| {
        let mut parts = Vec::new();
        for member in item.children() {
            let value = written(member, depth + 1)?;
            parts.push(match with_keys {
                true => format!("{}:{value}", crate::fix::quote(member.key())),
                false => value,
            });
        }
        Some(format!("{open}{}{close}", parts.join(",")))
    };
    match item.val() {
        Val::Null => Some("null".to_owned()),
        Val::Bool(bool) => Some(bool.to_string()),
        Val::Int(number) => Some(number.to_string()),
        // Beyond this a float no longer holds every digit that may have stood there.
        Val::Float(number) if number.abs() >= 9e15 => None,
        Val::Float(number) => serde_json::Number::from_f64(number).map(|number| number.to_string()),
        Val::Text(text) => Some(crate::fix::quote(text)),
        Val::List => inner('[', ']', false),
        Val::Object => inner('{', '}', true),
    }
}

/// Whether the text is JSON and nothing else, and begins so.
fn is_json(text: &str, start: char) -> bool {
    let text = text.trim();
    text.starts_with(start) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}
