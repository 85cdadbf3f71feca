//! CL113: the digest of a value that belongs to another key.

use crate::digest::forms::Fault;
use crate::event::Event;
use crate::finding::Findings;
use crate::fix::{Fix, quote};
use crate::json::Pointer;
use crate::name::Name;
use crate::rule::{Check, Rule};

/// See `rules/hash-in-wrong-key.md`.
pub static RULE: Rule = crate::rule!("hash-in-wrong-key", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let mut filled: Vec<Name> = Vec::new();
    for mistake in event.mistakes() {
        if mistake.fault != Fault::WrongKey {
            continue;
        }
        let Some(key) = mistake.belongs else { continue };
        let item = event.item(mistake.place);
        let pointer = item.pointer_from(event.root().place());
        let message = format!(
            "{} is the digest of {}, not of {}",
            mistake.name,
            mistake.what,
            thing(mistake.name)
        );
        let user_data = Pointer::root().key(Name::UserData.text());
        let fix = match mistake.right() {
            // Only when nothing stands there, and for the first of several.
            Some(right) if event.user(key).is_none() && !filled.contains(&key) => {
                filled.push(key);
                Fix::safe(format!("move the digest to {key}"))
                    .remove(pointer)
                    .insert(user_data, key.text(), quote(&right))
            }
            _ if mistake.is_there() => Fix::safe("remove the digest").remove(pointer),
            _ => Fix::needs_consent("remove the digest").remove(pointer),
        };
        out.at(item, message)
            .help(format!("send it as {key}"))
            .fix(fix);
    }
}

/// What belongs into a key.
fn thing(name: Name) -> &'static str {
    match name {
        Name::Ge => "a gender",
        Name::Country => "a country code",
        Name::St => "a state",
        Name::Ct => "a city",
        Name::Zp => "a postcode",
        Name::Db => "a birth date",
        _ => "a name",
    }
}
