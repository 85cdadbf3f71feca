//! The values of Meta's documentation have the normal forms that it prints; the forms that its
//! SDKs and parameter builder make of values are accepted ones.

use capilint::digest::sha256_hex;
use capilint::event::Assumptions;
use capilint::name::Name;
use capilint::normalize::{accepted_forms, digest_of, normal_form};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    field: String,
    input: String,
    normalized: String,
    status: String,
    #[serde(default)]
    sha256: Option<String>,
    #[serde(default)]
    country: Option<String>,
}

fn rows(status: &str) -> Vec<(Row, Name, Assumptions)> {
    let vectors: Vectors =
        serde_json::from_str(include_str!("../fixtures/vectors.json")).expect("well formed");
    let rows = vectors.rows.into_iter().filter(|row| row.status == status);
    rows.map(|row| {
        let name = Name::of(&row.field).expect("a key of user_data");
        let assume = Assumptions {
            country: row.country.clone(),
            zone: None,
        };
        (row, name, assume)
    })
    .collect()
}

#[test]
fn documented_values_have_the_documented_form_and_digest() {
    let rows = rows("normative");
    assert!(rows.len() >= 13);
    for (row, name, assume) in rows {
        assert_eq!(
            normal_form(name, &row.input, &assume).as_ref(),
            Ok(&row.normalized),
            "{} {}",
            row.field,
            row.input
        );
        let digest = digest_of(name, &row.input, &assume);
        assert_eq!(
            digest,
            Ok(row.sha256.unwrap_or_else(|| sha256_hex(&row.normalized)))
        );
    }
}

/// What Meta's own code makes of a value, and is not accepted, with the reason.
const NOT_ACCEPTED: &[(&str, &str, &str)] = &[
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
];

#[test]
fn what_metas_code_produces_is_accepted_or_has_a_reason() {
    let mut missing = Vec::new();
    for (row, name, assume) in rows("sdk-test") {
        let normal = normal_form(name, &row.input, &assume);
        let accepted = accepted_forms(name, &row.input, &assume);
        let is_accepted =
            normal.as_ref() == Ok(&row.normalized) || accepted.contains(&row.normalized);
        let excused = NOT_ACCEPTED
            .iter()
            .any(|(field, input, _)| (*field, *input) == (&*row.field, &*row.input));
        if is_accepted == excused {
            missing.push(format!(
                "{} {:?} -> {:?}: {normal:?} {accepted:?}",
                row.field, row.input, row.normalized
            ));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
