//! How fast `capilint check` is, against what any program must do with the same file.
//!
//! See `benches/README.md`. Everything is a whole process, started once a round in turns: counting
//! lines, parsing with serde_json into typed structs, and the check itself. Ratios are taken
//! inside a round, so that a busy machine slows both sides of them.

mod clean_log;
mod log;
mod random;
mod typed;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use capilint::engine::{Linter, Silent};
use capilint::settings::{Clocks, Settings};
use clap::{Args, Parser, Subcommand};
use serde::{Deserialize, Serialize};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Measures `capilint check` on a generated log.
#[derive(Parser)]
#[command(name = "check")]
struct Cli {
    #[command(subcommand)]
    part: Option<Part>,
    #[command(flatten)]
    run: Run,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Args)]
struct Run {
    /// Size of the log, such as 10MB or 1GB
    #[arg(long, default_value = "1GB", value_parser = size)]
    size: u64,
    /// Seed of the log
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How often each command runs
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Numbers of threads, separated by commas
    #[arg(long, value_delimiter = ',', default_value = "1,2", value_parser = threads)]
    threads: Vec<usize>,
    /// Only write a log to this file (- for standard output) and print what it holds
    #[arg(long, value_name = "FILE")]
    generate: Option<PathBuf>,
    /// Write a log without faults of this many events instead, in which as much repeats as in life
    #[arg(long, value_name = "EVENTS", requires = "generate")]
    clean: Option<u64>,
    /// Who causes the events: `new` also measures a log in which every event is of a new person
    #[arg(long, value_enum, default_value = "returning")]
    people: Crowd,
    /// Leave the log where it is; the next run with the same size and seed uses it
    #[arg(long)]
    keep: bool,
    /// Measure only the yardsticks: line count and typed parse
    #[arg(long)]
    yardsticks: bool,
    /// Exit with 1 when a target is missed
    #[arg(long)]
    gate: bool,
}

/// [`log::People`] on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Crowd {
    /// One person comes to about four events
    Returning,
    /// Every event is of a new person
    New,
}

impl Crowd {
    fn people(self) -> log::People {
        match self {
            Crowd::Returning => log::People::Returning,
            Crowd::New => log::People::New,
        }
    }
}

/// What this program starts itself as.
#[derive(Subcommand)]
enum Part {
    /// Runs a command and prints its time and peak memory
    #[command(hide = true)]
    Measure {
        #[arg(trailing_var_arg = true, required = true)]
        command: Vec<String>,
    },
    /// Counts the lines of a file
    #[command(hide = true)]
    Lines { threads: usize, file: PathBuf },
    /// Checks a file without the ledger
    #[command(hide = true)]
    Alone { threads: usize, file: PathBuf },
    /// Parses a file into typed structs
    #[command(hide = true)]
    Parse {
        parser: typed::Parser,
        threads: usize,
        file: PathBuf,
    },
}

fn main() -> ExitCode {
    // `cargo test --benches` starts this program without arguments: there is nothing to test.
    if std::env::args_os().len() == 1 {
        println!("run me with `cargo bench --bench check`");
        return ExitCode::SUCCESS;
    }
    let cli = Cli::parse();
    let done = match cli.part {
        Some(Part::Measure { command }) => measure(&command).map(|()| true),
        Some(Part::Lines { threads, file }) => count_lines(threads, &file).map(|n| {
            println!("{n}");
            true
        }),
        Some(Part::Alone { threads, file }) => check_alone(threads, &file).map(|events| {
            println!("{events}");
            true
        }),
        Some(Part::Parse {
            parser,
            threads,
            file,
        }) => typed::parse(threads, &file, parser).map(|sum| {
            println!("{sum:?}");
            true
        }),
        None => match &cli.run.generate {
            Some(file) => {
                let holds = match cli.run.clean {
                    Some(events) => generate_clean(file, events, cli.run.seed),
                    None => generate(file, cli.run.size, cli.run.seed, cli.run.people.people()),
                };
                holds.map(|holds| {
                    // Standard output may be the log.
                    eprintln!("{holds:#}");
                    true
                })
            }
            None => bench(&cli.run),
        },
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("check: {error}");
            ExitCode::from(2)
        }
    }
}

