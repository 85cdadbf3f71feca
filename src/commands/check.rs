//! `check` and `score`: reading, linting, fixing, reporting.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, IsTerminal, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::cli::{By, CheckArgs, Format, InputArgs, MergeArgs, Profile, ScoreArgs, ScoreFormat};
use crate::config::Config;
use crate::engine::{Excerpts, Linter, Run, Taught, learn, must_learn, newest_time, part_clock};
use crate::input::archive::{self, Archive};
use crate::input::unpack::{self, Packer};
use crate::input::walk::{Source, io_message, not_opened};
use crate::output::{
    Fixing, Reporter, Style, concise::Concise, diff, excerpt, human::Human, json::Json,
    ndjson::Ndjson, scores, tee::Tee,
};
use crate::report::{Doing, FileTally, Gate, InputError, Report, Verdict};
use crate::resend::Resend;
use crate::rewrite::Rewrite;
use crate::settings::{Clocks, Settings};
use crate::values::printable::visible;

use super::outputs::{Destination, Outputs};
use super::{Failure, interrupts, setup};

/// Short work shows no progress.
const BEFORE_PROGRESS: Duration = Duration::from_millis(500);
/// Rows of events in `json` without `--events`.
const JSON_EVENTS: usize = 1000;
/// The longest file of which `--diff --show-values` shows a patch.
const MOST_PATCHED: u64 = 64 << 20;
/// Formats of the contract that are still to come.
const FORMATS_TO_COME: [&str; 6] = ["sarif", "github", "gitlab", "junit", "markdown", "html"];

/// Lints.
pub(super) fn check(args: &CheckArgs) -> Result<u8, Failure> {
    let config = setup::config(&args.input)?;
    let formats = formats(args.format, &args.output)?;
    let part = args.ledger_out.clone().map(|path| Destination {
        option: "--ledger-out",
        path,
    });
    let files = || formats.iter().filter_map(|(_, file)| file.as_ref());
    let outputs: Vec<&Destination> = files().chain(&part).collect();
    for read in setup::read_beside(args, config.as_ref()) {
        outputs.iter().try_for_each(|output| output.spares(read))?;
    }
    let mut settings = setup::settings(args, config.as_ref())?;
    let is_fixing = settings.fixing == Fixing::Write;
    let (sources, errors) = setup::sources(&args.input, config.as_ref(), &outputs, is_fixing)?;
    let to_stdout = is_fixing && sources.contains(&Source::Stdin);
    if settings.clocks == Clocks::Newest
        && !args.spool
        && let Some(once) = sources.iter().find(|source| source.comes_once())
    {
        let which = match once {
            Source::Stdin => "standard input does not allow".to_owned(),
            Source::File(path) => format!("{} does not allow", path.display()),
        };
        return Err(Failure::Usage(format!(
            "--as-of newest reads its input twice, which {which} without --spool"
        )));
    }
    let profile = setup::profile(args, config.as_ref());
    let json = formats
        .iter()
        .any(|(format, _)| matches!(format, Format::Json | Format::Ndjson));
    // Whoever merges the part may want them.
    let many_rows = json || args.ledger_out.is_some();
    settings.rows = if many_rows { JSON_EVENTS } else { 20 };
    let stop = interrupts::heed();
    let resend = match &args.fix_to {
        Some(directory) => {
            let begun = Resend::begin(directory, args.test_code.clone(), settings.memory);
            Some(begun.map_err(|error| {
                let why = match error.kind() {
                    io::ErrorKind::AlreadyExists => error.to_string(),
                    _ => io_message(&error),
                };
                Failure::Usage(format!("--fix-to {}: {why}", directory.display()))
            })?)
        }
        None => None,
    };
    let make_style = |terminal| style(args, &settings, profile, terminal);
    let (outputs, mut writers) = Outputs::open(&outputs, resend.as_ref())?;
    let part = match &part {
        Some(_) => writers.pop().map(|part| (part, clock_words(&settings))),
        None => None,
    };
    let mut tee = reporters(&formats, writers, to_stdout, make_style);
    let linter = Linter::new(settings)
        .with_excerpts(Excerpts {
            event: excerpt::excerpt,
            text: excerpt::text_excerpt,
        })
        .stopped_by(stop);
    let outcome = run(
        &linter,
        &mut tee,
        sources,
        errors,
        config.as_ref(),
        args.input.quiet,
        Asides {
            resend,
            part,
            spool: args.spool,
            is_partial: is_partial(&args.input, config.as_ref()),
            to_stderr: match args.input.quiet && args.format == Format::Human {
                true => Said::Errors,
                false => Said::Nothing,
            },
        },
    );
    outputs.finish(outcome)
}

