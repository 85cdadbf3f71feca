//! Words with one letter wrong.

/// Whether two words differ by one letter at most, one that is wrong, missing or too many, or by two
/// neighbours that changed places.
pub(crate) fn is_one_slip(a: &[u8], b: &[u8]) -> bool {
    if a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same..], &b[same..]);
    match a.len() as isize - b.len() as isize {
        0 => {
            a.is_empty()
                || a[1..] == b[1..]
                || (a.len() >= 2 && a[0] == b[1] && a[1] == b[0] && a[2..] == b[2..])
        }
        1 => a[1..] == *b,
        _ => *a == b[1..],
    }
}
