//! CL514: an AppendAttribution event without what the attribution needs.

use crate::digest;
use crate::event::Event;
use crate::finding::{Certainty, Effect, Finding, Findings, Severity};
use crate::json::{Item, Val};
use crate::rule::{Check, Rule};
use crate::values::app_spelling;
use crate::values::contents::{amount, is_same};
use crate::values::event_name::{STANDARD, has_free_stage_names};
use crate::values::event_time::Written;
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
        ad(data, out);
        for key in ["touchpoint_ts", "visit_time"] {
            if let Some(item) = data.member(key) {
                time(item, key, out);
            }
        }
    }
    if let Some(original) = section(event, Name::OriginalEventData, out) {
        for key in ["event_name", "event_time"] {
            wanted(original, key, "original_event_data", out);
        }
        if let Some(item) = original.get(Name::EventTime) {
            time(item, "original_event_data.event_time", out);
        }
        original_name(event, original, out);
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

/// The number of the ad at Meta, as a number or as text.
fn ad(data: Item<'_, '_>, out: &mut Findings) {
    let Some(item) = data.member("ad_id").filter(|item| !item.is_blank()) else {
        return;
    };
    let message = match item.val() {
        Val::Text(text) if digest::is_unfilled(text) => {
            "ad_id is a template that nobody filled in".to_owned()
        }
        Val::Text(_) | Val::Int(_) => return,
        other => format!("ad_id is {}, not the id of an ad", other.kind()),
    };
    doubtful(out.at(item, message));
}

/// A time other than that of the event itself: the guide has Unix seconds for it too.
fn time(item: Item<'_, '_>, what: &str, out: &mut Findings) {
    let message = match Written::of(item) {
        Written::Seconds(_) | Written::Digits(_) | Written::Decimal { .. } | Written::Missing => {
            return;
        }
        Written::Finer(unit, _) => format!("{what} is in {}, not seconds", unit.word()),
        Written::Zoned(_) | Written::Local(_) | Written::Day => {
            format!("{what} is a date as text, not Unix seconds")
        }
        Written::Impossible(_) => format!("{what} is no time at which anything can have happened"),
        Written::Text | Written::Shortened | Written::NoTime => format!("{what} is no Unix time"),
    };
    doubtful(out.at(item, message)).help("send Unix seconds, as in event_time");
}

/// There all the same, but hardly what Meta can use.
fn doubtful(finding: &mut Finding) -> &mut Finding {
    finding
        .severity(Severity::Warning)
        .effect(Effect::Misattributed)
        .certainty(Certainty::Strong)
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
    let credited = data
        .member("attribution_value")
        .filter(|item| !item.is_blank());
    if let Some(item) = credited.filter(|item| amount(*item).is_none()) {
        doubtful(out.at(item, "attribution_value is no number"));
    }
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

/// The event that is spoken of has its name exactly, as everywhere else.
fn original_name(event: &Event<'_, '_>, original: Item<'_, '_>, out: &mut Findings) {
    let name = original.get(Name::EventName);
    let Some((item, name)) = name.and_then(|item| Some((item, item.text()?))) else {
        return;
    };
    if STANDARD.contains(name) || has_free_stage_names(event) {
        return;
    }
    if let Some(right) = STANDARD.spelled(name) {
        let message = format!("original_event_data.event_name is {right} in another spelling");
        doubtful(out.at(item, message))
            .help("name the original event as it was sent, and send it as Meta documents it");
    }
}

/// The touch comes before the event that it led to, and that before the report of it.
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
        doubtful(out.at(touch, "touchpoint_ts is later than the original event"));
    }
    // Two clocks may differ by a little.
    if event.time().is_some_and(|now| time - now > 60) {
        doubtful(out.at(
            item,
            "the original event is later than this one, which speaks of it",
        ));
    }
}

fn currency(event: &Event<'_, '_>, out: &mut Findings) {
    let has = |name| event.custom(name).is_some_and(|item| !item.is_blank());
    let (top, user, _) = event.names();
    let is_elsewhere = (top | user) & (Name::Currency.bit() | Name::CustomData.bit());
    // A value without its currency is value-without-currency's to say.
    if has(Name::Currency)
        || has(Name::Value)
        || app_spelling::custom(event, Name::Currency).is_some()
    {
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
    let system = data
        .get(Name::Extinfo)
        .and_then(|info| info.children().next());
    let has_device = |item: Option<Item<'_, '_>>| item.is_some_and(|item| !item.is_blank());
    if system.and_then(Item::text) == Some("a2")
        && !has_device(event.user(Name::Madid))
        && !has_device(data.get(Name::Madid))
    {
        let at = event.user_data().unwrap_or(event.root());
        // Who has switched the advertising id off has none to send.
        doubtful(out.at(
            at,
            "the AppendAttribution event of an Android app has no madid",
        ))
        .effect(Effect::Ignored)
        .help("send the advertising id of the device, where the person has not switched it off");
    }
}