/// Joins parts of a log that were checked apart.
pub(super) fn merge(args: MergeArgs) -> Result<u8, Failure> {
    setup::refuse_decided("--select", &args.select)?;
    setup::refuse_decided("--ignore", &args.ignore)?;
    let check = CheckArgs {
        input: InputArgs {
            allow_empty: args.allow_empty,
            threads: args.threads,
            memory: args.memory,
            config: args.config,
            no_config: args.no_config,
            quiet: args.quiet,
            verbose: args.verbose,
            color: args.color,
            max_record_bytes: 1,
            ..InputArgs::default()
        },
        pixel: args.pixel,
        select: args.select,
        ignore: args.ignore,
        profile: args.profile,
        fail_on: args.fail_on,
        min_score: args.min_score,
        max_rate: args.max_rate,
        format: args.format,
        output: args.output,
        max_findings: args.max_findings,
        ..CheckArgs::default()
    };
    let config = setup::config(&check.input)?;
    let formats = formats(check.format, &check.output)?;
    let outputs: Vec<&Destination> = formats
        .iter()
        .filter_map(|(_, file)| file.as_ref())
        .collect();
    let parts = args.parts.iter().map(PathBuf::as_path);
    for read in setup::read_beside(&check, config.as_ref()).chain(parts) {
        outputs.iter().try_for_each(|output| output.spares(read))?;
    }
    let mut settings = setup::settings(&check, config.as_ref())?;
    settings.rows = JSON_EVENTS;
    let open = |path: &Path| File::open(path).map(BufReader::new);
    let as_of = open(&args.parts[0])
        .ok()
        .and_then(|mut part| part_clock(&mut part))
        .unwrap_or_else(|| clock_words(&settings));
    let profile = setup::profile(&check, config.as_ref());
    let make_style = |terminal| Style {
        as_of: as_of.clone(),
        ..style(&check, &settings, profile, terminal)
    };
    interrupts::end_at_once();
    let (outputs, writers) = Outputs::open(&outputs, None)?;
    let mut tee = reporters(&formats, writers, false, make_style);
    let linter = Linter::new(settings);
    let mut run = Run::new(&linter, &mut tee);
    for path in &args.parts {
        let fault = |message: String| Failure::Usage(format!("{}: {message}", path.display()));
        let mut part = open(path).map_err(|error| fault(io_message(&error)))?;
        match run.take_part(&mut part) {
            Ok(Ok(_)) => {}
            Ok(Err(why)) => return Err(fault(why.to_owned())),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
                ) =>
            {
                return Err(fault("is no whole part of capilint".to_owned()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let code = Verdict::of(run.report(), &linter.settings().gate).exit_code();
    outputs.finish(match run.finish() {
        Ok((_, verdict)) => Ok(verdict.exit_code()),
        Err(error) => Err(Failure::Output { error, code }),
    })
}

/// How the clock was asked for.
fn clock_words(settings: &Settings) -> String {
    match settings.clocks {
        Clocks::Auto => "auto".to_owned(),
        Clocks::Now => "now".to_owned(),
        Clocks::Newest => "newest".to_owned(),
        Clocks::At(time) => setup::rfc3339(time),
    }
}

/// The formats that were asked for: one for standard output, and those for files.
fn formats(
    format: Format,
    outputs: &[String],
) -> Result<Vec<(Format, Option<Destination>)>, Failure> {
    let mut formats = vec![(format, None)];
    for output in outputs {
        let (format, destination) = parse_output(output)?;
        formats.push((format, Some(destination)));
    }
    Ok(formats)
}

/// What writes the formats: to the `files` in their order, or to a standard stream. `style` is asked
/// with whether that is a terminal.
fn reporters(
    formats: &[(Format, Option<Destination>)],
    files: Vec<Box<dyn Write + Send>>,
    to_stderr: bool,
    style: impl Fn(bool) -> Style,
) -> Tee {
    let mut reporters: Vec<Box<dyn Reporter>> = Vec::new();
    let mut files = files.into_iter();
    for (format, destination) in formats {
        let file = destination.as_ref().and_then(|_| files.next());
        let is_file = file.is_some();
        let (out, terminal): (Box<dyn Write>, bool) = match file {
            Some(file) => (file, false),
            // The fixed payload has standard output to itself.
            None if to_stderr => (Box::new(io::stderr()), io::stderr().is_terminal()),
            None => (Box::new(io::stdout()), io::stdout().is_terminal()),
        };
        let out = io::BufWriter::new(out);
        let mut style = style(terminal);
        // One line for whoever looks on, the whole report in the file.
        style.quiet &= !is_file;
        reporters.push(match format {
            Format::Human => Box::new(Human::new(out, style)),
            Format::Concise => Box::new(Concise::new(out, style)),
            Format::Json => Box::new(Json::new(out, style)),
            Format::Ndjson => Box::new(Ndjson::new(out, style)),
        });
    }
    Tee::new(reporters)
}

/// Estimates the match quality. The options of reading are those of `check`; the gate is only the
/// score itself.
pub(super) fn score(args: ScoreArgs) -> Result<u8, Failure> {
    score_uses(&args)?;
    let check = CheckArgs {
        input: args.input,
        ..CheckArgs::default()
    };
    let config = setup::config(&check.input)?;
    let mut settings = setup::settings(&check, config.as_ref())?;
    settings.gate = Gate {
        min_score: setup::min_score(args.min_score, config.as_ref())?,
        allow_empty: check.input.allow_empty,
        ..Gate::default()
    };
    // Findings are not shown here, but what the whole log proves worthless does not count; of an event
    // alone that is not said.
    settings.concludes = args.by == By::Name;
    let (sources, errors) = setup::sources(&check.input, config.as_ref(), &[], false)?;
    let terminal = io::stdout().is_terminal();
    let style = style(&check, &settings, Profile::Audit, terminal);
    let layout = match args.format {
        ScoreFormat::Table => scores::Layout::Table,
        ScoreFormat::Csv => scores::Layout::Csv,
        ScoreFormat::Ndjson => scores::Layout::Ndjson,
    };
    let by = match args.by {
        By::Event => scores::By::Event,
        By::Name => scores::By::Name,
    };
    let out = io::BufWriter::new(io::stdout());
    let mut scores = scores::Scores::new(out, style, layout, by);
    let quiet = check.input.quiet;
    run(
        &Linter::new(settings).stopped_by(interrupts::heed()),
        &mut scores,
        sources,
        errors,
        None,
        quiet,
        Asides {
            to_stderr: match layout {
                scores::Layout::Table => Said::Nothing,
                scores::Layout::Csv | scores::Layout::Ndjson => Said::ErrorsAndVerdict,
            },
            ..Asides::default()
        },
    )
}

/// Whether the user names other files than the configuration does.
fn is_partial(input: &InputArgs, config: Option<&Config>) -> bool {
    let names_some = !input.paths.is_empty() || input.files_from.is_some();
    names_some && config.is_some_and(|config| !config.paths.is_empty())
}

/// Refuses what would change nothing about the scores asked for.
fn score_uses(args: &ScoreArgs) -> Result<(), Failure> {
    let why = if args.input.country.is_some() && args.input.known.is_empty() {
        "score makes no fixes: --country goes with --known, whose phones may need it"
    } else if args.input.tz.is_some() {
        "score makes no fixes: --tz goes with check"
    } else if args.input.show_values && args.by != By::Event {
        "--show-values goes with --by event: there is no value in a row of an event_name"
    } else if args.input.quiet && args.format != ScoreFormat::Table {
        "--quiet goes with --format table: the other formats are rows alone"
    } else if args.input.verbose && args.format != ScoreFormat::Table {
        "--verbose goes with --format table: the other formats are rows alone"
    } else {
        return Ok(());
    };
    Err(Failure::Usage(why.to_owned()))
}

fn style(args: &CheckArgs, settings: &Settings, profile: Profile, terminal: bool) -> Style {
    Style {
        colour: setup::colour(args.input.color, terminal),
        width: setup::width(terminal),
        show_values: settings.show_values,
        max_findings: args.max_findings,
        totals_first: profile == Profile::Audit,
        quiet: args.input.quiet,
        verbose: args.input.verbose,
        max_events: (!args.events).then_some(JSON_EVENTS),
        as_of: clock_words(settings),
        fixing: settings.fixing,
    }
}

fn parse_output(text: &str) -> Result<(Format, Destination), Failure> {
    let wrong = || {
        let formats = "human, concise, json or ndjson";
        Failure::Usage(format!(
            "--output takes FORMAT=FILE, where FORMAT is {formats}"
        ))
    };
    let (format, file) = text.split_once('=').ok_or_else(wrong)?;
    if FORMATS_TO_COME.contains(&format) {
        let why = format!("--output: the format {format} is not supported yet");
        return Err(Failure::Usage(why));
    }
    let format = <Format as clap::ValueEnum>::from_str(format, true).map_err(|_| wrong())?;
    if file.is_empty() {
        return Err(wrong());
    }
    if file == "-" {
        let why = "--output writes to a file; what goes to standard output is said by --format";
        return Err(Failure::Usage(why.to_owned()));
    }
    let destination = Destination {
        option: "--output",
        path: file.into(),
    };
    Ok((format, destination))
}

/// What a run writes beside its report.
#[derive(Default)]
struct Asides {
    /// What can be sent again.
    resend: Option<Resend>,
    /// Where it is written as a part of a larger run, and how its clock was asked for.
    part: Option<(Box<dyn Write + Send>, String)>,
    /// Whether standard input may be kept in a temporary file.
    spool: bool,
    /// Whether the user names other files than the configuration does.
    is_partial: bool,
    to_stderr: Said,
}

/// What is said on standard error, because the report has no place for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Said {
    #[default]
    Nothing,
    /// Which inputs could not be read, or not be rewritten.
    Errors,
    /// These, and the verdict unless all is well: rows are silent of both.
    ErrorsAndVerdict,
}

impl Said {
    fn say(self, report: &Report, verdict: &Verdict) {
        if self == Said::Nothing {
            return;
        }
        for error in &report.errors {
            let message = format!("{}: {}", error.path, error.told());
            eprintln!("capilint: {}", visible(&message));
        }
        if self == Said::ErrorsAndVerdict {
            for line in scores::unread(report) {
                eprintln!("capilint: {line}");
            }
            if *verdict != Verdict::Pass {
                eprintln!("capilint: {verdict}");
            }
        }
    }
}

/// Reads all sources one after the other and ends with the verdict.
fn run(
    linter: &Linter,
    reporter: &mut dyn Reporter,
    sources: Vec<Source>,
    errors: Vec<InputError>,
    config: Option<&Config>,
    quiet: bool,
    asides: Asides,
) -> Result<u8, Failure> {
    let is_mending = linter.settings().fixing != Fixing::Off || asides.resend.is_some();
    let mut passes = Passes::default();
    let mut reads_once = false;
    let mut taught = Taught::default();
    let mut once = sources.iter().filter(|source| source.comes_once());
    if asides.spool {
        for source in once.by_ref() {
            passes.spools.push((source.clone(), spooled(source)?));
        }
    }
    if is_mending && must_learn(linter.settings()) {
        reads_once = once.next().is_some();
        if !reads_once {
            passes.are_several = true;
            taught = learn(linter, |run| {
                sources
                    .iter()
                    .filter(|_| !linter.is_stopped())
                    .try_for_each(|source| read(linter, run, source, config, &passes))
            })
            .map_err(|error| Failure::Output { error, code: 2 })?;
        }
        passes.is_second = true;
    }
    let mut run = Run::new(linter, reporter);
    run.use_learned(taught);
    if reads_once {
        run.reads_once();
    }
    if let Some(resend) = asides.resend {
        run.resend(resend);
    }
    if let Some((file, as_of)) = asides.part {
        run.write_part(Box::new(io::BufWriter::new(file)), &as_of);
    }
    let bar = progress(quiet);
    if let Some(bar) = &bar {
        let (bar, start) = (Arc::clone(bar), Instant::now());
        run.on_progress(move |bytes| {
            if start.elapsed() > BEFORE_PROGRESS {
                bar.set_position(bytes);
            }
        });
    }
    for error in errors {
        run.failed(error);
    }
    let outcome = sources.iter().try_for_each(|source| {
        if run.is_stopped() {
            Ok(())
        } else {
            read(linter, &mut run, source, config, &passes)
        }
    });
    let outcome =
        outcome.and_then(|()| tell_idle_suppressions(linter, &mut run, config, asides.is_partial));
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    // When the output ends early, the code is the verdict so far.
    let code = Verdict::of(run.report(), &linter.settings().gate).exit_code();
    match outcome.and_then(|()| run.finish()) {
        Ok((report, verdict)) => {
            asides.to_stderr.say(&report, &verdict);
            Ok(verdict.exit_code())
        }
        Err(error) => Err(Failure::Output { error, code }),
    }
}

/// What comes once, as a temporary file without a name, which is gone with the process.
fn spooled(source: &Source) -> Result<File, Failure> {
    let spool = || {
        let mut file = tempfile::tempfile()?;
        match source {
            Source::Stdin => io::copy(&mut io::stdin().lock(), &mut file)?,
            Source::File(path) => io::copy(&mut File::open(path)?, &mut file)?,
        };
        Ok(file)
    };
    spool().map_err(|error: io::Error| Failure::Usage(format!("--spool: {}", io_message(&error))))
}

/// What the passes over one input share.
#[derive(Default)]
struct Passes {
    /// What comes once, where it is kept.
    spools: Vec<(Source, File)>,
    /// The digest of every file as the first pass read it.
    prints: RefCell<BTreeMap<PathBuf, [u8; 32]>>,
    are_several: bool,
    is_second: bool,
}

/// The digest of what was read of a file.
type Print = Arc<Mutex<Sha256>>;

impl Passes {
    /// Standard input from its beginning.
    fn stdin(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self.spool(&Source::Stdin) {
            Some(file) => Box::new(BufReader::new(file?)),
            None => Box::new(io::stdin()),
        })
    }

    /// What is kept of a source, from its beginning.
    fn spool(&self, source: &Source) -> Option<io::Result<File>> {
        let (_, file) = self.spools.iter().find(|(of, _)| of == source)?;
        let rewound = file.try_clone().and_then(|mut file| {
            file.rewind()?;
            Ok(file)
        });
        Some(rewound)
    }

    /// For the digest of a file, when it is read more than once.
    fn print(&self) -> Option<Print> {
        self.are_several.then(Print::default)
    }

    /// Notes what a pass read of a file; an error when another pass has read something else.
    fn changed(&self, path: &Path, print: Option<Print>) -> Option<io::Error> {
        let print = print?;
        let hasher = print.lock().unwrap_or_else(PoisonError::into_inner);
        let digest: [u8; 32] = hasher.clone().finalize().into();
        let mut prints = self.prints.borrow_mut();
        let known = *match self.is_second {
            true => prints.get(path)?,
            false => prints.entry(path.to_owned()).or_insert(digest),
        };
        (known != digest)
            .then(|| io::Error::other("the file changed while it was read: run the command again"))
    }
}

/// A file whose digest is made as it is read.
struct Printed {
    file: File,
    print: Option<Print>,
}

impl Read for Printed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        if let Some(print) = &self.print {
            let mut print = print.lock().unwrap_or_else(PoisonError::into_inner);
            print.update(&buffer[..read]);
        }
        Ok(read)
    }
}

