//! Finds where JSON texts and the elements of their outer list begin and end, byte by byte,
//! without reading what is in them. Used for texts that run over several lines or never end.

/// Something that the scanner came past. Places are offsets from the start of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A JSON text begins.
    Start(u64),
    /// The list of elements begins: the text itself, or its member `data`. The offset is that of
    /// the byte after the bracket.
    ListOpen { at: u64, in_data: bool },
    /// An element of that list.
    Element { start: u64, end: u64 },
    /// The bracket that ends that list.
    ListClose(u64),
    /// The JSON text is complete.
    End { start: u64, end: u64 },
    /// A line, or the rest of one, between JSON texts that is none.
    Prose { start: u64, end: u64 },
    /// Brackets do not match, or text runs over a line end: this is no JSON.
    Broken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Plain,
    Text,
    Escape,
    /// A `/` that may begin a comment.
    Slash,
    LineComment,
    BlockComment,
    BlockCommentStar,
    Prose,
}

/// Deeper text is given up, as the parser does.
const MAX_DEPTH: usize = crate::json::tree::MAX_DEPTH;

/// The scanner. It can stop and go on at any byte.
#[derive(Clone, Debug)]
pub(super) struct Scanner {
    /// Offset of the next byte.
    at: u64,
    state: State,
    open: Vec<u8>,
    start: u64,
    /// Number of open brackets inside the list of elements.
    list: Option<usize>,
    element: Option<u64>,
    /// One past the last byte of the element so far.
    solid: u64,
    prose_start: u64,
    /// Of an object's own level: whether a colon came since the last comma.
    after_colon: bool,
    key: [u8; 6],
    key_len: usize,
    key_is_data: bool,
    pending: Option<Mark>,
}

impl Scanner {
    pub(super) fn new(at: u64) -> Scanner {
        Scanner {
            at,
            state: State::Plain,
            open: Vec::new(),
            start: at,
            list: None,
            element: None,
            solid: at,
            prose_start: at,
            after_colon: false,
            key: [0; 6],
            key_len: 0,
            key_is_data: false,
            pending: None,
        }
    }

    /// Offset of the next byte to be scanned.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Whether a JSON text has begun and not ended.
    pub(super) fn is_inside(&self) -> bool {
        !self.open.is_empty()
    }

    /// The brackets that are open.
    pub(super) fn open(&self) -> &[u8] {
        &self.open
    }

    /// Goes back to the beginning of a list that is open, at whose first element `at` stands inside
    /// of `depth` brackets, and marks its elements from there on.
    pub(super) fn enter_list(&mut self, at: u64, depth: usize) {
        self.at = at;
        self.state = State::Plain;
        self.open.truncate(depth);
        self.list = Some(depth);
        self.element = None;
        self.solid = at;
        self.pending = None;
    }

    /// Where the JSON text that is open began.
    pub(super) fn start(&self) -> u64 {
        self.start
    }

    /// Where the element that is open began.
    pub(super) fn element(&self) -> Option<u64> {
        self.element
    }

    /// Where a line of prose that has not ended began; a slash may be the first of it.
    pub(super) fn prose(&self) -> Option<u64> {
        match self.state {
            State::Prose => Some(self.prose_start),
            State::Slash if self.open.is_empty() => Some(self.at - 1),
            _ => None,
        }
    }

