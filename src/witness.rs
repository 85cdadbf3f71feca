//! What others than the log itself know: browsers, whose requests were captured, and people who
//! have a list of their customers.

use std::sync::Arc;

use bumpalo::Bump;

use crate::event::{Envelope, Event};
use crate::known::KnownValues;
use crate::ledger::Lessons;
use crate::pixel::Index;
use crate::pixel::pairs::Learned;

/// What every check may ask beside the payload. All of it is shared and only read.
#[derive(Clone, Debug, Default)]
pub struct Witnesses {
    /// What browsers sent (`--pixel`).
    pub pixel: Option<Arc<Index>>,
    /// What a first pass has learned of the browser's copies.
    pub learned: Option<Arc<Learned>>,
    /// What a first pass has learned of the log, for fixes alone: what is wrong, the log tells.
    pub lessons: Option<Arc<Lessons>>,
    /// Of an event that is read alone, what stood around it.
    pub sent: Option<Arc<Sent>>,
    /// Values that are known in plain (`--known`).
    pub known: Option<Arc<KnownValues>>,
}

impl Witnesses {
    /// Whether more is known of an event than it says itself.
    pub fn are_there(&self) -> bool {
        self.pixel.is_some()
            || self.learned.is_some()
            || self.lessons.is_some()
            || self.known.is_some()
    }
}

/// What stands around an event in the log, kept for when the event is read alone.
#[derive(Clone, Debug)]
pub struct Sent {
    dataset: Option<String>,
    sent_at: Option<i64>,
    sender: Option<String>,
    is_test: bool,
    /// Whether the event stands in a request.
    pub in_request: bool,
}

impl Sent {
    /// What stands around an event.
    pub fn of(event: &Event<'_, '_>) -> Arc<Sent> {
        let envelope = &event.envelope;
        Arc::new(Sent {
            dataset: envelope.dataset.map(str::to_owned),
            sent_at: envelope.sent_at,
            sender: envelope.sender.map(str::to_owned),
            is_test: envelope.is_test,
            in_request: event.in_request,
        })
    }

    /// The same as it was.
    pub fn envelope<'a>(&self, arena: &'a Bump) -> Envelope<'a> {
        let keep = |text: &Option<String>| text.as_deref().map(|text| &*arena.alloc_str(text));
        Envelope {
            dataset: keep(&self.dataset),
            sent_at: self.sent_at,
            sender: keep(&self.sender),
            is_test: self.is_test,
            ..Envelope::default()
        }
    }
}
