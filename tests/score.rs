//! The match-quality model against its test vectors, the published readings and its laws.

use capilint::score::{
    Band, Detail, Keys, NameReport, NameScore, PAGE, Presence, Region, ScoreKey, Status, Tally,
    estimate_from_coverage, event_score, table, tenth,
};
use capilint::values::name::Name;
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Keys by their names, with `ip` and `ua` for the two long ones.
fn keys(names: &str) -> Keys {
    names.split_whitespace().map(key).collect()
}

fn key(name: &str) -> ScoreKey {
    let name = match name {
        "ip" => "client_ip_address",
        "ua" => "client_user_agent",
        other => other,
    };
    Name::of(name)
        .and_then(ScoreKey::from_name)
        .unwrap_or_else(|| panic!("{name} is no key of the model"))
}

/// Events that send these keys, all well formed.
fn usable(names: &str) -> Presence {
    Presence::new(keys(names), keys(names), Keys::NONE)
}

fn name_of(events: &[(Presence, u64)]) -> NameScore {
    let mut name = NameScore::default();
    for &(presence, count) in events {
        name.add_many(presence, true, count);
    }
    name
}

fn report_of(events: &[(Presence, u64)]) -> (NameReport, Detail) {
    let report = name_of(events).report("Purchase");
    let detail = report.detail.clone().expect("website events are scored");
    (report, detail)
}

fn close(actual: f64, expected: f64, tolerance: f64) {
    assert!(
        (actual - expected).abs() <= tolerance,
        "{actual} is not {expected} ± {tolerance}"
    );
}

#[test]
fn the_test_vectors_hold() {
    assert!(table().vectors.len() >= 20);
    for vector in &table().vectors {
        let estimate = event_score(vector.keys.iter().copied().collect());
        close(estimate.score, vector.score, 0.001);
    }
}

#[derive(Deserialize)]
struct Readings {
    points: Vec<Reading>,
}

#[derive(Deserialize)]
struct Reading {
    keys: BTreeMap<String, f64>,
    assumed: BTreeMap<String, f64>,
    score: f64,
    usable_for_fit: bool,
}

#[test]
fn the_error_over_the_published_readings_is_what_the_page_says() {
    let text = include_str!("../fixtures/emq-readings.json");
    let readings: Readings = serde_json::from_str(text).expect("the readings are JSON");
    let (mut all, mut outside) = (Vec::new(), Vec::new());
    for reading in readings.points.iter().filter(|point| point.usable_for_fit) {
        let mut coverage = reading.assumed.clone();
        coverage.extend(reading.keys.clone());
        let coverage: Vec<(ScoreKey, f64)> = coverage
            .iter()
            .map(|(name, &share)| (key(name), share))
            .collect();
        let error = (estimate_from_coverage(&coverage) - reading.score).abs();
        all.push(error);
        if !(6.0..=6.2).contains(&reading.score) {
            outside.push(error);
        }
    }
    let mean = |errors: &[f64]| errors.iter().sum::<f64>() / errors.len() as f64;
    assert_eq!((all.len(), outside.len()), (61, 37));
    close(mean(&all), 0.19, 0.01);
    close(mean(&outside), 0.28, 0.01);
}

#[test]
fn the_page_states_the_parameters_of_the_table() {
    let model = &table().model;
    let three = |value: f64| format!("{value:.3}").trim_start_matches('0').to_owned();
    let two = |value: f64| format!("{value:.2}").trim_start_matches('0').to_owned();
    let mut stated: Vec<String> = vec![
        format!("{} d)", three(model.network.strength)),
        format!("{} max(fbp, fbc)", three(model.browser)),
        format!("{} second", three(model.second_contact)),
        format!("{} external_id", three(model.external_id)),
        format!("{} w)", three(model.demographics.strength)),
        format!("{} with ip only", model.network.ip_only),
        format!("{} with ua only", model.network.ua_only),
        format!("shown as {} at most", model.cap),
    ];
    for (key, strength) in &model.contact {
        let strength = three(*strength);
        stated.push(format!("{} {}", key.name(), strength.trim_end_matches('0')));
    }
    for (key, share) in &model.demographics.shares {
        stated.push(format!("{} {}", two(*share), key.name()));
    }
    for text in stated {
        assert!(PAGE.contains(&text), "score.md does not say: {text}");
    }
}

