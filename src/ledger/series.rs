//! What the events of one name and dataset have in common: a few counts of fixed size, whatever
//! their number.
//!
//! Two series of the same name are added to one another in any order with the same result. What is
//! counted by value (minutes, amounts, pages) is exact up to a small number and then only known to
//! be more, which is all that the rules ask.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::key::{Key, short};
use crate::clock::DAY;
use crate::event::Event;
use crate::json::{Item, Val};
use crate::values::contents::amount;
use crate::values::deduplication;
use crate::values::embedded_time::{self, EmbeddedTime};
use crate::values::name::Name;
use crate::values::page_host;
use crate::visit;

/// How many series are kept: names beyond are those of a sender that makes them up.
const MAX_SERIES: usize = 1_024;

/// Events of a kind: how many, the first and the last of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub events: u64,
    /// The number of the first, when there are any.
    pub first: u64,
    pub last: u64,
}

impl Seen {
    fn see(&mut self, at: u64) {
        self.merge(
            &Seen {
                events: 1,
                first: at,
                last: at,
            },
            0,
        );
    }

    /// Takes in others of the same log.
    pub fn add(&mut self, other: &Seen) {
        self.merge(other, 0);
    }

    /// Takes in others, whose events come behind `behind` others.
    fn merge(&mut self, other: &Seen, behind: u64) {
        if other.events == 0 {
            return;
        }
        let (first, last) = (other.first + behind, other.last + behind);
        if self.events == 0 {
            (self.first, self.last) = (first, last);
        }
        self.first = self.first.min(first);
        self.last = self.last.max(last);
        self.events += other.events;
    }
}

/// Distinct values by their keyed hash, up to `MOST` of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distinct<const MOST: usize> {
    hashes: Vec<u32>,
    /// There are more, which are not counted any more.
    more: bool,
}

impl<const MOST: usize> Distinct<MOST> {
    /// Whether nothing new could be learnt: saves the caller the hash.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.more
    }

    #[inline]
    fn see(&mut self, hash: u32) {
        if self.more || self.hashes.last() == Some(&hash) {
            return;
        }
        let Err(at) = self.hashes.binary_search(&hash) else {
            return;
        };
        if self.hashes.len() == MOST {
            self.more = true;
            self.hashes = Vec::new();
        } else {
            self.hashes.insert(at, hash);
        }
    }

    fn merge(&mut self, other: &Self) {
        for &hash in &other.hashes {
            self.see(hash);
        }
        if other.more {
            self.more = true;
            self.hashes = Vec::new();
        }
    }

    /// How many there are, at least.
    pub fn len(&self) -> usize {
        match self.more {
            true => MOST + 1,
            false => self.hashes.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether both are the same one value.
    pub fn is_same_one(&self, other: &Self) -> bool {
        self.len() == 1 && self == other
    }
}

/// The events of one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minute {
    /// Minutes since 1970.
    pub minute: u32,
    pub events: Seen,
    /// The least and the greatest of the times that are compared, in Unix seconds.
    pub from: u32,
    pub to: u32,
    /// One bit for each person, of sixty-four.
    pub people: u64,
}

impl Minute {
    fn merge(&mut self, other: &Minute, behind: u64) {
        self.events.merge(&other.events, behind);
        self.from = self.from.min(other.from);
        self.to = self.to.max(other.to);
        self.people |= other.people;
    }
}

/// So many minutes are told apart.
const MAX_MINUTES: usize = 512;

/// The minutes in which there were events, as long as they are few.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minutes {
    list: Vec<Minute>,
    too_many: bool,
}

impl Minutes {
    /// The minutes in order; `None` when there are too many of them.
    pub fn list(&self) -> Option<&[Minute]> {
        (!self.too_many).then_some(&self.list)
    }

