//! The ledger: what the whole log remembers, and what only the whole log shows.
//!
//! While a block is checked, every event leaves a few rows of one size ([`entries`]): keyed hashes
//! and small numbers, never a value. The rows of a block come back with its part and are appended to
//! the tables of the [`Ledger`]; nothing is looked up and nothing locked per event. At the end each
//! table is sorted once and read group by group, so that the order of blocks, the number of threads
//! and the size of blocks leave no trace. Above the memory that the run may use, sorted runs go to
//! temporary files without a name and are merged when they are read: the answer stays exact.
//!
//! # How to add a rule of scope L
//!
//! 1. See what [`Evidence`] offers. [`Evidence::ids`] gives all events of one dataset, event_name
//!    and event_id; [`Evidence::orders`] all of one order; other tables are listed there.
//!    [`Evidence::series`] gives running counts of each dataset and event_name that need no row:
//!    times, amounts, pages, sources.
//! 2. When the rule needs something that no event leaves yet, add it in [`entries`]: a field of a
//!    row, or a table. A new table is a type of row that implements [`table::Row`], a list in
//!    [`entries::Entries`], a [`Table`] in [`Ledger`] (with its line in [`Ledger::tables`]) and a
//!    method of [`Evidence`], and a bit in [`Needs`]. Rows hold keyed hashes (64 bits to look up, 128 bits where a rule says
//!    `proof`, [`key::short`] only to compare within a group), the number of the event, and numbers
//!    that give nothing away. Rows that repeat for returning customers must say so in
//!    [`table::Row::absorb`] (sum the counts, keep the first event), or the memory grows with them.
//! 3. Write the rule as any other, with two more arguments:
//!    `crate::rule!("event-id-reused", Check::Log, conclude, Needs::IDS)` where
//!    `fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()>` and [`Needs`] says
//!    what it reads: what no rule of a run reads is not collected. A rule that also looks at single
//!    events keeps its check: `crate::rule!(name, Check::Event(check), conclude, Needs::IDS)`.
//!    `out.at(first event, "/pointer/from/event", message)` reports; `.places(events, "event with
//!    this id")` names the second and the last; `.events(n)` says how many events it is about,
//!    without those of which the rule's own event check spoke. Messages hold no value; the numbers
//!    of a group are read by `crate::report::count`.
//!    What a capture of the browser's requests shows beside the log is in [`Evidence::pixel`].
//! 4. A rule needs 20 events or a piece of proof ([`LEAST_EVENTS`]). `proof` is byte equality or
//!    arithmetic over rows, no more.
//! 5. On the page, an example of such a rule is a small NDJSON log in the fence. `repeat=40` behind
//!    the language repeats its lines 40 times; `<n>` in them stands for the number of the repetition,
//!    `<n:4>` for the same with four digits.
//! 6. A fix that needs what the log shows is made in a second pass: the rule notes in `out.lessons(safety)`
//!    what it is sure of ([`Lessons`]), names the safety as the last argument of `crate::rule!`, and
//!    its event check asks `event.witnesses.lessons`. A lesson is a keyed hash or a number; a value
//!    that stands elsewhere in the log is fetched between the passes ([`Lessons::fetch`]). The check
//!    fixes only what still matches.
//! 7. What a rule proves worthless, or is as good as sure of (`strong`), counts no more for coverage and
//!    score: the rule asks for [`Needs::STANDINGS`] too, and notes it in `out.convict()`. Such a rule is
//!    asked whatever the user selects. Rules that speak of scores ask for [`Needs::SCORES`], and come
//!    last.

pub mod carriers;
pub mod clicks;
pub mod digests;
pub mod entries;
pub mod event_ids;
mod exchange;
pub mod findings;
pub mod hashed_raws;
pub mod key;
pub mod lessons;
mod memo;
pub mod needs;
pub mod people;
pub mod places;
pub mod plains;
mod recent;
pub mod sales;
pub mod series;
pub mod sighting;
pub mod spellings;
pub mod standing;
pub mod steps;
pub mod table;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;

use hashbrown::HashMap;

use crate::digest::Digest;
use crate::pixel::{Pairing, Pairs};
pub use clicks::Click;

pub use digests::Digests;
pub use entries::{BlockSpot, Entries, Entry, Left};
pub use findings::{LogFinding, LogFindings};
pub use key::Key;
pub use lessons::Lessons;
pub use needs::Needs;
pub use people::Visit;
pub use places::{Places, Spot};
pub use sales::Sale;
pub use series::{AllSeries, Series};
pub use sighting::Sighting;
pub use spellings::Spelling;
pub use standing::{Convictions, Standing};
pub use steps::Step;
pub use table::Table;

