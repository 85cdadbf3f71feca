//! CL507: an app event without what Meta asks of the app and the phone.

use crate::event::Event;
use crate::finding::{Certainty, Effect, Findings, Severity};
use crate::fix::Fix;
use crate::json::{Item, Pointer, Val};
use crate::rule::{Check, Rule};
use crate::rules::misplaced_key;
use crate::signs::Signs;
use crate::values::name::Name;
use crate::values::object_text::ObjectText;

/// See `rules/app-event-incomplete.md`.
pub static RULE: Rule =
    crate::rule!("app-event-incomplete", Check::Event(check)).when(Signs::OTHER_SOURCE);

const FLAG: &str = "advertiser_tracking_enabled";

const SLOTS: usize = 16;
const VERSION: usize = 0;
const OS_VERSION: usize = 4;

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    if event.action_source() != Some("app") {
        return;
    }
    let app_data = event.get(Name::AppData);
    match app_data.and_then(ObjectText::of) {
        // A logger that flattened the object hides what was sent.
        Some(ObjectText::Dump) => return,
        Some(ObjectText::Json) => {
            in_quotes(app_data, out);
            return;
        }
        Some(ObjectText::Other) | None => {}
    }
    let beside = event.get(Name::Extinfo).filter(|info| !info.is_blank());
    // Elsewhere it is misplaced-key's to say so and to move it.
    let astray = || misplaced_key::of_app_astray(event, FLAG);
    let Some(data) = app_data.filter(|data| data.is_object() && !data.is_blank()) else {
        let (_, user, custom) = event.names();
        if let Some(value) = astray() {
            // What comes home makes app_data of its own.
            flag(value, FLAG, out);
            if beside.is_none() && user & Name::Extinfo.bit() == 0 {
                out.here("the app event has no extinfo");
            }
        } else if (user | custom) & Name::AppData.bit() == 0 {
            match app_data {
                Some(data) => out.at(data, "the app_data of the app event is empty or no object"),
                None => out.here("the app event has no app_data"),
            };
        }
        if let Some(info) = beside {
            extinfo(info, out);
        }
        return;
    };
    let required = data.member(FLAG);
    match required.filter(|flag| !flag.is_blank()).or_else(astray) {
        Some(value) => flag(value, FLAG, out),
        None => {
            out.at(
                required.unwrap_or(data),
                "app_data has no advertiser_tracking_enabled",
            );
        }
    }
    let optional = data.member("application_tracking_enabled");
    if let Some(value) = optional.filter(|flag| !flag.is_blank()) {
        flag(value, "application_tracking_enabled", out);
    }
    // Meta's pages show it in app_data and beside it.
    match data
        .get(Name::Extinfo)
        .filter(|info| !info.is_blank())
        .or(beside)
    {
        Some(info) => extinfo(info, out),
        None => {
            let (_, user, _) = event.names();
            if user & Name::Extinfo.bit() == 0 {
                out.at(data, "app_data has no extinfo");
            }
        }
    }
}

/// What it lacks is told when it is an object again.
fn in_quotes(app_data: Option<Item<'_, '_>>, out: &mut Findings) {
    let Some((data, json)) = app_data.and_then(|data| Some((data, data.text()?.trim()))) else {
        return;
    };
    let at = Pointer::root().key(Name::AppData.text());
    out.at(data, "the app_data of the app event is an object in quotes")
        .severity(Severity::Warning)
        .effect(Effect::Ignored)
        .certainty(Certainty::Strong)
        .help("send app_data as an object of keys and values")
        .fix(Fix::safe("take the object out of its quotes").replace(at, json));
}

fn flag(value: Item<'_, '_>, name: &str, out: &mut Findings) {
    let as_text = |text: &str| matches!(text.trim(), "0" | "1" | "true" | "false");
    match value.val() {
        Val::Int(0 | 1) => {}
        // The documentation writes numbers, Meta's SDKs write booleans.
        Val::Bool(_) => {
            out.at(value, format!("{name} is a boolean, not 0 or 1"))
                .severity(Severity::Info)
                .effect(Effect::Unknown)
                .certainty(Certainty::Strong)
                .help("write 0 or 1");
        }
        Val::Text(text) if as_text(text) => {
            out.at(value, format!("{name} is text, not the number 0 or 1"))
                .severity(Severity::Info)
                .effect(Effect::Unknown)
                .certainty(Certainty::Strong)
                .help("write 0 or 1");
        }
        _ => {
            out.at(value, format!("{name} is neither 0 nor 1"));
        }
    }
}

fn extinfo(info: Item<'_, '_>, out: &mut Findings) {
    if !info.is_list() {
        // As text it may be what the logger made of it, but then with brackets.
        let kind = info.val().kind();
        out.at(info, format!("extinfo is {kind}, not a list of 16 slots"));
        return;
    }
    let count = info.len();
    if count != SLOTS {
        let slots = if count == 1 { "slot" } else { "slots" };
        out.at(info, format!("extinfo has {count} {slots}, not 16"));
    }
    for (at, slot) in info.children().enumerate() {
        match at {
            VERSION if !slot.text().is_some_and(|text| matches!(text, "a2" | "i2")) => {
                out.at(slot, "slot 0 of extinfo is neither a2 nor i2");
            }
            // A shifted list has something else there; only its absence is certain.
            OS_VERSION if slot.is_blank() => {
                out.at(
                    slot,
                    "slot 4 of extinfo, the version of the system, is empty",
                );
            }
            _ if matches!(slot.val(), Val::List | Val::Object | Val::Bool(_)) => {
                let kind = slot.val().kind();
                out.at(
                    slot,
                    format!("a slot of extinfo is {kind}, not text or a number"),
                );
            }
            _ => {}
        }
    }
}
