//! CSV in the dialect of the Java client.
//!
//! The dialect decides what is hashed, so two clients must agree on it to the byte. Read and
//! written is UTF-8 with commas and double quotes.
//!
//! - The first line end of a file (LF, CRLF or CR) says what its line ends are; inside of quotes
//!   they become LF.
//! - Lines without anything but blanks are skipped, and lines that begin with `#`, even the first.
//! - Around unquoted fields, characters up to U+0020 are trimmed; in quotes, nothing is.
//! - `""` in quotes is one quote. A quote inside of an unquoted field is a quote; if something
//!   follows a closing quote, the field's quotes are kept.
//! - Which fields are NULL says [`InputNull`].
//! - All rows have as many fields as the first.
//!
//! Where the Java client guesses, this reader refuses: a file that ends inside of quotes, and a
//! line end of another kind than the first one (see docs/c3r.md).

mod error;
mod fields;
mod reader;
mod writer;

pub use error::CsvError;
pub use fields::Record;
pub use reader::Reader;
pub use writer::Writer;

/// The most columns of a file.
pub const MOST_COLUMNS: usize = 10_000;

/// The most bytes of a row, if the caller does not say otherwise.
pub const LONGEST_ROW: usize = 16 << 20;

/// Which fields of an input are NULL.
///
/// | | nothing | `""` | other |
/// |---|---|---|---|
/// | [`Self::Empty`] | NULL | NULL | |
/// | [`Self::Unquoted`] | NULL | empty | |
/// | [`Self::Quoted`] | empty | NULL | |
/// | [`Self::Text`] | empty | empty | NULL if it is that text, quoted or not |
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum InputNull {
    /// Whatever is empty.
    #[default]
    Empty,
    /// Nothing between two commas, but not a pair of quotes.
    Unquoted,
    /// A pair of quotes, but not nothing.
    Quoted,
    /// This text.
    Text(String),
}

impl InputNull {
    /// As the option `--csvInputNULLValue` means it: absent, blank, `""` or a text.
    pub fn of_option(option: Option<&str>) -> Self {
        match option {
            None => Self::Empty,
            Some(it) if it.trim().is_empty() => Self::Unquoted,
            Some("\"\"") => Self::Quoted,
            Some(it) => Self::Text(it.to_owned()),
        }
    }
}
