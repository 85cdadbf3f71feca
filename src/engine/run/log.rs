//! What the whole log shows, when all of it has been read.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rayon::prelude::*;

use crate::engine::Linter;
use crate::engine::learn::{self, Taught};
use crate::engine::part::NameKey;
use crate::engine::shared::Beside;
use crate::finding::{Finding, Place, Subject};
use crate::fix::Safety;
use crate::json::Pointer;
use crate::ledger::{Evidence, Ledger, Lessons, LogCheck, LogFinding, LogFindings, Needs};
use crate::pixel::Pairing;
use crate::report::{Located, Location, Related};
use crate::rule::Rule;
use crate::rules;
use crate::values::printable;

use super::Run;

/// Why fixes that need the whole log are not made.
const READ_ONCE: &str = "the whole log shows it, and what is piped in is read once: give --spool to have it kept in a temporary file and read twice";

/// The title of fixes that rest on the whole log.
const OF_LOG: &str = "write what the log shows; the input is read twice for it";

/// Whether a rule is asked for what the whole log shows: when the user wants to hear it, or when it
/// may take keys out of the scores, which hang on no selection.
pub(super) fn is_asked(linter: &Linter, index: usize) -> bool {
    let rule = rules::ALL[index];
    rule.log().is_some()
        && (linter.settings.policy.speaks(index) || rule.needs().has(Needs::STANDINGS))
}

/// What the rules of the whole log that are asked want to read.
pub(super) fn needs(linter: &Linter) -> Option<Needs> {
    let settings = &linter.settings;
    if !settings.concludes {
        return None;
    }
    let of_rules = (0..rules::ALL.len())
        .filter(|&index| is_asked(linter, index))
        .map(|index| rules::ALL[index].needs().filled())
        .reduce(Needs::and);
    // A capture is paired with the events that are entered.
    of_rules.or(settings.witnesses.pixel.as_ref().map(|_| Needs::NONE))
}

