//! The files that a run writes beside its input: each appears when it is whole, and none takes the
//! place of another, or of a file that is read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::NamedTempFile;

use crate::input::walk::io_message;
use crate::resend::Resend;
use crate::unfinished::{self, Unfinished};

use super::Failure;

/// Links that are followed to a file that is not there yet.
const MOST_LINKS: usize = 16;

/// Where something is to be written.
#[derive(Clone, Debug)]
pub(super) struct Destination {
    /// The option that asks for it.
    pub option: &'static str,
    pub path: PathBuf,
}

impl Destination {
    fn fault(&self, why: &str) -> Failure {
        Failure::Usage(format!("{}: {why}", self.path.display()))
    }

    /// An error when it is where this file lies, which is read.
    pub fn spares(&self, read: &Path) -> Result<(), Failure> {
        let place = place_of(read);
        if place.is_none() || place != place_of(&self.path) {
            return Ok(());
        }
        Err(Failure::Usage(format!(
            "{} is an input and would be overwritten by {}",
            read.display(),
            self.option
        )))
    }
}

/// Where a path leads, links followed, whether the file is there yet or not: what two names of one
/// file have in common. `None` for a pipe or a device, whose content is not lost.
pub(super) fn place_of(path: &Path) -> Option<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        if let Ok(about) = path.metadata() {
            return path.canonicalize().ok().filter(|_| about.is_file());
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        match path.read_link() {
            Ok(target) => path = folder.join(target),
            Err(_) => return Some(folder.canonicalize().ok()?.join(path.file_name()?)),
        }
    }
    None
}

/// Whether it is written as it comes: a pipe, a device, or a stream that is open already.
fn is_stream(path: &Path) -> bool {
    let streams = ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc"];
    path.metadata().is_ok_and(|about| !about.is_file())
        || streams.iter().any(|stream| path.starts_with(stream))
}

/// What the files are until all is done.
#[derive(Default)]
pub(super) struct Outputs {
    drafts: Vec<Draft>,
}

/// A file that is not whole yet.
struct Draft {
    destination: Destination,
    place: PathBuf,
    text: Text,
    is_whole: Arc<AtomicBool>,
}

/// Where it is until then.
enum Text {
    /// In a file that takes the place of the old one.
    Beside {
        file: NamedTempFile,
        _unfinished: Unfinished,
    },
    /// Elsewhere, because nothing can be made in the folder; it is copied.
    Apart(File),
}

impl Outputs {
    /// Opens what is to be written to these. What was there before stays until [`Outputs::finish`],
    /// and when anything is wrong with one of them, nothing is changed. `resend` has its own files.
    pub fn open(
        destinations: &[&Destination],
        resend: Option<&Resend>,
    ) -> Result<(Outputs, Vec<Box<dyn Write + Send>>), Failure> {
        let stdout = ("standard output", PathBuf::from("/dev/stdout"));
        let resent = resend.map(|resend| resend.paths().map(|path| ("--fix-to", path)));
        let mut places: Vec<(&str, PathBuf)> = std::iter::once(stdout)
            .chain(resent.into_iter().flatten())
            .filter_map(|(what, path)| Some((what, place_of(&path)?)))
            .collect();
        for destination in destinations {
            let Some(place) = place_of(&destination.path) else {
                continue;
            };
            if let Some((other, _)) = places.iter().find(|(_, other)| *other == place) {
                let why = format!("{} and {other} would be written there", destination.option);
                return Err(destination.fault(&why));
            }
            places.push((destination.option, place));
        }
        let mut outputs = Outputs::default();
        let mut writers: Vec<Option<Box<dyn Write + Send>>> = Vec::new();
        for destination in destinations {
            writers.push(match is_stream(&destination.path) {
                true => None,
                false => Some(outputs.draft(destination)?),
            });
        }
        // To open a pipe may be to wait, and to open a stream to empty it.
        let opened = destinations.iter().zip(writers).map(|(to, writer)| {
            writer.map_or_else(
                || match File::create(&to.path) {
                    Ok(file) => Ok(Box::new(file) as Box<dyn Write + Send>),
                    Err(error) => Err(to.fault(&io_message(&error))),
                },
                Ok,
            )
        });
        let opened = opened.collect::<Result<_, _>>()?;
        Ok((outputs, opened))
    }

    fn draft(&mut self, destination: &Destination) -> Result<Box<dyn Write + Send>, Failure> {
        let fault = |error: io::Error| destination.fault(&io_message(&error));
        let missing = || destination.fault("No such file or directory");
        let place = place_of(&destination.path).ok_or_else(missing)?;
        let old = match OpenOptions::new().write(true).open(&place) {
            Ok(file) => Some(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(fault(error)),
        };
        let text = match (beside(&place, old.as_ref()), old) {
            (Ok((file, unfinished)), _) => Text::Beside {
                file,
                _unfinished: unfinished,
            },
            (Err(_), Some(_)) => Text::Apart(tempfile::tempfile().map_err(fault)?),
            (Err(error), None) => return Err(fault(error)),
        };
        let file = match &text {
            Text::Beside { file, .. } => file.as_file().try_clone(),
            Text::Apart(file) => file.try_clone(),
        };
        let is_whole = Arc::new(AtomicBool::new(false));
        let writer = DraftWriter {
            file: file.map_err(fault)?,
            is_whole: Arc::clone(&is_whole),
        };
        self.drafts.push(Draft {
            destination: destination.clone(),
            place,
            text,
            is_whole,
        });
        Ok(Box::new(writer))
    }

    /// Puts the files that are whole in their place; `outcome` is how the run ended otherwise.
    pub fn finish(self, outcome: Result<u8, Failure>) -> Result<u8, Failure> {
        let mut failed = None;
        for draft in self.drafts {
            if !draft.is_whole.load(Ordering::Relaxed) {
                continue;
            }
            let destination = draft.destination.clone();
            if let Err(error) = draft.commit() {
                failed.get_or_insert(destination.fault(&io_message(&error)));
            }
        }
        match failed {
            Some(failed) if outcome.is_ok() => Err(failed),
            _ => outcome,
        }
    }
}

/// A new file in the folder of `place`, with the owner and the rights of the old one, or those of any
/// new file.
fn beside(place: &Path, old: Option<&File>) -> io::Result<(NamedTempFile, Unfinished)> {
    let folder = place.parent().unwrap_or(Path::new("."));
    #[cfg(unix)]
    let rights = Some(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    #[cfg(not(unix))]
    let rights = None;
    let (file, unfinished) = unfinished::file_in(folder, rights)?;
    if let Some(old) = old {
        unfinished::belong_as(file.as_file(), &old.metadata()?)?;
    }
    Ok((file, unfinished))
}

impl Draft {
    fn commit(self) -> io::Result<()> {
        let mut text = match self.text {
            Text::Beside { file, .. } => match file.persist(&self.place) {
                Ok(_) => return Ok(()),
                // A file on which another was mounted, for one, can be written and not be replaced.
                Err(fault) if self.place.is_file() => fault.file.into_file(),
                Err(fault) => return Err(fault.error),
            },
            Text::Apart(file) => file,
        };
        text.rewind()?;
        io::copy(&mut text, &mut fs::File::create(&self.place)?)?;
        Ok(())
    }
}

/// Writes a draft. Every writer flushes at its end and not before: what is written and not flushed is
/// not whole.
struct DraftWriter {
    file: File,
    is_whole: Arc<AtomicBool>,
}

impl Write for DraftWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.is_whole.store(false, Ordering::Relaxed);
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.is_whole.store(true, Ordering::Relaxed);
        Ok(())
    }
}
