//! Fixes: operations on named values, turned into edits of bytes.

use serde::{Deserialize, Serialize};

use crate::json::Pointer;

/// How far a fix can be trusted. The order is the order of trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// Right under an assumption that the user must grant.
    Unsafe,
    /// Certainly right, or removes only worthless data.
    Safe,
}

impl Safety {
    /// The word in reports and pages.
    pub const fn word(self) -> &'static str {
        match self {
            Safety::Unsafe => "unsafe",
            Safety::Safe => "safe",
        }
    }
}

/// One operation on the JSON text. Pointers start where the finding's pointer starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// Writes `json` in place of a value.
    Replace { at: Pointer, json: String },
    /// Takes a member or an element away; a list that it leaves empty goes with it.
    Remove { at: Pointer },
    /// Adds a member at the end of an object; an object that does not exist is made.
    Insert {
        into: Pointer,
        key: String,
        json: String,
    },
    /// Gives a member another key.
    Rename { at: Pointer, key: String },
    /// Puts a value, byte for byte, into a list of its own.
    Wrap { at: Pointer },
    /// Puts the only element of a list, byte for byte, in the list's place.
    Unwrap { at: Pointer },
    /// Takes a member from one object to the end of another, byte for byte; an object that does
    /// not exist is made.
    Move {
        from: Pointer,
        into: Pointer,
        key: String,
    },
}

impl Op {
    /// The places that the operation reads or writes.
    pub fn places(&self) -> Vec<Pointer> {
        match self {
            Op::Replace { at, .. } | Op::Remove { at } | Op::Wrap { at } | Op::Unwrap { at } => {
                vec![at.clone()]
            }
            Op::Insert { into, key, .. } => vec![into.clone().key(key)],
            Op::Rename { at, key } => {
                let to = at.parent().unwrap_or_default().key(key);
                vec![at.clone(), to]
            }
            Op::Move { from, into, key } => vec![from.clone(), into.clone().key(key)],
        }
    }
}

/// A way to put a finding right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    pub safety: Safety,
    /// What it does, as a command and without a value: `write the digest in lower case`.
    pub title: String,
    pub ops: Vec<Op>,
}

impl Fix {
    /// A fix that is certainly right.
    pub fn safe(title: impl Into<String>) -> Fix {
        Fix {
            safety: Safety::Safe,
            title: title.into(),
            ops: Vec::new(),
        }
    }

    /// A fix that needs the user's word.
    pub fn needs_consent(title: impl Into<String>) -> Fix {
        Fix {
            safety: Safety::Unsafe,
            title: title.into(),
            ops: Vec::new(),
        }
    }

    /// Takes a member away before anything else is done.
    pub fn remove_first(mut self, at: Pointer) -> Fix {
        self.ops.insert(0, Op::Remove { at });
        self
    }

    /// Writes `json` in place of the value at `at`.
    pub fn replace(mut self, at: Pointer, json: impl Into<String>) -> Fix {
        self.ops.push(Op::Replace {
            at,
            json: json.into(),
        });
        self
    }

    /// Writes `text` as a JSON string in place of the value at `at`.
    pub fn replace_text(self, at: Pointer, text: &str) -> Fix {
        self.replace(at, quote(text))
    }

    /// Takes the value at `at` away.
    pub fn remove(mut self, at: Pointer) -> Fix {
        self.ops.push(Op::Remove { at });
        self
    }

    /// Adds a member to the object at `into`.
    pub fn insert(mut self, into: Pointer, key: &str, json: impl Into<String>) -> Fix {
        self.ops.push(Op::Insert {
            into,
            key: key.to_owned(),
            json: json.into(),
        });
        self
    }

    /// Gives the member at `at` another key.
    pub fn rename(mut self, at: Pointer, key: &str) -> Fix {
        self.ops.push(Op::Rename {
            at,
            key: key.to_owned(),
        });
        self
    }

    /// Puts the value at `at` into a list of its own.
    pub fn wrap(mut self, at: Pointer) -> Fix {
        self.ops.push(Op::Wrap { at });
        self
    }

    /// Takes the only element of the list at `at` out of it.
    pub fn unwrap(mut self, at: Pointer) -> Fix {
        self.ops.push(Op::Unwrap { at });
        self
    }

    /// Takes the member at `from` into the object at `into`.
    pub fn relocate(mut self, from: Pointer, into: Pointer, key: &str) -> Fix {
        self.ops.push(Op::Move {
            from,
            into,
            key: key.to_owned(),
        });
        self
    }
}

/// `text` as a JSON string literal.
pub fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
