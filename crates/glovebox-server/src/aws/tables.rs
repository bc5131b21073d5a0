//! Configured tables.

use glovebox_aws_api::shapes::{
    AthenaTableReference, CommercialRegion, ConfiguredTable, ConfiguredTableSummary,
    CreateConfiguredTableInput, CreateConfiguredTableOutput, DeleteConfiguredTableInput,
    DeleteConfiguredTableOutput, GetConfiguredTableInput, GetConfiguredTableOutput,
    GlueTableReference, ListConfiguredTablesInput, ListConfiguredTablesOutput, TableReference,
    UpdateConfiguredTableInput, UpdateConfiguredTableOutput,
};
use glovebox_model::{self as model, ColumnName, Page, Resource};
use glovebox_room::{NewTable, NewTableSource, TableUpdate, TableView};

use super::words::{Say as _, selected};
use super::{Ask, fault, id, time};
use crate::errors::Refused;

pub(super) async fn create(
    ask: &Ask<'_>,
    input: CreateConfiguredTableInput,
) -> Result<CreateConfiguredTableOutput, Refused> {
    let view = ask.room().create_configured_table(ask.caller(), new(input)?).await?;
    Ok(CreateConfiguredTableOutput { configured_table: table(ask, view) })
}

pub(super) async fn get(
    ask: &Ask<'_>,
    input: GetConfiguredTableInput,
) -> Result<GetConfiguredTableOutput, Refused> {
    let GetConfiguredTableInput { configured_table_identifier } = input;
    let id = id("configuredTableIdentifier", &configured_table_identifier)?;
    let view = ask.room().get_configured_table(ask.caller(), id).await?;
    Ok(GetConfiguredTableOutput { configured_table: table(ask, view) })
}

pub(super) async fn list(
    ask: &Ask<'_>,
    input: ListConfiguredTablesInput,
) -> Result<ListConfiguredTablesOutput, Refused> {
    let ListConfiguredTablesInput { next_token, max_results } = input;
    let page = ask.page(&[], next_token, max_results)?;
    let Page { items, next } = ask.room().list_configured_tables(ask.caller(), page).await?;
    Ok(ListConfiguredTablesOutput {
        configured_table_summaries: items.into_iter().map(|it| summary(ask, it)).collect(),
        next_token: ask.next(&[], next),
    })
}

pub(super) async fn update(
    ask: &Ask<'_>,
    input: UpdateConfiguredTableInput,
) -> Result<UpdateConfiguredTableOutput, Refused> {
    let UpdateConfiguredTableInput {
        configured_table_identifier,
        name,
        description,
        table_reference,
        allowed_columns,
        analysis_method,
        selected_analysis_methods,
    } = input;
    let id = id("configuredTableIdentifier", &configured_table_identifier)?;
    let update = TableUpdate {
        name,
        description,
        source: table_reference.map(source),
        allowed_columns: allowed_columns.map(|it| columns(&it)).transpose()?,
        method: analysis_method.map(|it| it.say()),
        selected_methods: selected_analysis_methods.map(|it| it.say()),
    };
    let view = ask.room().update_configured_table(ask.caller(), id, update).await?;
    Ok(UpdateConfiguredTableOutput { configured_table: table(ask, view) })
}

pub(super) async fn delete(
    ask: &Ask<'_>,
    input: DeleteConfiguredTableInput,
) -> Result<DeleteConfiguredTableOutput, Refused> {
    let DeleteConfiguredTableInput { configured_table_identifier } = input;
    let id = id("configuredTableIdentifier", &configured_table_identifier)?;
    ask.room().delete_configured_table(ask.caller(), id).await?;
    Ok(DeleteConfiguredTableOutput {})
}

