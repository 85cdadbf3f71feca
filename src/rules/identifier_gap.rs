//! CL802: identifiers that events lack though the same browser carries them elsewhere in the log.

use std::io;

use crate::ledger::carriers::Carrier;
use crate::ledger::{Evidence, LEAST_EVENTS, LogFindings, Needs};
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::score::{Keys, ScoreKey, event_points};

/// See `rules/identifier-gap.md`.
pub static RULE: Rule = crate::rule!("identifier-gap", Check::Log, conclude, Needs::CARRIERS);

/// What a sender knows of a person once it was given.
const GIVEN: Keys = Keys::of(&[
    ScoreKey::Em,
    ScoreKey::Ph,
    ScoreKey::ExternalId,
    ScoreKey::Fn,
    ScoreKey::Ln,
    ScoreKey::Db,
    ScoreKey::Ge,
    ScoreKey::Ct,
    ScoreKey::St,
    ScoreKey::Zp,
    ScoreKey::Country,
]);

/// The share of events from which on it is worth a word.
const LEAST_SHARE: f64 = 0.05;

/// Less than this is not worth the work.
const LEAST_GAIN: f64 = 0.1;

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    let (mut events, mut points) = (0u64, 0.0);
    let mut first: Option<(u64, u64)> = None;
    let mut lacking = [0u64; ScoreKey::COUNT];
    log.carriers(|group| {
        // A browser that several people use says nothing of any of them.
        let mut emails = group
            .iter()
            .map(|row| row.email)
            .filter(|&email| email != 0);
        let email = emails.next();
        if emails.any(|other| Some(other) != email) {
            return;
        }
        for row in group {
            let Some((gap, known)) = gap_of(row, group) else {
                continue;
            };
            let number = u64::from(row.count);
            events += number;
            for key in gap.iter() {
                lacking[key as usize] += number;
            }
            let gain = event_points(row.keys.with(gap)) - event_points(row.keys);
            points += gain * number as f64;
            first = Some(first.unwrap_or((row.at, known)).min((row.at, known)));
        }
    })?;
    let (Some((at, known)), gain) = (first, points / events.max(1) as f64) else {
        return Ok(());
    };
    let share = events as f64 / log.events().max(1) as f64;
    if events < LEAST_EVENTS || share < LEAST_SHARE || gain < LEAST_GAIN {
        return Ok(());
    }
    let keys: Vec<String> = ScoreKey::ALL
        .iter()
        .filter(|&&key| lacking[key as usize] > 0)
        .map(|&key| format!("{} ({})", key.name(), lacking[key as usize]))
        .collect();
    let message = format!(
        "{} without identifiers that the same browser sent before: {}; with them their match quality would be {gain:.1} higher",
        count(events, "event"),
        keys.join(", ")
    );
    out.at(at, "/user_data", message)
        .related(known, "an earlier event of that browser has them")
        .events(events);
    Ok(())
}

/// What the events of a row lack of what the browser had sent before the first of them, and the
/// event that had it.
fn gap_of(row: &Carrier, group: &[Carrier]) -> Option<(Keys, u64)> {
    let before = group.iter().filter(|other| other.at < row.at);
    let lacks = |other: &Carrier| other.keys.common(GIVEN).without(row.keys.with(row.bad));
    let gap = before.clone().map(lacks).fold(Keys::NONE, Keys::with);
    let known = before
        .filter(|other| !lacks(other).is_empty())
        .map(|other| other.at)
        .min()?;
    Some((gap, known))
}
