//! Who came: browsers with the people, addresses and agents that were seen with them.
//!
//! One row stands for all events in which nothing of that differs, so that returning visitors cost
//! nothing. What one value was seen with is told from all the rows: values that are on a large share
//! of the log by a count of few candidates (Misra and Gries) and an exact look at those, others by
//! sorting only the rows whose value came often enough to matter.

use std::collections::BTreeMap;
use std::io;

use super::Evidence;
use super::key::{Key, short};
use super::recent::Recent;
use super::table::{Row, Table, numbers};
use crate::digest::{self, Digest, Shape};
use crate::event::{Event, Identifier};
use crate::finding::{Certainty, Finding};
use crate::json::Val;
use crate::rules;
use crate::values::blank::trimmed;
use crate::values::click_id::Stamped;
use crate::values::event_name;
use crate::values::name::Name;

/// Events of one browser with one person, address and agent. Numbers that are 0 are not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Visit {
    /// The browser, by its fbp.
    pub browser: u64,
    /// external_id, the same for a value and for its digest.
    pub external_id: u64,
    /// The dataset, or the site where the log names none.
    pub scope: u32,
    pub email: u32,
    pub phone: u32,
    pub address: u32,
    /// The user agent, unless it is an odd one, of which other rules speak.
    pub agent: u32,
    /// The birth date, unless it is a default, of which each event was told.
    pub birth: u32,
    /// A union of the flags below.
    pub flags: u32,
    /// The number of the first event in the run.
    pub at: u64,
    /// The earliest event_time.
    pub first: u32,
    /// The latest event_time.
    pub last: u32,
    /// The number of events.
    pub count: u32,
}

/// external_id is not a digest.
pub const PLAIN_ID: u32 = 1;
/// external_id is a digest.
pub const HASHED_ID: u32 = 1 << 1;
/// The events have an fbc.
pub const CLICK: u32 = 1 << 2;
/// The events come late in a visit, and their page's address holds no click.
pub const LATE: u32 = 1 << 3;
/// A rule of single events said that fbp was made for the event.
pub const MINTED: u32 = 1 << 4;

impl Visit {
    /// What an event shows of its visitor but for the agent, `None` when that is nothing.
    pub(super) fn of(
        key: &Key,
        event: &Event<'_, '_>,
        scope: u64,
        who: &Who,
        told: &Told,
        at: u64,
    ) -> Option<Visit> {
        let is_nobody = who.browser == 0
            && who.external_id == 0
            && who.email == 0
            && who.phone == 0
            && who.address == 0;
        if is_nobody || event.envelope.is_test {
            return None;
        }
        let time = event
            .time()
            .and_then(|time| u32::try_from(time).ok())
            .unwrap_or(0);
        let mut flags = who.flags;
        if told.minted {
            flags |= MINTED;
        }
        if event.user(Name::Fbc).is_some_and(|fbc| !fbc.is_blank()) {
            flags |= CLICK;
        }
        let is_late = event.is_website() && event.name().is_some_and(event_name::is_late);
        if is_late && event.fbclid().is_none() {
            flags |= LATE;
        }
        Some(Visit {
            browser: who.browser,
            external_id: who.external_id,
            scope: short(scope),
            email: who.email,
            phone: who.phone,
            address: who.address,
            agent: 0,
            birth: match told.birth {
                true => 0,
                false => birth_of(key, event),
            },
            flags,
            at,
            first: time,
            last: time,
            count: 1,
        })
    }

    /// Everything but when and how often.
    fn who(&self) -> impl PartialEq + use<> {
        let Visit {
            browser,
            external_id,
            scope,
            email,
            phone,
            address,
            agent,
            birth,
            flags,
            ..
        } = *self;
        (
            (browser, external_id, scope, email),
            (phone, address, agent, birth, flags),
        )
    }

    /// A hash of everything but when and how often.
    pub(super) fn identity(&self) -> u64 {
        let two = |a: u32, b: u32| u64::from(a) << 32 | u64::from(b);
        let of = mix(self.browser, self.external_id);
        let of = mix(of, two(self.scope, self.email));
        let of = mix(of, two(self.phone, self.address));
        let of = mix(of, two(self.agent, self.birth));
        mix(of, self.flags.into())
    }

