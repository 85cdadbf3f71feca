//! `ndjson`: the objects of `json`, one a line and as they come, each with its `type`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};

use super::json::{FindingEntry, SCHEMA, event_entry, most_events, to_json, totals};
use super::table::name_reports;
use super::{Reporter, Style, Wants};
use crate::report::{EventRow, Located, Report, Verdict};

/// Lines of `{"type":"finding"|"event"|"name"|"summary", …}`.
pub struct Ndjson<W> {
    out: W,
    style: Style,
}

/// An object with its type in front.
#[derive(Serialize)]
struct Typed<'a, T> {
    r#type: &'static str,
    #[serde(flatten)]
    object: &'a T,
}

impl<W: Write> Ndjson<W> {
    /// Writes to `out`.
    pub fn new(out: W, style: Style) -> Self {
        Ndjson { out, style }
    }

    fn line(&mut self, kind: &'static str, object: &impl Serialize) -> io::Result<()> {
        to_json(
            &mut self.out,
            &Typed {
                r#type: kind,
                object,
            },
        )?;
        self.out.write_all(b"\n")
    }
}

impl<W: Write> Reporter for Ndjson<W> {
    fn wants(&self) -> Wants {
        Wants {
            findings: true,
            events: self.style.max_events.is_none(),
            excerpts: false,
        }
    }

    fn finding(&mut self, finding: &Located) -> io::Result<()> {
        self.line("finding", &FindingEntry::of(finding))
    }

    fn event(&mut self, row: &EventRow) -> io::Result<()> {
        let entry = event_entry(row, &self.style);
        self.line("event", &entry)
    }

    fn finish(&mut self, report: &Report, verdict: &Verdict) -> io::Result<()> {
        if !self.wants().events {
            for row in report.rows.iter().take(most_events(&self.style)) {
                self.event(row)?;
            }
        }
        for name in name_reports(report) {
            self.line("name", &name)?;
        }
        let mut summary = Map::new();
        summary.insert("schema".to_owned(), SCHEMA.into());
        summary.insert("version".to_owned(), env!("CARGO_PKG_VERSION").into());
        for (key, value) in totals(report, verdict, &self.style) {
            match value {
                // The figures themselves, not an object inside the object.
                Value::Object(figures) if key == "summary" => summary.extend(figures),
                value => {
                    summary.insert(key.to_owned(), value);
                }
            }
        }
        self.line("summary", &summary)?;
        self.out.flush()
    }
}
