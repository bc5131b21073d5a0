//! The S3 door as a whole, with requests signed here as any client signs them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use glovebox_aws_api::sigv4::{self, Signer};
use glovebox_catalog::AccountFolders;
use tempfile::TempDir;

use super::{Download, S3Door, S3House, S3Key, Unavailable};

/// Two accounts with a key each, and what was downloaded.
#[derive(Debug, Default)]
struct House {
    disabled: Mutex<bool>,
    downloads: Mutex<Vec<Download>>,
}

#[async_trait]
impl S3House for House {
    async fn key(&self, id: &str) -> Result<Option<S3Key>, Unavailable> {
        if *self.disabled.lock().unwrap() {
            return Ok(None);
        }
        let account = match id {
            "ALICE" | "READER" => "111111111111",
            "BOB" => "222222222222",
            "BROKEN" => return Err(Unavailable),
            _ => return Ok(None),
        };
        Ok(Some(S3Key {
            account: account.parse().unwrap(),
            secret: format!("secret of {id}"),
            may_write: id != "READER",
        }))
    }

    async fn downloaded(&self, download: Download) -> Result<(), Unavailable> {
        if download.key == "unrecorded" {
            return Err(Unavailable);
        }
        self.downloads.lock().unwrap().push(download);
        Ok(())
    }
}

struct World {
    door: S3Door,
    house: Arc<House>,
    _folder: TempDir,
}

struct Sent {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let house = Arc::new(House::default());
        let folders = AccountFolders::new(folder.path());
        let door = S3Door::new(Arc::<House>::clone(&house), folders, "us-east-1");
        Self { door, house, _folder: folder }
    }

    async fn send(&self, who: &str, method: &str, target: &str, body: &str) -> Sent {
        self.send_with(who, method, target, &[], (body, body)).await
    }

    /// Signs for `signed` and sends `body`.
    async fn send_with(
        &self,
        who: &str,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        (signed, body): (&str, &str),
    ) -> Sent {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut plain: Vec<(&str, &[u8])> = vec![("host", b"localhost:8930")];
        plain.extend(headers.iter().map(|(name, value)| (*name, value.as_bytes())));
        let request = sigv4::Request { method, path, query, headers: &plain };
        let secret = format!("secret of {who}");
        let signer =
            Signer { access_key_id: who, secret: &secret, region: "eu-x", door: &sigv4::S3 };
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() as i64;
        let added = sigv4::sign(&signer, &request, signed.as_bytes(), now).unwrap();
        let mut builder = Request::builder().method(method).uri(target);
        builder = builder.header("host", "localhost:8930").header("content-length", body.len());
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        for (name, value) in &added {
            builder = builder.header(*name, value);
        }
        let request = builder.body(Body::from(body.to_owned())).unwrap();
        let response = self.door.answer(request).await;
        let (parts, body) = response.into_parts();
        let text = |value: &axum::http::HeaderValue| value.to_str().unwrap().to_owned();
        Sent {
            status: parts.status.as_u16(),
            headers: parts.headers.iter().map(|(n, v)| (n.to_string(), text(v))).collect(),
            body: String::from_utf8_lossy(&to_bytes(body, 1 << 20).await.unwrap()).into_owned(),
        }
    }
}

impl Sent {
    fn code(&self) -> &str {
        let code = self.body.split_once("<Code>").and_then(|(_, it)| it.split_once("</Code>"));
        code.map_or("", |(code, _)| code)
    }
}

#[tokio::test]
async fn an_object_goes_in_and_comes_out() {
    let world = World::new();
    assert_eq!(world.send("ALICE", "PUT", "/data", "").await.status, 200);
    assert_eq!(world.send("ALICE", "PUT", "/data/a/b.csv", "x,y\n1,2\n").await.status, 200);
    let got = world.send("ALICE", "GET", "/data/a/b.csv", "").await;
    assert_eq!((got.status, got.body.as_str()), (200, "x,y\n1,2\n"));
    assert_eq!(got.headers["content-type"], "text/csv");
    let part = [("range", "bytes=4-6")];
    let got = world.send_with("ALICE", "GET", "/data/a/b.csv", &part, ("", "")).await;
    assert_eq!((got.status, got.body.as_str()), (206, "1,2"));
    assert_eq!(got.headers["content-range"], "bytes 4-6/8");
}

#[tokio::test]
async fn a_key_that_only_reads_changes_nothing() {
    let world = World::new();
    assert_eq!(world.send("ALICE", "PUT", "/results", "").await.status, 200);
    assert_eq!(world.send("ALICE", "PUT", "/results/a.csv", "1").await.status, 200);
    assert_eq!(world.send("READER", "GET", "/results/a.csv", "").await.body, "1");
    for (method, target) in
        [("PUT", "/results/a.csv"), ("PUT", "/more"), ("DELETE", "/results/a.csv")]
    {
        let sent = world.send("READER", method, target, "").await;
        assert_eq!(sent.status, 403, "{method} {target}");
    }
    assert_eq!(world.send("ALICE", "GET", "/results/a.csv", "").await.body, "1");
}

