//! Every line of the fixtures on digests raises its rule, and no second rule on the same value.

use bumpalo::Bump;
use capilint::event::Assumptions;
use capilint::finding::Severity;
use capilint::inspect::{AsOf, Inspector, RuleSet, Surroundings};
use capilint::rules;

#[test]
fn every_line_raises_its_rule_alone() {
    let now: jiff::Timestamp = "2026-06-26T00:00:00Z".parse().unwrap();
    let around = Surroundings {
        as_of: AsOf::At(now.as_second()),
        wall: now.as_second(),
        assume: Assumptions::default(),
        witnesses: Default::default(),
    };
    let rules_on = RuleSet::all();
    let mut faults = Vec::new();
    for (rule, text) in [
        (
            "hash-of-empty",
            include_str!("../fixtures/bad/hash-of-empty/white-space.ndjson"),
        ),
        (
            "hash-of-nullish",
            include_str!("../fixtures/bad/hash-of-nullish/artefacts.ndjson"),
        ),
        (
            "hash-of-placeholder",
            include_str!("../fixtures/bad/hash-of-placeholder/contacts.ndjson"),
        ),
        (
            "double-hash",
            include_str!("../fixtures/bad/double-hash/inner-in-capitals.ndjson"),
        ),
        (
            "hash-of-wrong-case",
            include_str!("../fixtures/bad/hash-of-wrong-case/email-in-plain-nearby.ndjson"),
        ),
        (
            "hash-of-wrong-form",
            include_str!("../fixtures/bad/hash-of-wrong-form/spellings.ndjson"),
        ),
        (
            "unhashed-pii",
            include_str!("../fixtures/bad/unhashed-pii/many-kinds.ndjson"),
        ),
        (
            "encoded-pii",
            include_str!("../fixtures/bad/encoded-pii/encodings.ndjson"),
        ),
        (
            "template-residue",
            include_str!("../fixtures/bad/template-residue/residue.ndjson"),
        ),
        (
            "phone-without-country-code",
            include_str!("../fixtures/bad/phone-without-country-code/national.ndjson"),
        ),
        (
            "unusable-plain-value",
            include_str!("../fixtures/bad/unusable-plain-value/values.ndjson"),
        ),
        (
            "external-id-not-a-person",
            include_str!("../fixtures/bad/external-id-not-a-person/values.ndjson"),
        ),
        (
            "not-sha256",
            include_str!("../fixtures/bad/not-sha256/md5-of-a-known-value.ndjson"),
        ),
        (
            "hash-encoding",
            include_str!("../fixtures/bad/hash-encoding/typed-arrays.ndjson"),
        ),
        (
            "null-identifier",
            include_str!("../fixtures/bad/null-identifier/repeated-ids.ndjson"),
        ),
        (
            "truncated-hash",
            include_str!("../fixtures/bad/truncated-hash/without-zeros.ndjson"),
        ),
        (
            "hash-of-wrong-form",
            include_str!("../fixtures/bad/hash-of-wrong-form/birth-dates.ndjson"),
        ),
        (
            "hash-of-wrong-form",
            include_str!("../fixtures/bad/hash-of-wrong-form/addresses.ndjson"),
        ),
        (
            "hash-of-wrong-form",
            include_str!("../fixtures/bad/hash-of-wrong-form/phone-in-plain-nearby.ndjson"),
        ),
        (
            "hash-of-wrong-case",
            include_str!("../fixtures/bad/hash-of-wrong-case/names-and-places.ndjson"),
        ),
        (
            "double-hash",
            include_str!("../fixtures/bad/double-hash/listed-values.ndjson"),
        ),
        (
            "hash-in-wrong-key",
            include_str!("../fixtures/bad/hash-in-wrong-key/slipped.ndjson"),
        ),
        (
            "same-hash-in-two-keys",
            include_str!("../fixtures/bad/same-hash-in-two-keys/pairs.ndjson"),
        ),
        (
            "default-birth-date",
            include_str!("../fixtures/bad/default-birth-date/zeros.ndjson"),
        ),
        (
            "hash-of-placeholder",
            include_str!("../fixtures/bad/hash-of-placeholder/at-the-shop.ndjson"),
        ),
    ] {
        for (at, line) in text.lines().enumerate() {
            let arena = Bump::new();
            let mut inspector = Inspector::new(&rules_on, &around, &arena);
            assert!(inspector.text(line, &mut ()).is_ok());
            let said: Vec<_> = inspector
                .findings()
                .iter()
                .filter(|finding| finding.severity > Severity::Info)
                .map(|finding| rules::ALL[finding.rule].name())
                .collect();
            // The plain value beside the digest, which proves what is wrong with it, leaks.
            let said: Vec<_> = said
                .into_iter()
                .filter(|name| !matches!(*name, "url-has-pii" | "pii-in-custom-data"))
                .collect();
            if said != [rule] {
                faults.push(format!("{rule} line {}: {said:?}", at + 1));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
