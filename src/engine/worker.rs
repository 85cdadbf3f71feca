//! Works on one block, on any thread: mends it if told to, checks its texts and counts.

use std::ops::Range;
use std::sync::Arc;

use bumpalo::Bump;
use hashbrown::{HashMap, HashSet};
use jiff::tz::TimeZone;
use once_cell::sync::Lazy;

use crate::ages::Ages;
use crate::clock::{Latest, Source, plausible_time};
use crate::envelope::csv::Columns;
use crate::envelope::guess;
use crate::envelope::search::{self, Origin};
use crate::envelope::text as envelope_text;
use crate::envelope::when::{Logged, Naive, Trust, is_too_early};
use crate::event::{Envelope, Event, Field};
use crate::exchange;
use crate::finding::{Finding, Findings, Severity, Subject};
use crate::input::blocks::{self, Block, Frame, Head, List, bom_length};
use crate::inspect::{Checked, Inspector, Read as Taken, Surroundings, Watch};
use crate::json::tree::{Span, Syntax, SyntaxError, Tree};
use crate::json::{Item, Pointer, Tape};
use crate::ledger::key::short;
use crate::ledger::{Entries, Entry, Key, Left, Lessons, Needs};
use crate::output::Fixing;
use crate::pixel;
use crate::pixel::index::{Bond, Tie};
use crate::pixel::pairs::ServerTally;
use crate::presence::presence;
use crate::report::EventRow;
use crate::resend;
use crate::rules;
use crate::score::{Presence, event_score};
use crate::settings::Filter;
use crate::values::deduplication;
use crate::values::name::Name;
use crate::values::printable;
use crate::witness::Sent;

use super::dig::{self, Dig, Held, Inspected, Joints, Layer, Outcome, Trees, Why};
use super::parcel::{self, Bound};
use super::part::{Answered, Lines, Orders, Part, Said, Scene, Told, measure};
use super::{Linter, mending, walk};

/// A block that was worked on.
pub(super) struct Worked {
    pub(super) part: Part,
    pub(super) block: Block,
    /// Bytes to be written instead of the block's, when something was mended.
    pub(super) mended: Option<Vec<u8>>,
    /// Where the last text of the block begins that may go on behind it.
    pub(super) tail: Option<usize>,
}

impl Worked {
    /// A block that nothing was done with yet.
    pub(super) fn nothing(block: Block) -> Worked {
        Worked {
            part: Part::new(),
            block,
            mended: None,
            tail: None,
        }
    }
}

/// Works on blocks, on any thread.
pub(super) struct Worker<'w> {
    pub(super) linter: &'w Linter,
    pub(super) around: &'w Surroundings,
    pub(super) file: &'w str,
    /// The name as suppressions see it.
    pub(super) key: &'w str,
    pub(super) orders: &'w Orders,
    pub(super) ledger_key: &'w Key,
    /// When the events happened of the body whose head is at hand.
    pub(super) ages: &'w Ages,
}

impl Worker<'_> {
    /// Where findings of the text that begins at byte `at` of the block are reported. `prefix` is
    /// the pointer of its root.
    fn scene<'s, 'a>(
        &'s self,
        text: &'a str,
        at: usize,
        prefix: Pointer,
        lines: &'s mut Lines<'a>,
    ) -> Scene<'s, 'a> {
        Scene {
            file: self.file,
            key: self.key,
            policy: &self.linter.settings.policy,
            orders: self.orders,
            text,
            at,
            prefix,
            lines,
            tree: None,
            anchor: None,
        }
    }

    /// The surroundings with what a first pass has learned.
    fn taught(&self) -> Surroundings {
        let mut around = self.around.clone();
        around.witnesses.lessons.clone_from(&self.orders.lessons);
        around
    }

    /// The surroundings of an event that is read alone, of which this stood around it.
    pub(super) fn beside(&self, sent: &Arc<Sent>) -> Surroundings {
        let mut around = self.taught();
        around.witnesses.sent = Some(Arc::clone(sent));
        around
    }

    /// Mends a block if told to, checks it and counts. With `complete` the text ends with it.
    pub(super) fn work(&self, block: Block, complete: bool) -> Worked {
        let mut part = Part::new();
        let complete = complete || block.last;
        let fixing = self.orders.fixing;
        let (mut mended, mut shown) = (None, None);
        if fixing != Fixing::Off {
            let around = self.orders.lessons.as_ref().map(|_| self.taught());
            let mender = Worker {
                around: around.as_ref().unwrap_or(self.around),
                ..*self
            };
            let outcome = mending::mend_block(&mender, &block, complete);
            part.changes = outcome.changes;
            part.withheld = outcome.withheld;
            part.left = outcome.left;
            part.not_written = outcome.not_written;
            // What is only shown is not what is checked.
            match fixing {
                Fixing::Write => mended = outcome.block,
                _ => shown = outcome.block,
            }
        }
        let subject = mended.as_ref().unwrap_or(&block);
        let tail = self.check(subject, complete, &mut part);
        // The tail is not mended: it stands at the end of both texts.
        let cut = tail.map(|at| subject.bytes.len() - at);
        let end = cut.map_or(subject.bytes.len(), |rest| subject.bytes.len() - rest);
        (part.newlines, part.last_line) = measure(&subject.bytes[..end]);
        let tail = cut.map(|rest| block.bytes.len() - rest);
        let mended = mended.or(shown).map(|mended| {
            let mut bytes = mended.bytes;
            bytes.truncate(bytes.len() - cut.unwrap_or(0));
            bytes
        });
        Worked {
            part,
            block,
            mended,
            tail,
        }
    }

    fn check(&self, block: &Block, complete: bool, part: &mut Part) -> Option<usize> {
        if let Frame::Head(head) = &block.frame {
            self.check_head(head, part);
            return None;
        }
        let utf8 = Utf8::of(&block.bytes);
        let text = utf8.text();
        let skip = if block.offset == 0 {
            bom_length(&block.bytes)
        } else {
            0
        };
        part.entries = self.orders.entries().begin(skip);
        if self.orders.ledger.is_some() {
            // An event takes some thousand bytes.
            part.entries.reserve(text.len() >> 10);
        }
        let arena = Bump::new();
        let mut checker = Checker::new(self, text, skip, &utf8, &arena, part);
        checker.columns = block.columns.as_deref();
        let known = self
            .linter
            .addresses
            .lock()
            .ok()
            .and_then(|mut it| it.pop());
        checker.inspector = checker.inspector.with_addresses(known.unwrap_or_default());
        let tail = walk::walk_block(&block.frame, text, skip, complete, &mut checker);
        if let Frame::Elements { first: 0, list, .. } = &block.frame
            && list.pointer == Pointer::root()
        {
            // Any other is counted with the text around it.
            checker.part.records += 1;
        }
        if let Ok(mut known) = self.linter.addresses.lock() {
            known.push(checker.inspector.take_addresses());
        }
        if block.is_torn {
            let too_large = rules::index_of("record-too-large");
            let parcels = checker.part.parcels.iter_mut();
            parcels.for_each(|parcel| parcel.reasons.push(too_large));
        }
        if block.offset == 0 && checker.part.events == 0 {
            checker.part.looks_like = guess::of(text);
        }
        match &block.frame {
            Frame::TooLarge { start } => {
                let at = (*start - block.offset) as usize;
                let limit = self.linter.settings.limits.record;
                let message = format!("a record is larger than {limit} bytes and was not read");
                checker.say("record-too-large", at, &text[at..], 0..0, message, None);
                checker.part.records += 1;
            }
            Frame::Foreign(foreign) => {
                let message = format!("this is {}, not JSON", foreign.what);
                checker.say(
                    "malformed-json",
                    0,
                    "",
                    0..0,
                    message,
                    Some(&|finding| {
                        finding.help(foreign.convert);
                    }),
                );
            }
            _ => {}
        }
        tail
    }

    /// The head of a body that was read in pieces: its own members are checked, its events were.
    fn check_head(&self, head: &Head, part: &mut Part) {
        let utf8 = Utf8::of(&head.text);
        let text = utf8.text();
        let arena = Bump::new();
        if self.orders.resend && head.list.is_of_a_body() {
            part.body = Some(parcel::body_of(self, head, text, &arena));
        }
        if !head.list.in_data {
            // Few texts have events beside the list that was read in pieces, or a body around it.
            let body = head.list.pointer.parent();
            let body = body.filter(|_| head.list.is_of_a_body());
            if body.is_some() || search::names_event(text) {
                part.entries = Entries::default();
                let mut checker = Checker::new(self, text, 0, &utf8, &arena, part);
                if let Some(body) = body {
                    checker.inspector.takes_out(head.elements, self.ages, body);
                }
                let whole = Frame::Texts(std::iter::once(0..text.len()).collect());
                walk::walk_block(&whole, text, 0, true, &mut checker);
            }
            part.records = 1;
            return;
        }
        let mut lines = Lines::new(text, 0);
        let mut inspector = Inspector::new(&self.linter.rules, self.around, &arena);
        part.records += 1;
        part.requests += 1;
        if inspector.head(text, head.elements, self.ages).is_err() {
            return;
        }
        let mut scene = self.scene(text, 0, Pointer::root(), &mut lines);
        for group in inspector.groups() {
            let findings = &inspector.findings()[group.findings.clone()];
            part.report(&mut scene, findings, &inspector.pointer(group.place), None);
        }
    }
}

