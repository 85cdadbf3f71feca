//! From the command line and the configuration to settings.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::{CheckArgs, Colour, FailOn, InputArgs, Profile};
use crate::clock::PLAUSIBLE;
use crate::config::{self, Config};
use crate::event::Assumptions;
use crate::finding::Severity;
use crate::input::blocks::Limits;
use crate::input::unpack::{self, Ceiling};
use crate::input::walk::{self, Source};
use crate::known::KnownValues;
use crate::ledger::Key;
use crate::memory;
use crate::output::Fixing;
use crate::pixel;
use crate::policy::Policy;
use crate::report::{Gate, InputError};
use crate::rules;
use crate::settings::{Clocks, Filter, Settings};
use crate::values::printable::visible;
use crate::witness::Witnesses;

use super::Failure;
use super::outputs::{Destination, place_of};

fn usage(message: impl Into<String>) -> Failure {
    Failure::Usage(message.into())
}

/// The configuration that counts, if any.
pub(super) fn config(args: &InputArgs) -> Result<Option<Config>, Failure> {
    let path = match (&args.config, args.no_config) {
        (Some(path), _) => path.clone(),
        (None, true) => return Ok(None),
        (None, false) => {
            let here = std::env::current_dir().unwrap_or_default();
            match Config::find(&here) {
                Some(path) => path.strip_prefix(&here).map(Path::to_owned).unwrap_or(path),
                None => return Ok(None),
            }
        }
    };
    Config::read(&path).map(Some).map_err(usage)
}

/// The settings of a run of `check`.
pub(super) fn settings(args: &CheckArgs, config: Option<&Config>) -> Result<Settings, Failure> {
    let input = &args.input;
    let profile = args
        .profile
        .or(config.and_then(|c| c.profile))
        .unwrap_or_default();
    let as_of = asked(&input.as_of, "--as-of", config, "as-of", |c| {
        c.as_of.as_ref().map(config::Moment::text)
    });
    let mut policy = Policy::default();
    let chosen = |own: &[String], theirs: Option<&Vec<String>>| -> Vec<String> {
        if own.is_empty() {
            theirs.cloned().unwrap_or_default()
        } else {
            own.to_vec()
        }
    };
    let select = chosen(&args.select, config.map(|c| &c.select));
    let ignore = chosen(&args.ignore, config.map(|c| &c.ignore));
    let place = |own: &[String], key: &str| match config {
        Some(config) if own.is_empty() => config.place(key) + ": ",
        _ => String::new(),
    };
    let selected = selection(
        (&select, &place(&args.select, "select")),
        (&ignore, &place(&args.ignore, "ignore")),
    )?;
    let is_silent = !selected.contains(&true);
    policy.select(selected);
    if let Some(config) = config {
        let today = jiff::Zoned::now().date().to_string();
        config.apply(&mut policy, &today).map_err(usage)?;
    }
    if args.unsafe_fixes && !args.fix && !args.diff && args.fix_to.is_none() {
        return Err(usage("--unsafe-fixes goes with --fix, --diff or --fix-to"));
    }
    if let Some(code) = &args.test_code
        && (code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    {
        return Err(usage("--test-code takes letters and digits"));
    }
    let gate = gate(args, config, profile)?;
    // Nothing could be told, which looks like a clean log.
    if is_silent && gate.fail_on.is_some() && gate.min_score.is_none() {
        return Err(usage(
            "select and ignore leave no rule, so nothing could fail",
        ));
    }
    let ledger_key = args.ledger_key.as_deref().map(ledger_key).transpose()?;
    let settings = Settings {
        ledger_key,
        clocks: clocks(as_of.as_ref())?,
        witnesses: witnesses(args, &assumptions(input, config)?)?,
        assume: assumptions(input, config)?,
        deep: args.deep,
        policy,
        gate,
        filter: filter(input)?,
        fixing: match (args.fix, args.diff) {
            (true, _) => Fixing::Write,
            (_, true) => Fixing::Diff,
            _ => Fixing::Off,
        },
        unsafe_fixes: args.unsafe_fixes,
        show_values: input.show_values,
        examples: args.max_findings,
        threads: input.threads.unwrap_or(0),
        limits: Limits::with_record(
            usize::try_from(input.max_record_bytes.max(1)).unwrap_or(usize::MAX),
        ),
        memory: input.memory.unwrap_or_else(|| memory::limit() / 4) as usize,
        ceiling: input.max_unpacked.map_or(Ceiling::Usual, Ceiling::Bytes),
        ..Settings::default()
    };
    Ok(settings)
}

/// The key that a file holds.
fn ledger_key(path: &Path) -> Result<Key, Failure> {
    let secret = std::fs::read(path)
        .map_err(|error| usage(format!("{}: {}", path.display(), walk::io_message(&error))))?;
    match secret.len() {
        16.. => Ok(Key::of(&secret)),
        _ => Err(usage(format!(
            "{}: a key has at least 16 bytes, such as those of `head -c 32 /dev/urandom`",
            path.display()
        ))),
    }
}

/// What is told beside the log.
fn witnesses(args: &CheckArgs, assume: &Assumptions) -> Result<Witnesses, Failure> {
    let input = &args.input;
    let ceiling = input.max_unpacked.map_or(Ceiling::Usual, Ceiling::Bytes);
    let open = |path: &Path| {
        let file = File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(io::Error::other("it is a folder"));
        }
        unpack::open(file, ceiling).map(|(_, reader)| reader)
    };
    let failed = |path: &Path, error: &io::Error| {
        usage(format!("{}: {}", path.display(), walk::io_message(error)))
    };
    let mut witnesses = Witnesses::default();
    if !args.pixel.is_empty() {
        let mut index = pixel::Index::default();
        for path in &args.pixel {
            let capture = open(path).and_then(pixel::read);
            let capture = capture.map_err(|error| failed(path, &error))?;
            if capture.hits.is_empty() {
                let what = "holds no request of a pixel with an event in it";
                return Err(usage(format!("{}: {what}", path.display())));
            }
            index.add(capture);
        }
        witnesses.pixel = Some(Arc::new(index));
    }
    if !input.known.is_empty() {
        let mut known = KnownValues::new(assume);
        for path in &input.known {
            open(path)
                .and_then(|list| known.add(list))
                .map_err(|error| failed(path, &error))?;
        }
        if known.is_empty() {
            return Err(usage("--known: there is no value that can be used"));
        }
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(input.threads.unwrap_or(0))
            .build()
            .map_err(|_| usage("there are no threads to be had"))?;
        pool.install(|| known.finish());
        witnesses.known = Some(Arc::new(known));
    }
    Ok(witnesses)
}

