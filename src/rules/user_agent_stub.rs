//! CL218: a user agent that says nothing of the visitor.

use crate::agent::{Kind, Stub};
use crate::event::Event;
use crate::finding::{Certainty, Findings, Severity};
use crate::fix::Fix;
use crate::rule::{Check, Rule};

/// See `rules/user-agent-stub.md`.
pub static RULE: Rule = crate::rule!("user-agent-stub", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some((value, &Kind::Stub(stub))) = event.odd_agent() else {
        return;
    };
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
