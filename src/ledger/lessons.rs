//! What the log teaches: what a first pass over it has found out that fixes of a second pass need.
//!
//! The rules of the whole log note what they are sure of as keyed hashes. Where a fix writes a value
//! that stands elsewhere in the log, the ledger does not hold it: the input is read once more, and of
//! it only those values are kept, in memory, until the run ends.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use hashbrown::{HashMap, HashSet};

use super::clicks;
use super::digests::{self, Doubled};
use super::entries;
use super::hashed_raws;
use super::key::Key;
use super::people::{self, mix};
use super::series;
use crate::digest::forms::{DateOrder, Right, WrongForm};
use crate::digest::known::{self, Class};
use crate::digest::{Digest, digest_of, mistakes};
use crate::event::{Click, Event, Identifier};
use crate::fix::Safety;
use crate::values::click_id::SHORTEST;
use crate::values::event_time;
use crate::values::name::Name;

/// A hash of 128 bits.
type Wide = [u64; 2];

/// Of one browser so many clicks are told apart.
const MOST_CLICKS: usize = 16;

/// For so many milliseconds every browser keeps the cookie that holds the click.
const KEPT: i64 = 7 * 86_400_000;

/// What a first pass has found out.
#[derive(Debug)]
pub struct Lessons {
    key: Key,
    least: Safety,
    /// Digests of digests.
    doubled: HashSet<Wide>,
    /// Digests of wrong forms whose value stands in plain elsewhere in the log.
    misformed: HashSet<Wide>,
    /// Digests that stand in place of values which Meta wants as they are.
    hashed_raws: HashSet<Digest>,
    /// The first creation time of a click, by its id and whoever sent it.
    clicked: HashMap<(Wide, u32), i64>,
    /// When a click was made at the latest, by its id and whoever sent it, for events that show it
    /// without a time.
    dated: HashMap<(Wide, u32), i64>,
    /// Click ids that were altered, with the id as it was given out.
    altered: HashMap<Wide, Wide>,
    /// The ids in that map that are right.
    right: HashSet<Wide>,
    /// Browsers whose late events lost the click that earlier ones had.
    lost: HashSet<u64>,
    /// Ids that most events of a name have, with dataset and name.
    constant_ids: HashSet<Wide>,
    /// Orders that were sent several times: the id to keep, and the others.
    orders: HashMap<Wide, (u64, Vec<u64>)>,
    /// Names of events, with the usual spelling.
    names: BTreeMap<String, String>,
    /// By dataset and event_name, how the times are off.
    shifts: HashMap<u32, Shift>,
    /// Values that stand for everybody, with their dataset or site.
    of_everybody: HashSet<(Name, u64)>,
    /// Datasets and sites whose external_ids are to be hashed.
    hashed_ids: HashSet<u32>,
    /// By dataset and event_name, the minutes at which old events were sent again.
    replays: HashMap<u32, Vec<(u32, u32)>>,
    /// By sender, in which order it writes the days and months of birth dates.
    date_orders: HashMap<u32, DateOrder>,
    values: Values,
    fetched: Mutex<Values>,
}

/// Values of the log itself.
#[derive(Debug, Default)]
struct Values {
    /// The digest within a digest, in hex.
    inner: HashMap<Wide, String>,
    /// What is wrong with a digest, and the right one.
    forms: HashMap<Wide, WrongForm>,
    /// By its digest, what Meta wants as it is.
    raws: HashMap<Digest, String>,
    clicks: HashMap<Wide, String>,
    /// By browser and creation time, the fbc.
    of_browser: HashMap<u64, BTreeMap<i64, String>>,
    ids: HashMap<u64, String>,
}

/// How event_time is off, in half hours that have to be added.
#[derive(Clone, Copy, Debug)]
pub struct Shift {
    pub steps: i8,
    /// The same with or without summer time.
    pub other: Option<i8>,
    /// Whether the times in ids show it, rather than those of sending.
    pub by_ids: bool,
}

