//! Searches any JSON value for requests and events, and for text that may hold some.

use bumpalo::Bump;
use memchr::memmem::Finder;
use once_cell::sync::Lazy;

use super::when::{self, Logged, Naive, Trust};
use super::{decode, join, labels, row, sdk, typed};
use crate::event::{Envelope, Field, Payloads};
use crate::exchange;
use crate::json::{Item, Tape, Val};
use crate::values::name::Name;

/// Values nested deeper than this are not looked at.
const MAX_DEPTH: u32 = 12;

/// Shorter text holds no event.
const SHORTEST: usize = 16;

/// A value that has to be decoded before it can be read.
#[derive(Clone, Copy, Debug)]
pub struct Wrapped<'a> {
    /// Its place on the tape.
    pub place: u32,
    /// The text that it holds.
    pub text: &'a str,
    /// How the text came out of the value.
    pub kind: Kind,
    /// What stands around it.
    pub envelope: Envelope<'a>,
    /// The innermost list element around it, as places on the tape.
    pub scope: Scope,
}

/// How a text came out of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is a string.
    Text,
    /// It is cut into pieces that stand in several elements of a list; the place is that of the first.
    Joined,
    /// The value spells out the types of its own values, as stores export them.
    Typed,
    /// The value is what an SDK keeps in memory, not what it sends.
    Dump,
    /// A list of bytes.
    Bytes,
    /// The keys of the value are in capitals.
    Capitals,
    /// The keys of the value are strung together with dots.
    StrungTogether,
}

/// A stretch of a tape.
pub type Scope = (u32, u32);

/// What Meta answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// Its place on the tape.
    pub place: u32,
    /// `events_received`.
    pub received: Option<i64>,
    /// `error.code` and `error.error_subcode`.
    pub error: Option<(i64, Option<i64>)>,
    /// What ties it to its request, if the log writes such a thing beside both.
    pub trace: Option<&'a str>,
    /// When it was logged, by whose clock.
    pub logged: Option<Logged>,
}

/// What was found in one JSON text beside what [`Payloads`] keeps.
#[derive(Debug, Default)]
pub struct Found<'a> {
    /// One for each payload.
    pub envelopes: Vec<(Envelope<'a>, Scope)>,
    /// Values to be decoded, in the order of the text.
    pub wrapped: Vec<Wrapped<'a>>,
    pub answers: Vec<Answer<'a>>,
}

impl Found<'_> {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.envelopes.clear();
        self.wrapped.clear();
        self.answers.clear();
    }
}

static EVENT: Lazy<Finder<'static>> = Lazy::new(|| Finder::new("event"));
static TRACE: Lazy<Finder<'static>> = Lazy::new(|| Finder::new("fbtrace_id"));

/// Whether a text speaks of events in clear, however its punctuation is written.
pub fn names_event(text: &str) -> bool {
    let bytes = text.as_bytes();
    EVENT.find_iter(bytes).any(|at| {
        let rest = &bytes[at + 5..];
        [&b"_name"[..], b"Name", b"_time", b"s_received"]
            .iter()
            .any(|end| rest.starts_with(end))
    })
}

/// Whether a text may hold an event or an answer.
pub fn may_hold(text: &str) -> bool {
    text.len() >= SHORTEST
        && (names_event(text)
            || TRACE.find(text.as_bytes()).is_some()
            || decode::looks_base64(text.trim_start())
            || decode::hex_digits(text.trim_start()).is_some())
}

/// Searches a text in which [`Payloads::find`] found nothing at the root, or nothing whole.
pub fn search<'a>(
    tape: &Tape<'a>,
    outer: Envelope<'a>,
    zone: Naive<'_>,
    arena: &'a Bump,
    payloads: &mut Payloads,
    found: &mut Found<'a>,
) {
    found.clear();
    payloads.clear();
    payloads.apart = true;
    let mut search = Search {
        zone,
        arena,
        payloads,
        found,
    };
    let root = tape.root();
    search.visit(root, outer, (0, root.end()), 0);
}

struct Search<'s, 'a> {
    zone: Naive<'s>,
    arena: &'a Bump,
    payloads: &'s mut Payloads,
    found: &'s mut Found<'a>,
}

