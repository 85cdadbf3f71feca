//! Tables and the way figures are written in them.

use comfy_table::{
    Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table,
    modifiers::UTF8_ROUND_CORNERS, presets::UTF8_FULL_CONDENSED,
};

use super::Style;
use crate::finding::Severity;
use crate::report::{EventRow, Report, count};
use crate::score::{CAVEAT, Estimate, NOT_WEBSITE, NameReport, Presence, ScoreKey};
use crate::values::printable::{masked, visible};

/// Event_names in the table of keys; more would not fit a screen.
const NAMES_WIDE: usize = 4;
/// Columns that the keys and one event_name in that table take.
const KEYS_COLUMN: usize = 21;
const NAME_COLUMN: usize = 18;
/// Below this width there are lines instead of tables.
const LEAST_TABLE: usize = 60;
/// A column whose words may go on in the next line is at least so wide.
const LEAST_COLUMN: usize = 12;

/// An empty table as wide as the terminal allows.
fn table(style: &Style, header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(UTF8_FULL_CONDENSED)
        .apply_modifier(UTF8_ROUND_CORNERS)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(style.width.clamp(40, 240) as u16)
        .set_header(header);
    if style.colour {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table
}

/// How a table gives way to a narrow terminal.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layout<'l> {
    /// Columns of figures, which stand at the right.
    pub right: &'l [usize],
    /// Columns whose words may go on in the next line; the others are never split.
    pub wraps: &'l [usize],
    /// Columns that are left out, in this order.
    pub drops: &'l [usize],
    /// So many columns tell the rows apart: they begin the line of a row where no table fits.
    pub head: usize,
    /// Columns whose cells say themselves what they are: their titles are left out of such a line.
    pub clear: &'l [usize],
}

