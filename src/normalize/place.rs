//! ct, st, zp and country.

use super::Unusable;
use super::text::{all_digits, digits_of, filled, is_letter, only, trim, without_fraction};
use crate::values::places::{self, COUNTRIES, STATES};

/// The letters of a town in lower case; accents stay, as documentation and SDKs have it.
pub(super) fn city(value: &str, country: Option<&str>) -> Result<String, Unusable> {
    filled(only(&town(value, country).0.to_lowercase(), is_in_place))
}

/// Whether a value is a town and nothing else, but for the country and state behind it: no digits, which
/// are those of a postcode or a district, and no further part of an address.
pub(super) fn is_sure_city(value: &str, country: Option<&str>) -> bool {
    let (town, sure) = town(value, country);
    sure && !town.contains([',', ';', '|']) && digits_of(town).next().is_none()
}

/// Towns lose digits too, as in Meta's SDKs.
fn is_in_place(c: char) -> bool {
    is_letter(c) && !c.is_numeric()
}

/// `New York, NY, USA` without state and country; and whether these agree with the country that the
/// event names.
fn town<'v>(value: &'v str, country: Option<&str>) -> (&'v str, bool) {
    /// What stands in front of these is a part of the town.
    const TOWNS: [&str; 4] = ["hk", "mc", "mo", "sg"];
    let (mut rest, mut sure, mut has_state) = (trim_separators(value), true, false);
    while let Some((town, tail)) = without_tail(rest) {
        let is_code = is_capital_code(tail);
        // `D.C.`
        let letters = tail.replace('.', "");
        let state = STATES
            .iter()
            .any(|state| is_capital_code(&letters) && state.code.eq_ignore_ascii_case(&letters));
        let is_word = tail.chars().filter(|&c| is_letter(c)).count() > 2 && !tail.contains('.');
        if state || is_word && places::state(tail, None).is_some() {
            // Manhattan, New York, NY
            sure &= !has_state;
            (rest, has_state) = (town, true);
            continue;
        }
        let is_own = country.is_some_and(|country| country.eq_ignore_ascii_case(tail));
        let Some(found) = places::country(tail).filter(|_| is_code || is_word || is_own) else {
            break;
        };
        sure &= country.is_none_or(|country| country == found)
            && (!TOWNS.contains(&found) || town.eq_ignore_ascii_case(tail));
        rest = town;
    }
    (rest, sure)
}

/// A value and what stands behind its last comma or in brackets at its end.
fn without_tail(value: &str) -> Option<(&str, &str)> {
    let (front, tail) = match value.strip_suffix(')') {
        Some(open) => open.rsplit_once('(')?,
        None => value.rsplit_once(',')?,
    };
    let (front, tail) = (trim_separators(front), trim_separators(tail));
    front.contains(is_letter).then_some((front, tail))
}

fn trim_separators(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == ',')
}

/// `DE`, which as `de` may be a word.
fn is_capital_code(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
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
    let (value, of, _) = region(value, country);
    let country = of.or(country);
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

/// Whether a value is a state and nothing else, but for its country behind it.
pub(super) fn is_sure_state(value: &str, country: Option<&str>) -> bool {
    region(value, country).2
}

/// `Ontario, Canada` without the country, that country, and whether it can be nothing else: `CA` may be
/// California, in which there is an Ontario too.
fn region<'v>(value: &'v str, country: Option<&str>) -> (&'v str, Option<&'static str>, bool) {
    let value = trim_separators(value);
    // `Washington, D.C.`
    if places::state(value, country).is_some() {
        return (value, None, true);
    }
    let Some((region, tail)) = without_tail(value) else {
        return (value, None, true);
    };
    match places::country(tail) {
        Some(found) => {
            let sure = match country {
                Some(country) => country == found,
                None => tail.chars().filter(|&c| is_letter(c)).count() > 2,
            };
            (region, Some(found), sure)
        }
        None => (value, None, false),
    }
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
    let lower = without_town(without_fraction(value), country).to_lowercase();
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

/// Whether a value is a postcode and nothing else, but for the town beside it: none has more than four
/// letters in a row, as the Falklands have with `FIQQ 1ZZ`, and words stand in front of a code or, as in
/// `1012 AB`, behind the only digits.
pub(super) fn is_sure_postcode(value: &str, country: Option<&str>) -> bool {
    let code = without_town(value, country);
    let is_word = |part: &str| part.contains(is_letter) && digits_of(part).next().is_none();
    let parts: Vec<&str> = code.split_whitespace().collect();
    parts.iter().skip(1).filter(|part| is_word(part)).count() <= usize::from(parts.len() == 2)
        && code
            .split(|c: char| !is_letter(c))
            .all(|letters| letters.chars().count() <= 4)
}

/// `75012 Paris` and `Paris 75012` without the town. Codes have letters of their own: `1012 AB`,
/// `SW1A 1AA`, `C1425 CLA`, `VLT 1117`, `AZ 1000`.
fn without_town<'v>(value: &'v str, country: Option<&str>) -> &'v str {
    /// Iceland has three digits, and most others more.
    const SHORTEST: usize = 3;
    let parts = |c: char| c.is_whitespace() || c == ',';
    let is_word = |text: &str| !text.chars().any(char::is_numeric);
    let letters = |text: &str| text.chars().filter(|&c| is_letter(c)).count();
    let count = |text: &str| digits_of(text).count();
    let is_number = |text: &str| count(text) > 0 && count(text) == text.chars().count();
    let mut code = value.trim_matches(parts);
    while let Some((front, word)) = code.rsplit_once(parts) {
        let front = front.trim_end_matches(parts);
        // Four digits and two letters are a code of the Netherlands.
        let may_be_dutch = count(front) == 4 && country.is_none_or(|country| country == "nl");
        let is_town = match letters(word) {
            0 => true,
            1 | 2 => is_number(front) && !may_be_dutch,
            3 => is_number(front),
            _ => true,
        };
        let is_code = count(front) > 0 && count(front) + letters(front) >= SHORTEST;
        if !is_word(word) || !is_code || !is_town {
            break;
        }
        code = front;
    }
    if let Some((word, behind)) = code.split_once(parts) {
        let behind = behind.trim_start_matches(parts);
        let is_state = country == Some("us") && places::state(word, country).is_some();
        // `Dublin 12` is a district.
        let is_code = is_number(behind) && count(behind) > SHORTEST;
        if is_word(word) && is_code && (letters(word) >= 4 || is_state) {
            return behind;
        }
    }
    code
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
    let found = country_and_sureness(value).map(|(code, _)| code.to_owned());
    found.ok_or(Unusable::NO_COUNTRY)
}

