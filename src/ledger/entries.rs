//! What an event leaves in the ledger.

use std::borrow::Cow;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::carriers::Carrier;
use super::digests::{Collected, Pipeline};
use super::hashed_raws::HashedRaws;
use super::key::{Hash, Key, short};
use super::memo::Memo;
use super::needs::Needs;
use super::people::{Told, Visit, Who, mix};
use super::plains::Plains;
use super::sales::Sale;
use super::sighting::{PAIRED, PLACEHOLDER_ID, RANDOM_ID, Sighting, sent_flags};
use super::steps::Step;
use super::{clicks, digests, people, series, spellings, standing};
use crate::event::Event;
use crate::finding::Finding;
use crate::json::{Item, Val};
use crate::score::Presence;
use crate::values::blank::trimmed;
use crate::values::deduplication;
use crate::values::name::Name;

/// How many events are of a kind, the first of them, and between which times they lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub events: u64,
    /// The number of the first, when there are any.
    pub first: u64,
    /// The earliest and the latest event_time; both 0 when none is known.
    pub times: (u32, u32),
}

impl Tally {
    fn see(&mut self, at: u64, time: Option<u32>) {
        let time = time.unwrap_or(0);
        self.merge(&Tally {
            events: 1,
            first: at,
            times: (time, time),
        });
    }

    pub(super) fn merge(&mut self, other: &Tally) {
        if other.events == 0 {
            return;
        }
        self.first = match self.events {
            0 => other.first,
            _ => self.first.min(other.first),
        };
        self.events += other.events;
        self.times = match (self.times, other.times) {
            ((0, 0), times) | (times, (0, 0)) => times,
            (own, other) => (own.0.min(other.0), own.1.max(other.1)),
        };
    }

    fn behind(mut self, events: u64) -> Tally {
        self.first += events;
        self
    }
}

/// What is only counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Events whose address is IPv4, and IPv6.
    pub ipv4: Tally,
    pub ipv6: Tally,
    /// Events of requests with a test_event_code.
    pub tests: Tally,
}

impl Counts {
    fn see(&mut self, event: &Event<'_, '_>, at: u64) {
        match event.address() {
            Some(IpAddr::V4(_)) => self.ipv4.see(at, None),
            Some(IpAddr::V6(_)) => self.ipv6.see(at, None),
            None => {}
        }
        if event.envelope.is_test {
            let time = event.time().and_then(|time| u32::try_from(time).ok());
            self.tests.see(at, time);
        }
    }

    /// Takes in other counts, whose events come behind `events` others.
    pub(super) fn merge(&mut self, other: &Counts, events: u64) {
        self.ipv4.merge(&other.ipv4.behind(events));
        self.ipv6.merge(&other.ipv6.behind(events));
        self.tests.merge(&other.tests.behind(events));
    }
}

const KNOWN_NAMES: usize = 128;

#[derive(Debug)]
struct KnownNames([u32; KNOWN_NAMES]);

impl Default for KnownNames {
    fn default() -> KnownNames {
        KnownNames([0; KNOWN_NAMES])
    }
}

/// The entries of one block, collected by one thread. Events are numbered from 0 in the block.
#[derive(Debug, Default)]
pub struct Entries {
    pub(super) ids: Vec<Sighting>,
    pub(super) orders: Vec<Sighting>,
    pub(super) sales: Vec<Sale>,
    pub(super) steps: Vec<Step>,
    pub(super) series: series::Collected,
    pub(super) digests: Collected,
    pub(super) plains: Plains,
    pub(super) hashed_raws: HashedRaws,
    pub(super) carriers: Vec<Carrier>,
    pub(super) visits: people::Collected,
    pub(super) clicks: clicks::Collected,
    pub(super) spellings: spellings::Collected,
    pub(super) standings: standing::Collected,
    /// The dataset and event_name of entries: its hash, the caller's number for the name, and the
    /// first event.
    pub(super) names: Vec<(u32, u32, u64)>,
    /// Hashes that are in `names`, each where it was put last by its lower bits.
    known_names: KnownNames,
    pub(super) counts: Counts,
    /// Hashes of datasets and sites, of senders, of agents, and those that event_names begin.
    datasets: Memo<u64>,
    senders: Memo<u64>,
    agents: Memo<u32>,
    begun: Memo<(Hash, u32)>,
    /// Where every event begins.
    pub(super) spots: Vec<BlockSpot>,
    /// How far lines and characters were counted.
    cursor: BlockSpot,
}

