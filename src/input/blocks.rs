//! Cuts a stream into blocks that can be read independently of one another.
//!
//! A log of one JSON text a line is cut at line ends, which costs next to nothing. Text that runs
//! over several lines is scanned for its ends; one that is larger than [`Limits::whole`] is cut
//! between the elements of its outer list, or of the one inside it that holds the most, so that a
//! body of any length, and a HAR file, is read in pieces.
//! Every byte of the stream is in exactly one block, in order.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

use super::nested;
use super::scanner::{Mark, Scanner};
use crate::envelope::csv::{self, Columns};
use crate::envelope::when::{self, Naive};
use crate::json::Pointer;

/// Sizes in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A block is cut as soon as it holds this much.
    pub block: usize,
    /// A JSON text up to this size is read as a whole, a larger one by element.
    pub whole: usize,
    /// An element or a text that cannot be read in pieces may be this large; more is skipped.
    pub record: usize,
}

impl Limits {
    /// Blocks of one MiB, whole texts up to four, and this bound for one record.
    pub fn with_record(record: usize) -> Limits {
        Limits {
            // A block is no larger than a record may be: what it holds was read.
            block: (1 << 20).min(record.max(1)),
            whole: (4 << 20).min(record.max(1)),
            record,
        }
    }
}

/// How a block is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Lines. The last JSON text may go on in the next block.
    Lines,
    /// JSON texts, and lines that are none, at these places.
    Texts(Vec<Range<usize>>),
    /// Elements at these places of a list that is read in pieces.
    Elements {
        ranges: Vec<Range<usize>>,
        /// Index of the first of them in its list.
        first: usize,
        list: Arc<List>,
    },
    /// Bytes to be passed over.
    Raw,
    /// The rest of a body whose `data` was read in pieces, put together: `bytes` is empty.
    Head(Head),
    /// Bytes of a record that is larger than allowed; it starts at this offset of the stream.
    TooLarge { start: u64 },
    /// The stream holds something else.
    Foreign(&'static Foreign),
}

/// A list that is read in pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// The pointer to it from the root of its text.
    pub pointer: Pointer,
    /// Whether it is the `data` of a body, so that every element is an event.
    pub in_data: bool,
    /// The text around it, as JSON in which it is empty: as far as it is known when the list begins.
    /// Nothing when that is large.
    pub around: Vec<u8>,
    /// What stands in front of that on its line.
    pub before: Vec<u8>,
}

impl List {
    /// Whether the text around it may tell how its elements are sent: it has the name of the list
    /// in a request body.
    pub fn is_of_a_body(&self) -> bool {
        self.pointer.as_str().ends_with("/data")
    }
}

/// So much is asked of the source at a time: more than any reader in front of it holds, little enough
/// to stay in a core's own cache.
const PIECE: usize = 1 << 17;

/// So much is held to learn what stands behind the list of a body. Meta takes a thousand events in
/// one, which are less.
const MOST_AHEAD: usize = 32 << 20;

/// A text around a list that is longer tells nothing of the elements.
const MOST_AROUND: usize = 1 << 16;

/// A body without its events, or another text without the list that was read in pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Everything up to the bracket that opens `data`, and everything from the one that closes it.
    pub text: Vec<u8>,
    /// Length of the first part.
    pub cut: usize,
    /// Offset of the first part in the stream, of its line and of its column.
    pub start: u64,
    /// Offset of the second part.
    pub resume: u64,
    /// The number of elements that stood between the parts.
    pub elements: usize,
    /// The list that is missing in it.
    pub list: Arc<List>,
    /// Whether it is not complete, because it is larger than a record may be.
    pub is_cut: bool,
}

/// A piece of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub bytes: Vec<u8>,
    /// Offset of the first byte in the stream.
    pub offset: u64,
    pub frame: Frame,
    /// Whether the stream is known to end here; it may also end without this being known.
    pub last: bool,
    /// Whether it holds some of a multipart form that was too large to be kept whole.
    pub is_torn: bool,
    /// The columns of the table that the stream is, when some tell a time.
    pub columns: Option<Arc<Columns>>,
}

