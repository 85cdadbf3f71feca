//! CL615: a key that Meta knows, on a level where Meta does not look for it.

use crate::digest::{Shape, looks_like_email};
use crate::event::{Event, Request};
use crate::finding::{Certainty, Effect, Finding, Findings, Severity};
use crate::fix::Fix;
use crate::json::{Item, Pointer, Val};
use crate::rule::{Check, Rule};
use crate::rules::unknown_user_data_key;
use crate::values::name::{Hashing, Name};
use crate::values::personal::{self, Kind};
use crate::values::plain;

/// See `rules/misplaced-key.md`.
pub static RULE: Rule = crate::rule!(
    "misplaced-key",
    Check::Several(&[Check::Request(in_request), Check::Event(check)])
);

/// Where a key belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Request,
    Event,
    AppData,
    UserData,
    CustomData,
}

const fn level_of(name: Name) -> Option<Level> {
    use Name::*;
    Some(match name {
        PartnerAgent | NamespaceId | UploadId | UploadSource | UploadTag => Level::Request,
        EventName
        | EventTime
        | EventId
        | UserData
        | CustomData
        | EventSourceUrl
        | OptOut
        | ActionSource
        | DataProcessingOptions
        | DataProcessingOptionsCountry
        | DataProcessingOptionsState
        | ReferrerUrl
        | CustomerSegmentation
        | AppData
        | OriginalEventData
        | AttributionData
        | MessagingChannel => Level::Event,
        // Meta's pages show it in app_data and beside it.
        Extinfo => Level::AppData,
        Value | Currency | Contents | ContentIds | ContentType | ContentName | ContentCategory
        | OrderId | ItemNumber | NumItems | PredictedLtv | NetRevenue | SearchString | Status
        | DeliveryCategory | EventSource | LeadEventSource | StoreData => Level::CustomData,
        _ if name.hashing().is_some() => Level::UserData,
        _ => return None,
    })
}

/// Keys of user_data that other programs also give to things of their own.
const COMMON: u128 = set(&[
    Name::Fn,
    Name::Ln,
    Name::Db,
    Name::Ge,
    Name::Ct,
    Name::St,
    Name::Zp,
    Name::Country,
    Name::F5first,
    Name::F5last,
    Name::Fi,
    Name::Dobd,
    Name::Dobm,
    Name::Doby,
    Name::SubscriptionId,
    Name::PageId,
    Name::AppUserId,
    Name::PartnerId,
    Name::PartnerName,
]);

/// What is out of place beside event_name; `status` and `event_source` are anybody's words there.
const OUT_OF_EVENT: u128 = (at(Level::Request) | at(Level::UserData) | at(Level::CustomData))
    & !set(&[Name::Status, Name::EventSource]);

/// What is out of place in user_data, which takes no properties of one's own.
const OUT_OF_USER: u128 = at(Level::Event) | at(Level::AppData) | at(Level::CustomData);

/// What is out of place in app_data. `app_user_id` stands there in one of Meta's SDKs.
const OUT_OF_APP: u128 = (at(Level::Event) | at(Level::UserData) & !COMMON | at(Level::CustomData))
    & !set(&[Name::AppData, Name::Status, Name::EventSource]);

/// What Meta documents for app_data and its SDKs write there, and nothing else has.
const OF_APP: [&str; 12] = [
    "advertiser_tracking_enabled",
    "application_tracking_enabled",
    "campaign_ids",
    "consider_views",
    "include_dwell_data",
    "include_video_data",
    "install_referrer",
    "installer_package",
    "receipt_data",
    "url_schemes",
    "vendor_id",
    "windows_attribution_id",
];

/// Whether a key that is no name of another level belongs in app_data.
pub(crate) fn is_of_app(key: &str) -> bool {
    OF_APP.contains(&key)
}