fn size(text: &str) -> Result<u64, String> {
    let upper = text.to_ascii_uppercase();
    let (digits, unit) = [("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000)]
        .into_iter()
        .find_map(|(unit, bytes)| Some((upper.strip_suffix(unit)?, bytes)))
        .unwrap_or((upper.trim_end_matches('B'), 1));
    let number: f64 = digits
        .parse()
        .map_err(|_| "give a size such as 10MB or 1GB".to_owned())?;
    let bytes = number * unit as f64;
    if (1.0..1e15).contains(&bytes) {
        Ok(bytes as u64)
    } else {
        Err("give a size between 1 byte and 1000000GB".to_owned())
    }
}

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n @ 1..=256) => Ok(n),
        _ => Err("give numbers from 1 to 256".to_owned()),
    }
}

/// Writes a log and, beside it, what it holds.
fn generate(
    file: &Path,
    bytes: u64,
    seed: u64,
    people: log::People,
) -> Result<serde_json::Value, Failure> {
    let mut out = create(file)?;
    let mut planted = log::write(&mut out, bytes, seed, people)?;
    planted.add(&log::log_faults::write(&mut out, seed)?);
    out.flush()?;
    Ok(planted.to_json())
}

/// Writes a clean log.
fn generate_clean(file: &Path, events: u64, seed: u64) -> Result<serde_json::Value, Failure> {
    let mut out = create(file)?;
    let written = clean_log::write(&mut out, events, seed)?;
    out.flush()?;
    Ok(serde_json::json!({
        "as_of": clean_log::AS_OF, "events": written.events, "lines": written.lines,
        "bytes": written.bytes,
    }))
}

/// A file, or standard output for `-`.
fn create(file: &Path) -> io::Result<Box<dyn Write>> {
    let out: Box<dyn Write> = if file == Path::new("-") {
        Box::new(io::stdout())
    } else {
        Box::new(File::create(file)?)
    };
    Ok(Box::new(BufWriter::with_capacity(1 << 20, out)))
}

/// What one process cost.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Cost {
    seconds: f64,
    /// Bytes; `None` where the system does not say.
    peak: Option<u64>,
    /// The exit code, `None` after a signal.
    code: Option<i32>,
}

/// Runs a command in a process of its own that waits for nothing else, so that the peak memory of
/// the children is that of the command. Prints a `Cost`.
fn measure(command: &[String]) -> Result<(), Failure> {
    let start = Instant::now();
    let status = Command::new(&command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()?;
    let cost = Cost {
        seconds: start.elapsed().as_secs_f64(),
        peak: peak_of_children(),
        code: status.code(),
    };
    println!("{}", serde_json::to_string(&cost)?);
    Ok(())
}

#[cfg(unix)]
fn peak_of_children() -> Option<u64> {
    use nix::sys::resource::{UsageWho, getrusage};
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?.max_rss();
    // Apple counts bytes, everybody else kilobytes.
    let unit = if cfg!(target_vendor = "apple") {
        1
    } else {
        1_024
    };
    Some(u64::try_from(peak).ok()? * unit)
}

#[cfg(not(unix))]
fn peak_of_children() -> Option<u64> {
    None
}

/// Starts `measure` as a process.
fn cost_of(command: &[String]) -> Result<Cost, Failure> {
    let out = Command::new(std::env::current_exe()?)
        .arg("measure")
        .arg("--")
        .args(command)
        .stderr(Stdio::inherit())
        .output()?;
    let cost: Cost = serde_json::from_slice(&out.stdout)
        .map_err(|_| format!("could not run {}", command.join(" ")))?;
    match cost.code {
        Some(0) => Ok(cost),
        Some(code) => Err(format!("exit code {code} from {}", command.join(" ")).into()),
        None => Err(format!("killed: {}", command.join(" ")).into()),
    }
}

/// Counts newlines in 1 MiB reads, each thread in its share of the file: the least that a program
/// can do with a log.
fn count_lines(threads: usize, file: &Path) -> Result<u64, Failure> {
    let length = fs::metadata(file)?.len();
    let share = |n: usize| (u128::from(length) * n as u128 / threads as u128) as u64;
    let count = |from: u64, to: u64| -> io::Result<u64> {
        let mut input = File::open(file)?;
        input.seek(SeekFrom::Start(from))?;
        let mut input = input.take(to - from);
        let mut block = vec![0; 1 << 20];
        let mut lines = 0;
        loop {
            match input.read(&mut block)? {
                0 => return Ok(lines),
                n => lines += memchr::memchr_iter(b'\n', &block[..n]).count() as u64,
            }
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|n| scope.spawn(move || count(share(n), share(n + 1))))
            .collect();
        let mut lines = 0;
        for worker in workers {
            lines += worker.join().map_err(|_| "a counting thread panicked")??;
        }
        Ok(lines)
    })
}

