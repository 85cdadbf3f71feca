//! Writes logs of Conversions API events as shops really send them: any size, any seed, always
//! the same bytes for the same two numbers, and an exact count of the faults that were planted.
//!
//! Five shops send events of people who look, fill a cart and buy; one person comes to about four
//! events. One shop in five writes JSON the way PHP does (`\/`, `\u00fc`). Most lines are a request
//! with one event, many are a bare event, a few are requests of up to 50 events. Every event is
//! clean apart from the fault that is planted in it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Write};

use sha2::{Digest, Sha256};

use super::random::{self, Random};

// The benchmark writes one long log; tests write others, too.
#[allow(dead_code)]
#[path = "log_faults.rs"]
pub mod log_faults;

/// The moment at which a log is to be judged: `--as-of` for every check of it.
pub const AS_OF: &str = "2026-06-26T00:00:00Z";

/// Changes whenever the same size and seed would give other bytes.
pub const VERSION: u32 = 3;

const NOW: u64 = 1_782_432_000;
const DAY: u64 = 86_400;

/// What a log holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Planted {
    pub bytes: u64,
    pub lines: u64,
    pub events: u64,
    /// Events with a planted fault.
    pub faulty: u64,
    /// Distinct SHA-256 digests in `user_data`.
    pub digests: u64,
    /// Events (for faults of a request: requests) by the id of the rule that has to find them.
    pub rules: BTreeMap<&'static str, u64>,
    /// What follows from all of it together, by the id of the rule that tells it of the log: events, or
    /// findings beside those in `rules`.
    pub of_log: BTreeMap<&'static str, u64>,
    /// The shortest and the longest event without a planted fault, in bytes.
    pub shortest: usize,
    pub longest: usize,
}

impl Planted {
    /// Takes in the faults that only a log shows, written behind this one.
    pub fn add(&mut self, faults: &log_faults::Written) {
        self.bytes += faults.bytes;
        self.lines += faults.lines;
        self.events += faults.events;
        for (rule, expected) in &faults.rules {
            let number = match OF_REQUESTS.contains(rule) {
                true => expected.findings,
                false => expected.events,
            };
            *self.rules.entry(rule).or_default() += number;
            self.faulty += number;
        }
        self.of_log
            .extend(faults.once.iter().map(|(rule, number)| (*rule, *number)));
    }

    /// The same as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "generator": VERSION, "as_of": AS_OF, "bytes": self.bytes, "lines": self.lines,
            "events": self.events, "faulty": self.faulty, "digests": self.digests,
            "rules": self.rules, "of_log": self.of_log, "shortest": self.shortest, "longest": self.longest,
        })
    }
}

/// Who causes the events of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum People {
    /// One person comes to about four events.
    Returning,
    /// Every event is of a new person.
    New,
}

/// Writes a log of at least `bytes` bytes: whole lines, the last one ends the log.
pub fn write(out: &mut impl Write, bytes: u64, seed: u64, people: People) -> io::Result<Planted> {
    let mut log = Log::new(seed, bytes);
    log.new_people = people == People::New;
    while log.planted.bytes < bytes {
        log.line();
        out.write_all(&log.text)?;
        log.planted.bytes += log.text.len() as u64;
        log.planted.lines += 1;
        log.text.clear();
    }
    log.planted.digests = log.digests.len() as u64;
    log.planted.of_log = log.whole.counts(log.planted.events);
    Ok(log.planted)
}

/// What a small fixture is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Small {
    /// Right digests of keys whose right ones are known beforehand, or of which nobody could list the
    /// values: no names and no towns.
    Plain,
    /// Right digests of every key.
    Named,
    /// For every key whose values can be listed, digests that are of none of its values.
    Unknown,
}

/// Writes `events` bare events, one a line.
pub fn write_events(out: &mut impl Write, events: u64, seed: u64, like: Small) -> io::Result<()> {
    let mut log = Log::new(seed, events * 1_100);
    log.like = Some(like);
    // Where postcodes have five digits, all right ones are known beforehand.
    let shops: &[usize] = match like {
        Small::Plain => &[0, 1, 3],
        Small::Named | Small::Unknown => &[0, 1, 2, 3, 4],
    };
    for _ in 0..events {
        let shop = shops[log.random.below(shops.len() as u64) as usize];
        log.event(shop, None);
        log.text.push(b'\n');
        out.write_all(&log.text)?;
        log.planted.bytes += log.text.len() as u64;
        log.text.clear();
    }
    Ok(())
}

/// A fault, named by what the sender did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    RawEmail,
    RawPhone,
    HashOfEmpty,
    HashOfEmptyTwice,
    HashOfUndefined,
    HashOfObject,
    HashOfTestAddress,
    GenderTwice,
    CountryTwice,
    Md5,
    CutDigest,
    Base64Digest,
    PrefixedDigest,
    UpperDigest,
    CountryInCapitals,
    GenderInCapitals,
    GenderWord,
    CountryName,
    EmptyList,
    NullPhone,
    EmailKey,
    TooLittle,
    HashedFbp,
    HashedIp,
    RawFbclid,
    ClickInSeconds,
    FbpTail,
    IpList,
    PrivateIp,
    ServerAgent,
    NoId,
    RandomId,
    ConstantId,
    NumericId,
    NoName,
    NameCase,
    NoTime,
    IsoTime,
    TimeInMs,
    Stale,
    Future,
    ZeroTime,
    NoSource,
    SourceWeb,
    NoUrl,
    NoAgent,
    WrongSource,
    NoValue,
    NoCurrency,
    CommaValue,
    CurrencySymbol,
    Misplaced,
    TestCode,
    Token,
}

