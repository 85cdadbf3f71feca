//! `human`: findings with excerpts, one by one or grouped when they are many, then totals, and at
//! last the one line that agrees with the exit code.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt;
use std::io::{self, Write};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents, ThemeStyles,
};

use super::concise::place;
use super::table::{
    Layout, caveat, cells, counted, events_table, laid_out, names_table, paint, percent,
    severity_cell, size, thousands, within,
};
use super::{Fixing, Reporter, Style, Wants, diff, fixes};
use crate::envelope::when::Trust;
use crate::facts;
use crate::finding::Severity;
use crate::report::{EventRow, Group, Located, Report, RuleTally, Verdict};
use crate::resend::{REJECTS, REQUESTS};
use crate::rules;
use crate::values::printable;

/// Rows of the table of events.
const EVENTS: usize = 20;
/// Places named of a group of findings.
const PLACES: usize = 3;

/// A report for people.
pub struct Human<W> {
    out: W,
    style: Style,
}

impl<W: Write> Human<W> {
    /// Writes to `out`.
    pub fn new(out: W, style: Style) -> Self {
        Human { out, style }
    }
}

impl<W: Write> Reporter for Human<W> {
    fn wants(&self) -> Wants {
        Wants {
            findings: false,
            events: false,
            excerpts: !self.style.quiet
                && self.style.max_findings > 0
                && self.style.fixing != Fixing::Diff,
        }
    }

    fn finding(&mut self, _: &Located) -> io::Result<()> {
        Ok(())
    }

    fn event(&mut self, _: &EventRow) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, report: &Report, verdict: &Verdict) -> io::Result<()> {
        if !self.style.quiet {
            let style = &self.style;
            // Whoever misjudges what was captured misreads every finding.
            let mut sections = vec![within(&what_was_read(report, style), style)];
            // Who asks what would change wants the changes, not the whole report around them.
            if style.fixing == Fixing::Diff {
                sections.push(by_rule(report, style));
            } else {
                let findings = findings(report, style);
                let tables = [
                    by_rule(report, style),
                    by_event(report, style),
                    within(&by_name(report, style), style),
                    by_pixel(report, style),
                ];
                if style.totals_first {
                    sections.extend(tables);
                    sections.push(findings);
                } else {
                    sections.push(findings);
                    sections.extend(tables);
                }
            }
            sections.push(fixes(report, style));
            sections.push(within(&resent(report), style));
            sections.push(input_errors(report, style));
            sections.push(within(&what_was_found(report, style), style));
            for section in sections.iter().filter(|section| !section.is_empty()) {
                writeln!(self.out, "{}\n", section.trim_end())?;
            }
        }
        let code = match verdict {
            Verdict::Pass => "1;32",
            Verdict::Fail(_) | Verdict::Broken(_) => "1;31",
        };
        let line = verdict.to_string();
        writeln!(self.out, "{}", paint(&self.style, code, &line))?;
        self.out.flush()
    }
}

/// What a capture of the browser's requests shows, by event_name.
fn by_pixel(report: &Report, style: &Style) -> String {
    let Some(pixel) = &report.pixel else {
        return String::new();
    };
    let rows = pixel
        .names
        .iter()
        .map(|pairs| {
            let deduplicated = pairs.deduplicated();
            let share = deduplicated as f64 / pairs.browser.max(1) as f64;
            let rest: Vec<String> = pairs
                .reasons()
                .list()
                .into_iter()
                .filter(|(.., number)| *number > 0)
                .map(|(_, what, number)| format!("{} {what}", thousands(number)))
                .collect();
            cells([
                pairs.name.clone(),
                thousands(pairs.browser),
                thousands(pairs.server.in_time),
                thousands(pairs.pairs.len() as u64),
                percent(share),
                rest.join(", "),
            ])
        })
        .collect();
    let header = [
        "event_name",
        "browser",
        "server then",
        "pairs",
        "deduplicated",
        "why the rest are not",
    ];
    let layout = Layout {
        right: &[1, 2, 3, 4],
        wraps: &[0, 5],
        head: 1,
        clear: &[5],
        ..Layout::default()
    };
    let table = laid_out(style, &header, rows, layout);
    let legend = within(
        "server then: events of the log while the capture ran; a pair may be of another time or \
         event_name\n",
        style,
    );
    let left = match pixel.other_lines {
        0 => String::new(),
        lines => format!(
            "in the capture, without a request: {}\n",
            counted(lines, "line")
        ),
    };
    format!("browser and server:\n{table}{legend}{left}")
}

