//! Digests of keys with few possible values: the right ones, and the wrong spellings of them.

use crate::name::Name;

/// Which rule a wrong form belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The digest of a digest (CL105).
    Twice,
    /// The right value in the wrong case (CL111).
    Case,
    /// The right value in another spelling (CL112).
    Spelling,
}

/// A digest that was recognised as a wrong form of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongForm {
    pub fault: Fault,
    /// The class of the spelling, for messages: `a country name`, `a gender word`.
    pub what: &'static str,
    /// The digest that should stand there instead, as hex; `None` when the value should go.
    pub right: Option<String>,
}

/// Whether the keys that `name` takes can be enumerated.
pub fn is_enumerable(name: Name) -> bool {
    matches!(name, Name::Ge | Name::Country)
}

/// Whether the 64 lower-case hex digits `hex` are the digest of a right value of `name`.
pub fn is_right(name: Name, hex: &str) -> bool {
    let _ = (name, hex);
    false
}

/// What wrong form of a value of `name` the 64 lower-case hex digits `hex` are the digest of.
pub fn find(name: Name, hex: &str) -> Option<WrongForm> {
    let _ = (name, hex);
    None
}
