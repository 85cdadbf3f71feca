//! Applies fixes to a block, text by text. Bytes that no fix names are copied as they are.

use std::ops::Range;
use std::sync::Arc;

use bumpalo::Bump;

use crate::clock::Clock;
use crate::digest::Shape;
use crate::envelope::csv::Columns;
use crate::envelope::decode;
use crate::envelope::search::Origin;
use crate::envelope::when::Naive;
use crate::event::{Envelope, Event};
use crate::finding::{Finding, Place, Subject};
use crate::fix::{Op, Safety};
use crate::input::blocks::{Block, Frame, List, bom_length};
use crate::inspect::{Inspector, Read, Watch};
use crate::json::tree::{Kind, Syntax, SyntaxError, Tree};
use crate::json::{Pointer, tree};
use crate::policy::Decision;
use crate::repair::{Allow, Change, Mender, Repair};
use crate::report::{LocatedChange, count};
use crate::values::printable;
use crate::witness::Sent;

use super::by_element::ByElement;
use super::checker::{Ambient, is_wanted};
use super::dig::{self, Dig, Held, Inspected, Joints, Layer, Trees};
use super::part::Lines;
use super::walk;
use super::worker::{Utf8, Worker};

/// What mending a block came to.
#[derive(Default)]
pub(super) struct Outcome {
    /// The block with its new bytes and frame, when anything changed.
    pub block: Option<Block>,
    pub changes: Vec<LocatedChange>,
    pub withheld: Vec<LocatedChange>,
    /// Events left as they were, because nothing usable would remain of their user_data.
    pub left: u64,
    /// Why fixes were left undone, once for each.
    pub not_written: Vec<&'static str>,
}

/// Mends the texts of a block.
pub(super) fn mend_block(worker: &Worker<'_>, block: &Block, complete: bool) -> Outcome {
    let utf8 = Utf8::of(&block.bytes);
    let text = utf8.text();
    let skip = if block.offset == 0 {
        bom_length(&block.bytes)
    } else {
        0
    };
    let arena = Bump::new();
    let mut bench = Bench {
        worker,
        inspector: Inspector::new(&worker.linter.rules, worker.around, &arena).look_at_copies(),
        lines: Lines::new(text, skip),
        utf8: &utf8,
        list: ByElement::default(),
        events: 0,
        block: text,
        pieces: Vec::new(),
        layers: Vec::new(),
        edits: Vec::new(),
        outside: Vec::new(),
        ambient: Ambient::default(),
        columns: block.columns.as_deref(),
        joints: Joints::default(),
        is_piece: false,
        trees: Trees::default(),
        found: 0,
        left_out: 0,
        has_copies: false,
        is_failed: false,
        outcome: Outcome::default(),
    };
    walk::walk_block(&block.frame, text, skip, complete, &mut bench);
    if let Frame::Head(head) = &block.frame {
        // The head is put together from two parts of a stream that was given out already.
        let mut count = 0;
        let mut inspector = Inspector::new(&worker.linter.rules, worker.around, &arena);
        if let Ok(head) = std::str::from_utf8(&head.text)
            && inspector.text(arena.alloc_str(head), &mut ()).is_ok()
        {
            count = inspector
                .findings()
                .iter()
                .filter(|f| is_allowed(worker, f))
                .count();
        }
        let reason = "the request around the events is too large to be changed as a whole";
        bench
            .outcome
            .not_written
            .extend(std::iter::repeat_n(reason, count));
    }
    let Bench {
        pieces,
        mut outcome,
        ..
    } = bench;
    if !pieces.is_empty() {
        outcome.block = Some(put_together(block, &pieces));
    }
    outcome
}