    #[inline]
    fn see(&mut self, minute: Minute, behind: u64) {
        if self.too_many {
            return;
        }
        // Logs are mostly in the order of time.
        let at = match self.list.last() {
            Some(last) if last.minute == minute.minute => Ok(self.list.len() - 1),
            Some(last) if last.minute < minute.minute => Err(self.list.len()),
            _ => self
                .list
                .binary_search_by_key(&minute.minute, |one| one.minute),
        };
        match at {
            Ok(at) => self.list[at].merge(&minute, behind),
            Err(_) if self.list.len() == MAX_MINUTES => self.give_up(),
            Err(at) => {
                let mut empty = minute;
                empty.events = Seen::default();
                empty.merge(&minute, behind);
                self.list.insert(at, empty);
            }
        }
    }

    fn give_up(&mut self) {
        self.too_many = true;
        self.list = Vec::new();
    }

    fn merge(&mut self, other: &Minutes, behind: u64) {
        if other.too_many {
            self.give_up();
        }
        for &minute in &other.list {
            self.see(minute, behind);
        }
    }
}

/// How far one clock is ahead of another, seen in steps of half an hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offsets {
    /// Events with both times.
    pub all: u64,
    /// Events whose times agree but for minutes.
    pub none: u64,
    /// Events whose times differ by so many half hours, but for minutes.
    pub shifted: BTreeMap<i8, Seen>,
    /// Of those, events that differ by just what the user's zone differs from UTC at that time.
    pub as_zone: u64,
}

/// Two clocks agree when they are no further apart.
const AGREEING: i64 = 180;
pub(super) const HALF_HOUR: i64 = 1_800;
/// Half hours between UTC and the zones at either end of the world.
const FARTHEST: i64 = 28;

impl Offsets {
    fn see(&mut self, event: &Event<'_, '_>, ahead: i64, time: i64, at: u64) {
        self.all += 1;
        if ahead.abs() <= AGREEING {
            self.none += 1;
            return;
        }
        let Some(steps) = steps_of(ahead) else { return };
        self.shifted.entry(steps).or_default().see(at);
        let steps = i64::from(steps);
        let zone = event.assume.zone.as_ref();
        let true_time = jiff::Timestamp::from_second(time + steps * HALF_HOUR);
        if let (Some(zone), Ok(true_time)) = (zone, true_time) {
            // A wall clock that is ahead of UTC is read as a time that is still to come.
            let ahead_of_utc = i64::from(zone.to_offset(true_time).seconds());
            self.as_zone += u64::from(ahead_of_utc == -steps * HALF_HOUR);
        }
    }

    fn merge(&mut self, other: &Offsets, behind: u64) {
        self.all += other.all;
        self.none += other.none;
        self.as_zone += other.as_zone;
        for (&steps, seen) in &other.shifted {
            self.shifted.entry(steps).or_default().merge(seen, behind);
        }
    }
}

/// So many half hours, but for minutes.
pub(super) fn steps_of(ahead: i64) -> Option<i8> {
    let steps = (ahead + HALF_HOUR / 2).div_euclid(HALF_HOUR);
    if (ahead - steps * HALF_HOUR).abs() > AGREEING || steps.abs() > FARTHEST {
        return None;
    }
    i8::try_from(steps).ok()
}

/// The time that the event_id holds, else that of the order_id.
pub(super) fn id_time(event: &Event<'_, '_>, time: i64) -> Option<EmbeddedTime> {
    let id = event.get(Name::EventId).and_then(Item::text);
    id.and_then(|id| embedded_time::of(id, time)).or_else(|| {
        let order = deduplication::order_id(event)?;
        embedded_time::of(&order, time)
    })
}

/// How far the time in the event's id, or that of sending, is ahead of its own time. Round times are
/// those of a day or a timetable, and no clock's.
pub(super) fn ahead(event: &Event<'_, '_>, time: i64, by_ids: bool) -> Option<i64> {
    if time % HALF_HOUR == 0 {
        return None;
    }
    let other = match by_ids {
        true => id_time(event, time)?.seconds?,
        false => event.envelope.sent_at?.div_euclid(1_000),
    };
    Some(other - time)
}

/// So many counters are shared by all minutes.
const SHARED: usize = 2_048;

