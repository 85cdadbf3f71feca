//! Payloads inside the text of logs: shapes that no list of formats names, true places, and fixes
//! that go back the way the payload came.

mod support;

use std::io::{Read, Write};

use base64::prelude::*;
use capilint::engine::{Linter, Run, Silent};
use capilint::envelope::decode::{Codec, decode, encode};
use capilint::input::blocks::Limits;
use capilint::output::json::Json;
use capilint::output::{Fixing, Style};
use capilint::settings::Settings;
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{CLEAN, EM, Place, another, ids, lines, with_error};

/// A minute before the clean event's log line was written, in every notation that is needed.
const SENT_MS: i64 = 1_782_396_603_345;
const SENT: &str = "2026-06-25T14:10:03.345Z";

/// An event with a digest in capitals: CL109, with a safe fix.
fn event() -> String {
    CLEAN.replace(EM, &EM.to_ascii_uppercase())
}

fn body() -> String {
    format!("{{\"data\":[{}]}}", event())
}

fn text_of(value: &str) -> String {
    Value::from(value).to_string()
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b if b.is_ascii_alphanumeric() || b"-_.".contains(&b) => (b as char).to_string(),
            b => format!("%{b:02x}"),
        })
        .collect()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

/// A log line, the text in it that holds the payload as it lies there, and the way in words.
struct Shape {
    line: String,
    held: String,
    via: Vec<&'static str>,
    pointer: &'static str,
    /// Whether the log tells when it was sent.
    timed: bool,
}

