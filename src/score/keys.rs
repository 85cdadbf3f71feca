//! The keys that count for match quality, sets of them, and how each of them stands in an event.

use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};

use crate::values::name::Name;

macro_rules! keys {
    ($($key:ident = $name:ident, $label:literal;)*) => {
        /// A key of user_data that the model knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
        #[serde(try_from = "String")]
        #[repr(u8)]
        #[allow(missing_docs)]
        pub enum ScoreKey { $($key,)* }

        impl ScoreKey {
            /// Every key, in the order in which tables show them.
            pub const ALL: &'static [ScoreKey] = &[$(ScoreKey::$key,)*];

            /// The key behind a member name, when it counts.
            #[inline]
            pub const fn from_name(name: Name) -> Option<ScoreKey> {
                match name { $(Name::$name => Some(ScoreKey::$key),)* _ => None }
            }

            /// The spelling in the payload.
            pub const fn name(self) -> &'static str {
                match self { $(ScoreKey::$key => Name::$name.text(),)* }
            }

            /// The key in words.
            pub const fn label(self) -> &'static str {
                match self { $(ScoreKey::$key => $label,)* }
            }
        }
    };
}

keys! {
    Em = Em, "e-mail";
    Ph = Ph, "phone";
    ExternalId = ExternalId, "external id";
    Fn = Fn, "first name";
    Ln = Ln, "last name";
    Ct = Ct, "city";
    St = St, "state";
    Zp = Zp, "postcode";
    Country = Country, "country";
    Db = Db, "date of birth";
    Ge = Ge, "gender";
    Fbp = Fbp, "browser id";
    Fbc = Fbc, "click id";
    Ip = ClientIpAddress, "IP address";
    Ua = ClientUserAgent, "user agent";
    LeadId = LeadId, "lead id";
    FbLoginId = FbLoginId, "login id";
}

impl ScoreKey {
    /// How many keys there are.
    pub const COUNT: usize = Self::ALL.len();
}

impl TryFrom<String> for ScoreKey {
    type Error = &'static str;

    fn try_from(name: String) -> Result<ScoreKey, &'static str> {
        Name::of(&name)
            .and_then(ScoreKey::from_name)
            .ok_or("not a key that counts for match quality")
    }
}

impl Serialize for ScoreKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A set of keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Keys(u32);

impl Keys {
    /// No key.
    pub const NONE: Keys = Keys(0);

    /// The set of the keys listed.
    pub const fn of(keys: &[ScoreKey]) -> Keys {
        let (mut bits, mut i) = (0, 0);
        while i < keys.len() {
            bits |= 1 << keys[i] as u32;
            i += 1;
        }
        Keys(bits)
    }

    /// The set as a number.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// The set that [`Keys::bits`] gave as a number; bits that are no key are passed over.
    pub const fn from_bits(bits: u32) -> Keys {
        Keys(bits & ((1 << ScoreKey::COUNT) - 1))
    }

    /// Whether the key is in the set.
    #[inline]
    pub const fn has(self, key: ScoreKey) -> bool {
        self.0 >> key as u32 & 1 == 1
    }

    /// Whether every key of `other` is in the set.
    #[inline]
    pub const fn has_all(self, other: Keys) -> bool {
        other.0 & !self.0 == 0
    }

    /// Whether some key of `other` is in the set.
    #[inline]
    pub const fn has_any(self, other: Keys) -> bool {
        self.0 & other.0 != 0
    }

    /// The keys in either set.
    #[inline]
    pub const fn with(self, other: Keys) -> Keys {
        Keys(self.0 | other.0)
    }

    /// The keys in both sets.
    #[inline]
    pub const fn common(self, other: Keys) -> Keys {
        Keys(self.0 & other.0)
    }

    /// The keys that are not in `other`.
    #[inline]
    pub const fn without(self, other: Keys) -> Keys {
        Keys(self.0 & !other.0)
    }

    /// Puts a key into the set.
    #[inline]
    pub const fn insert(&mut self, key: ScoreKey) {
        self.0 |= 1 << key as u32;
    }

    /// Takes a key out of the set.
    #[inline]
    pub const fn remove(&mut self, key: ScoreKey) {
        self.0 &= !(1 << key as u32);
    }

    /// Whether no key is in the set.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many keys are in the set.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The keys in their order.
    pub fn iter(self) -> impl Iterator<Item = ScoreKey> {
        ScoreKey::ALL
            .iter()
            .copied()
            .filter(move |&key| self.has(key))
    }
}

impl FromIterator<ScoreKey> for Keys {
    fn from_iter<I: IntoIterator<Item = ScoreKey>>(keys: I) -> Keys {
        let mut set = Keys::NONE;
        for key in keys {
            set.insert(key);
        }
        set
    }
}

