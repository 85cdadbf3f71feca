//! CL110: plain personal data in base64 or hex, where only a digest may stand.

use crate::digest::{self, Shape};
use crate::event::Event;
use crate::finding::Findings;
use crate::fix::{Fix, Safety};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::plain::{self, Reading};

/// See `rules/encoded-pii.md`.
pub static RULE: Rule = crate::rule!("encoded-pii", Check::Event(check))
    .when(Signs::required(Shape::EncodedText.bit()));

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    // external_id may be any stable text, also one that decodes to something.
    for identifier in event.required(Shape::EncodedText.bit()) {
        let name = identifier.name;
        let item = event.item(identifier.place);
        let text = digest::strip_appendix(identifier.text).trim();
        let Some(plain) = digest::decode_text(text) else {
            continue;
        };
        let encoding = match text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            true => "hex",
            false => "base64",
        };
        let pointer = item.pointer_from(event.root().place());
        let finding = out.at(
            item,
            format!(
                "{name} is no digest but {encoding} of what looks like {}",
                plain::look(name, &plain)
            ),
        );
        let (digest, fix) = match plain::read_text(name, &plain, event) {
            Reading::Digest(digest, Safety::Safe) => {
                (digest, Fix::safe("decode, normalise and hash the value"))
            }
            Reading::Digest(digest, Safety::Unsafe) | Reading::NoCallingCode(Some(digest)) => {
                let title = "decode, normalise and hash the value, taking the country for granted";
                (digest, Fix::needs_consent(title))
            }
            _ => continue,
        };
        finding.fix(fix.replace_text(pointer, &digest));
    }
}