/// The largest times of some elements of `data`, read without any rule.
pub(super) fn latest_of(text: &str, ranges: &[Range<usize>]) -> Latest {
    let mut latest = Latest::default();
    let mut arena = Bump::new();
    for range in ranges {
        let mut tape = Tape::new();
        if tape.parse(&text[range.clone()], &arena).is_ok() {
            let time = tape.root().get(Name::EventTime).and_then(plausible_time);
            if let Some(time) = time {
                latest.see(time);
            }
        }
        drop(tape);
        arena.reset();
    }
    latest
}

/// Bytes as text. Bytes that are no UTF-8 are shown to the parser as `?`, so that the rest of the
/// text is read and every place stays true.
pub(super) enum Utf8<'b> {
    Whole(&'b str),
    Patched { text: String, bad: Vec<usize> },
}

impl<'b> Utf8<'b> {
    pub(super) fn of(bytes: &'b [u8]) -> Utf8<'b> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Utf8::Whole(text),
            Err(_) => {
                let (mut text, mut bad) = (String::with_capacity(bytes.len()), Vec::new());
                for chunk in bytes.utf8_chunks() {
                    text.push_str(chunk.valid());
                    for _ in chunk.invalid() {
                        bad.push(text.len());
                        text.push('?');
                    }
                }
                Utf8::Patched { text, bad }
            }
        }
    }

    pub(super) fn text(&self) -> &str {
        match self {
            Utf8::Whole(text) => text,
            Utf8::Patched { text, .. } => text,
        }
    }

    /// The first bad byte between two places.
    pub(super) fn bad_in(&self, start: usize, end: usize) -> Option<usize> {
        match self {
            Utf8::Whole(_) => None,
            Utf8::Patched { bad, .. } => {
                let at = bad.partition_point(|&at| at < start);
                bad.get(at).copied().filter(|&at| at < end)
            }
        }
    }
}

/// Checks the texts of one block.
struct Checker<'c, 'a> {
    worker: &'c Worker<'c>,
    inspector: Inspector<'c, 'a>,
    lines: Lines<'a>,
    part: &'c mut Part,
    utf8: &'c Utf8<'a>,
    seen: Vec<Seen>,
    /// The pointer of the text's root, for elements of a larger text.
    prefix: Pointer,
    /// Whether the text is an element of a list read in pieces, and if so of `data`.
    as_event: Option<bool>,
    /// Whether it is one of a list in a body that comes to its end in another block.
    awaits_body: bool,
    latest: Latest,
    /// What the text around a list tells of its elements, when these are read one by one.
    context: Envelope<'a>,
    ties: Vec<Tie>,
    /// The way to the text at hand, when it does not stand in the block as it is.
    layers: Vec<Layer<'a>>,
    ambient: Ambient<'a>,
    /// The columns of the table that the text is.
    columns: Option<&'c Columns>,
    joints: Joints<'a>,
    /// Whether the record at hand is a piece of a longer text.
    is_piece: bool,
    /// Events, answers and texts told as unread, so far.
    found: u64,
    trees: Trees<'a>,
    /// Hashes of what ties the requests so far to their answers.
    traces: HashSet<u64>,
    /// Answers in the record at hand, and texts with requests in it.
    answers: Vec<Answer>,
    asked: usize,
    /// When those were logged.
    asked_at: Vec<Option<Logged>>,
    /// Whether a rule has told of those.
    is_told: bool,
    requests: Requests,
    newest_first: NewestFirst,
    /// The texts that were put aside, the pointers of their roots, and room for what is seen of them.
    aside: Vec<Spot<'a>>,
    prefixes: Vec<Pointer>,
    seen_aside: Vec<Seen>,
}

