//! Web addresses, taken apart without changing a byte: what rules say of a part and what fixes
//! write in its place refer to the text as it was sent.

use std::ops::Range;

/// A URL by its parts, as the text has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebAddress<'a> {
    text: &'a str,
    /// What stands before the first colon, when it can be a scheme.
    pub scheme: Option<&'a str>,
    /// The name or number of the host, without user, password and port; `""` when there is none.
    pub host: &'a str,
    /// Where the path starts.
    path: usize,
    /// Where the question mark stands, or the end.
    query: usize,
    /// Where the number sign stands, or the end.
    fragment: usize,
}

/// `name=value` in a query or a fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter<'a> {
    /// The name as it stands there.
    pub name: &'a str,
    /// The value as it stands there.
    pub value: &'a str,
    /// Where the value stands in the whole text.
    pub at: Range<usize>,
}

/// Parameters whose values are made of random letters by whoever counts clicks: Meta, Google,
/// Microsoft, TikTok, X, LinkedIn, Pinterest, Snapchat, Reddit, Yandex, Impact, Google Analytics.
const CLICK_IDS: [&str; 18] = [
    "fbclid",
    "gclid",
    "gbraid",
    "wbraid",
    "dclid",
    "srsltid",
    "msclkid",
    "ttclid",
    "twclid",
    "li_fat_id",
    "epik",
    "sccid",
    "rdt_cid",
    "yclid",
    "ysclid",
    "irclickid",
    "_gl",
    "_ga",
];

impl Parameter<'_> {
    /// Whether the value is the id of a click, in which letters stand in no order.
    pub fn is_click_id(&self) -> bool {
        CLICK_IDS
            .iter()
            .any(|name| self.name.eq_ignore_ascii_case(name))
    }
}

impl<'a> WebAddress<'a> {
    /// Takes a text apart. Every text has parts, whether it is a URL or not.
    pub fn of(text: &'a str) -> WebAddress<'a> {
        let bytes = text.as_bytes();
        let fragment = memchr::memchr(b'#', bytes).unwrap_or(bytes.len());
        let query = memchr::memchr(b'?', &bytes[..fragment]).unwrap_or(fragment);
        let scheme = scheme_of(&text[..query]);
        let after_scheme = scheme.map_or(0, |scheme| scheme.len() + 1);
        let (mut host, mut path) = ("", after_scheme);
        if text[after_scheme..query].starts_with("//") {
            let start = after_scheme + 2;
            path = memchr::memchr(b'/', &bytes[start..query]).map_or(query, |at| start + at);
            host = host_of(&text[start..path]);
        }
        WebAddress {
            text,
            scheme,
            host,
            path,
            query,
            fragment,
        }
    }

    /// Whether the scheme is `http` or `https`.
    pub fn is_web(&self) -> bool {
        self.scheme.is_some_and(|scheme| {
            scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")
        })
    }

    /// The path with its first slash.
    pub fn path(&self) -> &'a str {
        &self.text[self.path..self.query]
    }

    /// Where the name and the password of a user stand in front of the host.
    pub fn login(&self) -> Option<Range<usize>> {
        let start = self.scheme?.len() + 3;
        let authority = self.text.get(start..self.path)?;
        let (login, _) = authority.rsplit_once('@')?;
        login.contains(':').then_some(start..start + login.len())
    }

    /// Where the path stands.
    pub fn path_at(&self) -> usize {
        self.path
    }

