//! User agents: which ones belong to a program and not to a visitor, and what else is sent in
//! place of a browser's.

use std::cell::RefCell;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use once_cell::sync::Lazy;
use serde::Deserialize;

use crate::digest;
use crate::values::percent;

/// What a user agent is, when it is not that of a usual browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A browser's or an app's as far as one can tell, or a value of which other rules speak.
    Person,
    Program(Program),
    /// A crawler, a preview, a monitor or a browser without a screen.
    Bot,
    Mangled(Mangled),
    Stub(Stub),
}

/// What was done to a user agent on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mangled {
    /// Encoded for a URL; the agent itself.
    Encoded(String),
    /// A `+` for every space; the agent with spaces.
    Plus(String),
    /// Escaped for HTML; the agent itself.
    Escaped(String),
    /// White space, quotes or the header's name around it; the agent itself.
    Wrapped(String),
    /// The end is missing: so many characters are left.
    Cut(usize),
}

/// How little of a user agent there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stub {
    /// A word that every event may have.
    Word,
    /// A few characters without a system in brackets.
    Short,
    /// The system in brackets, and no browser.
    NoBrowser,
}

/// A program that is no visitor's browser or app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// A library that makes requests, or a tool such as curl.
    Library,
    /// A library with which servers and phone apps alike make requests.
    AppClient,
    /// A shop, payment or automation service that calls webhooks.
    Webhook,
    /// No user agent: the sender's own word for a server.
    ServerWord,
}

/// `rules/tables/agents.json`; all entries are in lower case.
#[derive(Deserialize)]
struct Table {
    /// How the agents of libraries begin.
    libraries: Vec<String>,
    app_clients: Vec<String>,
    webhooks: Vec<String>,
    /// Whole values.
    words: Vec<String>,
    /// Parts of agents that begin like a browser's.
    inside: Vec<String>,
    /// Parts of the agents of crawlers, previews and monitors.
    bots: Vec<String>,
    /// Whole values that are no agent.
    stubs: Vec<String>,
}

static TABLE: Lazy<Table> = Lazy::new(|| {
    serde_json::from_str(include_str!("../../rules/tables/agents.json"))
        .expect("the embedded table is read by a test")
});

/// The longest beginning of an agent that is looked at.
const REACH: usize = 200;

/// The program that `agent` names; `None` for browsers, apps and everything unknown.
#[inline]
pub fn program(agent: &str) -> Option<Program> {
    if is_usual_browser(agent) {
        return None;
    }
    search(agent)
}

/// Agents of which something holds, those that a thread saw last: most events of a log share a few.
struct Recent([String; RECENT]);

/// A power of two.
const RECENT: usize = 64;
/// Longer ones are not kept.
const LONGEST: usize = 300;

thread_local! {
    static USUAL: RefCell<Recent> = const { RefCell::new(Recent([const { String::new() }; RECENT])) };
    static PEOPLE: RefCell<Recent> = const { RefCell::new(Recent([const { String::new() }; RECENT])) };
}

impl Recent {
    /// Whether `test` holds of an agent.
    #[inline]
    fn holds(&mut self, agent: &str, test: impl FnOnce(&str) -> bool) -> bool {
        let bytes = agent.as_bytes();
        let part = |at: usize| {
            let eight = bytes.get(at..).and_then(<[u8]>::first_chunk);
            eight.map_or(0, |eight| u64::from_le_bytes(*eight))
        };
        // Where the system and the versions stand.
        let mixed = (part(13) ^ part(bytes.len() / 2).rotate_left(21))
            .wrapping_add(part(bytes.len().saturating_sub(18)).rotate_left(42))
            .wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let known = &mut self.0[(mixed >> 58) as usize % RECENT];
        if known == agent && !known.is_empty() {
            return true;
        }
        let holds = test(agent);
        if holds && agent.len() <= LONGEST {
            known.clear();
            known.push_str(agent);
        }
        holds
    }
}

/// Whether the agent begins and ends as those of browsers do, which settles nearly all of them.
pub fn is_usual_browser(agent: &str) -> bool {
    USUAL.with_borrow_mut(|usual| usual.holds(agent, ends_like_a_browser))
}

/// Whether the agent is that of a person, as far as one can tell.
pub fn is_of_person(agent: &str) -> bool {
    PEOPLE.with_borrow_mut(|people| people.holds(agent, |agent| kind(agent) == Kind::Person))
}

