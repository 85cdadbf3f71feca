//! Texts that run over several lines, and those that are read in pieces.

use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use super::super::nested;
use super::super::scanner::{Mark, Scanner};
use super::borders::see_line;
use super::{
    Block, Blocks, Form, Frame, Head, List, MOST_AHEAD, MOST_AROUND, Mode, Pieces, bom_length,
};
use crate::json::Pointer;

impl<R: Read> Blocks<R> {
    pub(super) fn start_document(&mut self) {
        self.mode = Mode::Document;
        let skip = if self.offset == 0 {
            bom_length(&self.buffer)
        } else {
            0
        };
        self.scanner = Scanner::new(self.offset + skip as u64);
        self.texts.clear();
        self.elements.clear();
        (self.list, self.pieces, self.form) = (None, None, None);
    }

    /// Begins a document with the text that begins at a bracket in the first line of the buffer.
    pub(super) fn start_document_at(&mut self, bracket: usize) {
        self.start_document();
        let (start, at) = (self.offset, self.offset + bracket as u64);
        self.scanner = Scanner::new(at);
        self.texts.push(start..at);
        self.behind_prose = Some((at, self.buffer[..bracket].to_vec()));
    }

    pub(super) fn next_of_document(&mut self, spare: Vec<u8>) -> Option<Block> {
        if let Some(head) = self.head.take() {
            let last = self.at_end && self.buffer.is_empty();
            let frame = Frame::Head(head);
            return Some(Block {
                bytes: Vec::new(),
                offset: self.offset,
                frame,
                last,
                is_torn: false,
                columns: None,
            });
        }
        loop {
            let from = (self.scanner.at() - self.offset) as usize;
            match self.scanner.step(&self.buffer[from..]) {
                Some(mark) => {
                    if let Some(start) = self.opens_in_prose(mark) {
                        return self.give_up_from(start, spare);
                    }
                    if let Some(length) = self.take(mark) {
                        return Some(self.give(length, spare));
                    }
                    if mark == Mark::Broken {
                        return self.give_up(spare);
                    }
                }
                None if self.at_end => {
                    let open = self.scanner.is_inside() || self.scanner.prose().is_some();
                    // The end of what is passed over is passed over too.
                    if open && self.skipping.is_none() {
                        return self.give_up(spare);
                    }
                    if self.buffer.is_empty() && self.offset > 0 {
                        return None;
                    }
                    return Some(self.give(self.buffer.len(), spare));
                }
                None => {
                    if let Some(length) = self.relieve() {
                        return Some(self.give(length, spare));
                    }
                    self.fill(self.buffer.len() + self.limits.block / 4 + 1);
                }
            }
        }
    }

    /// Where a line of prose begins that ends with an open bracket: JSON that begins on it goes on in
    /// the lines below, which are no texts of their own.
    fn opens_in_prose(&self, mark: Mark) -> Option<u64> {
        let Mark::Prose { start, end } = mark else {
            return None;
        };
        let is_sure = self.form.as_ref().is_some_and(|form| form.is_sure);
        if is_sure || self.pieces.is_some() || self.skipping.is_some() {
            return None;
        }
        let line = &self.buffer[self.length_to(start)..self.length_to(end)];
        matches!(line.trim_ascii_end().last(), Some(b'{' | b'[')).then_some(start)
    }

    /// Remembers what the scanner came past. Gives a length when a block should be cut there.
    fn take(&mut self, mark: Mark) -> Option<usize> {
        match mark {
            Mark::Start(_) => {
                self.elements.clear();
                self.list = None;
            }
            Mark::ListOpen { at, in_data } => self.list = Some((at, in_data)),
            Mark::Element { start, end } => {
                match (self.skipping, &mut self.pieces) {
                    // A second list is part of what follows the first.
                    (_, Some(pieces)) if pieces.closed => return None,
                    (None, _) => self.elements.push(start..end),
                    (Some(_), Some(pieces)) => {
                        pieces.next += 1;
                        self.skipping = None;
                        // The rest of the skipped element goes out as bytes before the next ones.
                        return Some(self.length_to(end));
                    }
                    // The whole text is passed over, and all that is in it.
                    (Some(_), None) => {}
                }
                let full = self.length_to(end) >= self.limits.block;
                if self.pieces.is_some() && full {
                    return Some(self.length_to(end));
                }
            }
            Mark::ListClose(at) => {
                if let Some(pieces) = self.pieces.as_mut().filter(|p| p.is_inner && !p.closed) {
                    pieces.closed = true;
                    pieces.head.resume = at;
                    return Some(self.length_to(at));
                }
                if self.pieces.is_none() {
                    self.list = None;
                    self.elements.clear();
                }
            }
            Mark::End { start, end } => {
                self.list = None;
                if let Some(pieces) = &mut self.pieces {
                    pieces.ended = true;
                    return Some(self.length_to(end));
                }
                if self.skipping.take().is_some() {
                    return Some(self.length_to(end));
                }
                self.elements.clear();
                self.texts.push(start..end);
                return self.length_if_full(end);
            }
            Mark::Prose { start, end } => {
                if self.skipping.take().is_some() {
                    return Some(self.length_to(end));
                }
                let line = &self.buffer[self.length_to(start)..self.length_to(end)];
                see_line(line.trim_ascii_end(), &mut self.form);
                self.texts.push(start..end);
                return self.length_if_full(end);
            }
            Mark::Broken => {}
        }
        None
    }

