//! Digests that one event proves to be of a right value in a wrong form: because its key has few
//! possible values, because the right digest stands beside it, or because the event holds the
//! e-mail address or the phone number in plain.

use std::borrow::Cow;

use memchr::memmem;

use super::dress::FLOAT;
use super::forms::{self, Context, DateOrder, Fault, Known, Right};
use super::worthless::Standing;
use super::{Shape, decode, looks_like_email, sha256, sha256_hex};
use crate::event::{Assumptions, Event, Identifier};
use crate::finding::{Certainty, Finding, Findings, Severity};
use crate::fix::Fix;
use crate::json::{Pointer, Val};
use crate::values::name::Name;
use crate::values::percent;

/// A digest of a right value in a wrong form.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// The key in user_data.
    pub name: Name,
    /// Place of the digest on the tape.
    pub place: u32,
    /// Which rule speaks.
    pub fault: Fault,
    /// What it is the digest of, as a class.
    pub what: &'static str,
    /// What should stand there instead, without appendix.
    right: Right,
    /// Whether the right digest stands beside it already.
    is_there: bool,
    /// The appendix with its dot, or `""`.
    appendix: String,
    sure: bool,
    /// Whether Meta's own code or documentation lets this form pass.
    disputed: bool,
    /// The key to which the value belongs, when it is another one.
    pub belongs: Option<Name>,
}

impl Mistake {
    /// The right digest, appendix and all, when there is one.
    pub fn right(&self) -> Option<String> {
        match &self.right {
            Right::Digest(right) => Some(format!("{right}{}", self.appendix)),
            _ => None,
        }
    }

    /// In which order day and month were written, when it is a date that shows it; and the hex digits
    /// of its right form.
    pub fn date_order(&self) -> Option<(DateOrder, &str)> {
        match &self.right {
            Right::Digest(right) if self.name == Name::Db => {
                DateOrder::shown(self.what, right).map(|order| (order, right.as_str()))
            }
            _ => None,
        }
    }

    /// Whether the right digest stands already where it belongs.
    pub fn is_there(&self) -> bool {
        self.is_there
    }

    /// Gives the finding its severity and its fix.
    pub fn dress(&self, pointer: Pointer, finding: &mut Finding) {
        let fix = |title| {
            if self.sure {
                Fix::safe(title)
            } else {
                Fix::needs_consent(title)
            }
        };
        finding.fix_if(match &self.right {
            Right::Digest(right) if !self.is_there => {
                let right = format!("{right}{}", self.appendix);
                let fix = fix("write the digest of the value in its right form");
                Some(fix.replace_text(pointer, &right))
            }
            Right::Digest(_) | Right::Nothing => Some(fix("remove the digest").remove(pointer)),
            // Nobody can tell which value was meant.
            Right::Open => None,
        });
        if self.disputed {
            finding.severity(Severity::Warning);
        }
        // It may be the same on the other side.
        if self.name == Name::ExternalId {
            finding.spoils(false);
        }
        if !self.sure {
            finding.certainty(Certainty::Strong);
        }
    }
}

/// Whether an event can have any mistake: a first look at its URLs and at the texts in custom_data
/// for what may be an address or a number in plain.
pub fn are_possible(event: &Event<'_, '_>) -> bool {
    let in_urls = || {
        let urls = [Name::EventSourceUrl, Name::ReferrerUrl];
        urls.iter()
            .filter_map(|&name| event.get(name)?.text())
            .any(|url| {
                let bytes = url.as_bytes();
                memchr::memchr2(b'@', b'%', bytes).is_some()
                    || memchr::memchr2(b'?', b'#', bytes).is_some_and(|at| {
                        let digit = |byte: &u8| usize::from(byte.is_ascii_digit());
                        bytes[at..].iter().map(digit).sum::<usize>() >= FEWEST_DIGITS
                    })
            })
    };
    let has_at = |text: &str| memchr::memchr(b'@', text.as_bytes()).is_some();
    let in_custom = || {
        let mut texts = (event.custom_data().into_iter())
            .flat_map(|it| it.children())
            .filter_map(|it| it.text());
        event.has_unnamed_custom_keys() || texts.any(has_at)
    };
    let beside = || {
        let others = event.identifiers();
        let is_id = |it: &Identifier<'_>| it.name == Name::ExternalId;
        let is_one_of_two = || others.iter().filter(|it| is_id(it)).nth(1).is_some();
        others.iter().any(|it| {
            let may_be_known = || it.name == Name::Ph || has_at(it.text);
            it.shape != Shape::Sha256 && (may_be_known() || is_id(it) && is_one_of_two())
        })
    };
    let of_log = || {
        let lessons = event.witnesses.lessons.as_ref();
        lessons.is_some_and(|lessons| lessons.knows_forms())
    };
    event.has_suspect() || in_urls() || in_custom() || beside() || of_log()
}

