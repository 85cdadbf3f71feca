//! What Meta's SDKs keep in memory, printed by a logger instead of what they send: keys with an
//! underscore in front, values not yet normalised and hashed. It is turned into what the SDK would
//! have sent.
//!
//! Source: facebook-nodejs-business-sdk, `src/objects/serverside`, and its issue 308 (2024).

use crate::digest::Shape;
use crate::event::Assumptions;
use crate::fix::quote;
use crate::json::{Item, Val};
use crate::normalize;
use crate::values::name::{Hashing, Name};

use super::typed;

/// Whether an object is the dump of a request or of an event.
pub(super) fn is_dump(item: Item<'_, '_>) -> bool {
    if is_camel_case(item) {
        // In a body it is what was sent.
        return item
            .parent()
            .is_none_or(|above| above.name() != Some(Name::Data));
    }
    let (mut named, mut signs) = (false, 0);
    for member in item.children() {
        let Some(key) = member.key().strip_prefix('_') else {
            continue;
        };
        match key {
            "events" if member.is_list() => {
                return member.children().any(is_dump);
            }
            "event_name" => named = true,
            "event_time" | "user_data" | "action_source" | "event_id" => signs += 1,
            _ => {}
        }
    }
    named && signs > 0
}

/// The dataset that the dump of a request was to go to.
pub(super) fn dataset_of<'a>(item: Item<'_, 'a>) -> Option<&'a str> {
    let id = item.member("_pixel_id")?.text()?;
    let is_id = id.len() >= 5 && id.bytes().all(|byte| byte.is_ascii_digit());
    is_id.then_some(id)
}

/// Whether an object is an event as SDKs with getters keep it: `eventName`, and user data with the
/// long names that none sends. Those with the short ones were meant to be sent so.
pub(crate) fn is_camel_case(item: Item<'_, '_>) -> bool {
    let (mut named, mut dumped) = (false, false);
    for member in item.children() {
        match member.key() {
            "eventName" => named = true,
            "userData" => {
                dumped = member.children().any(|property| {
                    let key = snake_case(property.key());
                    property.name().is_none() && Name::of(user_key(&key)).is_some()
                });
            }
            "event_name" => return false,
            _ => {}
        }
    }
    // In a body it is what was sent.
    named && dumped && (item.parent()).is_none_or(|above| above.name() != Some(Name::Data))
}

/// `eventName` as `event_name`.
fn snake_case(key: &str) -> String {
    let mut out = String::with_capacity(key.len() + 4);
    for c in key.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// What the SDK would have sent.
pub(super) fn wire_form(item: Item<'_, '_>) -> Option<String> {
    let mut out = String::new();
    match item.member("_events") {
        Some(events) if !item.children().any(|m| m.key() == "_event_name") => {
            out.push_str("{\"data\":[");
            for (index, event) in events.children().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                object(event, false, &mut out);
            }
            out.push(']');
            for name in [Name::TestEventCode, Name::PartnerAgent] {
                if let Some(member) = item.member(&format!("_{}", name.text()))
                    && !member.is_blank()
                {
                    out.push_str(&format!(",\"{}\":{}", name.text(), typed::json(member)));
                }
            }
            out.push('}');
        }
        _ => object(item, false, &mut out),
    }
    Some(out)
}

/// The wire name of a property of `UserData`.
fn user_key(property: &str) -> &str {
    match property {
        "email" | "emails" => "em",
        "phone" | "phones" => "ph",
        "gender" | "genders" => "ge",
        "first_name" | "first_names" => "fn",
        "last_name" | "last_names" => "ln",
        "date_of_birth" | "dates_of_birth" => "db",
        "city" | "cities" => "ct",
        "state" | "states" => "st",
        "zip" | "zips" | "zipcode" | "zipcodes" => "zp",
        "country_code" | "country_codes" => "country",
        "external_ids" => "external_id",
        other => other,
    }
}

