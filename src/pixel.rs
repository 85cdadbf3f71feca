//! What the browser sent: requests of Meta's pixel out of a capture.
//!
//! A capture is a HAR file, or lines: a JSON object with a URL (and a body), a URL, or any text with
//! a URL in it. Several pixels on one page, first-party proxies and long requests sent as forms are
//! read alike. The parameters are not documented by Meta; they are those that fbevents.js sends.

pub mod index;
pub mod pairs;

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};

use serde::Deserialize;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use url::Url;

use crate::values::name::Name;

pub use index::Index;
pub use pairs::{Pairing, Pairs};

/// One event that a browser sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hit {
    /// The pixel's id, which is that of the dataset.
    pub dataset: String,
    /// `ev`: the event_name.
    pub name: String,
    /// `eid`: what `event_id` has to equal.
    pub event_id: Option<String>,
    /// An id that stands among the custom data, where Meta does not look for it.
    pub misplaced_id: Option<String>,
    /// The page, from `dl`.
    pub page: Option<String>,
    /// When it was sent, in Unix milliseconds: of the capture, else of the browser.
    pub time: Option<i64>,
    /// `fbp`: the browser's id.
    pub fbp: Option<String>,
    /// `fbc`: the click id.
    pub fbc: Option<String>,
    /// `cd[order_id]`.
    pub order_id: Option<String>,
    /// `cd[value]`, as it was written.
    pub value: Option<String>,
    /// `cd[currency]`.
    pub currency: Option<String>,
    /// The ids in `cd[content_ids]` and `cd[contents]`, sorted, each once.
    pub content_ids: Vec<String>,
    /// `ud[…]`: identifiers that the pixel normalised and hashed for itself.
    pub identity: Vec<(Name, String)>,
    /// An image in a page without scripts: it never has an id.
    pub is_image: bool,
    /// Where it stands: a line, or for HAR the number of the entry, from 1.
    pub line: u64,
}

impl Hit {
    /// When it was sent, in Unix seconds.
    pub fn seconds(&self) -> Option<i64> {
        self.time.map(|time| time.div_euclid(1000))
    }
}

/// What was read of a capture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Capture {
    pub hits: Vec<Hit>,
    /// Requests that are none of the pixel's.
    pub other_requests: u64,
    /// Events that the pixel sends by itself, and copies of hits: left out.
    pub automatic: u64,
    /// Lines without a request.
    pub other_lines: u64,
}

/// Events that the pixel makes by itself, which no server sends.
const AUTOMATIC: [&str; 3] = [
    "SubscribedButtonClick",
    "Microdata",
    "SubscribedButtonClickV2",
];
/// A longer line is no request.
const LONGEST_LINE: u64 = 64 << 20;

/// Reads a capture.
///
/// # Errors
/// Of the source; and [`io::ErrorKind::InvalidData`] when a HAR file ends too early. What came
/// before is lost then: a half capture would give half a coverage.
pub fn read(source: impl Read) -> io::Result<Capture> {
    let mut source = BufReader::with_capacity(1 << 16, source);
    let mut head = Vec::new();
    source.by_ref().take(4096).read_to_end(&mut head)?;
    if begins_with(&head, "\"constants\"") {
        // One request is many events there, and each names its URL again.
        let message = "this is a NetLog of Chrome, which is not read: record the visit in the \
                       Network tab of the developer tools and export a HAR file";
        return Err(io::Error::other(message));
    }
    let is_har = begins_with(&head, "\"log\"");
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    let source = head.chain(source);
    let mut capture = Capture::default();
    if is_har {
        read_har(source, &mut capture)?;
    } else {
        read_lines(source, &mut capture)?;
    }
    Ok(capture)
}

/// Whether a text is an object with this first key, as in `{ "log": {`, with the white space that
/// browsers put in.
fn begins_with(head: &[u8], key: &str) -> bool {
    let text = String::from_utf8_lossy(head);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).trim_start();
    let Some(rest) = text.strip_prefix('{') else {
        return false;
    };
    let rest = rest.trim_start();
    rest.strip_prefix(key)
        .is_some_and(|rest| rest.trim_start().starts_with(':'))
}

