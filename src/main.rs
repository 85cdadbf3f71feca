//! The binary: arguments in, exit code out.

use std::io::ErrorKind;
use std::process::ExitCode;

use capilint::cli::Cli;
use capilint::commands::{self, Failure};
use clap::Parser;
use clap::error::ContextKind;

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
            eprintln!("capilint: {message}");
            ExitCode::from(2)
        }
        // Nobody reads on: that is no error.
        Ok(Err(Failure::Output { error, code })) if error.kind() == ErrorKind::BrokenPipe => {
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
    if command == "hash" || command == "identify" {
        eprintln!(
            "capilint: the arguments of `{command}` were not understood; values that begin with \
             `-` go behind `--`, see `capilint {command} --help`"
        );
    } else if let (clap::error::ErrorKind::ValueValidation, Some(option)) =
        (error.kind(), error.get(ContextKind::InvalidArg))
    {
        // A value pasted there by mistake is not repeated.
        eprintln!("capilint: what is given for {option} was not understood, see `capilint --help`");
    } else {
        let _ = error.print();
    }
    ExitCode::from(2)
}
