//! What holds for every input, tried with many: nothing panics, the number of threads and the size
//! of blocks do not show, and fixes make nothing worse and touch nothing else.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use capilint::engine::{Linter, Run};
use capilint::finding::{Effect, Severity};
use capilint::input::blocks::Limits;
use capilint::output::json::Json;
use capilint::output::{Fixing, Reporter, Style, Wants};
use capilint::report::{EventRow, Located, Report, Verdict};
use capilint::settings::{Clocks, Settings};
use once_cell::sync::Lazy;
use proptest::prelude::*;
use serde_json::{Value, json};
use support::CLEAN;

const NOW: i64 = 1_782_432_000;

const USUAL: Limits = Limits {
    block: 1 << 20,
    whole: 4 << 20,
    record: 64 << 20,
};
const SMALL: Limits = Limits {
    block: 64,
    whole: 256,
    record: 1 << 20,
};
const ONE_BYTE: Limits = Limits {
    block: 1,
    whole: 1,
    record: 1 << 20,
};
const TIGHT: Limits = Limits {
    block: 100,
    whole: 100,
    record: 100,
};

fn linter(threads: usize, limits: Limits, fixing: Fixing, unsafe_fixes: bool) -> Linter {
    Linter::new(Settings {
        clocks: Clocks::At(NOW),
        wall: NOW,
        threads,
        limits,
        fixing,
        unsafe_fixes,
        ..Settings::default()
    })
}

static PLAIN: Lazy<Linter> = Lazy::new(|| linter(1, USUAL, Fixing::Off, false));
static SMALLER: Lazy<Linter> = Lazy::new(|| linter(1, SMALL, Fixing::Off, false));
static SMALLEST: Lazy<Linter> = Lazy::new(|| linter(1, ONE_BYTE, Fixing::Off, false));
static TIGHTEST: Lazy<Linter> = Lazy::new(|| linter(2, TIGHT, Fixing::Off, false));
static TWO: Lazy<Linter> = Lazy::new(|| linter(2, SMALL, Fixing::Off, false));
static FOUR: Lazy<Linter> = Lazy::new(|| linter(4, SMALL, Fixing::Off, false));
static SAFE: Lazy<Linter> = Lazy::new(|| linter(1, USUAL, Fixing::Write, false));
static SAFE_SMALL: Lazy<Linter> = Lazy::new(|| linter(2, SMALL, Fixing::Write, false));
static UNSAFE: Lazy<Linter> = Lazy::new(|| linter(1, USUAL, Fixing::Write, true));

/// Keeps every finding.
#[derive(Default)]
struct Keep(Vec<Located>);

impl Reporter for Keep {
    fn wants(&self) -> Wants {
        Wants {
            findings: true,
            ..Wants::default()
        }
    }
    fn finding(&mut self, finding: &Located) -> std::io::Result<()> {
        self.0.push(finding.clone());
        Ok(())
    }
    fn event(&mut self, _: &EventRow) -> std::io::Result<()> {
        Ok(())
    }
    fn finish(&mut self, _: &Report, _: &Verdict) -> std::io::Result<()> {
        Ok(())
    }
}

fn lint(linter: &Linter, input: &[u8]) -> (Report, Vec<Located>) {
    let mut keep = Keep::default();
    let (report, _) = linter.run(input, &mut keep).unwrap();
    assert_eq!(report.internal_errors, 0, "a rule panicked");
    (report, keep.0)
}

fn as_json(linter: &Linter, input: &[u8]) -> String {
    let mut out = Vec::new();
    let style = Style {
        max_events: None,
        ..Style::default()
    };
    linter.run(input, &mut Json::new(&mut out, style)).unwrap();
    let value: Result<Value, _> = serde_json::from_slice(&out);
    value.expect("the report is JSON");
    String::from_utf8(out).unwrap()
}

fn fix(linter: &Linter, input: &[u8]) -> (Report, Vec<u8>) {
    let (mut keep, mut out) = (Keep::default(), Vec::new());
    let mut run = Run::new(linter, &mut keep);
    run.stream("-", "-", input, None, Some(&mut out))
        .unwrap()
        .unwrap();
    let (report, _) = run.finish().unwrap();
    assert_eq!(report.internal_errors, 0, "a rule panicked");
    (report, out)
}

/// Errors for which Meta refuses an event, or by which something gets out.
fn harm(findings: &[Located]) -> usize {
    findings
        .iter()
        .filter(|f| {
            f.severity == Severity::Error && matches!(f.effect, Effect::Refused | Effect::Leaked)
        })
        .count()
}

