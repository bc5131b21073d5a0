//! What is wrong with a room, and how to mend it.

use std::fmt;

/// One fault of a room's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to write instead.
    pub text: String,
}

impl RoomError {
    pub(crate) fn new(line: usize, text: impl Into<String>) -> Self {
        Self { line, text: text.into() }
    }
}

impl fmt::Display for RoomError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.text)
    }
}

impl std::error::Error for RoomError {}
