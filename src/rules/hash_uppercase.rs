//! CL109: a SHA-256 digest in capitals.

use crate::digest::worthless::Standing;
use crate::digest::{self, Shape};
use crate::event::{Event, Identifier};
use crate::finding::Findings;
use crate::fix::Fix;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::Hashing;

use super::{default_birth_date, hash_of_placeholder};

/// See `rules/hash-uppercase.md`.
pub static RULE: Rule =
    crate::rule!("hash-uppercase", Check::Event(check)).when(Signs::shaped(Shape::UpperHex.bit()));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    for identifier in event.shaped(Shape::UpperHex.bit()) {
        // external_id may be any stable text, and lower-casing one side only would part it from
        // the other.
        if identifier.name.hashing() != Some(Hashing::Required) {
            continue;
        }
        if is_spoken_of(event, identifier) {
            continue;
        }
        let item = event.item(identifier.place);
        // The appendix is base64url, where case means something.
        let digits = digest::strip_appendix(identifier.text).to_ascii_lowercase();
        let fix = Fix::safe("write the digest in lower case").replace_text(
            item.pointer_from(event.root().place()),
            &(digits + identifier.appendix()),
        );
        out.at(
            item,
            format!("{} has capitals among its 64 hex digits", identifier.name),
        )
        .fix(fix);
    }
}

/// Whether another rule speaks of what the value is the digest of: no case makes it right.
fn is_spoken_of(event: &Event<'_, '_>, identifier: &Identifier<'_>) -> bool {
    let is_worthless = identifier
        .worthless
        .is_some_and(|entry| entry.standing(identifier.name) != Standing::Right);
    let lessons = event.witnesses.lessons.as_ref();
    is_worthless
        || event
            .mistakes()
            .iter()
            .any(|mistake| mistake.place == identifier.place)
        || default_birth_date::is_impossible(identifier)
        || hash_of_placeholder::is_of_the_shop(event, identifier)
        || lessons.is_some_and(|lessons| lessons.inner(identifier).is_some())
}
