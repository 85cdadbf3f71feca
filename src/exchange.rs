//! The exchange with Meta that a log tells of around a payload: where the request went, and
//! whether an event lies beside the answer.
//!
//! Checks of whole records run on every line of a log. [`Record::is_bare`] settles them on what most
//! lines are, a body or an event and nothing else.

use std::ops::Range;

use memchr::memmem::Finder;
use once_cell::sync::Lazy;

use crate::event::{Payloads, Record};
use crate::json::{Item, Tape};
use crate::values::name::Name;

/// The places of the events in a text, as [`Payloads`] finds them.
pub fn events_of(tape: &Tape<'_>) -> Vec<u32> {
    let mut found = Payloads::default();
    found.find(tape);
    let lists = found.list().iter().map(|payload| found.events(payload));
    lists.flatten().copied().collect()
}

static EVENT_NAME: Lazy<Finder<'static>> = Lazy::new(|| Finder::new("event_name"));

/// Whether `event_name` stands in the text as a key, however often the JSON around it was escaped;
/// a message about a missing event_name does not count.
pub fn names_event(text: &str) -> bool {
    EVENT_NAME.find_iter(text.as_bytes()).any(|at| {
        let rest = text[at + "event_name".len()..].trim_start_matches('\\');
        let quoted = rest.strip_prefix('"').or_else(|| rest.strip_prefix('\''));
        let quoted = quoted.or_else(|| rest.strip_prefix("&quot;"));
        let quoted = quoted.or_else(|| rest.strip_prefix("x22"));
        quoted.is_some_and(|rest| rest.trim_start().starts_with([':', '=']))
            || rest.starts_with("%22%3A")
            || rest.starts_with("%22:")
    })
}

/// Whether an event lies in a value: as an object, or as text that a logger escaped.
pub fn holds_event(item: Item<'_, '_>) -> bool {
    item.descendants()
        .any(|inner| inner.name() == Some(Name::EventName) || inner.text().is_some_and(names_event))
}

/// An address of the Conversions API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint<'a> {
    /// The address in the text in which it was found.
    pub range: Range<usize>,
    /// Whether it begins with `http://`.
    pub in_clear: bool,
    /// The version of the Graph API, when there is one.
    pub version: Option<u32>,
    /// What stands where the id of the dataset belongs.
    pub dataset: &'a str,
    /// What follows the `?`.
    pub query: &'a str,
}

const HOST: &str = "graph.facebook.com";

static GRAPH: Lazy<Finder<'static>> = Lazy::new(|| Finder::new(HOST));

static EVENTS: Lazy<Finder<'static>> = Lazy::new(|| Finder::new("/events"));
static ESCAPED_EVENTS: Lazy<Finder<'static>> = Lazy::new(|| Finder::new("\\/events"));

/// Where the step of the events edge stands in a text, whatever stands around it.
pub fn edges(text: &str) -> impl Iterator<Item = usize> {
    EVENTS.find_iter(text.as_bytes())
}

/// The addresses of the Conversions API in a text. A path without a host counts when `relative`
/// allows it and it has a version and an id as long as Meta's, or a placeholder.
pub fn endpoints(text: &str, relative: bool) -> impl Iterator<Item = Endpoint<'_>> {
    EVENTS
        .find_iter(text.as_bytes())
        .filter_map(move |at| endpoint(text, at, relative))
}

/// The edge to which the first address of the Graph API in a text leads: the last step of its path,
/// unless that is the version.
pub fn edge(text: &str) -> Option<&str> {
    let mut hosts = GRAPH.find_iter(text.as_bytes());
    let path = hosts.find_map(|at| text[at + HOST.len()..].strip_prefix('/'))?;
    let ends = |c: char| ends_address(c) || matches!(c, '?' | '#' | ')');
    let path = path.split(ends).next().unwrap_or_default();
    let last = path.split('/').rfind(|step| !step.is_empty())?;
    version_of(last).is_none().then_some(last)
}

/// Whether the address of a request to the events edge has a `test_event_code`.
pub fn asks_for_test(text: &str) -> bool {
    EVENTS.find_iter(text.as_bytes()).any(|at| {
        let query = query(&text[at + "/events".len()..]);
        query.split('&').any(|field| {
            let code = field.strip_prefix("test_event_code=");
            code.is_some_and(|code| code.starts_with(|c: char| c.is_ascii_alphanumeric()))
        })
    })
}

/// What follows the `?` behind a path.
fn query(behind: &str) -> &str {
    behind.strip_prefix('?').map_or("", |query| {
        let end = query.find(ends_address).unwrap_or(query.len());
        &query[..end]
    })
}

fn ends_address(c: char) -> bool {
    c.is_whitespace() || "\"'`\\,|".contains(c)
}

