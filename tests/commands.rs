//! The commands beside `check`: `hash`, `identify`, `explain`, `rules`, `init`, `completions`.

mod support;

use serde_json::Value;
use support::{CLEAN, Place, with_error};

/// SHA-256 of `ana@shop.example`.
const ANA: &str = "9135944786a6b81e95ac94a5690683c3ba90f2d3bb2ca9e83fd103be461fa192";

#[test]
fn hash_normalises_and_hashes() {
    let place = Place::new();
    let run = |args: &[&str]| place.run(args);
    let ran = run(&["hash", "em", " Ana@Shop.Example", "--format", "json"]).ends(0);
    let object = ran.json();
    assert_eq!(object["key"], "em");
    assert_eq!(object["normalized"], "ana@shop.example");
    assert_eq!(object["sha256"], ANA);
    assert!(object["accepted"].is_array());
    run(&["hash", "em", "ana@shop.example"])
        .ends(0)
        .says(ANA)
        .says("ana@shop.example");
    // A digest passes through, in json without a normal form.
    let object = run(&["hash", "em", ANA, "--format", "json"]).ends(0).json();
    assert_eq!(
        (&object["normalized"], object["sha256"].as_str()),
        (&Value::Null, Some(ANA))
    );
    run(&["hash", "em", ANA]).ends(0).says(ANA).says("already");
    // The SHA-256 of what is said to be normal is what is said to be its digest.
    let object = run(&["hash", "ge", "Female", "--format", "json"])
        .ends(0)
        .json();
    assert_eq!(object["normalized"], "f");
    assert_eq!(
        object["sha256"].as_str().unwrap(),
        capilint::digest::sha256_hex("f")
    );
}

#[test]
fn hash_takes_several_values_and_standard_input() {
    let place = Place::new();
    let ran = place.run(&[
        "hash",
        "em",
        "ana@shop.example",
        "bo@shop.example",
        "--format",
        "json",
    ]);
    assert_eq!(ran.ends(0).ndjson().len(), 2);
    let ran = place.pipe(
        "ana@shop.example\r\nbo@shop.example",
        &["hash", "em", "-", "--format", "json"],
    );
    let objects = ran.ends(0).ndjson();
    assert_eq!(objects.len(), 2);
    assert_eq!(objects[0]["normalized"], "ana@shop.example");
    assert_eq!(objects[1]["normalized"], "bo@shop.example");
    // One that cannot be hashed makes the exit code 1; the others are hashed.
    let ran = place
        .run(&[
            "hash",
            "em",
            "nobody",
            "ana@shop.example",
            "--format",
            "json",
        ])
        .ends(1);
    let objects = ran.silent_on("nobody").ndjson();
    assert!(objects[0]["error"].is_string() && objects[0].get("sha256").is_none());
    assert_eq!(objects[1]["sha256"], ANA);
    place.run(&["hash", "em", ""]).ends(1).says("empty");
}

#[test]
fn hash_takes_off_what_a_program_printed_around_a_value() {
    let place = Place::new();
    for value in [
        "b'Ana@shop.example'",
        "[\"ana@shop.example\"]",
        "{\"email\":\"ana@shop.example\"}",
    ] {
        let ran = place.run(&["hash", "em", value, "--format", "json"]);
        assert_eq!(ran.ends(0).json()["sha256"], ANA, "{value}");
    }
}

#[test]
fn hash_asks_for_the_country_of_a_phone() {
    let place = Place::new();
    let run = |args: &[&str]| {
        let mut all = vec!["hash", "ph"];
        all.extend(args);
        all.extend(["--format", "json"]);
        place.run(&all)
    };
    assert_eq!(
        run(&["+49 171 1234567"]).ends(0).json()["normalized"],
        "491711234567"
    );
    assert_eq!(
        run(&["0171 1234567", "--country", "DE"]).ends(0).json()["normalized"],
        "491711234567"
    );
    assert_eq!(
        run(&["0171 1234567", "--country", "de"]).ends(0).json()["normalized"],
        "491711234567"
    );
    let object = run(&["0171 1234567"]).ends(1).json();
    assert!(object["error"].as_str().unwrap().contains("--country"));
    place
        .run(&["hash", "ph", "0171 1234567"])
        .ends(1)
        .says("--country");
    run(&["0171 1234567", "--country", "Germany"])
        .ends(2)
        .silent_on("1234567")
        .silent_on("Germany");
    run(&["0171 1234567", "--country", "zz"]).ends(2);
}

