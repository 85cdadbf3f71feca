//! What a visit to a website leaves in an event: page, browser, address and cookie.

use crate::clock::DAY;
use crate::event::Event;
use crate::json::Item;
use crate::values::name::Name;

/// Whether a member is there and holds something.
pub fn has(item: Option<Item<'_, '_>>) -> bool {
    item.is_some_and(|item| !item.is_blank())
}

/// Whether the event has a cookie of Meta's pixel.
pub fn has_cookie(event: &Event<'_, '_>) -> bool {
    has(event.user(Name::Fbp)) || has(event.user(Name::Fbc))
}

/// Whether a cookie of Meta's pixel was made within the day before the event.
pub fn has_new_cookie(event: &Event<'_, '_>) -> bool {
    let Some(time) = event.time() else {
        return false;
    };
    [Name::Fbp, Name::Fbc]
        .into_iter()
        .filter_map(|name| {
            event
                .user_text(name)?
                .split('.')
                .nth(2)?
                .parse::<i64>()
                .ok()
        })
        .any(|milliseconds| (0..=DAY).contains(&(time - milliseconds / 1_000)))
}

/// A page, a cookie of Meta's pixel and a browser that is none inside an app.
pub fn is_browser_on_page(event: &Event<'_, '_>) -> bool {
    let page = event.get(Name::EventSourceUrl).and_then(Item::text);
    page.is_some_and(|page| page.starts_with("http"))
        && has_cookie(event)
        && event
            .user_text(Name::ClientUserAgent)
            .is_some_and(is_browser)
}

/// Whether nothing in the event comes from a browser: no page, agent, address or cookie.
#[inline]
pub fn is_without_trace(event: &Event<'_, '_>) -> bool {
    const TRACES: u128 = Name::ClientUserAgent.bit()
        | Name::ClientIpAddress.bit()
        | Name::Fbp.bit()
        | Name::Fbc.bit();
    let (top, user, _) = event.names();
    top & Name::EventSourceUrl.bit() == 0 && user & TRACES == 0
}

/// Whether the agent is a browser's own: the views inside apps say `wv`, name the app in brackets,
/// or leave `Safari/` out.
fn is_browser(agent: &str) -> bool {
    agent.starts_with("Mozilla/5.0 (")
        && !agent.contains("; wv)")
        && !agent.contains('[')
        && (agent.contains(" Safari/") || agent.contains(" Firefox/"))
}
