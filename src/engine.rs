//! Runs everything over a stream: blocks go to the workers of a thread pool, their parts come back
//! and are joined in the order of the input, so that the same input gives the same bytes for any
//! number of threads.

mod mending;
mod part;
mod walk;

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use bumpalo::Bump;

use crate::clock::{Latest, Source, plausible_time};
use crate::event::Event;
use crate::finding::{Finding, Findings, Severity, Subject};
use crate::input::blocks::{Block, Blocks, Frame, Head, Limits, bom_length};
use crate::inspect::{AsOf, Inspector, Read as Taken, RuleSet, Surroundings, Watch};
use crate::json::tree::SyntaxError;
use crate::json::{Pointer, Tape};
use crate::name::Name;
use crate::output::{Fixing, Reporter};
use crate::presence::presence;
use crate::report::{
    EventRow, FileTally, Group, InputError, Located, Location, Report, RuleTally, Verdict,
};
use crate::rules;
use crate::score::{Presence, event_score};
use crate::settings::{Clocks, Filter, Settings};

pub use part::Excerpts;
use part::{
    FEW_EXAMPLES, GroupKey, Lines, NameKey, Orders, Part, Pending, Sated, Scene, Told, measure,
};

/// Event names beyond this many are counted under one heading, so that a log with a name of its
/// own for every event does not fill the memory.
const MAX_NAMES: usize = 10_000;
/// Groups of findings beyond this many are counted under their rule alone.
const MAX_GROUPS: usize = 10_000;
/// The heading for names beyond [`MAX_NAMES`].
const OTHER_NAMES: &str = "(other names)";

/// Checks streams of captured payloads.
pub struct Linter {
    settings: Settings,
    rules: RuleSet,
    pool: rayon::ThreadPool,
    excerpts: Option<Excerpts>,
    stop: Arc<AtomicBool>,
}

impl Linter {
    /// A linter with these settings.
    ///
    /// # Panics
    /// When the operating system gives no threads.
    pub fn new(settings: Settings) -> Linter {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(settings.threads)
            .thread_name(|index| format!("capilint-{index}"))
            .build()
            .expect("the operating system gives threads");
        let (rules, stop) = (RuleSet::all(), Arc::new(AtomicBool::new(false)));
        Linter {
            settings,
            rules,
            pool,
            excerpts: None,
            stop,
        }
    }

    /// Lets reports carry excerpts.
    pub fn with_excerpts(mut self, excerpts: Excerpts) -> Linter {
        self.excerpts = Some(excerpts);
        self
    }

    /// What ends the run early when it is set, after the block at hand.
    pub fn stop_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stop)
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Checks one stream and tells the reporter of it. Fails only when the reporter does.
    pub fn run(
        &self,
        source: impl Read + Send,
        reporter: &mut dyn Reporter,
    ) -> io::Result<(Report, Verdict)> {
        let mut run = Run::new(self, reporter);
        // Without a sink there is no inner error to look at.
        let _ = run.stream("<stdin>", "<stdin>", source, None, None)?;
        run.finish()
    }

    /// Checks one payload that is at hand.
    pub fn lint_event(&self, text: &str) -> Report {
        let mut silent = Silent;
        match self.run(text.as_bytes(), &mut silent) {
            Ok((report, _)) => report,
            Err(_) => Report::default(),
        }
    }
}

/// Checks one payload with the default settings.
pub fn lint_event(text: &str) -> Report {
    Linter::new(Settings {
        threads: 1,
        ..Settings::default()
    })
    .lint_event(text)
}

/// A reporter that says nothing.
struct Silent;

impl Reporter for Silent {
    fn wants(&self) -> crate::output::Wants {
        crate::output::Wants::default()
    }
    fn finding(&mut self, _: &Located) -> io::Result<()> {
        Ok(())
    }
    fn event(&mut self, _: &EventRow) -> io::Result<()> {
        Ok(())
    }
    fn finish(&mut self, _: &Report, _: &Verdict) -> io::Result<()> {
        Ok(())
    }
}

/// A run over one or more streams.
pub struct Run<'l> {
    linter: &'l Linter,
    reporter: &'l mut dyn Reporter,
    report: Report,
    groups: BTreeMap<GroupKey, usize>,
    hidden: BTreeMap<u64, usize>,
    hasher: RandomState,
    sated: Mutex<Arc<Sated>>,
    shown: usize,
    progress: Option<Box<dyn FnMut(u64) + 'l>>,
}

/// Where the joined parts of a file have got to.
#[derive(Clone, Copy, Default)]
struct Position {
    line: u64,
    /// Characters of the last line so far.
    column: u64,
    offset: u64,
    events: u64,
}

impl Position {
    /// The place behind some more text.
    fn behind(self, text: &[u8]) -> Position {
        let (newlines, last_line) = measure(text);
        Position {
            line: self.line + newlines,
            column: last_line + if newlines == 0 { self.column } else { 0 },
            offset: self.offset + text.len() as u64,
            events: self.events,
        }
    }
}

/// Where a body that is read in pieces began, and where the bytes lie that may be the rest of it:
/// its head is read last, and speaks of both.
#[derive(Default)]
struct Opened {
    /// Offset of the block in the stream, its place, and its text before the first element.
    start: (u64, Position, Vec<u8>),
    /// The blocks since the last element: offset in the stream and place.
    rest: Vec<(u64, Position)>,
}

impl Opened {
    fn see(&mut self, block: &Block, position: Position) {
        match &block.frame {
            Frame::Elements {
                ranges,
                first,
                in_data: true,
            } => {
                self.rest.clear();
                if *first == 0 {
                    let before = ranges.first().map_or(0, |range| range.start);
                    self.start = (block.offset, position, block.bytes[..before].to_vec());
                }
            }
            Frame::Raw => self.rest.push((block.offset, position)),
            _ => {}
        }
    }

