//! `capilint check` from the outside: what is read, what gates, and which exit code it ends with.

mod support;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::process::Stdio;

use serde_json::{Value, json};
use support::{
    AS_OF, CLEAN, Place, gzip, ids, is_root, lines, with_error, with_info, with_warning,
};

fn count(report: &Value, what: &str) -> u64 {
    report["summary"][what].as_u64().expect(what)
}

// What gates.

#[test]
fn each_profile_gates_on_its_severities() {
    let place = Place::new();
    place.write("clean.json", CLEAN);
    place.write("info.json", with_info());
    place.write("warning.json", with_warning());
    place.write("error.json", with_error());
    for (profile, codes) in [
        ("", [0, 0, 0, 1]),
        ("--profile ci", [0, 0, 0, 1]),
        ("--profile audit", [0, 0, 0, 0]),
        ("--profile strict", [0, 1, 1, 1]),
        ("--fail-on error", [0, 0, 0, 1]),
        ("--fail-on warning", [0, 0, 1, 1]),
        ("--fail-on info", [0, 1, 1, 1]),
        ("--fail-on never", [0, 0, 0, 0]),
        ("--profile audit --fail-on warning", [0, 0, 1, 1]),
        ("--profile strict --fail-on error", [0, 0, 0, 1]),
        ("--profile strict --fail-on never", [0, 0, 0, 0]),
    ] {
        for (file, code) in ["clean", "info", "warning", "error"].iter().zip(codes) {
            let args = format!("{file}.json {profile} --format concise");
            let ran = place.check(&args).ends(code);
            let verdict = ["pass:", "fail:"][code as usize];
            let last = ran.out().lines().last().unwrap_or_default().to_owned();
            assert!(last.starts_with(verdict), "{args}: {last}");
        }
    }
}

#[test]
fn the_fixtures_of_this_file_have_one_finding_each() {
    let place = Place::new();
    for (event, want) in [
        (CLEAN.to_owned(), None),
        (with_info(), Some(("CL001", "info"))),
        (with_warning(), Some(("CL109", "warning"))),
        (with_error(), Some(("CL403", "error"))),
    ] {
        let report = place.check_piped(event, "--format json").json();
        let found: Vec<(&str, &str)> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| (f["id"].as_str().unwrap(), f["severity"].as_str().unwrap()))
            .collect();
        assert_eq!(found, Vec::from_iter(want));
    }
}

#[test]
fn a_low_score_gates_in_every_profile() {
    let place = Place::new();
    place.write("a.json", CLEAN);
    for profile in ["ci", "audit", "strict"] {
        let run = |score: &str| place.check(&format!("a.json --profile {profile} {score}"));
        run("--min-score 0").ends(0);
        run("--min-score 10").ends(1).says("below 10");
        run("--min-score 11").ends(2).says("--min-score");
        run("--min-score NaN").ends(2);
        run("--min-score x").ends(2);
    }
    // What has no score is passed over.
    let chat = CLEAN.replace("\"website\"", "\"phone_call\"");
    place.check_piped(chat, "--min-score 10").ends(0);
    let ran = place.run(&["score", "a.json", "--min-score", "10"]);
    ran.ends(1);
    place.run(&["score", "a.json", "--min-score", "1"]).ends(0);
}

#[test]
fn a_rate_gates_on_the_share_of_events() {
    let place = Place::new();
    let mut events = vec![CLEAN.to_owned(); 199];
    events.push(with_error());
    place.write("a.ndjson", lines(&events));
    place.check("a.ndjson").ends(1);
    place.check("a.ndjson --max-rate 0.5%").ends(0);
    place
        .check("a.ndjson --max-rate 0.4%")
        .ends(1)
        .says("event-time-unit");
    place.check("a.ndjson --max-rate 0.005").ends(0);
    place.check("a.ndjson --max-rate 0").ends(1);
    place
        .check("a.ndjson --max-rate 0% --profile audit")
        .ends(1);
    place.check("a.ndjson --max-rate 100%").ends(0);
    for wrong in ["x", "101%", "-1", "NaN", "%", "inf"] {
        place
            .check(&format!("a.ndjson --max-rate={wrong}"))
            .ends(2)
            .says("--max-rate");
    }
    // Warnings count only where they gate.
    place.write("w.ndjson", lines(&[CLEAN.to_owned(), with_warning()]));
    place.check("w.ndjson --max-rate 10%").ends(0);
    place.write("cut.ndjson", format!("{CLEAN}\n{{\"event_name\n"));
    place
        .check("cut.ndjson --max-rate 50%")
        .ends(1)
        .says("malformed-json, 1 finding not counted by event");
    place
        .check("w.ndjson --max-rate 10% --fail-on warning")
        .ends(1);
}

