//! Finds JSON, in clear or coded, in any text: behind the time stamp of a log line, in a field of
//! an access log, in a form body.

use std::ops::Range;

use super::decode::{self, Codec};
use super::when::{self, Naive};
use super::{labels, search};
use crate::event::{Envelope, Field};
use crate::exchange;
use crate::json::tree::{Syntax, SyntaxError, Tree};

/// How a piece of text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// JSON begins here; where it ends, reading it tells.
    Json,
    /// An object in the notation of a programming language begins here.
    Repr,
    /// Text in this coding.
    Coded(Codec),
}

/// A piece of text that may hold a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub range: Range<usize>,
    pub form: Form,
}

/// The first piece at or behind a place. `beyond` is the text with what follows it: what opens at
/// its very end is told by that.
pub fn next(text: &str, beyond: &str, from: usize) -> Option<Piece> {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        let found = match bytes[at] {
            b'{' | b'[' => match solid(bytes, at + 1) {
                Some(_) => at_bracket(text, at),
                None => at_end(text, beyond, at),
            },
            b'%' => at_percent(text, at),
            b'\\' => at_escape(text, at),
            b'd' => at_field(text, at),
            b'0' => at_hex(text, at),
            b'e' | b'W' | b'H' | b'J' | b'Z' => at_base64(text, at),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
        at += 1;
    }
    None
}

fn piece(range: Range<usize>, form: Form) -> Option<Piece> {
    Some(Piece { range, form })
}

/// The first byte from a place on that is no white space, and where it is.
fn solid(bytes: &[u8], at: usize) -> Option<(usize, u8)> {
    let skip = bytes
        .get(at..)?
        .iter()
        .position(|b| !b.is_ascii_whitespace())?;
    Some((at + skip, bytes[at + skip]))
}

/// As [`at_bracket`], for the bracket with which a text ends.
fn at_end(text: &str, beyond: &str, at: usize) -> Option<Piece> {
    let piece = at_bracket(beyond, at)?;
    matches!(piece.form, Form::Json | Form::Repr).then_some(Piece {
        range: at..text.len(),
        form: piece.form,
    })
}

fn at_bracket(text: &str, at: usize) -> Option<Piece> {
    let bytes = text.as_bytes();
    let coded = match at.checked_sub(1).map(|before| bytes[before]) {
        Some(b'\'') => in_quotes(text, at, is_of_bytes(text, at)),
        Some(b'n') if text[..at].ends_with(END_OF_HEADERS) => in_quotes(text, at, true),
        None | Some(b'\t') => in_copy(text, at),
        _ => None,
    };
    if coded.is_some() {
        return coded;
    }
    let (mut next, mut byte) = solid(bytes, at + 1)?;
    if bytes[at] == b'[' {
        if byte == b']' || is_dumped_key(&bytes[at..]) {
            return None;
        }
        // A list of anything but lists, objects and their texts holds no event.
        if matches!(byte, b'"' | b'[') {
            return piece(at..text.len(), Form::Json);
        }
        if byte != b'{' {
            return None;
        }
        (next, byte) = solid(bytes, next + 1)?;
    }
    let rest = &text[next..];
    let to_end = at..text.len();
    match byte {
        b'"' if is_doubled(text, at, rest) => {
            // Up to the quote that is not doubled.
            let mut end = at;
            loop {
                end += memchr::memchr(b'"', bytes.get(end..)?)?;
                if bytes.get(end + 1) != Some(&b'"') {
                    return piece(at..end, Form::Coded(Codec::CsvCell));
                }
                end += 2;
            }
        }
        b'"' if is_rocket(rest) => piece(to_end, Form::Repr),
        b'"' | b'}' => piece(to_end, Form::Json),
        b'\\' if rest.starts_with("\\x22") || rest.starts_with("\\x5C") => {
            let end = memchr::memchr(b'"', &bytes[at..]).map_or(text.len(), |length| at + length);
            piece(at..end, Form::Coded(Codec::HexEscapes))
        }
        b'\\' => piece(at..end_of_string(bytes, at), Form::Coded(Codec::JsonString)),
        b'&' if ["&quot;", "&#34;", "&#x22;", "&#034;"]
            .iter()
            .any(|quote| rest.starts_with(quote)) =>
        {
            let end = bytes[at..]
                .iter()
                .position(|b| matches!(b, b'<' | b'"' | b'\n'))
                .map_or(text.len(), |length| at + length);
            piece(at..end, Form::Coded(Codec::Entities))
        }
        b'\'' | b':' | b'_' | b'a'..=b'z' | b'A'..=b'Z' => piece(to_end, Form::Repr),
        // A comment.
        b'/' => piece(to_end, Form::Json),
        _ => None,
    }
}