/// Reports the mistakes of an event that are a rule's business.
pub fn tell(event: &Event<'_, '_>, out: &mut Findings, is_mine: impl Fn(&Mistake) -> bool) {
    for mistake in event.mistakes().iter().filter(|mistake| is_mine(mistake)) {
        let item = event.item(mistake.place);
        let pointer = item.pointer_from(event.root().place());
        let message = format!("{} is the digest of {}", mistake.name, mistake.what);
        mistake.dress(pointer, out.at(item, message));
    }
}

/// Shows the e-mail addresses and phone numbers that stand in plain in an event, spelt as they are
/// there.
pub fn plain_values(event: &Event<'_, '_>, mut each: impl FnMut(Name, &str)) {
    if !event.may_be_mistaken() {
        return;
    }
    let mut found = Vec::new();
    plain_emails(event, &mut found);
    found.drain(..).for_each(|email| each(Name::Em, &email));
    plain_phones(event, &mut found);
    found.iter().for_each(|phone| each(Name::Ph, phone));
}

/// The mistakes of one event.
pub fn of(event: &Event<'_, '_>) -> Vec<Mistake> {
    let mut out = Vec::new();
    let identifiers = event.identifiers();
    for (place, form) in event.known_forms() {
        let digest = identifiers.iter().find(|it| it.place == *place);
        out.extend(digest.map(|digest| mistake(digest, form.clone(), identifiers)));
    }
    if event.has_suspect() {
        let about = Context {
            country: country(identifiers),
            deep: event.is_deep(),
            dates: order_of_dates(event),
        };
        for identifier in identifiers {
            if out.iter().any(|it: &Mistake| it.place == identifier.place) {
                continue;
            }
            out.extend(enumerated(identifier, identifiers, &about));
        }
        doubled(identifiers, &mut out);
    }
    if let Some(lessons) = &event.witnesses.lessons
        && lessons.knows_forms()
    {
        for one in event.shaped(Shape::IN_HEX) {
            if one.worthless.is_none()
                && out.iter().all(|it: &Mistake| it.place != one.place)
                && let Some(form) = lessons.form(one)
            {
                out.push(mistake(one, form.clone(), identifiers));
            }
        }
    }
    let has = |name| {
        let mut hashed = event.shaped(Shape::IN_HEX);
        hashed.any(|it| it.name == name)
    };
    if has(Name::Em) {
        let mut emails = Vec::new();
        plain_emails(event, &mut emails);
        for email in &emails {
            if let Some(known) = Known::new(Name::Em, email, &Assumptions::default()) {
                hashed_otherwise(Name::Em, &known, true, identifiers, &mut out);
            }
        }
    }
    if has(Name::Ph) {
        let mut phones = Vec::new();
        plain_phones(event, &mut phones);
        for phone in &phones {
            if let Some(known) = Known::new(Name::Ph, phone, &Assumptions::default()) {
                hashed_otherwise(Name::Ph, &known, true, identifiers, &mut out);
                continue;
            }
            // Without its calling code it is a number of the event's own country, most likely.
            let assume = Assumptions {
                country: country(identifiers).map(str::to_owned),
                ..Assumptions::default()
            };
            if let Some(known) = Known::new(Name::Ph, phone, &assume) {
                hashed_otherwise(Name::Ph, &known, false, identifiers, &mut out);
            }
        }
    }
    if has(Name::ExternalId) {
        hashed_as_float(event, &mut out);
    }
    out
}

