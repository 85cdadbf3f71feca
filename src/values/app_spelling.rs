//! The names that Meta's App Events give to the keys of custom_data. Its page on custom data lists
//! them beside its own for events of apps.

use crate::event::Event;
use crate::json::Item;
use crate::values::name::Name;

/// What an app event says under the app's name for a key of custom_data.
pub(crate) fn custom<'t, 'a>(event: &Event<'t, 'a>, name: Name) -> Option<Item<'t, 'a>> {
    if event.action_source() != Some("app") || !event.has_unnamed_custom_keys() {
        return None;
    }
    let key = match name {
        Name::Value => "_valueToSum",
        Name::Currency => "fb_currency",
        _ => return None,
    };
    let value = event.custom_data()?.member(key)?;
    Some(value).filter(|value| !value.is_blank())
}
