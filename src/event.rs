//! The typed view that rules speak to: a record, the requests and events inside it.

mod payload;
mod record;

pub(crate) use payload::is_listed_event;
pub use payload::{Payload, Payloads, Request};
pub use record::{Record, is_bare};

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use bumpalo::Bump;

use crate::clock::{Clock, PLAUSIBLE};
use crate::digest::forms::{self, Look};
use crate::digest::mistakes::{self, Mistake};
use crate::digest::{self, Digest, Shape, worthless};
use crate::envelope::when::{Logged, Trust};
use crate::json::{Item, Tape, Val};
use crate::known::Verdict;
use crate::signs::Signs;
use crate::values::agent;
use crate::values::click_id::{self, Stamped, StampedAt};
use crate::values::contents::Sums;
use crate::values::event_name::STANDARD;
use crate::values::name::{Hashing, Name};
use crate::witness::Witnesses;

use payload::WEIGHTY;

/// What the user grants: assumptions that unsafe fixes may use.
#[derive(Clone, Debug, Default)]
pub struct Assumptions {
    /// Country of phones without a calling code, ISO 3166-1 alpha-2 in lower case.
    pub country: Option<String>,
    /// Zone of times that name none.
    pub zone: Option<jiff::tz::TimeZone>,
}

/// Where the members with known names of one object stand.
struct Slots<const N: usize> {
    first: u8,
    at: [u32; N],
    /// All known names among the keys, also those that belong elsewhere.
    names: u128,
    /// Whether there are keys that are no known name.
    has_unnamed: bool,
}

impl<const N: usize> Slots<N> {
    fn of(first: Name, object: Option<Item<'_, '_>>) -> Self {
        let mut slots = Slots {
            first: first as u8,
            at: [0; N],
            names: 0,
            has_unnamed: false,
        };
        if let Some(object) = object {
            for member in object.children() {
                let Some(name) = member.name() else {
                    slots.has_unnamed = true;
                    continue;
                };
                slots.names |= name.bit();
                let slot = (name as u8).wrapping_sub(slots.first) as usize;
                if let Some(slot) = slots.at.get_mut(slot) {
                    *slot = member.place();
                }
            }
        }
        slots
    }

    /// 0 is the root of the tape, which is never a member.
    #[inline]
    fn get(&self, name: Name) -> Option<u32> {
        let at = *self
            .at
            .get((name as u8).wrapping_sub(self.first) as usize)?;
        (at != 0).then_some(at)
    }
}

/// One value of a key that wants a digest.
#[derive(Clone, Copy, Debug)]
pub struct Identifier<'a> {
    /// The key in user_data.
    pub name: Name,
    /// Place of the value on the tape.
    pub place: u32,
    /// The text, or `""` when it is none.
    pub text: &'a str,
    /// What it looks like.
    pub shape: Shape,
    /// What the digest is known to stand for, when that is nobody.
    pub worthless: Option<worthless::Entry>,
    /// Whether the digest is one of a right value of a key with few possible values.
    pub proven: bool,
    /// The digest itself when `shape` is [`Shape::Sha256`] or [`Shape::UpperHex`], else nothing.
    pub digest: Digest,
}

impl<'a> Identifier<'a> {
    /// The 64 hex digits without appendix, when the value is a digest in lower case.
    pub fn hex(&self) -> Option<&'a str> {
        (self.shape == Shape::Sha256).then(|| digest::strip_appendix(self.text))
    }

    /// The 64 hex digits without appendix and in lower case, in whatever case they are written.
    pub fn digits(&self) -> Option<Cow<'a, str>> {
        match self.shape {
            Shape::UpperHex => {
                let digits = digest::strip_appendix(self.text).to_ascii_lowercase();
                Some(Cow::Owned(digits))
            }
            _ => self.hex().map(Cow::Borrowed),
        }
    }

    /// The appendix with its dot, or `""`.
    pub fn appendix(&self) -> &'a str {
        &self.text[digest::strip_appendix(self.text).len()..]
    }
}

/// Whether a list of events, or an event, is what a request sends as `data`, though no body in JSON
/// stands around it: forms, multipart bodies and queries carry the list alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Field {
    /// Nothing says so.
    #[default]
    None,
    /// It is the field, or the first of so many pieces of it.
    FirstOf(u32),
    /// It is a further piece of the same field.
    Further,
}

