//! The digests of the log, joined with themselves: the SHA-256 of a digest that stands in the log is
//! the digest of a digest.
//!
//! In memory a digest is kept as it is, since its own digest has to be made; that is done once, at
//! the end. On disk there are only keyed hashes: of the digest, and of the three that would be made
//! of it by hashing once more.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io;

use hashbrown::HashMap;
use rayon::prelude::*;

use super::key::{Key, short};
use super::people;
use super::plains::{self, Plain, Plains, Shown};
use super::recent::Recent;
use super::table::{AnyTable, Number, Row, Table, numbers};
use crate::digest::known::Class;
use crate::digest::{Digest, Shape, bytes_of, digest_of, sha256};
use crate::event::Event;
use crate::values::name::Name;

/// Who sends what: dataset or site, partner agent, and the key of `user_data`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pipeline(u32);

impl Pipeline {
    /// The pipeline of a sender, given by its hash, for one key.
    pub fn new(sender: u64, name: Name) -> Pipeline {
        Pipeline(short(sender) & !63 | (name as u32 - Name::Em as u32) & 63)
    }

    /// The sender, as far as pipelines tell them apart.
    pub fn sender(self) -> u32 {
        self.0 & !63
    }

    /// The same of the short hash of a sender.
    pub fn sender_of(sender: u32) -> u32 {
        sender & !63
    }

    /// The key of `user_data`.
    pub fn name(self) -> Name {
        let at = Name::Em as usize + (self.0 & 63) as usize;
        Name::ALL.get(at).copied().unwrap_or(Name::Em)
    }
}

impl Number for Pipeline {
    const SIZE: usize = u32::SIZE;

    fn put(self, out: &mut Vec<u8>) {
        self.0.put(out);
    }

    fn take(bytes: &mut &[u8]) -> Self {
        Pipeline(u32::take(bytes))
    }
}

/// A digest that one pipeline sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    digest: Digest,
    pipeline: Pipeline,
    /// The first event with it.
    at: u64,
    /// In how many events it came that no other digest of the key, and no finding of their own,
    /// counts.
    count: u32,
}

impl Ord for Seen {
    /// Digests are told apart by their first bits, nearly always.
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        let all = |row: &Seen| (row.digest, row.pipeline, row.at, row.count);
        let first = self.digest[0].cmp(&other.digest[0]);
        first.then_with(|| all(self).cmp(&all(other)))
    }
}

impl PartialOrd for Seen {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Row for Seen {
    // Never written: it holds what must not leave the memory.
    const SIZE: usize = 0;
    const REPEATS: bool = true;

    type Group = Digest;

    fn group(&self) -> Digest {
        self.digest
    }

    fn absorb(&mut self, other: &Self) -> bool {
        let same = (self.digest, self.pipeline) == (other.digest, other.pipeline);
        if same {
            self.count = self.count.saturating_add(other.count);
            self.at = self.at.min(other.at);
        }
        same
    }

    fn shift(&mut self, events: u64) {
        self.at += events;
    }

    fn write(&self, _: &mut Vec<u8>) {}

    fn read(_: &[u8]) -> Self {
        unreachable!("digests are never written")
    }
}

/// The digests of one block, each once a pipeline.
pub(super) type Collected = Recent<Seen, { 1 << 12 }>;

impl Collected {
    /// A digest that the event `at` has; `counts` unless the event is counted by another already.
    #[inline]
    pub fn see_digest(&mut self, digest: Digest, pipeline: Pipeline, at: u64, counts: bool) {
        let seen = Seen {
            digest,
            pipeline,
            at,
            count: u32::from(counts),
        };
        self.see(digest[0] ^ u64::from(pipeline.0), seen);
    }
}

/// The digests of a log.
#[derive(Debug)]
pub struct Digests {
    key: Key,
    seen: Table<Seen>,
    /// What stands on disk, and what goes there next.
    links: Table<Link>,
    plains: Plains,
    /// The level that the plain values among the links have, those of other runs with them, if there
    /// are any.
    level: Option<u32>,
    /// What the plain values show, when all is finished.
    shown: Vec<Shown>,
}

/// A digest (way 0), what hashing a digest once more in one of three ways makes of it, or a form of a
/// plain value of the log ([`PLAIN`] and above), as a keyed hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    key: [u64; 2],
    way: u32,
    /// Of the digest; for the other ways, of that within.
    pipeline: Pipeline,
    at: u64,
    count: u32,
    /// What the rows of people hold of the digest, of a plain value what tells it from others; 0 for
    /// the other ways.
    person: u32,
}

