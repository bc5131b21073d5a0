//! The columns of an Iceberg table.

use std::collections::BTreeSet;

use glovebox_model::{Column, ColumnName, ColumnType};
use iceberg::spec::{NestedField, PrimitiveType, TableMetadata, Transform, Type};

use super::super::Unavailable;
use super::super::csv::MAX_COLUMNS;
use super::super::lookup::Mapped;

pub(super) fn of(metadata: &TableMetadata, path: &str) -> Result<Vec<Mapped>, Unavailable> {
    // Files that a table took over may have these values in their folders' names only.
    let specs = metadata.partition_specs_iter();
    let fields = specs.flat_map(|it| it.fields());
    let identities: BTreeSet<i32> =
        fields.filter(|it| it.transform == Transform::Identity).map(|it| it.source_id).collect();
    let fields = metadata.current_schema().as_struct().fields();
    if fields.len() > MAX_COLUMNS {
        let (path, limit) = (path.to_owned(), MAX_COLUMNS as u64);
        return Err(Unavailable::Limit { path, what: "columns", limit });
    }
    let mut all: Vec<Mapped> = Vec::new();
    for field in fields {
        let mapped = mapped(field, identities.contains(&field.id), path)?;
        if all.iter().any(|it| it.column.name == mapped.column.name) {
            let (path, column) = (path.to_owned(), mapped.column.name);
            return Err(Unavailable::Clash { path, column });
        }
        all.push(mapped);
    }
    Ok(all)
}

fn mapped(field: &NestedField, is_identity: bool, path: &str) -> Result<Mapped, Unavailable> {
    let name = ColumnName::new(&field.name)
        .map_err(|cause| Unavailable::BadName { name: field.name.clone(), cause })?;
    let kind = kind(&field.field_type).ok_or_else(|| Unavailable::UnknownType {
        path: path.to_owned(),
        column: field.name.clone(),
    })?;
    Ok(Mapped {
        column: Column { name, kind },
        physical: field.name.clone(),
        id: Some(field.id.into()),
        must: is_identity || field.required || field.initial_default.is_some(),
    })
}

/// The type of a column; `None` of what has no exact place.
fn kind(stored: &Type) -> Option<ColumnType> {
    let Type::Primitive(stored) = stored else { return None };
    Some(match stored {
        PrimitiveType::Boolean => ColumnType::Boolean,
        PrimitiveType::Int => ColumnType::Int,
        PrimitiveType::Long => ColumnType::Bigint,
        PrimitiveType::Float => ColumnType::Float,
        PrimitiveType::Double => ColumnType::Double,
        PrimitiveType::Decimal { precision, scale } => ColumnType::Decimal {
            precision: u8::try_from(*precision).ok()?,
            scale: u8::try_from(*scale).ok()?,
        },
        PrimitiveType::Date => ColumnType::Date,
        PrimitiveType::Timestamp | PrimitiveType::Timestamptz => ColumnType::Timestamp,
        PrimitiveType::String => ColumnType::String,
        PrimitiveType::Fixed(_) | PrimitiveType::Binary => ColumnType::Binary,
        _ => return None,
    })
}
