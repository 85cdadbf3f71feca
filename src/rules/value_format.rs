//! CL603: a value that is no number.

use crate::digest::{self, Shape};
use crate::event::Event;
use crate::finding::{Certainty, Effect, Findings, Severity};
use crate::fix::Fix;
use crate::json::{Item, Pointer, Val};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::money;
use crate::values::name::Name;

/// See `rules/value-format.md`.
pub static RULE: Rule = crate::rule!("value-format", Check::Event(check)).when(Signs::VALUE);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(value) = event.custom(Name::Value) else {
        return;
    };
    match value.val() {
        Val::Int(_) => {}
        Val::Float(float) if float.is_finite() => {}
        _ if value.is_blank() => {}
        Val::Text(text) => written(event, value, text, out),
        Val::Float(_) => {
            out.at(value, "value is too large for any amount");
        }
        other => {
            out.at(value, format!("value is {}, not a number", other.kind()));
        }
    }
}

fn written(event: &Event<'_, '_>, value: Item<'_, '_>, text: &str, out: &mut Findings) {
    let pointer = value.pointer_from(event.root().place());
    if let Some(json) = money::plain_number(text) {
        number_in_quotes(event, value, text, json, out);
        return;
    }
    let amount = money::read_amount(text);
    let what = match (&amount, Shape::of(text)) {
        (Some(amount), _) if amount.affix.is_empty() => {
            "value is text with a decimal comma or with separators between thousands"
        }
        (Some(_), _) => "value is text with a currency sign or letters beside the number",
        (None, Shape::Redacted) => return,
        (None, Shape::Template) => "value is a template that nobody filled in",
        (None, _) if digest::is_nothing_word(text) => "value is a word that stands for nothing",
        (None, _) => "value is text that is no number",
    };
    let fix = amount.and_then(|amount| fix(event, pointer, amount));
    out.at(value, what).fix_if(fix);
}

/// Meta reads these, its own samples have them; a number is what the documentation asks for.
fn number_in_quotes(
    event: &Event<'_, '_>,
    value: Item<'_, '_>,
    text: &str,
    json: String,
    out: &mut Findings,
) {
    let doubtful = money::may_be_thousands(text) && !in_three_decimals(event);
    let finding = match doubtful {
        true => out.at(
            value,
            "value is a number in quotes with three decimals, or with a point between thousands",
        ),
        false => out.at(value, "value is a number in quotes"),
    };
    finding
        .severity(Severity::Info)
        .effect(Effect::Unknown)
        .certainty(Certainty::Strong)
        .help("write a JSON number, without quotes");
    if !doubtful {
        let pointer = value.pointer_from(event.root().place());
        finding.fix(Fix::safe("write the number without quotes").replace(pointer, json));
    }
}

fn fix(event: &Event<'_, '_>, pointer: Pointer, amount: money::Amount<'_>) -> Option<Fix> {
    let mut sure = amount.sure;
    if !amount.affix.is_empty() {
        let meant = money::currencies_written(amount.affix)?;
        // What stands beside the number is dropped: certainly right when `currency` says the
        // same, a guess when there is none, and wrong when they contradict each other.
        match currency(event) {
            Some(code) if !meant.contains(&code.as_str()) => return None,
            Some(_) => {}
            None => sure = false,
        }
    }
    if !sure && in_three_decimals(event) {
        return None;
    }
    let fix = match sure {
        true => Fix::safe("write the amount as a number"),
        false => Fix::needs_consent("write the amount as the number that it most likely is"),
    };
    Some(fix.replace(pointer, amount.json))
}

fn currency(event: &Event<'_, '_>) -> Option<String> {
    let code = event.custom(Name::Currency)?.text()?.trim();
    (!code.is_empty()).then(|| code.to_ascii_uppercase())
}

fn in_three_decimals(event: &Event<'_, '_>) -> bool {
    currency(event).is_some_and(|code| money::has_three_decimals(&code))
}
