//! CL219: a user agent that was changed on its way.

use crate::event::Event;
use crate::finding::{Certainty, Findings};
use crate::fix::Fix;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::agent::{Kind, Mangled};

/// See `rules/user-agent-mangled.md`.
pub static RULE: Rule =
    crate::rule!("user-agent-mangled", Check::Event(check)).when(Signs::ODD_AGENT);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some((value, Kind::Mangled(mangled))) = event.odd_agent() else {
        return;
    };
    let at = value.pointer_from(event.root().place());
    let (message, fix) = match mangled {
        Mangled::Encoded(agent) => (
            "client_user_agent is encoded for a URL",
            Fix::safe("decode the user agent").replace_text(at, agent),
        ),
        Mangled::Plus(agent) => (
            "client_user_agent has a `+` for every space",
            Fix::needs_consent("write spaces for the `+`").replace_text(at, agent),
        ),
        Mangled::Escaped(agent) => (
            "client_user_agent is escaped for HTML",
            Fix::safe("undo the escapes").replace_text(at, agent),
        ),
        Mangled::Wrapped(agent) => (
            "client_user_agent has white space, quotes or the header's name around it",
            Fix::safe("keep the user agent alone").replace_text(at, agent),
        ),
        Mangled::Cut(length) => {
            let message =
                format!("client_user_agent ends in the middle, after exactly {length} characters");
            out.at(value, message).certainty(Certainty::Strong);
            return;
        }
    };
    out.at(value, message).fix(fix);
}
