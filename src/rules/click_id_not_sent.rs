//! CL209: the page's address shows a click, and the event does not send it.

use std::collections::BTreeMap;
use std::io;

use crate::event::Event;
use crate::finding::Findings;
use crate::fix::{Fix, Safety, quote};
use crate::json::{Item, Pointer};
use crate::ledger::people::{CLICK, Events, LATE};
use crate::ledger::{Click, Evidence, LogFindings, Needs};
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::values::click_id::{self, SHORTEST};
use crate::values::event_name;
use crate::values::name::Name;

/// See `rules/click-id-not-sent.md`.
pub static RULE: Rule = crate::rule!(
    "click-id-not-sent",
    Check::Event(check),
    conclude,
    Needs::VISITS.and(Needs::CLICKS),
    Safety::Safe
);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let fbc = event.user(Name::Fbc);
    if fbc.is_some_and(|fbc| !fbc.is_blank()) {
        return;
    }
    let Some(user_data) = event.user_data() else {
        return;
    };
    let Some(id) = event.fbclid() else {
        if let Some(lessons) = &event.witnesses.lessons
            && event.is_website()
            && event.name().is_some_and(event_name::is_late)
            && let Some(seen) = lessons.lost_click(event)
        {
            let fix = Fix::needs_consent("take the fbc that the browser had earlier in the log");
            out.at(
                user_data,
                "user_data has no fbc though an earlier event of the same browser had",
            )
            .fix(sent(fix, fbc, seen));
        }
        return;
    };
    let is_whole = id.len() >= SHORTEST
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        && click_id::fabricated(id).is_none()
        && click_id::looks_altered(id).is_none();
    if !is_whole || event.has_unnamed_user_keys() && user_data.children().any(is_click) {
        return;
    }
    let fix = made(event, id).map(|(millis, by_log)| {
        let fix = match by_log {
            true => Fix::safe(
                "build fbc from the address and the first sighting of the click in the log",
            ),
            false => Fix::needs_consent("build fbc from the address and event_time"),
        };
        sent(fix, fbc, &format!("fb.1.{millis}.{id}"))
    });
    let url = event.get(Name::EventSourceUrl).unwrap_or(user_data);
    out.at(
        url,
        "event_source_url holds a click id, and user_data has no fbc",
    )
    .fix_if(fix);
}

/// When a click was made whose id the event shows without a time, in Unix milliseconds, and whether
/// the log tells it: else no later than the event.
pub(super) fn made(event: &Event<'_, '_>, id: &str) -> Option<(i64, bool)> {
    let lessons = event.witnesses.lessons.as_ref();
    match lessons.and_then(|lessons| lessons.click_made(event, id)) {
        Some(millis) => Some((millis, true)),
        None => Some((event.time()?.checked_mul(1_000)?, false)),
    }
}

/// Puts an fbc where there is none, or nothing in it.
fn sent(fix: Fix, fbc: Option<Item<'_, '_>>, text: &str) -> Fix {
    let into = Pointer::root().key("user_data");
    match fbc {
        Some(_) => fix.replace_text(into.key("fbc"), text),
        None => fix.insert(into, "fbc", quote(text)),
    }
}

/// Whether a member holds the click under a name that Meta does not know.
fn is_click(member: Item<'_, '_>) -> bool {
    let key = member.key().to_ascii_lowercase();
    member.name().is_none() && (key.contains("fbc") || key.contains("click"))
}

/// For so many seconds every browser keeps the cookie that holds the click.
const KEPT: u32 = 7 * 86_400;

/// So many browsers have to show it, and so many in a hundred of those that could.
const BROWSERS: u64 = 10;
const PERCENT: u64 = 20;

/// Late events of browsers that showed a click before, with it and without it.
#[derive(Default)]
struct Late {
    sent: u64,
    browsers: u64,
    missed: Events,
    /// The browsers that lost it, when fixes are to follow.
    lost: Vec<u64>,
    /// An event that showed the click of the first browser that lost it.
    seen: u64,
}

/// Notes for the fixes when each click was made that came without a time: the least creation time
/// that its visitor has for it, or else the time of the first event that shows it.
pub(super) fn date_clicks(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    if out.lessons(Safety::Safe).is_none() {
        return Ok(());
    }
    log.clicks(|group| {
        let Some(lessons) = out.lessons(Safety::Safe) else {
            return;
        };
        for clicks in group.chunk_by(|a, b| (a.id, a.person) == (b.id, b.person)) {
            if clicks[0].person == 0 || !clicks.iter().any(Click::is_of_address) {
                continue;
            }
            let made = |is_of_address: bool| {
                let rows = clicks
                    .iter()
                    .filter(move |row| row.is_of_address() == is_of_address);
                rows.map(Click::made_by).filter(|&made| made != 0).min()
            };
            if let Some(first) = made(false).or_else(|| made(true)) {
                lessons.dated(&clicks[0], first);
            }
        }
    })
}

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    date_clicks(log, out)?;
    let mut scopes: BTreeMap<u32, Late> = BTreeMap::new();
    let teaches = out.lessons(Safety::Unsafe).is_some();
    log.browsers(|visits| {
        // The click that was there first of all.
        let with_click = visits
            .iter()
            .filter(|visit| visit.has(CLICK) && visit.first > 0);
        let Some(click) = with_click.min_by_key(|visit| (visit.first, visit.at)) else {
            return;
        };
        let latest = visits
            .iter()
            .filter(|visit| visit.has(CLICK))
            .map(|visit| visit.last)
            .max();
        let until = latest.unwrap_or(0).saturating_add(KEPT);
        let is_late = visits
            .iter()
            .filter(|visit| visit.has(LATE) && visit.scope == click.scope);
        let (with, without): (Vec<_>, Vec<_>) = is_late.partition(|visit| visit.has(CLICK));
        let missed =
            |visit: &&crate::ledger::Visit| visit.first > click.first && visit.last <= until;
        let without: Vec<_> = without.into_iter().filter(missed).collect();
        if with.is_empty() && without.is_empty() {
            return;
        }
        let late = scopes.entry(click.scope).or_default();
        if without.is_empty() {
            late.sent += 1;
            return;
        }
        late.browsers += 1;
        if teaches {
            late.lost.push(click.browser);
        }
        for visit in without {
            if late.missed.number == 0 || visit.at < late.missed.first() {
                late.seen = click.at;
            }
            late.missed.add(visit.at, visit.count.into());
        }
    })?;
    for late in scopes.values() {
        if late.browsers < BROWSERS || late.browsers * 100 < PERCENT * (late.browsers + late.sent) {
            continue;
        }
        if let Some(lessons) = out.lessons(Safety::Unsafe) {
            late.lost.iter().for_each(|&browser| lessons.lost(browser));
        }
        let message = format!(
            "{} late in the visit have no fbc though an earlier one of the same browser had, {} in all",
            count(late.missed.number, "event"),
            count(late.browsers, "browser")
        );
        out.at(late.missed.first(), "/user_data", message)
            .help("keep fbc with the cart or the order and send it with the events that the server sends later, too")
            .fix_needs_consent()
            .related(late.seen, "the same browser with its click")
            .places_of(&late.missed, "event without it")
            .events(late.missed.number);
    }
    Ok(())
}
