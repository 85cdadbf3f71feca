//! From paths to blocks of text: walking folders, unpacking, and cutting the stream where no JSON
//! text is cut in two. Nothing here is proportional to the file.

pub mod archive;
pub mod blocks;
pub mod formats;
pub(crate) mod nested;
mod scanner;
pub mod unpack;
mod utf16;
pub mod walk;
