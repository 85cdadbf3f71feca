//! Rows of one size, sorted at the end: in memory as long as they fit, else in sorted runs on disk.
//!
//! Runs are merged as soon as there are [`FAN`] of one size, so that few files are open and few
//! buffers needed however little memory there is; each row is written once for each such level. In
//! the end there is one run, which is read from its beginning as often as anybody asks.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

use rayon::slice::ParallelSliceMut;

/// A row of a [`Table`]: a few numbers and keyed hashes, never a value of a payload.
///
/// The order of rows begins with what they are grouped by.
pub trait Row: Copy + Ord + Send + Sync {
    /// Bytes of a row on disk.
    const SIZE: usize;

    /// Whether rows are often absorbed by others, so that sorting makes a table smaller.
    const REPEATS: bool = false;

    /// What rows are grouped by.
    type Group: PartialEq;

    /// The group of this row.
    fn group(&self) -> Self::Group;

    /// Takes in a row that speaks of the very same thing; `false` when it does not. Neighbours in
    /// the order of rows are tried.
    fn absorb(&mut self, _: &Self) -> bool {
        false
    }

    /// Moves the row's events behind `events` others.
    fn shift(&mut self, events: u64);

    /// Writes the row.
    fn write(&self, out: &mut Vec<u8>);

    /// Reads a row of [`Row::SIZE`] bytes.
    fn read(bytes: &[u8]) -> Self;
}

/// What a row is made of: written in little endian, one number behind another.
pub(super) trait Number: Sized {
    /// Bytes on disk.
    const SIZE: usize;

    /// Writes the number.
    fn put(self, out: &mut Vec<u8>);

    /// Takes the number from the front of the bytes of a row, which are enough.
    fn take(bytes: &mut &[u8]) -> Self;
}

macro_rules! primitive {
    ($number:ty) => {
        impl Number for $number {
            const SIZE: usize = size_of::<$number>();

            #[inline]
            fn put(self, out: &mut Vec<u8>) {
                out.extend(self.to_le_bytes());
            }

            #[inline]
            fn take(bytes: &mut &[u8]) -> Self {
                let (number, rest) = bytes.split_first_chunk().expect("a whole row");
                *bytes = rest;
                <$number>::from_le_bytes(*number)
            }
        }
    };
}

primitive!(u32);
primitive!(u64);

impl<N: Number> Number for [N; 2] {
    const SIZE: usize = 2 * N::SIZE;

    #[inline]
    fn put(self, out: &mut Vec<u8>) {
        self.into_iter().for_each(|number| number.put(out));
    }

    #[inline]
    fn take(bytes: &mut &[u8]) -> Self {
        std::array::from_fn(|_| N::take(bytes))
    }
}

/// How a [`Row`] is written and read: all of its numbers, in the order in which they lie on disk.
macro_rules! numbers {
    ($($number:ident: $kind:ty),+ $(,)?) => {
        const SIZE: usize = 0 $(+ <$kind as $crate::ledger::table::Number>::SIZE)+;

        #[inline]
        fn write(&self, out: &mut Vec<u8>) {
            $($crate::ledger::table::Number::put(self.$number, out);)+
        }

        #[inline]
        fn read(mut bytes: &[u8]) -> Self {
            Self {
                $($number: <$kind as $crate::ledger::table::Number>::take(&mut bytes),)+
            }
        }
    };
}
pub(super) use numbers;

/// So many runs of one level make one of the next.
const FAN: usize = 8;

/// Bytes of a buffer before or behind a file.
const BUFFER: usize = 1 << 16;

/// A table whatever its rows are.
pub(super) trait AnyTable: Send {
    /// Bytes in memory.
    fn bytes(&self) -> usize;
    /// Joins what speaks of the same thing in memory.
    fn settle(&mut self);
    fn may_shrink(&self) -> bool;
    /// Whether rows are on disk.
    fn is_on_disk(&self) -> bool;
    /// Moves what is in memory to disk.
    fn spill(&mut self) -> io::Result<()>;
    /// Brings everything in its order: no row is added any more.
    fn finish(&mut self) -> io::Result<()>;
}

impl<R: Row> AnyTable for Table<R> {
    fn bytes(&self) -> usize {
        Table::bytes(self)
    }
    fn settle(&mut self) {
        Table::settle(self);
    }
    fn may_shrink(&self) -> bool {
        Table::may_shrink(self)
    }
    fn is_on_disk(&self) -> bool {
        !self.runs.is_empty()
    }
    fn spill(&mut self) -> io::Result<()> {
        Table::spill(self)
    }
    fn finish(&mut self) -> io::Result<()> {
        Table::finish(self)
    }
}

/// Rows that are collected in any order and read in theirs.
#[derive(Debug)]
pub struct Table<R> {
    rows: Vec<R>,
    /// So many rows at the front are sorted and hold nothing twice.
    settled: usize,
    /// Of falling levels.
    runs: Vec<Run>,
}

