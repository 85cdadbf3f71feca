//! Where a JSON text that is too large to be read as a whole is to be cut, when its events do not
//! lie in its outer list: `log.entries`, `hits.hits`, `logEvents`.

use std::ops::Range;

use super::blocks::List;
use super::scanner::{Mark, Scanner};
use crate::json::Pointer;
use crate::json::tree;

/// A list that has begun and not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Nested {
    /// The byte behind its bracket.
    pub at: usize,
    /// How many brackets are open in it, its own included.
    pub depth: usize,
    /// The pointer to it.
    pub pointer: Pointer,
}

/// A bracket that is open.
struct Open<'t> {
    at: usize,
    is_list: bool,
    /// The key of the member that has begun, as it is written.
    key: &'t [u8],
    /// Commas so far.
    commas: usize,
    /// Whether it has a member of an event.
    is_event: bool,
}

/// The list to be read by element in the beginning of a JSON text whose brackets `open` are open at
/// its end: the outermost of which a few elements have come, or else the outermost.
pub(super) fn list_in(text: &[u8], open: &[u8]) -> Option<Nested> {
    let mut stack: Vec<Open<'_>> = Vec::new();
    let mut last: &[u8] = b"";
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'"' => {
                let start = at + 1;
                at = start;
                loop {
                    match memchr::memchr2(b'"', b'\\', text.get(at..)?) {
                        None => at = text.len(),
                        Some(skip) if text[at + skip] == b'\\' => {
                            at += skip + 2;
                            if at < text.len() {
                                continue;
                            }
                        }
                        Some(skip) => {
                            at += skip;
                            last = &text[start..at];
                        }
                    }
                    break;
                }
            }
            byte @ (b'{' | b'[') => stack.push(Open {
                at,
                is_list: byte == b'[',
                key: b"",
                commas: 0,
                is_event: false,
            }),
            b'}' | b']' => {
                stack.pop()?;
            }
            b':' => {
                let open = stack.last_mut()?;
                open.key = last;
                open.is_event |= is_of_event(last);
            }
            b',' => stack.last_mut()?.commas += 1,
            _ => {}
        }
        at += 1;
    }
    // Brackets in comments are none.
    let same = stack.len() == open.len()
        && (stack.iter().zip(open)).all(|(mine, &byte)| mine.is_list == (byte == b'['));
    if !same {
        return None;
    }
    // What stands in an event is not cut out of it.
    let event = (stack.iter().position(|open| open.is_event)).unwrap_or(stack.len());
    let outer = &stack[..stack.len().min(event + 1)];
    let lists = || {
        let open = outer.iter().enumerate();
        open.filter(|(_, open)| open.is_list && may_hold_events(&text[open.at + 1..]))
    };
    let (index, list) = lists()
        .find(|(_, list)| list.commas > 1)
        .or_else(|| lists().next())?;
    let mut pointer = Pointer::root();
    for above in &stack[..index] {
        pointer = match above.is_list {
            true => pointer.index(above.commas),
            false => pointer.key(&key(above.key)),
        };
    }
    Some(Nested {
        at: list.at + 1,
        depth: index + 1,
        pointer,
    })
}

/// The list to be read by element in a JSON text that was cut off, and the elements of it that are
/// whole.
pub(crate) fn cut_off(text: &[u8]) -> Option<(List, Vec<Range<usize>>)> {
    let mut scanner = Scanner::new(0);
    let mut list = None;
    let mut elements = Vec::new();
    let mut is_inner = false;
    loop {
        let mark = match scanner.step(&text[scanner.at() as usize..]) {
            Some(mark) => mark,
            None if list.is_some() || is_inner => break,
            // Neither the text nor its `data` is a list.
            None => {
                let inner = list_in(text, scanner.open())?;
                scanner.enter_list(inner.at as u64, inner.depth);
                let around = closed(&text[..inner.at], &scanner.open()[..inner.depth]);
                list = Some((inner.pointer, around));
                is_inner = true;
                continue;
            }
        };
        match mark {
            Mark::ListOpen { at, in_data } if list.is_none() => {
                let before = &text[..at as usize];
                list = Some(match in_data {
                    true => (Pointer::root().key("data"), closed(before, b"{[")),
                    false => (Pointer::root(), Vec::new()),
                });
            }
            Mark::Element { start, end } => elements.push(start as usize..end as usize),
            Mark::ListClose(_) => break,
            Mark::Broken | Mark::End { .. } => return None,
            _ => {}
        }
    }
    let (pointer, around) = list.filter(|_| !elements.is_empty())?;
    let in_data = pointer.as_str() == "/data";
    let list = List {
        pointer,
        in_data,
        around,
        before: Vec::new(),
    };
    Some((list, elements))
}