/// The profile that counts.
pub(super) fn profile(args: &CheckArgs, config: Option<&Config>) -> Profile {
    args.profile
        .or(config.and_then(|c| c.profile))
        .unwrap_or_default()
}

/// The rules that two lists leave, each with the place in front of what is said of it.
fn selection(select: (&[String], &str), ignore: (&[String], &str)) -> Result<Vec<bool>, Failure> {
    // Nothing would speak, which looks like a clean log: an empty variable of a script does that.
    if !select.0.is_empty() && select.0.iter().all(|entry| entry.trim().is_empty()) {
        let place = match select.1 {
            "" => "--select ",
            place => place,
        };
        return Err(usage(format!("{place}names no rule")));
    }
    let mut selected = vec![select.0.is_empty(); rules::ALL.len()];
    for ((list, place), value) in [(select, true), (ignore, false)] {
        for entry in list
            .iter()
            .map(|entry| entry.trim())
            .filter(|entry| !entry.is_empty())
        {
            let rules = rules::matching(entry)
                .ok_or_else(|| usage(format!("{place}{}", config::unknown(entry))))?;
            for rule in rules {
                selected[rule] = value;
            }
        }
    }
    Ok(selected)
}

/// Refuses entries of --select and --ignore that nothing can be done about any more: what an event or a
/// request shows was told when the parts were written.
pub(super) fn refuse_decided(option: &str, entries: &[String]) -> Result<(), Failure> {
    for entry in entries.iter().map(|entry| entry.trim()) {
        let rules = rules::matching(entry).unwrap_or_default();
        if !rules.is_empty() && rules.iter().all(|&rule| rules::ALL[rule].log().is_none()) {
            return Err(usage(format!(
                "{option} {entry}: it was decided when the parts were written; give {option} to check --ledger-out"
            )));
        }
    }
    Ok(())
}

