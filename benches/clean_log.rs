//! Writes logs without a fault in which as much repeats as in real life: people come back, share
//! addresses, browsers and e-mail accounts, delete cookies, copy links, reload pages; senders
//! retry, serve two datasets, report one order in several events. Nothing in such a log proves a
//! fault, however long it is.
//!
//! The same bytes for the same two numbers. People, browsers and orders are functions of their
//! numbers, so the memory does not grow with the people; what has still to be sent later (a retry,
//! a delivery) waits as a few words.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt::Write as _;
use std::io::{self, Write};

use sha2::{Digest, Sha256};

use super::random::Random;

/// The moment at which a log is to be judged.
pub const AS_OF: &str = "2026-06-26T00:00:00Z";

const NOW: u64 = 1_782_432_000;
const MINUTE: u64 = 60;
const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;
const FIRST: u64 = NOW - 6 * DAY - DAY / 4;
const LAST: u64 = NOW - 2 * HOUR;

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub events: u64,
    pub lines: u64,
    pub bytes: u64,
}

/// Writes at least `events` events; the last upload is not cut.
pub fn write(out: &mut impl Write, events: u64, seed: u64) -> io::Result<Written> {
    let mut log = Log {
        seed,
        wanted: events.max(1),
        random: Random(mix(seed ^ 0x5eed_c1ea)),
        tales: 0,
        waiting: BinaryHeap::new(),
        written: Written::default(),
        text: String::with_capacity(128 * 1024),
    };
    while log.written.events < events {
        log.advance();
        out.write_all(log.text.as_bytes())?;
        log.written.bytes += log.text.len() as u64;
        log.text.clear();
    }
    Ok(log.written)
}

fn mix(number: u64) -> u64 {
    Random(number).next()
}

impl Random {
    fn of(seed: u64, what: u64, number: u64) -> Random {
        Random(mix(mix(seed ^ what.wrapping_mul(0x9e37_79b9)) ^ number))
    }

    /// A click id as Meta appends it to links.
    fn fbclid(&mut self) -> String {
        const LETTERS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut id = String::from("IwY2xjawN");
        for _ in 0..52 + self.below(8) {
            id.push(char::from(LETTERS[self.below(64) as usize]));
        }
        id
    }
}

/// How a sender's events come to lie in the log.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrap {
    /// The event alone.
    Event,
    /// The body of the request.
    Body,
    /// What was sent where and when, as one object.
    Request,
    /// The same as a line of text that ends in the body.
    Text,
}

/// Where the ids of events come from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ids {
    /// The order's number for purchases, a UUID of the browser before.
    Order,
    /// The browser makes a UUID for everything and hands it to the server.
    Browser,
}

