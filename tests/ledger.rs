//! The evidence of the whole log: what it finds, where it says that it stands, and that neither the
//! memory at hand nor threads nor blocks show in it.

mod support;

#[allow(dead_code)]
#[path = "../benches/log_faults.rs"]
mod log_faults;
#[allow(dead_code)]
#[path = "../benches/random.rs"]
mod random;

use std::collections::BTreeMap;
use std::sync::Arc;

use capilint::digest::sha256_hex;
use capilint::engine::{Linter, Run};
use capilint::event::Assumptions;
use capilint::input::blocks::Limits;
use capilint::known::KnownValues;
use capilint::output::Style;
use capilint::output::json::Json;
use capilint::pixel::Index;
use capilint::settings::{Clocks, Settings};
use capilint::witness::Witnesses;
use proptest::prelude::*;
use serde_json::Value;
use support::{CLEAN, EM, Place, another, lines};

const NOW: i64 = 1_782_432_000;

fn linter(threads: usize, memory: usize, block: usize) -> Linter {
    Linter::new(Settings {
        clocks: Clocks::At(NOW),
        wall: NOW,
        threads,
        memory,
        limits: Limits {
            block,
            whole: 4 * block,
            record: 1 << 20,
        },
        ..Settings::default()
    })
}

fn json(linter: &Linter, input: &[u8]) -> String {
    let mut out = Vec::new();
    let report = linter
        .run(input, &mut Json::new(&mut out, Style::default()))
        .unwrap();
    assert_eq!(report.0.internal_errors, 0);
    String::from_utf8(out).unwrap()
}

/// An event as far as the log cares.
#[derive(Clone, Debug)]
struct Sketch {
    name: &'static str,
    id: u32,
    order: u32,
    person: u32,
    minutes: u32,
    value: u32,
    shop: &'static str,
    /// How often the digest of the e-mail address is hashed again; from [`PLAIN`] on, what else of an
    /// address: in plain in the page's, hashed with its capital letter, hashed twice, hashed right.
    hashed: u8,
}

const PLAIN: u8 = 3;

/// The order of an event that names none.
const NO_ORDER: u32 = 99;

impl Sketch {
    fn text(&self) -> String {
        let Sketch {
            name,
            id,
            order,
            person,
            minutes,
            value,
            shop,
            hashed,
        } = self;
        let mut em = format!("1a45e38e{person:02}{}", &EM[10..]);
        let address = format!("Person{person}@kestrelbikes.com");
        let lower = sha256_hex(&address.to_lowercase());
        let mut query = String::new();
        match hashed.checked_sub(PLAIN) {
            None => (0..*hashed).for_each(|_| em = sha256_hex(&em)),
            Some(0) => query = format!("thank-you?email={address}"),
            Some(1) => em = sha256_hex(&address),
            Some(2) => em = sha256_hex(&lower),
            Some(_) => em = lower,
        }
        let page = match query.as_str() {
            "" => "thank-you",
            query => query,
        };
        CLEAN
            .replace("\"Purchase\"", &format!("\"{name}\""))
            .replace("order-58213", &format!("order-{id}"))
            .replace("\"58213\"", &format!("\"5{order}\""))
            .replace(&format!(",\"order_id\":\"5{NO_ORDER}\""), "")
            .replace(EM, &em)
            .replace("774411908", &format!("77441{person:04}"))
            .replace("81.2.69.142", &format!("81.2.69.1{person:02}"))
            .replace("1782396602", &format!("{}", 1_782_000_000 + minutes * 60))
            .replace("249.00", &format!("{value}.00"))
            .replace("shop.example.com", shop)
            .replace("thank-you", page)
    }
}

fn sketch() -> impl Strategy<Value = Sketch> {
    (
        prop::sample::select(vec!["Purchase", "ViewContent", "AppendAttribution"]),
        0u32..12,
        0u32..12,
        0u32..30,
        0u32..6_000,
        1u32..4,
        prop::sample::select(vec!["shop.example.com", "store.example.net"]),
        prop::sample::select(vec![0, 0, 0, 1, 2, 3, 4, 5, 6]),
    )
        .prop_map(
            |(name, id, order, person, minutes, value, shop, hashed)| Sketch {
                name,
                id,
                order,
                person,
                minutes,
                value,
                shop,
                hashed,
            },
        )
}

/// Logs with enough of one kind in them that something is found.
fn log() -> impl Strategy<Value = String> {
    let events = prop::collection::vec((sketch(), prop::bool::weighted(0.1)), 1..120);
    (events, any::<bool>()).prop_map(|(events, bodies)| {
        let mut events: Vec<(Sketch, bool)> = events;
        // The same again without the number of the order, soon or later.
        for at in 0..events.len() {
            let (event, is_again) = &mut events[at];
            if *is_again {
                event.order = NO_ORDER;
                let mut again = event.clone();
                again.id += 20;
                again.minutes += event.id * 4;
                events.push((again, false));
            }
        }
        let events: Vec<Sketch> = events.into_iter().map(|(event, _)| event).collect();
        let texts: Vec<String> = events.iter().map(Sketch::text).collect();
        if bodies {
            texts
                .chunks(3)
                .map(|chunk| format!("{{\"data\":[{}]}}\n", chunk.join(", ")))
                .collect()
        } else {
            lines(&texts)
        }
    })
}

