//! Texts that a log driver cut into pieces, each in a record of its own.

use super::when::{self, Naive};
use crate::json::{Item, Val};

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// What pieces of one text share: a stream, an id.
    pub key: &'a str,
    /// What has the stream, where a record says so: a container, a pod.
    pub of: &'a str,
    pub text: &'a str,
    /// The place of the text on the tape of its record.
    pub place: u32,
    /// Whether more pieces follow.
    pub more: bool,
    /// Whether it ends a line without saying so.
    pub ends_line: bool,
    /// Its number among how many, where pieces are numbered: they may lie in any order.
    pub number: Option<(i64, i64)>,
}

impl Piece<'_> {
    /// Whether JSON over several lines begins in it: its line ends in a bracket that is open.
    pub fn opens(&self) -> bool {
        if self.more || self.number.is_some() || !self.text.trim_end().ends_with(['{', '[']) {
            return false;
        }
        let mut brackets = Brackets::default();
        brackets.take(self.text);
        brackets.are_open()
    }

    /// Whether it is JSON from its first byte to its last: a record of its own, whoever writes
    /// beside it.
    fn is_whole(&self) -> bool {
        self.number.is_none() && is_whole(self.text)
    }

    /// Whether it can be a further line of JSON that is open: such lines are indented, or close
    /// what is open.
    pub fn goes_on(&self) -> bool {
        self.text.starts_with([' ', '\t', '}', ']'])
    }
}

/// The brackets that are open behind some lines of JSON.
#[derive(Clone, Copy, Debug, Default)]
pub struct Brackets(i64);

impl Brackets {
    /// Goes on behind a line.
    pub fn take(&mut self, line: &str) {
        let (mut in_text, mut is_escaped) = (false, false);
        for byte in line.bytes() {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' if in_text => is_escaped = true,
                b'"' => in_text = !in_text,
                b'{' | b'[' if !in_text => self.0 += 1,
                b'}' | b']' if !in_text => self.0 -= 1,
                _ => {}
            }
        }
    }

    /// Whether any is open.
    pub fn are_open(self) -> bool {
        self.0 > 0
    }
}

/// Whether a text is an object or a list and nothing behind it, as far as its brackets tell.
fn is_whole(text: &str) -> bool {
    let text = text.trim_end();
    if !text.starts_with(['{', '[']) || !text.ends_with(['}', ']']) {
        return false;
    }
    let mut brackets = Brackets::default();
    brackets.take(text);
    brackets.0 == 0
}

/// The driver of Docker cuts a line off behind so many bytes.
const DOCKER_PIECE: usize = 16 << 10;

/// Lines are compared with the prefixes of so many texts that have begun.
const MOST_PREFIXES: usize = 16;

/// So many texts of lines wait at the same time for their ends.
const MOST_OPEN: usize = 128;

/// More pieces than this are no text.
pub const MAX_PIECES: usize = 1_000;

/// More lines than this are no text.
pub const MAX_LINES: usize = 100_000;

/// The piece that a record holds, when records of its kind may hold pieces.
pub fn of_record<'a>(root: Item<'_, 'a>) -> Option<Piece<'a>> {
    if !root.is_object() {
        return None;
    }
    let (mut log, mut stream, mut split, mut payload, mut message) = (None, None, None, None, None);
    let (mut tag, mut of, mut is_driver) = (None, "", true);
    for member in root.children() {
        let is_of_driver = matches!(member.key(), "log" | "stream" | "time" | "attrs");
        is_driver &= is_of_driver;
        match (member.key(), member.val()) {
            ("log", Val::Text(_)) => log = Some(member),
            ("stream", Val::Text(text)) => stream = Some(text),
            // As the collector of a container's log took it over from the line.
            ("_p" | "logtag", Val::Text(text)) => tag = Some(text),
            ("kubernetes", Val::Object) => of = container_of(member).unwrap_or(of),
            ("split", Val::Object) => split = Some(member),
            ("textPayload", Val::Text(_)) => payload = Some(member),
            ("jsonPayload", Val::Object) => {
                message = member.member("message").filter(|m| m.text().is_some());
            }
            _ => {}
        }
    }
    if let (Some(log), Some(key)) = (log, stream) {
        let text = log.text()?;
        let ends = text.ends_with('\n');
        let more = match tag {
            Some(tag) => tag == "P" || tag.starts_with("P:"),
            // The driver of Docker ends a line with its newline, and a piece of one without. So do
            // collectors with every line that they forward, in records that hold more or less.
            None => is_driver && !ends && text.len() >= DOCKER_PIECE && !is_whole(text),
        };
        return Some(Piece {
            key,
            of,
            text,
            place: log.place(),
            more,
            ends_line: !more && !ends,
            number: None,
        });
    }
    // Cloud Logging numbers the entries into which it splits a large one.
    let (Some(split), Some(held)) = (split, payload.or(message)) else {
        return of_collector(root);
    };
    let number = |key: &str| match split.member(key)?.val() {
        Val::Int(number) => Some(number),
        Val::Text(text) => text.parse().ok(),
        _ => None,
    };
    let (index, total) = (number("index").unwrap_or(0), number("totalSplits")?);
    Some(Piece {
        key: split.member("uid").and_then(Item::text).unwrap_or(""),
        of: "",
        text: held.text()?,
        place: held.place(),
        more: index + 1 < total,
        ends_line: false,
        number: Some((index, total)),
    })
}

