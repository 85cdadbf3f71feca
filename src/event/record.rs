//! One JSON text, and whether anything stands around what is sent to Meta.

use std::cell::OnceCell;

use crate::exchange::{Found, TextBody};
use crate::json::{Item, Tape};
use crate::values::name::Name;

/// One JSON text, or a piece of text around JSON such as a pasted request line.
pub struct Record<'t, 'a> {
    /// The text as it stands in the input.
    pub text: &'a str,
    /// Its values; `None` when the text is no JSON.
    pub tape: Option<&'t Tape<'a>>,
    /// Whether the text is a request body or an event with nothing around it, as far as its
    /// outermost keys tell, or a list of such: most are, and nothing can then be said of an
    /// envelope.
    pub is_bare: bool,
    /// Whether the text is an element of `data` that is read without its body.
    pub is_element: bool,
    /// Whether what stands around the text says that it was sent to a dataset.
    pub is_sent: bool,
    /// Place of a body whose events were read before it, so that its list is empty.
    pub emptied: Option<u32>,
    /// What [`crate::exchange::texts_sent_there`] found, once a rule asked.
    pub(crate) texts: OnceCell<Vec<TextBody>>,
    /// What [`crate::exchange::sent_to`] found.
    pub(crate) sent_to: OnceCell<Vec<Found<'t, 'a>>>,
}

impl<'t, 'a> Record<'t, 'a> {
    /// A record of this text, with its values when it is JSON.
    pub fn new(text: &'a str, tape: Option<&'t Tape<'a>>) -> Self {
        let is_bare = tape.is_some_and(|tape| tape.root().each().all(is_bare));
        Record {
            text,
            tape,
            is_bare,
            is_element: false,
            is_sent: false,
            emptied: None,
            texts: OnceCell::new(),
            sent_to: OnceCell::new(),
        }
    }

    /// The record of an element of `data`: whatever keys it has, none of them is an envelope's.
    pub fn element(text: &'a str, tape: &'t Tape<'a>) -> Self {
        Record {
            text,
            tape: Some(tape),
            is_bare: true,
            is_element: true,
            is_sent: false,
            emptied: None,
            texts: OnceCell::new(),
            sent_to: OnceCell::new(),
        }
    }

    /// The values of the text that have nothing to do with each other: the elements of a list, or
    /// the one value that it is.
    pub fn parts(&self) -> impl Iterator<Item = Item<'t, 'a>> + use<'t, 'a> {
        self.tape.into_iter().flat_map(|tape| tape.root().each())
    }

    /// Those of its parts that have something around a payload.
    pub fn enveloped(&self) -> impl Iterator<Item = Item<'t, 'a>> + use<'t, 'a> {
        let parts = (!self.is_bare).then(|| self.parts());
        parts.into_iter().flatten().filter(|part| !is_bare(*part))
    }
}

/// The names of a request body and of an event's own members.
const OF_PAYLOAD: u128 = (Name::AdvancedMeasurementTable.bit() << 1) - 1;

/// Any one of these tells that an object is an event.
const OF_EVENT: u128 = Name::EventName.bit() | Name::UserData.bit() | Name::ActionSource.bit();

/// Whether a value is a request body or an event with nothing around it, as far as its outermost
/// keys tell. Nothing can then be said of an envelope.
#[inline]
pub fn is_bare(value: Item<'_, '_>) -> bool {
    if !value.is_object() {
        return !value.is_list();
    }
    let (mut names, mut data) = (0, None);
    for member in value.children() {
        match member.name() {
            Some(name) if OF_PAYLOAD & name.bit() != 0 => {
                names |= name.bit();
                if name == Name::Data {
                    data = Some(member);
                }
            }
            _ => return false,
        }
    }
    match data {
        Some(data) => data.each().next().is_none_or(|event| {
            event
                .children()
                .filter_map(Item::name)
                .any(|name| OF_EVENT & name.bit() != 0)
        }),
        None => names & OF_EVENT != 0,
    }
}