impl Serialize for Keys {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.len()))?;
        for key in self.iter() {
            list.serialize_element(&key)?;
        }
        list.end()
    }
}

/// How a key stands in an event; the better one is the greater one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not sent.
    #[default]
    Absent,
    /// Sent, and can match nobody.
    Bad,
    /// Well formed; only Meta can tell whether it matches.
    Unverified,
    /// Proven right, or a raw key in valid form.
    Good,
}

/// The keys of one event: sent, usable among the sent, proven among the usable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "u64", into = "u64")]
pub struct Presence {
    sent: Keys,
    usable: Keys,
    proven: Keys,
}

impl From<Presence> for u64 {
    fn from(presence: Presence) -> u64 {
        presence.pack()
    }
}

impl From<u64> for Presence {
    fn from(packed: u64) -> Presence {
        Presence::unpack(packed)
    }
}

impl Presence {
    /// The presence with these sets; what is not sent is not usable, what is not usable not proven.
    pub const fn new(sent: Keys, usable: Keys, proven: Keys) -> Presence {
        let usable = usable.common(sent);
        let proven = proven.common(usable);
        Presence {
            sent,
            usable,
            proven,
        }
    }

    /// Notes one value of a key. A list counts as its best value.
    #[inline]
    pub const fn note(&mut self, key: ScoreKey, status: Status) {
        if matches!(status, Status::Absent) {
            return;
        }
        self.sent.insert(key);
        if matches!(status, Status::Unverified | Status::Good) {
            self.usable.insert(key);
        }
        if matches!(status, Status::Good) {
            self.proven.insert(key);
        }
    }

    /// Takes a key out of those that count, whatever was noted before.
    #[inline]
    pub const fn spoil(&mut self, key: ScoreKey) {
        self.usable.remove(key);
        self.proven.remove(key);
    }

    /// How a key stands.
    #[inline]
    pub const fn status(&self, key: ScoreKey) -> Status {
        if self.proven.has(key) {
            Status::Good
        } else if self.usable.has(key) {
            Status::Unverified
        } else if self.sent.has(key) {
            Status::Bad
        } else {
            Status::Absent
        }
    }

    /// The keys with a value.
    #[inline]
    pub const fn sent(&self) -> Keys {
        self.sent
    }

    /// The keys with a value that can match.
    #[inline]
    pub const fn usable(&self) -> Keys {
        self.usable
    }

    /// The keys with a value known to be right.
    #[inline]
    pub const fn proven(&self) -> Keys {
        self.proven
    }

    /// The keys that are sent and can match nobody.
    #[inline]
    pub const fn bad(&self) -> Keys {
        self.sent.without(self.usable)
    }

    /// The presence in one number: three sets of 17 bits.
    #[inline]
    pub(super) const fn pack(self) -> u64 {
        let width = ScoreKey::COUNT;
        self.sent.0 as u64 | (self.usable.0 as u64) << width | (self.proven.0 as u64) << (2 * width)
    }

    /// The presence that `packed` stands for.
    pub(super) const fn unpack(packed: u64) -> Presence {
        let width = ScoreKey::COUNT;
        let mask = (1 << width) - 1;
        Presence {
            sent: Keys((packed & mask) as u32),
            usable: Keys((packed >> width & mask) as u32),
            proven: Keys((packed >> (2 * width) & mask) as u32),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_counts_as_its_best_value() {
        let mut presence = Presence::default();
        presence.note(ScoreKey::Em, Status::Unverified);
        presence.note(ScoreKey::Em, Status::Bad);
        presence.note(ScoreKey::Ph, Status::Bad);
        presence.note(ScoreKey::Ip, Status::Good);
        presence.note(ScoreKey::Ua, Status::Absent);
        assert_eq!(presence.status(ScoreKey::Em), Status::Unverified);
        assert_eq!(presence.status(ScoreKey::Ph), Status::Bad);
        assert_eq!(presence.status(ScoreKey::Ip), Status::Good);
        assert_eq!(presence.status(ScoreKey::Ua), Status::Absent);
        presence.spoil(ScoreKey::Ip);
        assert_eq!(presence.status(ScoreKey::Ip), Status::Bad);
        assert_eq!(Presence::unpack(presence.pack()), presence);
    }

    #[test]
    fn every_key_is_found_by_its_name() {
        for &key in ScoreKey::ALL {
            assert_eq!(ScoreKey::try_from(key.name().to_owned()), Ok(key));
        }
        assert!(ScoreKey::try_from("madid".to_owned()).is_err());
    }
}
