//! The tables of a query: pinned all together before any is read.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;

use glovebox_catalog::{Opened, Pinned as Found, ReadRecorder, Stop, TableLocation, pin, pin_some};
use glovebox_model::{Column, ColumnName, Digest, TableName};
use tokio::runtime::Handle;

use crate::Cause;
use crate::engine::STACK_BYTES;
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

/// What was pinned earlier in the same query, by table.
pub(crate) type Manifests = BTreeMap<TableName, Digest>;

/// The listings of all tables of a query, taken before any of them is opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pinned(pub(crate) Manifests);

impl Pinned {
    /// Lists the files of every table; reads none of them.
    pub(crate) fn of(inputs: &[Input]) -> Result<Self, Cause> {
        let listed = together(inputs.iter().collect(), |Input { table, location, columns: _ }| {
            let one = pin(location, &Stop::default()).map_err(|it| Cause::source(table, it))?;
            Ok((table.clone(), one.manifest().digest()))
        });
        Ok(Self(listed?.into_iter().collect()))
    }

    /// Over the listings of all tables.
    pub fn digest(&self) -> Digest {
        digest(&self.0)
    }
}

fn digest(manifests: &Manifests) -> Digest {
    let mut text = String::from("glovebox inputs 1\n");
    for (table, digest) in manifests {
        text.push_str(&format!("{table} {digest}\n"));
    }
    Digest::of(text.as_bytes())
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
    let pinned = together(wanted, |(input, columns)| {
        let hints = hints.get(&input.table).map(Vec::as_slice).unwrap_or_default();
        let one = pin_some(&input.location, hints, stop);
        Ok((input, columns, one.map_err(|it| Cause::source(&input.table, it))?))
    })?;
    let manifest = |it: &(&Input, _, Found)| (it.0.table.clone(), it.2.manifest().digest());
    let manifests: Manifests = pinned.iter().map(manifest).collect();
    if manifests.iter().any(|(table, it)| before.get(table).is_some_and(|before| before != it)) {
        return Err(Cause::Changed);
    }
    let opened = together(pinned, |(input, columns, one)| {
        let opened = one.open(&input.columns, columns, recorder.cloned());
        Ok((input.table.clone(), opened.map_err(|it| Cause::source(&input.table, it))?))
    });
    let tables = opened?.into_iter().collect();
    Ok(Inputs { tables, manifests })
}

/// Does the same for every table at once, each on a thread that may block: no member's storage
/// is waited for before another's is asked, and none is asked less because another's failed. Of
/// several failures the first in the order of the tables counts.
fn together<T: Send, R: Send>(
    tables: Vec<T>,
    work: impl Fn(T) -> Result<R, Cause> + Sync,
) -> Result<Vec<R>, Cause> {
    let (work, runtime) = (&work, Handle::try_current().ok());
    let done: Vec<Result<R, Cause>> = thread::scope(|scope| {
        let begin = |table: T| {
            let runtime = runtime.clone();
            let builder = thread::Builder::new().name("engine".into()).stack_size(STACK_BYTES);
            builder.spawn_scoped(scope, move || {
                let _inside = runtime.as_ref().map(Handle::enter);
                work(table)
            })
        };
        let begun: Vec<_> = tables.into_iter().map(begin).collect();
        let panicked = || Err(Cause::Internal("opening panicked"));
        let end = |it: Result<thread::ScopedJoinHandle<'_, _>, std::io::Error>| {
            it.map_err(|it| Cause::Disk(it.kind()))?.join().unwrap_or_else(|_| panicked())
        };
        begun.into_iter().map(end).collect()
    });
    done.into_iter().collect()
}

impl Inputs {
    /// Over the manifests of all tables.
    pub(crate) fn digest(&self) -> Digest {
        digest(&self.manifests)
    }

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
