//! The normal form of every key: what is hashed, and which other forms Meta's own code produces.

use crate::event::Assumptions;
use crate::name::Name;

/// Why a value has no normal form. Says the class of the fault, never the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unusable(pub &'static str);

/// The form of `value` that is hashed for `name`.
pub fn normal_form(name: Name, value: &str, assume: &Assumptions) -> Result<String, Unusable> {
    let _ = (name, assume);
    if value.trim().is_empty() {
        Err(Unusable("it is empty"))
    } else {
        Ok(value.trim().to_lowercase())
    }
}

/// The other forms of `value` that Meta's documentation, SDKs and parameter builder produce, any
/// of which a verifier accepts.
pub fn accepted_forms(name: Name, value: &str, assume: &Assumptions) -> Vec<String> {
    let _ = (name, value, assume);
    Vec::new()
}
