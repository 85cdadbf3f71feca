//! The catalogue of rules, and a rule's page for the terminal.

use serde_json::{Value, json};

use super::table::{Layout, filled, laid_out, paint, severity_cell};
use super::{Style, page};
use crate::fix::Safety;
use crate::rule::Rule;

/// The groups of ids: first digit and title.
const GROUPS: [(char, &str); 9] = [
    ('0', "Input"),
    ('1', "Customer identity"),
    ('2', "Browser, click and device identity"),
    ('3', "Event name, identity, deduplication"),
    ('4', "Event time"),
    ('5', "Action source and page URL"),
    ('6', "Custom data"),
    ('7', "Request and transport"),
    ('8', "Match quality over the log"),
];

/// The catalogue for the terminal.
pub fn terminal(rules: &[&Rule], style: &Style) -> String {
    let rows = rules.iter().map(|rule| {
        let page = rule.page();
        vec![
            comfy_table::Cell::new(rule.id()),
            comfy_table::Cell::new(rule.name()),
            severity_cell(page.meta.severity),
            comfy_table::Cell::new(fix(rule)),
            comfy_table::Cell::new(&page.summary),
        ]
    });
    let layout = Layout {
        wraps: &[4],
        head: 2,
        ..Layout::default()
    };
    let header = ["id", "name", "severity", "fix", "what"];
    let table = laid_out(style, &header, rows.collect(), layout);
    let legend = "fix: the safest that the rule offers; a finding may have one that needs \
                  --unsafe-fixes, or none";
    let legend = filled(legend, "", style.width);
    format!("{table}{legend}\n`capilint explain RULE` prints the page of a rule\n")
}

/// The catalogue as a JSON list.
pub fn json(rules: &[&Rule]) -> String {
    let list: Vec<Value> = rules
        .iter()
        .map(|rule| {
            let page = rule.page();
            let meta = &page.meta;
            json!({
                "id": meta.id, "name": rule.name(), "severity": meta.severity,
                "effect": meta.effect, "certainty": meta.certainty, "scope": meta.scope,
                "fix": meta.fix, "spoils": meta.spoils, "since": meta.since, "tags": meta.tags,
                "summary": page.summary, "help": meta.help, "sources": meta.sources,
            })
        })
        .collect();
    format!("{:#}\n", Value::from(list))
}

/// The catalogue as `rules/README.md` has it.
pub fn markdown(rules: &[&Rule]) -> String {
    let mut out = "\
# The rules

Each rule is a page here and a check in `src/rules/`. The examples of a page are run as tests. \
This file is written by `capilint rules --format markdown`.

The column `fix` names the safest fix that a rule offers: a finding may have one that needs \
`--unsafe-fixes`, or none.
"
    .to_owned();
    for (digit, title) in GROUPS {
        let group: Vec<&&Rule> = rules
            .iter()
            .filter(|rule| rule.id().chars().nth(2) == Some(digit))
            .collect();
        if group.is_empty() {
            continue;
        }
        out.push_str(&format!(
            "\n## {digit}xx {title}\n\n\
             | id | name | severity | effect | certainty | scope | fix | what |\n\
             |---|---|---|---|---|---|---|---|\n"
        ));
        for rule in group {
            let (page, name) = (rule.page(), rule.name());
            let meta = &page.meta;
            out.push_str(&format!(
                "| {} | [{name}]({name}.md) | {} | {} | {} | {} | {} | {} |\n",
                meta.id,
                meta.severity,
                meta.effect,
                meta.certainty,
                meta.scope,
                fix(rule),
                page.summary.replace('|', "\\|"),
            ));
        }
    }
    out
}

/// The page of a rule, with its metadata as a short head. Where it is read in a terminal, its prose is as
/// wide as that; whatever else reads it gets the lines as they are.
pub fn explain(rule: &Rule, style: &Style, in_terminal: bool) -> String {
    let page = rule.page();
    let meta = &page.meta;
    let mut out = format!(
        "{} {}\n",
        paint(style, "1", rule.id()),
        paint(style, "1", rule.name())
    );
    for (what, text) in [
        ("severity", meta.severity.word()),
        ("effect", meta.effect.word()),
        ("certainty", meta.certainty.word()),
        ("scope", &meta.scope),
        ("fix", at_best(rule)),
        ("since", &meta.since),
        ("help", &meta.help),
    ] {
        let line = format!("{what:<9}  {text}");
        out.push_str(&match in_terminal {
            true => page::hanging(&line, &" ".repeat(11), style.width),
            false => line,
        });
        out.push('\n');
    }
    let prose = page.prose.trim_start();
    let body = match prose.split_once('\n') {
        Some((title, rest)) if title.starts_with("# ") => rest,
        _ => prose,
    };
    let mut body = page::without_links(body.trim());
    body.push('\n');
    if !meta.sources.is_empty() {
        body.push_str("\n## Sources\n");
        for source in &meta.sources {
            body.push_str(&format!("- {} ({})\n", source.what, source.date));
        }
    }
    out.push('\n');
    out.push_str(&match in_terminal {
        true => page::within(&body, style.width),
        false => body,
    });
    out
}

/// The safest fix of a rule, where there is room to say that it is no promise.
fn at_best(rule: &Rule) -> &'static str {
    match rule.meta().fix {
        Some(Safety::Safe) => "safe at best: a finding may need --unsafe-fixes, or have none",
        Some(Safety::Unsafe) => "unsafe at best: a finding may have none",
        None => "–",
    }
}

fn fix(rule: &Rule) -> &'static str {
    rule.meta().fix.map_or("–", |safety| safety.word())
}