impl Lessons {
    /// Nothing yet. Only what fixes of this safety and above need is noted.
    pub fn new(key: Key, least: Safety) -> Lessons {
        Lessons {
            key,
            least,
            doubled: HashSet::new(),
            misformed: HashSet::new(),
            hashed_raws: HashSet::new(),
            clicked: HashMap::new(),
            dated: HashMap::new(),
            altered: HashMap::new(),
            right: HashSet::new(),
            lost: HashSet::new(),
            constant_ids: HashSet::new(),
            orders: HashMap::new(),
            names: BTreeMap::new(),
            shifts: HashMap::new(),
            of_everybody: HashSet::new(),
            hashed_ids: HashSet::new(),
            replays: HashMap::new(),
            date_orders: HashMap::new(),
            values: Values::default(),
            fetched: Mutex::default(),
        }
    }

    /// Whether fixes of this safety are wanted.
    pub fn wants(&self, safety: Safety) -> bool {
        safety >= self.least
    }

    /// Notes a digest of a digest.
    pub fn doubled(&mut self, doubled: &Doubled) {
        self.doubled.insert(doubled.key);
    }

    /// Notes the digest of a wrong form whose value stands in plain elsewhere in the log.
    pub fn misformed(&mut self, digest: [u64; 2]) {
        self.misformed.insert(digest);
    }

    /// Notes a digest that stands in place of a value which Meta wants as it is.
    pub fn hashed_raw(&mut self, digest: Digest) {
        self.hashed_raws.insert(digest);
    }

    /// Notes when a click was first seen, in Unix milliseconds.
    pub fn clicked(&mut self, click: &super::Click, first: u64) {
        if let Ok(first) = i64::try_from(first) {
            self.clicked.insert((click.id, click.person), first);
        }
    }

    /// Notes when a click was made at the latest that somebody sent without a time, in Unix
    /// milliseconds.
    pub fn dated(&mut self, click: &super::Click, first: u64) {
        if let Ok(first) = i64::try_from(first) {
            self.dated.insert((click.id, click.person), first);
        }
    }

    /// Notes that a click id was altered.
    pub fn altered(&mut self, from: &super::Click, right: &super::Click) {
        self.altered.insert(from.id, right.id);
        self.right.insert(right.id);
    }

    /// Notes a browser whose late events lost the click.
    pub fn lost(&mut self, browser: u64) {
        self.lost.insert(browser);
    }

    /// Notes an id that most events of a name have, by the key of its sightings.
    pub fn constant_id(&mut self, key: [u64; 2]) {
        self.constant_ids.insert(key);
    }

    /// Notes an order that came under several event_ids, of which the first is kept.
    pub fn order(&mut self, key: Wide, right: u64, others: Vec<u64>) {
        self.orders.insert(key, (right, others));
    }

    /// Notes the usual spelling of a name.
    pub fn name(&mut self, name: &str, right: &str) {
        self.names.insert(name.to_owned(), right.to_owned());
    }

    /// Notes by how much the times of a dataset and event_name are off.
    pub fn shift(&mut self, name: u32, shift: Shift) {
        self.shifts.insert(name, shift);
    }

    /// Notes between which minutes old events were sent again.
    pub fn replay(&mut self, name: u32, first_minute: u32, last_minute: u32) {
        let minutes = self.replays.entry(name).or_default();
        minutes.push((first_minute, last_minute));
    }

    /// Notes a value that stands for everybody in a dataset or site.
    pub fn of_everybody(&mut self, name: Name, value: u64, scope: u32) {
        self.of_everybody.insert((name, mix(value, scope.into())));
    }

    /// Notes a dataset or site whose external_ids come as digests and as they are.
    pub fn mixed_ids(&mut self, scope: u32) {
        self.hashed_ids.insert(scope);
    }

