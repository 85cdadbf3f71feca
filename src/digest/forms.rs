//! Digests of keys with few possible values: the right ones, and the wrong spellings of them.
//!
//! For such a key a digest is as good as plain text: every spelling that senders are known to hash
//! is generated from `rules/tables` and hashed, once, on the first digest of the key that is not
//! right. What is kept is eight bytes of each digest and a mark from which the spelling is made
//! again, so that a hit is confirmed on all 32 bytes.

use once_cell::sync::Lazy;

use super::{decode, prefix_of, prefix_of_hex, sha256};
use crate::event::Assumptions;
use crate::name::Name;
use crate::normalize::normal_form;
use crate::places::{self, COUNTRIES, GENDERS};

/// Which rule a wrong form belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The digest of a digest (CL105).
    Twice,
    /// The right value in the wrong case (CL111).
    Case,
    /// The right value in another spelling (CL112).
    Spelling,
}

/// A digest that was recognised as a wrong form of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongForm {
    pub fault: Fault,
    /// The class of the spelling, for messages: `a country name`, `a gender word`.
    pub what: &'static str,
    /// The digest that should stand there instead, as hex; `None` when the value should go.
    pub right: Option<String>,
    /// Whether the spelling means that value and no other.
    pub sure: bool,
    /// Whether Meta's own code lets this form pass.
    pub disputed: bool,
}

/// Whether the keys that `name` takes can be enumerated.
pub fn is_enumerable(name: Name) -> bool {
    matches!(name, Name::Ge | Name::Country)
}

/// Whether the 64 lower-case hex digits `hex` are the digest of a right value of `name`.
#[inline]
pub fn is_right(name: Name, hex: &str) -> bool {
    match name {
        Name::Ge => GE_RIGHT.contains(&hex),
        Name::Country => COUNTRY_RIGHT.contains(hex),
        _ => false,
    }
}

/// What wrong form of a value of `name` the 64 lower-case hex digits `hex` are the digest of.
pub fn find(name: Name, hex: &str) -> Option<WrongForm> {
    if is_right(name, hex) {
        return None;
    }
    let digest = decode(hex)?;
    match name {
        Name::Ge => GE.find(&digest),
        Name::Country => COUNTRY.find(&digest),
        _ => None,
    }
}

/// SHA-256 of `f` and of `m`.
const GE_RIGHT: [&str; 2] = [
    "252f10c83610ebca1a059c0bae8255eba2f95be4d1d7bcfa89d7248a82d9f111",
    "62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b3abd63c5a",
];

static COUNTRY_RIGHT: Lazy<RightOnes> = Lazy::new(|| RightOnes::of(places::codes()));

static GE: Lazy<Spellings> = Lazy::new(|| Spellings::new(genders()));
static COUNTRY: Lazy<Spellings> = Lazy::new(|| Spellings::new(countries()));

/// The digests of the right values of a key.
struct RightOnes {
    /// Sorted; the digests stand in the same order.
    prefixes: Vec<u64>,
    digests: Vec<String>,
}

impl RightOnes {
    fn of<'a>(values: impl Iterator<Item = &'a str>) -> RightOnes {
        let mut digests: Vec<_> = values.map(super::sha256_hex).collect();
        digests.sort_unstable();
        let prefixes = digests.iter().map(|hex| prefix_of_hex(hex)).collect();
        RightOnes { prefixes, digests }
    }

    #[inline]
    fn contains(&self, hex: &str) -> bool {
        match self.prefixes.binary_search(&prefix_of_hex(hex)) {
            Ok(at) => self.digests[at] == hex,
            Err(_) => false,
        }
    }
}

/// A text that senders hash for a key.
struct Spelling {
    text: String,
    /// The value that it means.
    right: Option<String>,
    /// What it is, in its own case.
    what: &'static str,
    /// Whether it is the right value itself.
    is_right: bool,
    sure: bool,
    disputed: bool,
    /// How many of [`DRESSES`] are tried.
    dresses: usize,
}

impl Spelling {
    fn new(text: impl Into<String>, right: Option<&str>, what: &'static str) -> Spelling {
        Spelling {
            text: text.into(),
            right: right.map(str::to_owned),
            what,
            is_right: false,
            sure: true,
            disputed: false,
            dresses: DRESSES.len(),
        }
    }
}

/// How the letters of a spelling are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    AsListed,
    Lower,
    Upper,
    Capital,
    /// Lower case without anything that is no letter or digit.
    Bare,
}

