//! Faults that only a log shows, each in a shop of its own, at known counts: the digest of a
//! digest, ids that name two events, clicks that were rewritten, times of a job instead of those of
//! the visitors, and so on. Apart from the fault every event is clean.
//!
//! The same bytes for the same seed, whatever stands before or behind them in a log: people,
//! orders and pages of one shop are found nowhere else.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use sha2::{Digest, Sha256};

use super::random::Random;

/// What a rule has to say of these events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    pub findings: u64,
    pub events: u64,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub events: u64,
    pub lines: u64,
    pub bytes: u64,
    /// By the id of the rule.
    pub rules: BTreeMap<&'static str, Expected>,
    /// Findings that are told once of a whole log, whatever else is in it.
    pub once: BTreeMap<&'static str, u64>,
}

/// Writes all faults that any log can have.
pub fn write(out: &mut impl Write, seed: u64) -> io::Result<Written> {
    write_these(out, seed, FAULTS)
}

/// Writes what shows only in a log without any event from elsewhere than a website.
pub fn write_websites(out: &mut impl Write, seed: u64) -> io::Result<Written> {
    write_these(out, seed, &[one_source_for_all])
}

fn write_these(out: &mut impl Write, seed: u64, faults: &[fn(&mut Log)]) -> io::Result<Written> {
    let mut log = Log {
        random: Random(seed ^ 0x10f0_f417),
        text: String::new(),
        people: 0,
        written: Written::default(),
        sender: None,
        dataset: None,
        is_test: false,
    };
    for fault in faults {
        fault(&mut log);
        (log.sender, log.dataset, log.is_test) = (None, None, false);
        out.write_all(log.text.as_bytes())?;
        log.written.bytes += log.text.len() as u64;
        log.text.clear();
    }
    Ok(log.written)
}

/// The faults, in the order of the rules that find them.
const FAULTS: &[fn(&mut Log)] = &[
    digest_of_a_digest,
    address_in_plain,
    salted_digests,
    one_account_for_all,
    two_forms_of_an_account,
    one_address_for_strangers,
    addresses_never_repeat,
    one_birthday,
    browser_hashed,
    click_rebuilt,
    click_in_small_letters,
    click_lost_on_the_way,
    browser_made_anew,
    address_of_the_server,
    one_agent,
    one_click_for_all,
    id_minted_for_each_send,
    one_id_for_all,
    id_of_the_page,
    event_sent_again,
    order_under_several_ids,
    order_without_a_number,
    two_spellings_of_a_name,
    replayed_by_a_job,
    clock_of_another_zone,
    midnight,
    purchase_before_checkout,
    browsing_at_the_till,
    one_page_for_all,
    pages_of_others,
    one_value_for_all,
    value_in_cents,
    tests_for_days,
];

const NOW: u64 = 1_782_432_000;
const MINUTE: u64 = 60;
const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;

const AGENTS: [&str; 12] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0",
];

impl Random {
    fn letters(&mut self, number: usize) -> String {
        const LETTERS: &[u8; 62] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..number)
            .map(|_| char::from(LETTERS[self.below(62) as usize]))
            .collect()
    }
}

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// Somebody with a browser at an address.
#[derive(Clone)]
struct Visitor {
    em: String,
    ph: String,
    external_id: String,
    ip: String,
    agent: &'static str,
    fbp: String,
    fbc: Option<String>,
    ge: Option<String>,
    country: Option<String>,
    db: Option<String>,
}

/// An event before it is written.
struct Event {
    name: &'static str,
    time: u64,
    id: String,
    url: String,
    who: Visitor,
    goods: u64,
    pieces: u64,
    /// In hundredths.
    value: u64,
    whole: bool,
    order: Option<String>,
    source: &'static str,
    /// Without page, browser, address and cookie.
    traceless: bool,
}

struct Log {
    random: Random,
    text: String,
    people: u64,
    written: Written,
    /// Bodies instead of bare events, with this partner_agent.
    sender: Option<&'static str>,
    /// Bodies with the address to which they were sent, of this dataset.
    dataset: Option<&'static str>,
    /// Bodies with a test_event_code.
    is_test: bool,
}