/// Sorted rows on disk. The file has no name: whatever ends the program takes it away.
#[derive(Debug)]
struct Run {
    file: File,
    rows: u64,
    /// How often its rows were merged.
    level: u32,
}

impl<R> Default for Table<R> {
    fn default() -> Self {
        Table {
            rows: Vec::new(),
            settled: 0,
            runs: Vec::new(),
        }
    }
}

impl<R: Row> Table<R> {
    /// Takes rows in, whose events come behind `events` others.
    pub fn take(&mut self, rows: &[R], events: u64) {
        self.rows.extend(rows.iter().map(|row| {
            let mut row = *row;
            row.shift(events);
            row
        }));
    }

    /// Takes rows in, each as `change` makes it, if it does.
    pub fn take_as(&mut self, rows: &[R], change: impl Fn(&R) -> Option<R>) {
        self.rows.extend(rows.iter().filter_map(change));
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        self.rows.len() * size_of::<R>()
    }

    /// Sorts what is in memory, and joins rows that speak of the same thing.
    pub fn settle(&mut self) {
        if self.settled == self.rows.len() {
            return;
        }
        self.rows[self.settled..].par_sort_unstable();
        if self.settled > 0 {
            self.merge();
        }
        self.rows.dedup_by(|next, row| row.absorb(next));
        self.settled = self.rows.len();
    }

    /// Brings the rows that are settled and the sorted ones behind them into one order, from the
    /// greatest to the least, so that only the latter need room elsewhere meanwhile.
    fn merge(&mut self) {
        let (mut left, new) = (self.settled, self.rows[self.settled..].to_vec());
        let mut right = new.len();
        while right > 0 && left > 0 {
            let at = left + right - 1;
            if self.rows[left - 1] > new[right - 1] {
                left -= 1;
                self.rows[at] = self.rows[left];
            } else {
                right -= 1;
                self.rows[at] = new[right];
            }
        }
        self.rows[..right].copy_from_slice(&new[..right]);
    }

    /// Whether so much is unsorted that sorting it may well make the table smaller.
    pub fn may_shrink(&self) -> bool {
        R::REPEATS && self.rows.len() - self.settled > (self.settled / 2).max(1 << 16)
    }

    /// The number of rows, in memory and on disk.
    pub fn len(&self) -> u64 {
        let on_disk: u64 = self.runs.iter().map(|run| run.rows).sum();
        self.rows.len() as u64 + on_disk
    }

    /// Whether there is no row, in memory or on disk.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.runs.is_empty()
    }

    /// The rows in memory, in order. Settle first.
    pub fn settled(&self) -> &[R] {
        debug_assert_eq!(self.settled, self.rows.len());
        &self.rows
    }

    /// Takes the rows in memory out.
    pub fn drain(&mut self) -> Vec<R> {
        self.settled = 0;
        std::mem::take(&mut self.rows)
    }

    /// Moves what is in memory to disk.
    pub fn spill(&mut self) -> io::Result<()> {
        self.settle();
        if self.rows.is_empty() {
            return Ok(());
        }
        let rows = self.drain();
        let mut writer = Writer::new(0)?;
        for row in &rows {
            writer.add(row)?;
        }
        drop(rows);
        self.runs.push(writer.end()?);
        while let [.., first, _, _, _, _, _, _, last] = &self.runs[..]
            && first.level == last.level
        {
            let last = self.runs.split_off(self.runs.len() - FAN);
            self.runs.push(merged::<R>(&last)?);
        }
        Ok(())
    }

    /// Brings all rows in their order, in memory or in one run on disk.
    pub fn finish(&mut self) -> io::Result<()> {
        self.settle();
        if self.runs.is_empty() {
            return Ok(());
        }
        self.spill()?;
        // The shortest are merged first.
        while self.runs.len() > 1 {
            let last = self.runs.split_off(self.runs.len().saturating_sub(FAN));
            self.runs.push(merged::<R>(&last)?);
        }
        Ok(())
    }

    /// Calls `each` with every row in order. Finish first.
    pub fn rows(&self, mut each: impl FnMut(&R)) -> io::Result<()> {
        debug_assert_eq!(self.settled, self.rows.len());
        debug_assert!(self.runs.is_empty() || self.rows.is_empty() && self.runs.len() == 1);
        self.rows.iter().for_each(&mut each);
        for run in &self.runs {
            let mut reader = Reader::new(run)?;
            while let Some(row) = reader.next()? {
                each(&row);
            }
        }
        Ok(())
    }

    /// Calls `each` with every group of rows, in order. Finish first.
    pub fn groups(&self, mut each: impl FnMut(&[R])) -> io::Result<()> {
        if self.runs.is_empty() {
            for group in self.settled().chunk_by(|a, b| a.group() == b.group()) {
                each(group);
            }
            return Ok(());
        }
        let mut group: Vec<R> = Vec::new();
        self.rows(|row| {
            if group
                .first()
                .is_some_and(|first| first.group() != row.group())
            {
                each(&group);
                group.clear();
            }
            group.push(*row);
        })?;
        if !group.is_empty() {
            each(&group);
        }
        Ok(())
    }
}

