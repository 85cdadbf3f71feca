//! CL509: an address that no visitor's browser had open.

use std::net::IpAddr;

use crate::digest::{self, Shape};
use crate::event::Event;
use crate::finding::{Certainty, Findings, Severity};
use crate::fix::Fix;
use crate::json::{Item, Val};
use crate::rule::{Check, Rule};
use crate::values::name::Name;
use crate::values::network;
use crate::values::percent::decoded;
use crate::values::web_address::WebAddress;

/// See `rules/url-format.md`.
pub static RULE: Rule = crate::rule!("url-format", Check::Addresses(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    for name in [Name::EventSourceUrl, Name::ReferrerUrl] {
        let Some(item) = event.get(name) else {
            continue;
        };
        match item.val() {
            Val::Text(text) if is_plain(text) => {}
            _ if item.is_blank() => {}
            Val::Text(text) => {
                if let Some(fault) = fault(event, name, text) {
                    report(event, name, item, fault, out);
                }
            }
            other => {
                let kind = other.kind();
                out.at(item, format!("{name} is {kind}, not the address of a page"));
            }
        }
    }
}

/// A quick yes to nearly every address: `https`, a name of letters, digits, dots and dashes that
/// does not begin like one of the odd ones, and nothing in the path that needs a closer look.
fn is_plain(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else {
        return false;
    };
    let bytes = rest.as_bytes();
    let kind = |byte: u8| KINDS[usize::from(byte)];
    let host = bytes
        .iter()
        .take_while(|&&byte| kind(byte) & OF_NAME != 0)
        .count();
    if !matches!(bytes.get(host), None | Some(b'/' | b'?' | b'#')) {
        return false;
    }
    let path = &bytes[host..];
    memchr::memchr(b'.', &bytes[..host]).is_some()
        && bytes.first().is_some_and(u8::is_ascii_lowercase)
        && !rest.starts_with("api.")
        && !is_odd_ending(&rest[..host])
        && (host >= 24 || !is_sample(&rest[..host]))
        && !path.iter().enumerate().any(|(at, &byte)| {
            let kind = kind(byte);
            kind & (ODD | SIGN) != 0 && (kind & ODD != 0 || may_be_interface(path, at))
        })
        && !text.ends_with(['\'', '\n', '\r', '\t'])
}

/// What a byte is to the quick look.
const KINDS: [u8; 256] = {
    let (mut table, mut byte) = ([0; 256], 0);
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' => OF_NAME,
            b'-' => OF_NAME | SIGN,
            b'/' => SIGN,
            b' ' | b'"' | b';' | b'{' => ODD,
            _ => 0,
        };
        byte += 1;
    }
    table
};
/// It stands in names of hosts.
const OF_NAME: u8 = 1;
/// It needs a closer look.
const ODD: u8 = 2;
/// It may stand in or before the name of an interface.
const SIGN: u8 = 4;

/// Endings of names that are not of this internet.
const INNER: [&str; 9] = [
    ".local",
    ".localhost",
    ".localdomain",
    ".internal",
    ".intranet",
    ".lan",
    ".test",
    ".invalid",
    ".home.arpa",
];

fn is_odd_ending(host: &str) -> bool {
    let odd = |ending: &&str| {
        let at = host.len().checked_sub(ending.len());
        at.and_then(|at| host.get(at..))
            .is_some_and(|end| end.eq_ignore_ascii_case(ending))
    };
    // Most names end in `.com` or in a country.
    host.as_bytes()
        .last()
        .is_some_and(|b| b"lntdaLNTDA".contains(b))
        && INNER.iter().any(odd)
}

/// Whether the slash or the dash at a place of a path is that of an interface for programs.
fn may_be_interface(path: &[u8], at: usize) -> bool {
    if path[at] == b'-' {
        return path[..at].ends_with(b"wc") && path[at + 1..].starts_with(b"ajax");
    }
    matches!(
        path.get(at + 1..at + 4),
        Some(b"api" | b"web" | b"gra" | b"wp-" | b"rpc")
    )
}

/// What is wrong with an address.
struct Fault {
    what: &'static str,
    certainty: Certainty,
    /// What to write in its place, and whether that is certainly what was meant.
    fix: Option<(String, bool)>,
}

impl Fault {
    fn new(what: &'static str) -> Option<Fault> {
        Some(Fault {
            what,
            certainty: Certainty::Strong,
            fix: None,
        })
    }

