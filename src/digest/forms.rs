//! Digests of keys with few possible values: the right ones, and the wrong spellings of them.
//!
//! For such a key a digest is as good as plain text: every spelling that senders are known to hash
//! is generated from `rules/tables` and hashed, once, on the first digest of the key that is not
//! known to be right. What is kept is the beginning of each digest and a mark from which the text is
//! made again, so that a hit is confirmed on all 32 bytes. A look-up takes no lock: a filter of a
//! bit or two a digest answers nearly all of them.

use std::collections::HashSet;

use once_cell::sync::{Lazy, OnceCell};

use super::dates::{Days, RightDays};
use super::dress::{Case, bare};
use super::postcodes::{Codes, RightCodes};
use super::table::{Filter, Set, Source, Table};
use super::words::{Words, city_names, joined};
use super::{decode, prefix_of, prefix_of_hex, sha256, sha256_hex, short, worthless};
use crate::name::Name;
use crate::places::{self, COUNTRIES, STATES};

pub use super::known::{Known, wrong_forms};

/// Which rule a wrong form belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The digest of a digest (CL105).
    Twice,
    /// The right value in the wrong case (CL111).
    Case,
    /// The right value in another spelling (CL112).
    Spelling,
    /// A value of another key (CL113).
    WrongKey,
}

/// What should stand in the place of a wrong digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Right {
    /// This digest, as hex.
    Digest(String),
    /// Nothing: the text means no value of the key.
    Nothing,
    /// Nobody can tell which of several values was meant.
    Open,
}

impl Right {
    /// The digest of a plain value.
    pub(super) fn of(plain: &str) -> Right {
        Right::Digest(sha256_hex(plain))
    }
}

/// A digest that was recognised as a wrong form of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongForm {
    /// Which rule speaks.
    pub fault: Fault,
    /// The class of the spelling, for messages: `a country name`, `a gender word`.
    pub what: &'static str,
    /// What should stand there instead.
    pub right: Right,
    /// Whether the spelling means that value and no other.
    pub sure: bool,
    /// Whether Meta's own code or documentation lets this form pass.
    pub disputed: bool,
    /// The key to which the value belongs, when it is another one.
    pub belongs: Option<Name>,
}

/// What the event says beside the digest.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context {
    /// The country of the event, when its own value tells it.
    pub country: Option<&'static str>,
    /// Whether to look among the rare forms too.
    pub deep: bool,
}

/// A source of wrong forms that can say what a mark stands for.
pub(super) trait Spelled: Source + Send {
    /// The text that was hashed.
    fn text(&self, mark: u32, out: &mut Vec<u8>) -> bool;
    /// What is wrong with it, if anything is.
    fn form(&self, mark: u32, about: &Context) -> Option<WrongForm>;
    /// The same text was found again, and means another value.
    fn clash(&self, first: &mut WrongForm);
}

/// What a first look at a digest tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// One of the right values of a key with few of them.
    Right,
    /// Neither a known wrong form nor worthless.
    Clear,
    /// Perhaps worthless; nothing else is known.
    Open,
    /// Perhaps a wrong form, or worthless.
    Suspect,
}

/// The kinds of keys whose values can be enumerated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Ge,
    Country,
    St,
    Zp,
    Db,
    Name,
    Ct,
    Dobd,
    Dobm,
    Doby,
}

const KINDS: usize = 10;

impl Kind {
    #[inline]
    const fn of(name: Name) -> Option<Kind> {
        Some(match name {
            Name::Ge => Kind::Ge,
            Name::Country => Kind::Country,
            Name::St => Kind::St,
            Name::Zp => Kind::Zp,
            Name::Db => Kind::Db,
            Name::Fn | Name::Ln => Kind::Name,
            Name::Ct => Kind::Ct,
            Name::Dobd => Kind::Dobd,
            Name::Dobm => Kind::Dobm,
            Name::Doby => Kind::Doby,
            _ => return None,
        })
    }

    /// The key in whose name the spellings are listed.
    const fn name(self) -> Name {
        match self {
            Kind::Ge => Name::Ge,
            Kind::Country => Name::Country,
            Kind::St => Name::St,
            Kind::Zp => Name::Zp,
            Kind::Db => Name::Db,
            Kind::Name => Name::Fn,
            Kind::Ct => Name::Ct,
            Kind::Dobd => Name::Dobd,
            Kind::Dobm => Name::Dobm,
            Kind::Doby => Name::Doby,
        }
    }

