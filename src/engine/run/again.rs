//! What `--fix-to` sends again, and when it may.

use std::io;

use crate::report::{Doing, InputError};
use crate::resend::{Body, Parcel, Resend};

use super::Run;
use super::file::{OpenFile, Position};

impl Run<'_> {
    /// Takes events in for `--fix-to`, from a block that begins at `position` of the file `name`.
    pub(super) fn send_again(&mut self, name: &str, position: &Position, parcels: Vec<Parcel>) {
        self.resending(|resend| {
            for mut parcel in parcels {
                parcel.line += position.line;
                parcel.event += position.events;
                resend.take(parcel, name)?;
            }
            Ok(())
        });
    }

    /// Lets the events of the last request go: what comes now is no answer to it.
    pub(super) fn let_go(&mut self, file: &mut OpenFile<'_>) {
        let parcels = std::mem::take(&mut file.asking);
        self.send_again(&file.tally.name, &Position::default(), parcels);
    }

    /// Lets the events go whose body has come to its end.
    pub(super) fn release(&mut self, file: &OpenFile<'_>, body: &Body) {
        self.resending(|resend| resend.release(body, &file.tally.name));
    }

    /// Does something with what is to be sent again, if anything is.
    pub(super) fn resending(&mut self, work: impl FnOnce(&mut Resend) -> io::Result<()>) {
        let Some(mut resend) = self.resend.take() else {
            return;
        };
        match work(&mut resend) {
            Ok(()) => self.resend = Some(resend),
            // Half of it would be taken for the whole.
            Err(fault) => self.not_resent(&resend, &fault),
        }
    }

    pub(super) fn not_resent(&mut self, resend: &Resend, fault: &io::Error) {
        self.failed(InputError {
            path: resend.directory().display().to_string(),
            message: crate::input::walk::io_message(fault),
            doing: Doing::Writing,
        });
    }
}
