//! A run over streams: reads blocks, hands them to the workers, and joins what comes back in the
//! order of the input.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::io::{self, BufRead, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, mpsc};

use rayon::prelude::*;

use crate::ages::Ages;
use crate::envelope::dated;
use crate::envelope::when::{Logged, is_too_early};
use crate::finding::{Finding, Findings, Place, Severity, Subject};
use crate::fix::Safety;
use crate::input::blocks::{Block, Blocks, Frame, Head};
use crate::input::unpack::Packing;
use crate::inspect::{AsOf, Surroundings};
use crate::json::Pointer;
use crate::ledger::{
    BlockSpot, Entries, Evidence, Key, Ledger, Lessons, LogCheck, LogFinding, LogFindings, Needs,
};
use crate::output::{Fixing, Reporter};
use crate::pixel::Pairing;
use crate::pixel::index::Tie;
use crate::pixel::pairs::ServerTally;
use crate::report::{
    FileTally, Group, InputError, Located, Location, Related, Report, RuleTally, Verdict,
};
use crate::resend::{self, Body, Parcel, Resend};
use crate::rule::Rule;
use crate::rules;
use crate::score::NameScore;
use crate::settings::Clocks;
use crate::values::printable;
use crate::witness::Witnesses;

use super::Linter;
use super::learn::{self, Taught};
use super::parcel;
use super::part::{
    self, Answered, FEW_EXAMPLES, GroupKey, NameKey, Orders, Part, Pending, Sated, Told, measure,
};
use super::shared::{self, Beside, Header, Listener, PartWriter};
use super::traces::Traces;
use super::widths::{Widths, stored};
use super::worker::{Worker, part_of};

/// Event names beyond this many are counted under one heading, so that a log with a name of its
/// own for every event does not fill the memory.
const MAX_NAMES: usize = 10_000;
/// Groups of findings beyond this many are counted under their rule alone.
const MAX_GROUPS: usize = 10_000;
/// The heading for names beyond [`MAX_NAMES`].
const OTHER_NAMES: &str = "(other names)";
/// Why fixes that need the whole log are not made.
const READ_ONCE: &str = "the whole log shows it, and standard input is read once: give --spool to have it kept in a temporary file and read twice";
/// A run over one or more streams.
pub struct Run<'l> {
    linter: &'l Linter,
    reporter: &'l mut dyn Reporter,
    report: Report,
    groups: BTreeMap<GroupKey, usize>,
    hidden: BTreeMap<u64, usize>,
    key: Key,
    ledger: Ledger,
    /// What rules of the whole log want to read; `None` when none of them speaks.
    ledger_needs: Option<Needs>,
    resend: Option<Resend>,
    /// Where this run is written as a part of a larger one.
    part: Option<PartWriter<'l>>,
    /// The first part that was taken in.
    /// Whether the stream to come stands on disk as UTF-16.
    is_wide: bool,
    first_part: Option<Header>,
    /// The parts that were merged so far.
    part_ids: HashSet<u64>,
    /// What a capture of the browser's requests has to do with the events so far.
    beside: Beside,
    /// What every check may ask beside the payload.
    witnesses: Witnesses,
    /// Nothing is mended: the run only learns for another.
    only_learns: bool,
    /// What a first pass has learned for the fixes of this.
    lessons: Option<Arc<Lessons>>,
    /// For what the run only fetches values of the log.
    fetches: Option<Arc<Lessons>>,
    /// Fixes that need the whole log are not made, since the input cannot be read twice.
    reads_once: bool,
    sated: Mutex<Arc<Sated>>,
    spare_entries: Arc<Mutex<Vec<Entries>>>,
    shown: usize,
    progress: Option<Box<dyn FnMut(u64) + 'l>>,
}

/// Where the joined parts of a file have got to.
#[derive(Clone, Copy, Default)]
struct Position {
    line: u64,
    /// Characters of the last line so far.
    column: u64,
    /// In bytes on disk.
    offset: u64,
    events: u64,
    /// Whether the text stands on disk as UTF-16.
    is_wide: bool,
}

