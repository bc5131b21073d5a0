//! A first look at all rows: what would fail, and how long the longest values are.

use crate::{CellError, ColumnKind, LONGEST_CELL, Pad, Plan, RowError, Value, sealed};

/// Looks at rows before any of them is encrypted.
///
/// A row that passes can be encrypted: what is wrong with a value is said while its row is still
/// known.
#[derive(Clone, Debug)]
pub struct Measure<'p> {
    plan: &'p Plan,
    longest: Vec<usize>,
}

/// For each target column, the bytes of the longest payload: what MAX padding starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Longest(pub(crate) Vec<usize>);

impl<'p> Measure<'p> {
    /// Has seen nothing.
    pub fn new(plan: &'p Plan) -> Self {
        Self { plan, longest: vec![0; plan.columns().len()] }
    }

    /// Looks at a row, of which the n-th of [`Plan::used`] has the value `value(n)`.
    pub fn row<'v>(&mut self, value: impl Fn(usize) -> Value<'v>) -> Result<(), RowError> {
        for (column, longest) in self.plan.columns().iter().zip(&mut self.longest) {
            let value = &value(column.slot);
            let wrong = |error| RowError::Cell { target: column.target.clone(), error };
            match column.kind {
                ColumnKind::Fingerprint => {}
                ColumnKind::Cleartext => {
                    let n = value.text_length();
                    if n > LONGEST_CELL {
                        return Err(wrong(CellError::TooLong(n)));
                    }
                }
                ColumnKind::Sealed(_) if value.is_null() && self.plan.settings().preserve_nulls => {
                }
                ColumnKind::Sealed(pad) => {
                    let n = value.payload_length();
                    // MAX is known when all rows were seen.
                    let n_pad = match pad {
                        Pad::Max(_) => 0,
                        Pad::None | Pad::Fixed(_) => pad.amount(n, 0).map_err(wrong)?,
                    };
                    let n_cell = sealed::length(n + n_pad);
                    if n_cell > LONGEST_CELL {
                        return Err(wrong(CellError::TooLong(n_cell)));
                    }
                    *longest = n.max(*longest);
                }
            }
        }
        Ok(())
    }

    /// Adds what another one has seen.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.longest.iter_mut().zip(&other.longest) {
            *mine = (*theirs).max(*mine);
        }
    }

    /// All rows were seen.
    pub fn finish(self) -> Result<Longest, RowError> {
        for (column, longest) in self.plan.columns().iter().zip(&self.longest) {
            let ColumnKind::Sealed(pad @ Pad::Max(_)) = column.kind else { continue };
            let wrong = |error| RowError::Cell { target: column.target.clone(), error };
            pad.amount(*longest, *longest).map_err(wrong)?;
        }
        Ok(Longest(self.longest))
    }
}