/// Whether an object is written with doubled quotes, from which its first key is taken. JSON has
/// two quotes there only around an empty key.
fn is_doubled(text: &str, at: usize, rest: &str) -> bool {
    let Some(behind) = rest.strip_prefix("\"\"") else {
        return false;
    };
    text[..at].ends_with('"') || behind.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
}

/// What stands before the body of a request whose bytes Python prints as one literal.
const END_OF_HEADERS: &str = "\\r\\n\\r\\n";

/// Whether the quote before a place is that of a literal of bytes, `b'`.
fn is_of_bytes(text: &str, at: usize) -> bool {
    let Some(before) = text[..at].strip_suffix("b'") else {
        return false;
    };
    !before.ends_with(|c: char| c.is_ascii_alphanumeric())
}

/// JSON in single quotes that is not written as it is: a string or bytes as Python prints them, or
/// a string in a statement of SQL or a command of a shell.
fn in_quotes(text: &str, at: usize, is_bytes: bool) -> Option<Piece> {
    let bytes = text.as_bytes();
    let (mut end, mut is_doubled, mut is_escaped) = (at, false, false);
    let mut is_of_shell = false;
    loop {
        end += memchr::memchr2(b'\'', b'\\', bytes.get(end..)?)?;
        match (bytes[end], bytes.get(end + 1)) {
            (b'\\', _) => is_escaped = true,
            (_, Some(b'\'')) => is_doubled = true,
            (_, Some(b'\\')) if bytes[end..].starts_with(b"'\\''") => {
                is_of_shell = true;
                end += 2;
            }
            _ => break,
        }
        end += 2;
    }
    let raw = &text[at..end];
    let codec = match (is_doubled, is_escaped) {
        _ if is_of_shell => Codec::ShellString,
        (true, _) => Codec::SqlString,
        (false, true) if escapes_quotes(raw) => return None,
        (false, true) if is_bytes => Codec::PrintedBytes,
        (false, true) if is_coded(raw) => Codec::PrintedText,
        _ => return None,
    };
    reads(codec, raw).then_some(Piece {
        range: at..end,
        form: Form::Coded(codec),
    })
}

/// JSON in a column of a table that was copied out as text, with doubled backslashes.
fn in_copy(text: &str, at: usize) -> Option<Piece> {
    let rest = &text[at..];
    let end = memchr::memchr2(b'\t', b'\n', rest.as_bytes()).unwrap_or(rest.len());
    let raw = &rest[..end];
    // A line without another column is one of a table when nothing else would double a backslash.
    let is_cell = at > 0 || end < rest.len() || raw.contains("\\\\");
    let is_copied = memchr::memchr(b'\\', raw.as_bytes()).is_some()
        && is_cell
        && !escapes_quotes(raw)
        && is_coded(raw)
        && reads(Codec::CopiedText, raw);
    is_copied.then_some(Piece {
        range: at..at + end,
        form: Form::Coded(Codec::CopiedText),
    })
}

/// Whether a double quote stands behind an odd number of backslashes: nobody who doubles these
/// writes it, so that they belong to the JSON.
fn escapes_quotes(raw: &str) -> bool {
    memchr::memmem::find_iter(raw.as_bytes(), b"\\\"").any(|at| {
        let before = raw.as_bytes()[..at].iter().rev();
        before.take_while(|&&byte| byte == b'\\').count() % 2 == 0
    })
}

