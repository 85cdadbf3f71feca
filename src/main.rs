//! The binary: arguments in, exit code out.

use std::io;
use std::process::ExitCode;

use capilint::cli::Cli;
use capilint::commands::{self, Failure};
use capilint::values::printable::visible;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser};

fn main() -> ExitCode {
    // A panic inside a rule is caught and reported; the message could hold a payload value.
    std::panic::set_hook(Box::new(|_| {}));
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| commands::run(cli)));
    match outcome {
        Ok(Ok(code)) => ExitCode::from(code),
        Ok(Err(Failure::Usage(message))) => {
            // A path in it may hold anything.
            eprintln!("capilint: {}", visible(&message));
            ExitCode::from(2)
        }
        // Nobody reads on: that is no error.
        Ok(Err(Failure::Output { error, code })) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::from(code)
        }
        Ok(Err(Failure::Output { error, .. })) => {
            eprintln!("capilint: the report could not be written: {error}");
            ExitCode::from(2)
        }
        Err(_) => {
            eprintln!("capilint: internal error; please report it");
            ExitCode::from(2)
        }
    }
}

/// Prints help, or what is wrong with the arguments. Those of `hash` and `identify` may be
/// personal data and are not repeated.
fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let command = std::env::args_os().nth(1).unwrap_or_default();
    let command = command.to_string_lossy();
    let page = match Cli::command().find_subcommand(&*command) {
        Some(command) => format!("`capilint {} --help`", command.get_name()),
        None => "`capilint --help`".to_owned(),
    };
    if error.kind() == ErrorKind::MissingRequiredArgument {
        eprintln!("capilint: {}, see {page}", missing(error));
    } else if command == "hash" || command == "identify" {
        eprintln!(
            "capilint: the arguments of `{command}` were not understood; values that begin with \
             `-` go behind `--`, see `capilint {command} --help`"
        );
    } else {
        eprintln!("capilint: {}, see {page}", not_understood(error));
    }
    ExitCode::from(2)
}

/// What an argument or an option needs beside it, in our own words.
fn missing(error: &clap::Error) -> String {
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::Strings(list)) if !list.is_empty() => {
            format!("{} is missing", list.join(" and "))
        }
        _ => "something is missing".to_owned(),
    }
}

/// What an option with a number takes.
fn taken_by(option: &str) -> Option<&'static str> {
    Some(match option.split_whitespace().next()? {
        "--threads" => "a whole number from 0 to 512",
        "--max-findings" => "a whole number, 0 for none",
        "--memory" | "--max-unpacked" | "--max-record-bytes" => {
            "a number of bytes such as 500MB or 2GiB"
        }
        "--min-score" => "a number from 0 to 10",
        _ => return None,
    })
}

/// What is wrong with the arguments, in words that hold none of them: one may be a value that was
/// pasted there by mistake.
fn not_understood(error: &clap::Error) -> String {
    let mut text = match (error.kind(), error.get(ContextKind::InvalidArg)) {
        (ErrorKind::InvalidValue | ErrorKind::ValueValidation, Some(option)) => {
            format!("what is given for {option} was not understood")
        }
        (ErrorKind::ArgumentConflict, Some(option)) => match error.get(ContextKind::PriorArg) {
            Some(other) if other.to_string() == option.to_string() => {
                format!("{option} cannot be given twice")
            }
            Some(other) => format!("{option} cannot be given together with {other}"),
            None => format!("{option} cannot be given here"),
        },
        (ErrorKind::InvalidSubcommand, _) => "there is no such command".to_owned(),
        _ => "an argument was not understood".to_owned(),
    };
    if let (ErrorKind::InvalidValue | ErrorKind::ValueValidation, Some(option)) =
        (error.kind(), error.get(ContextKind::InvalidArg))
        && let Some(what) = taken_by(&option.to_string())
    {
        text.push_str("; it takes ");
        text.push_str(what);
    }
    // All of these are our own words.
    for (kind, words) in [
        (ContextKind::ValidValue, "it takes"),
        (ContextKind::SuggestedArg, "did you mean"),
        (ContextKind::SuggestedSubcommand, "did you mean"),
    ] {
        match error.get(kind) {
            Some(ContextValue::Strings(list)) if !list.is_empty() => {
                text.push_str(&format!("; {words} {}", list.join(", ")));
            }
            Some(ContextValue::String(one)) => text.push_str(&format!("; {words} {one}")),
            _ => {}
        }
    }
    text
}
