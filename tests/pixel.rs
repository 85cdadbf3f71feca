//! The day of a shop in `fixtures/real/shop-day`: the server's log, what the browsers sent, and the list of
//! customers. What is found is exactly what its README says was planted.

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::Place;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/real/shop-day")
        .join(name)
}

const CLOCK: &str = "--no-config";

/// Events by rule, without mere information; findings where no event can be counted.
fn found(report: &Value) -> BTreeMap<String, u64> {
    let rules = report["rules"].as_array().unwrap().iter();
    rules
        .filter(|rule| rule["severity"] != "info")
        .map(|rule| {
            let count = [&rule["events"], &rule["findings"]].map(|n| n.as_u64().unwrap());
            let count = if count[0] == 0 { count[1] } else { count[0] };
            (rule["id"].as_str().unwrap().to_owned(), count)
        })
        .collect()
}

#[test]
fn the_day_shows_what_was_planted() {
    let place = Place::new();
    let report = place
        .check(&format!(
            "{} --pixel {} {CLOCK} --format json",
            file("server.ndjson").display(),
            file("browser.har").display()
        ))
        .ends(1)
        .json();
    let readme = std::fs::read_to_string(file("README.md")).unwrap();
    let planted: BTreeMap<String, u64> = readme
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| CL")?.split('|').map(str::trim);
            Some((format!("CL{}", cells.next()?), cells.next()?.parse().ok()?))
        })
        .collect();
    assert_eq!(found(&report), planted);
    let names = report["pixel"]["names"].as_array().unwrap();
    let of = |name: &str| {
        names
            .iter()
            .find(|entry| entry["event_name"] == name)
            .unwrap()
    };
    assert_eq!(names.len(), 8);
    for (name, browser, server, pairs, deduplicated, reason, rest) in [
        ("ViewContent", 15, 12, 12, 12, "no_twin", 3),
        ("AddToCart", 8, 8, 8, 0, "id_other", 8),
        ("InitiateCheckout", 6, 5, 5, 0, "event_id_misplaced", 5),
        ("Purchase", 26, 26, 26, 0, "id_affix", 25),
        ("Search", 7, 7, 7, 0, "id_case", 7),
        ("CompleteRegistration", 4, 0, 4, 0, "name", 4),
        ("AddPaymentInfo", 2, 2, 2, 0, "late", 2),
        ("PageView", 30, 0, 0, 0, "no_twin", 30),
    ] {
        let entry = of(name);
        let numbers = ["browser_events", "server_events", "pairs", "deduplicated"]
            .map(|key| entry[key].as_u64().unwrap());
        assert_eq!(numbers, [browser, server, pairs, deduplicated], "{name}");
        assert_eq!(entry["not_deduplicated"][reason], rest, "{name}");
        let reasons = entry["not_deduplicated"].as_object().unwrap().values();
        let others: u64 = reasons.map(|number| number.as_u64().unwrap()).sum();
        assert_eq!(others + deduplicated, browser, "{name}");
    }
    assert_eq!(
        of("Purchase")["identity"]["em"],
        json!({"compared": 26, "differ": 24})
    );
    assert_eq!(
        of("Purchase")["values"],
        json!({"compared": 26, "differ": 1})
    );
    let human = place
        .check(&format!(
            "{} --pixel {} {CLOCK}",
            file("server.ndjson").display(),
            file("browser.har").display()
        ))
        .ends(1);
    // Two pairs and no event: that needs a word.
    human
        .says("browser and server:")
        .says("┆ server then ┆")
        .says("│ AddPaymentInfo       ┆       2 ┆           0 ┆     2 ┆")
        .says("server then: events of the log while the capture ran;");
}

#[test]
fn the_fix_learns_how_the_browser_makes_its_ids() {
    let place = Place::new();
    place.write(
        "log.ndjson",
        std::fs::read_to_string(file("server.ndjson")).unwrap(),
    );
    let pixel = format!("--pixel {}", file("browser.har").display());
    place
        .check(&format!("log.ndjson {pixel} {CLOCK} --fix"))
        .ends(1);
    let report = place
        .check(&format!("log.ndjson {pixel} {CLOCK} --format json"))
        .ends(1)
        .json();
    let left = found(&report);
    assert!(
        !left.contains_key("CL308") && !left.contains_key("CL301"),
        "{left:?}"
    );
    let names = report["pixel"]["names"].as_array().unwrap();
    for (name, deduplicated) in [("Purchase", 26), ("Search", 7), ("ViewContent", 12)] {
        let entry = names
            .iter()
            .find(|entry| entry["event_name"] == name)
            .unwrap();
        assert_eq!(entry["deduplicated"], deduplicated, "{name}");
    }
    let once = place.read("log.ndjson");
    place
        .check(&format!("log.ndjson {pixel} {CLOCK} --fix"))
        .ends(1);
    assert!(place.read("log.ndjson") == once, "a second run changes it");
}

