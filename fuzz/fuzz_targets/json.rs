//! The parsers agree.
#![no_main]

use bumpalo::Bump;
use capilint::json::quick::Guesses;
use capilint::json::tree::{Syntax, Tree};
use capilint::json::{Tape, Val};
use libfuzzer_sys::fuzz_target;

/// Whether two tapes hold the same. The usual parser may miss the nearest float by the last bit.
fn agree(one: &Tape<'_>, other: &Tape<'_>) -> bool {
    let same = |a: Val<'_>, b: Val<'_>| match (a, b) {
        (Val::Float(a), Val::Float(b)) => a == b || (a - b).abs() <= a.abs() * 1e-12,
        (a, b) => a == b,
    };
    let all = |tape: &Tape<'_>| tape.root().descendants().count();
    let mut pairs = one.root().descendants().zip(other.root().descendants());
    all(one) == all(other) && pairs.all(|(a, b)| a.key() == b.key() && same(a.val(), b.val()))
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let arena = Bump::new();
    let tree = Tree::parse(text, Syntax::Strict);
    let mut exact = Tape::new();
    if let Ok(tree) = &tree {
        exact.fill(tree, text, &arena);
    }
    let (mut quick, mut usual) = (Tape::new(), Tape::new());
    if let Some(end) = quick.parse_plain(text, &arena, &mut Guesses::default()) {
        let tree = tree.as_ref().expect("what the quick parser reads is JSON");
        assert_eq!(end, tree.end());
        assert!(agree(&quick, &exact));
    }
    if let Ok(end) = usual.parse(text, &arena) {
        let tree = tree.as_ref().expect("what the usual parser reads is JSON");
        assert_eq!(end, tree.end());
        assert!(agree(&usual, &exact));
    }
});