impl Position {
    /// The place behind some more text.
    fn behind(self, text: &[u8]) -> Position {
        let (newlines, last_line) = measure(text);
        Position {
            line: self.line + newlines,
            column: last_line + if newlines == 0 { self.column } else { 0 },
            offset: self.offset + stored(text, self.is_wide),
            ..self
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
    /// Requests inside the elements: then these are no events, and the text around is no request.
    requests: u64,
    /// Events of Meta's among the elements, and whether there are others'.
    events: u64,
    is_foreign: bool,
    /// Whether the text around has not come to its end.
    is_open: bool,
    /// Whether the text is the list.
    is_list: bool,
    /// When the elements happened, if they are events of a body.
    ages: Ages,
}

impl Opened {
    fn see(&mut self, block: &Block, position: Position) {
        match &block.frame {
            Frame::Elements {
                ranges,
                first,
                list,
            } => {
                self.is_list = list.pointer == Pointer::root();
                self.rest.clear();
                self.is_open = true;
                if *first == 0 {
                    (self.requests, self.events, self.is_foreign) = (0, 0, false);
                    self.ages = Ages::default();
                    let before = ranges.first().map_or(0, |range| range.start);
                    self.start = (block.offset, position, block.bytes[..before].to_vec());
                }
            }
            Frame::Raw => self.rest.push((block.offset, position)),
            _ => {}
        }
    }

    /// The line and column, from 0, and the offset in the file of a place in the text of a head.
    fn spot(&self, head: &Head, spot: BlockSpot) -> (u64, u64, u64) {
        let mut location = Location {
            line: u64::from(spot.line) + 1,
            column: u64::from(spot.column) + 1,
            offset: spot.offset.into(),
            length: 0,
        };
        self.place(head, &mut location);
        let from_0 = |number: u64| number.saturating_sub(1);
        (
            from_0(location.line),
            from_0(location.column),
            location.offset,
        )
    }

    /// Turns a place in the text of a head into one in the file.
    fn place(&self, head: &Head, location: &mut Location) {
        let first = head.text.get(..head.cut).unwrap_or_default();
        let is_wide = self.start.1.is_wide;
        let of_text = |range: std::ops::Range<u64>| {
            let text = head.text.get(range.start as usize..range.end as usize);
            stored(text.unwrap_or_default(), is_wide)
        };
        let (at, end) = (location.offset, location.offset + location.length);
        location.length = of_text(at..end);
        let (offset, begin, text) = &self.start;
        let before = head.start.saturating_sub(*offset) as usize;
        let mut base = begin.behind(text.get(..before).unwrap_or_default());
        if location.offset >= head.cut as u64 {
            let (newlines, last_line) = measure(first);
            if location.line == newlines + 1 {
                location.column = location.column.saturating_sub(last_line);
            }
            location.line = location.line.saturating_sub(newlines);
            location.offset = of_text(head.cut as u64..at);
            let rest = self.rest.iter().find(|(at, _)| *at == head.resume);
            base = rest.map_or(base, |(_, position)| *position);
        } else {
            location.offset = of_text(0..at);
        }
        if location.line == 1 {
            location.column += base.column;
        }
        location.line += base.line;
        location.offset += base.offset;
    }
}

/// The title of fixes that rest on the whole log.
const OF_LOG: &str = "write what the log shows; the input is read twice for it";

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
pub(super) struct Worked {
    pub(super) part: Part,
    pub(super) block: Block,
    /// Bytes to be written instead of the block's, when something was mended.
    pub(super) mended: Option<Vec<u8>>,
    /// Where the last text of the block begins that may go on behind it.
    pub(super) tail: Option<usize>,
}

impl Worked {
    /// A block that nothing was done with yet.
    fn nothing(block: Block) -> Worked {
        Worked {
            part: Part::new(),
            block,
            mended: None,
            tail: None,
        }
    }
}

enum Message {
    Block(Block),
    Fault(io::Error),
    End,
    Worked(u64, Box<Worked>),
    /// Reading or working panicked: what is lost would be waited for.
    Panicked,
}

/// Whether a rule is asked for what the whole log shows: when the user wants to hear it, or when it
/// may take keys out of the scores, which hang on no selection.
fn is_asked(linter: &Linter, index: usize) -> bool {
    let rule = rules::ALL[index];
    rule.log().is_some()
        && (linter.settings.policy.speaks(index) || rule.needs().has(Needs::STANDINGS))
}

/// What the rules of the whole log that are asked want to read.
fn needs(linter: &Linter) -> Option<Needs> {
    let settings = &linter.settings;
    if !settings.concludes {
        return None;
    }
    let of_rules = (0..rules::ALL.len())
        .filter(|&index| is_asked(linter, index))
        .map(|index| rules::ALL[index].needs().filled())
        .reduce(Needs::and);
    // A capture is paired with the events that are entered.
    of_rules.or(settings.witnesses.pixel.as_ref().map(|_| Needs::NONE))
}

impl<'l> Run<'l> {
    /// A run that tells `reporter`.
    pub fn new(linter: &'l Linter, reporter: &'l mut dyn Reporter) -> Run<'l> {
        let key = linter.settings.ledger_key.unwrap_or_else(Key::random);
        Run {
            linter,
            reporter,
            report: Report {
                rules: vec![RuleTally::default(); rules::ALL.len()],
                ..Report::default()
            },
            groups: BTreeMap::new(),
            hidden: BTreeMap::new(),
            key,
            ledger: Ledger::new(key, linter.settings.memory),
            resend: None,
            part: None,
            is_wide: false,
            first_part: None,
            part_ids: HashSet::new(),
            ledger_needs: needs(linter),
            beside: Beside::default(),
            witnesses: linter.settings.witnesses.clone(),
            only_learns: false,
            lessons: None,
            fetches: None,
            reads_once: false,
            sated: Mutex::new(Arc::new(Sated::default())),
            spare_entries: Arc::default(),
            shown: 0,
            progress: None,
        }
    }

    /// Writes what merging needs of this run to `out`. `as_of` is how the clock was asked for.
    pub fn write_part(&mut self, out: Box<dyn Write + Send + 'l>, as_of: &str) {
        self.part = Some(PartWriter::new(
            out,
            &self.key,
            as_of,
            &self.linter.settings,
        ));
        // The run that merges the parts may want to know more.
        self.ledger_needs = Some(Needs::ALL);
    }

    /// Adds a part that another run wrote. The inner error says why it cannot be used.
    pub fn take_part(
        &mut self,
        input: &mut impl BufRead,
    ) -> io::Result<Result<Header, &'static str>> {
        let pixel = self.witnesses.pixel.as_deref();
        let header = match shared::read_header(input, self.first_part.as_ref(), pixel)? {
            Ok(header) => header,
            Err(fault) => return Ok(Err(fault)),
        };
        if !self.part_ids.insert(header.id) {
            return Ok(Err("is given twice"));
        }
        self.first_part.get_or_insert_with(|| header.clone());
        let (totals, names) = shared::read_lines(input, self)?;
        let (groups, most) = (&mut self.groups, self.linter.settings.examples);
        let index = |report: &mut Report, group: &Group| {
            let key = (group.rule, group.severity, group.pattern.clone());
            *groups.entry(key).or_insert_with(|| {
                report.groups.push(Group {
                    findings: 0,
                    examples: Vec::new(),
                    ..group.clone()
                });
                report.groups.len() - 1
            })
        };
        totals.add_to(&mut self.report, index, (most, self.linter.settings.rows))?;
        let ledger = &mut self.ledger;
        let rename = |name: String| names.get(&name).cloned().unwrap_or(name);
        ledger.merge(input, rename)?;
        Ok(Ok(header))
    }

