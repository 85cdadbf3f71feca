//! CL710: the answer that was logged with the request says that Meta refused it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use memchr::memmem::Finder;
use once_cell::sync::Lazy;
use serde::Deserialize;
use serde_json::Value;

use crate::event::Record;
use crate::exchange;
use crate::finding::{Certainty, Effect, Finding, Findings, Severity, Subject};
use crate::json::Item;
use crate::rule::{Check, Rule};
use crate::values::name::Name;

/// See `rules/refused-by-meta.md`.
pub static RULE: Rule = crate::rule!("refused-by-meta", Check::Record(check));

/// What answers of the Graph API have and little else has: the last is how the types of its errors
/// end.
static SIGNS: Lazy<[Finder<'static>; 4]> = Lazy::new(|| {
    [
        "fbtrace_id",
        "error_subcode",
        "events_received",
        "Exception",
    ]
    .map(Finder::new)
});

#[derive(Deserialize)]
struct Table {
    subcodes: BTreeMap<String, String>,
    codes: BTreeMap<String, String>,
    temporary: Vec<i64>,
    /// Subcodes that are about the dataset and not about what was sent.
    of_the_dataset: Vec<i64>,
}

static TABLE: Lazy<Table> = Lazy::new(|| {
    let text = include_str!("../../rules/tables/graph-errors.json");
    serde_json::from_str(text).expect("rules/tables/graph-errors.json")
});

/// What an answer says.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Refused {
        code: Option<i64>,
        subcode: Option<i64>,
    },
    Received(i64),
}

/// Whether a refusal is about what was sent, so that it comes again when the same is sent again:
/// not about the moment, the token or the dataset.
pub fn is_of_content(code: i64, subcode: Option<i64>) -> bool {
    let of_dataset = subcode.is_some_and(|subcode| TABLE.of_the_dataset.contains(&subcode));
    code == 100 && !of_dataset
}

/// What stands around an answer.
pub enum Exchange<T> {
    /// The nearest value that also holds an event.
    In(T),
    /// A list: the neighbours in it are other exchanges.
    Listed,
    /// No event of its text.
    Alone,
}

/// What stands around an answer, or around the text that it is; a value as its places on the tape.
pub fn exchange_of(answer: Item<'_, '_>) -> Exchange<(u32, u32)> {
    let inner = ["error", "events_received"]
        .iter()
        .find_map(|key| answer.member(key));
    match exchange_around(inner.unwrap_or(answer)) {
        Exchange::In(around) => Exchange::In((around.place(), around.end())),
        Exchange::Listed => Exchange::Listed,
        Exchange::Alone => Exchange::Alone,
    }
}

fn check(record: &Record<'_, '_>, out: &mut Findings) {
    if record.is_bare {
        return;
    }
    let text = record.text.as_bytes();
    if !SIGNS.iter().any(|sign| sign.find(text).is_some()) {
        return;
    }
    for item in record.enveloped().flat_map(Item::descendants) {
        let Some(answer) = answer_of(item) else {
            continue;
        };
        // Its member may stand among those of the line, beside the event.
        let inner = ["error", "events_received"]
            .iter()
            .find_map(|key| item.member(key));
        let Exchange::In(exchanged) = exchange_around(inner.unwrap_or(item)) else {
            continue;
        };
        match answer {
            Answer::Refused { code, subcode } => refused(item, code, subcode, out),
            Answer::Received(number) => received(item, exchanged, number, out),
        }
    }
}

