//! What the report says of what was read, and the filter by dataset.

mod support;

use std::path::Path;

use serde_json::json;
use support::{CLEAN, EM, Place, another, lines, with_error};

/// A file of the folder with logs of all shapes.
fn shape(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shapes");
    path.join(name).display().to_string()
}

fn sent_to(dataset: &str, event: &str, more: &str) -> String {
    let url = format!("https://graph.facebook.com/v21.0/{dataset}/events");
    format!(
        "{{\"timestamp\":\"2026-06-25T14:10:05Z\",\"url\":\"{url}\",\"body\":{{\"data\":[{event}]{more}}}}}"
    )
}

fn log() -> String {
    lines(&[
        sent_to("4021987365120", CLEAN, ",\"partner_agent\":\"kestrel_1\""),
        sent_to(
            "4021987365120",
            &another(1).replace("1782396602", "1782396500"),
            "",
        ),
        sent_to(
            "7790412355608",
            &another(2),
            ",\"test_event_code\":\"TEST1\"",
        ),
    ])
}

#[test]
fn a_log_is_told_in_a_few_lines() {
    let place = Place::new();
    place
        .check_piped(log(), "-")
        .says("2 datasets: dataset#1 (2), dataset#2 (1)")
        .says("1 sender: kestrel_1 (1)")
        .says("event times: 2026-06-25 14:08 to 2026-06-25 14:10 UTC, order mixed")
        .says("times of capture: 2026-06-25 14:10 to 2026-06-25 14:10 UTC, for 3 events (100 %): sender log 3")
        .says("test traffic: 1 event (33.3 %)")
        .silent_on("4021987365120");
    place
        .check_piped(log(), "--show-values -")
        .says("4021987365120 (2)");
}

#[test]
fn a_small_fixture_needs_no_facts() {
    let place = Place::new();
    place
        .check_piped(CLEAN, "-")
        .silent_on("event times")
        .silent_on("dataset");
}

#[test]
fn scripts_get_the_facts_as_an_object() {
    let place = Place::new();
    let report = place.check_piped(log(), "--format json -").json();
    let facts = &report["summary"]["facts"];
    assert_eq!(facts["datasets"][0]["dataset"], "dataset#1");
    assert_eq!(facts["datasets"][0]["events"], 2);
    assert_eq!(facts["event_times"]["first"], "2026-06-25T14:08:20Z");
    assert_eq!(facts["capture_times"]["last"], "2026-06-25T14:10:05Z");
    assert_eq!(facts["order"], "mixed");
    assert_eq!(facts["test_events"], 1);
    let lines = place.check_piped(log(), "--format ndjson -").ndjson();
    let summary = lines.iter().find(|line| line["type"] == "summary");
    let summary = summary.expect("a summary").to_string();
    assert!(summary.contains("\"facts\""), "{summary}");
}

#[test]
fn only_events_of_a_dataset_are_looked_at() {
    let place = Place::new();
    let log = log() + &lines(&[another(3)]);
    for (args, events) in [
        ("--dataset 4021987365120", 2),
        ("--dataset 4021987365120 --dataset 7790412355608", 3),
        ("", 4),
    ] {
        let report = place
            .check_piped(&log, &format!("{args} --format json -"))
            .json();
        assert_eq!(report["summary"]["events"], events, "{args}");
        assert_eq!(report["summary"]["filtered"], 4 - events, "{args}");
    }
}

#[test]
fn parts_give_the_facts_of_the_whole() {
    let place = Place::new();
    let log = log();
    let cut = log.find('\n').expect("a line") + 1;
    place.write("a.ndjson", &log[..cut]);
    place.write("b.ndjson", &log[cut..]);
    place.write("key", "a shared key of some length, the same for all");
    for name in ["a", "b"] {
        let args = format!("--ledger-out {name}.part --ledger-key key {name}.ndjson");
        place.check(&args);
        let part = place.read(&format!("{name}.part"));
        assert!(!String::from_utf8_lossy(&part).contains("4021987365120"));
    }
    let facts = |args: &[&str]| place.run(args).json()["summary"]["facts"].clone();
    let merged = facts(&["merge", "--format", "json", "a.part", "b.part"]);
    assert_eq!(merged["event_times"]["first"], "2026-06-25T14:08:20Z");
    assert_eq!(merged["test_events"], 1);
    let mut events: Vec<u64> = merged["datasets"]
        .as_array()
        .expect("datasets")
        .iter()
        .map(|dataset| dataset["events"].as_u64().expect("a number"))
        .collect();
    events.sort_unstable();
    assert_eq!(events, [1, 2]);
}