/// Digests of a person's number with decimals, as `123.0`, where the number stands in plain in the
/// event. Any id will do as long as it is the same everywhere, which only the other side can show.
fn hashed_as_float(event: &Event<'_, '_>, out: &mut Vec<Mistake>) {
    let identifiers = event.identifiers();
    let mut numbers = Vec::new();
    for item in event.custom_data().into_iter().flat_map(|it| it.children()) {
        if item.name().is_none() && speaks_of_persons(item.key()) {
            numbers.extend(match item.val() {
                Val::Int(number) => u64::try_from(number).ok(),
                Val::Float(number) => whole_number(&number.to_string()),
                Val::Text(text) => whole_number(text),
                _ => None,
            });
        }
    }
    let of_person = || identifiers.iter().filter(|it| it.name == Name::ExternalId);
    let beside = of_person().filter(|it| it.shape == Shape::Plain);
    numbers.extend(beside.filter_map(|it| whole_number(it.text)));
    for number in numbers {
        let with_decimals = sha256_hex(&format!("{number}.0"));
        for identifier in of_person().filter(|it| it.digits().as_deref() == Some(&*with_decimals)) {
            if out.iter().any(|it| it.place == identifier.place) {
                continue;
            }
            let form = forms::WrongForm {
                fault: Fault::Spelling,
                what: FLOAT,
                right: Right::Digest(sha256_hex(&number.to_string())),
                sure: false,
                disputed: true,
                belongs: None,
            };
            out.push(mistake(identifier, form, identifiers));
        }
    }
}

/// The number that a text is, with decimals that are zero or none.
fn whole_number(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.strip_suffix(".0").unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // An id with a zero in front is text, and went through no float.
    (is_number && (digits == "0" || !digits.starts_with('0')))
        .then(|| digits.parse().ok())
        .flatten()
}

/// Whether a key in the shop's own words holds the number of a person.
fn speaks_of_persons(key: &str) -> bool {
    const WORDS: [&str; 6] = ["customer", "user", "member", "client", "account", "contact"];
    const ENDS: [&str; 4] = ["id", "number", "no", "nr"];
    let bare = || key.bytes().filter(u8::is_ascii_alphabetic);
    let is_bare = |word: &str, end: &str| {
        let letters = word.bytes().chain(end.bytes());
        bare().map(|byte| byte.to_ascii_lowercase()).eq(letters)
    };
    (4..=20).contains(&key.len())
        && WORDS
            .iter()
            .any(|word| ENDS.iter().any(|end| is_bare(word, end)))
}

/// In which order its sender writes day and month, as a first pass over the log has shown.
fn order_of_dates(event: &Event<'_, '_>) -> Option<DateOrder> {
    let lessons = event.witnesses.lessons.as_ref()?;
    let has_date = event.names().1 & Name::Db.bit() != 0;
    has_date.then(|| lessons.order_of_dates(event)).flatten()
}

