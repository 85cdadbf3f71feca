//! Countries, states, telephone plans and gender words: what `rules/tables` holds of them, parsed
//! when first asked for.

use hashbrown::HashMap;
use once_cell::sync::Lazy;
use serde::Deserialize;

use crate::digest::sha256_hex;

/// The assigned codes of ISO 3166-1 alpha-2, as of 2026-09-12, and Kosovo's user-assigned one.
const CODES: &str = "\
    ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq \
    br bs bt bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm \
    do dz ec ee eg eh er es et fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs \
    gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn \
    kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo mp mq \
    mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm \
    pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv \
    sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug um us uy uz va vc ve vg vi \
    vn vu wf ws xk ye yt za zm zw";

/// The country codes that Meta takes, in lower case and sorted.
pub fn codes() -> impl Iterator<Item = &'static str> {
    CODES.split(' ')
}

/// Whether `code` is such a code, byte for byte.
pub fn is_code(code: &str) -> bool {
    code.len() == 2 && codes().any(|known| known == code)
}

/// The code that equals `code`, for as long as the program runs.
pub fn code(code: &str) -> Option<&'static str> {
    codes().find(|known| *known == code)
}

/// A country and what people write for it.
#[derive(Debug, Deserialize)]
pub struct Country {
    /// ISO 3166-1 alpha-2 in lower case.
    pub code: String,
    /// ISO 3166-1 alpha-3 in lower case.
    pub alpha3: String,
    /// ISO 3166-1 numeric, three digits.
    pub number: Option<String>,
    /// Calling code, with the area code where several countries share one.
    pub calling: Option<String>,
    /// English names.
    pub english: Vec<String>,
    /// Names in other languages.
    pub names: Vec<String>,
}

/// A code that looks like a country's and is none.
#[derive(Debug, Deserialize)]
pub struct NotAssigned {
    /// The code in lower case.
    pub code: String,
    /// The country that is meant.
    pub right: Option<String>,
    /// Whether nothing else can be meant.
    #[serde(default)]
    pub sure: bool,
}

/// `rules/tables/countries.json`.
#[derive(Debug, Deserialize)]
pub struct Countries {
    /// Codes that no country has.
    pub not_assigned: Vec<NotAssigned>,
    /// All countries, sorted by code.
    pub countries: Vec<Country>,
}

/// All countries.
pub static COUNTRIES: Lazy<Countries> = Lazy::new(|| {
    serde_json::from_str(include_str!("../../rules/tables/countries.json"))
        .expect("rules/tables/countries.json is well formed")
});

/// The code of the country that `text` names, by code of two or three letters or by name in any
/// of the listed languages.
pub fn country(text: &str) -> Option<&'static str> {
    let text = text.trim();
    let lower = text.to_lowercase();
    if let Some(code) = codes().find(|code| *code == lower) {
        return Some(code);
    }
    if let Some(other) = COUNTRIES.not_assigned.iter().find(|it| it.code == lower) {
        return other.right.as_deref().filter(|_| other.sure);
    }
    if lower.len() == 3 {
        let known = |country: &&Country| country.alpha3 == lower;
        if let Some(country) = COUNTRIES.countries.iter().find(known) {
            return Some(&country.code);
        }
    }
    let letters = bare(text);
    if letters.chars().count() < 2 {
        return None;
    }
    BY_NAME.get(&letters).copied()
}

/// The codes by the letters and digits of the names.
static BY_NAME: Lazy<HashMap<String, &'static str>> = Lazy::new(|| {
    let mut by_name = HashMap::new();
    for country in &COUNTRIES.countries {
        for name in country.english.iter().chain(&country.names) {
            by_name.entry(bare(name)).or_insert(&*country.code);
        }
    }
    by_name
});

/// The country whose code has the digest that these 64 lower-case hex digits spell.
pub fn country_of_digest(hex: &str) -> Option<&'static str> {
    static BY_DIGEST: Lazy<HashMap<String, &'static str>> =
        Lazy::new(|| codes().map(|code| (sha256_hex(code), code)).collect());
    BY_DIGEST.get(hex).copied()
}

