//! Why a command ended without its result: place, reason and remedy, never the content of a cell.

use std::fmt;
use std::path::Path;

/// A command's failure, as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    status: u8,
    text: String,
    help: Option<String>,
    cause: Option<String>,
}

impl Failed {
    /// A failure at run time: exit status 1, as the Java client has it.
    pub fn new(text: impl Into<String>) -> Self {
        Self { status: 1, text: text.into(), help: None, cause: None }
    }

    /// Stopped by Ctrl-C or by a request to end: 130, as shells have it.
    pub(crate) fn interrupted() -> Self {
        Self { status: 130, ..Self::new("interrupted: nothing was written") }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds what `--enableStackTraces` shows.
    #[must_use]
    pub fn cause(mut self, cause: &dyn fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// A file could not be read or written; says which, and knows a full disk.
    pub(crate) fn io(what: &str, path: &Path, error: &std::io::Error) -> Self {
        let failed = Self::new(format!("{what} `{}`: {error}", path.display()));
        match error.kind() {
            std::io::ErrorKind::StorageFull
            | std::io::ErrorKind::QuotaExceeded
            | std::io::ErrorKind::FileTooLarge => {
                failed.help("make room there, or name another place; nothing was left behind")
            }
            _ => failed,
        }
    }

    /// The exit status.
    pub fn status(&self) -> u8 {
        self.status
    }

    /// What happened, in one line.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The lines for standard error; `traced` adds the cause.
    pub fn lines(&self, traced: bool) -> String {
        let mut lines = format!("error: {}\n", self.text);
        if let Some(help) = &self.help {
            lines.push_str(&format!("  help: {help}\n"));
        }
        if let (true, Some(cause)) = (traced, &self.cause) {
            lines.push_str(&format!("  cause: {cause}\n"));
        }
        lines
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failed {}