fn object(item: Item<'_, '_>, in_user_data: bool, out: &mut String) {
    if !item.is_object() {
        value(item, false, out);
        return;
    }
    out.push('{');
    let mut first = true;
    for member in item.children() {
        // What was never set is not sent.
        if member.val() == Val::Null {
            continue;
        }
        if !std::mem::take(&mut first) {
            out.push(',');
        }
        let property = member.key().strip_prefix('_').unwrap_or(member.key());
        let property = match property.bytes().any(|b| b.is_ascii_uppercase()) {
            true => snake_case(property),
            false => property.to_owned(),
        };
        let property = property.as_str();
        let key = if in_user_data {
            user_key(property)
        } else {
            property
        };
        out.push_str(&quote(key));
        out.push(':');
        let hashed =
            Name::of(key).filter(|name| in_user_data && name.hashing() == Some(Hashing::Required));
        match hashed {
            Some(name) => digests(name, member, out),
            None => value(member, property == "user_data", out),
        }
    }
    out.push('}');
}

fn value(item: Item<'_, '_>, in_user_data: bool, out: &mut String) {
    match item.val() {
        Val::Object => object(item, in_user_data, out),
        Val::List => {
            out.push('[');
            for (index, element) in item.children().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                value(element, false, out);
            }
            out.push(']');
        }
        _ => out.push_str(&typed::json(item)),
    }
}

/// The digests that the SDK makes while it serialises; what is one already stays.
fn digests(name: Name, item: Item<'_, '_>, out: &mut String) {
    let one = |item: Item<'_, '_>| match item.text() {
        Some(text) if Shape::of(text) == Shape::Plain => {
            normalize::digest_of(name, text, &Assumptions::default())
                .map_or_else(|_| typed::json(item), |hex| quote(&hex))
        }
        _ => typed::json(item),
    };
    if item.is_list() {
        let all: Vec<String> = item.children().map(one).collect();
        out.push_str(&format!("[{}]", all.join(",")));
    } else {
        out.push_str(&one(item));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sha256_hex;
    use crate::json::Tape;
    use bumpalo::Bump;

    #[test]
    fn properties_in_camel_case_are_those_of_a_dump() {
        let text = r#"{"eventName":"Lead","eventTime":1782396602,"actionSource":"website","userData":{"emails":["Ana@kestrelbikes.example"],"clientIpAddress":"81.2.69.142"},"customData":null}"#;
        let arena = Bump::new();
        let mut tape = Tape::new();
        tape.parse(text, &arena).unwrap();
        assert!(is_dump(tape.root()));
        let hex = sha256_hex("ana@kestrelbikes.example");
        let want = format!(
            r#"{{"event_name":"Lead","event_time":1782396602,"action_source":"website","user_data":{{"em":["{hex}"],"client_ip_address":"81.2.69.142"}}}}"#
        );
        assert_eq!(wire_form(tape.root()).unwrap(), want);
        tape.parse(
            r#"{"data":[{"eventName":"Lead","eventTime":1,"userData":{"emails":["a"]}}]}"#,
            &arena,
        )
        .unwrap();
        let inside = tape.root().children().next().unwrap().children().next();
        assert!(!is_dump(inside.unwrap()));
        let sent = r#"{"eventName":"Lead","eventTime":1,"userData":{"em":"a"}}"#;
        tape.parse(sent, &arena).unwrap();
        assert!(!is_dump(tape.root()));
    }

    #[test]
    fn a_dump_becomes_what_is_sent() {
        let text = r#"{"_access_token":"x","_pixel_id":"1234567890","_events":[{"_event_name":"Purchase","_event_id":"000001","_event_time":1782396602,"_user_data":{"_emails":[" Ana@kestrelbikes.example "],"_phones":null,"_fbp":"fb.1.1.2"},"_custom_data":{"_value":249,"_contents":[{"_id":"b","_quantity":1}]}}]}"#;
        let arena = Bump::new();
        let mut tape = Tape::new();
        tape.parse(text, &arena).unwrap();
        assert!(is_dump(tape.root()));
        let hex = sha256_hex("ana@kestrelbikes.example");
        let want = format!(
            r#"{{"data":[{{"event_name":"Purchase","event_id":"000001","event_time":1782396602,"user_data":{{"em":["{hex}"],"fbp":"fb.1.1.2"}},"custom_data":{{"value":249,"contents":[{{"id":"b","quantity":1}}]}}}}]}}"#
        );
        assert_eq!(wire_form(tape.root()).unwrap(), want);
    }
}
