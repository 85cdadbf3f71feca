//! Page addresses of which nothing was to be said.
//!
//! A shop has few pages and a log many visits to them, so most addresses of a log were looked at
//! before. Rules that look at nothing else ([`Check::Addresses`]) are spared those in which none of
//! them found anything.
//!
//! [`Check::Addresses`]: crate::rule::Check::Addresses

use crate::event::Event;
use crate::json::{Item, Val};
use crate::values::name::Name;

/// Slots: a power of two.
const SLOTS: usize = 1 << 9;

/// Longer ones are looked at each time.
const LONGEST: usize = 512;

/// The addresses that were seen last.
#[derive(Debug, Default)]
pub struct Addresses {
    slots: Vec<Seen>,
}

/// The addresses of one event as its rules see them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    page: String,
    referrer: String,
    /// Whether an app sent it, whose pages may have a scheme of their own.
    is_app: bool,
}

/// The addresses of an event at hand.
#[derive(Clone, Copy)]
pub struct Pair<'a> {
    page: &'a str,
    referrer: &'a str,
    is_app: bool,
}

impl<'a> Pair<'a> {
    /// Those of an event; `None` when one of them is no text, or a long one.
    #[inline]
    pub fn of(event: &Event<'_, 'a>) -> Option<Pair<'a>> {
        let text = |name| match event.get(name).map(Item::val) {
            None => Some(""),
            Some(Val::Text(text)) if text.len() <= LONGEST => Some(text),
            Some(_) => None,
        };
        Some(Pair {
            page: text(Name::EventSourceUrl)?,
            referrer: text(Name::ReferrerUrl)?,
            is_app: !event.is_website() && event.action_source() == Some("app"),
        })
    }

    fn is(&self, seen: &Seen) -> bool {
        seen.page == self.page && seen.referrer == self.referrer && seen.is_app == self.is_app
    }

    /// Where in the slots it belongs.
    #[inline]
    fn slot(&self) -> usize {
        let mut sum = self.referrer.len() as u64;
        for text in [self.page, self.referrer] {
            let bytes = text.as_bytes();
            let (words, rest) = bytes.as_chunks::<8>();
            for word in words {
                sum = mixed(sum, u64::from_le_bytes(*word));
            }
            let rest = rest.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
            sum = mixed(sum, rest);
        }
        (sum >> 32) as usize & (SLOTS - 1)
    }
}

#[inline]
fn mixed(sum: u64, word: u64) -> u64 {
    (sum.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl Addresses {
    /// Whether nothing was to be said of them before.
    #[inline]
    pub fn are_plain(&self, pair: &Pair<'_>) -> bool {
        self.slots
            .get(pair.slot())
            .is_some_and(|seen| pair.is(seen))
    }

    /// Nothing was to be said of them.
    #[cold]
    pub fn remember(&mut self, pair: &Pair<'_>) {
        if self.slots.is_empty() {
            // As if of an event without any, of which there is nothing to say either.
            self.slots = vec![Seen::default(); SLOTS];
        }
        let seen = &mut self.slots[pair.slot()];
        seen.page.clear();
        seen.page.push_str(pair.page);
        seen.referrer.clear();
        seen.referrer.push_str(pair.referrer);
        seen.is_app = pair.is_app;
    }
}