/// What stands around the events of a payload: where they were sent, when and by whom. Whatever the
/// log does not tell is `None`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Envelope<'a> {
    /// The dataset that the request went to, from its URL: the digits of its id.
    pub dataset: Option<&'a str>,
    /// When the request was sent or logged, in Unix milliseconds.
    pub sent_at: Option<i64>,
    /// The pipeline: `partner_agent` of the body, or the logger's label.
    pub sender: Option<&'a str>,
    /// The `partner_agent` of the body alone.
    pub agent: Option<&'a str>,
    /// Whether the request has a `test_event_code`.
    pub is_test: bool,
    /// Whose clock `sent_at` is from.
    pub trust: Option<Trust>,
    /// What ties the request to its answer, if the log writes such a thing beside both.
    pub trace: Option<&'a str>,
    /// Whether the text is the field `data` of a request.
    pub field: Field,
    /// Whether it belongs to a call of the Graph API that sends no events.
    pub is_elsewhere: bool,
}

impl Envelope<'_> {
    /// When it was sent or logged, by whose clock.
    pub(crate) fn logged(&self) -> Option<Logged> {
        let (trust, millis) = (self.trust?, self.sent_at?);
        Some(Logged { trust, millis })
    }

    /// The same around the field `data` of a request.
    pub(crate) fn in_field(self) -> Self {
        Envelope {
            field: Field::FirstOf(1),
            ..self
        }
    }
}

/// One event.
pub struct Event<'t, 'a> {
    tape: &'t Tape<'a>,
    place: u32,
    top: Slots<30>,
    user: Slots<36>,
    custom: Slots<18>,
    user_data: Option<u32>,
    custom_data: Option<u32>,
    identifiers: Vec<Identifier<'a>>,
    shapes: u32,
    /// The shapes of those that must be digests: of all but external_id.
    required_shapes: u32,
    has_worthless: bool,
    /// Whether any value may be a mistake that [`mistakes::of`] finds: one of a key with few
    /// possible values that is none of the right ones, or one of several of its key.
    has_suspect: bool,
    raw: RawLook,
    mistakes: OnceCell<Vec<Mistake>>,
    may_be_mistaken: OnceCell<bool>,
    sums: OnceCell<Option<Sums>>,
    address: OnceCell<Option<std::net::IpAddr>>,
    /// Places instead of texts, so that the event stays covariant: where fbc stands, where its
    /// creation time begins and ends and what it is, and where a click id stands in the address.
    click: OnceCell<Option<(u32, StampedAt, Option<i64>)>>,
    fbclid: OnceCell<Option<Range<usize>>>,
    agent: OnceCell<Option<(u32, agent::Kind)>>,
    website: bool,
    deep: bool,
    /// What a list of known values shows to be wrong, by place.
    known_forms: Vec<(u32, forms::WrongForm)>,
    /// The time against which its age is measured.
    pub clock: Clock,
    /// What unsafe fixes may assume.
    pub assume: &'t Assumptions,
    /// What others than the log know.
    pub witnesses: &'t Witnesses,
    /// Whether a request body stands around it.
    pub in_request: bool,
    /// What stands around its payload.
    pub envelope: Envelope<'a>,
}

impl<'t, 'a> Event<'t, 'a> {
    /// The event at a place of the tape. `deep` looks for rare forms of hashed values too.
    /// `identifiers` is emptied and used again; get it back with
    /// [`Event::into_identifiers`].
    #[allow(clippy::too_many_arguments)] // One caller, and all of it is about one event.
    pub fn new(
        tape: &'t Tape<'a>,
        place: u32,
        clock: Clock,
        assume: &'t Assumptions,
        witnesses: &'t Witnesses,
        in_request: bool,
        envelope: Envelope<'a>,
        deep: bool,
        mut identifiers: Vec<Identifier<'a>>,
    ) -> Event<'t, 'a> {
        let root = tape.at(place);
        let top = Slots::of(Name::Data, Some(root));
        let object = |name| {
            top.get(name)
                .map(|at| tape.at(at))
                .filter(|item| item.is_object())
        };
        let (user_data, custom_data) = (object(Name::UserData), object(Name::CustomData));
        let source = top.get(Name::ActionSource).map(|at| tape.at(at));
        let website = source.and_then(Item::text) == Some("website");
        identifiers.clear();
        let mut event = Event {
            tape,
            place,
            user: Slots::of(Name::Em, user_data),
            custom: Slots::of(Name::Value, custom_data),
            top,
            user_data: user_data.map(Item::place),
            custom_data: custom_data.map(Item::place),
            identifiers,
            shapes: 0,
            required_shapes: 0,
            has_worthless: false,
            has_suspect: false,
            raw: RawLook::default(),
            mistakes: OnceCell::new(),
            may_be_mistaken: OnceCell::new(),
            sums: OnceCell::new(),
            address: OnceCell::new(),
            click: OnceCell::new(),
            fbclid: OnceCell::new(),
            agent: OnceCell::new(),
            website,
            deep,
            known_forms: Vec::new(),
            clock,
            assume,
            witnesses,
            in_request,
            envelope,
        };
        if let Some(user_data) = user_data {
            event.identify(user_data);
        }
        event
    }