    /// Gives the length up to the end of a text when a block should be cut there: not within a
    /// form, unless that is too large.
    fn length_if_full(&self, end: u64) -> Option<usize> {
        let length = self.length_to(end);
        (length >= self.most_of_a_block()).then_some(length)
    }

    fn most_of_a_block(&self) -> usize {
        match self.form {
            Some(Form { is_sure: true, .. }) => self.limits.whole.max(self.limits.block),
            _ => self.limits.block,
        }
    }

    /// How much of the buffer lies before a place. What is passed over may end, but for a comment
    /// behind it, in bytes that were given out already.
    fn length_to(&self, offset: u64) -> usize {
        offset.saturating_sub(self.offset) as usize
    }

    /// What to give out when the buffer has grown too large without a place to cut.
    fn relieve(&mut self) -> Option<usize> {
        // What was read ahead is not come to yet.
        let size = self.length_to(self.scanner.at());
        if self.skipping.is_some() {
            return (size >= self.limits.block).then_some(size);
        }
        let open = match (self.scanner.is_inside(), self.scanner.prose()) {
            (true, _) => self.scanner.start().max(self.offset),
            (_, Some(start)) => start,
            _ => return (size >= self.limits.block).then_some(size),
        };
        let before = self.length_to(open);
        if !self.texts.is_empty() && size >= self.most_of_a_block() {
            return Some(before);
        }
        if let Some(pieces) = &self.pieces {
            if pieces.closed {
                // The tail of a body: kept for its head, given out as bytes.
                return (size >= self.limits.block).then_some(size);
            }
            let done = self
                .elements
                .last()
                .map_or(0, |last| self.length_to(last.end));
            if done > 0 && size >= self.limits.block {
                return Some(done);
            }
            if size - done >= self.limits.record {
                self.skipping = Some(self.scanner.element().unwrap_or(self.offset));
                return Some(size);
            }
            return None;
        }
        if size - before < self.limits.whole {
            return None;
        }
        if let Some((at, in_data)) = self.list.filter(|_| self.scanner.is_inside()) {
            let pointer = match in_data {
                true => Pointer::root().key("data"),
                false => Pointer::root(),
            };
            let depth = if in_data { 2 } else { 1 };
            self.begin_pieces(before, at, pointer, depth);
            return self.relieve();
        }
        if self.scanner.is_inside()
            && let Some(inner) = nested::list_in(&self.buffer[before..], self.scanner.open())
        {
            let at = open + inner.at as u64;
            // What has come of the list is looked through once more.
            self.scanner.enter_list(at, inner.depth);
            self.begin_pieces(before, at, inner.pointer, inner.depth);
            self.elements.clear();
            self.list = Some((at, false));
            return None;
        }
        if size - before >= self.limits.record {
            self.skipping = Some(open);
            return Some(size);
        }
        None
    }

