//! Files and folders that are not complete yet, so that none of them stays when the run is ended in
//! the middle of its work.

use std::fs::{self, File, Metadata, Permissions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

/// What there is of them, the oldest first.
static THERE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn there() -> MutexGuard<'static, Vec<PathBuf>> {
    THERE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Something is not complete as long as this lives.
#[derive(Debug)]
pub struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        there().retain(|path| *path != self.0);
    }
}

/// Makes something, and remembers it under the path that `path_of` gives.
pub fn make<T>(
    make: impl FnOnce() -> io::Result<T>,
    path_of: impl FnOnce(&T) -> PathBuf,
) -> io::Result<(T, Unfinished)> {
    // While the run is being ended nothing more is made.
    let mut there = there();
    let made = make()?;
    let path = path_of(&made);
    there.push(path.clone());
    Ok((made, Unfinished(path)))
}

/// Makes a file in a folder, for its owner only unless other `permissions` are asked for. It is removed
/// when it is dropped. Its name says nothing of the content, and begins with a dot, so that no walk
/// finds it.
pub fn file_in(
    folder: &Path,
    permissions: Option<Permissions>,
) -> io::Result<(NamedTempFile, Unfinished)> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".capilint-");
    if let Some(permissions) = permissions {
        builder.permissions(permissions);
    }
    make(
        || builder.tempfile_in(folder),
        |file| file.path().to_owned(),
    )
}

/// Gives a file that is to take the place of another the owner and the permissions of that.
pub fn belong_as(file: &File, other: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        // Only root may give files away; for everybody else the owner is right already.
        let _ = std::os::unix::fs::fchown(file, Some(other.uid()), Some(other.gid()));
    }
    file.set_permissions(other.permissions())
}

/// Lets `complete` give several things their final names, all or none of them when the run is ended
/// meanwhile. It must neither make nor forget anything unfinished.
pub fn all_or_none<T>(complete: impl FnOnce() -> T) -> T {
    let _there = there();
    complete()
}

/// Ends the run and removes whatever is not complete.
pub fn end(code: i32) -> ! {
    let there = there();
    for path in there.iter().rev() {
        // Of a folder only when nothing lies in it.
        let _ = fs::remove_file(path).or_else(|_| fs::remove_dir(path));
    }
    std::process::exit(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_complete_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let file = make(|| fs::write(&path, "x"), |()| path.clone()).unwrap();
        assert!(there().contains(&path));
        drop(file);
        assert!(!there().contains(&path));
    }
}
