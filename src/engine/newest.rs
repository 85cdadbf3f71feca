//! The first pass of `--as-of newest`.

use std::io::Read;

use bumpalo::Bump;

use crate::clock::Latest;
use crate::envelope::search::Origin;
use crate::event::{Envelope, Event};
use crate::finding::Finding;
use crate::input::blocks::{Blocks, Frame, Limits};
use crate::inspect::{AsOf, Inspector, Read as Taken, RuleSet, Surroundings, Watch};
use crate::json::tree::SyntaxError;

use super::dig::{self, Dig, Inspected, Joints, Layer, piece_of};
use super::walk;
use super::worker::Utf8;

/// The newest plausible event_time of a stream: the first pass of `--as-of newest`.
pub fn newest_time(source: impl Read, limits: Limits) -> Option<i64> {
    struct Newest(Latest);
    impl Watch for Newest {
        fn event(&mut self, event: &Event<'_, '_>, _: &[Finding]) {
            if let Some(time) = event.time() {
                self.0.see(time);
            }
        }
    }
    let (rules, mut blocks) = (RuleSet::default(), Blocks::new(source, limits));
    let around = Surroundings {
        as_of: AsOf::Now,
        wall: 0,
        assume: Default::default(),
        witnesses: Default::default(),
    };
    let (mut newest, mut carry, mut ended) = (Newest(Latest::default()), Vec::new(), false);
    while !ended {
        let block = blocks.next(Vec::new()).ok().flatten();
        ended = block.is_none();
        let (frame, bytes) = block.map_or((Frame::Lines, Vec::new()), |b| (b.frame, b.bytes));
        carry.extend_from_slice(&bytes);
        let utf8 = Utf8::of(&carry);
        let (text, arena) = (utf8.text(), Bump::new());
        let mut inspector = Inspector::new(&rules, &around, &arena);
        let mut reader = JustRead {
            inspector: &mut inspector,
            joints: Joints::default(),
            watch: &mut newest,
        };
        let tail = walk::walk_block(&frame, text, 0, ended, &mut reader);
        let rest = tail.map(|at| carry[at..].to_vec()).unwrap_or_default();
        carry = rest;
    }
    newest.0.first
}

/// Reads texts and reports nothing.
struct JustRead<'r, 's, 'a, W> {
    inspector: &'r mut Inspector<'s, 'a>,
    watch: &'r mut W,
    joints: Joints<'a>,
}

impl<'a, W: Watch> Dig<'a> for JustRead<'_, '_, 'a, W> {
    fn inspect(
        &mut self,
        _: usize,
        text: &'a str,
        around: Envelope<'a>,
        origin: Option<Origin>,
    ) -> Result<Inspected<'a>, SyntaxError> {
        let read = self
            .inspector
            .text_within(text, around, origin, self.watch)?;
        let piece = piece_of(self.inspector, &self.joints);
        Ok(Inspected {
            piece,
            read,
            scopes: Vec::new(),
            wrapped: self.inspector.take_wrapped(),
            origin: self.inspector.origin(),
        })
    }
    fn enter(&mut self, _: Layer<'a>) {}
    fn leave(&mut self) {}
    fn found(&self) -> u64 {
        0
    }
    fn joints(&mut self) -> &mut Joints<'a> {
        &mut self.joints
    }
    fn arena(&self) -> &'a Bump {
        self.inspector.arena()
    }
    fn zone(&self) -> Option<&jiff::tz::TimeZone> {
        None
    }
}

impl<'a, W: Watch> walk::Visit<'a> for JustRead<'_, '_, 'a, W> {
    fn json(&mut self, at: usize, text: &'a str) -> Result<Taken, SyntaxError> {
        dig::json(self, at, text, Envelope::default(), None, 0)
    }
    fn line(&mut self, at: usize, line: &'a str, beyond: &'a str, _: Option<SyntaxError>) -> usize {
        if dig::piece_of_line(self, at, line, beyond, Envelope::default()) {
            return line.len();
        }
        dig::texts(self, at, line, beyond, Envelope::default(), None, 0).end
    }
    fn waits_from(&self) -> Option<usize> {
        self.joints.wait_from()
    }
    fn end(&mut self) {
        dig::rest(self);
    }
    fn malformed(&mut self, _: usize, _: &'a str, _: SyntaxError) {}
    fn relaxed(&mut self, _: usize) {}
}
