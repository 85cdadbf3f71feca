//! The score of an event_name: counted per event, worked out at the end.

use hashbrown::HashMap;
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use super::keys::{Keys, Presence, ScoreKey};
use super::model::{ADDRESS, Band, Factor, Model, NAMES, NETWORK, Region, table};
use super::{NOT_WEBSITE, tenth};

/// The events of one block, counted by event_name and keys. Most events of a log have one of a few
/// dozen sets of keys, so that an event costs one look-up.
#[derive(Debug, Default)]
pub struct Tally {
    numbers: HashMap<(u32, u64, u64), u32>,
    counts: Vec<Counted>,
}

/// Events that are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The caller's number for their event_name.
    pub name: u32,
    /// Their keys.
    pub presence: Presence,
    /// Whether Meta scores such events at all.
    pub scored: bool,
    /// What else the caller tells them apart by.
    pub aside: u64,
    /// How many they are.
    pub count: u64,
}

/// The bit above a packed [`Presence`].
const SCORED: u64 = 1 << (3 * ScoreKey::COUNT);

impl Tally {
    /// Counts an event; gives the number, from 0, of those with which it is counted. `name` is the
    /// caller's number for its event_name, `scored` whether Meta scores such events at all, `aside`
    /// what else the caller tells events apart by.
    #[inline]
    pub fn add(&mut self, name: u32, presence: Presence, scored: bool, aside: u64) -> u32 {
        let packed = presence.pack() | if scored { SCORED } else { 0 };
        let counts = &mut self.counts;
        let number = *self
            .numbers
            .entry((name, packed, aside))
            .or_insert_with(|| {
                counts.push(Counted {
                    name,
                    presence,
                    scored,
                    aside,
                    count: 0,
                });
                counts.len() as u32 - 1
            });
        counts[number as usize].count += 1;
        number
    }

    /// Empties the tally, in the order of the numbers.
    pub fn drain(&mut self) -> impl Iterator<Item = Counted> {
        self.numbers.clear();
        self.counts.drain(..)
    }
}

/// A map of numbers as a sorted list of pairs.
mod pairs {
    use hashbrown::HashMap;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(map: &HashMap<u64, u64>, out: S) -> Result<S::Ok, S::Error> {
        let mut pairs: Vec<(&u64, &u64)> = map.iter().collect();
        pairs.sort_unstable();
        pairs.serialize(out)
    }

    pub fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<HashMap<u64, u64>, D::Error> {
        let pairs: Vec<(u64, u64)> = Vec::deserialize(from)?;
        Ok(pairs.into_iter().collect())
    }
}

/// How many events have each key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Coverage {
    events: u64,
    sent: [u64; ScoreKey::COUNT],
    usable: [u64; ScoreKey::COUNT],
    proven: [u64; ScoreKey::COUNT],
}

impl Coverage {
    fn add(&mut self, presence: Presence, count: u64) {
        self.events += count;
        for key in presence.sent().iter() {
            self.sent[key as usize] += count;
        }
        for key in presence.usable().iter() {
            self.usable[key as usize] += count;
        }
        for key in presence.proven().iter() {
            self.proven[key as usize] += count;
        }
    }

    fn convict(&mut self, presence: Presence, keys: Keys, count: u64) {
        for key in keys.iter() {
            let at = key as usize;
            self.usable[at] = self.usable[at].saturating_sub(count);
            if presence.proven().has(key) {
                self.proven[at] = self.proven[at].saturating_sub(count);
            }
        }
    }

    fn prove(&mut self, keys: Keys, count: u64) {
        for key in keys.iter() {
            self.proven[key as usize] += count;
        }
    }

