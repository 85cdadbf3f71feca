//! Reads objects as programming languages print them (Python's `repr`, Ruby's `inspect`, Node's
//! `util.inspect`, JavaScript literals) and writes them as JSON.

use crate::fix::quote;

/// An object that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    pub json: String,
    /// One past its last byte.
    pub end: usize,
}

/// Why none was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The printer left something out.
    Elided,
    /// It is no such object.
    Other,
}

const MAX_DEPTH: usize = 64;

/// Reads the object or list at the start of a text.
pub fn read(text: &str) -> Result<Printed, Unread> {
    let mut reader = Reader {
        text,
        at: 0,
        out: String::with_capacity(text.len()),
    };
    reader.value(0)?;
    if !reader.out.starts_with(['{', '[']) {
        return Err(Unread::Other);
    }
    Ok(Printed {
        json: reader.out,
        end: reader.at,
    })
}

/// One past the bracket that ends the object at the start of a text, whatever stands in it.
pub fn extent(text: &str) -> Option<usize> {
    let (mut depth, mut quote, mut is_escaped) = (0usize, None, false);
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            _ if is_escaped => is_escaped = false,
            (Some(_), b'\\') => is_escaped = true,
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'\'' | b'"' | b'`') => quote = Some(byte),
            (None, b'{' | b'[' | b'(') => depth += 1,
            (None, b'}' | b']' | b')') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    out: String,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn fail<T>(&self) -> Result<T, Unread> {
        let rest = self.rest();
        let elided = rest.starts_with("...")
            || rest.starts_with("[Object")
            || rest.starts_with("[Array")
            || rest.starts_with("[Circular");
        Err(if elided {
            Unread::Elided
        } else {
            Unread::Other
        })
    }

    fn value(&mut self, depth: usize) -> Result<(), Unread> {
        if depth > MAX_DEPTH {
            return Err(Unread::Other);
        }
        self.space();
        for word in ["[Object", "[Array]", "[Circular", "..."] {
            if self.rest().starts_with(word) {
                return Err(Unread::Elided);
            }
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(b']', depth),
            Some(b'(') => self.list(b')', depth),
            Some(b'\'' | b'"' | b'`') => {
                let text = self.string()?;
                self.out.push_str(&quote(&text));
                Ok(())
            }
            Some(b':') => {
                self.at += 1;
                match self.peek() {
                    Some(b'"') => {
                        let text = self.string()?;
                        self.out.push_str(&quote(&text));
                    }
                    _ => {
                        let word = self.word();
                        if word.is_empty() {
                            return self.fail();
                        }
                        self.out.push_str(&quote(word));
                    }
                }
                Ok(())
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'_') => self.named(depth),
            _ => self.fail(),
        }
    }

    fn word(&mut self) -> &'t str {
        let rest = self.rest();
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.')))
            .unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// A word: a constant, a prefix of a string, or a call around a value.
    fn named(&mut self, depth: usize) -> Result<(), Unread> {
        let start = self.at;
        let word = self.word();
        match word {
            "True" | "true" => self.out.push_str("true"),
            "False" | "false" => self.out.push_str("false"),
            "None" | "nil" | "null" | "undefined" => self.out.push_str("null"),
            "u" | "b" | "r" if matches!(self.peek(), Some(b'\'' | b'"')) => {
                let text = self.string()?;
                self.out.push_str(&quote(&text));
            }
            "Decimal" | "UUID" | "ObjectId" | "Money" if self.eat("(") => {
                self.value(depth + 1)?;
                self.space();
                if !self.eat(")") {
                    return self.fail();
                }
            }
            _ => {
                self.at = start;
                return self.fail();
            }
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), Unread> {
        let rest = self.rest();
        let end = rest
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E' | '_')))
            .unwrap_or(rest.len());
        let digits = rest[..end].replace('_', "");
        // What JSON takes for a number.
        if serde_json::from_str::<serde_json::Number>(&digits).is_err() {
            return self.fail();
        }
        self.at += end;
        self.out.push_str(&digits);
        Ok(())
    }

    fn string(&mut self) -> Result<String, Unread> {
        let quote = self.peek().map_or('"', char::from);
        self.at += 1;
        let mut out = String::new();
        let mut chars = self.rest().char_indices();
        let hex = |text: &str, at: usize, digits: usize| {
            text.get(at..at + digits)
                .and_then(|hex| u32::from_str_radix(hex, 16).ok())
                .and_then(char::from_u32)
        };
        while let Some((at, c)) = chars.next() {
            if c == quote {
                self.at += at + 1;
                return Ok(out);
            }
            if c != '\\' {
                out.push(c);
                continue;
            }
            let Some((at, c)) = chars.next() else { break };
            let digits = match c {
                'n' => {
                    out.push('\n');
                    0
                }
                't' => {
                    out.push('\t');
                    0
                }
                'r' => {
                    out.push('\r');
                    0
                }
                'x' => 2,
                'u' => 4,
                'U' => 8,
                other => {
                    out.push(other);
                    0
                }
            };
            if digits > 0 {
                out.push(hex(self.rest(), at + 1, digits).unwrap_or('\u{FFFD}'));
                for _ in 0..digits {
                    chars.next();
                }
            }
        }
        Err(Unread::Other)
    }

    fn list(&mut self, close: u8, depth: usize) -> Result<(), Unread> {
        self.at += 1;
        self.out.push('[');
        let mut first = true;
        loop {
            self.space();
            if self.peek() == Some(close) {
                self.at += 1;
                self.out.push(']');
                return Ok(());
            }
            if !std::mem::take(&mut first) {
                if !self.eat(",") {
                    return self.fail();
                }
                self.space();
                if self.peek() == Some(close) {
                    continue;
                }
                self.out.push(',');
            }
            self.value(depth + 1)?;
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), Unread> {
        self.at += 1;
        self.out.push('{');
        let mut first = true;
        let mut written = false;
        loop {
            self.space();
            if self.eat("}") {
                self.out.push('}');
                return Ok(());
            }
            if !std::mem::take(&mut first) {
                if !self.eat(",") {
                    return self.fail();
                }
                self.space();
                if self.peek() == Some(b'}') {
                    continue;
                }
            }
            let symbol = self.eat(":");
            let key = match self.peek() {
                Some(b'\'' | b'"') => self.string()?,
                Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$') => match self.word() {
                    "u" | "b" if matches!(self.peek(), Some(b'\'' | b'"')) => self.string()?,
                    word => word.to_owned(),
                },
                _ => return self.fail(),
            };
            self.space();
            if !(self.eat("=>") || (!symbol && self.eat(":"))) {
                return self.fail();
            }
            self.space();
            let rest = self.rest();
            if rest.starts_with("undefined") {
                // What is not set is not sent.
                self.at += "undefined".len();
                continue;
            }
            if written {
                self.out.push(',');
            }
            written = true;
            self.out.push_str(&quote(&key));
            self.out.push(':');
            self.value(depth + 1)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_read() {
        let want = r#"{"event_name":"Lead","n":[1,249.00,null,true],"s":"it's \"x\""}"#;
        for text in [
            r#"{'event_name': 'Lead', 'n': [1, 249.00, None, True], 's': 'it\'s "x"'} tail"#,
            r#"{:event_name=>"Lead", "n"=>[1, 249.00, nil, true], :s=>"it's \"x\""}"#,
            r#"{ event_name: 'Lead', n: [ 1, 249.00, null, true ], s: `it's "x"`, z: undefined }"#,
            r#"{u'event_name': u'Lead', 'n': (1, Decimal(249.00), None, True,), 's': "it's \"x\"",}"#,
        ] {
            let printed = read(text).unwrap_or_else(|why| panic!("{why:?} {text}"));
            assert_eq!(printed.json, want);
            assert!(text[..printed.end].ends_with('}'));
        }
    }

    #[test]
    fn what_was_left_out_is_not_made_up() {
        assert_eq!(
            read("{ data: [ { event_name: 'Lead', user_data: [Object] } ] }"),
            Err(Unread::Elided)
        );
        assert_eq!(
            read("{ data: [ 1, 2, ... 3 more items ] }"),
            Err(Unread::Elided)
        );
        assert_eq!(read("{ event_name: 'Lead'"), Err(Unread::Other));
        assert_eq!(read("{"), Err(Unread::Other));
        let deep = "[".repeat(100_000);
        assert_eq!(read(&deep), Err(Unread::Other));
    }
}
