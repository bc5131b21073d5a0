//! Delta Lake: the latest version of a table, planned by the Delta library and read by our own
//! reader of Parquet.

mod engine;
mod gate;
mod plan;
mod schema;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use glovebox_model::Objects;

use super::described::Described;
use super::formatted::Formatted;
use super::source::Reach;
use super::stop::Stop;
use super::{Unavailable, buckets};

/// The table at `<prefix>/<database>/<table>` below the first root.
pub(super) fn find(
    objects: &Objects,
    reach: &Reach,
    (database, table): (&str, &str),
    stop: &Stop,
) -> Result<Formatted, Unavailable> {
    let (root, bucket) = buckets::first(objects, reach)?;
    // A `%` would be undone in the addresses of the Delta library.
    let legal = |it: &str| {
        !it.is_empty() && it != "." && it != ".." && !it.contains(['/', '\\', '\0', '%', '?', '#'])
    };
    if !legal(database) || !legal(table) || root.prefix.contains('%') {
        return Err(Unavailable::BadLocation);
    }
    let base = match root.prefix.as_str() {
        "" => format!("{database}/{table}"),
        prefix => format!("{prefix}/{database}/{table}"),
    };
    plan::latest(&Arc::clone(&bucket), &base, stop)
}

/// What a table is by its schema.
fn described(columns: &schema::Columns) -> Described {
    let column = |it: &super::lookup::Mapped| it.column.clone();
    Described {
        columns: columns.stored.iter().map(column).collect(),
        partition_keys: columns.keys.iter().map(column).collect(),
        format: Some(super::Format::Parquet),
    }
}
