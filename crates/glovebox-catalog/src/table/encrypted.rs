//! Checks, for its owner, that encrypted columns hold encrypted cells.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use glovebox_model::{CellFault, Column, ColumnName, Encryption, TableSchema, check_cell};

use super::source::Scan;
use super::stop::Stop;
use super::work::Work;
use super::{TableLocation, Unavailable, pin};

/// So many rows of every text file, and of every row group of a Parquet file, are looked at: the
/// first ones.
pub const CHECKED_ROWS: usize = 10_000;
/// So many rows of a table are looked at in all, in the order of the paths of its files.
pub const CHECKED_ROWS_OF_TABLE: usize = 1_000_000;

/// Why a table cannot have the encrypted columns that its owner declares. Never says a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CellsFault {
    /// It cannot be read.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// A cell is not what its column is declared to hold.
    #[error(
        "column `{column}`: row {row} of {}`{path}` {fault}",
        row_group.map(|it| format!("row group {it} of ")).unwrap_or_default()
    )]
    Cell {
        /// The column.
        column: ColumnName,
        /// The file, relative to the root of the owner's tables.
        path: String,
        /// The row group of a Parquet file, from 0.
        row_group: Option<usize>,
        /// The row in the file or row group, from 1; a header is no row.
        row: usize,
        /// What is wrong.
        fault: CellFault,
    },
}

impl CellsFault {
    /// The column at fault.
    pub fn column(&self) -> Option<&ColumnName> {
        match self {
            Self::Unavailable(_) => None,
            Self::Cell { column, .. } => Some(column),
        }
    }
}

/// Reads the first rows of a table and compares the cells of encrypted columns with what they
/// are declared to hold: the shape of every cell (NULL is one), and no NULLs where there are none.
///
/// # Errors
/// The first fault, or why the table cannot be read.
pub fn check_cells(
    location: &TableLocation,
    schema: &TableSchema,
    encryption: &Encryption,
    stop: &Stop,
) -> Result<(), CellsFault> {
    let configured: Vec<Column> =
        schema.columns.iter().chain(&schema.partition_keys).cloned().collect();
    let columns: BTreeSet<&ColumnName> =
        encryption.columns.keys().chain(&encryption.without_nulls).collect();
    let shown: Vec<ColumnName> = columns.into_iter().cloned().collect();
    let (source, _) = pin(location, stop)?.readable(&configured, &shown, None)?;
    // One partition for each unit.
    let (projection, partitions) = ((0..shown.len()).collect(), usize::MAX);
    let scan = Scan { projection, hints: Vec::new(), partitions, batch_rows: CHECKED_ROWS };
    let checked = check(&*Arc::clone(&source).scan(scan), &shown, encryption);
    checked.and(source.close().map_err(Into::into))
}

fn check(work: &dyn Work, shown: &[ColumnName], encryption: &Encryption) -> Result<(), CellsFault> {
    let mut rest = CHECKED_ROWS_OF_TABLE;
    for index in 0..work.partitions() {
        let mut check = Check { encryption, columns: shown, rows: 0, most: CHECKED_ROWS.min(rest) };
        let mut found = None;
        if check.most > 0 {
            work.read(index, &mut |batch| {
                found = check.batch(&batch);
                found.is_none() && check.rows < check.most
            })?;
        }
        rest = rest.saturating_sub(check.rows);
        let Some((column, row, fault)) = found else { continue };
        let (path, row_group) = work.place(index);
        return Err(CellsFault::Cell { column, path, row_group, row, fault });
    }
    Ok(())
}

/// The check of one file or row group.
struct Check<'a> {
    encryption: &'a Encryption,
    columns: &'a [ColumnName],
    rows: usize,
    most: usize,
}

impl Check<'_> {
    /// The first cell at fault: its column, its row from 1, and why.
    fn batch(&mut self, batch: &RecordBatch) -> Option<(ColumnName, usize, CellFault)> {
        let looked_at = batch.num_rows().min(self.most.saturating_sub(self.rows));
        let mut first: Option<(ColumnName, usize, CellFault)> = None;
        for (column, cells) in self.columns.iter().zip(batch.columns()) {
            let Some(cells) = cells.as_string_opt::<i32>() else { continue };
            let end = first.as_ref().map_or(looked_at, |it| it.1);
            for row in 0..end {
                let text = cells.is_valid(row).then(|| cells.value(row));
                if let Some(fault) = self.cell(column, text) {
                    first = Some((column.clone(), row, fault));
                    break;
                }
            }
        }
        let before = self.rows;
        self.rows = self.rows.saturating_add(looked_at);
        first.map(|(column, row, fault)| {
            (column, before.saturating_add(row).saturating_add(1), fault)
        })
    }

    fn cell(&self, column: &ColumnName, text: Option<&str>) -> Option<CellFault> {
        match (text, self.encryption.columns.get(column)) {
            (None, _) => self.encryption.without_nulls.contains(column).then_some(CellFault::Null),
            (Some(text), Some(kind)) => check_cell(*kind, text).err(),
            (Some(_), None) => None,
        }
    }
}
