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
    // The rest of the kinds in the JSON parsing test suite.
    (b"++1234", Malformed),
    (b"+Inf", Malformed),
    (b"-1.0.", Malformed),
    (b"-2.", Malformed),
    (b"-NaN", Malformed),
    (b".-1", Malformed),
    (b".2e-3", Malformed),
    (b"0.1.2", Malformed),
    (b"0.3e", Malformed),
    (b"0.3e+", Malformed),
    (b"0.e1", Malformed),
    (b"0E", Malformed),
    (b"0E+", Malformed),
    (b"1.0e-", Malformed),
    (b"1 000.0", Malformed),
    (b"1eE2", Malformed),
    (b"2.e+3", Malformed),
    (b"9.e+", Malformed),
    (b"1+2", Malformed),
    (b"0x42", Malformed),
    (b"Inf", Malformed),
    (b"0e+-1", Malformed),
    (b"-foo", Malformed),
    (b"- 1", Malformed),
    (b"-012", Malformed),
    (b"012", Malformed),
    (b"-123.123foo", Malformed),
    (b"1ea", Malformed),
    (b"1.2a-3", Malformed),
    (b"1.8011670033376514H-308", Malformed),
    (b"-1x", Malformed),
    (b"123123e100000", Fine),
    (b"-1e+9999", Fine),
    (b"123.456e-789", Fine),
    (b"[1 true]", Malformed),
    (b"[\"\": 1]", Malformed),
    (b"[\"\"],", Malformed),
    (b"[,]", Malformed),
    (b"[1,,]", Malformed),
    (b"[   , \"\"]", Malformed),
    (b"[\"x\"]]", Malformed),
    (b"[\"\",]", Relaxed),
    (b"[\"x\", truth]", Malformed),
    (b"[3[4]]", Malformed),
    (b"[1;2]", Malformed),
    (b"[-]", Malformed),
    (b"[\x0Ba\x0C]", Malformed),
    (b"[*]", Malformed),
    (b"[\"\"", Malformed),
    (b"[1,", Malformed),
    (b"[{}", Malformed),
    (b"[fals]", Malformed),
    (b"[nul]", Malformed),
    (b"[tru]", Malformed),
    (b"[1]x", Malformed),
    (b"[\"asd]", Malformed),
    (b"[\\n]", Malformed),
    (b"[<null>]", Malformed),
    (b"{[: \"x\"}", Malformed),
    (b"{\"x\", null}", Malformed),
    (b"{\"a\":\"a\" 123}", Malformed),
    (b"{\"a\" b}", Malformed),
    (b"{null:null,null:null}", Malformed),
    (b"{9999E9999:1}", Malformed),
    (b"{\"id\":0,,,,,}", Malformed),
    (b"{'a':0}", Malformed),
    (b"{\"a\":\"b\"}/**/", Relaxed),
    (b"{\"a\":\"b\"}/**//", Malformed),
    (b"{\"a\":\"b\"}/", Malformed),
    (b"{\"a\":/*c*/\"b\"}", Relaxed),
    (b"{\"a\":\"b\"}#", Malformed),
    (b"{\"a\":\"a", Malformed),
    (b"{\"foo\":\"bar\",\"a\"}", Malformed),
    (b"{\"a\":true} \"x\"", Malformed),
    (b"{\"a\":\"b\",", Malformed),
    ("{🇨🇭}".as_bytes(), Malformed),
    ("[é]".as_bytes(), Malformed),
    ("aå".as_bytes(), Malformed),
    ("⍂".as_bytes(), Malformed),
    (br#""\uD800\""#, Malformed),
    (br#""\uD800\u""#, Malformed),
    (br#""\uD800\u1""#, Malformed),
    (br#""\uD800\u1x""#, Malformed),
    (br#""\uD834\uDd""#, Malformed),
    (br#""\uD800\uD800\x""#, Malformed),
    (br#""\u00A""#, Malformed),
    (br#""\uqqqq""#, Malformed),
    (br#""\UA66D""#, Malformed),
    (br#"\u0020"asd""#, Malformed),
    (br#""\\\""#, Malformed),
    (b"\"\\\x00\"", Malformed),
    (b"\"\\\t\"", Malformed),
    (b"\"new\nline\"", Malformed),
    ("\"\\🌀\"".as_bytes(), Malformed),
    (br#"""x"#, Malformed),
    (br#"abc"#, Malformed),
    (br#""\\a""#, Fine),
    (br#""\\n""#, Fine),
    (br#""a/*b*/c/*d//e""#, Fine),
    (br#""\uD834\uDd1e""#, Fine),
    (br#""\uDBFF\uDFFF""#, Fine),
    (br#""\uD800\uD800\n""#, Fine),
    (br#""\u005C\u0022\u200B\u2064""#, Fine),
    ("\"\u{1BFFF}\u{FFFF}\u{2028}\"".as_bytes(), Fine),
    (br#"{"\uDFAA":0}"#, Fine),
    (b"\"\xFC\x83\xBF\xBF\xBF\xBF\"", NotUtf8),
    (b"\"\x81\"", NotUtf8),
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

/// Texts that are no JSON as a whole, as the JSON parsing test suite has them. What names no event
/// is any line of a log; all of them cost no more than themselves.
#[test]
fn a_text_that_is_none_costs_only_its_line() {
    let deep = "[{\"\":".repeat(50_000);
    let texts: Vec<&[u8]> = vec![
        b"<.>",
        b"<null>",
        b"[1]x",
        b"[1]]",
        b"[][]",
        b"[\"asd]",
        b"[True]",
        b"[null",
        b"[ false, nul",
        b"[ true, fals",
        b"[ false, tru",
        b"1]",
        b"]",
        b"2@",
        b"*",
        b"\xC3\xA9",
        b"\xE5",
        b"a\xC3\xA5",
        b"\xEF\xBB{}",
        b"\xEF\xBB\xBF",
        b"[\xE2\x81\xA0]",
        b"\xE2\x81\xA0",
        b"[\x0C]",
        b"[\\u000A\"\"]",
        b"{\"x\": true,",
        b"{\"a\":\"b\"}#{}",
        b"{\"a\": true} \"x\"",
        b"{}}",
        b"{]",
        b"{,",
        b"{[",
        b"{\"a",
        b"{'a'",
        b"['",
        b"[,",
        b"[{",
        b"[\"a",
        b"[\"a\"",
        b"[{}",
        b"{",
        b"{\"\":",
        b"{\"asd\":\"asd\"",
        b"[\"\\{[\"\\{[\"\\{[\"\\{",
        b"[\"a\",\n4\n,1,",
        b"[1,\n1\n,1",
        b"\0",
        b" ",
        b"\"",
        b"\"a",
        b"'single quote'",
        b"abc",
        b"[\"x\",,]",
        b"{\"a\":\"b\"}/**/",
        b"-0",
        b"null",
        b"42",
        b"\"asd\"",
        deep.as_bytes(),
    ];
    for text in texts {
        let input = [text, b"\n", CLEAN.as_bytes(), b"\n"].concat();
        let (report, found) = lint(&input);
        let name = String::from_utf8_lossy(&text[..text.len().min(40)]);
        assert_eq!(report.events, 1, "{name}: {:?}", fate(&found));
        assert!(!matches!(fate(&found), Some(Twice)), "{name}");
    }
    // UTF-16, with its mark and without, in both orders; its log is read where the mark tells.
    for (mark, units) in [(true, 2), (false, 0)] {
        for swapped in [false, true] {
            let text = format!("{}{CLEAN}\n{CLEAN}\n", if mark { "\u{feff}" } else { "" });
            let order = |unit: u16| match swapped {
                false => unit.to_le_bytes(),
                true => unit.to_be_bytes(),
            };
            let bytes: Vec<u8> = text.encode_utf16().flat_map(order).collect();
            let mut text = Vec::new();
            let (_, mut reader) =
                capilint::input::unpack::open(&bytes[..], capilint::input::unpack::Ceiling::Usual)
                    .expect("text");
            std::io::Read::read_to_end(&mut reader, &mut text).expect("text");
            assert_eq!(lint(&text).0.events, units, "{mark} {swapped}");
        }
    }
}
