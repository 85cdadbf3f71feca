//! The fixtures: what is in `ok` raises no error and no warning, every file in `bad/<rule>` raises
//! that rule, and `fix/<rule>/before.json` becomes `after.json` when all safe fixes are made.

use std::fs;
use std::path::{Path, PathBuf};

use bumpalo::Bump;
use capilint::event::Assumptions;
use capilint::finding::{Certainty, Finding, Severity};
use capilint::fix::Safety;
use capilint::inspect::{AsOf, Inspector, RuleSet, Surroundings};
use capilint::repair::Mender;
use capilint::rules;

fn around() -> Surroundings {
    let now: jiff::Timestamp = "2026-06-26T00:00:00Z".parse().unwrap();
    Surroundings {
        as_of: AsOf::At(now.as_second()),
        wall: now.as_second(),
        assume: Assumptions::default(),
    }
}

/// The files of a folder and the folders in it, in a stable order.
fn files(folder: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
        let Ok(entries) = fs::read_dir(folder) else {
            return;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else {
                out.push(path);
            }
        }
    }
    let mut out = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    walk(&root.join(folder), &mut out);
    out.sort();
    out
}

/// What the rules say of a file: a whole text, or one a line.
fn findings(path: &Path) -> Vec<Finding> {
    let text = fs::read_to_string(path).unwrap();
    let (rules, around) = (RuleSet::all(), around());
    let lines = path.extension().is_some_and(|e| e == "ndjson");
    let texts: Vec<&str> = match lines {
        true => text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect(),
        false => vec![&text],
    };
    let mut found = Vec::new();
    for text in texts {
        let arena = Bump::new();
        let mut inspector = Inspector::new(&rules, &around, &arena);
        if inspector.text(text, &mut ()).is_err() {
            inspector.prose(text);
        }
        found.extend(inspector.findings().iter().cloned());
    }
    found
}

fn said(findings: &[Finding]) -> Vec<String> {
    let rule = |f: &Finding| rules::ALL[f.rule].name();
    findings
        .iter()
        .map(|f| format!("{} {}: {}", f.severity, rule(f), f.message))
        .collect()
}

#[test]
fn ok_fixtures_raise_no_error_and_no_warning() {
    for path in files("ok") {
        let mut found = findings(&path);
        found.retain(|finding| finding.severity > Severity::Info);
        assert!(found.is_empty(), "{}: {:?}", path.display(), said(&found));
    }
}

#[test]
fn bad_fixtures_raise_their_rule() {
    for path in files("bad") {
        let folder = path.parent().and_then(Path::file_name).unwrap();
        let found = findings(&path);
        let hit = found
            .iter()
            .any(|finding| rules::ALL[finding.rule].name() == folder);
        assert!(hit, "{}: {:?}", path.display(), said(&found));
    }
}

#[test]
fn no_heuristic_is_an_error_in_any_fixture() {
    let mut told = 0;
    for folder in ["ok", "bad", "fix", "shapes", "real"] {
        for path in files(folder) {
            // Compressed files and those that are no UTF-8 are read by the tests of shapes.
            if fs::read_to_string(&path).is_err() {
                continue;
            }
            for finding in findings(&path) {
                told += 1;
                assert!(
                    finding.severity != Severity::Error || finding.certainty > Certainty::Heuristic,
                    "{}: {}",
                    path.display(),
                    finding.message
                );
            }
        }
    }
    assert!(told > 300, "{told}");
}

#[test]
fn fix_fixtures_become_what_they_should() {
    for before in files("fix") {
        if before.file_stem().is_none_or(|stem| stem != "before") {
            continue;
        }
        let text = fs::read_to_string(&before).unwrap();
        let want = fs::read_to_string(before.with_file_name("after.json")).unwrap();
        let (rules, around) = (RuleSet::all(), around());
        let mender = Mender::new(&rules, &around);
        let safe = |_: &Finding, safety: Safety| safety == Safety::Safe;
        let once = mender.mend(&text, None, &safe).text.unwrap_or(text);
        assert_eq!(once, want, "{}", before.display());
        let again = mender.mend(&once, None, &safe);
        assert_eq!(again.text, None, "{} changes again", before.display());
    }
}

#[test]
fn thirty_faults_of_one_event_are_put_right_in_one_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/fix/everything");
    let text = fs::read_to_string(folder.join("before.json")).unwrap();
    let (rules, around) = (RuleSet::all(), around());
    let mender = Mender::new(&rules, &around);
    let safe = |_: &Finding, safety: Safety| safety == Safety::Safe;
    let repair = mender.mend(&text, None, &safe);
    assert!(repair.made.len() >= 30, "{}", repair.made.len());
    let of: std::collections::BTreeSet<usize> = repair.made.iter().map(|made| made.rule).collect();
    assert!(of.len() >= 20, "{of:?}");
    assert!(repair.withheld.is_empty() && repair.left.is_empty());
    // Nothing is left to be found, and a second run changes nothing.
    let mut found = findings(&folder.join("after.json"));
    found.retain(|finding| finding.severity > Severity::Info);
    assert!(found.is_empty(), "{:?}", said(&found));
    let new = repair.text.unwrap();
    assert_eq!(
        mender.mend(&new, None, &safe),
        capilint::repair::Repair::default()
    );
    // What no fix names stands there as it did: white space, text of numbers, keys of one's own.
    for kept in [
        "\n  \"x_pipeline\": { \"shard\": 3, \"lag\": 1.50e2 },\n",
        "\n    \"net_revenue\": 249.00,\n    \"Größe\": \"XL\",\n    \"content_ids\": [ \"KB-7731\" ],\n",
        "\n    \"num_items\": 1,\n",
    ] {
        assert!(text.contains(kept) && new.contains(kept), "{kept}");
    }
    // And in the old order: keys that were neither renamed nor moved, added nor removed.
    let order = |text: &str| -> Vec<usize> {
        [
            "event_name",
            "event_time",
            "event_id",
            "event_source_url",
            "x_pipeline",
            "user_data",
            "em",
            "ph",
            "fn",
            "ln",
            "ge",
            "country",
            "st",
            "ct",
            "external_id",
            "client_ip_address",
            "fbp",
            "data_processing_options",
            "custom_data",
            "value",
            "net_revenue",
        ]
        .iter()
        .map(|key| text.find(&format!("\"{key}\":")).expect(key))
        .collect()
    };
    for text in [&text, &new] {
        assert!(order(text).is_sorted());
    }
}
