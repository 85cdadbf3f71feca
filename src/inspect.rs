//! Runs the rules over JSON texts.
//!
//! The inspector is used again and again by one thread: it keeps its lists, and on a clean text
//! it allocates nothing.

mod batch;
mod sheet;

pub use batch::BATCH;
pub use sheet::Read;

use std::ops::Range;

use bumpalo::Bump;

use crate::addresses::Addresses;
use crate::ages::Ages;
use crate::clock::{Clock, Latest, Source, plausible_time};
use crate::envelope::join::{self, Piece};
use crate::envelope::labels;
use crate::envelope::row;
use crate::envelope::search::{self, Answer, Copies, Origin, Scope, Wrapped};
use crate::envelope::when::Naive;
use crate::event::{Assumptions, Envelope, Event, Field, Record, Request, is_listed_event};
use crate::finding::{Finding, Findings, Subject};
use crate::foreign;
use crate::json::quick::Guesses;
use crate::json::{Item, Pointer, Tape, tree};
use crate::rule::{Check, Rule};
use crate::rules::{self, Exchange};
use crate::signs::Signs;
use crate::values::name::Name;
use crate::witness::Witnesses;

use batch::{Benches, Due};
use sheet::Sheet;

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

/// What the columns of a row beside those of its event tell.
struct Row<'a> {
    /// Whether the numbers in it were made text.
    numbers_are_text: bool,
    /// With the time at which the row was written.
    clock: Clock,
    envelope: Envelope<'a>,
}

impl Surroundings {
    /// What a row tells of the event in it, if anything.
    #[cold]
    fn row_of<'a>(
        &self,
        event: Item<'_, 'a>,
        mut clock: Clock,
        mut envelope: Envelope<'a>,
    ) -> Option<Row<'a>> {
        let row = row::of(event, Naive::of(self.assume.zone.as_ref()));
        let written = row.written.filter(|_| envelope.sent_at.is_none());
        if let Some((trust, millis)) = written {
            (envelope.sent_at, envelope.trust) = (Some(millis), Some(trust));
            clock = self.clock(false, Latest::default(), envelope.sent_at);
        }
        (written.is_some() || row.numbers_are_text).then_some(Row {
            numbers_are_text: row.numbers_are_text,
            clock,
            envelope,
        })
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
    /// One event.
    fn event(&mut self, event: &Event<'_, '_>, findings: &[Finding]);

    /// Some events at once, at most [`BATCH`].
    fn events(&mut self, checked: &[Checked<'_, '_, '_>]) {
        for one in checked {
            self.event(one.event, one.findings);
        }
    }
}

/// An event with what the rules said of it.
#[derive(Clone, Copy)]
pub struct Checked<'c, 't, 'a> {
    /// In which of the texts that were put aside it lies, by their order.
    pub text: usize,
    pub event: &'c Event<'t, 'a>,
    pub findings: &'c [Finding],
}

impl Watch for () {
    fn event(&mut self, _: &Event<'_, '_>, _: &[Finding]) {}
}

/// Runs rules over JSON texts.
///
/// A text is read and looked at, or put aside to be looked at together with others
/// ([`Inspector::set_aside`]): what it came to is asked of the text to which the inspector has turned.
pub struct Inspector<'s, 'a> {
    rules: &'s RuleSet,
    around: &'s Surroundings,
    arena: &'a Bump,
    guesses: Guesses,
    addresses: Addresses,
    copies: Copies,
    /// Whether texts are looked at whose events were seen in another text of their record.
    looks_at_copies: bool,
    /// The texts that were put aside, and room for one more.
    sheets: Vec<Sheet<'a>>,
    /// How many of them were put aside.
    aside: usize,
    /// How many events lie in these.
    events_aside: usize,
    /// The text at hand.
    at_hand: usize,
    /// A text that was read and not put aside. It lies behind those that were.
    ahead: Option<(&'a str, Read)>,
    due: Vec<Due<'a>>,
    benches: Benches<'a>,
    /// Events that are not in the text, and the body from which they were taken.
    taken_out: Option<TakenOut<'s>>,
}

/// Events that were read before the body around them.
struct TakenOut<'s> {
    events: usize,
    ages: &'s Ages,
    body: Pointer,
}

