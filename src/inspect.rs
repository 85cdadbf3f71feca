//! Runs the rules over one JSON text.
//!
//! The inspector is used again and again by one thread: it keeps its lists, and on a clean text
//! it allocates nothing.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bumpalo::Bump;

use crate::addresses::{Addresses, Pair};
use crate::ages::Ages;
use crate::clock::{Clock, Latest, Source, plausible_time};
use crate::envelope::join::{self, Piece};
use crate::envelope::labels;
use crate::envelope::row;
use crate::envelope::search::{self, Answer, Copies, Found, Kind, Origin, Scope, Wrapped};
use crate::envelope::when::Naive;
use crate::event::{
    Assumptions, Envelope, Event, Field, Identifier, Payloads, Record, Request, is_listed_event,
};
use crate::finding::{Certainty, Finding, Findings, Place, Severity, Subject};
use crate::foreign;
use crate::json::quick::Guesses;
use crate::json::{Item, Pointer, Tape, tree};
use crate::rule::{Check, Rule};
use crate::rules;
use crate::signs::Signs;
use crate::values::name::Name;
use crate::witness::Witnesses;

/// A check of one event.
pub type EventCheck = fn(&Event<'_, '_>, &mut Findings);
/// A check of one request body.
pub type RequestCheck = fn(&Request<'_, '_>, &mut Findings);
/// A check of one JSON text.
pub type RecordCheck = fn(&Record<'_, '_>, &mut Findings);

/// The checks of a list of rules, sorted by what they look at. Numbers are indexes into that list.
#[derive(Default)]
pub struct RuleSet {
    record: Vec<(usize, RecordCheck)>,
    request: Vec<(usize, RequestCheck)>,
    /// Each with the signs of the events that it may speak of.
    event: Vec<(usize, (Signs, EventCheck))>,
    /// The rules that look at addresses.
    of_addresses: Vec<usize>,
    deep: bool,
}

impl RuleSet {
    /// The same checks, which also compare digests with the rare forms of their key's values.
    pub fn deep(mut self, deep: bool) -> RuleSet {
        self.deep = deep;
        self
    }

    /// The checks of these rules.
    pub fn of(rules: &[&Rule]) -> RuleSet {
        let mut set = RuleSet::default();
        for (index, rule) in rules.iter().enumerate() {
            set.add(index, rule.check(), rule.signs());
        }
        set
    }

    fn add(&mut self, index: usize, check: &Check, signs: Signs) {
        match check {
            Check::Record(check) => self.record.push((index, *check)),
            Check::Request(check) => self.request.push((index, *check)),
            Check::Event(check) => self.event.push((index, (signs, *check))),
            Check::Addresses(check) => {
                self.event.push((index, (Signs::NEW_ADDRESS, *check)));
                self.of_addresses.push(index);
            }
            Check::RequestAndEvent(request, event) => {
                self.request.push((index, *request));
                self.event.push((index, (signs, *event)));
            }
            Check::Several(checks) => checks
                .iter()
                .for_each(|check| self.add(index, check, signs)),
            Check::Log | Check::Reading => {}
        }
    }

    /// The same checks, each run on every event whatever its signs: slower, and finds the same.
    pub fn thorough(mut self) -> RuleSet {
        for (_, (signs, _)) in &mut self.event {
            *signs = Signs::ANY;
        }
        self
    }

    /// The checks of the whole catalogue.
    pub fn all() -> RuleSet {
        RuleSet::of(rules::ALL)
    }
}

/// Which clock the age of events is measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// The best that the input offers.
    Auto,
    /// The same for a file whose name tells when it was written, at the earliest.
    Dated(i64),
    /// This machine's clock, because the user says so.
    Now,
    /// The newest plausible event_time of the file, found in a first pass.
    Newest(i64),
    /// A moment that the user names, in Unix seconds.
    At(i64),
    /// The clock that was found for this very event before.
    Exact(Clock),
}

impl AsOf {
    /// Whether the input says which clock is the best.
    fn is_auto(self) -> bool {
        matches!(self, AsOf::Auto | AsOf::Dated(_))
    }
}

/// What every check may use beside the payload.
#[derive(Clone, Debug)]
pub struct Surroundings {
    pub as_of: AsOf,
    /// This machine's clock at the start of the run, in Unix seconds.
    pub wall: i64,
    pub assume: Assumptions,
    /// What others than the log know.
    pub witnesses: Witnesses,
}

