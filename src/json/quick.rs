//! A parse of plain JSON straight into a tape, about twice as fast as a general one.
//!
//! Most logs hold nothing but well-formed JSON, and most of the time of a check goes into reading
//! it. This reader knows only the usual: whatever surprises it, it leaves to [`Tape::parse`], so
//! it never decides that a text is wrong. What it accepts, serde_json accepts with the same values
//! (a property test holds it to that).

use bumpalo::Bump;
use wide::u8x16;

use super::tape::{Node, Tape, Val};
use crate::values::name::Name;

/// As serde_json has it.
const MAX_DEPTH: usize = 127;

/// More than there are names; the last place stands for no name.
const FIRST_KEYS: usize = 129;

/// What the reader keeps from text to text.
#[derive(Debug)]
pub struct Guesses {
    /// Which name followed which the last time, and from [`FIRST_KEYS`] on, which came first in an
    /// object under which name: a guess for the next time.
    names: [Option<Name>; 2 * FIRST_KEYS],
    /// Room for what is open around the value at hand.
    around: Vec<Open>,
    /// Room for a string whose escapes are taken out.
    plain: String,
}

impl Default for Guesses {
    fn default() -> Guesses {
        Guesses {
            names: [None; 2 * FIRST_KEYS],
            around: Vec::new(),
            plain: String::new(),
        }
    }
}

struct Quick<'t, 'a> {
    tape: &'t mut Tape<'a>,
    guesses: &'t mut Guesses,
    arena: &'a Bump,
    text: &'a str,
    at: usize,
}

impl<'a> Tape<'a> {
    /// Reads one JSON value at the start of `text` and gives the number of bytes it took, or `None`
    /// when this reader cannot tell.
    pub fn parse_plain(
        &mut self,
        text: &'a str,
        arena: &'a Bump,
        guesses: &mut Guesses,
    ) -> Option<usize> {
        self.clear();
        let mut quick = Quick {
            tape: self,
            guesses,
            arena,
            text,
            at: 0,
        };
        quick.space();
        quick.read()?;
        Some(quick.at)
    }
}

/// Bytes that end a run of plain ones: a quote, a backslash, a control character. One bit for each
/// byte, the first is the lowest.
#[inline(always)]
fn specials(sixteen: [u8; 16]) -> u32 {
    let bytes = u8x16::new(sixteen);
    let quote = bytes.simd_eq(u8x16::splat(b'"'));
    let slash = bytes.simd_eq(u8x16::splat(b'\\'));
    let control = bytes.min(u8x16::splat(0x1F)).simd_eq(bytes);
    (quote | slash | control).to_bitmask()
}

/// The first quote, backslash or control character from `at` on.
#[inline(always)]
fn special(bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(sixteen) = bytes.get(at..)?.first_chunk::<16>() {
        let found = specials(*sixteen);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize);
        }
        at += 16;
    }
    special_at_end(bytes, at)
}

#[cold]
fn special_at_end(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let found = rest
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))?;
    Some(at + found)
}

/// A list or an object that has begun.
#[derive(Clone, Copy, Debug)]
struct Open {
    /// Its place on the tape.
    at: u32,
    is_list: bool,
    /// The names among its keys so far, and how many keys are no name.
    seen: u128,
    unnamed: u32,
    /// What the next key is guessed from: the one before it, or the object's own.
    before: usize,
}

/// Around the outermost value.
const NOTHING: Open = Open {
    at: u32::MAX,
    is_list: false,
    seen: 0,
    unnamed: 0,
    before: 0,
};

