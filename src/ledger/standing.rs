//! How the keys of every event stand, so that what only the whole log proves worthless can be taken
//! out of the scores in the end.
//!
//! One row stands for all events of one [`Visit`] that stand alike. When rules have convicted values,
//! the visits that have them are looked up, and the events of those visits counted anew.

use std::collections::BTreeMap;
use std::io;

use hashbrown::{HashMap, HashSet};
use serde::{Deserialize, Serialize};

use super::digests::Pipeline;
use super::people::{self, Visit, mix};
use super::recent::Recent;
use super::table::{Row, Table, numbers};
use crate::event::Event;
use crate::score::{Keys, NameScore, Presence, ScoreKey};

/// Events of one visit or click that stand alike, or what is said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing {
    /// [`of_visit`], or [`of_click`] for events with a click id, which have a row for each; the upper
    /// half in front. In two halves a row takes 12 bytes.
    whose: [u32; 2],
    /// How they stand, a number of [`Stands`], and how many they are; or [`SENTENCE`] and the convicted
    /// keys.
    word: u32,
}

/// The bit by which clicks are told from visits.
const IS_CLICK: u64 = 1 << 63;

/// What stands for a visit; 0 for events that leave none.
pub(super) fn of_visit(visit: &Visit) -> u64 {
    visit.identity() & !IS_CLICK
}

/// What stands for a click id, given by its hash.
pub(super) fn of_click(id: [u64; 2]) -> u64 {
    id[0] | IS_CLICK
}

/// The bit of what was proven of a visit or click.
const SENTENCE: u32 = 1 << 31;

/// Among the keys of a sentence: a contact is the digest of a digest.
const DOUBLED: u32 = 1 << 30;

/// Bits in a sentence of contacts that are proven right, each with its key.
const PROVEN: [(u32, ScoreKey); 2] = [(1 << 28, ScoreKey::Em), (1 << 29, ScoreKey::Ph)];

/// Bits of the number of events; more of them take another row.
const COUNT_BITS: u32 = 14;
const MOST_EVENTS: u32 = (1 << COUNT_BITS) - 1;

/// So many ways of standing have a number.
const MOST_STANDS: usize = 1 << (31 - COUNT_BITS);

impl Standing {
    /// One event that stands in a way.
    fn new(whose: u64, how: u32) -> Standing {
        Standing {
            whose: halves(whose),
            word: how << COUNT_BITS | 1,
        }
    }

    fn sentence(whose: u64, bits: u32) -> Standing {
        Standing {
            whose: halves(whose),
            word: SENTENCE | bits,
        }
    }

    fn whose(&self) -> u64 {
        u64::from(self.whose[0]) << 32 | u64::from(self.whose[1])
    }

    fn is_sentence(&self) -> bool {
        self.word & SENTENCE != 0
    }

    fn how(&self) -> usize {
        (self.word >> COUNT_BITS) as usize
    }

    fn count(&self) -> u32 {
        self.word & MOST_EVENTS
    }

    /// The same with the number that its way of standing has elsewhere, when it has one.
    pub(super) fn renumbered(&self, numbers: &[Option<u32>]) -> Option<Standing> {
        let how = (*numbers.get(self.how())?)?;
        Some(Standing {
            word: how << COUNT_BITS | self.count(),
            ..*self
        })
    }
}

fn halves(number: u64) -> [u32; 2] {
    [(number >> 32) as u32, number as u32]
}

impl Row for Standing {
    const REPEATS: bool = true;

    type Group = u64;

    fn group(&self) -> u64 {
        self.whose()
    }

    fn absorb(&mut self, other: &Self) -> bool {
        if self.whose != other.whose || self.is_sentence() != other.is_sentence() {
            return false;
        }
        if self.is_sentence() {
            self.word |= other.word;
            return true;
        }
        let fits = self.how() == other.how() && self.count() + other.count() <= MOST_EVENTS;
        if fits {
            self.word += other.count();
        }
        fits
    }

    fn shift(&mut self, _: u64) {}

    numbers! {
        whose: [u32; 2],
        word: u32,
    }
}

/// The standings of one block.
pub(super) type Collected = Recent<Standing, { 1 << 11 }>;

