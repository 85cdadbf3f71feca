//! CL122: external_ids that are digests in some events and values in others.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

use crate::digest::{self, Shape};
use crate::event::Event;
use crate::finding::{Certainty, Findings};
use crate::fix::{Fix, Safety};
use crate::json::Val;
use crate::ledger::people::{self, Events, HASHED_ID, PLAIN_ID};
use crate::ledger::{Evidence, LEAST_EVENTS, LogFindings, Needs, Visit};
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::values::name::Name;

use super::external_id_not_a_person;

/// See `rules/external-id-mixed-forms.md`.
pub static RULE: Rule = crate::rule!(
    "external-id-mixed-forms",
    Check::Event(check),
    conclude,
    Needs::VISITS,
    Safety::Unsafe
);

/// In a second pass, when the first has seen ids in both forms: the digest is the one that can be made
/// of the other.
fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(lessons) = &event.witnesses.lessons else {
        return;
    };
    if !lessons.hashes_ids(event) {
        return;
    }
    for one in event.identifiers() {
        if one.name != Name::ExternalId || one.worthless.is_some() {
            continue;
        }
        let item = event.item(one.place);
        let (text, appendix) = match (one.shape, item.val()) {
            (Shape::Plain | Shape::Md5, Val::Text(text)) => (
                Cow::Borrowed(digest::strip_appendix(text).trim()),
                one.appendix(),
            ),
            (_, Val::Int(number)) => (Cow::Owned(number.to_string()), ""),
            _ => continue,
        };
        // What names no person, or should not be read by everybody, is another rule's.
        if text.is_empty() || external_id_not_a_person::in_plain(event, &text).is_some() {
            continue;
        }
        let pointer = item.pointer_from(event.root().place());
        let new = format!("{}{appendix}", digest::sha256_hex(&text));
        let fix = Fix::needs_consent("hash the value as other events do, if the pixel does, too");
        out.at(
            item,
            "external_id is the value itself, of which other events have the digest",
        )
        .fix(fix.replace_text(pointer, &new));
    }
}

/// Fewer events of the rarer form in a hundred are leftovers of a change, not a habit.
const LEAST_PERCENT: u64 = 5;

/// An id in both forms is one coincidence of 64 bits; two of them are as good as equal bytes.
const PROOF: u64 = 2;

#[derive(Default)]
struct Forms {
    plain: Events,
    hashed: Events,
    /// Ids that came in both forms.
    both: u64,
}

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    let mut scopes: BTreeMap<u32, Forms> = BTreeMap::new();
    log.visits(|visit| {
        if visit.external_id == 0 {
            return;
        }
        let forms = scopes.entry(visit.scope).or_default();
        let of_form = match visit.has(PLAIN_ID) {
            true => &mut forms.plain,
            false => &mut forms.hashed,
        };
        of_form.add(visit.at, visit.count.into());
    })?;
    scopes.retain(|_, forms| {
        let (plain, hashed) = (forms.plain.number, forms.hashed.number);
        plain > 0 && hashed > 0 && plain + hashed >= LEAST_EVENTS
    });
    if scopes.is_empty() {
        return Ok(());
    }
    let of = |visit: &Visit| match scopes.contains_key(&visit.scope) {
        true => visit.external_id,
        false => 0,
    };
    let mut joined: Vec<u32> = Vec::new();
    people::sharing(log, of, 2, |group| {
        let has = |form: u32| group.iter().any(|row| row.flags & form != 0);
        if has(PLAIN_ID) && has(HASHED_ID) {
            joined.push(group[0].scope);
        }
    })?;
    for scope in joined {
        if let Some(forms) = scopes.get_mut(&scope) {
            forms.both += 1;
        }
    }
    for (&scope, forms) in &scopes {
        let (plain, hashed) = (forms.plain.number, forms.hashed.number);
        let is_habit = plain.min(hashed) * 100 >= LEAST_PERCENT * (plain + hashed);
        if forms.both == 0 && !is_habit {
            continue;
        }
        if forms.both > 0
            && let Some(lessons) = out.lessons(Safety::Unsafe)
        {
            lessons.mixed_ids(scope);
        }
        let of = format!(
            "external_id is a digest in {} and the value itself in {}",
            count(hashed, "event"),
            count(plain, "event")
        );
        let message = match forms.both {
            0 => of,
            1 => format!("{of}; one id came in both forms"),
            both => format!("{of}; {both} ids came in both forms"),
        };
        let (first, other, what) = match forms.plain.first() < forms.hashed.first() {
            true => (forms.plain, forms.hashed, "the first digest"),
            false => (forms.hashed, forms.plain, "the first value that is none"),
        };
        let finding = out.at(first.first(), "/user_data/external_id", message);
        finding
            .related(other.first(), what)
            .events(plain.min(hashed));
        if forms.both >= PROOF {
            finding.certainty(Certainty::Proof);
        } else if forms.both == 0 {
            finding.certainty(Certainty::Heuristic).without_fix();
        }
    }
    Ok(())
}
