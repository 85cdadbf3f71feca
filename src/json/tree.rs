//! The exact parse: every value with its place, faults with theirs.
//!
//! It is asked only for records that are shown, fixed or not understood by the fast parse, so it
//! may take its time. Its nodes stand in the same order as those of [`super::Tape`].

use std::cell::RefCell;

use hashbrown::HashMap;

use super::Pointer;

/// A range of bytes of the text that was parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The bytes themselves.
    pub fn of(self, text: &str) -> &str {
        &text[self.start..self.end]
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether it holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// What counts as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// RFC 8259.
    Strict,
    /// Also `//` and `/* */` comments and commas before a closing bracket.
    Relaxed,
}

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Null,
    Bool(bool),
    Number,
    Text,
    List,
    Object,
}

/// One value with its place.
#[derive(Clone, Copy, Debug)]
pub struct TreeNode {
    /// The key with its quotes, for members of an object.
    pub key: Option<Span>,
    /// The value with its quotes or brackets.
    pub span: Span,
    /// Its type.
    pub kind: Kind,
    /// Index of the first node after this value and all that it holds.
    pub end: u32,
}

/// Why a text is not JSON, and where. Holds no text of the payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Byte in the text at which it stops to be JSON.
    pub offset: usize,
    /// What was wrong, as the end of a sentence.
    pub what: &'static str,
    /// Whether the text ended before the value did: more text might complete it.
    pub incomplete: bool,
}

/// A parsed JSON text.
#[derive(Clone, Debug)]
pub struct Tree {
    nodes: Vec<TreeNode>,
    /// The first comment or superfluous comma.
    relaxed_at: Option<usize>,
    /// The children of wide values, by the index of each, once somebody has looked for one: a dump of
    /// a collection may be one object with as many members as there are events.
    wide: RefCell<HashMap<u32, Wide>>,
}

/// The children of a value that has many.
#[derive(Clone, Debug)]
enum Wide {
    /// By their keys as they are read; of two the last.
    Object(HashMap<String, u32>),
    List(Vec<u32>),
}

/// A value with more nodes in it is wide.
const WIDE: u32 = 512;

/// How deep lists and objects may nest. Real payloads stay below ten; the bound keeps hostile
/// input from growing the stack of open values without end.
pub const MAX_DEPTH: usize = 512;

impl Tree {
    /// Reads the JSON value at the start of `text`; what follows it is not looked at.
    pub fn parse(text: &str, syntax: Syntax) -> Result<Tree, SyntaxError> {
        let mut parser = Parser {
            bytes: text.as_bytes(),
            at: 0,
            syntax,
            relaxed_at: None,
        };
        let nodes = parser.value()?;
        Ok(Tree {
            nodes,
            relaxed_at: parser.relaxed_at,
            wide: RefCell::default(),
        })
    }

    /// All values, outermost first, in the order of the text.
    pub fn nodes(&self) -> &[TreeNode] {
        &self.nodes
    }

    /// One past the last byte of the value.
    pub fn end(&self) -> usize {
        self.nodes[0].span.end
    }

    /// Where the first comment or superfluous comma stands, if there is one.
    pub fn relaxed_at(&self) -> Option<usize> {
        self.relaxed_at
    }

