//! The catalogue: pages, checks and the list of rules are three views of the same thing.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use capilint::finding::{Certainty, Severity};
use capilint::rule::Check;
use capilint::rules::ALL;

/// The stems of the files of a folder that have this extension.
fn stems(folder: &str, extension: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_rule_has_a_page_a_check_and_a_place_in_the_list() {
    let listed: BTreeSet<String> = ALL.iter().map(|rule| rule.name().to_owned()).collect();
    assert_eq!(listed.len(), ALL.len(), "a name stands twice");
    let mut pages = stems("rules", "md");
    pages.remove("README");
    assert_eq!(pages, listed, "pages");
    let mut checks = stems("src/rules", "rs");
    checks.remove("mod");
    let checks: BTreeSet<String> = checks.iter().map(|stem| stem.replace('_', "-")).collect();
    assert_eq!(checks, listed, "checks");
    let list = include_str!("../src/rules.rs");
    for rule in ALL {
        let module = rule.name().replace('-', "_");
        assert!(list.contains(&format!("mod {module};")), "{module}");
        assert!(list.contains(&format!("&{module}::RULE,")), "{module}");
    }
}

#[test]
fn ids_are_unique_sorted_and_grouped() {
    let ids: Vec<&str> = ALL.iter().map(|rule| rule.id()).collect();
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
    for rule in ALL {
        let digits = rule.id().strip_prefix("CL").unwrap_or_default();
        assert!(
            digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit()),
            "{}",
            rule.id()
        );
        assert!(digits.as_bytes()[0] <= b'8', "{}: no such group", rule.id());
        // What is found while reading is in the group of reading, and only that.
        if matches!(rule.check(), Check::Reading) {
            assert!(digits.starts_with('0'), "{}", rule.id());
        }
    }
}

#[test]
fn names_are_kebab_case() {
    for rule in ALL {
        let name = rule.name();
        let words = name.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        });
        assert!(
            words && name.starts_with(|c: char| c.is_ascii_lowercase()),
            "{name}"
        );
    }
}

#[test]
fn a_heuristic_is_never_an_error() {
    for rule in ALL {
        let meta = rule.meta();
        assert!(
            !(meta.severity == Severity::Error && meta.certainty == Certainty::Heuristic),
            "{}",
            rule.name()
        );
    }
}