impl<'a> Search<'_, 'a> {
    fn visit(&mut self, item: Item<'_, 'a>, around: Envelope<'a>, scope: Scope, depth: u32) {
        if depth > MAX_DEPTH {
            return;
        }
        match item.val() {
            Val::Text(text) if may_hold(text) => self.wrap(item, text, Kind::Text, around, scope),
            Val::Object => self.object(item, around, scope, depth),
            Val::List => self.list(item, around, scope, depth),
            _ => {}
        }
    }

    fn wrap(
        &mut self,
        item: Item<'_, 'a>,
        text: &'a str,
        kind: Kind,
        envelope: Envelope<'a>,
        scope: Scope,
    ) {
        self.found.wrapped.push(Wrapped {
            place: item.place(),
            text,
            kind,
            envelope,
            scope,
        });
    }

    fn list(&mut self, item: Item<'_, 'a>, mut around: Envelope<'a>, scope: Scope, depth: u32) {
        if let Some(text) = text_of_bytes(item) {
            if may_hold(&text) {
                let text = self.arena.alloc_str(&text);
                self.wrap(item, text, Kind::Bytes, around, scope);
            }
            return;
        }
        let mut elements = item.children();
        if let (Some(first), Some(second)) = (elements.next(), elements.next())
            && let (Some(time), Some(_)) = (first.text(), second.text())
            && time.len() >= 10
            && let Some(millis) = when::of_text(time, Naive::Unknown)
        {
            // A pair of a time and a line.
            around.sent_at = Some(millis);
            around.trust = Some(Trust::Sender);
        }
        labels::see_fields(item, &mut around, self.zone);
        let several = item.len() > 1;
        let named = fields_by_name(item);
        if named > 0 {
            see_named_fields(item, &mut around);
        }
        // Some senders log the field `data` of a form as a list of texts, one for each event.
        let is_field = item.key() == "data" && item.children().all(|one| one.text().is_some());
        if let Some(form) = item.parent().filter(|form| is_field && form.is_object()) {
            let code = form.get(Name::TestEventCode);
            around.is_test |= code.is_some_and(|code| !code.is_blank());
        }
        let joined = match several && depth < MAX_DEPTH {
            true => self.join(item, around),
            false => Vec::new(),
        };
        let mut is_first = true;
        for (index, element) in item.children().enumerate() {
            let range = element.place()..element.end();
            let next = joined.partition_point(|&place| place < range.start);
            if joined.get(next).is_some_and(|place| range.contains(place)) {
                continue;
            }
            if is_field {
                around.field = match index {
                    0 => Field::FirstOf(item.len() as u32),
                    _ => Field::Further,
                };
            }
            let scope = if several {
                (element.place(), element.end())
            } else {
                scope
            };
            if named > 0 && element.member("name").is_some_and(names_data) {
                let field = match is_first {
                    true => Field::FirstOf(named),
                    false => Field::Further,
                };
                is_first = false;
                for member in element.children() {
                    let inside = Envelope { field, ..around };
                    self.visit(member, inside, scope, depth + 2);
                }
                continue;
            }
            self.visit(element, around, scope, depth + 1);
        }
    }

    /// Joins the texts that are cut into pieces which stand in elements of a list. Gives the places
    /// of the pieces back.
    fn join(&mut self, list: Item<'_, 'a>, around: Envelope<'a>) -> Vec<u32> {
        let mut places = Vec::new();
        for joint in join::in_list(list) {
            let text = joint.text();
            if !may_hold(&text) {
                continue;
            }
            let mut envelope = Envelope {
                field: Field::None,
                ..around
            };
            labels::see(joint.first, &mut envelope, self.zone);
            self.found.wrapped.push(Wrapped {
                place: joint.pieces[0].place,
                text: self.arena.alloc_str(&text),
                kind: Kind::Joined,
                envelope,
                scope: (joint.first.place(), joint.first.end()),
            });
            places.extend(joint.pieces.iter().map(|piece| piece.place));
        }
        places.sort_unstable();
        places
    }

    fn object(&mut self, item: Item<'_, 'a>, around: Envelope<'a>, scope: Scope, depth: u32) {
        let converted = if typed::is_typed(item) {
            typed::plain(item).map(|json| (json, Kind::Typed))
        } else if sdk::is_dump(item) {
            sdk::wire_form(item).map(|json| (json, Kind::Dump))
        } else if row::is_in_capitals(item) {
            Some((row::in_small_letters(item), Kind::Capitals))
        } else {
            row::strung_together(item)
                .map(|before| (row::taken_apart(item, before), Kind::StrungTogether))
        };
        if let Some((json, kind)) = converted {
            let text = self.arena.alloc_str(&json);
            let dataset = sdk::dataset_of(item).filter(|_| kind == Kind::Dump);
            let mut around = Envelope {
                dataset: dataset.or(around.dataset),
                ..around
            };
            if kind == Kind::StrungTogether {
                // The line and its payload are one object.
                labels::see(item, &mut around, self.zone);
            }
            self.wrap(item, text, kind, around, scope);
            return;
        }
        if !around.is_elsewhere
            && let Some(answer) = answer(item, around)
        {
            self.found.answers.push(answer);
        }
        let is_thin = Payloads::is_thin(item);
        if !is_thin && self.payloads.take(item) {
            self.found.envelopes.push((around, scope));
            return;
        }
        let before = (self.payloads.list().len(), self.found.wrapped.len());
        let mut inside = Envelope {
            field: Field::None,
            ..around
        };
        labels::see(item, &mut inside, self.zone);
        let is_form = is_form(item);
        for member in item.children() {
            let inside = match is_form && member.name() == Some(Name::Data) {
                true => Envelope {
                    is_test: inside.is_test || has_test_code(item),
                    ..inside.in_field()
                },
                false => inside,
            };
            self.visit(member, inside, scope, depth + 1);
        }
        // What looks like an event and has little in it may be the row or the line that holds one.
        let after = (self.payloads.list().len(), self.found.wrapped.len());
        if is_thin && before == after && self.payloads.take(item) {
            self.found.envelopes.push((around, scope));
        }
    }
}