    fn heuristic(what: &'static str) -> Option<Fault> {
        let fault = Fault::new(what)?;
        Some(Fault {
            certainty: Certainty::Heuristic,
            ..fault
        })
    }

    fn mended(what: &'static str, text: impl Into<String>, sure: bool) -> Option<Fault> {
        let fault = Fault::new(what)?;
        Some(Fault {
            fix: Some((text.into(), sure)),
            ..fault
        })
    }
}

fn report(event: &Event<'_, '_>, name: Name, item: Item<'_, '_>, fault: Fault, out: &mut Findings) {
    let at = item.pointer_from(event.root().place());
    let fix = fault.fix.map(|(text, sure)| {
        let title = "write the address as the browser has it";
        match sure {
            true => Fix::safe(title),
            false => Fix::needs_consent(title),
        }
        .replace_text(at, &text)
    });
    let finding = out.at(item, format!("{name} {}", fault.what));
    finding.certainty(fault.certainty).fix_if(fix);
    if name == Name::ReferrerUrl {
        finding.severity(Severity::Info);
    }
}

/// Whether `{{…}}` or `${…}` stands in a text.
fn has_template(text: &str) -> bool {
    let opened = text.find("{{").or_else(|| text.find("${"));
    opened.is_some_and(|at| text[at..].contains('}'))
}

fn fault(event: &Event<'_, '_>, name: Name, text: &str) -> Option<Fault> {
    let trimmed = text.trim();
    match Shape::of(trimmed) {
        Shape::Redacted => return None,
        _ if digest::is_raw_template(trimmed) => {
            return Fault::new("is a template that nobody filled in");
        }
        _ if digest::is_nothing_word(trimmed) => {
            return Fault::new("is a word that stands for nothing");
        }
        // Browsers write braces in a path as %7B; in a query they may stand.
        _ if has_template(trimmed.split(['?', '#']).next().unwrap_or_default()) => {
            return Fault::new("holds a template that nobody filled in");
        }
        _ => {}
    }
    let bare = trimmed.trim_matches(['"', '\'']);
    if bare.len() < text.len() {
        return Fault::mended("has white space or quotes around it", bare, true);
    }
    // Escapes of HTML: no page has parameters that begin with `amp;`.
    let unescaped = ["&amp;", "&#38;", "&#038;", "&#x26;"]
        .iter()
        .fold(text.to_owned(), |text, escape| text.replace(escape, "&"));
    if unescaped != text {
        return Fault::mended("has & in the spelling of HTML", unescaped, true);
    }
    let is_encoded = |start: &str| {
        text.get(..start.len())
            .is_some_and(|s| s.eq_ignore_ascii_case(start))
    };
    if is_encoded("https%3a%2f%2f") || is_encoded("http%3a%2f%2f") {
        return Fault::mended("is encoded as a whole", decoded(text, false), true);
    }
    let url = WebAddress::of(text);
    if url.scheme.is_none() {
        return without_scheme(text, &url);
    }
    if !url.is_web() {
        return of_other_scheme(event, name, &url);
    }
    if url.host.is_empty() {
        return Fault::new("has no host");
    }
    if is_sample(url.host) {
        return Fault::new("is of the sample shop in Meta's documentation");
    }
    of_host(url.host).or_else(|| of_path(&url))
}

/// The shop that Meta's samples sell for (https://developers.facebook.com/documentation/ads-commerce/conversions-api/using-the-api).
fn is_sample(host: &str) -> bool {
    let host = host.strip_prefix("www.").unwrap_or(host);
    host.eq_ignore_ascii_case("jaspers-market.com")
}

/// An address that does not begin with `https:`.
fn without_scheme(text: &str, url: &WebAddress<'_>) -> Option<Fault> {
    if let Some(rest) = text.strip_prefix("//") {
        let is_known = is_public_name(url.host) && !rest.is_empty();
        let what = "begins with two slashes, without http or https";
        return match is_known {
            true => Fault::mended(what, format!("https:{text}"), true),
            false => Fault::new(what),
        };
    }
    let host = text.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    if text.starts_with(['/', '?', '#', '.']) || host.is_empty() {
        return Fault::new("is a path without its host");
    }
    if is_public_name(host) {
        return Fault::mended(
            "has neither http nor https",
            format!("https://{text}"),
            true,
        );
    }
    if is_name(host) && host.contains('.') {
        return Fault::mended(
            "has neither http nor https",
            format!("https://{text}"),
            false,
        );
    }
    Fault::new("is not the address of a page")
}

