//! The requests and events in a JSON text: where they lie, and what a request tells.

use std::ops::Range;

use crate::ages::Ages;
use crate::clock::Clock;
use crate::json::{Item, Tape};
use crate::values::name::Name;

/// A request body, or events that came without one.
#[derive(Clone, Debug)]
pub struct Payload {
    /// Place of the body on the tape; `None` for events without a body around them.
    pub request: Option<u32>,
    /// Which of the events found.
    events: Range<usize>,
}

/// The requests and events of a JSON text. Used again for the next text.
#[derive(Debug, Default)]
pub struct Payloads {
    list: Vec<Payload>,
    /// Places of the events of all payloads, in the order of the text.
    events: Vec<u32>,
    /// Whether something at the root may be the row or the log line around an event.
    odd: bool,
    /// Whether events without a body are kept apart, because each may have its own envelope.
    pub(crate) apart: bool,
    /// Place of a body whose events were taken out, so that its list is empty.
    pub(crate) emptied: Option<u32>,
}

impl Payloads {
    /// Finds the requests and events of a JSON text: a body `{"data":[…]}`, an event, or a list of
    /// bodies or events. Values that are neither are passed over.
    pub fn find(&mut self, tape: &Tape<'_>) {
        self.clear();
        self.apart = false;
        let root = tape.root();
        if root.is_list() {
            for item in root.children() {
                self.take(item);
            }
        } else {
            self.take(root);
        }
    }

    /// Whether [`Payloads::find`] found nothing, or nothing whole: what is looked for may lie
    /// deeper.
    #[inline]
    pub fn may_lie_deeper(&self) -> bool {
        self.odd || self.list.is_empty()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.list.clear();
        self.events.clear();
        self.odd = false;
    }

    /// The payloads, in the order of the text.
    pub fn list(&self) -> &[Payload] {
        &self.list
    }

    /// The number of events of all payloads.
    pub fn count(&self) -> usize {
        self.events.len()
    }

    /// Places of the events of a payload.
    pub fn events(&self, payload: &Payload) -> &[u32] {
        &self.events[payload.events.clone()]
    }

    /// Whether an object has keys of an event, but neither of the two that hold most of it.
    pub(crate) fn is_thin(item: Item<'_, '_>) -> bool {
        let keys = keys_of(item);
        keys & Name::EventTime.bit() != 0 && keys & WEIGHTY == 0
    }

    /// Takes a body or an event, and says whether it is one.
    pub(crate) fn take(&mut self, item: Item<'_, '_>) -> bool {
        let before = self.events.len();
        let bodies = self.list.len();
        self.take_if_any(item);
        self.list.len() > bodies || self.events.len() > before
    }

    fn take_if_any(&mut self, item: Item<'_, '_>) {
        if !item.is_object() {
            return;
        }
        let keys = keys_of(item);
        let first = self.events.len();
        // An event has no `data`; what names one beside a list of events is out of place there.
        let body = (keys & Name::Data.bit() != 0)
            .then(|| item.get(Name::Data))
            .flatten()
            .filter(|data| {
                keys & Name::EventName.bit() == 0
                    || data.is_list() && data.children().next().is_some_and(is_listed_event)
            });
        if let Some(data) = body {
            let elements = data.each().filter(|element| element.is_object());
            self.events.extend(elements.map(Item::place));
            let is_request = self.events[first..]
                .iter()
                .any(|&place| is_listed_event(data.sibling(place)))
                || (data.is_list() && data.is_empty() && keys & REQUEST_KEYS != 0)
                || (data.is_list() && data.is_empty() && item.len() == 1)
                || self.emptied == Some(item.place());
            if is_request {
                // The first shows in what form all of them are.
                self.odd |= self.events[first..]
                    .first()
                    .is_some_and(|&place| spells_out_types(data.sibling(place)));
                let events = first..self.events.len();
                self.list.push(Payload {
                    request: Some(item.place()),
                    events,
                });
            } else {
                self.events.truncate(first);
            }
            return;
        }
        let signs = [Name::EventTime, Name::UserData, Name::ActionSource]
            .iter()
            .filter(|name| keys & name.bit() != 0)
            .count();
        let named = keys & Name::EventName.bit() != 0;
        if signs < 2 && !(named && signs == 1) {
            return;
        }
        // A row of a table may name the event that another column holds; a store spells out types.
        self.odd |= keys & WEIGHTY == 0 || spells_out_types(item);
        // So may a log store take its parts for keys with dots.
        self.odd |= keys & Name::UserData.bit() == 0
            && item.children().any(|member| member.key().contains('.'));
        self.events.push(item.place());
        match self.list.last_mut() {
            // Neighbours without a body belong to one payload.
            Some(last) if last.request.is_none() && !self.apart => last.events.end += 1,
            _ => self.list.push(Payload {
                request: None,
                events: first..first + 1,
            }),
        }
    }
}

/// Whether an object stands where an event has a number or a text.
fn spells_out_types(event: Item<'_, '_>) -> bool {
    event.children().any(|member| {
        member.is_object() && member.name().is_some_and(|name| PLAIN & name.bit() != 0)
    })
}

/// What is no object in any event.
const PLAIN: u128 = Name::EventName.bit()
    | Name::EventTime.bit()
    | Name::EventId.bit()
    | Name::ActionSource.bit()
    | Name::EventSourceUrl.bit();

/// What nearly every event has beside its name and its time.
pub(super) const WEIGHTY: u128 =
    Name::UserData.bit() | Name::ActionSource.bit() | Name::CustomData.bit();

const REQUEST_KEYS: u128 = Name::AccessToken.bit()
    | Name::TestEventCode.bit()
    | Name::PartnerAgent.bit()
    | Name::UploadTag.bit();

/// The names among the keys of an object.
fn keys_of(item: Item<'_, '_>) -> u128 {
    item.children()
        .filter_map(Item::name)
        .fold(0, |set, name| set | name.bit())
}

/// Whether an element of `data` is an event: other APIs also take or answer a list called `data`, some
/// of them with an event_time and an event_id.
pub(crate) fn is_listed_event(item: Item<'_, '_>) -> bool {
    const SIGNS: u128 = Name::EventName.bit()
        | Name::UserData.bit()
        | Name::CustomData.bit()
        | Name::ActionSource.bit();
    item.is_object() && keys_of(item) & SIGNS != 0
}

/// A request body as rules see it.
pub struct Request<'t, 'a> {
    /// The object with `data`, or the list of a form.
    pub body: Item<'t, 'a>,
    /// Whether only the field `data` of a form, a multipart body or a query is JSON.
    pub is_form: bool,
    /// Whether it has a `test_event_code`, in its body or beside that: in its URL or in a field.
    pub is_test: bool,
    /// The number of events in it.
    pub events: usize,
    /// When they happened, if they were read before the body, which has an empty list of them.
    pub read_before: Option<&'t Ages>,
    /// The time against which the age of its events is measured.
    pub clock: Clock,
}

impl<'t, 'a> Request<'t, 'a> {
    /// A member of the body.
    pub fn get(&self, name: Name) -> Option<Item<'t, 'a>> {
        match self.is_form {
            true => (name == Name::Data).then_some(self.body),
            false => self.body.get(name),
        }
    }
}
