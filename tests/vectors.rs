//! The values of Meta's documentation have the normal forms and digests that it prints; what its
//! SDKs and parameter builder do with values is accepted, or stands in a table with the reason.

use std::net::IpAddr;

use capilint::digest::worthless::{self, Class};
use capilint::digest::{is_appendix, sha256_hex};
use capilint::event::Assumptions;
use capilint::normalize::{accepted_forms, digest_of, normal_form};
use capilint::values::name::{Hashing, Name};
use capilint::values::{click_id, money, network};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    rows: Vec<Row>,
}

#[derive(Debug, Deserialize)]
struct Row {
    field: String,
    input: Option<String>,
    normalized: Option<String>,
    status: String,
    outcome: String,
    r#impl: Vec<String>,
    #[serde(default)]
    sha256: Option<String>,
    #[serde(default)]
    country: Option<String>,
}

impl Row {
    fn assume(&self) -> Assumptions {
        Assumptions {
            country: self.country.clone(),
            zone: None,
        }
    }

    /// The key, when it is one that is hashed.
    fn hashed(&self) -> Option<Name> {
        let is_hashed =
            |name: &Name| matches!(name.hashing(), Some(Hashing::Required | Hashing::Optional));
        Name::of(&self.field).filter(is_hashed)
    }

    fn say(&self) -> String {
        format!(
            "{} {:?} -> {:?} ({}, {})",
            self.field,
            self.input,
            self.normalized,
            self.outcome,
            self.r#impl.join(" ")
        )
    }
}

fn rows() -> Vec<Row> {
    let vectors: Vectors =
        serde_json::from_str(include_str!("../fixtures/vectors.json")).expect("well formed");
    assert_eq!(vectors.rows.len(), 235);
    vectors.rows
}

#[test]
fn documented_values_have_the_documented_form_and_digest() {
    let rows = rows();
    let normative = rows.iter().filter(|row| row.status == "normative");
    assert_eq!(normative.clone().count(), 13);
    for row in normative {
        let (name, assume) = (row.hashed().expect("a hashed key"), row.assume());
        let input = row.input.as_deref().expect("an input");
        let normal = normal_form(name, input, &assume).ok();
        assert_eq!(normal, row.normalized, "{}", row.say());
        let printed = row.sha256.clone();
        let expected = printed.or_else(|| row.normalized.as_deref().map(sha256_hex));
        assert_eq!(
            digest_of(name, input, &assume).ok(),
            expected,
            "{}",
            row.say()
        );
    }
}

#[test]
fn printed_digests_are_those_of_the_forms_beside_them() {
    let mut compared = 0;
    for row in rows() {
        let (Some(printed), Some(normalized)) = (&row.sha256, &row.normalized) else {
            continue;
        };
        assert_eq!(*printed, sha256_hex(normalized), "{}", row.say());
        compared += 1;
    }
    assert_eq!(compared, 35);
}

#[test]
fn samples_of_which_nobody_knows_the_text_are_known_as_samples() {
    let rows = rows();
    let unknown = rows.iter().filter(|row| row.outcome == "unknown-preimage");
    assert_eq!(unknown.clone().count(), 4);
    for row in unknown {
        let entry = row.sha256.as_deref().and_then(worthless::find);
        assert_eq!(
            entry.map(|entry| entry.class),
            Some(Class::Sample),
            "{}",
            row.say()
        );
    }
}

/// Rows that are not followed, by field and input, with the reason.
const NOT_FOLLOWED: &[(&str, &str, &str)] = &[
    // What an implementation makes, and is not accepted.
    (
        "em",
        "foo(.bar)@baz.com/",
        "the PHP SDK makes another address of it",
    ),
    (
        "em",
        "foo\"@bar.com",
        "the PHP SDK makes another address of it",
    ),
    (
        "em",
        "foo()@bar.com",
        "the PHP SDK makes another address of it",
    ),
    (
        "f5first",
        "",
        "the digest of the empty string matches nobody",
    ),
    (
        "f5last",
        "",
        "the digest of the empty string matches nobody",
    ),
    ("fi", "", "the digest of the empty string matches nobody"),
    // What an implementation refuses, and has a form here.
    (
        "country",
        "Germany",
        "the builder reads names of countries, and so does the documentation",
    ),
    (
        "country",
        "United States of America",
        "the builder reads names of countries",
    ),
];

