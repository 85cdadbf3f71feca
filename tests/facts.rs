//! What the report says of what was read, and the filter by dataset.

mod support;

use support::{CLEAN, Place, another, lines};

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
        .says("times of capture: 2026-06-25 14:10 to 2026-06-25 14:10 UTC, for 100 % of the events")
        .says("test traffic: 1 event")
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