    /// A run that looks at the input to learn what the fixes of another run need. It mends nothing.
    pub fn to_learn(linter: &'l Linter, reporter: &'l mut dyn Reporter) -> Run<'l> {
        Run {
            only_learns: true,
            ledger_needs: learn::needs(&linter.settings),
            ..Run::new(linter, reporter)
        }
    }

    /// A run that looks at the input for the values that fixes of another run need.
    pub fn to_fetch(
        linter: &'l Linter,
        reporter: &'l mut dyn Reporter,
        lessons: Arc<Lessons>,
    ) -> Run<'l> {
        Run {
            fetches: Some(lessons),
            ledger_needs: None,
            ..Run::to_learn(linter, reporter)
        }
    }

    /// Says in the report which fixes were left undone because the input cannot be read twice.
    pub fn reads_once(&mut self) {
        self.reads_once = true;
    }

    /// Whether it is such a run.
    pub fn only_learns(&self) -> bool {
        self.only_learns
    }

    /// What the fixes of another run over the same input can use.
    pub fn learned(mut self) -> io::Result<Taught> {
        let (key, linter) = (self.key, self.linter);
        let settings = &linter.settings;
        let pairing = self.pairing();
        let pixel = pairing.as_ref().zip(self.witnesses.pixel.as_ref());
        let pixel = pixel.map(|(pairing, index)| pairing.learned(index, key));
        if !learn::learns_of_log(settings) {
            return Ok(Taught { pixel, log: None });
        }
        let pool = &linter.pool;
        pool.install(|| self.ledger.finish())?;
        let evidence = self.ledger.evidence(&self.report.names, pairing.as_ref());
        let lessons = Lessons::new(key, learn::least(settings));
        let mut findings = LogFindings::to_learn(lessons);
        for (index, rule) in rules::ALL.iter().enumerate() {
            let (Some(check), Some(_)) = (rule.log(), rule.teaches()) else {
                continue;
            };
            if !settings.policy.speaks(index) {
                continue;
            }
            findings.begin(index);
            let evidence = evidence.only(rule.needs());
            let conclude = || pool.install(|| check(&evidence, &mut findings));
            match catch_unwind(AssertUnwindSafe(conclude)) {
                Ok(outcome) => outcome?,
                // The second pass meets the fault again, and tells of it.
                Err(_) => continue,
            }
        }
        let log = findings.learned();
        Ok(Taught { pixel, log })
    }

    /// Uses what another run has learned.
    pub fn use_learned(&mut self, taught: Taught) {
        self.witnesses.learned = taught.pixel.map(Arc::new);
        self.lessons = taught.log.map(Arc::new);
    }

    /// Calls `progress` with the number of bytes read after every block.
    pub fn on_progress(&mut self, progress: impl FnMut(u64) + 'l) {
        self.progress = Some(Box::new(progress));
    }

    /// Writes what can be sent again, and what not.
    pub fn resend(&mut self, resend: Resend) {
        self.resend = Some(resend);
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

    /// Says how the stream that comes next is packed: places are told in the units of UTF-16.
    pub fn packed_as(&mut self, packing: &Packing) -> &mut Run<'l> {
        self.is_wide = packing.is_wide();
        self
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
            (Clocks::Auto, _) => match dated::earliest(name, settings.assume.zone.as_ref()) {
                Some(time) => AsOf::Dated(time),
                None => AsOf::Auto,
            },
            (Clocks::At(time), _) => AsOf::At(time),
            (Clocks::Newest, Some(time)) => AsOf::Newest(time),
            (Clocks::Now | Clocks::Newest, _) => AsOf::Now,
        };
        let around = Surroundings {
            as_of,
            wall: settings.wall,
            assume: settings.assume.clone(),
            witnesses: self.witnesses.clone(),
        };
        let mut file = OpenFile {
            key: key.to_owned(),
            tally: FileTally {
                name: name.to_owned(),
                ..FileTally::default()
            },
            around,
            position: Position {
                is_wide: std::mem::take(&mut self.is_wide),
                ..Position::default()
            },
            folds: Vec::new(),
            carry: None,
            opened: Opened::default(),
            asks: false,
            asked_at: None,
            trace: None,
            traces: Traces::default(),
            looks_like: None,
            sink,
            sink_fault: None,
            asking: Vec::new(),
            asking_sizes: Vec::new(),
            waiting: 0,
        };
        self.ledger.open(name, key);
        self.report.facts.begin_file();
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
        let (ledger_key, wants) = (self.key, self.reporter.wants());
        let writes = file.sink.is_some();
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
                let mut is_cut = false;
                let mut outcome = Ok(());
                while !(ended && joined == given) {
                    let Ok(message) = receive.recv() else { break };
                    match message {
                        Message::Block(block) if matches!(block.frame, Frame::Head(_)) => {
                            // It is checked when all that was read of its body before has come.
                            waiting.insert(given, Box::new(Worked::nothing(block)));
                            given += 1;
                        }
                        Message::Block(block) => {
                            let number = given;
                            given += 1;
                            let orders = self.orders(wants, writes);
                            let (send, around, name, key, ledger_key) =
                                (send.clone(), &around, &name, &key, &ledger_key);
                            workers.spawn(move |_| {
                                let worker = Worker {
                                    linter,
                                    around,
                                    file: name,
                                    key,
                                    orders: &orders,
                                    ledger_key,
                                    ages: &Ages::default(),
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
                            (ended, is_cut) = (true, true);
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
                            match self.join_in_order(file, *worked, &around) {
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
                    // That a text ends where nothing could be read is no fault of its sender.
                    Ok(()) if is_cut => Ok(()),
                    Ok(()) => self.finish_carry(file, &around),
                    Err(None) => Ok(()),
                    Err(Some(fault)) => Err(fault),
                }
            })
        })
    }

    /// What workers are to do with a stream; `writes` when there is somewhere to write it.
    fn orders(&self, wants: crate::output::Wants, writes: bool) -> Orders {
        let settings = &self.linter.settings;
        let fixing = match settings.fixing {
            _ if self.only_learns => Fixing::Off,
            Fixing::Write if !writes => Fixing::Off,
            fixing => fixing,
        };
        Orders {
            fixing,
            findings: wants.findings || self.part.is_some(),
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
            ledger: self.ledger_needs,
            spare: Arc::clone(&self.spare_entries),
            lessons: self.lessons.clone(),
            fetches: self.fetches.clone(),
            resend: self.resend.is_some(),
            as_test: self.resend.as_ref().is_some_and(Resend::is_test),
        }
    }

    /// Joins a block to those before it. A text that runs over the end of a block is put together
    /// here and worked on once more.
    fn join_in_order(
        &mut self,
        file: &mut OpenFile<'_>,
        worked: Worked,
        around: &Surroundings,
    ) -> io::Result<Vec<u8>> {
        let carried = file.carry.take();
        if let Frame::Head(_) = &worked.block.frame {
            if let Some(carried) = carried {
                self.rework(file, carried, true, around)?;
            }
            return self.rework(file, worked.block, false, around);
        }
        let Some(mut carried) = carried else {
            return self.join(file, worked);
        };
        if !matches!(worked.block.frame, Frame::Lines | Frame::Texts(_)) {
            self.rework(file, carried, true, around)?;
            return self.join(file, worked);
        }
        let spare = worked.block.bytes;
        carried.bytes.extend_from_slice(&spare);
        let complete =
            worked.block.last || carried.bytes.len() > self.linter.settings.limits.record;
        self.rework(file, carried, complete, around)?;
        Ok(spare)
    }

    fn rework(
        &mut self,
        file: &mut OpenFile<'_>,
        block: Block,
        complete: bool,
        around: &Surroundings,
    ) -> io::Result<Vec<u8>> {
        let ages = match &block.frame {
            Frame::Head(_) => std::mem::take(&mut file.opened.ages),
            _ => Ages::default(),
        };
        let orders = self.orders(self.reporter.wants(), file.sink.is_some());
        let (name, key) = (file.tally.name.clone(), file.key.clone());
        let worker = Worker {
            linter: self.linter,
            around,
            file: &name,
            key: &key,
            orders: &orders,
            ledger_key: &self.key,
            ages: &ages,
        };
        let worked = worker.work(block, complete);
        self.join(file, worked)
    }

    fn finish_carry(&mut self, file: &mut OpenFile<'_>, around: &Surroundings) -> io::Result<()> {
        match file.carry.take() {
            Some(carried) => self.rework(file, carried, true, around).map(drop),
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
        let is_whole = !matches!(&block.frame, Frame::Elements { .. } | Frame::Raw);
        if is_whole
            && std::mem::take(&mut file.opened.is_open)
            && matches!(&block.frame, Frame::Lines | Frame::Texts(_))
            && !file.opened.is_list
        {
            // The text around the elements was cut off.
            part.records += 1;
        }
        let mut position = file.position;
        if let Frame::Elements { .. } = &block.frame {
            file.opened.ages.merge(std::mem::take(&mut part.ages));
            file.opened.requests += part.requests;
            file.opened.events += part.events + part.filtered;
            let of_others = rules::index_of("foreign-schema");
            file.opened.is_foreign |= part.folds.iter().any(|fold| fold.rule == of_others);
        }
        if let Frame::Head(head) = &block.frame {
            if file.opened.is_foreign && file.opened.events == 0 {
                // It is a body of another platform: nothing that Meta takes is missing in it.
                let records = part.records;
                part = Part::new();
                part.records = records;
            }
            if file.opened.events > 0 {
                part.other_records = 0;
            }
            if head.list.in_data && file.opened.requests > 0 {
                part.requests = 0;
            }
            for pending in part.pending() {
                file.opened.place(head, &mut pending.located.location);
            }
            for parcel in &mut part.parcels {
                let mut location = Location {
                    line: parcel.line,
                    column: 1,
                    offset: parcel.offset,
                    length: 0,
                };
                file.opened.place(head, &mut location);
                parcel.line = location.line;
            }
            position = Position {
                events: position.events,
                ..Position::default()
            };
        }
        let (frame, mut bytes) = (block.frame, block.bytes);
        if let Some(tail) = tail {
            let rest = bytes[tail..].to_vec();
            let offset = block.offset + tail as u64;
            file.carry = Some(Block {
                bytes: rest,
                offset,
                frame: Frame::Lines,
                last: false,
                is_torn: block.is_torn,
                columns: block.columns.clone(),
            });
            bytes.truncate(tail);
        }
        for Answered {
            said,
            trace,
            is_first,
            number,
            of,
            logged,
            forbids,
        } in std::mem::take(&mut part.answered)
        {
            let is_next = trace.is_none() || file.trace.is_none() || trace == file.trace;
            let is_own = number == 0 || of == file.waiting;
            let is_first = is_first && is_own && !is_too_early(logged, file.asked_at);
            let is_named = trace.is_some_and(|trace| file.traces.contains(trace));
            if is_named || (is_first && file.asks && is_next) {
                part.answers.paired += 1;
                said.into_iter().for_each(|said| part.take_findings(said));
                // Of a request further back the events are sent by now.
                if forbids && is_next && (is_first || trace.is_some()) {
                    let of_pairs = rules::index_of("refused-by-meta");
                    let all = 0..file.asking.len();
                    let own = match of {
                        1 => all,
                        _ => part_of(&all, &file.asking_sizes, number, of),
                    };
                    resend::refuse(&mut file.asking[own], of_pairs);
                }
            }
        }
        if part.asks.is_some() || !part.parcels.is_empty() {
            self.let_go(file);
        }
        file.traces.take(&part.traces);
        file.trace = part.trace.or(file.trace);
        file.looks_like = part.looks_like.or(file.looks_like);
        let written = mended.as_deref().unwrap_or(&bytes);
        file.write(written);
        self.report.bytes += bytes.len() as u64;
        file.tally.bytes += bytes.len() as u64;
        if let Some(progress) = &mut self.progress {
            progress(self.report.bytes);
        }
        let writes = self.linter.settings.fixing == Fixing::Write;
        file.tally.rewritten |= writes && mended.is_some();
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
        clocks.file += part.clocks.file;
        clocks.wall += part.clocks.wall;
        for (sum, part) in report.captured.iter_mut().zip(part.captured) {
            *sum += part;
        }
        report.facts.add(&part.facts);
        let answers = &mut report.answers;
        answers.taken += part.answers.taken;
        answers.paired += part.answers.paired;
        for (error, number) in std::mem::take(&mut part.answers.refused) {
            *answers.refused.entry(error).or_insert(0) += number;
        }
        file.asks = part.asks.unwrap_or(file.asks);
        file.asked_at = part.asked_at.or(file.asked_at);
        if part.waiting > 0 {
            file.waiting = part.waiting;
        }
        report.unread.truncated += part.unread.truncated;
        report.unread.printed += part.unread.printed;
        for (sum, tally) in report.rules.iter_mut().zip(&part.rules) {
            for severity in 0..3 {
                sum.findings[severity] += tally.findings[severity];
                sum.events[severity] += tally.events[severity];
                file.tally.findings += tally.findings[severity];
            }
        }
        let names: Vec<String> = part.names.iter().map(|name| self.name(name)).collect();
        self.beside.take(
            self.ledger.places().events(),
            std::mem::take(&mut part.ties),
            &part.server,
            &part.tied_names,
            &names,
        );
        self.count_scores(&mut part, &names);
        let head = match &frame {
            Frame::Head(head) => Some(head),
            _ => None,
        };
        let start = file.position;
        let widths = start.is_wide.then(|| Widths::of(written));
        if let (Some(widths), None) = (&widths, head) {
            for pending in part.pending() {
                widths.place(&mut pending.located.location);
            }
        }
        let opened = &file.opened;
        self.enter(&part.entries, &names, |spot| {
            if let Some(head) = head {
                return opened.spot(head, spot);
            }
            // The line may have begun in a block before.
            let before = if spot.line == 0 { start.column } else { 0 };
            (
                start.line + u64::from(spot.line),
                before + u64::from(spot.column),
                start.offset
                    + widths.as_ref().map_or(spot.offset.into(), |widths| {
                        widths.stored(spot.offset.into())
                    }),
            )
        })?;
        if let Ok(mut spare) = self.spare_entries.lock() {
            let mut entries = std::mem::take(&mut part.entries);
            entries.clear();
            spare.push(entries);
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
                    self.tell_finding(&located)?;
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
        self.report.fixes.left += part.left;
        match (&frame, part.body.take()) {
            (Frame::Elements { list, .. }, _) if list.is_of_a_body() => {
                self.resending(|resend| resend.hold());
            }
            (Frame::Head(_), Some(body)) => self.release(file, &body),
            (Frame::Lines | Frame::Texts(_), _) => self.release(file, &parcel::body_without_end()),
            _ => {}
        }
        let mut parcels = std::mem::take(&mut part.parcels);
        let asking = parcels.split_off(parcels.len() - part.asking.iter().sum::<usize>());
        self.send_again(&file.tally.name, &position, parcels);
        if !asking.is_empty() {
            file.asking_sizes = std::mem::take(&mut part.asking);
        }
        file.asking.extend(asking.into_iter().map(|mut parcel| {
            parcel.line += position.line;
            parcel.event += position.events;
            parcel
        }));
        self.join_changes(file, part.changes, part.withheld, part.not_written);
        let position = &mut file.position;
        position.offset += stored(written, position.is_wide);
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

    /// Counts the events of a block by name and keys.
    fn count_scores(&mut self, part: &mut Part, names: &[String]) {
        let stands = self
            .ledger_needs
            .is_some_and(|needs| needs.has(Needs::STANDINGS));
        let mut numbers = Vec::new();
        for counted in part.tally.drain() {
            let mut name = names[counted.name as usize].as_str();
            let all = &mut self.report.names;
            if all.len() >= MAX_NAMES && !all.contains_key(name) {
                name = OTHER_NAMES;
            }
            let (presence, scored) = (counted.presence, counted.scored);
            if !all.contains_key(name) {
                all.insert(name.to_owned(), NameScore::default());
            }
            if let Some(sum) = all.get_mut(name) {
                sum.add_many(presence, scored, counted.count);
            }
            if stands {
                numbers.push(self.ledger.stand(name, presence, scored, counted.aside));
            }
        }
        self.ledger.take_standings(&part.entries, &numbers);
    }

    /// Enters what the events of a block leave. `place` turns a place in the block into line and
    /// column, from 0, and offset in the file.
    fn enter(
        &mut self,
        entries: &Entries,
        names: &[String],
        place: impl Fn(BlockSpot) -> (u64, u64, u64),
    ) -> io::Result<()> {
        let name = |number: u32| names.get(number as usize).cloned().unwrap_or_default();
        self.ledger.take(entries, place, name);
        if self.ledger.is_full() {
            let ledger = &mut self.ledger;
            self.linter.pool.install(|| ledger.make_room())?;
        }
        Ok(())
    }

    /// Takes events in for `--fix-to`, from a block that begins at `position` of the file `name`.
    fn send_again(&mut self, name: &str, position: &Position, parcels: Vec<Parcel>) {
        self.resending(|resend| {
            for mut parcel in parcels {
                parcel.line += position.line;
                parcel.event += position.events;
                resend.take(parcel, name)?;
            }
            Ok(())
        });
    }

    /// Lets the events of the last request go: what comes now is no answer to it.
    fn let_go(&mut self, file: &mut OpenFile<'_>) {
        let parcels = std::mem::take(&mut file.asking);
        self.send_again(&file.tally.name, &Position::default(), parcels);
    }

    /// Lets the events go whose body has come to its end.
    fn release(&mut self, file: &OpenFile<'_>, body: &Body) {
        self.resending(|resend| resend.release(body, &file.tally.name));
    }

    /// Does something with what is to be sent again, if anything is.
    fn resending(&mut self, work: impl FnOnce(&mut Resend) -> io::Result<()>) {
        let Some(mut resend) = self.resend.take() else {
            return;
        };
        match work(&mut resend) {
            Ok(()) => self.resend = Some(resend),
            // Half of it would be taken for the whole.
            Err(fault) => self.not_resent(&resend, &fault),
        }
    }

    fn not_resent(&mut self, resend: &Resend, fault: &io::Error) {
        self.failed(InputError {
            path: resend.directory().display().to_string(),
            message: format!("was not written: {}", crate::input::walk::io_message(fault)),
            on_writing: false,
        });
    }

    /// Writes the rest of this run as a part: what the whole log shows is left to the merging.
    fn finish_part(&mut self) -> io::Result<()> {
        let Some(mut part) = self.part.take() else {
            return Ok(());
        };
        if let Some(index) = &self.witnesses.pixel {
            // It is needed once more at the end of this run.
            let beside = Beside {
                ties: self.beside.ties.clone(),
                server: self.beside.server.clone(),
                names: self.beside.names.clone(),
                hidden: index.hidden(|name| self.key.hash(name.as_bytes())),
            };
            part.beside(beside);
        }
        let mut out = part.totals(&mut self.report, &self.key)?;
        let ledger = &mut self.ledger;
        self.linter.pool.install(|| ledger.write(&mut out))
    }

    /// What the capture and the log show together.
    fn pairing(&mut self) -> Option<Pairing> {
        let index = Arc::clone(self.witnesses.pixel.as_ref()?);
        let beside = std::mem::take(&mut self.beside);
        let key = self.key;
        // Under the key of the parts, where there are any.
        let hidden: BTreeMap<&str, u64> = beside
            .hidden
            .iter()
            .filter_map(|&(hit, hash)| Some((index.hits().get(hit as usize)?.name.as_str(), hash)))
            .collect();
        let print = |name: &str| {
            let hash = || match hidden.get(name) {
                Some(&hash) => hash,
                None => key.hash(name.as_bytes()),
            };
            let name = match printable::is_printable(name) {
                true => NameKey::Printable(name.to_owned()),
                false => NameKey::Hidden(hash()),
            };
            self.name(&name)
        };
        Some(Pairing::of(
            &index,
            &beside.ties,
            &beside.server,
            &beside.names,
            print,
        ))
    }

    /// Says what only the whole log shows.
    fn conclude(&mut self) -> io::Result<()> {
        if self.ledger_needs.is_none() {
            return Ok(());
        }
        let mut ledger = std::mem::replace(&mut self.ledger, Ledger::new(self.key, 0));
        self.linter.pool.install(|| ledger.finish())?;
        let pairing = self.pairing();
        let mut names = std::mem::take(&mut self.report.names);
        let mut findings = LogFindings::default();
        let evidence = ledger.evidence(&names, pairing.as_ref());
        self.ask(&evidence, &mut findings, |needs| !needs.has(Needs::SCORES))?;
        let convictions = findings.convictions();
        self.linter
            .pool
            .install(|| ledger.carry_out(&convictions, &mut names))?;
        // What speaks of the scores comes when they are final.
        let evidence = ledger.evidence(&names, pairing.as_ref());
        self.ask(&evidence, &mut findings, |needs| needs.has(Needs::SCORES))?;
        self.report.names = names;
        let policy = &self.linter.settings.policy;
        let mut findings = findings.in_order();
        findings.retain(|finding| policy.speaks(finding.rule));
        let of_copies = rules::index_of("duplicate-event");
        if self.linter.settings.policy.speaks(of_copies) {
            let copies = findings.iter().filter(|finding| finding.rule == of_copies);
            self.report.duplicates = Some(copies.map(|finding| finding.events).sum());
        }
        for finding in findings {
            if self.reads_once && finding.fix.is_some() && self.would_fix(finding.rule) {
                let fixes = &mut self.report.fixes.not_written;
                *fixes.entry(READ_ONCE.to_owned()).or_insert(0) += 1;
            }
            self.tell_of_log(&ledger, finding)?;
        }
        self.report.pixel = pairing;
        Ok(())
    }

    /// Asks the rules that read what `reads` says.
    fn ask(
        &mut self,
        evidence: &Evidence<'_>,
        findings: &mut LogFindings,
        reads: fn(Needs) -> bool,
    ) -> io::Result<()> {
        let all = rules::ALL.iter().enumerate();
        let asked: Vec<_> = all
            .filter(|(index, rule)| is_asked(self.linter, *index) && reads(rule.needs()))
            .filter_map(|(index, rule)| Some((index, *rule, rule.log()?)))
            .collect();
        let conclude = |&(index, rule, check): &(usize, &'static Rule, LogCheck)| {
            let mut findings = LogFindings::default();
            findings.begin(index);
            let evidence = evidence.only(rule.needs());
            let conclude = || check(&evidence, &mut findings);
            let outcome = catch_unwind(AssertUnwindSafe(conclude));
            (
                rule.name(),
                outcome.map(|outcome| outcome.map(|()| findings)),
            )
        };
        let is_on_disk = evidence.is_on_disk();
        let outcomes: Vec<_> = self.linter.pool.install(|| match is_on_disk {
            false => asked.par_iter().map(conclude).collect(),
            // A run on disk has one reader at a time.
            true => asked.iter().map(conclude).collect(),
        });
        for (name, outcome) in outcomes {
            match outcome {
                Ok(outcome) => findings.append(outcome?),
                Err(_) => {
                    self.report.internal_errors += 1;
                    let mut tally = self.report.files.pop().unwrap_or_default();
                    let message = format!("the rule {name} failed on the log");
                    self.tell_of_file(&mut tally, "internal-error", message, None)?;
                    self.report.files.push(tally);
                }
            }
        }
        Ok(())
    }

    /// Whether fixes of a rule are wanted that need what the whole log shows, or a capture beside it.
    fn would_fix(&self, rule: usize) -> bool {
        let (rule, least) = (rules::ALL[rule], learn::least(&self.linter.settings));
        let of_pixel = rule
            .learns_of_pixel()
            .filter(|_| self.witnesses.pixel.is_some());
        rule.teaches()
            .max(of_pixel)
            .is_some_and(|best| best >= least)
    }

    /// Tells a finding of the whole log, unless the user does not want it.
    fn tell_of_log(&mut self, ledger: &Ledger, said: LogFinding) -> io::Result<()> {
        let spot = ledger.places().find(said.at);
        let file = &ledger.places().files()[spot.file];
        let pointer = Pointer::from(&*said.pointer);
        let finding = Finding {
            rule: said.rule,
            severity: said.severity,
            effect: said.effect,
            certainty: said.certainty,
            subject: Subject::Event,
            place: Place::Pointer(pointer),
            message: said.message.into_owned(),
            help: said.help.map(Cow::into_owned),
            fix: None,
            spoils: false,
            fold: None,
        };
        let severity = match self.linter.settings.policy.decide(&file.key, &finding) {
            crate::policy::Decision::Report(severity) => severity,
            crate::policy::Decision::Suppress => {
                self.report.suppressed += 1;
                return Ok(());
            }
            crate::policy::Decision::Ignore => return Ok(()),
        };
        let meta = rules::ALL[finding.rule].meta();
        let related = said.related.into_iter().map(|(at, what)| {
            let spot = ledger.places().find(at);
            Related {
                file: ledger.places().files()[spot.file].name.clone(),
                line: spot.line,
                event: Some(spot.event),
                what: what.into_owned(),
            }
        });
        let located = Located {
            rule: finding.rule,
            severity,
            effect: finding.effect,
            certainty: finding.certainty,
            message: finding.message,
            help: finding.help.unwrap_or_else(|| meta.help.clone()),
            file: file.name.clone(),
            location: Location {
                line: spot.line,
                column: spot.column,
                offset: spot.offset,
                length: 0,
            },
            event: Some(spot.event),
            event_name: None,
            pointer: None,
            pattern: said.pointer.into_owned(),
            fix: said.fix.map(|safety| (safety, OF_LOG.to_owned())),
            excerpt: None,
            via: Vec::new(),
            related: related.collect(),
        };
        self.report.rules[located.rule].events[severity as usize] += said.events;
        match said.fix {
            Some(Safety::Safe) => self.report.fixable_safe += 1,
            Some(Safety::Unsafe) => self.report.fixable_unsafe += 1,
            None => {}
        }
        let mut tally = std::mem::take(&mut self.report.files[spot.file]);
        let told = self.tell(&mut tally, severity, located);
        self.report.files[spot.file] = tally;
        told
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
                    let number = *self.hidden.entry(*hash).or_insert(next);
                    if let Some(part) = self.part.as_mut().filter(|_| number == next) {
                        part.hidden(number, *hash);
                    }
                    number
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
        self.let_go(&mut file);
        self.release(&file, &parcel::body_without_end());
        for fold in std::mem::take(&mut file.folds) {
            let mut located = fold.first;
            located.message = (fold.message)(fold.number);
            self.tell(&mut file.tally, fold.severity, located)?;
        }
        let may_be_empty = self.linter.settings.gate.allow_empty
            || self.report.interrupted
            // What could not be read may hold some.
            || file.sink_fault.is_some()
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
            let what = match file.looks_like {
                Some(like) => format!("{what}; it looks like {like}"),
                None => what,
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
            via: Vec::new(),
            related: Vec::new(),
        };
        self.tell(tally, severity, located)
    }

    /// Passes a finding on to whoever wants them.
    fn tell_finding(&mut self, located: &Located) -> io::Result<()> {
        if let Some(part) = &mut self.part {
            part.finding(located);
        }
        match self.reporter.wants().findings {
            true => self.reporter.finding(located),
            false => Ok(()),
        }
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
        self.tell_finding(&located)?;
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
        if !self.report.interrupted {
            self.finish_part()?;
            self.conclude()?;
        }
        if self.linter.settings.fixing != Fixing::Off && !self.linter.settings.unsafe_fixes {
            self.report.fixes.needs_consent = self.report.fixable_unsafe;
        }
        if let Some(mut resend) = self.resend.take()
            && !self.report.interrupted
            && self.report.internal_errors == 0
        {
            match resend.commit() {
                Ok(tally) => self.report.resent = Some(tally),
                Err(fault) => self.not_resent(&resend, &fault),
            }
        }
        let facts = &self.report.facts;
        self.report.missing_datasets = (self.linter.settings.filter.datasets.iter())
            .zip(1..)
            .filter(|(dataset, _)| !facts.datasets.has(dataset))
            .map(|(_, number)| number)
            .collect();
        let verdict = Verdict::of(&self.report, &self.linter.settings.gate);
        self.reporter.finish(&self.report, &verdict)?;
        Ok((self.report, verdict))
    }
}

impl Listener for Run<'_> {
    fn hidden(&mut self, hash: u64) -> String {
        self.name(&NameKey::Hidden(hash))
    }

    fn finding(&mut self, finding: Located) -> io::Result<()> {
        if finding.rule >= rules::ALL.len() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.tell_finding(&finding)
    }

    fn beside(&mut self, mut beside: Beside) {
        // The same in every part.
        self.beside.hidden = std::mem::take(&mut beside.hidden);
        self.beside.merge(beside, self.ledger.places().events());
    }
}

impl Beside {
    /// Takes what a block has, whose events come behind `events` others.
    fn take(
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
    fn merge(&mut self, other: Beside, events: u64) {
        let ties = other.ties.into_iter();
        self.ties.extend(ties.map(|tie| behind(tie, events)));
        for (name, tally) in other.server {
            self.count(name, &tally, events);
        }
        let names = other.names.into_iter();
        self.names
            .extend(names.map(|(at, name)| (at + events, name)));
    }

    fn count(&mut self, name: String, tally: &ServerTally, events: u64) {
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
    /// Whether the last request so far waits for its answer, and when it was logged.
    asks: bool,
    asked_at: Option<Logged>,
    /// The hash of what ties that request to its answer.
    trace: Option<u64>,
    /// The same of all requests that are remembered.
    traces: Traces,
    /// What its beginning looks like, when no event is in that.
    looks_like: Option<&'static str>,
    sink: Option<&'s mut dyn Write>,
    sink_fault: Option<io::Error>,
    /// The events of the last request, whose answer may be the next thing in the file.
    asking: Vec<Parcel>,
    /// How many of them are of each of its requests, where it holds several.
    asking_sizes: Vec<usize>,
    /// As [`Part::waiting`] has it.
    waiting: usize,
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
                on_writing: false,
            });
        }
    }
}
