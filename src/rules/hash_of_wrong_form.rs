//! CL112: the digest of the right value in another spelling.

use std::io;

use crate::digest::forms::{DateOrder, Fault};
use crate::digest::known::NATIONAL;
use crate::digest::mistakes;
use crate::event::Event;
use crate::finding::Findings;
use crate::fix::Safety;
use crate::ledger::{Evidence, LogFindings, Needs, Spelling, plains};
use crate::rule::{Check, Rule};
use crate::signs::Signs;

/// See `rules/hash-of-wrong-form.md`.
pub static RULE: Rule = crate::rule!(
    "hash-of-wrong-form",
    Check::Event(check),
    conclude,
    Needs::DIGESTS.and(Needs::STANDINGS).and(Needs::SPELLINGS),
    Safety::Safe
)
.when(Signs::MISTAKE);

/// By plain values that stand elsewhere in the log; they also show what is right.
fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    plains::acquit(log, out);
    plains::tell(log, out, |_, class| {
        class.fault == Fault::Spelling && class.what != NATIONAL
    });
    orders_of_dates(log, out)
}

/// So many different dates show in which order a sender writes day and month, when no date of its
/// own shows the other order.
const DATES: usize = 5;

/// The order of day and month in dates that can be read in either: as in all others of the sender.
fn orders_of_dates(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    let Some(lessons) = out.lessons(Safety::Unsafe) else {
        return Ok(());
    };
    log.spellings(|pipeline| {
        // There is one row of each date.
        let dates = |order| {
            let shown = pipeline.iter().filter_map(Spelling::date_order);
            shown.filter(|shown| *shown == order).count()
        };
        let shown = DateOrder::ALL.into_iter().filter(|&order| dates(order) > 0);
        if let [order] = shown.collect::<Vec<_>>()[..]
            && dates(order) >= DATES
        {
            lessons.date_order(pipeline[0].pipeline, order);
        }
    })
}

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    mistakes::tell(event, out, |mistake| {
        mistake.fault == Fault::Spelling && mistake.what != NATIONAL
    });
}
