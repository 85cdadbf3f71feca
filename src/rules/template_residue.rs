//! CL117: a template that nobody filled in.

use crate::digest::Shape;
use crate::event::Event;
use crate::finding::Findings;
use crate::fix::Fix;
use crate::name::Name;
use crate::rule::{Check, Rule};
use crate::signs::Signs;

/// See `rules/template-residue.md`.
pub static RULE: Rule = crate::rule!("template-residue", Check::Event(check))
    .when(Signs::shaped(Shape::Template.bit()));

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
        let item = event.item(identifier.place);
        let pointer = item.pointer_from(event.root().place());
        let what = match text.as_bytes() {
            [b'#', second, ..] if *second != b'{' => "the error of a spreadsheet formula",
            [b'(', ..] => "a word of an analytics tool for no value",
            _ => "a template that was not filled in",
        };
        out.at(item, format!("{} is {what}", identifier.name))
            .fix(Fix::safe("remove the value").remove(pointer));
    }
}