#[test]
fn coverages_of_all_or_nothing_agree_with_the_event() {
    for names in ["ip ua fbp", "em ph external_id", "ip ua fbp em fn ln", ""] {
        let coverage: Vec<_> = keys(names).iter().map(|key| (key, 1.0)).collect();
        close(
            estimate_from_coverage(&coverage),
            event_score(keys(names)).score,
            1e-9,
        );
    }
    assert_eq!(estimate_from_coverage(&[(ScoreKey::Em, f64::NAN)]), 0.0);
    assert_eq!(
        estimate_from_coverage(&[(ScoreKey::Em, 7.0)]),
        estimate_from_coverage(&[(ScoreKey::Em, 1.0)])
    );
}

#[test]
fn the_range_of_an_event_depends_on_its_region() {
    let of = |names: &str| {
        let estimate = event_score(keys(names));
        let (below, above) = (
            estimate.score - estimate.low,
            estimate.high - estimate.score,
        );
        (estimate.region, tenth(below), tenth(above))
    };
    assert_eq!(of("ip ua fbp"), (Region::AnonymousBrowser, 0.3, 0.2));
    assert_eq!(of("ip ua fbc"), (Region::AnonymousBrowser, 0.3, 0.2));
    assert_eq!(of("ip ua"), (Region::AnonymousWeak, 0.5, 0.8));
    assert_eq!(of("ua fbp"), (Region::AnonymousWeak, 0.5, 0.8));
    assert_eq!(of("ip ua fbp em"), (Region::IdentifiedBrowser, 1.2, 0.3));
    assert_eq!(of("em ph"), (Region::IdentifiedServer, 0.5, 1.0));
    // The example of the contract.
    let estimate = event_score(keys("ip ua fbp em"));
    assert_eq!((tenth(estimate.low), tenth(estimate.high)), (6.4, 7.9));
    // No keys, no score below nothing.
    assert_eq!(event_score(Keys::NONE).low, 0.0);
}

#[test]
fn untested_keys_widen_the_range_when_they_carry_the_score() {
    for names in [
        "ip ua fbp lead_id",
        "fb_login_id",
        "fn ln zp",
        "ip ua fbp fn ln db",
    ] {
        let estimate = event_score(keys(names));
        assert!(estimate.uncalibrated, "{names}");
        close(estimate.high, (estimate.score + 1.5).min(10.0), 1e-9);
    }
    for names in [
        "ip ua fbp em ge",
        "ip ua fbp em ph external_id fn ln db",
        "fn ln ct",
        "ip ua fbp",
    ] {
        assert!(!event_score(keys(names)).uncalibrated, "{names}");
    }
    // The stronger of two contact keys is the first, whatever its kind.
    assert!(event_score(keys("lead_id em")).score > event_score(keys("lead_id")).score);
}

#[test]
fn a_name_is_the_mean_of_its_events() {
    let events = [(usable("ip ua fbp"), 60), (usable("ip ua fbp em"), 40)];
    let (report, detail) = report_of(&events);
    close(report.score.unwrap(), 0.6 * 6.078 + 0.4 * 7.6, 0.001);
    close(
        detail.low,
        report.score.unwrap() - (0.6 * 0.3 + 0.4 * 1.2),
        1e-9,
    );
    close(
        detail.high,
        report.score.unwrap() + (0.6 * 0.2 + 0.4 * 0.3),
        1e-9,
    );
    assert_eq!(detail.note, None);
    assert_eq!(detail.regions.0[0], (Region::AnonymousBrowser, 0.6));
    assert_eq!(detail.regions.0[2], (Region::IdentifiedBrowser, 0.4));
}

#[test]
fn few_events_widen_the_range_and_may_have_no_score() {
    let (report, detail) = report_of(&[(usable("ip ua fbp em"), 1)]);
    // The example of the contract.
    assert_eq!(tenth(report.score.unwrap()), 7.6);
    assert_eq!((tenth(detail.low), tenth(detail.high)), (6.1, 8.2));
    assert_eq!(
        detail.note.as_deref(),
        Some("Meta may show no score below about 15 events")
    );
    let (_, detail) = report_of(&[(usable("ip ua fbp em"), 49)]);
    assert_eq!((tenth(detail.low), detail.note), (6.1, None));
    let (_, detail) = report_of(&[(usable("ip ua fbp em"), 50)]);
    assert_eq!(tenth(detail.low), 6.4);
}

#[test]
fn a_band_says_when_the_range_crosses_a_limit() {
    let (_, detail) = report_of(&[(usable("ip ua fbp em"), 100)]);
    assert_eq!((detail.band, detail.band_range), (Band::Good, None));
    assert_eq!(detail.band_text(), "good");
    let (_, detail) = report_of(&[(usable("ip ua fbp"), 100)]);
    assert_eq!(detail.band, Band::Good);
    assert_eq!(detail.band_range, Some([Band::Ok, Band::Good]));
    assert_eq!(detail.band_text(), "good (OK to good)");
    let model = &table().model;
    assert_eq!(model.band(3.94), Band::Poor);
    assert_eq!(model.band(3.96), Band::Ok);
    assert_eq!(model.band(8.0), Band::Great);
}

