//! Postcodes of five digits, and what becomes of them on the way.

use std::ops::Range;

use super::dress::{DRESSES, Dress, FLOAT, QUOTED, SPACED, TWICE};
use super::forms::{Context, Fault, Right, Spelled, WrongForm};
use super::short;
use super::table::Source;
use super::words::is_of_united_states;

/// The lowest ZIP code, 00501, of Holtsville in New York.
const FIRST: usize = 501;
const END: usize = 100_000;

fn five(number: usize, out: &mut Vec<u8>) {
    out.clear();
    let mut rest = number;
    let mut digits = [b'0'; 5];
    for digit in digits.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&digits);
}

/// Takes the zeros in front away.
fn without_zeros(text: &mut Vec<u8>) {
    let zeros = text.iter().take_while(|&&b| b == b'0').count();
    text.drain(..zeros);
}

/// The code with this number.
pub(super) fn nth(number: u32) -> Vec<u8> {
    let mut text = Vec::with_capacity(5);
    five(number as usize, &mut text);
    text
}

/// What happened to a code.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    As(&'static str, &'static str, &'static str),
    Twice,
}

use Turn::{As, Twice};

/// The usual ones stand in front.
const TURNS: [Turn; 12] = [
    As("", "", "a ZIP code that lost the zero in front"),
    As("", "\n", SPACED),
    As("\"", "\"", QUOTED),
    As("", ".0", FLOAT),
    Twice,
    As("", "\r\n", SPACED),
    As("", " ", SPACED),
    As(" ", "", SPACED),
    As("'", "'", QUOTED),
    As("=\"", "\"", QUOTED),
    As("us ", "", "a postcode with its country in front"),
    As("US-", "", "a postcode with its country in front"),
];
const USUAL: usize = 6;

const TURN_SHIFT: u32 = 7;
const SHORT: u32 = 64;
/// The bits of a mark with the number of the turn; behind the turns come the dresses.
const TURN: u32 = SHORT - 1;

/// The codes in wrong forms.
pub(super) struct Codes {
    deep: bool,
    /// By their number in [`DRESSES`]: those that are no turn.
    dresses: Vec<usize>,
}

impl Codes {
    pub(super) fn new(deep: bool) -> Codes {
        let is_turn = |dress: &Dress| match dress {
            Dress::Around(before, after, _) => TURNS
                .iter()
                .any(|turn| matches!(turn, As(front, back, _) if (front, back) == (before, after))),
            Dress::None | Dress::TwiceHex => true,
            _ => false,
        };
        let dresses = DRESSES.iter().enumerate();
        let dresses = dresses.filter(|(_, dress)| deep && !is_turn(dress));
        Codes {
            deep,
            dresses: dresses.map(|(at, _)| at).collect(),
        }
    }
}

/// The turn of a mark, or the dress.
fn turn_of(mark: u32) -> Result<Turn, Dress> {
    let at = (mark & TURN) as usize;
    TURNS
        .get(at)
        .copied()
        .ok_or_else(|| DRESSES[at - TURNS.len()])
}

/// The code of a mark as it was before its last turn.
fn base(mark: u32) -> Vec<u8> {
    let mut text = nth(mark >> TURN_SHIFT);
    if mark & SHORT != 0 {
        without_zeros(&mut text);
    }
    text
}

impl Source for Codes {
    fn items(&self) -> usize {
        END - FIRST
    }

    fn digests(&self, items: Range<usize>, tell: &mut dyn FnMut(u64, u32)) {
        let turns = if self.deep { TURNS.len() } else { USUAL };
        let (mut text, mut room) = (Vec::with_capacity(8), Vec::with_capacity(16));
        for number in items.start + FIRST..items.end + FIRST {
            five(number, &mut text);
            for short in [0, SHORT] {
                if short != 0 {
                    if text[0] != b'0' {
                        break;
                    }
                    without_zeros(&mut text);
                }
                for (at, turn) in TURNS[..turns].iter().enumerate() {
                    // The code itself is right.
                    if at == 0 && short == 0 {
                        continue;
                    }
                    let prefix = match turn {
                        Twice => short::prefix_of_hex(&short::digest(&[&text]), b'a'),
                        As(before, after, _) => {
                            let parts = [before.as_bytes(), &text, after.as_bytes()];
                            short::begin(&short::digest(&parts))
                        }
                    };
                    tell(prefix, (number as u32) << TURN_SHIFT | short | at as u32);
                }
                let Ok(code) = std::str::from_utf8(&text) else {
                    continue;
                };
                for &at in &self.dresses {
                    if let Some(prefix) = DRESSES[at].prefix(code, &mut room) {
                        let at = (TURNS.len() + at) as u32;
                        tell(prefix, (number as u32) << TURN_SHIFT | short | at);
                    }
                }
            }
        }
    }
}

impl Spelled for Codes {
    fn text(&self, mark: u32, out: &mut Vec<u8>) -> bool {
        let base = base(mark);
        out.clear();
        match turn_of(mark) {
            Ok(As(before, after, _)) => {
                for part in [before.as_bytes(), &base, after.as_bytes()] {
                    out.extend_from_slice(part);
                }
            }
            Ok(Twice) => out.extend_from_slice(hex::encode(super::sha256(&base)).as_bytes()),
            Err(dress) => {
                return String::from_utf8(base).is_ok_and(|base| dress.write(&base, out));
            }
        }
        true
    }

    fn form(&self, mark: u32, about: &Context) -> Option<WrongForm> {
        let short = mark & SHORT != 0;
        let digest = |text: &[u8]| Right::Digest(hex::encode(super::sha256(text)));
        let american = about.country.map(is_of_united_states);
        // Four digits are a whole postcode in Austria, Australia and many other countries.
        let right = match (short, american) {
            (true, Some(true)) => digest(&base(mark & !SHORT)),
            (true, _) if mark & TURN == 0 => return None,
            (true, None) => Right::Open,
            _ => digest(&base(mark)),
        };
        let (fault, what) = match turn_of(mark) {
            Ok(As(_, _, what)) => (Fault::Spelling, what),
            Ok(Twice) => (Fault::Twice, TWICE),
            Err(dress) => (dress.fault(), dress.what().unwrap_or_default()),
        };
        Some(WrongForm {
            fault,
            what,
            right,
            sure: true,
            disputed: false,
            belongs: None,
        })
    }

    fn clash(&self, first: &mut WrongForm, _: WrongForm, _: &Context) {
        first.right = Right::Open;
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixed::POSTCODES;
    use super::*;

    #[test]
    fn the_table_holds_every_code() {
        assert_eq!(POSTCODES.len(), END - FIRST);
        for number in FIRST..END {
            let number = number as u32;
            let prefix = short::prefix(&nth(number));
            assert_eq!(POSTCODES.number(prefix), Some(number));
        }
        assert!(!POSTCODES.has(short::prefix(b"00500")));
    }
}
