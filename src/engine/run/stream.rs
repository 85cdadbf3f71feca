//! Reads a stream, hands its blocks to the workers, and puts what comes back in the order of the
//! input.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;

use crate::ages::Ages;
use crate::engine::parcel;
use crate::engine::worker::{Worked, Worker};
use crate::input::blocks::{Block, Blocks, Frame};
use crate::inspect::Surroundings;
use crate::report::FileTally;

use super::Run;
use super::file::OpenFile;

enum Message {
    Block(Block),
    Fault(io::Error),
    End,
    Worked(u64, Box<Worked>),
    /// Reading or working panicked: what is lost would be waited for.
    Panicked,
}

impl Run<'_> {
    /// Reads, works on and joins all blocks of a stream.
    pub(super) fn blocks(
        &mut self,
        file: &mut OpenFile<'_>,
        source: impl Read + Send,
    ) -> io::Result<()> {
        let linter = self.linter;
        let limits = linter.settings.limits;
        let in_flight = 2 * linter.pool.current_num_threads() + 2;
        let (send, receive) = mpsc::channel::<Message>();
        let (give_back, spares) = mpsc::channel::<Vec<u8>>();
        for _ in 0..in_flight {
            let _ = give_back.send(Vec::new());
        }
        let around = file.around.clone();
        let (name, key) = (file.tally.name.clone(), file.key.clone());
        let (ledger_key, wants) = (self.key, self.reporter.wants());
        let writes = file.sink.is_some();
        std::thread::scope(|threads| {
            let to_main = send.clone();
            threads.spawn(move || {
                let mut blocks = Blocks::new(source, limits);
                // A spare buffer is also the leave to read on: it bounds the memory.
                while let Ok(spare) = spares.recv() {
                    let read = catch_unwind(AssertUnwindSafe(|| blocks.next(spare)));
                    let message = match read {
                        Ok(Ok(Some(block))) => Message::Block(block),
                        Ok(Ok(None)) => Message::End,
                        Ok(Err(fault)) => Message::Fault(fault),
                        Err(_) => Message::Panicked,
                    };
                    let ended = !matches!(message, Message::Block(_));
                    if to_main.send(message).is_err() || ended {
                        return;
                    }
                }
            });
            linter.pool.in_place_scope(|workers| {
                let mut waiting: BTreeMap<u64, Box<Worked>> = BTreeMap::new();
                let (mut given, mut joined, mut ended) = (0u64, 0u64, false);
                let mut is_cut = false;
                let mut outcome = Ok(());
                while !(ended && joined == given) {
                    let Ok(message) = receive.recv() else { break };
                    match message {
                        Message::Block(block) if matches!(block.frame, Frame::Head(_)) => {
                            // It is checked when all that was read of its body before has come.
                            waiting.insert(given, Box::new(Worked::nothing(block)));
                            given += 1;
                        }
                        Message::Block(block) => {
                            let number = given;
                            given += 1;
                            let orders = self.orders(wants, writes);
                            let (send, around, name, key, ledger_key) =
                                (send.clone(), &around, &name, &key, &ledger_key);
                            workers.spawn(move |_| {
                                let worker = Worker {
                                    linter,
                                    around,
                                    file: name,
                                    key,
                                    orders: &orders,
                                    ledger_key,
                                    ages: &Ages::default(),
                                };
                                let work = || Box::new(worker.work(block, false));
                                let message = match catch_unwind(AssertUnwindSafe(work)) {
                                    Ok(worked) => Message::Worked(number, worked),
                                    Err(_) => Message::Panicked,
                                };
                                let _ = send.send(message);
                            });
                        }
                        Message::Fault(fault) => {
                            (ended, is_cut) = (true, true);
                            file.fault(&fault, self);
                        }
                        Message::End => ended = true,
                        Message::Panicked => {
                            self.report.internal_errors += 1;
                            let fault = || io::Error::other("an internal error");
                            file.sink_fault.get_or_insert_with(fault);
                            outcome = Err(None);
                            break;
                        }
                        Message::Worked(number, worked) => {
                            waiting.insert(number, worked);
                        }
                    }
                    while let Some(worked) = waiting.remove(&joined) {
                        joined += 1;
                        if outcome.is_ok() {
                            match self.join_in_order(file, *worked, &around) {
                                Ok(spare) => {
                                    if self.is_stopped() {
                                        self.report.interrupted = true;
                                        outcome = Err(None);
                                    }
                                    let _ = give_back.send(spare);
                                }
                                Err(fault) => outcome = Err(Some(fault)),
                            }
                        }
                    }
                    if outcome.is_err() && joined == given {
                        // Nobody wants the rest. The reader stops when it gets no buffer.
                        break;
                    }
                }
                drop(give_back);
                match outcome {
                    // That a text ends where nothing could be read is no fault of its sender.
                    Ok(()) if is_cut => Ok(()),
                    Ok(()) => self.finish_carry(file, &around),
                    Err(None) => Ok(()),
                    Err(Some(fault)) => Err(fault),
                }
            })
        })
    }

    /// Joins a block to those before it. A text that runs over the end of a block is put together
    /// here and worked on once more.
    pub(super) fn join_in_order(
        &mut self,
        file: &mut OpenFile<'_>,
        worked: Worked,
        around: &Surroundings,
    ) -> io::Result<Vec<u8>> {
        let carried = file.carry.take();
        if let Frame::Head(_) = &worked.block.frame {
            if let Some(carried) = carried {
                self.rework(file, carried, true, around)?;
            }
            return self.rework(file, worked.block, false, around);
        }
        let Some(mut carried) = carried else {
            return self.join(file, worked);
        };
        if !matches!(worked.block.frame, Frame::Lines | Frame::Texts(_)) {
            self.rework(file, carried, true, around)?;
            return self.join(file, worked);
        }
        let spare = worked.block.bytes;
        carried.bytes.extend_from_slice(&spare);
        let complete =
            worked.block.last || carried.bytes.len() > self.linter.settings.limits.record;
        self.rework(file, carried, complete, around)?;
        Ok(spare)
    }

    pub(super) fn rework(
        &mut self,
        file: &mut OpenFile<'_>,
        block: Block,
        complete: bool,
        around: &Surroundings,
    ) -> io::Result<Vec<u8>> {
        let ages = match &block.frame {
            Frame::Head(_) => std::mem::take(&mut file.opened.ages),
            _ => Ages::default(),
        };
        let orders = self.orders(self.reporter.wants(), file.sink.is_some());
        let (name, key) = (file.tally.name.clone(), file.key.clone());
        let worker = Worker {
            linter: self.linter,
            around,
            file: &name,
            key: &key,
            orders: &orders,
            ledger_key: &self.key,
            ages: &ages,
        };
        let worked = worker.work(block, complete);
        self.join(file, worked)
    }

    pub(super) fn finish_carry(
        &mut self,
        file: &mut OpenFile<'_>,
        around: &Surroundings,
    ) -> io::Result<()> {
        match file.carry.take() {
            Some(carried) => self.rework(file, carried, true, around).map(drop),
            None => Ok(()),
        }
    }

    /// Ends a file: tells what was folded, and that there was no event.
    pub(super) fn close(
        &mut self,
        mut file: OpenFile<'_>,
    ) -> io::Result<Result<FileTally, io::Error>> {
        self.let_go(&mut file);
        self.release(&file, &parcel::body_without_end());
        for fold in std::mem::take(&mut file.folds) {
            let mut located = fold.first;
            located.message = (fold.message)(fold.number);
            self.tell(&mut file.tally, fold.severity, located)?;
        }
        let may_be_empty = self.linter.settings.gate.allow_empty
            || self.report.interrupted
            // What could not be read may hold some.
            || file.sink_fault.is_some()
            || self.report.filtered > 0;
        if file.tally.events == 0 && !may_be_empty {
            let what = match (file.tally.bytes, file.tally.records) {
                (0, _) => "the input is empty".to_owned(),
                (_, 0) => "the input holds no JSON text".to_owned(),
                (_, records) => {
                    format!(
                        "{} without an event",
                        crate::report::count(records, "JSON text")
                    )
                }
            };
            let what = match file.looks_like {
                Some(like) => format!("{what}; it looks like {like}"),
                None => what,
            };
            self.tell_of_file(&mut file.tally, "no-events-found", what, None)?;
        }
        self.report.files.push(file.tally.clone());
        Ok(match file.sink_fault {
            Some(fault) => Err(fault),
            None => Ok(file.tally),
        })
    }
}
