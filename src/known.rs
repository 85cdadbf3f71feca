//! Values that are known in plain, such as a shop's list of its customers: they prove a digest right,
//! or show what is wrong with it.
//!
//! The list is read once. Of every value the digests of its right form and of its usual wrong forms
//! are entered in a table that takes four bytes a place; what the table finds is confirmed by
//! hashing the value again, so that nothing rests on a part of a digest. The plain values stay in the
//! memory of the run and go nowhere else.

use std::collections::BTreeMap;
use std::hash::BuildHasher;
use std::io::{self, Read};

use hashbrown::HashSet;
use rayon::prelude::*;

use crate::digest::forms::{Known, WrongForm};
use crate::digest::other::Algorithm;
use crate::digest::{prefix_of_hex, sha256_hex};
use crate::event::Assumptions;
use crate::ledger::Key;
use crate::ledger::key::Hash;
use crate::normalize::{accepted_forms, normal_form};
use crate::values::name::Name;

mod list;

use list::Row;

/// No value is longer.
const LONGEST_VALUE: usize = 320;
/// Values whose digests are made at a time.
const BATCH: usize = 1 << 13;

/// What is known of a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is that of a known value in a right form.
    Right,
    /// It is that of a known value in a wrong form.
    Wrong(WrongForm),
}

/// What was read of lists, without a word of theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListTally {
    pub records: u64,
    /// Records without a value that can be used.
    pub unusable: u64,
    /// Columns, or keys of JSON objects, whose names say nothing of a customer.
    pub other_columns: u64,
    /// The values that are used, each once, by the key they belong to.
    pub values: BTreeMap<Name, u64>,
}

/// The values of a list, and a table of their digests.
#[derive(Default)]
pub struct KnownValues {
    /// All texts behind one another, and where each begins.
    texts: String,
    starts: Vec<u64>,
    names: Vec<Name>,
    /// Country of phones without a calling code, as the user grants it.
    assume: Assumptions,
    /// Hashes of the values, to take each once.
    seen: HashSet<u64>,
    table: Table,
    /// What was read.
    pub tally: ListTally,
    /// Digests in the table.
    pub forms: u64,
}

impl std::fmt::Debug for KnownValues {
    /// The values are nobody's business.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KnownValues({})", self.names.len())
    }
}

/// Divides the country that a phone number belongs to from the number, when it needs one.
const BORDER: char = '\t';

impl KnownValues {
    /// No values yet. `assume` tells the country of phones without a calling code.
    pub fn new(assume: &Assumptions) -> KnownValues {
        KnownValues {
            assume: assume.clone(),
            ..KnownValues::default()
        }
    }

    /// Reads a list.
    pub fn add(&mut self, source: impl Read) -> io::Result<()> {
        self.tally.other_columns += list::rows(source, |row| self.take(row))?;
        Ok(())
    }

    /// Makes the table, after the last list. To be called in a pool of threads.
    pub fn finish(&mut self) {
        self.seen = HashSet::new();
        self.texts.shrink_to_fit();
        self.build();
    }

    fn take(&mut self, row: Row) {
        self.tally.records += 1;
        let mut used = false;
        let country = row
            .iter()
            .find(|(name, _)| *name == Name::Country)
            .and_then(|(_, value)| crate::values::places::country(value));
        for (name, value) in &row {
            let value = value.trim();
            if value.is_empty() || value.len() > LONGEST_VALUE || value.contains(BORDER) {
                continue;
            }
            // What is a digest already is no plain value.
            let is_digest = value.len() == 64 && value.bytes().all(|b| b.is_ascii_hexdigit());
            if is_digest || normal_form(*name, value, &self.assume).is_err() && *name != Name::Ph {
                continue;
            }
            let mut text = value.to_owned();
            if *name == Name::Ph && normal_form(*name, value, &self.assume).is_err() {
                let Some(country) = country else { continue };
                text = format!("{country}{BORDER}{value}");
                if normal_form(*name, value, &of_country(country)).is_err() {
                    continue;
                }
            }
            used = true;
            let hash = self.seen.hasher().hash_one((*name as u8, &text));
            if self.seen.insert(hash) {
                self.starts.push(self.texts.len() as u64);
                self.texts.push_str(&text);
                self.names.push(*name);
                *self.tally.values.entry(*name).or_default() += 1;
            }
        }
        self.tally.unusable += u64::from(!used);
    }

    /// What tells the list from others, for whoever has the key.
    pub fn fingerprint(&self, key: &Key) -> u64 {
        let names = self.names.iter().map(|name| *name as u64);
        let hash = key.begin().part(self.texts.as_bytes());
        names.fold(hash, Hash::number).end()
    }

