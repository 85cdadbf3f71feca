//! What became of the fixes, in lines that two formats share.

use super::table::{counted, thousands};
use super::{Fixing, diff};
use crate::input::walk::Source;
use crate::report::Report;
use crate::rules;

/// What was done about findings, what was not, and why. `with_places` says where fixes are that need the
/// sender.
pub(super) fn lines(report: &Report, fixing: Fixing, with_places: bool) -> String {
    let word = match fixing {
        Fixing::Off => return String::new(),
        Fixing::Diff => "would fix",
        Fixing::Write => "fixed",
    };
    let fixes = &report.fixes;
    let mut out = format!("{word}: {}\n", numbers(&fixes.made));
    if !fixes.withheld.is_empty() {
        out.push_str(&format!(
            "needs the sender: {}; the fix alone would make Meta refuse the event, or leak\n",
            numbers(&fixes.withheld)
        ));
        for change in fixes.withheld_examples.iter().filter(|_| with_places) {
            out.push_str("  ");
            out.push_str(&diff::headline(change));
        }
    }
    if fixes.left > 0 {
        out.push_str(&format!(
            "left as {}: {}; fixed, user_data would hold nothing usable\n",
            if fixes.left == 1 {
                "it was"
            } else {
                "they were"
            },
            counted(fixes.left, "event")
        ));
    }
    if fixes.needs_consent > 0 {
        out.push_str(&format!(
            "not made without --unsafe-fixes: {}\n",
            thousands(fixes.needs_consent)
        ));
    }
    for (reason, number) in &fixes.not_written {
        out.push_str(&format!("not written: {} ({reason})\n", thousands(*number)));
    }
    let (piped, files): (Vec<_>, Vec<_>) = report
        .files
        .iter()
        .filter(|file| file.rewritten)
        .partition(|file| file.name == Source::Stdin.name());
    if !piped.is_empty() {
        out.push_str("written: the fixed payload, to standard output\n");
    }
    if !files.is_empty() {
        out.push_str(&format!(
            "rewritten: {}\n",
            counted(files.len() as u64, "file")
        ));
    }
    out
}

/// `3 (CL102 hash-of-empty 2, CL109 hash-uppercase 1)`.
fn numbers(by_rule: &std::collections::BTreeMap<usize, u64>) -> String {
    let total: u64 = by_rule.values().sum();
    if total == 0 {
        return "nothing".to_owned();
    }
    let parts: Vec<String> = by_rule
        .iter()
        .map(|(&rule, &number)| {
            let rule = rules::ALL[rule];
            format!("{} {} {}", rule.id(), rule.name(), thousands(number))
        })
        .collect();
    format!("{} ({})", thousands(total), parts.join(", "))
}
