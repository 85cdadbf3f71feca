//! Tables of generated digests: the beginning of each digest, and a mark from which its text is
//! made again, so that a hit can be confirmed on all 32 bytes.

use std::ops::Range;

/// What makes texts. One item, such as a day or a name, gives several texts.
pub(super) trait Source: Sync {
    /// How many items there are.
    fn items(&self) -> usize;

    /// Tells the first eight bytes of the digest of every text of some items, with its mark.
    fn digests(&self, items: Range<usize>, tell: &mut dyn FnMut(u64, u32));
}

/// Fewer texts than this are not worth a second thread.
const WORTH_A_THREAD: usize = 20_000;

/// What both give, the second on a thread of its own where there is a core for one. The caller may
/// be a thread of a pool, which must not take up other work in between.
pub(super) fn beside<A, B: Send>(
    here: impl FnOnce() -> A,
    there: impl FnOnce() -> B + Send,
) -> (A, B) {
    if cores() < 2 {
        return (here(), there());
    }
    std::thread::scope(|scope| {
        let there = scope.spawn(there);
        let here = here();
        match there.join() {
            Ok(there) => (here, there),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Everything that a source tells, gathered by as many threads as there are cores. Threads of its
/// own: the caller may be one of a pool that waits for this very table.
fn gather<T: Send>(source: &dyn Source, make: impl Fn(u64, u32) -> T + Sync) -> Vec<T> {
    let items = source.items();
    let mut first = Vec::new();
    let probe = items.min(64);
    source.digests(0..probe, &mut |prefix, mark| first.push(make(prefix, mark)));
    let expected = first.len() * items / probe.max(1);
    let parts = cores().min(4).min(1 + expected / WORTH_A_THREAD);
    first.reserve(expected / parts);
    if parts == 1 {
        source.digests(probe..items, &mut |prefix, mark| {
            first.push(make(prefix, mark));
        });
        return first;
    }
    let cut = |part: usize| probe + (items - probe) * part / parts;
    std::thread::scope(|scope| {
        let make = &make;
        let others: Vec<_> = (1..parts)
            .map(|part| {
                scope.spawn(move || {
                    let mut list = Vec::with_capacity(expected / parts);
                    source.digests(cut(part)..cut(part + 1), &mut |prefix, mark| {
                        list.push(make(prefix, mark));
                    });
                    list
                })
            })
            .collect();
        source.digests(probe..cut(1), &mut |prefix, mark| {
            first.push(make(prefix, mark));
        });
        for other in others {
            match other.join() {
                Ok(list) => first.extend(list),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    first
}

/// Digests in buckets by their first bits: 8 bytes an entry.
pub(super) struct Table {
    bits: u32,
    /// Where each bucket begins; one more at the end.
    starts: Box<[u32]>,
    /// The 32 bits that follow those of the bucket, and the mark.
    entries: Box<[(u32, u32)]>,
}

impl Table {
    pub(super) fn of(source: &dyn Source) -> Table {
        // Twelve bytes each, as long as the table is in the making.
        let list = gather(source, |prefix, mark| {
            [(prefix >> 32) as u32, prefix as u32, mark]
        });
        let bits = bits_for(list.len());
        let prefix = |it: &[u32; 3]| u64::from(it[0]) << 32 | u64::from(it[1]);
        let mut starts = counted(bits, list.iter().map(prefix));
        let mut entries = vec![(0, 0); list.len()].into_boxed_slice();
        for it in &list {
            let prefix = prefix(it);
            // From the end of its bucket backwards; in the end each number is its beginning.
            let at = &mut starts[(prefix >> (64 - bits)) as usize];
            *at -= 1;
            entries[*at as usize] = (rest(prefix, bits), it[2]);
        }
        Table {
            bits,
            starts,
            entries,
        }
    }

    /// The marks of the texts whose digest may begin with `prefix`.
    pub(super) fn marks(&self, prefix: u64) -> impl Iterator<Item = u32> {
        let rest = rest(prefix, self.bits);
        self.bucket(prefix)
            .iter()
            .filter(move |entry| entry.0 == rest)
            .map(|entry| entry.1)
    }

    fn bucket(&self, prefix: u64) -> &[(u32, u32)] {
        let at = (prefix >> (64 - self.bits)) as usize;
        &self.entries[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// How many digests are in it.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The first bits of every digest, as many as are kept; the others are zero.
    fn beginnings(&self) -> impl Iterator<Item = u64> {
        let bits = self.bits;
        (0..self.starts.len() - 1).flat_map(move |bucket| {
            let range = self.starts[bucket] as usize..self.starts[bucket + 1] as usize;
            self.entries[range].iter().map(move |entry| {
                (bucket as u64) << (64 - bits) | u64::from(entry.0) << (32 - bits)
            })
        })
    }
}

/// Digests by their first eight bytes, which are enough to tell them apart.
pub(super) struct Set {
    bits: u32,
    starts: Box<[u32]>,
    prefixes: Box<[u64]>,
    /// In the order of the prefixes; only a hit looks here.
    marks: Box<[u32]>,
}

impl Set {
    pub(super) fn of(source: &dyn Source) -> Set {
        let list = gather(source, |prefix, mark| (prefix, mark));
        let bits = bits_for(list.len());
        let mut starts = counted(bits, list.iter().map(|it| it.0));
        let mut prefixes = vec![0; list.len()].into_boxed_slice();
        let mut marks = vec![0; list.len()].into_boxed_slice();
        for (prefix, mark) in list {
            let at = &mut starts[(prefix >> (64 - bits)) as usize];
            *at -= 1;
            prefixes[*at as usize] = prefix;
            marks[*at as usize] = mark;
        }
        Set {
            bits,
            starts,
            prefixes,
            marks,
        }
    }

    #[inline]
    fn bucket(&self, prefix: u64) -> Range<usize> {
        let at = (prefix >> (64 - self.bits)) as usize;
        self.starts[at] as usize..self.starts[at + 1] as usize
    }

    /// The mark of the text whose digest begins with `prefix`.
    pub(super) fn mark(&self, prefix: u64) -> Option<u32> {
        let bucket = self.bucket(prefix);
        let at = self.prefixes[bucket.clone()]
            .iter()
            .position(|it| *it == prefix)?;
        Some(self.marks[bucket.start + at])
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u64> {
        self.prefixes.iter().copied()
    }
}

/// Some eight entries a bucket.
fn bits_for(entries: usize) -> u32 {
    (entries / 8).max(2).ilog2().clamp(4, 16)
}

fn rest(prefix: u64, bits: u32) -> u32 {
    (prefix << bits >> 32) as u32
}

/// The end of each bucket, and the number of entries once more.
fn counted(bits: u32, prefixes: impl Iterator<Item = u64>) -> Box<[u32]> {
    let mut ends = vec![0; (1 << bits) + 1].into_boxed_slice();
    for prefix in prefixes {
        ends[(prefix >> (64 - bits)) as usize] += 1;
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += *end;
        *end = sum;
    }
    ends
}

/// Answers nearly always that a digest is in none of several tables, with one look at memory.
pub(super) struct Filter {
    words: Box<[u64]>,
    bits: u32,
}

impl Filter {
    /// A filter with room for `expected` digests, of which it holds none yet.
    pub(super) fn with_room(expected: usize) -> Filter {
        // Four to eight digests a word of 64 bits, two bits each: some three wrong answers in a
        // hundred, and small enough for the second-level cache.
        let bits = (expected / 8).max(16).next_power_of_two().ilog2().min(18);
        Filter {
            words: vec![0; 1 << bits].into_boxed_slice(),
            bits,
        }
    }

    pub(super) fn add(&mut self, prefix: u64) {
        let (at, mask) = self.place(prefix);
        self.words[at] |= mask;
    }

    pub(super) fn add_table(&mut self, table: &Table) {
        for prefix in table.beginnings() {
            self.add(prefix);
        }
    }

    #[inline]
    pub(super) fn may_have(&self, prefix: u64) -> bool {
        let (at, mask) = self.place(prefix);
        self.words[at] & mask == mask
    }

    /// Only the first 36 bits count, which all tables keep.
    #[inline]
    fn place(&self, prefix: u64) -> (usize, u64) {
        let at = (prefix >> (64 - self.bits)) as usize;
        let bits = prefix >> (34 - 6);
        (at, 1 << (bits & 63) | 1 << (bits >> 6 & 63))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Numbers(usize);

    impl Source for Numbers {
        fn items(&self) -> usize {
            self.0
        }

        fn digests(&self, items: Range<usize>, tell: &mut dyn FnMut(u64, u32)) {
            for item in items {
                let text = item.to_string();
                tell(super::super::short::prefix(text.as_bytes()), item as u32);
            }
        }
    }

    #[test]
    fn every_digest_is_found_and_no_other() {
        for count in [1, 63, 64, 65, 1_000, 50_000] {
            let table = Table::of(&Numbers(count));
            let set = Set::of(&Numbers(count));
            let mut filter = Filter::with_room(count);
            filter.add_table(&table);
            assert_eq!(table.len(), count);
            assert_eq!(set.iter().count(), count);
            let mut wrong = 0;
            for number in 0..count * 2 {
                let prefix = super::super::short::prefix(number.to_string().as_bytes());
                let marks: Vec<_> = table.marks(prefix).collect();
                if number < count {
                    assert_eq!(marks, [number as u32]);
                    assert_eq!(set.mark(prefix), Some(number as u32));
                    assert!(filter.may_have(prefix));
                } else {
                    assert!(marks.is_empty() && set.mark(prefix).is_none());
                    wrong += usize::from(filter.may_have(prefix));
                }
            }
            assert!(wrong <= 1 + count / 14, "{wrong} of {count}");
        }
    }
}
