//! A table as its owner configured it: where it lies, what it holds, which columns exist.

use std::collections::BTreeMap;

use crate::ability::words;
use crate::{
    AccountId, Association, Column, ColumnName, Connection, Digest, Id, Rule, RuleFault, TableName,
    Timestamp, WrittenRule,
};

/// A table of one account, ready to be brought into collaborations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfiguredTable {
    /// Names it.
    pub id: Id<Self>,
    /// The account whose data it is.
    pub owner: AccountId,
    /// How the owner calls it, not unique.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Where it lies.
    pub reference: TableReference,
    /// What was read from its source when it was configured; queries use this, never the source.
    pub schema: TableSchema,
    /// The columns that exist for anybody; names of `schema`, each once, in the order given.
    pub allowed_columns: Vec<ColumnName>,
    /// How it may be analysed.
    pub method: AnalysisMethod,
    /// `selectedAnalysisMethods`. Stored and echoed.
    pub selected_methods: Vec<AnalysisMethod>,
    /// When it was configured.
    pub created: Timestamp,
    /// When it changed last.
    pub updated: Timestamp,
    /// Changes with every change, never comes back.
    pub version: i64,
}

/// Where a table lies: read through a connection that serves the database, else as database and
/// table below the owner's folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TableReference {
    /// Which of AWS's references it is.
    pub kind: ReferenceKind,
    /// `region`, as given. Stored and echoed.
    pub region: Option<String>,
    /// `databaseName`
    pub database: String,
    /// `tableName`
    pub table: String,
    /// The connection that it is read through: bound when the table is configured, and never
    /// exchanged for another or for the folder behind the owner's back.
    pub connection: Option<Id<Connection>>,
}

/// The kinds of references to tables that there are connectors for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReferenceKind {
    /// `glue`: a database and a table, whatever is behind them.
    Glue,
    /// `athena`: only under custom rules without differential privacy.
    Athena {
        /// `workGroup`
        work_group: String,
        /// `outputLocation`, if it was given.
        output_location: Option<String>,
        /// `catalogName`, if it was given.
        catalog: Option<String>,
    },
}

/// The columns of a table, as read when it was configured.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableSchema {
    /// The columns in the files.
    pub columns: Vec<Column>,
    /// The keys in the names of folders.
    pub partition_keys: Vec<Column>,
}

impl TableReference {
    /// A `glue` reference that names no region, bound to no connection yet.
    pub fn glue(database: impl Into<String>, table: impl Into<String>) -> Self {
        Self {
            kind: ReferenceKind::Glue,
            region: None,
            database: database.into(),
            table: table.into(),
            connection: None,
        }
    }
}

impl TableSchema {
    /// The column or key of that name.
    pub fn column(&self, name: &ColumnName) -> Option<&Column> {
        self.columns.iter().chain(&self.partition_keys).find(|it| &it.name == name)
    }
}

words! {
    /// How a table may be analysed.
    AnalysisMethod {
        /// By jobs.
        DirectJob "DIRECT_JOB",
        /// By queries.
        DirectQuery "DIRECT_QUERY",
        /// By several of them.
        Multiple "MULTIPLE",
    }
}

/// The rule of a configured table. A table has at most one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRule {
    /// The table.
    pub table: Id<ConfiguredTable>,
    /// What the owner wrote.
    pub written: WrittenRule,
    /// What the templates that the rule admits resolved to when the owner admitted them, by ARN.
    pub approvals: BTreeMap<String, BTreeMap<TableName, ApprovedTable>>,
    /// When it was made.
    pub created: Timestamp,
    /// When it changed last.
    pub updated: Timestamp,
    /// Changes with every change, never comes back.
    pub version: i64,
}

/// What a name in a template stood for when its template was admitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovedTable {
    /// The association of that name.
    pub association: Id<Association>,
    /// Of its allowed columns with their types.
    pub columns: Digest,
}

impl TableRule {
    /// The rule that judgement uses.
    pub fn rule(&self) -> Result<Rule, Vec<RuleFault>> {
        self.written.rule()
    }
}
