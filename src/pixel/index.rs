//! The events of a capture, to be found from the side of the server.

use std::borrow::Cow;

use hashbrown::{HashMap, HashSet};
use serde::{Deserialize, Serialize};

use super::{Capture, Hit};
use crate::digest::{self, Shape};
use crate::event::Event;
use crate::json::{Item, Val};
use crate::ledger::Key;
use crate::values::click_id::Stamped;
use crate::values::deduplication;
use crate::values::name::Name;
use crate::values::printable;

/// How long Meta remembers an id, in seconds.
pub const WINDOW: i64 = 48 * 3600;
/// One browser's event and the server's copy of it come within this time, in seconds.
const CLOSE: i64 = 600;
/// Ids that are alike belong together only within this time, in seconds.
const ALIKE: i64 = 3600;
/// One event is held against no more hits than these.
const MOST: usize = 16;

/// The keys whose digests are compared, in the order of their bits in [`Tie::identity`].
pub const KEYS: [Name; 11] = [
    Name::Em,
    Name::Ph,
    Name::Fn,
    Name::Ln,
    Name::Ge,
    Name::Db,
    Name::Ct,
    Name::St,
    Name::Zp,
    Name::Country,
    Name::ExternalId,
];

/// Why a hit and an event of the server belong together. The first that holds counts, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Bond {
    /// Dataset, event_name and event_id are equal: Meta drops the later one.
    Id,
    /// Event_name and order number are equal.
    Order,
    /// One browser, one event_name, one value (or one page), within ten minutes.
    Browser,
    /// One event_name, and ids that have the same number in them, within an hour.
    Likeness,
    /// As [`Bond::Id`], but more than 48 hours apart.
    Late,
    /// As [`Bond::Id`], but on another dataset.
    OtherDataset,
    /// The same event_id under another event_name.
    OtherName,
}

/// How the server's event_id is made of the browser's. The numbers are the length of what differs and
/// a keyed hash of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Relation {
    Same,
    /// The server's has something in front.
    ServerPrefix(u32, u32),
    /// The server's has something behind it.
    ServerSuffix(u32, u32),
    /// The browser's has something in front.
    PixelPrefix(u32, u32),
    /// The browser's has something behind it.
    PixelSuffix(u32, u32),
    /// The browser's is the server's in lower case.
    Lower,
    /// The browser's is the server's in upper case.
    Upper,
    /// They differ in case, in no regular way.
    Case,
    /// They have nothing in common.
    Other,
    /// The server sends none.
    ServerHasNone,
    /// The browser sends none.
    PixelHasNone,
}

/// What differs between a hit and an event: a union of these.
pub const VALUE_COMPARED: u32 = 1;
pub const VALUE_DIFFERS: u32 = 1 << 1;
/// The server's value is 100 times the browser's.
pub const VALUE_IN_MINOR_UNITS: u32 = 1 << 2;
pub const CURRENCY_DIFFERS: u32 = 1 << 3;
pub const CONTENTS_DIFFER: u32 = 1 << 4;
/// The server's event_id looks minted at random.
pub const RANDOM_ID: u32 = 1 << 5;

/// A hit and an event that may be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tie {
    pub bond: Bond,
    /// Seconds between them; `u32::MAX` when a time is not known.
    pub gap: u32,
    /// The hit.
    pub hit: u32,
    /// The number of the event: in the block, later in the run.
    pub at: u64,
    pub relation: Relation,
    pub flags: u32,
    /// Two bits for each of [`KEYS`]: 0 not compared, 1 equal, 2 different, 3 hashed on one side
    /// and not on the other.
    pub identity: u32,
}

/// A capture that can be asked which hits may be the browser's copy of an event.
#[derive(Debug, Default)]
pub struct Index {
    hits: Vec<Hit>,
    by_id: HashMap<String, Vec<u32>>,
    by_order: HashMap<String, Vec<u32>>,
    by_browser: HashMap<String, Vec<u32>>,
    by_core: HashMap<String, Vec<u32>>,
    /// From the first to the last hit, in Unix seconds.
    span: Option<(i64, i64)>,
    /// Captures read.
    pub files: u64,
    pub other_requests: u64,
    /// Lines in which no request was found.
    pub other_lines: u64,
    pub automatic: u64,
}