/// What is out of place in custom_data. Everybody may add properties of their own there, so these
/// are the names that nobody invents; the others must hold a digest besides. `country` and `city`
/// are Meta's own names for travel, and Meta's sample has customer_segmentation there.
const OUT_OF_CUSTOM: u128 = set(&[
    Name::EventName,
    Name::EventTime,
    Name::EventId,
    Name::UserData,
    Name::EventSourceUrl,
    Name::ActionSource,
    Name::DataProcessingOptions,
    Name::DataProcessingOptionsCountry,
    Name::DataProcessingOptionsState,
    Name::AppData,
    Name::OriginalEventData,
    Name::AttributionData,
    Name::MessagingChannel,
    Name::ClientIpAddress,
    Name::ClientUserAgent,
    Name::Fbc,
    Name::Fbp,
    Name::FbLoginId,
    Name::LeadId,
    Name::AnonId,
    Name::Madid,
    Name::PageScopedUserId,
    Name::CtwaClid,
    Name::IgSid,
]) | OUT_OF_CUSTOM_AS_DIGEST;

const OUT_OF_CUSTOM_AS_DIGEST: u128 = set(&[
    Name::Em,
    Name::Ph,
    Name::Fn,
    Name::Ln,
    Name::Db,
    Name::Ge,
    Name::Ct,
    Name::St,
    Name::Zp,
    Name::ExternalId,
]);

/// In custom_data these may be about the concert that was sold.
const OF_A_TICKET: u128 = set(&[Name::EventName, Name::EventTime, Name::EventId]);

/// What is out of place beside `data`. Of the data processing options their own rule speaks, and
/// `status` and its like may be an answer's.
const OUT_OF_REQUEST: u128 =
    (at(Level::Event) | at(Level::UserData) & !COMMON | at(Level::CustomData))
        & !set(&[
            Name::DataProcessingOptions,
            Name::DataProcessingOptionsCountry,
            Name::DataProcessingOptionsState,
            Name::Status,
            Name::EventSource,
            Name::LeadEventSource,
        ]);

/// Members that nothing but a request body has.
const OF_REQUEST: u128 = set(&[Name::AccessToken, Name::TestEventCode, Name::PartnerAgent]);

const fn set(names: &[Name]) -> u128 {
    let (mut set, mut i) = (0, 0);
    while i < names.len() {
        set |= names[i].bit();
        i += 1;
    }
    set
}

const fn at(level: Level) -> u128 {
    let (mut set, mut i) = (0, 0);
    while i < Name::ALL.len() {
        let name = Name::ALL[i];
        if let Some(its) = level_of(name)
            && its as u8 == level as u8
        {
            set |= name.bit();
        }
        i += 1;
    }
    set
}

fn check(event: &Event<'_, '_>, out: &mut Findings) {
    let (top, user, custom) = event.names();
    if event.in_request && (event.has_unnamed_keys() || top & Name::AppData.bit() != 0) {
        shown_in_clear(event, out);
    }
    in_event_name(event, out);
    if top & Name::AppData.bit() != 0 {
        for member in strays(event.get(Name::AppData), OUT_OF_APP) {
            in_app_data(event, member, out);
        }
    }
    if event.has_unnamed_user_keys() {
        of_app(event, event.user_data(), "in user_data", out);
    }
    if event.has_unnamed_keys() && is_of_an_app(event) {
        of_app(event, Some(event.root()), "beside event_name", out);
    }
    if (top & OUT_OF_EVENT) | (user & OUT_OF_USER) | (custom & OUT_OF_CUSTOM) == 0 {
        return;
    }
    for member in strays(Some(event.root()), OUT_OF_EVENT) {
        beside_event_name(event, member, top, out);
    }
    for member in strays(event.user_data(), OUT_OF_USER) {
        Stray::new(event, member, "in user_data").report(event, out);
    }
    for member in strays(event.custom_data(), OUT_OF_CUSTOM) {
        in_custom_data(event, member, custom, out);
    }
}

/// Keys of the sender's own beside event_name or in app_data that show a person in clear. Outside
/// of a request they may be the columns of a row in which the event was kept.
fn shown_in_clear(event: &Event<'_, '_>, out: &mut Findings) {
    let app_data = event.get(Name::AppData).into_iter();
    for (object, place) in [(event.root(), "beside event_name")]
        .into_iter()
        .chain(app_data.map(|data| (data, "in app_data")))
    {
        let is_app = place == "in app_data";
        let is_own = |member: &Item<'_, '_>| match member.name() {
            Some(name) => is_app && personal::kind_of_name(name).is_some(),
            None => true,
        };
        for member in object.members().filter(is_own) {
            let mut kept = match is_app {
                true => None,
                false => bring_home(event, member),
            };
            for value in member.descendants() {
                let Some(kind) = personal::shown_by(value) else {
                    continue;
                };
                let at = value.pointer_from(event.root().place());
                let removal = || Fix::safe(TAKE_AWAY).remove(at);
                leak(out, value, kind, place).fix(kept.take().unwrap_or_else(removal));
            }
        }
    }
}

