//! The normal form of every key: what is hashed, and which other forms Meta's own code produces.
//!
//! Source: Meta, Customer information parameters (updated 2026-01-09); where the page is silent,
//! its SDKs and its parameter builder, as run on 2026-09-12.

use crate::digest::{decode_text, looks_like_email, sha256_hex};
use crate::event::Assumptions;
use crate::name::Name;
use crate::places::{self, PHONES, Plan};

/// Why a value has no normal form. Says the class of the fault, never the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unusable(pub &'static str);

const EMPTY: Unusable = Unusable("it is empty");

/// The form of `value` that is hashed for `name`.
///
/// A value that is a digest already is the caller's to pass on: here it is text like any other.
pub fn normal_form(name: Name, value: &str, assume: &Assumptions) -> Result<String, Unusable> {
    let value = trim(value);
    if value.is_empty() {
        return Err(EMPTY);
    }
    let country = assume.country.as_deref();
    match name {
        Name::Em => email(value),
        Name::Ph => phone(value, country),
        Name::Fn | Name::Ln => filled(letters(&value.to_lowercase(), is_in_name)),
        Name::F5first | Name::F5last => first_letters(value, 5),
        Name::Fi => first_letters(value, 1),
        Name::Db => birth_date(value),
        Name::Dobd => number_within(value, 1, 31, 2),
        Name::Dobm => number_within(value, 1, 12, 2),
        Name::Doby => number_within(value, FIRST_YEAR, LAST_YEAR, 4),
        Name::Ge => gender(value),
        Name::Ct => city(value),
        Name::St => state(value, country),
        Name::Zp => postcode(value, country),
        Name::Country => places::country(value)
            .map(str::to_owned)
            .ok_or(Unusable("it names no country")),
        _ => Ok(value.to_owned()),
    }
}

/// The digest of the normal form: 64 lower-case hex digits.
pub fn digest_of(name: Name, value: &str, assume: &Assumptions) -> Result<String, Unusable> {
    normal_form(name, value, assume).map(|normal| sha256_hex(&normal))
}

/// The other forms of `value` that Meta's documentation, SDKs and parameter builder produce, any
/// of which a verifier accepts. The normal form is not among them.
pub fn accepted_forms(name: Name, value: &str, assume: &Assumptions) -> Vec<String> {
    let trimmed = trim(value);
    let lower = trimmed.to_lowercase();
    let normal = normal_form(name, value, assume).ok();
    let mut forms = Vec::new();
    match name {
        Name::Em => {
            // Every implementation trims and lower-cases; the PHP SDK drops illegal characters,
            // which makes another address and is not accepted here.
            forms.push(lower);
        }
        Name::Ph => {
            let plus = trimmed.starts_with('+');
            let digits: String = digits_of(trimmed).collect();
            // Ruby and Java keep the plus, PHP keeps leading zeros.
            if plus {
                forms.push(format!("+{digits}"));
            }
            forms.push(digits.trim_start_matches('0').to_owned());
            forms.push(digits);
        }
        Name::Fn | Name::Ln => {
            // The SDKs trim and lower-case, the builder drops white space and ASCII punctuation.
            forms.push(letters(&lower, |c| {
                !c.is_whitespace() && !c.is_ascii_punctuation()
            }));
            forms.push(lower);
        }
        Name::Db => {
            // The SDKs hash what they are given. The builder reads a date whose order is open as
            // month first.
            forms.extend(month_first(trimmed));
            forms.push(lower);
        }
        Name::Ge => forms.push(lower),
        Name::Ct => {
            forms.push(letters(&lower, |c| {
                !matches!(c, '0'..='9' | '.' | '-' | '(' | ')') && !c.is_whitespace()
            }));
            forms.push(letters(&lower, |c| c.is_ascii_alphanumeric()));
            forms.push(letters(&lower, is_in_place));
        }
        Name::St => {
            let plain = letters(&lower, is_letter);
            let ascii = letters(&lower, |c| c.is_ascii_lowercase());
            // The builder cuts what it does not know to two letters.
            forms.push(ascii.chars().take(2).collect());
            forms.push(letters(&lower, |c| {
                !matches!(c, '0'..='9' | '.' | '-' | '(' | ')') && !c.is_whitespace()
            }));
            forms.push(ascii);
            forms.push(plain);
        }
        Name::Zp => {
            let front = lower.split('-').next().unwrap_or_default();
            forms.push(front.trim().to_owned());
            forms.push(letters(front, |c| !c.is_whitespace()));
            forms.push(letters(&lower, |c| !c.is_whitespace()));
        }
        Name::Country => {
            let ascii = letters(&lower, |c| c.is_ascii_lowercase());
            // The builder falls back to the first two letters.
            forms.push(ascii.chars().take(2).collect());
        }
        Name::ExternalId => {
            forms.push(letters(&lower, |c| !c.is_whitespace()));
        }
        _ => forms.push(lower),
    }
    let mut seen: Vec<String> = normal.into_iter().collect();
    forms.retain(|form| {
        let new = !form.is_empty() && !seen.contains(form);
        if new {
            seen.push(form.clone());
        }
        new
    });
    forms
}

