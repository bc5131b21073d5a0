//! Google Cloud Storage as far as a bucket is read and written: the calls of its XML API, with
//! the tokens of a service account checked by their signature.
//!
//! The emulators there are speak its JSON API; of the XML API they know listings and downloads
//! only, and take every token.

mod account;
mod answers;
mod upload;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Method, StatusCode};
use tokio::net::TcpListener;

pub(crate) use account::Account;
use answers::{download, fault, listing};
use upload::Upload;

/// Bytes of a request at most.
const LONGEST: usize = 64 << 20;

/// A running server with one bucket, `bucket`.
#[derive(Clone)]
pub(crate) struct Gcs(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    account: Account,
    bucket: Mutex<Bucket>,
}

/// What the bucket holds.
#[derive(Default)]
struct Bucket {
    objects: BTreeMap<String, Object>,
    uploads: BTreeMap<String, Upload>,
    /// Counts what was written.
    generation: i64,
}

/// One state of an object.
struct Object {
    bytes: Bytes,
    generation: i64,
}

/// A request that was understood.
struct Asked {
    method: Method,
    /// Absent: the bucket itself.
    key: Option<String>,
    query: BTreeMap<String, String>,
    headers: HeaderMap,
    body: Bytes,
}

impl Gcs {
    pub(crate) async fn serve() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (account, bucket) = (Account::new(), Mutex::default());
        let gcs = Self(Arc::new(Inner { address, account, bucket }));
        let app = Router::new().fallback(answer).with_state(gcs.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        gcs
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// The account that may do everything.
    pub(crate) fn account(&self) -> &Account {
        &self.0.account
    }

    pub(crate) fn put(&self, key: &str, bytes: Vec<u8>) {
        self.0.bucket.lock().unwrap().put(key, bytes.into());
    }

    pub(crate) fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.0.bucket.lock().unwrap().objects.get(key).map(|it| it.bytes.to_vec())
    }

    /// Uploads that were begun and not ended.
    pub(crate) fn uploads(&self) -> usize {
        self.0.bucket.lock().unwrap().uploads.len()
    }
}

impl Bucket {
    /// The generation of the new state.
    fn put(&mut self, key: &str, bytes: Bytes) -> i64 {
        self.generation += 1;
        let generation = self.generation;
        self.objects.insert(key.to_owned(), Object { bytes, generation });
        generation
    }
}

impl Object {
    fn e_tag(&self) -> String {
        e_tag(self.generation)
    }
}

fn e_tag(generation: i64) -> String {
    format!("\"generation-{generation}\"")
}

/// A segment of a path, or one side of a query, without its escapes.
fn unescaped(text: &str) -> String {
    url::form_urlencoded::parse(text.as_bytes()).map(|(it, _)| it.into_owned()).collect()
}

async fn answer(State(gcs): State<Gcs>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST).await else {
        return fault(StatusCode::PAYLOAD_TOO_LARGE, "EntityTooLarge");
    };
    let token =
        head.headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok()?.strip_prefix("Bearer "));
    if !token.is_some_and(|it| gcs.0.account.signed(it)) {
        return fault(StatusCode::UNAUTHORIZED, "AuthenticationRequired");
    }
    let path = head.uri.path().strip_prefix('/').unwrap_or_default();
    let (bucket, key) = path.split_once('/').map_or((path, None), |it| (it.0, Some(it.1)));
    if unescaped(bucket) != "bucket" {
        return fault(StatusCode::NOT_FOUND, "NoSuchBucket");
    }
    let query = url::form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes());
    let query = query.into_owned().collect();
    let (method, headers) = (head.method, head.headers);
    let asked = Asked { method, key: key.map(unescaped), query, headers, body };
    let mut bucket = gcs.0.bucket.lock().unwrap();
    match (&asked.key, &asked.method) {
        (None, &Method::GET) => listing(&bucket, &asked.query),
        (Some(key), &Method::GET | &Method::HEAD) => match bucket.objects.get(key) {
            Some(object) => download(object, &asked),
            None => fault(StatusCode::NOT_FOUND, "NoSuchKey"),
        },
        (Some(key), _) => upload::answer(&mut bucket, key, &asked),
        (None, _) => fault(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed"),
    }
}
