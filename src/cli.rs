//! The command line: options and their help, no logic.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

/// Lints, audits and fixes the events that businesses send to Meta's Conversions API.
#[derive(Debug, Parser)]
#[command(
    name = "capilint",
    version,
    about,
    long_about = "Reads captured payloads of Meta's Conversions API, offline, and says which events \
                  are refused, ignored, unmatched, duplicated or leaking personal data, why, how \
                  sure it is, what match quality to expect and how to fix it.\n\n\
                  Without a command it checks: `capilint fixtures/` is `capilint check fixtures/`.",
    args_conflicts_with_subcommands = true,
    after_help = "Exit codes: 0 nothing at the gate · 1 findings at the gate · 2 usage, \
                  configuration, unreadable input or internal error."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub check: CheckArgs,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lint payloads (the default command)
    Check(Box<CheckArgs>),
    /// Join the parts of a log that `check --ledger-out` wrote
    Merge(Box<MergeArgs>),
    /// Estimate the match quality: one row an event or an event_name
    Score(Box<ScoreArgs>),
    /// Print the page of a rule, or how the score is computed
    Explain(ExplainArgs),
    /// List the rules
    Rules(RulesArgs),
    /// Normalise and hash a value the way Meta wants it
    Hash(HashArgs),
    /// Say what a digest is known to be the hash of, by class
    Identify(IdentifyArgs),
    /// Write a commented capilint.toml
    Init(InitArgs),
    /// Print shell completions
    Completions(CompletionsArgs),
}

/// Where events come from and which of them count.
#[derive(Debug, Default, Args)]
pub struct InputArgs {
    /// Files, folders, or - for standard input
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Read the paths from FILE, one a line (- for standard input)
    #[arg(long, value_name = "FILE|-", value_hint = ValueHint::FilePath)]
    pub files_from: Option<PathBuf>,
    /// Leave out files and folders that match
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// An input without a single event is in order
    #[arg(long)]
    pub allow_empty: bool,
    /// Look only at events of this dataset, as far as the log names it
    #[arg(long, value_name = "ID")]
    pub dataset: Vec<String>,
    /// Look only at events of this name
    #[arg(long, value_name = "NAME")]
    pub event_name: Vec<String>,
    /// Look only at events from this time on (RFC 3339 or Unix seconds)
    #[arg(long, value_name = "TIME", allow_negative_numbers = true)]
    pub since: Option<String>,
    /// Look only at events before this time
    #[arg(long, value_name = "TIME", allow_negative_numbers = true)]
    pub until: Option<String>,
    /// The clock for time rules: auto, now, newest, or a time
    #[arg(long, value_name = "CLOCK", allow_negative_numbers = true)]
    pub as_of: Option<String>,
    /// Country of phones without a calling code (ISO 3166-1 alpha-2), for unsafe fixes and lists of --known
    #[arg(long, value_name = "CC")]
    pub country: Option<String>,
    /// Zone of times without one, such as Europe/Berlin; used by unsafe fixes only
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
    /// Plain values of customers (CSV or NDJSON with columns such as em, ph, fn, ln, external_id)
    /// that prove or clear the digests; read here, printed nowhere; may repeat
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub known: Vec<PathBuf>,
    /// Print payload values in excerpts and reports
    #[arg(long)]
    pub show_values: bool,
    /// Worker threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = threads, allow_negative_numbers = true)]
    pub threads: Option<usize>,
    /// Memory for the evidence of the whole log; beyond it, temporary files are used [default: 25 %
    /// of the memory limit]
    #[arg(long, value_name = "SIZE", value_parser = size, allow_negative_numbers = true)]
    pub memory: Option<u64>,
    /// Skip records (one event or one request head) larger than this
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = size, allow_negative_numbers = true)]
    pub max_record_bytes: u64,
    /// Stop reading a packed file that unpacks to more than this [default: 1 TiB or 1,000 times its
    /// packed size, whichever comes first, but at least 64 MiB]
    #[arg(long, value_name = "SIZE", value_parser = size, allow_negative_numbers = true)]
    pub max_unpacked: Option<u64>,
    /// The configuration [default: the nearest capilint.toml upwards]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Use no configuration
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,
    /// Print only the verdict, and what could not be read or rewritten to standard error; no progress
    #[arg(short, long)]
    pub quiet: bool,
    /// Print more: every fix, the clocks
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Colours
    #[arg(long, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    pub color: Colour,
}

