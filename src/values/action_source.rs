//! action_source: where an event happened, in Meta's words and in others.

use std::collections::HashMap;

use once_cell::sync::Lazy;
use serde::Deserialize;

/// `rules/tables/action-sources.json`.
#[derive(Deserialize)]
struct Table {
    values: Vec<String>,
    /// Folded words with one meaning.
    certain: HashMap<String, String>,
    /// Folded words with a usual meaning.
    likely: HashMap<String, String>,
}

static TABLE: Lazy<Table> = Lazy::new(|| {
    serde_json::from_str(include_str!("../../rules/tables/action-sources.json"))
        .expect("the embedded table is read by a test")
});

/// What a text means as an action_source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// One of the nine values.
    Valid(&'static str),
    /// A value in other letters, such as `Physical Store`.
    Spelling(&'static str),
    /// Another word with one meaning, such as `web`.
    Alias(&'static str),
    /// Another word with a usual meaning, such as `offline`.
    Likely(&'static str),
    Unknown,
}

impl Reading {
    /// Reads an action_source.
    #[inline]
    pub fn of(text: &str) -> Reading {
        match TABLE.values.iter().find(|value| *value == text) {
            Some(value) => Reading::Valid(value),
            None => Reading::of_other(text),
        }
    }

    fn of_other(text: &str) -> Reading {
        // What Python's `str` makes of a value of the SDK's enumeration.
        let member = text.trim().strip_prefix("ActionSource.");
        let folded = fold(member.unwrap_or(text));
        if let Some(value) = TABLE.values.iter().find(|value| fold(value) == folded) {
            return Reading::Spelling(value);
        }
        let word = |table: &'static HashMap<String, String>| table.get(&folded).map(String::as_str);
        word(&TABLE.certain)
            .map(Reading::Alias)
            .or_else(|| word(&TABLE.likely).map(Reading::Likely))
            .unwrap_or(Reading::Unknown)
    }

    /// The value that is meant beyond doubt.
    pub fn certain(self) -> Option<&'static str> {
        match self {
            Reading::Valid(value) | Reading::Spelling(value) | Reading::Alias(value) => Some(value),
            Reading::Likely(_) | Reading::Unknown => None,
        }
    }
}

fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '_' | '-') && !c.is_whitespace())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_dated_folded_and_closed() {
        let whole: serde_json::Value =
            serde_json::from_str(include_str!("../../rules/tables/action-sources.json")).unwrap();
        assert!(whole["source"].is_string() && whole["date"].is_string());
        assert_eq!(TABLE.values.len(), 9);
        for (word, value) in TABLE.certain.iter().chain(&TABLE.likely) {
            assert_eq!(*word, fold(word));
            assert!(TABLE.values.contains(value));
        }
    }

    #[test]
    fn readings() {
        use Reading::*;
        for (text, reading) in [
            ("website", Valid("website")),
            ("other", Valid("other")),
            ("WEBSITE", Spelling("website")),
            (" website ", Spelling("website")),
            ("Physical Store", Spelling("physical_store")),
            ("phone-call", Spelling("phone_call")),
            ("systemGenerated", Spelling("system_generated")),
            ("e-mail", Spelling("email")),
            ("ActionSource.WEBSITE", Spelling("website")),
            ("ActionSource.PHONE_CALL", Spelling("phone_call")),
            ("ActionSource.", Unknown),
            ("Web", Alias("website")),
            ("in_store", Likely("physical_store")),
            ("server", Unknown),
            ("www.facebook.com", Unknown),
        ] {
            assert_eq!(Reading::of(text), reading, "{text:?}");
        }
    }
}
