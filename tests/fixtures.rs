//! The fixtures: what is in `ok` raises no error and no warning, what is in `arguable` raises no
//! error and loses nothing to a safe fix, every file in `bad/<rule>` raises that rule, and `fix/<rule>/before.json` becomes `after.json` when all safe fixes are made.

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
        witnesses: Default::default(),
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
            } else if path.extension().is_none_or(|e| e != "md") {
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

/// The JSON texts of a file: the whole of it, or one a line.
fn texts(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    match path.extension().is_some_and(|e| e == "ndjson") {
        true => text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(str::to_owned)
            .collect(),
        false => vec![text],
    }
}

/// How many events a file holds, and what the rules say of it.
fn look(path: &Path) -> (usize, Vec<Finding>) {
    let (rules, around) = (RuleSet::all(), around());
    let (mut events, mut found) = (0, Vec::new());
    for text in &texts(path) {
        let arena = Bump::new();
        let mut inspector = Inspector::new(&rules, &around, &arena);
        if inspector.text(text, &mut ()).is_err() {
            inspector.prose(text);
        }
        events += inspector.events();
        found.extend(inspector.findings().iter().cloned());
    }
    (events, found)
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
    let (mut all, mut faults) = (0, Vec::new());
    for path in files("ok") {
        let (events, mut found) = look(&path);
        assert!(events > 0, "{} holds no event", path.display());
        all += events;
        found.retain(|finding| finding.severity > Severity::Info);
        if !found.is_empty() {
            faults.push(format!("{}: {:?}", path.display(), said(&found)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(all >= 500, "only {all} events: where is the rest?");
}

#[test]
fn arguable_fixtures_raise_no_error_and_lose_nothing() {
    let (rules, around) = (RuleSet::all(), around());
    let mender = Mender::new(&rules, &around);
    let safe = |_: &Finding, safety: Safety| safety == Safety::Safe;
    for path in files("arguable") {
        let (events, mut found) = look(&path);
        assert!(events > 0, "{} holds no event", path.display());
        found.retain(|finding| finding.severity > Severity::Warning);
        assert!(found.is_empty(), "{}: {:?}", path.display(), said(&found));
        for text in texts(&path) {
            let repair = mender.mend(&text, None, &safe);
            let mended = repair.text.as_deref().unwrap_or(&text);
            let keys = |text: &str| text.matches("\":").count();
            assert_eq!(keys(mended), keys(&text), "{}", path.display());
        }
    }
}

#[test]
fn bad_fixtures_raise_their_rule() {
    for path in files("bad") {
        let folder = path.parent().and_then(Path::file_name).unwrap();
        let (_, found) = look(&path);
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
            for finding in look(&path).1 {
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
    let (_, mut found) = look(&folder.join("after.json"));
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
