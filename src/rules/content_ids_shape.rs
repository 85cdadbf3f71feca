//! CL609: content_ids that are no list of ids.

use crate::digest::{self, Shape};
use crate::event::Event;
use crate::finding::{Certainty, Effect, Findings, Severity};
use crate::fix::{Fix, quote};
use crate::json::{Item, Val};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::Name;

/// See `rules/content-ids-shape.md`.
pub static RULE: Rule = crate::rule!("content-ids-shape", Check::Event(check)).when(Signs::GOODS);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(ids) = event.custom(Name::ContentIds) else {
        return;
    };
    if ids.is_list() {
        for id in ids.children() {
            element(event, id, out);
        }
    } else if !ids.is_blank() {
        whole(event, ids, out);
    }
}

/// One element of the list.
fn element(event: &Event<'_, '_>, id: Item<'_, '_>, out: &mut Findings) {
    let at = || id.pointer_from(event.root().place());
    match id.val() {
        Val::Int(_) => {}
        Val::Text(text) if text.is_empty() || digest::is_nothing_word(text) => {
            empty(event, id, out)
        }
        Val::Text(text) if digest::is_unfilled(text) => {
            out.at(id, "a content id is a template that nobody filled in")
                .fix(Fix::safe("take the template away").remove(at()));
        }
        Val::Text(text) if text.trim().len() < text.len() => {
            out.at(id, "a content id has white space around it")
                .certainty(Certainty::Strong)
                .fix(Fix::safe("take the white space away").replace_text(at(), text.trim()));
        }
        Val::Text(_) => {}
        Val::Object => {
            let inner = id.get(Name::Id).filter(|inner| !inner.is_blank());
            let json = match inner.map(Item::val) {
                Some(Val::Text(text)) => Some(quote(text)),
                Some(Val::Int(number)) => Some(quote(&number.to_string())),
                _ => None,
            };
            // Quantities and prices would be lost, unless contents have them too.
            let is_all =
                id.len() == 1 || event.custom(Name::Contents).is_some_and(|c| !c.is_blank());
            let title = "write the id in place of the object";
            let fix = match is_all {
                true => Fix::safe(title),
                false => Fix::needs_consent(title),
            };
            out.at(id, "a content id is an object, not text")
                .fix_if(json.map(|json| fix.replace(at(), json)));
        }
        _ if id.is_blank() => empty(event, id, out),
        other => {
            let kind = match other {
                Val::Float(_) => "a decimal number",
                other => other.kind(),
            };
            let message = format!("a content id is {kind}, not text");
            out.at(id, message).certainty(Certainty::Strong);
        }
    }
}

fn empty(event: &Event<'_, '_>, id: Item<'_, '_>, out: &mut Findings) {
    let at = id.pointer_from(event.root().place());
    out.at(id, "a content id is empty")
        .fix(Fix::safe("take the empty id away").remove(at));
}

/// content_ids that are no list.
fn whole(event: &Event<'_, '_>, ids: Item<'_, '_>, out: &mut Findings) {
    let at = ids.pointer_from(event.root().place());
    match ids.val() {
        Val::Text(text) if Shape::of(text) == Shape::Redacted => {}
        Val::Text(text) if text.trim_start().starts_with('[') => {
            let fix = is_list_of_ids(text)
                .then(|| Fix::safe("write the list without quotes").replace(at, text.trim()));
            out.at(ids, "content_ids are a list in quotes").fix_if(fix);
        }
        Val::Text(text) if text.contains(',') => {
            let parts: Vec<String> = text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(quote)
                .collect();
            let fix = (!parts.is_empty()).then(|| {
                let list = format!("[{}]", parts.join(","));
                Fix::safe("write a list of the ids").replace(at, list)
            });
            out.at(ids, "content_ids are text with commas, not a list")
                .fix_if(fix);
        }
        Val::Text(_) | Val::Int(_) => {
            let json = match ids.val() {
                Val::Text(text) => quote(text),
                Val::Int(number) => number.to_string(),
                _ => return,
            };
            out.at(ids, "content_ids are one id, not a list")
                .severity(Severity::Info)
                .effect(Effect::Unknown)
                .certainty(Certainty::Strong)
                .fix(Fix::safe("write a list of the one id").replace(at, format!("[{json}]")));
        }
        other => {
            let numbered: Option<Vec<String>> = ids
                .children()
                .map(|member| match (member.key().parse::<u32>(), member.val()) {
                    (Ok(_), Val::Text(text)) => Some(quote(text)),
                    (Ok(_), Val::Int(number)) => Some(number.to_string()),
                    _ => None,
                })
                .collect();
            let fix = numbered.filter(|list| !list.is_empty()).map(|list| {
                let list = format!("[{}]", list.join(","));
                Fix::safe("write a list of the ids").replace(at, list)
            });
            let message = format!("content_ids are {}, not a list of ids", other.kind());
            out.at(ids, message).fix_if(fix);
        }
    }
}

/// Whether the text is a JSON list that holds texts and whole numbers only.
fn is_list_of_ids(text: &str) -> bool {
    let list: Result<Vec<serde_json::Value>, _> = serde_json::from_str(text.trim());
    list.is_ok_and(|list| list.iter().all(|id| id.is_string() || id.is_i64()))
}