#[test]
fn every_row_of_a_hashed_key_is_followed_or_has_a_reason() {
    let mut faults = Vec::new();
    let mut excused: Vec<(&str, &str)> = Vec::new();
    for row in rows() {
        let Some(name) = row.hashed() else { continue };
        let Some(input) = row.input.as_deref() else {
            // No value at all, which only the caller can see.
            continue;
        };
        let normal = normal_form(name, input, &row.assume());
        let followed = match (&row.normalized, &*row.outcome) {
            (Some(form), "ok" | "passthrough") => {
                normal.as_ref() == Ok(form)
                    || accepted_forms(name, input, &row.assume()).contains(form)
            }
            (None, "dropped" | "error") => normal.is_err(),
            _ => false,
        };
        let reason = NOT_FOLLOWED
            .iter()
            .find(|(field, text, _)| (*field, *text) == (&*row.field, input));
        match reason {
            // SDKs that drop an empty value agree; those that keep it need the reason.
            Some(_) if followed => {}
            Some((field, text, _)) => excused.push((field, text)),
            None if followed => {}
            None => faults.push(format!("{}: {normal:?}", row.say())),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    for (field, text, _) in NOT_FOLLOWED {
        assert!(
            excused.contains(&(field, text)),
            "{field} {text:?} is followed now"
        );
    }
}

/// Rows on the form of raw values that are not followed, with the reason.
const FORMS_NOT_FOLLOWED: &[(&str, &str, &str)] = &[
    (
        "fbc",
        "fb.1.1533706565.beep.blorp",
        "a click id may hold dots, and an appendix of a later kind may follow",
    ),
    (
        "fbc",
        "fb.1.1533706565.someCl1ckID.AB",
        "a click id may hold dots, and an appendix of a later kind may follow",
    ),
    (
        "client_ip_address",
        "192.168.1.1",
        "the client builder looks at the spelling only",
    ),
    (
        "client_ip_address",
        "0.0.0.0",
        "the client builder looks at the spelling only",
    ),
    (
        "client_ip_address",
        "255.255.255.255",
        "the client builder looks at the spelling only",
    ),
    (
        "client_ip_address",
        "::1",
        "the client builder looks at the spelling only",
    ),
    (
        "client_ip_address",
        "::",
        "the client builder looks at the spelling only",
    ),
    (
        "client_ip_address",
        "2001:db8::1",
        "a documentation range, which is nobody's address",
    ),
    (
        "client_ip_address",
        "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
        "a documentation range, which is nobody's address",
    ),
    (
        "client_ip_address",
        "2001:db8:85a3::8a2e:370:7334",
        "a documentation range, which is nobody's address",
    ),
    ("currency", "   ABC   ", "three letters, but no currency"),
];

#[test]
fn every_other_row_is_followed_or_has_a_reason() {
    let mut faults = Vec::new();
    let mut excused: Vec<(&str, &str)> = Vec::new();
    let mut looked_at = 0;
    for row in rows() {
        if row.hashed().is_some() {
            continue;
        }
        looked_at += 1;
        let input = row.input.as_deref().unwrap_or_default();
        let is_right = match &*row.field {
            "fbc" => click_id::is_fbc(input),
            "fbp" => click_id::is_fbp(input),
            "client_ip_address" => is_public(input),
            "(appendix)" => is_appendix(input),
            "currency" => is_currency(input),
            "delivery_category" => {
                let word = input.trim().to_lowercase();
                matches!(&*word, "in_store" | "curbside" | "home_delivery")
            }
            // Any text, for the digest beside it.
            "(raw)" => true,
            other => panic!("{other} has no check"),
        };
        let should = matches!(&*row.outcome, "valid" | "ok");
        let reason = FORMS_NOT_FOLLOWED
            .iter()
            .find(|(field, text, _)| (*field, *text) == (&*row.field, input));
        match reason {
            _ if is_right == should => {}
            Some((field, text, _)) => excused.push((field, text)),
            None => faults.push(row.say()),
        }
    }
    assert_eq!(looked_at, 65);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    for (field, text, _) in FORMS_NOT_FOLLOWED {
        assert!(
            excused.contains(&(field, text)),
            "{field} {text:?} is followed now"
        );
    }
}

fn is_public(text: &str) -> bool {
    network::address(text).is_some_and(|address: IpAddr| network::range_of(address).is_none())
}

/// The SDKs trim, drop signs around and take any case.
fn is_currency(text: &str) -> bool {
    let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    letters.len() == 3 && money::is_currency(&letters.to_ascii_uppercase())
}