#[test]
fn hash_never_repeats_what_it_could_not_use() {
    let place = Place::new();
    const VALUE: &str = "ana.secret@shop.example";
    for args in [
        &["hash", VALUE, "em"][..],
        &["hash", VALUE],
        &["hash", "emial", VALUE],
        &["hash", "em", VALUE, "--country", VALUE],
        &["hash", "em", VALUE, "--format", VALUE],
        &["hash", "em", VALUE, "--nonsense"],
        &["hash", "em", VALUE, "--nonsense", VALUE],
        &["hash", &format!("--{VALUE}"), "em"],
        &["-q", "hash", "em", VALUE],
        &["--no-config", "hash", "em", VALUE],
        &["identify", VALUE, "--nonsense"],
        &["identify", "--format", VALUE],
        &["-q", "identify", VALUE],
    ] {
        place.run(args).ends(2).silent_on(VALUE);
    }
    for key in ["zp", "db", "ge", "country", "ph"] {
        let ran = place.run(&["hash", key, VALUE]);
        assert!(ran.code != 2, "{key}");
        if ran.code == 1 {
            ran.silent_on(VALUE);
        }
    }
    for key in ["fbp", "fbc", "client_ip_address", "event_id"] {
        place.run(&["hash", key, VALUE]).ends(2).silent_on(VALUE);
    }
    place
        .pipe(b"\xff\xfeana.secret\n", &["hash", "em", "-"])
        .ends(2)
        .silent_on("secret");
    // A value that begins with a dash goes behind two.
    place.run(&["hash", "fn", "--", "-ana"]).ends(0);
}

#[test]
fn identify_says_the_class_of_a_digest() {
    let place = Place::new();
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let null = capilint::digest::sha256_hex("null");
    let placeholder = capilint::digest::sha256_hex("test@test.com");
    place.run(&["identify", EMPTY]).ends(0).says("empty");
    for digest in [EMPTY, &null, &placeholder] {
        let known = place.run(&["identify", digest]);
        let other = place.run(&["identify", ANA]);
        assert!(!known.out().is_empty() && !other.out().is_empty());
        let strip = |ran: &support::Ran, digest: &str| ran.out().replace(digest, "");
        assert_ne!(strip(&known, digest), strip(&other, ANA));
    }
    let objects = place
        .run(&["identify", EMPTY, &null, ANA, "--format", "json"])
        .ndjson();
    assert_eq!(objects.len(), 3);
    let piped = place.pipe(
        format!("{EMPTY}\n{null}\r\n{ANA}\n"),
        &["identify", "-", "--format", "json"],
    );
    assert_eq!(piped.ndjson(), objects);
    // What is no digest may be anything.
    place
        .run(&["identify", "ana.secret@shop.example"])
        .silent_on("secret");
    place
        .run(&["identify", "ana.secret@shop.example", "--format", "json"])
        .silent_on("secret");
    place.run(&["identify"]).ends(2);
}