fn of_other_scheme(event: &Event<'_, '_>, name: Name, url: &WebAddress<'_>) -> Option<Fault> {
    let scheme = url.scheme.unwrap_or_default().to_ascii_lowercase();
    match scheme.as_str() {
        "file" => Fault::new("is a file on somebody's disk"),
        "about" => Fault::new("is an empty page"),
        "data" | "blob" | "javascript" | "mailto" | "tel" => Fault::new("is no page but data"),
        "chrome-extension" | "moz-extension" | "safari-extension" | "safari-web-extension" => {
            Fault::new("is a page of a browser's extension")
        }
        // Apps link to their own pages, and Android's browsers name the app that led to a page.
        _ if event.action_source() == Some("app") || name == Name::ReferrerUrl => None,
        _ => Fault::new("has another scheme than http and https"),
    }
}

fn of_host(host: &str) -> Option<Fault> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return network::range_of(address)
            .and_then(|_| Fault::new("leads to an address that is not of the internet"));
    }
    let name = host.trim_end_matches('.');
    if name.eq_ignore_ascii_case("localhost") || is_odd_ending(name) {
        return Fault::new("leads to somebody's own machine or network");
    }
    if digest::is_nothing_word(name) || !name.contains('.') {
        return Fault::new("has a host that is no name of the internet");
    }
    // Names in other scripts are as good.
    let is_odd = |c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && !"-._".contains(c);
    if name.contains(is_odd) || name.contains("..") || name.starts_with('.') {
        return Fault::new("has a host that is no name of the internet");
    }
    None
}

/// Paths that servers call and people do not.
fn of_path(url: &WebAddress<'_>) -> Option<Fault> {
    const WHAT: &str = "looks like the address of an interface, not of a page";
    let path = url.path().to_ascii_lowercase();
    let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
    const CALLED: [&str; 6] = [
        "webhook",
        "webhooks",
        "graphql",
        "wp-json",
        "admin-ajax.php",
        "wc-api",
    ];
    const OF_API: [&str; 14] = [
        "capi",
        "track",
        "tracking",
        "event",
        "events",
        "order",
        "orders",
        "checkout",
        "cart",
        "purchase",
        "conversion",
        "conversions",
        "facebook",
        "meta",
    ];
    let is_version = |step: &str| {
        step.strip_prefix('v').is_some_and(|rest| {
            !rest.is_empty()
                && rest.len() <= 3
                && rest.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        })
    };
    let of_api = steps
        .windows(2)
        .any(|pair| pair[0] == "api" && (is_version(pair[1]) || OF_API.contains(&pair[1])));
    let of_host = url.host.to_ascii_lowercase().starts_with("api.") && !steps.is_empty();
    // A page about webhooks is written in a handbook, below other steps.
    let is_called = steps.iter().take(2).any(|step| CALLED.contains(step)) && !of_handbook(&steps);
    let is_ajax = url
        .parameters()
        .any(|parameter| parameter.name == "wc-ajax");
    if (of_api || of_host || is_called) && !of_handbook(&steps) || is_ajax {
        return Fault::heuristic(WHAT);
    }
    None
}

fn of_handbook(steps: &[&str]) -> bool {
    const WORDS: [&str; 8] = [
        "docs",
        "doc",
        "documentation",
        "help",
        "blog",
        "guides",
        "learn",
        "developers",
    ];
    steps.iter().any(|step| WORDS.contains(step))
}

fn is_name(host: &str) -> bool {
    !host.is_empty()
        && host.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
}

/// Endings under which everybody may have a name, beside those of countries.
const ENDINGS: [&str; 22] = [
    "com", "net", "org", "info", "biz", "shop", "store", "online", "site", "app", "dev", "club",
    "xyz", "tech", "live", "life", "world", "design", "studio", "agency", "cloud", "eu",
];

/// Ends of countries' names that are also those of files.
const OF_FILES: [&str; 12] = [
    "pl", "py", "sh", "rs", "md", "ps", "cc", "so", "ai", "mo", "ml", "la",
];

/// Whether a text without a scheme is certainly the name of a host.
fn is_public_name(host: &str) -> bool {
    let lower = host.to_ascii_lowercase();
    let Some((first, last)) = lower.rsplit_once('.') else {
        return false;
    };
    let of_country = last == "uk" || crate::values::places::is_code(last);
    let has_more = first.contains('.');
    is_name(&lower)
        && !lower.starts_with("api.")
        && (ENDINGS.contains(&last) || (of_country && (has_more || !OF_FILES.contains(&last))))
        && !lower.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}