/// Findings by rule, and events: what must not depend on how the text is cut.
fn essence(report: &Report) -> (u64, BTreeMap<&'static str, u64>) {
    let rules = capilint::rules::ALL.iter().zip(&report.rules);
    let found = rules
        .map(|(rule, tally)| (rule.name(), tally.total()))
        .filter(|(_, n)| *n > 0);
    (report.events, found.collect())
}

/// Whether an event looks like one for another platform: nobody has such events and Meta's in one
/// list, and what is said of both hangs on whether they are seen together.
fn has_events_of_others(report: &Report) -> bool {
    essence(report).1.contains_key("foreign-schema")
}

// Inputs.

/// The small files among the fixtures, and the examples of all pages.
static FIXTURES: Lazy<Vec<Vec<u8>>> = Lazy::new(|| {
    fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else {
                out.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    for folder in ["ok", "bad", "fix", "shapes"] {
        walk(&root.join(folder), &mut paths);
    }
    paths.sort();
    let mut all: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    all.retain(|bytes| bytes.len() < 6000);
    for rule in capilint::rules::ALL {
        let page = rule.page();
        let examples = page.bad.iter().chain(&page.good).chain(&page.fixed);
        all.extend(examples.map(|example| example.text.clone().into_bytes()));
    }
    all
});

/// Keys and values of the fixtures, to be put where they do not belong.
static WORDS: Lazy<(Vec<String>, Vec<Value>)> = Lazy::new(|| {
    fn collect(value: &Value, keys: &mut Vec<String>, values: &mut Vec<Value>) {
        match value {
            Value::Object(members) => {
                for (key, value) in members {
                    keys.push(key.clone());
                    collect(value, keys, values);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, keys, values)),
            scalar => values.push(scalar.clone()),
        }
    }
    let (mut keys, mut values) = (Vec::new(), Vec::new());
    for bytes in FIXTURES.iter() {
        if let Ok(value) = serde_json::from_slice(bytes) {
            collect(&value, &mut keys, &mut values);
        }
    }
    values.extend([
        json!(null),
        json!([]),
        json!({}),
        json!([[]]),
        json!(-0.0),
        json!(1e300),
        json!(u64::MAX),
        json!(i64::MIN),
        json!("\u{0}\u{7f}\u{feff}\u{10ffff}"),
    ]);
    keys.sort();
    keys.dedup();
    values.sort_by_key(Value::to_string);
    values.dedup();
    (keys, values)
});

/// One event in which some members are replaced, added, removed or moved.
fn event() -> impl Strategy<Value = Value> {
    let change = (
        0u8..5,
        0u8..3,
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
    );
    prop::collection::vec(change, 0..6).prop_map(|changes| {
        let mut event: Value = serde_json::from_str(CLEAN).unwrap();
        let (keys, values) = &*WORDS;
        for (what, level, key, value) in changes {
            let level = ["", "/user_data", "/custom_data"][level as usize];
            let Some(Value::Object(members)) = event.pointer_mut(level) else {
                continue;
            };
            let own: Vec<String> = members.keys().cloned().collect();
            let value = value.get(values).clone();
            match what {
                0 if !own.is_empty() => {
                    members.insert(key.get(&own).clone(), value);
                }
                // A long list of payloads as texts inside an event is read before the event is known
                // around it, which is another shape, too.
                1 if !own.is_empty() && !value.as_str().is_some_and(|text| text.contains('{')) => {
                    members.insert(key.get(&own).clone(), json!([value.clone(), value]));
                }
                2 if !own.is_empty() => {
                    members.remove(key.get(&own));
                }
                // A list `data` makes a body of it, which is another shape.
                _ if key.get(keys) != "data" => {
                    members.insert(key.get(keys).clone(), value);
                }
                _ => {}
            }
        }
        event
    })
}

/// Some events in one of the shapes in which they are read. Exact: none of it is broken.
fn shaped() -> impl Strategy<Value = String> {
    (prop::collection::vec(event(), 1..6), 0u8..7).prop_map(|(events, shape)| {
        let one: Vec<String> = events.iter().map(Value::to_string).collect();
        let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
        match shape {
            0 => support::lines(&one),
            1 => one.join("\r\n\r\n"),
            2 => format!("[{}]", one.join(",\n")),
            3 => format!(
                "{{\"data\":[{}],\"partner_agent\":\"x\"}}\n",
                one.join(", ")
            ),
            4 => pretty(&json!({"upload_tag": "x", "data": events})),
            5 => events.iter().map(pretty).collect::<Vec<_>>().join("\n"),
            _ => one
                .iter()
                .map(|event| format!("{{\"data\":[{event}]}}\n"))
                .collect(),
        }
    })
}

/// A fixture after some accidents.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let accident = (
        0u8..9,
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        any::<u8>(),
    );
    (
        any::<prop::sample::Index>(),
        prop::collection::vec(accident, 0..6),
    )
        .prop_map(|(which, accidents)| {
            const PIECES: [&[u8]; 24] = [
                b"{",
                b"}",
                b"[",
                b"]",
                b"\"",
                b",",
                b":",
                b"\n",
                b"\\",
                b"\\u",
                b"\\ud83d",
                b"//",
                b"/*",
                b"*/",
                b"\xff",
                b"\0",
                b"\xef\xbb\xbf",
                b"null",
                b"1e999",
                b"\r\n",
                b"{\"data\":[",
                b"]}",
                b"EAA",
                b"\t ",
            ];
            let mut bytes = which.get(&FIXTURES[..]).clone();
            for (what, from, to, byte) in accidents {
                if bytes.is_empty() {
                    break;
                }
                let (a, b) = (from.index(bytes.len()), to.index(bytes.len()));
                let range = a.min(b)..a.max(b);
                match what {
                    0 => bytes.truncate(a),
                    1 => bytes[a] ^= 1 << (byte % 8),
                    2 => bytes[a] = byte,
                    3 => drop(bytes.drain(range)),
                    4 => {
                        let copy = bytes[range.clone()].to_vec();
                        bytes.splice(a..a, copy);
                    }
                    5 => {
                        let other = from.get(&FIXTURES[..]).clone();
                        bytes.splice(b..b, other);
                    }
                    _ => {
                        let piece = PIECES[byte as usize % PIECES.len()];
                        bytes.splice(a..a, piece.iter().copied());
                    }
                }
                bytes.truncate(40_000);
            }
            bytes
        })
}

