//! A parse of plain JSON straight into a tape, about twice as fast as a general one.
//!
//! Most logs hold nothing but well-formed JSON, and most of the time of a check goes into reading
//! it. This reader knows only the usual: whatever surprises it, it leaves to [`Tape::parse`], so
//! it never decides that a text is wrong. What it accepts, serde_json accepts with the same values
//! (a property test holds it to that).

use bumpalo::Bump;

use super::tape::{Node, Tape, Val};
use crate::name::Name;

/// As serde_json has it.
const MAX_DEPTH: u32 = 127;

/// More than there are names; the last place stands for no name.
const FIRST_KEYS: usize = 129;

/// Which name followed which the last time, and from [`FIRST_KEYS`] on, which came first in an
/// object under which name: a guess for the next time.
#[derive(Debug)]
pub struct Guesses([Option<Name>; 2 * FIRST_KEYS]);

impl Default for Guesses {
    fn default() -> Guesses {
        Guesses([None; 2 * FIRST_KEYS])
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
        quick.value("", None, u32::MAX, MAX_DEPTH)?;
        Some(quick.at)
    }
}

/// The first quote, backslash or control character from `at` on.
#[inline(always)]
fn special(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    // Keys, names and times end within these.
    if let Some(words) = rest.first_chunk::<24>() {
        for (index, eight) in words.as_chunks::<8>().0.iter().enumerate() {
            if let Some(found) = special_in_eight(*eight) {
                return Some(at + index * 8 + found);
            }
        }
        return special_further_on(&rest[24..]).map(|found| at + 24 + found);
    }
    special_further_on(rest).map(|found| at + found)
}

/// Digests and URLs: lanes that the compiler keeps in vector registers tell that there is nothing
/// in a chunk.
fn special_further_on(bytes: &[u8]) -> Option<usize> {
    let odd = |byte: &u8| u8::from((*byte == b'"') | (*byte == b'\\') | (*byte < 0x20));
    let mut at = 0;
    for chunk in bytes.as_chunks::<32>().0 {
        if chunk.iter().fold(0, |sum, byte| sum | odd(byte)) != 0 {
            break;
        }
        at += 32;
    }
    let (eights, last) = bytes[at..].as_chunks::<8>();
    for (index, eight) in eights.iter().enumerate() {
        if let Some(found) = special_in_eight(*eight) {
            return Some(at + index * 8 + found);
        }
    }
    let found = last.iter().position(|byte| odd(byte) != 0)?;
    Some(at + eights.len() * 8 + found)
}