/// Whether a text with backslashes is JSON only once these are taken out: it cannot be read as it
/// is, or each backslash is doubled, that of `\u00fc` among them.
fn is_coded(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    let (mut at, mut is_even, mut spells) = (0, true, false);
    while let Some(skip) = memchr::memchr(b'\\', &bytes[at..]) {
        at += skip;
        let run = bytes[at..].iter().take_while(|&&b| b == b'\\').count();
        is_even &= run % 2 == 0;
        at += run;
        let digits = bytes.get(at + 1..at + 5).unwrap_or_default();
        let is_hex = digits.len() == 4 && digits.iter().all(u8::is_ascii_hexdigit);
        spells |= bytes.get(at) == Some(&b'u') && is_hex;
    }
    (is_even && spells) || Tree::parse(raw, Syntax::Relaxed).is_err()
}

/// Whether a coded text holds JSON.
fn reads(codec: Codec, raw: &str) -> bool {
    let text = decode::decode(codec, raw);
    text.is_some_and(|text| Tree::parse(&text, Syntax::Relaxed).is_ok())
}

/// Longer text is no key.
const LONGEST_KEY: usize = 80;

/// Whether a text begins with a key as PHP's `var_dump` prints it: `["event_name"]=>`.
pub fn is_dumped_key(bytes: &[u8]) -> bool {
    if !matches!(bytes, [b'[', b'"' | b'0'..=b'9', ..]) {
        return false;
    }
    let head = &bytes[..bytes.len().min(LONGEST_KEY)];
    memchr::memchr(b']', head).is_some_and(|close| head[close..].starts_with(b"]=>"))
}

/// `"key"=>`, as Ruby prints.
fn is_rocket(text: &str) -> bool {
    let Some(end) = memchr::memchr(b'"', &text.as_bytes()[1..]) else {
        return false;
    };
    text[end + 2..].trim_start().starts_with("=>")
}

/// The first quote without a backslash before it, or the end.
fn end_of_string(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while end < bytes.len() {
        match bytes[end] {
            b'\\' => end += 2,
            b'"' => return end,
            _ => end += 1,
        }
    }
    bytes.len()
}

fn at_percent(text: &str, at: usize) -> Option<Piece> {
    let code = |at: usize| text.get(at..at + 3).map(str::to_ascii_uppercase);
    let first = code(at)?;
    let second = code(at + 3);
    let begins = match first.as_str() {
        "%7B" => {
            second.is_none_or(|next| matches!(next.as_str(), "%22" | "%0A" | "%20" | "%5C"))
                || text[at + 3..].starts_with(['+', '"'])
        }
        "%5B" => second.is_some_and(|next| matches!(next.as_str(), "%7B" | "%22" | "%0A")),
        // Coded twice.
        "%25" => matches!(text.get(at + 3..at + 5), Some("7B" | "5B" | "7b" | "5b")),
        _ => false,
    };
    begins.then(|| Piece {
        range: at..end_of_field(text, at),
        form: Form::Coded(Codec::Percent),
    })
}

fn end_of_field(text: &str, at: usize) -> usize {
    text.as_bytes()[at..]
        .iter()
        .position(|b| b.is_ascii_whitespace() || matches!(b, b'&' | b'"' | b'\'' | b'<' | b'>'))
        .map_or(text.len(), |length| at + length)
}

