//! Calls to Athena.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_athena::Client;
use aws_sdk_athena::types::{
    QueryExecution, QueryExecutionContext, ResultConfiguration, TableMetadata,
};
use glovebox_model::{AwsService, Credentials, Objects};

use super::super::glue::within;
use super::super::storage::Bucket;
use super::super::{Reach, Unavailable, stores};
use super::faults;
use crate::aws::config;
use crate::leftover::is_execution;

/// Athena as one connection reaches it. Clones are one.
#[derive(Clone)]
pub(super) struct Athena {
    client: Client,
    workgroup: String,
    pub(super) results: Objects,
    reach: Arc<Reach>,
}

/// A query that is to be run.
#[derive(Debug)]
pub(super) struct Request {
    /// The table, for its owner.
    pub(super) path: String,
    pub(super) database: String,
    pub(super) text: String,
    /// Begins at most one execution, and names the folder of its result.
    pub(super) token: String,
}

/// A query that did not begin, as far as is known.
#[derive(Debug)]
pub(super) struct NotBegun {
    pub(super) why: Unavailable,
    /// Athena said so: nothing runs.
    pub(super) is_certain: bool,
}

/// A query that is over.
#[derive(Debug)]
pub(super) struct Ended {
    /// Whether it succeeded, or what became of it.
    pub(super) how: Result<(), &'static str>,
    pub(super) location: Option<String>,
}

/// The catalog of tables in Glue; others are connectors to elsewhere.
const CATALOG: &str = "AwsDataCatalog";
/// Between two questions for the state of a query: ever longer.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How often a call is tried.
const ATTEMPTS: u32 = 5;
/// Executions that are looked through for one whose name nobody knows: pages of so many.
const FIND_PAGES: usize = 6;
const FIND_AT_ONCE: i32 = 50;
/// Time for a query: what Athena allows unless its owner says more.
const LONGEST: Duration = Duration::from_secs(30 * 60);

impl Athena {
    pub(super) fn new(
        reach: &Arc<Reach>,
        service: &AwsService,
        workgroup: &str,
        results: &Objects,
    ) -> Self {
        let client = Client::new(&config((&reach.credentials, &reach.egress), service, ATTEMPTS));
        let (workgroup, results) = (workgroup.to_owned(), results.clone());
        Self { client, workgroup, results, reach: Arc::clone(reach) }
    }

    /// A bucket of results.
    pub(super) fn bucket(&self, name: &str) -> Result<Arc<Bucket>, Unavailable> {
        stores::open(&self.results, name, &self.reach)
    }

    /// The connection.
    pub(super) fn reach(&self) -> &Reach {
        &self.reach
    }

    fn check_keys(&self) -> Result<(), Unavailable> {
        match self.reach.credentials.current() {
            Credentials::Keys { .. } => Ok(()),
            _ => Err(Unavailable::Unusable("Athena needs access keys or a role")),
        }
    }

    /// `athena:ListTableMetadata`: some tables of a database.
    pub(super) async fn names(
        &self,
        database: &str,
        most: usize,
    ) -> Result<Vec<String>, Unavailable> {
        self.check_keys()?;
        let call = self.client.list_table_metadata().catalog_name(CATALOG).database_name(database);
        let answer = call.max_results(i32::try_from(most).unwrap_or(1)).send().await;
        let answer = answer.map_err(|it| match faults::of(database, &it) {
            Unavailable::Missing { path } => {
                Unavailable::NotInCatalog { what: "database", name: path }
            }
            other => other,
        })?;
        let tables = answer.table_metadata_list.unwrap_or_default();
        Ok(tables.into_iter().map(|it| it.name).take(most).collect())
    }

    /// `athena:GetTableMetadata`
    pub(super) async fn table(
        &self,
        database: &str,
        table: &str,
    ) -> Result<TableMetadata, Unavailable> {
        self.check_keys()?;
        let call = self.client.get_table_metadata().catalog_name(CATALOG);
        let answer = call.database_name(database).table_name(table).send().await;
        let name = format!("{database}.{table}");
        match answer {
            Ok(it) => it.table_metadata.ok_or(Unavailable::NotInCatalog { what: "table", name }),
            Err(error) => Err(match faults::of(&name, &error) {
                Unavailable::Missing { .. } => self.missing(database, name).await,
                other => other,
            }),
        }
    }

    /// Whether a table is missing, or the database around it.
    async fn missing(&self, database: &str, table: String) -> Unavailable {
        let call = self.client.get_database().catalog_name(CATALOG).database_name(database);
        match call.send().await.map_err(|it| faults::of(database, &it)) {
            Err(Unavailable::Missing { path }) => {
                Unavailable::NotInCatalog { what: "database", name: path }
            }
            _ => Unavailable::NotInCatalog { what: "table", name: table },
        }
    }

