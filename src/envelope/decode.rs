//! The codings in which a payload lies inside other text, each with its way back.
//!
//! The way back touches as little as the way in allows: where characters are coded one by one, only
//! those that changed are written anew, in the manner of their neighbours.

use std::io::{Read, Write};
use std::ops::Range;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// How a text was put into the text around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// As the inside of a JSON string.
    JsonString,
    /// Percent-encoded, as a field of a form or a query.
    Form,
    /// Percent-encoded.
    Percent,
    /// `\x22`, as access logs escape.
    HexEscapes,
    /// `&quot;`.
    Entities,
    /// `""`, as a cell of a CSV file.
    CsvCell,
    /// As a value in the text of a copied table: `\\`, `\n`.
    CopiedText,
    /// As the inside of a string that a program printed: `\\`, `\'`, `\x1b`.
    PrintedText,
    /// The same of bytes: `\xc3\xbc`.
    PrintedBytes,
    /// `''`, as a string in a statement of SQL.
    SqlString,
    /// `'\''`, as a string of a shell in single quotes.
    ShellString,
    /// Two hex digits for each byte.
    Hex,
    /// Base64.
    Base64,
    /// Base64 of gzip.
    GzipBase64,
    /// As it is, inside a longer text.
    Plain,
    /// The notation of a programming language.
    Repr,
    /// JSON that spells out the types of its values.
    Typed,
    /// What an SDK keeps in memory.
    Dump,
    /// A list of bytes.
    Bytes,
    /// Pieces that stand in several records.
    Joined,
    /// A row whose keys are in capitals.
    Capitals,
    /// A row whose keys are strung together with dots.
    StrungTogether,
}

impl Codec {
    /// In words, for reports; a step that is none is left out.
    pub const fn words(self) -> &'static [&'static str] {
        match self {
            Codec::JsonString => &["json string"],
            Codec::Form => &["form body"],
            Codec::Percent => &["percent"],
            Codec::HexEscapes => &["\\x escapes"],
            Codec::Entities => &["html entities"],
            Codec::CsvCell => &["csv cell"],
            Codec::CopiedText => &["copied table"],
            Codec::PrintedText => &["printed string"],
            Codec::PrintedBytes => &["printed bytes"],
            Codec::SqlString => &["sql string"],
            Codec::ShellString => &["shell string"],
            Codec::Hex => &["hex"],
            Codec::Base64 => &["base64"],
            Codec::GzipBase64 => &["base64", "gzip"],
            Codec::Plain => &[],
            Codec::Repr => &["printed object"],
            Codec::Typed => &["typed json"],
            Codec::Dump => &["sdk object"],
            Codec::Bytes => &["byte list"],
            Codec::Joined => &["joined pieces"],
            Codec::Capitals => &["keys in capitals"],
            Codec::StrungTogether => &["keys with dots"],
        }
    }

    /// Why a changed text cannot be put back, if it cannot.
    pub const fn why_not_written(self) -> Option<&'static str> {
        match self {
            Codec::Repr => Some("the payload is printed in the notation of a programming language"),
            Codec::Typed => Some("the payload spells out the types of its values"),
            Codec::Dump => Some("the payload is what an SDK keeps in memory, not what it sends"),
            Codec::Bytes => Some("the payload is a list of bytes"),
            Codec::Joined => Some("the payload is cut into pieces that stand in several records"),
            Codec::Capitals => Some("the payload is a row whose keys are in capitals"),
            Codec::StrungTogether => Some("the payload is a row whose keys are joined with dots"),
            _ => None,
        }
    }
}

/// The most that one packed string may unpack to.
const MAX_UNPACKED: u64 = 64 << 20;

