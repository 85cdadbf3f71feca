//! CL412: purchases before their checkout, or at its very second.

use std::io;

use crate::clock::DAY;
use crate::ledger::{Evidence, LEAST_EVENTS, LogFindings, Step};
use crate::rule::{Check, Rule};

/// See `rules/event-order.md`.
pub static RULE: Rule = crate::rule!("event-order", Check::Log, conclude);

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

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    /// A checkout that follows so soon is not the next order's.
    const SOON: i64 = 1_800;
    let (mut in_order, mut reversed, mut at_once) = (0, Way::default(), Way::default());
    log.steps(|steps| {
        let checkouts = || steps.iter().filter(|step| !step.is_purchase());
        for purchase in steps.iter().filter(|step| step.is_purchase()) {
            let until = |checkout: &Step| i64::from(purchase.time) - i64::from(checkout.time);
            if checkouts().any(|checkout| (1..=DAY).contains(&until(checkout))) {
                in_order += 1;
            } else if checkouts().any(|checkout| until(checkout) == 0) {
                at_once.see(purchase);
            } else if checkouts().any(|checkout| (-SOON..0).contains(&until(checkout))) {
                reversed.see(purchase);
            }
        }
    })?;
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
    Ok(())
}
