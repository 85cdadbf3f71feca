//! CL306: one order under several event_ids, by its number or by who paid what and when.

use std::io;

use crate::event::Event;
use crate::finding::{Certainty, Findings, Severity};
use crate::fix::{Fix, Safety};
use crate::json::Pointer;
use crate::ledger::event_ids::WINDOW;
use crate::ledger::sighting::{PAIRED, PLACEHOLDER_ID, Person, Sighting};
use crate::ledger::{Evidence, LogFindings, Needs, Sale};
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::values::name::Name;

/// See `rules/order-sent-twice.md`.
pub static RULE: Rule = crate::rule!(
    "order-sent-twice",
    Check::Event(check),
    conclude,
    Needs::ORDERS.and(Needs::SALES),
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
    by_number(log, out)?;
    by_payment(log, out)
}

fn by_number(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
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

/// Sales of one person and one value of which no number tells that they are one.
fn by_payment(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    log.sales(|group| {
        let mut rest = group;
        while let [first, ..] = rest {
            let end = rest.partition_point(|sale| sale.time - first.time <= AGAIN);
            let (near, behind) = rest.split_at(end);
            rest = behind;
            let Some(paid) = paid_twice(near) else {
                continue;
            };
            let number = count(paid.sales.len() as u64, "event");
            let name = log.event_name(first.name);
            let finding = out.at(
                paid.sales[0].at,
                "/event_id",
                match paid.is_likely {
                    true => {
                        let have = match paid.sales.iter().any(|sale| sale.order != 0) {
                            true => "not all of them have",
                            false => "none of them has",
                        };
                        format!("what looks like one order came as {number} named {name}, each under an event_id of its own: one person and one value within half an hour, and {have} an order number")
                    }
                    false => format!("one person paid one value in {number} named {name} within half an hour, and no order number tells whether that is one order under several event_ids"),
                },
            );
            finding
                .places(paid.sales.iter().map(|sale| sale.at), "event of this value")
                .events(paid.sales.len() as u64 - 1)
                .severity(match paid.is_likely {
                    true => Severity::Warning,
                    false => Severity::Info,
                })
                .certainty(Certainty::Heuristic)
                .without_fix()
                .help("send order_id with every purchase, and the same event_id wherever one is sent from");
        }
    })
}

/// Triggers of one shop send an order within so many seconds of each other.
const AGAIN: u32 = 30 * 60;

/// Nobody goes through a checkout again within so many seconds.
const AT_ONCE: u32 = 120;

/// One order has so few triggers; who buys more often in half an hour buys for others.
const MOST_TRIGGERS: usize = 6;

/// Sales that may be one.
struct Paid<'s> {
    /// The first sighting of each event_id, in input order.
    sales: Vec<&'s Sale>,
    /// Whether they are hardly two of their own: nobody is so fast, or another program made the id.
    is_likely: bool,
}

/// What may be one order among sales of one person and value that lie close together in time.
fn paid_twice(near: &[Sale]) -> Option<Paid<'_>> {
    let mut sales: Vec<&Sale> = Vec::new();
    for sale in near {
        if sales.iter().all(|one| one.id != sale.id) {
            sales.push(sale);
        }
        if sales.len() > MOST_TRIGGERS {
            return None;
        }
    }
    let pairs = || {
        let each = |at: usize| sales[at + 1..].iter().map(move |other| (at, *other));
        (0..sales.len()).flat_map(each)
    };
    // With a number on every one of them the numbers tell.
    if sales.len() < 2
        || sales.iter().all(|sale| sale.order != 0)
        || pairs().any(|(at, other)| sales[at].differs(other))
    {
        return None;
    }
    // A store or a machine that numbers its sales sells twice as fast as one taps.
    let is_at_once = sales[sales.len() - 1].time - sales[0].time <= AT_ONCE
        && sales.iter().any(|sale| sale.order == 0 && sale.is_minted());
    let is_of_two = pairs().any(|(at, other)| sales[at].make != other.make);
    sales.sort_unstable_by_key(|sale| sale.at);
    Some(Paid {
        sales,
        is_likely: is_at_once || is_of_two,
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
        let is_another = |one: &&Sighting| {
            matches!(one.person(row), Person::Different { .. })
                // Hours apart, all that they may share is the device or the address.
                || (one.email_differs(row) && one.content_differs(row) && one.gap(row) > SOON)
        };
        if ids.iter().any(is_another) {
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
    use crate::ledger::sales::tests::sale;

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
    fn one_value_at_one_time_is_perhaps_one_order() {
        let at = |minutes: u32, id: u64| Sale {
            time: 1_782_399_600 + minutes * 60,
            ..sale(id, id)
        };
        let told =
            |sales: &[Sale]| paid_twice(sales).map(|paid| (paid.sales.len(), paid.is_likely));
        assert_eq!(told(&[at(0, 1)]), None);
        // A retry keeps its id.
        assert_eq!(told(&[at(0, 1), at(1, 1)]), None);
        assert_eq!(told(&[at(0, 1), at(1, 2)]), Some((2, true)));
        // Two coffees, or a retry of the next cron: the ids are of one make.
        assert_eq!(told(&[at(0, 1), at(9, 2)]), Some((2, false)));
        // A store that numbers its sales, where one tap buys.
        let of_a_store = |sale: Sale| Sale { make: 4, ..sale };
        let taps = [of_a_store(at(0, 1)), of_a_store(at(1, 2))];
        assert_eq!(told(&taps), Some((2, false)));
        let of_the_hook = |sale: Sale| Sale { make: 2, ..sale };
        assert_eq!(told(&[at(0, 1), of_the_hook(at(9, 2))]), Some((2, true)));
        let numbered = |order: u32, sale: Sale| Sale {
            order,
            make: 0,
            ..sale
        };
        assert_eq!(told(&[at(0, 1), numbered(5, at(9, 2))]), Some((2, true)));
        assert_eq!(told(&[numbered(5, at(0, 1)), numbered(5, at(9, 2))]), None);
        let two_orders = [at(0, 1), numbered(5, at(1, 2)), numbered(6, at(2, 3))];
        assert_eq!(told(&two_orders), None);
        // Two shirts of one price, two members of a family, a till with one account.
        for (one, other) in [
            (
                Sale {
                    goods: 1,
                    ..at(0, 1)
                },
                Sale {
                    goods: 2,
                    ..at(1, 2)
                },
            ),
            (
                Sale {
                    browser: 1,
                    ..at(0, 1)
                },
                Sale {
                    browser: 2,
                    ..at(1, 2)
                },
            ),
            (
                Sale {
                    external_id: 1,
                    ..at(0, 1)
                },
                Sale {
                    external_id: 2,
                    ..at(1, 2)
                },
            ),
        ] {
            assert_eq!(told(&[one, other]), None);
        }
        let many: Vec<Sale> = (0..7).map(|n| at(n, n.into())).collect();
        assert_eq!(told(&many), None);
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
        // The same tablet the next day, whose numbers begin anew: nothing is the same but that.
        let at_tablet = Sighting {
            email: 9,
            content: 8,
            ..next_day
        };
        assert_eq!(ids(&[row(0, 1), at_tablet]), 0);
        let in_store = Sighting {
            flags: 0,
            ..row(1, 2)
        };
        assert_eq!(ids(&[row(0, 1), in_store]), 0);
    }
}
