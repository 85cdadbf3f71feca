//! capilint reads captured payloads of Meta's Conversions API and says which events are refused,
//! ignored, unmatched, duplicated or leaking personal data.
//!
//! The groups of modules stand in the order in which bytes travel.

// From paths to blocks of text.
pub mod input;

// JSON, names, and the values that stand in payloads.
pub mod clock;
pub mod digest;
pub mod identify;
pub mod json;
pub mod normalize;
pub mod values;

// What others know: what a browser sent, and values in plain.
pub mod known;
pub mod pixel;
pub mod witness;

// The typed view, the text around what it shows, and the rules that speak to it.
pub mod addresses;
pub mod ages;
pub mod envelope;
pub mod event;
pub mod exchange;
pub mod finding;
pub mod fix;
pub mod foreign;
pub mod inspect;
pub mod ledger;
pub mod repair;
pub mod rule;
pub mod rules;
pub mod signs;
pub mod visit;

// What becomes of findings.
pub mod policy;
pub mod presence;
pub mod report;
pub mod score;

// The run as a whole, and what it prints.
pub mod engine;
pub mod facts;
pub mod memory;
pub mod output;
pub mod resend;
pub mod rewrite;
pub mod settings;
pub mod unfinished;

// The command line.
pub mod cli;
pub mod commands;
pub mod config;