fn at_hex(text: &str, at: usize) -> Option<Piece> {
    let digits = decode::hex_digits(&text[at..])?;
    let before = at.checked_sub(1).map(|before| text.as_bytes()[before]);
    if before.is_some_and(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    // The mark in front stays what it is.
    let start = at + 2;
    piece(start..start + digits.len(), Form::Coded(Codec::Hex))
}

fn at_escape(text: &str, at: usize) -> Option<Piece> {
    let rest = &text[at..];
    if let Some(hex) = at_hex(text, at) {
        return Some(hex);
    }
    let opens = ["\\x7B", "\\x7b", "\\x5B", "\\x5b"]
        .iter()
        .any(|open| rest.starts_with(open));
    if !opens {
        return None;
    }
    let end = memchr::memchr(b'"', rest.as_bytes()).map_or(text.len(), |length| at + length);
    piece(at..end, Form::Coded(Codec::HexEscapes))
}

/// What follows `data=`, or the name of a piece of that field: `data[]=`, `data[0]=`.
fn behind_data(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("data")?;
    if let Some(value) = rest.strip_prefix('=') {
        return Some(value);
    }
    let is_coded = |open: &str| open.eq_ignore_ascii_case("%5B");
    let rest = match rest.strip_prefix('[') {
        Some(rest) => rest,
        None if rest.get(..3).is_some_and(is_coded) => &rest[3..],
        None => return None,
    };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let close = ["]=", "%5D=", "%5d="];
    close.iter().find_map(|close| rest.strip_prefix(close))
}

/// How the field whose value begins at `start` of a text stands to the others of its form, which
/// may send `data` in pieces.
pub fn field_at(text: &str, start: usize) -> Field {
    let ends_form = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '?');
    let begin = text[..start].rfind(ends_form).map_or(0, |at| at + 1);
    let is_piece = |field: &&str| behind_data(field).is_some_and(|_| !field.starts_with("data="));
    if text[begin..start].split('&').filter(is_piece).count() > 1 {
        return Field::Further;
    }
    let form = text[begin..].split(ends_form).next().unwrap_or_default();
    Field::FirstOf(form.split('&').filter(is_piece).count().max(1) as u32)
}

/// `data=` with a coded value.
fn at_field(text: &str, at: usize) -> Option<Piece> {
    let value = behind_data(&text[at..])?;
    let before = at.checked_sub(1).map(|i| text.as_bytes()[i]);
    if before.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'%')) {
        return None;
    }
    let start = text.len() - value.len();
    if value.starts_with('%') {
        return piece(start..end_of_field(text, start), Form::Coded(Codec::Form));
    }
    // In clear it is found as what it is, unless its spaces are those of a form.
    let length = has_plus_for_space(value)?;
    piece(start..start + length, Form::Coded(Codec::Form))
}

/// The length of JSON in clear in which a user agent shows that each `+` was a space.
fn has_plus_for_space(value: &str) -> Option<usize> {
    if !value.starts_with(['{', '[']) {
        return None;
    }
    let word = value.split_ascii_whitespace().next()?;
    if !word.contains("Mozilla/5.0+(") || word.contains('%') {
        return None;
    }
    let tree = Tree::parse(word, Syntax::Relaxed).ok()?;
    Some(tree.end())
}

fn at_base64(text: &str, at: usize) -> Option<Piece> {
    let before = at.checked_sub(1).map(|i| text.as_bytes()[i]);
    let joined = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_' | b'.');
    if before.is_some_and(joined) {
        return None;
    }
    let length = text.as_bytes()[at..]
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_' | b'='))
        .count();
    let word = &text[at..at + length];
    if !decode::looks_base64(word) {
        return None;
    }
    let codec = if word.starts_with("H4sI") {
        Codec::GzipBase64
    } else {
        Codec::Base64
    };
    piece(at..at + length, Form::Coded(codec))
}

/// Whether what follows some text is the field `data` of a form or a query, in clear.
pub fn is_field(before: &str) -> bool {
    let Some(name) = before.strip_suffix('=') else {
        return false;
    };
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '[' | ']'));
    name.strip_suffix("data").is_some_and(|other| {
        let last = other.as_bytes().last();
        !last.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'%'))
            && behind_data(&before[other.len()..]) == Some("")
    })
}

/// The field of a multipart body of which a line is the header.
fn part_of_form(line: &str) -> Option<&str> {
    let rest = line.get(..20)?;
    if !rest.eq_ignore_ascii_case("content-disposition:") {
        return None;
    }
    let name = line.split_once("name=\"")?.1;
    Some(&name[..name.find('"')?])
}

