//! Edits of JSON text that touch only the bytes they name.
//!
//! Order of keys, text of numbers, white space, comments and unknown members survive; what is
//! added follows the style of its neighbours.

use super::Pointer;
use super::tree::{Kind, Span, Syntax, Tree};
use crate::fix::{Op, quote};

/// Why an operation cannot be done. The text is then left as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditError {
    /// The text is no JSON.
    NotJson,
    /// There is nothing at the place named.
    NoSuchPlace,
    /// A member of that key is there already.
    KeyTaken,
}

/// Does the operations one after the other. `base` is put in front of every pointer.
pub fn apply(text: &str, base: &Pointer, ops: &[Op]) -> Result<String, EditError> {
    let mut text = text.to_owned();
    for op in ops {
        text = apply_one(&text, base, op)?;
    }
    Ok(text)
}

fn apply_one(text: &str, base: &Pointer, op: &Op) -> Result<String, EditError> {
    let doc = Doc::read(text)?;
    match op {
        Op::Replace { at, json } => {
            let node = doc.find(&base.join(at))?;
            Ok(splice(text, doc.span(node), json))
        }
        Op::Wrap { at } => {
            let span = doc.span(doc.find(&base.join(at))?);
            Ok(splice(text, span, &format!("[{}]", span.of(text))))
        }
        Op::Unwrap { at } => {
            let place = base.join(at);
            let list = doc.span(doc.find(&place)?);
            let only = doc.span(doc.find(&place.index(0))?);
            Ok(splice(text, list, only.of(text)))
        }
        Op::Remove { at } => doc.remove(doc.find(&base.join(at))?),
        Op::Rename { at, key } => {
            let node = doc.find(&base.join(at))?;
            let parent = base.join(at).parent().ok_or(EditError::NoSuchPlace)?;
            if doc.find(&parent.key(key)).is_ok() {
                return Err(EditError::KeyTaken);
            }
            let span = doc.tree.nodes()[node as usize]
                .key
                .ok_or(EditError::NoSuchPlace)?;
            Ok(splice(text, span, &quote(key)))
        }
        Op::Insert { into, key, json } => insert(text, &base.join(into), key, json),
        Op::Move { from, into, key } => {
            let node = doc.find(&base.join(from))?;
            let value = doc.span(node).of(text).to_owned();
            let added = insert(text, &base.join(into), key, &value)?;
            // The place it came from is found anew: the other object may stand in front of it.
            let doc = Doc::read(&added)?;
            doc.remove(doc.find(&base.join(from))?)
        }
    }
}

/// Adds a member at the end of the object at `into`; makes that object when it is not there.
fn insert(text: &str, into: &Pointer, key: &str, json: &str) -> Result<String, EditError> {
    let doc = Doc::read(text)?;
    match doc.find(into) {
        Ok(node) => {
            if doc.find(&into.clone().key(key)).is_ok() {
                return Err(EditError::KeyTaken);
            }
            doc.append(node, key, json)
        }
        Err(_) => {
            let parent = into.parent().ok_or(EditError::NoSuchPlace)?;
            let name = into.last().ok_or(EditError::NoSuchPlace)?;
            let node = doc.find(&parent)?;
            doc.append(node, &name, &format!("{{{}:{json}}}", quote(key)))
        }
    }
}

fn splice(text: &str, span: Span, with: &str) -> String {
    let mut out = String::with_capacity(text.len() + with.len());
    out.push_str(&text[..span.start]);
    out.push_str(with);
    out.push_str(&text[span.end..]);
    out
}

struct Doc<'a> {
    text: &'a str,
    tree: Tree,
}