    /// Values of other keys that are never right here. A code of two letters is not among them: it
    /// may be right in both.
    const fn strangers(self) -> &'static [Stranger] {
        use Stranger::*;
        match self {
            Kind::Ge => &[Postcode, Date],
            Kind::Country => &[Postcode, Date, State, City],
            Kind::St => &[Postcode, Date, Country],
            Kind::Zp => &[City, Country],
            Kind::Db => &[Postcode],
            Kind::Name | Kind::Ct => &[Postcode, Date],
            Kind::Dobd | Kind::Dobm | Kind::Doby => &[],
        }
    }
}

/// The keys that can be enumerated, `fn` standing for `ln` as well.
pub const ENUMERABLE: [Name; 10] = [
    Name::Ge,
    Name::Country,
    Name::St,
    Name::Zp,
    Name::Db,
    Name::Fn,
    Name::Ct,
    Name::Dobd,
    Name::Dobm,
    Name::Doby,
];

/// Whether the keys that `name` takes can be enumerated.
pub fn is_enumerable(name: Name) -> bool {
    Kind::of(name).is_some()
}

/// A first look at the 64 lower-case hex digits `hex` under a key. It runs for every digest of a
/// log.
#[inline]
pub fn look(name: Name, hex: &str, deep: bool) -> Look {
    let Some(kind) = Kind::of(name) else {
        return Look::Open;
    };
    if is_right(name, hex) {
        return Look::Right;
    }
    let prefix = prefix_of_hex(hex);
    if filter(kind, deep).may_have(prefix) {
        closer(kind, prefix, deep)
    } else {
        Look::Clear
    }
}

#[cold]
fn closer(kind: Kind, prefix: u64, deep: bool) -> Look {
    let own = spellings(kind, deep).table.marks(prefix).next().is_some();
    let strange = || kind.strangers().iter().any(|it| it.set().has(prefix));
    if own || strange() {
        Look::Suspect
    } else {
        Look::Open
    }
}

/// Whether the 64 lower-case hex digits `hex` are the digest of a right value of `name`. For dates
/// and postcodes the first eight bytes decide: another digest that begins like one of them would
/// turn up once in 10^14.
#[inline]
pub fn is_right(name: Name, hex: &str) -> bool {
    match name {
        Name::Ge => GE_RIGHT.contains(&hex),
        Name::Country => COUNTRY_RIGHT.contains(hex),
        Name::St => ST_RIGHT.contains(hex),
        Name::Zp => ZP_RIGHT.has(prefix_of_hex(hex)),
        Name::Db => DB_RIGHT.0.has(prefix_of_hex(hex)),
        Name::Dobd | Name::Dobm | Name::Doby => DATE_PARTS[name as usize - Name::Dobd as usize]
            .get_or_init(|| RightOnes::of(parts(name)))
            .contains(hex),
        _ => false,
    }
}

/// The country whose code has the digest `hex`.
pub fn country_of(hex: &str) -> Option<&'static str> {
    COUNTRY_RIGHT.value(hex).and_then(places::code)
}

/// The country that a digest means, in its right form or in a wrong one that is sure.
pub fn country_meant(hex: &str) -> Option<&'static str> {
    country_of(hex).or_else(|| {
        let form = find(Name::Country, hex, &Context::default())?;
        match form.right {
            Right::Digest(right) if form.sure && form.belongs.is_none() => country_of(&right),
            _ => None,
        }
    })
}

/// What wrong form of a value of `name`, or what value of another key, the 64 lower-case hex digits
/// `hex` are the digest of.
pub fn find(name: Name, hex: &str, about: &Context) -> Option<WrongForm> {
    let kind = Kind::of(name)?;
    if is_right(name, hex) {
        return None;
    }
    let digest = decode(hex)?;
    spellings(kind, about.deep)
        .find(&digest, about)
        .or_else(|| kind.strangers().iter().find_map(|it| it.find(&digest)))
}

/// SHA-256 of `f` and of `m`.
const GE_RIGHT: [&str; 2] = [
    "252f10c83610ebca1a059c0bae8255eba2f95be4d1d7bcfa89d7248a82d9f111",
    "62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b3abd63c5a",
];

static COUNTRY_RIGHT: Lazy<RightOnes> = Lazy::new(|| RightOnes::of(places::codes()));
static ST_RIGHT: Lazy<RightOnes> = Lazy::new(|| RightOnes::of(STATES.iter().map(|it| &*it.code)));
static ZP_RIGHT: Lazy<Set> = Lazy::new(|| Set::of(&RightCodes));
static DB_RIGHT: Lazy<(Set, RightDays)> = Lazy::new(|| {
    let days = RightDays::new();
    (Set::of(&days), days)
});
static DATE_PARTS: [OnceCell<RightOnes>; 3] = [const { OnceCell::new() }; 3];

