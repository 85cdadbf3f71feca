//! Puts one JSON text right: applies fixes to a fixed point and takes back those that do harm.

use bumpalo::Bump;

use crate::clock::{Clock, Latest};
use crate::envelope::decode::{self, Codec};
use crate::event::Envelope;
use crate::finding::{Effect, Finding, Place, Severity, Subject};
use crate::fix::{Op, Safety};
use crate::inspect::{AsOf, Inspector, RuleSet, Surroundings};
use crate::json::tree::{self, Tree};
use crate::json::{Pointer, edit};
use crate::rules;

/// Rounds after which fixes that keep calling for more are given up: a fault of the rules.
const MAX_ROUNDS: usize = 10;

/// One fix that was made, or that would have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Index of the rule in [`rules::ALL`].
    pub rule: usize,
    pub safety: Safety,
    /// What was done, without a value.
    pub title: String,
    pub subject: Subject,
    /// The place, from the event or request.
    pub pointer: Pointer,
    /// Index of the event in the text.
    pub event: Option<usize>,
}

/// What became of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repair {
    /// The new text, when anything changed.
    pub text: Option<String>,
    /// The fixes in it.
    pub made: Vec<Change>,
    /// Fixes that were left out because Meta would newly refuse the event, or something would
    /// newly leak: the sender has to supply what is missing.
    pub withheld: Vec<Change>,
    /// Events that were left as they were, because what their fixes leave of user_data would be
    /// nothing usable. What was left undone is among the withheld.
    pub left: Vec<usize>,
}

/// Which fixes are wanted.
pub trait Allow {
    /// Whether the fix of this finding may be made.
    fn allows(&self, finding: &Finding, safety: Safety) -> bool;

    /// The same once the text has other events than before, of which nobody decided yet: what has
    /// an event's keys in another spelling is none before these are put right.
    fn allows_then(&self, finding: &Finding, safety: Safety) -> bool {
        self.allows(finding, safety)
    }
}

impl<F: Fn(&Finding, Safety) -> bool> Allow for F {
    fn allows(&self, finding: &Finding, safety: Safety) -> bool {
        self(finding, safety)
    }
}

/// Mends JSON texts.
pub struct Mender<'s> {
    rules: &'s RuleSet,
    around: &'s Surroundings,
}

/// The errors that fixes must not add to: by rule, those that Meta refuses and those that leak.
type Harm = Vec<(usize, usize)>;

/// What must not be done.
#[derive(Clone, Default)]
struct Forbidden {
    /// Single fixes.
    withheld: Vec<Change>,
    /// All fixes of these events.
    left: Vec<usize>,
}

impl Forbidden {
    fn holds(&self, change: &Change) -> bool {
        self.withheld.contains(change)
            || change.event.is_some_and(|event| self.left.contains(&event))
    }

    fn and(&self, change: &Change) -> Forbidden {
        let mut more = self.clone();
        more.withheld.push(change.clone());
        more
    }
}

/// What a look at a text shows.
struct Look {
    events: usize,
    harm: Harm,
    candidates: Vec<Candidate>,
    /// The events whose user_data holds nothing usable.
    hollow: Vec<usize>,
}

/// One fix that was found: what it is about and what it does.
struct Candidate {
    change: Change,
    /// Where the pointers of the operations start.
    base: Pointer,
    ops: Vec<Op>,
    /// Where the finding stands in the text.
    start: usize,
}

impl<'s> Mender<'s> {
    /// A mender that looks at texts with these rules; they should be all rules, whatever the user
    /// selected, because the law that nothing gets worse speaks of them all.
    pub fn new(rules: &'s RuleSet, around: &'s Surroundings) -> Self {
        Mender { rules, around }
    }

    /// Mends a text: a whole one, or with `clock` one event out of a larger text, measured against
    /// that clock.
    pub fn mend(&self, text: &str, clock: Option<Clock>, allow: &impl Allow) -> Repair {
        self.mend_by_steps(text, clock, allow, |_, _| {})
    }

