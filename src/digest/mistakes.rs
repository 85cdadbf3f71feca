//! Digests that one event proves to be of a right value in a wrong form: because its key has few
//! possible values, because the right digest stands beside it, or because the event holds the
//! e-mail address in plain.

use std::borrow::Cow;

use memchr::memmem;

use super::forms::{self, Fault, KnownEmail};
use super::worthless::Standing;
use super::{Shape, decode, looks_like_email, sha256};
use crate::event::{Event, Identifier};
use crate::finding::{Certainty, Finding, Severity};
use crate::fix::Fix;
use crate::json::Pointer;
use crate::name::Name;

/// A digest of a right value in a wrong form.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// The key in user_data.
    pub name: Name,
    /// Place of the digest on the tape.
    pub place: u32,
    /// Which rule speaks.
    pub fault: Fault,
    /// What it is the digest of, as a class.
    pub what: &'static str,
    /// The value to write instead, appendix and all; `None` when this one should go.
    right: Option<String>,
    sure: bool,
    /// Whether Meta's own code lets this form pass.
    disputed: bool,
}

impl Mistake {
    /// Gives the finding its severity and its fix.
    pub fn dress(&self, pointer: Pointer, finding: &mut Finding) {
        let fix = |title| {
            if self.sure {
                Fix::safe(title)
            } else {
                Fix::needs_consent(title)
            }
        };
        finding.fix(match &self.right {
            Some(right) => {
                fix("write the digest of the value in its right form").replace_text(pointer, right)
            }
            None => fix("remove the digest").remove(pointer),
        });
        if self.disputed {
            finding.severity(Severity::Warning);
        }
        if !self.sure {
            finding.certainty(Certainty::Strong);
        }
    }
}

/// The mistakes of one event. On an event without any this costs a scan of its URL and of the
/// texts in custom_data for an `@`.
pub fn of(event: &Event<'_, '_>) -> Vec<Mistake> {
    let mut out = Vec::new();
    let identifiers = event.identifiers();
    if event.has_suspect() {
        for identifier in identifiers {
            out.extend(enumerated(identifier, identifiers));
        }
        doubled(identifiers, &mut out);
    }
    let has_email = |identifier: &Identifier<'_>| {
        identifier.name == Name::Em && identifier.shape == Shape::Sha256
    };
    if identifiers.iter().any(has_email) {
        let mut emails = Vec::new();
        plain_emails(event, &mut emails);
        for email in &emails {
            if let Some(known) = KnownEmail::new(email) {
                hashed_otherwise(&known, identifiers, &mut out);
            }
        }
    }
    out
}

/// A wrong form of a value of a key that can be enumerated.
fn enumerated(identifier: &Identifier<'_>, all: &[Identifier<'_>]) -> Option<Mistake> {
    if identifier.proven || !forms::is_enumerable(identifier.name) {
        return None;
    }
    let mut form = forms::find(identifier.name, identifier.hex()?)?;
    if let Some(entry) = identifier.worthless {
        match entry.standing(identifier.name) {
            Standing::Worthless => return None,
            // Namibia in capitals, or "not available".
            Standing::Doubtful => form.sure = false,
            Standing::Right => {}
        }
    }
    Some(mistake(identifier, form, all))
}

fn mistake(identifier: &Identifier<'_>, form: forms::WrongForm, all: &[Identifier<'_>]) -> Mistake {
    let is_there = |right: &String| {
        all.iter()
            .any(|other| other.name == identifier.name && other.hex() == Some(right))
    };
    Mistake {
        name: identifier.name,
        place: identifier.place,
        fault: form.fault,
        what: form.what,
        right: form
            .right
            .filter(|right| !is_there(right))
            .map(|right| right + identifier.appendix()),
        sure: form.sure,
        disputed: form.disputed,
    }
}

/// The most values of one key that are compared with each other.
const MOST_VALUES: usize = 16;