    fn identify(&mut self, user_data: Item<'t, 'a>) {
        for member in user_data.members() {
            let Some(name) = member.name() else { continue };
            if !matches!(name.hashing(), Some(Hashing::Required | Hashing::Optional)) {
                self.raw.look(name, member);
                continue;
            }
            if let Val::Text(text) = member.val() {
                self.push(name, member, text, Shape::of(text));
                continue;
            }
            if is_byte_list(member) {
                self.push(name, member, "", Shape::Bytes);
                continue;
            }
            if member.is_list() && member.is_empty() {
                self.push(name, member, "", Shape::Nothing);
            }
            for value in member.each() {
                match value.val() {
                    Val::Text(text) => self.push(name, value, text, Shape::of(text)),
                    Val::Null => self.push(name, value, "", Shape::Nothing),
                    Val::List if value.is_blank() => self.push(name, value, "", Shape::Nothing),
                    _ if is_byte_list(value) => self.push(name, value, "", Shape::Bytes),
                    _ => self.push(name, value, "", Shape::WrongType),
                }
            }
        }
    }

    #[inline]
    fn push(&mut self, name: Name, item: Item<'t, 'a>, text: &'a str, shape: Shape) {
        let (mut worthless, mut proven, mut digest) = (None, false, Digest::default());
        if shape == Shape::Sha256 {
            // An appendix stands behind the digits.
            let hex = &text[..64];
            digest = digest::digest_of_hex(hex);
            (worthless, proven) = self.recognise(name, item.place(), hex, &digest);
        } else if shape == Shape::UpperHex {
            (worthless, proven, digest) = self.recognise_capitals(name, item.place(), text);
        }
        let last = self.identifiers.last();
        self.has_suspect |= last.is_some_and(|last| last.name == name);
        self.shapes |= shape.bit();
        if name != Name::ExternalId {
            self.required_shapes |= shape.bit();
        }
        let place = item.place();
        self.identifiers.push(Identifier {
            name,
            place,
            text,
            shape,
            worthless,
            proven,
            digest,
        });
    }

    /// What a digest is known to stand for when that is nobody, and whether it is right.
    #[inline(always)]
    fn recognise(
        &mut self,
        name: Name,
        place: u32,
        hex: &str,
        digest: &Digest,
    ) -> (Option<worthless::Entry>, bool) {
        let mut worthless = None;
        let look = forms::look(name, digest, self.deep);
        let mut proven = look == Look::Right;
        self.has_suspect |= look == Look::Suspect;
        if matches!(look, Look::Open | Look::Suspect) {
            worthless = worthless::find_digest(digest);
            self.has_worthless |= worthless.is_some();
        }
        if let Some(known) = &self.witnesses.known
            && !proven
            && worthless.is_none()
        {
            match known.judge(name, hex) {
                Some(Verdict::Right) => proven = true,
                Some(Verdict::Wrong(form)) => {
                    self.has_suspect = true;
                    self.known_forms.push((place, form));
                }
                None => {}
            }
        }
        (worthless, proven)
    }

    /// As [`Event::recognise`], for a digest in capitals: what it is the digest of matters more than
    /// how it is written.
    #[cold]
    fn recognise_capitals(
        &mut self,
        name: Name,
        place: u32,
        text: &str,
    ) -> (Option<worthless::Entry>, bool, Digest) {
        let hex = text[..64].to_ascii_lowercase();
        let digest = digest::digest_of_hex(&hex);
        let (worthless, proven) = self.recognise(name, place, &hex, &digest);
        (worthless, proven, digest)
    }

