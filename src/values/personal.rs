//! Plain personal data outside of user_data: which keys announce it and what it looks like.

use std::collections::{HashMap, HashSet};

use once_cell::sync::Lazy;
use serde::Deserialize;

use crate::digest::{self, Shape};
use crate::event::{Assumptions, Event};
use crate::json::{Item, Val};
use crate::normalize;
use crate::values::name::Name;

/// What a key or a value tells of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Email,
    Phone,
    Name,
    Address,
    /// A street, which may also be that of a house for sale.
    PerhapsAddress,
    /// As that, under a key that may also announce an e-mail, a wallet or a server.
    AnyAddress,
    Birth,
    /// The number of an identity document or of a tax payer.
    Document,
    /// What lets its bearer in: a password, a session, a token.
    Credential,
    /// Perhaps such.
    PerhapsCredential,
    /// A password, or a pass for the slopes.
    PerhapsPassword,
    /// What shows an order to anybody who has it.
    OrderKey,
}

impl Kind {
    /// What it is, for messages.
    pub const fn phrase(self) -> &'static str {
        match self {
            Kind::Email => "an e-mail address",
            Kind::Phone => "a phone number",
            Kind::Name => "a person's name",
            Kind::Address => "a postal address",
            Kind::PerhapsAddress | Kind::AnyAddress => "what may be a postal address",
            Kind::Birth => "a date of birth",
            Kind::Document => "the number of an identity document",
            Kind::Credential => "a credential",
            Kind::PerhapsCredential | Kind::PerhapsPassword => "what may be a credential",
            Kind::OrderKey => "the key of an order",
        }
    }

    /// Whether such a thing may also be something else.
    pub const fn is_doubtful(self) -> bool {
        matches!(
            self,
            Kind::PerhapsAddress
                | Kind::AnyAddress
                | Kind::PerhapsCredential
                | Kind::PerhapsPassword
        )
    }

    /// Whether a value under a key of this kind is what the key says: not empty, not hidden, not
    /// hashed, no template, and of the right look.
    pub fn fits(self, text: &str) -> bool {
        let text = text.trim();
        if text.is_empty() || text == crate::values::secret::MASK || digest::is_hidden(text) {
            return false;
        }
        let shape = Shape::of(text);
        let has = |test: fn(char) -> bool| text.chars().any(test);
        match self {
            Kind::Email => digest::looks_like_email(text),
            Kind::Phone => is_phone(text),
            Kind::Credential => is_drawn(text, 6),
            Kind::PerhapsCredential => is_drawn(text, 16) && mixes_letters_and_digits(text),
            Kind::PerhapsPassword => {
                is_drawn(text, 6) && mixes_letters_and_digits(text) && !text.contains(['-', '_'])
            }
            Kind::OrderKey => text.starts_with("wc_order_") || is_drawn(text, 20),
            _ if shape != Shape::Plain => false,
            Kind::Name => {
                let letters = text.chars().filter(|c| c.is_alphabetic()).count();
                // `fname` is also the name of a file.
                let is_file = text.contains('.') && !text.contains(' ');
                letters >= 2
                    && !is_file
                    && !names_nobody(text)
                    && !names_a_company(text)
                    && text.chars().count() <= 60
                    && !text.contains(|c: char| c.is_ascii_digit() || "@/{}[]<>=_:".contains(c))
            }
            Kind::Address | Kind::PerhapsAddress => {
                has(char::is_alphabetic) && text.chars().count() >= 6
            }
            Kind::AnyAddress => names_a_house(text),
            Kind::Birth => {
                let digits = text.bytes().filter(u8::is_ascii_digit).count();
                (6..=8).contains(&digits)
                    && text
                        .bytes()
                        .all(|b| b.is_ascii_digit() || b" -./".contains(&b))
            }
            Kind::Document => {
                let digits = text.bytes().filter(u8::is_ascii_digit).count();
                digits >= 6 && text.len() <= 24
            }
        }
    }
}

/// Whether all the words of a text are such as `Guest`, `Walk-in Customer` or `true`, which shops
/// and tills write where nobody gave a name.
fn names_nobody(text: &str) -> bool {
    let mut words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.all(|word| TABLE.words.nobody.contains(&word.to_lowercase()))
}

