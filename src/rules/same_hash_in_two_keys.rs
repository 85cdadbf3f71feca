//! CL114: one digest under two keys whose values cannot be the same.

use crate::digest::Shape;
use crate::digest::forms::Fault;
use crate::event::{Event, Identifier};
use crate::finding::{Certainty, Findings, Severity};
use crate::fix::Fix;
use crate::rule::{Check, Rule};
use crate::values::name::Name;

/// See `rules/same-hash-in-two-keys.md`.
pub static RULE: Rule = crate::rule!("same-hash-in-two-keys", Check::Event(check));

/// Values of one event that are compared; more are not sent.
const MOST: usize = 32;

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let identifiers = event.identifiers();
    let count = identifiers.len().min(MOST);
    // Most events are settled by two bits of 64 for each digest: no two of them share both.
    let (mut some, mut others, mut apart) = (0u64, 0u64, true);
    for identifier in &identifiers[..count] {
        if identifier.shape == Shape::Sha256 {
            let begin = identifier.digest[0];
            let (bit, other) = (1 << (begin >> 58), 1 << (begin >> 52 & 63));
            apart &= some & bit == 0 || others & other == 0;
            (some, others) = (some | bit, others | other);
        }
    }
    if apart {
        return;
    }
    for later in 1..count {
        let begins = |it: &Identifier<'_>| it.digest[0] == identifiers[later].digest[0];
        if identifiers[later].shape == Shape::Sha256 && identifiers[..later].iter().any(begins) {
            compare(event, &identifiers[..later], &identifiers[later], out);
        }
    }
}

#[cold]
fn compare(
    event: &Event<'_, '_>,
    before: &[Identifier<'_>],
    later: &Identifier<'_>,
    out: &mut Findings,
) {
    let Some(hex) = later.hex() else { return };
    let spoken_of = |it: &Identifier<'_>| {
        it.worthless.is_some()
            || event
                .mistakes()
                .iter()
                .any(|mistake| mistake.place == it.place && mistake.fault == Fault::WrongKey)
    };
    let twin = before
        .iter()
        .find(|first| first.name != later.name && first.hex() == Some(hex));
    let Some(first) = twin else { return };
    let Some(names) = clash(first.name, later.name) else {
        return;
    };
    if spoken_of(first) || spoken_of(later) {
        return;
    }
    // The value is right in one of the keys when it is one of the few that this key takes.
    let wrong = if later.proven && !first.proven {
        first
    } else {
        later
    };
    let item = event.item(wrong.place);
    let pointer = item.pointer_from(event.root().place());
    let message = format!("{} and {} are the same digest", first.name, later.name);
    let fix = if wrong.name == later.name {
        "remove the second of two equal digests"
    } else {
        "remove the first of two equal digests"
    };
    let finding = out.at(item, message);
    finding.fix(Fix::needs_consent(fix).remove(pointer));
    if names == Clash::Names {
        finding
            .severity(Severity::Info)
            .certainty(Certainty::Heuristic)
            .help("send the first and the last name apart; some people do have one for both")
            .spoils(false);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Clash {
    /// First and last name: seldom the same, and mostly the whole name in both.
    Names,
    /// Values of two kinds.
    Kinds,
}

/// Whether no plain value is right under both keys.
fn clash(a: Name, b: Name) -> Option<Clash> {
    use Name::*;
    if matches!((a, b), (Fn, Ln) | (Ln, Fn)) {
        return Some(Clash::Names);
    }
    let kind = |name| match name {
        Em => 0,
        Ph => 1,
        // People are named after places, and codes of two letters are names, states and towns.
        Fn | Ln | F5first | F5last | Fi | Ct | St | Country => 2,
        Ge => 3,
        Db => 4,
        // A year is also a postcode of four digits.
        Dobd | Dobm | Doby => 5,
        Zp => 6,
        // external_id may be anything.
        _ => 7,
    };
    let (low, high) = (kind(a).min(kind(b)), kind(a).max(kind(b)));
    let may_agree = low == high
        || high == 7
        // The initial of a name.
        || (low, high) == (2, 3)
        || (low, high) == (5, 6);
    (!may_agree).then_some(Clash::Kinds)
}
