//! Where Meta's own sources disagree, neither form is an error. The list is that of the places found
//! in Meta's pages, SDKs and parameter builder as stored on 2026-09-12, by number; each has at least
//! one event in either form. A key that is documented as required stays an error when it is missing,
//! and what a source calls harmful may be a warning: such rules are named.

use bumpalo::Bump;
use capilint::digest::sha256_hex;
use capilint::event::Assumptions;
use capilint::finding::Severity;
use capilint::inspect::{AsOf, Inspector, RuleSet, Surroundings};
use capilint::rules;
use serde_json::{Value, json};

const AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                     Chrome/126.0.0.0 Safari/537.36";

/// A purchase on a website with nothing wrong in it.
fn purchase() -> Value {
    json!({
        "event_name": "Purchase", "event_time": 1_782_399_600, "event_id": "order-58213",
        "action_source": "website", "event_source_url": "https://shop.kestrelbikes.com/thanks",
        "user_data": {
            "em": [sha256_hex("mara.lindqvist@kestrelbikes.com")],
            "client_ip_address": "81.2.69.142", "client_user_agent": AGENT,
            "fbp": "fb.1.1782390000123.774411908",
        },
        "custom_data": {"value": 249.0, "currency": "EUR", "order_id": "58213"},
    })
}

/// The same with another value at a pointer; null takes a member away.
fn with(mut event: Value, changes: &[(&str, Value)]) -> Value {
    for (pointer, value) in changes {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        let object = event.pointer_mut(parent).expect(parent);
        let object = object.as_object_mut().expect("an object");
        match value {
            Value::Null => object.remove(key),
            value => object.insert(key.to_owned(), value.clone()),
        };
    }
    event
}

fn user(key: &str, value: Value) -> Value {
    with(purchase(), &[(&format!("/user_data/{key}"), value)])
}

fn hashed(key: &str, plain: &str) -> Value {
    user(key, json!([sha256_hex(plain)]))
}

fn custom(key: &str, value: Value) -> Value {
    with(purchase(), &[(&format!("/custom_data/{key}"), value)])
}

/// An event of an app, with extinfo at one of its two places.
fn app(extinfo: Value, beside: bool, tracking: Option<u8>) -> Value {
    let mut data = json!({"advertiser_tracking_enabled": 1});
    if let Some(tracking) = tracking {
        data["application_tracking_enabled"] = json!(tracking);
    }
    let mut event = json!({
        "event_name": "Purchase", "event_time": 1_782_399_600, "event_id": "order-58213",
        "action_source": "app",
        "user_data": {
            "em": [sha256_hex("mara.lindqvist@kestrelbikes.com")],
            "madid": "38400000-8cf0-11bd-b23e-10b96e40000d",
        },
        "custom_data": {"value": 249.0, "currency": "EUR", "order_id": "58213"},
    });
    match beside {
        true => event["extinfo"] = extinfo,
        false => data["extinfo"] = extinfo,
    }
    event["app_data"] = data;
    event
}

fn extinfo(numbers: bool) -> Value {
    let number = |number: u64| match numbers {
        true => json!(number),
        false => json!(number.to_string()),
    };
    json!([
        "a2",
        "com.kestrelbikes.shop",
        "3.2",
        "3.2.1",
        "14",
        "Pixel 8",
        "de_DE",
        "CEST",
        "Telekom",
        number(1080),
        number(2400),
        "2.6",
        number(8),
        number(128),
        number(64),
        "Europe/Berlin",
    ])
}

fn message(channel: &str, ids: Value) -> Value {
    json!({
        "event_name": "Purchase", "event_time": 1_782_399_600, "event_id": "order-58213",
        "action_source": "business_messaging", "messaging_channel": channel, "user_data": ids,
        "custom_data": {"value": 249.0, "currency": "EUR", "order_id": "58213"},
    })
}

fn sale(user_data: Value) -> Value {
    json!({
        "event_name": "Purchase", "event_time": 1_782_399_600, "event_id": "till-4-58213",
        "action_source": "physical_store", "user_data": user_data,
        "custom_data": {"value": 249.0, "currency": "EUR", "order_id": "58213"},
    })
}

fn ldu(state: u32) -> Value {
    with(
        purchase(),
        &[
            ("/data_processing_options", json!(["LDU"])),
            ("/data_processing_options_country", json!(1)),
            ("/data_processing_options_state", json!(state)),
        ],
    )
}

