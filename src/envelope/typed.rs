//! JSON in which every value spells out its type, as document stores and telemetry write it.

use crate::json::{Item, Val};
use crate::values::name::Name;

/// Whether an object is one whose values are wrapped in their types, or is such a wrapper around
/// an object.
pub(super) fn is_typed(item: Item<'_, '_>) -> bool {
    if wraps_object(item) {
        return true;
    }
    // An event shows it in its time or its name, and a body in its events; other objects are of no
    // interest.
    item.children().any(|member| match member.name() {
        Some(Name::Data) if member.is_list() => {
            let first = member.children().next();
            first.is_some_and(|first| first.is_object() && shows_types(first))
        }
        Some(Name::Data) if member.is_object() => first_of_list(member).is_some_and(shows_types),
        _ => is_typed_sign(member),
    })
}

/// The first object in a list that is wrapped in its type.
fn first_of_list<'t, 'a>(item: Item<'t, 'a>) -> Option<Item<'t, 'a>> {
    let list = only_member(item)?;
    let list = match list.key() {
        "L" => list,
        "arrayValue" => list.member("values")?,
        _ => return None,
    };
    let object = only_member(list.children().next()?)?;
    match object.key() {
        "M" => Some(object),
        "mapValue" => object.member("fields"),
        _ => None,
    }
}

fn shows_types(event: Item<'_, '_>) -> bool {
    event.children().any(is_typed_sign)
}

fn is_typed_sign(member: Item<'_, '_>) -> bool {
    matches!(member.name(), Some(Name::EventTime | Name::EventName))
        && member.is_object()
        && scalar(member).is_some()
}

fn only_member<'t, 'a>(item: Item<'t, 'a>) -> Option<Item<'t, 'a>> {
    let mut members = item.children();
    let first = members.next()?;
    members.next().is_none().then_some(first)
}

fn wraps_object(item: Item<'_, '_>) -> bool {
    only_member(item).is_some_and(|only| {
        only.is_object()
            && match only.key() {
                "kvlistValue" | "arrayValue" => only.member("values").is_some(),
                "mapValue" => only.member("fields").is_some(),
                "M" => only
                    .children()
                    .all(|member| only_member(member).is_some_and(|value| is_type(value.key()))),
                _ => false,
            }
    })
}

fn is_type(key: &str) -> bool {
    matches!(key, "S" | "N" | "M" | "L" | "BOOL" | "NULL" | "SS" | "NS")
}

/// The JSON of a wrapped scalar.
fn scalar(item: Item<'_, '_>) -> Option<String> {
    if let (Some(value), Some("string" | "number" | "integer" | "boolean")) = (
        item.member("value"),
        item.member("type").and_then(Item::text),
    ) && item.len() == 2
    {
        return Some(json(value));
    }
    let only = only_member(item)?;
    let number = |item: Item<'_, '_>| match item.val() {
        Val::Text(text) => text
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .map(|_| text.to_owned()),
        Val::Int(_) | Val::Float(_) => Some(json(item)),
        _ => None,
    };
    let text = |item: Item<'_, '_>| item.text().map(quote);
    match only.key() {
        "$numberInt" | "$numberLong" | "$numberDouble" | "$numberDecimal" | "N" | "intValue"
        | "integerValue" | "doubleValue" => number(only),
        "$oid" | "S" | "stringValue" => text(only),
        "$date" => match only.val() {
            Val::Object => scalar(only),
            _ => Some(json(only)),
        },
        "BOOL" | "boolValue" | "booleanValue" => match only.val() {
            Val::Bool(bool) => Some(bool.to_string()),
            _ => None,
        },
        "NULL" | "nullValue" => Some("null".to_owned()),
        _ => None,
    }
}

fn quote(text: &str) -> String {
    crate::fix::quote(text)
}

/// A value as JSON, types and all.
pub(super) fn json(item: Item<'_, '_>) -> String {
    let mut out = String::new();
    write(item, &mut out, &|_, _| false);
    out
}

/// Writes a value; `instead` may write another in its place.
pub(super) fn write(
    item: Item<'_, '_>,
    out: &mut String,
    instead: &dyn Fn(Item<'_, '_>, &mut String) -> bool,
) {
    if instead(item, out) {
        return;
    }
    match item.val() {
        Val::Null => out.push_str("null"),
        Val::Bool(bool) => out.push_str(if bool { "true" } else { "false" }),
        Val::Int(int) => out.push_str(&int.to_string()),
        Val::Float(float) if float.is_finite() => out.push_str(&float.to_string()),
        Val::Float(_) => out.push_str("null"),
        Val::Text(text) => out.push_str(&quote(text)),
        Val::List => {
            out.push('[');
            for (index, element) in item.children().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(element, out, instead);
            }
            out.push(']');
        }
        Val::Object => {
            out.push('{');
            for (index, member) in item.children().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&quote(member.key()));
                out.push(':');
                write(member, out, instead);
            }
            out.push('}');
        }
    }
}

