//! What Meta answered: which answer belongs to which request.

use std::ops::Range;

use hashbrown::HashMap;

use crate::engine::dig::{Held, Layer};
use crate::engine::part::{Answered, Part, Said};
use crate::envelope::search;
use crate::envelope::when::{Logged, is_too_early};
use crate::event::{self, Envelope};
use crate::exchange;
use crate::json::{Pointer, Tape};
use crate::resend;
use crate::rules::{self, Exchange};

use super::{Checker, OF_PAIRS, anchor};

/// Where in its record something stands: where its text begins and its place there, and before them
/// the same of each text that this was taken out of, from the outermost on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stand {
    outermost: Step,
    /// Empty where nothing was taken out of anything.
    inner: Vec<Step>,
}

type Step = (usize, u32);

impl Stand {
    /// Where the value at `place` stands, in a text that begins at `at` of the last of the layers.
    pub(super) fn of(layers: &[Layer<'_>], at: usize, place: u32) -> Stand {
        let held = layers.iter().map(|layer| match layer.held {
            Held::Range { start, .. } => (start, 0),
            Held::Value { at, place, .. } => (at, place),
        });
        let mut steps = held.chain([(at, place)]);
        Stand {
            outermost: steps.next().unwrap_or((at, place)),
            inner: steps.collect(),
        }
    }

    fn step(&self, depth: usize) -> Option<Step> {
        match depth {
            0 => Some(self.outermost),
            _ => self.inner.get(depth - 1).copied(),
        }
    }
}

/// Where the parcels of requests lie, for answers that forbid to send them again.
#[derive(Default)]
pub(super) struct Requests {
    /// The first parcel of the record at hand.
    pub(super) begin: usize,
    /// Where in the record each of its events stands, and when it was logged.
    pub(super) stands: Vec<(Stand, Option<Logged>)>,
    /// How many parcels each of its requests gave; events outside of one are one in each text.
    pub(super) sizes: Vec<usize>,
    /// The parcels of the last record with any, and the same of it.
    pub(super) last: Range<usize>,
    pub(super) last_sizes: Vec<usize>,
    /// By the hash of what ties a request to its answer.
    pub(super) traced: HashMap<u64, Range<usize>>,
}

impl Requests {
    /// The parcels in the record that one of its answers is about.
    fn answered_in(&self, answer: &Answer, number: usize, of: usize) -> Vec<usize> {
        let stands = self.stands.iter().enumerate();
        let own: Vec<usize> = match &answer.exchange {
            Some((start, end)) => stands
                .filter(|(_, (stand, _))| start <= stand && stand < end)
                .map(|(index, _)| index)
                .collect(),
            None => {
                let in_time = |index: &usize| !is_too_early(answer.logged, self.stands[*index].1);
                // As many answers as requests, in lists of their own or by turns.
                let all = 0..self.stands.len();
                let mut in_order = match of {
                    1 => 0..0,
                    _ => part_of(&all, &self.sizes, number, of),
                };
                match in_order.is_empty() || !in_order.all(|index| in_time(&index)) {
                    true => self.nearest(&answer.at, all.filter(in_time).collect()),
                    false => part_of(&all, &self.sizes, number, of).collect(),
                }
            }
        };
        own.into_iter().map(|index| self.begin + index).collect()
    }

    /// Of some events those that stand nearest before a place, or behind it where answers come
    /// first: what was taken out of the same text as the answer is nearer than anything else, and
    /// what was taken out of another lies in one place.
    fn nearest(&self, place: &Stand, mut events: Vec<usize>) -> Vec<usize> {
        let mut depth = 0;
        while let (Some(own), Some(_)) = (place.step(depth), place.step(depth + 1)) {
            let beside = |index: &usize| self.stands[*index].0.step(depth) == Some(own);
            if !events.iter().any(beside) {
                break;
            }
            events.retain(beside);
            depth += 1;
        }
        let (own, step) = (place.step(depth), |index: usize| {
            self.stands[index].0.step(depth)
        });
        let steps = || events.iter().map(|&index| step(index));
        let before = steps().filter(|step| *step < own).max();
        let nearest = before.or_else(|| steps().filter(|step| *step >= own).min());
        events.retain(|&index| Some(step(index)) == nearest);
        events
    }