/// The rows as a table; where that does not fit, in a line each.
pub fn laid_out(
    style: &Style,
    header: &[&str],
    rows: Vec<Vec<Cell>>,
    layout: Layout<'_>,
) -> String {
    let length = |text: &str| text.chars().count();
    let whole = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let widths = cells.map(|cell| length(&cell.content()));
        widths.chain([length(header[column])]).max().unwrap_or(0)
    };
    let least: Vec<usize> = (0..header.len())
        .map(|column| match layout.wraps.contains(&column) {
            true => whole(column).min(LEAST_COLUMN),
            false => whole(column),
        })
        .collect();
    let mut shown: Vec<usize> = (0..header.len()).collect();
    let fits = |shown: &[usize]| {
        let cells: usize = shown.iter().map(|&column| least[column] + 3).sum();
        cells < style.width
    };
    let mut drops = layout.drops.iter();
    while !fits(&shown)
        && let Some(drop) = drops.next()
    {
        shown.retain(|column| column != drop);
    }
    if style.width < LEAST_TABLE || !fits(&shown) {
        return rows
            .iter()
            .map(|row| filled(&in_a_line(header, row, &layout), "  ", style.width) + "\n")
            .collect();
    }
    let titles: Vec<&str> = shown.iter().map(|&column| header[column]).collect();
    let mut table = table(style, &titles);
    for row in rows {
        let cells = row.into_iter().enumerate();
        let kept = cells.filter(|(column, _)| shown.contains(column));
        table.add_row(kept.map(|(_, cell)| cell));
    }
    for (at, column) in shown.iter().enumerate() {
        let Some(made) = table.column_mut(at) else {
            continue;
        };
        if layout.right.contains(column) {
            made.set_cell_alignment(CellAlignment::Right);
        }
        if !layout.wraps.contains(column) {
            made.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    format!("{table}\n")
}

/// `error CL102 hash-of-empty: findings 1, events 1, fix safe`.
fn in_a_line(header: &[&str], row: &[Cell], layout: &Layout<'_>) -> String {
    let told: Vec<String> = row[..layout.head].iter().map(Cell::content).collect();
    let rest: Vec<String> = header
        .iter()
        .zip(row)
        .enumerate()
        .skip(layout.head)
        .map(|(column, (title, cell))| (column, title, cell.content()))
        .filter(|(.., cell)| !cell.is_empty() && cell != "–")
        .map(
            |(column, title, cell)| match layout.clear.contains(&column) {
                true => cell,
                false => format!("{title} {cell}"),
            },
        )
        .collect();
    format!("{}: {}", told.join(" "), rest.join(", "))
}

/// Cells of plain text.
pub fn cells<const N: usize>(texts: [String; N]) -> Vec<Cell> {
    texts.map(Cell::new).into()
}

/// A cell with a severity, in its colour.
pub fn severity_cell(severity: Severity) -> Cell {
    Cell::new(severity.word()).fg(match severity {
        Severity::Error => Color::Red,
        Severity::Warning => Color::Yellow,
        Severity::Info => Color::Cyan,
    })
}

/// A number with its thousands apart: `1,234,567`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 error`, `1,234 errors`.
pub fn counted(number: u64, word: &str) -> String {
    let plain = count(number, word);
    let noun = plain.trim_start_matches(|c: char| c.is_ascii_digit());
    thousands(number) + noun
}

/// A share as per cent: never `0 %` for something, nor `100 %` for not all.
pub fn percent(share: f64) -> String {
    match share {
        _ if share <= 0.0 => "0 %".to_owned(),
        _ if share >= 1.0 => "100 %".to_owned(),
        _ if share < 0.0001 => "<0.01 %".to_owned(),
        _ if share < 0.1 => format!("{:.2} %", share * 100.0),
        _ => format!("{:.1} %", (share * 100.0).min(99.9)),
    }
}

/// A share as a whole number of per cent, for narrow columns.
fn whole_percent(share: f64) -> String {
    match share {
        _ if share <= 0.0 => "0".to_owned(),
        _ if share >= 1.0 => "100".to_owned(),
        _ if share < 0.01 => "<1".to_owned(),
        _ => format!("{:.0}", (share * 100.0).floor()),
    }
}

/// Bytes in a unit that people read.
pub fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    for unit in ["KB", "MB", "GB", "TB"] {
        value /= 1000.0;
        if bytes < 1000 {
            break;
        }
        if value < 999.95 || unit == "TB" {
            return format!("{value:.1} {unit}");
        }
    }
    count(bytes, "byte")
}

/// Text in which lines that are too long go on in the next, from a space on. Tables have their
/// width already.
pub fn within(text: &str, style: &Style) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for line in text.split_terminator('\n') {
        if line.starts_with(['│', '╭', '╞', '╰', '├']) {
            out.push_str(line);
        } else {
            out.push_str(&filled(line, "", style.width));
        }
        out.push('\n');
    }
    out
}

/// One paragraph, whose lines from the second on begin with `indent`. Paths and addresses stay whole, so
/// that they can be copied.
pub fn filled(text: &str, indent: &str, width: usize) -> String {
    let options = textwrap::Options::new(width)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .subsequent_indent(indent);
    textwrap::fill(text, &options)
}

