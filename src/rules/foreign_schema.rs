//! CL709: an event of another platform, or one on its way to Meta, in place of one of Meta's.

use crate::event::{self, Record};
use crate::exchange;
use crate::finding::{Findings, Reach};
use crate::json::Item;
use crate::name::Name;
use crate::rule::{Check, Rule};

/// See `rules/foreign-schema.md`.
pub static RULE: Rule = crate::rule!("foreign-schema", Check::Record(check));

/// Whose event it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Schema {
    TikTok,
    Measurement,
    Tagging,
    Pinterest,
    Snap,
    OpenAi,
    CustomerData,
}

impl Schema {
    fn phrase(self) -> &'static str {
        match self {
            Schema::TikTok => "an event for TikTok's Events API",
            Schema::Measurement => "a hit for Google Analytics' Measurement Protocol",
            Schema::Tagging => {
                "an event as Google's server container holds it, before a tag turns it into one for Meta"
            }
            Schema::Pinterest => "an event for Pinterest's Conversions API",
            Schema::Snap => "an event for Snap's Conversions API",
            Schema::OpenAi => "an event for OpenAI's conversion API",
            Schema::CustomerData => {
                "a track call of a customer data platform, before a destination turns it into an event for Meta"
            }
        }
    }
}

fn check(record: &Record<'_, '_>, out: &mut Findings) {
    if record.is_element {
        return;
    }
    for part in record.parts() {
        if !(event::is_bare(part) && has_metas_source(part)) {
            look_at(part, out);
        }
    }
}

fn look_at(root: Item<'_, '_>, out: &mut Findings) {
    let mut found = None;
    for object in root.descendants().filter(|item| item.is_object()) {
        if let Some(schema) = schema_of(object) {
            found = Some((object, schema));
            break;
        }
    }
    let Some((object, schema)) = found else {
        return;
    };
    // A log that shows what came in often shows what went out as well.
    if holds_another(root, object) {
        return;
    }
    out.at(object, format!("this is {}", schema.phrase())).fold(
        Reach::File,
        |records| match records {
            1 => "1 record holds an event for another platform, or on its way to Meta".to_owned(),
            _ => format!(
                "{records} records hold events for other platforms, or on their way to Meta"
            ),
        },
    );
}

/// Whether the first event has no action_source of another platform's: Pinterest and Snap have the
/// same outermost keys as Meta.
#[inline]
fn has_metas_source(root: Item<'_, '_>) -> bool {
    let first = match root.get(Name::Data) {
        Some(data) => data.each().next(),
        None => Some(root),
    };
    let source = first
        .and_then(|event| event.get(Name::ActionSource))
        .and_then(Item::text);
    source.is_none_or(|source| {
        !matches!(
            source,
            "web" | "WEB" | "app_ios" | "app_android" | "MOBILE_APP"
        )
    })
}

fn schema_of(object: Item<'_, '_>) -> Option<Schema> {
    // Every one of them has a key that says what happened.
    let mut keys = Keys::default();
    for member in object.children() {
        keys.see(member);
    }
    let has = |key: &str| object.member(key).is_some();
    let is_object = |key: &str| object.member(key).is_some_and(Item::is_object);
    if keys.event {
        let event_is_text = object
            .member("event")
            .is_some_and(|event| event.text().is_some());
        if event_is_text && is_object("properties") {
            if has("anonymousId") || has("messageId") || has("originalTimestamp") || has("sentAt") {
                return Some(Schema::CustomerData);
            }
            if has("event_time") || has("pixel_code") || is_object("user") || is_object("context") {
                return Some(Schema::TikTok);
            }
        }
    }
    if keys.events {
        let list = object.member("events").filter(|list| list.is_list());
        if let Some(first) = list.and_then(|list| list.children().next()) {
            if first.member("name").is_some() && first.member("params").is_some_and(Item::is_object)
            {
                let app = has("client_id") || has("app_instance_id");
                return app.then_some(Schema::Measurement);
            }
            if first.member("timestamp_ms").is_some() {
                return Some(Schema::OpenAi);
            }
        }
    }
    if keys.event_name {
        let source = object.get(Name::ActionSource).and_then(Item::text);
        let user = |key: &str| {
            object
                .get(Name::UserData)
                .is_some_and(|user| user.member(key).is_some())
        };
        if has("opt_out_type")
            || user("hashed_maids")
            || matches!(source, Some("app_ios" | "app_android"))
        {
            return Some(Schema::Pinterest);
        }
        if user("sc_click_id") || user("sc_cookie1") {
            return Some(Schema::Snap);
        }
        let tagging = has("client_id")
            || has("ga_session_id")
            || has("x-ga-protocol_version")
            || has("x-ga-measurement_id");
        if tagging && source.is_none() && object.get(Name::EventTime).is_none() {
            return Some(Schema::Tagging);
        }
    }
    if keys.snap && has("event_type") && (has("pixel_id") || has("snap_app_id")) {
        return Some(Schema::Snap);
    }
    None
}

/// The keys that fingerprints begin with.
#[derive(Default)]
struct Keys {
    event: bool,
    events: bool,
    event_name: bool,
    snap: bool,
}

impl Keys {
    fn see(&mut self, member: Item<'_, '_>) {
        match member.key() {
            "event" => self.event = true,
            "events" => self.events = true,
            "event_name" => self.event_name = true,
            "event_conversion_type" => self.snap = true,
            _ => {}
        }
    }
}

/// Whether the record holds an event besides the foreign one that may well be Meta's.
fn holds_another(root: Item<'_, '_>, foreign: Item<'_, '_>) -> bool {
    let end = foreign.descendants().last().map_or(0, Item::place);
    root.descendants()
        .filter(|item| item.place() < foreign.place() || item.place() > end)
        .any(|item| {
            if let Some(text) = item.text() {
                return exchange::names_event(text);
            }
            item.is_object()
                && item.get(Name::EventName).is_some()
                && item.get(Name::UserData).is_some()
                && schema_of(item).is_none()
        })
}