/// A log with every fault that only a log shows.
fn faults(seed: u64) -> String {
    let mut text = Vec::new();
    log_faults::write(&mut text, seed).unwrap();
    String::from_utf8(text).unwrap()
}

/// Such logs among which lines of all faults are, some of them twice: clicks, browsers, accounts,
/// spellings and times.
fn mixed_log() -> impl Strategy<Value = String> {
    let of_faults = prop::collection::vec(any::<prop::sample::Index>(), 0..150);
    (log(), of_faults, 0u64..1_000).prop_map(|(text, picked, seed)| {
        let faults = faults(seed);
        let lines: Vec<&str> = faults.split_inclusive('\n').collect();
        picked.iter().fold(text, |mut text, at| {
            text.push_str(lines[at.index(lines.len())]);
            text
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn little_memory_many_threads_and_small_blocks_leave_no_trace(text in mixed_log()) {
        let ample = json(&linter(1, 1 << 30, 1 << 20), text.as_bytes());
        for (threads, memory, block) in [(1, 1, 256), (2, 1, 1_000), (2, 4_000, 300), (4, 1 << 30, 200)] {
            let other = json(&linter(threads, memory, block), text.as_bytes());
            prop_assert_eq!(&ample, &other);
        }
    }
}

#[test]
fn a_log_with_every_fault_reads_the_same_however_it_is_read() {
    let text = faults(5);
    let first = json(&linter(1, 1 << 30, 1 << 20), text.as_bytes());
    for threads in [1, 2, 4] {
        for (memory, block) in [
            (1 << 30, 1 << 20),
            (1 << 30, 3_000),
            (1, 20_000),
            (300_000, 5_000),
        ] {
            let again = json(&linter(threads, memory, block), text.as_bytes());
            assert!(
                first == again,
                "{threads} threads, {memory} bytes, blocks of {block}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    /// What a rule of the whole log counts does not hang on the order of the lines, nor on the
    /// files they stand in.
    #[test]
    fn the_order_of_lines_and_the_split_into_files_change_no_count(
        seed in 0u64..1_000,
        order in any::<u64>(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        little in any::<bool>(),
    ) {
        let mut text = Vec::new();
        let written = log_faults::write(&mut text, seed).unwrap();
        let text = String::from_utf8(text).unwrap();
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        let key = capilint::ledger::Key::of(&order.to_le_bytes());
        lines.sort_by_key(|line| key.hash(line.as_bytes()));
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(lines.len())).collect();
        cuts.extend([0, lines.len()]);
        cuts.sort_unstable();
        cuts.dedup();
        let files = cuts.windows(2).map(|cut| lines[cut[0]..cut[1]].concat());
        let linter = linter(2, if little { 1 } else { 1 << 30 }, 10_000);
        let mut out = Vec::new();
        let mut reporter = Json::new(&mut out, Style::default());
        let mut run = Run::new(&linter, &mut reporter);
        for (number, file) in files.enumerate() {
            run.stream(&number.to_string(), "x", file.as_bytes(), None, None).unwrap().unwrap();
        }
        run.finish().unwrap();
        let report: Value = serde_json::from_slice(&out).unwrap();
        let mut found = found(&report);
        // Advice on the log as a whole: what a browser had sent before, and how all score.
        found.retain(|rule, _| !rule.starts_with("CL8"));
        let expected = written.rules.iter();
        let expected: BTreeMap<String, u64> =
            expected.map(|(rule, expected)| ((*rule).to_owned(), expected.events)).collect();
        prop_assert_eq!(found, expected);
    }
}

fn found(report: &Value) -> BTreeMap<String, u64> {
    let rules = report["rules"].as_array().unwrap();
    rules
        .iter()
        .map(|rule| {
            let id = rule["id"].as_str().unwrap().to_owned();
            (id, rule["events"].as_u64().unwrap())
        })
        .collect()
}

#[test]
fn a_finding_names_the_first_the_second_and_how_many_more() {
    let place = Place::new();
    let mut events: Vec<String> = (0..6).map(another).collect();
    let view = |person: u32| {
        Sketch {
            name: "ViewContent",
            id: 7,
            order: 3,
            person,
            minutes: person,
            value: 2,
            shop: "shop.example.com",
            hashed: 0,
        }
        .text()
        .replace(",\"order_id\":\"53\"", "")
    };
    for at in [1, 3, 5, 6] {
        events.insert(at, view(at as u32));
    }
    place.write("a.ndjson", lines(&events));
    let report = place.check("a.ndjson --format json").ends(1).json();
    assert_eq!(found(&report), BTreeMap::from([("CL304".to_owned(), 4)]));
    let finding = &report["findings"][0];
    assert_eq!(
        finding["message"],
        "one event_id stands on 4 events named ViewContent, of 4 different people or more"
    );
    assert_eq!(
        (&finding["line"], &finding["event"]),
        (&2.into(), &1.into())
    );
    let related: Vec<(u64, &str)> = finding["related"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["line"].as_u64().unwrap(), r["message"].as_str().unwrap()))
        .collect();
    assert_eq!(
        related,
        [
            (4, "the second event with this id"),
            (7, "the last of 2 more")
        ]
    );
    place
        .check("a.ndjson")
        .says("a.ndjson:2:1  event 1")
        .says("a.ndjson:4  event 3  the second event with this id");
}

#[test]
fn evidence_joins_files_and_is_told_where_it_begins() {
    let place = Place::new();
    place.write("a.json", CLEAN);
    place.write("b.json", CLEAN.replace("order-58213", "evt-1"));
    let report = place.check("a.json b.json --format json").ends(1).json();
    let finding = &report["findings"][0];
    assert_eq!(finding["id"], "CL306");
    assert_eq!(
        (&finding["file"], &finding["line"]),
        (&"a.json".into(), &1.into())
    );
    assert_eq!(finding["related"][0]["file"], "b.json");
    assert_eq!(report["files"][0]["findings"], 1);
    // Neither alone shows it.
    place.check("a.json").ends(0);
    place.check("b.json").ends(0);
    // Nor is it told when it is not asked for, or is known.
    place.check("a.json b.json --ignore CL306").ends(0);
    place.write(
        "capilint.toml",
        "[[suppress]]\nrule = \"CL306\"\nreason = \"known\"\npointer = \"/event_id\"\n",
    );
    place.check("a.json b.json").ends(0).says("suppressed: 1");
}

#[test]
fn without_order_numbers_one_value_at_one_time_is_perhaps_one_order() {
    let place = Place::new();
    let unnumbered = CLEAN.replace(",\"order_id\":\"58213\"", "");
    let again = unnumbered.replace("order-58213", "hook-17");
    let later = again.replace("1782396602", "1782396992");
    place.write("a.ndjson", lines(&[&unnumbered, &later]));
    let report = place.check("a.ndjson --format json").ends(0).json();
    let finding = &report["findings"][0];
    let said = |key: &str| finding[key].as_str().unwrap().to_owned();
    assert_eq!(
        (said("id"), said("severity"), said("certainty")),
        ("CL306".into(), "warning".into(), "heuristic".into())
    );
    assert!(finding.get("fix").is_none_or(Value::is_null), "{finding}");
    // One of the two triggers names the order, whose purchase it is.
    place.write("a.ndjson", lines(&[CLEAN, &later]));
    place.check("a.ndjson").ends(0).says("CL306");
    // Somebody comes again, or pays something else.
    for other in [
        again.replace("1782396602", "1782399000"),
        later.replace("249.00", "24.00"),
        later.replace("\"EUR\"", "\"USD\""),
    ] {
        place.write("a.ndjson", lines(&[&unnumbered, &other]));
        let report = place.check("a.ndjson --format json").ends(0).json();
        assert!(!found(&report).contains_key("CL306"));
    }
}

/// An event of a browser, with its e-mail address or without.
fn of_browser(browser: u32, time: &str, known: bool) -> String {
    let name = if known { "Lead" } else { "ViewContent" };
    let event = CLEAN
        .replace("Purchase", name)
        .replace("order-58213", &format!("{name}-{browser}-{time}"))
        .replace(",\"order_id\":\"58213\"", "")
        .replace("774411908", &format!("77441{browser:04}"))
        .replace("1782396602", time);
    match known {
        true => event.replace(&EM[10..14], &format!("{browser:04}")),
        false => event.replace(&format!("\"em\":[\"{EM}\"],"), ""),
    }
}

/// How many events lack what their browser had sent, of 25 browsers with such events each: a second
/// of the day, and whether the address is there.
fn lacking(events: &[(u32, bool)], arrange: impl Fn(&mut Vec<String>)) -> u64 {
    let mut texts: Vec<String> = Vec::new();
    for browser in 0..25 {
        for &(second, known) in events {
            let time = (1_782_300_000 + second).to_string();
            texts.push(of_browser(browser, &time, known));
        }
    }
    arrange(&mut texts);
    let input = lines(&texts);
    let ample = json(&linter(1, 1 << 30, 1 << 20), input.as_bytes());
    assert_eq!(ample, json(&linter(4, 1, 300), input.as_bytes()));
    let report: Value = serde_json::from_str(&ample).unwrap();
    let rules = report["rules"].as_array().unwrap();
    let gap = rules.iter().find(|rule| rule["id"] == "CL802");
    gap.map_or(0, |rule| rule["events"].as_u64().unwrap())
}

#[test]
fn what_a_browser_sent_before_is_told_by_the_times_and_not_by_the_lines() {
    let newest_first = |texts: &mut Vec<String>| texts.reverse();
    let as_it_is = |_: &mut Vec<String>| {};
    // The form's handler alone knows the address.
    let forgotten = [(0, false), (100, true), (200, false), (300, false)];
    assert_eq!(lacking(&forgotten, as_it_is), 50);
    assert_eq!(lacking(&forgotten, newest_first), 50);
    // Nobody knows a visitor before they say who they are.
    let learned = [(0, false), (100, true)];
    assert_eq!(lacking(&learned, as_it_is), 0);
    assert_eq!(lacking(&learned, newest_first), 0);
    // Two of one second have no order; after half an hour it is another visit.
    for apart in [0, 1_801] {
        let other = [(100, true), (100 + apart, false)];
        assert_eq!(lacking(&other, as_it_is), 0, "{apart} seconds");
        assert_eq!(lacking(&other, newest_first), 0, "{apart} seconds");
    }
    assert_eq!(lacking(&[(100, true), (1_900, false)], newest_first), 25);
    // Without times the lines are all there is.
    let without_time = |texts: &mut Vec<String>| {
        for text in texts {
            let at = text.find("\"event_time\"").unwrap();
            text.replace_range(at..at + "\"event_time\":1782300000,".len(), "");
        }
    };
    assert_eq!(lacking(&forgotten, without_time), 50);
    assert_eq!(lacking(&learned, without_time), 0);
}

#[test]
fn events_that_are_filtered_out_are_no_evidence() {
    let place = Place::new();
    let other = CLEAN.replace("order-58213", "evt-1");
    let later = other.replace("1782396602", "1782400000");
    place.write("a.ndjson", lines(&[CLEAN, &later]));
    place.check("a.ndjson").ends(1);
    place.check("a.ndjson --until 1782399999").ends(0);
}

#[test]
fn memory_is_a_size() {
    let place = Place::new();
    place.write("a.json", CLEAN);
    place.check("a.json --memory 1KiB").ends(0);
    place.check("a.json --memory much").ends(2);
}

#[test]
fn a_double_digest_is_proven_by_the_single_one_elsewhere() {
    let place = Place::new();
    let person = |person: u32, hashed: u8| {
        Sketch {
            name: "Purchase",
            id: 100 * u32::from(hashed) + person,
            order: 100 * u32::from(hashed) + person,
            person,
            minutes: person,
            value: 2,
            shop: "shop.example.com",
            hashed,
        }
        .text()
    };
    let from = |agent: &str, event: String| {
        format!("{{\"data\":[{event}],\"partner_agent\":\"{agent}\"}}")
    };
    let mut texts: Vec<String> = (0..5).map(|n| from("web", person(n, 0))).collect();
    texts.extend((3..9).map(|n| from("crm", person(n, 1))));
    place.write("a.ndjson", lines(&texts));
    let report = place.check("a.ndjson --format json").ends(1).json();
    assert_eq!(found(&report), BTreeMap::from([("CL105".to_owned(), 2)]));
    let finding = &report["findings"][0];
    assert_eq!(
        finding["message"],
        "2 values of em are digests of digests that stand in the log; \
         4 other values of the same sender and key must be suspected"
    );
    assert_eq!(
        (&finding["line"], &finding["certainty"]),
        (&6.into(), &"proof".into())
    );
}

#[test]
fn a_plain_address_elsewhere_in_the_log_shows_what_is_wrong_and_what_is_right() {
    let place = Place::new();
    let event = |id: u32, hashed: u8, person: u32| {
        let sketch = Sketch {
            name: "Purchase",
            id,
            order: id,
            person,
            minutes: id,
            value: 2,
            shop: "shop.example.com",
            hashed,
        };
        sketch.text()
    };
    // In plain, then with a capital letter, twice, right; and of somebody else.
    let texts: Vec<String> = (3..7).map(|how| event(how.into(), how, 1)).collect();
    place.write("a.ndjson", lines(&texts) + &event(9, 4, 2) + "\n");
    for memory in ["1GB", "1KB"] {
        let report = place
            .check(&format!("a.ndjson --format json --memory {memory}"))
            .ends(1)
            .json();
        let expected = [("CL105", 1), ("CL111", 1), ("CL510", 1)];
        let expected = expected.map(|(id, events)| (id.to_owned(), events));
        assert_eq!(found(&report), BTreeMap::from(expected));
        let finding = &report["findings"][1];
        assert_eq!(
            finding["message"],
            "1 value of em is the digest of a value with a capital letter: \
             the address stands in plain elsewhere in the log"
        );
        assert_eq!(
            (&finding["line"], &finding["certainty"]),
            (&2.into(), &"proof".into())
        );
        let em = &report["names"][0]["coverage"]["em"];
        let share = |what: &str| em[what].as_f64().unwrap();
        assert_eq!((share("usable"), share("proven")), (0.6, 0.2));
    }
    place.check("a.ndjson --fix --select CL105,CL111");
    let right = sha256_hex("person1@kestrelbikes.com");
    assert_eq!(place.text("a.ndjson").matches(&right).count(), 3);
}

#[test]
fn an_alias_in_plain_says_nothing_of_the_digest_of_the_address() {
    let place = Place::new();
    let plain = CLEAN.replace("thank-you", "thank-you?email=petra.lang%2Bnews%40gmail.com");
    let whole = another(2).replace(EM, &sha256_hex("petra.lang@gmail.com"));
    place.write("a.ndjson", lines(&[plain, whole]));
    let report = place.check("a.ndjson --format json").json();
    let expected = BTreeMap::from([("CL510".to_owned(), 1)]);
    assert_eq!(found(&report), expected);
}

/// A log of which each part of the whole says that a key is worthless, with what is expected of the
/// coverage: event_name, key, and the share of its events with a usable value.
fn convicted_log() -> (String, Vec<(&'static str, &'static str, f64)>) {
    let mut text = String::new();
    let person = |name: &'static str, person: u32, hashed: u8| {
        Sketch {
            name,
            id: 1_000 * u32::from(hashed) + 100 + person,
            order: 1_000 * u32::from(hashed) + 100 + person,
            person,
            minutes: 30 * person,
            value: 2,
            shop: "shop.example.com",
            hashed,
        }
        .text()
    };
    let from = |agent: &str, event: String| {
        format!("{{\"data\":[{event}],\"partner_agent\":\"{agent}\"}}\n")
    };
    // A third of the second sender's digests has its inner digest in the log.
    for n in 0..30 {
        text.push_str(&from("web", person("Purchase", n, 0)));
    }
    for n in 20..50 {
        text.push_str(&from("crm", person("ViewContent", n, 1)));
    }
    (
        text,
        vec![
            ("Purchase", "em", 1.0),
            ("ViewContent", "em", 20.0 / 30.0),
            ("ViewContent", "fbp", 1.0),
        ],
    )
}

fn coverage(report: &Value, name: &str, key: &str) -> f64 {
    let names = report["names"].as_array().unwrap();
    let name = names.iter().find(|entry| entry["event_name"] == name);
    name.unwrap()["coverage"][key]["usable"].as_f64().unwrap()
}

#[test]
fn what_the_log_proves_worthless_does_not_count_for_coverage_and_score() {
    let place = Place::new();
    let (text, expected) = convicted_log();
    place.write("a.ndjson", &text);
    let report = place.check("a.ndjson --format json").json();
    for (name, key, share) in expected {
        let found = coverage(&report, name, key);
        assert!((found - share).abs() < 0.0001, "{name} {key}: {found}");
    }
    let views = &report["names"][1];
    let note = views["note"].as_str().unwrap();
    assert!(
        note.contains("keys of 10 events that the whole log shows"),
        "{note}"
    );
    // Neither memory nor selection shows in it, nor does it hang on the command.
    for options in ["--memory 1KB", "--select CL401", "--ignore CL105"] {
        let other = place
            .check(&format!("a.ndjson --format json {options}"))
            .json();
        assert_eq!(other["names"], report["names"], "{options}");
    }
    let scores = place
        .run(&["score", "a.ndjson", "--format", "ndjson"])
        .ends(0);
    let scores: Vec<Value> = scores
        .out()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(Value::Array(scores), report["names"]);
}

#[test]
fn every_log_rule_that_is_sure_takes_its_key_out_of_the_coverage() {
    let faults = faults(3);
    let shop = |shop: &str| -> Value {
        let lines: String = faults
            .split_inclusive('\n')
            .filter(|line| line.contains(&format!("www.{shop}.example")))
            .collect();
        serde_json::from_str(&json(&linter(2, 1 << 30, 1 << 20), lines.as_bytes())).unwrap()
    };
    for (name, event, key, share) in [
        ("salt", "ViewContent", "ge", 0.0),
        ("salt", "ViewContent", "country", 0.0),
        ("guests", "ViewContent", "external_id", 20.0 / 48.0),
        ("clerk", "ViewContent", "em", 40.0 / 73.0),
        ("nobody", "AddToCart", "em", 0.0),
        ("nobody", "AddToCart", "ph", 1.0),
        ("birthday", "ViewContent", "db", 12.0 / 36.0),
        ("anew", "ViewContent", "fbp", 0.0),
        ("proxy", "ViewContent", "client_ip_address", 15.0 / 70.0),
        ("agent", "ViewContent", "client_user_agent", 0.0),
        ("small", "ViewContent", "fbc", 0.5),
        ("cached", "ViewContent", "fbc", 0.0),
        ("rebuilt", "ViewContent", "fbc", 1.0),
    ] {
        let report = shop(name);
        let found = coverage(&report, event, key);
        assert!((found - share).abs() < 0.0001, "{name} {key}: {found}");
    }
}

/// What is told beside a log: customers whose digests stand in it, right and wrong, and what browsers
/// sent.
fn witnesses(known: bool, pixel: bool) -> Witnesses {
    let mut witnesses = Witnesses::default();
    if known {
        let mut list = "em,ph\n".to_owned();
        for number in 1..60 {
            let phone = 4_915_730_100_000u64 + number;
            list.push_str(&format!("visitor{number}@mail.example,+{phone}\n"));
        }
        let mut values = KnownValues::new(&Assumptions::default());
        values.add(list.as_bytes()).unwrap();
        values.finish();
        witnesses.known = Some(Arc::new(values));
    }
    if pixel {
        let mut text = String::new();
        for n in 0..40 {
            let name = ["Purchase", "ViewContent", "%F0%9F%9A%B2 bestellt"][n % 3];
            let id = ["order-", "58-"][n % 7 / 6].to_owned() + &(n % 12).to_string();
            text.push_str(&format!(
                "https://www.facebook.com/tr/?id=4429110385&ev={name}&eid={id}&cd[order_id]=5{}&cd[value]={}.00&cd[currency]=EUR&ud[em]=1a45e38e{:02}{}&fbp=fb.1.1781903344871.77441{:04}&ts={}000\n",
                n % 12, 1 + n % 3, n % 30, &EM[10..], n % 30, 1_782_000_000 + n * 9_000
            ));
        }
        let mut index = Index::default();
        index.add(capilint::pixel::read(text.as_bytes()).unwrap());
        witnesses.pixel = Some(Arc::new(index));
    }
    witnesses
}

/// Where two reports begin to differ.
fn first_difference(one: &str, other: &str) -> String {
    let same = one
        .bytes()
        .zip(other.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let near = |text: &str| {
        let (from, to) = (same.saturating_sub(300), same + 200);
        text.get(from..to.min(text.len()))
            .unwrap_or_default()
            .to_owned()
    };
    format!("\n{}\n\n{}", near(one), near(other))
}

/// Lints parts of a log apart and merges them.
fn merged(parts: &[String], witnesses: &Witnesses) -> String {
    let secret = capilint::ledger::Key::of(b"the secret of all parts");
    let settings = |memory, witnesses| Settings {
        clocks: Clocks::At(NOW),
        wall: NOW,
        threads: 2,
        memory,
        ledger_key: Some(secret),
        rows: 10_000,
        witnesses,
        ..Settings::default()
    };
    let mut written: Vec<Vec<u8>> = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        let linter = Linter::new(settings([1, 1 << 30][number % 2], witnesses.clone()));
        let (mut out, mut json) = (Vec::new(), Vec::new());
        let mut reporter = Json::new(&mut json, Style::default());
        let mut run = Run::new(&linter, &mut reporter);
        run.write_part(Box::new(&mut out), "auto");
        run.stream(&format!("part{number}"), "x", part.as_bytes(), None, None)
            .unwrap()
            .unwrap();
        run.finish().unwrap();
        written.push(out);
    }
    // Whoever merges needs the capture once more, not the customers; nor the key.
    let linter = Linter::new(Settings {
        ledger_key: None,
        ..settings(
            1 << 20,
            Witnesses {
                known: None,
                ..witnesses.clone()
            },
        )
    });
    let mut json = Vec::new();
    let mut reporter = Json::new(&mut json, Style::default());
    let mut run = Run::new(&linter, &mut reporter);
    for mut part in written.iter().map(Vec::as_slice) {
        run.take_part(&mut part).unwrap().unwrap();
    }
    run.finish().unwrap();
    String::from_utf8(json).unwrap()
}

/// Lints all files in one run.
fn whole(parts: &[String], witnesses: &Witnesses) -> String {
    let linter = Linter::new(Settings {
        clocks: Clocks::At(NOW),
        wall: NOW,
        rows: 10_000,
        witnesses: witnesses.clone(),
        ..Settings::default()
    });
    let mut json = Vec::new();
    let mut reporter = Json::new(&mut json, Style::default());
    let mut run = Run::new(&linter, &mut reporter);
    for (number, part) in parts.iter().enumerate() {
        run.stream(&format!("part{number}"), "x", part.as_bytes(), None, None)
            .unwrap()
            .unwrap();
    }
    run.finish().unwrap();
    String::from_utf8(json).unwrap()
}

/// A line as loggers wrap it, or as it is: of two datasets, with an answer, cut off, no JSON at all.
fn wrapped(line: &str, how: u8) -> String {
    let line = line.trim_end();
    let body = match line.starts_with("{\"data\"") {
        true => line.to_owned(),
        false => format!("{{\"data\":[{line}]}}"),
    };
    let sent =
        |dataset: &str| format!("\"url\":\"https://graph.facebook.com/v21.0/{dataset}/events\"");
    match how {
        0 => format!("{{{},\"body\":{body}}}\n", sent("4429110385")),
        1 => format!("{{{},\"body\":{body}}}\n", sent("5529110386")),
        2 => format!(
            "{{{},\"body\":{body},\"response\":{{\"events_received\":1,\"fbtrace_id\":\"A{}\"}}}}\n",
            sent("4429110385"),
            line.len()
        ),
        3 => format!(
            "{body}\n{{\"error\":{{\"message\":\"Invalid parameter\",\"type\":\"OAuthException\",\"code\":100,\"error_subcode\":2804050,\"fbtrace_id\":\"B\"}}}}\n"
        ),
        4 => {
            let cut = (0..body.len() - 40)
                .rev()
                .find(|&at| body.is_char_boundary(at));
            format!("{}\n", &body[..cut.unwrap_or(0)])
        }
        5 => format!("2026-06-25T10:00:00Z POST /v21.0/4429110385/events {body}\n"),
        6 => body.replace("\"em\":[\"", "\"em\":[\"8e1b5a7c\",\"") + "\n",
        _ => format!("{line}\n"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Everything that the JSON report holds: findings with their places, totals, scores and coverage,
    /// rows of events, facts, and what a capture shows.
    #[test]
    fn parts_of_a_log_merge_to_the_whole(
        text in mixed_log(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
        odd in any::<bool>(),
        hows in prop::collection::vec(0u8..30, 1..40),
        wrong in prop::collection::vec(1u32..60, 0..6),
        known in any::<bool>(),
        pixel in any::<bool>(),
    ) {
        // Names that may not be printed are numbered over all parts, and faults of events stay.
        let text = if odd {
            text.replace("ViewContent", "\u{1F6B2} bestellt").replacen("1782", "17820", 3)
        } else {
            text
        };
        let lines = text.split_inclusive('\n').zip(hows.iter().cycle());
        let mut lines: Vec<String> = lines.map(|(line, &how)| wrapped(line, how)).collect();
        for number in wrong {
            // A customer's address with capitals.
            let em = capilint::digest::sha256_hex(&format!("Visitor{number}@mail.example"));
            let at = number as usize % lines.len();
            lines.insert(at, CLEAN.replace(EM, &em).replace("58213", &format!("7{number}")) + "\n");
        }
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(lines.len())).collect();
        cuts.extend([0, lines.len()]);
        cuts.sort_unstable();
        cuts.dedup();
        let parts: Vec<String> = cuts.windows(2).map(|cut| lines[cut[0]..cut[1]].concat()).collect();
        let witnesses = witnesses(known, pixel);
        let (merged, whole) = (merged(&parts, &witnesses), whole(&parts, &witnesses));
        prop_assert!(merged == whole, "{}", first_difference(&merged, &whole));
    }
}

#[test]
fn parts_with_every_fault_merge_to_the_whole() {
    let faults = faults(11);
    let lines: Vec<&str> = faults.split_inclusive('\n').collect();
    // Every fault is in each of the parts.
    let part = |which: usize| {
        let own = lines.iter().enumerate().filter(|(at, _)| at % 3 == which);
        own.map(|(_, line)| *line).collect::<String>()
    };
    let parts = [part(0), part(1), part(2)];
    for (known, pixel) in [(false, false), (true, true)] {
        let witnesses = witnesses(known, pixel);
        let report = whole(&parts, &witnesses);
        let merged = merged(&parts, &witnesses);
        assert!(merged == report, "{}", first_difference(&merged, &report));
        let report: Value = serde_json::from_str(&report).unwrap();
        assert!(report["rules"].as_array().unwrap().len() > 20);
        let proven = &report["names"][1]["coverage"]["em"]["proven"];
        assert_eq!(proven.as_f64().unwrap() > 0.0, known);
    }
}

#[test]
fn parts_are_merged_by_the_command() {
    let place = Place::new();
    place.write(
        "a.ndjson",
        lines(&[
            CLEAN.to_owned(),
            support::with_warning().replace("58213", "1"),
        ]),
    );
    place.write("b.ndjson", lines(&[CLEAN.replace("order-58213", "evt-1")]));
    place.write("key", "0123456789abcdef");
    for name in ["a", "b"] {
        place
            .check(&format!(
                "{name}.ndjson --ledger-out {name}.part --ledger-key key"
            ))
            .ends(0);
    }
    let part = String::from_utf8_lossy(&place.read("a.part")).into_owned();
    for value in ["58213", EM, "81.2.69.142", "774411908", "Mozilla"] {
        assert!(!part.contains(value), "{value}");
    }
    let together = place
        .check("a.ndjson b.ndjson --format json")
        .ends(1)
        .json();
    let merged = place
        .run(&["merge", "a.part", "b.part", "--format", "json"])
        .ends(1)
        .json();
    assert_eq!(found(&merged), found(&together));
    assert_eq!(merged["findings"], together["findings"]);
    assert_eq!(merged["names"], together["names"]);
    assert_eq!(merged["events"], together["events"]);
    assert_eq!(merged["as_of"], together["as_of"]);
    place
        .run(&["merge", "a.part", "b.part", "--ignore", "CL306"])
        .ends(0);
    // What is no part, is cut off or was written under another key is refused.
    place
        .run(&["merge", "a.ndjson"])
        .ends(2)
        .says("no whole part");
    let bytes = place.read("a.part");
    place.write("cut.part", &bytes[..bytes.len() - 3]);
    place
        .run(&["merge", "cut.part"])
        .ends(2)
        .says("no whole part");
    place.check("b.ndjson --ledger-out c.part").ends(0);
    place
        .run(&["merge", "a.part", "c.part"])
        .ends(2)
        .says("--ledger-key");
    // So is what was checked otherwise, or is the same part again.
    place.write("known.csv", "em\nana@kestrelbikes.com\n");
    for (options, why) in [
        ("--as-of 2026-06-25T00:00:00Z", "another --as-of"),
        ("--known known.csv", "other --known values"),
        ("--ignore CL306", "other rules"),
        (
            "--tz Europe/Berlin",
            "other rules, severities, --country, --tz",
        ),
    ] {
        let clock = match options.starts_with("--as-of") {
            true => "",
            false => "--as-of 2026-06-26T00:00:00Z ",
        };
        let args = format!("check b.ndjson --ledger-out d.part --ledger-key key {clock}{options}");
        place.run(&args.split_whitespace().collect::<Vec<_>>());
        place.run(&["merge", "a.part", "d.part"]).ends(2).says(why);
    }
    place
        .run(&["merge", "a.part", "b.part", "a.part"])
        .ends(2)
        .says("is given twice");
    place.write("short", "0123");
    place
        .check("b.ndjson --ledger-out c.part --ledger-key short")
        .ends(2)
        .says("16 bytes");
    place.check("b.ndjson --ledger-out b.ndjson").ends(2);
}

/// While the run goes on, its temporary files hold nothing that stands in the log, and they have no
/// name by which they could stay behind when it is killed.
#[cfg(target_os = "linux")]
#[test]
fn temporary_files_hold_no_value_and_leave_nothing_behind() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_capilint"))
        .args(["check", "-", "--memory", "1KB", "--no-config"])
        .env("TMPDIR", folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The pipe stays open, so that the run waits for more.
    let mut input = child.stdin.take().unwrap();
    let text = faults(9);
    for _ in 0..3 {
        input.write_all(text.as_bytes()).unwrap();
    }
    let descriptors = format!("/proc/{}/fd", child.id());
    let spilled = || -> Vec<Vec<u8>> {
        let open = std::fs::read_dir(&descriptors).unwrap();
        open.filter_map(|file| {
            let file = file.ok()?.path();
            let target = std::fs::read_link(&file).ok()?;
            let is_ours = target.starts_with(folder.path());
            is_ours.then(|| std::fs::read(&file).ok()).flatten()
        })
        .filter(|bytes| !bytes.is_empty())
        .collect()
    };
    let (since, mut files) = (Instant::now(), Vec::new());
    while files.len() < 5 && since.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(50));
        files = spilled();
    }
    assert!(files.len() >= 5, "{} files", files.len());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let mut values: Vec<Vec<u8>> = Vec::new();
    for line in text.lines().take(40) {
        let line: Value = serde_json::from_str(line).unwrap();
        let event = line["data"].get(0).unwrap_or(&line);
        let user = &event["user_data"];
        let digest = user["em"][0].as_str().unwrap();
        values.push(capilint::digest::decode(digest).unwrap()[..12].to_vec());
        for value in [
            digest,
            event["event_id"].as_str().unwrap(),
            event["event_source_url"].as_str().unwrap(),
            user["external_id"].as_str().unwrap(),
            user["client_ip_address"].as_str().unwrap(),
            user["fbp"].as_str().unwrap(),
        ] {
            values.push(value.as_bytes().to_vec());
        }
    }
    for value in &values {
        for bytes in &files {
            let found = memchr::memmem::find(bytes, value).is_some();
            assert!(!found, "a value of {} bytes stands in a file", value.len());
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