/// The block with some of its texts replaced.
fn put_together(block: &Block, pieces: &[(Range<usize>, String)]) -> Block {
    let mut bytes = Vec::with_capacity(block.bytes.len() + 1024);
    let mut at = 0;
    for (range, new) in pieces {
        bytes.extend_from_slice(&block.bytes[at..range.start]);
        bytes.extend_from_slice(new.as_bytes());
        at = range.end;
    }
    bytes.extend_from_slice(&block.bytes[at..]);
    let moved = |place: usize| {
        let shift: isize = pieces
            .iter()
            .take_while(|(range, _)| range.end <= place)
            .map(|(range, new)| new.len() as isize - range.len() as isize)
            .sum();
        (place as isize + shift) as usize
    };
    let all = |ranges: &[Range<usize>]| -> Vec<Range<usize>> {
        ranges
            .iter()
            .map(|range| moved(range.start)..moved(range.end))
            .collect()
    };
    let frame = match &block.frame {
        Frame::Texts(ranges) => Frame::Texts(all(ranges)),
        Frame::Elements {
            ranges,
            first,
            list,
        } => Frame::Elements {
            ranges: all(ranges),
            first: *first,
            list: list.clone(),
        },
        other => other.clone(),
    };
    Block {
        bytes,
        offset: block.offset,
        frame,
        last: block.last,
        is_torn: block.is_torn,
        columns: block.columns.clone(),
    }
}

pub(super) fn is_allowed(worker: &Worker<'_>, finding: &Finding) -> bool {
    let settings = &worker.linter.settings;
    let least = if settings.unsafe_fixes {
        Safety::Unsafe
    } else {
        Safety::Safe
    };
    finding.fix.as_ref().is_some_and(|fix| fix.safety >= least)
        && matches!(
            settings.policy.decide(worker.key, finding),
            Decision::Report(_)
        )
}

/// Where texts are mended.
struct Bench<'b, 'a> {
    worker: &'b Worker<'b>,
    inspector: Inspector<'b, 'a>,
    lines: Lines<'a>,
    utf8: &'b Utf8<'a>,
    /// The larger text that the text at hand is an element of.
    list: ByElement<'a>,
    /// Events before the text at hand.
    events: u64,
    block: &'a str,
    /// New texts for ranges of the block, in order.
    pieces: Vec<(Range<usize>, String)>,
    /// The way to the text at hand, when it does not stand in the block as it is.
    layers: Vec<Layer<'a>>,
    /// For each layer, new texts for ranges of it, and how much was told before it.
    edits: Vec<LayerEdits>,
    /// For each open JSON text, whether something around its events is to be mended.
    outside: Vec<Outside>,
    ambient: Ambient<'a>,
    /// The columns of the table that the text is.
    columns: Option<&'b Columns>,
    joints: Joints<'a>,
    /// Whether the record at hand is a piece of a longer text.
    is_piece: bool,
    trees: Trees<'a>,
    /// Events and answers so far.
    found: u64,
    /// Events so far that the filters leave out.
    left_out: u64,
    /// Whether the record at hand holds the same events more than once, and whether one of its
    /// texts could not be changed.
    has_copies: bool,
    is_failed: bool,
    outcome: Outcome,
}

/// What there is to know of the text around some events when they are mended.
#[derive(Default)]
struct Outside {
    /// Whether anything is to be mended there.
    is_wanted: bool,
    /// Events before the text that the filters leave out.
    left_out: u64,
    /// Pointers to the events.
    events: Vec<Pointer>,
    /// Events before the text.
    before: u64,
    /// Whether the text is a copy of one that was mended: nothing is told of it twice.
    is_copy: bool,
}

type LayerEdits = (Vec<(Range<usize>, String)>, (usize, usize));

const NOT_UTF8: &str = "the text holds bytes that are not UTF-8";

/// Notes what is needed to mend events one by one.
struct Clocks<'b> {
    worker: &'b Worker<'b>,
    events: Vec<(u32, Clock, bool)>,
    /// What stood around each, when fixes ask.
    sent: Vec<Option<Arc<Sent>>>,
}

impl Watch for Clocks<'_> {
    fn event(&mut self, event: &Event<'_, '_>, _: &[Finding]) {
        let filter = &self.worker.linter.settings.filter;
        let wanted = filter.is_open() || is_wanted(filter, event);
        self.events
            .push((event.root().place(), event.clock, wanted));
        // Alone it would be taken for one of a request.
        let asks = self.worker.orders.lessons.is_some() || !event.in_request;
        self.sent.push(asks.then(|| Sent::of(event)));
    }
}