    /// Turns a place in the text of a head into one in the file.
    fn place(&self, head: &Head, location: &mut Location) {
        let first = head.text.get(..head.cut).unwrap_or_default();
        let (offset, begin, text) = &self.start;
        let before = head.start.saturating_sub(*offset) as usize;
        let mut base = begin.behind(text.get(..before).unwrap_or_default());
        if location.offset >= head.cut as u64 {
            let (newlines, last_line) = measure(first);
            if location.line == newlines + 1 {
                location.column = location.column.saturating_sub(last_line);
            }
            location.line = location.line.saturating_sub(newlines);
            location.offset -= head.cut as u64;
            let rest = self.rest.iter().find(|(at, _)| *at == head.resume);
            base = rest.map_or(base, |(_, position)| *position);
        }
        if location.line == 1 {
            location.column += base.column;
        }
        location.line += base.line;
        location.offset += base.offset;
    }
}

/// The findings of a file that are told once with their number.
struct FileFold {
    rule: usize,
    severity: Severity,
    name: Option<NameKey>,
    first: Located,
    message: fn(u64) -> String,
    number: u64,
}

/// A block that was worked on.
struct Worked {
    part: Part,
    block: Block,
    /// Bytes to be written instead of the block's, when something was mended.
    mended: Option<Vec<u8>>,
    /// Where the last text of the block begins that may go on behind it.
    tail: Option<usize>,
}

enum Message {
    Block(Block),
    Fault(io::Error),
    End,
    Worked(u64, Box<Worked>),
    /// Reading or working panicked: what is lost would be waited for.
    Panicked,
}

