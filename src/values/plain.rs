//! Plain personal data where a digest belongs: what it looks like, what can be made of it, and so
//! which rule speaks of it.

use std::borrow::Cow;

use crate::clock::DAY;
use crate::digest::worthless::{self, Class, Standing};
use crate::digest::{self, Shape};
use crate::event::{Assumptions, Event, Identifier};
use crate::fix::{Fix, Safety};
use crate::json::{Item, Val};
use crate::normalize::{self, Unusable, normal_form};
use crate::values::name::Name;
use crate::values::places::GENDERS;

/// The text that a sender meant: a string, or a whole number as its digits.
pub fn text_of<'a>(item: Item<'_, 'a>) -> Option<Cow<'a, str>> {
    /// Up to here every whole number has a float of its own.
    const MOST: f64 = 9_007_199_254_740_992.0;
    match item.val() {
        Val::Text(text) => Some(Cow::Borrowed(text)),
        Val::Int(number) if number > 0 => Some(Cow::Owned(number.to_string())),
        Val::Float(number) if number.fract() == 0.0 && (1.0..MOST).contains(&number) => {
            Some(Cow::Owned(format!("{number:.0}")))
        }
        _ => None,
    }
}

/// The plain value of a key that takes only digests: text that is no machine's token, of which
/// not-sha256 speaks, or a number that is not 0, of which null-identifier does.
/// For what [`Event::required`] gives.
pub fn value_of<'t, 'a>(
    event: &Event<'t, 'a>,
    identifier: &Identifier<'a>,
) -> Option<Item<'t, 'a>> {
    let item = event.item(identifier.place);
    let is_plain = match item.val() {
        Val::Text(text) => !digest::is_token(text) && !digest::has_foreign_appendix(text),
        Val::Int(0) | Val::Float(0.0) => false,
        Val::Int(_) | Val::Float(_) => true,
        _ => false,
    };
    is_plain.then_some(item)
}

/// Reads an element of a list that stands in the list of a key, where only one list may: what is
/// somebody's data in plain, and nothing else.
pub fn read_in_list(name: Name, item: Item<'_, '_>, event: &Event<'_, '_>) -> Option<Reading> {
    let is_plain = match item.val() {
        Val::Text(text) => Shape::of(text) == Shape::Plain && !digest::has_foreign_appendix(text),
        Val::Int(number) => number > 0,
        _ => false,
    };
    let is_token = item.text().is_some_and(digest::is_token);
    match (is_plain && !is_token).then(|| read(name, item, event))? {
        Reading::NoCallingCode(_) => Some(Reading::Unclear(Unusable::NO_CALLING_CODE)),
        Reading::Junk(..) | Reading::Worthless(.., Safety::Safe) => None,
        reading => Some(reading),
    }
}

/// The shapes of the identifiers that [`value_of`] looks at.
pub const SHAPES: u32 = Shape::Plain.bit() | Shape::WrongType.bit();

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

/// What can be made of a plain value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The digest of its normal form, and how far it can be trusted.
    Digest(String, Safety),
    /// A phone number that lacks the country calling code, or may; the digest of the number in the
    /// country that the event or the user names.
    NoCallingCode(Option<String>),
    /// Somebody's data that cannot be read with certainty.
    Unclear(Unusable),
    /// Nobody's data, and how sure it is that nothing is lost with it.
    Junk(Unusable, Safety),
    /// As that, though it has a normal form, of which this is the digest. Where it is not sure, it may be
    /// somebody's after all.
    Worthless(String, Unusable, Safety),
}

/// Dates that stand where nobody gave one. People were born on some of them, too.
const DEFAULT_DATES: [&str; 3] = ["19000101", "19691231", "19700101"];

/// What a normal form is worth of which other rules would say, once it is hashed, that it is nobody's.
fn worth(name: Name, form: &str, event: &Event<'_, '_>) -> Option<(Unusable, Safety)> {
    const DOUBTFUL: Unusable = Unusable("a word that stands for nothing and is seldom a name");
    const SHOP: Unusable = Unusable("a placeholder at the shop's own domain");
    const DATE: Unusable = Unusable("the date of a form or computer that was given none");
    if name == Name::Db && DEFAULT_DATES.contains(&form) {
        return Some((DATE, Safety::Unsafe));
    }
    let digest = digest::digest_of(&digest::sha256(form.as_bytes()));
    let Some(entry) = worthless::find_digest(&digest) else {
        let url = event.get(Name::EventSourceUrl).and_then(|it| it.text());
        let is_of_shop =
            name == Name::Em && url.is_some_and(|url| digest::shop::is_placeholder(url, &digest));
        return is_of_shop.then_some((SHOP, Safety::Unsafe));
    };
    match entry.standing(name) {
        Standing::Right => None,
        Standing::Doubtful => Some((DOUBTFUL, Safety::Unsafe)),
        Standing::Worthless => {
            let what = match entry.class {
                Class::Placeholder => "it is a placeholder",
                Class::Sample => "it is a sample value of Meta's documentation",
                _ => "it is a word that stands for nothing",
            };
            Some((Unusable(what), Safety::Safe))
        }
    }
}

