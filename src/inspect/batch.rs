//! Runs the rules over the events of some texts, rule by rule.
//!
//! What looks at one event is some hundred KB of code. Event by event, the processor would read
//! most of it anew from a slower cache each time, which takes longer than running it; so a few
//! events go through each step together, as many as lie in the fastest cache for data.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::sheet::{Sheet, failed, withhold_unclear};
use super::{Checked, EventCheck, RuleSet, Surroundings, Watch};
use crate::addresses::{Addresses, Pair};
use crate::clock::Clock;
use crate::event::{Envelope, Event, Identifier};
use crate::finding::{Finding, Findings, Subject};
use crate::rules;
use crate::signs::Signs;

/// So many events are looked at together: at most the bits of a set of them.
pub const BATCH: usize = 32;

/// An event that is to be looked at.
#[derive(Clone, Copy)]
pub(super) struct Due<'a> {
    /// Which of the texts holds it, and which of the events of that it is.
    pub text: usize,
    pub number: usize,
    /// Its place on the tape of the text.
    pub place: u32,
    pub clock: Clock,
    /// Whether a request body stands around it.
    pub in_request: bool,
    pub envelope: Envelope<'a>,
}

/// What is used again from batch to batch.
#[derive(Default)]
pub(super) struct Benches<'a> {
    identifiers: Vec<Vec<Identifier<'a>>>,
    findings: Vec<Findings>,
}

/// Looks at some events, no more than [`BATCH`] of them. `sheets` are the texts in which they lie.
pub(super) fn check<'a>(
    rules: &RuleSet,
    around: &Surroundings,
    sheets: &mut [Sheet<'a>],
    due: &[Due<'a>],
    addresses: &mut Addresses,
    benches: &mut Benches<'a>,
    watch: &mut impl Watch,
) {
    let mut told = std::mem::take(&mut benches.findings);
    told.resize_with(due.len().max(told.len()), Findings::new);
    let mut events: Vec<Event<'_, 'a>> = Vec::with_capacity(due.len());
    events.extend(due.iter().map(|one| {
        Event::new(
            &sheets[one.text].tape,
            one.place,
            one.clock,
            &around.assume,
            &around.witnesses,
            one.in_request,
            one.envelope,
            rules.deep,
            benches.identifiers.pop().unwrap_or_default(),
        )
    }));
    // Which addresses are new, and what the events show at first sight.
    let mut new: [Option<Pair<'a>>; BATCH] = [None; BATCH];
    let mut shown = [Signs::NONE; BATCH];
    for ((event, new), shown) in events.iter().zip(&mut new).zip(&mut shown) {
        let pair = Pair::of(event);
        let is_plain = pair.is_some_and(|pair| addresses.are_plain(&pair));
        let signs = match around.witnesses.are_there() {
            true => Signs::ALL,
            false => event.signs(),
        };
        *shown = signs.without(Signs::NEW_ADDRESS.only_if(is_plain));
        *new = pair.filter(|_| !is_plain);
    }
    let shown = &shown[..events.len()];
    // Many rules look for the same signs, and one behind the other.
    let (mut last, mut meant) = (Signs::NONE, 0);
    for &(rule, (signs, check)) in &rules.event {
        if signs != last {
            (last, meant) = (signs, meeting(signs, shown));
        }
        if meant != 0 {
            check_some((rule, check), meant, &events, due, &mut told);
        }
    }
    for ((event, new), findings) in events.iter().zip(&new).zip(&mut told) {
        withhold_unclear(findings, 0, event.root());
        if let Some(pair) = new
            && !tells_of_addresses(rules, findings.list())
        {
            addresses.remember(pair);
        }
    }
    let mut checked = Vec::with_capacity(due.len());
    let all = events.iter().zip(due).zip(&told);
    checked.extend(all.map(|((event, one), findings)| Checked {
        text: one.text,
        event,
        findings: findings.list(),
    }));
    watch.events(&checked);
    drop(checked);
    let lists = events.into_iter().map(Event::into_identifiers);
    benches.identifiers.extend(lists);
    for (one, findings) in due.iter().zip(&mut told) {
        if !findings.is_empty() {
            sheets[one.text].tell(one.number, one.place, findings.take());
        }
    }
    benches.findings = told;
}

/// Which of the events show one of these signs: a bit for each.
#[inline]
fn meeting(signs: Signs, shown: &[Signs]) -> u32 {
    let bits = shown.iter().enumerate();
    bits.fold(0, |set, (at, shown)| {
        set | u32::from(signs.meet(*shown)) << at
    })
}

/// Runs one check over some of the events. A panic costs the event at which it happened and nothing
/// else: it becomes a finding that names the rule.
#[inline]
fn check_some<'a>(
    (rule, check): (usize, EventCheck),
    mut meant: u32,
    events: &[Event<'_, 'a>],
    due: &[Due<'a>],
    told: &mut [Findings],
) {
    while meant != 0 {
        let (told, left) = (&mut *told, &mut meant);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            while *left != 0 {
                let at = left.trailing_zeros() as usize;
                let findings = &mut told[at];
                findings.begin(rule, Subject::Event, due[at].place);
                check(&events[at], findings);
                *left &= *left - 1;
            }
        }));
        if outcome.is_err() {
            let at = meant.trailing_zeros() as usize;
            failed(&mut told[at], rule, Subject::Event, due[at].place);
            meant &= meant - 1;
        }
    }
}

/// Whether a rule that looks at addresses said something, or may have wanted to.
fn tells_of_addresses(rules: &RuleSet, findings: &[Finding]) -> bool {
    findings.iter().any(|one| {
        rules.of_addresses.contains(&one.rule) || one.rule == rules::index_of_internal_error()
    })
}
