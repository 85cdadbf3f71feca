//! CL124: an identifier that is new with every event of one browser.

use std::collections::BTreeMap;
use std::io;

use crate::finding::Certainty;
use crate::ledger::people::{self, Events, LATE};
use crate::ledger::{Evidence, LogFindings, Needs, Visit};
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::score::ScoreKey;

/// See `rules/identifier-never-repeats.md`.
pub static RULE: Rule = crate::rule!(
    "identifier-never-repeats",
    Check::Log,
    conclude,
    Needs::VISITS.and(Needs::STANDINGS)
);

/// So many browsers have to show it.
const BROWSERS: u64 = 10;

/// Of a hundred browsers that could show it.
const PERCENT: u64 = 80;

/// The browsers of a dataset or site whose events could show that an identifier does not repeat.
#[derive(Default)]
struct Shown {
    browsers: u64,
    /// Those on which the identifier is new with every event.
    never: u64,
    /// Those of them on which another identifier stays the same.
    held: u64,
    events: Events,
}

/// What is known of an identifier that is new with every event of most browsers.
pub(super) struct NeverRepeats {
    pub scope: u32,
    pub events: Events,
    pub browsers: u64,
    /// Whether another identifier of the same people stays.
    pub held: bool,
}

/// The datasets or sites in which an identifier is new with every event of most browsers. `others`
/// are those of the same people that stay, when only the value was spoilt.
pub(super) fn never_repeats(
    log: &Evidence<'_>,
    of: fn(&Visit) -> u64,
    others: &[fn(&Visit) -> u64],
) -> io::Result<Vec<NeverRepeats>> {
    let mut scopes: BTreeMap<u32, Shown> = BTreeMap::new();
    log.browsers(|visits| {
        if !people::could_be_fresh(visits, of) {
            return;
        }
        let with: Vec<&Visit> = visits.iter().filter(|visit| of(visit) != 0).collect();
        let Some(first) = with.first() else { return };
        let shown = scopes.entry(first.scope).or_default();
        shown.browsers += 1;
        if !people::is_fresh(visits, of) {
            return;
        }
        shown.never += 1;
        let stays = |other: fn(&Visit) -> u64| {
            let value = other(first);
            value != 0 && with.iter().all(|visit| other(visit) == value)
        };
        // On a till the account is that of the clerk, who takes the order of one customer after the
        // other; what comes with pages that are looked at is of whoever is logged in.
        let account: fn(&Visit) -> u64 = |visit| visit.external_id;
        let is_of_visitor = with.iter().any(|visit| !visit.has(LATE));
        let is_held = others.iter().any(|other| stays(*other)) || is_of_visitor && stays(account);
        shown.held += u64::from(is_held);
        with.iter()
            .for_each(|visit| shown.events.add(visit.at, visit.count.into()));
    })?;
    let shown = scopes.into_iter().filter(|(_, shown)| {
        shown.never >= BROWSERS && shown.never * 100 >= PERCENT * shown.browsers
    });
    let told = shown.map(|(scope, shown)| NeverRepeats {
        scope,
        events: shown.events,
        browsers: shown.never,
        held: shown.held * 2 > shown.never,
    });
    Ok(told.collect())
}

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    let email: fn(&Visit) -> u64 = |visit| visit.email.into();
    let phone: fn(&Visit) -> u64 = |visit| visit.phone.into();
    let birth: fn(&Visit) -> u64 = |visit| visit.birth.into();
    // An event with both is one event: the key counts that more have.
    let mut counted: BTreeMap<u32, u64> = BTreeMap::new();
    for (key, of, others, pointer) in [
        (ScoreKey::Em, email, [phone, birth], "/user_data/em"),
        (ScoreKey::Ph, phone, [email, birth], "/user_data/ph"),
    ] {
        let name = key.name();
        for found in never_repeats(log, of, &others)? {
            let message = format!(
                "{name} is new with every event of {}, {} in all",
                count(found.browsers, "browser"),
                count(found.events.number, "event")
            );
            if found.held {
                out.convict().fresh(key, found.scope);
            }
            let so_far = counted.entry(found.scope).or_insert(0);
            let finding = out.at(found.events.first(), pointer, message);
            finding
                .places_of(&found.events, "event with a new value")
                .events(found.events.number.saturating_sub(*so_far));
            *so_far = found.events.number.max(*so_far);
            if !found.held {
                finding.certainty(Certainty::Heuristic);
            }
        }
    }
    Ok(())
}