    /// Whether all these flags are set.
    pub fn has(&self, flags: u32) -> bool {
        self.flags & flags == flags
    }
}

impl Row for Visit {
    const REPEATS: bool = true;

    type Group = u64;

    fn group(&self) -> u64 {
        self.browser
    }

    fn absorb(&mut self, other: &Self) -> bool {
        let same = self.who() == other.who();
        if same {
            self.at = self.at.min(other.at);
            self.first = match (self.first, other.first) {
                (0, time) | (time, 0) => time,
                (a, b) => a.min(b),
            };
            self.last = self.last.max(other.last);
            self.count = self.count.saturating_add(other.count);
        }
        same
    }

    fn shift(&mut self, events: u64) {
        self.at += events;
    }

    numbers! {
        browser: u64,
        external_id: u64,
        at: u64,
        scope: u32,
        email: u32,
        phone: u32,
        address: u32,
        agent: u32,
        birth: u32,
        flags: u32,
        first: u32,
        last: u32,
        count: u32,
    }
}

/// What rules of single events said of an event.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told {
    /// That external_id is no person.
    pub external_id: bool,
    /// That the birth date is a default.
    pub birth: bool,
    /// That fbp was made for the event.
    pub minted: bool,
    /// That fbc was made for the event.
    pub rebuilt: bool,
    /// That the click id was altered, and whether more than its looks show it.
    pub altered: bool,
    pub surely_altered: bool,
    /// That a value is hashed twice.
    pub doubled: bool,
}

impl Told {
    pub fn of(findings: &[Finding]) -> Told {
        let mut told = Told::default();
        for finding in findings {
            match rules::ALL[finding.rule].name() {
                "external-id-not-a-person" => told.external_id = true,
                "default-birth-date" => told.birth = true,
                "fbp-minted-per-event" => told.minted = true,
                "fbc-rebuilt" => told.rebuilt = true,
                "fbclid-altered" => {
                    told.altered = true;
                    told.surely_altered |= finding.certainty != Certainty::Heuristic;
                }
                "double-hash" => told.doubled = true,
                _ => {}
            }
        }
        told
    }
}

/// The identifiers of an event as the ledger knows them; 0 where there is none.
#[derive(Clone, Copy, Default)]
pub(super) struct Who {
    pub browser: u64,
    pub external_id: u64,
    pub email: u32,
    pub phone: u32,
    pub address: u32,
    flags: u32,
}

impl Who {
    pub fn of(key: &Key, event: &Event<'_, '_>, address: u32, told: &Told) -> Who {
        let mut who = Who {
            browser: browser_of(key, event),
            address,
            ..Who::default()
        };
        for one in event.identifiers() {
            if one.worthless.is_some() {
                continue;
            }
            match one.name {
                Name::Em if who.email == 0 => who.email = short_of(key, one),
                Name::Ph if who.phone == 0 => who.phone = short_of(key, one),
                Name::ExternalId if who.external_id == 0 && !told.external_id => {
                    (who.external_id, who.flags) = external_id_of(key, event, one);
                }
                _ => {}
            }
        }
        who
    }
}

/// The browser of an event, by its fbp; 0 when there is none.
pub(super) fn browser_of(key: &Key, event: &Event<'_, '_>) -> u64 {
    let fbp = event.user_text(Name::Fbp).and_then(Stamped::parse);
    fbp.map_or(0, |fbp| {
        let hash = key.begin().part(fbp.time().as_bytes());
        hash.part(fbp.tail().as_bytes()).end()
    })
}

fn short_of(key: &Key, one: &Identifier<'_>) -> u32 {
    match one.shape {
        Shape::Sha256 => short(of_digest(key, &one.digest)),
        Shape::Md5 | Shape::Plain => short(key.hash(trimmed(one.text).as_bytes())),
        _ => 0,
    }
}