fn new(input: CreateConfiguredTableInput) -> Result<NewTable, Refused> {
    let CreateConfiguredTableInput {
        name,
        description,
        table_reference,
        allowed_columns,
        analysis_method,
        selected_analysis_methods,
        tags,
    } = input;
    Ok(NewTable {
        name,
        description,
        source: source(table_reference),
        allowed_columns: columns(&allowed_columns)?,
        method: analysis_method.say(),
        selected_methods: selected_analysis_methods.unwrap_or_default().say(),
        tags: tags.unwrap_or_default(),
    })
}

fn columns(names: &[String]) -> Result<Vec<ColumnName>, Refused> {
    let column = |(index, it): (usize, &String)| {
        let wrong =
            |bad: model::BadName| fault(&format!("allowedColumns[{index}]"), bad.to_string());
        ColumnName::new(it).map_err(wrong)
    };
    names.iter().enumerate().map(column).collect()
}

fn source(reference: TableReference) -> NewTableSource {
    match reference {
        TableReference::Glue(GlueTableReference { region, table_name, database_name }) => {
            NewTableSource::Known(model::TableReference {
                region: region.map(|it| it.as_str().to_owned()),
                ..model::TableReference::glue(database_name, table_name)
            })
        }
        TableReference::Athena(AthenaTableReference {
            region,
            work_group,
            output_location,
            database_name,
            table_name,
            catalog_name,
        }) => NewTableSource::Known(model::TableReference {
            kind: model::ReferenceKind::Athena {
                work_group,
                output_location,
                catalog: catalog_name,
            },
            region: region.map(|it| it.as_str().to_owned()),
            ..model::TableReference::glue(database_name, table_name)
        }),
        TableReference::Databricks(_) => NewTableSource::Unsupported("databricks"),
        TableReference::Snowflake(_) => NewTableSource::Unsupported("snowflake"),
    }
}

/// The region is filled in when none was given, as the real service does.
fn reference(ask: &Ask<'_>, reference: model::TableReference) -> TableReference {
    let model::TableReference { kind, region, database, table, connection: _ } = reference;
    let region = CommercialRegion::from_text(region.as_deref().unwrap_or(&ask.house.region));
    let (table_name, database_name) = (table, database);
    match kind {
        model::ReferenceKind::Glue => {
            TableReference::Glue(GlueTableReference { region, table_name, database_name })
        }
        model::ReferenceKind::Athena { work_group, output_location, catalog } => {
            TableReference::Athena(AthenaTableReference {
                region,
                work_group,
                output_location,
                database_name,
                table_name,
                catalog_name: catalog,
            })
        }
    }
}

fn table(ask: &Ask<'_>, view: TableView) -> ConfiguredTable {
    let TableView { table, rule } = view;
    let model::ConfiguredTable {
        id,
        owner,
        name,
        description,
        reference: stored,
        schema: _,
        allowed_columns,
        method,
        selected_methods,
        created,
        updated,
        version: _,
    } = table;
    ConfiguredTable {
        id: id.to_string(),
        arn: ask.arn(owner, Resource::ConfiguredTable(id)).to_string(),
        name,
        description,
        table_reference: reference(ask, stored),
        table_type: None,
        create_time: time(created),
        update_time: time(updated),
        analysis_rule_types: rule.into_iter().map(|it| it.say()).collect(),
        analysis_method: method.say(),
        allowed_columns: allowed_columns.iter().map(ToString::to_string).collect(),
        selected_analysis_methods: selected(selected_methods),
    }
}

fn summary(ask: &Ask<'_>, view: TableView) -> ConfiguredTableSummary {
    let TableView { table, rule } = view;
    let model::ConfiguredTable {
        id, owner, name, method, selected_methods, created, updated, ..
    } = table;
    ConfiguredTableSummary {
        id: id.to_string(),
        arn: ask.arn(owner, Resource::ConfiguredTable(id)).to_string(),
        name,
        table_type: None,
        create_time: time(created),
        update_time: time(updated),
        analysis_rule_types: rule.into_iter().map(|it| it.say()).collect(),
        analysis_method: method.say(),
        selected_analysis_methods: selected(selected_methods),
    }
}