impl TakenOut<'_> {
    /// Place of the body from which the events were taken.
    fn emptied(&self, tape: &Tape<'_>) -> Option<u32> {
        if !self.ages.are_of_events() {
            return None;
        }
        let mut at = tape.root();
        for step in self.body.steps() {
            at = at.step(&step)?;
        }
        Some(at.place())
    }
}

impl<'s, 'a> Inspector<'s, 'a> {
    /// An inspector with these rules. Strings with escapes are kept in `arena` until it is reset.
    pub fn new(rules: &'s RuleSet, around: &'s Surroundings, arena: &'a Bump) -> Self {
        Inspector {
            rules,
            around,
            arena,
            guesses: Guesses::default(),
            addresses: Addresses::default(),
            copies: Copies::default(),
            looks_at_copies: false,
            sheets: vec![Sheet::new()],
            aside: 0,
            events_aside: 0,
            at_hand: 0,
            ahead: None,
            due: Vec::new(),
            benches: Benches::default(),
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

    /// Whether the events of the text were seen in another text of the same record.
    pub(crate) fn is_copy(&self) -> bool {
        self.sheet().is_copy
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
        let (around, arena) = (self.around, self.arena);
        let sheet = &mut self.sheets[0];
        let taken_out = self.taken_out.as_ref();
        sheet.payloads.emptied = taken_out.and_then(|out| out.emptied(&sheet.tape));
        (sheet.outer, sheet.origin, sheet.element) = (outer, origin, None);
        sheet.payloads.find(&sheet.tape);
        sheet.found.clear();
        if sheet.payloads.may_lie_deeper() {
            search(sheet, around, arena);
        }
        self.run(1, watch);
        Ok(read)
    }

    /// Puts the JSON text at the start of `text` aside when it is a usual one, with a request or events
    /// and nothing around them; [`Inspector::run_aside`] looks at it. `outer` is what stands around
    /// the text. An element of `data` is told with the latest of their times.
    pub fn set_aside(
        &mut self,
        text: &'a str,
        outer: Envelope<'a>,
        element: Option<Latest>,
    ) -> Option<Read> {
        if self.taken_out.is_some() || matches!(self.around.as_of, AsOf::Exact(_)) {
            return None;
        }
        if self.sheets.len() == self.aside {
            self.sheets.push(Sheet::new());
        }
        let sheet = &mut self.sheets[self.aside];
        let read = sheet.read_plain(text, self.arena, &mut self.guesses)?;
        sheet.payloads.emptied = None;
        let is_usual = match element {
            Some(latest) => {
                sheet.payloads.clear();
                sheet.element = Some(self.around.clock(true, latest, outer.sent_at));
                is_listed_event(sheet.tape.root())
            }
            None => {
                sheet.payloads.find(&sheet.tape);
                sheet.element = None;
                !sheet.payloads.may_lie_deeper()
            }
        };
        if !is_usual {
            self.ahead = Some((text, read));
            return None;
        }
        (sheet.outer, sheet.origin) = (outer, None);
        sheet.found.clear();
        self.events_aside += sheet.payloads.count().max(1);
        self.aside += 1;
        Some(read)
    }

    /// Whether enough texts were put aside.
    pub fn is_full(&self) -> bool {
        self.events_aside >= BATCH || self.aside >= BATCH
    }

    /// Runs the rules over the texts that were put aside. Turn to each of them, then call
    /// [`Inspector::clear_aside`].
    pub fn run_aside(&mut self, watch: &mut impl Watch) {
        self.run(self.aside, watch);
    }

    /// Makes one of the texts that were put aside the one at hand.
    pub fn turn_to(&mut self, text: usize) {
        self.at_hand = text;
    }

    /// Forgets the texts that were put aside.
    pub fn clear_aside(&mut self) {
        // The one behind them may have been read.
        if self.ahead.is_some() {
            self.sheets.swap(0, self.aside);
        }
        (self.aside, self.events_aside, self.at_hand) = (0, 0, 0);
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

    /// The text at hand.
    fn sheet(&self) -> &Sheet<'a> {
        &self.sheets[self.at_hand]
    }

    /// The piece of a longer text that the text holds, when it holds nothing that is whole.
    pub fn piece(&self) -> Option<Piece<'a>> {
        let sheet = self.sheet();
        if !sheet.payloads.may_lie_deeper() || sheet.events > 0 {
            return None;
        }
        join::of_record(sheet.tape.root())
    }

    /// What the root of the text tells of what lies in it.
    pub fn envelope(&self) -> Envelope<'a> {
        let mut envelope = self.sheet().outer;
        let zone = Naive::of(self.around.assume.zone.as_ref());
        labels::see(self.sheet().tape.root(), &mut envelope, zone);
        envelope
    }

