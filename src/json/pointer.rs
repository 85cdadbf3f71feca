//! JSON pointers (RFC 6901): how rules, reports and fixes name a place.

use std::fmt;

/// A JSON pointer. Rules write it relative to the event, reports relative to the record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pointer(String);

impl Pointer {
    /// The pointer to the whole text.
    pub fn root() -> Pointer {
        Pointer(String::new())
    }

    /// The pointer to member `key` of what `self` points at.
    pub fn key(mut self, key: &str) -> Pointer {
        self.0.push('/');
        for c in key.chars() {
            match c {
                '~' => self.0.push_str("~0"),
                '/' => self.0.push_str("~1"),
                c => self.0.push(c),
            }
        }
        self
    }

    /// The pointer to element `index` of what `self` points at.
    pub fn index(mut self, index: usize) -> Pointer {
        use fmt::Write;
        let _ = write!(self.0, "/{index}");
        self
    }

    /// `self` followed by `rest`.
    pub fn join(&self, rest: &Pointer) -> Pointer {
        Pointer(format!("{}{}", self.0, rest.0))
    }

    /// The pointer to the object or list that holds this value; `None` for the root.
    pub fn parent(&self) -> Option<Pointer> {
        self.0.rfind('/').map(|at| Pointer(self.0[..at].to_owned()))
    }

    /// The last step, unescaped; `None` for the root.
    pub fn last(&self) -> Option<String> {
        self.0.rfind('/').map(|at| unescape(&self.0[at + 1..]))
    }

    /// The steps from the root on, unescaped.
    pub fn steps(&self) -> impl Iterator<Item = String> + '_ {
        self.0.split('/').skip(1).map(unescape)
    }

    /// The written form, `""` for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `self` is `other` or lies inside what `other` points at.
    pub fn within(&self, other: &Pointer) -> bool {
        self.0
            .strip_prefix(&other.0)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The pointer with every list index written `*`: what findings are grouped by.
    pub fn pattern(&self) -> String {
        let mut out = String::with_capacity(self.0.len());
        for step in self.0.split('/').skip(1) {
            out.push('/');
            if !step.is_empty() && step.bytes().all(|b| b.is_ascii_digit()) {
                out.push('*');
            } else {
                out.push_str(step);
            }
        }
        out
    }
}

fn unescape(step: &str) -> String {
    if step.contains('~') {
        step.replace("~1", "/").replace("~0", "~")
    } else {
        step.to_owned()
    }
}

impl From<&str> for Pointer {
    /// Takes a written pointer as it is.
    fn from(text: &str) -> Pointer {
        Pointer(text.to_owned())
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_escaped_and_patterns_forget_the_index() {
        let pointer = Pointer::root().key("user_data").key("a/b~c").index(3);
        assert_eq!(pointer.as_str(), "/user_data/a~1b~0c/3");
        assert_eq!(
            pointer.steps().collect::<Vec<_>>(),
            ["user_data", "a/b~c", "3"]
        );
        assert_eq!(pointer.pattern(), "/user_data/a~1b~0c/*");
        assert_eq!(pointer.parent().unwrap().last().unwrap(), "a/b~c");
        assert!(pointer.within(&Pointer::from("/user_data")));
        assert!(!Pointer::from("/user_data2").within(&Pointer::from("/user_data")));
    }
}
