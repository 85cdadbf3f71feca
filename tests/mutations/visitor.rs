//! Faults in what identifies the browser, the click and the device.

use serde_json::{Value, json};

use crate::corpus::*;
use crate::{Mutation, Then::*, body, event};

/// A click id of the length and letters that Meta's have.
const FBCLID: &str = "IwAR1pX7cQ2mVb9dKzT4yLhNfWsRgJ0eUoAiC5tM8xBvE3nPqYkDjZrHwGlSu6";

/// Puts `fbclid` into the query of the page; only on pages without query and fragment.
fn land(e: &mut Value, fbclid: &str) -> Option<()> {
    let url = text(e, "/event_source_url")?;
    if url.contains(['?', '#']) {
        return None;
    }
    e["event_source_url"] = format!("{url}?fbclid={fbclid}").into();
    Some(())
}

/// An event of a website in which click times have room: with an address, an agent and an fbp that
/// is older than an hour, and without fbc.
fn before_click(e: &Value) -> Option<i64> {
    on_web(e)?;
    let at = time(e)?;
    let (_, born, _) = browser(e)?;
    let free = e.pointer("/user_data/fbc").is_none() && e.get("original_event_data").is_none();
    (free && born < (at - 3_600) * 1_000).then_some(at)
}

/// Without fbc.
fn no_fbc(_: &Value, broken: &Value) -> Value {
    without(broken, "/user_data", "fbc")
}

/// Without fbp.
fn no_fbp(_: &Value, broken: &Value) -> Value {
    without(broken, "/user_data", "fbp")
}

fn no_ip(_: &Value, broken: &Value) -> Value {
    without(broken, "/user_data", "client_ip_address")
}

fn no_agent(_: &Value, broken: &Value) -> Value {
    without(broken, "/user_data", "client_user_agent")
}

/// fbc made of the event's time and [`FBCLID`].
fn built(clean: &Value, broken: &Value) -> Value {
    let mut value = broken.clone();
    let at = time(clean).unwrap() * 1_000;
    value["user_data"]["fbc"] = format!("fb.1.{at}.{FBCLID}").into();
    value
}

/// Writes another agent on a website event.
fn agent(e: &mut Value, agent: &str) -> Option<()> {
    on_web(e)?;
    put(e, "client_user_agent", agent)
}

/// A visitor's address without an appendix, on a website event.
fn address(e: &Value) -> Option<String> {
    on_web(e)?;
    let ip = text(e, "/user_data/client_ip_address")?;
    ip.parse::<std::net::IpAddr>().ok().map(|_| ip)
}

fn v4(e: &Value) -> Option<String> {
    address(e).filter(|ip| ip.contains('.'))
}

