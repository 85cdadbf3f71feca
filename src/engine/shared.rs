//! Parts of one log that were checked apart: what a run writes of itself, and how such parts become
//! one report again. No part holds a value of a payload: its findings hold none, and its ledger
//! holds keyed hashes.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

use crate::facts::Facts;
use crate::known::ListTally;
use crate::ledger::Key;
use crate::pixel::Index;
use crate::pixel::index::Tie;
use crate::pixel::pairs::ServerTally;
use crate::report::{EventRow, FileTally, Group, InputError, Located, Report, RuleTally};
use crate::rules;
use crate::score::NameScore;
use crate::settings::Settings;

/// The version of the format. Parts of another version are refused.
const FORMAT: u32 = 8;

/// The first line of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    capilint_part: u32,
    version: String,
    /// The rules by id: numbers in the part are places in that list.
    rules: Vec<String>,
    /// Tells the key of the ledger from others.
    key: u64,
    /// How `--as-of` was given.
    pub as_of: String,
    /// What tells the capture of the browser's requests from others, when there is one.
    capture: Option<u64>,
    /// What tells the list of known values from others, when there is one.
    known: Option<u64>,
    /// What was read of that list.
    pub(super) list: Option<ListTally>,
    /// What tells the options on which findings hang from others.
    options: u64,
    /// Random: tells the part from all others.
    pub(super) id: u64,
}

impl Header {
    fn new(key: &Key, as_of: &str, settings: &Settings) -> Header {
        let fingerprint = key.fingerprint();
        let pixel = settings.witnesses.pixel.as_deref();
        let known = settings.witnesses.known.as_deref();
        Header {
            capilint_part: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            rules: rules::ALL.iter().map(|rule| rule.id().to_owned()).collect(),
            key: fingerprint,
            as_of: as_of.to_owned(),
            capture: pixel.map(|pixel| fingerprint_of(pixel, fingerprint)),
            known: known.map(|known| known.fingerprint(key)),
            list: known.map(|known| known.tally.clone()),
            options: options_of(settings, key),
            id: Key::random().fingerprint(),
        }
    }

    /// Why a part cannot be read, or not together with another, or not beside this capture.
    fn fault(&self, first: Option<&Header>, pixel: Option<&Index>) -> Option<&'static str> {
        let same_rules = || {
            let rules = rules::ALL.iter().map(|rule| rule.id());
            rules.eq(self.rules.iter().map(String::as_str))
        };
        if self.capilint_part != FORMAT
            || self.version != env!("CARGO_PKG_VERSION")
            || !same_rules()
        {
            return Some("was written by another version of capilint");
        }
        if let Some(first) = first {
            if first.key != self.key {
                return Some("was written under another key: give all parts the same --ledger-key");
            }
            if first.as_of != self.as_of {
                return Some("was checked with another --as-of than the first part");
            }
            if first.known != self.known {
                return Some("was checked with other --known values than the first part");
            }
            if first.options != self.options {
                return Some(
                    "was checked with other rules, severities, --country, --tz or --deep than the first part",
                );
            }
        }
        match (self.capture, pixel) {
            (None, None) => None,
            (Some(_), None) => Some("was checked with --pixel: give merge the same"),
            (None, Some(_)) => Some("was checked without --pixel, which merge was given"),
            (Some(own), Some(pixel)) => (own != fingerprint_of(pixel, self.key))
                .then_some("was checked with another --pixel than merge was given"),
        }
    }
}

/// What tells a capture from others; whoever merges knows the fingerprint of the parts' key, not the
/// key.
fn fingerprint_of(pixel: &Index, key: u64) -> u64 {
    pixel.fingerprint(&Key::of(&key.to_le_bytes()))
}

/// The options on which findings hang, as a number: rules and their severities, country, zone and
/// depth. Filters may differ, for they may be what divides a log into parts.
fn options_of(settings: &Settings, key: &Key) -> u64 {
    let assume = &settings.assume;
    let zone = assume.zone.as_ref().map(|zone| format!("{zone:?}"));
    let policy = &settings.policy;
    let rules =
        (0..rules::ALL.len()).map(|rule| policy.speaks(rule).then(|| policy.severity_of(rule)));
    let text = format!(
        "{:?} {zone:?} {} {:?}",
        assume.country,
        settings.deep,
        rules.collect::<Vec<_>>()
    );
    key.hash(text.as_bytes())
}

/// How the clock of a part was asked for, when it is one.
pub fn part_clock(input: &mut impl BufRead) -> Option<String> {
    let header = header_of(input).ok()?;
    Some(header.as_of)
}

/// A line of a part.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// The number under which a name that may not be printed is told, and its hash.
    Hidden(usize, u64),
    Finding(Box<Located>),
    Beside(Box<Beside>),
    Report(Box<Totals>),
}