struct Shop {
    host: &'static str,
    /// The dataset, and the second one of those that have two.
    datasets: [u64; 2],
    wrap: Wrap,
    ids: Ids,
    agent: Option<&'static str>,
    currency: &'static str,
    /// Whether the currency has hundredths.
    cents: bool,
    country: &'static str,
    calling: &'static str,
    cities: [&'static str; 4],
    networks: [u64; 4],
    /// Digests in lists, or alone.
    lists: bool,
    /// The only thing there is to buy, and its price.
    only: Option<(&'static str, u64)>,
    /// Of a hundred visits.
    share: u64,
}

/// The first and the third count their orders from the same number, as young shops do.
const SHOPS: [Shop; 6] = [
    Shop {
        host: "shop.kestrelbikes.com",
        datasets: [618_204_771_930_155, 618_204_771_930_992],
        wrap: Wrap::Request,
        ids: Ids::Order,
        agent: None,
        currency: "EUR",
        cents: true,
        country: "de",
        calling: "49151",
        cities: ["kassel", "bremen", "berlin", "leipzig"],
        networks: [79, 84, 87, 91],
        lists: true,
        only: None,
        share: 40,
    },
    Shop {
        host: "www.lanternhouse.example",
        datasets: [0, 0],
        wrap: Wrap::Event,
        ids: Ids::Browser,
        agent: None,
        currency: "USD",
        cents: true,
        country: "us",
        calling: "1503",
        cities: ["denver", "austin", "tucson", "columbus"],
        networks: [24, 67, 71, 73],
        lists: true,
        only: None,
        share: 26,
    },
    Shop {
        host: "mossandfern.example",
        datasets: [290_417_558_611_043, 290_417_558_611_043],
        wrap: Wrap::Text,
        ids: Ids::Order,
        agent: None,
        currency: "GBP",
        cents: true,
        country: "gb",
        calling: "4477",
        cities: ["leeds", "norwich", "exeter", "durham"],
        networks: [81, 82, 86, 90],
        lists: false,
        only: None,
        share: 18,
    },
    Shop {
        host: "hinoki.example",
        datasets: [0, 0],
        wrap: Wrap::Body,
        ids: Ids::Order,
        agent: Some("hinokicart_2_4"),
        currency: "JPY",
        cents: false,
        country: "jp",
        calling: "8190",
        cities: ["sendai", "kobe", "nagoya", "sapporo"],
        networks: [118, 119, 121, 126],
        lists: true,
        only: None,
        share: 9,
    },
    Shop {
        host: "one-good-book.example",
        datasets: [0, 0],
        wrap: Wrap::Body,
        ids: Ids::Order,
        agent: None,
        currency: "USD",
        cents: true,
        country: "us",
        calling: "1207",
        cities: ["madison", "tucson", "denver", "seattle"],
        networks: [66, 75, 76, 98],
        lists: true,
        only: Some(("BOOK-1", 2_900)),
        share: 2,
    },
    Shop {
        host: "app.tidewatch.example",
        datasets: [774_310_992_045_118, 774_310_992_045_118],
        wrap: Wrap::Request,
        ids: Ids::Order,
        agent: None,
        currency: "EUR",
        cents: true,
        country: "fr",
        calling: "336",
        cities: ["nantes", "lyon", "lille", "rennes"],
        networks: [62, 77, 78, 83],
        lists: true,
        only: Some(("YEAR", 9_900)),
        share: 5,
    },
];

const BIKES: usize = 0;
const TIDES: usize = 5;

const AGENTS: [&str; 10] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0",
];

const FIRST_NAMES: [&str; 16] = [
    "anna", "lukas", "emily", "jacob", "freya", "callum", "camille", "julien", "yuki", "haruto",
    "petra", "owen", "martha", "felix", "chloe", "declan",
];
const LAST_NAMES: [&str; 16] = [
    "hoffmann", "seidel", "walker", "bennett", "davies", "fletcher", "moreau", "girard", "tanaka",
    "sato", "lindner", "hayes", "lowe", "busch", "foster", "holt",
];

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// Somebody; the same number is the same person.
struct Person {
    number: u64,
    email: String,
    /// An address for work, which some use as well.
    second_email: Option<String>,
    phone: String,
    first: &'static str,
    last: &'static str,
    woman: bool,
    birth: String,
    city: &'static str,
    zip: String,
    account: bool,
}

impl Person {
    fn of(seed: u64, place: usize, number: u64) -> Person {
        let shop = &SHOPS[place];
        let mut own = Random::of(seed, 10 + place as u64, number);
        // Four numbers are one household; in some of them all share the e-mail address, in others
        // the phone.
        let mut home = Random::of(seed, 20 + place as u64, number / 4);
        let (one_email, one_phone) = (home.percent(6), home.percent(6));
        let last = home.pick(&LAST_NAMES);
        let city = home.pick(&shop.cities);
        let zip = match shop.country {
            "gb" => format!(
                "{}{}{}ab",
                &city[..2],
                1 + home.below(20),
                1 + home.below(9)
            ),
            "jp" => format!("{:07}", 1_000_000 + home.below(8_000_000)),
            _ => format!("{:05}", 10_000 + home.below(80_000)),
        };
        let first = own.pick(&FIRST_NAMES);
        let email_of = |who: u64| format!("{first}.{last}{}{who}@mail.example", place + 1);
        let phone_of = |random: &mut Random| {
            let digits = if shop.calling.len() >= 5 { 8 } else { 7 };
            let number = random.below(90_000_000) + 10_000_000;
            format!("{}{}", shop.calling, &number.to_string()[..digits.min(8)])
        };
        let home_phone = phone_of(&mut home);
        let own_phone = phone_of(&mut own);
        Person {
            number,
            email: if one_email {
                format!("familie.{last}{}{}@mail.example", place + 1, number / 4)
            } else {
                email_of(number)
            },
            second_email: own
                .percent(8)
                .then(|| format!("{first}{number}@office{}.example", number % 97)),
            phone: if one_phone { home_phone } else { own_phone },
            first,
            last,
            woman: own.percent(50),
            birth: format!(
                "{}{:02}{:02}",
                1948 + own.below(56),
                1 + own.below(12),
                2 + own.below(26)
            ),
            city,
            zip,
            account: own.percent(45),
        }
    }
}

/// The browser somebody uses on one visit, and where it stands.
struct Browser {
    agent: &'static str,
    ip: String,
    /// Whether the address is another for each request, as behind a carrier's NAT.
    roaming: bool,
    fbp: Option<String>,
    fbc: Option<String>,
    /// The click id in the address of the first page.
    landing: Option<String>,
}

fn ipv4(shop: &Shop, random: &mut Random) -> String {
    format!(
        "{}.{}.{}.{}",
        random.pick(&shop.networks),
        16 + random.below(200),
        random.below(256),
        1 + random.below(254)
    )
}

impl Browser {
    fn of(seed: u64, place: usize, person: &Person, tale: &Tale) -> Browser {
        let shop = &SHOPS[place];
        let mut visit = Random::of(tale.seed, 30, 0);
        // A changed phone, or a laptop beside it: some have two browsers.
        let mut own = Random::of(seed, 40 + place as u64, person.number);
        let two = own.percent(35);
        let which = if two { visit.below(2) } else { 0 };
        let mut device = Random::of(seed, 50 + place as u64, person.number * 2 + which);
        let mut agent = device.pick(&AGENTS);
        let mut born = (NOW - 8 * DAY - device.below(60 * DAY)) * 1_000 - 1 - device.below(998);
        let mut tail = 100_000_000 + device.below(2_047_000_000);
        let mut roaming = false;
        let mut home = Random::of(seed, 60 + place as u64, person.number / 4);
        let ip = match home.below(100) {
            0..=34 => {
                // The same network, another address in it every day.
                let net = format!(
                    "2a02:{:x}:{:x}:{:x}",
                    0x8100 + home.below(0x100),
                    0x1000 + home.below(0xe000),
                    1 + home.below(0xfffe)
                );
                let day = tale.start / DAY;
                let mut suffix = Random::of(seed ^ day, 70, person.number * 2 + which);
                format!(
                    "{net}:{:x}:{:x}:{:x}:{:x}",
                    0x1000 + suffix.below(0xe000),
                    1 + suffix.below(0xfffe),
                    1 + suffix.below(0xfffe),
                    1 + suffix.below(0xfffe)
                )
            }
            35..=49 => {
                // An office: hundreds of people, one address, few kinds of browser.
                let office = home.below(3 + person.number / 400);
                let mut office = Random::of(seed, 80 + place as u64, office);
                agent = AGENTS[device.below(3) as usize];
                ipv4(shop, &mut office)
            }
            50..=64 => {
                roaming = true;
                String::new()
            }
            _ => ipv4(shop, &mut home),
        };
        let mut browser = Browser {
            agent,
            ip,
            roaming,
            fbp: None,
            fbc: None,
            landing: None,
        };
        if own.percent(8) {
            // No consent to cookies.
            return browser;
        }
        // An ad opens in the browser of the app, which keeps cookies of its own.
        let arrival = visit.below(100);
        // A private window, or cookies deleted since: a browser id of this visit.
        let fresh = arrival < 20 || visit.percent(8);
        if fresh {
            born = tale.start * 1_000 - 4_000 - visit.below(998);
            tail = 100_000_000 + visit.below(2_047_000_000);
        }
        browser.fbp = Some(format!("fb.1.{born}.{tail}"));
        match arrival {
            0..=19 => {
                let id = visit.fbclid();
                let ms = tale.start * 1_000 - 2_000 - visit.below(998);
                browser.fbc = Some(format!("fb.1.{ms}.{id}"));
                browser.landing = Some(id);
            }
            20 if visit.percent(10) => {
                // A link that somebody copied with the click id in it.
                let link = visit.below(20 + tale.number / 2_000);
                let id = Random::of(seed, 90 + place as u64, link).fbclid();
                let ms = tale.start * 1_000 - 2_000 - visit.below(998);
                browser.fbc = Some(format!("fb.1.{ms}.{id}"));
                browser.landing = Some(id);
            }
            _ if device.percent(30) && !fresh => {
                // The cookie of an earlier click.
                let ms = (NOW - 8 * DAY - device.below(20 * DAY)) * 1_000 - 1 - device.below(998);
                browser.fbc = Some(format!("fb.1.{ms}.{}", device.fbclid()));
            }
            _ if device.percent(30) && !fresh => {
                // Somebody who follows ads every other day and keeps the cookie until the next click.
                const EVERY: u64 = 2 * DAY;
                let offset = device.below(EVERY);
                let round = (tale.start - offset) / EVERY;
                let mut click = Random::of(seed ^ round, 120 + place as u64, device.next());
                let at = round * EVERY + offset;
                let ms = at * 1_000 - 1 - click.below(998);
                let id = click.fbclid();
                browser.fbc = Some(format!("fb.1.{ms}.{id}"));
                if visit.percent(10) {
                    // The address of the ad is still open in a tab, or was kept as a bookmark.
                    browser.landing = Some(id);
                }
            }
            _ => {}
        }
        browser
    }

