//! CL211: an fbp made for the event, not kept by the browser.

use std::collections::BTreeMap;
use std::io;

use crate::event::Event;
use crate::finding::{Certainty, Findings};
use crate::ledger::people::{self, Events, MINTED, mix};
use crate::ledger::{Evidence, LogFindings, Needs, Visit};
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::score::ScoreKey;
use crate::values::click_id::Stamped;
use crate::values::event_name;
use crate::values::event_time;
use crate::values::name::Name;

/// See `rules/fbp-minted-per-event.md`.
pub static RULE: Rule = crate::rule!(
    "fbp-minted-per-event",
    Check::Event(check),
    conclude,
    Needs::VISITS.and(Needs::STANDINGS)
);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    // Only the odd browser id has no milliseconds: three zeros behind the second.
    let Some(fbp) = event.user(Name::Fbp) else {
        return;
    };
    let Some(text) = fbp.text() else { return };
    if !Stamped::is_usual(text) || &text[15..18] != "000" {
        return;
    }
    let created = Stamped::parse(text).and_then(|stamped| stamped.millis());
    let same = event_time::moment(event).is_some_and(|time| created == Some(time * 1000));
    if !same || !event.name().is_some_and(event_name::is_late) {
        return;
    }
    out.at(
        fbp,
        "the creation time of fbp is event_time to the millisecond, so it looks made for the event",
    );
}

/// One person at one address with one agent shows it with so many events.
const EVENTS: u32 = 3;

/// Within so many seconds no browser has lost its cookie for its age.
const SPAN: u32 = 3 * 86_400;

/// So many people have to show it, and so many in a hundred of those that could.
const PEOPLE: u64 = 10;
const PERCENT: u64 = 80;

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    let same_person = |visit: &Visit| {
        let person = match visit.external_id {
            0 => u64::from(visit.email),
            id => id,
        };
        if visit.browser == 0 || person == 0 || visit.address == 0 || visit.agent == 0 {
            return 0;
        }
        mix(
            person,
            u64::from(visit.address) << 32 | u64::from(visit.agent),
        )
    };
    let mut scopes: BTreeMap<u32, Minted> = BTreeMap::new();
    people::returning(log, same_person, EVENTS, |visits| {
        let first = visits.iter().map(|row| row.first).min().unwrap_or(0);
        let last = visits.iter().map(|row| row.last).max().unwrap_or(0);
        if last - first > SPAN {
            return;
        }
        let minted = scopes.entry(visits[0].scope).or_default();
        minted.could += 1;
        let mut of: Vec<u64> = visits.iter().map(|row| row.browser).collect();
        of.sort_unstable();
        of.dedup();
        let number: u64 = visits.iter().map(|row| u64::from(row.count)).sum();
        if of.len() as u64 != number {
            return;
        }
        minted.people += 1;
        minted.made.extend(of);
        minted.browsers += number;
        for row in visits {
            minted.events.add(row.at, row.count.into());
            minted.told += u64::from(row.count) * u64::from(row.flags & MINTED != 0);
        }
    })?;
    for (&scope, minted) in &scopes {
        let Minted {
            made,
            could,
            people,
            browsers,
            events,
            told,
        } = minted;
        if *people < PEOPLE || people * 100 < PERCENT * could {
            continue;
        }
        for &browser in made {
            out.convict().value(ScoreKey::Fbp, browser, scope);
        }
        let message = format!(
            "fbp is new with every event of {} who kept their address and agent, {} in all",
            match people {
                1 => "one person".to_owned(),
                people => format!("{people} people"),
            },
            count(*browsers, "event")
        );
        out.at(events.first(), "/user_data/fbp", message)
            .certainty(Certainty::Strong)
            .places_of(events, "event of a new browser")
            .events(events.number - told);
    }
    Ok(())
}

/// The people of a dataset or site who keep their address and agent.
#[derive(Default)]
struct Minted {
    /// Those who could show that browsers are made anew.
    could: u64,
    /// Those who do.
    people: u64,
    /// Their browsers.
    made: Vec<u64>,
    browsers: u64,
    events: Events,
    /// Events of which was told already.
    told: u64,
}