impl Run<'_> {
    /// What the fixes of another run over the same input can use.
    pub fn learned(mut self) -> io::Result<Taught> {
        let (key, linter) = (self.key, self.linter);
        let settings = &linter.settings;
        let pairing = self.pairing();
        let pixel = pairing.as_ref().zip(self.witnesses.pixel.as_ref());
        let pixel = pixel.map(|(pairing, index)| pairing.learned(index, key));
        if !learn::learns_of_log(settings) {
            return Ok(Taught { pixel, log: None });
        }
        let pool = &linter.pool;
        pool.install(|| self.ledger.finish())?;
        let evidence = self.ledger.evidence(&self.report.names, pairing.as_ref());
        let lessons = Lessons::new(key, learn::least(settings));
        let mut findings = LogFindings::to_learn(lessons);
        for (index, rule) in rules::ALL.iter().enumerate() {
            let (Some(check), Some(_)) = (rule.log(), rule.teaches()) else {
                continue;
            };
            if !settings.policy.speaks(index) {
                continue;
            }
            findings.begin(index);
            let evidence = evidence.only(rule.needs());
            let conclude = || pool.install(|| check(&evidence, &mut findings));
            match catch_unwind(AssertUnwindSafe(conclude)) {
                Ok(outcome) => outcome?,
                // The second pass meets the fault again, and tells of it.
                Err(_) => continue,
            }
        }
        let log = findings.learned();
        Ok(Taught { pixel, log })
    }

    /// Writes the rest of this run as a part: what the whole log shows is left to the merging.
    pub(super) fn finish_part(&mut self) -> io::Result<()> {
        let Some(mut part) = self.part.take() else {
            return Ok(());
        };
        if let Some(index) = &self.witnesses.pixel {
            // It is needed once more at the end of this run.
            let beside = Beside {
                ties: self.beside.ties.clone(),
                server: self.beside.server.clone(),
                names: self.beside.names.clone(),
                hidden: index.hidden(|name| self.key.hash(name.as_bytes())),
            };
            part.beside(beside);
        }
        let mut out = part.totals(&mut self.report, &self.key)?;
        let ledger = &mut self.ledger;
        self.linter.pool.install(|| ledger.write(&mut out))
    }

    /// What the capture and the log show together.
    pub(super) fn pairing(&mut self) -> Option<Pairing> {
        let index = Arc::clone(self.witnesses.pixel.as_ref()?);
        let beside = std::mem::take(&mut self.beside);
        let key = self.key;
        // Under the key of the parts, where there are any.
        let hidden: BTreeMap<&str, u64> = beside
            .hidden
            .iter()
            .filter_map(|&(hit, hash)| Some((index.hits().get(hit as usize)?.name.as_str(), hash)))
            .collect();
        let print = |name: &str| {
            let hash = || match hidden.get(name) {
                Some(&hash) => hash,
                None => key.hash(name.as_bytes()),
            };
            let name = match printable::is_printable(name) {
                true => NameKey::Printable(name.to_owned()),
                false => NameKey::Hidden(hash()),
            };
            self.name(&name)
        };
        Some(Pairing::of(
            &index,
            &beside.ties,
            &beside.server,
            &beside.names,
            print,
        ))
    }

    /// Says what only the whole log shows.
    pub(super) fn conclude(&mut self) -> io::Result<()> {
        if self.ledger_needs.is_none() {
            return Ok(());
        }
        let mut ledger = std::mem::replace(&mut self.ledger, Ledger::new(self.key, 0));
        self.linter.pool.install(|| ledger.finish())?;
        let pairing = self.pairing();
        let mut names = std::mem::take(&mut self.report.names);
        let mut findings = LogFindings::default();
        let evidence = ledger.evidence(&names, pairing.as_ref());
        self.ask(&evidence, &mut findings, |needs| !needs.has(Needs::SCORES))?;
        let convictions = findings.convictions();
        self.linter
            .pool
            .install(|| ledger.carry_out(&convictions, &mut names))?;
        // What speaks of the scores comes when they are final.
        let evidence = ledger.evidence(&names, pairing.as_ref());
        self.ask(&evidence, &mut findings, |needs| needs.has(Needs::SCORES))?;
        self.report.names = names;
        let policy = &self.linter.settings.policy;
        let mut findings = findings.in_order();
        findings.retain(|finding| policy.speaks(finding.rule));
        let of_copies = rules::index_of("duplicate-event");
        if self.linter.settings.policy.speaks(of_copies) {
            let copies = findings.iter().filter(|finding| finding.rule == of_copies);
            self.report.duplicates = Some(copies.map(|finding| finding.events).sum());
        }
        for finding in findings {
            if self.reads_once && finding.fix.is_some() && self.would_fix(finding.rule) {
                let fixes = &mut self.report.fixes.not_written;
                *fixes.entry(READ_ONCE.to_owned()).or_insert(0) += 1;
            }
            self.tell_of_log(&ledger, finding)?;
        }
        self.report.pixel = pairing;
        Ok(())
    }

    /// Asks the rules that read what `reads` says.
    pub(super) fn ask(
        &mut self,
        evidence: &Evidence<'_>,
        findings: &mut LogFindings,
        reads: fn(Needs) -> bool,
    ) -> io::Result<()> {
        let all = rules::ALL.iter().enumerate();
        let asked: Vec<_> = all
            .filter(|(index, rule)| is_asked(self.linter, *index) && reads(rule.needs()))
            .filter_map(|(index, rule)| Some((index, *rule, rule.log()?)))
            .collect();
        let conclude = |&(index, rule, check): &(usize, &'static Rule, LogCheck)| {
            let mut findings = LogFindings::default();
            findings.begin(index);
            let evidence = evidence.only(rule.needs());
            let conclude = || check(&evidence, &mut findings);
            let outcome = catch_unwind(AssertUnwindSafe(conclude));
            (
                rule.name(),
                outcome.map(|outcome| outcome.map(|()| findings)),
            )
        };
        let is_on_disk = evidence.is_on_disk();
        let outcomes: Vec<_> = self.linter.pool.install(|| match is_on_disk {
            false => asked.par_iter().map(conclude).collect(),
            // A run on disk has one reader at a time.
            true => asked.iter().map(conclude).collect(),
        });
        for (name, outcome) in outcomes {
            match outcome {
                Ok(outcome) => findings.append(outcome?),
                Err(_) => {
                    self.report.internal_errors += 1;
                    let mut tally = self.report.files.pop().unwrap_or_default();
                    let message = format!("the rule {name} failed on the log");
                    self.tell_of_file(&mut tally, "internal-error", message, None)?;
                    self.report.files.push(tally);
                }
            }
        }
        Ok(())
    }

    /// Whether fixes of a rule are wanted that need what the whole log shows, or a capture beside it.
    pub(super) fn would_fix(&self, rule: usize) -> bool {
        let (rule, least) = (rules::ALL[rule], learn::least(&self.linter.settings));
        let of_pixel = rule
            .learns_of_pixel()
            .filter(|_| self.witnesses.pixel.is_some());
        rule.teaches()
            .max(of_pixel)
            .is_some_and(|best| best >= least)
    }

    /// Tells a finding of the whole log, unless the user does not want it.
    pub(super) fn tell_of_log(&mut self, ledger: &Ledger, said: LogFinding) -> io::Result<()> {
        let spot = ledger.places().find(said.at);
        let file = &ledger.places().files()[spot.file];
        let pointer = Pointer::from(&*said.pointer);
        let finding = Finding {
            rule: said.rule,
            severity: said.severity,
            effect: said.effect,
            certainty: said.certainty,
            subject: Subject::Event,
            place: Place::Pointer(pointer),
            message: said.message.into_owned(),
            help: said.help.map(Cow::into_owned),
            fix: None,
            spoils: false,
            fold: None,
        };
        let Some(severity) = self.decided(&file.key, &finding) else {
            return Ok(());
        };
        let meta = rules::ALL[finding.rule].meta();
        let related = said.related.into_iter().map(|(at, what)| {
            let spot = ledger.places().find(at);
            Related {
                file: ledger.places().files()[spot.file].name.clone(),
                line: spot.line,
                event: Some(spot.event),
                what: what.into_owned(),
            }
        });
        let located = Located {
            rule: finding.rule,
            severity,
            effect: finding.effect,
            certainty: finding.certainty,
            message: finding.message,
            help: finding.help.unwrap_or_else(|| meta.help.clone()),
            file: file.name.clone(),
            location: Location {
                line: spot.line,
                column: spot.column,
                offset: spot.offset,
                length: 0,
            },
            event: Some(spot.event),
            event_name: None,
            pointer: None,
            pattern: said.pointer.into_owned(),
            fix: said.fix.map(|safety| (safety, OF_LOG.to_owned())),
            excerpt: None,
            via: Vec::new(),
            related: related.collect(),
        };
        self.report.rules[located.rule].count_events(severity, said.events, said.again);
        if let Some(safety) = said.fix {
            self.report.rules[located.rule].fixable[safety as usize] += 1;
            if safety == Safety::Safe {
                self.safe_of_log.insert(located.rule);
            }
        }
        match said.fix {
            Some(Safety::Safe) => self.report.fixable_safe += 1,
            Some(Safety::Unsafe) => self.report.fixable_unsafe += 1,
            None => {}
        }
        let mut tally = std::mem::take(&mut self.report.files[spot.file]);
        let told = self.tell(&mut tally, severity, located);
        self.report.files[spot.file] = tally;
        told
    }
}
