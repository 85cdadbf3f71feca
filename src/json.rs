//! JSON as this program needs it: a fast parse that keeps no places, an exact one that keeps them
//! all, pointers between the two, and edits that touch only the bytes they name.

pub mod edit;
mod pointer;
pub mod quick;
pub mod tape;
pub mod tree;

pub use pointer::Pointer;
pub use tape::{Item, Tape, Val};
