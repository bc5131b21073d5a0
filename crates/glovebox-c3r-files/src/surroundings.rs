//! What a command finds around itself, given by whoever starts it.

use std::fmt;
use std::io::{BufRead, Write};

use glovebox_c3r::{CollaborationId, Settings};

use crate::{Failed, Origin};

/// Asks a server for a collaboration's settings.
pub type Asks<'a> = dyn Fn(&Origin, &CollaborationId) -> Result<Settings, Failed> + 'a;

/// The world of a command: variables, a server to ask, and the streams of a terminal.
pub struct Surroundings<'a> {
    /// The value of a variable that is set and not empty.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// Asks a server for the settings.
    pub ask: &'a Asks<'a>,
    /// What the user types.
    pub input: &'a mut dyn BufRead,
    /// Where answers go.
    pub output: &'a mut dyn Write,
    /// Where notes and errors go.
    pub notes: &'a mut dyn Write,
    /// Whether a person watches the notes: then progress is shown.
    pub watched: bool,
}

impl fmt::Debug for Surroundings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Surroundings")
    }
}

impl Surroundings<'_> {
    /// A line to the notes; whoever does not listen misses it.
    pub(crate) fn note(&mut self, line: &str) {
        drop(writeln!(self.notes, "{line}"));
    }

    /// Text to the output. A reader that went away is no error of ours.
    pub(crate) fn say(&mut self, text: &str) {
        drop(self.output.write_all(text.as_bytes()).and_then(|()| self.output.flush()));
    }
}
