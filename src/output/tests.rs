//! The formats over small reports made by hand.

use std::io;

use serde_json::Value;

use super::concise::Concise;
use super::excerpt::excerpt;
use super::human::Human;
use super::json::Json;
use super::ndjson::Ndjson;
use super::scores::{By, Layout, Scores};
use super::{Fixing, Reporter, Style, diff, rules_table};
use crate::finding::{Certainty, Effect, Severity, Subject};
use crate::fix::Safety;
use crate::json::Pointer;
use crate::repair::Change;
use crate::report::{
    Doing, EventRow, FileTally, Gate, Group, InputError, Located, LocatedChange, Location, Report,
    RuleTally, Verdict,
};
use crate::rules;
use crate::score::{NameScore, Presence, ScoreKey, Status, event_score};
use crate::values::printable;

/// Payload values of [`EVENT`] that must not be printed.
const VALUES: [&str; 9] = [
    "1782399600",
    "order-58213",
    "shop.example",
    "e3b0c442",
    "171 1234567",
    "81.2.69.142",
    "Ana",
    "249",
    "EAAbcdef",
];
const EVENT: &str = r#"{"event_name":"Purchase","event_time":1782399600,"event_id":"order-58213","action_source":"website","event_source_url":"https://shop.example.com/?access_token=EAAbcdefghijklmnopqrstuvwx","user_data":{"em":["ana@shop.example"],"ph":["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],"fn":"Ana","Ana@shop.example":"+49 171 1234567","client_ip_address":"81.2.69.142"},"custom_data":{"value":249.00}}"#;

fn style() -> Style {
    Style {
        colour: false,
        width: 100,
        show_values: false,
        max_findings: 50,
        totals_first: false,
        quiet: false,
        verbose: false,
        max_events: Some(1000),
        as_of: "auto".to_owned(),
        fixing: Fixing::Off,
    }
}

fn finding(rule: &str, severity: Severity, pointer: &str, line: u64) -> Located {
    let pointer = Pointer::from(pointer);
    Located {
        rule: rules::index_of(rule),
        severity,
        effect: Effect::Unmatched,
        certainty: Certainty::Proof,
        message: "ph is the SHA-256 of an empty string".to_owned(),
        help: "leave the key out when there is no phone".to_owned(),
        file: "a.json".to_owned(),
        location: Location {
            line,
            column: 15,
            offset: line * 1000,
            length: 66,
        },
        event: Some(line - 1),
        event_name: Some("Purchase".to_owned()),
        pointer: Some(printable::pointer_below(
            &Pointer::from("/data/0"),
            &pointer,
        )),
        pattern: printable::pointer(&Pointer::from(pointer.pattern().as_str())),
        fix: Some((Safety::Safe, "remove the value".to_owned())),
        excerpt: Some(excerpt(EVENT, &pointer, false)),
        via: Vec::new(),
        related: Vec::new(),
    }
}

fn group(examples: Vec<Located>, findings: u64) -> Group {
    Group {
        rule: examples[0].rule,
        severity: examples[0].severity,
        pattern: examples[0].pattern.clone(),
        findings,
        examples,
    }
}

fn presence() -> Presence {
    let mut presence = Presence::default();
    presence.note(ScoreKey::Em, Status::Unverified);
    presence.note(ScoreKey::Ph, Status::Bad);
    presence.note(ScoreKey::Ip, Status::Good);
    presence
}

fn row(event: u64) -> EventRow {
    EventRow {
        file: "a.json".to_owned(),
        line: event + 1,
        event,
        pointer: format!("/data/{event}"),
        event_name: Some("Purchase".to_owned()),
        event_id: Some("order-58213".to_owned()),
        score: Some(event_score(presence().usable())),
        presence: presence(),
    }
}

