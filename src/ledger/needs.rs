//! Which tables are read in the end: every rule of the whole log declares its own beside itself, and
//! what no rule asks for is not collected.

/// A set of tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs(u32);

impl Needs {
    /// Nothing but where events stand.
    pub const NONE: Needs = Needs(0);
    pub const IDS: Needs = Needs(1);
    pub const ORDERS: Needs = Needs(1 << 1);
    pub const STEPS: Needs = Needs(1 << 2);
    pub const SERIES: Needs = Needs(1 << 3);
    pub const DIGESTS: Needs = Needs(1 << 4);
    pub const CARRIERS: Needs = Needs(1 << 5);
    pub const VISITS: Needs = Needs(1 << 6);
    pub const CLICKS: Needs = Needs(1 << 7);
    pub const SPELLINGS: Needs = Needs(1 << 8);
    /// How the keys of each event stand, for rules that prove some of them worthless.
    pub const STANDINGS: Needs = Needs(1 << 9);
    /// How the event_names score in the end, when no rule will take a key out any more.
    pub const SCORES: Needs = Needs(1 << 10);
    pub const SALES: Needs = Needs(1 << 11);
    /// Every table, as for a part of a log whose other parts may want any of them.
    pub const ALL: Needs = Needs((1 << 12) - 1);

    /// The tables of both.
    pub const fn and(self, other: Needs) -> Needs {
        Needs(self.0 | other.0)
    }

    /// Whether all these tables are among them.
    #[inline]
    pub const fn has(self, tables: Needs) -> bool {
        self.0 & tables.0 == tables.0
    }

    /// The tables to be filled for these: visits tell of whom the standings are.
    pub const fn filled(self) -> Needs {
        match self.has(Needs::STANDINGS) {
            true => self.and(Needs::VISITS),
            false => self,
        }
    }

    /// These without those.
    pub const fn without(self, other: Needs) -> Needs {
        Needs(self.0 & !other.0)
    }

    /// Whether one of these tables is among them.
    #[inline]
    pub const fn has_any(self, tables: Needs) -> bool {
        self.0 & tables.0 != 0
    }
}