/// The right form of a plain value; the wrong ones have the numbers of their classes behind it. Their
/// count is the level of the value.
const PLAIN: u32 = 4;

impl Link {
    /// What is wrong with the form of a plain value.
    fn class(&self) -> Option<Class> {
        (self.way > PLAIN).then(|| Class::from_code(self.way - PLAIN - 1))
    }

    fn is_plain(&self) -> bool {
        self.way >= PLAIN
    }
}

impl Row for Link {
    const REPEATS: bool = true;

    type Group = [u64; 2];

    fn group(&self) -> [u64; 2] {
        self.key
    }

    fn absorb(&mut self, other: &Self) -> bool {
        let same = (self.key, self.way, self.pipeline) == (other.key, other.way, other.pipeline);
        if self.is_plain() {
            return same
                && (self.person, self.at, self.count) == (other.person, other.at, other.count);
        }
        if same {
            self.count = self.count.saturating_add(other.count);
            self.at = self.at.min(other.at);
        }
        same
    }

    fn shift(&mut self, events: u64) {
        self.at += events;
    }

    numbers! {
        key: [u64; 2],
        at: u64,
        way: u32,
        pipeline: Pipeline,
        count: u32,
        person: u32,
    }
}

/// The digests of an event that the ledger remembers, with their keys of `user_data`: all but those
/// that the event shows to be wrong or worthless. One in capitals is the same in small letters.
pub(super) fn of<'e>(event: &'e Event<'_, '_>) -> impl Iterator<Item = (Name, Digest)> + 'e {
    event
        .shaped(Shape::IN_HEX)
        .filter(|one| one.worthless.is_none() && !one.proven)
        .filter(|one| {
            let mistakes = event.mistakes().iter();
            mistakes
                .into_iter()
                .all(|mistake| mistake.place != one.place)
        })
        .map(|one| (one.name, one.digest))
}

/// A digest as hex in lower case.
pub(super) fn hex_of(digest: &Digest) -> String {
    hex::encode(bytes_of(digest))
}

/// What hashing a digest once more makes of it, as keyed hashes.
pub(super) fn keyed_again(key: &Key, digest: &Digest) -> [[u64; 2]; 3] {
    hashed_again(digest).map(|made| keyed(key, &made))
}

/// A digest of a digest, as one pipeline sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Doubled {
    pub pipeline: Pipeline,
    /// The first event with it.
    pub at: u64,
    /// In how many events it came that are not counted otherwise.
    pub count: u32,
    /// Whether the same pipeline sends the digest within, too.
    pub beside: bool,
    /// The keyed hash of the outer digest.
    pub key: [u64; 2],
    /// What the rows of people hold of it, when it is that of an e-mail or a phone.
    pub person: u32,
}

/// Everything that joining the digests of a log with themselves tells.
#[derive(Clone, Debug, Default)]
pub struct Joined {
    /// The digests of digests, by pipeline and first event.
    pub doubled: Vec<Doubled>,
    /// How many different digests each pipeline sent.
    pub digests: BTreeMap<Pipeline, u64>,
}

impl Digests {
    /// No digests; on disk they are hashed under this key.
    pub fn new(key: Key) -> Digests {
        Digests {
            key,
            seen: Table::default(),
            links: Table::default(),
            plains: Plains::default(),
            level: None,
            shown: Vec::new(),
        }
    }

    /// Takes in the plain values of a block, whose events come behind `events` others.
    pub(super) fn take_plains(&mut self, plains: &Plains, events: u64) {
        self.plains.take(plains, events);
    }

    /// The level of the plain values that were written with the links.
    pub(super) fn level(&self) -> u32 {
        self.level.unwrap_or(0)
    }

    /// What the plain values of the log show of its digests. Compare first.
    pub fn shown(&self) -> &[Shown] {
        &self.shown
    }

