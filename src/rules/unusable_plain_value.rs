//! CL120: plain text that is nobody's data, where only a digest may stand.

use crate::event::Event;
use crate::finding::Findings;
use crate::fix::{Fix, Safety};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::plain::{self, Reading};

/// See `rules/unusable-plain-value.md`.
pub static RULE: Rule =
    crate::rule!("unusable-plain-value", Check::Event(check)).when(Signs::required(plain::SHAPES));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    for identifier in event.required(plain::SHAPES) {
        let Some(item) = plain::value_of(event, identifier) else {
            continue;
        };
        let (why, safety) = match plain::read(identifier.name, item, event) {
            Reading::Junk(why, safety) => (why, safety),
            Reading::Worthless(_, why, Safety::Safe) => (why, Safety::Safe),
            _ => continue,
        };
        let fix = match safety {
            Safety::Safe => Fix::safe("remove the value"),
            Safety::Unsafe => Fix::needs_consent("remove the value, if nobody can make it out"),
        };
        let pointer = item.pointer_from(event.root().place());
        out.at(
            item,
            format!(
                "{} is plain text, and of no use even when hashed: {}",
                identifier.name, why.0
            ),
        )
        .fix(fix.remove(pointer));
    }
}
