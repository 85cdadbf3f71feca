//! CL313: the browser's digests of a key differ from the server's, pair after pair.

use std::io;

use crate::digest::{self, Shape};
use crate::event::Event;
use crate::finding::Findings;
use crate::fix::{Fix, Safety};
use crate::ledger::{Evidence, LogFindings, Needs};
use crate::pixel::index::KEYS;
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::values::name::Name;

/// See `rules/pixel-identity-mismatch.md`.
pub static RULE: Rule = crate::rule!(
    "pixel-identity-mismatch",
    Check::Event(check),
    conclude,
    Needs::NONE
)
.with_pixel_lessons(Safety::Unsafe);

const POINTERS: [&str; KEYS.len()] = [
    "/user_data/em",
    "/user_data/ph",
    "/user_data/fn",
    "/user_data/ln",
    "/user_data/ge",
    "/user_data/db",
    "/user_data/ct",
    "/user_data/st",
    "/user_data/zp",
    "/user_data/country",
    "/user_data/external_id",
];

/// In a second pass, when the first has paired the event with one hit and no other.
fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let (Some(learned), Some(pixel)) = (&event.witnesses.learned, &event.witnesses.pixel) else {
        return;
    };
    let (Some(name), Some(hit)) = (event.name(), learned.mismatched(pixel, event)) else {
        return;
    };
    for (key, theirs) in &hit.identity {
        let is_digest = theirs.len() == 64 && theirs.bytes().all(|b| b.is_ascii_hexdigit());
        if !learned.is_mismatch(name, *key) || !(is_digest || *key == Name::ExternalId) {
            continue;
        }
        let mut own = event.identifiers().iter().filter(|one| one.name == *key);
        // Of several values one may be right.
        let (Some(one), None) = (own.next(), own.next()) else {
            continue;
        };
        let several = hit.identity.iter().filter(|(other, _)| other == key);
        let text = digest::strip_appendix(one.text.trim());
        let is_hashed = matches!(one.shape, Shape::Sha256 | Shape::UpperHex);
        let is_plain_id = *key == Name::ExternalId && one.shape == Shape::Plain;
        if several.count() != 1
            || one.worthless.is_some()
            || text.eq_ignore_ascii_case(theirs)
            || !(is_hashed || is_plain_id)
        {
            continue;
        }
        let item = event.item(one.place);
        let pointer = item.pointer_from(event.root().place());
        let fix = Fix::needs_consent("take the browser's value of the same conversion");
        out.at(
            item,
            format!(
                "{key} is another than the browser's of the same conversion, as in nearly all pairs"
            ),
        )
        .fix(fix.replace_text(pointer, &format!("{theirs}{}", one.appendix())));
    }
}

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    for pairs in log.pixel() {
        for (key, pointer) in POINTERS.into_iter().enumerate() {
            let Some((compared, mixed, events)) = pairs.mismatch(key) else {
                continue;
            };
            let number = events.len() as u64;
            let how = if mixed * 2 > number {
                "one side hashes it and the other does not"
            } else {
                "the pixel hashes for itself, so the server's form must be suspected"
            };
            out.at(
                events[0],
                pointer,
                format!(
                    "{} differs in {number} of {} of browser and server named {}: {how}",
                    KEYS[key],
                    count(compared, "pair"),
                    pairs.name
                ),
            )
            .places(events.iter().copied(), "event of such a pair")
            .events(number);
        }
    }
    Ok(())
}
