//! What SerDes say of files.
//!
//! <https://docs.aws.amazon.com/athena/latest/ug/supported-serdes.html>

use std::collections::BTreeMap;

use aws_sdk_glue::types::{StorageDescriptor, Table};
use glovebox_model::{Column, ColumnType};

use super::super::csv::Dialect;
use super::super::{Format, Unavailable};
use super::{delimited, unsupported};

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
    let (format, dialect) = match library(storage) {
        PARQUET => {
            // By their places, whatever the files call them.
            delimited::refuse_true(table, &parameters, "parquet.column.index.access")?;
            (Format::Parquet, plain)
        }
        AVRO => (Format::Avro, plain),
        LAZY => (Format::Csv, delimited::lazy(table, &parameters)?),
        OPEN_CSV => (Format::Csv, delimited::open_csv(table, &parameters)?),
        json if JSON.contains(&json) => {
            if parameters.keys().any(|it| it.starts_with("mapping.")) {
                return Err(unsupported(table, "a JSON table with mapped names"));
            }
            // Keys `a.b` would be columns `a_b`.
            delimited::refuse_true(table, &parameters, "dots.in.keys")?;
            delimited::check_moments(table, &parameters)?;
            (Format::Ndjson, plain)
        }
        "" => return Err(unsupported(table, "a table without a SerDe")),
        other => return Err(unsupported(table, format!("a table of the SerDe {other}"))),
    };
    check_input(table, storage, format)?;
    Ok((format, dialect))
}

/// Which files are read, and how these become records, an input format decides before a SerDe
/// sees anything: links are followed, versions left out.
fn check_input(
    table: &str,
    storage: &StorageDescriptor,
    format: Format,
) -> Result<(), Unavailable> {
    let usual = match format {
        Format::Parquet => "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        Format::Avro => "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat",
        Format::Csv | Format::Ndjson => "org.apache.hadoop.mapred.TextInputFormat",
    };
    match storage.input_format.as_deref() {
        None | Some("") => Ok(()),
        Some(given) if given == usual => Ok(()),
        Some(other) => Err(unsupported(table, format!("a table of the input format {other}"))),
    }
}

fn library(storage: &StorageDescriptor) -> &str {
    let info = storage.serde_info.as_ref();
    info.and_then(|it| it.serialization_library.as_deref()).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use aws_sdk_glue::types::SerDeInfo;

    use super::*;

    const TEXT_INPUT: &str = "org.apache.hadoop.mapred.TextInputFormat";
    const PARQUET_INPUT: &str = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat";
    const AVRO_INPUT: &str = "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat";

    #[test]
    fn what_changes_the_meaning_of_files_is_refused_by_name() {
        let said = |serde: &str, key: &str, value: &str| {
            let serde = SerDeInfo::builder().serialization_library(serde).parameters(key, value);
            let storage = StorageDescriptor::builder().serde_info(serde.build()).build();
            of("t", &storage, Parameters::new()).map(|it| it.0).map_err(|it| it.to_string())
        };
        for (serde, key) in [
            (JSON[0], "dots.in.keys"),
            (JSON[1], "timestamp.formats"),
            (PARQUET, "parquet.column.index.access"),
            (LAZY, "serialization.last.column.takes.rest"),
        ] {
            let refused = said(serde, key, "true").unwrap_err();
            assert!(refused.contains(key), "{refused}");
        }
        assert_eq!(said(JSON[0], "dots.in.keys", "false"), Ok(Format::Ndjson));
        assert_eq!(said(PARQUET, "parquet.column.index.access", "false"), Ok(Format::Parquet));
    }

    fn format(serde: &str, input: Option<&str>) -> Result<Format, String> {
        let serde = SerDeInfo::builder().serialization_library(serde).build();
        let input = input.map(str::to_owned);
        let storage = StorageDescriptor::builder().serde_info(serde).set_input_format(input);
        let written = of("t", &storage.build(), Parameters::new());
        written.map(|it| it.0).map_err(|it| it.to_string())
    }

    #[test]
    fn the_input_format_that_a_serde_usually_has_is_read_and_none_too() {
        for (serde, input, expected) in [
            (PARQUET, PARQUET_INPUT, Format::Parquet),
            (AVRO, AVRO_INPUT, Format::Avro),
            (LAZY, TEXT_INPUT, Format::Csv),
            (OPEN_CSV, TEXT_INPUT, Format::Csv),
            (JSON[0], TEXT_INPUT, Format::Ndjson),
        ] {
            for input in [Some(input), Some(""), None] {
                assert_eq!(format(serde, input), Ok(expected), "{serde} {input:?}");
            }
        }
    }

    #[test]
    fn any_other_input_format_is_refused_by_name() {
        for (serde, input) in [
            (PARQUET, "org.apache.hudi.hadoop.HoodieParquetInputFormat"),
            (PARQUET, "org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat"),
            (PARQUET, TEXT_INPUT),
            (OPEN_CSV, "org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat"),
            (LAZY, "org.apache.hadoop.mapred.SequenceFileInputFormat"),
            (JSON[0], PARQUET_INPUT),
            (AVRO, TEXT_INPUT),
        ] {
            let said = format(serde, Some(input)).unwrap_err();
            let expected = format!("`t` is a table of the input format {input}, which");
            assert!(said.starts_with(&expected), "{serde}: {said}");
        }
    }
}