/// A place in a block: line and column from 0, and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockSpot {
    pub line: u32,
    /// In characters, of line 0 those that stand in the block.
    pub column: u32,
    pub offset: u32,
}

impl Entries {
    /// Lines are counted from byte `skip` of the block on, where a byte order mark stands before.
    pub fn begin(mut self, skip: usize) -> Entries {
        self.cursor.offset = skip as u32;
        self
    }

    /// Forgets everything but what was made of texts that come again under the same key.
    pub fn clear(&mut self) {
        self.ids.clear();
        self.orders.clear();
        self.sales.clear();
        self.steps.clear();
        self.series.clear();
        self.digests.clear();
        self.plains.clear();
        self.hashed_raws.clear();
        self.carriers.clear();
        self.visits.clear();
        self.clicks.clear();
        self.spellings.clear();
        self.standings.clear();
        self.names.clear();
        self.known_names = KnownNames::default();
        self.counts = Counts::default();
        self.spots.clear();
        self.cursor = BlockSpot::default();
    }

    /// Room for the entries of so many events, with what each usually leaves.
    pub fn reserve(&mut self, events: usize) {
        self.spots.reserve(events);
        self.ids.reserve(events);
        self.visits.reserve(events);
        self.digests.reserve(3 * events);
        self.carriers.reserve(events);
    }

    /// Notes that the next event begins at byte `at` of the block, and gives its number in it.
    pub fn place(&mut self, block: &str, at: usize) -> u64 {
        let from = self.cursor.offset as usize;
        let at = at.clamp(from, block.len());
        let between = &block.as_bytes()[from..at];
        let mut line_start = 0;
        for newline in memchr::memchr_iter(b'\n', between) {
            self.cursor.line += 1;
            self.cursor.column = 0;
            line_start = newline + 1;
        }
        let begins_character = |byte: &u8| u32::from(byte & 0xC0 != 0x80);
        self.cursor.column += between[line_start..]
            .iter()
            .map(begins_character)
            .sum::<u32>();
        self.cursor.offset = at as u32;
        self.spots.push(self.cursor);
        self.spots.len() as u64 - 1
    }