impl<'l> Run<'l> {
    /// A run that tells `reporter`.
    pub fn new(linter: &'l Linter, reporter: &'l mut dyn Reporter) -> Run<'l> {
        Run {
            linter,
            reporter,
            report: Report {
                rules: vec![RuleTally::default(); rules::ALL.len()],
                ..Report::default()
            },
            groups: BTreeMap::new(),
            hidden: BTreeMap::new(),
            hasher: RandomState::new(),
            sated: Mutex::new(Arc::new(Sated::default())),
            shown: 0,
            progress: None,
        }
    }

    /// Calls `progress` with the number of bytes read after every block.
    pub fn on_progress(&mut self, progress: impl FnMut(u64) + 'l) {
        self.progress = Some(Box::new(progress));
    }

    /// Notes an input that could not be read.
    pub fn failed(&mut self, error: InputError) {
        self.report.errors.push(error);
    }

    /// The report so far.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The report so far, to be completed by the caller.
    pub fn report_mut(&mut self) -> &mut Report {
        &mut self.report
    }

    /// Whether the run was asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.linter.stop.load(Ordering::Relaxed)
    }

    /// Checks one stream. `name` is how it is shown, `key` how suppressions see it; `newest` is the clock of `--as-of newest`. With a `sink`, the stream goes
    /// there, mended where the settings say so; a fault of the sink ends the stream and is returned
    /// as the inner error.
    pub fn stream(
        &mut self,
        name: &str,
        key: &str,
        source: impl Read + Send,
        newest: Option<i64>,
        sink: Option<&mut dyn Write>,
    ) -> io::Result<Result<FileTally, io::Error>> {
        let settings = &self.linter.settings;
        let as_of = match (settings.clocks, newest) {
            (Clocks::Auto, _) => AsOf::Auto,
            (Clocks::At(time), _) => AsOf::At(time),
            (Clocks::Newest, Some(time)) => AsOf::Newest(time),
            (Clocks::Now | Clocks::Newest, _) => AsOf::Now,
        };
        let around = Surroundings {
            as_of,
            wall: settings.wall,
            assume: settings.assume.clone(),
        };
        let mut file = OpenFile {
            key: key.to_owned(),
            tally: FileTally {
                name: name.to_owned(),
                ..FileTally::default()
            },
            around,
            position: Position::default(),
            folds: Vec::new(),
            carry: None,
            opened: Opened::default(),
            sink,
            sink_fault: None,
        };
        self.blocks(&mut file, source)?;
        self.close(file)
    }

    /// Reads, works on and joins all blocks of a stream.
    fn blocks(&mut self, file: &mut OpenFile<'_>, source: impl Read + Send) -> io::Result<()> {
        let linter = self.linter;
        let limits = linter.settings.limits;
        let in_flight = 2 * linter.pool.current_num_threads() + 2;
        let (send, receive) = mpsc::channel::<Message>();
        let (give_back, spares) = mpsc::channel::<Vec<u8>>();
        for _ in 0..in_flight {
            let _ = give_back.send(Vec::new());
        }
        let around = file.around.clone();
        let (name, key) = (file.tally.name.clone(), file.key.clone());
        let (hasher, wants) = (self.hasher.clone(), self.reporter.wants());
        std::thread::scope(|threads| {
            let to_main = send.clone();
            threads.spawn(move || {
                let mut blocks = Blocks::new(source, limits);
                // A spare buffer is also the leave to read on: it bounds the memory.
                while let Ok(spare) = spares.recv() {
                    let read = catch_unwind(AssertUnwindSafe(|| blocks.next(spare)));
                    let message = match read {
                        Ok(Ok(Some(block))) => Message::Block(block),
                        Ok(Ok(None)) => Message::End,
                        Ok(Err(fault)) => Message::Fault(fault),
                        Err(_) => Message::Panicked,
                    };
                    let ended = !matches!(message, Message::Block(_));
                    if to_main.send(message).is_err() || ended {
                        return;
                    }
                }
            });
            linter.pool.in_place_scope(|workers| {
                let mut waiting: BTreeMap<u64, Box<Worked>> = BTreeMap::new();
                let (mut given, mut joined, mut ended) = (0u64, 0u64, false);
                let mut outcome = Ok(());
                while !(ended && joined == given) {
                    let Ok(message) = receive.recv() else { break };
                    match message {
                        Message::Block(block) => {
                            let number = given;
                            given += 1;
                            let orders = self.orders(wants);
                            let (send, around, name, key, hasher) =
                                (send.clone(), &around, &name, &key, &hasher);
                            workers.spawn(move |_| {
                                let worker = Worker {
                                    linter,
                                    around,
                                    file: name,
                                    key,
                                    orders: &orders,
                                    hasher,
                                };
                                let work = || Box::new(worker.work(block, false));
                                let message = match catch_unwind(AssertUnwindSafe(work)) {
                                    Ok(worked) => Message::Worked(number, worked),
                                    Err(_) => Message::Panicked,
                                };
                                let _ = send.send(message);
                            });
                        }
                        Message::Fault(fault) => {
                            ended = true;
                            file.fault(&fault, self);
                        }
                        Message::End => ended = true,
                        Message::Panicked => {
                            self.report.internal_errors += 1;
                            let fault = || io::Error::other("an internal error");
                            file.sink_fault.get_or_insert_with(fault);
                            outcome = Err(None);
                            break;
                        }
                        Message::Worked(number, worked) => {
                            waiting.insert(number, worked);
                        }
                    }
                    while let Some(worked) = waiting.remove(&joined) {
                        joined += 1;
                        if outcome.is_ok() {
                            match self.join_in_order(file, *worked, &around, &hasher) {
                                Ok(spare) => {
                                    if self.is_stopped() {
                                        self.report.interrupted = true;
                                        outcome = Err(None);
                                    }
                                    let _ = give_back.send(spare);
                                }
                                Err(fault) => outcome = Err(Some(fault)),
                            }
                        }
                    }
                    if outcome.is_err() && joined == given {
                        // Nobody wants the rest. The reader stops when it gets no buffer.
                        break;
                    }
                }
                drop(give_back);
                match outcome {
                    Ok(()) => self.finish_carry(file, &around, &hasher),
                    Err(None) => Ok(()),
                    Err(Some(fault)) => Err(fault),
                }
            })
        })
    }

    fn orders(&self, wants: crate::output::Wants) -> Orders {
        let settings = &self.linter.settings;
        Orders {
            findings: wants.findings,
            events: wants.events,
            examples: settings.examples,
            excerpts: self.linter.excerpts.filter(|_| wants.excerpts),
            show_values: settings.show_values,
            sated: Arc::clone(
                &self
                    .sated
                    .lock()
                    .unwrap_or_else(|poison| poison.into_inner()),
            ),
        }
    }

    /// Joins a block to those before it. A text that runs over the end of a block is put together
    /// here and worked on once more.
    fn join_in_order(
        &mut self,
        file: &mut OpenFile<'_>,
        worked: Worked,
        around: &Surroundings,
        hasher: &RandomState,
    ) -> io::Result<Vec<u8>> {
        let Some(mut carried) = file.carry.take() else {
            return self.join(file, worked);
        };
        if worked.block.frame != Frame::Lines {
            self.rework(file, carried, true, around, hasher)?;
            return self.join(file, worked);
        }
        let spare = worked.block.bytes;
        carried.bytes.extend_from_slice(&spare);
        let complete =
            worked.block.last || carried.bytes.len() > self.linter.settings.limits.record;
        self.rework(file, carried, complete, around, hasher)?;
        Ok(spare)
    }

    fn rework(
        &mut self,
        file: &mut OpenFile<'_>,
        block: Block,
        complete: bool,
        around: &Surroundings,
        hasher: &RandomState,
    ) -> io::Result<()> {
        let orders = self.orders(self.reporter.wants());
        let (name, key) = (file.tally.name.clone(), file.key.clone());
        let worker = Worker {
            linter: self.linter,
            around,
            file: &name,
            key: &key,
            orders: &orders,
            hasher,
        };
        let worked = worker.work(block, complete);
        self.join(file, worked)?;
        Ok(())
    }

    fn finish_carry(
        &mut self,
        file: &mut OpenFile<'_>,
        around: &Surroundings,
        hasher: &RandomState,
    ) -> io::Result<()> {
        match file.carry.take() {
            Some(carried) => self.rework(file, carried, true, around, hasher),
            None => Ok(()),
        }
    }

    /// Adds what one block amounts to. Gives the block's buffer back.
    fn join(&mut self, file: &mut OpenFile<'_>, worked: Worked) -> io::Result<Vec<u8>> {
        let Worked {
            mut part,
            block,
            mended,
            tail,
        } = worked;
        file.opened.see(&block, file.position);
        let mut position = file.position;
        if let Frame::Head(head) = &block.frame {
            for pending in part.pending() {
                file.opened.place(head, &mut pending.located.location);
            }
            position = Position {
                events: position.events,
                ..Position::default()
            };
        }
        let mut bytes = block.bytes;
        if let Some(tail) = tail {
            let rest = bytes[tail..].to_vec();
            let offset = block.offset + tail as u64;
            file.carry = Some(Block {
                bytes: rest,
                offset,
                frame: Frame::Lines,
                last: false,
            });
            bytes.truncate(tail);
        }
        let written = mended.as_deref().unwrap_or(&bytes);
        file.write(written);
        self.report.bytes += bytes.len() as u64;
        file.tally.bytes += bytes.len() as u64;
        if let Some(progress) = &mut self.progress {
            progress(self.report.bytes);
        }
        file.tally.rewritten |= mended.is_some();
        let report = &mut self.report;
        report.records += part.records;
        report.requests += part.requests;
        report.events += part.events;
        report.filtered += part.filtered;
        report.skipped_lines += part.skipped_lines;
        report.other_records += part.other_records;
        report.suppressed += part.suppressed;
        report.fixable_safe += part.fixable_safe;
        report.fixable_unsafe += part.fixable_unsafe;
        report.internal_errors += part.internal_errors;
        report.lines += part.newlines;
        file.tally.records += part.records;
        file.tally.requests += part.requests;
        file.tally.events += part.events;
        let clocks = &mut report.clocks;
        clocks.given += part.clocks.given;
        clocks.capture += part.clocks.capture;
        clocks.request += part.clocks.request;
        clocks.newest += part.clocks.newest;
        clocks.wall += part.clocks.wall;
        for (sum, tally) in report.rules.iter_mut().zip(&part.rules) {
            for severity in 0..3 {
                sum.findings[severity] += tally.findings[severity];
                sum.events[severity] += tally.events[severity];
                file.tally.findings += tally.findings[severity];
            }
        }
        let names: Vec<String> = part.names.iter().map(|name| self.name(name)).collect();
        let mut counts: Vec<Vec<(Presence, bool, u64)>> = vec![Vec::new(); names.len()];
        for (name, presence, scored, count) in part.tally.drain() {
            counts[name as usize].push((presence, scored, count));
        }
        for (mut name, counts) in names.into_iter().zip(counts) {
            if counts.is_empty() {
                continue;
            }
            if self.report.names.len() >= MAX_NAMES && !self.report.names.contains_key(&name) {
                name = OTHER_NAMES.to_owned();
            }
            let sum = self.report.names.entry(name).or_default();
            for (presence, scored, count) in counts {
                sum.add_many(presence, scored, count);
            }
        }
        self.join_groups(&position, part.groups);
        for fold in part.folds {
            let same = |old: &&mut FileFold| {
                old.rule == fold.rule && old.severity == fold.severity && old.name == fold.name
            };
            match file.folds.iter_mut().find(same) {
                Some(old) => old.number += fold.number,
                None => {
                    let first = self.place(&position, fold.first);
                    file.folds.push(FileFold {
                        rule: fold.rule,
                        severity: fold.severity,
                        name: fold.name,
                        first,
                        message: fold.message,
                        number: fold.number,
                    });
                }
            }
        }
        for told in part.told {
            match told {
                Told::Finding(pending) => {
                    let located = self.place(&position, pending);
                    self.reporter.finding(&located)?;
                }
                Told::Event(mut row, name) => {
                    row.event_name = name.map(|name| self.name(&name));
                    row.line += file.position.line;
                    row.event += file.position.events;
                    if self.report.rows.len() < self.linter.settings.rows {
                        self.report.rows.push(row.clone());
                        if self.report.rows.len() == self.linter.settings.rows {
                            self.sate(|sated| sated.rows = true);
                        }
                    }
                    if self.reporter.wants().events {
                        self.reporter.event(&row)?;
                    }
                }
            }
        }
        self.join_changes(file, part.changes, part.withheld, part.not_written);
        let position = &mut file.position;
        position.offset += written.len() as u64;
        position.column = part.last_line
            + if part.newlines == 0 {
                position.column
            } else {
                0
            };
        position.line += part.newlines;
        position.events += part.events + part.filtered;
        Ok(bytes)
    }

    fn join_changes(
        &mut self,
        file: &OpenFile<'_>,
        changes: Vec<crate::report::LocatedChange>,
        withheld: Vec<crate::report::LocatedChange>,
        not_written: Vec<&'static str>,
    ) {
        let most = self.linter.settings.examples;
        let fixes = &mut self.report.fixes;
        for (list, tally, examples) in [
            (changes, &mut fixes.made, &mut fixes.examples),
            (withheld, &mut fixes.withheld, &mut fixes.withheld_examples),
        ] {
            for mut change in list {
                *tally.entry(change.change.rule).or_insert(0) += 1;
                if examples.len() < most {
                    change.line += file.position.line;
                    change.event = change.event.map(|event| event + file.position.events);
                    examples.push(change);
                }
            }
        }
        for reason in not_written {
            *fixes.not_written.entry(reason.to_owned()).or_insert(0) += 1;
        }
    }

    fn join_groups(&mut self, position: &Position, groups: Vec<part::PartGroup>) {
        let most = self.linter.settings.examples;
        let mut newly_sated = Vec::new();
        for group in groups {
            let mut key = group.key;
            if self.groups.len() >= MAX_GROUPS && !self.groups.contains_key(&key) {
                key.2.clear();
            }
            let index = match self.groups.get(&key) {
                Some(&index) => index,
                None => {
                    let index = self.report.groups.len();
                    self.report.groups.push(Group {
                        rule: key.0,
                        severity: key.1,
                        pattern: key.2.clone(),
                        findings: 0,
                        examples: Vec::new(),
                    });
                    self.groups.insert(key.clone(), index);
                    index
                }
            };
            self.report.groups[index].findings += group.findings;
            for pending in group.examples {
                let have = self.report.groups[index].examples.len();
                if have >= most || (have >= FEW_EXAMPLES && self.shown >= most) {
                    break;
                }
                let located = self.place(position, pending);
                self.report.groups[index].examples.push(located);
                self.shown += 1;
            }
            let have = self.report.groups[index].examples.len();
            if have >= most || (have >= FEW_EXAMPLES && self.shown >= most) {
                newly_sated.push(key);
            }
        }
        let few = self.shown >= most;
        let before = Arc::clone(
            &self
                .sated
                .lock()
                .unwrap_or_else(|poison| poison.into_inner()),
        );
        newly_sated.retain(|key| !before.groups.contains(key));
        if few != before.few || !newly_sated.is_empty() {
            self.sate(|sated| {
                sated.few = few;
                sated.groups.extend(newly_sated);
            });
        }
    }

    fn sate(&mut self, change: impl FnOnce(&mut Sated)) {
        let mut sated = self
            .sated
            .lock()
            .unwrap_or_else(|poison| poison.into_inner());
        let mut new = Sated {
            groups: sated.groups.clone(),
            few: sated.few,
            rows: sated.rows,
        };
        change(&mut new);
        *sated = Arc::new(new);
    }

    /// Gives a finding its place in the file.
    fn place(&mut self, position: &Position, pending: Pending) -> Located {
        let mut located = pending.located;
        let Location {
            line,
            column,
            offset,
            ..
        } = &mut located.location;
        if *line == 1 {
            *column += position.column;
        }
        *line += position.line;
        *offset += position.offset;
        located.event = pending.event.map(|event| event + position.events);
        located.event_name = pending.event_name.map(|name| self.name(&name));
        located
    }

    /// The name as it is printed. Names that may not be are numbered in the order of the input.
    fn name(&mut self, name: &NameKey) -> String {
        match name {
            NameKey::Printable(name) => name.clone(),
            NameKey::Missing => "(no event_name)".to_owned(),
            NameKey::Hidden(hash) => {
                let next = self.hidden.len() + 1;
                let number = if self.hidden.len() < MAX_NAMES {
                    *self.hidden.entry(*hash).or_insert(next)
                } else {
                    match self.hidden.get(hash) {
                        Some(number) => *number,
                        None => return OTHER_NAMES.to_owned(),
                    }
                };
                format!("custom#{number}")
            }
        }
    }

    /// Ends a file: tells what was folded, and that there was no event.
    fn close(&mut self, mut file: OpenFile<'_>) -> io::Result<Result<FileTally, io::Error>> {
        for fold in std::mem::take(&mut file.folds) {
            let mut located = fold.first;
            located.message = (fold.message)(fold.number);
            self.tell(&mut file.tally, fold.severity, located)?;
        }
        let may_be_empty = self.linter.settings.gate.allow_empty
            || self.report.interrupted
            || self.report.filtered > 0;
        if file.tally.events == 0 && !may_be_empty {
            let what = match (file.tally.bytes, file.tally.records) {
                (0, _) => "the input is empty".to_owned(),
                (_, 0) => "the input holds no JSON text".to_owned(),
                (_, records) => {
                    format!(
                        "{} without an event",
                        crate::report::count(records, "JSON text")
                    )
                }
            };
            self.tell_of_file(&mut file.tally, "no-events-found", what, None)?;
        }
        self.report.files.push(file.tally.clone());
        Ok(match file.sink_fault {
            Some(fault) => Err(fault),
            None => Ok(file.tally),
        })
    }

    /// Reports something about a whole file, or about a line of the configuration.
    pub fn tell_of_file(
        &mut self,
        tally: &mut FileTally,
        rule: &str,
        message: String,
        line: Option<u64>,
    ) -> io::Result<()> {
        let mut findings = Findings::new();
        findings.begin(rules::index_of(rule), Subject::File, 0);
        findings.here(message);
        let finding = findings.take().remove(0);
        let severity = match self.linter.settings.policy.decide(&tally.name, &finding) {
            crate::policy::Decision::Report(severity) => severity,
            crate::policy::Decision::Suppress => {
                self.report.suppressed += 1;
                return Ok(());
            }
            crate::policy::Decision::Ignore => return Ok(()),
        };
        let meta = rules::ALL[finding.rule].meta();
        let located = Located {
            rule: finding.rule,
            severity,
            effect: finding.effect,
            certainty: finding.certainty,
            message: finding.message,
            help: meta.help.clone(),
            file: tally.name.clone(),
            location: Location {
                line: line.unwrap_or(1),
                column: 1,
                offset: 0,
                length: 0,
            },
            event: None,
            event_name: None,
            pointer: None,
            pattern: String::new(),
            fix: None,
            excerpt: None,
        };
        self.tell(tally, severity, located)
    }

    /// Counts and tells a finding that has its place already.
    fn tell(
        &mut self,
        tally: &mut FileTally,
        severity: Severity,
        located: Located,
    ) -> io::Result<()> {
        tally.findings += 1;
        self.report.rules[located.rule].findings[severity as usize] += 1;
        if self.reporter.wants().findings {
            self.reporter.finding(&located)?;
        }
        let key = (located.rule, severity, located.pattern.clone());
        let index = *self.groups.entry(key).or_insert_with(|| {
            self.report.groups.push(Group {
                rule: located.rule,
                severity,
                pattern: located.pattern.clone(),
                findings: 0,
                examples: Vec::new(),
            });
            self.report.groups.len() - 1
        });
        let group = &mut self.report.groups[index];
        group.findings += 1;
        if group.examples.len() < self.linter.settings.examples {
            group.examples.push(located);
            self.shown += 1;
        }
        Ok(())
    }

    /// Ends the run and tells the reporter the verdict.
    pub fn finish(mut self) -> io::Result<(Report, Verdict)> {
        self.report.interrupted |= self.is_stopped();
        if self.linter.settings.fixing != Fixing::Off && !self.linter.settings.unsafe_fixes {
            self.report.fixes.needs_consent = self.report.fixable_unsafe;
        }
        let verdict = Verdict::of(&self.report, &self.linter.settings.gate);
        self.reporter.finish(&self.report, &verdict)?;
        Ok((self.report, verdict))
    }
}

