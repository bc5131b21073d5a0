//! Tables that Amazon Athena reads for us: the member's part of the plan as SQL, the result from
//! the bucket where Athena leaves it, and nothing of it left behind.
//!
//! A table is opened by one execution, of which every scan of it is read: Athena promises no
//! common snapshot to two. What an execution will read is not known before it runs, so nothing is
//! pinned and no two manifests are equal: a query that must read a table in two steps fails as if
//! it had changed.

mod client;
mod execution;
mod faults;
mod result;
mod sql;

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_athena::types::Column as AthenaColumn;
use glovebox_model::{AwsService, Column, ObjectProtocol, Objects};

use client::Athena;
use result::Answer;
use sql::Known;

use super::described::Described;
use super::hint::Hint;
use super::layout::MAX_PARTITION_KEYS;
use super::manifest::token;
use super::names::NAMES;
use super::source::{Listed, Opening, Reach, Readable};
use super::stop::Stop;
use super::{Manifest, Unavailable, glue};
use crate::leftover::Cleaned;

/// Time to take away what a test of the connection ran.
const LEAVING: Duration = Duration::from_secs(4);

/// A table as the catalog has it; Athena was asked nothing about its rows.
#[derive(Debug)]
pub(super) struct Found {
    athena: Athena,
    database: String,
    table: String,
    /// The columns, then the keys.
    known: Vec<Known>,
    described: Described,
    hints: Vec<Hint>,
    /// Never twice the same.
    token: String,
}

/// Finds `database.table` by the catalog that Athena uses.
pub(super) fn find(
    (service, workgroup, results): (&AwsService, &str, &Objects),
    reach: &Arc<Reach>,
    (database, table): (&str, &str),
    hints: &[Hint],
    stop: &Stop,
) -> Result<Found, Unavailable> {
    if results.protocol != ObjectProtocol::S3 {
        return Err(Unavailable::Unusable("Athena leaves results in S3 only"));
    }
    let athena = Athena::new(reach, service, workgroup, results);
    let metadata = stop.wait(athena.table(database, table))?;
    let name = format!("{database}.{table}");
    let given = |it: Option<Vec<AthenaColumn>>| it.unwrap_or_default();
    let (columns, keys) = (given(metadata.columns), given(metadata.partition_keys));
    let pairs = |them: &[AthenaColumn]| -> Vec<(String, Option<String>)> {
        them.iter().map(|it| (it.name.clone(), it.r#type.clone())).collect()
    };
    let all = [pairs(&columns), pairs(&keys)].concat();
    let typed = glue::columns(&name, all.iter().map(|(name, kind)| (&**name, kind.as_deref())))?;
    if keys.len() > MAX_PARTITION_KEYS {
        let (path, limit) = (name, MAX_PARTITION_KEYS as u64);
        return Err(Unavailable::Limit { path, what: "partition keys", limit });
    }
    let known: Vec<Known> = typed
        .into_iter()
        .zip(all)
        .map(|(column, (_, kind))| Known::new(column, kind.as_deref().unwrap_or_default()))
        .collect();
    if let Some(column) = known.iter().find(|it| it.is_bytes()) {
        // Athena shows bytes in a form of its own.
        let column = column.column.name.to_string();
        return Err(Unavailable::UnknownType { path: name, column });
    }
    let (of_rows, of_keys) = known.split_at_checked(columns.len()).unwrap_or_default();
    let columns = |them: &[Known]| them.iter().map(|it| it.column.clone()).collect();
    let described =
        Described { columns: columns(of_rows), partition_keys: columns(of_keys), format: None };
    let (database, table) = (database.to_owned(), table.to_owned());
    let (hints, token) = (hints.to_vec(), token()?);
    Ok(Found { athena, database, table, known, described, hints, token })
}

/// Some tables of a database.
pub(super) fn names(
    (service, workgroup, results): (&AwsService, &str, &Objects),
    reach: &Arc<Reach>,
    database: &str,
    stop: &Stop,
) -> Result<Vec<String>, Unavailable> {
    stop.wait(Athena::new(reach, service, workgroup, results).names(database, NAMES))
}

/// Runs a query that reads no table, looks at its result and removes it: all that queries over
/// tables need of the workgroup, the root and the credentials. Athena takes no money for it.
pub(crate) fn try_query(
    (service, workgroup, results): (&AwsService, &str, &Objects),
    reach: &Arc<Reach>,
    database: &str,
    stop: &Stop,
) -> Result<(), Unavailable> {
    let athena = Athena::new(reach, service, workgroup, results);
    let request = client::Request {
        path: workgroup.to_owned(),
        database: database.to_owned(),
        text: "SELECT 1 AS n".to_owned(),
        token: token()?,
    };
    let execution = execution::begin(&athena, request, stop)?;
    let running = async {
        let place = execution.finished().await?;
        execution.result(&place).await?;
        Ok::<_, Unavailable>(place)
    };
    let ran = stop.wait(running);
    let (ran, place) = match ran {
        Ok(place) => (Ok(()), Some(place)),
        Err(why) => (Err(why), None),
    };
    let is_over = place.is_some();
    // Also when there is no time left, and then not for long: what was seen is still to be told.
    let left = Stop::default().wait(async {
        let leaving = tokio::time::timeout(LEAVING, execution.leave(place, is_over)).await;
        let late = "its result could not be removed in time";
        leaving.unwrap_or_else(|_| Err(faults::failed(workgroup, late)))
    });
    ran.and(left)
}

/// Ends what a process that is gone began here.
pub(crate) async fn clean(
    reach: &Arc<Reach>,
    (service, workgroup, results): (&AwsService, &str, &Objects),
    left: (&str, Option<&str>),
) -> Result<Cleaned, Unavailable> {
    execution::clean(Athena::new(reach, service, workgroup, results), left).await
}

impl Listed for Found {
    fn manifest(&self) -> Manifest {
        Manifest::unfixed(&format!("glovebox manifest 1\nathena {}\n", self.token))
    }

    fn describe(&self, _: &Stop) -> Result<Described, Unavailable> {
        Ok(self.described.clone())
    }

    fn open(self: Box<Self>, opening: Opening<'_>) -> Result<Arc<dyn Readable>, Unavailable> {
        let is_known = |column: &Column| self.known.iter().any(|it| it.column == *column);
        if let Some(column) = opening.configured.iter().find(|it| !is_known(it)) {
            let (path, column) = ("the catalog".to_owned(), column.name.clone());
            return Err(Unavailable::SchemaChanged { path, column });
        }
        let columns = opening.columns()?;
        let Self { athena, database, table, known, hints, token, .. } = *self;
        let text = sql::text((&database, &table), &columns, &hints, &known);
        let path = format!("{database}.{table}");
        let request = client::Request { path, database, text, token };
        let execution = execution::begin(&athena, request, &opening.stop)?;
        Ok(Arc::new(Answer::new(execution, columns, opening.recorder, opening.stop)))
    }
}
