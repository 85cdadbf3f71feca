//! Which keys of an event can count towards its match quality: those with a value that no rule
//! found to be worthless.

use crate::digest::{self, Shape};
use crate::event::Event;
use crate::finding::Finding;
use crate::json::{Item, Pointer, Val};
use crate::score::{Presence, ScoreKey, Status};
use crate::values::name::Name;
use crate::values::network;

/// The keys of the score that Meta wants as they are.
const RAW: [(Name, ScoreKey); 6] = [
    (Name::ClientIpAddress, ScoreKey::Ip),
    (Name::ClientUserAgent, ScoreKey::Ua),
    (Name::Fbp, ScoreKey::Fbp),
    (Name::Fbc, ScoreKey::Fbc),
    (Name::LeadId, ScoreKey::LeadId),
    (Name::FbLoginId, ScoreKey::FbLoginId),
];

/// The keys of one event, given everything that the rules said of it.
pub fn presence(event: &Event<'_, '_>, findings: &[Finding]) -> Presence {
    let mut presence = Presence::default();
    if event.user_data().is_none() {
        return presence;
    }
    let spoiled: Vec<&Pointer> = findings
        .iter()
        .filter(|f| f.spoils)
        .filter_map(Finding::pointer)
        .collect();
    let base = event.root().place();
    let is_spoiled = |item: Item<'_, '_>| {
        !spoiled.is_empty() && {
            let pointer = item.pointer_from(base);
            spoiled.iter().any(|place| pointer.within(place))
        }
    };
    for identifier in event.identifiers() {
        let Some(key) = ScoreKey::from_name(identifier.name) else {
            continue;
        };
        if identifier.shape == Shape::Sha256 && spoiled.is_empty() {
            presence.note(
                key,
                match identifier.proven {
                    true => Status::Good,
                    false => Status::Unverified,
                },
            );
            continue;
        }
        let sent = identifier.shape != Shape::Nothing || !identifier.text.trim().is_empty();
        let hashed = identifier.name != Name::ExternalId;
        let status = if !sent {
            Status::Absent
        } else if identifier.shape == Shape::Redacted {
            // It was sent; the log hides how.
            Status::Unverified
        } else if identifier.shape == Shape::Nothing
            || (hashed && identifier.shape != Shape::Sha256)
            || is_spoiled(event.item(identifier.place))
        {
            Status::Bad
        } else if identifier.proven {
            Status::Good
        } else {
            Status::Unverified
        };
        presence.note(key, status);
    }
    for (name, key) in RAW {
        let Some(member) = event.user(name) else {
            continue;
        };
        let status = match member.val() {
            Val::Null | Val::List | Val::Object if member.is_blank() => Status::Absent,
            Val::Text("") => Status::Absent,
            Val::Int(_) if is_numbered(name) => Status::Good,
            Val::Text(text) if is_marked(text) => Status::Unverified,
            Val::Text(text) if name == Name::ClientIpAddress && is_hidden(event, text) => {
                Status::Unverified
            }
            Val::Text(_) => Status::Good,
            _ => Status::Bad,
        };
        let spoiled = matches!(status, Status::Good | Status::Unverified) && is_spoiled(member);
        presence.note(key, if spoiled { Status::Bad } else { status });
    }
    presence
}

/// Whether the log, or a privacy filter, shows only a part of the address.
fn is_hidden(event: &Event<'_, '_>, address: &str) -> bool {
    event.address().is_none() && network::is_hidden(address)
}

/// Whether a logger's mark stands in place of a value or of its end. Addresses, agents and ids
/// begin and end otherwise.
fn is_marked(text: &str) -> bool {
    let begins = text.starts_with(['*', '[', '<', '#', '(']);
    let ends = matches!(text.as_bytes().last(), Some(b'.' | b'*' | 128..));
    (begins || ends) && digest::is_logger_mark(text)
}

/// Keys that Meta documents as integers.
fn is_numbered(name: Name) -> bool {
    matches!(name, Name::LeadId | Name::FbLoginId)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::name::Hashing;

    #[test]
    fn every_key_of_the_score_is_either_raw_or_an_identifier() {
        for &name in Name::ALL {
            let Some(key) = ScoreKey::from_name(name) else {
                continue;
            };
            let raw = name.hashing() == Some(Hashing::Never);
            assert_eq!(RAW.contains(&(name, key)), raw, "{name}");
        }
    }
}