/// The answer that an object or a text of JSON is.
fn answer_of(item: Item<'_, '_>) -> Option<Answer> {
    if item.is_object() {
        if let Some(error) = item.member("error").filter(|error| error.is_object()) {
            let number = |key| error.member(key).and_then(Item::number).map(|n| n as i64);
            let graph = ["fbtrace_id", "error_subcode"];
            let kind = error.member("type").and_then(Item::text);
            let is_graphs = graph.iter().any(|key| error.member(key).is_some())
                || number("code").is_some() && kind.is_some_and(exchange::is_error_of_meta);
            return is_graphs.then(|| Answer::Refused {
                code: number("code"),
                subcode: number("error_subcode"),
            });
        }
        let received = item.member("events_received")?.number()?;
        return Some(Answer::Received(received as i64));
    }
    let text = item.text()?.trim();
    if !text.starts_with('{')
        || !SIGNS
            .iter()
            .any(|sign| sign.find(text.as_bytes()).is_some())
    {
        return None;
    }
    let value: Value = serde_json::from_str(text).ok()?;
    if let Some(error) = value.get("error") {
        let is_graphs = error.get("fbtrace_id").is_some()
            || error.get("error_subcode").is_some()
            || error["code"].is_i64()
                && error["type"]
                    .as_str()
                    .is_some_and(exchange::is_error_of_meta);
        return is_graphs.then(|| Answer::Refused {
            code: error["code"].as_i64(),
            subcode: error["error_subcode"].as_i64(),
        });
    }
    Some(Answer::Received(value.get("events_received")?.as_i64()?))
}

fn exchange_around<'t, 'a>(answer: Item<'t, 'a>) -> Exchange<Item<'t, 'a>> {
    let mut inner = answer;
    while let Some(above) = inner.parent() {
        if above.is_list() {
            return Exchange::Listed;
        }
        let mut others = above
            .children()
            .filter(|other| other.place() != inner.place());
        if others.any(exchange::holds_event) {
            return Exchange::In(above);
        }
        inner = above;
    }
    Exchange::Alone
}

/// What there is to say of an answer that refuses a request which stands in another record.
pub fn of_answer(item: Item<'_, '_>, code: i64, subcode: Option<i64>) -> Option<Finding> {
    let mut out = Findings::new();
    out.begin(crate::rules::index_of(RULE.name()), Subject::Record, 0);
    refused(item, Some(code), subcode, &mut out);
    out.take().pop()
}

fn refused(item: Item<'_, '_>, code: Option<i64>, subcode: Option<i64>, out: &mut Findings) {
    let known = |codes: &'static BTreeMap<String, String>, number: Option<i64>| {
        let number = number?;
        Some((number, codes.get(&number.to_string())?.as_str()))
    };
    let temporary = code.is_some_and(|code| TABLE.temporary.contains(&code));
    let why: Cow<'static, str> = match (known(&TABLE.subcodes, subcode), known(&TABLE.codes, code))
    {
        (Some((number, meaning)), _) => format!("subcode {number}, {meaning}").into(),
        _ if temporary => "too much at once, or a fault of the moment".into(),
        (_, Some((number, meaning))) => format!("code {number}, {meaning}").into(),
        _ if matches!(code, Some(200..=299)) => "the token has no permission".into(),
        _ => "for a reason that its numbers do not tell".into(),
    };
    let finding = out.at(item, format!("Meta refused the request: {why}"));
    if temporary {
        finding
            .severity(Severity::Warning)
            .help("send the same request again after a while");
    }
}

/// An answer that took fewer events than were sent.
fn received(item: Item<'_, '_>, exchanged: Item<'_, '_>, number: i64, out: &mut Findings) {
    let mut bodies = exchanged
        .descendants()
        .filter(|data| data.name() == Some(Name::Data) && data.is_list())
        .filter(|data| {
            data.children()
                .any(|event| event.get(Name::EventName).is_some())
        });
    // Only when it is plain which events the answer is about.
    let (Some(data), None) = (bodies.next(), bodies.next()) else {
        return;
    };
    let sent = data.len() as i64;
    if (0..sent).contains(&number) {
        out.at(
            item,
            format!("Meta received {number} of the {sent} events of the request"),
        )
        .severity(Severity::Warning)
        .certainty(Certainty::Strong)
        .effect(Effect::Ignored)
        .help("look at the messages in the answer, and at the Diagnostics tab of Events Manager");
    }
}
