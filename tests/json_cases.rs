//! The hard cases of JSON, of the kinds that the well-known test suites for parsers have, each with
//! what becomes of it. Every case is read as a whole file, with a clean event on the line behind
//! it that must not suffer.

mod support;

use std::collections::BTreeMap;

use capilint::engine::Linter;
use capilint::output::{Reporter, Wants};
use capilint::report::{EventRow, Located, Report, Verdict};
use capilint::settings::{Clocks, Settings};
use support::CLEAN;

/// What becomes of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Read without a word.
    Read,
    /// Read, with the information that it has comments or superfluous commas.
    Relaxed,
    /// Not read: CL001 says where and why.
    Malformed,
    /// Read, with CL003 for the bytes that are no UTF-8.
    NotUtf8,
    /// Read, with CL002.
    Twice,
}
use Fate::{Malformed, NotUtf8, Read as Fine, Relaxed, Twice};

struct Keep(Vec<Located>);

impl Reporter for Keep {
    fn wants(&self) -> Wants {
        Wants {
            findings: true,
            ..Wants::default()
        }
    }
    fn finding(&mut self, finding: &Located) -> std::io::Result<()> {
        self.0.push(finding.clone());
        Ok(())
    }
    fn event(&mut self, _: &EventRow) -> std::io::Result<()> {
        Ok(())
    }
    fn finish(&mut self, _: &Report, _: &Verdict) -> std::io::Result<()> {
        Ok(())
    }
}

fn lint(input: &[u8]) -> (Report, Vec<Located>) {
    let linter = Linter::new(Settings {
        clocks: Clocks::At(1_782_432_000),
        threads: 1,
        ..Settings::default()
    });
    let mut keep = Keep(Vec::new());
    let (report, _) = linter.run(input, &mut keep).unwrap();
    assert_eq!(report.internal_errors, 0);
    (report, keep.0)
}

fn fate(found: &[Located]) -> Option<Fate> {
    let mut rules: BTreeMap<&str, String> = BTreeMap::new();
    for finding in found {
        let is_about_reading = matches!(finding.rule_id(), "CL001" | "CL002" | "CL003");
        if is_about_reading {
            rules.insert(finding.rule_id(), finding.severity.to_string());
        }
    }
    let list: Vec<(&str, &str)> = rules.iter().map(|(id, s)| (*id, s.as_str())).collect();
    Some(match list.as_slice() {
        [] => Fine,
        [("CL001", "info")] => Relaxed,
        [("CL001", "error")] => Malformed,
        [("CL003", _)] => NotUtf8,
        [("CL002", _)] => Twice,
        _ => return None,
    })
}

