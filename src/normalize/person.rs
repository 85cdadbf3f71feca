//! fn, ln, ge and the parts of names that Meta's SDKs still know.

use super::Unusable;
use super::text::{filled, is_mark, only, trim};
use crate::values::places;

/// Lower case without punctuation and white space, as documentation and pixel have it; letters of
/// all scripts, and digits, stay.
pub(super) fn name(value: &str) -> Result<String, Unusable> {
    filled(only(&value.to_lowercase(), is_in_name))
}

/// The first letters of a name.
pub(super) fn first_letters(value: &str, count: usize) -> Result<String, Unusable> {
    Ok(name(value)?.chars().take(count).collect())
}

fn is_in_name(c: char) -> bool {
    c.is_alphanumeric() || is_mark(c)
}

/// `f` or `m`.
pub(super) fn gender(value: &str) -> Result<String, Unusable> {
    let lower = value.to_lowercase();
    let word = lower.trim_matches(|c: char| !c.is_alphanumeric() && !is_mark(c));
    match word {
        "f" | "m" => Ok(word.to_owned()),
        word => places::gender(word)
            .map(str::to_owned)
            .ok_or(Unusable::NO_GENDER),
    }
}

/// The SDKs trim and lower-case; the builder also drops white space and ASCII punctuation.
pub(super) fn accepted_name(value: &str, forms: &mut Vec<String>) {
    let lower = trim(value).to_lowercase();
    forms.push(only(&lower, |c| {
        !c.is_whitespace() && !c.is_ascii_punctuation()
    }));
    forms.push(lower);
}