impl<'a> Dig<'a> for Bench<'_, 'a> {
    fn inspect(
        &mut self,
        at: usize,
        text: &'a str,
        around: Envelope<'a>,
        origin: Option<Origin>,
    ) -> Result<Inspected<'a>, SyntaxError> {
        let mut clocks = Clocks {
            worker: self.worker,
            events: Vec::new(),
            sent: Vec::new(),
        };
        let read = match self.is_element() {
            true => self
                .inspector
                .element(text, self.list.latest, around, &mut clocks)?,
            false => self
                .inspector
                .text_within(text, around, origin, &mut clocks)?,
        };
        self.found += self.inspector.events() as u64 + self.inspector.answers().len() as u64;
        if self.layers.is_empty() && !self.is_element() {
            let piece = dig::piece_of(&self.inspector, &self.joints);
            if piece.is_some() {
                self.outside.push(Outside::default());
                return Ok(Inspected {
                    piece,
                    read,
                    wrapped: Vec::new(),
                    scopes: Vec::new(),
                    origin: None,
                });
            }
        }
        let (mut allowed, mut outside) = (0, false);
        for finding in self.inspector.findings() {
            if is_allowed(self.worker, finding) {
                allowed += 1;
                outside |= finding.subject != Subject::Event || takes_event_out(finding);
            }
        }
        let refused = self.refusal(at, read.end).filter(|_| allowed > 0);
        if let Some(reason) = refused {
            self.is_failed = true;
            self.outcome
                .not_written
                .extend(std::iter::repeat_n(reason, allowed));
        } else if allowed > 0 {
            let told = self.told();
            self.mend_events(at, &text[..read.end], &clocks.events, &clocks.sent);
            if self.inspector.is_copy() {
                self.forget_since(told);
            }
        }
        let mut open = Outside {
            left_out: self.left_out,
            is_copy: self.inspector.is_copy(),
            ..Outside::default()
        };
        let left_out = clocks.events.iter().filter(|(_, _, wanted)| !wanted);
        self.left_out += left_out.count() as u64;
        if outside && refused.is_none() {
            open.is_wanted = true;
            open.before = self.events;
            let pointers = clocks.events.iter();
            open.events = pointers
                .map(|&(place, ..)| self.inspector.pointer(place))
                .collect();
        }
        self.has_copies |= open.is_copy;
        if !open.is_copy {
            self.events += clocks.events.len() as u64;
        }
        self.outside.push(open);
        Ok(Inspected {
            piece: None,
            read,
            scopes: self.inspector.scopes(),
            wrapped: self.inspector.take_wrapped(),
            origin: self.inspector.origin(),
        })
    }

    fn enter(&mut self, layer: Layer<'a>) {
        self.layers.push(layer);
        let marks = (self.outcome.changes.len(), self.outcome.withheld.len());
        self.edits.push((Vec::new(), marks));
    }

    fn leave(&mut self) {
        let (Some(layer), Some((edits, marks))) = (self.layers.pop(), self.edits.pop()) else {
            return;
        };
        if edits.is_empty() {
            return;
        }
        let new = edited(layer.text, 0, edits);
        if let Some((range, raw)) = self.put_back(&layer, &new) {
            self.edit(range, raw);
            return;
        }
        self.is_failed = true;
        let undone = self.outcome.changes.len() - marks.0;
        self.outcome.changes.truncate(marks.0);
        self.outcome.withheld.truncate(marks.1);
        let reason = "the text around the payload cannot be written back as it was";
        self.outcome
            .not_written
            .extend(std::iter::repeat_n(reason, undone));
    }

    /// Mends what stands around the events, once these are mended.
    fn done(&mut self, at: usize, text: &'a str) {
        let mut outside = self.outside.pop().unwrap_or_default();
        // What stands around an event that is left out is left as it is.
        outside.is_wanted &= self.left_out == outside.left_out;
        let is_wanted = outside.is_wanted;
        let list = self.list();
        let first = list.partition_point(|(range, _)| range.end <= at);
        if !is_wanted {
            // Bytes that no fix names stay, also those that are no text.
            list[first..].sort_by_key(|(range, _)| range.start);
            return;
        }
        let edits = list.split_off(first);
        let mut new = edited(text, at, edits);
        let worker = self.worker;
        let around = AroundEvents {
            worker,
            is_element: self.is_element(),
        };
        let mender = Mender::new(&worker.linter.rules, worker.around);
        let told = self.told();
        let repair = mender.mend_by_steps(&new, None, &around, |old, step| {
            self.note(at, old, step, None, &Pointer::root(), &outside);
        });
        new = repair.text.unwrap_or(new);
        if outside.is_copy {
            self.forget_since(told);
        }
        if new != text {
            self.edit(at..at + text.len(), new);
        }
    }

    fn found(&self) -> u64 {
        self.found
    }

    fn joints(&mut self) -> &mut Joints<'a> {
        &mut self.joints
    }

    fn pieces(&mut self, _: u64) {
        self.is_piece = true;
    }

    fn arena(&self) -> &'a Bump {
        self.inspector.arena()
    }

    fn zone(&self) -> Option<&jiff::tz::TimeZone> {
        self.worker.around.assume.zone.as_ref()
    }
}

