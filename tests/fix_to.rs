//! `--fix-to`: every event goes either to the requests that can be sent or to the rejects.

mod support;

use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{AS_OF, CLEAN, EM, Place, another, lines, with_error, with_warning};

const REQUESTS: &str = "out/requests.ndjson";
const REJECTS: &str = "out/rejects.ndjson";
const MAP: &str = "out/requests.map.ndjson";

fn objects(place: &Place, name: &str) -> Vec<Value> {
    let read = |line: &str| serde_json::from_str(line).expect("JSON on every line");
    place.text(name).lines().map(read).collect()
}

fn events_in(bodies: &[Value]) -> u64 {
    let number = |body: &Value| body["data"].as_array().expect("a list").len() as u64;
    bodies.iter().map(number).sum()
}

fn reasons(reject: &Value) -> Vec<&str> {
    let list = reject["reasons"].as_array().expect("reasons");
    list.iter()
        .map(|reason| reason["rule"].as_str().expect("a name"))
        .collect()
}

#[test]
fn events_are_sent_as_fixed_and_otherwise_byte_for_byte() {
    let place = Place::new();
    let input = lines(&[CLEAN.to_owned(), with_error().replace("58213", "58214")]);
    place.write("log.ndjson", &input);
    place
        .check("--fix-to out log.ndjson")
        .says("to be sent: 2 events in 1 request");
    let second = CLEAN.replace("58213", "58214");
    assert_eq!(
        place.text(REQUESTS),
        format!("{{\"data\":[{CLEAN},{second}]}}\n")
    );
    assert_eq!(place.text(REJECTS), "");
    assert_eq!(place.text("log.ndjson"), input);
    assert_eq!(
        place.names(),
        ["log.ndjson", "out"],
        "nothing else is left behind"
    );
}

#[test]
fn what_must_not_be_sent_again_says_why() {
    let place = Place::new();
    let stale = CLEAN.replace("1782396602", "1781000602");
    let test = format!("{{\"data\":[{CLEAN}],\"test_event_code\":\"TEST123\"}}");
    let nobody = CLEAN.replace("\"user_data\":{", "\"user_data\":{},\"x\":{");
    let events = [CLEAN.to_owned(), stale, test, CLEAN.to_owned(), nobody];
    place.write("log.ndjson", lines(&events));
    let ran = place.check("--format json --fix-to out log.ndjson");
    let resent = &ran.json()["summary"]["resent"];
    assert_eq!(resent["events"], 1);
    assert_eq!(resent["rejected"], 4);
    let rejects = objects(&place, REJECTS);
    let why: Vec<_> = rejects.iter().map(reasons).collect();
    assert!(why[0].contains(&"stale-event"), "{why:?}");
    assert!(why[1].contains(&"test-event-code"), "{why:?}");
    assert_eq!(why[2], ["duplicate-event"]);
    assert!(why[3].contains(&"insufficient-user-data"), "{why:?}");
    let at: Vec<_> = rejects.iter().map(|one| &one["place"]["line"]).collect();
    assert_eq!(at, [2, 3, 4, 5]);
    assert!(
        place.text(REJECTS).contains(CLEAN),
        "the event is told as it is"
    );
}

#[test]
fn bodies_hold_a_thousand_events_and_one_dataset() {
    let place = Place::new();
    let mut log: Vec<String> = (0..1_500).map(another).collect();
    let url = "https://graph.facebook.com/v21.0/4021987365120/events";
    let other = CLEAN.replace("58213", "77");
    log.push(format!(
        "{{\"url\":\"{url}\",\"body\":{{\"data\":[{other}],\"partner_agent\":\"kestrel_1\",\"access_token\":\"EAAhidden\"}}}}"
    ));
    place.write("log.ndjson", lines(&log));
    place.check("--fix-to out --test-code TEST9 log.ndjson");
    let bodies = objects(&place, REQUESTS);
    let sizes: Vec<_> = bodies
        .iter()
        .map(|body| body["data"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [1_000, 500, 1]);
    assert!(bodies.iter().all(|body| body["test_event_code"] == "TEST9"));
    assert_eq!(bodies[2]["partner_agent"], "kestrel_1");
    assert!(!place.text(REQUESTS).contains("EAA"), "no token");
    let map = objects(&place, MAP);
    assert_eq!(map[2]["dataset"], "4021987365120");
    assert!(map[0]["dataset"].is_null());
}

#[test]
fn nothing_is_replaced_and_unsafe_fixes_need_the_word() {
    let place = Place::new();
    place.write("log.ndjson", CLEAN);
    place.write(REJECTS, "mine");
    place
        .check("--fix-to out log.ndjson")
        .ends(2)
        .says("rejects.ndjson is there already");
    assert_eq!(place.text(REJECTS), "mine");
    assert!(!place.path(REQUESTS).exists());
    place.check("--fix --fix-to out log.ndjson").ends(2);
    place.check("--test-code TEST1 log.ndjson").ends(2);
    place.check("--unsafe-fixes log.ndjson").ends(2);
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_them() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.write("log.ndjson", with_warning());
    place.check("--fix-to out log.ndjson");
    for name in [REQUESTS, REJECTS, MAP] {
        let mode = place.path(name).metadata().expect("a file").permissions();
        assert_eq!(mode.mode() & 0o777, 0o600, "{name}");
    }
    assert!(place.text(REQUESTS).contains(EM), "safe fixes are made");
}

/// All files below a folder.
fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => files(&path, into),
            false => into.push(path),
        }
    }
}

#[test]
fn every_event_is_in_exactly_one_file() {
    let mut all = Vec::new();
    for folder in ["shapes", "real"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        files(&root.join("fixtures").join(folder), &mut all);
    }
    let mut sum = 0;
    for file in all {
        let place = Place::new();
        let mut args = vec!["check", "--as-of", AS_OF, "--format", "json"];
        args.extend(["--allow-empty", "--fix-to", "out"]);
        args.push(file.to_str().expect("a name"));
        let report = place.run(&args).json();
        let events = report["summary"]["events"].as_u64().expect("a number");
        if report["summary"]["resent"].is_null() {
            panic!(
                "nothing was written for {}: {}",
                file.display(),
                report["summary"]
            );
        }
        let sent = events_in(&objects(&place, REQUESTS));
        let rejected = objects(&place, REJECTS).len() as u64;
        assert_eq!(sent + rejected, events, "{}", file.display());
        assert_eq!(report["summary"]["resent"]["events"], sent);
        sum += events;
    }
    assert!(sum > 100, "{sum} events");
}

#[test]
fn test_traffic_that_shows_too_late_is_not_sent() {
    let place = Place::new();
    let events: Vec<String> = (0..9_000).map(another).collect();
    let body = format!(
        "{{\"data\":[{}],\"test_event_code\":\"TEST1\"}}",
        events.join(",")
    );
    place.write("body.json", body);
    place
        .check("--max-record-bytes 100000 --fix-to out body.json")
        .ends(2)
        .says("was not written");
    assert_eq!(place.names(), ["body.json"], "nothing is left behind");
}
