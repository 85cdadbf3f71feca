//! CL514: an AppendAttribution event without what the attribution needs.

use crate::event::Event;
use crate::finding::{Certainty, Effect, Findings, Severity};
use crate::json::Item;
use crate::rule::{Check, Rule};
use crate::values::contents::{amount, is_same};
use crate::values::name::Name;

/// See `rules/attribution-event-incomplete.md`.
pub static RULE: Rule = crate::rule!("attribution-event-incomplete", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    if event.name() != Some("AppendAttribution") {
        return;
    }
    if let Some(data) = section(event, Name::AttributionData, out) {
        for key in [
            "ad_id",
            "touchpoint_ts",
            "attribution_share",
            "attribution_value",
        ] {
            wanted(data, key, "attribution_data", out);
        }
        share(event, data, out);
    }
    if let Some(original) = section(event, Name::OriginalEventData, out) {
        for key in ["event_name", "event_time"] {
            wanted(original, key, "original_event_data", out);
        }
        order(event, original, out);
    }
    currency(event, out);
    if event.action_source() == Some("app") {
        app(event, out);
    }
}

/// One of the objects that the event needs.
fn section<'t, 'a>(event: &Event<'t, 'a>, name: Name, out: &mut Findings) -> Option<Item<'t, 'a>> {
    let item = event.get(name);
    let object = item.filter(|item| item.is_object() && !item.is_blank());
    // Text is what a logger made of it; on another level it is misplaced-key's.
    let (_, user, custom) = event.names();
    let is_hidden = item.is_some_and(|item| item.text().is_some() && !item.is_blank());
    if object.is_none() && !is_hidden && (user | custom) & name.bit() == 0 {
        match item {
            Some(item) => out.at(item, format!("{name} is empty or no object")),
            None => out.here(format!("the AppendAttribution event has no {name}")),
        };
    }
    object
}

fn wanted(object: Item<'_, '_>, key: &str, of: &str, out: &mut Findings) {
    let member = object.member(key);
    if member.is_none_or(Item::is_blank) {
        out.at(member.unwrap_or(object), format!("{of} has no {key}"));
    }
}

fn share(event: &Event<'_, '_>, data: Item<'_, '_>, out: &mut Findings) {
    let Some(item) = data
        .member("attribution_share")
        .filter(|item| !item.is_blank())
    else {
        return;
    };
    let Some(share) = amount(item) else {
        out.at(item, "attribution_share is no number");
        return;
    };
    if !(0.0..=1.0).contains(&share) {
        out.at(item, "attribution_share is not between 0 and 1");
        return;
    }
    let credited = data.member("attribution_value");
    let (Some(credited), Some(value)) = (credited, event.custom(Name::Value).and_then(amount))
    else {
        return;
    };
    // To the cent, or what a rounded share makes of it.
    let is_off = |credited: f64| (credited - share * value).abs() > 0.01 + value.abs() * 0.01;
    if amount(credited).is_some_and(is_off) && !is_same(value, 0.0) {
        out.at(
            credited,
            "attribution_value is not attribution_share times value",
        )
        .severity(Severity::Warning)
        .effect(Effect::Misattributed)
        .certainty(Certainty::Strong);
    }
}

/// The touch comes before the event that it led to, and the report of it within two days.
fn order(event: &Event<'_, '_>, original: Item<'_, '_>, out: &mut Findings) {
    let Some(item) = original.get(Name::EventTime) else {
        return;
    };
    let Some(time) = crate::clock::plausible_time(item) else {
        return;
    };
    let touch = event
        .get(Name::AttributionData)
        .and_then(|data| data.member("touchpoint_ts"));
    if let Some(touch) = touch
        && crate::clock::plausible_time(touch).is_some_and(|touch| touch > time)
    {
        out.at(touch, "touchpoint_ts is later than the original event")
            .severity(Severity::Warning)
            .effect(Effect::Misattributed)
            .certainty(Certainty::Strong);
    }
}

fn currency(event: &Event<'_, '_>, out: &mut Findings) {
    let has = |name| event.custom(name).is_some_and(|item| !item.is_blank());
    let (top, user, _) = event.names();
    let is_elsewhere = (top | user) & (Name::Currency.bit() | Name::CustomData.bit());
    // A value without its currency is value-without-currency's to say.
    if has(Name::Currency) || has(Name::Value) {
        return;
    }
    match event.get(Name::CustomData) {
        Some(data) if data.text().is_some() && !data.is_blank() => {}
        Some(_) if is_elsewhere & Name::Currency.bit() != 0 => {}
        Some(data) => {
            out.at(data, "the AppendAttribution event has no currency");
        }
        None if is_elsewhere == 0 => {
            out.here("the AppendAttribution event has no currency");
        }
        None => {}
    }
}

/// What app-event-incomplete does not ask of other app events.
fn app(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(data) = event.get(Name::AppData).filter(|data| data.is_object()) else {
        return;
    };
    if !data.is_blank() {
        wanted(data, "application_tracking_enabled", "app_data", out);
    }
}