/// What tells the container of a record from the others.
fn container_of<'a>(kubernetes: Item<'_, 'a>) -> Option<&'a str> {
    let of = ["docker_id", "container_id", "pod_id", "pod_name"];
    of.iter()
        .find_map(|key| kubernetes.member(key).and_then(Item::text))
}

/// The line that the logger of a container, a journal or a service put into a record of its own,
/// with nothing to say that it is a piece of something.
fn of_collector<'a>(root: Item<'_, 'a>) -> Option<Piece<'a>> {
    let (mut held, mut key) = (None, "");
    for member in root.children() {
        match member.key() {
            "log" | "message" | "MESSAGE" | "line" | "textPayload" => {
                held = held.or(member.text().map(|text| (member.place(), text)));
            }
            "container_id" | "_PID" | "logStreamName" | "pod" => {
                key = member.text().unwrap_or(key);
            }
            _ => {}
        }
    }
    let (place, text) = held?;
    Some(Piece {
        key,
        of: "",
        text,
        place,
        more: false,
        ends_line: !text.ends_with('\n'),
        number: None,
    })
}

/// So many lines of others may stand between the first two of a text.
const MOST_BETWEEN: usize = 8;

/// The line in which JSON over several lines begins behind a prefix that a line below has too: a
/// time, a level, the name of a program. `beyond` is the line with what follows it.
fn of_prefixed<'a>(line: &'a str, beyond: &str) -> Option<Piece<'a>> {
    if !line.ends_with(['{', '[']) {
        return None;
    }
    let (_, below) = beyond.get(line.len()..)?.split_once('\n')?;
    let mut below = below.lines().take(MOST_BETWEEN + 1);
    below.find_map(|below| opened_before(line, below))
}

/// The line in which JSON begins with which another line goes on.
fn opened_before<'a>(line: &'a str, below: &str) -> Option<Piece<'a>> {
    let (length, at) = alike(line, below);
    let (key, text) = line.split_at_checked(length)?;
    let is_prefix = key.ends_with(|c: char| !c.is_alphanumeric())
        && !key.trim().is_empty()
        && !key.contains(['"', '{', '}']);
    let piece = behind_prefix(key, text);
    let goes_on = behind_prefix(key, below.get(at..)?).goes_on();
    (is_prefix && goes_on && piece.opens()).then_some(piece)
}

/// The line behind a prefix that another line has.
fn further<'a>(prefix: &'a str, line: &'a str) -> Option<Piece<'a>> {
    let (length, at) = alike(prefix, line);
    let text = line.get(at..)?;
    (length == prefix.len()).then(|| behind_prefix(prefix, text))
}

fn behind_prefix<'a>(key: &'a str, text: &'a str) -> Piece<'a> {
    Piece {
        key,
        of: "",
        text,
        place: 0,
        more: false,
        ends_line: true,
        number: None,
    }
}

/// How far two lines are alike, but for the digits of the time with which they begin.
fn alike(first: &str, second: &str) -> (usize, usize) {
    let time = when::at_start(first, Naive::Unknown).map_or(0, |stamp| stamp.end);
    let digits = |bytes: &[u8]| bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    let (a, b) = (first.as_bytes(), second.as_bytes());
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        let (run, other) = (digits(&a[i..]), digits(&b[j..]));
        if i < time && run > 0 && other > 0 {
            (i, j) = (i + run, j + other);
        } else if a[i] == b[j] {
            (i, j) = (i + 1, j + 1);
        } else {
            break;
        }
    }
    while !first.is_char_boundary(i) {
        (i, j) = (i - 1, j - 1);
    }
    (i, j)
}

/// A text of which some pieces have come. `T` is what is known of the first.
#[derive(Debug)]
pub struct Joint<'a, T> {
    pub first: T,
    pub pieces: Vec<Piece<'a>>,
    /// What is open behind the lines so far, when each piece is one.
    lines: Option<Brackets>,
}

