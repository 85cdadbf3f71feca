//! CL002: one object holds a key twice.

use std::collections::HashSet;

use crate::event::{Payloads, Record};
use crate::finding::{Effect, Findings, Severity};
use crate::json::Item;
use crate::rule::{Check, Rule};
use crate::values::personal;

/// See `rules/duplicate-key.md`.
pub static RULE: Rule = crate::rule!("duplicate-key", Check::Record(check));

fn check(record: &Record<'_, '_>, out: &mut Findings) {
    let Some(tape) = record.tape else { return };
    if tape.duplicates().next().is_none() {
        return;
    }
    // Loggers write keys twice too; only what is sent to Meta matters here.
    let mut found = Payloads::default();
    found.find(tape);
    let sent: HashSet<u32> = found
        .list()
        .iter()
        .flat_map(|payload| payload.request.iter().chain(found.events(payload)))
        .copied()
        .collect();
    for member in tape.duplicates() {
        let inside = std::iter::successors(member.parent(), |item| Item::parent(*item))
            .any(|above| sent.contains(&above.place()));
        if inside {
            let what = match member.name() {
                Some(name) => format!("{name} stands twice in one object"),
                None => "a key stands twice in one object".to_owned(),
            };
            // No rule looks at the one that was written first; whoever reads the log does.
            let earlier = member.parent().into_iter().flat_map(Item::children);
            let shown = earlier
                .take_while(|twin| twin.place() < member.place())
                .filter(|twin| twin.key() == member.key())
                .flat_map(Item::descendants)
                .find_map(personal::shown_by);
            match shown {
                Some(kind) => out
                    .at(
                        member,
                        format!("{what}; the first shows {} in clear", kind.phrase()),
                    )
                    .severity(Severity::Error)
                    .effect(Effect::Leaked),
                None => out.at(member, what),
            };
        }
    }
}
