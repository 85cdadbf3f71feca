//! capilint reads captured payloads of Meta's Conversions API and says which events are refused,
//! ignored, unmatched, duplicated or leaking personal data.
//!
//! The modules stand in the order in which bytes travel.

pub mod action_source;
pub mod agent;
pub mod cli;
pub mod click_id;
pub mod clock;
pub mod config;
pub mod deduplication;
pub mod digest;
pub mod engine;
pub mod event;
pub mod event_name;
pub mod event_time;
pub mod finding;
pub mod fix;
pub mod input;
pub mod inspect;
pub mod json;
pub mod money;
pub mod name;
pub mod network;
pub mod normalize;
pub mod output;
pub mod places;
pub mod plain;
pub mod policy;
pub mod presence;
pub mod printable;
pub mod repair;
pub mod report;
pub mod rewrite;
pub mod rule;
pub mod rules;
pub mod score;
pub mod secret;
pub mod settings;
