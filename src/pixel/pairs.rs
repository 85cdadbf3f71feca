//! Which hit of a capture is the copy of which event of the log, and what that shows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::index::{Bond, KEYS, Relation, Tie};
use super::{Hit, Index};
use crate::event::Event;
use crate::ledger::key::short;
use crate::ledger::{Key, LEAST_EVENTS};
use crate::values::name::Name;

/// A rule of ids wants as many pairs that follow it, and this share of all.
const LEAST_PAIRS: usize = 5;
const LEAST_SHARE: f64 = 0.95;

/// People have two addresses, but not nearly all of them.
const LEAST_MISMATCH: f64 = 0.8;

/// The server's events under one event_name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerTally {
    /// Events of a website.
    pub events: u64,
    /// Those that happened while the capture was running, or at an unknown time.
    pub in_time: u64,
    /// Those among them with an event_id.
    pub with_id: u64,
    /// Those with an event_id that looks minted at random.
    pub random: u64,
    /// The first of them.
    pub first: u64,
    /// From the first event_time to the last.
    pub span: Option<(i64, i64)>,
}

impl ServerTally {
    /// Counts another event, or those of another part of the log.
    pub fn add(&mut self, other: &ServerTally) {
        if other.events == 0 {
            return;
        }
        self.first = if self.events == 0 {
            other.first
        } else {
            self.first.min(other.first)
        };
        self.events += other.events;
        self.in_time += other.in_time;
        self.with_id += other.with_id;
        self.random += other.random;
        self.span = match (self.span, other.span) {
            (Some(own), Some(theirs)) => Some((own.0.min(theirs.0), own.1.max(theirs.1))),
            (own, theirs) => own.or(theirs),
        };
    }
}

/// A hit with its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    pub tie: Tie,
    /// Neither could have belonged to another one.
    pub is_only: bool,
}

impl Pair {
    /// Whether it shows how the ids of the two sides differ: there is no other pair to be made.
    pub fn shows_ids(&self) -> bool {
        match self.tie.bond {
            Bond::Id => true,
            Bond::Order | Bond::Browser => self.is_only,
            _ => false,
        }
    }

    /// Whether one conversion is behind both, and Meta compares the two.
    pub fn is_timely(&self) -> bool {
        matches!(self.tie.bond, Bond::Id | Bond::Order | Bond::Browser)
    }
}

/// Everything about one event_name.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    /// Fit to be printed.
    pub name: String,
    /// What the browsers sent.
    pub browser: u64,
    /// Of these, without an id.
    pub without_id: u64,
    /// Of these, with an id in the custom data.
    pub misplaced: u64,
    /// Of those without an id, images for pages without scripts.
    pub images: u64,
    pub server: ServerTally,
    /// In the order of the log.
    pub pairs: Vec<Pair>,
    /// Hits without a pair, by whether they have an id, one in the wrong place, or none.
    pub alone: [u64; 3],
    /// The event_name of the server for pairs of [`Bond::OtherName`], by event.
    pub other_names: BTreeMap<u64, String>,
    /// How the server's ids have to be changed, when one rule explains the pairs.
    pub rule: Option<Relation>,
}

/// Why hits are not deduplicated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reasons {
    /// The server's id has something in front or behind, or lacks it.
    pub id_affix: u64,
    pub id_case: u64,
    pub id_other: u64,
    pub name_differs: u64,
    pub no_event_id: u64,
    pub event_id_misplaced: u64,
    pub server_no_event_id: u64,
    pub late: u64,
    pub other_dataset: u64,
    pub no_twin: u64,
}

impl Reasons {
    /// Each with its name in reports and with words for people.
    pub fn list(&self) -> [(&'static str, &'static str, u64); 10] {
        [
            ("id_affix", "id with a prefix or suffix", self.id_affix),
            ("id_case", "id in another case", self.id_case),
            ("id_other", "id of its own", self.id_other),
            ("name", "other event_name", self.name_differs),
            ("no_event_id", "no eid", self.no_event_id),
            (
                "event_id_misplaced",
                "eid in the wrong argument",
                self.event_id_misplaced,
            ),
            (
                "server_no_event_id",
                "server without event_id",
                self.server_no_event_id,
            ),
            ("late", "over 48 h apart", self.late),
            ("other_dataset", "other dataset", self.other_dataset),
            ("no_twin", "no copy on the server", self.no_twin),
        ]
    }
}

