//! The places that findings in logs name, and the fixes that are written into them, tested on
//! every file of `fixtures/shapes` with decoders that are not those of the reader.

mod support;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use base64::prelude::*;
use flate2::read::MultiGzDecoder;
use serde_json::{Map, Value, json};
use support::{AS_OF, Place};

/// The SHA-256 of an empty string: what the second of the three events sends as `ph`.
const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shapes")
}

fn expected() -> Map<String, Value> {
    let text = fs::read(folder().join("expected.json")).unwrap();
    serde_json::from_slice(&text).unwrap()
}

fn run(place: &Place, args: &str) -> Value {
    let mut all = vec![
        "check",
        "--no-config",
        "--profile",
        "audit",
        "--format",
        "json",
    ];
    all.extend(args.split_whitespace());
    let ran = place.run(&all);
    serde_json::from_slice(&ran.stdout).unwrap_or_else(|_| panic!("{args}: {}", ran.all()))
}

/// The text in a file, out of its compression.
fn unpacked(name: &str, bytes: &[u8]) -> String {
    let mut out = Vec::new();
    match name.rsplit('.').next().unwrap() {
        "gz" => {
            // One of them ends too early, and its text is what came before.
            let _ = MultiGzDecoder::new(bytes).read_to_end(&mut out);
        }
        "zst" => out = zstd::decode_all(bytes).unwrap(),
        _ => out = bytes.to_vec(),
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn percent(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        match bytes[at] {
            b'%' => {
                out.push(u8::from_str_radix(&text[at + 1..at + 3], 16).unwrap());
                at += 2;
            }
            b'+' => out.push(b' '),
            byte => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8(out).unwrap()
}

/// The text that a span holds, when one follows the words of the way.
fn decoded(span: &str, via: &[&str]) -> String {
    let mut bytes = span.as_bytes().to_vec();
    for (index, word) in via.iter().enumerate() {
        let text = || String::from_utf8(bytes.clone()).unwrap();
        let (kind, pointer) = word.split_once(" at ").unwrap_or((word, ""));
        bytes = match kind {
            "json string" => {
                let mut text = text();
                if pointer.is_empty() && !text.starts_with('"') {
                    // In a line of text it is what stands between the quotes.
                    text = format!("\"{text}\"");
                }
                let value: Value = match serde_json::from_str(&text) {
                    Ok(value) => value,
                    Err(error) => panic!("{error}: {text}"),
                };
                // The span of the first is the string itself.
                let value = match index {
                    0 => &value,
                    _ => value.pointer(pointer).unwrap(),
                };
                value.as_str().unwrap().as_bytes().to_vec()
            }
            "percent" => percent(&text()).into_bytes(),
            "form body" => {
                let text = text();
                let field = text
                    .split('&')
                    .find_map(|field| field.strip_prefix("data="));
                percent(field.unwrap_or(&text)).into_bytes()
            }
            "base64" => BASE64_STANDARD.decode(text()).unwrap(),
            "gzip" => {
                let mut out = Vec::new();
                MultiGzDecoder::new(&bytes[..])
                    .read_to_end(&mut out)
                    .unwrap();
                out
            }
            "\\x escapes" => text().replace("\\x22", "\"").into_bytes(),
            "html entities" => text().replace("&quot;", "\"").into_bytes(),
            "copied table" => text()
                .replace("\\n", "\n")
                .replace("\\\\", "\\")
                .into_bytes(),
            "printed bytes" => text()
                .replace("\\n", "\n")
                .replace("\\xc3\\xa9", "\u{e9}")
                .into_bytes(),
            "sql string" => text().replace("''", "'").into_bytes(),
            "hex" => {
                let text = text();
                let digits = text.strip_prefix("\\x").unwrap_or(&text);
                hex::decode(digits).unwrap()
            }
            "csv cell" => text().replace("\"\"", "\"").into_bytes(),
            "byte list" => serde_json::from_slice(&bytes).unwrap(),
            _ => panic!("{word}"),
        };
    }
    String::from_utf8(bytes).unwrap()
}

/// The JSON in a text, which may have words in front of it.
fn payload_in(text: &str) -> Value {
    let start = text.find(['{', '[']).unwrap();
    let mut documents = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
    documents.next().unwrap().unwrap()
}

/// Whether a payload is only a rendering of what lies in the file.
fn is_rendered(via: &[&str]) -> bool {
    via.iter().any(|word| {
        [
            "joined pieces",
            "typed json",
            "sdk object",
            "printed object",
            "keys in capitals",
            "keys with dots",
        ]
        .iter()
        .any(|kind| word.starts_with(kind))
    })
}

fn via_of(finding: &Value) -> Vec<&str> {
    let words = finding["via"].as_array();
    words.map_or_else(Vec::new, |words| {
        words.iter().map(|w| w.as_str().unwrap()).collect()
    })
}

fn index(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

#[test]
fn places_are_true_in_every_shape() {
    let (mut faults, mut tested) = (Vec::new(), 0);
    for (name, want) in expected() {
        // Its offsets are those of the text in UTF-8, and archives have members.
        if name.contains("utf16") || name.ends_with(".zip") {
            continue;
        }
        let place = Place::new();
        let bytes = fs::read(folder().join(&name)).unwrap();
        place.write(&name, &bytes);
        let report = run(&place, &format!("--as-of {AS_OF} {name}"));
        let text = match name.ends_with(".bz2") || name.ends_with(".xz") {
            // The same text as this one has.
            true => fs::read_to_string(folder().join("events.ndjson")).unwrap(),
            false => unpacked(&name, &bytes),
        };
        for finding in report["findings"].as_array().unwrap() {
            let Some(offset) = finding["offset"].as_u64() else {
                continue;
            };
            if name == "invalid-utf8.ndjson" {
                continue;
            }
            let offset = offset as usize;
            let span = &text[offset..offset + index(&finding["length"])];
            let line = text[..offset].matches('\n').count() + 1;
            let mut column = text[..offset]
                .chars()
                .rev()
                .take_while(|c| *c != '\n')
                .count()
                + 1;
            if line == 1 && text.starts_with('\u{feff}') {
                column -= 1;
            }
            if (&finding["line"], &finding["column"]) != (&json!(line), &json!(column)) {
                faults.push(format!(
                    "{name}: {} says {}:{}, and it is {line}:{column}",
                    finding["id"], finding["line"], finding["column"]
                ));
            }
            if finding["id"] != "CL102" {
                continue;
            }
            tested += 1;
            let via = via_of(finding);
            let pointer = finding["pointer"].as_str().unwrap();
            if via.is_empty() {
                if span != format!("\"{NOTHING}\"") {
                    faults.push(format!("{name}: the span is not the value"));
                }
            } else if is_rendered(&via) {
                // Pieces stand in several records, and the place is that of the first.
                if !span.contains(NOTHING) && !via[0].starts_with("joined") {
                    faults.push(format!("{name}: the span does not hold the value"));
                }
            } else {
                let text = decoded(span, &via);
                let payload = payload_in(&text);
                if payload.pointer(pointer) != Some(&json!(NOTHING)) {
                    faults.push(format!("{name}: {pointer} is not the value"));
                }
            }
        }
        // And it is where the list beside the fixtures says.
        if let Some(place) = want.get("place") {
            let finding = report["findings"].as_array().unwrap();
            let finding = finding.iter().find(|f| f["id"] == place["id"]).unwrap();
            for (key, want) in place.as_object().unwrap() {
                let found = match (key.as_str(), &finding[key]) {
                    ("via", Value::Null) => json!([]),
                    (_, found) => found.clone(),
                };
                if found != *want {
                    faults.push(format!("{name}: {key} is {found}, not {want}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(tested > 80, "{tested}");
}

#[test]
fn what_is_known_of_the_sending_is_as_expected() {
    let mut faults = Vec::new();
    for (name, want) in expected() {
        let Some(sent) = want.get("sent") else {
            continue;
        };
        let place = Place::new();
        place.write(&name, fs::read(folder().join(&name)).unwrap());
        let report = run(&place, &name);
        let read = want.get("fault").unwrap_or(&Value::Null);
        let mut compare = |what: &str, found: &Value, right: &Value| {
            let until = read.get(what).unwrap_or(right);
            if found != until {
                let hint = match found == right {
                    true => " (read rightly now: take it out of `fault`)",
                    false => "",
                };
                faults.push(format!("{name}: {what} is {found}, not {until}{hint}"));
            }
        };
        let count = |value: &Value| {
            let numbers = value.as_object().into_iter().flat_map(Map::values);
            numbers.map(|number| number.as_u64().unwrap()).sum::<u64>()
        };
        let none = json!({});
        let captured = report["as_of"].get("captured").unwrap_or(&none);
        compare("sent", captured, sent);
        assert_eq!(
            report["as_of"]["sources"]["capture"],
            count(captured),
            "{name}"
        );
        compare(
            "requests",
            &report["summary"]["requests"],
            &want["requests"],
        );
        if let Some(unread) = want.get("unread") {
            compare("unread", &report["summary"]["unread"]["printed"], unread);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Where two texts differ: the bytes of each between what they begin and end with alike.
fn difference<'t>(old: &'t str, new: &'t str) -> (usize, &'t str, &'t str) {
    let (a, b) = (old.as_bytes(), new.as_bytes());
    let head = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let tail = a[head..]
        .iter()
        .rev()
        .zip(b[head..].iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    (head, &old[head..a.len() - tail], &new[head..b.len() - tail])
}

/// The payload without the digest of nothing.
fn without_nothing(mut payload: Value, pointer: &str) -> Value {
    let parent = pointer.strip_suffix("/ph/0").unwrap();
    let parent = payload
        .pointer_mut(parent)
        .unwrap()
        .as_object_mut()
        .unwrap();
    parent.remove("ph").unwrap();
    payload
}

#[test]
fn fixes_change_the_payload_and_nothing_else() {
    let (mut written, mut left) = (0, 0);
    for (name, want) in expected() {
        let (Some(fix), true) = (want.get("fix"), want["findings"].get("CL102").is_some()) else {
            continue;
        };
        let fault = want.get("fault").unwrap_or(&Value::Null);
        if fault.get("events").is_some() {
            continue;
        }
        // What stands behind the payload and holds it once more.
        let copies = want.get("copies").is_some();
        let place = Place::new();
        let bytes = fs::read(folder().join(&name)).unwrap();
        place.write(&name, &bytes);
        let args = format!("--as-of {AS_OF} --select CL102 {name}");
        let before = run(&place, &args);
        let after = run(&place, &format!("--fix {args}"));
        if fix == "left" {
            left += 1;
            assert_eq!(place.read(&name), bytes, "{name}");
            let reasons = after["fixes"]["not_written"].as_array().unwrap();
            assert_eq!(reasons.len(), 1, "{name}: {reasons:?}");
            assert!(
                reasons[0]["reason"]
                    .as_str()
                    .unwrap()
                    .starts_with("the payload "),
                "{name}"
            );
            continue;
        }
        written += 1;
        assert_eq!(fix, "written", "{name}");
        assert_eq!(after["fixes"]["not_written"], json!([]), "{name}");
        assert_eq!(after["fixes"]["made"][0]["id"], "CL102", "{name}");
        let old = unpacked(&name, &bytes);
        let fixed = place.read(&name);
        let new = unpacked(&name, &fixed);
        let finding = before["findings"].as_array().unwrap();
        let finding = finding
            .iter()
            .find(|finding| finding["id"] == "CL102")
            .unwrap();
        let (offset, length) = (index(&finding["offset"]), index(&finding["length"]));
        let (via, pointer) = (via_of(finding), finding["pointer"].as_str().unwrap());
        if via.is_empty() {
            // The member is gone, with one comma and the white space around it.
            let (_, gone, come) = difference(&old, &new);
            assert_eq!(come, "", "{name}");
            let bare: String = gone.chars().filter(|c| !c.is_whitespace()).collect();
            assert_eq!(
                bare.len(),
                "\"ph\":[\"\"],".len() + NOTHING.len(),
                "{name}: {gone}"
            );
            assert!(bare.contains(NOTHING), "{name}");
        } else {
            let tail = &old[offset + length..];
            assert_eq!(new[..offset], old[..offset], "{name}");
            let end = match copies {
                true => offset + new[offset..].find("\",\n").unwrap() + 1,
                false => new.len() - tail.len(),
            };
            assert!(copies || new.ends_with(tail), "{name}");
            let span = &new[offset..end];
            let payload = |text: String| payload_in(&text);
            let was = payload(decoded(&old[offset..offset + length], &via));
            assert_eq!(
                payload(decoded(span, &via)),
                without_nothing(was, pointer),
                "{name}"
            );
            if copies {
                let copied = |text: &str| -> String {
                    let text = text.split("AsBase64\": \"").nth(1).unwrap();
                    decoded(text.split('"').next().unwrap(), &["base64"])
                };
                let now = payload(copied(&new[end..]));
                assert_eq!(now, payload(decoded(span, &via)), "{name}");
            }
        }
        // Nothing is left to be done.
        let again = run(&place, &format!("--fix {args}"));
        if fault.get("fix").is_some() {
            assert_ne!(
                again["fixes"]["made"],
                json!([]),
                "{name}: take it out of `fault`"
            );
            continue;
        }
        assert_eq!(again["fixes"]["made"], json!([]), "{name}");
        assert_eq!(place.read(&name), fixed, "{name}");
        assert_eq!(
            again["summary"]["events"], before["summary"]["events"],
            "{name}"
        );
    }
    assert!(written > 60 && left > 8, "{written}, {left}");
}
