//! em: trimmed and in lower case. No source removes dots or `+tags`.

use super::Unusable;
use super::text::{clean, trim};
use crate::digest::{decode_text, looks_like_email};
use crate::values::percent;

/// The address without the junk around it: a display name, `mailto:`, quotes, an encoding.
pub(super) fn normal(value: &str) -> Result<String, Unusable> {
    let mut text = value;
    if let (Some(open), Some(close)) = (text.rfind('<'), text.rfind('>'))
        && open < close
    {
        text = &text[open + 1..close];
    }
    let junk = |c: char| c.is_whitespace() || "\"'`,;<>“”„’‘".contains(c);
    text = text.trim_matches(junk);
    for label in ["mailto:", "e-mail:", "email:"] {
        if text
            .get(..label.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(label))
        {
            text = &text[label.len()..];
            if label == "mailto:" {
                text = text.split('?').next().unwrap_or_default();
            }
            break;
        }
    }
    // The dot of a whole domain name, or of a sentence.
    let mut text = text.trim_matches(junk).trim_end_matches('.').to_lowercase();
    if text.contains('@') && text.ends_with([']', '}', ')']) {
        text = inside_literal(&text).to_owned();
    }
    if !text.contains('@') {
        text = match decoded(&text) {
            Some(plain) => plain,
            None => decode_text(value)
                .map(|plain| trim(&clean(&plain)).to_lowercase())
                .ok_or(Unusable::NOT_AN_EMAIL)?,
        };
    }
    if is_address(&text) {
        Ok(text)
    } else {
        Err(Unusable::NOT_AN_EMAIL)
    }
}

/// The only value of a list or object in JSON, or of what other languages print of one, however often
/// it is quoted: of `["ana@shop.com"]`, `('ana@shop.com',)`, `{"email":"ana@shop.com"}`.
fn inside_literal(text: &str) -> &str {
    let mut text = text;
    loop {
        text = text.trim_matches(|c: char| c.is_whitespace() || "\"'`\\,".contains(c));
        let pair = [("[", "]"), ("(", ")"), ("{", "}")];
        let inner = pair
            .iter()
            .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close));
        let Some(inner) = inner else {
            return text;
        };
        let is_key = |key: &str| {
            let key = key.trim_matches(|c: char| c.is_whitespace() || "\"'\\".contains(c));
            !key.is_empty()
                && key
                    .chars()
                    .all(|c| c.is_alphanumeric() || "_-. ".contains(c))
        };
        text = match inner.split_once(':') {
            Some((key, value)) if text.starts_with('{') && is_key(key) => value,
            _ => inner,
        };
    }
}

/// Whether an address stands anywhere in a text, with whatever around it.
pub(super) fn stands_in(text: &str) -> bool {
    text.contains('@')
        && text
            .split(|c: char| c.is_whitespace() || ",;:<>()[]{}\"'`\\|=/?&".contains(c))
            .any(|word| is_address(word.trim_end_matches(['.', '!'])))
}

/// The address behind `%40`, `&#64;` or `&commat;`.
fn decoded(text: &str) -> Option<String> {
    let plain = if text.contains("%40") {
        percent::decode(text)?
    } else {
        text.replace("&#64;", "@").replace("&commat;", "@")
    };
    plain.contains('@').then(|| trim(&plain).to_lowercase())
}

fn is_address(text: &str) -> bool {
    let (local, domain) = text.split_once('@').unwrap_or_default();
    let top = domain.rsplit('.').next().unwrap_or_default();
    looks_like_email(text)
        && trim(text) == text
        && local.len() <= 64
        && text.len() <= 254
        && !local.starts_with('.')
        && !local.ends_with('.')
        // The rest of bytes as Python prints them.
        && !local.starts_with("b'")
        && !local.contains(|c: char| c.is_control() || "\"<>,;()[]\\:".contains(c))
        && !text.contains("..")
        && top.chars().count() >= 2
        && !top.bytes().all(|b| b.is_ascii_digit())
}

/// Every implementation trims and lower-cases; the PHP SDK also drops illegal characters, which
/// makes another address and is not accepted.
pub(super) fn accepted(value: &str, forms: &mut Vec<String>) {
    let lower = trim(value).to_lowercase();
    let is_let_pass = lower
        .split_once('@')
        .is_some_and(|(local, rest)| !local.is_empty() && rest.contains('.'));
    if is_let_pass && !lower.contains(['<', '>']) {
        forms.push(lower);
    }
}