fn ends_like_a_browser(agent: &str) -> bool {
    /// The only ones known that end like a browser.
    const ROBOTS: [&[u8]; 2] = [b"HeadlessChrome", b"Storebot-Google"];
    let bytes = agent.as_bytes();
    if !bytes.starts_with(b"Mozilla/5.0 (") || bytes.last().is_none_or(|&last| last <= b' ') {
        return false;
    }
    // In-app browsers end with their own list in brackets.
    if bytes.last() == Some(&b']') {
        return true;
    }
    let last = memchr::memrchr(b' ', bytes).map_or(0, |at| at + 1);
    [&b"Safari/"[..], b"Firefox/", b"Edg/", b"Mobile/", b"OPR/"]
        .iter()
        .any(|product| bytes[last..].starts_with(product))
        && memchr::memchr_iter(b'/', bytes)
            .all(|at| !ROBOTS.iter().any(|robot| bytes[..at].ends_with(robot)))
        // The beginning of an escape.
        && memchr::memchr(b'&', bytes).is_none()
}

/// What the agent is.
pub fn kind(agent: &str) -> Kind {
    if is_usual_browser(agent) {
        return Kind::Person;
    }
    if let Some(program) = search(agent) {
        return Kind::Program(program);
    }
    if is_cut_stub(agent) {
        return Kind::Stub(Stub::Word);
    }
    if digest::is_nothing_word(agent) || digest::is_digest(agent) || digest::is_hidden(agent) {
        return Kind::Person;
    }
    if let Some(mangled) = mangled(agent) {
        return Kind::Mangled(mangled);
    }
    if is_bot(agent) {
        return Kind::Bot;
    }
    stub(agent).map_or(Kind::Person, Kind::Stub)
}

/// The names of crawlers, previews and monitors, and the address that they give for complaints. In
/// front of a name stands no letter or digit: Cubot makes phones.
static BOTS: Lazy<AhoCorasick> = Lazy::new(|| {
    let names = TABLE.bots.iter().map(String::as_str);
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        // A regular expression takes milliseconds to build: as long as a small check.
        .kind(Some(AhoCorasickKind::NoncontiguousNFA))
        .build(names.chain(["+http://", "+https://", PREVIEW]))
        .expect("a few hundred short names")
});

/// The app and its preview of links share a name; the preview has a version and perhaps one letter
/// behind it, and where it has none, nothing before it.
const PREVIEW: &str = "whatsapp/";

fn is_bot(agent: &str) -> bool {
    let bytes = agent.as_bytes();
    let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    BOTS.find_overlapping_iter(bytes).any(|found| {
        let begins = found.start() == 0 || !is_of_word(&bytes[found.start() - 1]);
        match &bytes[found.range()] {
            [b'+', ..] => true,
            name if name.eq_ignore_ascii_case(PREVIEW.as_bytes()) => {
                begins && ends_like_preview(&bytes[found.end()..], found.start() == 0)
            }
            _ => begins,
        }
    })
}

/// Whether this is a version, a space and a letter, and no more; or a version alone.
fn ends_like_preview(rest: &[u8], is_alone: bool) -> bool {
    let version = match rest {
        [version @ .., b' ', letter] if letter.is_ascii_alphabetic() => version,
        version if is_alone => version,
        _ => return false,
    };
    let is_of_version = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    !version.is_empty() && version.iter().all(is_of_version)
}

/// Lengths of columns and buffers that cut what is longer.
const CUTS: [usize; 9] = [100, 128, 191, 200, 250, 255, 256, 500, 512];

fn mangled(agent: &str) -> Option<Mangled> {
    if let Some(inner) = unwrapped(agent) {
        return Some(Mangled::Wrapped(inner.to_owned()));
    }
    if !agent.contains(' ') {
        if let Some(plain) = decoded(agent) {
            return Some(Mangled::Encoded(plain));
        }
        if agent.starts_with("Mozilla/5.0+(") {
            return Some(Mangled::Plus(agent.replace('+', " ")));
        }
    }
    if let Some(plain) = unescaped(agent) {
        return Some(Mangled::Escaped(plain));
    }
    (CUTS.contains(&agent.len()) && is_cut(agent)).then_some(Mangled::Cut(agent.len()))
}

