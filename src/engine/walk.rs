//! Goes through the text of a block and hands every JSON text in it to a visitor.
//!
//! One JSON text a line is the usual case and costs one look; texts over several lines, several
//! texts on a line, request lines and headers, comments and broken lines are told apart here.

use std::ops::Range;

use crate::envelope::search;
use crate::envelope::text::is_dumped_key;
use crate::envelope::when::is_of_fluent_bit;
use crate::envelope::{counted, csv};
use crate::input::blocks::{Frame, List};
use crate::input::nested;
use crate::inspect::Read;
use crate::json::Pointer;
use crate::json::tree::SyntaxError;

/// What lies in a block.
pub(super) trait Visit<'a> {
    /// Reads the JSON value at the start of `text`, which begins at byte `at` of the block.
    fn json(&mut self, at: usize, text: &'a str) -> Result<Read, SyntaxError>;

    /// A line, or the rest of one, that begins at byte `at` of the block and is no JSON text, though
    /// some may lie in it. `beyond` is the line with what follows it. `error` says why it is none
    /// when it should be one; a request line and a header are known for what they are. Gives back
    /// the length of what was looked at, at least that of the line.
    fn line(
        &mut self,
        at: usize,
        line: &'a str,
        beyond: &'a str,
        error: Option<SyntaxError>,
    ) -> usize;

    /// The line before was a message whose length stands in front of it: `count` and `message` are
    /// their bytes of the block.
    fn counted(&mut self, _count: Range<usize>, _message: Range<usize>) {}

    /// Text over several lines that should be JSON and is not: `error` says where in it and why.
    fn malformed(&mut self, at: usize, text: &'a str, error: SyntaxError);

    /// A comment or a comma between JSON texts.
    fn relaxed(&mut self, at: usize);

    /// Whether each line is the row of a table, whatever it begins with.
    fn is_table(&self) -> bool {
        false
    }

    /// Looks at what was put aside.
    fn settle(&mut self) {}

    /// Where records begin that wait for others, if nothing else was read since.
    fn waits_from(&self) -> Option<usize> {
        None
    }

    /// There is no more: what waits, waits in vain.
    fn end(&mut self) {}

    /// The texts to come are elements of one list that is read in pieces, and stand at these
    /// places of the block.
    fn list(&mut self, _block: &'a str, _elements: &[Range<usize>], _list: &List) {}

    /// The list has ended in the block: it is that of a text which was cut off. The text begins at
    /// byte `at` of the block, `elements` are the bytes of it in which they stand, and `error` says
    /// where it ends.
    fn cut_off(
        &mut self,
        _at: usize,
        _text: &'a str,
        _elements: Range<usize>,
        _error: SyntaxError,
    ) {
    }

    /// The next text is an element of that list, under this pointer.
    fn element(&mut self, _pointer: Pointer) {}
}

/// Walks the texts of a block, wherever its frame says that they are. `skip` bytes at its start are
/// no text. Gives back the place where a text begins that may go on behind the block.
pub(super) fn walk_block<'a>(
    frame: &Frame,
    text: &'a str,
    skip: usize,
    complete: bool,
    visit: &mut impl Visit<'a>,
) -> Option<usize> {
    match frame {
        Frame::Lines => {
            let tail = walk(text, skip, text.len(), complete, visit);
            visit.settle();
            if let Some(at) = visit.waits_from().filter(|_| !complete) {
                return Some(tail.map_or(at, |tail| tail.min(at)));
            }
            visit.end();
            return tail;
        }
        Frame::Texts(ranges) => {
            for range in ranges {
                walk(text, range.start, range.end, true, visit);
            }
            visit.settle();
            if let Some(at) = visit.waits_from().filter(|_| !complete) {
                return Some(at);
            }
        }
        Frame::Elements {
            ranges,
            first,
            list,
        } => {
            visit.list(text, ranges, list);
            for (index, range) in ranges.iter().enumerate() {
                visit.element(list.pointer.clone().index(first + index));
                walk(text, range.start, range.end, true, visit);
            }
        }
        Frame::Raw | Frame::Head(_) | Frame::TooLarge { .. } | Frame::Foreign(_) => {}
    }
    visit.end();
    None
}

/// Walks `block[start..end]`. With `complete` the text ends there; otherwise the last JSON text may
/// go on behind it, and the place where it begins is given back.
fn walk<'a>(
    block: &'a str,
    start: usize,
    end: usize,
    complete: bool,
    visit: &mut impl Visit<'a>,
) -> Option<usize> {
    let bytes = block.as_bytes();
    let mut at = start;
    while at < end {
        match bytes[at] {
            // Zeros are what is left of a log that was cut while its writer went on.
            b' ' | b'\t' | b'\r' | b'\n' | 0 => at += 1,
            b'{' | b'[' if !visit.is_table() && !is_text(&block[at..end]) => {
                match visit.json(at, &block[at..end]) {
                    Ok(read) => at = after_value(block, at + read.end, end, visit),
                    Err(error) => match recover(block, at, end, complete, error, visit) {
                        Some(next) => at = next,
                        None => return Some(at),
                    },
                }
            }
            b'/' if block[at..end].starts_with("//") => {
                visit.relaxed(at);
                at = line_end(bytes, at, end);
            }
            b'/' if block[at..end].starts_with("/*") => {
                match memchr::memmem::find(&bytes[at..end], b"*/") {
                    Some(length) => {
                        visit.relaxed(at);
                        at += length + 2;
                    }
                    None if !complete => return Some(at),
                    None => {
                        visit.malformed(
                            at,
                            &block[at..end],
                            ends("it ends inside a comment", end - at),
                        );
                        at = end;
                    }
                }
            }
            _ => {
                let rest = &block[at..end];
                let counted = (bytes[at].is_ascii_digit() && !visit.is_table())
                    .then(|| counted::at_start(rest))
                    .flatten();
                if let Some(counted) = counted {
                    if counted.message.end > rest.len() && !complete {
                        return Some(at);
                    }
                    if counted.is_true(rest) {
                        let text = &rest[counted.message.clone()];
                        let message = at + counted.message.start..at + counted.message.end;
                        visit.line(message.start, text.trim_end(), text, Some(NO_VALUE));
                        let count = at + counted.count.start..at + counted.count.end;
                        at = message.end;
                        visit.counted(count, message);
                        continue;
                    }
                }
                let mut line = line_end(bytes, at, end);
                match csv::reach(&block.as_bytes()[at..end], line - at) {
                    csv::Reach::Line => {}
                    csv::Reach::To(length) => line = at + length,
                    csv::Reach::Beyond if complete => {}
                    csv::Reach::Beyond => return Some(at),
                }
                let text = block[at..line].trim_end();
                if !complete && text.ends_with(['{', '[']) && block[line..end].trim().is_empty() {
                    // What it opens, the next line tells.
                    return Some(at);
                }
                let error = (!is_http(text)).then_some(NO_VALUE);
                let length = visit.line(at, text, &block[at..end], error);
                at = line.max(at + length);
            }
        }
    }
    None
}

