//! Where results may not go: into a bucket from which the query reads.

use glovebox_catalog::is_same_bucket;
use glovebox_model::{Code, Connection, Destination, Finding, Objects, Place, TableName};
use glovebox_store::{Snapshot, Store, StoreError};

/// The finding about a result that would land among the source data of the query, as the real
/// service refuses it. Buckets of the house are another place than those of object stores.
pub(super) async fn among_sources<K>(
    store: &Store<K>,
    snapshot: &Snapshot,
    destinations: &[Destination],
    touched: &[TableName],
) -> Result<Option<Finding>, StoreError> {
    let sources = touched.iter().filter_map(|it| snapshot.tables.get(it)?.connection.as_ref());
    let sources: Vec<&Objects> = sources.filter_map(|it| it.place.objects()).collect();
    if sources.is_empty() {
        return Ok(None);
    }
    let mut tx = store.read().await?;
    for destination in destinations {
        let connections = tx.connections_of(destination.account).await?;
        let Some(objects) = takes(&connections, destination) else { continue };
        let bucket = (objects, destination.bucket.as_str());
        let mut roots = sources.iter().flat_map(|it| it.roots.iter().map(move |root| (*it, root)));
        if roots.any(|(it, root)| is_same_bucket(bucket, (it, &root.bucket))) {
            return Ok(Some(finding()));
        }
    }
    Ok(None)
}

/// The store into which a result goes, if it is one of the receiver's own.
pub(super) fn takes<'a>(
    connections: &'a [Connection],
    destination: &Destination,
) -> Option<&'a Objects> {
    let Destination { bucket, key_prefix, .. } = destination;
    let key = match key_prefix.as_str() {
        "" => "x".to_owned(),
        prefix => format!("{prefix}/x"),
    };
    let found = connections.iter().find(|it| glovebox_catalog::holds(it, bucket, &key))?;
    match &found.place {
        Place::Files(objects) => Some(objects),
        _ => None,
    }
}

fn finding() -> Finding {
    let text = "the bucket for the result holds source data of the query";
    Finding {
        code: Code(26),
        title: "result-among-sources",
        aws_text: None,
        text: text.to_owned(),
        span: None,
        table: None,
        owner: None,
        help: Some("send the result to another bucket".into()),
        ask_owner: None,
    }
}