    /// What it shows at first sight.
    pub fn signs(&self) -> Signs {
        /// What nearly every event has, and nothing else.
        const USUAL: u128 = WEIGHTY
            | Name::EventName.bit()
            | Name::EventTime.bit()
            | Name::EventId.bit()
            | Name::EventSourceUrl.bit()
            | Name::ReferrerUrl.bit()
            | Name::OptOut.bit();
        let lacks = |item: Option<Item<'_, '_>>| item.is_none_or(Item::is_blank);
        let name = self.name();
        let lack = name.is_none()
            || [Name::EventTime, Name::EventId, Name::ActionSource]
                .iter()
                .any(|&name| lacks(self.get(name)))
            || self.website
                && (lacks(self.get(Name::EventSourceUrl))
                    || lacks(self.user(Name::ClientUserAgent)));
        let time = self.get(Name::EventTime).map(Item::val);
        let odd_time = !matches!(time, Some(Val::Int(time)) if PLAUSIBLE.contains(&time));
        let goods = Name::Contents.bit() | Name::ContentIds.bit();
        Signs::ANY
            .with(Signs::NEW_ADDRESS)
            .with(Signs::shaped(self.shapes))
            .with(Signs::required(self.required_shapes))
            .with(Signs::WORTHLESS.only_if(self.has_worthless))
            .with(Signs::MISTAKE.only_if(self.may_be_mistaken()))
            .with(Signs::ODD_AGENT.only_if(self.raw.odd_agent))
            .with(Signs::ODD_STAMP.only_if(self.raw.odd_stamp))
            .with(Signs::RAW_HEX.only_if(self.raw.may_be_hex))
            .with(Signs::RAW_NOTHING.only_if(self.raw.may_be_nothing))
            .with(Signs::RAW_TEMPLATE.only_if(self.raw.may_be_template))
            .with(Signs::CLICK.only_if(self.user.names & Name::Fbc.bit() != 0))
            .with(Signs::LACK.only_if(lack))
            .with(Signs::OTHER_SOURCE.only_if(!self.website))
            .with(Signs::OTHER_NAME.only_if(!name.is_some_and(|name| STANDARD.contains(name))))
            .with(Signs::ODD_TIME.only_if(odd_time))
            .with(Signs::VALUE.only_if(self.custom.names & Name::Value.bit() != 0))
            .with(Signs::GOODS.only_if(self.custom.names & goods != 0))
            .with(Signs::RARE_KEYS.only_if(self.top.has_unnamed || self.top.names & !USUAL != 0))
    }

