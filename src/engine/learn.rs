//! The first of two passes: what the whole log, and a capture beside it, show to the fixes of the
//! second.

use std::io;
use std::sync::Arc;

use crate::fix::Safety;
use crate::ledger::{Lessons, Needs};
use crate::pixel::pairs::Learned;
use crate::rule::Rule;
use crate::rules;
use crate::settings::Settings;

use super::{Linter, Run, Silent};

/// What a first pass has learned.
#[derive(Debug, Default)]
pub struct Taught {
    /// Of the browser's copies.
    pub pixel: Option<Learned>,
    /// Of the log.
    pub log: Option<Lessons>,
}

/// Whether fixes need more than each event alone: then the input has to be read twice.
pub fn must_learn(settings: &Settings) -> bool {
    settings.witnesses.pixel.is_some() || learns_of_log(settings)
}

/// Whether a rule speaks whose fixes need what the whole log shows.
pub(super) fn learns_of_log(settings: &Settings) -> bool {
    teachers(settings).next().is_some()
}

/// What of the ledger the first pass reads in the end; `None` when it needs none.
pub(super) fn needs(settings: &Settings) -> Option<Needs> {
    let of_pixel = settings.witnesses.pixel.as_ref().map(|_| Needs::NONE);
    let of_log = teachers(settings).map(|rule| rule.needs().without(Needs::STANDINGS));
    of_log.chain(of_pixel).reduce(Needs::and)
}

/// The rules whose fixes need what the whole log shows, as far as they speak and fixes of their
/// kind are wanted.
fn teachers(settings: &Settings) -> impl Iterator<Item = &'static Rule> {
    let all = rules::ALL.iter().enumerate();
    all.filter_map(move |(index, rule)| {
        let is_wanted = rule.teaches().is_some_and(|best| best >= least(settings));
        (is_wanted && settings.policy.speaks(index)).then_some(*rule)
    })
}

/// The fixes that are to be made.
pub(super) fn least(settings: &Settings) -> Safety {
    match settings.unsafe_fixes {
        true => Safety::Unsafe,
        false => Safety::Safe,
    }
}

/// Learns from the input, which `read` gives to a run from its beginning to its end: once, and once
/// more where values of the log itself are needed.
pub fn learn(
    linter: &Linter,
    mut read: impl FnMut(&mut Run<'_>) -> io::Result<()>,
) -> io::Result<Taught> {
    let mut silent = Silent;
    let mut first = Run::to_learn(linter, &mut silent);
    read(&mut first)?;
    let mut taught = first.learned()?;
    let Some(lessons) = taught.log.take() else {
        return Ok(taught);
    };
    let lessons = Arc::new(lessons);
    if lessons.wants_values() {
        let mut silent = Silent;
        let mut second = Run::to_fetch(linter, &mut silent, Arc::clone(&lessons));
        read(&mut second)?;
    }
    // Nobody else holds them any more.
    taught.log = Arc::into_inner(lessons).map(|mut lessons| {
        lessons.settle();
        lessons
    });
    Ok(taught)
}