enum Mode {
    /// Nothing read yet.
    Undecided,
    Lines,
    Document,
    /// Passing over the rest of a line that is too large.
    SkippingLine,
    /// No text at all; the word is told with the first block.
    Foreign(Option<&'static Foreign>),
    Done,
}

/// The list that is being read in pieces.
struct Pieces {
    list: Arc<List>,
    /// Whether there is something around the list.
    is_inner: bool,
    /// Index of the next element to be given out.
    next: usize,
    head: Head,
    /// Whether the bracket that ends the list has come.
    closed: bool,
    /// Whether the text around it is complete.
    ended: bool,
}

/// A multipart form that has begun.
struct Form {
    /// What stands between its parts.
    border: Vec<u8>,
    /// Whether a part with a name has begun: other lines begin with hyphens too.
    is_sure: bool,
}

/// Cuts one stream into blocks.
pub struct Blocks<R> {
    source: R,
    limits: Limits,
    /// Bytes read and not yet given out.
    buffer: Vec<u8>,
    /// What was read last.
    piece: Vec<u8>,
    /// Offset of the first byte of the buffer in the stream.
    offset: u64,
    at_end: bool,
    /// The error that ended the stream early, to be told after what came before it.
    fault: Option<io::Error>,
    mode: Mode,
    scanner: Scanner,
    /// Complete texts in the buffer, as offsets in the stream.
    texts: Vec<Range<u64>>,
    /// Elements of the open text in the buffer.
    elements: Vec<Range<u64>>,
    /// Whether the open text has an open list of elements, and of which kind.
    list: Option<(u64, bool)>,
    pieces: Option<Pieces>,
    /// The head of a body whose pieces were all given out.
    head: Option<Head>,
    /// Start of a record that is being passed over; `u64::MAX` once that was told.
    skipping: Option<u64>,
    /// Document mode found no JSON here: lines are not given back to it.
    gave_up: bool,
    /// The multipart form that has begun, in document mode.
    form: Option<Form>,
    /// The same of one that was given out in more blocks than one.
    torn: Option<Vec<u8>>,
    /// The columns that the first line names.
    columns: Option<Arc<Columns>>,
    /// The place of a text behind prose on its line, and that prose.
    behind_prose: Option<(u64, Vec<u8>)>,
}

impl<R: Read> Blocks<R> {
    /// Blocks of `source`.
    pub fn new(source: R, limits: Limits) -> Blocks<R> {
        Blocks {
            source,
            limits,
            buffer: Vec::new(),
            piece: Vec::new(),
            offset: 0,
            at_end: false,
            fault: None,
            mode: Mode::Undecided,
            scanner: Scanner::new(0),
            texts: Vec::new(),
            elements: Vec::new(),
            list: None,
            pieces: None,
            head: None,
            skipping: None,
            gave_up: false,
            form: None,
            torn: None,
            columns: None,
            behind_prose: None,
        }
    }

    /// The next block. `spare` is an empty buffer to be used again. After the last block `None`,
    /// or the error that ended the stream.
    pub fn next(&mut self, spare: Vec<u8>) -> io::Result<Option<Block>> {
        let block = match self.mode {
            Mode::Undecided => {
                self.fill(self.limits.block);
                self.decide();
                return self.next(spare);
            }
            Mode::Lines => self.next_lines(spare),
            Mode::Document => self.next_of_document(spare),
            Mode::SkippingLine => Some(self.skip_line(spare)),
            Mode::Foreign(ref mut what) => {
                let frame = what.take().map_or(Frame::Raw, Frame::Foreign);
                self.fill(self.limits.block);
                Some(self.cut(self.buffer.len(), frame, spare))
            }
            Mode::Done => None,
        };
        match block {
            Some(mut block) => {
                if block.last {
                    self.mode = Mode::Done;
                    // Where reading failed nobody knows whether the last text was whole.
                    block.last = self.fault.is_none();
                }
                Ok(Some(block))
            }
            None => match self.fault.take() {
                Some(fault) => Err(fault),
                None => Ok(None),
            },
        }
    }

    /// Reads until the buffer holds `size` bytes or the stream ends.
    fn fill(&mut self, size: usize) {
        let have = self.buffer.len();
        if self.at_end || have >= size {
            return;
        }
        // Most readers want room that is cleared, and `Read::read_to_end` would clear all that is
        // left for each piece that one gives.
        self.piece.resize(PIECE, 0);
        self.buffer.reserve(size - have);
        while self.buffer.len() < size {
            let most = PIECE.min(size - self.buffer.len());
            match self.source.read(&mut self.piece[..most]) {
                Ok(0) => {
                    self.at_end = true;
                    return;
                }
                Ok(read) => self.buffer.extend_from_slice(&self.piece[..read]),
                Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
                Err(fault) => {
                    self.at_end = true;
                    self.fault = Some(fault);
                    return;
                }
            }
        }
    }