/// Why a line is none that begins with something else.
const NO_VALUE: SyntaxError = SyntaxError {
    offset: 0,
    what: "there is no JSON value",
    incomplete: false,
};

/// Whether a text that begins with a bracket is none of JSON.
fn is_text(text: &str) -> bool {
    is_dumped_key(text.as_bytes())
        || matches!(text.as_bytes(), [b'[', b'0'..=b'9', ..]) && is_of_fluent_bit(text)
}

/// Why the rest of a line behind a JSON text is none.
pub(super) const FOLLOWS: &str = "text follows the JSON value";

fn ends(what: &'static str, offset: usize) -> SyntaxError {
    SyntaxError {
        offset,
        what,
        incomplete: true,
    }
}

fn line_end(bytes: &[u8], at: usize, end: usize) -> usize {
    memchr::memchr(b'\n', &bytes[at..end]).map_or(end, |length| at + length)
}

/// What may follow a JSON text on its line: another one, a comma, a comment, or nothing.
fn after_value<'a>(block: &'a str, mut at: usize, end: usize, visit: &mut impl Visit<'a>) -> usize {
    let bytes = block.as_bytes();
    while at < end && matches!(bytes[at], b' ' | b'\t' | b'\r') {
        at += 1;
    }
    if at >= end || matches!(bytes[at], b'\n' | b'{' | b'[' | b'/') {
        return at;
    }
    if bytes[at] == b',' {
        visit.relaxed(at);
        return at + 1;
    }
    let line = line_end(bytes, at, end);
    let error = SyntaxError {
        offset: 0,
        what: FOLLOWS,
        incomplete: false,
    };
    let length = visit.line(at, block[at..line].trim_end(), &block[at..end], Some(error));
    line.max(at + length)
}