#[test]
fn nothing_is_learned_from_standard_input() {
    let place = Place::new();
    let log = std::fs::read_to_string(file("server.ndjson")).unwrap();
    let pixel = file("browser.har");
    let args = format!("- --pixel {} {CLOCK} --fix", pixel.display());
    let output = place.check_piped(log, &args).out();
    // The order number of one event alone shows the id of its copy.
    assert!(output.contains("\"event_id\":\"58212\""));
    assert!(output.contains("\"event_id\":\"order_58200\""));
}

#[test]
fn known_values_prove_digests_and_put_them_right() {
    let place = Place::new();
    place.write(
        "log.ndjson",
        std::fs::read_to_string(file("server.ndjson")).unwrap(),
    );
    let known = format!("--known {}", file("customers.csv").display());
    let report = place
        .check(&format!("log.ndjson {known} {CLOCK} --format json"))
        .ends(1)
        .json();
    assert_eq!(found(&report)["CL111"], 24);
    let proven = |report: &Value, name: &str| {
        let names = report["names"].as_array().unwrap();
        let entry = names
            .iter()
            .find(|entry| entry["event_name"] == name)
            .unwrap();
        entry["coverage"]["em"]["proven"].as_f64().unwrap()
    };
    assert_eq!(proven(&report, "ViewContent"), 1.0);
    assert!(proven(&report, "Purchase") < 0.1);
    let text = report.to_string();
    for value in ["Berger", "kestrel.example"] {
        assert!(!text.contains(value), "{value}");
    }
    place.check(&format!("log.ndjson {known} {CLOCK} --fix"));
    let report = place
        .check(&format!("log.ndjson {known} {CLOCK} --format json"))
        .json();
    assert!(!found(&report).contains_key("CL111"));
    assert_eq!(proven(&report, "Purchase"), 1.0);
}

#[test]
fn what_cannot_be_read_is_said_without_a_value() {
    let place = Place::new();
    place.write("a.json", "{}");
    place.write("list.csv", "ana@kestrel.example\nben@kestrel.example\n");
    let output = place.check("a.json --known list.csv").ends(2);
    output.says("no column");
    place.write("list.ndjson", "{\"em\":\"ana@kestrel.example\"\n");
    place
        .check("a.json --known list.ndjson")
        .ends(2)
        .says("line 1");
    place.write("capture.txt", "nothing\n");
    place
        .check("a.json --pixel capture.txt")
        .ends(2)
        .says("no request");
    place.check("a.json --pixel missing.har").ends(2);
}

#[test]
fn parts_of_the_day_merge_to_the_whole() {
    let place = Place::new();
    let log = std::fs::read_to_string(file("server.ndjson")).unwrap();
    let lines: Vec<&str> = log.split_inclusive('\n').collect();
    let third = lines.len() / 3;
    place.write("a.ndjson", lines[..third].concat());
    place.write("b.ndjson", lines[third..2 * third + 1].concat());
    place.write("c.ndjson", lines[2 * third + 1..].concat());
    place.write("key", "0123456789abcdef");
    let har = file("browser.har");
    let beside = format!("--pixel {}", har.display());
    for name in ["a", "b", "c"] {
        place.check(&format!(
            "{name}.ndjson {beside} --ledger-out {name}.part --ledger-key key"
        ));
    }
    let together = place.check(&format!(
        "a.ndjson b.ndjson c.ndjson {beside} --format json"
    ));
    let har = har.display().to_string();
    let merge = ["merge", "a.part", "b.part", "c.part", "--format", "json"];
    let merged = place.run(&[&merge[..], &["--pixel", &har]].concat());
    assert_eq!(merged.code, together.code);
    assert_eq!(merged.json(), together.json());
    assert!(together.json()["pixel"]["names"].as_array().unwrap().len() == 8);
    // A part holds nothing of the capture, and goes with no other.
    let part = String::from_utf8_lossy(&place.read("b.part")).into_owned();
    let capture = std::fs::read_to_string(file("browser.har")).unwrap();
    let ids = capture
        .split("eid=")
        .skip(1)
        .map(|rest| rest.split(['&', '"']).next().unwrap());
    for id in ids.filter(|id| id.len() > 5) {
        assert!(!part.contains(id));
    }
    place.run(&merge).ends(2).says("give merge the same");
    place.write(
        "other.txt",
        "https://www.facebook.com/tr/?id=123456789012345&ev=Purchase&eid=o-1&ts=1782399601123\n",
    );
    place
        .run(&[&merge[..], &["--pixel", "other.txt"]].concat())
        .ends(2)
        .says("another --pixel");
    place.check("a.ndjson --ledger-out d.part --ledger-key key");
    place
        .run(&["merge", "d.part", "--pixel", &har])
        .ends(2)
        .says("without --pixel");
}

