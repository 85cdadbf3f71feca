//! CL220: one click id on many people.

use std::io;

use crate::ledger::clicks::BROWSER;
use crate::ledger::people::{Events, Few};
use crate::ledger::{Click, Evidence, LogFindings, Needs};
use crate::report::count;
use crate::rule::{Check, Rule};

/// See `rules/shared-click-id.md`.
pub static RULE: Rule = crate::rule!(
    "shared-click-id",
    Check::Log,
    conclude,
    Needs::CLICKS.and(Needs::STANDINGS)
);

/// One person's browsers and addresses within the 90 days of a click are fewer.
const PEOPLE: usize = 20;

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    log.clicks(|group| {
        let sent = |row: &Click| !row.is_of_address();
        for clicks in group.chunk_by(|a, b| a.id == b.id) {
            if clicks.len() < PEOPLE {
                continue;
            }
            let (mut people, mut addresses) = (Few::default(), Few::default());
            let (mut times, mut events) = (Few::default(), Events::default());
            for row in clicks.iter().filter(|row| sent(row)) {
                if row.has(BROWSER) {
                    people.add(row.person.into());
                }
                addresses.add(row.address.into());
                times.add(row.time);
                events.add(row.at, row.count.into());
            }
            if people.number() < PEOPLE || addresses.number() < PEOPLE {
                continue;
            }
            out.convict().click(clicks[0].id);
            let finding = out.at(
                events.first(),
                "/user_data/fbc",
                format!(
                    "one click id stands on {} of {} browsers at {} addresses",
                    count(events.number, "event"),
                    people.words(),
                    addresses.words()
                ),
            );
            finding
                .places_of(&events, "visitor with it")
                .events(events.number);
            if times.number() == 1 {
                finding.help("all have it with one creation time: a cached page or a variable of the server gives it out; take fbc from the visitor's own cookie");
            }
        }
    })
}
