//! Faults in custom_data.

use serde_json::{Value, json};

use crate::corpus::*;
use crate::{Mutation, Then::*, event};

/// The value when it is a number with at most two decimals.
fn value(e: &Value) -> Option<f64> {
    let value = e.pointer("/custom_data/value")?.as_f64()?;
    let cents = value * 100.0;
    (value > 0.0 && (cents - cents.round()).abs() < 1e-6).then_some(value)
}

fn currency(e: &Value, code: &str) -> Option<()> {
    (e.pointer("/custom_data/currency")? == code).then_some(())
}

fn set(e: &mut Value, key: &str, value: impl Into<Value>) -> Option<()> {
    *custom(e)?.get_mut(key)? = value.into();
    Some(())
}

fn give(e: &mut Value, key: &str, value: impl Into<Value>) -> Option<()> {
    let custom = custom(e)?;
    if custom.contains_key(key) {
        return None;
    }
    custom.insert(key.into(), value.into());
    Some(())
}

/// The sum of the contents when it is the value.
fn summed(e: &Value) -> Option<f64> {
    let value = value(e)?;
    let mut sum = 0.0;
    for item in e.pointer("/custom_data/contents")?.as_array()? {
        sum += item.get("quantity")?.as_f64()? * item.get("item_price")?.as_f64()?;
    }
    ((sum - value).abs() < 0.005).then_some(sum)
}

fn contents(e: &mut Value) -> Option<&mut Vec<Value>> {
    let list = custom(e)?.get_mut("contents")?.as_array_mut()?;
    // Prices in quotes are taken and mended beside the fault.
    let plain = list
        .iter()
        .all(|item| item.get("item_price").is_none_or(Value::is_number));
    (!list.is_empty() && plain).then_some(list)
}

fn is_purchase(e: &Value) -> Option<()> {
    named(e, "Purchase")
}

