use super::*;

const SMALL: Limits = Limits {
    block: 64,
    whole: 128,
    record: 512,
};

/// The blocks of a text, with their frames in words; checks that no byte is lost.
fn frames(text: &str, limits: Limits) -> Vec<String> {
    let mut blocks = Blocks::new(text.as_bytes(), limits);
    let (mut all, mut shown, mut last) = (Vec::new(), Vec::new(), false);
    while let Some(block) = blocks.next(Vec::new()).unwrap() {
        assert!(!last, "a block after the last");
        assert_eq!(block.offset, all.len() as u64);
        last = block.last;
        let part = |range: &Range<usize>| {
            String::from_utf8_lossy(&block.bytes[range.clone()]).into_owned()
        };
        shown.push(match &block.frame {
            Frame::Texts(ranges) => {
                format!(
                    "texts {}",
                    ranges.iter().map(part).collect::<Vec<_>>().join("|")
                )
            }
            Frame::Elements {
                ranges,
                first,
                list,
            } => format!(
                "{first} {} {}",
                list.in_data,
                ranges.iter().map(part).collect::<Vec<_>>().join("|")
            ),
            Frame::Head(head) => format!("head {}", String::from_utf8_lossy(&head.text)),
            Frame::TooLarge { start } => format!("too large {start}"),
            Frame::Lines => "lines".to_owned(),
            Frame::Raw => "raw".to_owned(),
            Frame::Foreign(foreign) => foreign.what.to_owned(),
        });
        all.extend_from_slice(&block.bytes);
    }
    assert_eq!(String::from_utf8_lossy(&all), text);
    shown
}

#[test]
fn lines_are_cut_at_their_ends() {
    let text = "{\"a\":1}\n".repeat(20);
    assert_eq!(frames(&text, SMALL), ["lines", "lines", "lines"]);
    assert_eq!(frames("", SMALL), ["lines"]);
    assert_eq!(frames("{\"a\":1}", SMALL), ["lines"]);
}

#[test]
fn records_of_text_are_cut_where_one_begins() {
    let record = "2024-06-24T10:11:12Z Request\nmethod: POST\n\nbody: 1\n";
    let (mut blocks, text) = (Vec::new(), record.repeat(9));
    let mut reader = Blocks::new(text.as_bytes(), SMALL);
    while let Some(block) = reader.next(Vec::new()).unwrap() {
        blocks.push(block.bytes.len());
    }
    assert!(blocks.len() > 3);
    assert!(blocks.iter().all(|length| length % record.len() == 0));
}

#[test]
fn a_text_over_several_lines_is_kept_whole() {
    assert_eq!(
        frames("{\n\"a\":1\n}\n[\n]", SMALL),
        ["texts {\n\"a\":1\n}|[\n]"]
    );
    assert_eq!(frames("{\n\"a\":1\n", SMALL), ["lines"]);
    assert_eq!(
        frames("{\n\"a\":1\n}\nx y\n", SMALL),
        ["texts {\n\"a\":1\n}|x y"]
    );
}

#[test]
fn what_comes_behind_a_line_that_is_too_large_is_read() {
    let elements: Vec<String> = (0..40).map(|n| format!("{{\"n\":{n}}}")).collect();
    let body = format!("{{\n\"data\":[{}]\n}}\n", elements.join(",\n"));
    for line in ["{\"a\":1}\n", "sent {\n"] {
        let text = format!("{}\n{}\n{line}{body}", "x".repeat(40), "x".repeat(600));
        let shown = frames(&text, SMALL);
        assert!(shown.contains(&"too large 41".to_owned()), "{shown:?}");
        let read = shown.iter().any(|frame| frame.contains("{\"n\":39}"));
        assert!(read || shown.last().unwrap() == "lines", "{shown:?}");
    }
    // As a document right behind it, too.
    let limits = Limits {
        block: 1,
        whole: 1,
        record: 64,
    };
    let shown = frames(
        &format!("{}\nx: {{\n \"a\":[]\n}}\n", "x".repeat(80)),
        limits,
    );
    assert!(
        shown.iter().any(|frame| frame.contains("\"a\":[]")),
        "{shown:?}"
    );
}