/// The country of the event, when one value of its own tells it and no other contradicts.
fn country(identifiers: &[Identifier<'_>]) -> Option<&'static str> {
    let mut countries = identifiers
        .iter()
        .filter(|it| it.name == Name::Country)
        .filter_map(|it| match it.digits() {
            Some(hex) => forms::country_meant(&hex),
            None if it.shape == Shape::Plain => crate::values::places::country(it.text),
            None => None,
        });
    let first = countries.next()?;
    countries.all(|other| other == first).then_some(first)
}

/// A wrong form of a value of a key that can be enumerated.
fn enumerated(
    identifier: &Identifier<'_>,
    all: &[Identifier<'_>],
    about: &Context,
) -> Option<Mistake> {
    if identifier.proven || !forms::is_enumerable(identifier.name) {
        return None;
    }
    let mut form = forms::find(identifier.name, &identifier.digits()?, about)?;
    if let Some(entry) = identifier.worthless {
        match entry.standing(identifier.name) {
            Standing::Worthless => return None,
            // Namibia in capitals, or "not available".
            Standing::Doubtful => form.sure = false,
            Standing::Right => {}
        }
    }
    Some(mistake(identifier, form, all))
}

fn mistake(identifier: &Identifier<'_>, form: forms::WrongForm, all: &[Identifier<'_>]) -> Mistake {
    let key = form.belongs.unwrap_or(identifier.name);
    let is_there = match &form.right {
        Right::Digest(right) => all
            .iter()
            .any(|other| other.name == key && other.digits().as_deref() == Some(right)),
        _ => false,
    };
    Mistake {
        name: identifier.name,
        place: identifier.place,
        fault: form.fault,
        what: form.what,
        right: form.right,
        is_there,
        appendix: identifier.appendix().to_owned(),
        sure: form.sure,
        disputed: form.disputed,
        belongs: form.belongs,
    }
}

/// The most values of one key that are compared with each other.
const MOST_VALUES: usize = 16;

/// Digests of digests whose inner one is another value of the same key.
fn doubled(identifiers: &[Identifier<'_>], out: &mut Vec<Mistake>) {
    for values in identifiers.chunk_by(|a, b| a.name == b.name) {
        if values.len() < 2 || values.len() > MOST_VALUES {
            continue;
        }
        for inner in values {
            let Some(hex) = inner.digits() else { continue };
            let Some(bytes) = decode(&hex) else { continue };
            let outer = [
                sha256(hex.as_bytes()),
                sha256(hex.to_ascii_uppercase().as_bytes()),
                sha256(&bytes),
            ];
            for value in values {
                let digest = value.digits().and_then(|hex| decode(&hex));
                let known = out.iter().any(|mistake| mistake.place == value.place);
                if !known
                    && value.worthless.is_none()
                    && digest.is_some_and(|digest| outer.contains(&digest))
                {
                    out.push(Mistake {
                        name: value.name,
                        place: value.place,
                        fault: Fault::Twice,
                        what: "the digest of a digest that stands beside it",
                        right: Right::Nothing,
                        is_there: false,
                        appendix: String::new(),
                        sure: true,
                        disputed: false,
                        belongs: None,
                    });
                }
            }
        }
    }
}

/// Digests of a known value in a wrong form. `sure` is false when the value was made up out of
/// what the event holds and an assumption.
fn hashed_otherwise(
    name: Name,
    known: &Known,
    sure: bool,
    all: &[Identifier<'_>],
    out: &mut Vec<Mistake>,
) {
    for identifier in all.iter().filter(|it| it.name == name) {
        let Some(hex) = identifier.digits() else {
            continue;
        };
        if identifier.worthless.is_some() || out.iter().any(|it| it.place == identifier.place) {
            continue;
        }
        if let Some(mut form) = known.find(&hex) {
            form.sure &= sure;
            out.push(mistake(identifier, form, all));
        }
    }
}

/// A phone number has as many digits, or more.
const FEWEST_DIGITS: usize = 7;

/// The phone numbers that stand in plain in an event: in its URLs and in custom_data under keys
/// that speak of phones, and beside the digests in ph.
fn plain_phones<'a>(event: &Event<'_, 'a>, out: &mut Vec<Cow<'a, str>>) {
    for name in [Name::EventSourceUrl, Name::ReferrerUrl] {
        let Some(url) = event.get(name).and_then(|item| item.text()) else {
            continue;
        };
        let Some(start) = memchr::memchr2(b'?', b'#', url.as_bytes()) else {
            continue;
        };
        for pair in url[start + 1..].split(['&', ';', '#', '?']) {
            let Some((key, value)) = pair.split_once('=') else {
                continue;
            };
            if speaks_of_phones(key) {
                // A plus that was not encoded is a space to a form and a plus to everyone else.
                out.push(percent::decoded(value, false));
            }
        }
    }
    for item in event.custom_data().into_iter().flat_map(|it| it.children()) {
        if item.name().is_none()
            && speaks_of_phones(item.key())
            && let Some(text) = item.text()
        {
            out.push(Cow::Borrowed(text));
        }
    }
    let beside = event.identifiers().iter().filter(|it| it.name == Name::Ph);
    out.extend(
        beside
            .filter(|it| it.shape == Shape::Plain)
            .map(|it| Cow::Borrowed(it.text)),
    );
    out.retain(|text| {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        (FEWEST_DIGITS..=17).contains(&digits)
            && text
                .bytes()
                .all(|b| b.is_ascii_digit() || b" +-()./".contains(&b))
    });
}

/// Whether a key in the shop's own words holds a phone number.
fn speaks_of_phones(key: &str) -> bool {
    const WORDS: [&str; 9] = [
        "phone",
        "mobile",
        "telefon",
        "telephone",
        "whatsapp",
        "celular",
        "msisdn",
        "handy",
        "tel",
    ];
    let has = |word: &&str| {
        let (key, word) = (key.as_bytes(), word.as_bytes());
        // `tel` alone is also the beginning of other words.
        if word == b"tel" {
            return key.eq_ignore_ascii_case(word);
        }
        key.windows(word.len())
            .any(|part| part.eq_ignore_ascii_case(word))
    };
    (2..=40).contains(&key.len()) && WORDS.iter().any(has)
}

/// The e-mail addresses that stand in plain in an event: in its URLs, in custom_data, in
/// external_id and beside the digests in em.
fn plain_emails<'a>(event: &Event<'_, 'a>, out: &mut Vec<Cow<'a, str>>) {
    for name in [Name::EventSourceUrl, Name::ReferrerUrl] {
        if let Some(url) = event.get(name).and_then(|item| item.text()) {
            emails_in_url(url, out);
        }
    }
    let custom = event.custom_data().into_iter().flat_map(|it| it.children());
    /// `a@b.de`, the shortest that is no sample.
    const SHORTEST: usize = 6;
    let texts = custom
        .filter_map(|item| item.text())
        .filter(|text| text.len() >= SHORTEST);
    let identifiers = event.identifiers().iter();
    let beside = identifiers.filter(|it| matches!(it.name, Name::Em | Name::ExternalId));
    for text in texts.chain(beside.map(|it| it.text)) {
        if memchr::memchr(b'@', text.as_bytes()).is_some() && looks_like_email(text) {
            out.push(Cow::Borrowed(text.trim()));
        }
    }
}

/// The addresses among the values of a query or fragment.
fn emails_in_url<'a>(url: &'a str, out: &mut Vec<Cow<'a, str>>) {
    let bytes = url.as_bytes();
    // Nearly all URLs hold neither; making a searcher for `%40` would cost more than looking.
    if memchr::memchr2(b'@', b'%', bytes).is_none()
        || (memchr::memchr(b'@', bytes).is_none() && memmem::find(bytes, b"%40").is_none())
    {
        return;
    }
    let Some(start) = memchr::memchr2(b'?', b'#', bytes) else {
        return;
    };
    for pair in url[start + 1..].split(['&', ';', '#', '?']) {
        let value = pair.split_once('=').map_or(pair, |(_, value)| value);
        // A plus stays one, because addresses may hold it.
        let value = percent::decoded(value, false);
        if looks_like_email(&value) {
            out.push(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_persons() {
        for key in [
            "customer_id",
            "customerId",
            "userID",
            "member_no",
            "Client-Number",
        ] {
            assert!(speaks_of_persons(key), "{key}");
        }
        for key in [
            "order_id",
            "customer",
            "customer_ids",
            "no",
            "id",
            "user_value",
        ] {
            assert!(!speaks_of_persons(key), "{key}");
        }
        for (text, number) in [
            ("123", Some(123)),
            (" 123.0 ", Some(123)),
            ("0123", None),
            ("123.5", None),
            ("c-123", None),
            ("", None),
            (".0", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(whole_number(text), number, "{text}");
        }
    }

    #[test]
    fn addresses_are_found_in_queries_only() {
        let found = |url: &str| -> Vec<String> {
            let mut out = Vec::new();
            emails_in_url(url, &mut out);
            out.into_iter().map(Cow::into_owned).collect()
        };
        let shop = "https://shop.kestrel.example/thanks";
        assert_eq!(
            found(&format!("{shop}?id=1&email=Ana%40Kestrel.example#x")),
            ["Ana@Kestrel.example"]
        );
        assert_eq!(
            found(&format!("{shop}?ana@kestrel.example")),
            ["ana@kestrel.example"]
        );
        assert_eq!(
            found(&format!("{shop}#e=a+b%40kestrel.example")),
            ["a+b@kestrel.example"]
        );
        assert!(found("https://user@shop.example/?q=1").is_empty());
        assert!(found(&format!("{shop}?q=%40home")).is_empty());
        assert!(found(&format!("{shop}?q=%")).is_empty());
    }
}
