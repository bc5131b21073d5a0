//! Google Cloud Storage and Azure Blob Storage: all that is asked of buckets, asked of these.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use glovebox_catalog::{Reach, Stop, TableLocation, Unavailable, Upload};
use glovebox_model::{Credentials, ObjectProtocol, Objects, Place, Secret};
use http::Method;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};
use serde_json::json;
use tempfile::TempDir;

use crate::azurite::{Azurite, KEY};
use crate::conformance::{ask, conforms, people_files};
use crate::gcs::{Account, Gcs};
use crate::remote::{opened, wide};
use crate::store::{objects, reach, table};
use crate::tables::{context, described, parquet, probed};
use crate::uploads::{blocking, bytes};

/// A server with the bucket `bucket`.
enum Cloud {
    Azure(Azurite),
    Gcs(Gcs),
}

impl Cloud {
    async fn both() -> [Self; 2] {
        [Self::Azure(Azurite::start().await), Self::Gcs(Gcs::serve().await)]
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Azure(_) => "Azure",
            Self::Gcs(_) => "GCS",
        }
    }

    fn address(&self) -> SocketAddr {
        match self {
            Self::Azure(azurite) => azurite.address(),
            Self::Gcs(gcs) => gcs.address(),
        }
    }

    fn objects(&self, prefix: &str) -> Objects {
        let objects = objects(self.address(), prefix);
        match self {
            Self::Azure(azurite) => Objects {
                protocol: ObjectProtocol::Azure,
                region: "acme".into(),
                endpoint: Some(azurite.endpoint()),
                ..objects
            },
            Self::Gcs(_) => {
                Objects { protocol: ObjectProtocol::Gcs, region: String::new(), ..objects }
            }
        }
    }

    fn credentials(&self) -> Credentials {
        match self {
            Self::Azure(_) => token(KEY),
            Self::Gcs(gcs) => gcs.account().credentials(&[]),
        }
    }

    fn reach(&self, prefix: &str, credentials: Credentials) -> Arc<Reach> {
        let place = Place::Files(self.objects(prefix));
        reach(place, credentials, &self.address().to_string())
    }

    fn table(&self, credentials: Credentials) -> TableLocation {
        table(&self.reach("data", credentials))
    }

    async fn put(&self, key: &str, bytes: Vec<u8>) {
        match self {
            Self::Azure(azurite) => {
                let (key, bytes) = (Path::parse(key).unwrap(), PutPayload::from(bytes));
                azurite.store().put(&key, bytes).await.unwrap();
            }
            Self::Gcs(gcs) => gcs.put(key, bytes),
        }
    }

    async fn get(&self, key: &str) -> Option<Vec<u8>> {
        match self {
            Self::Azure(azurite) => {
                let found = azurite.store().get(&Path::parse(key).unwrap()).await;
                match found {
                    Ok(found) => Some(found.bytes().await.unwrap().to_vec()),
                    Err(object_store::Error::NotFound { .. }) => None,
                    Err(error) => panic!("{error}"),
                }
            }
            Self::Gcs(gcs) => gcs.get(key),
        }
    }

    /// Everything below `folder` in the bucket.
    async fn fill(&self, folder: &TempDir) {
        let mut folders = vec![folder.path().to_path_buf()];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let key = path.strip_prefix(folder.path()).unwrap().to_str().unwrap();
                    self.put(key, std::fs::read(&path).unwrap()).await;
                }
            }
        }
    }
}

fn token(text: &str) -> Credentials {
    Credentials::Token(Secret::new(text.into()))
}

