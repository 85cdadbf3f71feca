//! CL205: a click id whose letters were changed on the way.

use crate::click_id::{self, Altered};
use crate::event::{Click, Event};
use crate::finding::{Certainty, Findings, Reach, Severity};
use crate::fix::Fix;
use crate::rule::{Check, Rule};

/// See `rules/fbclid-altered.md`.
pub static RULE: Rule = crate::rule!("fbclid-altered", Check::Event(check));

/// Lengths of columns and buffers that no click id has more often than its neighbours.
const CUTS: [usize; 4] = [255, 256, 500, 512];

/// The same, among lengths that click ids do have.
const USUAL_CUTS: [usize; 3] = [91, 100, 128];

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(click) = event.click() else { return };
    let id = click.stamped.tail();
    if let Some(in_url) = event.fbclid() {
        if let Some(altered) = click_id::altered(id, in_url) {
            differs(event, click, in_url, altered, out);
        }
        if id == in_url || click_id::altered(id, in_url).is_some() {
            return;
        }
    }
    alone(event, click, id, out);
}

/// The address of the page holds the same id, unchanged.
fn differs(
    event: &Event<'_, '_>,
    click: Click<'_>,
    in_url: &str,
    altered: Altered,
    out: &mut Findings,
) {
    let item = event.item(click.place);
    let at = item.pointer_from(event.root().place());
    let message = match altered {
        Altered::Case => "fbc holds the click id of the page's address in another case",
        Altered::Cut => "fbc holds the click id of the page's address without its end",
        Altered::Spaces => "fbc holds the click id of the page's address with spaces for its `+`",
        Altered::Decoded => "fbc holds the click id of the page's address decoded",
        Altered::Encoded => "fbc holds the click id of the page's address encoded for a URL",
    };
    let fix = match altered {
        Altered::Decoded => Fix::needs_consent("take the click id as it stands in the address"),
        _ => Fix::safe("take the click id as it stands in the address"),
    };
    let finding = out
        .at(item, message)
        .fix(fix.replace_text(at, &click.stamped.with_tail(in_url)));
    // Meta's pages want the id as it is, its own parameter builder reads it decoded.
    if altered == Altered::Decoded {
        finding
            .severity(Severity::Warning)
            .certainty(Certainty::Strong)
            .spoils(false);
    }
}

/// Nothing to compare with: only looks.
fn alone(event: &Event<'_, '_>, click: Click<'_>, id: &str, out: &mut Findings) {
    let item = event.item(click.place);
    let altered = click_id::looks_altered(id).filter(|_| click_id::fabricated(id).is_none());
    let whole = click.stamped.text().len();
    let (message, severity) = match altered {
        Some(Altered::Case) => (
            "the click id in fbc has letters of one case alone, though Meta mixes both".to_owned(),
            Severity::Warning,
        ),
        Some(Altered::Spaces) => (
            "the click id in fbc holds a space, which none of Meta's does".to_owned(),
            Severity::Warning,
        ),
        Some(_) => (
            "the click id in fbc is encoded for a URL".to_owned(),
            Severity::Warning,
        ),
        None if CUTS.contains(&id.len()) || CUTS.contains(&whole) => {
            let length = if CUTS.contains(&whole) {
                whole
            } else {
                id.len()
            };
            let what = if length == whole {
                "fbc"
            } else {
                "the click id in fbc"
            };
            (
                format!("{what} is exactly {length} characters long, as if a column had cut it"),
                Severity::Warning,
            )
        }
        None if USUAL_CUTS.contains(&id.len()) => {
            let length = id.len();
            out.at(
                item,
                format!("the click id in fbc is exactly {length} characters long: right unless a column cuts it there"),
            )
            .severity(Severity::Info)
            .certainty(Certainty::Heuristic)
            .spoils(false)
            .fold(Reach::File, |events| match events {
                1 => "1 event has a click id of 91, 100 or 128 characters: right unless a column cuts it there".to_owned(),
                _ => format!("{events} events have click ids of 91, 100 or 128 characters: right unless a column cuts them there"),
            });
            return;
        }
        None => return,
    };
    out.at(item, message)
        .severity(severity)
        .certainty(Certainty::Heuristic)
        .spoils(false);
}