impl<'a> walk::Visit<'a> for Bench<'_, 'a> {
    fn json(&mut self, at: usize, text: &'a str) -> Result<Read, SyntaxError> {
        let before = self.found;
        let around = match self.list.around() {
            Some(around) => around,
            None => self.ambient.current(),
        };
        let begun = self.begin_record();
        let read = dig::json(self, at, text, around, None, 0)?;
        self.end_record(begun);
        if self.found > before {
            self.ambient.spend();
        }
        if !std::mem::take(&mut self.is_piece) {
            self.joints.mix();
        }
        Ok(read)
    }

    fn line(
        &mut self,
        at: usize,
        line: &'a str,
        beyond: &'a str,
        error: Option<SyntaxError>,
    ) -> usize {
        let zone = self.worker.around.assume.zone.as_ref();
        self.ambient.see(line, beyond, error, zone);
        let (before, mut around) = (self.found, self.ambient.current());
        if let Some(columns) = self.columns {
            columns.see(line, &mut around, Naive::of(zone));
        }
        if dig::piece_of_line(self, at, line, beyond, around) {
            self.is_piece = false;
            // The time is that of the piece, and of nothing behind it.
            self.ambient.spend();
            return line.len();
        }
        let begun = self.begin_record();
        let outcome = dig::texts(self, at, line, beyond, around, None, 0);
        self.end_record(begun);
        self.joints.mix();
        if self.found > before {
            self.ambient.spend();
        }
        outcome.end
    }

    fn counted(&mut self, count: Range<usize>, message: Range<usize>) {
        let since = self
            .pieces
            .partition_point(|(range, _)| range.end <= count.start);
        let grown: isize = self.pieces[since..]
            .iter()
            .map(|(range, new)| new.len() as isize - range.len() as isize)
            .sum();
        let length = message.len() as isize + grown;
        if grown != 0 {
            self.pieces.insert(since, (count, length.to_string()));
        }
    }

    fn malformed(&mut self, _: usize, _: &'a str, _: SyntaxError) {}

    fn relaxed(&mut self, _: usize) {}

    fn is_table(&self) -> bool {
        self.columns.is_some() && self.list.as_event.is_none()
    }

    fn waits_from(&self) -> Option<usize> {
        self.joints.wait_from()
    }

    fn end(&mut self) {
        dig::rest(self);
    }

    fn list(&mut self, block: &'a str, elements: &[Range<usize>], list: &List) {
        let (arena, worker) = (self.arena(), self.worker);
        let zone = worker.around.assume.zone.as_ref();
        self.list.begin(block, elements, list, arena, zone);
    }

    fn element(&mut self, pointer: Pointer) {
        self.list.prefix = pointer;
    }

    fn cut_off(&mut self, _: usize, _: &'a str, _: Range<usize>, _: SyntaxError) {
        self.list.end();
        self.ambient.spend();
    }
}

/// A text that begins at `base`, with some of its bytes replaced.
fn edited(text: &str, base: usize, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let (mut out, mut at) = (String::with_capacity(text.len() + 64), base);
    for (range, new) in edits {
        out.push_str(&text[at - base..range.start - base]);
        out.push_str(&new);
        at = range.end;
    }
    out.push_str(&text[at - base..]);
    out
}

impl<'a> Bench<'_, 'a> {
    fn is_element(&self) -> bool {
        self.list.as_event == Some(true) && self.layers.is_empty()
    }

    /// How many texts were changed so far, and how much was told.
    fn begin_record(&mut self) -> (usize, (usize, usize, u64)) {
        (self.has_copies, self.is_failed) = (false, false);
        (self.pieces.len(), self.told())
    }

