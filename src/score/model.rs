//! The model: which keys of an event lead to an account, on the scale that Meta shows.

use std::collections::BTreeMap;

use once_cell::sync::Lazy;
use serde::{Deserialize, Serialize};

use super::keys::{Keys, ScoreKey};

/// `rules/tables/score.json`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// What the table is.
    pub about: String,
    /// Where the figures come from.
    pub source: String,
    /// When they were taken, `YYYY-MM-DD`.
    pub date: String,
    /// The model.
    pub model: Model,
    /// Scores that the model must give.
    pub vectors: Vec<Vector>,
}

/// One score that the model must give.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// The keys that are valid.
    pub keys: Vec<ScoreKey>,
    /// The score of such an event.
    pub score: f64,
}

/// The table in the binary.
///
/// # Panics
/// On first use when the embedded table is malformed, which the tests rule out.
pub fn table() -> &'static Table {
    static TABLE: Lazy<Table> = Lazy::new(|| {
        const TEXT: &str = include_str!("../../rules/tables/score.json");
        serde_json::from_str(TEXT).unwrap_or_else(|why| panic!("rules/tables/score.json: {why}"))
    });
    &TABLE
}

/// The parameters of the model.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// IP address and user agent.
    pub network: Network,
    /// fbp, or fbc in its place.
    pub browser: f64,
    /// Keys that name a person directly.
    #[serde(deserialize_with = "by_key")]
    pub contact: Vec<(ScoreKey, f64)>,
    /// The share of the second contact key that the first does not already tell.
    pub second_contact: f64,
    /// external_id beside a contact key.
    pub external_id: f64,
    /// Name and address beside a contact key.
    pub demographics: Demographics,
    /// How far the score that Meta shows may lie from the estimate (80 %).
    pub half_widths: HalfWidths,
    /// Keys of which no reading exists.
    pub untested: Untested,
    /// When a mean is less certain because of few events.
    pub few_events: FewEvents,
    /// Below about as many events Meta may show no score.
    pub unscored_below: u64,
    /// The highest score ever read.
    pub cap: f64,
    /// Where the bands begin.
    pub bands: BandLimits,
}

/// IP address and user agent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// Both together.
    pub strength: f64,
    /// The share of it that the address alone gives.
    pub ip_only: f64,
    /// The share of it that the user agent alone gives.
    pub ua_only: f64,
}

/// Name and address.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demographics {
    /// All together.
    pub strength: f64,
    /// The share of each; together they count as 1 at most.
    #[serde(deserialize_with = "by_key")]
    pub shares: Vec<(ScoreKey, f64)>,
}

/// The half-widths of each region.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct HalfWidths {
    pub anonymous_browser: HalfWidth,
    pub anonymous_weak: HalfWidth,
    pub identified_browser: HalfWidth,
    pub identified_server: HalfWidth,
}

/// How far the shown score may lie below and above the estimate.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct HalfWidth {
    pub below: f64,
    pub above: f64,
}

/// Keys of which no reading exists, so that their parameters are guesses.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Untested {
    /// Those keys.
    pub keys: Vec<ScoreKey>,
    /// They carry a score when they raise it by this much.
    pub carries_from: f64,
    /// The half-width of such a score.
    pub half_width: f64,
}

/// When a mean is less certain because of few events.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FewEvents {
    /// Fewer events than this.
    pub below: u64,
    /// What is added to both half-widths.
    pub half_width: f64,
}

/// Where the bands begin. Meta publishes 6.0 as its recommendation and nothing else; the other
/// limits are ours.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct BandLimits {
    pub ok: f64,
    pub good: f64,
    pub great: f64,
}

/// The part of the key space in which an event lies: the model's error differs between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// No contact key; IP address, user agent and fbp or fbc.
    AnonymousBrowser,
    /// No contact key, and some of the browser's keys missing.
    AnonymousWeak,
    /// A contact key, and all of the browser's keys.
    IdentifiedBrowser,
    /// A contact key, and some of the browser's keys missing.
    IdentifiedServer,
}

impl Region {
    /// Every region.
    pub const ALL: [Region; 4] = [
        Region::AnonymousBrowser,
        Region::AnonymousWeak,
        Region::IdentifiedBrowser,
        Region::IdentifiedServer,
    ];

    /// The region of an event with these valid keys.
    pub const fn of(keys: Keys) -> Region {
        let browser = keys.has_all(NETWORK) && keys.has_any(BROWSER);
        match (keys.has_any(CONTACT), browser) {
            (false, true) => Region::AnonymousBrowser,
            (false, false) => Region::AnonymousWeak,
            (true, true) => Region::IdentifiedBrowser,
            (true, false) => Region::IdentifiedServer,
        }
    }

