//! `identify`: what a digest is known to be the hash of.

use std::io::{self, Write};

use serde_json::json;

use crate::cli::{IdentifyArgs, PlainFormat};
use crate::identify::identify as look_up;

use super::{Failure, hash::for_each_value};

/// Prints what each digest is known to be, by class. The digest itself is not repeated: answers
/// stand in the order of the questions.
pub(super) fn identify(args: &IdentifyArgs) -> Result<u8, Failure> {
    let mut out = io::stdout().lock();
    let mut number = 0;
    for_each_value(&args.digests, |digest| {
        number += 1;
        for found in look_up(digest) {
            let keys: Vec<&str> = found.keys.iter().map(|name| name.text()).collect();
            match args.format {
                PlainFormat::Json => {
                    let answer = json!({
                        "number": number, "class": found.class, "keys": keys,
                        "detail": found.detail,
                    });
                    writeln!(out, "{answer}")?;
                }
                PlainFormat::Text => {
                    let of = match keys.as_slice() {
                        [] => String::new(),
                        keys => format!(" ({})", keys.join(", ")),
                    };
                    writeln!(out, "{number}  {}{of}: {}", found.class, found.detail)?;
                }
            }
        }
        Ok(())
    })?;
    out.flush()?;
    Ok(0)
}