/// A digest, folded to half its length.
fn of_digest(key: &Key, digest: &Digest) -> u64 {
    let (first, second) = (digest[0] ^ digest[2], digest[1] ^ digest[3]);
    key.begin().number(first).number(second).end()
}

/// A digest of an e-mail or a phone as [`Visit`] holds it.
pub(super) fn short_of_digest(key: &Key, digest: &Digest) -> u32 {
    short(of_digest(key, digest))
}

/// An external_id by its digest, whether the event holds that or the value itself, and which.
pub(super) fn external_id_of(key: &Key, event: &Event<'_, '_>, one: &Identifier<'_>) -> (u64, u32) {
    if one.shape == Shape::Sha256 {
        return (of_digest(key, &one.digest), HASHED_ID);
    }
    let plain = |text: &str| {
        let digest = digest::digest_of(&digest::sha256(text.as_bytes()));
        (of_digest(key, &digest), PLAIN_ID)
    };
    match (one.shape, event.item(one.place).val()) {
        (Shape::Plain | Shape::Md5, _) => plain(digest::strip_appendix(one.text).trim()),
        (_, Val::Int(number)) => plain(&number.to_string()),
        _ => (0, 0),
    }
}

/// The user agent, unless it is an odd one, of which other rules speak.
pub(super) fn usual_agent<'a>(event: &Event<'_, 'a>) -> Option<&'a str> {
    let is_usual = !event.raw().odd_agent;
    event.user_text(Name::ClientUserAgent).filter(|_| is_usual)
}

/// The hash of it; 0 when there is none.
pub(super) fn agent_of(key: &Key, event: &Event<'_, '_>) -> u32 {
    usual_agent(event).map_or(0, |agent| short(key.hash(agent.as_bytes())))
}

/// A date of birth, by its digest.
pub(super) fn birth_date_of(key: &Key, one: &Identifier<'_>) -> u32 {
    match one.shape == Shape::Sha256 && one.worthless.is_none() {
        true => short(of_digest(key, &one.digest)),
        false => 0,
    }
}

fn birth_of(key: &Key, event: &Event<'_, '_>) -> u32 {
    if event.names().1 & Name::Db.bit() == 0 {
        return 0;
    }
    let mut dates = event
        .identifiers()
        .iter()
        .filter(|one| one.name == Name::Db);
    let found = dates.find_map(|one| match birth_date_of(key, one) {
        0 => None,
        date => Some(date),
    });
    found.unwrap_or(0)
}

/// The visits of one block.
pub(super) type Collected = Recent<Visit, { 1 << 10 }>;

impl Collected {
    pub fn see_visit(&mut self, visit: Visit) {
        let mix = visit.browser as u32 ^ visit.email ^ visit.address.rotate_left(7);
        self.see((mix ^ visit.flags).into(), visit);
    }
}

/// A set that is counted exactly up to a few members, and beyond that no further.
#[derive(Clone, Debug, Default)]
pub struct Few {
    /// Sorted.
    members: Vec<u64>,
}

impl Few {
    /// So many members are told apart.
    pub const MOST: usize = 64;

    /// Takes in one more; 0 is nothing.
    pub fn add(&mut self, member: u64) {
        if member == 0 || self.members.len() >= Few::MOST {
            return;
        }
        if let Err(at) = self.members.binary_search(&member) {
            self.members.insert(at, member);
        }
    }

    /// The number of members, [`Few::MOST`] where there may be more.
    pub fn number(&self) -> usize {
        self.members.len()
    }

    /// The members that are told apart, in order.
    pub fn members(&self) -> &[u64] {
        &self.members
    }

    /// `12`, or `64 or more`.
    pub fn words(&self) -> String {
        match self.members.len() {
            Few::MOST => format!("{} or more", Few::MOST),
            number => number.to_string(),
        }
    }
}

/// The first two and the last of many events, and how many there are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Events {
    first: Option<u64>,
    second: Option<u64>,
    last: u64,
    /// How many were named.
    named: u64,
    /// How many there are.
    pub number: u64,
}

