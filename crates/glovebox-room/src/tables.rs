//! Configured tables: described once by their source, then stored.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use glovebox_catalog::TableLocation;
use glovebox_model::{
    AnalysisMethod, ColumnName, ConfiguredTable, Id, Page, PageRequest, ReferenceKind, Resource,
    RuleKind, TableReference, TableSchema,
};
use glovebox_store::{Kind, TableParts, Tx};

use crate::authorize::{Own, OwnTable};
use crate::connections::{Bound, Located, bind, check_roles};
use crate::encrypted::check_encryption;
use crate::error::FieldFault;
use crate::worker::{Seen, Wish};
use crate::{Action, Caller, ConflictReason, ResourceKind, Room, RoomError};

/// Names that the real service keeps for itself.
const RESERVED_COLUMNS: [&str; 7] = ["cmax", "cmin", "ctid", "oid", "tableoid", "xmax", "xmin"];

/// What an owner says of a table.
#[derive(Debug, Clone)]
pub struct NewTable {
    /// How the owner calls it.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Where it lies.
    pub source: NewTableSource,
    /// The columns that shall exist for anybody.
    pub allowed_columns: Vec<ColumnName>,
    /// How it may be analysed.
    pub method: AnalysisMethod,
    /// `selectedAnalysisMethods`
    pub selected_methods: Vec<AnalysisMethod>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// Where a table lies, as asked for.
#[derive(Debug, Clone)]
pub enum NewTableSource {
    /// `glue` or `athena`, bound to nothing.
    Known(TableReference),
    /// A source of this name, for which there is no connector yet.
    Unsupported(&'static str),
}

/// What an owner says of a table that is there; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct TableUpdate {
    /// How the owner calls it.
    pub name: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Where it lies.
    pub source: Option<NewTableSource>,
    /// The columns that shall exist for anybody.
    pub allowed_columns: Option<Vec<ColumnName>>,
    /// How it may be analysed.
    pub method: Option<AnalysisMethod>,
    /// `selectedAnalysisMethods`
    pub selected_methods: Option<Vec<AnalysisMethod>>,
}

/// A configured table and the kinds of rules it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableView {
    /// The table.
    pub table: ConfiguredTable,
    /// `analysisRuleTypes`
    pub rule: Option<RuleKind>,
}

impl Room {
    /// `CreateConfiguredTable`: the schema is read now, by the owner, and stored; no query reads
    /// it from the source again.
    pub async fn create_configured_table(
        &self,
        caller: &Caller,
        new: NewTable,
    ) -> Result<TableView, RoomError> {
        let reference = check_source(&new.source)?;
        check_methods(new.method, &new.selected_methods)?;
        let (owner, root, bound) = {
            let mut tx = self.store.read().await?;
            let owner = self.authorize_new_table(&mut tx, caller).await?;
            let bound = bind(&mut tx, owner, &reference, None).await?;
            (owner, self.tables_folder(&mut tx, owner).await?, bound)
        };
        let located = self.location(owner, root, bound.clone()).await?;
        let (schema, _) = self.read_schema(located, &reference.kind).await?;
        check_columns(&new.allowed_columns, &schema, self.quotas.columns_per_allowlist)?;
        self.check_tags(&new.tags)?;

        let mut tx = self.store.begin().await?;
        let owner = self.authorize_new_table(&mut tx, caller).await?;
        if bind(&mut tx, owner, &reference, None).await? != bound {
            return Err(RoomError::Conflict {
                reason: ConflictReason::InvalidState,
                resource: None,
                message: "a connection was changed at the same time: try again".into(),
            });
        }
        let quota = self.quotas.tables_per_account;
        if tx.count_tables(owner).await? >= quota {
            let name = "Configured tables per account";
            return Err(RoomError::QuotaExceeded { name, value: quota });
        }
        let NewTable { name, description, allowed_columns, method, selected_methods, tags, .. } =
            new;
        let parts = TableParts {
            name,
            description,
            reference: bound.reference,
            schema,
            allowed_columns,
            method,
            selected_methods,
        };
        let table = tx.insert_table(owner, parts).await?;
        tx.put_tags(Resource::ConfiguredTable(table.id), &tags).await?;
        self.commit(tx, caller).await?;
        Ok(TableView { table, rule: None })
    }

    async fn authorize_new_table(
        &self,
        tx: &mut Tx,
        caller: &Caller,
    ) -> Result<glovebox_model::AccountId, RoomError> {
        let action = Action::CreateConfiguredTable;
        Ok(self.authorize::<Own>(tx, caller, action, ()).await?.account)
    }

