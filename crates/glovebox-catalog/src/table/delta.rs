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
use super::storage::Bucket;
use super::{Unavailable, objects, stores};

/// The table at `<prefix>/<database>/<table>` below the first root.
pub(super) fn find(
    data: &Objects,
    reach: &Reach,
    name: (&str, &str),
    stop: &Stop,
) -> Result<Formatted, Unavailable> {
    let (root, bucket) = stores::first(data, reach)?;
    at(&bucket, &objects::base(&root, name)?, stop)
}

/// The table at a key of a bucket.
pub(super) fn at(bucket: &Arc<Bucket>, base: &str, stop: &Stop) -> Result<Formatted, Unavailable> {
    // These would be undone in the addresses of the Delta library.
    if base.contains(['\\', '%', '?', '#']) {
        return Err(Unavailable::BadLocation);
    }
    plan::latest(bucket, base, stop)
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