/// The agent inside white space, quotes or the line of a header.
fn unwrapped(agent: &str) -> Option<&str> {
    const HEADER: &str = "user-agent:";
    let mut inner = agent.trim().trim_matches(['"', '\'', '\\']).trim();
    if inner
        .get(..HEADER.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(HEADER))
    {
        inner = inner[HEADER.len()..].trim();
    }
    let is_agent = inner.contains('/') || inner.contains(' ');
    (inner.len() < agent.len() && is_agent).then_some(inner)
}

/// The agent behind percent encoding, as `encodeURIComponent` or a form makes it.
fn decoded(agent: &str) -> Option<String> {
    memchr::memchr(b'%', agent.as_bytes())?;
    let spaced = match agent.contains("%20") {
        true => percent::decode(agent)?,
        false => percent::decode(&agent.replace('+', " "))?,
    };
    let is_agent = spaced.contains('/')
        && spaced.starts_with(|c: char| c.is_ascii_alphabetic())
        && !spaced.chars().any(char::is_control);
    is_agent.then_some(spaced)
}

/// The agent behind HTML's escapes: the names of five signs, and any sign of ASCII by its number.
/// Meta's own apps escape what they write in brackets, so that part of an agent shows nothing.
fn unescaped(agent: &str) -> Option<String> {
    let own = agent.find('[').unwrap_or(agent.len());
    let (mut rest, mut plain) = (&agent[..own], String::new());
    memchr::memchr(b'&', rest.as_bytes())?;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        let (sign, length) = reference(&rest[at..]).unwrap_or(('&', 1));
        plain.push(sign);
        rest = &rest[at + length..];
    }
    plain.push_str(rest);
    if plain.len() == own {
        return None;
    }
    plain.push_str(&agent[own..]);
    // Escaped twice.
    Some(unescaped(&plain).unwrap_or(plain))
}

/// The sign that a reference at the start of a text stands for, and the reference's length.
fn reference(text: &str) -> Option<(char, usize)> {
    let (name, _) = text.strip_prefix('&')?.split_once(';')?;
    let sign = match name {
        "quot" => '"',
        "apos" => '\'',
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        _ => {
            let number = name.strip_prefix('#')?;
            if number.len() > 6 || !number.bytes().all(|b| b.is_ascii_alphanumeric()) {
                return None;
            }
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|sign| matches!(sign, ' '..='~'))?
        }
    };
    Some((sign, name.len() + 2))
}

/// Whether a browser's agent ends in the middle: inside brackets or inside the name of a product.
fn is_cut(agent: &str) -> bool {
    if !agent.starts_with("Mozilla/") {
        return false;
    }
    let count = |c: char| agent.matches(c).count();
    if count('(') > count(')') || count('[') > count(']') {
        return true;
    }
    const PRODUCTS: [&str; 8] = [
        "AppleWebKit/",
        "Chrome/",
        "CriOS/",
        "Firefox/",
        "Gecko/",
        "Mobile/",
        "Safari/",
        "Version/",
    ];
    let last = agent.rsplit(' ').next().unwrap_or_default();
    last.is_empty() || last.ends_with(['/', '.']) || PRODUCTS.iter().any(|p| p.starts_with(last))
}

/// `Mozilla/5.0 …`, as examples write an agent: a log that cuts values leaves more of them, and
/// sets no space before the ellipsis.
fn is_cut_stub(agent: &str) -> bool {
    let agent = agent.trim();
    let head = agent
        .strip_suffix('…')
        .or_else(|| agent.strip_suffix("..."));
    head.is_some_and(|head| head.trim_end().eq_ignore_ascii_case("mozilla/5.0"))
}

fn stub(agent: &str) -> Option<Stub> {
    let agent = agent.trim();
    if agent.len() <= 32 {
        let is_word = |word: &String| word.eq_ignore_ascii_case(agent);
        if TABLE.stubs.iter().any(is_word) {
            return Some(Stub::Word);
        }
    }
    if agent.len() < 25 && !agent.contains('(') {
        return Some(Stub::Short);
    }
    // Internet Explorer had no more to say.
    let rest = agent.strip_prefix("Mozilla/5.0 (")?.strip_suffix(')')?;
    let ends = !rest.contains(['(', ')']) && !rest.contains("MSIE") && !rest.contains("Trident");
    ends.then_some(Stub::NoBrowser)
}

