//! No output holds a payload value: not in any format, not in any command, not when something is
//! broken. Access tokens do not get out even when values may be shown.

mod support;

use capilint::values::name::Name;
use support::{AS_OF, CLEAN, Place, Ran, gzip, lines};

const EMAIL: &str = "zaphod.beeblebrox@geheim.example";
const TOKEN: &str = "EAAJq4ZCv81bMBO7kTz2nXw9Rf5sYhLd3uGePm6";

/// What stands in the payloads, and what of it must not be seen, in lower case.
const VALUES: [(&str, &[&str]); 16] = [
    (EMAIL, &["zaphod", "beeblebrox", "geheim"]),
    (
        " Zaphod.Beeblebrox@Geheim.Example ",
        &["zaphod", "beeblebrox", "geheim"],
    ),
    ("+49 (151) 555-12321", &["555-12321", "55512321"]),
    ("4915155512321", &["4915155512321", "15155512321"]),
    ("Beeblebrox-Ümläut", &["beeblebrox", "umläut"]),
    ("93.184.77.201", &["93.184", "77.201"]),
    ("2a02:8109:77aa:1::201", &["8109:77aa"]),
    ("GeheimBrowser/7.7 (zaphod)", &["geheim", "zaphod"]),
    (
        "https://geheim.example/konto?mail=zaphod%40geheim.example",
        &["geheim", "zaphod"],
    ),
    (
        "fb.1.1782390000123.774419977",
        &["774419977", "1782390000123"],
    ),
    ("fb.2.1782390000.GeheimKlick_aem_7", &["geheim"]),
    ("1977-07-16", &["1977-07-16", "19770716"]),
    (
        "b2d7c1f04a6e4b0c9d3f5e6a7b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708",
        &["b2d7c1f04a6e4b0c"],
    ),
    (
        "4B2D7C1F04A6E4B0C9D3F5E6A7B8C9D0E1F2A3B4C5D6E7F8091A2B3C4D5E6F7",
        &["4b2d7c1f04a6e4b0c"],
    ),
    ("9977-88-geheim", &["9977-88", "geheim"]),
    (TOKEN, &["jq4zcv81bmbo7ktz2nxw9rf5syhld3ugepm6"]),
];

/// Every value in every place: in every known key on every level, as text, in a list and under an
/// object, and as a key.
fn everywhere() -> Vec<String> {
    let mut events = Vec::new();
    for (value, _) in VALUES {
        let text = serde_json::to_string(value).unwrap();
        for (index, name) in Name::ALL.iter().enumerate() {
            let key = name.text();
            let forms = [
                text.clone(),
                format!("[{text},{text}]"),
                format!("{{{text}:{text}}}"),
            ];
            for form in [&text, &forms[(index + value.len()) % 3]] {
                // Beside, below and instead of what is right there.
                let top = CLEAN.replace(&format!("\"{key}\":"), "\"x\":");
                events.push(format!("{{\"{key}\":{form},{}", &top[1..]));
                for level in ["\"user_data\":{", "\"custom_data\":{"] {
                    let own = CLEAN.replace(&format!("\"{key}\":"), "\"x\":");
                    events.push(own.replace(level, &format!("{level}\"{key}\":{form},")));
                }
            }
        }
        for level in ["{\"event_name\"", "\"user_data\":{", "\"custom_data\":{"] {
            let with = match level.strip_suffix('{') {
                Some(_) => format!("{level}{text}:1,{text}:2,"),
                None => format!("{{{text}:null,{text}:[{text}],\"event_name\""),
            };
            events.push(CLEAN.replace(level, &with));
        }
        events.push(CLEAN.replace("\"Purchase\"", &text));
        events.push(CLEAN.replace("\"order-58213\"", &text));
        events.push(format!(
            "{{\"data\":[{CLEAN}],{text}:{text},\"test_event_code\":{text}}}"
        ));
        events.push(format!("{{\"data\":[{CLEAN}],\"access_token\":{text}}}"));
        events.push(text.clone());
        events.push(format!("[{text}]"));
        // What is no JSON at all.
        events.push(value.to_owned());
        events.push(CLEAN.replace("\"Purchase\"", value));
        events.push(format!("{}{value}", CLEAN));
        events.push(CLEAN.replace("\"order-58213\"", &format!("\"{value}")));
        events.push(format!(
            "POST /v25.0/1/events?access_token={value} HTTP/1.1"
        ));
        events.push(format!("Authorization: Bearer {value}"));
        events.push(format!("// {value}"));
        // Cut off.
        events.push(format!(
            "{{\"event_name\":{text},\"user_data\":{{\"em\":{}",
            &text[..text.len() - 1]
        ));
    }
    events
}