fn gate(args: &CheckArgs, config: Option<&Config>, profile: Profile) -> Result<Gate, Failure> {
    let fail_on = args.fail_on.or(config.and_then(|c| c.fail_on));
    let max_rate = asked(&args.max_rate, "--max-rate", config, "max-rate", |c| {
        c.max_rate.as_ref().map(config::Rate::text)
    });
    let is_never = fail_on == Some(FailOn::Never);
    // Whoever says never today may well have a rate in the configuration.
    let is_overruled = args.fail_on.is_some() && args.max_rate.is_none();
    if let Some(asked) = max_rate.as_ref().filter(|_| is_never && !is_overruled) {
        let why = "says which findings gate, and with fail-on never none does";
        return Err(usage(format!("{} {why}", asked.place)));
    }
    let max_rate = max_rate.as_ref().map(rate).transpose()?;
    let min_score = min_score(args.min_score, config)?;
    let fail_on = match (fail_on, profile) {
        (Some(FailOn::Error), _) | (None, Profile::Ci) => Some(Severity::Error),
        (Some(FailOn::Warning), _) => Some(Severity::Warning),
        (Some(FailOn::Info), _) | (None, Profile::Strict) => Some(Severity::Info),
        // An explicit rate gates in every profile.
        (None, Profile::Audit) if max_rate.is_some() => Some(Severity::Error),
        (Some(FailOn::Never), _) | (None, Profile::Audit) => None,
    };
    Ok(Gate {
        fail_on,
        min_score,
        max_rate,
        allow_empty: args.input.allow_empty,
        fail_on_change: args.diff,
    })
}

/// The score below which an event_name gates.
pub(super) fn min_score(own: Option<f64>, config: Option<&Config>) -> Result<Option<f64>, Failure> {
    let min_score = asked(&own, "--min-score", config, "min-score", |c| c.min_score);
    match min_score {
        Some(asked) if !(0.0..=10.0).contains(&asked.value) => {
            Err(usage(format!("{} is a number from 0 to 10", asked.place)))
        }
        asked => Ok(asked.map(|asked| asked.value)),
    }
}

/// What was asked for, and where, for what is to be said of it.
struct Asked<T> {
    value: T,
    place: String,
}

/// What the command line says, else what the configuration says.
fn asked<T: Clone>(
    own: &Option<T>,
    option: &str,
    config: Option<&Config>,
    key: &str,
    theirs: impl FnOnce(&Config) -> Option<T>,
) -> Option<Asked<T>> {
    if let Some(value) = own.clone() {
        let place = option.to_owned();
        return Some(Asked { value, place });
    }
    let config = config?;
    let (value, place) = (theirs(config)?, config.place(key));
    Some(Asked { value, place })
}

/// A share such as `0.5%` or `0.005`.
fn rate(asked: &Asked<String>) -> Result<f64, Failure> {
    let text = &asked.value;
    let wrong = || {
        let place = &asked.place;
        usage(format!(
            "{place} is a share of events such as 0.5% or 0.005"
        ))
    };
    let share = match text.trim().strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().map_err(|_| wrong())? / 100.0,
        None => text.trim().parse::<f64>().map_err(|_| wrong())?,
    };
    if (0.0..=1.0).contains(&share) {
        Ok(share)
    } else {
        Err(wrong())
    }
}

fn clocks(as_of: Option<&Asked<String>>) -> Result<Clocks, Failure> {
    let Some(asked) = as_of else {
        return Ok(Clocks::Auto);
    };
    Ok(match asked.value.as_str() {
        "auto" => Clocks::Auto,
        "now" => Clocks::Now,
        "newest" => Clocks::Newest,
        text => Clocks::At(moment(text, &asked.place)?),
    })
}

