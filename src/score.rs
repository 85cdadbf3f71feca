//! An estimate of the match quality that Meta shows for an event_name.
//!
//! Meta's formula is not public. This model was fitted to published readings; `capilint explain
//! score` says how, and how far it is off. Only valid keys count, a bad value counts as none, and
//! the score of an event_name is the mean over its events.

mod keys;
mod model;
mod names;

pub use keys::{Keys, Presence, ScoreKey, Status};
pub use model::{
    Band, BandLimits, Demographics, Estimate, Factor, FewEvents, HalfWidth, HalfWidths, Model,
    Network, Region, Table, Untested, Vector, table,
};
pub use names::{
    Attribution, Contribution, Counted, CoverageShares, Detail, Gain, KeyShares, NameReport,
    NameScore, RegionShares, Tally,
};

/// What `capilint explain score` prints.
pub const PAGE: &str = include_str!("../rules/tables/score.md");

/// Why an event or event_name has no score.
pub const NOT_WEBSITE: &str = "Meta shows match quality for website events only";

/// What must stand beside every score.
pub const CAVEAT: &str = "estimate, Meta's formula is not public; typical error ±0.3, up to ±1 on \
                          identified events; the window and pixel-side data are not visible from \
                          the payload";

/// The score of a website event with these valid keys.
pub fn event_score(usable: Keys) -> Estimate {
    table().model.event(usable)
}

/// The points alone of [`event_score`].
pub fn event_points(usable: Keys) -> f64 {
    table().model.score(usable)
}

/// The score of an event_name of which only the share of events (0 to 1) with each valid key is
/// known; a key that is not listed is never sent.
pub fn estimate_from_coverage(coverage: &[(ScoreKey, f64)]) -> f64 {
    table().model.from_coverage(coverage)
}

/// A score as it is shown: one decimal.
pub fn tenth(score: f64) -> f64 {
    (score * 10.0).round() / 10.0
}
