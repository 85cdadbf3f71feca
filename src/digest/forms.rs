//! Digests of keys with few possible values: the right ones, and the wrong spellings of them.
//!
//! For such a key a digest is as good as plain text: every spelling that senders are known to hash
//! is generated from `rules/tables` and hashed, once, on the first digest of the key that is not
//! known to be right. What is kept is the beginning of each digest and a mark from which the text is
//! made again, so that a hit is confirmed on all 32 bytes. A look-up takes no lock: a filter of a
//! bit or two a digest answers nearly all of them.

use std::collections::HashSet;

use once_cell::sync::{Lazy, OnceCell};

use super::dates::{self, Days};
use super::dress::{Case, bare};
use super::fixed::{DATES, Fixed, POSTCODES};
use super::postcodes::{self, Codes};
use super::table::{self, Filter, Set, Source, Table};
use super::words::{Words, city_names, is_north_american, joined, region_names};
use super::{Digest, decode, digest_of_hex, prefix_of, sha256, sha256_hex, short, worthless};
use crate::values::name::Name;
use crate::values::places::{self, COUNTRIES, STATES};

pub use super::dates::DateOrder;
pub use super::known::{Known, wrong_forms};

/// Which rule a wrong form belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// How its sender writes dates of birth, when the log shows it.
    pub dates: Option<DateOrder>,
}

/// A source of wrong forms that can say what a mark stands for.
pub(super) trait Spelled: Source + Send {
    /// The text that was hashed.
    fn text(&self, mark: u32, out: &mut Vec<u8>) -> bool;
    /// What is wrong with it, if anything is.
    fn form(&self, mark: u32, about: &Context) -> Option<WrongForm>;
    /// The same text was found again, and means another value.
    fn clash(&self, first: &mut WrongForm, other: WrongForm, about: &Context);
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
            Kind::St => &[Postcode, Date, Country, Town],
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

/// A first look at a digest under a key. It runs for every digest of a log.
#[inline]
pub fn look(name: Name, digest: &Digest, deep: bool) -> Look {
    let Some(kind) = Kind::of(name) else {
        return Look::Open;
    };
    if is_right_digest(name, digest) {
        return Look::Right;
    }
    let prefix = digest[0];
    if filter(kind, deep).may_have(prefix) {
        closer(kind, prefix, deep)
    } else {
        Look::Clear
    }
}

#[cold]
fn closer(kind: Kind, prefix: u64, deep: bool) -> Look {
    let own = spellings(kind, deep).table.marks(prefix).next().is_some();
    let strange = || {
        kind.strangers()
            .iter()
            .any(|it| it.number(prefix).is_some())
    };
    if own || strange() {
        Look::Suspect
    } else {
        Look::Open
    }
}

/// Whether the 64 lower-case hex digits `hex` are the digest of a right value of `name`. For dates
/// and postcodes the first 45 bits decide.
pub fn is_right(name: Name, hex: &str) -> bool {
    is_right_digest(name, &digest_of_hex(hex))
}

#[inline]
fn is_right_digest(name: Name, digest: &Digest) -> bool {
    match name {
        Name::Ge => GE_RIGHT.contains(digest),
        Name::Country => COUNTRY_RIGHT.contains(digest),
        Name::St => ST_RIGHT.contains(digest),
        Name::Zp => POSTCODES.has(digest[0]),
        Name::Db => DATES.has(digest[0]),
        Name::Dobd | Name::Dobm | Name::Doby => DATE_PARTS[name as usize - Name::Dobd as usize]
            .get_or_init(|| RightOnes::of(parts(name)))
            .contains(digest),
        _ => false,
    }
}

/// Whether `hex` is the digest of a common name or of a large city in a right form. The lists are far
/// from holding all names and cities, so a check has no use for that: only who asks what a digest is.
pub fn is_listed_right(name: Name, hex: &str) -> bool {
    let list = match Kind::of(name) {
        Some(Kind::Name) => &NAMES_RIGHT,
        Some(Kind::Ct) => &CITIES_RIGHT,
        _ => return false,
    };
    list.contains(&digest_of_hex(hex))
}

/// The country whose code has the digest `hex`.
pub fn country_of(hex: &str) -> Option<&'static str> {
    COUNTRY_RIGHT
        .value(&digest_of_hex(hex))
        .and_then(places::code)
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
    let may_be = |stranger: &&Stranger| {
        // Only in the United States and Canada are there so few states that a town is none.
        **stranger != Stranger::Town || about.country.is_some_and(is_north_american)
    };
    spellings(kind, about.deep)
        .find(&digest, about)
        .or_else(|| {
            let strangers = kind.strangers().iter().filter(may_be);
            strangers.into_iter().find_map(|it| it.find(&digest))
        })
}