fn progress(quiet: bool) -> Option<Arc<indicatif::ProgressBar>> {
    if quiet || !io::stderr().is_terminal() {
        return None;
    }
    let bar = indicatif::ProgressBar::new_spinner();
    if let Ok(look) = indicatif::ProgressStyle::with_template(
        "{spinner} {bytes} read, {bytes_per_sec}, {elapsed}",
    ) {
        bar.set_style(look);
    }
    Some(Arc::new(bar))
}

/// Reads one source. The error is that of the reporter; faults of the source are in the report.
fn read(
    linter: &Linter,
    run: &mut Run<'_>,
    source: &Source,
    config: Option<&Config>,
    passes: &Passes,
) -> io::Result<()> {
    let name = source.name();
    let fault = |error: &io::Error| InputError {
        path: name.clone(),
        message: io_message(error),
        doing: Doing::Reading,
    };
    let settings = linter.settings();
    let path = match source {
        Source::Stdin => {
            let mut newest = None;
            if let Some(Ok(file)) = passes.spool(source) {
                match archive::open(&file) {
                    Ok(None) => newest = newest_of(&file, settings),
                    Ok(Some(archive)) => return read_archive(linter, run, archive, &name, &name),
                    Err(error) => {
                        run.failed(fault(&error));
                        return Ok(());
                    }
                }
            }
            let input = match passes.stdin() {
                Ok(input) => input,
                Err(error) => {
                    run.failed(fault(&error));
                    return Ok(());
                }
            };
            let (packing, reader) = match unpack::open(input, settings.ceiling) {
                Ok(opened) => opened,
                Err(error) => {
                    run.failed(fault(&error));
                    return Ok(());
                }
            };
            if settings.fixing != Fixing::Write || run.only_learns() {
                return run
                    .packed_as(&packing)
                    .stream(&name, &name, reader, newest, None)
                    .map(|_| ());
            }
            let mut sink = match Packer::new(&packing, io::BufWriter::new(io::stdout())) {
                Ok(sink) => sink,
                Err(error) => {
                    run.failed(fault(&error));
                    return Ok(());
                }
            };
            let written =
                run.packed_as(&packing)
                    .stream(&name, &name, reader, newest, Some(&mut sink))?;
            let written = written
                .and_then(|_| sink.finish())
                .and_then(|mut out| out.flush());
            let Err(error) = written else { return Ok(()) };
            if let Some(tally) = run.report_mut().files.last_mut() {
                tally.rewritten = false;
            }
            if error.kind() != io::ErrorKind::BrokenPipe {
                run.failed(InputError {
                    path: "<stdout>".to_owned(),
                    message: io_message(&error),
                    doing: Doing::Writing,
                });
            }
            return Ok(());
        }
        Source::File(path) => path,
    };
    let key = config.map_or_else(
        || name.clone(),
        |config| config.below(path).display().to_string(),
    );
    let spool = passes.spool(source);
    let opened = spool.unwrap_or_else(|| File::open(path)).and_then(|file| {
        if file.metadata()?.is_dir() {
            return Err(io::Error::other("it is a folder"));
        }
        Ok(file)
    });
    let file = match opened {
        Ok(file) => file,
        Err(error) => {
            let message = not_opened(path, &error);
            run.failed(InputError {
                message,
                ..fault(&error)
            });
            return Ok(());
        }
    };
    match archive::open(&file) {
        Ok(None) => {}
        Ok(Some(archive)) => return read_archive(linter, run, archive, &name, &key),
        Err(error) => {
            run.failed(fault(&error));
            return Ok(());
        }
    }
    let newest = newest_of(&file, settings);
    let print = passes.print();
    let opened = file.try_clone().and_then(|file| {
        let file = Printed {
            file,
            print: print.clone(),
        };
        unpack::open(file, settings.ceiling)
    });
    let (packing, reader) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            run.failed(fault(&error));
            return Ok(());
        }
    };
    let is_plain = packing.0.is_empty()
        && file
            .metadata()
            .is_ok_and(|about| about.is_file() && about.len() <= MOST_PATCHED);
    if settings.fixing == Fixing::Diff && settings.show_values && is_plain && !run.only_learns() {
        let mut new = Vec::new();
        let before = run.report().fixes.total();
        let outcome =
            run.packed_as(&packing)
                .stream(&name, &key, reader, newest, Some(&mut new))?;
        if let Some(error) = passes.changed(path, print) {
            run.failed(fault(&error));
        } else if outcome.is_ok() && run.report().fixes.total() > before && !run.is_stopped() {
            // From what was read: a pipe has nothing any more.
            let mut old = Vec::new();
            let mut again = &file;
            match again.rewind().and_then(|()| again.read_to_end(&mut old)) {
                Err(error) => run.failed(fault(&error)),
                Ok(_) => {
                    if let (Ok(old), Ok(new)) = (String::from_utf8(old), String::from_utf8(new)) {
                        let patch = diff::patch(&name, &old, &new);
                        run.report_mut().fixes.patches.push((name, patch));
                    }
                }
            }
        }
        return Ok(());
    }
    if settings.fixing != Fixing::Write || run.only_learns() {
        run.packed_as(&packing)
            .stream(&name, &key, reader, newest, None)?
            .ok();
        if let Some(error) = passes.changed(path, print) {
            run.failed(fault(&error));
        }
        return Ok(());
    }
    let mut rewrite = match Rewrite::begin(path, &file, &packing) {
        Ok(rewrite) => rewrite,
        Err(error) => {
            run.failed(InputError {
                path: name.clone(),
                message: io_message(&error),
                doing: Doing::Rewriting,
            });
            // It is still linted.
            return run
                .packed_as(&packing)
                .stream(&name, &key, reader, newest, None)
                .map(|_| ());
        }
    };
    let before = run.report().fixes.total();
    let outcome =
        run.packed_as(&packing)
            .stream(&name, &key, reader, newest, Some(&mut rewrite))?;
    match passes.changed(path, print) {
        Some(error) => not_rewritten(run, &name, &error),
        None => finish_rewrite(run, rewrite, outcome, before, &name),
    }
    Ok(())
}

