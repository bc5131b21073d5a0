//! The tables of a query: pinned all together before any is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use glovebox_catalog::{Opened, ReadRecorder, Stop, TableLocation, pin, pin_some};
use glovebox_model::{Column, ColumnName, Digest, TableName};
use tokio::runtime::Handle;

use crate::Cause;
use crate::manifests::Manifests;
use crate::pushed::Hints;

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
    pub(crate) manifests: Manifests,
}

/// The listings of all tables of a query, taken before any of them is opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pinned(pub(crate) Manifests);

impl Pinned {
    /// Lists the files of every table; reads none of them.
    pub(crate) fn of(inputs: &[Input]) -> Result<Self, Cause> {
        let mut manifests = Manifests::default();
        for Input { table, location, columns: _ } in inputs {
            let one = pin(location, &Stop::default()).map_err(|it| Cause::source(table, it))?;
            manifests.insert(table.clone(), one.manifest());
        }
        Ok(Self(manifests))
    }

    /// Over the listings of all tables.
    pub fn digest(&self) -> Digest {
        self.0.digest()
    }
}

/// Pins every table of the plan, then opens them. A table that was pinned before must not have
/// changed since.
pub(crate) fn open(
    inputs: &[Input],
    scanned: &BTreeMap<TableName, Vec<ColumnName>>,
    before: &Manifests,
    hints: &Hints,
    (recorder, stop): (Option<&Arc<dyn ReadRecorder>>, &Stop),
) -> Result<Inputs, Cause> {
    let mut pinned = Vec::new();
    let mut manifests = Manifests::default();
    for (table, columns) in scanned {
        let input = inputs.iter().find(|it| it.table == *table);
        let input = input.ok_or(Cause::Internal("a table of the plan has no input"))?;
        let hints = hints.get(table).map(Vec::as_slice).unwrap_or_default();
        let one = pin_some(&input.location, hints, stop).map_err(|it| Cause::source(table, it))?;
        manifests.insert(table.clone(), one.manifest());
        pinned.push((input, columns, one));
    }
    if manifests.differ(before) {
        return Err(Cause::Changed);
    }
    let mut opened = Inputs { tables: BTreeMap::new(), manifests };
    for (input, columns, one) in pinned {
        match one.open(&input.columns, columns, recorder.cloned()) {
            Ok(it) => drop(opened.tables.insert(input.table.clone(), it)),
            Err(fault) => {
                // What runs at a source for the others is ended there.
                if let Ok(runtime) = Handle::try_current() {
                    runtime.block_on(opened.abandon());
                }
                return Err(Cause::source(&input.table, fault));
            }
        }
    }
    Ok(opened)
}

impl Inputs {
    /// Over the manifests of all tables.
    pub(crate) fn digest(&self) -> Digest {
        self.manifests.digest()
    }

    pub(crate) fn stop(&self) {
        self.tables.values().for_each(|it| it.reading.stop());
    }

    /// Reads no more, and leaves nothing at the sources.
    pub(crate) async fn abandon(&self) {
        self.stop();
        drop(self.complete().await);
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