    /// Gives the list of identifiers back for the next event.
    pub fn into_identifiers(self) -> Vec<Identifier<'a>> {
        self.identifiers
    }

    /// The tape on which the event stands.
    pub fn tape(&self) -> &'t Tape<'a> {
        self.tape
    }

    /// The whole event.
    pub fn root(&self) -> Item<'t, 'a> {
        self.tape.at(self.place)
    }

    /// A value of the event by its place, such as an identifier's.
    pub fn item(&self, place: u32) -> Item<'t, 'a> {
        self.tape.at(place)
    }

    /// A member of the event: any name of the request or event family.
    #[inline]
    pub fn get(&self, name: Name) -> Option<Item<'t, 'a>> {
        self.top.get(name).map(|at| self.tape.at(at))
    }

    /// A member of user_data.
    #[inline]
    pub fn user(&self, name: Name) -> Option<Item<'t, 'a>> {
        self.user.get(name).map(|at| self.tape.at(at))
    }

    /// A member of custom_data from `value` to `store_data`.
    #[inline]
    pub fn custom(&self, name: Name) -> Option<Item<'t, 'a>> {
        self.custom.get(name).map(|at| self.tape.at(at))
    }

    /// user_data, when it is an object.
    pub fn user_data(&self) -> Option<Item<'t, 'a>> {
        self.user_data.map(|at| self.tape.at(at))
    }

    /// custom_data, when it is an object.
    pub fn custom_data(&self) -> Option<Item<'t, 'a>> {
        self.custom_data.map(|at| self.tape.at(at))
    }

    /// The known names among the keys of the event itself, of user_data and of custom_data, also
    /// those that belong elsewhere: a quick way to see that there is nothing to look for.
    pub fn names(&self) -> (u128, u128, u128) {
        (self.top.names, self.user.names, self.custom.names)
    }

    /// The values of all keys that want a digest, external_id among them.
    pub fn identifiers(&self) -> &[Identifier<'a>] {
        &self.identifiers
    }

    /// The identifiers whose shape is in `shapes` (a union of [`Shape::bit`]); costs nothing when
    /// there is none.
    #[inline]
    pub fn shaped(&self, shapes: u32) -> impl Iterator<Item = &Identifier<'a>> {
        let some = self.shapes & shapes != 0;
        let list = if some { &self.identifiers[..] } else { &[] };
        list.iter()
            .filter(move |identifier| identifier.shape.bit() & shapes != 0)
    }

    /// As [`Event::shaped`], for the keys that take nothing but digests.
    #[inline]
    pub fn required(&self, shapes: u32) -> impl Iterator<Item = &Identifier<'a>> {
        let some = self.required_shapes & shapes != 0;
        let list = if some { &self.identifiers[..] } else { &[] };
        list.iter().filter(move |identifier| {
            identifier.shape.bit() & shapes != 0 && identifier.name != Name::ExternalId
        })
    }

    /// The identifiers whose digest is known to stand for nobody.
    #[inline]
    pub fn worthless(&self) -> impl Iterator<Item = (&Identifier<'a>, worthless::Entry)> {
        let list = if self.has_worthless {
            &self.identifiers[..]
        } else {
            &[]
        };
        list.iter()
            .filter_map(|identifier| Some((identifier, identifier.worthless?)))
    }

    /// What a list of known values shows to be wrong: the place of the digest, and its form.
    pub fn known_forms(&self) -> &[(u32, forms::WrongForm)] {
        &self.known_forms
    }

    /// The digests that the event itself proves to be of a right value in a wrong form.
    pub fn mistakes(&self) -> &[Mistake] {
        if !self.may_be_mistaken() {
            return &[];
        }
        self.mistakes.get_or_init(|| mistakes::of(self))
    }

    /// What its contents come to; see [`Sums::of`].
    pub fn sums(&self) -> Option<Sums> {
        *self.sums.get_or_init(|| Sums::of(self))
    }

    /// Whether there can be any mistake; see [`mistakes::are_possible`].
    #[inline]
    pub(crate) fn may_be_mistaken(&self) -> bool {
        *self
            .may_be_mistaken
            .get_or_init(|| mistakes::are_possible(self))
    }

    /// event_name, when it is text that is not blank.
    pub fn name(&self) -> Option<&'a str> {
        let item = self.get(Name::EventName)?;
        item.text().filter(|_| !item.is_blank())
    }

    /// action_source, when it is text.
    pub fn action_source(&self) -> Option<&'a str> {
        self.get(Name::ActionSource)?.text()
    }

    /// Whether the event says that it happened on a website.
    pub fn is_website(&self) -> bool {
        self.website
    }

    /// event_time in Unix seconds, when it is a plausible time written as a number or as digits.
    pub fn time(&self) -> Option<i64> {
        crate::clock::plausible_time(self.get(Name::EventTime)?)
    }

    /// Whether the event itself has keys that are no known name.
    pub fn has_unnamed_keys(&self) -> bool {
        self.top.has_unnamed
    }

    /// Whether user_data has keys that are no known name.
    pub fn has_unnamed_user_keys(&self) -> bool {
        self.user.has_unnamed
    }

    /// Whether custom_data has keys that are no known name.
    pub fn has_unnamed_custom_keys(&self) -> bool {
        self.custom.has_unnamed
    }

    /// The country that the event itself names, in plain or by the digest of its code; `None` when
    /// it names none or several.
    pub fn country(&self) -> Option<&'static str> {
        let mut found = None;
        for identifier in &self.identifiers {
            if identifier.name != Name::Country {
                continue;
            }
            let country = match identifier.shape {
                Shape::Plain => crate::values::places::country(identifier.text),
                _ => identifier
                    .digits()
                    .and_then(|hex| crate::values::places::country_of_digest(&hex)),
            };
            if country.is_some() && found.is_some() && country != found {
                return None;
            }
            found = country.or(found);
        }
        found
    }

    /// What a first look at the keys of user_data that take no digest tells.
    pub fn raw(&self) -> RawLook {
        self.raw
    }

    /// Whether digests are also compared with the rare forms of their key's values.
    pub fn is_deep(&self) -> bool {
        self.deep
    }

    /// Whether any identifier alone may be a mistake; see [`Event::mistakes`].
    pub fn has_suspect(&self) -> bool {
        self.has_suspect
    }

    /// client_ip_address, when it is one address in the form that Meta asks for.
    #[inline]
    pub fn address(&self) -> Option<std::net::IpAddr> {
        let text = || crate::values::network::address(self.user(Name::ClientIpAddress)?.text()?);
        *self.address.get_or_init(text)
    }

    /// fbc, when it is right by the letter.
    #[inline]
    pub fn click(&self) -> Option<Click<'a>> {
        let (place, at, millis) = (*self.click.get_or_init(|| {
            let item = self.user(Name::Fbc)?.each().next()?;
            let stamped = click_id::fbc(item.text()?)?;
            Some((item.place(), stamped.at(), stamped.millis()))
        }))?;
        Some(Click {
            place,
            stamped: Stamped::again(self.tape.at(place).text()?, at),
            millis,
        })
    }

    /// The click id in the page's address, letter for letter.
    #[inline]
    pub fn fbclid(&self) -> Option<&'a str> {
        let url = || self.get(Name::EventSourceUrl)?.text();
        let at = self
            .fbclid
            .get_or_init(|| click_id::fbclid_in(url()?))
            .clone()?;
        url()?.get(at)
    }

    /// client_user_agent and what it is, when it does not look like a usual browser's.
    #[inline]
    pub fn odd_agent(&self) -> Option<(Item<'t, 'a>, &agent::Kind)> {
        if !self.raw.odd_agent {
            return None;
        }
        let (place, kind) = self
            .agent
            .get_or_init(|| {
                let item = self.user(Name::ClientUserAgent)?.each().next()?;
                let text = item.text()?;
                let kind = match agent::is_of_person(text) {
                    true => agent::Kind::Person,
                    false => agent::kind(text),
                };
                Some((item.place(), kind))
            })
            .as_ref()?;
        Some((self.tape.at(*place), kind))
    }

    /// A user_data key's text, trimmed, when it holds any.
    pub fn user_text(&self, name: Name) -> Option<&'a str> {
        self.user(name)?
            .text()
            .map(crate::values::blank::trimmed)
            .filter(|text| !text.is_empty())
    }
}

