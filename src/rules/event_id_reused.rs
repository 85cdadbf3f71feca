//! CL304: one event_id for different events.

use std::io;

use crate::finding::{Certainty, Effect, Severity};
use crate::ledger::event_ids::{Differ, Use, judge};
use crate::ledger::{Evidence, LogFindings, Needs};
use crate::report::count;
use crate::rule::{Check, Rule};

/// See `rules/event-id-reused.md`.
pub static RULE: Rule = crate::rule!("event-id-reused", Check::Log, conclude, Needs::IDS);

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    log.ids(|group| {
        let number = group.len() as u64;
        let Use::Reused {
            why,
            events,
            certainty,
        } = judge(group, log.sightings_of(group[0].name))
        else {
            return;
        };
        let name = log.event_name(group[0].name);
        let of = format!("one event_id stands on {} named {name}", count(number, "event"));
        let what = match why {
            Differ::Orders => format!("{of}, of {events} different orders or more"),
            Differ::People => format!("{of}, of {events} different people or more"),
            Differ::Contents => format!("{of}, of one person but with different contents"),
            Differ::Days => format!("{of}, more than 48 hours apart"),
        };
        let finding = out.at(group[0].at, "/event_id", what);
        finding
            .certainty(certainty)
            .places(group.iter().map(|row| row.at), "event with this id")
            .events(number);
        match why {
            Differ::Days => {
                finding
                    .severity(Severity::Warning)
                    .effect(Effect::Duplicated)
                    .help("Meta no longer knows the id after 48 hours: a late copy counts again, and a new event wants a new id");
            }
            Differ::Contents => {
                finding.help("the id of a cart or a session is not that of an event: add what tells its events apart");
            }
            Differ::People => {
                // A shop and its CRM may know the person of one event by two accounts and
                // addresses.
                if certainty != Certainty::Proof {
                    finding.severity(Severity::Warning);
                }
                finding.help("make the id anew for each event; a page cache, a counter or a clock in seconds gives it out twice");
            }
            Differ::Orders => {}
        }
    })
}