#[test]
fn a_body_of_any_length_is_read_by_element() {
    let elements: Vec<String> = (0..40).map(|n| format!("{{\"n\":{n}}}")).collect();
    let text = format!("{{\"x\":1,\"data\":[{}],\"y\":2}}\n", elements.join(", "));
    let shown = frames(&text, SMALL);
    let listed: Vec<&str> = shown
        .iter()
        .filter_map(|frame| frame.split_once(" true "))
        .flat_map(|(_, elements)| elements.split('|'))
        .collect();
    assert_eq!(listed, elements);
    assert!(shown.contains(&"head {\"x\":1,\"data\":[],\"y\":2}".to_owned()));
    let text = format!("[{}]", elements.join(",\n"));
    let shown = frames(&text, SMALL);
    assert!(
        shown.iter().all(|frame| frame.contains(" false ")),
        "{shown:?}"
    );
}

#[test]
fn a_list_inside_a_text_is_read_by_element_too() {
    let elements: Vec<String> = (0..40).map(|n| format!("{{\"n\":[{n},0]}}")).collect();
    let list = elements.join(",\n ");
    for (before, behind) in [
        (
            "{\"log\":{\"v\":\"1\",\"entries\":[\n",
            "\n],\"z\":[1,[2]]}}",
        ),
        ("{\"logEvents\":[", "]} {\"a\":[1]}"),
        ("{\"a\":[{\"b\":{\"c\":[", "]}},2],\"data\":[1,2]}"),
    ] {
        let text = format!("{before}{list}{behind}\n");
        let shown = frames(&text, SMALL);
        let listed: Vec<&str> = shown
            .iter()
            .filter_map(|frame| frame.split_once(" false "))
            .flat_map(|(_, elements)| elements.split('|'))
            .collect();
        assert_eq!(listed, elements, "{shown:?}");
        let behind = behind.trim_start().split(" {").next().unwrap();
        let head = format!("head {}{behind}", before.trim_end());
        assert!(shown.contains(&head), "{shown:?}");
    }
}

#[test]
fn what_is_too_large_is_passed_over() {
    let big = "x".repeat(700);
    let text = format!("{{\"data\":[{{\"a\":1}},\"{big}\",{{\"b\":2}}]}}\n");
    let shown = frames(&text, SMALL);
    assert!(shown.contains(&"too large 17".to_owned()), "{shown:?}");
    assert!(shown.contains(&"0 true {\"a\":1}".to_owned()), "{shown:?}");
    assert!(shown.contains(&"2 true {\"b\":2}".to_owned()), "{shown:?}");
    let text = format!("{{\"a\":1}}\n{big}\n{{\"b\":2}}\n");
    let shown = frames(&text, SMALL);
    assert!(
        shown.iter().any(|frame| frame == "too large 8"),
        "{shown:?}"
    );
}

#[test]
fn broken_text_goes_to_the_line_reader() {
    let text = format!("{{\n\"a\":1]\n{}", "{\"b\":2}\n".repeat(30));
    assert!(frames(&text, SMALL).iter().all(|frame| frame == "lines"));
    assert_eq!(frames("\u{0}\u{1}", SMALL), ["binary data"]);
    let event = format!("{{\"event_name\":\"{}\"}}", "\u{0}".repeat(9));
    assert_eq!(frames(&event, SMALL), ["lines"]);
}

#[test]
fn other_formats_are_named_and_times_are_not_taken_for_one() {
    for (text, what) in [
        ("PAR1\u{15}", "a Parquet file"),
        ("Obj\u{1}\u{4}", "an Avro file"),
        ("5423:9:websocket;0:~8:response;", "a mitmproxy dump"),
        ("12:30:45 INFO sent to the dataset\n", "lines"),
        ("12:3:abc\n", "lines"),
    ] {
        let shown = frames(text, SMALL);
        assert_eq!(shown[0], what, "{text:?}");
    }
}