/// Every fault with the rule that finds it.
const FAULTS: [(Fault, &str); 54] = [
    (Fault::RawEmail, "CL101"),
    (Fault::RawPhone, "CL101"),
    (Fault::HashOfEmpty, "CL102"),
    (Fault::HashOfEmptyTwice, "CL102"),
    (Fault::HashOfUndefined, "CL103"),
    (Fault::HashOfObject, "CL103"),
    (Fault::HashOfTestAddress, "CL104"),
    (Fault::GenderTwice, "CL105"),
    (Fault::CountryTwice, "CL105"),
    (Fault::Md5, "CL106"),
    (Fault::CutDigest, "CL107"),
    (Fault::Base64Digest, "CL108"),
    (Fault::PrefixedDigest, "CL108"),
    (Fault::UpperDigest, "CL109"),
    (Fault::CountryInCapitals, "CL111"),
    (Fault::GenderInCapitals, "CL111"),
    (Fault::GenderWord, "CL112"),
    (Fault::CountryName, "CL112"),
    (Fault::EmptyList, "CL116"),
    (Fault::NullPhone, "CL116"),
    (Fault::EmailKey, "CL118"),
    (Fault::TooLittle, "CL126"),
    (Fault::HashedFbp, "CL201"),
    (Fault::HashedIp, "CL201"),
    (Fault::RawFbclid, "CL202"),
    (Fault::ClickInSeconds, "CL203"),
    (Fault::FbpTail, "CL210"),
    (Fault::IpList, "CL213"),
    (Fault::PrivateIp, "CL214"),
    (Fault::ServerAgent, "CL216"),
    (Fault::NoId, "CL301"),
    (Fault::RandomId, "CL302"),
    (Fault::ConstantId, "CL303"),
    (Fault::NumericId, "CL307"),
    (Fault::NoName, "CL320"),
    (Fault::NameCase, "CL321"),
    (Fault::NoTime, "CL401"),
    (Fault::IsoTime, "CL402"),
    (Fault::TimeInMs, "CL403"),
    (Fault::Stale, "CL404"),
    (Fault::Future, "CL405"),
    (Fault::ZeroTime, "CL409"),
    (Fault::NoSource, "CL501"),
    (Fault::SourceWeb, "CL502"),
    (Fault::NoUrl, "CL503"),
    (Fault::NoAgent, "CL504"),
    (Fault::WrongSource, "CL505"),
    (Fault::NoValue, "CL601"),
    (Fault::NoCurrency, "CL602"),
    (Fault::CommaValue, "CL603"),
    (Fault::CurrencySymbol, "CL606"),
    (Fault::Misplaced, "CL615"),
    (Fault::TestCode, "CL701"),
    (Fault::Token, "CL702"),
];

/// The rules that speak of a request, or of the log, rather than of events.
pub const OF_REQUESTS: [&str; 3] = ["CL701", "CL702", "CL804"];

impl Fault {
    /// Whether the fault may only be planted in a request of one event: it belongs to the request,
    /// or Meta would refuse the neighbours with it.
    fn stands_alone(self) -> bool {
        use Fault::*;
        matches!(
            self,
            NoTime | IsoTime | TimeInMs | Stale | Future | ZeroTime | TestCode | Token
        )
    }

    fn is_of_request(self) -> bool {
        matches!(self, Fault::TestCode | Fault::Token)
    }

    /// The event that can show the fault, when not any can.
    fn kind(self) -> Option<Kind> {
        use Fault::*;
        match self {
            RandomId | WrongSource | NoValue => Some(Kind::Purchase),
            NoCurrency | CommaValue | CurrencySymbol | Misplaced => Some(Kind::AddToCart),
            // Long enough without the keys that are left out.
            TooLittle => Some(Kind::ViewContent),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    PageView,
    Search,
    Lead,
    CompleteRegistration,
    ViewContent,
    AddToCart,
    InitiateCheckout,
    AddPaymentInfo,
    Purchase,
}

impl Kind {
    /// Kinds in the proportions of a shop, those with a cart from the fifth on.
    fn draw(random: &mut Random, cart: bool) -> Kind {
        use Kind::*;
        match random.below(100) + if cart { 24 } else { 0 } {
            0..=17 => PageView,
            18..=20 => Search,
            21 | 22 => Lead,
            23 => CompleteRegistration,
            24..=64 => ViewContent,
            65..=85 => AddToCart,
            86..=97 => InitiateCheckout,
            98..=103 => AddPaymentInfo,
            _ => Purchase,
        }
    }

    fn has_cart(self) -> bool {
        self as u8 >= Kind::ViewContent as u8
    }

    fn name(self) -> &'static str {
        match self {
            Kind::PageView => "PageView",
            Kind::Search => "Search",
            Kind::Lead => "Lead",
            Kind::CompleteRegistration => "CompleteRegistration",
            Kind::ViewContent => "ViewContent",
            Kind::AddToCart => "AddToCart",
            Kind::InitiateCheckout => "InitiateCheckout",
            Kind::AddPaymentInfo => "AddPaymentInfo",
            Kind::Purchase => "Purchase",
        }
    }

    fn misspelt(self) -> &'static str {
        match self {
            Kind::PageView => "pageview",
            Kind::Search => "SEARCH",
            Kind::Lead => "lead",
            Kind::CompleteRegistration => "Complete Registration",
            Kind::ViewContent => "VIEWCONTENT",
            Kind::AddToCart => "Add To Cart",
            Kind::InitiateCheckout => "initiateCheckout",
            Kind::AddPaymentInfo => "addPaymentInfo",
            Kind::Purchase => "purchase",
        }
    }

