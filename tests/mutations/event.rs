//! Faults in name, id, time, source and page of the event.

use serde_json::{Value, json};

use crate::corpus::*;
use crate::{Mutation, Then::*, event, text as in_text};

/// An order number as text which is not in the event's id.
fn loose_order(e: &Value) -> Option<String> {
    on_web(e)?;
    text(e, "/custom_data/order_id")
}

/// The order number as id.
fn order_as_id(clean: &Value, broken: &Value) -> Value {
    let mut value = broken.clone();
    value["event_id"] = clean["custom_data"]["order_id"].clone();
    value
}

/// Writes another event_name.
fn rename(e: &mut Value, from: &str, to: &str) -> Option<()> {
    named(e, from)?;
    on_web(e)?;
    e["event_name"] = to.into();
    Some(())
}

/// Writes another time.
fn at(e: &mut Value, make: impl Fn(i64) -> Value) -> Option<()> {
    let time = time(e)?;
    e["event_time"] = make(time);
    Some(())
}

fn drop(e: &mut Value, key: &str) -> Option<()> {
    e.as_object_mut()?.remove(key).map(|_| ())
}

fn pages(e: &Value) -> Option<String> {
    from(e, "website")?;
    let url = text(e, "/event_source_url")?;
    (url.starts_with("https://") && url.is_ascii()).then_some(url)
}

/// Adds to the query of a page that has none.
fn ask(e: &mut Value, query: &str) -> Option<()> {
    let url = pages(e)?;
    if url.contains(['?', '#']) {
        return None;
    }
    e["event_source_url"] = format!("{url}?{query}").into();
    Some(())
}

fn app(e: &mut Value) -> Option<&mut serde_json::Map<String, Value>> {
    from(e, "app")?;
    object(e, "app_data")
}

fn channel(e: &Value, channel: &str) -> Option<()> {
    (e.get("messaging_channel")? == channel).then_some(())
}

/// Times that move apart from the event's.
const TIMES: &[&str] = &[
    "click-after-event",
    "fbc-expired",
    "fbc-rebuilt",
    "fbp-minted-per-event",
];