    /// Where the payloads of the text stand, when there is something to be decoded beside them.
    pub fn scopes(&self) -> Vec<Scope> {
        let found = &self.sheet().found;
        match found.wrapped.is_empty() {
            true => Vec::new(),
            false => found.envelopes.iter().map(|(_, scope)| *scope).collect(),
        }
    }

    /// The values of the text that have to be decoded before they can be read.
    pub fn take_wrapped(&mut self) -> Vec<Wrapped<'a>> {
        std::mem::take(&mut self.sheets[self.at_hand].found.wrapped)
    }

    /// Where decoded texts are kept.
    pub fn arena(&self) -> &'a Bump {
        self.arena
    }

    /// Where the text stands in its record, when that may hold the same events more than once.
    pub fn origin(&self) -> Option<Origin> {
        self.sheet().origin
    }

    /// What ties the requests of the text to their answers, as far as it tells.
    pub(crate) fn trace(&self) -> Option<&'a str> {
        let mut envelopes = self.sheet().found.envelopes.iter();
        envelopes.find_map(|(envelope, _)| envelope.trace)
    }

    /// What Meta answered, as far as the text tells.
    pub fn answers(&self) -> &[Answer<'a>] {
        &self.sheet().found.answers
    }

    /// Between which places of the text an answer and its request stand, if both do.
    pub(crate) fn exchange(&self, answer: &Answer) -> Exchange<(u32, u32)> {
        rules::exchange_of(self.sheet().tape.at(answer.place))
    }

    /// What there is to say of an answer of the text that refuses a request.
    pub(crate) fn refusal(&self, number: usize) -> Option<Finding> {
        let answer = self.answers().get(number)?;
        let (code, subcode) = answer.error?;
        rules::refusal(self.sheet().tape.at(answer.place), code, subcode)
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
        let root = self.sheets[0].tape.root();
        let known = matches!(self.around.as_of, AsOf::Exact(_));
        if !known && !is_listed_event(root) {
            // A list called `data` that is no body's: what it holds may hold events.
            return self.text_within(text, outer, None, watch);
        }
        let clock = self.around.clock(true, latest, outer.sent_at);
        let sheet = &mut self.sheets[0];
        (sheet.element, sheet.outer) = (Some(clock), outer);
        sheet.payloads.clear();
        sheet.found.clear();
        self.run(1, watch);
        Ok(read)
    }

    /// Runs the rules for whole texts over text that is no JSON, such as a request line.
    pub fn prose(&mut self, text: &'a str) {
        let sheet = &mut self.sheets[0];
        sheet.start();
        let record = Record::new(text, None);
        let run = |check: RecordCheck, out: &mut Findings| check(&record, out);
        let of_record = &self.rules.record;
        sheet::check(&mut sheet.findings, of_record, Subject::Record, 0, run);
        if !sheet.findings.is_empty() {
            sheet.add_group(Subject::Record, 0, 0);
        }
    }

    /// Notes when the event happened that the text is, if it is an object.
    pub(crate) fn note_age(&self, ages: &mut Ages) {
        let root = self.sheet().tape.root();
        if root.is_object() {
            ages.see(root);
        }
    }

    fn read(&mut self, text: &'a str) -> Result<Read, tree::SyntaxError> {
        debug_assert_eq!(self.aside, 0, "what was put aside comes first");
        match self.ahead.take() {
            Some((ahead, read)) if std::ptr::eq(ahead, text) => Ok(read),
            _ => self.sheets[0].read(text, self.arena, &mut self.guesses),
        }
    }

    /// Runs the rules over the first of the texts that were read.
    fn run(&mut self, texts: usize, watch: &mut impl Watch) {
        let mut sheets = std::mem::take(&mut self.sheets);
        let mut due = std::mem::take(&mut self.due);
        due.clear();
        for (number, sheet) in sheets[..texts].iter_mut().enumerate() {
            self.prepare(number, sheet, &mut due);
        }
        self.check_events(&mut sheets, &due, watch);
        sheets[..texts].iter_mut().for_each(Sheet::sort);
        (self.sheets, self.due) = (sheets, due);
    }

    fn check_events(&mut self, sheets: &mut [Sheet<'a>], due: &[Due<'a>], watch: &mut impl Watch) {
        for some in due.chunks(BATCH) {
            batch::check(
                self.rules,
                self.around,
                sheets,
                some,
                &mut self.addresses,
                &mut self.benches,
                watch,
            );
        }
    }

    /// Looks at a text and at the requests in it, and adds its events to those that are due.
    fn prepare(&mut self, number: usize, sheet: &mut Sheet<'a>, due: &mut Vec<Due<'a>>) {
        sheet.start();
        if let Some(clock) = sheet.element {
            self.check_record(sheet, true);
            if sheet.tape.root().is_object() && !is_foreign(sheet, 0) {
                let outer = sheet.outer;
                self.add(due, (number, sheet), 0, clock, true, outer);
            }
            return;
        }
        self.check_record(sheet, false);
        let payloads = std::mem::take(&mut sheet.payloads);
        for (index, payload) in payloads.list().iter().enumerate() {
            let events = payloads.events(payload);
            let (mut envelope, scope) = match sheet.found.envelopes.get(index) {
                Some(&(envelope, scope)) => (envelope, Some(scope)),
                None => (sheet.outer, None),
            };
            if self.is_copied(sheet, events, scope) {
                sheet.is_copy = payloads.list().len() == 1;
                if !(self.looks_at_copies && sheet.is_copy) {
                    continue;
                }
            }
            let is_field = payload.request.is_none() && envelope.field != Field::None;
            let in_request = payload.request.is_some() || is_field;
            let latest = match in_request {
                true if self.around.as_of.is_auto() && events.len() > 1 => latest(sheet, events),
                _ => Latest::default(),
            };
            let is_of_others = |&place: &u32| is_foreign(sheet, place);
            let any_of_others = events.iter().any(is_of_others);
            if in_request && any_of_others && events.iter().all(is_of_others) {
                // A rule speaks of the record.
                continue;
            }
            if let Some(place) = payload.request {
                sheet.requests += 1;
                self.see_body(sheet.tape.at(place), &mut envelope);
            }
            let clock = self.around.clock(in_request, latest, envelope.sent_at);
            if let Some(place) = payload.request {
                self.check_request(sheet, place, events.len(), clock, false, envelope.is_test);
            } else if let (Field::FirstOf(pieces), 0) = (envelope.field, sheet.events) {
                sheet.requests += 1;
                self.check_form(sheet, events, pieces as usize, clock, envelope.is_test);
            }
            let in_body = payload.request.is_some();
            for &place in events {
                if !(any_of_others && is_foreign(sheet, place)) {
                    self.add(due, (number, &mut *sheet), place, clock, in_body, envelope);
                }
            }
        }
        sheet.payloads = payloads;
    }

    /// Adds an event of a text to those that are due.
    fn add(
        &self,
        due: &mut Vec<Due<'a>>,
        (text, sheet): (usize, &mut Sheet<'a>),
        place: u32,
        mut clock: Clock,
        mut in_request: bool,
        mut envelope: Envelope<'a>,
    ) {
        if let Some(sent) = &self.around.witnesses.sent {
            (envelope, in_request) = (sent.envelope(self.arena), sent.in_request);
        }
        // A row of a table has columns beside those of the event.
        let alone = !in_request || matches!(self.around.as_of, AsOf::Exact(_));
        let root = sheet.tape.at(place);
        if alone
            && root.children().any(|member| member.name().is_none())
            && let Some(row) = self.around.row_of(root, clock, envelope)
        {
            (clock, envelope) = (row.clock, row.envelope);
            if row.numbers_are_text {
                sheet.tape.read_numbers(place);
            }
        }
        due.push(Due {
            text,
            number: sheet.events,
            place,
            clock,
            in_request,
            envelope,
        });
        sheet.events += 1;
    }

    /// Whether all these events were seen in another text of the same record.
    fn is_copied(&mut self, sheet: &Sheet<'a>, events: &[u32], scope: Option<Scope>) -> bool {
        let Some(mut origin) = sheet.origin else {
            return false;
        };
        if origin.source == 0 {
            origin.scope = scope.unwrap_or(origin.scope);
        }
        let mut all = !events.is_empty();
        for &place in events {
            all &= self.copies.is_copy(sheet.tape.at(place), origin);
        }
        all
    }

    /// What a request body tells of its own envelope.
    fn see_body(&self, body: Item<'_, 'a>, envelope: &mut Envelope<'a>) {
        let mut time = None;
        for member in body.children() {
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

    fn check_record(&self, sheet: &mut Sheet<'a>, is_element: bool) {
        let taken_out = self.taken_out.as_ref();
        let emptied = taken_out.and_then(|out| out.emptied(&sheet.tape));
        let record = match is_element {
            true => Record::element(sheet.text, &sheet.tape),
            false => Record {
                is_sent: sheet.outer.dataset.is_some(),
                emptied,
                ..Record::new(sheet.text, Some(&sheet.tape))
            },
        };
        let (of_record, first) = (&self.rules.record, sheet.findings.len());
        let run = |check: RecordCheck, out: &mut Findings| check(&record, out);
        sheet::check(&mut sheet.findings, of_record, Subject::Record, 0, run);
        sheet.group(Subject::Record, 0, first);
        if !sheet.found.wrapped.is_empty() && !sheet.findings.is_empty() {
            sheet.leave_to_inner_texts();
        }
    }

    /// Checks the field `data` of a form. `events` lie in it, or in the first of its pieces.
    fn check_form(
        &self,
        sheet: &mut Sheet<'a>,
        events: &[u32],
        pieces: usize,
        clock: Clock,
        is_test: bool,
    ) {
        let Some(&first) = events.first() else { return };
        let event = sheet.tape.at(first);
        let list = event.parent().filter(|list| list.is_list());
        let events = list.map_or(pieces, Item::len);
        let place = list.map_or(first, Item::place);
        self.check_request(sheet, place, events, clock, true, is_test);
    }

    fn check_request(
        &self,
        sheet: &mut Sheet<'a>,
        place: u32,
        events: usize,
        clock: Clock,
        is_form: bool,
        is_test: bool,
    ) {
        let body = sheet.tape.at(place);
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
        let (of_request, first) = (&self.rules.request, sheet.findings.len());
        let run = |check: RequestCheck, out: &mut Findings| check(&request, out);
        sheet::check(
            &mut sheet.findings,
            of_request,
            Subject::Request,
            place,
            run,
        );
        sheet.group(Subject::Request, place, first);
    }

    /// What was found in the text.
    pub fn findings(&self) -> &[Finding] {
        self.sheet().findings.list()
    }

    /// What the findings of the text are about, in the order of the text.
    pub fn groups(&self) -> &[Group] {
        &self.sheet().groups
    }

    /// The pointer from the root of the text to a place on its tape.
    pub fn pointer(&self, place: u32) -> Pointer {
        self.sheet().tape.at(place).pointer()
    }

    /// The number of events in the text.
    pub fn events(&self) -> usize {
        self.sheet().events
    }

    /// The number of request bodies in the text.
    pub fn requests(&self) -> usize {
        self.sheet().requests
    }
}

/// Looks for requests and events deeper in a text.
#[cold]
fn search<'a>(sheet: &mut Sheet<'a>, around: &Surroundings, arena: &'a Bump) {
    let zone = Naive::of(around.assume.zone.as_ref());
    search::search(
        &sheet.tape,
        sheet.outer,
        zone,
        arena,
        &mut sheet.payloads,
        &mut sheet.found,
    );
    // Only then may the same event stand there more than once.
    let wrapped = sheet.found.wrapped.len();
    if sheet.origin.is_none()
        && (wrapped > 1 || (wrapped == 1 && !sheet.payloads.list().is_empty()))
    {
        let scope = (0, sheet.tape.root().end());
        sheet.origin = Some(Origin { source: 0, scope });
    }
}

/// Whether an event is that of another platform, which looks like Meta's.
fn is_foreign(sheet: &Sheet<'_>, place: u32) -> bool {
    let event = sheet.tape.at(place);
    foreign::may_be_anothers(event) && foreign::of_named(event, sheet.text).is_some()
}

/// When the last two of these events happened.
fn latest(sheet: &Sheet<'_>, events: &[u32]) -> Latest {
    let mut latest = Latest::default();
    for &place in events {
        let time = sheet.tape.at(place).get(Name::EventTime);
        if let Some(time) = time.and_then(plausible_time) {
            latest.see(time);
        }
    }
    latest
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