/// Whether a value names a country, and not a language in it, a state of it or a number of several kinds.
pub(super) fn is_sure_country(value: &str) -> bool {
    country_and_sureness(value).is_some_and(|(_, sure)| sure)
}

fn country_and_sureness(value: &str) -> Option<(&'static str, bool)> {
    let named = |text: &str| places::country(text);
    let edges = value.trim_matches(|c: char| !c.is_alphanumeric() && c != '+');
    named(value)
        .or_else(|| named(edges))
        .or_else(|| named(&edges.replace('.', "")))
        .or_else(|| of_flag(value))
        // `Germany (DE)`: when both say the same.
        .or_else(|| {
            let (name, code) = value.trim_end_matches(')').split_once('(')?;
            named(name).filter(|&found| named(code) == Some(found))
        })
        .or_else(|| of_inverted_name(edges))
        .map(|code| (code, true))
        .or_else(|| of_number(edges))
        .or_else(|| of_locale(edges).map(|code| (code, false)))
}

/// `Ireland, Republic of`, as ISO 3166 sorts its names.
fn of_inverted_name(text: &str) -> Option<&'static str> {
    /// Several countries have these names.
    const SHARED: [&str; 3] = ["china", "congo", "korea"];
    let (name, kind) = text.split_once(',')?;
    let kind = kind.trim();
    let lower = kind.to_lowercase();
    let is_kind = lower.ends_with(" of") || lower.ends_with(" of the");
    places::country(&format!("{kind} {name}")).or_else(|| {
        let is_shared = SHARED.iter().any(|it| name.trim().eq_ignore_ascii_case(it));
        places::country(name).filter(|_| is_kind && !is_shared)
    })
}

/// The region of `de-DE`, `en_US` and `zh-Hans-CN`, or the country of `US-CA`, which is a state. Only the
/// case of the letters tells them apart.
fn of_locale(text: &str) -> Option<&'static str> {
    let mut parts = text.split(['-', '_']);
    let (first, mut last) = (parts.next()?, parts.next()?);
    if let Some(third) = parts.next() {
        // A script stands in between.
        (last.len() == 4 && parts.next().is_none()).then_some(())?;
        last = third;
    }
    let is_language = matches!(first.len(), 2 | 3) && first.bytes().all(|b| b.is_ascii_lowercase());
    match is_capital_code(last) {
        true if is_language => places::country(last),
        true if is_capital_code(first) => {
            let country = places::country(first)?;
            let is_of = |state: &places::State| {
                state.country == country && state.code.eq_ignore_ascii_case(last)
            };
            STATES.iter().any(is_of).then_some(country)
        }
        _ => None,
    }
}

/// The country of a flag: two letters of a kind of their own.
fn of_flag(text: &str) -> Option<&'static str> {
    let letter = |c: char| (c as u32).checked_sub(0x1f1e6).filter(|at| *at < 26);
    let code: Option<String> = text
        .chars()
        .map(|c| Some(char::from(b'a' + u8::try_from(letter(c)?).ok()?)))
        .collect();
    places::code(&code?)
}

/// The country with this number of ISO 3166-1, or alone with this calling code; and whether it is sure
/// which of the two is meant.
fn of_number(text: &str) -> Option<(&'static str, bool)> {
    if let Some(calling) = text.strip_prefix('+') {
        return with_calling_code(calling).map(|code| (code, true));
    }
    if !all_digits(text) || text.len() < 2 {
        return None;
    }
    // A number column lost the zeros in front.
    let number = format!("{text:0>3}");
    let mut all = COUNTRIES.countries.iter();
    let by_number = all.find(|country| country.number.as_deref() == Some(&number));
    match (by_number, with_calling_code(text)) {
        (Some(country), None) => Some((&country.code, text.len() == 3)),
        // Italy has the number 380, and Ukraine the calling code.
        (Some(country), Some(_)) => (text.len() == 3).then_some((&*country.code, false)),
        (None, code) => code.map(|code| (code, false)),
    }
}

fn with_calling_code(calling: &str) -> Option<&'static str> {
    let mut alike = COUNTRIES
        .countries
        .iter()
        .filter(|country| country.calling.as_deref() == Some(calling));
    let only = alike.next().filter(|_| alike.next().is_none());
    only.map(|country| &*country.code)
}

/// The builder falls back to the first two letters of what it does not know.
pub(super) fn accepted_country(value: &str, forms: &mut Vec<String>) {
    if country(value).is_ok() {
        return;
    }
    let ascii = only(&value.to_lowercase(), |c| c.is_ascii_lowercase());
    forms.push(ascii.chars().take(2).collect());
}
