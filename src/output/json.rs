//! `json`: one object, schema `capilint/1`. Findings are written as they come; events wait in a
//! temporary file, because the object holds them in a list of their own.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::table::name_reports;
use super::{Fixing, Reporter, Style, Wants};
use crate::envelope::when::Trust;
use crate::facts;
use crate::finding::Severity;
use crate::known::ListTally;
use crate::pixel::Pairing;
use crate::pixel::index::{self, KEYS};
use crate::report::{EventRow, Located, Related, Report, Verdict};
use crate::rules;
use crate::score::{NOT_WEBSITE, Presence, ScoreKey, Status, tenth};
use crate::values::printable;

/// The name of the schema.
pub const SCHEMA: &str = "capilint/1";

/// One JSON object.
pub struct Json<W> {
    out: W,
    style: Style,
    begun: bool,
    findings: u64,
    events: Option<BufWriter<File>>,
}

impl<W: Write> Json<W> {
    /// Writes to `out`.
    pub fn new(out: W, style: Style) -> Self {
        Json {
            out,
            style,
            begun: false,
            findings: 0,
            events: None,
        }
    }

    fn begin(&mut self) -> io::Result<()> {
        if self.begun {
            return Ok(());
        }
        self.begun = true;
        write!(
            self.out,
            "{{\"schema\":\"{SCHEMA}\",\"version\":\"{}\",\n\"findings\":[",
            env!("CARGO_PKG_VERSION")
        )
    }

    /// The events that waited, or the rows of the report, as the inside of a list.
    fn write_events(&mut self, report: &Report) -> io::Result<()> {
        match self.events.take() {
            Some(spool) => {
                let mut file = spool.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.rewind()?;
                io::copy(&mut file, &mut self.out)?;
            }
            None => {
                let rows = report.rows.iter();
                for (index, row) in rows.take(most_events(&self.style)).enumerate() {
                    self.out.write_all(separator(index as u64))?;
                    to_json(&mut self.out, &event_entry(row, &self.style))?;
                }
            }
        }
        Ok(())
    }
}

impl<W: Write> Reporter for Json<W> {
    fn wants(&self) -> Wants {
        Wants {
            findings: true,
            events: self.style.max_events.is_none(),
            excerpts: false,
        }
    }

    fn finding(&mut self, finding: &Located) -> io::Result<()> {
        self.begin()?;
        self.out.write_all(separator(self.findings))?;
        self.findings += 1;
        to_json(&mut self.out, &FindingEntry::of(finding))
    }

    fn event(&mut self, row: &EventRow) -> io::Result<()> {
        let first = self.events.is_none();
        let spool = match &mut self.events {
            Some(spool) => spool,
            empty => empty.insert(BufWriter::new(tempfile::tempfile()?)),
        };
        spool.write_all(separator(u64::from(!first)))?;
        to_json(spool, &event_entry(row, &self.style))
    }

    fn finish(&mut self, report: &Report, verdict: &Verdict) -> io::Result<()> {
        self.begin()?;
        self.out.write_all(b"],\n\"events\":[")?;
        self.write_events(report)?;
        self.out.write_all(b"],\n\"names\":[")?;
        for (at, name) in name_reports(report).iter().enumerate() {
            self.out.write_all(separator(at as u64))?;
            to_json(&mut self.out, name)?;
        }
        self.out.write_all(b"],\n\"files\":[")?;
        for (index, file) in report.files.iter().enumerate() {
            self.out.write_all(separator(index as u64))?;
            let entry = json!({
                "file": file.name, "bytes": file.bytes, "records": file.records,
                "requests": file.requests, "events": file.events,
                "findings": file.findings, "rewritten": file.rewritten,
            });
            to_json(&mut self.out, &entry)?;
        }
        self.out.write_all(b"]")?;
        for (key, value) in totals(report, verdict, &self.style) {
            write!(self.out, ",\n\"{key}\":{value}")?;
        }
        self.out.write_all(b"}\n")?;
        self.out.flush()
    }
}