    /// Enters events that were placed in the tables that are needed, table by table.
    pub fn enter(&mut self, key: &Key, needs: Needs, events: &mut [Entry<'_, '_, '_>]) {
        for entry in events.iter_mut() {
            let event = entry.event;
            entry.scope = match place_of(event) {
                Place::Dataset(text) => self.datasets.get(0, text, || scope_of(key, event)),
                Place::Site(text) => self.datasets.get(1, text, || scope_of(key, event)),
                Place::Unknown => NOWHERE,
            };
            entry.sender = event.envelope.sender.map_or(entry.scope, |sender| {
                let hash = || sender_of(key, entry.scope, sender);
                self.senders.get(entry.scope, sender, hash)
            });
            entry.told = Told::of(entry.findings);
        }
        if needs.has(Needs::DIGESTS) {
            for entry in events.iter() {
                let (event, at) = (entry.event, entry.at);
                self.enter_digests(event, entry.sender, entry.told.doubled, at);
                self.hashed_raws.enter(event);
                if event.may_be_mistaken() {
                    self.plains.enter(event, at);
                }
            }
        }
        if needs.has(Needs::SPELLINGS) {
            for entry in events.iter() {
                let sender = short(entry.sender);
                self.spellings.enter(key, entry.event, sender, entry.at);
            }
        }
        for entry in events.iter_mut() {
            let event = entry.event;
            self.counts.see(event, entry.at);
            entry.who = Who::of(key, event, address_of(key, event), &entry.told);
            // The same one on two sites is not the same browser.
            entry.browser = match entry.who.browser {
                0 => 0,
                browser => mix(browser, entry.scope),
            };
        }
        if needs.has(Needs::CARRIERS) {
            for entry in events.iter().filter(|entry| entry.event.is_website()) {
                self.enter_carrier(key, entry);
            }
        }
        if needs.has(Needs::STANDINGS) {
            for entry in events.iter_mut() {
                entry.left = Some(Left {
                    visit: 0,
                    click: 0,
                    aside: standing::aside(short(entry.sender), entry.event),
                });
            }
        }
        if needs.has(Needs::VISITS) {
            for entry in events.iter_mut() {
                self.enter_visit(key, entry);
            }
        }
        if needs.has(Needs::CLICKS) {
            for entry in events.iter_mut() {
                let event = entry.event;
                let (who, told) = (&entry.who, &entry.told);
                self.clicks.enter(key, event, who, told, entry.at);
                if let (Some(left), Some(click)) = (&mut entry.left, event.click()) {
                    left.click = standing::of_click(clicks::id_of(key, click.stamped.tail()));
                }
            }
        }
        for entry in events.iter() {
            self.enter_named(key, needs, entry);
        }
    }

    /// Enters who came.
    fn enter_visit(&mut self, key: &Key, entry: &mut Entry<'_, '_, '_>) {
        let (event, scope) = (entry.event, entry.scope);
        let visit = Visit::of(key, event, scope, &entry.who, &entry.told, entry.at);
        let Some(mut visit) = visit else { return };
        if let Some(agent) = people::usual_agent(event) {
            let hash = || people::agent_of(key, event);
            visit.agent = self.agents.get(0, agent, hash);
        }
        if let Some(left) = &mut entry.left {
            left.visit = standing::of_visit(&visit);
        }
        self.visits.see_visit(visit);
    }

    /// Enters it, as far as that hangs on its name.
    fn enter_named(&mut self, key: &Key, needs: Needs, entry: &Entry<'_, '_, '_>) {
        let Entry {
            event,
            name,
            at,
            scope,
            browser,
            ref who,
            ..
        } = *entry;
        let Some(event_name) = event.name() else {
            return;
        };
        let (begin, name_hash) = self.begun.get(scope, event_name, || {
            let begin = key.begin().number(scope).part(event_name.as_bytes());
            let name_hash = short(begin.clone().end());
            (begin, name_hash)
        });
        if self.known_names.0[name_hash as usize % KNOWN_NAMES] != name_hash {
            if !self.names.iter().any(|&(hash, ..)| hash == name_hash) {
                self.names.push((name_hash, name, at));
            }
            self.known_names.0[name_hash as usize % KNOWN_NAMES] = name_hash;
        }
        // Each passback of one order is an event of its own, whatever its id.
        if event_name == "AppendAttribution" {
            return;
        }
        if needs.has(Needs::SERIES) {
            let entry = series::Entry {
                name: name_hash,
                group: short(scope),
                person: if who.email == 0 {
                    short_or_nothing(who.browser)
                } else {
                    who.email
                },
                at,
            };
            self.series.see(key, event, entry);
        }
        if needs.has(Needs::STEPS) && browser != 0 {
            self.enter_step(event, event_name, (scope, browser), at);
        }
        if !needs.has_any(Needs::IDS.and(Needs::ORDERS).and(Needs::SALES)) {
            return;
        }
        let id = event.get(Name::EventId).and_then(text_of);
        let order = deduplication::order_id(event);
        let Some(id) = id.as_deref().map(trimmed).filter(|id| !id.is_empty()) else {
            return;
        };
        let mut flags = 0;
        if deduplication::is_paired(event) {
            flags |= PAIRED;
        }
        if deduplication::looks_random(id) {
            flags |= RANDOM_ID;
        }
        if deduplication::is_placeholder(id, || order.as_deref().map(str::to_owned))
            || deduplication::repeats_name(id, event_name)
        {
            flags |= PLACEHOLDER_ID;
        }
        let is_sale = flags & (PAIRED | PLACEHOLDER_ID) == PAIRED && event_name == "Purchase";
        if is_sale
            && needs.has(Needs::SALES)
            && let Some(sale) = Sale::of(key, begin.clone(), event, who, id, at)
        {
            self.sales.push(Sale {
                name: name_hash,
                ..sale
            });
        }
        let time = event
            .time()
            .and_then(|time| u32::try_from(time).ok())
            .unwrap_or(0);
        let sent = event
            .envelope
            .sent_at
            .map(|millis| millis.div_euclid(1_000));
        flags |= sent_flags(time, sent);
        let mut row = Sighting {
            key: key_of_id(begin.clone(), event, id),
            at,
            other: order
                .as_deref()
                .map_or(0, |order| key.hash(order.as_bytes())),
            time,
            name: name_hash,
            browser: short_or_nothing(who.browser),
            email: who.email,
            external_id: short_or_nothing(who.external_id),
            address: who.address,
            content: 0,
            flags,
        };
        if needs.has(Needs::IDS) {
            row.content = content_of(key, event);
            self.ids.push(row);
        }
        let is_order = needs.has(Needs::ORDERS) && is_made_once(event_name);
        let Some(order) = order.filter(|_| is_order) else {
            return;
        };
        row.key = order_key(begin, event, &order);
        row.other = key.hash(id.as_bytes());
        row.content = content_of(key, event);
        self.orders.push(row);
    }
}

/// An event that is entered.
pub struct Entry<'e, 't, 'a> {
    event: &'e Event<'t, 'a>,
    /// What rules of single events said of it.
    findings: &'e [Finding],
    /// The caller's number for its event_name.
    name: u32,
    /// How its keys stand.
    presence: Presence,
    /// Its number in the block.
    at: u64,
    /// What goes on to [`Entries::stand`], when that is needed.
    pub left: Option<Left>,
    /// Hashes of the dataset or site, and of the pipeline.
    scope: u64,
    sender: u64,
    told: Told,
    who: Who,
    /// The browser on its site.
    browser: u64,
}

