//! CL505: an event that contradicts its action_source.

use std::io;

use crate::event::Event;
use crate::finding::{Certainty, Findings};
use crate::fix::Fix;
use crate::ledger::{Evidence, LEAST_EVENTS, LogFindings, Needs};
use crate::rule::{Check, Rule};
use crate::values::name::Name;
use crate::visit::{has, has_cookie, has_new_cookie, is_browser_on_page};

/// See `rules/wrong-action-source.md`.
pub static RULE: Rule = crate::rule!(
    "wrong-action-source",
    Check::Event(check),
    conclude,
    Needs::SERIES
);

/// One event with page, browser and a new cookie may be an odd one; when all of a name are so, and
/// most of them of the very day of the cookie, the constant stands in the code.
fn conclude(log: &Evidence<'_>, out: &mut LogFindings) -> io::Result<()> {
    for (name, series) in log.series() {
        let sources = &series.sources;
        let browsed = sources.browsed;
        if browsed.events < LEAST_EVENTS
            || browsed.events * 100 < sources.offline * 95
            || sources.fresh * 2 < browsed.events
        {
            continue;
        }
        let message = format!(
            "{} of {} events named {} from tills and systems have page, browser, address and cookie of a visit",
            browsed.events,
            sources.offline,
            log.event_name(name),
        );
        // The events have been spoken of one by one.
        out.at(browsed.first, "/action_source", message)
            .certainty(Certainty::Strong)
            .related(browsed.last, "the last of them")
            .events(0);
    }
    Ok(())
}

/// What the event looks like instead.
struct Contradiction {
    message: &'static str,
    /// The value that would fit, when one does without further keys.
    fitting: Option<&'static str>,
    certainty: Certainty,
}

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(source) = event.action_source() else {
        return;
    };
    let found = match source {
        "website" => website(event),
        "app" => app(event),
        "physical_store" | "system_generated" => without_browser(event, true),
        "email" | "phone_call" | "chat" => without_browser(event, false),
        _ => None,
    };
    let (Some(found), Some(item)) = (found, event.get(Name::ActionSource)) else {
        return;
    };
    let at = item.pointer_from(event.root().place());
    out.at(item, found.message)
        .certainty(found.certainty)
        .fix_if(found.fitting.map(|value| {
            Fix::needs_consent("name the source that the event shows").replace_text(at, value)
        }));
}

/// A website event that only an app, a shop, a CRM or a messenger can have made.
fn website(event: &Event<'_, '_>) -> Option<Contradiction> {
    const APP: u128 = Name::AppData.bit() | Name::Extinfo.bit();
    const APP_IDS: u128 = Name::Madid.bit() | Name::AnonId.bit();
    const SHOP: u128 = Name::StoreData.bit() | Name::ItemNumber.bit();
    const CRM: u128 = Name::LeadEventSource.bit();
    const MESSAGING: u128 = Name::CtwaClid.bit() | Name::PageScopedUserId.bit() | Name::IgSid.bit();
    const LEAD: u128 = Name::LeadId.bit();

    let (top, user, custom) = event.names();
    if top & APP == 0 && user & (APP_IDS | MESSAGING | LEAD) == 0 && custom & (SHOP | CRM) == 0 {
        return None;
    }
    // A page inside an app is a website with the app's keys beside it.
    if has(event.get(Name::EventSourceUrl)) || has_cookie(event) {
        return None;
    }
    let of_user = |set: u128, name: Name| set & name.bit() != 0 && has(event.user(name));
    let strong = |message, fitting| {
        Some(Contradiction {
            message,
            fitting,
            certainty: Certainty::Strong,
        })
    };
    if has(event.get(Name::AppData)) {
        return strong(
            "a website event with app_data, but no page and no browser cookie",
            Some("app"),
        );
    }
    if has(event.get(Name::Extinfo)) || of_user(user, Name::Madid) || of_user(user, Name::AnonId) {
        return strong(
            "a website event with keys that only apps have, but no page and no browser cookie",
            None,
        );
    }
    if has(event.user(Name::ClientUserAgent)) || has(event.user(Name::ClientIpAddress)) {
        return None;
    }
    let heuristic = |message, fitting| {
        Some(Contradiction {
            message,
            fitting,
            certainty: Certainty::Heuristic,
        })
    };
    if has(event.custom(Name::StoreData)) || has(event.custom(Name::ItemNumber)) {
        return heuristic(
            "a website event with the keys of a shop's till and no trace of a browser",
            Some("physical_store"),
        );
    }
    if has(event.user(Name::LeadId)) || has(event.custom(Name::LeadEventSource)) {
        return heuristic(
            "a website event with the keys of a CRM and no trace of a browser",
            Some("system_generated"),
        );
    }
    let of_messaging = [Name::CtwaClid, Name::PageScopedUserId, Name::IgSid];
    if of_messaging.iter().any(|&name| has(event.user(name))) {
        return heuristic(
            "a website event with the ids of a messenger and no trace of a browser",
            None,
        );
    }
    None
}

/// An app event that a browser on a page has made.
fn app(event: &Event<'_, '_>) -> Option<Contradiction> {
    if has(event.get(Name::AppData)) || has(event.get(Name::Extinfo)) || !is_browser_on_page(event)
    {
        return None;
    }
    let of_app = has(event.user(Name::Madid)) || has(event.user(Name::AnonId));
    (!of_app).then_some(Contradiction {
        message: "an app event with a page, a browser and its cookie, but no app_data",
        fitting: Some("website"),
        certainty: Certainty::Heuristic,
    })
}

/// What people do on pages and nowhere else, as far as the names tell.
const BROWSED: [&str; 8] = [
    "PageView",
    "ViewContent",
    "Search",
    "AddToCart",
    "AddToWishlist",
    "CustomizeProduct",
    "InitiateCheckout",
    "AddPaymentInfo",
];

/// An event that a browser on a page has made, though its source has no browser. Calls and chats
/// may start on a page and keep its traces, so for them a purchase shows nothing; for the others it
/// does when the cookie is new, because renewals and tills repeat what was once known of the buyer.
fn without_browser(event: &Event<'_, '_>, or_purchase: bool) -> Option<Contradiction> {
    if !is_browser_on_page(event) || !has(event.user(Name::ClientIpAddress)) {
        return None;
    }
    let name = event.name()?;
    let shown =
        BROWSED.contains(&name) || (or_purchase && name == "Purchase" && has_new_cookie(event));
    let of_elsewhere = has(event.user(Name::SubscriptionId))
        || has(event.user(Name::LeadId))
        || has(event.custom(Name::StoreData))
        || has(event.custom(Name::LeadEventSource));
    (shown && !of_elsewhere).then_some(Contradiction {
        message: "the event has page, browser, address and cookie of a website visit",
        fitting: Some("website"),
        certainty: Certainty::Heuristic,
    })
}
