//! Excerpts: a value and its neighbours, never the whole line, values told by their class.

use std::borrow::Cow;
use std::net::IpAddr;
use std::ops::Range;

use crate::digest::{looks_like_email, strip_appendix};
use crate::fix::quote;
use crate::json::Pointer;
use crate::json::tree::{Kind, Syntax, Tree, unescape};
use crate::report::{Excerpt, count};
use crate::values::name::Name;
use crate::values::printable::{is_printable, masked, visible};
use crate::values::secret::MASK;

/// Neighbours shown on each side of the value.
const NEIGHBOURS: usize = 2;
/// Members shown of an object that a finding is about.
const MEMBERS: usize = 5;
/// Levels of nesting shown.
const LEVELS: usize = 8;
/// Characters shown of a value, when values are shown.
const LONGEST: usize = 80;
/// Characters shown of text that is no JSON.
const TEXT_WIDTH: usize = 60;

/// The event around the value that `pointer` names, or around what there is on the way to it.
pub fn excerpt(event_text: &str, pointer: &Pointer, show_values: bool) -> Excerpt {
    let Ok(tree) = Tree::parse(event_text, Syntax::Relaxed) else {
        return text_excerpt(event_text, 0..1, show_values);
    };
    let mut path = vec![0];
    let mut reached = Pointer::root();
    for step in pointer.steps() {
        reached = reached.key(&step);
        match tree.find(event_text, 0, &reached) {
            Some(node) => path.push(node),
            None => break,
        }
    }
    let mut printer = Printer {
        text: event_text,
        tree: &tree,
        show_values,
        out: String::new(),
        mark: 0..1,
    };
    let hidden = path.len().saturating_sub(LEVELS);
    if hidden > 0 {
        printer.out.push_str("…\n");
    }
    printer.along(&path[hidden..], 0);
    Excerpt {
        text: printer.out,
        mark: printer.mark,
    }
}

/// The place around some bytes of text that is no JSON. Without values, punctuation is kept and
/// all else is `x`.
pub fn text_excerpt(line: &str, bytes: Range<usize>, show_values: bool) -> Excerpt {
    // Masking changes lengths; a text with a token is not shown at all.
    let show_values = show_values && matches!(masked(line), Cow::Borrowed(_));
    let start = floor_boundary(line, bytes.start);
    let end = floor_boundary(line, bytes.end).max(start);
    let from = line[..start].rfind('\n').map_or(0, |at| at + 1);
    let to = line[start..].find('\n').map_or(line.len(), |at| start + at);
    let shape = |text: &str| -> Vec<char> {
        text.chars()
            .map(|c| match c {
                c if c.is_ascii_punctuation() => c,
                c if c.is_whitespace() => ' ',
                c if show_values
                    && matches!(visible(c.encode_utf8(&mut [0; 4])), Cow::Borrowed(_)) =>
                {
                    c
                }
                _ => 'x',
            })
            .collect()
    };
    let before = shape(&line[from..start]);
    let marked = shape(&line[start..end.min(to)]);
    let after = shape(&line[end.min(to)..to]);
    let marked = &marked[..marked.len().min(TEXT_WIDTH)];
    let room = TEXT_WIDTH - marked.len();
    let left = before
        .len()
        .min(room.saturating_sub(after.len().min(room / 2)));
    let right = after.len().min(room - left);
    let mut text = String::new();
    if left < before.len() {
        text.push('…');
    }
    text.extend(&before[before.len() - left..]);
    let mark = text.len()..text.len() + marked.len().max(1);
    text.extend(marked);
    text.extend(&after[..right]);
    if right < after.len() {
        text.push('…');
    }
    while text.len() < mark.end {
        text.push(' ');
    }
    Excerpt { text, mark }
}

/// What some text is, without the text.
fn text_class(text: &str) -> String {
    let length = count(text.chars().count() as u64, "character");
    if text.is_empty() {
        return "empty text".to_owned();
    }
    if text.trim().is_empty() {
        return format!("white space, {length}");
    }
    let core = strip_appendix(text);
    if core.len() >= 32 && core.bytes().all(|b| b.is_ascii_hexdigit()) {
        let capitals = if core.bytes().any(|b| b.is_ascii_uppercase()) {
            " in upper case"
        } else {
            ""
        };
        let appendix = if core.len() < text.len() {
            " with an appendix"
        } else {
            ""
        };
        return format!("{} hex digits{capitals}{appendix}", core.len());
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return count(text.len() as u64, "digit");
    }
    let what = if looks_like_email(text) {
        "e-mail"
    } else if text.parse::<IpAddr>().is_ok() {
        "IP address"
    } else if text.starts_with("https://") || text.starts_with("http://") {
        "URL"
    } else {
        "text"
    };
    format!("{what}, {length}")
}