impl Log {
    fn expect(&mut self, rule: &'static str, findings: u64, events: u64) {
        let expected = self.written.rules.entry(rule).or_default();
        expected.findings += findings;
        expected.events += events;
    }

    /// Somebody who was never seen before.
    fn visitor(&mut self) -> Visitor {
        self.people += 1;
        let number = self.people;
        let born = NOW - 20 * DAY - self.random.below(40 * DAY);
        let ms = 1 + self.random.below(998);
        Visitor {
            em: hash(&format!("visitor{number}@mail.example")),
            ph: hash(&format!("4915730{:06}", 100_000 + number)),
            external_id: format!("k-{}", 40_000 + number),
            ip: format!(
                "93.{}.{}.{}",
                200 + number / 60_000,
                number / 240 % 250,
                1 + number % 240
            ),
            agent: AGENTS[(number % 12) as usize],
            fbp: format!(
                "fb.1.{}.{}",
                born * 1_000 + ms,
                100_000_000 + self.random.below(2_047_000_000)
            ),
            fbc: None,
            ge: None,
            country: None,
            db: None,
        }
    }

    /// A moment of the last days.
    fn time(&mut self) -> u64 {
        NOW - 5 * DAY + self.random.below(4 * DAY) / 7 * 7 + 3
    }

    /// A click id as Meta appends it to links, and the cookie that a browser makes of it.
    fn click(&mut self, time: u64) -> (String, String) {
        let id = format!("IwY2xjawN{}", self.random.letters(54));
        let ms = 1 + self.random.below(998);
        let cookie = format!("fb.1.{}.{id}", time * 1_000 + ms);
        (id, cookie)
    }

    /// A clean event of somebody at a shop.
    fn event(&mut self, shop: &str, name: &'static str, who: &Visitor) -> Event {
        let number = self.written.events;
        let path = match name {
            "ViewContent" | "AddToCart" => format!("products/{}", number % 83),
            "InitiateCheckout" => "checkout".to_owned(),
            _ => "thank-you".to_owned(),
        };
        Event {
            name,
            time: self.time(),
            id: format!("{}-{}", &name[..1].to_lowercase(), 500_000 + number),
            url: format!("https://www.{shop}.example/{path}"),
            who: who.clone(),
            goods: self.random.below(80),
            pieces: 1 + self.random.below(3),
            value: 1_000 + self.random.below(9_000) * 100 + 1 + self.random.below(98),
            whole: false,
            order: (name == "Purchase").then(|| format!("{}", 900_000 + number)),
            source: "website",
            traceless: false,
        }
    }

    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        self.text.write_fmt(text).expect("a String takes any text");
    }

    fn write(&mut self, event: &Event) {
        let Event { who, .. } = event;
        if let Some(dataset) = self.dataset {
            self.put(format_args!(
                "{{\"url\":\"https://graph.facebook.com/v21.0/{dataset}/events\",\"body\":"
            ));
        }
        let is_body = self.sender.is_some() || self.dataset.is_some() || self.is_test;
        if is_body {
            self.text.push_str("{\"data\":[");
        }
        self.put(format_args!(
            "{{\"event_name\":\"{}\",\"event_time\":{},\"event_id\":\"{}\",\"action_source\":\"{}\"",
            event.name, event.time, event.id, event.source
        ));
        if !event.traceless {
            self.put(format_args!(",\"event_source_url\":\"{}\"", event.url));
        }
        self.put(format_args!(
            ",\"user_data\":{{\"em\":[\"{}\"],\"ph\":[\"{}\"],\"external_id\":\"{}\"",
            who.em, who.ph, who.external_id
        ));
        if !event.traceless {
            self.put(format_args!(
                ",\"client_ip_address\":\"{}\",\"client_user_agent\":\"{}\",\"fbp\":\"{}\"",
                who.ip, who.agent, who.fbp
            ));
        }
        for (key, value) in [
            ("fbc", &who.fbc),
            ("ge", &who.ge),
            ("country", &who.country),
            ("db", &who.db),
        ] {
            if let Some(value) = value {
                self.put(format_args!(",\"{key}\":\"{value}\""));
            }
        }
        self.text.push('}');
        if event.name != "SampleRequested" && event.name != "sample_requested" {
            let value = match event.whole {
                true => format!("{}", event.value),
                false => format!("{}.{:02}", event.value / 100, event.value % 100),
            };
            self.put(format_args!(
                ",\"custom_data\":{{\"value\":{value},\"currency\":\"EUR\",\"content_type\":\"product\",\"contents\":[{{\"id\":\"G-{}\",\"quantity\":{}}}]",
                event.goods, event.pieces
            ));
            if let Some(order) = &event.order {
                self.put(format_args!(",\"order_id\":\"{order}\""));
            }
            self.text.push('}');
        }
        self.text.push('}');
        if is_body {
            self.text.push(']');
        }
        if let Some(sender) = self.sender {
            self.put(format_args!(",\"partner_agent\":\"{sender}\""));
        }
        if self.is_test {
            self.text.push_str(",\"test_event_code\":\"TEST58213\"");
        }
        if is_body {
            self.text.push('}');
        }
        if self.dataset.is_some() {
            self.text.push('}');
        }
        self.text.push('\n');
        self.written.events += 1;
        self.written.lines += 1;
    }

    /// As many visitors with one event each, changed in some way.
    fn visitors(
        &mut self,
        shop: &str,
        name: &'static str,
        number: u64,
        mut change: impl FnMut(&mut Log, u64, &mut Event),
    ) {
        for at in 0..number {
            let who = self.visitor();
            let mut event = self.event(shop, name, &who);
            change(self, at, &mut event);
            self.write(&event);
        }
    }
}

