//! CL704: `data` is missing, or is no list of events.

use memchr::memmem::Finder;
use once_cell::sync::Lazy;

use crate::digest;
use crate::event::{self, Record, Request};
use crate::exchange;
use crate::finding::{Certainty, Findings, Severity};
use crate::fix::Fix;
use crate::json::{Item, Pointer, Val};
use crate::rule::{Check, Rule};
use crate::values::name::Name;

/// See `rules/data-shape.md`.
pub static RULE: Rule = crate::rule!(
    "data-shape",
    Check::Several(&[Check::Request(in_request), Check::Record(in_record)])
);

/// Members of a request body that nothing else has.
const OF_REQUEST: u128 = Name::AccessToken.bit()
    | Name::TestEventCode.bit()
    | Name::PartnerAgent.bit()
    | Name::UploadTag.bit();

fn in_request(request: &Request<'_, '_>, out: &mut Findings) {
    // Some senders log the pieces of a form one by one.
    let data = request.get(Name::Data).filter(|_| !request.is_form);
    if let Some(data) = data.filter(|data| data.is_object()) {
        let at = Pointer::root().key(Name::Data.text());
        out.at(data, "data is one event, Meta takes a list of events")
            .fix(Fix::safe("put the event into a list").wrap(at));
    }
    if let Some(data) = data.filter(|data| data.is_list()) {
        beside_events(data, out);
    }
}

/// A number or a null among the events. Text is left alone: a logger's mark for what it cut away.
fn beside_events(data: Item<'_, '_>, out: &mut Findings) {
    let is_scalar = |item: Item<'_, '_>| {
        matches!(
            item.val(),
            Val::Null | Val::Bool(_) | Val::Int(_) | Val::Float(_)
        )
    };
    if !data.children().any(is_scalar) || !data.children().any(event::is_listed_event) {
        return;
    }
    let list = Pointer::root().key(Name::Data.text());
    for (number, element) in data.children().enumerate() {
        if is_scalar(element) {
            let message = format!("data holds {} among its events", element.val().kind());
            out.at(element, message)
                .fix(Fix::safe("take it out of the list").remove(list.clone().index(number)));
        }
    }
}

fn in_record(record: &Record<'_, '_>, out: &mut Findings) {
    if record.is_element {
        return;
    }
    for (body, data) in exchange::texts_sent_there(record) {
        let kind = match *data {
            serde_json::Value::Null => "null",
            serde_json::Value::Bool(_) => "a boolean",
            serde_json::Value::Number(_) => "a number",
            _ => continue,
        };
        out.at(body, format!("data is {kind}, Meta takes a list of events"));
    }
    bodies_without_data(record, out);
    for part in record.parts() {
        if !(event::is_bare(part) && is_well_formed(part)) {
            look_at(record, part, out);
        }
    }
}

fn look_at(record: &Record<'_, '_>, part: Item<'_, '_>, out: &mut Findings) {
    for object in part.descendants().filter(|item| item.is_object()) {
        match object.get(Name::Data) {
            Some(data) if data.children().next().is_some_and(event::is_listed_event) => {}
            Some(data) if too_deep(data) => {
                let was_sent =
                    names_of(object) & OF_REQUEST != 0 || exchange::is_sent_there(record, object);
                if was_sent {
                    let message = match data.is_list() {
                        true => "data is a list of lists, Meta takes a list of events",
                        false => {
                            "data is an object with the list of events in it, Meta takes the list"
                        }
                    };
                    out.at(data, message).certainty(Certainty::Strong);
                }
            }
            Some(data) => as_text(record, object, data, out),
            None => without_data(object, out),
        }
    }
}

static BODY: Lazy<Finder<'static>> = Lazy::new(|| Finder::new("\"body\""));