/// Bytes that look a little like JSON.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec![
            "{", "}", "[", "]", "\"", ",", ":", "\n", "\\", "{\"data\":[", "]}", "\"event_name\":", "\"user_data\":{",
            "\"em\":", "1", "-", "e", ".", "//", "/*", "*/", "null", "tru", "\u{e9}", "\\u00", "POST /x HTTP/1.1\n", " ",
        ]).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..5),
    ];
    prop::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

/// More of them find more: `PROPTEST_CASES=5000 cargo test --test properties`.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(200)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn no_bytes_panic(input in prop::collection::vec(any::<u8>(), 0..600)) {
        lint(&PLAIN, &input);
        lint(&TIGHTEST, &input);
        fix(&UNSAFE, &input);
    }

    #[test]
    fn nothing_like_json_panics(input in soup()) {
        lint(&PLAIN, &input);
        lint(&SMALLEST, &input);
        lint(&TIGHTEST, &input);
        fix(&UNSAFE, &input);
    }

    #[test]
    fn no_damage_panics(input in mutated()) {
        lint(&PLAIN, &input);
        lint(&SMALLER, &input);
        lint(&TIGHTEST, &input);
        fix(&UNSAFE, &input);
    }

    #[test]
    fn threads_do_not_show(input in prop_oneof![mutated(), shaped().prop_map(String::into_bytes)]) {
        let one = as_json(&SMALLER, &input);
        prop_assert_eq!(&one, &as_json(&TWO, &input));
        prop_assert_eq!(&one, &as_json(&FOUR, &input));
    }

    #[test]
    fn blocks_do_not_show(input in shaped()) {
        let input = input.as_bytes();
        let (report, findings) = lint(&PLAIN, input);
        for linter in [&*SMALLER, &*SMALLEST] {
            let (other, others) = lint(linter, input);
            prop_assume!(!has_events_of_others(&other));
            prop_assert_eq!(essence(&other), essence(&report));
            // The places too, in the order of the input; the head of a body comes last.
            let places = |findings: &[Located]| {
                let mut places: Vec<_> = findings.iter().map(|f| (f.location.offset, f.location.line, f.location.column, f.rule, f.event, f.pointer.clone())).collect();
                places.sort();
                places
            };
            prop_assert_eq!(places(&others), places(&findings));
        }
    }

    #[test]
    fn findings_point_into_the_text(input in mutated()) {
        let (_, findings) = lint(&PLAIN, &input);
        for finding in findings {
            let at = finding.location;
            prop_assert!(at.offset + at.length <= input.len() as u64, "{finding:?}");
            let before = &input[..at.offset as usize];
            let line = before.iter().filter(|&&b| b == b'\n').count() as u64 + 1;
            prop_assert_eq!(at.line, line, "{}", finding.message);
        }
    }

    #[test]
    fn fixes_settle_and_make_nothing_worse(input in prop_oneof![mutated(), shaped().prop_map(String::into_bytes)]) {
        let before = harm(&lint(&PLAIN, &input).1);
        for linter in [&*SAFE, &*UNSAFE] {
            let (report, once) = fix(linter, &input);
            let (again, twice) = fix(linter, &once);
            prop_assert_eq!(String::from_utf8_lossy(&once), String::from_utf8_lossy(&twice));
            prop_assert_eq!(again.fixes.total(), 0);
            prop_assert_eq!(report.fixes.total() == 0, once == input);
            let after = harm(&lint(&PLAIN, &once).1);
            prop_assert!(after <= before, "{before} -> {after}: {}", String::from_utf8_lossy(&once));
        }
    }

    #[test]
    fn blocks_do_not_show_in_fixes(input in shaped()) {
        prop_assume!(!has_events_of_others(&lint(&SMALLER, input.as_bytes()).0));
        let (_, whole) = fix(&SAFE, input.as_bytes());
        let (_, pieces) = fix(&SAFE_SMALL, input.as_bytes());
        prop_assert_eq!(String::from_utf8(whole).unwrap(), String::from_utf8(pieces).unwrap());
    }

    #[test]
    fn lines_without_a_fix_stay_as_they_are(events in prop::collection::vec((event(), 0u8..3), 1..8)) {
        let lines: Vec<String> = events
            .iter()
            .map(|(event, spacing)| match spacing {
                0 => event.to_string(),
                1 => event.to_string().replace("\":", "\" : ").replace(",\"", " , \""),
                _ => format!("\t{event} "),
            })
            .collect();
        let (_, fixed) = fix(&UNSAFE, lines.join("\n").as_bytes());
        let fixed = String::from_utf8(fixed).unwrap();
        let fixed: Vec<&str> = fixed.split('\n').collect();
        prop_assert_eq!(fixed.len(), lines.len());
        for (line, fixed) in lines.iter().zip(fixed) {
            let (_, findings) = lint(&PLAIN, line.as_bytes());
            if findings.iter().all(|finding| finding.fix.is_none()) {
                prop_assert_eq!(line, fixed);
            }
            // Whatever is fixed, members that no finding names are the same.
            let (old, new): (Value, Value) = (serde_json::from_str(line).unwrap(), serde_json::from_str(fixed).unwrap());
            if line == fixed {
                continue;
            }
            for (key, value) in old.as_object().unwrap() {
                let named = findings.iter().any(|f| f.pointer.as_deref().is_none_or(|p| p.is_empty() || p == "/*" || p.starts_with(&format!("/{key}"))));
                let moved_here = ["user_data", "custom_data", "event_source_url", "client_user_agent", "app_data"].contains(&key.as_str());
                if !named && !moved_here {
                    prop_assert_eq!(Some(value), new.get(key), "{}", key);
                }
            }
        }
    }

    #[test]
    fn a_mender_never_panics(input in mutated()) {
        use capilint::inspect::{AsOf, RuleSet, Surroundings};
        let around = Surroundings { as_of: AsOf::At(NOW), wall: NOW, assume: Default::default(), witnesses: Default::default() };
        let rules = RuleSet::all();
        let mender = capilint::repair::Mender::new(&rules, &around);
        if let Ok(text) = std::str::from_utf8(&input) {
            mender.mend(text, None, &|_: &capilint::finding::Finding, _| true);
        }
    }
}