impl Pairs {
    /// Hits that Meta recognises as copies of the server's events.
    pub fn deduplicated(&self) -> u64 {
        let same = |pair: &&Pair| pair.tie.bond == Bond::Id;
        self.pairs.iter().filter(same).count() as u64
    }

    /// Why the others are not.
    pub fn reasons(&self) -> Reasons {
        let mut reasons = Reasons {
            no_twin: self.alone[0],
            event_id_misplaced: self.alone[1],
            no_event_id: self.alone[2],
            ..Reasons::default()
        };
        for pair in &self.pairs {
            let reason = match (pair.tie.bond, pair.tie.relation) {
                (Bond::Id, _) => continue,
                (Bond::Late, _) => &mut reasons.late,
                (Bond::OtherDataset, _) => &mut reasons.other_dataset,
                (Bond::OtherName, _) => &mut reasons.name_differs,
                (_, Relation::PixelHasNone) => &mut reasons.no_event_id,
                (_, Relation::ServerHasNone) => &mut reasons.server_no_event_id,
                (_, Relation::Lower | Relation::Upper | Relation::Case) => &mut reasons.id_case,
                (_, Relation::Other) => &mut reasons.id_other,
                _ => &mut reasons.id_affix,
            };
            *reason += 1;
        }
        // Of those that have no id, some have it where Meta does not look.
        let misplaced = self
            .misplaced
            .saturating_sub(self.alone[1])
            .min(reasons.no_event_id);
        reasons.no_event_id -= misplaced;
        reasons.event_id_misplaced += misplaced;
        reasons
    }

    /// Whether so many of the pairs that show how the ids differ are more than requests that got lost:
    /// half of all pairs at least. A visit of which one side was lost and another of which the other was
    /// lost look like one with two ids.
    pub fn are_a_habit(&self, differ: usize) -> bool {
        let all = self.pairs.iter().filter(|pair| pair.shows_ids()).count();
        2 * differ >= all
    }

    /// The pairs of one conversion each.
    pub fn timely(&self) -> impl Iterator<Item = &Pair> {
        self.pairs.iter().filter(|pair| pair.is_timely())
    }

    /// As [`Pairs::identity`], when so many pairs differ that no person's second address explains it.
    pub fn mismatch(&self, key: usize) -> Option<(u64, u64, Vec<u64>)> {
        let (compared, mixed, events) = self.identity(key);
        let differ = events.len() as f64;
        let is_one = compared >= LEAST_EVENTS && differ >= LEAST_MISMATCH * compared as f64;
        is_one.then_some((compared, mixed, events))
    }

    /// Of the timely pairs, how many were compared in this key, and how many differ.
    pub fn identity(&self, key: usize) -> (u64, u64, Vec<u64>) {
        let (mut compared, mut mixed, mut differ) = (0, 0, Vec::new());
        for pair in self.timely() {
            let verdict = pair.tie.identity >> (2 * key) & 3;
            compared += u64::from(verdict != 0);
            mixed += u64::from(verdict == 3);
            if verdict >= 2 {
                differ.push(pair.tie.at);
            }
        }
        (compared, mixed, differ)
    }
}

/// All that a capture and a log show together.
#[derive(Debug, Default)]
pub struct Pairing {
    /// By event_name, in its order.
    pub names: Vec<Pairs>,
    /// Captures, and requests and lines in them that are no events.
    pub files: u64,
    pub automatic: u64,
    pub other_requests: u64,
    pub other_lines: u64,
}