/// The whole of a JSON text, one value a line, access tokens masked: to compare two versions of
/// an event line by line. Numbers and white space inside values stay as they are.
pub fn pretty(text: &str) -> String {
    let Ok(tree) = Tree::parse(text, Syntax::Relaxed) else {
        return visible(&masked(text)).into_owned();
    };
    let mut printer = Printer {
        text,
        tree: &tree,
        show_values: true,
        out: String::new(),
        mark: 0..0,
    };
    printer.whole(0, 0);
    printer.out.push('\n');
    printer.out
}

struct Printer<'t> {
    text: &'t str,
    tree: &'t Tree,
    show_values: bool,
    out: String,
    mark: Range<usize>,
}

impl Printer<'_> {
    fn kind(&self, node: u32) -> Kind {
        self.tree.nodes()[node as usize].kind
    }

    fn is_container(&self, node: u32) -> bool {
        matches!(self.kind(node), Kind::List | Kind::Object)
    }

    fn children(&self, node: u32) -> Vec<u32> {
        self.tree.children(node).collect()
    }

    fn indent(&mut self, depth: usize) {
        self.out.extend(std::iter::repeat_n("  ", depth));
    }

    /// Prints the first node of `path` with as much of its inside as leads to the last one, which
    /// is marked.
    fn along(&mut self, path: &[u32], depth: usize) {
        let node = path[0];
        let Some(&next) = path.get(1) else {
            return self.subject(node, depth);
        };
        self.key(node);
        let list = self.kind(node) == Kind::List;
        if list && path.len() == 2 && !self.is_container(next) {
            return self.element(node, next);
        }
        let (open, close) = if list { ('[', ']') } else { ('{', '}') };
        self.out.push(open);
        self.out.push('\n');
        let children = self.children(node);
        let at = children
            .iter()
            .position(|&child| child == next)
            .unwrap_or_default();
        // The value, or the short list in which it stands.
        let innermost = path.len() == 2
            || (path.len() == 3 && self.kind(next) == Kind::List && !self.is_container(path[2]));
        let around = if innermost { NEIGHBOURS } else { 0 };
        let first = at.saturating_sub(around);
        let last = (at + around).min(children.len() - 1);
        self.rest(first, depth + 1);
        for (index, &child) in children.iter().enumerate().take(last + 1).skip(first) {
            self.indent(depth + 1);
            if index == at {
                self.along(&path[1..], depth + 1);
            } else {
                self.key(child);
                let summary = self.summary(child);
                self.out.push_str(&summary);
            }
            if index + 1 < children.len() {
                self.out.push(',');
            }
            self.out.push('\n');
        }
        self.rest(children.len() - 1 - last, depth + 1);
        self.indent(depth);
        self.out.push(close);
    }

    /// A line that stands for values that are left out.
    fn rest(&mut self, number: usize, depth: usize) {
        if number > 0 {
            self.indent(depth);
            self.out.push_str(&format!("… {number} more\n"));
        }
    }

    /// The value that the finding is about.
    fn subject(&mut self, node: u32, depth: usize) {
        let start = self.out.len();
        self.key(node);
        let children = self.children(node);
        if self.kind(node) != Kind::Object || children.is_empty() {
            let start = self.out.len();
            let summary = self.summary(node);
            self.out.push_str(&summary);
            self.mark = start..self.out.len();
            return;
        }
        // The key without the colon, or the brace.
        self.mark = if self.out.len() > start {
            start..self.out.len() - 2
        } else {
            start..start + 1
        };
        self.out.push_str("{\n");
        for (index, &child) in children.iter().enumerate().take(MEMBERS) {
            self.indent(depth + 1);
            self.key(child);
            let summary = self.summary(child);
            self.out.push_str(&summary);
            if index + 1 < children.len() {
                self.out.push(',');
            }
            self.out.push('\n');
        }
        self.rest(children.len().saturating_sub(MEMBERS), depth + 1);
        self.indent(depth);
        self.out.push('}');
    }

    /// A list in one line, of which only one element is shown and marked.
    fn element(&mut self, list: u32, element: u32) {
        let children = self.children(list);
        let before = children.iter().take_while(|&&c| c != element).count();
        let after = children.len() - before - 1;
        self.out.push('[');
        if before > 0 {
            self.out.push_str(&format!("… {before} more, "));
        }
        let start = self.out.len();
        let summary = self.summary(element);
        self.out.push_str(&summary);
        self.mark = start..self.out.len();
        if after > 0 {
            self.out.push_str(&format!(", … {after} more"));
        }
        self.out.push(']');
    }

    /// The key of a member and a colon; nothing for an element of a list.
    fn key(&mut self, node: u32) {
        let Some(key) = self.key_of(node) else {
            return;
        };
        if self.show_values {
            self.out.push_str(&visible(&quote(&cut(&masked(&key)))));
        } else if Name::of(&key).is_some() || is_printable(&key) {
            self.out.push_str(&quote(&key));
        } else {
            self.out.push_str("\"*\"");
        }
        self.out.push_str(": ");
    }

    fn key_of(&self, node: u32) -> Option<String> {
        let key = self.tree.nodes()[node as usize].key?;
        Some(unescape(key.of(self.text)))
    }

    /// A value in one line.
    fn summary(&self, node: u32) -> String {
        let number = self.tree.children(node).count();
        if self.is_token(node) {
            return format!("\"{MASK}\"");
        }
        match self.kind(node) {
            Kind::Object if number == 0 => "{}".to_owned(),
            Kind::Object => format!("{{… {}}}", count(number as u64, "key")),
            Kind::List if number == 0 => "[]".to_owned(),
            Kind::List => match self.tree.children(node).next() {
                Some(first) if !self.is_container(first) => {
                    let rest = match number {
                        1 => String::new(),
                        _ => format!(", … {} more", number - 1),
                    };
                    format!("[{}{rest}]", self.scalar(first))
                }
                _ => format!("[… {}]", count(number as u64, "value")),
            },
            _ => self.scalar(node),
        }
    }

    /// Whether an access token is stored there, whatever it looks like.
    fn is_token(&self, node: u32) -> bool {
        self.kind(node) != Kind::Null
            && self.key_of(node).as_deref() == Some(Name::AccessToken.text())
    }

    fn scalar(&self, node: u32) -> String {
        let raw = self.tree.nodes()[node as usize].span.of(self.text);
        let name = self.key_of(node).as_deref().and_then(Name::of);
        match self.kind(node) {
            Kind::Null => "null".to_owned(),
            Kind::Text => {
                let text = unescape(raw);
                let shown = name == Some(Name::EventName) && is_printable(&text);
                if text.is_empty() {
                    "\"\"".to_owned()
                } else if self.show_values || shown {
                    visible(&quote(&cut(&masked(&text)))).into_owned()
                } else {
                    format!("\"<{}>\"", text_class(&text))
                }
            }
            _ if self.show_values => cut(raw),
            Kind::Number => "<number>".to_owned(),
            _ => "<true or false>".to_owned(),
        }
    }

    /// The node with all that it holds.
    fn whole(&mut self, node: u32, depth: usize) {
        if let Some(key) = self.tree.nodes()[node as usize].key {
            let key = visible(&masked(key.of(self.text))).into_owned();
            self.out.push_str(&key);
            self.out.push_str(": ");
        }
        if self.is_token(node) {
            self.out.push_str(&quote(MASK));
            return;
        }
        let children = self.children(node);
        if children.is_empty() {
            let value = match self.kind(node) {
                Kind::Object => "{}".to_owned(),
                Kind::List => "[]".to_owned(),
                _ => self.scalar_in_full(node),
            };
            self.out.push_str(&value);
            return;
        }
        let (open, close) = match self.kind(node) {
            Kind::List => ('[', ']'),
            _ => ('{', '}'),
        };
        self.out.push(open);
        for (index, &child) in children.iter().enumerate() {
            self.out.push_str(if index == 0 { "\n" } else { ",\n" });
            self.indent(depth + 1);
            self.whole(child, depth + 1);
        }
        self.out.push('\n');
        self.indent(depth);
        self.out.push(close);
    }

    fn scalar_in_full(&self, node: u32) -> String {
        let raw = self.tree.nodes()[node as usize].span.of(self.text);
        if self.kind(node) != Kind::Text {
            return raw.to_owned();
        }
        // A token behind escapes is seen only when they are resolved.
        let text = unescape(raw);
        match masked(&text) {
            safe if *safe == *text => visible(raw).into_owned(),
            safe => visible(&quote(&safe)).into_owned(),
        }
    }
}

