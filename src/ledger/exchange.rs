//! A ledger as bytes: written by one run, taken in by another. It holds keyed hashes, numbers and
//! the names of files and events that may be printed; it is merged with those of the other parts.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read, Write};

use serde::{Deserialize, Serialize};

use super::entries::Counts;
use super::places::Places;
use super::standing::Stands;
use super::table::{Row, Table};
use super::{AllSeries, Carrier, Ledger, MAX_NAMES, Sale, Sighting, Standing, Step};

/// What stands before the tables.
#[derive(Serialize, Deserialize)]
struct Head {
    places: Places,
    names: BTreeMap<u32, (String, u64)>,
    counts: Counts,
    series: AllSeries,
    stands: Stands,
    /// As [`Digests::level`](super::Digests) has it.
    level: u32,
}

/// How many rows are read at a time.
const BATCH: usize = 4096;

/// Ends a part, so that one that was cut off is noticed.
const END: &[u8] = b"end of the ledger\n";

impl Ledger {
    /// Writes all of it. To be called in a pool of threads.
    pub fn write(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.digests.link_all()?;
        self.sort()?;
        self.standings.finish()?;
        let head = Head {
            places: self.places.clone(),
            names: self.names.clone(),
            counts: self.counts,
            series: self.series.clone(),
            stands: self.stands.clone(),
            level: self.digests.level(),
        };
        serde_json::to_writer(&mut *out, &head)?;
        out.write_all(b"\n")?;
        self.places.write(out)?;
        write_table(&self.ids, out)?;
        write_table(&self.orders, out)?;
        write_table(&self.sales, out)?;
        write_table(self.digests.links(), out)?;
        write_table(&self.carriers, out)?;
        write_table(&self.steps, out)?;
        write_table(&self.visits, out)?;
        write_table(&self.clicks, out)?;
        write_table(&self.spellings, out)?;
        write_table(&self.standings, out)?;
        out.write_all(END)?;
        out.flush()
    }

    /// Takes in what another run wrote, whose events come behind all others so far. `rename` gives
    /// the name in this run of an event name in that one. To be called in a pool of threads.
    pub fn merge(
        &mut self,
        input: &mut impl BufRead,
        rename: impl Fn(String) -> String,
    ) -> io::Result<()> {
        let mut line = Vec::new();
        input.read_until(b'\n', &mut line)?;
        let head: Head = serde_json::from_slice(&line).map_err(io::Error::from)?;
        let numbers = self.stands.merge(&head.stands, &rename);
        let events = self.places.events();
        self.places.append(head.places, input)?;
        for (hash, (name, first)) in head.names {
            if self.names.len() < MAX_NAMES && !self.names.contains_key(&hash) {
                self.names.insert(hash, (rename(name), events + first));
            }
        }
        self.counts.merge(&head.counts, events);
        self.series.merge(&head.series, events);
        read_table(input, |rows: &[Sighting]| {
            for row in rows {
                *self.sightings.entry(row.name).or_insert(0) += 1;
            }
            self.ids.take(rows, events);
            self.make_room()
        })?;
        read_table(input, |rows: &[Sighting]| {
            self.orders.take(rows, events);
            self.make_room()
        })?;
        read_table(input, |rows: &[Sale]| {
            self.sales.take(rows, events);
            self.make_room()
        })?;
        read_table(input, |rows| {
            self.digests.take_links(rows, events, head.level);
            self.make_room()
        })?;
        read_table(input, |rows: &[Carrier]| {
            self.carriers.take(rows, events);
            self.make_room()
        })?;
        read_table(input, |rows: &[Step]| {
            self.steps.take(rows, events);
            self.make_room()
        })?;
        read_table(input, |rows| {
            self.visits.take(rows, events);
            self.make_room()
        })?;
        read_table(input, |rows| {
            self.clicks.take(rows, events);
            self.make_room()
        })?;
        read_table(input, |rows| {
            self.spellings.take(rows, events);
            self.make_room()
        })?;
        read_table(input, |rows: &[Standing]| {
            self.standings.take_as(rows, |row| row.renumbered(&numbers));
            self.make_room()
        })?;
        let mut end = [0; END.len()];
        input.read_exact(&mut end)?;
        if end != END {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(())
    }
}

fn write_table<R: Row>(table: &Table<R>, out: &mut dyn Write) -> io::Result<()> {
    let (mut bytes, mut number, mut failed) = (Vec::new(), 0u32, None);
    let mut flush = |bytes: &mut Vec<u8>, number: &mut u32| {
        let written = out
            .write_all(&number.to_le_bytes())
            .and_then(|()| out.write_all(bytes));
        bytes.clear();
        *number = 0;
        written
    };
    table.rows(|row| {
        if failed.is_some() {
            return;
        }
        row.write(&mut bytes);
        number += 1;
        if number as usize == BATCH {
            failed = flush(&mut bytes, &mut number).err();
        }
    })?;
    if let Some(failed) = failed {
        return Err(failed);
    }
    if number > 0 {
        flush(&mut bytes, &mut number)?;
    }
    flush(&mut bytes, &mut number)
}

fn read_table<R: Row>(
    input: &mut impl Read,
    mut take: impl FnMut(&[R]) -> io::Result<()>,
) -> io::Result<()> {
    let mut bytes = Vec::new();
    loop {
        let mut number = [0; 4];
        input.read_exact(&mut number)?;
        let number = u32::from_le_bytes(number) as usize;
        if number == 0 {
            return Ok(());
        }
        if number > BATCH {
            return Err(io::ErrorKind::InvalidData.into());
        }
        bytes.resize(number * R::SIZE, 0);
        input.read_exact(&mut bytes)?;
        let rows: Vec<R> = bytes.chunks_exact(R::SIZE).map(R::read).collect();
        take(&rows)?;
    }
}