impl Index {
    /// Takes in what one capture holds.
    pub fn add(&mut self, capture: Capture) {
        self.files += 1;
        self.other_requests += capture.other_requests;
        self.other_lines += capture.other_lines;
        self.automatic += capture.automatic;
        for hit in capture.hits {
            let number = self.hits.len() as u32;
            if let Some(id) = &hit.event_id {
                push(&mut self.by_id, id, number);
                if let Some(core) = core(id) {
                    push(&mut self.by_core, &core, number);
                }
            }
            if let Some(order) = &hit.order_id {
                push(&mut self.by_order, order, number);
            }
            if let Some(browser) = hit.fbp.as_deref().and_then(browser) {
                push(&mut self.by_browser, &browser, number);
            }
            if let Some(time) = hit.seconds() {
                let (first, last) = self.span.unwrap_or((time, time));
                self.span = Some((first.min(time), last.max(time)));
            }
            self.hits.push(hit);
        }
    }

    /// All hits, by number.
    pub fn hits(&self) -> &[Hit] {
        &self.hits
    }

    /// The first hit of each name that may not be printed, with what `hash` makes of the name.
    pub fn hidden(&self, hash: impl Fn(&str) -> u64) -> Vec<(u32, u64)> {
        let mut seen = HashSet::new();
        let hits = self.hits.iter().enumerate();
        let names = hits.filter(|(_, hit)| {
            !printable::is_printable(&hit.name) && seen.insert(hit.name.as_str())
        });
        names
            .map(|(at, hit)| (at as u32, hash(&hit.name)))
            .collect()
    }

    /// What tells this capture from others, under a key.
    pub fn fingerprint(&self, key: &Key) -> u64 {
        let mut hash = key.begin();
        for hit in &self.hits {
            let texts = [
                &hit.event_id,
                &hit.misplaced_id,
                &hit.page,
                &hit.fbp,
                &hit.order_id,
                &hit.value,
                &hit.currency,
            ];
            hash.add(hit.dataset.as_bytes());
            hash.add(hit.name.as_bytes());
            for text in texts {
                hash.add(text.as_deref().unwrap_or_default().as_bytes());
            }
            hash.add(&hit.time.unwrap_or_default().to_le_bytes());
            for id in &hit.content_ids {
                hash.add(id.as_bytes());
            }
            for (name, value) in &hit.identity {
                hash.add(name.text().as_bytes());
                hash.add(value.as_bytes());
            }
        }
        hash.number(self.hits.len() as u64).end()
    }

    /// Whether the browser sent an event of this name with this id.
    pub fn has_id(&self, name: &str, id: &str) -> bool {
        let list = self.by_id.get(id);
        list.is_some_and(|list| list.iter().any(|&hit| self.hits[hit as usize].name == name))
    }

    /// Whether the capture was running when an event happened; `None` when its times are not known.
    pub fn covers(&self, time: i64) -> Option<bool> {
        let (first, last) = self.span?;
        Some((first - CLOSE..=last + CLOSE).contains(&time))
    }

    /// The hits that an event may be the copy of. `short` makes a keyed hash. Only websites have a
    /// pixel.
    pub fn ties(&self, event: &Event<'_, '_>, short: impl Fn(&str) -> u32, out: &mut Vec<Tie>) {
        out.clear();
        let Some(seen) = Seen::of(event) else { return };
        let hit = |number: u32| &self.hits[number as usize];
        let mut take = |bond: Bond, number: u32| {
            if out.len() < 4 * MOST && out.iter().all(|tie: &Tie| tie.hit != number) {
                out.push(seen.tie(bond, number, hit(number), event, &short));
            }
        };
        let dataset = |number: u32| seen.dataset.is_none_or(|own| own == hit(number).dataset);
        let name = |number: u32| seen.name == hit(number).name;
        if let Some(list) = seen.id.as_deref().and_then(|id| self.by_id.get(id)) {
            for &number in list.iter().take(MOST) {
                let late = seen.gap(hit(number)).is_some_and(|gap| gap > WINDOW);
                take(
                    match (name(number), dataset(number)) {
                        (true, true) if late => Bond::Late,
                        (true, true) => Bond::Id,
                        (true, false) => Bond::OtherDataset,
                        (false, true) if !late => Bond::OtherName,
                        (false, _) => continue,
                    },
                    number,
                );
            }
        }
        if let Some(list) = seen
            .order
            .as_deref()
            .and_then(|order| self.by_order.get(order))
        {
            let list = list.iter().filter(|&&number| {
                let near = seen.gap(hit(number)).is_none_or(|gap| gap <= WINDOW);
                name(number) && dataset(number) && near
            });
            list.take(MOST)
                .for_each(|&number| take(Bond::Order, number));
        }
        if let Some(list) = seen
            .browser
            .as_deref()
            .and_then(|id| self.by_browser.get(id))
        {
            let list = list.iter().filter(|&&number| {
                let near = seen.gap(hit(number)).is_some_and(|gap| gap <= CLOSE);
                name(number) && dataset(number) && near && seen.is_about(hit(number))
            });
            list.take(MOST)
                .for_each(|&number| take(Bond::Browser, number));
        }
        let core = seen.id.as_deref().and_then(core);
        if let Some(list) = core.and_then(|core| self.by_core.get(&core)) {
            let mut list = list.iter().filter(|&&number| name(number));
            if let (Some(&number), None) = (list.next(), list.next()) {
                let near = seen.gap(hit(number)).is_some_and(|gap| gap <= ALIKE);
                let other = seen.browser.is_some()
                    && hit(number)
                        .fbp
                        .as_deref()
                        .and_then(browser)
                        .is_some_and(|browser| Some(browser) != seen.browser);
                if near && !other && dataset(number) {
                    take(Bond::Likeness, number);
                }
            }
        }
    }

