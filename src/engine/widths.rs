//! How many bytes text takes on disk that was read as UTF-8 and stands there as UTF-16.

use crate::report::Location;

/// Bytes on disk of a text.
pub(super) fn stored(text: &[u8], is_wide: bool) -> u64 {
    match is_wide {
        true => 2 * text.iter().map(|&byte| units_of(byte)).sum::<u64>(),
        false => text.len() as u64,
    }
}

/// The units of UTF-16 that a character takes, counted at its first byte.
fn units_of(byte: u8) -> u64 {
    match byte {
        0x80..0xC0 => 0,
        0xF0.. => 2,
        _ => 1,
    }
}

/// Turns places in a text into places on disk.
pub(super) struct Widths {
    /// Behind each run of characters that are not ASCII: the place in the text, and by how many the
    /// units up to it are fewer than its bytes.
    runs: Vec<(u64, u64)>,
}

impl Widths {
    /// Measures a text.
    pub(super) fn of(text: &[u8]) -> Widths {
        let mut runs = Vec::new();
        let (mut units, mut is_in_run) = (0, false);
        let ends = text.iter().chain([&b'\n']);
        for (at, &byte) in (0u64..).zip(ends) {
            if byte.is_ascii() && is_in_run {
                runs.push((at, at - units));
            }
            is_in_run = !byte.is_ascii();
            units += units_of(byte);
        }
        Widths { runs }
    }

    /// The place on disk, from the beginning of the text.
    pub(super) fn stored(&self, at: u64) -> u64 {
        let behind = self.runs.partition_point(|&(end, _)| end <= at);
        let fewer = behind.checked_sub(1).map_or(0, |last| self.runs[last].1);
        2 * (at - fewer)
    }

    /// Turns a place in the text into one on disk, from the beginning of the text.
    pub(super) fn place(&self, location: &mut Location) {
        let end = self.stored(location.offset + location.length);
        location.offset = self.stored(location.offset);
        location.length = end.saturating_sub(location.offset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_units() {
        let text = "\u{feff}a é € 😀😀 z ü";
        let widths = Widths::of(text.as_bytes());
        for (at, c) in text.char_indices().filter(|(_, c)| c.is_ascii()) {
            let before = 2 * text[..at].encode_utf16().count() as u64;
            assert_eq!(widths.stored(at as u64), before, "{c} at {at}");
            assert_eq!(stored(&text.as_bytes()[..at], true), before);
        }
        let whole = 2 * text.encode_utf16().count() as u64;
        assert_eq!(widths.stored(text.len() as u64), whole);
        assert_eq!(stored(text.as_bytes(), true), whole);
    }
}
