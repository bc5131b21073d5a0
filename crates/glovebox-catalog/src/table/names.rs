//! Which tables a connection shows: for its owner, to see that it works.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::StreamExt as _;
use glovebox_model::{Objects, Place};
use object_store::path::Path;

use super::glue::Catalog;
use super::{Reach, Stop, Unavailable, athena, from_store, iceberg, stores};

/// So many names at most.
pub(crate) const NAMES: usize = 10;
/// Characters of a name that are shown; no catalog allows more.
const SHOWN: usize = 255;

/// Some tables of a database.
pub(crate) fn names(
    reach: &Arc<Reach>,
    database: &str,
    stop: &Stop,
) -> Result<Vec<String>, Unavailable> {
    let mut names = found(reach, database, stop)?;
    names.iter_mut().for_each(cut);
    Ok(names)
}

/// Lists the first root, as far as its first page: whether the credentials are good for anything,
/// where no database says what else to ask for.
pub(crate) fn list_root(reach: &Reach, stop: &Stop) -> Result<(), Unavailable> {
    let objects = reach.connection.place.objects().ok_or(Unavailable::BadLocation)?;
    let (root, bucket) = stores::first(objects, reach)?;
    let shown = format!("{}/{}", root.bucket, root.prefix);
    let prefix = Path::parse(&root.prefix).map_err(|_| Unavailable::BadLocation)?;
    stop.wait(async {
        let first = bucket.store.list(Some(&prefix)).next().await;
        first.transpose().map(drop).map_err(|it| from_store(&shown, &it))
    })
}

fn cut(name: &mut String) {
    if let Some((end, _)) = name.char_indices().nth(SHOWN) {
        name.truncate(end);
    }
}

fn found(reach: &Arc<Reach>, database: &str, stop: &Stop) -> Result<Vec<String>, Unavailable> {
    match &reach.connection.place {
        Place::Files(objects) | Place::Delta(objects) => stop.wait(below(objects, reach, database)),
        Place::Glue { service, catalog_id, .. } => {
            let catalog = Catalog::new(reach, service, catalog_id.clone());
            stop.wait(catalog.names(database, NAMES))
        }
        Place::Athena { service, workgroup, results } => {
            let place = (service, workgroup.as_str(), results);
            athena::names(place, reach, database, stop)
        }
        Place::Iceberg { uri, warehouse, .. } => {
            let catalog = (uri.as_str(), warehouse.as_deref());
            iceberg::names(catalog, reach, database, stop)
        }
        Place::Postgresql { .. } => super::postgres::names(reach, database, stop),
    }
}

/// What lies in the folder of the database, without what files are called behind a dot.
async fn below(
    objects: &Objects,
    reach: &Reach,
    database: &str,
) -> Result<Vec<String>, Unavailable> {
    let (root, bucket) = stores::first(objects, reach)?;
    let path = [root.prefix.as_str(), database].into_iter().filter(|it| !it.is_empty());
    let path = path.collect::<Vec<_>>().join("/");
    let prefix = Path::parse(&path).map_err(|_| Unavailable::BadLocation)?;
    let shown = format!("{}/{path}", bucket.name);
    let found = bucket.store.list_with_delimiter(Some(&prefix)).await;
    let found = found.map_err(|it| from_store(&shown, &it))?;
    let files = found.objects.iter().map(|it| &it.location);
    let leaves = found.common_prefixes.iter().chain(files).filter_map(|it| it.filename());
    let stem = |it: &str| it.split('.').next().unwrap_or_default().to_owned();
    let names: BTreeSet<String> = leaves.map(stem).filter(|it| !it.is_empty()).collect();
    Ok(names.into_iter().take(NAMES).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_between_characters() {
        let mut long = "é".repeat(300);
        cut(&mut long);
        assert_eq!(long, "é".repeat(255));
        let mut short = "é".repeat(255);
        cut(&mut short);
        assert_eq!(short, "é".repeat(255));
    }
}
