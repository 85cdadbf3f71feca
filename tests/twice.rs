//! Fixes that need what the whole log shows: the input is read twice.

mod support;

use capilint::digest::sha256_hex;
use capilint::engine::must_learn;
use capilint::rules;
use capilint::settings::Settings;
use support::{Place, gunzip, gzip};

const AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

fn person(number: u32) -> String {
    sha256_hex(&format!("person{number}@kestrelbikes.com"))
}

fn event(name: &str, time: u32, id: &str, em: &str, number: u32) -> String {
    format!(
        r#"{{"event_name":"{name}","event_time":{time},"event_id":"{id}","action_source":"website","event_source_url":"https://shop.kestrelbikes.com/thanks","user_data":{{"em":["{em}"],"client_ip_address":"81.2.69.142","client_user_agent":"{AGENT}","fbp":"fb.1.1782301122334.1203980{number:03}"}},"custom_data":{{"value":249.00,"currency":"EUR","order_id":"{id}"}}}}"#
    ) + "\n"
}

/// Orders whose times are two hours later than those in their numbers.
fn shifted() -> String {
    let order = |n: u32| {
        event(
            "Purchase",
            1_782_397_200 + n,
            &format!("17823900{n:02}123"),
            &person(n),
            n,
        )
    };
    (0..40).map(order).collect()
}

/// A newsletter that hashes what is a digest already.
fn doubled() -> String {
    let lead = |n: u32| {
        event(
            "Lead",
            1_782_390_000 + n,
            &format!("lead-{n}"),
            &sha256_hex(&person(n)),
            n,
        )
    };
    (0..3).map(lead).collect()
}

fn right() -> (String, String) {
    let order = |n: u32| {
        event(
            "Purchase",
            1_782_390_000 + n,
            &format!("17823900{n:02}123"),
            &person(n),
            n,
        )
    };
    let lead = |n: u32| {
        event(
            "Lead",
            1_782_390_000 + n,
            &format!("lead-{n}"),
            &person(n),
            n,
        )
    };
    ((0..40).map(order).collect(), (0..3).map(lead).collect())
}

#[test]
fn the_evidence_spans_all_inputs_and_a_second_run_changes_nothing() {
    let (orders, leads) = right();
    for memory in ["", " --memory 1"] {
        let place = Place::new();
        place.write("in/a.ndjson", doubled());
        place.write("in/b.ndjson.gz", gzip(shifted().as_bytes()));
        let args = format!("in --fix --unsafe-fixes --format json{memory}");
        let report = place.check(&args).ends(0).json();
        assert_eq!(place.text("in/a.ndjson"), leads);
        assert_eq!(gunzip(&place.read("in/b.ndjson.gz")), orders.as_bytes());
        // What is told afterwards is what is left.
        let left: Vec<_> = report["rules"].as_array().unwrap().iter().collect();
        let told = |id: &str| left.iter().any(|rule| rule["id"] == id);
        assert!(!told("CL105") && !told("CL408"), "{report:#}");
        let before = (place.read("in/a.ndjson"), place.read("in/b.ndjson.gz"));
        place.check(&args).ends(0);
        assert_eq!(
            (place.read("in/a.ndjson"), place.read("in/b.ndjson.gz")),
            before
        );
    }
}

#[test]
fn what_needs_consent_is_not_made_without_it() {
    let place = Place::new();
    place.write("a.ndjson", shifted() + &doubled());
    place.check("a.ndjson --fix");
    assert_eq!(place.text("a.ndjson"), shifted() + &right().1);
}

#[test]
fn a_difference_is_shown_and_nothing_written() {
    let place = Place::new();
    let log = shifted() + &doubled();
    place.write("a.ndjson", &log);
    place.check("a.ndjson --diff").ends(1).says("CL105");
    // What is found is what a check finds.
    let found = place.check("a.ndjson --format json").json();
    for more in ["--diff", "--fix-to before"] {
        let report = place
            .check(&format!("a.ndjson {more} --format json"))
            .json();
        assert_eq!(report["rules"], found["rules"], "{more}");
    }
    assert_eq!(place.text("a.ndjson"), log);
    place.check("a.ndjson --fix-to out");
    let requests = place.text("out/requests.ndjson");
    assert_eq!(requests.matches(&person(0)).count(), 2);
    assert_eq!(requests.matches(&sha256_hex(&person(0))).count(), 0);
}

