//! CL203: the creation time of fbc or fbp in seconds, or in a finer unit than milliseconds.

use crate::event::Event;
use crate::finding::Findings;
use crate::fix::Fix;
use crate::json::Item;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::click_id::{self, Stamped, Unit};
use crate::values::name::Name;

/// See `rules/click-time-in-seconds.md`.
pub static RULE: Rule =
    crate::rule!("click-time-in-seconds", Check::Event(check)).when(Signs::ODD_STAMP);

type IsRight = fn(&str) -> bool;

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    if !event.raw().odd_stamp {
        return;
    }
    let keys: [(Name, IsRight); 2] = [(Name::Fbc, click_id::is_fbc), (Name::Fbp, click_id::is_fbp)];
    for (name, is_right) in keys {
        for value in event.user(name).into_iter().flat_map(Item::each) {
            let Some(text) = value.text().filter(|text| !Stamped::is_usual(text)) else {
                continue;
            };
            let Some(stamped) = Stamped::parse(text).filter(|_| is_right(text)) else {
                continue;
            };
            let Some(unit) = stamped.unit().filter(|&unit| unit != Unit::Milliseconds) else {
                continue;
            };
            let at = value.pointer_from(event.root().place());
            let fix = stamped.in_milliseconds().map(|right| {
                Fix::safe("write the creation time in milliseconds").replace_text(at, &right)
            });
            let unit = unit.phrase();
            out.at(
                value,
                format!("the creation time of {name} is in {unit}, not in milliseconds"),
            )
            .fix_if(fix.filter(|_| !stamped.has_fraction()));
        }
    }
}