/// Reads a plain value of `name` in the light of its event.
pub fn read(name: Name, item: Item<'_, '_>, event: &Event<'_, '_>) -> Reading {
    match (text_of(item), item.val()) {
        (Some(text), Val::Int(_)) => {
            let reading = read_text(name, &text, event);
            match reading {
                Reading::Digest(digest, _) if lost_zeros(name, &text, event) => {
                    Reading::Digest(digest, Safety::Unsafe)
                }
                reading => reading,
            }
        }
        (Some(text), _) => read_text(name, &text, event),
        (None, Val::Int(_) | Val::Float(_)) => {
            let why = Unusable("it is a number below 1 or with decimals");
            Reading::Junk(why, Safety::Safe)
        }
        (None, _) => Reading::Unclear(Unusable("it is neither text nor a number")),
    }
}

/// As [`read`], for text, which may be what an encoded value spells.
pub fn read_text(name: Name, text: &str, event: &Event<'_, '_>) -> Reading {
    match normalize::undressed(name, text) {
        Ok(Cow::Borrowed(text)) => read_bare(name, text, event),
        Ok(Cow::Owned(inner)) => match Shape::of(&inner) {
            Shape::Plain => read_bare(name, &inner, event),
            Shape::Nothing => Reading::Junk(Unusable::EMPTY, Safety::Safe),
            _ => Reading::Unclear(NOT_TYPED),
        },
        Err(why) => Reading::Unclear(why),
    }
}

const NOT_TYPED: Unusable = Unusable("it does not look like what people type");

fn read_bare(name: Name, text: &str, event: &Event<'_, '_>) -> Reading {
    let encoded = name != Name::Em && text.contains('=');
    let numbered =
        matches!(name, Name::Fn | Name::Ln) && text.bytes().any(|byte| byte.is_ascii_digit());
    if encoded || numbered || digest::is_token(text) || digest::strip_appendix(text) != text {
        return Reading::Unclear(NOT_TYPED);
    }
    if name != Name::Em && is_of_several(text) {
        return Reading::Unclear(Unusable(
            "it is a list or object, of which one value is meant",
        ));
    }
    if name != Name::Em && text.contains('@') {
        return Reading::Unclear(Unusable("it looks like an e-mail"));
    }
    if text.contains(['*', '…']) || text.contains("...") && text.bytes().any(|b| b != b'.') {
        return Reading::Unclear(Unusable("only a part of it is shown"));
    }
    match form(name, text, event) {
        Ok((form, _)) if is_to_come(name, &form, event) => failure(name, text, Unusable::NOT_YET),
        Ok((form, safety)) => {
            let digest = digest::sha256_hex(&form);
            match worth(name, &form, event) {
                Some((why, sure)) => Reading::Worthless(digest, why, sure.min(safety)),
                None => Reading::Digest(digest, safety),
            }
        }
        Err(Unusable::NO_CALLING_CODE) => {
            let country = event.country().or(event.assume.country.as_deref());
            let number = country.and_then(|country| in_country(name, text, country).ok());
            Reading::NoCallingCode(number.map(|number| digest::sha256_hex(&number)))
        }
        Err(why) => failure(name, text, why),
    }
}

/// Whether a text is an object in JSON, or a list with several values.
fn is_of_several(text: &str) -> bool {
    let text = text.trim();
    let inside = |open, close| text.strip_prefix(open)?.strip_suffix(close);
    inside('{', '}').is_some_and(|inner: &str| inner.contains(':'))
        || inside('[', ']')
            .is_some_and(|inner: &str| inner.trim_end_matches([',', ' ']).contains(','))
}

/// Whether a date or year of birth, in its normal form, lies behind the event and the time at which it
/// is looked at. Somewhere it is tomorrow already.
fn is_to_come(name: Name, form: &str, event: &Event<'_, '_>) -> bool {
    if !matches!(name, Name::Db | Name::Doby) {
        return false;
    }
    let latest = event.time().unwrap_or(0).max(event.clock.now) + DAY;
    let Ok(latest) = jiff::Timestamp::from_second(latest) else {
        return false;
    };
    let latest = latest.strftime("%Y%m%d").to_string();
    // Of a year only the first four digits are there.
    form > &latest[..form.len().min(latest.len())]
}

fn in_country(name: Name, text: &str, country: &str) -> Result<String, Unusable> {
    let assume = Assumptions {
        country: Some(country.to_owned()),
        zone: None,
    };
    normal_form(name, text, &assume)
}