/// A file while it is read.
struct OpenFile<'s> {
    tally: FileTally,
    /// The name as suppressions see it.
    key: String,
    around: Surroundings,
    position: Position,
    folds: Vec<FileFold>,
    /// A text that began in a block and goes on in the next.
    carry: Option<Block>,
    opened: Opened,
    sink: Option<&'s mut dyn Write>,
    sink_fault: Option<io::Error>,
}

impl OpenFile<'_> {
    fn write(&mut self, bytes: &[u8]) {
        if let (Some(sink), None) = (&mut self.sink, &self.sink_fault)
            && let Err(fault) = sink.write_all(bytes)
        {
            self.sink_fault = Some(fault);
        }
    }

    /// The stream ended before its time.
    fn fault(&mut self, fault: &io::Error, run: &mut Run<'_>) {
        self.sink_fault
            .get_or_insert_with(|| io::Error::new(fault.kind(), fault.to_string()));
        let packed = matches!(
            fault.kind(),
            io::ErrorKind::InvalidData
                | io::ErrorKind::UnexpectedEof
                | io::ErrorKind::InvalidInput
                | io::ErrorKind::Other
        );
        if packed {
            let message = "the compression is cut off or damaged; what came before was read";
            let mut tally = std::mem::take(&mut self.tally);
            // A reporter that fails here fails again at the end, where it is noticed.
            let _ = run.tell_of_file(&mut tally, "unreadable-archive", message.to_owned(), None);
            self.tally = tally;
        } else {
            let message = crate::input::walk::io_message(fault);
            run.failed(InputError {
                path: self.tally.name.clone(),
                message,
            });
        }
    }
}