/// The click id of an event.
#[derive(Clone, Copy, Debug)]
pub struct Click<'a> {
    /// Where the value stands on the tape.
    pub place: u32,
    pub stamped: Stamped<'a>,
    /// The creation time in Unix milliseconds, when it is a plausible one.
    pub millis: Option<i64>,
}

impl Click<'_> {
    /// Seconds from the click to `time` in Unix seconds, rounded down.
    pub fn seconds_until(&self, time: i64) -> Option<i64> {
        Some((time * 1000 - self.millis?).div_euclid(1000))
    }
}

/// What a first look at the keys of user_data that take no digest tells: nearly always that there
/// is nothing to look for.
#[derive(Clone, Copy, Debug, Default)]
pub struct RawLook {
    /// Some value may stand for nothing: it is no text, or may be a word such as `undefined`.
    pub may_be_nothing: bool,
    /// Some value may be a digest: it is no text, or begins with hex digits.
    pub may_be_hex: bool,
    /// Some value may be a template: it is no text, or begins as templates do.
    pub may_be_template: bool,
    /// fbc or fbp is not of the usual form as far as its creation time.
    pub odd_stamp: bool,
    /// fbp is not of the usual form to its end.
    pub odd_browser_id: bool,
    /// client_user_agent does not look like that of a usual browser.
    pub odd_agent: bool,
}

impl RawLook {
    #[inline]
    fn look(&mut self, name: Name, member: Item<'_, '_>) {
        let Some(text) = member.text() else {
            *self = RawLook {
                may_be_nothing: true,
                may_be_hex: true,
                may_be_template: true,
                odd_stamp: true,
                odd_browser_id: true,
                odd_agent: true,
            };
            return;
        };
        // The words begin with these letters and signs, and are no longer than `[object Object]`.
        let first = text.as_bytes().first().copied().unwrap_or(b' ');
        let begins_so = matches!(
            first,
            b'n' | b'N' | b'u' | b'U' | b'[' | b'{' | b'"' | b'\'' | b'\\'
        );
        self.may_be_nothing |= !first.is_ascii_graphic() || (begins_so && text.len() <= 15);
        self.may_be_hex |= text.bytes().take(4).all(|byte| byte.is_ascii_hexdigit());
        self.may_be_template |= digest::begins_as_template(first);
        match name {
            Name::Fbc => self.odd_stamp |= !Stamped::is_usual(text),
            Name::Fbp if !click_id::is_usual_fbp(text) => {
                self.odd_browser_id = true;
                self.odd_stamp |= !Stamped::is_usual(text);
            }
            Name::ClientUserAgent => self.odd_agent |= !agent::is_usual_browser(text),
            _ => {}
        }
    }
}