    /// The children of a node, by index.
    pub fn children(&self, parent: u32) -> impl Iterator<Item = u32> + '_ {
        let node = self.nodes[parent as usize];
        let end = if matches!(node.kind, Kind::List | Kind::Object) {
            node.end
        } else {
            parent + 1
        };
        let mut at = parent + 1;
        std::iter::from_fn(move || {
            (at < end).then(|| {
                let this = at;
                at = self.nodes[at as usize].end;
                this
            })
        })
    }

    /// The value that `pointer` names, starting at node `from`; of a key that stands twice the
    /// last one, as most readers have it.
    pub fn find(&self, text: &str, from: u32, pointer: &Pointer) -> Option<u32> {
        let mut at = from;
        for step in pointer.steps() {
            let node = self.nodes[at as usize];
            at = match node.kind {
                Kind::Object | Kind::List if node.end - at > WIDE => {
                    self.find_in_wide(text, at, &step)?
                }
                Kind::Object => self
                    .children(at)
                    .filter(|&child| {
                        self.nodes[child as usize]
                            .key
                            .is_some_and(|key| is_key(key.of(text), &step))
                    })
                    .last()?,
                Kind::List => self.children(at).nth(step.parse().ok()?)?,
                _ => return None,
            };
        }
        Some(at)
    }

    /// The child of a wide value.
    fn find_in_wide(&self, text: &str, at: u32, step: &str) -> Option<u32> {
        let mut wide = self.wide.borrow_mut();
        let found = wide
            .entry(at)
            .or_insert_with(|| match self.nodes[at as usize].kind {
                Kind::Object => {
                    let keyed = self.children(at).filter_map(|child| {
                        let key = self.nodes[child as usize].key?;
                        Some((unescape(key.of(text)), child))
                    });
                    Wide::Object(keyed.collect())
                }
                _ => Wide::List(self.children(at).collect()),
            });
        match found {
            Wide::Object(keys) => keys.get(step).copied(),
            Wide::List(children) => children.get(step.parse::<usize>().ok()?).copied(),
        }
    }

    /// The pointer to a node, by its index.
    pub fn pointer(&self, text: &str, node: u32) -> Pointer {
        let mut pointer = Pointer::root();
        let mut at = 0;
        while at != node {
            let is_list = self.nodes[at as usize].kind == Kind::List;
            let step = self
                .children(at)
                .enumerate()
                .find(|&(_, child)| child <= node && node < self.nodes[child as usize].end);
            let Some((index, child)) = step else {
                return pointer;
            };
            pointer = match self.nodes[child as usize].key {
                Some(key) if !is_list => pointer.key(&unescape(key.of(text))),
                _ => pointer.index(index),
            };
            at = child;
        }
        pointer
    }

    /// The place of the value that `pointer` names.
    pub fn span(&self, text: &str, pointer: &Pointer) -> Option<Span> {
        self.find(text, 0, pointer)
            .map(|at| self.nodes[at as usize].span)
    }
}

/// The text of a JSON string literal, quotes and escapes resolved. A lone surrogate, which no
/// text can hold, becomes U+FFFD, and what is no escape stays as it is.
pub fn unescape(literal: &str) -> String {
    let inner = &literal[1..literal.len() - 1];
    if !inner.contains('\\') {
        return inner.to_owned();
    }
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(escape) = rest.chars().next() else {
            break;
        };
        rest = &rest[escape.len_utf8()..];
        match escape {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'u' => {
                let Some(unit) = unit(rest) else {
                    out.push_str("\\u");
                    continue;
                };
                rest = &rest[4..];
                let low = rest
                    .strip_prefix("\\u")
                    .and_then(self::unit)
                    .filter(|low| (0xDC00..0xE000).contains(low));
                match (unit, low) {
                    (0xD800..0xDC00, Some(low)) => {
                        rest = &rest[6..];
                        let code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                        out.push(char::from_u32(code).unwrap_or('\u{FFFD}'));
                    }
                    (unit, _) => out.push(char::from_u32(unit).unwrap_or('\u{FFFD}')),
                }
            }
            other => out.push(other),
        }
    }
    out.push_str(rest);
    out
}

/// Whether this is the key of a literal.
fn is_key(literal: &str, key: &str) -> bool {
    let inner = &literal[1..literal.len() - 1];
    match memchr::memchr(b'\\', inner.as_bytes()) {
        None => inner == key,
        Some(_) => unescape(literal) == key,
    }
}

/// The number that four digits of an escape stand for.
fn unit(digits: &str) -> Option<u32> {
    u32::from_str_radix(digits.get(..4)?, 16).ok()
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
    syntax: Syntax,
    relaxed_at: Option<usize>,
}