impl Collected {
    /// An event of a visit or click; `how` is a number of the block.
    pub fn see_event(&mut self, whose: u64, how: u32) {
        if how as usize >= MOST_STANDS {
            return;
        }
        let bits = whose as u32 ^ how.wrapping_mul(0x9e37_79b9);
        self.see(bits.into(), Standing::new(whose, how));
    }
}

/// What else than its name and the standing of its keys matters of an event: who sent it, and which
/// keys hold several values, of which one that is worthless spoils none.
pub fn aside(sender: u32, event: &Event<'_, '_>) -> u64 {
    let mut several = Keys::NONE;
    let mut last = None;
    for one in event.identifiers() {
        if last == Some(one.name)
            && let Some(key) = ScoreKey::from_name(one.name)
        {
            several.insert(key);
        }
        last = Some(one.name);
    }
    u64::from(sender) << 32 | u64::from(several.bits())
}

/// One way in which events stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Stand {
    /// The event_name, by its number.
    name: u32,
    presence: Presence,
    scored: bool,
    /// As [`aside`] has it.
    aside: u64,
}

impl Stand {
    fn sender(&self) -> u32 {
        (self.aside >> 32) as u32
    }

    fn several(&self) -> Keys {
        Keys::from_bits(self.aside as u32)
    }
}

/// The ways in which the events of a log stand, by number. Logs have some thousands. When half of the
/// numbers are given, senders are told apart no more; when all are, nothing is taken out of the scores
/// of the rest: so a log of a million sites does not fill the memory.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Stands {
    names: Vec<String>,
    list: Vec<Stand>,
    #[serde(skip)]
    numbers_of_names: HashMap<String, u32>,
    #[serde(skip)]
    numbers: HashMap<Stand, u32>,
}

impl Stands {
    /// The number of events of a name, as it is printed, that stand like this, as long as there is one.
    pub fn number(
        &mut self,
        name: &str,
        presence: Presence,
        scored: bool,
        aside: u64,
    ) -> Option<u32> {
        let name = match self.numbers_of_names.get(name) {
            Some(&number) => number,
            None => {
                let number = self.names.len() as u32;
                self.names.push(name.to_owned());
                self.numbers_of_names.insert(name.to_owned(), number);
                number
            }
        };
        let mut stand = Stand {
            name,
            presence,
            scored,
            aside,
        };
        if self.list.len() >= MOST_STANDS / 2 && !self.numbers.contains_key(&stand) {
            stand.aside = stand.several().bits().into();
        }
        if let Some(&number) = self.numbers.get(&stand) {
            return Some(number);
        }
        let number = self.list.len() as u32;
        if self.list.len() < MOST_STANDS {
            self.list.push(stand);
            self.numbers.insert(stand, number);
            return Some(number);
        }
        None
    }

    /// Takes in those of another run; gives this run's number for each.
    pub(super) fn merge(
        &mut self,
        other: &Stands,
        rename: impl Fn(String) -> String,
    ) -> Vec<Option<u32>> {
        let names: Vec<String> = other.names.iter().cloned().map(rename).collect();
        let numbers = other.list.iter().map(|stand| {
            let name = names.get(stand.name as usize);
            let name = name.map_or("", String::as_str);
            self.number(name, stand.presence, stand.scored, stand.aside)
        });
        numbers.collect()
    }
}

/// What the log as a whole proves worthless.
#[derive(Debug, Default)]
pub struct Convictions {
    /// Values of a key, wherever they stand.
    values: HashSet<(ScoreKey, u64)>,
    /// The same of contacts that are only worthless themselves.
    alone: HashSet<(ScoreKey, u64)>,
    /// E-mails and phones that are proven right.
    proven: HashSet<(ScoreKey, u64)>,
    /// Values of a key in a dataset or site, as [`mix`] joins the two.
    in_scope: HashSet<(ScoreKey, u64)>,
    /// Click ids.
    clicks: HashSet<u64>,
    /// Keys that are new with every event of the browsers of a dataset or site.
    fresh: HashSet<(ScoreKey, u32)>,
    /// Keys of which all that a sender sends is worthless.
    senders: HashMap<u32, Keys>,
    /// Keys that a sender hashes twice, as the contacts of the same event are.
    beside: HashMap<u32, Keys>,
}

