//! A rule is a page and a check.
//!
//! The page, `rules/<name>.md`, is the single source of a rule's id, severity, effect, certainty,
//! scope, fix safety, sources, help and examples; the check, `src/rules/<name>.rs`, is code.

use once_cell::sync::OnceCell;
use serde::{Deserialize, Serialize};

use crate::event::{Event, Record, Request};
use crate::finding::{Certainty, Effect, Findings, Severity};
use crate::fix::Safety;
use crate::ledger::{LogCheck, Needs};
use crate::signs::Signs;

/// What a rule looks at. The engine calls it with nothing else.
pub enum Check {
    /// One JSON text, or text around it.
    Record(fn(&Record<'_, '_>, &mut Findings)),
    /// One request body.
    Request(fn(&Request<'_, '_>, &mut Findings)),
    /// One event.
    Event(fn(&Event<'_, '_>, &mut Findings)),
    /// One event, of which it looks at nothing but the addresses of its pages, and whether it comes
    /// from an app: where it finds nothing once, it never does.
    Addresses(fn(&Event<'_, '_>, &mut Findings)),
    /// One request body, and each event.
    RequestAndEvent(
        fn(&Request<'_, '_>, &mut Findings),
        fn(&Event<'_, '_>, &mut Findings),
    ),
    /// Only the log as a whole shows it: the rule has nothing but its [`LogCheck`].
    Log,
    /// Several of these, for a rule that looks at more than one level.
    Several(&'static [Check]),
    /// Found by the engine or the configuration while reading; the rule has only its page.
    Reading,
}

/// One rule: its page, parsed on first use, and its check.
pub struct Rule {
    name: &'static str,
    text: &'static str,
    check: Check,
    log: Option<LogCheck>,
    needs: Needs,
    teaches: Option<Safety>,
    learns_of_pixel: Option<Safety>,
    when: Signs,
    page: OnceCell<Page>,
}

/// Embeds the page of a rule and ties it to the check and, where there is one, to that of the whole
/// log with what that reads, and how far its fixes can be trusted that need what the whole log shows.
#[macro_export]
macro_rules! rule {
    ($name:literal, $check:expr, $log:expr, $needs:expr, $safety:expr) => {
        $crate::rule!($name, $check, $log, $needs).with_lessons($safety)
    };
    ($name:literal, $check:expr, $log:expr, $needs:expr) => {
        $crate::rule!($name, $check).with_log($log, $needs)
    };
    ($name:literal, $check:expr) => {
        $crate::rule::Rule::new(
            $name,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/", $name, ".md")),
            $check,
        )
    };
}

impl Rule {
    /// A rule from the name of its page, the page's text and the check.
    pub const fn new(name: &'static str, text: &'static str, check: Check) -> Rule {
        Rule {
            name,
            text,
            check,
            log: None,
            needs: Needs::NONE,
            teaches: None,
            learns_of_pixel: None,
            when: Signs::ANY,
            page: OnceCell::new(),
        }
    }

    /// The rule with a check of the whole log, which reads no more than these tables.
    pub const fn with_log(mut self, log: LogCheck, needs: Needs) -> Rule {
        self.log = Some(log);
        self.needs = needs;
        self
    }

    /// What its check of the whole log reads.
    pub fn needs(&self) -> Needs {
        self.needs
    }

    /// The rule with fixes that need what the whole log shows, at best of this safety.
    pub const fn with_lessons(mut self, safety: Safety) -> Rule {
        self.teaches = Some(safety);
        self
    }

    /// The rule with fixes that need a capture paired with the whole log, at best of this safety.
    pub const fn with_pixel_lessons(mut self, safety: Safety) -> Rule {
        self.learns_of_pixel = Some(safety);
        self
    }

    /// How far the best of those fixes can be trusted that need a capture paired with the whole log.
    pub fn learns_of_pixel(&self) -> Option<Safety> {
        self.learns_of_pixel
    }

    /// How far the best of those fixes can be trusted that need what the whole log shows.
    pub fn teaches(&self) -> Option<Safety> {
        self.teaches
    }

    /// The rule with the signs of which an event must have one for its check to say anything.
    pub const fn when(mut self, signs: Signs) -> Rule {
        self.when = signs;
        self
    }

    /// The signs without which its check of an event has nothing to say.
    pub fn signs(&self) -> Signs {
        self.when
    }

    /// The check of the whole log, when the rule has one.
    pub fn log(&self) -> Option<LogCheck> {
        self.log
    }

    /// The name in kebab case, as users write it.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The code half.
    pub fn check(&self) -> &Check {
        &self.check
    }

    /// The page.
    ///
    /// # Panics
    /// When the embedded page is malformed, which `tests/catalogue.rs` rules out.
    pub fn page(&self) -> &Page {
        self.page.get_or_init(|| {
            Page::parse(self.text).unwrap_or_else(|why| panic!("rules/{}.md: {why}", self.name))
        })
    }

    /// The metadata block of the page.
    pub fn meta(&self) -> &Meta {
        &self.page().meta
    }

