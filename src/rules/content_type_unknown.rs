//! CL610: a content_type that no catalogue has.

use once_cell::sync::Lazy;
use serde::Deserialize;

use crate::digest::Shape;
use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};
use crate::values::name::Name;

/// See `rules/content-type-unknown.md`.
pub static RULE: Rule = crate::rule!("content-type-unknown", Check::Event(check));

/// `rules/tables/content-types.json`.
#[derive(Deserialize)]
struct Table {
    products: Vec<String>,
    verticals: Vec<String>,
}

static TABLE: Lazy<Table> = Lazy::new(|| {
    serde_json::from_str(include_str!("../../rules/tables/content-types.json"))
        .expect("the embedded table is read by a test")
});

fn is_known(text: &str) -> bool {
    let list = TABLE.products.iter().chain(&TABLE.verticals);
    list.into_iter().any(|known| known == text)
}

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(item) = event.custom(Name::ContentType) else {
        return;
    };
    match item.text() {
        Some("product" | "product_group") => return,
        Some(text) if is_known(text) || item.is_blank() => return,
        Some(text) if Shape::of(text) == Shape::Redacted => return,
        _ if item.is_blank() => return,
        // Travel events name several catalogues at once.
        None if item.is_list() && item.children().all(|i| i.text().is_some_and(is_known)) => return,
        _ => {}
    }
    let folded = |text: &str| {
        let text = text.trim().to_ascii_lowercase().replace([' ', '-'], "_");
        [text.trim_end_matches('s').to_owned(), text]
            .iter()
            .any(|text| is_known(text))
    };
    let message = match item.text() {
        Some(text) if folded(text) => "content_type is a known one in another spelling",
        Some(_) => {
            "content_type is neither product nor product_group nor one of travel, cars or homes"
        }
        None => "content_type is no text",
    };
    out.at(item, message);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_dated() {
        let whole: serde_json::Value =
            serde_json::from_str(include_str!("../../rules/tables/content-types.json")).unwrap();
        assert!(whole["source"].is_string() && whole["date"].is_string());
        assert!(is_known("product") && is_known("hotel") && !is_known("products"));
    }
}
