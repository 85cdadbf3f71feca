//! Every shape of input that is read, and the logs as they are in the field: events and findings
//! are exactly those that the lists beside the fixtures name.

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{Place, ids};

fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(folder)
}

fn report(path: &Path, args: &str) -> Value {
    let place = Place::new();
    place
        .check(&format!(
            "{} --no-config --profile audit --format json {args}",
            path.display()
        ))
        .ends(0)
        .json()
}

#[test]
fn every_shape_is_read_as_expected() {
    let folder = fixtures("shapes");
    let expected: Value =
        serde_json::from_slice(&std::fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let expected = expected.as_object().unwrap();
    let mut faults = Vec::new();
    for (name, want) in expected {
        let report = report(&folder.join(name), "");
        let found = serde_json::to_value(ids(&report)).unwrap();
        if report["summary"]["events"] != want["events"] || found != want["findings"] {
            faults.push(format!(
                "{name}: {} events, {found}",
                report["summary"]["events"]
            ));
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
