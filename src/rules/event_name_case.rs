//! CL321: a standard event in another spelling, which makes it a custom event.

use crate::event::Event;
use crate::finding::{Effect, Findings};
use crate::fix::Fix;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::event_name::{MESSAGING, STANDARD, has_free_stage_names};
use crate::values::name::Name;

/// See `rules/event-name-case.md`.
pub static RULE: Rule =
    crate::rule!("event-name-case", Check::Event(check)).when(Signs::OTHER_NAME);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(name) = event.name() else { return };
    if STANDARD.contains(name) {
        return;
    }
    let in_messaging = event.action_source() == Some("business_messaging");
    let family = if in_messaging { &MESSAGING } else { &STANDARD };
    if family.contains(name) || has_free_stage_names(event) {
        return;
    }
    let (Some(right), Some(item)) = (family.spelled(name), event.get(Name::EventName)) else {
        return;
    };
    let pointer = item.pointer_from(event.root().place());
    let finding = out.at(item, format!("event_name is {right} in another spelling"));
    finding.fix(Fix::safe("write the name as Meta documents it").replace_text(pointer, right));
    if in_messaging {
        finding.effect(Effect::Refused);
    }
}