/// Eight bytes at a time: a byte of `(x - ones) & !x & highs` has its top bit set where x has a
/// zero byte, and the lowest of them is always a true one.
#[inline]
fn special_in_eight(eight: [u8; 8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let x = u64::from_le_bytes(eight);
    let quote = x ^ (ONES * b'"' as u64);
    let slash = x ^ (ONES * b'\\' as u64);
    let found = (x.wrapping_sub(ONES * 0x20) & !x)
        | (quote.wrapping_sub(ONES) & !quote)
        | (slash.wrapping_sub(ONES) & !slash);
    let found = found & (ONES << 7);
    (found != 0).then(|| found.trailing_zeros() as usize / 8)
}

impl<'a> Quick<'_, 'a> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    #[inline]
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

    fn value(&mut self, key: &'a str, name: Option<Name>, parent: u32, depth: u32) -> Option<()> {
        let val = match self.peek()? {
            b'"' => Val::Text(self.string()?),
            b'{' => return self.object(key, name, parent, depth.checked_sub(1)?),
            b'[' => return self.list(key, name, parent, depth.checked_sub(1)?),
            b't' => self.word("true", Val::Bool(true))?,
            b'f' => self.word("false", Val::Bool(false))?,
            b'n' => self.word("null", Val::Null)?,
            b'-' | b'0'..=b'9' => self.number()?,
            _ => return None,
        };
        self.push(key, name, parent, val);
        Some(())
    }

    fn object(&mut self, key: &'a str, name: Option<Name>, parent: u32, depth: u32) -> Option<()> {
        let at = self.push(key, name, parent, Val::Object);
        self.at += 1;
        self.space();
        let (mut seen, mut unnamed) = (0u128, 0u32);
        // What the next key is guessed from: the one before it, or the object's own.
        let mut before = FIRST_KEYS + name.map_or(FIRST_KEYS - 1, |name| name as usize);
        if self.peek()? == b'}' {
            self.at += 1;
        } else {
            loop {
                if self.peek()? != b'"' {
                    return None;
                }
                let start = self.at + 1;
                let key = self.string()?;
                // A key with escapes was copied; its text in place is not its text.
                let plain = self.at == start + key.len() + 1;
                let name = match self.text.as_bytes().get(start..) {
                    Some(rest) if plain => {
                        let guess = &mut self.guesses.0[before];
                        let name = Name::at_start(rest, key, *guess);
                        if name.is_some() {
                            *guess = name;
                        }
                        name
                    }
                    _ => Name::of(key),
                };
                before = name.map_or(FIRST_KEYS - 1, |name| name as usize);
                match name {
                    Some(name) if seen & name.bit() != 0 => {
                        let again = self.tape.nodes.len() as u32;
                        self.tape.duplicates.push(again);
                    }
                    Some(name) => seen |= name.bit(),
                    None => unnamed += 1,
                }
                self.space();
                if self.peek()? != b':' {
                    return None;
                }
                self.at += 1;
                self.space();
                self.value(key, name, at, depth)?;
                self.space();
                let byte = self.peek()?;
                self.at += 1;
                match byte {
                    b',' => self.space(),
                    b'}' => break,
                    _ => return None,
                }
            }
        }
        self.close(at);
        if unnamed > 1 {
            self.tape.find_unnamed_duplicates(at);
        }
        Some(())
    }

    fn list(&mut self, key: &'a str, name: Option<Name>, parent: u32, depth: u32) -> Option<()> {
        let at = self.push(key, name, parent, Val::List);
        self.at += 1;
        self.space();
        if self.peek()? == b']' {
            self.at += 1;
        } else {
            loop {
                self.value("", None, at, depth)?;
                self.space();
                let byte = self.peek()?;
                self.at += 1;
                match byte {
                    b',' => self.space(),
                    b']' => break,
                    _ => return None,
                }
            }
        }
        self.close(at);
        Some(())
    }

    #[inline]
    fn close(&mut self, at: u32) {
        self.tape.nodes[at as usize].end = self.tape.nodes.len() as u32;
    }

    #[inline]
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

    /// A string with escapes, the first at `at`.
    fn escaped(&mut self, start: usize, mut at: usize) -> Option<&'a str> {
        let bytes = self.text.as_bytes();
        let mut only_slashes = true;
        while bytes[at] != b'"' {
            if bytes[at] != b'\\' {
                return None;
            }
            only_slashes &= *bytes.get(at + 1)? == b'/';
            at = special(bytes, at + 2)?;
        }
        self.at = at + 1;
        let inner = self.text.get(start..at)?;
        if !only_slashes {
            let literal = self.text.get(start - 1..at + 1)?;
            let text: String = serde_json::from_str(literal).ok()?;
            return Some(self.arena.alloc_str(&text));
        }
        // As PHP writes every URL.
        let mut text = bumpalo::collections::String::with_capacity_in(inner.len(), self.arena);
        let mut rest = inner;
        while let Some(slash) = memchr::memchr(b'\\', rest.as_bytes()) {
            text.push_str(&rest[..slash]);
            rest = &rest[slash + 1..];
        }
        text.push_str(rest);
        Some(text.into_bump_str())
    }

    fn word(&mut self, word: &str, val: Val<'a>) -> Option<Val<'a>> {
        self.text.as_bytes()[self.at..]
            .starts_with(word.as_bytes())
            .then(|| {
                self.at += word.len();
                val
            })
    }

    #[inline]
    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }

    fn number(&mut self) -> Option<Val<'a>> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let leading_zero = self.peek() == Some(b'0');
        let whole = self.digits();
        if whole == 0 || (leading_zero && whole > 1) {
            return None;
        }
        let mut fractional = false;
        if self.peek() == Some(b'.') {
            fractional = true;
            self.at += 1;
            if self.digits() == 0 {
                return None;
            }
        }
        // Exponents, minus zero and numbers beyond 64 bits are left to the general parser.
        if matches!(self.peek(), Some(b'e' | b'E')) || whole > 18 {
            return None;
        }
        let text = &self.text[start..self.at];
        if fractional {
            return Some(Val::Float(
                short_decimal(text).or_else(|| text.parse().ok())?,
            ));
        }
        text.parse()
            .ok()
            .filter(|&int| int != 0 || text == "0")
            .map(Val::Int)
    }
}

/// A decimal of at most fifteen digits: both numbers of the division are exact, so its result is
/// the nearest to the decimal, as the standard library's much longer way finds it.
#[inline]
fn short_decimal(text: &str) -> Option<f64> {
    const TENS: [f64; 16] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ];
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.len() > 16 {
        return None;
    }
    let (whole, fraction) = digits.split_once('.')?;
    let sum = |start: u64, part: &str| {
        part.bytes()
            .fold(start, |sum, digit| sum * 10 + u64::from(digit - b'0'))
    };
    let value = sum(sum(0, whole), fraction) as f64 / TENS[fraction.len()];
    Some(if digits.len() < text.len() {
        -value
    } else {
        value
    })
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
            r#"{"em":1,"em":2,"q":1,"q":2}"#,
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
            if let Some(value) = short_decimal(&text) {
                prop_assert_eq!(value.to_bits(), text.parse::<f64>().unwrap().to_bits());
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
