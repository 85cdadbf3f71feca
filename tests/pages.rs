//! Every rule page is a test: `Bad` examples raise the rule, `Good` ones raise no error and no
//! warning under any rule, `Fixed` ones are what the fix makes of the `Bad` ones, byte for byte.

use std::sync::Arc;

use bumpalo::Bump;
use capilint::clock::{Clock, Source};
use capilint::engine::{self, Linter, Run, Silent};
use capilint::event::Assumptions;
use capilint::finding::{Certainty, Finding, Severity};
use capilint::fix::Safety;
use capilint::inspect::{AsOf, Inspector, RuleSet, Surroundings};
use capilint::known::KnownValues;
use capilint::output::{Fixing, Reporter, Wants};
use capilint::pixel;
use capilint::repair::Mender;
use capilint::report::{EventRow, Located, Report, Verdict};
use capilint::rule::{Check, Example, Rule};
use capilint::rules;
use capilint::settings::{Clocks, Settings};
use capilint::witness::Witnesses;

/// The day on which the examples live.
const TODAY: &str = "2026-06-26T00:00:00Z";

fn around(example: &Example) -> Surroundings {
    let as_of = example.option("as-of").unwrap_or(TODAY);
    let seconds = |time: &str| time.parse::<jiff::Timestamp>().expect("a time").as_second();
    let as_of = match (as_of, example.option("captured")) {
        (_, Some(time)) => AsOf::Exact(Clock {
            now: seconds(time),
            source: Source::Capture,
            supported: None,
            asked: false,
        }),
        ("auto", None) => AsOf::Auto,
        (time, None) => AsOf::At(seconds(time)),
    };
    let zone = example
        .option("tz")
        .map(|zone| jiff::tz::TimeZone::get(zone).expect("tz"));
    let country = example.option("country").map(str::to_owned);
    let wall = TODAY.parse::<jiff::Timestamp>().unwrap().as_second();
    let assume = Assumptions { country, zone };
    let mut witnesses = Witnesses::default();
    if let Some(pixel) = &example.pixel {
        let mut index = pixel::Index::default();
        let capture = pixel::read(pixel.repeated().as_bytes()).expect("a capture");
        assert_eq!((capture.other_lines, capture.other_requests), (0, 0));
        index.add(capture);
        witnesses.pixel = Some(Arc::new(index));
    }
    if let Some(list) = &example.known {
        let mut known = KnownValues::new(&assume);
        known.add(list.text.as_bytes()).expect("a list");
        known.finish();
        witnesses.known = Some(Arc::new(known));
    }
    Surroundings {
        as_of,
        wall,
        assume,
        witnesses,
    }
}

/// A finding, whoever found it.
#[derive(Clone)]
struct Said {
    rule: usize,
    severity: Severity,
    certainty: Certainty,
    message: String,
}

/// Whether an example is a log of several events.
fn is_log(example: &Example) -> bool {
    let is_lines = example.text.contains("\n{")
        && serde_json::from_str::<serde_json::Value>(&example.text).is_err();
    example.option("repeat").is_some() || is_lines
}

/// What the check says of an example: its rules of single events, and those of the whole log.
fn findings(example: &Example) -> Vec<Said> {
    if example.pixel.is_some() || is_log(example) {
        return findings_of_log(example);
    }
    let said = findings_of_text(example).into_iter().map(|f| Said {
        rule: f.rule,
        severity: f.severity,
        certainty: f.certainty,
        message: f.message,
    });
    said.collect()
}

/// Of several lines, as a user would have them checked.
fn findings_of_log(example: &Example) -> Vec<Said> {
    #[derive(Default)]
    struct Keep(Vec<Said>);
    impl Reporter for Keep {
        fn wants(&self) -> Wants {
            Wants {
                findings: true,
                ..Wants::default()
            }
        }
        fn finding(&mut self, finding: &Located) -> std::io::Result<()> {
            self.0.push(Said {
                rule: finding.rule,
                severity: finding.severity,
                certainty: finding.certainty,
                message: finding.message.clone(),
            });
            Ok(())
        }
        fn event(&mut self, _: &EventRow) -> std::io::Result<()> {
            Ok(())
        }
        fn finish(&mut self, _: &Report, _: &Verdict) -> std::io::Result<()> {
            Ok(())
        }
    }
    let around = around(example);
    let clocks = match around.as_of {
        AsOf::At(time) => Clocks::At(time),
        _ => Clocks::Auto,
    };
    let linter = Linter::new(Settings {
        clocks,
        wall: around.wall,
        assume: around.assume,
        witnesses: around.witnesses,
        threads: 1,
        ..Settings::default()
    });
    let mut keep = Keep::default();
    linter
        .run(example.repeated().as_bytes(), &mut keep)
        .expect("the reporter takes everything");
    keep.0
}

/// What the fixes of one rule make of a log: the first pass learns, the second mends.
fn fixed_log(example: &Example, text: &str, rule: &Rule, least: Safety) -> String {
    let around = around(example);
    let mut settings = Settings {
        clocks: Clocks::At(around.wall),
        wall: around.wall,
        assume: around.assume,
        witnesses: around.witnesses,
        threads: 1,
        fixing: Fixing::Write,
        unsafe_fixes: least == Safety::Unsafe,
        ..Settings::default()
    };
    let only = rules::ALL.iter().map(|one| one.name() == rule.name());
    settings.policy.select(only.collect());
    let linter = Linter::new(settings);
    let taught = engine::learn(&linter, |run| {
        let read = run.stream("log", "log", text.as_bytes(), None, None)?;
        read.map(|_| ())
    });
    let mut out = Vec::new();
    let mut silent = Silent;
    let mut second = Run::new(&linter, &mut silent);
    second.use_learned(taught.unwrap());
    second
        .stream("log", "log", text.as_bytes(), None, Some(&mut out))
        .unwrap()
        .unwrap();
    String::from_utf8(out).unwrap()
}

