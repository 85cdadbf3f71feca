//! CL303: an event_id that is the same for every event.

use crate::deduplication;
use crate::event::Event;
use crate::finding::Findings;
use crate::fix::Fix;
use crate::json::Pointer;
use crate::name::Name;
use crate::rule::{Check, Rule};

/// See `rules/constant-event-id.md`.
pub static RULE: Rule = crate::rule!("constant-event-id", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(item) = event.get(Name::EventId) else {
        return;
    };
    let Some(id) = item.text() else { return };
    let order = || deduplication::order_id(event).map(|order| order.into_owned());
    let message = if deduplication::is_placeholder(id, order) {
        "event_id is a placeholder, the same for every event"
    } else if event.name().is_some_and(|name| is_same_word(id, name)) {
        "event_id repeats event_name, so it is the same for every such event"
    } else {
        return;
    };
    let fix = deduplication::id_from_order(event).unwrap_or_else(|| {
        Fix::needs_consent("remove the placeholder").remove(Pointer::root().key("event_id"))
    });
    out.at(item, message).fix(fix);
}

/// Whether two words have the same letters and digits in whatever case.
fn is_same_word(one: &str, other: &str) -> bool {
    // Most ids are told apart from a name by their first letter.
    letters(one).next() == letters(other).next()
        && letters(one).eq(letters(other))
        && letters(one).next().is_some()
}

fn letters(word: &str) -> impl Iterator<Item = u8> {
    word.bytes()
        .filter(|b| b.is_ascii_alphanumeric() || !b.is_ascii())
        .map(|b| b.to_ascii_lowercase())
}