fn endpoint(text: &str, at: usize, relative: bool) -> Option<Endpoint<'_>> {
    let behind = &text[at + "/events".len()..];
    if behind.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/')) {
        return None;
    }
    let query = query(behind);
    let end = at + "/events".len() + if query.is_empty() { 0 } else { 1 + query.len() };
    let start = text[..at].rfind(ends_address).map_or(0, |space| {
        space + text[space..].chars().next().map_or(1, char::len_utf8)
    });
    let (head, dataset) = text[start..at].rsplit_once('/')?;
    let (rest, version) = match head.rsplit_once('/') {
        Some((rest, last)) => match version_of(last) {
            Some(version) => (rest, Some(version)),
            None => (head, None),
        },
        None => (head, None),
    };
    let scheme = |scheme: &str| rest.rfind(scheme).filter(|&at| rest[at..].ends_with(HOST));
    let is_full = rest.ends_with(HOST);
    if !is_full {
        let long = dataset.len() >= 10 && dataset.bytes().all(|b| b.is_ascii_digit());
        if !relative || !rest.is_empty() || version.is_none() || !(long || is_placeholder(dataset))
        {
            return None;
        }
    }
    let from = scheme("https://")
        .or_else(|| scheme("http://"))
        .unwrap_or(0);
    Some(Endpoint {
        range: start + from..end,
        in_clear: scheme("http://").is_some(),
        version,
        dataset,
        query,
    })
}

/// The number in `v21.0`.
fn version_of(step: &str) -> Option<u32> {
    step.strip_prefix('v')?.strip_suffix(".0")?.parse().ok()
}

/// Whether something that is no id stands where the id of a dataset belongs: a template that
/// nobody filled in, a word of the documentation, digits counted up.
pub fn is_placeholder(dataset: &str) -> bool {
    let bare = dataset.trim_matches(|c: char| "<>{}[]$%:".contains(c));
    if bare.len() < dataset.len() {
        return true;
    }
    if dataset.bytes().all(|byte| byte.is_ascii_digit()) {
        let digits = dataset.as_bytes();
        let counted = digits
            .windows(2)
            .all(|two| (two[0] - b'0' + 1) % 10 == two[1] - b'0');
        let same = digits.windows(2).all(|two| two[0] == two[1]);
        return digits.len() >= 6 && (counted || same);
    }
    let word: String = dataset
        .chars()
        .filter(char::is_ascii_alphabetic)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let is_word = dataset
        .bytes()
        .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-'));
    is_word
        && (word.starts_with("YOUR")
            || matches!(
                word.as_str(),
                "PIXELID"
                    | "DATASETID"
                    | "FBPIXELID"
                    | "FACEBOOKPIXELID"
                    | "METAPIXELID"
                    | "ADSPIXELID"
                    | "UNDEFINED"
                    | "NULL"
                    | "NONE"
                    | "NAN"
            ))
}

/// An address of the Conversions API in a record, and the string that holds it; `None` in text that
/// is no JSON.
pub struct Found<'t, 'a> {
    /// The string.
    pub item: Option<Item<'t, 'a>>,
    /// The address in it, or in the text of the record.
    pub endpoint: Endpoint<'a>,
}

/// The addresses of the Conversions API to which a record says that something was sent. Templates
/// of routes, which access logs keep beside the real path, are passed over. Several rules ask: they
/// are looked for once.
pub fn sent_to<'r, 't, 'a>(record: &'r Record<'t, 'a>) -> &'r [Found<'t, 'a>] {
    if record.is_bare {
        return &[];
    }
    record.sent_to.get_or_init(|| find_sent_to(record))
}

fn find_sent_to<'t, 'a>(record: &Record<'t, 'a>) -> Vec<Found<'t, 'a>> {
    // JSON may write the slash as `\/`.
    let text = record.text.as_bytes();
    if EVENTS.find(text).is_none() && ESCAPED_EVENTS.find(text).is_none() {
        return Vec::new();
    }
    if record.tape.is_none() {
        return endpoints(record.text, true)
            .map(|endpoint| Found {
                item: None,
                endpoint,
            })
            .collect();
    }
    let mut found = Vec::new();
    for item in record.enveloped().flat_map(Item::descendants) {
        let Some(text) = item.text() else { continue };
        if EVENTS.find(text.as_bytes()).is_none() || is_route(item.key()) {
            continue;
        }
        let relative = is_address(item.key());
        found.extend(endpoints(text, relative).map(|endpoint| Found {
            item: Some(item),
            endpoint,
        }));
    }
    found
}

