//! Applies fixes to a block, text by text. Bytes that no fix names are copied as they are.

use std::ops::Range;

use bumpalo::Bump;

use crate::clock::{Clock, Latest};
use crate::digest::Shape;
use crate::event::Event;
use crate::finding::{Finding, Subject};
use crate::fix::{Op, Safety};
use crate::input::blocks::{Block, Frame, bom_length};
use crate::inspect::{Inspector, Read, Watch};
use crate::json::tree::{Kind, Syntax, SyntaxError, Tree};
use crate::json::{Pointer, tree};
use crate::policy::Decision;
use crate::printable;
use crate::repair::{Change, Mender, Repair};
use crate::report::{LocatedChange, count};

use super::part::Lines;
use super::walk;
use super::worker::{Utf8, Worker, is_wanted, latest_of};

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
        inspector: Inspector::new(&worker.linter.rules, worker.around, &arena),
        lines: Lines::new(text, skip),
        utf8: &utf8,
        as_event: None,
        latest: Latest::default(),
        prefix: Pointer::root(),
        events: 0,
        pieces: Vec::new(),
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
            in_data,
        } => Frame::Elements {
            ranges: all(ranges),
            first: *first,
            in_data: *in_data,
        },
        other => other.clone(),
    };
    Block {
        bytes,
        offset: block.offset,
        frame,
        last: block.last,
    }
}

fn is_allowed(worker: &Worker<'_>, finding: &Finding) -> bool {
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
    as_event: Option<bool>,
    latest: Latest,
    prefix: Pointer,
    /// Events before the text at hand.
    events: u64,
    /// New texts for ranges of the block, in order.
    pieces: Vec<(Range<usize>, String)>,
    outcome: Outcome,
}

/// Notes what is needed to mend events one by one.
struct Clocks<'b> {
    worker: &'b Worker<'b>,
    events: Vec<(u32, Clock, bool)>,
}

impl Watch for Clocks<'_> {
    fn event(&mut self, event: &Event<'_, '_>, _: &[Finding]) {
        let filter = &self.worker.linter.settings.filter;
        let wanted = filter.is_open() || is_wanted(filter, event);
        self.events
            .push((event.root().place(), event.clock, wanted));
    }
}

impl<'a> walk::Visit<'a> for Bench<'_, 'a> {
    fn json(&mut self, at: usize, text: &'a str) -> Result<Read, SyntaxError> {
        let mut clocks = Clocks {
            worker: self.worker,
            events: Vec::new(),
        };
        let read = match self.as_event {
            Some(true) => self.inspector.element(text, self.latest, &mut clocks)?,
            _ => self.inspector.text(text, &mut clocks)?,
        };
        let allowed = self
            .inspector
            .findings()
            .iter()
            .filter(|f| is_allowed(self.worker, f))
            .count();
        if allowed > 0 {
            if self.utf8.bad_in(at, at + read.end).is_some() {
                let reason = "the text holds bytes that are not UTF-8";
                self.outcome
                    .not_written
                    .extend(std::iter::repeat_n(reason, allowed));
            } else {
                self.mend(at, &text[..read.end], &clocks.events);
            }
        }
        self.events += clocks.events.len() as u64;
        Ok(read)
    }

    fn prose(&mut self, _: usize, _: &'a str) {}

    fn malformed(&mut self, _: usize, _: &'a str, _: SyntaxError) {}

    fn relaxed(&mut self, _: usize) {}

    fn list(&mut self, block: &'a str, elements: &[Range<usize>], in_data: bool) {
        self.as_event = Some(in_data);
        if in_data {
            self.latest = latest_of(block, elements);
        }
    }

    fn element(&mut self, pointer: Pointer) {
        self.prefix = pointer;
    }
}

impl<'a> Bench<'_, 'a> {
    fn mend(&mut self, at: usize, text: &'a str, events: &[(u32, Clock, bool)]) {
        let worker = self.worker;
        let allow = |finding: &Finding, _: Safety| is_allowed(worker, finding);
        let mender = Mender::new(&worker.linter.rules, worker.around);
        let Ok(tree) = Tree::parse(text, Syntax::Relaxed) else {
            return;
        };
        let mut new = text.to_owned();
        let before = (self.outcome.changes.len(), self.outcome.withheld.len());
        // From the last to the first, so that the places of the others stay true.
        let groups: Vec<(usize, Range<usize>)> = self
            .inspector
            .groups()
            .iter()
            .filter_map(|group| Some((group.event?, group.findings.clone())))
            .collect();
        for (number, findings) in groups.into_iter().rev() {
            let (place, clock, wanted) = events[number];
            let any = self.inspector.findings()[findings]
                .iter()
                .any(|f| is_allowed(worker, f));
            if !wanted || !any {
                continue;
            }
            let base = self.inspector.pointer(place);
            let Some(span) = tree.span(text, &base) else {
                continue;
            };
            let old = span.of(text);
            let repair = mender.mend(old, Some(clock), &allow);
            self.note(at + span.start, old, &repair, Some(number as u64), &base);
            if let Some(mended) = repair.text {
                new.replace_range(span.start..span.end, &mended);
            }
        }
        // They were made from the last to the first, and are told from the first to the last.
        self.outcome.changes[before.0..].reverse();
        self.outcome.withheld[before.1..].reverse();
        // What stands around an element is not here to be mended.
        let element = self.as_event == Some(true);
        let all_wanted = events.iter().all(|&(_, _, wanted)| wanted);
        let around = |finding: &Finding, safety: Safety| match finding.subject {
            // An event alone cannot be taken out of what stands around it.
            Subject::Event => {
                !element && all_wanted && takes_event_out(finding) && allow(finding, safety)
            }
            Subject::Record => allow(finding, safety),
            _ => !element && allow(finding, safety),
        };
        let repair = mender.mend(&new, None, &around);
        self.note(at, &new, &repair, None, &Pointer::root());
        if let Some(mended) = repair.text {
            new = mended;
        }
        if new != text {
            self.pieces.push((at..at + text.len(), new));
        }
    }

    /// Remembers what was done to one event or to the text around the events.
    fn note(&mut self, at: usize, old: &str, repair: &Repair, event: Option<u64>, base: &Pointer) {
        let line = self.lines.locate(at, 0).line;
        let new = repair.text.as_deref().unwrap_or(old);
        let show = self.worker.linter.settings.show_values;
        let mut first = true;
        let mut locate = |change: &Change, done: bool| {
            // Of an event that was taken out, its place in the text is told.
            let taken_out = change.event.filter(|_| event.is_none());
            let groups = self.inspector.groups();
            let base = match groups
                .iter()
                .find(|group| taken_out.is_some() && group.event == taken_out)
            {
                Some(group) => self.prefix.join(&self.inspector.pointer(group.place)),
                None => self.prefix.join(base),
            };
            let event = event.or(taken_out.map(|number| number as u64));
            let texts = (show && done && std::mem::take(&mut first))
                .then(|| (old.to_owned(), new.to_owned()));
            LocatedChange {
                file: self.worker.file.to_owned(),
                line,
                event: event.map(|event| self.events + event),
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