    /// The parcels of a record, or of the last one, that one of the answers in a later record is
    /// about.
    fn answered_after(
        &self,
        record: Option<&Range<usize>>,
        number: usize,
        of: usize,
    ) -> Range<usize> {
        let record = record.unwrap_or(&self.last);
        match of {
            1 => record.clone(),
            // Of a batch.
            _ if *record == self.last => part_of(record, &self.last_sizes, number, of),
            _ => 0..0,
        }
    }
}

/// What belongs to one of several requests that lie behind one another, each of its size; nothing
/// when they are not that many.
pub(in crate::engine) fn part_of(
    all: &Range<usize>,
    sizes: &[usize],
    number: usize,
    of: usize,
) -> Range<usize> {
    if sizes.len() != of || sizes.iter().sum::<usize>() != all.len() {
        return 0..0;
    }
    let start = all.start + sizes[..number].iter().sum::<usize>();
    start..start + sizes[number]
}

/// What the times of the records tell of the order in which the log lies, and the answers that lie
/// above their requests if it begins with the newest.
#[derive(Default)]
pub(super) struct NewestFirst {
    /// When the last record was logged that holds a request or an answer.
    pub(super) last: Option<Logged>,
    /// Whether any was logged before, or after, the one above it.
    pub(super) falls: bool,
    pub(super) rises: bool,
    /// The answers of the last record that have no request above them.
    pub(super) above: Vec<Answered>,
    /// Whether more such records lie there.
    pub(super) is_crowded: bool,
    /// Those right above a request, and its parcels.
    pub(super) pairs: Vec<(Answered, Range<usize>)>,
    /// Whether the last request is one of these.
    pub(super) is_last_paired: bool,
}

impl NewestFirst {
    fn see(&mut self, logged: Option<Logged>) {
        let Some(logged) = logged else { return };
        if let Some(last) = self.last.replace(logged) {
            self.falls |= logged.is_before(last);
            self.rises |= last.is_before(logged);
        }
    }

    fn is_sure(&self) -> bool {
        self.falls && !self.rises
    }

    /// Takes the answers of a record without a request that have none above them; gives those back
    /// that lie above no request.
    fn answers(&mut self, answers: Vec<Answered>) -> Vec<Answered> {
        // Requests that ran at the same time: nobody knows which is whose.
        self.is_crowded |= !self.above.is_empty();
        if self.is_crowded {
            let before = std::mem::take(&mut self.above);
            return before.into_iter().chain(answers).collect();
        }
        self.above = answers;
        Vec::new()
    }

    /// Takes a record that holds this many requests and no answer, logged at these times; gives the
    /// answers back that are not theirs.
    fn requests(
        &mut self,
        number: usize,
        logged: &[Option<Logged>],
        parcels: impl Fn(usize, usize) -> Range<usize>,
    ) -> Vec<Answered> {
        let above = std::mem::take(&mut self.above);
        self.is_crowded = false;
        let of = above.len();
        let is_known = |answer: &Answered| {
            let trust = answer.logged.map(|logged| logged.trust);
            trust.is_some() && logged.iter().all(|one| one.map(|one| one.trust) == trust)
        };
        self.is_last_paired = of > 0 && of == number && above.iter().all(is_known);
        if !self.is_last_paired {
            return above;
        }
        let paired = above.into_iter().enumerate();
        self.pairs
            .extend(paired.map(|(index, answer)| (answer, parcels(index, of))));
        Vec::new()
    }
}

/// An answer in the record at hand.
pub(super) struct Answer {
    /// What there is to say of it when it refuses a request in another record.
    pub(super) said: Option<Part>,
    /// The hash of what ties it to its request.
    pub(super) trace: Option<u64>,
    /// Whether a request without an answer came before it, if anything came at all.
    pub(super) asked: Option<bool>,
    /// Whether it refuses what was sent.
    pub(super) forbids: bool,
    /// When it was logged.
    pub(super) logged: Option<Logged>,
    /// Where it stands in its record, and between which places with its request.
    pub(super) at: Stand,
    pub(super) exchange: Option<(Stand, Stand)>,
}

impl<'a> Checker<'_, 'a> {
    /// Forbids to send again what an answer in the same record refuses.
    fn refuse_in_record(&mut self, answer: &Answer, number: usize, of: usize) {
        let own = self.requests.answered_in(answer, number, of);
        let (Some(&first), Some(&last)) = (own.first(), own.last()) else {
            return;
        };
        if last - first + 1 == own.len() {
            resend::refuse(&mut self.part.parcels[first..=last], *OF_PAIRS);
        }
    }