/// `text` without white space and invisible characters around it.
fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '\0' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}')
    })
}

fn filled(text: String) -> Result<String, Unusable> {
    if text.is_empty() {
        Err(Unusable("nothing of it is left"))
    } else {
        Ok(text)
    }
}

fn letters(text: &str, keep: impl Fn(char) -> bool) -> String {
    text.chars().filter(|&c| keep(c)).collect()
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || is_mark(c)
}

/// Accents and vowel signs that stand as characters of their own.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e4e}' | '\u{3099}' | '\u{309a}')
}

/// Names keep letters of all scripts, and digits; documented: no punctuation.
fn is_in_name(c: char) -> bool {
    c.is_alphanumeric() || is_mark(c)
}

/// Towns lose digits too, as in Meta's SDKs.
fn is_in_place(c: char) -> bool {
    is_letter(c) && !c.is_numeric()
}

/// Trims and lower-cases; no source removes dots or `+tags`. Junk around the address goes.
fn email(value: &str) -> Result<String, Unusable> {
    let mut text = value;
    if let (Some(open), Some(close)) = (text.rfind('<'), text.rfind('>'))
        && open < close
    {
        text = &text[open + 1..close];
    }
    text = trim(text).trim_matches(['"', '\'', '`', ',', ';', '<', '>']);
    if text
        .get(..7)
        .is_some_and(|head| head.eq_ignore_ascii_case("mailto:"))
    {
        text = text[7..].split('?').next().unwrap_or_default();
    }
    let mut text = trim(text).to_lowercase();
    if !text.contains('@') {
        text = text
            .replace("%40", "@")
            .replace("&#64;", "@")
            .replace("&commat;", "@");
        if let Some(plain) = decode_text(value).filter(|_| !text.contains('@')) {
            text = trim(&plain).to_lowercase();
        }
    }
    let (local, domain) = text.split_once('@').unwrap_or_default();
    let top = domain.rsplit('.').next().unwrap_or_default();
    let fits = looks_like_email(&text)
        && local.len() <= 64
        && text.len() <= 254
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains(['"', '<', '>', ',', ';', '(', ')', '[', ']', '\\', ':'])
        && !text.contains("..")
        && top.chars().count() >= 2
        && !top.bytes().all(|b| b.is_ascii_digit());
    if fits {
        Ok(text)
    } else {
        Err(Unusable("it is no e-mail address"))
    }
}

/// The decimal digits, of whatever script, as ASCII.
fn digits_of(text: &str) -> impl Iterator<Item = char> {
    /// Where runs of ten digits begin: Arabic, Persian, Devanagari, Bengali, Thai, full-width.
    const ZEROS: [u32; 6] = [0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10];
    text.chars().filter_map(|c| {
        if c.is_ascii_digit() {
            return Some(c);
        }
        let code = c as u32;
        let zero = ZEROS
            .iter()
            .find(|&&zero| (zero..zero + 10).contains(&code))?;
        char::from_digit(code - zero, 10)
    })
}

/// `text` without an extension such as `ext. 12`, `x12`, `#12`, `;ext=12`.
fn without_extension(text: &str) -> &str {
    let mut digits = 0;
    for (at, c) in text.char_indices() {
        if digits >= 7 && (c.is_alphabetic() || matches!(c, '#' | ';' | ',')) {
            return &text[..at];
        }
        digits += usize::from(c.is_numeric());
    }
    text
}