/// Whether an object of a record is what was sent to the Conversions API: an address of it stands
/// around the text, or in an object around this one, and no key says that it is the answer. What
/// stands beside a question (`GET`) is the answer to it, whatever its key.
pub fn is_sent_there(record: &Record<'_, '_>, object: Item<'_, '_>) -> bool {
    let above = || std::iter::successors(Some(object), |item| item.parent());
    if above().any(|item| is_answer(item.key()) || names_other_method(item)) {
        return false;
    }
    record.is_sent
        || sent_to(record).iter().any(|found| {
            let beside = found.item.and_then(Item::parent).map(Item::place);
            let is_around =
                || beside.is_some_and(|beside| above().skip(1).any(|item| item.place() == beside));
            // `GET /v25.0/738291045566120/events` is one line in access logs.
            let line = found.item.and_then(Item::text).unwrap_or_default();
            let before = line.get(..found.endpoint.range.start).unwrap_or_default();
            let method = before.split_whitespace().next_back();
            is_around() && !method.is_some_and(is_other_method)
        })
}

/// A body without an event that a record shows as text.
#[derive(Debug)]
pub struct TextBody {
    place: u32,
    /// What stands under `data` in it.
    pub data: serde_json::Value,
}

/// The bodies without an event that a record shows as text, where they were sent to the Conversions
/// API. Several rules ask: they are looked for once.
pub fn texts_sent_there<'r, 't, 'a>(
    record: &'r Record<'t, 'a>,
) -> impl Iterator<Item = (Item<'t, 'a>, &'r serde_json::Value)> {
    // In a text inside JSON the quotes are escaped.
    let tape = record.tape.filter(|_| !record.is_bare);
    let found = tape.map(|tape| (tape, record.texts.get_or_init(|| text_bodies(record))));
    found.into_iter().flat_map(|(tape, bodies)| {
        bodies
            .iter()
            .map(move |body| (tape.at(body.place), &body.data))
    })
}

static ESCAPED_DATA: Lazy<Finder<'static>> = Lazy::new(|| Finder::new(r#"\"data\""#));

fn text_bodies(record: &Record<'_, '_>) -> Vec<TextBody> {
    if ESCAPED_DATA.find(record.text.as_bytes()).is_none() {
        return Vec::new();
    }
    let items = record.enveloped().flat_map(Item::descendants);
    let found = items.filter_map(|item| {
        let text = item.text()?.trim();
        let is_small = text.starts_with('{') && text.len() < 2_000;
        if !is_small || !is_body(item.key()) || names_event(text) {
            return None;
        }
        let mut body: serde_json::Value = serde_json::from_str(text).ok()?;
        let data = body.get_mut("data")?.take();
        is_sent_there(record, item).then(|| TextBody {
            place: item.place(),
            data,
        })
    });
    found.collect()
}

/// Whether a body may as well be the answer: where the status of one stands around it and no method,
/// nobody can tell.
pub fn may_be_answer(body: Item<'_, '_>) -> bool {
    let has = |object: Item<'_, '_>, words: &[&str]| {
        object.children().any(|member| {
            let key = member.key().to_ascii_lowercase();
            words.iter().any(|word| key.ends_with(word))
        })
    };
    let mut above = std::iter::successors(body.parent(), |item| item.parent());
    let call = above.find(|object| has(*object, &["status", "statuscode", "status_code"]));
    call.is_some_and(|call| !has(call, &["method", "verb"]))
}

/// Whether a word is a type of the errors of the Graph API, which other services do not use.
pub fn is_error_of_meta(kind: &str) -> bool {
    const TYPES: [&str; 3] = [
        "OAuthException",
        "GraphMethodException",
        "FacebookApiException",
    ];
    TYPES.contains(&kind)
}

/// Whether a key speaks of the body of a request.
fn is_body(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["body", "data", "payload", "text", "json"]
        .iter()
        .any(|word| key.ends_with(word))
}

/// Whether an object names a method that sends no events.
pub(crate) fn names_other_method(object: Item<'_, '_>) -> bool {
    let is_method = |key: &str| {
        key.eq_ignore_ascii_case("verb")
            || key
                .get(key.len().saturating_sub("method".len())..)
                .is_some_and(|end| end.eq_ignore_ascii_case("method"))
    };
    object.is_object()
        && object
            .children()
            .filter(|member| is_method(member.key()))
            .any(|member| member.text().is_some_and(is_other_method))
}

/// Whether a line puts another method than POST in front of the address in which the dataset stands;
/// `dataset` is a part of `line`.
pub fn asks(line: &str, dataset: &str) -> bool {
    let at = dataset.as_ptr() as usize - line.as_ptr() as usize;
    let before = line.get(..at).unwrap_or_default();
    let mut words = before.split_ascii_whitespace().rev();
    // The address itself comes first.
    words
        .nth(1)
        .is_some_and(|word| is_other_method(word.trim_matches(|c: char| !c.is_ascii_alphabetic())))
}

