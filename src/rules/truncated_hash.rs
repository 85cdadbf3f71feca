//! CL107: hex digits that are too few or too many for a digest.

use crate::digest::{self, Shape};
use crate::event::Event;
use crate::finding::{Certainty, Findings, Severity};
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::name::Hashing;

/// See `rules/truncated-hash.md`.
pub static RULE: Rule = crate::rule!("truncated-hash", Check::Event(check))
    .when(Signs::shaped(Shape::TruncatedHex.bit()));

/// One byte in sixteen begins with a zero: of 32 bytes two on average, and more than ten hardly
/// ever.
const LEAST_WITHOUT_ZEROS: usize = 54;

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    for identifier in event.shaped(Shape::TruncatedHex.bit()) {
        let name = identifier.name;
        // external_id may be any stable text, also one of 60 hex digits.
        if name.hashing() != Some(Hashing::Required) {
            continue;
        }
        let item = event.item(identifier.place);
        let core = digest::strip_appendix(identifier.text).trim();
        let digits = core.bytes().take_while(u8::is_ascii_hexdigit).count();
        if digits < core.len() {
            // A logger that shortens what it prints leaves the same trace as a sender that does.
            out.at(
                item,
                format!("{name} is a digest cut to {digits} hex digits with an ellipsis"),
            )
            .severity(Severity::Warning)
            .certainty(Certainty::Heuristic)
            .help("send all 64 hex digits; when only the log was shortened, log them in full");
            continue;
        }
        let message = format!("{name} has {digits} hex digits, a SHA-256 digest has 64");
        if (LEAST_WITHOUT_ZEROS..64).contains(&digits) {
            out.at(
                item,
                message + "; bytes printed without their leading zeros come to so many",
            )
            .help("pad each byte to two hex digits, and make columns wide enough for all 64");
        } else {
            out.at(item, message);
        }
    }
}
