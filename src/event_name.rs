//! The event names to which Meta gives a meaning of their own, and other spellings of them.

use once_cell::sync::Lazy;
use serde::Deserialize;

/// `rules/tables/events.json`.
#[derive(Deserialize)]
struct Table {
    standard: Vec<String>,
    default: Vec<String>,
    special: Vec<String>,
    messaging: Vec<String>,
}

/// Length of the longest name, CompleteRegistration.
const LONGEST: usize = 20;

/// Names that are told apart by Meta, by their length: most lookups compare one or two of them.
pub struct Family([Vec<&'static str>; LONGEST + 1]);

static TABLE: Lazy<Table> = Lazy::new(|| {
    serde_json::from_str(include_str!("../rules/tables/events.json"))
        .expect("the embedded table is read by a test")
});

/// The standard events, PageView and AppendAttribution: known whatever the action_source.
pub static STANDARD: Lazy<Family> = Lazy::new(|| {
    let table = &*TABLE;
    Family::of([&table.standard, &table.default, &table.special])
});

/// The names that events with `"action_source": "business_messaging"` may have.
pub static MESSAGING: Lazy<Family> = Lazy::new(|| Family::of([&TABLE.messaging]));

impl Family {
    fn of<const N: usize>(lists: [&'static Vec<String>; N]) -> Family {
        let mut family = Family(Default::default());
        for name in lists.into_iter().flatten() {
            family.0[name.len()].push(name);
        }
        family
    }

    /// Whether this is one of the names, byte for byte.
    #[inline]
    pub fn contains(&self, name: &str) -> bool {
        self.0
            .get(name.len())
            .is_some_and(|names| names.contains(&name))
    }

    /// The name that `name` spells when case, white space, `_` and `-` do not count.
    pub fn spelled(&self, name: &str) -> Option<&'static str> {
        let (mut letters, mut len) = ([0u8; LONGEST], 0);
        for c in name.chars().filter(|&c| !is_separator(c)) {
            *letters.get_mut(len)? = u8::try_from(c).ok()?;
            len += 1;
        }
        let letters = &letters[..len];
        self.0[len]
            .iter()
            .find(|known| known.as_bytes().eq_ignore_ascii_case(letters))
            .copied()
    }
}

fn is_separator(c: char) -> bool {
    // Zero width space and byte order mark come along when names are pasted.
    matches!(c, '_' | '-' | '\u{200b}' | '\u{feff}') || c.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_dated_and_fits() {
        let whole: serde_json::Value =
            serde_json::from_str(include_str!("../rules/tables/events.json")).unwrap();
        assert!(whole["source"].is_string() && whole["date"].is_string());
        assert_eq!(TABLE.standard.len(), 17);
        assert_eq!(TABLE.messaging.len(), 14);
        for family in [&STANDARD, &MESSAGING] {
            for name in family.0.iter().flatten() {
                assert!(family.contains(name));
                assert_eq!(family.spelled(name), Some(*name));
                assert!(!name.contains(is_separator), "folding would lose {name}");
            }
        }
    }

    #[test]
    fn spellings() {
        for (text, name) in [
            ("purchase", Some("Purchase")),
            (" Purchase\n", Some("Purchase")),
            ("Add To Cart", Some("AddToCart")),
            ("add-to_cart", Some("AddToCart")),
            ("page_view", Some("PageView")),
            ("COMPLETE_REGISTRATION", Some("CompleteRegistration")),
            ("\u{feff}Lead", Some("Lead")),
            ("Purchased", None),
            ("view_item", None),
            ("MOBILE_APP_INSTALL", None),
            ("fb_mobile_purchase", None),
            ("other", None),
            ("order_created", None),
            ("Pürchase", None),
            ("Ｐurchase", None),
            ("a name that is longer than all of them together", None),
            ("", None),
        ] {
            assert_eq!(STANDARD.spelled(text), name, "{text:?}");
        }
        assert_eq!(MESSAGING.spelled("order_created"), Some("OrderCreated"));
        assert_eq!(MESSAGING.spelled("lead"), None);
    }
}