/// What stands before an element of a list.
fn rfc3339(time: i64) -> Option<String> {
    jiff::Timestamp::from_second(time)
        .ok()
        .map(|time| time.to_string())
}

fn separator(index: u64) -> &'static [u8] {
    if index == 0 { b"\n" } else { b",\n" }
}

/// How many events are listed.
pub(super) fn most_events(style: &Style) -> usize {
    style.max_events.unwrap_or(usize::MAX)
}

pub(super) fn to_json(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(out, value).map_err(io::Error::from)
}

/// The totals: `as_of`, `summary`, `rules`, `errors`, and `fixes` when fixes were asked for.
pub(super) fn totals(
    report: &Report,
    verdict: &Verdict,
    style: &Style,
) -> Vec<(&'static str, Value)> {
    let time = (!matches!(style.as_of.as_str(), "auto" | "now" | "newest")).then_some(&style.as_of);
    let clocks = &report.clocks;
    let sources = BTreeMap::from([
        ("given", clocks.given),
        ("capture", clocks.capture),
        ("request", clocks.request),
        ("newest", clocks.newest),
        ("file", clocks.file),
        ("wall", clocks.wall),
    ]);
    let captured: BTreeMap<&str, u64> = Trust::ALL
        .iter()
        .map(|trust| (trust.word(), report.captured[*trust as usize]))
        .filter(|(_, events)| *events > 0)
        .collect();
    let as_of = json!({
        "mode": time.map_or(style.as_of.as_str(), |_| "time"), "time": time, "sources": sources,
        "captured": captured,
    });
    let refused: Vec<Value> = report
        .answers
        .refused
        .iter()
        .map(|((code, subcode), number)| json!({"code": code, "subcode": subcode, "answers": number}))
        .collect();
    let range = |range: Option<(i64, i64)>| {
        range.map(|(first, last)| json!({"first": rfc3339(first), "last": rfc3339(last)}))
    };
    let list = |names: Vec<(String, u64)>, key: &str| -> Vec<Value> {
        let object = |(name, events)| json!({key: name, "events": events});
        names.into_iter().map(object).collect()
    };
    let facts = &report.facts;
    let facts = json!({
        "datasets": list(facts::named(&facts.datasets, "dataset", |_| style.show_values), "dataset"),
        "senders": list(facts::named(&facts.senders, "sender", printable::is_printable), "sender"),
        "event_times": range(facts.event_times), "capture_times": range(facts.capture_times),
        "captured": captured, "order": facts.order(), "test_events": facts.test_events,
        "duplicates": report.duplicates, "redacted": facts.redacted,
        "truncated": report.unread.truncated,
        "left_out_by_dataset": {"elsewhere": facts.elsewhere, "unknown": facts.nowhere},
    });
    let resent = report.resent.as_ref().map(|resent| {
        let reasons: BTreeMap<&str, u64> = resent
            .reasons
            .iter()
            .map(|(rule, events)| (rules::ALL[*rule].id(), *events))
            .collect();
        json!({
            "requests": resent.requests, "events": resent.events,
            "rejected": resent.rejected, "reasons": reasons,
        })
    });
    let summary = json!({
        "files": report.files.len(), "bytes": report.bytes, "lines": report.lines,
        "records": report.records, "requests": report.requests, "events": report.events,
        "findings": {
            "error": report.count(Severity::Error),
            "warning": report.count(Severity::Warning),
            "info": report.count(Severity::Info),
        },
        "suppressed": report.suppressed, "filtered": report.filtered,
        "skipped_lines": report.skipped_lines, "other_records": report.other_records,
        "answers": {"taken": report.answers.taken, "paired": report.answers.paired, "refused": refused},
        "unread": {"truncated": report.unread.truncated, "printed": report.unread.printed},
        "facts": facts, "resent": resent,
        "fixable": {"safe": report.fixable_safe, "unsafe": report.fixable_unsafe},
        "interrupted": report.interrupted,
        "verdict": verdict.word(), "reasons": verdict.reasons(), "exit_code": verdict.exit_code(),
    });
    let spoke: Vec<Value> = report
        .rules
        .iter()
        .enumerate()
        .filter_map(|(index, tally)| {
            let rule = rules::ALL[index];
            Some(json!({
                "id": rule.id(), "name": rule.name(), "severity": tally.worst()?,
                "findings": tally.total(), "events": tally.all_events(),
                "rate": (report.rate(index) * 1e6).round() / 1e6,
            }))
        })
        .collect();
    let errors: Vec<Value> = report
        .errors
        .iter()
        .map(|error| json!({"path": error.path, "message": error.told()}))
        .collect();
    let listed = match style.max_events {
        Some(most) => report.rows.len().min(most) as u64,
        None => report.events,
    };
    let mut totals = vec![
        (
            "events_not_listed",
            report.events.saturating_sub(listed).into(),
        ),
        ("as_of", as_of),
        ("summary", summary),
        ("rules", Value::from(spoke)),
        ("errors", Value::from(errors)),
    ];
    if let Some(pixel) = &report.pixel {
        totals.push(("pixel", pixel_report(pixel)));
    }
    if let Some(known) = &report.known {
        totals.push(("known", known_report(known)));
    }
    if style.fixing != Fixing::Off {
        totals.push(("fixes", fixes(report, style)));
    }
    totals
}