/// `text` in a colour of the terminal (an SGR code), when there are colours.
pub fn paint(style: &Style, code: &str, text: &str) -> String {
    if style.colour {
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

/// A score with one decimal.
fn points(score: f64) -> String {
    format!("{score:.1}")
}

/// The caveat that stands once under scores.
pub fn caveat() -> String {
    format!("{CAVEAT}\n")
}

/// One row an event: name, score, range, what is missing or bad.
pub fn events_table(rows: &[EventRow], style: &Style) -> String {
    let rows = rows.iter().map(|row| {
        let (score, range) = match &row.score {
            Some(Estimate {
                score, low, high, ..
            }) => (points(*score), format!("{low:.1}–{high:.1}")),
            None => ("–".to_owned(), "not scored".to_owned()),
        };
        // There is one only where values may be shown.
        let id = row.event_id.as_deref().filter(|_| style.show_values);
        let id = id.map_or(String::new(), |id| format!(" {}", visible(&masked(id))));
        cells([
            format!("{}:{} #{}{id}", visible(&row.file), row.line, row.event),
            row.event_name.clone().unwrap_or_else(|| "–".to_owned()),
            score,
            range,
            lacks(&row.presence, row.score.is_some()),
        ])
    });
    laid_out(
        style,
        &["event", "name", "score", "range", "missing or bad"],
        rows.collect(),
        Layout {
            right: &[2, 3],
            wraps: &[0, 1, 4],
            head: 1,
            clear: &[4],
            ..Layout::default()
        },
    )
}

/// Keys that every website event can have; the click id cannot be had without a click.
const EXPECTED: [ScoreKey; 6] = [
    ScoreKey::Em,
    ScoreKey::Ph,
    ScoreKey::ExternalId,
    ScoreKey::Fbp,
    ScoreKey::Ip,
    ScoreKey::Ua,
];
const NAME: [ScoreKey; 2] = [ScoreKey::Fn, ScoreKey::Ln];
const ADDRESS: [ScoreKey; 4] = [ScoreKey::Ct, ScoreKey::St, ScoreKey::Zp, ScoreKey::Country];

/// What of an event's keys can match nobody, and which of those that matter are not there. A sale in
/// a shop or a message is not scored and has no browser whose keys could be missing.
fn lacks(presence: &Presence, is_scored: bool) -> String {
    let sent = presence.sent();
    let bad: Vec<&str> = presence.bad().iter().map(ScoreKey::name).collect();
    let mut missing: Vec<&str> = Vec::new();
    if is_scored {
        missing.extend(
            EXPECTED
                .into_iter()
                .filter(|&key| !sent.has(key))
                .map(ScoreKey::name),
        );
        if !NAME.into_iter().any(|key| sent.has(key)) {
            missing.push("name");
        }
        if !ADDRESS.into_iter().any(|key| sent.has(key)) {
            missing.push("address");
        }
    }
    let mut parts = Vec::new();
    if !bad.is_empty() {
        parts.push(format!("bad: {}", bad.join(", ")));
    }
    if !missing.is_empty() {
        parts.push(format!("missing: {}", missing.join(", ")));
    }
    parts.join("; ")
}

/// The scores by event_name, those with the most events first.
pub fn name_reports(report: &Report) -> Vec<NameReport> {
    let mut names: Vec<NameReport> = report
        .names
        .iter()
        .map(|(name, score)| score.report(name))
        .collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.events));
    names
}

/// The score by event_name with the best gains, the coverage of keys, and the click id apart.
pub fn names_table(report: &Report, style: &Style) -> String {
    let names = name_reports(report);
    let rows = names.iter().map(|name| {
        let mut row = vec![name.event_name.clone(), thousands(name.events)];
        row.extend(match (&name.detail, name.score) {
            (Some(detail), Some(score)) => {
                let gains: Vec<String> = detail
                    .gains
                    .iter()
                    .take(2)
                    .map(|gain| format!("{} +{:.1}", gain.label, gain.gain))
                    .collect();
                [
                    points(score),
                    format!("{:.1}–{:.1}", detail.low, detail.high),
                    detail.band_text(),
                    gains.join(", "),
                ]
            }
            _ => ["–", "–", "–", name.why.unwrap_or(NOT_WEBSITE)].map(str::to_owned),
        });
        row.into_iter().map(Cell::new).collect()
    });
    let header = [
        "event_name",
        "events",
        "score",
        "range",
        "band",
        "best gains",
    ];
    let layout = Layout {
        right: &[1, 2, 3],
        wraps: &[0, 4, 5],
        head: 1,
        ..Layout::default()
    };
    let mut out = laid_out(style, &header, rows.collect(), layout);
    out.push_str(&attribution(&names));
    out.push_str(&notes(&names));
    out.push_str(&coverage(&names, style));
    out
}