/// The newest time in a file that can be read twice, when that is the clock; it is left at its start.
fn newest_of(file: &File, settings: &Settings) -> Option<i64> {
    if settings.clocks != Clocks::Newest {
        return None;
    }
    let opened = file
        .try_clone()
        .and_then(|file| unpack::open(file, settings.ceiling));
    let newest = opened
        .ok()
        .and_then(|(_, reader)| newest_time(reader, settings.limits));
    let mut file = file;
    file.rewind().ok()?;
    newest
}

/// Reads the members of a zip archive, each as a file of its own.
fn read_archive(
    linter: &Linter,
    run: &mut Run<'_>,
    mut archive: Archive,
    name: &str,
    key: &str,
) -> io::Result<()> {
    let settings = linter.settings();
    for index in 0..archive.len() {
        let Some(inner) = archive.wanted(index).filter(|_| !run.is_stopped()) else {
            continue;
        };
        let (member, key) = (format!("{name}/{inner}"), format!("{key}/{inner}"));
        let newest = match settings.clocks {
            Clocks::Newest => archive
                .member(index, settings.ceiling)
                .and_then(|bytes| {
                    let (_, reader) = unpack::open(bytes, settings.ceiling)?;
                    Ok(newest_time(reader, settings.limits))
                })
                .unwrap_or(None),
            _ => None,
        };
        let before = fixes_on_offer(run, settings);
        let opened = archive
            .member(index, settings.ceiling)
            .and_then(|bytes| unpack::open(bytes, settings.ceiling));
        match opened {
            Ok((packing, reader)) => run
                .packed_as(&packing)
                .stream(&member, &key, reader, newest, None)
                .map(|_| ())?,
            Err(error) => run.failed(InputError {
                path: member.clone(),
                message: io_message(&error),
                doing: Doing::Reading,
            }),
        }
        let undone = fixes_on_offer(run, settings) - before;
        if settings.fixing == Fixing::Write && undone > 0 && !run.only_learns() {
            let reason = "the file lies in a zip archive: unpack it first";
            let list = &mut run.report_mut().fixes.not_written;
            *list.entry(reason.to_owned()).or_insert(0) += undone;
            run.failed(InputError {
                path: member,
                message: reason.to_owned(),
                doing: Doing::Rewriting,
            });
        }
    }
    Ok(())
}