fn read_lines(source: impl Read, capture: &mut Capture) -> io::Result<()> {
    let mut source = BufReader::new(source);
    let (mut line, mut number) = (Vec::new(), 0);
    loop {
        line.clear();
        if source
            .by_ref()
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line)?
            == 0
        {
            return Ok(());
        }
        number += 1;
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        // A logger may have put something in front of the object.
        let object = text.find('{').and_then(|at| {
            let values = serde_json::Deserializer::from_str(&text[at..]).into_iter();
            { values }.next()?.ok()
        });
        let mut requests = object.as_ref().map_or(Vec::new(), requests_of);
        if requests.is_empty() {
            requests = requests_in(text);
        }
        if requests.is_empty() {
            capture.other_lines += 1;
        }
        for request in requests {
            take(&request, number, capture);
        }
    }
}

/// A request of a browser.
#[derive(Debug, Default)]
struct Request {
    url: String,
    body: String,
    /// Parameters of a body that the capture took apart.
    params: Vec<(String, String)>,
    mime: String,
    time: Option<i64>,
}

impl Request {
    fn of_url(url: &str) -> Request {
        Request {
            url: url.to_owned(),
            ..Request::default()
        }
    }
}

/// The request that a line of JSON tells of: the object that has a URL, or its member `request`.
fn requests_of(value: &serde_json::Value) -> Vec<Request> {
    let text = |value: &serde_json::Value, names: &[&str]| {
        names
            .iter()
            .find_map(|name| value.get(name)?.as_str())
            .map(str::to_owned)
    };
    let inner = value.get("request").filter(|inner| inner.is_object());
    let object = inner.unwrap_or(value);
    let Some(url) = text(object, &["url", "requestUrl", "request_url", "documentURL"]) else {
        return Vec::new();
    };
    let posted = object.get("postData");
    let body = text(object, &["postData", "body", "post_data"])
        .or_else(|| text(posted?, &["text"]))
        .unwrap_or_default();
    let times = ["ts", "timestamp", "time", "wallTime", "startedDateTime"];
    let time = times
        .iter()
        .find_map(|name| time_of(value.get(name).or_else(|| object.get(name))?));
    let mime = posted.and_then(|posted| text(posted, &["mimeType"]));
    let params = posted.and_then(|posted| posted.get("params")?.as_array());
    let params = params.into_iter().flatten();
    vec![Request {
        url,
        body,
        params: params
            .filter_map(|param| Some((text(param, &["name"])?, text(param, &["value"])?)))
            .collect(),
        mime: mime.unwrap_or_default(),
        time,
    }]
}

/// A moment in Unix milliseconds, out of seconds, milliseconds, microseconds or RFC 3339.
fn time_of(value: &serde_json::Value) -> Option<i64> {
    if let Some(text) = value.as_str() {
        let time = text.parse::<jiff::Timestamp>().ok();
        return time
            .map(|time| time.as_millisecond())
            .or_else(|| milliseconds(text.parse().ok()?));
    }
    milliseconds(value.as_f64()?)
}

fn milliseconds(number: f64) -> Option<i64> {
    const YEAR_2005: f64 = 1.1e9;
    Some(match number {
        number if number < YEAR_2005 => return None,
        number if number < 1e11 => (number * 1e3) as i64,
        number if number < 1e14 => number as i64,
        number if number < 1e17 => (number / 1e3) as i64,
        number if number < 1e20 => (number / 1e6) as i64,
        _ => return None,
    })
}

/// Stands for the host of a request that a server wrote down without it.
const ANY_HOST: &str = "https://host.invalid";

