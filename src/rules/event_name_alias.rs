//! CL322: another word for a standard event.

use crate::event::Event;
use crate::finding::{Certainty, Findings};
use crate::fix::Fix;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::event_name::{self, Alias, MESSAGING, STANDARD};
use crate::values::name::Name;

/// See `rules/event-name-alias.md`.
pub static RULE: Rule =
    crate::rule!("event-name-alias", Check::Event(check)).when(Signs::OTHER_NAME);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(name) = event.name() else { return };
    if STANDARD.contains(name) || MESSAGING.contains(name) {
        return;
    }
    let misspelt = || event_name::misspelt(name).map(Alias::Misspelt);
    let Some(alias) = event_name::alias(name).or_else(misspelt) else {
        return;
    };
    // There the list of names is another, and names outside it are refused.
    if event.action_source() == Some("business_messaging")
        || event_name::has_free_stage_names(event)
    {
        return;
    }
    let Some(item) = event.get(Name::EventName) else {
        return;
    };
    let at = item.pointer_from(event.root().place());
    let (message, right) = match alias {
        Alias::Foreign(right) => (
            format!(
                "event_name is another product's name for {right}, so Meta takes it for a custom event"
            ),
            right,
        ),
        Alias::Near(right) => (
            format!("event_name reads like {right}, and Meta takes it for a custom event"),
            right,
        ),
        Alias::Misspelt(right) => (
            format!("event_name is {right} but for a letter, so Meta takes it for a custom event"),
            right,
        ),
        Alias::Generic => {
            out.at(
                item,
                "event_name is a word for custom events, not the name of one",
            )
            .certainty(Certainty::Heuristic)
            .help("send the name that stands in custom_data, or the standard event that it means");
            return;
        }
    };
    let finding = out.at(item, message);
    finding.fix(Fix::needs_consent("write the standard event's name").replace_text(at, right));
    if matches!(alias, Alias::Near(_) | Alias::Misspelt(_)) {
        finding.certainty(Certainty::Heuristic);
    }
}