/// Hashes what another spelling of a key of user_data holds and moves it there, when that key has
/// nothing: it may be all that tells who the person is.
fn bring_home(event: &Event<'_, '_>, member: Item<'_, '_>) -> Option<Fix> {
    let name = unknown_user_data_key::spelt_otherwise(member.key())?;
    if name.hashing() != Some(Hashing::Required) || !member.each().all(|it| it.text().is_some()) {
        return None;
    }
    let root = event.root().place();
    let mut fix = Fix::safe(format!(
        "hash the value and move it to user_data, as {name}"
    ));
    match event.get(Name::UserData) {
        Some(user_data) if !user_data.is_object() => return None,
        _ => {}
    }
    match event.user(name) {
        Some(there) if there.is_blank() => fix = fix.remove(there.pointer_from(root)),
        Some(_) => return None,
        None => {}
    }
    let (fix, hashed) = plain::hash_in(fix, name, member, event).ok()?;
    if hashed < member.each().count() {
        return None;
    }
    Some(fix.relocate(member.pointer_from(root), into(Name::UserData), name.text()))
}

const TAKE_AWAY: &str = "take away what shows a person in clear";

fn leak<'o>(
    out: &'o mut Findings,
    value: Item<'_, '_>,
    kind: Kind,
    place: &str,
) -> &'o mut Finding {
    let phrase = kind.phrase();
    out.at(value, format!("{phrase} stands {place} in clear"))
        .certainty(Certainty::Strong)
        .effect(Effect::Leaked)
        .help("send personal data in user_data only, normalised and hashed")
}

/// The name of an event is shown to all who look at its statistics.
fn in_event_name(event: &Event<'_, '_>, out: &mut Findings) {
    let Some(name) = event.name() else { return };
    let Some(email) = personal::email_inside(name) else {
        return;
    };
    let Some(item) = event.get(Name::EventName) else {
        return;
    };
    let rest = name.replace(email, "");
    let rest = rest.trim_matches(|c: char| !c.is_alphanumeric());
    let at = item.pointer_from(event.root().place());
    let fix = Fix::needs_consent("take the address out of the name").replace_text(at, rest);
    leak(out, item, Kind::Email, "in event_name").fix_if(Some(fix).filter(|_| !rest.is_empty()));
}

/// Personal data beside `data`, where every other key is one of a request: anything else there may
/// be a logger's, and this a column of it.
fn shown_beside_data(request: &Request<'_, '_>, out: &mut Findings) {
    let is_of_body = |member: Item<'_, '_>| match member.name() {
        Some(name) => {
            name == Name::Data
                || matches!(level_of(name), Some(Level::Request))
                || bit(member) & OF_REQUEST != 0
                || personal::kind_of_name(name).is_some()
        }
        None => member
            .each()
            .all(|value| personal::shown_by(value).is_some()),
    };
    let is_candidate = |member: &Item<'_, '_>| {
        member
            .name()
            .is_none_or(|name| personal::kind_of_name(name).is_some())
    };
    if request.is_form
        || !request.body.children().any(|member| is_candidate(&member))
        || !request.body.children().all(is_of_body)
    {
        return;
    }
    for value in request
        .body
        .children()
        .filter(is_candidate)
        .flat_map(Item::each)
    {
        if let Some(kind) = personal::shown_by(value) {
            let at = value.pointer_from(request.body.place());
            leak(out, value, kind, "beside `data`").fix(Fix::safe(TAKE_AWAY).remove(at));
        }
    }
}

