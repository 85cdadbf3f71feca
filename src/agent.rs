//! User agents: which ones belong to a program that sends events, not to a visitor.

use once_cell::sync::Lazy;
use serde::Deserialize;

/// A program that is no visitor's browser or app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// A library that makes requests, or a tool such as curl.
    Library,
    /// A library with which servers and phone apps alike make requests.
    AppClient,
    /// A shop, payment or automation service that calls webhooks.
    Webhook,
    /// No user agent: the sender's own word for a server.
    ServerWord,
}

/// `rules/tables/agents.json`; all entries are in lower case.
#[derive(Deserialize)]
struct Table {
    /// How the agents of libraries begin.
    libraries: Vec<String>,
    app_clients: Vec<String>,
    webhooks: Vec<String>,
    /// Whole values.
    words: Vec<String>,
    /// Parts of agents that begin like a browser's.
    inside: Vec<String>,
}

static TABLE: Lazy<Table> = Lazy::new(|| {
    serde_json::from_str(include_str!("../rules/tables/agents.json"))
        .expect("the embedded table is read by a test")
});

/// The longest beginning of an agent that is looked at.
const REACH: usize = 200;

/// The program that `agent` names; `None` for browsers, apps and everything unknown.
#[inline]
pub fn program(agent: &str) -> Option<Program> {
    if is_usual_browser(agent) {
        return None;
    }
    search(agent)
}

/// Whether the agent begins and ends as those of browsers do, which settles nearly all of them.
#[inline]
fn is_usual_browser(agent: &str) -> bool {
    let bytes = agent.as_bytes();
    if !bytes.starts_with(b"Mozilla/5.0 (") {
        return false;
    }
    // In-app browsers end with their own list in brackets.
    if bytes.last() == Some(&b']') {
        return true;
    }
    let last = memchr::memrchr(b' ', bytes).map_or(0, |at| at + 1);
    [&b"Safari/"[..], b"Firefox/", b"Edg/", b"Mobile/", b"OPR/"]
        .iter()
        .any(|product| bytes[last..].starts_with(product))
}

/// The parts inside browser-like agents that give a program away.
static INSIDE: Lazy<regex::Regex> = Lazy::new(|| {
    let parts: Vec<String> = TABLE
        .inside
        .iter()
        .map(|part| regex::escape(part))
        .collect();
    regex::RegexBuilder::new(&parts.join("|"))
        .case_insensitive(true)
        .unicode(false)
        .build()
        .expect("escaped words are a valid pattern")
});

fn search(agent: &str) -> Option<Program> {
    let agent = agent.trim_start();
    let reach = agent
        .char_indices()
        .nth(REACH)
        .map_or(agent.len(), |(at, _)| at);
    if agent
        .get(..8)
        .is_some_and(|head| head.eq_ignore_ascii_case("mozilla/"))
    {
        return INSIDE.is_match(&agent[..reach]).then_some(Program::Library);
    }
    let agent: String = agent.trim().chars().take(REACH).collect();
    let agent = agent.to_ascii_lowercase();
    if TABLE.words.contains(&agent) {
        return Some(Program::ServerWord);
    }
    let begins = |list: &[String]| list.iter().any(|name| begins_with_word(&agent, name));
    if begins(&TABLE.app_clients) {
        Some(Program::AppClient)
    } else if begins(&TABLE.libraries) {
        Some(Program::Library)
    } else if begins(&TABLE.webhooks) {
        Some(Program::Webhook)
    } else {
        None
    }
}

/// Whether `agent` begins with `name` and the word ends there: `make/` and `ruby` are no beginning
/// of `makeup` or `rubymine`.
fn begins_with_word(agent: &str, name: &str) -> bool {
    agent.strip_prefix(name).is_some_and(|rest| {
        !name.ends_with(|c: char| c.is_ascii_alphanumeric())
            || !rest.starts_with(|c: char| c.is_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_in_lower_case_and_dated() {
        let whole: serde_json::Value =
            serde_json::from_str(include_str!("../rules/tables/agents.json")).unwrap();
        assert!(whole["source"].is_string() && whole["date"].is_string());
        for list in [
            &TABLE.libraries,
            &TABLE.app_clients,
            &TABLE.webhooks,
            &TABLE.words,
            &TABLE.inside,
        ] {
            for entry in list {
                assert_eq!(*entry, entry.to_ascii_lowercase());
            }
        }
    }

    #[test]
    fn programs() {
        for (agent, program) in [
            ("axios/1.7.2", Program::Library),
            ("GuzzleHttp/7", Program::Library),
            ("python-requests/2.31.0", Program::Library),
            ("Python/3.11 aiohttp/3.9.1", Program::Library),
            ("curl/7.88.1", Program::Library),
            ("Go-http-client/1.1", Program::Library),
            ("WordPress/6.5; https://shop.example.com", Program::Library),
            (
                "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)",
                Program::Library,
            ),
            ("Ruby", Program::Library),
            (
                "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.1",
                Program::Library,
            ),
            (
                "Mozilla/5.0 (compatible; Google-Apps-Script; beanserver; +https://script.google.com; id: 1)",
                Program::Library,
            ),
            ("okhttp/4.12.0", Program::AppClient),
            ("Dart/3.2 (dart:io)", Program::AppClient),
            (
                "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
                Program::Webhook,
            ),
            ("Shopify-Captain-Hook", Program::Webhook),
            (
                "WooCommerce/8.9.1 Hookshot (WordPress/6.5)",
                Program::Webhook,
            ),
            (
                "PayPal IPN ( https://www.paypal.com/ipn )",
                Program::Webhook,
            ),
            ("Make/production", Program::Webhook),
            ("Zapier", Program::Webhook),
            ("server-side", Program::ServerWord),
            (" Server Side API ", Program::ServerWord),
        ] {
            assert_eq!(super::program(agent), Some(program), "{agent}");
        }
    }

    #[test]
    fn browsers_and_apps() {
        for agent in [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/468.0.0.37.107;FBLC/de_DE]",
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 okhttp/4.12.0",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) GSA/320.0 Mobile/15E148 Safari/604.1 ShopApp/3.1",
            "Opera/9.80 (Android; Opera Mini/36.2/191.249; U; en) Presto/2.12.423 Version/12.16",
            "Dalvik/2.1.0 (Linux; U; Android 13; SM-A536B Build/TP1A.220624.014)",
            "ShopApp/5.2.1 (iPhone; iOS 17.5; Scale/3.00)",
            "ShopApp/512 CFNetwork/1496.0.7 Darwin/23.5.0",
            "Makeup/2.0 (iPhone)",
            "RubyMine Browser/1.0",
            "Mozilla/5.0",
            "Unknown",
            "",
        ] {
            assert_eq!(super::program(agent), None, "{agent}");
        }
    }
}
