//! What people paid, to see one purchase that was sent several times where no order number tells.

use super::key::{Hash, Key, short};
use super::people::Who;
use super::table::Row;
use super::table::numbers;
use crate::event::Event;
use crate::json::Item;
use crate::values::deduplication;
use crate::values::embedded_time;
use crate::values::name::Name;

/// A purchase of somebody who is known. Numbers that are 0 are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sale {
    /// Dataset, event_name, the e-mail or else the external_id, value and currency.
    pub key: [u64; 2],
    /// event_time in Unix seconds.
    pub time: u32,
    /// Dataset and event_name.
    pub name: u32,
    /// The number of the event in the run.
    pub at: u64,
    /// The event_id.
    pub id: u64,
    /// How the event_id of a sale without order number is made: what is left of it without what
    /// changes from one to the next. The lowest bit is set when it is made anew for each sending, of
    /// chance or of the time, and no shop's or store's own number.
    pub make: u32,
    pub order: u32,
    pub browser: u32,
    pub external_id: u32,
    /// What was paid for, in whatever order.
    pub goods: u32,
}

impl Sale {
    /// The sale that an event tells of, as far as it hangs on dataset and event_name with which
    /// `begin` began. `None` when nobody is known by e-mail or external_id, or nothing was paid.
    pub(super) fn of(
        key: &Key,
        begin: Hash,
        event: &Event<'_, '_>,
        who: &Who,
        id: &str,
        at: u64,
    ) -> Option<Sale> {
        let person = match who.email {
            0 => who.external_id,
            email => u64::from(email),
        };
        let time = event.time().and_then(|time| u32::try_from(time).ok())?;
        let paid = super::entries::value_of(event).filter(|value| *value > 0.0)?;
        let currency = event.custom(Name::Currency).and_then(Item::text)?;
        if person == 0 || time == 0 {
            return None;
        }
        // What goes to the test view is no copy of what does not.
        let kind: &[u8] = match event.envelope.is_test {
            true => b"sale of a test",
            false => b"sale",
        };
        let begin = begin.part(kind).number(person).number(paid.to_bits());
        let order = deduplication::order_id(event);
        let short_or_nothing = |hash: u64| if hash == 0 { 0 } else { short(hash) };
        Some(Sale {
            key: begin
                .part(currency.trim().to_ascii_uppercase().as_bytes())
                .wide(),
            time,
            name: 0,
            at,
            id: key.hash(id.as_bytes()),
            make: match order {
                Some(_) => 0,
                None => {
                    let make = short(key.hash(make_of(id).as_bytes()));
                    let is_minted = deduplication::looks_random(id)
                        || embedded_time::of(id, time.into()).is_some();
                    make & !1 | u32::from(is_minted)
                }
            },
            order: order.map_or(0, |order| short(key.hash(order.as_bytes()))),
            browser: short_or_nothing(who.browser),
            external_id: short_or_nothing(who.external_id),
            goods: goods_of(key, event),
        })
    }

    /// Whether the event_id is one that a trigger makes each time that it sends.
    pub fn is_minted(&self) -> bool {
        self.make & 1 != 0
    }

    /// Whether two sales cannot be one: another order, other goods, another browser or account.
    pub fn differs(&self, other: &Sale) -> bool {
        let differ = |a: u32, b: u32| a != 0 && b != 0 && a != b;
        differ(self.order, other.order)
            || differ(self.goods, other.goods)
            || differ(self.browser, other.browser)
            || differ(self.external_id, other.external_id)
    }
}

/// How an id is made: words with a digit in them change from one id to the next, and so does what
/// chance made.
fn make_of(id: &str) -> String {
    if deduplication::looks_random(id) {
        return "random".to_owned();
    }
    let is_word = |c: char| c.is_alphanumeric();
    let mut make = String::new();
    let mut rest = id;
    while let Some(first) = rest.chars().next() {
        let end = match is_word(first) {
            true => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        let (word, behind) = rest.split_at(end);
        match word.contains(|c: char| c.is_ascii_digit()) {
            true => make.push('#'),
            false => make.push_str(word),
        }
        rest = behind;
    }
    make
}

/// What was paid for: one sender lists content_ids, another contents.
fn goods_of(key: &Key, event: &Event<'_, '_>) -> u32 {
    for list in [Name::ContentIds, Name::Contents] {
        let (mut sum, mut any) = (0u64, false);
        for item in event.custom(list).into_iter().flat_map(Item::each) {
            let id = match item.is_object() {
                true => item.get(Name::Id),
                false => Some(item),
            };
            if let Some(id) = id.and_then(super::entries::text_of) {
                sum = sum.wrapping_add(key.hash(id.as_bytes()));
                any = true;
            }
        }
        if any {
            return short(sum);
        }
    }
    0
}

impl Row for Sale {
    type Group = [u64; 2];

    fn group(&self) -> [u64; 2] {
        self.key
    }

    fn shift(&mut self, events: u64) {
        self.at += events;
    }

    numbers! {
        key: [u64; 2],
        at: u64,
        id: u64,
        time: u32,
        name: u32,
        make: u32,
        order: u32,
        browser: u32,
        external_id: u32,
        goods: u32,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn sale(at: u64, id: u64) -> Sale {
        Sale {
            key: [1, 1],
            time: 1_782_399_600,
            name: 1,
            at,
            id,
            make: 1,
            order: 0,
            browser: 0,
            external_id: 0,
            goods: 0,
        }
    }

    #[test]
    fn a_row_comes_back_from_disk_as_it_went() {
        let row = Sale {
            key: [3, 4],
            time: 7,
            name: 8,
            at: 5,
            id: 6,
            make: 9,
            order: 10,
            browser: 11,
            external_id: 12,
            goods: 13,
        };
        let mut bytes = Vec::new();
        row.write(&mut bytes);
        assert_eq!(bytes.len(), Sale::SIZE);
        assert_eq!(Sale::read(&bytes), row);
    }

    #[test]
    fn ids_of_one_make_differ_only_in_what_counts_on() {
        for (one, other) in [
            ("order-1001", "order-1002"),
            ("p1", "q2"),
            ("k3j9x2", "0ab81c"),
            ("shop:2026:17", "shop:2026:18"),
            (
                "1f0c2d3e-4b5a-4c6d-8e7f-9a0b1c2d3e4f",
                "purchase_0a1b2c3d-4e5f-4a6b-9c7d-8e9f0a1b2c3d",
            ),
        ] {
            assert_eq!(make_of(one), make_of(other));
        }
        for (one, other) in [
            ("order-1001", "evt-1001"),
            ("1001-created", "1001-paid"),
            ("1001", "order_1001"),
            ("1f0c2d3e-4b5a-4c6d-8e7f-9a0b1c2d3e4f", "order-1001"),
        ] {
            assert_ne!(make_of(one), make_of(other));
        }
    }
}
