//! CL117: a template that nobody filled in.

use crate::digest::{self, Shape};
use crate::event::Event;
use crate::finding::Findings;
use crate::fix::Fix;
use crate::json::Item;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::{Hashing, Name};

/// See `rules/template-residue.md`.
pub static RULE: Rule = crate::rule!("template-residue", Check::Event(check))
    .when(Signs::shaped(Shape::Template.bit()).with(Signs::RAW_TEMPLATE));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    for identifier in event.shaped(Shape::Template.bit()) {
        // $ and capitals can be somebody's payment name.
        let text = identifier.text.trim();
        if identifier.name == Name::ExternalId
            && text.starts_with('$')
            && !text.contains(['_', '{'])
        {
            continue;
        }
        report(
            event,
            identifier.name,
            event.item(identifier.place),
            text,
            out,
        );
    }
    if event.raw().may_be_template {
        raw_keys(event, out);
    }
}

/// Whose format has a rule of its own, which speaks of templates as of all else.
const OF_OTHERS: [Name; 3] = [Name::Fbc, Name::Fbp, Name::ClientIpAddress];

/// The keys that take no digest.
fn raw_keys(event: &Event<'_, '_>, out: &mut Findings) {
    let members = event.user_data().into_iter().flat_map(Item::members);
    for member in members {
        let Some(name) = member.name() else { continue };
        if name.hashing() != Some(Hashing::Never) || OF_OTHERS.contains(&name) {
            continue;
        }
        for value in member.each() {
            if let Some(text) = value.text()
                && digest::is_raw_template(text)
            {
                report(event, name, value, text.trim(), out);
            }
        }
    }
}

fn report(event: &Event<'_, '_>, name: Name, item: Item<'_, '_>, text: &str, out: &mut Findings) {
    let pointer = item.pointer_from(event.root().place());
    let what = match text.as_bytes() {
        [b'#', second, ..] if *second != b'{' => "the error of a spreadsheet formula",
        [b'(', ..] => "a word of an analytics tool for no value",
        _ => "a template that was not filled in",
    };
    out.at(item, format!("{name} is {what}"))
        .fix(Fix::safe("remove the value").remove(pointer));
}