/// Two rules spoke: one error, and one warning as often as asked.
fn report(warnings: u64) -> Report {
    let mut report = Report {
        files: vec![FileTally {
            name: "a.json".to_owned(),
            ..FileTally::default()
        }],
        bytes: 1812,
        records: 1,
        requests: 1,
        events: 30,
        fixable_safe: 1,
        rules: vec![RuleTally::default(); rules::ALL.len()],
        rows: (0..25).map(row).collect(),
        ..Report::default()
    };
    report.clocks.capture = 20;
    report.clocks.wall = 10;
    let (error, warning) = ("hash-of-empty", "hash-uppercase");
    report.rules[rules::index_of(error)] = RuleTally {
        findings: [0, 0, 1],
        events: [0, 0, 1],
        fixable: [0, 1],
    };
    report.rules[rules::index_of(warning)] = RuleTally {
        findings: [0, warnings, 0],
        events: [0, warnings.min(30), 0],
        fixable: [warnings.min(1), warnings.saturating_sub(1)],
    };
    if warnings > 0 {
        let examples = (1..=warnings.min(3))
            .map(|line| finding(warning, Severity::Warning, "/user_data/em/0", line))
            .collect();
        report.groups.push(group(examples, warnings));
    }
    let example = finding(error, Severity::Error, "/user_data/ph/0", 7);
    report.groups.push(group(vec![example], 1));
    let mut score = NameScore::default();
    score.add_many(presence(), true, 30);
    report.names.insert("Purchase".to_owned(), score);
    report
}

fn verdict(report: &Report) -> Verdict {
    let gate = Gate {
        fail_on: Some(Severity::Warning),
        ..Gate::default()
    };
    Verdict::of(report, &gate)
}

/// Runs a format as the engine does.
fn run(
    mut reporter: impl Reporter,
    report: &Report,
    written: impl Fn() -> String,
) -> io::Result<String> {
    if reporter.wants().findings {
        for finding in report.groups.iter().flat_map(|group| &group.examples) {
            reporter.finding(finding)?;
        }
    }
    if reporter.wants().events {
        for row in &report.rows {
            reporter.event(row)?;
        }
    }
    reporter.finish(report, &verdict(report))?;
    drop(reporter);
    Ok(written())
}

/// A writer that can still be read after the reporter took it.
#[derive(Clone, Default)]
struct Shared(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

macro_rules! written {
    ($format:ident, $style:expr, $report:expr $(, $more:expr)*) => {{
        let out = Shared::default();
        let reporter = $format::new(out.clone(), $style $(, $more)*);
        run(reporter, $report, || {
            String::from_utf8(out.0.lock().unwrap().clone()).unwrap()
        })
        .unwrap()
    }};
}

#[test]
fn few_findings_are_told_one_by_one_with_errors_first() {
    let text = written!(Human, style(), &report(1));
    let expected = "\
CL102 hash-of-empty

  × ph is the SHA-256 of an empty string
    ╭─[a.json:7:15  event 6  /data/0/user_data/ph/0]
    │ {
    │   … 5 more
    │   \"user_data\": {
    │     \"em\": [\"<e-mail, 16 characters>\"],
    │     \"ph\": [\"<64 hex digits>\"],
    ·            ─────────────────
    │     \"fn\": \"<text, 3 characters>\",
    │     \"*\": \"<text, 15 characters>\",
    │     … 1 more
    │   },
    │   … 1 more
    │ }
    ╰────
  help: leave the key out when there is no phone
        fix (safe): remove the value

CL109 hash-uppercase

  ⚠ ";
    let (facts, text) = text.split_once("\n\n").expect("facts");
    assert!(facts.starts_with("read: "), "{facts}");
    assert!(facts.contains("time of capture for 20 events, unknown"));
    assert!(text.starts_with(expected), "{text}");
    assert!(text.ends_with("\nfail: 1 error, 1 warning\n"), "{text}");
    assert!(text.contains("found: 1 error, 1 warning; fixable: 1 with --fix\n"));
    assert!(text.contains("and 10 more: `capilint score --by event` lists them all"));
    assert_eq!(text.matches("Meta's formula is not public").count(), 1);
}

#[test]
fn many_findings_are_grouped_and_totals_are_never_capped() {
    let text = written!(Human, style(), &report(1234));
    assert!(
        text.contains(
            "CL109 hash-uppercase  1,234 findings at /user_data/em/*; \
             the rule speaks of 100 % of events\n"
        ),
        "{text}"
    );
    assert!(text.contains("  also: a.json:2:15, a.json:3:15, … 1,231 more\n"));
    let capped = Style {
        max_findings: 1,
        ..style()
    };
    let text = written!(Human, capped, &report(1234));
    assert!(
        text.contains("1,234 more findings hidden (--max-findings 1)\n"),
        "{text}"
    );
    assert!(!text.contains("at /user_data/em/*"));
    assert!(text.contains("found: 1 error, 1,234 warnings;"));
}