/// Takes over what a piece of a log line tells of the payload behind it. Says whether it begins
/// with a time stamp, and so a record.
pub fn see<'a>(line: &'a str, envelope: &mut Envelope<'a>, zone: Naive<'_>) -> bool {
    let stamp = when::at_start(line, zone);
    if let Some(stamp) = stamp {
        envelope.sent_at = stamp.millis;
        envelope.trust = stamp.millis.map(|_| stamp.trust);
    }
    if let Some(dataset) = labels::dataset_of(&line[..floor(line, 2_000)])
        && !exchange::asks(line, dataset)
    {
        envelope.dataset = Some(dataset);
    }
    if let Some(is_elsewhere) = labels::is_elsewhere(&line[..floor(line, 2_000)]) {
        envelope.is_elsewhere = is_elsewhere;
    }
    see_fields(line, envelope);
    if let Some(name) = part_of_form(line) {
        envelope.field = match name {
            "data" => Field::FirstOf(1),
            _ => Field::None,
        };
    }
    stamp.is_some()
}

/// Where the payload of another writer begins that broke a text off on its line: `error` says where
/// the text that begins at `start` stops to be JSON. Broken off inside a string, it takes the first
/// quote of the other for the end of that.
pub fn another_within(text: &str, start: usize, error: SyntaxError) -> Option<usize> {
    let fault = start + error.offset;
    if error.incomplete || fault >= text.len() {
        return None;
    }
    let brace = start + 1 + memchr::memrchr(b'{', text.as_bytes().get(start + 1..=fault)?)?;
    let list = (brace - 1 > start && text.as_bytes()[brace - 1] == b'[').then_some(brace - 1);
    [list, Some(brace)].into_iter().flatten().find(|&at| {
        let Ok(tree) = Tree::parse(&text[at..], Syntax::Relaxed) else {
            return false;
        };
        let end = at + tree.end();
        // What was meant to be JSON as a whole goes on behind an object in it.
        let is_apart = start > 0 || text[end..].trim().is_empty();
        end > fault && is_apart && search::names_event(&text[at..end])
    })
}

/// No prefix of a record is longer.
const LONGEST_PREFIX: usize = 120;

/// Takes over the time stamp of the record that broke a text off, which stands where that ends.
pub fn see_broken_off(cut: &str, envelope: &mut Envelope<'_>, zone: Naive<'_>) {
    let tail = &cut[floor(cut, cut.len().saturating_sub(LONGEST_PREFIX))..];
    let is_date = |bytes: &[u8]| {
        bytes[..4].iter().all(u8::is_ascii_digit)
            && bytes[4] == b'-'
            && matches!(bytes[10], b'T' | b' ')
    };
    let at = tail.as_bytes().windows(11).position(is_date);
    if let Some(stamp) = at.and_then(|at| when::at_start(&tail[at..], zone)) {
        envelope.sent_at = stamp.millis;
        envelope.trust = stamp.millis.map(|_| stamp.trust);
    }
}

/// Takes over what the fields of a form or a query tell that stand beside `data`, before or behind
/// it.
pub fn see_fields<'a>(text: &'a str, envelope: &mut Envelope<'a>) {
    let field = |key: &str| {
        let at = text.find(key)? + key.len();
        let rest = &text[at..];
        let of_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let end = rest.find(|c| !of_word(c)).unwrap_or(rest.len());
        Some(&rest[..end]).filter(|value| !value.is_empty())
    };
    if let Some(code) = field("test_event_code=") {
        envelope.is_test = code.starts_with(|c: char| c.is_ascii_alphanumeric());
    }
    if let Some(agent) = field("partner_agent=") {
        (envelope.agent, envelope.sender) = (Some(agent), Some(agent));
    }
}

/// The first line of a request in a transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opening {
    /// The command that sent it.
    Command,
    /// The request line.
    Request,
}

fn opening(line: &str) -> Option<Opening> {
    if line.trim_start_matches("$ ").starts_with("curl ") {
        return Some(Opening::Command);
    }
    let line = line.strip_prefix("> ").unwrap_or(line);
    let (method, rest) = line.split_once(' ')?;
    (matches!(method, "POST" | "GET") && rest.contains("HTTP/")).then_some(Opening::Request)
}

/// Transcripts in which more lines stand between a request and the date of its answer are none.
const LONGEST_TRANSCRIPT: usize = 400;

