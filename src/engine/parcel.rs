//! Makes one event ready to be sent again: on one line, mended as far as the user allows, and with
//! the reasons when it must not be sent.

use std::sync::Arc;

use bumpalo::Bump;

use crate::clock::{Clock, Latest, Source};
use crate::event::Event;
use crate::finding::{Effect, Finding, Severity};
use crate::inspect::{AsOf, Inspector, Surroundings};
use crate::json::tree::{Syntax, Tree};
use crate::name::Name;
use crate::repair::Mender;
use crate::resend::{self, Parcel};
use crate::rules;
use crate::settings::Clocks;
use crate::witness::Sent;

use super::mending::is_allowed;
use super::worker::Worker;

/// What the envelope of an event tells of sending it.
pub(super) struct Bound {
    dataset: Option<String>,
    sender: Option<String>,
    is_test: bool,
    has_id: bool,
    /// What stood around it, when fixes ask.
    sent: Option<Arc<Sent>>,
}

impl Bound {
    /// `asks` when fixes need what stands around the event.
    pub(super) fn of(event: &Event<'_, '_>, asks: bool) -> Bound {
        let envelope = &event.envelope;
        let sender = envelope.sender.filter(|sender| resend::is_agent(sender));
        Bound {
            dataset: envelope.dataset.map(str::to_owned),
            sender: sender.map(str::to_owned),
            is_test: envelope.is_test,
            has_id: event.get(Name::EventId).is_some_and(|id| !id.is_blank()),
            sent: asks.then(|| Sent::of(event)),
        }
    }
}

/// Whatever they call the effect, events of which these rules speak are not to be sent.
const NOT_SENT: [&str; 5] = [
    "access-token-leaked",
    "insufficient-user-data",
    "internal-error",
    "stale-event",
    "user-agent-of-bot",
];

/// The event `raw`. Without `is_found` its text is that of the record around it.
pub(super) fn parcel(
    worker: &Worker<'_>,
    raw: &str,
    bound: &Bound,
    is_found: bool,
    is_damaged: bool,
) -> Parcel {
    let mut text = resend::one_line(raw);
    let mut reasons = Vec::new();
    if is_damaged {
        reasons.push(rules::index_of("invalid-utf8"));
    }
    if !is_found || Tree::parse(&text, Syntax::Strict).is_err() {
        reasons.push(rules::index_of("malformed-json"));
        text = serde_json::json!(raw).to_string();
    } else {
        let settings = &worker.linter.settings;
        // It is sent now, whenever it was captured.
        let (now, source) = match settings.clocks {
            Clocks::At(time) => (time, Source::Given),
            _ => (settings.wall, Source::Wall),
        };
        let clock = Clock {
            now,
            source,
            supported: None,
            asked: true,
        };
        let around = bound.sent.as_ref().map(|sent| worker.beside(sent));
        let around = around.as_ref().unwrap_or(worker.around);
        let mender = Mender::new(&worker.linter.rules, around);
        let repair = mender.mend(&text, Some(clock), &|finding: &Finding, _| {
            is_allowed(worker, finding)
        });
        if !repair.left.is_empty() {
            reasons.push(rules::index_of("insufficient-user-data"));
        }
        if let Some(mended) = repair.text {
            text = resend::one_line(&mended);
        }
        reasons.extend(refusals(worker, &text, clock));
    }
    if bound.is_test {
        reasons.push(rules::index_of("test-event-code"));
    }
    reasons.sort_unstable();
    reasons.dedup();
    let hash = || {
        let dataset = bound.dataset.as_deref().unwrap_or_default();
        let hash = worker.ledger_key.begin().part(dataset.as_bytes());
        hash.part(text.as_bytes()).wide()
    };
    let digest = bound.has_id.then(hash);
    Parcel {
        digest,
        dataset: bound.dataset.clone(),
        sender: bound.sender.clone(),
        reasons,
        line: 0,
        event: 0,
        text,
    }
}

/// The rules that forbid to send the event as it is now.
fn refusals(worker: &Worker<'_>, text: &str, clock: Clock) -> Vec<usize> {
    let around = Surroundings {
        as_of: AsOf::Exact(clock),
        ..worker.around.clone()
    };
    let arena = Bump::new();
    let mut inspector = Inspector::new(&worker.linter.rules, &around, &arena);
    let text = arena.alloc_str(text);
    if inspector.element(text, Latest::default(), &mut ()).is_err() {
        return vec![rules::index_of("malformed-json")];
    }
    let forbids = |finding: &&Finding| {
        (finding.severity == Severity::Error && finding.effect == Effect::Refused)
            || NOT_SENT.contains(&rules::ALL[finding.rule].name())
    };
    let findings = inspector.findings().iter();
    findings
        .filter(forbids)
        .map(|finding| finding.rule)
        .collect()
}