    /// The stable id, such as `CL102`.
    pub fn id(&self) -> &str {
        &self.meta().id
    }
}

/// The metadata block of a page.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    /// `CL` and three digits; never reused.
    pub id: String,
    pub severity: Severity,
    pub effect: Effect,
    pub certainty: Certainty,
    /// Letters of the catalogue: R record, P request, E event, L log, X pixel, K known values,
    /// `input` and `config` for what is found while reading.
    pub scope: String,
    /// The safest fix that the rule offers, `null` when only the sender can put it right.
    pub fix: Option<Safety>,
    /// Whether the value pointed at can match nobody and must not be scored.
    #[serde(default)]
    pub spoils: bool,
    /// The version that brought the rule.
    pub since: String,
    /// Tags of failure modes.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What to do, in one line; findings show it.
    pub help: String,
    /// Where the facts come from.
    pub sources: Vec<SourceRef>,
}

/// A source with the date on which it said so.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceRef {
    /// Title or address.
    pub what: String,
    /// `YYYY-MM-DD`.
    pub date: String,
}

/// A parsed page.
#[derive(Clone, Debug)]
pub struct Page {
    pub meta: Meta,
    /// The first paragraph after the metadata: one sentence.
    pub summary: String,
    /// Everything but the metadata block, for reading.
    pub prose: String,
    pub bad: Vec<Example>,
    pub good: Vec<Example>,
    pub fixed: Vec<Example>,
}

/// An example of a page, run as a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The words after the fence's language: `as-of=…`, `country=…`, `tz=…`, `unsafe`, `bad=N`,
    /// `repeat=N`.
    pub options: Vec<String>,
    /// The payload.
    pub text: String,
    /// What a capture of the browser's requests holds beside it: the fence before it, with the
    /// option `pixel`.
    pub pixel: Option<Box<Example>>,
    /// A list of known values beside it: the fence before it, with the option `known`.
    pub known: Option<Box<Example>>,
}

impl Example {
    /// The value of option `name=…`.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options
            .iter()
            .find_map(|option| option.strip_prefix(name)?.strip_prefix('='))
    }

    /// The payload with its lines repeated as `repeat=N` says. In them `<n>` is the number of the
    /// repetition from 0 on, `<n:4>` the same with at least four digits.
    pub fn repeated(&self) -> String {
        let Some(times) = self.option("repeat").and_then(|n| n.parse::<usize>().ok()) else {
            return self.text.clone();
        };
        let lines = (0..times).map(|number| {
            let mut pieces = self.text.split("<n");
            let mut line = pieces.next().unwrap_or_default().to_owned();
            for piece in pieces {
                let (width, rest) = piece.split_once('>').unwrap_or((piece, ""));
                let width = width.strip_prefix(':').and_then(|n| n.parse().ok());
                line.push_str(&format!("{number:0width$}", width = width.unwrap_or(0)));
                line.push_str(rest);
            }
            line.push('\n');
            line
        });
        lines.collect()
    }

    /// Whether the bare word `name` is there.
    pub fn flag(&self, name: &str) -> bool {
        self.options.iter().any(|option| option == name)
    }
}

impl Page {
    /// Reads a page; `Err` says what is wrong with it.
    pub fn parse(text: &str) -> Result<Page, String> {
        const META: &str = "```json rule\n";
        let (title, rest) = text.split_once(META).ok_or("no metadata block")?;
        let (meta, body) = rest
            .split_once("\n```\n")
            .ok_or("the metadata block does not end")?;
        let meta: Meta = serde_json::from_str(meta).map_err(|error| error.to_string())?;
        let body = body.trim_start();
        let summary = body
            .split("\n\n")
            .next()
            .unwrap_or_default()
            .trim()
            .replace('\n', " ");
        if summary.is_empty() || summary.starts_with('#') {
            return Err("no summary after the metadata block".to_owned());
        }
        let mut page = Page {
            meta,
            summary,
            prose: format!("{title}{body}"),
            bad: Vec::new(),
            good: Vec::new(),
            fixed: Vec::new(),
        };
        let mut heading = "";
        let (mut pixel, mut known) = (None, None);
        let mut lines = body.lines();
        while let Some(line) = lines.next() {
            if let Some(title) = line.strip_prefix("## ") {
                heading = title.trim();
            } else if let Some(info) = line.strip_prefix("```") {
                let options = info.split_whitespace().skip(1).map(str::to_owned).collect();
                let code: Vec<&str> = lines
                    .by_ref()
                    .take_while(|line| !line.starts_with("```"))
                    .collect();
                let mut example = Example {
                    options,
                    text: code.join("\n"),
                    pixel: None,
                    known: None,
                };
                if example.flag("pixel") {
                    pixel = Some(Box::new(example));
                    continue;
                }
                if example.flag("known") {
                    known = Some(Box::new(example));
                    continue;
                }
                (example.pixel, example.known) = (pixel.take(), known.take());
                match heading {
                    "Bad" => page.bad.push(example),
                    "Good" => page.good.push(example),
                    "Fixed" => page.fixed.push(example),
                    _ => {}
                }
            }
        }
        Ok(page)
    }
}