/// One run with the rows of several.
fn merged<R: Row>(runs: &[Run]) -> io::Result<Run> {
    let mut readers = Vec::with_capacity(runs.len());
    let mut heap = BinaryHeap::with_capacity(runs.len());
    for (index, run) in runs.iter().enumerate() {
        let mut reader = Reader::new(run)?;
        if let Some(row) = reader.next::<R>()? {
            heap.push(Reverse((row, index)));
        }
        readers.push(reader);
    }
    let level = runs.iter().map(|run| run.level).max().unwrap_or(0);
    let mut writer = Writer::new(level + 1)?;
    let mut last: Option<R> = None;
    while let Some(mut top) = heap.peek_mut() {
        let Reverse((row, index)) = *top;
        match readers[index].next()? {
            Some(next) => *top = Reverse((next, index)),
            None => {
                PeekMut::pop(top);
            }
        }
        let absorbed = last.as_mut().is_some_and(|last| last.absorb(&row));
        if !absorbed && let Some(done) = last.replace(row) {
            writer.add(&done)?;
        }
    }
    if let Some(done) = last {
        writer.add(&done)?;
    }
    writer.end()
}

/// Writes a run, row by row in their order.
struct Writer {
    out: BufWriter<File>,
    rows: u64,
    level: u32,
    bytes: Vec<u8>,
}

impl Writer {
    fn new(level: u32) -> io::Result<Writer> {
        Ok(Writer {
            out: BufWriter::with_capacity(BUFFER, tempfile::tempfile()?),
            rows: 0,
            level,
            bytes: Vec::new(),
        })
    }

    fn add<R: Row>(&mut self, row: &R) -> io::Result<()> {
        self.bytes.clear();
        row.write(&mut self.bytes);
        debug_assert_eq!(self.bytes.len(), R::SIZE);
        self.rows += 1;
        self.out.write_all(&self.bytes)
    }

    fn end(self) -> io::Result<Run> {
        let file = self.out.into_inner();
        Ok(Run {
            file: file.map_err(io::IntoInnerError::into_error)?,
            rows: self.rows,
            level: self.level,
        })
    }
}

/// Reads a run from its beginning.
struct Reader<'r> {
    file: BufReader<&'r File>,
    left: u64,
    bytes: Vec<u8>,
}

impl<'r> Reader<'r> {
    fn new(run: &'r Run) -> io::Result<Reader<'r>> {
        let mut file = &run.file;
        file.rewind()?;
        Ok(Reader {
            file: BufReader::with_capacity(BUFFER, file),
            left: run.rows,
            bytes: Vec::new(),
        })
    }

    fn next<R: Row>(&mut self) -> io::Result<Option<R>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        self.bytes.resize(R::SIZE, 0);
        self.file.read_exact(&mut self.bytes)?;
        Ok(Some(R::read(&self.bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number and how often it was seen.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    struct Seen {
        number: u64,
        times: u32,
    }

    impl Row for Seen {
        type Group = u64;
        fn group(&self) -> u64 {
            self.number / 10
        }
        fn absorb(&mut self, other: &Self) -> bool {
            let same = self.number == other.number;
            if same {
                self.times += other.times;
            }
            same
        }
        fn shift(&mut self, _: u64) {}
        numbers! {
            number: u64,
            times: u32,
        }
    }

    #[test]
    fn on_disk_or_not_the_rows_are_the_same() {
        let rows: Vec<Seen> = (0..10_000u64)
            .map(|n| Seen {
                number: n * n % 997,
                times: 1,
            })
            .collect();
        let read = |spill_every: usize| {
            let mut table = Table::default();
            for (at, chunk) in rows.chunks(100).enumerate() {
                table.take(chunk, 0);
                if at % spill_every == spill_every - 1 {
                    table.spill().unwrap();
                }
            }
            // So few files are open at a time, however often rows went to disk.
            assert!(table.runs.len() < 2 * FAN, "{}", table.runs.len());
            table.finish().unwrap();
            let mut groups = Vec::new();
            for _ in 0..2 {
                groups.clear();
                table.groups(|group| groups.push(group.to_vec())).unwrap();
            }
            let mut rows = Vec::new();
            table.rows(|row| rows.push(*row)).unwrap();
            assert_eq!(rows, groups.concat());
            groups
        };
        let ample = read(usize::MAX);
        assert_eq!(
            ample.iter().flatten().map(|seen| seen.times).sum::<u32>(),
            10_000
        );
        assert!(ample.iter().flatten().is_sorted());
        for spill_every in [1, 3, 7] {
            assert_eq!(read(spill_every), ample);
        }
    }
}
