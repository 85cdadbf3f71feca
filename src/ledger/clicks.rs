//! Clicks: every click id with the creation times, people and spellings under which it was seen.

use super::key::{Key, short};
use super::people::{Told, Who};
use super::recent::Recent;
use super::table::Row;
use super::table::numbers;
use crate::event::Event;
use crate::values::click_id::{self, Misformed, SHORTEST};
use crate::values::event_name;
use crate::values::event_time;
use crate::values::name::Name;
use crate::values::percent;

/// A click id as one person sent it, or as it stood in the address of a page. Numbers that are 0
/// are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Click {
    /// The click, whatever was done to its id: the id's beginning without regard to case.
    pub key: u64,
    /// The id, letter for letter.
    pub id: [u64; 2],
    /// Whoever sent it: the browser, or else the account, the e-mail, or address and agent.
    pub person: u32,
    /// The creation time in fbc in Unix milliseconds; 0 for a sighting in an address.
    pub time: u64,
    pub address: u32,
    /// A union of the flags below.
    pub flags: u32,
    /// The id without regard to case and encoding.
    pub folded: u64,
    /// The length of the id in bytes.
    pub length: u32,
    /// The earliest event_time, in Unix seconds; 0 when no event tells it.
    pub seen: u32,
    /// The first event.
    pub at: u64,
    /// The number of events.
    pub count: u32,
}

/// fbc was created within seconds of an event that comes late in a visit.
pub const MADE_FOR_EVENT: u32 = 1;
/// The id has capital letters.
pub const UPPER: u32 = 1 << 1;
/// The id has small letters.
pub const LOWER: u32 = 1 << 2;
/// The id holds `%`.
pub const ENCODED: u32 = 1 << 3;
/// The id holds a space.
pub const SPACES: u32 = 1 << 4;
/// The rest of an address stands behind the id.
pub const GLUED: u32 = 1 << 9;
/// A rule of single events said that the id was altered.
pub const TOLD_ALTERED: u32 = 1 << 5;
/// And more than its looks showed it.
pub const SURELY_ALTERED: u32 = 1 << 8;
/// A rule of single events said that fbc was made for the event.
pub const TOLD_REBUILT: u32 = 1 << 7;
/// The person is a browser.
pub const BROWSER: u32 = 1 << 6;

/// What tells two clicks apart stands in so many first characters of an id. Those of the old kind
/// are random from the fifth on; newer ones begin with fields that one browser's clicks on one ad
/// may share.
const HEAD: usize = 128;
const OLD_HEAD: usize = 40;

/// Ids up to this length are folded without an allocation; the longest seen had 659 characters.
const LONG: usize = 384;

/// Nobody comes from an ad to the end of a checkout in so few seconds.
const SECONDS: i64 = 5;

impl Click {
    /// Whether all these flags are set.
    pub fn has(&self, flags: u32) -> bool {
        self.flags & flags == flags
    }

    /// When the click was made at the latest, in Unix milliseconds: 0 when that is not known.
    pub fn made_by(&self) -> u64 {
        match self.is_of_address() {
            true => u64::from(self.seen) * 1_000,
            false => self.time,
        }
    }

    /// Whether it was seen in the address of a page only, or without the time of fbc.
    pub fn is_of_address(&self) -> bool {
        self.time == 0
    }

    fn what(&self) -> impl PartialEq + use<> {
        let Click {
            id,
            person,
            time,
            address,
            flags,
            ..
        } = *self;
        (id, person, time, address, flags)
    }
}

impl Row for Click {
    const REPEATS: bool = true;

    type Group = u64;

    fn group(&self) -> u64 {
        self.key
    }

    fn absorb(&mut self, other: &Self) -> bool {
        let same = self.what() == other.what();
        if same {
            self.at = self.at.min(other.at);
            self.count = self.count.saturating_add(other.count);
            self.seen = match (self.seen, other.seen) {
                (0, seen) | (seen, 0) => seen,
                (a, b) => a.min(b),
            };
        }
        same
    }

    fn shift(&mut self, events: u64) {
        self.at += events;
    }

    numbers! {
        key: u64,
        id: [u64; 2],
        time: u64,
        folded: u64,
        at: u64,
        person: u32,
        address: u32,
        flags: u32,
        length: u32,
        seen: u32,
        count: u32,
    }
}

/// The clicks of one block.
pub(super) type Collected = Recent<Click, { 1 << 10 }>;

impl Collected {
    /// Enters the click of fbc and, where that is another, the one in the page's address. A bare
    /// click id in fbc is a sighting as one in an address is.
    pub fn enter(&mut self, key: &Key, event: &Event<'_, '_>, who: &Who, told: &Told, at: u64) {
        if event.envelope.is_test {
            return;
        }
        let in_fbc = event.click();
        let id = in_fbc.as_ref().map(|click| click.stamped.tail());
        if let Some(click) = &in_fbc
            && let Some(time) = click.millis
            && let Some(mut row) = row_of(key, click.stamped.tail(), who, at)
        {
            row.time = time.unsigned_abs();
            let near = || {
                event_time::moment(event)
                    .and_then(|moment| click.seconds_until(moment))
                    .is_some_and(|seconds| (-SECONDS..SECONDS).contains(&seconds))
            };
            let is_late = event.name().is_some_and(event_name::is_late);
            if is_late && event.fbclid().is_none() && near() {
                row.flags |= MADE_FOR_EVENT;
            }
            if told.altered {
                row.flags |= TOLD_ALTERED;
            }
            if told.surely_altered {
                row.flags |= SURELY_ALTERED;
            }
            if told.rebuilt {
                row.flags |= TOLD_REBUILT;
            }
            self.see_click(row);
        }
        let in_url = event.fbclid().filter(|in_url| id != Some(*in_url));
        let bare = match in_fbc {
            Some(_) => None,
            None => bare_id(event).filter(|bare| in_url != Some(*bare)),
        };
        for id in in_url.into_iter().chain(bare) {
            if let Some(mut row) = row_of(key, id, who, at) {
                let moment = event_time::moment(event);
                row.seen = moment.and_then(|it| it.try_into().ok()).unwrap_or(0);
                self.see_click(row);
            }
        }
    }

