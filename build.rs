//! Makes the tables of right birth dates and postcodes that the program looks digests up in. They
//! are made here, once, because even a small input with nothing wrong in it needs them.

use std::path::Path;
use std::{env, fs, io};

use sha2::{Digest, Sha256};

/// The first bits of a digest choose its bucket. `src/digest/fixed.rs` reads what is written here.
const BUCKET_BITS: u32 = 13;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    let out = Path::new(&out);
    // Five digits, from the lowest ZIP code on.
    let postcodes = (501..100_000).map(|number| (number, format!("{number:05}")));
    fs::write(out.join("postcodes.bin"), table(postcodes))?;
    // Every day of 1900 to 2039 as YYYYMMDD: up to the last event_time that `src/clock.rs` takes for
    // plausible, since nobody in such an event is born later.
    let mut days = Vec::new();
    for year in 1900..=2039_u32 {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        for month in 1..=12_u32 {
            let last = match month {
                4 | 6 | 9 | 11 => 30,
                2 if leap => 29,
                2 => 28,
                _ => 31,
            };
            days.extend((1..=last).map(|day: u32| format!("{year:04}{month:02}{day:02}")));
        }
    }
    fs::write(out.join("dates.bin"), table((0..).zip(days)))
}

/// Where each bucket begins, the 32 bits of each digest that follow those of its bucket, and the
/// numbers of the values: four bytes each, sorted by digest.
fn table(values: impl Iterator<Item = (u32, String)>) -> Vec<u8> {
    let mut entries: Vec<(u64, u32)> = values
        .map(|(number, text)| {
            let digest = Sha256::digest(text.as_bytes());
            let prefix = digest[..8]
                .iter()
                .fold(0, |sum, &byte| sum << 8 | u64::from(byte));
            (prefix, number)
        })
        .collect();
    entries.sort_unstable();
    let mut out = Vec::new();
    for bucket in 0..=1_u64 << BUCKET_BITS {
        let start = entries.partition_point(|entry| entry.0 >> (64 - BUCKET_BITS) < bucket);
        out.extend((start as u32).to_le_bytes());
    }
    let rest = |prefix: u64| (prefix << BUCKET_BITS >> 32) as u32;
    out.extend(entries.iter().flat_map(|entry| rest(entry.0).to_le_bytes()));
    out.extend(entries.iter().flat_map(|entry| entry.1.to_le_bytes()));
    out
}