/// Digests of digests whose inner one is another value of the same key.
fn doubled(identifiers: &[Identifier<'_>], out: &mut Vec<Mistake>) {
    for values in identifiers.chunk_by(|a, b| a.name == b.name) {
        if values.len() < 2 || values.len() > MOST_VALUES {
            continue;
        }
        for inner in values {
            let Some(hex) = inner.hex() else { continue };
            let Some(bytes) = decode(hex) else { continue };
            let outer = [
                sha256(hex.as_bytes()),
                sha256(hex.to_ascii_uppercase().as_bytes()),
                sha256(&bytes),
            ];
            for value in values {
                let digest = value.hex().and_then(decode);
                let known = out.iter().any(|mistake| mistake.place == value.place);
                if !known
                    && value.worthless.is_none()
                    && digest.is_some_and(|digest| outer.contains(&digest))
                {
                    out.push(Mistake {
                        name: value.name,
                        place: value.place,
                        fault: Fault::Twice,
                        what: "the digest of a digest that stands beside it",
                        right: None,
                        sure: true,
                        disputed: false,
                    });
                }
            }
        }
    }
}

/// em digests of a known address in a wrong form.
fn hashed_otherwise(known: &KnownEmail, all: &[Identifier<'_>], out: &mut Vec<Mistake>) {
    for identifier in all.iter().filter(|it| it.name == Name::Em) {
        let Some(hex) = identifier.hex() else {
            continue;
        };
        if identifier.worthless.is_some() || out.iter().any(|it| it.place == identifier.place) {
            continue;
        }
        if let Some(form) = known.find(hex) {
            out.push(mistake(identifier, form, all));
        }
    }
}

/// The e-mail addresses that stand in plain in an event: in its URLs, in custom_data, in
/// external_id and beside the digests in em.
fn plain_emails<'a>(event: &Event<'_, 'a>, out: &mut Vec<Cow<'a, str>>) {
    for name in [Name::EventSourceUrl, Name::ReferrerUrl] {
        if let Some(url) = event.get(name).and_then(|item| item.text()) {
            emails_in_url(url, out);
        }
    }
    let custom = event.custom_data().into_iter().flat_map(|it| it.children());
    /// `a@b.de`, the shortest that is no sample.
    const SHORTEST: usize = 6;
    let texts = custom
        .filter_map(|item| item.text())
        .filter(|text| text.len() >= SHORTEST);
    let identifiers = event.identifiers().iter();
    let beside = identifiers.filter(|it| matches!(it.name, Name::Em | Name::ExternalId));
    for text in texts.chain(beside.map(|it| it.text)) {
        if memchr::memchr(b'@', text.as_bytes()).is_some() && looks_like_email(text) {
            out.push(Cow::Borrowed(text.trim()));
        }
    }
}

/// The addresses among the values of a query or fragment.
fn emails_in_url<'a>(url: &'a str, out: &mut Vec<Cow<'a, str>>) {
    let bytes = url.as_bytes();
    // Nearly all URLs hold neither; making a searcher for `%40` would cost more than looking.
    if memchr::memchr2(b'@', b'%', bytes).is_none()
        || (memchr::memchr(b'@', bytes).is_none() && memmem::find(bytes, b"%40").is_none())
    {
        return;
    }
    let Some(start) = memchr::memchr2(b'?', b'#', bytes) else {
        return;
    };
    for pair in url[start + 1..].split(['&', ';', '#', '?']) {
        let value = pair.split_once('=').map_or(pair, |(_, value)| value);
        let value = decoded(value);
        if looks_like_email(&value) {
            out.push(value);
        }
    }
}

/// Percent-encoded text as text; a plus stays one, because addresses may hold it.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let mut code = [0];
        rest = match after.get(..2).filter(|_| byte == b'%') {
            Some(digits) if hex::decode_to_slice(digits, &mut code).is_ok() => {
                bytes.push(code[0]);
                &after[2..]
            }
            _ => {
                bytes.push(byte);
                after
            }
        };
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_queries_only() {
        let found = |url: &str| -> Vec<String> {
            let mut out = Vec::new();
            emails_in_url(url, &mut out);
            out.into_iter().map(Cow::into_owned).collect()
        };
        let shop = "https://shop.kestrel.example/thanks";
        assert_eq!(
            found(&format!("{shop}?id=1&email=Ana%40Kestrel.example#x")),
            ["Ana@Kestrel.example"]
        );
        assert_eq!(
            found(&format!("{shop}?ana@kestrel.example")),
            ["ana@kestrel.example"]
        );
        assert_eq!(
            found(&format!("{shop}#e=a+b%40kestrel.example")),
            ["a+b@kestrel.example"]
        );
        assert!(found("https://user@shop.example/?q=1").is_empty());
        assert!(found(&format!("{shop}?q=%40home")).is_empty());
        assert!(found(&format!("{shop}?q=%")).is_empty());
    }
}
