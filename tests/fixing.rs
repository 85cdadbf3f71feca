//! `--fix`, `--unsafe-fixes` and `--diff` on real files: what no fix names stays byte for byte,
//! and whatever goes wrong leaves the original.

mod support;

use std::fs;

use support::{
    AS_OF, CLEAN, EM, Place, another, gunzip, gzip, is_root, lines, with_error, with_info,
    with_warning,
};

/// Lines of every kind: clean, odd but valid, broken, faulty.
fn log() -> Vec<String> {
    vec![
        CLEAN.to_owned(),
        with_error(),
        // Spaces, escapes, numbers as people write them: none of it is for a fix to touch.
        CLEAN.replace(
            "\"custom_data\":{",
            "\"custom_data\" : {\t\"note\":\"caf\\u00e9 \\/ é\", \"n\" : 1.50e+00 ,",
        ),
        String::new(),
        format!("  {}  ", with_warning()),
        "{\"data\": [{\"event_name\":".to_owned(),
        "not json at all".to_owned(),
        format!(
            "{{\"data\":[{CLEAN}, {}],\"partner_agent\":\"x\"}}",
            with_error()
        ),
    ]
}

/// Compares texts line by line, so that a failure shows the line and not the log.
#[track_caller]
fn same(is: &str, want: &str) {
    for (number, (is, want)) in is.split('\n').zip(want.split('\n')).enumerate() {
        assert_eq!(is, want, "line {}", number + 1);
    }
    assert!(is == want, "{} bytes, not {}", is.len(), want.len());
}

fn fixed_log() -> Vec<String> {
    log()
        .into_iter()
        .map(|line| {
            line.replace("1782396602000", "1782396602")
                .replace(&EM.to_ascii_uppercase(), EM)
        })
        .collect()
}

#[test]
fn a_right_value_in_an_object_is_not_taken_away() {
    let place = Place::new();
    let held = |fbp: &str, address: &str| {
        CLEAN
            .replace("\"fb.1.1782390000123.774411908\"", fbp)
            .replace("\"81.2.69.142\"", address)
    };
    let text = held(
        "{\"cookie\":\"fb.1.1782390000123.774411908\"}",
        "[{\"v4\":\"81.2.69.142\"},{\"v6\":null}]",
    );
    assert!(text.contains("cookie") && text.contains("v4"));
    place.write("a.json", &text);
    for args in ["--fix", "--fix --unsafe-fixes"] {
        let said = place.check(&format!("{args} a.json"));
        said.says("CL210").says("CL213");
        same(&place.text("a.json"), &text);
    }
    // An object of other things goes with consent, and what is no object at once.
    let text = held("{\"x\":1}", "5");
    place.write("a.json", &text);
    place.check("--fix a.json");
    let left = place.text("a.json");
    assert!(
        left.contains("\"fbp\":{\"x\":1}") && !left.contains("client_ip"),
        "{left}"
    );
    place.check("--fix --unsafe-fixes a.json");
    assert!(!place.text("a.json").contains("fbp"));
}

#[test]
fn a_text_that_is_changed_keeps_its_escapes() {
    let place = Place::new();
    // PHP escapes slashes and what is not ASCII; others do not.
    let page =
        "\"https:\\/\\/shop.example.com\\/k\\u00e4se\\u002Fa?email=ana@laden.example&b=\\u0022é\"";
    let before = CLEAN.replace("\"https://shop.example.com/checkout/thank-you\"", page);
    assert_ne!(before, CLEAN);
    place.write("a.json", &before);
    place.check("a.json --fix --select CL510").ends(0);
    let after = before.replace("ana@laden.example", "REDACTED");
    assert_eq!(place.text("a.json"), after);
}

#[test]
fn only_what_a_fix_names_is_changed() {
    let place = Place::new();
    for end in ["\n", "\r\n"] {
        let join = |lines: Vec<String>| lines.join(end);
        place.write("a.ndjson", join(log()));
        place.check("a.ndjson --fix").ends(1);
        same(&place.text("a.ndjson"), &join(fixed_log()));
        // A second run finds nothing to do.
        let report = place.check("a.ndjson --fix --format json").ends(1).json();
        assert_eq!(report["fixes"]["made"], serde_json::json!([]));
        assert_eq!(report["files"][0]["rewritten"], false);
        same(&place.text("a.ndjson"), &join(fixed_log()));
    }
}