    /// Gives out the first `length` bytes of the buffer.
    fn cut(&mut self, length: usize, frame: Frame, mut spare: Vec<u8>) -> Block {
        let offset = self.offset;
        spare.clear();
        spare.extend_from_slice(&self.buffer[length..]);
        std::mem::swap(&mut spare, &mut self.buffer);
        spare.truncate(length);
        self.offset += length as u64;
        let last = self.at_end && self.buffer.is_empty();
        if self.torn.is_none() {
            let form = self.form.as_ref().filter(|form| form.is_sure);
            self.torn = form.map(|form| form.border.clone());
        }
        let is_torn = self.torn.is_some();
        self.torn.take_if(|border| {
            border.extend_from_slice(b"--");
            let ends = memchr::memmem::find(&spare, border).is_some();
            border.truncate(border.len() - 2);
            ends
        });
        Block {
            bytes: spare,
            offset,
            frame,
            last,
            is_torn,
            columns: self.columns.clone(),
        }
    }

    fn decide(&mut self) {
        self.mode = Mode::Lines;
        if let Some(what) = foreign(&self.buffer) {
            self.mode = Mode::Foreign(Some(what));
            return;
        }
        let mut rest = &self.buffer[bom_length(&self.buffer)..];
        let (mut is_head, mut is_open) = (true, false);
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            let line = &rest[..end];
            let first = line.iter().find(|byte| !byte.is_ascii_whitespace());
            if std::mem::take(&mut is_head)
                && line.len() <= LONGEST_HEAD
                && let Ok(line) = std::str::from_utf8(line)
                && let Some(columns) = Columns::of_head(line)
            {
                self.columns = Some(Arc::new(columns));
                return;
            }
            if matches!(first, Some(byte) if !matches!(byte, b'{' | b'[')) && opens_cell(rest, end)
            {
                return;
            }
            let is_open = std::mem::replace(
                &mut is_open,
                matches!(line.trim_ascii_end().last(), Some(b'{' | b'[' | b'(')),
            );
            if matches!(first, Some(b'{' | b'[')) {
                if is_open && line[0].is_ascii_whitespace() {
                    // The line above has opened what this one goes on with.
                    return;
                }
                if !is_complete(line) {
                    self.start_document();
                }
                return;
            }
            if matches!(first, Some(b'/')) {
                // A comment in front of a text: it may hold anything.
                self.start_document();
                return;
            }
            rest = &rest[end..];
        }
    }