#[test]
fn an_input_without_an_event_is_not_green() {
    let place = Place::new();
    place.write("empty.json", "");
    place.write("blank.json", " \n\n");
    place.write("other.json", r#"{"hello":"world"}"#);
    place.write("no-events.json", r#"{"data":[]}"#);
    for name in ["empty", "blank", "other", "no-events"] {
        let ran = place.check(&format!("{name}.json --format json")).ends(2);
        let report = ran.json();
        assert_eq!(report["summary"]["verdict"], "error", "{name}");
        assert_eq!(
            ids(&report),
            BTreeMap::from([("CL006".to_owned(), 1)]),
            "{name}"
        );
        place.check(&format!("{name}.json --allow-empty")).ends(0);
    }
    place.check_piped("", "").ends(2).says("no event was found");
    place.check_piped("", "--allow-empty").ends(0);
    // One empty file among others is told and does not gate.
    place.write("clean.json", CLEAN);
    place.check("empty.json clean.json").ends(0).says("CL006");
    // What filters leave out was there.
    let ran = place.check("clean.json --event-name Lead").ends(2);
    ran.says("filters").silent_on("CL006");
    place
        .check("clean.json --event-name Lead --allow-empty")
        .ends(0);
}

#[test]
fn allowed_emptiness_passes_a_strict_gate_too() {
    let place = Place::new();
    place
        .check_piped("", "--allow-empty --profile strict")
        .ends(0);
    place
        .check_piped("", "--allow-empty --fail-on warning")
        .ends(0);
}

// What cannot be read.

#[test]
fn what_went_wrong_is_said_where_the_report_has_no_place_for_it() {
    let place = Place::new();
    place.write("a.json", CLEAN);
    let whole = gzip(lines(&vec![CLEAN; 200]).as_bytes());
    place.write("cut.ndjson.gz", &whole[..whole.len() - 20]);
    for format in ["csv", "ndjson"] {
        let score = |more: &[&str]| {
            let args = [
                &["score", "--as-of", AS_OF, "--format", format, "a.json"],
                more,
            ]
            .concat();
            let ran = place.run(&args);
            let rows = ran.out();
            assert!(!rows.contains("error") && !rows.contains("fail:"), "{rows}");
            ran
        };
        assert_eq!(score(&[]).ends(0).err(), "");
        let missing = score(&["missing.json"]).ends(2).err();
        assert!(missing.contains("missing.json: No such file"), "{missing}");
        assert!(
            missing.contains("error: 1 input could not be read"),
            "{missing}"
        );
        let cut = score(&["cut.ndjson.gz"]).ends(0).err();
        assert!(cut.contains("1 finding of unreadable-archive"), "{cut}");
        let low = score(&["--min-score", "9.9"]).ends(1).err();
        assert!(low.contains("fail: Purchase scores"), "{low}");
    }
    let ran = place
        .run(&["score", "--as-of", AS_OF, "cut.ndjson.gz"])
        .ends(0);
    ran.says("not all was read: 1 finding of unreadable-archive");
    let ran = place.check("missing.json a.json -q").ends(2);
    assert!(
        ran.err().contains("missing.json: No such file"),
        "{}",
        ran.err()
    );
    assert_eq!(ran.out().lines().count(), 1);
}

#[test]
fn an_unreadable_path_is_named_after_the_rest_was_linted() {
    let place = Place::new();
    place.write("error.json", with_error());
    for format in ["human", "concise"] {
        let ran = place.check(&format!("missing.json error.json --format {format}"));
        ran.ends(2).says("missing.json: No such file").says("CL403");
    }
    let ran = place.check("missing.json error.json --format json").ends(2);
    let report = ran.json();
    assert_eq!(report["errors"][0]["path"], "missing.json");
    assert_eq!(ids(&report)["CL403"], 1);
    assert_eq!(report["summary"]["exit_code"], 2);
    // 2 beats everything that passes, too.
    place
        .check("missing.json error.json --profile audit")
        .ends(2);
    place.check("missing.json --allow-empty").ends(2);
    place
        .check("missing.json -q")
        .ends(2)
        .says("1 input could not be read");
    // On the command line patterns are the shell's, which leaves one as it is that finds nothing or
    // stands in quotes.
    for pattern in ["logs/*.json", "erro?.json"] {
        let ran = place.check(&format!("{pattern} error.json"));
        ran.ends(2)
            .says(&format!("{pattern}: No such file"))
            .says("the shell expands * and ?, and found nothing");
    }
    let ran = place.check("missing.json error.json").ends(2);
    ran.silent_on("the shell");
}

#[cfg(unix)]
#[test]
fn a_folder_without_permission_is_named() {
    use std::os::unix::fs::PermissionsExt;
    if is_root() {
        return;
    }
    let place = Place::new();
    place.write("logs/a.json", CLEAN);
    place.write("logs/closed/b.json", CLEAN);
    place.write("logs/unreadable.json", CLEAN);
    let set = |name: &str, mode| {
        std::fs::set_permissions(place.path(name), PermissionsExt::from_mode(mode)).unwrap();
    };
    set("logs/closed", 0o000);
    set("logs/unreadable.json", 0o000);
    let ran = place.check("logs --format json");
    set("logs/closed", 0o700);
    let ran = ran.ends(2).says("logs/closed").says("logs/unreadable.json");
    assert_eq!(count(&ran.json(), "events"), 1);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_or_round_is_named() {
    let place = Place::new();
    place.write("logs/a.json", CLEAN);
    std::os::unix::fs::symlink("nowhere", place.path("logs/lost.json")).unwrap();
    std::os::unix::fs::symlink(".", place.path("logs/round")).unwrap();
    let ran = place.check("logs --format json").ends(2);
    let ran = ran.says("logs/lost.json").says("logs/round");
    assert_eq!(count(&ran.json(), "events"), 1);
}

#[test]
fn what_is_no_json_says_what_it_is() {
    let place = Place::new();
    let jpeg = [
        0xFF, 0xD8, 0xFF, 0xE0, 0, 16, b'J', b'F', b'I', b'F', 0, 1, 2, 3,
    ];
    place.write("photo.json", jpeg);
    let ran = place.check("photo.json").ends(2);
    ran.says("a JPEG image").says("no event was found");
    place.write("clean.json", CLEAN);
    place.check("photo.json clean.json").ends(1).says("CL001");
    let noise: Vec<u8> = (0..100_000u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    place.check_piped(noise, "").ends(2);
}

#[test]
fn a_cut_archive_is_told_and_what_came_before_counts() {
    let place = Place::new();
    let text = lines(
        &(0..200)
            .map(|n| CLEAN.replace("58213", &format!("{n}")))
            .collect::<Vec<_>>(),
    );
    let whole = gzip(text.as_bytes());
    place.write("whole.json.gz", &whole);
    place.check("whole.json.gz").ends(0);
    place.write("cut.json.gz", &whole[..whole.len() - 40]);
    let ran = place.check("cut.json.gz --format json").ends(1);
    let report = ran.json();
    assert_eq!(ids(&report)["CL007"], 1);
    assert!(count(&report, "events") > 10);
    // Its rule speaks whatever is selected: a cut file must not look clean.
    place
        .check("cut.json.gz --select CL102 --format concise")
        .ends(1)
        .says("CL007");
    let packed = zstd::encode_all(text.as_bytes(), 1).unwrap();
    place.write("cut.json.zst", &packed[..packed.len() - 10]);
    place.check("cut.json.zst").says("CL007");
    place.write("flipped.json.gz", {
        let mut bytes = whole.clone();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x55;
        bytes
    });
    place.check("flipped.json.gz").says("CL007");
}

// What is read.

#[test]
fn members_of_an_archive_are_one_file() {
    let place = Place::new();
    let (first, second) = (lines(&[CLEAN]), lines(&[with_error()]));
    place.write(
        "a.gz",
        [gzip(first.as_bytes()), gzip(second.as_bytes())].concat(),
    );
    let zst = |text: &str| zstd::encode_all(text.as_bytes(), 1).unwrap();
    place.write("a.zst", [zst(&first), zst(&second)].concat());
    for name in ["a.gz", "a.zst"] {
        let report = place.check(&format!("{name} --format json")).ends(1).json();
        assert_eq!(count(&report, "events"), 2, "{name}");
        assert_eq!(report["findings"][0]["line"], 2, "{name}");
        assert_eq!(
            count(&report, "bytes") as usize,
            first.len() + second.len(),
            "{name}"
        );
    }
    // By content, not by name; on standard input too.
    place
        .check_piped(gzip(second.as_bytes()), "-")
        .ends(1)
        .says("CL403");
}

#[test]
fn standard_input_is_read_when_named_or_piped() {
    let place = Place::new();
    place.check_piped(CLEAN, "-").ends(0);
    place.check_piped(CLEAN, "").ends(0);
    place.pipe(with_error(), &["-"]).ends(1).says("<stdin>");
    place
        .pipe(with_error(), &["--format", "concise"])
        .ends(1)
        .says("<stdin>:1:");
    place.write("error.json", with_error());
    let report = place
        .check_piped(CLEAN, "error.json - --format json")
        .json();
    assert_eq!(count(&report, "files"), 2);
}

/// Runs on a pipe that has a name, through which this comes.
#[cfg(unix)]
fn through_a_pipe(
    place: &Place,
    input: impl AsRef<[u8]> + Send + 'static,
    args: &str,
) -> support::Ran {
    let pipe = place.path("pipe");
    if !pipe.exists() {
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("mkfifo").success());
    }
    // It waits for whoever reads.
    let writer = std::thread::spawn(move || std::fs::write(pipe, input).unwrap());
    let args = format!("pipe {args}");
    let ran = match args.contains("--as-of") {
        true => place.run(&args.split(' ').collect::<Vec<_>>()),
        false => place.check(&args),
    };
    writer.join().unwrap();
    ran
}

#[cfg(unix)]
#[test]
fn a_pipe_with_a_name_is_read_like_standard_input() {
    let place = Place::new();
    let run = |args: &str| through_a_pipe(&place, with_error(), args);
    run("--format concise")
        .ends(1)
        .says("pipe:1:")
        .says("CL403");
    run("--diff").ends(1).says("1 fix would be made");
    run("--diff --spool").ends(1).says("1 fix would be made");
    let patch = run("--diff --spool --show-values").ends(1);
    patch.says("@@ -1").silent_on("@@ -0,0");
    let archive = std::fs::read("fixtures/shapes/events.zip").unwrap();
    let by_name = Place::new();
    by_name.write("events.zip", &archive);
    let counted = |ran: &support::Ran| ran.json()["summary"].clone();
    let expected = counted(&by_name.check("events.zip --format json"));
    let piped = by_name.check_piped(archive.clone(), "- --spool --format json");
    assert_eq!(counted(&piped), expected);
    by_name
        .check_piped(archive.clone(), "-")
        .ends(2)
        .says("name it as a file, or add --spool");
    let ran = through_a_pipe(&Place::new(), archive, "--spool --format json");
    assert_eq!(counted(&ran), expected);
    run("--fix-to sent").ends(1);
    assert!(place.text("sent/requests.ndjson").contains("1782396602,"));
    for spool in ["", "--spool"] {
        run(&format!("--fix {spool}"))
            .ends(2)
            .says("only a regular file can be rewritten");
    }
    let ran = place.run(&["pipe", "--as-of", "newest"]).ends(2);
    ran.says("reads its input twice, which pipe does not allow without --spool");
    let two = "{\"event_name\":\"Lead\",\"event_time\":1782396602}\n".repeat(2);
    for ran in [
        through_a_pipe(&place, two.clone(), "--spool --as-of newest"),
        place.pipe(two, &["check", "-", "--spool", "--as-of", "newest"]),
    ] {
        ran.says("clock: newest event of the file");
    }
    assert!(!place.path("pipe").is_file());
    let ran = place.check_piped(with_error(), "/dev/stdin --fix").ends(2);
    ran.says("only a regular file can be rewritten");
}

#[cfg(unix)]
#[test]
fn names_of_files_do_not_speak_to_the_terminal() {
    let place = Place::new();
    let name = "a\u{1b}]0;x\u{7}\npass: nothing at or above the gate\n.json";
    let shown = "a\\u001b]0;x\\u0007\\u000apass: nothing";
    place.write(&format!("logs/{name}"), with_error());
    let missing = format!("missing {name}");
    for args in [
        &["check", "--format", "human"][..],
        &["check", "--format", "human", "--max-findings", "0"],
        &["check", "--format", "concise"],
        &["check", "-q"],
        &["check", "--diff"],
        &["check", "--diff", "--show-values"],
        &["check", "--fix-to", "again"],
        &["score"],
        &["score", "--by", "event"],
        &["score", "--format", "csv"],
        &["check", "--known", &missing],
    ] {
        let all = [
            args,
            &["--as-of", AS_OF, "--color", "never", "logs", &missing],
        ]
        .concat();
        let ran = place.run(&all).ends(2).says(shown);
        assert!(
            !ran.all().contains(['\u{1b}', '\u{7}']),
            "{args:?}: {}",
            ran.all()
        );
        assert!(
            !ran.all().lines().any(|line| line.starts_with("pass:")),
            "{args:?}"
        );
    }
}

#[test]
fn a_folder_is_walked_in_order() {
    let place = Place::new();
    let wanted = [
        "a.json",
        "b/c.ndjson",
        "b/d.jsonl.gz",
        "e.HAR",
        "f.log",
        "g.json.zst",
    ];
    for name in wanted {
        let bytes = match name.rsplit_once('.').unwrap().1 {
            "gz" => gzip(CLEAN.as_bytes()),
            "zst" => zstd::encode_all(CLEAN.as_bytes(), 1).unwrap(),
            _ => CLEAN.into(),
        };
        place.write(&format!("in/{name}"), bytes);
    }
    place.write("in/notes.md", "no payload");
    place.write("in/photo.jpg", "no payload");
    let report = place.check("in --format json").ends(0).json();
    let files: Vec<&str> = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["file"].as_str().unwrap())
        .collect();
    assert_eq!(files, wanted.map(|name| format!("in/{name}")));
    // A named path is read whatever its extension.
    place.write("payload.bin", with_error());
    place.check("payload.bin").ends(1);
}

#[test]
fn hidden_folders_and_node_modules_are_passed_over_unless_named() {
    let place = Place::new();
    let hidden = [
        ".git/a.json",
        "b/.cache/c.json",
        "node_modules/d/e.json",
        "b/node_modules/f.json",
    ];
    for name in hidden {
        place.write(&format!("in/{name}"), with_error());
    }
    place.write("in/b/g.json", CLEAN);
    // A hidden file is none that a tool keeps.
    place.write("in/.h.json", CLEAN);
    let files = |args: &str| {
        count(
            &place.check(&format!("{args} --format json")).json(),
            "files",
        )
    };
    assert_eq!(files("in"), 2);
    assert_eq!(files("in/.git in/node_modules"), 2);
    assert_eq!(files("in/.git/a.json"), 1);
    place.check("in --fix").ends(0);
    for name in hidden {
        assert_eq!(place.text(&format!("in/{name}")), with_error(), "{name}");
    }
    // The folder that one stands in may be hidden itself.
    let mut command = place.command();
    command.current_dir(place.path("in/.git"));
    command.args([".", "--as-of", AS_OF]);
    support::pipe(&mut command, b"").ends(1);
    let ran = place.check("in --exclude .git").ends(0);
    assert_eq!(ran.err(), "");
    for (paths, number) in [
        ("in", 2),
        ("in/**/*.json", 2),
        ("in/b/*.json", 1),
        ("in/.git/*.json", 1),
        ("in/node_modules/**", 1),
        ("in/**/.cache/*.json", 1),
    ] {
        place.write("capilint.toml", format!("paths = [\"{paths}\"]\n"));
        assert_eq!(files(""), number, "{paths}");
    }
}

#[test]
fn a_file_that_is_reached_in_two_ways_is_read_once() {
    let place = Place::new();
    place.write("logs/a.json", with_error());
    place.write("logs/b.json", with_error());
    let whole = place.path("logs/b.json");
    let whole = whole.display();
    for (paths, files) in [
        ("logs logs/a.json", ["logs/a.json", "logs/b.json"]),
        ("logs/b.json logs", ["logs/b.json", "logs/a.json"]),
        (
            &format!("./logs/../logs/a.json logs {whole}"),
            ["./logs/../logs/a.json", "logs/b.json"],
        ),
    ] {
        let report = place
            .check(&format!("{paths} --format json"))
            .ends(1)
            .json();
        let read: Vec<&str> = report["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| file["file"].as_str().unwrap())
            .collect();
        assert_eq!(read, files, "{paths}");
        assert_eq!(count(&report, "events"), 2, "{paths}");
    }
    let report = place
        .check_piped(with_error(), "- - --format json")
        .ends(1)
        .json();
    assert_eq!(count(&report, "files"), 1);
    place.write("capilint.toml", "paths = [\"logs\", \"logs/*.json\"]\n");
    assert_eq!(
        count(&place.check("--format json").ends(1).json(), "events"),
        2
    );
}

#[test]
fn files_can_be_listed_and_left_out() {
    let place = Place::new();
    place.write("logs/a.json", CLEAN);
    place.write("logs/b.json", with_error());
    place.write("logs/old/c.json", with_error());
    place.write("list", "logs/a.json\n\nlogs/b.json\n");
    let events = |ran: support::Ran| count(&ran.json(), "events");
    assert_eq!(events(place.check("--files-from list --format json")), 2);
    assert_eq!(
        events(place.check_piped("logs/a.json\r\nlogs/b.json", "--files-from - --format json")),
        2
    );
    assert_eq!(
        events(place.check("logs/old --files-from list --format json")),
        3
    );
    place.check("--files-from nolist").ends(2).says("nolist");
    place
        .check("logs --exclude b.json --exclude logs/old")
        .ends(0);
    place.check("logs --exclude old").ends(1);
    place
        .check("logs --exclude **/old/** --exclude **/b.json")
        .ends(0);
    place.check("logs --exclude {").ends(2).says("--exclude");
    // Patterns start from the working directory, whichever way a file is named.
    let whole = std::fs::canonicalize(place.path("logs")).unwrap();
    let whole = whole.display();
    let ran = place
        .check(&format!("{whole} --exclude logs/old --exclude logs/b*"))
        .ends(0);
    assert_eq!(ran.err(), "");
    let ran = place.check("logs --exclude old --exclude c.jso").ends(1);
    assert_eq!(ran.err(), "capilint: --exclude c.jso left nothing out\n");
    assert_eq!(place.check("logs -q --exclude c.jso").ends(1).err(), "");
    let report = place
        .check("logs/a.json logs/b.json logs/old --format json")
        .json();
    assert_eq!(count(&report, "files"), 3);
    // An empty list is an input without an event, not standard input.
    place.write("nothing", "");
    place.check_piped(CLEAN, "--files-from nothing").ends(2);
}

#[test]
fn a_record_that_is_too_large_is_told_and_passed_over() {
    let place = Place::new();
    let large = CLEAN.replace("order-58213", &"x".repeat(5000));
    place.write(
        "a.ndjson",
        lines(&[CLEAN.to_owned(), large, with_warning()]),
    );
    let report = place
        .check("a.ndjson --max-record-bytes 3000 --format json")
        .ends(1)
        .json();
    let found = ids(&report);
    assert_eq!((found["CL004"], found["CL109"]), (1, 1));
    assert_eq!(count(&report, "events"), 2);
    place
        .check("a.ndjson --max-record-bytes 0")
        .ends(2)
        .says("CL004");
}

// Which rules speak.

/// The event with another id and order, so that it is no copy of its neighbour.
fn of_another_order(event: String) -> String {
    event.replace("58213", "58214")
}

#[test]
fn rules_are_chosen_by_id_name_and_group() {
    let place = Place::new();
    place.write(
        "a.ndjson",
        lines(&[with_error(), of_another_order(with_warning())]),
    );
    let found = |args: &str| {
        let report = place
            .check(&format!("a.ndjson --format json {args}"))
            .json();
        ids(&report).into_keys().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(found(""), "CL109 CL403");
    assert_eq!(found("--select CL403"), "CL403");
    assert_eq!(found("--select cl403"), "CL403");
    assert_eq!(found("--select event-time-unit"), "CL403");
    assert_eq!(found("--select 1xx"), "CL109");
    assert_eq!(found("--select CL4XX,1xx"), "CL109 CL403");
    assert_eq!(found("--select 1xx --select 4xx"), "CL109 CL403");
    assert_eq!(found("--select ALL"), "CL109 CL403");
    assert_eq!(found("--ignore CL403"), "CL109");
    assert_eq!(found("--select ALL --ignore 1xx,event-time-unit"), "");
    assert_eq!(found("--ignore all --fail-on never"), "");
    for option in ["--select", "--ignore"] {
        let ran = place
            .check(&format!("a.ndjson {option} event-time-unti"))
            .ends(2);
        ran.says("did you mean `event-time-unit`");
        place.check(&format!("a.ndjson {option} 9xx")).ends(2);
        place
            .check(&format!("a.ndjson {option} CL999"))
            .ends(2)
            .says("CL999");
    }
}

#[test]
fn a_choice_of_no_rule_is_no_green_gate() {
    let place = Place::new();
    place.write("a.json", with_error());
    for list in ["", ",", " , "] {
        for option in [&["--select", list][..], &[&format!("--select={list}")]] {
            let ran = place.run(&[&["a.json"], option].concat()).ends(2);
            ran.says("--select names no rule");
        }
        place.run(&["a.json", "--ignore", list]).ends(1);
    }
    for args in ["--select ALL --ignore ALL", "--select CL102 --ignore 1xx"] {
        place
            .check(&format!("a.json {args}"))
            .ends(2)
            .says("leave no rule");
        // Scores may gate without rules, and where nothing gates there is no gate to be green.
        place.check(&format!("a.json {args} --min-score 1")).ends(0);
        place
            .check(&format!("a.json {args} --profile audit"))
            .ends(0);
    }
    place.check("a.json --select CL004").ends(0);
    place.write("capilint.toml", "\nselect = [\"\"]\n");
    place
        .run(&["a.json"])
        .ends(2)
        .says("capilint.toml:2: select: names no rule");
}

#[test]
fn one_rule_has_one_level() {
    let place = Place::new();
    place.write("a.json", with_error());
    let rules = |text: &str| {
        place.write("capilint.toml", format!("[rules]\n{text}"));
        place.run(&["a.json"])
    };
    rules("CL102 = \"off\"\nhash-of-empty = \"error\"\n")
        .ends(2)
        .says("the same as CL102, with another level");
    rules("CL102 = \"off\"\nhash-of-empty = \"off\"\n1xx = \"info\"\n").ends(1);
}

#[test]
fn a_list_of_files_may_begin_with_a_mark() {
    let place = Place::new();
    place.write("a.json", with_error());
    place.write("list", "\u{feff}a.json\r\n");
    place.check("--files-from list").ends(1);
}

#[test]
fn events_are_chosen_by_name_and_time() {
    let place = Place::new();
    let lead = with_error().replace("Purchase", "Lead");
    let early = CLEAN.replace("1782396602", "1782300000");
    place.write("a.ndjson", lines(&[CLEAN.to_owned(), lead, early]));
    let events = |args: &str| {
        let report = place
            .check(&format!("a.ndjson --format json {args}"))
            .json();
        (count(&report, "events"), count(&report, "filtered"))
    };
    assert_eq!(events(""), (3, 0));
    assert_eq!(events("--event-name Purchase"), (2, 1));
    assert_eq!(events("--event-name Purchase --event-name Lead"), (3, 0));
    assert_eq!(
        events("--since 2026-06-25T00:00:00Z --event-name Purchase"),
        (1, 2)
    );
    assert_eq!(events("--since 1782396602 --event-name Purchase"), (1, 2));
    assert_eq!(events("--until 1782396602"), (1, 2));
    assert_eq!(events("--since 2026-06-24 --until 2026-06-25"), (1, 2));
    place.check("a.ndjson --event-name Purchase").ends(0);
    place
        .check("a.ndjson --since yesterday")
        .ends(2)
        .says("--since");
    place
        .check("a.ndjson --until yesterday")
        .ends(2)
        .says("--until");
}

#[test]
fn a_filtered_event_has_no_findings_and_keeps_the_count_of_the_others() {
    let place = Place::new();
    let lead = CLEAN.replace("Purchase", "Lead");
    place.write("a.ndjson", lines(&[lead.clone(), with_error(), lead]));
    let report = place
        .check("a.ndjson --event-name Purchase --format json --events")
        .json();
    assert_eq!(report["events"].as_array().unwrap().len(), 1);
    assert_eq!(report["events"][0]["event"], 1);
    assert_eq!(report["findings"][0]["event"], 1);
}

// The configuration.

#[test]
fn faults_of_the_configuration_are_told_by_line_and_key() {
    let place = Place::new();
    place.write("error.json", with_error());
    for (config, said) in [
        (
            "# x\nas-of = \"soon\"\n",
            "capilint.toml:2: as-of takes a time",
        ),
        ("\ncountry = \"xx\"\n", "capilint.toml:2: country is a code"),
        ("tz = \"x\"\n", "capilint.toml:1: tz is the name"),
        (
            "min-score = 20\n",
            "capilint.toml:1: min-score is a number from 0 to 10",
        ),
        ("min-score = \"x\"\n", "capilint.toml:1: min-score: "),
        ("max-rate = \"7\"\n", "capilint.toml:1: max-rate is a share"),
        (
            "select = [\"nope\"]\n",
            "capilint.toml:1: select: there is no rule",
        ),
        (
            "[rules]\nnope = \"off\"\n",
            "capilint.toml:2: rules: there is no rule",
        ),
        ("exclude = [\"a[\"]\n", "capilint.toml:1: exclude: "),
        (
            "min-score = \"6\"\n",
            "capilint.toml:1: min-score: it takes a number such as 6.0, without quotes",
        ),
        (
            "[rules]\nhash-of-empty = false\n",
            "capilint.toml:2: hash-of-empty: it takes \"off\", \"info\", \"warning\" or \"error\"",
        ),
        (
            "[rules]\nhash-of-empty = \"fatal\"\n",
            "capilint.toml:2: hash-of-empty: it takes \"off\"",
        ),
        (
            "max-rate = true\n",
            "capilint.toml:1: max-rate: it takes a share",
        ),
        ("as-of = true\n", "capilint.toml:1: as-of: it takes a time"),
        ("paths = \"a\"\n", "capilint.toml:1: paths: it takes a list"),
        (
            "profile = \"x\"\n",
            "capilint.toml:1: profile: it takes \"ci\"",
        ),
        (
            "\nas_of = \"now\"\n",
            "capilint.toml:2: there is no setting `as_of`; did you mean `as-of`?",
        ),
        (
            "[rule]\nCL102 = \"off\"\n",
            "capilint.toml:1: there is no setting `rule`; did you mean `rules`?",
        ),
        (
            "nonsense = 1\n",
            "capilint.toml:1: there is no setting `nonsense`; expected one of `profile`",
        ),
        (
            "[[suppress]]\nrules = \"CL102\"\nreason = \"x\"\n",
            "capilint.toml:2: there is no setting `rules`; did you mean `rule`?",
        ),
        (
            "[score]\ncalibration = \"x\"\n",
            "capilint.toml:1: `score` is not supported yet",
        ),
        (
            "[[custom]]\nname = \"x\"\n",
            "capilint.toml:1: `custom` is not supported yet",
        ),
    ] {
        place.write("capilint.toml", config);
        let ran = place.run(&["check", "error.json"]).ends(2);
        ran.says(said).silent_on("--");
    }
    for time in ["2026-06-26T00:00:00Z", "2026-06-26", "1782432000"] {
        place.write("capilint.toml", format!("as-of = {time}\n"));
        place.run(&["check", "error.json"]).ends(1);
    }
}

#[test]
fn a_time_in_another_unit_is_told_from_one_out_of_reach() {
    let place = Place::new();
    place.write("error.json", with_error());
    for (time, said) in [
        ("1782432000000", "this number is one of milliseconds"),
        (
            "-5",
            "Unix seconds of a time from 2012-01-01T00:00:00Z to 2040-01-01T00:00:00Z",
        ),
        ("20260626", "Unix seconds of a time from"),
    ] {
        let ran = place.run(&["check", "error.json", "--no-config", "--as-of", time]);
        ran.ends(2).says(said);
    }
}

#[test]
fn numbers_below_nothing_are_told_as_such() {
    let place = Place::new();
    place.write("error.json", with_error());
    for (option, said) in [
        ("--threads", "a whole number from 0 to 512"),
        ("--max-record-bytes", "a number of bytes such as 500MB"),
        ("--max-findings", "a whole number"),
        ("--memory", "a number of bytes such as 500MB"),
        ("--min-score", "a number from 0 to 10"),
        ("--max-rate", "a share of events"),
        ("--since", "Unix seconds"),
    ] {
        let ran = place.run(&["check", "error.json", option, "-1"]);
        ran.ends(2).says(option).says(said);
    }
    place
        .check("error.json --output json=-")
        .ends(2)
        .says("--format");
}

#[test]
fn score_takes_no_option_that_does_nothing() {
    let place = Place::new();
    place.write("a.json", support::another(1));
    let score = |more: &str| {
        let args: Vec<&str> = ["score", "a.json"]
            .into_iter()
            .chain(more.split(' '))
            .collect();
        place.run(&args)
    };
    for (option, said) in [
        ("--country de", "--known"),
        ("--tz Europe/Berlin", "check"),
        ("--show-values", "--by event"),
        ("--verbose --format csv", "--format table"),
    ] {
        score(option).ends(2).says(said);
    }
    assert_eq!(score("--quiet").ends(0).out().lines().count(), 1);
    score("--quiet --format csv").ends(2).says("--quiet");
    score("--verbose").ends(0).says("clock: ");
    score("--show-values --by event")
        .ends(0)
        .says("order-518213");
    let plain = score("--by event").ends(0).silent_on("order-518213");
    assert!(plain.out().lines().all(|line| line.chars().count() <= 120));
}

#[test]
fn the_configuration_is_found_upwards() {
    let place = Place::new();
    place.write(
        "capilint.toml",
        "as-of = \"2026-06-26T00:00:00Z\"\n[rules]\nevent-time-unit = \"off\"\n",
    );
    place.write("a/b/error.json", with_error());
    let mut command = place.command();
    command.current_dir(place.path("a/b")).arg("error.json");
    support::pipe(&mut command, b"").ends(0);
    let mut command = place.command();
    command
        .current_dir(place.path("a/b"))
        .args(["error.json", "--no-config", "--as-of", AS_OF]);
    support::pipe(&mut command, b"").ends(1);
    // The nearest one counts, and a named one before all.
    place.write("a/capilint.toml", "as-of = \"2026-06-26T00:00:00Z\"\n");
    let mut command = place.command();
    command.current_dir(place.path("a/b")).arg("error.json");
    support::pipe(&mut command, b"").ends(1);
    place
        .check("a/b/error.json --config a/capilint.toml")
        .ends(1);
    place.check("a/b/error.json").ends(0);
    place
        .check("a/b/error.json --config missing.toml")
        .ends(2)
        .says("missing.toml");
    place
        .check("--config capilint.toml --no-config a/b/error.json")
        .ends(2);
}

#[test]
fn severities_can_be_changed() {
    let place = Place::new();
    place.write(
        "a.ndjson",
        lines(&[with_error(), of_another_order(with_warning())]),
    );
    let run = |rules: &str| {
        place.write("capilint.toml", format!("[rules]\n{rules}\n"));
        place.check("a.ndjson --format json")
    };
    let severities = |ran: &support::Ran| {
        let findings = ran.json()["summary"]["findings"].clone();
        ["error", "warning", "info"].map(|severity| findings[severity].as_u64().unwrap())
    };
    assert_eq!(
        severities(&run("hash-uppercase = \"error\"").ends(1)),
        [2, 0, 0]
    );
    assert_eq!(
        severities(&run("event-time-unit = \"warning\"").ends(0)),
        [0, 2, 0]
    );
    assert_eq!(
        severities(&run("CL403 = \"info\"\nCL109 = \"off\"").ends(0)),
        [0, 0, 1]
    );
    run("hash-upercase = \"error\"")
        .ends(2)
        .says("did you mean `hash-uppercase`");
    run("hash-uppercase = \"loud\"")
        .ends(2)
        .says("capilint.toml:2");
    place.write("capilint.toml", "profil = \"ci\"\n");
    place.check("a.ndjson").ends(2).says("capilint.toml:1");
    place.write("capilint.toml", "profile = ");
    place.check("a.ndjson").ends(2).says("capilint.toml:1");
}

#[test]
fn severities_can_be_changed_by_group() {
    let place = Place::new();
    place.write("a.json", with_error());
    let run = |rules: &str| {
        place.write("capilint.toml", format!("[rules]\n{rules}\n"));
        place.check("a.json")
    };
    run("1xx = \"off\"").ends(1);
    run("4xx = \"off\"").ends(0).silent_on("CL403");
    run("4xx = \"warning\"").ends(0).says("CL403");
    for own in ["CL403", "event-time-unit"] {
        run(&format!("ALL = \"info\"\n{own} = \"error\"\n4xx = \"off\""))
            .ends(1)
            .says("CL403");
    }
    run("9xx = \"off\"")
        .ends(2)
        .says("capilint.toml:2: rules: ");
}

#[test]
fn the_configuration_sets_the_gate_and_the_command_line_overrules_it() {
    let place = Place::new();
    place.write("w.json", with_warning());
    place.write("e.json", with_error());
    place.write("capilint.toml", "fail-on = \"warning\"\n");
    place.check("w.json").ends(1);
    place.check("w.json --fail-on error").ends(0);
    place.write("capilint.toml", "profile = \"audit\"\n");
    place.check("e.json").ends(0);
    place.check("e.json --profile ci").ends(1);
    place.write("capilint.toml", "min-score = 9.9\n");
    place.check("w.json").ends(1).says("below 9.9");
    place.write("capilint.toml", "max-rate = \"100%\"\n");
    place.check("e.json").ends(0);
    place.write(
        "capilint.toml",
        "select = [\"1xx\"]\nignore = [\"CL109\"]\nas-of = \"x\"\n",
    );
    place
        .check("e.json w.json --format concise")
        .ends(0)
        .silent_on("CL");
    place
        .run(&["check", "e.json"])
        .ends(2)
        .says("capilint.toml:3: as-of");
}

#[test]
fn paths_of_the_configuration_are_read_when_none_are_named() {
    let place = Place::new();
    place.write("fixtures/a.json", CLEAN);
    place.write("fixtures/deep/er/b.json", CLEAN);
    place.write("fixtures/skip/c.json", with_error());
    place.write("other.json", with_error());
    place.write(
        "capilint.toml",
        "paths = [\"fixtures/**/*.json\"]\nexclude = [\"fixtures/skip\"]\n",
    );
    let report = place.check("--format json").ends(0).json();
    let files: Vec<&str> = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["file"].as_str().unwrap())
        .collect();
    assert_eq!(files, ["fixtures/a.json", "fixtures/deep/er/b.json"]);
    place.check("other.json").ends(1);
    // From a folder below, too.
    let mut command = place.command();
    command
        .current_dir(place.path("fixtures/deep"))
        .args(["--as-of", AS_OF, "--format", "json"]);
    let report = support::pipe(&mut command, b"").ends(0).json();
    assert_eq!(count(&report, "events"), 2);
    place.write("capilint.toml", "paths = [\"nothing/**/*.json\"]\n");
    place.check("").ends(2).says("nothing/**/*.json");
    place.write(
        "capilint.toml",
        "paths = [\"fixtures/a.json\", \"fixtures/deep\"]\n",
    );
    assert_eq!(count(&place.check("--format json").json(), "events"), 2);
}

#[test]
fn suppressions_hide_what_they_name() {
    let place = Place::new();
    place.write("a/w.json", with_warning());
    place.write("b/w.json", of_another_order(with_warning()));
    let run = |suppress: &str, args: &str| {
        let config =
            format!("[[suppress]]\nrule = \"hash-uppercase\"\nreason = \"old shop\"\n{suppress}\n");
        place.write("capilint.toml", config);
        place.check(&format!("a b --format json {args}")).json()
    };
    let findings = |report: &Value| {
        (
            ids(report).into_iter().collect::<Vec<_>>(),
            count(report, "suppressed"),
        )
    };
    let none: Vec<(String, u64)> = Vec::new();
    let one = |id: &str, n| (id.to_owned(), n);
    assert_eq!(findings(&run("", "")), (none.clone(), 2));
    assert_eq!(
        findings(&run("files = [\"a/**\"]", "")),
        (vec![one("CL109", 1)], 1)
    );
    assert_eq!(
        findings(&run("files = [\"./a\"]", "")),
        (vec![one("CL109", 1)], 1)
    );
    assert_eq!(
        findings(&run("pointer = \"/user_data/em\"", "")),
        (none.clone(), 2)
    );
    let unused = run("pointer = \"/user_data/ph\"", "");
    assert_eq!(
        findings(&unused),
        (vec![one("CL008", 1), one("CL109", 2)], 0)
    );
    let told = unused["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["id"] == "CL008")
        .unwrap();
    assert_eq!(
        (told["file"].as_str(), told["line"].as_u64()),
        (Some("capilint.toml"), Some(1))
    );
    let expired = run("until = \"2020-01-01\"", "");
    assert_eq!(
        findings(&expired),
        (vec![one("CL008", 1), one("CL109", 2)], 0)
    );
    assert_eq!(findings(&run("until = \"2999-01-01\"", "")), (none, 2));
    place.write("capilint.toml", "[[suppress]]\nrule = \"hash-uppercase\"\n");
    place.check("a").ends(2).says("reason");
    place.write(
        "capilint.toml",
        "[[suppress]]\nrule = \"hash-uppercase\"\nreason = \"x\"\nuntil = \"soon\"\n",
    );
    place.check("a").ends(2).says("until");
    place.write(
        "capilint.toml",
        "[[suppress]]\nrule = \"hash-upprcase\"\nreason = \"x\"\n",
    );
    place.check("a").ends(2).says("did you mean");
}

#[test]
fn a_suppression_that_can_hide_nothing_is_refused_with_its_line() {
    let place = Place::new();
    place.write("a.json", with_warning());
    let run = |more: &str| {
        let config =
            format!("[[suppress]]\nrule = \"hash-uppercase\"\nreason = \"old shop\"\n\n{more}\n");
        place.write("capilint.toml", config);
        place.check("a.json --fail-on warning")
    };
    for (pointer, right) in [
        ("/data/0/user_data/em", "/user_data/em"),
        ("/data/*/user_data/em/0", "/user_data/em/0"),
        ("/body/data/12/user_data/em", "/user_data/em"),
        ("/3/user_data/em", "/user_data/em"),
        ("user_data/em", "/user_data/em"),
    ] {
        let said = format!("capilint.toml:5: pointer: start from the event: {right}\n");
        run(&format!("pointer = \"{pointer}\"")).ends(2).says(&said);
        run(&format!("pointer = \"{right}\"")).ends(0);
    }
    run("pointer = \"/data/0\"")
        .ends(2)
        .says("toml:5: pointer: start from the event");
    run("pointer = \"request:test_event_code\"")
        .ends(2)
        .says("request:/test_event_code");
    for until in ["\"soon\"", "5", "\"2027-13-01\""] {
        let ran = run(&format!("until = {until}")).ends(2);
        ran.says("capilint.toml:5: until: it takes a date such as 2027-01-31");
    }
    for until in ["2099-01-01", "\"2099-01-01\""] {
        run(&format!("until = {until}")).ends(0);
    }
    run("until = 2020-01-01").ends(1).says("CL008");
}

#[test]
fn a_suppression_is_idle_only_where_its_files_were_read() {
    let place = Place::new();
    place.write("tests/a.json", CLEAN);
    place.write("tests/b.json", CLEAN);
    let with = |more: &str, paths: &str, args: &str| {
        let entry = "[[suppress]]\nrule = \"hash-uppercase\"\nreason = \"old\"";
        place.write(
            "capilint.toml",
            format!("paths = [\"tests\"]\n{entry}\n{more}\n"),
        );
        place.check(&format!("{args} {paths} --format concise --ignore CL305"))
    };
    let of_b = "files = [\"tests/b.json\"]";
    with(of_b, "", "").says("CL008");
    with(of_b, "tests/b.json", "").says("CL008");
    with(of_b, "tests/a.json", "").silent_on("CL008");
    with("", "", "").says("CL008");
    with("", "tests/a.json", "").silent_on("CL008");
}

#[test]
fn an_event_with_a_broken_time_is_not_hidden_by_a_window() {
    let place = Place::new();
    // In milliseconds, inside and outside, and one that nobody can read.
    let outside = with_error().replace("1782396602000", "1772396602000");
    let unreadable = CLEAN.replace("1782396602,", "\"soon\",");
    place.write(
        "a.ndjson",
        support::lines(&[with_error(), outside, unreadable]),
    );
    let report = place
        .check("a.ndjson --since 2026-06-20 --format json")
        .json();
    assert_eq!(report["summary"]["events"], 2, "{}", report["summary"]);
}

#[test]
fn patterns_of_the_configuration_start_from_its_folder() {
    let place = Place::new();
    place.write("local/w.json", with_warning());
    place.write("sub/x.json", CLEAN);
    place.write("capilint.toml", "fail-on = \"warning\"\n[[suppress]]\nrule = \"CL109\"\nfiles = [\"local/**\"]\nreason = \"x\"\n");
    for path in ["local", "./local", "local/w.json", "sub/../local"] {
        place.check(path).ends(0);
    }
    let mut command = place.command();
    command
        .current_dir(place.path("sub"))
        .args(["../local", "--as-of", AS_OF]);
    support::pipe(&mut command, b"").ends(0);
}

#[cfg(unix)]
#[test]
fn patterns_hold_however_the_configuration_and_the_files_are_named() {
    let place = Place::new();
    place.write("shop/tests/local/bad.json", with_error());
    place.write("shop/tests/w.json", with_warning());
    place.write("shop/capi.toml", "fail-on = \"warning\"\nexclude = [\"tests/local/**\"]\n[[suppress]]\nrule = \"CL109\"\nfiles = [\"tests/*.json\"]\nreason = \"x\"\n");
    std::os::unix::fs::symlink(place.path("shop"), place.path("link")).unwrap();
    std::os::unix::fs::symlink(place.path("shop/tests"), place.path("tests")).unwrap();
    let whole = |name: &str| place.path(name).display().to_string();
    let run = |folder: &str, config: &str, path: &str, more: &[&str]| {
        let mut command = place.command();
        command.current_dir(place.path(folder));
        command.args(["--as-of", AS_OF, "-q", "--config", config, path]);
        support::pipe(command.args(more), b"")
    };
    let all = [
        ("shop/tests", "../capi.toml", "."),
        ("shop/tests", "../capi.toml", "../tests"),
        ("shop/tests/local", "../../capi.toml", ".."),
        ("shop", "tests/../capi.toml", "tests"),
        ("shop", "./capi.toml", &whole("link/tests")),
        ("link/tests", "../capi.toml", "."),
        ("", &whole("link/capi.toml"), "shop"),
        ("", "shop/capi.toml", "link/tests"),
        ("", "shop/capi.toml", "tests"),
        ("", "tests/../capi.toml", "shop"),
    ];
    for (folder, config, path) in all {
        let ran = run(folder, config, path, &[]);
        assert_eq!(ran.code, 0, "{config} {path}: {}", ran.all());
        run(folder, config, path, &["--fix"]);
        let kept = place.text("shop/tests/local/bad.json");
        assert_eq!(kept, with_error(), "{config} {path}");
        assert_eq!(place.text("shop/tests/w.json"), with_warning());
    }
    // Those of the command line start from the working directory in the same way.
    let config = whole("shop/capi.toml");
    std::fs::write(&config, "").unwrap();
    for path in ["tests", "./tests", &whole("link/tests"), "../link/tests"] {
        let args = ["--exclude", "tests/local"];
        run("shop", &config, path, &args).ends(0);
    }
}

#[test]
fn a_suppression_of_the_request_names_its_key() {
    let place = Place::new();
    place.write(
        "a.json",
        format!("{{\"data\":[{CLEAN}],\"test_event_code\":\"TEST12345\"}}"),
    );
    place
        .check("a.json --fail-on warning")
        .ends(1)
        .says("CL701");
    place.write("capilint.toml", "[[suppress]]\nrule = \"CL701\"\npointer = \"request:/test_event_code\"\nreason = \"staging\"\n");
    place
        .check("a.json --fail-on warning --format concise")
        .ends(0);
    place.write(
        "capilint.toml",
        "[[suppress]]\nrule = \"CL701\"\npointer = \"/test_event_code\"\nreason = \"staging\"\n",
    );
    place
        .check("a.json --fail-on warning")
        .ends(1)
        .says("CL008");
}

// Formats.

/// A log with findings of each severity, several names, several files and something broken.
fn mixed(place: &Place) -> &'static str {
    place.write(
        "in/a.ndjson",
        lines(&[
            CLEAN.to_owned(),
            with_error(),
            "{\"data\": [".to_owned(),
            with_warning(),
        ]),
    );
    place.write(
        "in/b.json",
        format!(
            "{{\"data\":[{},{}],\"test_event_code\":\"TEST1\"}}",
            with_info(),
            with_warning()
        ),
    );
    place.write("in/c.json", "");
    "in"
}

#[test]
fn the_formats_agree_with_one_another_and_with_the_exit_code() {
    let place = Place::new();
    let input = mixed(&place);
    for (gate, code, word) in [
        ("", 1, "fail"),
        ("--profile audit", 0, "pass"),
        ("missing", 2, "error"),
    ] {
        let json = place
            .check(&format!("{input} {gate} --format json --events"))
            .ends(code)
            .json();
        let mut ndjson = place
            .check(&format!("{input} {gate} --format ndjson --events"))
            .ends(code)
            .ndjson();
        let concise = place
            .check(&format!("{input} {gate} --format concise"))
            .ends(code)
            .out();
        let human = place.check(&format!("{input} {gate}")).ends(code).out();
        let quiet = place.check(&format!("{input} {gate} -q")).ends(code).out();
        assert_eq!(json["schema"], "capilint/1");
        assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(json["summary"]["verdict"], word);
        assert_eq!(json["summary"]["exit_code"], code);
        let mut summary = ndjson.pop().unwrap();
        assert_eq!(summary["type"], "summary");
        let summary = summary.as_object_mut().unwrap();
        for (key, figure) in json["summary"].as_object().unwrap() {
            assert_eq!(&summary[key], figure, "{key}");
        }
        assert_eq!(summary["rules"], json["rules"]);
        assert_eq!(summary["as_of"], json["as_of"]);
        for (kind, list) in [
            ("finding", "findings"),
            ("event", "events"),
            ("name", "names"),
        ] {
            let mut of_kind: Vec<Value> = ndjson
                .iter()
                .filter(|o| o["type"] == kind)
                .cloned()
                .collect();
            for object in &mut of_kind {
                object.as_object_mut().unwrap().remove("type");
            }
            assert_eq!(Value::from(of_kind), json[list], "{kind}");
        }
        let findings = json["findings"].as_array().unwrap();
        let lines: Vec<&str> = concise.lines().collect();
        for (line, finding) in lines.iter().zip(findings) {
            let start = format!(
                "{}:{}:{}: {} {} {}: {}",
                finding["file"].as_str().unwrap(),
                finding["line"],
                finding["column"],
                finding["severity"].as_str().unwrap(),
                finding["id"].as_str().unwrap(),
                finding["rule"].as_str().unwrap(),
                finding["message"].as_str().unwrap()
            );
            assert!(line.starts_with(&start), "{line}\n{start}");
        }
        // One verdict, the same everywhere.
        let verdict = lines.last().unwrap();
        assert!(verdict.starts_with(&format!("{word}:")), "{verdict}");
        assert_eq!(human.trim_end().lines().last(), Some(*verdict));
        assert_eq!(quiet.trim_end().lines().last(), Some(*verdict));
        // Totals are those of the findings.
        for severity in ["error", "warning", "info"] {
            let told = findings
                .iter()
                .filter(|f| f["severity"] == severity)
                .count();
            assert_eq!(json["summary"]["findings"][severity], told, "{severity}");
        }
        for rule in json["rules"].as_array().unwrap() {
            let told = findings.iter().filter(|f| f["id"] == rule["id"]).count();
            assert_eq!(rule["findings"], told, "{}", rule["id"]);
        }
        assert_eq!(
            json["events"].as_array().unwrap().len() as u64,
            count(&json, "events")
        );
    }
}

#[test]
fn findings_stand_where_they_say() {
    let place = Place::new();
    let pretty =
        serde_json::to_string_pretty(&serde_json::from_str::<Value>(&with_warning()).unwrap())
            .unwrap();
    let body = format!(
        "\u{feff}{{\"ü\":1,\n\"data\":[{CLEAN},\r\n {}]}}\n",
        of_another_order(with_error())
    );
    let cases = [
        (
            "lines.ndjson",
            lines(&[with_error(), of_another_order(with_warning())]),
        ),
        ("pretty.json", pretty),
        ("body.json", body),
    ];
    for (name, text) in cases {
        place.write(name, &text);
        let report = place.check(&format!("{name} --format json")).json();
        let findings = report["findings"].as_array().unwrap();
        assert!(!findings.is_empty(), "{name}");
        for finding in findings {
            let number = |key: &str| finding[key].as_u64().unwrap() as usize;
            let marked = &text[number("offset")..number("offset") + number("length")];
            let before = &text[..number("offset")];
            let marked_value: Value =
                serde_json::from_str(marked).unwrap_or_else(|e| panic!("{name}: {e}: {marked}"));
            assert_eq!(number("line"), before.matches('\n').count() + 1, "{name}");
            let line = before
                .rsplit('\n')
                .next()
                .unwrap()
                .trim_start_matches('\u{feff}');
            assert_eq!(number("column"), line.chars().count() + 1, "{name}");
            match finding["id"].as_str().unwrap() {
                "CL403" => assert_eq!(marked_value, json!(1_782_396_602_000u64)),
                "CL109" => assert_eq!(marked_value, json!(support::EM.to_ascii_uppercase())),
                other => panic!("{other}"),
            }
        }
    }
    // Inside a compressed file, of the unpacked text; and of every text beyond a block.
    let mut events = vec![CLEAN.to_owned(); 3000];
    events.push(with_error());
    let text = lines(&events);
    place.write("long.ndjson.gz", gzip(text.as_bytes()));
    let report = place.check("long.ndjson.gz --format json").json();
    let at = text.find("1782396602000").unwrap();
    assert_eq!(report["findings"][0]["offset"], at);
    assert_eq!(report["findings"][0]["line"], 3001);
    assert_eq!(report["findings"][0]["event"], 3000);
}

#[test]
fn a_format_can_also_go_to_a_file() {
    let place = Place::new();
    let input = mixed(&place);
    let ran = place.check(&format!(
        "{input} --output json=out.json --output ndjson=out.ndjson --output concise=out.txt"
    ));
    let ran = ran.ends(1);
    assert!(
        ran.out().contains("fail:") && ran.out().contains("read:"),
        "{}",
        ran.out()
    );
    let direct = place.check(&format!("{input} --format json")).json();
    let file: Value = serde_json::from_slice(&place.read("out.json")).unwrap();
    assert_eq!(file, direct);
    assert_eq!(
        place.text("out.ndjson"),
        place.check(&format!("{input} --format ndjson")).out()
    );
    assert_eq!(
        place.text("out.txt"),
        place.check(&format!("{input} --format concise")).out()
    );
    for wrong in ["json", "xml=a", "json=", "=a"] {
        place
            .check(&format!("{input} --output {wrong}"))
            .ends(2)
            .says("--output");
    }
    place
        .check(&format!("{input} --output sarif=a.sarif"))
        .ends(2)
        .says("sarif is not supported yet");
    place
        .check(&format!("{input} --output json=no/such/folder.json"))
        .ends(2)
        .says("no/such/folder.json");
}

#[test]
fn an_output_never_overwrites_an_input() {
    let place = Place::new();
    place.write("a.json", with_error());
    place.check("a.json --output json=a.json").ends(2);
    assert_eq!(place.text("a.json"), with_error());
    place.check("a.json --output json=./a.json").ends(2);
    assert_eq!(place.text("a.json"), with_error());
    // A report of the last run, found in a folder, is no input and is written anew.
    for _ in 0..2 {
        let ran = place
            .check(". --output json=report.json --format json")
            .ends(1);
        assert_eq!(count(&ran.json(), "files"), 1);
    }
}

#[test]
fn an_output_overwrites_nothing_that_the_run_reads() {
    let place = Place::new();
    place.write("a.json", with_error());
    let page = "https://www.facebook.com/tr/?id=1&ev=Purchase&eid=order-58213\n";
    for (name, text) in [
        ("known.csv", "em\nana@example.com\n"),
        ("pixel.txt", page),
        ("own.toml", "profile = \"ci\"\n"),
        ("list.txt", "a.json\n"),
        ("key", "0123456789abcdef0123456789abcdef"),
    ] {
        place.write(name, text);
    }
    place.check("a.json --ledger-out a.part").ends(1);
    let own = "overwritten by --output";
    for (args, name, why) in [
        (
            "a.json --known known.csv --output json=known.csv",
            "known.csv",
            own,
        ),
        (
            "a.json --pixel pixel.txt --output json=pixel.txt",
            "pixel.txt",
            own,
        ),
        (
            "a.json --config own.toml --output json=own.toml",
            "own.toml",
            own,
        ),
        (
            "--files-from list.txt --output json=list.txt",
            "list.txt",
            own,
        ),
        (
            "a.json --ledger-key key --ledger-out key",
            "key",
            "overwritten by --ledger-out",
        ),
    ] {
        let before = place.text(name);
        place
            .check(args)
            .ends(2)
            .says(&format!("{name} is an input"))
            .says(why);
        assert_eq!(place.text(name), before, "{args}");
    }
    let before = place.read("a.part");
    place
        .run(&["merge", "a.part", "--output", "json=./a.part"])
        .ends(2)
        .says(own);
    assert_eq!(place.read("a.part"), before);
    // A configuration that was found is no less read.
    place.write("capilint.toml", "profile = \"ci\"\n");
    place
        .check("a.json --output json=capilint.toml")
        .ends(2)
        .says(own);
    assert_eq!(place.text("capilint.toml"), "profile = \"ci\"\n");
}

#[test]
fn an_output_stays_as_it_was_until_the_new_one_is_whole() {
    let place = Place::new();
    place.write("a.json", with_error());
    place.write("old.json", "old");
    place.write("sent/requests.ndjson", "old");
    for impossible in [
        "a.json --output json=old.json --output human=/no/such/folder/x",
        "a.json --output json=old.json --fix-to sent",
        "a.json --output json=old.json --as-of yesterday",
        "a.json --ledger-out old.json --output json=no/such/x",
    ] {
        place.check(impossible).ends(2);
        assert_eq!(place.text("old.json"), "old", "{impossible}");
    }
    place.check("a.json --output json=old.json").ends(1);
    let report: Value = serde_json::from_slice(&place.read("old.json")).unwrap();
    assert_eq!(report["schema"], "capilint/1");
    // Into the folder that --fix-to makes, too.
    place
        .check("a.json --fix-to again --output json=again/report.json")
        .ends(1);
    assert!(place.path("again/report.json").is_file());
    assert_eq!(place.names(), ["a.json", "again", "old.json", "sent"]);
}

#[cfg(unix)]
#[test]
fn an_output_keeps_the_rights_and_the_links_of_the_old_file() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let place = Place::new();
    place.write("a.json", with_error());
    place.write("old.json", "old");
    let rights = std::fs::Permissions::from_mode(0o640);
    std::fs::set_permissions(place.path("old.json"), rights).unwrap();
    symlink("old.json", place.path("link.json")).unwrap();
    symlink("new.json", place.path("to-come.json")).unwrap();
    place
        .check("a.json --output json=link.json --output ndjson=to-come.json")
        .ends(1);
    assert!(place.path("link.json").is_symlink() && place.path("to-come.json").is_symlink());
    assert!(place.text("old.json").contains("capilint/1"));
    assert!(place.text("new.json").contains("capilint/1"));
    let mode = |name: &str| place.path(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("old.json"), 0o640);
    // As any new file.
    place.write("any", "");
    assert_eq!(mode("new.json"), mode("any"));
}

#[test]
fn two_outputs_do_not_share_a_file() {
    let place = Place::new();
    place.write("a.json", with_error());
    for args in [
        "a.json --output json=z --output ndjson=./z",
        "a.json --ledger-out z --output json=z",
        "a.json --fix-to again --output json=again/requests.ndjson",
    ] {
        place.check(args).ends(2).says("would be written there");
        assert_eq!(place.names(), ["a.json"], "{args}");
    }
    let place_to = place.path("out.txt");
    let to_file = std::fs::File::create(&place_to).unwrap();
    let mut command = place.command();
    command
        .args(["a.json", "--output", "json=out.txt"])
        .stdout(to_file);
    let ended = command.output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert!(place.text("out.txt").is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn pipes_and_devices_are_written_as_they_are() {
    let place = Place::new();
    place.write("a.json", with_error());
    let ran = place.check("a.json -q --output json=/dev/stdout").ends(1);
    assert!(ran.out().contains("capilint/1"));
    place
        .check("a.json --output json=/dev/null --output ndjson=/dev/null")
        .ends(1);
    place
        .check("a.json --output json=/dev/full")
        .ends(2)
        .says("could not be written");
}

#[test]
fn events_are_listed_up_to_a_thousand_or_all() {
    let place = Place::new();
    place.write("a.ndjson", lines(&vec![CLEAN; 1001]));
    for format in ["json", "ndjson"] {
        let listed = |args: &str| {
            let ran = place
                .check(&format!("a.ndjson --format {format} {args}"))
                .ends(0);
            match format {
                "json" => ran.json()["events"].as_array().unwrap().len(),
                _ => ran.ndjson().iter().filter(|o| o["type"] == "event").count(),
            }
        };
        assert_eq!((listed(""), listed("--events")), (1000, 1001), "{format}");
    }
    // Whoever reads the list is told that it ends early.
    let report = place.check("a.ndjson --format json").json();
    assert_eq!(report["events_not_listed"], 1);
    let all = place.check("a.ndjson --format json --events").json();
    assert_eq!(all["events_not_listed"], 0);
    let ndjson = place.check("a.ndjson --format ndjson").ndjson();
    assert_eq!(ndjson.last().unwrap()["events_not_listed"], 1);
    let row = &report["events"][999];
    assert_eq!(
        (row["line"].as_u64(), row["event"].as_u64()),
        (Some(1000), Some(999))
    );
    assert_eq!(row["event_name"], "Purchase");
    assert_eq!(row["event_id"], Value::Null);
    let shown = place.check("a.ndjson --format json --show-values").json();
    assert_eq!(shown["events"][0]["event_id"], "order-58213");
}

#[test]
fn the_same_bytes_come_out_for_any_number_of_threads() {
    let place = Place::new();
    let mut events = Vec::new();
    for n in 0..4000 {
        events.push(match n % 7 {
            0 => with_error(),
            3 => with_warning(),
            5 => CLEAN.replace("Purchase", "ana@shop.example"),
            _ => CLEAN.to_owned(),
        });
    }
    place.write("a.ndjson", lines(&events));
    for format in ["human", "concise", "json", "ndjson"] {
        let run = |threads| {
            place
                .check(&format!(
                    "a.ndjson --events --format {format} --threads {threads}"
                ))
                .ends(1)
                .stdout
        };
        let one = run(1);
        assert!(one == run(2), "{format}, 2 threads");
        assert!(one == run(4), "{format}, 4 threads");
    }
}

// The clock.

#[test]
fn the_verdict_does_not_depend_on_the_day() {
    let place = Place::new();
    place.write("a.json", CLEAN);
    let stale = |clock: &str| {
        let report = place
            .run(&["a.json", "--format", "json", "--as-of", clock])
            .json();
        (
            ids(&report).get("CL404").copied().unwrap_or(0),
            ids(&report).get("CL405").copied().unwrap_or(0),
        )
    };
    assert_eq!(stale("2026-06-26T00:00:00Z"), (0, 0));
    assert_eq!(stale("1782432000"), (0, 0));
    assert_eq!(stale("2026-06-26"), (0, 0));
    assert_eq!(stale("2026-07-03T00:00:00+02:00"), (1, 0));
    assert_eq!(stale("2026-06-24T00:00:00Z"), (0, 1));
    place.run(&["a.json", "--as-of", "2026-07-09"]).ends(1);
    // By this machine's clock nothing turns red with age unless it is asked for.
    let old = CLEAN
        .replace("1782396602", "1690000000")
        .replace("1782390000123", "1689990000123");
    place.write("old.json", &old);
    let ran = place.run(&["old.json", "--format", "json"]).ends(0);
    let report = ran.json();
    assert_eq!(report["as_of"]["mode"], "auto");
    assert_eq!(report["as_of"]["sources"]["wall"], 1);
    let severities: Vec<&Value> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| &f["severity"])
        .collect();
    assert_eq!(severities, ["info"]);
    place.run(&["old.json", "--as-of", "auto"]).ends(0);
    place
        .run(&["old.json", "--as-of", "now"])
        .ends(1)
        .says("CL404");
    let now = place
        .run(&["old.json", "--as-of", "now", "--format", "json"])
        .json();
    assert_eq!(now["as_of"]["mode"], "now");
    for wrong in ["yesterday", "2026-13-01", ""] {
        place
            .run(&["old.json", "--as-of", wrong])
            .ends(2)
            .says("--as-of");
    }
}

#[test]
fn ages_by_the_wall_clock_are_told_once_a_file() {
    let place = Place::new();
    let old = CLEAN
        .replace("1782396602", "1690000000")
        .replace("1782390000123", "1689990000123");
    place.write("a.ndjson", lines(&vec![old; 3]));
    let report = place.run(&["a.ndjson", "--format", "json"]).ends(0).json();
    let stale: Vec<&Value> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["id"] == "CL404")
        .collect();
    assert_eq!(stale.len(), 1);
    assert!(
        stale[0]["message"]
            .as_str()
            .unwrap()
            .starts_with("3 events"),
        "{}",
        stale[0]["message"]
    );
}

#[test]
fn the_newest_event_can_be_the_clock_but_not_of_standard_input() {
    let place = Place::new();
    let old = CLEAN
        .replace("1782396602", "1781000000")
        .replace("1782390000123", "1780990000123");
    place.write("a.ndjson", lines(&[CLEAN.to_owned(), old]));
    let ran = place
        .run(&["a.ndjson", "--as-of", "newest", "--format", "json"])
        .ends(0);
    let report = ran.json();
    let stale = &report["findings"][0];
    assert_eq!(
        (stale["id"].as_str(), stale["severity"].as_str()),
        (Some("CL404"), Some("warning"))
    );
    assert_eq!(report["as_of"]["sources"]["newest"], 2);
    for args in [vec!["-", "--as-of", "newest"], vec!["--as-of", "newest"]] {
        place.pipe(CLEAN, &args).ends(2).says("newest");
    }
    place.write("a.ndjson.gz", gzip(&place.read("a.ndjson")));
    place
        .run(&["a.ndjson.gz", "--as-of", "newest"])
        .ends(0)
        .says("CL404");
}

#[test]
fn the_newest_event_of_a_request_bounds_when_it_was_sent() {
    let place = Place::new();
    let event = |day: i64, n: u32| {
        let time = 1_782_396_602 - day * 86_400;
        CLEAN
            .replace("1782396602", &time.to_string())
            .replace("1782390000123", &format!("{}123", time - 6000))
            .replace("58213", &format!("5821{n}"))
    };
    let body = format!(
        "{{\"data\":[{},{},{}]}}",
        event(0, 1),
        event(0, 2),
        event(9, 3)
    );
    let ran = place.pipe(body, &["--format", "json"]).ends(1);
    let report = ran.json();
    assert_eq!(report["as_of"]["sources"]["request"], 3);
    assert_eq!(ids(&report)["CL404"], 1);
    // It sinks its request, which is said of the request.
    assert_eq!(ids(&report)["CL406"], 1);
    let findings = report["findings"].as_array().unwrap();
    let of_event: Vec<_> = findings.iter().filter(|f| f["event"] == 2).collect();
    assert_eq!(of_event.len(), 1, "{findings:?}");
}

// Ends.

#[test]
fn unknown_options_are_usage_errors() {
    let place = Place::new();
    for args in [
        &["--nonsense"][..],
        &["check", "--nonsense"],
        &["score", "--fix"],
        &["check", "--format", "xml"],
        &["check", "--fix", "--diff"],
        &["check", "--threads", "x"],
        &["check", "-q", "-v"],
        &["completions", "tcsh"],
        &["explain"],
    ] {
        let ran = place.run(args).ends(2);
        assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "{args:?}");
    }
    for args in [
        &["--help"][..],
        &["--version"],
        &["check", "--help"],
        &["help"],
    ] {
        place.run(args).ends(0);
    }
}

#[cfg(unix)]
#[test]
fn arguments_that_are_no_text_are_usage_errors() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    let strange = OsStr::from_bytes(b"\xff\xfe");
    place.run(&[strange, OsStr::new("--nonsense")]).ends(2);
    place.run(&[OsStr::new("--select"), strange]).ends(2);
    place
        .run(&[OsStr::new("hash"), OsStr::new("em"), strange])
        .ends(2);
    // A path may be anything.
    std::fs::write(place.path("x").with_file_name(strange), CLEAN).unwrap();
    place
        .run(&[OsStr::new("--as-of"), OsStr::new(AS_OF), strange])
        .ends(0);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let place = Place::new();
    place.write("a.ndjson", lines(&vec![with_error(); 5000]));
    for (args, code) in [
        (&["a.ndjson", "--format", "ndjson", "--as-of", AS_OF][..], 1),
        (&["a.ndjson", "--format", "concise", "--as-of", AS_OF], 1),
        (
            &[
                "a.ndjson",
                "--format",
                "json",
                "--as-of",
                AS_OF,
                "--profile",
                "audit",
            ],
            0,
        ),
        (&["rules"], 0),
        (&["explain", "score"], 0),
        (&["completions", "bash"], 0),
        (&["rules", "--format", "json"], 0),
        (
            &["score", "a.ndjson", "--by", "event", "--format", "ndjson"],
            0,
        ),
    ] {
        let mut child = place
            .command()
            .args(args)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let mut first = [0u8; 1];
        let mut stdout = child.stdout.take().unwrap();
        // Some output is so short that it is complete in the pipe; that is no error either.
        let _ = stdout.read(&mut first);
        drop(stdout);
        let ended = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{args:?}");
        assert_eq!(ended.status.code(), Some(code), "{args:?}");
    }
    // Nobody reads from the start.
    for args in [
        &["completions", "bash"][..],
        &["--help"],
        &["rules"],
        &["hash", "em", "-"],
    ] {
        let mut child = place.command().args(args).spawn().unwrap();
        drop(child.stdout.take());
        let mut stdin = child.stdin.take().unwrap();
        let _ = stdin.write_all(b"ana@shop.example\n");
        drop(stdin);
        let ended = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{args:?}");
        assert_eq!(ended.status.code(), Some(0), "{args:?}");
    }
}

