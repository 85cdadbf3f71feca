//! CL611: a value of custom_data, or `opt_out`, of another type than Meta documents.

use crate::digest::{self, Shape};
use crate::event::Event;
use crate::finding::{Certainty, Effect, Finding, Findings, Severity};
use crate::fix::Fix;
use crate::json::{Item, Pointer, Val};
use crate::rule::{Check, Rule};
use crate::values::money;
use crate::values::name::Name;
use crate::values::object_text::ObjectText;

/// See `rules/custom-data-type.md`.
pub static RULE: Rule = crate::rule!("custom-data-type", Check::Event(check));

const DELIVERIES: [&str; 3] = ["in_store", "curbside", "home_delivery"];

const NUMBERS: [Name; 3] = [Name::NumItems, Name::PredictedLtv, Name::NetRevenue];
const TEXTS: [Name; 7] = [
    Name::ContentName,
    Name::ContentCategory,
    Name::SearchString,
    Name::OrderId,
    Name::ItemNumber,
    Name::EventSource,
    Name::LeadEventSource,
];

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    const LOOKED_AT: u128 = {
        let (mut set, mut i) = (Name::DeliveryCategory.bit() | Name::Status.bit(), 0);
        while i < TEXTS.len() {
            set |= TEXTS[i].bit();
            i += 1;
        }
        set | Name::NumItems.bit() | Name::PredictedLtv.bit() | Name::NetRevenue.bit()
    };
    let (top, _, custom) = event.names();
    if top & Name::CustomData.bit() != 0 && event.custom_data().is_none() {
        whole(event, out);
    }
    if (top | custom) & Name::CustomerSegmentation.bit() != 0 {
        let inside = event
            .custom_data()
            .and_then(|data| data.get(Name::CustomerSegmentation));
        for item in event
            .get(Name::CustomerSegmentation)
            .into_iter()
            .chain(inside)
        {
            segmentation(event, item, out);
        }
    }
    if top & Name::OptOut.bit() != 0
        && let Some(item) = event.get(Name::OptOut)
    {
        opt_out(item, out);
    }
    if custom & LOOKED_AT != 0 {
        for name in NUMBERS {
            if let Some(item) = event.custom(name) {
                number(event, item, name, out);
            }
        }
        for name in TEXTS {
            if let Some(item) = event.custom(name) {
                text(item, name, out);
            }
        }
        if let Some(item) = event.custom(Name::DeliveryCategory) {
            delivery(event, item, out);
        }
        if let Some(item) = event.custom(Name::Status) {
            status(item, out);
        }
    }
    let Some(contents) = event.custom(Name::Contents) else {
        return;
    };
    for item in contents.children() {
        let members = item.children();
        for member in members.filter(|m| m.name() == Some(Name::DeliveryCategory)) {
            delivery(event, member, out);
        }
    }
}

/// custom_data that is no object. Of a dump a logger may have made it, and `[]` is what PHP makes of
/// an empty one.
fn whole(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(data) = event.get(Name::CustomData).filter(|data| !data.is_blank()) else {
        return;
    };
    let kind = match data.val() {
        Val::Object | Val::Null => return,
        other => other.kind(),
    };
    let text = ObjectText::of(data);
    if text == Some(ObjectText::Dump) {
        return;
    }
    let is_in_list = data.is_list() && data.len() == 1 && data.children().all(Item::is_object);
    let at = Pointer::root().key(Name::CustomData.text());
    let (message, fix) = match data.text().map(str::trim) {
        Some(json) if text == Some(ObjectText::Json) => (
            "custom_data is an object in quotes".to_owned(),
            Some(Fix::safe("take the object out of its quotes").replace(at, json)),
        ),
        _ => (
            format!("custom_data is {kind}, not an object"),
            is_in_list.then(|| Fix::safe("take the object out of its list").unwrap(at)),
        ),
    };
    out.at(data, message)
        .help("send custom_data as one object of keys and values")
        .fix_if(fix);
}

/// Who the customer is to the business: Meta documents nine answers.
fn segmentation(event: &Event<'_, '_>, item: Item<'_, '_>, out: &mut Findings) {
    const SEGMENTS: [&str; 9] = [
        "new_customer_to_business",
        "new_customer_to_business_line",
        "new_customer_to_product_area",
        "new_customer_to_medium",
        "existing_customer_to_business",
        "existing_customer_to_business_line",
        "existing_customer_to_product_area",
        "existing_customer_to_medium",
        "customer_in_loyalty_program",
    ];
    let none = "customer_segmentation is none of the nine values that Meta documents";
    if let Some(finding) = one_of(event, item, "customer_segmentation", &SEGMENTS, none, out) {
        finding
            .help("send a value such as new_customer_to_business or customer_in_loyalty_program");
    }
}

/// Looks at a key that takes one of some words. Gives back what was said, as `none` has it, of a text
/// that spells none of them.
fn one_of<'o>(
    event: &Event<'_, '_>,
    item: Item<'_, '_>,
    key: &str,
    words: &[&'static str],
    none: &str,
    out: &'o mut Findings,
) -> Option<&'o mut Finding> {
    let text = match item.val() {
        Val::Text(text) if words.contains(&text) => return None,
        _ if item.is_blank() => return None,
        Val::Text(text) if Shape::of(text) == Shape::Redacted => return None,
        Val::Text(text) => text,
        other => {
            out.at(item, format!("{key} is {}, not text", other.kind()));
            return None;
        }
    };
    let Some(known) = spelt(text, words) else {
        return Some(out.at(item, none));
    };
    let at = item.pointer_from(event.root().place());
    out.at(item, format!("{key} is a known one in another spelling"))
        .fix(Fix::safe("write the value as Meta documents it").replace_text(at, known));
    None
}

