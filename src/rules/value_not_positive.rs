//! CL605: a Purchase that brought in nothing.

use crate::event::Event;
use crate::finding::{Certainty, Findings};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::contents::amount;
use crate::values::name::Name;

/// See `rules/value-not-positive.md`.
pub static RULE: Rule = crate::rule!("value-not-positive", Check::Event(check)).when(Signs::VALUE);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(value) = event.custom(Name::Value) else {
        return;
    };
    let Some(number) = amount(value).filter(|&number| number <= 0.0) else {
        return;
    };
    if event.name() != Some("Purchase") {
        return;
    }
    if number < 0.0 {
        out.at(value, "the value of the Purchase is negative")
            .help("do not send refunds and cancellations as Purchase");
    } else {
        // Orders that cost nothing exist.
        out.at(value, "the value of the Purchase is 0")
            .certainty(Certainty::Heuristic);
    }
}
