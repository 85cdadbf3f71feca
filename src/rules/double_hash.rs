//! CL105: the digest of a digest.

use std::collections::{BTreeMap, HashSet};
use std::io;

use crate::digest::Shape;
use crate::digest::forms::Fault;
use crate::event::Event;
use crate::finding::Findings;
use crate::fix::{Fix, Safety};
use crate::ledger::digests::{Doubled, Pipeline};
use crate::ledger::plains;
use crate::ledger::{Evidence, Lessons, LogFindings, Needs};
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::score::ScoreKey;
use crate::signs::Signs;

/// See `rules/double-hash.md`.
pub static RULE: Rule = crate::rule!(
    "double-hash",
    Check::Event(check),
    conclude,
    Needs::DIGESTS.and(Needs::STANDINGS),
    Safety::Safe
)
.when(Signs::MISTAKE);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    if let Some(lessons) = &event.witnesses.lessons {
        shown_by_the_log(event, lessons, out);
    }
    for mistake in event.mistakes() {
        if mistake.fault != Fault::Twice {
            continue;
        }
        let item = event.item(mistake.place);
        let pointer = item.pointer_from(event.root().place());
        let message = format!("{} is {}", mistake.name, mistake.what);
        mistake.dress(pointer, out.at(item, message));
    }
}

/// In a second pass, when the first has found the digest within.
fn shown_by_the_log(event: &Event<'_, '_>, lessons: &Lessons, out: &mut Findings) {
    for one in event.shaped(Shape::IN_HEX) {
        let Some(inner) = lessons.inner(one) else {
            continue;
        };
        let item = event.item(one.place);
        let pointer = item.pointer_from(event.root().place());
        let new = format!("{inner}{}", one.appendix());
        let message = format!(
            "{} is the digest of a digest that stands in the log",
            one.name
        );
        let fix = Fix::safe("take the digest within, which stands in the log");
        out.at(item, message).fix(fix.replace_text(pointer, &new));
    }
}

/// The digest within stands somewhere else in the log: that proves the value, and casts doubt on
/// all that the same sender puts under the same key.
fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    let joined = log.joined()?;
    let told: HashSet<_> = joined
        .doubled
        .iter()
        .map(|one| (one.pipeline, one.key))
        .collect();
    plains::tell(log, out, |one, class| {
        class.fault == Fault::Twice && !told.contains(&(one.pipeline, one.key))
    });
    if let Some(lessons) = out.lessons(Safety::Safe) {
        joined.doubled.iter().for_each(|one| lessons.doubled(one));
    }
    // An event with several keys hashed twice is one event: of each sender the key counts that most
    // events have.
    let events = |group: &[Doubled]| group.iter().map(|one| u64::from(one.count)).sum::<u64>();
    let mut most: BTreeMap<u32, (u64, Pipeline)> = BTreeMap::new();
    for group in joined.doubled.chunk_by(|a, b| a.pipeline == b.pipeline) {
        let (pipeline, number) = (group[0].pipeline, events(group));
        let most = most.entry(pipeline.sender()).or_insert((number, pipeline));
        if number > most.0 {
            *most = (number, pipeline);
        }
    }
    for group in joined.doubled.chunk_by(|a, b| a.pipeline == b.pipeline) {
        let pipeline = group[0].pipeline;
        let proven = group.len() as u64;
        let all = joined.digests.get(&pipeline).copied().unwrap_or(proven);
        let suspect = all.saturating_sub(proven);
        let key = pipeline.name();
        let mut message = match proven {
            1 => format!("1 value of {key} is the digest of a digest that stands in the log"),
            _ => format!("{proven} values of {key} are digests of digests that stand in the log"),
        };
        // A sender that also sends the right digests hashes twice only on one of its ways.
        let beside = group.iter().any(|one| one.beside);
        convict(group, suspect, beside, out);
        if suspect > 0 && !beside {
            let rest = count(suspect, "other value");
            message.push_str(&format!(
                "; {rest} of the same sender and key must be suspected"
            ));
        }
        let places = group.iter().map(|one| one.at);
        out.at(group[0].at, format!("/user_data/{key}"), message)
            .places(places, "event with such a value")
            .events(match most.get(&pipeline.sender()) {
                Some(&(number, counting)) if counting == pipeline => number,
                _ => 0,
            });
    }
    Ok(())
}

/// What of this counts no more for the scores. Of e-mails, phones and dates of birth the very values;
/// of other keys all that the sender has when each value is proven, and else what stands beside an
/// e-mail or a phone that is proven, where the sender never sends the right digests.
fn convict(group: &[Doubled], suspect: u64, beside: bool, out: &mut LogFindings) {
    let pipeline = group[0].pipeline;
    let convictions = out.convict();
    match ScoreKey::from_name(pipeline.name()) {
        Some(key @ (ScoreKey::Em | ScoreKey::Ph | ScoreKey::Db)) => {
            for one in group {
                convictions.doubled(key, one.person);
            }
        }
        _ if suspect == 0 => convictions.pipeline(pipeline),
        _ if !beside => convictions.beside_doubled(pipeline),
        _ => {}
    }
}
