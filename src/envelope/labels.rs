//! What loggers, proxies, queues and stores call the things around a payload. The only place that
//! knows vendors; everything else goes by what it finds.

use hashbrown::HashMap;
use once_cell::sync::Lazy;

use super::when::{self, Naive, Trust};
use crate::event::Envelope;
use crate::exchange;
use crate::json::{Item, Val};

/// What a key says of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// When the request was sent or logged, by whose clock.
    Time(Trust),
    /// The same, and documented to be in UTC when it names no zone.
    Utc(Trust),
    /// When the row was made, by the clock of the program that sends it: a queue may hold it for
    /// days.
    Made,
    /// The same under a name that says little: it counts when its type tells that it is a time.
    At,
    /// When the request was sent or logged, where an object spells it out.
    Spelt(Trust),
    /// Who sent or logged it.
    Sender,
    /// An object beside the payload that holds its time or sender.
    Beside,
    /// What ties a request to its answer.
    Trace,
}

/// Key, role. Within one object the most trusted time counts, of two equally trusted ones that of
/// the sending before that at which the row was made, and else the first.
const LABELS: &[(&str, Role)] = &[
    // Proxies and access logs: HAR, mitmproxy, Charles, WireMock, Envoy.
    ("startedDateTime", Role::Time(Trust::Proxy)),
    ("timestamp_start", Role::Time(Trust::Proxy)),
    ("start_time", Role::Time(Trust::Proxy)),
    ("time_local", Role::Time(Trust::Proxy)),
    ("time_iso8601", Role::Time(Trust::Proxy)),
    ("loggedDate", Role::Time(Trust::Proxy)),
    ("loggedDateString", Role::Time(Trust::Proxy)),
    ("times", Role::Beside),
    ("start", Role::Time(Trust::Proxy)),
    ("EdgeStartTimestamp", Role::Time(Trust::Proxy)),
    // A capture of packets: tshark.
    ("frame", Role::Beside),
    ("frame.time_epoch", Role::Time(Trust::Proxy)),
    // Loggers of programs.
    ("timestamp", Role::Time(Trust::Sender)),
    ("Timestamp", Role::Time(Trust::Sender)),
    ("time", Role::Time(Trust::Sender)),
    ("ts", Role::Time(Trust::Sender)),
    ("@timestamp", Role::Utc(Trust::Sender)),
    ("@t", Role::Time(Trust::Sender)),
    ("date", Role::Time(Trust::Sender)),
    ("datetime", Role::Time(Trust::Sender)),
    ("logged_at", Role::Time(Trust::Sender)),
    ("sent_at", Role::Time(Trust::Sender)),
    ("sentAt", Role::Time(Trust::Sender)),
    ("created_at", Role::Made),
    ("createdAt", Role::Made),
    ("CreatedAt", Role::Made),
    ("at", Role::At),
    ("_time", Role::Time(Trust::Sender)),
    ("wallTime", Role::Time(Trust::Sender)),
    ("startTime", Role::Time(Trust::Sender)),
    ("timeUnixNano", Role::Time(Trust::Sender)),
    ("time_unix_nano", Role::Time(Trust::Sender)),
    ("TimestampMs", Role::Time(Trust::Sender)),
    ("EventTimestampMs", Role::Time(Trust::Sender)),
    ("TimeGenerated", Role::Utc(Trust::Sender)),
    ("__REALTIME_TIMESTAMP", Role::Time(Trust::Sender)),
    ("instant", Role::Spelt(Trust::Sender)),
    // Queues: Kafka, Pub/Sub, Kinesis, SQS, change streams.
    ("publishTime", Role::Time(Trust::Broker)),
    ("publish_time", Role::Time(Trust::Broker)),
    ("approximateArrivalTimestamp", Role::Time(Trust::Broker)),
    ("SentTimestamp", Role::Time(Trust::Broker)),
    ("ts_ms", Role::Time(Trust::Broker)),
    ("ApproximateCreationDateTime", Role::Time(Trust::Broker)),
    ("createTime", Role::Time(Trust::Broker)),
    // Collectors and stores.
    ("receiveTimestamp", Role::Time(Trust::Collector)),
    ("ingestionTime", Role::Time(Trust::Collector)),
    ("_indextime", Role::Time(Trust::Collector)),
    ("_inserted", Role::Utc(Trust::Collector)),
    ("_inserted_at", Role::Utc(Trust::Collector)),
    ("inserted_at", Role::Time(Trust::Collector)),
    ("ingested_at", Role::Time(Trust::Collector)),
    ("_ingested_at", Role::Time(Trust::Collector)),
    ("loaded_at", Role::Time(Trust::Collector)),
    ("_loaded_at", Role::Time(Trust::Collector)),
    ("received_at", Role::Time(Trust::Collector)),
    ("_fivetran_synced", Role::Utc(Trust::Collector)),
    ("_airbyte_extracted_at", Role::Utc(Trust::Collector)),
    ("_airbyte_emitted_at", Role::Utc(Trust::Collector)),
    ("_sdc_received_at", Role::Utc(Trust::Collector)),
    ("updateTime", Role::Time(Trust::Collector)),
    // Who logged it.
    ("partner_agent", Role::Sender),
    ("logger", Role::Sender),
    ("logger_name", Role::Sender),
    ("channel", Role::Sender),
    ("service", Role::Sender),
    ("container_name", Role::Sender),
    ("app", Role::Sender),
    ("application", Role::Sender),
    ("tag_name", Role::Sender),
    ("topic", Role::Sender),
    ("logGroup", Role::Sender),
    ("logName", Role::Sender),
    ("SYSLOG_IDENTIFIER", Role::Sender),
    // Objects that stand beside the payload.
    ("attributes", Role::Beside),
    ("metadata", Role::Beside),
    ("properties", Role::Beside),
    ("job", Role::Beside),
    // What ties a request to its answer.
    ("TraceId", Role::Trace),
    ("trace_id", Role::Trace),
    ("traceId", Role::Trace),
    ("request_id", Role::Trace),
    ("requestId", Role::Trace),
];

