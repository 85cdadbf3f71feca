//! CL604: a value in cents.

use crate::contents::{self, Sums, amount};
use crate::event::Event;
use crate::finding::{Certainty, Findings};
use crate::fix::Fix;
use crate::json::{Item, Val};
use crate::money;
use crate::name::Name;
use crate::rule::{Check, Rule};

/// See `rules/value-in-minor-units.md`.
pub static RULE: Rule = crate::rule!("value-in-minor-units", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(item) = event.custom(Name::Value) else {
        return;
    };
    let (Some(value), Some(sums)) = (amount(item), Sums::of(event)) else {
        return;
    };
    let Some(decimals) = contents::lost_decimals(event, value, sums) else {
        return;
    };
    let title = "write the amount in the unit of its currency";
    let is_sure = contents::currency(event).is_some();
    let fix = match is_sure {
        true => Fix::safe(title),
        false => Fix::needs_consent(title),
    };
    let at = item.pointer_from(event.root().place());
    let factor = if decimals == 3 { 1000 } else { 100 };
    let message = format!("value is {factor} times what the contents come to");
    let finding = out.at(item, message);
    if !is_sure {
        finding.certainty(Certainty::Strong);
    }
    finding.fix_if(in_units(item, decimals).map(|json| fix.replace(at, json)));
}

/// The whole number with its point moved.
fn in_units(item: Item<'_, '_>, decimals: usize) -> Option<String> {
    let whole = match item.val() {
        Val::Int(number) => number.to_string(),
        Val::Float(number) if number < 1e15 => format!("{number:.0}"),
        Val::Text(text) => {
            let number: f64 = money::plain_number(text)?.parse().ok()?;
            (number < 1e15).then(|| format!("{number:.0}"))?
        }
        _ => return None,
    };
    let digits = format!("{whole:0>width$}", width = decimals + 1);
    let (units, rest) = digits.split_at(digits.len() - decimals);
    Some(format!("{units}.{rest}"))
}