/// Fixes that were offered so far and that the user wants.
fn fixes_on_offer(run: &Run<'_>, settings: &Settings) -> u64 {
    let report = run.report();
    let more = if settings.unsafe_fixes {
        report.fixable_unsafe
    } else {
        0
    };
    report.fixable_safe + more
}

/// Puts the new file in place, or leaves the old one and says why.
fn finish_rewrite(
    run: &mut Run<'_>,
    rewrite: Rewrite,
    outcome: Result<FileTally, io::Error>,
    fixes_before: u64,
    name: &str,
) {
    let changed = run.report().fixes.total() > fixes_before;
    let failed = match outcome {
        _ if run.is_stopped() => return,
        Ok(tally) if !tally.rewritten => return,
        Ok(_) => rewrite.commit().err(),
        Err(error) => changed.then_some(error),
    };
    if let Some(error) = failed {
        not_rewritten(run, name, &error);
    }
}

/// Says why the file `name`, the last that was read, stays as it is.
fn not_rewritten(run: &mut Run<'_>, name: &str, error: &io::Error) {
    if run.is_stopped() {
        return;
    }
    if let Some(tally) = run.report_mut().files.last_mut() {
        tally.rewritten = false;
    }
    run.failed(InputError {
        path: name.to_owned(),
        message: io_message(error),
        doing: Doing::Rewriting,
    });
}

