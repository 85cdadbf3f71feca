//! CL705: a key of the event or of the request that is a known one in another spelling.

use std::collections::HashMap;

use once_cell::sync::Lazy;

use crate::event::{Event, Record, Request};
use crate::exchange;
use crate::finding::{Certainty, Findings};
use crate::fix::Fix;
use crate::foreign;
use crate::json::{Item, Val};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::Name;
use crate::values::slip::is_one_slip;

/// See `rules/unknown-event-key.md`.
pub static RULE: Rule = crate::rule!(
    "unknown-event-key",
    Check::Several(&[
        Check::Record(in_record),
        Check::Request(in_request),
        Check::Event(in_event),
    ])
)
.when(Signs::RARE_KEYS);

/// The names of a level by their letters and digits in lower case.
type Spellings = HashMap<String, Name>;

fn spellings(names: impl Iterator<Item = Name>) -> Spellings {
    names.map(|name| (fold(name.text()), name)).collect()
}

/// Whether a name belongs beside `data`; the first names are those of the request.
fn is_of_request(name: Name) -> bool {
    (name as u8) < Name::EventName as u8
}

static OF_REQUEST: Lazy<Spellings> = Lazy::new(|| {
    spellings(
        Name::ALL
            .iter()
            .copied()
            .filter(|&name| is_of_request(name)),
    )
});

static OF_EVENT: Lazy<Spellings> =
    Lazy::new(|| {
        let last = Name::AdvancedMeasurementTable as u8;
        let names = Name::ALL.iter().copied();
        // `extinfo` belongs into app_data; one-word names cannot be spelled in two ways.
        spellings(names.filter(|&name| {
            !is_of_request(name) && name as u8 <= last && name.text().contains('_')
        }))
    });

/// A key without what style adds to it.
fn fold(key: &str) -> String {
    key.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// What an unknown key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// The name in another style: `eventName`, `Event-Name`.
    Style(Name),
    /// The name with one letter wrong, missing or too many.
    Slip(Name),
}

impl Meaning {
    fn name(self) -> Name {
        match self {
            Meaning::Style(name) | Meaning::Slip(name) => name,
        }
    }
}

fn meaning(key: &str, known: &Spellings) -> Option<Meaning> {
    // No name is that long, and a private member of an SDK's object is no slip.
    if key.len() > 48 || key.starts_with('_') {
        return None;
    }
    let folded = fold(key);
    if let Some(&name) = known.get(&folded) {
        return Some(Meaning::Style(name));
    }
    let mut near = known
        .iter()
        .filter(|(spelling, _)| spelling.len() >= 8 && is_near(&folded, spelling))
        .map(|(_, &name)| name);
    near.next()
        .filter(|_| near.next().is_none())
        .map(Meaning::Slip)
}

/// Whether a key is another but for one letter inside it: `event_times` and `custom_date` are other
/// words.
fn is_near(key: &str, other: &str) -> bool {
    let (key, other) = (key.as_bytes(), other.as_bytes());
    let same_ends = key.first() == other.first() && key.last() == other.last();
    !key.is_empty() && same_ends && is_one_slip(key, other)
}

/// Whether a value is of the type that the name takes: a slip is one only when it is.
fn fits(name: Name, item: Item<'_, '_>) -> bool {
    match name {
        Name::UserData
        | Name::CustomData
        | Name::AppData
        | Name::OriginalEventData
        | Name::AttributionData => item.is_object(),
        Name::EventTime => match item.val() {
            Val::Int(_) | Val::Float(_) => true,
            Val::Text(text) => text.starts_with(|c: char| c.is_ascii_digit()),
            _ => false,
        },
        Name::Data => item.is_list(),
        Name::DataProcessingOptions => item.is_list() || item.text().is_some(),
        Name::DataProcessingOptionsCountry | Name::DataProcessingOptionsState | Name::OptOut => {
            !item.is_list() && !item.is_object()
        }
        _ => item.text().is_some() || matches!(item.val(), Val::Int(_)),
    }
}

fn in_event(event: &Event<'_, '_>, out: &mut Findings) {
    if event.has_unnamed_keys() {
        look_at(event.root(), event.root().place(), &OF_EVENT, out);
    }
}

fn in_request(request: &Request<'_, '_>, out: &mut Findings) {
    let mut members = request.body.children();
    if !request.is_form && members.any(|member| member.name().is_none()) {
        look_at(request.body, request.body.place(), &OF_REQUEST, out);
    }
}

/// Events whose keys are all in another style are none to Meta, and are not found as events.
fn in_record(record: &Record<'_, '_>, out: &mut Findings) {
    let Some(tape) = record.tape else { return };
    if record.is_bare {
        return;
    }
    let mut found: Option<Vec<u32>> = None;
    let objects = record.enveloped().flat_map(Item::descendants);
    for object in objects.filter(|item| item.is_object()) {
        // Microsoft's are written so.
        if !is_styled_event(object) || foreign::of_object(object, record.text).is_some() {
            continue;
        }
        let events = found.get_or_insert_with(|| exchange::events_of(tape));
        if !events.contains(&object.place()) {
            look_at(object, 0, &OF_EVENT, out);
        }
    }
}

