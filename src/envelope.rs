//! What stands around payloads in logs as they are: the values and texts that hold them, the
//! codings between, and what these tell of the sending: when, where to and by whom.
//!
//! One reader for all of it: [`search`] goes through any JSON value, [`text`] through any text, and
//! [`decode`] takes out what is coded and puts it back. Only [`labels`] knows what vendors call
//! things.

pub(crate) mod counted;
pub mod csv;
pub(crate) mod dated;
pub mod decode;
pub(crate) mod guess;
pub mod join;
pub mod labels;
pub mod repr;
pub(crate) mod row;
pub mod sdk;
pub mod search;
pub mod text;
pub mod typed;
pub mod when;

/// A payload is not looked for behind more codings than this.
pub const MAX_DECODES: usize = 4;
