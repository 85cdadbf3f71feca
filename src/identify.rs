//! What a digest is known to be the digest of: a class, never the value.

use once_cell::sync::Lazy;

use crate::digest::forms::{self, Context, Fault};
use crate::digest::worthless::{self, Class, Words};
use crate::digest::{self, Shape};
use crate::values::name::Name;

/// One thing that a digest is known to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identified {
    /// A word for it: `empty`, `nullish`, `placeholder`, `sample`, `right-value`, `wrong-case`,
    /// `wrong-form`, `double-hash`, `other-algorithm`, `not-sha256` or `unknown`.
    pub class: &'static str,
    /// The keys of user_data to which it applies; none when it is all of them.
    pub keys: Vec<Name>,
    /// A sentence without a full stop.
    pub detail: String,
}

impl Identified {
    fn new(class: &'static str, detail: impl Into<String>) -> Identified {
        Identified {
            class,
            keys: Vec::new(),
            detail: detail.into(),
        }
    }

    fn of(name: Name, class: &'static str, detail: String) -> Identified {
        Identified {
            class,
            keys: vec![name],
            detail,
        }
    }
}

static OTHER_ALGORITHMS: Lazy<std::collections::BTreeMap<String, String>> =
    Lazy::new(|| Words::load().other_algorithms);

/// Everything that `text`, a digest as it was found, is known to be.
pub fn identify(text: &str) -> Vec<Identified> {
    let mut out = Vec::new();
    let core = digest::strip_appendix(text.trim());
    let lower = core.to_ascii_lowercase();
    if let Some(what) = OTHER_ALGORITHMS.get(&lower) {
        out.push(Identified::new("other-algorithm", what.clone()));
    }
    let hex = match Shape::of(core) {
        Shape::Sha256 => Some(lower),
        Shape::UpperHex => {
            let detail = "64 hex digits with capitals: Meta documents lower case";
            out.push(Identified::new("not-sha256", detail));
            Some(lower)
        }
        shape => {
            if out.is_empty() {
                out.push(Identified::new("not-sha256", look(shape, core)));
            }
            match shape {
                Shape::Base64Digest => digest::from_base64_digest(core),
                Shape::DressedHex => digest::undress(core),
                _ => None,
            }
        }
    };
    if let Some(hex) = hex {
        let before = out.len();
        known(&hex, &mut out);
        if out.len() == before {
            let detail = "well formed and not known; what it is the digest of cannot be told";
            out.push(Identified::new("unknown", detail));
        }
    }
    out
}

fn known(hex: &str, out: &mut Vec<Identified>) {
    let before = out.len();
    if let Some(entry) = worthless::find(hex) {
        let (class, what) = match entry.class {
            Class::Empty => ("empty", "the empty string or of white space"),
            Class::Nullish => ("nullish", "a word that stands for nothing"),
            Class::LoneWord => (
                "nullish",
                "a word that stands for nothing and is seldom a name",
            ),
            Class::Placeholder => ("placeholder", "a placeholder"),
            Class::Sample => ("sample", "a sample value of Meta's documentation"),
        };
        let twice = if entry.twice { "the digest of " } else { "" };
        out.push(Identified::new(
            class,
            format!("the digest of {twice}{what}"),
        ));
    }
    let is_worthless = out.len() > before;
    enumerated(hex, false, out);
    if out.len() == before {
        in_united_states(hex, out);
    }
    // Words that stand for nothing are in the list of names too.
    if !is_worthless {
        listed(hex, out);
    }
    // The rare forms fill tables that take a moment, and most digests that are known have a usual one.
    if out.len() == before {
        enumerated(hex, true, out);
    }
}

/// What is wrong in an event that names the United States, and may be right elsewhere: four digits.
fn in_united_states(hex: &str, out: &mut Vec<Identified>) {
    let about = Context {
        country: Some("us"),
        ..Context::default()
    };
    for name in [Name::St, Name::Zp] {
        if let Some(form) = forms::find(name, hex, &about)
            && matches!(form.fault, Fault::Case | Fault::Spelling)
        {
            let detail = format!(
                "the digest of {}, if the event is of the United States",
                form.what
            );
            out.push(Identified::of(name, "wrong-form", detail));
        }
    }
}

/// Whether a digest is that of a right value of the keys of which only the common ones are listed.
fn listed(hex: &str, out: &mut Vec<Identified>) {
    if forms::is_listed_right(Name::Fn, hex) {
        out.push(Identified {
            class: "right-value",
            // One list of names serves both keys.
            keys: vec![Name::Fn, Name::Ln],
            detail: "the digest of a right value of fn and ln".to_owned(),
        });
    }
    if forms::is_listed_right(Name::Ct, hex) {
        let detail = "the digest of a right value of ct".to_owned();
        out.push(Identified::of(Name::Ct, "right-value", detail));
    }
}

/// What a digest is among the values of the keys that have few of them, `deep` in rare forms too.
fn enumerated(hex: &str, deep: bool, out: &mut Vec<Identified>) {
    let about = Context {
        deep,
        ..Context::default()
    };
    for name in forms::ENUMERABLE {
        if forms::is_right(name, hex) {
            let detail = format!("the digest of a right value of {name}");
            out.push(Identified::of(name, "right-value", detail));
        } else if let Some(form) = forms::find(name, hex, &about) {
            let (class, detail) = match form.fault {
                Fault::Twice => (
                    "double-hash",
                    "the digest of the digest of a value".to_owned(),
                ),
                Fault::Case => ("wrong-case", format!("the digest of {}", form.what)),
                Fault::Spelling => ("wrong-form", format!("the digest of {}", form.what)),
                // The key to which it belongs answers for itself.
                Fault::WrongKey => continue,
            };
            let mut found = Identified::of(name, class, detail);
            // One list of names serves both keys.
            if name == Name::Fn {
                found.keys.push(Name::Ln);
            }
            match out
                .iter_mut()
                .find(|it| it.class == found.class && it.detail == found.detail)
            {
                Some(same) => same.keys.append(&mut found.keys),
                None => out.push(found),
            }
        }
    }
}

