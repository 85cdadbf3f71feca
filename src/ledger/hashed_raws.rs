//! Digests that stand in place of values which Meta wants as they are: the value may stand elsewhere in
//! the log. Only fixes read them, in the run that found them: they go to no disk and into no part.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use crate::digest::{self, Digest, digest_of, sha256};
use crate::event::Event;
use crate::json::Item;
use crate::values::name::Name;

/// No right value of these is hex, whatever its length.
pub const NEVER_HEX: [Name; 4] = [
    Name::ClientIpAddress,
    Name::ClientUserAgent,
    Name::Fbc,
    Name::Fbp,
];

/// More of them are not remembered; the least stay, whatever the order.
const MOST: usize = 1 << 16;

/// Such digests.
#[derive(Debug, Default)]
pub struct HashedRaws(BTreeSet<Digest>);

impl HashedRaws {
    /// Takes in those of an event.
    pub(super) fn enter(&mut self, event: &Event<'_, '_>) {
        if !event.raw().may_be_hex {
            return;
        }
        for text in raws_of(event) {
            if let Some(digest) = digest::decode_digest(text) {
                self.0.insert(digest);
            }
        }
    }

    /// Takes in those of a block.
    pub(super) fn take(&mut self, other: &HashedRaws) {
        self.0.extend(&other.0);
        while self.0.len() > MOST {
            self.0.pop_last();
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn all(&self) -> impl Iterator<Item = Digest> + '_ {
        self.0.iter().copied()
    }
}

/// The texts that an event has under these keys.
fn raws_of<'a>(event: &Event<'_, 'a>) -> impl Iterator<Item = &'a str> {
    let values = NEVER_HEX.into_iter().filter_map(|name| event.user(name));
    values.flat_map(Item::each).filter_map(|value| value.text())
}

/// Keeps the values of an event of which `wanted` holds the digest, as they are or in small letters.
pub(super) fn fetch(
    event: &Event<'_, '_>,
    wanted: impl Fn(&Digest) -> bool,
    into: &mut HashMap<Digest, String>,
) {
    for text in raws_of(event) {
        let own = digest_of(&sha256(text.as_bytes()));
        let lower = digest_of(&sha256(text.to_lowercase().as_bytes()));
        for digest in [own, lower] {
            if wanted(&digest) {
                into.insert(digest, text.to_owned());
            }
        }
    }
}
