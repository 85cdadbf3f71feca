//! What a signal does to a run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::unfinished;

/// So long a source may keep an interrupted run waiting.
const MOST_WAIT: Duration = Duration::from_secs(2);

/// Listens to signals from now on, which is to be before anything unfinished is made: a process that
/// does not listen is ended by its first signal and leaves what it made.
///
/// The first one sets the flag that this gives: the block at hand is finished, temporary files are
/// removed, originals stay. The second one ends the run at once.
pub(super) fn heed() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let _ = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            unfinished::end(2);
        }
        // A source that gives nothing, such as a pipe nobody writes to, would be waited for.
        std::thread::spawn(|| {
            std::thread::sleep(MOST_WAIT);
            eprintln!("capilint: interrupted before the run was done");
            unfinished::end(2);
        });
    });
    stop
}

/// Listens to signals from now on; the first one ends the run, and nothing unfinished stays.
pub(super) fn end_at_once() {
    let _ = ctrlc::set_handler(|| unfinished::end(2));
}
