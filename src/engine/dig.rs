//! Takes texts out of the text around them, layer by layer, and hands the JSON in them to a visitor.

use bumpalo::Bump;
use jiff::tz::TimeZone;

use crate::envelope::MAX_DECODES;
use crate::envelope::decode::{self, Codec};
use crate::envelope::join::{self, Piece};
use crate::envelope::labels;
use crate::envelope::repr::{self, Unread};
use crate::envelope::search::{self, Kind, Origin, Scope, Wrapped};
use crate::envelope::text::{self, Form};
use crate::envelope::when::Naive;
use crate::event::Envelope;
use crate::input::blocks::List;
use crate::inspect::{Inspector, Read};
use crate::json::tree::{Span, Syntax, SyntaxError, Tree};
use crate::json::{Item, Pointer, Tape};
use crate::values::name::Name;
use crate::values::printable;

/// Texts that begin like JSON and are none cost a parse each; after so many the rest of a line is
/// taken for something else.
const MAX_FAULTS: usize = 32;

/// How a text was taken out of the one above it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layer<'a> {
    pub codec: Codec,
    pub held: Held<'a>,
    /// The text itself.
    pub text: &'a str,
}

/// Where a text stands in the layer above.
#[derive(Clone, Copy, Debug)]
pub(super) enum Held<'a> {
    /// Between two places.
    Range { start: usize, end: usize },
    /// In a value of the JSON text that begins at `at`.
    Value {
        text: &'a str,
        at: usize,
        place: u32,
    },
}

/// The exact parses of the texts that hold others, each made when a place in it is first asked for.
#[derive(Default)]
pub(super) struct Trees<'a> {
    list: Vec<(&'a str, Option<Tree>)>,
}

/// A text is taken out of no more texts than this at the same time.
const MOST_TREES: usize = MAX_DECODES + 1;

impl<'a> Trees<'a> {
    fn of(&mut self, text: &'a str) -> Option<&Tree> {
        let known = (self.list.iter()).position(|(known, _)| std::ptr::eq(*known, text));
        let index = known.unwrap_or_else(|| {
            if self.list.len() == MOST_TREES {
                self.list.remove(0);
            }
            self.list
                .push((text, Tree::parse(text, Syntax::Relaxed).ok()));
            self.list.len() - 1
        });
        self.list[index].1.as_ref()
    }

    /// The bytes in the layer above.
    pub fn span(&mut self, held: &Held<'a>) -> Option<Span> {
        match *held {
            Held::Range { start, end } => Some(Span { start, end }),
            Held::Value { text, at, place } => {
                let span = self.of(text)?.nodes().get(place as usize)?.span;
                Some(Span {
                    start: at + span.start,
                    end: at + span.end,
                })
            }
        }
    }

    /// The first of them, at little cost: on its line, if not where it begins.
    pub fn line_of(&mut self, held: &Held<'a>) -> usize {
        match *held {
            Held::Value { text, .. } if memchr::memchr(b'\n', text.as_bytes()).is_some() => {
                self.span(held).map_or(held.at(), |span| span.start)
            }
            _ => held.at(),
        }
    }

    fn pointer(&mut self, held: &Held<'a>) -> Option<Pointer> {
        match *held {
            Held::Range { .. } => None,
            Held::Value { text, place, .. } => {
                let tree = self.of(text)?;
                Some(tree.pointer(text, place))
            }
        }
    }
}

impl Held<'_> {
    /// Where it stands in the layer above, or the JSON text that holds it.
    pub fn at(&self) -> usize {
        match *self {
            Held::Range { start, .. } => start,
            Held::Value { at, .. } => at,
        }
    }
}

/// What the text around a list that is read by element tells of the elements.
pub(super) fn context<'a>(list: &List, arena: &'a Bump, zone: Option<&TimeZone>) -> Envelope<'a> {
    let mut envelope = Envelope::default();
    if let Ok(prose) = std::str::from_utf8(&list.before) {
        text::see(arena.alloc_str(prose), &mut envelope, Naive::of(zone));
    }
    let Ok(text) = std::str::from_utf8(&list.around) else {
        return envelope;
    };
    let mut tape = Tape::new();
    if text.is_empty() || tape.parse(arena.alloc_str(text), arena).is_err() {
        return envelope;
    }
    let (body, mut envelope) = body_around(&tape, &list.pointer, zone, envelope);
    if let Some(body) = body.filter(|_| list.is_of_a_body()) {
        let code = body.get(Name::TestEventCode);
        envelope.is_test = code.is_some_and(|code| !code.is_blank());
    }
    envelope
}