    /// A tablet in a shop: everybody's orders, one browser.
    fn kiosk(seed: u64, place: usize, kiosk: u64) -> Browser {
        let mut random = Random::of(seed, 100 + place as u64, kiosk);
        let ms = (NOW - 30 * DAY - random.below(30 * DAY)) * 1_000 - 1 - random.below(998);
        Browser {
            agent: AGENTS[6],
            ip: ipv4(&SHOPS[place], &mut random),
            roaming: false,
            fbp: Some(format!(
                "fb.1.{ms}.{}",
                100_000_000 + random.below(2_047_000_000)
            )),
            fbc: None,
            landing: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Plot {
    Visit,
    Kiosk,
    /// An order taken by phone; the clerk's own address stands for customers without one.
    Phone,
    /// The rows of one shop's day, sent at night.
    Upload,
    Messages,
    Renewal,
    Trial,
}

/// What one person does, or one sender at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Tale {
    number: u64,
    seed: u64,
    start: u64,
    plot: Plot,
    place: u8,
}

/// A step of a tale that is still to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Task {
    /// When it is sent, which no event says.
    send: u64,
    tale: Tale,
    step: u8,
    /// Seconds after the first report, for a page that is opened again.
    again: u64,
    /// Whether it goes to the second dataset.
    second: bool,
}

struct Log {
    seed: u64,
    wanted: u64,
    random: Random,
    tales: u64,
    waiting: BinaryHeap<Reverse<Task>>,
    written: Written,
    text: String,
}

const PURCHASE: u8 = 10;
const TOUCH: u8 = 11;

impl Log {
    /// Begins a tale and writes what is due by then.
    fn advance(&mut self) {
        let passed = u128::from(LAST - FIRST) * u128::from(self.written.events.min(self.wanted));
        let start = FIRST + (passed / u128::from(self.wanted)) as u64;
        self.begin(start);
        while let Some(Reverse(task)) = self.waiting.peek().copied() {
            if task.send > start || self.written.events >= self.wanted {
                break;
            }
            self.waiting.pop();
            self.tell(&task);
        }
    }