/// Times in ids, beside those of their events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdTimes {
    /// Ids whose time makes sense, and ids of the same form whose time makes none.
    pub plausible: u64,
    pub senseless: u64,
    /// The id's time less the event's.
    pub offsets: Offsets,
    /// By the minute of the event, those whose ids are over an hour older, with the ids' times.
    pub old: Minutes,
    /// Of all others, how many there are in a minute: at least as many, since minutes share counters.
    fresh: Vec<u16>,
}

/// An id that is older was not made for the event that bears it.
pub(super) const OLD: i64 = 3_600;

impl IdTimes {
    /// How many events of a minute have fresh ids, or more.
    pub fn fresh_in(&self, minute: u32) -> u64 {
        let counter = self.fresh.get(minute as usize % SHARED);
        counter.copied().unwrap_or(0).into()
    }

    fn merge(&mut self, other: &IdTimes, behind: u64) {
        self.plausible += other.plausible;
        self.senseless += other.senseless;
        self.offsets.merge(&other.offsets, behind);
        self.old.merge(&other.old, behind);
        if self.fresh.is_empty() {
            self.fresh.clone_from(&other.fresh);
        } else {
            for (sum, count) in self.fresh.iter_mut().zip(&other.fresh) {
                *sum = sum.saturating_add(*count);
            }
        }
    }

    /// Whether the times may be believed: ids that hold no time would not all make sense.
    pub fn are_times(&self) -> bool {
        self.plausible > 0 && self.senseless * 20 <= self.plausible
    }
}

/// Sizes of amounts: two steps for every doubling, from one upwards.
const SIZES: usize = 64;

/// The amounts of events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amounts {
    pub all: Seen,
    /// Amounts with their currency.
    pub distinct: Distinct<16>,
    /// Goods, by the id of an event's first, and numbers of pieces.
    pub goods: Distinct<64>,
    pub pieces: Distinct<4>,
    /// From here on, only amounts of currencies whose decimals people use.
    pub currencies: Distinct<2>,
    /// Without and with decimals.
    pub whole: Seen,
    pub broken: u64,
    /// Of those without, under 100, and with one of the endings 00, 95 and 99.
    pub small: u64,
    pub ending: u64,
    sizes: Vec<u32>,
}

impl Amounts {
    /// The middle of the amounts, in steps of which two are a doubling; one is 0.
    pub fn middle(&self) -> usize {
        let all: u64 = self.sizes.iter().map(|&size| u64::from(size)).sum();
        let mut sum = 0;
        self.sizes
            .iter()
            .position(|&size| {
                sum += u64::from(size);
                sum * 2 >= all
            })
            .unwrap_or(0)
    }

    fn see(&mut self, key: &Key, event: &Event<'_, '_>, at: u64) {
        let Some(value) = event.custom(Name::Value).and_then(amount) else {
            return;
        };
        if value <= 0.0 {
            return;
        }
        self.all.see(at);
        let currency = event.custom(Name::Currency).and_then(Item::text);
        let currency = currency.unwrap_or_default().trim();
        if !self.distinct.is_full() {
            let hash = key.begin().number(value.to_bits());
            self.distinct
                .see(short(hash.part(currency.as_bytes()).end()));
        }
        if !self.goods.is_full()
            && let Some(id) = first_good(event)
        {
            self.goods.see(short(key.hash(id.as_bytes())));
        }
        if !self.pieces.is_full()
            && let Some(pieces) = pieces(event)
        {
            self.pieces.see(pieces);
        }
        const WITH_DECIMALS: [&str; 10] = [
            "EUR", "USD", "GBP", "CAD", "AUD", "CHF", "NZD", "BRL", "PLN", "SGD",
        ];
        if !WITH_DECIMALS.contains(&currency) {
            return;
        }
        if !self.currencies.is_full() {
            self.currencies.see(short(key.hash(currency.as_bytes())));
        }
        if value.fract() == 0.0 {
            self.whole.see(at);
            self.small += u64::from(value < 100.0);
            let ending = (value % 100.0) as u32;
            self.ending += u64::from(matches!(ending, 0 | 95 | 99));
        } else {
            self.broken += 1;
        }
        if self.sizes.is_empty() {
            self.sizes = vec![0; SIZES];
        }
        // The exponent and the first bit behind the point.
        let step = (value.max(1.0).to_bits() - 1f64.to_bits()) >> 51;
        let size = &mut self.sizes[(step as usize).min(SIZES - 1)];
        *size = size.saturating_add(1);
    }

