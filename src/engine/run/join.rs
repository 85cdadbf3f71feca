//! Joins what a block amounts to with what came before.

use std::io;
use std::sync::Arc;

use crate::engine::checker::part_of;
use crate::engine::parcel;
use crate::engine::part::{
    Answered, FEW_EXAMPLES, Part, PartFold, PartGroup, Pending, Sated, Told,
};
use crate::engine::widths::{Widths, stored};
use crate::engine::worker::Worked;
use crate::envelope::when::is_too_early;
use crate::input::blocks::{Block, Frame};
use crate::ledger::{BlockSpot, Entries, Needs};
use crate::output::Fixing;
use crate::report::{Group, Located, Location};
use crate::resend;
use crate::rules;
use crate::score::NameScore;

use super::file::{FileFold, OpenFile, Position};
use super::{MAX_GROUPS, MAX_NAMES, OTHER_NAMES, Run};

impl Run<'_> {
    /// Adds what one block amounts to. Gives the block's buffer back.
    pub(super) fn join(&mut self, file: &mut OpenFile<'_>, worked: Worked) -> io::Result<Vec<u8>> {
        let Worked {
            mut part,
            block,
            mended,
            tail,
        } = worked;
        let mut position = file.position;
        join_pieces(file, &block, &mut part, &mut position);
        let (frame, mut bytes) = (block.frame, block.bytes);
        if let Some(tail) = tail {
            file.carry = Some(Block {
                bytes: bytes.split_off(tail),
                offset: block.offset + tail as u64,
                frame: Frame::Lines,
                last: false,
                is_torn: block.is_torn,
                columns: block.columns,
            });
        }
        join_answers(file, &mut part);
        if part.asks.is_some() || !part.parcels.is_empty() {
            self.let_go(file);
        }
        file.traces.take(&part.traces);
        file.trace = part.trace.or(file.trace);
        file.looks_like = part.looks_like.or(file.looks_like);
        let written = mended.as_deref().unwrap_or(&bytes);
        file.write(written);
        self.report.bytes += bytes.len() as u64;
        file.tally.bytes += bytes.len() as u64;
        if let Some(progress) = &mut self.progress {
            progress(self.report.bytes);
        }
        let writes = self.linter.settings.fixing == Fixing::Write;
        file.tally.rewritten |= writes && mended.is_some();
        self.join_totals(file, &mut part);
        let names: Vec<String> = part.names.iter().map(|name| self.name(name)).collect();
        self.beside.take(
            self.ledger.places().events(),
            std::mem::take(&mut part.ties),
            &part.server,
            &part.tied_names,
            &names,
        );
        self.count_scores(&mut part, &names);
        self.join_entries(file, &frame, &mut part, written, &names)?;
        self.join_groups(&position, std::mem::take(&mut part.groups));
        self.join_folds(file, &position, std::mem::take(&mut part.folds));
        self.tell_part(file, &position, std::mem::take(&mut part.told))?;
        self.report.fixes.left += part.left;
        self.join_parcels(file, &frame, &mut part, &position);
        self.join_changes(file, part.changes, part.withheld, part.not_written);
        let position = &mut file.position;
        position.offset += stored(written, position.is_wide);
        position.column = part.last_line
            + if part.newlines == 0 {
                position.column
            } else {
                0
            };
        position.line += part.newlines;
        position.events += part.events + part.filtered;
        Ok(bytes)
    }

    /// Adds the numbers of a block to those of the run and of its file.
    fn join_totals(&mut self, file: &mut OpenFile<'_>, part: &mut Part) {
        let report = &mut self.report;
        report.records += part.records;
        report.requests += part.requests;
        report.events += part.events;
        report.filtered += part.filtered;
        report.skipped_lines += part.skipped_lines;
        report.other_records += part.other_records;
        report.suppressed += part.suppressed;
        report.fixable_safe += part.fixable_safe;
        report.fixable_unsafe += part.fixable_unsafe;
        report.internal_errors += part.internal_errors;
        report.lines += part.newlines;
        file.tally.records += part.records;
        file.tally.requests += part.requests;
        file.tally.events += part.events;
        let clocks = &mut report.clocks;
        clocks.given += part.clocks.given;
        clocks.capture += part.clocks.capture;
        clocks.request += part.clocks.request;
        clocks.newest += part.clocks.newest;
        clocks.file += part.clocks.file;
        clocks.wall += part.clocks.wall;
        for (sum, part) in report.captured.iter_mut().zip(part.captured) {
            *sum += part;
        }
        report.facts.add(&part.facts);
        let answers = &mut report.answers;
        answers.taken += part.answers.taken;
        answers.paired += part.answers.paired;
        for (error, number) in std::mem::take(&mut part.answers.refused) {
            *answers.refused.entry(error).or_insert(0) += number;
        }
        file.asks = part.asks.unwrap_or(file.asks);
        file.asked_at = part.asked_at.or(file.asked_at);
        if part.waiting > 0 {
            file.waiting = part.waiting;
        }
        report.unread.truncated += part.unread.truncated;
        report.unread.printed += part.unread.printed;
        for (sum, tally) in report.rules.iter_mut().zip(&part.rules) {
            sum.add(tally);
            file.tally.findings += tally.total();
        }
    }

    /// Enters what the events of a block leave in the ledger, with their places in the file.
    fn join_entries(
        &mut self,
        file: &OpenFile<'_>,
        frame: &Frame,
        part: &mut Part,
        written: &[u8],
        names: &[String],
    ) -> io::Result<()> {
        let head = match frame {
            Frame::Head(head) => Some(head),
            _ => None,
        };
        let start = file.position;
        let widths = start.is_wide.then(|| Widths::of(written));
        if let (Some(widths), None) = (&widths, head) {
            for pending in part.pending() {
                widths.place(&mut pending.located.location);
            }
        }
        let opened = &file.opened;
        self.enter(&part.entries, names, |spot| {
            if let Some(head) = head {
                return opened.spot(head, spot);
            }
            // The line may have begun in a block before.
            let before = if spot.line == 0 { start.column } else { 0 };
            (
                start.line + u64::from(spot.line),
                before + u64::from(spot.column),
                start.offset
                    + widths.as_ref().map_or(spot.offset.into(), |widths| {
                        widths.stored(spot.offset.into())
                    }),
            )
        })?;
        if let Ok(mut spare) = self.spare_entries.lock() {
            let mut entries = std::mem::take(&mut part.entries);
            entries.clear();
            spare.push(entries);
        }
        Ok(())
    }

    /// Adds to the findings that are told once for a whole file.
    fn join_folds(&mut self, file: &mut OpenFile<'_>, position: &Position, folds: Vec<PartFold>) {
        for fold in folds {
            let same = |old: &&mut FileFold| {
                old.rule == fold.rule && old.severity == fold.severity && old.name == fold.name
            };
            match file.folds.iter_mut().find(same) {
                Some(old) => old.number += fold.number,
                None => {
                    let first = self.place(position, fold.first);
                    file.folds.push(FileFold {
                        rule: fold.rule,
                        severity: fold.severity,
                        name: fold.name,
                        first,
                        message: fold.message,
                        number: fold.number,
                    });
                }
            }
        }
    }

    /// Tells the findings and events of a block, in their order.
    fn tell_part(
        &mut self,
        file: &OpenFile<'_>,
        position: &Position,
        told: Vec<Told>,
    ) -> io::Result<()> {
        for told in told {
            match told {
                Told::Finding(pending) => {
                    let located = self.place(position, pending);
                    self.tell_finding(&located)?;
                }
                Told::Event(mut row, name) => {
                    row.event_name = name.map(|name| self.name(&name));
                    row.line += file.position.line;
                    row.event += file.position.events;
                    if self.report.rows.len() < self.linter.settings.rows {
                        self.report.rows.push(row.clone());
                        if self.report.rows.len() == self.linter.settings.rows {
                            self.sate(|sated| sated.rows = true);
                        }
                    }
                    if self.reporter.wants().events {
                        self.reporter.event(&row)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Sends again what can be sent, and keeps back the events that may still be answered.
    fn join_parcels(
        &mut self,
        file: &mut OpenFile<'_>,
        frame: &Frame,
        part: &mut Part,
        position: &Position,
    ) {
        match (frame, part.body.take()) {
            (Frame::Elements { list, .. }, _) if list.is_of_a_body() => {
                self.resending(|resend| resend.hold());
            }
            (Frame::Head(_), Some(body)) => self.release(file, &body),
            (Frame::Lines | Frame::Texts(_), _) => self.release(file, &parcel::body_without_end()),
            _ => {}
        }
        let mut parcels = std::mem::take(&mut part.parcels);
        let asking = parcels.split_off(parcels.len() - part.asking.iter().sum::<usize>());
        self.send_again(&file.tally.name, position, parcels);
        if !asking.is_empty() {
            file.asking_sizes = std::mem::take(&mut part.asking);
        }
        file.asking.extend(asking.into_iter().map(|mut parcel| {
            parcel.line += position.line;
            parcel.event += position.events;
            parcel
        }));
    }

    /// Counts the events of a block by name and keys.
    pub(super) fn count_scores(&mut self, part: &mut Part, names: &[String]) {
        let stands = self
            .ledger_needs
            .is_some_and(|needs| needs.has(Needs::STANDINGS));
        let mut numbers = Vec::new();
        for counted in part.tally.drain() {
            let mut name = names[counted.name as usize].as_str();
            let all = &mut self.report.names;
            if all.len() >= MAX_NAMES && !all.contains_key(name) {
                name = OTHER_NAMES;
            }
            let (presence, scored) = (counted.presence, counted.scored);
            if !all.contains_key(name) {
                all.insert(name.to_owned(), NameScore::default());
            }
            if let Some(sum) = all.get_mut(name) {
                sum.add_many(presence, scored, counted.count);
            }
            if stands {
                numbers.push(self.ledger.stand(name, presence, scored, counted.aside));
            }
        }
        self.ledger.take_standings(&part.entries, &numbers);
    }

    /// Enters what the events of a block leave. `place` turns a place in the block into line and
    /// column, from 0, and offset in the file.
    pub(super) fn enter(
        &mut self,
        entries: &Entries,
        names: &[String],
        place: impl Fn(BlockSpot) -> (u64, u64, u64),
    ) -> io::Result<()> {
        let name = |number: u32| names.get(number as usize).cloned().unwrap_or_default();
        self.ledger.take(entries, place, name);
        if self.ledger.is_full() {
            let ledger = &mut self.ledger;
            self.linter.pool.install(|| ledger.make_room())?;
        }
        Ok(())
    }

    pub(super) fn join_changes(
        &mut self,
        file: &OpenFile<'_>,
        changes: Vec<crate::report::LocatedChange>,
        withheld: Vec<crate::report::LocatedChange>,
        not_written: Vec<&'static str>,
    ) {
        let most = self.linter.settings.examples;
        let fixes = &mut self.report.fixes;
        for (list, tally, examples) in [
            (changes, &mut fixes.made, &mut fixes.examples),
            (withheld, &mut fixes.withheld, &mut fixes.withheld_examples),
        ] {
            for mut change in list {
                *tally.entry(change.change.rule).or_insert(0) += 1;
                if examples.len() < most {
                    change.line += file.position.line;
                    change.event = change.event.map(|event| event + file.position.events);
                    examples.push(change);
                }
            }
        }
        for reason in not_written {
            *fixes.not_written.entry(reason.to_owned()).or_insert(0) += 1;
        }
    }

    pub(super) fn join_groups(&mut self, position: &Position, groups: Vec<PartGroup>) {
        let most = self.linter.settings.examples;
        let mut newly_sated = Vec::new();
        for group in groups {
            let mut key = group.key;
            if self.groups.len() >= MAX_GROUPS && !self.groups.contains_key(&key) {
                key.2.clear();
            }
            let index = match self.groups.get(&key) {
                Some(&index) => index,
                None => {
                    let index = self.report.groups.len();
                    self.report.groups.push(Group {
                        rule: key.0,
                        severity: key.1,
                        pattern: key.2.clone(),
                        findings: 0,
                        examples: Vec::new(),
                    });
                    self.groups.insert(key.clone(), index);
                    index
                }
            };
            self.report.groups[index].findings += group.findings;
            for pending in group.examples {
                let have = self.report.groups[index].examples.len();
                if have >= most || (have >= FEW_EXAMPLES && self.shown >= most) {
                    break;
                }
                let located = self.place(position, pending);
                self.report.groups[index].examples.push(located);
                self.shown += 1;
            }
            let have = self.report.groups[index].examples.len();
            if have >= most || (have >= FEW_EXAMPLES && self.shown >= most) {
                newly_sated.push(key);
            }
        }
        let few = self.shown >= most;
        let before = Arc::clone(
            &self
                .sated
                .lock()
                .unwrap_or_else(|poison| poison.into_inner()),
        );
        newly_sated.retain(|key| !before.groups.contains(key));
        if few != before.few || !newly_sated.is_empty() {
            self.sate(|sated| {
                sated.few = few;
                sated.groups.extend(newly_sated);
            });
        }
    }

    pub(super) fn sate(&mut self, change: impl FnOnce(&mut Sated)) {
        let mut sated = self
            .sated
            .lock()
            .unwrap_or_else(|poison| poison.into_inner());
        let mut new = Sated {
            groups: sated.groups.clone(),
            few: sated.few,
            rows: sated.rows,
        };
        change(&mut new);
        *sated = Arc::new(new);
    }

    /// Gives a finding its place in the file.
    pub(super) fn place(&mut self, position: &Position, pending: Pending) -> Located {
        let mut located = pending.located;
        let Location {
            line,
            column,
            offset,
            ..
        } = &mut located.location;
        if *line == 1 {
            *column += position.column;
        }
        *line += position.line;
        *offset += position.offset;
        located.event = pending.event.map(|event| event + position.events);
        located.event_name = pending.event_name.map(|name| self.name(&name));
        located
    }
}

/// Notes what a block has of a body that is read in pieces. `position` is where the block begins;
/// the head of such a body says its places itself.
fn join_pieces(file: &mut OpenFile<'_>, block: &Block, part: &mut Part, position: &mut Position) {
    file.opened.see(block, file.position);
    let is_whole = !matches!(&block.frame, Frame::Elements { .. } | Frame::Raw);
    if is_whole
        && std::mem::take(&mut file.opened.is_open)
        && matches!(&block.frame, Frame::Lines | Frame::Texts(_))
        && !file.opened.is_list
    {
        // The text around the elements was cut off.
        part.records += 1;
    }
    if let Frame::Elements { .. } = &block.frame {
        file.opened.ages.merge(std::mem::take(&mut part.ages));
        file.opened.requests += part.requests;
        file.opened.events += part.events + part.filtered;
        let of_others = rules::index_of("foreign-schema");
        file.opened.is_foreign |= part.folds.iter().any(|fold| fold.rule == of_others);
    }
    if let Frame::Head(head) = &block.frame {
        if file.opened.is_foreign && file.opened.events == 0 {
            // It is a body of another platform: nothing that Meta takes is missing in it.
            let records = part.records;
            *part = Part::new();
            part.records = records;
        }
        if file.opened.events > 0 {
            part.other_records = 0;
        }
        if head.list.in_data && file.opened.requests > 0 {
            part.requests = 0;
        }
        for pending in part.pending() {
            file.opened.place(head, &mut pending.located.location);
        }
        for parcel in &mut part.parcels {
            let mut location = Location {
                line: parcel.line,
                column: 1,
                offset: parcel.offset,
                length: 0,
            };
            file.opened.place(head, &mut location);
            parcel.line = location.line;
        }
        *position = Position {
            events: position.events,
            ..Position::default()
        };
    }
}

/// Gives the answers of a block to the last request before it, or to one that they name.
fn join_answers(file: &mut OpenFile<'_>, part: &mut Part) {
    for Answered {
        said,
        trace,
        is_first,
        number,
        of,
        logged,
        forbids,
    } in std::mem::take(&mut part.answered)
    {
        let is_next = trace.is_none() || file.trace.is_none() || trace == file.trace;
        let is_own = number == 0 || of == file.waiting;
        let is_first = is_first && is_own && !is_too_early(logged, file.asked_at);
        let is_named = trace.is_some_and(|trace| file.traces.contains(trace));
        if is_named || (is_first && file.asks && is_next) {
            part.pair(said);
            // Of a request further back the events are sent by now.
            if forbids && is_next && (is_first || trace.is_some()) {
                let of_pairs = rules::index_of("refused-by-meta");
                let all = 0..file.asking.len();
                let own = match of {
                    1 => all,
                    _ => part_of(&all, &file.asking_sizes, number, of),
                };
                resend::refuse(&mut file.asking[own], of_pairs);
            }
        }
    }
}
