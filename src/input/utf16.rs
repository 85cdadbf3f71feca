//! UTF-16 text read as UTF-8 and written back, unit for unit.
//!
//! A unit that stands alone in place of a pair becomes the three bytes that UTF-8 would give it if
//! it were allowed to. Those bytes are no UTF-8, so the text that holds them is reported and left
//! alone, and writing turns them into the unit again: nothing is lost.

use std::io::{self, Read, Write};

/// The order of the two bytes of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endian {
    Little,
    Big,
}

/// Reads UTF-16 as UTF-8; the byte order mark stays, as one of UTF-8.
pub(super) struct Reader<R> {
    source: R,
    endian: Endian,
    /// The first half of a pair.
    high: Option<u16>,
    /// A byte whose partner has not come.
    odd: Option<u8>,
    out: Vec<u8>,
    given: usize,
}

impl<R: Read> Reader<R> {
    pub(super) fn new(source: R, endian: Endian) -> Reader<R> {
        Reader {
            source,
            endian,
            high: None,
            odd: None,
            out: Vec::new(),
            given: 0,
        }
    }

    /// Reads and converts some more; `false` at the end.
    fn refill(&mut self) -> io::Result<bool> {
        let mut raw = [0; 8192];
        let mut have = 0;
        if let Some(odd) = self.odd.take() {
            raw[0] = odd;
            have = 1;
        }
        let read = self.source.read(&mut raw[have..])?;
        self.out.clear();
        self.given = 0;
        if read == 0 {
            if have == 1 {
                let what = "the text ends in the middle of a character";
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, what));
            }
            if let Some(high) = self.high.take() {
                push_unit(&mut self.out, high);
            }
            return Ok(!self.out.is_empty());
        }
        let bytes = &raw[..have + read];
        let (units, rest) = bytes.as_chunks::<2>();
        self.odd = rest.first().copied();
        for &unit in units {
            let unit = match self.endian {
                Endian::Little => u16::from_le_bytes(unit),
                Endian::Big => u16::from_be_bytes(unit),
            };
            self.take(unit);
        }
        Ok(true)
    }

    fn take(&mut self, unit: u16) {
        if let Some(high) = self.high.take() {
            if let Some(Ok(whole)) = char::decode_utf16([high, unit]).next() {
                let mut bytes = [0; 4];
                self.out
                    .extend_from_slice(whole.encode_utf8(&mut bytes).as_bytes());
                return;
            }
            push_unit(&mut self.out, high);
        }
        if (0xD800..0xDC00).contains(&unit) {
            self.high = Some(unit);
        } else {
            push_unit(&mut self.out, unit);
        }
    }
}

/// One unit in the bytes that UTF-8 has for its number.
fn push_unit(out: &mut Vec<u8>, unit: u16) {
    match unit {
        0..0x80 => out.push(unit as u8),
        0x80..0x800 => out.extend([0xC0 | (unit >> 6) as u8, 0x80 | (unit & 0x3F) as u8]),
        _ => out.extend([
            0xE0 | (unit >> 12) as u8,
            0x80 | (unit >> 6 & 0x3F) as u8,
            0x80 | (unit & 0x3F) as u8,
        ]),
    }
}

impl<R: Read> Read for Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.out.len() {
            if !self.refill()? {
                return Ok(0);
            }
        }
        let length = buffer.len().min(self.out.len() - self.given);
        buffer[..length].copy_from_slice(&self.out[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

/// Writes the text that [`Reader`] made as UTF-16 again.
pub(super) struct Writer<W> {
    sink: W,
    endian: Endian,
    /// Bytes of a character that has not come whole.
    begun: Vec<u8>,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(sink: W, endian: Endian) -> Writer<W> {
        Writer {
            sink,
            endian,
            begun: Vec::new(),
        }
    }

    /// Gives the sink back; fails when the text ended inside a character.
    pub(super) fn finish(self) -> io::Result<W> {
        if self.begun.is_empty() {
            Ok(self.sink)
        } else {
            Err(not_ours())
        }
    }
}

fn not_ours() -> io::Error {
    let what = "the text has bytes that UTF-16 cannot hold";
    io::Error::new(io::ErrorKind::InvalidData, what)
}

impl<W: Write> Write for Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut out = Vec::with_capacity(bytes.len() * 2);
        let endian = self.endian;
        let mut push = |unit: u16| {
            out.extend(match endian {
                Endian::Little => unit.to_le_bytes(),
                Endian::Big => unit.to_be_bytes(),
            });
        };
        for &byte in bytes {
            self.begun.push(byte);
            let want = match self.begun[0] {
                0..0x80 => 1,
                0xC2..0xE0 => 2,
                0xE0..0xF0 => 3,
                0xF0..0xF5 => 4,
                _ => return Err(not_ours()),
            };
            if self.begun.len() < want {
                continue;
            }
            let low = |at: usize| u32::from(self.begun[at] & 0x3F);
            let first = u32::from(self.begun[0]);
            let code = match want {
                1 => first,
                2 => (first & 0x1F) << 6 | low(1),
                3 => (first & 0x0F) << 12 | low(1) << 6 | low(2),
                _ => (first & 0x07) << 18 | low(1) << 12 | low(2) << 6 | low(3),
            };
            match u16::try_from(code) {
                Ok(unit) => push(unit),
                Err(_) => {
                    let whole = char::from_u32(code).ok_or_else(not_ours)?;
                    let mut units = [0; 2];
                    whole
                        .encode_utf16(&mut units)
                        .iter()
                        .for_each(|&unit| push(unit));
                }
            }
            self.begun.clear();
        }
        self.sink.write_all(&out)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_units_survive(units in proptest::collection::vec(any::<u16>(), 0..200), big in any::<bool>()) {
            let (endian, bytes): (_, Vec<u8>) = if big {
                (Endian::Big, units.iter().flat_map(|unit| unit.to_be_bytes()).collect())
            } else {
                (Endian::Little, units.iter().flat_map(|unit| unit.to_le_bytes()).collect())
            };
            let mut text = Vec::new();
            Reader::new(&bytes[..], endian).read_to_end(&mut text).unwrap();
            let mut writer = Writer::new(Vec::new(), endian);
            for piece in text.chunks(7) {
                writer.write_all(piece).unwrap();
            }
            prop_assert_eq!(writer.finish().unwrap(), bytes);
        }
    }
}