/// Keys that were meant for every event and stand once beside the list.
fn in_request(request: &Request<'_, '_>, out: &mut Findings) {
    shown_beside_data(request, out);
    let names = || request.body.children().filter_map(Item::name);
    let found = names().fold(0, |set, name| set | name.bit());
    if found & OUT_OF_REQUEST == 0 || request.is_form {
        return;
    }
    // Anything else around the list may be a logger's, whose lines have names and ids of their own.
    if found & OF_REQUEST == 0 && names().count() < request.body.len() {
        return;
    }
    let events: Vec<Item<'_, '_>> = match request.get(Name::Data) {
        Some(data) if data.is_list() => data.children().filter(|it| it.is_object()).collect(),
        _ => return,
    };
    for member in strays(Some(request.body), OUT_OF_REQUEST) {
        if let Some(name) = member.name()
            && may_be_meant(name, member)
        {
            beside_data(name, member, &events, out);
        }
    }
}

/// Whether a value is of the type that the key has in an event.
fn may_be_meant(name: Name, member: Item<'_, '_>) -> bool {
    match name {
        Name::UserData | Name::CustomData | Name::AppData => member.is_object(),
        Name::OriginalEventData | Name::AttributionData => member.is_object(),
        Name::ActionSource | Name::EventName => member.text().is_some(),
        _ => true,
    }
}

/// What a key beside `data` is for the events that lack it; where none does, it says nothing.
fn beside_data(name: Name, member: Item<'_, '_>, events: &[Item<'_, '_>], out: &mut Findings) {
    let (parent, home) = match level_of(name) {
        Some(Level::Event) => (None, "in every event"),
        Some(Level::UserData) => (Some(Name::UserData), "in user_data of every event"),
        Some(Level::CustomData) => (Some(Name::CustomData), "in custom_data of every event"),
        _ => return,
    };
    let lacks = |event: Item<'_, '_>| {
        let object = parent.map_or(Some(event), |parent| event.get(parent));
        object
            .and_then(|object| object.get(name))
            .is_none_or(Item::is_blank)
    };
    let lacking = events.iter().filter(|event| lacks(**event)).count();
    if lacking == 0 {
        return;
    }
    let message = format!("{name} stands beside `data`; Meta looks for it {home}");
    let at = |number: usize| {
        let event = Pointer::root().key(Name::Data.text()).index(number);
        parent.map_or(event.clone(), |parent| event.key(parent.text()))
    };
    let from = Pointer::root().key(name.text());
    // A blank member in its place would be there twice, and a parent of another type has no room.
    let has_room = |event: Item<'_, '_>| {
        let object = parent.map_or(Some(event), |parent| event.get(parent));
        object.is_none_or(|object| object.is_object() && object.get(name).is_none())
    };
    let all_have_room = lacking == events.len() && events.iter().all(|event| has_room(*event));
    let fix = match (events.len(), member.val()) {
        _ if !all_have_room => None,
        (1, _) => {
            let fix = Fix::safe("move the key into the event");
            Some(fix.relocate(from, at(0), name.text()))
        }
        (_, Val::Text(text)) if name == Name::ActionSource => {
            let fix = Fix::needs_consent("write the source into every event");
            let insert =
                |fix: Fix, number| fix.insert(at(number), name.text(), crate::fix::quote(text));
            Some((0..events.len()).fold(fix, insert).remove(from))
        }
        _ => None,
    };
    out.at(member, message)
        .certainty(Certainty::Strong)
        .fix_if(fix);
}

/// The members of an object whose names are in `set` and that say anything.
fn strays<'t, 'a>(object: Option<Item<'t, 'a>>, set: u128) -> impl Iterator<Item = Item<'t, 'a>> {
    let members = object.into_iter().flat_map(Item::members);
    members.filter(move |member| bit(*member) & set != 0 && !member.is_blank())
}

fn bit(member: Item<'_, '_>) -> u128 {
    member.name().map_or(0, Name::bit)
}

fn beside_event_name(event: &Event<'_, '_>, member: Item<'_, '_>, top: u128, out: &mut Findings) {
    // `st`, `country` and their like may be the logger's, unless they come in company.
    let is_common = bit(member) & COMMON != 0;
    let has_company = top & at(Level::UserData) & !COMMON != 0;
    if is_common && !has_company && !is_digest(member) {
        return;
    }
    if !is_refused_there(event, member) {
        Stray::new(event, member, "beside event_name").report(event, out);
    }
}

