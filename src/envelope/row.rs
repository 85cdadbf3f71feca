//! Events in the rows of a table, as warehouses and log stores write them out: whole numbers as
//! text, keys in capitals, the keys of what lies deeper strung together with dots.
//!
//! The first is read in place; the others are turned into what was sent.

use super::labels;
use super::typed;
use super::when::{Naive, Trust};
use crate::fix::quote;
use crate::json::{Item, Val};
use crate::values::name::Name;

/// What the columns of a row beside those of its event tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    /// Whether the export made text of every number.
    pub numbers_are_text: bool,
    /// When the row was written, and by whose clock.
    pub written: Option<(Trust, i64)>,
}

/// Looks at an event that has keys which are none of an event's.
pub(crate) fn of(event: Item<'_, '_>, zone: Naive<'_>) -> Row {
    let mut row = Row::default();
    let mut has_column = false;
    for member in event.children().filter(|member| member.name().is_none()) {
        // A time that the sender may have put into the event says nothing of the sending.
        let time = labels::time_of_member(member, zone)
            .map(|told| (told.trust, told.millis))
            .filter(|(trust, _)| matches!(trust, Trust::Broker | Trust::Collector));
        has_column |= time.is_some() || member.key().starts_with('_');
        if row.written.is_none() {
            row.written = time;
        }
    }
    row.numbers_are_text = has_column && has_no_number(event);
    row
}

/// Whether the time of an event is text of digits, and nothing in it is a number.
fn has_no_number(event: Item<'_, '_>) -> bool {
    let time = event.get(Name::EventTime).and_then(Item::text);
    time.is_some_and(|text| text.len() >= 9 && text.bytes().all(|b| b.is_ascii_digit()))
        && event
            .descendants()
            .all(|item| !matches!(item.val(), Val::Int(_) | Val::Float(_)))
}

/// Whether all keys of an object are in capitals, and it is an event.
pub(super) fn is_in_capitals(item: Item<'_, '_>) -> bool {
    let (mut named, mut signs) = (false, 0);
    for member in item.children() {
        let key = member.key();
        if member.name().is_some() || key.bytes().any(|b| b.is_ascii_lowercase()) {
            return false;
        }
        match key {
            "EVENT_NAME" => named = true,
            "EVENT_TIME" | "USER_DATA" | "ACTION_SOURCE" | "CUSTOM_DATA" => signs += 1,
            _ => {}
        }
    }
    named && signs > 0
}

/// The row with its keys in small letters; what lies deeper keeps its own.
pub(super) fn in_small_letters(item: Item<'_, '_>) -> String {
    let mut out = String::from("{");
    for (index, member) in item.children().enumerate() {
        if index > 0 {
            out.push(',');
        }
        let key = member.key().to_ascii_lowercase();
        out.push_str(&quote(&key));
        out.push(':');
        match member.text().filter(|text| is_object_text(&key, text)) {
            // A column of JSON that was written out as text.
            Some(text) => out.push_str(text),
            None => out.push_str(&typed::json(member)),
        }
    }
    out.push('}');
    out
}

fn is_object_text(key: &str, text: &str) -> bool {
    matches!(key, "user_data" | "custom_data" | "app_data")
        && serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text).is_ok()
}

/// The parts of events whose keys stores write as `user_data.em`.
const PARTS: [&str; 3] = ["user_data", "custom_data", "app_data"];

/// What stands before the keys of an event in an object whose keys are strung together with dots:
/// nothing, or `payload.`. `None` when it holds no such event.
pub(super) fn strung_together<'a>(item: Item<'_, 'a>) -> Option<&'a str> {
    let mut before = None;
    for member in item.children() {
        if member.name().is_some() || !member.key().contains('.') {
            continue;
        }
        before = PARTS.iter().find_map(|part| {
            let at = member.key().find(&format!("{part}."))?;
            let before = &member.key()[..at];
            (before.is_empty() || before.ends_with('.')).then_some(before)
        });
        if before.is_some() {
            break;
        }
    }
    let before = before?;
    let has = |name: Name| {
        let mut keys = item.children().map(Item::key);
        keys.any(|key| key.strip_prefix(before) == Some(name.text()))
    };
    // A row that has the object as well shows the same twice.
    let doubled = item
        .children()
        .any(|member| member.name() == Some(Name::UserData) && member.is_object());
    let signs = [Name::EventTime, Name::ActionSource];
    (has(Name::EventName) && signs.into_iter().any(has) && !doubled).then_some(before)
}

