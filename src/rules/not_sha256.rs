//! CL106: the digest of another algorithm, or no digest at all.

use crate::digest::{self, Shape};
use crate::event::{Event, Identifier};
use crate::finding::{Certainty, Effect, Findings, Severity};
use crate::json::Val;
use crate::name::Hashing;
use crate::rule::{Check, Rule};

/// See `rules/not-sha256.md`.
pub static RULE: Rule = crate::rule!("not-sha256", Check::Event(check));

const SHAPES: u32 = Shape::Md5.bit()
    | Shape::OtherHash.bit()
    | Shape::PasswordHash.bit()
    | Shape::WrongType.bit()
    | Shape::Plain.bit();

/// Digests of other algorithms that are known to stand for nobody.
const WORTHLESS: [(&str, &str); 7] = [
    (
        "d41d8cd98f00b204e9800998ecf8427e",
        "the MD5 of an empty text",
    ),
    (
        "37a6259cc0c1dae299a7866489dff0bd",
        "the MD5 of the word null",
    ),
    (
        "5e543256c480ac577d30f76f9120eb74",
        "the MD5 of the word undefined",
    ),
    (
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "the SHA-1 of an empty text",
    ),
    (
        "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f",
        "the SHA-224 of an empty text",
    ),
    (
        "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da\
         274edebfe76f65fbd51ad2f14898b95b",
        "the SHA-384 of an empty text",
    ),
    (
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce\
         47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
        "the SHA-512 of an empty text",
    ),
];

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    for identifier in event.shaped(SHAPES) {
        // external_id may be any stable text, also one that looks like a digest.
        if identifier.name.hashing() == Some(Hashing::Required) {
            check_one(event, identifier, out);
        }
    }
}

fn check_one(event: &Event<'_, '_>, identifier: &Identifier<'_>, out: &mut Findings) {
    let (name, item) = (identifier.name, event.item(identifier.place));
    let core = digest::strip_appendix(identifier.text).trim();
    let worthless = WORTHLESS
        .iter()
        .find(|(hex, _)| hex.eq_ignore_ascii_case(core));
    if let Some((_, what)) = worthless {
        out.at(item, format!("{name} is {what}"))
            .help("leave the key out when there is no value");
        return;
    }
    match identifier.shape {
        // Numbers are the plain value, and `false` and empty objects stand for nothing: other
        // rules speak of those.
        Shape::WrongType => {
            let value = item.val();
            let is_other = matches!(value, Val::Int(_) | Val::Float(_) | Val::Bool(false));
            if !is_other && !item.is_blank() {
                out.at(item, format!("{name} is {}, not a digest", value.kind()))
                    .help("send one digest, or a list of digests");
            }
        }
        Shape::Md5 => {
            out.at(
                item,
                format!("{name} has 32 hex digits, the length of MD5, not the 64 of SHA-256"),
            )
            .severity(Severity::Warning)
            .effect(Effect::Unknown);
        }
        Shape::PasswordHash => {
            out.at(
                item,
                format!("{name} is a salted password hash, which nobody can compare"),
            );
        }
        Shape::OtherHash => {
            let algorithm = match core.len() {
                40 => "the length of SHA-1",
                56 => "the length of SHA-224",
                96 => "the length of SHA-384",
                _ => "the length of SHA-512 or of two digests in a row",
            };
            let digits = core.len();
            out.at(
                item,
                format!("{name} has {digits} hex digits, {algorithm}, not the 64 of SHA-256"),
            );
        }
        _ if digest::has_foreign_appendix(identifier.text) => {}
        _ if digest::is_token(identifier.text) => {
            let length = core.chars().count();
            out.at(
                item,
                format!(
                    "{name} is a token of {length} characters, not the 64 hex digits of SHA-256"
                ),
            )
            .certainty(Certainty::Strong);
        }
        _ => {}
    }
}
