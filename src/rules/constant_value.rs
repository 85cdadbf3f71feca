//! CL607: one value for every order.

use std::io;

use crate::finding::Certainty;
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
        let (why, certainty) = if amounts.pieces.len() >= 3 {
            ("numbers of pieces", Certainty::Strong)
        } else if events >= 50 && amounts.goods.len() >= 10 {
            ("goods", Certainty::Heuristic)
        } else {
            continue;
        };
        let message =
            format!("all {events} events named {name} have one value, though their {why} differ");
        out.at(amounts.all.first, "/custom_data/value", message)
            .certainty(certainty)
            .related(amounts.all.last, "the last of them")
            .events(events);
    }
    Ok(())
}