impl Convictions {
    /// What another rule proved as well.
    pub(super) fn append(&mut self, other: Convictions) {
        self.values.extend(other.values);
        self.alone.extend(other.alone);
        self.proven.extend(other.proven);
        self.in_scope.extend(other.in_scope);
        self.clicks.extend(other.clicks);
        self.fresh.extend(other.fresh);
        for (own, other) in [
            (&mut self.senders, other.senders),
            (&mut self.beside, other.beside),
        ] {
            for (sender, keys) in other {
                let own = own.entry(sender).or_default();
                *own = own.with(keys);
            }
        }
    }

    /// The digest of a digest under a key, by what [`Visit`] holds of it.
    pub fn doubled(&mut self, key: ScoreKey, value: u32) {
        self.values.insert((key, value.into()));
    }

    /// The digest of a wrong form under a key, by what [`Visit`] holds of it.
    pub fn worthless(&mut self, key: ScoreKey, value: u32) {
        self.alone.insert((key, value.into()));
    }

    /// The digest of an e-mail or a phone that is proven right.
    pub fn proven(&mut self, key: ScoreKey, value: u32) {
        self.proven.insert((key, value.into()));
    }

    /// A value of a key in one dataset or site.
    pub fn value(&mut self, key: ScoreKey, value: u64, scope: u32) {
        self.in_scope.insert((key, mix(value, scope.into())));
    }

    /// The same, joined with its dataset or site already.
    pub fn mixed(&mut self, key: ScoreKey, mixed: u64) {
        self.in_scope.insert((key, mixed));
    }

    /// A click id, by its hash.
    pub fn click(&mut self, id: [u64; 2]) {
        self.clicks.insert(of_click(id));
    }

    /// A key that is new with every event of a browser, where it is.
    pub fn fresh(&mut self, key: ScoreKey, scope: u32) {
        self.fresh.insert((key, scope));
    }

    /// All that a sender sends under a key.
    pub fn sender(&mut self, sender: u32, key: ScoreKey) {
        self.senders.entry(sender).or_default().insert(key);
    }

    /// All that a pipeline sends.
    pub fn pipeline(&mut self, pipeline: Pipeline) {
        if let Some(key) = ScoreKey::from_name(pipeline.name()) {
            self.sender(pipeline.sender(), key);
        }
    }

    /// What a pipeline sends in events with a contact that is the digest of a digest.
    pub fn beside_doubled(&mut self, pipeline: Pipeline) {
        if let Some(key) = ScoreKey::from_name(pipeline.name()) {
            let keys = self.beside.entry(pipeline.sender()).or_default();
            keys.insert(key);
        }
    }

    /// Whether nothing was convicted.
    pub fn is_empty(&self) -> bool {
        self.senders.is_empty() && self.clicks.is_empty() && self.spare_visits()
    }

    fn spare_visits(&self) -> bool {
        self.values.is_empty()
            && self.alone.is_empty()
            && self.proven.is_empty()
            && self.in_scope.is_empty()
            && self.fresh.is_empty()
    }

    /// The convicted keys of the visits of one browser, of each as the bits of a sentence.
    fn of(&self, visits: &[Visit], mut each: impl FnMut(&Visit, u32)) {
        let fresh: Keys = KEYS
            .iter()
            .filter(|(key, _)| {
                let is_told = visits
                    .first()
                    .is_some_and(|visit| self.fresh.contains(&(*key, visit.scope)));
                is_told && visits[0].browser != 0
            })
            .filter(|(_, of)| people::is_fresh(visits, *of))
            .map(|(key, _)| *key)
            .collect();
        for visit in visits {
            let mut bits = 0;
            for &(key, of) in &KEYS {
                let value = of(visit);
                if value == 0 {
                    continue;
                }
                let doubled = !self.values.is_empty() && self.values.contains(&(key, value));
                let in_scope = !self.in_scope.is_empty()
                    && (self.in_scope).contains(&(key, mix(value, visit.scope.into())));
                if doubled {
                    bits |= DOUBLED;
                }
                let alone = !self.alone.is_empty() && self.alone.contains(&(key, value));
                if !self.proven.is_empty() && self.proven.contains(&(key, value)) {
                    let proven = PROVEN.iter().filter(|(_, of)| *of == key);
                    proven.for_each(|(bit, _)| bits |= bit);
                }
                if doubled || alone || in_scope || fresh.has(key) {
                    bits |= Keys::of(&[key]).bits();
                }
            }
            if bits != 0 {
                each(visit, bits);
            }
        }
    }

