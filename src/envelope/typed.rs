//! JSON in which every value spells out its type, as document stores and telemetry write it, and Avro
//! where a value may have several types.

use crate::json::{Item, Val};
use crate::values::name::Name;

/// Whether an object is one whose values are wrapped in their types, or is such a wrapper around
/// an object.
pub(super) fn is_typed(item: Item<'_, '_>) -> bool {
    if wraps_object(item) || is_avro(item) {
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

/// Values of an event in unions of Avro: one alone may be somebody's own object.
const SEVERAL: usize = 2;

/// Whether an object is an event, or a body whose first event is one, in which values that may be null
/// are wrapped in their types, as the JSON encoding of Avro writes unions.
fn is_avro(item: Item<'_, '_>) -> bool {
    let shows = |member: Item<'_, '_>| match member.is_list() {
        true => member.children().next().is_some_and(is_avro_value),
        false => is_avro_value(member),
    };
    let (mut is_event, mut shown) = (false, 0);
    for member in item.children() {
        match member.name() {
            Some(Name::Data) => {
                let list = union_of(member).unwrap_or(member);
                let first = list.is_list().then(|| list.children().next()).flatten();
                return first.is_some_and(|first| is_avro(union_of(first).unwrap_or(first)));
            }
            Some(Name::UserData | Name::CustomData) => {
                let record = union_of(member).unwrap_or(member);
                shown += usize::from(record.place() != member.place());
                shown += record
                    .children()
                    .filter(|member| member.name().is_some() && shows(*member))
                    .count();
            }
            Some(name) => {
                is_event |= matches!(name, Name::EventName | Name::EventTime);
                shown += usize::from(shows(member));
            }
            None => {}
        }
    }
    is_event && shown >= SEVERAL
}

fn is_avro_value(item: Item<'_, '_>) -> bool {
    union_of(item).is_some_and(|value| !value.is_object())
}

/// The value in a union of Avro: `{"string":"x"}`, `{"com.shop.UserData":{…}}`.
fn union_of<'t, 'a>(item: Item<'t, 'a>) -> Option<Item<'t, 'a>> {
    let only = only_member(item).filter(|_| item.is_object())?;
    let fits = match only.key() {
        "string" | "bytes" => only.text().is_some(),
        "int" | "long" => matches!(only.val(), Val::Int(_)),
        "float" | "double" => matches!(only.val(), Val::Int(_) | Val::Float(_)),
        "boolean" => matches!(only.val(), Val::Bool(_)),
        "array" => only.is_list(),
        "map" => only.is_object(),
        // A record or an enumeration under its full name.
        name => is_full_name(name) && (only.is_object() || only.text().is_some()),
    };
    fits.then_some(only)
}

fn is_full_name(name: &str) -> bool {
    let of_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    name.contains('.') && name.split('.').all(of_word)
}

fn unwrap_avro(item: Item<'_, '_>, out: &mut String) -> bool {
    let Some(value) = union_of(item) else {
        return false;
    };
    write(value, out, &|item, out| {
        // A record is no union itself.
        item.place() != value.place() && unwrap_avro(item, out)
    });
    true
}

/// The value without its types.
pub(super) fn plain(item: Item<'_, '_>) -> Option<String> {
    let mut out = String::new();
    match is_avro(item) {
        true => write(item, &mut out, &unwrap_avro),
        false => write(item, &mut out, &unwrap),
    }
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
            r#"{"event_name":{"string":"Lead"},"event_time":{"long":1719223800},"user_data":{"com.shop.UserData":{"em":{"array":[{"string":"a"}]}}}}"#,
            r#"{"event_name":"Lead","event_time":{"long":1719223800},"user_data":{"em":[{"string":"a"}]}}"#,
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
            r#"{"event_name":"Lead","event_time":1,"event_id":{"string":"a"},"user_data":{}}"#,
            r#"{"event_name":"Lead","event_time":1,"event_id":{"string":1},"user_data":{"em":{"long":"a"}}}"#,
            r#"{"value":{"string":"a"},"currency":{"string":"b"}}"#,
        ] {
            assert_eq!(plain_of(text), None, "{text}");
        }
    }
}