/// Every finding in full when they are few, otherwise one of each group.
fn findings(report: &Report, style: &Style) -> String {
    let all: u64 = report.groups.iter().map(|group| group.findings).sum();
    let shown: usize = report.groups.iter().map(|group| group.examples.len()).sum();
    if all as usize <= style.max_findings && shown as u64 == all {
        one_by_one(report, style)
    } else {
        grouped(report, all, style)
    }
}

fn one_by_one(report: &Report, style: &Style) -> String {
    let order: HashMap<&str, usize> = report
        .files
        .iter()
        .enumerate()
        .map(|(index, file)| (file.name.as_str(), index))
        .collect();
    let mut findings: Vec<&Located> = report.groups.iter().flat_map(|g| &g.examples).collect();
    findings.sort_by_key(|finding| {
        let file = order.get(finding.file.as_str());
        (
            Reverse(finding.severity),
            file.copied().unwrap_or(usize::MAX),
            finding.location.offset,
            finding.event,
        )
    });
    let texts: Vec<String> = findings
        .into_iter()
        .map(|finding| Shown::alone(finding).render(style))
        .collect();
    texts.join("\n")
}

fn grouped(report: &Report, all: u64, style: &Style) -> String {
    let mut groups: Vec<&Group> = report.groups.iter().collect();
    groups.sort_by_key(|group| Reverse(group.severity));
    let mut texts: Vec<String> = Vec::new();
    let mut told = 0;
    for group in groups.iter().take(style.max_findings) {
        let Some(first) = group.examples.first() else {
            continue;
        };
        told += group.findings;
        texts.push(Shown::of_group(first, group, report).render(style) + &places(group));
    }
    if told < all {
        texts.push(format!(
            "{} hidden (--max-findings {})\n",
            counted(all - told, "more finding"),
            style.max_findings
        ));
    }
    texts.join("\n")
}

/// Where else the findings of a group are.
fn places(group: &Group) -> String {
    let others: Vec<String> = group
        .examples
        .iter()
        .skip(1)
        .take(PLACES - 1)
        .map(place)
        .collect();
    let told = 1 + others.len() as u64;
    if group.findings <= told {
        return match others.is_empty() {
            true => String::new(),
            false => format!("  also: {}\n", others.join(", ")),
        };
    }
    let more = format!("… {} more", thousands(group.findings - told));
    match others.is_empty() {
        true => format!("  {more}\n"),
        false => format!("  also: {}, {more}\n", others.join(", ")),
    }
}

/// A finding as miette draws it.
struct Shown<'r> {
    finding: &'r Located,
    head: String,
    help: String,
    source: Option<Snippet>,
}

/// The excerpt of a finding under the name of its place.
struct Snippet {
    name: String,
    text: String,
}

impl<'r> Shown<'r> {
    fn alone(finding: &'r Located) -> Self {
        Shown::new(finding, String::new())
    }

    fn of_group(first: &'r Located, group: &Group, report: &Report) -> Self {
        let mut head = format!("  {}", counted(group.findings, "finding"));
        if !group.pattern.is_empty() {
            head.push_str(&format!(" at {}", group.pattern));
        }
        let rate = report.rate(group.rule);
        if rate > 0.0 {
            head.push_str(&format!("; the rule speaks of {} of events", percent(rate)));
        }
        Shown::new(first, head)
    }

    fn new(finding: &'r Located, head: String) -> Self {
        let mut help = finding.help.clone();
        if let Some((safety, title)) = &finding.fix {
            help.push_str(&format!("\nfix ({}): {title}", safety.word()));
        }
        let source = finding.excerpt.as_ref().map(|excerpt| Snippet {
            name: whereabouts(finding),
            text: excerpt.text.clone(),
        });
        Shown {
            finding,
            head: format!("{} {}{head}", finding.rule_id(), finding.rule_name()),
            help,
            source,
        }
    }

    fn render(&self, style: &Style) -> String {
        let mut theme = if style.colour {
            GraphicalTheme::unicode()
        } else {
            GraphicalTheme::unicode_nocolor()
        };
        theme.styles.linum = ThemeStyles::none().linum;
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(style.width)
            .with_links(false)
            .without_primary_span_start()
            .without_syntax_highlighting();
        let mut out = String::new();
        match handler.render_report(&mut out, self) {
            Ok(()) => without_line_numbers(&out),
            Err(fmt::Error) => format!("{}\n{self}\n", self.head),
        }
    }
}