/// What was read of the lists of known values.
fn known_report(known: &ListTally) -> Value {
    let values: serde_json::Map<String, Value> = known
        .values
        .iter()
        .map(|(name, number)| (name.to_string(), (*number).into()))
        .collect();
    json!({
        "records": known.records, "unusable_records": known.unusable,
        "unused_columns": known.other_columns, "values": values,
    })
}

/// What a capture shows, by event_name.
fn pixel_report(pixel: &Pairing) -> Value {
    let names: Vec<Value> = pixel
        .names
        .iter()
        .map(|pairs| {
            let deduplicated = pairs.deduplicated();
            let share = deduplicated as f64 / pairs.browser.max(1) as f64;
            let reasons: serde_json::Map<String, Value> = pairs
                .reasons()
                .list()
                .into_iter()
                .map(|(key, _, number)| (key.to_owned(), number.into()))
                .collect();
            let compared = pairs.pairs.iter().filter(|pair| pair.is_timely());
            let with = |flag: u32| {
                let pairs = compared.clone();
                pairs.filter(|pair| pair.tie.flags & flag != 0).count()
            };
            let identity: serde_json::Map<String, Value> = KEYS
                .iter()
                .enumerate()
                .filter_map(|(key, name)| {
                    let (compared, _, differ) = pairs.identity(key);
                    let entry = json!({"compared": compared, "differ": differ.len()});
                    (compared > 0).then(|| (name.to_string(), entry))
                })
                .collect();
            json!({
                "event_name": pairs.name,
                "browser_events": pairs.browser,
                "server_events": pairs.server.events,
                "server_events_in_time": pairs.server.in_time,
                "pairs": pairs.pairs.len(),
                "deduplicated": deduplicated,
                "deduplicated_share": (share * 1e4).round() / 1e4,
                "not_deduplicated": reasons,
                "values": {"compared": with(index::VALUE_COMPARED), "differ": with(index::VALUE_DIFFERS)},
                "currencies_differ": with(index::CURRENCY_DIFFERS),
                "contents_differ": with(index::CONTENTS_DIFFER),
                "identity": identity,
            })
        })
        .collect();
    json!({
        "files": pixel.files, "automatic_events": pixel.automatic,
        "other_requests": pixel.other_requests, "other_lines": pixel.other_lines, "names": names,
    })
}

fn fixes(report: &Report, style: &Style) -> Value {
    let by_rule = |numbers: &BTreeMap<usize, u64>| -> Vec<Value> {
        numbers
            .iter()
            .map(|(&rule, number)| {
                let rule = rules::ALL[rule];
                json!({"id": rule.id(), "rule": rule.name(), "fixes": number})
            })
            .collect()
    };
    let not_written: Vec<Value> = report
        .fixes
        .not_written
        .iter()
        .map(|(reason, number)| json!({"reason": reason, "fixes": number}))
        .collect();
    json!({
        "written": style.fixing == Fixing::Write,
        "made": by_rule(&report.fixes.made),
        "withheld": by_rule(&report.fixes.withheld),
        "left": report.fixes.left,
        "needs_consent": report.fixes.needs_consent,
        "not_written": not_written,
    })
}

