//! Events of other platforms, and those on their way to Meta, told by their keys.
//!
//! Pinterest and Snap give their events the outermost keys of Meta's, so that these are told apart
//! one by one; the events of all others are none to the reader.

use crate::json::Item;
use crate::values::name::Name;

/// Whose event it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// TikTok's.
    TikTok,
    /// Google Analytics'.
    Measurement,
    /// That of Google's server container.
    Tagging,
    /// Google Ads'.
    GoogleAds,
    /// Pinterest's.
    Pinterest,
    /// Snap's.
    Snap,
    /// LinkedIn's.
    LinkedIn,
    /// Reddit's.
    Reddit,
    /// Microsoft Advertising's.
    Microsoft,
    /// OpenAI's.
    OpenAi,
    /// A customer data platform's.
    CustomerData,
}

impl Schema {
    /// The event in words.
    pub fn phrase(self) -> &'static str {
        match self {
            Schema::TikTok => "an event for TikTok's Events API",
            Schema::Measurement => "a hit for Google Analytics' Measurement Protocol",
            Schema::Tagging => {
                "an event as Google's server container holds it, before a tag turns it into one for Meta"
            }
            Schema::GoogleAds => "a conversion for the Google Ads API",
            Schema::Pinterest => "an event for Pinterest's Conversions API",
            Schema::Snap => "an event for Snap's Conversions API",
            Schema::LinkedIn => "an event for LinkedIn's Conversions API",
            Schema::Reddit => "an event for Reddit's Conversions API",
            Schema::Microsoft => "an event for Microsoft Advertising's Conversions API",
            Schema::OpenAi => "an event for OpenAI's conversion API",
            Schema::CustomerData => {
                "a track call of a customer data platform, before a destination turns it into an event for Meta"
            }
        }
    }
}

/// Whether an event with Meta's keys may yet be that of another platform: `action_source` is
/// missing, or a word that Meta does not take and others do, or the name is in capitals.
#[inline]
pub fn may_be_anothers(event: Item<'_, '_>) -> bool {
    let (mut source, mut name) = (None, None);
    for member in event.children() {
        match member.name() {
            Some(Name::ActionSource) => source = Some(member),
            Some(Name::EventName) => name = Some(member),
            _ => {}
        }
    }
    let Some(source) = source else { return true };
    match source.text() {
        Some("website") | None => {}
        Some(source) if is_anothers(source) => return true,
        Some(_) => {}
    }
    let second = name.and_then(|name| name.text()?.as_bytes().get(1));
    second.is_some_and(u8::is_ascii_uppercase)
}

/// Whether it is an `action_source` that Meta does not take and others do.
fn is_anothers(source: &str) -> bool {
    matches!(
        source,
        "web" | "app_ios" | "app_android" | "offline" | "WEB" | "MOBILE_APP" | "OFFLINE"
    )
}

/// Where requests with such events go.
const HOSTS: [(&str, Schema); 2] = [
    ("api.pinterest.com", Schema::Pinterest),
    ("tr.snapchat.com", Schema::Snap),
];

/// What only a browser or an app of Meta's gives out.
const OF_META: [Name; 3] = [Name::Fbc, Name::Fbp, Name::FbLoginId];

/// Pinterest's events that nobody else calls so.
const PINTEREST: [&str; 5] = [
    "checkout",
    "page_visit",
    "signup",
    "view_category",
    "watch_video",
];

/// Snap's events.
const SNAP: [&str; 25] = [
    "ACHIEVEMENT_UNLOCKED",
    "ADD_BILLING",
    "ADD_CART",
    "ADD_TO_WISHLIST",
    "AD_CLICK",
    "AD_VIEW",
    "APP_INSTALL",
    "APP_OPEN",
    "COMPLETE_TUTORIAL",
    "INVITE",
    "LEVEL_COMPLETE",
    "LIST_VIEW",
    "LOGIN",
    "PAGE_VIEW",
    "PURCHASE",
    "RATE",
    "RESERVE",
    "SAVE",
    "SEARCH",
    "SHARE",
    "SIGN_UP",
    "START_CHECKOUT",
    "START_TRIAL",
    "SUBSCRIBE",
    "VIEW_CONTENT",
];