    /// Between which places of its record an answer in the text at hand stands with its request,
    /// when one value holds both: here, or around what the text was taken out of.
    fn exchange(&self, at: usize, answer: &search::Answer<'_>) -> Option<(Stand, Stand)> {
        // Only refusals that forbid to send again ask for it.
        let (code, subcode) = answer.error.filter(|_| self.worker.orders.resend)?;
        if !rules::is_of_content(code, subcode) {
            return None;
        }
        let (mut layers, mut at) = (&self.layers[..], at);
        let mut found = self.inspector.exchange(answer);
        loop {
            match found {
                Exchange::In((start, end)) => {
                    let stand = |place| Stand::of(layers, at, place);
                    return Some((stand(start), stand(end)));
                }
                Exchange::Listed => return None,
                Exchange::Alone => {}
            }
            let (layer, above) = layers.split_last()?;
            // An event beside it in the same prose is nearer than what stands around this.
            if exchange::names_event(layer.text) {
                return None;
            }
            layers = above;
            if let Held::Value {
                text,
                at: begin,
                place,
            } = layer.held
            {
                let mut tape = Tape::new();
                event::read(text, &mut tape, self.inspector.arena())?;
                at = begin;
                found = rules::exchange_of(tape.at(place));
            }
        }
    }

    /// Counts the answers of Meta in the text at hand, and which of them follow a request.
    pub(super) fn note_answers(&mut self, at: usize, text: &'a str, around: Envelope<'a>) {
        let hash = |trace: &str| self.worker.ledger_key.hash(trace.as_bytes());
        if self.inspector.events() > 0 {
            self.part.asks = Some(true);
            self.asked += self.inspector.requests().max(1);
            let logged = self.seen.first().and_then(|seen| seen.logged);
            self.asked_at
                .extend(self.seen.iter().map(|seen| seen.logged));
            self.part.asked_at = logged;
            let trace = self.inspector.trace().or(around.trace).map(hash);
            self.part.trace = trace;
            if let Some(trace) = trace.filter(|trace| self.traces.insert(*trace)) {
                self.part.traces.push(trace);
            }
        }
        // A rule tells of answers that share a record with their request.
        let found = self.inspector.findings();
        self.is_told |= !found.is_empty() && found.iter().any(|one| one.rule == *OF_PAIRS);
        if self.inspector.answers().is_empty() {
            return;
        }
        for (number, answer) in self.inspector.answers().iter().enumerate() {
            match answer.error {
                Some(error) => *self.part.answers.refused.entry(error).or_insert(0) += 1,
                None => self.part.answers.taken += 1,
            }
            let said = self.inspector.refusal(number).map(|finding| {
                let anchor = anchor(&self.layers, &self.list.prefix, &mut self.trees);
                let prefix = match anchor {
                    Some(_) => Pointer::root(),
                    None => self.list.prefix.clone(),
                };
                let mut scene = self.worker.scene(text, at, prefix, &mut self.lines);
                scene.anchor = anchor;
                let mut said = Part::new();
                said.report(&mut scene, &[finding], &Pointer::root(), None);
                said
            });
            let exchange = self.exchange(at, answer);
            self.answers.push(Answer {
                said,
                trace: answer.trace.map(hash),
                asked: match is_too_early(answer.logged, self.part.asked_at) {
                    true => self.part.asks.map(|_| false),
                    false => self.part.asks,
                },
                logged: answer.logged,
                forbids: answer
                    .error
                    .is_some_and(|(code, subcode)| rules::is_of_content(code, subcode)),
                at: Stand::of(&self.layers, at, answer.place),
                exchange,
            });
            self.part.asks = Some(false);
        }
    }