#[test]
fn json_over_many_lines_keeps_its_form() {
    let place = Place::new();
    let pretty = |event: &str| {
        let value: serde_json::Value = serde_json::from_str(event).unwrap();
        serde_json::to_string_pretty(&value)
            .unwrap()
            .replace("249.0", "249.00")
    };
    let cases = [
        ("event.json", pretty(&with_error()), pretty(CLEAN)),
        (
            "bom.json",
            format!("\u{feff}{}\r\n", with_error()),
            format!("\u{feff}{CLEAN}\r\n"),
        ),
        (
            "array.json",
            format!("[\n{},\n\n{}]\n\n", with_error(), with_warning()),
            format!("[\n{CLEAN},\n\n{CLEAN}]\n\n"),
        ),
        (
            "joined.json",
            format!("{}{}", with_error(), with_warning()),
            format!("{CLEAN}{CLEAN}"),
        ),
        (
            "commented.jsonc",
            format!(
                "// head\n{{\"data\":[\n{},\n/* x */ {},],}}\n",
                with_info(),
                with_error()
            ),
            format!(
                "// head\n{{\"data\":[\n{},\n/* x */ {CLEAN},],}}\n",
                with_info()
            ),
        ),
        (
            "request.http",
            format!(
                "POST /v25.0/1/events HTTP/1.1\r\nHost: graph.facebook.com\r\n\r\n{{\"data\":[{}]}}",
                with_error()
            ),
            format!(
                "POST /v25.0/1/events HTTP/1.1\r\nHost: graph.facebook.com\r\n\r\n{{\"data\":[{CLEAN}]}}"
            ),
        ),
    ];
    for (name, before, after) in cases {
        place.write(name, &before);
        place.check(&format!("{name} --fix")).ends(0);
        assert_eq!(place.text(name), after, "{name}");
    }
}

#[test]
fn compressed_files_stay_compressed() {
    let place = Place::new();
    let (before, after) = (lines(&log()), lines(&fixed_log()));
    place.write(
        "a.ndjson.gz",
        [
            gzip(&before.as_bytes()[..400]),
            gzip(&before.as_bytes()[400..]),
        ]
        .concat(),
    );
    place.write(
        "a.ndjson.zst",
        zstd::encode_all(before.as_bytes(), 1).unwrap(),
    );
    for name in ["a.ndjson.gz", "a.ndjson.zst"] {
        place.check(&format!("{name} --fix")).ends(1);
    }
    assert_eq!(
        String::from_utf8(gunzip(&place.read("a.ndjson.gz"))).unwrap(),
        after
    );
    assert_eq!(
        zstd::decode_all(&place.read("a.ndjson.zst")[..]).unwrap(),
        after.as_bytes()
    );
    // A file without a fault is not packed anew.
    let clean = gzip(CLEAN.as_bytes());
    place.write("clean.gz", &clean);
    place.check("clean.gz --fix").ends(0);
    assert_eq!(place.read("clean.gz"), clean);
}

#[test]
fn a_damaged_archive_is_left_alone() {
    let place = Place::new();
    let whole = gzip(lines(&vec![with_error(); 500]).as_bytes());
    let cut = &whole[..whole.len() - 20];
    place.write("cut.gz", cut);
    place.check("cut.gz --fix").ends(2).says("cut.gz");
    assert_eq!(place.read("cut.gz"), cut);
    assert_eq!(place.names(), ["cut.gz"]);
}

