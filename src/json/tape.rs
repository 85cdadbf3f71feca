//! One JSON text as a flat list of values, filled without an allocation per value.
//!
//! The fast way in is [`Tape::parse`]: serde_json drives a visitor that writes into a list which
//! is used again for the next text. Strings borrow from the text; only those with escapes are
//! copied, into an arena that belongs to the batch. Places are not kept: [`crate::json::tree`]
//! finds them for the few values that are shown or fixed.

use std::fmt;

use bumpalo::Bump;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{Pointer, tree};
use crate::values::name::Name;

/// A JSON value; lists and objects keep theirs in the nodes that follow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Val<'a> {
    Null,
    Bool(bool),
    /// A whole number that fits.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string, escapes resolved.
    Text(&'a str),
    List,
    Object,
}

impl Val<'_> {
    /// The type in JSON's own words, for messages.
    pub fn kind(self) -> &'static str {
        match self {
            Val::Null => "null",
            Val::Bool(_) => "a boolean",
            Val::Int(_) | Val::Float(_) => "a number",
            Val::Text(_) => "text",
            Val::List => "a list",
            Val::Object => "an object",
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'a> {
    pub(super) key: &'a str,
    pub(super) val: Val<'a>,
    /// Index of the first node after this value and all that it holds.
    pub(super) end: u32,
    pub(super) parent: u32,
    pub(super) name: Option<Name>,
}

/// The values of one JSON text, in the order of the text.
#[derive(Default)]
pub struct Tape<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) duplicates: Vec<u32>,
    unnamed: Vec<&'a str>,
}

impl fmt::Debug for Tape<'_> {
    /// Prints no value: tapes hold payloads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tape({} values)", self.nodes.len())
    }
}

impl<'a> Tape<'a> {
    /// An empty tape.
    pub fn new() -> Self {
        Tape::default()
    }

    /// An empty tape with room for what a usual request holds.
    pub fn roomy() -> Self {
        Tape {
            nodes: Vec::with_capacity(128),
            ..Tape::default()
        }
    }

    pub(super) fn clear(&mut self) {
        self.nodes.clear();
        self.duplicates.clear();
    }

    /// Reads one JSON value at the start of `text` and gives the number of bytes it took.
    ///
    /// Fails on anything that serde_json refuses; the place of the fault is the business of
    /// [`tree::Tree::parse`], which also accepts comments, huge numbers and lone surrogates.
    pub fn parse(&mut self, text: &'a str, arena: &'a Bump) -> Result<usize, serde_json::Error> {
        self.clear();
        let mut stream = serde_json::Deserializer::from_str(text);
        let seed = ValueSeed {
            tape: self,
            arena,
            key: "",
            name: None,
            parent: u32::MAX,
        };
        seed.deserialize(&mut stream)?;
        // The only public way to ask a deserializer where it stands.
        Ok(stream.into_iter::<serde::de::IgnoredAny>().byte_offset())
    }