/// The parts inside browser-like agents that give a program away.
static INSIDE: Lazy<regex::Regex> = Lazy::new(|| {
    let parts: Vec<String> = TABLE
        .inside
        .iter()
        .map(|part| regex::escape(part))
        .collect();
    regex::RegexBuilder::new(&parts.join("|"))
        .case_insensitive(true)
        .unicode(false)
        .build()
        .expect("escaped words are a valid pattern")
});

fn search(agent: &str) -> Option<Program> {
    let agent = agent.trim_start();
    let reach = agent
        .char_indices()
        .nth(REACH)
        .map_or(agent.len(), |(at, _)| at);
    if agent
        .get(..8)
        .is_some_and(|head| head.eq_ignore_ascii_case("mozilla/"))
    {
        return INSIDE.is_match(&agent[..reach]).then_some(Program::Library);
    }
    let agent: String = agent.trim().chars().take(REACH).collect();
    let agent = agent.to_ascii_lowercase();
    if TABLE.words.contains(&agent) {
        return Some(Program::ServerWord);
    }
    let begins = |list: &[String]| list.iter().any(|name| begins_with_word(&agent, name));
    if begins(&TABLE.app_clients) {
        Some(Program::AppClient)
    } else if begins(&TABLE.libraries) {
        Some(Program::Library)
    } else if begins(&TABLE.webhooks) {
        Some(Program::Webhook)
    } else {
        None
    }
}

