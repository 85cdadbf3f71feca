//! CL402: an event_time that is no whole number of seconds.

use crate::event::Event;
use crate::event_time::{self, Written};
use crate::finding::{Effect, Findings, Severity};
use crate::fix::Fix;
use crate::rule::{Check, Rule};

/// See `rules/event-time-type.md`.
pub static RULE: Rule = crate::rule!("event-time-type", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some((item, written)) = event_time::oddity(event) else {
        return;
    };
    let at = item.pointer_from(event.root().place());
    let rewrite = |seconds: i64| {
        Fix::safe("write the time as whole Unix seconds").replace(at.clone(), seconds.to_string())
    };
    match written {
        Written::Digits(seconds) => out
            .at(item, "event_time is a string of digits, not a number")
            .severity(Severity::Info)
            .fix(rewrite(seconds)),
        Written::Decimal {
            seconds,
            whole: true,
        } => out
            .at(
                item,
                "event_time is written with a decimal point or an exponent",
            )
            .severity(Severity::Info)
            .fix(rewrite(seconds)),
        Written::Decimal { seconds, .. } => out
            .at(item, "event_time has a fraction of a second")
            .fix(rewrite(seconds)),
        Written::Zoned(seconds) => out
            .at(item, "event_time is a date as text, not Unix seconds")
            .fix(rewrite(seconds)),
        Written::Local(local) => {
            // An hour that a clock change repeats or leaves out stays the sender's business.
            let time = event.assume.zone.as_ref().and_then(|zone| {
                let time = zone.to_ambiguous_timestamp(local).unambiguous();
                time.ok().map(|time| time.as_second())
            });
            out.at(item, "event_time is a local time that names no zone")
                .help("send Unix seconds; if all times are of one zone, --tz says which")
                .fix_if(time.map(|seconds| {
                    Fix::needs_consent("write the time, taken as local, as Unix seconds")
                        .replace(at, seconds.to_string())
                }))
        }
        Written::Day => out.at(item, "event_time is a date without a time of day"),
        Written::Text => out.at(item, "event_time is text that is no Unix time"),
        Written::NoTime => {
            let message = match item.text() {
                Some(_) => "event_time is text that holds no time".to_owned(),
                None => format!("event_time is {}, not a number", item.val().kind()),
            };
            out.at(item, message)
                .severity(Severity::Error)
                .effect(Effect::Refused)
        }
        Written::Seconds(_) | Written::Finer(..) | Written::Impossible(_) | Written::Missing => {
            return;
        }
    };
}