    fn begin(&mut self, start: u64) {
        let number = self.tales;
        self.tales += 1;
        let random = &mut self.random;
        let plot = match random.below(1_000) {
            0..=19 => Plot::Kiosk,
            20..=39 => Plot::Phone,
            40 | 41 => Plot::Upload,
            42..=61 => Plot::Messages,
            62..=91 => Plot::Renewal,
            92..=111 => Plot::Trial,
            _ => Plot::Visit,
        };
        let mut place = 0;
        let mut share = random.below(100);
        while share >= SHOPS[place].share {
            share -= SHOPS[place].share;
            place += 1;
        }
        match plot {
            Plot::Renewal | Plot::Trial => place = TIDES,
            Plot::Kiosk | Plot::Upload | Plot::Phone => place = BIKES,
            _ => {}
        }
        let tale = Tale {
            number,
            seed: random.next(),
            start: start + random.below(20),
            plot,
            place: place as u8,
        };
        let mut task = Task {
            send: tale.start,
            tale,
            step: 0,
            again: 0,
            second: false,
        };
        let mut later = Random::of(tale.seed, 1, 0);
        match plot {
            Plot::Visit => {
                let buys = place != TIDES && later.percent(if place == 4 { 8 } else { 22 });
                let steps = 1 + later.below(4) as u8 + if buys { 2 } else { 0 };
                for step in 0..steps {
                    task.step = step;
                    task.send = event_time(&tale, step);
                    self.push(task, &mut later);
                }
                if buys {
                    task.step = PURCHASE;
                    task.send = event_time(&tale, PURCHASE);
                    self.push(task, &mut later);
                    if later.percent(4) && SHOPS[place].ids == Ids::Order {
                        // The page of thanks is opened again.
                        task.again = 20 + later.below(9 * HOUR);
                        task.send += task.again;
                        self.push(task, &mut later);
                        task.again = 0;
                    }
                    if place == BIKES && later.percent(20) {
                        for touch in 0..1 + (tale.seed % 3) as u8 {
                            task.step = TOUCH + touch;
                            task.send = event_time(&tale, task.step);
                            self.push(task, &mut later);
                        }
                    }
                }
            }
            Plot::Messages => {
                for step in 0..3 {
                    task.step = step;
                    task.send = event_time(&tale, step);
                    self.push(task, &mut later);
                }
            }
            _ => self.push(task, &mut later),
        }
    }

