//! CL216: the user agent of the program that sent the event.

use crate::event::Event;
use crate::finding::Findings;
use crate::fix::Fix;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::agent::{Kind, Program};
use crate::values::name::Name;

/// See `rules/user-agent-of-server.md`.
pub static RULE: Rule =
    crate::rule!("user-agent-of-server", Check::Event(check)).when(Signs::ODD_AGENT);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some((value, &Kind::Program(program))) = event.odd_agent() else {
        return;
    };
    let message = match program {
        // A phone app makes its own requests with these.
        Program::AppClient if is_of_app(event) => return,
        Program::Library | Program::AppClient => {
            "client_user_agent names an HTTP library, not the visitor's browser"
        }
        Program::Webhook => {
            "client_user_agent names the service that called a webhook, not the visitor's browser"
        }
        Program::ServerWord => "client_user_agent is a word for a server, not a user agent",
    };
    let at = value.pointer_from(event.root().place());
    out.at(value, message)
        .fix(Fix::safe("remove the server's user agent").remove(at));
}

fn is_of_app(event: &Event<'_, '_>) -> bool {
    event.action_source() == Some("app") || event.get(Name::AppData).is_some()
}