/// Whether an object holds the fields of a form: `data` as text, beside another field that requests
/// to Meta have.
fn is_form(item: Item<'_, '_>) -> bool {
    let data = item.get(Name::Data).and_then(Item::text);
    data.is_some_and(|text| text.trim_start().starts_with('['))
        && [
            Name::TestEventCode,
            Name::AccessToken,
            Name::PartnerAgent,
            Name::UploadId,
        ]
        .iter()
        .any(|&name| item.get(name).is_some())
}

fn has_test_code(item: Item<'_, '_>) -> bool {
    let code = item.get(Name::TestEventCode);
    code.is_some_and(|code| !code.is_blank())
}

/// Whether a name is that of the field `data`, or of one of several pieces of it.
fn names_data(name: Item<'_, '_>) -> bool {
    name.text()
        .and_then(|name| name.strip_prefix("data"))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('[') && rest.ends_with(']'))
}

/// The number of fields `data` in a list of fields that are objects of a name and a value.
fn fields_by_name(list: Item<'_, '_>) -> u32 {
    let is_field = |field: Item<'_, '_>| {
        field.member("name").is_some_and(names_data)
            && field
                .member("value")
                .is_some_and(|value| value.text().is_some())
    };
    list.children().filter(|&field| is_field(field)).count() as u32
}

/// Takes over what the fields tell that stand beside `data` in such a list.
fn see_named_fields<'a>(list: Item<'_, 'a>, envelope: &mut Envelope<'a>) {
    for field in list.children() {
        let (name, value) = (field.member("name"), field.member("value"));
        let Some(value) = value.filter(|value| !value.is_blank()) else {
            continue;
        };
        match name.and_then(Item::text) {
            Some("test_event_code") => envelope.is_test = true,
            Some("partner_agent") => {
                envelope.agent = value.text();
                envelope.sender = envelope.agent.or(envelope.sender);
            }
            _ => {}
        }
    }
}

/// Text written as a list of its bytes.
fn text_of_bytes(list: Item<'_, '_>) -> Option<String> {
    let first = list.children().next()?;
    if !matches!(first.val(), Val::Int(0x5b | 0x7b)) {
        return None;
    }
    let bytes: Option<Vec<u8>> = list
        .children()
        .map(|byte| match byte.val() {
            Val::Int(byte) => u8::try_from(byte).ok(),
            _ => None,
        })
        .collect();
    String::from_utf8(bytes?).ok()
}

fn answer<'a>(item: Item<'_, 'a>, around: Envelope<'a>) -> Option<Answer<'a>> {
    let int = |item: Item<'_, 'a>| match item.val() {
        Val::Int(int) => Some(int),
        _ => None,
    };
    let (mut received, mut error) = (None, None);
    for member in item.children() {
        match member.key() {
            "events_received" => received = int(member),
            "error" if member.is_object() => {
                // Other services call their errors so too: Meta's have a code and a trace or a type.
                let kind = member.member("type").and_then(Item::text);
                let of_meta = member.member("fbtrace_id").is_some()
                    || member.member("error_subcode").is_some()
                    || kind.is_some_and(exchange::is_error_of_meta);
                error = member
                    .member("code")
                    .filter(|_| of_meta)
                    .and_then(int)
                    .map(|code| (code, member.member("error_subcode").and_then(int)));
            }
            _ => {}
        }
    }
    (received.is_some() || error.is_some()).then(|| Answer {
        place: item.place(),
        received,
        error,
        trace: around.trace,
        logged: around.logged(),
    })
}

/// Where a text stands in its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The outermost value that it was decoded from, 0 for the record itself.
    pub source: u32,
    /// The innermost list element around that.
    pub scope: Scope,
}

