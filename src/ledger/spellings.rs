//! Digests of keys with few possible values, above all those that are none of any known spelling.

use super::key::Key;
use super::recent::Recent;
use super::table::Row;
use super::table::numbers;
use crate::digest::Shape;
use crate::digest::forms::DateOrder;
use crate::digest::mistakes::Mistake;
use crate::event::Event;
use crate::values::name::Name;

/// A digest under a key with few possible values, as one pipeline sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spelling {
    /// Dataset or site, and the sender.
    pub pipeline: u32,
    /// The key: its [`Name`] as a number.
    pub name: u32,
    /// The digest; 0 stands for all that are of a known spelling, right or wrong. Of dates of birth
    /// there are those that show an order, as [`of_date`] has them.
    pub digest: u64,
    /// The first event.
    pub at: u64,
    /// The number of events.
    pub count: u32,
}

impl Row for Spelling {
    const REPEATS: bool = true;

    type Group = u32;

    fn group(&self) -> u32 {
        self.pipeline
    }

    fn absorb(&mut self, other: &Self) -> bool {
        let what = |row: &Spelling| (row.pipeline, row.name, row.digest);
        let same = what(self) == what(other);
        if same {
            self.at = self.at.min(other.at);
            self.count = self.count.saturating_add(other.count);
        }
        same
    }

    fn shift(&mut self, events: u64) {
        self.at += events;
    }

    numbers! {
        digest: u64,
        at: u64,
        pipeline: u32,
        name: u32,
        count: u32,
    }
}

impl Spelling {
    /// In which order day and month are written, in the row of a date that shows it.
    pub fn date_order(&self) -> Option<DateOrder> {
        let is_of = |order: &DateOrder| self.digest & ORDERS == *order as u64;
        (self.name == Name::Db as u32)
            .then(|| DateOrder::ALL.into_iter().find(is_of))
            .flatten()
    }
}

/// The bits of a date's digest that say in which order day and month are written.
const ORDERS: u64 = 1;

/// What stands for the digest of a date: the same for every way to write it in this order.
fn of_date(key: &Key, order: DateOrder, right: &str) -> u64 {
    key.hash(right.as_bytes()) & !ORDERS | order as u64
}

/// The spellings of one block.
pub(super) type Collected = Recent<Spelling, 64>;

impl Collected {
    /// Enters gender and country, and how dates of birth are written.
    pub fn enter(&mut self, key: &Key, event: &Event<'_, '_>, pipeline: u32, at: u64) {
        if event.names().1 & Name::Db.bit() != 0 && event.has_suspect() {
            let dates = event.mistakes().iter().filter_map(Mistake::date_order);
            for (order, right) in dates {
                self.see_spelling(Spelling {
                    pipeline,
                    name: Name::Db as u32,
                    digest: of_date(key, order, right),
                    at,
                    count: 1,
                });
            }
        }
        let keys = Name::Ge.bit() | Name::Country.bit();
        if event.names().1 & keys == 0 {
            return;
        }
        for one in event.shaped(Shape::IN_HEX) {
            if !matches!(one.name, Name::Ge | Name::Country) {
                continue;
            }
            let is_known = one.proven
                || one.worthless.is_some()
                || event
                    .mistakes()
                    .iter()
                    .any(|mistake| mistake.place == one.place);
            let digest = match one.digits() {
                Some(hex) if !is_known => key.hash(hex.as_bytes()),
                _ => 0,
            };
            self.see_spelling(Spelling {
                pipeline,
                name: one.name as u32,
                digest,
                at,
                count: 1,
            });
        }
    }

    fn see_spelling(&mut self, row: Spelling) {
        let bits = row.digest as u32 ^ row.pipeline ^ row.name;
        self.see(bits.into(), row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spelling_comes_back_from_disk_as_it_went() {
        let row = Spelling {
            pipeline: 1,
            name: 2,
            digest: 3,
            at: 4,
            count: 5,
        };
        let mut bytes = Vec::new();
        row.write(&mut bytes);
        assert_eq!(bytes.len(), Spelling::SIZE);
        assert_eq!(Spelling::read(&bytes), row);
    }
}