/// A time in RFC 3339 or Unix seconds, or a day.
fn moment(text: &str, option: &str) -> Result<i64, Failure> {
    if let Ok(seconds) = text.parse::<i64>() {
        // Milliseconds are the very fault that a rule is about.
        let why = if PLAUSIBLE.contains(&seconds) {
            return Ok(seconds);
        } else if PLAUSIBLE.contains(&(seconds / 1_000)) {
            "takes Unix seconds, and this number is one of milliseconds".to_owned()
        } else {
            let (from, to) = (rfc3339(PLAUSIBLE.start), rfc3339(PLAUSIBLE.end));
            format!("takes Unix seconds of a time from {from} to {to}")
        };
        return Err(usage(format!("{option} {why}")));
    }
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Ok(time.as_second());
    }
    let midnight = text
        .parse::<jiff::civil::Date>()
        .ok()
        .and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok());
    midnight
        .map(|midnight| midnight.timestamp().as_second())
        .ok_or_else(|| {
            usage(format!(
                "{option} takes a time such as 2026-06-26T00:00:00Z, or Unix seconds"
            ))
        })
}

/// A moment as reports print it.
pub(super) fn rfc3339(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .map(|time| time.to_string())
        .unwrap_or_default()
}

pub(super) fn assumptions(
    args: &InputArgs,
    config: Option<&Config>,
) -> Result<Assumptions, Failure> {
    let country = asked(&args.country, "--country", config, "country", |c| {
        c.country.clone()
    });
    let zone = asked(&args.tz, "--tz", config, "tz", |c| c.tz.clone());
    let country = country
        .map(|asked| country_code(&asked.value, &asked.place))
        .transpose()?;
    let zone = match zone {
        Some(Asked { value, place }) => {
            let zone = jiff::tz::TimeZone::get(&value).map_err(|_| {
                usage(format!(
                    "{place} is the name of a time zone such as Europe/Berlin"
                ))
            })?;
            Some(zone)
        }
        None => None,
    };
    Ok(Assumptions { country, zone })
}

/// A country code in lower case; `place` is where it was asked for.
pub(super) fn country_code(text: &str, place: &str) -> Result<String, Failure> {
    let code = text.trim().to_ascii_lowercase();
    if crate::values::places::is_code(&code) {
        Ok(code)
    } else {
        Err(usage(format!(
            "{place} is a code of two letters (ISO 3166-1) such as US or DE"
        )))
    }
}

fn filter(args: &InputArgs) -> Result<Filter, Failure> {
    let is_id = |text: &String| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !args.dataset.iter().all(is_id) {
        return Err(usage(
            "--dataset takes the id of a dataset, which is all digits",
        ));
    }
    Ok(Filter {
        datasets: args.dataset.clone(),
        event_names: args.event_name.clone(),
        since: args
            .since
            .as_deref()
            .map(|text| moment(text, "--since"))
            .transpose()?,
        until: args
            .until
            .as_deref()
            .map(|text| moment(text, "--until"))
            .transpose()?,
    })
}

/// The files that are read beside the log: for what they say of it, or of the run.
pub(super) fn read_beside<'a>(
    args: &'a CheckArgs,
    config: Option<&'a Config>,
) -> impl Iterator<Item = &'a Path> {
    let lists = args.input.known.iter().chain(&args.pixel);
    let single = args.input.files_from.iter().chain(&args.ledger_key);
    let paths = lists.chain(single).map(PathBuf::as_path);
    paths.chain(config.map(|config| config.file.as_path()))
}

/// Says that standard input is not read because the configuration names paths, where something may well
/// have been meant by it; to rewrite those paths instead of what stands in a file is refused.
fn mind_unread_input(config: &Config, is_fixing: bool) -> Result<(), Failure> {
    let unread = match waiting_input() {
        Some(unread) if is_fixing || unread == Waiting::File => unread,
        _ => return Ok(()),
    };
    let place = config.place("paths");
    let place = place.strip_suffix(": paths").unwrap_or(&place);
    if is_fixing && unread == Waiting::File {
        return Err(usage(format!(
            "{place} names paths, which --fix would rewrite: name - to fix standard input, or the paths"
        )));
    }
    let message =
        format!("capilint: standard input is not read, since {place} names paths; - reads it");
    eprintln!("{}", visible(&message));
    Ok(())
}

/// What standard input may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// A file, with something left to read in it.
    File,
    Pipe,
}

#[cfg(unix)]
fn waiting_input() -> Option<Waiting> {
    use std::io::Seek;
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;

    let mut input = File::from(io::stdin().as_fd().try_clone_to_owned().ok()?);
    let about = input.metadata().ok()?;
    match about.file_type() {
        kind if kind.is_fifo() => Some(Waiting::Pipe),
        kind if kind.is_file() && input.stream_position().ok()? < about.len() => {
            Some(Waiting::File)
        }
        _ => None,
    }
}