/// SHA-256 of `f` and of `m`.
const GE_RIGHT: [Digest; 2] = [
    [
        0x252f_10c8_3610_ebca,
        0x1a05_9c0b_ae82_55eb,
        0xa2f9_5be4_d1d7_bcfa,
        0x89d7_248a_82d9_f111,
    ],
    [
        0x62c6_6a7a_5dd7_0c31,
        0x4661_8063_c344_e531,
        0xe6d4_b59e_3798_0844,
        0x3ce9_62b3_abd6_3c5a,
    ],
];

static COUNTRY_RIGHT: Lazy<RightOnes> = Lazy::new(|| RightOnes::of(places::codes()));
static ST_RIGHT: Lazy<RightOnes> = Lazy::new(|| RightOnes::of(STATES.iter().map(|it| &*it.code)));
static NAMES_RIGHT: Lazy<HashSet<Digest>> = Lazy::new(|| digests_of_right_forms(Name::Fn));
static CITIES_RIGHT: Lazy<HashSet<Digest>> = Lazy::new(|| digests_of_right_forms(Name::Ct));
static DATE_PARTS: [OnceCell<RightOnes>; 3] = [const { OnceCell::new() }; 3];

fn digests_of_right_forms(name: Name) -> HashSet<Digest> {
    let words = Words::of(name, false);
    let texts = words.right_forms();
    texts.map(|it| digest_of_hex(&sha256_hex(&it))).collect()
}

/// The right values of a part of a birth date.
fn parts(name: Name) -> Vec<String> {
    let (range, width) = match name {
        Name::Dobd => (1..=31, 2),
        Name::Dobm => (1..=12, 2),
        _ => (dates::years(), 4),
    };
    range.map(|number| format!("{number:0width$}")).collect()
}

/// The digests of the right values of a key, in buckets by their first bits: a look-up that runs for
/// every digest of a log sees one or two of them.
struct RightOnes {
    /// Sorted.
    values: Vec<(Digest, String)>,
    /// Where each bucket begins.
    starts: Vec<u16>,
}

impl RightOnes {
    const BUCKET_BITS: u32 = 9;

    fn of<S: AsRef<str>>(values: impl IntoIterator<Item = S>) -> RightOnes {
        let mut values: Vec<(Digest, String)> = values
            .into_iter()
            .map(|value| {
                let digest = digest_of_hex(&sha256_hex(value.as_ref()));
                (digest, value.as_ref().to_owned())
            })
            .collect();
        values.sort_unstable();
        let begins = |bucket| values.partition_point(|(it, _)| Self::bucket(it) < bucket) as u16;
        let starts = (0..=1 << Self::BUCKET_BITS).map(begins).collect();
        RightOnes { values, starts }
    }

    #[inline]
    fn bucket(digest: &Digest) -> usize {
        (digest[0] >> (64 - Self::BUCKET_BITS)) as usize
    }

    #[inline]
    fn contains(&self, digest: &Digest) -> bool {
        self.value(digest).is_some()
    }