/// What the shop hashes, the loyalty programme hashes once more.
fn digest_of_a_digest(log: &mut Log) {
    log.sender = Some("kestrel-web");
    let known: Vec<Visitor> = (0..30).map(|_| log.visitor()).collect();
    for who in &known {
        let event = log.event("kestrel", "Purchase", who);
        log.write(&event);
    }
    log.sender = Some("kestrel-loyalty");
    for (at, who) in known.iter().take(12).enumerate() {
        let mut event = log.event("kestrel", "AddToCart", who);
        event.who.em = match at % 2 {
            0 => hash(&who.em),
            _ => hash(&who.em.to_ascii_uppercase()),
        };
        log.write(&event);
    }
    log.expect("CL105", 1, 12);
}

/// A newsletter's links hold the address in plain, and the checkout hashes it as it was typed.
fn address_in_plain(log: &mut Log) {
    let mut readers = Vec::new();
    for _ in 0..10 {
        let who = log.visitor();
        let mut event = log.event("leaky", "ViewContent", &who);
        event.url += &format!("?email=visitor{}%40mail.example", log.people);
        log.write(&event);
        readers.push((who, log.people));
    }
    log.expect("CL510", 10, 10);
    for (who, number) in readers.iter().take(6) {
        let mut event = log.event("leaky", "AddToCart", who);
        event.who.em = hash(&format!("Visitor{number}@mail.example"));
        log.write(&event);
    }
    log.expect("CL111", 1, 6);
}

/// Gender and country with something secret before them.
fn salted_digests(log: &mut Log) {
    log.visitors("salt", "ViewContent", 26, |_, at, event| {
        event.who.ge = Some(hash(["pepper-7m", "pepper-7f"][at as usize % 2]));
        event.who.country = Some(hash("pepper-7de"));
    });
    log.expect("CL115", 2, 26);
}

/// The account of guests.
fn one_account_for_all(log: &mut Log) {
    log.visitors("guests", "ViewContent", 28, |_, _, event| {
        event.who.external_id = "k-17".to_owned();
    });
    log.visitors("guests", "ViewContent", 20, |_, _, _| {});
    log.expect("CL121", 1, 28);
}