#[test]
fn facts_come_first_and_the_verdict_last() {
    let place = Place::new();
    let log = log() + &lines(&[with_error()]);
    for args in ["", "--profile audit", "--diff"] {
        let out = place.check_piped(&log, &format!("{args} -")).out();
        assert!(out.starts_with("read: 1 file, "), "{args}: {out}");
        let facts = out.find("event times").expect("facts");
        let findings = out.find("CL403").expect("a finding");
        assert!(facts < findings, "{args}: {out}");
        let last: Vec<&str> = out.lines().rev().take(3).collect();
        assert!(!last[0].is_empty() && last[1].is_empty(), "{args}: {out}");
        assert!(last[2].starts_with("found: "), "{args}: {out}");
    }
    let out = place.check_piped(&log, "--format concise -").out();
    assert!(out.lines().next().expect("a line").contains("CL"), "{out}");
}

#[test]
fn every_fact_is_the_one_that_is_known() {
    let place = Place::new();
    let log = lines(&[
        // A time with another zone than UTC, and a sender.
        "{\"timestamp\":\"2026-06-25T16:10:05+02:00\",\"url\":\"https://graph.facebook.com/v24.0/4021987365120/events\",\"body\":{\"data\":[EVENT],\"partner_agent\":\"kestrel_1\"}}"
            .replace("EVENT", CLEAN),
        // Twice the same.
        CLEAN.to_owned(),
        CLEAN.to_owned(),
        // Hidden by the logger.
        another(1).replace(EM, "***"),
        another(2).replace("81.2.69.142", "[Filtered]"),
        // A body of two for a test.
        format!("{{\"data\":[{},{}],\"test_event_code\":\"T1\"}}", another(3), another(4)),
        // Cut off, no event, no JSON.
        format!("{{\"data\":[{}", &another(5)[..300]),
        "{\"status\":\"ok\"}".to_owned(),
        "GET /health".to_owned(),
    ]);
    place.write("a.ndjson", &log);
    place.write("b.ndjson", CLEAN);
    let report = place.check("--format json a.ndjson b.ndjson").json();
    let summary = &report["summary"];
    let facts = &summary["facts"];
    assert_eq!(summary["files"], 2);
    assert_eq!(summary["bytes"], log.len() + CLEAN.len());
    assert_eq!(summary["events"], 8);
    assert_eq!(summary["requests"], 2);
    assert_eq!(summary["skipped_lines"], 2, "{summary}");
    assert_eq!(summary["other_records"], 1);
    assert_eq!(facts["truncated"], 1);
    assert_eq!(facts["redacted"], 2);
    assert_eq!(facts["test_events"], 2);
    assert_eq!(
        facts["senders"],
        json!([{"sender": "kestrel_1", "events": 1}])
    );
    assert_eq!(
        facts["datasets"],
        json!([{"dataset": "dataset#1", "events": 1}])
    );
    assert_eq!(facts["capture_times"]["first"], "2026-06-25T14:10:05Z");
    assert_eq!(facts["captured"], json!({"sender log": 1}));
    assert_eq!(facts["event_times"]["last"], "2026-06-25T14:10:02Z");
    // One copy in the same file and one in the other. What went to a dataset of its own is none.
    assert_eq!(facts["duplicates"], 2, "{facts}");
    let only = place.check("--format json --select CL102 a.ndjson").json();
    assert!(only["summary"]["facts"]["duplicates"].is_null());
    assert_eq!(only["summary"]["facts"]["redacted"], 2);
    place
        .check("a.ndjson b.ndjson")
        .says("values hidden by the logger: 2 events (25.0 %)")
        .says("duplicates: 2 events")
        .says("1 payload cut off by the log")
        .says("for 1 event (12.5 %): sender log 1");
}