impl Surroundings {
    fn clock(&self, in_request: bool, latest: Latest, sent_at: Option<i64>) -> Clock {
        let clock = |now, source, asked| Clock {
            now,
            source,
            supported: None,
            asked,
        };
        match self.as_of {
            AsOf::At(time) => clock(time, Source::Given, true),
            AsOf::Now => clock(self.wall, Source::Wall, true),
            AsOf::Newest(time) => clock(time, Source::Newest, true),
            AsOf::Exact(clock) => clock,
            AsOf::Auto | AsOf::Dated(_) if sent_at.is_some() => {
                let seconds = sent_at.unwrap_or_default().div_euclid(1_000);
                clock(seconds, Source::Capture, false)
            }
            AsOf::Auto | AsOf::Dated(_) => match latest {
                // One event says nothing about when it was sent: it needs a neighbour.
                Latest {
                    first: Some(now),
                    second: Some(second),
                } if in_request => Clock {
                    now,
                    source: Source::Request,
                    supported: Some(second),
                    asked: false,
                },
                _ => match self.as_of {
                    AsOf::Dated(time) if time < self.wall => Clock {
                        now: time,
                        source: Source::File,
                        supported: Some(self.wall),
                        asked: false,
                    },
                    _ => clock(self.wall, Source::Wall, false),
                },
            },
        }
    }
}

impl Surroundings {
    /// What the columns of a row beside those of its event tell: whether the numbers in it were made
    /// text, and the clock and the envelope with the time at which the row was written.
    #[cold]
    fn row_of<'a>(&self, event: &Event<'_, 'a>) -> Option<(bool, Clock, Envelope<'a>)> {
        let row = row::of(event.root(), Naive::of(self.assume.zone.as_ref()));
        let (mut clock, mut envelope) = (event.clock, event.envelope);
        let written = row.written.filter(|_| envelope.sent_at.is_none());
        if let Some((trust, millis)) = written {
            (envelope.sent_at, envelope.trust) = (Some(millis), Some(trust));
            clock = self.clock(false, Latest::default(), envelope.sent_at);
        }
        (written.is_some() || row.numbers_are_text).then_some((
            row.numbers_are_text,
            clock,
            envelope,
        ))
    }
}

/// What findings of one event, request or text are about.
#[derive(Clone, Debug)]
pub struct Group {
    pub subject: Subject,
    /// The place on the tape from which their pointers start.
    pub place: u32,
    /// Index of the event among those of the text.
    pub event: Option<usize>,
    /// Which of the inspector's findings.
    pub findings: Range<usize>,
}

/// Is shown every event, with what the rules said of it, while the event is at hand.
pub trait Watch {
    /// One event of the text.
    fn event(&mut self, event: &Event<'_, '_>, findings: &[Finding]);
}

impl Watch for () {
    fn event(&mut self, _: &Event<'_, '_>, _: &[Finding]) {}
}

/// Where a key stands twice in an object nobody knows which of the two counts, and a pointer means
/// both: no fix goes there. Pointers start from `base`.
#[inline]
fn withhold_unclear(findings: &mut Findings, first: usize, base: Item<'_, '_>) {
    if base.has_duplicates() && findings.len() > first {
        findings.withhold_fixes(first, |place| is_unclear(base, place));
    }
}

/// Whether a step of the way from the root to the place is one of two members with the same key.
#[cold]
fn is_unclear(base: Item<'_, '_>, place: &Pointer) -> bool {
    let mut above = std::iter::successors(Some(base), |item| item.parent());
    let is_twin = |item: Item<'_, '_>| item.parent().is_some_and(|of| of.repeats(item.key()));
    if above.any(is_twin) {
        return true;
    }
    let mut at = base;
    for step in place.steps() {
        if at.repeats(&step) {
            return true;
        }
        let Some(next) = at.step(&step) else {
            return false;
        };
        at = next;
    }
    false
}