/// Whose event it is that has an `event_name`, and maybe the other keys of Meta's. `text` is the
/// record that holds it.
#[cold]
pub fn of_named(event: Item<'_, '_>, text: &str) -> Option<Schema> {
    let name = event.get(Name::EventName).and_then(Item::text)?;
    let source = event.get(Name::ActionSource).and_then(Item::text);
    let has = |key: &str| event.member(key).is_some();
    let user = event.get(Name::UserData);
    let of_user = |key: &str| user.is_some_and(|user| user.member(key).is_some());
    let is_clicked = || of_user("sc_click_id") || of_user("sc_cookie1");
    // A careless sender to Meta writes such words too.
    let is_metas = |name: &Name| user.is_some_and(|user| user.get(*name).is_some());
    let is_metas = || OF_META.iter().any(is_metas) || text.contains("graph.facebook.com");
    let is_snaps = || SNAP.contains(&name) || name.starts_with("CUSTOM_EVENT_");
    let sent_to = || HOSTS.iter().find(|(host, _)| text.contains(host));
    if source.is_some_and(|source| !is_anothers(source)) {
        // Snap takes the words of Meta.
        let to_snap = || sent_to().is_some_and(|(_, schema)| *schema == Schema::Snap);
        let snap = is_snaps() && !is_metas() && (is_clicked() || to_snap());
        return snap.then_some(Schema::Snap);
    }
    if has("opt_out_type")
        || of_user("hashed_maids")
        || matches!(source, Some("app_ios" | "app_android"))
    {
        return Some(Schema::Pinterest);
    }
    if is_clicked() {
        return Some(Schema::Snap);
    }
    let tagging = has("client_id")
        || has("ga_session_id")
        || has("x-ga-protocol_version")
        || has("x-ga-measurement_id");
    if tagging && source.is_none() && event.get(Name::EventTime).is_none() {
        return Some(Schema::Tagging);
    }
    let source = source?;
    if is_metas() {
        return None;
    }
    if let Some((_, schema)) = sent_to() {
        return Some(*schema);
    }
    if matches!(source, "web" | "offline") && PINTEREST.contains(&name) {
        return Some(Schema::Pinterest);
    }
    let is_capital = matches!(source, "WEB" | "MOBILE_APP" | "OFFLINE");
    (is_capital && is_snaps()).then_some(Schema::Snap)
}

/// Whose event, or request, an object is. `text` is the record that holds it.
pub fn of_object(object: Item<'_, '_>, text: &str) -> Option<Schema> {
    // Every one of them has a key that says what happened.
    let mut schema = None;
    for member in object.children() {
        schema = schema.or_else(|| match member.key() {
            "event" => of_event(object, member),
            "events" => of_events(object, member),
            "event_name" => of_named(object, text),
            "event_conversion_type" => of_snap(object),
            "conversionHappenedAt" => of_linked_in(object),
            "event_at" => of_reddit(object),
            "conversionAction" => of_google_ads(object),
            "eventType" => of_microsoft(object, member),
            _ => None,
        });
    }
    schema
}

fn has(object: Item<'_, '_>, key: &str) -> bool {
    object.member(key).is_some()
}

fn has_object(object: Item<'_, '_>, key: &str) -> bool {
    object.member(key).is_some_and(Item::is_object)
}

fn of_event(object: Item<'_, '_>, event: Item<'_, '_>) -> Option<Schema> {
    event.text()?;
    if has_object(object, "properties") {
        let of_calls = ["anonymousId", "messageId", "originalTimestamp", "sentAt"];
        if of_calls.iter().any(|key| has(object, key)) {
            return Some(Schema::CustomerData);
        }
        let tiktok = has(object, "event_time")
            || has(object, "pixel_code")
            || has_object(object, "user")
            || has_object(object, "context");
        return tiktok.then_some(Schema::TikTok);
    }
    let tiktok = has(object, "event_time") && has_object(object, "user");
    tiktok.then_some(Schema::TikTok)
}

