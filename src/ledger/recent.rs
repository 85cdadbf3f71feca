//! The rows of one block, of which those that repeat soon are one.

use super::table::Row;

/// Rows, each once as far as a small memory of the last ones goes. `SLOTS`, a power of two, is how
/// many it knows; what it does not know the [`super::Table`] joins in the end.
#[derive(Debug)]
pub(super) struct Recent<R, const SLOTS: usize> {
    rows: Vec<R>,
    /// Where the last row with these bits is in `rows`, from 1.
    slots: Vec<u32>,
}

impl<R, const SLOTS: usize> Default for Recent<R, SLOTS> {
    fn default() -> Self {
        Recent {
            rows: Vec::new(),
            slots: Vec::new(),
        }
    }
}

impl<R: Row, const SLOTS: usize> Recent<R, SLOTS> {
    /// Takes a row in. Those that speak of the same thing have the same `bits`, others rarely.
    #[inline]
    pub fn see(&mut self, bits: u64, row: R) {
        if self.slots.is_empty() {
            self.slots = vec![0; SLOTS];
        }
        let slot = bits as usize & (SLOTS - 1);
        let last = (self.slots[slot] as usize).checked_sub(1);
        if let Some(seen) = last.map(|at| &mut self.rows[at])
            && seen.absorb(&row)
        {
            return;
        }
        self.rows.push(row);
        self.slots[slot] = self.rows.len() as u32;
    }

    /// The rows, in the order in which they came.
    pub fn rows(&self) -> &[R] {
        &self.rows
    }

    /// Room for so many more.
    pub fn reserve(&mut self, rows: usize) {
        self.rows.reserve(rows);
    }

    /// Forgets them, for the next block.
    pub fn clear(&mut self) {
        self.rows.clear();
        self.slots.fill(0);
    }
}