const NOT_A_PHONE: Unusable = Unusable("it is no telephone number");
const NO_CALLING_CODE: Unusable =
    Unusable("it may lack the country calling code; say which country it belongs to");

/// Digits only, with the country calling code and without leading zeros. A number that has no `+`
/// or `00` is taken as it is only where its digits leave no other reading.
fn phone(value: &str, country: Option<&str>) -> Result<String, Unusable> {
    let text = value.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == ':');
    let text = without_extension(trim(text));
    let digits: String = digits_of(text).collect();
    if digits.len() < 7 || text.contains('@') {
        return Err(NOT_A_PHONE);
    }
    let bare = text.trim_start_matches(['(', ' ']);
    let plus = bare.starts_with(['+', '＋']);
    let plan = country.and_then(|country| PHONES.plan(country));
    let from_america = plan.is_some_and(|plan| plan.calling == "1") && digits.starts_with("011");
    let outside = if plus {
        Some(digits.trim_start_matches('0'))
    } else if from_america {
        Some(&digits[3..])
    } else {
        digits
            .strip_prefix("00")
            .map(|rest| rest.trim_start_matches('0'))
    };
    let number = match outside {
        // `+49 (0)171` and `+490171`: the trunk prefix has no place behind the calling code.
        Some(digits) => without_trunk(digits),
        None => match plan {
            Some(plan) => from_national(&digits, plan)?,
            None => unmarked(&digits)?.to_owned(),
        },
    };
    let fits = (7..=15).contains(&number.len()) && PHONES.calling_code(&number).is_some();
    if fits { Ok(number) } else { Err(NOT_A_PHONE) }
}

/// An international number without a trunk zero behind its calling code. No number begins with
/// zero in countries that have such a prefix; in Italy and elsewhere the zero belongs to it.
fn without_trunk(digits: &str) -> String {
    let Some(code) = PHONES.calling_code(digits) else {
        return digits.to_owned();
    };
    let national = &digits[code.len()..];
    let has_trunk = PHONES
        .plans
        .iter()
        .any(|plan| plan.calling == code && plan.trunk == "0");
    match national.strip_prefix('0') {
        Some(rest) if has_trunk => format!("{code}{rest}"),
        _ => digits.to_owned(),
    }
}

/// A number written as inside the country, or with its calling code but without `+`.
fn from_national(digits: &str, plan: &Plan) -> Result<String, Unusable> {
    let with_code = |national: &str| format!("{}{national}", plan.calling);
    if !plan.trunk.is_empty()
        && let Some(national) = digits.strip_prefix(&*plan.trunk)
        && plan.fits(national)
    {
        return Ok(with_code(national));
    }
    if let Some(national) = digits.strip_prefix(&*plan.calling)
        && plan.fits(national)
        // With a trunk prefix in use, ten digits that begin with it or with the calling code are
        // more likely the international form; without one the shorter reading wins.
        && !(plan.trunk.is_empty() && plan.fits(digits))
    {
        return Ok(digits.to_owned());
    }
    if plan.fits(digits) {
        return Ok(with_code(digits));
    }
    unmarked(digits).map(str::to_owned)
}

/// A number of which nothing says that it is international.
fn unmarked(digits: &str) -> Result<&str, Unusable> {
    if digits.starts_with('0') {
        return Err(NO_CALLING_CODE);
    }
    let code = PHONES.calling_code(digits).ok_or(NO_CALLING_CODE)?;
    let national = &digits[code.len()..];
    let plans = || PHONES.plans.iter().filter(|plan| plan.calling == code);
    let fits = plans().any(|plan| plan.fits(national)) || plans().next().is_none();
    let starts = |text: &str| text.bytes().next().is_some_and(|b| b >= b'2');
    let american = |text: &str| text.len() == 10 && starts(text) && starts(&text[3..]);
    let right = match code {
        "1" => american(national),
        // Ten digits can be an American number without its 1.
        _ => fits && digits.len() >= 10 && !american(digits),
    };
    if right {
        Ok(digits)
    } else {
        Err(NO_CALLING_CODE)
    }
}

