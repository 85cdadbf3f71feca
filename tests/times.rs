//! What a series of events shows: logs with a fault of time, page or amount in them, and logs that
//! only look so.

mod support;

use std::collections::BTreeMap;

use support::Place;

/// 2026-06-25T15:00:00Z.
const T: i64 = 1_782_399_600;

const AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

struct Sale {
    number: u64,
    time: i64,
    id: String,
    source: &'static str,
    person: u64,
    url: String,
}

fn sale(number: u64, time: i64, id: impl Into<String>) -> Sale {
    Sale {
        number,
        time,
        id: id.into(),
        source: "website",
        person: number,
        url: "https://shop.example.com/thanks".to_owned(),
    }
}

impl Sale {
    fn text(&self) -> String {
        let Sale {
            number,
            time,
            id,
            source,
            person,
            url,
        } = self;
        let browser = match *source {
            "website" => format!(
                r#","client_ip_address":"81.2.69.142","client_user_agent":"{AGENT}","fbp":"fb.1.{}123.12{person:06}""#,
                T - 9_000_000 - *person as i64
            ),
            _ => String::new(),
        };
        let page = match *source {
            "website" => format!(r#""event_source_url":"{url}","#),
            _ => String::new(),
        };
        let value = 20 + number * 7_919 % 380;
        format!(
            r#"{{"event_name":"Purchase","event_time":{time},"event_id":"{id}","action_source":"{source}",{page}"user_data":{{"em":["75743d1a2d94f3bd8f22bf44980d54f7e8c8b4e4b904f0aa2db8618c{person:08}"]{browser}}},"custom_data":{{"value":{value}.50,"currency":"EUR"}}}}"#
        )
    }
}

/// Numbers of events by rule, of the rules that speak of a series.
fn found(sales: &[Sale], options: &str) -> BTreeMap<String, u64> {
    let place = Place::new();
    let texts: Vec<String> = sales.iter().map(Sale::text).collect();
    place.write("a.ndjson", support::lines(&texts));
    let report = place
        .check(&format!("a.ndjson --format json --profile audit {options}"))
        .json();
    let rules = report["rules"].as_array().unwrap();
    rules
        .iter()
        .filter(|rule| {
            [
                "CL407", "CL408", "CL410", "CL412", "CL506", "CL511", "CL512", "CL604", "CL607",
            ]
            .contains(&rule["id"].as_str().unwrap())
        })
        .map(|rule| {
            let id = rule["id"].as_str().unwrap().to_owned();
            (id, rule["events"].as_u64().unwrap())
        })
        .collect()
}

fn nothing() -> BTreeMap<String, u64> {
    BTreeMap::new()
}

fn of(rule: &str, events: u64) -> BTreeMap<String, u64> {
    BTreeMap::from([(rule.to_owned(), events)])
}

/// Ids of one moment in every way in which they hold it.
fn ids(ms: u64, number: u64) -> [String; 6] {
    let random = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let ulid: String = (0..10)
        .rev()
        .map(|at| ms >> (5 * at) & 31)
        .chain((0..16).map(|at| random >> (3 * at) & 31))
        .map(|digit| char::from(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[digit as usize]))
        .collect();
    [
        format!(
            "{:08x}-{:04x}-7{:03x}-9{:03x}-{:012x}",
            ms >> 16,
            ms & 0xFFFF,
            random & 0xFFF,
            random >> 12 & 0xFFF,
            random >> 16
        ),
        ulid,
        format!("{:08x}abcdef{:010x}", ms / 1_000, random >> 24),
        ((ms - 1_288_834_974_657) << 22 | random >> 42).to_string(),
        format!("purchase.{ms}.{number}"),
        format!("{}-{number}", ms / 1_000),
    ]
}

#[test]
fn a_replay_is_seen_in_every_kind_of_id() {
    for kind in 0..6 {
        let sales: Vec<Sale> = (0..60u64)
            .map(|n| {
                let ordered = T - 6 * 86_400 + n as i64 * 7_777;
                sale(
                    n,
                    T + 3 + n as i64 / 20,
                    &ids(ordered as u64 * 1_000, n)[kind],
                )
            })
            .collect();
        assert_eq!(found(&sales, ""), of("CL407", 60), "kind {kind}");
    }
}

#[test]
fn a_replay_is_found_among_the_orders_of_a_month() {
    let mut sales: Vec<Sale> = (0..3_000u64)
        .map(|n| {
            let time = T - 20 * 86_400 + n as i64 * 571;
            sale(n, time, &ids(time as u64 * 1_000 - 1_500, n)[0])
        })
        .collect();
    for n in 0..40u64 {
        let ordered = T - 12 * 86_400 + n as i64 * 20_011;
        sales.push(sale(
            5_000 + n,
            T - 86_399 + n as i64,
            &ids(ordered as u64 * 1_000, n)[0],
        ));
    }
    assert_eq!(found(&sales, ""), of("CL407", 40));
}

#[test]
fn a_flash_sale_with_carts_of_the_days_before_is_none() {
    let sales: Vec<Sale> = (0..400u64)
        .map(|n| {
            let time = T + n as i64 / 2;
            // Two in five had filled the cart before.
            let older = if n % 5 < 2 {
                3_600 + n as i64 * 500
            } else {
                20
            };
            sale(n, time, &ids((time - older) as u64 * 1_000, n)[0])
        })
        .collect();
    assert_eq!(found(&sales, ""), nothing());
}

#[test]
fn ids_that_only_look_like_a_time_are_not_believed() {
    let mut state = 7u64;
    let sales: Vec<Sale> = (0..500u64)
        .map(|n| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            sale(n, T + 1 + n as i64 / 10, format!("{:016x}{n:08x}", state))
        })
        .collect();
    assert_eq!(found(&sales, ""), nothing());
}