    /// Queues a task, sometimes with a retry, or for a second dataset.
    fn push(&mut self, task: Task, random: &mut Random) {
        if task.send > NOW - MINUTE {
            return;
        }
        self.waiting.push(Reverse(task));
        if random.below(200) == 0 {
            let mut retry = task;
            retry.send += 5 + random.below(9 * MINUTE);
            self.waiting.push(Reverse(retry));
        }
        if task.tale.place as usize == BIKES && task.tale.seed % 10 == 3 {
            // A second dataset is told the same.
            self.waiting.push(Reverse(Task {
                second: true,
                ..task
            }));
        }
    }

    fn tell(&mut self, task: &Task) {
        let place = task.tale.place as usize;
        let shop = &SHOPS[place];
        let wrap = match (task.tale.plot, shop.wrap) {
            // Nobody waits for what is sent at night, and its log says no more than the body.
            (Plot::Upload | Plot::Messages, _) => Wrap::Body,
            (_, wrap) => wrap,
        };
        let dataset = shop.datasets[usize::from(task.second)];
        let moment = jiff::Timestamp::from_second(task.send as i64).unwrap_or_default();
        match wrap {
            Wrap::Event => {}
            Wrap::Body => self.text.push_str("{\"data\":["),
            Wrap::Request => self.put(format_args!(
                "{{\"time\":\"{moment}\",\"level\":\"info\",\"msg\":\"sent to Meta\",\"url\":\"https://graph.facebook.com/v24.0/{dataset}/events\",\"status\":200,\"request\":{{\"data\":["
            )),
            Wrap::Text => self.put(format_args!(
                "{moment} INFO capi: POST /v24.0/{dataset}/events {{\"data\":["
            )),
        }
        match task.tale.plot {
            Plot::Upload => self.upload(task),
            Plot::Messages => self.message(task),
            _ => self.event(task),
        }
        if wrap != Wrap::Event {
            self.text.push(']');
            if let Some(agent) = shop.agent {
                self.put(format_args!(",\"partner_agent\":\"{agent}\""));
            }
            self.text.push('}');
        }
        if wrap == Wrap::Request {
            self.text.push('}');
        }
        self.text.push('\n');
        self.written.lines += 1;
    }

    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        self.text.write_fmt(text).expect("a String takes any text");
    }

    fn digest(&mut self, shop: &Shop, key: &str, value: &str) {
        let digest = hash(value);
        if shop.lists {
            self.put(format_args!("\"{key}\":[\"{digest}\"],"));
        } else {
            self.put(format_args!("\"{key}\":\"{digest}\","));
        }
    }

    /// Somebody, regulars more often than others; the longer the log, the more people.
    fn person(&self, tale: &Tale) -> Person {
        let place = tale.place as usize;
        let people = 40 + self.wanted * SHOPS[place].share / 800;
        // The most faithful come about six times as often as the average, however many there are.
        const FAITHFUL: u128 = (1 << 32) / 10;
        let drawn = u128::from(Random::of(tale.seed, 2, 0).below(1 << 32)) + FAITHFUL;
        let square = drawn * drawn - FAITHFUL * FAITHFUL;
        let number = ((u128::from(people) * (square >> 32) * 10 / 12) >> 32) as u64;
        Person::of(self.seed, place, number)
    }