    #[inline]
    fn value(&self, digest: &Digest) -> Option<&str> {
        let at = Self::bucket(digest);
        let bucket = usize::from(self.starts[at])..usize::from(self.starts[at + 1]);
        let (_, value) = self.values[bucket].iter().find(|(it, _)| it == digest)?;
        Some(value)
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
static FILTERS: [[OnceCell<Filter>; 2]; KINDS] = [const { [const { OnceCell::new() }; 2] }; KINDS];

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
        let strangers = kind.strangers();
        let strange = || strangers.iter().map(|it| it.len()).sum::<usize>();
        // The lists of other keys are in the making meanwhile, where there is a core for it.
        let (table, strange) = table::beside(|| &spellings(kind, deep).table, strange);
        let mut filter = Filter::with_room(table.len() + strange + worthless::count());
        filter.add_table(table);
        strangers.iter().for_each(|it| it.add_to(&mut filter));
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
                Some(first) if first.right != form.right => {
                    self.source.clash(first, form, about);
                }
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
    /// A city whose name is no region's.
    Town,
}

static COUNTRY_NAMES: Lazy<Listed> = Lazy::new(|| Listed::of(country_names()));
static STATE_NAMES: Lazy<Listed> = Lazy::new(|| Listed::of(state_names()));
static CITIES: Lazy<Listed> = Lazy::new(|| Listed::of(cities()));
static TOWNS: Lazy<Listed> = Lazy::new(|| {
    let regions = names_of_regions();
    Listed::of(cities().filter(|(city, _)| !regions.contains(&bare(city))))
});

impl Stranger {
    /// The table that is made by `build.rs`, or the one that is made of names.
    fn table(self) -> Result<&'static Fixed, &'static Listed> {
        match self {
            Stranger::Postcode => Ok(&POSTCODES),
            Stranger::Date => Ok(&DATES),
            Stranger::Country => Err(&COUNTRY_NAMES),
            Stranger::State => Err(&STATE_NAMES),
            Stranger::City => Err(&CITIES),
            Stranger::Town => Err(&TOWNS),
        }
    }

    fn len(self) -> usize {
        self.table()
            .map_or_else(|made| made.texts.len(), Fixed::len)
    }

    fn add_to(self, filter: &mut Filter) {
        match self.table() {
            Ok(fixed) => fixed.iter().for_each(|it| filter.add(it)),
            Err(made) => made.set.iter().for_each(|it| filter.add(it)),
        }
    }

    fn number(self, prefix: u64) -> Option<u32> {
        match self.table() {
            Ok(fixed) => fixed.number(prefix),
            Err(made) => made.set.mark(prefix),
        }
    }