/// The right values of a part of a birth date.
fn parts(name: Name) -> Vec<String> {
    let (range, width) = match name {
        Name::Dobd => (1..=31, 2),
        Name::Dobm => (1..=12, 2),
        _ => (super::dates::FIRST_YEAR..=super::dates::LAST_YEAR, 4),
    };
    range.map(|number| format!("{number:0width$}")).collect()
}

/// The digests of the right values of a key.
struct RightOnes {
    /// Sorted; digests and values stand in the same order.
    prefixes: Vec<u64>,
    digests: Vec<(String, String)>,
}

impl RightOnes {
    fn of<S: AsRef<str>>(values: impl IntoIterator<Item = S>) -> RightOnes {
        let mut digests: Vec<_> = values
            .into_iter()
            .map(|value| (sha256_hex(value.as_ref()), value.as_ref().to_owned()))
            .collect();
        digests.sort_unstable();
        let prefixes = digests.iter().map(|(hex, _)| prefix_of_hex(hex)).collect();
        RightOnes { prefixes, digests }
    }

    #[inline]
    fn contains(&self, hex: &str) -> bool {
        self.value(hex).is_some()
    }

    #[inline]
    fn value(&self, hex: &str) -> Option<&str> {
        let at = self.prefixes.binary_search(&prefix_of_hex(hex)).ok()?;
        let (known, value) = &self.digests[at];
        (known == hex).then_some(value)
    }
}

/// The generated spellings of a key.
struct Spellings {
    source: Box<dyn Spelled>,
    table: Table,
}

/// The usual forms of each kind, and all of them.
static SPELLINGS: [[OnceCell<Spellings>; 2]; KINDS] =
    [const { [const { OnceCell::new() }; 2] }; KINDS];
static FILTERS: [[OnceCell<Filter>; 2]; KINDS] =
    [const { [const { OnceCell::new() }; 2] }; KINDS];

fn spellings(kind: Kind, deep: bool) -> &'static Spellings {
    SPELLINGS[kind as usize][usize::from(deep)].get_or_init(|| {
        let source: Box<dyn Spelled> = match kind {
            Kind::Zp => Box::new(Codes::new(deep)),
            Kind::Db => Box::new(Days::new(deep)),
            _ => Box::new(Words::of(kind.name(), deep)),
        };
        let table = Table::of(&*source);
        Spellings { source, table }
    })
}

#[inline]
fn filter(kind: Kind, deep: bool) -> &'static Filter {
    FILTERS[kind as usize][usize::from(deep)].get_or_init(|| {
        let table = &spellings(kind, deep).table;
        let strangers = kind.strangers().iter().map(|it| it.set());
        let expected: usize = table.len() + strangers.clone().map(Set::len).sum::<usize>();
        let mut filter = Filter::with_room(expected + worthless::count());
        filter.add_table(table);
        strangers.flat_map(Set::iter).for_each(|it| filter.add(it));
        worthless::prefixes().for_each(|it| filter.add(it));
        filter
    })
}

impl Spellings {
    fn find(&self, digest: &[u8; 32], about: &Context) -> Option<WrongForm> {
        let mut marks: Vec<u32> = self.table.marks(prefix_of(digest)).collect();
        // As they are listed.
        marks.sort_unstable();
        let mut bytes = Vec::new();
        let mut found: Option<WrongForm> = None;
        for mark in marks {
            if !self.source.text(mark, &mut bytes) || sha256(&bytes) != *digest {
                continue;
            }
            let Some(form) = self.source.form(mark, about) else {
                continue;
            };
            match &mut found {
                None => found = Some(form),
                Some(first) if first.right != form.right => self.source.clash(first),
                Some(_) => {}
            }
        }
        found
    }
}

/// Values of another key, by which a digest in the wrong key is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stranger {
    Postcode,
    Date,
    Country,
    State,
    City,
}

static COUNTRY_NAMES: Lazy<Listed> = Lazy::new(|| Listed::of(country_names()));
static STATE_NAMES: Lazy<Listed> = Lazy::new(|| Listed::of(state_names()));
static CITIES: Lazy<Listed> = Lazy::new(|| {
    let countries = names_of_countries();
    let cities = city_names().filter(|city| {
        let letters = bare(city);
        letters.chars().count() > 3 && !countries.contains(&letters)
    });
    Listed::of(cities.map(|city| (city.to_owned(), joined(city))))
});