/// What a source calls wrong, the rules that may speak, and the events.
type Case = (u32, &'static str, &'static [&'static str], Vec<Value>);

fn cases() -> Vec<Case> {
    let email = sha256_hex("mara.lindqvist@kestrelbikes.com");
    let click = |length: usize| {
        format!("IwY2xjaw{}", "Kx7Bq".repeat(200))
            .chars()
            .take(length)
            .collect::<String>()
    };
    vec![
        (
            1,
            "which copy of an event wins",
            &[],
            vec![
                purchase(),
                with(purchase(), &[("/event_id", json!("58213"))]),
            ],
        ),
        // Documented as required, and accepted live without it.
        (
            2,
            "client_user_agent of a website event",
            &["website-without-user-agent"],
            vec![
                purchase(),
                with(purchase(), &[("/user_data/client_user_agent", Value::Null)]),
            ],
        ),
        (
            3,
            "states of Limited Data Use",
            &[],
            vec![ldu(0), ldu(1000), ldu(1001), ldu(1013)],
        ),
        (
            4,
            "postcodes of the United Kingdom",
            &[],
            vec![
                with(
                    hashed("zp", "m11ae"),
                    &[("/user_data/country", json!([sha256_hex("gb")]))],
                ),
                with(
                    hashed("zp", "m11"),
                    &[("/user_data/country", json!([sha256_hex("gb")]))],
                ),
            ],
        ),
        (
            5,
            "states, cities, postcodes and names",
            &[],
            vec![
                with(
                    hashed("st", "newsouthwales"),
                    &[("/user_data/country", json!([sha256_hex("au")]))],
                ),
                with(
                    hashed("st", "ne"),
                    &[("/user_data/country", json!([sha256_hex("au")]))],
                ),
                with(
                    hashed("st", "bayern"),
                    &[("/user_data/country", json!([sha256_hex("de")]))],
                ),
                with(
                    hashed("st", "ba"),
                    &[("/user_data/country", json!([sha256_hex("de")]))],
                ),
                hashed("ct", "sanjosé"),
                hashed("ct", "sanjose"),
                hashed("ct", "sanjos"),
                hashed("ct", "l'aquila"),
                hashed("ct", "laquila"),
                with(
                    hashed("zp", "m1 1ae"),
                    &[("/user_data/country", json!([sha256_hex("gb")]))],
                ),
                hashed("fn", "mary ann"),
                hashed("fn", "maryann"),
                hashed("ln", "o'brien"),
                hashed("ln", "obrien"),
            ],
        ),
        (
            6,
            "case of the currency",
            &[],
            vec![
                custom("currency", json!("EUR")),
                custom("currency", json!("eur")),
            ],
        ),
        (
            7,
            "external_id in the clear or hashed",
            &[],
            vec![
                user("external_id", json!("kb-40417")),
                user("external_id", json!(["kb-40417"])),
                hashed("external_id", "kb-40417"),
            ],
        ),
        (
            8,
            "place of customer_segmentation",
            &[],
            vec![
                with(
                    purchase(),
                    &[("/customer_segmentation", json!("new_customer_to_business"))],
                ),
                custom("customer_segmentation", json!("new_customer_to_business")),
            ],
        ),
        (
            9,
            "extinfo: numbers or text, in app_data or beside it",
            &[],
            vec![
                app(extinfo(true), false, Some(1)),
                app(extinfo(false), false, Some(1)),
                app(extinfo(true), true, Some(1)),
                app(extinfo(false), true, Some(1)),
            ],
        ),
        (
            10,
            "account keys of messaging",
            &[],
            vec![
                message(
                    "messenger",
                    json!({"page_id": "104233189012345", "page_scoped_user_id": "7719033118223344"}),
                ),
                message(
                    "instagram",
                    json!({"ig_account_id": "17841400455512345", "ig_sid": "7712903314412345"}),
                ),
                // The sample's key alone is refused live, so the documented one stands beside it.
                message(
                    "instagram",
                    json!({
                        "ig_account_id": "17841400455512345", "ig_sid": "7712903314412345",
                        "instagram_business_account_id": "17841400455512345",
                    }),
                ),
                message(
                    "whatsapp",
                    json!({"page_id": "104233189012345", "ctwa_clid": "ARBkzr3m9QxTs8Lw"}),
                ),
                message(
                    "whatsapp",
                    json!({
                        "whatsapp_business_account_id": "109233189012345", "ctwa_clid": "ARBkzr3m9QxTs8Lw",
                    }),
                ),
            ],
        ),
        (
            11,
            "one or several content_ids beside content_type product",
            &[],
            vec![
                with(
                    custom("content_ids", json!(["KB-7731"])),
                    &[("/custom_data/content_type", json!("product"))],
                ),
                with(
                    custom("content_ids", json!(["KB-7731", "KB-7732"])),
                    &[("/custom_data/content_type", json!("product"))],
                ),
            ],
        ),
        (
            12,
            "num_items on a Purchase",
            &[],
            vec![
                custom("num_items", json!(2)),
                with(
                    custom("num_items", json!(2)),
                    &[("/event_name", json!("InitiateCheckout"))],
                ),
            ],
        ),
        (
            13,
            "type of status",
            &[],
            vec![
                with(
                    custom("status", json!(true)),
                    &[("/event_name", json!("CompleteRegistration"))],
                ),
                with(
                    custom("status", json!("registered")),
                    &[("/event_name", json!("CompleteRegistration"))],
                ),
            ],
        ),
        (
            14,
            "a value that is money or another measure",
            &[],
            vec![
                custom("value", json!(249.0)),
                custom("value", json!("249.00")),
                with(custom("value", json!(3)), &[("/event_name", json!("Lead"))]),
            ],
        ),
        // Meta says that such events count, many guides that they do not.
        (
            15,
            "test_event_code in the request",
            &["test-event-code"],
            vec![
                json!({"data": [purchase()], "test_event_code": "TEST48213"}),
                json!({"data": [purchase()]}),
            ],
        ),
        (
            16,
            "what follows the last dot of fbc",
            &[],
            vec![
                user("fbc", json!(format!("fb.1.1782390000123.{}", click(61)))),
                user(
                    "fbc",
                    json!(format!("fb.1.1782390000123.{}.AQYCAQIB", click(61))),
                ),
                user("fbc", json!(format!("fb.1.1782390000123.{}.Bg", click(61)))),
                user("em", json!([format!("{email}.AQYCAQIB")])),
                user("client_ip_address", json!("81.2.69.142.AQEDAQIB")),
            ],
        ),
        (
            17,
            "click ids over 500 characters",
            &[],
            vec![
                user("fbc", json!(format!("fb.1.1782390000123.{}", click(480)))),
                user("fbc", json!(format!("fb.1.1782390000123.{}", click(659)))),
            ],
        ),
        (
            18,
            "the first year of a birth date",
            &[],
            vec![hashed("db", "19010203"), hashed("db", "18510203")],
        ),
        // The code of the SDKs passes it on, the pages ask for SHA-256.
        (
            19,
            "MD5",
            &["not-sha256"],
            vec![
                user("em", json!(["0cc175b9c0f1b6a831c399e269772661"])),
                user("em", json!([email])),
            ],
        ),
        // The table of the page on offline events has other names than its own sample.
        (
            20,
            "names of the table of offline events",
            &["unknown-user-data-key"],
            vec![
                sale(json!({"em": [email.clone()], "zp": [sha256_hex("80331")]})),
                sale(json!({"em": [email.clone()], "zip": [sha256_hex("80331")]})),
                sale(json!({"em": [email.clone()], "phone": [sha256_hex("4915112345678")]})),
                sale(json!({"em": [email.clone()], "gen": [sha256_hex("f")]})),
                sale(json!({"ph": [sha256_hex("4915112345678")], "email": [email.clone()]})),
            ],
        ),
        (
            21,
            "application_tracking_enabled",
            &[],
            vec![
                app(extinfo(true), false, Some(0)),
                app(extinfo(true), false, None),
            ],
        ),
        (
            22,
            "sales in a store and optimisation",
            &[],
            vec![
                sale(json!({"em": [email.clone()]})),
                with(sale(json!({"em": [email]})), &[("/opt_out", json!(true))]),
            ],
        ),
    ]
}

#[test]
fn neither_form_is_an_error() {
    let now = "2026-06-26T00:00:00Z".parse::<jiff::Timestamp>().unwrap();
    let around = Surroundings {
        as_of: AsOf::At(now.as_second()),
        wall: now.as_second(),
        assume: Assumptions::default(),
        witnesses: Default::default(),
    };
    let (rules, cases) = (RuleSet::all(), cases());
    let numbers: Vec<u32> = cases.iter().map(|case| case.0).collect();
    assert_eq!(numbers, (1..=22).collect::<Vec<_>>());
    let mut faults = Vec::new();
    for (number, what, allowed, events) in cases {
        assert!(events.len() >= 2, "{what}");
        for (at, event) in events.iter().enumerate() {
            let (arena, text) = (Bump::new(), event.to_string());
            let mut inspector = Inspector::new(&rules, &around, &arena);
            inspector.text(&text, &mut ()).unwrap();
            assert_eq!(inspector.events(), 1, "{number} {what}, {at}");
            for finding in inspector.findings() {
                let rule = rules::ALL[finding.rule].name();
                // What is documented as required is an error, all else at most a warning.
                let most = match (allowed.contains(&rule), rule) {
                    (false, _) => Severity::Info,
                    (true, "website-without-user-agent") => Severity::Error,
                    (true, _) => Severity::Warning,
                };
                if finding.severity > most {
                    faults.push(format!(
                        "{number} {what}, {at}: {} {rule}: {}",
                        finding.severity, finding.message
                    ));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The pages of the rules concerned say what differs.
#[test]
fn pages_say_what_differs() {
    for (rule, words) in [
        ("website-without-user-agent", "API takes"),
        ("data-processing-options", "differ"),
        ("currency-format", "Small letters"),
        ("misplaced-key", "customer_segmentation"),
        ("misplaced-key", "extinfo"),
        ("test-event-code", "two\nways"),
        ("not-sha256", "MD5"),
        ("fbc-format", "appendix"),
        ("unknown-user-data-key", "offline"),
        ("data-shape", "differ"),
    ] {
        let page = &rules::ALL[rules::find(rule).expect(rule)].page().prose;
        assert!(page.contains(words), "{rule}: {words}");
    }
}