/// Runs rules over JSON texts.
pub struct Inspector<'s, 'a> {
    rules: &'s RuleSet,
    around: &'s Surroundings,
    arena: &'a Bump,
    tape: Tape<'a>,
    guesses: Guesses,
    payloads: Payloads,
    addresses: Addresses,
    /// What was found deeper in the text.
    found: Found<'a>,
    /// What stands around the text.
    outer: Envelope<'a>,
    copies: Copies,
    /// Whether texts are looked at whose events were seen in another text of their record.
    looks_at_copies: bool,
    /// Whether the last text is such a one.
    is_copy: bool,
    /// Where the text stands in its record, when that may hold the same events more than once.
    origin: Option<Origin>,
    identifiers: Vec<Identifier<'a>>,
    findings: Findings,
    groups: Vec<Group>,
    events: usize,
    requests: usize,
    /// Events that are not in the text, and the body from which they were taken.
    taken_out: Option<TakenOut<'s>>,
}

/// Events that were read before the body around them.
struct TakenOut<'s> {
    events: usize,
    ages: &'s Ages,
    body: Pointer,
}

/// What came of reading one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// Bytes up to the end of the JSON value.
    pub end: usize,
    /// Where the first comment or superfluous comma stands.
    pub relaxed_at: Option<usize>,
}

impl<'s, 'a> Inspector<'s, 'a> {
    /// An inspector with these rules. Strings with escapes are kept in `arena` until it is reset.
    pub fn new(rules: &'s RuleSet, around: &'s Surroundings, arena: &'a Bump) -> Self {
        Inspector {
            rules,
            around,
            arena,
            tape: Tape::new(),
            guesses: Guesses::default(),
            payloads: Payloads::default(),
            addresses: Addresses::default(),
            found: Found::default(),
            outer: Envelope::default(),
            copies: Copies::default(),
            looks_at_copies: false,
            is_copy: false,
            origin: None,
            identifiers: Vec::new(),
            findings: Findings::new(),
            groups: Vec::new(),
            events: 0,
            requests: 0,
            taken_out: None,
        }
    }

    /// The same with the memory of another inspector with the same rules.
    pub fn with_addresses(mut self, addresses: Addresses) -> Self {
        self.addresses = addresses;
        self
    }

    /// What another inspector with the same rules may know.
    pub fn take_addresses(&mut self) -> Addresses {
        std::mem::take(&mut self.addresses)
    }

    /// Looks also at texts whose events were seen in another text of the same record.
    pub(crate) fn look_at_copies(mut self) -> Self {
        self.looks_at_copies = true;
        self
    }

    /// Whether the events of the last text were seen in another text of the same record.
    pub(crate) fn is_copy(&self) -> bool {
        self.is_copy
    }

    /// Reads the JSON value at the start of `text` and runs the rules over it. `Err` when there is
    /// none; what follows the value is the caller's.
    pub fn text(
        &mut self,
        text: &'a str,
        watch: &mut impl Watch,
    ) -> Result<Read, tree::SyntaxError> {
        self.copies.clear();
        self.text_within(text, Envelope::default(), None, watch)
    }

    /// As [`Inspector::text`], for a text with something around it: a time stamp in front, or the
    /// text that it was decoded from, in which it stands at `origin`.
    pub fn text_within(
        &mut self,
        text: &'a str,
        outer: Envelope<'a>,
        origin: Option<Origin>,
        watch: &mut impl Watch,
    ) -> Result<Read, tree::SyntaxError> {
        if origin.is_none() {
            self.copies.clear();
        }
        let read = self.read(text)?;
        self.outer = outer;
        self.payloads.emptied = self.emptied();
        self.payloads.find(&self.tape);
        self.found.clear();
        self.origin = origin;
        if self.payloads.may_lie_deeper() {
            self.search();
        }
        self.run(&text[..read.end], watch);
        Ok(read)
    }

    /// As [`Inspector::text`], for a body whose events, that many, were read alone: `text` has an
    /// empty list in their place.
    pub fn head(
        &mut self,
        text: &'a str,
        events: usize,
        ages: &'s Ages,
    ) -> Result<Read, tree::SyntaxError> {
        self.takes_out(events, ages, Pointer::root());
        let read = self.text(text, &mut ());
        self.taken_out = None;
        read
    }

    /// Of the texts that come now, so many events of the body under this pointer were read alone;
    /// `ages` is when they happened.
    pub(crate) fn takes_out(&mut self, events: usize, ages: &'s Ages, body: Pointer) {
        self.taken_out = Some(TakenOut { events, ages, body });
    }

    /// Place of the body from which events were taken out.
    fn emptied(&self) -> Option<u32> {
        let taken_out = self.taken_out.as_ref();
        let body = &taken_out.filter(|out| out.ages.are_of_events())?.body;
        let mut at = self.tape.root();
        for step in body.steps() {
            at = at.step(&step)?;
        }
        Some(at.place())
    }

