//! CL712: the log line around an event says that consent was refused.

use memchr::memmem::Finder;
use once_cell::sync::Lazy;

use crate::event::Record;
use crate::exchange;
use crate::finding::{Certainty, Findings};
use crate::json::Item;
use crate::rule::{Check, Rule};

/// See `rules/consent-denied.md`.
pub static RULE: Rule = crate::rule!("consent-denied", Check::Record(check));

static WORDS: Lazy<[Finder<'static>; 3]> =
    Lazy::new(|| ["gcs", "ad_storage", "ad_user_data"].map(Finder::new));

/// What a value says of consent to advertising.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Consent {
    Given,
    Refused,
}

fn check(record: &Record<'_, '_>, out: &mut Findings) {
    if record.is_bare {
        return;
    }
    let text = record.text.as_bytes();
    if !WORDS.iter().any(|word| word.find(text).is_some()) {
        return;
    }
    record.enveloped().for_each(|part| look_at(part, out));
}

fn look_at(root: Item<'_, '_>, out: &mut Findings) {
    let mut refused = None;
    for item in root.descendants() {
        match consent_of(item) {
            // Where both stand, one is the state before a choice and nobody can say which.
            Some(Consent::Given) => return,
            Some(Consent::Refused) => refused = refused.or(Some(item)),
            None => {}
        }
    }
    let Some(item) = refused.filter(|_| exchange::holds_event(root)) else {
        return;
    };
    let message = "the record around the event says that consent to advertising was refused";
    out.at(item, message).certainty(Certainty::Heuristic);
}

fn consent_of(item: Item<'_, '_>) -> Option<Consent> {
    let text = item.text()?;
    match item.key() {
        "gcs" | "x-ga-gcs" | "google_consent_status" => of_gcs(text),
        "ad_storage" | "ad_user_data" | "adStorage" | "adUserData" => match text {
            "denied" => Some(Consent::Refused),
            "granted" => Some(Consent::Given),
            _ => None,
        },
        // The parameter of a Google tag's request.
        _ => {
            let at = text.find("gcs=")?;
            let starts = text[..at].ends_with(['?', '&']);
            of_gcs(&text[at + "gcs=".len()..]).filter(|_| starts)
        }
    }
}

/// `G1`, then one digit for advertising and one for analytics.
fn of_gcs(text: &str) -> Option<Consent> {
    match text.strip_prefix("G1")?.bytes().next()? {
        b'0' => Some(Consent::Refused),
        b'1' => Some(Consent::Given),
        _ => None,
    }
}