    /// Copies of an event are changed alike, or they would be taken for two: where one of them
    /// cannot be, all are left.
    fn end_record(&mut self, (pieces, told): (usize, (usize, usize, u64))) {
        if !(self.has_copies && self.is_failed) {
            return;
        }
        self.pieces.truncate(pieces);
        let undone = self.outcome.changes.len() - told.0;
        self.forget_since(told);
        let reason = "the record holds the payload twice, and one of them cannot be changed";
        let not_written = &mut self.outcome.not_written;
        not_written.extend(std::iter::repeat_n(reason, undone));
    }

    /// How much was told so far: changes, fixes withheld, events left.
    fn told(&self) -> (usize, usize, u64) {
        let outcome = &self.outcome;
        (outcome.changes.len(), outcome.withheld.len(), outcome.left)
    }

    /// Takes back what was told since.
    fn forget_since(&mut self, (changes, withheld, left): (usize, usize, u64)) {
        self.outcome.changes.truncate(changes);
        self.outcome.withheld.truncate(withheld);
        self.outcome.left = left;
    }

    /// The edits of the layer at hand.
    fn list(&mut self) -> &mut Vec<(Range<usize>, String)> {
        match self.edits.last_mut() {
            Some((edits, _)) => edits,
            None => &mut self.pieces,
        }
    }

    fn edit(&mut self, range: Range<usize>, new: String) {
        self.list().push((range, new));
    }

    /// Why the text that begins at `at` of its layer cannot be changed, if it cannot.
    fn refusal(&self, at: usize, length: usize) -> Option<&'static str> {
        if self.layers.is_empty() && self.utf8.bad_in(at, at + length).is_some() {
            return Some(NOT_UTF8);
        }
        self.layers
            .iter()
            .find_map(|layer| layer.codec.why_not_written())
    }

    /// The bytes in the layer above that hold a changed text, and what takes their place.
    fn put_back(&mut self, layer: &Layer<'a>, new: &str) -> Option<(Range<usize>, String)> {
        let above = self.layers.last().map_or(self.block, |above| above.text);
        let span = self.trees.span(&layer.held)?;
        let range = match layer.held {
            Held::Range { .. } => span.start..span.end,
            // Without the quotes.
            Held::Value { .. } => span.start + 1..span.end - 1,
        };
        if self.layers.is_empty() && self.utf8.bad_in(range.start, range.end).is_some() {
            return None;
        }
        let raw = above.get(range.clone())?;
        Some((range, decode::encode(layer.codec, raw, layer.text, new)?))
    }

    fn mend_events(
        &mut self,
        at: usize,
        text: &'a str,
        events: &[(u32, Clock, bool)],
        sent: &[Option<Arc<Sent>>],
    ) {
        let worker = self.worker;
        let allow = |finding: &Finding, _: Safety| is_allowed(worker, finding);
        let Ok(tree) = Tree::parse(text, Syntax::Relaxed) else {
            return;
        };
        let (mut of_event, mut of_text) = (vec![false; events.len()], Vec::new());
        for group in self.inspector.groups() {
            for finding in &self.inspector.findings()[group.findings.clone()] {
                match (group.event, &finding.place) {
                    _ if !is_allowed(worker, finding) => {}
                    (Some(event), _) => of_event[event] = true,
                    (None, Place::Pointer(pointer)) if finding.subject == Subject::Record => {
                        of_text.push(pointer.clone());
                    }
                    _ => {}
                }
            }
        }
        let here = Outside {
            before: self.events,
            ..Outside::default()
        };
        for (number, &(place, clock, wanted)) in events.iter().enumerate() {
            if !wanted || (!of_event[number] && of_text.is_empty()) {
                continue;
            }
            let base = self.inspector.pointer(place);
            // What is mended in an event as in any text may leave more to mend in the event.
            if !of_event[number] && !of_text.iter().any(|pointer| pointer.within(&base)) {
                continue;
            }
            let Some(span) = tree.span(text, &base) else {
                continue;
            };
            let old = span.of(text);
            let around = sent[number].as_ref().map(|sent| worker.beside(sent));
            let around = around.as_ref().unwrap_or(worker.around);
            let mender = Mender::new(&worker.linter.rules, around);
            let repair = mender.mend(old, Some(clock), &allow);
            let before = (self.outcome.changes.len(), self.outcome.withheld.len());
            self.note(
                at + span.start,
                old,
                &repair,
                Some(number as u64),
                &base,
                &here,
            );
            // They were made from the last to the first, and are told from the first to the last.
            self.outcome.changes[before.0..].reverse();
            self.outcome.withheld[before.1..].reverse();
            if let Some(mended) = repair.text {
                self.edit(at + span.start..at + span.end, mended);
            }
        }
    }

    /// Remembers what was done to one event or to the text around the events.
    fn note(
        &mut self,
        at: usize,
        old: &str,
        repair: &Repair,
        event: Option<u64>,
        base: &Pointer,
        outside: &Outside,
    ) {
        let start = match self.layers.first() {
            Some(layer) => (self.trees.span(&layer.held)).map_or(0, |span| span.start),
            None => at,
        };
        let line = self.lines.locate(start, 0).line;
        let new = repair.text.as_deref().unwrap_or(old);
        let show = self.worker.linter.settings.show_values;
        let mut first = true;
        let mut locate = |change: &Change, done: bool| {
            // Of an event that was taken out, its place in the text is told.
            let taken_out = change.event.filter(|_| event.is_none());
            let place = outside.events.get(taken_out.unwrap_or(usize::MAX));
            let base = place.unwrap_or(base);
            let base = match self.layers.is_empty() {
                true => self.list.prefix.join(base),
                false => base.clone(),
            };
            let event = event.or(taken_out.map(|number| number as u64));
            let texts = (show && done && std::mem::take(&mut first))
                .then(|| (old.to_owned(), new.to_owned()));
            LocatedChange {
                file: self.worker.file.to_owned(),
                line,
                event: event.map(|event| outside.before + event),
                pointer: printable::pointer_below(&base, &change.pointer),
                change: change.clone(),
                before: class_of(old, &change.pointer),
                after: if done {
                    class_of(new, &change.pointer)
                } else {
                    String::new()
                },
                texts,
            }
        };
        let made: Vec<_> = repair
            .made
            .iter()
            .map(|change| locate(change, true))
            .collect();
        let withheld: Vec<_> = repair
            .withheld
            .iter()
            .map(|change| locate(change, false))
            .collect();
        self.outcome.left += repair.left.len() as u64;
        self.outcome.changes.extend(made);
        self.outcome.withheld.extend(withheld);
    }
}

