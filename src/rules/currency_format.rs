//! CL606: a currency that is no code of ISO 4217.

use crate::digest::Shape;
use crate::event::Event;
use crate::finding::{Certainty, Effect, Findings, Severity};
use crate::fix::Fix;
use crate::json::{Item, Val};
use crate::rule::{Check, Rule};
use crate::values::money;
use crate::values::name::Name;

/// See `rules/currency-format.md`.
pub static RULE: Rule = crate::rule!("currency-format", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(item) = event.custom(Name::Currency) else {
        return;
    };
    match item.val() {
        Val::Text(text) if money::is_currency(text) => {
            if money::is_unusual(text) {
                unusual(item, text, out);
            }
        }
        _ if item.is_blank() => {}
        Val::Text(text) => written(event, item, text, out),
        other => {
            let what = format!("currency is {}, not a code of three letters", other.kind());
            out.at(item, what);
        }
    }
}

/// Codes that are right by ISO 4217, and of which an order is still not paid.
fn unusual(item: Item<'_, '_>, code: &str, out: &mut Findings) {
    if money::is_no_money(code) {
        out.at(
            item,
            "the currency code stands for a metal or a unit of account, not for money",
        )
        .severity(Severity::Warning)
        .certainty(Certainty::Strong);
    } else if money::is_said_to_be_refused(code) {
        out.at(
            item,
            "the currency code is right, but Meta is reported to refuse it",
        )
        .severity(Severity::Info)
        .certainty(Certainty::Heuristic)
        .help("look whether Meta answers with subcode 2804011; if so, send the amount in another currency");
    }
}

fn written(event: &Event<'_, '_>, item: Item<'_, '_>, text: &str, out: &mut Findings) {
    let pointer = || item.pointer_from(event.root().place());
    let code = text.trim().to_ascii_uppercase();
    let withdrawn = money::withdrawn_at(&code);
    let still_in_use = withdrawn.is_some_and(|at| event.time().is_some_and(|time| time < at));
    if money::is_currency(&code) || still_in_use {
        if code == text {
            return;
        }
        // In capitals it would not be money either.
        if money::is_no_money(&code) {
            unusual(item, &code, out);
            return;
        }
        let title = "write the three letters in capitals";
        let fix = Fix::safe(title).replace_text(pointer(), &code);
        if text.trim() == text {
            // The documentation says capitals, Meta's SDKs and samples write small letters.
            out.at(item, "the currency code is not in capitals")
                .severity(Severity::Info)
                .effect(Effect::Unknown)
                .certainty(Certainty::Strong)
                .fix(fix);
        } else {
            out.at(item, "the currency code has white space around it")
                .severity(Severity::Warning)
                .effect(Effect::Unknown)
                .certainty(Certainty::Strong)
                .fix(fix);
        }
        return;
    }
    if withdrawn.is_some() {
        // Meta's own list lags behind ISO 4217, so it may still take the code.
        out.at(item, "the currency code has been withdrawn")
            .severity(Severity::Warning)
            .effect(Effect::Unknown)
            .certainty(Certainty::Strong)
            .help("send the amount in the currency that took its place");
        return;
    }
    if money::is_reserved(&code) {
        out.at(
            item,
            "the currency code stands for tests or for no currency at all",
        )
        .severity(Severity::Warning)
        .certainty(Certainty::Strong);
        return;
    }
    let Some(meant) = money::currencies_written(text) else {
        match Shape::of(text) {
            Shape::Redacted => {}
            Shape::Template => {
                out.at(item, "currency is a template that nobody filled in");
            }
            _ => {
                out.at(item, "currency is text that is no code of ISO 4217");
            }
        }
        return;
    };
    let finding = out.at(
        item,
        "currency is a sign, a name or an abbreviation, not a code of ISO 4217",
    );
    if let [code] = meant[..] {
        let title = "write the code of the currency that the sign or name stands for";
        finding.fix(Fix::needs_consent(title).replace_text(pointer(), code));
    }
}
