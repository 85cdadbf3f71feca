//! Replaces a file by a new one without a moment in which it is neither.

use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::input::unpack::{Packer, Packing};
use crate::unfinished::{self, Unfinished};

/// A file that is being rewritten: new content goes into a temporary file beside it, which takes
/// its place only at the end, and only when nobody touched the file in the meantime.
pub struct Rewrite {
    /// The file itself, symbolic links followed.
    path: PathBuf,
    before: Stamp,
    packer: Packer<BufWriter<NamedTempFile>>,
    _unfinished: Unfinished,
}

/// What tells that a file is still the one that was read.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<std::time::SystemTime>,
    #[cfg(unix)]
    identity: (u64, u64),
}

impl Stamp {
    fn of(meta: &Metadata) -> Stamp {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt;
        Stamp {
            length: meta.len(),
            modified: meta.modified().ok(),
            #[cfg(unix)]
            identity: (meta.dev(), meta.ino()),
        }
    }
}

impl Rewrite {
    /// Begins to rewrite `path`, of which `source` is the open file.
    pub fn begin(path: &Path, source: &File, packing: &Packing) -> io::Result<Rewrite> {
        let meta = source.metadata()?;
        // What came through a pipe may lie in a temporary file.
        if !meta.is_file() || !fs::metadata(path)?.is_file() {
            return Err(io::Error::other("only a regular file can be rewritten"));
        }
        let path = fs::canonicalize(path)?;
        // Whoever took the right to write away did not want that.
        if meta.permissions().readonly() {
            return Err(io::Error::other("it is read-only"));
        }
        // The new file takes one name: under the other the old one would stay.
        #[cfg(unix)]
        if std::os::unix::fs::MetadataExt::nlink(&meta) > 1 {
            return Err(io::Error::other(
                "it has another name (a hard link), under which the old content would stay",
            ));
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        let (temporary, unfinished) = unfinished::file_in(folder, None)?;
        unfinished::belong_as(temporary.as_file(), &meta)?;
        let packer = Packer::new(packing, BufWriter::with_capacity(1 << 16, temporary))?;
        Ok(Rewrite {
            path,
            before: Stamp::of(&meta),
            packer,
            _unfinished: unfinished,
        })
    }

    /// Puts the new file in the place of the old one. On any error the old one stays.
    pub fn commit(self) -> io::Result<()> {
        let temporary = self
            .packer
            .finish()?
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        temporary.as_file().sync_all()?;
        if Stamp::of(&fs::metadata(&self.path)?) != self.before {
            return Err(io::Error::other(
                "the file changed while it was read; it was left alone",
            ));
        }
        temporary.persist(&self.path).map_err(|error| error.error)?;
        // The new name is safe only when its folder is; not every file system can do that.
        if let Some(folder) = self
            .path
            .parent()
            .and_then(|folder| File::open(folder).ok())
        {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Write for Rewrite {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.packer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.packer.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(path: &Path) -> Rewrite {
        let mut rewrite =
            Rewrite::begin(path, &File::open(path).unwrap(), &Packing::default()).unwrap();
        rewrite.write_all(b"new").unwrap();
        rewrite
    }

    #[test]
    fn the_old_file_stays_until_the_new_one_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, "old").unwrap();
        drop(begin(&path));
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        begin(&path).commit().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_changed_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, "old").unwrap();
        let rewrite = begin(&path);
        fs::write(&path, "older").unwrap();
        assert!(rewrite.commit().is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "older");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_the_mode_is_kept() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a.json"), folder.path().join("link"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        begin(&link).commit().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o640
        );
    }
}