    /// One event of a browser, a phone call or a system.
    fn event(&mut self, task: &Task) {
        let tale = &task.tale;
        let place = tale.place as usize;
        let shop = &SHOPS[place];
        let person = self.person(tale);
        let mut own = Random::of(tale.seed, 3, u64::from(task.step));
        let time = event_time(tale, task.step) + task.again;
        let order = 1_001 + tale.number;
        let touch = (tale.plot == Plot::Visit && task.step >= TOUCH).then(|| task.step - TOUCH);
        let name = match (tale.plot, task.step) {
            (Plot::Trial, _) => "StartTrial",
            (Plot::Renewal, _) => "Subscribe",
            (Plot::Kiosk | Plot::Phone, _) | (_, PURCHASE) => "Purchase",
            (_, 0) => "PageView",
            (_, 1 | 2) => "ViewContent",
            (_, 3) => "AddToCart",
            (_, 4) => "InitiateCheckout",
            (_, TOUCH..) => "AppendAttribution",
            _ => "AddPaymentInfo",
        };
        let ordered = matches!(name, "Purchase" | "Subscribe" | "AppendAttribution");
        let id = match (touch, tale.plot, shop.ids) {
            (Some(touch), ..) => format!("order-{order}-touch-{touch}"),
            (_, Plot::Renewal, _) => format!("renewal-{order}"),
            (_, Plot::Trial, _) => format!("trial-{order}"),
            (_, _, Ids::Order) if ordered => format!("order-{order}"),
            _ => own.uuid(),
        };
        let source = match tale.plot {
            Plot::Phone => "phone_call",
            Plot::Renewal => "system_generated",
            _ => "website",
        };
        self.put(format_args!(
            "{{\"event_name\":\"{name}\",\"event_time\":{time},\"event_id\":\"{id}\",\"action_source\":\"{source}\","
        ));
        let browser = (source == "website").then(|| match tale.plot {
            Plot::Kiosk => Browser::kiosk(self.seed, place, tale.seed % 6),
            _ => Browser::of(self.seed, place, &person, tale),
        });
        if let Some(browser) = &browser {
            let path = match name {
                "PageView" => "/collections/new-in",
                "ViewContent" | "AddToCart" => "/products/",
                "StartTrial" => "/welcome",
                "Purchase" | "AppendAttribution" => "/checkout/thank-you",
                _ => "/checkout/delivery",
            };
            self.put(format_args!(
                "\"event_source_url\":\"https://{}{path}",
                shop.host
            ));
            if path == "/products/" {
                self.put(format_args!("item-{}", tale.seed % 700));
            }
            if let (Some(id), 0) = (&browser.landing, task.step) {
                self.put(format_args!("?fbclid={id}"));
            }
            self.text.push_str("\",");
        }

        self.text.push_str("\"user_data\":{");
        // Whom the sender knows: buyers, and some who logged in before they look around.
        let known =
            ordered || tale.plot != Plot::Visit || person.account && tale.seed.is_multiple_of(3);
        let consent = browser.as_ref().is_none_or(|browser| browser.fbp.is_some());
        if known && (consent || ordered) {
            let kin = Random::of(tale.seed, 4, 0).below(100);
            match (&person.second_email, kin) {
                (Some(second), 0..=29) => {
                    let digest = hash(second);
                    let first = hash(&person.email);
                    if shop.lists {
                        self.put(format_args!("\"em\":[\"{first}\",\"{digest}\"],"));
                    } else {
                        self.digest(shop, "em", second);
                    }
                }
                (Some(second), 30..=59) => self.digest(shop, "em", second),
                // Customers of the phone clerk who give no address.
                _ if tale.plot == Plot::Phone && kin < 50 => {
                    let clerk = tale.seed % 4;
                    let address = format!("sales{clerk}@kestrelbikes.com");
                    self.digest(shop, "em", &address);
                }
                _ => self.digest(shop, "em", &person.email),
            }
            if kin < 70 || ordered {
                self.digest(shop, "ph", &person.phone);
            }
            // A present: the name and the town are of somebody else.
            let gift = ordered && Random::of(tale.seed, 5, 0).percent(6);
            let receiver = gift.then(|| Person::of(self.seed, place, person.number * 7 + 3));
            let to = receiver.as_ref().unwrap_or(&person);
            if kin < 60 || ordered {
                self.digest(shop, "fn", to.first);
                self.digest(shop, "ln", to.last);
                self.digest(shop, "ct", to.city);
                self.digest(shop, "zp", &to.zip);
                self.digest(shop, "country", shop.country);
            }
            if kin < 25 && !gift {
                self.digest(shop, "db", &person.birth);
                self.digest(shop, "ge", if person.woman { "f" } else { "m" });
            }
            if person.account && tale.plot != Plot::Kiosk {
                self.put(format_args!("\"external_id\":\"c-{}\",", person.number));
            }
        }
        if let Some(browser) = &browser {
            if browser.roaming {
                // A carrier has few addresses for many, and changes them at will.
                let mut exit = Random::of(self.seed, 110 + place as u64, own.below(64));
                let ip = ipv4(shop, &mut exit);
                self.put(format_args!("\"client_ip_address\":\"{ip}\","));
            } else {
                self.put(format_args!("\"client_ip_address\":\"{}\",", browser.ip));
            }
            self.put(format_args!("\"client_user_agent\":\"{}\",", browser.agent));
            if let Some(fbp) = &browser.fbp {
                self.put(format_args!("\"fbp\":\"{fbp}\","));
            }
            if let Some(fbc) = &browser.fbc {
                self.put(format_args!("\"fbc\":\"{fbc}\","));
            }
        }
        self.text.pop();
        self.text.push('}');

        // Goods are of the tale, so that a retry and an attribution tell the same.
        let mut goods = Random::of(tale.seed, 6, 0);
        match name {
            "PageView" => {}
            "StartTrial" => self.put(format_args!(
                ",\"custom_data\":{{\"value\":0,\"currency\":\"{}\",\"predicted_ltv\":118.5}}",
                shop.currency
            )),
            "Subscribe" => self.put(format_args!(
                ",\"custom_data\":{{\"value\":9.90,\"currency\":\"{}\",\"order_id\":\"{order}\"}}",
                shop.currency
            )),
            _ => {
                let looks = matches!(name, "ViewContent" | "AddToCart");
                let items = if looks || shop.only.is_some() {
                    1
                } else {
                    1 + goods.below(4)
                };
                self.text
                    .push_str(",\"custom_data\":{\"content_type\":\"product\",\"contents\":[");
                let mut total = 0;
                let mut pieces = 0;
                for item in 0..items {
                    let (sku, price) = match shop.only {
                        Some((sku, price)) => (sku.to_owned(), price),
                        // A gift card costs a round sum.
                        None if goods.percent(4) => ("GIFT-50".to_owned(), 5_000),
                        None => {
                            let sku = goods.below(900);
                            (
                                format!("SKU-{}", 1_000 + sku),
                                900 + mix(sku * 31 + place as u64) % 14_000,
                            )
                        }
                    };
                    let quantity = if shop.only.is_some() {
                        1
                    } else {
                        1 + goods.below(9) / 8
                    };
                    total += quantity * price;
                    pieces += quantity;
                    if item > 0 {
                        self.text.push(',');
                    }
                    let price = Money(price, shop.cents);
                    self.put(format_args!(
                        "{{\"id\":\"{sku}\",\"quantity\":{quantity},\"item_price\":{price}}}"
                    ));
                }
                let value = Money(total, shop.cents);
                self.put(format_args!(
                    "],\"value\":{value},\"currency\":\"{}\"",
                    shop.currency
                ));
                if name == "InitiateCheckout" {
                    self.put(format_args!(",\"num_items\":{pieces}"));
                }
                if ordered {
                    self.put(format_args!(",\"order_id\":\"{order}\""));
                }
                self.text.push('}');
                if let Some(touch) = touch {
                    let of = 1 + tale.seed % 3;
                    // Shares of a half, a quarter and a quarter, or the like.
                    let hundredths = match (of, touch) {
                        (1, _) => 100,
                        (_, 0) => 50,
                        (2, _) => 50,
                        _ => 25,
                    };
                    let bought = event_time(tale, PURCHASE);
                    self.put(format_args!(
                        ",\"original_event_data\":{{\"event_name\":\"Purchase\",\"event_time\":{bought},\"order_id\":\"{order}\",\"event_id\":\"order-{order}\"}},\"attribution_data\":{{\"ad_id\":\"2385117440283{:04}\",\"touchpoint_ts\":{},\"attribution_share\":{},\"attribution_value\":{}}}",
                        mix(tale.seed + u64::from(touch)) % 10_000,
                        bought - HOUR - own.below(DAY),
                        hundredths as f64 / 100.0,
                        (total * hundredths) as f64 / 10_000.0
                    ));
                }
            }
        }
        self.text.push('}');
        self.written.events += 1;
    }