    fn start_document(&mut self) {
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
    fn start_document_at(&mut self, bracket: usize) {
        self.start_document();
        let (start, at) = (self.offset, self.offset + bracket as u64);
        self.scanner = Scanner::new(at);
        self.texts.push(start..at);
        self.behind_prose = Some((at, self.buffer[..bracket].to_vec()));
    }

    fn next_lines(&mut self, spare: Vec<u8>) -> Option<Block> {
        self.fill(self.limits.block);
        loop {
            if self.at_end {
                if self.buffer.is_empty() && self.offset > 0 {
                    return None;
                }
                return Some(self.cut(self.buffer.len(), Frame::Lines, spare));
            }
            if let Some(at) = memchr::memrchr(b'\n', &self.buffer) {
                let most = LONGEST_TEXT_RECORD.min(self.limits.record);
                // One that begins here is better kept whole: what its first lines tell is of use
                // behind them.
                let waits = self.buffer.len() + self.limits.block < self.limits.whole;
                let lines = &self.buffer[..=at];
                let record = between_records(lines);
                let mut form = None;
                if matches!(record, None | Some(0)) {
                    form = open_form(lines);
                }
                let cut = record.or(form.as_ref().map(|(start, _)| *start));
                let opened = match cut {
                    Some(0) if waits => None,
                    None | Some(0) => opened_in_prose(lines),
                    Some(length) => opened_in_prose(&lines[..length]),
                };
                match (cut, opened) {
                    (Some(0), _) if waits => {}
                    // JSON over many lines begins on this one: it is kept whole.
                    (_, Some((0, bracket))) if self.buffer.len() >= self.limits.whole => {
                        self.start_document_at(bracket);
                        return self.next_of_document(spare);
                    }
                    (_, Some((0, _))) => {}
                    (_, Some((length, _))) => return Some(self.cut(length, Frame::Lines, spare)),
                    (Some(length), _) if length > 0 => {
                        return Some(self.cut(length, Frame::Lines, spare));
                    }
                    _ if self.buffer.len() >= most => {
                        self.torn = form.map(|(_, border)| border).or(self.torn.take());
                        return Some(self.cut(at + 1, Frame::Lines, spare));
                    }
                    _ => {}
                }
            }
            if !self.gave_up && self.buffer.len() >= self.limits.whole {
                self.start_document();
                return self.next_of_document(spare);
            }
            if self.buffer.len() >= self.limits.record {
                self.mode = Mode::SkippingLine;
                self.skipping = Some(self.offset);
                return Some(self.skip_line(spare));
            }
            self.fill((self.buffer.len() + self.limits.block).min(self.limits.record.max(1)));
        }
    }

    fn skip_line(&mut self, spare: Vec<u8>) -> Block {
        self.fill(self.limits.block);
        let end = memchr::memchr(b'\n', &self.buffer);
        let frame = self.skipped_frame();
        let length = match end {
            Some(at) => {
                // What comes behind it is read again, be it a line or a document.
                (self.mode, self.skipping) = (Mode::Lines, None);
                at + 1
            }
            None => self.buffer.len(),
        };
        self.cut(length, frame, spare)
    }

    /// The first block of a record that is passed over says so; the others hold only bytes.
    fn skipped_frame(&mut self) -> Frame {
        match self.skipping {
            Some(start) if start != u64::MAX => {
                self.skipping = Some(u64::MAX);
                Frame::TooLarge { start }
            }
            _ => Frame::Raw,
        }
    }

    fn next_of_document(&mut self, spare: Vec<u8>) -> Option<Block> {
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

/// The length of a UTF-8 byte order mark at the start.
pub fn bom_length(bytes: &[u8]) -> usize {
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        3
    } else {
        0
    }
}

/// A longer line is not the head of a table.
const LONGEST_HEAD: usize = 4_096;

/// Whether the first line of some bytes ends inside a cell of a table.
fn opens_cell(bytes: &[u8], line: usize) -> bool {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    };
    let line = line.min(text.len());
    let line = text[..line].trim_end_matches('\n').len();
    csv::reach(text, line) != csv::Reach::Line
}

/// A record of lines of text is not looked for the beginning of any further than this.
const LONGEST_TEXT_RECORD: usize = 1 << 16;

/// How many bytes of some whole lines lie before a record of several lines that may go on behind
/// them: none when it is the first. A JSON text is a record of its own; lines of text begin one with a time stamp.
fn between_records(lines: &[u8]) -> Option<usize> {
    let floor = lines.len().saturating_sub(LONGEST_TEXT_RECORD);
    let mut end = lines.len();
    while end > floor {
        let start = memchr::memrchr(b'\n', &lines[..end - 1]).map_or(0, |at| at + 1);
        let line = &lines[start..end];
        let first = line.iter().find(|byte| !byte.is_ascii_whitespace());
        if matches!(first, Some(b'{')) || (first.is_none() && end == lines.len() && start == 0) {
            return Some(end);
        }
        let head = &line[..line.len().min(160)];
        let head = match std::str::from_utf8(head) {
            Ok(head) => head,
            Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default(),
        };
        if when::at_start(head, Naive::Unknown).is_some() {
            return Some(start);
        }
        end = start;
    }
    None
}

/// Where the line begins on which JSON begins that is open at the end of some whole lines, and where
/// on it: its further lines are indented, so that only the line with its last bracket is not.
fn opened_in_prose(lines: &[u8]) -> Option<(usize, usize)> {
    let mut end = lines.len();
    while end > 0 {
        let start = memchr::memrchr(b'\n', &lines[..end - 1]).map_or(0, |at| at + 1);
        let line = lines[start..end].trim_ascii_end();
        match line.first() {
            None | Some(b' ' | b'\t') => end = start,
            Some(b'{' | b'[' | b'}' | b']') => return None,
            Some(_) if end == lines.len() && !line.ends_with(b"{") && !line.ends_with(b"[") => {
                return None;
            }
            Some(_) => {
                let bracket = open_bracket(line)?;
                let behind = lines[start + bracket + 1..].trim_ascii_start();
                let is_json = matches!(behind.first(), Some(b'"' | b'{' | b'['));
                return is_json.then_some((start, bracket));
            }
        }
    }
    None
}

/// The outermost bracket of those with which a line ends open.
fn open_bracket(line: &[u8]) -> Option<usize> {
    if !matches!(line.last(), Some(b'{' | b'[' | b',')) {
        return None;
    }
    let (mut open, mut in_text, mut is_escaped) = (Vec::new(), false, false);
    for (at, byte) in line.iter().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' if !open.is_empty() => in_text = !in_text,
            b'{' | b'[' if !in_text => open.push(at),
            b'}' | b']' if !in_text => {
                open.pop();
            }
            _ => {}
        }
    }
    open.first().copied()
}

