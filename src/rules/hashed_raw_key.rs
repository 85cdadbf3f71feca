//! CL201: a digest where Meta wants the value itself.

use std::io;

use crate::digest::{self, Shape};
use crate::event::Event;
use crate::finding::{Certainty, Findings, Severity};
use crate::fix::{Fix, Safety};
use crate::json::Item;
use crate::ledger::hashed_raws::NEVER_HEX;
use crate::ledger::{Evidence, LogFindings, Needs};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::Name;

/// See `rules/hashed-raw-key.md`.
pub static RULE: Rule = crate::rule!(
    "hashed-raw-key",
    Check::Event(check),
    conclude,
    Needs::DIGESTS,
    Safety::Safe
)
.when(Signs::RAW_HEX);

/// Notes for the fixes which digests stand in place of a value: it may stand elsewhere in the log.
fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    if let Some(lessons) = out.lessons(Safety::Safe) {
        log.hashed_raws()
            .for_each(|digest| lessons.hashed_raw(digest));
    }
    Ok(())
}

/// Ids of Meta, of a device or of an app: numbers, UUIDs or tokens, never 64 hex digits.
const NEVER_LONG_HEX: [Name; 12] = [
    Name::FbLoginId,
    Name::LeadId,
    Name::AnonId,
    Name::Madid,
    Name::PageId,
    Name::PageScopedUserId,
    Name::CtwaClid,
    Name::IgAccountId,
    Name::IgSid,
    Name::WhatsappBusinessAccountId,
    Name::InstagramBusinessAccountId,
    Name::SubscriptionId,
];

const NEVER_LONG_HEX_BITS: u128 = {
    let (mut bits, mut at) = (0, 0);
    while at < NEVER_LONG_HEX.len() {
        bits |= NEVER_LONG_HEX[at].bit();
        at += 1;
    }
    bits
};

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    if !event.raw().may_be_hex {
        return;
    }
    for name in NEVER_HEX {
        let Some(item) = event.user(name) else {
            continue;
        };
        for value in item.each() {
            if value.text().is_some_and(digest::is_digest) {
                report(event, value, name, out);
            }
        }
    }
    if event.names().1 & NEVER_LONG_HEX_BITS == 0 {
        return;
    }
    for name in NEVER_LONG_HEX {
        for value in event.user(name).into_iter().flat_map(Item::each) {
            let shape = value.text().map(Shape::of);
            if matches!(shape, Some(Shape::Sha256 | Shape::UpperHex)) {
                report(event, value, name, out);
            }
        }
    }
}

fn report(event: &Event<'_, '_>, value: Item<'_, '_>, name: Name, out: &mut Findings) {
    let digits = value
        .text()
        .map_or(0, |text| digest::strip_appendix(text).len());
    let finding = out.at(
        value,
        format!("{name} holds {digits} hex digits, the form of a digest, where Meta wants the value itself"),
    );
    // The business makes up its subscription ids, and may make them so.
    if name == Name::SubscriptionId {
        finding
            .severity(Severity::Info)
            .certainty(Certainty::Heuristic)
            .spoils(false);
    } else {
        let at = value.pointer_from(event.root().place());
        let lessons = event.witnesses.lessons.as_ref();
        let raw = lessons.and_then(|lessons| lessons.raw(digest::decode_digest(value.text()?)?));
        finding.fix(match raw {
            Some(raw) => {
                Fix::safe("take the value that the log shows elsewhere").replace_text(at, raw)
            }
            None if lessons.is_some() => Fix::safe("remove the digest").remove(at),
            None => {
                let both = "take the value where the log shows it, or else remove the digest";
                Fix::safe(both).remove(at)
            }
        });
    }
}
