//! Tables written as text: rows whose cells hold line breaks, and the columns that tell when each
//! row was written.

use super::labels::{self, Column, Told};
use super::when::Naive;
use crate::event::Envelope;

/// How far the row reaches that begins with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// No further than the line, or it is no row of a table.
    Line,
    /// To the end of a line below.
    To(usize),
    /// Behind the text: the cell that is open does not end in it.
    Beyond,
}

const fn is_border(byte: u8) -> bool {
    matches!(byte, b',' | b';' | b'\t' | b'|')
}

/// No row has so many cells of several lines: what quotes lie on every line of is no table, and is
/// not followed to its end from each of them.
const MOST_OPEN_CELLS: usize = 64;

/// How far the row reaches that begins `bytes`, whose first line is `line` bytes long. Only a row
/// with JSON in a quoted cell is worth following.
pub fn reach(bytes: &[u8], line: usize) -> Reach {
    let Some(mut open) = open_cell(&bytes[..line]) else {
        return Reach::Line;
    };
    let mut is_wanted = false;
    for _ in 0..MOST_OPEN_CELLS {
        let Some(close) = close_of(bytes, open) else {
            return match is_wanted || holds_json(&bytes[open..]) {
                true => Reach::Beyond,
                false => Reach::Line,
            };
        };
        let behind = bytes.get(close + 1);
        if behind.is_some_and(|&byte| !is_border(byte) && !matches!(byte, b'\r' | b'\n')) {
            return Reach::Line;
        }
        is_wanted |= holds_json(&bytes[open..close]);
        let rest = &bytes[close + 1..];
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let Some(next) = open_cell(&rest[..end]) else {
            return match is_wanted {
                true => Reach::To(close + 1 + end),
                false => Reach::Line,
            };
        };
        open = close + 1 + next;
    }
    Reach::Line
}

/// Where the content begins of the cell in which a line ends.
fn open_cell(line: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        if line.get(at) == Some(&b'"') {
            at = match close_of(line, at + 1) {
                Some(close) => close + 1,
                None => return Some(at + 1),
            };
        }
        // What follows a quoted cell without a border belongs to no table, which shows later.
        at += line[at..].iter().position(|&byte| is_border(byte))? + 1;
    }
}

/// The quote that ends a cell: the first that is not doubled.
fn close_of(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open;
    loop {
        at += memchr::memchr(b'"', bytes.get(at..)?)?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// Whether a cell holds an object as tables write it: with doubled quotes.
fn holds_json(cell: &[u8]) -> bool {
    memchr::memchr_iter(b'{', cell).any(|at| cell[at + 1..].trim_ascii_start().starts_with(b"\"\""))
}

/// The columns of a table that tell when a row was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    border: u8,
    count: usize,
    times: Vec<(usize, Column)>,
}

/// Longer text is no name of a column.
const LONGEST_NAME: usize = 40;

impl Columns {
    /// The columns that a line names, when it is the head of a table and one of them holds times.
    pub fn of_head(line: &str) -> Option<Columns> {
        let line = line.trim_start_matches('\u{feff}').trim_end();
        let count = |border: u8| line.bytes().filter(|&byte| byte == border).count();
        let border = [b',', b';', b'\t', b'|']
            .into_iter()
            .max_by_key(|&border| count(border))?;
        let is_name = |name: &str| {
            let of_name =
                |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b' ');
            let rest = name.strip_prefix('@').unwrap_or(name);
            // The zone of its times.
            let bare = rest
                .strip_suffix(']')
                .and_then(|rest| rest.split_once(" ["));
            let rest = bare.map_or(rest, |(name, _)| name);
            !rest.is_empty() && name.len() <= LONGEST_NAME && rest.bytes().all(of_name)
        };
        let mut columns = Columns {
            border,
            count: 0,
            times: Vec::new(),
        };
        for name in cells(line, border) {
            let name = name.trim();
            if !is_name(name) {
                return None;
            }
            if let Some(column) = labels::column(name) {
                columns.times.push((columns.count, column));
            }
            columns.count += 1;
        }
        (columns.count > 1 && !columns.times.is_empty()).then_some(columns)
    }

    /// The columns of the rows that follow in a dump of Postgres, when one of them holds times:
    /// `COPY public.capi_log (id, payload, created_at) FROM stdin;`.
    pub fn of_copy(line: &str) -> Option<Columns> {
        let names = line.trim_end().strip_prefix("COPY ")?;
        let names = names.strip_suffix(") FROM stdin;")?.split_once(" (")?.1;
        let names: Vec<&str> = names
            .split(", ")
            .map(|name| name.trim_matches('"'))
            .collect();
        let times = names.iter().enumerate();
        let times: Vec<(usize, Column)> = times
            .filter_map(|(index, name)| Some((index, labels::column(name)?)))
            .collect();
        (!times.is_empty()).then_some(Columns {
            border: b'\t',
            count: names.len(),
            times,
        })
    }

    /// Takes over when a row was written.
    pub(crate) fn see(&self, row: &str, envelope: &mut Envelope<'_>, zone: Naive<'_>) {
        let (mut best, mut count): (Option<Told>, usize) = (None, 0);
        for cell in cells(row, self.border) {
            let of_time = self.times.iter().find(|(index, _)| *index == count);
            if let Some(told) = of_time.and_then(|(_, column)| column.told(cell, zone)) {
                told.or(&mut best);
            }
            count += 1;
        }
        // In a row with more or fewer cells nobody knows which is which.
        if let Some(told) = best.filter(|_| count == self.count) {
            envelope.sent_at = Some(told.millis);
            envelope.trust = Some(told.trust);
        }
    }
}