/// All formats in one run: what goes to files is put behind what goes to standard output.
fn check_in_all_formats(place: &Place, args: &str) -> Ran {
    let formats = ["concise", "json", "ndjson"];
    let outputs = formats
        .map(|format| format!("--output {format}=out.{format}"))
        .join(" ");
    let mut ran = place.check(&format!("{args} {outputs}"));
    for format in formats {
        ran.stdout.extend(place.read(&format!("out.{format}")));
    }
    ran
}

/// Fails when the output holds one of the values.
#[track_caller]
fn silent(ran: &Ran, what: &str) {
    for (stream, bytes) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
        silent_text(
            &String::from_utf8_lossy(bytes),
            &format!("{what}, {stream}"),
        );
    }
    assert!(ran.code <= 2, "{what}: {}", ran.code);
    assert!(
        !ran.err().contains("internal error") && !ran.out().contains("CL009"),
        "{what}"
    );
}

#[track_caller]
fn silent_text(text: &str, what: &str) {
    let lower = text.to_lowercase();
    for (_, needles) in VALUES {
        for needle in needles {
            if let Some(at) = lower.find(needle) {
                let around = &lower[floor(&lower, at.saturating_sub(300))..floor(&lower, at + 100)];
                panic!("{what} holds {needle}: {around}");
            }
        }
    }
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0)
}

#[test]
fn no_format_of_any_command_shows_a_value() {
    let place = Place::new();
    let text = lines(&everywhere());
    place.write("a.ndjson", &text);
    place.write("a.ndjson.gz", &gzip(text.as_bytes())[..5000]);
    place.write(
        "w.ndjson",
        [
            text.as_bytes(),
            b"\n\xff\xfe zaphod\n{\"a\":\"zaphod\xff\"}\n",
        ]
        .concat(),
    );
    for args in [
        "a.ndjson --events --profile strict --max-findings 1000000",
        "a.ndjson -v --diff --max-findings 1000000",
        "a.ndjson -v --diff --unsafe-fixes --country de --tz Europe/Berlin",
        "a.ndjson -q",
        "a.ndjson --min-score 9 --max-rate 0%",
        "a.ndjson --max-record-bytes 300",
        "a.ndjson.gz w.ndjson --events",
    ] {
        let ran = check_in_all_formats(&place, args);
        silent(&ran, args);
    }
    for format in ["table", "csv", "ndjson"] {
        for by in ["event", "name"] {
            let args = ["score", "a.ndjson", "--format", format, "--by", by, "-v"];
            silent(&place.run(&args), &args.join(" "));
        }
    }
}

#[test]
fn fixing_tells_nothing_either() {
    let place = Place::new();
    let text = lines(&everywhere());
    for flags in [
        "--fix",
        "--fix --unsafe-fixes --country de --tz Europe/Berlin",
    ] {
        place.write("a.ndjson", &text);
        let what = format!("a.ndjson -v {flags}");
        silent(&check_in_all_formats(&place, &what), &what);
        // The payload itself is the product; the report beside it is not.
        let ran = place.check_piped(&text, &format!("- -v {flags}"));
        silent_text(&ran.err(), &what);
    }
}

#[test]
fn one_text_in_other_forms_shows_nothing_either() {
    let place = Place::new();
    let events: Vec<String> = everywhere()
        .into_iter()
        .filter(|event| {
            serde_json::from_str::<serde_json::Value>(event).is_ok_and(|v| v.is_object())
        })
        .collect();
    let body = format!("{{\"data\":[{}]}}", events.join(",\n"));
    let pretty = format!("// zaphod\n[{}\n", events.join("\n,\n"));
    for (name, text) in [("body.json", &body), ("open.json", &pretty)] {
        place.write(name, text);
        for flags in ["", "--diff"] {
            let what = format!("{name} {flags} --max-findings 100000");
            silent(&check_in_all_formats(&place, &what), &what);
        }
    }
}