#[test]
fn the_table_of_rules_shows_effect_and_certainty_of_each() {
    let rules = ALL.to_vec();
    let table = capilint::output::rules_table::markdown(&rules);
    for rule in ALL {
        let meta = rule.meta();
        let fix = meta.fix.map_or("–", |safety| safety.word());
        let row = format!(
            "| {} | [{name}]({name}.md) | {} | {} | {} | {} | {fix} | ",
            meta.id,
            meta.severity,
            meta.effect,
            meta.certainty,
            meta.scope,
            name = rule.name(),
        );
        assert!(table.contains(&row), "{row}");
    }
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

#[test]
fn every_page_is_complete() {
    let mut faults = Vec::new();
    for rule in ALL {
        let (page, meta) = (rule.page(), rule.meta());
        let mut want = |is: bool, what: &str| {
            if !is {
                faults.push(format!("{}: {what}", rule.name()));
            }
        };
        want(
            page.prose.starts_with(&format!("# {}\n", rule.name())),
            "the title is the name",
        );
        want(!meta.help.trim().is_empty(), "help");
        want(
            !meta.help.contains('\n') && !meta.help.ends_with('.'),
            "help is one phrase",
        );
        want(
            page.summary.ends_with('.') && page.summary.len() < 300,
            "the summary is a sentence",
        );
        want(!meta.sources.is_empty(), "sources");
        for source in &meta.sources {
            want(
                !source.what.trim().is_empty() && is_date(&source.date),
                "a source with its date",
            );
        }
        want(!meta.scope.is_empty(), "scope");
        want(meta.since.split('.').count() == 3, "since");
        for heading in ["\n## Why\n", "\n## Fix\n"] {
            want(page.prose.contains(heading), heading.trim());
        }
        if matches!(rule.check(), Check::Reading) {
            want(
                page.fixed.is_empty() == meta.fix.is_none(),
                "Fixed goes with a fix",
            );
        } else {
            want(!page.bad.is_empty(), "Bad");
            want(!page.good.is_empty(), "Good");
        }
        for machine in ["/tmp/", "TODO", "FIXME"] {
            want(!page.prose.contains(machine), machine);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_rule_has_fixtures_under_its_own_name() {
    let names: BTreeSet<&str> = ALL.iter().map(|rule| rule.name()).collect();
    for kind in ["bad", "fix"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures")
            .join(kind);
        for entry in fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            // One event with faults of many rules; see tests/fixtures.rs.
            assert!(
                names.contains(name.as_str()) || (kind, name.as_str()) == ("fix", "everything"),
                "fixtures/{kind}/{name} belongs to no rule"
            );
        }
    }
}

#[test]
fn the_schema_names_exactly_the_keys_of_the_configuration() {
    let schema: serde_json::Value = serde_json::from_str(capilint::config::SCHEMA).unwrap();
    let keys = |properties: &serde_json::Value| -> BTreeSet<String> {
        properties.as_object().unwrap().keys().cloned().collect()
    };
    let top = keys(&schema["properties"]);
    let suppress = &schema["properties"]["suppress"]["items"];
    let folder = tempfile::tempdir().unwrap();
    let accepted = |text: &str| -> Result<(), String> {
        let path = folder.path().join("capilint.toml");
        fs::write(&path, text).unwrap();
        capilint::config::Config::read(&path).map(|_| ())
    };
    // What the reader says it expects is what the schema has.
    let expected = |error: String| -> BTreeSet<String> {
        let (_, list) = error.split_once("expected one of ").expect(&error);
        list.split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(expected(accepted("nonsense = 1").unwrap_err()), top);
    let wrong = "[[suppress]]\nrule = \"CL001\"\nreason = \"x\"\nnonsense = 1";
    assert_eq!(
        expected(accepted(wrong).unwrap_err()),
        keys(&suppress["properties"])
    );
    for key in suppress["required"].as_array().unwrap() {
        let without: String = ["rule", "reason"]
            .iter()
            .filter(|other| *other != key)
            .map(|other| format!("{other} = \"x\"\n"))
            .collect();
        assert!(
            accepted(&format!("[[suppress]]\n{without}")).is_err(),
            "{key}"
        );
    }
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(suppress["additionalProperties"], false);
    // Every word that the schema lists is taken.
    for key in ["profile", "fail-on"] {
        for word in schema["properties"][key]["enum"].as_array().unwrap() {
            accepted(&format!("{key} = {word}")).unwrap();
        }
        assert!(accepted(&format!("{key} = \"nonsense\"")).is_err());
    }
    for word in schema["properties"]["rules"]["additionalProperties"]["enum"]
        .as_array()
        .unwrap()
    {
        accepted(&format!("[rules]\nCL001 = {word}")).unwrap();
    }
}

#[test]
fn list_entries_mean_rules() {
    use capilint::rules::{find, matching};
    assert_eq!(matching("ALL").unwrap().len(), ALL.len());
    for rule in ALL {
        let index = find(rule.name()).unwrap();
        assert_eq!(find(rule.id()), Some(index));
        assert_eq!(matching(&rule.id().to_lowercase()), Some(vec![index]));
        let group = format!("{}xx", &rule.id()[2..3]);
        assert!(matching(&group).unwrap().contains(&index));
    }
    for nothing in ["", "xx", "9xx", "CL", "CL9xx", "12xx", "cl000"] {
        assert_eq!(matching(nothing), None, "{nothing}");
    }
}