    #[cold]
    fn search(&mut self) {
        let zone = Naive::of(self.around.assume.zone.as_ref());
        search::search(
            &self.tape,
            self.outer,
            zone,
            self.arena,
            &mut self.payloads,
            &mut self.found,
        );
        // Only then may the same event stand there more than once.
        let wrapped = self.found.wrapped.len();
        if self.origin.is_none()
            && (wrapped > 1 || (wrapped == 1 && !self.payloads.list().is_empty()))
        {
            let scope = (0, self.tape.root().end());
            self.origin = Some(Origin { source: 0, scope });
        }
    }

    /// The piece of a longer text that the last text holds, when it holds nothing that is whole.
    pub fn piece(&self) -> Option<Piece<'a>> {
        if !self.payloads.may_lie_deeper() || self.events > 0 {
            return None;
        }
        join::of_record(self.tape.root())
    }

    /// What the root of the last text tells of what lies in it.
    pub fn envelope(&self) -> Envelope<'a> {
        let mut envelope = self.outer;
        let zone = Naive::of(self.around.assume.zone.as_ref());
        labels::see(self.tape.root(), &mut envelope, zone);
        envelope
    }

    /// Where the payloads of the last text stand, when there is something to be decoded beside them.
    pub fn scopes(&self) -> Vec<Scope> {
        match self.found.wrapped.is_empty() {
            true => Vec::new(),
            false => self
                .found
                .envelopes
                .iter()
                .map(|(_, scope)| *scope)
                .collect(),
        }
    }

    /// The values of the last text that have to be decoded before they can be read.
    pub fn take_wrapped(&mut self) -> Vec<Wrapped<'a>> {
        std::mem::take(&mut self.found.wrapped)
    }

    /// Where decoded texts are kept.
    pub fn arena(&self) -> &'a Bump {
        self.arena
    }

    /// Where the last text stands in its record, when that may hold the same events more than once.
    pub fn origin(&self) -> Option<Origin> {
        self.origin
    }

    /// What ties the requests of the last text to their answers, as far as it tells.
    pub(crate) fn trace(&self) -> Option<&'a str> {
        let mut envelopes = self.found.envelopes.iter();
        envelopes.find_map(|(envelope, _)| envelope.trace)
    }

    /// What Meta answered, as far as the last text tells.
    pub fn answers(&self) -> &[Answer<'a>] {
        &self.found.answers
    }

    /// Between which places of the last text an answer and its request stand, if both do.
    pub(crate) fn exchange(&self, number: usize) -> Option<(u32, u32)> {
        let answer = self.found.answers.get(number)?;
        rules::exchange_of(self.tape.at(answer.place))
    }

    /// What there is to say of an answer of the last text that refuses a request.
    pub(crate) fn refusal(&self, number: usize) -> Option<Finding> {
        let answer = self.found.answers.get(number)?;
        let (code, subcode) = answer.error?;
        rules::refusal(self.tape.at(answer.place), code, subcode)
    }

    /// Whether a value of the last text stands there twice: also inside the value that is wrapped.
    fn is_wrapped_whole(&self, finding: &Finding) -> bool {
        let Place::Pointer(pointer) = &finding.place else {
            return false;
        };
        self.found.wrapped.iter().any(|wrapped| {
            let inside = || pointer.within(&self.tape.at(wrapped.place).pointer());
            match wrapped.kind {
                Kind::Capitals => return inside(),
                // Its keys are spelt as in memory.
                Kind::Dump => {
                    return finding.rule == rules::index_of("unknown-event-key") && inside();
                }
                _ => {}
            }
            let text = wrapped.text.trim();
            wrapped.kind == Kind::Text
                && text.starts_with(['{', '['])
                && text.ends_with(['}', ']'])
                && self.tape.at(wrapped.place).pointer() == *pointer
        })
    }

    /// As [`Inspector::text`], for one element of the list `data` that is read alone because the
    /// whole is too large. With [`AsOf::Exact`] it is known to be an event.
    pub fn element(
        &mut self,
        text: &'a str,
        latest: Latest,
        outer: Envelope<'a>,
        watch: &mut impl Watch,
    ) -> Result<Read, tree::SyntaxError> {
        let read = self.read(text)?;
        let root = self.tape.root();
        let known = matches!(self.around.as_of, AsOf::Exact(_));
        let is_event = root.is_object() && (known || is_listed_event(root));
        if !is_event && !known {
            // A list called `data` that is no body's: what it holds may hold events.
            return self.text_within(text, outer, None, watch);
        }
        self.payloads.clear();
        self.found.clear();
        self.start();
        self.check_record(&text[..read.end], true);
        if is_event && !self.is_foreign(0, text) {
            let clock = self.around.clock(true, latest, outer.sent_at);
            self.check_event(0, clock, true, outer, watch);
        }
        Ok(read)
    }

    /// Runs the rules for whole texts over text that is no JSON, such as a request line.
    pub fn prose(&mut self, text: &'a str) {
        self.start();
        let rules = self.rules;
        let record = Record::new(text, None);
        self.guarded(&rules.record, Subject::Record, 0, None, |check, out| {
            check(&record, out)
        });
    }

    /// Notes when the event happened that the last text is, if it is an object.
    pub(crate) fn note_age(&self, ages: &mut Ages) {
        let root = self.tape.root();
        if root.is_object() {
            ages.see(root);
        }
    }

    fn read(&mut self, text: &'a str) -> Result<Read, tree::SyntaxError> {
        if let Some(end) = self.tape.parse_plain(text, self.arena, &mut self.guesses) {
            return Ok(Read {
                end,
                relaxed_at: None,
            });
        }
        if let Ok(end) = self.tape.parse(text, self.arena) {
            return Ok(Read {
                end,
                relaxed_at: None,
            });
        }
        // Comments, huge numbers, lone surrogates, or no JSON at all.
        let tree = tree::Tree::parse(text, tree::Syntax::Relaxed)?;
        self.tape.fill(&tree, text, self.arena);
        Ok(Read {
            end: tree.end(),
            relaxed_at: tree.relaxed_at(),
        })
    }

    fn start(&mut self) {
        self.findings.truncate(0);
        self.groups.clear();
        (self.events, self.requests) = (0, 0);
        self.is_copy = false;
    }

    fn run(&mut self, text: &'a str, watch: &mut impl Watch) {
        self.start();
        self.check_record(text, false);
        let payloads = std::mem::take(&mut self.payloads);
        let found = std::mem::take(&mut self.found);
        for (index, payload) in payloads.list().iter().enumerate() {
            let events = payloads.events(payload);
            let (mut envelope, scope) = match found.envelopes.get(index) {
                Some(&(envelope, scope)) => (envelope, Some(scope)),
                None => (self.outer, None),
            };
            if self.is_copied(events, scope) {
                self.is_copy = payloads.list().len() == 1;
                if !(self.looks_at_copies && self.is_copy) {
                    continue;
                }
            }
            let is_field = payload.request.is_none() && envelope.field != Field::None;
            let in_request = payload.request.is_some() || is_field;
            let latest = match in_request {
                true if self.around.as_of.is_auto() && events.len() > 1 => self.latest(events),
                _ => Latest::default(),
            };
            let of_others = |&place: &u32| self.is_foreign(place, text);
            if in_request && !events.is_empty() && events.iter().all(of_others) {
                // A rule speaks of the record.
                continue;
            }
            if let Some(place) = payload.request {
                self.requests += 1;
                self.see_body(place, &mut envelope);
            }
            let clock = self.around.clock(in_request, latest, envelope.sent_at);
            if let Some(place) = payload.request {
                self.check_request(place, events.len(), clock, false, envelope.is_test);
            } else if let (Field::FirstOf(pieces), 0) = (envelope.field, self.events) {
                self.requests += 1;
                self.check_form(events, pieces as usize, clock, envelope.is_test);
            }
            let in_body = payload.request.is_some();
            for &place in events {
                if !self.is_foreign(place, text) {
                    self.check_event(place, clock, in_body, envelope, watch);
                }
            }
        }
        (self.payloads, self.found) = (payloads, found);
    }

    /// Whether an event is that of another platform, which looks like Meta's.
    fn is_foreign(&self, place: u32, text: &str) -> bool {
        let event = self.tape.at(place);
        foreign::may_be_anothers(event) && foreign::of_named(event, text).is_some()
    }

    /// Whether all these events were seen in another text of the same record.
    fn is_copied(&mut self, events: &[u32], scope: Option<Scope>) -> bool {
        let Some(mut origin) = self.origin else {
            return false;
        };
        if origin.source == 0 {
            origin.scope = scope.unwrap_or(origin.scope);
        }
        let mut all = !events.is_empty();
        for &place in events {
            all &= self.copies.is_copy(self.tape.at(place), origin);
        }
        all
    }

    /// What a request body tells of its own envelope.
    fn see_body(&self, place: u32, envelope: &mut Envelope<'a>) {
        let mut time = None;
        for member in self.tape.at(place).children() {
            match member.name() {
                Some(Name::PartnerAgent) => {
                    envelope.agent = member.text();
                    envelope.sender = envelope.agent.or(envelope.sender);
                }
                Some(Name::TestEventCode) => envelope.is_test |= !member.is_blank(),
                Some(_) => {}
                // Some loggers write their own members into the body.
                None => {
                    let zone = Naive::of(self.around.assume.zone.as_ref());
                    if let Some(told) = labels::time_of_member(member, zone) {
                        told.or(&mut time);
                    }
                }
            }
        }
        if let Some(told) = time {
            (envelope.sent_at, envelope.trust) = (Some(told.millis), Some(told.trust));
        }
    }

    fn latest(&self, events: &[u32]) -> Latest {
        let mut latest = Latest::default();
        for &place in events {
            if let Some(time) = self
                .tape
                .at(place)
                .get(Name::EventTime)
                .and_then(plausible_time)
            {
                latest.see(time);
            }
        }
        latest
    }

    fn check_record(&mut self, text: &'a str, is_element: bool) {
        let emptied = self.emptied();
        let (rules, tape) = (self.rules, std::mem::take(&mut self.tape));
        let record = match is_element {
            true => Record::element(text, &tape),
            false => Record {
                is_sent: self.outer.dataset.is_some(),
                emptied,
                ..Record::new(text, Some(&tape))
            },
        };
        self.guarded(&rules.record, Subject::Record, 0, None, |check, out| {
            check(&record, out)
        });
        withhold_unclear(&mut self.findings, 0, tape.root());
        self.tape = tape;
        if !self.found.wrapped.is_empty() && !self.findings.is_empty() {
            self.leave_to_inner_texts();
        }
    }

    /// What a rule says of a value that is read as a text of its own, it says there; but an answer
    /// says something of the request beside it, which only the whole record shows.
    fn leave_to_inner_texts(&mut self) {
        let of_pairs = rules::index_of("refused-by-meta");
        let findings: Vec<Finding> = self.findings.take();
        let kept = findings
            .into_iter()
            .filter(|finding| finding.rule == of_pairs || !self.is_wrapped_whole(finding));
        self.findings.put(kept.collect());
        self.groups.clear();
        if !self.findings.is_empty() {
            self.groups.push(Group {
                subject: Subject::Record,
                place: 0,
                event: None,
                findings: 0..self.findings.len(),
            });
        }
    }

    /// Checks the field `data` of a form. `events` lie in it, or in the first of its pieces.
    fn check_form(&mut self, events: &[u32], pieces: usize, clock: Clock, is_test: bool) {
        let Some(&first) = events.first() else { return };
        let event = self.tape.at(first);
        let list = event.parent().filter(|list| list.is_list());
        let events = list.map_or(pieces, Item::len);
        let place = list.map_or(first, Item::place);
        self.check_request(place, events, clock, true, is_test);
    }

    fn check_request(
        &mut self,
        place: u32,
        events: usize,
        clock: Clock,
        is_form: bool,
        is_test: bool,
    ) {
        let (rules, tape) = (self.rules, std::mem::take(&mut self.tape));
        let first = self.findings.len();
        let body = tape.at(place);
        let of_body = |out: &&TakenOut<'_>| body.pointer() == out.body;
        let taken_out = self.taken_out.as_ref().filter(of_body);
        let request = Request {
            body,
            is_form,
            is_test,
            events: events + taken_out.map_or(0, |out| out.events),
            read_before: taken_out.map(|out| out.ages),
            clock,
        };
        self.guarded(
            &rules.request,
            Subject::Request,
            place,
            None,
            |check, out| check(&request, out),
        );
        withhold_unclear(&mut self.findings, first, body);
        self.tape = tape;
    }

    fn check_event(
        &mut self,
        place: u32,
        clock: Clock,
        in_request: bool,
        envelope: Envelope<'a>,
        watch: &mut impl Watch,
    ) {
        let (rules, mut tape) = (self.rules, std::mem::take(&mut self.tape));
        let identifiers = std::mem::take(&mut self.identifiers);
        let around = self.around;
        let deep = rules.deep;
        let (envelope, in_request) = match &around.witnesses.sent {
            Some(sent) => (sent.envelope(self.arena), sent.in_request),
            None => (envelope, in_request),
        };
        let mut event = Event::new(
            &tape,
            place,
            clock,
            &around.assume,
            &around.witnesses,
            in_request,
            envelope,
            deep,
            identifiers,
        );
        // A row of a table has columns beside those of the event.
        let alone = !in_request || matches!(around.as_of, AsOf::Exact(_));
        if alone
            && event.has_unnamed_keys()
            && let Some((numbers_are_text, clock, envelope)) = around.row_of(&event)
        {
            let identifiers = event.into_identifiers();
            if numbers_are_text {
                tape.read_numbers(place);
            }
            event = Event::new(
                &tape,
                place,
                clock,
                &around.assume,
                &around.witnesses,
                in_request,
                envelope,
                deep,
                identifiers,
            );
        }
        let first = self.findings.len();
        let number = self.events;
        let pair = Pair::of(&event);
        let is_plain = pair.is_some_and(|pair| self.addresses.are_plain(&pair));
        let shown = match around.witnesses.are_there() {
            true => Signs::ALL,
            false => event.signs(),
        };
        let shown = shown.without(Signs::NEW_ADDRESS.only_if(is_plain));
        self.guarded(
            &rules.event,
            Subject::Event,
            place,
            Some(number),
            |(signs, check), out| {
                if signs.meet(shown) {
                    check(&event, out);
                }
            },
        );
        withhold_unclear(&mut self.findings, first, event.root());
        if let Some(pair) = pair.filter(|_| !is_plain)
            && !self.tells_of_addresses(first)
        {
            self.addresses.remember(&pair);
        }
        self.events += 1;
        watch.event(&event, &self.findings.list()[first..]);
        self.identifiers = event.into_identifiers();
        self.tape = tape;
    }

    /// Whether a rule that looks at addresses said something in the findings from `first` on, or may
    /// have wanted to.
    fn tells_of_addresses(&self, first: usize) -> bool {
        let tells = |one: &Finding| {
            self.rules.of_addresses.contains(&one.rule)
                || one.rule == rules::index_of_internal_error()
        };
        self.findings.list()[first..].iter().any(tells)
    }

    /// Runs checks one after the other. A panic costs the check that caused it and nothing else:
    /// it becomes a finding that names the rule.
    fn guarded<C: Copy>(
        &mut self,
        checks: &[(usize, C)],
        subject: Subject,
        place: u32,
        event: Option<usize>,
        run: impl Fn(C, &mut Findings),
    ) {
        let first = self.findings.len();
        let mut next = 0;
        while next < checks.len() {
            let (findings, at) = (&mut self.findings, &mut next);
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                while let Some(&(rule, check)) = checks.get(*at) {
                    findings.begin(rule, subject, place);
                    run(check, findings);
                    *at += 1;
                }
            }));
            if outcome.is_err() {
                let culprit = rules::ALL
                    .get(checks[next].0)
                    .map_or("?", |rule| rule.name());
                self.findings
                    .begin(rules::index_of_internal_error(), subject, place);
                self.findings
                    .here(format!(
                        "the rule {culprit} failed on this {}",
                        subject_word(subject)
                    ))
                    .severity(Severity::Error)
                    .certainty(Certainty::Proof);
                next += 1;
            }
        }
        if self.findings.len() > first {
            let findings = first..self.findings.len();
            self.groups.push(Group {
                subject,
                place,
                event,
                findings,
            });
        }
    }

    /// What was found in the last text.
    pub fn findings(&self) -> &[Finding] {
        self.findings.list()
    }

    /// What the findings of the last text are about, in the order of the text.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The pointer from the root of the last text to a place on its tape.
    pub fn pointer(&self, place: u32) -> Pointer {
        self.tape.at(place).pointer()
    }

    /// The number of events in the last text.
    pub fn events(&self) -> usize {
        self.events
    }

    /// The number of request bodies in the last text.
    pub fn requests(&self) -> usize {
        self.requests
    }
}

