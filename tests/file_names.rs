//! Days in the names of files and folders, as the clock of events that have no better one.

mod support;

use jiff::{Timestamp, ToSpan, Zoned, tz::TimeZone};
use serde_json::{Value, json};
use support::Place;

/// Noon, forty days ago: the day in a name counts when it has come, whatever today is.
fn noon() -> Zoned {
    let today = Timestamp::now().to_zoned(TimeZone::UTC);
    let day = today.date() - 40.days();
    day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap()
}

fn named(format: &str) -> String {
    noon().strftime(format).to_string()
}

fn event(time: i64) -> String {
    let event = json!({
        "event_name": "Lead", "event_time": time, "event_id": "lead-58213",
        "action_source": "system_generated",
        "user_data": {"em": ["75743d1a2d94f3bd8f22bf44980d54f7e8c8b4e4b904f0aa2db8618ccd196e00"]},
        "custom_data": {"event_source": "crm", "lead_event_source": "Own CRM"},
    });
    format!("{event}\n")
}

fn report(place: &Place, args: &str) -> Value {
    let args = format!("check --no-config --format json {args}");
    place.run(&args.split(' ').collect::<Vec<_>>()).json()
}

fn stale(report: &Value) -> Vec<&Value> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings.filter(|one| one["id"] == "CL404").collect()
}

#[test]
fn a_day_in_a_name_counts_where_nothing_better_is_known() {
    let place = Place::new();
    for format in [
        "capi-%Y-%m-%d.ndjson",
        "dt=%Y-%m-%d/hour=14/part-0.json",
        "%Y/%m/%d/part-0.json",
    ] {
        let name = &named(format);
        place.write(name, event(noon().timestamp().as_second()));
        let report = report(&place, name);
        assert_eq!(report["as_of"]["sources"]["file"], 1, "{name}");
        // Whatever today is.
        assert!(stale(&report).is_empty(), "{name}");
    }
}

#[test]
fn an_event_much_older_than_the_name_is_only_information() {
    let place = Place::new();
    let name = &named("capi-%Y-%m-%d.ndjson");
    let time = noon().timestamp().as_second() - 20 * 86_400;
    place.write(name, event(time).repeat(2));
    let report = report(&place, name);
    let found = stale(&report);
    assert_eq!(found.len(), 1, "{report}");
    assert_eq!(found[0]["severity"], "info");
    let message = found[0]["message"].as_str().unwrap();
    assert!(message.starts_with("2 events are over 7 days older than the day in the file's name"));
}

#[test]
fn what_knows_the_time_of_sending_comes_first() {
    let place = Place::new();
    let name = &named("capi-%Y-%m-%d.ndjson");
    let time = noon().timestamp().as_second();
    // A line with its own time, the newest of a request's events, and a clock that was named.
    let line = format!("{} {}", named("%Y-%m-%dT12:00:05Z"), event(time));
    place.write(name, line);
    assert_eq!(report(&place, name)["as_of"]["sources"]["capture"], 1);
    let body = format!(r#"{{"data":[{},{}]}}"#, event(time), event(time + 5)).replace('\n', "");
    place.write(name, body);
    assert_eq!(report(&place, name)["as_of"]["sources"]["request"], 2);
    place.write(name, event(time));
    let given = report(&place, &format!("--as-of newest {name}"));
    assert_eq!(given["as_of"]["sources"]["newest"], 1);
    // A day that has not come says nothing.
    place.write("capi-2039-06-25.ndjson", event(time));
    let ahead = report(&place, "capi-2039-06-25.ndjson");
    assert_eq!(ahead["as_of"]["sources"]["wall"], 1);
}
