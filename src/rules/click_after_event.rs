//! CL208: a click that came after what it is to have led to.

use crate::clock;
use crate::event::Event;
use crate::finding::{Certainty, Findings};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::click_id::{self, Beyond};
use crate::values::event_time;

/// See `rules/click-after-event.md`.
pub static RULE: Rule = crate::rule!("click-after-event", Check::Event(check)).when(Signs::CLICK);

/// The browser's clock dates the click, the server's the event.
const TOLERATED: i64 = 60;

/// Beyond it no clock is to blame.
const SURELY_LATER: i64 = 3_600;

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(click) = event.click() else { return };
    let ahead = event_time::moment(event)
        .and_then(|time| click.seconds_until(time))
        .map_or(0, |seconds| -seconds);
    let is_far = click.stamped.beyond() == Some(Beyond::After);
    // Of an invented click another rule speaks.
    if ahead <= TOLERATED && !is_far || click_id::fabricated(click.stamped.tail()).is_some() {
        return;
    }
    let message = match is_far {
        true => "the creation time of fbc lies years after any click that happened".to_owned(),
        false => format!(
            "the click in fbc is over {} later than the event",
            clock::span(ahead)
        ),
    };
    let finding = out.at(event.item(click.place), message);
    if !is_far && ahead <= SURELY_LATER {
        finding.certainty(Certainty::Heuristic);
    }
}