    fn merge(&mut self, other: &Coverage) {
        self.events += other.events;
        for (mine, theirs) in [
            (&mut self.sent, &other.sent),
            (&mut self.usable, &other.usable),
            (&mut self.proven, &other.proven),
        ] {
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                *mine += theirs;
            }
        }
    }

    fn shares(&self) -> CoverageShares {
        let share = |count: u64| count as f64 / self.events.max(1) as f64;
        let keys = ScoreKey::ALL
            .iter()
            .filter(|&&key| self.sent[key as usize] > 0)
            .map(|&key| {
                let at = key as usize;
                let shares = KeyShares {
                    sent: share(self.sent[at]),
                    usable: share(self.usable[at]),
                    proven: share(self.proven[at]),
                };
                (key, shares)
            });
        CoverageShares(keys.collect())
    }
}

/// The keys of an event as far as its score and the ways to raise it depend on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Mask {
    usable: Keys,
    bad: Keys,
}

/// The events of one event_name, counted by their keys. Parts of a log are counted apart and
/// merged in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameScore {
    /// Events that Meta scores, by their keys in one number. Real logs hold some thousands of
    /// combinations; what follows from them is worked out at the end.
    #[serde(with = "pairs")]
    scored: HashMap<u64, u64>,
    scored_events: u64,
    unscored: Coverage,
    /// Events of which the whole log has shown keys to be worthless. Parts are merged before.
    #[serde(skip)]
    convicted: u64,
}

impl NameScore {
    /// Counts one event; `scored` says whether Meta scores such events at all.
    pub fn add(&mut self, presence: Presence, scored: bool) {
        self.add_many(presence, scored, 1);
    }

    /// Counts `count` events with the same keys.
    pub fn add_many(&mut self, presence: Presence, scored: bool, count: u64) {
        if count == 0 {
            return;
        }
        if !scored {
            self.unscored.add(presence, count);
            return;
        }
        self.scored_events += count;
        *self.scored.entry(presence.pack()).or_insert(0) += count;
    }

    /// Takes keys out of `count` of the events with such keys: the whole log shows that they are
    /// worthless.
    pub fn convict(&mut self, presence: Presence, scored: bool, keys: Keys, count: u64) {
        let keys = keys.common(presence.usable());
        if keys.is_empty() {
            return;
        }
        self.convicted += count;
        if !scored {
            self.unscored.convict(presence, keys, count);
            return;
        }
        let mut open = count - self.spoil(presence, keys, count);
        if open == 0 {
            return;
        }
        // Some of them have lost other keys already: those that have lost the fewest come first.
        let is_rest = |other: &Presence| {
            other.sent() == presence.sent()
                && presence.usable().has_all(other.usable())
                && other.usable().has_all(keys)
        };
        let all = self.scored.keys().map(|&packed| Presence::unpack(packed));
        let mut rest: Vec<Presence> = all.filter(is_rest).collect();
        rest.sort_unstable_by_key(|one| (std::cmp::Reverse(one.usable().len()), one.pack()));
        for one in rest {
            open -= self.spoil(one, keys, open);
        }
    }

    /// Counts keys of `count` of the events with such keys as proven right: the whole log shows it.
    pub fn prove(&mut self, presence: Presence, scored: bool, keys: Keys, count: u64) {
        let keys = keys.common(presence.usable());
        if !scored {
            self.unscored.prove(keys, count);
            return;
        }
        let proven = presence.proven().with(keys);
        let proven = Presence::new(presence.sent(), presence.usable(), proven);
        self.shift(presence, proven, count);
    }

    /// Takes keys out of at most `count` of the scored events with just such keys; gives how many
    /// these are.
    fn spoil(&mut self, presence: Presence, keys: Keys, count: u64) -> u64 {
        let mut left = presence;
        keys.iter().for_each(|key| left.spoil(key));
        self.shift(presence, left, count)
    }

    /// Counts at most `count` of the scored events with one presence under another; gives how many
    /// these are.
    fn shift(&mut self, from: Presence, to: Presence, count: u64) -> u64 {
        let Some(events) = self.scored.get_mut(&from.pack()) else {
            return 0;
        };
        let moved = count.min(*events);
        *events -= moved;
        if *events == 0 {
            self.scored.remove(&from.pack());
        }
        if moved > 0 {
            *self.scored.entry(to.pack()).or_insert(0) += moved;
        }
        moved
    }