impl Events {
    /// Takes in events of which the first is `at`.
    pub fn add(&mut self, at: u64, number: u64) {
        self.number += number;
        self.named += 1;
        self.last = self.last.max(at);
        match self.first {
            None => self.first = Some(at),
            Some(first) => {
                let (low, high) = (first.min(at), first.max(at));
                self.first = Some(low);
                self.second = Some(self.second.map_or(high, |second| second.min(high)));
            }
        }
    }

    /// The first event.
    pub fn first(&self) -> u64 {
        self.first.unwrap_or(0)
    }

    /// The second and, when there are more than two, the last.
    pub fn others(&self) -> (Option<u64>, Option<u64>) {
        (self.second, (self.named > 2).then_some(self.last))
    }

    /// How many come behind the second that was named.
    pub fn more(&self) -> u64 {
        self.named.saturating_sub(2)
    }
}

/// What one value was seen with.
#[derive(Clone, Debug, Default)]
pub struct Crowd {
    pub scope: u32,
    pub value: u64,
    pub browsers: Few,
    pub addresses: Few,
    pub agents: Few,
    pub emails: Few,
    pub events: Events,
    /// Events of the same dataset or site that have any such value.
    pub of: u64,
    /// The share of visits with any such value that have this one.
    pub share: f64,
}

impl Crowd {
    fn add(&mut self, visit: &Visit) {
        self.browsers.add(visit.browser);
        self.addresses.add(visit.address.into());
        self.agents.add(visit.agent.into());
        self.emails.add(visit.email.into());
        self.events.add(visit.at, visit.count.into());
    }

    /// The share of events, in whole percent.
    pub fn percent(&self) -> u64 {
        self.events.number * 100 / self.of.max(1)
    }
}

/// Values that more than one in `PARTS` of the visits of a scope may have.
#[derive(Default)]
struct Candidates {
    visits: u64,
    events: u64,
    counters: Vec<(u64, u64)>,
}

impl Candidates {
    /// One counter fewer than parts is enough.
    const PARTS: usize = 6;

    fn add(&mut self, value: u64, count: u32) {
        self.visits += 1;
        self.events += u64::from(count);
        if let Some(one) = self.counters.iter_mut().find(|one| one.0 == value) {
            one.1 += 1;
        } else if self.counters.len() < Candidates::PARTS - 1 {
            self.counters.push((value, 1));
        } else {
            for one in &mut self.counters {
                one.1 -= 1;
            }
            self.counters.retain(|one| one.1 > 0);
        }
    }
}

/// The values of one kind that more than `share` of the visits and of the events of a dataset or
/// site have; `share` is at least 0.2.
pub fn constants(
    log: &Evidence<'_>,
    of: impl Fn(&Visit) -> u64,
    share: f64,
) -> io::Result<Vec<Crowd>> {
    let mut scopes: BTreeMap<u32, Candidates> = BTreeMap::new();
    log.visits(|visit| {
        let value = of(visit);
        if value != 0 {
            let scope = scopes.entry(visit.scope).or_default();
            scope.add(value, visit.count);
        }
    })?;
    let mut crowds: BTreeMap<(u32, u64), (Crowd, u64)> = BTreeMap::new();
    for (&scope, candidates) in &scopes {
        for &(value, _) in &candidates.counters {
            crowds.insert((scope, value), (Crowd::default(), 0));
        }
    }
    log.visits(|visit| {
        let value = of(visit);
        if value != 0
            && let Some((crowd, visits)) = crowds.get_mut(&(visit.scope, value))
        {
            crowd.add(visit);
            *visits += 1;
        }
    })?;
    let crowds = crowds
        .into_iter()
        .filter_map(|((scope, value), (mut crowd, visits))| {
            let total = &scopes[&scope];
            (crowd.scope, crowd.value, crowd.of) = (scope, value, total.events);
            crowd.share = visits as f64 / total.visits as f64;
            let of_events = crowd.events.number as f64 / crowd.of as f64;
            (crowd.share > share && of_events > share).then_some(crowd)
        });
    Ok(crowds.collect())
}

