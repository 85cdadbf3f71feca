//! CL504: a website event that does not say which browser it came from.

use crate::digest;
use crate::event::Event;
use crate::finding::Findings;
use crate::json::Item;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::Name;

/// See `rules/website-without-user-agent.md`.
pub static RULE: Rule =
    crate::rule!("website-without-user-agent", Check::Event(check)).when(Signs::LACK);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    if !event.is_website() {
        return;
    }
    match event.user(Name::ClientUserAgent) {
        Some(agent) if !agent.is_blank() => {}
        Some(agent) => {
            out.at(agent, "client_user_agent of a website event is blank");
        }
        None => {
            // On another level it is misplaced-key's to say so and to move it.
            let (top, _, custom) = event.names();
            if (top | custom) & Name::ClientUserAgent.bit() != 0 {
                return;
            }
            // Where a logger wrote a mark for user_data, nobody can tell.
            let hidden = event.get(Name::UserData).and_then(Item::text);
            if hidden.is_some_and(digest::is_logger_mark) {
                return;
            }
            let message = "the website event has no client_user_agent";
            match event.user_data() {
                Some(user_data) => out.at(user_data, message),
                None => out.here(message),
            };
        }
    }
}