const FIRST_YEAR: u32 = 1900;
/// No clock reaches here, so a birth date in the near future is not told apart.
const LAST_YEAR: u32 = 2099;
const NOT_A_DATE: Unusable = Unusable("it is no date of the calendar from 1900 on");

/// YYYYMMDD. A date whose day and month could change places is refused.
fn birth_date(value: &str) -> Result<String, Unusable> {
    let parts = DateParts::of(value).ok_or(NOT_A_DATE)?;
    match parts {
        DateParts::Known(y, m, d) => calendar_date(y, m, d),
        DateParts::Open(y, a, b) if a == b => calendar_date(y, a, b),
        DateParts::Open(y, a, b) if a > 12 => calendar_date(y, b, a),
        DateParts::Open(y, a, b) if b > 12 => calendar_date(y, a, b),
        DateParts::Open(..) => Err(Unusable("day and month cannot be told apart")),
    }
}

/// What the parameter builder makes of a date whose order is open.
fn month_first(value: &str) -> Option<String> {
    match DateParts::of(value)? {
        DateParts::Open(y, m, d) if m <= 12 && d <= 12 => calendar_date(y, m, d).ok(),
        _ => None,
    }
}

enum DateParts {
    /// Year, month, day.
    Known(u32, u32, u32),
    /// Year, and day and month in the order of the text.
    Open(u32, u32, u32),
}

impl DateParts {
    fn of(value: &str) -> Option<DateParts> {
        let value: String = value
            .chars()
            .map(|c| digits_of(c.encode_utf8(&mut [0; 4])).next().unwrap_or(c))
            .collect();
        if value.len() == 8 && value.bytes().all(|b| b.is_ascii_digit()) {
            let part = |range: std::ops::Range<usize>| value.get(range)?.parse().ok();
            return Some(DateParts::Known(part(0..4)?, part(4..6)?, part(6..8)?));
        }
        // A time behind the date does not matter.
        let day = match value.split_once(['T', 't']) {
            Some((day, time)) if time.starts_with(|c: char| c.is_ascii_digit()) => day,
            _ => &value,
        };
        let mut parts = day
            .split(|c: char| !c.is_alphanumeric())
            .filter(|part| !part.is_empty());
        let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
        // Only a time may follow: 00:00:00.
        if parts.any(|part| part.len() > 3 && part.parse::<u32>().is_err()) {
            return None;
        }
        let number = |text: &str| {
            let text = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            (text.len() <= 4 && !text.is_empty())
                .then(|| text.parse::<u32>().ok())
                .flatten()
        };
        if let Some(m) = month(a) {
            return Some(DateParts::Known(year(c)?, m, number(b)?));
        }
        if let Some(m) = month(b) {
            return Some(match year(a) {
                Some(y) => DateParts::Known(y, m, number(c)?),
                None => DateParts::Known(year(c)?, m, number(a)?),
            });
        }
        let short = |text: &str| {
            (text.len() <= 2)
                .then(|| text.parse::<u32>().ok())
                .flatten()
        };
        if let Some(y) = year(a) {
            return Some(DateParts::Known(y, short(b)?, short(c)?));
        }
        Some(DateParts::Open(year(c)?, short(a)?, short(b)?))
    }
}

fn year(text: &str) -> Option<u32> {
    (text.len() == 4).then(|| text.parse().ok()).flatten()
}

/// The month that an English name or its first three letters spell.
fn month(text: &str) -> Option<u32> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let lower = text.to_ascii_lowercase();
    let at = NAMES
        .iter()
        .position(|name| lower.len() >= 3 && name.starts_with(&lower))?;
    u32::try_from(at + 1).ok()
}

fn calendar_date(year: u32, month: u32, day: u32) -> Result<String, Unusable> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    };
    let real = (FIRST_YEAR..=LAST_YEAR).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days).contains(&day);
    if real {
        Ok(format!("{year:04}{month:02}{day:02}"))
    } else {
        Err(NOT_A_DATE)
    }
}

fn number_within(value: &str, least: u32, most: u32, width: usize) -> Result<String, Unusable> {
    match value.parse::<u32>() {
        Ok(number) if (least..=most).contains(&number) => Ok(format!("{number:0width$}")),
        _ => Err(Unusable("it is no part of a birth date")),
    }
}