impl Pairing {
    /// Pairs hits and events. `server` counts the events by the name as it is printed; `print`
    /// makes that name of the browser's.
    pub fn of(
        index: &Index,
        ties: &[Tie],
        server: &BTreeMap<String, ServerTally>,
        event_names: &BTreeMap<u64, String>,
        mut print: impl FnMut(&str) -> String,
    ) -> Pairing {
        let mut names: BTreeMap<String, Pairs> = BTreeMap::new();
        for (name, tally) in server {
            names.entry(name.clone()).or_default().server = *tally;
        }
        let pairs = pair(index, ties);
        let mut printed: HashMap<&str, String> = HashMap::new();
        for (number, hit) in index.hits().iter().enumerate() {
            let name = printed
                .entry(&hit.name)
                .or_insert_with(|| print(&hit.name))
                .clone();
            let entry = names.entry(name).or_default();
            entry.browser += 1;
            let without = hit.event_id.is_none();
            let misplaced = without && hit.misplaced_id.is_some();
            entry.without_id += u64::from(without);
            entry.misplaced += u64::from(misplaced);
            entry.images += u64::from(without && hit.is_image);
            match pairs[number] {
                Some(pair) => entry.pairs.push(pair),
                None => {
                    entry.alone[if misplaced {
                        1
                    } else {
                        2 * usize::from(without)
                    }] += 1
                }
            }
        }
        let mut names: Vec<Pairs> = names
            .into_iter()
            // What no browser sends has nothing to do with a capture.
            .filter(|(_, pairs)| pairs.browser > 0)
            .map(|(name, pairs)| Pairs { name, ..pairs })
            .collect();
        for entry in &mut names {
            entry.pairs.sort_by_key(|pair| (pair.tie.at, pair.tie.hit));
            entry.rule = learn(&entry.pairs);
            entry.other_names = entry
                .pairs
                .iter()
                .filter(|pair| pair.tie.bond == Bond::OtherName)
                .filter_map(|pair| Some((pair.tie.at, event_names.get(&pair.tie.at)?.clone())))
                .collect();
        }
        Pairing {
            names,
            files: index.files,
            automatic: index.automatic,
            other_requests: index.other_requests,
            other_lines: index.other_lines,
        }
    }

    /// What a second pass over the log can put right.
    pub fn learned(&self, index: &Index, key: Key) -> Learned {
        let mut learned = Learned {
            rules: Vec::new(),
            only: BTreeSet::new(),
            renamed: BTreeSet::new(),
            mismatches: BTreeSet::new(),
            key,
        };
        for pairs in &self.names {
            for pair in pairs.pairs.iter().filter(|pair| pair.is_only) {
                learned.only.insert(pair.tie.hit);
            }
            let renamed = pairs.pairs.iter();
            let renamed = renamed.filter(|pair| pair.tie.bond == Bond::OtherName);
            learned.renamed.extend(renamed.map(|pair| pair.tie.hit));
            if let Some(pair) = pairs.pairs.first() {
                let name = &index.hits()[pair.tie.hit as usize].name;
                let keys = (0..KEYS.len()).filter(|&key| pairs.mismatch(key).is_some());
                learned
                    .mismatches
                    .extend(keys.map(|key| (name.clone(), KEYS[key])));
            }
            let Some(rule) = pairs.rule else { continue };
            let example = pairs.pairs.iter().find(|pair| pair.tie.relation == rule);
            let hit = example.map(|pair| &index.hits()[pair.tie.hit as usize]);
            let Some(hit) = hit else { continue };
            let id = hit.event_id.as_deref().unwrap_or_default();
            let text = match rule {
                Relation::PixelPrefix(length, _) => id.get(..length as usize),
                Relation::PixelSuffix(length, _) => id.get(id.len() - length as usize..),
                _ => None,
            };
            learned
                .rules
                .push((hit.name.clone(), rule, text.unwrap_or_default().to_owned()));
        }
        learned
    }
}