/// A visit as far as it tells who shares a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sharing {
    /// The value, with its scope.
    pub value: u64,
    /// The earliest event_time.
    pub first: u32,
    /// The latest event_time.
    pub last: u32,
    pub scope: u32,
    pub browser: u64,
    pub address: u32,
    pub agent: u32,
    pub flags: u32,
    pub at: u64,
    pub count: u32,
}

impl Row for Sharing {
    type Group = u64;

    fn group(&self) -> u64 {
        self.value
    }

    fn shift(&mut self, events: u64) {
        self.at += events;
    }

    numbers! {
        value: u64,
        browser: u64,
        at: u64,
        first: u32,
        last: u32,
        scope: u32,
        address: u32,
        agent: u32,
        flags: u32,
        count: u32,
    }
}

/// Calls `each` with the visits that share a value in one dataset or site, by time, when there are
/// `least` of them or more.
pub fn sharing(
    log: &Evidence<'_>,
    of: impl Fn(&Visit) -> u64,
    least: u32,
    mut each: impl FnMut(&[Sharing]),
) -> io::Result<()> {
    grouped(
        log,
        of,
        |_| 1,
        least,
        |group| {
            if group.len() >= least as usize {
                each(group);
            }
        },
    )
}

/// The same, when they have `least` events or more.
pub fn returning(
    log: &Evidence<'_>,
    of: impl Fn(&Visit) -> u64,
    least: u32,
    mut each: impl FnMut(&[Sharing]),
) -> io::Result<()> {
    grouped(
        log,
        of,
        |visit| visit.count,
        least,
        |group| {
            let events: u64 = group.iter().map(|row| u64::from(row.count)).sum();
            if events >= least.into() {
                each(group);
            }
        },
    )
}

/// Calls `each` with the visits that share a value, when those whose values fall into one bucket
/// weigh `least` or more together: of most values there is nothing to sort. The rest is sorted in
/// parts, each a range of the values, so that it takes an eighth of the memory of all of it.
fn grouped(
    log: &Evidence<'_>,
    of: impl Fn(&Visit) -> u64,
    weight: fn(&Visit) -> u32,
    least: u32,
    mut each: impl FnMut(&[Sharing]),
) -> io::Result<()> {
    let value_of = |visit: &Visit| match of(visit) {
        0 => 0,
        value => mix(value, visit.scope.into()),
    };
    let visits = log.number_of_visits();
    let bits = (visits / 2).clamp(1 << 10, 1 << 20).ilog2();
    let bucket = |value: u64| (value >> (64 - bits)) as usize;
    // What the visits of each bucket weigh, and how many they are.
    let mut buckets = vec![(0u32, 0u32); 1 << bits];
    log.visits(|visit| {
        let value = value_of(visit);
        if value != 0 {
            let (weighs, number) = &mut buckets[bucket(value)];
            *weighs = weighs.saturating_add(weight(visit));
            *number = number.saturating_add(1);
        }
    })?;
    let most = (visits / PARTS).max(1 << 16);
    let mut from = 0;
    while from < buckets.len() {
        let (mut to, mut rows) = (from, 0);
        while let Some(&(weighs, number)) = buckets.get(to) {
            let number = if weighs < least { 0 } else { u64::from(number) };
            if rows > 0 && rows + number > most {
                break;
            }
            rows += number;
            to += 1;
        }
        if rows > 0 {
            let is_wanted = |value: u64| {
                let bucket = bucket(value);
                value != 0 && (from..to).contains(&bucket) && buckets[bucket].0 >= least
            };
            sorted(log, value_of, is_wanted, &mut each)?;
        }
        from = to;
    }
    Ok(())
}

/// So many times the visits are read at most, and twice as often where values are very uneven.
const PARTS: u64 = 8;