/// The letters and digits of a name, in lower case.
fn bare(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// A state of the United States or a province of Canada.
#[derive(Debug, Deserialize)]
pub struct State {
    /// `us` or `ca`.
    pub country: String,
    /// The postal code in lower case.
    pub code: String,
    /// English names, and French ones in Canada.
    pub names: Vec<String>,
}

#[derive(Deserialize)]
struct States {
    states: Vec<State>,
}

/// The states of `rules/tables/states.json`.
pub static STATES: Lazy<Vec<State>> = Lazy::new(|| {
    let table: States = serde_json::from_str(include_str!("../../rules/tables/states.json"))
        .expect("rules/tables/states.json is well formed");
    table.states
});

/// The postal code of the state that `text` names, also as `US-CA`. `country` narrows the search.
pub fn state(text: &str, country: Option<&str>) -> Option<&'static str> {
    let letters = bare(text);
    // Uşak, a province of Turkey, is no state behind `us`: a sign has to part them.
    let behind_country = text
        .split_once(|c: char| !c.is_alphanumeric())
        .filter(|(country, _)| country.len() == 2)
        .map(|(_, code)| bare(code));
    STATES
        .iter()
        .filter(|state| country.is_none_or(|country| state.country == country))
        .find(|state| {
            letters == state.code
                || behind_country.as_deref() == Some(&*state.code)
                    && letters.starts_with(&*state.country)
                || state.names.iter().any(|name| bare(name) == letters)
        })
        .map(|state| &*state.code)
}

/// How a country writes its telephone numbers.
#[derive(Debug, Deserialize)]
pub struct Plan {
    /// ISO 3166-1 alpha-2 in lower case.
    pub country: String,
    /// The calling code.
    pub calling: String,
    /// What stands in front of a number dialled inside the country, and not behind the calling
    /// code; `""` when nothing does.
    pub trunk: String,
    /// The fewest digits of a number without calling code and trunk prefix.
    pub shortest: usize,
    /// The most digits.
    pub longest: usize,
}

impl Plan {
    /// Whether a number without calling code and trunk prefix has the right number of digits.
    pub fn fits(&self, national: &str) -> bool {
        (self.shortest..=self.longest).contains(&national.len())
    }
}

/// `rules/tables/phones.json`.
#[derive(Debug, Deserialize)]
pub struct Phones {
    /// All assigned calling codes.
    pub calling_codes: Vec<String>,
    /// The plans of the more common countries, by calling code.
    pub plans: Vec<Plan>,
    /// For every three digits the place of the calling code with which they start.
    #[serde(skip)]
    by_digits: Vec<Option<u8>>,
}

/// The telephone plans.
pub static PHONES: Lazy<Phones> = Lazy::new(|| {
    let mut phones: Phones = serde_json::from_str(include_str!("../../rules/tables/phones.json"))
        .expect("rules/tables/phones.json is well formed");
    phones.plans.sort_by(|a, b| a.calling.cmp(&b.calling));
    phones.by_digits = vec![None; 1000];
    for (place, code) in (0..).zip(&phones.calling_codes) {
        let digits = |behind: &str| (code.clone() + behind)[..3].parse::<usize>();
        let (Ok(first), Ok(last)) = (digits("00"), digits("99")) else {
            continue;
        };
        phones.by_digits[first..=last].fill(Some(place));
    }
    phones
});

impl Phones {
    /// The plan of a country.
    pub fn plan(&self, country: &str) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.country == country)
    }

    /// The assigned calling code with which `digits` starts; no code is the start of another.
    pub fn calling_code(&self, digits: &str) -> Option<&str> {
        // Zeros stand in for what is missing; whether the code is there is asked at the end.
        let digit = |at: usize| match digits.as_bytes().get(at) {
            Some(digit @ b'0'..=b'9') => usize::from(digit - b'0'),
            _ => 0,
        };
        let place = self.by_digits[100 * digit(0) + 10 * digit(1) + digit(2)]?;
        let code = self.calling_codes[usize::from(place)].as_str();
        digits.starts_with(code).then_some(code)
    }

    /// The plans of the countries with a calling code.
    pub fn plans_of(&self, code: &str) -> &[Plan] {
        let start = (self.plans).partition_point(|plan| *plan.calling < *code);
        let of_code = &self.plans[start..];
        &of_code[..of_code.partition_point(|plan| plan.calling == code)]
    }
}

