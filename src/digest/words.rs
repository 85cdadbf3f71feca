//! Keys whose values are listed: genders, countries, states, names, cities, and the parts of birth
//! dates. Every spelling of the lists is written in several cases and dresses.

use std::borrow::Cow;
use std::ops::Range;

use super::dress::{CASES, Case, DRESSES, Dress, USUAL, WITH_CHARSETS, bare};
use super::forms::{Context, Fault, Right, Spelled, WrongForm};
use super::table::Source;
use crate::values::name::Name;
use crate::values::places::{COUNTRIES, GENDERS, STATES};

/// A text that senders hash for a key.
pub(super) struct Spelling {
    pub(super) text: String,
    /// The value that it means.
    pub(super) right: Option<String>,
    /// What it is, in its own case.
    pub(super) what: &'static str,
    /// Whether it is the value itself, of which only the case or the signs can be wrong.
    pub(super) own: bool,
    pub(super) sure: bool,
    /// Whether Meta's own code lets it pass as it is listed.
    pub(super) disputed: bool,
    /// How many of [`DRESSES`] are tried.
    pub(super) dresses: usize,
    pub(super) scope: Scope,
}

/// Where a spelling is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Everywhere.
    World,
    /// In the United States and Canada, where Meta wants the postal code of the state. A name that
    /// is also a region of another country needs the event's own country as a witness.
    NorthAmerica { also_elsewhere: bool },
}

impl Spelling {
    pub(super) fn new(
        text: impl Into<String>,
        right: Option<&str>,
        what: &'static str,
    ) -> Spelling {
        Spelling {
            text: text.into(),
            right: right.map(str::to_owned),
            what,
            own: false,
            sure: true,
            disputed: false,
            dresses: DRESSES.len(),
            scope: Scope::World,
        }
    }

    pub(super) fn own(text: &str, right: &str) -> Spelling {
        Spelling {
            own: true,
            ..Spelling::new(text, Some(right), "a value")
        }
    }
}

const CASE_SHIFT: u32 = 6;
const SPELLING_SHIFT: u32 = 9;

/// The spellings of one key.
pub(super) struct Words {
    name: Name,
    list: Vec<Spelling>,
}

impl Words {
    /// The spellings of a key with listed values; `deep` for every dress on every one.
    pub(super) fn of(name: Name, deep: bool) -> Words {
        let mut list = match name {
            Name::Ge => genders(),
            Name::Country => countries(),
            Name::St => states(),
            Name::Ct => cities(),
            Name::Dobd => days(),
            Name::Dobm => months(),
            Name::Doby => years(),
            _ => names(),
        };
        if deep {
            for spelling in &mut list {
                spelling.dresses = DRESSES.len();
            }
        }
        Words { name, list }
    }

    /// The values themselves in every form of small letters that is no fault.
    pub(super) fn right_forms(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let own = self.list.iter().filter(|spelling| spelling.own);
        own.flat_map(move |spelling| {
            let forms = CASES.iter().map(|case| case.write(&spelling.text));
            forms.filter(move |text| {
                let is_lower = !text.chars().any(char::is_uppercase);
                is_lower && passes(self.name, text, spelling)
            })
        })
    }

    fn parts(&self, mark: u32) -> (&Spelling, Case, Dress) {
        let mark = mark as usize;
        let spelling = &self.list[mark >> SPELLING_SHIFT];
        (
            spelling,
            CASES[(mark >> CASE_SHIFT) & 7],
            DRESSES[mark & 63],
        )
    }
}

impl Source for Words {
    fn items(&self) -> usize {
        self.list.len()
    }

    fn digests(&self, items: Range<usize>, tell: &mut dyn FnMut(u64, u32)) {
        let mut room = Vec::new();
        let mut texts: Vec<Cow<str>> = Vec::new();
        for index in items {
            let spelling = &self.list[index];
            texts.clear();
            for (case_at, case) in CASES.iter().enumerate() {
                let text = case.write(&spelling.text);
                if text.is_empty() || texts.contains(&text) {
                    continue;
                }
                for (dress_at, dress) in DRESSES[..spelling.dresses].iter().enumerate() {
                    if *dress == Dress::None && passes(self.name, &text, spelling) {
                        continue;
                    }
                    if let Some(prefix) = dress.prefix(&text, &mut room) {
                        let mark = (index << SPELLING_SHIFT) | (case_at << CASE_SHIFT) | dress_at;
                        tell(prefix, mark as u32);
                    }
                }
                texts.push(text);
            }
        }
    }
}

