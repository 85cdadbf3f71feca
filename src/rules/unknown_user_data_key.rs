//! CL118: a key of user_data that Meta does not know.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use once_cell::sync::Lazy;
use serde::Deserialize;

use crate::digest::{self, Shape};
use crate::event::Event;
use crate::finding::{Certainty, Effect, Findings, Severity};
use crate::fix::Fix;
use crate::json::{Item, Val};
use crate::rule::{Check, Rule};
use crate::rules::misplaced_key;
use crate::values::name::{Hashing, Name};
use crate::values::personal::{self, Kind};
use crate::values::plain;

/// See `rules/unknown-user-data-key.md`.
pub static RULE: Rule = crate::rule!("unknown-user-data-key", Check::Event(check));

/// What an unknown key stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// Another spelling of this key, beyond doubt.
    Certain(Name),
    /// Most likely this key.
    Likely(Name),
    /// The bare click id, of which fbc is made.
    ClickId,
}

#[derive(Deserialize)]
struct Table {
    certain: BTreeMap<String, Vec<String>>,
    likely: BTreeMap<String, Vec<String>>,
    fbclid: Vec<String>,
}

/// The aliases by their folded spelling, with the spelling that a message may show.
static ALIASES: Lazy<HashMap<String, (Meaning, String)>> = Lazy::new(|| {
    let text = include_str!("../../rules/tables/user_data_aliases.json");
    let table: Table = serde_json::from_str(text).expect("rules/tables/user_data_aliases.json");
    // Of two spellings that fold into one, the first in the table is shown.
    let mut aliases = HashMap::new();
    let mut add = |alias: &str, meaning| {
        aliases
            .entry(fold(alias))
            .or_insert_with(|| (meaning, alias.to_owned()));
    };
    for &name in Name::ALL.iter().filter(|name| name.hashing().is_some()) {
        add(name.text(), Meaning::Certain(name));
    }
    let mut add_all = |group: &BTreeMap<String, Vec<String>>, meaning: fn(Name) -> Meaning| {
        for (key, list) in group {
            let name = Name::of(key).expect("a key of user_data");
            list.iter().for_each(|alias| add(alias, meaning(name)));
        }
    };
    add_all(&table.certain, Meaning::Certain);
    add_all(&table.likely, Meaning::Likely);
    table
        .fbclid
        .iter()
        .for_each(|alias| add(alias, Meaning::ClickId));
    aliases
});

/// The key of user_data of which a key is another spelling, beyond doubt.
pub(crate) fn spelt_otherwise(key: &str) -> Option<Name> {
    match ALIASES.get(&fold(key))? {
        (Meaning::Certain(name), _) => Some(*name),
        _ => None,
    }
}

/// The letters and digits of a key in lower case: what is left of it when style is taken away.
fn fold(key: &str) -> String {
    key.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(user_data) = event.user_data() else {
        return;
    };
    if !event.has_unnamed_user_keys() && event.names().1 & STRANGERS == 0 {
        return;
    }
    for member in user_data.members() {
        if is_stranger(member) {
            report(event, member, out);
        }
    }
}

/// Whether a member has a key that means nothing in an event. Keys of the event, of app_data and of
/// custom_data are the business of misplaced-key, test codes and tokens that of their own rules.
fn is_stranger(member: Item<'_, '_>) -> bool {
    match member.name() {
        Some(name) => STRANGERS & name.bit() != 0,
        None => !misplaced_key::is_of_app(member.key()),
    }
}

/// Names of the request and of the items of contents. Those of events and of custom_data are the
/// business of misplaced-key, a test code or a token that of their own rules.
const STRANGERS: u128 = {
    let (mut set, mut i) = (0, 0);
    while i < Name::ALL.len() {
        let name = Name::ALL[i];
        let of_request = (name as u8) < Name::EventName as u8
            && !matches!(name, Name::TestEventCode | Name::AccessToken);
        if of_request || name as u8 >= Name::Id as u8 {
            set |= name.bit();
        }
        i += 1;
    }
    set
};