/// The text in `raw`. `None` when there is none: bytes that are no UTF-8, a broken escape.
pub fn decode(codec: Codec, raw: &str) -> Option<String> {
    match codec {
        Codec::Hex => String::from_utf8(bytes_of_hex(raw)?).ok(),
        Codec::Base64 => String::from_utf8(Base64::of(raw)?.decode(raw)?).ok(),
        Codec::GzipBase64 => {
            let packed = Base64::of(raw)?.decode(raw)?;
            if !packed.starts_with(&[0x1f, 0x8b]) {
                return None;
            }
            let mut bytes = Vec::new();
            let read = flate2::read::MultiGzDecoder::new(&packed[..])
                .take(MAX_UNPACKED + 1)
                .read_to_end(&mut bytes)
                .ok()?;
            (read as u64 <= MAX_UNPACKED).then_some(())?;
            String::from_utf8(bytes).ok()
        }
        Codec::Plain => Some(raw.to_owned()),
        _ => {
            let mut bytes = Vec::with_capacity(raw.len());
            for unit in Units::new(codec, raw) {
                bytes.extend_from_slice(&unit.bytes[..unit.length]);
            }
            String::from_utf8(bytes).ok()
        }
    }
}

/// `raw` with `old`, the text in it, replaced by `new`. `None` when that cannot be written in such
/// a way that it reads as `new`.
pub fn encode(codec: Codec, raw: &str, old: &str, new: &str) -> Option<String> {
    if codec.why_not_written().is_some() {
        return None;
    }
    if old == new {
        return Some(raw.to_owned());
    }
    let written = match codec {
        Codec::Hex => {
            let digit = |byte: u8| match raw.bytes().any(|b| b.is_ascii_uppercase()) {
                true => format!("{byte:02X}"),
                false => format!("{byte:02x}"),
            };
            let hex = |text: &str| text.bytes().map(digit).collect::<String>();
            (hex(old) == raw).then(|| hex(new))?
        }
        Codec::Base64 => {
            let base64 = Base64::of(raw)?;
            (base64.encode(old.as_bytes()) == raw).then(|| base64.encode(new.as_bytes()))?
        }
        Codec::GzipBase64 => {
            let base64 = Base64::of(raw)?;
            (base64.encode(&base64.decode(raw)?) == raw).then_some(())?;
            let mut packer =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            packer.write_all(new.as_bytes()).ok()?;
            base64.encode(&packer.finish().ok()?)
        }
        Codec::Plain => new.to_owned(),
        _ => rewrite(codec, raw, old, new)?,
    };
    (decode(codec, &written).as_deref() == Some(new)).then_some(written)
}

/// Writes the hunks that differ, and keeps the bytes of all others.
fn rewrite(codec: Codec, raw: &str, old: &str, new: &str) -> Option<String> {
    let style = Style::of(codec, raw);
    // Where each byte of the text begins in `raw`.
    let mut starts: Vec<u32> = Vec::with_capacity(old.len() + 1);
    for unit in Units::new(codec, raw) {
        starts.extend(std::iter::repeat_n(unit.at.start as u32, unit.length));
    }
    starts.push(raw.len() as u32);
    if starts.len() != old.len() + 1 {
        return None;
    }
    let mut out = String::with_capacity(raw.len() + 64);
    for (old_range, new_range) in hunks(old, new) {
        match new_range {
            None => out.push_str(
                raw.get(starts[old_range.start] as usize..starts[old_range.end] as usize)?,
            ),
            Some(range) => style.write(&new[range], &mut out),
        }
    }
    Some(out)
}

/// The text in pieces that stay, and in pieces with what takes their place.
fn hunks(old: &str, new: &str) -> Vec<(Range<usize>, Option<Range<usize>>)> {
    fn tokens(text: &str) -> Vec<&str> {
        const ENDS: [char; 13] = [
            ',', '{', '}', '[', ']', ':', ' ', '\n', '/', '?', '&', '=', '#',
        ];
        text.split_inclusive(ENDS).collect()
    }
    let (old, new) = (tokens(old), tokens(new));
    let ends = |tokens: &[&str]| -> Vec<usize> {
        let mut end = 0;
        std::iter::once(0)
            .chain(tokens.iter().map(|token| {
                end += token.len();
                end
            }))
            .collect()
    };
    let (old_at, new_at) = (ends(&old), ends(&new));
    similar::capture_diff_slices(similar::Algorithm::Myers, &old, &new)
        .into_iter()
        .map(|op| {
            let (o, n) = (op.old_range(), op.new_range());
            let old_range = old_at[o.start]..old_at[o.end];
            let new_range = new_at[n.start]..new_at[n.end];
            match op.tag() {
                similar::DiffTag::Equal => (old_range, None),
                _ => (old_range, Some(new_range)),
            }
        })
        .collect()
}

