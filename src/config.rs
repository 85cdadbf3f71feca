//! `capilint.toml`: reading and checking it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde::Deserialize;
use toml::Spanned;

use crate::cli::{FailOn, Profile};
use crate::finding::Severity;
use crate::input::walk;
use crate::policy::{Policy, Suppression};
use crate::rules;

/// The name that is looked for upwards from the working directory.
pub const FILE_NAME: &str = "capilint.toml";

/// The JSON Schema of the configuration.
pub const SCHEMA: &str = include_str!("../rules/tables/capilint.schema.json");

/// The configuration as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    pub profile: Option<Profile>,
    #[serde(default)]
    pub paths: Vec<String>,
    #[serde(default)]
    pub exclude: Vec<String>,
    pub as_of: Option<Moment>,
    pub country: Option<String>,
    pub tz: Option<String>,
    #[serde(default)]
    pub select: Vec<String>,
    #[serde(default)]
    pub ignore: Vec<String>,
    pub fail_on: Option<FailOn>,
    pub min_score: Option<f64>,
    pub max_rate: Option<Rate>,
    #[serde(default)]
    pub rules: BTreeMap<String, Level>,
    #[serde(default)]
    suppress: Vec<Spanned<Suppress>>,
    /// The file, and the folder that its paths and patterns start from.
    #[serde(skip)]
    pub file: PathBuf,
    #[serde(skip)]
    pub folder: PathBuf,
    #[serde(skip)]
    text: String,
}

/// A time or a word for one: in quotes, as TOML writes times, or in Unix seconds.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "it takes a time such as 2026-06-26T00:00:00Z, or Unix seconds"
)]
pub enum Moment {
    Text(String),
    Time(toml::value::Datetime),
    Seconds(i64),
}

impl Moment {
    /// As it would be written on the command line.
    pub fn text(&self) -> String {
        match self {
            Moment::Text(text) => text.clone(),
            Moment::Time(time) => time.to_string(),
            Moment::Seconds(seconds) => seconds.to_string(),
        }
    }
}

/// A share of events, as text such as `0.5%` or as a number.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "it takes a share of events such as \"0.5%\" or 0.005"
)]
pub enum Rate {
    Number(f64),
    Text(String),
}

impl Rate {
    /// As it would be written on the command line.
    pub fn text(&self) -> String {
        match self {
            Rate::Number(share) => share.to_string(),
            Rate::Text(text) => text.clone(),
        }
    }
}

/// What a rule is set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Off,
    Info,
    Warning,
    Error,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Suppress {
    rule: String,
    #[serde(default)]
    files: Vec<String>,
    pointer: Option<Spanned<String>>,
    reason: String,
    until: Option<Spanned<toml::Value>>,
}

/// A day as `YYYY-MM-DD`, in quotes or as TOML writes days.
fn day(value: &toml::Value) -> Option<String> {
    let text = match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Datetime(date) => date.to_string(),
        _ => return None,
    };
    let day = text.parse::<jiff::civil::Date>().ok()?;
    Some(day.to_string())
}

/// Why a pointer of a suppression can hide nothing, if so.
fn pointer_fault(pointer: &str) -> Option<String> {
    if let Some(rest) = pointer.strip_prefix("request:") {
        let is_right = rest.starts_with('/');
        return (!is_right).then(|| format!("a pointer begins with a slash: request:/{rest}"));
    }
    let is_index = |step: &str| step == "*" || step.bytes().all(|byte| byte.is_ascii_digit());
    let mut steps: Vec<&str> = pointer.trim_matches('/').split('/').collect();
    // As reports print it: from the root of the JSON text, to the event in its body or list.
    let event = steps
        .windows(2)
        .position(|two| two[0] == "data" && is_index(two[1]));
    if let Some(at) = event {
        steps.drain(..at + 2);
    } else if steps.len() > 1 && is_index(steps[0]) {
        steps.remove(0);
    } else if pointer.is_empty() || pointer.starts_with('/') {
        return None;
    }
    Some(match steps.as_slice() {
        [] => "start from the event: without a pointer all of it is meant".to_owned(),
        steps => format!("start from the event: /{}", steps.join("/")),
    })
}

