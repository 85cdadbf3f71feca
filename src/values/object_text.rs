//! Text in the place of an object: what it says of the object that was sent.

use serde_json::{Map, Value};

use crate::digest;
use crate::json::Item;

/// What a text is that stands where an object belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectText {
    /// The object as JSON, in quotes.
    Json,
    /// What a logger prints for an object, or where it hides one: of what was sent nothing is known.
    Dump,
    /// No object at all.
    Other,
}

impl ObjectText {
    /// What the value is, when it is text and not blank.
    pub fn of(item: Item<'_, '_>) -> Option<ObjectText> {
        let text = item.text().filter(|_| !item.is_blank())?.trim();
        Some(match text {
            _ if is_json(text) => ObjectText::Json,
            _ if digest::is_raw_template(text) => ObjectText::Other,
            _ if is_dump(text) => ObjectText::Dump,
            _ => ObjectText::Other,
        })
    }

    /// Whether there may have been an object where the log, or a sender who quotes too much, has
    /// this text.
    pub fn may_be_object(item: Item<'_, '_>) -> bool {
        matches!(
            ObjectText::of(item),
            Some(ObjectText::Json | ObjectText::Dump)
        )
    }
}

fn is_json(text: &str) -> bool {
    text.starts_with('{') && serde_json::from_str::<Map<String, Value>>(text).is_ok()
}

/// Marks of loggers, and objects as the languages print them: `[object Object]`,
/// `{value=249.0, currency=EUR}`, `map[value:249]`, `#<Order:0x0000>`, `CustomData(value=249.0)`,
/// `CustomData@1b2c3d`, `Array`. Half an object in JSON is one of them: it was cut.
fn is_dump(text: &str) -> bool {
    const WORDS: [&str; 3] = ["Array", "Object", "stdClass"];
    let is_address = || {
        let (_, address) = text.rsplit_once('@')?;
        let is_hex = address.bytes().all(|b| b.is_ascii_hexdigit());
        (is_hex && !address.is_empty()).then_some(())
    };
    digest::is_logger_mark(text)
        || text.contains(['{', '}', '[', ']', '<', '>', '(', ')'])
        || WORDS.contains(&text)
        || is_address().is_some()
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::*;
    use crate::json::Tape;

    #[test]
    fn texts_in_the_place_of_an_object() {
        for (json, text) in [
            (r#""{\"value\":1}""#, Some(ObjectText::Json)),
            (r#""{\"value\":1,\"cur""#, Some(ObjectText::Dump)),
            (r#""[object Object]""#, Some(ObjectText::Dump)),
            (r#""[Object]""#, Some(ObjectText::Dump)),
            (r#""***""#, Some(ObjectText::Dump)),
            (r#""Over 9 levels deep, aborting""#, Some(ObjectText::Dump)),
            (r#""{value=249.0, currency=EUR}""#, Some(ObjectText::Dump)),
            (r#""com.shop.CustomData@1b2c3d""#, Some(ObjectText::Dump)),
            (r#""Array""#, Some(ObjectText::Dump)),
            (r#""{{custom_data}}""#, Some(ObjectText::Other)),
            (r#""hello""#, Some(ObjectText::Other)),
            (r#""value=249&currency=EUR""#, Some(ObjectText::Other)),
            (r#""""#, None),
            ("{}", None),
        ] {
            let (mut tape, arena) = (Tape::new(), Bump::new());
            tape.parse(json, &arena).unwrap();
            assert_eq!(ObjectText::of(tape.root()), text, "{json}");
        }
    }
}