/// When the answer was sent to the request that begins with `line`: `Date` in the headers that
/// follow in `beyond`, which begins with the line too.
pub fn answered_at(line: &str, beyond: &str) -> Option<i64> {
    let first = opening(line)?;
    let (mut answered, mut lines) = (false, 0);
    let mut rest = beyond.get(line.len()..)?;
    while let Some((_, below)) = rest.split_once('\n').filter(|_| lines < LONGEST_TRANSCRIPT) {
        lines += 1;
        rest = below;
        let line = rest.lines().next()?;
        let line = line.strip_prefix("< ").unwrap_or(line);
        match opening(line) {
            // It shows what the command sent.
            Some(Opening::Request) if first == Opening::Command && lines < 60 => continue,
            Some(_) => return None,
            None => {}
        }
        if line.starts_with("HTTP/") {
            answered = true;
        } else if answered
            && let Some((name, value)) = line.split_once(": ")
            && name.eq_ignore_ascii_case("date")
        {
            return when::of_text(value, Naive::Unknown);
        }
    }
    None
}

/// Takes over what the parts of a multipart form tell that stand behind `text`, which begins in its
/// part `data`.
pub fn see_parts<'a>(text: &'a str, border: &str, envelope: &mut Envelope<'a>) {
    let end = text.find(&format!("{border}--")).unwrap_or(text.len());
    for part in text[..end].split(border).skip(1) {
        let halves = part.split_once("\r\n\r\n");
        let Some((head, value)) = halves.or_else(|| part.split_once("\n\n")) else {
            continue;
        };
        let value = value.trim();
        if value.is_empty() {
            continue;
        }
        if head.contains("name=\"test_event_code\"") {
            envelope.is_test = true;
        } else if head.contains("name=\"partner_agent\"") && !value.contains('\n') {
            (envelope.agent, envelope.sender) = (Some(value), Some(value));
        }
    }
}

/// The last character border at or before a place.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Marks that loggers set where they cut a text off are no longer than this.
const LONGEST_MARK: usize = 60;

/// A text without the mark by which a logger says that it cut it off: `...`, `[truncated]` and the
/// like.
pub fn before_mark(text: &str) -> Option<&str> {
    let text = text.trim_end();
    let marked = before_mark_at_end(text);
    // Some close what was open: `..."}`.
    let closed = || {
        let bare = text.trim_end_matches(['"', '\'', '}', ']']);
        (bare.len() < text.len()).then(|| before_mark_at_end(bare))?
    };
    marked.or_else(closed)
}

fn before_mark_at_end(text: &str) -> Option<&str> {
    let from = floor(text, text.len().saturating_sub(LONGEST_MARK));
    let tail = &text[from..];
    let opens = match tail.as_bytes().last()? {
        b']' => '[',
        b')' => '(',
        b'>' => '<',
        _ => '.',
    };
    let at = match opens {
        '.' => [tail.rfind("..."), tail.rfind('…')].into_iter().max()??,
        bracket => tail.rfind(bracket)?,
    };
    let mark = tail[at..].trim_start_matches(['.', '…']).trim();
    let is_mark = says_cut(mark) || (opens == '.' && mark.is_empty());
    is_mark.then(|| text[..from + at].trim_end().trim_end_matches(['.', '…']))
}

fn says_cut(mark: &str) -> bool {
    let mark = mark.to_ascii_lowercase();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " .,_-+:/[]()<>".contains(c);
    mark.chars().all(is_plain)
        && [
            "truncated",
            "cut",
            "omitted",
            "more bytes",
            "more char",
            "bytes more",
        ]
        .iter()
        .any(|word| mark.contains(word))
}

/// The fault of a text that is no JSON: that it ends too early where a logger's mark says so.
pub fn with_mark(text: &str, fault: SyntaxError) -> SyntaxError {
    if fault.incomplete {
        return fault;
    }
    let cut = before_mark(text).and_then(|cut| Tree::parse(cut, Syntax::Relaxed).err());
    cut.filter(|cut| cut.incomplete).unwrap_or(fault)
}

