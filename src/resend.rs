//! What can be sent once more: request bodies of the events that Meta would take, and apart from
//! them the events that must not be sent again, with the reasons.

use std::collections::BTreeMap;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::json;
use tempfile::NamedTempFile;

use crate::ledger::Key;
use crate::rules;
use crate::unfinished::{self, Unfinished};

/// Meta takes no more events in one request.
const MOST_EVENTS: usize = 1_000;
/// Bodies that are filled at the same time, one for each dataset and each set of sender's options.
const MOST_OPEN: usize = 64;
/// Bytes of all of them.
const MOST_BYTES: usize = 16 << 20;

/// One event on its way out.
#[derive(Debug, Serialize, Deserialize)]
pub struct Parcel {
    /// The event as it would be sent, on one line.
    pub text: String,
    pub dataset: Option<String>,
    /// The members that stand beside `data` in its body, each with a comma in front.
    pub options: String,
    /// The rules that forbid to send it; none when it may be sent.
    pub reasons: Vec<usize>,
    /// Its place: line, from 1, and number of the event. In a block, then in its file.
    pub line: u64,
    pub event: u64,
    /// Where it begins, in bytes of its block.
    pub offset: u64,
    /// Whether it has an id, so that one like it is the same event again.
    pub has_id: bool,
    /// Whether what its body says is not known yet, because that is read in pieces.
    pub awaits_body: bool,
    /// Whether a fix made another event of it than was sent.
    pub is_changed: bool,
}

/// Forbids to send the events of a request that Meta refused for what it holds: the same would be
/// refused again. Where a fix changes one of them, or one is not sent for another reason, nobody
/// knows that of the others.
pub fn refuse(request: &mut [Parcel], rule: usize) {
    let is_same = |parcel: &Parcel| !parcel.is_changed && parcel.reasons.is_empty();
    // More were refused for their number alone.
    if request.len() > MOST_EVENTS || !request.iter().all(is_same) {
        return;
    }
    for parcel in request {
        parcel.reasons.push(rule);
    }
}

/// What a body that was read in pieces says, at its end, of the events in it.
#[derive(Clone, Debug, Default)]
pub struct Body {
    pub dataset: Option<String>,
    /// As [`Parcel::options`].
    pub options: String,
    /// The rules that forbid to send any of them.
    pub reasons: Vec<usize>,
}

/// How many events went where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResendTally {
    pub requests: u64,
    pub events: u64,
    pub rejected: u64,
    /// By index of the rule; an event may have more than one reason.
    pub reasons: BTreeMap<usize, u64>,
    /// Whether memory ran out for comparing events with all those before.
    pub forgot: bool,
}

/// One body that is being filled.
struct Batch {
    dataset: Option<String>,
    options: String,
    events: usize,
    data: String,
}

/// A file that appears under its name when all is done.
struct Pending {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
    unfinished: Unfinished,
}

impl Pending {
    fn new(directory: &Path, name: &str) -> io::Result<Pending> {
        let path = directory.join(name);
        if path.symlink_metadata().is_ok() {
            let message = format!("{} is there already and is not replaced", path.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
        }
        // Such a file is for its owner only, and is removed when it is dropped.
        let (file, unfinished) = unfinished::file_in(directory, None)?;
        Ok(Pending {
            file: BufWriter::new(file),
            path,
            unfinished,
        })
    }

    fn line(&mut self, text: &str) -> io::Result<()> {
        self.file.write_all(text.as_bytes())?;
        self.file.write_all(b"\n")
    }

    /// Its file with all that was written in it, the name that it is to have, and the mark that it
    /// has not got it yet.
    fn written(self) -> io::Result<(NamedTempFile, PathBuf, Unfinished)> {
        let file = self.file.into_inner().map_err(|error| error.into_error())?;
        file.as_file().sync_all()?;
        Ok((file, self.path, self.unfinished))
    }
}

/// Events whose body has not come to its end, one a line, in a file without a name.
struct Held(BufWriter<File>);

/// Writes `requests.ndjson`, `requests.map.ndjson` and `rejects.ndjson`.
pub struct Resend {
    directory: PathBuf,
    /// Whether the directory was made for this.
    made: bool,
    _unfinished: Option<Unfinished>,
    files: Option<[Pending; 3]>,
    held: Option<Held>,
    open: Vec<Batch>,
    /// Bytes in all of them.
    bytes: usize,
    key: Key,
    seen: HashSet<[u64; 2]>,
    most_seen: usize,
    test_code: Option<String>,
    tally: ResendTally,
}

impl Resend {
    /// Begins; nothing stands under the final names before [`Resend::commit`]. About `memory`
    /// bytes may be used to tell events that come again.
    pub fn begin(directory: &Path, test_code: Option<String>, memory: usize) -> io::Result<Resend> {
        let made = !directory.exists();
        let unfinished = match made {
            true => Some(
                unfinished::make(|| fs::create_dir_all(directory), |()| directory.to_owned())?.1,
            ),
            false => None,
        };
        let files = [REQUESTS, MAP, REJECTS].map(|name| Pending::new(directory, name));
        let mut resend = Resend {
            directory: directory.to_owned(),
            made,
            _unfinished: unfinished,
            files: None,
            held: None,
            open: Vec::new(),
            bytes: 0,
            key: Key::random(),
            seen: HashSet::new(),
            most_seen: memory / 4 / 32,
            test_code,
            tally: ResendTally::default(),
        };
        let [requests, map, rejects] = files;
        resend.files = Some([requests?, map?, rejects?]);
        Ok(resend)
    }