#[test]
fn audits_lead_with_totals_and_quiet_runs_say_one_line() {
    let audit = Style {
        totals_first: true,
        ..style()
    };
    let text = written!(Human, audit, &report(1));
    let (facts, text) = text.split_once("\n\n").expect("facts");
    assert!(facts.starts_with("read: "), "{facts}");
    assert!(text.starts_with("Findings by rule\n╭"), "{text}");
    let quiet = Style {
        quiet: true,
        ..style()
    };
    assert_eq!(
        written!(Human, quiet.clone(), &report(1)),
        "fail: 1 error, 1 warning\n"
    );
    assert_eq!(
        written!(Concise, quiet, &report(1)),
        "fail: 1 error, 1 warning\n"
    );
}

#[test]
fn the_table_says_which_fixes_the_findings_have() {
    let text = written!(Human, style(), &report(3));
    let row = |id: &str| {
        let line = text
            .lines()
            .find(|line| line.starts_with('│') && line.contains(id));
        line.expect(id).to_owned()
    };
    assert!(row("CL102").ends_with("┆ safe        │"), "{text}");
    assert!(row("CL109").ends_with("┆ safe/unsafe │"), "{text}");
    let mut report = report(3);
    report.rules[rules::index_of("hash-uppercase")].fixable = [0, 0];
    let text = written!(Human, style(), &report);
    assert!(text.contains("┆ –    │"), "{text}");
}

#[test]
fn colours_come_only_when_asked_and_tables_keep_the_width() {
    assert!(!written!(Human, style(), &report(3)).contains('\u{1b}'));
    let colour = Style {
        colour: true,
        ..style()
    };
    let text = written!(Human, colour, &report(3));
    assert!(text.contains("\u{1b}["));
    assert!(!text.contains(" 1 │"), "{text}");
    for width in [40, 60, 80, 120] {
        let narrow = Style { width, ..style() };
        let text = written!(Human, narrow, &report(3));
        let widest = text
            .lines()
            .filter(|line| line.starts_with(['│', '╭', '╞', '╰']))
            .map(|line| line.chars().count())
            .max();
        assert!(widest <= Some(width), "{widest:?} in {width}\n{text}");
    }
}

#[test]
fn narrow_tables_lose_columns_and_never_split_a_name() {
    let mut report = report(3);
    let longest = (0..rules::ALL.len()).max_by_key(|&rule| rules::ALL[rule].name().len());
    let longest = longest.unwrap();
    report.rules[longest] = RuleTally {
        findings: [0, 12_345, 0],
        events: [0, 30, 0],
        fixable: [5, 5],
    };
    let name = rules::ALL[longest].name();
    let head = |width: usize| {
        let text = written!(Human, Style { width, ..style() }, &report);
        let rows = text.replace("\n  ", " ");
        let row = rows
            .lines()
            .find(|line| line.contains(name) && line.contains("12,345"));
        assert!(row.is_some(), "{width}\n{text}");
        let after = text
            .lines()
            .skip_while(|line| !line.starts_with("Findings by rule"));
        after.take(3).collect::<Vec<_>>().join("\n")
    };
    assert!(head(120).contains("share") && head(120).contains("fix"));
    assert!(head(120).contains("events") && head(120).contains(" id "));
    // What the share and the name say already is left out, and nothing else.
    assert!(head(80).contains("share") && head(80).contains("fix"));
    assert!(!head(80).contains("events"), "{}", head(80));
    for width in [60, 40] {
        let lines = head(width).replace("\n  ", " ");
        let row = "error CL102 hash-of-empty: findings 1, events 1, share 3.33 %, fix safe";
        assert!(lines.contains(row), "{lines}");
        assert!(
            head(width)
                .lines()
                .all(|line| line.chars().count() <= width)
        );
    }
    let events = written!(
        Human,
        Style {
            width: 40,
            ..style()
        },
        &report
    );
    assert!(
        events.contains("a.json:1 #0: name Purchase, score 5.7"),
        "{events}"
    );
}