/// The hits with their events: the best bonds first, each hit and each event once; only one that
/// Meta itself recognises may be the copy of several hits.
fn pair(index: &Index, ties: &[Tie]) -> Vec<Option<Pair>> {
    let mut ties = ties.to_vec();
    ties.sort_unstable();
    let mut pairs: Vec<Option<Pair>> = vec![None; index.hits().len()];
    let mut taken: BTreeSet<u64> = BTreeSet::new();
    for group in ties.chunk_by(|a, b| a.bond == b.bond) {
        let (mut of_hit, mut of_event) = (HashMap::new(), HashMap::new());
        let open: Vec<&Tie> = group
            .iter()
            .filter(|tie| pairs[tie.hit as usize].is_none())
            .filter(|tie| tie.bond == Bond::Id || !taken.contains(&tie.at))
            .collect();
        // A browser's visits to one page look alike, also those of which each has found its copy: the
        // one that lost its event and the one that lost its hit would make a pair.
        let candidates = match group[0].bond {
            Bond::Browser => group.iter().collect(),
            _ => open.clone(),
        };
        for tie in candidates {
            *of_hit.entry(tie.hit).or_insert(0) += 1;
            *of_event.entry(tie.at).or_insert(0) += 1;
        }
        for tie in open {
            let is_free = tie.bond == Bond::Id || !taken.contains(&tie.at);
            if pairs[tie.hit as usize].is_none() && is_free {
                let is_only = of_hit[&tie.hit] == 1 && of_event[&tie.at] == 1;
                pairs[tie.hit as usize] = Some(Pair { tie: *tie, is_only });
                taken.insert(tie.at);
            }
        }
    }
    pairs
}

/// The one rule that explains nearly all pairs. Those whose ids are the same count against it: events
/// that a capture does not cover would be made wrong.
fn learn(pairs: &[Pair]) -> Option<Relation> {
    let mut counts: BTreeMap<Relation, usize> = BTreeMap::new();
    let mut all = 0;
    for pair in pairs {
        let counts_here = pair.shows_ids() || (pair.tie.bond == Bond::Likeness && pair.is_only);
        let relation = pair.tie.relation;
        let both = !matches!(relation, Relation::ServerHasNone | Relation::PixelHasNone);
        if counts_here && both {
            all += 1;
            if relation != Relation::Same {
                *counts.entry(relation).or_insert(0) += 1;
            }
        }
    }
    let (rule, number) = counts.into_iter().max_by_key(|(_, number)| *number)?;
    let is_rule = !matches!(rule, Relation::Other | Relation::Case);
    (is_rule && number >= LEAST_PAIRS && number as f64 >= LEAST_SHARE * all as f64).then_some(rule)
}

/// What a first pass over the log has shown, for the fixes of a second.
#[derive(Clone, Debug)]
pub struct Learned {
    /// Event_name, rule, and the text that the browser's ids have more.
    rules: Vec<(String, Relation, String)>,
    /// The hits that have one event, which could not be of another.
    only: BTreeSet<u32>,
    /// The hits whose event has another name.
    renamed: BTreeSet<u32>,
    /// Event_names and the keys that differ in nearly all their pairs.
    mismatches: BTreeSet<(String, Name)>,
    /// The key of the hashes in the rules.
    key: Key,
}