pub fn table() -> Vec<Mutation> {
    vec![
        // CL601
        event("purchase-without-value", "absent", Stays, |e| {
            is_purchase(e)?;
            custom(e)?.remove("value").map(|_| ())
        }),
        event("purchase-without-value", "null", Stays, |e| {
            is_purchase(e)?;
            set(e, "value", Value::Null)
        }),
        // CL602
        event("value-without-currency", "absent", Stays, |e| {
            value(e)?;
            custom(e)?.remove("currency").map(|_| ())
        }),
        // CL603
        event("value-format", "a comma", Back, |e| {
            let value = value(e)?;
            set(e, "value", format!("{value:.2}").replace('.', ","))
        }),
        event("value-format", "a sign", Back, |e| {
            currency(e, "EUR")?;
            let value = value(e)?;
            set(e, "value", format!("€{value:.2}"))
        }),
        event("value-format", "a code", Back, |e| {
            currency(e, "USD")?;
            let value = value(e)?;
            set(e, "value", format!("{value:.2} USD"))
        }),
        event("value-format", "not a number", Stays, |e| {
            value(e)?;
            set(e, "value", "NaN")
        }),
        event(
            "value-format",
            "a thousand or one",
            IsUnsafe(|clean, _| with(clean, "/custom_data/value", 1299)),
            |e| {
                value(e)?;
                currency(e, "EUR")?;
                set(e, "value", "1,299")
            },
        )
        .also(&["value-contents-mismatch"]),
        // CL604
        event(
            "value-in-minor-units",
            "a hundred times the sum",
            Back,
            |e| {
                currency(e, "EUR").or(currency(e, "USD"))?;
                let sum = summed(e)?;
                set(e, "value", (sum * 100.0).round() as i64)
            },
        ),
        // CL605
        event("value-not-positive", "zero", Stays, |e| {
            is_purchase(e)?;
            value(e)?;
            set(e, "value", 0)
        }),
        event("value-not-positive", "less than nothing", Stays, |e| {
            is_purchase(e)?;
            let value = value(e)?;
            set(e, "value", -value)
        }),
        // CL606
        event("currency-format", "the sign", BackUnsafe, |e| {
            currency(e, "EUR")?;
            set(e, "currency", "€")
        }),
        event("currency-format", "white space", Back, |e| {
            currency(e, "EUR")?;
            set(e, "currency", " EUR ")
        }),
        event("currency-format", "the name", BackUnsafe, |e| {
            currency(e, "EUR")?;
            set(e, "currency", "Euro")
        }),
        event("currency-format", "no currency at all", Stays, |e| {
            value(e)?;
            set(e, "currency", "XQZ")
        }),
        event("currency-format", "a retired one", Stays, |e| {
            value(e)?;
            set(e, "currency", "HRK")
        }),
        // CL608
        event("contents-shape", "as text", Back, |e| {
            let text = Value::from(contents(e)?.clone()).to_string();
            set(e, "contents", text)
        }),
        event("contents-shape", "one object", Back, |e| {
            let list = contents(e)?;
            (list.len() == 1).then_some(())?;
            let item = list[0].clone();
            set(e, "contents", item)
        }),
        event("contents-shape", "sku for id", BackUnsafe, |e| {
            let item = contents(e)?[0].as_object_mut()?;
            let id = item.remove("id")?;
            item.insert("sku".into(), id);
            Some(())
        }),
        event("contents-shape", "qty for quantity", BackUnsafe, |e| {
            let item = contents(e)?[0].as_object_mut()?;
            let quantity = item.remove("quantity")?;
            item.insert("qty".into(), quantity);
            Some(())
        }),
        event("contents-shape", "a quantity in quotes", Back, |e| {
            let item = contents(e)?[0].as_object_mut()?;
            let quantity = item.get("quantity")?.as_u64()?;
            item.insert("quantity".into(), quantity.to_string().into());
            Some(())
        }),
        event("contents-shape", "no id", Stays, |e| {
            contents(e)?[0].as_object_mut()?.remove("id").map(|_| ())
        }),
        event("contents-shape", "no quantity", Stays, |e| {
            contents(e)?[0]
                .as_object_mut()?
                .remove("quantity")
                .map(|_| ())
        }),
        // CL609
        event("content-ids-shape", "with commas", Back, |e| {
            let ids = custom(e)?.get("content_ids")?.as_array()?;
            (ids.len() > 1 && ids.iter().all(Value::is_string)).then_some(())?;
            let ids: Vec<&str> = ids.iter().filter_map(Value::as_str).collect();
            let text = ids.join(",");
            set(e, "content_ids", text)
        }),
        event("content-ids-shape", "objects", Back, |e| {
            let ids = custom(e)?.get_mut("content_ids")?.as_array_mut()?;
            (!ids.is_empty()).then_some(())?;
            for id in ids {
                *id = json!({ "id": id.as_str()? });
            }
            Some(())
        }),
        event("content-ids-shape", "an empty id", Back, |e| {
            custom(e)?
                .get_mut("content_ids")?
                .as_array_mut()?
                .push("".into());
            Some(())
        }),
        // CL610
        event("content-type-unknown", "an own one", Stays, |e| {
            custom(e)?.get("content_type")?;
            set(e, "content_type", "products")
        }),
        // CL611
        event("custom-data-type", "num_items as text", Back, |e| {
            let items = custom(e)?.get("num_items")?.as_u64()?;
            set(e, "num_items", items.to_string())
        }),
        event(
            "custom-data-type",
            "predicted_ltv with a sign",
            Stays,
            |e| {
                custom(e)?.get("predicted_ltv")?;
                set(e, "predicted_ltv", "high")
            },
        ),
        // CL612
        event(
            "value-contents-mismatch",
            "three times the sum",
            Stays,
            |e| {
                currency(e, "EUR").or(currency(e, "USD"))?;
                let sum = summed(e)?;
                set(e, "value", (sum * 3.17 * 100.0).round() / 100.0)
            },
        ),
        // CL613
        event("pii-in-custom-data", "an e-mail", Back, |e| {
            give(e, "customer_email", "ellen.b@hillmail.example")
        }),
        event("pii-in-custom-data", "a phone", Back, |e| {
            give(e, "phone", "+12025550143")
        }),
        // CL614
        event("sensitive-data", "the number of a card", Stays, |e| {
            give(e, "payment_note", "4111 1111 1111 1111")
        })
        .also(&["pii-in-custom-data"]),
        event("sensitive-data", "an IBAN", Stays, |e| {
            give(e, "payment_note", "DE89370400440532013000")
        })
        .also(&["pii-in-custom-data"]),
        // CL615
        event(
            "misplaced-key",
            "value and currency in the event",
            Back,
            |e| {
                let custom = custom(e)?;
                (custom.len() > 2).then_some(())?;
                let (value, currency) = (custom.remove("value")?, custom.remove("currency")?);
                e["value"] = value;
                e["currency"] = currency;
                Some(())
            },
        )
        .also(&["purchase-without-value", "value-without-currency"]),
        event("misplaced-key", "em in the event", Back, |e| {
            on_web(e)?;
            let em = user(e)?.remove("em")?;
            e["em"] = em;
            Some(())
        }),
        event("misplaced-key", "the address in custom_data", Back, |e| {
            on_web(e)?;
            custom(e)?;
            let ip = user(e)?.remove("client_ip_address")?;
            custom(e)?.insert("client_ip_address".into(), ip);
            Some(())
        })
        .also(&["pii-in-custom-data", "data-processing-options"]),
        event("misplaced-key", "fbp in the event", Back, |e| {
            on_web(e)?;
            let fbp = user(e)?.remove("fbp")?;
            e["fbp"] = fbp;
            Some(())
        }),
        event("misplaced-key", "order_id in the event", Back, |e| {
            let custom = custom(e)?;
            (custom.len() > 1).then_some(())?;
            let id = custom.remove("order_id")?;
            e["order_id"] = id;
            Some(())
        })
        // An id that stands for a placeholder unless an order of that number is beside it.
        .also(&["constant-event-id", "event-id-format"]),
    ]
}