#[test]
fn the_source_of_the_times_of_capture_is_told() {
    let place = Place::new();
    for (name, captured) in [
        ("nginx.log", json!({"proxy": 3})),
        ("docker-lines.log", json!({"sender log": 3})),
        ("kcat.ndjson", json!({"broker": 3})),
        ("bigquery-payload.ndjson", json!({"collector": 3})),
        ("form-bodies.log", json!({})),
    ] {
        let report = place
            .run(&["check", "--format", "json", &shape(name)])
            .json();
        assert_eq!(report["summary"]["facts"]["captured"], captured, "{name}");
    }
}

#[test]
fn answers_are_told_by_error() {
    let place = Place::new();
    let report = place
        .run(&["check", "--format", "json", &shape("server-refused.har")])
        .json();
    let answers = &report["summary"]["answers"];
    let refused: u64 = answers["refused"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|error| error["answers"].as_u64().expect("a number"))
        .sum();
    assert_eq!(answers["taken"].as_u64().expect("a number") + refused, 3);
    assert!(refused > 0 && answers["paired"] == 3, "{answers}");
}

#[test]
fn only_a_dataset_is_fixed_and_the_rest_left_as_it_is() {
    let place = Place::new();
    let token = "EAAJq4ZCv81bMBO7kTz2nXw9Rf5sYhLd3uGePm6";
    let more = format!(",\"test_event_code\":\"T1\",\"access_token\":\"{token}\"");
    let other = sent_to("7790412355608", &with_error(), &more);
    let text = serde_json::to_string(&format!("{{\"data\":[{}]}}", with_error())).expect("text");
    let inner = format!(
        "{{\"url\":\"https://graph.facebook.com/v24.0/7790412355608/events?access_token={token}\",\"body\":{text}}}"
    );
    let unknown = format!("{{\"data\":[{}]{more}}}", with_error());
    let own = sent_to("4021987365120", &with_error(), "");
    let log = [&own, &other, &inner, &unknown].map(String::as_str);
    place.write("log.ndjson", lines(&log));
    let report = place
        .check("--dataset 4021987365120 --fix --unsafe-fixes --format json log.ndjson")
        .json();
    assert_eq!(report["summary"]["events"], 1);
    assert_eq!(report["summary"]["requests"], 1);
    assert_eq!(report["summary"]["filtered"], 3);
    let left_out = &report["summary"]["facts"]["left_out_by_dataset"];
    assert_eq!(*left_out, json!({"elsewhere": 2, "unknown": 1}));
    let fixed = own.replace("1782396602000", "1782396602");
    let log = [&fixed, &other, &inner, &unknown].map(String::as_str);
    assert_eq!(place.text("log.ndjson"), lines(&log));
}

#[test]
fn a_dataset_that_is_not_there_is_told() {
    let place = Place::new();
    place
        .check_piped(log(), "--dataset 1234512345 -")
        .ends(2)
        .says("no event went to the dataset of --dataset (to others: 3; the log does not say where: 0)");
    place
        .check_piped(log(), "--dataset 1234512345 --dataset 4021987365120 -")
        .says("no event went to dataset 1 of --dataset");
    place
        .check_piped(log(), "--dataset shop -")
        .ends(2)
        .says("--dataset takes the id of a dataset")
        .silent_on("shop");
}

#[test]
fn the_dataset_is_known_from_the_address_in_all_shapes() {
    let place = Place::new();
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shapes/expected.json");
    let expected = std::fs::read_to_string(expected).expect("the file");
    let expected: serde_json::Value = serde_json::from_str(&expected).expect("JSON");
    let mut shapes = 0;
    for (name, shape_of) in expected.as_object().expect("an object") {
        for dataset in shape_of["datasets"].as_array().expect("a list") {
            let dataset = dataset.as_str().expect("digits");
            for (asked, events) in [(dataset, &shape_of["events"]), ("1234512345", &json!(0))] {
                let args = ["check", "--format", "json", "--dataset", asked];
                let file = shape(name);
                let report = place.run(&[&args[..], &[&file]].concat()).json();
                assert_eq!(report["summary"]["events"], *events, "{name}");
                shapes += 1;
            }
        }
    }
    assert!(shapes > 30, "{shapes}");
}
