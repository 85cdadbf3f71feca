//! A long log without a fault proves no fault, whatever repeats in it.

#[allow(dead_code)]
#[path = "../benches/clean_log.rs"]
mod clean_log;
#[allow(dead_code)]
#[path = "../benches/random.rs"]
mod random;

use std::collections::BTreeMap;
use std::io;

use capilint::engine::Linter;
use capilint::finding::{Certainty, Severity};
use capilint::output::{Reporter, Wants};
use capilint::report::{EventRow, Located, Report, Verdict};
use capilint::settings::{Clocks, Settings};

const NOW: i64 = 1_782_432_000;

/// Findings by rule and certainty, and the first few errors and proofs.
#[derive(Default)]
struct Tally {
    counts: BTreeMap<(&'static str, Certainty), u64>,
    wrong: Vec<String>,
}

impl Reporter for Tally {
    fn wants(&self) -> Wants {
        Wants {
            findings: true,
            ..Wants::default()
        }
    }

    fn finding(&mut self, finding: &Located) -> io::Result<()> {
        let counted = self.counts.entry((finding.rule_id(), finding.certainty));
        *counted.or_default() += 1;
        let wrong = finding.severity == Severity::Error || finding.certainty == Certainty::Proof;
        if wrong && self.wrong.len() < 20 {
            self.wrong.push(format!(
                "{} {} {} {}: {}",
                finding.rule_id(),
                finding.severity.word(),
                finding.certainty.word(),
                finding.event_name.as_deref().unwrap_or_default(),
                finding.message
            ));
        }
        Ok(())
    }

    fn event(&mut self, _row: &EventRow) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, _report: &Report, _verdict: &Verdict) -> io::Result<()> {
        Ok(())
    }
}

fn tally(text: &[u8], memory: usize) -> (Tally, Report) {
    let linter = Linter::new(Settings {
        clocks: Clocks::At(NOW),
        wall: NOW,
        threads: 2,
        memory,
        ..Settings::default()
    });
    let mut tally = Tally::default();
    let (report, _) = linter.run(text, &mut tally).unwrap();
    (tally, report)
}

/// Rules that may speak on a clean log, how sure they may be, and how many findings there may be for
/// 100,000 events.
const ALLOWED: &[(&str, Certainty, u64)] = &[
    // A shop whose browsers make the ids: right, and no different from minted twice in one log. Told
    // once for each name, however long the log is.
    ("CL302", Certainty::Heuristic, 20),
    // Retries and second datasets: one finding for each name and number of copies.
    ("CL305", Certainty::Strong, 60),
    // Digests of e-mail addresses and names: nobody can say more of them.
    ("CL804", Certainty::Heuristic, 1),
];

#[test]
fn a_hundred_thousand_clean_events_prove_nothing() {
    let mut text = Vec::new();
    let written = clean_log::write(&mut text, 100_000, 1).unwrap();
    let (tally, report) = tally(&text, 256 << 20);
    for ((rule, certainty), count) in &tally.counts {
        println!("{rule} {}: {count}", certainty.word());
    }
    assert_eq!(report.internal_errors, 0);
    assert_eq!(report.events, written.events);
    for ((rule, certainty), count) in &tally.counts {
        let most = ALLOWED
            .iter()
            .find(|(id, sure, _)| id == rule && sure == certainty)
            .map_or(0, |(_, _, most)| *most);
        assert!(
            *count <= most,
            "{rule} {}: {count} findings, at most {most}\n{}",
            certainty.word(),
            tally.wrong.join("\n")
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_log_and_another_seed_another() {
    let mut first = Vec::new();
    let written = clean_log::write(&mut first, 2_000, 7).unwrap();
    assert_eq!(written.bytes, first.len() as u64);
    let lines = first.split(|&byte| byte == b'\n').count() as u64 - 1;
    assert_eq!(written.lines, lines);
    let mut again = Vec::new();
    clean_log::write(&mut again, 2_000, 7).unwrap();
    assert!(first == again);
    let mut other = Vec::new();
    clean_log::write(&mut other, 2_000, 8).unwrap();
    assert!(first != other);
}
