//! Files and folders that are not complete yet, so that none of them stays when the run is ended in
//! the middle of its work.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

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
