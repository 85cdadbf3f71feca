//! Plain personal data where a digest belongs: what it looks like, and the digest it should be.

use std::borrow::Cow;

use crate::digest::{self, Shape};
use crate::event::Assumptions;
use crate::fix::Safety;
use crate::json::{Item, Val};
use crate::name::Name;
use crate::normalize::{Unusable, normal_form};

/// The text that a sender meant: a string, or a whole number as its digits.
pub fn text_of<'a>(item: Item<'_, 'a>) -> Option<Cow<'a, str>> {
    match item.val() {
        Val::Text(text) => Some(Cow::Borrowed(text)),
        Val::Int(number) if number > 0 => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

/// What a plain value of a key looks like, in words that tell nothing of the value. Where a few
/// values are all there are, the length would tell it, so it is left out.
pub fn look(name: Name, text: &str) -> String {
    use Name::*;
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let dialled = digits >= 7
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || b" +-()./".contains(&b));
    let what = match name {
        _ if text.contains('@') => "an e-mail",
        Db | Dobd | Dobm | Doby if digits > 0 => return "a date".to_owned(),
        Zp if digits > 0 => return "a postcode".to_owned(),
        Ge => return "a gender".to_owned(),
        Country => return "a country".to_owned(),
        St => return "a state".to_owned(),
        _ if dialled => "a phone number",
        Ct => "a city",
        Fn | Ln | F5first | F5last | Fi => "a name",
        _ => "plain text",
    };
    match text.chars().count() {
        1 => format!("{what}, 1 character"),
        count => format!("{what}, {count} characters"),
    }
}

/// The digest that should stand in place of a plain value, and how far it can be trusted.
pub fn digest_of(
    name: Name,
    item: Item<'_, '_>,
    assume: &Assumptions,
) -> Result<(String, Safety), Unusable> {
    let text = text_of(item).ok_or(Unusable("it is neither text nor a whole number"))?;
    let encoded = name != Name::Em && text.contains('=');
    let numbered =
        matches!(name, Name::Fn | Name::Ln) && text.bytes().any(|byte| byte.is_ascii_digit());
    if encoded || numbered || digest::is_token(&text) || digest::strip_appendix(&text) != text {
        return Err(Unusable("it does not look like what people type"));
    }
    if name != Name::Em && text.contains('@') {
        return Err(Unusable("it looks like an e-mail"));
    }
    if text.contains(['*', '…']) || text.contains("...") {
        return Err(Unusable("only a part of it is shown"));
    }
    let safety = if lost_zeros(name, item, &text) {
        Safety::Unsafe
    } else {
        Safety::Safe
    };
    let (form, safety) = match normal_form(name, &text, &Assumptions::default()) {
        Ok(form) => (form, safety),
        Err(_) if assume.country.is_some() => (normal_form(name, &text, assume)?, Safety::Unsafe),
        Err(why) => return Err(why),
    };
    if form.is_empty() {
        return Err(Unusable("nothing is left of it"));
    }
    Ok((digest::sha256_hex(&form), safety))
}

/// Whether a number may have had zeros in front, as postcodes and national phone numbers have.
fn lost_zeros(name: Name, item: Item<'_, '_>, digits: &str) -> bool {
    let least = match name {
        Name::Zp => 5,
        Name::Ph => 11,
        _ => return false,
    };
    matches!(item.val(), Val::Int(_)) && digits.len() < least
}

/// What is to be written for a value so that a key which wants a digest can take it: `None` when
/// it is a digest already.
pub fn as_digest(
    name: Name,
    item: Item<'_, '_>,
    assume: &Assumptions,
) -> Result<Option<(String, Safety)>, Unusable> {
    let shape = match item.val() {
        Val::Text(text) => Shape::of(text),
        _ => Shape::WrongType,
    };
    match shape {
        Shape::Sha256 | Shape::UpperHex | Shape::Base64Digest | Shape::DressedHex => Ok(None),
        Shape::Plain | Shape::WrongType => digest_of(name, item, assume).map(Some),
        _ => Err(Unusable("it is no value that can be hashed")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_says_no_more_than_the_class() {
        for (name, text, class) in [
            (Name::Em, "ana@shop.com", "an e-mail, 12 characters"),
            (Name::Em, "ana", "plain text, 3 characters"),
            (Name::Ph, "+49 171 1234567", "a phone number, 15 characters"),
            (Name::Db, "1990-02-16", "a date"),
            (Name::Ge, "female", "a gender"),
            (Name::Fn, "Ö", "a name, 1 character"),
            (Name::Zp, "94035", "a postcode"),
        ] {
            assert_eq!(look(name, text), class);
        }
    }
}
