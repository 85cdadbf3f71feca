//! CL510: personal data or a credential in a page's address.

use std::ops::Range;

use crate::digest::{self, Shape};
use crate::event::Event;
use crate::finding::{Certainty, Findings, Severity};
use crate::fix::Fix;
use crate::json::Item;
use crate::rule::{Check, Rule};
use crate::values::name::Name;
use crate::values::percent::decoded;
use crate::values::personal::{self, Kind};
use crate::values::secret::{self, MASK};
use crate::values::web_address::{Parameter, WebAddress};

/// See `rules/url-has-pii.md`.
pub static RULE: Rule = crate::rule!("url-has-pii", Check::Addresses(check));

/// Something that has to go.
struct Spot {
    kind: Kind,
    at: Range<usize>,
    /// Whether it is the customer's own beyond doubt.
    of_customer: bool,
    /// Whether the parameter says the same as the look of its value.
    is_named: bool,
}

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    for name in [Name::EventSourceUrl, Name::ReferrerUrl] {
        let Some(item) = event.get(name) else {
            continue;
        };
        if let Some(text) = item.text().filter(|text| may_tell(text)) {
            address(event, name, item, text, out);
        }
    }
}

/// Whether there is a query, a fragment or perhaps an e-mail: most addresses have none.
#[inline]
fn may_tell(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr3(b'?', b'#', b'@', bytes).is_some() || memchr::memchr(b'%', bytes).is_some()
}

fn address(event: &Event<'_, '_>, name: Name, item: Item<'_, '_>, text: &str, out: &mut Findings) {
    let url = WebAddress::of(text);
    let mut spots: Vec<Spot> = Vec::new();
    in_login(&url, text, &mut spots);
    let may_hold_email = memchr::memchr2(b'@', b'%', text.as_bytes()).is_some();
    if may_hold_email {
        in_path(event, &url, &mut spots);
    }
    for parameter in url.parameters() {
        if let Some((kind, of_customer)) = in_parameter(event, &parameter) {
            let is_named = kind == Kind::Email
                && personal::kind_of_key(&decoded(parameter.name, true)) == Some(kind);
            spots.push(Spot {
                kind,
                at: parameter.at,
                of_customer,
                is_named,
            });
        }
    }
    // The parts come in the order of the text, so that a fix can go through it once.
    spots.sort_by_key(|spot| spot.at.start);
    // Tokens of the Graph API are access-token-leaked's.
    spots.retain(|spot| secret::tokens(&text[spot.at.clone()]).next().is_none());
    let Some(first) = spots.first() else {
        return;
    };
    let mut phrases: Vec<&str> = Vec::new();
    for spot in &spots {
        if !phrases.contains(&spot.kind.phrase()) {
            phrases.push(spot.kind.phrase());
        }
    }
    let of_customer = spots.iter().any(|spot| spot.of_customer);
    let whose = if of_customer {
        ", the customer's own"
    } else {
        ""
    };
    let message = format!("{name} holds {}{whose}", phrases.join(", "));
    let is_certain = spots
        .iter()
        .any(|spot| !spot.kind.is_doubtful() && spot.kind != Kind::OrderKey);
    let is_doubtful = !is_certain && first.kind.is_doubtful();
    let finding = out.at(item, message);
    if of_customer || spots.iter().any(|spot| spot.is_named) {
        finding.certainty(Certainty::Proof);
    } else if is_doubtful {
        finding.certainty(Certainty::Heuristic);
    }
    if !is_certain {
        finding.severity(Severity::Warning);
    }
    let at = item.pointer_from(event.root().place());
    let title = "write REDACTED in place of what tells of a person";
    // The street may be that of a house for sale, which the address of its page has to name.
    let fix = if is_doubtful {
        Fix::needs_consent(title)
    } else {
        Fix::safe(title)
    };
    finding.fix(fix.replace_text(at, &redacted(text, &spots)));
}