/// The object around a list, and what the text around tells of what lies in it.
pub(super) fn body_around<'t, 'a>(
    tape: &'t Tape<'a>,
    list: &Pointer,
    zone: Option<&TimeZone>,
    mut envelope: Envelope<'a>,
) -> (Option<Item<'t, 'a>>, Envelope<'a>) {
    let (mut item, mut body) = (tape.root(), None);
    for step in list.steps() {
        if item.is_object() {
            labels::see(item, &mut envelope, Naive::of(zone));
            body = Some(item);
        }
        let Some(inner) = item.step(&step) else { break };
        item = inner;
    }
    (body, envelope)
}

/// The way through some layers, in words. `prefix` leads to the text that holds the first.
pub(super) fn via<'a>(
    layers: &[Layer<'a>],
    prefix: &Pointer,
    trees: &mut Trees<'a>,
) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for (depth, layer) in layers.iter().enumerate() {
        let mut of_layer = layer.codec.words().iter().map(|&word| word.to_owned());
        let pointer = trees.pointer(&layer.held).map(|pointer| match depth {
            0 => prefix.join(&pointer),
            _ => pointer,
        });
        if let (Some(first), Some(pointer)) = (of_layer.next(), pointer) {
            words.push(match printable::pointer(&pointer).as_str() {
                "" => first,
                pointer => format!("{first} at {pointer}"),
            });
        } else if let Some(&first) = layer.codec.words().first() {
            words.push(first.to_owned());
        }
        words.extend(of_layer);
    }
    words
}

/// Pieces of texts that have begun and not ended.
#[derive(Default)]
pub(super) struct Joints<'a> {
    texts: join::Joints<'a, First<'a>>,
    /// Whether something else was read since the first of them began.
    mixed: bool,
}

/// What is known of the first piece of a text.
#[derive(Clone, Copy)]
struct First<'a> {
    /// Where its record begins in the block.
    at: usize,
    held: Held<'a>,
    envelope: Envelope<'a>,
}

impl<'a> Joints<'a> {
    /// Where the records begin that wait for others, when nothing else was read since.
    pub fn wait_from(&self) -> Option<usize> {
        let first = self.texts.open().iter().map(|joint| joint.first.at).min();
        first.filter(|_| !self.mixed)
    }

    /// Something was read that is no piece.
    pub fn mix(&mut self) {
        self.mixed = !self.texts.open().is_empty();
    }
}

/// Takes a piece of a text, and reads the text when it is the last.
fn piece<'a>(
    dig: &mut impl Dig<'a>,
    piece: Piece<'a>,
    at: usize,
    held: Held<'a>,
    envelope: Envelope<'a>,
) {
    let joints = dig.joints();
    if let Some(joint) = joints.texts.broken_off(&piece) {
        joints.mixed &= !joints.texts.open().is_empty();
        joined(dig, &joint);
    }
    let joints = dig.joints();
    match joints.texts.push(piece, First { at, held, envelope }) {
        Some(joint) => {
            joints.mix();
            joined(dig, &joint);
        }
        None => dig.pieces(0),
    }
}

fn joined<'a>(dig: &mut impl Dig<'a>, joint: &join::Joint<'a, First<'a>>) {
    let text = &*dig.arena().alloc_str(&joint.text());
    let First { held, envelope, .. } = joint.first;
    let records = joint.pieces.len();
    let codec = match records {
        // It waited for more, and none came.
        1 => match held {
            Held::Value { .. } => Codec::JsonString,
            Held::Range { .. } => Codec::Plain,
        },
        _ => Codec::Joined,
    };
    layer(dig, Layer { codec, held, text }, envelope, None, 1);
    dig.pieces(records as u64);
}

/// The piece of a longer text that was inspected, and what is known of that.
pub(super) fn piece_of<'a>(
    inspector: &Inspector<'_, 'a>,
    joints: &Joints<'a>,
) -> Option<(Piece<'a>, Envelope<'a>)> {
    let piece = inspector
        .piece()
        .filter(|piece| joints.texts.takes(piece))?;
    Some((piece, inspector.envelope()))
}

