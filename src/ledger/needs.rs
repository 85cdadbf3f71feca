//! Which tables are read in the end: what no rule asks for is not collected.

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
    /// Every table, as for a part of a log whose other parts may want any of them.
    pub const ALL: Needs = Needs((1 << 9) - 1);

    /// What the conclusion of a rule reads.
    pub fn of(rule: &str) -> Needs {
        match rule {
            "constant-event-id" | "duplicate-event" | "event-id-reused" => Needs::IDS,
            "order-sent-twice" | "random-event-id" => Needs::ORDERS,
            "event-order" => Needs::STEPS,
            "constant-url"
            | "constant-value"
            | "date-only-time"
            | "foreign-url"
            | "replayed-as-now"
            | "single-action-source"
            | "time-zone-shift"
            | "value-in-minor-units"
            | "wrong-action-source" => Needs::SERIES,
            "double-hash" => Needs::DIGESTS,
            "identifier-gap" => Needs::CARRIERS,
            "click-id-not-sent"
            | "default-birth-date"
            | "external-id-mixed-forms"
            | "external-id-not-a-person"
            | "fbp-minted-per-event"
            | "identifier-never-repeats"
            | "ip-of-server"
            | "shared-identifier"
            | "user-agent-stub" => Needs::VISITS,
            "fbc-rebuilt" | "fbclid-altered" | "shared-click-id" => Needs::CLICKS,
            "salted-hash" => Needs::SPELLINGS,
            // Counts and names, which are always there, and what a capture shows.
            "event-name-split"
            | "ipv4-only"
            | "unverifiable-identity"
            | "low-match-quality"
            | "test-event-code"
            | "pixel-coverage"
            | "pixel-id-mismatch"
            | "pixel-identity-mismatch"
            | "pixel-name-mismatch"
            | "pixel-twin-too-late"
            | "pixel-value-mismatch"
            | "pixel-without-event-id" => Needs::NONE,
            _ => Needs::ALL,
        }
    }

    /// The tables of both.
    pub const fn and(self, other: Needs) -> Needs {
        Needs(self.0 | other.0)
    }

    /// Whether all these tables are among them.
    #[inline]
    pub const fn has(self, tables: Needs) -> bool {
        self.0 & tables.0 == tables.0
    }

    /// Whether one of these tables is among them.
    #[inline]
    pub const fn has_any(self, tables: Needs) -> bool {
        self.0 & tables.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    #[test]
    fn every_rule_says_what_it_reads() {
        let rules = rules::ALL.iter().filter(|rule| rule.log().is_some());
        let silent: Vec<&str> = rules
            .map(|rule| rule.name())
            .filter(|name| Needs::of(name) == Needs::ALL)
            .collect();
        assert!(silent.is_empty(), "{silent:?}");
    }
}