    /// Takes in the digests of a block, whose events come behind `events` others.
    pub(super) fn take(&mut self, collected: &Collected, events: u64) {
        self.seen.take(collected.rows(), events);
    }

    /// What may be written of the digests. Link and finish first.
    pub(super) fn links(&self) -> &Table<Link> {
        &self.links
    }

    /// Takes in what another run wrote, whose events come behind `events` others and whose plain
    /// values have this level.
    pub(super) fn take_links(&mut self, links: &[Link], events: u64, level: u32) {
        if links.iter().any(Link::is_plain) {
            self.level = self.level.max(Some(level));
        }
        self.links.take(links, events);
    }

    /// Makes rows that may be written of everything in memory.
    pub(super) fn link_all(&mut self) -> io::Result<()> {
        self.link()?;
        if self.plains.is_empty() {
            return Ok(());
        }
        let plains = std::mem::take(&mut self.plains);
        self.level = self.level.max(Some(plains.level()));
        let key = self.key;
        let all: Vec<Plain<'_>> = plains.all().collect();
        for some in all.chunks(LINKED_PLAINS) {
            let links: Vec<Link> = some
                .par_iter()
                .flat_map_iter(|plain| {
                    let pipeline = Pipeline::new(0, plain.name);
                    let person = short(key.hash(plain.text.as_bytes()));
                    let forms = plain.digests().into_iter();
                    let (at, count) = (plain.at, plain.level());
                    forms.map(move |(class, digest)| Link {
                        key: keyed(&key, &digest),
                        way: PLAIN + class.map_or(0, |class| 1 + class.code()),
                        pipeline,
                        at,
                        count,
                        person,
                    })
                })
                .collect();
            self.links.take(&links, 0);
            self.links.spill()?;
        }
        Ok(())
    }

    /// What the plain values show, when all digests are in memory.
    fn shown_in_memory(&self) -> Vec<Shown> {
        let rows = Rows::new(self.seen.settled());
        let key = &self.key;
        let all: Vec<Plain<'_>> = self.plains.all().collect();
        let shown = all.par_iter().flat_map_iter(|plain| {
            let found: Vec<Shown> = plain
                .digests()
                .into_iter()
                .flat_map(|(class, digest)| rows.find(digest).map(move |row| (class, row)))
                .filter(|(_, row)| row.pipeline.name() == plain.name)
                .map(|(class, row)| Shown {
                    class,
                    pipeline: row.pipeline,
                    at: row.at,
                    count: row.count,
                    key: keyed(key, &row.digest),
                    person: people::short_of_digest(key, &row.digest),
                    seen: plain.at,
                })
                .collect();
            found
        });
        shown.collect()
    }

    /// The same from the links.
    fn shown_on_disk(&self, level: u32) -> io::Result<Vec<Shown>> {
        let mut levels: HashMap<(Name, u32), u32> = HashMap::new();
        self.links.groups(|group| {
            for link in group.iter().filter(|link| link.way == PLAIN) {
                levels.insert((link.pipeline.name(), link.person), link.count);
            }
        })?;
        let levels: Vec<u32> = levels.into_values().collect();
        let level = plains::fitting(&levels, level);
        let mut shown = Vec::new();
        self.links.groups(|group| {
            let plain = |link: &&Link| link.is_plain() && link.count >= level;
            if !group.iter().any(|link| plain(&link)) {
                return;
            }
            for row in group.iter().filter(|link| link.way == 0) {
                let same = |link: &&Link| link.pipeline.name() == row.pipeline.name();
                let forms = group.iter().filter(plain).filter(same);
                shown.extend(forms.map(|form| Shown {
                    class: form.class(),
                    pipeline: row.pipeline,
                    at: row.at,
                    count: row.count,
                    key: row.key,
                    person: row.person,
                    seen: form.at,
                }));
            }
        })?;
        Ok(shown)
    }

