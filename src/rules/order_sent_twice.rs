//! CL306: one order under several event_ids.

use std::io;

use crate::event::Event;
use crate::finding::{Certainty, Findings, Severity};
use crate::fix::{Fix, Safety};
use crate::json::Pointer;
use crate::ledger::event_ids::WINDOW;
use crate::ledger::sighting::{PAIRED, PLACEHOLDER_ID, Person, Sighting};
use crate::ledger::{Evidence, LogFindings, Needs};
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::values::name::Name;

/// See `rules/order-sent-twice.md`.
pub static RULE: Rule = crate::rule!(
    "order-sent-twice",
    Check::Event(check),
    conclude,
    Needs::ORDERS,
    Safety::Unsafe
);

/// In a second pass, when the first has seen the order under another id before.
fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(lessons) = &event.witnesses.lessons else {
        return;
    };
    let (Some(id), Some(item)) = (lessons.order_id(event), event.get(Name::EventId)) else {
        return;
    };
    let fix = Fix::needs_consent("give the event the event_id under which its order came first");
    out.at(
        item,
        "the order of this event came before under another event_id",
    )
    .fix(fix.replace_text(Pointer::root().key("event_id"), id));
}

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    log.orders(|group| {
        let Some(twice) = sent_twice(group) else {
            return;
        };
        let name = log.event_name(group[0].name);
        let number = count(twice.len() as u64, "event");
        let first = twice[0];
        let one_value = are_alike(&twice);
        let (message, help) = match one_value {
            true => (
                format!("one order came as {number} named {name}, each under an event_id of its own"),
                None,
            ),
            false => (
                format!("one order came as {number} named {name} of different values or goods, each under an event_id of its own"),
                Some("send the order once; parts of it that are sent apart want an item_number each"),
            ),
        };
        let is_certain = are_copies(&twice);
        if is_certain && let Some(lessons) = out.lessons(Safety::Unsafe) {
            let others = twice[1..].iter().map(|row| row.other).collect();
            lessons.order(first.key, first.other, others);
        }
        let finding = out.at(first.at, "/event_id", message);
        finding
            .places(twice.iter().map(|row| row.at), "event of this order")
            // The first of them is as it should be.
            .events(twice.len() as u64 - 1);
        if !is_certain {
            finding
                .severity(Severity::Warning)
                .certainty(Certainty::Strong)
                .without_fix();
        }
        if let Some(help) = help {
            finding.help(help);
        }
    })
}

/// More ids of one order are not told apart.
const MOST: usize = 1_000;

/// The first sighting of each id of the order, when there are several within the time in which Meta
/// would have known a copy, and no two people.
pub(super) fn sent_twice(group: &[Sighting]) -> Option<Vec<&Sighting>> {
    let mut ids: Vec<&Sighting> = Vec::new();
    for row in group {
        if !row.has(PAIRED) || row.has(PLACEHOLDER_ID) {
            return None;
        }
        if ids.iter().any(|one| one.other == row.other) {
            continue;
        }
        if ids.len() == MOST {
            break;
        }
        // Two people under one number are two orders: the shop begins to count anew, or there are
        // two shops.
        if ids
            .iter()
            .any(|one| matches!(one.person(row), Person::Different { .. }))
        {
            return None;
        }
        // What comes later is the next payment of a subscription rather than a copy.
        if ids.iter().all(|one| one.gap(row) <= WINDOW) {
            ids.push(row);
        }
    }
    (ids.len() > 1).then_some(ids)
}

/// Copies of one order come within so many seconds: a later one may be the next payment of a
/// subscription.
const SOON: u32 = 6 * 3600;

/// Whether all these are the same order beyond doubt.
pub(super) fn are_copies(twice: &[&Sighting]) -> bool {
    let is_soon = twice.iter().all(|row| row.gap(twice[0]) <= SOON);
    is_soon && are_alike(twice) && is_one_person(twice)
}

/// Whether none differs in value, currency or goods.
fn are_alike(twice: &[&Sighting]) -> bool {
    !twice.iter().any(|row| row.content_differs(twice[0]))
}

/// Whether all these are of one person beyond doubt: else the shop may have begun to count anew.
fn is_one_person(twice: &[&Sighting]) -> bool {
    let [first, others @ ..] = twice else {
        return true;
    };
    let is_the_same = |row: &&Sighting| first.person(row) == Person::Same;
    others.iter().all(is_the_same)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(at: u64, id: u64) -> Sighting {
        Sighting {
            key: [1, 1],
            at,
            other: id,
            time: 1_782_399_600,
            name: 1,
            browser: 5,
            email: 6,
            external_id: 0,
            address: 0,
            content: 7,
            flags: PAIRED,
        }
    }

    #[test]
    fn copies_payments_and_strangers_are_not_the_order_again() {
        let ids = |rows: &[Sighting]| sent_twice(rows).map_or(0, |ids| ids.len());
        assert_eq!(ids(&[row(0, 1), row(1, 2), row(2, 1), row(3, 3)]), 3);
        assert_eq!(ids(&[row(0, 1), row(1, 1)]), 0);
        let month_later = Sighting {
            time: 1_782_399_600 + 30 * 86_400,
            ..row(1, 2)
        };
        assert_eq!(ids(&[row(0, 1), month_later]), 0);
        let stranger = Sighting {
            browser: 8,
            email: 9,
            ..row(1, 2)
        };
        assert_eq!(ids(&[row(0, 1), stranger]), 0);
        // Of a kiosk whose order numbers begin anew each day, and of people behind one address.
        let at_kiosk = Sighting {
            email: 9,
            external_id: 9,
            ..row(1, 2)
        };
        let known = Sighting {
            external_id: 8,
            ..row(0, 1)
        };
        assert_eq!(ids(&[known, at_kiosk]), 0);
        let of_office = |row: Sighting| Sighting { address: 3, ..row };
        assert_eq!(ids(&[of_office(row(0, 1)), of_office(stranger)]), 0);
        let other_mail = Sighting {
            browser: 0,
            email: 9,
            ..row(1, 2)
        };
        let (first, perhaps) = (row(0, 1), [row(0, 1), other_mail]);
        assert_eq!(ids(&perhaps), 2);
        assert!(!is_one_person(&[&first, &perhaps[1]]));
        assert!(is_one_person(&[&first, &row(1, 2)]));
        // A daily payment of a subscription, and the parts of two sellers.
        let next_day = Sighting {
            time: 1_782_399_600 + 86_400,
            ..row(1, 2)
        };
        let part = Sighting {
            content: 8,
            ..row(1, 2)
        };
        assert!(are_copies(&[&first, &row(1, 2)]));
        assert!(!are_copies(&[&first, &next_day]) && !are_copies(&[&first, &part]));
        let in_store = Sighting {
            flags: 0,
            ..row(1, 2)
        };
        assert_eq!(ids(&[row(0, 1), in_store]), 0);
    }
}