/// Whether a text is a form that Meta's documentation, SDKs or parameter builder produce, so that
/// its digest is no fault: names keep signs and inner spaces, towns and regions those that are no
/// space, dot, dash or digit. The PHP SDK lower-cases ASCII letters only.
pub(super) fn passes(name: Name, text: &str, spelling: &Spelling) -> bool {
    if spelling.right.as_deref() == Some(text) {
        return true;
    }
    let upper = || text.bytes().any(|b| b.is_ascii_uppercase());
    match name {
        Name::Fn | Name::Ln => !upper(),
        Name::Ct => !upper() && is_joined(text),
        Name::St => spelling.own && !upper() && is_joined(text),
        _ => false,
    }
}

/// Whether nothing is left of what Meta's SDKs delete from towns and regions.
fn is_joined(text: &str) -> bool {
    !text
        .chars()
        .any(|c| c.is_whitespace() || matches!(c, '.' | '-' | '(' | ')') || c.is_ascii_digit())
}

impl Spelled for Words {
    fn text(&self, mark: u32, out: &mut Vec<u8>) -> bool {
        let (spelling, case, dress) = self.parts(mark);
        dress.write(&case.write(&spelling.text), out)
    }

    fn form(&self, mark: u32, about: &Context) -> Option<WrongForm> {
        let (spelling, case, dress) = self.parts(mark);
        let text = case.write(&spelling.text);
        let mut right = match &spelling.right {
            Some(right) => Right::of(right),
            None => Right::Nothing,
        };
        let mut sure = spelling.sure;
        if let Scope::NorthAmerica { also_elsewhere } = spelling.scope {
            match about.country {
                Some(country) if is_north_american(country) => {}
                None if !also_elsewhere => {}
                _ if dress == Dress::None => return None,
                _ => (right, sure) = (Right::Open, false),
            }
        }
        // The SDKs pass a state's name on without its spaces, and `US-CA` as `usca`.
        let mut disputed = self.name == Name::St
            && !spelling.own
            && dress == Dress::None
            && !text.bytes().any(|b| b.is_ascii_uppercase())
            && is_joined(&text);
        let (fault, what) = match dress.what() {
            Some(what) if dress.is_twice() => (Fault::Twice, what),
            Some(what) => (Fault::Spelling, what),
            None if spelling.own && passes(self.name, &text.to_lowercase(), spelling) => {
                let capitals = case == Case::Upper && text.chars().count() > 1;
                let what = if capitals || text.len() == 1 {
                    "a value in capitals"
                } else {
                    "a value with a capital letter"
                };
                (Fault::Case, what)
            }
            None => (Fault::Spelling, spelling.what),
        };
        // Meta's code lower-cases and trims, so only the bare lower-case form passes it.
        disputed |= spelling.disputed && dress == Dress::None && case == Case::AsListed;
        Some(WrongForm {
            fault,
            what,
            right,
            sure,
            disputed,
            belongs: None,
        })
    }

    fn clash(&self, first: &mut WrongForm, _: WrongForm, _: &Context) {
        // Two values share the spelling, as +1 is shared: nobody knows which was meant.
        first.right = match self.name {
            Name::Country => Right::Nothing,
            _ => Right::Open,
        };
    }
}

/// Whether a country writes states as the United States and Canada do.
pub(super) fn is_north_american(country: &str) -> bool {
    // The territories have no states.
    matches!(country, "us" | "ca")
}

/// Whether postcodes of a country are those of the United States, as in its territories.
pub(super) fn is_of_united_states(country: &str) -> bool {
    matches!(
        country,
        "us" | "pr" | "gu" | "vi" | "as" | "mp" | "um" | "fm" | "mh" | "pw"
    )
}

/// The words of `rules/tables/genders.json`.
fn genders() -> Vec<Spelling> {
    let words = &*GENDERS;
    let mut list = Vec::new();
    for (right, sure, likely) in [
        ("f", &words.f, &words.likely_f),
        ("m", &words.m, &words.likely_m),
    ] {
        list.push(Spelling::own(right, right));
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
        list.push(Spelling::own(&country.code, &country.code));
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
                dresses: WITH_CHARSETS,
                ..Spelling::new(&**name, right, "a country name")
            });
        }
        // As shop systems label the countries in a form.
        let code = country.code.to_uppercase();
        let is_british = code == "GB";
        // WooCommerce writes the code behind these two in every language.
        let others = match is_british || code == "US" {
            true => &country.names[..],
            false => &[],
        };
        for label in [code]
            .into_iter()
            .chain(is_british.then(|| "UK".to_owned()))
        {
            for name in country.english.iter().chain(others) {
                list.push(Spelling {
                    dresses: USUAL,
                    ..Spelling::new(
                        format!("{name} ({label})"),
                        right,
                        "a country name with its code behind it",
                    )
                });
            }
        }
    }
    list
}

