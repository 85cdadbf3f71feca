//! Damaged input gets a verdict and never a panic or a hang; a fix that is killed leaves the old
//! file or the new one.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use capilint::engine::{Linter, Run};
use capilint::input::unpack::{self, Ceiling};
use capilint::output::{Fixing, Reporter, Wants};
use capilint::report::{EventRow, Located, Report, Verdict};
use capilint::settings::{Clocks, Settings};
use support::{CLEAN, Place, with_error};

/// Truncations and flips of each fixture.
const TIMES: u64 = 100;
/// One in this many is also fixed.
const FIXED: u64 = 10;
/// Longer than any fixture takes, damaged or not, on a slow and busy machine.
const HANGS: Duration = Duration::from_secs(60);

struct Silent;

impl Reporter for Silent {
    fn wants(&self) -> Wants {
        // With everything that the human format asks for, so that excerpts are made too.
        Wants {
            excerpts: true,
            ..Wants::default()
        }
    }
    fn finding(&mut self, _: &Located) -> std::io::Result<()> {
        Ok(())
    }
    fn event(&mut self, _: &EventRow) -> std::io::Result<()> {
        Ok(())
    }
    fn finish(&mut self, _: &Report, _: &Verdict) -> std::io::Result<()> {
        Ok(())
    }
}

fn linter(fixing: Fixing) -> Linter {
    use capilint::output::excerpt;
    Linter::new(Settings {
        clocks: Clocks::At(1_782_432_000),
        threads: 1,
        fixing,
        ..Settings::default()
    })
    .with_excerpts(capilint::engine::Excerpts {
        event: excerpt::excerpt,
        text: excerpt::text_excerpt,
    })
}

/// Reads bytes as the command reads a file.
fn lint(linter: &Linter, bytes: &[u8]) -> Report {
    let mut silent = Silent;
    let mut run = Run::new(linter, &mut silent);
    let mut out = Vec::new();
    // Damage in the first bytes may already be seen when it is opened.
    if let Ok((_, reader)) = unpack::open(bytes, Ceiling::Usual) {
        let _ = run.stream("-", "-", reader, None, Some(&mut out)).unwrap();
    }
    run.finish().unwrap().0
}

fn fixtures() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }
}

fn damaged(bytes: &[u8], dice: &mut Dice, round: u64) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if round.is_multiple_of(2) {
        bytes.truncate(dice.below(bytes.len()));
    } else {
        let at = dice.below(bytes.len());
        bytes[at] ^= 1 << dice.below(8);
    }
    bytes
}

#[test]
fn every_damaged_fixture_gets_a_verdict() {
    let files = fixtures();
    assert!(files.len() > 150);
    let (next, faults) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = files.get(number) else {
                return;
            };
            let bytes = fs::read(path).unwrap();
            let (check, fix) = (linter(Fixing::Off), linter(Fixing::Write));
            let mut dice = Dice(number as u64);
            let rounds = if bytes.is_empty() { 0 } else { 2 * TIMES };
            for round in 0..rounds {
                let bytes = damaged(&bytes, &mut dice, round);
                let begun = Instant::now();
                let report = lint(&check, &bytes);
                let mut internal = report.internal_errors;
                if round.is_multiple_of(FIXED) {
                    internal += lint(&fix, &bytes).internal_errors;
                }
                if internal > 0 || begun.elapsed() > HANGS {
                    let fault = format!("{} round {round}", path.display());
                    faults.lock().unwrap().push(fault);
                }
            }
        }
    };
    // Threads of its own: one of a pool that waits for the linter's pool takes up the next file
    // on top of its stack meanwhile, and so on, as many as there are.
    let threads = std::thread::available_parallelism().map_or(2, |threads| threads.get());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let faults = faults.into_inner().unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The same through the binary, for a few of them.
#[test]
fn the_command_ends_with_a_verdict_on_damaged_files() {
    let place = Place::new();
    let mut dice = Dice(7);
    for (round, path) in fixtures().iter().step_by(9).enumerate() {
        let bytes = fs::read(path).unwrap();
        if bytes.is_empty() {
            continue;
        }
        place.write("damaged", damaged(&bytes, &mut dice, round as u64));
        let ran = place.check("damaged");
        assert!((0..=2).contains(&ran.code), "{}", path.display());
        assert!(!ran.all().contains("internal error"), "{}", path.display());
    }
}

#[cfg(unix)]
#[test]
fn a_fix_that_is_killed_leaves_the_old_file_or_the_new_one() {
    let place = Place::new();
    let old = format!("{}\n{CLEAN}\n", with_error()).repeat(120);
    let new = format!("{CLEAN}\n{CLEAN}\n").repeat(120);
    place.write("log.ndjson", &old);
    // How long it takes when nobody kills it.
    let begun = Instant::now();
    place.check("log.ndjson --fix").ends(0);
    let whole = begun.elapsed();
    assert_eq!(place.text("log.ndjson"), new);
    let (mut dice, mut kept, mut done) = (Dice(3), 0, 0);
    for _ in 0..200 {
        place.write("log.ndjson", &old);
        let mut child = place
            .command()
            .args(["check", "--as-of", support::AS_OF, "--fix", "log.ndjson"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let longest = whole.as_micros() as usize * 5 / 4;
        std::thread::sleep(Duration::from_micros(dice.below(longest) as u64));
        let _ = child.kill();
        child.wait().unwrap();
        match place.text("log.ndjson") {
            text if text == old => kept += 1,
            text if text == new => done += 1,
            _ => panic!("a mixture"),
        }
    }
    // Both happened, so the moments were chosen well.
    assert!(kept > 0 && done > 0, "{kept} {done}");
}

#[cfg(unix)]
#[test]
fn a_run_that_is_interrupted_twice_leaves_no_unfinished_file() {
    let place = Place::new();
    let old = format!("{}\n{CLEAN}\n", with_error()).repeat(2_000);
    // What there is, of the folder for what is sent again too.
    let names = || {
        let folders = [place.path("."), place.path("out")];
        let files = folders.iter().flat_map(std::fs::read_dir).flatten();
        files
            .map(|file| file.unwrap().file_name().to_string_lossy().into_owned())
            .collect::<Vec<_>>()
    };
    let unfinished = || names().iter().any(|name| name.starts_with(".capilint-"));
    let mut dice = Dice(5);
    for (round, how) in ["--fix", "--fix-to=out", "--output=json:report"]
        .iter()
        .cycle()
        .take(36)
        .enumerate()
    {
        place.write("log.ndjson", &old);
        let _ = std::fs::remove_dir_all(place.path("out"));
        let mut child = place
            .command()
            .args(["check", "--as-of", support::AS_OF, how, "log.ndjson"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // As soon as there is something, or some time later.
        while !unfinished() && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(100));
        }
        if round >= 12 {
            std::thread::sleep(Duration::from_micros(dice.below(200_000) as u64));
        }
        for _ in 0..2 {
            let id = child.id().to_string();
            let mut kill = std::process::Command::new("kill");
            let _ = kill.args(["-INT", &id]).output();
        }
        let code = child.wait().unwrap().code();
        assert!(!unfinished(), "{how} {:?}", names());
        let sent = names()
            .iter()
            .filter(|name| name.ends_with("s.ndjson"))
            .count();
        assert!([0, 2].contains(&sent), "{how} {:?}", names());
        if code == Some(2) {
            assert_eq!(place.text("log.ndjson"), old, "{how}");
            assert!(!place.path("out").exists(), "{how}");
        }
    }
}
