//! CL703: a request with more events than Meta takes, or with none.

use crate::event::Request;
use crate::finding::Findings;
use crate::name::Name;
use crate::rule::{Check, Rule};

/// See `rules/batch-size.md`.
pub static RULE: Rule = crate::rule!("batch-size", Check::Request(check));

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
        out.at(data, "the request holds no event")
            .help("send a request only when there is an event to send");
    }
}