const CASES: [Case; 5] = [
    Case::AsListed,
    Case::Lower,
    Case::Upper,
    Case::Capital,
    Case::Bare,
];

impl Case {
    fn write(self, text: &str) -> String {
        match self {
            Case::AsListed => text.to_owned(),
            Case::Lower => text.to_lowercase(),
            Case::Upper => text.to_uppercase(),
            Case::Capital => {
                let mut chars = text.chars();
                let first = chars.next().into_iter().flat_map(char::to_uppercase);
                first.chain(chars.flat_map(char::to_lowercase)).collect()
            }
            Case::Bare => text
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric())
                .collect(),
        }
    }
}

/// What a sender's code leaves around or does to a text before it hashes it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dress {
    None,
    /// Text before and after.
    Around(&'static str, &'static str, &'static str),
    /// The hex of the digest, its capitals, or its bytes.
    TwiceHex,
    TwiceUpperHex,
    TwiceBytes,
    Utf16Le,
    Utf16Be,
    Latin1,
    /// UTF-8 read as Latin-1 and written as UTF-8 again.
    Mojibake,
}

const SPACED: &str = "a value with white space or a line break around it";
const QUOTED: &str = "a value in quotes";
const LITERAL: &str = "a value in the brackets of a program or of JSON";
const CHARSET: &str = "a value in another character encoding than UTF-8";
const TWICE: &str = "the digest of a digest";

/// The usual ones stand in front: [`USUAL`] of them are tried on long lists of names.
const DRESSES: [Dress; 27] = [
    Dress::None,
    Dress::TwiceHex,
    Dress::Around("", "\n", SPACED),
    Dress::Around("", " ", SPACED),
    Dress::Around(" ", "", SPACED),
    Dress::Around("", "\r\n", SPACED),
    Dress::Around("", "\t", SPACED),
    Dress::Around(" ", " ", SPACED),
    Dress::Around("\u{feff}", "", SPACED),
    Dress::Around("", "\0", SPACED),
    Dress::Around("\"", "\"", QUOTED),
    Dress::Around("'", "'", QUOTED),
    Dress::Around("`", "`", QUOTED),
    Dress::Around("\\\"", "\\\"", QUOTED),
    Dress::Around("[\"", "\"]", LITERAL),
    Dress::Around("['", "']", LITERAL),
    Dress::Around("b'", "'", LITERAL),
    Dress::Around("[", "]", LITERAL),
    Dress::Around("{", "}", LITERAL),
    Dress::Around("('", "',)", LITERAL),
    Dress::Around("", ",", LITERAL),
    Dress::Utf16Le,
    Dress::Utf16Be,
    Dress::TwiceUpperHex,
    Dress::TwiceBytes,
    Dress::Latin1,
    Dress::Mojibake,
];
const USUAL: usize = 4;

impl Dress {
    /// Writes the dressed text to `out`; false when it would be the bare text again.
    fn write(self, text: &str, out: &mut Vec<u8>) -> bool {
        out.clear();
        match self {
            Dress::None => out.extend(text.bytes()),
            Dress::Around(before, after, _) => {
                for part in [before, text, after] {
                    out.extend(part.bytes());
                }
            }
            Dress::TwiceBytes => out.extend(sha256(text.as_bytes())),
            Dress::TwiceHex | Dress::TwiceUpperHex => {
                out.resize(64, 0);
                let digest = sha256(text.as_bytes());
                if hex::encode_to_slice(digest, out).is_err() {
                    return false;
                }
                if self == Dress::TwiceUpperHex {
                    out.make_ascii_uppercase();
                }
            }
            Dress::Utf16Le => out.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
            Dress::Utf16Be => out.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
            Dress::Latin1 => {
                if text.is_ascii() {
                    return false;
                }
                for c in text.chars() {
                    let Ok(byte) = u8::try_from(c) else {
                        return false;
                    };
                    out.push(byte);
                }
            }
            Dress::Mojibake => {
                if text.is_ascii() {
                    return false;
                }
                let mut buffer = [0; 2];
                for byte in text.bytes() {
                    out.extend(char::from(byte).encode_utf8(&mut buffer).bytes());
                }
            }
        }
        true
    }

    fn is_twice(self) -> bool {
        matches!(
            self,
            Dress::TwiceHex | Dress::TwiceUpperHex | Dress::TwiceBytes
        )
    }

    /// What a text in this dress is.
    fn what(self) -> Option<&'static str> {
        match self {
            Dress::None => None,
            Dress::Around(_, _, what) => Some(what),
            Dress::Utf16Le | Dress::Utf16Be | Dress::Latin1 | Dress::Mojibake => Some(CHARSET),
            _ => Some(TWICE),
        }
    }
}

