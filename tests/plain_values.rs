//! Plain values where a digest belongs: which rule speaks of them, and what its fix makes of them.

use bumpalo::Bump;
use capilint::digest::sha256_hex;
use capilint::event::Assumptions;
use capilint::finding::Severity;
use capilint::fix::{Op, Safety};
use capilint::inspect::{AsOf, Inspector, RuleSet, Surroundings};
use capilint::rules;
use serde_json::{Value, json};

/// What is to become of a value.
#[derive(Clone, Debug, PartialEq)]
enum Becomes {
    /// The digest of this text, without a question and with one.
    Hash(&'static str),
    HashIfWanted(&'static str),
    /// Nothing, in the same way.
    Gone,
    GoneIfWanted,
    /// What it was, in one list instead of two.
    Flat,
    /// No fix.
    Stays,
}
use Becomes::*;

fn event(user_data: &Value) -> Value {
    let mut event = json!({
        "event_name": "Purchase", "event_time": 1_782_399_600, "event_id": "order-58213",
        "action_source": "website", "event_source_url": "https://shop.kestrelbikes.com/thanks",
        "user_data": {
            "client_ip_address": "81.2.69.142",
            "client_user_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
            "fbp": "fb.1.1782390000123.774411908",
        },
        "custom_data": {"value": 249.0, "currency": "EUR", "order_id": "58213"},
    });
    for (key, value) in user_data.as_object().expect("an object") {
        event["user_data"][key] = value.clone();
    }
    event
}

/// The rules that speak of the first key of `user_data`, and what becomes of its value.
fn judged(user_data: &Value, key: &str) -> (Vec<&'static str>, Vec<Op>, Option<Safety>) {
    let now: jiff::Timestamp = "2026-06-26T00:00:00Z".parse().unwrap();
    let around = Surroundings {
        as_of: AsOf::At(now.as_second()),
        wall: now.as_second(),
        assume: Assumptions::default(),
        witnesses: Default::default(),
    };
    let (all, arena) = (RuleSet::all(), Bump::new());
    let mut inspector = Inspector::new(&all, &around, &arena);
    let text = event(user_data).to_string();
    assert!(inspector.text(&text, &mut ()).is_ok(), "{text}");
    let at = format!("/user_data/{key}");
    let (mut ids, mut ops, mut safety) = (Vec::new(), Vec::new(), None);
    for finding in inspector.findings() {
        let pointer = finding
            .pointer()
            .map(ToString::to_string)
            .unwrap_or_default();
        if finding.severity == Severity::Info || !pointer.starts_with(&at) {
            continue;
        }
        ids.push(rules::ALL[finding.rule].id());
        if let Some(fix) = &finding.fix {
            ops.extend(fix.ops.iter().cloned());
            safety = Some(fix.safety);
        }
    }
    (ids, ops, safety)
}

/// The cases are the members of user_data in JSON, the first of which is meant, the rule and the
/// outcome.
#[track_caller]
fn check(cases: &[(&str, &str, Becomes)]) {
    let mut faults = Vec::new();
    for (members, rule, wanted) in cases {
        let user_data = format!("{{{members}}}").parse().expect(members);
        let key = members.split('"').nth(1).expect("a key");
        let (ids, ops, safety) = judged(&user_data, key);
        let becomes = match (&ops[..], safety) {
            ([], _) => Stays,
            ([Op::Remove { .. }], Some(Safety::Safe)) => Gone,
            ([Op::Remove { .. }], _) => GoneIfWanted,
            ([Op::Unwrap { .. }], Some(Safety::Safe)) => Flat,
            ([Op::Replace { json, .. }], safety) => {
                let is = |text| json.trim_matches('"') == sha256_hex(text);
                match wanted {
                    Hash(text) if is(text) && safety == Some(Safety::Safe) => wanted.clone(),
                    HashIfWanted(text) if is(text) && safety == Some(Safety::Unsafe) => {
                        wanted.clone()
                    }
                    _ => Hash("something else"),
                }
            }
            _ => panic!("{members}: {ops:?}"),
        };
        if ids != [*rule] || becomes != *wanted {
            faults.push(format!(
                "{members}: {ids:?}, {becomes:?}, not {rule} {wanted:?}"
            ));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn bytes_as_python_prints_them() {
    check(&[
        (r#""em":"b'Ana@laden.de'""#, "CL101", Hash("ana@laden.de")),
        (r#""fn":["b'Ana'"]"#, "CL101", Hash("ana")),
        (r#""fn":"b\"Ana\"""#, "CL101", Hash("ana")),
        (r#""ln":"b'M\\xc3\\xbcller'""#, "CL101", Hash("müller")),
        (r#""ct":"b'Berlin'""#, "CL101", Hash("berlin")),
        (r#""st":"b'CA'""#, "CL101", Hash("ca")),
        (r#""zp":"b'80331'""#, "CL101", Hash("80331")),
        (r#""country":"b'DE'""#, "CL101", Hash("de")),
        (r#""ge":"b'f'""#, "CL101", Hash("f")),
        (
            r#""ph":"b'+49 171 1234567'""#,
            "CL101",
            Hash("491711234567"),
        ),
        (r#""db":"b'1990-01-31'""#, "CL101", Hash("19900131")),
        (r#""ln":"b'M\\xfcller'""#, "CL101", Stays),
        (r#""ln":"b'Lop""#, "CL101", Stays),
        (r#""fn":"b'None'""#, "CL120", Gone),
        (r#""ct":"b''""#, "CL120", Gone),
    ]);
}

#[test]
fn an_email_in_the_signs_of_a_list_or_object() {
    check(&[
        (
            r#""em":"[\"Ana@laden.de\"]""#,
            "CL101",
            Hash("ana@laden.de"),
        ),
        (
            r#""em":["['ana@laden.de']"]"#,
            "CL101",
            Hash("ana@laden.de"),
        ),
        (r#""em":"[ana@laden.de]""#, "CL101", Hash("ana@laden.de")),
        (
            r#""em":"{\"email\":\"ana@laden.de\"}""#,
            "CL101",
            Hash("ana@laden.de"),
        ),
        // Which of two, or what else there is, only the sender can tell.
        (
            r#""em":"[\"ana@laden.de\",\"ben@laden.de\"]""#,
            "CL101",
            Stays,
        ),
        (
            r#""em":"{\"email\":\"ana@laden.de\",\"id\":7}""#,
            "CL101",
            Stays,
        ),
        (r#""em":"Ana, see ana@laden.de""#, "CL101", Stays),
        (r#""em":"ana@laden""#, "CL120", Gone),
        (r#""fn":"[\"Ana\"]""#, "CL101", Hash("ana")),
        (r#""fn":"{\"fn\":\"Ana\"}""#, "CL101", Stays),
        (r#""fn":"[\"Ana\",\"Ben\"]""#, "CL101", Stays),
        (
            r#""ph":"[\"+491711234567\",\"+491711234568\"]""#,
            "CL101",
            Stays,
        ),
    ]);
}

#[test]
fn places_with_others_beside_them() {
    check(&[
        (
            r#""ct":"Berlin, Germany","country":"DE""#,
            "CL101",
            Hash("berlin"),
        ),
        (r#""ct":"Berlin, Germany""#, "CL101", Hash("berlin")),
        (
            r#""ct":"New York, NY, USA","country":"US""#,
            "CL101",
            Hash("newyork"),
        ),
        (
            r#""ct":"Frankfurt (Main)","country":"DE""#,
            "CL101",
            Hash("frankfurtmain"),
        ),
        (
            r#""ct":"Berlin, Germany","country":"US""#,
            "CL101",
            HashIfWanted("berlin"),
        ),
        (
            r#""ct":"London SW1A 1AA","country":"GB""#,
            "CL101",
            HashIfWanted("londonswaaa"),
        ),
        (
            r#""ct":"Paris 12e","country":"FR""#,
            "CL101",
            HashIfWanted("parise"),
        ),
        (
            r#""ct":"Halle, Saale","country":"DE""#,
            "CL101",
            HashIfWanted("hallesaale"),
        ),
        (
            r#""zp":"75012 Paris","country":"FR""#,
            "CL101",
            Hash("75012"),
        ),
        (
            r#""zp":"SW1A 1AA","country":"GB""#,
            "CL101",
            Hash("sw1a1aa"),
        ),
        (r#""zp":"1012 AB","country":"NL""#, "CL101", Hash("1012ab")),
        (r#""zp":"K1A 0B6","country":"CA""#, "CL101", Hash("k1a0b6")),
        (
            r#""zp":"75012-Paris","country":"FR""#,
            "CL101",
            HashIfWanted("75012paris"),
        ),
        (r#""st":"Ontario, CA","country":"CA""#, "CL101", Hash("on")),
        (r#""st":"Ontario, CA""#, "CL101", HashIfWanted("on")),
        (r#""st":"Ontario, Canada""#, "CL101", Hash("on")),
        (
            r#""st":"Queens, New York","country":"US""#,
            "CL101",
            HashIfWanted("queensnewyork"),
        ),
    ]);
}

#[test]
fn countries_in_other_words() {
    check(&[
        (r#""country":"+49""#, "CL101", Hash("de")),
        (r#""country":"49""#, "CL101", HashIfWanted("de")),
        (r#""country":49"#, "CL101", HashIfWanted("de")),
        (r#""country":"840""#, "CL101", Hash("us")),
        (r#""country":"380""#, "CL101", HashIfWanted("it")),
        (r#""country":"40""#, "CL120", GoneIfWanted),
        (r#""country":"1""#, "CL120", GoneIfWanted),
        (r#""country":"xx""#, "CL120", Gone),
        (r#""country":"de-DE""#, "CL101", HashIfWanted("de")),
        (r#""country":"en_US""#, "CL101", HashIfWanted("us")),
        (r#""country":"US-CA""#, "CL101", HashIfWanted("us")),
        (r#""country":"US/CA""#, "CL120", GoneIfWanted),
        (r#""country":"Ireland, Republic of""#, "CL101", Hash("ie")),
    ]);
}

#[test]
fn values_that_would_be_nobodys_once_hashed() {
    check(&[
        (r#""em":"test@test.com""#, "CL120", Gone),
        (r#""em":"b'john_smith@gmail.com'""#, "CL120", Gone),
        (
            r#""em":"guest@kestrelbikes.com""#,
            "CL101",
            Hash("guest@kestrelbikes.com"),
        ),
        (r#""fn":"N/A""#, "CL116", Gone),
        (r#""fn":"undefined.""#, "CL120", Gone),
        (r#""fn":"test""#, "CL101", Hash("test")),
        (r#""ln":"Guest""#, "CL101", Hash("guest")),
        (r#""db":"1970-01-01""#, "CL101", Hash("19700101")),
        (r#""db":"1970-01-02""#, "CL101", Hash("19700102")),
        (r#""zp":"12345""#, "CL101", Hash("12345")),
        (r#""country":"NA""#, "CL101", Hash("na")),
        (
            r#""fn":"Christopher Guest""#,
            "CL101",
            Hash("christopherguest"),
        ),
    ]);
}

#[test]
fn a_list_in_the_list_of_a_key() {
    let digest = sha256_hex("ana@laden.de");
    let (one, two) = (sha256_hex("491711234567"), sha256_hex("491711234568"));
    check(&[
        (r#""em":[["ana@laden.de"]]"#, "CL101", Hash("ana@laden.de")),
        (
            r#""em":[["ana@laden.de",null]]"#,
            "CL101",
            Hash("ana@laden.de"),
        ),
        (r#""ph":[[491711234567]]"#, "CL101", Hash("491711234567")),
        (r#""ph":[["0171 1234567"]]"#, "CL101", Stays),
        (r#""em":[["ana"]]"#, "CL106", Stays),
        (&format!(r#""em":[["{digest}"]]"#), "CL106", Flat),
        (&format!(r#""ph":[["{one}"],"{two}"]"#), "CL106", Flat),
        (&format!(r#""ph":[["{one}","{two}"]]"#), "CL106", Flat),
        (
            &format!(r#""ph":[["{one}","{two}"],"{digest}"]"#),
            "CL106",
            Stays,
        ),
        (&format!(r#""ph":[["{one}",7]]"#), "CL106", Stays),
    ]);
}