fn report(event: &Event<'_, '_>, member: Item<'_, '_>, out: &mut Findings) {
    let alias = ALIASES.get(&fold(member.key()));
    let person = member
        .descendants()
        .find_map(|value| shown_by(value, alias));
    let removal = || {
        let at = member.pointer_from(event.root().place());
        Fix::safe("take away what shows a person in clear").remove(at)
    };
    let Some((meaning, spelling)) = alias else {
        let message = match person {
            Some(kind) => format!(
                "user_data shows {} in clear, under a key of its own",
                kind.phrase()
            ),
            None => "user_data has a key that is not in Meta's documentation".to_owned(),
        };
        let finding = out.at(member, message);
        finding.certainty(Certainty::Strong);
        match person {
            Some(_) => finding.effect(Effect::Leaked).fix(removal()),
            None => finding
                .severity(Severity::Warning)
                .help("take the key out, or move what is no identity to custom_data"),
        };
        return;
    };
    let (name, certain) = match *meaning {
        Meaning::Certain(name) => (name, true),
        Meaning::Likely(name) => (name, false),
        Meaning::ClickId => (Name::Fbc, true),
    };
    // Only spellings of our own table are shown; what else a key may hold is the sender's.
    let shown = if member.key() == spelling {
        spelling
    } else {
        "this"
    };
    let right = event.user(name);
    let there = right.is_some_and(|item| !item.is_blank());
    let message = if there {
        format!("{shown} is no key of user_data; {name} is there already")
    } else if *meaning == Meaning::ClickId {
        format!("{shown} is no key of user_data; fbc is made of it")
    } else {
        format!("{shown} is no key of user_data; {name} is meant")
    };
    let blank = member.is_blank();
    let fix = if blank {
        let at = member.pointer_from(event.root().place());
        Some(Fix::safe("remove the empty key").remove(at))
    } else if there {
        // What is worthless in the right place has to go first: this may be all there is.
        person.filter(|_| is_usable(event, name)).map(|_| removal())
    } else {
        rename(event, member, *meaning, name).map(|fix| match right {
            Some(nothing) => fix.remove_first(nothing.pointer_from(event.root().place())),
            None => fix,
        })
    };
    let finding = out.at(member, message);
    finding.fix_if(fix);
    if person.is_some() && there {
        finding
            .certainty(Certainty::Strong)
            .effect(Effect::Leaked)
            .help("take the key out: it shows a person in clear and adds nothing to the right one");
    } else if !certain {
        finding
            .severity(Severity::Warning)
            .certainty(Certainty::Strong);
    } else if blank || there || of_offline_table(event, member).is_some() {
        finding.severity(Severity::Warning);
    }
}

/// Whether the right key has a value that may stand for somebody.
fn is_usable(event: &Event<'_, '_>, name: Name) -> bool {
    if name.hashing() == Some(Hashing::Never) {
        return true;
    }
    event.identifiers().iter().any(|one| {
        one.name == name
            && one.worthless.is_none()
            && !matches!(
                one.shape,
                Shape::Nothing | Shape::Template | Shape::Redacted | Shape::WrongType
            )
    })
}

/// What a value under an unknown key shows of a person, going by the key that is meant as well.
fn shown_by(value: Item<'_, '_>, alias: Option<&(Meaning, String)>) -> Option<Kind> {
    personal::shown_by(value).or_else(|| {
        let (Meaning::Certain(name), _) = alias? else {
            return None;
        };
        let kind = personal::kind_of_name(*name).filter(|kind| *kind != Kind::Email)?;
        let text = value.text()?;
        (kind.fits(text) && !digest::is_digest(text)).then_some(kind)
    })
}

/// The key that is meant by a name in the table of Meta's page on offline events, whose own sample
/// has the usual ones: which of the two Meta reads on events of a store, its pages do not settle.
pub(crate) fn of_offline_table(event: &Event<'_, '_>, member: Item<'_, '_>) -> Option<Name> {
    let name = match member.key() {
        "email" => Name::Em,
        "phone" => Name::Ph,
        "gen" => Name::Ge,
        "zip" => Name::Zp,
        _ => return None,
    };
    (event.action_source() == Some("physical_store")).then_some(name)
}

