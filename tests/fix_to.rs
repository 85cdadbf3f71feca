//! `--fix-to`: every event goes either to the requests that can be sent or to the rejects.

mod support;

use std::path::{Path, PathBuf};
use std::time::Duration;

use capilint::engine::{Linter, Run, Silent};
use capilint::finding::Severity;
use capilint::input::blocks::Limits;
use capilint::output::Fixing;
use capilint::report::Report;
use capilint::resend::Resend;
use capilint::settings::{Clocks, Settings};
use proptest::prelude::*;
use serde_json::Value;
use support::{AS_OF, CLEAN, EM, Place, another, gzip, lines, with_error, with_warning};

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
fn what_meta_refused_is_not_sent_as_it_was() {
    let refused = |code: i64, subcode: i64| {
        format!(
            r#"{{"error":{{"message":"x","type":"OAuthException","code":{code},"error_subcode":{subcode},"fbtrace_id":"A2"}}}}"#
        )
    };
    let content = refused(100, 2_804_050);
    let taken = r#"{"events_received":1,"messages":[],"fbtrace_id":"A1"}"#;
    let body = |events: &[String]| format!("{{\"data\":[{}]}}", events.join(","));
    let (one, two) = (body(&[another(1)]), body(&[another(2)]));
    let text = |json: &str| serde_json::to_string(json).unwrap();
    let row = |body: &str, answer: &str| format!("{{\"body\":{body},\"answer\":{answer}}}\n");
    let traced = |body: &str, answer: &str| {
        format!(
            "{{\"trace_id\":\"a\",\"body\":{body}}}\n{{\"trace_id\":\"b\",\"body\":{two}}}\n{{\"trace_id\":\"a\",\"answer\":{answer}}}\n"
        )
    };
    let stale = CLEAN.replace("1782396602", "1781000602");
    for (log, sent, left_out) in [
        // In one record, as values and as texts, and one after the other.
        (row(&one, &content) + &row(&two, taken), 1, 1),
        (
            row(&text(&one), &text(&content)) + &row(&text(&two), taken),
            1,
            1,
        ),
        (
            format!("[{},{}]", row(&one, taken), row(&two, &content)),
            1,
            1,
        ),
        (format!("{one}\n{content}\n{two}\n{taken}\n"), 1, 1),
        (format!("{two}\n{one}\n{content}\n"), 1, 1),
        (traced(&one, &content), 1, 1),
        (
            format!("{}\n{content}\n", body(&[another(1), another(2)])),
            0,
            2,
        ),
        // The moment, the token and the dataset are no fault of the event.
        (format!("{one}\n{}\n", refused(2, 0)), 1, 0),
        (format!("{one}\n{}\n", refused(190, 463)), 1, 0),
        (format!("{one}\n{}\n", refused(100, 33)), 1, 0),
        // What is sent now is another request.
        (format!("{}\n{content}\n", with_warning()), 1, 0),
        (
            format!("{}\n{content}\n", body(&[stale.clone(), another(1)])),
            1,
            0,
        ),
    ] {
        let place = Place::new();
        place.write("log.ndjson", &log);
        let ran = place.check("--format json --fix-to out log.ndjson");
        let resent = &ran.json()["summary"]["resent"];
        let rejects = objects(&place, REJECTS);
        let why: Vec<_> = rejects.iter().map(reasons).collect();
        let of_answer = why
            .iter()
            .filter(|why| ***why == ["refused-by-meta"])
            .count();
        assert_eq!(
            (&resent["events"], of_answer),
            (&sent.into(), left_out),
            "{log}: {why:?}"
        );
    }
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

/// Fifteen hundred events in one body: too large to be read as a whole where a record may have 100 kB.
fn long_body(before: &str, behind: &str) -> String {
    let events: Vec<String> = (0..1_500).map(another).collect();
    format!("{{{before}\"data\":[{}]{behind}}}", events.join(","))
}

const IN_PIECES: &str = "--max-record-bytes 100000 --fix-to out";

#[test]
fn test_traffic_is_not_sent_wherever_the_code_stands() {
    let code = "\"test_event_code\":\"TEST1\"";
    for (before, behind) in [
        (format!("{code},"), String::new()),
        (String::new(), format!(",{code}")),
    ] {
        let body = long_body(&before, &behind);
        let wrapped = format!("{{\"time\":\"2026-06-25T14:10:03Z\",\"body\":{body}}}");
        for text in [body, wrapped] {
            let place = Place::new();
            // One more behind it, which is none.
            place.write("body.json", format!("{text}\n{CLEAN}\n"));
            for (args, sent) in [("", 1), ("--test-code TEST2", 1_501)] {
                place.check(&format!("{IN_PIECES} {args} body.json"));
                let bodies = objects(&place, REQUESTS);
                assert_eq!(events_in(&bodies), sent, "{before} {behind} {args}");
                let rejects = objects(&place, REJECTS);
                assert_eq!(rejects.len() as u64, 1_501 - sent);
                let why = ["test-event-code"];
                assert!(rejects.iter().all(|reject| reasons(reject) == why));
                assert_eq!(place.names(), ["body.json", "out"]);
                std::fs::remove_dir_all(place.path("out")).expect("the folder");
            }
        }
    }
}

#[test]
fn events_beside_a_list_that_is_read_in_pieces_have_their_place() {
    let events: Vec<String> = (0..1_500).map(another).collect();
    let stale = CLEAN.replace("1782396602", "1781000602");
    let parts = [
        "{\"first\":",
        &stale,
        ",\"events\":[",
        &events.join(",\n"),
        "],\"more\":",
        &stale,
        "}",
    ];
    let text = parts.join("\n");
    let place = Place::new();
    place.write("dump.json", format!("\n{text}\n"));
    place.check(&format!("{IN_PIECES} dump.json"));
    let rejects = objects(&place, REJECTS);
    let stale: Vec<_> = rejects
        .iter()
        .filter(|one| reasons(one).contains(&"stale-event"))
        .map(|one| one["place"]["line"].as_u64().expect("a line"))
        .collect();
    assert_eq!(stale, [3, 1_506]);
    // What the whole log shows of them stands there as well.
    let ran = place.check("--max-record-bytes 100000 --format json --select CL305 dump.json");
    let report = ran.json();
    let findings = report["findings"].as_array().expect("a list");
    let of_copies = findings.iter().find(|one| one["id"] == "CL305");
    let related = &of_copies.expect("the event is there twice")["related"];
    let lines = [
        of_copies.expect("it")["line"].as_u64(),
        related[0]["line"].as_u64(),
    ];
    assert_eq!(lines, [Some(3), Some(1_506)]);
}

#[test]
fn a_long_body_of_another_platform_is_none_of_metas() {
    let event = r#"{"event_name":"checkout","action_source":"web","event_time":1782396602,"event_id":"a-1","user_data":{"em":["2d7c"]},"custom_data":{"order_id":"7"}}"#;
    let events = vec![event; 1_500].join(",");
    let place = Place::new();
    place.write("body.json", format!("{{\"data\":[{events}]}}"));
    let ran = place.check(&format!("--format json {IN_PIECES} body.json"));
    let report = ran.json();
    assert_eq!(report["summary"]["events"], 0);
    let findings = report["findings"].as_array().expect("a list");
    let ids: Vec<_> = findings.iter().map(|one| &one["id"]).collect();
    assert_eq!(ids, ["CL709", "CL006"]);
    assert_eq!(objects(&place, REJECTS).len(), 0);
}

#[test]
fn options_of_a_long_body_go_with_its_events() {
    let options = ",\"partner_agent\":\"kestrel_1\",\"upload_tag\":\"spring\",\"namespace_id\":77";
    let url = ",\"url\":\"https://graph.facebook.com/v24.0/4021987365120/events\"";
    let body = long_body("\"upload_source\":\"till\",", options);
    for (text, dataset) in [
        (body.clone(), Value::Null),
        (
            format!("{{\"body\":{body}{url}}}"),
            Value::from("4021987365120"),
        ),
    ] {
        let place = Place::new();
        place.write("body.json", format!("{text}\n{{\"data\":[{CLEAN}]}}\n"));
        place.check(&format!("{IN_PIECES} body.json"));
        let bodies = objects(&place, REQUESTS);
        assert_eq!(events_in(&bodies), 1_501);
        let (long, short): (Vec<&Value>, Vec<&Value>) =
            (bodies.iter()).partition(|body| body["partner_agent"] == "kestrel_1");
        assert_eq!(short.len(), 1);
        assert_eq!(short[0].as_object().expect("a body").len(), 1);
        assert_eq!(long.len(), 2);
        for body in long {
            assert_eq!(body["upload_tag"], "spring");
            assert_eq!(body["upload_source"], "till");
            assert_eq!(body["namespace_id"], 77);
        }
        let map = objects(&place, MAP);
        assert_eq!(
            map.iter().filter(|line| line["dataset"] == dataset).count()
                + usize::from(!dataset.is_null()),
            3
        );
    }
}

#[test]
fn a_long_body_without_an_end_is_not_sent() {
    let whole = long_body("", "");
    let place = Place::new();
    let cut = &whole[..whole.len() - 700];
    let huge = format!(",\"x\":\"{}\"}}", "x".repeat(300_000));
    for (text, why) in [
        (cut.to_owned(), "malformed-json"),
        (
            format!("{}{huge}", whole.strip_suffix('}').expect("an end")),
            "record-too-large",
        ),
    ] {
        place.write("body.json", text);
        place.check(&format!("{IN_PIECES} body.json"));
        let rejects = objects(&place, REJECTS);
        assert!(rejects.len() >= 1_498, "{}", rejects.len());
        assert!(
            rejects.iter().all(|reject| reasons(reject) == [why]),
            "{why}"
        );
        assert_eq!(place.text(REQUESTS), "");
        std::fs::remove_dir_all(place.path("out")).expect("the folder");
    }
}

#[test]
fn a_form_in_parts_is_read_as_a_whole() {
    let part = |name: &str, value: &str| {
        format!("--x7f\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let code = part("test_event_code", "TEST7");
    let events: Vec<String> = (0..120).map(another).collect();
    let data = part("data", &format!("[{}]", events.join(",")));
    let url = "POST /v24.0/4021987365120/events HTTP/1.1\r\nHost: graph.facebook.com\r\n\r\n";
    let rest = (200..300).map(another).collect::<Vec<_>>();
    let few = Limits {
        block: 700,
        whole: 200_000,
        record: 400_000,
    };
    let torn = Limits {
        block: 700,
        whole: 30_000,
        record: 400_000,
    };
    for parts in [format!("{code}{data}"), format!("{data}{code}")] {
        for before in ["", "2026-06-25T14:10:03Z started\n", &lines(&rest)] {
            let log = format!("{before}{url}{parts}--x7f--\r\n\r\n{}", lines(&rest));
            for limits in [few, torn] {
                let folder = tempfile::tempdir().expect("a folder");
                let linter = linter_with(2, Fixing::Off, false, limits);
                resend(&linter, log.as_bytes(), folder.path());
                let read = |name: &str| {
                    let text = std::fs::read_to_string(folder.path().join(name));
                    text.expect("a file")
                };
                let rejects: Vec<Value> = (read("rejects.ndjson").lines())
                    .map(|line| serde_json::from_str(line).expect("JSON"))
                    .collect();
                let tests = (rejects.iter())
                    .filter(|one| reasons(one).contains(&"test-event-code"))
                    .count();
                let unknown = (rejects.iter())
                    .filter(|one| reasons(one).contains(&"record-too-large"))
                    .count();
                match limits == few {
                    true => assert_eq!((tests, unknown), (120, 0), "{before:.10}"),
                    // What shares a block with the end of the form is not sent either.
                    false => assert!((120..123).contains(&unknown), "{unknown} {before:.10}"),
                }
            }
        }
    }
}

const TOKEN: &str = "EAAJq4ZCv81bMBO7kTz2nXw9Rf5sYhLd3uGePm6";

/// A request as some loggers write it.
fn logged(dataset: u64, body: &str) -> String {
    let url = format!("https://graph.facebook.com/v24.0/{dataset}/events");
    format!("{{\"logger\":\"capi.checkout\",\"url\":\"{url}\",\"body\":{body}}}")
}

fn form(event: &str, more: &str) -> String {
    format!("data={}{more}", percent(&format!("[{event}]")))
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'.' | b'-' | b'_' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// Everything in the files of the folder `out`.
fn written(place: &Place) -> String {
    [REQUESTS, REJECTS, MAP]
        .map(|name| place.text(name))
        .concat()
}

#[test]
fn options_of_the_sender_go_with_the_events_and_labels_of_the_logger_do_not() {
    let place = Place::new();
    let options = ",\"partner_agent\":\"Kestrel Shop_1_2\",\"upload_tag\":\"shop \\u2116 1\",\"namespace_id\":77";
    let with = format!("{{\"data\":[{CLEAN}]{options}}}");
    let log = [
        logged(4021987365120, &with),
        logged(4021987365120, &format!("{{\"data\":[{}]}}", another(1))),
        form(&another(2), "&partner_agent=kestrel_3&access_token=x"),
    ];
    place.write("log.ndjson", lines(&log));
    place.check("--fix-to out log.ndjson");
    let bodies = objects(&place, REQUESTS);
    assert_eq!(bodies.len(), 3);
    let agents: Vec<_> = bodies.iter().map(|body| &body["partner_agent"]).collect();
    assert!(
        agents.contains(&&Value::from("Kestrel Shop_1_2")),
        "{agents:?}"
    );
    assert!(agents.contains(&&Value::from("kestrel_3")), "{agents:?}");
    assert!(
        agents.contains(&&Value::Null),
        "a label is no partner_agent"
    );
    let tagged = bodies.iter().find(|body| body["upload_tag"] == "shop № 1");
    assert_eq!(tagged.expect("the tag")["namespace_id"], 77);
}

#[test]
fn no_token_is_in_any_file() {
    let place = Place::new();
    let member = |event: &str| event.replacen('{', &format!("{{\"access_token\":\"{TOKEN}\","), 1);
    let url =
        |event: &str| event.replace("/thank-you", &format!("/thank-you?access_token={TOKEN}"));
    let key = another(4).replace("\"order_id\"", &format!("\"{TOKEN}\":1,\"order_id\""));
    let short = another(5).replacen('{', "{\"access_token\":\"geheim\",", 1);
    let stale = |event: String| event.replace("1782396602", "1781000602");
    let events = [
        member(CLEAN),
        stale(member(&another(1))),
        url(&another(2)),
        stale(url(&another(3))),
        key.clone(),
        stale(key),
        short.clone(),
        stale(short),
        format!("{{\"data\":[{}],\"access_token\":\"{TOKEN}\"}}", another(6)),
        form(&another(7), &format!("&access_token={TOKEN}")),
        another(8)
            .replace(EM, "\u{fffd}")
            .replace("249.00", &format!("\"\\n{TOKEN}\"")),
    ];
    let mut log = lines(&events).into_bytes();
    log.extend(another(9).replace("Purchase", TOKEN).as_bytes());
    log.extend(b"\xff\n");
    place.write("log.ndjson", log);
    place.write(
        "capilint.toml",
        "[[suppress]]\nrule = \"access-token-leaked\"\nreason = \"known\"\nuntil = \"2099-01-01\"\n",
    );
    for args in ["", "--ignore access-token-leaked", "--unsafe-fixes"] {
        place.check(&format!("{args} --fix-to out log.ndjson"));
        let written = written(&place);
        assert!(!written.contains(&TOKEN[3..]), "{args}: {written}");
        assert!(!written.contains("geheim"), "{args}: {written}");
        let requests = objects(&place, REQUESTS);
        assert_eq!(
            events_in(&requests) as usize + objects(&place, REJECTS).len(),
            12
        );
        std::fs::remove_dir_all(place.path("out")).expect("the folder");
    }
}

#[test]
fn test_traffic_needs_a_word() {
    let place = Place::new();
    let coded = form(&another(1), "&test_event_code=TEST7&access_token=x");
    let in_event = another(2).replacen('{', "{\"test_event_code\":\"TEST7\",", 1);
    let log = [
        format!("{{\"data\":[{CLEAN}],\"test_event_code\":\"TEST7\"}}"),
        format!(
            "{{\"batch\":[{{\"method\":\"POST\",\"relative_url\":\"4021987365120/events\",\"body\":\"{coded}\"}}]}}"
        ),
        in_event,
        coded.replace("5182", "5192"),
    ];
    let part = |name: &str, value: &str| {
        format!("--x7f\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let code = part("test_event_code", "TEST7");
    let data = |number| part("data", &format!("[{}]", another(number)));
    let mut log = lines(&log);
    // The code before the events, the code behind them, and a form without one.
    for parts in [
        [code.clone(), data(3)],
        [data(4), code],
        [data(5), part("x", "y")],
    ] {
        log.push_str(&format!("{}{}--x7f--\r\n", parts[0], parts[1]));
    }
    place.write("log.ndjson", log);
    for (args, sent, code) in [
        ("", 1, Value::Null),
        ("--unsafe-fixes", 7, Value::Null),
        ("--test-code NEW1", 7, Value::from("NEW1")),
    ] {
        place.check(&format!("{args} --fix-to out log.ndjson"));
        let bodies = objects(&place, REQUESTS);
        assert_eq!(events_in(&bodies), sent, "{args}");
        assert_eq!(objects(&place, REJECTS).len() as u64, 7 - sent, "{args}");
        assert!(bodies.iter().all(|body| body["test_event_code"] == code));
        assert!(!place.text(REQUESTS).contains("TEST7"), "{args}");
        std::fs::remove_dir_all(place.path("out")).expect("the folder");
    }
}

#[test]
fn events_by_which_nobody_is_found_are_not_sent() {
    let place = Place::new();
    let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let only = |number: u32, user: &str| {
        let event = another(number);
        let from = event.find("\"user_data\":").expect("user_data");
        let to = event.find(",\"custom_data\"").expect("custom_data");
        format!("{}\"user_data\":{user}{}", &event[..from], &event[to..])
    };
    let agent = "\"client_user_agent\":\"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36\"";
    let events = [
        // A safe fix would leave nothing.
        only(1, &format!("{{\"em\":[\"{nothing}\"],{agent}}}")),
        only(2, &format!("{{\"em\":[\"***\"],\"ph\":[\"***\"],{agent}}}")),
        only(3, &format!("{{{agent}}}")),
        CLEAN.to_owned(),
    ];
    place.write("log.ndjson", lines(&events));
    place.check("--fix-to out log.ndjson");
    let rejects = objects(&place, REJECTS);
    let why: Vec<_> = rejects.iter().map(reasons).collect();
    assert_eq!(why.len(), 3, "{why:?}");
    assert_eq!(why[0], ["insufficient-user-data"]);
    assert!(why[1].contains(&"lossy-capture"), "{why:?}");
    assert_eq!(why[2], ["insufficient-user-data"]);
}

#[test]
fn what_no_fix_touches_is_kept_byte_for_byte() {
    let place = Place::new();
    let odd = with_error()
        .replace("249.00", "2.4900e+02")
        .replace(
            "\"order_id\"",
            "\"un\\u0062ekannt\\/x\":[1E2,-0.0,123456789012345678901234567890,{\"é\":\"\\ud83d\\ude00\"}],\"order_id\"",
        );
    let fixed = odd.replace("1782396602000", "1782396602");
    let spaced = odd.replace("\",\"", "\" ,\n  \"");
    place.write("log.json", &spaced);
    place.check("--fix-to out log.json");
    assert_eq!(place.text(REQUESTS), format!("{{\"data\":[{fixed}]}}\n"));
}

#[test]
fn what_the_browser_shows_is_put_right_too() {
    let place = Place::new();
    let day = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/real/shop-day");
    for name in ["server.ndjson", "browser.har"] {
        place.write(name, std::fs::read(day.join(name)).expect("a file"));
    }
    place.check("--pixel browser.har --fix-to out server.ndjson");
    let sent = place.read(REQUESTS);
    let ids = |pixel: &str, log: &[u8]| {
        let ran = place.check_piped(log, &format!("{pixel} --select CL308 --format json -"));
        ran.json()["summary"]["findings"]["error"].clone()
    };
    assert_eq!(ids("--pixel browser.har", &place.read("server.ndjson")), 2);
    assert_eq!(ids("--pixel browser.har", &sent), 0);
}

#[test]
fn the_first_of_equal_events_is_sent() {
    let place = Place::new();
    let to = |dataset, event: &str| logged(dataset, &format!("{{\"data\":[{event}]}}"));
    let retried = CLEAN.replace("1782396602", "1782396700");
    let log = [
        to(4021987365120, CLEAN),
        to(4021987365120, CLEAN),
        // Another dataset has its own copy, and Meta itself drops another event with the same id.
        to(7790412355608, CLEAN),
        to(4021987365120, &retried),
        to(7790412355608, CLEAN),
    ];
    place.write("log.ndjson", lines(&log));
    place.check("--fix-to out log.ndjson");
    assert_eq!(events_in(&objects(&place, REQUESTS)), 3);
    let rejects = objects(&place, REJECTS);
    let at: Vec<_> = rejects.iter().map(|one| &one["place"]["line"]).collect();
    assert_eq!(at, [2, 5]);
    assert!(
        rejects
            .iter()
            .all(|one| reasons(one) == ["duplicate-event"])
    );
}

#[test]
fn a_killed_run_leaves_whole_files_or_none() {
    let place = Place::new();
    let events: Vec<String> = (0..4_000).map(another).collect();
    place.write("log.ndjson", lines(&events));
    place.check("--fix-to whole log.ndjson");
    let (whole, mut killed) = (place.text("whole/requests.ndjson"), 0);
    for round in 0..12 {
        let mut child = place
            .command()
            .args(["check", "--as-of", AS_OF, "--fix-to", "out", "log.ndjson"])
            .spawn()
            .expect("a process");
        std::thread::sleep(Duration::from_millis(15 * round));
        killed += u32::from(child.try_wait().expect("a state").is_none());
        let _ = child.kill();
        let _ = child.wait();
        if place.path(REQUESTS).exists() {
            assert_eq!(place.text(REQUESTS), whole);
        }
        let _ = std::fs::remove_dir_all(place.path("out"));
    }
    assert!(killed > 0, "it was always faster");
}

/// One event of a random log.
fn event() -> impl Strategy<Value = String> {
    let faults: &[fn(String) -> String] = &[
        |event| event,
        |event| event.replace("1782396602,", "1782396602000,"),
        |event| event.replace("1782396602,", "\"2026-06-25T14:10:02Z\","),
        |event| event.replace("1782396602,", "1781000602,"),
        |event| event.replace("\"EUR\"", "\"eur\""),
        |event| event.replace("\"currency\":\"EUR\",", ""),
        |event| event.replace("249.00", "\"249,00\""),
        |event| event.replace(EM, &EM.to_ascii_uppercase()),
        |event| event.replace(&format!("\"{EM}\""), "\"ana@shop.example\""),
        |event| event.replace(EM, "d41d8cd98f00b204e9800998ecf8427a"),
        |event| {
            event.replace(
                EM,
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            )
        },
        |event| event.replace("\"em\":", "\"email\":"),
        |event| event.replace("81.2.69.142", "10.0.0.7"),
        |event| event.replace("Mozilla/5.0", "Googlebot/2.1 Mozilla/5.0"),
        |event| event.replace("\"user_data\":{", "\"user_data\":{},\"x\":{"),
        |event| event.replace("\"website\"", "\"web\""),
        |event| {
            event.replace(
                "\"custom_data\"",
                "\"test_event_code\":\"T1\",\"custom_data\"",
            )
        },
        |event| event.replace("\"event_id\"", "\"eventID\""),
        |event| event.replace("\"fbp\":\"fb.1", "\"fbp\":\"fb.1 "),
        |event| {
            event.replace(
                "\"custom_data\"",
                "\"big\":98765432109876543210,\"custom_data\"",
            )
        },
        |event| event.replace(":{", ": {\n "),
    ];
    let faults = proptest::collection::vec(proptest::sample::select(faults), 0..3);
    (0..30u32, faults).prop_map(|(number, faults)| {
        faults
            .into_iter()
            .fold(another(number), |event, fault| fault(event))
    })
}

/// One record of a random log.
fn record() -> impl Strategy<Value = String> {
    let events = proptest::collection::vec(event(), 1..4);
    (events, 0..10).prop_map(|(events, form_of)| {
        let one_line = |text: String| text.replace('\n', " ");
        let list = events.join(",");
        let body = format!("{{\"data\":[{list}]}}");
        let text = |json: &str| serde_json::to_string(json).expect("a string");
        match form_of {
            0 => one_line(lines(&events)).replace(" {\"event_name\"", "\n{\"event_name\""),
            1 => body,
            2 => one_line(logged(4021987365120, &body)),
            3 => one_line(logged(7790412355608, &text(&body))),
            4 => format!("2026-06-25T14:10:05Z INFO capi {}", one_line(body)),
            5 => form(&list, "&access_token=EAAx"),
            6 => format!("{{\"data\":[{list}],\"test_event_code\":\"T9\"}}"),
            7 => body[..body.len() / 2].to_owned(),
            8 => "GET /health 200".to_owned(),
            _ => one_line(body).replace("\"event_name\"", "\"event_name\" /* which */"),
        }
    })
}

fn linter(threads: usize, fixing: Fixing, unsafe_fixes: bool) -> Linter {
    linter_with(threads, fixing, unsafe_fixes, Settings::default().limits)
}

fn linter_with(threads: usize, fixing: Fixing, unsafe_fixes: bool, limits: Limits) -> Linter {
    Linter::new(Settings {
        limits,
        clocks: Clocks::At(1_782_432_000),
        threads,
        fixing,
        unsafe_fixes,
        ..Settings::default()
    })
}

/// Writes what can be sent of a log.
fn resend(linter: &Linter, log: &[u8], folder: &Path) -> Report {
    let mut silent = Silent;
    let mut run = Run::new(linter, &mut silent);
    run.resend(Resend::begin(folder, None, 1 << 24).expect("a folder"));
    run.stream("log", "log", log, None, None)
        .expect("a reporter")
        .expect("no sink");
    run.finish().expect("a reporter").0
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_event_of_any_log_is_in_one_file_and_nothing_is_left_to_fix(
        records in proptest::collection::vec(record(), 1..12),
        unsafe_fixes: bool,
    ) {
        let place = Place::new();
        let log = lines(&records);
        let reports = [1, 2].map(|threads| {
            let folder = format!("out{threads}");
            resend(&linter(threads, Fixing::Off, unsafe_fixes), log.as_bytes(), &place.path(&folder))
        });
        let requests = objects(&place, "out1/requests.ndjson");
        let rejects = objects(&place, "out1/rejects.ndjson");
        prop_assert_eq!(events_in(&requests) + rejects.len() as u64, reports[0].events);
        prop_assert!(rejects.iter().all(|reject| !reasons(reject).is_empty()));
        for name in ["requests.ndjson", "rejects.ndjson", "requests.map.ndjson"] {
            let (one, two) = (place.text(&format!("out1/{name}")), place.text(&format!("out2/{name}")));
            prop_assert_eq!(one, two, "two threads give the same");
        }
        let again = linter(1, Fixing::Diff, unsafe_fixes);
        let sent = place.read("out1/requests.ndjson");
        let (report, _) = again.run(&sent[..], &mut Silent).expect("a reporter");
        prop_assert_eq!(report.fixes.total(), 0, "{:?} in {}", report.fixes, String::from_utf8_lossy(&sent));
        for (rule, tally) in report.rules.iter().enumerate() {
            let rule = capilint::rules::ALL[rule];
            let refused = rule.meta().effect == capilint::finding::Effect::Refused;
            prop_assert!(!refused || tally.findings[Severity::Error as usize] == 0, "{}", rule.name());
        }
    }
}

#[test]
fn packed_logs_with_copies_and_broken_records_are_counted_too() {
    let place = Place::new();
    let mut log = lines(&[CLEAN, CLEAN, &with_error(), &CLEAN[..200], "no JSON", CLEAN]);
    log.push_str(&log.clone());
    place.write("log.ndjson.gz", gzip(log.as_bytes()));
    let report = place
        .check("--format json --fix-to out log.ndjson.gz")
        .json();
    assert_eq!(report["summary"]["events"], 8);
    // With its time put right, the faulty one is a copy too.
    assert_eq!(events_in(&objects(&place, REQUESTS)), 1);
    assert_eq!(objects(&place, REJECTS).len(), 7);
}

#[test]
fn a_test_code_is_seen_wherever_the_request_has_it() {
    let url = "https://graph.facebook.com/v24.0/4021987365120/events";
    let list = format!("[{CLEAN}]");
    let (text, body) = (Value::from(&*list), format!("{{\"data\":{list}}}"));
    let coded = percent(CLEAN);
    let data = serde_json::json!({"name": "data", "value": list});
    let code = serde_json::json!({"name": "test_event_code", "value": "TEST7"});
    let har = |post: Value| {
        let entry =
            serde_json::json!({"request": {"method": "POST", "url": url, "postData": post}});
        serde_json::json!({"log": {"entries": [entry]}}).to_string()
    };
    let form = format!("data={}&test_event_code=TEST7", percent(&list));
    let part = |border: &str, name: &str, value: &str| {
        format!("{border}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let user =
        serde_json::json!({"M": {"em": {"S": EM}, "client_user_agent": {"S": "Mozilla/5.0"}}});
    let dynamo = serde_json::json!({"Item": {
        "data": {"L": [{"M": {
            "event_name": {"S": "Lead"}, "event_id": {"S": "1"}, "event_time": {"N": "1782396602"},
            "action_source": {"S": "website"}, "user_data": user,
        }}]},
        "test_event_code": {"S": "TEST7"},
    }});
    let firestore = serde_json::json!({"fields": {
        "test_event_code": {"stringValue": "TEST7"},
        "data": {"arrayValue": {"values": [{"mapValue": {"fields": {
            "event_name": {"stringValue": "Lead"}, "event_time": {"integerValue": "1782396602"},
            "event_id": {"stringValue": "1"}, "action_source": {"stringValue": "website"},
        }}}]}},
    }});
    for log in [
        format!(
            "{}{}--x--\r\n",
            part("--x", "data", &list),
            part("--x", "test_event_code", "TEST7")
        ),
        format!("{{\"data\":{text},\"test_event_code\":\"TEST7\",\"access_token\":\"x\"}}"),
        format!("{{\"test_event_code\":\"TEST7\",\"data\":{text}}}"),
        format!(
            "{{\"url\":\"{url}?test_event_code=TEST7\",\"body\":{}}}",
            Value::from(&*body)
        ),
        format!("{{\"url\":\"{url}?test_event_code=TEST7\",\"body\":{body}}}"),
        format!("POST {url}?test_event_code=TEST7 {body}"),
        format!(
            "{{\"batch\":[{{\"relative_url\":\"4021987365120/events?test_event_code=TEST7\",\"body\":\"data={}\"}}]}}",
            percent(&list)
        ),
        format!("data[]={coded}&test_event_code=TEST7"),
        format!("data%5B0%5D={coded}&test_event_code=TEST7"),
        format!(
            "{{\"body\":{}}}",
            Value::from(format!("data={list}&test_event_code=TEST7"))
        ),
        format!("Parameters: {{\"data\"=>{text}, \"test_event_code\"=>\"TEST7\"}}"),
        har(serde_json::json!({"params": [data, code]})),
        har(serde_json::json!({"params": [data, code], "text": form})),
        har(serde_json::json!({"text": form, "params": [code, data]})),
        dynamo.to_string(),
        firestore.to_string(),
    ] {
        let place = Place::new();
        place.write("log.txt", format!("{log}\n"));
        let report = place.check("--format json --fix-to out log.txt").json();
        let summary = &report["summary"];
        assert_eq!(summary["facts"]["test_events"], 1, "{log}");
        assert_eq!(
            (&summary["events"], &summary["requests"]),
            (&1.into(), &1.into()),
            "{log}"
        );
        let told = report["findings"].as_array().expect("findings").iter();
        assert_eq!(told.filter(|one| one["id"] == "CL701").count(), 1, "{log}");
        assert_eq!(place.text(REQUESTS), "", "{log}");
        assert!(
            reasons(&objects(&place, REJECTS)[0]).contains(&"test-event-code"),
            "{log}"
        );
    }
    // Pieces of one field are one request, and what is no form is none.
    for (log, requests) in [
        (
            format!("data[0]={coded}&data[1]={}", percent(&another(2))),
            1,
        ),
        (format!("{{\"data\":{text},\"topic\":\"capi\"}}"), 0),
    ] {
        let place = Place::new();
        place.write("log.txt", format!("{log}\n"));
        let report = place.check("--format json log.txt").json();
        assert_eq!(report["summary"]["requests"], requests, "{log}");
        assert_eq!(report["summary"]["facts"]["test_events"], 0, "{log}");
    }
}

#[test]
fn a_refusal_in_a_text_of_its_record_is_of_the_request_beside_it() {
    let refusal = r#"{"error":{"message":"Invalid parameter","type":"OAuthException","code":100,"error_subcode":2804003,"fbtrace_id":"Ab"}}"#;
    let taken = r#"{"events_received":1,"messages":[],"fbtrace_id":"Aa"}"#;
    let text = |json: &str| Value::from(json).to_string();
    let request = |number| format!("{{\"data\":[{}]}}", another(number));
    // The record, with `refused` of its two requests refused.
    let records = |refused: u32| -> Vec<String> {
        let answer = |number| if number == refused { refusal } else { taken };
        let mut records = Vec::new();
        for is_first in [false, true] {
            for in_texts in 0..4 {
                let wrap = |json: &str, bit| match in_texts & bit {
                    0 => json.to_owned(),
                    _ => text(json),
                };
                let call = |number| {
                    let sent = format!("\"request\":{}", wrap(&request(number), 1));
                    let got = format!("\"response\":{}", wrap(answer(number), 2));
                    match is_first {
                        true => format!("{{{got},{sent}}}"),
                        false => format!("{{{sent},{got}}}"),
                    }
                };
                let (one, two) = (call(1), call(2));
                let calls = format!("{{\"calls\":[{one},{two}]}}");
                records.extend([
                    format!("{{\"message\":{}}}", text(&calls)),
                    format!("2026-06-25T14:10:46Z INFO {calls}"),
                    format!("{{\"calls\":[{},{}]}}", text(&one), text(&two)),
                    format!("{{\"first\":{one},\"second\":{two}}}"),
                    format!("{{\"first\":{},\"second\":{}}}", text(&one), text(&two)),
                    calls,
                ]);
            }
        }
        // By turns in one line, and in lists of their own.
        let (one, two) = (request(1), request(2));
        let line = format!("sent {one} got {} sent {two} got {}", answer(1), answer(2));
        let sent = format!("[{one},{two}]");
        let got = format!("[{},{}]", answer(1), answer(2));
        records.extend([
            format!("2026-06-25T14:10:46Z INFO {line}"),
            format!("{{\"message\":{}}}", text(&line)),
            format!("{{\"requests\":{sent},\"responses\":{got}}}"),
            format!(
                "{{\"requests\":{},\"responses\":{}}}",
                text(&sent),
                text(&got)
            ),
            format!("{{\"requests\":{sent}}}\n{{\"responses\":{got}}}"),
        ]);
        records
    };
    for refused in [1, 2] {
        for record in records(refused) {
            let place = Place::new();
            place.write("log.txt", format!("{record}\n"));
            place.check("--fix-to out log.txt");
            let ids = |events: &[Value]| -> Vec<String> {
                let ids = events.iter().map(|event| event["event_id"].to_string());
                ids.collect()
            };
            let rejects = objects(&place, REJECTS);
            let rejected: Vec<_> = rejects.iter().map(|one| one["event"].clone()).collect();
            let event = |number| -> Value { serde_json::from_str(&another(number)).expect("JSON") };
            assert_eq!(ids(&rejected), ids(&[event(refused)]), "{record}");
            let sent: Vec<Value> = (objects(&place, REQUESTS).iter())
                .flat_map(|body| body["data"].as_array().expect("a list").clone())
                .collect();
            assert_eq!(ids(&sent), ids(&[event(3 - refused)]), "{record}");
        }
    }
}

#[test]
fn an_answer_is_that_of_a_request_before_it_and_of_no_other_call() {
    let refusal = r#"{"error":{"message":"Invalid parameter","type":"OAuthException","code":100,"error_subcode":2804003,"fbtrace_id":"Ab"}}"#;
    let taken = r#"{"events_received":1,"messages":[],"fbtrace_id":"Ab"}"#;
    let request = |number| format!("{{\"data\":[{}]}}", another(number));
    let row = |time: &str, text: &str| {
        serde_json::json!({"timestamp": format!("2026-06-25T14:{time}Z"), "textPayload": text})
            .to_string()
    };
    let newest_first = |first: &str, last: &str| {
        [
            row("11:46", &format!("res {first}")),
            row("11:45", &format!("req {}", request(2))),
            row("10:46", &format!("res {last}")),
            row("10:45", &format!("req {}", request(1))),
        ]
    };
    let call = |what: &str, url: &str, key: &str, value: &str| {
        format!("{{\"{what}\":\"https://graph.facebook.com/v24.0/{url}\",\"{key}\":{value}}}")
    };
    let in_batch = |number| {
        let body = Value::from(form(&another(number), ""));
        format!("{{\"method\":\"POST\",\"relative_url\":\"4021987365120/events\",\"body\":{body}}}")
    };
    let answers = serde_json::json!([{"code": 200, "body": taken}, {"code": 400, "body": refusal}]);
    let printed = refusal.replace('"', "'");
    let refused_both =
        serde_json::json!([{"code": 400, "body": refusal}, {"code": 400, "body": refusal}]);
    let batch = format!("[{},{}]", in_batch(1), in_batch(2));
    let [refused_1, sent_1] = [newest_first(taken, refusal), newest_first(refusal, taken)];
    let crossed = [
        row("10:46", &format!("res {refusal}")),
        row("10:46", &format!("res {taken}")),
        row("10:45", &format!("req {}", request(2))),
        row("10:44", &format!("req {}", request(1))),
    ];
    let rising = [
        row("10:45", &format!("res {refusal}")),
        row("10:44", &format!("req {}", request(1))),
        row("10:47", &format!("res {taken}")),
    ];
    // The log, the numbers of the events that are refused, how many answers are paired, how many
    // are counted.
    for (log, refused, paired, counted) in [
        (lines(&refused_1), &[1][..], 2, 2),
        (lines(&sent_1), &[2], 2, 2),
        // Who runs two requests at a time, or does not keep to an order, leaves it open.
        (lines(&crossed), &[], 0, 2),
        (lines(&rising), &[], 1, 2),
        // The answers to a batch in the next record, in their order.
        (format!("{batch}\n{answers}"), &[2], 2, 2),
        (
            format!("{{\"batch\":{batch}}}\n{refused_both}"),
            &[1, 2],
            2,
            2,
        ),
        (
            format!(
                "2026-06-25T14:10:47Z got {answers}\n2026-06-25T14:10:46Z send {batch}\n{}\n",
                row("10:45", "x")
            ),
            &[2],
            2,
            2,
        ),
        (format!("[{}]", refused_1.join(",")), &[1][..], 2, 2),
        (format!("[{}]", sent_1.join(",")), &[2], 2, 2),
        (
            lines(&[
                call("url", "4021987365120/events", "request", &request(1)),
                call("url", "me", "response", refusal),
                call("url", "4021987365120/events", "response", taken),
            ]),
            &[],
            1,
            1,
        ),
        (
            format!(
                "{}\n2026-06-25T14:10:46Z GET https://graph.facebook.com/v24.0/me {refusal}",
                request(1)
            ),
            &[],
            0,
            0,
        ),
        (
            format!(
                "{{\"request\":{{\"batch\":[{},{}]}},\"response\":{answers}}}",
                in_batch(1),
                in_batch(2)
            ),
            &[2],
            2,
            2,
        ),
        (
            format!(
                "2026-06-25T14:10:45Z INFO send {}\n2026-06-25T14:10:46Z ERROR resp {printed}",
                request(1)
            ),
            &[1],
            1,
            1,
        ),
    ] {
        let place = Place::new();
        place.write("log.txt", format!("{log}\n"));
        let report = place.check("--format json --fix-to out log.txt").json();
        let answers = &report["summary"]["answers"];
        assert_eq!(answers["paired"], paired, "{log}");
        let groups = answers["refused"].as_array().expect("refused").iter();
        let no = groups.map(|one| one["answers"].as_u64().expect("a number"));
        let yes = answers["taken"].as_u64().expect("a number");
        assert_eq!(yes + no.sum::<u64>(), counted, "{log}");
        let told = report["findings"].as_array().expect("findings").iter();
        let told = told.filter(|one| one["id"] == "CL710").count();
        assert_eq!(told, refused.len(), "{log}");
        let rejects = objects(&place, REJECTS);
        let rejected: Vec<_> = rejects
            .iter()
            .map(|one| &one["event"]["event_id"])
            .collect();
        let ids = refused.iter().map(|&number| {
            let event: Value = serde_json::from_str(&another(number)).expect("JSON");
            event["event_id"].clone()
        });
        assert_eq!(
            rejected,
            ids.collect::<Vec<_>>().iter().collect::<Vec<_>>(),
            "{log}"
        );
    }
}