    /// In how many events, scored or not, each key is usable, and in how many it is proven right.
    pub fn usable_and_proven(&self) -> impl Fn(ScoreKey) -> (u64, u64) {
        let mut all = self.scored_coverage();
        all.merge(&self.unscored);
        move |key| (all.usable[key as usize], all.proven[key as usize])
    }

    /// How many of the events that Meta scores have each key.
    fn scored_coverage(&self) -> Coverage {
        let mut coverage = Coverage::default();
        for (&packed, &count) in &self.scored {
            coverage.add(Presence::unpack(packed), count);
        }
        coverage
    }

    /// The events that Meta scores, by what their score depends on, in a fixed order.
    fn masks(&self) -> Vec<(Mask, u64)> {
        let mut masks: HashMap<Mask, u64> = HashMap::new();
        for (&packed, &count) in &self.scored {
            let presence = Presence::unpack(packed);
            let mask = Mask {
                usable: presence.usable(),
                bad: presence.bad(),
            };
            *masks.entry(mask).or_insert(0) += count;
        }
        let mut masks: Vec<(Mask, u64)> = masks.into_iter().collect();
        masks.sort_unstable();
        masks
    }

    /// Takes in the events of another part of the log.
    pub fn merge(&mut self, other: &NameScore) {
        for (&packed, count) in &other.scored {
            *self.scored.entry(packed).or_insert(0) += count;
        }
        self.scored_events += other.scored_events;
        self.unscored.merge(&other.unscored);
    }

    /// All events, also those that Meta does not score.
    pub fn events(&self) -> u64 {
        self.scored_events + self.unscored.events
    }

    /// The estimate of the score that Meta shows for the event_name, unrounded; `None` when it
    /// shows none.
    pub fn score(&self) -> Option<f64> {
        (self.scored_events > 0).then(|| Population::of(self).score(Shift::None))
    }

    /// The whole answer. `event_name` is printed as it is given.
    pub fn report(&self, event_name: &str) -> NameReport {
        let detail = (self.scored_events > 0).then(|| Population::of(self).detail(self));
        let coverage = match detail {
            Some(_) => self.scored_coverage().shares(),
            None => self.unscored.shares(),
        };
        NameReport {
            event_name: event_name.to_owned(),
            events: self.events(),
            scored_events: self.scored_events,
            score: self.score(),
            why: detail.is_none().then_some(NOT_WEBSITE),
            coverage,
            detail,
        }
    }
}

/// What is put right in the events before they are scored again.
#[derive(Clone, Copy)]
enum Shift {
    None,
    /// The keys, where they are missing or bad.
    Complete(Keys),
    /// The keys, only where they are bad.
    Repair(Keys),
}

impl Shift {
    fn apply(self, mask: Mask) -> Keys {
        match self {
            Shift::None => mask.usable,
            Shift::Complete(keys) => mask.usable.with(keys),
            Shift::Repair(keys) => mask.usable.with(keys.common(mask.bad)),
        }
    }
}

/// The scored events of a name in a fixed order, so that sums come out the same on every run.
struct Population<'m> {
    model: &'m Model,
    masks: Vec<(Mask, u64)>,
    events: f64,
}

/// Keys that are set up together, with a name for them. fbc is not among them: it decides which
/// ad gets the credit, and adds nothing to the score beside fbp.
const STEPS: [(Keys, &str); 7] = [
    (Keys::of(&[ScoreKey::Em]), "e-mail"),
    (Keys::of(&[ScoreKey::Ph]), "phone"),
    (Keys::of(&[ScoreKey::ExternalId]), "external id"),
    (Keys::of(&[ScoreKey::Fbp]), "browser id"),
    (NETWORK, "IP address and user agent"),
    (NAMES, "first and last name"),
    (ADDRESS, "address"),
];

/// A smaller gain is not worth a line.
const LEAST_GAIN: f64 = 0.05;