    fn merge(&mut self, other: &Amounts, behind: u64) {
        self.all.merge(&other.all, behind);
        self.distinct.merge(&other.distinct);
        self.goods.merge(&other.goods);
        self.pieces.merge(&other.pieces);
        self.currencies.merge(&other.currencies);
        self.whole.merge(&other.whole, behind);
        self.broken += other.broken;
        self.small += other.small;
        self.ending += other.ending;
        if self.sizes.is_empty() {
            self.sizes.clone_from(&other.sizes);
        } else {
            for (sum, count) in self.sizes.iter_mut().zip(&other.sizes) {
                *sum = sum.saturating_add(*count);
            }
        }
    }
}

/// The id of the first item.
fn first_good<'a>(event: &Event<'_, 'a>) -> Option<&'a str> {
    let first = |name| event.custom(name)?.each().next();
    let in_contents = || first(Name::Contents)?.get(Name::Id)?.text();
    first(Name::ContentIds)
        .and_then(Item::text)
        .or_else(in_contents)
}

/// How many pieces the event is about.
fn pieces(event: &Event<'_, '_>) -> Option<u32> {
    if let Some(Val::Int(number)) = event.custom(Name::NumItems).map(Item::val) {
        return u32::try_from(number).ok();
    }
    let mut sum = 0.0;
    for item in event.custom(Name::Contents)?.each() {
        sum += item.get(Name::Quantity).and_then(amount)?;
    }
    Some(sum as u32)
}

/// The pages of website events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pages {
    /// Website events with a page.
    pub all: Seen,
    /// Those whose page has a query.
    pub with_query: u64,
    pub urls: Distinct<1>,
    /// Goods that they are about, by the id of an event's first, counted as long as the page is one.
    pub goods: Distinct<64>,
    /// Those whose page is on a host of nobody's shop, in the order of [`page_host::Foreign::ALL`].
    pub foreign: [Seen; 4],
}

impl Pages {
    fn see(&mut self, key: &Key, event: &Event<'_, '_>, url: &str, at: u64) {
        self.all.see(at);
        self.with_query += u64::from(memchr::memchr2(b'?', b'#', url.as_bytes()).is_some());
        if !self.urls.is_full() {
            self.urls.see(short(key.hash(url.as_bytes())));
            if let Some(id) = first_good(event).filter(|_| !self.goods.is_full()) {
                self.goods.see(short(key.hash(id.as_bytes())));
            }
        }
        if let Some(foreign) = page_host::foreign(page_host::host_of(url)) {
            self.foreign[foreign as usize].see(at);
        }
    }

    /// Takes in the pages of another series, or of another part of the same.
    pub fn merge(&mut self, other: &Pages, behind: u64) {
        self.all.merge(&other.all, behind);
        self.with_query += other.with_query;
        self.urls.merge(&other.urls);
        self.goods.merge(&other.goods);
        for (own, other) in self.foreign.iter_mut().zip(&other.foreign) {
            own.merge(other, behind);
        }
    }

    /// Those on hosts of nobody's shop.
    pub fn all_foreign(&self) -> u64 {
        self.foreign.iter().map(|seen| seen.events).sum()
    }
}

/// What the events say of their source, and what they show of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sources {
    /// Website events without any trace of a browser, and all of them.
    pub traceless: Seen,
    pub website: u64,
    /// Events of tills and systems, those of them that a browser on a page made, and of these those
    /// with a cookie of the same day.
    pub offline: u64,
    pub browsed: Seen,
    pub fresh: u64,
}

