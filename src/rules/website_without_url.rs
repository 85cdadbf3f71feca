//! CL503: a website event that does not say on which page it happened.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::Name;

/// See `rules/website-without-url.md`.
pub static RULE: Rule = crate::rule!("website-without-url", Check::Event(check)).when(Signs::LACK);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    if !event.is_website() {
        return;
    }
    match event.get(Name::EventSourceUrl) {
        Some(url) if !url.is_blank() => {}
        Some(url) => {
            out.at(url, "event_source_url of a website event is blank");
        }
        None => {
            // On another level it is misplaced-key's to say so and to move it.
            let (_, user, custom) = event.names();
            if (user | custom) & Name::EventSourceUrl.bit() == 0 {
                out.here("the website event has no event_source_url");
            }
        }
    }
}
