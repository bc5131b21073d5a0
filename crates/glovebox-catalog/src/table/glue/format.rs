//! What SerDes say of files.
//!
//! <https://docs.aws.amazon.com/athena/latest/ug/supported-serdes.html>

use std::collections::BTreeMap;

use aws_sdk_glue::types::{StorageDescriptor, Table};
use glovebox_model::{Column, ColumnType};

use super::super::csv::{Dialect, Nulls};
use super::super::{Format, Unavailable};
use super::unsupported;

const PARQUET: &str = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";
const LAZY: &str = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
const OPEN_CSV: &str = "org.apache.hadoop.hive.serde2.OpenCSVSerde";
const AVRO: &str = "org.apache.hadoop.hive.serde2.avro.AvroSerDe";
const JSON: [&str; 3] = [
    "org.openx.data.jsonserde.JsonSerDe",
    "org.apache.hive.hcatalog.data.JsonSerDe",
    "org.apache.hadoop.hive.serde2.JsonSerDe",
];

/// What is said of files, by key.
pub(super) type Parameters = BTreeMap<String, String>;

/// The format of files, `above` being the parameters of what is stored so.
pub(super) fn of(
    table: &str,
    storage: &StorageDescriptor,
    above: Parameters,
) -> Result<(Format, Dialect), Unavailable> {
    let parameters = overlaid(above, storage);
    let plain = Dialect::default();
    Ok(match library(storage) {
        PARQUET => (Format::Parquet, plain),
        AVRO => (Format::Avro, plain),
        LAZY => (Format::Csv, lazy(table, &parameters)?),
        OPEN_CSV => (Format::Csv, open_csv(table, &parameters)?),
        json if JSON.contains(&json) => {
            if parameters.keys().any(|it| it.starts_with("mapping.")) {
                return Err(unsupported(table, "a JSON table with mapped names"));
            }
            (Format::Ndjson, plain)
        }
        "" => return Err(unsupported(table, "a table without a SerDe")),
        other => return Err(unsupported(table, format!("a table of the SerDe {other}"))),
    })
}

fn library(storage: &StorageDescriptor) -> &str {
    let info = storage.serde_info.as_ref();
    info.and_then(|it| it.serialization_library.as_deref()).unwrap_or_default()
}

/// Whether a partition is written as its table.
pub(super) fn is_same(table: &StorageDescriptor, partition: &StorageDescriptor) -> bool {
    let of_serde = |it: &StorageDescriptor| -> Parameters {
        let given = it.serde_info.as_ref().and_then(|it| it.parameters.clone());
        given.unwrap_or_default().into_iter().collect()
    };
    library(table) == library(partition) && of_serde(table) == of_serde(partition)
}

/// The parameters of a table itself: the lines to skip stand there, and often nowhere else.
pub(super) fn of_table(table: &Table) -> Parameters {
    table.parameters.clone().unwrap_or_default().into_iter().collect()
}

/// What is nearer to the files counts: storage before what is above it, its SerDe before both.
fn overlaid(mut all: Parameters, storage: &StorageDescriptor) -> Parameters {
    all.extend(storage.parameters.clone().unwrap_or_default());
    let of_serde = storage.serde_info.as_ref().and_then(|it| it.parameters.clone());
    all.extend(of_serde.unwrap_or_default());
    all
}

fn lazy(table: &str, parameters: &Parameters) -> Result<Dialect, Unavailable> {
    let delimiter =
        ["field.delim", "serialization.format"].iter().find_map(|it| parameters.get(*it));
    let delimiter = delimiter.map_or("\u{1}", String::as_str);
    // Hive writes the number of the byte, too.
    let delimiter = if delimiter == "1" { "\u{1}" } else { delimiter };
    if parameters.get("line.delim").is_some_and(|it| it != "\n") {
        return Err(unsupported(table, "text whose lines do not end as lines do"));
    }
    let null = parameters.get("serialization.null.format").map_or("\\N", String::as_str);
    Ok(Dialect {
        delimiter: byte(table, delimiter)?,
        quote: None,
        escape: parameters.get("escape.delim").map(|it| byte(table, it)).transpose()?,
        nulls: Nulls::Text(null.as_bytes().to_vec()),
        has_long_records: false,
        skipped: skipped(table, parameters)?,
        has_header: false,
    })
}

fn open_csv(table: &str, parameters: &Parameters) -> Result<Dialect, Unavailable> {
    let given =
        |key: &str, usual: &str| byte(table, parameters.get(key).map_or(usual, String::as_str));
    Ok(Dialect {
        delimiter: given("separatorChar", ",")?,
        quote: Some(given("quoteChar", "\"")?),
        escape: Some(given("escapeChar", "\\")?),
        nulls: Nulls::Never,
        has_long_records: false,
        skipped: skipped(table, parameters)?,
        has_header: false,
    })
}

fn byte(table: &str, text: &str) -> Result<u8, Unavailable> {
    let named = match text {
        "\\t" => "\t",
        other => other,
    };
    match named.as_bytes() {
        [byte @ (0..=9 | 11..=12 | 14..=127)] => Ok(*byte),
        _ => Err(unsupported(table, "text with a delimiter of several bytes")),
    }
}

fn skipped(table: &str, parameters: &Parameters) -> Result<usize, Unavailable> {
    let lines = parameters.get("skip.header.line.count").map_or("0", String::as_str);
    let lines: usize =
        lines.parse().map_err(|_| unsupported(table, "text with a header of unknown length"))?;
    let is_footed = parameters.get("skip.footer.line.count").is_some_and(|it| it != "0");
    if is_footed || lines > 100 {
        return Err(unsupported(
            table,
            "text with lines at its end, or too many at its start, that are no rows",
        ));
    }
    Ok(lines)
}

/// The type that Glue's word means.
pub(super) fn column_type(text: &str) -> Option<ColumnType> {
    let text = text.trim().to_ascii_lowercase();
    let is_text =
        ["varchar(", "char("].iter().any(|it| text.starts_with(it) && text.ends_with(')'));
    match text.as_str() {
        _ if is_text => Some(ColumnType::String),
        "decimal" => Some(ColumnType::Decimal { precision: 10, scale: 0 }),
        // These are no words of Glue's.
        "long" | "real" | "text" | "varchar" => None,
        text => text.parse().ok(),
    }
}

/// Columns that a SerDe writes in a way of its own.
pub(super) fn check_columns(
    table: &str,
    storage: &StorageDescriptor,
    columns: &[Column],
) -> Result<(), Unavailable> {
    let odd = |it: &&Column| {
        matches!(it.kind, ColumnType::Date | ColumnType::Timestamp | ColumnType::Binary)
    };
    match columns.iter().find(odd).filter(|_| library(storage) == OPEN_CSV) {
        Some(column) => Err(unsupported(
            table,
            format!(
                "an OpenCSVSerde table whose column {} is a {}: there it is a number; call it a \
                 bigint or a string",
                column.name, column.kind
            ),
        )),
        None => Ok(()),
    }
}

/// Compressed text is not read.
pub(super) fn check_file(path: &str) -> Result<(), Unavailable> {
    let compressed = [".gz", ".bz2", ".zst", ".lzo", ".lz4", ".snappy"];
    match compressed.iter().find(|it| path.ends_with(**it)) {
        Some(_) => Err(unsupported(path, "a compressed file of text")),
        None => Ok(()),
    }
}
