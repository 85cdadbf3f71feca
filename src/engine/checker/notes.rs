//! Takes down the events of some texts: for the report, and for the ledger.

use crate::clock::Source;
use crate::engine::parcel::Bound;
use crate::engine::part::Part;
use crate::engine::worker::Worker;
use crate::envelope::when::Logged;
use crate::event::Event;
use crate::finding::Finding;
use crate::inspect::{Checked, Watch};
use crate::json::Item;
use crate::ledger::key::short;
use crate::ledger::{Entry, Key, Left, Lessons, Needs};
use crate::pixel;
use crate::pixel::index::{Bond, Tie};
use crate::pixel::pairs::ServerTally;
use crate::presence::presence;
use crate::score::Presence;
use crate::settings::Filter;
use crate::values::deduplication;
use crate::values::event_time::Written;
use crate::values::name::Name;

/// Notes what a capture has to do with the event number `at` of the block.
fn pair(
    part: &mut Part,
    pixel: &pixel::Index,
    key: &Key,
    event: &Event<'_, '_>,
    (name, at): (u32, u64),
    ties: &mut Vec<Tie>,
) {
    if !pixel::index::is_of_a_page(event) {
        return;
    }
    let time = event.time();
    let in_time = time.and_then(|time| pixel.covers(time)).unwrap_or(true);
    let id = pixel::index::event_id(event);
    let counts = |yes: bool| u64::from(in_time && yes);
    let tally = ServerTally {
        events: 1,
        in_time: counts(true),
        with_id: counts(id.is_some()),
        random: counts(id.as_deref().is_some_and(deduplication::looks_random)),
        first: at,
        span: time.map(|time| (time, time)),
    };
    if part.server.len() <= name as usize {
        part.server
            .resize(name as usize + 1, ServerTally::default());
    }
    part.server[name as usize].add(&tally);
    pixel.ties(event, |text| short(key.hash(text.as_bytes())), ties);
    if ties.iter().any(|tie| tie.bond == Bond::OtherName) {
        part.tied_names.push((at, name));
    }
    part.ties.extend(ties.iter().map(|tie| Tie { at, ..*tie }));
}

/// An event as the watch saw it.
pub(super) struct Seen {
    pub(super) place: u32,
    pub(super) name: u32,
    pub(super) presence: Presence,
    pub(super) website: bool,
    pub(super) wanted: bool,
    pub(super) event_id: Option<String>,
    pub(super) logged: Option<Logged>,
    /// Where the list stands that its request has it in.
    pub(super) request: Option<u32>,
    /// Where it goes, when it is to be sent again.
    pub(super) bound: Option<Box<Bound>>,
    /// What it leaves in the ledger, when there is one.
    pub(super) left: Option<Left>,
}

/// A text and where it begins in its layer.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) at: usize,
    pub(super) text: &'a str,
}

/// Notes the events of some texts.
pub(super) struct Notes<'n> {
    pub(super) part: &'n mut Part,
    pub(super) seen: &'n mut Vec<Seen>,
    pub(super) filter: &'n Filter,
    pub(super) ledger_key: &'n Key,
    /// The tables of the ledger in which events are entered, when there is one.
    pub(super) ledger: Option<Needs>,
    /// Whether fixes need what stands around an event.
    pub(super) asks: bool,
    /// What values of the events are kept for.
    pub(super) fetches: Option<&'n Lessons>,
    /// The block, and where in it the texts begin that hold the events.
    pub(super) block: &'n str,
    pub(super) texts: &'n [Spot<'n>],
    /// Where the record begins, when the text was taken out of it and stands nowhere in the block.
    pub(super) record: Option<usize>,
    pub(super) show_ids: bool,
    /// Used again from event to event.
    pub(super) ties: &'n mut Vec<Tie>,
    pub(super) resend: bool,
}

impl<'n> Notes<'n> {
    /// Notes of the events in these texts of the block.
    pub(super) fn of(
        worker: &'n Worker<'n>,
        part: &'n mut Part,
        seen: &'n mut Vec<Seen>,
        ties: &'n mut Vec<Tie>,
        block: &'n str,
        texts: &'n [Spot<'n>],
    ) -> Notes<'n> {
        let settings = &worker.linter.settings;
        Notes {
            part,
            seen,
            filter: &settings.filter,
            ledger_key: worker.ledger_key,
            asks: worker.orders.lessons.is_some(),
            fetches: worker.orders.fetches.as_deref(),
            ledger: worker.orders.ledger,
            block,
            texts,
            record: None,
            show_ids: settings.show_values,
            ties,
            resend: worker.orders.resend,
        }
    }

    /// Where the event begins in the block: before its first key, unless that is a copy because
    /// escapes were taken out; then where the text begins.
    fn begin_of(&self, checked: &Checked<'_, '_, '_>) -> usize {
        if let Some(record) = self.record {
            return record;
        }
        let key = checked.event.root().children().next().map_or("", Item::key);
        let Spot { at: start, text } = self.texts[checked.text];
        let at = (key.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
        let before = text.get(..at).unwrap_or_default();
        start + memchr::memrchr(b'{', before.as_bytes()).unwrap_or(0)
    }
}