impl Config {
    /// Reads the file at `path`. `Err` is one sentence for the user.
    pub fn read(path: &Path) -> Result<Config, String> {
        let shown = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{shown}: {}", walk::io_message(&error)))?;
        let mut config: Config = toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(&text, span.start));
            let key = text.lines().nth(line as usize - 1).and_then(key_of);
            let message = in_words(&text, line, key, error.message());
            let key = key.filter(|key| !message.contains(*key));
            let key = key.map_or(String::new(), |key| format!("{key}: "));
            format!("{shown}:{line}: {key}{message}")
        })?;
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        config.folder = walk::whole(folder);
        config.file = path.to_owned();
        config.text = text;
        Ok(config)
    }

    /// The place of a key for messages, as in `capilint.toml:3: min-score`.
    pub fn place(&self, key: &str) -> String {
        let shown = self.file.display();
        let is_key = |line: &str| {
            let rest = line.trim_start().trim_start_matches(['"', '\'']);
            rest.strip_prefix(key).is_some_and(|rest| {
                let rest = rest.trim_start_matches(['"', '\'']).trim_start();
                rest.starts_with('=')
            })
        };
        match self.text.lines().position(is_key) {
            Some(at) => format!("{shown}:{}: {key}", at + 1),
            None => format!("{shown}: {key}"),
        }
    }

    /// The nearest configuration in `from` or above it.
    pub fn find(from: &Path) -> Option<PathBuf> {
        from.ancestors()
            .map(|folder| folder.join(FILE_NAME))
            .find(|path| path.is_file())
    }

    /// Puts severities and suppressions into the policy. `today` is `YYYY-MM-DD`.
    pub fn apply(&self, policy: &mut Policy, today: &str) -> Result<(), String> {
        let shown = self.file.display();
        let mut levels: Vec<(Vec<usize>, &Level, &str)> = Vec::new();
        for (name, level) in &self.rules {
            let named = rules::matching(name).ok_or_else(|| {
                // A name may be anything; its place is told, and it itself only when it is like one.
                let place = self.place(name);
                let place = place.strip_suffix(&format!(": {name}")).unwrap_or(&place);
                format!("{place}: rules: {}", unknown(name))
            })?;
            let same = |(other, _, before): &&(Vec<usize>, &Level, &str)| {
                *other == named && before != name
            };
            if let Some((_, other, before)) = levels.iter().find(same)
                && *other != level
            {
                let place = self.place(name);
                return Err(format!("{place}: the same as {before}, with another level"));
            }
            levels.push((named, level, name));
        }
        // What is said of a rule itself beats what is said of its group.
        levels.sort_by_key(|(named, ..)| std::cmp::Reverse(named.len()));
        let levels: BTreeMap<usize, &Level> = levels
            .iter()
            .flat_map(|(named, level, _)| named.iter().map(move |&rule| (rule, *level)))
            .collect();
        for (rule, level) in levels {
            policy.remap(
                rule,
                match level {
                    Level::Off => None,
                    Level::Info => Some(Severity::Info),
                    Level::Warning => Some(Severity::Warning),
                    Level::Error => Some(Severity::Error),
                },
            );
        }
        for suppress in &self.suppress {
            let line = line_of(&self.text, suppress.span().start);
            let wrong = |what: String| format!("{shown}:{line}: {what}");
            let suppress = suppress.get_ref();
            let rule = rules::find(&suppress.rule).ok_or_else(|| wrong(unknown(&suppress.rule)))?;
            if suppress.reason.trim().is_empty() {
                return Err(wrong("a suppression needs a reason".to_owned()));
            }
            let at = |start: usize, what: String| {
                let line = line_of(&self.text, start);
                format!("{shown}:{line}: {what}")
            };
            let until = match &suppress.until {
                Some(until) => Some(day(until.get_ref()).ok_or_else(|| {
                    let what = "until: it takes a date such as 2027-01-31";
                    at(until.span().start, what.to_owned())
                })?),
                None => None,
            };
            if let Some(pointer) = &suppress.pointer
                && let Some(why) = pointer_fault(pointer.get_ref())
            {
                return Err(at(pointer.span().start, format!("pointer: {why}")));
            }
            let files = match suppress.files.as_slice() {
                [] => None,
                files => Some(walk::globs(files).map_err(|error| wrong(error.to_string()))?),
            };
            policy.suppress(Suppression {
                rule,
                files,
                pointer: suppress.pointer.as_ref().map(|p| p.get_ref().clone()),
                expired: until.is_some_and(|until| until.as_str() < today),
                line,
                asked: AtomicBool::new(false),
                used: AtomicBool::new(false),
            });
        }
        Ok(())
    }

    /// A path as seen from the folder of the configuration, where it lies below it: what its
    /// patterns are matched against.
    pub fn below(&self, path: &Path) -> PathBuf {
        walk::below(&self.folder, path).unwrap_or_else(|| path.to_owned())
    }

    /// The files and folders that `paths` names, in a stable order. Patterns are matched below the
    /// folder of the configuration.
    pub fn expand_paths(&self) -> Result<Vec<PathBuf>, String> {
        let mut found = Vec::new();
        for pattern in &self.paths {
            let literal = self.folder.join(pattern);
            if literal.exists() {
                found.push(literal);
                continue;
            }
            let set = walk::globs(std::slice::from_ref(pattern))
                .map_err(|error| format!("{}: {error}", self.place("paths")))?;
            let fixed: PathBuf = Path::new(pattern)
                .components()
                .take_while(|part| {
                    !part
                        .as_os_str()
                        .to_string_lossy()
                        .contains(['*', '?', '[', '{'])
                })
                .collect();
            let start = self.folder.join(fixed);
            // A pattern that names such folders behind its first star means them.
            let mut parts = pattern.split('/');
            let names_all = parts.any(|part| part.starts_with('.') || part == "node_modules");
            let walker = walkdir::WalkDir::new(&start)
                .follow_links(true)
                .sort_by_file_name()
                .into_iter()
                .filter_entry(|entry| names_all || !walk::is_passed_over(entry));
            let before = found.len();
            for entry in walker.flatten() {
                let path = entry.path();
                let below = path.strip_prefix(&self.folder).unwrap_or(path);
                if entry.file_type().is_file() && set.is_match(below) {
                    found.push(path.to_owned());
                }
            }
            if found.len() == before {
                return Err(format!(
                    "{}: nothing matches the path {pattern}",
                    self.place("paths")
                ));
            }
        }
        let here = std::env::current_dir().unwrap_or_default();
        Ok(found.into_iter().map(|path| shorten(path, &here)).collect())
    }
}

