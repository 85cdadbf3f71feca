//! CL214: an address that no visitor can have.

use crate::digest;
use crate::event::Event;
use crate::finding::{Certainty, Finding, Findings, Severity};
use crate::fix::Fix;
use crate::json::Item;
use crate::rule::{Check, Rule};
use crate::values::name::Name;
use crate::values::network;

/// See `rules/ip-not-public.md`.
pub static RULE: Rule = crate::rule!("ip-not-public", Check::Event(check));

/// Shown in Meta's documentation, but also somebody's. Its other samples are reserved or none.
const SAMPLE: &str = "123.123.123.123";

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(value) = event.user(Name::ClientIpAddress) else {
        return;
    };
    // A list of several addresses is a fault of its own.
    let value = match value.is_list() {
        true if value.len() == 1 => value.children().next().unwrap_or(value),
        _ => value,
    };
    let Some(text) = value.text() else { return };
    let Some(address) = event.address().or_else(|| network::address(text)) else {
        return;
    };
    if let Some(range) = network::range_of(address) {
        report(event, value, range.describe(), Fix::safe, out);
    } else if text.starts_with(SAMPLE) && digest::strip_appendix(text) == SAMPLE {
        report(
            event,
            value,
            "the sample from Meta's documentation",
            Fix::needs_consent,
            out,
        )
        .certainty(Certainty::Heuristic)
        .spoils(false);
    } else if network::is_resolver(address) {
        let what = "the address of a public name server, which nobody visits a page from";
        let finding = report(event, value, what, Fix::needs_consent, out);
        finding.certainty(Certainty::Strong).spoils(false);
        // Behind the appendix of Meta's own builder stands what a request truly came from.
        if digest::strip_appendix(text).len() < text.len() {
            finding
                .severity(Severity::Info)
                .certainty(Certainty::Heuristic);
        }
    }
}

fn report<'f>(
    event: &Event<'_, '_>,
    value: Item<'_, '_>,
    what: &str,
    fix: fn(&'static str) -> Fix,
    out: &'f mut Findings,
) -> &'f mut Finding {
    let at = value.pointer_from(event.root().place());
    out.at(value, format!("client_ip_address is {what}"))
        .fix(fix("remove the address").remove(at))
}