    /// The orders of one branch's day: a row for each thing, times as the tills say them.
    fn upload(&mut self, task: &Task) {
        let tale = &task.tale;
        let place = tale.place as usize;
        let shop = &SHOPS[place];
        let mut random = Random::of(tale.seed, 7, 0);
        let branch = 1 + random.below(12);
        let receipts = 8 + random.below(24);
        for receipt in 0..receipts {
            let mut buyer = *tale;
            buyer.seed = random.next();
            let person = self.person(&buyer);
            let time = tale.start - HOUR - random.below(10 * HOUR);
            for row in 0..1 + random.below(4) {
                if receipt + row > 0 {
                    self.text.push(',');
                }
                self.put(format_args!(
                    "{{\"event_name\":\"Purchase\",\"event_time\":{time},\"action_source\":\"physical_store\",\"user_data\":{{"
                ));
                self.digest(shop, "em", &person.email);
                if buyer.seed.is_multiple_of(2) {
                    self.digest(shop, "ph", &person.phone);
                }
                self.text.pop();
                let price = Money(900 + random.below(14_000), true);
                self.put(format_args!(
                    "}},\"custom_data\":{{\"value\":{price},\"currency\":\"EUR\",\"order_id\":\"B{branch}-{}-{receipt}\",\"item_number\":\"{}\",\"contents\":[{{\"id\":\"SKU-{}\",\"quantity\":1,\"item_price\":{price}}}]}}}}",
                    tale.number,
                    row + 1,
                    1_000 + random.below(900)
                ));
                self.written.events += 1;
            }
        }
    }