/// The events of one name and dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// The dataset, or the site where none is known.
    pub group: u32,
    pub knows_dataset: bool,
    pub events: Seen,
    /// Events of people with a time, and those of them at whole quarters of an hour, by which quarter
    /// of the day.
    pub timed: u64,
    pub quarters: BTreeMap<u8, Seen>,
    /// Those at midnight in the user's zone.
    pub midnights: Seen,
    /// By the minute of the event, with the events' times.
    pub minutes: Minutes,
    /// Times in ids that say so of themselves, and in ids that only look so.
    pub declared: IdTimes,
    pub likely: IdTimes,
    /// The time of sending less the event's.
    pub sending: Offsets,
    pub amounts: Amounts,
    pub pages: Pages,
    pub sources: Sources,
}

impl Series {
    fn see(&mut self, key: &Key, event: &Event<'_, '_>, person: u32, at: u64) {
        self.events.see(at);
        let source = event.action_source();
        if let Some(time) = event.time() {
            self.see_time(event, source, time, person, at);
        }
        self.amounts.see(key, event, at);
        match source {
            Some("website") => {
                self.sources.website += 1;
                if visit::is_without_trace(event) {
                    self.sources.traceless.see(at);
                }
                let url = event.get(Name::EventSourceUrl).and_then(Item::text);
                if let Some(url) = url.filter(|url| url.starts_with("http")) {
                    self.pages.see(key, event, url, at);
                }
            }
            Some("physical_store" | "system_generated") => {
                self.sources.offline += 1;
                if visit::is_browser_on_page(event) && visit::has(event.user(Name::ClientIpAddress))
                {
                    self.sources.browsed.see(at);
                    self.sources.fresh += u64::from(visit::has_new_cookie(event));
                }
            }
            _ => {}
        }
    }

    fn see_time(
        &mut self,
        event: &Event<'_, '_>,
        source: Option<&str>,
        time: i64,
        person: u32,
        at: u64,
    ) {
        let Ok(seconds) = u32::try_from(time) else {
            return;
        };
        let of_visit = matches!(source, Some("website" | "app" | "chat"));
        if of_visit {
            self.timed += 1;
            if time % 900 == 0 {
                let quarter = (time % DAY / 900) as u8;
                self.quarters.entry(quarter).or_default().see(at);
                let zone = event.assume.zone.as_ref();
                if let (Some(zone), Ok(moment)) = (zone, jiff::Timestamp::from_second(time)) {
                    let ahead = i64::from(zone.to_offset(moment).seconds());
                    if (time + ahead) % DAY == 0 {
                        self.midnights.see(at);
                    }
                }
            }
        }
        let of_person = of_visit || matches!(source, Some("physical_store" | "phone_call"));
        let (_, _, custom) = event.names();
        let people = match person {
            0 => 0,
            person => 1u64 << (person % 64),
        };
        let minute = |from: u32| Minute {
            minute: seconds / 60,
            events: Seen {
                events: 1,
                first: at,
                last: at,
            },
            from,
            to: from,
            people,
        };
        // The rows of one receipt share its time.
        if of_person && custom & Name::ItemNumber.bit() == 0 {
            self.minutes.see(minute(seconds), 0);
        }
        // Round times are those of a day or a timetable, and no clock's.
        let is_round = time % HALF_HOUR == 0;
        if let (false, Some(sent_at)) = (is_round, event.envelope.sent_at) {
            let ahead = sent_at.div_euclid(1_000) - time;
            self.sending.see(event, ahead, time, at);
        }
        let Some(found) = id_time(event, time) else {
            return;
        };
        let times = match found.kind.is_declared() {
            true => &mut self.declared,
            false => &mut self.likely,
        };
        let Some(id_time) = found.seconds else {
            times.senseless += 1;
            return;
        };
        times.plausible += 1;
        if !is_round {
            times.offsets.see(event, id_time - time, time, at);
        }
        if !of_person {
            return;
        }
        if time - id_time > OLD {
            let id_time = u32::try_from(id_time).unwrap_or(0);
            times.old.see(minute(id_time), 0);
        } else {
            if times.fresh.is_empty() {
                times.fresh = vec![0; SHARED];
            }
            let counter = &mut times.fresh[(seconds / 60) as usize % SHARED];
            *counter = counter.saturating_add(1);
        }
    }

