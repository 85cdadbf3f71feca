//! CL706: an object of one of Meta's SDKs was printed instead of what it sends.

use memchr::memmem::Finder;
use once_cell::sync::Lazy;

use crate::envelope::sdk;
use crate::event::Record;
use crate::finding::{Findings, Reach};
use crate::json::Item;
use crate::rule::{Check, Rule};

/// See `rules/sdk-object-dump.md`.
pub static RULE: Rule = crate::rule!("sdk-object-dump", Check::Record(check));

/// The keys begin so.
static KEYS: Lazy<[Finder<'static>; 2]> =
    Lazy::new(|| ["\"_event", "\"eventName\""].map(Finder::new));

fn check(record: &Record<'_, '_>, out: &mut Findings) {
    let text = record.text.as_bytes();
    if record.is_bare || KEYS.iter().all(|key| key.find(text).is_none()) {
        return;
    }
    let dumps = record
        .enveloped()
        .filter_map(|part| part.descendants().find(|item| is_dump(*item)));
    for dump in dumps {
        let message = "this is an object of Meta's SDK as it lies in memory, not what was sent";
        out.at(dump, message)
            .fold(Reach::File, |records| match records {
                1 => "1 record holds an object of Meta's SDK as it lies in memory".to_owned(),
                _ => format!("{records} records hold objects of Meta's SDK as they lie in memory"),
            });
    }
}

/// The private members of EventRequest and ServerEvent, which `JSON.stringify` writes with their
/// underscore. Source: facebook-nodejs-business-sdk, issue 308.
fn is_dump(item: Item<'_, '_>) -> bool {
    if !item.is_object() {
        return false;
    }
    if sdk::is_camel_case(item) {
        return true;
    }
    let has = |key: &str| item.member(key).is_some();
    has("_event_name") && (has("_event_time") || has("_user_data") || has("_action_source"))
        || item.member("_events").is_some_and(Item::is_list)
            && (has("_pixel_id") || has("_access_token"))
}