fn of_events(object: Item<'_, '_>, events: Item<'_, '_>) -> Option<Schema> {
    let list = Some(events).filter(|list| list.is_list())?;
    let first = list.children().next()?;
    if has(first, "name") && has_object(first, "params") {
        let app = has(object, "client_id") || has(object, "app_instance_id");
        return app.then_some(Schema::Measurement);
    }
    has(first, "timestamp_ms").then_some(Schema::OpenAi)
}

fn of_snap(object: Item<'_, '_>) -> Option<Schema> {
    let snap = has(object, "event_type") && (has(object, "pixel_id") || has(object, "snap_app_id"));
    snap.then_some(Schema::Snap)
}

fn of_linked_in(object: Item<'_, '_>) -> Option<Schema> {
    has(object, "conversion").then_some(Schema::LinkedIn)
}

fn of_reddit(object: Item<'_, '_>) -> Option<Schema> {
    let kinds = ["event_type", "type"].map(|key| object.member(key));
    let mut kinds = kinds.into_iter().flatten();
    kinds
        .any(|kind| has(kind, "tracking_type"))
        .then_some(Schema::Reddit)
}

fn of_google_ads(object: Item<'_, '_>) -> Option<Schema> {
    ["conversionDateTime", "adjustmentType", "gclid"]
        .iter()
        .any(|key| has(object, key))
        .then_some(Schema::GoogleAds)
}

