//! Runs everything over a stream: blocks go to the workers of a thread pool, their parts come back
//! and are joined in the order of the input, so that the same input gives the same bytes for any
//! number of threads.

mod by_element;
mod checker;
mod dig;
mod learn;
mod mending;
mod newest;
mod parcel;
mod part;
mod run;
mod shared;
mod traces;
mod walk;
mod widths;
mod worker;

use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::addresses::Addresses;
use crate::inspect::RuleSet;
use crate::output::Reporter;
use crate::report::{EventRow, Located, Report, Verdict};
use crate::settings::Settings;

pub use learn::{Taught, learn, must_learn};
pub use newest::newest_time;
pub use part::Excerpts;
pub use run::Run;
pub use shared::{Header, part_clock};

/// Checks streams of captured payloads.
pub struct Linter {
    settings: Settings,
    rules: RuleSet,
    /// Of each inspector that is done with its block.
    addresses: Mutex<Vec<Addresses>>,
    pool: rayon::ThreadPool,
    excerpts: Option<Excerpts>,
    stop: Arc<AtomicBool>,
}

impl Linter {
    /// A linter with these settings.
    ///
    /// # Panics
    /// When the operating system gives no threads.
    pub fn new(settings: Settings) -> Linter {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(settings.threads)
            .thread_name(|index| format!("capilint-{index}"))
            .build()
            .expect("the operating system gives threads");
        let rules = RuleSet::all().deep(settings.deep);
        Linter {
            settings,
            rules,
            addresses: Mutex::default(),
            pool,
            excerpts: None,
            stop: Arc::default(),
        }
    }

    /// Lets reports carry excerpts.
    pub fn with_excerpts(mut self, excerpts: Excerpts) -> Linter {
        self.excerpts = Some(excerpts);
        self
    }

    /// Lets runs end early when `stop` is set, after the block at hand.
    pub fn stopped_by(mut self, stop: Arc<AtomicBool>) -> Linter {
        self.stop = stop;
        self
    }

    /// Whether runs are to end early.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Checks one stream and tells the reporter of it. Fails only when the reporter does.
    pub fn run(
        &self,
        source: impl Read + Send,
        reporter: &mut dyn Reporter,
    ) -> io::Result<(Report, Verdict)> {
        let mut run = Run::new(self, reporter);
        // Without a sink there is no inner error to look at.
        let _ = run.stream("<stdin>", "<stdin>", source, None, None)?;
        run.finish()
    }

    /// Checks one payload that is at hand.
    pub fn lint_event(&self, text: &str) -> Report {
        let mut silent = Silent;
        match self.run(text.as_bytes(), &mut silent) {
            Ok((report, _)) => report,
            Err(_) => Report::default(),
        }
    }
}

/// Checks one payload with the default settings.
pub fn lint_event(text: &str) -> Report {
    Linter::new(Settings {
        threads: 1,
        ..Settings::default()
    })
    .lint_event(text)
}

/// A reporter that says nothing.
pub struct Silent;

impl Reporter for Silent {
    fn wants(&self) -> crate::output::Wants {
        crate::output::Wants::default()
    }
    fn finding(&mut self, _: &Located) -> io::Result<()> {
        Ok(())
    }
    fn event(&mut self, _: &EventRow) -> io::Result<()> {
        Ok(())
    }
    fn finish(&mut self, _: &Report, _: &Verdict) -> io::Result<()> {
        Ok(())
    }
}
