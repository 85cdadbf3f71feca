//! Every shape of input that is read, and the logs as they are in the field: events and findings
//! are exactly those that the lists beside the fixtures name.

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{AS_OF, Place, ids};

fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(folder)
}

fn report(path: &Path, args: &str) -> Value {
    report_as_of(path, AS_OF, args)
}

fn report_as_of(path: &Path, as_of: &str, args: &str) -> Value {
    let place = Place::new();
    let all = format!(
        "check --as-of {as_of} {} --no-config --profile audit --format json {args}",
        path.display()
    );
    let all: Vec<&str> = all.split_whitespace().collect();
    let ran = place.run(&all);
    // A log without any event ends with 2.
    assert!([0, 2].contains(&ran.code), "{}", ran.all());
    ran.json()
}

/// The expected findings of rules that there are: some shapes hold a case of one to come.
fn known(findings: &Value) -> Value {
    let all = findings.as_object().unwrap().iter();
    let there = all.filter(|(id, _)| capilint::rules::ALL.iter().any(|rule| rule.id() == *id));
    there
        .map(|(id, count)| (id.clone(), count.clone()))
        .collect()
}

#[test]
fn every_shape_is_read_as_expected() {
    let folder = fixtures("shapes");
    let expected: Value =
        serde_json::from_slice(&std::fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let expected = expected.as_object().unwrap();
    let mut faults = Vec::new();
    for (name, want) in expected {
        // Where the log tells when it was sent, that is the clock.
        let as_of = want
            .get("as_of")
            .map_or(AS_OF, |as_of| as_of.as_str().unwrap());
        let report = report_as_of(&folder.join(name), as_of, "");
        let found = (
            report["summary"]["events"].clone(),
            serde_json::to_value(ids(&report)).unwrap(),
        );
        let right = (want["events"].clone(), known(&want["findings"]));
        let fault = want.get("fault").unwrap_or(&Value::Null);
        let until = (
            fault.get("events").unwrap_or(&right.0).clone(),
            fault.get("findings").map_or(right.1.clone(), known),
        );
        if found != until {
            let hint = match found == right {
                true => " (read rightly now: take it out of `fault`)",
                false => "",
            };
            faults.push(format!("{name}: {} events, {}{hint}", found.0, found.1));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    // None is forgotten.
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            expected.contains_key(&name) || ["README.md", "expected.json"].contains(&name.as_str()),
            "{name} is not in expected.json"
        );
    }
}

#[test]
fn the_same_events_have_the_same_scores_in_every_shape() {
    let folder = fixtures("shapes");
    let names = |name: &str| {
        let report = report(&folder.join(name), "");
        let names = report["names"].as_array().unwrap().clone();
        names
            .iter()
            .map(|n| {
                (
                    n["event_name"].clone(),
                    n["score"].clone(),
                    n["events"].clone(),
                )
            })
            .collect::<Vec<_>>()
    };
    let want = names("events.ndjson");
    assert_eq!(want.len(), 3);
    for name in [
        "body.json",
        "body-one-line.json",
        "bodies-array.json",
        "events-array.json",
        "commented.jsonc",
        "pasted-request.http",
        "events.ndjson.gz",
        "events.ndjson.zst",
        "bom.ndjson",
    ] {
        assert_eq!(names(name), want, "{name}");
    }
}

/// The numbers of the table in `fixtures/real/README.md`.
fn planted() -> BTreeMap<String, u64> {
    let text = std::fs::read_to_string(fixtures("real").join("README.md")).unwrap();
    text.lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| CL")?.split('|').map(str::trim);
            Some((format!("CL{}", cells.next()?), cells.next()?.parse().ok()?))
        })
        .collect()
}

#[test]
fn the_order_log_has_the_planted_faults_and_no_others() {
    let report = report(&fixtures("real").join("orders.ndjson"), "");
    let found: BTreeMap<String, u64> = report["rules"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|rule| rule["severity"] != "info")
        // The group 8xx is advice on the log as a whole: nobody plants it.
        .filter(|rule| !rule["id"].as_str().unwrap().starts_with("CL8"))
        .map(|rule| {
            // A fault of a request has no event to count by.
            let count = [&rule["events"], &rule["findings"]].map(|n| n.as_u64().unwrap());
            let count = if count[0] == 0 { count[1] } else { count[0] };
            (rule["id"].as_str().unwrap().to_owned(), count)
        })
        .collect();
    assert_eq!(found, planted());
    assert_eq!(report["summary"]["events"], 300);
}

#[test]
fn the_clean_day_is_clean() {
    let report = report(&fixtures("real").join("clean-day.ndjson"), "");
    assert_eq!(report["summary"]["events"], 120);
    assert_eq!(report["summary"]["findings"]["error"], 0);
    assert_eq!(
        report["summary"]["findings"]["warning"], 0,
        "{}",
        report["findings"]
    );
}

#[test]
fn the_request_of_a_guide_can_be_pasted_whole() {
    let report = report(&fixtures("real").join("guide-request.txt"), "");
    assert_eq!(report["summary"]["events"], 1);
    assert_eq!(ids(&report), BTreeMap::from([("CL001".to_owned(), 1)]));
    assert_eq!(report["findings"][0]["severity"], "info");
}