    /// Notes in which order a sender writes day and month.
    pub fn date_order(&mut self, sender: u32, order: DateOrder) {
        self.date_orders.insert(sender, order);
    }

    /// In which order the sender of an event writes day and month, when its other dates show it.
    pub fn order_of_dates(&self, event: &Event<'_, '_>) -> Option<DateOrder> {
        if self.date_orders.is_empty() {
            return None;
        }
        let sender = entries::short_sender(&self.key, event);
        self.date_orders.get(&sender).copied()
    }

    /// Whether values have to be fetched from the log.
    pub fn wants_values(&self) -> bool {
        !(self.doubled.is_empty()
            && self.misformed.is_empty()
            && self.hashed_raws.is_empty()
            && self.altered.is_empty()
            && self.lost.is_empty()
            && self.orders.is_empty())
    }

    /// Keeps of an event what the fixes of others need.
    pub(crate) fn fetch(&self, event: &Event<'_, '_>) {
        let mut found = Values::default();
        if !self.doubled.is_empty() {
            for (_, digest) in digests::of(event) {
                for made in digests::keyed_again(&self.key, &digest) {
                    if self.doubled.contains(&made) {
                        let hex = digests::hex_of(&digest);
                        found.inner.insert(made, hex);
                    }
                }
            }
        }
        if !self.misformed.is_empty() {
            mistakes::plain_values(event, |name, text| {
                for (form, digest) in known::wrong_forms(name, text) {
                    let key = digests::keyed(&self.key, &digest_of(&digest));
                    if self.misformed.contains(&key) && !Class::of(&form).is_alias() {
                        found.note_form(key, form);
                    }
                }
            });
        }
        if !self.hashed_raws.is_empty() {
            let wanted = |digest: &Digest| self.hashed_raws.contains(digest);
            hashed_raws::fetch(event, wanted, &mut found.raws);
        }
        let click = event.click();
        if !self.altered.is_empty() {
            let in_fbc = click.as_ref().map(|click| click.stamped.tail());
            for id in in_fbc.into_iter().chain(event.fbclid()) {
                let hash = clicks::id_of(&self.key, id);
                if id.len() >= SHORTEST && self.right.contains(&hash) {
                    found.clicks.insert(hash, id.to_owned());
                }
            }
        }
        if let Some(Click {
            stamped,
            millis: Some(millis),
            ..
        }) = click
            && !self.lost.is_empty()
        {
            let browser = people::browser_of(&self.key, event);
            if self.lost.contains(&browser) {
                let fbc = stamped.text().to_owned();
                found
                    .of_browser
                    .entry(browser)
                    .or_default()
                    .insert(millis, fbc);
            }
        }
        if !self.orders.is_empty()
            && let Some((order, id, text)) = entries::order_of(&self.key, event)
            && self
                .orders
                .get(&order)
                .is_some_and(|(right, _)| *right == id)
        {
            found.ids.insert(id, text.into_owned());
        }
        found.put_into(&self.fetched);
    }

    /// Ends the fetching.
    pub fn settle(&mut self) {
        let fetched = self.fetched.get_mut();
        let fetched = fetched.unwrap_or_else(PoisonError::into_inner);
        self.values = std::mem::take(fetched);
    }

    /// Whether an external_id or a date of birth stands for everybody.
    pub fn is_of_everybody(&self, event: &Event<'_, '_>, one: &Identifier<'_>) -> bool {
        if self.of_everybody.is_empty() {
            return false;
        }
        let value = match one.name {
            Name::ExternalId => people::external_id_of(&self.key, event, one).0,
            Name::Db => people::birth_date_of(&self.key, one).into(),
            _ => 0,
        };
        let scope = entries::short_scope(&self.key, event).into();
        value != 0 && self.of_everybody.contains(&(one.name, mix(value, scope)))
    }

