//! CL204: an fbc made when the event was sent, not when the visitor clicked.

use crate::click_id;
use crate::event::Event;
use crate::event_name;
use crate::event_time;
use crate::finding::Findings;
use crate::rule::{Check, Rule};

/// See `rules/fbc-rebuilt.md`.
pub static RULE: Rule = crate::rule!("fbc-rebuilt", Check::Event(check));

/// Nobody comes from an ad to the end of a checkout in so few seconds.
const SECONDS: i64 = 5;

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(click) = event.click() else { return };
    let Some(time) = event_time::moment(event) else {
        return;
    };
    let near = click
        .seconds_until(time)
        .is_some_and(|seconds| (-SECONDS..SECONDS).contains(&seconds));
    // On the page that the ad leads to, the click was indeed seen just now.
    if !near || !event.name().is_some_and(event_name::is_late) || event.fbclid().is_some() {
        return;
    }
    // Of an invented click another rule speaks.
    if click_id::fabricated(click.stamped.tail()).is_some() {
        return;
    }
    out.at(
        event.item(click.place),
        "fbc was created within seconds of the event, so it looks made for it and not kept from the click",
    );
}
