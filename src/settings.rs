//! What a run is told to do: the command line and the configuration, resolved once.

use crate::event::Assumptions;
use crate::input::blocks::Limits;
use crate::input::unpack::Ceiling;
use crate::ledger::Key;
use crate::output::Fixing;
use crate::policy::Policy;
use crate::report::Gate;
use crate::witness::Witnesses;

/// The clock that the user asked for (`--as-of`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clocks {
    /// The best that the input offers.
    #[default]
    Auto,
    /// This machine's clock.
    Now,
    /// The newest plausible event_time of each file, found in a first pass.
    Newest,
    /// A moment in Unix seconds.
    At(i64),
}

/// Which events are looked at.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only events of which the log says that they went to one of these datasets, when there are any.
    pub datasets: Vec<String>,
    /// Only these event_names, when there are any.
    pub event_names: Vec<String>,
    /// Only events at or after this moment, in Unix seconds.
    pub since: Option<i64>,
    /// Only events before this moment, in Unix seconds.
    pub until: Option<i64>,
}

impl Filter {
    /// Whether every event passes.
    pub fn is_open(&self) -> bool {
        self.datasets.is_empty()
            && self.event_names.is_empty()
            && self.since.is_none()
            && self.until.is_none()
    }
}

/// Everything that a run needs to know.
#[derive(Debug)]
pub struct Settings {
    pub clocks: Clocks,
    /// This machine's clock, in Unix seconds.
    pub wall: i64,
    pub assume: Assumptions,
    /// What others than the log know.
    pub witnesses: Witnesses,
    /// Whether digests are also compared with the rare forms of their key's values.
    pub deep: bool,
    pub policy: Policy,
    pub gate: Gate,
    pub filter: Filter,
    pub fixing: Fixing,
    /// Also the fixes that need the user's word.
    pub unsafe_fixes: bool,
    pub show_values: bool,
    /// Examples kept of each group of findings.
    pub examples: usize,
    /// Rows of events kept; `None` for every event.
    pub rows: usize,
    /// Worker threads; 0 for all cores.
    pub threads: usize,
    pub limits: Limits,
    /// How far a packed stream may unpack.
    pub ceiling: Ceiling,
    /// Whether to say what only the whole log shows.
    pub concludes: bool,
    /// Bytes that the evidence of the whole log may take before it goes to temporary files.
    pub memory: usize,
    /// The key of the ledger; `None` for a random one.
    pub ledger_key: Option<Key>,
}

impl Default for Settings {
    /// Every rule, the `ci` gate, values hidden, nothing fixed.
    fn default() -> Settings {
        Settings {
            clocks: Clocks::Auto,
            wall: jiff::Timestamp::now().as_second(),
            assume: Assumptions::default(),
            witnesses: Witnesses::default(),
            deep: false,
            policy: Policy::default(),
            gate: Gate {
                fail_on: Some(crate::finding::Severity::Error),
                ..Gate::default()
            },
            filter: Filter::default(),
            fixing: Fixing::Off,
            unsafe_fixes: false,
            show_values: false,
            examples: 50,
            rows: 20,
            threads: 0,
            limits: Limits::with_record(64 << 20),
            ceiling: Ceiling::Usual,
            concludes: true,
            memory: 1 << 30,
            ledger_key: None,
        }
    }
}
