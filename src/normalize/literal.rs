//! Bytes as Python prints them: `b'Ana'` is what `str()` makes of a text that `encode()` was called on.

use super::Unusable;
use super::text::trim;

/// What stands between the quotes of such a literal; `None` for any other text. One that is cut off,
/// or whose bytes are no UTF-8, stands for a text that nobody can tell.
pub(super) fn inside(text: &str) -> Option<Result<String, Unusable>> {
    let text = trim(text);
    let behind = text.strip_prefix(['b', 'B'])?;
    let quote = behind.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    match behind[1..].strip_suffix(quote) {
        Some(inner) => Some(decoded(inner)),
        // A name may begin so, as in `B'Elanna`.
        None if text.starts_with('B') => None,
        None => Some(Err(Unusable::BROKEN_BYTES)),
    }
}

fn decoded(inner: &str) -> Result<String, Unusable> {
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let (&kind, after) = rest.split_first().ok_or(Unusable::BROKEN_BYTES)?;
        rest = after;
        bytes.push(match kind {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'\\' | b'\'' | b'"' => kind,
            b'x' if rest.len() >= 2 => {
                let mut code = [0];
                hex::decode_to_slice(&rest[..2], &mut code).map_err(|_| Unusable::BROKEN_BYTES)?;
                rest = &rest[2..];
                code[0]
            }
            _ => return Err(Unusable::BROKEN_BYTES),
        });
    }
    String::from_utf8(bytes).map_err(|_| Unusable::BROKEN_BYTES)
}
