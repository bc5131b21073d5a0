//! Finds the files of a table in a bucket.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use glovebox_model::ObjectRoot;
use object_store::ObjectMeta;
use object_store::path::Path;

use super::Unavailable;
use super::layout::{
    FORMATS, Found, FoundFile, LOGS, Layout, MAX_FILES, check_mark, format_of, is_mark, is_segment,
    too_many,
};
use super::storage::{Bucket, ObjectVersion, Storage, Version};
use super::unavailable::from_store;

/// Finds the one candidate for `root/database/table`, and its files with their ETags.
pub(crate) async fn find(
    bucket: &Arc<Bucket>,
    root: &ObjectRoot,
    name: (&str, &str),
) -> Result<Found, Unavailable> {
    let base = base(root, name)?;
    let heads = stream::iter(FORMATS.iter().map(|it| format!("{base}{}", it.0)));
    let heads = heads.map(|path| head(bucket, path)).buffered(FORMATS.len()).try_collect();
    let (heads, below): (Result<Vec<Option<ObjectMeta>>, Unavailable>, _) =
        futures::join!(heads, list(bucket, &base));
    // The answer to a listing says why; that to a HEAD has no room for it.
    let (below, heads) = (below?, heads?);
    let heads: Vec<ObjectMeta> = heads.into_iter().flatten().collect();
    let mut candidates = heads.iter().map(|it| it.location.to_string()).collect::<Vec<_>>();
    if !below.is_empty() {
        candidates.push(format!("{base}/"));
    }
    match candidates.as_slice() {
        [] => return Err(Unavailable::Missing { path: base }),
        [_] => {}
        [first, second, ..] => {
            let (first, second) = (first.clone(), second.clone());
            return Err(Unavailable::Ambiguous { first, second });
        }
    }
    let mut layout = Layout::default();
    for object in &heads {
        add(&mut layout, bucket, object, Vec::new())?;
    }
    below_prefix(&mut layout, bucket, &base, &below)?;
    layout.finish(base)
}

/// Where a table lies below a root: `prefix/database/table`.
pub(super) fn base(
    root: &ObjectRoot,
    (database, table): (&str, &str),
) -> Result<String, Unavailable> {
    if !is_segment(database) || !is_segment(table) {
        return Err(Unavailable::BadLocation);
    }
    Ok(match root.prefix.as_str() {
        "" => format!("{database}/{table}"),
        prefix => format!("{prefix}/{database}/{table}"),
    })
}

/// The data files below a prefix: in it, or in `key=value` folders.
pub(crate) fn below_prefix(
    layout: &mut Layout,
    bucket: &Arc<Bucket>,
    base: &str,
    objects: &[ObjectMeta],
) -> Result<(), Unavailable> {
    let mut seen: BTreeMap<(String, Option<String>), String> = BTreeMap::new();
    for object in objects {
        let path = object.location.as_ref();
        let Some(inner) = path.strip_prefix(base).and_then(|it| it.strip_prefix('/')) else {
            continue;
        };
        let mut folders: Vec<&str> = inner.split('/').collect();
        let leaf = folders.pop().unwrap_or_default();
        if let Some(mark) = folders.iter().find(|it| is_mark(it)) {
            check_mark(base, mark)?;
            continue;
        }
        if is_mark(leaf) {
            continue;
        }
        // What stands for a folder is empty.
        if object.size == 0 && format_of(leaf).is_none() {
            continue;
        }
        let (mut partition, mut parent) = (Vec::new(), String::new());
        for (depth, folder) in folders.iter().enumerate() {
            let value = layout.partition(depth, folder, path)?;
            let known = seen.entry((parent.clone(), value.clone()));
            if known.or_insert_with(|| (*folder).to_owned()) != folder {
                let (path, reason) = (path.to_owned(), "one partition value in two folders");
                return Err(Unavailable::Mixed { path, reason });
            }
            partition.push(value);
            parent = format!("{parent}/{folder}");
        }
        add(layout, bucket, object, partition)?;
    }
    Ok(())
}

fn add(
    layout: &mut Layout,
    bucket: &Arc<Bucket>,
    object: &ObjectMeta,
    partition: Vec<Option<String>>,
) -> Result<(), Unavailable> {
    let path = object.location.to_string();
    let format = format_of(&path).ok_or_else(|| Unavailable::Unexpected { path: path.clone() })?;
    layout.add(found(bucket, object, partition), format)
}

/// An object as it was found.
pub(crate) fn found(
    bucket: &Arc<Bucket>,
    object: &ObjectMeta,
    partition: Vec<Option<String>>,
) -> FoundFile {
    FoundFile {
        storage: Storage::Objects(Arc::clone(bucket)),
        path: object.location.to_string(),
        version: Version::Object(ObjectVersion::of(object)),
        partition,
        fields: None,
    }
}

/// The object at `path`, if there is one.
pub(crate) async fn head(
    bucket: &Arc<Bucket>,
    path: String,
) -> Result<Option<ObjectMeta>, Unavailable> {
    let key = Path::parse(&path).map_err(|_| Unavailable::BadLocation)?;
    match object_store::ObjectStoreExt::head(&*bucket.store, &key).await {
        Ok(object) => Ok(Some(object)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(from_store(&path, &error)),
    }
}

/// All objects below `base/`, by key; a few marks more than a table may have files at most.
pub(crate) async fn list(bucket: &Arc<Bucket>, base: &str) -> Result<Vec<ObjectMeta>, Unavailable> {
    let prefix = Path::parse(base).map_err(|_| Unavailable::BadLocation)?;
    let mut listing = bucket.store.list(Some(&prefix));
    let mut objects = Vec::new();
    while let Some(object) = listing.next().await {
        objects.push(object.map_err(|it| from_store(base, &it))?);
        if objects.len() > 2 * MAX_FILES {
            return Err(too_many(base));
        }
    }
    objects.sort_by(|a, b| a.location.cmp(&b.location));
    Ok(objects)
}

/// Refuses what has the log of a table format right below `base/`.
pub(crate) async fn check_plain(bucket: &Arc<Bucket>, base: &str) -> Result<(), Unavailable> {
    for log in LOGS {
        let prefix = Path::parse(format!("{base}/{log}")).map_err(|_| Unavailable::BadLocation)?;
        let first = bucket.store.list(Some(&prefix)).next().await;
        if first.transpose().map_err(|it| from_store(base, &it))?.is_some() {
            check_mark(base, log)?;
        }
    }
    Ok(())
}
