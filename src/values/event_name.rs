//! The event names to which Meta gives a meaning of their own, and other spellings of them.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use once_cell::sync::Lazy;
use serde::Deserialize;

use crate::event::Event;
use crate::values::name::Name;
use crate::values::slip::is_one_slip;

/// `rules/tables/events.json`.
#[derive(Deserialize)]
struct Table {
    standard: Vec<String>,
    default: Vec<String>,
    special: Vec<String>,
    messaging: Vec<String>,
    /// What other products call a standard event.
    foreign: BTreeMap<String, Vec<String>>,
    /// Near synonyms and words of other languages.
    near: BTreeMap<String, Vec<String>>,
    /// Words for custom events as such.
    generic: Vec<String>,
}

/// Length of the longest name, CompleteRegistration.
const LONGEST: usize = 20;

/// Names that are told apart by Meta, by their length: most lookups compare one or two of them.
pub struct Family([Vec<&'static str>; LONGEST + 1]);

static TABLE: Lazy<Table> = Lazy::new(|| {
    serde_json::from_str(include_str!("../../rules/tables/events.json"))
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

/// Another word for a standard event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alias {
    /// The name that another product gives to the same event.
    Foreign(&'static str),
    /// A near synonym, or the word of another language.
    Near(&'static str),
    /// The name itself with one letter wrong.
    Misspelt(&'static str),
    /// A word for custom events as such.
    Generic,
}

/// The aliases by their letters and digits in lower case.
static ALIASES: Lazy<HashMap<String, Alias>> = Lazy::new(|| {
    let mut aliases = HashMap::new();
    let mut add = |list: &'static BTreeMap<String, Vec<String>>,
                   kind: fn(&'static str) -> Alias| {
        for (name, words) in list {
            for word in words {
                aliases.insert(folded(word).expect("short").to_string(), kind(name));
            }
        }
    };
    add(&TABLE.near, Alias::Near);
    add(&TABLE.foreign, Alias::Foreign);
    for word in &TABLE.generic {
        aliases.insert(folded(word).expect("short").to_string(), Alias::Generic);
    }
    aliases
});

/// The standard event that `name` means in other words.
pub fn alias(name: &str) -> Option<Alias> {
    ALIASES.get(&*folded(name)?).copied()
}

/// The standard event whose name `name` misses by one letter: one too many, one too few, another, or
/// two that changed places. Letters around the whole name make other words (`Purchased`), and short
/// names are near to too many (`Contract`).
pub fn misspelt(name: &str) -> Option<&'static str> {
    const SHORTEST: usize = 8;
    let folded = folded(name)?;
    let given = folded.as_bytes();
    let lengths = given.len().saturating_sub(1).max(SHORTEST)..=given.len() + 1;
    let names = lengths.filter_map(|length| STANDARD.0.get(length));
    names.flatten().find(|known| is_slip(known, given)).copied()
}

/// Whether a name in lower case misses a known one by one letter, which is not put in front or behind.
fn is_slip(known: &str, given: &[u8]) -> bool {
    let known = known.to_ascii_lowercase();
    let known = known.as_bytes();
    let is_longer_word =
        given.starts_with(known) || given.len() > known.len() && given.first() != known.first();
    !is_longer_word && is_one_slip(known, given)
}

/// A text in place, without an allocation.
struct Folded {
    bytes: [u8; 64],
    len: usize,
}

impl std::ops::Deref for Folded {
    type Target = str;

    fn deref(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

/// The letters and digits of a name in lower case; `None` when it is longer than any alias.
fn folded(name: &str) -> Option<Folded> {
    let (mut bytes, mut len) = ([0; 64], 0);
    let kept = name
        .chars()
        .filter(|&c| !is_separator(c) && !".:/!".contains(c));
    for c in kept.flat_map(char::to_lowercase) {
        let end = len + c.len_utf8();
        c.encode_utf8(bytes.get_mut(len..end)?);
        len = end;
    }
    Some(Folded { bytes, len })
}

/// Whether somebody comes to this event only after a look at several pages, and not by a click on
/// an ad alone.
pub fn is_late(name: &str) -> bool {
    matches!(
        name,
        "Purchase"
            | "InitiateCheckout"
            | "AddPaymentInfo"
            | "CompleteRegistration"
            | "Subscribe"
            | "StartTrial"
            | "SubmitApplication"
            | "Schedule"
            | "Donate"
    )
}

/// Whether the event comes from a CRM, whose stages have the names that the business gives them:
/// `contact` is as good as any.
pub fn has_free_stage_names(event: &Event<'_, '_>) -> bool {
    event.action_source() == Some("system_generated")
        && (event.user(Name::LeadId).is_some()
            || event.custom(Name::LeadEventSource).is_some()
            || event.custom(Name::EventSource).is_some())
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
            serde_json::from_str(include_str!("../../rules/tables/events.json")).unwrap();
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
    fn aliases() {
        for list in [&TABLE.foreign, &TABLE.near] {
            for (name, words) in list {
                assert!(STANDARD.contains(name), "{name}");
                for word in words {
                    // The rule on spelling speaks of those.
                    assert_eq!(STANDARD.spelled(word), None, "{word}");
                    assert_eq!(MESSAGING.spelled(word), None, "{word}");
                    assert!(alias(word).is_some(), "{word}");
                }
            }
        }
        for (word, means) in [
            ("view_item", Some(Alias::Foreign("ViewContent"))),
            ("begin_checkout", Some(Alias::Foreign("InitiateCheckout"))),
            ("Order Completed", Some(Alias::Foreign("Purchase"))),
            ("checkout_completed", Some(Alias::Foreign("Purchase"))),
            ("CompletePayment", Some(Alias::Foreign("Purchase"))),
            ("Compra", Some(Alias::Near("Purchase"))),
            ("AÑADIR AL CARRITO", Some(Alias::Near("AddToCart"))),
            ("CustomEvent", Some(Alias::Generic)),
            ("Warranty Registered", None),
            ("purchase_refunded", None),
            ("Contacted", None),
            ("LeadSubmitted", None),
            ("quiz_finished", None),
            ("fb_mobile_purchase", None),
            ("", None),
        ] {
            assert_eq!(alias(word), means, "{word}");
        }
    }

    #[test]
    fn slips() {
        for (text, name) in [
            ("Purchse", Some("Purchase")),
            ("AddToCard", Some("AddToCart")),
            ("InitateCheckout", Some("InitiateCheckout")),
            ("CompleteRegistation", Some("CompleteRegistration")),
            ("purhcase", Some("Purchase")),
            ("Page Viwe", Some("PageView")),
            ("Purchhase", Some("Purchase")),
            ("Purchase", None),
            ("Purchased", None),
            ("Purchases", None),
            ("PageViews", None),
            ("RePurchase", None),
            ("Subscriber", None),
            ("Unsubscribe", None),
            ("Contract", None),
            ("Contacts", None),
            ("Leads", None),
            ("Donated", None),
            ("Pürchase", None),
            ("", None),
        ] {
            assert_eq!(misspelt(text), name, "{text:?}");
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
