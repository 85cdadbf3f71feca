//! The requests of a file that an answer may still name.

use std::collections::VecDeque;

use hashbrown::HashSet;

/// An answer is tied to the last so many requests that have something to be named by: enough for
/// answers that take minutes on a busy server, and no more than two MiB.
const MOST: usize = 1 << 16;

/// Hashes of what ties requests to their answers.
#[derive(Default)]
pub(super) struct Traces {
    known: HashSet<u64>,
    /// The same, the oldest first.
    order: VecDeque<u64>,
}

impl Traces {
    pub fn contains(&self, trace: u64) -> bool {
        self.known.contains(&trace)
    }

    /// Takes in what ties some more requests to their answers, and forgets the oldest.
    pub fn take(&mut self, traces: &[u64]) {
        for &trace in traces {
            if !self.known.insert(trace) {
                continue;
            }
            self.order.push_back(trace);
            if self.order.len() > MOST
                && let Some(oldest) = self.order.pop_front()
            {
                self.known.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_are_forgotten() {
        let mut traces = Traces::default();
        traces.take(&[0, 0]);
        for trace in 1..=MOST as u64 {
            assert!(traces.contains(0));
            traces.take(&[trace, trace]);
        }
        assert!(!traces.contains(0));
        assert!((1..=MOST as u64).all(|trace| traces.contains(trace)));
        assert_eq!((traces.known.len(), traces.order.len()), (MOST, MOST));
    }
}
