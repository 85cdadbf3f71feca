//! CL205: a click id whose letters were changed on the way.

use std::io;

use crate::event::{Click, Event};
use crate::finding::{Certainty, Findings, Reach, Severity};
use crate::fix::{Fix, Safety};
use crate::json::Item;
use crate::ledger::clicks::{ENCODED, GLUED, LOWER, SPACES, SURELY_ALTERED, TOLD_ALTERED, UPPER};
use crate::ledger::people::Events;
use crate::ledger::{Click as Sighting, Evidence, LogFindings, Needs};
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::click_id::{self, Altered};
use crate::values::name::Name;

/// See `rules/fbclid-altered.md`.
pub static RULE: Rule = crate::rule!(
    "fbclid-altered",
    Check::Event(check),
    conclude,
    Needs::CLICKS.and(Needs::STANDINGS),
    Safety::Safe
)
.when(Signs::CLICK);

/// Lengths of columns and buffers that no click id has more often than its neighbours.
const CUTS: [usize; 4] = [255, 256, 500, 512];

/// The same, among lengths that click ids do have.
const USUAL_CUTS: [usize; 3] = [91, 100, 128];

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(click) = event.click() else { return };
    let id = click.stamped.tail();
    if let Some(in_url) = event.fbclid() {
        let altered = click_id::altered(id, in_url);
        if altered == Some(Altered::Glued) && stands_so(event, in_url, id) {
            alone(event, click, id, out);
            return;
        }
        if let Some(altered) = altered {
            differs(event, click, in_url, altered, out);
        }
        if id == in_url || altered.is_some() {
            return;
        }
    }
    if let Some(lessons) = &event.witnesses.lessons
        && let Some(right) = lessons.right_click(id)
        && let Some(altered) = click_id::altered(id, right)
    {
        shown_by_the_log(event, click, right, altered, out);
        return;
    }
    alone(event, click, id, out);
}

/// Whether the address, too, has more behind the click id before its parameter ends: then it was
/// passed on as it stood there.
fn stands_so(event: &Event<'_, '_>, in_url: &str, id: &str) -> bool {
    let url = event.get(Name::EventSourceUrl).and_then(Item::text);
    let behind = url.map(|url| &url[in_url.as_ptr() as usize - url.as_ptr() as usize..]);
    behind.is_some_and(|behind| behind.split(['&', '#']).next() == Some(id))
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
        Altered::Glued => "fbc holds more of the page's address than its click id",
        Altered::Stripped => "fbc holds the click id of the page's address without its `-` and `_`",
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

/// In a second pass, when the first has found the id as it was given out.
fn shown_by_the_log(
    event: &Event<'_, '_>,
    click: Click<'_>,
    right: &str,
    altered: Altered,
    out: &mut Findings,
) {
    let title = "take the click id as it stands elsewhere in the log";
    let fix = match altered {
        // The same beginning is no byte of the end.
        Altered::Cut | Altered::Decoded => Fix::needs_consent(title),
        _ => Fix::safe(title),
    };
    let item = event.item(click.place);
    let at = item.pointer_from(event.root().place());
    out.at(
        item,
        "fbc holds a click id that stands whole elsewhere in the log",
    )
    .certainty(match altered {
        Altered::Cut => Certainty::Strong,
        _ => Certainty::Proof,
    })
    .fix(fix.replace_text(at, &click.stamped.with_tail(right)));
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
        Some(Altered::Glued) => (
            "the click id in fbc has the rest of an address behind it".to_owned(),
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

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    log.clicks(|group| {
        if group.iter().all(|row| row.id == group[0].id) {
            return;
        }
        let ids: Vec<&[Sighting]> = group.chunk_by(|a, b| a.id == b.id).collect();
        let Some(whole) = ids.iter().max_by_key(|id| wholeness(id)) else {
            return;
        };
        let original = whole.iter().map(|row| row.at).min().unwrap_or(0);
        let mut changed: Vec<(Events, u64, Altered)> = Vec::new();
        for id in &ids {
            let Some(altered) = altered_from(&id[0], &whole[0]) else {
                continue;
            };
            let (mut events, mut told, mut shown) = (Events::default(), 0, 0);
            // What an address shows of a click is no loss: the address was changed.
            for row in id.iter().filter(|row| !row.is_of_address()) {
                events.add(row.at, row.count.into());
                told += u64::from(row.count) * u64::from(row.has(TOLD_ALTERED));
                shown += u64::from(row.count) * u64::from(row.has(SURELY_ALTERED));
            }
            if events.number > 0 {
                let safety = match altered {
                    Altered::Cut | Altered::Decoded => Safety::Unsafe,
                    _ => Safety::Safe,
                };
                if let Some(lessons) = out.lessons(safety) {
                    lessons.altered(&id[0], &whole[0]);
                }
                if altered != Altered::Decoded {
                    out.convict().click(id[0].id);
                }
                // Each of the events tells of it, and shows the id as it was.
                if shown < events.number {
                    changed.push((events, told, altered));
                }
            }
        }
        for (events, told, altered) in changed {
            let how = match altered {
                Altered::Case => "in another case",
                Altered::Cut => "without its end",
                Altered::Spaces => "with spaces for its `+`",
                Altered::Decoded => "decoded",
                Altered::Encoded => "encoded for a URL",
                Altered::Glued => "with the rest of an address",
                Altered::Stripped => "without its signs",
            };
            let message = format!(
                "fbc holds a click id {how} that stands whole elsewhere in the log, in {}",
                count(events.number, "event")
            );
            let finding = out.at(events.first(), "/user_data/fbc", message);
            finding
                .related(original, "the id as it was given out")
                .events(events.number - told);
            // The same beginning, longer than chance allows, but no byte of the end to compare.
            if altered == Altered::Cut {
                finding.certainty(Certainty::Strong);
            }
            if matches!(altered, Altered::Cut | Altered::Decoded) {
                finding.fix_needs_consent();
            }
        }
    })
}

/// Which spelling of an id is the one that Meta gave out: not encoded, without spaces, in both
/// cases, the longest.
fn wholeness(id: &[Sighting]) -> (bool, bool, u32, std::cmp::Reverse<u64>) {
    let first = id.iter().map(|row| row.at).min().unwrap_or(0);
    (
        id[0].flags & (ENCODED | SPACES | GLUED) == 0,
        id[0].has(UPPER | LOWER),
        id[0].length,
        std::cmp::Reverse(first),
    )
}

/// What was done to an id, compared with the whole one of the same click.
fn altered_from(id: &Sighting, whole: &Sighting) -> Option<Altered> {
    if id.id == whole.id || !whole.has(UPPER | LOWER) || whole.has(GLUED) {
        return None;
    }
    if id.folded != whole.folded {
        return (id.length < whole.length).then_some(Altered::Cut);
    }
    match (id.has(ENCODED), id.has(SPACES)) {
        (true, _) if !whole.has(ENCODED) => Some(Altered::Encoded),
        (_, true) if !whole.has(SPACES) => Some(Altered::Spaces),
        (false, false) => (!id.has(UPPER | LOWER)).then_some(Altered::Case),
        _ => None,
    }
}