/// Takes a line that is a piece of a longer text, and says whether it is one.
pub(super) fn piece_of_line<'a>(
    dig: &mut impl Dig<'a>,
    at: usize,
    line: &'a str,
    beyond: &str,
    around: Envelope<'a>,
) -> bool {
    let texts = &dig.joints().texts;
    let part = match join::of_line(line) {
        Some(part) if texts.takes(&part) => Some(part),
        _ => texts.of_prefixed(line, beyond),
    };
    let Some(part) = part else { return false };
    let held = Held::Range {
        start: at + line.len() - part.text.len(),
        end: at + line.len(),
    };
    piece(dig, part, at, held, around);
    true
}

/// Reads what has begun and will not end.
pub(super) fn rest<'a>(dig: &mut impl Dig<'a>) {
    let mut open = dig.joints().texts.rest();
    open.sort_by_key(|joint| joint.first.at);
    for joint in open {
        joined(dig, &joint);
    }
}

/// What came of inspecting a JSON text.
pub(super) struct Inspected<'a> {
    /// The piece of a longer text that it holds, and what is known of that. Nothing else of it is
    /// looked at.
    pub piece: Option<(Piece<'a>, Envelope<'a>)>,
    pub read: Read,
    /// Values to be decoded.
    pub wrapped: Vec<Wrapped<'a>>,
    /// Where payloads stand beside those.
    pub scopes: Vec<Scope>,
    /// Where the text stands in its record, when it matters.
    pub origin: Option<Origin>,
}

/// Why nothing was read where something should have been.
#[derive(Clone, Copy, Debug)]
pub(super) enum Why {
    /// It is not valid JSON.
    Malformed(SyntaxError),
    /// It was cut off.
    Truncated,
    /// A logger printed it in a form that leaves things out or that cannot be read.
    Printed(&'static str),
}

/// What a text without a readable event came to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outcome {
    /// JSON texts that were read.
    pub values: usize,
    /// Where the first text began that could not be read, and why.
    pub fault: Option<(usize, SyntaxError)>,
    /// Where the start of an event lies that the text of another writer broke off.
    pub broken_off: Option<(usize, usize)>,
    pub elided: bool,
    /// What was read lies between these two places.
    pub first: usize,
    pub last: usize,
    /// One past the last byte that was looked at, when that lies behind the text.
    pub end: usize,
}

impl Outcome {
    fn take(&mut self, start: usize, end: usize) {
        if self.values == 0 {
            self.first = start;
        }
        self.values += 1;
        self.last = end;
    }
}

/// Looks at what is dug out.
pub(super) trait Dig<'a> {
    /// Reads the JSON text at the start of `text`, which begins at `at` of its layer.
    fn inspect(
        &mut self,
        at: usize,
        text: &'a str,
        around: Envelope<'a>,
        origin: Option<Origin>,
    ) -> Result<Inspected<'a>, SyntaxError>;

    /// What comes next stands in this layer.
    fn enter(&mut self, layer: Layer<'a>);

    /// The layer has ended.
    fn leave(&mut self);

    /// All that lies in a JSON text was looked at.
    fn done(&mut self, _at: usize, _text: &'a str) {}

    /// The text of the layer names an event and holds none that can be read.
    fn unread(&mut self, _text: &'a str, _why: Why) {}

    /// How much was found so far: events, answers, and what was told as unread.
    fn found(&self) -> u64;

    fn joints(&mut self) -> &mut Joints<'a>;

    /// A piece of a text was taken; with the last of them, this many records have come to an end.
    fn pieces(&mut self, _records: u64) {}

    fn arena(&self) -> &'a Bump;

    fn zone(&self) -> Option<&TimeZone>;
}

/// Reads the JSON text at the start of `text` and whatever is wrapped in it.
pub(super) fn json<'a>(
    dig: &mut impl Dig<'a>,
    at: usize,
    text: &'a str,
    around: Envelope<'a>,
    origin: Option<Origin>,
    depth: usize,
) -> Result<Read, SyntaxError> {
    let inspected = dig.inspect(at, text, around, origin)?;
    let text = &text[..inspected.read.end];
    if let Some((part, envelope)) = inspected.piece {
        let held = Held::Value {
            text,
            at,
            place: part.place,
        };
        piece(dig, part, at, held, envelope);
        dig.done(at, text);
        return Ok(inspected.read);
    }
    if depth < MAX_DECODES {
        let mut read_in = inspected.scopes;
        let mut unread: Vec<(Layer<'a>, Why, Scope)> = Vec::new();
        for wrapped in inspected.wrapped {
            let codec = match wrapped.kind {
                Kind::Text => Codec::JsonString,
                Kind::Joined => Codec::Joined,
                Kind::Typed => Codec::Typed,
                Kind::Dump => Codec::Dump,
                Kind::Bytes => Codec::Bytes,
                Kind::Capitals => Codec::Capitals,
                Kind::StrungTogether => Codec::StrungTogether,
            };
            let origin = inspected.origin.map(|origin| match origin.source {
                0 => Origin {
                    source: wrapped.place,
                    scope: wrapped.scope,
                },
                _ => origin,
            });
            let held = Held::Value {
                text,
                at,
                place: wrapped.place,
            };
            let inner = Layer {
                codec,
                held,
                text: wrapped.text,
            };
            match read_layer(dig, inner, wrapped.envelope, origin, depth + 1) {
                (true, _) => read_in.push(wrapped.scope),
                (false, Some(why)) => unread.push((inner, why, wrapped.scope)),
                _ => {}
            }
        }
        // Beside what was read, a text that cannot be is no more than another copy of it.
        unread.retain(|(.., scope)| !read_in.contains(scope));
        unread
            .into_iter()
            .for_each(|(inner, why, _)| unread_layer(dig, inner, why));
    }
    dig.done(at, text);
    Ok(inspected.read)
}

fn layer<'a>(
    dig: &mut impl Dig<'a>,
    layer: Layer<'a>,
    around: Envelope<'a>,
    origin: Option<Origin>,
    depth: usize,
) {
    if let (false, Some(why)) = read_layer(dig, layer, around, origin, depth) {
        unread_layer(dig, layer, why);
    }
}

/// Says that nothing could be read in a layer.
fn unread_layer<'a>(dig: &mut impl Dig<'a>, layer: Layer<'a>, why: Why) {
    dig.enter(layer);
    dig.unread(layer.text, why);
    dig.leave();
}

