//! Tables of the AWS Glue Data Catalog, their data in S3.
//!
//! The catalog says columns, format, locations and partitions; rows are read from the files as
//! from any bucket. Partitions that are not registered are not read, as Athena does.

mod catalog;
mod delimited;
mod expression;
mod format;
mod formatted;
mod partitions;
mod reserved;

use std::sync::Arc;

use aws_sdk_glue::types::{Column as GlueColumn, Table};
use futures::{StreamExt, TryStreamExt, stream};
use glovebox_model::{Column, ColumnName, Objects};

pub(crate) use catalog::Catalog;
use formatted::Formatted;
use partitions::{Place, Whole};

use super::csv::MAX_COLUMNS;
use super::hint::Hint;
use super::layout::{
    Declared, Found, FoundFile, MAX_FILE_BYTES, MAX_FILES, MAX_PARTITION_KEYS, check_mark, is_mark,
    too_many,
};
use super::objects::{check_plain, found, list};
use super::source::Listed;
use super::stop::Stop;
use super::{Format, Unavailable, delta, iceberg};

/// Listings at once.
const PARALLEL: usize = 16;

/// Finds `database.table` and the files of those of its partitions that the hints leave. Tables
/// of table formats are what their own metadata says.
pub(crate) fn find(
    catalog: &Catalog<'_>,
    data: &Objects,
    (database, table): (&str, &str),
    hints: &[Hint],
    stop: &Stop,
) -> Result<Box<dyn Listed>, Unavailable> {
    let name = format!("{database}.{table}");
    let known = stop.wait(catalog.table(database, table))?;
    checked(&name, &known)?;
    match formatted::of(&name, &known)? {
        Some(Formatted::Iceberg(metadata)) => {
            Ok(Box::new(iceberg::from_metadata(&metadata, data, catalog.reach(), stop)?))
        }
        Some(Formatted::Delta(location)) => {
            let (bucket, base) = within(data, &location)?;
            Ok(Box::new(delta::at(&catalog.bucket(data, &bucket)?, &base, stop)?))
        }
        None => stop.wait(hive(catalog, data, (database, table), (&known, hints))),
    }
}

async fn hive(
    catalog: &Catalog<'_>,
    data: &Objects,
    (database, table): (&str, &str),
    (known, hints): (&Table, &[Hint]),
) -> Result<Box<dyn Listed>, Unavailable> {
    let name = format!("{database}.{table}");
    let storage = known.storage_descriptor.as_ref();
    let storage = storage.ok_or_else(|| unsupported(&name, "a table without files"))?;
    let written = format::of(&name, storage, format::of_table(known))?;
    let columns = columns(&name, named(storage.columns.as_deref()))?;
    let partition_keys = columns_of_keys(&name, known, &columns)?;
    format::check_columns(&name, storage, &columns)?;
    let places = if partition_keys.is_empty() {
        let location = storage.location.clone();
        let location = location.ok_or_else(|| unsupported(&name, "a table without a location"))?;
        vec![Place { location, values: vec![], fields: None }]
    } else {
        // Its log lies beside the partitions, where nothing else is listed.
        if let Some(location) = &storage.location
            && let Ok((bucket, base)) = within(data, location)
        {
            check_plain(&catalog.bucket(data, &bucket)?, &base).await?;
        }
        let expression = expression::of(hints, &partition_keys);
        // Only text goes by the places of columns; all else has their names.
        let wanted = (written.0 == Format::Csv).then_some(columns.len());
        let partitions = catalog.partitions((database, table), expression, wanted).await?;
        let whole = Whole {
            name: &name,
            table: known,
            written: &written,
            columns: &columns,
            keys: partition_keys.len(),
        };
        partitions.into_iter().map(|it| whole.place(it)).collect::<Result<_, _>>()?
    };
    let files = files(catalog, data, places).await?;
    let keys = partition_keys.iter().map(|it| it.name.clone()).collect();
    let (format, dialect) = written;
    // Avro has types of its own: a cell of another one is no bad text.
    let is_typed = format == Format::Avro;
    let declared = Some(Arc::new(Declared { columns, partition_keys, dialect, is_typed }));
    Ok(Box::new(Found { format, files, partition_keys: keys, declared }))
}

pub(super) fn unsupported(table: &str, what: impl Into<String>) -> Unavailable {
    Unavailable::Unsupported { table: table.to_owned(), what: what.into() }
}

