//! CL109: a SHA-256 digest in capitals.

use crate::digest::{self, Shape};
use crate::event::Event;
use crate::finding::Findings;
use crate::fix::Fix;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::Hashing;

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