/// What the events of a log have to do with a capture of the browser's requests.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Beside {
    pub ties: Vec<Tie>,
    /// By the name as it is printed.
    pub server: BTreeMap<String, ServerTally>,
    /// Names of events that share an id with a hit of another name.
    pub names: BTreeMap<u64, String>,
    /// The hashes of hits' names that may not be printed, with the first hit of each: parts hash under
    /// a key that whoever merges does not know.
    pub hidden: Vec<(u32, u64)>,
}

/// What of a report is merged.
#[derive(Default, Serialize, Deserialize)]
struct Totals {
    files: Vec<FileTally>,
    errors: Vec<InputError>,
    counts: Vec<u64>,
    rules: Vec<RuleTally>,
    groups: Vec<Group>,
    names: BTreeMap<String, NameScore>,
    rows: Vec<EventRow>,
    facts: Facts,
    /// Answers that refused, by code and subcode.
    refused: Vec<((i64, Option<i64>), u64)>,
}

/// The plain counts of a report, always in the same order.
fn counts(report: &mut Report) -> Vec<&mut u64> {
    let clocks = &mut report.clocks;
    let mut counts = vec![
        &mut report.bytes,
        &mut report.lines,
        &mut report.records,
        &mut report.requests,
        &mut report.events,
        &mut report.filtered,
        &mut report.skipped_lines,
        &mut report.other_records,
        &mut report.suppressed,
        &mut report.fixable_safe,
        &mut report.fixable_unsafe,
        &mut clocks.given,
        &mut clocks.capture,
        &mut clocks.request,
        &mut clocks.newest,
        &mut clocks.file,
        &mut clocks.wall,
        &mut report.unread.truncated,
        &mut report.unread.printed,
        &mut report.answers.taken,
        &mut report.answers.paired,
    ];
    counts.extend(&mut report.captured);
    counts
}

/// Writes a part while a run goes on.
pub struct PartWriter<'w> {
    out: Box<dyn Write + Send + 'w>,
    /// The first fault; what comes after is not written.
    failed: Option<io::Error>,
}

impl<'w> PartWriter<'w> {
    pub(super) fn new(
        out: Box<dyn Write + Send + 'w>,
        key: &Key,
        as_of: &str,
        settings: &Settings,
    ) -> PartWriter<'w> {
        let mut writer = PartWriter { out, failed: None };
        writer.line(&Header::new(key, as_of, settings));
        writer
    }

    fn line(&mut self, line: &impl Serialize) {
        if self.failed.is_some() {
            return;
        }
        let written = serde_json::to_writer(&mut self.out, line)
            .map_err(io::Error::from)
            .and_then(|()| self.out.write_all(b"\n"));
        self.failed = written.err();
    }

    pub(super) fn hidden(&mut self, number: usize, hash: u64) {
        self.line(&Line::Hidden(number, hash));
    }

    pub(super) fn finding(&mut self, finding: &Located) {
        self.line(&Line::Finding(Box::new(finding.clone())));
    }

    /// What the events have to do with a capture.
    pub(super) fn beside(&mut self, beside: Beside) {
        self.line(&Line::Beside(Box::new(beside)));
    }

    /// The totals of all that single events show. The ledger is to follow.
    pub(super) fn totals(
        mut self,
        report: &mut Report,
        key: &Key,
    ) -> io::Result<Box<dyn Write + Send + 'w>> {
        let totals = Totals {
            files: report.files.clone(),
            errors: report.errors.clone(),
            counts: counts(report).iter().map(|count| **count).collect(),
            rules: report.rules.clone(),
            groups: report.groups.clone(),
            names: report.names.clone(),
            rows: report.rows.clone(),
            facts: report.facts.sealed(key),
            refused: report.answers.refused.clone().into_iter().collect(),
        };
        self.line(&Line::Report(Box::new(totals)));
        match self.failed {
            Some(error) => Err(error),
            None => Ok(self.out),
        }
    }
}

/// What the lines of a part tell, in their order.
pub(super) trait Listener {
    /// The name for a hidden name's hash in this run.
    fn hidden(&mut self, hash: u64) -> String;
    fn finding(&mut self, finding: Located) -> io::Result<()>;
    /// What the events of the part have to do with the capture, event numbers from 0.
    fn beside(&mut self, beside: Beside);
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "is no whole part of capilint")
}

fn header_of(input: &mut impl BufRead) -> io::Result<Header> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    serde_json::from_str(&line).map_err(|_| broken())
}

/// Reads the header of a part. The inner error says why the part cannot be used.
pub(super) fn read_header(
    input: &mut impl BufRead,
    first: Option<&Header>,
    pixel: Option<&Index>,
) -> io::Result<Result<Header, &'static str>> {
    let header = header_of(input)?;
    Ok(match header.fault(first, pixel) {
        Some(fault) => Err(fault),
        None => Ok(header),
    })
}