/// Works on blocks, on any thread.
struct Worker<'w> {
    linter: &'w Linter,
    around: &'w Surroundings,
    file: &'w str,
    /// The name as suppressions see it.
    key: &'w str,
    orders: &'w Orders,
    hasher: &'w RandomState,
}

impl Worker<'_> {
    /// Mends a block if told to, checks it and counts. With `complete` the text ends with it.
    fn work(&self, block: Block, complete: bool) -> Worked {
        let mut part = Part::new();
        let complete = complete || block.last;
        let fixing = self.linter.settings.fixing;
        let mut mended = None;
        if fixing != Fixing::Off {
            let outcome = mending::mend_block(self, &block, complete);
            part.changes = outcome.changes;
            part.withheld = outcome.withheld;
            part.not_written = outcome.not_written;
            if fixing == Fixing::Write {
                mended = outcome.block;
            }
        }
        let subject = mended.as_ref().unwrap_or(&block);
        let tail = self.check(subject, complete, &mut part);
        // The tail is not mended: it stands at the end of both texts.
        let cut = tail.map(|at| subject.bytes.len() - at);
        let end = cut.map_or(subject.bytes.len(), |rest| subject.bytes.len() - rest);
        (part.newlines, part.last_line) = measure(&subject.bytes[..end]);
        let tail = cut.map(|rest| block.bytes.len() - rest);
        let mended = mended.map(|mended| {
            let mut bytes = mended.bytes;
            bytes.truncate(end);
            bytes
        });
        Worked {
            part,
            block,
            mended,
            tail,
        }
    }

    fn check(&self, block: &Block, complete: bool, part: &mut Part) -> Option<usize> {
        if let Frame::Head(head) = &block.frame {
            self.check_head(head, part);
            return None;
        }
        let utf8 = Utf8::of(&block.bytes);
        let text = utf8.text();
        let skip = if block.offset == 0 {
            bom_length(&block.bytes)
        } else {
            0
        };
        let arena = Bump::new();
        let mut checker = Checker {
            worker: self,
            inspector: Inspector::new(&self.linter.rules, self.around, &arena),
            lines: Lines::new(text, skip),
            part,
            utf8: &utf8,
            seen: Vec::new(),
            prefix: Pointer::root(),
            as_event: None,
            latest: Latest::default(),
        };
        let mut tail = None;
        match &block.frame {
            Frame::Lines => {
                tail = walk::walk(text, skip, text.len(), complete, &mut checker);
            }
            Frame::Texts(ranges) => {
                for range in ranges {
                    walk::walk(text, range.start, range.end, true, &mut checker);
                }
            }
            Frame::Elements {
                ranges,
                first,
                in_data,
            } => {
                if *in_data {
                    checker.latest = latest_of(text, ranges);
                }
                for (index, range) in ranges.iter().enumerate() {
                    let root = if *in_data {
                        Pointer::root().key("data")
                    } else {
                        Pointer::root()
                    };
                    checker.prefix = root.index(first + index);
                    checker.as_event = Some(*in_data);
                    walk::walk(text, range.start, range.end, true, &mut checker);
                }
            }
            Frame::TooLarge { start } => {
                let at = (*start - block.offset) as usize;
                let limit = self.linter.settings.limits.record;
                let message = format!("a record is larger than {limit} bytes and was not read");
                checker.say("record-too-large", at, &text[at..], 0..0, message, None);
                checker.part.records += 1;
            }
            Frame::Foreign(what) => {
                let message = format!("this is {what}, not JSON");
                checker.say("malformed-json", 0, "", 0..0, message, None);
            }
            Frame::Raw | Frame::Head(_) => {}
        }
        tail
    }

    /// The head of a body that was read in pieces: its own members are checked, its events were.
    fn check_head(&self, head: &Head, part: &mut Part) {
        let utf8 = Utf8::of(&head.text);
        let text = utf8.text();
        let arena = Bump::new();
        let mut lines = Lines::new(text, 0);
        let mut inspector = Inspector::new(&self.linter.rules, self.around, &arena);
        part.records += 1;
        part.requests += 1;
        if inspector.text(text, &mut ()).is_err() {
            return;
        }
        let mut scene = Scene {
            file: self.file,
            key: self.key,
            policy: &self.linter.settings.policy,
            orders: self.orders,
            text,
            at: 0,
            prefix: Pointer::root(),
            lines: &mut lines,
            tree: None,
        };
        for group in inspector.groups() {
            let findings = &inspector.findings()[group.findings.clone()];
            part.report(&mut scene, findings, &inspector.pointer(group.place), None);
        }
    }
}