    fn find(self, digest: &[u8; 32]) -> Option<WrongForm> {
        let number = self.number(prefix_of(digest))?;
        let (belongs, what) = match self {
            Stranger::Postcode => (Name::Zp, "a number of five digits"),
            Stranger::Date => (Name::Db, "a date"),
            Stranger::Country => (Name::Country, "a country name"),
            Stranger::State => (Name::St, "the name of a state"),
            Stranger::City | Stranger::Town => (Name::Ct, "the name of a city"),
        };
        let (text, right) = match self.table() {
            Err(made) => {
                let (text, right) = &made.texts[number as usize];
                (text.clone().into_bytes(), Right::of(right))
            }
            Ok(_) => {
                let text = match self {
                    Stranger::Date => dates::nth(number)?,
                    _ => postcodes::nth(number),
                };
                (text, Right::Digest(hex::encode(digest)))
            }
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
                texts.push((case.write(&name).into_owned(), right.clone()));
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

/// Every name of every state and region, by its letters.
fn names_of_regions() -> HashSet<String> {
    let states = STATES.iter().flat_map(|state| state.names.iter());
    let mut regions: HashSet<String> = states.map(|name| bare(name)).collect();
    // England and Scotland are also what people write for a country.
    regions.extend(region_names().map(bare));
    regions
}

fn cities() -> impl Iterator<Item = (String, String)> {
    let countries = names_of_countries();
    let cities = city_names().filter(move |city| {
        let letters = bare(city);
        letters.chars().count() > 3 && !countries.contains(&letters)
    });
    cities.map(|city| (city.to_owned(), joined(city)))
}

fn country_names() -> impl Iterator<Item = (String, String)> {
    let regions = names_of_regions();
    let mut out = Vec::new();
    for country in &COUNTRIES.countries {
        if ALSO_REGIONS
            .split_whitespace()
            .any(|code| code == country.code)
        {
            continue;
        }
        for name in country.english.iter().chain(&country.names) {
            let letters = bare(name);
            if letters.chars().count() > 3 && !regions.contains(&letters) {
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
    use super::super::dress::CHARSET;
    use super::*;

    fn about(country: &str) -> Context {
        Context {
            country: places::code(country),
            ..Context::default()
        }
    }

    fn form(name: Name, bytes: &[u8]) -> Option<WrongForm> {
        find(name, &hex::encode(sha256(bytes)), &Context::default())
    }

    fn utf16_of_python(text: &str) -> Vec<u8> {
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    }

    /// `""` for no right value, `?` for one that cannot be told.
    #[track_caller]
    fn check(name: Name, about: &Context, cases: &[(&str, Fault, &str)]) {
        for &(text, fault, right) in cases {
            let hex = sha256_hex(text);
            let form = find(name, &hex, about).unwrap_or_else(|| panic!("{name} {text:?}"));
            let right = match right {
                "" => Right::Nothing,
                "?" => Right::Open,
                right => Right::of(right),
            };
            assert_eq!(
                (form.fault, &form.right),
                (fault, &right),
                "{name} {text:?}"
            );
            assert_eq!(
                look(name, &digest_of_hex(&hex), false),
                Look::Suspect,
                "{name} {text:?}"
            );
        }
    }

    #[track_caller]
    fn passes(name: Name, about: &Context, texts: &[&str]) {
        for text in texts {
            assert_eq!(
                find(name, &sha256_hex(text), about),
                None,
                "{name} {text:?}"
            );
        }
    }

    use Fault::*;

    #[test]
    fn right_values_are_right() {
        for (name, value) in [
            (Name::Ge, "f"),
            (Name::Ge, "m"),
            (Name::Country, "us"),
            (Name::Country, "na"),
            (Name::Country, "xk"),
            (Name::St, "ca"),
            (Name::St, "qc"),
            (Name::Zp, "94103"),
            (Name::Zp, "00501"),
            (Name::Db, "19000101"),
            (Name::Db, "20000229"),
            (Name::Dobd, "07"),
            (Name::Dobm, "12"),
            (Name::Doby, "1987"),
        ] {
            let hex = sha256_hex(value);
            assert!(is_right(name, &hex), "{value}");
            assert_eq!(
                look(name, &digest_of_hex(&hex), false),
                Look::Right,
                "{value}"
            );
            assert_eq!(find(name, &hex, &Context::default()), None, "{value}");
        }
        for (name, value) in [
            (Name::Country, "uk"),
            (Name::Ge, "F"),
            (Name::St, "by"),
            (Name::Zp, "00000"),
            (Name::Zp, "2139"),
            (Name::Db, "19000229"),
            (Name::Fn, "john"),
        ] {
            assert!(!is_right(name, &sha256_hex(value)), "{value}");
        }
    }

    #[test]
    fn spellings_of_countries() {
        check(
            Name::Country,
            &Context::default(),
            &[
                ("US", Case, "us"),
                ("Us", Case, "us"),
                ("NA", Case, "na"),
                ("us\n", Spelling, "us"),
                (" us", Spelling, "us"),
                ("US ", Spelling, "us"),
                ("\"us\"", Spelling, "us"),
                ("b'us'", Spelling, "us"),
                ("[\"DE\"]", Spelling, "de"),
                ("USA", Spelling, "us"),
                ("deu", Spelling, "de"),
                ("276", Spelling, "de"),
                ("49", Spelling, "de"),
                ("+49", Spelling, "de"),
                // Ukraine's calling code and Italy's number.
                ("380", Spelling, ""),
                ("1", Spelling, ""),
                ("Germany", Spelling, "de"),
                ("Deutschland", Spelling, "de"),
                ("BRASIL", Spelling, "br"),
                ("españa", Spelling, "es"),
                ("EspaÃ±a", Spelling, "es"),
                ("unitedstates", Spelling, "us"),
                ("United Kingdom", Spelling, "gb"),
                ("uk", Spelling, "gb"),
                ("UK", Spelling, "gb"),
                ("eu", Spelling, ""),
                ("日本", Spelling, "jp"),
                ("EEUU", Spelling, "us"),
                ("eeuu", Spelling, "us"),
                ("EE.UU.", Spelling, "us"),
                ("eua", Spelling, "us"),
                ("ESTADOS UNIDOS DA AMÉRICA", Spelling, "us"),
                ("etats unis", Spelling, "us"),
                ("gran bretana", Spelling, "gb"),
                ("Angleterre", Spelling, "gb"),
                ("república checa", Spelling, "cz"),
                ("Tuerkei", Spelling, "tr"),
                ("EAU", Spelling, "ae"),
                ("United States (US)", Spelling, "us"),
                ("united states (us)", Spelling, "us"),
                ("United Kingdom (UK)", Spelling, "gb"),
                ("Vereinigtes Königreich (UK)", Spelling, "gb"),
                ("Germany (DE)", Spelling, "de"),
            ],
        );
        let utf16: Vec<u8> = "us".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(form(Name::Country, &utf16).unwrap().what, CHARSET);
        let marked = form(Name::Country, &utf16_of_python("us"));
        assert_eq!(marked.unwrap().right, Right::of("us"));
        for text in ["us", "US", "Germany"] {
            let twice = sha256_hex(&sha256_hex(text));
            let form = find(Name::Country, &twice, &Context::default()).unwrap();
            assert_eq!(form.fault, Twice, "{text}");
        }
        assert!(form(Name::Country, b"uk").unwrap().disputed);
        assert!(!form(Name::Country, b"UK").unwrap().disputed);
        assert!(!form(Name::Country, b"sp").unwrap().sure);
        assert_eq!(form(Name::Country, b"salt-us"), None);
        assert_eq!(country_meant(&sha256_hex("us")), Some("us"));
        assert_eq!(country_meant(&sha256_hex("Brasil")), Some("br"));
        assert_eq!(country_meant(&sha256_hex("sp")), None);
    }

    #[test]
    fn spellings_of_genders() {
        check(
            Name::Ge,
            &Context::default(),
            &[
                ("F", Case, "f"),
                ("M", Case, "m"),
                ("m\n", Spelling, "m"),
                ("female", Spelling, "f"),
                ("Male", Spelling, "m"),
                ("weiblich", Spelling, "f"),
                ("masculino", Spelling, "m"),
                ("女性", Spelling, "f"),
                ("0", Spelling, ""),
                ("other", Spelling, ""),
            ],
        );
        assert!(!form(Name::Ge, b"W").unwrap().sure);
    }

    #[test]
    fn spellings_of_states() {
        check(
            Name::St,
            &Context::default(),
            &[
                ("CA", Case, "ca"),
                ("By", Case, "by"),
                ("California", Spelling, "ca"),
                ("california", Spelling, "ca"),
                ("New York", Spelling, "ny"),
                ("US-CA", Spelling, "ca"),
                ("Ontario", Spelling, "on"),
                ("Bayern", Case, "bayern"),
                ("NSW", Case, "nsw"),
                ("new south wales", Spelling, "newsouthwales"),
                ("Baden-Württemberg", Spelling, "badenwürttemberg"),
                ("ca\n", Spelling, "ca"),
            ],
        );
        assert!(form(Name::St, b"california").unwrap().disputed);
        assert!(form(Name::St, b"newyork").unwrap().disputed);
        assert!(!form(Name::St, b"new york").unwrap().disputed);
        passes(
            Name::St,
            &Context::default(),
            &[
                "by",
                "bayern",
                "newsouthwales",
                "ne",
                "xx",
                "montana",
                "Georgia",
            ],
        );
        check(Name::St, &about("us"), &[("Georgia", Spelling, "ga")]);
        passes(Name::St, &about("bg"), &["Montana", "montana"]);
        passes(Name::St, &about("de"), &["California"]);
    }

    #[test]
    fn spellings_of_postcodes() {
        check(
            Name::Zp,
            &Context::default(),
            &[
                ("94103\n", Spelling, "94103"),
                ("94103.0", Spelling, "94103"),
                ("\"02139\"", Spelling, "02139"),
                ("2139.0", Spelling, "?"),
            ],
        );
        let twice = find(Name::Zp, &sha256_hex(&sha256_hex("94103")), &about(""));
        assert_eq!(twice.unwrap().fault, Twice);
        passes(
            Name::Zp,
            &Context::default(),
            &["2139", "sw1a1aa", "sw1a 1aa", "1234"],
        );
        passes(Name::Zp, &about("at"), &["2139", "1010"]);
        check(
            Name::Zp,
            &about("us"),
            &[("2139", Spelling, "02139"), ("501.0", Spelling, "00501")],
        );
        check(Name::Zp, &about("at"), &[("2139.0", Spelling, "2139")]);
        let deep = Context {
            deep: true,
            ..Context::default()
        };
        for text in [
            "[\"94103\"]",
            "b'94103'",
            "\u{feff}94103",
            "94103,",
            "`94103`",
        ] {
            let found = find(Name::Zp, &sha256_hex(text), &deep);
            assert_eq!(found.unwrap().right, Right::of("94103"), "{text:?}");
        }
        let wide = hex::encode(sha256(&utf16_of_python("94103")));
        assert_eq!(find(Name::Zp, &wide, &deep).unwrap().what, CHARSET);
    }

    #[test]
    fn layouts_of_birth_dates() {
        check(
            Name::Db,
            &Context {
                dates: Some(DateOrder::DayFirst),
                ..Context::default()
            },
            &[
                ("03/02/1990", Spelling, "19900203"),
                ("02/14/1987", Spelling, "19870214"),
                ("150314", Spelling, "?"),
            ],
        );
        let hex = sha256_hex("03/02/1990");
        let month_first = Context {
            dates: Some(DateOrder::MonthFirst),
            ..Context::default()
        };
        let found = find(Name::Db, &hex, &month_first).unwrap();
        assert_eq!((found.right, found.sure), (Right::of("19900302"), false));
        check(
            Name::Db,
            &Context::default(),
            &[
                ("1987-02-14", Spelling, "19870214"),
                ("14.02.1987", Spelling, "19870214"),
                ("02/14/1987", Spelling, "19870214"),
                ("2/14/1987", Spelling, "19870214"),
                ("14021987", Spelling, "19870214"),
                ("1987-02-14T00:00:00.000Z", Spelling, "19870214"),
                ("19870214\n", Spelling, "19870214"),
                ("19870214.0", Spelling, "19870214"),
                ("1969-12-31", Spelling, "19691231"),
                // Day and month can change places, or not.
                ("03/02/1990", Spelling, "?"),
                ("02/02/1990", Spelling, "19900202"),
                // 1915 or 2015.
                ("150314", Spelling, "?"),
            ],
        );
        assert!(form(Name::Db, b"1987-02-14").unwrap().disputed);
        assert!(!form(Name::Db, b"14.02.1987").unwrap().disputed);
        passes(Name::Db, &Context::default(), &["1987-02-30", "31.02.1987"]);
        let deep = Context {
            deep: true,
            ..Context::default()
        };
        let hex = sha256_hex("14 February 1987");
        assert_eq!(find(Name::Db, &hex, &Context::default()), None);
        assert_eq!(
            find(Name::Db, &hex, &deep).unwrap().right,
            Right::of("19870214")
        );
        for text in [
            "\"19870214\"",
            "'19870214'",
            "[\"19870214\"]",
            " 19870214",
            "19870214\r\n",
        ] {
            let found = find(Name::Db, &sha256_hex(text), &deep);
            assert_eq!(found.unwrap().right, Right::of("19870214"), "{text:?}");
        }
        let wide = utf16_of_python("19870214");
        let found = find(Name::Db, &hex::encode(sha256(&wide)), &deep);
        assert_eq!(found.unwrap().what, CHARSET);
        let epoch = find(Name::Db, &sha256_hex("540259200"), &deep);
        assert_eq!(epoch.unwrap().right, Right::of("19870214"));
    }

    #[test]
    fn names_and_cities() {
        for name in [Name::Fn, Name::Ln] {
            check(
                name,
                &Context::default(),
                &[
                    ("John", Case, "john"),
                    ("MARIA", Case, "maria"),
                    ("García", Case, "garcía"),
                    ("smith\n", Spelling, "smith"),
                    ("Smith ", Spelling, "smith"),
                    ("O'Brien", Case, "obrien"),
                    ("94103", WrongKey, "94103"),
                    ("19870214", WrongKey, "19870214"),
                ],
            );
            // The PHP SDK leaves capitals alone that are not ASCII.
            passes(
                name,
                &Context::default(),
                &["john", "mary ann", "o'brien", "Özlem"],
            );
        }
        check(
            Name::Ct,
            &Context::default(),
            &[
                ("Berlin", Case, "berlin"),
                ("new york", Spelling, "newyork"),
                ("New York", Spelling, "newyork"),
                ("NEW YORK", Spelling, "newyork"),
                ("São Paulo", Spelling, "sãopaulo"),
                ("Sao Paulo", Spelling, "saopaulo"),
                ("L'Aquila", Case, "laquila"),
                ("New York, NY", Spelling, "newyork"),
                ("los angeles, ca", Spelling, "losangeles"),
                ("St. Louis, MO", Spelling, "stlouis"),
                ("berlin ", Spelling, "berlin"),
                ("10117", WrongKey, "10117"),
            ],
        );
        passes(
            Name::Ct,
            &Context::default(),
            &[
                "berlin",
                "sãopaulo",
                "saopaulo",
                "sopaulo",
                "l'aquila",
                "laquila",
                "us",
                "mexico",
            ],
        );
    }

    #[test]
    fn a_town_is_no_state_where_states_are_listed() {
        for country in ["us", "ca"] {
            check(
                Name::St,
                &about(country),
                &[
                    ("chicago", WrongKey, "chicago"),
                    ("Los Angeles", WrongKey, "losangeles"),
                    ("losangeles", WrongKey, "losangeles"),
                ],
            );
            // Towns that have the name of a state or region.
            for text in ["washington", "New York", "quebec", "victoria"] {
                let form = find(Name::St, &sha256_hex(text), &about(country));
                let is_stranger = form.is_some_and(|form| form.fault == WrongKey);
                assert!(!is_stranger, "{text}");
            }
        }
        for country in ["de", "mx", "gb"] {
            passes(
                Name::St,
                &about(country),
                &["chicago", "losangeles", "berlin"],
            );
        }
        passes(Name::St, &Context::default(), &["chicago", "losangeles"]);
    }

    #[test]
    fn values_of_other_keys() {
        check(
            Name::St,
            &Context::default(),
            &[
                ("94103", WrongKey, "94103"),
                ("Germany", WrongKey, "de"),
                ("germany", WrongKey, "de"),
                ("19870214", WrongKey, "19870214"),
            ],
        );
        passes(
            Name::St,
            &Context::default(),
            &[
                "us",
                "de",
                "mexico",
                "luxembourg",
                "panama",
                "niger",
                "puertorico2",
            ],
        );
        check(
            Name::Country,
            &Context::default(),
            &[
                ("California", WrongKey, "ca"),
                ("berlin", WrongKey, "berlin"),
                ("10117", WrongKey, "10117"),
            ],
        );
        check(
            Name::Zp,
            &Context::default(),
            &[
                ("New York", WrongKey, "newyork"),
                ("Germany", WrongKey, "de"),
            ],
        );
        // An eight-digit postcode of Brazil.
        passes(
            Name::Zp,
            &Context::default(),
            &["19900131", "bs", "01310100"],
        );
    }

    #[test]
    fn a_shared_text_has_no_right_value() {
        // Every listed name must mean one country.
        for country in &COUNTRIES.countries {
            for name in country.english.iter().chain(&country.names) {
                let form = form(Name::Country, name.as_bytes());
                assert!(
                    form.is_none_or(|form| form.right != Right::Nothing),
                    "{name} is shared"
                );
            }
        }
    }

    #[test]
    fn no_form_that_meta_makes_is_called_wrong() {
        use crate::event::Assumptions;
        use crate::normalize::{accepted_forms, normal_form};
        let assume = Assumptions::default();
        let cities = city_names().map(|it| (Name::Ct, it));
        let regions = region_names();
        let names = include_str!("../../rules/tables/names.txt")
            .lines()
            .step_by(7);
        let all = cities
            .chain(regions.map(|it| (Name::St, it)))
            .chain(names.map(|it| (Name::Ln, it)));
        for (name, text) in all {
            let mut accepted = accepted_forms(name, text, &assume);
            accepted.extend(normal_form(name, text, &assume));
            for accepted in accepted {
                let form = form(name, accepted.as_bytes());
                assert!(
                    form.as_ref().is_none_or(|form| form.disputed),
                    "{name} {text:?} as {accepted:?}: {form:?}"
                );
            }
        }
    }
}
