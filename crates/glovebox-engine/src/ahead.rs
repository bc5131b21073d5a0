//! The distant tables of a private query, read to their ends before anything is computed.
//!
//! While a plan runs, a source sees how fast it takes rows and when it is done with them. Both
//! depend on rows of other members, and of a private query nothing but its noisy answer may.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::execution::TempFileFactory;
use futures::future::join_all;
use glovebox_catalog::{NotSpooled, Spooled, Stop, Unavailable};
use glovebox_model::TableName;
use tokio::runtime::Handle;

use crate::Cause;
use crate::inputs::{Input, Inputs};
use crate::pushed::Hints;

/// Tables whose rows lie in files of the house.
pub(crate) type Spools = BTreeMap<TableName, Spooled>;

/// How tables are read ahead.
pub(crate) struct Ahead {
    /// What no scan of a table wants.
    pub(crate) hints: Hints,
    pub(crate) partitions: usize,
    pub(crate) files: Arc<dyn TempFileFactory>,
}

impl Ahead {
    /// Reads every table that somebody watches, all at the same time and each to its end, and
    /// puts its rows in its place. Blocks, on a thread of a runtime that may.
    pub(crate) fn read(
        self,
        opened: &mut Inputs,
        inputs: &[Input],
        stop: &Stop,
    ) -> Result<(), Cause> {
        let runtime = Handle::try_current().map_err(|_| Cause::Internal("no runtime"))?;
        let watched = inputs.iter().filter(|it| it.location.is_watched());
        let reading = watched.filter_map(|it| {
            let (table, one) = opened.tables.remove_entry(&it.table)?;
            let hints = self.hints.get(&table).cloned().unwrap_or_default();
            let files = Arc::clone(&self.files);
            let partitions = self.partitions;
            Some(async move { (table, one.spooled((hints, partitions), files).await) })
        });
        let done = runtime.block_on(join_all(reading.collect::<Vec<_>>()));
        let (mut spools, mut failed) = (Spools::new(), None);
        for (table, outcome) in done {
            match outcome {
                Ok(spooled) => drop(spools.insert(table, spooled)),
                Err(NotSpooled::Source(fault)) => {
                    // Who was told to stop is not why.
                    let is_told = matches!(fault, Unavailable::Stopped);
                    if !is_told || failed.is_none() {
                        failed = Some(Cause::source(&table, fault));
                    }
                }
                Err(NotSpooled::House(kind)) => failed = failed.or(Some(Cause::Disk(kind))),
            }
        }
        match failed {
            Some(failed) => Err(failed),
            None => {
                opened.take(&spools, stop);
                Ok(())
            }
        }
    }
}

impl Inputs {
    /// Has the rows that were read before as tables of its own.
    pub(crate) fn take(&mut self, spools: &Spools, stop: &Stop) {
        for (table, spooled) in spools {
            self.manifests.insert(table.clone(), spooled.manifest());
            self.tables.insert(table.clone(), spooled.opened(stop));
            self.spools.insert(table.clone(), spooled.clone());
        }
    }

    /// Bytes of these rows in the files of the house.
    pub(crate) fn spooled_bytes(&self) -> u64 {
        self.spools.values().map(Spooled::bytes).fold(0, u64::saturating_add)
    }
}