/// Whether `agent` begins with `name` and the word ends there: `make/` and `ruby` are no beginning
/// of `makeup` or `rubymine`.
fn begins_with_word(agent: &str, name: &str) -> bool {
    agent.strip_prefix(name).is_some_and(|rest| {
        !name.ends_with(|c: char| c.is_ascii_alphanumeric())
            || !rest.starts_with(|c: char| c.is_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_before_is_found_again() {
        for number in 0..500 {
            let version = number % 150;
            let usual =
                format!("Mozilla/5.0 (X11; Linux x86_64) Chrome/{version}.0.0.0 Safari/537.36");
            assert!(is_usual_browser(&usual) && is_of_person(&usual));
            let robot = usual.replace("Chrome", "HeadlessChrome");
            assert!(!is_usual_browser(&robot) && !is_of_person(&robot));
            assert!(!is_usual_browser("") && is_of_person("") == (kind("") == Kind::Person));
        }
    }

    #[test]
    fn table_is_in_lower_case_and_dated() {
        let whole: serde_json::Value =
            serde_json::from_str(include_str!("../../rules/tables/agents.json")).unwrap();
        assert!(whole["source"].is_string() && whole["date"].is_string());
        for list in [
            &TABLE.libraries,
            &TABLE.app_clients,
            &TABLE.webhooks,
            &TABLE.words,
            &TABLE.inside,
            &TABLE.bots,
            &TABLE.stubs,
        ] {
            for entry in list {
                assert_eq!(*entry, entry.to_ascii_lowercase());
            }
        }
    }

    #[test]
    fn programs() {
        for (agent, program) in [
            ("axios/1.7.2", Program::Library),
            ("GuzzleHttp/7", Program::Library),
            ("python-requests/2.31.0", Program::Library),
            ("python-urllib3/2.0", Program::Library),
            ("Python/3.11 aiohttp/3.9.1", Program::Library),
            ("curl/7.88.1", Program::Library),
            ("Go-http-client/1.1", Program::Library),
            ("WordPress/6.5; https://shop.example.com", Program::Library),
            (
                "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)",
                Program::Library,
            ),
            ("Ruby", Program::Library),
            (
                "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.1",
                Program::Library,
            ),
            (
                "Mozilla/5.0 (compatible; Google-Apps-Script; beanserver; +https://script.google.com; id: 1)",
                Program::Library,
            ),
            ("okhttp/4.12.0", Program::AppClient),
            ("Dart/3.2 (dart:io)", Program::AppClient),
            (
                "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
                Program::Webhook,
            ),
            ("Shopify-Captain-Hook", Program::Webhook),
            (
                "WooCommerce/8.9.1 Hookshot (WordPress/6.5)",
                Program::Webhook,
            ),
            (
                "PayPal IPN ( https://www.paypal.com/ipn )",
                Program::Webhook,
            ),
            ("Make/production", Program::Webhook),
            ("Zapier", Program::Webhook),
            ("server-side", Program::ServerWord),
            (" Server Side API ", Program::ServerWord),
        ] {
            assert_eq!(super::program(agent), Some(program), "{agent}");
        }
    }

    #[test]
    fn browsers_and_apps() {
        for agent in [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/468.0.0.37.107;FBLC/de_DE]",
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 okhttp/4.12.0",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) GSA/320.0 Mobile/15E148 Safari/604.1 ShopApp/3.1",
            "Opera/9.80 (Android; Opera Mini/36.2/191.249; U; en) Presto/2.12.423 Version/12.16",
            "Dalvik/2.1.0 (Linux; U; Android 13; SM-A536B Build/TP1A.220624.014)",
            "ShopApp/5.2.1 (iPhone; iOS 17.5; Scale/3.00)",
            "ShopApp/512 CFNetwork/1496.0.7 Darwin/23.5.0",
            "Makeup/2.0 (iPhone)",
            "RubyMine Browser/1.0",
            "Mozilla/5.0 (Linux; Android 9; CUBOT_X19 Build/PPR1.180610.011) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 GSA/15.1",
            "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)",
            "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
            "Mozilla/5.0 (Linux; Android 14; SM-S911B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 [FBAN/FB4A;FBAV/468.0;FBCR/AT&amp;T;]",
            "",
        ] {
            assert_eq!(super::program(agent), None, "{agent}");
            let kind = super::kind(agent);
            assert!(
                matches!(kind, Kind::Person | Kind::Stub(Stub::Short)),
                "{agent}"
            );
        }
        for agent in ["Mozilla/5.0", "Unknown", ""] {
            assert_eq!(super::program(agent), None, "{agent}");
        }
    }

    #[test]
    fn bots() {
        for agent in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36",
            "Mozilla/5.0 (X11; Linux x86_64; Storebot-Google/1.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
            "Mozilla/5.0 (Linux; Android 11; moto g power) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36 Chrome-Lighthouse",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/126.0.0.0 Safari/537.36",
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
            "Mozilla/5.0 (compatible; NewCrawler/1.0; +https://crawler.example/about)",
            "WhatsApp/2.24.11.78 A",
            "WhatsApp/2.23.20.0",
            "Twitterbot/1.0",
        ] {
            assert_eq!(super::kind(agent), Kind::Bot, "{agent}");
        }
    }

    const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

    #[test]
    fn agents_that_were_changed() {
        let encoded = CHROME
            .replace('/', "%2F")
            .replace(' ', "%20")
            .replace(';', "%3B");
        let form = CHROME
            .replace('/', "%2F")
            .replace(' ', "+")
            .replace(';', "%3B");
        for (agent, kind) in [
            (encoded, Mangled::Encoded(CHROME.to_owned())),
            (form, Mangled::Encoded(CHROME.to_owned())),
            (CHROME.replace(' ', "+"), Mangled::Plus(CHROME.to_owned())),
            (
                CHROME.replace('/', "&#x2F;"),
                Mangled::Escaped(CHROME.to_owned()),
            ),
            (format!("\"{CHROME}\""), Mangled::Wrapped(CHROME.to_owned())),
            (format!("{CHROME}\r\n"), Mangled::Wrapped(CHROME.to_owned())),
            (
                format!("User-Agent: {CHROME}"),
                Mangled::Wrapped(CHROME.to_owned()),
            ),
            (CHROME[..100].to_owned(), Mangled::Cut(100)),
        ] {
            assert_eq!(super::kind(&agent), Kind::Mangled(kind), "{agent}");
        }
        let app = format!(
            "{CHROME} [FB_IAB/FB4A;FBAV/468.0.0.54.78;FBCR/{}",
            "x".repeat(255)
        );
        assert_eq!(super::kind(&app[..255]), Kind::Mangled(Mangled::Cut(255)));
        assert_eq!(super::kind(&app[..254]), Kind::Person);
    }

    #[test]
    fn stubs() {
        for (agent, stub) in [
            ("Mozilla/5.0", Stub::Word),
            ("Mozilla/5.0 …", Stub::Word),
            ("Mozilla/5.0 ...", Stub::Word),
            ("Unknown", Stub::Word),
            ("$CLIENT_USER_AGENT", Stub::Word),
            ("Test Agent", Stub::Word),
            ("Chrome/126.0.0.0", Stub::Short),
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64)", Stub::NoBrowser),
        ] {
            assert_eq!(super::kind(agent), Kind::Stub(stub), "{agent}");
        }
    }
}