/// Mends what stands around events that are mended by now.
struct AroundEvents<'b> {
    worker: &'b Worker<'b>,
    /// What stands around an element is not here to be mended.
    is_element: bool,
}

impl Allow for AroundEvents<'_> {
    fn allows(&self, finding: &Finding, _: Safety) -> bool {
        let is_here = match finding.subject {
            // An event alone cannot be taken out of what stands around it.
            Subject::Event => !self.is_element && takes_event_out(finding),
            Subject::Record => true,
            _ => !self.is_element,
        };
        is_here && is_allowed(self.worker, finding)
    }

    /// Events that only now are some were not among those that are mended.
    fn allows_then(&self, finding: &Finding, _: Safety) -> bool {
        is_allowed(self.worker, finding)
    }
}

/// Whether the fix takes the whole event away.
fn takes_event_out(finding: &Finding) -> bool {
    let root = Pointer::root();
    let is_root = |op: &Op| matches!(op, Op::Remove { at } if *at == root);
    finding
        .fix
        .as_ref()
        .is_some_and(|fix| fix.ops.iter().any(is_root))
}

/// What stands at a place, in words that give nothing of it away.
fn class_of(text: &str, pointer: &Pointer) -> String {
    let Some((tree, at)) = Tree::parse(text, Syntax::Relaxed)
        .ok()
        .and_then(|tree| tree.find(text, 0, pointer).map(|at| (tree, at)))
    else {
        return "nothing".to_owned();
    };
    let node = tree.nodes()[at as usize];
    match node.kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(_) => "a boolean".to_owned(),
        Kind::Number => {
            let number = node.span.of(text);
            match number.bytes().all(|byte| byte.is_ascii_digit()) {
                true => format!("a number of {}", count(number.len() as u64, "digit")),
                false => "a number with a sign, a point or an exponent".to_owned(),
            }
        }
        Kind::List => format!("a list of {}", tree.children(at).count()),
        Kind::Object => "an object".to_owned(),
        Kind::Text => {
            let value = tree::unescape(node.span.of(text));
            match Shape::of(&value) {
                Shape::Plain => format!("text of {} characters", value.chars().count()),
                shape => shape.phrase().to_owned(),
            }
        }
    }
}