#[test]
fn a_long_log_is_fixed_block_by_block() {
    let place = Place::new();
    let mut before = Vec::new();
    for n in 0..6000 {
        let event = if n % 3 == 0 {
            with_error()
        } else {
            CLEAN.to_owned()
        };
        before.push(event.replace("58213", &n.to_string()));
    }
    let after = lines(&before).replace("1782396602000", "1782396602");
    place.write("a.ndjson", lines(&before));
    place.write(
        "body.json",
        format!("{{\"data\":[{}]}}", before.join(",\n")),
    );
    // One body of 6,000 events is more than Meta takes, which is not the matter here.
    place
        .check("a.ndjson body.json --fix --threads 2 --ignore CL703")
        .ends(0);
    assert!(place.text("a.ndjson") == after);
    let body =
        format!("{{\"data\":[{}]}}", before.join(",\n")).replace("1782396602000", "1782396602");
    assert!(place.text("body.json") == body);
}

#[test]
fn the_gate_looks_at_what_is_left() {
    let place = Place::new();
    place.write("a.json", with_error());
    place.check("a.json --fix").ends(0).says("pass:");
    place.write(
        "b.ndjson",
        lines(&[with_error(), CLEAN.replace("\"currency\":\"EUR\",", "")]),
    );
    place
        .check("b.ndjson --fix")
        .ends(1)
        .says("CL602")
        .silent_on("× event_time");
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_the_mode_is_kept() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let target = place.write("deep/a.json", with_error());
    fs::set_permissions(&target, PermissionsExt::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("deep/a.json", place.path("link.json")).unwrap();
    place.check("link.json --fix").ends(0);
    assert_eq!(place.text("deep/a.json"), CLEAN);
    assert!(
        fs::symlink_metadata(place.path("link.json"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(
        fs::metadata(target).unwrap().permissions().mode() & 0o777,
        0o640
    );
    assert_eq!(fs::read_dir(place.path("deep")).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_keeps_its_files() {
    use std::os::unix::fs::PermissionsExt;
    if is_root() {
        return;
    }
    let place = Place::new();
    place.write("in/a.json", with_error());
    fs::set_permissions(place.path("in"), PermissionsExt::from_mode(0o500)).unwrap();
    let ran = place.check("in/a.json --fix");
    fs::set_permissions(place.path("in"), PermissionsExt::from_mode(0o700)).unwrap();
    ran.ends(2).says("in/a.json").says("CL403");
    assert_eq!(place.text("in/a.json"), with_error());
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_named_through_a_descriptor_is_fixed_or_left_alone() {
    let place = Place::new();
    let mut command = place.command();
    let input = fs::File::open(place.write("a.json", with_error())).unwrap();
    command
        .args(["check", "/proc/self/fd/0", "--fix", "--as-of", AS_OF])
        .stdin(input);
    let output = command.output().unwrap();
    // It leads to the file itself, which is rewritten, or it is refused; nothing in between.
    match output.status.code() {
        Some(0) => assert_eq!(place.text("a.json"), CLEAN),
        Some(2) => assert_eq!(place.text("a.json"), with_error()),
        other => panic!("{other:?}"),
    }
}

/// What the command does between opening a file and putting its successor in place, with something
/// happening to the file in the meantime.
#[cfg(unix)]
#[test]
fn a_file_that_changes_while_it_is_fixed_is_left_alone() {
    use capilint::input::unpack::Packing;
    use capilint::rewrite::Rewrite;
    use std::io::Write;
    let place = Place::new();
    type Change = (&'static str, fn(&std::path::Path));
    let changes: [Change; 4] = [
        ("it grows", |path| {
            let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
            file.write_all(b"\n{}").unwrap();
        }),
        ("it is replaced by one of the same length", |path| {
            let other = path.with_extension("new");
            fs::copy(path, &other).unwrap();
            fs::rename(other, path).unwrap();
        }),
        ("it is removed", |path| fs::remove_file(path).unwrap()),
        ("it is cut", |path| fs::write(path, "{").unwrap()),
    ];
    for (what, change) in changes {
        let path = place.write("a.json", with_error());
        let source = fs::File::open(&path).unwrap();
        let mut rewrite = Rewrite::begin(&path, &source, &Packing::default()).unwrap();
        rewrite.write_all(b"new").unwrap();
        change(&path);
        let now = fs::read(&path).ok();
        assert!(rewrite.commit().is_err(), "{what}");
        assert_eq!(fs::read(&path).ok(), now, "{what}");
        assert!(
            place
                .names()
                .iter()
                .all(|name| !name.starts_with(".capilint")),
            "{what}"
        );
    }
}

#[test]
fn standard_input_is_fixed_to_standard_output() {
    let place = Place::new();
    let ran = place.check_piped(lines(&log()), "- --fix").ends(1);
    same(&ran.out(), &lines(&fixed_log()));
    assert!(ran.err().contains("CL001"), "{}", ran.err());
    let ran = place
        .check_piped(with_error(), "--fix --format json")
        .ends(0);
    assert_eq!(ran.out(), CLEAN);
    let report: serde_json::Value = serde_json::from_str(&ran.err()).unwrap();
    assert_eq!(report["fixes"]["made"][0]["id"], "CL403");
    // Nothing to do: the payload comes out as it went in, whatever it is.
    for input in [
        CLEAN.to_owned(),
        String::new(),
        "no json\n".to_owned(),
        "\u{feff}[]".to_owned(),
    ] {
        assert_eq!(place.check_piped(&input, "--fix").out(), input);
    }
    let binary: Vec<u8> = (0..=255).cycle().take(5000).collect();
    assert_eq!(place.check_piped(&binary, "--fix").stdout, binary);
    let latin: Vec<u8> = [
        with_error().as_bytes(),
        b"\n{\"a\":\"\xe9\"}\n",
        with_error().as_bytes(),
    ]
    .concat();
    let want: Vec<u8> = [CLEAN.as_bytes(), b"\n{\"a\":\"\xe9\"}\n", CLEAN.as_bytes()].concat();
    assert_eq!(place.check_piped(&latin, "--fix").stdout, want);
    // Packed in, packed out.
    let ran = place.check_piped(gzip(with_error().as_bytes()), "--fix");
    assert_eq!(gunzip(&ran.stdout), CLEAN.as_bytes());
}

#[cfg(unix)]
#[test]
fn standard_input_that_the_configuration_passes_over_is_told() {
    use std::process::Stdio;

    let place = Place::new();
    place.write("own.json", with_error());
    place.write("piped.json", with_error());
    place.write("empty.json", "");
    place.write(
        "capilint.toml",
        "fail-on = \"error\"\npaths = [\"own.json\"]\n",
    );
    let run = |input: Stdio, args: &[&str]| {
        let mut command = place.command();
        command.args(args).args(["--as-of", support::AS_OF]);
        let output = command.stdin(input).output().unwrap();
        support::Ran {
            code: output.status.code().unwrap(),
            stdout: output.stdout,
            stderr: output.stderr,
        }
    };
    let file = |name: &str| Stdio::from(std::fs::File::open(place.path(name)).unwrap());
    let told =
        "capilint: standard input is not read, since capilint.toml:2 names paths; - reads it\n";
    // A redirection is meant: nothing else is rewritten in its place.
    let ran = run(file("piped.json"), &["--fix"]).ends(2);
    assert_eq!(
        ran.err(),
        "capilint: capilint.toml:2 names paths, which --fix would rewrite: name - to fix standard input, or the paths\n"
    );
    assert_eq!(ran.out(), "");
    assert_eq!(place.text("own.json"), with_error());
    assert_eq!(run(file("piped.json"), &["--fix", "-"]).out(), CLEAN);
    for args in [&[][..], &["--diff"], &["score"]] {
        assert_eq!(run(file("piped.json"), args).err(), told, "{args:?}");
    }
    // What is found in a program's or a CI runner's hands says nothing.
    for input in [Stdio::null(), file("empty.json"), Stdio::piped()] {
        assert_eq!(run(input, &[]).ends(1).err(), "");
    }
    for input in [Stdio::null(), file("empty.json")] {
        place.write("own.json", with_error());
        assert_eq!(run(input, &["--fix"]).ends(0).err(), "");
        assert_eq!(place.text("own.json"), CLEAN);
    }
    place.write("own.json", with_error());
    assert_eq!(run(Stdio::piped(), &["--fix"]).ends(0).err(), told);
    assert_eq!(place.text("own.json"), CLEAN);
}

#[cfg(target_os = "linux")]
#[test]
fn a_fixed_payload_that_cannot_be_written_is_not_told_as_written() {
    let place = Place::new();
    place.write("a.json", with_error());
    for format in ["human", "json"] {
        let mut command = place.command();
        command.args(["--as-of", support::AS_OF, "--fix", "--format", format]);
        let input = std::fs::File::open(place.path("a.json")).unwrap();
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
        let ran = command.stdin(input).stdout(full.unwrap()).output().unwrap();
        let said = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(2), "{said}");
        assert!(said.contains("could not be written"), "{said}");
        assert!(!said.contains("written: the fixed payload"), "{said}");
        assert!(!said.contains("could not be read"), "{said}");
        assert!(!said.contains("\"rewritten\": true"), "{said}");
    }
}

#[test]
fn the_fixed_payload_has_standard_output_to_itself() {
    let place = Place::new();
    let ran = place
        .check_piped(with_error(), "--fix --output json=report.json")
        .ends(0);
    assert_eq!(ran.out(), CLEAN);
    assert!(place.text("report.json").contains("\"schema\""));
}

#[test]
fn diff_writes_nothing_and_gates() {
    let place = Place::new();
    place.write("a.ndjson", lines(&log()));
    place.write("clean.json", CLEAN);
    for format in ["human", "concise", "json", "ndjson"] {
        place
            .check(&format!(
                "a.ndjson --diff --profile audit --format {format}"
            ))
            .ends(1)
            .says("fix");
        assert_eq!(place.text("a.ndjson"), lines(&log()), "{format}");
        place
            .check(&format!("clean.json --diff --format {format}"))
            .ends(0);
    }
    let report = place.check("a.ndjson --diff --format json").json();
    assert_eq!(report["fixes"]["written"], false);
    assert_eq!(report["fixes"]["made"].as_array().unwrap().len(), 2);
    let ran = place.check_piped(with_error(), "- --diff").ends(1);
    ran.says("/event_time").silent_on("1782396602");
    let shown = place
        .check_piped(with_error(), "- --diff --show-values")
        .ends(1)
        .out();
    assert!(
        shown.contains("-  \"event_time\": 1782396602000")
            && shown.contains("+  \"event_time\": 1782396602,"),
        "{shown}"
    );
}

#[cfg(unix)]
#[test]
fn read_only_files_and_those_with_two_names_stay_as_they_are() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    for name in ["locked.ndjson", "first.ndjson"] {
        place.write(name, lines(&log()));
    }
    fs::set_permissions(
        place.path("locked.ndjson"),
        PermissionsExt::from_mode(0o444),
    )
    .unwrap();
    fs::hard_link(place.path("first.ndjson"), place.path("second.ndjson")).unwrap();
    for (name, why) in [
        ("locked.ndjson", "read-only"),
        ("first.ndjson", "hard link"),
    ] {
        place
            .check(&format!("{name} --fix"))
            .ends(2)
            .says(why)
            .says("1 input could not be rewritten");
        assert_eq!(place.text(name), lines(&log()), "{name}");
        // The verdict alone does not say why.
        let quiet = place.check(&format!("{name} --fix -q")).ends(2);
        assert_eq!(quiet.out(), "error: 1 input could not be rewritten\n");
        assert!(quiet.err().contains(why), "{}", quiet.err());
    }
    assert_eq!(place.text("second.ndjson"), lines(&log()));
}

/// The text that a unified diff makes of another.
fn patched(old: &str, patch: &str) -> String {
    let lines: Vec<&str> = old.split_inclusive('\n').collect();
    let (mut out, mut at) = (String::new(), 0);
    let mut rest = patch.split_inclusive('\n').peekable();
    while let Some(line) = rest.next() {
        let Some(place) = line.strip_prefix("@@ -") else {
            continue;
        };
        let number = place.split([',', ' ']).next().unwrap();
        let begin = number.parse::<usize>().unwrap().max(1) - 1;
        out.push_str(&lines[at..begin].concat());
        at = begin;
        while let Some(line) = rest.next_if(|line| line.starts_with([' ', '-', '+'])) {
            // The last line of a file may have no line break.
            let cut = rest.peek().is_some_and(|next| next.starts_with('\\'));
            let text = if cut {
                line[1..].trim_end_matches('\n')
            } else {
                &line[1..]
            };
            if !line.starts_with('+') {
                assert_eq!(lines[at], text);
                at += 1;
            }
            if !line.starts_with('-') {
                out.push_str(text);
            }
            rest.next_if(|next| next.starts_with('\\'));
        }
    }
    out.push_str(&lines[at..].concat());
    out
}

/// No output holds a token: a line with one is left to `--fix`.
#[test]
fn a_patch_says_that_it_hides_a_token() {
    const HIDDEN: &str = "# access tokens are masked";
    let place = Place::new();
    let log = lines(&log());
    let token = "EAABsbCS1iHgBAKZCx7ZBm0ZAq";
    let head = format!("{{\"access_token\":\"{token}\",\"data\":[");
    for (name, text, hides) in [
        ("bare.ndjson", log.clone(), false),
        // On a line of its own, far from what changes.
        (
            "apart.ndjson",
            format!("{token}\n{}{log}", "x\n".repeat(9)),
            false,
        ),
        (
            "beside.ndjson",
            format!("{head}{}]}}\n", with_error()),
            true,
        ),
    ] {
        place.write(name, &text);
        let shown = place.check(&format!("{name} --diff --show-values")).out();
        assert!(!shown.contains(token), "{shown}");
        assert_eq!(shown.contains(HIDDEN), hides, "{shown}");
    }
}

#[test]
fn a_diff_with_values_is_a_patch_for_the_file() {
    let place = Place::new();
    let event = |id: u32| {
        format!(
            "{{\n \"event_name\": \"Purchase\",\n \"event_id\": \"{id}\",\n \"event_time\": 1782396602000,\n \"user_data\": {{\"em\": [\n  \"Ana@shop.example\"\n ]}}\n}}"
        )
    };
    let whole = format!("{{\"data\":[\n{},\n{}]}}", event(1), event(2));
    for (name, text) in [
        ("log.ndjson", lines(&log())),
        ("body.json", whole.clone()),
        ("windows.json", whole.replace('\n', "\r\n") + "\r\n"),
    ] {
        place.write(name, &text);
        let ran = place.check(&format!("{name} --diff --show-values"));
        let shown = ran.ends(1).out();
        let patch = shown.find(&format!("--- {name}\n+++ {name}\n")).unwrap();
        let expected = patched(&text, &shown[patch..]);
        place
            .check(&format!("{name} --fix --profile audit"))
            .ends(0);
        assert_eq!(place.text(name), expected, "{name}");
        assert_ne!(expected, text, "{name}");
    }
}

#[test]
fn what_a_diff_shows_is_what_a_fix_does() {
    let place = Place::new();
    place.write("a.ndjson", lines(&log()));
    let made = |args: &str| {
        place
            .check(&format!("a.ndjson {args} --format json"))
            .json()["fixes"]["made"]
            .clone()
    };
    let (diff, fix) = (made("--diff"), made("--fix"));
    assert_eq!(diff, fix);
    let left = place.check("a.ndjson --diff --fail-on never").ends(0);
    assert!(!left.out().contains("would be made"));
}

#[test]
fn what_is_made_and_what_needs_consent_is_what_is_on_offer() {
    let place = Place::new();
    let real = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/real");
    let report = |more: &str| {
        let args = format!("{real} --no-config --format json {more}");
        place.check(&args).ends(1).json()
    };
    let offered = report("")["summary"]["fixable"].clone();
    let all = offered["safe"].as_u64().unwrap() + offered["unsafe"].as_u64().unwrap();
    let fixes = report("--diff")["fixes"].clone();
    let made = fixes["made"].as_array().unwrap().iter();
    let made: u64 = made.map(|rule| rule["fixes"].as_u64().unwrap()).sum();
    // With what the log shows of a click, some are safe that are not so in their event alone.
    assert!(made > offered["safe"].as_u64().unwrap());
    assert_eq!(made + fixes["needs_consent"].as_u64().unwrap(), all);
}

#[test]
fn unsafe_fixes_are_asked_for() {
    let place = Place::new();
    let body = format!("{{\"data\":[{CLEAN}],\"test_event_code\":\"TEST12345\"}}");
    place.write("a.json", &body);
    place
        .check("a.json --unsafe-fixes")
        .ends(2)
        .says("--unsafe-fixes");
    let ran = place.check("a.json --fix --format json").ends(0);
    assert_eq!(ran.json()["fixes"]["needs_consent"], 1);
    assert_eq!(place.text("a.json"), body);
    place.check("a.json --fix").says("--unsafe-fixes");
    place.check("a.json --diff --unsafe-fixes").ends(1);
    assert_eq!(place.text("a.json"), body);
    place.check("a.json --fix --unsafe-fixes").ends(0);
    assert_eq!(place.text("a.json"), format!("{{\"data\":[{CLEAN}]}}"));
}

#[test]
fn an_order_number_is_the_id_of_no_more_than_one_event() {
    let place = Place::new();
    let random = |id: u32| format!("7f9c24e8-3b12-4fef-91e0-1b2c3d4e5f{id:02}");
    // The rows of an order, a checkout that is begun twice, and the order itself.
    let row = |number: u32| {
        another(1).replace("order-518213", &random(number)).replace(
            "\"518213\"",
            &format!("\"518213\",\"item_number\":\"{number}\""),
        )
    };
    let checkout = |number: u32| {
        another(2)
            .replace("order-528213", &random(number))
            .replace("Purchase", "InitiateCheckout")
    };
    let rest = [row(1), row(2), checkout(3), checkout(4)];
    let order = another(3).replace("order-538213", &random(5));
    let without_id = row(6).replace(&format!("\"event_id\":\"{}\",", random(6)), "");
    let log = |order: String| {
        let mut texts = rest.to_vec();
        texts.extend([order, without_id.clone()]);
        lines(&texts)
    };
    place.write("a.ndjson", log(order.clone()));
    place.check("a.ndjson --fix --unsafe-fixes --select CL301,CL302");
    let with_number = order.replace(&random(5), "538213");
    assert_eq!(place.text("a.ndjson"), log(with_number));
    place.write("rows.ndjson", lines(&rest));
    let report = place
        .check("rows.ndjson --format json --select CL302")
        .json();
    for finding in report["findings"].as_array().unwrap() {
        assert_eq!(finding["severity"], "info");
    }
}

#[test]
fn only_rules_that_speak_are_fixed() {
    let place = Place::new();
    let both = with_error().replace(EM, &EM.to_ascii_uppercase());
    place.write("a.json", &both);
    place.check("a.json --fix --select CL109").ends(0);
    assert_eq!(place.text("a.json"), with_error());
    place.write("a.json", &both);
    place.write(
        "capilint.toml",
        "[rules]\nCL109 = \"off\"\n[[suppress]]\nrule = \"CL403\"\nreason = \"x\"\n",
    );
    place.check("a.json --fix").ends(0);
    assert_eq!(place.text("a.json"), both);
    place.check("a.json --diff").ends(0);
    // Events that are not looked at are not touched.
    fs::remove_file(place.path("capilint.toml")).unwrap();
    let lead = with_error().replace("Purchase", "Lead");
    place.write("b.ndjson", lines(&[with_error(), lead.clone()]));
    place.check("b.ndjson --fix --event-name Purchase").ends(0);
    assert_eq!(place.text("b.ndjson"), lines(&[CLEAN.to_owned(), lead]));
}

#[test]
fn the_only_identifier_is_not_taken_away() {
    let place = Place::new();
    let start = CLEAN.find("\"user_data\"").unwrap();
    let end = CLEAN.find(",\"custom_data\"").unwrap();
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let event = format!(
        "{}\"user_data\":{{\"em\":[\"{empty}\"]}}{}",
        &CLEAN[..start],
        &CLEAN[end..]
    )
    .replace("\"website\"", "\"phone_call\"");
    place.write("a.json", &event);
    let ran = place.check("a.json --fix").ends(1);
    ran.says("needs the sender").says("CL102");
    assert_eq!(place.text("a.json"), event);
    let report = place.check("a.json --fix --format json").json();
    assert_eq!(report["fixes"]["withheld"][0]["id"], "CL102");
    // Beside another identifier it goes.
    let with_other = event.replace("{\"em\":[", "{\"external_id\":[\"kunde-77\"],\"em\":[");
    place.write("b.json", &with_other);
    place.check("b.json --fix");
    assert_eq!(
        place.text("b.json"),
        with_other.replace(&format!(",\"em\":[\"{empty}\"]"), "")
    );
}

#[test]
fn an_event_that_only_its_list_makes_one_is_fixed_too() {
    let place = Place::new();
    let event = format!(
        "{{\"user_data\":{{\"em\":\"{}\"}}}}",
        EM.to_ascii_uppercase()
    );
    let body = format!("{{\"data\":[{event}]}}");
    place.write("a.json", &body);
    place.check("a.json --fix");
    assert_eq!(
        place.text("a.json"),
        body.replace(&EM.to_ascii_uppercase(), EM)
    );
}

#[test]
fn no_time_is_fixed_into_another_fault() {
    // Measured against the wall clock a fixed time may be old; that is no reason to keep it wrong.
    let place = Place::new();
    let old = with_error()
        .replace("1782396602000", "1690000000000")
        .replace("1782390000123", "1689990000123");
    place.write("a.json", &old);
    place.run(&["a.json", "--fix"]).ends(0);
    assert_eq!(
        place.text("a.json"),
        old.replace("1690000000000", "1690000000")
    );
}

#[test]
fn personal_data_is_hashed_and_the_rest_stays() {
    let place = Place::new();
    let plain = CLEAN.replace(EM, " Ana@Shop.Example");
    place.write("a.json", &plain);
    place
        .check("a.json --fix")
        .ends(0)
        .silent_on("Ana")
        .silent_on("ana@");
    let digest = capilint::digest::sha256_hex("ana@shop.example");
    assert_eq!(place.text("a.json"), CLEAN.replace(EM, &digest));
}

#[test]
fn a_crawlers_event_is_taken_out_of_its_request_on_request() {
    let place = Place::new();
    let bot = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
    let mut event: serde_json::Value = serde_json::from_str(CLEAN).unwrap();
    event["user_data"]["client_user_agent"] = bot.into();
    event["event_id"] = "order-58299".into();
    event["custom_data"]["order_id"] = "58299".into();
    let body = format!("{{\"data\":[{event}, {CLEAN}]}}");
    place.write("a.json", &body);
    place.check("a.json --fix").ends(0);
    assert_eq!(place.text("a.json"), body);
    place
        .check("a.json --fix --unsafe-fixes")
        .ends(0)
        .says("CL217");
    assert_eq!(place.text("a.json"), format!("{{\"data\":[{CLEAN}]}}"));
    // Alone it stays: there is nothing to take it out of.
    let alone = event.to_string();
    place.write("b.json", &alone);
    place.check("b.json --fix --unsafe-fixes").ends(0);
    assert_eq!(place.text("b.json"), alone);
}

#[test]
fn columns_beside_a_bare_event_are_left_as_they_are() {
    let place = Place::new();
    let row = CLEAN.replacen('{', "{\"note\":\"ana@kestrelbikes.com\",", 1);
    let upper = row.replace(support::EM, &support::EM.to_uppercase());
    for spool in ["", " --spool"] {
        place.write("a.ndjson", &upper);
        place.check("a.ndjson --fix").ends(0);
        assert_eq!(place.text("a.ndjson"), row);
        let piped = place.check_piped(&upper, &format!("- --fix{spool}"));
        assert_eq!(piped.out(), row);
    }
}
