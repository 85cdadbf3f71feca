//! ct, st, zp and country.

use super::Unusable;
use super::text::{all_digits, digits_of, filled, is_letter, only, trim, without_fraction};
use crate::values::places::{self, COUNTRIES, STATES};

/// The letters of a town in lower case; accents stay, as documentation and SDKs have it.
pub(super) fn city(value: &str) -> Result<String, Unusable> {
    filled(only(&without_state(value).to_lowercase(), is_in_place))
}

/// Towns lose digits too, as in Meta's SDKs.
fn is_in_place(c: char) -> bool {
    is_letter(c) && !c.is_numeric()
}

/// `New York, NY` without the state behind the town.
fn without_state(value: &str) -> &str {
    let Some((town, state)) = value.rsplit_once(',') else {
        return value;
    };
    let state = state.trim();
    let is_code = state.len() == 2
        && state.bytes().all(|b| b.is_ascii_uppercase())
        && STATES
            .iter()
            .any(|known| known.code.eq_ignore_ascii_case(state));
    if is_code && town.contains(is_letter) {
        town
    } else {
        value
    }
}

/// The SDKs drop digits, white space and some signs, the builder all but ASCII letters and digits.
pub(super) fn accepted_city(value: &str, forms: &mut Vec<String>) {
    let lower = trim(value).to_lowercase();
    forms.push(only(&lower, is_kept_by_sdks));
    forms.push(only(&lower, |c| c.is_ascii_alphanumeric()));
    forms.push(only(&lower, is_in_place));
}

fn is_kept_by_sdks(c: char) -> bool {
    !matches!(c, '0'..='9' | '.' | '-' | '(' | ')') && !c.is_whitespace()
}

/// The postal code in the United States and Canada, elsewhere the letters of the name.
pub(super) fn state(value: &str, country: Option<&str>) -> Result<String, Unusable> {
    /// Regions of other countries have the names of these too.
    const SHARED: [&str; 2] = ["florida", "montana"];
    let letters = filled(only(&value.to_lowercase(), is_letter))?;
    let may_be_elsewhere = country.is_none() && SHARED.contains(&&*letters);
    if country.is_none_or(|country| matches!(country, "us" | "ca"))
        && !may_be_elsewhere
        && let Some(code) =
            places::state(value, country).or_else(|| places::state(&letters, country))
    {
        return Ok(code.to_owned());
    }
    Ok(letters)
}

/// The SDKs keep the whole name, and the builder cuts what it does not know to two letters.
pub(super) fn accepted_state(value: &str, forms: &mut Vec<String>) {
    let lower = trim(value).to_lowercase();
    let ascii = only(&lower, |c| c.is_ascii_lowercase());
    forms.extend(places::state(value, None).map(str::to_owned));
    forms.push(ascii.chars().take(2).collect());
    forms.push(only(&lower, is_kept_by_sdks));
    forms.push(ascii);
    forms.push(only(&lower, is_letter));
}

/// Lower case without space and dash; the first five digits in the United States.
pub(super) fn postcode(value: &str, country: Option<&str>) -> Result<String, Unusable> {
    let lower = without_fraction(value).to_lowercase();
    let lower: String = lower
        .chars()
        .map(|c| digits_of(c.encode_utf8(&mut [0; 4])).next().unwrap_or(c))
        .collect();
    let bare = |text: &str| only(text, |c| c.is_ascii_alphanumeric());
    if let Some((front, back)) = lower.split_once('-') {
        let (front, back) = (bare(front), bare(back));
        // Nine digits as five and four are written in the United States only.
        if country.is_none_or(|country| country == "us")
            && (front.len(), back.len()) == (5, 4)
            && all_digits(&front)
            && all_digits(&back)
        {
            return Ok(front);
        }
        // D-80331: the sign of the country is no part of the code.
        let is_sign = (1..=2).contains(&front.len())
            && front.bytes().all(|b| b.is_ascii_lowercase())
            && all_digits(&back);
        if is_sign {
            return postcode(&back, country);
        }
    }
    let code = filled(bare(&lower))?;
    if country == Some("us") && all_digits(&code) {
        return match code.len() {
            // A number column lost the zeros in front.
            3 | 4 => Ok(format!("{code:0>5}")),
            5..=9 => Ok(code[..5].to_owned()),
            _ => Err(Unusable::NO_POSTCODE),
        };
    }
    // Every system of codes has digits, and none has more than ten signs.
    if (2..=10).contains(&code.len()) && code.bytes().any(|b| b.is_ascii_digit()) {
        Ok(code)
    } else {
        Err(Unusable::NO_POSTCODE)
    }
}

/// The SDKs and the builder keep what stands before a dash, and the builder an inner space.
pub(super) fn accepted_postcode(value: &str, forms: &mut Vec<String>) {
    let lower = trim(value).to_lowercase();
    let front = lower.split('-').next().unwrap_or_default();
    let spaceless = |text: &str| only(text, |c| !c.is_whitespace());
    forms.push(front.trim().to_owned());
    forms.push(spaceless(front));
    forms.push(only(&lower, |c| c.is_ascii_alphanumeric()));
    // A single sign is dropped or refused everywhere.
    forms.retain(|form| form.chars().count() >= 2);
}

/// The code of two letters.
pub(super) fn country(value: &str) -> Result<String, Unusable> {
    let named = |text: &str| places::country(text).map(str::to_owned);
    let edges = value.trim_matches(|c: char| !c.is_alphanumeric() && c != '+');
    let found = named(value)
        .or_else(|| named(edges))
        .or_else(|| named(&edges.replace('.', "")))
        .or_else(|| of_flag(value))
        .or_else(|| of_number(edges))
        // `Germany (DE)`: when both say the same.
        .or_else(|| {
            let (name, code) = value.trim_end_matches(')').split_once('(')?;
            named(name).filter(|found| named(code).as_ref() == Some(found))
        });
    found.ok_or(Unusable::NO_COUNTRY)
}

/// The country of a flag: two letters of a kind of their own.
fn of_flag(text: &str) -> Option<String> {
    let letter = |c: char| (c as u32).checked_sub(0x1f1e6).filter(|at| *at < 26);
    let code: Option<String> = text
        .chars()
        .map(|c| Some(char::from(b'a' + u8::try_from(letter(c)?).ok()?)))
        .collect();
    code.filter(|code| places::is_code(code))
}

/// The country with this number of ISO 3166-1, or alone with this calling code behind a plus.
fn of_number(text: &str) -> Option<String> {
    if let Some(calling) = text.strip_prefix('+') {
        let mut alike = COUNTRIES
            .countries
            .iter()
            .filter(|country| country.calling.as_deref() == Some(calling));
        let only = alike.next().filter(|_| alike.next().is_none());
        return only.map(|country| country.code.clone());
    }
    let mut all = COUNTRIES.countries.iter();
    let found = all.find(|country| country.number.as_deref() == Some(text));
    found.map(|country| country.code.clone())
}

/// The builder falls back to the first two letters of what it does not know.
pub(super) fn accepted_country(value: &str, forms: &mut Vec<String>) {
    if country(value).is_ok() {
        return;
    }
    let ascii = only(&value.to_lowercase(), |c| c.is_ascii_lowercase());
    forms.push(ascii.chars().take(2).collect());
}