    /// An order made in a chat, its dispatch a day later and its arrival.
    fn message(&mut self, task: &Task) {
        let tale = &task.tale;
        let shop = &SHOPS[tale.place as usize];
        let mut random = Random::of(tale.seed, 8, 0);
        let name = ["OrderCreated", "OrderShipped", "OrderDelivered"][task.step as usize];
        let time = event_time(tale, task.step);
        let order = 1_001 + tale.number;
        let status = name
            .strip_prefix("Order")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let mut click = random.fbclid().replace("IwY2xjaw", "ARBq7LZk");
        click.push_str("Mv3");
        let value = Money(900 + random.below(20_000), shop.cents);
        self.put(format_args!(
            "{{\"event_name\":\"{name}\",\"event_time\":{time},\"event_id\":\"{order}-{status}\",\"action_source\":\"business_messaging\",\"messaging_channel\":\"whatsapp\",\"user_data\":{{\"whatsapp_business_account_id\":\"10881739026415{}\",\"ctwa_clid\":\"{click}\"}},\"custom_data\":{{\"currency\":\"{}\",\"value\":{value},\"order_id\":\"{order}\"}}}}",
            tale.place,
            shop.currency
        ));
        self.written.events += 1;
    }
}

/// When a step of a tale happens: the pages of a visit within minutes, what follows within days.
fn event_time(tale: &Tale, step: u8) -> u64 {
    let mut random = Random::of(tale.seed, 9, u64::from(step));
    tale.start
        + match (tale.plot, step) {
            (Plot::Messages, step) => u64::from(step) * DAY * 9 / 10 + random.below(HOUR),
            (Plot::Visit, TOUCH..) => 2 * HOUR + random.below(40 * HOUR),
            (Plot::Visit, step) => u64::from(step) * 2 * MINUTE + 2 + random.below(100),
            _ => 0,
        }
}

/// An amount in hundredths, or in whole units.
#[derive(Clone, Copy)]
struct Money(u64, bool);

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.1 {
            write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
        } else {
            write!(f, "{}", self.0)
        }
    }
}