impl Learned {
    /// The event_name of the browser's copy of an event with this name and id, when the two were
    /// paired in spite of their names.
    pub fn renamed<'i>(&self, index: &'i Index, name: &str, id: &str) -> Option<&'i str> {
        let hit = self.renamed.iter().map(|&hit| &index.hits()[hit as usize]);
        let mut hits = hit.filter(|hit| hit.event_id.as_deref() == Some(id) && hit.name != name);
        hits.next().map(|hit| hit.name.as_str())
    }

    /// The hit that an event is the copy of, when neither could belong to another, and keys of the two
    /// differ in nearly all pairs of that name.
    pub fn mismatched<'i>(&self, index: &'i Index, event: &Event<'_, '_>) -> Option<&'i Hit> {
        let name = event.name()?;
        if !self.mismatches.iter().any(|(of, _)| of == name) {
            return None;
        }
        let mut ties = Vec::new();
        index.ties(event, |_| 0, &mut ties);
        let best = ties.iter().map(|tie| tie.bond).min()?;
        let mut hits = ties.iter().filter(|tie| tie.bond == best);
        let (first, second) = (hits.next()?, hits.next());
        let timely = matches!(best, Bond::Id | Bond::Order | Bond::Browser);
        let is_sure = timely && second.is_none() && self.is_only(first.hit);
        is_sure.then(|| &index.hits()[first.hit as usize])
    }

    /// Whether a key differs in nearly all pairs of an event_name.
    pub fn is_mismatch(&self, name: &str, key: Name) -> bool {
        self.mismatches
            .iter()
            .any(|(of, one)| of == name && *one == key)
    }

    /// Whether the event that belongs to a hit is certain.
    pub fn is_only(&self, hit: u32) -> bool {
        self.only.contains(&hit)
    }

    /// The id in the browser's form, when the rule of its event_name changes it.
    pub fn rewrite(&self, name: &str, id: &str) -> Option<String> {
        let (_, rule, text) = self.rules.iter().find(|(of, ..)| of == name)?;
        let is_it = |part: &str, hash: u32| short(self.key.hash(part.as_bytes())) == hash;
        let new = match *rule {
            Relation::ServerPrefix(length, hash) => {
                let (front, rest) = id.split_at_checked(length as usize)?;
                is_it(front, hash).then(|| rest.to_owned())?
            }
            Relation::ServerSuffix(length, hash) => {
                let at = id.len().checked_sub(length as usize)?;
                let (rest, end) = id.split_at_checked(at)?;
                is_it(end, hash).then(|| rest.to_owned())?
            }
            Relation::PixelPrefix(..) if !id.starts_with(text.as_str()) => format!("{text}{id}"),
            Relation::PixelSuffix(..) if !id.ends_with(text.as_str()) => format!("{id}{text}"),
            Relation::Lower => id.to_ascii_lowercase(),
            Relation::Upper => id.to_ascii_uppercase(),
            _ => return None,
        };
        (new != id && !new.is_empty()).then_some(new)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Capture;
    use super::super::Hit;
    use super::*;

    fn tie(bond: Bond, hit: u32, at: u64, relation: Relation) -> Tie {
        Tie {
            bond,
            gap: 0,
            hit,
            at,
            relation,
            flags: 0,
            identity: 0,
        }
    }

    fn index(ids: &[&str]) -> Index {
        let mut index = Index::default();
        let hits = ids.iter().map(|id| Hit {
            name: "Purchase".into(),
            event_id: (!id.is_empty()).then(|| (*id).to_owned()),
            ..Hit::default()
        });
        index.add(Capture {
            hits: hits.collect(),
            ..Capture::default()
        });
        index
    }

    #[test]
    fn the_best_bond_wins_and_nobody_is_paired_twice() {
        let index = index(&["a", "b", "c", ""]);
        let other = Relation::Other;
        let pairs = pair(
            &index,
            &[
                tie(Bond::Browser, 0, 7, other),
                tie(Bond::Id, 0, 5, Relation::Same),
                tie(Bond::Order, 1, 5, other),
                tie(Bond::Browser, 1, 8, other),
                tie(Bond::Browser, 2, 8, other),
            ],
        );
        let of = |hit: usize| pairs[hit].map(|pair| (pair.tie.at, pair.is_only));
        assert_eq!(of(0), Some((5, true)));
        assert_eq!(of(1), Some((8, false)));
        assert_eq!(of(2), None);
        assert_eq!(of(3), None);
    }

    #[test]
    fn one_rule_has_to_explain_the_pairs() {
        let key = Key::of(b"test");
        let prefix = Relation::ServerPrefix(6, short(key.hash(b"order_")));
        let ids: Vec<String> = (0..20).map(|n| format!("{}", 58_000 + n)).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let index = index(&ids);
        let rule = |others: u32| {
            let ties: Vec<Tie> = (0..20)
                .map(|n| {
                    let relation = if n < others { Relation::Other } else { prefix };
                    tie(Bond::Order, n, u64::from(n), relation)
                })
                .collect();
            let pairing = Pairing::of(
                &index,
                &ties,
                &BTreeMap::new(),
                &BTreeMap::new(),
                str::to_owned,
            );
            (pairing.names[0].rule, pairing.learned(&index, key))
        };
        let (found, learned) = rule(1);
        assert_eq!(found, Some(prefix));
        assert_eq!(
            learned.rewrite("Purchase", "order_77").as_deref(),
            Some("77")
        );
        assert_eq!(learned.rewrite("Purchase", "other_77"), None);
        assert_eq!(learned.rewrite("Lead", "order_77"), None);
        assert_eq!(rule(2).0, None);
    }
}