/// The events of one record that were seen, so that one that is written there twice, as text and
/// as values, is counted once. Elements of a list are never taken for one another, nor is what
/// stands in one text.
#[derive(Debug, Default)]
pub struct Copies {
    seen: Vec<(u64, Origin)>,
}

impl Copies {
    /// Forgets everything: another record begins.
    pub fn clear(&mut self) {
        self.seen.clear();
    }

    /// Whether the same event was seen in another text beside this one; remembers it.
    pub fn is_copy(&mut self, event: Item<'_, '_>, origin: Origin) -> bool {
        let content = content_of(event);
        let encloses = |a: Scope, b: Scope| a.0 <= b.0 && b.1 <= a.1;
        let known = self.seen.iter().any(|&(old, at)| {
            old == content
                && at.source != origin.source
                && (encloses(at.scope, origin.scope) || encloses(origin.scope, at.scope))
        });
        self.seen.push((content, origin));
        known
    }
}

/// A number that two values share when they hold the same, in whatever order.
fn content_of(item: Item<'_, '_>) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    match item.val() {
        Val::Null => 0u8.hash(&mut hasher),
        Val::Bool(bool) => (1u8, bool).hash(&mut hasher),
        Val::Int(int) => (2u8, (int as f64).to_bits()).hash(&mut hasher),
        Val::Float(float) => (2u8, float.to_bits()).hash(&mut hasher),
        Val::Text(text) => (3u8, text).hash(&mut hasher),
        Val::List => {
            4u8.hash(&mut hasher);
            for element in item.children() {
                content_of(element).hash(&mut hasher);
            }
        }
        Val::Object => {
            5u8.hash(&mut hasher);
            let sum = item.children().fold(0u64, |sum, member| {
                let mut one = DefaultHasher::new();
                (member.key(), content_of(member)).hash(&mut one);
                sum.wrapping_add(one.finish())
            });
            sum.hash(&mut hasher);
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (usize, Vec<String>, Vec<Option<i64>>) {
        let arena = Bump::new();
        let mut tape = Tape::new();
        tape.parse(text, &arena).unwrap();
        let (mut payloads, mut found) = (Payloads::default(), Found::default());
        search(
            &tape,
            Envelope::default(),
            Naive::Unknown,
            &arena,
            &mut payloads,
            &mut found,
        );
        let wrapped = found
            .wrapped
            .iter()
            .map(|w| tape.at(w.place).pointer().to_string())
            .collect();
        let times = found
            .envelopes
            .iter()
            .map(|(envelope, _)| envelope.sent_at)
            .chain(found.wrapped.iter().map(|w| w.envelope.sent_at))
            .collect();
        (payloads.list().len(), wrapped, times)
    }

    const EVENT: &str = r#"{"event_name":"Lead","event_time":1719223800,"user_data":{}}"#;

    #[test]
    fn payloads_are_found_at_any_depth_with_the_nearest_time() {
        let text = format!(
            r#"{{"time":1719223872,"a":{{"b":[{{"ts":1719223873000,"body":{{"data":[{EVENT}]}}}}]}},"text":{}}}"#,
            serde_json::to_string(EVENT).unwrap()
        );
        let (payloads, wrapped, times) = found(&text);
        assert_eq!(payloads, 1);
        assert_eq!(wrapped, ["/text"]);
        assert_eq!(times, [Some(1_719_223_873_000), Some(1_719_223_872_000)]);
    }

    #[test]
    fn a_row_with_columns_of_an_event_is_not_the_event() {
        let text = format!(
            r#"{{"event_name":"Lead","event_time":"1719223800","payload":{}}}"#,
            serde_json::to_string(EVENT).unwrap()
        );
        assert_eq!(found(&text).0, 0);
        assert_eq!(found(&text).1, ["/payload"]);
        assert_eq!(
            found(r#"{"event_name":"Lead","event_time":1719223800}"#).0,
            1
        );
    }

    #[test]
    fn the_same_event_is_a_copy_only_beside_itself() {
        let text = format!("[{EVENT},{EVENT}]");
        let arena = Bump::new();
        let mut tape = Tape::new();
        tape.parse(&text, &arena).unwrap();
        let mut elements = tape.root().children();
        let (first, second) = (elements.next().unwrap(), elements.next().unwrap());
        let mut copies = Copies::default();
        let at = |source, scope| Origin { source, scope };
        assert!(!copies.is_copy(first, at(1, (1, 5))));
        assert!(!copies.is_copy(first, at(1, (1, 5))));
        assert!(!copies.is_copy(second, at(7, (5, 9))));
        assert!(copies.is_copy(second, at(9, (0, 9))));
    }
}