/// More threads than any machine has cores only wait for each other.
const MOST_THREADS: usize = 512;

fn threads(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number <= MOST_THREADS);
    number.ok_or_else(|| format!("it takes a number up to {MOST_THREADS}"))
}

/// A number of bytes such as `500MB` or `2GiB`.
fn size(text: &str) -> Result<u64, String> {
    parse_size::parse_size(text).map_err(|error| error.to_string())
}

/// Options of `check`.
#[derive(Debug, Default, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Requests of the browser's pixel (HAR, NDJSON or URLs) to be paired with the events; may repeat
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub pixel: Vec<PathBuf>,
    /// Only these rules: ids, names, groups such as 1xx, ALL
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Compare digests with the rare forms of their values too: every encoding, quote and bracket
    /// of names, cities, postcodes and dates (up to a few seconds more)
    #[arg(long)]
    pub deep: bool,
    /// What gates and what comes first
    #[arg(long, value_enum)]
    pub profile: Option<Profile>,
    /// The least severity that makes exit code 1 [default: by profile]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// Exit code 1 when the estimate of any event_name is below N
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub min_score: Option<f64>,
    /// Findings gate only for rules that speak of more than this share of events, such as 0.5%
    #[arg(long, value_name = "R", allow_hyphen_values = true)]
    pub max_rate: Option<String>,
    /// Rewrite files in place (standard input: the fixed payload goes to standard output); files that
    /// are read-only or have a second name (a hard link) are left alone
    #[arg(long)]
    pub fix: bool,
    /// Also make fixes that are right only under an assumption
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// Print what --fix would change and write nothing; exit code 1 when something would
    #[arg(long, conflicts_with = "fix")]
    pub diff: bool,
    /// Keep standard input, and what comes through other pipes, in a temporary file, for what reads
    /// it twice (fixes that need the whole log, --as-of newest) or from its end (zip)
    #[arg(long)]
    pub spool: bool,
    /// Leave the input alone; write what can be sent again to DIR/requests.ndjson, fixed and without
    /// tokens, and the rest with its reasons to DIR/rejects.ndjson; nothing is replaced
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with_all = ["fix", "diff"])]
    pub fix_to: Option<PathBuf>,
    /// Give all requests of --fix-to this test_event_code, those of test traffic too (which are
    /// rejected otherwise)
    #[arg(long, value_name = "CODE", requires = "fix_to")]
    pub test_code: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Also write a format to a file; standard output is what --format is for
    #[arg(long, value_name = "F=FILE")]
    pub output: Vec<String>,
    /// List every event in json (otherwise up to 1,000)
    #[arg(long)]
    pub events: bool,
    /// Findings shown in full by the human format; totals are never capped
    #[arg(
        long,
        value_name = "N",
        default_value_t = 50,
        allow_negative_numbers = true
    )]
    pub max_findings: usize,
    /// Also write the report and the ledger of this part of a log, for `capilint merge`; no plain
    /// value is in it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath,
          conflicts_with_all = ["fix", "diff", "show_values"])]
    pub ledger_out: Option<PathBuf>,
    /// The secret under which the ledger hashes, at least 16 random bytes: the same for all parts
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "ledger_out")]
    pub ledger_key: Option<PathBuf>,
}