impl Watch for Notes<'_> {
    fn event(&mut self, event: &Event<'_, '_>, findings: &[Finding]) {
        let text = 0;
        self.events(&[Checked {
            text,
            event,
            findings,
        }]);
    }

    fn events(&mut self, checked: &[Checked<'_, '_, '_>]) {
        let first = self.seen.len();
        for one in checked {
            self.see(one);
        }
        if let Some(needs) = self.ledger {
            self.enter(needs, first, checked);
        }
        for (one, number) in checked.iter().zip(first..) {
            match self.seen[number].wanted {
                true => self.count(one, number),
                false => self.pass_over(one.event),
            }
        }
    }
}

impl Notes<'_> {
    /// Takes down what the report says of an event.
    fn see(&mut self, checked: &Checked<'_, '_, '_>) {
        let event = checked.event;
        let wanted = self.filter.is_open() || is_wanted(self.filter, event);
        let hide = |name: &str| self.ledger_key.hash(name.as_bytes());
        if let Some(lessons) = self.fetches.filter(|_| wanted) {
            lessons.fetch(event);
        }
        let event_id = event.get(Name::EventId).filter(|_| self.show_ids);
        self.seen.push(Seen {
            place: event.root().place(),
            name: self.part.name_index(event.name(), hide),
            presence: presence(event, checked.findings),
            website: event.is_website(),
            wanted,
            event_id: event_id.and_then(|id| id.text()).map(str::to_owned),
            logged: event.envelope.logged(),
            request: (event.root().parent().filter(|_| event.in_request)).map(Item::place),
            bound: (self.resend && wanted).then(|| Box::new(Bound::of(event, self.asks))),
            left: None,
        });
    }

    /// Enters events in the ledger, of which the first was taken down as number `first`.
    fn enter(&mut self, needs: Needs, first: usize, checked: &[Checked<'_, '_, '_>]) {
        let mut entries = Vec::with_capacity(checked.len());
        for (one, seen) in checked.iter().zip(&self.seen[first..]) {
            let begin = self.begin_of(one);
            let at = self.part.entries.place(self.block, begin);
            if seen.wanted {
                let (name, presence) = (seen.name, seen.presence);
                entries.push(Entry::new(one.event, one.findings, name, presence, at));
                if let Some(pixel) = &one.event.witnesses.pixel {
                    let key = self.ledger_key;
                    pair(self.part, pixel, key, one.event, (name, at), self.ties);
                }
            }
        }
        self.part
            .entries
            .enter(self.ledger_key, needs, &mut entries);
        let wanted = self.seen[first..].iter_mut().filter(|seen| seen.wanted);
        for (seen, entry) in wanted.zip(entries) {
            seen.left = entry.left;
        }
    }

    /// Counts an event that was taken down as number `number`.
    fn count(&mut self, checked: &Checked<'_, '_, '_>, number: usize) {
        let (event, seen) = (checked.event, &self.seen[number]);
        let part = &mut *self.part;
        part.events += 1;
        let aside = seen.left.map_or(0, |left| left.aside);
        let how = part
            .tally
            .add(seen.name, seen.presence, seen.website, aside);
        if let Some(left) = seen.left {
            part.entries.stand(left, how);
        }
        match event.clock.source {
            Source::Given => part.clocks.given += 1,
            Source::Capture => part.clocks.capture += 1,
            Source::Request => part.clocks.request += 1,
            Source::Newest => part.clocks.newest += 1,
            Source::File => part.clocks.file += 1,
            Source::Wall => part.clocks.wall += 1,
        }
        part.facts.see(event, checked.findings);
        if let Some(trust) = event.envelope.trust {
            part.captured[trust as usize] += 1;
        }
    }

    /// Counts an event that is left out.
    fn pass_over(&mut self, event: &Event<'_, '_>) {
        self.part.filtered += 1;
        if !is_of_dataset(self.filter, event) {
            self.part.facts.pass_over(event);
        }
    }
}

/// Whether the log says that the event went to a dataset that is looked at.
fn is_of_dataset(filter: &Filter, event: &Event<'_, '_>) -> bool {
    let is_wanted = |dataset: &str| filter.datasets.iter().any(|one| one == dataset);
    filter.datasets.is_empty() || event.envelope.dataset.is_some_and(is_wanted)
}

pub(in crate::engine) fn is_wanted(filter: &Filter, event: &Event<'_, '_>) -> bool {
    if !is_of_dataset(filter, event) {
        return false;
    }
    if !filter.event_names.is_empty()
        && !filter
            .event_names
            .iter()
            .any(|name| event.name() == Some(name))
    {
        return false;
    }
    if filter.since.is_none() && filter.until.is_none() {
        return true;
    }
    // What is wrong with a time is to be found: it counts as what it surely means, and one that
    // nobody can read is looked at.
    let meant = || match Written::of(event.get(Name::EventTime)?) {
        Written::Finer(_, seconds) => Some(seconds),
        _ => None,
    };
    event.time().or_else(meant).is_none_or(|time| {
        filter.since.is_none_or(|since| time >= since)
            && filter.until.is_none_or(|until| time < until)
    })
}
