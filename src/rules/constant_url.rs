//! CL511: one page for all events.

use std::collections::BTreeMap;
use std::io;

use crate::ledger::series::Pages;
use crate::ledger::{Evidence, LogFindings, Needs};
use crate::rule::{Check, Rule};

/// See `rules/constant-url.md`.
pub static RULE: Rule = crate::rule!("constant-url", Check::Log, conclude, Needs::SERIES);

/// A page may well be the only one for a while.
const EVENTS: u64 = 50;
/// A shop with so many goods has a page for each.
const GOODS: usize = 10;

/// The events of one dataset or site.
#[derive(Default)]
struct Group {
    pages: Pages,
    names: usize,
}

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    let mut groups: BTreeMap<u32, Group> = BTreeMap::new();
    for (_, series) in log.series() {
        if series.pages.all.events == 0 {
            continue;
        }
        let group = groups.entry(series.group).or_default();
        group.pages.merge(&series.pages, 0);
        group.names += 1;
    }
    for Group { pages, names } in groups.into_values() {
        let (all, goods) = (pages.all, pages.goods.len());
        if all.events < EVENTS
            || pages.urls.len() != 1
            || pages.with_query > 0
            || names < 2
            || goods < GOODS
        {
            continue;
        }
        let message = format!(
            "all {} events of {names} kinds bear one event_source_url, though they are about {} goods or more",
            all.events, goods
        );
        out.at(all.first, "/event_source_url", message)
            .related(all.last, "the last of them")
            .events(all.events);
    }
    Ok(())
}
