//! CL202: an fbc that is no click id.

use crate::digest;
use crate::event::Event;
use crate::finding::Findings;
use crate::fix::{Fix, Safety};
use crate::json::{Item, Val};
use crate::ledger::Needs;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::click_id::{self, Misformed};
use crate::values::name::Name;
use crate::values::single;

use super::click_id_not_sent::{date_clicks, made};

/// See `rules/fbc-format.md`.
pub static RULE: Rule = crate::rule!(
    "fbc-format",
    Check::Event(check),
    date_clicks,
    Needs::CLICKS,
    Safety::Safe
)
.when(Signs::CLICK);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let told = out.len();
    for value in event.user(Name::Fbc).into_iter().flat_map(Item::each) {
        match value.val() {
            Val::Text(text) if click_id::is_fbc(text) => {}
            // Other rules speak of these, and of a log that hides a value there is nothing to say.
            Val::Text(text)
                if digest::is_nothing_word(text)
                    || digest::is_digest(text)
                    || digest::is_hidden(text) => {}
            Val::Text(text) => report(event, value, text, out),
            _ if value.is_blank() => {}
            _ => {
                let at = value.pointer_from(event.root().place());
                let fix = Fix::needs_consent("remove the value").remove(at);
                out.at(
                    value,
                    format!("fbc is {}, not a click id", value.val().kind()),
                )
                .fix_if((!single::holds(value, &click_id::is_fbc)).then_some(fix));
            }
        }
    }
    single::tell_list(event, Name::Fbc, told, out);
}

fn report(event: &Event<'_, '_>, value: Item<'_, '_>, text: &str, out: &mut Findings) {
    let at = value.pointer_from(event.root().place());
    let (message, fix) = match click_id::misformed_fbc(text) {
        Misformed::Spaced(right) => (
            "fbc has white space around the click id",
            Some(Fix::safe("remove the white space").replace_text(at, right)),
        ),
        Misformed::Wrapped(right) => (
            "fbc holds cookie text or quotes around the click id",
            Some(Fix::needs_consent("keep the click id alone").replace_text(at, right)),
        ),
        Misformed::Bare(fbclid) => (
            "fbc is a bare fbclid, without the parts `fb`, index and creation time",
            made(event, fbclid).map(|(millis, by_log)| {
                let fix = match by_log {
                    true => {
                        Fix::safe("build fbc from the fbclid and its first sighting in the log")
                    }
                    false => Fix::needs_consent("build fbc from the fbclid and event_time"),
                };
                fix.replace_text(at, &format!("fb.1.{millis}.{fbclid}"))
            }),
        ),
        Misformed::Twice(right) => (
            "fbc has a second index and creation time before the click id",
            Some(Fix::safe("keep the cookie as it stood").replace_text(at, right)),
        ),
        Misformed::BrowserId(browser_id) => {
            let title = "remove the browser id";
            let fix = match event.user_text(Name::Fbp) == Some(browser_id) {
                true => Fix::safe(title),
                false => Fix::needs_consent(title),
            };
            (
                "fbc holds a browser id behind its creation time, and no click id",
                Some(fix.remove(at)),
            )
        }
        Misformed::Empty => (
            "fbc has no click id behind its creation time",
            Some(Fix::safe("remove the empty click id").remove(at)),
        ),
        Misformed::Other if digest::is_raw_template(text) => (
            "fbc is a template that was not filled in",
            Some(Fix::safe("remove the template").remove(at)),
        ),
        Misformed::ClickId | Misformed::Other => (
            "fbc does not have the form fb.<index>.<creation time>.<fbclid>",
            Some(Fix::needs_consent("remove the value").remove(at)),
        ),
    };
    out.at(value, message).fix_if(fix);
}