/// Whether a text ends as the names of companies do: `Kestrel GmbH`, `Kestrel S.A.`, `Kestrel AG`.
fn names_a_company(text: &str) -> bool {
    let Some((before, last)) = text.rsplit_once([' ', ',']) else {
        return false;
    };
    let letters: String = last.chars().filter(|c| c.is_alphabetic()).collect();
    let form = letters.to_lowercase();
    // Two letters are somebody's last name as well: `Ana Sa`, `ANA SA`.
    let is_written_so = || {
        last.matches('.').count() >= letters.chars().count() / 2 && last.contains('.')
            || letters.chars().all(char::is_uppercase) && before.contains(char::is_lowercase)
    };
    TABLE.words.companies.contains(&form)
        || TABLE.words.short_companies.contains(&form) && is_written_so()
}

/// Whether a text has a word of some letters and, apart from it, a short number, as streets and
/// houses are written.
fn names_a_house(text: &str) -> bool {
    let words = || text.split(|c: char| c.is_whitespace() || c == ',');
    let is_number = |word: &str| {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.');
        (1..=5).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && word.len() <= digits.len() + 2
    };
    let is_word = |word: &str| word.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    text.chars().count() <= 120 && words().any(is_number) && words().any(is_word)
}

/// Seven to fifteen digits with what people put between them.
pub fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_digit() || b" +-()./".contains(&b));
    (7..=15).contains(&digits) && plain
}

/// Whether the text is a phone number by its look alone: with a plus sign and a calling code.
pub fn is_international_phone(text: &str) -> bool {
    let text = text.trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.starts_with('+')
        && (10..=15).contains(&digits)
        && text[1..].starts_with(|c: char| matches!(c, '1'..='9'))
        && text[1..]
            .bytes()
            .all(|b| b.is_ascii_digit() || b" -()".contains(&b))
}

/// Whether a key announces words that people write as they like.
pub fn is_note(key: &str) -> bool {
    const NOTES: [&str; 7] = [
        "note",
        "notes",
        "comment",
        "comments",
        "message",
        "remarks",
        "instructions",
    ];
    let last = key.rsplit(['_', '-', '.', ' ']).next().unwrap_or_default();
    NOTES.iter().any(|note| last.eq_ignore_ascii_case(note))
}

/// The first phone number inside a text: a plus sign, a calling code and as many digits as a number
/// of that country has, in groups or not.
pub fn phone_inside(text: &str) -> Option<&str> {
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'+', &text.as_bytes()[from..]) {
        let start = from + at;
        from = start + 1;
        if text[..start].ends_with(|c: char| c.is_alphanumeric() || c == '+') {
            continue;
        }
        if let Some(phone) = phone_from(&text[start..]) {
            return Some(phone);
        }
    }
    None
}

/// Whether three groups of digits in a row are a date: `2026-06-25`, `25/06/2026`.
fn shows_a_date(text: &str) -> bool {
    let groups: Vec<&str> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|group| !group.is_empty())
        .collect();
    let is_year = |group: &str| group.len() == 4 && group.starts_with(['1', '2']);
    groups.windows(3).any(|three| match three {
        [a, b, c] if is_year(a) => b.len() <= 2 && c.len() <= 2,
        [a, b, c] => a.len() <= 2 && b.len() <= 2 && is_year(c),
        _ => false,
    })
}

/// The phone number with which a text begins. What follows it may be digits as well, apart from it.
fn phone_from(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    if !is_digit(1) {
        return None;
    }
    let (mut digits, mut at, mut found) = (0, 1, None);
    loop {
        while is_digit(at) {
            (digits, at) = (digits + 1, at + 1);
        }
        let ends = !text[at..].starts_with(|c: char| c.is_alphanumeric() || "%€$£:".contains(c));
        if digits > 15 || !ends {
            return found;
        }
        let whole = &text[..at];
        if digits >= 9
            && !shows_a_date(whole)
            && normalize::normal_form(Name::Ph, whole, &Assumptions::default()).is_ok()
        {
            found = Some(whole);
        }
        let gap = bytes[at..]
            .iter()
            .take_while(|b| b" -()/".contains(b))
            .count();
        if !(1..=2).contains(&gap) || !is_digit(at + gap) {
            return found;
        }
        at += gap;
    }
}