async fn people_conform(cloud: Cloud) {
    let root = TempDir::new().unwrap();
    people_files(&root.path().join("data"));
    cloud.fill(&root).await;
    let location = cloud.table(cloud.credentials());
    conforms(&location, true).await;
    let steps = probed(&location).await;
    assert!(steps[0].starts_with("reach: Works"), "{steps:?}");
    let rest = ["catalog: Works(\"has t\")", "read: Works(\"8 columns, 0 partition keys\")"];
    assert_eq!(steps[1..], rest);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_of_google_conforms() {
    people_conform(Cloud::Gcs(Gcs::serve().await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_of_azure_conforms() {
    people_conform(Cloud::Azure(Azurite::start().await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_any_letters_are_read() {
    for cloud in Cloud::both().await {
        let root = TempDir::new().unwrap();
        for file in ["day=1/ä b+c&d.parquet", "day=2/100%.parquet", "day=2/#'~!.parquet"] {
            parquet(&root.path().join("data/db/t").join(file), &wide(1, 100), 100);
        }
        cloud.fill(&root).await;
        let location = cloud.table(cloud.credentials());
        let columns = described(&location).await.unwrap();
        let query = "select day, count(c0) as n from t group by day order by day";
        let answer = ask(&location, &columns, query).await.unwrap();
        assert!(answer.contains("| 1   | 100 |"), "{} {answer}", cloud.name());
        assert!(answer.contains("| 2   | 200 |"), "{} {answer}", cloud.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_is_told_that_the_credentials_are_wrong() {
    for cloud in Cloud::both().await {
        let root = TempDir::new().unwrap();
        parquet(&root.path().join("data/db/t/a.parquet"), &wide(1, 100), 100);
        cloud.fill(&root).await;
        let (wrong, unusable) = match &cloud {
            Cloud::Azure(_) => (vec![token("d3Jvbmc=")], "not Base64"),
            // The key of another, and none: a key may say that nothing is to be signed.
            Cloud::Gcs(gcs) => (
                vec![
                    Account::new().credentials(&[]),
                    gcs.account().credentials(&[("disable_oauth", json!(true))]),
                ],
                "{}",
            ),
        };
        for wrong in wrong {
            let location = cloud.table(wrong);
            let told = described(&location).await.unwrap_err();
            assert!(matches!(told, Unavailable::Denied { .. }), "{} {told}", cloud.name());
            let steps = probed(&location).await;
            assert!(steps[1].starts_with("credentials: Fails(Denied"), "{steps:?}");
        }
        let told = described(&cloud.table(token(unusable))).await.unwrap_err();
        assert!(matches!(told, Unavailable::Unusable(_)), "{} {told}", cloud.name());
        assert!(told.to_string().contains("token"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_listed_and_there_is_reached() {
    for cloud in Cloud::both().await {
        let place = Place::Files(cloud.objects("data"));
        let barred = table(&reach(place, cloud.credentials(), "127.0.0.2"));
        let barred = described(&barred).await.unwrap_err();
        assert!(matches!(barred, Unavailable::Barred(_)), "{} {barred}", cloud.name());
        let missing = described(&cloud.table(cloud.credentials())).await.unwrap_err();
        assert!(matches!(missing, Unavailable::Missing { .. }), "{} {missing}", cloud.name());
        let mut nowhere = cloud.objects("data");
        nowhere.roots[0].bucket = "another".into();
        let listed = cloud.address().to_string();
        let nowhere = table(&reach(Place::Files(nowhere), cloud.credentials(), &listed));
        let nowhere = described(&nowhere).await.unwrap_err().to_string();
        assert!(nowhere.contains("there is no such bucket"), "{} {nowhere}", cloud.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_was_replaced_fails_the_query() {
    for cloud in Cloud::both().await {
        // Found by its name, or in a listing.
        for key in ["data/db/t.parquet", "data/db/u/a.parquet"] {
            let root = TempDir::new().unwrap();
            let path = root.path().join(key);
            parquet(&path, &wide(3, 20_000), 10_000);
            let bytes = std::fs::read(&path).unwrap();
            cloud.put(key, bytes.clone()).await;
            let TableLocation::Connected(mut connected) = cloud.table(cloud.credentials()) else {
                unreachable!()
            };
            connected.table = if key.contains("/u/") { "u".into() } else { "t".into() };
            let location = TableLocation::Connected(connected);
            let columns = described(&location).await.unwrap();
            let before = opened(&location, &columns, None).await.unwrap();
            // The same bytes again are another state, too.
            cloud.put(key, bytes).await;
            let answer = context(&before).sql("select sum(c0) from t").await.unwrap();
            assert!(answer.collect().await.is_err(), "{} {key}", cloud.name());
            let fault = before.reading.fault();
            let changed = matches!(fault, Some(Unavailable::Changed { .. }));
            assert!(changed, "{} {key} {fault:?}", cloud.name());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn public_data_is_read_without_credentials() {
    let azurite = Azurite::start().await;
    let public = [("x-ms-blob-public-access", "container")];
    azurite.ask(Method::PUT, "bucket?restype=container&comp=acl", &public).await;
    let cloud = Cloud::Azure(azurite);
    let root = TempDir::new().unwrap();
    parquet(&root.path().join("data/db/t/a.parquet"), &wide(2, 100), 100);
    cloud.fill(&root).await;
    let columns = described(&cloud.table(Credentials::Anonymous)).await.unwrap();
    assert_eq!(columns.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_there_when_it_is_finished_and_whole() {
    for cloud in Cloud::both().await {
        let reach = cloud.reach("results", cloud.credentials());
        for (key, length) in [
            ("results/q/small.csv", 10),
            ("results/q/large ä+&.csv", 20 << 20),
            ("results/q/none", 0),
            ("results/q/small.csv", 20),
        ] {
            let before = cloud.get(key).await;
            let reach = Arc::clone(&reach);
            let upload = blocking(move || {
                let mut upload = Upload::begin(&reach, "bucket", key, &Stop::default()).unwrap();
                upload.write_all(&bytes(length)).unwrap();
                upload
            })
            .await;
            assert!(cloud.get(key).await == before, "{} {key} before its end", cloud.name());
            blocking(move || upload.finish().unwrap()).await;
            assert!(cloud.get(key).await == Some(bytes(length)), "{} {key}", cloud.name());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_seen_of_what_was_not_finished() {
    for cloud in Cloud::both().await {
        let reach = cloud.reach("results", cloud.credentials());
        blocking(move || {
            let key = "results/q/a.csv";
            let mut upload = Upload::begin(&reach, "bucket", key, &Stop::default()).unwrap();
            upload.write_all(&bytes(20 << 20)).unwrap();
            drop(upload);
        })
        .await;
        assert_eq!(cloud.get("results/q/a.csv").await, None, "{}", cloud.name());
        match &cloud {
            Cloud::Gcs(gcs) => assert_eq!(gcs.uploads(), 0),
            // Azure forgets blocks that belong to no blob after a week; nobody can take them back.
            Cloud::Azure(azurite) => {
                let listing = "bucket?restype=container&comp=list";
                let listing = azurite.ask(Method::GET, listing, &[]).await;
                assert!(listing.contains("<Blobs") && !listing.contains("a.csv"), "{listing}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_is_told_why_its_bucket_took_nothing() {
    for cloud in Cloud::both().await {
        let wrong = match &cloud {
            Cloud::Azure(_) => vec![token("d3Jvbmc=")],
            // Who shows nothing shows nothing of the operator's machine either.
            Cloud::Gcs(_) => vec![Account::new().credentials(&[]), Credentials::Anonymous],
        };
        for wrong in wrong {
            let method = wrong.method();
            let reach = cloud.reach("results", wrong);
            let refused = blocking(move || {
                let key = "results/a";
                let mut upload = Upload::begin(&reach, "bucket", key, &Stop::default()).unwrap();
                upload.write_all(b"x").unwrap();
                upload.finish().unwrap_err()
            })
            .await;
            let name = cloud.name();
            assert!(matches!(refused, Unavailable::Denied { .. }), "{name} {method:?} {refused}");
        }
        assert_eq!(cloud.get("results/a").await, None);
    }
}