    fn id_prefix(self) -> &'static str {
        match self {
            Kind::PageView => "page",
            Kind::Search => "search",
            Kind::Lead => "lead",
            Kind::CompleteRegistration => "signup",
            Kind::ViewContent => "view",
            Kind::AddToCart => "cart",
            Kind::InitiateCheckout => "checkout",
            Kind::AddPaymentInfo => "payment",
            Kind::Purchase => "order",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Kind::PageView => "/collections/new-in",
            Kind::Search => "/search",
            Kind::Lead => "/newsletter/welcome",
            Kind::CompleteRegistration => "/account/welcome",
            Kind::ViewContent | Kind::AddToCart => "/products/",
            Kind::InitiateCheckout => "/checkout/delivery",
            Kind::AddPaymentInfo => "/checkout/payment",
            Kind::Purchase => "/checkout/thank-you",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Website,
    Store,
    Phone,
    System,
}

struct Shop {
    host: &'static str,
    currency: &'static str,
    country: &'static str,
    country_name: &'static str,
    calling_code: &'static str,
    lists: bool,
    php: bool,
    first_names: &'static [&'static str],
    last_names: &'static [&'static str],
    cities: &'static [&'static str],
    states: &'static [&'static str],
    networks: &'static [u64],
    goods: &'static [&'static str],
}

const SHOPS: [Shop; 5] = [
    Shop {
        host: "shop.example.com",
        currency: "EUR",
        country: "de",
        country_name: "germany",
        calling_code: "49",
        lists: true,
        php: false,
        first_names: &[
            "anna", "lukas", "sabine", "jürgen", "miriam", "felix", "heike", "jonas", "petra",
            "matthias", "lena", "uwe",
        ],
        last_names: &[
            "müller", "hoffmann", "schäfer", "lindner", "brandt", "voigt", "krüger", "seidel",
            "arnold", "busch", "pohl", "engel",
        ],
        cities: &[
            "berlin", "hamburg", "münchen", "köln", "leipzig", "bremen", "kassel",
        ],
        states: &[],
        networks: &[79, 80, 84, 87, 88, 91, 93, 95],
        goods: &[
            "Leinenhemd Größe M",
            "Trinkglas 0,3 l / 6 Stück",
            "Wolldecke grau",
            "Teekanne",
            "Öl für Holz",
        ],
    },
    Shop {
        host: "www.store.example.org",
        currency: "USD",
        country: "us",
        country_name: "united states",
        calling_code: "1",
        lists: true,
        php: false,
        first_names: &[
            "emily", "jacob", "olivia", "ethan", "megan", "tyler", "hannah", "logan", "grace",
            "owen", "chloe", "wyatt",
        ],
        last_names: &[
            "walker", "bennett", "carter", "hughes", "ramirez", "coleman", "foster", "nguyen",
            "brooks", "sanders", "price", "hayes",
        ],
        cities: &[
            "denver", "austin", "portland", "columbus", "seattle", "madison", "tucson",
        ],
        states: &["co", "tx", "or", "oh", "wa", "wi", "az"],
        networks: &[24, 66, 67, 71, 73, 75, 76, 98],
        goods: &[
            "Canvas tote",
            "Field notebook, 3 pack",
            "Trail socks",
            "Enamel mug 12 oz",
            "Wool beanie",
        ],
    },
    Shop {
        host: "store.example.net",
        currency: "GBP",
        country: "gb",
        country_name: "united kingdom",
        calling_code: "44",
        lists: false,
        php: false,
        first_names: &[
            "harriet", "callum", "freya", "alistair", "imogen", "rhys", "poppy", "declan",
            "martha", "angus", "niamh", "toby",
        ],
        last_names: &[
            "davies", "fletcher", "hartley", "mcleod", "barnes", "whitaker", "osborne", "pearce",
            "lowe", "graham", "holt", "sharp",
        ],
        cities: &[
            "leeds", "bristol", "cardiff", "glasgow", "norwich", "exeter", "durham",
        ],
        states: &[],
        networks: &[81, 82, 86, 90, 92, 94, 109],
        goods: &[
            "Waxed jacket",
            "Loose leaf tea 250 g",
            "Oak chopping board",
            "Garden twine",
            "Tartan scarf",
        ],
    },
    Shop {
        host: "boutique.example.com",
        currency: "EUR",
        country: "fr",
        country_name: "france",
        calling_code: "33",
        lists: true,
        php: true,
        first_names: &[
            "camille", "hélène", "julien", "manon", "théo", "inès", "bastien", "chloé", "rémi",
            "élodie", "gaspard", "maud",
        ],
        last_names: &[
            "lefèvre",
            "moreau",
            "girard",
            "mercier",
            "faure",
            "blanchard",
            "gauthier",
            "perrin",
            "chevalier",
            "roussel",
            "barbier",
            "colin",
        ],
        cities: &[
            "lyon", "nantes", "lille", "rennes", "dijon", "angers", "orléans",
        ],
        states: &[],
        networks: &[62, 77, 78, 83, 85, 89, 176],
        goods: &[
            "Écharpe en laine",
            "Savon à l’olive",
            "Théière émaillée",
            "Coussin rayé 40/60",
            "Bougie parfumée",
        ],
    },
    Shop {
        host: "loja.example.org",
        currency: "BRL",
        country: "br",
        country_name: "brazil",
        calling_code: "55",
        lists: true,
        php: false,
        first_names: &[
            "beatriz",
            "joão",
            "larissa",
            "thiago",
            "camila",
            "rafael",
            "luiza",
            "vinícius",
            "aline",
            "caio",
            "débora",
            "murilo",
        ],
        last_names: &[
            "oliveira",
            "conceição",
            "barbosa",
            "teixeira",
            "araújo",
            "cardoso",
            "moura",
            "nogueira",
            "pacheco",
            "rezende",
            "siqueira",
            "tavares",
        ],
        cities: &[
            "recife", "curitiba", "salvador", "manaus", "natal", "campinas", "goiânia",
        ],
        states: &["pe", "pr", "ba", "am", "rn", "sp", "go"],
        networks: &[177, 179, 187, 189, 200, 201],
        goods: &[
            "Camiseta de algodão",
            "Caneca esmaltada 300 ml",
            "Rede de descanso",
            "Sandália de couro",
            "Café moído 500 g",
        ],
    },
];

