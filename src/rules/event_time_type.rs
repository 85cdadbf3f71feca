//! CL402: an event_time that is no whole number of seconds.

use jiff::civil::DateTime;

use crate::event::Event;
use crate::finding::{Effect, Findings, Severity};
use crate::fix::Fix;
use crate::json::Val;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::event_time::{self, Written};

/// See `rules/event-time-type.md`.
pub static RULE: Rule = crate::rule!("event-time-type", Check::Event(check)).when(Signs::ODD_TIME);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some((item, written)) = event_time::oddity(event) else {
        return;
    };
    let at = item.pointer_from(event.root().place());
    let rewrite = |seconds: i64| {
        let fix = Fix::safe("write the time as whole Unix seconds");
        Some(fix.replace(at.clone(), seconds.to_string()))
    };
    let (message, fix) = match written {
        // Printed with six digits, as a time that ends in four zeros seldom is.
        Written::Decimal {
            seconds,
            whole: true,
        } if seconds % 10_000 == 0 => (
            "event_time is written with a decimal point or an exponent",
            Some(
                Fix::needs_consent("write the time as whole Unix seconds, if no digit was lost")
                    .replace(at.clone(), seconds.to_string()),
            ),
        ),
        Written::Digits(seconds) => (
            "event_time is a string of digits, not a number",
            rewrite(seconds),
        ),
        Written::Decimal { seconds, whole } => (
            if whole {
                "event_time is written with a decimal point or an exponent"
            } else {
                "event_time has a fraction of a second"
            },
            rewrite(seconds),
        ),
        Written::Shortened => (
            "event_time is a power of ten, rounded until digits of the time were lost",
            None,
        ),
        Written::Zoned(seconds) => (
            "event_time is a date as text, not Unix seconds",
            rewrite(seconds),
        ),
        Written::Local(local) => (
            "event_time is a local time that names no zone",
            local_time(event, local).map(|seconds| {
                Fix::needs_consent("write the time, taken as local, as Unix seconds")
                    .replace(at.clone(), seconds.to_string())
            }),
        ),
        Written::Day => ("event_time is a date without a time of day", None),
        Written::Text => ("event_time is text that is no Unix time", None),
        Written::NoTime => (
            match item.val() {
                Val::Text(_) => "event_time is text that holds no time",
                Val::Bool(_) => "event_time is a boolean, not a number",
                Val::List => "event_time is a list, not a number",
                _ => "event_time is an object, not a number",
            },
            None,
        ),
        Written::Seconds(_) | Written::Finer(..) | Written::Impossible(_) | Written::Missing => {
            return;
        }
    };
    let finding = out.at(item, message).fix_if(fix);
    match written {
        Written::Digits(_) | Written::Decimal { whole: true, .. } => {
            finding.severity(Severity::Info);
        }
        Written::Local(_) => {
            finding.help("send Unix seconds; if all times are of one zone, --tz says which");
        }
        Written::NoTime => {
            finding.severity(Severity::Error).effect(Effect::Refused);
        }
        _ => {}
    }
}

/// The moment of a local time in the zone that the user names. An hour that a clock change repeats
/// or leaves out stays the sender's business.
fn local_time(event: &Event<'_, '_>, local: DateTime) -> Option<i64> {
    let zone = event.assume.zone.as_ref()?;
    let time = zone.to_ambiguous_timestamp(local).unambiguous().ok()?;
    Some(time.as_second())
}