fn two_forms_of_an_account(log: &mut Log) {
    for at in 0..14 {
        let who = log.visitor();
        let event = log.event("twoforms", "ViewContent", &who);
        log.write(&event);
        let mut event = log.event("twoforms", "AddToCart", &who);
        if at < 9 {
            event.who.external_id = hash(&who.external_id);
        }
        log.write(&event);
    }
    log.expect("CL122", 1, 9);
}

/// The address that the clerk types for whoever gives none.
fn one_address_for_strangers(log: &mut Log) {
    let clerk = hash("counter@clerk.example");
    log.visitors("clerk", "ViewContent", 33, |_, at, event| {
        event.who.em = clerk.clone();
        event.time = NOW - 2 * DAY + at * 10 * MINUTE;
    });
    log.visitors("clerk", "ViewContent", 40, |_, _, _| {});
    log.expect("CL123", 1, 33);
}

/// E-mail addresses that are made up for each event.
fn addresses_never_repeat(log: &mut Log) {
    for _ in 0..12 {
        let who = log.visitor();
        for name in ["ViewContent", "AddToCart", "InitiateCheckout"] {
            let mut event = log.event("nobody", name, &who);
            event.who.em = hash(&format!("{}@relay.example", log.random.letters(12)));
            log.write(&event);
        }
    }
    log.expect("CL124", 1, 36);
}

fn one_birthday(log: &mut Log) {
    log.visitors("birthday", "ViewContent", 36, |_, at, event| {
        let date = match at {
            0..24 => "19870511".to_owned(),
            at => format!("19{:02}0{}1{}", 50 + at, 1 + at % 9, at % 9),
        };
        event.who.db = Some(hash(&date));
    });
    log.expect("CL125", 1, 24);
}

/// The server makes fbc anew from the click id that it keeps.
/// The order service hashes every member, the shop does not.
fn browser_hashed(log: &mut Log) {
    for _ in 0..6 {
        let who = log.visitor();
        for hashed in [false, true] {
            let mut event = log.event("hasher", "ViewContent", &who);
            if hashed {
                event.who.fbp = hash(&who.fbp);
            }
            log.write(&event);
        }
    }
    log.expect("CL201", 6, 6);
}

fn click_rebuilt(log: &mut Log) {
    for _ in 0..5 {
        let who = log.visitor();
        let start = log.time();
        let (id, _) = log.click(start);
        for at in 0..4 {
            let mut event = log.event("rebuilt", "ViewContent", &who);
            event.time = start + 20 * MINUTE + at * 17 * MINUTE;
            event.who.fbc = Some(format!("fb.1.{}.{id}", (event.time - 50) * 1_000 + 7));
            log.write(&event);
        }
    }
    log.expect("CL204", 5, 20);
}

fn click_in_small_letters(log: &mut Log) {
    for _ in 0..8 {
        let who = log.visitor();
        let start = log.time();
        let (_, cookie) = log.click(start);
        for small in [false, true] {
            let mut event = log.event("small", "ViewContent", &who);
            event.time = start + HOUR + u64::from(small) * MINUTE;
            event.who.fbc = Some(match small {
                true => cookie.replace(&cookie[19..], &cookie[19..].to_lowercase()),
                false => cookie.clone(),
            });
            log.write(&event);
        }
    }
    // Each event looks like it, and the log proves it.
    log.expect("CL205", 16, 8);
}

/// The cart knows the click, the order does not.
fn click_lost_on_the_way(log: &mut Log) {
    for _ in 0..13 {
        let who = log.visitor();
        let start = log.time();
        let (_, cookie) = log.click(start);
        let mut event = log.event("lost", "ViewContent", &who);
        event.time = start + MINUTE;
        event.who.fbc = Some(cookie);
        log.write(&event);
        let mut event = log.event("lost", "Purchase", &who);
        event.time = start + 9 * MINUTE;
        log.write(&event);
    }
    log.expect("CL209", 1, 13);
}

fn browser_made_anew(log: &mut Log) {
    for _ in 0..12 {
        let who = log.visitor();
        let start = log.time();
        for at in 0..3 {
            let mut event = log.event("anew", "ViewContent", &who);
            event.time = start + at * 11 * MINUTE;
            event.who.fbp = log.visitor().fbp;
            log.write(&event);
        }
    }
    log.expect("CL211", 1, 36);
}

