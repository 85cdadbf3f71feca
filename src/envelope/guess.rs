//! What a file without any event looks like, for someone who took it for a log of payloads.

use crate::values::name::Name;

/// So much of a file is looked at.
const HEAD: usize = 1 << 16;

/// What the beginning of a file looks like, and what would help; `None` when nothing fits.
pub(crate) fn of(text: &str) -> Option<&'static str> {
    let mut end = text.len().min(HEAD);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let whole = end == text.len();
    let text = text[..end].trim_start_matches('\u{feff}').trim_start();
    let start: String = text.chars().take(32).collect::<String>().to_lowercase();
    let has = |words: &[&str]| words.iter().all(|word| text.contains(word));
    let any = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        return Some("an HTML page: save what it links to or shows, not the page");
    }
    if has(&["\"constants\"", "\"logEventTypes\""]) {
        return Some(
            "a NetLog of Chrome, which keeps no bodies: record the requests as HAR instead \
             (developer tools, Network, Export HAR)",
        );
    }
    if any(&["facebook.com/tr", "/tr/?id=", "/tr?id="]) && any(&["&ev=", "?ev=", "\"ev\""]) {
        return Some(
            "requests of the browser's pixel: read them beside the server's log with --pixel",
        );
    }
    if start.starts_with("<?xml") || (start.starts_with('<') && text.contains("</")) {
        return Some("XML: export the requests as HAR or as lines of JSON");
    }
    if has(&["\"exportFormatVersion\"", "\"containerVersion\""]) {
        return Some(
            "an export of a tag manager's container, which says what its tags are to do and not \
             what they sent",
        );
    }
    if any(&["fbtrace_id", "events_received"]) {
        return Some("answers of Meta without the requests: log the bodies as well");
    }
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let count = lines().count();
    // The last line may be cut.
    let count = if whole {
        count
    } else {
        count.saturating_sub(1)
    };
    let most = |number: usize| count > 0 && number * 10 >= count * 8;
    let is_access = |line: &&str| {
        (line.contains(" HTTP/1") || line.contains(" HTTP/2"))
            && ["\"GET ", "\"POST ", "\"HEAD ", "\"PUT "]
                .iter()
                .any(|method| line.contains(method))
    };
    if most(lines().filter(is_access).count()) {
        return Some("an access log without bodies: the server has to log $request_body as well");
    }
    if start.starts_with("<?php") || start.starts_with("#!") {
        return Some("a program, not what it sent");
    }
    if text.starts_with('{') && any(&["\"dependencies\"", "\"compilerOptions\"", "\"$schema\""]) {
        return Some("a configuration");
    }
    if is_table(lines().take(count)) {
        let of_events = [Name::EventName, Name::EventTime].iter().all(|name| {
            lines()
                .next()
                .is_some_and(|head| head.contains(name.text()))
        });
        return Some(match of_events {
            true => "a table with a column for each key: export each row as JSON",
            false => "a table without a column of JSON: export the column that holds the payloads",
        });
    }
    let is_setting = |line: &&str| {
        let separator = line.find([':', '=']);
        line.starts_with(['#', ';', '-', '['])
            || separator.is_some_and(|at| {
                !line[..at].contains(' ') || line[..at].trim_end().len() + 1 == at
            })
    };
    let dated = lines().any(|line| line.starts_with(|c: char| c.is_ascii_digit()));
    if count > 2 && !dated && !text.contains('{') && lines().all(|line| is_setting(&line)) {
        return Some("a configuration");
    }
    None
}

/// Whether all rows have as many cells as the first, and none of them holds JSON.
fn is_table<'t>(rows: impl Iterator<Item = &'t str> + Clone) -> bool {
    let cells = |row: &str, border: char| {
        let (mut quoted, mut cells) = (false, 1);
        for c in row.chars() {
            quoted ^= c == '"';
            cells += usize::from(c == border && !quoted);
        }
        cells
    };
    let has_rows = rows.clone().nth(1).is_some();
    has_rows
        && [',', '\t', ';'].into_iter().any(|border| {
            let first = rows.clone().next().map_or(0, |head| cells(head, border));
            first > 2 && (rows.clone()).all(|row| cells(row, border) == first && !row.contains('{'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_beginning() {
        for (text, begins) in [
            (
                "\u{feff}<!DOCTYPE html>\n<html><body>x</body></html>",
                "an HTML page",
            ),
            (
                "10.0.0.1 - - [24/Jun/2026:10:11:12 +0000] \"POST /capi HTTP/1.1\" 200 12\n10.0.0.1 - - [24/Jun/2026:10:11:13 +0000] \"GET / HTTP/1.1\" 200 12\n",
                "an access log",
            ),
            (
                "https://www.facebook.com/tr/?id=1234567890&ev=PageView&dl=https%3A%2F%2Fshop.example.com\n",
                "requests of the browser's pixel",
            ),
            (
                "order,total,date\n1,20.00,2026-06-24\n2,30.00,2026-06-24\n",
                "a table without",
            ),
            (
                "event_name,event_time,value\nLead,1782396030,1\n",
                "a table with",
            ),
            (
                "{\"events_received\":1,\"fbtrace_id\":\"A\"}\n",
                "answers of Meta",
            ),
            (
                "{\n \"name\":\"shop\",\n \"dependencies\":{}\n}\n",
                "a configuration",
            ),
            (
                "# settings\npixel_id: 1\ntoken: x\nretries: 3\n",
                "a configuration",
            ),
            ("<?xml version=\"1.0\"?><a></a>", "XML"),
            ("<?php\necho 1;\n", "a program"),
            (
                "{\"constants\":{\"logEventTypes\":{\"FAILED\":1}},\n\"events\":[{\"params\":{\"url\":\"https://www.facebook.com/tr/?id=1&ev=Lead\"}}]}",
                "a NetLog",
            ),
        ] {
            let guess = of(text);
            assert!(
                guess.is_some_and(|guess| guess.starts_with(begins)),
                "{text}: {guess:?}"
            );
        }
        for text in [
            "",
            "hello\n",
            "2026-06-24 10:11:12 started\n2026-06-24 10:11:13 done\n",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
