//! CL607: one value for every order.

use std::io;

use crate::finding::{Certainty, Severity};
use crate::ledger::{Evidence, LEAST_EVENTS, LogFindings, Needs};
use crate::rule::{Check, Rule};

/// See `rules/constant-value.md`.
pub static RULE: Rule = crate::rule!("constant-value", Check::Log, conclude, Needs::SERIES);

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    for (name, series) in log.series() {
        let (name, amounts) = (log.event_name(name), &series.amounts);
        let of_order = matches!(name, "Purchase" | "InitiateCheckout" | "AddPaymentInfo");
        let events = amounts.all.events;
        if !of_order || events < LEAST_EVENTS || amounts.distinct.len() != 1 {
            continue;
        }
        // One good at a flat price, however many pieces are in the box.
        let is_box = amounts.goods.len() == 1;
        let (why, certainty) = if amounts.pieces.len() >= 3 {
            let certainty = match is_box {
                true => Certainty::Heuristic,
                false => Certainty::Strong,
            };
            ("numbers of pieces", certainty)
        } else if events >= 50 && amounts.goods.len() >= 10 {
            ("goods", Certainty::Heuristic)
        } else {
            continue;
        };
        let message =
            format!("all {events} events named {name} have one value, though their {why} differ");
        let finding = out.at(amounts.all.first, "/custom_data/value", message);
        finding
            .certainty(certainty)
            .related(amounts.all.last, "the last of them")
            .events(events);
        if is_box {
            finding.severity(Severity::Info);
        }
    }
    Ok(())
}
