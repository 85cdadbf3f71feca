//! CL103: the digest of a word that stands for nothing.

use crate::digest::worthless::{Class, Standing};
use crate::event::Event;
use crate::finding::{Certainty, Findings, Severity};
use crate::fix::Fix;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::Name;

/// See `rules/hash-of-nullish.md`.
pub static RULE: Rule = crate::rule!("hash-of-nullish", Check::Event(check)).when(Signs::WORTHLESS);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    for (identifier, entry) in event.worthless() {
        let name = identifier.name;
        if !matches!(entry.class, Class::Nullish | Class::LoneWord) {
            continue;
        }
        let standing = entry.standing(name);
        // NA in country may be Namibia in capitals, in st a province: the rule on wrong case
        // speaks of it.
        let other_rule = matches!(name, Name::Country | Name::St)
            && standing == Standing::Doubtful
            && event
                .mistakes()
                .iter()
                .any(|it| it.place == identifier.place);
        if standing == Standing::Right || other_rule {
            continue;
        }
        let item = event.item(identifier.place);
        let pointer = item.pointer_from(event.root().place());
        let twice = if entry.twice { "the digest of " } else { "" };
        if standing == Standing::Doubtful {
            let message = format!(
                "{name} is the digest of {twice}a word that stands for nothing and is seldom a name"
            );
            out.at(item, message)
                .severity(Severity::Warning)
                .certainty(Certainty::Strong)
                .fix(
                    Fix::needs_consent("remove the digest of a word such as none").remove(pointer),
                );
        } else {
            let message = format!("{name} is the digest of {twice}a word that stands for nothing");
            out.at(item, message)
                .fix(Fix::safe("remove the digest of a word such as undefined").remove(pointer));
        }
    }
}
