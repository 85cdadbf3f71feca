//! CL108: a whole SHA-256 digest, written in another way than as 64 hex digits.

use crate::digest::{self, Shape};
use crate::event::{Event, Identifier};
use crate::finding::Findings;
use crate::fix::Fix;
use crate::json::{Item, Val};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::Hashing;

/// See `rules/hash-encoding.md`.
pub static RULE: Rule =
    crate::rule!("hash-encoding", Check::Event(check)).when(Signs::shaped(SHAPES));

const SHAPES: u32 = Shape::Base64Digest.bit() | Shape::DressedHex.bit() | Shape::Bytes.bit();

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    for identifier in event.shaped(SHAPES) {
        // external_id may be any stable text; 0x and 64 digits may be just that.
        if identifier.name.hashing() != Some(Hashing::Required) {
            continue;
        }
        let item = event.item(identifier.place);
        let what = match identifier.shape {
            Shape::Base64Digest => "a digest in base64",
            Shape::DressedHex => "a digest with a prefix, quotes, separators or white space",
            _ => "a digest as a list of bytes",
        };
        let pointer = item.pointer_from(event.root().place());
        let fix = hex_of(item, identifier).map(|hex| {
            Fix::safe("write the digest as 64 lower-case hex digits").replace_text(pointer, &hex)
        });
        out.at(
            item,
            format!("{} is {what}, not 64 hex digits", identifier.name),
        )
        .fix_if(fix);
    }
}

/// The digest as it should be written, with the appendix that it has.
fn hex_of(item: Item<'_, '_>, identifier: &Identifier<'_>) -> Option<String> {
    match identifier.shape {
        Shape::Bytes => bytes_of(item).map(hex::encode),
        Shape::Base64Digest => digest::from_base64_digest(identifier.text.trim()),
        _ => {
            let bare = digest::unwrap(identifier.text);
            let appendix = &bare[digest::strip_appendix(bare).len()..];
            Some(digest::undress(identifier.text)? + appendix)
        }
    }
}

/// The bytes of a list of numbers, signed as Java has them or not, or of the dump of a `Buffer` or
/// `Uint8Array`.
fn bytes_of(item: Item<'_, '_>) -> Option<Vec<u8>> {
    let list = item.member("data").unwrap_or(item);
    list.children()
        .map(|byte| match byte.val() {
            Val::Int(int @ -128..0) => u8::try_from(int + 256).ok(),
            Val::Int(int) => u8::try_from(int).ok(),
            _ => None,
        })
        .collect()
}
