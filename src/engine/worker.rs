//! Works on one block, on any thread: mends it if told to, checks its texts and counts.

use std::sync::Arc;

use bumpalo::Bump;

use crate::ages::Ages;
use crate::envelope::guess;
use crate::envelope::search;
use crate::input::blocks::{Block, Frame, Head, bom_length};
use crate::inspect::{Inspector, Surroundings};
use crate::json::Pointer;
use crate::ledger::{Entries, Key};
use crate::output::Fixing;
use crate::rules;
use crate::witness::Sent;

use super::checker::Checker;
use super::parcel;
use super::part::{Lines, Orders, Part, Scene, measure};
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
    pub(super) fn scene<'s, 'a>(
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
