//! CL612: a value that is far from what the contents come to.

use crate::event::Event;
use crate::finding::{Certainty, Findings};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::contents::{amount, is_same, lost_decimals};
use crate::values::name::Name;

/// See `rules/value-contents-mismatch.md`.
pub static RULE: Rule =
    crate::rule!("value-contents-mismatch", Check::Event(check)).when(Signs::VALUE);

/// How many times one may be the other before tax, shipping and discounts explain it no longer.
const FAR: f64 = 3.0;

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(item) = event.custom(Name::Value) else {
        return;
    };
    let Some(value) = amount(item).filter(|&value| value > 0.0) else {
        return;
    };
    let Some(sums) = event.sums() else {
        return;
    };
    if is_same(value, sums.total) {
        return;
    }
    // A share of the value is credited to an ad; it says nothing of the cart.
    if event.name() == Some("AppendAttribution") {
        return;
    }
    // That is value-in-minor-units's to say.
    if lost_decimals(event, value, sums).is_some() {
        return;
    }
    if is_same(value, sums.prices) {
        out.at(
            item,
            "value is the sum of the prices without their quantities",
        )
        .certainty(Certainty::Strong);
    } else if value > sums.total * FAR {
        out.at(item, "value is far more than what the contents come to");
    } else if value * FAR < sums.total {
        out.at(item, "value is far less than what the contents come to");
    }
}