use crate::score::{NameScore, Presence};
use carriers::Carrier;
use digests::Joined;
use entries::Counts;
use hashed_raws::HashedRaws;
use plains::Shown;
use standing::Stands;
use table::AnyTable;

/// A rule that is not sure of one event alone needs as many.
pub const LEAST_EVENTS: u64 = 20;

/// Names beyond this many are not told apart in messages.
const MAX_NAMES: usize = 10_000;

/// What a check of the whole log is: it reads the evidence and says what it finds. Fails only when
/// a temporary file does.
pub type LogCheck = fn(&Evidence<'_>, &mut LogFindings) -> io::Result<()>;

/// What the whole log remembers.
#[derive(Debug)]
pub struct Ledger {
    places: Places,
    ids: Table<Sighting>,
    orders: Table<Sighting>,
    sales: Table<Sale>,
    steps: Table<Step>,
    series: AllSeries,
    digests: Digests,
    hashed_raws: HashedRaws,
    carriers: Table<Carrier>,
    visits: Table<Visit>,
    clicks: Table<Click>,
    spellings: Table<Spelling>,
    standings: Table<Standing>,
    /// What the numbers in those rows stand for.
    stands: Stands,
    /// Event names as they may be printed, with the first event, by the hash of dataset and name.
    names: BTreeMap<u32, (String, u64)>,
    counts: Counts,
    /// Sightings of event_ids by dataset and event_name.
    sightings: HashMap<u32, u64>,
    /// Bytes that the tables may take.
    memory: usize,
    /// How often rows went to disk.
    spills: u64,
    /// Whether rows of the finished tables are there.
    is_on_disk: bool,
}

impl Ledger {
    /// An empty ledger under a key, whose tables may take so many bytes.
    pub fn new(key: Key, memory: usize) -> Ledger {
        Ledger {
            places: Places::default(),
            ids: Table::default(),
            orders: Table::default(),
            sales: Table::default(),
            steps: Table::default(),
            series: AllSeries::default(),
            digests: Digests::new(key),
            hashed_raws: HashedRaws::default(),
            carriers: Table::default(),
            names: BTreeMap::new(),
            counts: Counts::default(),
            visits: Table::default(),
            clicks: Table::default(),
            spellings: Table::default(),
            standings: Table::default(),
            stands: Stands::default(),
            sightings: HashMap::new(),
            memory,
            spills: 0,
            is_on_disk: false,
        }
    }

    fn tables(&mut self) -> [&mut dyn AnyTable; 10] {
        [
            &mut self.ids,
            &mut self.orders,
            &mut self.sales,
            &mut self.steps,
            &mut self.digests,
            &mut self.carriers,
            &mut self.visits,
            &mut self.clicks,
            &mut self.spellings,
            &mut self.standings,
        ]
    }

    /// The entries to come are those of another file.
    pub fn open(&mut self, name: &str, key: &str) {
        self.places.open(name, key);
    }

    /// Takes the entries of a block. `place` turns a place in the block into line and column, from
    /// 0, and offset in the file, `name` a number of [`Entries::enter`] into a name that may be printed.
    pub fn take(
        &mut self,
        entries: &Entries,
        place: impl Fn(BlockSpot) -> (u64, u64, u64),
        mut name: impl FnMut(u32) -> String,
    ) {
        let events = self.places.events();
        self.places
            .add(entries.spots.iter().map(|&spot| place(spot)));
        for &(hash, number, first) in &entries.names {
            if self.names.len() < MAX_NAMES && !self.names.contains_key(&hash) {
                self.names.insert(hash, (name(number), events + first));
            }
        }
        self.counts.merge(&entries.counts, events);
        for row in &entries.ids {
            *self.sightings.entry(row.name).or_insert(0) += 1;
        }
        self.ids.take(&entries.ids, events);
        self.orders.take(&entries.orders, events);
        self.sales.take(&entries.sales, events);
        self.digests.take(&entries.digests, events);
        self.digests.take_plains(&entries.plains, events);
        self.hashed_raws.take(&entries.hashed_raws);
        self.carriers.take(&entries.carriers, events);
        self.steps.take(&entries.steps, events);
        self.series.take(&entries.series, events);
        self.visits.take(entries.visits.rows(), events);
        self.clicks.take(entries.clicks.rows(), events);
        self.spellings.take(entries.spellings.rows(), events);
    }

    /// The number of events of a name, as it is printed, that stand like this, as long as there is one.
    pub fn stand(
        &mut self,
        name: &str,
        presence: Presence,
        scored: bool,
        aside: u64,
    ) -> Option<u32> {
        self.stands.number(name, presence, scored, aside)
    }

    /// Takes in how the events of a block stand; `numbers` gives the ledger's number for each way of
    /// the block.
    pub fn take_standings(&mut self, entries: &Entries, numbers: &[Option<u32>]) {
        self.standings
            .take_as(entries.standings.rows(), |row| row.renumbered(numbers));
    }

    /// Takes what was proven worthless out of the scores. To be called in a pool of threads, after
    /// [`Ledger::finish`].
    pub fn carry_out(
        &mut self,
        convictions: &Convictions,
        names: &mut BTreeMap<String, NameScore>,
    ) -> io::Result<()> {
        standing::carry_out(
            convictions,
            &self.visits,
            &mut self.standings,
            &self.stands,
            self.memory,
            names,
        )
    }

    /// Makes room when the tables have outgrown their memory, or would be smaller when sorted. To be called in a pool of threads.
    pub fn make_room(&mut self) -> io::Result<()> {
        let memory = self.memory;
        for table in self.tables() {
            if table.may_shrink() {
                table.settle();
            }
        }
        let mut tables = self.tables();
        let mut bytes: usize = tables.iter().map(|table| table.bytes()).sum();
        if bytes <= memory {
            return Ok(());
        }
        // The largest first: small runs are not worth a file.
        tables.sort_by_key(|table| Reverse(table.bytes()));
        for table in tables {
            if bytes <= memory / 4 {
                break;
            }
            bytes -= table.bytes();
            table.spill()?;
        }
        self.spills += 1;
        Ok(())
    }

    /// Whether [`Ledger::make_room`] has anything to do.
    pub fn is_full(&mut self) -> bool {
        let bytes: usize = self.tables().iter().map(|table| table.bytes()).sum();
        bytes > self.memory || self.tables().iter().any(|table| table.may_shrink())
    }

    /// Sorts the tables, after which the evidence can be read. To be called in a pool of threads.
    pub fn finish(&mut self) -> io::Result<()> {
        self.sort()?;
        self.digests.compare()
    }

    /// Sorts the tables, which is enough to write them.
    fn sort(&mut self) -> io::Result<()> {
        // How events stand is read only when something was proven; it comes last.
        let [tables @ .., _] = self.tables();
        let mut is_on_disk = false;
        for table in tables {
            table.finish()?;
            is_on_disk |= table.is_on_disk();
        }
        self.is_on_disk = is_on_disk;
        Ok(())
    }

    /// The evidence of a ledger that was finished, together with the scores of the event names and
    /// with a capture beside it.
    pub fn evidence<'l>(
        &'l self,
        names: &'l BTreeMap<String, NameScore>,
        pixel: Option<&'l Pairing>,
    ) -> Evidence<'l> {
        Evidence {
            ledger: self,
            names,
            pixel,
            needs: Needs::ALL,
        }
    }

    /// Where the events stand.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// How often rows went to disk.
    pub fn spills(&self) -> u64 {
        self.spills
    }
}