#[test]
fn explain_prints_a_page() {
    let place = Place::new();
    for what in ["CL102", "cl102", "hash-of-empty"] {
        place
            .run(&["explain", what])
            .ends(0)
            .says("hash-of-empty")
            .says("## Why")
            .says("## Sources");
    }
    let ran = place.run(&["explain", "score"]).ends(0);
    assert!(
        ran.out().contains("0.19") && ran.out().contains("0.28"),
        "the error is stated"
    );
    place
        .run(&["explain", "hash-of-emty"])
        .ends(2)
        .says("did you mean `hash-of-empty`");
    place
        .run(&["explain", "zzz"])
        .ends(2)
        .says("capilint rules");
    for rule in capilint::rules::ALL {
        let page = place.run(&["explain", rule.name()]).ends(0).out();
        assert!(
            page.contains(rule.id()) && page.contains(&rule.meta().help),
            "{}",
            rule.name()
        );
        assert!(
            !page.contains("json rule"),
            "{}: the metadata is no prose",
            rule.name()
        );
    }
}

#[test]
fn rules_are_listed_in_three_formats() {
    let place = Place::new();
    let table = place.run(&["rules"]).ends(0).out();
    let markdown = place.run(&["rules", "--format", "markdown"]).ends(0).out();
    let json = place.run(&["rules", "--format", "json"]).ends(0).json();
    let listed = json.as_array().unwrap();
    assert_eq!(listed.len(), capilint::rules::ALL.len());
    for (rule, entry) in capilint::rules::ALL.iter().zip(listed) {
        assert_eq!(entry["id"], rule.id());
        assert_eq!(entry["name"], rule.name());
        assert!(table.contains(rule.id()), "{}", rule.id());
        assert!(
            markdown.contains(&format!("[{0}]({0}.md)", rule.name())),
            "{}",
            rule.id()
        );
    }
}

#[test]
fn the_catalogue_in_the_repository_is_up_to_date() {
    let place = Place::new();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/README.md");
    let markdown = place.run(&["rules", "--format", "markdown"]).ends(0).out();
    assert!(
        std::fs::read_to_string(file).unwrap_or_default() == markdown,
        "run: capilint rules --format markdown > rules/README.md"
    );
}

#[test]
fn init_writes_a_configuration_once() {
    let place = Place::new();
    place.run(&["init"]).ends(0).says("capilint.toml");
    let written = place.text("capilint.toml");
    place.run(&["init"]).ends(2).says("capilint.toml");
    assert_eq!(place.text("capilint.toml"), written);
    place.write("a.json", CLEAN);
    place.write("b.json", with_error());
    place.check("a.json").ends(0);
    place.check("b.json").ends(1);
    place.run(&["init", "other.toml"]).ends(0);
    place.check("a.json --config other.toml").ends(0);
    place
        .run(&["init", "no/such/folder.toml"])
        .ends(2)
        .says("no/such/folder.toml");
    // With every comment taken off it is accepted too: the examples in it are right.
    let settings = [
        "paths",
        "exclude",
        "country",
        "tz",
        "select",
        "ignore",
        "fail-on",
        "min-score",
        "max-rate",
        "random-event-id",
        "[[suppress]]",
        "rule",
        "files",
        "pointer",
        "reason",
        "until",
    ];
    let bare: String = written
        .lines()
        .map(|line| {
            let bare = line.strip_prefix("# ").unwrap_or(line);
            let is_setting = settings
                .iter()
                .any(|s| bare.starts_with(&format!("{s} =")) || bare == *s);
            format!("{}\n", if is_setting { bare } else { line })
        })
        .collect();
    for setting in settings {
        assert!(
            bare.lines().any(|line| line.starts_with(setting)),
            "{setting} is not in {bare}"
        );
    }
    place.write("bare.toml", bare);
    place.write("fixtures/a.json", CLEAN);
    let ran = place.check("a.json --config bare.toml");
    assert!(ran.code != 2, "{}", ran.all());
}

#[test]
fn init_prints_the_schema() {
    let place = Place::new();
    let schema = place.run(&["init", "--schema"]).ends(0).json();
    assert_eq!(schema["type"], "object");
    assert!(place.names().is_empty());
}

#[test]
fn completions_are_printed_for_each_shell() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = place.run(&["completions", shell]).ends(0).out();
        for word in ["capilint", "explain", "unsafe-fixes", "as-of"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}
