//! Checks the texts of one block and takes down what comes of them.

mod ambient;
mod answers;
mod notes;

pub(super) use ambient::Ambient;
pub(super) use answers::part_of;
pub(super) use notes::is_wanted;

use std::ops::Range;

use bumpalo::Bump;
use hashbrown::HashSet;
use jiff::tz::TimeZone;
use once_cell::sync::Lazy;

use crate::envelope::csv::Columns;
use crate::envelope::search::{self, Origin};
use crate::envelope::text as envelope_text;
use crate::envelope::when::{Logged, Naive};
use crate::event::Envelope;
use crate::exchange;
use crate::finding::{Finding, Findings, Severity, Subject};
use crate::input::blocks::List;
use crate::inspect::{Inspector, Read as Taken};
use crate::json::Pointer;
use crate::json::tree::{Span, Syntax, SyntaxError, Tree};
use crate::pixel::index::Tie;
use crate::report::EventRow;
use crate::rules;
use crate::score::event_score;
use crate::values::printable;

use super::by_element::ByElement;
use super::dig::{self, Dig, Inspected, Joints, Layer, Outcome, Trees, Why};
use super::parcel;
use super::part::{Lines, Part, Scene, Told};
use super::walk;
use super::worker::{Utf8, Worker};
use answers::{Answer, NewestFirst, Requests, Stand};
use notes::{Notes, Seen, Spot};

/// Checks the texts of one block.
pub(super) struct Checker<'c, 'a> {
    worker: &'c Worker<'c>,
    pub(super) inspector: Inspector<'c, 'a>,
    lines: Lines<'a>,
    pub(super) part: &'c mut Part,
    utf8: &'c Utf8<'a>,
    seen: Vec<Seen>,
    /// The larger text that the text at hand is an element of.
    list: ByElement<'a>,
    ties: Vec<Tie>,
    /// The way to the text at hand, when it does not stand in the block as it is.
    layers: Vec<Layer<'a>>,
    ambient: Ambient<'a>,
    /// The columns of the table that the text is.
    pub(super) columns: Option<&'c Columns>,
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

impl<'c, 'a> Checker<'c, 'a> {
    pub(super) fn new(
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
            list: ByElement::default(),
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

impl<'a> Checker<'_, 'a> {
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
            parcel.awaits_body = self.list.awaits_body && self.layers.is_empty() && seen.place == 0;
            parcel.line = self.lines.locate(begin, 0).line;
            parcel.offset = begin as u64;
            parcel.event = events_before + number as u64;
            self.part.parcels.push(parcel);
            let stand = Stand::of(&self.layers, at, seen.place);
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
        let anchor = anchor(&self.layers, &self.list.prefix, &mut self.trees);
        let prefix = match anchor {
            // Pointers start from the text itself.
            Some(_) => Pointer::root(),
            None => self.list.prefix.clone(),
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
    pub(super) fn say(
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
        scene.anchor = anchor(&self.layers, &self.list.prefix, &mut self.trees);
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
        let element = self.list.as_event == Some(true) && self.layers.is_empty();
        self.seen.clear();
        let (texts, block) = ([Spot { at, text }], self.lines.text());
        let (seen, ties) = (&mut self.seen, &mut self.ties);
        let mut notes = Notes::of(self.worker, self.part, seen, ties, block, &texts);
        notes.record = (self.layers.first()).map(|layer| self.trees.line_of(&layer.held));
        let read = match element {
            true => self
                .inspector
                .element(text, self.list.latest, around, &mut notes)?,
            false => self
                .inspector
                .text_within(text, around, origin, &mut notes)?,
        };
        if self.list.awaits_body && self.layers.is_empty() {
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
        let (is_element, around) = (self.list.as_event == Some(true), self.around());
        let prefix = self.list.prefix.clone();
        let mut prefixes = std::mem::take(&mut self.prefixes);
        let mut seen = all_seen.drain(..);
        for ((number, &Spot { at, text }), prefix) in
            texts.iter().enumerate().zip(prefixes.drain(..))
        {
            self.inspector.turn_to(number);
            self.list.prefix = prefix;
            let events = self.inspector.events();
            self.seen.clear();
            self.seen.extend(seen.by_ref().take(events));
            if self.list.awaits_body {
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
        (self.prefixes, self.list.prefix) = (prefixes, prefix);
    }

    /// What stands around a text that may be put aside.
    fn around(&self) -> Envelope<'a> {
        self.list.around().unwrap_or_default()
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
            self.send_again(at, text, events_before);
            let requests = self.seen.chunk_by(|one, next| one.request == next.request);
            let is_sent = |seen: &&Seen| seen.bound.is_some();
            let sizes = requests.map(|events| events.iter().filter(is_sent).count());
            self.requests.sizes.extend(sizes);
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
        if self.list.as_event.is_none() {
            self.part.records += 1;
            self.part.other_records += u64::from(!found);
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
        let alone = self.list.as_event.is_some() || self.ambient.is_spent();
        let element = (self.list.as_event == Some(true)).then_some(self.list.latest);
        if alone && let Some(read) = self.inspector.set_aside(text, self.around(), element) {
            let text = &text[..read.end];
            self.aside.push(Spot { at, text });
            self.prefixes.push(self.list.prefix.clone());
            if self.inspector.is_full() {
                self.settle();
            }
            return Ok(read);
        }
        self.settle();
        let before = self.found;
        let around = match self.list.around() {
            Some(around) => around,
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
            if let Some((from, to)) = outcome.broken_off {
                self.part.unread.truncated += 1;
                self.say_lossy(at + from, &line[from..to], CUT_OFF);
            }
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
        self.columns.is_some() && self.list.as_event.is_none()
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
        let waits = self.part.asks == Some(true) && self.list.as_event.is_none();
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
        let (arena, worker) = (self.arena(), self.worker);
        let zone = worker.around.assume.zone.as_ref();
        self.list.begin(block, elements, list, arena, zone);
    }

    fn element(&mut self, pointer: Pointer) {
        self.list.prefix = pointer;
    }

    fn cut_off(&mut self, at: usize, text: &'a str, elements: Range<usize>, error: SyntaxError) {
        self.settle();
        if self.list.awaits_body {
            // Nobody knows what else the body says.
            let reason = rules::index_of("malformed-json");
            let waiting = self.part.parcels.iter_mut();
            for parcel in waiting.filter(|parcel| parcel.awaits_body) {
                parcel.awaits_body = false;
                parcel.reasons.push(reason);
            }
        }
        self.list.end();
        self.ambient.spend();
        self.joints.mix();
        self.part.records += 1;
        self.part.unread.truncated += 1;
        self.say_malformed(at, text, error);
        self.look_at_prose(at, &text[..elements.start]);
        self.look_at_prose(at + elements.end, &text[elements.end..]);
    }
}