    /// Moves the digests in memory to disk, as rows that may be written. They are four times as
    /// many, so only some are made at a time.
    pub(super) fn link(&mut self) -> io::Result<()> {
        self.seen.settle();
        let key = self.key;
        for rows in self.seen.drain().chunks(LINKED) {
            let links: Vec<Link> = rows
                .par_chunk_by(|a, b| a.digest == b.digest)
                .flat_map_iter(|same| {
                    let twice = hashed_again(&same[0].digest);
                    let own = std::iter::once(same[0].digest).chain(twice);
                    own.enumerate().flat_map(move |(way, digest)| {
                        let person = people::short_of_digest(&key, &digest);
                        let key = keyed(&key, &digest);
                        same.iter().map(move |row| Link {
                            key,
                            way: way as u32,
                            pipeline: row.pipeline,
                            at: row.at,
                            count: if way == 0 { row.count } else { 0 },
                            person: if way == 0 { person } else { 0 },
                        })
                    })
                })
                .collect();
            self.links.take(&links, 0);
            drop(links);
            self.links.spill()?;
        }
        Ok(())
    }

    /// Joins the digests with themselves. Finish first.
    pub fn join(&self) -> io::Result<Joined> {
        let mut joined = Joined::default();
        if self.links.is_empty() {
            for row in self.seen.settled() {
                *joined.digests.entry(row.pipeline).or_insert(0) += 1;
            }
            joined.doubled = join_in_memory(&self.key, self.seen.settled());
        } else {
            self.links.groups(|group| {
                let (own, made): (Vec<&Link>, Vec<&Link>) = group
                    .iter()
                    .filter(|link| !link.is_plain())
                    .partition(|link| link.way == 0);
                for row in own {
                    *joined.digests.entry(row.pipeline).or_insert(0) += 1;
                    if made.is_empty() || !may_be_doubled(row.pipeline) {
                        continue;
                    }
                    joined.doubled.push(Doubled {
                        pipeline: row.pipeline,
                        at: row.at,
                        count: row.count,
                        beside: made.iter().any(|inner| inner.pipeline == row.pipeline),
                        key: row.key,
                        person: row.person,
                    });
                }
            })?;
        }
        joined.doubled.sort_unstable();
        Ok(joined)
    }
}

impl AnyTable for Digests {
    fn bytes(&self) -> usize {
        self.seen.bytes() + self.links.bytes()
    }

    fn settle(&mut self) {
        self.seen.settle();
        self.links.settle();
    }

    fn may_shrink(&self) -> bool {
        self.seen.may_shrink() || self.links.may_shrink()
    }

    fn is_on_disk(&self) -> bool {
        self.links.is_on_disk()
    }

    fn spill(&mut self) -> io::Result<()> {
        self.link()?;
        self.links.spill()
    }

    fn finish(&mut self) -> io::Result<()> {
        if !self.links.is_empty() {
            self.link_all()?;
        }
        self.seen.settle();
        self.links.finish()
    }
}

impl Digests {
    /// Compares the digests with the plain values. Finish first, and call it in a pool of threads.
    pub(super) fn compare(&mut self) -> io::Result<()> {
        let mut shown = match self.level {
            Some(level) => self.shown_on_disk(level)?,
            None if self.plains.is_empty() => Vec::new(),
            None => self.shown_in_memory(),
        };
        // What is right as it stands is right, though it be the wrong form of another value.
        let order = |one: &Shown| (one.pipeline, one.key, one.class, one.seen);
        shown.sort_unstable_by_key(order);
        shown.dedup_by_key(|one| (one.pipeline, one.key));
        shown.sort_unstable();
        self.shown = shown;
        Ok(())
    }
}

/// So many plain values at a time become links, some hundred each.
const LINKED_PLAINS: usize = 1 << 9;

/// So many digests at a time become links.
const LINKED: usize = 1 << 14;

/// external_id may be anything, also the digest of a digest, as long as it is always the same.
fn may_be_doubled(pipeline: Pipeline) -> bool {
    pipeline.name() != Name::ExternalId
}

/// What hashing a digest once more makes of it: its hex in lower case, in capitals, its bytes.
fn hashed_again(digest: &Digest) -> [Digest; 3] {
    let bytes = bytes_of(digest);
    let mut hex = [0; 64];
    // The buffer is as long as it has to be.
    let _ = hex::encode_to_slice(bytes, &mut hex);
    let lower = sha256(&hex);
    hex.make_ascii_uppercase();
    [lower, sha256(&hex), sha256(&bytes)].map(|made| digest_of(&made))
}