    /// Takes in the same series of another part, whose events come behind `behind` others.
    pub(super) fn merge(&mut self, other: &Series, behind: u64) {
        (self.group, self.knows_dataset) = (other.group, other.knows_dataset);
        self.events.merge(&other.events, behind);
        self.timed += other.timed;
        self.midnights.merge(&other.midnights, behind);
        for (&quarter, seen) in &other.quarters {
            self.quarters
                .entry(quarter)
                .or_default()
                .merge(seen, behind);
        }
        self.minutes.merge(&other.minutes, behind);
        self.declared.merge(&other.declared, behind);
        self.likely.merge(&other.likely, behind);
        self.sending.merge(&other.sending, behind);
        self.amounts.merge(&other.amounts, behind);
        self.pages.merge(&other.pages, behind);
        let (own, other) = (&mut self.sources, &other.sources);
        own.traceless.merge(&other.traceless, behind);
        own.website += other.website;
        own.offline += other.offline;
        own.browsed.merge(&other.browsed, behind);
        own.fresh += other.fresh;
    }
}

/// The series of one block.
#[derive(Debug, Default)]
pub struct Collected {
    list: Vec<(u32, Series)>,
    /// Where those seen last are in `list`, by the lower bits of their names.
    slots: Slots,
}

const SLOTS: usize = 128;

#[derive(Debug)]
struct Slots([u16; SLOTS]);

impl Default for Slots {
    fn default() -> Slots {
        Slots([0; SLOTS])
    }
}

/// What the caller knows of an event that is entered.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// Dataset and event_name.
    pub name: u32,
    /// The dataset, or the site.
    pub group: u32,
    /// Tells people apart; 0 when nothing does.
    pub person: u32,
    pub at: u64,
}

impl Collected {
    /// Forgets them, for the next block.
    pub(super) fn clear(&mut self) {
        self.list.clear();
    }

    pub(super) fn see(&mut self, key: &Key, event: &Event<'_, '_>, entry: Entry) {
        let slot = entry.name as usize % SLOTS;
        let mut place = usize::from(self.slots.0[slot]);
        if self.list.get(place).map(|one| one.0) != Some(entry.name) {
            let found = self.list.iter().position(|one| one.0 == entry.name);
            place = found.unwrap_or_else(|| {
                let series = Series {
                    group: entry.group,
                    knows_dataset: event.envelope.dataset.is_some(),
                    ..Series::default()
                };
                self.list.push((entry.name, series));
                self.list.len() - 1
            });
            self.slots.0[slot] = u16::try_from(place).unwrap_or(0);
        }
        let (_, series) = &mut self.list[place];
        series.see(key, event, entry.person, entry.at);
    }
}

/// All series, by dataset and event_name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllSeries {
    map: BTreeMap<u32, Series>,
}

impl AllSeries {
    pub(super) fn take(&mut self, block: &Collected, behind: u64) {
        for (name, series) in &block.list {
            self.add(*name, series, behind);
        }
    }

    /// Takes in those of another part of the log, whose events come behind `behind` others.
    pub fn merge(&mut self, other: &AllSeries, behind: u64) {
        for (&name, series) in &other.map {
            self.add(name, series, behind);
        }
    }

    fn add(&mut self, name: u32, series: &Series, behind: u64) {
        if self.map.len() < MAX_SERIES || self.map.contains_key(&name) {
            self.map.entry(name).or_default().merge(series, behind);
        }
    }