#[test]
fn unreadable_inputs_and_findings_without_a_place_are_told() {
    let mut report = report(0);
    report.errors.push(InputError {
        path: "b.json".to_owned(),
        message: "permission denied".to_owned(),
        doing: Doing::Reading,
    });
    let bare = &mut report.groups[0].examples[0];
    bare.excerpt = None;
    bare.location = Location::default();
    bare.event = None;
    bare.pointer = None;
    let text = written!(Human, style(), &report);
    assert!(text.contains("could not be read: b.json: permission denied\n"));
    assert!(
        text.contains("  × ph is the SHA-256 of an empty string\n  │ a.json\n"),
        "{text}"
    );
    assert!(text.ends_with("error: 1 input could not be read\n"));
    let text = written!(Concise, style(), &report);
    assert_eq!(
        text,
        "\
a.json: error CL102 hash-of-empty: ph is the SHA-256 of an empty string [fix: safe]
b.json: permission denied
error: 1 input could not be read
"
    );
}

#[test]
fn concise_is_one_line_a_finding() {
    let text = written!(Concise, style(), &report(1));
    assert_eq!(
        text,
        "\
a.json:1:15: warning CL109 hash-uppercase: ph is the SHA-256 of an empty string [/data/0/user_data/em/0] [fix: safe]
a.json:7:15: error CL102 hash-of-empty: ph is the SHA-256 of an empty string [/data/0/user_data/ph/0] [fix: safe]
fail: 1 error, 1 warning
"
    );
}

#[test]
fn json_has_the_schema() {
    let text = written!(Json, style(), &report(2));
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["schema"], "capilint/1");
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(json["as_of"]["mode"], "auto");
    assert_eq!(json["as_of"]["time"], Value::Null);
    assert_eq!(json["as_of"]["sources"]["wall"], 10);
    let summary = &json["summary"];
    assert_eq!(summary["events"], 30);
    assert_eq!(
        summary["findings"],
        serde_json::json!({"error": 1, "warning": 2, "info": 0})
    );
    assert_eq!(
        summary["fixable"],
        serde_json::json!({"safe": 1, "unsafe": 0})
    );
    assert_eq!(summary["verdict"], "fail");
    assert_eq!(
        json["rules"][0],
        serde_json::json!({"id": "CL102", "name": "hash-of-empty", "severity": "error",
            "findings": 1, "events": 1, "rate": 0.033333})
    );
    let event = &json["events"][0];
    assert_eq!(json["events"].as_array().unwrap().len(), 25);
    assert_eq!(event["pointer"], "/data/0");
    assert_eq!(event["keys"]["ph"], "bad");
    assert_eq!(event["keys"]["em"], "unverified");
    assert_eq!(event.get("event_id"), None);
    assert!(event["score"].is_number() && event["low"].is_number());
    assert_eq!(json["names"][0]["event_name"], "Purchase");
    assert_eq!(json["names"][0]["coverage"]["em"]["sent"], 1.0);
    assert!(json["names"][0]["gains"].is_array());
    assert_eq!(
        json["findings"][2],
        serde_json::json!({"id": "CL102", "rule": "hash-of-empty", "severity": "error",
            "effect": "unmatched", "certainty": "proof",
            "message": "ph is the SHA-256 of an empty string",
            "help": "leave the key out when there is no phone",
            "file": "a.json", "line": 7, "column": 15, "offset": 7000, "length": 66,
            "event": 6, "event_name": "Purchase", "pointer": "/data/0/user_data/ph/0",
            "related": [], "fix": {"safety": "safe", "title": "remove the value"}})
    );
}

#[test]
fn json_of_all_events_waits_in_a_file_and_empty_lists_are_valid() {
    let all = Style {
        max_events: None,
        as_of: "2026-06-26T00:00:00Z".to_owned(),
        ..style()
    };
    let mut report = report(0);
    report.rows[3].score = None;
    let text = written!(Json, all.clone(), &report);
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["events"].as_array().unwrap().len(), 25);
    assert_eq!(json["events"][3]["score"], Value::Null);
    assert!(json["events"][3]["why"].is_string());
    assert_eq!(json["as_of"]["mode"], "time");
    assert_eq!(json["as_of"]["time"], "2026-06-26T00:00:00Z");
    let empty = Report {
        rules: vec![RuleTally::default(); rules::ALL.len()],
        ..Report::default()
    };
    let json: Value = serde_json::from_str(&written!(Json, all, &empty)).unwrap();
    for list in ["findings", "events", "names", "rules", "errors"] {
        assert_eq!(json[list], serde_json::json!([]), "{list}");
    }
    assert_eq!(json["summary"]["verdict"], "error");
}