    /// The id that the browser sent with its copy of an event: `Order` when the order number shows
    /// it, else `Browser`. Only when all hits that may be the copy agree.
    pub fn id_of(&self, event: &Event<'_, '_>) -> Option<(&str, Bond, u32)> {
        let mut ties = Vec::new();
        self.ties(event, |_| 0, &mut ties);
        let best = ties.iter().map(|tie| tie.bond).min()?;
        if !matches!(best, Bond::Order | Bond::Browser) {
            return None;
        }
        let mut best_ties = ties.iter().filter(|tie| tie.bond == best);
        let first = best_ties.next()?.hit;
        let id = self.hits[first as usize].event_id.as_deref()?;
        let agree = |tie: &Tie| self.hits[tie.hit as usize].event_id.as_deref() == Some(id);
        best_ties.all(agree).then_some((id, best, first))
    }
}

impl Index {
    /// Whether the browser's copies of an event, by its id or its order number, all have a hundredth
    /// of its value.
    pub fn has_hundredth(&self, event: &Event<'_, '_>) -> bool {
        let mut ties = Vec::new();
        self.ties(event, |_| 0, &mut ties);
        ties.retain(|tie| matches!(tie.bond, Bond::Id | Bond::Order));
        let has =
            |tie: &Tie| tie.flags & VALUE_IN_MINOR_UNITS != 0 && tie.flags & CURRENCY_DIFFERS == 0;
        !ties.is_empty() && ties.iter().all(has)
    }
}

fn push(map: &mut HashMap<String, Vec<u32>>, key: &str, number: u32) {
    map.entry_ref(key).or_default().push(number);
}

/// The part of a browser id that stays when its domain index changes.
fn browser(fbp: &str) -> Option<String> {
    let fbp = Stamped::parse(fbp)?;
    Some(format!("{}.{}", fbp.time(), fbp.tail()))
}

/// The number in an id, without the words around it: the longest run of letters and digits that has
/// a digit in it, in lower case.
fn core(id: &str) -> Option<String> {
    const LEAST: usize = 4;
    let id = id.strip_suffix(".0").unwrap_or(id);
    let runs = id.split(|c: char| !c.is_ascii_alphanumeric());
    let best = runs
        .filter(|run| run.bytes().any(|byte| byte.is_ascii_digit()))
        .max_by_key(|run| run.len())?;
    (best.len() >= LEAST).then(|| best.to_ascii_lowercase())
}

/// A page without what changes from one copy to the next.
fn page(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    rest[..end].trim_end_matches('/')
}

/// A value as it was written.
fn number(text: &str) -> Option<f64> {
    text.trim()
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite())
}

/// Equal up to what is left of a sum of floats.
fn same_number(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.005
}

/// An event of the server.
struct Seen<'a> {
    name: &'a str,
    id: Option<Cow<'a, str>>,
    dataset: Option<&'a str>,
    order: Option<Cow<'a, str>>,
    browser: Option<String>,
    time: Option<i64>,
    value: Option<f64>,
    currency: Option<&'a str>,
    page: Option<&'a str>,
}

