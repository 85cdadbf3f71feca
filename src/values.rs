//! The values that stand in payloads: what each of them means, and in which ways it is written.
//! What several rules share of a value stands here, a file for each; what one rule alone needs
//! stands with that rule.

pub mod action_source;
pub mod agent;
pub(crate) mod app_spelling;
pub mod blank;
pub mod click_id;
pub mod contents;
pub mod deduplication;
pub mod embedded_time;
pub mod event_name;
pub mod event_time;
pub mod money;
pub mod name;
pub mod network;
pub mod object_text;
pub mod page_host;
pub mod percent;
pub mod personal;
pub mod places;
pub mod plain;
pub mod printable;
pub mod secret;
pub mod sensitive;
pub(crate) mod single;
pub(crate) mod slip;
pub mod web_address;
