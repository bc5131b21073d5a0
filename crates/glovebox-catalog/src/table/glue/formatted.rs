//! Tables of table formats that a Glue catalog names: where their own metadata lies.
//!
//! <https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg.html>,
//! <https://docs.aws.amazon.com/athena/latest/ug/delta-lake-tables.html>

use std::collections::BTreeSet;

use aws_sdk_glue::types::Table;

use super::super::Unavailable;
use super::unsupported;

/// A table that its own metadata describes.
#[derive(Debug)]
pub(super) enum Formatted {
    /// The folder of a Delta table.
    Delta(String),
    /// The current metadata of an Iceberg table.
    Iceberg(String),
}

/// What writers say a table is in, each in a way of its own.
const WORDS: [&str; 2] = ["table_type", "spark.sql.sources.provider"];

/// The format of a table, if it has one.
pub(super) fn of(name: &str, table: &Table) -> Result<Option<Formatted>, Unavailable> {
    let parameter = |key: &str| table.parameters.as_ref()?.get(key);
    let words = WORDS.iter().filter_map(|it| parameter(it)).map(|it| it.to_ascii_lowercase());
    let formats: BTreeSet<String> =
        words.filter(|it| matches!(it.as_str(), "iceberg" | "delta" | "hudi")).collect();
    let mut formats = formats.into_iter();
    match (formats.next().as_deref(), formats.next()) {
        (None, _) => Ok(None),
        (Some("iceberg"), None) => {
            let metadata = parameter("metadata_location").cloned();
            let none = || unsupported(name, "an Iceberg table without metadata_location");
            Ok(Some(Formatted::Iceberg(metadata.ok_or_else(none)?)))
        }
        (Some("delta"), None) => {
            let storage = table.storage_descriptor.as_ref();
            // Spark leaves a placeholder in the location, and the path beside it.
            let parameters = storage.and_then(|it| it.serde_info.as_ref()?.parameters.as_ref());
            let path = parameters.and_then(|it| it.get("path"));
            let place = path.or_else(|| storage?.location.as_ref()).cloned();
            let none = || unsupported(name, "a Delta table without a location");
            Ok(Some(Formatted::Delta(place.ok_or_else(none)?)))
        }
        (Some(_), None) => Err(unsupported(name, "a table of hudi in a Glue catalog")),
        (Some(_), Some(_)) => Err(unsupported(name, "a table of two formats")),
    }
}