/// How many pairs are listed.
const PAIRS: usize = 3;

impl<'m> Population<'m> {
    fn of(name: &NameScore) -> Population<'m> {
        Population {
            model: &table().model,
            masks: name.masks(),
            events: name.scored_events as f64,
        }
    }

    /// The mean of `value` over the events.
    fn mean(&self, value: impl Fn(Mask) -> f64) -> f64 {
        let sum: f64 = self
            .masks
            .iter()
            .map(|&(mask, count)| count as f64 * value(mask))
            .sum();
        sum / self.events
    }

    /// The number of events for which `test` holds.
    fn count(&self, test: impl Fn(Mask) -> bool) -> u64 {
        self.masks
            .iter()
            .filter(|&&(mask, _)| test(mask))
            .map(|&(_, count)| count)
            .sum()
    }

    fn score(&self, shift: Shift) -> f64 {
        self.mean(|mask| self.model.score(shift.apply(mask)))
            .min(self.model.cap)
    }

    fn detail(&self, name: &NameScore) -> Detail {
        let model = self.model;
        let score = self.score(Shift::None);
        let few = name.scored_events < model.few_events.below;
        let extra = if few {
            model.few_events.half_width
        } else {
            0.0
        };
        let below = self.mean(|mask| model.half_width(mask.usable).below) + extra;
        let above = self.mean(|mask| model.half_width(mask.usable).above) + extra;
        let (low, high) = ((score - below).max(0.0), (score + above).min(model.cap));
        let range = [model.band(low), model.band(high)];
        let uncalibrated =
            self.mean(|mask| f64::from(u8::from(model.is_uncalibrated(mask.usable))));
        Detail {
            low,
            high,
            band: model.band(score),
            band_range: (range[0] != range[1]).then_some(range),
            note: self.note(name, uncalibrated),
            uncalibrated,
            regions: RegionShares(Region::ALL.map(|region| {
                let share =
                    self.mean(|mask| f64::from(u8::from(Region::of(mask.usable) == region)));
                (region, share)
            })),
            contributions: self.contributions(score),
            gains: self.gains(score),
            pairs: self.pairs(score),
            attribution: self.attribution(),
        }
    }

    fn note(&self, name: &NameScore, uncalibrated: f64) -> Option<String> {
        let mut notes = Vec::new();
        if name.scored_events < self.model.unscored_below {
            notes.push(format!(
                "Meta may show no score below about {} events",
                self.model.unscored_below
            ));
        }
        if uncalibrated > 0.0 {
            notes.push("some events rest on keys without any published reading".to_owned());
        }
        if name.convicted > 0 {
            notes.push(format!(
                "keys of {} that the whole log shows to be worthless do not count",
                crate::report::count(name.convicted.min(name.events()), "event")
            ));
        }
        if name.unscored.events > 0 {
            notes.push("only the website events are scored".to_owned());
        }
        (!notes.is_empty()).then(|| notes.join("; "))
    }

    /// Adds up to `score`, also where that is capped.
    fn contributions(&self, score: f64) -> Vec<Contribution> {
        let mut parts = Factor::ALL.map(|factor| Contribution {
            factor,
            keys: Keys::NONE,
            points: 0.0,
        });
        for &(mask, count) in &self.masks {
            let factors = self.model.factors(mask.usable);
            let points = factors.contributions();
            for (part, points) in parts.iter_mut().zip(points) {
                if points > 0.0 {
                    part.points += count as f64 * points / self.events;
                    part.keys = part.keys.with(part.factor.keys(mask.usable, &factors));
                }
            }
        }
        let total: f64 = parts.iter().map(|part| part.points).sum();
        if total > 0.0 {
            for part in &mut parts {
                part.points *= score / total;
            }
        }
        parts.into_iter().filter(|part| part.points > 0.0).collect()
    }

    fn gain(&self, keys: Keys, label: String, score: f64) -> Gain {
        let lacks = |mask: Mask| !mask.usable.has_all(keys);
        let is_bad = |mask: Mask| mask.bad.has_any(keys);
        Gain {
            keys,
            label,
            gain: (self.score(Shift::Complete(keys)) - score).max(0.0),
            gain_invalid: (self.score(Shift::Repair(keys)) - score).max(0.0),
            events_invalid: self.count(is_bad),
            events_absent: self.count(|mask| lacks(mask) && !is_bad(mask)),
        }
    }

    fn gains(&self, score: f64) -> Vec<Gain> {
        let gains = STEPS.map(|(keys, label)| self.gain(keys, label.to_owned(), score));
        let mut gains: Vec<Gain> = gains
            .into_iter()
            .filter(|gain| gain.gain >= LEAST_GAIN)
            .collect();
        gains.sort_by(Gain::best_first);
        gains
    }

    /// The best pairs of steps that bring more than either step.
    fn pairs(&self, score: f64) -> Vec<Gain> {
        let single = STEPS.map(|(keys, _)| self.score(Shift::Complete(keys)) - score);
        let mut best = Vec::new();
        for (i, (first, _)) in STEPS.iter().enumerate() {
            for (j, (second, _)) in STEPS.iter().enumerate().skip(i + 1) {
                let gain = self.score(Shift::Complete(first.with(*second))) - score;
                if gain >= single[i].max(single[j]) + LEAST_GAIN {
                    best.push((gain, i, j));
                }
            }
        }
        // Stable: equal pairs keep the order of the steps.
        best.sort_by(|a, b| b.0.total_cmp(&a.0));
        best.truncate(PAIRS);
        best.into_iter()
            .map(|(_, i, j)| {
                let label = format!("{} + {}", STEPS[i].1, STEPS[j].1);
                self.gain(STEPS[i].0.with(STEPS[j].0), label, score)
            })
            .collect()
    }

    fn attribution(&self) -> Attribution {
        let valid = self.count(|mask| mask.usable.has(ScoreKey::Fbc));
        let bad = self.count(|mask| mask.bad.has(ScoreKey::Fbc));
        let all = self.events as u64;
        Attribution {
            fbc: valid as f64 / self.events,
            lacking: (all - valid) as f64 / self.events,
            events_invalid: bad,
            events_absent: all - valid - bad,
            note: CLICK_ID,
        }
    }
}

