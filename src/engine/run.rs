//! A run over streams: reads blocks, hands them to the workers, and joins what comes back in the
//! order of the input.

mod again;
mod file;
mod join;
mod log;
mod stream;
mod tell;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{self, BufRead, Read, Write};
use std::sync::{Arc, Mutex};

use crate::engine::Linter;
use crate::engine::learn::{self, Taught};
use crate::engine::part::{GroupKey, NameKey, Orders, Sated};
use crate::engine::shared::{self, Beside, Header, Listener, PartWriter};
use crate::engine::traces::Traces;
use crate::envelope::dated;
use crate::input::unpack::Packing;
use crate::inspect::{AsOf, Surroundings};
use crate::ledger::{Entries, Key, Ledger, Lessons, Needs};
use crate::output::{Fixing, Reporter};
use crate::report::{FileTally, Group, InputError, Located, Report, RuleTally, Verdict};
use crate::resend::Resend;
use crate::rules;
use crate::settings::Clocks;
use crate::witness::Witnesses;

use file::{OpenFile, Opened, Position};
use log::needs;

/// Event names beyond this many are counted under one heading, so that a log with a name of its
/// own for every event does not fill the memory.
const MAX_NAMES: usize = 10_000;
/// Groups of findings beyond this many are counted under their rule alone.
const MAX_GROUPS: usize = 10_000;
/// The heading for names beyond [`MAX_NAMES`].
const OTHER_NAMES: &str = "(other names)";

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
    /// Whether the stream to come stands on disk as UTF-16.
    is_wide: bool,
    /// The first part that was taken in.
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
    /// Rules of which a finding of the whole log has a safe fix.
    safe_of_log: BTreeSet<usize>,
    sated: Mutex<Arc<Sated>>,
    spare_entries: Arc<Mutex<Vec<Entries>>>,
    shown: usize,
    progress: Option<Box<dyn FnMut(u64) + 'l>>,
}

impl<'l> Run<'l> {
    /// A run that tells `reporter`.
    pub fn new(linter: &'l Linter, reporter: &'l mut dyn Reporter) -> Run<'l> {
        let key = linter.settings.ledger_key.unwrap_or_else(Key::random);
        let known = linter.settings.witnesses.known.as_ref();
        Run {
            linter,
            reporter,
            report: Report {
                rules: vec![RuleTally::default(); rules::ALL.len()],
                known: known.map(|known| known.tally.clone()),
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
            safe_of_log: BTreeSet::new(),
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
        self.report.known.clone_from(&header.list);
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
        self.linter.is_stopped()
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
        settings.policy.begin_file(key);
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

    /// Fixes that looked unsafe in their event alone and were made as safe, with what the whole log
    /// shows: of a rule, those beyond its safe ones. Where one safe finding of the log stands for the
    /// fixes of many events, nobody can tell them apart.
    fn made_without_consent(&self) -> u64 {
        let made = self.report.fixes.made.iter();
        made.filter(|(rule, _)| !self.safe_of_log.contains(rule))
            .map(|(&rule, made)| {
                let [needs_consent, safe] = self.report.rules[rule].fixable;
                made.saturating_sub(safe).min(needs_consent)
            })
            .sum()
    }

    /// Ends the run and tells the reporter the verdict.
    pub fn finish(mut self) -> io::Result<(Report, Verdict)> {
        self.report.interrupted |= self.is_stopped();
        if !self.report.interrupted {
            self.finish_part()?;
            self.conclude()?;
        }
        if self.linter.settings.fixing != Fixing::Off && !self.linter.settings.unsafe_fixes {
            let made_all_the_same = self.made_without_consent();
            self.report.fixes.needs_consent =
                self.report.fixable_unsafe.saturating_sub(made_all_the_same);
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