const AGENTS: [&str; 12] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 336.0.0.30.92",
];

const SERVER_AGENTS: [&str; 4] = [
    "GuzzleHttp/7",
    "python-requests/2.32.3",
    "axios/1.7.2",
    "Go-http-client/2.0",
];

const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The nine hashed keys of a person, in the order in which they are written.
const KEYS: [&str; 9] = ["em", "ph", "fn", "ln", "ge", "db", "ct", "zp", "country"];
const EM: usize = 0;
const PH: usize = 1;
const FN: usize = 2;
const LN: usize = 3;
const GE: usize = 4;
const DB: usize = 5;
const CT: usize = 6;
const COUNTRY: usize = 8;

/// Somebody who visits one shop.
struct Person {
    number: u64,
    /// Digests, in the order of `KEYS`; in shops with states the sixth is `st` instead of `db`.
    digests: [String; 9],
    email: String,
    phone: String,
    woman: bool,
    ip: String,
    agent: &'static str,
    fbp_ms: u64,
    fbp_tail: u64,
    click_ms: u64,
    fbclid: String,
    clicked: bool,
    has_account: bool,
    /// The start of the visit, Unix seconds.
    start: u64,
}

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// The last eight digits of a phone number. No American exchange, of which the second of them is the
/// first digit, begins with 0 or 1.
fn subscriber(shop: &Shop, digits: u64) -> u64 {
    if shop.calling_code == "1" && digits / 1_000_000 % 10 < 2 {
        digits + 5_000_000
    } else {
        digits
    }
}

impl Person {
    fn new(shop: &Shop, number: u64, start: u64, random: &mut Random) -> Person {
        let first = random.pick(shop.first_names);
        let last = random.pick(shop.last_names);
        let place = random.below(shop.cities.len() as u64) as usize;
        let woman = random.percent(50);
        let ascii = |name: &str| -> String { name.chars().filter(char::is_ascii).collect() };
        let email = format!(
            "{}.{}{}@mail.example",
            ascii(first),
            ascii(last),
            100 + random.below(900_000)
        );
        let phone = format!(
            "{}{}{:08}",
            shop.calling_code,
            20 + random.below(70),
            subscriber(shop, random.below(100_000_000))
        );
        let zip = match shop.country {
            "gb" => format!(
                "{}{}{}ab",
                &shop.cities[place][..2],
                1 + random.below(20),
                1 + random.below(9)
            ),
            "br" => format!("{:08}", 10_000_000 + random.below(80_000_000)),
            _ => format!("{:05}", 10_000 + random.below(80_000)),
        };
        let sixth = match shop.states.get(place) {
            Some(state) => (*state).to_owned(),
            None => format!(
                "{}{:02}{:02}",
                1948 + random.below(56),
                1 + random.below(12),
                2 + random.below(26)
            ),
        };
        let digests = [
            hash(&email),
            hash(&phone),
            hash(first),
            hash(last),
            hash(if woman { "f" } else { "m" }),
            hash(&sixth),
            hash(shop.cities[place]),
            hash(&zip),
            hash(shop.country),
        ];
        let ip = if random.percent(30) {
            format!(
                "2a02:{:x}:{:x}:{:x}::{:x}",
                0x8100 + random.below(0x100),
                0x1000 + random.below(0xe000),
                1 + random.below(0xfffe),
                1 + random.below(0xfffe)
            )
        } else {
            format!(
                "{}.{}.{}.{}",
                shop.networks[random.below(shop.networks.len() as u64) as usize],
                random.below(256),
                random.below(256),
                1 + random.below(254)
            )
        };
        let length = 61 + random.below(8);
        let mut fbclid = String::from("IwY2xjawN");
        for _ in 9..length {
            fbclid.push(char::from(BASE64URL[random.below(64) as usize]));
        }
        Person {
            number,
            digests,
            phone: format!(
                "+{} {}",
                shop.calling_code,
                &phone[shop.calling_code.len()..]
            ),
            email,
            woman,
            ip,
            agent: random.pick(&AGENTS),
            // Never a whole second, so that no creation time looks like a copied event time.
            fbp_ms: (start - random.below(40 * DAY)) * 1_000 - 1 - random.below(998),
            fbp_tail: 100_000_000 + random.below(2_047_000_000),
            click_ms: start * 1_000 - 1 - random.below(998),
            fbclid,
            clicked: random.percent(40),
            has_account: random.percent(45),
            start,
        }
    }
}

/// What only shows in the log as a whole.
#[derive(Default)]
struct Whole {
    /// By kind, events with its right name and with a misspelt one.
    names: BTreeMap<&'static str, (u64, u64)>,
    /// Requests with a test code, and the times between which their events lie.
    tests: u64,
    tested: Option<(u64, u64)>,
    /// The website events of each browser on each site.
    browsers: HashMap<String, Vec<Carried>>,
}

/// What an event of a browser carries.
#[derive(PartialEq, Eq)]
struct Carried {
    /// As the check can read it, or 0.
    time: u64,
    /// The digest that tells e-mail addresses apart, or `""`.
    email: String,
    /// One bit for each of the keys of a person that can match somebody, and of those that are there
    /// but cannot.
    keys: u32,
    bad: u32,
}

/// The bit for external_id, behind those of `KEYS`.
const ACCOUNT: u32 = 1 << KEYS.len();