/// `file:line:col  event 8  /data/0/user_data/ph/0`.
fn whereabouts(finding: &Located) -> String {
    let mut name = place(finding);
    if let Some(event) = finding.event {
        name.push_str(&format!("  event {event}"));
    }
    if let Some(pointer) = finding.pointer.as_deref().filter(|p| !p.is_empty()) {
        name.push_str("  ");
        name.push_str(pointer);
    }
    name
}

/// The lines of an excerpt are no lines of the file, so their numbers would mislead.
fn without_line_numbers(report: &str) -> String {
    let mut out = String::with_capacity(report.len());
    for line in report.lines() {
        let rest = line.trim_start_matches([' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        if rest.starts_with('│') && rest.len() < line.len() {
            out.extend(std::iter::repeat_n(' ', line.len() - rest.len()));
            out.push_str(rest);
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.head)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.finding.message)?;
        if self.source.is_none() {
            write!(f, "\n{}", whereabouts(self.finding))?;
        }
        for related in &self.finding.related {
            write!(
                f,
                "\n{}:{}",
                printable::visible(&related.file),
                related.line
            )?;
            if let Some(event) = related.event {
                write!(f, "  event {event}")?;
            }
            write!(f, "  {}", related.what)?;
        }
        Ok(())
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn code(&self) -> Option<Box<dyn fmt::Display + '_>> {
        Some(Box::new(&self.head))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        Some(Box::new(&self.help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.source.as_ref()?)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let mark = self.finding.excerpt.as_ref()?.mark.clone();
        let span = LabeledSpan::new(None, mark.start, mark.len());
        Some(Box::new(std::iter::once(span)))
    }
}

impl SourceCode for Snippet {
    /// All of it, whatever the span: it is already as short as it should be.
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.text.as_bytes(),
            (0, self.text.len()).into(),
            0,
            0,
            self.text.lines().count(),
        )))
    }
}

fn by_rule(report: &Report, style: &Style) -> String {
    let mut spoke: Vec<(Severity, u64, usize)> = report
        .rules
        .iter()
        .enumerate()
        .filter_map(|(rule, tally)| Some((tally.worst()?, tally.total(), rule)))
        .collect();
    if spoke.is_empty() {
        return String::new();
    }
    spoke.sort_by_key(|&(severity, findings, rule)| (Reverse(severity), Reverse(findings), rule));
    let rows = spoke.into_iter().map(|(severity, findings, index)| {
        let rule = rules::ALL[index];
        let events = report.rules[index].all_events();
        let text = |text: String| comfy_table::Cell::new(text);
        vec![
            severity_cell(severity),
            text(rule.id().to_owned()),
            text(rule.name().to_owned()),
            text(thousands(findings)),
            text(thousands(events)),
            text(if events > 0 {
                percent(report.rate(index))
            } else {
                "–".to_owned()
            }),
            text(fixable(&report.rules[index]).to_owned()),
        ]
    });
    let header = [
        "severity", "id", "rule", "findings", "events", "share", "fix",
    ];
    let layout = Layout {
        right: &[3, 4, 5],
        // The share tells how many events it concerns, and the name which rule it is.
        drops: &[4, 1],
        head: 3,
        ..Layout::default()
    };
    let table = laid_out(style, &header, rows.collect(), layout);
    format!("{}\n{table}", paint(style, "1", "Findings by rule"))
}

/// Which fixes the findings of a rule have.
fn fixable(tally: &RuleTally) -> &'static str {
    match tally.fixable.map(|findings| findings > 0) {
        [false, false] => "–",
        [true, false] => "unsafe",
        [false, true] => "safe",
        [true, true] => "safe/unsafe",
    }
}

fn by_event(report: &Report, style: &Style) -> String {
    let rows = &report.rows[..report.rows.len().min(EVENTS)];
    if rows.is_empty() {
        return String::new();
    }
    let more = report.events.saturating_sub(rows.len() as u64);
    let rest = match more {
        0 => String::new(),
        _ => format!(
            "and {} more: `capilint score --by event` lists them all",
            thousands(more)
        ),
    };
    let table = events_table(rows, style);
    format!("{}\n{table}{rest}", paint(style, "1", "Events"))
}