impl<'e, 't, 'a> Entry<'e, 't, 'a> {
    /// The event number `at` of the block, which was placed. `findings` is what rules of single
    /// events said of it, `name` the caller's number for its event_name, `presence` says how its
    /// keys stand.
    pub fn new(
        event: &'e Event<'t, 'a>,
        findings: &'e [Finding],
        name: u32,
        presence: Presence,
        at: u64,
    ) -> Self {
        Entry {
            event,
            findings,
            name,
            presence,
            at,
            left: None,
            scope: NOWHERE,
            sender: NOWHERE,
            told: Told::default(),
            who: Who::default(),
            browser: 0,
        }
    }
}

/// What an event leaves of itself beside how its keys stand.
#[derive(Clone, Copy, Debug)]
pub struct Left {
    visit: u64,
    click: u64,
    /// What else events that stand alike are told apart by.
    pub aside: u64,
}

impl Entries {
    /// Enters how an event stands, as a number of the block.
    pub fn stand(&mut self, left: Left, how: u32) {
        self.standings.see_event(left.visit, how);
        if left.click != 0 {
            self.standings.see_event(left.click, how);
        }
    }
}

/// The key of an order, begun with dataset and event_name.
fn order_key(begin: Hash, event: &Event<'_, '_>, order: &str) -> [u64; 2] {
    let part = |name| event.custom(name).and_then(text_of).unwrap_or_default();
    let begin = begin.part(b"order").part(order.as_bytes());
    begin
        .part(part(Name::ItemNumber).as_bytes())
        .part(part(Name::Status).as_bytes())
        .part(part(Name::DeliveryCategory).as_bytes())
        .wide()
}

fn begin_of(key: &Key, event: &Event<'_, '_>) -> Option<Hash> {
    let scope = scope_of(key, event);
    let name = event.name().filter(|name| *name != "AppendAttribution")?;
    Some(key.begin().number(scope).part(name.as_bytes()))
}

/// The key of the sightings of an id. What goes to the test view is no copy of what does not.
fn key_of_id(begin: Hash, event: &Event<'_, '_>, id: &str) -> [u64; 2] {
    let kind: &[u8] = match event.envelope.is_test {
        true => b"id of a test",
        false => b"id",
    };
    begin.part(kind).part(id.as_bytes()).wide()
}

/// The same of an event.
pub(super) fn id_key(key: &Key, event: &Event<'_, '_>) -> Option<[u64; 2]> {
    let id = event.get(Name::EventId).and_then(text_of)?;
    let id = Some(trimmed(&id)).filter(|id| !id.is_empty())?;
    Some(key_of_id(begin_of(key, event)?, event, id))
}

/// Dataset and event_name as the rows of an event have them.
pub(super) fn name_of(key: &Key, event: &Event<'_, '_>) -> Option<u32> {
    begin_of(key, event).map(|begin| short(begin.end()))
}