/// A log on disk, removed at the end unless it is to be kept.
struct OnDisk {
    file: PathBuf,
    sidecar: PathBuf,
    holds: serde_json::Value,
    keep: bool,
}

impl OnDisk {
    fn find_or_write(run: &Run, people: log::People) -> Result<OnDisk, Failure> {
        let folder =
            std::env::var_os("CAPILINT_BENCH_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
        fs::create_dir_all(&folder)?;
        let of = match people {
            log::People::Returning => "",
            log::People::New => "-new",
        };
        let name = format!("capilint-bench-{}-{}{of}", run.size, run.seed);
        let file = folder.join(format!("{name}.ndjson"));
        let sidecar = folder.join(format!("{name}.json"));
        if let Some(holds) = whole(&file, &sidecar) {
            eprintln!("using {}", file.display());
            return Ok(OnDisk {
                file,
                sidecar,
                holds,
                keep: run.keep,
            });
        }
        eprintln!("writing {}", file.display());
        // Taken first, so that a half-written log goes as well when something fails.
        let mut log = OnDisk {
            file,
            sidecar,
            holds: serde_json::Value::Null,
            keep: false,
        };
        log.holds = generate(&log.file, run.size, run.seed, people)?;
        fs::write(&log.sidecar, log.holds.to_string())?;
        log.keep = run.keep;
        Ok(log)
    }

    fn count(&self, what: &str) -> u64 {
        self.holds[what].as_u64().unwrap_or_default()
    }
}

/// What the sidecar says of a log that an earlier run kept, when the log is still as it was.
fn whole(file: &Path, sidecar: &Path) -> Option<serde_json::Value> {
    let holds: serde_json::Value = serde_json::from_slice(&fs::read(sidecar).ok()?).ok()?;
    let same = holds["generator"] == log::VERSION
        && holds["bytes"].as_u64() == Some(fs::metadata(file).ok()?.len());
    same.then_some(holds)
}

impl Drop for OnDisk {
    fn drop(&mut self) {
        if !self.keep {
            // Nothing is lost when a temporary file stays.
            let _ = fs::remove_file(&self.file);
            let _ = fs::remove_file(&self.sidecar);
        }
    }
}

/// What is measured, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Job {
    Lines,
    Parse,
    Sonic,
    Check,
    /// The check of each event by itself, without the ledger.
    Alone,
    /// The check of the log in which every event is of a new person.
    NewPeople,
}