impl Whole {
    /// What is told of the log, by rule.
    fn counts(&self, events: u64) -> BTreeMap<&'static str, u64> {
        let mut counts = BTreeMap::new();
        let both = self.names.values().filter(|(right, _)| *right > 0);
        let misspelt: u64 = both.map(|(_, wrong)| wrong).sum();
        if events >= 20 && misspelt > 0 {
            counts.insert("CL323", misspelt);
        }
        if events >= 50 {
            // E-mail addresses: no digest of theirs is proven.
            counts.insert("CL804", 1);
        }
        let lasted = self.tested.map_or(0, |(first, last)| last - first);
        if self.tests > 200 || self.tests >= 20 && lasted > DAY {
            counts.insert("CL701", 1);
        }
        let lacking: u64 = self.browsers.values().map(|list| lacking(list)).sum();
        if lacking >= 20 && lacking * 20 >= events {
            counts.insert("CL802", lacking);
        }
        counts
    }
}

/// How many events of a browser, in the order of the log, lack what it had sent in the half hour
/// before, and so on. What several people use says nothing.
fn lacking(list: &[Carried]) -> u64 {
    let mut emails = list
        .iter()
        .map(|one| &one.email)
        .filter(|it| !it.is_empty());
    let email = emails.next();
    if emails.any(|other| Some(other) != email) {
        return 0;
    }
    let mut by_time: Vec<&Carried> = list.iter().collect();
    by_time.sort_by_key(|one| one.time);
    let is_same_visit = |a: &Carried, b: &Carried| b.time - a.time <= 1_800;
    let visits = by_time.chunk_by(|a, b| is_same_visit(a, b));
    let lacks = |one: &Carried, at: usize, visit: &[&Carried]| {
        let earlier = visit[..at]
            .iter()
            .filter(|other| one.time == 0 || other.time < one.time);
        let known = earlier.fold(0, |sum, other| sum | other.keys);
        known & !(one.keys | one.bad) != 0
    };
    visits
        .map(|visit| {
            let events = visit.iter().enumerate();
            events.filter(|&(at, one)| lacks(one, at, visit)).count() as u64
        })
        .sum()
}

/// How many people are about in one shop at any time.
const ABOUT: usize = 16;

struct Log {
    random: Random,
    target: u64,
    /// By shop: the number of events so far and the people who are about.
    events: [u64; SHOPS.len()],
    people: [Vec<Person>; SHOPS.len()],
    digests: HashSet<u64>,
    whole: Whole,
    planted: Planted,
    text: Vec<u8>,
    /// Set for a small fixture.
    like: Option<Small>,
    /// Whether every event is of a new person.
    new_people: bool,
}

impl Log {
    fn new(seed: u64, target: u64) -> Log {
        Log {
            random: Random(seed.wrapping_mul(0xd134_2543_de82_ef95) ^ 0x0ca9_1117),
            target: target.max(1),
            events: [0; SHOPS.len()],
            people: std::array::from_fn(|_| Vec::with_capacity(ABOUT)),
            digests: HashSet::new(),
            whole: Whole::default(),
            planted: Planted {
                shortest: usize::MAX,
                ..Planted::default()
            },
            text: Vec::with_capacity(128 * 1024),
            like: None,
            new_people: false,
        }
    }

    /// Appends one line: a request or a bare event.
    fn line(&mut self) {
        let shop = self.random.below(SHOPS.len() as u64) as usize;
        let (body, events) = match self.random.below(100) {
            0 => (true, 2 + self.random.below(49)),
            1..=69 => (true, 1),
            _ => (false, 1),
        };
        let fault = self.fault(events == 1);
        let of_request = fault.is_some_and(Fault::is_of_request);
        if body || of_request {
            self.text.extend_from_slice(b"{\"data\":[");
            self.event(shop, fault);
            for _ in 1..events {
                self.text.push(b',');
                let fault = self.fault(false);
                self.event(shop, fault);
            }
            self.text.push(b']');
            match fault {
                Some(Fault::TestCode) => {
                    let code = 10_000 + self.random.below(90_000);
                    write_to(
                        &mut self.text,
                        format_args!(",\"test_event_code\":\"TEST{code}\""),
                    );
                }
                Some(Fault::Token) => {
                    // Put together here, so that no search for secrets stops at this file.
                    self.text.extend_from_slice(b",\"access_token\":\"EA");
                    self.text.push(b'A');
                    for _ in 0..90 {
                        let letter = BASE64URL[self.random.below(62) as usize];
                        self.text.push(letter);
                    }
                    self.text.push(b'"');
                }
                _ => {}
            }
            self.text.push(b'}');
        } else {
            self.event(shop, fault);
        }
        self.text.push(b'\n');
    }

    /// Draws whether an event is faulty, and how; counts it.
    fn fault(&mut self, alone: bool) -> Option<Fault> {
        if !self.random.percent(5) {
            return None;
        }
        let (fault, rule) = FAULTS[self.random.below(FAULTS.len() as u64) as usize];
        if fault.stands_alone() && !alone {
            return None;
        }
        *self.planted.rules.entry(rule).or_default() += 1;
        self.planted.faulty += 1;
        Some(fault)
    }