/// The order of an event as its row has it, and the event_id, hashed and in letters.
pub(super) fn order_of<'a>(
    key: &Key,
    event: &Event<'_, 'a>,
) -> Option<([u64; 2], u64, Cow<'a, str>)> {
    event.name().filter(|name| is_made_once(name))?;
    let order = deduplication::order_id(event)?;
    let id = event.get(Name::EventId).and_then(text_of)?;
    let hash = match id.trim() {
        "" => return None,
        id => key.hash(id.as_bytes()),
    };
    Some((order_key(begin_of(key, event)?, event, &order), hash, id))
}

/// Who sent the click of an event, as its row has it.
pub(super) fn sender_of_click(key: &Key, event: &Event<'_, '_>) -> u32 {
    let who = Who::of(key, event, address_of(key, event), &Told::default());
    clicks::person_of(&who)
}

impl Entries {
    /// Enters the digests of the event, without those that it shows to be wrong or worthless.
    fn enter_digests(&mut self, event: &Event<'_, '_>, sender: u64, is_told: bool, at: u64) {
        let mut last = None;
        for (name, digest) in digests::of(event) {
            let counts = !is_told && last.replace(name) != Some(name);
            self.digests
                .see_digest(digest, Pipeline::new(sender, name), at, counts);
        }
    }
}

impl Entries {
    /// Enters what the browser of the event carries.
    fn enter_carrier(&mut self, key: &Key, entry: &Entry<'_, '_, '_>) {
        let Entry {
            event,
            presence,
            at,
            scope,
            browser,
            ..
        } = *entry;
        let person = if browser != 0 {
            browser
        } else if let Some(id) = event
            .identifiers()
            .iter()
            .find(|one| one.name == Name::ExternalId && !one.text.is_empty())
        {
            let id = id.hex().unwrap_or(id.text);
            key.begin().number(scope).part(id.as_bytes()).end()
        } else {
            return;
        };
        let time = event.time().and_then(|time| u32::try_from(time).ok());
        let mut row = Carrier::new(person, time.unwrap_or(0), at);
        row.email = entry.who.email;
        (row.keys, row.bad) = (presence.usable(), presence.bad());
        self.carriers.push(row);
    }

    /// Enters a checkout or a purchase of a browser that is known.
    fn enter_step(
        &mut self,
        event: &Event<'_, '_>,
        event_name: &str,
        (scope, browser): (u64, u64),
        at: u64,
    ) {
        let is_purchase = match event_name {
            "Purchase" => true,
            "InitiateCheckout" => false,
            _ => return,
        };
        if !event.is_website() {
            return;
        }
        if let Some(time) = event.time().and_then(|time| u32::try_from(time).ok()) {
            let step = Step::new(short(scope), browser, time, at, is_purchase);
            self.steps.push(step);
        }
    }
}

/// Events that happen once an order. A cart is filled in many steps, and a checkout begun again.
fn is_made_once(event_name: &str) -> bool {
    matches!(event_name, "Purchase" | "Donate")
}