/// Decides what a text at `at` is that could not be read up to `end`: `error` says why. Gives the
/// place to go on, or `None` when more text is needed.
fn recover<'a>(
    block: &'a str,
    at: usize,
    end: usize,
    complete: bool,
    error: SyntaxError,
    visit: &mut impl Visit<'a>,
) -> Option<usize> {
    let bytes = block.as_bytes();
    let line = line_end(bytes, at, end);
    if error.incomplete && !complete {
        return None;
    }
    let mut fault = at + error.offset;
    if fault > line && block[line..fault.min(end)].trim().is_empty() {
        // It lacks its end, which would stand on this line.
        fault = line;
    }
    // One line of a log that was cut off: the line behind it is a text of its own.
    let next_line = if error.incomplete {
        line + 1
    } else {
        line_start(bytes, fault, at)
    };
    let cut_off = next_line > line
        && next_line < end
        && matches!(bytes[next_line], b'{' | b'[')
        && is_json_line(&block[next_line..line_end(bytes, next_line, end)]);
    if fault <= line || cut_off {
        let text = &block[at..line];
        let text = text.trim_end_matches('\r');
        let own = crate::json::tree::Tree::parse(text, crate::json::tree::Syntax::Relaxed).err();
        let own = own.unwrap_or(error);
        let may_go_on = text.trim_end().ends_with([',', '[', '{']);
        if own.incomplete && !(cut_off && may_go_on && error.incomplete) {
            if whole_elements(block, at, line, own, visit) {
                return Some(line);
            }
        } else if own.incomplete && whole_elements(block, at, end, error, visit) {
            return Some(end);
        }
        let error = Some(own);
        let length = visit.line(at, text, &block[at..end], error);
        return Some(line.max(at + length));
    }
    if error.incomplete && whole_elements(block, at, end, error, visit) {
        return Some(end);
    }
    // A text that never ends: a line that can be read for itself is lost with it no more than if it
    // stood alone.
    if error.incomplete {
        let mut newline = line;
        while newline < end {
            let next = newline + 1;
            newline = line_end(bytes, next.min(end), end);
            if next < end
                && matches!(bytes[next], b'{' | b'[')
                && is_json_line(&block[next..newline])
            {
                visit.malformed(at, &block[at..next - 1], error);
                return Some(next);
            }
        }
    }
    // A text over several lines with a fault in it. The next one begins at the start of a line.
    let mut next = line_end(bytes, fault.min(end), end);
    while next < end {
        let first = next + 1;
        if first < end && matches!(bytes[first], b'{' | b'[') {
            break;
        }
        if first >= end {
            next = end;
            break;
        }
        next = line_end(bytes, first, end);
    }
    visit.malformed(at, &block[at..next], error);
    Some(next)
}

/// Reads the whole elements of a text that was cut off, if there is an event among them.
fn whole_elements<'a>(
    block: &'a str,
    at: usize,
    end: usize,
    error: SyntaxError,
    visit: &mut impl Visit<'a>,
) -> bool {
    let text = block[at..end].trim_end();
    if !search::names_event(text) {
        return false;
    }
    let Some((list, mut elements)) = nested::cut_off(text.as_bytes()) else {
        return false;
    };
    let inside = elements[0].start..elements[elements.len() - 1].end;
    if !search::names_event(&text[inside.clone()]) {
        return false;
    }
    for element in &mut elements {
        *element = at + element.start..at + element.end;
    }
    visit.list(block, &elements, &list);
    for (index, element) in elements.iter().enumerate() {
        visit.element(list.pointer.clone().index(index));
        walk(block, element.start, element.end, true, visit);
    }
    visit.cut_off(at, text, inside, error);
    true
}

