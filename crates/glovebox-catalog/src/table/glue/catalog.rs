//! Calls to the catalog.

use std::sync::Arc;

use aws_sdk_glue::Client;
use aws_sdk_glue::types::{Partition, Table};
use glovebox_model::{AwsService, Credentials, Objects};

use super::super::layout::MAX_FILES;
use super::super::storage::Bucket;
use super::super::{Reach, Unavailable, stores};
use crate::aws::{config, from_service};

/// The catalog of one connection.
pub(crate) struct Catalog<'a> {
    reach: &'a Reach,
    client: Client,
    id: Option<String>,
}

/// How often a call is tried.
const ATTEMPTS: u32 = 5;
/// Partitions of a page, the most that the service gives.
const PAGE: i32 = 1_000;
/// Columns of all partitions of a page: an answer may have 16 MiB, and a column a comment.
const PAGE_COLUMNS: usize = 16_000;

impl<'a> Catalog<'a> {
    pub(crate) fn new(reach: &'a Reach, service: &AwsService, id: Option<String>) -> Self {
        let config = config((&reach.credentials, &reach.egress), service, ATTEMPTS);
        Self { reach, client: Client::new(&config), id }
    }

    /// What reaches the catalog and its data.
    pub(crate) fn reach(&self) -> &Reach {
        self.reach
    }

    /// A bucket of the connection.
    pub(crate) fn bucket(&self, data: &Objects, name: &str) -> Result<Arc<Bucket>, Unavailable> {
        stores::open(data, name, self.reach)
    }

    /// `glue:GetTable`
    pub(crate) async fn table(&self, database: &str, table: &str) -> Result<Table, Unavailable> {
        if !matches!(self.reach.credentials.current(), Credentials::Keys { .. }) {
            return Err(Unavailable::Unusable("a Glue catalog needs access keys or a role"));
        }
        let call = self.client.get_table().set_catalog_id(self.id.clone());
        let answer = call.database_name(database).name(table).send().await;
        let name = format!("{database}.{table}");
        match answer {
            Ok(answer) => answer.table.ok_or(Unavailable::NotInCatalog { what: "table", name }),
            Err(error) => Err(match from_service(&name, &error) {
                Unavailable::Missing { .. } => self.missing(database, name).await,
                other => other,
            }),
        }
    }

    /// `glue:GetTables`: some names.
    pub(crate) async fn names(
        &self,
        database: &str,
        most: usize,
    ) -> Result<Vec<String>, Unavailable> {
        let call = self.client.get_tables().set_catalog_id(self.id.clone());
        let page = i32::try_from(most).unwrap_or(i32::MAX);
        let answer = call.database_name(database).max_results(page).send().await;
        let answer = answer.map_err(|it| match from_service(database, &it) {
            Unavailable::Missing { path } => {
                Unavailable::NotInCatalog { what: "database", name: path }
            }
            other => other,
        })?;
        let tables = answer.table_list.unwrap_or_default();
        Ok(tables.into_iter().map(|it| it.name).take(most).collect())
    }

    /// Whether a table is missing, or the database around it.
    async fn missing(&self, database: &str, table: String) -> Unavailable {
        let call = self.client.get_database().set_catalog_id(self.id.clone()).name(database);
        match call.send().await.map_err(|it| from_service(database, &it)) {
            Err(Unavailable::Missing { path }) => {
                Unavailable::NotInCatalog { what: "database", name: path }
            }
            _ => Unavailable::NotInCatalog { what: "table", name: table },
        }
    }

    /// `glue:GetPartitions`: those for which the expression may hold, each with its columns if
    /// it is said about how many these are.
    pub(crate) async fn partitions(
        &self,
        (database, table): (&str, &str),
        expression: Option<String>,
        columns: Option<usize>,
    ) -> Result<Vec<Partition>, Unavailable> {
        let name = format!("{database}.{table}");
        let page = columns.and_then(|it| i32::try_from(PAGE_COLUMNS / it.max(1)).ok());
        let mut pages = self
            .client
            .get_partitions()
            .set_catalog_id(self.id.clone())
            .database_name(database)
            .table_name(table)
            .set_expression(expression)
            .exclude_column_schema(columns.is_none())
            .max_results(page.unwrap_or(PAGE).clamp(1, PAGE))
            .into_paginator()
            .send();
        let mut partitions = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|it| from_service(&name, &it))?;
            partitions.extend(page.partitions.unwrap_or_default());
            if partitions.len() > MAX_FILES {
                let limit = MAX_FILES as u64;
                return Err(Unavailable::Limit { path: name, what: "partitions", limit });
            }
        }
        Ok(partitions)
    }
}