#[tokio::test]
async fn every_download_is_recorded_before_its_first_byte() {
    let world = World::new();
    world.send("ALICE", "PUT", "/data", "").await;
    world.send("ALICE", "PUT", "/data/key", "12345").await;
    world.send("ALICE", "PUT", "/data/unrecorded", "12345").await;
    world.send("ALICE", "GET", "/data/key", "").await;
    let noted = world.house.downloads.lock().unwrap().clone();
    assert_eq!(noted.len(), 1);
    assert_eq!(
        (noted[0].bucket.as_str(), noted[0].key.as_str(), noted[0].bytes),
        ("data", "key", 5)
    );
    assert_eq!(noted[0].account.as_str(), "111111111111");
    let refused = world.send("ALICE", "GET", "/data/unrecorded", "").await;
    assert_eq!((refused.status, refused.code()), (503, "ServiceUnavailable"));
    assert!(!refused.body.contains("12345"));
}

#[tokio::test]
async fn another_accounts_bucket_is_like_one_that_never_was() {
    let world = World::new();
    world.send("ALICE", "PUT", "/data", "").await;
    world.send("ALICE", "PUT", "/data/key", "x").await;
    for (method, target) in [
        ("GET", "/data/key"),
        ("GET", "/data?list-type=2"),
        ("PUT", "/data/new"),
        ("DELETE", "/data/key"),
        ("DELETE", "/data"),
    ] {
        let theirs = world.send("BOB", method, target, "").await;
        let none = world.send("BOB", method, &target.replace("data", "nada"), "").await;
        assert_eq!(theirs.status, 404, "{method} {target}");
        assert_eq!((theirs.status, theirs.body), (none.status, none.body), "{method} {target}");
    }
    let copy = [("x-amz-copy-source", "/data/key")];
    world.send("BOB", "PUT", "/mine", "").await;
    let stolen = world.send_with("BOB", "PUT", "/mine/key", &copy, ("", "")).await;
    assert_eq!(stolen.code(), "NoSuchBucket");
    assert_eq!(world.send("ALICE", "GET", "/data/key", "").await.body, "x");
}

#[tokio::test]
async fn unknown_disabled_and_badly_signed_look_the_same() {
    let world = World::new();
    let unknown = world.send("NOBODY", "GET", "/", "").await;
    let mut wrong = world.send_with("ALICE", "PUT", "/data", &[], ("", "")).await;
    assert_eq!(wrong.status, 200);
    *world.house.disabled.lock().unwrap() = true;
    wrong = world.send("ALICE", "GET", "/", "").await;
    assert_eq!((unknown.status, &unknown.body), (wrong.status, &wrong.body));
    assert_eq!((wrong.status, wrong.code()), (403, "SignatureDoesNotMatch"));
}

#[tokio::test]
async fn a_body_that_was_not_signed_is_not_kept() {
    let world = World::new();
    world.send("ALICE", "PUT", "/data", "").await;
    let swapped = world.send_with("ALICE", "PUT", "/data/key", &[], ("signed", "forged")).await;
    assert!(swapped.status >= 400, "{}", swapped.body);
    assert_eq!(world.send("ALICE", "GET", "/data/key", "").await.code(), "NoSuchKey");
}

#[tokio::test]
async fn keys_that_climb_are_refused_in_every_spelling() {
    let world = World::new();
    world.send("ALICE", "PUT", "/data", "").await;
    for key in ["..%2Fx", "a%2F..%2Fb", "%2e%2e/x", "a//b", "a/", "%00"] {
        let put = world.send("ALICE", "PUT", &format!("/data/{key}"), "x").await;
        assert_eq!(put.status, 400, "{key}: {}", put.body);
    }
    let listed = world.send("ALICE", "GET", "/data?list-type=2", "").await;
    assert!(listed.body.contains("<KeyCount>0</KeyCount>"), "{}", listed.body);
}

#[tokio::test]
async fn what_s3_has_and_we_have_not_is_not_implemented() {
    let world = World::new();
    world.send("ALICE", "PUT", "/data", "").await;
    for target in
        ["/data?acl", "/data?policy", "/data?versioning", "/data?uploads", "/data?tagging"]
    {
        assert_eq!(
            world.send("ALICE", "GET", target, "").await.code(),
            "NotImplemented",
            "{target}"
        );
    }
}

#[tokio::test]
async fn a_house_that_does_not_answer_opens_nothing() {
    let world = World::new();
    let answer = world.send("BROKEN", "GET", "/", "").await;
    assert_eq!((answer.status, answer.code()), (503, "ServiceUnavailable"));
}

#[tokio::test]
async fn a_document_of_any_size_is_not_taken_in() {
    let world = World::new();
    world.send("ALICE", "PUT", "/data", "").await;
    let keys = "<Object><Key>k</Key></Object>".repeat(200_000);
    let answer =
        world.send("ALICE", "POST", "/data?delete", &format!("<Delete>{keys}</Delete>")).await;
    assert!((400..500).contains(&answer.status), "{}: {}", answer.status, answer.body);
}
