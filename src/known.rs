//! Values that are known in plain, such as a shop's list of its customers: they prove a digest right,
//! or show what is wrong with it.
//!
//! The list is read once. Of every value the digests of its right form and of its usual wrong forms
//! are entered in a table that takes four bytes a place; what the table finds is confirmed by
//! hashing the value again, so that nothing rests on a part of a digest. The plain values stay in the
//! memory of the run and go nowhere else.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::BuildHasher;
use std::io::{self, Read};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};

use hashbrown::HashSet;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::digest::forms::{Known, WrongForm};
use crate::digest::known::Forms;
use crate::digest::other::Algorithm;
use crate::digest::{prefix_of, prefix_of_hex, sha256, sha256_hex};
use crate::event::Assumptions;
use crate::ledger::Key;
use crate::ledger::key::Hash;
use crate::normalize::{accepted_forms, normal_form};
use crate::values::name::Name;

mod list;

use list::Row;

/// No value is longer.
const LONGEST_VALUE: usize = 320;
/// Of so many values the forms are counted, to know how large a table has to be.
const SAMPLE: usize = 1 << 11;

/// What is known of a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is that of a known value in a right form.
    Right,
    /// It is that of a known value in a wrong form.
    Wrong(WrongForm),
}

/// What was read of lists, without a word of theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListTally {
    pub records: u64,
    /// Records without a value that can be used.
    pub unusable: u64,
    /// Columns, or keys of JSON objects, whose names say nothing of a customer.
    pub other_columns: u64,
    /// The values that are used, each once, by the key they belong to.
    pub values: BTreeMap<String, u64>,
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
        let mut values: BTreeMap<Name, u64> = BTreeMap::new();
        for name in &self.names {
            *values.entry(*name).or_default() += 1;
        }
        let values = values.into_iter();
        self.tally.values = values
            .map(|(name, number)| (name.to_string(), number))
            .collect();
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
            if value.len() == 64 && value.bytes().all(|b| b.is_ascii_hexdigit()) {
                continue;
            }
            let is_read = |assume: &Assumptions| normal_form(*name, value, assume).is_ok();
            let text = match country {
                _ if is_read(&self.assume) => Cow::Borrowed(value),
                Some(country) if *name == Name::Ph && is_read(&of_country(country)) => {
                    Cow::Owned(format!("{country}{BORDER}{value}"))
                }
                _ => continue,
            };
            used = true;
            let hash = self.seen.hasher().hash_one((*name as u8, &text));
            if self.seen.insert(hash) {
                self.starts.push(self.texts.len() as u64);
                self.texts.push_str(&text);
                self.names.push(*name);
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

    fn value(&self, number: usize) -> (Name, &str, Cow<'_, Assumptions>) {
        let start = self.starts[number] as usize;
        let end = self.starts.get(number + 1);
        let text = &self.texts[start..end.map_or(self.texts.len(), |&end| end as usize)];
        let name = self.names[number];
        match text.split_once(BORDER) {
            Some((country, text)) => (name, text, Cow::Owned(of_country(country))),
            None => (name, text, Cow::Borrowed(&self.assume)),
        }
    }

    /// Appends to `out` what the table holds of a value alone. A digest may come twice.
    fn prefixes(&self, number: usize, out: &mut Vec<u64>) {
        let (name, text, assume) = self.value(number);
        let Ok(normal) = normal_form(name, text, &assume) else {
            return;
        };
        let mut add = |prefix| out.push(under(name, prefix));
        add(prefix_of(&sha256(normal.as_bytes())));
        let others = Algorithm::ALL.into_iter();
        others.for_each(|one| add(one.prefix_of(&normal)));
        // Of phones no other form is right.
        if name != Name::Ph {
            let accepted = accepted_forms(name, text, &assume);
            let accepted = accepted.iter().map(|form| sha256(form.as_bytes()));
            accepted.for_each(|digest| add(prefix_of(&digest)));
        }
        // external_id has no right form: any that stays the same will do.
        if name != Name::ExternalId {
            Forms::own(name, text, &normal).each_prefix(add);
        }
    }

    /// The digests that many values have, each with the first of them: that is the one that counts,
    /// and a table finds nothing quickly in which a thousand entries want the same place.
    fn shared(&self) -> Vec<(u64, u32)> {
        let mut shared: Vec<(u64, u32)> = (0..self.names.len())
            .into_par_iter()
            .fold(Vec::new, |mut out, number| {
                let (name, text, assume) = self.value(number);
                if let (Name::Em | Name::Ph, Ok(normal)) = (name, normal_form(name, text, &assume))
                {
                    Forms::shared(name, &normal)
                        .each_prefix(|prefix| out.push((under(name, prefix), number as u32)));
                }
                out
            })
            .reduce(Vec::new, |mut one, other| {
                one.extend(other);
                one
            });
        shared.par_sort_unstable();
        shared.dedup_by_key(|(prefix, _)| *prefix);
        shared.shrink_to_fit();
        shared
    }

    fn build(&mut self) {
        let number = self.names.len();
        // A sample tells how many forms there are to be.
        let step = (number / SAMPLE).max(1);
        let sample: Vec<usize> = (0..number).step_by(step).collect();
        let forms_of = |&number: &usize| {
            let mut forms = Vec::new();
            self.prefixes(number, &mut forms);
            forms.sort_unstable();
            forms.dedup();
            forms.len()
        };
        let forms: usize = sample.par_iter().map(forms_of).sum();
        let mut own = forms as f64 / sample.len().max(1) as f64 * number as f64;
        while !self.fill(own) {
            own *= 1.1;
        }
    }

    /// Enters everything in a table for so many digests beside the shared ones; `false` when that is
    /// too tight.
    fn fill(&mut self, own: f64) -> bool {
        let number = self.names.len();
        // The old one first: two are too many.
        self.table = Table::default();
        let shared = self.shared();
        let table = Table::new(own + shared.len() as f64, number);
        let mut fits = shared
            .par_iter()
            .all(|&(prefix, number)| table.enter(&[prefix], number));
        drop(shared);
        if fits {
            fits = (0..number)
                .into_par_iter()
                .map_init(Vec::new, |prefixes, number| {
                    prefixes.clear();
                    self.prefixes(number, prefixes);
                    table.enter(prefixes, number as u32)
                })
                .all(|fits| fits);
        }
        self.table = table;
        fits
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

/// Bits of digests with the numbers of values: one word a place, 0 where there is none. Its upper bits
/// are some of those of the digest, never all 0, the lower ones the number of the value. Whatever has
/// no place of its own stands in the next one that is free. Any number of threads fill it.
#[derive(Default)]
struct Table {
    words: Vec<AtomicU32>,
    /// Bits of a number.
    bits: u32,
    /// How many places are taken, or about to be.
    taken: AtomicUsize,
}

impl Table {
    /// An empty table for about so many digests, of so many values.
    fn new(digests: f64, values: usize) -> Table {
        let places = (digests / USUAL_LOAD) as usize + 64;
        Table {
            words: (0..places)
                .into_par_iter()
                .map(|_| AtomicU32::new(0))
                .collect(),
            bits: (values.max(2) as u64 - 1).ilog2() + 1,
            taken: AtomicUsize::new(0),
        }
    }

    fn bytes(&self) -> usize {
        self.words.len() * size_of::<u32>()
    }

    /// The place where the search for a digest begins.
    fn place_of(&self, prefix: u64) -> usize {
        ((u128::from(prefix) * self.words.len() as u128) >> 64) as usize
    }

    /// What stands there of a digest of a value.
    fn word(&self, prefix: u64, number: u32) -> u32 {
        let tag = (prefix as u32) & (u32::MAX >> self.bits);
        tag.max(1) << self.bits | number
    }

    /// Enters digests of a value; `false` when the table would be too full.
    fn enter(&self, prefixes: &[u64], number: u32) -> bool {
        let most = (self.words.len() as f64 * MOST_LOAD) as usize;
        if self.taken.fetch_add(prefixes.len(), Relaxed) + prefixes.len() > most {
            return false;
        }
        // Memory is slow, but gives out many places at a time when none hangs on another.
        let touch = |all, &prefix: &u64| all | self.words[self.place_of(prefix)].load(Relaxed);
        std::hint::black_box(prefixes.iter().fold(0, touch));
        let mut twice = 0;
        for &prefix in prefixes {
            let word = self.word(prefix, number);
            let mut at = self.place_of(prefix);
            loop {
                let mut there = self.words[at].load(Relaxed);
                if there == 0 {
                    match self.words[at].compare_exchange(0, word, Relaxed, Relaxed) {
                        Ok(_) => break,
                        // Another thread was faster.
                        Err(other) => there = other,
                    }
                }
                if there == word {
                    twice += 1;
                    break;
                }
                at = self.next(at);
            }
        }
        self.taken.fetch_sub(twice, Relaxed);
        true
    }

    /// The place behind another.
    fn next(&self, at: usize) -> usize {
        if at + 1 == self.words.len() {
            0
        } else {
            at + 1
        }
    }

    /// The numbers of the values that a digest may belong to.
    fn find(&self, prefix: u64) -> impl Iterator<Item = usize> {
        let mask = (1u32 << self.bits) - 1;
        let tag = self.word(prefix, 0);
        let mut at = self.place_of(prefix);
        std::iter::from_fn(move || {
            loop {
                let word = self.words.get(at)?.load(Relaxed);
                if word == 0 {
                    return None;
                }
                at = self.next(at);
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
    use crate::digest::forms::Right;

    #[test]
    fn a_table_of_any_size_finds_what_was_entered() {
        for number in [1usize, 2, 40, 5_000] {
            let prefix =
                |value: usize, form: usize| prefix_of_hex(&sha256_hex(&format!("{value} {form}")));
            let table = Table::new(number as f64 * 9.0, number);
            (0..number).into_par_iter().for_each(|value| {
                let forms: Vec<u64> = (0..9).map(|form| prefix(value, form)).collect();
                // The second time there is nothing to enter.
                for _ in 0..2 {
                    assert!(table.enter(&forms, value as u32), "{number}");
                }
            });
            assert_eq!(table.taken.load(Relaxed), number * 9);
            let mut wrong = 0;
            for value in 0..number {
                for form in 0..9 {
                    assert!(table.find(prefix(value, form)).any(|found| found == value));
                }
                wrong += table.find(prefix(value, 10)).count();
            }
            assert!(wrong * 50 <= number, "{wrong} of {number}");
            // It says so when there is no room left.
            let more: Vec<u64> = (0..table.words.len()).map(|at| prefix(at, 11)).collect();
            assert!(!table.enter(&more, 0));
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
    fn what_many_values_share_is_entered_once() {
        // In powers of ten all these numbers lose the digits that tell them apart.
        let mut text = "ph,em\n".to_owned();
        for number in 0..500 {
            let tag = 999 - number;
            text.push_str(&format!(
                "+49171234{number:04},info@shop{number}.example\n,ana.smith+{tag}@gmail.com\n"
            ));
        }
        let known = read(&text);
        for (name, hashed, what, first) in [
            (
                Name::Ph,
                "4.91712E+11",
                "a phone number in powers of ten that lost its last digits",
                "",
            ),
            (
                Name::Em,
                "info",
                "the part of an e-mail in front of the @",
                "info@shop0.example",
            ),
            (
                Name::Em,
                "ana.smith@gmail.com",
                "an e-mail without its +tag",
                "ana.smith+999@gmail.com",
            ),
            (
                Name::Em,
                "ANASMITH@GMAIL.COM\n",
                "a value with white space or a line break around it",
                "ana.smith+999@gmail.com",
            ),
        ] {
            let hex = sha256_hex(hashed);
            let found = known.candidates(name, prefix_of_hex(&hex)).count();
            assert_eq!(found, 1, "{hashed:?}");
            let Some(Verdict::Wrong(form)) = known.judge(name, &hex) else {
                panic!("{hashed:?} is not found");
            };
            assert_eq!(form.what, what);
            // The first of the list is the one that counts.
            if form.right != Right::Open {
                assert_eq!(form.right, Right::Digest(sha256_hex(first)), "{hashed:?}");
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