/// Options of `merge`.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// What `check --ledger-out` wrote, in the order of the log: all with the same options but those that
    /// filter
    #[arg(required = true, value_name = "PART", value_hint = ValueHint::FilePath)]
    pub parts: Vec<PathBuf>,
    /// The captures that every part was checked with, in the same order; may repeat
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub pixel: Vec<PathBuf>,
    /// Of the rules of the whole log only these
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Of the rules of the whole log not these
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// What gates and what comes first
    #[arg(long, value_enum)]
    pub profile: Option<Profile>,
    /// The least severity that makes exit code 1 [default: by profile]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// Exit code 1 when the estimate of any event_name is below N
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub min_score: Option<f64>,
    /// Findings gate only for rules that speak of more than this share of events, such as 0.5%
    #[arg(long, value_name = "R", allow_hyphen_values = true)]
    pub max_rate: Option<String>,
    /// Parts without a single event are in order
    #[arg(long)]
    pub allow_empty: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Also write a format to a file; standard output is what --format is for
    #[arg(long, value_name = "F=FILE")]
    pub output: Vec<String>,
    /// Findings shown in full by the human format; totals are never capped
    #[arg(
        long,
        value_name = "N",
        default_value_t = 50,
        allow_negative_numbers = true
    )]
    pub max_findings: usize,
    /// Worker threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = threads, allow_negative_numbers = true)]
    pub threads: Option<usize>,
    /// Memory for the evidence of the whole log; beyond it, temporary files are used [default: 25 %
    /// of the memory limit]
    #[arg(long, value_name = "SIZE", value_parser = size, allow_negative_numbers = true)]
    pub memory: Option<u64>,
    /// The configuration [default: the nearest capilint.toml upwards]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Use no configuration
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,
    /// Print only the verdict
    #[arg(short, long)]
    pub quiet: bool,
    /// Print more: the clocks
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Colours
    #[arg(long, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    pub color: Colour,
}

/// Options of `score`.
#[derive(Debug, Args)]
pub struct ScoreArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// One row an event or an event_name
    #[arg(long, value_enum, default_value_t = By::Name)]
    pub by: By,
    /// How to print
    #[arg(long, value_enum, default_value_t = ScoreFormat::Table)]
    pub format: ScoreFormat,
    /// Exit code 1 when the estimate of any event_name is below N
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub min_score: Option<f64>,
}

/// Options of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A rule's name or id, or `score`
    pub what: String,
}

/// Options of `rules`.
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// How to print
    #[arg(long, value_enum, default_value_t = RulesFormat::Table)]
    pub format: RulesFormat,
}

/// Options of `hash`.
#[derive(Debug, Args)]
pub struct HashArgs {
    /// A key of user_data: em, ph, fn, ln, db, ge, ct, st, zp, country, external_id
    pub key: String,
    /// The values; - reads one a line from standard input, away from the shell's history
    #[arg(required = true, value_name = "VALUE")]
    pub values: Vec<String>,
    /// Country of phones without a calling code
    #[arg(long, value_name = "CC")]
    pub country: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
    pub format: PlainFormat,
}

/// Options of `identify`.
#[derive(Debug, Args)]
pub struct IdentifyArgs {
    /// The digests; - reads one a line from standard input
    #[arg(required = true, value_name = "DIGEST")]
    pub digests: Vec<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
    pub format: PlainFormat,
}

/// Options of `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Where to write
    #[arg(default_value = "capilint.toml", value_hint = ValueHint::FilePath)]
    pub path: PathBuf,
    /// Print the JSON Schema of the configuration instead
    #[arg(long)]
    pub schema: bool,
}

/// Options of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    Always,
    Never,
}

/// What gates, and what comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Errors gate
    #[default]
    Ci,
    /// Nothing gates; totals come first
    Audit,
    /// Warnings and info gate too
    Strict,
}

/// The least severity that gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    Error,
    Warning,
    Info,
    Never,
}

/// The formats of `check`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    #[default]
    Human,
    Concise,
    Json,
    Ndjson,
}

/// The formats of `score`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScoreFormat {
    Table,
    Csv,
    Ndjson,
}

/// The rows of `score`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum By {
    Event,
    Name,
}

/// The formats of `rules`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RulesFormat {
    Table,
    Json,
    Markdown,
}

/// The formats of `hash` and `identify`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlainFormat {
    Text,
    Json,
}
