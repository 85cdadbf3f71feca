//! Breaks the correct events of `fixtures/ok` in every way that the catalogue knows, and asserts
//! for each fault that its rule speaks, that no unrelated rule does, and what the fix makes of it.

mod corpus;
mod event;
mod identity;
mod money;
mod request;
mod visitor;

use std::collections::BTreeSet;

use bumpalo::Bump;
use capilint::event::Assumptions;
use capilint::finding::{Finding, Severity};
use capilint::fix::Safety;
use capilint::inspect::{AsOf, Inspector, RuleSet, Surroundings};
use capilint::repair::Mender;
use capilint::rules;
use rayon::prelude::*;
use serde_json::Value;

/// How many events of the corpus each fault is put into, at most.
const MANY: usize = 24;

/// Rules of one event, request or record into which no fault can be put here, with the reason.
const UNMUTATED: &[(&str, &str)] = &[
    (
        "malformed-json",
        "the reader finds it: tests/shapes.rs and tests/cli.rs",
    ),
    (
        "invalid-utf8",
        "the reader finds it: tests/shapes.rs and tests/cli.rs",
    ),
    (
        "record-too-large",
        "the reader finds it: tests/shapes.rs and tests/cli.rs",
    ),
    (
        "internal-error",
        "it takes a rule that panics: src/inspect.rs",
    ),
    (
        "slow-delivery",
        "it takes the time at which a record was captured: the examples of its page",
    ),
];

/// A fault.
struct Mutation {
    rule: &'static str,
    /// What is wrong, in a few words.
    fault: &'static str,
    make: Make,
    /// Rules that have to do with the fault and may speak too.
    also: &'static [&'static str],
    then: Then,
}

/// How the fault is put in; `None` where it does not apply.
#[derive(Clone, Copy)]
enum Make {
    /// Into one event.
    Event(fn(&mut Value) -> Option<()>),
    /// Into a request body with three events.
    Body(fn(&mut Value) -> Option<()>),
    /// Into the text of one event.
    Text(fn(&str) -> String),
}

/// What the fix of the rule has to make of it.
#[derive(Clone, Copy)]
enum Then {
    /// Nothing, even when unsafe fixes are allowed.
    Stays,
    /// The correct event, by a safe fix.
    Back,
    /// The correct event, but only by an unsafe fix.
    BackUnsafe,
    /// This, given the correct and the broken event, by a safe fix.
    Is(fn(&Value, &Value) -> Value),
    /// This, but only by an unsafe fix.
    IsUnsafe(fn(&Value, &Value) -> Value),
}

/// A fault in one event.
const fn event(
    rule: &'static str,
    fault: &'static str,
    then: Then,
    make: fn(&mut Value) -> Option<()>,
) -> Mutation {
    Mutation {
        rule,
        fault,
        make: Make::Event(make),
        also: &[],
        then,
    }
}

/// A fault in a request body.
const fn body(
    rule: &'static str,
    fault: &'static str,
    then: Then,
    make: fn(&mut Value) -> Option<()>,
) -> Mutation {
    Mutation {
        rule,
        fault,
        make: Make::Body(make),
        also: &[],
        then,
    }
}

/// A fault in the text of an event.
const fn text(
    rule: &'static str,
    fault: &'static str,
    then: Then,
    make: fn(&str) -> String,
) -> Mutation {
    Mutation {
        rule,
        fault,
        make: Make::Text(make),
        also: &[],
        then,
    }
}

impl Mutation {
    /// Names rules that may speak too.
    const fn also(mut self, also: &'static [&'static str]) -> Mutation {
        self.also = also;
        self
    }
}

fn table() -> Vec<Mutation> {
    let mut all = Vec::new();
    all.extend(identity::table());
    all.extend(visitor::table());
    all.extend(event::table());
    all.extend(money::table());
    all.extend(request::table());
    all
}

fn around() -> Surroundings {
    Surroundings {
        as_of: AsOf::At(corpus::NOW),
        wall: corpus::NOW,
        assume: Assumptions::default(),
        witnesses: Default::default(),
    }
}

/// One case: a correct text and what the fault makes of it.
struct Case {
    clean: Value,
    broken: Value,
    text: String,
}

fn cases(mutation: &Mutation) -> Vec<Case> {
    let events = corpus::events();
    let mut all: Vec<Case> = match mutation.make {
        Make::Event(make) => events
            .iter()
            .filter_map(|clean| {
                let mut broken = clean.clone();
                make(&mut broken)?;
                Some(Case {
                    clean: clean.clone(),
                    text: broken.to_string(),
                    broken,
                })
            })
            .collect(),
        Make::Body(make) => events
            .chunks(3)
            .filter_map(|three| {
                let clean = serde_json::json!({ "data": three });
                let mut broken = clean.clone();
                make(&mut broken)?;
                Some(Case {
                    clean,
                    text: broken.to_string(),
                    broken,
                })
            })
            .collect(),
        Make::Text(make) => events
            .iter()
            .map(|clean| Case {
                clean: clean.clone(),
                broken: clean.clone(),
                text: make(&clean.to_string()),
            })
            .collect(),
    };
    // Spread over the corpus.
    let step = all.len().div_ceil(MANY).max(1);
    let mut at = 0;
    all.retain(|_| {
        at += 1;
        (at - 1) % step == 0
    });
    all
}