/// Where the parcels of requests lie, for answers that forbid to send them again.
#[derive(Default)]
struct Requests {
    /// The first parcel of the record at hand.
    begin: usize,
    /// Where in the record each of its events stands, and when it was logged.
    stands: Vec<(u32, Option<Logged>)>,
    /// How many parcels each of its texts gave that hold a request.
    sizes: Vec<usize>,
    /// The parcels of the last record with any, and the same of it.
    last: Range<usize>,
    last_sizes: Vec<usize>,
    /// By the hash of what ties a request to its answer.
    traced: HashMap<u64, Range<usize>>,
}

impl Requests {
    /// The parcels in the record that an answer at `at` is about.
    fn answered_in(&self, answer: &Answer) -> Vec<usize> {
        let stands = || self.stands.iter().map(|&(stand, _)| stand);
        let is_own: Box<dyn Fn(u32) -> bool> = match answer.exchange {
            Some((start, end)) => Box::new(move |stand| (start..end).contains(&stand)),
            None => {
                let in_time = (self.stands.iter())
                    .filter(|(_, logged)| !is_too_early(answer.logged, *logged))
                    .map(|&(stand, _)| stand);
                // The request before it, or the one behind where answers come first.
                let (before, behind): (Vec<u32>, Vec<u32>) =
                    in_time.partition(|&stand| stand < answer.at);
                let own = before.into_iter().max().or(behind.into_iter().min());
                let Some(own) = own else {
                    return Vec::new();
                };
                Box::new(move |stand| stand == own)
            }
        };
        let numbered = stands().enumerate();
        numbered
            .filter(|&(_, stand)| is_own(stand))
            .map(|(number, _)| self.begin + number)
            .collect()
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
pub(super) fn part_of(
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
struct NewestFirst {
    /// When the last record was logged that holds a request or an answer.
    last: Option<Logged>,
    /// Whether any was logged before, or after, the one above it.
    falls: bool,
    rises: bool,
    /// The answers of the last record that have no request above them.
    above: Vec<Answered>,
    /// Whether more such records lie there.
    is_crowded: bool,
    /// Those right above a request, and its parcels.
    pairs: Vec<(Answered, Range<usize>)>,
    /// Whether the last request is one of these.
    is_last_paired: bool,
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
struct Answer {
    /// What there is to say of it when it refuses a request in another record.
    said: Option<Part>,
    /// The hash of what ties it to its request.
    trace: Option<u64>,
    /// Whether a request without an answer came before it, if anything came at all.
    asked: Option<bool>,
    /// Whether it refuses what was sent.
    forbids: bool,
    /// When it was logged.
    logged: Option<Logged>,
    /// Where it stands in its record, and between which places with its request.
    at: u32,
    exchange: Option<(u32, u32)>,
}

impl<'c, 'a> Checker<'c, 'a> {
    fn new(
        worker: &'c Worker<'c>,
        text: &'a str,
        skip: usize,
        utf8: &'c Utf8<'a>,
        arena: &'a Bump,
        part: &'c mut Part,
    ) -> Self {
        Checker {
            worker,
            inspector: Inspector::new(&worker.linter.rules, worker.around, arena),
            lines: Lines::new(text, skip),
            part,
            utf8,
            seen: Vec::new(),
            prefix: Pointer::root(),
            as_event: None,
            awaits_body: false,
            latest: Latest::default(),
            context: Envelope::default(),
            layers: Vec::new(),
            ambient: Ambient::default(),
            columns: None,
            joints: Joints::default(),
            is_piece: false,
            found: 0,
            trees: Trees::default(),
            traces: HashSet::new(),
            answers: Vec::new(),
            asked: 0,
            asked_at: Vec::new(),
            is_told: false,
            requests: Requests::default(),
            newest_first: NewestFirst::default(),
            ties: Vec::new(),
            aside: Vec::new(),
            prefixes: Vec::new(),
            seen_aside: Vec::new(),
        }
    }
}

/// What the lines before a JSON text tell of it.
#[derive(Default)]
pub(super) struct Ambient<'a> {
    envelope: Envelope<'a>,
    /// How many more lines may belong to the record that has begun.
    left: u8,
    /// What stands between the parts of a multipart form, and whether its part `data` has begun.
    border: Option<&'a str>,
    in_data: bool,
}

/// A record over more lines is none.
const LONGEST_RECORD: u8 = 100;

impl<'a> Ambient<'a> {
    /// Takes over what a line tells. A time stamp, or the first line of a request, begins a record.
    /// What stands behind a JSON text on its line, which `error` says, tells nothing of the next one.
    pub(super) fn see(
        &mut self,
        line: &'a str,
        beyond: &'a str,
        error: Option<SyntaxError>,
        zone: Option<&TimeZone>,
    ) {
        if error.is_some_and(|error| error.what == walk::FOLLOWS) {
            return;
        }
        self.see_line(line, beyond, zone);
        if line.len() >= blocks::SHORTEST_BORDER && line.starts_with("--") {
            let line = line.trim_end();
            let before = self.border.replace(line);
            if before.is_some_and(|border| line.strip_suffix("--") == Some(border)) {
                // The form ends.
                self.spend();
            }
        } else if self.border.is_some() && line.contains("form-data; name=") {
            self.in_data = line.contains("name=\"data\"");
            self.envelope.is_test |= line.contains("name=\"test_event_code\"");
            self.left = LONGEST_RECORD;
        }
    }

    /// As [`Ambient::current`], with what stands behind `text` in the form whose `data` it is.
    fn current_of(&self, text: &'a str) -> Envelope<'a> {
        let mut envelope = self.current();
        if let Some(border) = self.border.filter(|_| self.in_data) {
            envelope_text::see_parts(text, border, &mut envelope);
        }
        envelope
    }

    fn see_line(&mut self, line: &'a str, beyond: &'a str, zone: Option<&TimeZone>) {
        let before = self.current();
        let mut envelope = before;
        if let Some(millis) = envelope_text::answered_at(line, beyond) {
            envelope = Envelope {
                sent_at: Some(millis),
                trust: Some(Trust::Proxy),
                ..Envelope::default()
            };
            envelope_text::see(line, &mut envelope, Naive::of(zone));
            (self.envelope, self.left) = (envelope, LONGEST_RECORD);
            return;
        }
        if envelope_text::see(line, &mut envelope, Naive::of(zone)) {
            let mut fresh = Envelope::default();
            envelope_text::see(line, &mut fresh, Naive::of(zone));
            (self.envelope, self.left) = (fresh, LONGEST_RECORD);
            return;
        }
        if self.left == 0 && (envelope.dataset.is_some() || envelope.field != Field::None) {
            self.left = LONGEST_RECORD;
        }
        self.envelope = envelope;
        self.left = self.left.saturating_sub(1);
    }

    /// What is known of a text that comes now.
    pub(super) fn current(&self) -> Envelope<'a> {
        if self.left == 0 {
            Envelope::default()
        } else {
            self.envelope
        }
    }

    /// Whether nothing is known of a text that comes now.
    fn is_spent(&self) -> bool {
        self.left == 0 && self.border.is_none()
    }

    /// The record had its payload.
    pub(super) fn spend(&mut self) {
        (self.left, self.border, self.in_data) = (0, None, false);
    }
}

/// Notes what a capture has to do with the event number `at` of the block.
fn pair(
    part: &mut Part,
    pixel: &pixel::Index,
    key: &Key,
    event: &Event<'_, '_>,
    (name, at): (u32, u64),
    ties: &mut Vec<Tie>,
) {
    if !pixel::index::is_of_a_page(event) {
        return;
    }
    let time = event.time();
    let in_time = time.and_then(|time| pixel.covers(time)).unwrap_or(true);
    let id = pixel::index::event_id(event);
    let counts = |yes: bool| u64::from(in_time && yes);
    let tally = ServerTally {
        events: 1,
        in_time: counts(true),
        with_id: counts(id.is_some()),
        random: counts(id.as_deref().is_some_and(deduplication::looks_random)),
        first: at,
        span: time.map(|time| (time, time)),
    };
    if part.server.len() <= name as usize {
        part.server
            .resize(name as usize + 1, ServerTally::default());
    }
    part.server[name as usize].add(&tally);
    pixel.ties(event, |text| short(key.hash(text.as_bytes())), ties);
    if ties.iter().any(|tie| tie.bond == Bond::OtherName) {
        part.tied_names.push((at, name));
    }
    part.ties.extend(ties.iter().map(|tie| Tie { at, ..*tie }));
}

/// An event as the watch saw it.
struct Seen {
    place: u32,
    name: u32,
    presence: Presence,
    website: bool,
    wanted: bool,
    event_id: Option<String>,
    logged: Option<Logged>,
    /// Where it goes, when it is to be sent again.
    bound: Option<Box<Bound>>,
    /// What it leaves in the ledger, when there is one.
    left: Option<Left>,
}

/// A text and where it begins in its layer.
#[derive(Clone, Copy)]
struct Spot<'a> {
    at: usize,
    text: &'a str,
}

/// Notes the events of some texts.
struct Notes<'n> {
    part: &'n mut Part,
    seen: &'n mut Vec<Seen>,
    filter: &'n Filter,
    ledger_key: &'n Key,
    /// The tables of the ledger in which events are entered, when there is one.
    ledger: Option<Needs>,
    /// Whether fixes need what stands around an event.
    asks: bool,
    /// What values of the events are kept for.
    fetches: Option<&'n Lessons>,
    /// The block, and where in it the texts begin that hold the events.
    block: &'n str,
    texts: &'n [Spot<'n>],
    /// Where the record begins, when the text was taken out of it and stands nowhere in the block.
    record: Option<usize>,
    show_ids: bool,
    /// Used again from event to event.
    ties: &'n mut Vec<Tie>,
    resend: bool,
}

