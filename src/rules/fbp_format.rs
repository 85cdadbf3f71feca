//! CL210: an fbp that is no browser id.

use crate::digest;
use crate::event::Event;
use crate::finding::{Certainty, Findings, Severity};
use crate::fix::Fix;
use crate::json::{Item, Val};
use crate::rule::{Check, Rule};
use crate::values::click_id::{self, Misformed, Stamped};
use crate::values::name::Name;
use crate::values::single;

/// See `rules/fbp-format.md`.
pub static RULE: Rule = crate::rule!("fbp-format", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    // One in the usual form can still be the sample.
    if !event.raw().odd_browser_id {
        let text = event.user(Name::Fbp).and_then(Item::text);
        if text.is_none_or(|text| !click_id::FBP_SAMPLES.contains(&text)) {
            return;
        }
    }
    let told = out.len();
    for value in event.user(Name::Fbp).into_iter().flat_map(Item::each) {
        match value.val() {
            Val::Text(text) if click_id::is_fbp(text) => {
                if click_id::FBP_SAMPLES.contains(&digest::strip_appendix(text)) {
                    report(
                        event,
                        value,
                        "fbp is the sample from Meta's documentation",
                        out,
                    );
                } else if Stamped::parse(text).is_some_and(|stamped| stamped.beyond().is_some()) {
                    // A device may have any clock, but with one so wrong no page is served to it.
                    let at = value.pointer_from(event.root().place());
                    let message = "the creation time of fbp is none of any browser";
                    out.at(value, message)
                        .severity(Severity::Warning)
                        .certainty(Certainty::Strong)
                        .fix(Fix::needs_consent("remove the value").remove(at));
                }
            }
            // Other rules speak of these, and of a log that hides a value there is nothing to say.
            Val::Text(text)
                if digest::is_nothing_word(text)
                    || digest::is_digest(text)
                    || digest::is_hidden(text) => {}
            Val::Text(text) => match click_id::misformed_fbp(text) {
                Misformed::Spaced(right) | Misformed::Wrapped(right) => {
                    let at = value.pointer_from(event.root().place());
                    out.at(value, "fbp holds more than the browser id")
                        .fix(Fix::safe("keep the browser id alone").replace_text(at, right));
                }
                // fbc-fbp-swapped brings it to its right place.
                Misformed::ClickId => {}
                _ => {
                    let message = "fbp does not have the form fb.<index>.<creation time>.<number>";
                    report(event, value, message, out);
                }
            },
            _ if value.is_blank() => {}
            _ => {
                let message = format!("fbp is {}, not a browser id", value.val().kind());
                out.at(value, message).fix_if(single::removal(
                    event,
                    value,
                    "remove the value",
                    &click_id::is_fbp,
                ));
            }
        }
    }
    single::tell_list(event, Name::Fbp, told, out);
}

fn report(event: &Event<'_, '_>, value: Item<'_, '_>, message: &str, out: &mut Findings) {
    let at = value.pointer_from(event.root().place());
    out.at(value, message)
        .fix(Fix::safe("remove the value").remove(at));
}