fn line_start(bytes: &[u8], at: usize, floor: usize) -> usize {
    memchr::memrchr(b'\n', &bytes[floor..at.min(bytes.len())])
        .map_or(floor, |length| floor + length + 1)
}

fn is_json_line(line: &str) -> bool {
    use crate::json::tree::{Syntax, Tree};
    Tree::parse(line, Syntax::Relaxed).is_ok()
}

/// Whether a line belongs to an HTTP request or response that was pasted with its body.
fn is_http(line: &str) -> bool {
    const METHODS: [&str; 7] = [
        "GET ", "POST ", "PUT ", "PATCH ", "DELETE ", "HTTP/1", "HTTP/2",
    ];
    if METHODS.iter().any(|method| line.starts_with(method)) {
        return true;
    }
    let Some((name, value)) = line.split_once(':') else {
        return false;
    };
    !name.is_empty()
        && name.len() <= 40
        && name.as_bytes()[0].is_ascii_alphabetic()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && value.starts_with(' ')
        && !value.contains(['{', '['])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::tree::{Syntax, Tree};

    struct Seen(Vec<String>);

    impl<'a> Visit<'a> for Seen {
        fn json(&mut self, at: usize, text: &'a str) -> Result<Read, SyntaxError> {
            let tree = Tree::parse(text, Syntax::Relaxed)?;
            self.0.push(format!("{at} {}", &text[..tree.end()]));
            Ok(Read {
                end: tree.end(),
                relaxed_at: None,
            })
        }
        fn line(
            &mut self,
            at: usize,
            line: &'a str,
            _: &'a str,
            error: Option<SyntaxError>,
        ) -> usize {
            self.0.push(match error {
                Some(error) => format!("{at}+{} {}", error.offset, error.what),
                None => format!("{at} prose"),
            });
            line.len()
        }
        fn malformed(&mut self, at: usize, _: &'a str, error: SyntaxError) {
            self.0.push(format!("{at}+{} {}", error.offset, error.what));
        }
        fn relaxed(&mut self, at: usize) {
            self.0.push(format!("{at} relaxed"));
        }
    }

    fn seen(text: &str, complete: bool) -> (Vec<String>, Option<usize>) {
        let mut visit = Seen(Vec::new());
        let tail = walk(text, 0, text.len(), complete, &mut visit);
        (visit.0, tail)
    }

    #[test]
    fn texts_are_found_however_they_lie() {
        let (seen, tail) = seen(
            "{}\r\n\n {\"a\":1}{\"b\":2}, [\n1]\n// x\nPOST /v25.0 HTTP/1.1\nHost: x\n{}",
            true,
        );
        assert_eq!(
            seen,
            [
                "0 {}",
                "6 {\"a\":1}",
                "13 {\"b\":2}",
                "20 relaxed",
                "22 [\n1]",
                "27 relaxed",
                "32 prose",
                "53 prose",
                "61 {}"
            ]
        );
        assert_eq!(tail, None);
    }

    #[test]
    fn a_broken_line_costs_only_itself() {
        for broken in [
            "{\"a\":1,}}x",
            "{\"a\":",
            "{\"a\":\"b",
            "{\"data\":[",
            "nonsense",
            "{'a':1}",
        ] {
            let text = format!("{{}}\n{broken}\n{{\"c\":3}}\n{{\"d\":4}}\n");
            let (seen, _) = seen(&text, true);
            let last = seen.len() - 1;
            assert!(seen[last].ends_with("{\"d\":4}"), "{broken}: {seen:?}");
            assert!(seen[last - 1].ends_with("{\"c\":3}"), "{broken}: {seen:?}");
        }
    }

    #[test]
    fn a_text_over_several_lines_names_the_place_of_its_fault() {
        let (seen, _) = seen("{\n  \"a\": 1\n  \"b\": 2\n}\n{\"c\":3}\n", true);
        assert_eq!(
            seen,
            [
                "0+13 a comma or the end of the object is missing",
                "22 {\"c\":3}"
            ]
        );
    }

    #[test]
    fn a_text_that_may_go_on_is_left() {
        assert_eq!(seen("{}\n{\n\"a\":1\n", false).1, Some(3));
        assert_eq!(seen("{}\n{\n\"a\":1\n", true).0.len(), 2);
    }
}