fn findings(rules: &RuleSet, around: &Surroundings, text: &str) -> Vec<Finding> {
    let arena = Bump::new();
    let mut inspector = Inspector::new(rules, around, &arena);
    if inspector.text(text, &mut ()).is_err() {
        inspector.prose(text);
    }
    inspector.findings().to_vec()
}

fn name(finding: &Finding) -> &'static str {
    rules::ALL[finding.rule].name()
}

/// Whether two JSON values say the same: 249 and 249.0 do.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// Puts a case on trial; the complaint, when there is one.
fn trial(mutation: &Mutation, case: &Case, rules: &RuleSet) -> Option<String> {
    let around = around();
    let found = findings(rules, &around, &case.text);
    if !found.iter().any(|finding| name(finding) == mutation.rule) {
        return Some(format!("the rule is silent on {}", case.text));
    }
    let before = findings(rules, &around, &case.clean.to_string());
    let others: BTreeSet<String> = found
        .iter()
        .filter(|f| f.severity > Severity::Info)
        .filter(|f| !before.iter().any(|b| b.rule == f.rule))
        .filter(|f| name(f) != mutation.rule && !mutation.also.contains(&name(f)))
        .map(|f| format!("{} {}: {}", f.severity, name(f), f.message))
        .collect();
    if !others.is_empty() {
        return Some(format!("also speaks {others:?} on {}", case.text));
    }
    let mender = Mender::new(rules, &around);
    let mend = |least: Safety| {
        let allow =
            |finding: &Finding, safety: Safety| safety >= least && name(finding) == mutation.rule;
        mender.mend(&case.text, None, &allow).text
    };
    let want = match mutation.then {
        Then::Stays => {
            return mend(Safety::Unsafe)
                .map(|is| format!("is changed\n  from {}\n  to   {is}", case.text));
        }
        Then::Back | Then::BackUnsafe => case.clean.clone(),
        Then::Is(make) | Then::IsUnsafe(make) => make(&case.clean, &case.broken),
    };
    let safe = mend(Safety::Safe);
    let is = if matches!(mutation.then, Then::Back | Then::Is(_)) {
        safe
    } else if let Some(is) = safe {
        return Some(format!(
            "is changed without consent\n  from {}\n  to   {is}",
            case.text
        ));
    } else {
        mend(Safety::Unsafe)
    };
    let Some(is) = is else {
        return Some(format!("is not mended: {}", case.text));
    };
    let value: Value = serde_json::from_str(&is).expect("mended JSON");
    (!same(&value, &want)).then(|| {
        format!(
            "is mended\n  from {}\n  to   {is}\n  want {want}",
            case.text
        )
    })
}

#[test]
fn every_fault_is_found_and_mended_and_nothing_else_is_said() {
    let rules = RuleSet::all();
    let only = std::env::var("RULE").ok();
    let table = table();
    let verdicts: Vec<(usize, Vec<String>)> = table
        .par_iter()
        .map(|mutation| {
            if only.as_ref().is_some_and(|only| only != mutation.rule) {
                return (0, Vec::new());
            }
            let called = format!("{} ({})", mutation.rule, mutation.fault);
            if !rules::ALL.iter().any(|rule| rule.name() == mutation.rule) {
                return (0, vec![format!("{called}: there is no such rule")]);
            }
            let cases = cases(mutation);
            let complaints: Vec<String> = cases
                .iter()
                .filter_map(|case| trial(mutation, case, &rules))
                .collect();
            let mut said = Vec::new();
            if cases.is_empty() {
                said.push(format!("{called}: applies to no event"));
            }
            if let Some(first) = complaints.first() {
                let (n, of) = (complaints.len(), cases.len());
                said.push(format!("{called}, {n} of {of}: {first}"));
            }
            (cases.len(), said)
        })
        .collect();
    let faults: Vec<String> = verdicts.iter().flat_map(|(_, said)| said.clone()).collect();
    let cases: usize = verdicts.iter().map(|(cases, _)| cases).sum();
    println!("{} faults, {cases} broken events", table.len());
    assert!(
        faults.is_empty(),
        "{} complaints\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert!(only.is_some() || cases > 2000, "only {cases} cases");
}

#[test]
fn every_rule_of_event_request_and_record_has_a_fault() {
    let table = table();
    for rule in rules::ALL {
        let scopes = rule.meta().scope.clone();
        let one = scopes
            .split_whitespace()
            .any(|scope| matches!(scope, "R" | "P" | "E"));
        let mutated = table.iter().any(|m| m.rule == rule.name());
        let excused = UNMUTATED.iter().any(|(name, _)| *name == rule.name());
        assert!(
            !one || mutated || excused,
            "{} has no mutation and no excuse",
            rule.name()
        );
        assert!(
            !(mutated && excused),
            "{} has both a mutation and an excuse",
            rule.name()
        );
    }
    for (name, reason) in UNMUTATED {
        assert!(
            rules::ALL.iter().any(|rule| rule.name() == *name),
            "there is no rule {name}, of which it says: {reason}"
        );
    }
}