/// What the parser expects next inside the innermost open value.
#[derive(Clone, Copy, PartialEq)]
enum Expect {
    /// A value, or the closing bracket of an empty list.
    FirstElement,
    Element,
    /// A key, or the closing brace of an empty object.
    FirstKey,
    Key,
    CommaOrClose,
}

impl Parser<'_> {
    fn fail<T>(&self, what: &'static str) -> Result<T, SyntaxError> {
        Err(SyntaxError {
            offset: self.at,
            what,
            incomplete: false,
        })
    }

    fn ends<T>(&self, what: &'static str) -> Result<T, SyntaxError> {
        Err(SyntaxError {
            offset: self.bytes.len(),
            what,
            incomplete: true,
        })
    }

    fn value(&mut self) -> Result<Vec<TreeNode>, SyntaxError> {
        let mut nodes = Vec::new();
        let mut open: Vec<u32> = Vec::new();
        self.space()?;
        self.element(None, &mut nodes, &mut open)?;
        let mut expect = self.first(&nodes, &open);
        while let Some(&container) = open.last() {
            self.space()?;
            let list = nodes[container as usize].kind == Kind::List;
            let Some(&byte) = self.bytes.get(self.at) else {
                return self.ends(if list {
                    "it ends inside a list"
                } else {
                    "it ends inside an object"
                });
            };
            let close = if list { b']' } else { b'}' };
            match expect {
                _ if byte == close && expect != Expect::Element && expect != Expect::Key => {
                    self.at += 1;
                    open.pop();
                    let end = nodes.len() as u32;
                    let node = &mut nodes[container as usize];
                    node.span.end = self.at;
                    node.end = end;
                    expect = Expect::CommaOrClose;
                }
                Expect::Element | Expect::Key if byte == close => {
                    if self.syntax == Syntax::Strict {
                        return self.fail("there is a comma before the closing bracket");
                    }
                    self.relaxed_at.get_or_insert(self.at);
                    expect = Expect::CommaOrClose;
                }
                Expect::CommaOrClose if byte == b',' => {
                    self.at += 1;
                    expect = if list { Expect::Element } else { Expect::Key };
                }
                Expect::CommaOrClose => {
                    return self.fail(if list {
                        "a comma or the end of the list is missing"
                    } else {
                        "a comma or the end of the object is missing"
                    });
                }
                Expect::FirstElement | Expect::Element => {
                    self.element(None, &mut nodes, &mut open)?;
                    expect = self.first(&nodes, &open);
                }
                Expect::FirstKey | Expect::Key => {
                    if byte != b'"' {
                        return self.fail("a key in double quotes is missing");
                    }
                    let key = self.string()?;
                    self.space()?;
                    match self.bytes.get(self.at) {
                        Some(b':') => self.at += 1,
                        Some(_) => return self.fail("the colon after a key is missing"),
                        None => return self.ends("it ends after a key"),
                    }
                    self.space()?;
                    self.element(Some(key), &mut nodes, &mut open)?;
                    expect = self.first(&nodes, &open);
                }
            }
        }
        Ok(nodes)
    }

    /// What comes after an element was read: its inside when it is a container, else what follows.
    fn first(&self, nodes: &[TreeNode], open: &[u32]) -> Expect {
        match open.last() {
            Some(&last) if last as usize + 1 == nodes.len() => match nodes[last as usize].kind {
                Kind::List => Expect::FirstElement,
                _ => Expect::FirstKey,
            },
            _ => Expect::CommaOrClose,
        }
    }

    fn element(
        &mut self,
        key: Option<Span>,
        nodes: &mut Vec<TreeNode>,
        open: &mut Vec<u32>,
    ) -> Result<(), SyntaxError> {
        let start = self.at;
        let at = nodes.len() as u32;
        let Some(&byte) = self.bytes.get(start) else {
            return self.ends("it ends before a value");
        };
        let kind = match byte {
            b'"' => {
                self.string()?;
                Kind::Text
            }
            b'{' | b'[' => {
                if open.len() == MAX_DEPTH {
                    return self.fail("it nests deeper than 512 levels");
                }
                self.at += 1;
                open.push(at);
                if byte == b'{' {
                    Kind::Object
                } else {
                    Kind::List
                }
            }
            b't' => self.word("true", Kind::Bool(true))?,
            b'f' => self.word("false", Kind::Bool(false))?,
            b'n' => self.word("null", Kind::Null)?,
            b'-' | b'0'..=b'9' => self.number()?,
            b'\'' => return self.fail("text stands in single quotes"),
            _ => return self.fail("there is no JSON value"),
        };
        nodes.push(TreeNode {
            key,
            span: Span {
                start,
                end: self.at,
            },
            kind,
            end: at + 1,
        });
        Ok(())
    }

    fn word(&mut self, word: &'static str, kind: Kind) -> Result<Kind, SyntaxError> {
        let rest = &self.bytes[self.at..];
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(kind)
        } else if word.as_bytes().starts_with(rest) {
            self.ends("it ends inside a word")
        } else {
            self.fail("there is a word that JSON does not know")
        }
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        self.at - start
    }

    fn number(&mut self) -> Result<Kind, SyntaxError> {
        const BAD: &str = "there is a number that JSON does not allow";
        if self.bytes[self.at] == b'-' {
            self.at += 1;
        }
        let zero = self.bytes.get(self.at) == Some(&b'0');
        let whole = self.digits();
        if whole == 0 || (zero && whole > 1) {
            return if self.at == self.bytes.len() && whole == 0 {
                self.ends("it ends inside a number")
            } else {
                self.fail(BAD)
            };
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return self.fail(BAD);
            }
        }
        if matches!(self.bytes.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.bytes.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return self.fail(BAD);
            }
        }
        Ok(Kind::Number)
    }

    fn string(&mut self) -> Result<Span, SyntaxError> {
        let start = self.at;
        self.at += 1;
        loop {
            let Some(&byte) = self.bytes.get(self.at) else {
                return self.ends("it ends inside text");
            };
            match byte {
                b'"' => {
                    self.at += 1;
                    return Ok(Span {
                        start,
                        end: self.at,
                    });
                }
                b'\\' => {
                    let Some(&escape) = self.bytes.get(self.at + 1) else {
                        return self.ends("it ends inside text");
                    };
                    match escape {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 2,
                        b'u' => {
                            let hex = &self.bytes[self.at + 2..self.bytes.len().min(self.at + 6)];
                            if !hex.iter().all(u8::is_ascii_hexdigit) {
                                return self.fail("there is an escape that JSON does not know");
                            }
                            if hex.len() < 4 {
                                return self.ends("it ends inside text");
                            }
                            self.at += 6;
                        }
                        _ => return self.fail("there is an escape that JSON does not know"),
                    }
                }
                0x00..0x20 => return self.fail("there is a bare control character inside text"),
                _ => self.at += 1,
            }
        }
    }

    fn space(&mut self) -> Result<(), SyntaxError> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                Some(b'/') if self.syntax == Syntax::Relaxed => self.comment()?,
                _ => return Ok(()),
            }
        }
    }

    fn comment(&mut self) -> Result<(), SyntaxError> {
        let rest = &self.bytes[self.at..];
        let length = if rest.starts_with(b"//") {
            memchr::memchr(b'\n', rest).unwrap_or(rest.len())
        } else if rest.starts_with(b"/*") {
            match memchr::memmem::find(&rest[2..], b"*/") {
                Some(end) => end + 4,
                None => return self.ends("it ends inside a comment"),
            }
        } else {
            return self.fail("there is no JSON value");
        };
        self.relaxed_at.get_or_insert(self.at);
        self.at += length;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> (usize, &'static str, bool) {
        let error = Tree::parse(text, Syntax::Strict).unwrap_err();
        (error.offset, error.what, error.incomplete)
    }

    #[test]
    fn values_are_found_in_wide_objects_and_lists_as_in_others() {
        for members in [3, 300, 3_000] {
            let list: Vec<String> = (0..members).map(|n| format!("[{n}]")).collect();
            let keyed = |n: u32| format!("\"k\\u00e4{n}\":{{\"n\":{n}}}");
            let object: Vec<String> = (0..members).map(keyed).collect();
            let (list, object) = (list.join(","), object.join(","));
            let text = format!("{{\"list\":[{list}],\"object\":{{{object},\"kä1\":7}}}}");
            let tree = Tree::parse(&text, Syntax::Strict).unwrap();
            let at = |pointer: &str| {
                let span = tree.span(&text, &Pointer::from(pointer))?;
                Some(span.of(&text))
            };
            for n in [0, members / 2, members - 1] {
                assert_eq!(at(&format!("/list/{n}/0")), Some(&*n.to_string()));
            }
            assert_eq!(at(&format!("/list/{members}")), None);
            assert_eq!(at("/object/kä2/n"), Some("2"));
            // Of two members with one key the last.
            assert_eq!(at("/object/kä1"), Some("7"));
            assert_eq!(at("/object/kä"), None);
        }
    }

    #[test]
    fn faults_have_their_place() {
        assert_eq!(fault("{\"a\":1,}").0, 7);
        assert_eq!(
            fault("{\"a\" 1}"),
            (5, "the colon after a key is missing", false)
        );
        assert_eq!(fault("[1 2]").0, 3);
        assert_eq!(fault("{'a':1}").0, 1);
        assert_eq!(fault("{\"a\":\"b"), (7, "it ends inside text", true));
        assert_eq!(fault("{\"a\":[1,"), (8, "it ends inside a list", true));
        assert_eq!(fault("tru"), (3, "it ends inside a word", true));
        assert_eq!(fault("NaN").0, 0);
        assert!(!fault("[01]").2);
        assert_eq!(fault("\"a\nb\"").0, 2);
        assert_eq!(fault(&"[".repeat(600)).0, MAX_DEPTH);
    }

    #[test]
    fn comments_and_trailing_commas_are_read_when_asked() {
        let text = "// head\n{ /* a \" } */ \"a\": [1, 2,], // tail }\n \"b\": {},\n}";
        assert!(Tree::parse(text, Syntax::Strict).is_err());
        let tree = Tree::parse(text, Syntax::Relaxed).unwrap();
        assert_eq!(tree.end(), text.len());
        assert_eq!(tree.relaxed_at(), Some(0));
        assert_eq!(
            tree.span(text, &Pointer::from("/a/1")).unwrap().of(text),
            "2"
        );
        assert_eq!(
            tree.span(text, &Pointer::from("/b")).unwrap().of(text),
            "{}"
        );
        assert_eq!(tree.span(text, &Pointer::from("/a/2")), None);
    }

    #[test]
    fn places_are_exact_and_the_last_of_two_keys_wins() {
        let text = r#"{"a\u0062":"x","ab":{"c":[true, -1.5e3]}}"#;
        let tree = Tree::parse(text, Syntax::Strict).unwrap();
        assert_eq!(
            tree.span(text, &Pointer::from("/ab/c/1")).unwrap().of(text),
            "-1.5e3"
        );
        assert_eq!(tree.span(text, &Pointer::root()).unwrap().len(), text.len());
        assert_eq!(tree.relaxed_at(), None);
    }

    #[test]
    fn escapes_are_resolved() {
        assert_eq!(
            unescape(r#""a\n\/\u00e9\ud83d\ude00\ud800x""#),
            "a\n/é😀\u{FFFD}x"
        );
        // What stands between quotes need not be right.
        for (literal, text) in [
            ("\"a\\\u{FFFD}b\"".to_owned(), "a\u{FFFD}b"),
            ("\"a\\u12é4\"".to_owned(), "a\\u12é4"),
            ("\"\\u\"".to_owned(), "\\u"),
            ("\"a\\\"".to_owned(), "a"),
        ] {
            assert_eq!(unescape(&literal), text);
        }
    }
}
