//! CL708: a version of the Graph API past its life, or an address that gives things away.

use crate::event::Record;
use crate::exchange::{self, Endpoint, Found};
use crate::finding::{Certainty, Effect, Finding, Findings, Reach, Severity};
use crate::rule::{Check, Rule};
use crate::values::name::Name;
use crate::values::secret;

/// See `rules/retired-api-version.md`.
pub static RULE: Rule = crate::rule!("retired-api-version", Check::Record(check));

/// The newest version of which it is safe to say that its life is over: nine before the one in
/// Meta's own pages as stored on 2026-09-12 (v25.0), with at most four versions a year and a life
/// of at least two years each (using-the-api).
const RETIRED: u32 = 16;

/// 2026-01-01: what was sent before may have gone to a version that still lived.
const SINCE: i64 = 1_767_225_600;

fn check(record: &Record<'_, '_>, out: &mut Findings) {
    let sent = exchange::sent_to(record);
    if sent.is_empty() {
        return;
    }
    for found in sent {
        let endpoint = &found.endpoint;
        if let Some(version) = endpoint.version.filter(|&version| version <= RETIRED)
            && is_recent(record)
        {
            say(
                out,
                found,
                format!(
                    "the request goes to v{version}.0 of the Graph API, whose guaranteed life is over"
                ),
            );
        }
        if endpoint.in_clear {
            say(
                out,
                found,
                "the request goes to http://, where everybody on the way reads it".to_owned(),
            )
            .effect(Effect::Leaked)
            .certainty(Certainty::Proof)
            .help("send to https://graph.facebook.com");
        }
        if has_hidden_token(endpoint) {
            say(
                out,
                found,
                "the access token is part of the address, which servers and proxies log".to_owned(),
            )
            .severity(Severity::Info)
            .effect(Effect::Leaked)
            .help("send the token in the Authorization header or in the body")
            .fold(Reach::File, |records| match records {
                1 => "1 record has the access token in the address".to_owned(),
                _ => format!("{records} records have the access token in the address"),
            });
        }
    }
}

fn say<'f>(out: &'f mut Findings, found: &Found<'_, '_>, message: String) -> &'f mut Finding {
    match found.item {
        Some(item) => out.at(item, message),
        None => out.at_bytes(found.endpoint.range.clone(), message),
    }
}

/// Whether the query has a token that the log hides. One in clear is what access-token-leaked
/// speaks of.
fn has_hidden_token(endpoint: &Endpoint<'_>) -> bool {
    endpoint.query.split('&').any(|pair| {
        pair.strip_prefix("access_token=")
            // `<ACCESS_TOKEN>` is what a guide has, and nobody sent.
            .is_some_and(|token| !token.is_empty() && !token.starts_with(['<', '{', '$', '[']))
    }) && secret::tokens(endpoint.query).next().is_none()
}

/// Whether the newest event of the record is from after [`SINCE`], or its time is not known.
fn is_recent(record: &Record<'_, '_>) -> bool {
    let Some(tape) = record.tape else { return true };
    tape.root()
        .descendants()
        .filter(|item| item.name() == Some(Name::EventTime))
        .filter_map(crate::clock::plausible_time)
        .max()
        .is_none_or(|newest| newest >= SINCE)
}
