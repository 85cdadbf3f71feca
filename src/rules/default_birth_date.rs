//! CL125: a birth date that forms and databases put in when nobody gave one.

use std::io;

use crate::event::{Event, Identifier};
use crate::finding::{Certainty, Findings};
use crate::fix::{Fix, Safety};
use crate::ledger::people;
use crate::ledger::{Evidence, LogFindings, Needs};
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::score::ScoreKey;
use crate::values::name::Name;

/// See `rules/default-birth-date.md`.
pub static RULE: Rule = crate::rule!(
    "default-birth-date",
    Check::Event(check),
    conclude,
    Needs::VISITS.and(Needs::STANDINGS),
    Safety::Unsafe
);

/// SHA-256 of dates on which nobody alive was born: 00010101, 18991230, 18991231, 19000101.
const IMPOSSIBLE: [&str; 4] = [
    "2257697ba4e690e7c8a106cd2d3791a125f8cfcaf3126c3cbce186017e276914",
    "22893d7dce8d6f7a389525359f2664d652f4ee3e4652d4322ea45d841b1bca9d",
    "0a92a53ee0481fadc0ad3d785cee9cb199826a1fae7517247f6f892b484703ad",
    "16593120226f70fa2ed5527d452c3d197e5bb7ccda6aa9463c3289ef539d48b8",
];

/// SHA-256 of 19700101 and of 19691231, the day on which computers count from and its eve.
const EPOCH: [&str; 2] = [
    "531764f38242ecae4d34116402255481859cf83552a545cad2b03268a4204f1a",
    "2369e8c0626326660e0c5ee9c99f37cf56e3fe196de602225cb5325704dedd18",
];

/// Whether a digest is that of a date on which no customer was born.
pub(super) fn is_impossible(identifier: &Identifier<'_>) -> bool {
    identifier.name == Name::Db
        && (identifier.digits()).is_some_and(|hex| IMPOSSIBLE.contains(&&*hex))
}

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    if event.names().1 & Name::Db.bit() == 0 {
        return;
    }
    for identifier in event.identifiers() {
        if identifier.name != Name::Db {
            continue;
        }
        let Some(hex) = identifier.digits() else {
            continue;
        };
        if let Some(lessons) = &event.witnesses.lessons
            && lessons.is_of_everybody(event, identifier)
        {
            let item = event.item(identifier.place);
            let pointer = item.pointer_from(event.root().place());
            let fix = Fix::needs_consent("remove the date that most people of the log have");
            out.at(
                item,
                "db is the date of birth that most people of the log have",
            )
            .fix(fix.remove(pointer));
            continue;
        }
        let impossible = is_impossible(identifier);
        if !impossible && !EPOCH.contains(&&*hex) {
            continue;
        }
        let item = event.item(identifier.place);
        let pointer = item.pointer_from(event.root().place());
        let message = if impossible {
            "db is the digest of a date on which no customer was born"
        } else {
            "db is the digest of the day from which computers count"
        };
        let finding = out.at(item, message);
        finding.fix(Fix::needs_consent("remove the digest of a default date").remove(pointer));
        if !impossible {
            // People were born on that day too.
            finding.certainty(Certainty::Heuristic).spoils(false);
        }
    }
}

/// No day has as many of the people of a log.
const SHARE: f64 = 0.5;
const PEOPLE: usize = 20;

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    for crowd in people::constants(log, |visit| visit.birth.into(), SHARE)? {
        let people = match crowd.emails.number() < crowd.browsers.number() {
            true => &crowd.browsers,
            false => &crowd.emails,
        };
        if people.number() < PEOPLE {
            continue;
        }
        if let Some(lessons) = out.lessons(Safety::Unsafe) {
            lessons.of_everybody(Name::Db, crowd.value, crowd.scope);
        }
        out.convict().value(ScoreKey::Db, crowd.value, crowd.scope);
        let message = format!(
            "one birth date stands on {}, {} % of those that have one, of {} people",
            count(crowd.events.number, "event"),
            crowd.percent(),
            people.words()
        );
        out.at(crowd.events.first(), "/user_data/db", message)
            .places_of(&crowd.events, "person with it")
            .events(crowd.events.number);
    }
    Ok(())
}
