//! Stored configured tables: the parts that are not columns of the row.

use glovebox_model::{
    AnalysisMethod, Column, ColumnName, ReferenceKind, TableReference, TableSchema,
};
use serde::{Deserialize, Serialize};

use crate::document::Document;

/// What an owner says about a table, and what was read from its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableParts {
    /// How the owner calls it.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Where it lies.
    pub reference: TableReference,
    /// What was read from its source.
    pub schema: TableSchema,
    /// The columns that exist for anybody.
    pub allowed_columns: Vec<ColumnName>,
    /// How it may be analysed.
    pub method: AnalysisMethod,
    /// `selectedAnalysisMethods`
    pub selected_methods: Vec<AnalysisMethod>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum TableDocument {
    V1(TableV1),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TableV1 {
    name: String,
    description: Option<String>,
    reference: ReferenceV1,
    columns: Vec<ColumnV1>,
    partition_keys: Vec<ColumnV1>,
    allowed_columns: Vec<String>,
    method: String,
    selected_methods: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReferenceV1 {
    region: Option<String>,
    database: String,
    table: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    connection: Option<String>,
    /// Of an `athena` reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    athena: Option<AthenaV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AthenaV1 {
    work_group: String,
    output_location: Option<String>,
    catalog: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnV1 {
    name: String,
    kind: String,
}

impl Document for TableDocument {
    type Noun = TableParts;
    const WHAT: &'static str = "configured tables";

    fn of(noun: &TableParts) -> Self {
        let TableParts {
            name,
            description,
            reference,
            schema: TableSchema { columns, partition_keys },
            allowed_columns,
            method,
            selected_methods,
        } = noun.clone();
        Self::V1(TableV1 {
            name,
            description,
            reference: ReferenceV1::of(reference),
            columns: columns.iter().map(ColumnV1::of).collect(),
            partition_keys: partition_keys.iter().map(ColumnV1::of).collect(),
            allowed_columns: allowed_columns.iter().map(|it| it.as_str().to_owned()).collect(),
            method: method.aws_name().to_owned(),
            selected_methods: selected_methods.iter().map(|it| it.aws_name().to_owned()).collect(),
        })
    }

    fn noun(self) -> Option<TableParts> {
        let Self::V1(TableV1 {
            name,
            description,
            reference,
            columns,
            partition_keys,
            allowed_columns,
            method,
            selected_methods,
        }) = self;
        let allowed_columns = allowed_columns.iter().map(|it| ColumnName::new(it).ok());
        let methods = selected_methods.iter().map(|it| AnalysisMethod::from_aws_name(it));
        Some(TableParts {
            name,
            description,
            reference: reference.noun()?,
            schema: TableSchema {
                columns: columns.into_iter().map(ColumnV1::noun).collect::<Option<_>>()?,
                partition_keys: partition_keys
                    .into_iter()
                    .map(ColumnV1::noun)
                    .collect::<Option<_>>()?,
            },
            allowed_columns: allowed_columns.collect::<Option<_>>()?,
            method: AnalysisMethod::from_aws_name(&method)?,
            selected_methods: methods.collect::<Option<_>>()?,
        })
    }
}

impl ReferenceV1 {
    fn of(noun: TableReference) -> Self {
        let TableReference { kind, region, database, table, connection } = noun;
        let athena = match kind {
            ReferenceKind::Glue => None,
            ReferenceKind::Athena { work_group, output_location, catalog } => {
                Some(AthenaV1 { work_group, output_location, catalog })
            }
        };
        let connection = connection.map(|it| it.to_string());
        Self { region, database, table, connection, athena }
    }

    fn noun(self) -> Option<TableReference> {
        let Self { region, database, table, connection, athena } = self;
        let kind = match athena {
            None => ReferenceKind::Glue,
            Some(AthenaV1 { work_group, output_location, catalog }) => {
                ReferenceKind::Athena { work_group, output_location, catalog }
            }
        };
        let connection = match connection {
            None => None,
            Some(id) => Some(id.parse().ok()?),
        };
        Some(TableReference { kind, region, database, table, connection })
    }
}

impl ColumnV1 {
    fn of(noun: &Column) -> Self {
        let Column { name, kind } = noun;
        Self { name: name.as_str().to_owned(), kind: kind.to_string() }
    }

    fn noun(self) -> Option<Column> {
        let Self { name, kind } = self;
        Some(Column { name: ColumnName::new(&name).ok()?, kind: kind.parse().ok()? })
    }
}