/// What a text is that is no SHA-256 in lower-case hex.
fn look(shape: Shape, text: &str) -> String {
    let length = text.chars().count();
    match shape {
        Shape::Md5 => "32 hex digits: an MD5 by its length".to_owned(),
        Shape::OtherHash => format!(
            "{length} hex digits: {}",
            match length {
                40 => "a SHA-1 by its length",
                56 => "a SHA-224 by its length",
                96 => "a SHA-384 by its length",
                _ => "a SHA-512 by its length, or two digests glued together",
            }
        ),
        Shape::PasswordHash => "a password hash, which has a salt and matches nobody".to_owned(),
        Shape::TruncatedHex => format!("{length} characters of hex: no whole SHA-256"),
        Shape::Base64Digest => "a SHA-256 in base64 instead of hex".to_owned(),
        Shape::DressedHex => "a SHA-256 with something around or between its digits".to_owned(),
        Shape::EncodedText => "plain text in base64 or hex, and no digest".to_owned(),
        Shape::Template => "a template that nobody filled in".to_owned(),
        Shape::Redacted => "a value that a logger hid".to_owned(),
        Shape::Nothing => "nothing, or a word that stands for nothing".to_owned(),
        _ => format!("no digest: {length} characters of other text"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sha256_hex;

    fn classes(text: &str) -> Vec<&'static str> {
        identify(text).iter().map(|it| it.class).collect()
    }

    #[test]
    fn digests_by_class() {
        for (text, expected) in [
            (sha256_hex(""), vec!["empty"]),
            (sha256_hex(&sha256_hex("")), vec!["empty"]),
            (sha256_hex("undefined"), vec!["nullish"]),
            (sha256_hex("test@test.com"), vec!["placeholder"]),
            (sha256_hex("john_smith@gmail.com"), vec!["sample"]),
            (sha256_hex("us"), vec!["right-value"]),
            (
                format!("{}.AQYCAQIB", sha256_hex("us")),
                vec!["right-value"],
            ),
            (sha256_hex("US"), vec!["wrong-case"]),
            (sha256_hex("Deutschland"), vec!["wrong-form"]),
            (sha256_hex(&sha256_hex("us")), vec!["double-hash"]),
            (sha256_hex("19870214"), vec!["right-value"]),
            (sha256_hex("1987-02-14"), vec!["wrong-form"]),
            (sha256_hex("94103"), vec!["right-value"]),
            (sha256_hex("California"), vec!["wrong-form"]),
            (sha256_hex("2139"), vec!["wrong-form"]),
            (sha256_hex("New York"), vec!["wrong-form", "wrong-form"]),
            (sha256_hex("Maria"), vec!["wrong-case"]),
            (sha256_hex("smith"), vec!["right-value"]),
            (sha256_hex("garcía"), vec!["right-value"]),
            (sha256_hex("berlin"), vec!["right-value"]),
            (sha256_hex("sãopaulo"), vec!["right-value"]),
            (sha256_hex("newyork,ny"), vec!["unknown"]),
            (sha256_hex("georgia"), vec!["wrong-form", "right-value"]),
            (sha256_hex("anon"), vec!["placeholder"]),
            (sha256_hex("Özlem"), vec!["unknown"]),
            (sha256_hex("[\"Maria\"]"), vec!["wrong-form"]),
            (sha256_hex("b'Berlin'"), vec!["wrong-form"]),
            (sha256_hex("1987-2-14"), vec!["wrong-form"]),
            (sha256_hex("ana@kestrelbikes.com"), vec!["unknown"]),
            (
                sha256_hex("us").to_uppercase(),
                vec!["not-sha256", "right-value"],
            ),
            (format!("0x{}", sha256_hex("")), vec!["not-sha256", "empty"]),
            (
                "d41d8cd98f00b204e9800998ecf8427e".to_owned(),
                vec!["other-algorithm"],
            ),
            (
                "37a6259cc0c1dae299a7866489dff0bd".to_owned(),
                vec!["other-algorithm"],
            ),
            (
                "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".to_owned(),
                vec!["not-sha256", "empty"],
            ),
            (
                "0123456789abcdef0123456789abcdef".to_owned(),
                vec!["not-sha256"],
            ),
            ("ana@kestrelbikes.com".to_owned(), vec!["not-sha256"]),
            (String::new(), vec!["not-sha256"]),
        ] {
            assert_eq!(classes(&text), expected, "{text}");
        }
    }

    #[test]
    fn a_right_value_is_not_told() {
        let found = identify(&sha256_hex("f"));
        assert_eq!(found[0].keys, [Name::Ge]);
        assert_eq!(found[0].detail, "the digest of a right value of ge");
        let found = identify(&sha256_hex("US"));
        assert_eq!(found[0].keys, [Name::Country, Name::St]);
        for text in ["Maria", "maria"] {
            let found = identify(&sha256_hex(text));
            assert_eq!(found[0].keys, [Name::Fn, Name::Ln]);
        }
        let found = identify(&sha256_hex("berlin"));
        assert_eq!(found[0].keys, [Name::Ct]);
        assert!(!found[0].detail.contains("berlin"));
    }
}