/// A time, by whose clock, and whether it is that at which the row was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    /// Who wrote it.
    pub trust: Trust,
    is_made: bool,
    /// Unix milliseconds.
    pub millis: i64,
}

impl Told {
    /// Keeps the better of two.
    pub(crate) fn or(self, best: &mut Option<Told>) {
        let rank = |told: &Told| (told.trust, told.is_made);
        if best.is_none_or(|best| rank(&self) < rank(&best)) {
            *best = Some(self);
        }
    }
}

/// A column of a table that holds times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    role: Role,
    /// Whether the head of the column names the zone, as the portal of Azure does.
    is_of_portal: bool,
}

/// The column of this name, however its letters are written, when it tells when a row was sent or
/// logged.
pub(crate) fn column(name: &str) -> Option<Column> {
    let (name, zone) = match name
        .strip_suffix(']')
        .and_then(|name| name.split_once(" ["))
    {
        Some((name, zone)) => (name, Some(zone)),
        None => (name, None),
    };
    let role = TABLE
        .get(name)
        .or_else(|| TABLE.get(name.to_ascii_lowercase().as_str()))?;
    let (Role::Time(trust) | Role::Utc(trust)) = *role else {
        let is_made = *role == Role::Made && zone.is_none();
        return is_made.then_some(Column {
            role: *role,
            is_of_portal: false,
        });
    };
    Some(Column {
        role: match zone {
            None => *role,
            Some("UTC") => Role::Utc(trust),
            // That of the reader.
            Some(_) => Role::Time(trust),
        },
        is_of_portal: zone.is_some(),
    })
}

impl Column {
    /// What a cell of it tells.
    pub(crate) fn told(self, cell: &str, zone: Naive<'_>) -> Option<Told> {
        let (trust, naive) = self.role.clock(zone)?;
        let of_portal = || when::of_portal(cell, naive).filter(|_| self.is_of_portal);
        Some(Told {
            trust,
            is_made: self.role.is_made(),
            millis: when::of_text(cell, naive).or_else(of_portal)?,
        })
    }
}

static TABLE: Lazy<HashMap<&str, Role>> = Lazy::new(|| LABELS.iter().copied().collect());

/// Longer text is no label.
const LONGEST_LABEL: usize = 80;
/// Longer text is no URL of a request.
const LONGEST_URL: usize = 2_000;