    /// Whether the user agent stands for everybody.
    pub fn is_agent_of_everybody(&self, event: &Event<'_, '_>) -> bool {
        if self.of_everybody.is_empty() {
            return false;
        }
        let value = people::agent_of(&self.key, event).into();
        let scope = entries::short_scope(&self.key, event).into();
        let key = (Name::ClientUserAgent, mix(value, scope));
        value != 0 && self.of_everybody.contains(&key)
    }

    /// Whether the external_ids of the event's dataset or site are to be hashed.
    pub fn hashes_ids(&self, event: &Event<'_, '_>) -> bool {
        !self.hashed_ids.is_empty()
            && self
                .hashed_ids
                .contains(&entries::short_scope(&self.key, event))
    }

    /// The digest within a digest, in hex.
    pub fn inner(&self, one: &Identifier<'_>) -> Option<&str> {
        if self.values.inner.is_empty() || one.name == Name::ExternalId {
            return None;
        }
        let key = digests::keyed(&self.key, &one.digest);
        self.values.inner.get(&key).map(String::as_str)
    }

    /// Whether the log shows wrong forms by plain values that stand elsewhere in it.
    pub fn knows_forms(&self) -> bool {
        !self.values.forms.is_empty()
    }

    /// What is wrong with a digest, as a plain value elsewhere in the log shows it.
    pub fn form(&self, one: &Identifier<'_>) -> Option<&WrongForm> {
        if !matches!(one.name, Name::Em | Name::Ph) {
            return None;
        }
        let key = digests::keyed(&self.key, &one.digest);
        self.values.forms.get(&key)
    }

    /// The value of a digest that stands in its place, when the log has it elsewhere.
    pub fn raw(&self, digest: Digest) -> Option<&str> {
        self.values.raws.get(&digest).map(String::as_str)
    }

    /// The first creation time of the event's click, when the event's is another. No click is
    /// later than its event.
    pub fn first_click(&self, event: &Event<'_, '_>, click: &Click<'_>) -> Option<i64> {
        if self.clicked.is_empty() {
            return None;
        }
        let id = clicks::id_of(&self.key, click.stamped.tail());
        let person = entries::sender_of_click(&self.key, event);
        let first = *self.clicked.get(&(id, person))?;
        let is_later = event_time::moment(event).is_some_and(|moment| first / 1_000 > moment);
        let is_another = click.millis.is_some_and(|millis| millis != first);
        (is_another && !is_later).then_some(first)
    }

    /// When the click was made whose id the event shows without a time, in Unix milliseconds: as the
    /// log tells, but not behind the event.
    pub fn click_made(&self, event: &Event<'_, '_>, id: &str) -> Option<i64> {
        if self.dated.is_empty() {
            return None;
        }
        let person = entries::sender_of_click(&self.key, event);
        let first = *self.dated.get(&(clicks::id_of(&self.key, id), person))?;
        let moment = event_time::moment(event)?;
        // Whole seconds that are those of the event are its own address's, or what a fix made of that:
        // no earlier sighting.
        let is_own = first == moment * 1_000;
        (first / 1_000 <= moment && !is_own).then_some(first)
    }

    /// The id of a click as it was given out.
    pub fn right_click(&self, id: &str) -> Option<&str> {
        if self.values.clicks.is_empty() {
            return None;
        }
        let right = self.altered.get(&clicks::id_of(&self.key, id))?;
        self.values.clicks.get(right).map(String::as_str)
    }

    /// The fbc that the event's browser had last, before the event and as long as it is kept.
    pub fn lost_click(&self, event: &Event<'_, '_>) -> Option<&str> {
        if self.values.of_browser.is_empty() {
            return None;
        }
        let browser = people::browser_of(&self.key, event);
        let clicks = self.values.of_browser.get(&browser)?;
        let moment = event_time::moment(event)?.checked_mul(1_000)?;
        let (at, fbc) = clicks.range(..=moment).next_back()?;
        (moment - at <= KEPT).then_some(fbc.as_str())
    }

