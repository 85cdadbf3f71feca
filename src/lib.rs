//! capilint reads captured payloads of Meta's Conversions API and says which events are refused,
//! ignored, unmatched, duplicated or leaking personal data.
//!
//! The modules stand in the order in which bytes travel.

pub mod clock;
pub mod digest;
pub mod event;
pub mod finding;
pub mod fix;
pub mod inspect;
pub mod json;
pub mod name;
pub mod normalize;
pub mod output;
pub mod printable;
pub mod repair;
pub mod report;
pub mod rule;
pub mod rules;
pub mod score;
