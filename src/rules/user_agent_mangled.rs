//! CL219: a user agent that was changed on its way.

use crate::event::Event;
use crate::finding::{Certainty, Findings};
use crate::fix::Fix;
use crate::json::{Item, Val};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::agent::{Kind, Mangled};
use crate::values::name::Name;
use crate::values::single;

/// See `rules/user-agent-mangled.md`.
pub static RULE: Rule =
    crate::rule!("user-agent-mangled", Check::Event(check)).when(Signs::ODD_AGENT);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    if event.raw().odd_agent {
        check_type(event, out);
    }
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

/// A user agent that is no text: a header map's list, or what a serializer made of something else.
fn check_type(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(agent) = event.user(Name::ClientUserAgent) else {
        return;
    };
    let told = out.len();
    for value in agent.each() {
        no_text(event, value, out);
    }
    // A list around a stand-in or a server's agent goes with it.
    let is_of_others = event
        .odd_agent()
        .is_some_and(|(_, kind)| !matches!(kind, Kind::Person));
    if !is_of_others || agent.len() > 1 {
        single::tell_list(event, Name::ClientUserAgent, told, out);
    }
}

fn no_text(event: &Event<'_, '_>, value: Item<'_, '_>, out: &mut Findings) {
    let kind = value.val().kind();
    let is_worthless = match value.val() {
        Val::Text(_) | Val::Null => return,
        _ if value.is_blank() => return,
        Val::Bool(_) | Val::Int(_) | Val::Float(_) => true,
        Val::List | Val::Object => false,
    };
    let at = value.pointer_from(event.root().place());
    out.at(value, format!("client_user_agent is {kind}, not text"))
        .fix_if(is_worthless.then(|| {
            let title = "remove what is no user agent";
            Fix::needs_consent(title).remove(at)
        }));
}