    /// The region in words.
    pub const fn label(self) -> &'static str {
        match self {
            Region::AnonymousBrowser => "anonymous, with browser keys",
            Region::AnonymousWeak => "anonymous, few browser keys",
            Region::IdentifiedBrowser => "identified, with browser keys",
            Region::IdentifiedServer => "identified, without browser keys",
        }
    }
}

/// A word for a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Band {
    Poor,
    Ok,
    Good,
    Great,
}

impl std::fmt::Display for Band {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Band::Poor => "poor",
            Band::Ok => "OK",
            Band::Good => "good",
            Band::Great => "great",
        })
    }
}

/// The score of one event.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// 0 to 10.
    pub score: f64,
    /// The lower end of the range, 0 to 10.
    pub low: f64,
    /// The upper end of the range, 0 to 10.
    pub high: f64,
    /// Where the event lies.
    pub region: Region,
    /// Whether the score rests on keys of which no reading exists.
    pub uncalibrated: bool,
}

/// A factor of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// IP address and user agent.
    Network,
    /// fbp or fbc.
    Browser,
    /// The strongest key that names a person directly.
    Contact,
    /// The next such key.
    SecondContact,
    /// external_id beside a contact key.
    ExternalId,
    /// Name and address beside a contact key.
    Demographics,
}

impl Factor {
    /// Every factor: first those of the anonymous block, then those of the identified one.
    pub const ALL: [Factor; 6] = [
        Factor::Network,
        Factor::Browser,
        Factor::Contact,
        Factor::SecondContact,
        Factor::ExternalId,
        Factor::Demographics,
    ];

    /// The factor in words.
    pub const fn label(self) -> &'static str {
        match self {
            Factor::Network => "IP address and user agent",
            Factor::Browser => "browser or click id",
            Factor::Contact => "first contact key",
            Factor::SecondContact => "second contact key",
            Factor::ExternalId => "external id",
            Factor::Demographics => "name and address",
        }
    }
}

pub(super) const NETWORK: Keys = Keys::of(&[ScoreKey::Ip, ScoreKey::Ua]);
const BROWSER: Keys = Keys::of(&[ScoreKey::Fbp, ScoreKey::Fbc]);
const CONTACT: Keys = Keys::of(&[
    ScoreKey::Em,
    ScoreKey::Ph,
    ScoreKey::LeadId,
    ScoreKey::FbLoginId,
]);
pub(super) const NAMES: Keys = Keys::of(&[ScoreKey::Fn, ScoreKey::Ln]);
pub(super) const ADDRESS: Keys =
    Keys::of(&[ScoreKey::Zp, ScoreKey::Ct, ScoreKey::St, ScoreKey::Country]);

/// What an event's keys give each factor, and which key is whose.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Factors {
    /// In the order of [`Factor::ALL`]; each 0 to below 1.
    pub strength: [f64; 6],
    pub contact: Option<ScoreKey>,
    pub second_contact: Option<ScoreKey>,
}

impl Factors {
    /// 10 · (1 − Π(1 − c)), which is 10 · (1 − (1 − A)(1 − D)) multiplied out.
    pub fn score(&self) -> f64 {
        10.0 * (1.0 - missed(&self.strength))
    }

    /// The factors' shares of the score. The model is a product, so each factor's part is its
    /// logarithm's part: the shares add up to the score.
    pub fn contributions(&self) -> [f64; 6] {
        let logs = self.strength.map(|strength| -(1.0 - strength).ln());
        let total: f64 = logs.iter().sum();
        if total <= 0.0 {
            return [0.0; 6];
        }
        let score = self.score();
        logs.map(|log| score * log / total)
    }
}

/// The chance that none of the factors leads to an account.
fn missed(strength: &[f64]) -> f64 {
    strength.iter().map(|strength| 1.0 - strength).product()
}

impl Model {
    /// The factors of an event with these valid keys.
    pub(super) fn factors(&self, keys: Keys) -> Factors {
        let network = match (keys.has(ScoreKey::Ip), keys.has(ScoreKey::Ua)) {
            (true, true) => 1.0,
            (true, false) => self.network.ip_only,
            (false, true) => self.network.ua_only,
            (false, false) => 0.0,
        };
        let mut factors = Factors::default();
        factors.strength[0] = self.network.strength * network;
        if keys.has_any(BROWSER) {
            factors.strength[1] = self.browser;
        }
        // External id, name and address count only beside a key that names the person.
        if !keys.has_any(CONTACT) {
            return factors;
        }
        let (mut first, mut second) = (0.0, 0.0);
        for &(key, strength) in &self.contact {
            if !keys.has(key) {
                continue;
            }
            if strength > first {
                (second, factors.second_contact) = (first, factors.contact);
                (first, factors.contact) = (strength, Some(key));
            } else if strength > second {
                (second, factors.second_contact) = (strength, Some(key));
            }
        }
        factors.strength[2] = first;
        factors.strength[3] = self.second_contact * second;
        if keys.has(ScoreKey::ExternalId) {
            factors.strength[4] = self.external_id;
        }
        let share: f64 = self
            .demographics
            .shares
            .iter()
            .filter(|(key, _)| keys.has(*key))
            .map(|(_, share)| share)
            .sum();
        factors.strength[5] = self.demographics.strength * share.min(1.0);
        factors
    }

