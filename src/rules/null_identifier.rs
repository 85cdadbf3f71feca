//! CL116: null and its kin where an identifier or nothing belongs, and repeated values.

use hashbrown::HashSet;

use crate::digest::{self, Shape};
use crate::event::{Event, Identifier};
use crate::finding::{Effect, Findings};
use crate::fix::Fix;
use crate::json::{Item, Val};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::{Hashing, Name};

/// See `rules/null-identifier.md`.
pub static RULE: Rule = crate::rule!("null-identifier", Check::Event(check)).when(
    Signs::shaped(Shape::Nothing.bit() | Shape::WrongType.bit())
        .with(Signs::RAW_NOTHING)
        .with(Signs::MISTAKE),
);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    for identifier in event.shaped(Shape::Nothing.bit() | Shape::WrongType.bit()) {
        let item = event.item(identifier.place);
        if let Some(what) = nothing(identifier.name, item) {
            report(event, identifier.name, item, what, out);
        }
    }
    if event.raw().may_be_nothing {
        raw_keys(event, out);
    }
    if event.has_suspect() {
        repeated(event, out);
    }
}

fn raw_keys(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(user_data) = event.user_data() else {
        return;
    };
    for member in user_data.members() {
        let Some(name) = member.name() else { continue };
        let usual = |text: &str| text.len() > LONGEST && !text.starts_with(char::is_whitespace);
        if name.hashing() != Some(Hashing::Never) || member.text().is_some_and(usual) {
            continue;
        }
        if let Some(what) = nothing(name, member) {
            if !is_missing_agent(event, name, member) {
                report(event, name, member, what, out);
            }
        } else if member.is_list() {
            for value in member.children() {
                if let Some(what) = nothing(name, value) {
                    report(event, name, value, what, out);
                }
            }
        }
    }
}

/// A website event has to have a user agent: one that is blank is missing, which is the business
/// of website-without-user-agent.
fn is_missing_agent(event: &Event<'_, '_>, name: Name, member: Item<'_, '_>) -> bool {
    name == Name::ClientUserAgent && event.is_website() && member.is_blank()
}

/// The length of `[object Object]`, the longest word that stands for nothing.
const LONGEST: usize = 15;

/// What a value that stands for nothing is, in words.
fn nothing(name: Name, item: Item<'_, '_>) -> Option<&'static str> {
    match item.val() {
        Val::Null => Some("null"),
        // Under raw keys any boolean is the business of the rules on their format.
        Val::Bool(false) if name.hashing() != Some(Hashing::Never) => Some("false"),
        Val::Text(text) if text.len() > LONGEST && !text.starts_with(char::is_whitespace) => None,
        Val::Text(text) => {
            let bare = text.trim();
            if bare.is_empty() {
                Some("an empty text")
            } else {
                (bare.len() <= LONGEST && digest::is_nothing_word(bare))
                    .then_some("a word that stands for nothing")
            }
        }
        Val::List => item.is_empty().then_some("an empty list"),
        Val::Object => item.is_empty().then_some("an empty object"),
        Val::Int(0) if name.hashing() == Some(Hashing::Required) => Some("0"),
        Val::Float(0.0) if name.hashing() == Some(Hashing::Required) => Some("0"),
        _ => None,
    }
}

fn report(
    event: &Event<'_, '_>,
    name: Name,
    item: Item<'_, '_>,
    what: &'static str,
    out: &mut Findings,
) {
    let is_word = item.text().is_some_and(|text| !text.trim().is_empty());
    let fix = if is_word && may_be_a_name(name, item) {
        Fix::needs_consent("remove the value, if it is nobody's name")
    } else {
        Fix::safe("remove the value")
    };
    let pointer = item.pointer_from(event.root().place());
    let finding = out.at(item, format!("{name} is {what}"));
    finding.fix(fix.remove(pointer));
    if is_word {
        finding.effect(Effect::Unmatched);
    }
}

/// Null, Nan, Nil and None are names of people and places.
fn may_be_a_name(name: Name, item: Item<'_, '_>) -> bool {
    matches!(name, Name::Fn | Name::Ln | Name::Ct)
        && item.text().is_some_and(|text| {
            let word = text.trim();
            word.bytes().all(|b| b.is_ascii_alphabetic()) && !word.eq_ignore_ascii_case("undefined")
        })
}

/// Values that stand twice in one list. The later one goes.
fn repeated(event: &Event<'_, '_>, out: &mut Findings) {
    let list_of = |identifier: &Identifier<'_>| {
        let parent = event.item(identifier.place).parent();
        parent.filter(|parent| parent.is_list()).map(Item::place)
    };
    // The values of one list stand in a row. A key that stands twice is another rule's business.
    let of_one_list = |a: &Identifier<'_>, b: &Identifier<'_>| {
        a.name == b.name && list_of(a).is_some() && list_of(a) == list_of(b)
    };
    for list in event.identifiers().chunk_by(of_one_list) {
        if list.len() > 1 {
            repeated_in(event, list, out);
        }
    }
}

fn repeated_in(event: &Event<'_, '_>, list: &[Identifier<'_>], out: &mut Findings) {
    /// Below this a walk is quicker than a set; above it, it would be endless.
    const SHORT: usize = 16;
    let mut seen = HashSet::new();
    for (at, identifier) in list.iter().enumerate() {
        let Some(value) = comparable(identifier) else {
            continue;
        };
        let is_new = if list.len() <= SHORT {
            list[..at]
                .iter()
                .all(|first| comparable(first) != Some(value))
        } else {
            seen.insert(value)
        };
        if is_new {
            continue;
        }
        let item = event.item(identifier.place);
        let pointer = item.pointer_from(event.root().place());
        out.at(
            item,
            format!("{} holds the same value twice", identifier.name),
        )
        .spoils(false)
        .help("send each value once")
        .fix(Fix::safe("remove the repetition").remove(pointer));
    }
}

/// What is compared: digests without their appendix, and any text of external_id. Other values have
/// a rule of their own first.
fn comparable<'a>(identifier: &Identifier<'a>) -> Option<&'a str> {
    let is_id = identifier.name == Name::ExternalId
        && !identifier.text.is_empty()
        && identifier.shape != Shape::Nothing;
    identifier.hex().or(is_id.then_some(identifier.text))
}