#[test]
fn scores_are_printed_in_three_formats() {
    let place = Place::new();
    place.write(
        "a.ndjson",
        lines(&[CLEAN.to_owned(), CLEAN.replace("Purchase", "Lead")]),
    );
    for by in ["event", "name"] {
        let run = |format: &str| {
            place
                .run(&["score", "a.ndjson", "--by", by, "--format", format])
                .ends(0)
                .out()
        };
        let ndjson = run("ndjson");
        let rows: Vec<Value> = ndjson
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(rows.len(), 2, "{ndjson}");
        for row in &rows {
            let score = row["score"].as_f64().unwrap();
            assert!(
                row["low"].as_f64().unwrap() <= score && score <= row["high"].as_f64().unwrap()
            );
        }
        assert_eq!(run("csv").lines().count(), 3, "{}", run("csv"));
        assert!(run("table").contains("Purchase") && run("table").contains("Lead"));
    }
    place.run(&["score", "missing"]).ends(2).says("missing");
    place.run(&["score"]).ends(2);
}

#[test]
fn what_stands_around_a_long_body_is_told_at_its_place() {
    let place = Place::new();
    let text = format!(
        "{{\r\n \"test_event_code\": \"TEST1\", \"ü\": 1, \"data\": [\n{}\n ], \"access_token\":\n \"EAAJq4ZCv81bMBO7kTz2nXw9Rf5sYhLd3uGePm6\" }}\n",
        (0..9000)
            .map(support::another)
            .collect::<Vec<_>>()
            .join(",\n")
    );
    place.write("a.json", &text);
    let ran = place.check("a.json --ignore 8xx --format json --max-record-bytes 100000");
    let report = ran.ends(1).json();
    assert_eq!(count(&report, "events"), 9000);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 4);
    for finding in findings {
        // What the body says of its events, a rule of the whole log knows as well.
        if finding["pointer"].is_null() {
            let message = finding["message"].as_str().unwrap();
            assert!(message.starts_with("test_event_code is on 9000 events"));
            continue;
        }
        let number = |key: &str| finding[key].as_u64().unwrap() as usize;
        let before = &text[..number("offset")];
        let marked = &text[number("offset")..number("offset") + number("length")];
        // Its events are more than a request may hold, though none was read with the body.
        if finding["id"] == "CL703" {
            assert!(finding["message"].as_str().unwrap().contains("9000 events"));
            assert!(text[number("offset")..].starts_with("[\n{\"event_name\""));
            continue;
        }
        assert!(
            ["\"TEST1\"", "\"EAAJq4ZCv81bMBO7kTz2nXw9Rf5sYhLd3uGePm6\""].contains(&marked),
            "{marked}"
        );
        assert_eq!(number("line"), before.matches('\n').count() + 1, "{marked}");
        let line = before.rsplit('\n').next().unwrap();
        assert_eq!(number("column"), line.chars().count() + 1, "{marked}");
    }
}