#[test]
fn contributions_are_those_of_the_worked_example() {
    let (_, detail) = report_of(&[(usable("ip ua fbp em"), 100)]);
    // 7.6 split by the logarithms of .61, .643 and .612.
    let points: Vec<f64> = detail
        .contributions
        .iter()
        .map(|part| part.points)
        .collect();
    assert_eq!(points.len(), 3);
    for (points, expected) in points.into_iter().zip([2.633, 2.352, 2.615]) {
        close(points, expected, 0.001);
    }
    assert_eq!(detail.contributions[0].keys, keys("ip ua"));
    assert_eq!(detail.contributions[1].keys, keys("fbp"));
    assert_eq!(detail.contributions[2].keys, keys("em"));
}

/// The gain of the step or pair with exactly these keys.
fn gain(detail: &Detail, names: &str) -> Option<f64> {
    detail
        .gains
        .iter()
        .chain(&detail.pairs)
        .find(|gain| gain.keys == keys(names))
        .map(|gain| gain.gain)
}

#[test]
fn gains_are_those_of_the_worked_examples() {
    let (_, detail) = report_of(&[(usable("ip ua fbp"), 100)]);
    close(gain(&detail, "ph").unwrap(), 1.6, 0.01);
    close(gain(&detail, "em").unwrap(), 1.5, 0.03);
    assert_eq!(detail.gains.len(), 2, "nothing else helps alone");

    let (_, detail) = report_of(&[(usable("ip ua fbp em"), 100)]);
    close(gain(&detail, "fn ln zp ct st country").unwrap(), 1.0, 0.05);
    close(gain(&detail, "external_id").unwrap(), 0.7, 0.05);
    close(gain(&detail, "zp ct st country").unwrap(), 0.6, 0.05);
    close(gain(&detail, "fn ln").unwrap(), 0.4, 0.05);
    close(gain(&detail, "ph").unwrap(), 0.35, 0.01);
    assert!(detail.gains.is_sorted_by(|a, b| a.gain >= b.gain));
    assert!(detail.pairs.is_sorted_by(|a, b| a.gain >= b.gain));

    let (_, detail) = report_of(&[(usable("em ph"), 100)]);
    close(gain(&detail, "ip ua").unwrap(), 2.0, 0.05);
    close(gain(&detail, "fbp").unwrap(), 1.9, 0.05);
    close(gain(&detail, "external_id").unwrap(), 1.4, 0.05);
}

#[test]
fn a_pair_can_help_where_its_halves_do_not() {
    let (_, detail) = report_of(&[(usable("ip ua fbp"), 100)]);
    let best = &detail.pairs[0];
    assert!(best.keys.has_any(keys("em ph")), "{best:?}");
    assert!(best.gain > gain(&detail, "ph").unwrap() + 0.4);
    assert_eq!(detail.pairs.len(), 3);
}

#[test]
fn a_click_id_is_attribution_and_never_a_gain() {
    let sent_bad = Presence::new(keys("ip ua fbc"), keys("ip ua"), Keys::NONE);
    let events = [
        (usable("ip ua"), 50),
        (usable("ip ua fbc"), 30),
        (sent_bad, 20),
    ];
    let (_, detail) = report_of(&events);
    assert!(
        detail
            .gains
            .iter()
            .chain(&detail.pairs)
            .all(|gain| !gain.keys.has(ScoreKey::Fbc))
    );
    close(detail.attribution.fbc, 0.3, 1e-9);
    close(detail.attribution.lacking, 0.7, 1e-9);
    assert_eq!(detail.attribution.events_invalid, 20);
    assert_eq!(detail.attribution.events_absent, 50);
}

#[test]
fn a_gain_tells_what_is_bad_from_what_is_missing() {
    let bad = Presence::new(keys("ip ua fbp em"), keys("ip ua fbp"), Keys::NONE);
    let events = [
        (usable("ip ua fbp"), 50),
        (bad, 30),
        (usable("ip ua fbp em"), 20),
    ];
    let (_, detail) = report_of(&events);
    let em = detail
        .gains
        .iter()
        .find(|gain| gain.keys == keys("em"))
        .unwrap();
    assert_eq!((em.events_invalid, em.events_absent), (30, 50));
    close(em.gain, 0.8 * (7.6 - 6.078), 0.001);
    close(em.gain_invalid, 0.3 * (7.6 - 6.078), 0.001);
}