/// One word of some length that stands for more than itself: neither a placeholder nor a digest.
fn is_drawn(text: &str, least: usize) -> bool {
    text.len() >= least
        && !text.contains(char::is_whitespace)
        && !matches!(
            Shape::of(text),
            Shape::Template | Shape::Redacted | Shape::Nothing
        )
        && text.bytes().any(|b| b != text.as_bytes()[0])
}

fn mixes_letters_and_digits(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Whether the text is a JSON Web Token: three runs of base64url, the first two JSON objects.
pub fn is_jwt(text: &str) -> bool {
    let mut parts = text.split('.');
    let of_base64 = |part: &str| {
        part.len() >= 10
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let mut is = |start: &str| {
        parts
            .next()
            .is_some_and(|part| part.starts_with(start) && of_base64(part))
    };
    is("eyJ") && is("eyJ") && is("") && parts.next().is_none()
}

/// `rules/tables/personal-keys.json`.
#[derive(Deserialize)]
struct Table {
    email: Vec<String>,
    phone: Vec<String>,
    name: Vec<String>,
    address: Vec<String>,
    perhaps_address: Vec<String>,
    any_address: Vec<String>,
    birth: Vec<String>,
    document: Vec<String>,
    credential: Vec<String>,
    perhaps_credential: Vec<String>,
    perhaps_password: Vec<String>,
    order_key: Vec<String>,
    #[serde(flatten)]
    words: Words,
}

/// Words of values, in lower case, under keys that announce a name.
#[derive(Deserialize)]
struct Words {
    /// That stand for nobody.
    nobody: HashSet<String>,
    /// With which the names of companies end.
    companies: HashSet<String>,
    /// The same, of which people's last names are made as well.
    short_companies: HashSet<String>,
}

static TABLE: Lazy<Table> = Lazy::new(|| {
    serde_json::from_str(include_str!("../../rules/tables/personal-keys.json"))
        .expect("the embedded table is read by a test")
});

static KEYS: Lazy<HashMap<&str, Kind>> = Lazy::new(|| {
    let table = &*TABLE;
    let lists = [
        (&table.email, Kind::Email),
        (&table.phone, Kind::Phone),
        (&table.name, Kind::Name),
        (&table.address, Kind::Address),
        (&table.perhaps_address, Kind::PerhapsAddress),
        (&table.any_address, Kind::AnyAddress),
        (&table.birth, Kind::Birth),
        (&table.document, Kind::Document),
        (&table.credential, Kind::Credential),
        (&table.perhaps_credential, Kind::PerhapsCredential),
        (&table.perhaps_password, Kind::PerhapsPassword),
        (&table.order_key, Kind::OrderKey),
    ];
    let words = |(list, kind): (&'static Vec<String>, Kind)| {
        list.iter().map(move |word| (word.as_str(), kind))
    };
    lists.into_iter().flat_map(words).collect()
});

/// Length of the longest key of the table.
const LONGEST: usize = 24;

/// By first letter, one bit for each length of a key: most keys are told by it to be none.
static LENGTHS: Lazy<[u32; 32]> = Lazy::new(|| {
    let mut lengths = [0; 32];
    for key in KEYS.keys() {
        lengths[usize::from(key.as_bytes()[0] & 31)] |= 1 << key.len();
    }
    lengths
});

/// What a key announces: `billing_email`, `billing[email]` and `BillingEmail` are one key.
pub fn kind_of_key(key: &str) -> Option<Kind> {
    let (mut folded, mut length) = ([0u8; LONGEST], 0);
    for byte in key.bytes().filter(|b| !b"_-.[] ".contains(b)) {
        *folded.get_mut(length)? = byte.to_ascii_lowercase();
        length += 1;
    }
    if LENGTHS[usize::from(folded[0] & 31)] >> length & 1 == 0 {
        return None;
    }
    let folded = std::str::from_utf8(&folded[..length]).ok()?;
    KEYS.get(folded).copied()
}

/// Words of keys that tell of who sells, and not of who buys.
const SELLERS: [&str; 8] = [
    "store", "shop", "seller", "support", "hotline", "merchant", "vendor", "dealer",
];

/// Whether a key speaks of a business: `store_phone`, `shopPhone` and `support-hotline` do,
/// `shopper_phone` does not.
pub fn names_a_business(key: &str) -> bool {
    let starts_word = |at: usize, c: char| c.is_ascii_uppercase() && at > 0;
    key.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| {
        // A part in capitals alone is one word.
        if !part.bytes().any(|b| b.is_ascii_lowercase()) {
            return SELLERS.iter().any(|word| part.eq_ignore_ascii_case(word));
        }
        let mut from = 0;
        let ends = part
            .char_indices()
            .filter(|&(at, c)| starts_word(at, c))
            .map(|(at, _)| at);
        ends.chain([part.len()]).any(|end| {
            let word = &part[from..end];
            from = end;
            SELLERS
                .iter()
                .any(|seller| word.eq_ignore_ascii_case(seller))
        })
    })
}

/// Whether the customer of the event is the one to whom an e-mail, a phone or a name belongs: the
/// event holds its digest, or the same in plain text.
pub fn is_of_customer(event: &Event<'_, '_>, kind: Kind, text: &str) -> bool {
    let names: &[Name] = match kind {
        Kind::Email => &[Name::Em],
        Kind::Phone => &[Name::Ph],
        Kind::Name => &[Name::Fn, Name::Ln],
        Kind::Birth => &[Name::Db],
        _ => return false,
    };
    names.iter().any(|&name| {
        let mut of_name = event
            .identifiers()
            .iter()
            .filter(|i| i.name == name)
            .peekable();
        if of_name.peek().is_none() {
            return false;
        }
        let normal = normalize::normal_form(name, text, event.assume).ok();
        let forms = normalize::accepted_forms(name, text, event.assume);
        let digests: Vec<String> = normal
            .iter()
            .chain(&forms)
            .map(|form| digest::sha256_hex(form))
            .collect();
        of_name.any(|identifier| match identifier.digits() {
            Some(hex) => digests.iter().any(|digest| *digest == *hex),
            None => identifier.text.trim().eq_ignore_ascii_case(text.trim()),
        })
    })
}

/// Addresses of a business and not of a person.
const ROLES: [&str; 20] = [
    "info",
    "support",
    "contact",
    "kontakt",
    "contacto",
    "hello",
    "hallo",
    "help",
    "office",
    "sales",
    "service",
    "noreply",
    "no-reply",
    "donotreply",
    "admin",
    "webmaster",
    "orders",
    "shop",
    "team",
    "customerservice",
];

/// What a value outside of custom_data shows of a person in clear: an e-mail address anywhere, a
/// phone, a name, a birth date or the number of a document under a key that says so. Nothing that
/// a business has on its door.
pub fn shown_by(item: Item<'_, '_>) -> Option<Kind> {
    let above = || std::iter::successors(Some(item), |item| item.parent());
    let key = above().map(Item::key).find(|key| !key.is_empty());
    let key = key.unwrap_or_default();
    let announced = || match Name::of(key) {
        Some(name) => kind_of_name(name),
        None => kind_of_key(key),
    };
    let kind = match item.val() {
        Val::Text(text) if email_inside(text).is_some() => Kind::Email,
        // Of addresses and credentials too little is certain, an address such as `info@` is nobody's.
        Val::Text(text) => announced().filter(|kind| {
            let is_certain = matches!(
                kind,
                Kind::Phone | Kind::Name | Kind::Birth | Kind::Document
            );
            is_certain && kind.fits(text) && !digest::is_digest(text)
        })?,
        Val::Int(number) if number > 999_999_999 => {
            announced().filter(|kind| *kind == Kind::Phone)?
        }
        _ => return None,
    };
    let is_business = above().any(|item| names_a_business(item.key()));
    (!is_business).then_some(kind)
}

/// What a key of user_data holds before it is hashed.
pub fn kind_of_name(name: Name) -> Option<Kind> {
    Some(match name {
        Name::Em => Kind::Email,
        Name::Ph => Kind::Phone,
        Name::Fn | Name::Ln => Kind::Name,
        Name::Db => Kind::Birth,
        _ => return None,
    })
}

/// The first e-mail address of a person inside a text, such as a note.
pub fn email_inside(text: &str) -> Option<&str> {
    memchr::memchr(b'@', text.as_bytes())?;
    let ends = |c: char| c.is_whitespace() || ",;:<>()[]{}\"'|=/?&".contains(c);
    text.split(ends)
        .map(|word| without_tail(word.trim_end_matches(['.', '!'])))
        .find(|word| {
            is_personal_email(word) && !is_login(text, word) && !digest::is_masked_email(word)
        })
}

/// A word up to where an e-mail address in it would end: `ana@shop.com_58213` and
/// `ana@shop.com-58213` are made of an address and a number.
fn without_tail(word: &str) -> &str {
    let Some(at) = word.find('@') else {
        return word;
    };
    // Names of hosts have no `_`, and their endings no `-`.
    let end = word[at..].find('_').map_or(word.len(), |end| at + end);
    let word = &word[..end];
    let last = word.rfind('.').filter(|dot| *dot > at).unwrap_or(end);
    match word[last..].find('-') {
        Some(dash) if word[last + dash + 1..].starts_with(|c: char| c.is_ascii_digit()) => {
            &word[..last + dash]
        }
        _ => word,
    }
}

/// Whether a word of a text is the login and host of a web address.
fn is_login(text: &str, word: &str) -> bool {
    let at = word.as_ptr() as usize - text.as_ptr() as usize;
    text[..at].ends_with("//")
}

/// An address whose domain ends in letters, so that neither `icon@2x.png` nor a handle is one.
fn is_personal_email(word: &str) -> bool {
    const FILES: [&str; 9] = [
        "png", "jpg", "jpeg", "gif", "svg", "webp", "js", "css", "pdf",
    ];
    let Some((_, last)) = word.rsplit_once('.') else {
        return false;
    };
    let local = word.split('@').next().unwrap_or_default();
    digest::looks_like_email(word)
        && !ROLES.iter().any(|role| local.eq_ignore_ascii_case(role))
        && last.chars().count() >= 2
        && last.chars().all(char::is_alphabetic)
        && !FILES.iter().any(|file| last.eq_ignore_ascii_case(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_dated_and_folded() {
        let whole: serde_json::Value =
            serde_json::from_str(include_str!("../../rules/tables/personal-keys.json")).unwrap();
        assert!(whole["source"].is_string() && whole["date"].is_string());
        for (word, kind) in KEYS.iter() {
            assert_eq!(kind_of_key(word), Some(*kind), "{word}");
        }
    }

    #[test]
    fn keys_in_any_style() {
        for (key, kind) in [
            ("Email", Some(Kind::Email)),
            ("billing[email]", Some(Kind::Email)),
            ("first-name", Some(Kind::Name)),
            ("name", None),
            ("content_name", None),
            ("product_name", None),
            ("utm_term", None),
            ("a-key-that-is-longer-than-all-of-the-table", None),
        ] {
            assert_eq!(kind_of_key(key), kind, "{key}");
        }
    }

    #[test]
    fn phones_inside_of_notes() {
        for (text, phone) in [
            ("Bel +31 6 12345678 of mail x@y.nl", Some("+31 6 12345678")),
            ("Ring +491711234567.", Some("+491711234567")),
            (
                "call (+44) no, +44 (20) 7946 0123!",
                Some("+44 (20) 7946 0123"),
            ),
            ("+1 650 555 1213 2 boxes", Some("+1 650 555 1213")),
            ("order 31612345678", None),
            ("10+20260625", None),
            ("+20 2026-06-25T10:00", None),
            ("+49,90 EUR", None),
            ("+5 25/06/2026 10", None),
            ("+15% on 1234567890", None),
            ("size 42 + 316 12345678", None),
            ("+100000000", None),
        ] {
            assert_eq!(phone_inside(text), phone, "{text}");
        }
        assert!(is_note("order_note") && is_note("Comments") && !is_note("notebook"));
    }

    #[test]
    fn keys_of_who_sells() {
        for (key, is) in [
            ("store_phone", true),
            ("shopPhone", true),
            ("SUPPORT-HOTLINE", true),
            ("Store", true),
            ("shopper_phone", false),
            ("workshop", false),
            ("restore", false),
            ("", false),
        ] {
            assert_eq!(names_a_business(key), is, "{key}");
        }
    }

    #[test]
    fn values_fit_their_keys_or_not() {
        for (kind, text, fits) in [
            (Kind::Phone, "+49 171 5550123", true),
            (Kind::Phone, "iPhone 15", false),
            (Kind::Phone, "yes", false),
            (Kind::Name, "Ana", true),
            (Kind::Name, "Anne-Marie O'Neil", true),
            (Kind::Name, "{{first_name}}", false),
            (Kind::Name, "undefined", false),
            (Kind::Name, "[Filtered]", false),
            (Kind::Name, "1", false),
            (Kind::Name, "guest", false),
            (Kind::Name, "Walk-in Customer", false),
            (Kind::Name, "Anonymous", false),
            (Kind::Name, "VIP", false),
            (Kind::Name, "true", false),
            (Kind::Name, "N/A", false),
            (Kind::Name, "Kestrel GmbH", false),
            (Kind::Name, "Kestrel Bikes, Inc.", false),
            (Kind::Name, "Kestrel S.A.", false),
            (Kind::Name, "Kestrel AG", false),
            (Kind::Name, "Christopher Guest", true),
            (Kind::Name, "Ana Sa", true),
            (Kind::Name, "ANA SA", true),
            (Kind::Name, "Maria Co", true),
            (Kind::Name, "John Smith Jr.", true),
            (Kind::Birth, "1990-02-16", true),
            (Kind::Birth, "soon", false),
            (Kind::Credential, "REDACTED", false),
            (Kind::Credential, "hunter22", true),
            (Kind::PerhapsCredential, "summer-sale-campaign", false),
            (Kind::PerhapsCredential, "9f8a7c2b4d1e6f0a3b5c", true),
            (Kind::OrderKey, "wc_order_Ab3dEf6hIj9kL", true),
            (Kind::OrderKey, "red", false),
            (Kind::Address, "Lange Straße 12", true),
            (Kind::AnyAddress, "Hauptstr. 5", true),
            (Kind::AnyAddress, "12b Lange Gasse, 10117 Berlin", true),
            (
                Kind::AnyAddress,
                "0x52908400098527886E0F7030069857D2E4169EE7",
                false,
            ),
            (Kind::AnyAddress, "81.2.69.142", false),
            (Kind::AnyAddress, "same as billing", false),
            (Kind::PerhapsPassword, "hunter22", true),
            (Kind::PerhapsPassword, "season-2026", false),
            (Kind::PerhapsPassword, "premium", false),
        ] {
            assert_eq!(kind.fits(text), fits, "{kind:?} {text}");
        }
    }

    #[test]
    fn shapes_that_need_no_key() {
        assert!(is_international_phone("+1 (555) 010-1234"));
        assert!(!is_international_phone("+10%"));
        assert!(!is_international_phone("15550101234"));
        assert_eq!(
            email_inside("call ana@shop.example."),
            Some("ana@shop.example")
        );
        for (text, email) in [
            ("ana@kestrelmail.com_58213", "ana@kestrelmail.com"),
            ("ana@kestrelmail.com-58213", "ana@kestrelmail.com"),
            ("58213_ana@kestrel-mail.com", "58213_ana@kestrel-mail.com"),
        ] {
            assert_eq!(email_inside(text), Some(email), "{text}");
        }
        for text in [
            "r***@fastmail.com",
            "r…@fastmail.com",
            "xxx@xxx.xxx",
            "pkg@1.2-3",
            "logo@2x.png-1",
            "logo@2x.png",
            "@kestrelbikes",
            "info@shop.example",
            "a@b",
            "5 @ 2.50",
            "",
        ] {
            assert_eq!(email_inside(text), None, "{text}");
        }
        assert!(is_jwt(
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjMifQ.c2lnbmF0dXJlLi4u"
        ));
        assert!(!is_jwt("eyJhbGciOiJIUzI1NiJ9"));
    }
}
