//! CL206: an fbc with a click id that Meta never gave out.

use crate::digest;
use crate::event::Event;
use crate::finding::{Certainty, Findings};
use crate::fix::Fix;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::click_id::{self, Fabricated};
use crate::values::name::Name;

/// See `rules/fbc-fabricated.md`.
pub static RULE: Rule = crate::rule!("fbc-fabricated", Check::Event(check)).when(Signs::CLICK);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(click) = event.click() else { return };
    let id = click.stamped.tail();
    let Some(why) = click_id::fabricated(id) else {
        return;
    };
    let certain = match why {
        Fabricated::Word | Fabricated::Template | Fabricated::Sample | Fabricated::Foreign => true,
        // The browser's number in fbc is another fault when fbp shows where it comes from.
        Fabricated::Number if is_of_fbp(event, click.stamped.text()) => return,
        Fabricated::Number | Fabricated::Hex | Fabricated::Short => false,
    };
    // A logger hid the click id, and nobody made it up.
    if !certain && digest::is_hidden(id) {
        return;
    }
    // What the page's address says was not made up here, and what is a part of it was cut.
    if !certain
        && event
            .fbclid()
            .is_some_and(|url| url == id || click_id::altered(id, url).is_some())
    {
        return;
    }
    let message = match why {
        Fabricated::Word => "fbc holds a placeholder in place of a click id",
        Fabricated::Template => "fbc holds an unfilled template in place of a click id",
        Fabricated::Sample => "fbc holds the click id from the samples in Meta's documentation",
        Fabricated::Foreign => "fbc holds the click id or browser id of another company",
        Fabricated::Number => "fbc holds a number in place of a click id",
        Fabricated::Hex => "fbc holds a UUID or hex digits in place of a click id",
        Fabricated::Short => "fbc holds a click id that is shorter than any of Meta's",
    };
    let item = event.item(click.place);
    let at = item.pointer_from(event.root().place());
    let finding = out.at(item, message);
    if certain {
        finding.fix(Fix::safe("remove the invented click id").remove(at));
    } else {
        finding
            .certainty(Certainty::Strong)
            .fix(Fix::needs_consent("remove the invented click id").remove(at));
    }
}

fn is_of_fbp(event: &Event<'_, '_>, fbc: &str) -> bool {
    event
        .user_text(Name::Fbp)
        .is_some_and(|fbp| fbp == fbc || click_id::holds_click(fbp))
}