    /// Scans `bytes`, which begin at [`Scanner::at`], up to the next mark.
    pub(super) fn step(&mut self, bytes: &[u8]) -> Option<Mark> {
        if let Some(mark) = self.pending.take() {
            return Some(mark);
        }
        let base = self.at;
        let mut i = 0;
        while i < bytes.len() {
            match self.state {
                State::Text => {
                    match memchr::memchr3(b'"', b'\\', b'\n', &bytes[i..]) {
                        None => {
                            self.take_key(&bytes[i..]);
                            i = bytes.len();
                        }
                        Some(skip) => {
                            self.take_key(&bytes[i..i + skip]);
                            i += skip;
                            match bytes[i] {
                                b'"' => {
                                    self.state = State::Plain;
                                    self.solid = base + i as u64 + 1;
                                    if self.open.len() == 1 && !self.after_colon {
                                        self.key_is_data =
                                            self.key_len == 4 && &self.key[..4] == b"data";
                                    }
                                }
                                b'\\' => {
                                    self.key_len = self.key.len();
                                    self.state = State::Escape;
                                }
                                _ => return Some(Mark::Broken),
                            }
                            i += 1;
                        }
                    }
                    continue;
                }
                State::Escape => {
                    self.state = State::Text;
                    i += 1;
                    continue;
                }
                State::LineComment | State::Prose => {
                    let newline = memchr::memchr(b'\n', &bytes[i..]);
                    i = newline.map_or(bytes.len(), |skip| i + skip);
                    if newline.is_some() {
                        let was_prose = self.state == State::Prose;
                        self.state = State::Plain;
                        if was_prose {
                            self.at = base + i as u64;
                            return Some(Mark::Prose {
                                start: self.prose_start,
                                end: self.at,
                            });
                        }
                    }
                    continue;
                }
                State::BlockComment => {
                    let star = memchr::memchr(b'*', &bytes[i..]);
                    i = star.map_or(bytes.len(), |skip| i + skip + 1);
                    if star.is_some() {
                        self.state = State::BlockCommentStar;
                    }
                    continue;
                }
                State::BlockCommentStar => {
                    match bytes[i] {
                        b'/' => self.state = State::Plain,
                        b'*' => {}
                        _ => self.state = State::BlockComment,
                    }
                    i += 1;
                    continue;
                }
                State::Slash => {
                    match bytes[i] {
                        b'/' => self.state = State::LineComment,
                        b'*' => self.state = State::BlockComment,
                        _ if self.open.is_empty() => {
                            self.state = State::Prose;
                            self.prose_start = base + i as u64 - 1;
                            continue;
                        }
                        _ => {
                            self.at = base + i as u64;
                            return Some(Mark::Broken);
                        }
                    }
                    i += 1;
                    continue;
                }
                State::Plain => {}
            }
            let byte = bytes[i];
            let offset = base + i as u64;
            i += 1;
            if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                continue;
            }
            if byte == b'/' {
                self.state = State::Slash;
                continue;
            }
            let depth = self.open.len();
            if depth == 0 && !matches!(byte, b'{' | b'[') {
                self.state = State::Prose;
                self.prose_start = offset;
                continue;
            }
            let at_list = self.list == Some(depth);
            if at_list && self.element.is_none() && !matches!(byte, b',' | b']') {
                self.element = Some(offset);
            }
            let mut mark = None;
            match byte {
                b'"' => {
                    self.state = State::Text;
                    self.key_len = 0;
                    continue;
                }
                b'{' | b'[' => {
                    if depth == MAX_DEPTH {
                        self.at = base + i as u64;
                        return Some(Mark::Broken);
                    }
                    self.open.push(byte);
                    if depth == 0 {
                        self.start = offset;
                        (self.list, self.element) = (None, None);
                        (self.after_colon, self.key_is_data) = (false, false);
                        mark = Some(Mark::Start(offset));
                    }
                    let root_list = depth == 0 && byte == b'[';
                    let data = depth == 1
                        && self.open[0] == b'{'
                        && byte == b'['
                        && self.after_colon
                        && self.key_is_data
                        && self.list.is_none();
                    if root_list || data {
                        self.list = Some(depth + 1);
                        let open = Mark::ListOpen {
                            at: offset + 1,
                            in_data: data,
                        };
                        if mark.is_some() {
                            self.pending = Some(open);
                        } else {
                            mark = Some(open);
                        }
                    }
                }
                b'}' | b']' => {
                    let opened = self.open.pop();
                    if opened != Some(if byte == b'}' { b'{' } else { b'[' }) {
                        self.at = base + i as u64;
                        return Some(Mark::Broken);
                    }
                    if at_list {
                        self.list = None;
                        if let Some(start) = self.element.take() {
                            mark = Some(Mark::Element {
                                start,
                                end: self.solid,
                            });
                            self.pending = Some(Mark::ListClose(offset));
                        } else {
                            mark = Some(Mark::ListClose(offset));
                        }
                    }
                    self.solid = offset + 1;
                    if self.open.is_empty() {
                        let end = Mark::End {
                            start: self.start,
                            end: offset + 1,
                        };
                        match (mark, self.pending) {
                            (None, _) => mark = Some(end),
                            // A list that is the whole text: its own end tells enough.
                            (Some(Mark::Element { .. }), _) => self.pending = Some(end),
                            (Some(_), _) => mark = Some(end),
                        }
                    }
                }
                b',' => {
                    if depth == 1 {
                        self.after_colon = false;
                    }
                    if at_list && let Some(start) = self.element.take() {
                        mark = Some(Mark::Element {
                            start,
                            end: self.solid,
                        });
                    }
                }
                b':' => {
                    if depth == 1 {
                        self.after_colon = true;
                    }
                    self.solid = offset + 1;
                }
                _ => self.solid = offset + 1,
            }
            if mark.is_some() {
                self.at = base + i as u64;
                return mark;
            }
        }
        self.at = base + bytes.len() as u64;
        None
    }

    fn take_key(&mut self, bytes: &[u8]) {
        if self.open.len() != 1 || self.after_colon {
            return;
        }
        for &byte in bytes {
            if self.key_len == self.key.len() {
                break;
            }
            self.key[self.key_len] = byte;
            self.key_len += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The marks of a text, given in pieces of `piece` bytes.
    fn marks(text: &str, piece: usize) -> Vec<Mark> {
        let mut scanner = Scanner::new(0);
        let mut marks = Vec::new();
        let bytes = text.as_bytes();
        let mut limit = 0;
        loop {
            limit = (limit + piece).min(bytes.len());
            while let Some(mark) = scanner.step(&bytes[scanner.at() as usize..limit]) {
                marks.push(mark);
                if mark == Mark::Broken {
                    return marks;
                }
            }
            if limit == bytes.len() {
                return marks;
            }
        }
    }

    #[test]
    fn elements_of_data_are_found_whatever_the_pieces() {
        let text = "\n{ \"a\\\"\": [1], // \"data\":[\n \"data\" : [ {\"x\":\"]\"} , \"y,\" ,3 ], \"z\":{} }\nPOST /x\n[[1],{}]";
        let whole = marks(text, usize::MAX / 2);
        for piece in 1..text.len() {
            assert_eq!(marks(text, piece), whole, "{piece}");
        }
        let elements: Vec<&str> = whole
            .iter()
            .filter_map(|mark| match mark {
                Mark::Element { start, end } => Some(&text[*start as usize..*end as usize]),
                _ => None,
            })
            .collect();
        assert_eq!(elements, ["{\"x\":\"]\"}", "\"y,\"", "3", "[1]", "{}"]);
        assert!(whole.iter().any(|mark| matches!(mark, Mark::Prose { start, end } if &text[*start as usize..*end as usize] == "POST /x")));
        assert!(matches!(whole.last(), Some(Mark::End { end, .. }) if *end == text.len() as u64));
    }

    #[test]
    fn what_cannot_be_json_is_given_up() {
        assert_eq!(marks("{]", 9).last(), Some(&Mark::Broken));
        assert_eq!(marks("{\"a\n", 9).last(), Some(&Mark::Broken));
        assert_eq!(marks("{\"data\":[1]}", 9).len(), 5);
    }
}