// Rare forms.

#[test]
fn deep_finds_what_the_usual_look_leaves_out() {
    use sha2::Digest;
    let place = Place::new();
    let digest = hex::encode(sha2::Sha256::digest("14 February 1987"));
    let event = CLEAN.replace("\"client_ip", &format!("\"db\":\"{digest}\",\"client_ip"));
    let usual = place.check_piped(event.clone(), "--format json").json();
    assert!(ids(&usual).is_empty());
    let deep = place.check_piped(event, "--deep --format json").json();
    assert_eq!(ids(&deep).into_keys().collect::<Vec<_>>(), ["CL112"]);
}

// Arguments.

#[test]
fn wrong_arguments_are_told_and_not_repeated() {
    let place = Place::new();
    place.write("a.json", CLEAN);
    for args in [
        "check a.json --format ana@kestrelbikes.com",
        "check a.json --select ana@kestrelbikes.com",
        "check a.json --ana@kestrelbikes.com",
        "explain ana@kestrelbikes.com",
        "rules ana@kestrelbikes.com",
        "check a.json --as-of ana@kestrelbikes.com",
        "check a.json --threads ana@kestrelbikes.com",
    ] {
        let args: Vec<&str> = args.split(' ').collect();
        place.run(&args).ends(2).silent_on("ana@");
    }
    for (args, says) in [
        ("check a.json --format xml", "concise"),
        ("check a.json --fix --diff", "--diff"),
        ("check a.json --selct CL101", "--select"),
        ("check a.json --select stale-evnt", "stale-event"),
        ("check a.json --as-of=1782400000000", "milliseconds"),
        ("check a.json --as-of=-5", "2012"),
        ("check a.json --threads 1000", "--threads"),
    ] {
        let args: Vec<&str> = args.split(' ').collect();
        place.run(&args).ends(2).says(says);
    }
    place.pipe("", &["hash", "em", "-"]).ends(2);
}