    /// The place of a person who is about in `shop`; one is new for every four events.
    fn visitor(&mut self, shop: usize) -> usize {
        let progress = (self.planted.bytes + self.text.len() as u64).min(self.target);
        let people = &mut self.people[shop];
        let n = self.events[shop];
        self.events[shop] += 1;
        if people.len() < ABOUT || n.is_multiple_of(4) || self.new_people {
            // From six and a half days ago to six hours ago, in the order of the log.
            let span = 6 * DAY + DAY / 4;
            let passed = (u128::from(span) * u128::from(progress) / u128::from(self.target)) as u64;
            let start = NOW - 6 * DAY - DAY / 2 + passed - self.random.below(3_600);
            let number = shop as u64 + SHOPS.len() as u64 * (1_000 + n);
            let person = Person::new(&SHOPS[shop], number, start, &mut self.random);
            if people.len() < ABOUT {
                people.push(person);
                return people.len() - 1;
            }
            let place = (n / 4) as usize % ABOUT;
            people[place] = person;
            if self.new_people {
                return place;
            }
        }
        self.random.below(ABOUT as u64) as usize
    }

    /// Appends one event of `shop`.
    fn event(&mut self, place: usize, fault: Option<Fault>) {
        let shop = &SHOPS[place];
        let visitor = self.visitor(place);
        let Log {
            random,
            people,
            digests,
            whole,
            planted,
            text,
            like,
            ..
        } = self;
        let person = &people[place][visitor];
        let number = 10_000_000 * (place as u64 + 1) + self.events[place];
        let full = fault.is_some() || random.percent(55);
        let mut kind = Kind::draw(random, !full);
        if let Some(wanted) = fault.and_then(Fault::kind) {
            kind = wanted;
        }
        let source = match random.below(100) {
            _ if fault.is_some() || kind != Kind::Purchase => Source::Website,
            0..=7 => Source::Store,
            8..=11 => Source::Phone,
            12..=14 => Source::System,
            _ => Source::Website,
        };
        let website = source == Source::Website;
        let has = |wanted: Fault| fault == Some(wanted);
        let begin = text.len();

        let mut out = Object::open(text, shop.php);
        if !has(Fault::NoName) {
            let name = if has(Fault::NameCase) {
                kind.misspelt()
            } else {
                kind.name()
            };
            let (right, wrong) = whole.names.entry(kind.name()).or_default();
            *(if has(Fault::NameCase) { wrong } else { right }) += 1;
            out.text("event_name", name);
        }
        let back = if has(Fault::Stale) {
            DAY * (10 + random.below(20))
        } else {
            0
        };
        let time = if has(Fault::Future) {
            NOW + 7_200 + random.below(DAY)
        } else {
            person.start - back + 20 + random.below(3 * 3_600)
        };
        if has(Fault::TestCode) {
            whole.tests += 1;
            let (first, last) = whole.tested.unwrap_or((time, time));
            whole.tested = Some((first.min(time), last.max(time)));
        }
        match fault {
            Some(Fault::NoTime) => {}
            Some(Fault::ZeroTime) => out.raw("event_time", format_args!("0")),
            Some(Fault::TimeInMs) => out.raw(
                "event_time",
                format_args!("{}", time * 1_000 + random.below(1_000)),
            ),
            Some(Fault::IsoTime) => out.raw("event_time", format_args!("\"{}\"", Iso(time))),
            _ => out.raw("event_time", format_args!("{time}")),
        }
        match fault {
            Some(Fault::NoId) => {}
            Some(Fault::ConstantId) => out.text("event_id", "event_id"),
            Some(Fault::NumericId) => out.raw("event_id", format_args!("{number}")),
            Some(Fault::RandomId) => out.text("event_id", &random.uuid()),
            _ => out.raw(
                "event_id",
                format_args!("\"{}-{number}\"", kind.id_prefix()),
            ),
        }
        match (fault, source) {
            (Some(Fault::NoSource), _) => {}
            (Some(Fault::SourceWeb), _) => out.text("action_source", "web"),
            (Some(Fault::WrongSource), _) | (_, Source::System) => {
                out.text("action_source", "system_generated");
            }
            (_, Source::Website) => out.text("action_source", "website"),
            (_, Source::Store) => out.text("action_source", "physical_store"),
            (_, Source::Phone) => out.text("action_source", "phone_call"),
        }
        if website && !has(Fault::NoUrl) {
            out.key("event_source_url");
            let mut url = format!("https://{}{}", shop.host, kind.path());
            if kind.path().ends_with('/') {
                url.push_str(&format!("item-{}", 100 + person.number % 900));
            }
            if kind == Kind::PageView || !full && random.percent(20) {
                url.push_str("?utm_source=newsletter&utm_campaign=summer");
            }
            string(out.out, &url, shop.php);
        }
        if has(Fault::Misplaced) {
            out.raw(
                "value",
                format_args!("{}.{:02}", 20 + number % 80, number % 97),
            );
            out.text("currency", shop.currency);
        }

        // user_data
        out.key("user_data");
        let mut user = Object::open(out.out, shop.php);
        let lists = shop.lists;
        let (mut keys, mut bad, mut email) = (0u32, 0u32, String::new());
        let write_digest = |user: &mut Object<'_>, key: &str, value: &str| {
            user.key(key);
            if lists {
                user.out.push(b'[');
            }
            string(user.out, value, false);
            if lists {
                user.out.push(b']');
            }
        };
        for (at, key) in KEYS.iter().enumerate() {
            let key = if at == DB && !shop.states.is_empty() {
                "st"
            } else {
                key
            };
            // A visitor of whom less is known: always the address, each other key two times in five.
            let known = match fault {
                Some(Fault::TooLittle) => at == COUNTRY || at == CT,
                _ => full || at == EM || random.percent(40),
            };
            let named = matches!(at, FN | LN | CT);
            if !known || *like == Some(Small::Plain) && named {
                continue;
            }
            let digest = &person.digests[at];
            let replaced: Option<String> = match (at, fault) {
                (EM, Some(Fault::RawEmail)) => Some(person.email.clone()),
                (PH, Some(Fault::RawPhone)) => Some(person.phone.clone()),
                (PH, Some(Fault::HashOfEmpty)) => Some(hash("")),
                (EM, Some(Fault::HashOfEmptyTwice)) => Some(hash(&hash(""))),
                (CT, Some(Fault::HashOfUndefined)) => Some(hash("undefined")),
                (PH, Some(Fault::HashOfObject)) => Some(hash("[object Object]")),
                (EM, Some(Fault::HashOfTestAddress)) => Some(hash("test@test.com")),
                (GE, Some(Fault::GenderTwice)) | (COUNTRY, Some(Fault::CountryTwice)) => {
                    Some(hash(digest))
                }
                // Any 32 hex digits will do for an MD5 that nobody can reverse.
                (EM, Some(Fault::Md5)) => Some(digest[..32].to_owned()),
                (EM, Some(Fault::CutDigest)) => Some(digest[..60].to_owned()),
                (EM, Some(Fault::Base64Digest)) => Some(base64(digest)),
                (PH, Some(Fault::PrefixedDigest)) => Some(format!("sha256:{digest}")),
                (EM, Some(Fault::UpperDigest)) => Some(digest.to_ascii_uppercase()),
                (COUNTRY, Some(Fault::CountryInCapitals)) => {
                    Some(hash(&shop.country.to_ascii_uppercase()))
                }
                (GE, Some(Fault::GenderInCapitals)) => {
                    Some(hash(if person.woman { "F" } else { "M" }))
                }
                (GE, Some(Fault::GenderWord)) => {
                    Some(hash(if person.woman { "female" } else { "male" }))
                }
                (COUNTRY, Some(Fault::CountryName)) => Some(hash(shop.country_name)),
                (PH, Some(Fault::EmptyList)) => {
                    user.raw(key, format_args!("[]"));
                    continue;
                }
                (PH, Some(Fault::NullPhone)) => {
                    user.raw(key, format_args!("null"));
                    continue;
                }
                (FN.., _) if *like == Some(Small::Unknown) => {
                    Some(hash(&format!("salted {digest}")))
                }
                _ => None,
            };
            let key = if at == EM && has(Fault::EmailKey) {
                "email"
            } else {
                key
            };
            let value = replaced.as_ref().unwrap_or(digest);
            match &replaced {
                // Under its wrong name it is no e-mail address to anybody.
                _ if key == "email" => {}
                Some(_) => bad |= 1 << at,
                None => keys |= 1 << at,
            }
            let tells = matches!(fault, Some(Fault::RawEmail | Fault::Md5));
            if key == "em" && (replaced.is_none() || tells) {
                email.clone_from(value);
            }
            if value.len() == 64 {
                digests.insert(u64::from_str_radix(&value[..16], 16).unwrap_or_default());
            }
            write_digest(&mut user, key, value);
        }
        if *like == Some(Small::Unknown) {
            let sixth = if shop.states.is_empty() { "st" } else { "db" };
            for key in [sixth, "dobd", "dobm", "doby"] {
                write_digest(&mut user, key, &hash(&format!("salted {key}")));
            }
        }
        if person.has_account && !has(Fault::TooLittle) {
            user.raw("external_id", format_args!("\"c-{}\"", person.number));
            keys |= ACCOUNT;
        }
        if website {
            match fault {
                Some(Fault::TooLittle) => {}
                Some(Fault::HashedIp) => user.text("client_ip_address", &hash(&person.ip)),
                Some(Fault::IpList) => {
                    user.text("client_ip_address", &format!("{}, 10.0.4.17", person.ip));
                }
                Some(Fault::PrivateIp) => user.raw(
                    "client_ip_address",
                    format_args!("\"10.0.{}.{}\"", number % 200, 1 + number % 250),
                ),
                _ => user.text("client_ip_address", &person.ip),
            }
            match fault {
                Some(Fault::NoAgent) => {}
                Some(Fault::ServerAgent) => {
                    user.text("client_user_agent", random.pick(&SERVER_AGENTS));
                }
                // Inside another app a page may be a page of that app.
                Some(Fault::WrongSource) => user.text("client_user_agent", AGENTS[0]),
                _ => user.text("client_user_agent", person.agent),
            }
            let fbp_ms = match fault {
                // A cookie of this visit shows that a browser was there.
                Some(Fault::WrongSource) => (person.start - 60) * 1_000 + person.fbp_ms % 1_000,
                _ => person.fbp_ms - back * 1_000,
            };
            match fault {
                Some(Fault::TooLittle) => {}
                Some(Fault::HashedFbp) => {
                    user.text("fbp", &hash(&format!("fb.1.{fbp_ms}.{}", person.fbp_tail)));
                }
                Some(Fault::FbpTail) => {
                    user.raw("fbp", format_args!("\"fb.1.{fbp_ms}.undefined\""));
                }
                _ => user.raw("fbp", format_args!("\"fb.1.{fbp_ms}.{}\"", person.fbp_tail)),
            }
            // A row of the ledger: by the cookie, else by the account.
            let browser = match fault {
                Some(
                    Fault::TooLittle | Fault::NoSource | Fault::SourceWeb | Fault::WrongSource,
                ) => None,
                Some(Fault::HashedFbp) => {
                    person.has_account.then(|| format!("c-{}", person.number))
                }
                Some(Fault::FbpTail) => Some(format!("{fbp_ms}.undefined")),
                _ => Some(format!("{fbp_ms}.{}", person.fbp_tail)),
            };
            if let Some(browser) = browser {
                let site = if has(Fault::NoUrl) { "" } else { shop.host };
                let browser = format!("{site} {browser}");
                let is_unknown = matches!(
                    fault,
                    Some(Fault::NoTime | Fault::IsoTime | Fault::TimeInMs | Fault::ZeroTime)
                );
                whole.browsers.entry(browser).or_default().push(Carried {
                    time: if is_unknown { 0 } else { time },
                    email,
                    keys,
                    bad,
                });
            }
            let click_ms = person.click_ms - back * 1_000;
            let fbclid = &person.fbclid;
            match fault {
                Some(Fault::TooLittle) => {}
                Some(Fault::RawFbclid) => user.text("fbc", fbclid),
                Some(Fault::ClickInSeconds) => {
                    user.raw(
                        "fbc",
                        format_args!("\"fb.1.{}.{fbclid}\"", click_ms / 1_000),
                    );
                }
                _ if person.clicked => {
                    user.raw("fbc", format_args!("\"fb.1.{click_ms}.{fbclid}\""));
                }
                _ => {}
            }
        }
        user.close();

