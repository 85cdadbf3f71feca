//! The generated logs of the benchmark are what they are said to be.

#[allow(dead_code)]
#[path = "../benches/log.rs"]
mod log;
#[allow(dead_code)]
#[path = "../benches/random.rs"]
mod random;

#[test]
fn a_log_is_the_same_for_the_same_seed_and_another_for_another() {
    let mut first = Vec::new();
    let planted = log::write(&mut first, 300_000, 7, log::People::Returning).unwrap();
    let mut again = Vec::new();
    assert_eq!(
        log::write(&mut again, 300_000, 7, log::People::Returning).unwrap(),
        planted
    );
    assert!(first == again);
    let mut other = Vec::new();
    log::write(&mut other, 300_000, 8, log::People::Returning).unwrap();
    assert!(first != other);
}

#[test]
fn a_log_is_what_it_is_said_to_be() {
    let mut text = Vec::new();
    let planted = log::write(&mut text, 2_000_000, 3, log::People::Returning).unwrap();
    assert_eq!(planted.bytes, text.len() as u64);
    assert_eq!(
        planted.lines,
        text.split(|&b| b == b'\n').count() as u64 - 1
    );
    assert!(planted.shortest >= 700, "{planted:?}");
    assert!(planted.longest <= 1_400, "{planted:?}");
    let mean = planted.bytes / planted.events;
    assert!((1_050..=1_200).contains(&mean), "{mean}");
    let faulty = planted.faulty as f64 / planted.events as f64;
    assert!((0.035..=0.065).contains(&faulty), "{faulty}");
    assert_eq!(planted.rules.values().sum::<u64>(), planted.faulty);

    let mut events = 0;
    for line in text.split(|&b| b == b'\n').filter(|line| !line.is_empty()) {
        let line: serde_json::Value = serde_json::from_slice(line).unwrap();
        events += line["data"].as_array().map_or(1, Vec::len) as u64;
    }
    assert_eq!(events, planted.events);
}