/// What fbc is for.
const CLICK_ID: &str = "fbc decides which ad gets the credit; beside fbp it adds nothing to the \
                        score, and only visits that came from an ad click have one";

impl Factor {
    /// The keys of an event that make up the factor.
    fn keys(self, usable: Keys, factors: &super::model::Factors) -> Keys {
        let all = match self {
            Factor::Network => NETWORK,
            Factor::Browser => Keys::of(&[ScoreKey::Fbp, ScoreKey::Fbc]),
            Factor::Contact => factors.contact.into_iter().collect(),
            Factor::SecondContact => factors.second_contact.into_iter().collect(),
            Factor::ExternalId => Keys::of(&[ScoreKey::ExternalId]),
            Factor::Demographics => NAMES
                .with(ADDRESS)
                .with(Keys::of(&[ScoreKey::Db, ScoreKey::Ge])),
        };
        all.common(usable)
    }
}

/// One entry of `names` in the JSON output. Figures are kept as they are and rounded when they are
/// written.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NameReport {
    /// The name, fit for print.
    pub event_name: String,
    /// All events of the name.
    pub events: u64,
    /// Those that Meta scores.
    pub scored_events: u64,
    /// The estimate, or `None` when Meta shows no score.
    #[serde(serialize_with = "write_tenth_or_null")]
    pub score: Option<f64>,
    /// Why there is no score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'static str>,
    /// The share of events with each key, of the scored events when there are any.
    pub coverage: CoverageShares,
    /// What belongs to a score.
    #[serde(flatten)]
    pub detail: Option<Detail>,
}

