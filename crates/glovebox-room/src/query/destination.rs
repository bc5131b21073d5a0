//! Where results may not go: into a bucket from which the query reads.

use glovebox_catalog::{holds, is_same_bucket};
use glovebox_model::{Connection, Destination, Finding, Objects, TableName};
use glovebox_store::{Snapshot, Store, StoreError};

use super::unpaid::bare;

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
        let taking = takes(&connections, destination);
        let Some(objects) = taking.and_then(|it| it.place.objects()) else { continue };
        if is_source((objects, &destination.bucket), &sources) {
            return Ok(Some(finding()));
        }
    }
    Ok(None)
}

/// Whether a bucket is one of those from which a query reads.
pub(super) fn is_source(bucket: (&Objects, &str), sources: &[&Objects]) -> bool {
    let mut roots = sources.iter().flat_map(|it| it.roots.iter().map(move |root| (*it, root)));
    roots.any(|(it, root)| is_same_bucket(bucket, (it, &root.bucket)))
}

/// The connection into whose store a result goes, if one of the receiver's takes it.
pub(crate) fn takes<'a>(
    connections: &'a [Connection],
    destination: &Destination,
) -> Option<&'a Connection> {
    let Destination { bucket, key_prefix, .. } = destination;
    let key = match key_prefix.as_str() {
        "" => "x".to_owned(),
        prefix => format!("{prefix}/x"),
    };
    connections.iter().find(|it| holds(it, bucket, &key))
}

fn finding() -> Finding {
    let text = "the bucket for the result holds source data of the query";
    let help = Some("send the result to another bucket".into());
    Finding { help, ..bare(26, "result-among-sources", text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use glovebox_model::{ObjectProtocol, ObjectRoot};

    use super::*;

    #[test]
    fn a_bucket_with_any_root_of_a_source_is_one_of_its_buckets() {
        let at = |endpoint: &str, buckets: &[&str]| Objects {
            protocol: ObjectProtocol::S3,
            region: "us-east-1".into(),
            endpoint: Some(endpoint.into()),
            roots: buckets
                .iter()
                .map(|it| ObjectRoot { bucket: (*it).into(), prefix: "data".into() })
                .collect(),
            encryption: None,
        };
        let (one, other) = (at("http://minio:9000", &["a", "b"]), at("http://other:9000", &["c"]));
        let sources = [&one, &other];
        let mine = at("http://minio:9000", &["b"]);
        assert!(is_source((&mine, "b"), &sources));
        assert!(!is_source((&mine, "c"), &sources), "that is another place's");
        assert!(!is_source((&mine, "b"), &[]));
    }
}