    /// `GetConfiguredTable`
    pub async fn get_configured_table(
        &self,
        caller: &Caller,
        id: Id<ConfiguredTable>,
    ) -> Result<TableView, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetConfiguredTable;
        let authorized = self.authorize::<OwnTable>(&mut tx, caller, action, id).await?;
        let OwnTable { table } = authorized.resource;
        view(&mut tx, table).await
    }

    /// `ListConfiguredTables`: the caller's own, oldest first.
    pub async fn list_configured_tables(
        &self,
        caller: &Caller,
        page: PageRequest,
    ) -> Result<Page<TableView>, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::ListConfiguredTables;
        let authorized = self.authorize::<Own>(&mut tx, caller, action, ()).await?;
        let Page { items, next } = tx.list_tables(authorized.account, page).await?;
        let mut views = Vec::new();
        for table in items {
            views.push(view(&mut tx, table).await?);
        }
        Ok(Page { items: views, next })
    }

    /// `UpdateConfiguredTable`: the schema is read anew when the table lies elsewhere. A rule of
    /// the table must still hold.
    pub async fn update_configured_table(
        &self,
        caller: &Caller,
        id: Id<ConfiguredTable>,
        update: TableUpdate,
    ) -> Result<TableView, RoomError> {
        let action = Action::UpdateConfiguredTable;
        let TableUpdate { name, description, source, allowed_columns, method, selected_methods } =
            update;
        let written = source.as_ref().map(check_source).transpose()?;
        let (old, there) = self.table_to_update(caller, id, written.as_ref()).await?;
        let (reference, schema, there) = match there {
            None => (old.reference.clone(), old.schema.clone(), None),
            Some((bound, root)) => {
                let located = self.location(old.owner, root, bound.clone()).await?;
                let kind = &bound.reference.kind;
                let (schema, location) = self.read_schema(located, kind).await?;
                (bound.reference.clone(), schema, Some((bound, location)))
            }
        };
        let selected = match (selected_methods, method) {
            (Some(selected), _) => selected,
            (None, Some(method)) if method != old.method => Vec::new(),
            (None, _) => old.selected_methods.clone(),
        };
        let parts = TableParts {
            name: name.unwrap_or_else(|| old.name.clone()),
            description: description.or_else(|| old.description.clone()),
            reference,
            schema,
            allowed_columns: allowed_columns.unwrap_or_else(|| old.allowed_columns.clone()),
            method: method.unwrap_or(old.method),
            selected_methods: selected,
        };
        check_methods(parts.method, &parts.selected_methods)?;
        let quota = self.quotas.columns_per_allowlist;
        check_columns(&parts.allowed_columns, &parts.schema, quota)?;
        let declared = self.store.read().await?.extension_in_force(id).await?;
        let there = there.filter(|_| parts.reference != old.reference);
        let bound = there.as_ref().map(|(bound, _)| bound.clone());
        if let Some((_, there)) = there {
            // What is declared of the old source stays, so it must be true of the new one.
            let new = ConfiguredTable { schema: parts.schema.clone(), ..old.clone() };
            check_encryption(&new, None, &declared)?;
            let turn = None;
            let there = Located { location: there, turn };
            self.check_data(there, &new, &declared.encryption).await?;
        }

        let mut tx = self.store.begin().await?;
        let authorized = self.authorize::<OwnTable>(&mut tx, caller, action, id).await?;
        let is_declared_as_before = tx.extension_in_force(id).await? == declared;
        let is_bound_as_before = match (&written, &bound) {
            (Some(written), Some(bound)) => {
                bind(&mut tx, old.owner, written, Some(&old)).await? == *bound
            }
            _ => true,
        };
        if authorized.resource.table != old || !is_declared_as_before || !is_bound_as_before {
            return Err(RoomError::conflict(
                ConflictReason::InvalidState,
                (ResourceKind::ConfiguredTable, id),
                "the configured table was changed at the same time: try again",
            ));
        }
        check_roles(&mut tx, &old, &parts.reference).await?;
        let table = tx.update_table(&old, parts).await?;
        let extension = tx.extension_in_force(id).await?;
        let rule = tx.rule(id).await?.map(|it| it.written);
        if let Some(rule) = &rule {
            crate::rules::check_kind(&table, rule)?;
            crate::rules::check_columns(&table, rule)?;
            crate::declared::check_identifier(&table, rule, &extension)?;
        }
        crate::declared::check_declared(&table, rule.as_ref(), &extension)?;
        check_encryption(&table, rule.as_ref(), &extension)?;
        self.commit(tx, caller).await?;
        let mut tx = self.store.read().await?;
        view(&mut tx, table).await
    }

    /// A table as it stands, and where it would lie if it lay elsewhere.
    async fn table_to_update(
        &self,
        caller: &Caller,
        id: Id<ConfiguredTable>,
        written: Option<&TableReference>,
    ) -> Result<(ConfiguredTable, Option<(Bound, PathBuf)>), RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::UpdateConfiguredTable;
        let authorized = self.authorize::<OwnTable>(&mut tx, caller, action, id).await?;
        let root = self.tables_folder(&mut tx, authorized.account).await?;
        let old = authorized.resource.table;
        let there = match written {
            Some(it) => Some((bind(&mut tx, old.owner, it, Some(&old)).await?, root)),
            None => None,
        };
        Ok((old, there))
    }

    /// `DeleteConfiguredTable`: with its rule, once it is in no collaboration; quiet the second
    /// time.
    pub async fn delete_configured_table(
        &self,
        caller: &Caller,
        id: Id<ConfiguredTable>,
    ) -> Result<(), RoomError> {
        let mut tx = self.store.begin().await?;
        if self.was_deleted(&mut tx, caller, Kind::Table, &id.to_string()).await? {
            return Ok(());
        }
        let action = Action::DeleteConfiguredTable;
        let authorized = self.authorize::<OwnTable>(&mut tx, caller, action, id).await?;
        if tx.count_associations_of(id).await? > 0 {
            return Err(RoomError::conflict(
                ConflictReason::SubresourcesExist,
                (ResourceKind::ConfiguredTable, id),
                "the configured table is still associated with a collaboration",
            ));
        }
        tx.delete_table(&authorized.resource.table).await?;
        tx.remove_all_tags(Resource::ConfiguredTable(id)).await?;
        self.commit(tx, caller).await
    }

    /// Whether the caller deleted this before: then deleting it again is quiet.
    pub(crate) async fn was_deleted(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        kind: Kind,
        id: &str,
    ) -> Result<bool, RoomError> {
        Ok(tx.was_deleted(kind, id, caller.account).await?
            && tx.key_is_enabled(caller.account, &caller.access_key_id).await?)
    }
}

