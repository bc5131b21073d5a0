//! The columns of a Delta table.

use delta_kernel::schema::{DataType, MetadataValue, PrimitiveType, StructField};
use delta_kernel::snapshot::Snapshot;
use delta_kernel::table_features::ColumnMappingMode;
use glovebox_model::{Column, ColumnName, ColumnType};

use super::super::Unavailable;
use super::super::csv::MAX_COLUMNS;
use super::super::lookup::Mapped;

/// The columns in files, and those whose values stand in the log.
pub(super) struct Columns {
    pub(super) stored: Vec<Mapped>,
    pub(super) keys: Vec<Mapped>,
}

pub(super) fn of(snapshot: &Snapshot, path: &str) -> Result<Columns, Unavailable> {
    let mode = snapshot.table_properties().column_mapping_mode;
    let mode = mode.unwrap_or(ColumnMappingMode::None);
    let schema = snapshot.schema();
    if schema.num_fields() > MAX_COLUMNS {
        let (path, limit) = (path.to_owned(), MAX_COLUMNS as u64);
        return Err(Unavailable::Limit { path, what: "columns", limit });
    }
    let mut all: Vec<Mapped> = Vec::new();
    for field in schema.fields() {
        let mapped = mapped(field, mode, path)?;
        if all.iter().any(|it| it.column.name == mapped.column.name) {
            let (path, column) = (path.to_owned(), mapped.column.name);
            return Err(Unavailable::Clash { path, column });
        }
        all.push(mapped);
    }
    let mut keys = Vec::new();
    for key in snapshot.table_configuration().metadata().partition_columns() {
        let name = ColumnName::new(key)
            .map_err(|cause| Unavailable::BadName { name: key.clone(), cause })?;
        let place = all.iter().position(|it| it.column.name == name);
        let corrupt = || Unavailable::Corrupt { path: path.to_owned(), row_group: None };
        let key = all.remove(place.ok_or_else(corrupt)?);
        // The log escapes bytes in a way of its own.
        if key.column.kind == ColumnType::Binary {
            let column = key.column.name.to_string();
            return Err(Unavailable::UnknownType { path: path.to_owned(), column });
        }
        keys.push(key);
    }
    Ok(Columns { stored: all, keys })
}

fn mapped(field: &StructField, mode: ColumnMappingMode, path: &str) -> Result<Mapped, Unavailable> {
    let text = field.name().clone();
    let corrupt = || Unavailable::Corrupt { path: path.to_owned(), row_group: None };
    let name = ColumnName::new(&text)
        .map_err(|cause| Unavailable::BadName { name: text.clone(), cause })?;
    let kind = kind(field.data_type())
        .ok_or_else(|| Unavailable::UnknownType { path: path.to_owned(), column: text.clone() })?;
    let said = |key: &str| field.metadata.get(key);
    let physical = match (mode, said("delta.columnMapping.physicalName")) {
        (ColumnMappingMode::None, _) => text,
        (_, Some(MetadataValue::String(name))) => name.clone(),
        _ => return Err(corrupt()),
    };
    let id = match (mode, said("delta.columnMapping.id")) {
        (ColumnMappingMode::Id, Some(MetadataValue::Number(id))) => Some(*id),
        (ColumnMappingMode::Id, _) => return Err(corrupt()),
        _ => None,
    };
    Ok(Mapped { column: Column { name, kind }, physical, id, must: false })
}

/// The type of a column; `None` of what has no exact place.
fn kind(stored: &DataType) -> Option<ColumnType> {
    let DataType::Primitive(stored) = stored else { return None };
    Some(match stored {
        PrimitiveType::String => ColumnType::String,
        PrimitiveType::Long => ColumnType::Bigint,
        PrimitiveType::Integer => ColumnType::Int,
        PrimitiveType::Short => ColumnType::Smallint,
        PrimitiveType::Byte => ColumnType::Tinyint,
        PrimitiveType::Float => ColumnType::Float,
        PrimitiveType::Double => ColumnType::Double,
        PrimitiveType::Boolean => ColumnType::Boolean,
        PrimitiveType::Binary => ColumnType::Binary,
        PrimitiveType::Date => ColumnType::Date,
        PrimitiveType::Timestamp | PrimitiveType::TimestampNtz => ColumnType::Timestamp,
        PrimitiveType::Decimal(it) => {
            ColumnType::Decimal { precision: it.precision(), scale: it.scale() }
        }
        _ => return None,
    })
}