impl<'n> Notes<'n> {
    /// Notes of the events in these texts of the block.
    fn of(
        worker: &'n Worker<'n>,
        part: &'n mut Part,
        seen: &'n mut Vec<Seen>,
        ties: &'n mut Vec<Tie>,
        block: &'n str,
        texts: &'n [Spot<'n>],
    ) -> Notes<'n> {
        let settings = &worker.linter.settings;
        Notes {
            part,
            seen,
            filter: &settings.filter,
            ledger_key: worker.ledger_key,
            asks: worker.orders.lessons.is_some(),
            fetches: worker.orders.fetches.as_deref(),
            ledger: worker.orders.ledger,
            block,
            texts,
            record: None,
            show_ids: settings.show_values,
            ties,
            resend: worker.orders.resend,
        }
    }

    /// Where the event begins in the block: before its first key, unless that is a copy because
    /// escapes were taken out; then where the text begins.
    fn begin_of(&self, checked: &Checked<'_, '_, '_>) -> usize {
        if let Some(record) = self.record {
            return record;
        }
        let key = checked.event.root().children().next().map_or("", Item::key);
        let Spot { at: start, text } = self.texts[checked.text];
        let at = (key.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
        let before = text.get(..at).unwrap_or_default();
        start + memchr::memrchr(b'{', before.as_bytes()).unwrap_or(0)
    }
}

impl Watch for Notes<'_> {
    fn event(&mut self, event: &Event<'_, '_>, findings: &[Finding]) {
        let text = 0;
        self.events(&[Checked {
            text,
            event,
            findings,
        }]);
    }

    fn events(&mut self, checked: &[Checked<'_, '_, '_>]) {
        let first = self.seen.len();
        for one in checked {
            self.see(one);
        }
        if let Some(needs) = self.ledger {
            self.enter(needs, first, checked);
        }
        for (one, number) in checked.iter().zip(first..) {
            match self.seen[number].wanted {
                true => self.count(one, number),
                false => self.pass_over(one.event),
            }
        }
    }
}