fn of_microsoft(object: Item<'_, '_>, kind: Item<'_, '_>) -> Option<Schema> {
    let is_one = matches!(kind.text()?, "custom" | "pageLoad") && has_object(object, "userData");
    is_one.then_some(Schema::Microsoft)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Tape;
    use bumpalo::Bump;

    fn schema(text: &str) -> Option<Schema> {
        let (arena, mut tape) = (Bump::new(), Tape::new());
        tape.parse(text, &arena).unwrap();
        let mut objects = tape.root().descendants().filter(|item| item.is_object());
        let found = objects.find_map(|object| of_object(object, text));
        // What is never looked at twice is none.
        let named = tape
            .root()
            .descendants()
            .filter(|item| item.get(Name::EventName).is_some());
        for event in named {
            if of_named(event, text).is_some() {
                assert!(may_be_anothers(event), "{text}");
            }
        }
        found
    }

    #[test]
    fn events_are_told_by_their_keys() {
        for (text, is) in [
            (
                r#"{"event_source":"web","data":[{"event":"ViewContent","event_time":1,"user":{},"page":{}}]}"#,
                Schema::TikTok,
            ),
            (
                r#"{"app_instance_id":"a","events":[{"name":"purchase","params":{}}]}"#,
                Schema::Measurement,
            ),
            (
                r#"{"conversions":[{"conversionAction":"customers/1/conversionActions/2","conversionDateTime":"2026-06-25 15:00:00+00:00"}]}"#,
                Schema::GoogleAds,
            ),
            (
                r#"{"conversionAdjustments":[{"conversionAction":"customers/1/conversionActions/2","adjustmentType":"ENHANCEMENT"}]}"#,
                Schema::GoogleAds,
            ),
            (
                r#"{"elements":[{"conversion":"urn:lla:llaPartnerConversion:1","conversionHappenedAt":1,"user":{}}]}"#,
                Schema::LinkedIn,
            ),
            (
                r#"{"test_mode":false,"events":[{"event_at":"2026-06-25T15:00:00Z","event_type":{"tracking_type":"Purchase"}}]}"#,
                Schema::Reddit,
            ),
            (
                r#"{"data":{"events":[{"event_at":1,"type":{"tracking_type":"PURCHASE"}}]}}"#,
                Schema::Reddit,
            ),
            (
                r#"{"data":[{"eventType":"custom","eventName":"purchase","eventTime":1,"userData":{}}]}"#,
                Schema::Microsoft,
            ),
            // With the outermost keys of Meta's.
            (
                r#"{"data":[{"event_name":"checkout","action_source":"web","event_time":1,"user_data":{"em":["x"]}}]}"#,
                Schema::Pinterest,
            ),
            (
                r#"{"data":[{"event_name":"page_visit","action_source":"offline","event_time":1,"user_data":{}}]}"#,
                Schema::Pinterest,
            ),
            (
                r#"{"data":[{"event_name":"lead","action_source":"app_android","event_time":1,"user_data":{}}]}"#,
                Schema::Pinterest,
            ),
            (
                r#"{"url":"https://api.pinterest.com/v5/ad_accounts/1/events","body":{"data":[{"event_name":"lead","action_source":"web","event_time":1,"user_data":{}}]}}"#,
                Schema::Pinterest,
            ),
            (
                r#"{"data":[{"event_name":"PURCHASE","action_source":"WEB","event_time":1,"user_data":{"em":["x"]}}]}"#,
                Schema::Snap,
            ),
            (
                r#"{"data":[{"event_name":"ADD_CART","action_source":"website","event_time":1,"user_data":{"sc_cookie1":"x"}}]}"#,
                Schema::Snap,
            ),
            (
                r#"{"url":"https://tr.snapchat.com/v3/1/events","body":{"data":[{"event_name":"PURCHASE","action_source":"website","event_time":1,"user_data":{}}]}}"#,
                Schema::Snap,
            ),
        ] {
            assert_eq!(schema(text), Some(is), "{text}");
        }
    }

    #[test]
    fn what_careless_senders_send_to_meta_is_metas() {
        for text in [
            r#"{"data":[{"event_name":"Purchase","action_source":"web","event_time":1,"user_data":{"em":["x"]}}]}"#,
            r#"{"data":[{"event_name":"add_to_cart","action_source":"web","event_time":1,"user_data":{"em":["x"]}}]}"#,
            r#"{"data":[{"event_name":"checkout","action_source":"web","event_time":1,"user_data":{"fbp":"fb.1.1.1"}}]}"#,
            r#"{"data":[{"event_name":"checkout","action_source":"website","event_time":1,"user_data":{"em":["x"]}}]}"#,
            r#"{"data":[{"event_name":"PURCHASE","action_source":"website","event_time":1,"user_data":{"em":["x"]}}]}"#,
            r#"{"data":[{"event_name":"PURCHASE","action_source":"WEB","event_time":1,"user_data":{"fbc":"fb.1.1.x"}}]}"#,
            r#"{"data":[{"event_name":"Purchase","action_source":"WEB","event_time":1,"user_data":{"em":["x"]}}]}"#,
            r#"{"data":[{"event_name":"Purchase","action_source":"website","event_time":1,"user_data":{"em":["x"],"sc_click_id":"x"}}]}"#,
            r#"{"data":[{"event_name":"PURCHASE","action_source":"website","event_time":1,"user_data":{"fbp":"fb.1.1.1","sc_cookie1":"x"}}]}"#,
            r#"{"url":"https://graph.facebook.com/v24.0/1/events","body":{"data":[{"event_name":"checkout","action_source":"web","event_time":1,"user_data":{}}]}}"#,
            r#"{"event_name":"Purchase","event_time":1,"user_data":{"em":["x"]}}"#,
            r#"{"data":[{"eventName":"Purchase","eventTime":1,"userData":{},"actionSource":"website"}]}"#,
            r#"{"events":[{"event_name":"Purchase","event_time":1,"name":"x"}]}"#,
            r#"{"event":"capi_sent","event_time":1}"#,
        ] {
            assert_eq!(schema(text), None, "{text}");
        }
    }
}
