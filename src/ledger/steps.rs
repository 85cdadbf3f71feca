//! Checkouts and purchases of a browser, to see which came first.

use super::table::Row;
use super::table::numbers;

/// A checkout or a purchase, in 24 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// Dataset and browser.
    key: [u32; 2],
    /// Unix seconds.
    pub time: u32,
    /// The number of the event, and whether it is a purchase.
    event: [u32; 2],
    /// The dataset, or the site where the log names none.
    pub scope: u32,
}

const PURCHASE: u32 = 1 << 31;

impl Step {
    /// An event of a browser.
    pub fn new(scope: u32, browser: u64, time: u32, at: u64, is_purchase: bool) -> Step {
        let kind = if is_purchase { PURCHASE } else { 0 };
        Step {
            key: [(browser >> 32) as u32, browser as u32],
            time,
            event: [(at >> 32) as u32 | kind, at as u32],
            scope,
        }
    }

    /// Whether it is a purchase.
    pub fn is_purchase(&self) -> bool {
        self.event[0] & PURCHASE != 0
    }

    /// The number of the event.
    pub fn at(&self) -> u64 {
        u64::from(self.event[0] & !PURCHASE) << 32 | u64::from(self.event[1])
    }
}

impl Row for Step {
    type Group = [u32; 2];

    fn group(&self) -> [u32; 2] {
        self.key
    }

    fn shift(&mut self, events: u64) {
        let at = self.at() + events;
        self.event = [(at >> 32) as u32 | self.event[0] & PURCHASE, at as u32];
    }

    numbers! {
        key: [u32; 2],
        time: u32,
        event: [u32; 2],
        scope: u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_back_from_disk_as_it_went() {
        let mut step = Step::new(2, 3 << 32 | 5, 7, 11, true);
        step.shift(u64::from(u32::MAX));
        let mut bytes = Vec::new();
        step.write(&mut bytes);
        assert_eq!((bytes.len(), size_of::<Step>()), (Step::SIZE, 24));
        let read = Step::read(&bytes);
        assert_eq!(read, step);
        assert_eq!(
            (read.at(), read.is_purchase()),
            (u64::from(u32::MAX) + 11, true)
        );
    }
}