fn shape(line: String, held: String, via: &[&'static str], pointer: &'static str) -> Shape {
    Shape {
        line,
        held,
        via: via.to_vec(),
        pointer,
        timed: true,
    }
}

/// Ten shapes that nobody documented.
fn shapes() -> Vec<Shape> {
    let (event, body) = (event(), body());
    let clear = text_of(&EM.to_ascii_uppercase());
    let quoted = text_of(&body);
    let double = text_of(&json!({ "out": body }).to_string());
    let packed = BASE64_URL_SAFE_NO_PAD.encode(&body);
    let zipped = BASE64_STANDARD.encode(gzip(&format!("[{event}]")));
    let hexed = body.replace('"', "\\x22");
    let html = body.replace('"', "&quot;");
    let cell = body.replace('"', "\"\"");
    let coded = percent(&format!("[{event}]"));
    let slashed = quoted.replace('/', "\\/");
    vec![
        shape(
            format!(r#"{{"when":"x","ts":{SENT_MS},"deep":{{"er":[[{{"q":{body}}}]]}}}}"#),
            clear.clone(),
            &[],
            "/deep/er/0/0/q/data/0/user_data/em/0",
        ),
        shape(
            format!("{SENT} worker#7 ~> dispatch {body} <- queued"),
            clear,
            &[],
            "/data/0/user_data/em/0",
        ),
        shape(
            format!(r#"{{"sent_at":"{SENT}","job":{{"args":[7,{quoted}]}}}}"#),
            quoted.clone(),
            &["json string at /job/args/1"],
            "/data/0/user_data/em/0",
        ),
        shape(
            format!(r#"{{"t":1,"time":{SENT_MS},"blob":{double}}}"#),
            double.clone(),
            &["json string at /blob", "json string at /out"],
            "/data/0/user_data/em/0",
        ),
        shape(
            format!(r#"{{"publishTime":"{SENT}","frame":"{packed}"}}"#),
            format!("\"{packed}\""),
            &["json string at /frame", "base64"],
            "/data/0/user_data/em/0",
        ),
        shape(
            format!("{SENT}|cart|{zipped}|ok"),
            zipped,
            &["base64", "gzip"],
            "/0/user_data/em/0",
        ),
        shape(
            format!("edge 7 [25/Jun/2026:14:10:03 +0000] 200 \"{hexed}\" 0.1"),
            hexed,
            &["\\x escapes"],
            "/data/0/user_data/em/0",
        ),
        shape(
            format!("{SENT} <td>{html}</td>"),
            html,
            &["html entities"],
            "/data/0/user_data/em/0",
        ),
        shape(
            format!("{SENT};7;\"{cell}\";done"),
            cell,
            &["csv cell"],
            "/data/0/user_data/em/0",
        ),
        shape(
            format!("{SENT} retry /relay?data={coded}&n=2"),
            coded,
            &["form body"],
            "/0/user_data/em/0",
        ),
        shape(
            format!(r#"{{"ts":{SENT_MS},"line":{slashed}}}"#),
            slashed,
            &["json string at /line"],
            "/data/0/user_data/em/0",
        ),
    ]
}

fn report(place: &Place, name: &str) -> Value {
    let args = [
        "check",
        "--no-config",
        "--format",
        "json",
        "--profile",
        "audit",
        name,
    ];
    place.run(&args).ends(0).json()
}

#[test]
fn shapes_that_no_list_names_are_read_and_their_places_are_true() {
    for shape in shapes() {
        let place = Place::new();
        // Lines around it, one of them with letters of two bytes.
        let before = "started für x\n{\"level\":\"info\"}\n";
        let text = format!("{before}{}\n{{\"level\":\"info\"}}\n", shape.line);
        place.write("a.log", &text);
        let report = report(&place, "a.log");
        let line = &shape.line;
        assert_eq!(report["summary"]["events"], 1, "{line}");
        assert_eq!(
            serde_json::to_value(ids(&report)).unwrap(),
            json!({"CL109": 1}),
            "{line}"
        );
        assert_eq!(
            report["as_of"]["sources"]["capture"],
            u64::from(shape.timed)
        );
        let finding = &report["findings"][0];
        let offset = finding["offset"].as_u64().unwrap() as usize;
        let length = finding["length"].as_u64().unwrap() as usize;
        assert_eq!(&text[offset..offset + length], shape.held, "{line}");
        assert_eq!(finding["line"], 3, "{line}");
        let column = text[..offset]
            .chars()
            .rev()
            .take_while(|c| *c != '\n')
            .count()
            + 1;
        assert_eq!(finding["column"], column, "{line}");
        assert_eq!(finding["pointer"], shape.pointer, "{line}");
        let via = finding["via"].as_array().cloned().unwrap_or_default();
        assert_eq!(via, shape.via, "{line}");
    }
}

#[test]
fn fixes_go_back_the_way_the_payload_came() {
    for shape in shapes() {
        let place = Place::new();
        let (before, after) = ("started\r\n{\"level\" : \"info\"}\n", "\n\n  {\"a\":1}");
        place.write("a.log", format!("{before}{}{after}", shape.line));
        place.check("--no-config --fix a.log").ends(0);
        let fixed = place.text("a.log");
        let line = fixed
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .unwrap_or_else(|| panic!("{fixed}"));
        assert_ne!(line, shape.line);
        let upper = EM.to_ascii_uppercase();
        if shape.via.iter().all(|word| !word.starts_with("base64")) {
            // Letters and digits are never coded: nothing but the digest changed.
            assert_eq!(line, shape.line.replace(&upper, EM));
        } else {
            let old = shape.held.trim_matches('"');
            let (head, tail) = shape.line.split_once(old).unwrap();
            let new = line
                .strip_prefix(head)
                .and_then(|rest| rest.strip_suffix(tail))
                .unwrap_or_else(|| panic!("{line}"));
            let bytes = BASE64_STANDARD
                .decode(new)
                .or_else(|_| BASE64_URL_SAFE_NO_PAD.decode(new))
                .unwrap();
            let mut text = String::new();
            if shape.via.contains(&"gzip") {
                flate2::read::GzDecoder::new(&bytes[..])
                    .read_to_string(&mut text)
                    .unwrap();
                assert_eq!(text, format!("[{CLEAN}]"));
            } else {
                assert_eq!(
                    String::from_utf8(bytes).unwrap(),
                    format!("{{\"data\":[{CLEAN}]}}")
                );
            }
        }
        let again = place
            .check("--no-config --fix --format json a.log")
            .ends(0)
            .json();
        assert_eq!(again["summary"]["findings"]["warning"], 0);
        assert_eq!(place.text("a.log"), fixed);
    }
}

#[test]
fn a_payload_without_a_fix_leaves_its_line_as_it_was() {
    let place = Place::new();
    let odd = text_of(CLEAN).replace('/', "\\/").replace('P', "\\u0050");
    let text = format!("{{ \"ts\" : {SENT_MS}, \"m\":{odd} }}\n{SENT} x {CLEAN} \r\n");
    place.write("a.log", format!("{text}{}\n", with_error()));
    place.check("--no-config --fix a.log").ends(0);
    assert_eq!(place.text("a.log"), format!("{text}{CLEAN}\n"));
}

#[test]
fn what_cannot_be_written_back_is_said_and_left() {
    let place = Place::new();
    let python = event().replace('"', "'");
    let mongo = event().replace("1782396602", "{\"$numberLong\":\"1782396602\"}");
    for line in [format!("{SENT} INFO {python}"), mongo] {
        place.write("a.log", format!("{line}\n"));
        let fixed = place.check("--no-config --fix --format json a.log");
        let report: Value = serde_json::from_slice(&fixed.stdout).unwrap();
        assert_eq!(report["summary"]["events"], 1, "{line}");
        assert_eq!(ids(&report).get("CL109"), Some(&1), "{line}");
        assert_eq!(place.text("a.log"), format!("{line}\n"));
        let reasons = report["fixes"]["not_written"].to_string();
        assert!(reasons.contains("payload"), "{reasons}");
    }
}

#[test]
fn an_event_that_is_written_twice_in_a_record_counts_once() {
    let place = Place::new();
    let twice = format!(
        r#"{{"date":"{SENT}","message":{},"attributes":{{"payload":{}}}}}"#,
        text_of(CLEAN),
        CLEAN
    );
    let retried = format!(r#"[{{"m":{0}}},{{"m":{0}}}]"#, text_of(CLEAN));
    place.write("twice.log", format!("{twice}\n"));
    place.write("retried.json", retried);
    assert_eq!(report(&place, "twice.log")["summary"]["events"], 1);
    assert_eq!(report(&place, "retried.json")["summary"]["events"], 2);
}

#[test]
fn records_over_several_lines_keep_their_time_and_no_other_takes_it() {
    let place = Place::new();
    let request = format!(
        "2026-06-25T14:10:03+00:00 NOTICE Request\nmethod: POST\nuri: https://graph.facebook.com/v21.0/1234567890/events\nbody: {}\nduration: 0.41s\n\n",
        body()
    );
    place.write("wc.log", format!("{request}{CLEAN}\n"));
    let report = report(&place, "wc.log");
    let sources = &report["as_of"]["sources"];
    assert_eq!(
        (&sources["capture"], &sources["wall"]),
        (&json!(1), &json!(1))
    );
}

#[test]
fn lines_without_an_event_are_counted_and_cut_ones_told_apart() {
    let place = Place::new();
    let cut = &text_of(&body())[..300];
    place.write(
        "a.log",
        format!("GET / 200\n[INFO] {{0}} of {{1}}\nx: {{y\n{SENT} \"POST /capi\" {cut}\n{CLEAN}\n"),
    );
    let report = report(&place, "a.log");
    assert_eq!(report["summary"]["events"], 1);
    assert_eq!(ids(&report).get("CL001"), None, "{}", report["findings"]);
    assert_eq!(report["summary"]["skipped_lines"], 3);
}

/// Docker's json-file driver cuts a line off behind so many bytes.
const DOCKER_PIECE: usize = 16 << 10;

/// An object with so many bytes in front of what it holds.
fn padded(object: &str, bytes: usize) -> String {
    let rest = object.strip_prefix('{').unwrap();
    format!("{{\"pad\":\"{}\",{rest}", "x".repeat(bytes))
}

#[test]
fn pieces_of_one_line_are_joined() {
    let place = Place::new();
    let body = body();
    let (first, rest) = body.split_at(300);
    let (second, third) = rest.split_at(200);
    let docker = |text: &str| {
        format!(
            "{{\"log\":{},\"stream\":\"stdout\",\"time\":\"{SENT}\"}}\n",
            text_of(text)
        )
    };
    let whole = docker(&format!("{CLEAN}\n"));
    let other = docker("x\n").replace("stdout", "stderr");
    let long = padded(&body, 2 * DOCKER_PIECE - 400);
    let joined = [
        &docker(&long[..DOCKER_PIECE])[..],
        &other,
        &docker(&long[DOCKER_PIECE..2 * DOCKER_PIECE]),
        &docker(&format!("{}\n", &long[2 * DOCKER_PIECE..])),
    ]
    .concat();
    place.write("docker.log", format!("{whole}{joined}{whole}"));
    let cri = |tag: &str, text: &str| format!("{SENT} stdout {tag} {text}\n");
    place.write(
        "cri.log",
        [
            cri("F", CLEAN),
            cri("P", first),
            cri("P", second),
            cri("F", third),
            cri("F", CLEAN),
        ]
        .concat(),
    );
    for (name, events, records) in [("docker.log", 3, 6), ("cri.log", 3, 5)] {
        let report = report(&place, name);
        assert_eq!(report["summary"]["events"], events, "{name}");
        assert_eq!(report["summary"]["records"], records, "{name}");
        assert_eq!(report["as_of"]["sources"]["capture"], events, "{name}");
        let found: Vec<&Value> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|f| f["id"] == "CL109")
            .collect();
        assert_eq!(found.len(), 1, "{name}");
        let via = found[0]["via"][0].as_str().unwrap();
        assert!(via.starts_with("joined pieces"), "{via}");
        let text = place.text(name);
        place.check(&format!("--no-config --fix --format json {name}"));
        assert_eq!(place.text(name), text);
    }
}

#[test]
fn what_collectors_forward_without_its_newline_is_a_line() {
    // As Fluent Bit and others write what containerd logged, newest last: each at its own time.
    let records = |record: &dyn Fn(&str, &str) -> Value| {
        let at = ["2026-06-25T14:10:03.345Z", "2026-06-25T14:10:04.345Z", SENT];
        let held = [
            "boot".to_owned(),
            body(),
            format!("capi {}", body().replace("58213", "58214")),
            another(1),
        ];
        let records = held.iter().zip(at.iter().cycle());
        let records: Vec<String> = records
            .map(|(log, at)| record(log, at).to_string())
            .collect();
        lines(&records)
    };
    let pod = json!({"pod_name": "capi-1"});
    for record in [
        &(|log: &str, at: &str| json!({"time": at, "stream": "stdout", "_p": "F", "log": log}))
            as &dyn Fn(&str, &str) -> Value,
        &|log, at| json!({"time": at, "stream": "stdout", "logtag": "F", "log": log}),
        &|log, at| json!({"@timestamp": at, "stream": "stdout", "log": log, "kubernetes": pod}),
        &|log, at| json!({"date": at, "stream": "stdout", "log": log}),
        &|log, at| json!({"time": at, "stream": "stdout", "log": log}),
    ] {
        let place = Place::new();
        let log = records(record);
        place.write("a.log", &log);
        let report = report(&place, "a.log");
        assert_eq!(report["summary"]["events"], 3, "{log}");
        assert_eq!(report["summary"]["requests"], 2, "{log}");
        assert_eq!(report["as_of"]["sources"]["capture"], 3, "{log}");
        let found = report["findings"].as_array().unwrap().iter();
        let found: Vec<(&Value, &Value)> = (found.filter(|f| f["id"] == "CL109"))
            .map(|finding| (&finding["line"], &finding["via"]))
            .collect();
        let via = json!(["json string at /log"]);
        assert_eq!(found, [(&json!(2), &via), (&json!(3), &via)], "{log}");
        place.check("--no-config --fix a.log");
        assert_eq!(
            place.text("a.log"),
            log.replace(&EM.to_ascii_uppercase(), EM)
        );
    }
}

#[test]
fn pieces_of_two_containers_are_told_apart() {
    let piece = |pod: &str, tag: &str, text: &str| {
        let pod = json!({"pod_name": pod});
        let record =
            json!({"time": SENT, "stream": "stdout", "_p": tag, "log": text, "kubernetes": pod});
        record.to_string()
    };
    let (one, other) = (body(), another(1));
    let log = [
        piece("a", "P", &one[..200]),
        piece("b", "P", &other[..300]),
        piece("a", "F", &one[200..]),
        piece("b", "F", &other[300..]),
    ];
    let place = Place::new();
    place.write("a.log", lines(&log));
    assert_eq!(
        reading(&place, "a.log"),
        (2, 2, vec!["CL109".to_owned()]),
        "{log:?}"
    );
}

#[test]
fn a_record_that_breaks_another_off_is_read_as_what_it_is() {
    let first = format!("{{\"data\":[{}]}}", another(1));
    let second = body().replace("]}", "],\"test_event_code\":\"TEST7\"}");
    let (early, late) = ("2026-06-25T14:10:01.345Z INFO ", format!("{SENT} INFO "));
    for (before, between) in [("", ""), (early, &late[..]), ("capi ", "capi ")] {
        for place_of_cut in [
            "rder-518213",
            "5e38ee",
            "81.2.69",
            "AppleWebKit",
            "fbp\"",
            "url\"",
        ] {
            let at = first.find(place_of_cut).unwrap();
            let (start, rest) = first.split_at(at + 1);
            let line = format!("{before}{start}{between}{second}");
            let log = format!("{line}\n{rest}\n{before}{CLEAN}\n");
            let place = Place::new();
            place.write("a.log", &log);
            let report = report(&place, "a.log");
            let summary = &report["summary"];
            assert_eq!(summary["events"], 2, "{line}");
            assert_eq!(summary["requests"], 1, "{line}");
            assert_eq!(summary["facts"]["test_events"], 1, "{line}");
            assert_eq!(summary["unread"]["truncated"], 1, "{line}");
            let told = ids(&report);
            assert_eq!(told.get("CL001"), None, "{line}");
            assert_eq!(told.get("CL005"), Some(&1), "{line}: {told:?}");
            let findings = report["findings"].as_array().unwrap();
            let of = |id: &str| findings.iter().find(|f| f["id"] == id).unwrap();
            assert_eq!(of("CL109")["pointer"], "/data/0/user_data/em/0", "{line}");
            assert_eq!(of("CL005")["offset"], before.len(), "{line}");
            if before == early {
                let first = &summary["facts"]["capture_times"];
                assert_eq!(first["last"], "2026-06-25T14:10:03Z", "{line}");
            }
            place.check("--no-config --fix a.log");
            assert_eq!(
                place.text("a.log"),
                log.replace(&EM.to_ascii_uppercase(), EM),
                "{line}"
            );
        }
    }
    // What is one text and broken stays so, whatever whole objects are in it.
    for broken in [
        format!("{{\"data\":[{CLEAN} {}]}}", another(1)),
        format!("{{\"body\":\"{CLEAN}\",\"n\":1}}"),
    ] {
        let place = Place::new();
        place.write("a.log", format!("{broken}\n{}\n", another(2)));
        let told = ids(&report(&place, "a.log"));
        assert_eq!(told.get("CL001"), Some(&1), "{broken}: {told:?}");
    }
}

#[test]
fn messages_with_their_length_in_front_keep_it_right() {
    let counted = |message: &str| format!("{} {message}", message.len());
    let message = |app: &str, event: &str| format!("<134>1 {SENT} web1 {app} 12 - - {event}");
    let pretty = |event: &str| {
        let event: Value = serde_json::from_str(event).unwrap();
        serde_json::to_string_pretty(&event).unwrap()
    };
    let short = message("", &with_error()).len();
    let log = |event: &str, end: &str, behind: &str| {
        // One whose length loses a digit with the fix.
        let app = "é".repeat((1_001 - short - end.len()) / 2);
        let events = [
            message("capi", CLEAN),
            message(&app, event),
            message("capi", &pretty(event)),
            message("capi", &another(1)),
        ];
        let messages = events.map(|event| counted(&format!("{event}{end}")) + behind);
        messages.concat()
    };
    for (end, behind) in [("", ""), ("\n", ""), ("", "\n")] {
        let place = Place::new();
        let before = log(&with_error(), end, behind);
        assert!(before.contains("1000 <134>") || before.contains("1001 <134>"));
        place.write("a.log", &before);
        let report = report(&place, "a.log");
        assert_eq!(report["summary"]["events"], 4, "{before}");
        assert_eq!(report["summary"]["records"], 4, "{before}");
        assert_eq!(report["as_of"]["sources"]["capture"], 4, "{before}");
        assert_eq!(ids(&report).get("CL403"), Some(&2), "{before}");
        place.check("--no-config --fix a.log");
        let fixed = |text: &str| text.replace("1782396602000", "1782396602");
        let after = log(&fixed(&with_error()), end, behind);
        assert_eq!(place.text("a.log"), after);
        for block in [1, 700, 1 << 20] {
            let out = essence(&linter(block, Fixing::Write), before.as_bytes()).1;
            assert_eq!(String::from_utf8(out).unwrap(), after, "{block}");
        }
    }
    // Another number in front of a message is no length.
    let place = Place::new();
    let text = format!("7 {}\n", message("capi", &with_error()));
    place.write("a.log", &text);
    place.check("--no-config --fix a.log");
    let fixed = text.replace("1782396602000", "1782396602");
    assert_eq!(place.text("a.log"), fixed);
}

/// The ids of findings; that the events of these logs are copies is no matter.
fn faults(report: &Value) -> Vec<String> {
    let mut found = ids(report);
    found.remove("CL305");
    found.into_keys().collect()
}

/// How many events are read, how many of them with a time of capture, and the ids of findings.
fn reading(place: &Place, name: &str) -> (u64, u64, Vec<String>) {
    let report = report(place, name);
    let number = |value: &Value| value.as_u64().unwrap();
    (
        number(&report["summary"]["events"]),
        number(&report["as_of"]["sources"]["capture"]),
        faults(&report),
    )
}

/// An event over several lines, with letters and signs that the codings touch.
fn pretty() -> String {
    let event = event().replace("checkout/", "it's/k\u{e4}se?q=\\\"a\\\"&b=");
    let body: Value = serde_json::from_str(&format!("{{\"data\":[{event}]}}")).unwrap();
    serde_json::to_string_pretty(&body).unwrap()
}

/// Checks that the events of a log are read with their times and nothing but the digest is said,
/// that the finding stands where `held` does, and that a fix changes nothing but the digest.
fn reads_and_mends(name: &str, log: &str, held: &str, via: &str) {
    let place = Place::new();
    place.write(name, log);
    let report = report(&place, name);
    assert_eq!(report["summary"]["events"], 2, "{log}");
    assert_eq!(report["as_of"]["sources"]["capture"], 2, "{log}");
    assert_eq!(faults(&report), ["CL109"], "{log}: {}", report["findings"]);
    let finding = &report["findings"][0];
    let number = |key: &str| finding[key].as_u64().unwrap() as usize;
    let at = number("offset");
    assert_eq!(&log[at..at + number("length")], held, "{name}");
    let before = &log[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
    assert_eq!((number("line"), number("column")), (line, column), "{name}");
    assert_eq!(finding["via"], json!([via]), "{name}");
    place.check(&format!("--no-config --fix {name}")).ends(0);
    let upper = EM.to_ascii_uppercase();
    let mut mended = log.replace(&upper, EM).replace(&hex(&upper), &hex(EM));
    mended = mended.replace(&hex(&upper).to_uppercase(), &hex(EM).to_uppercase());
    assert_eq!(place.text(name), mended, "{name}");
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn cells_of_a_table_may_hold_line_breaks() {
    let doubled = pretty().replace('"', "\"\"");
    let windows = doubled.replace('\n', "\r\n");
    for (log, held) in [
        (
            format!(
                "id,sent_at,body,answer\n1,{SENT},\"{doubled}\",\"{{\n\"\"ok\"\": 1\n}}\"\n2,{SENT},\"{doubled}\",\n"
            ),
            &doubled,
        ),
        (
            format!("body;Timestamp\r\n\"{windows}\";{SENT_MS}\r\n\"{windows}\";{SENT_MS}\r\n"),
            &windows,
        ),
        (
            format!(
                "id\tmessage\ttime\n1\t\"to send:\n{doubled}\"\t\"{SENT}\"\n2\t\"{doubled}\"\t\"{SENT}\"\n"
            ),
            &doubled,
        ),
    ] {
        reads_and_mends("a.csv", &log, held, "csv cell");
        // Wherever the blocks are cut.
        for block in [300, 1_500, 1 << 20] {
            let linter = linter(block, Fixing::Off);
            let said: Value = serde_json::from_str(&essence(&linter, log.as_bytes()).0).unwrap();
            assert_eq!(said[1]["sources"]["capture"], 2, "{block}: {said}");
        }
    }
    let place = Place::new();
    let cut = &doubled[..doubled.len() - 200];
    place.write("cut.csv", format!("id,body\n1,\"{cut}\n"));
    place.write(
        "prose.log",
        format!("sent,\"{SENT}\n{CLEAN}\nx,\"y\n{CLEAN}\n"),
    );
    assert_eq!(reading(&place, "prose.log").0, 2);
    place.check("--no-config cut.csv").ends(2);
}

#[test]
fn columns_of_a_table_tell_when_its_rows_were_sent() {
    let cell = format!("\"{}\"", body().replace('"', "\"\""));
    let seconds = SENT_MS / 1_000;
    for (head, row) in [
        ("id,payload,timestamp", format!("1,{cell},{SENT}")),
        ("id,payload,time", format!("1,{cell},{seconds}")),
        ("sent_at,id,payload", format!("\"{SENT_MS}\",1,{cell}")),
        (
            "@timestamp;payload",
            format!("\"2026-06-25 14:10:03.345\";{cell}"),
        ),
        ("Date\tHost\tpayload", format!("{SENT}\th\t{cell}")),
        (
            "created_at,payload,sent_at",
            format!("2026-06-01T00:00:00Z,{cell},{SENT}"),
        ),
    ] {
        let place = Place::new();
        place.write("a.csv", format!("{head}\n{row}\n"));
        let report = report(&place, "a.csv");
        assert_eq!(report["as_of"]["sources"]["capture"], 1, "{head}");
        let first = &report["summary"]["facts"]["capture_times"]["first"];
        assert!(
            first.as_str().unwrap().starts_with(&SENT[..19]),
            "{head}: {first}"
        );
    }
    // None of these says when the row was sent.
    for (head, row) in [
        ("id,payload,event_time", format!("1,{cell},{SENT}")),
        ("id,payload,time", format!("1,{cell},58213")),
        ("id,time,payload", format!("1,2,3,{cell}")),
    ] {
        let place = Place::new();
        place.write("a.csv", format!("{head}\n{row}\n"));
        assert_eq!(reading(&place, "a.csv").1, 0, "{head}");
    }
}

#[test]
fn lines_in_a_list_are_joined() {
    let place = Place::new();
    let body = format!("posting {}", pretty());
    let lines = body.lines().chain(["done", "next {", "  nothing"]);
    let events: Vec<Value> = lines
        .map(|line| json!({"timestamp": SENT_MS, "message": line, "logStreamName": "s"}))
        .collect();
    for log in [
        json!({"events": events}).to_string(),
        json!({"messageType": "DATA_MESSAGE", "logEvents": events}).to_string(),
        json!(events).to_string(),
    ] {
        place.write("a.json", &log);
        let report = report(&place, "a.json");
        assert_eq!(report["summary"]["events"], 1, "{log}");
        assert_eq!(report["as_of"]["sources"]["capture"], 1, "{log}");
        assert_eq!(faults(&report), ["CL109"], "{log}");
        assert_eq!(
            report["findings"][0]["via"][0]
                .as_str()
                .unwrap()
                .split(' ')
                .next(),
            Some("joined")
        );
        place.check("--no-config --fix a.json");
        assert_eq!(place.text("a.json"), log);
    }
}

#[test]
fn a_long_text_behind_a_prefix_is_one_text() {
    let events: Vec<Value> = (0..40)
        .map(|number| serde_json::from_str(&another(number)).unwrap())
        .collect();
    let pretty = serde_json::to_string_pretty(&json!({"data": events})).unwrap();
    let one = format!("{SENT} INFO payload {pretty}\n");
    let log = format!(
        "{SENT} INFO started\n{one}{SENT} INFO done\n{}",
        one.repeat(2)
    );
    for (block, whole) in [
        (300, 1_000),
        (5_000, 20_000),
        (40_000, 60_000),
        (1 << 20, 1 << 20),
    ] {
        let linter = linter_with(block, whole, Fixing::Off);
        let said: Value = serde_json::from_str(&essence(&linter, log.as_bytes()).0).unwrap();
        assert_eq!(said[0]["requests"], 3, "{block} {said}");
        assert_eq!(said[0]["events"], 120, "{block}");
        assert_eq!(said[1]["sources"]["capture"], 120, "{block} {said}");
        assert_eq!(said[0]["unread"]["truncated"], 0, "{block}");
    }
}

#[test]
fn strings_of_programs_and_stores_are_taken_out_of_their_escapes() {
    let (body, pretty) = (
        body().replace("checkout/", "it's/k\u{e4}se?q=\\\"a\\\"&b="),
        pretty(),
    );
    let copied = |text: &str| text.replace('\\', "\\\\").replace('\n', "\\n");
    let printed = |text: &str| copied(text).replace('\'', "\\'");
    let bytes = |text: &str| printed(text).replace('\u{e4}', "\\xc3\\xa4");
    let ascii = body.replace('\u{e4}', "\\u00e4");
    let wrapped = format!("{{\"message\":{}}}", text_of(&body));
    for (held, via, before, after) in [
        (copied(&body), "copied table", "7\t", "\tsent"),
        (copied(&pretty), "copied table", "7\t", ""),
        (copied(&ascii), "copied table", "7\t", "\t\\N"),
        (printed(&body), "printed string", "body='", "'"),
        (printed(&pretty), "printed string", "args: ('", "', 7)"),
        (bytes(&body), "printed bytes", "body=b'", "'"),
        (bytes(&ascii), "printed bytes", "b'", "' sent"),
        // As http.client tells of a body that goes out with its headers.
        (
            bytes(&body),
            "printed bytes",
            "send: b'POST /x HTTP/1.1\\r\\nHost: graph.example\\r\\n\\r\\n",
            "'",
        ),
        (
            body.replace('\'', "''"),
            "sql string",
            "INSERT INTO log VALUES (7, '",
            "');",
        ),
        (hex(&body), "hex", "7\t\\\\x", "\tsent"),
        (hex(&pretty), "hex", "\"\\x", "\",7"),
        (hex(&body).to_uppercase(), "hex", "(7,0x", ");"),
    ] {
        let line = format!("{SENT}\t{before}{held}{after}\n");
        reads_and_mends("a.log", &line.repeat(2), &held, via);
    }
    let place = Place::new();
    for (line, events) in [
        (format!("{SENT}\t{}\n", copied(&wrapped)), 1),
        // What is written as it is stays what it is.
        (format!("{SENT}\t{ascii}\tx\n"), 1),
        (format!("{SENT} curl -d '{ascii}'\n"), 1),
    ] {
        place.write("a.log", &line);
        assert_eq!(
            reading(&place, "a.log"),
            (events, events, vec!["CL109".to_owned()]),
            "{line}"
        );
    }
    let report = report(&place, "a.log");
    assert_eq!(report["findings"][0]["via"], Value::Null);
}

#[test]
fn a_text_that_is_broken_beside_what_was_read_is_no_fault() {
    let place = Place::new();
    let broken = text_of(&body().replacen(':', "", 1));
    let cut = text_of(&body()[..300]);
    for other in [&broken, &cut] {
        for good in [body(), text_of(&body())] {
            place.write(
                "a.log",
                format!("{{\"ts\":{SENT_MS},\"raw\":{other},\"body\":{good}}}\n"),
            );
            assert_eq!(
                reading(&place, "a.log"),
                (1, 1, vec!["CL109".to_owned()]),
                "{other}"
            );
        }
    }
    // Each element of a list is a record of its own.
    place.write(
        "a.log",
        format!(
            "[{{\"ts\":{SENT_MS},\"m\":{broken}}},{{\"ts\":{SENT_MS},\"m\":{}}}]\n",
            text_of(&body())
        ),
    );
    assert_eq!(reading(&place, "a.log").2, ["CL001", "CL109"]);
    place.write("a.log", format!("{{\"raw\":{broken}}}\n"));
    place.check("--no-config a.log").ends(2).says("CL001");
}

#[test]
fn lines_of_one_text_are_joined() {
    let docker = |text: &str| {
        let log = text_of(&format!("{text}\n"));
        format!("{{\"log\":{log},\"stream\":\"stdout\",\"time\":\"{SENT}\"}}\n")
    };
    let cri = |text: &str| format!("{SENT} stdout F {text}\n");
    let lines = format!("posting {}", pretty());
    let lines: Vec<&str> = lines.lines().chain(["{", "  begun: ["]).collect();
    for line in [&docker as &dyn Fn(&str) -> String, &cri] {
        let text: String = lines.iter().map(|text| line(text)).collect();
        let log = format!("{}{text}{}{text}", line("started"), line(CLEAN));
        let place = Place::new();
        place.write("a.log", &log);
        assert_eq!(
            reading(&place, "a.log"),
            (3, 3, vec!["CL109".to_owned()]),
            "{log}"
        );
        for block in [700, 4_000, 1 << 20] {
            let said = essence(&linter(block, Fixing::Off), log.as_bytes()).0;
            let said: Value = serde_json::from_str(&said).unwrap();
            assert_eq!(said[1]["sources"]["capture"], 3, "{block}: {said}");
        }
        place.check("--no-config --fix a.log");
        assert_eq!(place.text("a.log"), log);
    }
}

#[test]
fn answers_are_counted_and_paired_with_the_request_before_them() {
    let place = Place::new();
    let taken = r#"{"events_received":1,"messages":[],"fbtrace_id":"A1"}"#;
    let refused = r#"{"error":{"message":"Invalid parameter","type":"OAuthException","code":100,"error_subcode":2804001,"fbtrace_id":"A2"}}"#;
    let row = format!(r#"{{"payload":{CLEAN},"response":{refused}}}"#);
    let other = r#"{"error":{"message":"no route","code":100}}"#;
    place.write(
        "a.log",
        format!(
            "{taken}\n{CLEAN}\n{SENT} answer {taken}\n{row}\n{{\"body\":{}}}\n{other}\n",
            text_of(refused)
        ),
    );
    let report = report(&place, "a.log");
    assert_eq!(
        report["summary"]["answers"],
        json!({"taken": 2, "paired": 2, "refused": [{"code": 100, "subcode": 2804001, "answers": 2}]})
    );
}

const NOW: i64 = 1_782_432_000;

fn linter(block: usize, fixing: Fixing) -> Linter {
    let whole = 4 << 20;
    linter_with(block, whole, fixing)
}

fn linter_with(block: usize, whole: usize, fixing: Fixing) -> Linter {
    let limits = Limits {
        block,
        whole,
        record: 64 << 20,
    };
    Linter::new(Settings {
        wall: NOW,
        threads: 1,
        limits,
        fixing,
        ..Settings::default()
    })
}

/// Events by clock, findings with their places, and what was written.
fn essence(linter: &Linter, input: &[u8]) -> (String, Vec<u8>) {
    let mut out = Vec::new();
    let style = Style {
        as_of: "auto".to_owned(),
        ..Style::default()
    };
    let mut json = Json::new(&mut out, style);
    let mut written = Vec::new();
    let mut run = Run::new(linter, &mut json);
    run.stream("x", "x", input, None, Some(&mut written))
        .unwrap()
        .unwrap();
    run.finish().unwrap();
    let report: Value = serde_json::from_slice(&out).unwrap();
    let of = |key: &str| report[key].clone();
    let mut summary = of("summary");
    summary.as_object_mut().unwrap().remove("lines");
    let essence = json!([summary, of("as_of"), of("findings"), of("fixes")]);
    (essence.to_string(), written)
}

/// A log in which records of every kind follow one another.
fn mixed() -> String {
    let (event, body) = (event(), body());
    let (first, rest) = body.split_at(300);
    // A first line of text, longer than small blocks, says that the log is one of lines.
    let mut log = format!("started {}\n", "x".repeat(800));
    for shape in shapes() {
        log += &format!("{}\nnoise\n", shape.line);
        log += &format!("{SENT} NOTICE Request\nmethod: POST\n\nbody: {event}\nnext: 1\n");
        log += &format!("{SENT} stdout P {first}\n{SENT} stdout F {rest}\n{CLEAN}\n");
        for (tag, text) in [("P", first), ("F", rest)] {
            log += &format!(
                "{{\"log\":{},\"stream\":\"stdout\",\"_p\":\"{tag}\",\"time\":\"{SENT}\"}}\n",
                text_of(text)
            );
        }
    }
    log
}

#[test]
fn the_size_of_blocks_does_not_show() {
    let log = mixed();
    for fixing in [Fixing::Off, Fixing::Write] {
        let whole = essence(&linter(1 << 20, fixing), log.as_bytes());
        assert!(whole.0.contains("\"events\":55"), "{}", whole.0);
        for block in [1, 64, 700, 5_000] {
            let cut = essence(&linter(block, fixing), log.as_bytes());
            if let Some((at, _)) = (cut.0.bytes().zip(whole.0.bytes()))
                .enumerate()
                .find(|(_, (a, b))| a != b)
            {
                let part = |text: &str| {
                    text[at.saturating_sub(300)..]
                        .chars()
                        .take(400)
                        .collect::<String>()
                };
                panic!("{block}\n{}\n{}", part(&cut.0), part(&whole.0));
            }
            assert!(cut.1 == whole.1, "{block}");
        }
    }
}

/// Texts whose events lie in one list somewhere inside, on one line and on many.
fn long_lists() -> Vec<(&'static str, String)> {
    let quoted = text_of(&body());
    let url = "https://graph.facebook.com/v24.0/738291045566120/events";
    let refused = text_of(
        r#"{"error":{"message":"Invalid parameter","code":100,"error_subcode":2804001,"fbtrace_id":"A2"}}"#,
    );
    let entry = |n: usize| {
        format!(
            r#"{{"startedDateTime":"{SENT}","n":{n},"request":{{"method":"POST","url":"{url}","postData":{{"text":{quoted}}}}},"response":{{"status":400,"content":{{"text":{refused}}}}}}}"#
        )
    };
    let list = |one: &dyn Fn(usize) -> String, between: &str| {
        let all: Vec<String> = (0..40).map(one).collect();
        all.join(between)
    };
    let line = |n: usize| format!(r#"{{"id":"{n}","timestamp":{SENT_MS},"message":{quoted}}}"#);
    let hit = |n: usize| {
        format!(
            r#"{{"_id":"{n}","_source":{{"@timestamp":"{SENT}","payload":{}}}}}"#,
            body()
        )
    };
    let pair = |_: usize| format!(r#"["{SENT_MS}000000",{quoted}]"#);
    let item = |n: usize| {
        format!(r#"{{"id":"{n}","attributes":{{"timestamp":"{SENT}","message":{quoted}}}}}"#)
    };
    vec![
        (
            "har",
            format!(
                r#"{{"log":{{"version":"1.2","creator":{{"name":"x"}},"entries":[{}],"pages":[]}}}}"#,
                list(&entry, ",")
            ),
        ),
        (
            "har on lines",
            format!(
                "{{\n  \"log\": {{\n    \"entries\": [\n      {}\n    ]\n  }}\n}}\n",
                list(&entry, ",\n      ")
            ),
        ),
        (
            "cloudwatch",
            format!(
                r#"{{"messageType":"DATA_MESSAGE","logGroup":"capi","logEvents":[{}]}}"#,
                list(&line, ",")
            ),
        ),
        (
            "elasticsearch",
            format!(
                r#"{{"took":1,"hits":{{"total":{{"value":40}},"hits":[{}]}}}}"#,
                list(&hit, ", ")
            ),
        ),
        (
            "loki",
            format!(
                r#"{{"status":"success","data":{{"result":[{{"stream":{{"app":"capi"}},"values":[{}]}}]}}}}"#,
                list(&pair, ",")
            ),
        ),
        (
            "datadog",
            format!(
                r#"{{"data":[{}],"meta":{{"page":{{}}}}}}"#,
                list(&item, ",")
            ),
        ),
        (
            "records",
            format!(
                r#"{{"Records":[{}]}}"#,
                list(
                    &|_| format!(
                        r#"{{"body":{quoted},"attributes":{{"SentTimestamp":"{SENT_MS}"}}}}"#
                    ),
                    ","
                )
            ),
        ),
    ]
}

#[test]
fn a_list_that_is_read_by_element_reads_as_the_whole_would() {
    for (name, text) in long_lists() {
        for fixing in [Fixing::Off, Fixing::Write] {
            let whole = essence(&linter_with(1 << 20, 4 << 20, fixing), text.as_bytes());
            let pieces = essence(&linter_with(700, 3_000, fixing), text.as_bytes());
            let [whole_said, pieces_said] = [&whole.0, &pieces.0].map(|essence| {
                let mut said: Value = serde_json::from_str(essence).unwrap();
                // What the whole text shows comes first there.
                let findings = said[2].as_array_mut().unwrap();
                // A rule of the whole log names the record of an event, or its element.
                findings.retain(|one| one["id"] != "CL305");
                findings.sort_by_key(|one| (one["offset"].as_u64(), one["id"].to_string()));
                said
            });
            assert_eq!(whole_said[0]["events"], 40, "{name}");
            for part in [0, 1, 3] {
                assert_eq!(pieces_said[part], whole_said[part], "{name}");
            }
            let [left, right] = [&pieces_said, &whole_said].map(|said| said[2].as_array().unwrap());
            for (left, right) in left.iter().zip(right) {
                assert_eq!(left, right, "{name}");
            }
            assert_eq!(left.len(), right.len(), "{name}");
            assert!(pieces.1 == whole.1, "{name}");
        }
    }
}

#[test]
fn what_stands_around_a_long_body_is_known_of_its_events() {
    let events = vec![CLEAN; 30].join(",");
    let body = format!(
        r#"{{"partner_agent":"kestrel-2","timestamp":"{SENT}","data":[{events}],"test_event_code":"TEST1"}}"#
    );
    let said = |whole: usize| -> Value {
        let linter = linter_with(700, whole, Fixing::Off);
        serde_json::from_str(&essence(&linter, body.as_bytes()).0).unwrap()
    };
    let (whole, pieces) = (said(4 << 20), said(3_000));
    assert_eq!(whole[1]["sources"]["capture"], 30);
    assert_eq!(pieces[1]["sources"], whole[1]["sources"]);
    assert_eq!(pieces[0]["requests"], 1);
    // Behind the events too.
    for around in [
        format!(r#"{{"data":[{events}],"partner_agent":"kestrel-2","test_event_code":"TEST1"}}"#),
        format!(
            r#"{{"body":{{"data":[{events}],"partner_agent":"kestrel-2"}},"url":"https://graph.facebook.com/v24.0/1234567890/events","time":"{SENT}"}}"#
        ),
    ] {
        let said = |whole: usize| -> Value {
            let linter = linter_with(700, whole, Fixing::Off);
            serde_json::from_str(&essence(&linter, around.as_bytes()).0).unwrap()
        };
        let (whole, pieces) = (said(4 << 20), said(3_000));
        assert_eq!(pieces[0]["facts"], whole[0]["facts"]);
        let capture = |said: &Value| said[1]["sources"]["capture"].clone();
        assert_eq!(capture(&pieces), capture(&whole));
        assert_eq!(pieces[0]["records"], 1);
    }
}

#[test]
fn a_body_that_was_cut_off_gives_its_whole_events_however_it_is_read() {
    let events: Vec<String> = (1..9).map(another).collect();
    for (begin, between) in [
        ("{\"data\":[", ","),
        ("{\"data\":[", ",\n"),
        ("{\n \"data\": [\n  ", ",\n  "),
        ("[", ","),
    ] {
        let text = format!("{begin}{}", events.join(between));
        for cut in [20, 300] {
            let cut = &text[..text.len() - cut];
            let said = |whole: usize| -> Value {
                let linter = linter_with(700, whole, Fixing::Off);
                serde_json::from_str(&essence(&linter, cut.as_bytes()).0).unwrap()
            };
            for said in [said(4 << 20), said(2_000)] {
                assert_eq!(said[0]["events"], 7, "{begin}");
                assert_eq!(said[0]["records"], 1, "{begin}");
                assert_eq!(said[0]["facts"]["truncated"], 1, "{begin}");
                let findings = said[2].as_array().unwrap();
                let of = |id: &str| findings.iter().filter(|one| one["id"] == id).count();
                assert_eq!(of("CL001"), 1, "{begin}: {said}");
            }
        }
    }
    // A line of a log that was cut off, with others behind it.
    let place = Place::new();
    let cut = format!(
        "{{\"ts\":{SENT_MS},\"body\":{{\"data\":[{}",
        events.join(",")
    );
    let log = format!("{CLEAN}\n{}\n{CLEAN}\n", &cut[..cut.len() - 300]);
    place.write("a.log", &log);
    let ran = place.check("--no-config --format json --fix-to out a.log");
    let report = ran.json();
    assert_eq!(report["summary"]["events"], 9);
    assert_eq!(reading(&place, "a.log").1, 7);
    // Nobody knows whether it was a test.
    assert_eq!(report["summary"]["resent"]["events"], 1);
}

#[test]
fn a_stale_event_sinks_a_long_body_however_it_is_read() {
    let stale = CLEAN.replace("1782396602", "1781001602");
    for (stale_ones, events) in [(1, 30), (7, 30), (0, 30), (30, 30)] {
        let event = |number: usize| match (number * 13 + 5) % events < stale_ones {
            true => stale.clone(),
            false => CLEAN.to_owned(),
        };
        let events: Vec<String> = (0..events).map(event).collect();
        let data = events.join(",\n");
        for log in [
            format!(r#"{{"partner_agent":"kestrel-2","data":[{data}]}}"#),
            format!(r#"{{"data":[{data}],"timestamp":"{SENT}"}}"#),
            format!(r#"{{"log":{{"request":{{"body":{{"data":[{data}]}}}}}}}}"#),
        ] {
            let said = |whole: usize| -> Vec<Value> {
                let linter = linter_with(700, whole, Fixing::Off);
                let said: Value =
                    serde_json::from_str(&essence(&linter, log.as_bytes()).0).unwrap();
                let found = said[2].as_array().unwrap().iter();
                let found = found.filter(|one| one["id"] == "CL406").cloned();
                found
                    .map(|mut one| {
                        one.as_object_mut().unwrap().remove("length");
                        one
                    })
                    .collect()
            };
            let whole = said(4 << 20);
            assert_eq!(whole.len(), usize::from(![0, 30].contains(&stale_ones)));
            assert_eq!(said(3_000), whole, "{:.200}", log);
        }
    }
}

#[test]
fn an_answer_is_tied_to_its_request_in_another_record() {
    let place = Place::new();
    let refusal = r#"{"error":{"message":"Invalid parameter","code":100,"error_subcode":2804001,"fbtrace_id":"A2"}}"#;
    let taken = r#"{"events_received":1,"messages":[],"fbtrace_id":"A1"}"#;
    let request = |trace: &str| format!(r#"{{"TraceId":"{trace}","RequestBody":{}}}"#, body());
    let answer = |trace: &str, text: &str| {
        format!(
            r#"{{"TraceId":"{trace}","ResponseBody":{}}}"#,
            text_of(text)
        )
    };
    let refused = |name: &str, log: String| {
        place.write(name, log);
        let report = report(&place, name);
        let found = report["findings"].as_array().unwrap().clone();
        let lines = found.iter().filter(|one| one["id"] == "CL710");
        lines
            .map(|one| one["line"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    // By what both name, whatever lies between.
    let log = [
        request("a"),
        request("b"),
        answer("b", taken),
        answer("a", refusal),
    ];
    assert_eq!(refused("a.log", log.join("\n")), [4]);
    // In a list, newest first.
    let log = [answer("a", refusal), request("a")];
    assert_eq!(refused("b.log", format!("[{}]", log.join(","))), [1]);
    // By order, where nothing is named.
    let log = format!(
        "{SENT} send {}\n{SENT} got {refusal}\n{SENT} got {refusal}\n",
        body()
    );
    assert_eq!(refused("c.log", log), [2]);
    // Another request's, and that of nobody.
    let log = [request("a"), answer("z", refusal)];
    assert_eq!(refused("d.log", log.join("\n")), [0u64; 0]);
    let log = format!("{refusal}\n{CLEAN}\n");
    assert_eq!(refused("e.log", log), [0u64; 0]);
    // Told once where request and answer share a record.
    let log = format!(r#"{{"request":{},"response":{refusal}}}"#, body());
    assert_eq!(refused("f.log", log), [1]);
    // And counted there too when the answer comes first, or the request is a text.
    let record = format!(r#"{{"response":{refusal},"request":{}}}"#, text_of(&body()));
    place.write("g.log", format!("{record}\n{record}\n{record}\n"));
    assert_eq!(report(&place, "g.log")["summary"]["answers"]["paired"], 3);
    // Over the border of blocks.
    let log = format!("x {}\n{}\n{refusal}\n", "x".repeat(300), body());
    for block in [64, 1_000, 1 << 20] {
        let essence = essence(&linter(block, Fixing::Off), log.as_bytes());
        assert!(essence.0.contains("CL710"), "{block}");
    }
}

#[test]
fn every_fixture_is_read_alike_in_blocks_of_any_size() {
    let (usual, small) = (linter(1 << 20, Fixing::Off), linter(64, Fixing::Off));
    let mut faults = Vec::new();
    for entry in walkdir::WalkDir::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures")) {
        let path = entry.unwrap().into_path();
        let Ok(text) = std::fs::read(&path) else {
            continue;
        };
        let events = |linter: &Linter| linter.run(&text[..], &mut Silent).unwrap().0.events;
        let (usual, small) = (events(&usual), events(&small));
        if usual != small {
            faults.push(format!("{}: {usual}, {small}", path.display()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn bytes_that_are_no_text_stay_beside_what_is_fixed() {
    let faulty = format!("{{\"data\":[{}]}}", support::with_warning());
    let payload = faulty.replace("58213", "5\u{fffd}213");
    let coded = |text: &str| BASE64_STANDARD.encode(text);
    let broken = |text: String| {
        let mut bytes = text.into_bytes();
        while let Some(at) = bytes
            .windows(3)
            .position(|three| three == "\u{fffd}".as_bytes())
        {
            bytes.splice(at..at + 3, [0xFF]);
        }
        bytes
    };
    let other = faulty.replace("58213", "58214");
    let record = |first: &str, second: &str| {
        broken(format!(
            "{{\"note\":\"\u{fffd}\",\"body\":{first},\"copy\":{second}}}\n"
        ))
    };
    let fixing = linter(1 << 20, Fixing::Write);
    // Two requests beside each other: each is mended for itself.
    let log = record(&text_of(&other), &text_of(&coded(&faulty)));
    let (said, once) = essence(&fixing, &log);
    assert!(!said.contains("CL109"), "both are mended: {said}");
    assert!(
        once != log && once.contains(&0xFF),
        "only what is named is changed"
    );
    assert_eq!(essence(&fixing, &once).1, once);
    // The same request twice, of which one cannot be written.
    for (first, second) in [
        (
            text_of(&payload),
            text_of(&coded(&payload.replace('\u{fffd}', "?"))),
        ),
        (
            text_of(&coded(&payload.replace('\u{fffd}', "?"))),
            text_of(&payload),
        ),
    ] {
        let log = record(&first, &second);
        let (_, once) = essence(&fixing, &log);
        assert!(once == log, "{}", String::from_utf8_lossy(&once));
        let place = Place::new();
        place.write("log", &log);
        let args = ["check", "--no-config", "--format", "json", "--fix", "log"];
        let fixes = place.run(&args).json()["fixes"].clone();
        assert_eq!(fixes["made"], json!([]));
        assert!(
            !fixes["not_written"].as_array().unwrap().is_empty(),
            "{fixes}"
        );
    }
}

#[test]
fn a_long_body_deep_in_a_text_is_checked_like_any_other() {
    let events = |number: u32| {
        let events: Vec<String> = (0..number).map(support::another).collect();
        events.join(",")
    };
    let log = |number: u32, more: &str| {
        format!(
            r#"{{"url":"https://graph.facebook.com/v24.0/4021987365120/events","requests":[{{"body":{{"data":[{}]{more}}}}},{{"body":{{"data":[{CLEAN}]}}}}]}}"#,
            events(number)
        )
    };
    for (log, requests) in [
        (log(40, ""), 2),
        (log(40, r#","access_token":"x""#), 2),
        (log(40, r#","test_event_code":"T1""#), 2),
        (log(1_001, ""), 2),
        (log(1_000, ""), 2),
    ] {
        let said = |whole: usize| -> Value {
            let linter = linter_with(700, whole, Fixing::Off);
            serde_json::from_str(&essence(&linter, log.as_bytes()).0).unwrap()
        };
        let of_requests = |said: &Value| -> Vec<Value> {
            let found = said[2].as_array().unwrap().iter();
            let found = found.filter(|one| one["id"].as_str().unwrap().starts_with("CL70"));
            let mut found: Vec<Value> = found.cloned().collect();
            found.sort_by_key(|one| one["offset"].as_u64());
            // The list is not there any more when its body is looked at.
            for one in &mut found {
                one.as_object_mut().unwrap().remove("length");
            }
            found
        };
        let (whole, pieces) = (said(4 << 20), said(3_000));
        assert_eq!(pieces[0]["events"], whole[0]["events"]);
        assert_eq!(whole[0]["requests"], requests);
        assert_eq!(pieces[0]["requests"], requests);
        assert_eq!(of_requests(&pieces), of_requests(&whole), "{:.200}", log);
    }
}

#[test]
fn the_request_of_a_form_is_checked_like_any_other() {
    let place = Place::new();
    let of = |order: u32| CLEAN.replace("58213", &order.to_string());
    let stale = of(7).replace("1782396602", "1781000602");
    let form = |events: &[String], more: &str| {
        format!("data={}{more}", percent(&format!("[{}]", events.join(","))))
    };
    let code = "&test_event_code=TEST1";
    let (two, many) = (
        [of(1), of(2), stale.clone()],
        (0..1_001).map(of).collect::<Vec<_>>(),
    );
    let list = |texts: &[String]| Value::from(texts).to_string();
    let part = |name: &str, value: &str| {
        format!("--x7f\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let cases = [
        // In a line, in a list of forms, in a batch, in a query, in the parts of a form, piece by piece.
        (form(&two, ""), "CL406", 1),
        (form(&[of(1)], code), "CL701", 1),
        (form(&many, ""), "CL703", 1),
        (list(&[form(&two, ""), form(&[of(4)], code)]), "CL406", 1),
        (list(&[form(&two, ""), form(&[of(4)], code)]), "CL701", 1),
        (list(&[form(&two, ""), form(&two, "")]), "CL406", 2),
        (
            format!(
                "{{\"batch\":[{{\"relative_url\":\"4021987365120/events\",\"body\":{}}}]}}",
                text_of(&form(&two, ""))
            ),
            "CL406",
            1,
        ),
        (
            format!(
                "POST /v24.0/4021987365120/events?{} HTTP/1.1",
                form(&two, code)
            ),
            "CL701",
            1,
        ),
        (
            format!(
                "{}{}--x7f--",
                part("data", &format!("[{}]", two.join(","))),
                part("test_event_code", "T1")
            ),
            "CL406",
            1,
        ),
        (
            format!(
                "{}{}--x7f--",
                part("data", &format!("[{}]", of(1))),
                part("test_event_code", "T1")
            ),
            "CL701",
            1,
        ),
        (
            format!("{{\"FORM\":{{\"data\":{}}}}}", list(&many)),
            "CL703",
            1,
        ),
        (
            format!(
                "{{\"FORM\":{{\"data\":{},\"test_event_code\":\"T1\"}}}}",
                list(&two)
            ),
            "CL701",
            1,
        ),
    ];
    for (log, rule, number) in cases {
        let name = format!("{rule}.log");
        place.write(&name, format!("{log}\n"));
        let args = format!(
            "check --no-config --as-of 2026-06-26T00:00:00Z --format json --select {rule} {name}"
        );
        let report = place.run(&args.split(' ').collect::<Vec<_>>()).json();
        let found = report["findings"].as_array().unwrap();
        let of_requests = found.iter().filter(|one| one["event"].is_null());
        // A rule of the whole log says that a thousand tests are no trial.
        let found = of_requests
            .filter(|one| !one["message"].as_str().unwrap().contains("trial"))
            .count();
        assert_eq!(found, number, "{rule}: {:.200}", log);
    }
    // A right form raises none of them.
    place.write("right.log", form(&[of(1), of(2)], "&access_token=x"));
    let report = report(&place, "right.log");
    assert!(
        !report["findings"].to_string().contains("CL4"),
        "{}",
        report["findings"]
    );
    assert!(
        !report["findings"].to_string().contains("CL70"),
        "{}",
        report["findings"]
    );
}

#[test]
fn an_answer_is_tied_to_its_request_in_a_block_long_before() {
    let refusal = r#"{"error":{"message":"Invalid parameter","code":100,"error_subcode":2804001,"fbtrace_id":"A2"}}"#;
    let taken = r#"{"events_received":1,"messages":[],"fbtrace_id":"A1"}"#;
    let answer = |trace: &str, text: &str| {
        format!(
            r#"{{"TraceId":"{trace}","ResponseBody":{}}}"#,
            text_of(text)
        )
    };
    let requests: Vec<String> = (0..50)
        .map(|number| format!(r#"{{"TraceId":"{number}","RequestBody":{}}}"#, body()))
        .collect();
    // Each is answered, in another order, far behind; every fifth is refused, and two answers are
    // those of requests that nobody sent.
    let mut answers: Vec<String> = (0..50)
        .rev()
        .map(|number: u32| match number % 5 {
            0 => answer(&number.to_string(), refusal),
            _ => answer(&number.to_string(), taken),
        })
        .collect();
    answers.extend([answer("x", refusal), answer("y", taken)]);
    let noise = "started\n".repeat(2_000);
    let log = format!("{}\n{noise}{}\n", requests.join("\n"), answers.join("\n"));
    for block in [64, 1_000, 1 << 20] {
        let (said, _) = essence(&linter(block, Fixing::Off), log.as_bytes());
        let said: Value = serde_json::from_str(&said).unwrap();
        let findings = said[2].as_array().unwrap();
        let refused = findings.iter().filter(|one| one["id"] == "CL710");
        let lines: Vec<_> = refused.map(|one| one["line"].as_u64().unwrap()).collect();
        assert_eq!(
            lines,
            [2055, 2060, 2065, 2070, 2075, 2080, 2085, 2090, 2095, 2100],
            "{block}"
        );
        assert!(said[0]["answers"]["paired"] == 50, "{block}: {said:.2000}");
    }
}

#[test]
fn a_record_of_lines_longer_than_a_block_keeps_its_time() {
    let many = vec![event(); 40].join(",");
    let log = format!(
        "2026-06-25T14:10:03+00:00 NOTICE Request\nmethod: POST\nuri: https://graph.facebook.com/v21.0/1234567890/events\nbody: {{\"data\":[{many}]}}\nduration: 0.41s\n\n2026-06-25T14:10:04+00:00 NOTICE Response\n"
    );
    for block in [600, 1 << 20] {
        let linter = linter(block, Fixing::Off);
        let said: Value = serde_json::from_str(&essence(&linter, log.as_bytes()).0).unwrap();
        assert_eq!(said[1]["sources"]["capture"], 40, "{block}");
    }
}

#[test]
fn a_file_without_events_is_told_what_it_looks_like() {
    let place = Place::new();
    let log = "10.0.0.1 - - [25/Jun/2026:14:10:03 +0000] \"POST /capi HTTP/1.1\" 200 12\n";
    place.write("access.log", log.repeat(3));
    place.write("other.log", "started\nstopped\n");
    let said = |name: &str| {
        let args = format!("check --no-config --format json {name}");
        let ran = place.run(&args.split(' ').collect::<Vec<_>>()).ends(2);
        let message = ran.json()["findings"][0]["message"].clone();
        message.as_str().unwrap().to_owned()
    };
    assert!(said("access.log").contains("it looks like an access log without bodies"));
    assert!(!said("other.log").contains("looks like"));
}

#[test]
fn an_object_that_is_printed_over_lines_is_one_record() {
    let place = Place::new();
    let id = |key: &str| {
        format!(
            "    {{\n      event_name: 'Lead',\n      event_time: 1782396602,\n      {key}\n    }}\n"
        )
    };
    let log = |key: &str| {
        let one = format!("{SENT}\t3fa\tINFO\t{{\n  data: [\n{}  ]\n}}\n", id(key));
        one.repeat(2)
    };
    place.write("a.log", log("user_data: { em: [ 'x' ] },"));
    let read = report(&place, "a.log");
    assert_eq!(read["summary"]["events"], 2);
    assert_eq!(read["as_of"]["sources"]["capture"], 2);
    assert_eq!(ids(&read).get("CL001"), None);
    place.write("a.log", format!("{}{CLEAN}\n", log("user_data: [Object]")));
    let read = report(&place, "a.log");
    assert_eq!(read["summary"]["events"], 1);
    assert_eq!(read["summary"]["unread"]["printed"], 2);
    assert_eq!(ids(&read).get("CL001"), None, "{}", read["findings"]);
}

#[test]
fn collectors_write_each_line_as_a_record() {
    let pretty = format!("posting {}", pretty());
    let json = |before: &str, text: &str| format!("{{{before}{}}}\n", text_of(text));
    let ways: [&dyn Fn(&str) -> String; 5] = [
        &|text| {
            json(
                &format!("\"__REALTIME_TIMESTAMP\":\"{SENT_MS}000\",\"_PID\":\"7\",\"MESSAGE\":"),
                text,
            )
        },
        &|text| json(&format!("\"timestamp\":\"{SENT}\",\"line\":"), text),
        &|text| format!("{SENT} {text}\n"),
        &|text| format!("{SENT} app[web.1]: {text}\n"),
        &|text| format!("web_1  | {text}\n"),
    ];
    for (number, way) in ways.into_iter().enumerate() {
        let text: String = pretty.lines().map(way).collect();
        let place = Place::new();
        place.write(
            "a.log",
            format!("{}{text}{}{text}", way("started"), way("next {")),
        );
        let read = report(&place, "a.log");
        assert_eq!(read["summary"]["events"], 2, "{number}");
        assert_eq!(
            read["as_of"]["sources"]["capture"],
            if number < 4 { 2 } else { 0 },
            "{number}"
        );
        assert_eq!(ids(&read).get("CL001"), None, "{number}");
    }
}

#[test]
fn the_time_behind_a_text_is_not_that_of_the_next() {
    let place = Place::new();
    place.write("a.log", format!("{CLEAN}\t{SENT}\n{}\n", another(2)));
    assert_eq!(reading(&place, "a.log").1, 0);
    place.write(
        "a.tsv",
        format!(
            "payload\tsent_at\n{CLEAN}\t{SENT}\n{}\t{SENT}\n",
            another(2)
        ),
    );
    assert_eq!(reading(&place, "a.tsv").1, 2);
}

#[test]
fn a_time_without_a_zone_leaves_the_line_the_time_of_its_record() {
    let naive = "2026-06-25 16:10:03.345";
    let line = text_of(&format!("{naive} | INFO | capi:send:7 - {CLEAN}\n"));
    let event = text_of(CLEAN);
    let lines = text_of(&format!("{naive} started\n{naive} sent {CLEAN}\n"));
    for (log, timed) in [
        (
            format!("{{\"timestamp\":{SENT_MS},\"message\":{line}}}\n"),
            1,
        ),
        // What loguru serializes has the event twice.
        (
            format!(
                "{{\"text\":{line},\"record\":{{\"elapsed\":{{}},\"message\":{event},\"time\":{{\"repr\":\"{naive}\",\"timestamp\":1782396603.345}}}}}}\n"
            ),
            1,
        ),
        // Nobody knows which of several lines the time is that of.
        (
            format!("{{\"timestamp\":{SENT_MS},\"message\":{lines}}}\n"),
            0,
        ),
    ] {
        let place = Place::new();
        place.write("a.log", &log);
        let (events, captured, _) = reading(&place, "a.log");
        assert_eq!((events, captured), (1, timed), "{log}");
    }
}

#[test]
fn dumps_of_php_are_named() {
    let place = Place::new();
    let dump = "array(1) {\n  [\"data\"]=>\n  array(1) {\n    [0]=>\n    array(1) {\n      [\"event_name\"]=>\n      string(4) \"Lead\"\n    }\n  }\n}\n";
    let export = "array (\n  'data' => \n  array (\n    0 => \n    array (\n      'event_name' => 'Lead',\n    ),\n  ),\n)\n";
    for (name, log) in [("var_dump", dump), ("var_export", export)] {
        place.write("a.log", format!("{SENT} {log}{CLEAN}\n"));
        let report = report(&place, "a.log");
        assert_eq!(report["summary"]["events"], 1, "{name}");
        assert_eq!(report["summary"]["unread"]["printed"], 1, "{name}");
        let message = report["findings"][0]["message"].as_str().unwrap();
        assert!(
            message.contains(name) && message.contains("json_encode"),
            "{message}"
        );
    }
}

#[test]
fn a_cut_or_a_flipped_bit_anywhere_gives_a_verdict() {
    let (off, on) = (linter(1 << 20, Fixing::Off), linter(700, Fixing::Write));
    for shape in shapes() {
        let bytes = shape.line.as_bytes();
        for step in 0..60 {
            let at = bytes.len() * step / 60;
            essence(&off, &bytes[..at]);
            let mut flipped = bytes.to_vec();
            flipped[at] ^= 1 << (step % 8);
            // A second run changes nothing.
            let (_, once) = essence(&on, &flipped);
            assert_eq!(essence(&on, &once).1, once);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_panic_or_hang(input in prop::collection::vec(any::<u8>(), 0..600)) {
        essence(&linter(64, Fixing::Write), &input);
    }

    #[test]
    fn no_text_of_brackets_and_escapes_panics_or_hangs(
        input in "([{}\\[\\]\"'\\\\:,=%&;<>\n ]|event_name|\\\\x22|%7B|&quot;|data=|eyJ|H4sI|[a-z0-9]){0,200}"
    ) {
        essence(&linter(64, Fixing::Write), input.as_bytes());
    }

    #[test]
    fn an_untouched_text_goes_back_as_it_came(raw in "([ -~]|\\\\u00e4|%C3%A4|\\\\x22|&quot;|\"\"|\\\\/|ä){0,80}") {
        for codec in [Codec::JsonString, Codec::Form, Codec::Percent, Codec::HexEscapes, Codec::Entities, Codec::CsvCell, Codec::Base64, Codec::GzipBase64] {
            let Some(text) = decode(codec, &raw) else { continue };
            if let Some(back) = encode(codec, &raw, &text, &text) {
                prop_assert_eq!(&back, &raw);
            }
            let new = format!("{text}x");
            if let Some(written) = encode(codec, &raw, &text, &new) {
                prop_assert_eq!(decode(codec, &written), Some(new));
            }
        }
    }
}

#[test]
fn a_request_that_begins_behind_a_log_prefix_is_whole_wherever_it_stands() {
    let pretty = |body: Value| serde_json::to_string_pretty(&body).unwrap();
    let event: Value = serde_json::from_str(CLEAN).unwrap();
    let other: Value = serde_json::from_str(&another(1)).unwrap();
    let first = pretty(json!({"data": [event]}));
    let second = pretty(json!({"data": [other], "test_event_code": "TEST7"}));
    for before in [
        format!("{SENT} INFO payload:\n{first}\n"),
        format!("{SENT} INFO payload {first}\n"),
        format!("{first}\n"),
    ] {
        let place = Place::new();
        place.write(
            "log.txt",
            format!("{before}{SENT} DEBUG sending {second}\n"),
        );
        let report = place.check("--format json log.txt").json();
        let summary = &report["summary"];
        assert_eq!(summary["events"], 2, "{before}");
        assert_eq!(summary["requests"], 2, "{before}");
        assert_eq!(summary["facts"]["test_events"], 1, "{before}");
        let place = place.check("--fix-to out log.txt");
        place.says("1 event in 1 request");
    }
}

#[test]
fn a_body_that_a_logger_cut_off_is_no_broken_json() {
    let between = body().find("\"currency\"").unwrap();
    let cut = &body()[..between];
    let in_number = &body()[..between - 2];
    let whole = lines(&[another(1)]);
    let in_text = &body()[..body().find("checkout").unwrap()];
    let (first, last) = in_text.split_at(100);
    let mut logs: Vec<String> = Vec::new();
    for mark in [
        "...",
        "…",
        "...(truncated)",
        "... (truncated)",
        "[TRUNCATED]",
        "<truncated>",
        "...[truncated 500 bytes]",
        "... 500 more bytes",
        "...\"}",
        "...(truncated)'",
    ] {
        for cut in [cut, in_number] {
            logs.push(format!("{SENT} INFO {cut}{mark}"));
            logs.push(json!({"ts": SENT, "body": format!("{cut}{mark}")}).to_string());
            logs.push(format!("{cut}{mark}"));
        }
        // Inside of a text too.
        logs.push(format!("{in_text}{mark}"));
        logs.push(format!("{SENT} INFO {in_text}{mark}"));
    }
    // Pieces that were joined: the end of the line is none of the payload.
    logs.push(format!("{SENT} stdout P {first}\n{SENT} stdout F {last}"));
    let docker = |text: &str| json!({"log": text, "stream": "stdout", "time": SENT}).to_string();
    logs.push(format!(
        "{}\n{}",
        docker(&padded(first, 16 << 10)),
        docker(&format!("{last}\n"))
    ));
    for log in logs {
        let place = Place::new();
        place.write("log.txt", format!("{log}\n{whole}"));
        let report = place.check("--format json log.txt").json();
        let told = ids(&report);
        assert_eq!(told.get("CL005"), Some(&1), "{log}: {told:?}");
        assert_eq!(told.get("CL001"), None, "{log}: {told:?}");
        assert_eq!(report["summary"]["unread"]["truncated"], 1, "{log}");
    }
    // What is broken stays so.
    for log in [
        format!("{SENT} INFO {cut}???"),
        format!("{SENT} INFO {cut}]"),
    ] {
        let place = Place::new();
        place.write("log.txt", format!("{log}\n{whole}"));
        let told = ids(&place.check("--format json log.txt").json());
        assert_eq!(told.get("CL001"), Some(&1), "{log}: {told:?}");
    }
}

#[test]
fn an_apostrophe_that_a_shell_escapes_is_written_back_escaped() {
    let body = body().replace("order-58213", "o'order-58213");
    let quoted = body.replace('\'', "'\\''");
    let line = |body: &str| {
        format!("curl -d '{body}' https://graph.facebook.com/v24.0/4021987365120/events\n")
    };
    let place = Place::new();
    place.write("log.txt", line(&quoted));
    let report = place.check("--format json --fix log.txt").json();
    assert_eq!(report["summary"]["events"], 1);
    assert_eq!(ids(&report).get("CL001"), None);
    let fixed = quoted.replace(&EM.to_ascii_uppercase(), EM);
    assert_eq!(place.text("log.txt"), line(&fixed));
}

#[test]
fn an_event_that_cannot_be_read_is_told() {
    let whole = lines(&[another(1)]);
    let packed = BASE64_STANDARD.encode(CLEAN);
    for log in [
        format!("{SENT} INFO \"event_name\": \"Lead\", \"user_data\": {{\"em\": [\"x\"]}}"),
        format!("{SENT} INFO user {{\"id\": 1}} \"event_name\": \"Lead\""),
        json!({"p": packed[..packed.len() - 42]}).to_string(),
    ] {
        let place = Place::new();
        place.write("log.txt", format!("{whole}{log}\n"));
        let told = ids(&place.check("--format json log.txt").json());
        assert_eq!(told.get("CL005"), Some(&1), "{log}: {told:?}");
    }
    for log in [
        format!("{SENT} ERROR the \"event_name\" is missing"),
        format!("{SENT} INFO event_name=Lead"),
    ] {
        let place = Place::new();
        place.write("log.txt", format!("{whole}{log}\n"));
        let told = ids(&place.check("--format json log.txt").json());
        assert_eq!(told.get("CL005"), None, "{log}: {told:?}");
    }
}

#[test]
fn a_body_with_a_prefix_on_each_of_its_lines_is_joined() {
    let body: Value = serde_json::from_str(&body()).unwrap();
    let pretty = serde_json::to_string_pretty(&body).unwrap();
    let with_time = |rest: &str| format!("{SENT} {rest}");
    for (prefix, first) in [
        (with_time("INFO "), ""),
        (with_time("[DEBUG] "), "sending "),
        (with_time("ERROR: "), ""),
        (with_time("- root - INFO - "), "sending: "),
        ("2026-06-25 14:10:03,123 - root - INFO - ".to_owned(), ""),
        ("[2026-06-25 14:10:03] production.INFO: ".to_owned(), "x "),
        (
            "INFO  [2026-06-25 14:10:03,123] com.x.Capi: ".to_owned(),
            "",
        ),
        ("Jun 25 14:10:03 web1 app[123]: ".to_owned(), ""),
        ("I, [2026-06-25T14:10:03.12 #12]  INFO -- : ".to_owned(), ""),
        (
            "2026-06-25 14:10:03.123  INFO 1 --- [main] c.x.Capi : ".to_owned(),
            "",
        ),
        ("INFO:root:".to_owned(), ""),
        ("[capi] ".to_owned(), "body: "),
        ("> ".to_owned(), ""),
    ] {
        let log: String = (pretty.lines().enumerate())
            .map(|(number, line)| match number {
                0 => format!("{prefix}{first}{line}\n"),
                // The clock goes on.
                1..9 => format!("{prefix}{line}\n"),
                _ => format!("{}{line}\n", prefix.replace(":03", ":04")),
            })
            .collect();
        let place = Place::new();
        place.write(
            "log.txt",
            format!("{prefix}INFO started\n{log}{prefix}INFO done\n"),
        );
        let report = place.check("--format json log.txt").json();
        assert_eq!(report["summary"]["requests"], 1, "{log}");
        assert_eq!(report["summary"]["events"], 1, "{log}");
        assert_eq!(ids(&report).get("CL005"), None, "{log}");
    }
}

#[test]
fn lines_of_two_writers_lie_among_each_other() {
    let pretty = |body: &str| {
        serde_json::to_string_pretty(&serde_json::from_str::<Value>(body).unwrap()).unwrap()
    };
    let second = format!("{{\"data\":[{}]}}", another(1));
    let [first, second] = [body(), second].map(|one| pretty(&one));
    let seconds = ["03", "04"].into_iter().cycle();
    let both = first.lines().zip(second.lines()).zip(seconds);
    let log: String = both
        .map(|((a, b), second)| {
            let at = format!("2026-06-25T14:10:{second}Z");
            format!("{at} web-a {a}\n{at} web-b {b}\n{at} web-c next {{\n")
        })
        .collect();
    let place = Place::new();
    place.write("log.txt", log);
    let report = place.check("--format json log.txt").json();
    assert_eq!(report["summary"]["events"], 2);
    assert_eq!(ids(&report).get("CL005"), None);
}

#[test]
fn the_date_of_an_answer_beside_its_request_is_a_time_of_capture() {
    let date = "Thu, 25 Jun 2026 14:10:03 GMT";
    for headers in [
        json!({"date": date}),
        json!({"Date": [date]}),
        json!([["server", "x"], ["Date", date]]),
        json!([{"name": "date", "value": date}]),
    ] {
        let record = json!({
            "request": {"body": body()},
            "response": {"status": 200, "headers": headers},
        });
        let place = Place::new();
        place.write("log.ndjson", format!("{record}\n"));
        let report = place.check("--format json log.ndjson").json();
        let times = &report["summary"]["facts"]["capture_times"];
        assert_eq!(times["first"], "2026-06-25T14:10:03Z", "{record}");
    }
}

#[test]
fn numbered_pieces_are_joined_in_whatever_order_they_lie() {
    let body = body();
    let pieces = [&body[..200], &body[200..400], &body[400..]];
    let entry = |index: usize| {
        let split = json!({"uid": "u", "index": index, "totalSplits": 3});
        json!({"timestamp": SENT, "textPayload": pieces[index], "split": split}).to_string()
    };
    let lists = [[0, 1, 2], [2, 1, 0], [1, 0, 2]].map(|order| order.map(entry));
    for (log, records) in lists.iter().flat_map(|entries| {
        let list = format!("{{\"entries\":[{}]}}", entries.join(","));
        [(lines(entries), 3), (list, 1)]
    }) {
        let place = Place::new();
        place.write("log.ndjson", log);
        let report = place.check("--format json log.ndjson").json();
        let summary = &report["summary"];
        assert_eq!(
            (&summary["requests"], &summary["records"]),
            (&1.into(), &records.into())
        );
        let times = &summary["facts"]["capture_times"];
        assert_eq!(times["first"], "2026-06-25T14:10:03Z");
        let told = ids(&report);
        assert!(
            !told.contains_key("CL001") && !told.contains_key("CL005"),
            "{told:?}"
        );
    }
}

#[test]
fn a_plus_in_the_query_of_a_log_whose_fields_have_no_spaces_is_a_space() {
    let place = Place::new();
    let query = format!("data=[{}]", event()).replace(' ', "+");
    let line = format!(
        "2026-06-25 14:10:03 POST /v24.0/738291045566120/events {query} Mozilla/5.0+(X11) 200\n"
    );
    let log = format!(
        "#Fields: date time cs-method cs-uri-stem cs-uri-query cs(User-Agent) sc-status\n{line}"
    );
    place.write("w3c.log", &log);
    let report = place.check("--format json w3c.log").json();
    assert_eq!(report["summary"]["events"], 1);
    let told = ids(&report);
    assert_eq!(
        (told.get("CL219"), told.get("CL109")),
        (None, Some(&1)),
        "{told:?}"
    );
    place.check("--fix w3c.log");
    assert_eq!(
        place.text("w3c.log"),
        log.replace(&EM.to_ascii_uppercase(), EM)
    );
}