fn subject_word(subject: Subject) -> &'static str {
    match subject {
        Subject::Event => "event",
        Subject::Request => "request",
        Subject::Record => "record",
        Subject::File => "file",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around() -> Surroundings {
        Surroundings {
            as_of: AsOf::At(1_782_432_000),
            wall: 0,
            assume: Assumptions::default(),
            witnesses: Default::default(),
        }
    }

    #[test]
    fn a_rule_that_panics_costs_only_itself() {
        fn bad(_: &Event<'_, '_>, _: &mut Findings) {
            panic!("as planned");
        }
        fn good(_: &Event<'_, '_>, out: &mut Findings) {
            out.here("seen");
        }
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let rules = RuleSet {
            event: vec![(0, (Signs::ANY, bad)), (1, (Signs::ANY, good))],
            ..RuleSet::default()
        };
        let (around, arena) = (around(), Bump::new());
        let mut inspector = Inspector::new(&rules, &around, &arena);
        inspector
            .text(r#"{"event_name":"Lead","user_data":{}}"#, &mut ())
            .unwrap();
        std::panic::set_hook(hook);
        let said: Vec<_> = inspector
            .findings()
            .iter()
            .map(|f| f.message.as_str())
            .collect();
        let culprit = rules::ALL[0].name();
        assert_eq!(
            said,
            [
                format!("the rule {culprit} failed on this event"),
                "seen".into()
            ]
        );
    }

    /// What rules say of a text: which rule, and all of it in words.
    fn said(rules: &RuleSet, text: &str) -> Vec<(&'static str, String)> {
        let (around, arena) = (around(), Bump::new());
        let mut inspector = Inspector::new(rules, &around, &arena);
        if inspector.text(arena.alloc_str(text), &mut ()).is_err() {
            return Vec::new();
        }
        let findings = inspector.findings().iter();
        findings
            .map(|finding| (rules::ALL[finding.rule].name(), format!("{finding:?}")))
            .collect()
    }

    #[test]
    fn rules_that_are_passed_over_have_nothing_to_say() {
        let (usual, thorough) = (RuleSet::all(), RuleSet::all().thorough());
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
        let mut texts: Vec<String> = walkdir::WalkDir::new(fixtures)
            .into_iter()
            .filter_map(|entry| std::fs::read_to_string(entry.ok()?.path()).ok())
            .collect();
        for rule in rules::ALL {
            let page = rule.page();
            let examples = page.bad.iter().chain(&page.good).chain(&page.fixed);
            texts.extend(examples.map(|example| example.repeated()));
        }
        let (mut findings, mut too_few) = (0, std::collections::BTreeSet::new());
        for text in &texts {
            for part in std::iter::once(&**text).chain(text.lines()) {
                let all = said(&thorough, part);
                let some = said(&usual, part);
                findings += all.len();
                too_few.extend(
                    all.iter()
                        .filter(|one| !some.contains(one))
                        .map(|one| one.0),
                );
                assert!(some.len() <= all.len());
            }
        }
        assert!(
            too_few.is_empty(),
            "they speak without their signs: {too_few:?}"
        );
        assert!(findings > 1_000, "{findings}");
    }

    #[test]
    fn the_clock_of_a_request_needs_two_events() {
        struct Clocks(Vec<Clock>);
        impl Watch for Clocks {
            fn event(&mut self, event: &Event<'_, '_>, _: &[Finding]) {
                self.0.push(event.clock);
            }
        }
        let (rules, arena) = (RuleSet::default(), Bump::new());
        let around = Surroundings {
            as_of: AsOf::Auto,
            wall: 99,
            assume: Assumptions::default(),
            witnesses: Default::default(),
        };
        let mut inspector = Inspector::new(&rules, &around, &arena);
        let mut clocks = Clocks(Vec::new());
        let one = r#"{"event_name":"Lead","event_time":1782399600,"user_data":{}}"#;
        inspector
            .text(&format!("{{\"data\":[{one}]}}").leak()[..], &mut clocks)
            .unwrap();
        let two = format!("{{\"data\":[{one},{}]}}", one.replace("600", "700"));
        inspector.text(two.leak(), &mut clocks).unwrap();
        let seen: Vec<_> = clocks
            .0
            .iter()
            .map(|c| (c.source, c.now, c.supported))
            .collect();
        assert_eq!(
            seen,
            [
                (Source::Wall, 99, None),
                (Source::Request, 1_782_399_700, Some(1_782_399_600)),
                (Source::Request, 1_782_399_700, Some(1_782_399_600)),
            ]
        );
    }
}