impl<'a, T> Joint<'a, T> {
    fn key(&self) -> &'a str {
        self.pieces[0].key
    }

    /// Whether a piece comes from where those of the text do.
    fn is_beside(&self, piece: &Piece<'a>) -> bool {
        self.key() == piece.key && self.pieces[0].of == piece.of
    }

    /// The text, as far as it has come.
    pub fn text(&self) -> String {
        let number = |(index, piece): (usize, &Piece<'_>)| match piece.number {
            Some((number, _)) => number,
            None => index as i64,
        };
        let mut pieces: Vec<(i64, &Piece<'a>)> = (self.pieces.iter().enumerate())
            .map(|(index, piece)| (number((index, piece)), piece))
            .collect();
        pieces.sort_by_key(|(number, _)| *number);
        let mut text = String::new();
        for (_, piece) in pieces {
            text.push_str(piece.text);
            if piece.ends_line {
                text.push('\n');
            }
        }
        // The end of the last line is the log's own: a text cut off there does not go on with it.
        if self.pieces.len() > 1 && text.ends_with('\n') {
            text.pop();
        }
        text
    }
}

/// Texts of several pieces that have begun and not ended.
#[derive(Debug)]
pub struct Joints<'a, T> {
    open: Vec<Joint<'a, T>>,
}

impl<T> Default for Joints<'_, T> {
    fn default() -> Self {
        Joints { open: Vec::new() }
    }
}

impl<'a, T> Joints<'a, T> {
    /// Those that have begun.
    pub fn open(&self) -> &[Joint<'a, T>] {
        &self.open
    }

    /// Takes out what has begun and will not end.
    pub fn rest(&mut self) -> Vec<Joint<'a, T>> {
        std::mem::take(&mut self.open)
    }

    /// Whether a piece belongs to a text of several.
    pub fn takes(&self, piece: &Piece<'a>) -> bool {
        let goes_on = |joint: &Joint<'a, T>| {
            let goes_on = match joint.lines {
                Some(_) => piece.goes_on(),
                None => !piece.is_whole(),
            };
            joint.is_beside(piece) && goes_on
        };
        piece.more || piece.number.is_some() || self.open.iter().any(goes_on) || piece.opens()
    }

    /// The piece that a line is which goes on with lines that have the same prefix, or begins a text
    /// of such lines.
    pub fn of_prefixed(&self, line: &'a str, beyond: &str) -> Option<Piece<'a>> {
        let open = (self.open.iter().rev())
            .filter(|joint| joint.lines.is_some() && !joint.key().is_empty());
        let alike = open
            .take(MOST_PREFIXES)
            .filter_map(|joint| further(joint.key(), line));
        if let Some(piece) = alike.clone().find(Piece::goes_on) {
            return Some(piece);
        }
        let begun = of_prefixed(line, beyond)?;
        // What has begun with this prefix ends with that.
        Some(alike.into_iter().find(Piece::opens).unwrap_or(begun))
    }

    /// Takes out the lines that a piece does not go on, though it has their key, or those that wait
    /// the longest where too many do.
    pub fn broken_off(&mut self, piece: &Piece<'a>) -> Option<Joint<'a, T>> {
        let is_broken_off = |joint: &Joint<'a, T>| {
            joint.is_beside(piece) && joint.lines.is_some() && (piece.more || !piece.goes_on())
        };
        let broken_off = self.open.iter().position(is_broken_off);
        let waits = || {
            let is_full = self.open.len() >= MOST_OPEN && piece.opens();
            let mut open = self.open.iter().filter(|_| is_full);
            open.position(|joint| joint.lines.is_some())
        };
        let index = broken_off.or_else(waits)?;
        Some(self.open.remove(index))
    }

    /// Takes a piece; gives the text back that it completes.
    pub fn push(&mut self, piece: Piece<'a>, first: T) -> Option<Joint<'a, T>> {
        let index = match self.open.iter().position(|joint| joint.is_beside(&piece)) {
            Some(index) => index,
            None => {
                self.open.push(Joint {
                    first,
                    pieces: Vec::new(),
                    lines: piece.opens().then(Brackets::default),
                });
                self.open.len() - 1
            }
        };
        let joint = &mut self.open[index];
        joint.pieces.push(piece);
        let number = joint.pieces.len();
        let is_done = match &mut joint.lines {
            Some(brackets) => {
                brackets.take(piece.text);
                !brackets.are_open() || number >= MAX_LINES
            }
            None => {
                let is_last = match piece.number {
                    Some((_, total)) => number as i64 >= total,
                    None => !piece.more,
                };
                is_last || number >= MAX_PIECES
            }
        };
        is_done.then(|| self.open.swap_remove(index))
    }
}

/// The texts whose pieces are elements of a list, with the elements in which the first of them stand.
pub fn in_list<'t, 'a>(list: Item<'t, 'a>) -> Vec<Joint<'a, Item<'t, 'a>>> {
    let (mut joints, mut done) = (Joints::default(), Vec::new());
    for element in list.children() {
        let Some(piece) = of_record(element).filter(|piece| joints.takes(piece)) else {
            continue;
        };
        done.extend(joints.broken_off(&piece));
        done.extend(joints.push(piece, element));
    }
    done.extend(joints.rest());
    done.retain(|joint| joint.pieces.len() > 1);
    done
}

