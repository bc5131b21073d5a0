//! The tables of a query: pinned all together before any is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use glovebox_catalog::{Opened, ReadRecorder, TableLocation, pin};
use glovebox_model::{Column, ColumnName, Digest, TableName};

use crate::Cause;

/// A table that a query may read.
#[derive(Debug, Clone)]
pub struct Input {
    /// The name under which it is queried.
    pub table: TableName,
    /// Where it lies.
    pub location: TableLocation,
    /// All columns as they were configured, partition keys too; every one must still be there.
    pub columns: Vec<Column>,
}

/// The tables of a query, opened.
pub(crate) struct Inputs {
    pub(crate) tables: BTreeMap<TableName, Opened>,
    /// Over the manifests of all tables.
    pub(crate) digest: Digest,
}

/// Pins every table of the plan, then opens them. `expected` is the digest of an earlier
/// opening in the same query.
pub(crate) fn open(
    inputs: &[Input],
    scanned: &BTreeMap<TableName, Vec<ColumnName>>,
    expected: Option<Digest>,
    recorder: Option<&Arc<dyn ReadRecorder>>,
) -> Result<Inputs, Cause> {
    let mut pinned = Vec::new();
    let mut manifests = String::from("glovebox inputs 1\n");
    for (table, columns) in scanned {
        let input = inputs.iter().find(|it| it.table == *table);
        let input = input.ok_or(Cause::Internal("a table of the plan has no input"))?;
        let one = pin(&input.location).map_err(|it| Cause::source(table, it))?;
        manifests.push_str(&format!("{table} {}\n", one.manifest().digest()));
        pinned.push((input, columns, one));
    }
    let digest = Digest::of(manifests.as_bytes());
    if expected.is_some_and(|it| it != digest) {
        return Err(Cause::Changed);
    }
    let mut tables = BTreeMap::new();
    for (input, columns, one) in pinned {
        let opened = one
            .open(&input.columns, columns, recorder.cloned())
            .map_err(|it| Cause::source(&input.table, it))?;
        tables.insert(input.table.clone(), opened);
    }
    Ok(Inputs { tables, digest })
}

impl Inputs {
    pub(crate) fn stop(&self) {
        self.tables.values().for_each(|it| it.reading.stop());
    }

    /// The first table whose reading failed.
    pub(crate) fn fault(&self) -> Option<Cause> {
        let fault = |(table, opened): (&TableName, &Opened)| {
            opened.reading.fault().map(|it| Cause::source(table, it))
        };
        self.tables.iter().find_map(fault)
    }

    /// Reads on to the ends, or waits for what still reads.
    pub(crate) async fn complete(&self) -> Result<(), Cause> {
        let mut outcome = Ok(());
        for (table, opened) in &self.tables {
            let done = opened.reading.complete().await.map_err(|it| Cause::source(table, it));
            outcome = outcome.and(done);
        }
        outcome
    }
}
