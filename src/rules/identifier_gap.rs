//! CL802: identifiers that events lack though the same browser had sent them in the visit.

use std::io;
use std::mem;

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

/// A visit ends when nothing came from the browser for so many seconds, as analytics count it.
const PAUSE: u32 = 30 * 60;

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    let mut gaps = Gaps::default();
    let mut browser = Browser::default();
    log.carriers(|event| {
        if browser.key != event.key {
            let next = Browser {
                key: event.key,
                ..Browser::default()
            };
            gaps.add(&mem::replace(&mut browser, next));
        }
        browser.see(event);
    })?;
    gaps.add(&browser);
    let Gaps {
        events,
        points,
        lacking,
        first,
    } = gaps;
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

/// What events lack.
#[derive(Default)]
struct Gaps {
    events: u64,
    /// What all of them together would score more.
    points: f64,
    /// By key, how many of them lack it.
    lacking: [u64; ScoreKey::COUNT],
    /// The first of them, and one that has what it lacks.
    first: Option<(u64, u64)>,
}

impl Gaps {
    /// Takes in what the events of a browser lack. One that several people use says nothing of any
    /// of them.
    fn add(&mut self, browser: &Browser) {
        let Browser { gaps, several, .. } = browser;
        if *several {
            return;
        }
        self.events += gaps.events;
        self.points += gaps.points;
        for (sum, number) in self.lacking.iter_mut().zip(gaps.lacking) {
            *sum += number;
        }
        self.first = match (self.first, gaps.first) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
}

/// A browser whose events are gone through in the order of their times.
#[derive(Default)]
struct Browser {
    key: [u32; 2],
    /// The e-mail address, and whether there is another.
    email: u32,
    several: bool,
    /// The time of the last event.
    time: u32,
    /// What was sent in this visit before that second, and in that second.
    before: Keys,
    meanwhile: Keys,
    /// By key, the first event of the visit that has it.
    holders: [u64; ScoreKey::COUNT],
    gaps: Gaps,
}

impl Browser {
    fn see(&mut self, event: &Carrier) {
        if event.email != 0 {
            self.several |= self.email != 0 && self.email != event.email;
            self.email = event.email;
        }
        let at = event.at();
        let pause = event.time - self.time;
        if pause > PAUSE {
            (self.before, self.meanwhile) = (Keys::NONE, Keys::NONE);
        } else if pause > 0 || event.time == 0 {
            // What came in one second has no order. Without a time that of the log has to do.
            self.before = self.before.with(mem::take(&mut self.meanwhile));
        }
        self.time = event.time;
        let gap = self.before.without(event.keys.with(event.bad));
        if !gap.is_empty() {
            let gaps = &mut self.gaps;
            gaps.events += 1;
            gaps.points += event_points(event.keys.with(gap)) - event_points(event.keys);
            for key in gap.iter() {
                gaps.lacking[key as usize] += 1;
            }
            let holders = gap.iter().map(|key| self.holders[key as usize]);
            let one = holders.min().map(|holder| (at, holder));
            gaps.first = gaps.first.into_iter().chain(one).min();
        }
        let new = event
            .keys
            .common(GIVEN)
            .without(self.before.with(self.meanwhile));
        for key in new.iter() {
            self.holders[key as usize] = at;
        }
        self.meanwhile = self.meanwhile.with(new);
    }
}