    /// Fills the tape from a tree of the same text.
    pub fn fill(&mut self, tree: &tree::Tree, text: &str, arena: &'a Bump) {
        self.clear();
        let mut stack: Vec<(u32, u32)> = Vec::new();
        for (at, node) in tree.nodes().iter().enumerate() {
            while stack.last().is_some_and(|&(_, end)| end as usize <= at) {
                stack.pop();
            }
            let parent = stack.last().map_or(u32::MAX, |&(parent, _)| parent);
            let key: &'a str = match node.key {
                Some(key) => arena.alloc_str(&tree::unescape(key.of(text))),
                None => "",
            };
            let name = if node.key.is_some() {
                Name::of(key)
            } else {
                None
            };
            let val = match node.kind {
                tree::Kind::Null => Val::Null,
                tree::Kind::Bool(b) => Val::Bool(b),
                tree::Kind::Number => number(node.span.of(text)),
                tree::Kind::Text => Val::Text(arena.alloc_str(&tree::unescape(node.span.of(text)))),
                tree::Kind::List => Val::List,
                tree::Kind::Object => Val::Object,
            };
            self.nodes.push(Node {
                key,
                val,
                end: node.end,
                parent,
                name,
            });
            if matches!(val, Val::List | Val::Object) {
                stack.push((at as u32, node.end));
            }
        }
        for at in 0..self.nodes.len() as u32 {
            if self.nodes[at as usize].val == Val::Object {
                self.find_duplicates(at);
            }
        }
    }

    /// The outermost value.
    pub fn root(&self) -> Item<'_, 'a> {
        Item { tape: self, at: 0 }
    }

    /// The value at a place that [`Item::place`] gave.
    pub fn at(&self, place: u32) -> Item<'_, 'a> {
        Item {
            tape: self,
            at: place,
        }
    }

    /// Whether an object holds a key twice.
    #[inline]
    pub fn has_duplicates(&self) -> bool {
        !self.duplicates.is_empty()
    }

    /// Members whose key stood in the same object before.
    pub fn duplicates(&self) -> impl Iterator<Item = Item<'_, 'a>> {
        self.duplicates.iter().map(|&at| Item { tape: self, at })
    }

    /// Makes numbers of the text in the members of an event that Meta wants to be numbers.
    pub(crate) fn read_numbers(&mut self, event: u32) {
        let end = self.nodes[event as usize].end;
        for node in &mut self.nodes[event as usize..end as usize] {
            if let (Val::Text(text), Some(name)) = (node.val, node.name)
                && name.is_number()
                && text
                    .bytes()
                    .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'))
                && let Val::Int(_) | Val::Float(_) = number(text)
                && text.parse::<f64>().is_ok()
            {
                node.val = number(text);
            }
        }
    }

    fn find_duplicates(&mut self, object: u32) {
        let (mut seen, mut unnamed) = (0u128, 0u32);
        let end = self.nodes[object as usize].end;
        let mut at = object + 1;
        while at < end {
            let node = self.nodes[at as usize];
            match node.name {
                Some(name) if seen & name.bit() != 0 => self.duplicates.push(at),
                Some(name) => seen |= name.bit(),
                None => unnamed += 1,
            }
            at = node.end;
        }
        if unnamed > 1 {
            self.find_unnamed_duplicates(object);
        }
    }

    pub(super) fn find_unnamed_duplicates(&mut self, object: u32) {
        self.unnamed.clear();
        let end = self.nodes[object as usize].end;
        let mut set: Option<hashbrown::HashSet<&'a str>> = None;
        let mut at = object + 1;
        while at < end {
            let node = self.nodes[at as usize];
            if node.name.is_none() {
                let seen = match &mut set {
                    Some(set) => !set.insert(node.key),
                    None => self.unnamed.contains(&node.key),
                };
                if seen {
                    self.duplicates.push(at);
                } else if set.is_none() {
                    self.unnamed.push(node.key);
                    // A short list is quicker to walk than to hash; a long one is not.
                    if self.unnamed.len() > 24 {
                        set = Some(self.unnamed.iter().copied().collect());
                    }
                }
            }
            at = node.end;
        }
    }
}

/// A JSON number as the tape keeps it.
fn number(text: &str) -> Val<'static> {
    match text.parse::<i64>() {
        // To serde_json, minus zero has a point.
        Ok(int) if text != "-0" => Val::Int(int),
        _ => Val::Float(text.parse().unwrap_or(f64::NAN)),
    }
}

/// One value of a tape.
#[derive(Clone, Copy)]
pub struct Item<'t, 'a> {
    tape: &'t Tape<'a>,
    at: u32,
}

impl fmt::Debug for Item<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Item({})", self.pointer())
    }
}

impl<'t, 'a> Item<'t, 'a> {
    fn node(self) -> &'t Node<'a> {
        &self.tape.nodes[self.at as usize]
    }