/// Reads what lies in a layer. Gives back whether anything does, and else why it should.
fn read_layer<'a>(
    dig: &mut impl Dig<'a>,
    layer: Layer<'a>,
    around: Envelope<'a>,
    origin: Option<Origin>,
    depth: usize,
) -> (bool, Option<Why>) {
    let before = dig.found();
    dig.enter(layer);
    let text = layer.text;
    let outcome = texts(dig, 0, text, text, around, origin, depth);
    let found = dig.found() > before;
    dig.leave();
    (found, if found { None } else { why(text, &outcome) })
}

/// Why a text in which nothing was found should have held something, if it should.
pub(super) fn why(text: &str, outcome: &Outcome) -> Option<Why> {
    if !search::names_event(text) {
        return None;
    }
    if let Some(what) = text::unreadable(text).filter(|_| outcome.values == 0) {
        return Some(Why::Printed(what));
    }
    if outcome.elided {
        return Some(Why::Printed(
            "the output of a printer that leaves out what lies deep",
        ));
    }
    let (start, error) = outcome.fault?;
    if !search::names_event(&text[start..]) {
        return None;
    }
    Some(if error.incomplete {
        Why::Truncated
    } else {
        Why::Malformed(SyntaxError {
            offset: start + error.offset,
            ..error
        })
    })
}