#[derive(Default)]
struct Branch<'t, 'a> {
    value: Option<Item<'t, 'a>>,
    branches: Vec<(&'a str, Branch<'t, 'a>)>,
}

/// Deeper keys are no event's.
const MAX_STEPS: usize = 8;

impl<'t, 'a> Branch<'t, 'a> {
    fn put(&mut self, steps: &[&'a str], value: Item<'t, 'a>) {
        let Some((&step, rest)) = steps.split_first() else {
            self.value = Some(value);
            return;
        };
        let index = match self.branches.iter().position(|(key, _)| *key == step) {
            Some(index) => index,
            None => {
                self.branches.push((step, Branch::default()));
                self.branches.len() - 1
            }
        };
        self.branches[index].1.put(rest, value);
    }

    fn write(&self, out: &mut String) {
        if self.branches.is_empty() {
            match self.value {
                Some(value) => out.push_str(&typed::json(value)),
                None => out.push_str("null"),
            }
            return;
        }
        // `contents.0.id` is an element of a list.
        let is_list = (self.branches.iter().enumerate())
            .all(|(index, (key, _))| key.parse::<usize>() == Ok(index));
        out.push(if is_list { '[' } else { '{' });
        for (index, (key, branch)) in self.branches.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            if !is_list {
                out.push_str(&quote(key));
                out.push(':');
            }
            branch.write(out);
        }
        out.push(if is_list { ']' } else { '}' });
    }
}

/// The event whose keys, behind `before`, are strung together.
pub(super) fn taken_apart(item: Item<'_, '_>, before: &str) -> String {
    let mut root = Branch::default();
    for member in item.children() {
        let Some(key) = member.key().strip_prefix(before) else {
            continue;
        };
        let steps: Vec<&str> = key.splitn(MAX_STEPS, '.').collect();
        root.put(&steps, member);
    }
    let mut out = String::new();
    root.write(&mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Tape;
    use bumpalo::Bump;

    fn with<T>(text: &str, look: impl FnOnce(Item<'_, '_>) -> T) -> T {
        let arena = Bump::new();
        let mut tape = Tape::new();
        tape.parse(text, &arena).unwrap();
        look(tape.root())
    }

    #[test]
    fn an_export_is_told_from_a_sender_who_quotes_numbers() {
        let row = |text: &str| with(text, |item| of(item, Naive::Unknown));
        let exported = row(
            r#"{"event_name":"Lead","event_time":"1782396030","custom_data":{"value":"1.5"},"_inserted":"2026-06-25 14:00:31.210 UTC"}"#,
        );
        assert!(exported.numbers_are_text);
        assert_eq!(
            exported.written,
            Some((Trust::Collector, 1_782_396_031_210))
        );
        for text in [
            r#"{"event_name":"Lead","event_time":"1782396030","custom_data":{"value":"1.5"}}"#,
            r#"{"event_name":"Lead","event_time":"1782396030","custom_data":{"value":1.5},"_inserted":"x"}"#,
            r#"{"event_name":"Lead","event_time":1782396030,"shop":"x","timestamp":"2026-06-25T14:00:31Z"}"#,
        ] {
            assert_eq!(row(text), Row::default(), "{text}");
        }
    }

    #[test]
    fn capitals_are_folded_only_in_whole_rows() {
        let text = r#"{"EVENT_NAME":"Lead","EVENT_TIME":1,"USER_DATA":{"em":["a"],"X":1},"CUSTOM_DATA":"{\"value\":1}","N":"{"}"#;
        let want = r#"{"event_name":"Lead","event_time":1,"user_data":{"em":["a"],"X":1},"custom_data":{"value":1},"n":"{"}"#;
        assert!(with(text, is_in_capitals));
        assert_eq!(with(text, in_small_letters), want);
        for text in [
            r#"{"EVENT_NAME":"Lead","event_time":1}"#,
            r#"{"EVENT_NAME":"Lead","N":1}"#,
        ] {
            assert!(!with(text, is_in_capitals), "{text}");
        }
    }

    #[test]
    fn keys_with_dots_are_taken_apart() {
        let apart = |text: &str| {
            with(text, |item| {
                strung_together(item).map(|b| taken_apart(item, b))
            })
        };
        for (text, want) in [
            (
                r#"{"event_name":"Lead","event_time":1,"user_data.em":["a"],"custom_data.contents.0.id":"x","custom_data.contents.1.id":"y","custom_data.value":2}"#,
                r#"{"event_name":"Lead","event_time":1,"user_data":{"em":["a"]},"custom_data":{"contents":[{"id":"x"},{"id":"y"}],"value":2}}"#,
            ),
            (
                r#"{"@timestamp":"x","payload.event_name":"Lead","payload.action_source":"app","payload.user_data.em":"a"}"#,
                r#"{"event_name":"Lead","action_source":"app","user_data":{"em":"a"}}"#,
            ),
        ] {
            assert_eq!(apart(text).as_deref(), Some(want));
        }
        for text in [
            r#"{"event_name":"Lead","event_time":1,"user_data":{"em":"a"},"user_data.em":"a"}"#,
            r#"{"event_name":"Lead","user_data.em":"a"}"#,
            r#"{"a.b":1}"#,
        ] {
            assert_eq!(apart(text), None, "{text}");
        }
    }
}