#[test]
fn what_is_wrong_with_the_arguments_is_one_sentence() {
    let place = Place::new();
    place.write("a.json", with_error());
    for (args, says) in [
        ("merge", "<PART>... is missing, see `capilint merge --help`"),
        (
            "explain",
            "<WHAT> is missing, see `capilint explain --help`",
        ),
        (
            "hash em",
            "<VALUE>... is missing, see `capilint hash --help`",
        ),
        (
            "check a.json --ledger-key k",
            "--ledger-out <FILE> is missing, see `capilint check --help`",
        ),
        ("score a.json --fix", "see `capilint score --help`"),
        ("a.json --nonsense", "see `capilint --help`"),
        (
            "a.json --fail-on never --max-rate 1%",
            "--max-rate says which findings gate",
        ),
    ] {
        let args: Vec<&str> = args.split(' ').collect();
        let err = place.run(&args).ends(2).err();
        assert!(err.contains(says), "{err}");
        assert_eq!(err.lines().count(), 1, "{err}");
    }
    for size in ["64MB", "1MiB", "100000"] {
        place
            .check(&format!("a.json --max-record-bytes {size}"))
            .ends(1);
    }
    place
        .check("a.json --max-record-bytes 64")
        .says("record-too-large");
    place.write("capilint.toml", "max-rate = \"1%\"\n");
    place.check("a.json --fail-on never").ends(0);
    place.write("capilint.toml", "max-rate = \"1%\"\nfail-on = \"never\"\n");
    place
        .check("a.json")
        .ends(2)
        .says("capilint.toml:1: max-rate says");
}

