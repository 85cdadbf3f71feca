//! CL211: an fbp made for the event, not kept by the browser.

use crate::click_id::Stamped;
use crate::event::Event;
use crate::event_name;
use crate::event_time;
use crate::finding::Findings;
use crate::name::Name;
use crate::rule::{Check, Rule};

/// See `rules/fbp-minted-per-event.md`.
pub static RULE: Rule = crate::rule!("fbp-minted-per-event", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    // Only the odd browser id has no milliseconds: three zeros behind the second.
    let Some(fbp) = event.user(Name::Fbp) else {
        return;
    };
    let Some(text) = fbp.text() else { return };
    if !Stamped::is_usual(text) || &text[15..18] != "000" {
        return;
    }
    let created = Stamped::parse(text).and_then(|stamped| stamped.millis());
    let same = event_time::moment(event).is_some_and(|time| created == Some(time * 1000));
    if !same || !event.name().is_some_and(event_name::is_late) {
        return;
    }
    out.at(
        fbp,
        "the creation time of fbp is event_time to the millisecond, so it looks made for the event",
    );
}
