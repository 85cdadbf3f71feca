//! Where every event of a run stands, in about four bytes an event.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

/// A file of the run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FileEntry {
    /// As it is shown.
    pub name: String,
    /// As suppressions see it.
    pub key: String,
    /// The number of its first event in the run.
    pub first: u64,
}

/// The events of one block.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Chunk {
    /// The number of its first event in the run.
    first: u64,
    file: u32,
    /// Line and offset before the first event: what the steps count from.
    line: u64,
    offset: u64,
    /// Where its steps begin.
    steps: usize,
}

/// Where an event stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// Index of the file in the run.
    pub file: usize,
    /// Index of the event in the file.
    pub event: u64,
    /// The line on which the event begins, from 1.
    pub line: u64,
    /// From 1, in characters.
    pub column: u64,
    /// In bytes.
    pub offset: u64,
}

/// The places of all events, by their number in the run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Places {
    files: Vec<FileEntry>,
    chunks: Vec<Chunk>,
    /// Of each event, how many lines and bytes further it begins, and its column, in bytes of seven
    /// bits.
    #[serde(skip)]
    steps: Vec<u8>,
    events: u64,
}

impl Places {
    /// The events to come are those of another file.
    pub fn open(&mut self, name: &str, key: &str) {
        self.files.push(FileEntry {
            name: name.to_owned(),
            key: key.to_owned(),
            first: self.events,
        });
    }

    /// The files, in the order of the run.
    pub fn files(&self) -> &[FileEntry] {
        &self.files
    }

    /// The number of events so far.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The events of a block: line and column of each, from 0, and its offset.
    pub fn add(&mut self, spots: impl Iterator<Item = (u64, u64, u64)>) {
        let mut before: Option<(u64, u64)> = None;
        for (line, column, offset) in spots {
            let (last_line, last_offset) = *before.get_or_insert_with(|| {
                self.chunks.push(Chunk {
                    first: self.events,
                    file: self.files.len().saturating_sub(1) as u32,
                    line,
                    offset,
                    steps: self.steps.len(),
                });
                (line, offset)
            });
            push(&mut self.steps, line.saturating_sub(last_line));
            push(&mut self.steps, offset.saturating_sub(last_offset));
            push(&mut self.steps, column);
            before = Some((line.max(last_line), offset.max(last_offset)));
            self.events += 1;
        }
    }

    /// Writes what serialising leaves out.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&(self.steps.len() as u64).to_le_bytes())?;
        out.write_all(&self.steps)
    }

    /// Takes in the places of another run behind these. What [`Places::write`] wrote of them is
    /// read from `input`.
    pub(super) fn append(&mut self, other: Places, input: &mut impl Read) -> io::Result<()> {
        let mut length = [0; 8];
        input.read_exact(&mut length)?;
        let length = u64::from_le_bytes(length);
        let steps = self.steps.len();
        if input.take(length).read_to_end(&mut self.steps)? as u64 != length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let (events, files) = (self.events, self.files.len() as u32);
        self.chunks
            .extend(other.chunks.into_iter().map(|chunk| Chunk {
                first: chunk.first + events,
                file: chunk.file + files,
                steps: chunk.steps + steps,
                ..chunk
            }));
        self.files
            .extend(other.files.into_iter().map(|file| FileEntry {
                first: file.first + events,
                ..file
            }));
        self.events += other.events;
        Ok(())
    }

    /// Where the event with that number stands.
    pub fn find(&self, at: u64) -> Spot {
        let index = self.chunks.partition_point(|chunk| chunk.first <= at);
        let Some(chunk) = index.checked_sub(1).map(|index| &self.chunks[index]) else {
            return Spot {
                file: 0,
                event: at,
                line: 1,
                column: 1,
                offset: 0,
            };
        };
        let (mut line, mut column, mut offset) = (chunk.line, 0, chunk.offset);
        let mut steps = self.steps.get(chunk.steps..).unwrap_or_default();
        for _ in chunk.first..=at {
            line += pop(&mut steps);
            offset += pop(&mut steps);
            column = pop(&mut steps);
        }
        let file = chunk.file as usize;
        Spot {
            file,
            event: at - self.files.get(file).map_or(0, |file| file.first),
            line: line + 1,
            column: column + 1,
            offset,
        }
    }
}

fn push(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn pop(bytes: &mut &[u8]) -> u64 {
    let (mut number, mut shift) = (0, 0);
    while let Some((&byte, rest)) = bytes.split_first() {
        *bytes = rest;
        number |= u64::from(byte & 0x7F) << shift;
        shift += 7;
        if byte < 0x80 || shift > 63 {
            break;
        }
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_found_where_it_was() {
        let mut places = Places::default();
        places.open("a", "a");
        places.add([(0, 0, 0), (1, 9, 1_000), (1, 9, 1_000), (5, 0, 70_000)].into_iter());
        places.add([].into_iter());
        places.add([(6, 300, 71_000), (1_000_000, 0, 9_000_000_000)].into_iter());
        places.open("b", "b");
        places.open("c", "c");
        places.add([(2, 1, 300)].into_iter());
        let found: Vec<_> = (0..7)
            .map(|at| places.find(at))
            .map(|spot| (spot.file, spot.event, spot.line, spot.column, spot.offset))
            .collect();
        assert_eq!(
            found,
            [
                (0, 0, 1, 1, 0),
                (0, 1, 2, 10, 1_000),
                (0, 2, 2, 10, 1_000),
                (0, 3, 6, 1, 70_000),
                (0, 4, 7, 301, 71_000),
                (0, 5, 1_000_001, 1, 9_000_000_000),
                (2, 0, 3, 2, 300),
            ]
        );
    }
}