/// A request with its method or headers whose whole body is an event, a list of events, or an object
/// that gives the list another name. Under other keys than `body` it may be the field `data` alone.
fn bodies_without_data(record: &Record<'_, '_>, out: &mut Findings) {
    let shows_body = || BODY.find(record.text.as_bytes()).is_some();
    if record.is_bare || !shows_body() {
        return;
    }
    let is_event = |item: Item<'_, '_>| {
        let names = names_of(item);
        names & Name::EventName.bit() != 0
            && names & (Name::UserData.bit() | Name::EventTime.bit()) != 0
    };
    for body in record.enveloped().flat_map(Item::descendants) {
        if body.key() != "body" {
            continue;
        }
        let Some(request) = body.parent().filter(|request| {
            request.member("method").is_some() || request.member("headers").is_some()
        }) else {
            continue;
        };
        if let Some(text) = body.text() {
            // The text is read for itself, without the address: it is told of what holds it.
            if let Some(message) = text_without_data(text)
                && !is_form(request)
                && exchange::is_sent_there(record, body)
            {
                out.at(request, message)
                    .certainty(Certainty::Strong)
                    .help(LIST_IN_DATA);
            }
            continue;
        }
        if !body.is_list() && !body.is_object() {
            continue;
        }
        let is_list_of_events =
            |item: Item<'_, '_>| item.is_list() && item.children().next().is_some_and(is_event);
        let named = || {
            // With another member the rest of the body may be a logger's.
            let only = body.children().next().filter(|_| body.len() == 1);
            only.filter(|list| list.name() != Some(Name::Data) && is_list_of_events(*list))
        };
        let whole = is_list_of_events(body)
            || body.is_object() && body.get(Name::Data).is_none() && is_event(body);
        let list = match whole {
            true => None,
            false if body.is_object() => match named() {
                Some(list) => Some(list),
                None => continue,
            },
            false => continue,
        };
        let is_known = names_of(body) & OF_REQUEST != 0;
        if is_known || is_form(request) || !exchange::is_sent_there(record, body) {
            continue;
        }
        let message = match list {
            Some(_) => "the list of events has another name, Meta looks for it in data",
            None if body.is_list() => {
                "the list of events is the body itself, Meta looks for it in data"
            }
            None => "the event stands in the body itself, Meta looks for it in data",
        };
        let fix = list
            .map(|list| Fix::safe("name the list data").rename(list.pointer(), Name::Data.text()));
        out.at(list.unwrap_or(body), message)
            .certainty(Certainty::Strong)
            .help(LIST_IN_DATA)
            .fix_if(fix);
    }
}

const LIST_IN_DATA: &str = "send {\"data\": [ … ]} with the events in the list";

/// Longer bodies that are text are not looked into.
const LONGEST_TEXT: usize = 64 << 10;

/// What is wrong with a body, shown as text, that is an event or a list of them.
fn text_without_data(text: &str) -> Option<&'static str> {
    let text = text.trim();
    if text.len() > LONGEST_TEXT || !text.starts_with(['{', '[']) || !exchange::names_event(text) {
        return None;
    }
    let body: serde_json::Value = serde_json::from_str(text).ok()?;
    let is_event = |value: &serde_json::Value| {
        let has = |key: &str| value.get(key).is_some();
        has("event_name") && (has("user_data") || has("event_time"))
    };
    let is_known = |name: &Name| OF_REQUEST & name.bit() != 0;
    match &body {
        serde_json::Value::Array(list) if list.first().is_some_and(is_event) => {
            Some("the body is the list of events itself, Meta looks for it in data")
        }
        serde_json::Value::Object(members)
            if is_event(&body)
                && !members.contains_key(Name::Data.text())
                && !members
                    .keys()
                    .filter_map(|key| Name::of(key))
                    .any(|name| is_known(&name)) =>
        {
            Some("the body is the event itself, Meta looks for it in data")
        }
        _ => None,
    }
}

/// Whether the text is an event, or a body whose `data` is a list of objects: nearly all are.
#[inline]
fn is_well_formed(first: Item<'_, '_>) -> bool {
    if !first.is_object() {
        return true;
    }
    match first.get(Name::Data) {
        Some(data) => data.is_list() && data.children().next().is_none_or(Item::is_object),
        None => {
            let mut names = first.children().filter_map(Item::name);
            !names.any(|name| OF_REQUEST & name.bit() != 0)
        }
    }
}

/// Whether the events lie in a list or an object of their own inside `data`.
fn too_deep(data: Item<'_, '_>) -> bool {
    let first = match data.is_list() {
        true => data.children().next(),
        false => data.get(Name::Data),
    };
    first.is_some_and(|list| {
        list.is_list() && list.children().next().is_some_and(event::is_listed_event)
    })
}

fn names_of(object: Item<'_, '_>) -> u128 {
    object
        .children()
        .filter_map(Item::name)
        .fold(0, |set, name| set | name.bit())
}