impl<'a> Quick<'_, 'a> {
    #[inline(always)]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline(always)]
    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    #[inline(always)]
    fn push(&mut self, key: &'a str, name: Option<Name>, parent: u32, val: Val<'a>) -> u32 {
        let at = self.tape.nodes.len() as u32;
        self.tape.nodes.push(Node {
            key,
            val,
            end: at + 1,
            parent,
            name,
        });
        at
    }

    /// One value and all that it holds, without a call for each value in it.
    fn read(&mut self) -> Option<()> {
        self.guesses.around.clear();
        let mut open = NOTHING;
        let (mut key, mut name) = ("", None);
        loop {
            let byte = self.peek()?;
            match byte {
                b'"' => {
                    let text = self.string()?;
                    self.push(key, name, open.at, Val::Text(text));
                }
                b'{' | b'[' => {
                    if self.guesses.around.len() == MAX_DEPTH {
                        return None;
                    }
                    let is_list = byte == b'[';
                    let val = if is_list { Val::List } else { Val::Object };
                    let at = self.push(key, name, open.at, val);
                    self.at += 1;
                    self.space();
                    // The sign that closes it is two behind the one that opens it.
                    if self.peek()? == byte + 2 {
                        self.at += 1;
                    } else {
                        self.guesses.around.push(open);
                        open = Open {
                            at,
                            is_list,
                            before: FIRST_KEYS + name.map_or(FIRST_KEYS - 1, |name| name as usize),
                            ..NOTHING
                        };
                        (key, name) = match is_list {
                            true => ("", None),
                            false => self.key(&mut open)?,
                        };
                        continue;
                    }
                }
                b'-' | b'0'..=b'9' => {
                    let val = self.number()?;
                    self.push(key, name, open.at, val);
                }
                b't' => self.word("true", Val::Bool(true), (key, name), open.at)?,
                b'f' => self.word("false", Val::Bool(false), (key, name), open.at)?,
                b'n' => self.word("null", Val::Null, (key, name), open.at)?,
                _ => return None,
            }
            loop {
                if open.at == NOTHING.at {
                    return Some(());
                }
                self.space();
                let byte = self.peek()?;
                self.at += 1;
                if byte == b',' {
                    self.space();
                    break;
                }
                if byte != if open.is_list { b']' } else { b'}' } {
                    return None;
                }
                self.tape.nodes[open.at as usize].end = self.tape.nodes.len() as u32;
                if open.unnamed > 1 {
                    self.tape.find_unnamed_duplicates(open.at);
                }
                open = self.guesses.around.pop()?;
            }
            (key, name) = match open.is_list {
                true => ("", None),
                false => self.key(&mut open)?,
            };
        }
    }

    /// The next key of an object, up to its value.
    #[inline(always)]
    fn key(&mut self, open: &mut Open) -> Option<(&'a str, Option<Name>)> {
        if self.peek()? != b'"' {
            return None;
        }
        let start = self.at + 1;
        let guess = self.guesses.names[open.before];
        let rest = self.text.as_bytes().get(start..)?;
        let guessed = guess.and_then(|guess| guess.quoted_at_start(rest));
        let (key, name) = match guessed {
            Some(length) => {
                self.at = start + length + 1;
                (self.text.get(start..start + length)?, guess)
            }
            None => self.other_key(open.before)?,
        };
        open.before = name.map_or(FIRST_KEYS - 1, |name| name as usize);
        match name {
            Some(name) if open.seen & name.bit() != 0 => {
                let again = self.tape.nodes.len() as u32;
                self.tape.duplicates.push(again);
            }
            Some(name) => open.seen |= name.bit(),
            None => open.unnamed += 1,
        }
        self.space();
        if self.peek()? != b':' {
            return None;
        }
        self.at += 1;
        self.space();
        Some((key, name))
    }

    /// A key that was not guessed.
    #[inline(never)]
    fn other_key(&mut self, before: usize) -> Option<(&'a str, Option<Name>)> {
        let start = self.at + 1;
        let key = self.string()?;
        // A key with escapes was copied; its text in place is not its text.
        let plain = self.at == start + key.len() + 1;
        let name = match self.text.as_bytes().get(start..) {
            Some(rest) if plain => {
                let name = Name::at_start(rest, key);
                if name.is_some() {
                    self.guesses.names[before] = name;
                }
                name
            }
            _ => Name::of(key),
        };
        Some((key, name))
    }

    #[inline(always)]
    fn string(&mut self) -> Option<&'a str> {
        let start = self.at + 1;
        let end = special(self.text.as_bytes(), start)?;
        match self.text.as_bytes()[end] {
            b'"' => {
                self.at = end + 1;
                self.text.get(start..end)
            }
            b'\\' => self.escaped(start, end),
            _ => None,
        }
    }

    /// A string with escapes, the first at `at`. It is put together in room that is used again, and
    /// goes into the arena at its length.
    #[inline(never)]
    fn escaped(&mut self, start: usize, mut at: usize) -> Option<&'a str> {
        let mut plain = std::mem::take(&mut self.guesses.plain);
        plain.clear();
        let mut from = start;
        let end = loop {
            // Up to a backslash, a quote or a control character.
            plain.push_str(self.text.get(from..at)?);
            match self.text.as_bytes()[at] {
                b'"' => break at,
                b'\\' => from = at + self.escape(at + 1, &mut plain)?,
                _ => return None,
            }
            at = special(self.text.as_bytes(), from)?;
        };
        self.at = end + 1;
        let text = self.arena.alloc_str(&plain);
        self.guesses.plain = plain;
        Some(text)
    }

    /// What an escape stands for, given what stands behind its backslash, and the length of all of it.
    #[inline(always)]
    fn escape(&self, at: usize, plain: &mut String) -> Option<usize> {
        let character = match self.text.as_bytes().get(at)? {
            byte @ (b'"' | b'\\' | b'/') => char::from(*byte),
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => return self.code(at + 1, plain),
            _ => return None,
        };
        plain.push(character);
        Some(2)
    }

    /// A character by its number in UTF-16, or by two of them.
    #[inline(never)]
    fn code(&self, at: usize, plain: &mut String) -> Option<usize> {
        let unit = |at: usize| {
            let digits = self.text.get(at..at + 4)?;
            let are_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            u16::from_str_radix(digits, 16).ok().filter(|_| are_hex)
        };
        let first = unit(at)?;
        let second = match first {
            0xD800..0xDC00 if self.text.get(at + 4..at + 6)? == "\\u" => Some(unit(at + 6)?),
            _ => None,
        };
        let units = std::iter::once(first).chain(second);
        // What is half of a pair is left to the general parser.
        let character = char::decode_utf16(units).next()?.ok()?;
        plain.push(character);
        Some(if second.is_some() { 12 } else { 6 })
    }

    #[inline(never)]
    fn word(
        &mut self,
        word: &str,
        val: Val<'a>,
        (key, name): (&'a str, Option<Name>),
        parent: u32,
    ) -> Option<()> {
        let is_there = self.text.as_bytes()[self.at..].starts_with(word.as_bytes());
        is_there.then(|| {
            self.at += word.len();
            self.push(key, name, parent, val);
        })
    }

    /// Takes digits in, and says how many there were.
    #[inline(always)]
    fn digits(&mut self, sum: &mut u64) -> usize {
        let start = self.at;
        while let Some(digit @ 0..=9) = self.peek().map(|byte| byte.wrapping_sub(b'0')) {
            *sum = sum.wrapping_mul(10).wrapping_add(u64::from(digit));
            self.at += 1;
        }
        self.at - start
    }

    #[inline(always)]
    fn number(&mut self) -> Option<Val<'a>> {
        let start = self.at;
        let negative = self.peek() == Some(b'-');
        self.at += usize::from(negative);
        let leading_zero = self.peek() == Some(b'0');
        let mut sum = 0;
        let whole = self.digits(&mut sum);
        // Exponents, minus zero and numbers beyond 64 bits are left to the general parser.
        if whole == 0 || (leading_zero && whole > 1) || whole > 18 {
            return None;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            let fraction = self.digits(&mut sum);
            if fraction == 0 || matches!(self.peek(), Some(b'e' | b'E')) {
                return None;
            }
            let value = match short_decimal(sum, whole + fraction, fraction) {
                Some(value) if negative => -value,
                Some(value) => value,
                None => self.text[start..self.at].parse().ok()?,
            };
            return Some(Val::Float(value));
        }
        if matches!(self.peek(), Some(b'e' | b'E')) || (negative && sum == 0) {
            return None;
        }
        let int = sum as i64;
        Some(Val::Int(if negative { -int } else { int }))
    }
}

