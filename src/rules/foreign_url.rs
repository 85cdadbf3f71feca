//! CL512: pages of others.

use std::collections::BTreeMap;
use std::io;

use crate::finding::Certainty;
use crate::ledger::series::Pages;
use crate::ledger::{Evidence, LEAST_EVENTS, LogFindings, Needs};
use crate::report::count;
use crate::rule::{Check, Rule};
use crate::values::page_host::Foreign;

/// See `rules/foreign-url.md`.
pub static RULE: Rule = crate::rule!("foreign-url", Check::Log, conclude, Needs::SERIES);

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    // Where no dataset is known, events are grouped by their site: those of others are the shop's
    // only if there is one shop.
    let (mut datasets, mut unknown) = (BTreeMap::<u32, Pages>::new(), Pages::default());
    let mut own_sites = Vec::new();
    for (_, series) in log.series() {
        if series.knows_dataset {
            let pages = datasets.entry(series.group).or_default();
            pages.merge(&series.pages, 0);
        } else {
            unknown.merge(&series.pages, 0);
            let own = series.pages.all.events - series.pages.all_foreign();
            if own > 0 && !own_sites.contains(&series.group) {
                own_sites.push(series.group);
            }
        }
    }
    let one_shop = own_sites.len() == 1;
    let groups = datasets
        .into_values()
        .map(|pages| (pages, Certainty::Strong))
        .chain(one_shop.then_some((unknown, Certainty::Heuristic)));
    for (pages, certainty) in groups {
        let foreign = pages.all_foreign();
        // Whoever sells on the pages of others has none of their own.
        if foreign < LEAST_EVENTS || foreign * 2 >= pages.all.events {
            continue;
        }
        for whose in Foreign::ALL {
            let seen = pages.foreign[whose as usize];
            if seen.events == 0 {
                continue;
            }
            let message = format!(
                "event_source_url of {} is a page of {}, that of most others one of the shop",
                count(seen.events, "event"),
                whose.what(),
            );
            let finding = out.at(seen.first, "/event_source_url", message);
            finding.certainty(certainty).events(seen.events);
            if seen.last > seen.first {
                finding.related(seen.last, "the last of them");
            }
        }
    }
    Ok(())
}