/// Shorter lines stand between no parts of a form.
pub(crate) const SHORTEST_BORDER: usize = 3;

/// Takes over what a line tells of a multipart form: that a part of one begins, or that it ends.
fn see_line(line: &[u8], form: &mut Option<Form>) {
    if let Some(open) = form {
        if open.is_sure {
            form.take_if(|open| line.strip_suffix(b"--") == Some(&open.border[..]));
            return;
        }
        open.is_sure = memchr::memmem::find(line, NAMES_PART).is_some();
        if open.is_sure {
            return;
        }
    }
    let begins = line.starts_with(b"--") && line.len() >= SHORTEST_BORDER;
    *form = begins.then(|| Form {
        border: line.to_vec(),
        is_sure: false,
    });
}

/// What names a part of a form.
const NAMES_PART: &[u8] = b"form-data; name=";

/// Lines in front of the first part of a form that may belong to it: those of its request.
const MOST_HEADERS: usize = 100;

/// Where the multipart form begins that is open at the end of some whole lines, with the lines of
/// its request, and what stands between its parts.
fn open_form(lines: &[u8]) -> Option<(usize, Vec<u8>)> {
    let line_at = |at: usize| {
        let end = memchr::memchr(b'\n', &lines[at..]).map_or(lines.len(), |length| at + length);
        (lines[at..end].trim_ascii_end(), end)
    };
    let before = |at: usize| match memchr::memmem::rfind(&lines[..at], b"\n--") {
        Some(newline) => Some(newline + 1),
        None => (at > 0 && lines.starts_with(b"--")).then_some(0),
    };
    let last = before(lines.len())?;
    let (border, end) = line_at(last);
    let head = lines.get(end + 1..).unwrap_or_default();
    let head = &head[..head.len().min(400)];
    if border.len() < SHORTEST_BORDER || memchr::memmem::find(head, NAMES_PART).is_none() {
        return None;
    }
    let mut start = last;
    while let Some(at) = before(start).filter(|at| line_at(*at).0 == border) {
        start = at;
    }
    for _ in 0..MOST_HEADERS {
        let Some(newline) = start.checked_sub(1) else {
            break;
        };
        let above = memchr::memrchr(b'\n', &lines[..newline]).map_or(0, |at| at + 1);
        let line = &lines[above..newline];
        if matches!(line.trim_ascii_start().first(), Some(b'{' | b'[')) || line.starts_with(b"--") {
            break;
        }
        start = above;
        let is_first =
            |line: &str| line.contains(" HTTP/") || when::at_start(line, Naive::Unknown).is_some();
        if std::str::from_utf8(&line[..line.len().min(160)]).is_ok_and(is_first) {
            break;
        }
    }
    Some((start, border.to_vec()))
}

/// Whether the brackets of a line close.
fn is_complete(line: &[u8]) -> bool {
    let mut scanner = Scanner::new(0);
    let mut begun = false;
    loop {
        match scanner.step(&line[scanner.at() as usize..]) {
            Some(Mark::Broken) => return true,
            Some(Mark::Start(_)) => begun = true,
            Some(_) => {}
            None => return begun && !scanner.is_inside(),
        }
    }
}

/// Something that is no text.
#[derive(Debug, PartialEq, Eq)]
pub struct Foreign {
    /// What it is: `a Parquet file`.
    pub what: &'static str,
    /// How to make text of it.
    pub convert: &'static str,
}

