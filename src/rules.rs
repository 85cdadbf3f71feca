//! The rules: one file a check, one page each in `rules/`. This list and the modules are all that
//! a new rule touches besides its two files.

use crate::rule::Rule;

pub(crate) use refused_by_meta::Exchange;

mod access_token_leaked;
mod app_event_incomplete;
mod attribution_event_incomplete;
mod batch_poisoned;
mod batch_size;
mod click_after_event;
mod click_id_not_sent;
mod click_time_in_seconds;
mod consent_denied;
mod constant_event_id;
mod constant_url;
mod constant_value;
mod content_ids_shape;
mod content_type_unknown;
mod contents_shape;
mod crm_event_incomplete;
mod currency_format;
mod custom_data_type;
mod data_processing_options;
mod data_shape;
mod dataset_id;
mod date_only_time;
mod default_birth_date;
mod double_hash;
mod duplicate_event;
mod duplicate_key;
mod encoded_pii;
mod event_id_format;
mod event_id_reused;
mod event_name_alias;
mod event_name_case;
mod event_name_split;
mod event_order;
mod event_time_type;
mod event_time_unit;
mod external_id_mixed_forms;
mod external_id_not_a_person;
mod fbc_expired;
mod fbc_fabricated;
mod fbc_fbp_swapped;
mod fbc_format;
mod fbc_rebuilt;
mod fbclid_altered;
mod fbp_format;
mod fbp_minted_per_event;
mod foreign_schema;
mod foreign_url;
mod future_event;
mod hash_encoding;
mod hash_in_wrong_key;
mod hash_of_empty;
mod hash_of_nullish;
mod hash_of_placeholder;
mod hash_of_wrong_case;
mod hash_of_wrong_form;
mod hash_uppercase;
mod hashed_raw_key;
mod identifier_gap;
mod identifier_never_repeats;
pub(crate) mod insufficient_user_data;
mod internal_error;
mod invalid_utf8;
mod ip_format;
mod ip_not_public;
mod ip_of_server;
mod ipv4_only;
mod lossy_capture;
mod low_match_quality;
mod malformed_json;
mod messaging_event_incomplete;
mod misplaced_key;
mod missing_action_source;
mod missing_event_id;
mod missing_event_name;
mod missing_event_time;
mod no_events_found;
mod not_sha256;
mod null_identifier;
mod order_sent_twice;
mod phone_without_country_code;
mod pii_in_custom_data;
mod pixel_coverage;
mod pixel_id_mismatch;
mod pixel_identity_mismatch;
mod pixel_name_mismatch;
mod pixel_twin_too_late;
mod pixel_value_mismatch;
mod pixel_without_event_id;
mod placeholder_time;
mod purchase_without_value;
mod random_event_id;
mod raw_id_format;
mod record_too_large;
mod refused_by_meta;
mod replayed_as_now;
mod retired_api_version;
mod salted_hash;
mod same_hash_in_two_keys;
mod sdk_object_dump;
mod sensitive_data;
mod shared_click_id;
mod shared_identifier;
mod single_action_source;
mod slow_delivery;
mod stale_event;
mod template_residue;
mod test_event_code;
mod time_zone_shift;
mod truncated_hash;
mod unhashed_pii;
mod unknown_action_source;
mod unknown_event_key;
mod unknown_user_data_key;
mod unreadable_archive;
mod unusable_plain_value;
mod unused_suppression;
mod unverifiable_identity;
mod url_format;
mod url_has_pii;
mod user_agent_mangled;
mod user_agent_of_bot;
mod user_agent_of_server;
mod user_agent_stub;
mod value_contents_mismatch;
mod value_format;
mod value_in_minor_units;
mod value_not_positive;
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
    &encoded_pii::RULE,
    &hash_of_wrong_case::RULE,
    &hash_of_wrong_form::RULE,
    &hash_in_wrong_key::RULE,
    &same_hash_in_two_keys::RULE,
    &salted_hash::RULE,
    &null_identifier::RULE,
    &template_residue::RULE,
    &unknown_user_data_key::RULE,
    &phone_without_country_code::RULE,
    &unusable_plain_value::RULE,
    &external_id_not_a_person::RULE,
    &external_id_mixed_forms::RULE,
    &shared_identifier::RULE,
    &identifier_never_repeats::RULE,
    &default_birth_date::RULE,
    &insufficient_user_data::RULE,
    &hashed_raw_key::RULE,
    &fbc_format::RULE,
    &click_time_in_seconds::RULE,
    &fbc_rebuilt::RULE,
    &fbclid_altered::RULE,
    &fbc_fabricated::RULE,
    &fbc_expired::RULE,
    &click_after_event::RULE,
    &click_id_not_sent::RULE,
    &fbp_format::RULE,
    &fbp_minted_per_event::RULE,
    &fbc_fbp_swapped::RULE,
    &ip_format::RULE,
    &ip_not_public::RULE,
    &ip_of_server::RULE,
    &user_agent_of_server::RULE,
    &user_agent_of_bot::RULE,
    &user_agent_stub::RULE,
    &user_agent_mangled::RULE,
    &shared_click_id::RULE,
    &raw_id_format::RULE,
    &missing_event_id::RULE,
    &random_event_id::RULE,
    &constant_event_id::RULE,
    &event_id_reused::RULE,
    &duplicate_event::RULE,
    &order_sent_twice::RULE,
    &event_id_format::RULE,
    &pixel_id_mismatch::RULE,
    &pixel_name_mismatch::RULE,
    &pixel_without_event_id::RULE,
    &pixel_coverage::RULE,
    &pixel_value_mismatch::RULE,
    &pixel_identity_mismatch::RULE,
    &pixel_twin_too_late::RULE,
    &missing_event_name::RULE,
    &event_name_case::RULE,
    &event_name_alias::RULE,
    &event_name_split::RULE,
    &missing_event_time::RULE,
    &event_time_type::RULE,
    &event_time_unit::RULE,
    &stale_event::RULE,
    &future_event::RULE,
    &batch_poisoned::RULE,
    &replayed_as_now::RULE,
    &time_zone_shift::RULE,
    &placeholder_time::RULE,
    &date_only_time::RULE,
    &slow_delivery::RULE,
    &event_order::RULE,
    &missing_action_source::RULE,
    &unknown_action_source::RULE,
    &website_without_url::RULE,
    &website_without_user_agent::RULE,
    &wrong_action_source::RULE,
    &single_action_source::RULE,
    &app_event_incomplete::RULE,
    &messaging_event_incomplete::RULE,
    &url_format::RULE,
    &url_has_pii::RULE,
    &constant_url::RULE,
    &foreign_url::RULE,
    &crm_event_incomplete::RULE,
    &attribution_event_incomplete::RULE,
    &purchase_without_value::RULE,
    &value_without_currency::RULE,
    &value_format::RULE,
    &value_in_minor_units::RULE,
    &value_not_positive::RULE,
    &currency_format::RULE,
    &constant_value::RULE,
    &contents_shape::RULE,
    &content_ids_shape::RULE,
    &content_type_unknown::RULE,
    &custom_data_type::RULE,
    &value_contents_mismatch::RULE,
    &pii_in_custom_data::RULE,
    &sensitive_data::RULE,
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
    &low_match_quality::RULE,
    &identifier_gap::RULE,
    &ipv4_only::RULE,
    &unverifiable_identity::RULE,
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

/// Whether a refusal is about what was sent.
pub(crate) fn is_of_content(code: i64, subcode: Option<i64>) -> bool {
    refused_by_meta::is_of_content(code, subcode)
}

/// Between which places of its text an answer and its request stand.
pub(crate) fn exchange_of(answer: crate::json::Item<'_, '_>) -> Exchange<(u32, u32)> {
    refused_by_meta::exchange_of(answer)
}

/// What refused-by-meta says of an answer whose request stands in another record.
pub(crate) fn refusal(
    answer: crate::json::Item<'_, '_>,
    code: i64,
    subcode: Option<i64>,
) -> Option<crate::finding::Finding> {
    refused_by_meta::of_answer(answer, code, subcode)
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
