//! Results on their way into a bucket.

use std::io::Write;
use std::sync::Arc;

use glovebox_catalog::{Reach, Stop, Unavailable, Upload, holds, is_same_bucket};
use glovebox_model::{ObjectProtocol, Objects, Place};
use tempfile::TempDir;

use crate::store::{keys, objects, reach, serve};

async fn house() -> (TempDir, Arc<Reach>) {
    let root = TempDir::new().unwrap();
    std::fs::create_dir(root.path().join("bucket")).unwrap();
    let address = serve(root.path()).await;
    let place = Place::Files(objects(address, "results"));
    let reach = reach(place, keys("hush"), &address.to_string());
    (root, reach)
}

pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// So many bytes that differ from place to place.
pub(crate) fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|it| u8::try_from(it % 251).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_is_there_when_it_is_finished_and_whole() {
    let (root, reach) = house().await;
    for (key, length) in
        [("results/q/small.csv", 10), ("results/q/large.csv", 40 << 20), ("results/q/none", 0)]
    {
        let path = root.path().join("bucket").join(key);
        let (reach, there) = (Arc::clone(&reach), path.clone());
        blocking(move || {
            let mut upload = Upload::begin(&reach, "bucket", key, &Stop::default()).unwrap();
            upload.write_all(&bytes(length)).unwrap();
            assert!(!there.exists());
            upload.finish().unwrap();
        })
        .await;
        assert!(std::fs::read(path).unwrap() == bytes(length), "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_what_was_not_finished() {
    let (root, reach) = house().await;
    blocking(move || {
        let mut upload =
            Upload::begin(&reach, "bucket", "results/q/a.csv", &Stop::default()).unwrap();
        upload.write_all(&bytes(40 << 20)).unwrap();
        drop(upload);
    })
    .await;
    let left: Vec<_> = walk(root.path());
    assert!(left.iter().all(|it| !it.contains("upload") && !it.contains("a.csv")), "{left:?}");
}

/// The files below a folder.
fn walk(folder: &std::path::Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else {
            found.push(path.display().to_string());
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_outside_of_the_connection() {
    let (_root, reach) = house().await;
    for (bucket, key) in [
        ("other", "results/a"),
        ("bucket", "data/a"),
        ("bucket", "results"),
        ("bucket", "results2/a"),
        ("bucket", "results/../data/a"),
        ("bucket", "results//a"),
    ] {
        let begun = Upload::begin(&reach, bucket, key, &Stop::default()).map(drop).unwrap_err();
        let refused = matches!(begun, Unavailable::Outside { .. } | Unavailable::BadLocation);
        assert!(refused, "{bucket} {key}");
    }
    assert!(holds(&reach.connection, "bucket", "results/a"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_is_told_why_its_bucket_took_nothing() {
    let (_root, reach) = house().await;
    reach.credentials.replace(keys("wrong"));
    let refused = blocking(move || {
        let mut upload = Upload::begin(&reach, "bucket", "results/a", &Stop::default()).unwrap();
        upload.write_all(b"x").unwrap();
        upload.finish().unwrap_err()
    })
    .await;
    assert!(matches!(refused, Unavailable::Denied { .. }) && refused.stays(), "{refused}");
}

#[test]
fn buckets_are_compared_by_place_and_name() {
    let here = objects("127.0.0.1:9000".parse().unwrap(), "a");
    let there = objects("127.0.0.1:9001".parse().unwrap(), "a");
    let mut shouted = here.clone();
    shouted.endpoint = Some("HTTP://127.0.0.1:9000/".into());
    assert!(is_same_bucket((&here, "b"), (&shouted, "b")));
    assert!(!is_same_bucket((&here, "b"), (&here, "c")));
    assert!(!is_same_bucket((&here, "b"), (&there, "b")));
    // Google's buckets have one name in both of the protocols that it speaks.
    let google = |protocol, endpoint: Option<&str>| {
        let endpoint = endpoint.map(Into::into);
        Objects { protocol, region: "auto".into(), endpoint, ..here.clone() }
    };
    let as_s3 = google(ObjectProtocol::S3, Some("https://storage.googleapis.com."));
    assert!(is_same_bucket((&google(ObjectProtocol::Gcs, None), "b"), (&as_s3, "b")));
    assert!(!is_same_bucket((&google(ObjectProtocol::S3, None), "b"), (&as_s3, "b")));
    // A provider's own address is that of its buckets, said or not.
    for (protocol, region, own, other) in [
        (ObjectProtocol::S3, "eu-west-1", "https://s3.us-east-1.amazonaws.com", "https://minio"),
        (ObjectProtocol::Gcs, "", "https://storage.googleapis.com:443/", "https://gcs.internal"),
        (
            ObjectProtocol::Azure,
            "acme",
            "https://ACME.blob.core.windows.net",
            "https://other.blob.core.windows.net",
        ),
    ] {
        let silent = Objects { protocol, region: region.into(), endpoint: None, ..here.clone() };
        let said = |it: &str| Objects { endpoint: Some(it.into()), ..silent.clone() };
        assert!(is_same_bucket((&silent, "b"), (&said(own), "b")), "{own}");
        assert!(!is_same_bucket((&silent, "b"), (&said(other), "b")), "{other}");
    }
}
