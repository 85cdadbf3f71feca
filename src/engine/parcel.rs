//! Makes one event ready to be sent again: on one line, mended as far as the user allows, and with
//! the reasons when it must not be sent.

use std::sync::Arc;

use bumpalo::Bump;

use crate::clock::{Clock, Latest, Source};
use crate::event::{Envelope, Event};
use crate::finding::{Effect, Finding, Severity};
use crate::fix::{Op, Safety, quote};
use crate::input::blocks::Head;
use crate::inspect::{AsOf, Inspector, Surroundings, Watch};
use crate::json::tree::{Syntax, Tree};
use crate::json::{Item, Pointer, Tape, Val, edit};
use crate::repair::Mender;
use crate::resend::{self, Body, Parcel};
use crate::rules::{self, insufficient_user_data};
use crate::settings::Clocks;
use crate::values::name::Name;
use crate::values::secret;
use crate::witness::Sent;

use super::dig;
use super::mending::is_allowed;
use super::worker::Worker;

/// What the envelope of an event tells of sending it.
pub(super) struct Bound {
    dataset: Option<String>,
    options: String,
    is_test: bool,
    has_id: bool,
    /// What stood around it, when fixes ask.
    sent: Option<Arc<Sent>>,
}

/// What a sender may write beside `data` and the token.
const OPTIONS: [Name; 4] = [
    Name::NamespaceId,
    Name::UploadId,
    Name::UploadSource,
    Name::UploadTag,
];

impl Bound {
    /// `asks` when fixes need what stands around the event.
    pub(super) fn of(event: &Event<'_, '_>, asks: bool) -> Bound {
        let envelope = &event.envelope;
        let body = event.root().parent().and_then(Item::parent);
        let body = body.filter(|_| event.in_request);
        Bound {
            dataset: envelope.dataset.map(str::to_owned),
            options: options_of(body, envelope.agent),
            is_test: envelope.is_test,
            has_id: event.get(Name::EventId).is_some_and(|id| !id.is_blank()),
            sent: (asks || !event.in_request).then(|| Sent::of(event)),
        }
    }
}

/// What the sender wrote into a body beside its events, as members of another.
fn options_of(body: Option<Item<'_, '_>>, agent: Option<&str>) -> String {
    let mut options = String::new();
    let mut option = |name: Name, json: String| {
        if secret::tokens(&json).next().is_none() {
            options.push_str(&format!(",{}:{json}", quote(name.text())));
        }
    };
    if let Some(agent) = agent.filter(|agent| !agent.trim().is_empty()) {
        option(Name::PartnerAgent, quote(agent));
    }
    let Some(body) = body else { return options };
    for name in OPTIONS {
        let value = body.get(name).filter(|value| !value.is_blank());
        match value.map(Item::val) {
            Some(Val::Text(text)) => option(name, quote(text)),
            Some(Val::Int(number)) => option(name, number.to_string()),
            _ => {}
        }
    }
    options
}

/// What the head of a body that was read in pieces says of the events in it. Without a head that
/// can be read nobody knows whether they were a test: none of them is sent.
pub(super) fn body_of(worker: &Worker<'_>, head: &Head, text: &str, arena: &Bump) -> Body {
    let unknown = |rule: &str| Body {
        reasons: vec![rules::index_of(rule)],
        ..Body::default()
    };
    if head.is_cut {
        return unknown("record-too-large");
    }
    let mut tape = Tape::new();
    if tape.parse(arena.alloc_str(text), arena).is_err() {
        return unknown("malformed-json");
    }
    let zone = worker.around.assume.zone.as_ref();
    let (body, envelope) = dig::body_around(&tape, &head.list.pointer, zone, Envelope::default());
    let Some(body) = body else {
        return Body::default();
    };
    let agent = body.get(Name::PartnerAgent).and_then(Item::text);
    let is_test = (body.get(Name::TestEventCode)).is_some_and(|code| !code.is_blank());
    let mut reasons = Vec::new();
    if is_test && !takes_tests(worker) {
        reasons.push(rules::index_of("test-event-code"));
    }
    Body {
        dataset: envelope.dataset.map(str::to_owned),
        options: options_of(Some(body), agent),
        reasons,
    }
}

/// A body that the log cuts off, or whose text ends in something that cannot be read.
pub(super) fn body_without_end() -> Body {
    Body {
        reasons: vec![rules::index_of("malformed-json")],
        ..Body::default()
    }
}

/// Whatever they call the effect, events of which these rules speak are not to be sent.
const NOT_SENT: [&str; 7] = [
    "access-token-leaked",
    "insufficient-user-data",
    "internal-error",
    // What the logger hides is not what was sent.
    "lossy-capture",
    "stale-event",
    "test-event-code",
    "user-agent-of-bot",
];

/// Whether the user wants test traffic to be sent: as what it is, or as real traffic.
pub(super) fn takes_tests(worker: &Worker<'_>) -> bool {
    worker.orders.as_test || worker.linter.settings.unsafe_fixes
}

