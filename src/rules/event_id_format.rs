//! CL307: an event_id that is no plain text.

use crate::event::Event;
use crate::finding::{Certainty, Effect, Findings, Severity};
use crate::fix::Fix;
use crate::json::{Item, Val};
use crate::rule::{Check, Rule};
use crate::values::blank;
use crate::values::deduplication;
use crate::values::name::Name;

/// See `rules/event-id-format.md`.
pub static RULE: Rule = crate::rule!("event-id-format", Check::Event(check));

/// Nothing documents a limit; ids that are longer are usually several values glued together.
const LONG: usize = 64;

/// Beyond it a float no longer stands for one whole number.
const EXACT: f64 = 9_007_199_254_740_992.0;

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(item) = event.get(Name::EventId) else {
        return;
    };
    match item.val() {
        Val::Text(text) => check_text(event, item, text, out),
        _ if item.is_blank() => {}
        value => {
            let at = item.pointer_from(event.root().place());
            let fix = match value {
                Val::Int(number) => Some(
                    Fix::safe("write the number as text").replace_text(at, &number.to_string()),
                ),
                Val::Float(number) if number.fract() == 0.0 && number.abs() < EXACT => Some(
                    Fix::needs_consent("write the whole number as text")
                        .replace_text(at, &(number as i64).to_string()),
                ),
                _ => None,
            };
            out.at(item, format!("event_id is {}, not text", value.kind()))
                .fix_if(fix);
        }
    }
}

fn check_text(event: &Event<'_, '_>, item: Item<'_, '_>, text: &str, out: &mut Findings) {
    let trimmed = blank::trimmed(text);
    if trimmed.is_empty() {
        return;
    }
    if trimmed.len() < text.len() {
        let at = item.pointer_from(event.root().place());
        out.at(item, "event_id has white space at its ends")
            .fix(Fix::safe("remove the white space").replace_text(at, trimmed));
    }
    if let Some(digits) = printed_as_float(trimmed) {
        let at = item.pointer_from(event.root().place());
        let fix = Fix::needs_consent("write the number without its point");
        out.at(item, "event_id is a whole number with `.0` behind it")
            .certainty(Certainty::Heuristic)
            .help("keep ids as text: what went through a float differs from the pixel's")
            .fix(fix.replace_text(at, digits));
    } else if deduplication::holds_email(trimmed) && !is_message_id(event, trimmed) {
        out.at(item, "event_id holds what looks like an e-mail address")
            .effect(Effect::Leaked)
            .certainty(Certainty::Strong)
            .help("make the id of the order or of the session, not of a person")
            .fix_if(deduplication::id_from_order(event));
    } else if trimmed.len() > LONG
        && let length = trimmed.chars().count()
        && length > LONG
    {
        out.at(item, format!("event_id has {length} characters"))
            .severity(Severity::Info)
            .certainty(Certainty::Heuristic)
            .help("an order number, or one short random value that both sides share, is enough");
    }
}

/// The digits of a whole number that was printed as a float.
fn printed_as_float(id: &str) -> Option<&str> {
    let digits = id.strip_suffix(".0")?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// Whether the order's number stands before the host, in the manner of a mail's `Message-ID`.
fn is_message_id(event: &Event<'_, '_>, id: &str) -> bool {
    deduplication::order_id(event).is_some_and(|order| {
        id.split_once('@')
            .is_some_and(|(local, _)| local.ends_with(&*order))
    })
}
