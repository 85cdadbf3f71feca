//! The normal form of every key: what is hashed, and which other forms Meta's own code produces.
//!
//! Source: Meta, Customer information parameters (updated 2026-01-09); where the page is silent,
//! its SDKs and its parameter builder, as run on 2026-09-12.

use std::borrow::Cow;

use crate::digest::sha256_hex;
use crate::event::Assumptions;
use crate::values::name::Name;

pub(crate) mod birth;
mod email;
mod literal;
mod person;
mod phone;
mod place;
mod text;

#[cfg(test)]
mod tests;

/// Why a value has no normal form. Says the class of the fault, never the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unusable(pub &'static str);

impl Unusable {
    /// There is no text at all.
    pub const EMPTY: Unusable = Unusable("it is empty");
    /// `b'Ana`: what Python prints of bytes, cut off or in another encoding than UTF-8.
    pub const BROKEN_BYTES: Unusable =
        Unusable("it is bytes as a program prints them, and no longer whole");
    /// No letter or digit.
    pub const NOTHING_LEFT: Unusable = Unusable("nothing of it is left");
    /// em without the shape of an address.
    pub const NOT_AN_EMAIL: Unusable = Unusable("it is no e-mail address");
    /// em with an address among other things.
    pub const MORE_THAN_AN_EMAIL: Unusable =
        Unusable("there is more in it than one e-mail address");
    /// ph with too few or too many digits, or of a plan that does not exist.
    pub const NOT_A_PHONE: Unusable = Unusable("it is no telephone number");
    /// ph that a spreadsheet wrote in powers of ten.
    pub const LOST_DIGITS: Unusable =
        Unusable("it was written in powers of ten, and its last digits are lost");
    /// ph that reads as a number inside a country, or may be one.
    pub const NO_CALLING_CODE: Unusable =
        Unusable("it may lack the country calling code; say which country it belongs to");
    /// db that is on no calendar.
    pub const NOT_A_DATE: Unusable =
        Unusable("it is no date of the calendar from 1900 to this year");
    /// db or doby behind the event.
    pub const NOT_YET: Unusable = Unusable("it is a day after the event");
    /// db whose day and month could change places.
    pub const TWO_READINGS: Unusable = Unusable("day and month cannot be told apart");
    /// db with a time of day in another zone.
    pub const SHIFTED_DATE: Unusable =
        Unusable("its time of day may stand for the day after, at another place");
    /// dobd, dobm or doby out of range.
    pub const NO_PART_OF_A_DATE: Unusable = Unusable("it is no part of a birth date");
    /// ge that no list has.
    pub const NO_GENDER: Unusable = Unusable("it is neither female nor male");
    /// zp without a digit, or with too many.
    pub const NO_POSTCODE: Unusable = Unusable("it is no postcode");
    /// country that no list has.
    pub const NO_COUNTRY: Unusable = Unusable("it names no country");
}

/// The form of `value` that is hashed for `name`.
///
/// A value that is a digest already is the caller's to pass on: here it is text like any other.
pub fn normal_form(name: Name, value: &str, assume: &Assumptions) -> Result<String, Unusable> {
    let value = undressed(name, value)?;
    let value = text::clean(&value);
    if value.is_empty() {
        return Err(Unusable::EMPTY);
    }
    let value = &*value;
    let country = assume.country.as_deref();
    let form = match name {
        Name::Em => email::normal(value),
        Name::Ph => phone::normal(value, country),
        Name::Fn | Name::Ln => person::name(value),
        Name::F5first | Name::F5last => person::first_letters(value, 5),
        Name::Fi => person::first_letters(value, 1),
        Name::Db => birth::date(value),
        Name::Dobd => birth::day(value),
        Name::Dobm => birth::month_number(value),
        Name::Doby => birth::year_number(value),
        Name::Ge => person::gender(value),
        Name::Ct => place::city(value, country),
        Name::St => place::state(value, country),
        Name::Zp => place::postcode(value, country),
        Name::Country => place::country(value),
        _ => Ok(value.to_owned()),
    }?;
    Ok(text::composed(form))
}

/// `value` out of the signs that a program printed around it. Any text may be an external_id, such
/// signs included.
pub fn undressed(name: Name, value: &str) -> Result<Cow<'_, str>, Unusable> {
    match literal::inside(value) {
        Some(inner) if name != Name::ExternalId => inner.map(Cow::Owned),
        _ => Ok(Cow::Borrowed(value)),
    }
}

/// Whether the normal form of a value is that of all of it that counts, and of nothing else. `country` is
/// that of the event.
pub fn is_sure(name: Name, value: &str, country: Option<&str>) -> bool {
    let value = &*text::clean(value);
    match name {
        Name::Ct => place::is_sure_city(value, country),
        Name::St => place::is_sure_state(value, country),
        Name::Zp => place::is_sure_postcode(value, country),
        Name::Country => place::is_sure_country(value),
        _ => true,
    }
}

/// Whether an e-mail address stands anywhere in a text, with whatever around it.
pub fn has_email(text: &str) -> bool {
    email::stands_in(text)
}

/// The digest of the normal form: 64 lower-case hex digits.
pub fn digest_of(name: Name, value: &str, assume: &Assumptions) -> Result<String, Unusable> {
    normal_form(name, value, assume).map(|normal| sha256_hex(&normal))
}

/// The other forms of `value` that Meta's documentation, SDKs and parameter builder produce, any
/// of which a verifier accepts. The normal form is not among them.
///
/// What an SDK passes on because it does not look (`female`, `1997-02-16`) is no form of its own:
/// the documentation asks for another, and nothing of Meta's makes it.
pub fn accepted_forms(name: Name, value: &str, assume: &Assumptions) -> Vec<String> {
    let Ok(value) = undressed(name, value) else {
        return Vec::new();
    };
    let value = text::trim(&value);
    let mut forms = Vec::new();
    match name {
        Name::Em => email::accepted(value, &mut forms),
        Name::Ph => phone::accepted(value, &mut forms),
        Name::Fn | Name::Ln => person::accepted_name(value, &mut forms),
        Name::Db => birth::accepted(value, &mut forms),
        Name::Ge => {}
        Name::Ct => place::accepted_city(value, &mut forms),
        Name::St => place::accepted_state(value, &mut forms),
        Name::Zp => place::accepted_postcode(value, &mut forms),
        Name::Country => place::accepted_country(value, &mut forms),
        // The builder hashes it in lower case and without white space.
        Name::ExternalId => {
            let lower = value.to_lowercase();
            forms.push(text::only(&lower, |c| !c.is_whitespace()));
        }
        _ => forms.push(value.to_lowercase()),
    }
    let mut seen: Vec<String> = normal_form(name, value, assume).into_iter().collect();
    forms.retain(|form| {
        let new = !form.is_empty() && !seen.contains(form);
        if new {
            seen.push(form.clone());
        }
        new
    });
    forms
}