/// Takes over what the members of an object tell of the payload inside it. What it tells counts
/// more than what is known from further out.
pub(crate) fn see<'a>(object: Item<'_, 'a>, envelope: &mut Envelope<'a>, zone: Naive<'_>) {
    let mut time = None;
    if let Some(is_elsewhere) = calls_elsewhere(object) {
        envelope.is_elsewhere = is_elsewhere;
    }
    let outer = envelope.dataset.take();
    look(object, envelope, zone, &mut time, true);
    if envelope.dataset.is_none() {
        envelope.dataset = match address_beside(object) {
            Some((dataset, address)) => {
                envelope.is_elsewhere = false;
                envelope.is_test |= exchange::asks_for_test(address);
                Some(dataset)
            }
            None => outer,
        };
    }
    if time.is_none() {
        time = of_loguru(object, zone);
    }
    if time.is_none() && envelope.sent_at.is_none() {
        time = object
            .member("response")
            .and_then(date_of)
            .map(|millis| Told {
                trust: Trust::Proxy,
                is_made: false,
                millis,
            });
    }
    if let Some(Told { trust, millis, .. }) = time {
        // Kafka says beside its `ts` whether it is that of the creation.
        let of_kafka = object.member("tstype").is_some();
        envelope.sent_at = Some(millis);
        envelope.trust = Some(if of_kafka { Trust::Broker } else { trust });
    }
}

/// The time of a line that loguru serialized: the text of the line stands beside `record`, which has
/// the time and the message as well.
fn of_loguru(object: Item<'_, '_>, zone: Naive<'_>) -> Option<Told> {
    object.member("text")?;
    let record = object.member("record")?;
    record.member("elapsed")?;
    Role::Spelt(Trust::Sender).told_by(record.member("time")?, zone)
}

/// Takes over the time of a row that is a list of fields with their names, as the command line of
/// CloudWatch gives the answer to a query back: `{"field":"@timestamp","value":…}`.
pub(crate) fn see_fields<'a>(row: Item<'_, 'a>, envelope: &mut Envelope<'a>, zone: Naive<'_>) {
    let mut time = None;
    for field in row.children() {
        // What the store itself adds begins so.
        let name = field.member("field").and_then(Item::text);
        let told = name.filter(|name| name.starts_with('@')).and_then(|name| {
            let value = field.member("value")?.text()?;
            column(name)?.told(value, zone)
        });
        if let Some(told) = told {
            told.or(&mut time);
        }
    }
    if let Some(told) = time {
        (envelope.sent_at, envelope.trust) = (Some(told.millis), Some(told.trust));
    }
}

/// `Date` among the headers of an answer: an object, or a list of pairs or of objects with a name
/// and a value.
fn date_of(answer: Item<'_, '_>) -> Option<i64> {
    let is_date = |name: &str| name.eq_ignore_ascii_case("date");
    let headers = answer.member("headers")?;
    let value = headers.children().find_map(|header| {
        if is_date(header.key()) {
            return Some(header);
        }
        let name = match header.is_list() {
            true => header.children().next(),
            false => header.member("name"),
        };
        let is_named = name.and_then(Item::text).is_some_and(is_date);
        match header.is_list() {
            true => header.children().nth(1),
            false => header.member("value"),
        }
        .filter(|_| is_named)
    })?;
    let value = match value.is_list() {
        true => value.children().next()?,
        false => value,
    };
    when::of_text(value.text()?, Naive::Unknown)
}

fn look<'a>(
    object: Item<'_, 'a>,
    envelope: &mut Envelope<'a>,
    zone: Naive<'_>,
    time: &mut Option<Told>,
    own: bool,
) {
    for member in object.children() {
        if let Val::Text(text) = member.val()
            && let Some(dataset) = dataset_of(text)
        {
            envelope.dataset = Some(dataset);
            envelope.is_elsewhere = false;
            envelope.is_test |= exchange::asks_for_test(text);
        }
        let Some(role) = TABLE.get(member.key()) else {
            continue;
        };
        match role {
            Role::Time(_) | Role::Utc(_) | Role::Made | Role::At | Role::Spelt(_) => {
                if let Some(told) = role.told_by(member, zone) {
                    told.or(time);
                }
            }
            Role::Sender => {
                if let Some(text) = member.text()
                    && text.len() <= LONGEST_LABEL
                    && !text.trim().is_empty()
                {
                    envelope.sender = Some(text);
                }
            }
            Role::Beside if own && member.is_object() => {
                look(member, envelope, zone, time, false);
            }
            Role::Trace => {
                if let Some(text) = member.text() {
                    envelope.trace = Some(text);
                }
            }
            Role::Beside => {}
        }
    }
}