/// Calls `each` with the visits that share a value, where that is wanted.
fn sorted(
    log: &Evidence<'_>,
    value_of: impl Fn(&Visit) -> u64,
    is_wanted: impl Fn(u64) -> bool,
    each: impl FnMut(&[Sharing]),
) -> io::Result<()> {
    let mut table: Table<Sharing> = Table::default();
    let mut outcome = Ok(());
    log.visits(|visit| {
        let value = value_of(visit);
        if !is_wanted(value) || outcome.is_err() {
            return;
        }
        let row = Sharing {
            value,
            first: visit.first,
            last: visit.last,
            scope: visit.scope,
            browser: visit.browser,
            address: visit.address,
            agent: visit.agent,
            flags: visit.flags,
            at: visit.at,
            count: visit.count,
        };
        table.take(&[row], 0);
        if table.bytes() > log.memory().max(1 << 20) {
            outcome = table.spill();
        }
    })?;
    outcome?;
    table.finish()?;
    table.groups(each)
}

/// Calls `each` with the visits of every browser, and with each visit that has none.
pub(super) fn of_browsers(visits: &Table<Visit>, mut each: impl FnMut(&[Visit])) -> io::Result<()> {
    let mut group: Vec<Visit> = Vec::new();
    visits.rows(|visit| {
        let goes_on = group
            .first()
            .is_some_and(|first| visit.browser != 0 && first.browser == visit.browser);
        if !goes_on && !group.is_empty() {
            each(&group);
            group.clear();
        }
        group.push(*visit);
    })?;
    if !group.is_empty() {
        each(&group);
    }
    Ok(())
}

/// A browser shows with so many events that have an identifier whether that repeats.
const LEAST_FRESH: u64 = 3;

/// A browser with more is a till, a kiosk or a test.
const MOST_FRESH: u64 = 30;

/// Whether the visits of one browser can show that an identifier never repeats.
pub fn could_be_fresh(visits: &[Visit], of: fn(&Visit) -> u64) -> bool {
    let with = || visits.iter().filter(|visit| of(visit) != 0);
    let events: u64 = with().map(|visit| u64::from(visit.count)).sum();
    let mut scopes = with().map(|visit| visit.scope);
    let first = scopes.next();
    (LEAST_FRESH..=MOST_FRESH).contains(&events) && scopes.all(|scope| Some(scope) == first)
}

/// Whether an identifier is new with every event of a browser that can show it.
pub fn is_fresh(visits: &[Visit], of: fn(&Visit) -> u64) -> bool {
    if !could_be_fresh(visits, of) {
        return false;
    }
    let with = visits.iter().filter(|visit| of(visit) != 0);
    let events: u64 = with.clone().map(|visit| u64::from(visit.count)).sum();
    let mut values: Vec<u64> = with.map(of).collect();
    values.sort_unstable();
    values.dedup();
    values.len() as u64 == events
}

/// Two hashes in one, never 0.
pub fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a ^ 0x9e37_79b9_7f4a_7c15) * u128::from(b.wrapping_mul(2) | 1);
    (product as u64 ^ (product >> 64) as u64 ^ b.rotate_left(32)).max(1)
}

/// How many browsers, and how many addresses, share a value within any one day: the largest number
/// of each in one such time. Not more than `most` are told apart.
pub fn busiest_day(group: &[Sharing], most: usize) -> (usize, usize) {
    const DAY: u32 = 86_400;
    let (mut start, mut best) = (0, (0, 0));
    let mut browsers: BTreeMap<u64, u32> = BTreeMap::new();
    let mut addresses: BTreeMap<u32, u32> = BTreeMap::new();
    for row in group {
        while row.first - group[start].first > DAY {
            leave(&mut browsers, group[start].browser);
            leave(&mut addresses, group[start].address);
            start += 1;
        }
        if row.browser != 0 {
            *browsers.entry(row.browser).or_insert(0) += 1;
        }
        if row.address != 0 {
            *addresses.entry(row.address).or_insert(0) += 1;
        }
        let now = (browsers.len(), addresses.len());
        if now.0.min(now.1) > best.0.min(best.1) {
            best = now;
        }
        if best.0.min(best.1) >= most {
            break;
        }
    }
    best
}