impl<'a> Seen<'a> {
    fn of(event: &Event<'_, 'a>) -> Option<Seen<'a>> {
        if !is_of_a_page(event) {
            return None;
        }
        let value = event.custom(Name::Value);
        Some(Seen {
            name: event.name()?,
            id: event_id(event),
            dataset: event.envelope.dataset,
            order: deduplication::order_id(event),
            browser: event.user_text(Name::Fbp).and_then(browser),
            time: event.time(),
            value: value.and_then(|value| match value.val() {
                Val::Text(text) => number(text),
                _ => value.number(),
            }),
            currency: event.custom(Name::Currency).and_then(Item::text),
            page: event
                .get(Name::EventSourceUrl)
                .and_then(Item::text)
                .map(page),
        })
    }

    /// Seconds between the event and a hit.
    fn gap(&self, hit: &Hit) -> Option<i64> {
        Some((self.time? - hit.seconds()?).abs())
    }

    /// Whether a hit has the event's value, or, of events without one, its page.
    fn is_about(&self, hit: &Hit) -> bool {
        match (self.value, hit.value.as_deref().and_then(number)) {
            (Some(own), Some(other)) => same_number(own, other),
            (None, None) => {
                let other = hit.page.as_deref().map(page);
                self.page.is_some() && self.page == other
            }
            _ => false,
        }
    }

    fn tie(
        &self,
        bond: Bond,
        number: u32,
        hit: &Hit,
        event: &Event<'_, '_>,
        short: &impl Fn(&str) -> u32,
    ) -> Tie {
        let gap = self.gap(hit).and_then(|gap| u32::try_from(gap).ok());
        Tie {
            bond,
            gap: gap.unwrap_or(u32::MAX),
            hit: number,
            at: 0,
            relation: match (self.id.as_deref(), hit.event_id.as_deref()) {
                (None, _) => Relation::ServerHasNone,
                (_, None) => Relation::PixelHasNone,
                (Some(server), Some(pixel)) => relation(server, pixel, short),
            },
            flags: self.flags(hit, event),
            identity: identity(hit, event),
        }
    }

    fn flags(&self, hit: &Hit, event: &Event<'_, '_>) -> u32 {
        let mut flags = 0;
        if let (Some(own), Some(other)) = (self.value, hit.value.as_deref().and_then(number)) {
            flags |= VALUE_COMPARED;
            if !same_number(own, other) {
                flags |= VALUE_DIFFERS;
                if same_number(own, other * 100.0) {
                    flags |= VALUE_IN_MINOR_UNITS;
                }
            }
        }
        if let (Some(own), Some(other)) = (self.currency, &hit.currency)
            && !own.trim().eq_ignore_ascii_case(other.trim())
        {
            flags |= CURRENCY_DIFFERS;
        }
        if !hit.content_ids.is_empty() {
            let mut own: Vec<Cow<'_, str>> = content_ids(event);
            own.sort();
            own.dedup();
            if !own.is_empty() && !own.iter().eq(hit.content_ids.iter()) {
                flags |= CONTENTS_DIFFER;
            }
        }
        if self.id.as_deref().is_some_and(deduplication::looks_random) {
            flags |= RANDOM_ID;
        }
        flags
    }
}

/// Whether an event happened on a page, where a pixel may have sent a copy.
pub fn is_of_a_page(event: &Event<'_, '_>) -> bool {
    event.is_website() || event.get(Name::ActionSource).is_none()
}

/// The event_id as Meta reads it.
pub fn event_id<'a>(event: &Event<'_, 'a>) -> Option<Cow<'a, str>> {
    let id: Cow<'a, str> = match event.get(Name::EventId)?.val() {
        Val::Text(text) => text.into(),
        Val::Int(number) => number.to_string().into(),
        _ => return None,
    };
    (!id.trim().is_empty()).then_some(id)
}