/// The click id decides which ad gets the credit and is no matter of match quality.
fn attribution(names: &[NameReport]) -> String {
    let shares: Vec<String> = names
        .iter()
        .filter_map(|name| Some((name, name.detail.as_ref()?)))
        .take(NAMES_WIDE)
        .map(|(name, detail)| {
            let share = percent(detail.attribution.fbc);
            format!("{share} of {}", name.event_name.clone())
        })
        .collect();
    if shares.is_empty() {
        return String::new();
    }
    format!(
        "attribution: a valid fbc is on {}; it decides which ad gets the credit, not the score\n",
        shares.join(", ")
    )
}

fn notes(names: &[NameReport]) -> String {
    let mut said: Vec<(&str, Vec<String>)> = Vec::new();
    for name in names {
        let Some(note) = name
            .detail
            .as_ref()
            .and_then(|detail| detail.note.as_deref())
        else {
            continue;
        };
        match said.iter_mut().find(|(text, _)| *text == note) {
            Some((_, who)) => who.push(name.event_name.clone()),
            None => said.push((note, vec![name.event_name.clone()])),
        }
    }
    said.iter()
        .map(|(note, who)| {
            let whom = match who.len() {
                n if n <= NAMES_WIDE => who.join(", "),
                n => format!(
                    "{} and {} more",
                    who[..NAMES_WIDE].join(", "),
                    n - NAMES_WIDE
                ),
            };
            format!("note on {whom}: {note}\n")
        })
        .collect()
}

/// Which share of events has each key: sent, usable, proven.
fn coverage(names: &[NameReport], style: &Style) -> String {
    let room = style.width.saturating_sub(KEYS_COLUMN) / NAME_COLUMN;
    let wide = &names[..names.len().min(room.clamp(1, NAMES_WIDE))];
    let has = |key: ScoreKey| {
        wide.iter()
            .any(|name| name.coverage.0.iter().any(|(k, _)| *k == key))
    };
    let keys: Vec<ScoreKey> = ScoreKey::ALL.iter().copied().filter(|&k| has(k)).collect();
    if keys.is_empty() {
        return String::new();
    }
    let titles: Vec<String> = wide.iter().map(|name| name.event_name.clone()).collect();
    let mut header = vec!["key"];
    header.extend(titles.iter().map(String::as_str));
    let rows = keys.into_iter().map(|key| {
        let mut row = vec![key.name().to_owned()];
        for name in wide {
            let shares = name.coverage.0.iter().find(|(k, _)| *k == key);
            row.push(shares.map_or_else(
                || "–".to_owned(),
                |(_, shares)| {
                    [shares.sent, shares.usable, shares.proven]
                        .map(whole_percent)
                        .join(" / ")
                },
            ));
        }
        row.into_iter().map(Cell::new).collect()
    });
    let figures: Vec<usize> = (1..=wide.len()).collect();
    let layout = Layout {
        right: &figures,
        wraps: &figures,
        head: 1,
        ..Layout::default()
    };
    let table = laid_out(style, &header, rows.collect(), layout);
    let mut out = format!("coverage, in % of events: sent / usable / proven\n{table}");
    if names.len() > wide.len() {
        out.push_str(&format!(
            "and {}: `capilint score --by name --format csv` lists all keys\n",
            counted((names.len() - wide.len()) as u64, "more event_name")
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_honest() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(counted(1, "event"), "1 event");
        assert_eq!(counted(12_000, "event"), "12,000 events");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(percent(0.00001), "<0.01 %");
        assert_eq!(percent(0.0345), "3.45 %");
        assert_eq!(percent(0.99999), "99.9 %");
        assert_eq!(percent(1.0), "100 %");
        assert_eq!(size(1), "1 byte");
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1000), "1.0 KB");
        assert_eq!(size(999_999), "1.0 MB");
        assert_eq!(size(1_500_000_000), "1.5 GB");
    }
}
