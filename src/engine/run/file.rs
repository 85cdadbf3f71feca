//! A file while it is read: where its joined parts have got to, and what of them waits for more.

use std::io::{self, Write};

use crate::ages::Ages;
use crate::engine::part::{NameKey, measure};
use crate::engine::traces::Traces;
use crate::engine::widths::stored;
use crate::envelope::when::Logged;
use crate::finding::Severity;
use crate::input::blocks::{Block, Frame, Head};
use crate::inspect::Surroundings;
use crate::json::Pointer;
use crate::ledger::BlockSpot;
use crate::report::{Doing, FileTally, InputError, Located, Location};
use crate::resend::Parcel;

use super::Run;

/// Where the joined parts of a file have got to.
#[derive(Clone, Copy, Default)]
pub(super) struct Position {
    pub(super) line: u64,
    /// Characters of the last line so far.
    pub(super) column: u64,
    /// In bytes on disk.
    pub(super) offset: u64,
    pub(super) events: u64,
    /// Whether the text stands on disk as UTF-16.
    pub(super) is_wide: bool,
}

impl Position {
    /// The place behind some more text.
    pub(super) fn behind(self, text: &[u8]) -> Position {
        let (newlines, last_line) = measure(text);
        Position {
            line: self.line + newlines,
            column: last_line + if newlines == 0 { self.column } else { 0 },
            offset: self.offset + stored(text, self.is_wide),
            ..self
        }
    }
}

/// Where a body that is read in pieces began, and where the bytes lie that may be the rest of it:
/// its head is read last, and speaks of both.
#[derive(Default)]
pub(super) struct Opened {
    /// Offset of the block in the stream, its place, and its text before the first element.
    pub(super) start: (u64, Position, Vec<u8>),
    /// The blocks since the last element: offset in the stream and place.
    pub(super) rest: Vec<(u64, Position)>,
    /// Requests inside the elements: then these are no events, and the text around is no request.
    pub(super) requests: u64,
    /// Events of Meta's among the elements, and whether there are others'.
    pub(super) events: u64,
    pub(super) is_foreign: bool,
    /// Whether the text around has not come to its end.
    pub(super) is_open: bool,
    /// Whether the text is the list.
    pub(super) is_list: bool,
    /// When the elements happened, if they are events of a body.
    pub(super) ages: Ages,
}

impl Opened {
    pub(super) fn see(&mut self, block: &Block, position: Position) {
        match &block.frame {
            Frame::Elements {
                ranges,
                first,
                list,
            } => {
                self.is_list = list.pointer == Pointer::root();
                self.rest.clear();
                self.is_open = true;
                if *first == 0 {
                    (self.requests, self.events, self.is_foreign) = (0, 0, false);
                    self.ages = Ages::default();
                    let before = ranges.first().map_or(0, |range| range.start);
                    self.start = (block.offset, position, block.bytes[..before].to_vec());
                }
            }
            Frame::Raw => self.rest.push((block.offset, position)),
            _ => {}
        }
    }

    /// The line and column, from 0, and the offset in the file of a place in the text of a head.
    pub(super) fn spot(&self, head: &Head, spot: BlockSpot) -> (u64, u64, u64) {
        let mut location = Location {
            line: u64::from(spot.line) + 1,
            column: u64::from(spot.column) + 1,
            offset: spot.offset.into(),
            length: 0,
        };
        self.place(head, &mut location);
        let from_0 = |number: u64| number.saturating_sub(1);
        (
            from_0(location.line),
            from_0(location.column),
            location.offset,
        )
    }

    /// Turns a place in the text of a head into one in the file.
    pub(super) fn place(&self, head: &Head, location: &mut Location) {
        let first = head.text.get(..head.cut).unwrap_or_default();
        let is_wide = self.start.1.is_wide;
        let of_text = |range: std::ops::Range<u64>| {
            let text = head.text.get(range.start as usize..range.end as usize);
            stored(text.unwrap_or_default(), is_wide)
        };
        let (at, end) = (location.offset, location.offset + location.length);
        location.length = of_text(at..end);
        let (offset, begin, text) = &self.start;
        let before = head.start.saturating_sub(*offset) as usize;
        let mut base = begin.behind(text.get(..before).unwrap_or_default());
        if location.offset >= head.cut as u64 {
            let (newlines, last_line) = measure(first);
            if location.line == newlines + 1 {
                location.column = location.column.saturating_sub(last_line);
            }
            location.line = location.line.saturating_sub(newlines);
            location.offset = of_text(head.cut as u64..at);
            let rest = self.rest.iter().find(|(at, _)| *at == head.resume);
            base = rest.map_or(base, |(_, position)| *position);
        } else {
            location.offset = of_text(0..at);
        }
        if location.line == 1 {
            location.column += base.column;
        }
        location.line += base.line;
        location.offset += base.offset;
    }
}

/// The findings of a file that are told once with their number.
pub(super) struct FileFold {
    pub(super) rule: usize,
    pub(super) severity: Severity,
    pub(super) name: Option<NameKey>,
    pub(super) first: Located,
    pub(super) message: fn(u64) -> String,
    pub(super) number: u64,
}

/// A file while it is read.
pub(super) struct OpenFile<'s> {
    pub(super) tally: FileTally,
    /// The name as suppressions see it.
    pub(super) key: String,
    pub(super) around: Surroundings,
    pub(super) position: Position,
    pub(super) folds: Vec<FileFold>,
    /// A text that began in a block and goes on in the next.
    pub(super) carry: Option<Block>,
    pub(super) opened: Opened,
    /// Whether the last request so far waits for its answer, and when it was logged.
    pub(super) asks: bool,
    pub(super) asked_at: Option<Logged>,
    /// The hash of what ties that request to its answer.
    pub(super) trace: Option<u64>,
    /// The same of all requests that are remembered.
    pub(super) traces: Traces,
    /// What its beginning looks like, when no event is in that.
    pub(super) looks_like: Option<&'static str>,
    pub(super) sink: Option<&'s mut dyn Write>,
    pub(super) sink_fault: Option<io::Error>,
    /// The events of the last request, whose answer may be the next thing in the file.
    pub(super) asking: Vec<Parcel>,
    /// How many of them are of each of its requests, where it holds several.
    pub(super) asking_sizes: Vec<usize>,
    /// As [`Part::waiting`] has it.
    pub(super) waiting: usize,
}

impl OpenFile<'_> {
    pub(super) fn write(&mut self, bytes: &[u8]) {
        if let (Some(sink), None) = (&mut self.sink, &self.sink_fault)
            && let Err(fault) = sink.write_all(bytes)
        {
            self.sink_fault = Some(fault);
        }
    }

    /// The stream ended before its time.
    pub(super) fn fault(&mut self, fault: &io::Error, run: &mut Run<'_>) {
        self.sink_fault
            .get_or_insert_with(|| io::Error::new(fault.kind(), fault.to_string()));
        let packed = matches!(
            fault.kind(),
            io::ErrorKind::InvalidData
                | io::ErrorKind::UnexpectedEof
                | io::ErrorKind::InvalidInput
                | io::ErrorKind::Other
        );
        if packed {
            let message = "the compression is cut off or damaged; what came before was read";
            let mut tally = std::mem::take(&mut self.tally);
            // A reporter that fails here fails again at the end, where it is noticed.
            let _ = run.tell_of_file(&mut tally, "unreadable-archive", message.to_owned(), None);
            self.tally = tally;
        } else {
            let message = crate::input::walk::io_message(fault);
            run.failed(InputError {
                path: self.tally.name.clone(),
                message,
                doing: Doing::Reading,
            });
        }
    }
}