impl Stranger {
    fn set(self) -> &'static Set {
        match self {
            Stranger::Postcode => &ZP_RIGHT,
            Stranger::Date => &DB_RIGHT.0,
            Stranger::Country => &COUNTRY_NAMES.set,
            Stranger::State => &STATE_NAMES.set,
            Stranger::City => &CITIES.set,
        }
    }

    fn find(self, digest: &[u8; 32]) -> Option<WrongForm> {
        let mark = self.set().mark(prefix_of(digest))?;
        let mut text = Vec::new();
        let (belongs, what) = match self {
            Stranger::Postcode => {
                RightCodes::text(mark, &mut text);
                (Name::Zp, "a number of five digits")
            }
            Stranger::Date => {
                DB_RIGHT.1.text(mark, &mut text);
                (Name::Db, "a date")
            }
            Stranger::Country => (Name::Country, "a country name"),
            Stranger::State => (Name::St, "the name of a state"),
            Stranger::City => (Name::Ct, "the name of a city"),
        };
        let listed = match self {
            Stranger::Country => Some(&*COUNTRY_NAMES),
            Stranger::State => Some(&*STATE_NAMES),
            Stranger::City => Some(&*CITIES),
            _ => None,
        };
        let right = match listed.map(|listed| &listed.texts[mark as usize]) {
            Some((listed, right)) => {
                text.extend_from_slice(listed.as_bytes());
                Right::of(right)
            }
            None => Right::Digest(hex::encode(digest)),
        };
        (sha256(&text) == *digest).then_some(WrongForm {
            fault: Fault::WrongKey,
            what,
            right,
            sure: true,
            disputed: false,
            belongs: Some(belongs),
        })
    }
}

/// Names in the cases in which people write them, with the value that they mean.
struct Listed {
    texts: Vec<(String, String)>,
    set: Set,
}

impl Listed {
    fn of(names: impl Iterator<Item = (String, String)>) -> Listed {
        let mut texts = Vec::new();
        for (name, right) in names {
            for case in [Case::AsListed, Case::Lower, Case::Upper, Case::Bare] {
                texts.push((case.write(&name), right.clone()));
            }
        }
        texts.sort_unstable();
        texts.dedup_by(|a, b| a.0 == b.0);
        let set = Set::of(&Texts(&texts));
        Listed { texts, set }
    }
}

struct Texts<'a>(&'a [(String, String)]);

impl Source for Texts<'_> {
    fn items(&self) -> usize {
        self.0.len()
    }

    fn digests(&self, items: std::ops::Range<usize>, tell: &mut dyn FnMut(u64, u32)) {
        for index in items {
            tell(short::prefix(self.0[index].0.as_bytes()), index as u32);
        }
    }
}

/// Countries with a name that is also the name of a region somewhere, or that people write for
/// want of a region: city states and islands.
const ALSO_REGIONS: &str = "ad ag ai am ao as aw bb bh bl bm bn bo bq bs cc cg cd ck cw cx cy dj dm \
    fk fm fo gd ge gf gg gi gl gm gn gp gq gt gu gw hk im is jm je jo ki km kn kw ky lb lc li lu mc \
    md me mf mh ml mo mp mq mr ms mt mu mv mx na nc ne nf ng nr nu pa pf pg pm pn pr pw py qa re sa \
    sb sc sd sg sh sj sl sm sr st sv sx tc td tf tg tk tl to tt tv tw um us uy va vc vg vi vu wf ws \
    xk ye yt";

/// Every name of every country, by its letters.
fn names_of_countries() -> HashSet<String> {
    let countries = COUNTRIES.countries.iter();
    let names = countries.flat_map(|country| country.english.iter().chain(&country.names));
    names.map(|name| bare(name)).collect()
}

fn country_names() -> impl Iterator<Item = (String, String)> {
    let states = STATES.iter().flat_map(|state| state.names.iter());
    let states: HashSet<String> = states.map(|name| bare(name)).collect();
    let mut out = Vec::new();
    for country in &COUNTRIES.countries {
        if ALSO_REGIONS.split_whitespace().any(|code| code == country.code) {
            continue;
        }
        for name in country.english.iter().chain(&country.names) {
            let letters = bare(name);
            if letters.chars().count() > 3 && !states.contains(&letters) {
                out.push((name.clone(), country.code.clone()));
            }
        }
    }
    out.into_iter()
}

fn state_names() -> impl Iterator<Item = (String, String)> {
    let countries = names_of_countries();
    let mut out = Vec::new();
    for state in STATES.iter() {
        for name in &state.names {
            let letters = bare(name);
            if letters.chars().count() > 3 && !countries.contains(&letters) {
                out.push((name.clone(), state.code.clone()));
            }
        }
    }
    out.into_iter()
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