/// Values, put under a key of custom_data of an otherwise clean event.
const VALUES: &[(&[u8], Fate)] = &[
    // Numbers.
    (b"0", Fine),
    (b"-0", Fine),
    (b"-0.0", Fine),
    (b"0e+1", Fine),
    (b"1E22", Fine),
    (b"1e-2", Fine),
    (b"123.456e78", Fine),
    (b"9007199254740993", Fine),
    (b"-9223372036854775808", Fine),
    (b"18446744073709551616", Fine),
    (
        b"123456789012345678901234567890123456789012345678901234567890",
        Fine,
    ),
    (
        b"0.1000000000000000055511151231257827021181583404541015625",
        Fine,
    ),
    // Too large for a float: a number all the same, and kept byte for byte.
    (b"1e400", Fine),
    (b"-1e400", Fine),
    (b"1e-400", Fine),
    (b"0e99999999999999999999", Fine),
    (b"01", Malformed),
    (b"-01", Malformed),
    (b"-", Malformed),
    (b"+1", Malformed),
    (b".5", Malformed),
    (b"1.", Malformed),
    (b"-.1", Malformed),
    (b"1e", Malformed),
    (b"1e+", Malformed),
    (b"1.e1", Malformed),
    (b"1.2.3", Malformed),
    (b"0x1F", Malformed),
    (b"1_000", Malformed),
    (b"NaN", Malformed),
    (b"nan", Malformed),
    (b"Infinity", Malformed),
    (b"-Infinity", Malformed),
    ("１".as_bytes(), Malformed),
    // Words.
    (b"null", Fine),
    (b"true", Fine),
    (b"false", Fine),
    (b"True", Malformed),
    (b"None", Malformed),
    (b"nul", Malformed),
    (b"truee", Malformed),
    (b"undefined", Malformed),
    // Strings.
    (br#""""#, Fine),
    (br#""\"\\\/\b\f\n\r\t""#, Fine),
    (br#""\u0000""#, Fine),
    (br#""\u007f""#, Fine),
    (br#""\u00e9""#, Fine),
    (br#""\uD83D\uDE00""#, Fine),
    (br#""\ud83d\ude00""#, Fine),
    // Half of a pair: allowed by the grammar, and what PHP and JavaScript write when they cut.
    (br#""\uD83D""#, Fine),
    (br#""\uDE00\uD83D""#, Fine),
    (br#""\uD83Dx""#, Fine),
    (br#""\uFFFE\uFDD0\uFEFF""#, Fine),
    (
        "\"\u{7f}\u{a0}\u{2028}\u{2029}\u{feff}\u{10FFFF}\"".as_bytes(),
        Fine,
    ),
    ("\"👩‍👩‍👧\"".as_bytes(), Fine),
    (b"\"a\x01b\"", Malformed),
    (b"\"a\tb\"", Malformed),
    (b"\"a\x00b\"", Malformed),
    (br#""\x41""#, Malformed),
    (br#""\a""#, Malformed),
    (br#""\u00G0""#, Malformed),
    (br#""\u12""#, Malformed),
    (br#""\""#, Malformed),
    (b"'a'", Malformed),
    (b"a", Malformed),
    ("“a”".as_bytes(), Malformed),
    // Bytes that are no UTF-8, inside a string.
    (b"\"\xFF\"", NotUtf8),
    (b"\"\xC0\xAF\"", NotUtf8),
    (b"\"\xE4\"", NotUtf8),
    (b"\"\xED\xA0\x80\"", NotUtf8),
    (b"\"\xF4\x90\x80\x80\"", NotUtf8),
    (b"\"\xE2\x82\"", NotUtf8),
    // Lists.
    (b"[]", Fine),
    (b"[ [] , {} ]", Fine),
    (b"[1,]", Relaxed),
    (b"[1 /* one */, 2]", Relaxed),
    (b"[,1]", Malformed),
    (b"[1,,2]", Malformed),
    (b"[1 2]", Malformed),
    (b"[1:2]", Malformed),
    (b"[1}", Malformed),
    (b"[1", Malformed),
    (b"]", Malformed),
    // Objects.
    (b"{}", Fine),
    (br#"{"":0}"#, Fine),
    (br#"{"a":{"b":[{"c":null}]}}"#, Fine),
    (br#"{"a\u0000":1}"#, Fine),
    (br#"{"a":1,"b":2,"a":3}"#, Twice),
    (br#"{"a":1,"\u0061":2}"#, Twice),
    (br#"{"a":1,}"#, Relaxed),
    (br#"{"a":1,,"b":2}"#, Malformed),
    (br#"{"a" 1}"#, Malformed),
    (br#"{"a"}"#, Malformed),
    (br#"{"a":}"#, Malformed),
    (br#"{:1}"#, Malformed),
    (br#"{a:1}"#, Malformed),
    (br#"{'a':1}"#, Malformed),
    (br#"{1:1}"#, Malformed),
    (br#"{null:1}"#, Malformed),
    (br#"{"a"::1}"#, Malformed),
    (br#"{"a":1]"#, Malformed),
    (br#"{"a":1"#, Malformed),
    (br#"{"a":1 "b":2}"#, Malformed),
    // White space: JSON knows four kinds.
    (b" \t\r 1 ", Fine),
    (b"\x0C1", Malformed),
    (b"\x0B1", Malformed),
    ("\u{a0}1".as_bytes(), Malformed),
    ("\u{feff}1".as_bytes(), Malformed),
    ("\u{2060}1".as_bytes(), Malformed),
    // Comments.
    (b"/* a */ 1", Relaxed),
    (b"# a\n1", Malformed),
    (b"1 /* a", Malformed),
    (b"/1", Malformed),
];

#[test]
fn every_kind_of_value_has_its_fate() {
    let (head, tail) = CLEAN.split_once("\"order_id\"").unwrap();
    let mut faults = Vec::new();
    for &(value, expected) in VALUES {
        let case = [
            head.as_bytes(),
            b"\"x\":",
            value,
            b",\"order_id\"",
            tail.as_bytes(),
        ]
        .concat();
        let input = [&case[..], b"\n", CLEAN.as_bytes(), b"\n"].concat();
        let (report, found) = lint(&input);
        let name = String::from_utf8_lossy(value);
        let read = if expected == Malformed { 1 } else { 2 };
        if fate(&found) != Some(expected) || report.events != read {
            let said: Vec<_> = found
                .iter()
                .map(|f| format!("{} {}", f.rule_id(), f.message))
                .collect();
            faults.push(format!("{name}: {} events, {said:?}", report.events));
        }
        // What a fault is reported at stands in the case, and not on the line behind it.
        for finding in found.iter().filter(|f| f.rule_id() != "CL006") {
            if finding.location.offset > case.len() as u64 {
                faults.push(format!("{name}: {:?}", finding.location));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Whole texts, and how many events are read with the clean one behind them.
fn texts() -> Vec<(&'static str, Vec<u8>, Option<Fate>, u64)> {
    let nested = |open: &str, close: &str, depth: usize| {
        format!("{}{}", open.repeat(depth), close.repeat(depth)).into_bytes()
    };
    vec![
        ("nothing", b"".to_vec(), Some(Fine), 1),
        ("white space", b" \t\r\n \n".to_vec(), Some(Fine), 1),
        (
            "a byte order mark alone",
            b"\xEF\xBB\xBF\n".to_vec(),
            Some(Fine),
            1,
        ),
        ("an empty list", b"[]".to_vec(), Some(Fine), 1),
        ("an empty object", b"{}".to_vec(), Some(Fine), 1),
        ("lists of lists", nested("[", "]", 500), Some(Fine), 1),
        (
            "lists too deep",
            nested("[", "]", 100_000),
            Some(Malformed),
            1,
        ),
        (
            "open lists too deep",
            "[".repeat(100_000).into_bytes(),
            Some(Malformed),
            1,
        ),
        (
            "objects too deep",
            nested("{\"a\":", "}", 50_000),
            Some(Malformed),
            1,
        ),
        ("an open object", b"{\"a\":".to_vec(), Some(Malformed), 1),
        ("an open string", b"{\"a\":\"b".to_vec(), Some(Malformed), 1),
        // Begins no JSON and names no event: any line of a log.
        ("a closing bracket", b"]".to_vec(), Some(Fine), 1),
        (
            "two values",
            format!("{CLEAN}{CLEAN}").into_bytes(),
            Some(Fine),
            3,
        ),
        (
            "a comma between",
            format!("{CLEAN},{CLEAN}").into_bytes(),
            Some(Relaxed),
            3,
        ),
        (
            "a list of both",
            format!("[{CLEAN},\n{CLEAN}]").into_bytes(),
            Some(Fine),
            3,
        ),
        (
            "a comma behind",
            format!("[{CLEAN},]").into_bytes(),
            Some(Relaxed),
            2,
        ),
        (
            // The payload itself is plain JSON.
            "a comment before",
            format!("// why\n{CLEAN}").into_bytes(),
            Some(Fine),
            2,
        ),
        (
            "a bracket too many",
            format!("{CLEAN}}}").into_bytes(),
            Some(Malformed),
            2,
        ),
        (
            // What a log looks like that was cut to nothing while its writer went on.
            "zeros in front",
            [&[0; 10_000][..], CLEAN.as_bytes()].concat(),
            Some(Fine),
            2,
        ),
        (
            "a nested event of great depth",
            format!("{}{CLEAN}{}", "[".repeat(300), "]".repeat(300)).into_bytes(),
            Some(Fine),
            1,
        ),
        (
            "a key of a megabyte",
            format!("{{\"{}\":1}}", "k".repeat(1 << 20)).into_bytes(),
            Some(Fine),
            1,
        ),
        (
            "a number of a megabyte",
            format!("{{\"a\":{}}}", "9".repeat(1 << 20)).into_bytes(),
            Some(Fine),
            1,
        ),
    ]
}

#[test]
fn every_kind_of_text_has_its_fate() {
    let mut faults = Vec::new();
    for (name, text, expected, events) in texts() {
        let input = [&text[..], b"\n", CLEAN.as_bytes(), b"\n"].concat();
        let (report, found) = lint(&input);
        if fate(&found) != expected || report.events != events {
            let said: Vec<_> = found
                .iter()
                .map(|f| format!("{} {}", f.rule_id(), f.message))
                .collect();
            faults.push(format!("{name}: {} events, {said:?}", report.events));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