/// Reads every JSON text in a text, in clear or coded. The text begins at `base` of its layer, and
/// `beyond` is the same with what follows it.
pub(super) fn texts<'a>(
    dig: &mut impl Dig<'a>,
    base: usize,
    text: &'a str,
    beyond: &'a str,
    around: Envelope<'a>,
    origin: Option<Origin>,
    depth: usize,
) -> Outcome {
    let mut outcome = Outcome {
        first: text.len(),
        last: text.len(),
        end: text.len(),
        ..Outcome::default()
    };
    let (mut at, mut faults) = (0, 0);
    let mut seen: Option<Envelope<'a>> = None;
    while let Some(piece) = text::next(text, beyond, at) {
        let start = piece.range.start;
        let inside = match seen {
            Some(seen) => seen,
            None if depth == 0 || start == 0 => around,
            None => {
                let mut inside = around;
                let zone = Naive::of(dig.zone());
                text::see(&text[..start], &mut inside, zone);
                if inside.sent_at.is_none() && is_line(text) {
                    // A time without a zone tells less than that of the line.
                    (inside.sent_at, inside.trust) = (around.sent_at, around.trust);
                }
                *seen.insert(inside)
            }
        };
        let inside = match text::is_field(&text[..start]) {
            true => {
                let mut inside = Envelope {
                    field: text::field_at(text, start),
                    ..inside
                };
                text::see_fields(text, &mut inside);
                inside
            }
            false => inside,
        };
        at = start + 1;
        match piece.form {
            Form::Json => {
                match json(dig, base + start, &text[start..], inside, origin, depth) {
                    Ok(read) => {
                        at = start + read.end;
                        outcome.take(start, at);
                        continue;
                    }
                    Err(error) => {
                        if error.incomplete
                            && opens_at_its_end(text)
                            && let Ok(read) =
                                json(dig, base + start, &beyond[start..], inside, origin, depth)
                        {
                            outcome.take(start, start + read.end);
                            outcome.end = outcome.end.max(start + read.end);
                            return outcome;
                        }
                        if outcome.fault.is_none() {
                            let error = text::with_mark(&text[start..], error);
                            outcome.fault = Some((start, error));
                        }
                        faults += 1;
                        if let Some(other) = text::another_within(text, start, error) {
                            let cut = &text[start..other];
                            if outcome.broken_off.is_none() && search::names_event(cut) {
                                outcome.broken_off = Some((start, other));
                            }
                            let mut inside = inside;
                            text::see_broken_off(cut, &mut inside, Naive::of(dig.zone()));
                            seen = Some(inside);
                            at = other;
                            continue;
                        }
                        // What was meant to be JSON as a whole is not taken apart.
                        if start == 0 {
                            break;
                        }
                        at = start + error.offset.max(1);
                        while !text.is_char_boundary(at) && at < text.len() {
                            at += 1;
                        }
                    }
                }
            }
            Form::Repr => {
                faults += 1;
                let long = if opens_at_its_end(text) { beyond } else { text };
                if let Some(end) =
                    printed(dig, base, start, long, inside, origin, depth, &mut outcome)
                {
                    outcome.end = outcome.end.max(end);
                    if end >= text.len() {
                        return outcome;
                    }
                    at = end;
                }
            }
            Form::Coded(codec) => {
                let mut raw = &text[piece.range.clone()];
                if codec == Codec::Base64 && decode::decode(codec, raw).is_none() {
                    // What was cut off may end inside a group of digits.
                    raw = &raw[..raw.len() - raw.len() % 4];
                }
                if depth < MAX_DECODES
                    && let Some(inner) = decode::decode(codec, raw)
                    && inner != raw
                {
                    let held = Held::Range {
                        start: base + start,
                        end: base + start + raw.len(),
                    };
                    let mut inside = inside;
                    if codec == Codec::Form {
                        inside.field = text::field_at(text, start);
                        text::see_fields(text, &mut inside);
                    }
                    let text = dig.arena().alloc_str(&inner);
                    let inner = Layer { codec, held, text };
                    layer(dig, inner, inside, origin, depth + 1);
                    outcome.take(start, piece.range.end);
                }
                at = piece.range.end.max(start + 1);
            }
        }
        if faults >= MAX_FAULTS {
            break;
        }
    }
    outcome
}

/// Whether a text is that of one line.
fn is_line(text: &str) -> bool {
    memchr::memchr(b'\n', text.trim_end().as_bytes()).is_none()
}

/// Whether a line ends inside of what it opened.
fn opens_at_its_end(line: &str) -> bool {
    line.trim_end().ends_with(['{', '[', ','])
}

/// So far an event is looked for behind the bracket of a printed object.
const NEAR: usize = 1 << 16;

/// Reads an object in the notation of a programming language; gives the place behind it.
#[allow(clippy::too_many_arguments)]
fn printed<'a>(
    dig: &mut impl Dig<'a>,
    base: usize,
    start: usize,
    text: &'a str,
    around: Envelope<'a>,
    origin: Option<Origin>,
    depth: usize,
    outcome: &mut Outcome,
) -> Option<usize> {
    let rest = &text[start..];
    // Where an object is printed over many lines, its event is named in the first of them.
    let mut near = rest.len().min(NEAR);
    while !rest.is_char_boundary(near) {
        near -= 1;
    }
    if depth >= MAX_DECODES || !search::may_hold(&rest[..near]) {
        return None;
    }
    match repr::read(rest) {
        Ok(printed) => {
            let end = start + printed.end;
            let held = Held::Range {
                start: base + start,
                end: base + end,
            };
            let text = dig.arena().alloc_str(&printed.json);
            let inner = Layer {
                codec: Codec::Repr,
                held,
                text,
            };
            layer(dig, inner, around, origin, depth + 1);
            outcome.take(start, end);
            Some(end)
        }
        Err(Unread::Elided) => {
            outcome.elided = true;
            // Nothing in it is a text of its own.
            repr::extent(rest).map(|length| start + length)
        }
        Err(Unread::Other) => None,
    }
}