    /// The series with the hash of dataset and name.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Series)> {
        self.map.iter().map(|(&name, series)| (name, series))
    }
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::*;
    use crate::clock::{Clock, Source};
    use crate::event::{Assumptions, Envelope};
    use crate::json::Tape;

    fn seen(events: &[(String, Option<i64>)], zone: Option<&str>) -> Vec<Collected> {
        let assume = Assumptions {
            zone: zone.map(|zone| jiff::tz::TimeZone::get(zone).unwrap()),
            ..Assumptions::default()
        };
        let key = Key::of(b"a key");
        let each = events.iter().map(|(text, sent_at)| {
            let (mut tape, arena) = (Tape::new(), Bump::new());
            tape.parse(text, &arena).unwrap();
            let clock = Clock {
                now: 0,
                source: Source::Wall,
                supported: None,
                asked: false,
            };
            let envelope = Envelope {
                sent_at: *sent_at,
                ..Envelope::default()
            };
            let witnesses = Default::default();
            let event = Event::new(
                &tape,
                0,
                clock,
                &assume,
                &witnesses,
                false,
                envelope,
                false,
                Vec::new(),
            );
            let mut block = Collected::default();
            let entry = Entry {
                name: 1,
                group: 1,
                person: 1,
                at: 0,
            };
            block.see(&key, &event, entry);
            block
        });
        each.collect()
    }

    fn sum(blocks: &[Collected]) -> AllSeries {
        let mut all = AllSeries::default();
        for (at, block) in blocks.iter().enumerate() {
            all.take(block, at as u64);
        }
        all
    }

    fn event(time: i64, more: &str) -> String {
        format!(
            r#"{{"event_name":"Purchase","event_time":{time},"action_source":"website","user_data":{{}}{more}}}"#
        )
    }

    #[test]
    fn parts_add_up_to_the_whole_in_any_grouping() {
        let events: Vec<_> = (0..1_200i64)
            .map(|n| {
                let time = 1_782_000_000 + n * n % 7_919 * 60;
                let more = format!(
                    r#","event_id":"{}-{n}","event_source_url":"https://shop.example.com/{}","custom_data":{{"value":{}.{},"currency":"EUR","content_ids":["{n}"]}}"#,
                    (time - n * 10) * 1_000,
                    n % 3,
                    n % 40,
                    n % 2
                );
                (event(time, &more), Some((time + n * 40) * 1_000))
            })
            .collect();
        let blocks = seen(&events, None);
        let whole = sum(&blocks);
        let mut joined = AllSeries::default();
        // The later half first.
        joined.merge(&sum(&blocks[700..]), 700);
        let mut front = sum(&blocks[..300]);
        front.merge(&sum(&blocks[300..700]), 300);
        joined.merge(&front, 0);
        assert_eq!(whole, joined);
        assert!(whole.map[&1].minutes.list().is_none());
        let text = serde_json::to_string(&whole).unwrap();
        assert_eq!(whole, serde_json::from_str(&text).unwrap());
        assert_eq!(whole.map[&1].events.last, 1_199);
    }

    #[test]
    fn a_wall_clock_that_is_read_as_utc_is_seen_in_the_time_of_sending() {
        // Berlin is two hours ahead in June and one in December.
        let events: Vec<_> = [1_782_399_601i64, 1_765_000_001]
            .into_iter()
            .zip([7_200, 3_600])
            .map(|(true_time, ahead)| (event(true_time + ahead, ""), Some((true_time + 2) * 1_000)))
            .collect();
        let all = sum(&seen(&events, Some("Europe/Berlin")));
        let sending = &all.map[&1].sending;
        assert_eq!((sending.all, sending.none, sending.as_zone), (2, 0, 2));
        let steps: Vec<i8> = sending.shifted.keys().copied().collect();
        assert_eq!(steps, [-4, -2]);
    }

    #[test]
    fn the_middle_of_amounts() {
        let events: Vec<_> = [12.99, 20.0, 2_499.0]
            .map(|value| {
                let more = format!(r#","custom_data":{{"value":{value},"currency":"EUR"}}"#);
                (event(1_782_399_601, &more), None)
            })
            .into();
        let all = sum(&seen(&events, None));
        let amounts = &all.map[&1].amounts;
        // Between 16 and 24.
        assert_eq!(amounts.middle(), 8);
        assert_eq!(
            (amounts.broken, amounts.whole.events, amounts.ending),
            (1, 2, 1)
        );
    }
}
