//! CL207: a click that is too old to count.

use crate::clock::{self, DAY};
use crate::event::Event;
use crate::finding::Findings;
use crate::fix::Fix;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::click_id::{self, Beyond, DAYS_OF_A_CLICK};
use crate::values::event_time;

/// See `rules/fbc-expired.md`.
pub static RULE: Rule = crate::rule!("fbc-expired", Check::Event(check)).when(Signs::CLICK);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(click) = event.click() else { return };
    let age = event_time::moment(event).and_then(|time| click.seconds_until(time));
    let age = age.filter(|&age| age > DAYS_OF_A_CLICK * DAY);
    let is_of_nobody = click.stamped.beyond() == Some(Beyond::Before);
    if age.is_none() && !is_of_nobody {
        return;
    }
    // Of an invented click another rule speaks.
    if click_id::fabricated(click.stamped.tail()).is_some() {
        return;
    }
    let item = event.item(click.place);
    let at = item.pointer_from(event.root().place());
    let message = match age {
        Some(age) => format!(
            "the click in fbc is over {} older than the event; it counts for {DAYS_OF_A_CLICK}",
            clock::span(age)
        ),
        None => "the creation time of fbc lies before there were click ids".to_owned(),
    };
    out.at(item, message)
        .fix(Fix::needs_consent("remove the expired click").remove(at));
}