/// What is known by its first bytes. Compression that is read never comes here.
const MAGIC: [(&[u8], Foreign); 22] = {
    const fn kind(what: &'static str, convert: &'static str) -> Foreign {
        Foreign { what, convert }
    }
    const NONE: &str = "it holds no payload to be read";
    const DUCKDB: &str =
        "convert it first: duckdb -c \"COPY (FROM 'in.parquet') TO 'out.ndjson' (FORMAT json)\"";
    const CAPTURE: &str = "a packet capture holds encrypted traffic; record the requests with a \
                           proxy and export HAR: mitmdump --set hardump=out.har";
    [
        (b"PAR1", kind("a Parquet file", DUCKDB)),
        (
            b"Obj\x01",
            kind(
                "an Avro file",
                "convert it first: avro-tools tojson in.avro > out.ndjson",
            ),
        ),
        (
            b"ORC",
            kind(
                "an ORC file",
                "convert it first: orc-contents in.orc > out.ndjson",
            ),
        ),
        (
            b"SQLite format 3",
            kind(
                "an SQLite database",
                "export the table first: sqlite3 -json in.db 'SELECT * FROM …' > out.json",
            ),
        ),
        (b"\xD4\xC3\xB2\xA1", kind("a packet capture", CAPTURE)),
        (b"\xA1\xB2\xC3\xD4", kind("a packet capture", CAPTURE)),
        (b"\x4D\x3C\xB2\xA1", kind("a packet capture", CAPTURE)),
        (b"\x0A\x0D\x0D\x0A", kind("a packet capture", CAPTURE)),
        (
            b"PK\x03\x04",
            kind(
                "a zip archive",
                "name it as a file or unpack it first: it cannot be read from a pipe or from inside \
                 another file",
            ),
        ),
        (
            b"7z\xBC\xAF\x27\x1C",
            kind("a 7z archive", "unpack it first: 7z x in.7z"),
        ),
        (
            b"Rar!\x1A\x07",
            kind("a RAR archive", "unpack it first: unrar x in.rar"),
        ),
        (
            b"\x04\x22\x4D\x18",
            kind("an LZ4 frame", "unpack it first: lz4 -d in.lz4 out.ndjson"),
        ),
        (
            b"\xFF\x06\x00\x00sNaPpY",
            kind("a Snappy stream", "unpack it first: snzip -d in.sz"),
        ),
        (
            b"\x1f\x9d",
            kind("a compress archive", "unpack it first: uncompress in.Z"),
        ),
        (
            b"\xFF\xFE\x00\x00",
            kind(
                "UTF-32 text",
                "convert it first: iconv -f UTF-32 -t UTF-8 in.json > out.json",
            ),
        ),
        (b"\xFF\xD8\xFF", kind("a JPEG image", NONE)),
        (b"\x89PNG", kind("a PNG image", NONE)),
        (b"GIF8", kind("a GIF image", NONE)),
        (b"%PDF", kind("a PDF document", NONE)),
        (b"\x7fELF", kind("a program", NONE)),
        (
            b"bplist",
            kind("a property list", "convert it first: plutil -convert json"),
        ),
        (b"\xCA\xFE\xBA\xBE", kind("a program", NONE)),
    ]
};
const TAR: Foreign = Foreign {
    what: "a tar archive",
    convert: "unpack it first: tar -xf in.tar",
};
const MITMPROXY: Foreign = Foreign {
    what: "a mitmproxy dump",
    convert: "convert it first: mitmdump -nr flows.mitm --set hardump=out.har",
};
const BINARY: Foreign = Foreign {
    what: "binary data",
    convert: "capilint reads JSON and text",
};

/// What content that is no text looks like.
fn foreign(bytes: &[u8]) -> Option<&'static Foreign> {
    let known = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic));
    if let Some((_, what)) = known {
        return Some(what);
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return Some(&TAR);
    }
    if is_tnetstring(bytes) {
        return Some(&MITMPROXY);
    }
    // A log that was cut to nothing while its writer went on begins with zeros, and text may hold
    // one by mistake. Where a byte in thirty is none of text, it is no text, unless it spells an event:
    // a fix must not turn the one into the other.
    let start = bytes.iter().position(|&byte| byte != 0).unwrap_or(0);
    let head = &bytes[start..bytes.len().min(start + 4096)];
    let odd = head
        .iter()
        .filter(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31))
        .count();
    let zeros = start > 0 || memchr::memchr(0, head).is_some();
    let is_odd = zeros && odd * 30 > head.len();
    (is_odd && memchr::memmem::find(head, b"\"event_name").is_none()).then_some(&BINARY)
}