/// One character of the text around, or several that stand for one.
struct Unit {
    at: Range<usize>,
    bytes: [u8; 4],
    length: usize,
}

struct Units<'r> {
    codec: Codec,
    raw: &'r str,
    at: usize,
}

impl<'r> Units<'r> {
    fn new(codec: Codec, raw: &'r str) -> Units<'r> {
        Units { codec, raw, at: 0 }
    }

    fn unit(&mut self, length: usize, c: char) -> Option<Unit> {
        let mut bytes = [0; 4];
        let size = c.encode_utf8(&mut bytes).len();
        let at = self.at..self.at + length;
        self.at += length;
        Some(Unit {
            at,
            bytes,
            length: size,
        })
    }

    fn byte(&mut self, length: usize, byte: u8) -> Option<Unit> {
        let at = self.at..self.at + length;
        self.at += length;
        Some(Unit {
            at,
            bytes: [byte, 0, 0, 0],
            length: 1,
        })
    }
}

fn bytes_of_hex(raw: &str) -> Option<Vec<u8>> {
    let byte = |pair: &[u8]| hex(pair).filter(|_| pair.len() == 2).map(|byte| byte as u8);
    raw.as_bytes().chunks(2).map(byte).collect()
}

fn hex(bytes: &[u8]) -> Option<u32> {
    bytes
        .iter()
        .all(u8::is_ascii_hexdigit)
        .then(|| std::str::from_utf8(bytes).ok())
        .flatten()
        .and_then(|text| u32::from_str_radix(text, 16).ok())
}

impl Iterator for Units<'_> {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        let rest = self.raw.get(self.at..)?;
        let bytes = rest.as_bytes();
        let first = rest.chars().next()?;
        match (self.codec, first) {
            (Codec::Form, '+') => self.unit(1, ' '),
            (Codec::Form | Codec::Percent, '%') => match bytes.get(1..3).and_then(hex) {
                Some(byte) => self.byte(3, byte as u8),
                None => self.unit(1, first),
            },
            (Codec::HexEscapes, '\\') => match bytes.get(1) {
                Some(b'x') => match bytes.get(2..4).and_then(hex) {
                    Some(byte) => self.byte(4, byte as u8),
                    None => self.unit(1, first),
                },
                // `\\` and `\"` of other servers.
                Some(b'\\') => self.unit(2, '\\'),
                Some(b'"') => self.unit(2, '"'),
                _ => self.unit(1, first),
            },
            (Codec::CsvCell, '"') if bytes.get(1) == Some(&b'"') => self.unit(2, '"'),
            (Codec::SqlString, '\'') if bytes.get(1) == Some(&b'\'') => self.unit(2, '\''),
            (Codec::ShellString, '\'') if bytes.starts_with(b"'\\''") => self.unit(4, '\''),
            (Codec::CopiedText | Codec::PrintedText | Codec::PrintedBytes, '\\') => {
                let simple = match (bytes.get(1), self.codec) {
                    (Some(b'n'), _) => '\n',
                    (Some(b't'), _) => '\t',
                    (Some(b'r'), _) => '\r',
                    (Some(b'b'), Codec::CopiedText) => '\u{8}',
                    (Some(b'f'), Codec::CopiedText) => '\u{c}',
                    (Some(b'v'), Codec::CopiedText) => '\u{b}',
                    (Some(b'x'), Codec::PrintedBytes) => {
                        return match bytes.get(2..4).and_then(hex) {
                            Some(byte) => self.byte(4, byte as u8),
                            None => self.unit(1, first),
                        };
                    }
                    (Some(mark @ (b'x' | b'u' | b'U')), Codec::PrintedText) => {
                        let length = match mark {
                            b'x' => 4,
                            b'u' => 6,
                            _ => 10,
                        };
                        let code = bytes.get(2..length).and_then(hex);
                        return match code.and_then(char::from_u32) {
                            Some(c) => self.unit(length, c),
                            None => self.unit(1, first),
                        };
                    }
                    (Some(&other @ (b'\\' | b'\'' | b'"')), _) => other as char,
                    _ => return self.unit(1, first),
                };
                self.unit(2, simple)
            }
            (Codec::Entities, '&') => match entity(rest) {
                Some((length, c)) => self.unit(length, c),
                None => self.unit(1, first),
            },
            (Codec::JsonString, '\\') => {
                let simple = match bytes.get(1) {
                    Some(b'n') => '\n',
                    Some(b't') => '\t',
                    Some(b'r') => '\r',
                    Some(b'b') => '\u{8}',
                    Some(b'f') => '\u{c}',
                    Some(b'u') => {
                        let Some(unit) = bytes.get(2..6).and_then(hex) else {
                            return self.unit(1, first);
                        };
                        let low = (bytes.get(6..8) == Some(b"\\u"))
                            .then(|| bytes.get(8..12).and_then(hex))
                            .flatten()
                            .filter(|low| (0xDC00..0xE000).contains(low));
                        return match (unit, low) {
                            (0xD800..0xDC00, Some(low)) => {
                                let code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                                self.unit(12, char::from_u32(code).unwrap_or('\u{FFFD}'))
                            }
                            _ => self.unit(6, char::from_u32(unit).unwrap_or('\u{FFFD}')),
                        };
                    }
                    Some(other) if other.is_ascii() => *other as char,
                    _ => return self.unit(1, first),
                };
                self.unit(2, simple)
            }
            _ => self.unit(first.len_utf8(), first),
        }
    }
}