fn gender(value: &str) -> Result<String, Unusable> {
    let lower = value.to_lowercase();
    match lower.as_str() {
        "f" | "m" => Ok(lower),
        word => places::gender(word)
            .map(str::to_owned)
            .ok_or(Unusable("it is neither female nor male")),
    }
}

fn first_letters(value: &str, count: usize) -> Result<String, Unusable> {
    let name = filled(letters(&value.to_lowercase(), is_in_name))?;
    Ok(name.chars().take(count).collect())
}

/// Letters in lower case; accents stay, as documentation and SDKs have it.
fn city(value: &str) -> Result<String, Unusable> {
    filled(letters(&value.to_lowercase(), is_in_place))
}

/// The postal code in the United States and Canada, elsewhere the letters of the name.
fn state(value: &str, country: Option<&str>) -> Result<String, Unusable> {
    if country.is_none_or(|country| matches!(country, "us" | "ca"))
        && let Some(code) = places::state(value, country)
    {
        return Ok(code.to_owned());
    }
    filled(letters(&value.to_lowercase(), is_letter))
}

/// Lower case without space and dash; the first five digits in the United States.
fn postcode(value: &str, country: Option<&str>) -> Result<String, Unusable> {
    let lower = value.to_lowercase();
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if let Some((front, back)) = lower.split_once('-') {
        let (front, back) = (front.trim(), back.trim());
        // Nine digits as five and four are written in the United States only.
        if country.is_none_or(|country| country == "us")
            && (front.len(), back.len()) == (5, 4)
            && digits(front)
            && digits(back)
        {
            return Ok(front.to_owned());
        }
        // D-80331: the sign of the country is no part of the code.
        if front.len() <= 2 && !front.is_empty() && front.bytes().all(|b| b.is_ascii_lowercase()) {
            return filled(letters(back, |c| c.is_alphanumeric()));
        }
    }
    let code = filled(letters(&lower, |c| c.is_alphanumeric()))?;
    if country == Some("us") && digits(&code) {
        return match code.len() {
            // A number column lost the zeros in front.
            3 | 4 => Ok(format!("{code:0>5}")),
            5..=9 => Ok(code[..5].to_owned()),
            _ => Err(Unusable("it is no postcode of that country")),
        };
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(name: Name, value: &str, country: &str) -> Result<String, &'static str> {
        let assume = Assumptions {
            country: (!country.is_empty()).then(|| country.to_owned()),
            zone: None,
        };
        normal_form(name, value, &assume).map_err(|why| why.0)
    }

    #[track_caller]
    fn check(name: Name, cases: &[(&str, &str, &str)]) {
        for &(value, country, normal) in cases {
            match form(name, value, country) {
                Ok(form) => assert_eq!(form, normal, "{name} {value:?} {country}"),
                Err(why) => assert_eq!("", normal, "{name} {value:?} {country}: {why}"),
            }
        }
    }

    #[test]
    fn emails() {
        check(
            Name::Em,
            &[
                (" Ana.Smith+x@Shop.COM\n", "", "ana.smith+x@shop.com"),
                ("Ana Smith <Ana@shop.com>", "", "ana@shop.com"),
                ("mailto:ana@shop.com?subject=x", "", "ana@shop.com"),
                ("\"ana@shop.com\"", "", "ana@shop.com"),
                ("ana%40shop.com", "", "ana@shop.com"),
                ("jösé@exämple.com", "", "jösé@exämple.com"),
                ("ana@shop", "", ""),
                ("ana@@shop.com", "", ""),
                ("ana shop@shop.com", "", ""),
                ("a@10.0.0.1", "", ""),
                ("+49 171 1234567", "", ""),
                ("  ", "", ""),
            ],
        );
    }

    #[test]
    fn phones() {
        check(
            Name::Ph,
            &[
                ("+1 (650) 555-1212", "", "16505551212"),
                ("16505551212", "", "16505551212"),
                ("1-650-555-1212 ext. 12", "", "16505551212"),
                ("0016505551212", "", "16505551212"),
                ("(650)555-1212", "", ""),
                ("(650)555-1212", "us", "16505551212"),
                ("1 650 555 1212", "us", "16505551212"),
                ("011 49 171 1234567", "us", "491711234567"),
                ("+44 (0)20 7183 8750", "", "442071838750"),
                ("+4402071838750", "", "442071838750"),
                ("020 7183 8750", "", ""),
                ("020 7183 8750", "gb", "442071838750"),
                ("0171 1234567", "de", "491711234567"),
                ("491711234567", "de", "491711234567"),
                ("491711234567", "", "491711234567"),
                ("+39 06 1234567", "", "39061234567"),
                ("06 1234567", "it", "39061234567"),
                ("+４９ １７１ １２３４５６７", "", "491711234567"),
                ("+٤٩١٧١١٢٣٤٥٦٧", "", "491711234567"),
                ("tel:+65 8123 4567", "", "6581234567"),
                ("6581234567", "", "6581234567"),
                ("11 98765-4321", "br", "5511987654321"),
                ("12345", "", ""),
                ("+999 1234567", "", ""),
                ("1234567890123456", "", ""),
                ("ana@shop.com", "", ""),
            ],
        );
    }

    #[test]
    fn names_and_places() {
        check(
            Name::Fn,
            &[
                ("Mary Ann", "", "maryann"),
                ("O'Brien", "", "obrien"),
                ("O’Brien", "", "obrien"),
                ("MÜLLER", "", "müller"),
                ("...", "", ""),
            ],
        );
        check(
            Name::Ct,
            &[
                ("New York", "", "newyork"),
                ("San José", "", "sanjosé"),
                ("L'Aquila", "", "laquila"),
                ("東京", "", "東京"),
                ("123", "", ""),
            ],
        );
        check(
            Name::St,
            &[
                ("California", "", "ca"),
                ("US-CA", "", "ca"),
                ("CA", "", "ca"),
                ("Bayern", "", "bayern"),
                ("New South Wales", "au", "newsouthwales"),
                ("Georgia", "ge", "georgia"),
                ("Quebec", "ca", "qc"),
                ("D.C.", "us", "dc"),
            ],
        );
        check(
            Name::Country,
            &[
                ("United States", "", "us"),
                ("USA", "", "us"),
                ("UK", "", "gb"),
                ("Deutschland", "", "de"),
                ("xx", "", ""),
            ],
        );
        check(
            Name::Zp,
            &[
                ("94035", "", "94035"),
                ("94035-1234", "", "94035"),
                ("940351234", "us", "94035"),
                ("2139", "us", "02139"),
                ("SW1A 1AA", "", "sw1a1aa"),
                ("D-80331", "", "80331"),
                ("01310-100", "", "01310100"),
                ("1010-035", "pt", "1010035"),
            ],
        );
        check(
            Name::Ge,
            &[
                ("Female", "", "f"),
                ("M", "", "m"),
                ("weiblich", "", "f"),
                ("1", "", ""),
                ("other", "", ""),
            ],
        );
        check(Name::ExternalId, &[(" User 7 ", "", "User 7")]);
        check(Name::F5first, &[("Jonathan", "", "jonat")]);
        check(Name::Fi, &[("Ana", "", "a")]);
        check(Name::Dobd, &[("7", "", "07"), ("32", "", "")]);
    }

    #[test]
    fn dates() {
        check(
            Name::Db,
            &[
                ("19970216", "", "19970216"),
                ("1997-02-16", "", "19970216"),
                ("1997-02-16T00:00:00.000Z", "", "19970216"),
                ("1997-02-16 00:00:00", "", "19970216"),
                ("2/16/1997", "", "19970216"),
                ("16.02.1997", "", "19970216"),
                ("02-02-1990", "", "19900202"),
                ("02-03-1990", "", ""),
                ("16 Feb 1997", "", "19970216"),
                ("February 16, 1997", "", "19970216"),
                ("1997-02-31", "", ""),
                ("19971345", "", ""),
                ("16/02/97", "", ""),
                ("29.02.1900", "", ""),
                ("29.02.2000", "", "20000229"),
                ("1899-12-31", "", ""),
                ("birthday", "", ""),
            ],
        );
    }
}