/// `rules/tables/genders.json`: words in lower case.
#[derive(Debug, Deserialize)]
pub struct Genders {
    /// Words for female.
    pub f: Vec<String>,
    /// Words for male.
    pub m: Vec<String>,
    /// First letters that mean female in some languages.
    pub likely_f: Vec<String>,
    /// First letters that mean male in some languages.
    pub likely_m: Vec<String>,
    /// Words and numbers that mean neither or differ between systems.
    pub neither: Vec<String>,
}

/// The gender words.
pub static GENDERS: Lazy<Genders> = Lazy::new(|| {
    serde_json::from_str(include_str!("../../rules/tables/genders.json"))
        .expect("rules/tables/genders.json is well formed")
});

/// `f` or `m` for a word in lower case that means nothing else.
pub fn gender(word: &str) -> Option<&'static str> {
    let word = word.trim_end_matches('.');
    let among = |words: &[String]| words.iter().any(|known| known == word);
    if among(&GENDERS.f) {
        Some("f")
    } else if among(&GENDERS.m) {
        Some("m")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_list_and_the_table_agree() {
        let table: Vec<_> = COUNTRIES.countries.iter().map(|it| &*it.code).collect();
        assert_eq!(codes().collect::<Vec<_>>(), table);
        assert_eq!(table.len(), 250);
    }

    #[test]
    fn countries_by_code_and_name() {
        for (text, code) in [
            ("US", Some("us")),
            ("usa", Some("us")),
            ("United States", Some("us")),
            ("U.S.A.", Some("us")),
            ("Deutschland", Some("de")),
            ("Türkiye", Some("tr")),
            ("South Korea", Some("kr")),
            ("uk", Some("gb")),
            ("Côte d’Ivoire", Some("ci")),
            ("sp", None),
            ("Atlantis", None),
            ("", None),
        ] {
            assert_eq!(country(text), code, "{text:?}");
        }
    }

    #[test]
    fn states_by_code_and_name() {
        for (text, country, code) in [
            ("California", None, Some("ca")),
            ("US-CA", None, Some("ca")),
            ("new york", Some("us"), Some("ny")),
            ("Washington D.C.", Some("us"), Some("dc")),
            ("Québec", Some("ca"), Some("qc")),
            ("Ontario", Some("us"), None),
            ("Bayern", None, None),
        ] {
            assert_eq!(state(text, country), code, "{text:?}");
        }
    }

    #[test]
    fn calling_codes_are_found_by_their_digits() {
        for code in &PHONES.calling_codes {
            for rest in ["", "0", "5", "999999999"] {
                let digits = format!("{code}{rest}");
                assert_eq!(PHONES.calling_code(&digits), Some(&**code));
            }
            let plans = PHONES.plans.iter().filter(|plan| plan.calling == *code);
            assert_eq!(PHONES.plans_of(code).len(), plans.count(), "{code}");
        }
        assert!(PHONES.calling_codes.len() <= usize::from(u8::MAX));
        for digits in ["", "0", "2", "999", "x", "4x", "0049"] {
            assert_eq!(PHONES.calling_code(digits), None, "{digits}");
        }
    }

    #[test]
    fn no_calling_code_starts_another() {
        for a in &PHONES.calling_codes {
            for b in &PHONES.calling_codes {
                assert!(a == b || !b.starts_with(&**a), "{a} {b}");
            }
        }
        for plan in &PHONES.plans {
            assert!(is_code(&plan.country) && PHONES.calling_codes.contains(&plan.calling));
        }
    }
}
