//! CL407: old events stamped with the time at which they were sent again.

use std::io;

use crate::clock::span;
use crate::event::Event;
use crate::finding::{Certainty, Findings};
use crate::fix::{Fix, Safety};
use crate::json::Pointer;
use crate::ledger::series::{IdTimes, Minute, Series};
use crate::ledger::{Evidence, LEAST_EVENTS, LogFindings, Needs};
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::values::event_name;
use crate::values::name::Name;

/// See `rules/replayed-as-now.md`.
pub static RULE: Rule = crate::rule!(
    "replayed-as-now",
    Check::Event(check),
    conclude,
    Needs::SERIES,
    Safety::Unsafe
);

/// In a second pass, when the first has found how the times are wrong.
fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(lessons) = &event.witnesses.lessons else {
        return;
    };
    let (Some(time), Some(item)) = (lessons.first_time(event), event.get(Name::EventTime)) else {
        return;
    };
    let fix = Fix::needs_consent("take the time in the event's id");
    out.at(
        item,
        "event_time is that of sending again: the event's id is from long before",
    )
    .fix(fix.replace(Pointer::root().key("event_time"), time.to_string()));
}

/// So many where one second is all there is.
const CROWD: u32 = 15;

/// So many different people, at least, of the sixty-four that can be told apart.
const PEOPLE: u32 = 6;

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    for (hash, series) in log.series() {
        let name = log.event_name(hash);
        let by_ids = [&series.declared, &series.likely]
            .into_iter()
            .filter(|times| times.are_times())
            .flat_map(replays);
        let mut any = false;
        for replay in by_ids {
            any = true;
            if let Some(lessons) = out.lessons(Safety::Unsafe) {
                lessons.replay(hash, replay.first_minute, replay.last_minute);
            }
            let events = replay.events.events;
            let message = format!(
                "{} named {name} happened within {} if one believes event_time, but were numbered over {}",
                count(events, "event"),
                span((i64::from(replay.last_minute - replay.first_minute) + 1) * 60),
                span(i64::from(replay.to - replay.from)),
            );
            let finding = out.at(replay.events.first, "/event_time", message);
            finding
                .related(replay.events.last, "the last of them")
                .events(events);
            // Orders that were placed ahead are charged together when the goods come out.
            if event_name::is_late(name) {
                finding.certainty(Certainty::Heuristic);
            }
        }
        if !any && let Some((bursts, events, first, last)) = bursts(series) {
            let message = match bursts {
                1 => format!(
                    "{events} events named {name} of many people share one moment, and the log has none of another"
                ),
                _ => format!(
                    "{events} events named {name} of many people share {bursts} moments, with none for minutes before and after"
                ),
            };
            out.at(first, "/event_time", message)
                .certainty(Certainty::Heuristic)
                // No id tells when they happened.
                .without_fix()
                .help("send the time at which each event happened, not that of the job that sends them")
                .related(last, "the last of them")
                .events(events);
        }
    }
    Ok(())
}

/// Events of a few minutes whose ids are of long before.
struct Replay {
    events: crate::ledger::series::Seen,
    first_minute: u32,
    last_minute: u32,
    /// Between which times the ids were made.
    from: u32,
    to: u32,
}

/// Minutes without a pause in which nearly every id is over an hour old, and the ids are of times
/// much further apart than the events.
fn replays(times: &IdTimes) -> Vec<Replay> {
    let minutes = times.old.list().unwrap_or_default();
    let runs = minutes.chunk_by(|a, b| b.minute - a.minute <= 2);
    let judged = runs.filter_map(|run| {
        let (first, last) = (run.first()?, run.last()?);
        let fresh: u64 = run.iter().map(|one| times.fresh_in(one.minute)).sum();
        let events: u64 = run.iter().map(|one| one.events.events).sum();
        let (from, to) = (
            run.iter().map(|one| one.from).min()?,
            run.iter().map(|one| one.to).max()?,
        );
        let lasted = u64::from(last.minute - first.minute + 1) * 60;
        let replayed = events >= LEAST_EVENTS
            && events * 10 >= (events + fresh) * 9
            && u64::from(to - from) >= (20 * lasted).max(3_600)
            && people(run) >= PEOPLE;
        replayed.then(|| Replay {
            events: crate::ledger::series::Seen {
                events,
                first: run.iter().map(|one| one.events.first).min().unwrap_or(0),
                last: run.iter().map(|one| one.events.last).max().unwrap_or(0),
            },
            first_minute: first.minute,
            last_minute: last.minute,
            from,
            to,
        })
    });
    judged.collect()
}

fn people(run: &[Minute]) -> u32 {
    run.iter().fold(0, |all, one| all | one.people).count_ones()
}

/// Moments that many people share, far from one another: those at which a job ran. People do not
/// come all at once, three times in a row, with nobody between.
fn bursts(series: &Series) -> Option<(usize, u64, u64, u64)> {
    const APART: u32 = 300;
    let minutes = series.minutes.list()?;
    let all: u64 = minutes.iter().map(|one| one.events.events).sum();
    if all < LEAST_EVENTS {
        return None;
    }
    // A moment may lie on the border of two minutes.
    let moments: Vec<&[Minute]> = minutes.chunk_by(|a, b| b.from - a.to <= 5).collect();
    let from = |moment: &[Minute]| moment[0].from;
    let to = |moment: &[Minute]| moment[moment.len() - 1].to;
    // All there is in one second: so many people are not as fast, but a job is.
    let is_one_second = moments.len() == 1 && from(moments[0]) == to(moments[0]);
    let (mut bursts, mut events) = (0, 0);
    let (mut first, mut last) = (u64::MAX, 0);
    for (at, moment) in moments.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| to(moments[before]));
        let behind = moments.get(at + 1).map(|behind| from(behind));
        let alone = before.is_none_or(|before| from(moment) - before >= APART)
            && behind.is_none_or(|behind| behind - to(moment) >= APART);
        let number: u64 = moment.iter().map(|one| one.events.events).sum();
        // A day that stands for all its hours is no moment; date-only-time tells of it.
        let is_day = moment[0].from % 900 == 0 && from(moment) == to(moment);
        if alone
            && !is_day
            && to(moment) - from(moment) <= 5
            && number >= 10
            && people(moment) >= PEOPLE
        {
            bursts += 1;
            events += number;
            first = moment
                .iter()
                .map(|one| one.events.first)
                .fold(first, u64::min);
            last = moment
                .iter()
                .map(|one| one.events.last)
                .fold(last, u64::max);
        }
    }
    let is_job = bursts >= 3 && events * 10 >= all * 8
        || bursts == 1
            && is_one_second
            && all >= LEAST_EVENTS
            && all * 10 >= series.events.events * 9
            && people(moments[0]) >= CROWD;
    is_job.then_some((bursts, events, first, last))
}