/// Renames a key when its value is one that the right key takes. Plain text is hashed in the same
/// step: ignored under the wrong key, it would get the event refused under the right one.
fn rename(
    event: &Event<'_, '_>,
    member: Item<'_, '_>,
    meaning: Meaning,
    name: Name,
) -> Option<Fix> {
    let base = event.root().place();
    let at = member.pointer_from(base);
    if meaning == Meaning::ClickId && !fits(name, member) {
        let click = member.text().filter(|text| is_click_id(text))?;
        let fbc = format!("fb.1.{}.{click}", event.time()? * 1000);
        return Some(
            Fix::needs_consent(
                "make fbc of the click id, with event_time as the time of the click",
            )
            .replace_text(at.clone(), &fbc)
            .rename(at, name.text()),
        );
    }
    let title = format!("rename the key to {name}");
    let mut fix = match meaning {
        Meaning::Likely(_) => Fix::needs_consent(title),
        _ => Fix::safe(title),
    };
    if name.hashing() == Some(Hashing::Required) {
        let (hashing, hashed) = plain::hash_in(fix, name, member, event).ok()?;
        fix = hashing;
        if hashed > 0 {
            fix.title += " and hash its value";
        }
    } else if !fits(name, member) {
        return None;
    }
    Some(fix.rename(at, name.text()))
}

/// Whether a key that takes plain values would take this one.
fn fits(name: Name, item: Item<'_, '_>) -> bool {
    if name == Name::ExternalId && item.is_list() {
        return item.children().all(|id| !id.is_list() && fits(name, id));
    }
    let text = match item.val() {
        Val::Text(text) => text,
        Val::Int(number) => return number > 0 && is_id(name),
        _ => return false,
    };
    let bare = digest::strip_appendix(text);
    match name {
        Name::ClientIpAddress => bare.parse::<IpAddr>().is_ok(),
        Name::ClientUserAgent => text.len() > 10 && Shape::of(text) == Shape::Plain,
        Name::Fbc | Name::Fbp => bare.starts_with("fb.") && bare.split('.').count() >= 4,
        Name::LeadId | Name::FbLoginId => text.bytes().all(|b| b.is_ascii_digit()),
        Name::Madid => text.len() == 36 && text.bytes().filter(|&b| b == b'-').count() == 4,
        _ => !matches!(
            Shape::of(text),
            Shape::Nothing | Shape::Template | Shape::Redacted
        ),
    }
}

/// Whether a key holds an id that may be a number.
fn is_id(name: Name) -> bool {
    !matches!(
        name,
        Name::ClientIpAddress | Name::ClientUserAgent | Name::Fbc | Name::Fbp | Name::Madid
    )
}

fn is_click_id(text: &str) -> bool {
    text.len() >= 20
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(key: &str) -> Option<Meaning> {
        ALIASES.get(&fold(key)).map(|(meaning, _)| *meaning)
    }

    #[test]
    fn keys_are_known_in_any_style() {
        for (key, name) in [
            ("email", Name::Em),
            ("EM", Name::Em),
            ("E-Mail", Name::Em),
            ("firstName", Name::Fn),
            ("clientIpAddress", Name::ClientIpAddress),
            ("_fbp", Name::Fbp),
            ("extern_id", Name::ExternalId),
            ("dateOfBirth", Name::Db),
        ] {
            assert_eq!(meaning(key), Some(Meaning::Certain(name)), "{key}");
        }
        assert_eq!(meaning("userId"), Some(Meaning::Likely(Name::ExternalId)));
        assert_eq!(meaning("fbclid"), Some(Meaning::ClickId));
        assert_eq!(meaning("gclid"), None);
        assert_eq!(meaning(""), None);
    }
}
