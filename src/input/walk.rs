//! From the paths of the command line to files, in a stable order.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::report::{Doing, InputError};

/// Extensions that are looked at inside folders, plain or compressed.
const EXTENSIONS: [&str; 8] = [
    "json", "jsonc", "ndjson", "jsonl", "log", "har", "txt", "csv",
];
const PACKED: [&str; 6] = ["gz", "zst", "zstd", "bz2", "xz", "zip"];

/// Something to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Standard input.
    Stdin,
    File(PathBuf),
}

impl Source {
    /// The name as the user knows it.
    pub fn name(&self) -> String {
        match self {
            Source::Stdin => "<stdin>".to_owned(),
            Source::File(path) => path.display().to_string(),
        }
    }

    /// Whether it comes once only: standard input, a pipe, whatever is no regular file.
    pub fn comes_once(&self) -> bool {
        match self {
            Source::Stdin => true,
            Source::File(path) => path
                .metadata()
                .is_ok_and(|about| !about.is_file() && !about.is_dir()),
        }
    }
}

/// A set of patterns such as `fixtures/**/*.json`, matched against whole paths and, for patterns
/// without a slash, against file names.
pub fn globs(patterns: &[String]) -> Result<GlobSet, globset::Error> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let pattern = pattern
            .strip_prefix("./")
            .unwrap_or(pattern)
            .trim_end_matches('/');
        set.add(GlobBuilder::new(pattern).literal_separator(true).build()?);
        set.add(
            GlobBuilder::new(&format!("{pattern}/**"))
                .literal_separator(true)
                .build()?,
        );
        if !pattern.contains('/') {
            set.add(
                GlobBuilder::new(&format!("**/{pattern}"))
                    .literal_separator(true)
                    .build()?,
            );
        }
    }
    set.build()
}

/// A path from the root, without `.` and `..`, and otherwise as it is written.
pub fn whole(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let (mut whole, mut climbs) = (PathBuf::new(), false);
    for part in absolute.components() {
        match part {
            Component::ParentDir => {
                climbs = true;
                whole.pop();
            }
            part => whole.push(part),
        }
    }
    if !climbs {
        return whole;
    }
    // What stands above a link is not what stands above the folder behind it.
    match absolute.canonicalize() {
        Ok(real) if whole.canonicalize().ok().as_ref() != Some(&real) => real,
        _ => whole,
    }
}

/// A path as seen from a folder, where it lies below it: as both are written, else where they really
/// are, since either may be named through a link.
pub fn below(folder: &Path, path: &Path) -> Option<PathBuf> {
    let (folder, path) = (whole(folder), whole(path));
    if let Ok(below) = path.strip_prefix(&folder) {
        return Some(below.to_owned());
    }
    let (folder, path) = (folder.canonicalize().ok()?, path.canonicalize().ok()?);
    path.strip_prefix(folder).ok().map(Path::to_owned)
}

/// The files behind the paths. A named path is read whatever its extension; folders are walked in
/// the order of names. What cannot be read is an error for later: the rest is still linted. A file that
/// is reached in two ways is read once, by the first.
pub fn sources(
    paths: &[PathBuf],
    is_excluded: &dyn Fn(&Path) -> bool,
) -> (Vec<Source>, Vec<InputError>) {
    let (mut sources, mut errors) = (Vec::new(), Vec::new());
    for path in paths {
        if path.as_os_str() == "-" {
            sources.push(Source::Stdin);
        } else if path.is_dir() {
            walk(path, is_excluded, &mut sources, &mut errors);
        } else if !is_excluded(path) {
            sources.push(Source::File(path.clone()));
        }
    }
    let mut seen = HashSet::new();
    sources.retain(|source| {
        let place = match source {
            Source::Stdin => PathBuf::from("-"),
            Source::File(path) => path.canonicalize().unwrap_or_else(|_| path.clone()),
        };
        seen.insert(place)
    });
    (sources, errors)
}

fn walk(
    root: &Path,
    is_excluded: &dyn Fn(&Path) -> bool,
    sources: &mut Vec<Source>,
    errors: &mut Vec<InputError>,
) {
    let walker = walkdir::WalkDir::new(root)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| {
            entry.depth() == 0 || (!is_excluded(entry.path()) && !is_passed_over(entry))
        });
    for entry in walker {
        match entry {
            Ok(entry) if entry.file_type().is_file() && is_wanted(entry.path()) => {
                sources.push(Source::File(entry.into_path()));
            }
            Ok(_) => {}
            Err(error) => {
                let path = error.path().unwrap_or(root).display().to_string();
                let message = match error.io_error() {
                    Some(error) => io_message(error),
                    None => "the folder contains itself".to_owned(),
                };
                errors.push(InputError {
                    path,
                    message,
                    doing: Doing::Reading,
                });
            }
        }
    }
}

/// Whether a folder inside another is passed over: what tools keep for themselves, as in `.git`, and
/// what others wrote.
pub fn is_passed_over(entry: &walkdir::DirEntry) -> bool {
    let name = entry.file_name();
    let is_hidden = name.as_encoded_bytes().starts_with(b".");
    entry.depth() > 0 && entry.file_type().is_dir() && (is_hidden || name == "node_modules")
}

/// Whether a file inside a folder or an archive is looked at, by its extension: that of a log, packed
/// or not, or of an archive.
pub fn is_wanted(path: &Path) -> bool {
    let extension = |path: &Path| {
        path.extension()
            .and_then(|e| e.to_str())
            .map(str::to_ascii_lowercase)
            .unwrap_or_default()
    };
    let (mut stem, mut last) = (path, extension(path));
    if last == "zip" {
        return true;
    }
    while PACKED.contains(&last.as_str()) {
        stem = Path::new(stem.file_stem().unwrap_or_default());
        last = extension(stem);
    }
    EXTENSIONS.contains(&last.as_str())
}

/// Why a path that was named could not be opened.
pub fn not_opened(path: &Path, error: &std::io::Error) -> String {
    let mut message = io_message(error);
    if error.kind() == std::io::ErrorKind::NotFound && path.to_string_lossy().contains(['*', '?']) {
        message.push_str(
            " (the shell expands * and ?, and found nothing or was kept from it by quotes; \
             a folder is searched by itself)",
        );
    }
    message
}

/// The operating system's word for an error, without its number.
pub fn io_message(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}