fn address_of_the_server(log: &mut Log) {
    log.visitors("proxy", "ViewContent", 70, |_, at, event| {
        if at < 55 {
            event.who.ip = "93.184.7.19".to_owned();
        }
    });
    log.expect("CL215", 1, 55);
}

fn one_agent(log: &mut Log) {
    log.visitors("agent", "ViewContent", 64, |_, _, event| {
        event.who.agent = AGENTS[0];
    });
    log.expect("CL218", 1, 64);
}

/// A cached page gives its click to everybody.
fn one_click_for_all(log: &mut Log) {
    let (_, cookie) = log.click(NOW - 6 * DAY);
    log.visitors("cached", "ViewContent", 24, |_, _, event| {
        event.who.fbc = Some(cookie.clone());
    });
    log.expect("CL220", 1, 24);
}

/// Each send of an order has an id of chance.
fn id_minted_for_each_send(log: &mut Log) {
    for _ in 0..6 {
        let who = log.visitor();
        let mut event = log.event("minted", "Purchase", &who);
        for again in 0..2 {
            event.id = log.random.uuid();
            event.time += again * MINUTE;
            log.write(&event);
        }
    }
    // The name in the file, and in the log.
    log.expect("CL302", 2, 12);
    log.expect("CL306", 6, 6);
}

fn one_id_for_all(log: &mut Log) {
    log.visitors("oneid", "ViewContent", 29, |_, _, event| {
        event.id = "view-of-the-shop-17".to_owned();
    });
    log.expect("CL303", 1, 29);
}

/// A page cache gives one id to a few people each.
fn id_of_the_page(log: &mut Log) {
    for page in 0..7 {
        log.visitors("pagecache", "ViewContent", 4, |_, at, event| {
            event.id = format!("page-{}", 7_700 + page);
            event.time = NOW - 3 * DAY + page * HOUR + at * MINUTE;
        });
    }
    log.expect("CL304", 7, 28);
}

/// A retry, or two datasets in one log that does not name them.
fn event_sent_again(log: &mut Log) {
    for at in 0..11 {
        let who = log.visitor();
        let event = log.event("again", "Purchase", &who);
        log.write(&event);
        if at % 2 == 0 {
            log.visitors("again", "Purchase", 1, |_, _, _| {});
        }
        log.write(&event);
    }
    log.expect("CL305", 1, 11);
}

fn order_under_several_ids(log: &mut Log) {
    for _ in 0..9 {
        let who = log.visitor();
        let mut event = log.event("severalids", "Purchase", &who);
        let order = event.order.clone().unwrap_or_default();
        for way in ["shop", "erp", "till"] {
            event.id = format!("{way}-{order}");
            event.time += 40;
            log.write(&event);
        }
    }
    log.expect("CL306", 9, 18);
}

/// The thank-you page and the payment's hook each send a purchase, without the number of the order.
fn order_without_a_number(log: &mut Log) {
    for at in 0..7 {
        let who = log.visitor();
        let mut event = log.event("nonumber", "Purchase", &who);
        event.order = None;
        log.write(&event);
        // An hour later the same again is another purchase.
        event.id = format!("hook-{at}");
        event.time += 3 * MINUTE;
        log.write(&event);
        event.id = format!("p-{}", 800_000 + at);
        event.time += HOUR;
        log.write(&event);
    }
    log.expect("CL306", 7, 7);
}

fn two_spellings_of_a_name(log: &mut Log) {
    log.visitors("spelling", "SampleRequested", 24, |_, _, _| {});
    log.visitors("spelling", "sample_requested", 6, |_, _, _| {});
    log.expect("CL323", 1, 6);
}

/// A day's events, sent with the time of the job.
fn replayed_by_a_job(log: &mut Log) {
    log.visitors("replay", "ViewContent", 32, |_, at, event| {
        let happened = NOW - 3 * DAY - 20 * HOUR + at * 31 * MINUTE;
        event.time = NOW - 2 * DAY + at / 4;
        event.id = format!("v-{}", happened * 1_000 + 11 + at);
    });
    log.expect("CL407", 1, 32);
}

