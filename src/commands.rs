//! What the commands do: they put settings, engine and output together and say how it ended.

use std::io;

use crate::cli::Command;

mod check;
mod explain;
mod hash;
mod identify;
mod init;
mod interrupts;
mod outputs;
mod setup;

/// Why a command could not do its work. Never holds a payload value.
#[derive(Debug)]
pub enum Failure {
    /// The user asked for something that cannot be: one sentence.
    Usage(String),
    /// Writing the output failed. A closed pipe is no failure of ours and ends with `code`, the
    /// verdict so far.
    Output { error: io::Error, code: u8 },
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Output { error, code: 0 }
    }
}

/// Runs what the command line says and gives the exit code.
pub fn run(cli: crate::cli::Cli) -> Result<u8, Failure> {
    match cli.command {
        None => {
            no_command_among(&cli.check.input.paths)?;
            check::check(&cli.check)
        }
        Some(Command::Check(args)) => check::check(&args),
        Some(Command::Merge(args)) => check::merge(*args),
        Some(Command::Score(args)) => check::score(*args),
        Some(Command::Explain(args)) => explain::explain(&args),
        Some(Command::Rules(args)) => explain::rules(&args),
        Some(Command::Hash(args)) => hash::hash(&args),
        Some(Command::Identify(args)) => identify::identify(&args),
        Some(Command::Init(args)) => init::init(&args),
        Some(Command::Completions(args)) => {
            let mut command = <crate::cli::Cli as clap::CommandFactory>::command();
            let mut script = Vec::new();
            clap_complete::generate(args.shell, &mut command, "capilint", &mut script);
            io::Write::write_all(&mut io::stdout(), &script)?;
            Ok(0)
        }
    }
}

/// `capilint -q hash em …` would look for a file of that name, and then name the value as one that
/// cannot be read.
fn no_command_among(paths: &[std::path::PathBuf]) -> Result<(), Failure> {
    let program = <crate::cli::Cli as clap::CommandFactory>::command();
    let command = program
        .get_subcommands()
        .map(clap::Command::get_name)
        .find(|name| {
            paths
                .iter()
                .any(|path| path.as_os_str() == *name && !path.exists())
        });
    match command {
        Some(name) => Err(Failure::Usage(format!(
            "the command comes first and its options behind it: capilint {name} …"
        ))),
        None => Ok(()),
    }
}
