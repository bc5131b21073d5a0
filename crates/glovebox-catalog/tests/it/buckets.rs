//! Buckets: whole objects, no way out, listings in the order of S3.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::os::unix::fs::symlink;

use glovebox_catalog::{AccountFolders, BucketError, Buckets, ListRequest, Publish};
use glovebox_model::Timestamp;
use tempfile::TempDir;

const BUCKET: &str = "results";

fn house() -> (TempDir, Buckets) {
    let dir = TempDir::new().unwrap();
    let buckets = AccountFolders::new(dir.path()).buckets(&"111122223333".parse().unwrap());
    let buckets = buckets.unwrap();
    buckets.create_bucket(BUCKET).unwrap();
    (dir, buckets)
}

fn put(buckets: &Buckets, key: &str, bytes: &[u8]) -> Result<String, BucketError> {
    let mut staged = buckets.stage()?;
    staged.write_all(bytes)?;
    Ok(buckets.publish(staged, BUCKET, key, Publish::Replace)?.etag)
}

fn get(buckets: &Buckets, key: &str) -> Result<Vec<u8>, BucketError> {
    let mut bytes = Vec::new();
    buckets.get(BUCKET, key)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[test]
fn an_object_is_read_back_replaced_copied_and_deleted() {
    let (dir, buckets) = house();
    let first = put(&buckets, "a/b/c.csv", b"one").unwrap();
    let second = put(&buckets, "a/b/c.csv", b"two").unwrap();
    assert_ne!(first, second);
    assert_eq!(buckets.head(BUCKET, "a/b/c.csv").unwrap().etag, second);
    buckets.copy((BUCKET, "a/b/c.csv"), (BUCKET, "d")).unwrap();
    assert_eq!(get(&buckets, "d").unwrap(), b"two");
    assert!(buckets.delete(BUCKET, "a/b/c.csv").unwrap());
    assert!(!buckets.delete(BUCKET, "a/b/c.csv").unwrap());
    assert!(matches!(get(&buckets, "a/b/c.csv"), Err(BucketError::NoSuchKey)));
    let account = dir.path().join("accounts/111122223333");
    assert!(!account.join("buckets/results/a").exists(), "empty folders go with their object");
    assert_eq!(std::fs::read_dir(account.join("staging")).unwrap().count(), 0);
}

#[test]
fn a_dropped_staged_object_leaves_nothing() {
    let (dir, buckets) = house();
    let mut staged = buckets.stage().unwrap();
    staged.write_all(b"half").unwrap();
    drop(staged);
    let staging = dir.path().join("accounts/111122223333/staging");
    assert_eq!(std::fs::read_dir(staging).unwrap().count(), 0);
}

#[test]
fn only_one_of_two_new_objects_wins() {
    let (_dir, buckets) = house();
    let [mut one, mut two] = [buckets.stage().unwrap(), buckets.stage().unwrap()];
    one.write_all(b"1").unwrap();
    two.write_all(b"2").unwrap();
    buckets.publish(one, BUCKET, "k", Publish::New).unwrap();
    let second = buckets.publish(two, BUCKET, "k", Publish::New);
    assert!(matches!(second, Err(BucketError::ObjectExists)));
    assert_eq!(get(&buckets, "k").unwrap(), b"1");
}

#[test]
fn a_key_below_an_object_is_a_clear_conflict() {
    let (_dir, buckets) = house();
    put(&buckets, "a", b"1").unwrap();
    assert!(matches!(put(&buckets, "a/b", b"2"), Err(BucketError::KeyConflict)));
    put(&buckets, "c/d", b"1").unwrap();
    assert!(matches!(put(&buckets, "c", b"2"), Err(BucketError::KeyConflict)));
    assert!(matches!(get(&buckets, "c"), Err(BucketError::NoSuchKey)));
    assert!(matches!(get(&buckets, "a/b"), Err(BucketError::NoSuchKey)));
    assert!(!buckets.delete(BUCKET, "c").unwrap());
    assert_eq!(get(&buckets, "a").unwrap(), b"1");
}

#[test]
fn links_are_never_followed_in_or_out() {
    let (dir, buckets) = house();
    let outside = TempDir::new().unwrap();
    std::fs::write(outside.path().join("secret"), b"secret").unwrap();
    let bucket = dir.path().join("accounts/111122223333/buckets/results");
    symlink(outside.path(), bucket.join("out")).unwrap();
    symlink(outside.path().join("secret"), bucket.join("link")).unwrap();
    symlink(outside.path(), bucket.parent().unwrap().join("linked-bucket")).unwrap();
    assert!(matches!(get(&buckets, "out/secret"), Err(BucketError::NoSuchKey)));
    assert!(matches!(get(&buckets, "link"), Err(BucketError::NoSuchKey)));
    assert!(put(&buckets, "out/new", b"x").is_err());
    assert!(!outside.path().join("new").exists());
    assert!(!buckets.delete(BUCKET, "out/secret").unwrap());
    assert!(!buckets.bucket_exists("linked-bucket").unwrap());
    assert_eq!(buckets.list_buckets().unwrap().len(), 1);
    put(&buckets, "link", b"mine").unwrap();
    assert_eq!(std::fs::read(outside.path().join("secret")).unwrap(), b"secret");
    assert_eq!(keys(&buckets, ListRequest::default()).0, ["link"]);
}

#[test]
fn keys_and_buckets_that_climb_are_refused() {
    let (_dir, buckets) = house();
    for key in ["../x", "a/../x", "/x", "", "a//b", "a/"] {
        assert!(matches!(put(&buckets, key, b"x"), Err(BucketError::BadKey)), "{key}");
        assert!(matches!(get(&buckets, key), Err(BucketError::BadKey)), "{key}");
        assert!(matches!(buckets.delete(BUCKET, key), Err(BucketError::BadKey)), "{key}");
    }
    for bucket in ["..", "../222222222222/buckets/x", "", "staging/.."] {
        assert!(buckets.get(bucket, "x").is_err(), "{bucket}");
        assert!(buckets.create_bucket(bucket).is_err(), "{bucket}");
    }
}

#[test]
fn buckets_are_made_once_and_deleted_only_when_empty() {
    let (_dir, buckets) = house();
    assert!(matches!(buckets.create_bucket(BUCKET), Err(BucketError::BucketExists)));
    put(&buckets, "a/b", b"x").unwrap();
    assert!(matches!(buckets.delete_bucket(BUCKET), Err(BucketError::BucketNotEmpty)));
    buckets.delete(BUCKET, "a/b").unwrap();
    buckets.delete_bucket(BUCKET).unwrap();
    assert!(matches!(buckets.delete_bucket(BUCKET), Err(BucketError::NoSuchBucket)));
    assert!(matches!(put(&buckets, "a", b"x"), Err(BucketError::NoSuchBucket)));
}

#[test]
fn the_logs_bucket_is_shown_and_read_only() {
    let (dir, buckets) = house();
    let logs = dir.path().join("accounts/111122223333/logs/some-id");
    std::fs::create_dir_all(&logs).unwrap();
    std::fs::write(logs.join("2026-11-23.ndjson"), b"{}\n").unwrap();
    let names: Vec<_> = buckets.list_buckets().unwrap().into_iter().map(|it| it.name).collect();
    assert_eq!(names, ["glovebox-logs", BUCKET]);
    assert!(buckets.head("glovebox-logs", "some-id/2026-11-23.ndjson").is_ok());
    let delete = buckets.delete("glovebox-logs", "some-id/2026-11-23.ndjson");
    assert!(matches!(delete, Err(BucketError::ReadOnly)));
    let staged = buckets.stage().unwrap();
    let publish = buckets.publish(staged, "glovebox-logs", "x", Publish::Replace);
    assert!(matches!(publish, Err(BucketError::ReadOnly)));
    assert!(matches!(buckets.create_bucket("glovebox-logs"), Err(BucketError::ReadOnly)));
    assert!(matches!(buckets.delete_bucket("glovebox-logs"), Err(BucketError::ReadOnly)));
}

fn keys(buckets: &Buckets, mut request: ListRequest) -> (Vec<String>, Vec<String>) {
    let (mut keys, mut prefixes) = (Vec::new(), Vec::new());
    request.limit = request.limit.max(2);
    loop {
        let page = buckets.list(BUCKET, &request).unwrap();
        assert!(page.objects.len() + page.common_prefixes.len() <= request.limit);
        keys.extend(page.objects.into_iter().map(|it| it.0));
        prefixes.extend(page.common_prefixes);
        let Some(next) = page.next else { return (keys, prefixes) };
        request.after = Some(next);
    }
}

#[test]
fn listings_agree_with_a_flat_model_for_every_prefix_delimiter_and_page_size() {
    let (_dir, buckets) = house();
    let all = ["a", "a-b", "b.c", "b/c", "b/c.d", "b/d/e", "b/d/f", "b0", "c/d/e/f", "z"];
    for key in all {
        put(&buckets, key, key.as_bytes()).unwrap();
    }
    for prefix in ["", "b", "b/", "b/d", "c/d/e/", "q", "b/c."] {
        for delimiter in [None, Some("/"), Some("."), Some("-b")] {
            for limit in [2, 3, 100] {
                let request = ListRequest {
                    prefix: prefix.into(),
                    delimiter: delimiter.map(str::to_owned),
                    after: None,
                    limit,
                };
                let mut expected = (Vec::new(), BTreeSet::new());
                for key in all.iter().filter(|it| it.starts_with(prefix)) {
                    let rest = &key[prefix.len()..];
                    match delimiter.and_then(|it| rest.find(it).map(|at| at + it.len())) {
                        Some(end) => drop(expected.1.insert(key[..prefix.len() + end].to_owned())),
                        None => expected.0.push((*key).to_owned()),
                    }
                }
                let expected = (expected.0, expected.1.into_iter().collect());
                assert_eq!(keys(&buckets, request.clone()), expected, "{request:?}");
            }
        }
    }
}

#[test]
fn an_upload_in_parts_becomes_one_object() {
    let (dir, buckets) = house();
    let target = (BUCKET, "big/file");
    let upload = buckets.begin_upload(target.0, target.1).unwrap();
    let part = |number: u16, bytes: &[u8]| {
        let mut staged = buckets.stage().unwrap();
        staged.write_all(bytes).unwrap();
        buckets.put_part(target, &upload, number, staged).unwrap().head.etag
    };
    part(2, b"wrong");
    let (two, one) = (part(2, b"world"), part(1, b"hello "));
    assert_eq!(buckets.list_parts(target, &upload).unwrap().len(), 2);
    assert!(matches!(
        buckets.list_parts((BUCKET, "other"), &upload),
        Err(BucketError::NoSuchUpload)
    ));
    for bad in [vec![(2, None), (1, None)], vec![(3, None)], vec![(1, Some("x".into()))], vec![]] {
        let complete = buckets.complete_upload(target, &upload, &bad);
        assert!(matches!(complete, Err(BucketError::BadParts)), "{bad:?}");
    }
    let parts = [(1, Some(one)), (2, Some(two))];
    buckets.complete_upload(target, &upload, &parts).unwrap();
    assert_eq!(get(&buckets, target.1).unwrap(), b"hello world");
    assert!(matches!(buckets.abort_upload(target, &upload), Err(BucketError::NoSuchUpload)));
    let staging = dir.path().join("accounts/111122223333/staging");
    assert_eq!(std::fs::read_dir(staging).unwrap().count(), 0);
    assert!("../../../../../etc".parse::<glovebox_catalog::UploadId>().is_err());
}

#[test]
fn what_a_killed_process_staged_is_swept_and_uploads_stay() {
    let (dir, buckets) = house();
    let staging = dir.path().join("accounts/111122223333/staging");
    let upload = buckets.begin_upload(BUCKET, "a").unwrap();
    std::fs::write(staging.join("0123"), b"left").unwrap();
    assert_eq!(buckets.sweep_staging(Timestamp::from_millis(0)).unwrap(), 0);
    assert_eq!(buckets.sweep_staging(Timestamp::from_millis(i64::MAX)).unwrap(), 1);
    assert!(buckets.list_parts((BUCKET, "a"), &upload).is_ok());
}