    fn write(&mut self, file: usize, line: &str) -> io::Result<()> {
        match &mut self.files {
            Some(files) => files[file].line(line),
            None => Ok(()),
        }
    }

    /// Keeps the events that come now until [`Resend::release`].
    pub fn hold(&mut self) -> io::Result<()> {
        if self.held.is_none() {
            let file = tempfile::tempfile_in(&self.directory)?;
            self.held = Some(Held(BufWriter::new(file)));
        }
        Ok(())
    }

    /// Lets the events go that were kept, of the file `name`: `body` is what their body says.
    pub fn release(&mut self, body: &Body, name: &str) -> io::Result<()> {
        let Some(Held(file)) = self.held.take() else {
            return Ok(());
        };
        let mut file = file.into_inner().map_err(|error| error.into_error())?;
        file.rewind()?;
        for line in BufReader::new(file).lines() {
            let mut parcel: Parcel = serde_json::from_str(&line?)?;
            if parcel.awaits_body {
                parcel.options.clone_from(&body.options);
                if body.dataset.is_some() {
                    parcel.dataset.clone_from(&body.dataset);
                }
                parcel.reasons.extend(&body.reasons);
                parcel.reasons.sort_unstable();
                parcel.reasons.dedup();
            }
            self.send_or_reject(parcel, name)?;
        }
        Ok(())
    }

    /// Takes an event of the file `name`.
    pub fn take(&mut self, parcel: Parcel, name: &str) -> io::Result<()> {
        let Some(Held(file)) = &mut self.held else {
            return self.send_or_reject(parcel, name);
        };
        serde_json::to_writer(&mut *file, &parcel)?;
        file.write_all(b"\n")
    }

    fn send_or_reject(&mut self, mut parcel: Parcel, name: &str) -> io::Result<()> {
        if parcel.has_id && parcel.reasons.is_empty() {
            let dataset = parcel.dataset.as_deref().unwrap_or_default();
            let hash = self.key.begin().part(dataset.as_bytes());
            let digest = hash.part(parcel.text.as_bytes()).wide();
            if self.seen.contains(&digest) {
                parcel.reasons.push(rules::index_of("duplicate-event"));
            } else if self.seen.len() < self.most_seen {
                self.seen.insert(digest);
            } else {
                self.tally.forgot = true;
            }
        }
        if !parcel.reasons.is_empty() {
            return self.reject(&parcel, name);
        }
        self.tally.events += 1;
        let same =
            |batch: &Batch| batch.dataset == parcel.dataset && batch.options == parcel.options;
        let index = match self.open.iter().position(same) {
            Some(index) => index,
            None => {
                if self.open.len() == MOST_OPEN {
                    self.send_largest()?;
                }
                self.open.push(Batch {
                    dataset: parcel.dataset.take(),
                    options: parcel.options,
                    events: 0,
                    data: String::new(),
                });
                self.open.len() - 1
            }
        };
        let batch = &mut self.open[index];
        if batch.events > 0 {
            batch.data.push(',');
        }
        batch.data.push_str(&parcel.text);
        batch.events += 1;
        self.bytes += parcel.text.len() + 1;
        if batch.events == MOST_EVENTS {
            return self.send(index);
        }
        match self.bytes > MOST_BYTES {
            true => self.send_largest(),
            false => Ok(()),
        }
    }