    /// The value itself.
    #[inline]
    pub fn val(self) -> Val<'a> {
        self.node().val
    }

    /// The key under which the value stands, `""` in a list.
    #[inline]
    pub fn key(self) -> &'a str {
        self.node().key
    }

    /// The key as a name that Meta knows.
    #[inline]
    pub fn name(self) -> Option<Name> {
        self.node().name
    }

    /// The string, when it is one.
    #[inline]
    pub fn text(self) -> Option<&'a str> {
        match self.val() {
            Val::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, when it is one.
    pub fn number(self) -> Option<f64> {
        match self.val() {
            Val::Int(int) => Some(int as f64),
            Val::Float(float) => Some(float),
            _ => None,
        }
    }

    /// Whether the value is an object.
    #[inline]
    pub fn is_object(self) -> bool {
        matches!(self.val(), Val::Object)
    }

    /// Whether the value is a list.
    #[inline]
    pub fn is_list(self) -> bool {
        matches!(self.val(), Val::List)
    }

    /// Whether the value holds nothing: null, blank text, an empty list or object, or a list of
    /// such. Meta counts these as absent.
    #[inline]
    pub fn is_blank(self) -> bool {
        match self.val() {
            // Nearly every text begins with a letter or digit.
            Val::Text(text) if text.as_bytes().first().is_some_and(u8::is_ascii_graphic) => false,
            Val::Int(_) | Val::Float(_) | Val::Bool(_) => false,
            _ => self.is_blank_otherwise(),
        }
    }

    fn is_blank_otherwise(self) -> bool {
        match self.val() {
            Val::Null => true,
            Val::Text(text) => text.trim().is_empty(),
            Val::List => self.children().all(Item::is_blank),
            Val::Object => self.children().next().is_none(),
            _ => false,
        }
    }

    /// The members of an object or the elements of a list; nothing for other values.
    #[inline]
    pub fn children(self) -> Children<'t, 'a> {
        let node = self.node();
        let end = match node.val {
            Val::List | Val::Object => node.end,
            _ => self.at + 1,
        };
        Children {
            tape: self.tape,
            at: self.at + 1,
            end,
        }
    }

    /// The members of an object that count: where a key stands there twice, the last of them.
    pub fn members(self) -> impl Iterator<Item = Item<'t, 'a>> {
        let may_repeat = self.tape.has_duplicates();
        self.children()
            .filter(move |member| !may_repeat || self.last_place(member.key()) == member.at)
    }

    fn last_place(self, key: &str) -> u32 {
        self.member(key).map_or(self.at, Item::place)
    }

    /// Whether any object of its tape holds a key twice.
    #[inline]
    pub fn has_duplicates(self) -> bool {
        self.tape.has_duplicates()
    }

    /// Whether more than one member of an object has that key.
    pub fn repeats(self, key: &str) -> bool {
        self.is_object() && self.children().filter(|member| member.key() == key).count() > 1
    }

    /// The values to look at when a key takes "one value or a list of values".
    pub fn each(self) -> Children<'t, 'a> {
        if self.is_list() {
            self.children()
        } else {
            Children {
                tape: self.tape,
                at: self.at,
                end: self.node().end,
            }
        }
    }

    /// The member of that name; the last one when it stands there twice, as most readers have it.
    pub fn get(self, name: Name) -> Option<Item<'t, 'a>> {
        self.children()
            .filter(|member| member.name() == Some(name))
            .last()
    }

    /// The member with that key; the last one when it stands there twice.
    pub fn member(self, key: &str) -> Option<Item<'t, 'a>> {
        if !self.is_object() {
            return None;
        }
        self.children().filter(|member| member.key() == key).last()
    }

    /// The value to which one step of a pointer leads: an element by its number, a member by its key.
    pub fn step(self, step: &str) -> Option<Item<'t, 'a>> {
        match self.is_list() {
            true => self.children().nth(step.parse().ok()?),
            false => self.member(step),
        }
    }

    /// The value, and every value inside it, in the order of the text.
    pub fn descendants(self) -> impl Iterator<Item = Item<'t, 'a>> {
        let tape = self.tape;
        (self.at..self.node().end).map(move |at| Item { tape, at })
    }

    /// The number of members or elements.
    pub fn len(self) -> usize {
        self.children().count()
    }

    /// Whether there are no members or elements.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The object or list that holds the value.
    pub fn parent(self) -> Option<Item<'t, 'a>> {
        let parent = self.node().parent;
        (parent != u32::MAX).then_some(Item {
            tape: self.tape,
            at: parent,
        })
    }

    /// Another value of the same tape, by its place.
    pub fn sibling(self, place: u32) -> Item<'t, 'a> {
        Item {
            tape: self.tape,
            at: place,
        }
    }

    /// The number under which [`Tape::at`] finds the value again.
    #[inline]
    pub fn place(self) -> u32 {
        self.at
    }

    /// One past the last place of the value and all that it holds.
    #[inline]
    pub fn end(self) -> u32 {
        self.node().end
    }

    /// The pointer from the root of the text.
    pub fn pointer(self) -> Pointer {
        self.pointer_from(0)
    }

    /// The pointer from the value at `base`, which must hold this one.
    pub fn pointer_from(self, base: u32) -> Pointer {
        if self.at == base {
            return Pointer::root();
        }
        let Some(parent) = self.parent() else {
            return Pointer::root();
        };
        let above = parent.pointer_from(base);
        if parent.is_list() {
            above.index(
                parent
                    .children()
                    .take_while(|child| child.at != self.at)
                    .count(),
            )
        } else {
            above.key(self.key())
        }
    }
}