fn by_name(report: &Report, style: &Style) -> String {
    if report.names.is_empty() {
        return String::new();
    }
    format!(
        "{}\n{}{}",
        paint(style, "1", "Match quality by event_name"),
        names_table(report, style),
        caveat()
    )
}

/// What was done about findings, what was not, and why.
fn fixes(report: &Report, style: &Style) -> String {
    let made = match style.fixing {
        Fixing::Off => return String::new(),
        Fixing::Diff => diff::render(report, style),
        Fixing::Write if style.verbose => diff::render(report, style),
        Fixing::Write => String::new(),
    };
    let lines = fixes::lines(report, style.fixing, true);
    format!("{}\n{made}{lines}", paint(style, "1", "Fixes"))
}

pub(super) fn what_was_read(report: &Report, style: &Style) -> String {
    let mut out = format!(
        "read: {}, {}, {}, {}, {}\n",
        counted(report.files.len() as u64, "file"),
        size(report.bytes),
        counted(report.records, "record"),
        counted(report.requests, "request"),
        counted(report.events, "event"),
    );
    let mut left_out = Vec::new();
    for (number, word, why) in [
        (report.skipped_lines, "line", "without JSON"),
        (report.other_records, "JSON text", "without an event"),
        (report.filtered, "event", "left out by filters"),
        (report.unread.truncated, "payload", "cut off by the log"),
        (
            report.unread.printed,
            "payload",
            "printed in a form that loses values",
        ),
    ] {
        if number > 0 {
            left_out.push(format!("{} {why}", counted(number, word)));
        }
    }
    if !left_out.is_empty() {
        out.push_str(&format!("not checked: {}\n", left_out.join(", ")));
    }
    out.push_str(&facts_of(report, style));
    if report.events > 0 {
        out.push_str(&format!("clock: {}\n", clocks(report, style)));
    }
    out
}

fn what_was_found(report: &Report, style: &Style) -> String {
    let mut found: Vec<String> = [Severity::Error, Severity::Warning]
        .into_iter()
        .map(|severity| (report.count(severity), severity.word()))
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| counted(number, word))
        .collect();
    let info = report.count(Severity::Info);
    if info > 0 {
        found.push(format!("{} info", thousands(info)));
    }
    if found.is_empty() {
        found.push("nothing".to_owned());
    }
    let mut out = format!("found: {}", found.join(", "));
    if report.suppressed > 0 {
        out.push_str(&format!("; suppressed: {}", thousands(report.suppressed)));
    }
    if style.fixing == Fixing::Off {
        let (safe, needs_consent) = (report.fixable_safe, report.fixable_unsafe);
        let parts: Vec<String> = [(safe, "--fix"), (needs_consent, "--unsafe-fixes")]
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, option)| format!("{} with {option}", thousands(number)))
            .collect();
        if !parts.is_empty() {
            out.push_str(&format!("; fixable: {}", parts.join(", ")));
        }
    }
    out.push('\n');
    out
}

/// Names told of a list of them.
const NAMES: usize = 5;

