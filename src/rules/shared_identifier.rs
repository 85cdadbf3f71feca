//! CL123: one identifier on people who have nothing else in common.

use std::io;

use crate::ledger::people::{self, Events, Few};
use crate::ledger::{Evidence, LogFindings, Needs, Visit};
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::score::ScoreKey;
use crate::values::name::Name;

use super::external_id_not_a_person;

/// See `rules/shared-identifier.md`.
pub static RULE: Rule = crate::rule!(
    "shared-identifier",
    Check::Log,
    conclude,
    Needs::VISITS.and(Needs::STANDINGS)
);

/// Nobody is on so many browsers at so many addresses within one day: not a family, not the staff
/// of an office, not the branches of a company that order under one address.
const CROWD: usize = 30;

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    type Of = fn(&Visit) -> u64;
    let kinds: [(Name, Of, &'static str); 3] = [
        (Name::Em, |visit| visit.email.into(), "/user_data/em"),
        (Name::Ph, |visit| visit.phone.into(), "/user_data/ph"),
        (
            Name::ExternalId,
            |visit| visit.external_id,
            "/user_data/external_id",
        ),
    ];
    let mut constants = external_id_not_a_person::constants(log)?;
    constants.sort_by_key(|crowd| crowd.value);
    for (name, of, pointer) in kinds {
        let of = |visit: &Visit| {
            let value = of(visit);
            let is_told = name == Name::ExternalId
                && constants
                    .iter()
                    .any(|crowd| (crowd.scope, crowd.value) == (visit.scope, value));
            if is_told { 0 } else { value }
        };
        people::sharing(log, of, CROWD as u32, |group| {
            let (browsers, addresses) = people::busiest_day(group, CROWD);
            if browsers.min(addresses) < CROWD {
                return;
            }
            if let Some(key) = ScoreKey::from_name(name) {
                out.convict().mixed(key, group[0].value);
            }
            let (mut browsers, mut addresses) = (Few::default(), Few::default());
            let mut events = Events::default();
            for row in group {
                browsers.add(row.browser);
                addresses.add(row.address.into());
                events.add(row.at, row.count.into());
            }
            out.at(
                events.first(),
                pointer,
                format!(
                    "one {name} stands on {} of {} browsers at {} addresses, {CROWD} or more of them within one day",
                    count(events.number, "event"),
                    browsers.words(),
                    addresses.words()
                ),
            )
            .places_of(&events, "visitor with it")
            .events(events.number);
        })?;
    }
    Ok(())
}