    /// Whether the event's id is one that most events of its name have.
    pub fn has_constant_id(&self, event: &Event<'_, '_>) -> bool {
        !self.constant_ids.is_empty()
            && entries::id_key(&self.key, event).is_some_and(|key| self.constant_ids.contains(&key))
    }

    /// The event_id under which the event's order came first, when the event's is another.
    pub fn order_id(&self, event: &Event<'_, '_>) -> Option<&str> {
        if self.values.ids.is_empty() {
            return None;
        }
        let (order, id, _) = entries::order_of(&self.key, event)?;
        let (right, others) = self.orders.get(&order)?;
        let right = others.contains(&id).then_some(right)?;
        self.values.ids.get(right).map(String::as_str)
    }

    /// The usual spelling of a name.
    pub fn usual_name(&self, name: &str) -> Option<&str> {
        self.names.get(name).map(String::as_str)
    }

    /// event_time without the shift that the log shows, when this event shows it too.
    pub fn unshifted(&self, event: &Event<'_, '_>) -> Option<i64> {
        if self.shifts.is_empty() {
            return None;
        }
        let shift = self.shifts.get(&entries::name_of(&self.key, event)?)?;
        let time = event.time()?;
        let ahead = series::ahead(event, time, shift.by_ids)?;
        let steps = series::steps_of(ahead)?;
        let is_it = steps == shift.steps || Some(steps) == shift.other;
        is_it.then(|| time + i64::from(steps) * series::HALF_HOUR)
    }

    /// The time in the event's id, when it was sent again as one of those that were.
    pub fn first_time(&self, event: &Event<'_, '_>) -> Option<i64> {
        if self.replays.is_empty() {
            return None;
        }
        let runs = self.replays.get(&entries::name_of(&self.key, event)?)?;
        let time = event.time()?;
        let minute = u32::try_from(time / 60).ok()?;
        let is_in_run = runs
            .iter()
            .any(|&(first, last)| (first..=last).contains(&minute));
        if !is_in_run {
            return None;
        }
        let seconds = series::id_time(event, time)?.seconds?;
        (time - seconds > series::OLD).then_some(seconds)
    }
}

impl Values {
    /// Of several values that a digest may be of, the same is taken whoever comes first.
    fn note_form(&mut self, key: Wide, form: WrongForm) {
        let rank = |form: &WrongForm| match &form.right {
            Right::Digest(right) => (Class::of(form), right.clone()),
            _ => (Class::of(form), String::new()),
        };
        match self.forms.get_mut(&key) {
            Some(old) if rank(old) <= rank(&form) => {}
            Some(old) => *old = form,
            None => {
                self.forms.insert(key, form);
            }
        }
    }

    fn put_into(self, all: &Mutex<Values>) {
        let is_empty = self.inner.is_empty()
            && self.forms.is_empty()
            && self.raws.is_empty()
            && self.clicks.is_empty()
            && self.of_browser.is_empty()
            && self.ids.is_empty();
        if is_empty {
            return;
        }
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        all.inner.extend(self.inner);
        for (digest, raw) in self.raws {
            // Of two that differ in case the lesser, whoever comes first.
            let known = all.raws.entry(digest).or_insert_with(|| raw.clone());
            if raw < *known {
                *known = raw;
            }
        }
        for (key, form) in self.forms {
            all.note_form(key, form);
        }
        all.clicks.extend(self.clicks);
        all.ids.extend(self.ids);
        for (browser, clicks) in self.of_browser {
            let known = all.of_browser.entry(browser).or_default();
            for (at, fbc) in clicks {
                // Of two values of one moment the order decides, as it does in any run.
                match known.get_mut(&at) {
                    Some(old) if fbc < *old => *old = fbc,
                    Some(_) => {}
                    None => {
                        known.insert(at, fbc);
                    }
                }
            }
            while known.len() > MOST_CLICKS {
                known.pop_last();
            }
        }
    }
}