/// The newest plausible event_time of a stream: the first pass of `--as-of newest`.
pub fn newest_time(source: impl Read, limits: Limits) -> Option<i64> {
    struct Newest(Latest);
    impl Watch for Newest {
        fn event(&mut self, event: &Event<'_, '_>, _: &[Finding]) {
            if let Some(time) = event.time() {
                self.0.see(time);
            }
        }
    }
    let (rules, mut blocks) = (RuleSet::default(), Blocks::new(source, limits));
    let around = Surroundings {
        as_of: AsOf::Now,
        wall: 0,
        assume: Default::default(),
    };
    let (mut newest, mut carry, mut ended) = (Newest(Latest::default()), Vec::new(), false);
    while !ended {
        let block = blocks.next(Vec::new()).ok().flatten();
        ended = block.is_none();
        let (frame, bytes) = block.map_or((Frame::Lines, Vec::new()), |b| (b.frame, b.bytes));
        carry.extend_from_slice(&bytes);
        let utf8 = Utf8::of(&carry);
        let (text, arena) = (utf8.text(), Bump::new());
        let mut inspector = Inspector::new(&rules, &around, &arena);
        let mut reader = JustRead {
            inspector: &mut inspector,
            watch: &mut newest,
        };
        let tail = match &frame {
            Frame::Lines => walk::walk(text, 0, text.len(), ended, &mut reader),
            Frame::Texts(ranges) | Frame::Elements { ranges, .. } => {
                for range in ranges {
                    walk::walk(text, range.start, range.end, true, &mut reader);
                }
                None
            }
            _ => None,
        };
        let rest = tail.map(|at| carry[at..].to_vec()).unwrap_or_default();
        carry = rest;
    }
    newest.0.first
}

