//! What `capilint score` prints: one row an event or an event_name.

use std::io::{self, Write};

use super::human::what_was_read;
use super::json::{event_entry, key_statuses, to_json};
use super::table::{caveat, counted, events_table, name_reports, names_table, within};
use super::{Reporter, Style, Wants};
use crate::policy::tells_of_reading;
use crate::report::{EventRow, Located, Report, Verdict};
use crate::rules;
use crate::score::{NOT_WEBSITE, ScoreKey, tenth};
use crate::values::printable::visible;

/// Rows of one table: a table is laid out in memory, a log is not.
const ROWS: usize = 1000;

/// How the scores are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// For people.
    #[default]
    Table,
    /// Comma-separated values with a head line.
    Csv,
    /// The objects of the JSON format, one a line.
    Ndjson,
}

/// What has a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// Every event.
    Event,
    /// Every event_name.
    #[default]
    Name,
}

/// Writes scores.
pub struct Scores<W> {
    out: W,
    style: Style,
    layout: Layout,
    by: By,
    rows: Vec<EventRow>,
    begun: bool,
}

impl<W: Write> Scores<W> {
    /// Writes to `out`.
    pub fn new(out: W, style: Style, layout: Layout, by: By) -> Self {
        Scores {
            out,
            style,
            layout,
            by,
            rows: Vec::new(),
            begun: false,
        }
    }

    /// Whether only the verdict is wanted. Rows for programs are no talk.
    fn is_silent(&self) -> bool {
        self.style.quiet && self.layout == Layout::Table
    }

    fn table(&mut self) -> io::Result<()> {
        if !self.rows.is_empty() {
            let text = events_table(&self.rows, &self.style);
            self.out.write_all(text.as_bytes())?;
            self.rows.clear();
        }
        Ok(())
    }

    fn event_head(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        let id = if self.style.show_values {
            ",event_id"
        } else {
            ""
        };
        let keys = columns(ScoreKey::ALL.iter().map(|key| key.name()));
        writeln!(
            self.out,
            "file,line,event,pointer,event_name{id},score,low,high,why,{keys}"
        )
    }
}

impl<W: Write> Reporter for Scores<W> {
    fn wants(&self) -> Wants {
        Wants {
            events: self.by == By::Event && !self.is_silent(),
            ..Wants::default()
        }
    }

    fn finding(&mut self, _: &Located) -> io::Result<()> {
        Ok(())
    }

    fn event(&mut self, row: &EventRow) -> io::Result<()> {
        match self.layout {
            Layout::Table => {
                self.rows.push(row.clone());
                if self.rows.len() == ROWS {
                    self.table()?;
                }
                Ok(())
            }
            Layout::Csv => {
                self.event_head()?;
                writeln!(self.out, "{}", event_csv(row, &self.style))
            }
            Layout::Ndjson => {
                to_json(&mut self.out, &event_entry(row, &self.style))?;
                writeln!(self.out)
            }
        }
    }

    fn finish(&mut self, report: &Report, verdict: &Verdict) -> io::Result<()> {
        if self.style.verbose {
            let read = what_was_read(report, &self.style);
            self.out.write_all(read.as_bytes())?;
        }
        match (self.by, self.layout) {
            _ if self.is_silent() => {}
            (By::Event, Layout::Table) => self.table()?,
            (By::Event, Layout::Csv) => self.event_head()?,
            (By::Event, Layout::Ndjson) => {}
            (By::Name, Layout::Table) if report.names.is_empty() => {}
            (By::Name, Layout::Table) => {
                let text = within(&names_table(report, &self.style), &self.style);
                self.out.write_all(text.as_bytes())?;
            }
            (By::Name, Layout::Csv) => {
                self.out.write_all(names_csv(report).as_bytes())?;
            }
            (By::Name, Layout::Ndjson) => {
                for name in name_reports(report) {
                    to_json(&mut self.out, &name)?;
                    writeln!(self.out)?;
                }
            }
        }
        if self.layout == Layout::Table {
            if report.events > 0 && !self.is_silent() {
                let text = within(&caveat(), &self.style);
                self.out.write_all(text.as_bytes())?;
            }
            for error in &report.errors {
                writeln!(self.out, "{}: {}", visible(&error.path), error.told())?;
            }
            for line in unread(report) {
                writeln!(self.out, "{line}")?;
            }
            writeln!(self.out, "{verdict}")?;
        }
        self.out.flush()
    }
}

/// What was not read, in the words of the rules that tell of it; their findings are not shown here.
pub fn unread(report: &Report) -> Vec<String> {
    let spoke = report.rules.iter().enumerate();
    spoke
        .filter(|(rule, tally)| tally.total() > 0 && tells_of_reading(*rule))
        .map(|(rule, tally)| {
            let findings = counted(tally.total(), "finding");
            let name = rules::ALL[rule].name();
            format!("not all was read: {findings} of {name}, which `capilint check` shows")
        })
        .collect()
}

fn event_csv(row: &EventRow, style: &Style) -> String {
    let score = |value: Option<f64>| value.map_or(String::new(), |v| format!("{:.1}", tenth(v)));
    let mut cells = vec![
        row.file.clone(),
        row.line.to_string(),
        row.event.to_string(),
        row.pointer.clone(),
        row.event_name.clone().unwrap_or_default(),
    ];
    if style.show_values {
        let id = row.event_id.as_deref().unwrap_or_default();
        cells.push(crate::values::printable::masked(id).into_owned());
    }
    cells.extend([
        score(row.score.map(|s| s.score)),
        score(row.score.map(|s| s.low)),
        score(row.score.map(|s| s.high)),
        row.score
            .map_or(NOT_WEBSITE, |_| Default::default())
            .to_owned(),
    ]);
    cells.extend(key_statuses(&row.presence).map(|(_, status)| status.to_owned()));
    columns(cells.iter().map(String::as_str))
}

fn names_csv(report: &Report) -> String {
    let mut head = "event_name,events,scored_events,score,low,high,band,why".to_owned();
    for key in ScoreKey::ALL {
        for share in ["sent", "usable", "proven"] {
            head.push_str(&format!(",{}_{share}", key.name()));
        }
    }
    let mut out = head + "\n";
    for name in name_reports(report) {
        let detail = name.detail.as_ref();
        let figure = |value: Option<f64>| value.map_or(String::new(), |v| format!("{v:.1}"));
        let mut cells = vec![
            name.event_name.clone(),
            name.events.to_string(),
            name.scored_events.to_string(),
            figure(name.score),
            figure(detail.map(|d| d.low)),
            figure(detail.map(|d| d.high)),
            detail.map_or(String::new(), |d| d.band.to_string()),
            name.why.unwrap_or_default().to_owned(),
        ];
        for key in ScoreKey::ALL {
            let shares = name.coverage.0.iter().find(|(k, _)| k == key);
            let shares = shares.map_or([0.0; 3], |(_, s)| [s.sent, s.usable, s.proven]);
            cells.extend(shares.map(|share| format!("{share:.4}")));
        }
        out.push_str(&columns(cells.iter().map(String::as_str)));
        out.push('\n');
    }
    out
}

/// Cells of one line, in quotes where a reader would trip.
fn columns<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells
        .map(|cell| {
            if cell.contains([',', '"', '\n', '\r']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.to_owned()
            }
        })
        .collect();
    cells.join(",")
}