/// The product ids of an event, as [`super::Hit::content_ids`] has them.
fn content_ids<'a>(event: &Event<'_, 'a>) -> Vec<Cow<'a, str>> {
    let text = |item: Item<'_, 'a>| match item.val() {
        Val::Text(text) => Some(Cow::Borrowed(text)),
        Val::Int(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    };
    let ids = event.custom(Name::ContentIds).into_iter();
    let ids: Vec<_> = ids.flat_map(Item::each).filter_map(text).collect();
    if !ids.is_empty() {
        return ids;
    }
    let items = event.custom(Name::Contents).into_iter();
    let items = items.flat_map(Item::each).filter(|item| item.is_object());
    items.filter_map(|item| text(item.get(Name::Id)?)).collect()
}

/// How the server's id is made of the browser's.
fn relation(server: &str, pixel: &str, short: &impl Fn(&str) -> u32) -> Relation {
    /// A shorter id may stand at the end of another by chance.
    const LEAST: usize = 3;
    if server == pixel {
        return Relation::Same;
    }
    let affix = |text: &str| (text.len() as u32, short(text));
    if pixel.len() >= LEAST {
        if let Some(rest) = server.strip_suffix(pixel) {
            let (length, hash) = affix(rest);
            return Relation::ServerPrefix(length, hash);
        }
        if let Some(rest) = server.strip_prefix(pixel) {
            let (length, hash) = affix(rest);
            return Relation::ServerSuffix(length, hash);
        }
    }
    if server.len() >= LEAST {
        if let Some(rest) = pixel.strip_suffix(server) {
            let (length, hash) = affix(rest);
            return Relation::PixelPrefix(length, hash);
        }
        if let Some(rest) = pixel.strip_prefix(server) {
            let (length, hash) = affix(rest);
            return Relation::PixelSuffix(length, hash);
        }
    }
    if !server.eq_ignore_ascii_case(pixel) {
        return Relation::Other;
    }
    if pixel == server.to_ascii_lowercase() {
        Relation::Lower
    } else if pixel == server.to_ascii_uppercase() {
        Relation::Upper
    } else {
        Relation::Case
    }
}

/// Which of the browser's identifiers the server has too; see [`Tie::identity`].
fn identity(hit: &Hit, event: &Event<'_, '_>) -> u32 {
    let mut bits = 0;
    for (name, theirs) in &hit.identity {
        let Some(at) = KEYS.iter().position(|key| key == name) else {
            continue;
        };
        // What stands for nobody is told of the event itself.
        let own = event.identifiers().iter().filter(|one| {
            one.name == *name
                && one.worthless.is_none()
                && matches!(one.shape, Shape::Sha256 | Shape::UpperHex | Shape::Plain)
        });
        let mut verdict = 0;
        for one in own {
            let text = digest::strip_appendix(one.text.trim());
            if text.eq_ignore_ascii_case(theirs) {
                verdict = 1;
                break;
            }
            let hashed_here = digest::sha256_hex(theirs).eq_ignore_ascii_case(text);
            let hashed_there = digest::sha256_hex(text).eq_ignore_ascii_case(theirs);
            verdict = if hashed_here || hashed_there {
                3
            } else {
                verdict.max(2)
            };
        }
        bits |= verdict << (2 * at);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(text: &str) -> u32 {
        text.len() as u32 * 7
    }

    #[test]
    fn relations_of_two_ids() {
        for (server, pixel, want) in [
            ("58213", "58213", Relation::Same),
            ("order_58213", "58213", Relation::ServerPrefix(6, 42)),
            ("58213.0", "58213", Relation::ServerSuffix(2, 14)),
            ("58213", "order_58213", Relation::PixelPrefix(6, 42)),
            ("58213", "58213-p", Relation::PixelSuffix(2, 14)),
            ("ORD-1A", "ord-1a", Relation::Lower),
            ("ord-1a", "ORD-1A", Relation::Upper),
            ("Ord-1a", "oRD-1A", Relation::Case),
            ("7f9c24e8", "58213", Relation::Other),
            ("158", "58", Relation::Other),
        ] {
            assert_eq!(relation(server, pixel, &length), want, "{server} {pixel}");
        }
    }

    #[test]
    fn cores_and_pages() {
        assert_eq!(core("order_58213").as_deref(), Some("58213"));
        assert_eq!(core("58213.0").as_deref(), Some("58213"));
        assert_eq!(core("ORD-58213-purchase").as_deref(), Some("58213"));
        assert_eq!(core("purchase"), None);
        assert_eq!(core("p-12"), None);
        assert_eq!(page("https://www.shop.example/a/?x=1#y"), "shop.example/a");
        assert_eq!(page("https://shop.example/a"), "shop.example/a");
    }
}
