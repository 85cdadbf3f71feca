//! CL502: an action_source that is none of Meta's nine.

use crate::event::Event;
use crate::finding::Findings;
use crate::fix::Fix;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::action_source::Reading;
use crate::values::name::Name;

/// See `rules/unknown-action-source.md`.
pub static RULE: Rule =
    crate::rule!("unknown-action-source", Check::Event(check)).when(Signs::OTHER_SOURCE);

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(item) = event.get(Name::ActionSource) else {
        return;
    };
    let Some(text) = item.text() else {
        if !item.is_blank() {
            let kind = item.val().kind();
            out.at(item, format!("action_source is {kind}, not text"));
        }
        return;
    };
    let (message, fix) = match Reading::of(text) {
        Reading::Valid(_) => return,
        _ if item.is_blank() => return,
        Reading::Spelling(value) => (
            format!("action_source is {value} in another spelling"),
            Some((Fix::safe("write the value as Meta documents it"), value)),
        ),
        Reading::Alias(value) => (
            format!("action_source is another word for {value}"),
            Some((Fix::safe("write Meta's word for it"), value)),
        ),
        Reading::Likely(value) => (
            format!("action_source is none of Meta's nine values; perhaps {value} is meant"),
            Some((
                Fix::needs_consent("write the value that is likely meant"),
                value,
            )),
        ),
        Reading::Unknown => (
            "action_source is none of Meta's nine values".to_owned(),
            None,
        ),
    };
    let at = item.pointer_from(event.root().place());
    out.at(item, message)
        .fix_if(fix.map(|(fix, value)| fix.replace_text(at, value)));
}