/// The generated spellings of a key.
struct Spellings {
    list: Vec<Spelling>,
    /// The first eight bytes of a digest, and where it comes from: the index in `list`, the case
    /// and the dress. Sorted.
    marks: Vec<(u64, u32)>,
}

const CASE_SHIFT: u32 = 5;
const SPELLING_SHIFT: u32 = 8;

impl Spellings {
    fn new(list: Vec<Spelling>) -> Spellings {
        let mut marks = Vec::new();
        let mut bytes = Vec::new();
        let mut texts: Vec<String> = Vec::new();
        for (index, spelling) in list.iter().enumerate() {
            texts.clear();
            for (case_at, case) in CASES.iter().enumerate() {
                let text = case.write(&spelling.text);
                if texts.contains(&text) {
                    continue;
                }
                for (dress_at, dress) in DRESSES[..spelling.dresses].iter().enumerate() {
                    if dress.write(&text, &mut bytes) {
                        let mark = (index << SPELLING_SHIFT) | (case_at << CASE_SHIFT) | dress_at;
                        marks.push((prefix_of(&sha256(&bytes)), mark as u32));
                    }
                }
                texts.push(text);
            }
        }
        marks.sort_unstable();
        Spellings { list, marks }
    }

    fn find(&self, digest: &[u8; 32]) -> Option<WrongForm> {
        let prefix = prefix_of(digest);
        let from = self.marks.partition_point(|&(known, _)| known < prefix);
        let mut bytes = Vec::new();
        let mut found: Option<(WrongForm, Option<&str>)> = None;
        for &(known, mark) in &self.marks[from..] {
            if known != prefix {
                break;
            }
            let mark = mark as usize;
            let spelling = &self.list[mark >> SPELLING_SHIFT];
            let case = CASES[(mark >> CASE_SHIFT) & 7];
            let dress = DRESSES[mark & 31];
            if !dress.write(&case.write(&spelling.text), &mut bytes) || sha256(&bytes) != *digest {
                continue;
            }
            let right = spelling.right.as_deref();
            match &mut found {
                None => found = Some((spelling.describe(case, dress), right)),
                // Two values share the spelling, as +1 is shared: nobody knows which was meant.
                Some((form, first)) if *first != right => form.right = None,
                Some(_) => {}
            }
        }
        found.map(|(form, _)| form)
    }
}

impl Spelling {
    fn describe(&self, case: Case, dress: Dress) -> WrongForm {
        let (fault, what) = match dress.what() {
            Some(what) if dress.is_twice() => (Fault::Twice, what),
            Some(what) => (Fault::Spelling, what),
            None if self.is_right && case == Case::Upper => (Fault::Case, "a value in capitals"),
            None if self.is_right => (Fault::Case, "a value with a capital letter"),
            None => (Fault::Spelling, self.what),
        };
        WrongForm {
            fault,
            what,
            right: self.right.as_deref().map(super::sha256_hex),
            sure: self.sure,
            // Meta's code lower-cases and trims, so only the bare lower-case form passes it.
            disputed: self.disputed && dress == Dress::None && case == Case::AsListed,
        }
    }
}

/// The words of `rules/tables/genders.json`.
fn genders() -> Vec<Spelling> {
    let words = &*GENDERS;
    let mut list = Vec::new();
    for (right, sure, likely) in [
        ("f", &words.f, &words.likely_f),
        ("m", &words.m, &words.likely_m),
    ] {
        list.push(Spelling {
            is_right: true,
            ..Spelling::new(right, Some(right), "a value")
        });
        for word in sure {
            list.push(Spelling::new(word, Some(right), "a gender word"));
        }
        for word in likely {
            list.push(Spelling {
                sure: false,
                ..Spelling::new(word, Some(right), "the first letter of a gender word")
            });
        }
    }
    for word in &words.neither {
        let what = if word.bytes().any(|b| b.is_ascii_digit()) {
            "a number that stands for a gender"
        } else {
            "a word for neither female nor male"
        };
        list.push(Spelling::new(word, None, what));
    }
    list
}

