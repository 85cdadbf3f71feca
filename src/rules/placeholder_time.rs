//! CL409: a time that stands for no moment at all.

use crate::clock::DAY;
use crate::event::Event;
use crate::finding::{Certainty, Effect, Findings, Severity};
use crate::rule::{Check, Rule};
use crate::values::event_time::{self, Impossible, Written};
use crate::values::name::Name;

/// See `rules/placeholder-time.md`.
pub static RULE: Rule = crate::rule!("placeholder-time", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    if let Some((item, Written::Impossible(why))) = event_time::oddity(event) {
        let message = match why {
            Impossible::Zero => "event_time is the zero of Unix time",
            Impossible::Negative => "event_time is negative",
            Impossible::Early => "event_time lies before server events existed",
            Impossible::Late => "event_time lies decades ahead, in whatever unit",
        };
        let finding = out.at(item, message);
        if why == Impossible::Late {
            finding.effect(Effect::Unknown);
        }
        return;
    }
    check_sample(event, out);
}

/// A sample time may also be the true time of an event: only age betrays it.
fn check_sample(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(time) = event_time::moment(event).filter(|&time| event_time::is_sample(time)) else {
        return;
    };
    let limit = 7 * DAY;
    if event.clock.now - time <= limit {
        return;
    }
    let Some(item) = event.get(Name::EventTime) else {
        return;
    };
    let certainty = event.clock.certainty_of_age(time, limit);
    let finding = out.at(
        item,
        "event_time is that of a sample which is often copied, and long past",
    );
    if certainty == Certainty::Proof {
        // The age is proven, the origin is not.
        finding.certainty(Certainty::Strong);
    } else {
        finding
            .severity(Severity::Warning)
            .certainty(certainty)
            .effect(Effect::Unknown);
    }
}
