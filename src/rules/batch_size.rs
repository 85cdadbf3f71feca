//! CL703: a request with more events than Meta takes, or with none.

use memchr::memmem::Finder;
use once_cell::sync::Lazy;

use crate::event::{Record, Request};
use crate::exchange;
use crate::finding::Findings;
use crate::json::Item;
use crate::rule::{Check, Rule};
use crate::values::name::Name;

/// See `rules/batch-size.md`.
pub static RULE: Rule = crate::rule!(
    "batch-size",
    Check::Several(&[Check::Request(check), Check::Record(in_record)])
);

/// Source: using-the-api, as stored on 2026-09-12.
const MOST: usize = 1_000;

fn check(request: &Request<'_, '_>, out: &mut Findings) {
    if (1..=MOST).contains(&request.events) {
        return;
    }
    let Some(data) = request.get(Name::Data) else {
        return;
    };
    if request.events > MOST {
        let events = request.events;
        let message = format!("the request holds {events} events, Meta takes at most {MOST}");
        out.at(data, message);
        return;
    }
    if !data.is_list() {
        return;
    }
    // `{"data":[]}` and nothing else is also what the Graph API answers to a question.
    if request.body.len() > 1 {
        no_event(data, out);
    }
}

fn no_event(place: Item<'_, '_>, out: &mut Findings) {
    out.at(place, "the request holds no event")
        .help("send a request only when there is an event to send");
}

/// A body with nothing but an empty list, beside the address to which it was sent.
fn in_record(record: &Record<'_, '_>, out: &mut Findings) {
    for (body, data) in exchange::texts_sent_there(record) {
        if data.as_array().is_some_and(Vec::is_empty) && !exchange::may_be_answer(body) {
            no_event(body, out);
        }
    }
    if record.is_bare || record.is_element || !may_be_empty(record.text) {
        return;
    }
    for object in record.enveloped().flat_map(Item::descendants) {
        if object.len() != 1 || !object.is_object() || record.emptied == Some(object.place()) {
            continue;
        }
        if let Some(data) = object.get(Name::Data)
            && data.is_list()
            && data.is_empty()
            && exchange::is_sent_there(record, object)
            && !exchange::may_be_answer(object)
        {
            no_event(data, out);
        }
    }
}

static DATA: Lazy<Finder<'static>> = Lazy::new(|| Finder::new("\"data\""));

/// Whether an empty list stands somewhere under the key `data`.
fn may_be_empty(text: &str) -> bool {
    DATA.find_iter(text.as_bytes()).any(|at| {
        let mut rest = text[at + 6..].bytes().filter(|b| !b.is_ascii_whitespace());
        rest.next() == Some(b':') && rest.next() == Some(b'[') && rest.next() == Some(b']')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Assumptions;
    use crate::inspect::{AsOf, Inspector, RuleSet, Surroundings};
    use bumpalo::Bump;

    #[test]
    fn a_thousand_events_are_taken_and_one_more_is_not() {
        let around = Surroundings {
            as_of: AsOf::Auto,
            wall: 0,
            assume: Assumptions::default(),
            witnesses: Default::default(),
        };
        let rules = RuleSet::of(&[&RULE]);
        for (events, more) in [(1, false), (1_000, false), (1_001, true)] {
            let arena = Bump::new();
            let list = vec![r#"{"event_name":"Lead"}"#; events].join(",");
            let text = arena.alloc_str(&format!("{{\"data\":[{list}]}}"));
            let mut inspector = Inspector::new(&rules, &around, &arena);
            inspector.text(text, &mut ()).unwrap();
            assert_eq!(inspector.findings().len(), usize::from(more), "{events}");
        }
    }
}
