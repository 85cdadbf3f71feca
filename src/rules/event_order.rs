//! CL412: purchases before their checkout, or at its very second.

use std::collections::BTreeMap;
use std::io;

use crate::clock;
use crate::ledger::{Evidence, LEAST_EVENTS, LogFindings, Needs, Step};
use crate::rule::{Check, Rule};

/// See `rules/event-order.md`.
pub static RULE: Rule = crate::rule!("event-order", Check::Log, conclude, Needs::STEPS);

/// Purchases that stand in one way to the checkouts of their browser.
#[derive(Default)]
struct Way {
    events: u64,
    first: u64,
    last: u64,
}

impl Way {
    fn see(&mut self, step: &Step) {
        let at = step.at();
        if self.events == 0 {
            (self.first, self.last) = (at, at);
        }
        self.events += 1;
        self.first = self.first.min(at);
        self.last = self.last.max(at);
    }
}

/// The purchases of a dataset or site whose checkout the log shows.
#[derive(Default)]
struct Purchases {
    in_order: u64,
    reversed: Way,
    at_once: Way,
}

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    /// A checkout that follows so soon is not the next order's.
    const SOON: u32 = 1_800;
    const DAY: u32 = clock::DAY as u32;
    let mut scopes: BTreeMap<u32, Purchases> = BTreeMap::new();
    let mut checkouts: Vec<u32> = Vec::new();
    log.steps(|steps| {
        checkouts.clear();
        let of_browser = steps.iter().filter(|step| !step.is_purchase());
        checkouts.extend(of_browser.map(|step| step.time));
        if checkouts.is_empty() {
            return;
        }
        // They come in the order of their times.
        let any_in = |from: u32, to: u32| {
            let first = checkouts.partition_point(|&time| time < from);
            checkouts.get(first).is_some_and(|&time| time <= to)
        };
        for purchase in steps.iter().filter(|step| step.is_purchase()) {
            let time = purchase.time;
            let seen = scopes.entry(purchase.scope).or_default();
            if time > 0 && any_in(time.saturating_sub(DAY), time - 1) {
                seen.in_order += 1;
            } else if any_in(time, time) {
                seen.at_once.see(purchase);
            } else if any_in(time, time.saturating_add(SOON)) {
                seen.reversed.see(purchase);
            }
        }
    })?;
    for Purchases {
        in_order,
        reversed,
        at_once,
    } in scopes.into_values()
    {
        let all = in_order + reversed.events + at_once.events;
        for (way, what) in [
            (reversed, "lie before the checkout of the same browser"),
            (at_once, "bear the very second of their checkout"),
        ] {
            if way.events < LEAST_EVENTS || way.events * 2 <= all {
                continue;
            }
            let message = format!(
                "{} of {all} purchases whose checkout the log shows {what}",
                way.events
            );
            out.at(way.first, "/event_time", message)
                .related(way.last, "the last of them")
                .events(way.events);
        }
    }
    Ok(())
}