/// Where an event belongs: two shops that count their orders from 1 are not one.
enum Place<'a> {
    /// The log tells the dataset.
    Dataset(&'a str),
    /// The site, where it does not.
    Site(&'a str),
    Unknown,
}

fn place_of<'a>(event: &Event<'_, 'a>) -> Place<'a> {
    if let Some(dataset) = event.envelope.dataset {
        return Place::Dataset(dataset);
    }
    let url = event.get(Name::EventSourceUrl).and_then(Item::text);
    url.and_then(site_of).map_or(Place::Unknown, Place::Site)
}

/// The scope of events of which neither is known.
const NOWHERE: u64 = 1;

/// The hash of dataset or site.
fn scope_of(key: &Key, event: &Event<'_, '_>) -> u64 {
    let (kind, text) = match place_of(event) {
        Place::Dataset(text) => ("dataset", text),
        Place::Site(text) => ("site", text),
        Place::Unknown => return NOWHERE,
    };
    key.begin()
        .part(kind.as_bytes())
        .part(text.as_bytes())
        .end()
}

fn sender_of(key: &Key, scope: u64, sender: &str) -> u64 {
    key.begin().number(scope).part(sender.as_bytes()).end()
}

/// The sender in a dataset or site as the rows of an event have it.
pub(super) fn short_sender(key: &Key, event: &Event<'_, '_>) -> u32 {
    let scope = scope_of(key, event);
    let sender = event.envelope.sender;
    short(sender.map_or(scope, |sender| sender_of(key, scope, sender)))
}

/// The dataset or site as the rows of an event have it.
pub(super) fn short_scope(key: &Key, event: &Event<'_, '_>) -> u32 {
    short(scope_of(key, event))
}

/// The host without the names of single machines: its last two labels, or three where the last but
/// one is as short as in `.co.uk`.
fn site_of(url: &str) -> Option<&str> {
    let rest = match url.strip_prefix("https://") {
        Some(rest) => rest,
        None => url.split_once("://")?.1,
    };
    let ends = |byte: u8| matches!(byte, b'/' | b'?' | b'#' | b':');
    let end = rest.bytes().position(ends).unwrap_or(rest.len());
    let host = &rest[..end];
    let mut dots = memchr::memrchr_iter(b'.', host.as_bytes());
    let (last, second) = (dots.next(), dots.next());
    let start = match (last, second) {
        (Some(last), Some(second)) if last - second <= 4 => dots.next(),
        (Some(_), second) => second,
        (None, _) => None,
    };
    Some(start.map_or(host, |dot| &host[dot + 1..]))
}

pub(super) fn text_of<'a>(item: Item<'_, 'a>) -> Option<std::borrow::Cow<'a, str>> {
    match item.val() {
        Val::Text(text) => Some(text.into()),
        Val::Int(number) => Some(number.to_string().into()),
        _ => None,
    }
}

fn short_or_nothing(hash: u64) -> u32 {
    match hash {
        0 => 0,
        hash => short(hash),
    }
}

/// The address, of IPv6 the network: the rest changes from day to day.
fn address_of(key: &Key, event: &Event<'_, '_>) -> u32 {
    match event.address() {
        Some(IpAddr::V4(address)) => short(key.hash(&address.octets())) & !1 | 2,
        Some(IpAddr::V6(address)) => short(key.hash(&address.octets()[..8])) | 1,
        None => 0,
    }
}

/// The value as a number, also of a text that is one.
pub(super) fn value_of(event: &Event<'_, '_>) -> Option<f64> {
    let value = event.custom(Name::Value)?;
    match value.val() {
        Val::Text(text) => text.trim().parse().ok(),
        _ => value.number(),
    }
}

/// Value and currency with what they were paid for, or the page that was looked at.
fn content_of(key: &Key, event: &Event<'_, '_>) -> u32 {
    let (mut hash, mut any) = (key.begin(), false);
    if let Some(value) = value_of(event) {
        hash.add(&value.to_bits().to_le_bytes());
        any = true;
    }
    if let Some(currency) = event.custom(Name::Currency).and_then(Item::text) {
        hash.add(currency.as_bytes());
    }
    for list in [Name::ContentIds, Name::Contents] {
        for item in event.custom(list).into_iter().flat_map(Item::each) {
            let id = if item.is_object() {
                item.get(Name::Id)
            } else {
                Some(item)
            };
            if let Some(id) = id.and_then(text_of) {
                hash.add(id.as_bytes());
                any = true;
            }
        }
    }
    // Of a view the page is all that it is about.
    let is_view = !any && matches!(event.name(), Some("PageView" | "ViewContent"));
    let url = event.get(Name::EventSourceUrl).filter(|_| is_view);
    if let Some(page) = url
        .and_then(Item::text)
        .and_then(|url| url.split(['?', '#']).next())
    {
        hash.add(page.as_bytes());
        any = true;
    }
    if any { short(hash.end()) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites() {
        for (url, site) in [
            ("https://shop.example.com/a?b#c", "example.com"),
            ("https://example.com", "example.com"),
            ("https://www.shop.co.uk:443/", "shop.co.uk"),
            ("https://shop.co.uk/x", "shop.co.uk"),
            ("http://localhost:3000/", "localhost"),
        ] {
            assert_eq!(site_of(url), Some(site), "{url}");
        }
        assert_eq!(site_of("shop.example.com/a"), None);
    }

    #[test]
    fn lines_are_counted_from_the_block() {
        let block = "aü\nbü{\nccc\n";
        let mut entries = Entries::default().begin(0);
        for at in [0, 3, 7, 7, 11] {
            entries.place(block, at);
        }
        let spots: Vec<_> = entries.spots.iter().map(|s| (s.line, s.column)).collect();
        assert_eq!(spots, [(0, 0), (0, 2), (1, 2), (1, 2), (2, 2)]);
    }
}
