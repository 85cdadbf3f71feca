//! CL106: the digest of another algorithm, or no digest at all.

use std::borrow::Cow;
use std::collections::BTreeMap;

use once_cell::sync::Lazy;

use crate::digest::other::Algorithm;
use crate::digest::worthless::Words;
use crate::digest::{self, Shape};
use crate::event::{Event, Identifier};
use crate::finding::{Certainty, Effect, Findings, Severity};
use crate::fix::Fix;
use crate::json::{Item, Val};
use crate::normalize::normal_form;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::Name;
use crate::values::{places, plain};

/// See `rules/not-sha256.md`.
pub static RULE: Rule =
    crate::rule!("not-sha256", Check::Event(check)).when(Signs::required(SHAPES));

const SHAPES: u32 = Shape::Md5.bit()
    | Shape::OtherHash.bit()
    | Shape::PasswordHash.bit()
    | Shape::WrongType.bit()
    | Shape::Plain.bit();

/// Digests of other algorithms that are known to stand for nobody, with what they are.
static WORTHLESS: Lazy<BTreeMap<String, String>> = Lazy::new(|| Words::load().other_algorithms);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    // external_id may be any stable text, also one that looks like a digest.
    for identifier in event.required(SHAPES) {
        check_one(event, identifier, out);
    }
}

fn check_one(event: &Event<'_, '_>, identifier: &Identifier<'_>, out: &mut Findings) {
    let (name, item) = (identifier.name, event.item(identifier.place));
    let core = digest::strip_appendix(identifier.text).trim();
    let is_digest = matches!(identifier.shape, Shape::Md5 | Shape::OtherHash);
    let worthless = is_digest.then(|| WORTHLESS.get(&core.to_ascii_lowercase()));
    if let Some(what) = worthless.flatten() {
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
            // Of a person in plain unhashed-pii speaks.
            let has_plain = || {
                item.is_list()
                    && item
                        .children()
                        .any(|inner| plain::read_in_list(name, inner, event).is_some())
            };
            if !is_other && !item.is_blank() && !has_plain() {
                out.at(item, format!("{name} is {}, not a digest", value.kind()))
                    .help("send one digest, or a list of digests")
                    .fix_if(flattened(event, item));
            }
        }
        Shape::Md5 => {
            let message = "has 32 hex digits, the length of MD5, not the 64 of SHA-256";
            let message = shown(event, identifier, core).map_or(message.into(), Cow::Owned);
            out.at(item, format!("{name} {message}"))
                .severity(Severity::Warning)
                .effect(Effect::Unknown)
                .fix_if(listed(event, identifier, core));
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
            let message = match shown(event, identifier, core) {
                Some(shown) => shown,
                None => format!("has {digits} hex digits, {algorithm}, not the 64 of SHA-256"),
            };
            out.at(item, format!("{name} {message}"))
                .fix_if(listed(event, identifier, core));
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

/// One list instead of two, where nothing but digests stands in the inner one and one of them has but one
/// element.
fn flattened(event: &Event<'_, '_>, list: Item<'_, '_>) -> Option<Fix> {
    let is_digest = |item: Item<'_, '_>| {
        let shape = item.text().map(Shape::of);
        matches!(shape, Some(Shape::Sha256 | Shape::UpperHex))
    };
    if !list.is_list() || !list.children().all(is_digest) {
        return None;
    }
    let outer = list.parent().filter(|it| it.is_list());
    let lone = match (list.len(), outer) {
        (1, _) => list,
        (_, Some(outer)) if outer.len() == 1 => outer,
        _ => return None,
    };
    let fix = Fix::safe("take the inner list out of the list");
    Some(fix.unwrap(lone.pointer_from(event.root().place())))
}

/// Which value another algorithm has digested, when the list of known values, the event or the key shows
/// it.
fn shown(event: &Event<'_, '_>, identifier: &Identifier<'_>, core: &str) -> Option<String> {
    let algorithm = Algorithm::of_length(core.len())?;
    let is_listed = known_digest(event, identifier.name, core).is_some();
    let what = match is_listed {
        true => "a known value",
        false => known_behind(event, identifier.name, algorithm, core)?,
    };
    let word = algorithm.word();
    Some(format!("is the {word} of {what}, not the SHA-256"))
}

/// The right digest, when the value is one of the known ones.
fn known_digest(event: &Event<'_, '_>, name: Name, core: &str) -> Option<String> {
    event.witnesses.known.as_ref()?.of_other(name, core)
}

fn listed(event: &Event<'_, '_>, identifier: &Identifier<'_>, core: &str) -> Option<Fix> {
    let right = known_digest(event, identifier.name, core)?;
    let item = event.item(identifier.place);
    let pointer = item.pointer_from(event.root().place());
    let right = format!("{right}{}", identifier.appendix());
    let fix = Fix::safe("write the SHA-256 of the known value");
    Some(fix.replace_text(pointer, &right))
}

/// What a digest is of, when the event shows it or the key has few possible values.
fn known_behind(
    event: &Event<'_, '_>,
    name: Name,
    algorithm: Algorithm,
    core: &str,
) -> Option<&'static str> {
    let is = |text: &str| algorithm.hex_of(text).eq_ignore_ascii_case(core);
    match name {
        Name::Ge => ["f", "m", "F", "M", "female", "male"]
            .into_iter()
            .any(is)
            .then_some("a gender"),
        Name::Country => places::codes()
            .any(|code| is(code) || is(&code.to_ascii_uppercase()))
            .then_some("a country code"),
        Name::Em | Name::Ph => {
            let texts = event.custom_data().into_iter().flat_map(|it| it.children());
            let beside = event.identifiers().iter().map(|it| it.text);
            let mut texts = texts.filter_map(|it| it.text()).chain(beside);
            let hit = texts.any(|text| {
                let form = normal_form(name, text, event.assume);
                form.is_ok_and(|form| is(&form) || is(text) || is(text.trim()))
            });
            hit.then_some("a value that stands in plain in the same event")
        }
        _ => None,
    }
}
