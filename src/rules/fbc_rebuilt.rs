//! CL204: an fbc made when the event was sent, not when the visitor clicked.

use std::io;

use crate::event::Event;
use crate::finding::{Certainty, Findings};
use crate::fix::{Fix, Safety};
use crate::ledger::clicks::{BROWSER, MADE_FOR_EVENT, TOLD_REBUILT};
use crate::ledger::people::{Events, Few};
use crate::ledger::{Evidence, LogFindings, Needs};
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::click_id;
use crate::values::event_name;
use crate::values::event_time;

/// See `rules/fbc-rebuilt.md`.
pub static RULE: Rule = crate::rule!(
    "fbc-rebuilt",
    Check::Event(check),
    conclude,
    Needs::CLICKS,
    Safety::Safe
)
.when(Signs::CLICK);

/// Nobody comes from an ad to the end of a checkout in so few seconds.
const SECONDS: i64 = 5;

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(click) = event.click() else { return };
    if let Some(lessons) = &event.witnesses.lessons
        && let Some(first) = lessons.first_click(event, &click)
    {
        let item = event.item(click.place);
        let pointer = item.pointer_from(event.root().place());
        let fix = Fix::safe("take the creation time under which the log shows the click first");
        out.at(
            item,
            "fbc was made anew: the log shows its click under an earlier time",
        )
        .certainty(Certainty::Proof)
        .fix(fix.replace_text(pointer, &click.stamped.with_millis(first)));
        return;
    }
    let Some(time) = event_time::moment(event) else {
        return;
    };
    let near = click
        .seconds_until(time)
        .is_some_and(|seconds| (-SECONDS..SECONDS).contains(&seconds));
    // On the page that the ad leads to, the click was indeed seen just now.
    if !near || !event.name().is_some_and(event_name::is_late) || event.fbclid().is_some() {
        return;
    }
    // Of an invented click another rule speaks.
    if click_id::fabricated(click.stamped.tail()).is_some() {
        return;
    }
    out.at(
        event.item(click.place),
        "fbc was created within seconds of the event, so it looks made for it and not kept from the click",
    );
}

/// Within a day, a browser keeps a click under one creation time. The pixel, a tag server and a shop
/// may each have their own; a fourth is made for the event.
const TIMES: usize = 4;
const DAY: u64 = 86_400_000;

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    log.clicks(|group| {
        for clicks in group.chunk_by(|a, b| (a.id, a.person) == (b.id, b.person)) {
            if let [_] = clicks {
                continue;
            }
            let (mut times, mut made) = (Few::default(), Few::default());
            let (mut events, mut told) = (Events::default(), 0);
            for row in clicks.iter().filter(|row| !row.is_of_address()) {
                times.add(row.time);
                if row.has(MADE_FOR_EVENT) {
                    made.add(row.time);
                }
                events.add(row.at, row.count.into());
                told += u64::from(row.count) * u64::from(row.has(TOLD_REBUILT));
            }
            let within_a_day = |number: usize| {
                let windows = times.members().windows(number);
                clicks[0].has(BROWSER)
                    && windows.into_iter().any(|of| of[number - 1] - of[0] <= DAY)
            };
            // Kept times are on several events each.
            let is_proof = made.number() >= 2
                || within_a_day(TIMES) && times.number() as u64 * 2 > events.number;
            if clicks[0].person == 0 || !is_proof && !within_a_day(TIMES - 1) {
                continue;
            }
            if is_proof && let Some(lessons) = out.lessons(Safety::Safe) {
                // Also under an id whose letters were changed on the way.
                let first = &clicks[0];
                let same = group
                    .iter()
                    .filter(|row| (row.folded, row.person) == (first.folded, first.person));
                let created = same.filter(|row| !row.is_of_address()).map(|row| row.time);
                let earliest = created.min().unwrap_or(times.members()[0]);
                lessons.clicked(first, earliest);
            }
            let message = format!(
                "one click of one visitor has {} creation times in {}",
                times.words(),
                count(events.number, "event")
            );
            let finding = out.at(events.first(), "/user_data/fbc", message);
            if !is_proof {
                finding.without_fix();
            }
            finding
                .certainty(match is_proof {
                    true => Certainty::Proof,
                    false => Certainty::Strong,
                })
                .places_of(&events, "event of this click")
                .events(events.number - told);
        }
    })
}