#[test]
fn standard_input_is_read_twice_only_when_it_may_be_kept() {
    let place = Place::new();
    let log = doubled() + &shifted();
    let once = place.check_piped(&log, "- --fix");
    assert_eq!(once.out(), log);
    once.says("--spool");
    let mut command = place.command();
    command.env("TMPDIR", place.path(""));
    command.args(["check", "--as-of", support::AS_OF, "-", "--fix", "--spool"]);
    let spooled = support::pipe(&mut command, log.as_bytes());
    assert_eq!(spooled.out(), right().1 + &shifted());
    spooled.silent_on("--spool");
    assert_eq!(place.names(), [""; 0]);
    // A check reads what was kept as it reads a stream.
    let (kept, read) = ["- --spool", "-"]
        .map(|args| {
            place
                .check_piped(&log, &format!("{args} --format json"))
                .json()
        })
        .into();
    assert_eq!(kept["findings"], read["findings"]);
}

#[test]
fn the_input_is_read_once_when_no_such_rule_speaks() {
    let mut settings = Settings::default();
    assert!(must_learn(&settings));
    let only = |name: &str| rules::ALL.iter().map(|rule| rule.name() == name).collect();
    settings.policy.select(only("time-zone-shift"));
    assert!(!must_learn(&settings), "its fixes are not wanted");
    settings.unsafe_fixes = true;
    assert!(must_learn(&settings));
    settings.policy.select(only("hash-uppercase"));
    assert!(!must_learn(&settings));
}

const CLICK: &str = "IwAR3vQn8T_kX2mLr5bYc0ZpHs7WfGdJ1aEuV9oNtI6yRqMxC4lSjUzBPwKe1";

/// An event of one browser: its name, minute, what user_data has more, and the query of its page.
fn visit(name: &str, minute: u32, more: &str, query: &str) -> String {
    let time = 1_782_390_000 + 60 * minute;
    format!(
        r#"{{"event_name":"{name}","event_time":{time},"event_id":"{name}-{minute}","action_source":"website","event_source_url":"https://shop.kestrelbikes.com/{query}","user_data":{{"em":["{}"],"client_ip_address":"81.2.69.142","client_user_agent":"{AGENT}","fbp":"fb.1.1782301122334.1203980001"{more}}},"custom_data":{{"value":249.00,"currency":"EUR"}}}}"#,
        person(1)
    ) + "\n"
}

