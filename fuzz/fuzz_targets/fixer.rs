//! Fixes settle, and what they write is read like what they were given.
#![no_main]

use capilint::engine::{Linter, Run, Silent};
use capilint::output::Fixing;
use capilint::report::Report;
use capilint::settings::{Clocks, Settings};
use libfuzzer_sys::fuzz_target;
use once_cell::sync::Lazy;

fn linter(unsafe_fixes: bool) -> Linter {
    Linter::new(Settings {
        clocks: Clocks::At(1_782_432_000),
        threads: 1,
        fixing: Fixing::Write,
        unsafe_fixes,
        ..Settings::default()
    })
}

static SAFE: Lazy<Linter> = Lazy::new(|| linter(false));
static UNSAFE: Lazy<Linter> = Lazy::new(|| linter(true));

fn fix(linter: &Linter, bytes: &[u8]) -> (Report, Vec<u8>) {
    let (mut silent, mut out) = (Silent, Vec::new());
    let mut run = Run::new(linter, &mut silent);
    run.stream("-", "-", bytes, None, Some(&mut out))
        .expect("a silent reporter never fails")
        .expect("a list takes all");
    (run.finish().expect("a silent reporter never fails").0, out)
}

fuzz_target!(|bytes: &[u8]| {
    for linter in [&*SAFE, &*UNSAFE] {
        let (report, once) = fix(linter, bytes);
        assert_eq!(report.internal_errors, 0, "a rule panicked");
        if report.fixes.total() == 0 {
            assert!(once == bytes, "bytes were changed without a fix");
            continue;
        }
        let (again, twice) = fix(linter, &once);
        assert_eq!(report.events, again.events, "an event was lost or made");
        assert!(once == twice, "the second fix changed something");
    }
});