    fn send_largest(&mut self) -> io::Result<()> {
        let sizes = self.open.iter().map(|batch| batch.data.len()).enumerate();
        match sizes.max_by_key(|(_, size)| *size) {
            Some((largest, _)) => self.send(largest),
            None => Ok(()),
        }
    }

    fn reject(&mut self, parcel: &Parcel, name: &str) -> io::Result<()> {
        self.tally.rejected += 1;
        let mut reasons = Vec::new();
        for &rule in &parcel.reasons {
            *self.tally.reasons.entry(rule).or_insert(0) += 1;
            let rule = &rules::ALL[rule];
            reasons.push(json!({"id": rule.id(), "rule": rule.name()}));
        }
        let place = json!({"file": name, "line": parcel.line, "event": parcel.event});
        let dataset = json!(parcel.dataset);
        let reasons = json!(reasons);
        // The event stands there as it is, not as a parser would write it again.
        let text = &parcel.text;
        self.write(
            2,
            &format!(
                "{{\"reasons\":{reasons},\"place\":{place},\"dataset\":{dataset},\"event\":{text}}}"
            ),
        )
    }

    /// Writes a body and forgets it.
    fn send(&mut self, index: usize) -> io::Result<()> {
        let batch = self.open.remove(index);
        self.bytes = self.bytes.saturating_sub(batch.data.len() + 1);
        let mut body = format!("{{\"data\":[{}]{}", batch.data, batch.options);
        if let Some(code) = &self.test_code {
            body.push_str(&format!(",\"test_event_code\":{}", json!(code)));
        }
        body.push('}');
        self.write(0, &body)?;
        self.tally.requests += 1;
        let line = json!({
            "line": self.tally.requests, "dataset": batch.dataset, "events": batch.events,
        });
        self.write(1, &line.to_string())
    }

    /// Puts all files in their place, or none.
    pub fn commit(&mut self) -> io::Result<ResendTally> {
        while !self.open.is_empty() {
            self.send(0)?;
        }
        let files = self.files.take().into_iter().flatten();
        let (mut marks, mut named) = (Vec::new(), Vec::new());
        for file in files.map(Pending::written) {
            let (file, path, mark) = file?;
            named.push((file, path));
            marks.push(mark);
        }
        unfinished::all_or_none(|| {
            let mut done: Vec<PathBuf> = Vec::new();
            for (file, path) in named {
                if let Err(error) = file.persist_noclobber(&path) {
                    // These were not there before.
                    for path in &done {
                        let _ = fs::remove_file(path);
                    }
                    return Err(error.error);
                }
                done.push(path);
            }
            Ok(())
        })?;
        drop(marks);
        self.made = false;
        Ok(self.tally.clone())
    }

    /// Whether the bodies are sent as test traffic.
    pub fn is_test(&self) -> bool {
        self.test_code.is_some()
    }

    /// The files that are to be there.
    pub fn paths(&self) -> [PathBuf; 3] {
        [REQUESTS, MAP, REJECTS].map(|name| self.directory.join(name))
    }

    /// The directory, as the user gave it.
    pub fn directory(&self) -> &Path {
        &self.directory
    }
}

impl Drop for Resend {
    fn drop(&mut self) {
        self.files = None;
        if self.made {
            // Only when nothing lies in it.
            let _ = fs::remove_dir(&self.directory);
        }
    }
}

/// The bodies, one a line.
pub const REQUESTS: &str = "requests.ndjson";
/// For each of their lines, the dataset where it goes, as far as the log names it.
pub const MAP: &str = "requests.map.ndjson";
/// The events that are not to be sent.
pub const REJECTS: &str = "rejects.ndjson";

/// A JSON text on one line: without the blanks, comments and trailing commas between its tokens,
/// which stay as they are.
pub fn one_line(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b'"' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at = (at + 1).min(bytes.len());
                out.push_str(&text[start..at]);
            }
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end);
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                let end = text[at + 2..].find("*/");
                at = end.map_or(bytes.len(), |end| at + 2 + end + 2);
            }
            byte => {
                if matches!(byte, b'}' | b']') && out.ends_with(',') {
                    out.pop();
                }
                at += 1;
                while at < bytes.len() && !text.is_char_boundary(at) {
                    at += 1;
                }
                out.push_str(&text[start..at]);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_stay_as_they_are() {
        let text = "{ \"a\" : [ 1.50e+00 , -0 ,\n // no\n \"x, ] \\\" /* é */\" , ] , /* no */ }";
        let line = "{\"a\":[1.50e+00,-0,\"x, ] \\\" /* é */\"]}";
        assert_eq!(one_line(text), line);
    }
}