/// `name:password@` in front of the host.
fn in_login(url: &WebAddress<'_>, text: &str, spots: &mut Vec<Spot>) {
    let Some(at) = url.login() else { return };
    let (_, password) = text[at.clone()].split_once(':').unwrap_or_default();
    let is_shown = !password.is_empty()
        && !digest::is_hidden(password)
        && !matches!(Shape::of(password), Shape::Template | Shape::Nothing);
    if is_shown {
        spots.push(Spot {
            kind: Kind::Credential,
            at,
            of_customer: false,
            is_named: true,
        });
    }
}

/// E-mail addresses among the steps of the path, and in query and fragment outside of the values
/// of parameters.
fn in_path(event: &Event<'_, '_>, url: &WebAddress<'_>, spots: &mut Vec<Spot>) {
    let mut from = url.path_at();
    let steps = url.path().split('/').map(|step| {
        let at = from;
        from += step.len() + 1;
        (at, step)
    });
    for (from, step) in steps.chain(url.loose_parts()) {
        let once = decoded(step, false);
        let plain = decoded(&once, false);
        if let Some(email) = personal::email_inside(&plain) {
            spots.push(Spot {
                kind: Kind::Email,
                at: from..from + step.len(),
                of_customer: personal::is_of_customer(event, Kind::Email, email),
                is_named: false,
            });
        }
    }
}

fn in_parameter(event: &Event<'_, '_>, parameter: &Parameter<'_>) -> Option<(Kind, bool)> {
    if parameter.value.is_empty() || parameter.value == MASK {
        return None;
    }
    // An address inside an address is encoded twice. Plus signs are spaces in a form, but stand for
    // themselves in many an e-mail.
    let plain = decoded(parameter.value, false);
    let twice = decoded(&plain, false);
    if let Some(email) = personal::email_inside(&twice) {
        let of_customer = personal::is_of_customer(event, Kind::Email, email);
        return Some((Kind::Email, of_customer));
    }
    if !parameter.is_click_id()
        && let Some(kind) = in_base64(event, &plain)
    {
        return Some((kind, true));
    }
    if personal::is_jwt(&plain) {
        return Some((Kind::Credential, false));
    }
    // Stripe adds the id of its checkout to the page that thanks: it lets nobody in who has no key.
    if plain.starts_with("cs_live_") || plain.starts_with("cs_test_") {
        return None;
    }
    let name = decoded(parameter.name, true);
    let kind = personal::kind_of_key(&name)?;
    let form = decoded(parameter.value, true);
    // `key` is anything's key; the order's own begins so.
    let is_any_key = name.eq_ignore_ascii_case("key") && !form.starts_with("wc_order_");
    let plus_is_sign = kind == Kind::Phone && plain.starts_with('+');
    let value = if plus_is_sign { &plain } else { &form };
    if is_any_key || !kind.fits(value) || Shape::of(value) == Shape::Sha256 {
        return None;
    }
    Some((kind, personal::is_of_customer(event, kind, value.trim())))
}

/// What base64 shows of the customer: nobody reads it by chance, and without a digest of the event
/// to compare with it is left alone.
fn in_base64(event: &Event<'_, '_>, value: &str) -> Option<Kind> {
    if !(8..=120).contains(&value.len()) {
        return None;
    }
    let plain = digest::decode_text(value)?;
    let kind = match digest::looks_like_email(&plain) {
        true => Kind::Email,
        false => Kind::Phone,
    };
    personal::is_of_customer(event, kind, &plain).then_some(kind)
}

/// The address with a mask in each of the spots, and every other byte as it was.
fn redacted(text: &str, spots: &[Spot]) -> String {
    let (mut out, mut done) = (String::with_capacity(text.len()), 0);
    for spot in spots.iter().filter(|spot| !spot.at.is_empty()) {
        if spot.at.start < done {
            continue;
        }
        out.push_str(&text[done..spot.at.start]);
        out.push_str(MASK);
        done = spot.at.end;
    }
    out.push_str(&text[done..]);
    out
}