    /// The same, and tells of each step: the text before it and what became of that. There is a
    /// second one when the text has other events after the first.
    pub fn mend_by_steps(
        &self,
        text: &str,
        clock: Option<Clock>,
        allow: &impl Allow,
        mut tell: impl FnMut(&str, &Repair),
    ) -> Repair {
        let around = match clock {
            Some(clock) => Surroundings {
                as_of: AsOf::Exact(clock),
                ..self.around.clone()
            },
            None => self.around.clone(),
        };
        let mut all = Repair::default();
        for step in 0..MAX_ROUNDS {
            let now = all.text.as_deref().unwrap_or(text);
            let allowed = |finding: &Finding, safety: Safety| match step {
                0 => allow.allows(finding, safety),
                _ => allow.allows_then(finding, safety),
            };
            let (repair, has_other_events) = self.settle(now, &around, &allowed);
            tell(now, &repair);
            all.made.extend(repair.made);
            (all.withheld, all.left) = (repair.withheld, repair.left);
            all.text = repair.text.or(all.text);
            // What was no event before is mended as one only now.
            if !has_other_events {
                break;
            }
        }
        if all.text.as_deref() == Some(text) {
            all.text = None;
        }
        all
    }

    /// Mends the events that a text has, and tells whether it has another number of them then.
    fn settle(&self, text: &str, around: &Surroundings, allow: &impl Allow) -> (Repair, bool) {
        let before = self.look(text, around, allow, &Forbidden::default());
        if before.candidates.is_empty() {
            return (Repair::default(), false);
        }
        let mut forbidden = Forbidden::default();
        let mut undone: Vec<Change> = Vec::new();
        loop {
            let (new, made) = self.rounds(text, around, allow, &forbidden);
            let after = self.look(&new, around, allow, &forbidden);
            let emptied = |change: &Change| {
                let event = change.event.filter(|event| after.hollow.contains(event));
                event.filter(|event| !before.hollow.contains(event))
            };
            let mut left: Vec<usize> = made.iter().filter_map(emptied).collect();
            if !left.is_empty() {
                left.sort_unstable();
                left.dedup();
                let of_left = |change: &&Change| change.event.is_some_and(|e| left.contains(&e));
                undone.extend(made.iter().filter(of_left).cloned());
                forbidden.left.extend(left);
                continue;
            }
            if !grew(&before.harm, &after.harm) {
                let text = (new != text).then_some(new);
                undone.extend(forbidden.withheld);
                let repair = Repair {
                    text,
                    made,
                    withheld: undone,
                    left: forbidden.left,
                };
                return (repair, after.events != before.events);
            }
            let Some(culprit) = self.culprit(text, around, allow, &forbidden, &made, &before.harm)
            else {
                let repair = Repair {
                    withheld: made,
                    ..Repair::default()
                };
                return (repair, false);
            };
            forbidden.withheld.push(culprit);
        }
    }

    /// The one fix without which nothing gets worse; when there is no single one, the last made.
    fn culprit(
        &self,
        text: &str,
        around: &Surroundings,
        allow: &impl Allow,
        forbidden: &Forbidden,
        made: &[Change],
        before: &Harm,
    ) -> Option<Change> {
        let current = self.rounds(text, around, allow, forbidden).0;
        let mut best: Option<(usize, &Change)> = None;
        for change in made.iter().rev() {
            let without = forbidden.and(change);
            let (new, _) = self.rounds(text, around, allow, &without);
            let after = self.look(&new, around, allow, &without).harm;
            if !grew(before, &after) {
                return Some(change.clone());
            }
            let excess = excess(before, &after);
            if best.is_none_or(|(least, _)| excess < least) && new != current {
                best = Some((excess, change));
            }
        }
        best.map(|(_, change)| change.clone())
            .or_else(|| made.last().cloned())
    }

