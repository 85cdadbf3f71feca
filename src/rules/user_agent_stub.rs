//! CL218: a user agent that says nothing of the visitor.

use std::io;

use crate::digest;
use crate::event::Event;
use crate::finding::{Certainty, Findings, Severity};
use crate::fix::{Fix, Safety};
use crate::ledger::people;
use crate::ledger::{Evidence, LogFindings, Needs};
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::score::ScoreKey;
use crate::signs::Signs;
use crate::values::agent::{Kind, Stub};
use crate::values::name::Name;

/// See `rules/user-agent-stub.md`.
pub static RULE: Rule = crate::rule!(
    "user-agent-stub",
    Check::Event(check),
    conclude,
    Needs::VISITS.and(Needs::STANDINGS),
    Safety::Unsafe
)
.when(Signs::ODD_AGENT);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    if let Some(lessons) = &event.witnesses.lessons
        && lessons.is_agent_of_everybody(event)
        && let Some(item) = event.user(Name::ClientUserAgent)
    {
        let pointer = item.pointer_from(event.root().place());
        let fix = Fix::needs_consent("remove the user agent that everybody in the log has");
        out.at(
            item,
            "client_user_agent is the one that everybody in the log has",
        )
        .fix(fix.remove(pointer));
        return;
    }
    let Some((value, &Kind::Stub(stub))) = event.odd_agent() else {
        return;
    };
    // template-residue speaks of it.
    if value.text().is_some_and(digest::is_raw_template) {
        return;
    }
    // An app names itself as it likes.
    if stub == Stub::Short && !event.is_website() {
        return;
    }
    let message = match stub {
        Stub::Word => "client_user_agent is a stand-in, not a browser's user agent",
        Stub::Short => "client_user_agent is shorter than any browser's",
        Stub::NoBrowser => "client_user_agent names a system and no browser",
    };
    let at = value.pointer_from(event.root().place());
    let finding = out.at(value, message);
    match stub {
        Stub::Word => {
            finding.fix(Fix::needs_consent("remove the stand-in").remove(at));
        }
        Stub::Short => {
            finding.certainty(Certainty::Heuristic).spoils(false);
        }
        Stub::NoBrowser => {
            finding
                .severity(Severity::Info)
                .certainty(Certainty::Heuristic)
                .spoils(false);
        }
    }
}

/// The commonest agents of the web, frozen as they are, stay far below this share of visits.
const SHARE: f64 = 0.9;
const BROWSERS: usize = 60;
const ADDRESSES: usize = 20;

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    for crowd in people::constants(log, |visit| visit.agent.into(), SHARE)? {
        if crowd.browsers.number() < BROWSERS || crowd.addresses.number() < ADDRESSES {
            continue;
        }
        if let Some(lessons) = out.lessons(Safety::Unsafe) {
            lessons.of_everybody(Name::ClientUserAgent, crowd.value, crowd.scope);
        }
        out.convict().value(ScoreKey::Ua, crowd.value, crowd.scope);
        let message = format!(
            "one user agent stands on {}, {} % of those that have one, of {} browsers at {} addresses",
            count(crowd.events.number, "event"),
            crowd.percent(),
            crowd.browsers.words(),
            crowd.addresses.words()
        );
        out.at(crowd.events.first(), "/user_data/client_user_agent", message)
            .help("send the User-Agent header of each visitor; an agent that is the same for everybody is the server's or a constant")
            .places_of(&crowd.events, "visitor with it")
            .events(crowd.events.number);
    }
    Ok(())
}