#[test]
fn ndjson_has_a_type_on_every_line() {
    for max_events in [None, Some(2)] {
        let style = Style {
            max_events,
            ..style()
        };
        let text = written!(Ndjson, style, &report(1));
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let kinds = |kind: &str| lines.iter().filter(|line| line["type"] == kind).count();
        assert_eq!(kinds("finding"), 2);
        assert_eq!(kinds("event"), max_events.unwrap_or(25));
        assert_eq!(kinds("name"), 1);
        assert_eq!(kinds("summary"), 1);
        let summary = lines.last().unwrap();
        assert_eq!(summary["verdict"], "fail");
        assert_eq!(summary["schema"], "capilint/1");
        assert_eq!(summary["rules"][0]["id"], "CL102");
    }
}

#[test]
fn scores_come_as_table_csv_and_ndjson() {
    let report = report(0);
    let csv = written!(Scores, style(), &report, Layout::Csv, By::Event);
    let mut lines = csv.lines();
    let head = lines.next().unwrap();
    assert!(head.starts_with("file,line,event,pointer,event_name,score,low,high,why,em,ph,"));
    assert!(
        lines
            .next()
            .unwrap()
            .starts_with("a.json,1,0,/data/0,Purchase,")
    );
    assert_eq!(csv.lines().count(), 26);
    let columns = |line: &str| line.split(',').count();
    assert!(csv.lines().all(|line| columns(line) == columns(head)));
    let csv = written!(Scores, style(), &report, Layout::Csv, By::Name);
    assert!(csv.contains("\nPurchase,30,30,"), "{csv}");
    let lines = written!(Scores, style(), &report, Layout::Ndjson, By::Name);
    let name: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(name["events"], 30);
    let table = written!(Scores, style(), &report, Layout::Table, By::Event);
    assert!(table.contains("a.json:25 #24"), "{table}");
    assert!(table.contains("bad: ph; missing: external_id,"), "{table}");
}

fn change(show_values: bool) -> LocatedChange {
    let new = EVENT.replace(
        r#","ph":["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]"#,
        "",
    );
    LocatedChange {
        file: "a.json".to_owned(),
        line: 7,
        event: Some(6),
        pointer: "/data/0/user_data/ph/0".to_owned(),
        change: Change {
            rule: rules::index_of("hash-of-empty"),
            safety: Safety::Safe,
            title: "remove the value".to_owned(),
            subject: Subject::Event,
            pointer: Pointer::from("/user_data/ph/0"),
            event: Some(6),
        },
        before: "64 hex digits".to_owned(),
        after: "nothing".to_owned(),
        texts: show_values.then(|| (EVENT.to_owned(), new)),
    }
}

fn fixed(show_values: bool) -> Report {
    let mut report = report(1);
    let fixes = &mut report.fixes;
    fixes.made.insert(rules::index_of("hash-of-empty"), 1);
    fixes.withheld.insert(rules::index_of("ip-not-public"), 2);
    fixes.withheld_examples.push(change(false));
    fixes.needs_consent = 3;
    fixes
        .not_written
        .insert("the file has changed".to_owned(), 4);
    fixes.examples.push(change(show_values));
    report
}

#[test]
fn a_diff_names_classes_and_shows_values_only_when_asked() {
    let said = "\
a.json:7  event 6  /data/0/user_data/ph/0: remove the value (CL102 hash-of-empty, safe)
    64 hex digits → nothing
";
    assert_eq!(diff::render(&fixed(false), &style()), said);
    // The texts are there, and still no value is shown.
    assert_eq!(diff::render(&fixed(true), &style()), said);
    let open = Style {
        show_values: true,
        ..style()
    };
    let mut report = fixed(true);
    report.fixes.examples.push(change(false));
    let shown = diff::render(&report, &open);
    assert!(
        shown.starts_with(&format!("{said}{said}--- a.json:7\n")),
        "{shown}"
    );
    assert_eq!(shown.matches("\n--- ").count(), 1);
    assert!(
        shown.contains(
            "\n-    \"ph\": [\n-      \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"\n"
        ),
        "{shown}"
    );
    assert!(!shown.contains("EAAbcdef"), "{shown}");
}

