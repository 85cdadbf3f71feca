//! CL410: times that are only days.

use std::io;

use crate::finding::Certainty;
use crate::ledger::series::Series;
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
        let is_one_day =
            days_at(series, &[most, beside[0], beside[1]]).is_some_and(|days| days.len() == 1);
        let is_midnight = {
            let is_most = |events: u64| events >= LEAST_EVENTS && events * 2 > series.timed;
            is_most(at(0).events) || is_most(series.midnights.events)
        };
        let is_sure = !is_one_day
            && (is_midnight
                || beside
                    .iter()
                    .any(|&hour| is_clock_change(series, most, hour)));
        let other = beside
            .map(at)
            .into_iter()
            .max_by_key(|seen| seen.events)
            .filter(|seen| seen.events > 0);
        let mut seen = at(most);
        if let Some(other) = other {
            seen.add(&other);
        }
        // A zone may change its clocks by half an hour, or on a day that the log shows.
        if series.midnights.events > seen.events {
            seen = series.midnights;
        }
        let events = seen.events;
        if events < LEAST_EVENTS || events * 2 <= series.timed {
            continue;
        }
        // At any other hour a job of every day may be what is sent, or what sends.
        let told = match (is_sure, is_one_day) {
            (true, _) => "have the same time of day to the second: a date without a time",
            (false, true) => {
                "have the same time to the second: that of their day, or of the job that sent them"
            }
            (false, false) => {
                "have the same time of day to the second: that of their days, or of the job that sent them"
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
        if !is_sure {
            finding.certainty(Certainty::Heuristic);
        }
    }
    Ok(())
}

/// Whether events lie at one of two hours up to some day and at the other from then on, as midnight
/// does where the clocks are changed.
fn is_clock_change(series: &Series, one: u8, other: u8) -> bool {
    let (Some(one), Some(other)) = (days_at(series, &[one]), days_at(series, &[other])) else {
        return false;
    };
    let is_before = |a: &[u32], b: &[u32]| a.last() < b.first();
    let are_several = one.len().min(other.len()) >= 2;
    are_several && (is_before(&one, &other) || is_before(&other, &one))
}

/// The days, from 1970 on, on which there are events at these quarters of an hour; nothing when the
/// times are too many to know them, which one day has not.
fn days_at(series: &Series, quarters: &[u8]) -> Option<Vec<u32>> {
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
    Some(days)
}