/// States whose name is also that of a region in another country.
const ALSO_ELSEWHERE: [&str; 4] = ["florida", "georgia", "maryland", "montana"];

/// Codes of two letters, the states of `rules/tables/states.json`, and other regions.
fn states() -> Vec<Spelling> {
    let mut list = Vec::new();
    for state in STATES.iter() {
        let right = Some(&*state.code);
        list.push(Spelling::own(&state.code, &state.code));
        for between in ["-", "_", ""] {
            list.push(Spelling {
                dresses: USUAL,
                ..Spelling::new(
                    format!("{}{between}{}", state.country, state.code),
                    right,
                    "a state with its country in front",
                )
            });
        }
        for name in &state.names {
            list.push(Spelling {
                scope: Scope::NorthAmerica {
                    also_elsewhere: ALSO_ELSEWHERE.contains(&&*bare(name)),
                },
                ..Spelling::new(&**name, right, "a state's name instead of its code")
            });
        }
    }
    // Any code of two letters is hashed in lower case, whatever the country.
    for first in b'a'..=b'z' {
        for second in b'a'..=b'z' {
            let code: String = [first, second].iter().map(|&b| char::from(b)).collect();
            if !STATES.iter().any(|state| state.code == code) {
                list.push(Spelling {
                    dresses: USUAL,
                    ..Spelling::own(&code, &code)
                });
            }
        }
    }
    for region in region_names() {
        list.push(Spelling {
            own: true,
            dresses: WITH_CHARSETS,
            ..Spelling::new(
                region,
                Some(&joined(region)),
                "a region with spaces or signs in it",
            )
        });
    }
    list
}

/// What the normal form of towns and regions leaves: the letters in lower case.
pub(super) fn joined(place: &str) -> String {
    if place.is_ascii() {
        let letters = place.bytes().filter(u8::is_ascii_alphabetic);
        return letters
            .map(|b| char::from(b.to_ascii_lowercase()))
            .collect();
    }
    let letters = place.chars().filter(|c| c.is_alphabetic());
    letters.flat_map(char::to_lowercase).collect()
}

/// The regions of `rules/tables/regions.txt`, as people write them.
pub(super) fn region_names() -> impl Iterator<Item = &'static str> {
    include_str!("../../rules/tables/regions.txt").lines()
}

fn cities() -> Vec<Spelling> {
    let with_states = include_str!("../../rules/tables/cities-with-states.txt").lines();
    let with_states = with_states.flat_map(|line| {
        let city = line.split_once(", ").map_or(line, |(city, _)| city);
        [", ", ",", " "].map(|between| Spelling {
            dresses: USUAL,
            ..Spelling::new(
                line.replacen(", ", between, 1),
                Some(&joined(city)),
                "a city with its state behind it",
            )
        })
    });
    city_names()
        .map(|city| Spelling {
            own: true,
            dresses: USUAL,
            ..Spelling::new(
                city,
                Some(&joined(city)),
                "a city with spaces or signs in it",
            )
        })
        .chain(with_states)
        .collect()
}

/// The cities of `rules/tables/cities.txt`, as people write them.
pub(super) fn city_names() -> impl Iterator<Item = &'static str> {
    include_str!("../../rules/tables/cities.txt").lines()
}

fn names() -> Vec<Spelling> {
    include_str!("../../rules/tables/names.txt")
        .lines()
        .map(|name| Spelling {
            own: true,
            dresses: USUAL,
            ..Spelling::new(name, Some(&bare(name)), "a name")
        })
        .collect()
}

fn days() -> Vec<Spelling> {
    numbers(1..=31, "a day without its zero")
}

fn months() -> Vec<Spelling> {
    let mut list = numbers(1..=12, "a month without its zero");
    for (at, name) in super::dates::MONTHS.iter().enumerate() {
        let right = format!("{:02}", at + 1);
        for text in [*name, &name[..3]] {
            list.push(Spelling::new(text, Some(&right), "the name of a month"));
        }
    }
    list
}

fn numbers(range: std::ops::RangeInclusive<u32>, short: &'static str) -> Vec<Spelling> {
    let mut list = Vec::new();
    for number in range {
        let right = format!("{number:02}");
        list.push(Spelling::own(&right, &right));
        if number < 10 {
            list.push(Spelling::new(number.to_string(), Some(&right), short));
        }
    }
    list
}

fn years() -> Vec<Spelling> {
    super::dates::years()
        .map(|year| {
            let year = year.to_string();
            Spelling::own(&year, &year)
        })
        .collect()
}