/// One entry of `findings`.
#[derive(Serialize)]
pub(super) struct FindingEntry<'a> {
    id: &'static str,
    rule: &'static str,
    severity: &'static str,
    effect: &'static str,
    certainty: &'static str,
    message: &'a str,
    help: &'a str,
    file: &'a str,
    line: u64,
    column: u64,
    offset: u64,
    length: u64,
    event: Option<u64>,
    event_name: Option<&'a str>,
    pointer: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    via: &'a [String],
    related: Vec<RelatedEntry<'a>>,
    fix: Option<FixEntry<'a>>,
}

/// One entry of `related`.
#[derive(Serialize)]
struct RelatedEntry<'a> {
    file: &'a str,
    line: u64,
    event: Option<u64>,
    message: &'a str,
}

impl<'a> RelatedEntry<'a> {
    fn of(related: &'a Related) -> Self {
        RelatedEntry {
            file: &related.file,
            line: related.line,
            event: related.event,
            message: &related.what,
        }
    }
}

#[derive(Serialize)]
struct FixEntry<'a> {
    safety: &'static str,
    title: &'a str,
}

impl<'a> FindingEntry<'a> {
    pub(super) fn of(finding: &'a Located) -> Self {
        let at = finding.location;
        FindingEntry {
            id: finding.rule_id(),
            rule: finding.rule_name(),
            severity: finding.severity.word(),
            effect: finding.effect.word(),
            certainty: finding.certainty.word(),
            message: &finding.message,
            help: &finding.help,
            file: &finding.file,
            line: at.line,
            column: at.column,
            offset: at.offset,
            length: at.length,
            event: finding.event,
            event_name: finding.event_name.as_deref(),
            pointer: finding.pointer.as_deref(),
            via: &finding.via,
            related: finding.related.iter().map(RelatedEntry::of).collect(),
            fix: finding.fix.as_ref().map(|(safety, title)| FixEntry {
                safety: safety.word(),
                title,
            }),
        }
    }
}

/// One entry of `events`.
#[derive(Serialize)]
pub(super) struct EventEntry<'a> {
    file: &'a str,
    line: u64,
    event: u64,
    pointer: &'a str,
    event_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<String>,
    score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    low: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    #[serde(serialize_with = "write_keys")]
    keys: Presence,
}

/// The entry of an event; its id, which is payload, only when values may be shown.
pub(super) fn event_entry<'a>(row: &'a EventRow, style: &Style) -> EventEntry<'a> {
    let id = row.event_id.as_deref().filter(|_| style.show_values);
    EventEntry {
        file: &row.file,
        line: row.line,
        event: row.event,
        pointer: &row.pointer,
        event_name: row.event_name.as_deref(),
        event_id: id.map(|id| crate::values::printable::masked(id).into_owned()),
        score: row.score.map(|score| tenth(score.score)),
        low: row.score.map(|score| tenth(score.low)),
        high: row.score.map(|score| tenth(score.high)),
        why: row.score.is_none().then_some(NOT_WEBSITE),
        keys: row.presence,
    }
}

fn write_keys<S: serde::Serializer>(presence: &Presence, out: S) -> Result<S::Ok, S::Error> {
    out.collect_map(key_statuses(presence))
}

/// Every key with the word for how it stands in the event.
pub(super) fn key_statuses(
    presence: &Presence,
) -> impl Iterator<Item = (&'static str, &'static str)> {
    ScoreKey::ALL.iter().map(|&key| {
        let word = match presence.status(key) {
            Status::Absent => "absent",
            Status::Bad => "bad",
            Status::Unverified => "unverified",
            Status::Good => "good",
        };
        (key.name(), word)
    })
}