fn leave<K: Ord>(set: &mut BTreeMap<K, u32>, member: K) {
    if let Some(count) = set.get_mut(&member) {
        *count -= 1;
        if *count == 0 {
            set.remove(&member);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_comes_back_from_disk_as_it_went() {
        let visit = Visit {
            browser: 1,
            external_id: 2,
            scope: 3,
            email: 4,
            phone: 5,
            address: 6,
            agent: 7,
            birth: 8,
            flags: 9,
            at: 10,
            first: 11,
            last: 12,
            count: 13,
        };
        let mut bytes = Vec::new();
        visit.write(&mut bytes);
        assert_eq!(bytes.len(), Visit::SIZE);
        assert_eq!(Visit::read(&bytes), visit);
        let sharing = Sharing {
            value: 1,
            first: 2,
            last: 3,
            scope: 10,
            browser: 4,
            address: 5,
            agent: 6,
            flags: 7,
            at: 8,
            count: 9,
        };
        bytes.clear();
        sharing.write(&mut bytes);
        assert_eq!(bytes.len(), Sharing::SIZE);
        assert_eq!(Sharing::read(&bytes), sharing);
    }

    #[test]
    fn a_value_and_its_digest_are_one_account() {
        let key = Key::of(b"k");
        let hex = digest::sha256_hex("k-40001");
        let of_hex = |hex: &str| of_digest(&key, &digest::digest_of_hex(hex));
        let plain = digest::digest_of(&digest::sha256(b"k-40001"));
        assert_eq!(of_hex(&hex), of_digest(&key, &plain));
        assert_ne!(of_hex(&hex), of_hex(&hex.replace(&hex[60..], "0000")));
        assert_ne!(of_hex(&hex), of_hex(&digest::sha256_hex("k-40002")));
    }

    #[test]
    fn visits_that_differ_in_nothing_are_one() {
        let mut a = Visit {
            browser: 1,
            at: 5,
            first: 0,
            last: 0,
            count: 1,
            ..Visit::default()
        };
        let b = Visit {
            at: 3,
            first: 70,
            last: 90,
            count: 2,
            ..a
        };
        assert!(a.absorb(&b));
        assert_eq!((a.at, a.first, a.last, a.count), (3, 70, 90, 3));
        assert!(!a.absorb(&Visit { email: 1, ..b }));
        let mut block = Collected::default();
        for at in 0..9 {
            block.see_visit(Visit {
                browser: 1 + at % 3,
                at,
                count: 1,
                ..Visit::default()
            });
        }
        assert_eq!(block.rows().len(), 3);
    }

    #[test]
    fn the_first_two_and_the_last_event_do_not_depend_on_the_order() {
        for order in [[4, 9, 1, 7], [1, 4, 7, 9], [9, 7, 4, 1]] {
            let mut events = Events::default();
            order.iter().for_each(|&at| events.add(at, 2));
            assert_eq!((events.others(), events.more()), ((Some(4), Some(9)), 2));
            assert_eq!((events.first(), events.number), (1, 8));
        }
    }

    #[test]
    fn few_are_counted_exactly_and_many_not_on() {
        let mut few = Few::default();
        (0..60).chain(0..60).for_each(|member| few.add(member));
        assert_eq!((few.number(), few.words()), (59, "59".to_owned()));
        (0..600).for_each(|member| few.add(member));
        assert_eq!(few.words(), "64 or more");
    }

    #[test]
    fn one_person_over_a_year_is_not_a_crowd_in_a_day() {
        let row = |number: u32, first: u32| Sharing {
            value: 1,
            first,
            last: first,
            scope: 1,
            browser: u64::from(number) + 1,
            address: number + 1,
            agent: 1,
            flags: 0,
            at: u64::from(number),
            count: 1,
        };
        let year: Vec<_> = (0..50)
            .map(|n| row(n, 1_700_000_000 + n * 604_800))
            .collect();
        assert_eq!(busiest_day(&year, 20), (1, 1));
        let hour: Vec<_> = (0..50).map(|n| row(n, 1_700_000_000 + n * 60)).collect();
        assert_eq!(busiest_day(&hour, 20), (20, 20));
        let office: Vec<_> = hour
            .iter()
            .map(|row| Sharing { address: 2, ..*row })
            .collect();
        assert_eq!(busiest_day(&office, 20).1, 1);
    }
}