    /// What follows the question mark.
    pub fn query(&self) -> &'a str {
        self.text.get(self.query + 1..self.fragment).unwrap_or("")
    }

    /// What stands in query and fragment apart from the values of parameters, and where: names,
    /// and the steps of a path that an app of one page keeps behind the number sign.
    pub fn loose_parts(&self) -> impl Iterator<Item = (usize, &'a str)> + use<'a> {
        let text = self.text;
        let query = (self.query + 1).min(self.fragment)..self.fragment;
        let fragment = (self.fragment + 1).min(text.len())..text.len();
        let in_fragment = fragment.start;
        [query, fragment].into_iter().flat_map(move |part| {
            let is_fragment = part.start >= in_fragment;
            let ends_piece = move |c: char| c == '&' || is_fragment && c == '?';
            text[part].split(ends_piece).flat_map(move |piece| {
                let name = piece.split('=').next().unwrap_or_default();
                let steps = name.split(move |c: char| is_fragment && c == '/');
                steps.map(move |step| (step.as_ptr() as usize - text.as_ptr() as usize, step))
            })
        })
    }

    /// Whether there is a query or a fragment.
    #[inline]
    pub fn has_more_than_path(&self) -> bool {
        self.query < self.text.len()
    }

    /// The parameters of the query, then those of the fragment, where apps of one page and answers
    /// of identity providers have theirs.
    pub fn parameters(&self) -> impl Iterator<Item = Parameter<'a>> + use<'a> {
        let text = self.text;
        let query = (self.query + 1).min(self.fragment)..self.fragment;
        let mut fragment = (self.fragment + 1).min(text.len())..text.len();
        if let Some(at) = text[fragment.clone()].find('?') {
            fragment.start += at + 1;
        }
        [query, fragment].into_iter().flat_map(move |part| {
            let mut from = part.start;
            let pieces = text[part].split('&');
            pieces.filter_map(move |piece| {
                let start = from;
                from += piece.len() + 1;
                let (name, value) = piece.split_once('=')?;
                let at = start + name.len() + 1;
                Some(Parameter {
                    // What is left of `&amp;`, which url-format speaks of.
                    name: name.strip_prefix("amp;").unwrap_or(name),
                    value,
                    at: at..at + value.len(),
                })
            })
        })
    }
}

fn scheme_of(text: &str) -> Option<&str> {
    if text.starts_with("https:/") {
        return text.get(..5);
    }
    let at = memchr::memchr(b':', text.as_bytes())?;
    let scheme = &text[..at];
    let mut bytes = scheme.bytes();
    let starts = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic());
    let goes_on = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    // `localhost:3000/thanks` has a port and no scheme.
    let port = text[at + 1..].starts_with(|c: char| c.is_ascii_digit());
    (starts && bytes.all(goes_on) && (!port || scheme == "tel")).then_some(scheme)
}

fn host_of(authority: &str) -> &str {
    let of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    if authority.bytes().all(of_name) {
        return authority;
    }
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    if let Some(address) = host.strip_prefix('[') {
        return address
            .split_once(']')
            .map_or(address, |(address, _)| address);
    }
    host.split_once(':').map_or(host, |(host, _)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Option<&str>, &str, &str, &str) {
        let url = WebAddress::of(text);
        (url.scheme, url.host, url.path(), url.query())
    }

    #[test]
    fn addresses_come_apart() {
        assert_eq!(
            parts("https://ana:pw@shop.example:8443/a/b?x=1#y"),
            (Some("https"), "shop.example", "/a/b", "x=1")
        );
        let url = "https://ana:pw@shop.example:8443/a/b@c";
        assert_eq!(
            WebAddress::of(url).login().map(|at| &url[at]),
            Some("ana:pw")
        );
        for url in [
            "https://shop.example:80/a:b@c",
            "https://ana@shop.example",
            "tel:+1",
        ] {
            assert_eq!(WebAddress::of(url).login(), None, "{url}");
        }
        assert_eq!(parts("//shop.example"), (None, "shop.example", "", ""));
        assert_eq!(
            parts("shop.example:80/a"),
            (None, "", "shop.example:80/a", "")
        );
        assert_eq!(parts("/a?b=c:d"), (None, "", "/a", "b=c:d"));
        assert_eq!(parts("about:blank"), (Some("about"), "", "blank", ""));
        assert_eq!(parts("http://[::1]/"), (Some("http"), "::1", "/", ""));
        assert_eq!(parts(""), (None, "", "", ""));
        assert_eq!(parts("?#"), (None, "", "", ""));
        assert_eq!(parts("#?"), (None, "", "", ""));
    }

    #[test]
    fn parameters_know_their_place() {
        let text = "https://shop.example/?a=1&&amp;b=x%20y&c#/d?e=2&f=";
        let found: Vec<_> = WebAddress::of(text)
            .parameters()
            .map(|p| {
                assert_eq!(&text[p.at.clone()], p.value);
                (p.name, p.value)
            })
            .collect();
        assert_eq!(found, [("a", "1"), ("b", "x%20y"), ("e", "2"), ("f", "")]);
        for text in ["", "?", "#", "?#", "#?", "?=#="] {
            WebAddress::of(text).parameters().for_each(drop);
        }
    }

    #[test]
    fn ids_of_clicks_are_known_by_name() {
        let text = "https://shop.example/?fbclid=a&GCLID=b&ScCid=c&size=d&fbclid_x=e#/?ttclid=f";
        let ids: String = WebAddress::of(text)
            .parameters()
            .filter(Parameter::is_click_id)
            .map(|parameter| parameter.value)
            .collect();
        assert_eq!(ids, "abcf");
    }
}