fn findings_of_text(example: &Example) -> Vec<Finding> {
    let (rules, arena, around) = (RuleSet::all(), Bump::new(), around(example));
    let mut inspector = Inspector::new(&rules, &around, &arena);
    match inspector.text(&example.text, &mut ()) {
        Ok(_) => inspector.findings().to_vec(),
        Err(_) => {
            inspector.prose(&example.text);
            inspector.findings().to_vec()
        }
    }
}

/// Whatever a rule says of whatever example: what is only likely is no error, and an effect or a
/// certainty that differs from the page's is one that the report can show.
fn assert_honest(found: &[Said], place: &str) {
    for finding in found {
        assert!(
            finding.severity != Severity::Error || finding.certainty > Certainty::Heuristic,
            "{place}: {} raises an error that is only likely: {}",
            name(finding.rule),
            finding.message
        );
    }
}

#[test]
fn no_heuristic_is_an_error_in_any_example() {
    let mut told = 0;
    for rule in rules::ALL {
        let page = rule.page();
        for example in page.bad.iter().chain(&page.good).chain(&page.fixed) {
            let found = findings(example);
            told += found.len();
            assert_honest(&found, rule.name());
        }
    }
    assert!(told > 100, "{told}");
}

fn name(rule: usize) -> &'static str {
    rules::ALL[rule].name()
}

fn said(findings: &[Said]) -> Vec<String> {
    findings
        .iter()
        .map(|f| format!("{} {}: {}", f.severity, name(f.rule), f.message))
        .collect()
}

fn checked_rules() -> impl Iterator<Item = &'static Rule> {
    rules::ALL
        .iter()
        .copied()
        .filter(|rule| !matches!(rule.check(), Check::Reading))
}

#[test]
fn bad_examples_raise_their_rule_and_no_other_error() {
    let mut faults = Vec::new();
    for rule in checked_rules() {
        if rule.page().bad.is_empty() {
            faults.push(format!("{}: no Bad example", rule.name()));
        }
        for (at, example) in rule.page().bad.iter().enumerate() {
            let found = findings(example);
            if !found
                .iter()
                .any(|finding| name(finding.rule) == rule.name())
            {
                faults.push(format!(
                    "{} Bad {at} is not found: {:?}",
                    rule.name(),
                    said(&found)
                ));
            }
            let others: Vec<Said> = found
                .iter()
                .filter(|f| name(f.rule) != rule.name() && f.severity > Severity::Info)
                .filter(|f| {
                    !example
                        .options
                        .iter()
                        .any(|o| o == &format!("also={}", name(f.rule)))
                })
                .cloned()
                .collect();
            if !others.is_empty() {
                faults.push(format!(
                    "{} Bad {at} also raises {:?}",
                    rule.name(),
                    said(&others)
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn good_examples_raise_no_error_and_no_warning() {
    let mut faults = Vec::new();
    for rule in checked_rules() {
        if rule.page().good.is_empty() {
            faults.push(format!("{}: no Good example", rule.name()));
        }
        for (at, example) in rule.page().good.iter().enumerate() {
            let mut found = findings(example);
            found.retain(|f| f.severity > Severity::Info || name(f.rule) == rule.name());
            if !found.is_empty() {
                faults.push(format!("{} Good {at}: {:?}", rule.name(), said(&found)));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn fixed_examples_are_what_the_fix_makes() {
    let mut faults = Vec::new();
    for rule in checked_rules() {
        let page = rule.page();
        if page.meta.fix.is_some() == page.fixed.is_empty() {
            faults.push(format!(
                "{}: fix is {:?}, Fixed examples: {}",
                rule.name(),
                page.meta.fix,
                page.fixed.len()
            ));
        }
        for (at, fixed) in page.fixed.iter().enumerate() {
            let which = fixed
                .option("bad")
                .map_or(at, |n| n.parse::<usize>().expect("bad=N") - 1);
            let Some(bad) = page.bad.get(which) else {
                faults.push(format!("{} Fixed {at} has no Bad", rule.name()));
                continue;
            };
            let least = if fixed.flag("unsafe") {
                Safety::Unsafe
            } else {
                Safety::Safe
            };
            let mut options = bad.clone();
            options.options.extend(fixed.options.iter().cloned());
            let shown_by_log = rule.teaches().is_some() && is_log(bad);
            if bad.pixel.is_some() || shown_by_log {
                let once = fixed_log(&options, &bad.repeated(), rule, least);
                if once != fixed.repeated() {
                    faults.push(format!("{} Fixed {at}: {once}", rule.name()));
                }
                if fixed_log(&options, &once, rule, least) != once {
                    faults.push(format!(
                        "{} Fixed {at}: a second run changes it",
                        rule.name()
                    ));
                }
                continue;
            }
            let (rules, around) = (RuleSet::all(), around(&options));
            let mender = Mender::new(&rules, &around);
            let allow = |finding: &Finding, safety: Safety| {
                safety >= least && (name(finding.rule) == rule.name() || fixed.flag("all"))
            };
            let once = mender
                .mend(&bad.text, None, &allow)
                .text
                .unwrap_or_else(|| bad.text.clone());
            if once != fixed.text {
                faults.push(format!(
                    "{} Fixed {at}:\n  is   {once}\n  want {}",
                    rule.name(),
                    fixed.text
                ));
            }
            if mender.mend(&once, None, &allow).text.is_some() {
                faults.push(format!(
                    "{} Fixed {at}: a second run changes it again",
                    rule.name()
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