/// Codes, numbers and names of `rules/tables/countries.json`.
fn countries() -> Vec<Spelling> {
    let mut list = Vec::new();
    // First, because names without their dots can look like such a code.
    for other in &COUNTRIES.not_assigned {
        list.push(Spelling {
            sure: other.sure,
            disputed: true,
            ..Spelling::new(
                &*other.code,
                other.right.as_deref(),
                "a code that ISO 3166-1 gives to no country",
            )
        });
    }
    for country in &COUNTRIES.countries {
        let right = Some(&*country.code);
        list.push(Spelling {
            is_right: true,
            ..Spelling::new(&*country.code, right, "a value")
        });
        list.push(Spelling::new(
            &*country.alpha3,
            right,
            "a country code of three letters",
        ));
        if let Some(number) = &country.number {
            list.push(Spelling::new(&**number, right, "the number of a country"));
        }
        if let Some(calling) = &country.calling {
            for prefix in ["", "+", "00"] {
                list.push(Spelling {
                    dresses: USUAL,
                    ..Spelling::new(format!("{prefix}{calling}"), right, "a calling code")
                });
            }
        }
        for name in &country.english {
            list.push(Spelling::new(&**name, right, "a country name"));
        }
        for name in &country.names {
            list.push(Spelling {
                dresses: USUAL,
                ..Spelling::new(&**name, right, "a country name")
            });
        }
    }
    list
}

/// An e-mail address that is known in plain, and the forms in which senders hash it.
pub struct KnownEmail {
    right: String,
    /// The likely ones first.
    forms: Vec<Spelling>,
}

impl KnownEmail {
    /// The forms of `typed`, the address as somebody wrote it; `None` when it is no address.
    pub fn new(typed: &str) -> Option<KnownEmail> {
        let normal = normal_form(Name::Em, typed, &Assumptions::default()).ok()?;
        let spelling = |text: String, what| Spelling::new(text, Some(&normal), what);
        let value = |text: &str| Spelling {
            is_right: true,
            ..spelling(text.to_owned(), "a value")
        };
        let mut forms = Vec::with_capacity(12);
        if typed != normal && typed.to_lowercase() == normal {
            forms.push(value(typed));
        }
        forms.push(value(&normal));
        let as_written = (typed != normal).then_some(typed);
        for written in as_written.into_iter().chain([&*normal]) {
            const ENCODED: &str = "an e-mail that is still encoded";
            for at in ["%40", "&#64;", "&#x40;"] {
                forms.push(spelling(written.replacen('@', at, 1), ENCODED));
            }
            forms.push(spelling(
                format!("mailto:{written}"),
                "an e-mail with mailto: in front",
            ));
            forms.push(spelling(
                format!("<{written}>"),
                "an e-mail in angle brackets",
            ));
            if written.contains('+') {
                forms.push(spelling(
                    written.replace('+', " "),
                    "an e-mail with a space in place of the plus",
                ));
            }
        }
        for form in &mut forms {
            if !form.is_right {
                form.dresses = USUAL;
            }
        }
        Some(KnownEmail {
            right: super::sha256_hex(&normal),
            forms,
        })
    }

    /// The digest of the address in its normal form.
    pub fn right(&self) -> &str {
        &self.right
    }

