//! CL408: times that are off by whole or half hours.

use std::io;

use crate::event::Event;
use crate::finding::{Certainty, Findings};
use crate::fix::{Fix, Safety};
use crate::json::Pointer;
use crate::ledger::lessons;
use crate::ledger::series::{Offsets, Seen};
use crate::ledger::{Evidence, LEAST_EVENTS, LogFindings, Needs};
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::values::name::Name;

/// See `rules/time-zone-shift.md`.
pub static RULE: Rule = crate::rule!(
    "time-zone-shift",
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
    let (Some(time), Some(item)) = (lessons.unshifted(event), event.get(Name::EventTime)) else {
        return;
    };
    let fix = Fix::needs_consent("take the difference away that the log shows");
    out.at(item, "event_time is off as those of the log are")
        .fix(fix.replace(Pointer::root().key("event_time"), time.to_string()));
}

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    for (hash, series) in log.series() {
        let name = log.event_name(hash);
        let ids = [&series.declared, &series.likely]
            .into_iter()
            .filter(|times| times.are_times());
        let (mut agrees, mut shift) = (false, None);
        for times in ids {
            agrees |= agree(&times.offsets);
            shift = shift.or_else(|| shift_of(&times.offsets));
        }
        let by_ids = shift.is_some();
        let (shift, than, certainty) = match (shift, shift_of(&series.sending)) {
            (Some(shift), _) => (shift, "the times in their ids", Certainty::Strong),
            // Ids that agree with event_time put the time of sending in the wrong, or the queue.
            (None, Some(shift)) if !agrees => {
                // What lies ahead was not yet sent; what lies behind may have waited on purpose.
                let certainty = match shift.steps < 0 || shift.is_zone {
                    true => Certainty::Strong,
                    false => Certainty::Heuristic,
                };
                (shift, "the time of sending", certainty)
            }
            _ => continue,
        };
        // A queue that waits on purpose is no shift.
        if certainty == Certainty::Strong
            && let Some(lessons) = out.lessons(Safety::Unsafe)
        {
            let (steps, other) = (shift.steps, shift.other);
            lessons.shift(
                hash,
                lessons::Shift {
                    steps,
                    other,
                    by_ids,
                },
            );
        }
        let direction = if shift.steps < 0 { "later" } else { "earlier" };
        let mut message = format!(
            "event_time of {} named {name} is {} {direction} than {than}",
            count(shift.seen.events, "event"),
            hours(shift.steps.unsigned_abs()),
        );
        if let Some(other) = shift.other {
            message.push_str(&format!(", or {}", hours(other.unsigned_abs())));
        }
        if shift.is_zone {
            message.push_str(", as a wall clock of the given zone would be");
        }
        let finding = out.at(shift.seen.first, "/event_time", message);
        if certainty != Certainty::Strong {
            finding.without_fix();
        }
        finding
            .certainty(certainty)
            .related(shift.seen.last, "the last of them")
            .events(shift.seen.events);
    }
    Ok(())
}

/// A difference that most events share.
struct Shift {
    /// In half hours: how much the other clock is ahead of event_time.
    steps: i8,
    /// The same with or without summer time.
    other: Option<i8>,
    seen: Seen,
    /// Whether it is that of the zone which the user names.
    is_zone: bool,
}

/// Whether event_time agrees with the other clock.
fn agree(offsets: &Offsets) -> bool {
    offsets.none >= LEAST_EVENTS && offsets.none * 100 >= offsets.all * 95
}

/// The difference, when nearly all times differ by whole and half hours and most by the same.
fn shift_of(offsets: &Offsets) -> Option<Shift> {
    let shifted: u64 = offsets.shifted.values().map(|seen| seen.events).sum();
    // Of times that differ at random, one in five would lie so near a half hour.
    if shifted < LEAST_EVENTS
        || shifted * 2 < offsets.all
        || (shifted + offsets.none) * 100 < offsets.all * 95
    {
        return None;
    }
    let events = |steps: i8| offsets.shifted.get(&steps).map_or(0, |seen| seen.events);
    // Of equals the first.
    let steps = offsets
        .shifted
        .keys()
        .copied()
        .rev()
        .max_by_key(|&steps| events(steps))?;
    let is_zone = offsets.as_zone * 100 >= shifted * 95;
    // Summer time is an hour nearly everywhere, and half of one on Lord Howe Island.
    let summer_times: &[i8] = if is_zone { &[2, 1] } else { &[2] };
    let other = summer_times
        .iter()
        .flat_map(|by| [steps - by, steps + by])
        .filter(|&other| events(other) > 0 && other.signum() == steps.signum())
        .max_by_key(|&other| events(other));
    let shared = events(steps) + other.map_or(0, events);
    if shared * 100 < shifted * 95 {
        return None;
    }
    let mut seen = offsets.shifted[&steps];
    if let Some(other) = other.and_then(|other| offsets.shifted.get(&other)) {
        seen.events += other.events;
        seen.first = seen.first.min(other.first);
        seen.last = seen.last.max(other.last);
    }
    Some(Shift {
        steps,
        other,
        seen,
        is_zone,
    })
}

/// So many half hours in words.
fn hours(steps: u8) -> String {
    let (hours, half) = (steps / 2, steps % 2 == 1);
    let whole = count(hours.into(), "hour");
    match (hours, half) {
        (0, _) => "half an hour".to_owned(),
        (_, true) => format!("{whole} and a half"),
        (_, false) => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offsets(none: u64, elsewhere: u64, shifted: &[(i8, u64)]) -> Offsets {
        let seen = |&(steps, events): &(i8, u64)| {
            let seen = Seen {
                events,
                first: 3,
                last: 9,
            };
            (steps, seen)
        };
        let sum: u64 = shifted.iter().map(|one| one.1).sum();
        Offsets {
            all: none + elsewhere + sum,
            none,
            shifted: shifted.iter().map(seen).collect(),
            as_zone: 0,
        }
    }

    #[test]
    fn what_most_share_is_a_shift_and_nothing_else_is() {
        let found = |offsets: &Offsets| shift_of(offsets).map(|shift| (shift.steps, shift.other));
        assert_eq!(found(&offsets(0, 0, &[(-4, 30)])), Some((-4, None)));
        // The clocks changed within the log.
        assert_eq!(
            found(&offsets(0, 1, &[(-4, 30), (-2, 20)])),
            Some((-4, Some(-2)))
        );
        assert_eq!(found(&offsets(10, 0, &[(11, 30)])), Some((11, None)));
        // A daily upload, retries after an hour, a few alone.
        let daily: Vec<(i8, u64)> = (1..28).map(|steps| (steps, 4)).collect();
        assert_eq!(found(&offsets(4, 400, &daily)), None);
        assert_eq!(found(&offsets(500, 3, &[(2, 25)])), None);
        assert_eq!(found(&offsets(0, 0, &[(-4, 19)])), None);
    }

    #[test]
    fn hours_in_words() {
        assert_eq!(hours(1), "half an hour");
        assert_eq!(hours(2), "1 hour");
        assert_eq!(hours(11), "5 hours and a half");
    }
}