#[test]
fn fixes_that_a_capture_needs_twice_are_told_as_left_out() {
    let place = Place::new();
    let har = file("browser.har");
    let log = std::fs::read_to_string(file("server.ndjson")).unwrap();
    let only = format!("- --fix --pixel {} --select CL308", har.display());
    let once = place.check_piped(&log, &only);
    assert_eq!(once.out(), log);
    assert!(once.err().contains("give --spool"), "{}", once.err());
    // One finding for the ids that one rule explains; those that none does could not be fixed anyway.
    let rule = place.check(&format!(
        "{} --pixel {} --select CL308 --format json",
        file("server.ndjson").display(),
        har.display()
    ));
    let by_rule = rule.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["help"].as_str().unwrap().contains("--fix"))
        .count();
    assert!(by_rule > 0);
    let left = format!("{by_rule} ");
    let line = once
        .err()
        .lines()
        .find(|line| line.contains("--spool"))
        .unwrap()
        .to_owned();
    assert!(line.contains(&left), "{line}");
    let spooled = place.check_piped(&log, &format!("{only} --spool"));
    assert_ne!(spooled.out(), log);
    spooled.silent_on("give --spool");
}

#[test]
fn a_capture_of_other_visitors_shows_nothing_of_ids() {
    let place = Place::new();
    let uuid = |n: u32| format!("7f9c24e8-3b12-4fef-91e0-1b2c3d4e{n:04x}");
    let event = |name: &str, id: String, n: u32| {
        let mut event: Value = serde_json::from_str(support::CLEAN).unwrap();
        event["event_name"] = name.into();
        event["event_id"] = id.into();
        event["user_data"]["fbp"] = format!("fb.1.1782390000123.7744119{n:02}").into();
        event["custom_data"] = json!({ "value": n, "currency": "EUR" });
        event.to_string() + "\n"
    };
    let hit = |name: &str, id: &str, n: u32| {
        format!(
            "https://www.facebook.com/tr/?id=1234567890123456&ev={name}&eid={id}&fbp=fb.1.1782390000456.8844119{n:02}&ts=1782396602000\n"
        )
    };
    let mut log: String = (0..25).map(|n| event("ViewContent", uuid(n), n)).collect();
    let mut capture: String = (0..25)
        .map(|n| hit("ViewContent", &uuid(100 + n), n))
        .collect();
    let errors = |log: &str, capture: &str| {
        place.write("log.ndjson", log);
        place.write("capture.txt", capture);
        let args = "log.ndjson --pixel capture.txt --select CL302 --format json";
        let report = place.check(args).json();
        let findings = report["findings"].as_array().unwrap().iter();
        findings.filter(|one| one["severity"] == "error").count()
    };
    assert_eq!(errors(&log, &capture), 0);
    // A purchase that both sides have shows that they tell of the same visitors.
    log += &event("Purchase", "order-7".to_owned(), 30);
    capture += &hit("Purchase", "order-7", 30);
    assert_eq!(errors(&log, &capture), 1);
}

/// An event and a hit of one visit: number of the browser, seconds after the first, and the two ids.
fn visit(name: &str, browser: u32, after: i64, ids: [&str; 2], order: Option<&str>) -> [String; 2] {
    let mut event: Value = serde_json::from_str(support::CLEAN).unwrap();
    event["event_name"] = name.into();
    event["event_id"] = ids[0].into();
    event["event_time"] = (1_782_300_000 + after).into();
    event["event_source_url"] = "https://shop.example.com/thanks".into();
    event["user_data"]["fbp"] = format!("fb.1.1782290000123.{}", 774_411_900 + browser).into();
    event["custom_data"] = json!({"value": 9.5, "currency": "EUR"});
    let mut order_of_hit = String::new();
    if let Some(order) = order {
        event["custom_data"]["order_id"] = order.into();
        order_of_hit = format!("&cd[order_id]={order}");
    }
    let hit = format!(
        "https://www.facebook.com/tr/?id=1234567890123456&ev={name}&eid={}&fbp=fb.1.1782290000123.{}&ts={}\
         &dl=https%3A%2F%2Fshop.example.com%2Fthanks&cd[value]=9.5&cd[currency]=EUR{order_of_hit}\n",
        ids[1],
        774_411_900 + browser,
        1_782_300_000_400 + after * 1000
    );
    [event.to_string() + "\n", hit]
}