pub(super) fn keyed(key: &Key, digest: &Digest) -> [u64; 2] {
    key.begin().part(&bytes_of(digest)).wide()
}

/// Digests to be looked up. They are spread evenly over all numbers, so that their first bits tell
/// nearly where they stand.
struct Rows<'r> {
    rows: &'r [Seen],
    bits: u32,
    starts: Vec<u32>,
}

impl<'r> Rows<'r> {
    fn new(rows: &'r [Seen]) -> Rows<'r> {
        let bits = (rows.len().max(2) as u64).ilog2();
        let mut starts = vec![0u32; (1 << bits) + 1];
        for row in rows {
            starts[Rows::bucket(bits, &row.digest) + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        Rows { rows, bits, starts }
    }

    fn bucket(bits: u32, digest: &Digest) -> usize {
        (digest[0] >> (64 - bits)) as usize
    }

    fn find(&self, digest: Digest) -> impl Iterator<Item = &'r Seen> + use<'r> {
        let at = Rows::bucket(self.bits, &digest);
        let range = self.starts[at] as usize..self.starts[at + 1] as usize;
        let rows = self.rows;
        rows[range].iter().filter(move |row| row.digest == digest)
    }
}

/// Looks up what is made of every digest among the digests.
fn join_in_memory(key: &Key, rows: &[Seen]) -> Vec<Doubled> {
    let all = Rows::new(rows);
    let find = |digest: Digest| all.find(digest);
    rows.par_chunk_by(|a, b| a.digest == b.digest)
        .flat_map_iter(|inner| {
            let made = hashed_again(&inner[0].digest);
            let outer: Vec<Doubled> = made
                .into_iter()
                .flat_map(find)
                .filter(|row| may_be_doubled(row.pipeline))
                .map(|row| Doubled {
                    pipeline: row.pipeline,
                    at: row.at,
                    count: row.count,
                    beside: inner.iter().any(|one| one.pipeline == row.pipeline),
                    key: keyed(key, &row.digest),
                    person: people::short_of_digest(key, &row.digest),
                })
                .collect();
            outer
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sha256_hex;

    fn digest(text: &str) -> Digest {
        digest_of(&sha256(text.as_bytes()))
    }

    #[test]
    fn digests_of_digests_are_found_with_and_without_a_disk() {
        let em = |sender: u64| Pipeline::new(sender << 40, Name::Em);
        let xid = Pipeline::new(1 << 40, Name::ExternalId);
        assert_eq!((em(1).name(), xid.name()), (Name::Em, Name::ExternalId));
        let hex = sha256_hex("3@shop.example.com");
        let rows = [
            (digest(&hex), em(2)),
            (digest(&hex.to_ascii_uppercase()), em(1)),
            (digest_of(&sha256(&sha256(b"4@shop.example.com"))), em(2)),
            (digest(&sha256_hex("5@shop.example.com")), xid),
        ];
        let join = |spill: bool| {
            let mut digests = Digests::new(Key::of(b"k"));
            let mut at = 0;
            for round in 0..3 {
                let mut collected = Collected::default();
                let plain = (0..300).map(|n| (digest(&format!("{n}@shop.example.com")), em(1)));
                for (digest, pipeline) in plain.chain(rows) {
                    collected.see_digest(digest, pipeline, at, true);
                    at += 1;
                }
                digests.take(&collected, 0);
                if spill && round < 2 {
                    digests.spill().unwrap();
                }
            }
            digests.finish().unwrap();
            digests.join().unwrap()
        };
        let joined = join(false);
        let found: Vec<_> = joined
            .doubled
            .iter()
            .map(|d| (d.pipeline, d.at, d.count, d.beside))
            .collect();
        let mut expected = vec![
            (em(2), 300, 3, false),
            (em(1), 301, 3, true),
            (em(2), 302, 3, false),
        ];
        expected.sort_unstable();
        assert_eq!(found, expected);
        assert_eq!(joined.digests[&em(1)], 301);
        let spilled = join(true);
        assert_eq!(spilled.doubled, joined.doubled);
        assert_eq!(spilled.digests, joined.digests);
    }
}