impl Room {
    async fn read_schema(
        &self,
        located: Located,
        kind: &ReferenceKind,
    ) -> Result<(TableSchema, TableLocation), RoomError> {
        let location = located.location.clone();
        let field = match kind {
            ReferenceKind::Glue => "tableReference.glue",
            ReferenceKind::Athena { .. } => "tableReference.athena",
        };
        match self.surroundings.see(located, Wish::Describe).await? {
            Seen::Described(schema) => Ok((schema, location)),
            Seen::Fault { column: _, text } => Err(RoomError::field(field, text)),
            Seen::Good | Seen::Tried(_) => {
                Err(RoomError::field(field, "the table says nothing of its columns"))
            }
        }
    }
}

async fn view(tx: &mut Tx, table: ConfiguredTable) -> Result<TableView, RoomError> {
    let rule = tx.rule(table.id).await?.map(|it| it.written.kind());
    Ok(TableView { table, rule })
}

fn check_source(source: &NewTableSource) -> Result<TableReference, RoomError> {
    match source {
        NewTableSource::Known(reference) => Ok(reference.clone()),
        NewTableSource::Unsupported(name) => {
            let message =
                format!("there is no connector for `{name}` tables: use a `glue` reference");
            Err(RoomError::field(format!("tableReference.{name}"), message))
        }
    }
}

fn check_methods(method: AnalysisMethod, selected: &[AnalysisMethod]) -> Result<(), RoomError> {
    match (method, selected) {
        (AnalysisMethod::DirectQuery, []) => Ok(()),
        (AnalysisMethod::Multiple, methods)
            if methods.contains(&AnalysisMethod::DirectQuery)
                && !methods.contains(&AnalysisMethod::Multiple) =>
        {
            Ok(())
        }
        (AnalysisMethod::DirectJob, _) => Err(RoomError::field(
            "analysisMethod",
            "protected jobs are not supported yet: use DIRECT_QUERY",
        )),
        (AnalysisMethod::DirectQuery | AnalysisMethod::Multiple, _) => Err(RoomError::field(
            "selectedAnalysisMethods",
            "MULTIPLE takes a selection with DIRECT_QUERY, DIRECT_QUERY takes none",
        )),
    }
}

fn check_columns(
    allowed: &[ColumnName],
    schema: &TableSchema,
    quota: u64,
) -> Result<(), RoomError> {
    if allowed.len() as u64 > quota {
        return Err(RoomError::QuotaExceeded { name: "Columns per allowlist", value: quota });
    }
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    for (index, column) in allowed.iter().enumerate() {
        let name = column.as_str();
        let message = if !seen.insert(column) {
            format!("column `{name}` is given twice")
        } else if RESERVED_COLUMNS.contains(&name) || name.starts_with("__gb") {
            format!("`{name}` is reserved and cannot be the name of a column")
        } else if schema.column(column).is_none() {
            format!("the table has no column `{name}`")
        } else {
            continue;
        };
        faults.push(FieldFault { name: format!("allowedColumns[{index}]"), message });
    }
    if allowed.is_empty() {
        faults.push(FieldFault {
            name: "allowedColumns".into(),
            message: "at least one column must be allowed".into(),
        });
    }
    if faults.is_empty() { Ok(()) } else { Err(RoomError::fields(faults)) }
}