#[test]
fn requests_that_got_lost_are_no_other_ids() {
    let place = Place::new();
    // Every browser looks at a page up to three times; what is lost, is lost on one side.
    let mut lost = 0x2545_f491_4f6c_dd1du64;
    let mut is_lost = || {
        lost = lost.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (lost >> 33) % 100 < 15
    };
    for name in ["ViewContent", "PageView"] {
        let [mut log, mut capture] = [String::new(), String::new()];
        for browser in 0..300 {
            for time in 0..browser % 3 + 1 {
                let id = match name {
                    "PageView" => format!("7f9c24e8-3b12-4fef-91e{time}-1b2c3d4e{browser:04x}"),
                    _ => format!("vc-{browser}-{}", time * 7919 % 100),
                };
                let after = i64::from(browser * 600 + time * 80);
                let [event, hit] = visit(name, browser, after, [&id, &id], None);
                log += if is_lost() { "" } else { &event };
                capture += if is_lost() { "" } else { &hit };
            }
        }
        place.write("log.ndjson", &log);
        place.write("capture.txt", &capture);
        let args = "log.ndjson --pixel capture.txt --select CL302,CL308 --format json";
        let report = place.check(args).json();
        assert!(report["pixel"]["names"][0]["deduplicated"].as_u64() > Some(300));
        let findings = report["findings"].as_array().unwrap();
        let loud = findings.iter().find(|one| one["severity"] != "info");
        assert_eq!(loud, None, "{name}");
    }
}

#[test]
fn an_exception_teaches_no_rule() {
    let place = Place::new();
    let [mut log, mut capture] = [String::new(), String::new()];
    for number in 0..149 {
        let (id, order) = (
            format!("order-{}", 5000 + number),
            (5000 + number).to_string(),
        );
        // An old page sends the bare number; the capture does not cover the whole day.
        let of_browser = if number < 6 { &order } else { &id };
        let after = i64::from(number * 300);
        let [event, hit] = visit("Purchase", number, after, [&id, of_browser], Some(&order));
        log += &event;
        capture += if number < 60 { &hit } else { "" };
    }
    place.write("log.ndjson", &log);
    place.write("capture.txt", &capture);
    let ran = place.check("log.ndjson --pixel capture.txt --select CL308 --fix");
    ran.says("6 of 60 pairs")
        .says("the server puts 6 characters in front");
    assert_eq!(place.text("log.ndjson"), log);
}

#[test]
fn a_standard_name_of_the_server_is_not_given_up_for_the_browsers() {
    let place = Place::new();
    let renamed = |server: &str, browser: &str| {
        let mut log = String::new();
        let mut capture = String::new();
        for n in 0..6 {
            let mut event: Value = serde_json::from_str(support::CLEAN).unwrap();
            event["event_name"] = server.into();
            event["event_id"] = format!("order-{n}").into();
            log += &(event.to_string() + "\n");
            capture += &format!(
                "https://www.facebook.com/tr/?id=1234567890123456&ev={browser}&eid=order-{n}&ts=1782396602000\n"
            );
        }
        place.write("log.ndjson", &log);
        place.write("capture.txt", &capture);
        let args = "log.ndjson --pixel capture.txt --select CL309";
        place.check(args).says("CL309");
        place.check(&format!("{args} --fix --unsafe-fixes"));
        place.text("log.ndjson") != log
    };
    assert!(renamed("OrderPlaced", "Purchase"));
    assert!(!renamed("Purchase", "OrderPlaced"));
}

#[test]
fn a_netlog_is_refused_with_what_to_do_instead() {
    let place = Place::new();
    let url = "https://www.facebook.com/tr/?id=1234567890&ev=Purchase&eid=1";
    let events: Vec<String> = (0..3)
        .map(|number| json!({"params": {"url": url}, "type": number}).to_string())
        .collect();
    place.write(
        "netlog.json",
        format!(
            "{{\"constants\":{{\"a\":1}},\n\"events\": [\n{}]}}\n",
            events.join(",\n")
        ),
    );
    place.write("a.json", support::CLEAN);
    let run = place.check("--pixel netlog.json a.json").ends(2);
    run.says("NetLog").says("HAR");
}
