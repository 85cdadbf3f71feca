//! CL410: times that are only days.

use std::io;

use crate::finding::Certainty;
use crate::ledger::series::{Seen, Series};
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
        let beside = [(most + 4) % DAY, (most + DAY - 4) % DAY];
        let is_one_day = days_at(series, &[most, beside[0], beside[1]]) == Some(1);
        let other = beside
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
        let told = match is_one_day {
            false => "have the same time of day to the second: a date without a time",
            true => {
                "have the same time to the second: that of their day, or of the job that sent them"
            }
        };
        let message = format!(
            "{events} of {} events named {} {told}",
            series.timed,
            log.event_name(name),
        );
        let finding = out.at(seen.first, "/event_time", message);
        finding
            .related(seen.last, "the last of them")
            .events(events);
        if is_one_day {
            finding.certainty(Certainty::Heuristic);
        }
    }
    Ok(())
}

/// On how many days there are events at these quarters of an hour; nothing when the times are too
/// many to know them, which one day has not.
fn days_at(series: &Series, quarters: &[u8]) -> Option<usize> {
    let is_there = |minute: u32| {
        let of_day = minute % (u32::from(DAY) * 15);
        of_day.is_multiple_of(15)
            && quarters
                .iter()
                .any(|&quarter| u32::from(quarter) == of_day / 15)
    };
    let minutes = series.minutes.list()?.iter();
    let days = minutes.filter(|one| is_there(one.minute) && one.from % 60 == 0);
    let mut days: Vec<u32> = days.map(|one| one.minute / (u32::from(DAY) * 15)).collect();
    days.dedup();
    Some(days.len())
}