impl Notes<'_> {
    /// Takes down what the report says of an event.
    fn see(&mut self, checked: &Checked<'_, '_, '_>) {
        let event = checked.event;
        let wanted = self.filter.is_open() || is_wanted(self.filter, event);
        let hide = |name: &str| self.ledger_key.hash(name.as_bytes());
        if let Some(lessons) = self.fetches.filter(|_| wanted) {
            lessons.fetch(event);
        }
        let event_id = event.get(Name::EventId).filter(|_| self.show_ids);
        self.seen.push(Seen {
            place: event.root().place(),
            name: self.part.name_index(event.name(), hide),
            presence: presence(event, checked.findings),
            website: event.is_website(),
            wanted,
            event_id: event_id.and_then(|id| id.text()).map(str::to_owned),
            logged: event.envelope.logged(),
            bound: (self.resend && wanted).then(|| Box::new(Bound::of(event, self.asks))),
            left: None,
        });
    }

    /// Enters events in the ledger, of which the first was taken down as number `first`.
    fn enter(&mut self, needs: Needs, first: usize, checked: &[Checked<'_, '_, '_>]) {
        let mut entries = Vec::with_capacity(checked.len());
        for (one, seen) in checked.iter().zip(&self.seen[first..]) {
            let begin = self.begin_of(one);
            let at = self.part.entries.place(self.block, begin);
            if seen.wanted {
                let (name, presence) = (seen.name, seen.presence);
                entries.push(Entry::new(one.event, one.findings, name, presence, at));
                if let Some(pixel) = &one.event.witnesses.pixel {
                    let key = self.ledger_key;
                    pair(self.part, pixel, key, one.event, (name, at), self.ties);
                }
            }
        }
        self.part
            .entries
            .enter(self.ledger_key, needs, &mut entries);
        let wanted = self.seen[first..].iter_mut().filter(|seen| seen.wanted);
        for (seen, entry) in wanted.zip(entries) {
            seen.left = entry.left;
        }
    }

    /// Counts an event that was taken down as number `number`.
    fn count(&mut self, checked: &Checked<'_, '_, '_>, number: usize) {
        let (event, seen) = (checked.event, &self.seen[number]);
        let part = &mut *self.part;
        part.events += 1;
        let aside = seen.left.map_or(0, |left| left.aside);
        let how = part
            .tally
            .add(seen.name, seen.presence, seen.website, aside);
        if let Some(left) = seen.left {
            part.entries.stand(left, how);
        }
        match event.clock.source {
            Source::Given => part.clocks.given += 1,
            Source::Capture => part.clocks.capture += 1,
            Source::Request => part.clocks.request += 1,
            Source::Newest => part.clocks.newest += 1,
            Source::File => part.clocks.file += 1,
            Source::Wall => part.clocks.wall += 1,
        }
        part.facts.see(event, checked.findings);
        if let Some(trust) = event.envelope.trust {
            part.captured[trust as usize] += 1;
        }
    }

    /// Counts an event that is left out.
    fn pass_over(&mut self, event: &Event<'_, '_>) {
        self.part.filtered += 1;
        if !is_of_dataset(self.filter, event) {
            self.part.facts.pass_over(event);
        }
    }
}

/// Whether the log says that the event went to a dataset that is looked at.
fn is_of_dataset(filter: &Filter, event: &Event<'_, '_>) -> bool {
    let is_wanted = |dataset: &str| filter.datasets.iter().any(|one| one == dataset);
    filter.datasets.is_empty() || event.envelope.dataset.is_some_and(is_wanted)
}

pub(super) fn is_wanted(filter: &Filter, event: &Event<'_, '_>) -> bool {
    if !is_of_dataset(filter, event) {
        return false;
    }
    if !filter.event_names.is_empty()
        && !filter
            .event_names
            .iter()
            .any(|name| event.name() == Some(name))
    {
        return false;
    }
    if filter.since.is_none() && filter.until.is_none() {
        return true;
    }
    event.time().is_some_and(|time| {
        filter.since.is_none_or(|since| time >= since)
            && filter.until.is_none_or(|until| time < until)
    })
}

impl<'a> Checker<'_, 'a> {
    /// Where in its record a value of the text at hand stands: its place there, or that of what the
    /// text was taken out of.
    fn stand(&self, place: u32) -> u32 {
        match self.layers.first().map(|layer| layer.held) {
            Some(Held::Value { place, .. }) => place,
            Some(Held::Range { start, .. }) => start as u32,
            None => place,
        }
    }

    /// Forbids to send again what an answer in the same record refuses.
    fn refuse_in_record(&mut self, answer: &Answer) {
        let own = self.requests.answered_in(answer);
        let (Some(&first), Some(&last)) = (own.first(), own.last()) else {
            return;
        };
        if last - first + 1 == own.len() {
            resend::refuse(&mut self.part.parcels[first..=last], *OF_PAIRS);
        }
    }

    /// Makes the events of the text at hand ready to be sent again, or says why not.
    fn send_again(&mut self, at: usize, text: &'a str, events_before: u64) {
        let mut tree = None;
        for (number, seen) in self.seen.iter().enumerate() {
            let Some(bound) = &seen.bound else { continue };
            let tree = tree.get_or_insert_with(|| Tree::parse(text, Syntax::Relaxed).ok());
            let pointer = self.inspector.pointer(seen.place);
            let span = tree.as_ref().and_then(|tree| tree.span(text, &pointer));
            let (raw, start) = span.map_or((text, at), |span| (span.of(text), at + span.start));
            let layer = self.layers.first();
            let begin = layer.map_or(start, |layer| self.trees.line_of(&layer.held));
            let is_damaged =
                self.layers.is_empty() && self.utf8.bad_in(start, start + raw.len()).is_some();
            let mut parcel = parcel::parcel(self.worker, raw, bound, span.is_some(), is_damaged);
            parcel.awaits_body = self.awaits_body && self.layers.is_empty() && seen.place == 0;
            parcel.line = self.lines.locate(begin, 0).line;
            parcel.offset = begin as u64;
            parcel.event = events_before + number as u64;
            self.part.parcels.push(parcel);
            let stand = self.stand(seen.place);
            self.requests.stands.push((stand, seen.logged));
        }
    }

    /// Takes over what the inspector found in the text at `at`.
    fn take(&mut self, at: usize, text: &'a str, events_before: u64) {
        let worker = self.worker;
        let bare = self.inspector.findings().is_empty();
        let rows = worker.orders.events
            || (!worker.orders.sated.rows && self.part.rows < worker.linter.settings.rows);
        let bad = match self.layers.is_empty() {
            true => self.utf8.bad_in(at, at + text.len()),
            false => None,
        };
        if bare && !rows && bad.is_none() {
            return;
        }
        if let Some(bad) = bad {
            let message = "there are bytes that are not UTF-8".to_owned();
            self.say(
                "invalid-utf8",
                at,
                text,
                bad - at..bad - at + 1,
                message,
                None,
            );
        }
        let anchor = anchor(&self.layers, &self.prefix, &mut self.trees);
        let prefix = match anchor {
            // Pointers start from the text itself.
            Some(_) => Pointer::root(),
            None => self.prefix.clone(),
        };
        let mut scene = worker.scene(text, at, prefix, &mut self.lines);
        scene.anchor = anchor;
        let (all_rows, most_rows) = (worker.orders.events, worker.linter.settings.rows);
        let mut next_row = 0;
        let mut row = |upto: usize,
                       scene: &mut Scene<'_, '_>,
                       part: &mut Part,
                       inspector: &Inspector<'_, '_>| {
            while rows && next_row < upto {
                let seen = &self.seen[next_row];
                if seen.wanted && (all_rows || part.rows < most_rows) {
                    part.rows += 1;
                    let pointer = inspector.pointer(seen.place);
                    let start = match &scene.anchor {
                        Some((span, _)) => span.start,
                        None => at + scene.span(&pointer).map_or(0, |span| span.start),
                    };
                    let name = part.names[seen.name as usize].clone();
                    let row = EventRow {
                        file: worker.file.to_owned(),
                        line: scene.lines.locate(start, 0).line,
                        event: events_before + next_row as u64,
                        pointer: printable::pointer_below(
                            &scene.prefix.join(&pointer),
                            &Pointer::root(),
                        ),
                        event_name: None,
                        event_id: seen.event_id.clone(),
                        score: seen.website.then(|| event_score(seen.presence.usable())),
                        presence: seen.presence,
                    };
                    part.told.push(Told::Event(row, Some(name)));
                }
                next_row += 1;
            }
        };
        for group in self.inspector.groups() {
            let findings = &self.inspector.findings()[group.findings.clone()];
            match group.event {
                Some(number) => {
                    row(number + 1, &mut scene, self.part, &self.inspector);
                    let seen = &self.seen[number];
                    if seen.wanted {
                        let name = self.part.names[seen.name as usize].clone();
                        let base = self.inspector.pointer(seen.place);
                        let about = Some((events_before + number as u64, &name));
                        self.part.report(&mut scene, findings, &base, about);
                    }
                }
                // What stands around events that are all left out is left out with them.
                None if !self.seen.is_empty() && !self.seen.iter().any(|seen| seen.wanted) => {}
                None => {
                    let base = match group.subject {
                        Subject::Request => self.inspector.pointer(group.place),
                        _ => Pointer::root(),
                    };
                    self.part.report(&mut scene, findings, &base, None);
                }
            }
        }
        row(self.seen.len(), &mut scene, self.part, &self.inspector);
    }

    /// Reports something that no check finds because it is about the reading itself.
    fn say(
        &mut self,
        rule: &str,
        at: usize,
        text: &'a str,
        bytes: Range<usize>,
        message: String,
        change: Option<&dyn Fn(&mut Finding)>,
    ) {
        let mut findings = Findings::new();
        findings.begin(rules::index_of(rule), Subject::Record, 0);
        let finding = findings.at_bytes(bytes, message);
        if let Some(change) = change {
            change(finding);
        }
        let worker = self.worker;
        let mut scene = worker.scene(text, at, Pointer::root(), &mut self.lines);
        scene.anchor = anchor(&self.layers, &self.prefix, &mut self.trees);
        self.part
            .report(&mut scene, findings.list(), &Pointer::root(), None);
    }
}

