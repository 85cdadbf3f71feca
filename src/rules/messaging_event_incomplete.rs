//! CL508: an event from a messenger without what tells the conversation, or with what is refused
//! there.

use crate::event::Event;
use crate::finding::Findings;
use crate::rule::{Check, Rule};
use crate::signs::Signs;
use crate::values::event_name::MESSAGING;
use crate::values::name::Name;

/// See `rules/messaging-event-incomplete.md`.
pub static RULE: Rule =
    crate::rule!("messaging-event-incomplete", Check::Event(check)).when(Signs::OTHER_SOURCE);

/// Keys of user_data of which one is needed.
type OneOf = &'static [Name];

const MESSENGER: &[OneOf] = &[&[Name::PageId], &[Name::PageScopedUserId]];
const WHATSAPP: &[OneOf] = &[
    &[Name::CtwaClid],
    // The list of parameters and the SDKs have the first, Meta's sample the second.
    &[Name::PageId, Name::WhatsappBusinessAccountId],
];
const INSTAGRAM: &[OneOf] = &[
    &[Name::IgSid],
    &[Name::IgAccountId, Name::InstagramBusinessAccountId],
];

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    if event.action_source() != Some("business_messaging") {
        return;
    }
    if let (Some(name), Some(item)) = (event.name(), event.get(Name::EventName)) {
        // Another spelling of an allowed name is event-name-case's.
        if MESSAGING.spelled(name).is_none() {
            let finding = out.at(
                item,
                "event_name is none of those that business messaging accepts",
            );
            if name == "Lead" {
                finding.help("Meta's name for a lead in a conversation is LeadSubmitted");
            }
        }
    }
    if let Some(needed) = channel(event, out) {
        identifiers(event, needed, out);
    }
    if event.get(Name::MessagingChannel).and_then(|c| c.text()) == Some("instagram") {
        for name in [Name::ClientIpAddress, Name::ClientUserAgent] {
            if let Some(item) = event.user(name).filter(|item| !item.is_blank()) {
                out.at(item, format!("{name} is refused on Instagram"))
                    .help("leave address and user agent out of events from Instagram");
            }
        }
    }
}

/// What the event's channel needs, when it has a known one.
fn channel(event: &Event<'_, '_>, out: &mut Findings) -> Option<&'static [OneOf]> {
    let item = event.get(Name::MessagingChannel);
    let Some(item) = item.filter(|item| !item.is_blank()) else {
        let (_, user, custom) = event.names();
        // On another level it is misplaced-key's to say so and to move it.
        if (user | custom) & Name::MessagingChannel.bit() == 0 {
            out.here("the messaging event has no messaging_channel");
        }
        return None;
    };
    match item.text() {
        Some("messenger") => Some(MESSENGER),
        Some("whatsapp") => Some(WHATSAPP),
        Some("instagram") => Some(INSTAGRAM),
        _ => {
            out.at(
                item,
                "messaging_channel is none of messenger, whatsapp and instagram",
            );
            None
        }
    }
}

fn identifiers(event: &Event<'_, '_>, needed: &[OneOf], out: &mut Findings) {
    let (top, _, custom) = event.names();
    for &names in needed {
        let is_there = |&name: &Name| {
            // On another level it is misplaced-key's to say so and to move it.
            (top | custom) & name.bit() != 0
                || event.user(name).is_some_and(|item| !item.is_blank())
        };
        if names.iter().any(is_there) {
            continue;
        }
        let list: Vec<&str> = names.iter().map(|name| name.text()).collect();
        let message = format!("user_data has no {}", list.join(" or "));
        match event.user_data() {
            Some(user_data) => out.at(user_data, message),
            None => out.here(message),
        };
    }
}