/// What belongs to the score of an event_name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Detail {
    /// The lower end of the range.
    #[serde(serialize_with = "write_tenth")]
    pub low: f64,
    /// The upper end of the range.
    #[serde(serialize_with = "write_tenth")]
    pub high: f64,
    /// The word for the score.
    pub band: Band,
    /// The words for both ends of the range, when they differ: the band is not certain then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band_range: Option<[Band; 2]>,
    /// What to keep in mind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The share of events whose score rests on keys without a reading.
    #[serde(serialize_with = "write_share")]
    pub uncalibrated: f64,
    /// The share of events in each region.
    pub regions: RegionShares,
    /// What each factor gives; they add up to the score.
    pub contributions: Vec<Contribution>,
    /// What one step would bring, best first.
    pub gains: Vec<Gain>,
    /// What two steps together would bring, best first.
    pub pairs: Vec<Gain>,
    /// The click id.
    pub attribution: Attribution,
}

impl Detail {
    /// The band, with the range of bands when the range of the score crosses a limit.
    pub fn band_text(&self) -> String {
        match self.band_range {
            Some([low, high]) => format!("{} ({low} to {high})", self.band),
            None => self.band.to_string(),
        }
    }
}

/// Shares by key, in the order of the keys; keys that were never sent are left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CoverageShares(pub Vec<(ScoreKey, KeyShares)>);

impl Serialize for CoverageShares {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, shares)| (key, shares)))
    }
}

/// The share of events with a key.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct KeyShares {
    /// With a value.
    #[serde(serialize_with = "write_share")]
    pub sent: f64,
    /// With a value that can match.
    #[serde(serialize_with = "write_share")]
    pub usable: f64,
    /// With a value known to be right.
    #[serde(serialize_with = "write_share")]
    pub proven: f64,
}

/// The share of events in each region.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionShares(pub [(Region, f64); 4]);

impl Serialize for RegionShares {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (region, share) in &self.0 {
            map.serialize_entry(region, &rounded(*share, 10_000.0))?;
        }
        map.end()
    }
}

/// What a factor gives to the score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contribution {
    /// Which one.
    pub factor: Factor,
    /// The keys behind it.
    pub keys: Keys,
    /// Points of the score.
    #[serde(serialize_with = "write_hundredth")]
    pub points: f64,
}

/// What the score would gain if keys were valid on every event.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gain {
    /// The keys.
    pub keys: Keys,
    /// The keys in words.
    pub label: String,
    /// Points, when all events had them.
    #[serde(serialize_with = "write_tenth")]
    pub gain: f64,
    /// Points, when only the values that are sent and bad were put right.
    #[serde(serialize_with = "write_tenth")]
    pub gain_invalid: f64,
    /// Events that send one of the keys with a value that can match nobody.
    pub events_invalid: u64,
    /// The other events that lack one of the keys.
    pub events_absent: u64,
}

impl Gain {
    /// The greater gain first; at the same gain the one with more to repair.
    fn best_first(a: &Gain, b: &Gain) -> std::cmp::Ordering {
        b.gain
            .total_cmp(&a.gain)
            .then(b.gain_invalid.total_cmp(&a.gain_invalid))
    }
}

/// The click id, which is no matter of match quality.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attribution {
    /// The share of events with a valid fbc.
    #[serde(serialize_with = "write_share")]
    pub fbc: f64,
    /// The share of events without one.
    #[serde(serialize_with = "write_share")]
    pub lacking: f64,
    /// Events with an fbc that is not valid.
    pub events_invalid: u64,
    /// Events with no fbc.
    pub events_absent: u64,
    /// What it is for.
    pub note: &'static str,
}

fn rounded(value: f64, scale: f64) -> f64 {
    (value * scale).round() / scale
}

fn write_tenth<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(tenth(*value))
}

fn write_tenth_or_null<S: Serializer>(
    value: &Option<f64>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    value.map(tenth).serialize(serializer)
}

fn write_hundredth<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(rounded(*value, 100.0))
}

fn write_share<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(rounded(*value, 10_000.0))
}