fn tell_idle_suppressions(
    linter: &Linter,
    run: &mut Run<'_>,
    config: Option<&Config>,
    is_partial: bool,
) -> io::Result<()> {
    let Some(config) = config else { return Ok(()) };
    let mut tally = FileTally {
        name: config.file.display().to_string(),
        ..FileTally::default()
    };
    for (suppression, why) in linter.settings().policy.idle_suppressions(is_partial) {
        let rule = crate::rules::ALL[suppression.rule].name();
        let message = format!("the suppression of {rule} {why}");
        run.tell_of_file(
            &mut tally,
            "unused-suppression",
            message,
            Some(suppression.line),
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Silent;

    #[test]
    fn a_file_that_changed_between_the_passes_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.ndjson");
        let text = r#"{"event_name":"Purchase","event_time":1782396602000}"#;
        std::fs::write(&path, text).unwrap();
        let linter = Linter::new(Settings {
            fixing: Fixing::Write,
            threads: 1,
            ..Settings::default()
        });
        let source = Source::File(path.clone());
        let fixes = |print: [u8; 32]| {
            let passes = Passes {
                are_several: true,
                is_second: true,
                prints: RefCell::new(BTreeMap::from([(path.clone(), print)])),
                ..Passes::default()
            };
            let mut silent = Silent;
            let mut run = Run::new(&linter, &mut silent);
            read(&linter, &mut run, &source, None, &passes).unwrap();
            let errors = run.report().errors.clone();
            (errors, std::fs::read_to_string(&path).unwrap())
        };
        let (errors, left) = fixes([0; 32]);
        assert_eq!(left, text);
        assert!(errors[0].message.contains("changed while it was read"));
        let (errors, fixed) = fixes(Sha256::digest(text).into());
        assert!(errors.is_empty());
        assert_eq!(fixed, text.replace("602000", "602"));
    }
}