#[test]
fn jobs_and_people_with_many_events_are_told_apart() {
    // Every half hour a job stamps what came in.
    let job: Vec<Sale> = (0..60u64)
        .map(|n| sale(n, T - 40_000 + n as i64 / 12 * 1_801, format!("order-{n}")))
        .collect();
    assert_eq!(found(&job, ""), of("CL407", 60));
    // One buyer sends an event for each of the twelve things in the cart.
    let buyers: Vec<Sale> = (0..60u64)
        .map(|n| Sale {
            person: n / 12,
            ..sale(n, T - 40_000 + n as i64 / 12 * 1_801, format!("order-{n}"))
        })
        .collect();
    assert_eq!(found(&buyers, ""), nothing());
    // A busy shop in two slices of a log.
    let busy: Vec<Sale> = (0..60u64)
        .map(|n| sale(n, T + n as i64 / 30 * 7_211, format!("order-{n}")))
        .collect();
    assert_eq!(found(&busy, ""), nothing());
}

#[test]
fn a_shift_is_told_with_the_zone_that_explains_it() {
    let shifted = |hours: i64| -> Vec<Sale> {
        (0..50u64)
            .map(|n| {
                let time = T - 30_000 + n as i64 * 301;
                sale(n, time + hours * 1_800, &ids(time as u64 * 1_000, n)[1])
            })
            .collect()
    };
    let place = Place::new();
    let texts: Vec<String> = shifted(4).iter().map(Sale::text).collect();
    place.write("a.ndjson", support::lines(&texts));
    place
        .check("a.ndjson --tz Europe/Berlin")
        .says("event_time of 50 events named Purchase is 2 hours later than the times in their ids")
        .says("as a wall clock of the given");
    place
        .check("a.ndjson --tz America/New_York")
        .says("is 2 hours later than the times in their ids")
        .silent_on("as a wall clock");
    for (steps, events) in [(4, 50), (-10, 50), (11, 50), (0, 0)] {
        let expected = if events == 0 {
            nothing()
        } else {
            of("CL408", events)
        };
        assert_eq!(found(&shifted(steps), ""), expected, "{steps}");
    }
}