/// The requests in a line of text: URLs, with a host or without, each with the form behind it.
fn requests_in(text: &str) -> Vec<Request> {
    let mut requests: Vec<Request> = Vec::new();
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>');
    for word in text.split(ends) {
        let scheme = ["https://", "http://"];
        let is_event = |form: &str| {
            let has = |name: &str| form.split('&').any(|pair| pair.starts_with(name));
            has("id=") && has("ev=")
        };
        if let Some(at) = scheme.iter().filter_map(|scheme| word.find(scheme)).min() {
            requests.push(Request::of_url(&word[at..]));
        } else if let Some((place, query)) = word.split_once('?')
            && is_event(query)
        {
            let host = if place.starts_with('/') {
                ANY_HOST
            } else {
                "https://"
            };
            requests.push(Request::of_url(&format!("{host}{word}")));
        } else if is_event(word) {
            match requests.last_mut() {
                Some(last) if last.body.is_empty() => last.body = word.to_owned(),
                _ => requests.push(Request {
                    body: word.to_owned(),
                    ..Request::of_url(ANY_HOST)
                }),
            }
        }
    }
    requests
}

/// Adds the event of a request, if it is one of the pixel's.
fn take(request: &Request, line: u64, capture: &mut Capture) {
    let Ok(url) = Url::parse(&request.url) else {
        capture.other_requests += 1;
        return;
    };
    let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let of_url = pairs.len();
    body_pairs(&request.body, &request.mime, &mut pairs);
    if pairs.len() == of_url {
        // Some browsers take a form apart and leave its escapes.
        let is_escaped =
            |(name, _): &(String, String)| name.contains("%5B") || name.contains("%5b");
        if request.params.iter().any(is_escaped) {
            let form = request
                .params
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            let form = form.collect::<Vec<_>>().join("&");
            pairs.extend(url::form_urlencoded::parse(form.as_bytes()).into_owned());
        } else {
            pairs.extend(request.params.iter().cloned());
        }
    }
    // The last of two equal names, as servers have it.
    let params: BTreeMap<&str, &str> = pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let digits = |id: &&&str| id.len() >= 5 && id.bytes().all(|byte| byte.is_ascii_digit());
    let (Some(id), Some(name)) = (params.get("id").filter(digits), params.get("ev")) else {
        capture.other_requests += 1;
        return;
    };
    let copy = url.path().contains("privacy_sandbox");
    if AUTOMATIC.contains(name) || copy {
        capture.automatic += 1;
        return;
    }
    let get = |name: &str| {
        let value = params.get(name).map(|value| value.trim());
        value.filter(|value| !value.is_empty()).map(str::to_owned)
    };
    let custom = |names: &[&str]| names.iter().find_map(|name| get(&format!("cd[{name}]")));
    let time = request
        .time
        .or_else(|| milliseconds(params.get("ts")?.parse().ok()?));
    capture.hits.push(Hit {
        dataset: (*id).to_owned(),
        name: (*name).to_owned(),
        event_id: get("eid"),
        misplaced_id: custom(&["event_id", "eventID", "eventId", "eid"]),
        page: get("dl"),
        time,
        fbp: get("fbp"),
        fbc: get("fbc"),
        order_id: custom(&["order_id", "transaction_id", "orderId"]),
        value: custom(&["value"]),
        currency: custom(&["currency"]),
        content_ids: content_ids(&custom(&["content_ids"]), &custom(&["contents"])),
        identity: identity(&params),
        is_image: params.get("noscript") == Some(&"1"),
        line,
    });
}

/// The identifiers of a request: `ud[em]`; `udff[em]` and `aud[em]` are those that the pixel took
/// from forms by itself.
fn identity(params: &BTreeMap<&str, &str>) -> Vec<(Name, String)> {
    let mut found: Vec<(Name, String)> = Vec::new();
    for family in ["ud", "udff", "aud"] {
        for (key, value) in params {
            let Some(key) = key
                .strip_prefix(family)
                .and_then(|rest| rest.strip_prefix('[')?.strip_suffix(']'))
            else {
                continue;
            };
            let name = match key {
                "cn" => Some(Name::Country),
                key => Name::of(key).filter(|name| name.hashing().is_some()),
            };
            let (Some(name), value) = (name, value.trim()) else {
                continue;
            };
            if !value.is_empty() && !found.iter().any(|(known, _)| *known == name) {
                found.push((name, value.to_owned()));
            }
        }
    }
    found.sort();
    found
}