/// Reads texts and reports nothing.
struct JustRead<'r, 's, 'a, W> {
    inspector: &'r mut Inspector<'s, 'a>,
    watch: &'r mut W,
}

impl<'a, W: Watch> walk::Visit<'a> for JustRead<'_, '_, 'a, W> {
    fn json(&mut self, _: usize, text: &'a str) -> Result<Taken, SyntaxError> {
        self.inspector.text(text, self.watch)
    }
    fn prose(&mut self, _: usize, _: &'a str) {}
    fn malformed(&mut self, _: usize, _: &'a str, _: SyntaxError) {}
    fn relaxed(&mut self, _: usize) {}
}

/// The largest times of some elements of `data`, read without any rule.
fn latest_of(text: &str, ranges: &[std::ops::Range<usize>]) -> Latest {
    let mut latest = Latest::default();
    let mut arena = Bump::new();
    for range in ranges {
        let mut tape = Tape::new();
        if tape.parse(&text[range.clone()], &arena).is_ok() {
            let time = tape.root().get(Name::EventTime).and_then(plausible_time);
            if let Some(time) = time {
                latest.see(time);
            }
        }
        drop(tape);
        arena.reset();
    }
    latest
}

/// Bytes as text. Bytes that are no UTF-8 are shown to the parser as `?`, so that the rest of the
/// text is read and every place stays true.
enum Utf8<'b> {
    Whole(&'b str),
    Patched { text: String, bad: Vec<usize> },
}

impl<'b> Utf8<'b> {
    fn of(bytes: &'b [u8]) -> Utf8<'b> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Utf8::Whole(text),
            Err(_) => {
                let (mut text, mut bad) = (String::with_capacity(bytes.len()), Vec::new());
                for chunk in bytes.utf8_chunks() {
                    text.push_str(chunk.valid());
                    for _ in chunk.invalid() {
                        bad.push(text.len());
                        text.push('?');
                    }
                }
                Utf8::Patched { text, bad }
            }
        }
    }

    fn text(&self) -> &str {
        match self {
            Utf8::Whole(text) => text,
            Utf8::Patched { text, .. } => text,
        }
    }

    /// The first bad byte between two places.
    fn bad_in(&self, start: usize, end: usize) -> Option<usize> {
        match self {
            Utf8::Whole(_) => None,
            Utf8::Patched { bad, .. } => {
                let at = bad.partition_point(|&at| at < start);
                bad.get(at).copied().filter(|&at| at < end)
            }
        }
    }
}

/// Checks the texts of one block.
struct Checker<'c, 'a> {
    worker: &'c Worker<'c>,
    inspector: Inspector<'c, 'a>,
    lines: Lines<'a>,
    part: &'c mut Part,
    utf8: &'c Utf8<'a>,
    seen: Vec<Seen>,
    /// The pointer of the text's root, for elements of a larger text.
    prefix: Pointer,
    /// Whether the text is an element of a list read in pieces, and if so of `data`.
    as_event: Option<bool>,
    latest: Latest,
}

/// An event as the watch saw it.
struct Seen {
    place: u32,
    name: u32,
    presence: Presence,
    website: bool,
    wanted: bool,
    event_id: Option<String>,
}

/// Notes the events of one text.
struct Notes<'n> {
    part: &'n mut Part,
    seen: &'n mut Vec<Seen>,
    filter: &'n Filter,
    hasher: &'n RandomState,
    show_ids: bool,
}

impl Watch for Notes<'_> {
    fn event(&mut self, event: &Event<'_, '_>, findings: &[Finding]) {
        let wanted = self.filter.is_open() || is_wanted(self.filter, event);
        let hide = |name: &str| self.hasher.hash_one(name);
        let name = self.part.name_index(event.name(), hide);
        let (presence, website) = (presence(event, findings), event.is_website());
        if wanted {
            self.part.events += 1;
            self.part.tally.add(name, presence, website);
            let clocks = &mut self.part.clocks;
            match event.clock.source {
                Source::Given => clocks.given += 1,
                Source::Capture => clocks.capture += 1,
                Source::Request => clocks.request += 1,
                Source::Newest => clocks.newest += 1,
                Source::Wall => clocks.wall += 1,
            }
        } else {
            self.part.filtered += 1;
        }
        let event_id = event.get(Name::EventId).filter(|_| self.show_ids);
        self.seen.push(Seen {
            place: event.root().place(),
            name,
            presence,
            website,
            wanted,
            event_id: event_id.and_then(|id| id.text()).map(str::to_owned),
        });
    }
}

fn is_wanted(filter: &Filter, event: &Event<'_, '_>) -> bool {
    if !filter.event_names.is_empty()
        && !filter
            .event_names
            .iter()
            .any(|name| event.name() == Some(name))
    {
        return false;
    }
    if filter.since.is_none() && filter.until.is_none() {
        return true;
    }
    event.time().is_some_and(|time| {
        filter.since.is_none_or(|since| time >= since)
            && filter.until.is_none_or(|until| time < until)
    })
}

