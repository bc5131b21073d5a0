//! The schema: which column of the input becomes which columns of the output, and how.

mod json;
mod read;

use std::collections::BTreeSet;

use crate::{Header, HeaderError, Pad};

/// The most target columns of a table.
pub const MOST_COLUMNS: usize = 1600;

/// The most bytes of a schema file.
const LONGEST_SCHEMA: usize = 4 << 20;

/// What becomes of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Encrypted, so that who has the secret can decrypt it.
    Sealed(Pad),
    /// Hashed under a key, so that equal values can be found.
    Fingerprint,
    /// Left as it is.
    Cleartext,
}

/// One column of the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Where its values come from.
    pub source: Header,
    /// What it is called.
    pub target: Header,
    /// What becomes of the values.
    pub kind: ColumnKind,
}

/// A whole schema, which is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    columns: Vec<Column>,
    positions: Option<usize>,
}

/// What is wrong with a schema, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// Nothing is in it.
    #[error("the schema is empty")]
    Empty,
    /// It is longer than any schema needs to be.
    #[error("the schema has {0} bytes, and {LONGEST_SCHEMA} is the most")]
    TooLong(usize),
    /// It is not text.
    #[error("the schema is not UTF-8 (byte {at})")]
    NotUtf8 {
        /// How many bytes are.
        at: usize,
    },
    /// It is not JSON.
    #[error("line {line}, column {column}: {what}")]
    Syntax {
        /// Counted from 1.
        line: usize,
        /// In characters, counted from 1.
        column: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// It is JSON, but no schema.
    #[error("{place}: {what}")]
    Meaning {
        /// Which element, like `columns[3].pad.length`.
        place: String,
        /// What is wrong.
        what: String,
    },
}

impl SchemaError {
    pub(crate) fn at(place: &str, what: impl Into<String>) -> Self {
        Self::Meaning { place: place.to_owned(), what: what.into() }
    }
}

impl Schema {
    /// Reads a schema file.
    ///
    /// Lenient as the Java client: comments, single quotes, bare words and a byte order mark are
    /// accepted, the last of several equal keys wins, unknown keys are not looked at.
    pub fn parse(file: &[u8]) -> Result<Self, SchemaError> {
        if file.len() > LONGEST_SCHEMA {
            return Err(SchemaError::TooLong(file.len()));
        }
        let text = std::str::from_utf8(file)
            .map_err(|it| SchemaError::NotUtf8 { at: it.valid_up_to() })?;
        read::schema(&json::parse(text)?)
    }

    /// A schema for an input with headers.
    pub fn mapped(columns: Vec<Column>) -> Result<Self, SchemaError> {
        Self::checked(columns, None)
    }

    fn checked(columns: Vec<Column>, positions: Option<usize>) -> Result<Self, SchemaError> {
        if columns.is_empty() || columns.len() > MOST_COLUMNS {
            let what = format!(
                "the schema has {} target columns, and must have 1 to {MOST_COLUMNS}",
                columns.len()
            );
            return Err(SchemaError::at("columns", what));
        }
        let mut seen = BTreeSet::new();
        for column in &columns {
            if !seen.insert(&column.target) {
                let what = format!("two target columns are called `{}`", column.target);
                return Err(SchemaError::at("columns", what));
            }
        }
        Ok(Self { columns, positions })
    }

    /// The columns of the output, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How many columns the input has, if the schema goes by position and not by name.
    ///
    /// The input then has no header line, and its columns are called `_c0`, `_c1` and so on.
    pub const fn positions(&self) -> Option<usize> {
        self.positions
    }

    /// The schema as JSON, as the Java client writes and reads it.
    pub fn to_json(&self) -> String {
        let mut lists: Vec<Vec<String>> = vec![Vec::new(); self.positions.unwrap_or(1)];
        for column in &self.columns {
            let place = self.positions.and_then(|_| position(&column.source)).unwrap_or(0);
            if let Some(list) = lists.get_mut(place) {
                list.push(self.column_json(column));
            }
        }
        let columns: Vec<String> = match self.positions {
            None => lists.concat(),
            Some(_) => lists.iter().map(|it| format!("    [\n{}\n    ]", it.join(",\n"))).collect(),
        };
        let has_header_row = self.positions.is_none();
        format!(
            "{{\n  \"headerRow\": {has_header_row},\n  \"columns\": [\n{}\n  ]\n}}\n",
            columns.join(",\n")
        )
    }

    /// Names are of characters that JSON need not escape.
    fn column_json(&self, column: &Column) -> String {
        let source = match self.positions {
            None => format!("\"sourceHeader\": \"{}\", ", column.source),
            Some(_) => String::new(),
        };
        let kind = match column.kind {
            ColumnKind::Cleartext => "\"cleartext\"".to_owned(),
            ColumnKind::Fingerprint => "\"fingerprint\"".to_owned(),
            ColumnKind::Sealed(pad) => {
                let pad = match pad {
                    Pad::None => "{ \"type\": \"none\" }".to_owned(),
                    Pad::Fixed(it) => format!("{{ \"type\": \"fixed\", \"length\": {it} }}"),
                    Pad::Max(it) => format!("{{ \"type\": \"max\", \"length\": {it} }}"),
                };
                format!("\"sealed\", \"pad\": {pad}")
            }
        };
        format!("    {{ {source}\"targetHeader\": \"{}\", \"type\": {kind} }}", column.target)
    }
}

/// The place of a column that is called by its place.
pub(crate) fn position(source: &Header) -> Option<usize> {
    source.as_str().strip_prefix("_c")?.parse().ok()
}

/// A name in a schema may be shown: it is not data.
fn header(place: &str, text: &str) -> Result<Header, SchemaError> {
    Header::new(text).map_err(|it: HeaderError| SchemaError::at(place, format!("{text:?}: {it}")))
}
