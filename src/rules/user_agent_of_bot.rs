//! CL217: an event of a crawler, a preview or a monitor.

use crate::event::Event;
use crate::finding::Findings;
use crate::fix::Fix;
use crate::json::Pointer;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::agent::Kind;

/// See `rules/user-agent-of-bot.md`.
pub static RULE: Rule =
    crate::rule!("user-agent-of-bot", Check::Event(check)).when(Signs::ODD_AGENT);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some((value, Kind::Bot)) = event.odd_agent() else {
        return;
    };
    // The last event of a request cannot be taken out of it.
    let has_neighbours = event
        .root()
        .parent()
        .is_some_and(|list| list.is_list() && list.len() > 1);
    out.at(
        value,
        "client_user_agent is that of a crawler, a preview or a monitor, not of a customer",
    )
    .fix_if(
        has_neighbours.then(|| {
            Fix::needs_consent("take the event out of the request").remove(Pointer::root())
        }),
    );
}