/// A decimal of at most fifteen digits: both numbers of the division are exact, so its result is
/// the nearest to the decimal, as the standard library's much longer way finds it.
#[inline(always)]
fn short_decimal(sum: u64, digits: usize, fraction: usize) -> Option<f64> {
    const TENS: [f64; 16] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ];
    (digits <= 15).then(|| sum as f64 / TENS[fraction & 15])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(tape: &Tape<'_>) -> Vec<String> {
        tape.root()
            .descendants()
            .map(|item| format!("{} {:?}", item.pointer(), item.val()))
            .chain(
                tape.duplicates()
                    .map(|item| format!("twice {}", item.pointer())),
            )
            .collect()
    }

    /// Whether the quick reader gave an answer; it must be serde_json's.
    fn agrees(text: &str) -> bool {
        let arena = Bump::new();
        let (mut quick, mut general) = (Tape::new(), Tape::new());
        let mut guesses = Guesses::default();
        let Some(end) = quick.parse_plain(text, &arena, &mut guesses) else {
            return false;
        };
        assert_eq!(
            general.parse(text, &arena).expect("serde_json accepts it"),
            end,
            "{text}"
        );
        assert_eq!(shown(&quick), shown(&general), "{text}");
        true
    }

    #[test]
    fn usual_texts_are_read_and_odd_ones_left() {
        for text in [
            r#"{"data":[{"event_name":"Lead","value":-12.50,"n":[0,1,true,null,{}],"x":[]}],"y":"é"} {"#,
            r#" "https:\/\/a.example\/b\u00e9\"" "#,
            r#"["\b\f\n\r\t\/\\\"","\u0000\u00E9\ud83d\ude00\uffff","a\\"]"#,
            r#"{"em":1,"em":2,"q":1,"q":2}"#,
            // What follows an object in a list has no key.
            r#"[{"em":1},{"ph":2},"x",[{"q":null},true],7]"#,
            r#"{"data":[{"event_name":"Lead","custom_data":{"q":1}},{"event_name":"Lead"}]}"#,
            "[]",
            "{}",
            "7",
            "false",
        ] {
            assert!(agrees(text), "{text}");
        }
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "01",
            "-",
            "1.",
            "1e5",
            "-0",
            "nul",
            "\"a",
            "\"a\nb\"",
            "\"\\x\"",
            "\"\\ud800\"",
            "\"\\ud800\\u0041\"",
            "\"\\ud800\\ud800\"",
            "\"\\udc00\"",
            "\"\\u+123\"",
            "\"\\u12\"",
            "\"\\u00é\"",
            "\"\\",
            "\"a\\n\nb\"",
            "12345678901234567890",
            "{1:2}",
            "[1 2]",
            "{\"a\" 1}",
        ] {
            assert!(!agrees(text), "{text}");
        }
        assert!(!agrees(&"[".repeat(200)));
    }

    proptest! {
        #[test]
        fn short_decimals_are_read_as_the_standard_library_reads_them(
            text in "-?[0-9]{1,8}\\.[0-9]{1,8}"
        ) {
            let (arena, mut tape, mut guesses) = (Bump::new(), Tape::new(), Guesses::default());
            let end = tape.parse_plain(&text, &arena, &mut guesses);
            let expected = text.parse::<f64>().unwrap();
            match tape.nodes.first().map(|node| node.val) {
                Some(Val::Float(value)) => {
                    prop_assert_eq!(end, Some(text.len()));
                    prop_assert_eq!(value.to_bits(), expected.to_bits());
                }
                // Zeros in front.
                _ => prop_assert_eq!(end, None),
            }
        }

        #[test]
        fn whatever_is_accepted_is_what_serde_json_reads(
            text in r#"[\[\]{}:,"a\\/u01.e\-tfn é\n\t\r\x01]{0,40}"#
        ) {
            agrees(&text);
        }

        #[test]
        fn a_changed_event_is_read_alike(at in 0usize..200, byte in 0u8..128) {
            let event = r#"{"event_name":"Purchase","event_time":1782399600,"user_data":{"em":["d36d"],"fbp":"fb.1.2.3"},"custom_data":{"value":249.00,"url":"https:\/\/a.example\/"}}"#;
            let mut bytes = event.as_bytes().to_vec();
            let at = at % bytes.len();
            bytes[at] = byte;
            agrees(std::str::from_utf8(&bytes).expect("ASCII"));
        }
    }
}