/// Whether the first element of a list is an object, a list, or a text that holds one of them.
fn may_hold_events(inside: &[u8]) -> bool {
    let inside = inside.trim_ascii_start();
    let inside = inside.strip_prefix(b"\"").unwrap_or(inside);
    inside.first().is_none_or(|byte| b"{[".contains(byte))
}

/// Members of an event, whatever its sender makes a list of.
fn is_of_event(key: &[u8]) -> bool {
    const MEMBERS: [&[u8]; 16] = [
        b"event_name",
        b"event_time",
        b"event_id",
        b"event_source_url",
        b"referrer_url",
        b"action_source",
        b"opt_out",
        b"user_data",
        b"custom_data",
        b"contents",
        b"app_data",
        b"original_event_data",
        b"attribution_data",
        b"data_processing_options",
        b"data_processing_options_country",
        b"data_processing_options_state",
    ];
    MEMBERS.contains(&key)
}

fn key(raw: &[u8]) -> String {
    tree::unescape(&format!("\"{}\"", String::from_utf8_lossy(raw)))
}

/// A text up to the inside of a list, with the brackets that end it. `open` are those that are open
/// there.
pub(super) fn closed(before: &[u8], open: &[u8]) -> Vec<u8> {
    let mut text = before.to_vec();
    text.extend(open.iter().rev().map(|&byte| match byte {
        b'[' => b']',
        _ => b'}',
    }));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_elements_of_a_text_that_was_cut_off_are_found() {
        for (text, pointer, want) in [
            (r#"{"data":[{"a":1}, {"a":"]"},{"a"#, "/data", 2),
            (r#"{"data":[{"a":1}],"partner"#, "/data", 1),
            (r#"[{"a":[1]},{"a":[2"#, "", 1),
            (
                r#"{"body":{"data":[{"event_name":"x"},{"event"#,
                "/body/data",
                1,
            ),
        ] {
            let (list, elements) = cut_off(text.as_bytes()).unwrap();
            assert_eq!(
                (list.pointer.as_str(), elements.len()),
                (pointer, want),
                "{text}"
            );
            assert_eq!(&text[elements[0].clone()].as_bytes()[0], &b'{');
        }
        for text in [
            r#"{"data":[{"a":1"#,
            r#"{"event_name":"x","user_data":{"em":["1","2","3"#,
            "{]",
            "x",
        ] {
            assert_eq!(cut_off(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn the_outermost_list_with_elements_is_taken() {
        for (text, open, pointer, behind) in [
            (
                r#"{"log":{"v":"1,[","entries":[{"a":1},{"b":[2,3]},{"c":["#,
                "{{[{[",
                "/log/entries",
                r#"{"a":1}"#,
            ),
            (
                r#"{"data":{"r":[{"s":{},"v\"x":[["1","a"],["2","b"],["3","#,
                "{{[{[[",
                "/data/r/0/v\"x",
                r#"["1""#,
            ),
            (r#"{"a":[{"b":1,"c":"[{"#, "{[{", "/a", r#"{"b""#),
        ] {
            let nested = list_in(text.as_bytes(), open.as_bytes()).unwrap();
            assert_eq!(nested.pointer.as_str(), pointer, "{text}");
            assert!(text[nested.at..].starts_with(behind), "{text}");
            let open = &open.as_bytes()[..nested.depth];
            let whole = closed(&text.as_bytes()[..nested.at], open);
            assert!(serde_json::from_slice::<serde_json::Value>(&whole).is_ok());
        }
        for (text, open) in [
            (r#"{"a":{"b":"#, "{{"),
            (r#"{"a":[ // ["#, "{["),
            // A single event is not cut.
            (r#"{"event_name":"x","user_data":{"em":["1","2","3"#, "{{["),
            (
                r#"{"custom_data":{"contents":[{"id":1},{"id":2},{"id":"#,
                "{{[{",
            ),
        ] {
            assert_eq!(list_in(text.as_bytes(), open.as_bytes()), None, "{text}");
        }
    }
}
