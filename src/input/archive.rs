//! Zip archives: every member that looks like a log is read as a file of its own.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use super::unpack::{self, Ceiling};
use super::walk;

/// An open zip archive.
pub struct Archive(ZipArchive<BufReader<File>>);

/// The archive in `file`, when it is one by its first bytes. The file is left at its start.
pub fn open(file: &File) -> io::Result<Option<Archive>> {
    let mut file = file.try_clone()?;
    let mut head = Vec::new();
    // A pipe cannot go back; what it holds is not an archive that can be read.
    if file.stream_position().is_err() {
        return Ok(None);
    }
    file.by_ref().take(4).read_to_end(&mut head)?;
    file.rewind()?;
    if !matches!(&head[..], b"PK\x03\x04" | b"PK\x05\x06") {
        return Ok(None);
    }
    let archive = ZipArchive::new(BufReader::new(file)).map_err(fault)?;
    Ok(Some(Archive(archive)))
}

impl Archive {
    /// The number of members.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The path of a member inside the archive, when it is a file with an extension that is looked
    /// at; an archive of a single file is read whatever its name.
    pub fn wanted(&self, index: usize) -> Option<String> {
        let name = self.0.name_for_index(index)?.ok()?.into_owned();
        let is_file = !name.ends_with('/');
        let hidden = name.starts_with("__MACOSX/");
        let wanted = walk::is_wanted(Path::new(&name)) || self.len() == 1;
        (is_file && !hidden && wanted).then_some(name)
    }

    /// The bytes of a member, unpacked as far as the ceiling allows.
    pub fn member(&mut self, index: usize, ceiling: Ceiling) -> io::Result<impl Read + Send + '_> {
        let member = self.0.by_index(index).map_err(fault)?;
        let packed = member.compressed_size();
        Ok(unpack::bounded(member, packed, ceiling))
    }
}

/// What is wrong with an archive, without anything of it.
fn fault(error: ZipError) -> io::Error {
    match error {
        ZipError::Io(error) => error,
        ZipError::UnsupportedArchive(what) if what.contains("assword") => io::Error::new(
            io::ErrorKind::Unsupported,
            "the member of the zip archive is encrypted",
        ),
        ZipError::UnsupportedArchive(_) => io::Error::new(
            io::ErrorKind::Unsupported,
            "the zip archive uses a method that is not known here; unpack it first",
        ),
        _ => io::Error::new(io::ErrorKind::InvalidData, "the zip archive is damaged"),
    }
}
