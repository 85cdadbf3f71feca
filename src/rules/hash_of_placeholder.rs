//! CL104: the digest of a placeholder or of a documentation sample.

use crate::digest::Shape;
use crate::digest::shop;
use crate::digest::worthless::{Class, Standing};
use crate::event::{Event, Identifier};
use crate::finding::{Certainty, Findings};
use crate::fix::Fix;
use crate::rule::{Check, Rule};
use crate::values::name::Name;

/// See `rules/hash-of-placeholder.md`.
pub static RULE: Rule = crate::rule!("hash-of-placeholder", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    for (identifier, entry) in event.worthless() {
        let what = match entry.class {
            Class::Placeholder => "a placeholder",
            Class::Sample => "a sample value of Meta's documentation",
            _ => continue,
        };
        if entry.standing(identifier.name) == Standing::Right {
            continue;
        }
        let item = event.item(identifier.place);
        let pointer = item.pointer_from(event.root().place());
        let twice = if entry.twice { "the digest of " } else { "" };
        out.at(
            item,
            format!("{} is the digest of {twice}{what}", identifier.name),
        )
        .fix(Fix::safe("remove the digest of nobody's data").remove(pointer));
    }
    at_the_shop(event, out);
}

/// Whether a digest is that of a placeholder at the domain of the event's own page.
pub(super) fn is_of_the_shop(event: &Event<'_, '_>, identifier: &Identifier<'_>) -> bool {
    identifier.name == Name::Em
        && identifier.worthless.is_none()
        && event
            .get(Name::EventSourceUrl)
            .and_then(|it| it.text())
            .is_some_and(|url| shop::is_placeholder(url, &identifier.digest))
}

/// Addresses such as `guest@` at the shop's own domain, which only its own events show.
fn at_the_shop(event: &Event<'_, '_>, out: &mut Findings) {
    if event.names().1 & Name::Em.bit() == 0 {
        return;
    }
    for identifier in event.shaped(Shape::IN_HEX) {
        if !is_of_the_shop(event, identifier) {
            continue;
        }
        let item = event.item(identifier.place);
        let pointer = item.pointer_from(event.root().place());
        out.at(
            item,
            "em is the digest of a placeholder at the shop's own domain",
        )
        .certainty(Certainty::Strong)
        .help("leave em out when a guest gives no address")
        .fix(Fix::needs_consent("remove the digest of nobody's data").remove(pointer));
    }
}