/// Whether a table is none of those that only others can read.
fn checked(name: &str, table: &Table) -> Result<(), Unavailable> {
    if table.table_type.as_deref() == Some("VIRTUAL_VIEW") {
        return Err(unsupported(name, "a view"));
    }
    if table.target_table.is_some() {
        return Err(unsupported(name, "a link to another table"));
    }
    let projected = table.parameters.as_ref().and_then(|it| it.get("projection.enabled"));
    if projected.is_some_and(|it| it.eq_ignore_ascii_case("true")) {
        return Err(unsupported(name, "a table with partition projection"));
    }
    Ok(())
}

fn named(columns: Option<&[GlueColumn]>) -> impl Iterator<Item = (&str, Option<&str>)> {
    columns.unwrap_or_default().iter().map(|it| (it.name.as_str(), it.r#type.as_deref()))
}

/// Columns by their names and types in the catalog.
pub(super) fn columns<'a>(
    table: &str,
    given: impl Iterator<Item = (&'a str, Option<&'a str>)>,
) -> Result<Vec<Column>, Unavailable> {
    let mut columns: Vec<Column> = Vec::new();
    for (name, r#type) in given {
        if columns.len() == MAX_COLUMNS {
            let (path, limit) = (table.to_owned(), MAX_COLUMNS as u64);
            return Err(Unavailable::Limit { path, what: "columns", limit });
        }
        let text = name.to_owned();
        let name = ColumnName::new(&text)
            .map_err(|cause| Unavailable::BadName { name: text.clone(), cause })?;
        let kind = r#type.and_then(format::column_type);
        let path = table.to_owned();
        let kind =
            kind.ok_or_else(|| Unavailable::UnknownType { path: path.clone(), column: text })?;
        if columns.iter().any(|it| it.name == name) {
            return Err(Unavailable::Clash { path, column: name });
        }
        columns.push(Column { name, kind });
    }
    Ok(columns)
}

fn columns_of_keys(
    name: &str,
    table: &Table,
    others: &[Column],
) -> Result<Vec<Column>, Unavailable> {
    let keys = columns(name, named(table.partition_keys.as_deref()))?;
    if keys.len() > MAX_PARTITION_KEYS {
        let (path, limit) = (name.to_owned(), MAX_PARTITION_KEYS as u64);
        return Err(Unavailable::Limit { path, what: "partition keys", limit });
    }
    match keys.iter().find(|it| others.iter().any(|other| other.name == it.name)) {
        Some(twice) => {
            Err(Unavailable::Clash { path: name.to_owned(), column: twice.name.clone() })
        }
        None => Ok(keys),
    }
}

/// The data files in all places, each place listed once.
async fn files(
    catalog: &Catalog<'_>,
    data: &Objects,
    places: Vec<Place>,
) -> Result<Vec<FoundFile>, Unavailable> {
    let listings = places.into_iter().map(|place| async move {
        let Place { location, values, fields } = place;
        let (bucket, prefix) = within(data, &location)?;
        let bucket = catalog.bucket(data, &bucket)?;
        let mut files = Vec::new();
        for object in list(&bucket, &prefix).await? {
            let path = object.location.as_ref();
            let inner = path.strip_prefix(prefix.as_str()).unwrap_or(path);
            if let Some((folder, _)) = inner.trim_start_matches('/').split_once('/') {
                check_mark(&prefix, folder)?;
            }
            if object.size == 0 || inner.split('/').any(is_mark) {
                continue;
            }
            format::check_file(path)?;
            if object.size > MAX_FILE_BYTES {
                let (path, limit) = (path.to_owned(), MAX_FILE_BYTES);
                return Err(Unavailable::Limit { path, what: "bytes", limit });
            }
            files.push(FoundFile { fields, ..found(&bucket, &object, values.clone()) });
        }
        Ok(files)
    });
    let mut listings = stream::iter(listings).buffered(PARALLEL);
    let mut files = Vec::new();
    while let Some(more) = listings.try_next().await? {
        files.extend(more);
        if files.len() > MAX_FILES {
            return Err(too_many("the table"));
        }
    }
    Ok(files)
}

/// The bucket and prefix of a location, if the connection may read there.
pub(super) fn within(data: &Objects, location: &str) -> Result<(String, String), Unavailable> {
    let outside = || Unavailable::Outside { path: location.to_owned() };
    let rest = ["s3://", "s3a://", "s3n://"].iter().find_map(|it| location.strip_prefix(it));
    let (bucket, key) = rest.and_then(|it| it.split_once('/')).ok_or_else(outside)?;
    let key = key.trim_end_matches('/');
    let climbs = key.split('/').any(|it| matches!(it, "" | "." | ".."));
    let is_root = |it: &glovebox_model::ObjectRoot| it.prefix == key || it.holds(key);
    let is_inside = data.roots.iter().any(|it| it.bucket == bucket && is_root(it));
    if is_inside && !climbs { Ok((bucket.to_owned(), key.to_owned())) } else { Err(outside()) }
}
