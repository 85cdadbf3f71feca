//! CL513: a stage of a lead from a CRM without what ties it to the lead.

use crate::event::Event;
use crate::finding::{Certainty, Findings, Severity};
use crate::rule::{Check, Rule};
use crate::values::name::Name;

/// See `rules/crm-event-incomplete.md`.
pub static RULE: Rule = crate::rule!("crm-event-incomplete", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    const OF_CRM: u128 = Name::EventSource.bit() | Name::LeadEventSource.bit();
    let (_, user, custom) = event.names();
    if custom & OF_CRM == 0 && user & Name::LeadId.bit() == 0 {
        return;
    }
    let has_user = |name| event.user(name).is_some_and(|item| !item.is_blank());
    let source = event.custom(Name::EventSource);
    let source = source.filter(|source| !source.is_blank());
    let says_crm = source
        .and_then(|source| source.text())
        .is_some_and(|text| text.trim().eq_ignore_ascii_case("crm"));
    let has_tool = event
        .custom(Name::LeadEventSource)
        .is_some_and(|item| !item.is_blank());
    let is_stage = says_crm
        || has_tool
        || (event.action_source() == Some("system_generated") && has_user(Name::LeadId));
    if !is_stage {
        return;
    }
    let at = event.custom_data().unwrap_or_else(|| event.root());
    match source {
        None => {
            out.at(at, "the CRM event has no event_source");
        }
        Some(source) if !says_crm => {
            out.at(source, "event_source of the CRM event is not crm");
        }
        Some(_) => {}
    }
    if !has_tool {
        out.at(at, "the CRM event has no lead_event_source");
    }
    if has_user(Name::LeadId) {
        return;
    }
    let at = event.user_data().unwrap_or_else(|| event.root());
    let finding = out.at(at, "the CRM event has no lead_id");
    // Leads from a website are told by the click and the e-mail as well.
    if [Name::Fbc, Name::Em, Name::Ph].into_iter().any(has_user) {
        finding
            .severity(Severity::Info)
            .certainty(Certainty::Heuristic);
    }
}