/// The contents of the cells of a row.
fn cells(row: &str, border: u8) -> impl Iterator<Item = &str> {
    let bytes = row.as_bytes();
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let is_quoted = bytes.get(start) == Some(&b'"');
        let close = is_quoted.then(|| close_of(bytes, start + 1)).flatten();
        let from = close.unwrap_or(start);
        let end = memchr::memchr(border, &bytes[from..]).map_or(row.len(), |length| from + length);
        next = (end < row.len()).then_some(end + 1);
        Some(match close {
            Some(close) => &row[start + 1..close],
            None => &row[start..end],
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach_of(text: &str) -> Reach {
        reach(text.as_bytes(), text.find('\n').unwrap_or(text.len()))
    }

    #[test]
    fn quotes_on_every_line_are_no_row() {
        let of = |rows: usize| format!("\"{{\"\"a\n{}", "\",\"{\"\"a\n".repeat(rows));
        assert_eq!(reach_of(&of(9)), Reach::Beyond);
        assert_eq!(reach_of(&of(1_000)), Reach::Line);
    }

    #[test]
    fn a_row_goes_on_where_a_cell_with_json_is_open() {
        for row in [
            "1,\"{\n  \"\"a\"\": 1\n}\",x",
            "\"{\r\n\"\"a\"\": \"\"b\"\"\r\n}\"",
            "1;\"sent\n{\"\"a\"\":1}\";\"two\nlines\"",
            "1\t\"two\nlines\"\t\"[\n {\n  \"\"a\"\": \"\"\"\"\n }\n]\"",
        ] {
            assert_eq!(reach_of(row), Reach::To(row.len()), "{row}");
            assert_eq!(reach_of(&format!("{row}\nnext")), Reach::To(row.len()));
        }
        assert_eq!(reach_of("1,\"{\n  \"\"a\"\": 1\n"), Reach::Beyond);
        for line in [
            "1,\"{\"\"a\"\":1}\"\n2,\"{\"\"a\"\":1}\"",
            "say,\"hello\n{\"a\":1}\n\"",
            "x {\"a\":1,\"b\n{\"c\":\"\"}",
            "1,\"{\n\"a\": 1}\"",
            "1,\"two\nlines\",3",
            "",
        ] {
            assert_eq!(reach_of(line), Reach::Line, "{line}");
        }
    }

    #[test]
    fn a_dump_names_the_columns_of_its_rows() {
        let copy = "COPY public.capi_log (id, payload, \"created_at\") FROM stdin;\n";
        let columns = Columns::of_copy(copy).unwrap();
        let sent_at = |row: &str| {
            let mut envelope = Envelope::default();
            columns.see(row, &mut envelope, Naive::Unknown);
            envelope.sent_at
        };
        let row = "7\t{\"a\": 1}\t2024-06-24 10:11:12+00";
        assert_eq!(sent_at(row), Some(1_719_223_872_000));
        assert_eq!(sent_at("7\t2024-06-24 10:11:12+00"), None);
        assert_eq!(sent_at("7\t{}\t\\N"), None);
        for line in [
            "COPY public.capi_log (id, payload) FROM stdin;",
            "COPY public.capi_log (id, created_at) TO stdout;",
            "SELECT 1;",
        ] {
            assert_eq!(Columns::of_copy(line), None, "{line}");
        }
    }

    #[test]
    fn the_head_of_a_table_says_which_cell_is_a_time() {
        let sent_at = |head: &str, row: &str| {
            let columns = Columns::of_head(head)?;
            let mut envelope = Envelope::default();
            columns.see(row, &mut envelope, Naive::Unknown);
            envelope.sent_at
        };
        let millis = Some(1_719_223_872_000);
        for (head, row) in [
            ("id,timestamp", "1,2024-06-24T10:11:12Z"),
            ("\"id\";\"Time\"", "\"1\";\"1719223872\""),
            (
                "created_at\tbody\tsent_at",
                "2024-06-20T10:11:12Z\t{\"a\":1}\t1719223872000",
            ),
            (
                "@timestamp,@message",
                "2024-06-24 10:11:12.000,\"{\"\"a\"\":\n1}\"",
            ),
            (
                "\u{feff}Date,Host,Message\r",
                "2024-06-24T10:11:12.000Z,h,\"a,b\"",
            ),
            (
                "TimeGenerated [UTC],Message",
                "\"6/24/2024, 10:11:12.000 AM\",\"a,b\"",
            ),
            ("timestamp [UTC],message", "2024-06-24T10:11:12.000Z,x"),
        ] {
            assert_eq!(sent_at(head, row), millis, "{head}");
        }
        for (head, row) in [
            ("id,timestamp", "1,2024-06-24T10:11:12Z,x"),
            ("id,timestamp", "1,58213"),
            (
                "TimeGenerated [Local Time],Message",
                "\"6/24/2024, 10:11:12.000 AM\",x",
            ),
            ("id,timestamp", "1,\"6/24/2024, 10:11:12.000 AM\""),
            ("id,event_time", "1,2024-06-24T10:11:12Z"),
            ("time: 7, level=info", "x, 2024-06-24T10:11:12Z"),
            ("timestamp", "2024-06-24T10:11:12Z"),
        ] {
            assert_eq!(sent_at(head, row), None, "{head}");
        }
    }
}