/// A digest written as 32 numbers, signed or not, or as the dump of a `Buffer` or `Uint8Array`.
fn is_byte_list(item: Item<'_, '_>) -> bool {
    let is_byte = |byte: Item<'_, '_>| matches!(byte.val(), Val::Int(-128..=255));
    let all_bytes = || {
        item.children().next().is_some_and(is_byte)
            && item.len() == 32
            && item.children().all(is_byte)
    };
    match item.val() {
        Val::List => all_bytes(),
        Val::Object => {
            let is_buffer = item.member("type").and_then(Item::text) == Some("Buffer")
                && item.member("data").is_some_and(is_byte_list);
            let numbered = || {
                item.children()
                    .enumerate()
                    .all(|(at, byte)| byte.key().parse() == Ok(at))
            };
            is_buffer || (all_bytes() && numbered())
        }
        _ => false,
    }
}

/// Reads a JSON text into a tape: quickly, or exactly when the quick way refuses it (comments,
/// huge numbers). `None` when it is no JSON.
pub fn read<'a>(text: &'a str, tape: &mut Tape<'a>, arena: &'a Bump) -> Option<()> {
    if tape.parse(text, arena).is_ok() {
        return Some(());
    }
    let tree = crate::json::tree::Tree::parse(text, crate::json::tree::Syntax::Relaxed).ok()?;
    tape.fill(&tree, text, arena);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sha256_hex;

    #[test]
    fn the_country_is_what_all_its_values_say() {
        let de = sha256_hex("de");
        for (json, country) in [
            (r#""Germany""#.to_owned(), Some("de")),
            (format!(r#""{de}""#), Some("de")),
            (
                format!(r#"["{}.AQYCAQIB","DE"]"#, de.to_uppercase()),
                Some("de"),
            ),
            (format!(r#"["{de}","at"]"#), None),
            (format!(r#""{}""#, sha256_hex("DE")), None),
            (r#"["Atlantis",null,"fr"]"#.to_owned(), Some("fr")),
            ("7".to_owned(), None),
        ] {
            let text = format!(r#"{{"event_name":"Lead","user_data":{{"country":{json}}}}}"#);
            let (arena, assume, witnesses) =
                (Bump::new(), Assumptions::default(), Witnesses::default());
            let mut tape = Tape::new();
            tape.parse(&text, &arena).unwrap();
            let clock = Clock {
                now: 0,
                source: crate::clock::Source::Given,
                supported: None,
                asked: true,
            };
            let event = Event::new(
                &tape,
                0,
                clock,
                &assume,
                &witnesses,
                false,
                Envelope::default(),
                false,
                Vec::new(),
            );
            assert_eq!(event.country(), country, "{json}");
        }
    }

    fn bare(text: &str) -> bool {
        let (arena, mut tape) = (Bump::new(), Tape::new());
        tape.parse(arena.alloc_str(text), &arena).unwrap();
        tape.root().each().all(is_bare)
    }

    #[test]
    fn payloads_are_bare_and_envelopes_are_not() {
        for text in [
            r#"{"data":[{"event_name":"Lead"}],"access_token":"x"}"#,
            r#"{"data":[]}"#,
            r#"{"event_name":"Lead","user_data":{"x":1}}"#,
            r#"[{"event_name":"Lead"}]"#,
            r#"[]"#,
            "3",
        ] {
            assert!(bare(text), "{text}");
        }
        for text in [
            r#"{"url":"x","body":{"data":[]}}"#,
            r#"{"data":[{"id":"1","attributes":{}}]}"#,
            r#"{"event_name":"Lead","url":"x"}"#,
            r#"[{"request":{}}]"#,
            r#"[[1]]"#,
        ] {
            assert!(!bare(text), "{text}");
        }
    }
}
