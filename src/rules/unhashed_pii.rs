//! CL101: personal data in plain text where only a digest may stand.
//!
//! Of a phone number without its country calling code phone-without-country-code speaks, of what
//! is nobody's data unusable-plain-value, of tokens not-sha256 and of encoded text encoded-pii.

use crate::event::Event;
use crate::finding::Findings;
use crate::fix::{Fix, Safety};
use crate::json::{Item, Val};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::Name;
use crate::values::plain::{self, Reading};

/// See `rules/unhashed-pii.md`.
pub static RULE: Rule =
    crate::rule!("unhashed-pii", Check::Event(check)).when(Signs::required(plain::SHAPES));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    for identifier in event.required(plain::SHAPES) {
        let name = identifier.name;
        if let Some(item) = plain::value_of(event, identifier) {
            tell(event, name, item, plain::read(name, item, event), out);
            continue;
        }
        // A list in the list of the key.
        for item in event.item(identifier.place).children() {
            if let Some(reading) = plain::read_in_list(name, item, event) {
                tell(event, name, item, reading, out);
            }
        }
    }
}

fn tell(
    event: &Event<'_, '_>,
    name: Name,
    item: Item<'_, '_>,
    reading: Reading,
    out: &mut Findings,
) {
    if is_of_another_rule(&reading) {
        return;
    }
    let look = match (plain::text_of(item), item.val(), &reading) {
        (.., Reading::Worthless(_, what, _)) => what.0.to_owned(),
        (Some(text), ..) => plain::look(name, &text),
        (None, Val::Float(_), _) => "a decimal number".to_owned(),
        (None, ..) => "a number".to_owned(),
    };
    let pointer = item.pointer_from(event.root().place());
    let finding = out.at(item, format!("{name} is not hashed: it looks like {look}"));
    match reading {
        Reading::Digest(digest, Safety::Safe) => {
            finding.fix(Fix::safe("normalise and hash the value").replace_text(pointer, &digest));
        }
        Reading::Digest(digest, Safety::Unsafe) => {
            let title = match name {
                Name::Ct | Name::St | Name::Zp | Name::Country => {
                    "normalise and hash the value, taking for granted what of it counts and where it is"
                }
                _ => "normalise and hash the value, taking country and leading digits for granted",
            };
            finding.fix(Fix::needs_consent(title).replace_text(pointer, &digest));
        }
        Reading::Unclear(why) => {
            finding.help(format!(
                "hash the right value at the source; this one cannot be hashed as it stands: {}",
                why.0
            ));
        }
        // It may be somebody's: what it is worth as a digest is for other rules to say.
        Reading::Worthless(digest, ..) => {
            finding
                .help("leave the key out when nobody gave a value, and hash it when somebody did")
                .fix(Fix::safe("normalise and hash the value").replace_text(pointer, &digest));
        }
        Reading::NoCallingCode(_) | Reading::Junk(..) => {}
    }
}

fn is_of_another_rule(reading: &Reading) -> bool {
    matches!(
        reading,
        Reading::NoCallingCode(_) | Reading::Junk(..) | Reading::Worthless(.., Safety::Safe)
    )
}