#[test]
fn tokens_stay_hidden_when_values_are_shown() {
    let place = Place::new();
    let text = lines(&everywhere());
    place.write("a.ndjson", &text);
    let secret = &TOKEN[3..];
    for flags in ["--events", "-v --diff --unsafe-fixes"] {
        let what = format!("a.ndjson --show-values {flags} --max-findings 1000000");
        let all = check_in_all_formats(&place, &what).all();
        if let Some(at) = all.find(secret) {
            panic!("{what}: {}", &all[floor(&all, at.saturating_sub(300))..at]);
        }
    }
    // Something is shown: the option works.
    place.check("a.ndjson --show-values").says("zaphod");
    for by in ["event", "name"] {
        let ran = place.run(&[
            "score",
            "a.ndjson",
            "--show-values",
            "--by",
            by,
            "--format",
            "ndjson",
        ]);
        assert!(!ran.all().contains(secret), "{by}");
    }
}

#[test]
fn configured_words_are_not_payload_and_arguments_are_not_repeated_from_it() {
    // A clock, a country and a zone are what the user types: a value pasted there by mistake is
    // not repeated.
    let place = Place::new();
    place.write("a.json", CLEAN);
    for option in [
        "--as-of",
        "--country",
        "--tz",
        "--since",
        "--until",
        "--max-rate",
        "--output",
        "--dataset",
        "--max-unpacked",
    ] {
        let ran = place.run(&["check", "a.json", option, EMAIL]).ends(2);
        silent(&ran, option);
    }
    let ran = place
        .run(&["check", "a.json", "--fix-to", "out", "--test-code", EMAIL])
        .ends(2);
    silent(&ran, "--test-code");
    let ran = place
        .run(&["a.json", "--as-of", AS_OF, "--event-name", EMAIL])
        .ends(2);
    silent(&ran, "--event-name");
}

/// Requests with every value where the facts look for datasets, senders and times.
fn enveloped() -> String {
    let mut log = Vec::new();
    for (value, _) in VALUES {
        let text = serde_json::to_string(value).unwrap();
        let url = format!("https://graph.facebook.com/v24.0/{value}/events");
        let url = serde_json::to_string(&url).unwrap();
        let body = format!("{{\"data\":[{CLEAN},{CLEAN}],\"partner_agent\":{text}}}");
        for key in ["logger", "container", "topic", "timestamp", "trace_id"] {
            log.push(format!(
                "{{\"{key}\":{text},\"url\":{url},\"body\":{body}}}"
            ));
        }
        log.push(format!(
            "{value} /{value}/events partner_agent={value} {body}"
        ));
    }
    lines(&log)
}

#[test]
fn facts_show_no_value() {
    let place = Place::new();
    place.write("a.ndjson", enveloped());
    place.write("key", "a shared key of some length, the same for all");
    for args in [
        "a.ndjson -v",
        "a.ndjson --profile audit",
        "a.ndjson --dataset 1977071600",
    ] {
        silent(&check_in_all_formats(&place, args), args);
    }
    place.check("a.ndjson --ledger-out a.part --ledger-key key");
    silent_text(&String::from_utf8_lossy(&place.read("a.part")), "the part");
    let ran = place.run(&["merge", "a.part", "--output", "json=out.json"]);
    silent(&ran, "merge");
    silent_text(&place.text("out.json"), "merge");
}

#[test]
fn what_is_written_to_be_sent_is_not_told_and_holds_no_token() {
    let place = Place::new();
    place.write("a.ndjson", lines(&everywhere()) + &enveloped());
    for flags in ["", "--unsafe-fixes --country de", "--test-code T1"] {
        let what = format!("a.ndjson -v --fix-to out {flags}");
        silent(&check_in_all_formats(&place, &what), &what);
        for name in ["requests.ndjson", "requests.map.ndjson", "rejects.ndjson"] {
            let written = place.text(&format!("out/{name}"));
            if let Some(at) = written.find(&TOKEN[3..]) {
                let from = floor(&written, at.saturating_sub(300));
                panic!("{what}, {name}: {}", &written[from..at]);
            }
        }
        std::fs::remove_dir_all(place.path("out")).unwrap();
    }
}
