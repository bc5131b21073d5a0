//! Apache Iceberg: the current snapshot of a table, read by our own reader of Parquet. Of the
//! Iceberg library only the forms of its metadata are used: it reaches nothing.

mod deletes;
mod place;
mod plan;
mod rest;
mod schema;
#[cfg(test)]
mod tests;

use glovebox_model::Objects;

use super::formatted::Formatted;
use super::source::Reach;
use super::stop::Stop;
use super::{Unavailable, stores};

/// A table of a REST catalog: its address, and its warehouse if it has several.
pub(super) fn find(
    (uri, warehouse): (&str, Option<&str>),
    data: &Objects,
    reach: &Reach,
    name: (&str, &str),
    stop: &Stop,
) -> Result<Formatted, Unavailable> {
    let location = stop.wait(rest::metadata_location(uri, warehouse, reach, name))?;
    from_metadata(&location, data, reach, stop)
}

/// Some tables of a database.
pub(super) fn names(
    (uri, warehouse): (&str, Option<&str>),
    reach: &Reach,
    database: &str,
    stop: &Stop,
) -> Result<Vec<String>, Unavailable> {
    stop.wait(rest::names(uri, warehouse, reach, database))
}

/// The table whose metadata lies at `location`, `s3://bucket/key`.
pub(crate) fn from_metadata(
    location: &str,
    data: &Objects,
    reach: &Reach,
    stop: &Stop,
) -> Result<Formatted, Unavailable> {
    let bucket = place::bucket_of(location)?;
    let bucket = stores::open(data, bucket, reach)?;
    plan::current(location, data, &bucket, stop)
}