/// A wall clock that is taken for UTC.
fn clock_of_another_zone(log: &mut Log) {
    log.visitors("zone", "ViewContent", 34, |_, at, event| {
        let happened = NOW - 4 * DAY + at * 47 * MINUTE + 13;
        event.time = happened + 2 * HOUR;
        event.id = format!("v-{}", happened * 1_000 + 11 + at);
    });
    log.expect("CL408", 1, 34);
}

/// A date without a time.
fn midnight(log: &mut Log) {
    log.visitors("midnight", "ViewContent", 25, |_, at, event| {
        event.time = NOW - (1 + at % 5) * DAY;
    });
    log.visitors("midnight", "ViewContent", 9, |_, _, _| {});
    log.expect("CL410", 1, 25);
}

fn purchase_before_checkout(log: &mut Log) {
    for _ in 0..23 {
        let who = log.visitor();
        let event = log.event("reversed", "Purchase", &who);
        log.write(&event);
        let mut checkout = log.event("reversed", "InitiateCheckout", &who);
        checkout.time = event.time + 2 * MINUTE;
        log.write(&checkout);
    }
    log.expect("CL412", 1, 23);
}

/// The shop's own pages, sent with the source of its tills.
fn browsing_at_the_till(log: &mut Log) {
    log.visitors("till", "ViewContent", 24, |log, _, event| {
        event.source = "physical_store";
        let born = event.time - HOUR - log.random.below(9 * HOUR);
        let tail = event.who.fbp.rsplit('.').next().unwrap_or_default();
        event.who.fbp = format!("fb.1.{}.{tail}", born * 1_000 + 417);
    });
    // Each event, and the name.
    log.expect("CL505", 25, 24);
}

/// Where the visitors came from, and where they pay, in place of the shop's page.
fn pages_of_others(log: &mut Log) {
    log.dataset = Some("4429110385");
    log.visitors("ownpages", "ViewContent", 70, |_, at, event| {
        let host = match at {
            0..12 => "l.facebook.com",
            12..22 => "checkout.stripe.com",
            22..26 => "ownpages.myshopify.com",
            _ => return,
        };
        event.url = format!("https://{host}/{at}");
    });
    // One for each kind of page.
    log.expect("CL512", 3, 26);
}

/// The job that sends the shop's newsletter orders says `website` as well.
fn one_source_for_all(log: &mut Log) {
    log.visitors("onesource", "Lead", 57, |_, at, event| {
        event.traceless = at < 26;
    });
    log.expect("CL506", 1, 26);
    // What every one of them lacks.
    log.expect("CL503", 26, 26);
    log.expect("CL504", 26, 26);
}

/// The code of a trial that nobody took out.
fn tests_for_days(log: &mut Log) {
    log.is_test = true;
    log.visitors("trial", "ViewContent", 23, |_, at, event| {
        event.time = NOW - 5 * DAY + at * 3 * HOUR;
    });
    // Each request, and the log.
    log.expect("CL701", 23, 0);
    log.written.once.insert("CL701", 1);
}

fn one_page_for_all(log: &mut Log) {
    for name in ["ViewContent", "AddToCart"] {
        log.visitors("onepage", name, 30, |_, at, event| {
            event.url = "https://www.onepage.example/".to_owned();
            event.goods = at;
        });
    }
    log.expect("CL511", 1, 60);
}

fn one_value_for_all(log: &mut Log) {
    log.visitors("onevalue", "Purchase", 27, |_, at, event| {
        event.value = 4_990;
        event.pieces = 1 + at % 4;
    });
    log.expect("CL607", 1, 27);
}

/// Carts in euros, orders in cents.
fn value_in_cents(log: &mut Log) {
    log.visitors("cents", "AddToCart", 40, |_, _, _| {});
    log.visitors("cents", "Purchase", 26, |_, _, event| event.whole = true);
    log.expect("CL604", 1, 26);
}
