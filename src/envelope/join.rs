//! Texts that a log driver cut into pieces, each in a record of its own.

use super::when::{self, Naive};
use crate::json::{Item, Val};

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// What pieces of one text share: a stream, an id.
    pub key: &'a str,
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
    for member in root.children() {
        match (member.key(), member.val()) {
            ("log", Val::Text(_)) => log = Some(member),
            ("stream", Val::Text(text)) => stream = Some(text),
            ("split", Val::Object) => split = Some(member),
            ("textPayload", Val::Text(_)) => payload = Some(member),
            ("jsonPayload", Val::Object) => {
                message = member.member("message").filter(|m| m.text().is_some());
            }
            _ => {}
        }
    }
    // The driver of Docker ends a line with its newline, and a piece of one without.
    if let (Some(log), Some(key)) = (log, stream) {
        let text = log.text()?;
        return Some(Piece {
            key,
            text,
            place: log.place(),
            more: !text.ends_with('\n'),
            ends_line: false,
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
        text: held.text()?,
        place: held.place(),
        more: index + 1 < total,
        ends_line: false,
        number: Some((index, total)),
    })
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
        text,
        place,
        more: false,
        ends_line: !text.ends_with('\n'),
        number: None,
    })
}

/// The line behind the prefix that a collector puts in front of each: `web_1  | `, a time, or a time
/// and the name of a program.
pub fn of_prefixed(line: &str) -> Option<Piece<'_>> {
    // Any other can neither begin JSON nor go on with it.
    let last = line.trim_end().as_bytes().last()?;
    if !matches!(
        last,
        b'{' | b'[' | b'}' | b']' | b',' | b'"' | b'0'..=b'9' | b'e' | b'l'
    ) {
        return None;
    }
    let is_name = |name: &str| {
        let of_name = |b: u8| b.is_ascii_alphanumeric() || b"_-./[]".contains(&b);
        (1..=60).contains(&name.len()) && name.bytes().all(of_name)
    };
    let (key, text) = match line.split_once("| ") {
        Some((key, text)) if is_name(key.trim_end()) => (key.trim_end(), text),
        _ => {
            if !line.as_bytes()[0].is_ascii_digit() {
                return None;
            }
            let stamp = when::at_start(line, Naive::Unknown)?;
            let rest = line[stamp.end..].strip_prefix(' ')?;
            match rest.split_once(": ") {
                Some((key, text)) if is_name(key) => (key, text),
                _ => behind_level(rest).unwrap_or(("", rest)),
            }
        }
    };
    Some(Piece {
        key,
        text,
        place: 0,
        more: false,
        ends_line: true,
        number: None,
    })
}

/// The level of a log that a line begins with, and what follows it.
fn behind_level(line: &str) -> Option<(&str, &str)> {
    let (word, text) = line.split_once(' ')?;
    let level = word.trim_start_matches('[').trim_end_matches([']', ':']);
    when::is_level(level).then_some((word, text))
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
        assert_eq!(
            more(r#"{"log":"{\"a\"","stream":"stdout","time":"x"}"#),
            Some(true)
        );
        assert_eq!(
            more(r#"{"log":":1}\n","stream":"stdout","time":"x"}"#),
            Some(false)
        );
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
        for (line, key, text) in [
            ("web_1  | {", "web_1", "{"),
            ("web_1  |   \"data\": [", "web_1", "  \"data\": ["),
            ("2024-06-24T10:11:12Z capi {", "", "capi {"),
            ("2024-06-24T10:11:12Z app[web.1]:   }", "app[web.1]", "  }"),
        ] {
            let piece = of_prefixed(line).unwrap();
            assert_eq!((piece.key, piece.text), (key, text), "{line}");
        }
        assert_eq!(of_prefixed("it is | so {"), None);
    }
}