impl<'a> Checker<'_, 'a> {
    /// Takes over what the inspector found in the text at `at`.
    fn take(&mut self, at: usize, text: &'a str, events_before: u64) {
        let worker = self.worker;
        let bare = self.inspector.findings().is_empty();
        let rows = worker.orders.events
            || (!worker.orders.sated.rows && self.part.rows < worker.linter.settings.rows);
        let bad = self.utf8.bad_in(at, at + text.len());
        if bare && !rows && bad.is_none() {
            return;
        }
        if let Some(bad) = bad {
            let message = "there are bytes that are not UTF-8".to_owned();
            self.say(
                "invalid-utf8",
                at,
                text,
                bad - at..bad - at + 1,
                message,
                None,
            );
        }
        let mut scene = Scene {
            file: worker.file,
            key: worker.key,
            policy: &worker.linter.settings.policy,
            orders: worker.orders,
            text,
            at,
            prefix: self.prefix.clone(),
            lines: &mut self.lines,
            tree: None,
        };
        let (all_rows, most_rows) = (worker.orders.events, worker.linter.settings.rows);
        let mut next_row = 0;
        let mut row = |upto: usize,
                       scene: &mut Scene<'_, '_>,
                       part: &mut Part,
                       inspector: &Inspector<'_, '_>| {
            while rows && next_row < upto {
                let seen = &self.seen[next_row];
                if seen.wanted && (all_rows || part.rows < most_rows) {
                    part.rows += 1;
                    let pointer = inspector.pointer(seen.place);
                    let span = scene.span(&pointer).map_or(0, |span| span.start);
                    let name = part.names[seen.name as usize].clone();
                    let row = EventRow {
                        file: worker.file.to_owned(),
                        line: scene.lines.locate(at + span, 0).line,
                        event: events_before + next_row as u64,
                        pointer: crate::printable::pointer_below(
                            &scene.prefix.join(&pointer),
                            &Pointer::root(),
                        ),
                        event_name: None,
                        event_id: seen.event_id.clone(),
                        score: seen.website.then(|| event_score(seen.presence.usable())),
                        presence: seen.presence,
                    };
                    part.told.push(Told::Event(row, Some(name)));
                }
                next_row += 1;
            }
        };
        for group in self.inspector.groups() {
            let findings = &self.inspector.findings()[group.findings.clone()];
            match group.event {
                Some(number) => {
                    row(number + 1, &mut scene, self.part, &self.inspector);
                    let seen = &self.seen[number];
                    if seen.wanted {
                        let name = self.part.names[seen.name as usize].clone();
                        let base = self.inspector.pointer(seen.place);
                        let about = Some((events_before + number as u64, &name));
                        self.part.report(&mut scene, findings, &base, about);
                    }
                }
                None => {
                    let base = match group.subject {
                        Subject::Request => self.inspector.pointer(group.place),
                        _ => Pointer::root(),
                    };
                    self.part.report(&mut scene, findings, &base, None);
                }
            }
        }
        row(self.seen.len(), &mut scene, self.part, &self.inspector);
    }

    /// Reports something that no check finds because it is about the reading itself.
    fn say(
        &mut self,
        rule: &str,
        at: usize,
        text: &'a str,
        bytes: std::ops::Range<usize>,
        message: String,
        change: Option<fn(&mut Finding)>,
    ) {
        let mut findings = Findings::new();
        findings.begin(rules::index_of(rule), Subject::Record, 0);
        let finding = findings.at_bytes(bytes, message);
        if let Some(change) = change {
            change(finding);
        }
        let worker = self.worker;
        let mut scene = Scene {
            file: worker.file,
            key: worker.key,
            policy: &worker.linter.settings.policy,
            orders: worker.orders,
            text,
            at,
            prefix: Pointer::root(),
            lines: &mut self.lines,
            tree: None,
        };
        self.part
            .report(&mut scene, findings.list(), &Pointer::root(), None);
    }
}

/// A payload with text in front of it, as loggers write it.
fn payload_alone(finding: &mut Finding) {
    finding.help("a line must be the payload itself: cut off the text around it");
}

/// Comments and commas are told once a file, as information.
fn once_a_file(finding: &mut Finding) {
    finding
        .severity(Severity::Info)
        .spoils(false)
        .fold(crate::finding::Reach::File, |number| match number {
            1 => "JSON with comments or trailing commas was read as if it had none".to_owned(),
            _ => format!(
                "JSON with comments or trailing commas was read as if it had none, {number} times"
            ),
        });
}

impl<'a> walk::Visit<'a> for Checker<'_, 'a> {
    fn json(&mut self, at: usize, text: &'a str) -> Result<Taken, SyntaxError> {
        self.seen.clear();
        let events_before = self.part.events + self.part.filtered;
        let settings = &self.worker.linter.settings;
        let mut notes = Notes {
            part: self.part,
            seen: &mut self.seen,
            filter: &settings.filter,
            hasher: self.worker.hasher,
            show_ids: settings.show_values,
        };
        let read = match self.as_event {
            Some(true) => self.inspector.element(text, self.latest, &mut notes)?,
            _ => self.inspector.text(text, &mut notes)?,
        };
        if self.as_event != Some(true) {
            self.part.records += 1;
            self.part.requests += self.inspector.requests() as u64;
            self.part.other_records += u64::from(self.inspector.events() == 0);
        }
        if let Some(place) = read.relaxed_at {
            let message = "comments or trailing commas".to_owned();
            self.say(
                "malformed-json",
                at,
                text,
                place..place + 1,
                message,
                Some(once_a_file),
            );
        }
        self.take(at, &text[..read.end], events_before);
        Ok(read)
    }

    fn prose(&mut self, at: usize, text: &'a str) {
        self.part.skipped_lines += 1;
        self.inspector.prose(text);
        self.seen.clear();
        let before = self.part.events + self.part.filtered;
        self.take(at, text, before);
    }

    fn malformed(&mut self, at: usize, text: &'a str, error: SyntaxError) {
        let start = error.offset.min(text.len());
        let length = text[start..].chars().next().map_or(0, char::len_utf8);
        let message = format!("not valid JSON: {}", error.what);
        self.say(
            "malformed-json",
            at,
            text,
            start..start + length,
            message,
            None,
        );
        // A token in a broken text leaks like any other.
        self.inspector.prose(text);
        self.seen.clear();
        let before = self.part.events + self.part.filtered;
        self.take(at, text, before);
    }

    fn relaxed(&mut self, at: usize) {
        let message = "comments or trailing commas".to_owned();
        self.say("malformed-json", at, "", 0..0, message, Some(once_a_file));
    }
}