    /// The folder of the result of one execution: no other one writes there.
    pub(super) fn folder(&self, token: &str) -> Result<(String, String), Unavailable> {
        let root = self.results.roots.first().ok_or(Unavailable::BadLocation)?;
        let folder = match root.prefix.as_str() {
            "" => token.to_owned(),
            prefix => format!("{prefix}/{token}"),
        };
        Ok((root.bucket.clone(), folder))
    }

    /// `athena:StartQueryExecution`: the id of the execution.
    pub(super) async fn start(&self, request: &Request) -> Result<String, NotBegun> {
        let Request { path, database, text, token } = request;
        let certain = |why| NotBegun { why, is_certain: true };
        let (bucket, folder) = self.folder(token).map_err(certain)?;
        let place = format!("s3://{bucket}/{folder}/");
        let context = QueryExecutionContext::builder().catalog(CATALOG).database(database).build();
        let answer = self
            .client
            .start_query_execution()
            .query_string(text)
            .client_request_token(token)
            .query_execution_context(context)
            .result_configuration(ResultConfiguration::builder().output_location(place).build())
            .work_group(&self.workgroup)
            .send()
            .await
            .map_err(|it| NotBegun {
                why: faults::of(path, &it),
                is_certain: faults::is_no(&it),
            })?;
        let id = answer.query_execution_id.unwrap_or_default();
        if is_execution(&id) {
            return Ok(id);
        }
        let why = faults::failed(path, "Athena gave no id for its query");
        Err(NotBegun { why, is_certain: false })
    }

    /// `athena:ListQueryExecutions`, `athena:BatchGetQueryExecution`: the execution that writes
    /// into a folder, among the newest of the workgroup.
    pub(super) async fn find(
        &self,
        path: &str,
        folder: &str,
    ) -> Result<Option<String>, Unavailable> {
        let mut page = None;
        for _ in 0..FIND_PAGES {
            let call = self.client.list_query_executions().work_group(&self.workgroup);
            let call = call.max_results(FIND_AT_ONCE).set_next_token(page.take());
            let listed = call.send().await.map_err(|it| faults::of(path, &it))?;
            let ids = listed.query_execution_ids.unwrap_or_default();
            if ids.is_empty() {
                return Ok(None);
            }
            let call = self.client.batch_get_query_execution().set_query_execution_ids(Some(ids));
            let told = call.send().await.map_err(|it| faults::of(path, &it))?;
            let writes_there = |it: &QueryExecution| {
                let place = it.result_configuration.as_ref().and_then(|it| it.output_location());
                place.and_then(|it| within(&self.results, it).ok()).is_some_and(|(_, key)| {
                    key.strip_prefix(folder).is_some_and(|it| it.is_empty() || it.starts_with('/'))
                })
            };
            let found = told.query_executions.unwrap_or_default().into_iter().find(writes_there);
            if let Some(id) = found.and_then(|it| it.query_execution_id) {
                return Ok(Some(id).filter(|it| is_execution(it)));
            }
            page = listed.next_token;
            if page.is_none() {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// `athena:GetQueryExecution` until the query is over: how, and where its result lies.
    pub(super) async fn ended(&self, path: &str, id: &str) -> Result<Ended, Unavailable> {
        let mut pause = FIRST_PAUSE;
        let asking = async {
            loop {
                let call = self.client.get_query_execution().query_execution_id(id);
                let answer = call.send().await.map_err(|it| faults::of(path, &it))?;
                let execution = answer.query_execution;
                let status = execution.as_ref().and_then(|it| it.status.as_ref());
                // Why it failed is Athena's to say, in its history: the words may hold values.
                let how = match status.and_then(|it| it.state.as_ref()).map(|it| it.as_str()) {
                    Some("SUCCEEDED") => Ok(()),
                    Some("QUEUED" | "RUNNING") => {
                        tokio::time::sleep(pause).await;
                        pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
                        continue;
                    }
                    Some("CANCELLED") => Err("its query was cancelled in Athena"),
                    _ => Err(faults::FAILED),
                };
                let place = execution.and_then(|it| it.result_configuration);
                return Ok(Ended { how, location: place.and_then(|it| it.output_location) });
            }
        };
        let late = || faults::failed(path, "its query in Athena took more than half an hour");
        tokio::time::timeout(LONGEST, asking).await.unwrap_or_else(|_| Err(late()))
    }

    /// `athena:StopQueryExecution`
    pub(super) async fn stop(&self, path: &str, id: &str) -> Result<(), Unavailable> {
        let call = self.client.stop_query_execution().query_execution_id(id);
        call.send().await.map(drop).map_err(|it| faults::of(path, &it))
    }
}

impl fmt::Debug for Athena {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Athena({})", self.workgroup)
    }
}