fn in_app_data(event: &Event<'_, '_>, member: Item<'_, '_>, out: &mut Findings) {
    // That it shows somebody in clear was told already.
    let is_shown = |value: Item<'_, '_>| personal::shown_by(value).is_some();
    if event.in_request && member.descendants().any(is_shown) || is_refused_there(event, member) {
        return;
    }
    Stray::new(event, member, "in app_data").report(event, out);
}

/// Whether an app sends the event: elsewhere `campaign_ids` or `vendor_id` may be a column of the
/// row that the event was kept in.
fn is_of_an_app(event: &Event<'_, '_>) -> bool {
    event.action_source() == Some("app")
        || (event.get(Name::AppData)).is_some_and(|data| data.is_object() && !data.is_blank())
}

/// The value of a key of app_data that stands beside event_name or in user_data, whence its fix
/// brings it home.
pub(crate) fn of_app_astray<'t, 'a>(event: &Event<'t, 'a>, key: &str) -> Option<Item<'t, 'a>> {
    let user_data = event.user_data().filter(|_| event.has_unnamed_user_keys());
    let root = Some(event.root()).filter(|_| event.has_unnamed_keys() && is_of_an_app(event));
    let mut values = (user_data.into_iter().chain(root)).filter_map(|object| object.member(key));
    values.find(|value| !value.is_blank())
}

/// Keys of app_data among those of the person, or of the event.
fn of_app(event: &Event<'_, '_>, object: Option<Item<'_, '_>>, stands: &str, out: &mut Findings) {
    let members = object.into_iter().flat_map(Item::members);
    for member in members.filter(|member| member.name().is_none() && is_of_app(member.key())) {
        let key = member.key();
        let app_data = event.get(Name::AppData);
        let there = app_data.and_then(|data| data.member(key));
        if member.is_blank() {
            continue;
        }
        if there.is_some_and(|there| !there.is_blank()) {
            let message = format!("{key} stands {stands} as well; Meta reads the one in app_data");
            out.at(member, message).severity(Severity::Info);
            continue;
        }
        let root = event.root().place();
        let mut fix = Fix::safe("move the key to where Meta reads it");
        if let Some(blank) = there {
            fix = fix.remove(blank.pointer_from(root));
        }
        // Of two that are astray the first goes home.
        let is_first = of_app_astray(event, key).is_none_or(|one| one.place() == member.place());
        let has_room = app_data.is_none_or(|data| data.is_object() || data.is_blank());
        // null, or PHP's empty array: an object takes its place.
        if let Some(data) = app_data.filter(|data| !data.is_object() && data.is_blank()) {
            fix = fix.remove(data.pointer_from(root));
        }
        let fix = fix.relocate(member.pointer_from(root), into(Name::AppData), key);
        out.at(
            member,
            format!("{key} stands {stands}; Meta looks for it in app_data"),
        )
        .fix_if(Some(fix).filter(|_| has_room && is_first));
    }
}

fn in_custom_data(event: &Event<'_, '_>, member: Item<'_, '_>, custom: u128, out: &mut Findings) {
    let bit = bit(member);
    let is_email = || {
        bit == Name::Em.bit()
            && member
                .each()
                .all(|value| value.text().is_some_and(looks_like_email))
    };
    if bit & OUT_OF_CUSTOM_AS_DIGEST != 0 && !is_digest(member) && !is_email() {
        return;
    }
    // A lead's id is asked for in user_data; elsewhere `lead_id` is a shop's own property.
    let is_crm = custom & Name::LeadEventSource.bit() != 0;
    if bit == Name::LeadId.bit() && !is_crm || is_refused_there(event, member) {
        return;
    }
    let mut stray = Stray::new(event, member, "in custom_data");
    // A copy of what stands in the right place as well is a property like any other.
    if stray.taken {
        return;
    }
    stray.certainty = Certainty::Strong;
    if bit & OF_A_TICKET != 0 {
        stray.severity = Severity::Warning;
        stray.certainty = Certainty::Heuristic;
    }
    stray.report(event, out);
}

/// Messaging events are refused when user_data holds an address or a user agent (subcode 2804064).
fn is_refused_there(event: &Event<'_, '_>, member: Item<'_, '_>) -> bool {
    let names = Name::ClientIpAddress.bit() | Name::ClientUserAgent.bit();
    bit(member) & names != 0 && event.action_source() == Some("business_messaging")
}