/// The children of a value.
#[derive(Clone)]
pub struct Children<'t, 'a> {
    tape: &'t Tape<'a>,
    at: u32,
    end: u32,
}

impl<'t, 'a> Iterator for Children<'t, 'a> {
    type Item = Item<'t, 'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        let item = Item {
            tape: self.tape,
            at: self.at,
        };
        self.at = self.tape.nodes[self.at as usize].end;
        Some(item)
    }
}

struct ValueSeed<'t, 'a> {
    tape: &'t mut Tape<'a>,
    arena: &'a Bump,
    key: &'a str,
    name: Option<Name>,
    parent: u32,
}

impl<'a> ValueSeed<'_, 'a> {
    #[inline]
    fn push(self, val: Val<'a>) -> u32 {
        let at = self.tape.nodes.len() as u32;
        let ValueSeed {
            tape,
            key,
            name,
            parent,
            ..
        } = self;
        tape.nodes.push(Node {
            key,
            val,
            end: at + 1,
            parent,
            name,
        });
        at
    }
}

impl<'a> DeserializeSeed<'a> for ValueSeed<'_, 'a> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'a>>(self, source: D) -> Result<(), D::Error> {
        source.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for ValueSeed<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    #[inline]
    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<(), E> {
        self.push(Val::Text(text));
        Ok(())
    }

    #[inline]
    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        let text = self.arena.alloc_str(text);
        self.push(Val::Text(text));
        Ok(())
    }

    #[inline]
    fn visit_i64<E>(self, int: i64) -> Result<(), E> {
        self.push(Val::Int(int));
        Ok(())
    }

    #[inline]
    fn visit_u64<E>(self, int: u64) -> Result<(), E> {
        let val = i64::try_from(int).map_or(Val::Float(int as f64), Val::Int);
        self.push(val);
        Ok(())
    }

    #[inline]
    fn visit_f64<E>(self, float: f64) -> Result<(), E> {
        self.push(Val::Float(float));
        Ok(())
    }

    #[inline]
    fn visit_bool<E>(self, bool: bool) -> Result<(), E> {
        self.push(Val::Bool(bool));
        Ok(())
    }

    #[inline]
    fn visit_unit<E>(self) -> Result<(), E> {
        self.push(Val::Null);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<(), A::Error> {
        let arena = self.arena;
        let ValueSeed {
            tape,
            key,
            name,
            parent,
            ..
        } = self;
        let at = ValueSeed {
            tape,
            arena,
            key,
            name,
            parent,
        }
        .push(Val::List);
        loop {
            let seed = ValueSeed {
                tape,
                arena,
                key: "",
                name: None,
                parent: at,
            };
            if list.next_element_seed(seed)?.is_none() {
                break;
            }
        }
        tape.nodes[at as usize].end = tape.nodes.len() as u32;
        Ok(())
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        let arena = self.arena;
        let ValueSeed {
            tape,
            key,
            name,
            parent,
            ..
        } = self;
        let at = ValueSeed {
            tape,
            arena,
            key,
            name,
            parent,
        }
        .push(Val::Object);
        let (mut seen, mut unnamed) = (0u128, 0u32);
        while let Some(key) = map.next_key_seed(KeySeed { arena })? {
            let name = Name::of(key);
            match name {
                Some(name) if seen & name.bit() != 0 => {
                    tape.duplicates.push(tape.nodes.len() as u32)
                }
                Some(name) => seen |= name.bit(),
                None => unnamed += 1,
            }
            map.next_value_seed(ValueSeed {
                tape,
                arena,
                key,
                name,
                parent: at,
            })?;
        }
        tape.nodes[at as usize].end = tape.nodes.len() as u32;
        if unnamed > 1 {
            tape.find_unnamed_duplicates(at);
        }
        Ok(())
    }
}