#[test]
fn days_for_times_are_found_on_websites_and_nowhere_else() {
    // The last Sunday of March lies between: midnight in Berlin is at 23 and at 22 o'clock.
    let day = |n: u64| {
        let winter = 1_774_738_800 - 3 * 86_400;
        match n % 6 {
            at @ 0..3 => winter + at as i64 * 86_400,
            at => 1_774_821_600 + (at as i64 - 3) * 86_400,
        }
    };
    let sales: Vec<Sale> = (0..60u64)
        .map(|n| sale(n, day(n), format!("order-{n}")))
        .collect();
    assert_eq!(found(&sales, ""), of("CL410", 60));
    let till: Vec<Sale> = (0..60u64)
        .map(|n| Sale {
            source: "physical_store",
            ..sale(n, day(n), format!("till-{n}"))
        })
        .collect();
    assert_eq!(found(&till, ""), nothing());
}

#[test]
fn pages_of_others_are_told_by_kind() {
    let page = |n: u64| {
        match n % 8 {
            0 => "https://l.facebook.com/l.php?u=x",
            1 => "https://checkout.stripe.com/c/pay/cs_live_a1",
            _ => "https://www.shop.example.com/thanks",
        }
        .to_owned()
    };
    let sales: Vec<Sale> = (0..120u64)
        .map(|n| Sale {
            url: page(n),
            ..sale(n, T - 50_000 + n as i64 * 211, format!("order-{n}"))
        })
        .collect();
    assert_eq!(found(&sales, ""), of("CL512", 30));
    // A second shop, whose pages those may be.
    let mut two = sales;
    two.extend((0..40u64).map(|n| Sale {
        url: "https://store.example.net/thanks".to_owned(),
        ..sale(
            n + 500,
            T - 50_000 + n as i64 * 97,
            format!("bestellung-{n}"),
        )
    }));
    assert_eq!(found(&two, ""), nothing());
}

#[test]
fn clocks_that_change_by_half_an_hour_are_known_by_their_zone() {
    let zone = "--tz Australia/Lord_Howe";
    // In April 2026 midnight there moves from 13:00 to 13:30 UTC.
    let midnight = |n: u64| match n % 6 {
        at @ 0..3 => 1_775_134_800 + at as i64 * 86_400,
        at => 1_775_395_800 + (at as i64 - 3) * 86_400,
    };
    let days: Vec<Sale> = (0..60u64)
        .map(|n| sale(n, midnight(n), format!("lot-{n}")))
        .collect();
    assert_eq!(found(&days, zone), of("CL410", 60));
    assert_eq!(found(&days, ""), nothing());
    // A wall clock that is read as UTC, before and after.
    let shifted: Vec<Sale> = (0..60u64)
        .map(|n| {
            let time = midnight(n) - 30_000 + n as i64 * 301;
            let steps = if n % 6 < 3 { 22 } else { 21 };
            sale(n, time + steps * 1_800, &ids(time as u64 * 1_000, n)[1])
        })
        .collect();
    assert_eq!(found(&shifted, zone), of("CL408", 60));
    assert_eq!(found(&shifted, ""), nothing());
}

#[test]
fn only_midnight_is_surely_a_day_and_no_job() {
    // The last days of June 2026: 20 and 22 o'clock in UTC, the latter midnight in Berlin.
    let midnight = T - T % 86_400;
    let cases = [
        (midnight, "", "strong"),
        (midnight - 4 * 3_600, "", "heuristic"),
        (midnight - 2 * 3_600, "", "heuristic"),
        (midnight - 2 * 3_600, "--tz Europe/Berlin", "strong"),
        (midnight - 4 * 3_600, "--tz Europe/Berlin", "heuristic"),
    ];
    for (time, options, certainty) in cases {
        let sales: Vec<String> = (0..60u64)
            .map(|n| sale(n, time - (n % 4) as i64 * 86_400, format!("lot-{n}")).text())
            .collect();
        let place = Place::new();
        place.write("a.ndjson", support::lines(&sales));
        let report = place
            .check(&format!("a.ndjson --format json --select CL410 {options}"))
            .json();
        let findings = report["findings"].as_array().unwrap();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0]["certainty"], certainty, "{time} {options}");
    }
}
