//! CL312: the two copies of one conversion differ in value, currency or contents.

use std::io;

use crate::ledger::{Evidence, LogFindings, Needs};
use crate::pixel::index::{
    Bond, CONTENTS_DIFFER, CURRENCY_DIFFERS, VALUE_DIFFERS, VALUE_IN_MINOR_UNITS,
};
use crate::report::count;
use crate::rule::{Check, Rule};

/// See `rules/pixel-value-mismatch.md`.
pub static RULE: Rule = crate::rule!("pixel-value-mismatch", Check::Log, conclude, Needs::NONE);

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    for pairs in log.pixel() {
        let sure = |bond: Bond| matches!(bond, Bond::Id | Bond::Order);
        let all = pairs
            .pairs
            .iter()
            .filter(|pair| sure(pair.tie.bond))
            .count() as u64;
        for (flag, pointer, what) in [
            (VALUE_DIFFERS, "/custom_data/value", "value"),
            (CURRENCY_DIFFERS, "/custom_data/currency", "currency"),
            (CONTENTS_DIFFER, "/custom_data/content_ids", "content_ids"),
        ] {
            let with = |flag: u32| -> Vec<u64> {
                let pairs = pairs.pairs.iter();
                let pairs = pairs.filter(|pair| sure(pair.tie.bond) && pair.tie.flags & flag != 0);
                pairs.map(|pair| pair.tie.at).collect()
            };
            let events = with(flag);
            let Some(&first) = events.first() else {
                continue;
            };
            let number = events.len() as u64;
            let mut message = format!(
                "{number} of {} of browser and server named {} differ in {what}",
                count(all, "pair"),
                pairs.name
            );
            if flag == VALUE_DIFFERS && with(VALUE_IN_MINOR_UNITS).len() == events.len() {
                message.push_str(": the server's is 100 times the browser's");
            }
            out.at(first, pointer, message)
                .places(events.iter().copied(), "event of such a pair")
                .events(number);
        }
    }
    Ok(())
}
