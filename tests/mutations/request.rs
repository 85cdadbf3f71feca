//! Faults in the request and in the record around it.

use serde_json::{Value, json};

use crate::corpus::*;
use crate::{Mutation, Then::*, body, event};

/// Letters as in a token of Meta's; it never was one.
const TOKEN: &str = "EAABkestrelZC0x7QpLm2VnT9sWdYhRfJcUgAoKiE4tMbXz8Nq1PvDyZBwSlHrGeFu3CjTa6OkIx5";

/// Puts the body into a log record with the address to which it went.
fn sent_to(v: &mut Value, url: &str) -> Option<()> {
    *v = json!({ "time": "2026-06-25T23:59:59Z", "url": url, "body": v.take() });
    Some(())
}

fn first_event(v: &mut Value) -> Option<&mut Value> {
    v.get_mut("data")?.get_mut(0)
}

pub fn table() -> Vec<Mutation> {
    vec![
        // CL005
        event("lossy-capture", "an object not printed", Stays, |e| {
            e.get("custom_data")?;
            e["custom_data"] = "[Object]".into();
            Some(())
        })
        .also(&[
            "purchase-without-value",
            "value-without-currency",
            "crm-event-incomplete",
        ]),
        event("lossy-capture", "a masked digest", Stays, |e| {
            on_web(e)?;
            first(e, "em")?;
            put(e, "em", "***")
        }),
        // CL406
        body("batch-poisoned", "by one event of last month", Stays, |v| {
            let events = v.get_mut("data")?.as_array_mut()?;
            (events.len() == 3).then_some(())?;
            for event in events.iter() {
                (time(event)? > NOW - 86_400 && from(event, "website").is_some()).then_some(())?;
            }
            let time = time(&events[1])?;
            events[1]["event_time"] = (time - 30 * 86_400).into();
            Some(())
        })
        .also(&["stale-event", "click-after-event", "fbc-expired"]),
        // CL701
        body("test-event-code", "in the body", BackUnsafe, |v| {
            v["test_event_code"] = "TEST48121".into();
            Some(())
        }),
        event("test-event-code", "in the event", BackUnsafe, |e| {
            e["test_event_code"] = "TEST48121".into();
            Some(())
        }),
        // CL702
        body("access-token-leaked", "in the body", BackUnsafe, |v| {
            v["access_token"] = TOKEN.into();
            Some(())
        }),
        event(
            "access-token-leaked",
            "in the page's address",
            Is(|clean, _| {
                let url = clean["event_source_url"].as_str().unwrap();
                with(
                    clean,
                    "/event_source_url",
                    format!("{url}?access_token=REDACTED"),
                )
            }),
            |e| {
                let url = text(e, "/event_source_url")?;
                (!url.contains(['?', '#'])).then_some(())?;
                e["event_source_url"] = format!("{url}?access_token={TOKEN}").into();
                Some(())
            },
        )
        .also(&["url-has-pii"]),
        // CL703
        body("batch-size", "no event", Stays, |v| {
            *v = json!({ "data": [], "partner_agent": "kestrel_2_0" });
            Some(())
        }),
        body("batch-size", "a thousand and one", Stays, |v| {
            // Once is enough for so large a text.
            let event = first_event(v)?.clone();
            (event == events()[0]).then_some(())?;
            *v = json!({ "data": vec![event; 1_001] });
            Some(())
        }),
        // CL704
        body(
            "data-shape",
            "one event that is not in a list",
            Is(|clean, _| json!({ "data": [clean["data"][0].clone()] })),
            |v| {
                let event = first_event(v)?.clone();
                *v = json!({ "data": event });
                Some(())
            },
        ),
        body("data-shape", "events as text", Back, |v| {
            for event in v.get_mut("data")?.as_array_mut()? {
                *event = event.to_string().into();
            }
            Some(())
        }),
        // CL705
        event("unknown-event-key", "referrerUrl", Back, |e| {
            let url = e.as_object_mut()?.remove("referrer_url")?;
            e["referrerUrl"] = url;
            Some(())
        }),
        event("unknown-event-key", "eventId", Back, |e| {
            on_web(e)?;
            let id = e.as_object_mut()?.remove("event_id")?;
            e["eventId"] = id;
            Some(())
        })
        .also(&["missing-event-id"]),
        event("unknown-event-key", "actionSource", Back, |e| {
            let source = e.as_object_mut()?.remove("action_source")?;
            e["actionSource"] = source;
            Some(())
        })
        .also(&["missing-action-source"]),
        event("unknown-event-key", "customData", Back, |e| {
            let custom = e.as_object_mut()?.remove("custom_data")?;
            e["customData"] = custom;
            Some(())
        })
        .also(&[
            "purchase-without-value",
            "value-without-currency",
            "crm-event-incomplete",
            "attribution-event-incomplete",
        ]),
        // CL706
        body("sdk-object-dump", "names with underscores", Stays, |v| {
            let event = first_event(v)?;
            let dump = json!({
                "_event_name": event.get("event_name")?,
                "_event_time": event.get("event_time")?,
                "_action_source": event.get("action_source")?,
                "_user_data": {},
            });
            *v = json!({ "_pixel_id": "834512398761234", "_events": [dump] });
            Some(())
        }),
        // CL707
        event("data-processing-options", "as text", Back, |e| {
            (e.get("data_processing_options")? == &json!(["LDU"])).then_some(())?;
            e["data_processing_options"] = "LDU".into();
            Some(())
        }),
        event("data-processing-options", "numbers as text", Back, |e| {
            let state = e.get("data_processing_options_state")?.as_i64()?;
            (e.get("data_processing_options")? == &json!(["LDU"])).then_some(())?;
            e["data_processing_options_state"] = state.to_string().into();
            Some(())
        }),
        event("data-processing-options", "no country", Stays, |e| {
            (e.get("data_processing_options")? == &json!(["LDU"])).then_some(())?;
            e.as_object_mut()?
                .remove("data_processing_options_country")
                .map(|_| ())
        }),
        event(
            "data-processing-options",
            "a country of its own",
            Stays,
            |e| {
                (e.get("data_processing_options")? == &json!(["LDU"])).then_some(())?;
                e["data_processing_options_country"] = 49.into();
                Some(())
            },
        ),
        // CL708
        body("retired-api-version", "version 8", Stays, |v| {
            sent_to(v, "https://graph.facebook.com/v8.0/834512398761234/events")
        }),
        body("retired-api-version", "without TLS", Stays, |v| {
            sent_to(v, "http://graph.facebook.com/v25.0/834512398761234/events")
        }),
        // CL709
        body("foreign-schema", "of TikTok", Stays, |v| {
            let event = first_event(v)?;
            let em = first(event, "em")?;
            *v = json!({
                "event_source": "web",
                "event_source_id": "C4H2ABCD",
                "data": [{
                    "event": "CompletePayment",
                    "event_time": event.get("event_time")?,
                    "event_id": event.get("event_id")?,
                    "user": { "email": em },
                    "properties": { "value": 249.0, "currency": "EUR" },
                }],
            });
            Some(())
        }),
        // CL710
        body("refused-by-meta", "with the answer beside it", Stays, |v| {
            *v = json!({
                "request": v.take(),
                "response": { "error": {
                    "message": "Invalid parameter", "type": "OAuthException", "code": 100,
                    "error_subcode": 2_804_003, "is_transient": false, "fbtrace_id": "AbCdEfGhIjK",
                } },
            });
            Some(())
        }),
        // CL711
        body("dataset-id", "a template", Stays, |v| {
            sent_to(v, "https://graph.facebook.com/v25.0/<PIXEL_ID>/events")
        }),
        body("dataset-id", "undefined", Stays, |v| {
            sent_to(v, "https://graph.facebook.com/v25.0/undefined/events")
        }),
        // CL712
        body("consent-denied", "by the signal of Google", Stays, |v| {
            *v = json!({ "gcs": "G100", "request": v.take() });
            Some(())
        }),
        body("consent-denied", "in words", Stays, |v| {
            *v = json!({ "consent": { "ad_storage": "denied" }, "body": v.take() });
            Some(())
        }),
    ]
}
