//! E-mail addresses and phone numbers that stand in plain in the log: in the addresses of pages, in
//! custom_data, in place of a digest. Digests of other events are compared with them, as with a list
//! of known values.
//!
//! They are kept in memory only, and a log may be full of them: so of many a share is kept that hangs
//! on nothing but the values themselves, and is the same for every order, block and part.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::digests::Pipeline;
use super::{Evidence, LogFindings};
use crate::digest::forms::Fault;
use crate::digest::known::{Class, Known};
use crate::digest::{Digest, decode, digest_of, mistakes, prefix_of, sha256};
use crate::event::{Assumptions, Event};
use crate::finding::{Certainty, Severity};
use crate::fix::Safety;
use crate::score::ScoreKey;
use crate::values::name::Name;

/// So many values are compared with the digests of the log.
pub(super) const MOST: usize = 1 << 12;

/// The plain values of a block or of the log, each with the first event that has it.
#[derive(Default)]
pub struct Plains {
    emails: HashMap<Box<str>, u64>,
    phones: HashMap<Box<str>, u64>,
    /// Values below this level are left out.
    level: u32,
}

impl std::fmt::Debug for Plains {
    /// The values are nobody's business.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Plains({})", self.len())
    }
}

/// The zeros that the digest of a value begins with: half of all values have one or more, a quarter
/// two, and so on.
fn level_of(text: &str) -> u32 {
    prefix_of(&sha256(text.as_bytes())).leading_zeros()
}

/// The least level, not below `least`, that is reached by no more values than may be kept.
pub(super) fn fitting(levels: &[u32], least: u32) -> u32 {
    let fits = |level: &u32| levels.iter().filter(|own| *own >= level).count() <= MOST;
    (least..=u64::BITS).find(fits).unwrap_or(u64::BITS)
}

/// A value of the log and what is to be known of it.
pub(super) struct Plain<'p> {
    pub name: Name,
    pub text: &'p str,
    /// The first event that has it.
    pub at: u64,
}

impl Plain<'_> {
    pub fn level(&self) -> u32 {
        level_of(self.text)
    }

    /// The digest of its right form and those of its wrong ones, as far as they mean no other value.
    pub fn digests(&self) -> Vec<(Option<Class>, Digest)> {
        let Some(known) = Known::new(self.name, self.text, &Assumptions::default()) else {
            return Vec::new();
        };
        let right = decode(known.right()).map(|right| (None, digest_of(&right)));
        // An address that may be another is none of those that stand in plain.
        let wrong = known
            .digests()
            .map(|(form, digest)| (Class::of(&form), digest_of(&digest)))
            .filter(|(class, _)| (class.is_sure || self.name == Name::Ph) && !class.is_alias())
            .map(|(class, digest)| (Some(class), digest));
        right.into_iter().chain(wrong).collect()
    }
}

impl Plains {
    fn len(&self) -> usize {
        self.emails.len() + self.phones.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The level that every value has that was kept.
    pub(super) fn level(&self) -> u32 {
        self.level
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.emails.clear();
        self.phones.clear();
        self.level = 0;
    }

    /// Takes in the plain values of the event `at`.
    pub(super) fn enter(&mut self, event: &Event<'_, '_>, at: u64) {
        mistakes::plain_values(event, |name, text| self.see(name, text, at));
        self.thin();
    }

    fn see(&mut self, name: Name, text: &str, at: u64) {
        let seen = match name {
            Name::Em => &mut self.emails,
            _ => &mut self.phones,
        };
        match seen.get_mut(text) {
            Some(first) => *first = at.min(*first),
            None if self.level > 0 && level_of(text) < self.level => {}
            None => {
                seen.insert(text.into(), at);
            }
        }
    }

    /// Takes in the values of a block, whose events come behind `events` others.
    pub(super) fn take(&mut self, other: &Plains, events: u64) {
        if other.is_empty() {
            return;
        }
        self.level = self.level.max(other.level);
        for plain in other.all() {
            self.see(plain.name, plain.text, events + plain.at);
        }
        let level = self.level;
        self.retain(level);
        self.thin();
    }

    fn thin(&mut self) {
        if self.len() > MOST {
            let levels: Vec<u32> = self.all().map(|plain| plain.level()).collect();
            self.level = fitting(&levels, self.level + 1);
            self.retain(self.level);
        }
    }

    fn retain(&mut self, level: u32) {
        if level > 0 {
            self.emails.retain(|text, _| level_of(text) >= level);
            self.phones.retain(|text, _| level_of(text) >= level);
        }
    }

    /// All values, in no order.
    pub(super) fn all(&self) -> impl Iterator<Item = Plain<'_>> {
        let emails = self.emails.iter().map(|one| (Name::Em, one));
        let phones = self.phones.iter().map(|one| (Name::Ph, one));
        emails
            .chain(phones)
            .map(|(name, (text, &at))| Plain { name, text, at })
    }
}

