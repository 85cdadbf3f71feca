//! CL320: an event without a name.

use crate::digest;
use crate::event::Event;
use crate::finding::{Certainty, Effect, Findings, Severity};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::Name;

/// See `rules/missing-event-name.md`.
pub static RULE: Rule = crate::rule!("missing-event-name", Check::Event(check))
    .when(Signs::LACK.with(Signs::OTHER_NAME));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    if let Some(name) = event.name() {
        if digest::is_unfilled(name)
            && let Some(item) = event.get(Name::EventName)
        {
            out.at(item, "event_name is a template that nobody filled in");
        } else if digest::is_nothing_word(name)
            && let Some(item) = event.get(Name::EventName)
        {
            // Meta takes it for the name of an event of one's own.
            out.at(item, "event_name is a word that stands for nothing")
                .severity(Severity::Warning)
                .certainty(Certainty::Strong)
                .effect(Effect::Ignored);
        }
        return;
    }
    match event.get(Name::EventName) {
        None => out.here("the event has no event_name"),
        Some(item) if item.is_blank() => out.at(item, "event_name is blank"),
        Some(item) => {
            let kind = item.val().kind();
            out.at(item, format!("event_name is {kind}, not text"))
        }
    };
}
