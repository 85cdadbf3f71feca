//! What an event shows at first sight, one bit for each sign. A rule that can only speak of events
//! with certain signs says so beside its check, and is passed over where none of them is there: most
//! events have none, and most rules have one.
//!
//! A sign may stand where there is nothing to say; it must not be missing where there is. A test runs
//! all rules on all fixtures both ways.

use crate::digest::Shape;

/// A set of signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signs(u64);

/// How many shapes there are.
const SHAPES: u32 = Shape::Plain as u32 + 1;

impl Signs {
    /// Every event: the rule always has to look.
    pub const ANY: Signs = Signs(1 << 63);
    pub const NONE: Signs = Signs(0);
    /// What an event shows when more than its own text is known of it: any rule may speak.
    pub const ALL: Signs = Signs(u64::MAX);

    /// A digest that is known to stand for nobody.
    pub const WORTHLESS: Signs = Signs::number(0);
    /// A digest that may be a mistake which the event itself proves.
    pub const MISTAKE: Signs = Signs::number(1);
    /// client_user_agent is not that of a usual browser.
    pub const ODD_AGENT: Signs = Signs::number(2);
    /// fbc or fbp is not of the usual form as far as its creation time.
    pub const ODD_STAMP: Signs = Signs::number(3);
    /// A key of user_data that takes no digest may hold one.
    pub const RAW_HEX: Signs = Signs::number(4);
    /// A key of user_data that takes no digest may hold a word for nothing.
    pub const RAW_NOTHING: Signs = Signs::number(5);
    /// There is an fbc.
    pub const CLICK: Signs = Signs::number(6);
    /// event_name, event_time, event_id, action_source, or what a website event needs, is not there
    /// or blank.
    pub const LACK: Signs = Signs::number(7);
    /// action_source is not `website`.
    pub const OTHER_SOURCE: Signs = Signs::number(8);
    /// event_name is none of Meta's standard ones for all sources.
    pub const OTHER_NAME: Signs = Signs::number(9);
    /// event_time is not a plausible number of seconds.
    pub const ODD_TIME: Signs = Signs::number(10);
    /// custom_data has a value.
    pub const VALUE: Signs = Signs::number(11);
    /// custom_data has contents or content_ids.
    pub const GOODS: Signs = Signs::number(12);
    /// The event itself has keys that few events have.
    pub const RARE_KEYS: Signs = Signs::number(13);
    /// The addresses of its pages are none of which nothing was to be said before.
    pub const NEW_ADDRESS: Signs = Signs::number(14);
    /// A key of user_data that takes no digest may hold a template that nobody filled in.
    pub const RAW_TEMPLATE: Signs = Signs::number(15);

    const fn number(number: u32) -> Signs {
        Signs(1 << (2 * SHAPES + number))
    }

    /// Values of these shapes under a key that wants a digest; a union of [`Shape::bit`].
    pub const fn shaped(shapes: u32) -> Signs {
        Signs(shapes as u64)
    }

    /// As [`Signs::shaped`], without external_id.
    pub const fn required(shapes: u32) -> Signs {
        Signs((shapes as u64) << SHAPES)
    }

    /// The signs of both.
    pub const fn with(self, other: Signs) -> Signs {
        Signs(self.0 | other.0)
    }

    /// These signs but for those.
    #[inline]
    pub const fn without(self, those: Signs) -> Signs {
        Signs(self.0 & !those.0)
    }

    /// These signs if `there` are such.
    #[inline]
    pub const fn only_if(self, there: bool) -> Signs {
        Signs(if there { self.0 } else { 0 })
    }

    /// Whether one of them is among the others.
    #[inline]
    pub const fn meet(self, others: Signs) -> bool {
        self.0 & others.0 != 0
    }
}