/// What a text is that holds an event which cannot be read, when it is a form in which loggers
/// print objects.
pub fn unreadable(text: &str) -> Option<&'static str> {
    if !search::names_event(text) {
        return None;
    }
    if text.contains("] => ") {
        // It takes many lines for one event: that of its name speaks for all.
        let is_named = text.contains("event_name");
        return is_named.then_some("the output of PHP's print_r");
    }
    if text.contains("[\"event_name\"]=>") {
        return Some("the output of PHP's var_dump: log json_encode of the payload instead");
    }
    if text.contains("'event_name' => ") {
        return Some("the output of PHP's var_export: log json_encode of the payload instead");
    }
    if text.contains(":\"event_name\";") {
        return Some("the output of PHP's serialize");
    }
    if text.contains("[Object]") || text.contains("[Array]") || text.contains(" more item") {
        return Some("the output of Node's util.inspect, which leaves out what lies deep");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_of_an_answer_is_that_of_its_request() {
        let request = "POST /v24.0/1234567890/events HTTP/1.1";
        let answer = "HTTP/1.1 200 OK\nDate: Mon, 24 Jun 2024 10:11:12 GMT\n\n{}\n";
        let at = Some(1_719_223_872_000);
        let text = format!("{request}\nHost: x\n\n{{}}\n\n{answer}");
        assert_eq!(answered_at(request, &text), at);
        let curl = "$ curl -v -d '{}' https://graph.facebook.com";
        let marked = answer.replace("HTTP", "< HTTP").replace("Date", "< date");
        let text = format!("{curl}\n* Trying\n> {request}\n>\n{marked}");
        assert_eq!(answered_at(curl, &text), at);
        // The date of the request itself, and that of another answer.
        let text = format!("{request}\nDate: Mon, 24 Jun 2024 10:11:12 GMT\n\n{{}}\n");
        assert_eq!(answered_at(request, &text), None);
        let text = format!("{request}\n\n{request}\n{answer}");
        assert_eq!(answered_at(request, &text), None);
        assert_eq!(answered_at("posted", &text), None);
    }

    #[test]
    fn pieces_are_found_in_lines_of_all_kinds() {
        let json = r#"{"event_name":"Lead"}"#;
        let cases = [
            (
                format!("[2024-06-24 10:11:12] app.INFO: CAPI {json} [] []"),
                Form::Json,
            ),
            (
                "data=%5B%7B%22event_name%22%3A1%7D%5D&access_token=x".to_owned(),
                Form::Coded(Codec::Form),
            ),
            (
                "POST /x?y=%7B%22a%22%3A1%7D HTTP/1.1".to_owned(),
                Form::Coded(Codec::Percent),
            ),
            (
                r#"1.2.3.4 - "POST /capi" 200 "{\x22data\x22:[]}" 1"#.to_owned(),
                Form::Coded(Codec::HexEscapes),
            ),
            (
                r#"200 "{\"data\":[{}]}" 0.1"#.to_owned(),
                Form::Coded(Codec::JsonString),
            ),
            (
                r#"1,"{""a"":""b""}",2"#.to_owned(),
                Form::Coded(Codec::CsvCell),
            ),
            (
                "x {&quot;a&quot;:1}".to_owned(),
                Form::Coded(Codec::Entities),
            ),
            ("payload {'event_name': 'Lead'}".to_owned(), Form::Repr),
            (r#"payload {"event_name"=>"Lead"}"#.to_owned(), Form::Repr),
            (
                "m: eyJldmVudF9uYW1lIjoiUHVyY2hhc2UiLCJldmVudF90aW1lIjoxfQ== x".to_owned(),
                Form::Coded(Codec::Base64),
            ),
        ];
        for (line, form) in cases {
            let piece = next(&line, &line, 0).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(piece.form, form, "{line}");
            if let Form::Coded(codec) = form {
                let text = decode::decode(codec, &line[piece.range.clone()]).unwrap();
                assert!(
                    text.starts_with(['{', '[']) && text.ends_with(['}', ']']),
                    "{text}"
                );
            }
        }
        for line in [
            "",
            "method: POST",
            "[INFO] started (1)",
            "{0} of {1}",
            "a%20b",
            "[]",
        ] {
            assert_eq!(next(line, line, 0), None, "{line}");
        }
    }
}