#[test]
fn other_channels_have_no_score() {
    let mut name = name_of(&[]);
    name.add_many(usable("em ph"), false, 20);
    let report = name.report("Purchase");
    assert_eq!((report.events, report.score), (20, None));
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["score"], serde_json::Value::Null);
    assert_eq!(
        json["why"],
        "Meta shows match quality for website events only"
    );
    assert_eq!(json["coverage"]["em"]["usable"], 1.0);
    assert!(json.get("low").is_none());

    // They do not dilute the website events either.
    name.add_many(usable("ip ua fbp"), true, 60);
    let report = name.report("Purchase");
    assert_eq!((report.events, report.scored_events), (80, 60));
    assert_eq!(tenth(report.score.unwrap()), 6.1);
    let json = serde_json::to_value(&report).unwrap();
    assert!(json["coverage"].get("em").is_none());
    assert_eq!(json["note"], "only the website events are scored");
}

#[test]
fn the_json_has_the_members_of_the_contract() {
    let bad = Presence::new(
        keys("ip ua fbp em ph"),
        keys("ip ua fbp em"),
        keys("ip ua fbp"),
    );
    let json = serde_json::to_value(name_of(&[(bad, 1)]).report("Purchase")).unwrap();
    assert_eq!(
        (
            &json["event_name"],
            &json["events"],
            &json["score"],
            &json["low"],
            &json["high"],
            &json["band"]
        ),
        (
            &"Purchase".into(),
            &1.into(),
            &7.6.into(),
            &6.1.into(),
            &8.2.into(),
            &"good".into()
        )
    );
    assert_eq!(
        json["coverage"]["ph"],
        serde_json::json!({"sent": 1.0, "usable": 0.0, "proven": 0.0})
    );
    assert_eq!(json["coverage"]["client_ip_address"]["proven"], 1.0);
    let gains = json["gains"].as_array().unwrap();
    let phone = gains
        .iter()
        .find(|gain| gain["keys"] == serde_json::json!(["ph"]))
        .unwrap();
    assert_eq!(
        (&phone["gain"], &phone["events_invalid"]),
        (&0.4.into(), &1.into())
    );
    assert_eq!(json["regions"]["identified_browser"], 1.0);
    assert_eq!(
        json["contributions"][0]["keys"],
        serde_json::json!(["client_ip_address", "client_user_agent"])
    );
    assert_eq!(json["attribution"]["events_absent"], 1);
}

#[test]
fn a_tally_counts_like_one_event_at_a_time() {
    let (one, two) = (
        usable("em ph"),
        Presence::new(keys("em fbp"), keys("em"), Keys::NONE),
    );
    let mut tally = Tally::default();
    let mut expected = [NameScore::default(), NameScore::default()];
    for (name, presence, scored) in [
        (0, one, true),
        (1, two, true),
        (0, one, true),
        (0, one, false),
    ] {
        tally.add(name, presence, scored, 0);
        expected[name as usize].add(presence, scored);
    }
    let mut names = [NameScore::default(), NameScore::default()];
    for one in tally.drain() {
        names[one.name as usize].add_many(one.presence, one.scored, one.count);
    }
    assert_eq!(names, expected);
    assert_eq!(tally.drain().count(), 0);
}

#[test]
fn all_keys_are_shown_as_the_highest_score_ever_read() {
    let all = Presence::new(
        ScoreKey::ALL.iter().copied().collect(),
        ScoreKey::ALL.iter().copied().collect(),
        Keys::NONE,
    );
    let (report, detail) = report_of(&[(all, 100)]);
    assert_eq!((report.score, detail.high), (Some(9.3), 9.3));
    assert!(detail.gains.is_empty() && detail.pairs.is_empty());
    let sum: f64 = detail.contributions.iter().map(|part| part.points).sum();
    close(sum, 9.3, 1e-9);
}

fn any_keys() -> impl Strategy<Value = Keys> {
    prop::collection::vec(prop::sample::select(ScoreKey::ALL), 0..ScoreKey::COUNT)
        .prop_map(|keys| keys.into_iter().collect())
}

fn any_presence() -> impl Strategy<Value = Presence> {
    (any_keys(), any_keys(), any_keys())
        .prop_map(|(sent, usable, proven)| Presence::new(sent, usable, proven))
}

fn any_name() -> impl Strategy<Value = NameScore> {
    prop::collection::vec((any_presence(), any::<bool>(), 1..40u64), 0..12).prop_map(|events| {
        let mut name = NameScore::default();
        for (presence, scored, count) in events {
            name.add_many(presence, scored, count);
        }
        name
    })
}

