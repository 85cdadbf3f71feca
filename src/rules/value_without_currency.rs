//! CL602: an amount of nobody knows what.

use crate::event::Event;
use crate::finding::{Certainty, Findings};
use crate::rule::{Check, Rule};
use crate::values::app_spelling;
use crate::values::name::Name;
use crate::values::object_text::ObjectText;

/// See `rules/value-without-currency.md`.
pub static RULE: Rule = crate::rule!("value-without-currency", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let currency = event.custom(Name::Currency);
    if currency.is_some_and(|currency| !currency.is_blank()) {
        return;
    }
    let has_value = event.custom(Name::Value).is_some_and(|v| !v.is_blank());
    let is_purchase = event.name() == Some("Purchase");
    if !has_value && !is_purchase && !is_order_in_messenger(event) {
        return;
    }
    if app_spelling::custom(event, Name::Currency).is_some() {
        return;
    }
    let custom_data = event.get(Name::CustomData);
    // Of an object that became text custom-data-type speaks, or nothing is known.
    if custom_data.is_some_and(ObjectText::may_be_object) {
        return;
    }
    let what = match has_value {
        true => "value has no currency beside it",
        false if is_purchase => "the Purchase has no currency",
        false => "the OrderCreated of a messenger has no currency",
    };
    let finding = match (currency, custom_data) {
        (Some(currency), _) => out.at(currency, "the currency is empty"),
        (None, Some(data)) => out.at(data, what),
        (None, None) => out.here(what),
    };
    // Documented for Purchase; for other events the API's answer is known from reports.
    if !is_purchase {
        finding.certainty(Certainty::Strong);
    }
}

/// Business messaging refuses OrderCreated without a currency (subcode 2804081).
fn is_order_in_messenger(event: &Event<'_, '_>) -> bool {
    event.name() == Some("OrderCreated") && event.action_source() == Some("business_messaging")
}
