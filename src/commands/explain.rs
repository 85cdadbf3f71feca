//! `explain` and `rules`: the pages and the catalogue.

use std::io::{self, IsTerminal, Write};

use crate::cli::{Colour, ExplainArgs, RulesArgs, RulesFormat};
use crate::config;
use crate::output::{Style, page, rules_table};
use crate::rules;

use super::{Failure, setup};

/// Prints the page of a rule, or how the score is computed.
pub(super) fn explain(args: &ExplainArgs) -> Result<u8, Failure> {
    let (style, in_terminal) = (plain_style(), io::stdout().is_terminal());
    let text = if args.what.eq_ignore_ascii_case("score") {
        match in_terminal {
            true => page::within(crate::score::PAGE, style.width),
            false => crate::score::PAGE.to_owned(),
        }
    } else {
        let rule =
            rules::find(&args.what).ok_or_else(|| Failure::Usage(config::unknown(&args.what)))?;
        rules_table::explain(rules::ALL[rule], &style, in_terminal)
    };
    print(&text)
}

/// Lists the rules.
pub(super) fn rules(args: &RulesArgs) -> Result<u8, Failure> {
    print(&match args.format {
        RulesFormat::Table => rules_table::terminal(rules::ALL, &plain_style()),
        RulesFormat::Json => rules_table::json(rules::ALL),
        RulesFormat::Markdown => rules_table::markdown(rules::ALL),
    })
}

fn plain_style() -> Style {
    let terminal = io::stdout().is_terminal();
    Style {
        colour: setup::colour(Colour::Auto, terminal),
        width: setup::width(terminal),
        ..Style::default()
    }
}

/// Writes a text that ends with a line end.
pub(super) fn print(text: &str) -> Result<u8, Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(0)
}
