//! The tables of a query: pinned all together before any is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use glovebox_catalog::{Opened, ReadRecorder, Stop, TableLocation, Unavailable, pin, pin_some};
use glovebox_model::{Column, ColumnName, Digest, TableName};
use tokio::runtime::Handle;

use crate::Cause;
use crate::ahead::Spools;
use crate::manifests::Manifests;
use crate::pushed::Hints;
use crate::together::together;

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
    /// Those of them that were read to their ends before.
    pub(crate) spools: Spools,
}

/// The listings of all tables of a query, taken before any of them is opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pinned(pub(crate) Manifests);

impl Pinned {
    /// Lists the files of every table; reads none of them.
    pub(crate) fn of(inputs: &[Input], stop: &Stop) -> Result<Self, Cause> {
        let listed = together(inputs.iter().collect(), |Input { table, location, columns: _ }| {
            let one = pin(location, stop).map_err(|it| Cause::source(table, it))?;
            Ok((table, one))
        });
        let mut manifests = Manifests::default();
        for listed in listed {
            let (table, one) = listed?;
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
    let mut wanted = Vec::new();
    for (table, columns) in scanned {
        let input = inputs.iter().find(|it| it.table == *table);
        let input = input.ok_or(Cause::Internal("a table of the plan has no input"))?;
        wanted.push((input, columns));
    }
    let listed = together(wanted, |(input, columns)| {
        let hints = hints.get(&input.table).map(Vec::as_slice).unwrap_or_default();
        let one = pin_some(&input.location, hints, stop);
        Ok((input, columns, one.map_err(|it| Cause::source(&input.table, it))?))
    });
    let pinned: Vec<_> = listed.into_iter().collect::<Result<_, _>>()?;
    let mut manifests = Manifests::default();
    for (input, _, one) in &pinned {
        manifests.insert(input.table.clone(), one.manifest());
    }
    if manifests.differ(before) {
        return Err(Cause::Changed);
    }
    let outcomes = together(pinned, |(input, columns, one)| {
        let opened = one.open(&input.columns, columns, recorder.cloned());
        Ok((input.table.clone(), opened.map_err(|it| Cause::source(&input.table, it))?))
    });
    let (tables, spools) = (BTreeMap::new(), Spools::new());
    let (mut opened, mut failed) = (Inputs { tables, manifests, spools }, None);
    for outcome in outcomes {
        match outcome {
            Ok((table, it)) => drop(opened.tables.insert(table, it)),
            Err(cause) => failed = failed.or(Some(cause)),
        }
    }
    let Some(failed) = failed else { return Ok(opened) };
    // What runs at a source for the others is ended there.
    if let Ok(runtime) = Handle::try_current() {
        runtime.block_on(opened.abandon());
    }
    Err(failed)
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

    /// The first table whose reading failed by itself.
    pub(crate) fn fault(&self) -> Option<Cause> {
        let faults = self.tables.iter();
        own(faults.filter_map(|(table, opened)| Some((table, opened.reading.fault()?))))
    }

    /// Reads on to the ends, or waits for what still reads.
    pub(crate) async fn complete(&self) -> Result<(), Cause> {
        let mut outcome = Ok(());
        for (table, opened) in &self.tables {
            let done = opened.reading.complete().await.map_err(|it| Cause::source(table, it));
            outcome = outcome.and(done);
        }
        outcome.map_err(|it| self.fault().unwrap_or(it))
    }
}

/// The first fault that is a source's own. When one table fails, the others are told to stop: what
/// waited for its store then says so, and its owner has nothing to mend.
fn own<'a>(faults: impl IntoIterator<Item = (&'a TableName, Unavailable)>) -> Option<Cause> {
    let own = faults.into_iter().find(|(_, it)| *it != Unavailable::Stopped);
    own.map(|(table, it)| Cause::source(table, it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_was_told_to_stop_is_not_blamed() {
        let [audience, visits] = ["audience", "visits"].map(|it| TableName::new(it).unwrap());
        let corrupt = || Unavailable::Corrupt { path: "db/visits.csv".into(), row_group: None };
        let blamed = own([(&audience, Unavailable::Stopped), (&visits, corrupt())]);
        let Some(Cause::Source { table, source }) = &blamed else { panic!("{blamed:?}") };
        assert_eq!((table, source), (&visits, &corrupt()));
        assert!(own([(&audience, Unavailable::Stopped)]).is_none());
    }
}