    fn see_click(&mut self, row: Click) {
        let bits = row.id[0] as u32 ^ row.person ^ row.time as u32;
        self.see(bits.into(), row);
    }
}

/// The click id that stands in fbc without the parts before it.
fn bare_id<'a>(event: &Event<'_, 'a>) -> Option<&'a str> {
    match click_id::misformed_fbc(event.user(Name::Fbc)?.text()?) {
        Misformed::Bare(id) => Some(id),
        _ => None,
    }
}

/// A click id as the rows have it.
pub(super) fn id_of(key: &Key, id: &str) -> [u64; 2] {
    key.begin().part(id.as_bytes()).wide()
}

/// Whoever sent a click.
pub(super) fn person_of(who: &Who) -> u32 {
    if who.browser != 0 {
        short(who.browser)
    } else if who.external_id != 0 {
        short(who.external_id)
    } else if who.email != 0 {
        who.email
    } else {
        who.address
    }
}

/// A sighting of an id that Meta may have given out.
fn row_of(key: &Key, id: &str, who: &Who, at: u64) -> Option<Click> {
    if id.len() < SHORTEST || click_id::fabricated(id).is_some() {
        return None;
    }
    let mut flags = 0;
    for byte in id.bytes() {
        flags |= match byte {
            b'A'..=b'Z' => UPPER,
            b'a'..=b'z' => LOWER,
            b'%' => ENCODED,
            b' ' => SPACES,
            b'&' | b'?' | b'#' | b'/' | b'\\' => GLUED,
            _ => 0,
        };
    }
    if who.browser != 0 {
        flags |= BROWSER;
    }
    let person = person_of(who);
    let plain = match flags & ENCODED {
        0 => None,
        _ => percent::decode(id),
    };
    let plain = plain.as_deref().unwrap_or(id).as_bytes();
    let (mut short_id, mut long_id) = ([0; LONG], Vec::new());
    let folded = match short_id.get_mut(..plain.len()) {
        Some(room) => {
            room.copy_from_slice(plain);
            room
        }
        None => {
            long_id.extend_from_slice(plain);
            &mut long_id[..]
        }
    };
    for byte in &mut *folded {
        *byte = match *byte {
            b' ' => b'+',
            byte => byte.to_ascii_lowercase(),
        };
    }
    let head = match folded.starts_with(b"iwar") {
        true => OLD_HEAD,
        false => HEAD,
    };
    let click = key.hash(&folded[..folded.len().min(head)]);
    Some(Click {
        key: click,
        id: id_of(key, id),
        person,
        time: 0,
        address: who.address,
        flags,
        folded: match folded.len() > head {
            true => key.hash(folded),
            false => click,
        },
        length: id.len() as u32,
        seen: 0,
        at,
        count: 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_comes_back_from_disk_as_it_went() {
        let click = Click {
            key: 1,
            id: [2, 3],
            person: 4,
            time: 5,
            address: 6,
            flags: 7,
            folded: 8,
            length: 9,
            seen: 12,
            at: 10,
            count: 11,
        };
        let mut bytes = Vec::new();
        click.write(&mut bytes);
        assert_eq!(bytes.len(), Click::SIZE);
        assert_eq!(Click::read(&bytes), click);
    }

    #[test]
    fn what_was_done_to_an_id_leaves_it_the_same_click() {
        let key = Key::of(b"k");
        let who = Who::default();
        let id = "IwAR3vQn8T_kX2mLr5bYc0ZpHs7WfGdJ1aEuV9oNtI6yRqMxC4lSjUzBPwKe1";
        let row = |id: &str| row_of(&key, id, &who, 0).unwrap();
        let whole = row(id);
        let small = row(&id.to_ascii_lowercase());
        let cut = row(&id[..50]);
        assert!(whole.has(UPPER | LOWER) && !small.has(UPPER));
        assert_eq!((whole.key, whole.folded), (small.key, small.folded));
        assert!(whole.key == cut.key && whole.folded != cut.folded && whole.id != small.id);
        let other = row("IwAR3vQn8T_kX2mLr5bYc0ZpHs7WfGdJ1aEuV9oNtI6yRqMxC4lSjUzBPwKe2");
        assert_ne!(whole.folded, other.folded);
        let long = |tail: &str| row(&format!("IwZXh0bgNhZW0CMTAA{}{tail}", "aB3".repeat(40)));
        assert_eq!(long("x+Y=").folded, long("x Y=").folded);
        assert_eq!(long("x+Y=").folded, long("x%2BY%3D").folded);
        assert!(row(&format!("{id}&utm_source=facebook")).has(GLUED) && !whole.has(GLUED));
        assert!(row_of(&key, "fallback", &who, 0).is_none());
    }
}