fn merged(a: &NameScore, b: &NameScore) -> NameScore {
    let mut sum = a.clone();
    sum.merge(b);
    sum
}

proptest! {
    #[test]
    fn merging_is_associative_and_commutative(a in any_name(), b in any_name(), c in any_name()) {
        let left = merged(&merged(&a, &b), &c);
        let right = merged(&a, &merged(&b, &c));
        prop_assert_eq!(&left, &right);
        prop_assert_eq!(merged(&a, &b), merged(&b, &a));
        // Not only equal, but printed alike to the last bit.
        let turned = merged(&c, &merged(&b, &a));
        prop_assert_eq!(left.report("x"), turned.report("x"));
    }

    #[test]
    fn the_statuses_are_ordered_sets(presence in any_presence()) {
        prop_assert!(presence.sent().has_all(presence.usable()));
        prop_assert!(presence.usable().has_all(presence.proven()));
        let mut noted = Presence::default();
        for &key in ScoreKey::ALL {
            noted.note(key, presence.status(key));
            prop_assert_eq!(presence.sent().has(key), presence.status(key) != Status::Absent);
        }
        prop_assert_eq!(noted, presence);
    }

    #[test]
    fn another_valid_key_never_lowers_the_score(keys in any_keys(), more in any_keys()) {
        prop_assert!(event_score(keys.with(more)).score >= event_score(keys).score - 1e-12);
    }

    #[test]
    fn the_score_lies_in_its_range(keys in any_keys()) {
        let estimate = event_score(keys);
        prop_assert!(0.0 <= estimate.low && estimate.low <= estimate.score);
        prop_assert!(estimate.score <= estimate.high && estimate.high <= 10.0);
    }

    #[test]
    fn a_report_adds_up(name in any_name()) {
        let report = name.report("x");
        prop_assert_eq!(report.detail.is_some(), report.score.is_some());
        if let (Some(score), Some(detail)) = (report.score, report.detail) {
            prop_assert!(0.0 <= detail.low && detail.low <= score);
            prop_assert!(score <= detail.high && detail.high <= 9.3);
            let sum: f64 = detail.contributions.iter().map(|part| part.points).sum();
            prop_assert!((sum - score).abs() < 1e-9, "{sum} {score}");
            let regions: f64 = detail.regions.0.iter().map(|(_, share)| share).sum();
            prop_assert!((regions - 1.0).abs() < 1e-9);
            for gain in detail.gains.iter().chain(&detail.pairs) {
                prop_assert!(gain.gain >= 0.05 && gain.gain_invalid <= gain.gain + 1e-9);
                prop_assert!(score + gain.gain <= 9.3 + 1e-9);
                prop_assert!(gain.events_invalid + gain.events_absent <= report.scored_events);
            }
        }
    }

    #[test]
    fn a_coverage_estimate_stays_on_the_scale(shares in prop::collection::vec(0.0..=1.0f64, ScoreKey::COUNT)) {
        let coverage: Vec<_> = ScoreKey::ALL.iter().copied().zip(shares).collect();
        let score = estimate_from_coverage(&coverage);
        prop_assert!((0.0..=9.3).contains(&score));
    }
}

#[test]
fn what_the_log_convicts_is_taken_out_of_as_many_events() {
    let both = usable("em fbc ip ua");
    let mut name = name_of(&[(both, 10), (usable("em ip ua"), 5)]);
    let of = |name: &NameScore, key: ScoreKey| name.usable_and_proven()(key).0;
    name.convict(both, true, keys("em"), 6);
    assert_eq!((of(&name, ScoreKey::Em), of(&name, ScoreKey::Fbc)), (9, 10));
    // Of the ten events some have lost their e-mail before; all lose their click.
    name.convict(both, true, keys("fbc"), 10);
    assert_eq!((of(&name, ScoreKey::Em), of(&name, ScoreKey::Fbc)), (9, 0));
    // What is not there cannot be lost.
    name.convict(both, true, keys("ph"), 3);
    assert_eq!((name.events(), of(&name, ScoreKey::Ip)), (15, 15));
    let note = name.report("Lead").detail.unwrap().note.unwrap();
    assert!(note.contains("keys of 15 events"), "{note}");
    // Events that have no score still have a coverage.
    let mut call = NameScore::default();
    call.add_many(both, false, 4);
    call.convict(both, false, keys("em fbc"), 3);
    assert_eq!((of(&call, ScoreKey::Em), of(&call, ScoreKey::Ip)), (1, 4));
    assert_eq!(call.report("Lead").coverage.0[0].1.usable, 0.25);
}