/// Whether an object is a body that was sent as JSON, and not the parts of a form: RudderStack's
/// transformer keeps those under FORM, proxies under a type.
fn is_json_body(object: Item<'_, '_>) -> bool {
    let alone = object.children().all(|member| {
        let known = Name::UploadId.bit() | Name::UploadSource.bit() | Name::NamespaceId.bit();
        let known = known | OF_REQUEST | Name::Data.bit() | Name::Platforms.bit();
        member.name().is_some_and(|name| known & name.bit() != 0)
    });
    alone && !is_form(object)
}

/// Whether a key or a header around an object says that it is a form.
fn is_form(object: Item<'_, '_>) -> bool {
    std::iter::successors(Some(object), |item| Item::parent(*item)).any(|above| {
        let key = above.key().to_ascii_lowercase();
        key.contains("form") || key == "params" || key == "batch" || {
            let typed = above
                .children()
                .find(|member| is_content_type(member.key()));
            typed.is_some_and(|typed| typed.text().is_some_and(|text| text.contains("form")))
                || above.member("headers").is_some_and(|headers| {
                    headers
                        .descendants()
                        .any(|item| item.text().is_some_and(|text| text.contains("form-")))
                })
        }
    })
}

fn is_content_type(key: &str) -> bool {
    key.eq_ignore_ascii_case("content-type")
        || key.eq_ignore_ascii_case("mimeType")
        || key.eq_ignore_ascii_case("contentType")
}

/// Events that were turned into text before they were put into the body.
fn as_text(record: &Record<'_, '_>, object: Item<'_, '_>, data: Item<'_, '_>, out: &mut Findings) {
    let texts: Vec<(Item<'_, '_>, &str)> = data
        .each()
        .filter_map(|item| Some((item, item.text()?)))
        .filter(|(_, text)| {
            text.trim_start().starts_with(['{', '[']) && exchange::names_event(text)
        })
        .collect();
    if texts.is_empty() {
        // What a logger writes in place of a value says nothing of it.
        let shows = |text: &str| !digest::is_logger_mark(text) && !text.starts_with(['<', '[']);
        let wrong = !data.is_list() && !data.is_object() && data.text().is_none_or(shows);
        let requested =
            || names_of(object) & OF_REQUEST != 0 || exchange::is_sent_there(record, object);
        if wrong && is_json_body(object) && requested() {
            let kind = match data.val() {
                Val::Text(_) => "text that holds no event",
                val => val.kind(),
            };
            out.at(data, format!("data is {kind}, Meta takes a list of events"));
        }
        return;
    }
    if !is_json_body(object) {
        return;
    }
    let mut fix = Fix::safe("write the events as JSON");
    for (item, text) in &texts {
        if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
            return;
        }
        fix = fix.replace(item.pointer(), text.trim());
    }
    let whole = data.text().is_some();
    if whole && texts[0].1.trim_start().starts_with('{') {
        fix = fix.wrap(data.pointer());
    }
    let message = match whole {
        true => "data is JSON text inside JSON, as only a form has it",
        false => "the events in data are JSON text inside JSON",
    };
    // The reference of the endpoint types `data` as a list of JSON text, the guide as a list of
    // objects: neither is an error.
    out.at(data, message)
        .severity(Severity::Warning)
        .certainty(Certainty::Strong)
        .fix(fix);
}

/// A body without `data`: the event lies in it bare, or its list has another name.
fn without_data(object: Item<'_, '_>, out: &mut Findings) {
    let names = names_of(object);
    if names & OF_REQUEST == 0 {
        return;
    }
    if names & Name::EventName.bit() != 0 {
        // A test code or a partner's name inside an event is the business of other rules.
        let wanted = Name::AccessToken.bit() | Name::EventTime.bit();
        let alone = object
            .parent()
            .is_none_or(|list| list.is_list() && list.parent().is_none());
        if names & wanted == wanted && alone {
            out.at(
                object,
                "the event stands in the body itself, Meta looks for it in data",
            )
            .certainty(Certainty::Strong)
            .help(LIST_IN_DATA);
        }
        return;
    }
    let list = object.children().find(|member| {
        member.is_list()
            && member.children().next().is_some_and(|first| {
                let names = names_of(first);
                names & Name::EventName.bit() != 0
                    && names & (Name::UserData.bit() | Name::EventTime.bit()) != 0
            })
    });
    if let Some(list) = list {
        out.at(
            list,
            "the list of events has another name, Meta looks for it in data",
        )
        .certainty(Certainty::Strong)
        .fix(Fix::safe("name the list data").rename(list.pointer(), Name::Data.text()));
    }
}