/// Product ids out of the JSON texts of `content_ids` and `contents`.
fn content_ids(ids: &Option<String>, contents: &Option<String>) -> Vec<String> {
    let plain = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let parse = |text: &Option<String>| -> Vec<serde_json::Value> {
        let Some(text) = text else { return Vec::new() };
        match serde_json::from_str(text) {
            Ok(serde_json::Value::Array(list)) => list,
            Ok(one) => vec![one],
            Err(_) => text.split(',').map(|id| id.trim().into()).collect(),
        }
    };
    let mut found: Vec<String> = parse(ids).iter().filter_map(plain).collect();
    if found.is_empty() {
        found = parse(contents)
            .iter()
            .filter_map(|item| plain(item.get("id")?))
            .collect();
    }
    found.sort();
    found.dedup();
    found
}

/// The parameters of a body: a form, or the parts of a multipart message.
fn body_pairs(body: &str, mime: &str, pairs: &mut Vec<(String, String)>) {
    if body.is_empty() {
        return;
    }
    let boundary = mime
        .split("boundary=")
        .nth(1)
        .map(|text| text.trim_matches('"').to_owned())
        .or_else(|| {
            let first = body.lines().next()?.strip_prefix("--")?;
            (!first.is_empty()).then(|| first.trim_end().to_owned())
        });
    let Some(boundary) = boundary else {
        pairs.extend(url::form_urlencoded::parse(body.as_bytes()).into_owned());
        return;
    };
    for part in body.split(&format!("--{boundary}")) {
        let part = part.replace("\r\n", "\n");
        let Some((head, value)) = part.split_once("\n\n") else {
            continue;
        };
        let name = head
            .split("name=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        if let Some(name) = name {
            pairs.push((name.to_owned(), value.trim_end_matches('\n').to_owned()));
        }
    }
}