/// A path as seen from the working directory, where it lies below it.
fn shorten(path: PathBuf, here: &Path) -> PathBuf {
    match path.strip_prefix(here) {
        Ok(below) if !below.as_os_str().is_empty() => below.to_owned(),
        _ => path,
    }
}

/// Settings of the contract that are still to come.
const TO_COME: [&str; 4] = ["baseline", "update-baseline", "custom", "score"];

/// What the reader of TOML says of a line, in words for whoever wrote it.
fn in_words(text: &str, line: u64, key: Option<&str>, message: &str) -> String {
    if message.starts_with("unknown field") {
        let mut names = message.split('`').skip(1).step_by(2);
        let name = names.next().unwrap_or_default();
        if TO_COME.contains(&name) {
            return format!("`{name}` is not supported yet");
        }
        let like = |known: &str| {
            let name = name.replace('_', "-");
            similar::TextDiff::from_chars(known, name.as_str()).ratio()
        };
        let near = names.max_by(|a, b| like(a).total_cmp(&like(b)));
        let what = match key_of(&format!("{name} =")) {
            Some(name) => format!("there is no setting `{name}`"),
            None => "there is no such setting".to_owned(),
        };
        return match near.filter(|near| like(near) > 0.6) {
            Some(near) => format!("{what}; did you mean `{near}`?"),
            None => match message.split_once("`, ") {
                Some((_, expected)) => format!("{what}; {expected}"),
                None => what,
            },
        };
    }
    let is_value = [
        "invalid type",
        "unknown variant",
        "wanted string",
        "invalid value",
    ];
    if !is_value.iter().any(|start| message.starts_with(start)) {
        return message.to_owned();
    }
    let before = text.lines().take(line as usize).map(str::trim);
    let table = before
        .filter(|line| line.starts_with('[') && !line.contains('='))
        .last();
    let takes = match (table, key) {
        (Some("[rules]"), _) => "\"off\", \"info\", \"warning\" or \"error\"",
        (_, Some("min-score")) => "a number such as 6.0, without quotes",
        (_, Some("profile")) => "\"ci\", \"audit\" or \"strict\"",
        (_, Some("fail-on")) => "\"error\", \"warning\", \"info\" or \"never\"",
        (_, Some("paths" | "exclude" | "select" | "ignore" | "files")) => {
            "a list of texts in quotes, between brackets"
        }
        (_, Some("country" | "tz" | "rule" | "pointer" | "reason")) => "a text in quotes",
        _ => return message.to_owned(),
    };
    format!("it takes {takes}")
}

/// The key of a line, when it looks like one.
fn key_of(line: &str) -> Option<&str> {
    let key = line.split_once('=')?.0.trim();
    let is_key = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (!key.is_empty() && key.len() <= 40 && key.bytes().all(is_key)).then_some(key)
}

fn line_of(text: &str, at: usize) -> u64 {
    text.as_bytes()[..at.min(text.len())]
        .iter()
        .filter(|&&byte| byte == b'\n')
        .count() as u64
        + 1
}

/// What to say of a rule that does not exist.
pub fn unknown(name: &str) -> String {
    let near = rules::ALL
        .iter()
        .map(|rule| {
            (
                similar::TextDiff::from_chars(rule.name(), name).ratio(),
                rule.name(),
            )
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(ratio, _)| *ratio > 0.6);
    // What looks like no name of a rule may be a value that was pasted there by mistake.
    let is_like_a_name = |byte: u8| byte.is_ascii_alphabetic() || byte == b'-';
    let is_like_an_id = name.len() < 8 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let what = match name.bytes().all(is_like_a_name) || is_like_an_id {
        true => format!("there is no rule `{name}`"),
        false => "there is no such rule".to_owned(),
    };
    match near {
        Some((_, near)) => format!("{what}; did you mean `{near}`?"),
        None => format!("{what}; `capilint rules` lists them"),
    }
}
