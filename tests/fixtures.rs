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
