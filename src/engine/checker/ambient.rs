//! What the lines before a JSON text tell of it.

use jiff::tz::TimeZone;

use crate::engine::walk;
use crate::envelope::text as envelope_text;
use crate::envelope::when::{Naive, Trust};
use crate::event::{Envelope, Field};
use crate::input::blocks;
use crate::json::tree::SyntaxError;

/// What the lines before a JSON text tell of it.
#[derive(Default)]
pub(in crate::engine) struct Ambient<'a> {
    envelope: Envelope<'a>,
    /// How many more lines may belong to the record that has begun.
    left: u8,
    /// What stands between the parts of a multipart form, and whether its part `data` has begun.
    border: Option<&'a str>,
    in_data: bool,
}

/// A record over more lines is none.
const LONGEST_RECORD: u8 = 100;

impl<'a> Ambient<'a> {
    /// Takes over what a line tells. A time stamp, or the first line of a request, begins a record.
    /// What stands behind a JSON text on its line, which `error` says, tells nothing of the next one.
    pub(in crate::engine) fn see(
        &mut self,
        line: &'a str,
        beyond: &'a str,
        error: Option<SyntaxError>,
        zone: Option<&TimeZone>,
    ) {
        if error.is_some_and(|error| error.what == walk::FOLLOWS) {
            return;
        }
        self.see_line(line, beyond, zone);
        if line.len() >= blocks::SHORTEST_BORDER && line.starts_with("--") {
            let line = line.trim_end();
            let before = self.border.replace(line);
            if before.is_some_and(|border| line.strip_suffix("--") == Some(border)) {
                // The form ends.
                self.spend();
            }
        } else if self.border.is_some() && line.contains("form-data; name=") {
            self.in_data = line.contains("name=\"data\"");
            self.envelope.is_test |= line.contains("name=\"test_event_code\"");
            self.left = LONGEST_RECORD;
        }
    }

    /// As [`Ambient::current`], with what stands behind `text` in the form whose `data` it is.
    pub(super) fn current_of(&self, text: &'a str) -> Envelope<'a> {
        let mut envelope = self.current();
        if let Some(border) = self.border.filter(|_| self.in_data) {
            envelope_text::see_parts(text, border, &mut envelope);
        }
        envelope
    }

    fn see_line(&mut self, line: &'a str, beyond: &'a str, zone: Option<&TimeZone>) {
        let before = self.current();
        let mut envelope = before;
        if let Some(millis) = envelope_text::answered_at(line, beyond) {
            envelope = Envelope {
                sent_at: Some(millis),
                trust: Some(Trust::Proxy),
                ..Envelope::default()
            };
            envelope_text::see(line, &mut envelope, Naive::of(zone));
            (self.envelope, self.left) = (envelope, LONGEST_RECORD);
            return;
        }
        if envelope_text::see(line, &mut envelope, Naive::of(zone)) {
            let mut fresh = Envelope::default();
            envelope_text::see(line, &mut fresh, Naive::of(zone));
            (self.envelope, self.left) = (fresh, LONGEST_RECORD);
            return;
        }
        if self.left == 0 && (envelope.dataset.is_some() || envelope.field != Field::None) {
            self.left = LONGEST_RECORD;
        }
        self.envelope = envelope;
        self.left = self.left.saturating_sub(1);
    }

    /// What is known of a text that comes now.
    pub(in crate::engine) fn current(&self) -> Envelope<'a> {
        if self.left == 0 {
            Envelope::default()
        } else {
            self.envelope
        }
    }

    /// Whether nothing is known of a text that comes now.
    pub(super) fn is_spent(&self) -> bool {
        self.left == 0 && self.border.is_none()
    }

    /// The record had its payload.
    pub(in crate::engine) fn spend(&mut self) {
        (self.left, self.border, self.in_data) = (0, None, false);
    }
}