/// Whether the bytes begin with `1234:9:websocket;`: a length, and in it a key with its own length,
/// which is how mitmproxy writes flows.
fn is_tnetstring(bytes: &[u8]) -> bool {
    let number = |bytes: &[u8]| -> Option<(usize, usize)> {
        let digits = bytes
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let text = std::str::from_utf8(bytes.get(..digits)?).ok()?;
        (digits <= 9 && bytes.get(digits) == Some(&b':'))
            .then_some((text.parse().ok()?, digits + 1))
    };
    let Some((_, outer)) = number(bytes) else {
        return false;
    };
    let Some((length, inner)) = number(&bytes[outer..]) else {
        return false;
    };
    let end = outer + inner + length;
    length > 0
        && matches!(bytes.get(end), Some(b';' | b','))
        && bytes[outer + inner..end]
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || *byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Limits = Limits {
        block: 64,
        whole: 128,
        record: 512,
    };

    /// The blocks of a text, with their frames in words; checks that no byte is lost.
    fn frames(text: &str, limits: Limits) -> Vec<String> {
        let mut blocks = Blocks::new(text.as_bytes(), limits);
        let (mut all, mut shown, mut last) = (Vec::new(), Vec::new(), false);
        while let Some(block) = blocks.next(Vec::new()).unwrap() {
            assert!(!last, "a block after the last");
            assert_eq!(block.offset, all.len() as u64);
            last = block.last;
            let part = |range: &Range<usize>| {
                String::from_utf8_lossy(&block.bytes[range.clone()]).into_owned()
            };
            shown.push(match &block.frame {
                Frame::Texts(ranges) => {
                    format!(
                        "texts {}",
                        ranges.iter().map(part).collect::<Vec<_>>().join("|")
                    )
                }
                Frame::Elements {
                    ranges,
                    first,
                    list,
                } => format!(
                    "{first} {} {}",
                    list.in_data,
                    ranges.iter().map(part).collect::<Vec<_>>().join("|")
                ),
                Frame::Head(head) => format!("head {}", String::from_utf8_lossy(&head.text)),
                Frame::TooLarge { start } => format!("too large {start}"),
                Frame::Lines => "lines".to_owned(),
                Frame::Raw => "raw".to_owned(),
                Frame::Foreign(foreign) => foreign.what.to_owned(),
            });
            all.extend_from_slice(&block.bytes);
        }
        assert_eq!(String::from_utf8_lossy(&all), text);
        shown
    }

    #[test]
    fn lines_are_cut_at_their_ends() {
        let text = "{\"a\":1}\n".repeat(20);
        assert_eq!(frames(&text, SMALL), ["lines", "lines", "lines"]);
        assert_eq!(frames("", SMALL), ["lines"]);
        assert_eq!(frames("{\"a\":1}", SMALL), ["lines"]);
    }

    #[test]
    fn records_of_text_are_cut_where_one_begins() {
        let record = "2024-06-24T10:11:12Z Request\nmethod: POST\n\nbody: 1\n";
        let (mut blocks, text) = (Vec::new(), record.repeat(9));
        let mut reader = Blocks::new(text.as_bytes(), SMALL);
        while let Some(block) = reader.next(Vec::new()).unwrap() {
            blocks.push(block.bytes.len());
        }
        assert!(blocks.len() > 3);
        assert!(blocks.iter().all(|length| length % record.len() == 0));
    }

    #[test]
    fn a_text_over_several_lines_is_kept_whole() {
        assert_eq!(
            frames("{\n\"a\":1\n}\n[\n]", SMALL),
            ["texts {\n\"a\":1\n}|[\n]"]
        );
        assert_eq!(frames("{\n\"a\":1\n", SMALL), ["lines"]);
        assert_eq!(
            frames("{\n\"a\":1\n}\nx y\n", SMALL),
            ["texts {\n\"a\":1\n}|x y"]
        );
    }

    #[test]
    fn what_comes_behind_a_line_that_is_too_large_is_read() {
        let elements: Vec<String> = (0..40).map(|n| format!("{{\"n\":{n}}}")).collect();
        let body = format!("{{\n\"data\":[{}]\n}}\n", elements.join(",\n"));
        for line in ["{\"a\":1}\n", "sent {\n"] {
            let text = format!("{}\n{}\n{line}{body}", "x".repeat(40), "x".repeat(600));
            let shown = frames(&text, SMALL);
            assert!(shown.contains(&"too large 41".to_owned()), "{shown:?}");
            let read = shown.iter().any(|frame| frame.contains("{\"n\":39}"));
            assert!(read || shown.last().unwrap() == "lines", "{shown:?}");
        }
        // As a document right behind it, too.
        let limits = Limits {
            block: 1,
            whole: 1,
            record: 64,
        };
        let shown = frames(
            &format!("{}\nx: {{\n \"a\":[]\n}}\n", "x".repeat(80)),
            limits,
        );
        assert!(
            shown.iter().any(|frame| frame.contains("\"a\":[]")),
            "{shown:?}"
        );
    }

    #[test]
    fn a_body_of_any_length_is_read_by_element() {
        let elements: Vec<String> = (0..40).map(|n| format!("{{\"n\":{n}}}")).collect();
        let text = format!("{{\"x\":1,\"data\":[{}],\"y\":2}}\n", elements.join(", "));
        let shown = frames(&text, SMALL);
        let listed: Vec<&str> = shown
            .iter()
            .filter_map(|frame| frame.split_once(" true "))
            .flat_map(|(_, elements)| elements.split('|'))
            .collect();
        assert_eq!(listed, elements);
        assert!(shown.contains(&"head {\"x\":1,\"data\":[],\"y\":2}".to_owned()));
        let text = format!("[{}]", elements.join(",\n"));
        let shown = frames(&text, SMALL);
        assert!(
            shown.iter().all(|frame| frame.contains(" false ")),
            "{shown:?}"
        );
    }

    #[test]
    fn a_list_inside_a_text_is_read_by_element_too() {
        let elements: Vec<String> = (0..40).map(|n| format!("{{\"n\":[{n},0]}}")).collect();
        let list = elements.join(",\n ");
        for (before, behind) in [
            (
                "{\"log\":{\"v\":\"1\",\"entries\":[\n",
                "\n],\"z\":[1,[2]]}}",
            ),
            ("{\"logEvents\":[", "]} {\"a\":[1]}"),
            ("{\"a\":[{\"b\":{\"c\":[", "]}},2],\"data\":[1,2]}"),
        ] {
            let text = format!("{before}{list}{behind}\n");
            let shown = frames(&text, SMALL);
            let listed: Vec<&str> = shown
                .iter()
                .filter_map(|frame| frame.split_once(" false "))
                .flat_map(|(_, elements)| elements.split('|'))
                .collect();
            assert_eq!(listed, elements, "{shown:?}");
            let behind = behind.trim_start().split(" {").next().unwrap();
            let head = format!("head {}{behind}", before.trim_end());
            assert!(shown.contains(&head), "{shown:?}");
        }
    }

    #[test]
    fn what_is_too_large_is_passed_over() {
        let big = "x".repeat(700);
        let text = format!("{{\"data\":[{{\"a\":1}},\"{big}\",{{\"b\":2}}]}}\n");
        let shown = frames(&text, SMALL);
        assert!(shown.contains(&"too large 17".to_owned()), "{shown:?}");
        assert!(shown.contains(&"0 true {\"a\":1}".to_owned()), "{shown:?}");
        assert!(shown.contains(&"2 true {\"b\":2}".to_owned()), "{shown:?}");
        let text = format!("{{\"a\":1}}\n{big}\n{{\"b\":2}}\n");
        let shown = frames(&text, SMALL);
        assert!(
            shown.iter().any(|frame| frame == "too large 8"),
            "{shown:?}"
        );
    }

    #[test]
    fn broken_text_goes_to_the_line_reader() {
        let text = format!("{{\n\"a\":1]\n{}", "{\"b\":2}\n".repeat(30));
        assert!(frames(&text, SMALL).iter().all(|frame| frame == "lines"));
        assert_eq!(frames("\u{0}\u{1}", SMALL), ["binary data"]);
        let event = format!("{{\"event_name\":\"{}\"}}", "\u{0}".repeat(9));
        assert_eq!(frames(&event, SMALL), ["lines"]);
    }

    #[test]
    fn other_formats_are_named_and_times_are_not_taken_for_one() {
        for (text, what) in [
            ("PAR1\u{15}", "a Parquet file"),
            ("Obj\u{1}\u{4}", "an Avro file"),
            ("5423:9:websocket;0:~8:response;", "a mitmproxy dump"),
            ("12:30:45 INFO sent to the dataset\n", "lines"),
            ("12:3:abc\n", "lines"),
        ] {
            let shown = frames(text, SMALL);
            assert_eq!(shown[0], what, "{text:?}");
        }
    }
}
