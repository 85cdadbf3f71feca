//! Where, in lines of text, something ends that runs over several of them.

use super::super::scanner::{Mark, Scanner};
use super::Form;
use crate::envelope::csv;
use crate::envelope::when::{self, Naive};

/// A longer line is not the head of a table.
pub(super) const LONGEST_HEAD: usize = 4_096;

/// Whether the first line of some bytes ends inside a cell of a table.
pub(super) fn opens_cell(bytes: &[u8], line: usize) -> bool {
    let line = bytes[..line].strip_suffix(b"\n").map_or(line, <[u8]>::len);
    csv::reach(bytes, line) != csv::Reach::Line
}

/// A record of lines of text is not looked for the beginning of any further than this.
pub(super) const LONGEST_TEXT_RECORD: usize = 1 << 16;

/// How many bytes of some whole lines lie before a record of several lines that may go on behind
/// them: none when it is the first. A JSON text is a record of its own; lines of text begin one with a time stamp.
pub(super) fn between_records(lines: &[u8]) -> Option<usize> {
    let floor = lines.len().saturating_sub(LONGEST_TEXT_RECORD);
    let mut end = lines.len();
    while end > floor {
        let start = memchr::memrchr(b'\n', &lines[..end - 1]).map_or(0, |at| at + 1);
        let line = &lines[start..end];
        let first = line.iter().find(|byte| !byte.is_ascii_whitespace());
        if matches!(first, Some(b'{')) || (first.is_none() && end == lines.len() && start == 0) {
            return Some(end);
        }
        let head = &line[..line.len().min(160)];
        let head = match std::str::from_utf8(head) {
            Ok(head) => head,
            Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default(),
        };
        if when::at_start(head, Naive::Unknown).is_some() {
            return Some(start);
        }
        end = start;
    }
    None
}

/// Where the line begins on which JSON begins that is open at the end of some whole lines, and where
/// on it: its further lines are indented, so that only the line with its last bracket is not.
pub(super) fn opened_in_prose(lines: &[u8]) -> Option<(usize, usize)> {
    let mut end = lines.len();
    while end > 0 {
        let start = memchr::memrchr(b'\n', &lines[..end - 1]).map_or(0, |at| at + 1);
        let line = lines[start..end].trim_ascii_end();
        match line.first() {
            None | Some(b' ' | b'\t') => end = start,
            Some(b'{' | b'[' | b'}' | b']') => return None,
            Some(_) if end == lines.len() && !line.ends_with(b"{") && !line.ends_with(b"[") => {
                return None;
            }
            Some(_) => {
                let bracket = open_bracket(line)?;
                let behind = lines[start + bracket + 1..].trim_ascii_start();
                let is_json = matches!(behind.first(), Some(b'"' | b'{' | b'['));
                return is_json.then_some((start, bracket));
            }
        }
    }
    None
}

/// The outermost bracket of those with which a line ends open.
fn open_bracket(line: &[u8]) -> Option<usize> {
    if !matches!(line.last(), Some(b'{' | b'[' | b',')) {
        return None;
    }
    let (mut open, mut in_text, mut is_escaped) = (Vec::new(), false, false);
    for (at, byte) in line.iter().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' if !open.is_empty() => in_text = !in_text,
            b'{' | b'[' if !in_text => open.push(at),
            b'}' | b']' if !in_text => {
                open.pop();
            }
            _ => {}
        }
    }
    open.first().copied()
}

/// Shorter lines stand between no parts of a form.
pub(crate) const SHORTEST_BORDER: usize = 3;

/// Takes over what a line tells of a multipart form: that a part of one begins, or that it ends.
pub(super) fn see_line(line: &[u8], form: &mut Option<Form>) {
    if let Some(open) = form {
        if open.is_sure {
            form.take_if(|open| line.strip_suffix(b"--") == Some(&open.border[..]));
            return;
        }
        open.is_sure = memchr::memmem::find(line, NAMES_PART).is_some();
        if open.is_sure {
            return;
        }
    }
    let begins = line.starts_with(b"--") && line.len() >= SHORTEST_BORDER;
    *form = begins.then(|| Form {
        border: line.to_vec(),
        is_sure: false,
    });
}

/// What names a part of a form.
const NAMES_PART: &[u8] = b"form-data; name=";

/// Lines in front of the first part of a form that may belong to it: those of its request.
const MOST_HEADERS: usize = 100;

/// Where the multipart form begins that is open at the end of some whole lines, with the lines of
/// its request, and what stands between its parts.
pub(super) fn open_form(lines: &[u8]) -> Option<(usize, Vec<u8>)> {
    let line_at = |at: usize| {
        let end = memchr::memchr(b'\n', &lines[at..]).map_or(lines.len(), |length| at + length);
        (lines[at..end].trim_ascii_end(), end)
    };
    let before = |at: usize| match memchr::memmem::rfind(&lines[..at], b"\n--") {
        Some(newline) => Some(newline + 1),
        None => (at > 0 && lines.starts_with(b"--")).then_some(0),
    };
    let last = before(lines.len())?;
    let (border, end) = line_at(last);
    let head = lines.get(end + 1..).unwrap_or_default();
    let head = &head[..head.len().min(400)];
    if border.len() < SHORTEST_BORDER || memchr::memmem::find(head, NAMES_PART).is_none() {
        return None;
    }
    let mut start = last;
    while let Some(at) = before(start).filter(|at| line_at(*at).0 == border) {
        start = at;
    }
    for _ in 0..MOST_HEADERS {
        let Some(newline) = start.checked_sub(1) else {
            break;
        };
        let above = memchr::memrchr(b'\n', &lines[..newline]).map_or(0, |at| at + 1);
        let line = &lines[above..newline];
        if matches!(line.trim_ascii_start().first(), Some(b'{' | b'[')) || line.starts_with(b"--") {
            break;
        }
        start = above;
        let is_first =
            |line: &str| line.contains(" HTTP/") || when::at_start(line, Naive::Unknown).is_some();
        if std::str::from_utf8(&line[..line.len().min(160)]).is_ok_and(is_first) {
            break;
        }
    }
    Some((start, border.to_vec()))
}

/// Whether the brackets of a line close.
pub(super) fn is_complete(line: &[u8]) -> bool {
    let mut scanner = Scanner::new(0);
    let mut begun = false;
    loop {
        match scanner.step(&line[scanner.at() as usize..]) {
            Some(Mark::Broken) => return true,
            Some(Mark::Start(_)) => begun = true,
            Some(_) => {}
            None => return begun && !scanner.is_inside(),
        }
    }
}
