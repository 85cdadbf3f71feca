//! CL601: a Purchase that does not say what it is worth.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};
use crate::values::app_spelling;
use crate::values::name::Name;
use crate::values::object_text::ObjectText;

/// See `rules/purchase-without-value.md`.
pub static RULE: Rule = crate::rule!("purchase-without-value", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let value = event.custom(Name::Value);
    if value.is_some_and(|value| !value.is_blank()) || event.name() != Some("Purchase") {
        return;
    }
    if app_spelling::custom(event, Name::Value).is_some() {
        return;
    }
    let custom_data = event.get(Name::CustomData);
    // Of an object that became text custom-data-type speaks, or nothing is known.
    if custom_data.is_some_and(ObjectText::may_be_object) {
        return;
    }
    match (value, custom_data) {
        (Some(value), _) => out.at(value, "the value of the Purchase is empty"),
        (None, Some(data)) => out.at(data, "the Purchase has no value"),
        (None, None) => out.here("the Purchase has no custom_data, so no value"),
    };
}