    /// The score of an event with these valid keys, 0 to 10, not capped.
    pub(super) fn score(&self, keys: Keys) -> f64 {
        self.factors(keys).score()
    }

    /// Whether the score rests on parameters that no reading supports.
    pub(super) fn is_uncalibrated(&self, keys: Keys) -> bool {
        // Name with postcode or birthday identifies people, yet without a contact key no reading
        // shows what it is worth: the model says nothing, it may be up to half of its worth beside
        // one.
        let names_alone = !keys.has_any(CONTACT)
            && keys.has_all(NAMES)
            && (keys.has(ScoreKey::Zp) || keys.has(ScoreKey::Db));
        if names_alone {
            return true;
        }
        let untested: Keys = self.untested.keys.iter().copied().collect();
        keys.has_any(untested)
            && self.score(keys) - self.score(keys.without(untested)) >= self.untested.carries_from
    }

    /// How far the shown score may lie from that of an event with these valid keys.
    pub(super) fn half_width(&self, keys: Keys) -> HalfWidth {
        if self.is_uncalibrated(keys) {
            let width = self.untested.half_width;
            return HalfWidth {
                below: width,
                above: width,
            };
        }
        match Region::of(keys) {
            Region::AnonymousBrowser => self.half_widths.anonymous_browser,
            Region::AnonymousWeak => self.half_widths.anonymous_weak,
            Region::IdentifiedBrowser => self.half_widths.identified_browser,
            Region::IdentifiedServer => self.half_widths.identified_server,
        }
    }

    /// The score of an event with these valid keys, and its range.
    pub fn event(&self, usable: Keys) -> Estimate {
        let score = self.score(usable);
        let width = self.half_width(usable);
        Estimate {
            score,
            low: (score - width.below).max(0.0),
            high: (score + width.above).min(10.0),
            region: Region::of(usable),
            uncalibrated: self.is_uncalibrated(usable),
        }
    }

    /// The score of an event_name of which only the share of events with each valid key is known,
    /// as Meta's Dataset Quality API gives it.
    ///
    /// Which keys come together is not known, so the keys of each block are taken to: the event at
    /// `u` of 0 to 1 has every key that more than `u` of the events have. The two blocks are taken
    /// to be independent.
    pub fn from_coverage(&self, coverage: &[(ScoreKey, f64)]) -> f64 {
        // The filter also drops what is no number.
        let coverage: Vec<(ScoreKey, f64)> = coverage
            .iter()
            .filter(|&&(_, share)| share > 0.0)
            .map(|&(key, share)| (key, share.min(1.0)))
            .collect();
        let mut steps: Vec<f64> = coverage.iter().map(|&(_, share)| share).collect();
        steps.sort_by(f64::total_cmp);
        let (mut anonymous, mut identified, mut from) = (0.0, 0.0, 0.0);
        for to in steps {
            if to <= from {
                continue;
            }
            let keys = coverage
                .iter()
                .filter(|&&(_, share)| share > from)
                .map(|&(key, _)| key)
                .collect();
            let strength = self.factors(keys).strength;
            anonymous += (to - from) * (1.0 - missed(&strength[..2]));
            identified += (to - from) * (1.0 - missed(&strength[2..]));
            from = to;
        }
        (10.0 * (1.0 - (1.0 - anonymous) * (1.0 - identified))).min(self.cap)
    }

    /// The band of a score, of the score as it is shown with one decimal.
    pub fn band(&self, score: f64) -> Band {
        let score = super::tenth(score);
        if score >= self.bands.great {
            Band::Great
        } else if score >= self.bands.good {
            Band::Good
        } else if score >= self.bands.ok {
            Band::Ok
        } else {
            Band::Poor
        }
    }
}

/// An object of the table as a list in the order of the keys, which is quicker to walk than a map:
/// the score of every combination of keys goes through it many times.
fn by_key<'de, D: serde::Deserializer<'de>>(source: D) -> Result<Vec<(ScoreKey, f64)>, D::Error> {
    BTreeMap::<ScoreKey, f64>::deserialize(source).map(|map| map.into_iter().collect())
}