fn is_digest(member: Item<'_, '_>) -> bool {
    !member.is_blank()
        && member.each().all(|value| {
            value
                .text()
                .is_some_and(|text| matches!(Shape::of(text), Shape::Sha256 | Shape::UpperHex))
        })
}

/// A key in the wrong place.
struct Stray<'t, 'a> {
    member: Item<'t, 'a>,
    name: Name,
    stands: &'static str,
    home: Level,
    /// What stands at its own place already.
    there: Option<Item<'t, 'a>>,
    /// Whether that says anything.
    taken: bool,
    severity: Severity,
    certainty: Certainty,
}

impl<'t, 'a> Stray<'t, 'a> {
    fn new(event: &Event<'t, 'a>, member: Item<'t, 'a>, stands: &'static str) -> Self {
        let name = member.name().unwrap_or(Name::Value);
        let home = level_of(name).unwrap_or(Level::CustomData);
        let there = match home {
            Level::Request => None,
            Level::Event => event.get(name),
            Level::UserData => event.user(name),
            Level::CustomData => event.custom(name),
            // `member` and not `get`: app_data need not be an object.
            Level::AppData => event
                .get(Name::AppData)
                .and_then(|data| data.member(name.text())),
        };
        Stray {
            member,
            name,
            stands,
            home,
            there,
            taken: there.is_some_and(|item| !item.is_blank()),
            severity: Severity::Error,
            certainty: Certainty::Proof,
        }
    }

    fn report(mut self, event: &Event<'t, 'a>, out: &mut Findings) {
        let (name, stands) = (self.name, self.stands);
        let home = match self.home {
            Level::Request => "beside `data`, in the request",
            Level::Event => "beside event_name",
            Level::AppData => "in app_data",
            Level::UserData => "in user_data",
            Level::CustomData => "in custom_data",
        };
        let holds_more = matches!(name, Name::UserData | Name::CustomData | Name::AppData);
        let message = match self.taken {
            true => format!("{name} stands {stands} as well; Meta reads the one {home}"),
            false => format!("{name} stands {stands}; Meta looks for it {home}"),
        };
        match self.home {
            // No event counts for less without these.
            Level::Request if !event.in_request => return,
            Level::Request => self.severity = Severity::Warning,
            // The right one is there: nothing is lost but a few bytes.
            _ if self.taken && !holds_more => self.severity = Severity::Info,
            _ => {}
        }
        let fix = self.fix(event);
        // A copy in clear adds nothing and shows everything.
        let shown = |value: Item<'_, '_>| personal::shown_by(value).is_some();
        if self.taken && self.home == Level::UserData && self.member.each().any(shown) {
            let at = self.member.pointer_from(event.root().place());
            out.at(self.member, message)
                .certainty(Certainty::Strong)
                .effect(Effect::Leaked)
                .fix(Fix::safe(TAKE_AWAY).remove(at));
            return;
        }
        out.at(self.member, message)
            .severity(self.severity)
            .certainty(self.certainty)
            .fix_if(fix);
    }

    fn fix(&self, event: &Event<'t, 'a>) -> Option<Fix> {
        if self.taken || self.home == Level::Request {
            return None;
        }
        let root = event.root().place();
        let (into, parent) = match self.home {
            Level::Request | Level::Event => (Pointer::root(), None),
            Level::UserData => (into(Name::UserData), event.get(Name::UserData)),
            Level::CustomData => (into(Name::CustomData), event.get(Name::CustomData)),
            Level::AppData => (into(Name::AppData), event.get(Name::AppData)),
        };
        let mut fix = match self.certainty {
            Certainty::Heuristic => Fix::needs_consent("move the key to where Meta reads it"),
            _ => Fix::safe("move the key to where Meta reads it"),
        };
        match parent.filter(|parent| !parent.is_object()) {
            // null, or PHP's empty array: an object takes its place.
            Some(parent) if parent.is_blank() => fix = fix.remove(parent.pointer_from(root)),
            Some(_) => return None,
            None => {}
        }
        if let Some(blank) = self.there {
            fix = fix.remove(blank.pointer_from(root));
        }
        let from = self.member.pointer_from(root);
        Some(fix.relocate(from, into, self.name.text()))
    }
}

fn into(name: Name) -> Pointer {
    Pointer::root().key(name.text())
}
