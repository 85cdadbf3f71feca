//! CL410: times that are only days.

use std::io;

use crate::ledger::series::Seen;
use crate::ledger::{Evidence, LEAST_EVENTS, LogFindings, Needs};
use crate::rule::{Check, Rule};

/// See `rules/date-only-time.md`.
pub static RULE: Rule = crate::rule!("date-only-time", Check::Log, conclude, Needs::SERIES);

/// Quarters of an hour in a day.
const DAY: u8 = 96;

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    for (name, series) in log.series() {
        if series.timed < LEAST_EVENTS {
            continue;
        }
        let at = |quarter: u8| series.quarters.get(&quarter).copied().unwrap_or_default();
        // Of equals the first.
        let quarters = series.quarters.keys().copied().rev();
        let Some(most) = quarters.max_by_key(|&quarter| at(quarter).events) else {
            continue;
        };
        // The same hour of the day, in summer and in winter.
        let other = [(most + 4) % DAY, (most + DAY - 4) % DAY]
            .map(at)
            .into_iter()
            .max_by_key(|seen| seen.events)
            .filter(|seen| seen.events > 0);
        let most = at(most);
        let events = most.events + other.map_or(0, |seen| seen.events);
        if events < LEAST_EVENTS || events * 2 <= series.timed {
            continue;
        }
        let seen = match other {
            Some(other) => Seen {
                events,
                first: most.first.min(other.first),
                last: most.last.max(other.last),
            },
            None => most,
        };
        let message = format!(
            "{events} of {} events named {} have the same time of day to the second: a date without a time",
            series.timed,
            log.event_name(name),
        );
        out.at(seen.first, "/event_time", message)
            .related(seen.last, "the last of them")
            .events(events);
    }
    Ok(())
}