/// Comments and commas are told once a file, as information.
fn once_a_file(finding: &mut Finding) {
    finding
        .severity(Severity::Info)
        .spoils(false)
        .fold(crate::finding::Reach::File, |number| match number {
            1 => "JSON with comments or trailing commas was read as if it had none".to_owned(),
            _ => format!(
                "JSON with comments or trailing commas was read as if it had none, {number} times"
            ),
        });
}

/// The bytes of the block that the innermost of some layers comes from, and the way in words.
fn anchor<'a>(
    layers: &[Layer<'a>],
    prefix: &Pointer,
    trees: &mut Trees<'a>,
) -> Option<(Span, Vec<String>)> {
    let span = trees.span(&layers.first()?.held)?;
    Some((span, dig::via(layers, prefix, trees)))
}

impl<'a> Dig<'a> for Checker<'_, 'a> {
    fn inspect(
        &mut self,
        at: usize,
        text: &'a str,
        around: Envelope<'a>,
        origin: Option<Origin>,
    ) -> Result<Inspected<'a>, SyntaxError> {
        let events_before = self.part.events + self.part.filtered;
        let element = self.as_event == Some(true) && self.layers.is_empty();
        self.seen.clear();
        let (texts, block) = ([Spot { at, text }], self.lines.text());
        let (seen, ties) = (&mut self.seen, &mut self.ties);
        let mut notes = Notes::of(self.worker, self.part, seen, ties, block, &texts);
        notes.record = (self.layers.first()).map(|layer| self.trees.line_of(&layer.held));
        let read = match element {
            true => self
                .inspector
                .element(text, self.latest, around, &mut notes)?,
            false => self
                .inspector
                .text_within(text, around, origin, &mut notes)?,
        };
        if self.awaits_body && self.layers.is_empty() {
            self.inspector.note_age(&mut self.part.ages);
        }
        self.count(at, &text[..read.end], around, element);
        let mut piece = None;
        if self.layers.is_empty() && !element {
            piece = dig::piece_of(&self.inspector, &self.joints);
        }
        if piece.is_some() {
            // What it amounts to shows when the others have come.
            return Ok(Inspected {
                piece,
                read,
                wrapped: Vec::new(),
                scopes: Vec::new(),
                origin: None,
            });
        }
        let inspected = Inspected {
            piece,
            read,
            scopes: self.inspector.scopes(),
            wrapped: self.inspector.take_wrapped(),
            origin: self.inspector.origin(),
        };
        if let Some(place) = read.relaxed_at {
            let message = "comments or trailing commas".to_owned();
            self.say(
                "malformed-json",
                at,
                text,
                place..place + 1,
                message,
                Some(&once_a_file),
            );
        }
        self.conclude(at, &text[..read.end], events_before);
        Ok(inspected)
    }

    fn enter(&mut self, layer: Layer<'a>) {
        self.layers.push(layer);
    }

    fn leave(&mut self) {
        self.layers.pop();
    }

    fn unread(&mut self, text: &'a str, why: Why) {
        self.found += 1;
        match why {
            Why::Malformed(error) => self.say_malformed(0, text, error),
            Why::Truncated => {
                self.part.unread.truncated += 1;
                self.say_lossy(0, text, CUT_OFF);
            }
            Why::Printed(what) => {
                self.part.unread.printed += 1;
                self.say_lossy(0, text, what);
            }
        }
    }

    fn found(&self) -> u64 {
        self.found
    }

    fn joints(&mut self) -> &mut Joints<'a> {
        &mut self.joints
    }

    fn pieces(&mut self, records: u64) {
        self.is_piece = true;
        self.part.records += records;
    }

    fn arena(&self) -> &'a Bump {
        self.inspector.arena()
    }

    fn zone(&self) -> Option<&TimeZone> {
        self.worker.around.assume.zone.as_ref()
    }
}

