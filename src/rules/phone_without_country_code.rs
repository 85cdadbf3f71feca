//! CL119: a phone number without its country calling code, in plain or hashed.

use std::io;

use crate::digest::known::NATIONAL;
use crate::digest::{Shape, mistakes, sha256_hex};
use crate::event::{Assumptions, Event};
use crate::finding::{Effect, Findings, Severity};
use crate::fix::{Fix, Safety};
use crate::json::Val;
use crate::ledger::{Evidence, LogFindings, Needs, plains};
use crate::normalize::{accepted_forms, normal_form};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::Name;
use crate::values::plain::{self, Reading};

/// See `rules/phone-without-country-code.md`.
pub static RULE: Rule = crate::rule!(
    "phone-without-country-code",
    Check::Event(check),
    conclude,
    Needs::DIGESTS.and(Needs::STANDINGS),
    Safety::Unsafe
)
.when(Signs::required(plain::SHAPES).with(Signs::MISTAKE));

/// By plain numbers that stand elsewhere in the log.
fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    plains::tell(log, out, |_, class| class.what == NATIONAL);
    Ok(())
}

const TITLE: &str =
    "hash the number with the calling code of the country that the event or --country names";

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    if event.names().1 & Name::Ph.bit() == 0 {
        return;
    }
    for identifier in event.required(plain::SHAPES) {
        if identifier.name != Name::Ph {
            continue;
        }
        let Some(item) = plain::value_of(event, identifier) else {
            continue;
        };
        let Reading::NoCallingCode(digest) = plain::read(Name::Ph, item, event) else {
            continue;
        };
        let pointer = item.pointer_from(event.root().place());
        // In plain it is refused, whatever digits it has.
        out.at(
            item,
            "ph is not hashed, and it has no country calling code, or may have none",
        )
        .severity(Severity::Error)
        .effect(Effect::Refused)
        .fix_if(digest.map(|digest| Fix::needs_consent(TITLE).replace_text(pointer, &digest)));
    }
    let before = out.len();
    if event.has_unnamed_custom_keys() {
        hashed(event, out);
    }
    if out.len() == before {
        known(event, out);
    }
}

/// Digests that a plain number shows to lack the calling code: of the event, of the log, or of the list
/// of known values.
fn known(event: &Event<'_, '_>, out: &mut Findings) {
    mistakes::tell(event, out, |mistake| mistake.what == NATIONAL);
}

/// Digests of a number that stands in plain among the properties of custom_data.
fn hashed(event: &Event<'_, '_>, out: &mut Findings) {
    let digests = || {
        let phones = event.shaped(Shape::IN_HEX);
        phones.filter(|it| it.name == Name::Ph)
    };
    if digests().next().is_none() {
        return;
    }
    let properties = event.custom_data().into_iter().flat_map(|it| it.children());
    for property in properties.filter(|property| property.name().is_none()) {
        let Val::Text(text) = property.val() else {
            continue;
        };
        if !may_be_a_phone(text) {
            continue;
        }
        let Reading::NoCallingCode(right) = plain::read_text(Name::Ph, text, event) else {
            continue;
        };
        // As Meta's code leaves it: digits, with or without the zeros in front.
        let forms = accepted_forms(Name::Ph, text, &Assumptions::default());
        for identifier in digests() {
            let hex = identifier.digits().unwrap_or_default();
            if !forms.iter().any(|form| sha256_hex(form) == hex) {
                continue;
            }
            let item = event.item(identifier.place);
            let pointer = item.pointer_from(event.root().place());
            let fix = right.as_ref().map(|right| {
                let right = format!("{right}{}", identifier.appendix());
                Fix::needs_consent(TITLE).replace_text(pointer, &right)
            });
            out.at(
                item,
                "ph is the digest of a number without country calling code, which stands in custom_data",
            )
            .fix_if(fix);
        }
    }
}

fn may_be_a_phone(text: &str) -> bool {
    (7..=24).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || b" -()./".contains(&b))
        && normal_form(Name::Ph, text, &Assumptions::default()).is_err()
}