/// The normal form. What the event says of its country is part of the value; what the user says of
/// all events needs consent where it makes a difference.
fn form(name: Name, text: &str, event: &Event<'_, '_>) -> Result<(String, Safety), Unusable> {
    let alone = normal_form(name, text, &Assumptions::default());
    let read = match name {
        Name::Ph => {
            // A number that reads as another inside the person's own country.
            let inside = alone
                .is_ok()
                .then(|| event.country())
                .flatten()
                .and_then(|country| in_country(name, text, country).ok());
            match (alone, inside) {
                (Ok(form), Some(other)) if form != other => Ok((other, Safety::Unsafe)),
                (alone, _) => alone.map(|form| (form, Safety::Safe)),
            }
        }
        Name::Ct | Name::St | Name::Zp => {
            match (event.country(), event.assume.country.as_deref()) {
                (Some(country), _) => {
                    in_country(name, text, country).map(|form| (form, Safety::Safe))
                }
                (None, Some(country)) => {
                    let form = in_country(name, text, country)?;
                    let same = alone.as_ref() == Ok(&form);
                    Ok((form, if same { Safety::Safe } else { Safety::Unsafe }))
                }
                (None, None) => alone.map(|form| (form, Safety::Safe)),
            }
        }
        _ => alone.map(|form| (form, Safety::Safe)),
    };
    let (form, safety) = read?;
    match normalize::is_sure(name, text, event.country()) {
        true => Ok((form, safety)),
        false => Ok((form, Safety::Unsafe)),
    }
}

/// What a value is that has no normal form.
fn failure(name: Name, text: &str, why: Unusable) -> Reading {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let safe_if = |is: bool| match is {
        true => Reading::Junk(why, Safety::Safe),
        false => Reading::Junk(why, Safety::Unsafe),
    };
    match why {
        Unusable::TWO_READINGS | Unusable::SHIFTED_DATE => Reading::Unclear(why),
        Unusable::NOT_AN_EMAIL if normalize::has_email(text) => {
            Reading::Unclear(Unusable::MORE_THAN_AN_EMAIL)
        }
        // Two addresses, or one with a space in it: the sender can tell.
        Unusable::NOT_AN_EMAIL => {
            let spaceless: String = text.split_whitespace().collect();
            match text.matches('@').count() {
                0 => safe_if(digits < 7),
                1 if spaceless == text.trim() || !digest::looks_like_email(&spaceless) => {
                    safe_if(true)
                }
                _ => Reading::Unclear(why),
            }
        }
        Unusable::NOT_A_PHONE => safe_if(digits < 7),
        Unusable::LOST_DIGITS
        | Unusable::NO_PART_OF_A_DATE
        | Unusable::NOT_YET
        | Unusable::EMPTY => safe_if(true),
        // Years of two digits, seconds since 1970 and the days of a spreadsheet are dates, too.
        Unusable::NOT_A_DATE if digits > 0 && digits != 8 => Reading::Unclear(why),
        Unusable::NOT_A_DATE => safe_if(true),
        Unusable::NO_GENDER => {
            let lower = text.trim().to_lowercase();
            safe_if(GENDERS.neither.contains(&lower))
        }
        // A number may be that of a list of the sender's own.
        Unusable::NO_COUNTRY => safe_if(text.trim().len() <= 2 && digits == 0),
        // Digits belong into another key.
        _ => safe_if(name != Name::Zp && digits == 0),
    }
}

/// Whether a number may have had zeros in front, as postcodes and national phone numbers have.
fn lost_zeros(name: Name, digits: &str, event: &Event<'_, '_>) -> bool {
    match name {
        // In the United States all have five digits, and the form has them again.
        Name::Zp => digits.len() < 5 && event.country() != Some("us"),
        Name::Ph => digits.len() < 11,
        _ => false,
    }
}

/// What is to be written for a value so that a key which wants a digest can take it: `None` when
/// it is a digest already.
pub fn as_digest(
    name: Name,
    item: Item<'_, '_>,
    event: &Event<'_, '_>,
) -> Result<Option<(String, Safety)>, Unusable> {
    let shape = match item.val() {
        Val::Text(text) => Shape::of(text),
        _ => Shape::WrongType,
    };
    let reading = match shape {
        Shape::Sha256 | Shape::UpperHex | Shape::Base64Digest | Shape::DressedHex => {
            return Ok(None);
        }
        Shape::Plain | Shape::WrongType => read(name, item, event),
        _ => return Err(Unusable("it is no value that can be hashed")),
    };
    match reading {
        Reading::Digest(digest, safety) | Reading::Worthless(digest, _, safety) => {
            Ok(Some((digest, safety)))
        }
        Reading::NoCallingCode(Some(digest)) => Ok(Some((digest, Safety::Unsafe))),
        Reading::NoCallingCode(None) => Err(Unusable::NO_CALLING_CODE),
        Reading::Unclear(why) | Reading::Junk(why, _) => Err(why),
    }
}

/// Hashes, as part of a fix, the plain values of a member for the key `name`. Gives the fix back, no
/// safer than the least sure of them, and how many there were.
pub fn hash_in(
    fix: Fix,
    name: Name,
    member: Item<'_, '_>,
    event: &Event<'_, '_>,
) -> Result<(Fix, usize), Unusable> {
    let (mut fix, mut hashed) = (fix, 0);
    for value in member.each() {
        if let Some((digest, sure)) = as_digest(name, value, event)? {
            let at = value.pointer_from(event.root().place());
            fix = fix.replace_text(at, &digest);
            fix.safety = fix.safety.min(sure);
            hashed += 1;
        }
    }
    Ok((fix, hashed))
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