/// The value without its types.
pub(super) fn plain(item: Item<'_, '_>) -> Option<String> {
    let mut out = String::new();
    write(item, &mut out, &unwrap);
    out.starts_with(['{', '[']).then_some(out)
}

fn unwrap(item: Item<'_, '_>, out: &mut String) -> bool {
    if !item.is_object() {
        return false;
    }
    if let Some(json) = scalar(item) {
        out.push_str(&json);
        return true;
    }
    let Some(only) = only_member(item) else {
        return false;
    };
    let list = |list: Item<'_, '_>, out: &mut String| {
        write(list, out, &unwrap);
        true
    };
    match only.key() {
        "M" if wraps_object(item) => list(only, out),
        "L" | "SS" if only.is_list() => list(only, out),
        "NS" if only.is_list() => {
            let numbers: Vec<&str> = only.children().filter_map(Item::text).collect();
            let fits = numbers.len() == only.len()
                && numbers.iter().all(|text| text.parse::<f64>().is_ok());
            if fits {
                out.push_str(&format!("[{}]", numbers.join(",")));
            }
            fits
        }
        "mapValue" if wraps_object(item) => match only.member("fields") {
            Some(fields) => list(fields, out),
            None => false,
        },
        "arrayValue" => match only.member("values") {
            Some(values) if values.is_list() => list(values, out),
            // An empty list of Firestore has no values.
            None if only.is_object() && only.is_empty() => {
                out.push_str("[]");
                true
            }
            _ => false,
        },
        "kvlistValue" => match only.member("values") {
            Some(values) if values.is_list() => {
                out.push('{');
                let mut first = true;
                for pair in values.children() {
                    let (Some(key), Some(value)) = (
                        pair.member("key").and_then(Item::text),
                        pair.member("value"),
                    ) else {
                        continue;
                    };
                    if !std::mem::take(&mut first) {
                        out.push(',');
                    }
                    out.push_str(&quote(key));
                    out.push(':');
                    write(value, out, &unwrap);
                }
                out.push('}');
                true
            }
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Tape;
    use bumpalo::Bump;

    fn plain_of(text: &str) -> Option<String> {
        let arena = Bump::new();
        let mut tape = Tape::new();
        tape.parse(text, &arena).unwrap();
        is_typed(tape.root()).then(|| plain(tape.root())).flatten()
    }

    #[test]
    fn stores_and_telemetry_are_unwrapped() {
        let want = r#"{"event_name":"Lead","event_time":1719223800,"user_data":{"em":["a"]}}"#;
        for text in [
            r#"{"event_name":"Lead","event_time":{"$numberLong":"1719223800"},"user_data":{"em":["a"]}}"#,
            r#"{"event_name":{"S":"Lead"},"event_time":{"N":"1719223800"},"user_data":{"M":{"em":{"L":[{"S":"a"}]}}}}"#,
            r#"{"event_name":{"stringValue":"Lead"},"event_time":{"integerValue":"1719223800"},"user_data":{"mapValue":{"fields":{"em":{"arrayValue":{"values":[{"stringValue":"a"}]}}}}}}"#,
            r#"{"kvlistValue":{"values":[{"key":"event_name","value":{"stringValue":"Lead"}},{"key":"event_time","value":{"intValue":1719223800}},{"key":"user_data","value":{"kvlistValue":{"values":[{"key":"em","value":{"arrayValue":{"values":[{"stringValue":"a"}]}}}]}}}]}}"#,
            r#"{"event_name":{"value":"Lead","type":"string"},"event_time":{"value":1719223800,"type":"integer"},"user_data":{"em":["a"]}}"#,
        ] {
            assert_eq!(plain_of(text).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn only_whole_wrappers_count() {
        for text in [
            r#"{"event_name":"Lead","event_time":1719223800,"user_data":{}}"#,
            r#"{"event_name":"Lead","event_time":{"S":"1","N":"2"}}"#,
            r#"{"M":{"a":1}}"#,
        ] {
            assert_eq!(plain_of(text), None, "{text}");
        }
    }
}
