//! CL209: the page's address shows a click, and the event does not send it.

use crate::click_id::{self, SHORTEST};
use crate::event::Event;
use crate::finding::Findings;
use crate::fix::{Fix, quote};
use crate::json::{Item, Pointer};
use crate::name::Name;
use crate::rule::{Check, Rule};

/// See `rules/click-id-not-sent.md`.
pub static RULE: Rule = crate::rule!("click-id-not-sent", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let fbc = event.user(Name::Fbc);
    if fbc.is_some_and(|fbc| !fbc.is_blank()) {
        return;
    }
    let (Some(id), Some(user_data)) = (event.fbclid(), event.user_data()) else {
        return;
    };
    let is_whole = id.len() >= SHORTEST
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        && click_id::fabricated(id).is_none()
        && click_id::looks_altered(id).is_none();
    if !is_whole || event.has_unnamed_user_keys() && user_data.children().any(is_click) {
        return;
    }
    let fix = event.time().map(|seconds| {
        let fix = Fix::needs_consent("build fbc from the address and event_time");
        let text = format!("fb.1.{}.{id}", seconds * 1000);
        let into = Pointer::root().key("user_data");
        match fbc {
            Some(_) => fix.replace_text(into.key("fbc"), &text),
            None => fix.insert(into, "fbc", quote(&text)),
        }
    });
    let url = event.get(Name::EventSourceUrl).unwrap_or(user_data);
    out.at(
        url,
        "event_source_url holds a click id, and user_data has no fbc",
    )
    .fix_if(fix);
}

/// Whether a member holds the click under a name that Meta does not know.
fn is_click(member: Item<'_, '_>) -> bool {
    let key = member.key().to_ascii_lowercase();
    member.name().is_none() && (key.contains("fbc") || key.contains("click"))
}
