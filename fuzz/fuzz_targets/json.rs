//! The parsers agree.
#![no_main]

use bumpalo::Bump;
use capilint::json::quick::Guesses;
use capilint::json::tree::{Syntax, Tree};
use capilint::json::{Tape, Val};
use libfuzzer_sys::fuzz_target;

fn show(tape: &Tape<'_>) -> Vec<String> {
    let value = |val: Val<'_>| match val {
        // The usual parser may miss the nearest float by the last bit.
        Val::Float(float) => format!("{float:.12e}"),
        val => format!("{val:?}"),
    };
    tape.root()
        .descendants()
        .map(|item| format!("{:?} {}", item.key(), value(item.val())))
        .collect()
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
        assert_eq!(show(&quick), show(&exact));
    }
    if let Ok(end) = usual.parse(text, &arena) {
        let tree = tree.as_ref().expect("what the usual parser reads is JSON");
        assert_eq!(end, tree.end());
        assert_eq!(show(&usual), show(&exact));
    }
});