/// One entry of a HAR file, as far as it is needed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(default)]
    started_date_time: Option<serde_json::Value>,
    request: HarRequest,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HarRequest {
    url: String,
    #[serde(default)]
    post_data: Option<PostData>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PostData {
    mime_type: String,
    text: String,
    params: Vec<Param>,
}

#[derive(Deserialize)]
struct Param {
    name: String,
    #[serde(default)]
    value: String,
}

/// Reads a HAR file entry by entry: the pages and responses beside them are never kept.
fn read_har(source: impl Read, capture: &mut Capture) -> io::Result<()> {
    struct Outer<'c>(&'c mut Capture);
    struct Log<'c>(&'c mut Capture);
    struct Entries<'c>(&'c mut Capture);

    /// Goes into the member `key` of an object and past all others.
    macro_rules! into_member {
        ($outer:ident, $key:literal, $inner:expr) => {
            impl<'de> DeserializeSeed<'de> for $outer<'_> {
                type Value = ();
                fn deserialize<D: serde::Deserializer<'de>>(
                    self,
                    source: D,
                ) -> Result<(), D::Error> {
                    source.deserialize_map(self)
                }
            }
            impl<'de> Visitor<'de> for $outer<'_> {
                type Value = ();
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an object")
                }
                fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
                    while let Some(key) = map.next_key::<String>()? {
                        if key == $key {
                            map.next_value_seed($inner(&mut *self.0))?;
                        } else {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                    Ok(())
                }
            }
        };
    }
    into_member!(Outer, "log", Log);
    into_member!(Log, "entries", Entries);

    impl<'de> DeserializeSeed<'de> for Entries<'_> {
        type Value = ();
        fn deserialize<D: serde::Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
            source.deserialize_seq(self)
        }
    }
    impl<'de> Visitor<'de> for Entries<'_> {
        type Value = ();
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a list of entries")
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
            let mut number = 0;
            while let Some(entry) = list.next_element::<Entry>()? {
                number += 1;
                let posted = entry.request.post_data.unwrap_or_default();
                let request = Request {
                    url: entry.request.url,
                    body: posted.text,
                    params: posted
                        .params
                        .into_iter()
                        .map(|param| (param.name, param.value))
                        .collect(),
                    mime: posted.mime_type,
                    time: entry.started_date_time.as_ref().and_then(time_of),
                };
                take(&request, number, self.0);
            }
            Ok(())
        }
    }

    let mut json = serde_json::Deserializer::from_reader(BufReader::new(source));
    Outer(capture)
        .deserialize(&mut json)
        // The message of the parser could hold a value.
        .map_err(|error| {
            let what = format!(
                "the HAR file is cut off or malformed at line {}",
                error.line()
            );
            io::Error::new(io::ErrorKind::InvalidData, what)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "1a45e38ee20e0a7bb946cc3feb16d3ce47a8de1c5a5d0a6dda15561f70fb0f18";

    fn url() -> String {
        format!(
            "https://www.facebook.com/tr/?id=123456789012345&ev=Purchase&dl=https%3A%2F%2Fshop.example\
             %2Fthanks&eid=order-58213&cd[value]=249.00&cd%5Bcurrency%5D=EUR&cd[content_ids]=%5B%22b\
             %22%2C%22a%22%5D&cd[order_id]=58213&fbp=fb.1.1782390000123.774411908&ud[em]={HASH}&ts=\
             1782399600123&v=2.9.157"
        )
    }

    fn hits(text: &str) -> Vec<Hit> {
        read(text.as_bytes()).unwrap().hits
    }

    fn expected() -> Hit {
        Hit {
            dataset: "123456789012345".into(),
            name: "Purchase".into(),
            event_id: Some("order-58213".into()),
            page: Some("https://shop.example/thanks".into()),
            time: Some(1_782_399_600_123),
            fbp: Some("fb.1.1782390000123.774411908".into()),
            order_id: Some("58213".into()),
            value: Some("249.00".into()),
            currency: Some("EUR".into()),
            content_ids: vec!["a".into(), "b".into()],
            identity: vec![(Name::Em, HASH.into())],
            line: 1,
            ..Hit::default()
        }
    }

    #[test]
    fn a_url_is_read_however_it_lies() {
        let url = url();
        let query = url.split_once('?').unwrap().1;
        for text in [
            url.clone(),
            format!("2026-06-25T15:00:00Z GET {url} 200\n"),
            format!("{{\"url\":\"{url}\",\"method\":\"GET\"}}"),
            format!("{{\"request\":{{\"url\":\"{url}\"}}}}"),
            format!(
                "{{\"ts\":1782399600123,\"url\":\"https://www.facebook.com/tr/\",\"postData\":\"{query}\"}}"
            ),
            format!("https://sst.shop.example/collect/tr?{query}"),
            format!("\u{feff}{url}"),
            format!("POST https://www.facebook.com/tr/ {query}"),
            format!("GET www.facebook.com/tr/?{query}"),
            format!(
                "81.2.69.142 - - [25/Jun/2026:15:00:00 +0000] \"GET /tr/?{query} HTTP/1.1\" 200 44 \"https://shop.example/thanks\" \"Mozilla/5.0\""
            ),
            format!(
                "INFO pixel {{\"url\":\"{}\"}}",
                url.replace('/', "\\/").replace('&', "\\u0026")
            ),
            format!(
                "{{\"url\":\"https://www.facebook.com/tr/\",\"postData\":{{\"params\":{}}}}}",
                params(false)
            ),
        ] {
            assert_eq!(hits(&text), [expected()], "{text}");
        }
    }

    /// The parameters as browsers list them: Chrome leaves their escapes, Firefox does not.
    fn params(are_escaped: bool) -> String {
        let url = url();
        let query = url
            .split_once('?')
            .unwrap()
            .1
            .replace("cd[", "cd%5B")
            .replace("]=", "%5D=");
        let pairs: Vec<serde_json::Value> = match are_escaped {
            true => query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .map(|(name, value)| serde_json::json!({"name": name, "value": value}))
                .collect(),
            false => url::form_urlencoded::parse(query.as_bytes())
                .map(|(name, value)| serde_json::json!({"name": name, "value": value}))
                .collect(),
        };
        serde_json::Value::from(pairs).to_string()
    }

    #[test]
    fn forms_are_read_as_every_browser_writes_them() {
        let query = url().split_once('?').unwrap().1.to_owned();
        for mark in ["", "\u{feff}"] {
            for posted in [
                format!(r#"{{"text":"{query}"}}"#),
                format!(r#"{{"params":{}}}"#, params(false)),
                format!(r#"{{"params":{},"text":"{query}"}}"#, params(true)),
                format!(r#"{{"params":{}}}"#, params(true)),
            ] {
                let har = format!(
                    r#"{mark}{{"log":{{"entries":[{{"request":{{"url":"https://www.facebook.com/tr/","postData":{posted}}}}}]}}}}"#
                );
                assert_eq!(hits(&har), [expected()], "{har}");
            }
        }
    }

    #[test]
    fn har_files_are_read_entry_by_entry() {
        let query = url().split_once('?').unwrap().1.to_owned();
        let multipart: String = url::form_urlencoded::parse(query.as_bytes())
            .map(|(name, value)| {
                format!("------x\\r\\nContent-Disposition: form-data; name=\\\"{name}\\\"\\r\\n\\r\\n{}\\r\\n",
                    value.replace('"', "\\\""))
            })
            .collect();
        let har = format!(
            r#"{{ "log": {{"version":"1.2","pages":[{{"id":1}}],"entries":[
                {{"startedDateTime":"2026-06-25T15:00:00.123Z","request":{{"method":"GET","url":"{}"}},"response":{{"content":{{"text":"x"}}}}}},
                {{"startedDateTime":"2026-06-25T15:00:00.123Z","request":{{"method":"POST","url":"https://www.facebook.com/tr/","postData":{{"mimeType":"multipart/form-data; boundary=----x","text":"{multipart}"}}}}}},
                {{"request":{{"url":"https://shop.example/"}}}},
                {{"request":{{"url":"https://www.facebook.com/privacy_sandbox/pixel/register/trigger/?{query}"}}}}
            ]}}}}"#,
            url()
        );
        let capture = read(har.as_bytes()).unwrap();
        let time = capture.hits[0].time;
        assert_eq!(time, Some(1_782_399_600_123));
        assert_eq!(capture.hits[0], expected());
        assert_eq!(
            capture.hits[1],
            Hit {
                line: 2,
                ..expected()
            }
        );
        assert_eq!(
            (
                capture.hits.len(),
                capture.other_requests,
                capture.automatic
            ),
            (2, 1, 1)
        );
        assert!(read(&har.as_bytes()[..har.len() - 9]).is_err());
    }

    #[test]
    fn what_is_no_event_is_counted() {
        let capture = read(
            "https://www.facebook.com/tr?id=123456789&ev=Microdata\n\
             https://shop.example/tr?id=abc&ev=Purchase\n\nno request\n\
             https://www.facebook.com/tr?id=123456789&ev=PageView&noscript=1&cd[eventID]=e1\n"
                .as_bytes(),
        )
        .unwrap();
        assert_eq!(
            (
                capture.automatic,
                capture.other_requests,
                capture.other_lines
            ),
            (1, 1, 1)
        );
        assert_eq!(capture.hits.len(), 1);
        assert!(capture.hits[0].is_image);
        assert_eq!(capture.hits[0].misplaced_id.as_deref(), Some("e1"));
        assert_eq!(capture.hits[0].line, 5);
    }
}