#[test]
fn one_payload_can_be_checked_without_a_stream() {
    assert_eq!(capilint::engine::lint_event(CLEAN).events, 1);
    assert_eq!(capilint::engine::lint_event("").events, 0);
}

/// Texts that once were cut in the wrong place, with every size of block.
#[test]
fn cuts_lie_where_they_should() {
    let long = "x".repeat(250);
    for text in [
        "{\"data\":[][\"em\":/**/,".to_owned(),
        "/*/*//{".to_owned(),
        format!("[\"{long}\"/* {long} */]\n{{\"a\":1}}"),
        format!("{{\n\"a\":1}}\n{long}"),
        format!("/{long}\n{{\"a\":1}}"),
        format!("{{\"data\":[1,\"{long}"),
        format!("[{long}[{{}}],{{\"data\":[{{}}"),
        format!("{{\"data\":[{{}},\n{{}} ],\"data\":[{{\"a\":\"{long}\"}}]}}"),
    ] {
        for size in 1..300 {
            let limits = Limits {
                block: size,
                whole: size,
                record: size,
            };
            let mut blocks = capilint::input::blocks::Blocks::new(text.as_bytes(), limits);
            let mut all = Vec::new();
            while let Some(block) = blocks.next(Vec::new()).unwrap() {
                assert_eq!(block.offset, all.len() as u64, "{text}, {size}");
                all.extend_from_slice(&block.bytes);
            }
            assert_eq!(String::from_utf8_lossy(&all), text, "{size}");
        }
    }
}