/// At most as many characters as a value may take.
fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str = r#"{"event_name":"Purchase","event_time":1782399600,"event_id":"order-58213","action_source":"website","event_source_url":"https://shop.example.com/thanks","user_data":{"em":["d36dc3b5ff7c80b0e5bfcdc6a8ae9bd3fc33a03bf06a8e5f3cd6a5b1bd5ed9a7"],"ph":["+49 171 1234567","e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],"client_ip_address":"81.2.69.142","fbp":"fb.1.1782390000123.774411908","ana@shop.example":true},"custom_data":{"value":249.00,"currency":"EUR"}}"#;

    fn show(pointer: &str, values: bool) -> String {
        let Excerpt { text, mark } = excerpt(EVENT, &Pointer::from(pointer), values);
        format!(
            "{}»{}«{}",
            &text[..mark.start],
            &text[mark.clone()],
            &text[mark.end..]
        )
    }

    #[test]
    fn a_value_stands_among_its_neighbours() {
        assert_eq!(
            show("/user_data/ph/1", false),
            "\
{
  … 5 more
  \"user_data\": {
    \"em\": [\"<64 hex digits>\"],
    \"ph\": [… 1 more, »\"<64 hex digits>\"«],
    \"client_ip_address\": \"<IP address, 11 characters>\",
    \"fbp\": \"<text, 28 characters>\",
    … 1 more
  },
  … 1 more
}"
        );
        assert_eq!(
            show("/event_time", false),
            "\
{
  \"event_name\": \"Purchase\",
  \"event_time\": »<number>«,
  \"event_id\": \"<text, 11 characters>\",
  \"action_source\": \"<text, 7 characters>\",
  … 3 more
}"
        );
    }

    #[test]
    fn an_object_is_marked_by_its_key_and_a_lost_pointer_by_what_is_left() {
        let object = "\
{
  … 3 more
  \"action_source\": \"<text, 7 characters>\",
  \"event_source_url\": \"<URL, 31 characters>\",
  »\"user_data\"«: {
    \"em\": [\"<64 hex digits>\"],";
        assert!(show("/user_data", false).starts_with(object));
        let shown = show("/custom_data/contents/0/id", false);
        assert!(
            shown.ends_with(
                "»\"custom_data\"«: {\n    \"value\": <number>,\n    \"currency\": \"<text, 3 characters>\"\n  }\n}"
            ),
            "{shown}"
        );
        assert!(show("", false).starts_with("»{«\n  \"event_name\": \"Purchase\",\n"));
    }

    #[test]
    fn values_and_strange_keys_are_shown_only_when_asked() {
        let hidden = show("/user_data/fbp", false);
        assert!(hidden.contains("\"*\": <true or false>"), "{hidden}");
        let shown = show("/user_data/fbp", true);
        assert!(
            shown.contains("»\"fb.1.1782390000123.774411908\"«"),
            "{shown}"
        );
        assert!(shown.contains("\"ana@shop.example\": true"), "{shown}");
    }

    #[test]
    fn tokens_stay_masked() {
        let body = r#"{"data":[],"access_token":"EAAbcdefghijklmnopqrstuvwx","note":"EA\u0041bcdefghijklmnopqrstuvwx"}"#;
        for values in [false, true] {
            let text = excerpt(body, &Pointer::from("/access_token"), values).text;
            assert!(!text.contains("bcdefghij"), "{text}");
        }
        assert!(!pretty(body).contains("bcdefghij"), "{}", pretty(body));
    }

    #[test]
    fn comments_are_dropped_and_long_values_cut() {
        let long = "x".repeat(200);
        let text = format!("{{ // c\n \"a\": \"{long}\", \"b\": [],}}");
        let shown = excerpt(&text, &Pointer::from("/a"), true);
        assert_eq!(
            shown.text,
            format!("{{\n  \"a\": \"{}…\",\n  \"b\": []\n}}", "x".repeat(80))
        );
    }

    #[test]
    fn deep_nesting_is_cut() {
        let text = format!("{}1{}", "{\"a\":".repeat(300), "}".repeat(300));
        let pointer = Pointer::from("/a".repeat(300).as_str());
        assert!(excerpt(&text, &pointer, false).text.lines().count() < 40);
    }

    #[test]
    fn text_that_is_no_json_shows_its_punctuation() {
        let Excerpt { text, mark } = text_excerpt(r#"{"em": 'Ana', "ph": 1}"#, 7..8, false);
        assert_eq!(text, r#"{"xx": 'xxx', "xx": x}"#);
        assert_eq!(&text[mark], "'");
        let long = format!("{}, \"é\"ü{}", "a".repeat(300), "b".repeat(300));
        let at = long.find('ü').unwrap();
        let Excerpt { text, mark } = text_excerpt(&long, at..at + 1, false);
        assert!(text.chars().count() <= 62, "{text}");
        assert!(text.is_char_boundary(mark.start) && text.get(mark).is_some());
        let end = text_excerpt("{", 1..9, false);
        assert_eq!((end.text.as_str(), end.mark), ("{ ", 1..2));
        assert_eq!(text_excerpt("ab\n{c\nd", 3..4, false).text, "{x");
    }

    #[test]
    fn classes_name_no_value() {
        for (text, said) in [
            ("ana@shop.example", "e-mail, 16 characters"),
            ("4915112345678", "13 digits"),
            ("x", "text, 1 character"),
            (" ", "white space, 1 character"),
            ("2a02:8109:9a40:1::17", "IP address, 20 characters"),
        ] {
            assert_eq!(text_class(text), said);
        }
        let digest = format!("{}.AQYCAQIB", "A1".repeat(32));
        assert_eq!(
            text_class(&digest),
            "64 hex digits in upper case with an appendix"
        );
    }
}
