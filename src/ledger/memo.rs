//! What was made of texts that come again and again: agents, datasets, event names.

/// Slots: a power of two.
const SLOTS: usize = 1 << 6;

/// What is longer is made each time.
const LONGEST: usize = 512;

/// The values that were made of the last texts.
#[derive(Debug)]
pub(super) struct Memo<V> {
    slots: Vec<(u64, String, V)>,
}

impl<V> Default for Memo<V> {
    fn default() -> Self {
        Memo { slots: Vec::new() }
    }
}

impl<V: Clone + Default> Memo<V> {
    /// What `make` makes of the text, which within one `scope` is always the same.
    #[inline]
    pub fn get(&mut self, scope: u64, text: &str, make: impl FnOnce() -> V) -> V {
        if text.len() > LONGEST {
            return make();
        }
        if self.slots.is_empty() {
            self.slots = vec![(0, String::new(), V::default()); SLOTS];
        }
        let at = slot(scope, text.as_bytes());
        let (known_scope, known, value) = &mut self.slots[at];
        // An empty text may be one that was never made anything of.
        if *known_scope == scope && known == text && !text.is_empty() {
            return value.clone();
        }
        let made = make();
        *known_scope = scope;
        known.clear();
        known.push_str(text);
        *value = made.clone();
        made
    }
}

/// A slot by a few letters of the text: those of browsers differ in their versions, at the end and
/// in the middle.
#[inline]
fn slot(scope: u64, text: &[u8]) -> usize {
    let word = |at: usize| {
        text[at..]
            .first_chunk::<8>()
            .map_or(0, |word| u64::from_le_bytes(*word))
    };
    let length = text.len();
    let mut sum = scope ^ length as u64;
    for at in [length.saturating_sub(8), length / 2, length / 4, 0] {
        sum = (sum.rotate_left(23) ^ word(at)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    (sum >> 40) as usize & (SLOTS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_and_scope_keeps_its_own() {
        let mut memo: Memo<String> = Memo::default();
        let texts = (0..300).map(|n| "x".repeat(n % 40) + &n.to_string());
        let mut texts: Vec<String> = texts.collect();
        texts.push(String::new());
        let mut made = 0;
        for _ in 0..3 {
            for scope in [0, 1] {
                for text in &texts {
                    let value = memo.get(scope, text, || {
                        made += 1;
                        format!("{scope}{text}")
                    });
                    assert_eq!(value, format!("{scope}{text}"));
                }
            }
        }
        memo.get(7, "again", || "first".to_owned());
        assert_eq!(memo.get(7, "again", || unreachable!()), "first");
    }
}
