//! Delta Lake: the latest version of a table, planned by the Delta library and read by our own
//! reader of Parquet.

mod engine;
mod gate;
mod plan;
mod schema;
#[cfg(test)]
mod tests;

use glovebox_model::Objects;

use super::described::Described;
use super::formatted::Formatted;
use super::source::Reach;
use super::stop::Stop;
use super::{Unavailable, objects, stores};

/// The table at `<prefix>/<database>/<table>` below the first root.
pub(super) fn find(
    data: &Objects,
    reach: &Reach,
    name: (&str, &str),
    stop: &Stop,
) -> Result<Formatted, Unavailable> {
    let (root, bucket) = stores::first(data, reach)?;
    // A `%` would be undone in the addresses of the Delta library.
    let is_odd = |it: &str| it.contains(['\\', '%', '?', '#']);
    if is_odd(name.0) || is_odd(name.1) || root.prefix.contains('%') {
        return Err(Unavailable::BadLocation);
    }
    plan::latest(&bucket, &objects::base(&root, name)?, stop)
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