fn entity(text: &str) -> Option<(usize, char)> {
    let end = text.as_bytes().iter().take(10).position(|&b| b == b';')?;
    let c = match &text[1..end] {
        "quot" => '"',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        number => {
            let code = match number.strip_prefix('#')? {
                digits if digits.starts_with(['x', 'X']) => hex(&digits.as_bytes()[1..])?,
                digits => digits.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((end + 1, c))
}

/// In which of many allowed ways a text is coded.
struct Style<'r> {
    codec: Codec,
    raw: &'r str,
    /// Hex digits above nine are written small.
    small: bool,
    /// `/` is escaped.
    slash: bool,
    /// `'` is escaped, as in a string of SQL.
    apostrophe: bool,
    /// What is not ASCII is escaped.
    ascii: bool,
    /// `<`, `>` and `&` are escaped.
    html: bool,
    /// A space is a `+`.
    plus: bool,
    quote: &'r str,
}

impl<'r> Style<'r> {
    fn of(codec: Codec, raw: &'r str) -> Style<'r> {
        let mark = match codec {
            Codec::Form | Codec::Percent => "%",
            Codec::HexEscapes => "\\x",
            _ => "\\u",
        };
        let (mut small, mut large, mut escaped, mut bare) = (false, false, false, false);
        for (at, _) in raw.match_indices(mark) {
            let digits = raw.as_bytes()[at + mark.len()..].iter().take(match codec {
                Codec::JsonString => 4,
                _ => 2,
            });
            for digit in digits {
                small |= matches!(digit, b'a'..=b'f');
                large |= matches!(digit, b'A'..=b'F');
            }
            if codec == Codec::JsonString {
                let code = raw.as_bytes().get(at + 2..at + 6).and_then(hex);
                escaped |= code.is_some_and(|code| code >= 0x80);
            }
        }
        bare |= !raw.is_ascii();
        let quotes: &[&str] = match codec {
            Codec::Entities => &["&quot;", "&#34;", "&#x22;", "&#034;"],
            Codec::JsonString => &["\\\"", "\\u0022"],
            _ => &["\""],
        };
        let quote = quotes
            .iter()
            .copied()
            .find(|quote| raw.contains(quote))
            .unwrap_or(quotes[0]);
        Style {
            codec,
            raw,
            small: match codec {
                // Most writers of JSON use small digits, most of the others large ones.
                Codec::JsonString => !large || small,
                Codec::PrintedText | Codec::PrintedBytes => true,
                _ => small && !large,
            },
            slash: codec == Codec::JsonString && raw.contains("\\/"),
            apostrophe: codec == Codec::JsonString && raw.contains("\\'"),
            ascii: escaped && !bare,
            html: raw.contains("\\u003c") || raw.contains("\\u0026") || raw.contains("\\u003C"),
            plus: !raw.contains("%20"),
            quote,
        }
    }

    fn hex(&self, mark: &str, code: u32, width: usize, out: &mut String) {
        let digits = if self.small {
            format!("{code:0width$x}")
        } else {
            format!("{code:0width$X}")
        };
        out.push_str(mark);
        out.push_str(&digits);
    }

    fn write(&self, text: &str, out: &mut String) {
        for c in text.chars() {
            self.write_char(c, out);
        }
    }

    fn write_char(&self, c: char, out: &mut String) {
        let mut buffer = [0; 4];
        match (self.codec, c) {
            (Codec::CsvCell, '"') => out.push_str("\"\""),
            (Codec::SqlString, '\'') => out.push_str("''"),
            (Codec::ShellString, '\'') => out.push_str("'\\''"),
            (Codec::CopiedText | Codec::PrintedText | Codec::PrintedBytes, '\\') => {
                out.push_str("\\\\");
            }
            (Codec::CopiedText | Codec::PrintedText | Codec::PrintedBytes, '\n') => {
                out.push_str("\\n");
            }
            (Codec::CopiedText | Codec::PrintedText | Codec::PrintedBytes, '\r') => {
                out.push_str("\\r");
            }
            (Codec::CopiedText | Codec::PrintedText | Codec::PrintedBytes, '\t') => {
                out.push_str("\\t");
            }
            (Codec::PrintedText | Codec::PrintedBytes, '\'') => out.push_str("\\'"),
            (Codec::PrintedBytes, c) if !c.is_ascii() || c.is_control() => {
                for byte in c.encode_utf8(&mut buffer).bytes() {
                    self.hex("\\x", u32::from(byte), 2, out);
                }
            }
            (Codec::PrintedText, c) if c.is_ascii_control() => {
                self.hex("\\x", u32::from(c), 2, out);
            }
            (Codec::Entities, '"') => out.push_str(self.quote),
            (Codec::Entities, '&') => out.push_str("&amp;"),
            (Codec::Entities, '<') => out.push_str("&lt;"),
            (Codec::Entities, '>') => out.push_str("&gt;"),
            (Codec::Form, ' ') if self.plus => out.push('+'),
            (Codec::Form | Codec::Percent, c) => {
                let bare = c.is_ascii_alphanumeric()
                    || matches!(c, '-' | '_' | '.' | '~')
                    || (c.is_ascii_graphic()
                        && !matches!(c, '%' | '&' | '+' | '#' | '=' | '\\')
                        && self.raw.contains(c));
                if bare {
                    out.push(c);
                    return;
                }
                for byte in c.encode_utf8(&mut buffer).bytes() {
                    self.hex("%", u32::from(byte), 2, out);
                }
            }
            (Codec::HexEscapes, '"' | '\\') => self.hex("\\x", c as u32, 2, out),
            (Codec::HexEscapes, c) if c.is_control() || !c.is_ascii() => {
                for byte in c.encode_utf8(&mut buffer).bytes() {
                    self.hex("\\x", u32::from(byte), 2, out);
                }
            }
            (Codec::JsonString, '"') => out.push_str(self.quote),
            (Codec::JsonString, '\\') => out.push_str("\\\\"),
            (Codec::JsonString, '\n') => out.push_str("\\n"),
            (Codec::JsonString, '\r') => out.push_str("\\r"),
            (Codec::JsonString, '\t') => out.push_str("\\t"),
            (Codec::JsonString, '/') if self.slash => out.push_str("\\/"),
            (Codec::JsonString, '\'') if self.apostrophe => out.push_str("\\'"),
            (Codec::JsonString, c)
                if c.is_control()
                    || (self.ascii && !c.is_ascii())
                    || (self.html && matches!(c, '<' | '>' | '&')) =>
            {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    self.hex("\\u", u32::from(*unit), 4, out);
                }
            }
            (_, c) => out.push(c),
        }
    }
}

/// One of the ways to write base64.
struct Base64 {
    url: bool,
    padded: bool,
}

impl Base64 {
    fn of(raw: &str) -> Option<Base64> {
        let padded = raw.ends_with('=') || raw.len().is_multiple_of(4);
        // Where no digit tells the alphabets apart, who leaves out the padding writes for URLs as
        // a rule; with it the usual alphabet is the one that most readers take.
        (!raw.is_empty() && raw.is_ascii()).then(|| Base64 {
            url: raw.contains(['-', '_']) || (!padded && !raw.contains(['+', '/'])),
            padded,
        })
    }

    fn engine(&self) -> GeneralPurpose {
        let alphabet = if self.url {
            &alphabet::URL_SAFE
        } else {
            &alphabet::STANDARD
        };
        let config = GeneralPurposeConfig::new()
            .with_encode_padding(self.padded)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent);
        GeneralPurpose::new(alphabet, config)
    }

    fn decode(&self, raw: &str) -> Option<Vec<u8>> {
        self.engine().decode(raw).ok()
    }

    fn encode(&self, bytes: &[u8]) -> String {
        self.engine().encode(bytes)
    }
}

/// Shorter base64 holds no event.
const SHORTEST_BASE64: usize = 40;

/// The digits of a text that begins as stores write bytes in hex, `\\x7b22…` or `0x7B22…`, when they
/// are those of an object or a list; half a byte at the end is left out.
pub fn hex_digits(text: &str) -> Option<&str> {
    let digits = text
        .strip_prefix("\\x")
        .or_else(|| text.strip_prefix("0x"))?;
    let is_begin = matches!(
        digits.as_bytes(),
        [b'7', b'b' | b'B', ..] | [b'5', b'b' | b'B', ..]
    );
    let length = digits.bytes().take_while(u8::is_ascii_hexdigit).count();
    (is_begin && length >= SHORTEST_BASE64).then(|| &digits[..length - length % 2])
}

/// How base64 begins whose content begins as JSON, a form body or gzip does.
const BEGINNINGS: [&str; 18] = [
    "eyJ", "eyA", "ewo", "ew0", "ewk", "eyd", "W3s", "W3si", "Wyc", "WyI", "WyB", "Wwo", "Ww0",
    "Wwk", "W1x", "H4sI", "ZGF0YT", "JTV",
];

/// Whether a text may be base64 of a payload.
pub fn looks_base64(text: &str) -> bool {
    text.len() >= SHORTEST_BASE64
        && (BEGINNINGS.iter().any(|begin| text.starts_with(begin)) || text.starts_with("JTd"))
        && text
            .trim_end()
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_' | b'='))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        r#"{"event_name":"Käufe","url":"https://shop.example/?a=1&b=2 3","n":249.00}"#;

    fn there_and_back(codec: Codec, raw: &str, text: &str) {
        assert_eq!(decode(codec, raw).as_deref(), Some(text), "{codec:?}");
        assert_eq!(encode(codec, raw, text, text).as_deref(), Some(raw));
        let new = text.replace("249.00", "\"2/4 ü\"");
        let written = encode(codec, raw, text, &new).unwrap_or_else(|| panic!("{codec:?}"));
        assert_eq!(decode(codec, &written).as_deref(), Some(new.as_str()));
        let back = encode(codec, &written, &new, text).unwrap();
        if codec != Codec::GzipBase64 {
            assert_eq!(back, raw, "{codec:?}");
        }
    }

    #[test]
    fn every_coding_has_its_way_back() {
        use base64::prelude::*;
        let json = serde_json::to_string(TEXT).unwrap();
        there_and_back(Codec::JsonString, &json[1..json.len() - 1], TEXT);
        let php = json[1..json.len() - 1]
            .replace('/', "\\/")
            .replace('ä', "\\u00e4");
        there_and_back(Codec::JsonString, &php, TEXT);
        let sql = json[1..json.len() - 1].replace(' ', "\\'");
        there_and_back(Codec::JsonString, &sql, &TEXT.replace(' ', "'"));
        let of_sql = decode(Codec::JsonString, &sql).unwrap();
        let new = of_sql.replace("3\"", "\"");
        let written = encode(Codec::JsonString, &sql, &of_sql, &new).unwrap();
        assert_eq!(written, sql.replace("3\\\"", "\\\""));
        let percent: String = TEXT
            .bytes()
            .map(|b| match b {
                b if b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.') => {
                    (b as char).to_string()
                }
                b => format!("%{b:02X}"),
            })
            .collect();
        there_and_back(Codec::Percent, &percent, TEXT);
        there_and_back(Codec::Form, &percent, TEXT);
        there_and_back(
            Codec::Form,
            &percent
                .replace("%20", "+")
                .to_lowercase()
                .replace("k%c3", "K%c3"),
            TEXT,
        );
        let hexed: String = TEXT
            .bytes()
            .map(|b| match b {
                b'"' | 0x80.. => format!("\\x{b:02X}"),
                b => (b as char).to_string(),
            })
            .collect();
        there_and_back(Codec::HexEscapes, &hexed, TEXT);
        let html = TEXT.replace('&', "&amp;").replace('"', "&#34;");
        there_and_back(Codec::Entities, &html, TEXT);
        there_and_back(Codec::CsvCell, &TEXT.replace('"', "\"\""), TEXT);
        there_and_back(
            Codec::CopiedText,
            &TEXT.replace(' ', "\\t"),
            &TEXT.replace(' ', "\t"),
        );
        there_and_back(
            Codec::PrintedText,
            &TEXT.replace(' ', "\\'\\\\"),
            &TEXT.replace(' ', "'\\"),
        );
        there_and_back(
            Codec::PrintedBytes,
            &TEXT.replace(' ', "\\'").replace('ä', "\\xc3\\xa4"),
            &TEXT.replace(' ', "'"),
        );
        there_and_back(
            Codec::SqlString,
            &TEXT.replace(' ', "''"),
            &TEXT.replace(' ', "'"),
        );
        there_and_back(
            Codec::ShellString,
            &TEXT.replace(' ', "'\\''"),
            &TEXT.replace(' ', "'"),
        );
        let hexed: String = TEXT.bytes().map(|byte| format!("{byte:02x}")).collect();
        there_and_back(Codec::Hex, &hexed, TEXT);
        there_and_back(Codec::Hex, &hexed.to_uppercase(), TEXT);
        there_and_back(Codec::Base64, &BASE64_STANDARD.encode(TEXT), TEXT);
        there_and_back(Codec::Base64, &BASE64_URL_SAFE_NO_PAD.encode(TEXT), TEXT);
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(TEXT.as_bytes()).unwrap();
        let packed = BASE64_STANDARD.encode(packer.finish().unwrap());
        there_and_back(Codec::GzipBase64, &packed, TEXT);
    }

    #[test]
    fn untouched_characters_keep_their_spelling() {
        let raw = r#"{\"a\":\"\u002f \/ /\",\"b\":1}"#;
        let old = decode(Codec::JsonString, raw).unwrap();
        let new = old.replace(":1", ":\"x/\"");
        assert_eq!(
            encode(Codec::JsonString, raw, &old, &new).unwrap(),
            r#"{\"a\":\"\u002f \/ /\",\"b\":\"x\/\"}"#
        );
    }

    #[test]
    fn the_alphabet_of_base64_is_kept() {
        use base64::prelude::*;
        // Neither of them has a digit by which the alphabets differ; the new text has.
        for (old, new) in [
            ("{\"a\":1111}", "{\"a\":\"~~?\"}"),
            ("{\"a\":11}", "{\"a\":\"~~?\"}"),
        ] {
            let bare = BASE64_URL_SAFE_NO_PAD.encode(old);
            assert!(!bare.contains(['+', '/', '-', '_']));
            let written = encode(Codec::Base64, &bare, old, new).unwrap();
            match bare.len() % 4 {
                0 => assert_eq!(written, BASE64_STANDARD.encode(new)),
                _ => assert_eq!(written, BASE64_URL_SAFE_NO_PAD.encode(new)),
            }
        }
    }

    #[test]
    fn what_has_no_way_back_is_refused() {
        assert_eq!(encode(Codec::Repr, "x", "x", "y"), None);
        assert_eq!(decode(Codec::Percent, "%ff%fe"), None);
        assert_eq!(decode(Codec::GzipBase64, "H4sIAAAAAAAAA"), None);
    }
}
