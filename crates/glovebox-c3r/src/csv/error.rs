//! What can be wrong with a CSV file. No error contains a field.

use super::MOST_COLUMNS;

/// What is wrong with a CSV file, and where. Lines count from 1; rows count from 1 behind the
/// header.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// It cannot be read.
    #[error("the input cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// It is not UTF-8.
    #[error("line {line} is not UTF-8: save the file as UTF-8 and try again")]
    NotUtf8 {
        /// Where.
        line: u64,
    },
    /// It has no line that is not blank and no comment.
    #[error("the input has no header line: it is empty, or all of its lines are comments (#)")]
    NoHeader,
    /// A row has more or fewer fields than the first.
    #[error("row {row} (line {line}) has {found} fields, and the first line has {expected}")]
    ColumnCount {
        /// Which row.
        row: u64,
        /// In which line it begins.
        line: u64,
        /// What the first has.
        expected: usize,
        /// What it has.
        found: usize,
    },
    /// Too many fields.
    #[error("line {line} has more than {MOST_COLUMNS} fields")]
    TooManyColumns {
        /// Where.
        line: u64,
    },
    /// A row does not end.
    #[error(
        "row {row} (line {line}) has more than {limit} bytes: is a closing quote missing there?"
    )]
    RowTooLong {
        /// Which row.
        row: u64,
        /// In which line it begins.
        line: u64,
        /// The limit.
        limit: usize,
    },
    /// The file ends inside of quotes.
    #[error("the file ends inside of quotes, in row {row}, which begins in line {line}")]
    OpenQuote {
        /// Which row.
        row: u64,
        /// In which line it begins.
        line: u64,
    },
    /// A line end that is not one of this file's, outside of quotes.
    #[error(
        "line {line} holds a line end of another kind (LF) than the first line: make all of them \
         the same, or put the field into quotes"
    )]
    MixedLineEnds {
        /// Where.
        line: u64,
    },
}