#[test]
fn the_report_in_a_file_is_whole_when_the_terminal_is_quiet() {
    let place = Place::new();
    place.write("a.json", with_error());
    let ran = place.check("a.json -q --output concise=all.txt");
    assert_eq!(ran.ends(1).out().lines().count(), 1);
    assert!(place.read("all.txt").split(|byte| *byte == b'\n').count() > 2);
}

// Counts.

#[test]
fn an_event_with_two_keys_hashed_twice_counts_once() {
    use sha2::Digest;
    let hash = |text: &str| hex::encode(sha2::Sha256::digest(text));
    let events: Vec<String> = (0..40)
        .map(|n| {
            let (em, ph) = (
                hash(&format!("{n}@kestrelbikes.com")),
                hash(&format!("4930{n:08}")),
            );
            let [em, ph] = match n % 2 {
                0 => [em, ph],
                _ => {
                    let n = n - 1;
                    [format!("{n}@kestrelbikes.com"), format!("4930{n:08}")]
                        .map(|text| hash(&hash(&text)))
                }
            };
            CLEAN
                .replace(support::EM, &em)
                .replace("\"em\":", &format!("\"ph\":\"{ph}\",\"em\":"))
                .replace("58213", &format!("{}", 58_213 + n))
        })
        .collect();
    let report = place_of(&events)
        .check("log.ndjson --select CL105 --format json")
        .json();
    assert_eq!(ids(&report).get("CL105"), Some(&2));
    assert_eq!(report["rules"][0]["events"], 20);
}

fn place_of(events: &[String]) -> Place {
    let place = Place::new();
    place.write("log.ndjson", lines(events));
    place
}