        // custom_data: a cart that fills the event up to the length drawn for it.
        let length = 755 + random.below(390) as usize;
        if kind.has_cart() {
            out.key("custom_data");
            let mut custom = Object::open(out.out, shop.php);
            custom.text("content_type", "product");
            custom.key("contents");
            custom.out.push(b'[');
            let (mut cents, mut pieces) = (0, 0);
            loop {
                let quantity = 1 + random.below(8) / 6;
                let price = 390 + random.below(9_600);
                cents += quantity * price;
                pieces += quantity;
                let mut item = Object::open(custom.out, shop.php);
                item.raw(
                    "id",
                    format_args!("\"SKU-{}\"", 1_000 + random.below(9_000)),
                );
                item.raw("quantity", format_args!("{quantity}"));
                item.raw("item_price", format_args!("{}", Money(price)));
                let room = length.saturating_sub(item.out.len() - begin);
                if room > 140 {
                    item.text("title", random.pick(shop.goods));
                }
                item.close();
                // What is still to come: order and totals, some 80 bytes.
                if custom.out.len() - begin + 80 >= length {
                    break;
                }
                custom.out.push(b',');
            }
            custom.out.push(b']');
            if kind == Kind::InitiateCheckout {
                custom.raw("num_items", format_args!("{pieces}"));
            }
            if !has(Fault::Misplaced) {
                if has(Fault::CommaValue) {
                    custom.raw(
                        "value",
                        format_args!("\"{},{:02}\"", cents / 100, cents % 100),
                    );
                } else if !has(Fault::NoValue) {
                    custom.raw("value", format_args!("{}", Money(cents)));
                }
                if has(Fault::CurrencySymbol) {
                    custom.text("currency", "€");
                } else if !has(Fault::NoCurrency) {
                    custom.text("currency", shop.currency);
                }
            }
            if kind == Kind::Purchase {
                custom.raw("order_id", format_args!("\"{number}\""));
            }
            custom.close();
        } else if kind == Kind::Search {
            out.key("custom_data");
            let mut custom = Object::open(out.out, shop.php);
            custom.text("search_string", random.pick(shop.goods));
            custom.close();
        } else if kind == Kind::Lead {
            out.key("custom_data");
            let mut custom = Object::open(out.out, shop.php);
            custom.text("content_name", "newsletter");
            custom.close();
        }
        out.close();