    /// The keys that are worthless in events that stand like this, given the sentence on their visit
    /// or click.
    fn keys(&self, stand: &Stand, visit: u64, sentence: u32) -> Keys {
        let mut keys = Keys::from_bits(sentence);
        if visit & IS_CLICK != 0 {
            return keys.common(stand.presence.usable());
        }
        let of_sender = |map: &HashMap<u32, Keys>| {
            let whole = map.get(&stand.sender()).copied();
            let digests = map.get(&Pipeline::sender_of(stand.sender())).copied();
            whole.unwrap_or_default().with(digests.unwrap_or_default())
        };
        keys = keys.with(of_sender(&self.senders));
        if sentence & DOUBLED != 0 {
            keys = keys.with(of_sender(&self.beside));
        }
        keys.without(stand.several())
            .common(stand.presence.usable())
    }
}

/// The keys that are proven right in events that stand like this, given the sentence on their visit.
fn proven_keys(stand: &Stand, visit: u64, sentence: u32) -> Keys {
    let mut keys = Keys::NONE;
    if visit & IS_CLICK == 0 {
        let proven = PROVEN.iter().filter(|(bit, _)| sentence & bit != 0);
        proven.for_each(|(_, key)| keys.insert(*key));
    }
    keys.without(stand.several())
        .common(stand.presence.usable())
        .without(stand.presence.proven())
}

/// What a visit holds under a key, 0 for nothing.
type Of = fn(&Visit) -> u64;

/// What a visit shows of the keys that values can be convicted under.
const KEYS: [(ScoreKey, Of); 7] = [
    (ScoreKey::Em, |visit| visit.email as u64),
    (ScoreKey::Ph, |visit| visit.phone as u64),
    (ScoreKey::ExternalId, |visit| visit.external_id),
    (ScoreKey::Ip, |visit| visit.address as u64),
    (ScoreKey::Ua, |visit| visit.agent as u64),
    (ScoreKey::Db, |visit| visit.birth as u64),
    (ScoreKey::Fbp, |visit| visit.browser),
];