/// Reads what stands between header and ledger, and adds it to a report. Gives back how names of
/// the part are called now.
pub(super) fn read_lines(
    input: &mut impl BufRead,
    listener: &mut dyn Listener,
) -> io::Result<(PartTotals, BTreeMap<String, String>)> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let rename = |names: &BTreeMap<String, String>, name: &mut Option<String>| {
        if let Some(new) = name.as_ref().and_then(|name| names.get(name)) {
            *name = Some(new.clone());
        }
    };
    loop {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Err(broken());
        }
        match serde_json::from_slice(&line).map_err(|_| broken())? {
            Line::Hidden(number, hash) => {
                let name = listener.hidden(hash);
                names.insert(format!("custom#{number}"), name);
            }
            Line::Finding(mut finding) => {
                rename(&names, &mut finding.event_name);
                listener.finding(*finding)?;
            }
            Line::Beside(mut beside) => {
                let own = std::mem::take(&mut beside.server).into_iter();
                let new = |name: String| names.get(&name).cloned().unwrap_or(name);
                beside.server = own.map(|(name, tally)| (new(name), tally)).collect();
                for name in beside.names.values_mut() {
                    *name = new(std::mem::take(name));
                }
                listener.beside(*beside);
            }
            Line::Report(mut totals) => {
                for row in &mut totals.rows {
                    rename(&names, &mut row.event_name);
                }
                let examples = totals
                    .groups
                    .iter_mut()
                    .flat_map(|group| &mut group.examples);
                examples.for_each(|example| rename(&names, &mut example.event_name));
                let renamed = std::mem::take(&mut totals.names).into_iter();
                totals.names = renamed
                    .map(|(name, score)| (names.get(&name).cloned().unwrap_or(name), score))
                    .collect();
                return Ok((PartTotals(*totals), names));
            }
        }
    }
}

/// The totals of a part, ready to be added to those of others.
pub(super) struct PartTotals(Totals);

impl PartTotals {
    /// Adds them. `index` gives the place of a group, `most` is how many examples and rows are kept.
    pub(super) fn add_to(
        mut self,
        report: &mut Report,
        mut index: impl FnMut(&mut Report, &Group) -> usize,
        (most_examples, most_rows): (usize, usize),
    ) -> io::Result<()> {
        let totals = &mut self.0;
        if totals.counts.len() != counts(report).len() || totals.rules.len() != report.rules.len() {
            return Err(broken());
        }
        report.files.append(&mut totals.files);
        report.errors.append(&mut totals.errors);
        for (sum, count) in counts(report).into_iter().zip(&totals.counts) {
            *sum += count;
        }
        for (sum, tally) in report.rules.iter_mut().zip(&totals.rules) {
            sum.add(tally);
        }
        for group in totals.groups.drain(..) {
            if group.rule >= report.rules.len() {
                return Err(broken());
            }
            let index = index(report, &group);
            let sum = &mut report.groups[index];
            sum.findings += group.findings;
            let room = most_examples.saturating_sub(sum.examples.len());
            sum.examples.extend(group.examples.into_iter().take(room));
        }
        for (name, score) in std::mem::take(&mut totals.names) {
            report.names.entry(name).or_default().merge(&score);
        }
        let room = most_rows.saturating_sub(report.rows.len());
        report.rows.extend(totals.rows.drain(..).take(room));
        report.facts.begin_file();
        report.facts.add(&totals.facts);
        for (error, answers) in totals.refused.drain(..) {
            *report.answers.refused.entry(error).or_insert(0) += answers;
        }
        Ok(())
    }
}

impl Beside {
    /// Takes what a block has, whose events come behind `events` others.
    pub(super) fn take(
        &mut self,
        events: u64,
        ties: Vec<Tie>,
        server: &[ServerTally],
        tied_names: &[(u64, u32)],
        names: &[String],
    ) {
        let ties = ties.into_iter();
        self.ties.extend(ties.map(|tie| behind(tie, events)));
        for (tally, name) in server.iter().zip(names) {
            if tally.events > 0 {
                self.count(name.clone(), tally, events);
            }
        }
        for (at, name) in tied_names {
            if let Some(name) = names.get(*name as usize) {
                self.names.insert(at + events, name.clone());
            }
        }
    }

    /// Takes what another part has, whose events come behind `events` others.
    pub(super) fn merge(&mut self, other: Beside, events: u64) {
        let ties = other.ties.into_iter();
        self.ties.extend(ties.map(|tie| behind(tie, events)));
        for (name, tally) in other.server {
            self.count(name, &tally, events);
        }
        let names = other.names.into_iter();
        self.names
            .extend(names.map(|(at, name)| (at + events, name)));
    }

    pub(super) fn count(&mut self, name: String, tally: &ServerTally, events: u64) {
        self.server.entry(name).or_default().add(&ServerTally {
            first: tally.first + events,
            ..*tally
        });
    }
}

fn behind(tie: Tie, events: u64) -> Tie {
    Tie {
        at: tie.at + events,
        ..tie
    }
}
