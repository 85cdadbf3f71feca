//! The rules: one file a check, one page each in `rules/`. This list and the modules are all that
//! a new rule touches besides its two files.

use crate::rule::Rule;

mod access_token_leaked;
mod batch_size;
mod click_time_in_seconds;
mod consent_denied;
mod constant_event_id;
mod currency_format;
mod data_processing_options;
mod data_shape;
mod dataset_id;
mod double_hash;
mod duplicate_event;
mod duplicate_key;
mod event_id_format;
mod event_id_reused;
mod event_name_case;
mod event_time_type;
mod event_time_unit;
mod fbc_format;
mod fbp_format;
mod foreign_schema;
mod future_event;
mod hash_encoding;
mod hash_of_empty;
mod hash_of_nullish;
mod hash_of_placeholder;
mod hash_of_wrong_case;
mod hash_of_wrong_form;
mod hash_uppercase;
mod hashed_raw_key;
mod insufficient_user_data;
mod internal_error;
mod invalid_utf8;
mod ip_format;
mod ip_not_public;
mod lossy_capture;
mod malformed_json;
mod misplaced_key;
mod missing_action_source;
mod missing_event_id;
mod missing_event_name;
mod missing_event_time;
mod no_events_found;
mod not_sha256;
mod null_identifier;
mod order_sent_twice;
mod placeholder_time;
mod purchase_without_value;
mod random_event_id;
mod record_too_large;
mod refused_by_meta;
mod retired_api_version;
mod sdk_object_dump;
mod stale_event;
mod test_event_code;
mod truncated_hash;
mod unhashed_pii;
mod unknown_action_source;
mod unknown_event_key;
mod unknown_user_data_key;
mod unreadable_archive;
mod unused_suppression;
mod user_agent_of_server;
mod value_format;
mod value_without_currency;
mod website_without_url;
mod website_without_user_agent;
mod wrong_action_source;

/// Every rule, in the order of the ids.
pub static ALL: &[&Rule] = &[
    &malformed_json::RULE,
    &duplicate_key::RULE,
    &invalid_utf8::RULE,
    &record_too_large::RULE,
    &lossy_capture::RULE,
    &no_events_found::RULE,
    &unreadable_archive::RULE,
    &unused_suppression::RULE,
    &internal_error::RULE,
    &unhashed_pii::RULE,
    &hash_of_empty::RULE,
    &hash_of_nullish::RULE,
    &hash_of_placeholder::RULE,
    &double_hash::RULE,
    &not_sha256::RULE,
    &truncated_hash::RULE,
    &hash_encoding::RULE,
    &hash_uppercase::RULE,
    &hash_of_wrong_case::RULE,
    &hash_of_wrong_form::RULE,
    &null_identifier::RULE,
    &unknown_user_data_key::RULE,
    &insufficient_user_data::RULE,
    &hashed_raw_key::RULE,
    &fbc_format::RULE,
    &click_time_in_seconds::RULE,
    &fbp_format::RULE,
    &ip_format::RULE,
    &ip_not_public::RULE,
    &user_agent_of_server::RULE,
    &missing_event_id::RULE,
    &random_event_id::RULE,
    &constant_event_id::RULE,
    &event_id_reused::RULE,
    &duplicate_event::RULE,
    &order_sent_twice::RULE,
    &event_id_format::RULE,
    &missing_event_name::RULE,
    &event_name_case::RULE,
    &missing_event_time::RULE,
    &event_time_type::RULE,
    &event_time_unit::RULE,
    &stale_event::RULE,
    &future_event::RULE,
    &placeholder_time::RULE,
    &missing_action_source::RULE,
    &unknown_action_source::RULE,
    &website_without_url::RULE,
    &website_without_user_agent::RULE,
    &wrong_action_source::RULE,
    &purchase_without_value::RULE,
    &value_without_currency::RULE,
    &value_format::RULE,
    &currency_format::RULE,
    &misplaced_key::RULE,
    &test_event_code::RULE,
    &access_token_leaked::RULE,
    &batch_size::RULE,
    &data_shape::RULE,
    &unknown_event_key::RULE,
    &sdk_object_dump::RULE,
    &data_processing_options::RULE,
    &retired_api_version::RULE,
    &foreign_schema::RULE,
    &refused_by_meta::RULE,
    &dataset_id::RULE,
    &consent_denied::RULE,
];

/// The index of a rule in [`ALL`].
///
/// # Panics
/// When there is no rule of that name, which is a fault of this program.
pub fn index_of(name: &str) -> usize {
    ALL.iter()
        .position(|rule| rule.name() == name)
        .unwrap_or_else(|| panic!("there is no rule {name}"))
}

/// The index of the rule under which panics of rules are reported.
pub fn index_of_internal_error() -> usize {
    static INDEX: once_cell::sync::Lazy<usize> =
        once_cell::sync::Lazy::new(|| index_of("internal-error"));
    *INDEX
}

/// The index of the rule with that name or id.
pub fn find(name: &str) -> Option<usize> {
    ALL.iter().position(|rule| {
        rule.name().eq_ignore_ascii_case(name) || rule.id().eq_ignore_ascii_case(name)
    })
}

/// The rules that a list entry means: an id, a name, a group such as `1xx` or `CL1xx`, or `ALL`.
pub fn matching(entry: &str) -> Option<Vec<usize>> {
    if entry.eq_ignore_ascii_case("all") {
        return Some((0..ALL.len()).collect());
    }
    let group = entry.to_ascii_uppercase();
    let group = group.strip_prefix("CL").unwrap_or(&group);
    if let Some(digit) = group.strip_suffix("XX").filter(|digit| digit.len() == 1) {
        let prefix = format!("CL{digit}");
        let found: Vec<usize> = (0..ALL.len())
            .filter(|&rule| ALL[rule].id().starts_with(&prefix))
            .collect();
        return (!found.is_empty()).then_some(found);
    }
    find(entry).map(|rule| vec![rule])
}
