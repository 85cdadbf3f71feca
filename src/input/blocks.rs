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

use super::formats::{Foreign, foreign};
use super::scanner::Scanner;
use crate::envelope::csv::Columns;
use crate::json::Pointer;

mod borders;
mod document;
#[cfg(test)]
mod tests;

pub(crate) use borders::SHORTEST_BORDER;
use borders::{
    LONGEST_HEAD, LONGEST_TEXT_RECORD, between_records, is_complete, open_form, opened_in_prose,
    opens_cell,
};

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
            if line.starts_with(b"COPY ")
                && let Ok(head) = std::str::from_utf8(line)
                && let Some(columns) = Columns::of_copy(head)
                // A dump has many tables: what holds payloads holds them from the first row on.
                && rest[end..].split(|&byte| byte == b'\n').next().is_some_and(|row| row.contains(&b'{'))
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
}

/// The length of a UTF-8 byte order mark at the start.
pub fn bom_length(bytes: &[u8]) -> usize {
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        3
    } else {
        0
    }
}