/// The piece that a line of a container's log holds: time, stream, `P` or `F`, text.
pub fn of_line(line: &str) -> Option<Piece<'_>> {
    if !line.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let mut words = line.splitn(4, ' ');
    let (time, key, tags, text) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let more = match tags.split(':').next()? {
        "P" => true,
        "F" => false,
        _ => return None,
    };
    if !matches!(key, "stdout" | "stderr") || when::of_text(time, Naive::Unknown).is_none() {
        return None;
    }
    Some(Piece {
        key,
        of: "",
        text,
        place: 0,
        more,
        ends_line: !more,
        number: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Tape;
    use bumpalo::Bump;

    fn more(text: &str) -> Option<bool> {
        let arena = Bump::new();
        let mut tape = Tape::new();
        tape.parse(text, &arena).unwrap();
        of_record(tape.root()).map(|piece| piece.more)
    }

    #[test]
    fn pieces_say_whether_more_follow() {
        let docker = |log: &str, other: &str| {
            let log = crate::fix::quote(log);
            format!(r#"{{"log":{log},"stream":"stdout","time":"x"{other}}}"#)
        };
        let long = format!("{{\"a\":\"{}", "x".repeat(DOCKER_PIECE));
        assert_eq!(more(&docker(&long, "")), Some(true));
        assert_eq!(more(&docker(":1}\n", "")), Some(false));
        // What collectors forward has no newline at all.
        assert_eq!(more(&docker("{\"a\"", "")), Some(false));
        assert_eq!(more(&docker(&long, r#","date":1"#)), Some(false));
        assert_eq!(more(&docker(&format!("{long}\"}}"), "")), Some(false));
        assert_eq!(more(&docker(&long, r#","_p":"F""#)), Some(false));
        assert_eq!(more(&docker("{\"a\"", r#","_p":"P""#)), Some(true));
        assert_eq!(more(&docker("{\"a\"", r#","logtag":"P:x""#)), Some(true));
        assert_eq!(more(r#"{"log":"x","level":"info"}"#), Some(false));
        assert_eq!(more(r#"{"text":"x","level":"info"}"#), None);
        let split = |index| {
            format!(
                r#"{{"textPayload":"x","split":{{"uid":"u","index":{index},"totalSplits":2}}}}"#
            )
        };
        assert_eq!(more(&split(0)), Some(true));
        assert_eq!(more(&split(1)), Some(false));
        let piece = of_line("2024-06-24T10:11:12.345678901Z stdout P {\"data").unwrap();
        assert_eq!((piece.text, piece.more), ("{\"data", true));
        assert!(!of_line("2024-06-24T10:11:12Z stderr F x y").unwrap().more);
        assert_eq!(of_line("2024-06-24T10:11:12Z INFO F x"), None);
        for (first, below, key) in [
            ("web_1  | {", "web_1  |   \"data\": [", "web_1  | "),
            (
                "2024-06-24T10:11:12.25Z capi {",
                "2024-06-24T10:11:13.5Z   }",
                "2024-06-24T10:11:12.25Z ",
            ),
            (
                "[2024-06-24 02:03:04] é: x {",
                "[2024-06-24 02:03:05] é:  1",
                "[2024-06-24 02:03:04] é: ",
            ),
        ] {
            let piece = of_prefixed(first, &format!("{first}\r\n{below}\n")).unwrap();
            assert_eq!(piece.key, key, "{first}");
            assert!(further(key, below).unwrap().goes_on(), "{below}");
        }
        for (first, below) in [
            ("it is | so {", "it was"),
            ("  {", "    \"a\""),
            ("web_1 | {", "web_2 |   1"),
        ] {
            assert_eq!(
                of_prefixed(first, &format!("{first}\n{below}")),
                None,
                "{first}"
            );
        }
    }
}