/// The time that a member of a body beside `data` tells, when it is one that loggers add.
pub(crate) fn time_of_member(member: Item<'_, '_>, zone: Naive<'_>) -> Option<Told> {
    TABLE.get(member.key())?.told_by(member, zone)
}

impl Role {
    fn told_by(self, member: Item<'_, '_>, zone: Naive<'_>) -> Option<Told> {
        let (trust, naive) = self.clock(zone)?;
        if matches!(self, Role::At | Role::Spelt(_)) && !member.is_object() {
            return None;
        }
        Some(Told {
            trust,
            is_made: self.is_made(),
            millis: when::of_item(member, naive)?,
        })
    }

    /// By whose clock a time is told, and what it means without a zone.
    fn clock(self, zone: Naive<'_>) -> Option<(Trust, Naive<'_>)> {
        match self {
            Role::Time(trust) | Role::Spelt(trust) => Some((trust, zone)),
            Role::Utc(trust) => Some((trust, Naive::Utc)),
            Role::Made | Role::At => Some((Trust::Sender, zone)),
            Role::Sender | Role::Beside | Role::Trace => None,
        }
    }

    fn is_made(self) -> bool {
        matches!(self, Role::Made | Role::At)
    }
}

/// The dataset in the URL or path of a request to the events edge: `…/123/events`.
pub(crate) fn dataset_of(text: &str) -> Option<&str> {
    if text.len() > LONGEST_URL {
        return None;
    }
    for at in exchange::edges(text) {
        let behind = text.as_bytes().get(at + "/events".len());
        if behind.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')) {
            continue;
        }
        let digits = text.as_bytes()[..at]
            .iter()
            .rev()
            .take_while(|b| b.is_ascii_digit())
            .count();
        let start = at - digits;
        let before = start.checked_sub(1).map(|i| text.as_bytes()[i]);
        if digits >= 5 && matches!(before, None | Some(b'/' | b' ' | b'"')) {
            return Some(&text[start..at]);
        }
    }
    None
}

/// An address stands no deeper in what lies beside a payload: `http.request.url`.
const DEEPEST_ADDRESS: u32 = 2;

/// The dataset in the address of the Conversions API that an object keeps in a member beside the
/// payload, and the address: `req.url`, `http.url`, `url.full`, `httpRequest.requestUrl`. A path
/// alone is none, nor is the address of an answer or of another method. Where an object tells of
/// more than one dataset, nobody knows which of them a payload in it went to.
fn address_beside<'a>(object: Item<'_, 'a>) -> Option<(&'a str, &'a str)> {
    if exchange::names_other_method(object) {
        return None;
    }
    let (member, address) = object
        .children()
        .find_map(|member| Some((member, address_within(member, DEEPEST_ADDRESS)?)))?;
    let dataset = dataset_of(address)?;
    // The address belongs to the payload that stands with it.
    if exchange::holds_event(member) {
        return None;
    }
    let texts = object.descendants().filter_map(Item::text);
    let mut others = texts.flat_map(|text| exchange::endpoints(text, true));
    others
        .all(|other| other.dataset == dataset)
        .then_some((dataset, address))
}

/// The first address of the Conversions API in an object that is no answer.
fn address_within<'a>(item: Item<'_, 'a>, depth: u32) -> Option<&'a str> {
    if !item.is_object() || exchange::is_answer(item.key()) || exchange::names_other_method(item) {
        return None;
    }
    item.children().find_map(|member| match member.val() {
        Val::Text(text) => is_address(text).then_some(text),
        Val::Object if depth > 1 => address_within(member, depth - 1),
        _ => None,
    })
}