#[test]
fn fixes_made_and_not_made_are_told() {
    let diffing = Style {
        fixing: Fixing::Diff,
        ..style()
    };
    let text = written!(Human, diffing, &fixed(false));
    for said in [
        "would fix: 1 (CL102 hash-of-empty 1)\n",
        "needs the sender: 2 (CL214 ip-not-public 2); the fix alone",
        "not made without --unsafe-fixes: 3\n",
        "not written: 4 (the file has changed)\n",
        "    64 hex digits → nothing\n",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    let writing = Style {
        fixing: Fixing::Write,
        ..style()
    };
    let json: Value = serde_json::from_str(&written!(Json, writing, &fixed(false))).unwrap();
    assert_eq!(json["fixes"]["made"][0]["id"], "CL102");
    assert_eq!(json["fixes"]["written"], true);
}

#[test]
fn no_format_prints_a_value() {
    let mut report = fixed(false);
    // Wherever a finding points, and with every event listed.
    for pointer in [
        "",
        "/event_time",
        "/event_id",
        "/event_source_url",
        "/user_data",
        "/user_data/em",
        "/user_data/em/0",
        "/user_data/Ana@shop.example",
        "/user_data/client_ip_address",
        "/custom_data/value",
        "/custom_data/value/deeper",
    ] {
        let example = finding("hash-of-empty", Severity::Error, pointer, 9);
        report.groups.push(group(vec![example], 1));
    }
    for (fixing, max_events) in [(Fixing::Diff, None), (Fixing::Write, Some(1000))] {
        let style = Style {
            fixing,
            max_events,
            verbose: true,
            ..style()
        };
        let outputs = [
            written!(Human, style.clone(), &report),
            written!(Concise, style.clone(), &report),
            written!(Json, style.clone(), &report),
            written!(Ndjson, style.clone(), &report),
            written!(Scores, style.clone(), &report, Layout::Table, By::Event),
            written!(Scores, style.clone(), &report, Layout::Csv, By::Event),
            written!(Scores, style.clone(), &report, Layout::Ndjson, By::Event),
            written!(Scores, style.clone(), &report, Layout::Table, By::Name),
        ];
        for output in outputs {
            for value in VALUES {
                assert!(!output.contains(value), "{value} in\n{output}");
            }
        }
    }
}

#[test]
fn tokens_are_masked_even_when_values_are_shown() {
    for pointer in ["", "/event_source_url", "/user_data/em/0"] {
        let shown = excerpt(EVENT, &Pointer::from(pointer), true).text;
        assert!(!shown.contains("EAAbcdef"), "{shown}");
    }
}

#[test]
fn the_catalogue_is_written_in_three_ways() {
    let rules = &rules::ALL[..12];
    let json: Value = serde_json::from_str(&rules_table::json(rules)).unwrap();
    assert_eq!(json[0]["id"], "CL001");
    let markdown = rules_table::markdown(rules);
    assert!(markdown.starts_with("# The rules\n\n"));
    assert!(markdown.contains("\n## 1xx Customer identity\n\n| id |"));
    assert!(markdown.contains("| CL102 | [hash-of-empty](hash-of-empty.md) | error |"));
    let table = rules_table::terminal(rules, &style());
    assert!(table.contains("malformed-json"));
    assert!(table.contains("fix: the safest that the rule offers"));
    let page = rules_table::explain(rules[0], &style(), false);
    assert!(
        page.starts_with("CL001 malformed-json\nseverity   "),
        "{page}"
    );
}

#[test]
fn a_page_in_a_terminal_is_as_wide_as_that() {
    let narrow = Style {
        width: 60,
        ..Style::default()
    };
    let rule = rules::ALL[rules::find("CL105").unwrap()];
    let page = |in_terminal| rules_table::explain(rule, &narrow, in_terminal);
    let widest = |page: String| -> usize {
        let prose = page.split("## Bad").next().unwrap_or_default();
        let widths = prose.lines().map(|line| line.chars().count());
        widths.max().unwrap_or(0)
    };
    assert!(widest(page(true)) <= 60, "{}", page(true));
    assert!(widest(page(false)) > 100);
    assert!(page(true).contains("\nfix        safe at best: "));
    assert!(page(true).contains("\nhelp       hash a value once: "));
    assert!(page(true).contains("\n           "), "the help hangs");
    let words = |page: String| {
        page.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert!(words(page(true)) == words(page(false)));
}