/// A digest that a plain value elsewhere in the log shows to be right, or wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shown {
    /// What is wrong with it; right without.
    pub class: Option<Class>,
    pub pipeline: Pipeline,
    /// The first event with it.
    pub at: u64,
    /// In how many events it came that are not counted otherwise.
    pub count: u32,
    /// The keyed hash of the digest.
    pub key: [u64; 2],
    /// What the rows of people hold of it.
    pub person: u32,
    /// The first event with the plain value.
    pub seen: u64,
}

/// Reports the digests of wrong forms that are a rule's business, notes them for its fixes, and takes
/// them out of the scores.
pub fn tell(log: &Evidence<'_>, out: &mut LogFindings, is_mine: impl Fn(&Shown, &Class) -> bool) {
    let shown = log.shown();
    let mut groups: BTreeMap<(Pipeline, Class), Vec<&Shown>> = BTreeMap::new();
    for one in shown {
        if let Some(class) = one.class.filter(|class| is_mine(one, class)) {
            groups.entry((one.pipeline, class)).or_default().push(one);
        }
    }
    // An event with several such keys is one event: of each sender the key counts that most have.
    let events = |group: &[&Shown]| group.iter().map(|one| u64::from(one.count)).sum::<u64>();
    let mut by_pipeline: BTreeMap<Pipeline, u64> = BTreeMap::new();
    for ((pipeline, _), group) in &groups {
        *by_pipeline.entry(*pipeline).or_insert(0) += events(group);
    }
    let counts = |pipeline: Pipeline| {
        let own = by_pipeline.get(&pipeline).copied().unwrap_or(0);
        by_pipeline
            .iter()
            .filter(|(other, _)| other.sender() == pipeline.sender())
            .all(|(other, all)| {
                (own, std::cmp::Reverse(pipeline)) >= (*all, std::cmp::Reverse(*other))
            })
    };
    for ((pipeline, class), mut group) in groups {
        group.sort_unstable_by_key(|one| one.at);
        if let Some(lessons) = out.lessons(Safety::Safe) {
            group.iter().for_each(|one| lessons.misformed(one.key));
        }
        let key = pipeline.name();
        if let Some(key) = ScoreKey::from_name(key)
            && class.is_sure
            && !class.is_disputed
        {
            group
                .iter()
                .for_each(|one| out.convict().worthless(key, one.person));
        }
        let what = match key {
            Name::Ph => "number",
            _ => "address",
        };
        let of = match class.fault {
            Fault::Twice => class.what.to_owned(),
            _ => format!("the digest of {}", class.what),
        };
        let message = match group.len() {
            1 => {
                format!("1 value of {key} is {of}: the {what} stands in plain elsewhere in the log")
            }
            number => format!(
                "{number} values of {key} are each {of}: every {what} stands in plain elsewhere in the log"
            ),
        };
        let number = if counts(pipeline) { events(&group) } else { 0 };
        let finding = out.at(group[0].at, format!("/user_data/{key}"), message);
        finding
            .related(group[0].seen, format!("the {what} in plain"))
            .places(group.iter().map(|one| one.at), "event with such a value")
            .events(number);
        if class.is_disputed {
            finding.severity(Severity::Warning);
        }
        if !class.is_sure {
            finding.certainty(Certainty::Strong).fix_needs_consent();
        }
    }
}

/// Notes the digests that are proven right, for the coverage.
pub fn acquit(log: &Evidence<'_>, out: &mut LogFindings) {
    for one in log.shown().iter().filter(|one| one.class.is_none()) {
        if let Some(key) = ScoreKey::from_name(one.pipeline.name()) {
            out.convict().proven(key, one.person);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_of(plains: &Plains) -> Vec<(String, u64)> {
        let mut all: Vec<_> = plains
            .all()
            .map(|one| (one.text.to_owned(), one.at))
            .collect();
        all.sort();
        all
    }

    #[test]
    fn the_share_that_is_kept_hangs_on_the_values_alone() {
        let number = 3 * MOST as u64;
        let text = |n: u64| format!("person{n}@kestrelbikes.com");
        let mut whole = Plains::default();
        for n in 0..number {
            whole.see(Name::Em, &text(n), n);
            whole.thin();
        }
        assert!((MOST / 4..=MOST).contains(&whole.len()));
        // In blocks of another order, and each value twice.
        let mut blocks = Plains::default();
        for first in [number / 2, 0, number / 2 + 9] {
            let mut block = Plains::default();
            for n in first..(first + number / 2).min(number) {
                block.see(Name::Em, &text(n), n - first);
                block.thin();
            }
            blocks.take(&block, first);
        }
        assert_eq!(all_of(&blocks), all_of(&whole));
        assert_eq!(blocks.level(), whole.level());
    }
}
