//! Which keys of an event can count towards its match quality: those with a value that no rule
//! found to be worthless.

use crate::digest::Shape;
use crate::event::Event;
use crate::finding::Finding;
use crate::json::{Item, Pointer, Val};
use crate::name::{Hashing, Name};
use crate::score::{Presence, ScoreKey, Status};

/// By name: the key of the score, and how it wants its value.
type Row = Option<(ScoreKey, Hashing)>;

static KEYS: [Row; Name::ALL.len()] = {
    let mut keys: [Row; Name::ALL.len()] = [None; Name::ALL.len()];
    let mut i = 0;
    while i < keys.len() {
        let name = Name::ALL[i];
        if let (Some(key), Some(hashing)) = (ScoreKey::from_name(name), name.hashing()) {
            keys[i] = Some((key, hashing));
        }
        i += 1;
    }
    keys
};

/// The keys of one event, given everything that the rules said of it.
pub fn presence(event: &Event<'_, '_>, findings: &[Finding]) -> Presence {
    let mut presence = Presence::default();
    let Some(user_data) = event.user_data() else {
        return presence;
    };
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
        let Some((key, hashing)) = KEYS[identifier.name as usize] else {
            continue;
        };
        let sent = identifier.shape != Shape::Nothing || !identifier.text.trim().is_empty();
        let hashed = hashing == Hashing::Required;
        let status = if !sent {
            Status::Absent
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
    for member in user_data.children() {
        let Some(name) = member.name() else { continue };
        let Some((key, Hashing::Never)) = KEYS[name as usize] else {
            continue;
        };
        let status = match member.val() {
            Val::Null | Val::List | Val::Object if member.is_blank() => Status::Absent,
            Val::Text("") => Status::Absent,
            Val::Int(_) if is_numbered(name) => Status::Good,
            Val::Text(_) => Status::Good,
            _ => Status::Bad,
        };
        let spoiled = status == Status::Good && is_spoiled(member);
        presence.note(key, if spoiled { Status::Bad } else { status });
    }
    presence
}

/// Keys that Meta documents as integers.
fn is_numbered(name: Name) -> bool {
    matches!(name, Name::LeadId | Name::FbLoginId)
}