/// The one of some words with underscores that a text spells when only letters and digits count.
fn spelt(text: &str, words: &[&'static str]) -> Option<&'static str> {
    let folded: String = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let is_it = |known: &&&str| known.replace('_', "") == folded;
    words.iter().find(is_it).copied()
}

/// Whether the event is kept from the delivery of ads; anything but a boolean is read by chance.
fn opt_out(item: Item<'_, '_>, out: &mut Findings) {
    let meant = match item.val() {
        Val::Bool(_) | Val::Null => return,
        Val::Int(0) => Some("false"),
        Val::Int(1) => Some("true"),
        Val::Text(text) if digest::is_hidden(text) || Shape::of(text) == Shape::Template => return,
        Val::Text(text) => {
            let text = text.trim();
            let is = |word: &str| text.eq_ignore_ascii_case(word);
            ["true", "false"].into_iter().find(|word| is(word))
        }
        _ => None,
    };
    let message = format!("opt_out is {}, Meta takes true or false", item.val().kind());
    let at = Pointer::root().key(Name::OptOut.text());
    let finding = out
        .at(item, message)
        .help("write true or false, without quotes");
    match meant {
        Some(word) => {
            let title = "write the word as a boolean";
            advice(finding).fix(Fix::safe(title).replace(at, word));
        }
        None => {
            finding.effect(Effect::Unknown);
        }
    }
}

/// Numbers in quotes and their like: read all the same, as far as anybody knows.
fn advice(finding: &mut Finding) -> &mut Finding {
    finding
        .severity(Severity::Info)
        .effect(Effect::Unknown)
        .certainty(Certainty::Strong)
}

fn number(event: &Event<'_, '_>, item: Item<'_, '_>, name: Name, out: &mut Findings) {
    let at = || item.pointer_from(event.root().place());
    let is_count = name == Name::NumItems;
    match item.val() {
        Val::Int(0..) => {}
        Val::Int(_) if !is_count => {}
        Val::Float(number) if number.is_finite() && !is_count => {}
        Val::Float(number) if number >= 0.0 && number.fract() == 0.0 => {}
        Val::Int(_) | Val::Float(_) => {
            out.at(item, format!("{name} is no whole number from 0 on"));
        }
        _ if item.is_blank() => {}
        Val::Text(text) => {
            let plain = money::plain_number(text)
                .filter(|json| !is_count || json.bytes().all(|b| b.is_ascii_digit()));
            if let Some(json) = plain {
                advice(out.at(item, format!("{name} is a number in quotes")))
                    .help("write a JSON number, without quotes")
                    .fix(Fix::safe("write the number without quotes").replace(at(), json));
                return;
            }
            let what = match Shape::of(text) {
                Shape::Redacted => return,
                Shape::Template => "a template that nobody filled in",
                _ if digest::is_nothing_word(text) => "a word that stands for nothing",
                _ => "text that is no number",
            };
            let amount = money::read_amount(text)
                .filter(|amount| !is_count && amount.affix.is_empty())
                .map(|amount| {
                    let title = "write the amount as a number";
                    let fix = match amount.sure {
                        true => Fix::safe(title),
                        false => Fix::needs_consent(title),
                    };
                    fix.replace(at(), amount.json)
                });
            out.at(item, format!("{name} is {what}")).fix_if(amount);
        }
        other => {
            out.at(item, format!("{name} is {}, not a number", other.kind()));
        }
    }
}

fn text(item: Item<'_, '_>, name: Name, out: &mut Findings) {
    match item.val() {
        Val::Object | Val::List if !item.is_blank() => {
            let kind = item.val().kind();
            let finding = out.at(item, format!("{name} is {kind}, not text"));
            // Shops put an article into several categories.
            if item.is_list() && name == Name::ContentCategory {
                advice(finding);
            }
        }
        Val::Bool(_) => {
            out.at(item, format!("{name} is a boolean, not text"));
        }
        // People search for anything.
        Val::Text(text) if name != Name::SearchString && digest::is_unfilled(text) => {
            out.at(item, format!("{name} is a template that nobody filled in"));
        }
        Val::Text("[object Object]") => {
            out.at(
                item,
                format!("{name} is the text that JavaScript makes of an object"),
            );
        }
        _ => {}
    }
}

fn delivery(event: &Event<'_, '_>, item: Item<'_, '_>, out: &mut Findings) {
    let none = "delivery_category is none of in_store, curbside and home_delivery";
    one_of(event, item, "delivery_category", &DELIVERIES, none, out);
}

/// The pixel's reference has a boolean, the SDKs have text: both are right.
fn status(item: Item<'_, '_>, out: &mut Findings) {
    match item.val() {
        Val::Bool(_) | Val::Text(_) => {}
        Val::Int(_) | Val::Float(_) => {
            advice(out.at(item, "status is a number, neither a boolean nor text"))
                .help("write true or false, or text");
        }
        other if !item.is_blank() => {
            let kind = other.kind();
            out.at(
                item,
                format!("status is {kind}, neither a boolean nor text"),
            );
        }
        _ => {}
    }
}