    /// The values in the list.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        self.texts.len() + self.starts.len() * 8 + self.names.len() + self.table.bytes()
    }

    fn value(&self, number: usize) -> (Name, &str, Assumptions) {
        let start = self.starts[number] as usize;
        let end = self.starts.get(number + 1);
        let text = &self.texts[start..end.map_or(self.texts.len(), |&end| end as usize)];
        match text.split_once(BORDER) {
            Some((country, text)) => (self.names[number], text, of_country(country)),
            None => (self.names[number], text, self.assume.clone()),
        }
    }

    /// What the table holds of a value, by the first 64 bits.
    fn prefixes(&self, number: usize) -> Vec<u64> {
        let (name, text, assume) = self.value(number);
        let mut out = Vec::with_capacity(128);
        let Ok(normal) = normal_form(name, text, &assume) else {
            return out;
        };
        out.push(prefix_of_hex(&sha256_hex(&normal)));
        let others = Algorithm::ALL.into_iter();
        out.extend(others.map(|one| prefix_of_hex(&one.hex_of(&normal))));
        for form in accepted_forms(name, text, &assume) {
            out.push(prefix_of_hex(&sha256_hex(&form)));
        }
        // external_id has no right form: any that stays the same will do.
        if name != Name::ExternalId
            && let Some(known) = Known::new(name, text, &assume)
        {
            known.each_prefix(|prefix| out.push(prefix));
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    fn build(&mut self) {
        let number = self.names.len();
        // A sample tells how many forms there are to be.
        let step = (number / 4096).max(1);
        let sample: Vec<usize> = (0..number).step_by(step).collect();
        let forms: usize = sample.par_iter().map(|&at| self.prefixes(at).len()).sum();
        let expected = forms as f64 / sample.len().max(1) as f64 * number as f64;
        let mut room = expected;
        while !self.fill(room) {
            room *= 1.1;
        }
    }

    /// Enters everything in a table for so many digests; `false` when that is too tight.
    fn fill(&mut self, expected: f64) -> bool {
        let number = self.names.len();
        self.table = Table::new(expected, number);
        self.forms = 0;
        for first in (0..number).step_by(BATCH) {
            let last = (first + BATCH).min(number);
            // The forms of some values, by the part of the table in which they belong.
            let table = &self.table;
            let (mut parts, forms) = (first..last)
                .into_par_iter()
                .fold(
                    || (table.no_entries(), 0),
                    |(mut parts, mut forms), number| {
                        for prefix in self.prefixes(number) {
                            let prefix = under(self.names[number], prefix);
                            parts[table.part_of(prefix)].push((prefix, number as u32));
                            forms += 1;
                        }
                        (parts, forms)
                    },
                )
                .reduce(
                    || (table.no_entries(), 0),
                    |(mut one, sum), (other, more)| {
                        for (own, other) in one.iter_mut().zip(other) {
                            own.extend(other);
                        }
                        (one, sum + more)
                    },
                );
            self.forms += forms;
            if !self.table.enter(&mut parts) {
                return false;
            }
        }
        true
    }

    /// The values that a digest may belong to.
    fn candidates(&self, name: Name, prefix: u64) -> impl Iterator<Item = usize> {
        let numbers = self.table.find(under(name, prefix));
        numbers.filter(move |&number| self.names.get(number) == Some(&name))
    }

    /// What is known of the digest `hex`, 64 hex digits in lower case, under a key.
    #[inline]
    pub fn judge(&self, name: Name, hex: &str) -> Option<Verdict> {
        let mut candidates: Vec<usize> = self.candidates(name, prefix_of_hex(hex)).collect();
        // Of values that share a digest the first of the list counts, whichever thread entered it.
        candidates.sort_unstable();
        for &number in &candidates {
            let (name, text, assume) = self.value(number);
            let right =
                normal_form(name, text, &assume).is_ok_and(|normal| sha256_hex(&normal) == hex);
            let accepted = || {
                let forms = accepted_forms(name, text, &assume);
                forms.iter().any(|form| sha256_hex(form) == hex)
            };
            // Of phones only the digits with their calling code match, however the list spells them.
            if right || (name != Name::Ph && accepted()) {
                return Some(Verdict::Right);
            }
        }
        candidates.iter().find_map(|&number| {
            let (name, text, assume) = self.value(number);
            if name == Name::ExternalId {
                return None;
            }
            let form = Known::new(name, text, &assume)?.find(hex)?;
            Some(Verdict::Wrong(form))
        })
    }

    /// The right digest of the known value of which another algorithm has made `hex`.
    pub fn of_other(&self, name: Name, hex: &str) -> Option<String> {
        let algorithm = Algorithm::of_length(hex.len())?;
        let hex = hex.to_ascii_lowercase();
        self.candidates(name, prefix_of_hex(&hex))
            .find_map(|number| {
                let (name, text, assume) = self.value(number);
                let normal = normal_form(name, text, &assume).ok()?;
                (algorithm.hex_of(&normal) == hex).then(|| sha256_hex(&normal))
            })
    }
}

fn of_country(country: &str) -> Assumptions {
    Assumptions {
        country: Some(country.to_owned()),
        ..Assumptions::default()
    }
}

/// The same text under another key is another thing.
fn under(name: Name, prefix: u64) -> u64 {
    (prefix ^ (name as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

/// So full is a table as a rule, and at most: fuller ones are slow to search.
const USUAL_LOAD: f64 = 0.83;
const MOST_LOAD: f64 = 0.9;

/// Parts of a table, each of which is filled by one thread at a time.
const PARTS: usize = 256;

/// Bits of digests with the numbers of values: one word a place, 0 where there is none. Its upper bits
/// are some of those of the digest, never all 0, the lower ones the number of the value. Whatever has
/// no place of its own stands in the next one that is free in its part.
#[derive(Default)]
struct Table {
    words: Vec<u32>,
    /// Places of one part.
    part: usize,
    /// Bits of a number.
    bits: u32,
    /// How many places of each part are taken.
    taken: Vec<usize>,
}

impl Table {
    /// An empty table for about so many digests, of so many values.
    fn new(digests: f64, values: usize) -> Table {
        let mean = digests / PARTS as f64;
        // Digests fall into parts by chance: some parts have more than others.
        let part = (mean / USUAL_LOAD + 4.0 * mean.sqrt()) as usize + 8;
        Table {
            words: vec![0; PARTS * part],
            part,
            bits: (values.max(2) as u64 - 1).ilog2() + 1,
            taken: vec![0; PARTS],
        }
    }

    fn bytes(&self) -> usize {
        self.words.len() * size_of::<u32>()
    }

    /// An empty list for each part.
    fn no_entries(&self) -> Vec<Vec<(u64, u32)>> {
        vec![Vec::new(); PARTS]
    }

    /// The part in which the search for a digest begins, by its upper bits.
    fn part_of(&self, prefix: u64) -> usize {
        (prefix >> 56) as usize
    }

    /// The place in its part where it begins.
    fn place_of(&self, prefix: u64) -> usize {
        ((u128::from(prefix << 8) * self.part as u128) >> 64) as usize
    }

    /// What of a digest stands in front of a number.
    fn tag(&self, prefix: u64) -> u32 {
        let bits = 32 - self.bits;
        ((prefix as u32) & (((1u64 << bits) - 1) as u32)).max(1) << self.bits
    }

    /// Enters digests with their values, those of each part in its list, which is empty afterwards;
    /// `false` when a part would be too full.
    fn enter(&mut self, lists: &mut [Vec<(u64, u32)>]) -> bool {
        let mut words = std::mem::take(&mut self.words);
        let mut taken = std::mem::take(&mut self.taken);
        let most = (self.part as f64 * MOST_LOAD) as usize;
        let fits = words
            .par_chunks_mut(self.part)
            .zip(lists.par_iter_mut())
            .zip(taken.par_iter_mut())
            .map(|((words, list), taken)| {
                *taken += list.len();
                if *taken > most {
                    return false;
                }
                for (prefix, number) in list.drain(..) {
                    let mut at = self.place_of(prefix);
                    while words[at] != 0 {
                        at = if at + 1 == words.len() { 0 } else { at + 1 };
                    }
                    words[at] = self.tag(prefix) | number;
                }
                true
            })
            .reduce(|| true, |one, other| one && other);
        (self.words, self.taken) = (words, taken);
        fits
    }

    /// The numbers of the values that a digest may belong to.
    fn find(&self, prefix: u64) -> impl Iterator<Item = usize> {
        let words = match self.words.is_empty() {
            true => &[][..],
            false => &self.words[self.part_of(prefix) * self.part..][..self.part],
        };
        let (tag, mask) = (self.tag(prefix), (1u32 << self.bits) - 1);
        let mut at = self.place_of(prefix);
        std::iter::from_fn(move || {
            loop {
                let word = *words.get(at)?;
                if word == 0 {
                    return None;
                }
                at = if at + 1 == words.len() { 0 } else { at + 1 };
                if word & !mask == tag {
                    return Some((word & mask) as usize);
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_any_size_finds_what_was_entered() {
        for number in [1usize, 2, 40, 5_000] {
            let prefix =
                |value: usize, form: usize| prefix_of_hex(&sha256_hex(&format!("{value} {form}")));
            let mut table = Table::new(number as f64 * 9.0, number);
            let mut lists = table.no_entries();
            for value in 0..number {
                for form in 0..9 {
                    let prefix = prefix(value, form);
                    lists[table.part_of(prefix)].push((prefix, value as u32));
                }
            }
            assert!(table.enter(&mut lists), "{number}");
            let mut wrong = 0;
            for value in 0..number {
                for form in 0..9 {
                    assert!(table.find(prefix(value, form)).any(|found| found == value));
                }
                wrong += table.find(prefix(value, 10)).count();
            }
            assert!(wrong * 50 <= number, "{wrong} of {number}");
            // It says so when there is no room left.
            let mut lists = table.no_entries();
            for form in 0..table.part as u64 {
                lists[3].push((3 << 56 | form, 0));
            }
            assert!(!table.enter(&mut lists));
        }
    }

    fn read(text: &str) -> KnownValues {
        let mut known = KnownValues::new(&Assumptions::default());
        known.add(ByteByByte(text.as_bytes())).unwrap();
        known.finish();
        known
    }

    /// As what unpacks may give it out.
    struct ByteByByte<'t>(&'t [u8]);

    impl Read for ByteByByte<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(1);
            self.0.read(&mut buffer[..most])
        }
    }

    fn judge(known: &KnownValues, name: Name, hashed: &str) -> Option<&'static str> {
        Some(match known.judge(name, &sha256_hex(hashed))? {
            Verdict::Right => "right",
            Verdict::Wrong(form) => form.what,
        })
    }

    #[test]
    fn lists_are_read_in_every_form() {
        for text in [
            "email,Phone Number,first_name,country\n Ana@Kestrel.example,+49 171 1234567,Ana,DE\n",
            "E-Mail;Telephone;Given Name;Country\nAna@Kestrel.example;0171 1234567;Ana;Germany\n",
            "\u{feff}{\"em\":[\"Ana@Kestrel.example\"],\"ph\":\"+491711234567\",\"fn\":\"Ana\",\"country\":\"de\"}\n",
        ] {
            let known = read(text);
            for (name, hashed) in [
                (Name::Em, "ana@kestrel.example"),
                (Name::Ph, "491711234567"),
                (Name::Fn, "ana"),
                (Name::Country, "de"),
            ] {
                assert_eq!(judge(&known, name, hashed), Some("right"), "{text} {name}");
            }
            let capital = judge(&known, Name::Em, "Ana@Kestrel.example");
            assert_eq!(capital, Some("a value with a capital letter"));
            assert!(judge(&known, Name::Ph, "01711234567").is_some());
            assert_eq!(judge(&known, Name::Ln, "ana"), None);
            assert_eq!(judge(&known, Name::Em, "ben@kestrel.example"), None);
            for other in Algorithm::ALL {
                let hex = other.hex_of("ana@kestrel.example");
                let right = Some(sha256_hex("ana@kestrel.example"));
                assert_eq!(known.of_other(Name::Em, &hex), right);
                assert_eq!(known.of_other(Name::Em, &hex.to_uppercase()), right);
                assert_eq!(known.of_other(Name::Fn, &hex), None);
            }
        }
    }

    #[test]
    fn a_list_without_columns_is_refused_and_errors_hold_no_value() {
        let fault = |text: &str| {
            let mut known = KnownValues::new(&Assumptions::default());
            known.add(text.as_bytes()).unwrap_err().to_string()
        };
        assert!(fault("ana@kestrel.example\nben@kestrel.example\n").starts_with("no column"));
        assert_eq!(
            fault("{\"em\":\"a@b.example\"}\n{\"em\":\n"),
            "line 2 is no JSON object"
        );
    }

    #[test]
    fn many_values_are_told_apart() {
        let mut text = "em,external_id\n".to_owned();
        for number in 0..2_000 {
            text.push_str(&format!("person{number}@kestrel.example,{number}\n"));
        }
        let known = read(&text);
        assert_eq!(known.len(), 4_000);
        for number in 0..2_000 {
            let right = format!("person{number}@kestrel.example");
            assert_eq!(judge(&known, Name::Em, &right), Some("right"));
            assert!(judge(&known, Name::Em, &right.to_uppercase()).is_some());
            let other = format!("nobody{number}@kestrel.example");
            assert_eq!(judge(&known, Name::Em, &other), None);
        }
        assert_eq!(judge(&known, Name::ExternalId, "17"), Some("right"));
        assert_eq!(judge(&known, Name::ExternalId, "17\n"), None);
    }
}
