//! Encryption, row by row.

use zeroize::Zeroize as _;

use crate::primitives::Cipher;
use crate::{
    CellError, ColumnKind, DataType, FingerprintKey, Header, Keys, LONGEST_CELL, Longest, Nonce,
    Plan, Value, csv, sealed,
};

/// Encrypts the rows of one table. Prepared once, used by any number of threads.
pub struct Encryptor<'k> {
    keys: &'k Keys,
    columns: Vec<Prepared>,
    preserve_nulls: bool,
    has_sealed: bool,
}

struct Prepared {
    target: Header,
    slot: usize,
    data_type: DataType,
    longest: usize,
    kind: ColumnKind,
    fingerprint: Option<FingerprintKey>,
}

/// Encrypts rows one after the other; one for each thread.
pub struct Row<'e> {
    encryptor: &'e Encryptor<'e>,
    nonce: Nonce,
    cipher: Option<Cipher>,
    buffer: Vec<u8>,
}

/// What became of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// A cell was appended.
    Cell,
    /// It is NULL in the output, too: nothing was appended.
    Null,
    /// The column is left in cleartext: nothing was appended, the value goes as it is.
    Cleartext,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// One of its values.
    #[error("target column `{target}`: {error}")]
    Cell {
        /// For which column of the output.
        target: Header,
        /// What.
        error: CellError,
    },
    /// The caller asks for a column that there is not, or has not begun the row.
    #[error("the row was not begun, or has no such column")]
    OutOfOrder,
}

impl<'k> Encryptor<'k> {
    /// Prepares all keys of a table's columns.
    pub fn new(plan: &Plan, keys: &'k Keys, longest: &Longest) -> Self {
        let settings = plan.settings();
        let columns = plan.columns().iter().enumerate().map(|(n, column)| Prepared {
            target: column.target.clone(),
            slot: column.slot,
            data_type: column.value_type.data_type,
            longest: longest.0.get(n).copied().unwrap_or(0),
            kind: column.kind,
            fingerprint: (column.kind == ColumnKind::Fingerprint)
                .then(|| keys.fingerprint(&column.target, settings)),
        });
        let is_sealed = |it: &Prepared| matches!(it.kind, ColumnKind::Sealed(_));
        let columns: Vec<_> = columns.collect();
        let has_sealed = columns.iter().any(is_sealed);
        Self { keys, columns, preserve_nulls: settings.preserve_nulls, has_sealed }
    }

    /// What one thread needs to encrypt rows.
    pub fn rows(&self) -> Row<'_> {
        let buffer = Vec::with_capacity(sealed::ROOM);
        Row { encryptor: self, nonce: Nonce([0; 32]), cipher: None, buffer }
    }
}

impl Row<'_> {
    /// Begins a row. The nonce must come from a secure generator and must not come twice.
    pub fn begin(&mut self, nonce: &Nonce) {
        self.nonce = *nonce;
        self.cipher = self.encryptor.has_sealed.then(|| self.encryptor.keys.row(nonce));
    }

    /// Appends the cell of a target column, by its place. `random` is asked for 32 bytes where a
    /// NULL becomes a fingerprint.
    pub fn cell(
        &mut self,
        column: usize,
        value: &Value<'_>,
        random: &mut dyn FnMut() -> [u8; 32],
        cell: &mut Vec<u8>,
    ) -> Result<Output, RowError> {
        let column = self.encryptor.columns.get(column).ok_or(RowError::OutOfOrder)?;
        let wrong = |error| RowError::Cell { target: column.target.clone(), error };
        if column.kind == ColumnKind::Cleartext {
            return Ok(Output::Cleartext);
        }
        if value.is_null() && self.encryptor.preserve_nulls {
            return Ok(Output::Null);
        }
        if let Some(key) = &column.fingerprint {
            let done = if value.is_null() {
                key.null(column.data_type, &random(), cell)
            } else {
                key.value(value, cell)
            };
            return done.map(|()| Output::Cell).map_err(wrong);
        }
        let (ColumnKind::Sealed(pad), Some(cipher)) = (column.kind, &self.cipher) else {
            return Err(RowError::OutOfOrder);
        };
        let place = (cipher, &self.nonce, &column.target);
        sealed::seal(place, value, (pad, column.longest), &mut self.buffer, cell)
            .map(|()| Output::Cell)
            .map_err(wrong)
    }

    /// Appends a whole row of a CSV file, of which the n-th of [`Plan::used`] has the field
    /// `field(n)`.
    pub fn csv<'v>(
        &mut self,
        field: impl Fn(usize) -> Option<&'v [u8]>,
        nonce: &Nonce,
        random: &mut dyn FnMut() -> [u8; 32],
        writer: &csv::Writer,
        line: &mut Vec<u8>,
    ) -> Result<(), RowError> {
        self.begin(nonce);
        for (n, column) in self.encryptor.columns.iter().enumerate() {
            let field = field(column.slot);
            writer.separate(n, line);
            match self.cell(n, &Value::text(field), random, line)? {
                // A cell has no character that would have to be quoted.
                Output::Cell => {}
                Output::Null => writer.field(n, None, line),
                Output::Cleartext => {
                    if let Some(n_bytes) = field.map(<[u8]>::len).filter(|it| *it > LONGEST_CELL) {
                        let (target, error) = (column.target.clone(), CellError::TooLong(n_bytes));
                        return Err(RowError::Cell { target, error });
                    }
                    writer.field(n, field, line);
                }
            }
        }
        writer.end_row(line);
        Ok(())
    }
}

impl Drop for Row<'_> {
    fn drop(&mut self) {
        if let Some(cipher) = &mut self.cipher {
            cipher.wipe();
        }
        self.buffer.zeroize();
    }
}

impl std::fmt::Debug for Encryptor<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Encryptor({} columns)", self.columns.len())
    }
}

impl std::fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Row(..)")
    }
}
