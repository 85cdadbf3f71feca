//! CL501: an event that does not say where it happened.

use crate::event::Event;
use crate::finding::Findings;
use crate::fix::Fix;
use crate::json::{Item, Pointer};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::Name;

/// See `rules/missing-action-source.md`.
pub static RULE: Rule =
    crate::rule!("missing-action-source", Check::Event(check)).when(Signs::LACK);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let source = event.get(Name::ActionSource);
    if source.is_some_and(|source| !source.is_blank()) {
        return;
    }
    let is_website = !is_told_beside_data(event) && looks_like_website(event);
    let fix = is_website.then(|| set_website(event, source));
    let finding = match source {
        Some(source) => out.at(source, "action_source is blank"),
        None => out.here("the event has no action_source"),
    };
    finding.fix_if(fix);
}

/// Whether the request names a source for all its events, where Meta does not look for it: the
/// sender knows better than a guess.
fn is_told_beside_data(event: &Event<'_, '_>) -> bool {
    let body = event.root().parent().and_then(Item::parent);
    let told = body.filter(|body| body.is_object() && body.get(Name::Data).is_some());
    told.and_then(|body| body.get(Name::ActionSource))
        .is_some_and(|source| !source.is_blank())
}

/// A page and the browser that showed it, and nothing of an app.
fn looks_like_website(event: &Event<'_, '_>) -> bool {
    let page = event.get(Name::EventSourceUrl).and_then(Item::text);
    page.is_some_and(|page| page.trim_start().starts_with("http"))
        && event
            .user_text(Name::ClientUserAgent)
            .is_some_and(|agent| agent.starts_with("Mozilla/"))
        && event.get(Name::AppData).is_none()
        && event.get(Name::Extinfo).is_none()
}

fn set_website(event: &Event<'_, '_>, source: Option<Item<'_, '_>>) -> Fix {
    let fix = Fix::needs_consent("say that the event happened on a website");
    match source {
        Some(source) => fix.replace_text(source.pointer_from(event.root().place()), "website"),
        None => fix.insert(Pointer::root(), Name::ActionSource.text(), "\"website\""),
    }
}
