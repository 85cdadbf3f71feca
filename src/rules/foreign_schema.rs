//! CL709: an event of another platform, or one on its way to Meta, in place of one of Meta's.

use crate::event::{self, Record};
use crate::exchange;
use crate::finding::{Findings, Reach};
use crate::foreign::{self, Schema};
use crate::json::{Item, Tape};
use crate::rule::{Check, Rule};
use crate::values::name::Name;

/// See `rules/foreign-schema.md`.
pub static RULE: Rule = crate::rule!("foreign-schema", Check::Record(check));

fn check(record: &Record<'_, '_>, out: &mut Findings) {
    if record.is_element {
        let event = record.tape.map(Tape::root);
        if let Some(event) = event.filter(|event| foreign::may_be_anothers(*event))
            && let Some(schema) = foreign::of_named(event, record.text)
        {
            report(event, schema, out);
        }
        return;
    }
    for part in record.parts() {
        if !(event::is_bare(part) && is_metas(part)) {
            look_at(part, record.text, out);
        }
    }
}

fn look_at(root: Item<'_, '_>, text: &str, out: &mut Findings) {
    let mut objects = root.descendants().filter(|item| item.is_object());
    let found = objects.find_map(|object| Some((object, foreign::of_object(object, text)?)));
    let Some((object, schema)) = found else {
        return;
    };
    // A log that shows what came in often shows what went out as well.
    if !holds_another(root, object, text) {
        report(object, schema, out);
    }
}

fn report(object: Item<'_, '_>, schema: Schema, out: &mut Findings) {
    out.at(object, format!("this is {}", schema.phrase())).fold(
        Reach::File,
        |records| match records {
            1 => "1 record holds an event for another platform, or on its way to Meta".to_owned(),
            _ => format!(
                "{records} records hold events for other platforms, or on their way to Meta"
            ),
        },
    );
}

/// Whether the first event is Meta's: Pinterest and Snap have the same outermost keys.
#[inline]
fn is_metas(root: Item<'_, '_>) -> bool {
    let first = match root.get(Name::Data) {
        Some(data) => data.each().next(),
        None => Some(root),
    };
    first.is_none_or(|event| !foreign::may_be_anothers(event))
}

/// Whether the record holds an event besides the foreign one that may well be Meta's.
fn holds_another(root: Item<'_, '_>, found: Item<'_, '_>, record: &str) -> bool {
    let end = found.descendants().last().map_or(0, Item::place);
    root.descendants()
        .filter(|item| item.place() < found.place() || item.place() > end)
        .any(|item| {
            if let Some(text) = item.text() {
                return exchange::names_event(text);
            }
            item.is_object()
                && item.get(Name::EventName).is_some()
                && item.get(Name::UserData).is_some()
                && foreign::of_object(item, record).is_none()
        })
}
