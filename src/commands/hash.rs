//! `hash`: one value as Meta wants it.

use std::io::{self, BufRead, Write};

use serde::Serialize;

use crate::cli::{HashArgs, PlainFormat};
use crate::digest::{self, Shape, sha256_hex};
use crate::event::Assumptions;
use crate::normalize;
use crate::values::name::{Hashing, Name};

use super::{Failure, setup};

#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Hashed {
        key: &'static str,
        /// `None` for a value that was a digest already.
        normalized: Option<String>,
        accepted: Vec<String>,
        sha256: String,
    },
    Unusable {
        key: &'static str,
        error: &'static str,
    },
}

/// Normalises and hashes. The exit code is 1 when a value has no normal form.
pub(super) fn hash(args: &HashArgs) -> Result<u8, Failure> {
    let name = Name::of(&args.key)
        .filter(|name| matches!(name.hashing(), Some(Hashing::Required | Hashing::Optional)));
    // What stands in the place of the key may be the value: it is not repeated.
    let Some(name) = name else {
        let keys = "em, ph, fn, ln, db, ge, ct, st, zp, country, external_id";
        return Err(Failure::Usage(format!(
            "hash takes a key and then values; the keys are {keys}"
        )));
    };
    let country = args
        .country
        .as_deref()
        .map(|code| setup::country_code(code, "--country"))
        .transpose()?;
    let assume = Assumptions {
        country,
        zone: None,
    };
    let mut out = io::stdout().lock();
    let mut code = 0;
    for_each_value(&args.values, |value| {
        let answer = answer(name, value, &assume);
        if matches!(answer, Answer::Unusable { .. }) {
            code = 1;
        }
        match args.format {
            PlainFormat::Json => {
                serde_json::to_writer(&mut out, &answer).map_err(io::Error::from)?;
                out.write_all(b"\n")
            }
            PlainFormat::Text => match answer {
                Answer::Hashed {
                    key,
                    normalized,
                    accepted,
                    sha256,
                } => {
                    match normalized {
                        Some(normalized) => writeln!(out, "{key}  {sha256}  {normalized}")?,
                        None => writeln!(out, "{key}  {sha256}  (a digest already)")?,
                    }
                    for form in accepted {
                        writeln!(out, "    also accepted: {form}")?;
                    }
                    Ok(())
                }
                Answer::Unusable { key, error } => {
                    writeln!(out, "{key}  cannot be hashed: {error}")
                }
            },
        }
    })?;
    out.flush()?;
    Ok(code)
}

fn answer(name: Name, value: &str, assume: &Assumptions) -> Answer {
    let key = name.text();
    if let Some(sha256) = digest_in(name, value.trim()) {
        return Answer::Hashed {
            key,
            normalized: None,
            accepted: Vec::new(),
            sha256,
        };
    }
    match normalize::normal_form(name, value, assume) {
        Ok(normalized) => {
            let mut accepted = normalize::accepted_forms(name, value, assume);
            accepted.retain(|form| *form != normalized);
            let sha256 = sha256_hex(&normalized);
            Answer::Hashed {
                key,
                normalized: Some(normalized),
                accepted,
                sha256,
            }
        }
        Err(normalize::Unusable::NO_CALLING_CODE) if assume.country.is_none() => {
            let error = "it may lack the country calling code; say which country it belongs to with --country, as in --country de";
            Answer::Unusable { key, error }
        }
        Err(normalize::Unusable(error)) => Answer::Unusable { key, error },
    }
}

/// The digest that a value is already, written as Meta wants it.
fn digest_in(name: Name, value: &str) -> Option<String> {
    let is_free = name.hashing() == Some(Hashing::Optional);
    match Shape::of(value) {
        Shape::Sha256 => Some(value.to_owned()),
        // Any text may be an external_id.
        _ if is_free => None,
        Shape::UpperHex => {
            let digits = digest::strip_appendix(value);
            let appendix = &value[digits.len()..];
            Some(digits.to_ascii_lowercase() + appendix)
        }
        Shape::Base64Digest => digest::from_base64_digest(value),
        Shape::DressedHex => digest::undress(value),
        _ => None,
    }
}

/// Every value of the command line; `-` stands for the lines of standard input.
pub(super) fn for_each_value(
    values: &[String],
    mut each: impl FnMut(&str) -> io::Result<()>,
) -> Result<(), Failure> {
    for value in values {
        if value != "-" {
            each(value)?;
            continue;
        }
        let mut lines = io::stdin().lock().lines().peekable();
        if lines.peek().is_none() {
            // What should have written them may have failed.
            return Err(Failure::Usage(
                "there is no value on standard input".to_owned(),
            ));
        }
        for line in lines {
            let line =
                line.map_err(|_| Failure::Usage("standard input is not UTF-8 text".to_owned()))?;
            each(line.trim_end_matches('\r'))?;
        }
    }
    Ok(())
}
