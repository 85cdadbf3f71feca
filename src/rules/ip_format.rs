//! CL213: client_ip_address that is not one address.

use crate::digest;
use crate::event::Event;
use crate::finding::Findings;
use crate::fix::Fix;
use crate::json::{Item, Val};
use crate::rule::{Check, Rule};
use crate::values::name::Name;
use crate::values::network::{self, Reading, Wrapping};
use crate::values::single;

/// See `rules/ip-format.md`.
pub static RULE: Rule = crate::rule!("ip-format", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    if event.address().is_some() {
        return;
    }
    let Some(value) = event.user(Name::ClientIpAddress) else {
        return;
    };
    let told = out.len();
    match value.val() {
        Val::Text(text) => check_text(event, value, text, out),
        Val::List if value.len() > 1 => check_list(event, value, out),
        Val::List => {
            for element in value.children() {
                match element.val() {
                    Val::Text(text) => check_text(event, element, text, out),
                    _ if element.is_blank() => {}
                    _ => report_type(event, element, out),
                }
            }
            single::tell_list(event, Name::ClientIpAddress, told, out);
        }
        _ if value.is_blank() => {}
        _ => report_type(event, value, out),
    }
}

fn check_text(event: &Event<'_, '_>, value: Item<'_, '_>, text: &str, out: &mut Findings) {
    if network::address(text).is_some() || digest::is_nothing_word(text) || digest::is_digest(text)
    {
        return;
    }
    let at = value.pointer_from(event.root().place());
    match network::read(text) {
        Reading::Hidden => {}
        Reading::LeadingZeros => {
            out.at(
                value,
                "client_ip_address has leading zeros, which some read as octal",
            );
        }
        Reading::Other => {
            out.at(value, "client_ip_address is not an address")
                .fix(Fix::safe("remove what is no address").remove(at));
        }
        Reading::Wrapped(around, found) => {
            let appendix = &text[digest::strip_appendix(text).len()..];
            let fix = choose(&found, appendix, &at);
            out.at(value, format!("client_ip_address {}", around.describe()))
                .fix(fix);
        }
    }
}

/// A JSON list of several values: Meta takes one address.
fn check_list(event: &Event<'_, '_>, value: Item<'_, '_>, out: &mut Findings) {
    let mut found = Vec::new();
    for text in value.children().filter_map(Item::text) {
        match (network::address(text), network::read(text)) {
            (Some(address), _) => found.push(address),
            (None, Reading::Wrapped(_, addresses)) => found.extend(addresses),
            (None, Reading::Hidden) => return,
            (None, _) => {}
        }
    }
    if found.is_empty() && value.is_blank() {
        return;
    }
    let is_nested = |value: Item<'_, '_>| value.is_object() || value.is_list();
    let fix = match found.is_empty() && value.children().any(is_nested) {
        true => removal(event, value),
        false => {
            let at = value.pointer_from(event.root().place());
            Some(choose(&found, "", &at))
        }
    };
    out.at(
        value,
        format!("client_ip_address {}", Wrapping::List.describe()),
    )
    .fix_if(fix);
}

fn removal(event: &Event<'_, '_>, value: Item<'_, '_>) -> Option<Fix> {
    let is_address = |text: &str| network::address(text).is_some();
    single::removal(event, value, "remove what is no address", &is_address)
}

/// Keeps the visitor's address: the only public one for certain, the first of several as proxies
/// usually write them. Where none is public there is nothing to keep.
fn choose(found: &[std::net::IpAddr], appendix: &str, at: &crate::json::Pointer) -> Fix {
    let mut public: Vec<_> = found
        .iter()
        .filter(|&&address| network::range_of(address).is_none())
        .collect();
    public.dedup();
    let keep = |fix: Fix| match public.first() {
        Some(address) => fix.replace_text(at.clone(), &format!("{address}{appendix}")),
        None => fix.remove(at.clone()),
    };
    match public.len() {
        0 => keep(Fix::safe("remove the value, which holds no public address")),
        1 => keep(Fix::safe("keep the public address alone")),
        _ => keep(Fix::needs_consent("keep the first public address")),
    }
}

fn report_type(event: &Event<'_, '_>, value: Item<'_, '_>, out: &mut Findings) {
    let message = format!("client_ip_address is {}, not text", value.val().kind());
    out.at(value, message).fix_if(removal(event, value));
}