pub fn table() -> Vec<Mutation> {
    vec![
        // CL002
        in_text("duplicate-key", "two names", Stays, |text| {
            format!("{{\"event_name\":\"Contact\",{}", &text[1..])
        }),
        in_text("duplicate-key", "in user_data", Stays, |text| {
            text.replace(
                "\"user_data\":{",
                "\"user_data\":{\"external_id\":\"c-1\",\"external_id\":\"c-2\",",
            )
        }),
        // CL301
        event(
            "missing-event-id",
            "though there is an order",
            IsUnsafe(order_as_id),
            |e| {
                loose_order(e)?;
                named(e, "Purchase")?;
                drop(e, "event_id")
            },
        ),
        event("missing-event-id", "and no order", Stays, |e| {
            on_web(e)?;
            if e.pointer("/custom_data/order_id").is_some()
                || e.pointer("/custom_data/event_id").is_some()
            {
                return None;
            }
            drop(e, "event_id")
        }),
        event("missing-event-id", "in an app", Stays, |e| {
            from(e, "app")?;
            if e.pointer("/custom_data/order_id").is_some() {
                return None;
            }
            drop(e, "event_id")
        }),
        // CL302
        event(
            "random-event-id",
            "a UUID beside an order",
            IsUnsafe(order_as_id),
            |e| {
                loose_order(e)?;
                named(e, "Purchase")?;
                e["event_id"] = "5f0c7a52-3d41-4b7e-9a66-0f2f1c8d5e13".into();
                Some(())
            },
        ),
        // CL303
        event(
            "constant-event-id",
            "the name of the key",
            IsUnsafe(order_as_id),
            |e| {
                loose_order(e)?;
                named(e, "Purchase")?;
                e["event_id"] = "event_id".into();
                Some(())
            },
        ),
        event(
            "constant-event-id",
            "without an order",
            IsUnsafe(|_, broken| without(broken, "", "event_id")),
            |e| {
                on_web(e)?;
                if e.pointer("/custom_data/order_id").is_some() {
                    return None;
                }
                e["event_id"] = "event_id".into();
                Some(())
            },
        ),
        // CL307
        event("event-id-format", "a number", Back, |e| {
            let id = text(e, "/event_id")?;
            let number: u64 = id.parse().ok()?;
            (number.to_string() == id).then_some(())?;
            e["event_id"] = number.into();
            Some(())
        }),
        event("event-id-format", "white space around", Back, |e| {
            on_web(e)?;
            let id = text(e, "/event_id")?;
            e["event_id"] = format!(" {id}\n").into();
            Some(())
        }),
        event(
            "event-id-format",
            "an e-mail inside",
            IsUnsafe(order_as_id),
            |e| {
                loose_order(e)?;
                named(e, "Purchase")?;
                e["event_id"] = "sale-ellen.b@hillmail.example".into();
                Some(())
            },
        )
        .also(&["random-event-id"]),
        event("event-id-format", "a truth value", Stays, |e| {
            on_web(e)?;
            if e.pointer("/custom_data/order_id").is_some() {
                return None;
            }
            e["event_id"] = true.into();
            Some(())
        }),
        // CL320
        event("missing-event-name", "absent", Stays, |e| {
            from(e, "website").or(from(e, "physical_store"))?;
            drop(e, "event_name")
        }),
        event("missing-event-name", "empty", Stays, |e| {
            from(e, "website").or(from(e, "physical_store"))?;
            e["event_name"] = "".into();
            Some(())
        }),
        event("missing-event-name", "a number", Stays, |e| {
            from(e, "website").or(from(e, "physical_store"))?;
            e["event_name"] = 5.into();
            Some(())
        }),
        // CL321
        event("event-name-case", "small letters", Back, |e| {
            rename(e, "Purchase", "purchase")
        }),
        event("event-name-case", "underscores", Back, |e| {
            rename(e, "AddToCart", "add_to_cart")
        }),
        event("event-name-case", "blanks", Back, |e| {
            rename(e, "ViewContent", "View Content")
        }),
        event("event-name-case", "capitals", Back, |e| {
            rename(e, "Lead", "LEAD")
        }),
        event("event-name-case", "a blank behind", Back, |e| {
            rename(e, "PageView", "PageView ")
        }),
        // CL322
        event("event-name-alias", "of GA4: view_item", BackUnsafe, |e| {
            rename(e, "ViewContent", "view_item")
        }),
        event(
            "event-name-alias",
            "of GA4: begin_checkout",
            BackUnsafe,
            |e| rename(e, "InitiateCheckout", "begin_checkout"),
        ),
        event(
            "event-name-alias",
            "of GA4: generate_lead",
            BackUnsafe,
            |e| rename(e, "Lead", "generate_lead"),
        ),
        event("event-name-alias", "a near name", BackUnsafe, |e| {
            rename(e, "CompleteRegistration", "SignUp")
        }),
        event("event-name-alias", "in Portuguese", BackUnsafe, |e| {
            rename(e, "Purchase", "Compra")
        }),
        // CL401
        event("missing-event-time", "absent", Stays, |e| {
            drop(e, "event_time")
        }),
        event("missing-event-time", "null", Stays, |e| {
            at(e, |_| Value::Null)
        }),
        // CL402
        event("event-time-type", "an ISO date with its zone", Back, |e| {
            at(e, |time| {
                jiff::Timestamp::from_second(time)
                    .unwrap()
                    .to_string()
                    .into()
            })
        }),
        event("event-time-type", "fractions of a second", Back, |e| {
            at(e, |time| json!(time as f64 + 0.5))
        }),
        event(
            "event-time-type",
            "a local time without a zone",
            Stays,
            |e| {
                at(e, |time| {
                    let time = jiff::Timestamp::from_second(time).unwrap();
                    time.strftime("%Y-%m-%d %H:%M:%S").to_string().into()
                })
            },
        ),
        // CL403
        event("event-time-unit", "milliseconds", Back, |e| {
            at(e, |time| (time * 1_000 + 123).into())
        }),
        event("event-time-unit", "microseconds", Back, |e| {
            at(e, |time| (time * 1_000_000 + 123).into())
        }),
        event("event-time-unit", "milliseconds as text", Back, |e| {
            at(e, |time| (time * 1_000).to_string().into())
        })
        .also(&["event-time-type"]),
        // CL404
        event("stale-event", "a month old", Stays, |e| {
            if from(e, "physical_store").is_some() {
                return None;
            }
            at(e, |time| (time - 30 * 86_400).into())
        })
        .also(TIMES),
        event("stale-event", "seventy days old, of a store", Stays, |e| {
            from(e, "physical_store")?;
            at(e, |_| (NOW - 70 * 86_400).into())
        })
        .also(TIMES),
        // CL405
        event("future-event", "by two hours", Stays, |e| {
            at(e, |_| (NOW + 7_200).into())
        })
        .also(TIMES),
        event("future-event", "by ten minutes", Stays, |e| {
            at(e, |_| (NOW + 600).into())
        })
        .also(TIMES),
        // CL409
        event("placeholder-time", "zero", Stays, |e| at(e, |_| 0.into())).also(TIMES),
        event("placeholder-time", "a sample of the guide", Stays, |e| {
            at(e, |_| 1_601_673_450.into())
        })
        .also(TIMES)
        .also(&["stale-event", "click-after-event"]),
        // CL501
        event(
            "missing-action-source",
            "of a page in a browser",
            BackUnsafe,
            |e| {
                on_web(e)?;
                pages(e)?;
                drop(e, "action_source")
            },
        ),
        event("missing-action-source", "of a store's sale", Stays, |e| {
            from(e, "physical_store")?;
            drop(e, "action_source")
        }),
        // CL502
        event("unknown-action-source", "web", Back, |e| {
            on_web(e)?;
            e["action_source"] = "web".into();
            Some(())
        }),
        event("unknown-action-source", "capitals", Back, |e| {
            let source = text(e, "/action_source")?;
            e["action_source"] = source.to_uppercase().into();
            Some(())
        })
        // A stage of a CRM may be called lead; a source that is not read makes no stage.
        .also(&["event-name-case"]),
        event("unknown-action-source", "white space", Back, |e| {
            let source = text(e, "/action_source")?;
            e["action_source"] = format!("{source} ").into();
            Some(())
        })
        .also(&["event-name-case"]),
        event("unknown-action-source", "an invention", Stays, |e| {
            on_web(e)?;
            e["action_source"] = "conversion_import".into();
            Some(())
        }),
        // CL503
        event("website-without-url", "absent", Stays, |e| {
            from(e, "website")?;
            drop(e, "event_source_url")
        })
        // An id that the page's address held beside the order.
        .also(&["random-event-id"]),
        event("website-without-url", "empty", Stays, |e| {
            on_web(e)?;
            e["event_source_url"] = "".into();
            Some(())
        }),
        // CL504
        event("website-without-user-agent", "absent", Stays, |e| {
            on_web(e)?;
            user(e)?.remove("client_user_agent").map(|_| ())
        }),
        event("website-without-user-agent", "null", Stays, |e| {
            on_web(e)?;
            put(e, "client_user_agent", Value::Null)
        })
        .also(&["null-identifier"]),
        // CL505
        event(
            "wrong-action-source",
            "a checkout by the system",
            BackUnsafe,
            |e| {
                on_web(e)?;
                pages(e)?;
                (named(e, "AddToCart").or(named(e, "InitiateCheckout")))?;
                let agent = first(e, "client_user_agent")?;
                (!agent.contains(['[']) && !agent.contains("; wv)")).then_some(())?;
                e["action_source"] = "system_generated".into();
                Some(())
            },
        ),
        event(
            "wrong-action-source",
            "a page seen in a store",
            BackUnsafe,
            |e| {
                on_web(e)?;
                named(e, "ViewContent")?;
                // The views inside apps are no proof of a browser.
                let agent = first(e, "client_user_agent")?;
                (!agent.contains(['[']) && !agent.contains("; wv)")).then_some(())?;
                e["action_source"] = "physical_store".into();
                Some(())
            },
        ),
        event(
            "wrong-action-source",
            "a till on the web",
            BackUnsafe,
            |e| {
                from(e, "physical_store")?;
                e.pointer("/custom_data/item_number")?;
                e["action_source"] = "website".into();
                Some(())
            },
        )
        .also(&[
            "website-without-url",
            "website-without-user-agent",
            "missing-event-id",
            "stale-event",
        ]),
        event(
            "wrong-action-source",
            "an app on the web",
            BackUnsafe,
            |e| {
                from(e, "app")?;
                e.get("app_data")?;
                e["action_source"] = "website".into();
                Some(())
            },
        )
        .also(&[
            "user-agent-stub",
            "website-without-url",
            "website-without-user-agent",
        ]),
        // CL507
        event("app-event-incomplete", "no app_data", Stays, |e| {
            from(e, "app")?;
            drop(e, "app_data")
        }),
        event("app-event-incomplete", "no extinfo", Stays, |e| {
            app(e)?.remove("extinfo").map(|_| ())
        }),
        event("app-event-incomplete", "no tracking flag", Stays, |e| {
            app(e)?.remove("advertiser_tracking_enabled").map(|_| ())
        }),
        event("app-event-incomplete", "fifteen slots", Stays, |e| {
            app(e)?
                .get_mut("extinfo")?
                .as_array_mut()?
                .pop()
                .map(|_| ())
        }),
        event("app-event-incomplete", "no OS version", Stays, |e| {
            *app(e)?.get_mut("extinfo")?.get_mut(4)? = "".into();
            Some(())
        }),
        // CL508
        event("messaging-event-incomplete", "no channel", Stays, |e| {
            from(e, "business_messaging")?;
            drop(e, "messaging_channel")
        }),
        event(
            "messaging-event-incomplete",
            "an unknown channel",
            Stays,
            |e| {
                from(e, "business_messaging")?;
                e["messaging_channel"] = "sms".into();
                Some(())
            },
        ),
        event(
            "messaging-event-incomplete",
            "no id of the person",
            Stays,
            |e| {
                channel(e, "messenger")?;
                user(e)?.remove("page_scoped_user_id").map(|_| ())
            },
        ),
        event(
            "messaging-event-incomplete",
            "no click id of WhatsApp",
            Stays,
            |e| {
                channel(e, "whatsapp")?;
                user(e)?.remove("ctwa_clid").map(|_| ())
            },
        ),
        event(
            "messaging-event-incomplete",
            "no account of Instagram",
            Stays,
            |e| {
                channel(e, "instagram")?;
                user(e)?
                    .remove("ig_account_id")
                    .or(user(e)?.remove("instagram_business_account_id"))
                    .map(|_| ())
            },
        ),
        event(
            "messaging-event-incomplete",
            "an address on Instagram",
            Stays,
            |e| {
                channel(e, "instagram")?;
                add(e, "client_ip_address", "81.2.69.142")
            },
        ),
        event(
            "messaging-event-incomplete",
            "a name off the list",
            Stays,
            |e| {
                channel(e, "messenger")?;
                e["event_name"] = "Lead".into();
                Some(())
            },
        ),
        // CL509
        event("url-format", "no scheme", Back, |e| {
            let url = pages(e)?;
            let bare = url.strip_prefix("https://")?;
            // The suffix has to be one that exists.
            bare.starts_with("shop.kestrelbikes.com/").then_some(())?;
            e["event_source_url"] = bare.into();
            Some(())
        }),
        event("url-format", "an entity", Back, |e| {
            let url = pages(e)?;
            url.contains('&').then_some(())?;
            e["event_source_url"] = url.replace('&', "&amp;").into();
            Some(())
        }),
        event("url-format", "a path", Stays, |e| {
            pages(e)?;
            e["event_source_url"] = "/checkout/thank-you".into();
            Some(())
        })
        .also(&["click-id-not-sent", "random-event-id"]),
        event("url-format", "of this machine", Stays, |e| {
            pages(e)?;
            e["event_source_url"] = "http://localhost:3000/thanks".into();
            Some(())
        })
        .also(&["random-event-id"]),
        // CL510
        event(
            "url-has-pii",
            "the e-mail",
            Is(|clean, _| {
                let url = clean["event_source_url"].as_str().unwrap();
                let url = format!("{url}?email=REDACTED&lang=de");
                with(clean, "/event_source_url", url)
            }),
            |e| ask(e, "email=ellen%40hillmail.example&lang=de"),
        ),
        event(
            "url-has-pii",
            "the phone",
            Is(|clean, _| {
                let url = clean["event_source_url"].as_str().unwrap();
                let url = format!("{url}?phone=REDACTED&lang=de");
                with(clean, "/event_source_url", url)
            }),
            |e| ask(e, "phone=%2B12025550143&lang=de"),
        ),
        // CL514
        event("attribution-event-incomplete", "no share", Stays, |e| {
            object(e, "attribution_data")?
                .remove("attribution_share")
                .map(|_| ())
        }),
        event(
            "attribution-event-incomplete",
            "no original event",
            Stays,
            |e| {
                named(e, "AppendAttribution")?;
                drop(e, "original_event_data")
            },
        ),
        event(
            "attribution-event-incomplete",
            "a share of 25",
            Stays,
            |e| {
                *object(e, "attribution_data")?.get_mut("attribution_share")? = 25.into();
                Some(())
            },
        ),
        event("attribution-event-incomplete", "no currency", Stays, |e| {
            named(e, "AppendAttribution")?;
            custom(e)?.remove("value");
            custom(e)?.remove("currency").map(|_| ())
        }),
        // CL513
        event("crm-event-incomplete", "no lead id", Stays, |e| {
            e.pointer("/custom_data/lead_event_source")?;
            let em = first(e, "em")?;
            e["user_data"] = json!({ "em": em });
            Some(())
        }),
        event("crm-event-incomplete", "no event_source", Stays, |e| {
            e.pointer("/custom_data/lead_event_source")?;
            custom(e)?.remove("event_source").map(|_| ())
        }),
        event("crm-event-incomplete", "no lead_event_source", Stays, |e| {
            custom(e)?.remove("lead_event_source").map(|_| ())
        }),
    ]
}
