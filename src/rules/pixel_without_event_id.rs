//! CL310: the browser's events carry no id, or carry it where Meta does not look.

use std::io;

use crate::finding::Severity;
use crate::ledger::{Evidence, LogFindings, Needs};
use crate::report::count;
use crate::rule::{Check, Rule};

/// See `rules/pixel-without-event-id.md`.
pub static RULE: Rule = crate::rule!("pixel-without-event-id", Check::Log, conclude, Needs::NONE);

fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    for pairs in log.pixel() {
        // What only the browser sends needs no id.
        if pairs.without_id == 0 || pairs.server.events == 0 {
            continue;
        }
        let mut message = format!(
            "{} of {} of the browser named {} {} no eid, while the server sends events of that name",
            pairs.without_id,
            count(pairs.browser, "event"),
            pairs.name,
            if pairs.without_id == 1 { "has" } else { "have" },
        );
        if pairs.misplaced > 0 {
            message.push_str(&format!(
                "; {} an id among the custom data, where Meta does not look",
                match pairs.misplaced {
                    1 => "1 has".to_owned(),
                    number => format!("{number} have"),
                }
            ));
        }
        if pairs.images > 0 {
            message.push_str(&format!(
                "; {} of pages without scripts, which never has one",
                match pairs.images {
                    1 => "1 is the image".to_owned(),
                    number => format!("{number} are the image"),
                }
            ));
        }
        let finding = out.at(pairs.server.first, "", message);
        finding.events(0);
        if pairs.misplaced > 0 {
            finding.help(
                "give the id to fbq as eventID in the fourth argument, not among the parameters of the third",
            );
        }
        if pairs.images == pairs.without_id {
            finding.severity(Severity::Warning);
        }
    }
    Ok(())
}