    /// What wrong form of the address the 64 lower-case hex digits `hex` are the digest of.
    pub fn find(&self, hex: &str) -> Option<WrongForm> {
        if hex == self.right {
            return None;
        }
        let digest = decode(hex)?;
        let mut bytes = Vec::new();
        for form in &self.forms {
            for case in [Case::AsListed, Case::Upper] {
                let text = case.write(&form.text);
                for dress in &DRESSES[..form.dresses] {
                    if dress.write(&text, &mut bytes) && sha256(&bytes) == digest {
                        return Some(form.describe(case, *dress));
                    }
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sha256_hex;

    fn form(name: Name, bytes: &[u8]) -> Option<WrongForm> {
        find(name, &hex::encode(sha256(bytes)))
    }

    #[test]
    fn right_values_are_right() {
        for (name, value) in [
            (Name::Ge, "f"),
            (Name::Ge, "m"),
            (Name::Country, "us"),
            (Name::Country, "na"),
            (Name::Country, "xk"),
        ] {
            let hex = sha256_hex(value);
            assert!(is_right(name, &hex), "{value}");
            assert_eq!(find(name, &hex), None, "{value}");
        }
        assert!(!is_right(Name::Country, &sha256_hex("uk")));
        assert!(!is_right(Name::Ge, &sha256_hex("F")));
        assert!(!is_right(Name::St, &sha256_hex("ca")));
    }

    #[test]
    fn spellings_of_countries() {
        use Fault::*;
        for (text, fault, right) in [
            ("US", Case, Some("us")),
            ("Us", Case, Some("us")),
            ("NA", Case, Some("na")),
            ("us\n", Spelling, Some("us")),
            (" us", Spelling, Some("us")),
            ("US ", Spelling, Some("us")),
            ("\"us\"", Spelling, Some("us")),
            ("b'us'", Spelling, Some("us")),
            ("[\"DE\"]", Spelling, Some("de")),
            ("USA", Spelling, Some("us")),
            ("deu", Spelling, Some("de")),
            ("276", Spelling, Some("de")),
            ("49", Spelling, Some("de")),
            ("+49", Spelling, Some("de")),
            // Ukraine's calling code and Italy's number.
            ("380", Spelling, None),
            ("1", Spelling, None),
            ("Germany", Spelling, Some("de")),
            ("Deutschland", Spelling, Some("de")),
            ("BRASIL", Spelling, Some("br")),
            ("españa", Spelling, Some("es")),
            ("unitedstates", Spelling, Some("us")),
            ("United Kingdom", Spelling, Some("gb")),
            ("uk", Spelling, Some("gb")),
            ("UK", Spelling, Some("gb")),
            ("eu", Spelling, None),
            ("日本", Spelling, Some("jp")),
        ] {
            let form = form(Name::Country, text.as_bytes()).unwrap_or_else(|| panic!("{text:?}"));
            assert_eq!(form.fault, fault, "{text:?}");
            assert_eq!(form.right, right.map(sha256_hex), "{text:?}");
        }
        let utf16: Vec<u8> = "us".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(form(Name::Country, &utf16).unwrap().what, CHARSET);
        for text in ["us", "US", "Germany"] {
            let twice = sha256_hex(&sha256_hex(text));
            assert_eq!(find(Name::Country, &twice).unwrap().fault, Twice, "{text}");
        }
        assert!(form(Name::Country, b"uk").unwrap().disputed);
        assert!(!form(Name::Country, b"UK").unwrap().disputed);
        assert!(!form(Name::Country, b"sp").unwrap().sure);
        assert_eq!(form(Name::Country, b"salt-us"), None);
    }

    #[test]
    fn spellings_of_genders() {
        use Fault::*;
        for (text, fault, right) in [
            ("F", Case, Some("f")),
            ("M", Case, Some("m")),
            ("m\n", Spelling, Some("m")),
            ("female", Spelling, Some("f")),
            ("Male", Spelling, Some("m")),
            ("weiblich", Spelling, Some("f")),
            ("masculino", Spelling, Some("m")),
            ("女性", Spelling, Some("f")),
            ("0", Spelling, None),
            ("other", Spelling, None),
        ] {
            let form = form(Name::Ge, text.as_bytes()).unwrap_or_else(|| panic!("{text:?}"));
            assert_eq!(
                (form.fault, form.right),
                (fault, right.map(sha256_hex)),
                "{text:?}"
            );
        }
        assert!(!form(Name::Ge, b"W").unwrap().sure);
    }

    #[test]
    fn forms_of_a_known_email() {
        let known = KnownEmail::new("Ana+Shop@Kestrel.example").unwrap();
        assert_eq!(known.right(), sha256_hex("ana+shop@kestrel.example"));
        assert_eq!(known.find(known.right()), None);
        for (text, fault) in [
            ("Ana+Shop@Kestrel.example", Fault::Case),
            ("ANA+SHOP@KESTREL.EXAMPLE", Fault::Case),
            ("ana+shop@kestrel.example\n", Fault::Spelling),
            ("Ana+Shop@Kestrel.example ", Fault::Spelling),
            ("ana+shop%40kestrel.example", Fault::Spelling),
            ("ana shop@kestrel.example", Fault::Spelling),
            ("\"ana+shop@kestrel.example\"", Fault::Spelling),
        ] {
            let form = known.find(&sha256_hex(text));
            assert_eq!(form.map(|form| form.fault), Some(fault), "{text:?}");
        }
        let twice = sha256_hex(known.right());
        assert_eq!(known.find(&twice).unwrap().fault, Fault::Twice);
        assert_eq!(known.find(&sha256_hex("ben@kestrel.example")), None);
        assert!(KnownEmail::new("no address").is_none());
    }

    #[test]
    fn a_shared_text_has_no_right_value() {
        // Every listed text that two countries share must be one of the codes.
        for spelling in &COUNTRY.list {
            if spelling.what == "a country name" {
                let form = form(Name::Country, spelling.text.as_bytes());
                assert!(
                    form.is_none_or(|form| form.right.is_some()),
                    "{} is shared",
                    spelling.text
                );
            }
        }
    }
}