impl Job {
    fn title(self) -> &'static str {
        match self {
            Job::Lines => "count lines",
            Job::Parse => "serde_json typed parse",
            Job::Sonic => "sonic-rs typed parse",
            Job::Check => "capilint check",
            Job::Alone => "the same without the ledger",
            Job::NewPeople => "capilint check, new people",
        }
    }

    fn command(self, threads: usize, file: &Path) -> Result<Vec<String>, Failure> {
        let file = file.to_str().ok_or("the folder's name is not UTF-8")?;
        let part: &[&str] = match self {
            Job::Check | Job::NewPeople => {
                return Ok(check_command(threads, file, &["--color", "never"]));
            }
            Job::Alone => &["alone"],
            Job::Lines => &["lines"],
            Job::Parse => &["parse", "serde"],
            Job::Sonic => &["parse", "sonic"],
        };
        let own = std::env::current_exe()?;
        let own = own.to_str().ok_or("this program's path is not UTF-8")?;
        let threads = threads.to_string();
        let words = [own].into_iter().chain(part.iter().copied());
        Ok(words.chain([&*threads, file]).map(str::to_owned).collect())
    }
}

/// Checks each event of a file by itself, as no option of the program does: what the whole log proves
/// worthless must not count, whichever rules are asked.
fn check_alone(threads: usize, file: &Path) -> Result<u64, Failure> {
    let as_of: jiff::Timestamp = log::AS_OF.parse()?;
    let settings = Settings {
        clocks: Clocks::At(as_of.as_second()),
        threads,
        concludes: false,
        ..Settings::default()
    };
    let (report, _) = Linter::new(settings).run(File::open(file)?, &mut Silent)?;
    Ok(report.events)
}

fn check_command(threads: usize, file: &str, more: &[&str]) -> Vec<String> {
    let threads = threads.to_string();
    let fixed = [
        env!("CARGO_BIN_EXE_capilint"),
        "check",
        "--profile",
        "audit",
        "--no-config",
        "--as-of",
        log::AS_OF,
        "--threads",
        &threads,
    ];
    fixed
        .iter()
        .chain(more)
        .chain([&file])
        .map(|&word| word.to_owned())
        .collect()
}

/// The costs of one job at one number of threads, by round.
struct Series {
    job: Job,
    threads: usize,
    costs: Vec<Cost>,
}

fn bench(run: &Run) -> Result<bool, Failure> {
    let log = OnDisk::find_or_write(run, log::People::Returning)?;
    let new_people = match run.people {
        Crowd::New => Some(OnDisk::find_or_write(run, log::People::New)?),
        Crowd::Returning => None,
    };
    let bytes = log.count("bytes");
    let mut jobs = vec![Job::Lines, Job::Parse, Job::Sonic];
    if !run.yardsticks {
        jobs.extend([Job::Check, Job::Alone]);
        jobs.extend(new_people.as_ref().map(|_| Job::NewPeople));
    }
    println!(
        "{} events in {:.1} MB, {} with a planted fault, seed {}, {} rounds",
        log.count("events"),
        bytes as f64 / 1e6,
        log.count("faulty"),
        run.seed,
        run.rounds
    );
    if !run.yardsticks {
        println!("{}", compare_counts(&log)?);
    }

    let mut all: Vec<Series> = Vec::new();
    for &threads in &run.threads {
        for &job in &jobs {
            all.push(Series {
                job,
                threads,
                costs: Vec::new(),
            });
        }
    }
    // Bring the file into memory, then let every command run once a round; each round starts with
    // another command, so that none always follows the same neighbour.
    count_lines(1, &log.file)?;
    if let Some(log) = &new_people {
        count_lines(1, &log.file)?;
    }
    let many = all.len();
    for round in 0..run.rounds as usize {
        for turn in 0..many {
            let series = &mut all[(round + turn) % many];
            eprint!("\rround {}/{}, {}/{many} ", round + 1, run.rounds, turn + 1);
            let log = match (&new_people, series.job) {
                (Some(log), Job::NewPeople) => log,
                _ => &log,
            };
            let command = series.job.command(series.threads, &log.file)?;
            series.costs.push(cost_of(&command)?);
        }
    }
    eprintln!();
    println!("\n{}", table(&all, bytes));
    if run.yardsticks {
        return Ok(true);
    }

    let mut targets = targets(&all, &log);
    for (like, what, most) in SMALL {
        let ms = start_up(run, like)?.as_secs_f64() * 1e3;
        let text = format!("20 events with digests {what}: {ms:.1} ms (under {most} ms)");
        targets.push((text, ms < most));
    }
    let mut met = true;
    for (text, holds) in targets {
        println!("{} {text}", if holds { "met   " } else { "MISSED" });
        met &= holds;
    }
    Ok(met || !run.gate)
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => (values[n / 2 - 1] + values[n / 2]) / 2.0,
    }
}

