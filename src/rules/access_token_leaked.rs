//! CL702: an access token stands in what was captured.

use crate::event::Record;
use crate::finding::Findings;
use crate::fix::Fix;
use crate::json::Item;
use crate::rule::{Check, Rule};
use crate::values::name::Name;
use crate::values::secret;

/// See `rules/access-token-leaked.md`.
pub static RULE: Rule = crate::rule!("access-token-leaked", Check::Record(check));

fn check(record: &Record<'_, '_>, out: &mut Findings) {
    if !secret::may_hold_token(record.text) {
        return;
    }
    let before = out.len();
    if let Some(tape) = record.tape {
        for item in tape.root().descendants() {
            let Some(text) = item.text() else { continue };
            if secret::tokens(text).next().is_some() {
                held_by(item, text, out);
            }
        }
    }
    // What no string holds: a request line, a header, a comment, a key.
    if out.len() == before {
        for token in secret::tokens(record.text) {
            let what = format!("an access token of {} characters is in clear", token.len());
            out.at_bytes(token, what);
        }
    }
}

fn held_by(item: Item<'_, '_>, text: &str, out: &mut Findings) {
    let pointer = item.pointer();
    if is_documented_place(item) {
        out.at(item, "the request body carries an access token in clear")
            .help("send the token in the Authorization header, and keep it out of what is logged")
            .fix(Fix::needs_consent("remove the access token").remove(pointer));
    } else {
        out.at(item, "an access token is in clear in this text")
            .fix(
                Fix::safe("mask the access token")
                    .replace_text(pointer, &secret::without_tokens(text)),
            );
    }
}

/// Whether it is the member `access_token` of a request body, which the API takes.
fn is_documented_place(item: Item<'_, '_>) -> bool {
    item.name() == Some(Name::AccessToken)
        && item
            .parent()
            .is_some_and(|body| body.is_object() && body.get(Name::Data).is_some())
}
