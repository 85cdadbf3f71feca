//! `init`: a configuration to start from.

use std::fs::OpenOptions;
use std::io::Write;

use crate::cli::InitArgs;
use crate::config;
use crate::input::walk::io_message;

use super::{Failure, explain, setup};

/// Writes a commented `capilint.toml`; a file that exists is never overwritten.
pub(super) fn init(args: &InitArgs) -> Result<u8, Failure> {
    if args.schema {
        return explain::print(config::SCHEMA);
    }
    let shown = args.path.display();
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&args.path)
        .map_err(|error| Failure::Usage(format!("{shown}: {}", io_message(&error))))?;
    file.write_all(template().as_bytes())
        .map_err(|error| Failure::Usage(format!("{shown}: {}", io_message(&error))))?;
    explain::print(&format!(
        "wrote {shown}; its as-of is today: for fixtures that are older, set it to the day of the newest"
    ))
}

/// The configuration with every setting explained.
fn template() -> String {
    let now = jiff::Timestamp::now().as_second();
    let today = setup::rfc3339(now - now.rem_euclid(crate::clock::DAY));
    format!(
        r#"# Configuration of capilint. `capilint init --schema` prints its JSON Schema.

# ci: errors gate · audit: nothing gates, totals first · strict: warnings and info gate too
profile = "ci"

# What is checked when the command line names nothing. Patterns start from this folder.
# paths = ["fixtures/**/*.json"]
# exclude = ["fixtures/broken/**"]

# The moment against which the age of events is measured: today's. Fixtures do not age with it: the
# verdict is the same next year. When they are older already, put the day of the newest one here; move it
# when they get newer times.
as-of = "{today}"

# Country of phones without a calling code, zone of times without one: unsafe fixes use them.
# country = "DE"
# tz = "Europe/Berlin"

# select = ["ALL"]
# ignore = ["7xx"]
# fail-on = "error"
# min-score = 6.0
# max-rate = "0.5%"

[rules]
# random-event-id = "error"          # or "off", "warning", "info"

# [[suppress]]
# rule = "ip-not-public"
# files = ["fixtures/local/**"]
# pointer = "/user_data/client_ip_address"   # from the event; request keys as "request:/test_event_code"
# reason = "test host"
# until = "2027-01-01"               # an unused or expired suppression is itself a finding
"#
    )
}