#[test]
fn an_fbc_is_built_from_the_first_sighting_of_its_click() {
    let query = format!("?fbclid={CLICK}");
    let fbc = |millis: u64| format!(r#","fbc":"fb.1.{millis}.{CLICK}""#);
    let bare = format!(r#","fbc":"{CLICK}""#);
    let fixed = |first: String, second: String| -> String {
        let place = Place::new();
        place.write("a.ndjson", first + &second);
        place.check("a.ndjson --fix --unsafe-fixes");
        place.text("a.ndjson")
    };
    // The landing page shows it, or an fbc that was made there; the second page has it in its
    // address or as a bare id.
    let landing = || visit("PageView", 1, "", &query);
    let kept = || visit("PageView", 1, &fbc(1_782_390_061_234), &query);
    for (first, millis) in [(landing(), 1_782_390_060_000), (kept(), 1_782_390_061_234)] {
        for second in [
            visit("AddToCart", 30, "", &query),
            visit("AddToCart", 30, &bare, ""),
        ] {
            let text = fixed(first.clone(), second);
            let lines: Vec<&str> = text.lines().collect();
            assert!(lines[1].contains(&fbc(millis)), "{}", lines[1]);
        }
    }
    // No click is later than its event.
    let text = fixed(visit("AddToCart", 0, "", &query), kept());
    assert!(
        text.lines()
            .next()
            .unwrap()
            .contains(&fbc(1_782_390_000_000))
    );
}

/// What the event itself shows is no earlier sighting: its time may be long after the click.
#[test]
fn an_event_alone_does_not_date_its_click() {
    let query = format!("?fbclid={CLICK}");
    let place = Place::new();
    let landing = visit("PageView", 1, "", &query);
    place.write("a.ndjson", &landing);
    place.check("a.ndjson --fix");
    assert_eq!(place.text("a.ndjson"), landing);
    // A later one has it of the first, and the first has nothing of what was made of it.
    place.write(
        "a.ndjson",
        landing.clone() + &visit("AddToCart", 30, "", &query),
    );
    for _ in 0..2 {
        place.check("a.ndjson --fix");
        let text = place.text("a.ndjson");
        let (first, second) = text.split_once('\n').unwrap();
        assert_eq!(first, landing.trim_end());
        assert!(second.contains(&format!("fb.1.1782390060000.{CLICK}")));
    }
    place.write("a.ndjson", &landing);
    place.check("a.ndjson --fix --unsafe-fixes");
    assert!(place.text("a.ndjson").contains("fb.1.1782390060000."));
}

#[test]
fn a_rebuilt_fbc_takes_no_time_behind_its_event() {
    let fbc = |millis: u64| format!(r#","fbc":"fb.1.{millis}.{CLICK}""#);
    let altered = |millis: u64| {
        let small = CLICK.to_ascii_lowercase();
        format!(r#","fbc":"fb.1.{millis}.{small}""#)
    };
    let at = |minute: u32| 1_782_390_000_500 + 60_000 * u64::from(minute);
    let place = Place::new();
    let mut text = visit("PageView", 0, &altered(1_782_389_000_000), "");
    for minute in 1..8 {
        text += &visit("Purchase", minute, &fbc(at(minute)), "");
    }
    place.write("a.ndjson", text);
    place.check("a.ndjson --fix --unsafe-fixes");
    let text = place.text("a.ndjson");
    assert_eq!(text.matches(".1782389000000.").count(), 8, "{text}");
}

#[test]
fn a_digest_in_capitals_is_joined_as_in_small_letters() {
    let place = Place::new();
    let lead = |n: u32, em: &str| event("Lead", 1_782_390_000 + n, &format!("lead-{n}"), em, n);
    let upper = |n: u32, hex: String| lead(n, &hex.to_ascii_uppercase());
    let mut text = upper(1, person(1));
    text += &lead(2, &sha256_hex(&person(1)));
    text += &upper(3, sha256_hex(&person(4)));
    text += &lead(4, &person(4));
    place.write("a.ndjson", text);
    place.check("a.ndjson --fix");
    let right: String = [1, 1, 4, 4]
        .into_iter()
        .zip(1..)
        .map(|(who, n)| lead(n, &person(who)))
        .collect();
    assert_eq!(place.text("a.ndjson"), right);
}

#[test]
fn a_hashed_browser_id_is_restored_from_elsewhere_in_the_log() {
    let place = Place::new();
    let fbp = "fb.1.1782301122334.1203980001";
    let whole = |name: &str, minute: u32| visit(name, minute, "", "");
    let hashed = |name: &str| whole(name, 5).replace(fbp, &sha256_hex(fbp));
    place.write("a.ndjson", hashed("Lead") + &whole("PageView", 1));
    place.write("b.ndjson", hashed("Lead"));
    place.check("a.ndjson --fix");
    assert_eq!(
        place.text("a.ndjson"),
        whole("Lead", 5) + &whole("PageView", 1)
    );
    // Alone it can only be taken away.
    place.check("b.ndjson --fix");
    assert!(!place.text("b.ndjson").contains("fbp"));
}

#[test]
fn one_id_for_all_gives_way_to_the_orders() {
    let place = Place::new();
    let order = |n: u32| {
        event(
            "Purchase",
            1_782_390_000 + 60 * n,
            &format!("{}", 5000 + n),
            &person(n),
            n,
        )
    };
    let right: String = (0..30).map(order).collect();
    let one_id = (0..30).map(|n| {
        let id = format!("\"event_id\":\"{}\"", 5000 + n);
        let event = order(n).replace("81.2.69.142", &format!("81.2.69.{n}"));
        event.replace(&id, "\"event_id\":\"view-oferta-001\"")
    });
    place.write("a.ndjson", one_id.collect::<String>());
    let args = "a.ndjson --fix --unsafe-fixes --select CL303";
    place.check(args);
    let text = place.text("a.ndjson");
    for (own, wanted) in text.lines().zip(right.lines()) {
        let id = &wanted[wanted.find("\"event_id\"").unwrap()..wanted.find(",\"action").unwrap()];
        assert!(own.contains(id), "{own}");
    }
    place.check(args).silent_on("CL303");
}

/// A log of orders with these dates of birth, each hashed as it is written.
fn born(dates: &[&str]) -> String {
    let order = |(number, date): (u32, &&str)| {
        let em = person(number);
        let order = event(
            "Purchase",
            1_782_390_000 + number,
            &format!("order-{number}"),
            &em,
            number,
        );
        let db = format!(r#"{em}"],"db":"{}","#, sha256_hex(date));
        order.replace(&format!(r#"{em}"],"#), &db)
    };
    (1..).zip(dates).map(order).collect()
}

const DAY_FIRST: [&str; 5] = [
    "14/02/1987",
    "23.11.1990",
    "30/01/1979",
    "19-06-1965",
    "28/12/2001",
];

#[test]
fn a_date_that_can_be_read_twice_is_read_as_the_others_of_its_sender() {
    let open = "03/02/1990";
    let fixed = |log: String, args: &str| -> String {
        let place = Place::new();
        place.write("a.ndjson", log);
        place.check(&format!("a.ndjson {args}"));
        place.text("a.ndjson")
    };
    let is_february = |log: &str| {
        let [february, march, as_it_was] = ["19900203", "19900302", open].map(sha256_hex);
        assert!(!log.contains(&march));
        assert_ne!(log.contains(&february), log.contains(&as_it_was));
        log.contains(&february)
    };
    let all: Vec<&str> = DAY_FIRST.into_iter().chain([open]).collect();
    let consent = "--fix --unsafe-fixes";
    assert!(is_february(&fixed(born(&all), consent)));
    // It takes consent, enough dates, and no date that shows the other order.
    assert!(!is_february(&fixed(born(&all), "--fix")));
    assert!(!is_february(&fixed(born(&all[1..]), consent)));
    let with = |more: &[&'static str]| [&all[1..], more].concat();
    assert!(!is_february(&fixed(
        born(&with(&["02/14/1987", "13/02/1987"])),
        consent
    )));
    // The same date again is no other one, in whatever layout, and neither is one that may be
    // turned, or whose month has a name.
    let same = with(&["28/12/2001", "28.12.2001", "05/05/1971", "04/02/1990"]);
    assert!(!is_february(&fixed(born(&same), consent)));
    // What another sender writes shows nothing.
    let elsewhere = |log: String| log.replace("shop.kestrelbikes.com", "shop.nordlicht.example");
    let apart = born(&all[..5]) + &elsewhere(born(&[open]));
    assert!(!is_february(&fixed(apart, consent)));
    let beside = born(&all) + &elsewhere(born(&["02/14/1987"]));
    assert!(is_february(&fixed(beside, consent)));
}

#[test]
fn dates_with_the_month_first_are_told_as_well() {
    let dates = [
        "02/14/1987",
        "11/23/1990",
        "01/30/1979",
        "06/19/1965",
        "12/28/2001",
        "03/02/1990",
    ];
    let place = Place::new();
    place.write("a.ndjson", born(&dates));
    place.check("a.ndjson --fix --unsafe-fixes").ends(0);
    let right = [
        "19870214", "19901123", "19790130", "19650619", "20011228", "19900302",
    ];
    let right: Vec<String> = right.iter().map(|date| sha256_hex(date)).collect();
    let log = place.text("a.ndjson");
    assert!(
        right
            .iter()
            .zip(log.lines())
            .all(|(date, line)| line.contains(date))
    );
}

#[test]
fn the_order_of_dates_hangs_on_no_thread_no_memory_and_no_file() {
    let many: Vec<String> = (0..2_000)
        .map(|n| format!("{:02}/{:02}/{}", 1 + n % 28, 1 + n % 12, 1951 + n % 17))
        .collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let log = born(&many);
    let lines: Vec<&str> = log.split_inclusive('\n').collect();
    let fixed = |files: usize, args: &str| -> String {
        let place = Place::new();
        let size = lines.len().div_ceil(files);
        let names: Vec<String> = (0..files).map(|n| format!("in/{n}.ndjson")).collect();
        for (name, lines) in names.iter().zip(lines.chunks(size)) {
            place.write(name, lines.concat());
        }
        place.check(&format!("in --fix --unsafe-fixes {args}"));
        names.iter().map(|name| place.text(name)).collect()
    };
    let once = fixed(1, "--threads 1");
    let right: Vec<String> = (0..2_000)
        .map(|n| {
            sha256_hex(&format!(
                "{}{:02}{:02}",
                1951 + n % 17,
                1 + n % 12,
                1 + n % 28
            ))
        })
        .collect();
    assert!(
        right
            .iter()
            .zip(once.lines())
            .all(|(date, line)| line.contains(date))
    );
    for (files, args) in [
        (1, "--threads 4"),
        (7, "--threads 3 --memory 1"),
        (7, "--threads 1"),
    ] {
        assert_eq!(fixed(files, args), once, "{files} {args}");
    }
}