/// Whose events they are, from when, and what is wrong with the capture itself.
fn facts_of(report: &Report, style: &Style) -> String {
    let facts = &report.facts;
    let mut out = String::new();
    if report.events == 0 {
        return out;
    }
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    let share = |events: u64| {
        let share = percent(events as f64 / report.events as f64);
        format!("{} ({share})", counted(events, "event"))
    };
    for (word, names) in [
        (
            "dataset",
            facts::named(&facts.datasets, "dataset", |_| style.show_values),
        ),
        (
            "sender",
            facts::named(&facts.senders, "sender", printable::is_printable),
        ),
    ] {
        if names.is_empty() {
            continue;
        }
        let all = names.len();
        let mut parts: Vec<String> = names
            .iter()
            .take(NAMES)
            .map(|(name, events)| format!("{name} ({})", thousands(*events)))
            .collect();
        if all > NAMES {
            parts.push(format!("{} more", thousands((all - NAMES) as u64)));
        }
        line(format!(
            "{}: {}",
            counted(all as u64, word),
            parts.join(", ")
        ));
    }
    for number in &report.missing_datasets {
        line(format!("no event went to dataset {number} of --dataset"));
    }
    let minute = |time: i64| {
        let time = jiff::Timestamp::from_second(time).unwrap_or_default();
        time.strftime("%Y-%m-%d %H:%M").to_string()
    };
    // One event has no range.
    if let Some((first, last)) = facts.event_times.filter(|_| report.events > 1) {
        let order = facts
            .order()
            .map_or(String::new(), |order| format!(", order {order}"));
        let (first, last) = (minute(first), minute(last));
        line(format!("event times: {first} to {last} UTC{order}"));
    }
    if let Some((first, last)) = facts.capture_times {
        let sources: Vec<String> = Trust::ALL
            .iter()
            .map(|trust| (trust.word(), report.captured[*trust as usize]))
            .filter(|(_, events)| *events > 0)
            .map(|(word, events)| format!("{word} {}", thousands(events)))
            .collect();
        line(format!(
            "times of capture: {} to {} UTC, for {}: {}",
            minute(first),
            minute(last),
            share(report.captured.iter().sum()),
            sources.join(", ")
        ));
    }
    for (word, events) in [
        ("values hidden by the logger", facts.redacted),
        ("duplicates", report.duplicates.unwrap_or(0)),
        ("test traffic", facts.test_events),
    ] {
        if events > 0 {
            line(format!("{word}: {}", share(events)));
        }
    }
    if let Some(known) = &report.known {
        let values: Vec<String> = known
            .values
            .iter()
            .map(|(name, number)| format!("{name} {}", thousands(*number)))
            .collect();
        let mut text = format!(
            "known values: {}, {}",
            counted(known.records, "record"),
            values.join(", ")
        );
        for (number, what) in [
            (known.unusable, "record without a usable value"),
            (known.other_columns, "column not used"),
        ] {
            if number > 0 {
                let what = match number {
                    1 => what.to_owned(),
                    _ => what
                        .replace("record ", "records ")
                        .replace("column ", "columns "),
                };
                text.push_str(&format!("; {} {what}", thousands(number)));
            }
        }
        line(text);
    }
    let answers = &report.answers;
    let answered = answers.taken + answers.refused.values().sum::<u64>();
    if answered > 0 {
        let refused: Vec<String> = answers
            .refused
            .iter()
            .map(|((code, subcode), number)| {
                let subcode = subcode.map_or(String::new(), |subcode| format!("/{subcode}"));
                format!("{} with {code}{subcode}", thousands(*number))
            })
            .collect();
        let refused = match refused.is_empty() {
            true => "none refused".to_owned(),
            false => format!("refused: {}", refused.join(", ")),
        };
        line(format!(
            "answers: {}, {} with their request; {refused}",
            thousands(answered),
            thousands(answers.paired)
        ));
    }
    out
}

/// What was written to be sent again.
fn resent(report: &Report) -> String {
    let Some(resent) = &report.resent else {
        return String::new();
    };
    let mut out = format!(
        "to be sent: {} in {} ({REQUESTS})\nnot to be sent: {} ({REJECTS})\n",
        counted(resent.events, "event"),
        counted(resent.requests, "request"),
        counted(resent.rejected, "event"),
    );
    for (&rule, &events) in &resent.reasons {
        let rule = rules::ALL[rule];
        out.push_str(&format!(
            "  {} {}: {}\n",
            rule.id(),
            rule.name(),
            thousands(events)
        ));
    }
    if resent.forgot {
        out.push_str("  not every event was compared with all those before: give more --memory\n");
    }
    out
}

/// Against which clocks the age of events was measured.
fn clocks(report: &Report, style: &Style) -> String {
    let clocks = &report.clocks;
    // Whoever says `now` has chosen the clock.
    let wall = if style.as_of == "now" {
        "today's clock"
    } else {
        "unknown (today's was taken)"
    };
    let parts: Vec<String> = [
        (clocks.given, "the time of --as-of"),
        (clocks.capture, "time of capture"),
        (clocks.request, "newest event of the request"),
        (clocks.newest, "newest event of the file"),
        (clocks.file, "the day in the file's name"),
        (clocks.wall, wall),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, what)| format!("{what} for {}", counted(number, "event")))
    .collect();
    match parts.is_empty() {
        true => "not needed".to_owned(),
        false => parts.join(", "),
    }
}

fn input_errors(report: &Report, style: &Style) -> String {
    report
        .errors
        .iter()
        .map(|error| {
            let word = paint(style, "1;31", error.doing.failed());
            let path = printable::visible(&error.path);
            format!("{word}: {path}: {}\n", error.message)
        })
        .collect()
}
