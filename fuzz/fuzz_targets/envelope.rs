//! Whatever the bytes, the check ends, no rule panics, and the size of blocks does not show.
#![no_main]

use capilint::engine::{Linter, Run, Silent};
use capilint::input::blocks::Limits;
use capilint::input::unpack::{self, Ceiling};
use capilint::finding::Severity;
use capilint::report::Report;
use capilint::rules::index_of;
use capilint::settings::{Clocks, Settings};
use libfuzzer_sys::fuzz_target;
use once_cell::sync::Lazy;

fn linter(limits: Limits) -> Linter {
    Linter::new(Settings {
        clocks: Clocks::At(1_782_432_000),
        threads: 1,
        limits,
        ..Settings::default()
    })
}

static USUAL: Lazy<Linter> = Lazy::new(|| linter(Limits::with_record(64 << 20)));
static SMALL: Lazy<Linter> = Lazy::new(|| {
    linter(Limits { block: 1_000, whole: 4 << 20, record: 64 << 20 })
});
static PIECES: Lazy<Linter> = Lazy::new(|| {
    linter(Limits { block: 64, whole: 256, record: 64 << 20 })
});

fn lint(linter: &Linter, bytes: &[u8]) -> Report {
    let mut silent = Silent;
    let mut run = Run::new(linter, &mut silent);
    if let Ok((_, reader)) = unpack::open(bytes, Ceiling::Bytes(16 << 20)) {
        let _ = run.stream("-", "-", reader, None, None);
    }
    run.finish().expect("a silent reporter never fails").0
}

/// Texts that cannot be read.
fn errors(report: &Report) -> u64 {
    let rule = index_of("malformed-json");
    report.rules[rule].findings[Severity::Error as usize]
}

fuzz_target!(|bytes: &[u8]| {
    let (usual, small) = (lint(&USUAL, bytes), lint(&SMALL, bytes));
    assert_eq!(usual.internal_errors, 0, "a rule panicked");
    // Where a text that is no JSON goes on, a small block may not show.
    if errors(&usual) == 0 && errors(&small) == 0 {
        assert_eq!(usual.events, small.events, "blocks show in the events");
    }
    assert_eq!(lint(&PIECES, bytes).internal_errors, 0, "a rule panicked");
});
