//! CL101: personal data in plain text where only a digest may stand.

use crate::digest::{self, Shape};
use crate::event::{Event, Identifier};
use crate::finding::Findings;
use crate::fix::{Fix, Safety};
use crate::json::Val;
use crate::name::Hashing;
use crate::plain;
use crate::rule::{Check, Rule};

/// See `rules/unhashed-pii.md`.
pub static RULE: Rule = crate::rule!("unhashed-pii", Check::Event(check));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    for identifier in event.shaped(Shape::Plain.bit() | Shape::WrongType.bit()) {
        if identifier.name.hashing() == Some(Hashing::Required) {
            check_one(event, identifier, out);
        }
    }
}

fn check_one(event: &Event<'_, '_>, identifier: &Identifier<'_>, out: &mut Findings) {
    let (name, item) = (identifier.name, event.item(identifier.place));
    let look = match item.val() {
        // Tokens are no personal data that can be read: not-sha256 speaks of them.
        Val::Text(text) if digest::is_token(text) || digest::has_foreign_appendix(text) => return,
        Val::Text(text) => plain::look(name, text),
        // Zero stands for nothing: null-identifier speaks of it.
        Val::Int(0) | Val::Float(0.0) => return,
        Val::Int(number) => plain::look(name, &number.to_string()),
        Val::Float(_) => "a decimal number".to_owned(),
        _ => return,
    };
    let message = format!("{name} is not hashed: it looks like {look}");
    let pointer = item.pointer_from(event.root().place());
    let finding = out.at(item, message);
    match plain::digest_of(name, item, event.assume) {
        Ok((digest, Safety::Safe)) => {
            finding.fix(Fix::safe("normalise and hash the value").replace_text(pointer, &digest));
        }
        Ok((digest, Safety::Unsafe)) => {
            let title =
                "normalise and hash the value, taking country and leading digits for granted";
            finding.fix(Fix::needs_consent(title).replace_text(pointer, &digest));
        }
        Err(why) => {
            finding.help(format!(
                "hash the right value at the source; this one cannot be hashed as it stands: {}",
                why.0
            ));
        }
    }
}
