//! CL212: the click id in the place of the browser id, or the other way round.

use crate::event::Event;
use crate::finding::Findings;
use crate::fix::Fix;
use crate::json::Pointer;
use crate::rule::{Check, Rule};
use crate::values::click_id;
use crate::values::name::Name;

/// See `rules/fbc-fbp-swapped.md`.
pub static RULE: Rule = crate::rule!("fbc-fbp-swapped", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(fbp_item) = event.user(Name::Fbp) else {
        return;
    };
    let Some(fbp) = fbp_item.text() else { return };
    let fbc_item = event.user(Name::Fbc);
    let fbc = fbc_item.and_then(|item| item.text());
    let key = |name: Name| Pointer::root().key("user_data").key(name.text());
    if !event.raw().odd_browser_id {
        if let (Some(item), true) = (fbc_item, fbc == Some(fbp)) {
            out.at(item, "fbc repeats fbp, which is no click id")
                .fix(Fix::safe("remove the repeated browser id").remove(key(Name::Fbc)));
        }
        return;
    }
    if !click_id::holds_click(fbp) {
        return;
    }
    let (message, fix) = match fbc {
        _ if fbc_item.is_none_or(|item| item.is_blank()) => (
            "fbp holds a click id, which belongs in fbc",
            Some(match fbc_item {
                None => Fix::safe("send it as fbc").rename(key(Name::Fbp), "fbc"),
                Some(_) => Fix::safe("send it as fbc")
                    .replace_text(key(Name::Fbc), fbp)
                    .remove(key(Name::Fbp)),
            }),
        ),
        Some(fbc) if click_id::is_fbp(fbc) => (
            "fbc and fbp stand in each other's place",
            Some(
                Fix::safe("let them change places")
                    .replace_text(key(Name::Fbc), fbp)
                    .replace_text(key(Name::Fbp), fbc),
            ),
        ),
        Some(fbc) if fbc == fbp => (
            "fbp repeats fbc, which is no browser id",
            Some(Fix::safe("remove the repeated click id").remove(key(Name::Fbp))),
        ),
        Some(fbc) if click_id::is_fbc(fbc) => (
            "fbp holds a click id, and fbc another",
            Some(Fix::needs_consent("remove the click id from fbp").remove(key(Name::Fbp))),
        ),
        _ => ("fbp holds a click id, which belongs in fbc", None),
    };
    out.at(fbp_item, message).fix_if(fix);
}
