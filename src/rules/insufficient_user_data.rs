//! CL126: user_data that Meta refuses because nobody could be found with it.

use crate::digest;
use crate::event::Event;
use crate::finding::Findings;
use crate::json::Item;
use crate::rule::{Check, Rule};
use crate::rules::unknown_user_data_key;
use crate::values::name::Name;

/// See `rules/insufficient-user-data.md`.
pub static RULE: Rule = crate::rule!("insufficient-user-data", Check::Event(check));

/// Meta refuses an event whose keys all lie in one of these sets.
/// Source: best-practices ("combinations that are too broad"), Graph 13 and later.
const TOO_BROAD: [u128; 4] = [
    Name::Ct.bit()
        | Name::Country.bit()
        | Name::St.bit()
        | Name::Zp.bit()
        | Name::Ge.bit()
        | Name::ClientUserAgent.bit(),
    Name::Db.bit() | Name::ClientUserAgent.bit(),
    Name::Fn.bit() | Name::Ge.bit(),
    Name::Ln.bit() | Name::Ge.bit(),
];

/// Every key that stands in one of the sets; any other key is enough.
const WEAK: u128 = TOO_BROAD[0] | TOO_BROAD[1] | TOO_BROAD[2] | TOO_BROAD[3];

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(user_data) = event.user_data() else {
        if !stands_elsewhere(event) {
            missing(event, out);
        }
        return;
    };
    let mut present = 0;
    for member in user_data.members() {
        let named = member.name().filter(|name| name.hashing().is_some());
        let Some(name) = named.or_else(|| unknown_user_data_key::of_offline_table(event, member))
        else {
            continue;
        };
        if !member.is_blank() {
            if WEAK & name.bit() == 0 {
                return;
            }
            present |= name.bit();
        }
    }
    if !is_too_broad(present) || stands_elsewhere(event) {
        return;
    }
    let message = if present != 0 {
        let held: Vec<&str> = Name::ALL
            .iter()
            .filter(|name| present & name.bit() != 0)
            .map(|name| name.text())
            .collect();
        let held = held.join(", ");
        format!("user_data holds nothing but {held}: Meta refuses that as too broad")
    } else if user_data.is_empty() {
        "user_data is empty".to_owned()
    } else if user_data.members().all(Item::is_blank) {
        "user_data holds only empty values".to_owned()
    } else {
        "user_data holds no key that Meta knows".to_owned()
    };
    out.at(user_data, message);
}

/// Whether nobody could be found with these keys alone.
pub(crate) fn is_too_broad(present: u128) -> bool {
    TOO_BROAD.iter().any(|set| present & !set == 0)
}

fn missing(event: &Event<'_, '_>, out: &mut Findings) {
    match event.get(Name::UserData) {
        // What was sent is hidden by the logger.
        Some(other) if other.text().is_some_and(digest::is_logger_mark) => {}
        Some(other) => {
            let kind = other.val().kind();
            out.at(other, format!("user_data is {kind}, not an object"));
        }
        None => {
            out.here("user_data is missing");
        }
    }
}

/// Identifiers that nobody invents for something else. Beside event_name they are the business of
/// misplaced-key, which moves them to where they are enough.
const TELLING: [Name; 7] = [
    Name::Em,
    Name::Ph,
    Name::ExternalId,
    Name::ClientIpAddress,
    Name::Fbc,
    Name::Fbp,
    Name::Madid,
];

fn stands_elsewhere(event: &Event<'_, '_>) -> bool {
    let is_messaging = event.action_source() == Some("business_messaging");
    TELLING.iter().any(|&name| {
        // An address is refused in messaging, so it is not moved there.
        let moves = name != Name::ClientIpAddress || !is_messaging;
        moves
            && event.names().0 & name.bit() != 0
            && (event.root().get(name)).is_some_and(|value| !value.is_blank())
    })
}
