//! A list that is read element by element: what is known of it while its elements come.

use std::ops::Range;

use bumpalo::Bump;
use jiff::tz::TimeZone;

use crate::clock::{Latest, plausible_time};
use crate::event::Envelope;
use crate::input::blocks::List;
use crate::json::{Pointer, Tape};
use crate::values::name::Name;

use super::dig;

/// The list, or nothing where whole texts are read.
#[derive(Default)]
pub(super) struct ByElement<'a> {
    /// Whether the text is an element of such a list, and if so of `data`.
    pub(super) as_event: Option<bool>,
    /// Whether it is one of a list in a body that comes to its end in another block.
    pub(super) awaits_body: bool,
    pub(super) latest: Latest,
    /// What the text around the list tells of its elements.
    context: Envelope<'a>,
    /// The pointer of the element at hand.
    pub(super) prefix: Pointer,
}

impl<'a> ByElement<'a> {
    /// A list begins some of whose elements stand in a block.
    pub(super) fn begin(
        &mut self,
        block: &str,
        elements: &[Range<usize>],
        list: &List,
        arena: &'a Bump,
        zone: Option<&TimeZone>,
    ) {
        self.as_event = Some(list.in_data);
        self.awaits_body = list.is_of_a_body();
        self.context = dig::context(list, arena, zone);
        if list.in_data {
            self.latest = latest_of(block, elements);
        }
    }

    /// It was cut off: what follows is none of it.
    pub(super) fn end(&mut self) {
        (self.as_event, self.awaits_body) = (None, false);
        (self.context, self.prefix) = (Envelope::default(), Pointer::root());
    }

    /// What stands around an element; `None` where whole texts are read.
    pub(super) fn around(&self) -> Option<Envelope<'a>> {
        self.as_event.map(|_| self.context)
    }
}

/// The largest times of some elements of `data`, read without any rule.
fn latest_of(text: &str, ranges: &[Range<usize>]) -> Latest {
    let mut latest = Latest::default();
    let mut arena = Bump::new();
    for range in ranges {
        let mut tape = Tape::new();
        if tape.parse(&text[range.clone()], &arena).is_ok() {
            let time = tape.root().get(Name::EventTime).and_then(plausible_time);
            if let Some(time) = time {
                latest.see(time);
            }
        }
        drop(tape);
        arena.reset();
    }
    latest
}