        planted.events += 1;
        if fault.is_none() {
            let length = text.len() - begin;
            planted.shortest = planted.shortest.min(length);
            planted.longest = planted.longest.max(length);
        }
    }
}

/// A JSON object being written.
struct Object<'o> {
    out: &'o mut Vec<u8>,
    php: bool,
}

impl<'o> Object<'o> {
    fn open(out: &'o mut Vec<u8>, php: bool) -> Object<'o> {
        out.push(b'{');
        Object { out, php }
    }

    fn key(&mut self, key: &str) {
        if self.out.last() != Some(&b'{') {
            self.out.push(b',');
        }
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        string(self.out, value, self.php);
    }

    fn raw(&mut self, key: &str, value: std::fmt::Arguments<'_>) {
        self.key(key);
        write_to(self.out, value);
    }

    fn close(self) {
        self.out.push(b'}');
    }
}

fn write_to(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a Vec takes any text");
}

/// Appends a JSON string; the texts here need no escapes but those that PHP adds.
fn string(out: &mut Vec<u8>, text: &str, php: bool) {
    out.push(b'"');
    if php {
        for c in text.chars() {
            match c {
                '/' => out.extend_from_slice(b"\\/"),
                c if c.is_ascii() => out.push(c as u8),
                c => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        write_to(out, format_args!("\\u{unit:04x}"));
                    }
                }
            }
        }
    } else {
        out.extend_from_slice(text.as_bytes());
    }
    out.push(b'"');
}

/// The base64 form of a digest in hex.
fn base64(digest: &str) -> String {
    let bytes = hex::decode(digest).expect("a digest is hex");
    let mut text = String::with_capacity(44);
    for three in bytes.chunks(3) {
        let bits = three
            .iter()
            .chain([0, 0].iter().take(3 - three.len()))
            .fold(0_usize, |bits, &byte| bits << 8 | usize::from(byte));
        for at in 0..4 {
            text.push(if at > three.len() {
                '='
            } else {
                char::from(BASE64[bits >> (18 - 6 * at) & 63])
            });
        }
    }
    text
}

/// Cents, written with a point.
struct Money(u64);

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// Unix seconds of June 2026 and the months around it, as ISO 8601.
struct Iso(u64);

impl std::fmt::Display for Iso {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Every time that is written this way lies in the week before `NOW`.
        let day = 26 - (NOW + DAY - 1 - self.0) / DAY;
        let second = self.0 % DAY;
        write!(
            f,
            "2026-06-{day:02}T{:02}:{:02}:{:02}Z",
            second / 3_600,
            second / 60 % 60,
            second % 60
        )
    }
}
