//! CL005: the log does not show what was sent, because the logger hid or cut it.

use crate::digest::{self, Shape};
use crate::event::{Event, Record};
use crate::finding::{Findings, Reach};
use crate::json::{Item, Val};
use crate::rule::{Check, Rule};
use crate::values::agent::Kind;
use crate::values::name::Name;
use crate::values::network;
use crate::values::object_text::ObjectText;

/// See `rules/lossy-capture.md`.
pub static RULE: Rule = crate::rule!(
    "lossy-capture",
    Check::Several(&[Check::Record(in_record), Check::Event(in_event)])
);

/// Keys outside the digests whose values loggers hide, by the object that holds them.
const CLICKS: [Name; 2] = [Name::Fbc, Name::Fbp];
const TOP: [Name; 3] = [Name::EventId, Name::EventSourceUrl, Name::ReferrerUrl];
const CUSTOM: [Name; 3] = [Name::Value, Name::Currency, Name::OrderId];

fn in_event<'t, 'a>(event: &Event<'t, 'a>, out: &mut Findings) {
    let mut first = None;
    let mut count = event.shaped(Shape::Redacted.bit()).count();
    if count > 0 {
        let hidden = event.shaped(Shape::Redacted.bit()).next();
        first = hidden.map(|identifier| event.item(identifier.place));
    }
    let mut look = |item: Option<Item<'t, 'a>>| {
        if let Some(item) = item.filter(|item| is_hidden(*item)) {
            count += 1;
            first = first.or(Some(item));
        }
    };
    CLICKS.iter().for_each(|&name| look(event.user(name)));
    // `Mozilla/5.0 …` is what user-agent-stub speaks of.
    if !matches!(event.odd_agent(), Some((_, Kind::Stub(_)))) {
        look(event.user(Name::ClientUserAgent));
    }
    TOP.iter().for_each(|&name| look(event.get(name)));
    CUSTOM.iter().for_each(|&name| look(event.custom(name)));
    // A part of an address is no more to be judged than a mark in its place.
    if event.address().is_none()
        && let Some(item) = event.user(Name::ClientIpAddress)
        && item.text().is_some_and(network::is_hidden)
    {
        count += 1;
        first = first.or(Some(item));
    }
    // A logger that looks two levels deep prints `[Object]` where these stood.
    // Other loggers print the whole object as their language does.
    for name in [Name::UserData, Name::CustomData, Name::AppData] {
        if let Some(item) = event.get(name).filter(|item| !item.is_object())
            && (item.text().is_some_and(digest::is_logger_mark)
                || name != Name::UserData && ObjectText::of(item) == Some(ObjectText::Dump))
        {
            count += 1;
            first = first.or(Some(item));
        }
    }
    if let Some(item) = first {
        let message = match count {
            1 => "the log hides or cuts a value here: it says nothing of what was sent".to_owned(),
            n => format!("the log hides or cuts {n} values of this event, the first one here"),
        };
        out.at(item, message)
            .fold(Reach::File, |events| match events {
                1 => "1 event has values that the log hides or cuts".to_owned(),
                _ => format!("{events} events have values that the log hides or cuts"),
            });
    }
}

/// Whether a value is a logger's mark. Most values fail on their first letter.
#[inline]
fn is_hidden(item: Item<'_, '_>) -> bool {
    let Val::Text(text) = item.val() else {
        return false;
    };
    // Most end in a letter or a digit as well.
    let last = text.as_bytes().last();
    let ends_so = matches!(last, Some(b'.' | b'*' | 128..));
    match text.as_bytes().first() {
        Some(b'*' | b'[' | b'<' | b'(' | b'#' | b'_') | Some(128..) => {}
        Some(b'x' | b'X' | b'R' | b'r' | b'O') if text.len() < 48 => {}
        _ if !ends_so => return false,
        _ if text.ends_with("...") || text.ends_with('…') => {}
        _ => return text.ends_with("***"),
    }
    Shape::of(text) == Shape::Redacted || digest::is_logger_mark(text)
}

/// Whole parts of a payload that are gone are seen from outside it: there is no event any more.
fn in_record(record: &Record<'_, '_>, out: &mut Findings) {
    if record.tape.is_none() {
        if has_inspected(record.text) {
            out.here("the log shows [Object] or a count in place of parts of the payload");
        }
        return;
    }
    if record.is_bare {
        return;
    }
    for item in record
        .enveloped()
        .flat_map(|part| [Some(part), body(part)])
        .flatten()
    {
        let lost = item.get(Name::Data).filter(|data| {
            let mut parts = data.each().filter(|part| !part.is_object());
            parts.any(|part| part.text().is_some_and(digest::is_logger_mark))
        });
        if let Some(lost) = lost {
            out.at(lost, "the log shows a mark in place of the events");
        }
    }
}

/// The member that holds the body in a line of a log.
fn body<'t, 'a>(root: Item<'t, 'a>) -> Option<Item<'t, 'a>> {
    ["body", "payload", "request_body", "RequestBody", "context"]
        .iter()
        .find_map(|key| root.member(key))
        .filter(|body| body.is_object())
}

/// Whether Node.js printed an event with its depth or its lists cut.
fn has_inspected(text: &str) -> bool {
    text.contains("event_name") && (text.contains("[Object]") || text.contains(" more item"))
}