#[cfg(not(unix))]
fn waiting_input() -> Option<Waiting> {
    None
}

/// What is to be read: paths of the command line, else those of the configuration, else standard
/// input when something is piped in. Reports that are going to be written are not read: one that
/// is named as an input is refused.
pub(super) fn sources(
    args: &InputArgs,
    config: Option<&Config>,
    outputs: &[&Destination],
    is_fixing: bool,
) -> Result<(Vec<Source>, Vec<InputError>), Failure> {
    let mut paths = args.paths.clone();
    if let Some(list) = &args.files_from {
        let mut text = String::new();
        let read = if list.as_os_str() == "-" {
            std::io::stdin().read_to_string(&mut text)
        } else {
            std::fs::File::open(list).and_then(|mut file| file.read_to_string(&mut text))
        };
        read.map_err(|error| usage(format!("{}: {}", list.display(), walk::io_message(&error))))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        paths.extend(
            text.lines()
                .filter(|line| !line.trim().is_empty())
                .map(PathBuf::from),
        );
    }
    let own = args.exclude.iter().map(|pattern| {
        let globs = walk::globs(std::slice::from_ref(pattern));
        let globs = globs.map_err(|error| usage(format!("--exclude: {error}")))?;
        Ok((globs, Cell::new(false)))
    });
    let own = own.collect::<Result<Vec<_>, Failure>>()?;
    let here = std::env::current_dir().unwrap_or_default();
    let is_own = |path: &Path| {
        if own.is_empty() {
            return false;
        }
        // A path may lie below the folder that patterns start from however it is written.
        let path = walk::below(&here, path).unwrap_or_else(|| path.to_owned());
        let hits = own.iter().filter(|(globs, _)| globs.is_match(&path));
        hits.map(|(_, hit)| hit.set(true)).count() > 0
    };
    let theirs = config.map(|config| {
        walk::globs(&config.exclude)
            .map(|exclude| (config, exclude))
            .map_err(|error| usage(format!("{}: {error}", config.place("exclude"))))
    });
    let theirs = theirs.transpose()?;
    let places: Vec<PathBuf> = outputs
        .iter()
        .filter_map(|output| place_of(&output.path))
        .collect();
    let is_output = |path: &Path| {
        !places.is_empty() && place_of(path).is_some_and(|place| places.contains(&place))
    };
    if paths.is_empty() && args.files_from.is_none() {
        paths = match config {
            Some(config) if !config.paths.is_empty() => {
                mind_unread_input(config, is_fixing)?;
                config.expand_paths().map_err(usage)?
            }
            _ if !std::io::stdin().is_terminal() => vec![PathBuf::from("-")],
            _ => {
                return Err(usage(
                    "nothing to read: name files or folders, or pipe a log in (see --help)",
                ));
            }
        };
    }
    for path in &paths {
        let path = match path.as_os_str() == "-" {
            true => Path::new("/dev/stdin"),
            false => path,
        };
        outputs.iter().try_for_each(|output| output.spares(path))?;
    }
    let is_excluded = |path: &Path| {
        is_own(path)
            || is_output(path)
            || theirs
                .as_ref()
                .is_some_and(|(config, exclude)| exclude.is_match(config.below(path)))
    };
    let sources = walk::sources(&paths, &is_excluded);
    if !args.quiet {
        for (pattern, (_, hit)) in args.exclude.iter().zip(&own) {
            if !hit.get() {
                let message = format!("capilint: --exclude {pattern} left nothing out");
                eprintln!("{}", visible(&message));
            }
        }
    }
    Ok(sources)
}

/// Columns when the output is no terminal.
const PLAIN_WIDTH: usize = 120;

/// The columns to print in.
pub(super) fn width(is_terminal: bool) -> usize {
    let columns = is_terminal
        .then(|| comfy_table::Table::new().width())
        .flatten();
    columns.map_or(PLAIN_WIDTH, usize::from).clamp(40, 200)
}

/// Whether to use colours on a stream.
pub(super) fn colour(wish: Colour, is_terminal: bool) -> bool {
    match wish {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => {
            let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
            let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
            is_terminal && !set("NO_COLOR") && !dumb
        }
    }
}