impl Series {
    fn seconds(&self) -> f64 {
        middle(self.costs.iter().map(|cost| cost.seconds).collect())
    }

    /// The highest peak of any round.
    fn peak(&self) -> Option<u64> {
        self.costs.iter().filter_map(|cost| cost.peak).max()
    }

    /// How many times faster than `other` in the same round.
    fn speed_against(&self, other: &Series) -> f64 {
        let rounds = self.costs.iter().zip(&other.costs);
        middle(rounds.map(|(own, its)| its.seconds / own.seconds).collect())
    }
}

fn find(all: &[Series], job: Job, threads: usize) -> Option<&Series> {
    all.iter()
        .find(|series| series.job == job && series.threads == threads)
}

/// The figures as a Markdown table.
fn table(all: &[Series], bytes: u64) -> String {
    let mut text = String::from(
        "| | threads | MB/s | peak MB | x line count | x serde_json | x sonic-rs | x one thread |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    let ratio = |of: &Series, to: Option<&Series>, digits: usize| match to {
        Some(to) => format!("{:.digits$}", of.speed_against(to)),
        None => "–".to_owned(),
    };
    for series in all {
        let peak = series
            .peak()
            .map_or("–".to_owned(), |peak| format!("{:.1}", peak as f64 / 1e6));
        writeln!(
            text,
            "| {} | {} | {:.0} | {peak} | {} | {} | {} | {} |",
            series.job.title(),
            series.threads,
            bytes as f64 / 1e6 / series.seconds(),
            ratio(series, find(all, Job::Lines, series.threads), 3),
            ratio(series, find(all, Job::Parse, series.threads), 2),
            ratio(series, find(all, Job::Sonic, series.threads), 2),
            ratio(series, find(all, series.job, 1), 2),
        )
        .expect("a String takes any text");
    }
    text
}

/// The part of a JSON report that says how much was found.
#[derive(Deserialize)]
struct Found {
    summary: FoundSummary,
    rules: Vec<FoundRule>,
}

#[derive(Deserialize)]
struct FoundSummary {
    events: u64,
}

#[derive(Deserialize)]
struct FoundRule {
    id: String,
    findings: u64,
    events: u64,
}