struct KeySeed<'a> {
    arena: &'a Bump,
}

impl<'a> DeserializeSeed<'a> for KeySeed<'a> {
    type Value = &'a str;

    #[inline]
    fn deserialize<D: Deserializer<'a>>(self, source: D) -> Result<&'a str, D::Error> {
        source.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for KeySeed<'a> {
    type Value = &'a str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    #[inline]
    fn visit_borrowed_str<E>(self, key: &'a str) -> Result<&'a str, E> {
        Ok(key)
    }

    #[inline]
    fn visit_str<E>(self, key: &str) -> Result<&'a str, E> {
        Ok(self.arena.alloc_str(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(text: &str) -> Vec<String> {
        let arena = Bump::new();
        let mut fast = Tape::new();
        fast.parse(text, &arena).unwrap();
        let tree = tree::Tree::parse(text, tree::Syntax::Strict).unwrap();
        let mut slow = Tape::new();
        slow.fill(&tree, text, &arena);
        let show = |tape: &Tape<'_>| -> Vec<String> {
            tape.root()
                .descendants()
                .map(|item| format!("{} {:?}", item.pointer(), item.val()))
                .chain(
                    tape.duplicates()
                        .map(|item| format!("twice {}", item.pointer())),
                )
                .collect()
        };
        let (fast, slow) = (show(&fast), show(&slow));
        let sorted = |mut list: Vec<String>| {
            list.sort();
            list
        };
        assert_eq!(sorted(fast.clone()), sorted(slow));
        fast
    }

    #[test]
    fn both_parsers_give_the_same_values() {
        let shown = both(
            r#" {"data":[{"event_name":"Pur\u0063hase","value":249.00,"n":[1,-2,1e3,-0,-0.0,null,true]},{}],
                "x":{"y":"\"","y":2,"z":{}},"data":[]} "#,
        );
        assert_eq!(shown[0], " Object");
        assert!(shown.contains(&"/data/0/event_name Text(\"Purchase\")".to_owned()));
        assert!(shown.contains(&"/data/0/value Float(249.0)".to_owned()));
        assert!(shown.contains(&"twice /x/y".to_owned()));
        assert!(shown.contains(&"twice /data".to_owned()));
    }

    #[test]
    fn a_value_may_be_followed_by_others() {
        let arena = Bump::new();
        let mut tape = Tape::new();
        assert_eq!(tape.parse(" {\"a\":1} {\"b\":2}", &arena).unwrap(), 8);
        assert_eq!(tape.parse("{\"a\":1}\n", &arena).unwrap(), 7);
        assert!(tape.parse("{\"a\":", &arena).is_err());
    }
}
