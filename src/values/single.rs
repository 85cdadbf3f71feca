//! Keys of user_data that take one value, and the lists in which header maps of Go and Node, and PHP,
//! write it all the same.

use crate::digest;
use crate::event::Event;
use crate::finding::{Certainty, Effect, Findings, Severity};
use crate::fix::{Fix, quote};
use crate::json::{Item, Val};
use crate::values::name::Name;

/// Tells of the list around the values of a key, once a rule has looked at these: it had made `told`
/// findings before. One value that is right but for the list is only a matter of brackets.
pub(crate) fn tell_list(event: &Event<'_, '_>, name: Name, told: usize, out: &mut Findings) {
    let Some(list) = event.user(name).filter(|value| value.is_list()) else {
        return;
    };
    let mut held = list.children().filter(|value| !value.is_blank());
    let Some(first) = held.next() else { return };
    let at = || list.pointer_from(event.root().place());
    let rest: Vec<Item<'_, '_>> = held.collect();
    if !rest.is_empty() {
        let is_same = |value: &Item<'_, '_>| first.text().is_some() && value.text() == first.text();
        let once = first.text().filter(|_| rest.iter().all(is_same));
        let fix = Fix::safe("keep the value once, without the list");
        out.at(list, format!("{name} holds several values; Meta takes one"))
            .certainty(Certainty::Strong)
            .effect(Effect::Unmatched)
            .help("send the one value that belongs to this event, without a list")
            .fix_if(once.map(|text| fix.replace(at(), quote(text))));
        return;
    }
    let is_of_others = match first.val() {
        Val::Text(text) => {
            digest::is_nothing_word(text)
                || digest::is_digest(text)
                || digest::is_hidden(text)
                || digest::is_raw_template(text)
        }
        Val::Int(_) => false,
        _ => true,
    };
    // What is wrong inside goes first, and so do the blank elements beside it.
    if is_of_others || out.len() > told || list.len() > 1 {
        return;
    }
    out.at(
        list,
        format!("{name} stands in a list; Meta documents the value alone"),
    )
    .severity(Severity::Warning)
    .certainty(Certainty::Strong)
    .effect(Effect::Unmatched)
    .help("send the value itself: a header map holds a list for each header")
    .fix(Fix::safe("take the value out of its list").unwrap(at()));
}

/// The fix that takes away a value of a wrong type, where that may go: not with a right value in it.
pub(crate) fn removal(
    event: &Event<'_, '_>,
    value: Item<'_, '_>,
    title: &'static str,
    is_right: &dyn Fn(&str) -> bool,
) -> Option<Fix> {
    let fix = match value.val() {
        Val::List | Val::Object if holds(value, is_right) => return None,
        Val::List | Val::Object => Fix::needs_consent(title),
        _ => Fix::safe(title),
    };
    Some(fix.remove(value.pointer_from(event.root().place())))
}

/// Whether a right value stands anywhere in another.
pub(crate) fn holds(value: Item<'_, '_>, is_right: &dyn Fn(&str) -> bool) -> bool {
    match value.val() {
        Val::Text(text) => is_right(text.trim()),
        Val::List | Val::Object => value.children().any(|inner| holds(inner, is_right)),
        _ => false,
    }
}