/// Runs the check once for its report: a fast check that finds something else is worth nothing.
fn compare_counts(log: &OnDisk) -> Result<String, Failure> {
    let file = log.file.to_str().ok_or("the folder's name is not UTF-8")?;
    let command = check_command(2, file, &["--format", "json"]);
    let mut child = Command::new(&command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let out = child.stdout.take().ok_or("no output to read")?;
    let found: Result<Found, _> = serde_json::from_reader(BufReader::new(out));
    child.wait()?;
    let found = found.map_err(|_| "capilint check printed no report of schema capilint/1")?;
    let mut differences = String::new();
    if found.summary.events != log.count("events") {
        write!(differences, " events: {}", found.summary.events)?;
    }
    let planted = log.holds["rules"].as_object().ok_or("no planted counts")?;
    let of_log = |id: &String| log.holds["of_log"][id].as_u64().unwrap_or(0);
    let alone = log.holds["of_log"].as_object().into_iter().flatten();
    let alone = alone.filter(|(id, _)| !planted.contains_key(*id));
    for (id, count) in planted.iter().chain(alone) {
        let rule = found.rules.iter().find(|rule| &rule.id == id);
        let by_request = log::OF_REQUESTS.contains(&id.as_str());
        let seen = rule.map_or(0, |rule| {
            if by_request {
                rule.findings
            } else {
                rule.events
            }
        });
        let expected = match planted.contains_key(id) {
            true => count.as_u64().unwrap_or(0) + of_log(id),
            false => count.as_u64().unwrap_or(0),
        };
        if seen != expected {
            write!(differences, " {id}: {seen}, planted {expected};")?;
        }
    }
    for rule in &found.rules {
        if of_log(&rule.id) == 0 && !planted.contains_key(&rule.id) && rule.findings > 0 {
            write!(differences, " {}: {}, planted 0;", rule.id, rule.findings)?;
        }
    }
    Ok(if differences.is_empty() {
        format!(
            "all {} rules with planted faults found exactly those",
            planted.len()
        )
    } else {
        format!("THE COUNTS DIFFER:{differences}")
    })
}

/// The small inputs, what to call each, and the milliseconds in which it is to be checked.
const SMALL: [(log::Small, &str, f64); 3] = [
    (log::Small::Plain, "without names and towns", 10.0),
    (log::Small::Named, "of all keys", 250.0),
    (log::Small::Unknown, "of which nothing is known", 250.0),
];

/// The wall time of a check of 20 events, in the middle of 21 runs.
fn start_up(run: &Run, like: log::Small) -> Result<Duration, Failure> {
    let mut file = tempfile::Builder::new().suffix(".ndjson").tempfile()?;
    log::write_events(&mut file, 20, run.seed, like)?;
    file.flush()?;
    let threads = run.threads.iter().copied().max().unwrap_or(1);
    let command = Job::Check.command(threads, file.path())?;
    let mut seconds = Vec::new();
    for _ in 0..21 {
        seconds.push(cost_of(&command)?.seconds);
    }
    Ok(Duration::from_secs_f64(middle(seconds)))
}

/// The targets, each with whether it holds.
fn targets(all: &[Series], log: &OnDisk) -> Vec<(String, bool)> {
    let mut targets = Vec::new();
    for check in all.iter().filter(|series| series.job == Job::Check) {
        let threads = check.threads;
        if let Some(parse) = find(all, Job::Parse, threads) {
            let ratio = check.speed_against(parse);
            targets.push((
                format!("{threads} threads: {ratio:.2} x the serde_json parse (at least 0.9)"),
                ratio >= 0.9,
            ));
        }
        let beside = [
            (Job::Sonic, "the sonic-rs parse", 0.55),
            (Job::Alone, "the check without the ledger", 0.75),
        ];
        for (job, what, least) in beside {
            if let Some(other) = find(all, job, threads) {
                let ratio = check.speed_against(other);
                let text = format!("{threads} threads: {ratio:.2} x {what} (at least {least})");
                targets.push((text, ratio >= least));
            }
        }
        if let Some(new_people) = find(all, Job::NewPeople, threads) {
            let ratio = new_people.speed_against(check);
            let text = format!(
                "{threads} threads: {ratio:.2} x as fast where every event is of a new person (at least 0.55)"
            );
            targets.push((text, ratio >= 0.55));
        }
        if let Some(peak) = check.peak() {
            // Of the keys that are remembered only ids and digests, of which there are most.
            let keys = log.count("events") + log.count("digests");
            let allowed =
                16_000_000 + 4_000_000 * threads as u64 + 20 * log.count("events") + 64 * keys;
            targets.push((
                format!(
                    "{threads} threads: peak {:.1} MB (under {:.1} MB)",
                    peak as f64 / 1e6,
                    allowed as f64 / 1e6
                ),
                peak < allowed,
            ));
        }
    }
    if let (Some(one), Some(two)) = (find(all, Job::Check, 1), find(all, Job::Check, 2)) {
        let ratio = two.speed_against(one);
        targets.push((
            format!("2 threads: {ratio:.2} x one thread (at least 1.5)"),
            ratio >= 1.5,
        ));
    }
    targets
}