    /// Applies what is allowed until nothing is left to do.
    fn rounds(
        &self,
        text: &str,
        around: &Surroundings,
        allow: &impl Allow,
        forbidden: &Forbidden,
    ) -> (String, Vec<Change>) {
        let mut text = text.to_owned();
        let mut made: Vec<Change> = Vec::new();
        for _ in 0..MAX_ROUNDS {
            let mut candidates = self.look(&text, around, allow, forbidden).candidates;
            // From the end backwards, so that the places still to come do not move.
            candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.start));
            let mut touched: Vec<Pointer> = Vec::new();
            let mut changed = false;
            for candidate in candidates {
                let places: Vec<Pointer> = candidate
                    .ops
                    .iter()
                    .flat_map(|op| op.places())
                    .map(|place| candidate.base.join(&place))
                    .collect();
                let overlaps = places
                    .iter()
                    .any(|place| touched.iter().any(|t| t.within(place) || place.within(t)));
                if overlaps {
                    continue;
                }
                if let Ok(new) = edit::apply(&text, &candidate.base, &candidate.ops) {
                    changed |= new != text;
                    text = new;
                    touched.extend(places);
                    made.push(candidate.change);
                }
            }
            if !changed {
                break;
            }
        }
        (text, made)
    }

    fn look(
        &self,
        text: &str,
        around: &Surroundings,
        allow: &impl Allow,
        forbidden: &Forbidden,
    ) -> Look {
        let arena = Bump::new();
        let mut inspector = Inspector::new(self.rules, around, &arena);
        let mut look = Look {
            events: 0,
            harm: Vec::new(),
            candidates: Vec::new(),
            hollow: Vec::new(),
        };
        let read = match around.as_of {
            AsOf::Exact(_) => {
                inspector.element(text, Latest::default(), Envelope::default(), &mut ())
            }
            _ => inspector.text(text, &mut ()),
        };
        if read.is_err() {
            return look;
        }
        look.events = inspector.events();
        let mut parsed = None;
        for group in inspector.groups() {
            let base = match group.subject {
                Subject::Record | Subject::File => Pointer::root(),
                _ => inspector.pointer(group.place),
            };
            for finding in &inspector.findings()[group.findings.clone()] {
                if is_harm(finding) {
                    if rules::ALL[finding.rule].id() == HOLLOW {
                        look.hollow.extend(group.event);
                    }
                    match look.harm.iter_mut().find(|(rule, _)| *rule == finding.rule) {
                        Some((_, count)) => *count += 1,
                        None => look.harm.push((finding.rule, 1)),
                    }
                }
                let (Some(fix), Place::Pointer(pointer)) = (&finding.fix, &finding.place) else {
                    continue;
                };
                let change = Change {
                    rule: finding.rule,
                    safety: fix.safety,
                    title: fix.title.clone(),
                    subject: group.subject,
                    pointer: pointer.clone(),
                    event: group.event,
                };
                if !allow.allows(finding, fix.safety) || forbidden.holds(&change) {
                    continue;
                }
                let tree = parsed.get_or_insert_with(|| Tree::parse(text, tree::Syntax::Relaxed));
                let start = tree
                    .as_ref()
                    .ok()
                    .and_then(|tree| tree.span(text, &base.join(pointer)))
                    .map_or(0, |span| span.start);
                let mut ops = fix.ops.clone();
                if let Ok(tree) = tree {
                    ops.iter_mut()
                        .for_each(|op| keep_escapes(op, text, tree, &base));
                }
                look.candidates.push(Candidate {
                    change,
                    base: base.clone(),
                    ops,
                    start,
                });
            }
        }
        look
    }
}

/// Lets a text that takes the place of another be written as that is: what stays of it keeps its
/// bytes, such as the `\/` and `\u00e9` of PHP.
fn keep_escapes(op: &mut Op, text: &str, tree: &Tree, base: &Pointer) {
    let Op::Replace { at, json } = op else { return };
    let literal = tree.span(text, &base.join(at)).map(|span| span.of(text));
    let Some(literal) = literal.filter(|old| old.starts_with('"') && old.contains('\\')) else {
        return;
    };
    let Ok(new) = serde_json::from_str::<String>(json) else {
        return;
    };
    let (raw, old) = (&literal[1..literal.len() - 1], tree::unescape(literal));
    if let Some(written) = decode::encode(Codec::JsonString, raw, &old, &new) {
        *json = format!("\"{written}\"");
    }
}

/// The rule that says that nobody could be found with what user_data holds.
const HOLLOW: &str = "CL126";

/// Faults that make Meta refuse an event and that a removal or a rename can bring about. Others,
/// such as a stale time that shows once its unit is right, were there before.
const NEWLY_REFUSED: [&str; 7] = [
    "CL126", "CL320", "CL401", "CL501", "CL601", "CL602", "CL608",
];

fn is_harm(finding: &Finding) -> bool {
    finding.severity == Severity::Error
        && matches!(finding.effect, Effect::Refused | Effect::Leaked)
        && rules::ALL[finding.rule].name() != "internal-error"
}

/// By how many errors `after` is worse: those that must not come anew one by one, or the sum.
fn excess(before: &Harm, after: &Harm) -> usize {
    let total = |harm: &Harm| harm.iter().map(|(_, count)| count).sum::<usize>();
    let anew: usize = after
        .iter()
        .filter(|(rule, _)| {
            let meta = rules::ALL[*rule].meta();
            NEWLY_REFUSED.contains(&meta.id.as_str()) || meta.effect == Effect::Leaked
        })
        .map(|(rule, count)| {
            let had = before
                .iter()
                .find(|(b, _)| b == rule)
                .map_or(0, |(_, count)| *count);
            count.saturating_sub(had)
        })
        .sum();
    anew.max(total(after).saturating_sub(total(before)))
}

fn grew(before: &Harm, after: &Harm) -> bool {
    excess(before, after) > 0
}