    /// Begins to read a list by element. The text begins `before` bytes into the buffer, the first
    /// element at `at` or behind it.
    fn begin_pieces(&mut self, before: usize, at: u64, pointer: Pointer, depth: usize) {
        let cut = self.length_to(at);
        let text = self.buffer[before..cut].to_vec();
        let in_data = pointer.as_str() == "/data";
        let mut list = List {
            pointer,
            in_data,
            around: Vec::new(),
            before: Vec::new(),
        };
        let prose = self.behind_prose.take();
        if let Some((_, prose)) = prose.filter(|&(at, _)| at == self.offset + before as u64) {
            list.before = prose;
        }
        if text.len() <= MOST_AROUND && depth > 1 {
            let behind = match list.is_of_a_body() {
                true => self.behind(),
                false => None,
            };
            list.around = match behind {
                Some(behind) => [&text, &self.buffer[behind]].concat(),
                None => nested::closed(&text, &self.scanner.open()[..depth]),
            };
        }
        let list = Arc::new(list);
        self.pieces = Some(Pieces {
            list: Arc::clone(&list),
            is_inner: depth > 1,
            next: 0,
            head: Head {
                text,
                cut: cut - before,
                start: self.offset + before as u64,
                resume: 0,
                elements: 0,
                list,
                is_cut: false,
            },
            closed: false,
            ended: false,
        });
    }

    /// Reads ahead to the end of the text, unless that is far, and tells where in the buffer the
    /// part lies that begins with the bracket at the end of the list.
    fn behind(&mut self) -> Option<Range<usize>> {
        let most = MOST_AHEAD.min(self.limits.record);
        let mut ahead = self.scanner.clone();
        let mut close = None;
        loop {
            let from = self.length_to(ahead.at());
            match ahead.step(&self.buffer[from..]) {
                Some(Mark::ListClose(at)) if close.is_none() => close = Some(self.length_to(at)),
                Some(Mark::End { end, .. }) => {
                    let behind = close?..self.length_to(end);
                    return (behind.len() <= MOST_AROUND).then_some(behind);
                }
                Some(Mark::Broken) => return None,
                Some(_) => {}
                None if self.at_end || self.buffer.len() >= most => return None,
                None => self.fill((self.buffer.len() + self.limits.whole).min(most)),
            }
        }
    }

    /// Gives out the first `length` bytes of the buffer with what is known of them.
    fn give(&mut self, length: usize, spare: Vec<u8>) -> Block {
        let end = self.offset + length as u64;
        let base = self.offset;
        let local = |range: &Range<u64>| (range.start - base) as usize..(range.end - base) as usize;
        let frame = if self.skipping.is_some() {
            self.skipped_frame()
        } else if let Some(pieces) = &mut self.pieces {
            if self.elements.is_empty() {
                // A head that is larger than a record may be is left incomplete, and not read.
                let behind = pieces.closed && base >= pieces.head.resume;
                if behind && pieces.head.text.len() <= self.limits.record {
                    pieces.head.text.extend_from_slice(&self.buffer[..length]);
                } else {
                    pieces.head.is_cut |= behind;
                }
                Frame::Raw
            } else {
                let ranges: Vec<_> = self.elements.drain(..).map(|range| local(&range)).collect();
                let first = pieces.next;
                pieces.next += ranges.len();
                Frame::Elements {
                    ranges,
                    first,
                    list: Arc::clone(&pieces.list),
                }
            }
        } else {
            let complete = self.texts.iter().take_while(|text| text.end <= end).count();
            Frame::Texts(
                self.texts
                    .drain(..complete)
                    .map(|range| local(&range))
                    .collect(),
            )
        };
        let block = self.cut(length, frame, spare);
        if let Some(pieces) = self.pieces.take_if(|pieces| pieces.ended)
            && pieces.is_inner
        {
            self.head = Some(Head {
                elements: pieces.next,
                ..pieces.head
            });
            return Block {
                last: false,
                ..block
            };
        }
        block
    }

    /// What is open is no JSON, or the stream ends inside it: it is read line by line, which finds
    /// the place of the fault and goes on behind it.
    fn give_up(&mut self, spare: Vec<u8>) -> Option<Block> {
        let open = match (self.pieces.is_some(), self.scanner.prose()) {
            (true, _) => self.elements.last().map_or(self.offset, |last| last.end),
            (false, Some(start)) if !self.scanner.is_inside() => start.max(self.offset),
            _ => self.scanner.start().max(self.offset),
        };
        self.give_up_from(open, spare)
    }

    /// Reads line by line from a place on.
    fn give_up_from(&mut self, open: u64, spare: Vec<u8>) -> Option<Block> {
        let before = self.length_to(open);
        (self.mode, self.gave_up) = (Mode::Lines, true);
        self.form = None;
        let block = (before > 0).then(|| self.give(before, Vec::new()));
        (self.pieces, self.skipping, self.list) = (None, None, None);
        self.texts.clear();
        self.elements.clear();
        match block {
            Some(block) => Some(block),
            None => self.next_lines(spare),
        }
    }
}