/// Takes the convicted keys out of the scores, and counts those as proven that the log proves right. `stands` need not be in order. To be called in a pool
/// of threads.
pub(super) fn carry_out(
    convictions: &Convictions,
    visits: &Table<Visit>,
    standings: &mut Table<Standing>,
    stands: &Stands,
    memory: usize,
    names: &mut BTreeMap<String, NameScore>,
) -> io::Result<()> {
    if convictions.is_empty() {
        return Ok(());
    }
    let mut outcome = Ok(());
    if !convictions.spare_visits() {
        people::of_browsers(visits, |visits| {
            convictions.of(visits, |visit, bits| {
                standings.take(&[Standing::sentence(of_visit(visit), bits)], 0);
            });
            if outcome.is_ok() && standings.bytes() > memory.max(1 << 20) {
                outcome = standings.spill();
            }
        })?;
    }
    outcome?;
    let fbc = Keys::of(&[ScoreKey::Fbc]).bits();
    let of_clicks = (convictions.clicks.iter()).map(|&click| Standing::sentence(click, fbc));
    standings.take(&of_clicks.collect::<Vec<_>>(), 0);
    standings.finish()?;
    // Events that stand alike and lose the same keys.
    let mut moves: BTreeMap<(usize, u32), u64> = BTreeMap::new();
    let mut proofs: BTreeMap<(usize, u32), u64> = BTreeMap::new();
    standings.groups(|group| {
        let (rows, sentence) = match group {
            [rows @ .., last] if last.is_sentence() => (rows, last.word),
            _ => (group, 0),
        };
        for row in rows {
            let Some(stand) = stands.list.get(row.how()) else {
                continue;
            };
            let keys = convictions.keys(stand, row.whose(), sentence);
            let proven = proven_keys(stand, row.whose(), sentence).without(keys);
            for (keys, into) in [(keys, &mut moves), (proven, &mut proofs)] {
                if !keys.is_empty() {
                    *into.entry((row.how(), keys.bits())).or_insert(0) += u64::from(row.count());
                }
            }
        }
    })?;
    for ((how, keys), count) in proofs {
        let stand = &stands.list[how];
        let name = stands.names.get(stand.name as usize);
        if let Some(score) = name.and_then(|name| names.get_mut(name)) {
            score.prove(stand.presence, stand.scored, Keys::from_bits(keys), count);
        }
    }
    for ((how, keys), count) in moves {
        let stand = &stands.list[how];
        let name = stands.names.get(stand.name as usize);
        if let Some(score) = name.and_then(|name| names.get_mut(name)) {
            score.convict(stand.presence, stand.scored, Keys::from_bits(keys), count);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_comes_back_from_disk_as_it_went() {
        let row = Standing::new(1 << 40 | 7, 5);
        let mut bytes = Vec::new();
        row.write(&mut bytes);
        assert_eq!(bytes.len(), Standing::SIZE);
        assert_eq!(Standing::read(&bytes), row);
    }

    #[test]
    fn as_many_events_as_fit_share_a_row() {
        let mut table = Table::default();
        let number = 2 * u64::from(MOST_EVENTS) + 9;
        (0..number).for_each(|_| table.take(&[Standing::new(3, 8)], 0));
        table.take(&[Standing::new(3, 9), Standing::new(4, 8)], 0);
        table.take(&[Standing::sentence(3, 1), Standing::sentence(3, 4)], 0);
        table.finish().unwrap();
        let rows = table.settled();
        let like_eight = rows.iter().filter(|row| (row.whose(), row.how()) == (3, 8));
        assert_eq!(
            like_eight
                .clone()
                .map(|row| u64::from(row.count()))
                .sum::<u64>(),
            number
        );
        assert!(like_eight.count() < 9);
        let sentences: Vec<_> = rows.iter().filter(|row| row.is_sentence()).collect();
        assert_eq!(sentences.len(), 1);
        assert_eq!(Keys::from_bits(sentences[0].word).bits(), 5);
    }

    #[test]
    fn ways_without_a_number_are_left_out() {
        let mut stands = Stands::default();
        let of = |stands: &mut Stands, sender: u64| {
            stands.number("Lead", Presence::default(), true, sender << 32)
        };
        for sender in 0..MOST_STANDS as u64 / 2 {
            assert_eq!(of(&mut stands, sender), Some(sender as u32));
        }
        // From here on senders are one.
        let next = of(&mut stands, u64::from(u32::MAX));
        assert_eq!(next, of(&mut stands, u64::from(u32::MAX) - 7));
        assert_eq!(of(&mut stands, 3), Some(3));
        let rows = [Standing::new(3, 0), Standing::new(3, 1)];
        let kept = rows
            .iter()
            .filter_map(|row| row.renumbered(&[Some(7), None]));
        assert_eq!(kept.map(|row| row.how()).collect::<Vec<_>>(), [7]);
    }

    #[test]
    fn only_events_of_convicted_visits_lose_their_keys() {
        let all = Keys::of(&[ScoreKey::Em, ScoreKey::Fn, ScoreKey::Ip]);
        let presence = Presence::new(all, all, Keys::NONE);
        let visit = |email: u32, at: u64| Visit {
            email,
            scope: 1,
            at,
            count: 2,
            ..Visit::default()
        };
        let mut stands = Stands::default();
        let mut number = |aside| stands.number("Purchase", presence, true, aside).unwrap();
        let own = number(64 << 32);
        let several = Keys::of(&[ScoreKey::Em]).bits();
        let listed = number(64 << 32 | u64::from(several));
        let (mut visits, mut standings) = (Table::default(), Table::default());
        for (at, (email, how)) in [(7, own), (8, own), (7, listed)].into_iter().enumerate() {
            let visit = visit(email, at as u64);
            visits.take(&[visit], 0);
            standings.take(&[Standing::new(of_visit(&visit), how); 2], 0);
        }
        visits.finish().unwrap();
        let mut score = NameScore::default();
        score.add_many(presence, true, 6);
        let mut names = BTreeMap::from([("Purchase".to_owned(), score)]);
        let mut convictions = Convictions::default();
        convictions.doubled(ScoreKey::Em, 7);
        convictions.beside.insert(64, Keys::of(&[ScoreKey::Fn]));
        carry_out(
            &convictions,
            &visits,
            &mut standings,
            &stands,
            1,
            &mut names,
        )
        .unwrap();
        let of = |key| names["Purchase"].usable_and_proven()(key).0;
        assert_eq!(of(ScoreKey::Em), 4);
        assert_eq!(of(ScoreKey::Fn), 2);
        assert_eq!(of(ScoreKey::Ip), 6);
    }
}