/// The event `raw`. Without `is_found` its text is that of the record around it.
pub(super) fn parcel(
    worker: &Worker<'_>,
    raw: &str,
    bound: &Bound,
    is_found: bool,
    is_damaged: bool,
) -> Parcel {
    let mut reasons = Vec::new();
    if is_damaged {
        reasons.push(rules::index_of("invalid-utf8"));
    }
    let mut text = resend::one_line(raw);
    let mut is_changed = false;
    if !is_found {
        // The record around it may hold anything.
        reasons.push(rules::index_of("malformed-json"));
        text = "null".to_owned();
    } else if Tree::parse(&text, Syntax::Strict).is_err() {
        reasons.push(rules::index_of("malformed-json"));
        text = match raw.contains(Name::AccessToken.text()) {
            true => "null".to_owned(),
            false => quote(&secret::masked(raw)),
        };
    } else {
        text = without_tokens(text);
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
        let of_tests = rules::index_of("test-event-code");
        let allow = |finding: &Finding, _: Safety| {
            is_allowed(worker, finding) || (worker.orders.as_test && finding.rule == of_tests)
        };
        let mender = Mender::new(&worker.linter.rules, around);
        let repair = mender.mend(&text, Some(clock), &allow);
        if !repair.left.is_empty() {
            reasons.push(rules::index_of("insufficient-user-data"));
        }
        if let Some(mended) = repair.text {
            text = resend::one_line(&mended);
            is_changed = true;
        }
        reasons.extend(refusals(worker, &text, clock));
    }
    if bound.is_test && !takes_tests(worker) {
        reasons.push(rules::index_of("test-event-code"));
    }
    reasons.sort_unstable();
    reasons.dedup();
    Parcel {
        has_id: bound.has_id,
        awaits_body: false,
        is_changed,
        dataset: bound.dataset.clone(),
        options: bound.options.clone(),
        reasons,
        line: 0,
        event: 0,
        offset: 0,
        text,
    }
}

/// The event without access tokens: those that stand under their name are taken out, others are
/// masked, whatever the user suppresses.
fn without_tokens(mut text: String) -> String {
    // Each round makes them fewer.
    while let Some(new) = with_a_token_less(&text) {
        text = new;
    }
    match secret::without_tokens(&text) {
        std::borrow::Cow::Borrowed(_) => text,
        // In a key.
        std::borrow::Cow::Owned(masked) => masked,
    }
}

fn with_a_token_less(text: &str) -> Option<String> {
    if !text.contains(Name::AccessToken.text()) && !secret::may_hold_token(text) {
        return None;
    }
    let arena = Bump::new();
    let mut tape = Tape::new();
    tape.parse(text, &arena).ok()?;
    let op = tape.root().descendants().find_map(|item| {
        let at = item.pointer();
        if item.name() == Some(Name::AccessToken) {
            return Some(Op::Remove { at });
        }
        let value = item.text()?;
        secret::tokens(value).next()?;
        let json = quote(&secret::without_tokens(value));
        Some(Op::Replace { at, json })
    })?;
    let new = edit::apply(text, &Pointer::root(), &[op]).ok()?;
    (new != text).then_some(new)
}

/// Whether Meta could find anybody with what is right in user_data.
struct Findable(bool);

impl Watch for Findable {
    fn event(&mut self, event: &Event<'_, '_>, findings: &[Finding]) {
        let Some(user_data) = event.user_data() else {
            return;
        };
        let worthless = |value: Item<'_, '_>| {
            let place = value.pointer_from(event.root().place());
            findings.iter().any(|finding| {
                finding.spoils
                    && finding.severity == Severity::Error
                    && finding.pointer().is_some_and(|pointer| {
                        pointer.as_str().starts_with("/user_data/") && place.within(pointer)
                    })
            })
        };
        let mut present = 0;
        for member in user_data.members() {
            if let Some(name) = member.name().filter(|name| name.hashing().is_some())
                && member
                    .each()
                    .any(|value| !value.is_blank() && !worthless(value))
            {
                present |= name.bit();
            }
        }
        self.0 = !insufficient_user_data::is_too_broad(present);
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
    let mut findable = Findable(false);
    let read = inspector.element(text, Latest::default(), Envelope::default(), &mut findable);
    if read.is_err() {
        return vec![rules::index_of("malformed-json")];
    }
    let forbids = |finding: &&Finding| {
        let is_harm = matches!(finding.effect, Effect::Refused | Effect::Leaked);
        (finding.severity == Severity::Error && is_harm)
            || NOT_SENT.contains(&rules::ALL[finding.rule].name())
    };
    let findings = inspector.findings().iter();
    let mut reasons: Vec<usize> = findings
        .filter(forbids)
        .map(|finding| finding.rule)
        .collect();
    if !findable.0 {
        reasons.push(rules::index_of("insufficient-user-data"));
    }
    reasons
}