impl<'a> Checker<'_, 'a> {
    /// Looks at the texts that were put aside. Whatever else is read comes after them.
    fn settle(&mut self) {
        if self.aside.is_empty() {
            return;
        }
        let mut events_before = self.part.events + self.part.filtered;
        let (mut texts, block) = (std::mem::take(&mut self.aside), self.lines.text());
        let mut all_seen = std::mem::take(&mut self.seen_aside);
        let (seen, ties) = (&mut all_seen, &mut self.ties);
        let mut notes = Notes::of(self.worker, self.part, seen, ties, block, &texts);
        self.inspector.run_aside(&mut notes);
        let (is_element, around) = (self.as_event == Some(true), self.around());
        let prefix = self.prefix.clone();
        let mut prefixes = std::mem::take(&mut self.prefixes);
        let mut seen = all_seen.drain(..);
        for ((number, &Spot { at, text }), prefix) in
            texts.iter().enumerate().zip(prefixes.drain(..))
        {
            self.inspector.turn_to(number);
            self.prefix = prefix;
            let events = self.inspector.events();
            self.seen.clear();
            self.seen.extend(seen.by_ref().take(events));
            if self.awaits_body {
                self.inspector.note_age(&mut self.part.ages);
            }
            let before = self.found;
            self.count(at, text, around, is_element);
            self.conclude(at, text, events_before);
            events_before += events as u64;
            self.has_read(self.found > before);
        }
        drop(seen);
        self.inspector.clear_aside();
        texts.clear();
        (self.aside, self.seen_aside) = (texts, all_seen);
        (self.prefixes, self.prefix) = (prefixes, prefix);
    }

    /// What stands around a text that may be put aside.
    fn around(&self) -> Envelope<'a> {
        match self.as_event {
            Some(_) => self.context,
            None => Envelope::default(),
        }
    }

    /// Counts what is in the text at hand.
    fn count(&mut self, at: usize, text: &'a str, around: Envelope<'a>, is_element: bool) {
        let left_out = !self.seen.is_empty() && self.seen.iter().all(|seen| !seen.wanted);
        if !is_element && !left_out {
            self.part.requests += self.inspector.requests() as u64;
        }
        self.found += self.inspector.events() as u64 + self.inspector.answers().len() as u64;
        self.note_answers(at, text, around);
    }

    /// Takes over what came of the text at hand.
    fn conclude(&mut self, at: usize, text: &'a str, events_before: u64) {
        self.take(at, text, events_before);
        if self.worker.orders.resend {
            let before = self.part.parcels.len();
            self.send_again(at, text, events_before);
            if self.inspector.events() > 0 {
                self.requests.sizes.push(self.part.parcels.len() - before);
            }
            let sent = self.requests.begin..self.part.parcels.len();
            if let Some(trace) = self.part.trace.filter(|_| self.inspector.events() > 0) {
                self.requests.traced.insert(trace, sent);
            }
        }
    }

    /// A JSON text of the block was read with all that lies in it.
    fn has_read(&mut self, found: bool) {
        if found {
            self.ambient.spend();
            self.end_record();
        }
        if std::mem::take(&mut self.is_piece) {
            return;
        }
        self.joints.mix();
        // The elements of a list are one record with it.
        if self.as_event.is_none() {
            self.part.records += 1;
            self.part.other_records += u64::from(!found);
        }
    }

    /// Counts the answers of Meta in the text at hand, and which of them follow a request.
    fn note_answers(&mut self, at: usize, text: &'a str, around: Envelope<'a>) {
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
                let anchor = anchor(&self.layers, &self.prefix, &mut self.trees);
                let prefix = match anchor {
                    Some(_) => Pointer::root(),
                    None => self.prefix.clone(),
                };
                let mut scene = self.worker.scene(text, at, prefix, &mut self.lines);
                scene.anchor = anchor;
                let mut said = Part::new();
                said.report(&mut scene, &[finding], &Pointer::root(), None);
                said
            });
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
                at: self.stand(answer.place),
                exchange: match self.layers.is_empty() {
                    true => self.inspector.exchange(number),
                    false => None,
                },
            });
            self.part.asks = Some(false);
        }
    }

    /// A record has ended: its answers are paired with requests, and refusals are told when their
    /// request stands in another record.
    fn end_record(&mut self) {
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
                self.refuse_in_record(&answer);
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
    fn pair_backwards(&mut self) {
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

    /// Tells of a text that was cut off or printed in a form that loses values.
    fn say_lossy(&mut self, at: usize, text: &'a str, what: &str) {
        // The rule may not be in the catalogue; the count is in the report in any case.
        let rule = "lossy-capture";
        if rules::ALL.iter().any(|known| known.name() == rule) {
            let message = format!("an event cannot be read: this is {what}");
            self.say(rule, at, text, 0..0, message, None);
        }
    }

    /// A text with an event that ends too early is one for the facts, whatever the rules say of it.
    fn count_cut_off(&mut self, text: &str, error: SyntaxError) {
        let is_cut_off = error.incomplete && search::names_event(text);
        self.part.unread.truncated += u64::from(is_cut_off);
    }

    fn say_malformed(&mut self, at: usize, text: &'a str, error: SyntaxError) {
        let start = error.offset.min(text.len());
        let length = text[start..].chars().next().map_or(0, char::len_utf8);
        let message = format!("not valid JSON: {}", error.what);
        self.say(
            "malformed-json",
            at,
            text,
            start..start + length,
            message,
            None,
        );
    }

    /// Looks for what stands in any text: a token in it leaks like any other.
    fn look_at_prose(&mut self, at: usize, text: &'a str) {
        self.inspector.prose(text);
        self.seen.clear();
        let before = self.part.events + self.part.filtered;
        self.take(at, text, before);
    }
}

static OF_PAIRS: Lazy<usize> = Lazy::new(|| rules::index_of("refused-by-meta"));

static OF_LOSSES: Lazy<usize> = Lazy::new(|| rules::index_of("lossy-capture"));

const CUT_OFF: &str = "JSON that the log cut off";

/// Whether a line is meant to be JSON from `start` on: nothing but the comma of a list stands before.
fn is_meant(line: &str, start: usize) -> bool {
    line[..start].trim_start_matches([',', ' ']).is_empty()
}

/// Whether the key of an event's name stands in a line outside of what was read there. A line that
/// begins with a key is one of a larger text, of which something else tells.
fn names_unread_event(line: &str, outcome: &Outcome) -> bool {
    let is_inside = line.trim_start().starts_with(['"', '\'', '{', '[']);
    let (first, last) = (outcome.first.min(line.len()), outcome.last.min(line.len()));
    !is_inside
        && search::names_event(line)
        && (exchange::names_event(&line[..first]) || exchange::names_event(&line[last..]))
}

/// Whether a text that cannot be read may have been meant to hold an event.
fn is_of_an_event(text: &str) -> bool {
    search::names_event(text)
        || ["user_data", "action_source", "\"data\""]
            .iter()
            .any(|word| text.contains(word))
}

impl<'a> walk::Visit<'a> for Checker<'_, 'a> {
    fn json(&mut self, at: usize, text: &'a str) -> Result<Taken, SyntaxError> {
        let alone = self.as_event.is_some() || self.ambient.is_spent();
        let element = (self.as_event == Some(true)).then_some(self.latest);
        if alone && let Some(read) = self.inspector.set_aside(text, self.around(), element) {
            let text = &text[..read.end];
            self.aside.push(Spot { at, text });
            self.prefixes.push(self.prefix.clone());
            if self.inspector.is_full() {
                self.settle();
            }
            return Ok(read);
        }
        self.settle();
        let before = self.found;
        let around = match self.as_event {
            Some(_) => self.context,
            None => self.ambient.current_of(&self.lines.text()[at..]),
        };
        let read = dig::json(self, at, text, around, None, 0)?;
        self.has_read(self.found > before);
        Ok(read)
    }

    fn line(
        &mut self,
        at: usize,
        line: &'a str,
        beyond: &'a str,
        error: Option<SyntaxError>,
    ) -> usize {
        self.settle();
        let zone = self.worker.around.assume.zone.as_ref();
        self.ambient.see(line, beyond, error, zone);
        let before = self.found;
        let mut around = self.ambient.current();
        if let Some(columns) = self.columns {
            columns.see(line, &mut around, Naive::of(zone));
        }
        if dig::piece_of_line(self, at, line, beyond, around) {
            self.is_piece = false;
            // The time is that of the piece, and of nothing behind it.
            self.ambient.spend();
            return line.len();
        }
        let outcome = dig::texts(self, at, line, beyond, around, None, 0);
        self.joints.mix();
        let mut printed = None;
        if self.found > before {
            self.ambient.spend();
            self.end_record();
            self.part.records += 1;
        } else {
            self.part.skipped_lines += 1;
            let read = beyond.get(..outcome.end).unwrap_or(line);
            match (error, dig::why(read, &outcome)) {
                (_, Some(Why::Printed(what))) => {
                    self.part.unread.printed += 1;
                    printed = Some(what);
                }
                // The logger says itself that it cut the text off.
                (Some(_), Some(Why::Truncated)) if envelope_text::before_mark(line).is_some() => {
                    self.part.unread.truncated += 1;
                    self.say_lossy(at, line, CUT_OFF);
                }
                // What begins as JSON is meant to be a text of its own; a bracket too many is meant
                // to end one.
                (Some(error), _)
                    if outcome
                        .fault
                        .is_some_and(|(start, _)| is_meant(line, start))
                        || (error.what == walk::FOLLOWS && line.starts_with(['}', ']'])) =>
                {
                    // What follows the comma tells more than that there is one.
                    let fault = outcome.fault.filter(|(start, _)| *start > 0);
                    let error = fault.map_or(error, |(start, fault)| SyntaxError {
                        offset: start + fault.offset,
                        ..fault
                    });
                    self.count_cut_off(line, error);
                    self.say_malformed(at, line, error);
                }
                (_, Some(Why::Truncated)) => {
                    self.part.unread.truncated += 1;
                    self.say_lossy(at, line, CUT_OFF);
                }
                (_, Some(Why::Malformed(error))) => self.say_malformed(at, line, error),
                (Some(_), None) if names_unread_event(line, &outcome) => {
                    self.part.unread.printed += 1;
                    printed = Some("a piece of an object without what stands around it");
                }
                _ => {}
            }
        }
        // What was read was looked at as what it is.
        self.look_at_prose(at, &line[..outcome.first.min(line.len())]);
        // Some of these a rule knows by itself.
        if let Some(what) = printed
            && !(self.inspector.findings().iter()).any(|one| one.rule == *OF_LOSSES)
        {
            self.say_lossy(at, line, what);
        }
        if outcome.last < line.len() {
            self.look_at_prose(at + outcome.last, &line[outcome.last..]);
        }
        outcome.end
    }

    fn malformed(&mut self, at: usize, text: &'a str, error: SyntaxError) {
        self.settle();
        if is_of_an_event(text) {
            self.count_cut_off(text, error);
            self.say_malformed(at, text, error);
        } else {
            self.part.skipped_lines += 1;
        }
        self.look_at_prose(at, text);
    }

    fn is_table(&self) -> bool {
        self.columns.is_some() && self.as_event.is_none()
    }

    fn settle(&mut self) {
        Checker::settle(self);
    }

    fn waits_from(&self) -> Option<usize> {
        self.joints.wait_from()
    }

    fn end(&mut self) {
        self.settle();
        dig::rest(self);
        self.end_record();
        self.pair_backwards();
        // Elements of a list wait for the end of their body.
        let waits = self.part.asks == Some(true) && self.as_event.is_none();
        if waits && self.requests.last.end == self.part.parcels.len() {
            let last = &self.requests.last;
            let sizes = &self.requests.last_sizes;
            self.part.asking = match sizes.iter().sum::<usize>() == last.len() {
                true => sizes.clone(),
                false => vec![last.len()],
            };
        }
    }

    fn relaxed(&mut self, at: usize) {
        self.settle();
        let message = "comments or trailing commas".to_owned();
        self.say("malformed-json", at, "", 0..0, message, Some(&once_a_file));
    }

    fn list(&mut self, block: &'a str, elements: &[Range<usize>], list: &List) {
        self.settle();
        self.as_event = Some(list.in_data);
        self.awaits_body = list.is_of_a_body();
        self.context = dig::context(list, self.arena(), self.zone());
        if list.in_data {
            self.latest = latest_of(block, elements);
        }
    }

    fn element(&mut self, pointer: Pointer) {
        self.prefix = pointer;
    }

    fn cut_off(&mut self, at: usize, text: &'a str, elements: Range<usize>, error: SyntaxError) {
        self.settle();
        if self.awaits_body {
            // Nobody knows what else the body says.
            let reason = rules::index_of("malformed-json");
            let waiting = self.part.parcels.iter_mut();
            for parcel in waiting.filter(|parcel| parcel.awaits_body) {
                parcel.awaits_body = false;
                parcel.reasons.push(reason);
            }
        }
        (self.as_event, self.awaits_body) = (None, false);
        (self.context, self.prefix) = (Envelope::default(), Pointer::root());
        self.ambient.spend();
        self.joints.mix();
        self.part.records += 1;
        self.part.unread.truncated += 1;
        self.say_malformed(at, text, error);
        self.look_at_prose(at, &text[..elements.start]);
        self.look_at_prose(at + elements.end, &text[elements.end..]);
    }
}
