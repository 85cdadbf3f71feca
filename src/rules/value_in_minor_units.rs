//! CL604: a value in cents.

use std::io;

use crate::event::Event;
use crate::finding::{Certainty, Findings, Severity};
use crate::fix::Fix;
use crate::json::{Item, Val};
use crate::ledger::series::{Amounts, Series};
use crate::ledger::{Evidence, LEAST_EVENTS, LogFindings, Needs};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::contents::{self, amount};
use crate::values::money;
use crate::values::name::Name;

/// See `rules/value-in-minor-units.md`.
pub static RULE: Rule = crate::rule!(
    "value-in-minor-units",
    Check::Event(check),
    conclude,
    Needs::SERIES
)
.when(Signs::VALUE);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(item) = event.custom(Name::Value) else {
        return;
    };
    let Some(value) = amount(item) else {
        return;
    };
    let Some(sums) = event.sums() else {
        beside_pixel(event, item, value, out);
        return;
    };
    let Some(decimals) = contents::lost_decimals(event, value, sums) else {
        // The contents may be worth more or less than the order, but not as much as the value.
        if !contents::is_same(value, sums.total) {
            beside_pixel(event, item, value, out);
        }
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

/// The browser's copy of the event has a hundredth of the value.
fn beside_pixel(event: &Event<'_, '_>, item: Item<'_, '_>, value: f64, out: &mut Findings) {
    let Some(pixel) = &event.witnesses.pixel else {
        return;
    };
    let has_cents = |code: &str| money::decimals(code) == 2;
    // Cents have no decimals themselves.
    let may_be_cents = value >= 100.0 && value.fract() == 0.0;
    if !may_be_cents
        || !contents::currency(event).is_some_and(|code| has_cents(&code))
        || !pixel.has_hundredth(event)
    {
        return;
    }
    let at = item.pointer_from(event.root().place());
    let fix = in_units(item, 2).map(|json| {
        let fix = Fix::safe("write the amount in the unit of its currency");
        fix.replace(at, json)
    });
    out.at(item, "value is 100 times that of the browser's copy")
        .fix_if(fix);
}

/// Amounts without decimals, of which there are many, of one currency with decimals.
fn looks_like_cents(amounts: &Amounts) -> bool {
    amounts.whole.events >= LEAST_EVENTS
        && amounts.broken == 0
        && amounts.small == 0
        && amounts.currencies.len() == 1
        && amounts.distinct.len() >= 10
}

/// Events of a cart: what they are worth can be compared. A lead may be worth anything.
fn has_cart(name: &str) -> bool {
    matches!(
        name,
        "ViewContent" | "AddToCart" | "InitiateCheckout" | "AddPaymentInfo" | "Purchase"
    )
}

/// Other events of the same shop, or the amounts alone, tell that they are in cents.
fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    for (name_hash, series) in log.series() {
        let (name, amounts) = (log.event_name(name_hash), &series.amounts);
        if !has_cart(name) || !looks_like_cents(amounts) {
            continue;
        }
        let whole = amounts.whole;
        // Steps of which two are a doubling: some 30 to 360 times as much.
        let is_hundredth = |(other, with): &(u32, &Series)| {
            let with_amounts = &with.amounts;
            with.group == series.group
                && has_cart(log.event_name(*other))
                && with_amounts.currencies.is_same_one(&amounts.currencies)
                && with_amounts.broken >= LEAST_EVENTS
                && with_amounts.broken * 10 >= with_amounts.all.events * 3
                && (10..=17).contains(&amounts.middle().saturating_sub(with_amounts.middle()))
        };
        // What is viewed may have another price than what is bought, such as a rate a month: any
        // other step of the cart tells more.
        let is_view = |name: u32| log.event_name(name) == "ViewContent";
        let beside = log
            .series()
            .find(|one| !is_view(one.0) && is_hundredth(one))
            .or_else(|| log.series().find(is_hundredth));
        if let Some((other, _)) = beside {
            let message = format!(
                "values of {} events named {name} are whole numbers and about 100 times those of {}, which have decimals",
                whole.events,
                log.event_name(other),
            );
            let finding = out.at(whole.first, "/custom_data/value", message);
            finding
                .related(whole.last, "the last of them")
                .events(whole.events);
            match is_view(other) {
                false => finding.certainty(Certainty::Strong),
                true => finding
                    .severity(Severity::Info)
                    .certainty(Certainty::Heuristic),
            };
        } else if whole.events >= 50
            && amounts.ending * 100 >= whole.events * 95
            && amounts.middle() >= LARGE
        {
            let message = format!(
                "values of all {} events named {name} are large whole numbers that end in 00, 95 or 99: are they cents?",
                whole.events
            );
            out.at(whole.first, "/custom_data/value", message)
                .severity(Severity::Info)
                .certainty(Certainty::Heuristic)
                .events(whole.events);
        }
    }
    Ok(())
}

/// 4,096 and more in the middle: of euros, few shops take as much.
const LARGE: usize = 24;

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
