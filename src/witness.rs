//! What others than the log itself know: browsers, whose requests were captured, and people who
//! have a list of their customers.

use std::sync::Arc;

use crate::known::KnownValues;
use crate::pixel::Index;
use crate::pixel::pairs::Learned;

/// What every check may ask beside the payload. All of it is shared and only read.
#[derive(Clone, Debug, Default)]
pub struct Witnesses {
    /// What browsers sent (`--pixel`).
    pub pixel: Option<Arc<Index>>,
    /// What a first pass has learned of the browser's copies.
    pub learned: Option<Arc<Learned>>,
    /// Values that are known in plain (`--known`).
    pub known: Option<Arc<KnownValues>>,
}