/// Whether a text is an address of the Conversions API and nothing else.
fn is_address(text: &str) -> bool {
    text.starts_with("http")
        && text.len() <= LONGEST_URL
        && !text.contains(char::is_whitespace)
        && exchange::endpoints(text, false)
            .next()
            .is_some_and(|endpoint| endpoint.range.start == 0)
}

/// Whether the call that an object tells of, in a member or in one of a member of it, sends no
/// events; nothing when it tells of none.
fn calls_elsewhere(object: Item<'_, '_>) -> Option<bool> {
    let own = object.children().filter(|member| !member.is_list());
    let inner = own.flat_map(|member| {
        let below = member.is_object().then(|| member.children());
        std::iter::once(member).chain(below.into_iter().flatten())
    });
    let urls = inner
        .filter_map(Item::text)
        .filter(|text| text.len() <= LONGEST_URL);
    let mut calls = urls
        .filter(|text| text.starts_with("http"))
        .filter_map(is_elsewhere);
    let first = calls.next()?;
    Some(first && calls.all(|other| other))
}

/// Whether an address of the Graph API in a text is not that of the events edge; nothing when there
/// is none.
pub(crate) fn is_elsewhere(text: &str) -> Option<bool> {
    exchange::edge(text).map(|edge| edge != "events")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Tape;
    use bumpalo::Bump;

    #[test]
    fn the_most_trusted_time_of_an_object_counts() {
        let text = r#"{"receiveTimestamp":"2024-06-24T10:11:13Z","timestamp":"2024-06-24T10:11:12Z","request_url":"https://graph.facebook.com/v24.0/1234567890/events?access_token=x","metadata":{"topic":"capi"}}"#;
        let arena = Bump::new();
        let mut tape = Tape::new();
        tape.parse(text, &arena).unwrap();
        let mut envelope = Envelope::default();
        see(tape.root(), &mut envelope, Naive::Unknown);
        assert_eq!(envelope.sent_at, Some(1_719_223_872_000));
        assert_eq!(envelope.trust, Some(Trust::Sender));
        assert_eq!(envelope.dataset, Some("1234567890"));
        assert_eq!(envelope.sender, Some("capi"));
    }

    #[test]
    fn the_sending_counts_before_the_making() {
        let sent = Some(1_719_223_872_000);
        for text in [
            r#"{"created_at":"2024-06-20T10:11:12Z","sent_at":"2024-06-24T10:11:12Z"}"#,
            r#"{"sent_at":"2024-06-24T10:11:12Z","created_at":"2024-06-20T10:11:12Z"}"#,
            r#"{"CreatedAt":"2024-06-20T10:11:12Z","sentAt":"2024-06-24T10:11:12Z"}"#,
            r#"{"createdAt":"2024-06-20T10:11:12Z","timestamp":1719223872000}"#,
            r#"{"created_at":"2024-06-24T10:11:12Z","received_at":"2024-06-24T10:11:20Z"}"#,
            r#"{"created_at":"2024-06-24T10:11:12Z"}"#,
            r#"{"at":{"$date":"2024-06-24T10:11:12Z"}}"#,
            r#"{"at":{"$date":{"$numberLong":"1719223872000"}}}"#,
            r#"{"at":{"$date":"2024-06-20T10:11:12Z"},"sent_at":{"$date":"2024-06-24T10:11:12Z"}}"#,
        ] {
            assert_eq!(seen_in(text).sent_at, sent, "{text}");
        }
        assert_eq!(seen_in(r#"{"at":"2024-06-24T10:11:12Z"}"#).sent_at, None);
    }

    #[test]
    fn loggers_and_captures_spell_their_times_out() {
        let sent = Some(1_719_223_872_000);
        for (text, trust) in [
            (
                r#"{"EdgeStartTimestamp":1719223872000000000,"RequestBody":"x"}"#,
                Trust::Proxy,
            ),
            (
                r#"{"EdgeStartTimestamp":"2024-06-24T10:11:12Z"}"#,
                Trust::Proxy,
            ),
            (
                r#"{"frame":{"frame.time_epoch":"1719223872.000000000"},"http":{}}"#,
                Trust::Proxy,
            ),
            (
                r#"{"instant":{"epochSecond":1719223872,"nanoOfSecond":345000000}}"#,
                Trust::Sender,
            ),
            (
                r#"{"text":"x","record":{"elapsed":{},"time":{"repr":"2024-06-24","timestamp":1719223872.0}}}"#,
                Trust::Sender,
            ),
        ] {
            let seen = seen_in(text);
            assert_eq!((seen.sent_at, seen.trust), (sent, Some(trust)), "{text}");
        }
        for text in [
            r#"{"instant":"2024-06-24T10:11:12Z"}"#,
            r#"{"instant":{"epochSecond":1719223872}}"#,
            r#"{"record":{"created_at":"2024-06-24T10:11:12Z"},"payload":{}}"#,
            r#"{"text":"x","record":{"time":"2024-06-24T10:11:12Z"}}"#,
        ] {
            assert_eq!(seen_in(text).sent_at, None, "{text}");
        }
    }

    fn seen_in(text: &'static str) -> Envelope<'static> {
        let arena = Bump::new();
        let mut tape = Tape::new();
        tape.parse(text, &arena).unwrap();
        let mut envelope = Envelope::default();
        see(tape.root(), &mut envelope, Naive::Unknown);
        Envelope {
            sent_at: envelope.sent_at,
            trust: envelope.trust,
            ..Envelope::default()
        }
    }

    #[test]
    fn an_address_in_an_object_beside_the_payload_names_the_dataset() {
        let dataset = |text: &str| {
            let arena = Bump::new();
            let mut tape = Tape::new();
            tape.parse(text, &arena).unwrap();
            let mut envelope = Envelope {
                dataset: Some("outer"),
                ..Envelope::default()
            };
            see(tape.root(), &mut envelope, Naive::Unknown);
            envelope.dataset.map(str::to_owned)
        };
        let url = |id: u64| format!("https://graph.facebook.com/v21.0/{id}/events");
        let (one, other) = (url(738_291_045_566_120), url(738_291_045_566_121));
        let event = r#"{"event_name":"Lead","event_time":1}"#;
        for text in [
            format!(r#"{{"req":{{"url":"{one}"}},"payload":{{"data":[{event}]}}}}"#),
            format!(r#"{{"http":{{"request":{{"url":"{one}"}}}},"message":"x"}}"#),
            format!(r#"{{"url":{{"full":"{one}?access_token=x"}},"http":{{}}}}"#),
            format!(r#"{{"http":{{"url":"{one}"}},"again":{{"url":"{one}"}}}}"#),
        ] {
            assert_eq!(dataset(&text).as_deref(), Some("738291045566120"), "{text}");
        }
        for text in [
            format!(r#"{{"response":{{"url":"{one}"}},"payload":{{}}}}"#),
            format!(r#"{{"http":{{"response":{{"url":"{one}"}}}},"payload":{{}}}}"#),
            format!(r#"{{"http":{{"url":"{one}","method":"GET"}},"payload":{{}}}}"#),
            format!(r#"{{"a":{{"url":"{one}"}},"b":{{"url":"{other}"}}}}"#),
            format!(r#"{{"req":{{"url":"{one}"}},"notes":["again to {other}"]}}"#),
            format!(r#"{{"first":{{"url":"{one}","body":{event}}},"second":{{}}}}"#),
            format!(r#"{{"req":{{"note":"see {one}"}},"payload":{{}}}}"#),
            format!(r#"{{"links":["{one}"],"payload":{{}}}}"#),
            r#"{"req":{"url":"/v21.0/738291045566120/events"},"payload":{}}"#.to_owned(),
        ] {
            assert_eq!(dataset(&text).as_deref(), Some("outer"), "{text}");
        }
    }

    #[test]
    fn datasets_are_read_from_urls_and_paths() {
        for (text, dataset) in [
            (
                "https://graph.facebook.com/v24.0/1234567890/events",
                Some("1234567890"),
            ),
            (
                "POST /v8.0/1234567890/events?data=x HTTP/1.1",
                Some("1234567890"),
            ),
            ("1234567890/events", Some("1234567890")),
            ("https://shop.example/2024/events", None),
            ("/v24.0/1234567890/events_received", None),
            ("/v24.0/<PIXEL_ID>/events", None),
        ] {
            assert_eq!(dataset_of(text), dataset, "{text}");
        }
    }
}