impl<'a> Doc<'a> {
    fn read(text: &'a str) -> Result<Doc<'a>, EditError> {
        let tree = Tree::parse(text, Syntax::Relaxed).map_err(|_| EditError::NotJson)?;
        Ok(Doc { text, tree })
    }

    fn find(&self, pointer: &Pointer) -> Result<u32, EditError> {
        self.tree
            .find(self.text, 0, pointer)
            .ok_or(EditError::NoSuchPlace)
    }

    fn span(&self, node: u32) -> Span {
        self.tree.nodes()[node as usize].span
    }

    /// The bytes of an element or of a member with its key.
    fn whole(&self, node: u32) -> Span {
        let node = self.tree.nodes()[node as usize];
        Span {
            start: node.key.map_or(node.span.start, |key| key.start),
            end: node.span.end,
        }
    }

    fn parent(&self, node: u32) -> Option<u32> {
        let nodes = self.tree.nodes();
        (0..node).rev().find(|&at| nodes[at as usize].end > node)
    }

    fn remove(&self, node: u32) -> Result<String, EditError> {
        let parent = self.parent(node).ok_or(EditError::NoSuchPlace)?;
        let siblings: Vec<u32> = self.tree.children(parent).collect();
        let in_list = self.tree.nodes()[parent as usize].kind == Kind::List;
        if in_list && siblings.len() == 1 && self.tree.nodes()[parent as usize].key.is_some() {
            // A list that held only this says nothing any more; neither does its key.
            return self.remove(parent);
        }
        let at = siblings
            .iter()
            .position(|&sibling| sibling == node)
            .unwrap_or(0);
        let this = self.whole(node);
        let (gone, comma) = if let Some(&next) = siblings.get(at + 1) {
            let next = self.whole(next).start;
            (
                Span {
                    start: this.start,
                    end: next,
                },
                self.comma(this.end, next),
            )
        } else if at > 0 {
            let before = self.whole(siblings[at - 1]).end;
            (
                Span {
                    start: before,
                    end: this.end,
                },
                self.comma(before, this.start),
            )
        } else {
            let inside = self.span(parent);
            return Ok(splice(
                self.text,
                Span {
                    start: inside.start + 1,
                    end: inside.end - 1,
                },
                "",
            ));
        };
        let Some(comma) = comma else {
            return Ok(splice(self.text, gone, ""));
        };
        // A comment stands between the neighbours: it is not ours to take away.
        let (first, second) = if comma.start < this.start {
            (comma, this)
        } else {
            (this, comma)
        };
        Ok(splice(&splice(self.text, second, ""), first, ""))
    }

    /// The comma between two neighbours, when there is more between them than white space.
    fn comma(&self, from: usize, to: usize) -> Option<Span> {
        if self.text[from..to].trim() == "," {
            return None;
        }
        let bytes = self.text.as_bytes();
        let mut at = from;
        while at < to {
            let rest = &self.text[at..to];
            if rest.starts_with("//") {
                at += rest.find('\n')?;
            } else if rest.starts_with("/*") {
                at += rest.find("*/")? + 2;
            } else if bytes[at] == b',' {
                return Some(Span {
                    start: at,
                    end: at + 1,
                });
            } else {
                at += 1;
            }
        }
        None
    }

    fn append(&self, object: u32, key: &str, json: &str) -> Result<String, EditError> {
        if self.tree.nodes()[object as usize].kind != Kind::Object {
            return Err(EditError::NoSuchPlace);
        }
        let siblings: Vec<u32> = self.tree.children(object).collect();
        let inside = self.span(object);
        let Some(&last) = siblings.last() else {
            let member = format!("{}:{json}", quote(key));
            return Ok(splice(
                self.text,
                Span {
                    start: inside.start + 1,
                    end: inside.end - 1,
                },
                &member,
            ));
        };
        let last_key = self.tree.nodes()[last as usize]
            .key
            .ok_or(EditError::NoSuchPlace)?;
        let value = self.span(last);
        let lead = trailing_space(&self.text[inside.start + 1..last_key.start]);
        let colon = &self.text[last_key.end..value.start];
        let colon = if colon.trim() == ":" { colon } else { ":" };
        let member = format!(",{lead}{}{colon}{json}", quote(key));
        Ok(splice(
            self.text,
            Span {
                start: value.end,
                end: value.end,
            },
            &member,
        ))
    }
}

/// The white space at the end of `text`.
fn trailing_space(text: &str) -> &str {
    &text[text.trim_end_matches([' ', '\t', '\n', '\r']).len()..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(text: &str, op: Op) -> String {
        apply_one(text, &Pointer::root(), &op).unwrap()
    }

    fn remove(text: &str, at: &str) -> String {
        done(text, Op::Remove { at: at.into() })
    }

    #[test]
    fn removal_takes_one_comma() {
        assert_eq!(
            remove(r#"{"a":1, "b":2, "c":3}"#, "/a"),
            r#"{"b":2, "c":3}"#
        );
        assert_eq!(
            remove(r#"{"a":1, "b":2, "c":3}"#, "/b"),
            r#"{"a":1, "c":3}"#
        );
        assert_eq!(
            remove(r#"{"a":1, "b":2, "c":3}"#, "/c"),
            r#"{"a":1, "b":2}"#
        );
        assert_eq!(remove(r#"{ "a": 1 }"#, "/a"), r#"{}"#);
        assert_eq!(remove("[1,[2,3]]", "/1/0"), "[1,[3]]");
        assert_eq!(
            remove("{\n  \"a\": 1,\n  \"b\": 2,\n}", "/b"),
            "{\n  \"a\": 1,\n}"
        );
    }

    #[test]
    fn a_list_left_empty_goes_with_its_key() {
        assert_eq!(remove(r#"{"em":["x"],"b":2}"#, "/em/0"), r#"{"b":2}"#);
        assert_eq!(remove(r#"[["x"]]"#, "/0/0"), "[[]]");
    }

    #[test]
    fn what_is_added_follows_its_neighbours() {
        let insert = |text: &str, into: &str| {
            done(
                text,
                Op::Insert {
                    into: into.into(),
                    key: "k".into(),
                    json: "1.50".into(),
                },
            )
        };
        assert_eq!(
            insert("{\n  \"a\": 1\n}", ""),
            "{\n  \"a\": 1,\n  \"k\": 1.50\n}"
        );
        assert_eq!(insert(r#"{"a":{}}"#, "/a"), r#"{"a":{"k":1.50}}"#);
        assert_eq!(insert(r#"{"a":1}"#, "/c"), r#"{"a":1,"c":{"k":1.50}}"#);
        let taken = Op::Insert {
            into: "".into(),
            key: "a".into(),
            json: "2".into(),
        };
        assert_eq!(
            apply_one("{\"a\":1}", &Pointer::root(), &taken),
            Err(EditError::KeyTaken)
        );
    }

    #[test]
    fn moves_and_renames_keep_the_bytes_of_the_value() {
        let op = Op::Move {
            from: "/value".into(),
            into: "/custom_data".into(),
            key: "value".into(),
        };
        assert_eq!(
            done(
                r#"{"value": 249.00,"custom_data":{"currency":"EUR"}}"#,
                op.clone()
            ),
            r#"{"custom_data":{"currency":"EUR","value":249.00}}"#
        );
        assert_eq!(
            done(r#"{"value":249.00}"#, op),
            r#"{"custom_data":{"value":249.00}}"#
        );
        let op = Op::Unwrap { at: "/n".into() };
        assert_eq!(done(r#"{"n": [ 249.00 ]}"#, op.clone()), r#"{"n": 249.00}"#);
        assert_eq!(
            done(r#"{"n":[{"a" : [1]}],"m":2}"#, op),
            r#"{"n":{"a" : [1]},"m":2}"#
        );
        let op = Op::Rename {
            at: "/email".into(),
            key: "em".into(),
        };
        assert_eq!(done(r#"{"email" : "x"}"#, op), r#"{"em" : "x"}"#);
    }

    #[test]
    fn comments_survive() {
        let text = "{\n \"a\": 1, // first\n \"b\": 2 // second\n}";
        assert_eq!(remove(text, "/b"), "{\n \"a\": 1 // first\n  // second\n}");
        assert_eq!(remove(text, "/a"), "{\n  // first\n \"b\": 2 // second\n}");
    }
}