    /// A record has ended: its answers are paired with requests, and refusals are told when their
    /// request stands in another record.
    pub(super) fn end_record(&mut self) {
        let is_told = std::mem::take(&mut self.is_told);
        let answers = std::mem::take(&mut self.answers);
        // The answer may come first in its record.
        let mut asked = std::mem::take(&mut self.asked);
        if asked > 0 && answers.len() >= asked {
            self.part.asks = Some(false);
        }
        let sent = self.requests.begin..self.part.parcels.len();
        let asked_at = std::mem::take(&mut self.asked_at);
        let logged = asked_at.iter().flatten().next().copied();
        self.newest_first
            .see(logged.or_else(|| answers.first()?.logged));
        let (requests, of) = (asked, answers.len());
        let first = answers.first().map(|answer| answer.asked);
        // The answers to a batch stand in one list.
        let is_of_batch = requests == 0 && of > 1 && of == self.part.waiting;
        let mut unasked = Vec::new();
        for (number, answer) in answers.into_iter().enumerate() {
            let in_record = answer.forbids && !sent.is_empty();
            if in_record {
                self.refuse_in_record(&answer, number, of);
            }
            let forbids = answer.forbids && !in_record;
            let said = answer.said.filter(|_| !is_told).map(Said::of);
            let is_named = answer.trace.map(|trace| self.traces.contains(&trace));
            // Logs that tie them together would show another request before it.
            let is_next = is_named.is_none() || self.traces.is_empty();
            let is_first = match requests {
                0 => first == Some(None),
                _ => answer.asked.is_none(),
            };
            let is_asked = match is_of_batch {
                true => first == Some(Some(true)),
                false => answer.asked == Some(true),
            };
            // Where the newest comes first, what was not logged later is the answer to another.
            let is_below = requests == 0
                && is_named.is_none()
                && self.newest_first.is_sure()
                && matches!((self.part.asked_at, answer.logged), (Some(asked), Some(logged))
                    if asked.trust == logged.trust && !asked.is_before(logged));
            let mut answered = Answered {
                said: None,
                trace: answer.trace,
                is_first,
                number,
                of,
                logged: answer.logged,
                forbids,
            };
            if is_named == Some(true) || (is_next && is_asked && !is_below) {
                self.part.pair(said);
                if forbids {
                    let traced = answer.trace.and_then(|one| self.requests.traced.get(&one));
                    let own = self.requests.answered_after(traced, number, of);
                    resend::refuse(&mut self.part.parcels[own], *OF_PAIRS);
                }
                asked = asked.saturating_sub(1);
            } else if is_named.is_none() && asked > 0 {
                if asked_at.iter().any(|&at| !is_too_early(answer.logged, at)) {
                    self.part.pair(said);
                    asked -= 1;
                }
            } else if is_named.is_some() || (requests > 0 && is_first) {
                answered.said = said;
                self.part.answered.push(answered);
            } else if requests == 0 {
                answered.said = said;
                unasked.push(answered);
            }
        }
        let sizes = std::mem::take(&mut self.requests.sizes);
        if !sent.is_empty() {
            (self.requests.last, self.requests.last_sizes) = (sent, sizes);
        }
        if requests > 0 {
            self.part.waiting = if of == 0 { requests } else { 1 };
        }
        let lone = match (requests, of) {
            (0, 0) => Vec::new(),
            (0, _) => self.newest_first.answers(unasked),
            (_, 0) => {
                let own = |number, of| self.requests.answered_after(None, number, of);
                self.newest_first.requests(requests, &asked_at, own)
            }
            _ => {
                self.newest_first.is_last_paired = false;
                std::mem::take(&mut self.newest_first.above)
            }
        };
        self.part
            .answered
            .extend(lone.into_iter().filter(|answered| answered.is_first));
        self.requests.begin = self.part.parcels.len();
        self.requests.stands.clear();
    }

    /// Pairs answers with requests that came behind them, as in a log with the newest first.
    pub(super) fn pair_backwards(&mut self) {
        let order = std::mem::take(&mut self.newest_first);
        let is_sure = order.is_sure();
        let mut lone = order.above;
        for (answered, own) in order.pairs {
            if !is_sure {
                lone.push(answered);
                continue;
            }
            self.part.pair(answered.said);
            if answered.forbids {
                resend::refuse(&mut self.part.parcels[own], *OF_PAIRS);
            }
        }
        if is_sure && order.is_last_paired {
            self.part.asks = Some(false);
        }
        let lone = lone.into_iter().filter(|answered| answered.is_first);
        self.part.answered.extend(lone);
        for answered in std::mem::take(&mut self.part.answered) {
            let trace = answered.trace;
            match trace.is_some_and(|trace| self.traces.contains(&trace)) {
                true => {
                    self.part.pair(answered.said);
                    let own = trace.and_then(|trace| self.requests.traced.get(&trace));
                    if let Some(own) = own.filter(|_| answered.forbids) {
                        resend::refuse(&mut self.part.parcels[own.clone()], *OF_PAIRS);
                    }
                }
                false => self.part.answered.push(answered),
            }
        }
    }
}