/// Methods of HTTP but for POST, which alone sends events.
fn is_other_method(word: &str) -> bool {
    ["GET", "HEAD", "DELETE", "OPTIONS", "PUT", "PATCH"]
        .iter()
        .any(|method| word.trim().eq_ignore_ascii_case(method))
}

/// Whether a key says that its value is an answer.
pub(crate) fn is_answer(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["resp", "answer", "result", "reply", "received", "output"]
        .iter()
        .any(|word| key.contains(word))
}

fn is_route(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["route", "template", "pattern"]
        .iter()
        .any(|word| key.contains(word))
}

fn is_address(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    [
        "url",
        "uri",
        "path",
        "endpoint",
        "target",
        "request",
        "request_line",
    ]
    .iter()
    .any(|word| key.ends_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let one = |text, relative| endpoints(text, relative).next();
        let full = one(
            "https://graph.facebook.com/v21.0/4429110385/events?access_token=x",
            false,
        );
        let full = full.unwrap();
        assert_eq!(
            (full.version, full.dataset, full.query),
            (Some(21), "4429110385", "access_token=x")
        );
        assert!(!full.in_clear);
        let plain = one("sent to http://graph.facebook.com/77/events, then", false).unwrap();
        assert_eq!(
            (plain.version, plain.dataset, plain.in_clear),
            (None, "77", true)
        );
        assert_eq!(plain.range, 8..43);
        let line = one("POST /v8.0/4429110385/events HTTP/1.1", true).unwrap();
        assert_eq!((line.version, line.dataset), (Some(8), "4429110385"));
        assert_eq!(
            one("/v8.0/<PIXEL_ID>/events", true).unwrap().dataset,
            "<PIXEL_ID>"
        );
        for other in [
            "https://shop.example.com/events",
            "https://api.shop.example.com/v8.0/4429110385/events",
            "/v2.0/77/events",
            "https://graph.facebook.com/v21.0/4429110385/eventsmanager",
        ] {
            assert_eq!(one(other, true), None, "{other}");
        }
        assert_eq!(one("/v8.0/4429110385/events", false), None);
    }

    #[test]
    fn edges_and_test_codes_are_read_from_addresses() {
        for (text, leads_to) in [
            (
                "https://graph.facebook.com/v21.0/77/events?access_token=x",
                Some("events"),
            ),
            (
                "GET https://graph.facebook.com/v21.0/me/accounts, then",
                Some("accounts"),
            ),
            ("https://graph.facebook.com/v21.0/", None),
            ("https://graph.facebook.com/77", Some("77")),
            ("https://shop.example.com/events", None),
        ] {
            assert_eq!(edge(text), leads_to, "{text}");
        }
        for (text, asks) in [
            (
                "https://graph.facebook.com/v21.0/77/events?a=b&test_event_code=TEST1",
                true,
            ),
            (
                "https://capi.shop.example/77/events?test_event_code=TEST1 200",
                true,
            ),
            (
                "https://graph.facebook.com/v21.0/77/events?test_event_code=",
                false,
            ),
            (
                "https://graph.facebook.com/v21.0/77/events?a=b test_event_code=TEST1",
                false,
            ),
            (
                "https://graph.facebook.com/v21.0/77/events/?x=test_event_code=T",
                false,
            ),
        ] {
            assert_eq!(asks_for_test(text), asks, "{text}");
        }
    }

    #[test]
    fn placeholders_are_told_from_ids() {
        for dataset in [
            "<PIXEL_ID>",
            "{pixel_id}",
            "${PIXEL}",
            "YOUR_PIXEL_ID",
            "your-dataset-id",
            "PIXEL_ID",
            "1234567890",
            "123456789012345",
            "000000",
            "undefined",
            ":id",
        ] {
            assert!(is_placeholder(dataset), "{dataset}");
        }
        for dataset in [
            "4429110385",
            "123",
            "1234",
            "834512398761234",
            "me",
            "act_12",
        ] {
            assert!(!is_placeholder(dataset), "{dataset}");
        }
    }

    #[test]
    fn a_key_is_told_from_a_mention() {
        for text in [
            r#"{"event_name":"Lead"}"#,
            r#"{\"event_name\": \"Lead\"}"#,
            r#"{\\\"event_name\\\":1}"#,
            "data=%5B%7B%22event_name%22%3A%22Lead",
            "{'event_name': 'Lead'}",
            r"{\x22event_name\x22:1}",
        ] {
            assert!(names_event(text), "{text}");
        }
        for text in [
            "the event_name is missing",
            "\"event_name\" is missing",
            "event_name",
        ] {
            assert!(!names_event(text), "{text}");
        }
    }
}
