//! What the generator plants in a log is exactly what `capilint check` finds in it: no fault is
//! missed and nothing clean is called faulty.

#[allow(dead_code)]
#[path = "../benches/log.rs"]
mod log;
#[allow(dead_code)]
#[path = "../benches/random.rs"]
mod random;

use std::collections::BTreeMap;
use std::io::Write;
use std::process::Command;

use log::log_faults;
use serde::Deserialize;

#[derive(Deserialize)]
struct Report {
    summary: Summary,
    rules: Vec<RuleCount>,
}

#[derive(Deserialize)]
struct Summary {
    events: u64,
}

#[derive(Deserialize)]
struct RuleCount {
    id: String,
    findings: u64,
    events: u64,
}

fn check(file: &std::path::Path, threads: &str) -> Report {
    check_within(file, threads, "1GB")
}

fn check_within(file: &std::path::Path, threads: &str, memory: &str) -> Report {
    let out = Command::new(env!("CARGO_BIN_EXE_capilint"))
        .args(["check", "--profile", "audit", "--no-config"])
        .args(["--as-of", log::AS_OF, "--format", "json"])
        .args(["--threads", threads, "--memory", memory])
        .arg(file)
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    serde_json::from_slice(&out.stdout).unwrap()
}

#[test]
fn the_check_finds_exactly_what_was_planted() {
    for (seed, people) in [
        (1, log::People::Returning),
        (2, log::People::Returning),
        (3, log::People::New),
    ] {
        let mut file = tempfile::Builder::new()
            .suffix(".ndjson")
            .tempfile()
            .unwrap();
        let mut planted = log::write(&mut file, 2_000_000, seed, people).unwrap();
        planted.add(&log_faults::write(&mut file, seed).unwrap());
        file.flush().unwrap();
        for threads in ["1", "2"] {
            let report = check(file.path(), threads);
            assert_eq!(report.summary.events, planted.events, "seed {seed}");
            let found: BTreeMap<&str, u64> = report
                .rules
                .iter()
                .filter(|rule| rule.findings > 0)
                .map(|rule| {
                    let of_request = log::OF_REQUESTS.contains(&rule.id.as_str());
                    let count = if of_request {
                        rule.findings
                    } else {
                        rule.events
                    };
                    (rule.id.as_str(), count)
                })
                .collect();
            let mut expected = planted.rules.clone();
            for (&rule, number) in &planted.of_log {
                *expected.entry(rule).or_default() += number;
            }
            assert_eq!(found, expected, "seed {seed}, {threads} threads");
        }
    }
}

/// Findings and events by rule, without advice on the log as a whole.
fn by_rule(report: &Report) -> BTreeMap<&str, (u64, u64)> {
    let rules = report.rules.iter();
    rules
        .filter(|rule| rule.findings > 0 && !rule.id.starts_with("CL8"))
        .map(|rule| (rule.id.as_str(), (rule.findings, rule.events)))
        .collect()
}

#[test]
fn what_only_the_log_shows_is_found_at_its_counts() {
    for (seed, memory) in [(1, "1GB"), (2, "1GB"), (1, "1KB")] {
        let mut file = tempfile::Builder::new()
            .suffix(".ndjson")
            .tempfile()
            .unwrap();
        let written = log_faults::write(&mut file, seed).unwrap();
        file.flush().unwrap();
        let report = check_within(file.path(), "2", memory);
        assert_eq!(report.summary.events, written.events);
        assert_eq!(
            by_rule(&report),
            expected(&written),
            "seed {seed}, {memory}"
        );
    }
}

/// Findings and events by rule, as they were planted.
fn expected(written: &log_faults::Written) -> BTreeMap<&str, (u64, u64)> {
    let rules = written.rules.iter().map(|(&rule, expected)| {
        let once = written.once.get(rule).copied().unwrap_or_default();
        (rule, (expected.findings + once, expected.events))
    });
    rules.collect()
}

#[test]
fn one_source_for_all_events_is_found_at_its_count() {
    for (seed, memory) in [(1, "1GB"), (2, "1KB")] {
        let mut file = tempfile::Builder::new()
            .suffix(".ndjson")
            .tempfile()
            .unwrap();
        let written = log_faults::write_websites(&mut file, seed).unwrap();
        file.flush().unwrap();
        let report = check_within(file.path(), "2", memory);
        assert_eq!(report.summary.events, written.events);
        assert_eq!(by_rule(&report), expected(&written));
    }
}

/// Every rule of the whole log is planted, but for advice on how all events score.
#[test]
fn every_rule_of_the_whole_log_is_planted() {
    let mut planted: Vec<&str> = Vec::new();
    let (faults, websites) = (
        log_faults::write(&mut std::io::sink(), 1).unwrap(),
        log_faults::write_websites(&mut std::io::sink(), 1).unwrap(),
    );
    planted.extend(faults.rules.keys());
    planted.extend(websites.rules.keys());
    let of_log = capilint::rules::ALL.iter().filter(|rule| {
        // Others read the ledger for their fixes alone.
        let of_log = rule.meta().scope.contains('L');
        rule.log().is_some() && of_log && !rule.id().starts_with("CL8")
    });
    let missing: Vec<&str> = of_log
        .map(|rule| rule.id())
        .filter(|id| !planted.contains(id))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