pub fn table() -> Vec<Mutation> {
    vec![
        // CL201
        event("hashed-raw-key", "fbp", Is(no_fbp), |e| {
            on_web(e)?;
            let plain = first(e, "fbp")?;
            put(e, "fbp", hash(&plain))
        }),
        event("hashed-raw-key", "fbc", Is(no_fbc), |e| {
            on_web(e)?;
            let plain = first(e, "fbc")?;
            put(e, "fbc", hash(&plain))
        })
        .also(&["click-id-not-sent"]),
        event("hashed-raw-key", "the address", Is(no_ip), |e| {
            let plain = address(e)?;
            put(e, "client_ip_address", hash(&plain))
        }),
        event("hashed-raw-key", "the agent", Is(no_agent), |e| {
            on_web(e)?;
            let plain = first(e, "client_user_agent")?;
            put(e, "client_user_agent", hash(&plain))
        }),
        event(
            "hashed-raw-key",
            "the advertising id",
            Is(|_, broken| without(broken, "/user_data", "madid")),
            |e| {
                let plain = first(e, "madid")?;
                // The event must keep something to match by.
                (user(e)?.len() > 1).then_some(())?;
                put(e, "madid", hash(&plain))
            },
        )
        .also(&["raw-id-format"]),
        // CL202
        event("fbc-format", "the bare fbclid", IsUnsafe(built), |e| {
            before_click(e)?;
            add(e, "fbc", FBCLID)
        }),
        event("fbc-format", "no click id", Back, |e| {
            before_click(e)?;
            add(e, "fbc", format!("fb.1.{}.", (NOW - 90_000) * 1_000))
        }),
        event("fbc-format", "white space behind", Back, |e| {
            on_web(e)?;
            click(e)?;
            let fbc = first(e, "fbc")?;
            put(e, "fbc", format!("{fbc}\n"))
        }),
        event("fbc-format", "the text of all cookies", BackUnsafe, |e| {
            on_web(e)?;
            click(e)?;
            let fbc = first(e, "fbc")?;
            put(
                e,
                "fbc",
                format!("_ga=GA1.1.1830.1782; _fbc={fbc}; lang=de"),
            )
        })
        .also(&["fbclid-altered"]),
        // CL203
        event(
            "click-time-in-seconds",
            "of fbc",
            Is(|clean, _| {
                let (index, at, id) = click(clean).unwrap();
                let at = at / 1_000 * 1_000;
                with(clean, "/user_data/fbc", format!("fb.{index}.{at}.{id}"))
            }),
            |e| {
                let (index, at, id) = click(e)?;
                put(e, "fbc", format!("fb.{index}.{}.{id}", at / 1_000))
            },
        ),
        event(
            "click-time-in-seconds",
            "of fbp",
            Is(|clean, _| {
                let (index, at, tail) = browser(clean).unwrap();
                let at = at / 1_000 * 1_000;
                with(clean, "/user_data/fbp", format!("fb.{index}.{at}.{tail}"))
            }),
            |e| {
                let (index, at, tail) = browser(e)?;
                put(e, "fbp", format!("fb.{index}.{}.{tail}", at / 1_000))
            },
        ),
        // CL204
        event("fbc-rebuilt", "made with the event", Stays, |e| {
            let at = before_click(e)?;
            named(e, "Purchase")?;
            add(e, "fbc", format!("fb.1.{}.{FBCLID}", at * 1_000))
        }),
        // CL205
        event("fbclid-altered", "in small letters", Back, |e| {
            let url = text(e, "/event_source_url")?;
            let (index, at, id) = click(e)?;
            url.contains(&id).then_some(())?;
            put(e, "fbc", format!("fb.{index}.{at}.{}", id.to_lowercase()))
        }),
        event("fbclid-altered", "cut", Back, |e| {
            let url = text(e, "/event_source_url")?;
            let (index, at, id) = click(e)?;
            url.contains(&id).then_some(())?;
            put(e, "fbc", format!("fb.{index}.{at}.{}", &id[..id.len() - 9]))
        }),
        event(
            "fbclid-altered",
            "in small letters, after landing",
            Is(|clean, broken| {
                let mut value = broken.clone();
                let at = (time(clean).unwrap() - 900) * 1_000;
                value["user_data"]["fbc"] = format!("fb.1.{at}.{FBCLID}").into();
                value
            }),
            |e| {
                let at = before_click(e)?;
                land(e, FBCLID)?;
                let at = (at - 900) * 1_000;
                add(e, "fbc", format!("fb.1.{at}.{}", FBCLID.to_lowercase()))
            },
        ),
        // CL206
        event("fbc-fabricated", "the word fallback", Is(no_fbc), |e| {
            let at = before_click(e)?;
            add(e, "fbc", format!("fb.1.{}.FALLBACK", (at - 900) * 1_000))
        }),
        event("fbc-fabricated", "the word undefined", Is(no_fbc), |e| {
            let at = before_click(e)?;
            add(e, "fbc", format!("fb.1.{}.undefined", (at - 900) * 1_000))
        }),
        event("fbc-fabricated", "a click id of Google", Is(no_fbc), |e| {
            let at = before_click(e)?;
            let gclid =
                "Cj0KCQjw1um-BhDtARIsABjU5x4mVqT7cN2kLwXz9aYpR3sEoGhJd8FbUi6nC0tMvQaAkWcEALw_wcB";
            add(e, "fbc", format!("fb.1.{}.{gclid}", (at - 900) * 1_000))
        }),
        event("fbc-fabricated", "a sample of the guide", Is(no_fbc), |e| {
            let at = before_click(e)?;
            let sample = "AbCdEfGhIjKlMnOpQrStUvWxYz1234567890";
            add(e, "fbc", format!("fb.1.{}.{sample}", (at - 900) * 1_000))
        }),
        // CL207
        event(
            "fbc-expired",
            "a click of a hundred days ago",
            IsUnsafe(no_fbc),
            |e| {
                let at = before_click(e)?;
                add(
                    e,
                    "fbc",
                    format!("fb.1.{}.{FBCLID}", (at - 100 * 86_400) * 1_000),
                )
            },
        ),
        // CL208
        event("click-after-event", "by a day", Stays, |e| {
            let at = before_click(e)?;
            (at < NOW - 2 * 86_400).then_some(())?;
            add(e, "fbc", format!("fb.1.{}.{FBCLID}", (at + 86_400) * 1_000))
        }),
        event("click-after-event", "by ten minutes", Stays, |e| {
            let at = before_click(e)?;
            add(e, "fbc", format!("fb.1.{}.{FBCLID}", (at + 600) * 1_000))
        }),
        // CL209
        event("click-id-not-sent", "on landing", IsUnsafe(built), |e| {
            before_click(e)?;
            land(e, FBCLID)
        }),
        // CL210
        event("fbp-format", "the tail undefined", Is(no_fbp), |e| {
            on_web(e)?;
            let (index, at, _) = browser(e)?;
            put(e, "fbp", format!("fb.{index}.{at}.undefined"))
        }),
        event("fbp-format", "random letters", Is(no_fbp), |e| {
            on_web(e)?;
            let (index, at, _) = browser(e)?;
            put(e, "fbp", format!("fb.{index}.{at}.k3j9x2a1b"))
        }),
        event("fbp-format", "the sample of the guide", Is(no_fbp), |e| {
            on_web(e)?;
            put(e, "fbp", "fb.1.1558571054389.1098115397")
        }),
        event("fbp-format", "the text of all cookies", Back, |e| {
            on_web(e)?;
            browser(e)?;
            let fbp = first(e, "fbp")?;
            put(
                e,
                "fbp",
                format!("_ga=GA1.1.1830.1782; _fbp={fbp}; lang=de"),
            )
        }),
        // CL211
        event("fbp-minted-per-event", "with the event", Stays, |e| {
            let at = before_click(e)?;
            named(e, "Purchase")?;
            put(e, "fbp", format!("fb.1.{}.1180211733", at * 1_000))
        }),
        // CL212
        event("fbc-fbp-swapped", "each in the other's place", Back, |e| {
            click(e)?;
            browser(e)?;
            let (fbc, fbp) = (first(e, "fbc")?, first(e, "fbp")?);
            put(e, "fbc", fbp)?;
            put(e, "fbp", fbc)
        })
        .also(&[
            "fbc-format",
            "fbp-format",
            "fbc-fabricated",
            "fbclid-altered",
            "click-id-not-sent",
        ]),
        // CL213
        event("ip-format", "with the proxy's", Back, |e| {
            let ip = address(e)?;
            put(e, "client_ip_address", format!("{ip}, 10.0.0.2"))
        }),
        event("ip-format", "with a port", Back, |e| {
            let ip = v4(e)?;
            put(e, "client_ip_address", format!("{ip}:52134"))
        }),
        event("ip-format", "mapped", Back, |e| {
            let ip = v4(e)?;
            put(e, "client_ip_address", format!("::ffff:{ip}"))
        }),
        event("ip-format", "in brackets", Back, |e| {
            let ip = address(e).filter(|ip| ip.contains(':'))?;
            put(e, "client_ip_address", format!("[{ip}]"))
        }),
        event("ip-format", "no address", Is(no_ip), |e| {
            address(e)?;
            put(e, "client_ip_address", "unknown-host")
        }),
        // CL214
        event("ip-not-public", "of a private network", Is(no_ip), |e| {
            address(e)?;
            put(e, "client_ip_address", "10.0.3.7")
        }),
        event("ip-not-public", "loopback", Is(no_ip), |e| {
            address(e)?;
            put(e, "client_ip_address", "127.0.0.1")
        }),
        event("ip-not-public", "of documentation", Is(no_ip), |e| {
            address(e)?;
            put(e, "client_ip_address", "203.0.113.7")
        }),
        event("ip-not-public", "link-local", Is(no_ip), |e| {
            address(e)?;
            put(e, "client_ip_address", "fe80::1c2d:3e4f")
        }),
        // CL216
        event("user-agent-of-server", "axios", Is(no_agent), |e| {
            agent(e, "axios/1.7.2")
        }),
        event(
            "user-agent-of-server",
            "a Python library",
            Is(no_agent),
            |e| agent(e, "python-requests/2.32.3"),
        ),
        event("user-agent-of-server", "a webhook", Is(no_agent), |e| {
            agent(e, "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
        }),
        event("user-agent-of-server", "a word", Is(no_agent), |e| {
            agent(e, "server-side")
        }),
        // CL217
        event("user-agent-of-bot", "a crawler", Stays, |e| {
            agent(
                e,
                "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            )
        }),
        event("user-agent-of-bot", "a preview", Stays, |e| {
            agent(
                e,
                "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            )
        }),
        body(
            "user-agent-of-bot",
            "a crawler among people",
            IsUnsafe(|_, broken| {
                let mut value = broken.clone();
                value["data"].as_array_mut().unwrap().remove(1);
                value
            }),
            |v| {
                let events = v.get_mut("data")?.as_array_mut()?;
                agent(
                    events.get_mut(1)?,
                    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
                )
            },
        ),
        // CL218
        event("user-agent-stub", "Mozilla/5.0", IsUnsafe(no_agent), |e| {
            agent(e, "Mozilla/5.0")
        }),
        event("user-agent-stub", "Unknown", IsUnsafe(no_agent), |e| {
            agent(e, "Unknown")
        }),
        // CL219
        event("user-agent-mangled", "encoded for a URL", Back, |e| {
            on_web(e)?;
            let agent = first(e, "client_user_agent")?;
            let coded: String = agent
                .chars()
                .map(|c| match c {
                    ' ' => "%20".into(),
                    '/' | '(' | ')' | ';' | ',' | '+' => format!("%{:02X}", c as u32),
                    c => c.to_string(),
                })
                .collect();
            put(e, "client_user_agent", coded)
        }),
        // CL221
        event("raw-id-format", "a lead id of letters", Stays, |e| {
            e.pointer("/user_data/lead_id")?;
            put(e, "lead_id", "lead-99x")
        }),
        event("raw-id-format", "an advertising id of zeros", Stays, |e| {
            e.pointer("/user_data/madid")?;
            put(e, "madid", "00000000-0000-0000-0000-000000000000")
        }),
        event("raw-id-format", "a page id as a name", Stays, |e| {
            e.pointer("/user_data/page_id")?;
            put(e, "page_id", "kestrelbikes")
        }),
        event("raw-id-format", "a login id of letters", Stays, |e| {
            e.pointer("/user_data/fb_login_id")?;
            put(e, "fb_login_id", json!("ellen.b"))
        }),
    ]
}
