//! Fixes one by one: where, what, and from which class of value to which; with `--show-values`
//! what `patch` needs to make them in a file, and of other inputs the event before and after.

use std::borrow::Cow;

use similar::{Algorithm, TextDiff};

use super::Style;
use super::excerpt::pretty;
use super::table::{paint, thousands};
use crate::report::{LocatedChange, Report};
use crate::rules;
use crate::values::printable::{masked, visible};

/// Unchanged lines around a change.
const CONTEXT: usize = 2;

/// The changes of the report, in the order in which they were made.
pub fn render(report: &Report, style: &Style) -> String {
    let fixes = &report.fixes;
    let changes = &fixes.examples;
    let mut out = String::new();
    let mut texts = None;
    for (index, change) in changes.iter().enumerate() {
        out.push_str(&line(change, style));
        // Changes of one event follow each other; the first of them carries its two texts.
        texts = texts.or(change.texts.as_ref());
        let same_event = |next: &LocatedChange| {
            (&next.file, next.line, next.event) == (&change.file, change.line, change.event)
        };
        if !changes.get(index + 1).is_some_and(same_event)
            && let Some((old, new)) = texts.take()
            && style.show_values
            && !fixes.patches.iter().any(|(file, _)| *file == change.file)
        {
            out.push_str(&unified(change, old, new, style));
        }
    }
    let more = report.fixes.total().saturating_sub(changes.len() as u64);
    if more > 0 {
        out.push_str(&format!("… {} more\n", thousands(more)));
    }
    if style.show_values {
        for (_, patch) in &fixes.patches {
            paint_lines(&quiet(patch), style, &mut out);
        }
    }
    out
}

/// What turns the text of a file into another, as `patch` reads it. Tokens are masked here too, as in
/// every output: a line with one of them has to be changed by `--fix`, and the patch says so. So has
/// one with control characters.
pub fn patch(file: &str, old: &str, new: &str) -> String {
    let file = &*visible(file);
    let patch = |old: &str, new: &str| {
        TextDiff::configure()
            .algorithm(Algorithm::Patience)
            .diff_lines(old, new)
            .unified_diff()
            .header(file, file)
            .to_string()
    };
    let hidden = patch(&masked(old), &masked(new));
    // A token elsewhere in the file is no hindrance.
    let hides = matches!(masked(old), Cow::Owned(_)) && hidden != patch(old, new);
    match hides {
        true => format!("{HIDES}{hidden}"),
        false => hidden,
    }
}

/// `patch` passes over lines before the header.
const HIDES: &str =
    "# access tokens are masked, so lines with one do not apply: let --fix change this file\n";

/// A patch with the control characters spelled out that no JSON has between its values.
fn quiet(patch: &str) -> String {
    let mut out = String::with_capacity(patch.len());
    for piece in patch.split_inclusive(['\n', '\r', '\t']) {
        let bare = piece.trim_end_matches(['\n', '\r', '\t']);
        out.push_str(&visible(bare));
        out.push_str(&piece[bare.len()..]);
    }
    out
}

/// One change in two lines.
fn line(change: &LocatedChange, style: &Style) -> String {
    format!(
        "{}    {} → {}\n",
        headline(change),
        paint(style, "31", &change.before),
        paint(style, "32", &change.after),
    )
}

/// Where and what, in one line.
pub(super) fn headline(change: &LocatedChange) -> String {
    let rule = rules::ALL[change.change.rule];
    format!(
        "{}: {} ({} {}, {})\n",
        place(change),
        change.change.title,
        rule.id(),
        rule.name(),
        change.change.safety.word(),
    )
}

fn place(change: &LocatedChange) -> String {
    let mut place = format!("{}:{}", visible(&change.file), change.line);
    if let Some(event) = change.event {
        place.push_str(&format!("  event {event}"));
    }
    if !change.pointer.is_empty() {
        place.push_str("  ");
        place.push_str(&change.pointer);
    }
    place
}

/// The event before and after, one value a line: payloads are mostly one line, of which a diff of
/// lines would show everything.
fn unified(change: &LocatedChange, old: &str, new: &str, style: &Style) -> String {
    let (old, new) = (pretty(old), pretty(new));
    let name = format!("{}:{}", visible(&change.file), change.line);
    let diff = TextDiff::from_lines(&old, &new);
    let text = diff
        .unified_diff()
        .context_radius(CONTEXT)
        .header(&name, &name)
        .to_string();
    let mut out = String::new();
    paint_lines(&text, style, &mut out);
    out
}

fn paint_lines(text: &str, style: &Style, out: &mut String) {
    for line in text.split_terminator('\n') {
        let code = match line.as_bytes().first() {
            Some(b'-') => "31",
            Some(b'+') => "32",
            Some(b'@') => "36",
            _ => "0",
        };
        if code == "0" {
            out.push_str(line);
        } else {
            out.push_str(&paint(style, code, line));
        }
        out.push('\n');
    }
}