/// The keys by which an event in camelCase is known.
const STYLED: [&str; 4] = ["eventname", "eventtime", "userdata", "actionsource"];

/// Whether a key begins as one of [`STYLED`] does, or with a sign.
fn begins_so(key: &str) -> bool {
    let first = key.as_bytes().first().map_or(b'_', u8::to_ascii_lowercase);
    matches!(first, b'e' | b'u' | b'a') || !first.is_ascii_alphanumeric()
}

/// Whether an object is an event in camelCase: its name, and two more of its keys.
fn is_styled_event(object: Item<'_, '_>) -> bool {
    let mut styled = [false; 4];
    for member in object.children() {
        let key = member.key();
        // All of these are ten to twelve letters long.
        if member.name().is_some() || !(8..=14).contains(&key.len()) || !begins_so(key) {
            continue;
        }
        let folded = fold(key);
        for (seen, name) in styled.iter_mut().zip(STYLED) {
            *seen |= folded == name;
        }
    }
    styled[0] && styled.iter().filter(|&&seen| seen).count() >= 3
}

fn look_at(object: Item<'_, '_>, base: u32, known: &Spellings, out: &mut Findings) {
    for member in object.children().filter(|member| member.name().is_none()) {
        let Some(meaning) = meaning(member.key(), known) else {
            continue;
        };
        let name = meaning.name();
        let slip = matches!(meaning, Meaning::Slip(_));
        if slip && !fits(name, member) {
            continue;
        }
        let there = object.get(name);
        let at = member.pointer_from(base);
        let message = match (there.is_some_and(|there| !there.is_blank()), slip) {
            (true, _) => {
                format!("a key is {name} in another spelling, and {name} is there already")
            }
            (false, false) => format!("a key is {name} in another spelling, which Meta ignores"),
            (false, true) => format!("a key is nearly {name}; Meta ignores it as it stands"),
        };
        let fix = match there {
            Some(there) if !there.is_blank() => None,
            // Under its right name it would make test traffic of the whole request.
            _ if name == Name::TestEventCode => {
                Some(Fix::needs_consent("remove the test code").remove(at))
            }
            _ if !fits(name, member) => None,
            there => {
                let title = format!("rename the key to {name}");
                let mut fix = match slip {
                    true => Fix::needs_consent(title),
                    false => Fix::safe(title),
                };
                if let Some(blank) = there {
                    fix = fix.remove(blank.pointer_from(base));
                }
                Some(fix.rename(at, name.text()))
            }
        };
        let finding = out.at(member, message);
        finding.help(format!("write it {name}")).fix_if(fix);
        if slip {
            finding.certainty(Certainty::Heuristic);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_and_slips_are_told_from_other_words() {
        for (key, want) in [
            ("eventName", Some(Meaning::Style(Name::EventName))),
            ("Event-Time", Some(Meaning::Style(Name::EventTime))),
            (
                "event_source_URL",
                Some(Meaning::Style(Name::EventSourceUrl)),
            ),
            ("acton_source", Some(Meaning::Slip(Name::ActionSource))),
            ("custom_dtaa", Some(Meaning::Slip(Name::CustomData))),
            ("cutsom_data", Some(Meaning::Slip(Name::CustomData))),
            ("usr_data", Some(Meaning::Slip(Name::UserData))),
            ("event_type", None),
            ("event_names", None),
            ("custom_date", None),
            ("event", None),
            ("dataset_id", None),
            ("_event_name", None),
            ("lead_data", None),
        ] {
            assert_eq!(meaning(key, &OF_EVENT), want, "{key}");
        }
        assert_eq!(
            meaning("testEventCode", &OF_REQUEST),
            Some(Meaning::Style(Name::TestEventCode))
        );
        assert_eq!(meaning("pixel_id", &OF_REQUEST), None);
    }

    #[test]
    fn a_test_code_is_never_switched_on() {
        use crate::inspect::{AsOf, Inspector, RuleSet, Surroundings};
        let around = Surroundings {
            as_of: AsOf::Auto,
            wall: 0,
            assume: crate::event::Assumptions::default(),
            witnesses: Default::default(),
        };
        let (rules, arena) = (RuleSet::of(&[&RULE]), bumpalo::Bump::new());
        let mut inspector = Inspector::new(&rules, &around, &arena);
        let text = r#"{"data":[{"event_name":"Lead","user_data":{}}],"testEventCode":"TEST7"}"#;
        inspector.text(text, &mut ()).unwrap();
        let [finding] = inspector.findings() else {
            panic!("one finding");
        };
        let fix = finding.fix.as_ref().unwrap();
        assert_eq!(fix.safety, crate::fix::Safety::Unsafe);
        assert!(matches!(fix.ops[..], [crate::fix::Op::Remove { .. }]));
    }
}