/// What the rules of the whole log may read.
pub struct Evidence<'l> {
    ledger: &'l Ledger,
    names: &'l BTreeMap<String, NameScore>,
    pixel: Option<&'l Pairing>,
    /// What the rule that reads said it would.
    needs: Needs,
}

impl<'l> Evidence<'l> {
    /// The same for a rule that reads no more than that.
    pub(crate) fn only(&self, needs: Needs) -> Evidence<'l> {
        Evidence { needs, ..*self }
    }

    fn reads(&self, table: Needs) -> &'l Ledger {
        debug_assert!(
            self.needs.has(table),
            "the needs of a rule do not name a table"
        );
        self.ledger
    }

    /// Whether rows are on disk, where one rule at a time can read them.
    pub(crate) fn is_on_disk(&self) -> bool {
        self.ledger.is_on_disk
    }

    /// The pairs of every event_name that a pixel sent, in the order of the names.
    pub fn pixel(&self) -> &[Pairs] {
        self.pixel.map_or(&[], |pixel| &pixel.names)
    }

    /// The number of events in the log.
    pub fn events(&self) -> u64 {
        self.ledger.places.events()
    }

    /// Calls `each` with the sightings of every event_id under one event_name of one dataset, in
    /// input order. Events without an id and passbacks are not among them.
    pub fn ids(&self, each: impl FnMut(&[Sighting])) -> io::Result<()> {
        self.reads(Needs::IDS).ids.groups(each)
    }

    /// Calls `each` with the sightings of every order (with item_number and status) under one
    /// event_name of one dataset, in input order. Only of events that happen once an order.
    pub fn orders(&self, each: impl FnMut(&[Sighting])) -> io::Result<()> {
        self.reads(Needs::ORDERS).orders.groups(each)
    }

    /// Calls `each` with what one person paid of one value in one dataset, in the order of the times:
    /// purchases with an event_id of people who are known by e-mail or external_id.
    pub fn sales(&self, each: impl FnMut(&[Sale])) -> io::Result<()> {
        self.reads(Needs::SALES).sales.groups(each)
    }

    /// Calls `each` with every website event of a browser (fbp, else external_id) of one dataset, those
    /// of one browser in the order of their times. A browser may be that of all events.
    pub fn carriers(&self, each: impl FnMut(&Carrier)) -> io::Result<()> {
        self.reads(Needs::CARRIERS).carriers.rows(each)
    }

    /// The digests of the log, joined with themselves.
    pub fn joined(&self) -> io::Result<Joined> {
        self.reads(Needs::DIGESTS).digests.join()
    }

    /// The digests that plain values elsewhere in the log show to be right, or wrong.
    pub fn shown(&self) -> &'l [Shown] {
        self.reads(Needs::DIGESTS).digests.shown()
    }

    /// The digests that stand in place of values which Meta wants as they are.
    pub fn hashed_raws(&self) -> impl Iterator<Item = Digest> {
        self.reads(Needs::DIGESTS).hashed_raws.all()
    }

    /// Calls `each` with the checkouts and purchases of every browser, in the order of their times.
    pub fn steps(&self, each: impl FnMut(&[Step])) -> io::Result<()> {
        self.reads(Needs::STEPS).steps.groups(each)
    }

    /// What the events of each dataset and event_name have in common, with the hash by which
    /// [`Evidence::event_name`] knows the name. Passbacks are not among them.
    pub fn series(&self) -> impl Iterator<Item = (u32, &Series)> {
        self.reads(Needs::SERIES).series.iter()
    }

    /// Calls `each` with every visit: events in which browser, person, address and agent are the
    /// same. Those of one browser follow one another; those without a browser come first.
    pub fn visits(&self, each: impl FnMut(&Visit)) -> io::Result<()> {
        self.reads(Needs::VISITS).visits.rows(each)
    }

    /// How many visits there are.
    pub fn number_of_visits(&self) -> u64 {
        self.ledger.visits.len()
    }

    /// Calls `each` with the visits of every browser. Visits without one are not among them.
    pub fn browsers(&self, mut each: impl FnMut(&[Visit])) -> io::Result<()> {
        let mut group: Vec<Visit> = Vec::new();
        self.visits(|visit| {
            if group
                .first()
                .is_some_and(|first| first.browser != visit.browser)
            {
                each(&group);
                group.clear();
            }
            if visit.browser != 0 {
                group.push(*visit);
            }
        })?;
        if !group.is_empty() {
            each(&group);
        }
        Ok(())
    }

    /// Calls `each` with the sightings of every click id and of what may be the same id in another
    /// spelling.
    pub fn clicks(&self, each: impl FnMut(&[Click])) -> io::Result<()> {
        self.reads(Needs::CLICKS).clicks.groups(each)
    }

    /// Calls `each` with the digests of gender and country that one pipeline sent.
    pub fn spellings(&self, each: impl FnMut(&[Spelling])) -> io::Result<()> {
        self.reads(Needs::SPELLINGS).spellings.groups(each)
    }

    /// The bytes that the tables may take.
    pub fn memory(&self) -> usize {
        self.ledger.memory
    }

    /// How many sightings of event_ids there are under a dataset and event_name
    /// ([`Sighting::name`]).
    pub fn sightings_of(&self, name: u32) -> u64 {
        self.ledger.sightings.get(&name).copied().unwrap_or(0)
    }

    /// The event_name of a [`Sighting::name`], fit to be printed.
    pub fn event_name(&self, name: u32) -> &str {
        self.ledger
            .names
            .get(&name)
            .map_or("(other names)", |(name, _)| name.as_str())
    }

    /// What is only counted.
    pub fn counts(&self) -> &Counts {
        &self.ledger.counts
    }

    /// Every event_name that may be printed, with how its events score; in the order of the names.
    pub fn names(&self) -> impl Iterator<Item = (&str, &NameScore)> {
        self.names
            .iter()
            .map(|(name, score)| (name.as_str(), score))
    }

    /// The first event of every event_name that [`Evidence::names`] gives.
    pub fn firsts(&self) -> HashMap<&str, u64> {
        let mut firsts = HashMap::new();
        for (name, at) in self.ledger.names.values() {
            let first = firsts.entry(name.as_str()).or_insert(*at);
            *first = (*first).min(*at);
        }
        firsts
    }
}
